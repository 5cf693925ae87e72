#include "cause_rows.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "strmap.h"

static bool is_bad(enum kt_status level, const struct kt_lag *lag)
{
    return level == KT_STATUS_WARN ? kt_lag_status(lag) == KT_STATUS_WARN
                                   : kt_status_severity(kt_lag_status(lag)) >= kt_status_severity(KT_STATUS_ERR);
}

static bool may_count(enum kt_status level, const struct kt_lag *lag)
{
    enum kt_status status = kt_lag_status(lag), worst = level == KT_STATUS_WARN ? level : KT_STATUS_REWIND;
    return status != KT_STATUS_UNKNOWN && !(kt_lag_marks(lag) & KT_MARK_ABANDONED) &&
           kt_status_severity(status) <= kt_status_severity(worst);
}

bool kt_cause_is_live(const struct kt_group *group)
{
    return !group->members_known || group->member_count > 0;
}

static bool is_explained(const struct kt_cause_rows *rows, size_t place)
{
    return rows->explained[place / 8] & 1u << place % 8;
}

static bool same_text(struct kt_text a, struct kt_text b)
{
    bool both = a.bytes && b.bytes && a.length == b.length;
    return a.bytes == b.bytes || (both && memcmp(a.bytes, b.bytes, a.length) == 0);
}

static uint32_t broker_index(const struct kt_snapshot *snap, bool known, int64_t id)
{
    const struct kt_broker *broker = known ? kt_snapshot_broker(snap, id) : NULL;
    return broker ? (uint32_t)(broker - snap->brokers) : KT_CAUSE_NONE;
}

static void find_topic(const struct kt_cause_rows *rows, struct kt_cause_walk *at)
{
    const struct kt_snapshot *snap = rows->snap;
    if (at->topic && same_text(at->topic->name, kt_lag_topic(at->lag))) {
        return;
    }
    size_t low = 0, high = snap->topic_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kt_text_compare(snap->topics[middle]->name, kt_lag_topic(at->lag)) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < snap->topic_count && same_text(snap->topics[low]->name, kt_lag_topic(at->lag));
    at->topic = found ? snap->topics[low] : NULL;
    at->topic_index = low;
}

static void place_row(const struct kt_cause_rows *rows, const struct kt_group *group, struct kt_cause_walk *at)
{
    for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
        at->ids[kind] = KT_CAUSE_NONE;
    }
    find_topic(rows, at);
    at->ids[KT_CAUSE_TOPIC] = at->topic ? (uint32_t)at->topic_index : KT_CAUSE_NONE;
    at->ids[KT_CAUSE_COORDINATOR] =
        broker_index(rows->snap, KT_KNOWS(group, KT_GROUP_coordinator), group->coordinator);
    if (!at->live) {
        return;
    }
    const struct kt_partition *partition = at->topic ? kt_topic_partition(at->topic, kt_lag_partition(at->lag)) : NULL;
    if (partition) {
        size_t number = rows->partition_base[at->topic_index] + (size_t)(partition - at->topic->partitions);
        at->ids[KT_CAUSE_PARTITION] = (uint32_t)number;
        uint32_t leader = broker_index(rows->snap, KT_KNOWS(partition, KT_PARTITION_leader), partition->leader);
        at->ids[KT_CAUSE_LEADER] = leader;
        at->ids[KT_CAUSE_RACK] = leader != KT_CAUSE_NONE ? rows->rack_of[leader] : KT_CAUSE_NONE;
    }
    if (at->lag->owner >= 0 && (size_t)at->lag->owner < group->member_count) {
        size_t member = rows->member_base[at->group] + (size_t)at->lag->owner;
        at->ids[KT_CAUSE_MEMBER] = (uint32_t)member;
        at->ids[KT_CAUSE_HOST] = rows->host_of[member];
    }
}

bool kt_cause_step(const struct kt_cause_rows *rows, struct kt_cause_walk *at)
{
    for (; at->group < at->end; at->group++, at->row = 0) {
        const struct kt_group *group = rows->snap->groups[at->group];
        if (at->bad_only && kt_cause_bad_of(rows, at->group) == 0) {
            continue;
        }
        while (!(group->marks & KT_MARK_ABANDONED) && at->row < group->lag_count) {
            at->lag = &group->lags[at->row];
            at->place = rows->row_base[at->group] + at->row++;
            if (!may_count(rows->level, at->lag) || is_explained(rows, at->place)) {
                continue;
            }
            at->bad = is_bad(rows->level, at->lag);
            if (at->bad_only && !at->bad) {
                continue;
            }
            at->live = kt_cause_is_live(group);
            place_row(rows, group, at);
            return true;
        }
    }
    return false;
}

/* ---- numbers for names ---- */

static void number_partitions(struct kt_cause_rows *rows)
{
    const struct kt_snapshot *snap = rows->snap;
    size_t sum = 0;
    rows->partition_base = kt_alloc(snap->topic_count + 1, sizeof *rows->partition_base);
    for (size_t i = 0; i < snap->topic_count; i++) {
        rows->partition_base[i] = sum;
        sum += snap->topics[i]->partitions_length;
    }
    rows->numbers[KT_CAUSE_PARTITION] = sum;
    rows->numbers[KT_CAUSE_TOPIC] = snap->topic_count;
}

static size_t number_groups(struct kt_cause_rows *rows)
{
    const struct kt_snapshot *snap = rows->snap;
    size_t count = 0, members = 0;
    rows->member_base = kt_alloc(snap->group_count + 1, sizeof *rows->member_base);
    rows->row_base = kt_alloc(snap->group_count + 1, sizeof *rows->row_base);
    for (size_t i = 0; i < snap->group_count; i++) {
        rows->member_base[i] = members;
        rows->row_base[i] = count;
        members += snap->groups[i]->member_count;
        count += snap->groups[i]->lag_count;
    }
    rows->numbers[KT_CAUSE_MEMBER] = members;
    rows->row_count = count;
    return members;
}

static void number_hosts(struct kt_cause_rows *rows, size_t members)
{
    const struct kt_snapshot *snap = rows->snap;
    struct kt_text *hosts = rows->hosts = kt_alloc(members + 1, sizeof *hosts);
    struct kt_strmap map;
    uint32_t *place = rows->host_of = kt_alloc(members + 1, sizeof *rows->host_of);
    uintptr_t count = 0;
    kt_strmap_init(&map);
    for (size_t i = 0; i < snap->group_count; i++) {
        for (size_t k = 0; k < snap->groups[i]->member_count; k++, place++) {
            struct kt_text host = snap->groups[i]->members[k].host;
            const char *kept;
            void **known = host.bytes ? kt_strmap_at(&map, host.bytes, host.length, &kept) : NULL;
            if (known && !*known) {
                hosts[count] = host;
                *known = (void *)++count;
            }
            *place = known ? (uint32_t)((uintptr_t)*known - 1) : KT_CAUSE_NONE;
        }
    }
    kt_strmap_release(&map, NULL);
    rows->numbers[KT_CAUSE_HOST] = count;
}

static void number_racks(struct kt_cause_rows *rows)
{
    const struct kt_snapshot *snap = rows->snap;
    struct kt_strmap map;
    rows->rack_of = kt_alloc(snap->broker_count + 1, sizeof *rows->rack_of);
    kt_strmap_init(&map);
    for (size_t i = 0; i < snap->broker_count; i++) {
        struct kt_text rack = snap->brokers[i].rack;
        const char *kept;
        void **known = rack.bytes ? kt_strmap_at(&map, rack.bytes, rack.length, &kept) : NULL;
        if (known && !*known) {
            *known = (void *)(i + 1);
        }
        rows->rack_of[i] = known ? (uint32_t)((uintptr_t)*known - 1) : KT_CAUSE_NONE;
    }
    kt_strmap_release(&map, NULL);
    rows->numbers[KT_CAUSE_LEADER] = snap->broker_count;
    rows->numbers[KT_CAUSE_RACK] = snap->broker_count;
    rows->numbers[KT_CAUSE_COORDINATOR] = snap->broker_count;
}

void kt_cause_rows_init(struct kt_cause_rows *rows, const struct kt_snapshot *snap, const struct kt_cause_bad *bad)
{
    *rows = (struct kt_cause_rows){.snap = snap, .bad = bad};
    number_partitions(rows);
    number_hosts(rows, number_groups(rows));
    number_racks(rows);
    rows->explained = kt_alloc(rows->row_count / 8 + 1, 1);
}

void kt_cause_rows_release(struct kt_cause_rows *rows)
{
    free(rows->partition_base);
    free(rows->member_base);
    free(rows->row_base);
    free(rows->host_of);
    free(rows->rack_of);
    free(rows->hosts);
    free(rows->explained);
}

void kt_cause_rows_begin(struct kt_cause_rows *rows, enum kt_status level)
{
    rows->level = level;
    memset(rows->explained, 0, rows->row_count / 8 + 1);
}

void kt_cause_explain_row(const struct kt_cause_rows *rows, const struct kt_cause_walk *at)
{
    rows->explained[at->place / 8] |= (unsigned char)(1u << at->place % 8);
}

struct kt_cause_bad kt_cause_count_bad(const struct kt_group *group)
{
    struct kt_cause_bad bad = {0};
    for (size_t i = 0; i < group->lag_count && !(group->marks & KT_MARK_ABANDONED); i++) {
        const struct kt_lag *lag = &group->lags[i];
        if (kt_lag_status(lag) != KT_STATUS_OK) {
            bad.err += may_count(KT_STATUS_ERR, lag) && is_bad(KT_STATUS_ERR, lag);
            bad.warn += may_count(KT_STATUS_WARN, lag) && is_bad(KT_STATUS_WARN, lag);
        }
    }
    return bad;
}

size_t kt_cause_bad_of(const struct kt_cause_rows *rows, size_t group)
{
    return rows->level == KT_STATUS_WARN ? rows->bad[group].warn : rows->bad[group].err;
}

/* Which of the ascending numbers in `base` is the last one not above `id`. */
static size_t owner_of(const size_t *base, size_t count, uint32_t id)
{
    size_t low = 0, high = count;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (base[middle] <= id) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

void kt_cause_name(const struct kt_cause_rows *rows, enum kt_cause_kind kind, uint32_t id, struct kt_cause *cause)
{
    const struct kt_snapshot *snap = rows->snap;
    size_t owner = 0;
    cause->number = -1;
    switch (kind) {
    case KT_CAUSE_PARTITION:
        owner = owner_of(rows->partition_base, snap->topic_count, id);
        cause->value = snap->topics[owner]->name;
        cause->number = snap->topics[owner]->partitions[id - rows->partition_base[owner]].partition;
        break;
    case KT_CAUSE_MEMBER:
        owner = owner_of(rows->member_base, snap->group_count, id);
        cause->value = snap->groups[owner]->members[id - rows->member_base[owner]].client_id;
        cause->host = snap->groups[owner]->members[id - rows->member_base[owner]].host;
        break;
    case KT_CAUSE_TOPIC:
        cause->value = snap->topics[id]->name;
        break;
    case KT_CAUSE_HOST:
        cause->value = rows->hosts[id];
        break;
    case KT_CAUSE_RACK:
        cause->value = snap->brokers[id].rack;
        break;
    default:
        cause->number = snap->brokers[id].id;
        break;
    }
}
