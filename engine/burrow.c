#include "burrow.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "strmap.h"
#include "wrap.h"

/* Burrow's in-memory storage: what it keeps of a cluster, and when it forgets it. */

/* The last log ends of a partition, in one piece so that the rules get them as a list. */
struct ends {
    int64_t *at;
    uint32_t first; /* the oldest kept */
    uint32_t count;
    uint32_t room;
};

struct topic {
    int32_t count;
    struct ends *partitions;
};

struct text {
    char *bytes; /* NULL: empty */
    size_t length;
};

struct share {
    bool has_ring;
    struct kt_window window;
    struct text owner, client_id;
};

struct group_topic {
    int32_t count;
    struct share *partitions;
};

struct group {
    int64_t last_commit_ms; /* of the newest appended commit, not the greatest; 0: owners only */
    struct kt_strmap topics;
};

struct kt_burrow {
    struct kt_burrow_settings settings;
    bool (*accepts)(void *self, const char *group, size_t length);
    void *self;
    struct kt_strmap topics;
    struct kt_strmap groups;
};

/* --- log ends --------------------------------------------------------------------------------------------
 */

/* Room beyond `intervals`, so that moving the list down is paid for by many appends. */
static uint32_t ends_full_room(uint32_t intervals)
{
    return intervals + intervals / 2 + 1;
}

static void ends_append(struct ends *ends, int64_t offset, uint32_t intervals)
{
    if (ends->first + ends->count == ends->room && ends->first > 0) {
        memmove(ends->at, ends->at + ends->first, ends->count * sizeof *ends->at);
        ends->first = 0;
    }
    if (ends->first + ends->count == ends->room) {
        uint32_t room = ends->room > 0 ? ends->room * 2 : 2;
        ends->room = room < ends_full_room(intervals) ? room : ends_full_room(intervals);
        ends->at = kt_resize(ends->at, ends->room, sizeof *ends->at);
    }
    ends->at[ends->first + ends->count] = offset;
    if (ends->count < intervals) {
        ends->count++;
    } else {
        ends->first++;
    }
}

static const int64_t *ends_list(const struct ends *ends)
{
    return ends->count > 0 ? ends->at + ends->first : NULL;
}

static void topic_free(void *value)
{
    struct topic *topic = value;
    if (topic == NULL) {
        return;
    }
    for (int32_t i = 0; i < topic->count; i++) {
        free(topic->partitions[i].at);
    }
    free(topic->partitions);
    free(topic);
}

static void topic_grow(struct topic *topic, int32_t count)
{
    if (count <= topic->count) {
        return;
    }
    topic->partitions = kt_resize(topic->partitions, (size_t)count, sizeof *topic->partitions);
    memset(topic->partitions + topic->count, 0, (size_t)(count - topic->count) * sizeof *topic->partitions);
    topic->count = count;
}

/* The stored log ends of a partition, or NULL where Burrow would find no offset. */
static const struct ends *topic_known_ends(const struct topic *topic, int32_t partition)
{
    if (topic == NULL || partition < 0 || partition >= topic->count) {
        return NULL;
    }
    const struct ends *ends = &topic->partitions[partition];
    return ends->count > 0 ? ends : NULL;
}

/* --- groups ----------------------------------------------------------------------------------------------
 */

static void text_clear(struct text *text)
{
    free(text->bytes);
    text->bytes = NULL;
    text->length = 0;
}

static void text_set(struct text *text, const char *bytes, size_t length)
{
    if (length == text->length && (length == 0 || memcmp(text->bytes, bytes, length) == 0)) {
        return;
    }
    char *copy = length > 0 ? kt_alloc(length + 1, 1) : NULL;
    if (copy != NULL) {
        memcpy(copy, bytes, length);
    }
    text_clear(text);
    text->bytes = copy;
    text->length = length;
}

static void group_topic_free(void *value)
{
    struct group_topic *topic = value;
    if (topic == NULL) {
        return;
    }
    for (int32_t i = 0; i < topic->count; i++) {
        struct share *share = &topic->partitions[i];
        kt_window_release(&share->window);
        text_clear(&share->owner);
        text_clear(&share->client_id);
    }
    free(topic->partitions);
    free(topic);
}

static void group_free(void *value)
{
    struct group *group = value;
    if (group != NULL) {
        kt_strmap_release(&group->topics, group_topic_free);
        free(group);
    }
}

static struct group *group_at(struct kt_burrow *burrow, const char *name, size_t length)
{
    void **place = kt_strmap_at(&burrow->groups, name, length, NULL);
    if (*place == NULL) {
        struct group *group = kt_alloc(1, sizeof *group);
        kt_strmap_init(&group->topics);
        *place = group;
    }
    return *place;
}

/*
 * The group's entry of a partition, with a ring. The list is extended only when the partition lies beyond it,
 * then to what the brokers have now; so a grown topic is noticed late.
 */
static struct share *group_share(struct group *group, const char *topic, size_t length, int32_t partition,
                                 int32_t broker_count, unsigned intervals)
{
    void **place = kt_strmap_at(&group->topics, topic, length, NULL);
    if (*place == NULL) {
        *place = kt_alloc(1, sizeof(struct group_topic));
    }
    struct group_topic *list = *place;
    if (partition >= list->count) {
        size_t added = (size_t)(broker_count - list->count);
        list->partitions = kt_resize(list->partitions, (size_t)broker_count, sizeof *list->partitions);
        memset(list->partitions + list->count, 0, added * sizeof *list->partitions);
        list->count = broker_count;
    }
    struct share *share = &list->partitions[partition];
    if (!share->has_ring) {
        kt_window_init(&share->window, intervals);
        share->has_ring = true;
    }
    return share;
}

static bool burrow_accepts(const struct kt_burrow *burrow, const char *group, size_t length)
{
    return burrow->accepts == NULL || burrow->accepts(burrow->self, group, length);
}

/* Times before this are forgotten. */
static int64_t burrow_horizon_ms(const struct kt_burrow *burrow, int64_t now_ms)
{
    int64_t seconds = kt_wrap_sub(kt_floor_seconds(now_ms), burrow->settings.expire_group_s);
    return kt_wrap_mul(seconds, 1000);
}

/* --- requests --------------------------------------------------------------------------------------------
 */

struct kt_burrow *kt_burrow_new(const struct kt_burrow_settings *settings,
                                bool (*accepts)(void *self, const char *group, size_t length), void *self)
{
    struct kt_burrow *burrow = kt_alloc(1, sizeof *burrow);
    burrow->settings = *settings;
    if (burrow->settings.intervals < 1) {
        burrow->settings.intervals = 1;
    } else if (burrow->settings.intervals > UINT16_MAX) {
        burrow->settings.intervals = UINT16_MAX;
    }
    burrow->accepts = accepts;
    burrow->self = self;
    kt_strmap_init(&burrow->topics);
    kt_strmap_init(&burrow->groups);
    return burrow;
}

void kt_burrow_free(struct kt_burrow *burrow)
{
    if (burrow == NULL) {
        return;
    }
    kt_strmap_release(&burrow->groups, group_free);
    kt_strmap_release(&burrow->topics, topic_free);
    free(burrow);
}

void kt_burrow_broker_offset(struct kt_burrow *burrow, const char *topic, size_t topic_length,
                             int32_t partition, int32_t partition_count, int64_t offset)
{
    struct topic *known = kt_strmap_get(&burrow->topics, topic, topic_length);
    int32_t count = known != NULL && known->count > partition_count ? known->count : partition_count;
    if (partition < 0 || partition >= count || count > KT_BURROW_PARTITIONS_MAX) {
        return;
    }
    if (known == NULL) {
        known = kt_alloc(1, sizeof *known);
        *kt_strmap_at(&burrow->topics, topic, topic_length, NULL) = known;
    }
    topic_grow(known, count);
    ends_append(&known->partitions[partition], offset, burrow->settings.intervals);
}

void kt_burrow_commit(struct kt_burrow *burrow, const char *group, size_t group_length, const char *topic,
                      size_t topic_length, int32_t partition, int64_t offset, int64_t timestamp_ms,
                      int64_t order, int64_t now_ms)
{
    if (timestamp_ms < burrow_horizon_ms(burrow, now_ms) || !burrow_accepts(burrow, group, group_length)) {
        return;
    }
    const struct topic *brokers = kt_strmap_get(&burrow->topics, topic, topic_length);
    const struct ends *ends = topic_known_ends(brokers, partition);
    if (ends == NULL) {
        return;
    }
    struct group *owner = group_at(burrow, group, group_length);
    struct share *share =
        group_share(owner, topic, topic_length, partition, brokers->count, burrow->settings.intervals);
    if (share->window.count == 0 || order > kt_window_newest(&share->window).order) {
        owner->last_commit_ms = timestamp_ms;
    }
    struct kt_commit commit = {
        .offset = offset,
        .order = order,
        .at_ms = timestamp_ms,
        .observed_ms = kt_floor_second_ms(now_ms),
        .lag = kt_distance_or_zero(ends_list(ends)[ends->count - 1], offset),
        .lag_known = true,
    };
    kt_window_push(&share->window, &commit, kt_wrap_mul(burrow->settings.min_distance_s, 1000));
}

void kt_burrow_set_owner(struct kt_burrow *burrow, const char *group, size_t group_length, const char *topic,
                         size_t topic_length, int32_t partition, const char *owner, size_t owner_length,
                         const char *client_id, size_t client_length)
{
    if (!burrow_accepts(burrow, group, group_length)) {
        return;
    }
    /* Unlike a commit, an owner makes the group even when nothing is known about the partition. */
    struct group *member = group_at(burrow, group, group_length);
    const struct topic *brokers = kt_strmap_get(&burrow->topics, topic, topic_length);
    if (topic_known_ends(brokers, partition) == NULL) {
        return;
    }
    struct share *share =
        group_share(member, topic, topic_length, partition, brokers->count, burrow->settings.intervals);
    text_set(&share->owner, owner, owner_length);
    text_set(&share->client_id, client_id, client_length);
}

void kt_burrow_clear_owners(struct kt_burrow *burrow, const char *group, size_t group_length)
{
    const struct group *known = kt_strmap_get(&burrow->groups, group, group_length);
    if (known == NULL) {
        return;
    }
    size_t cursor = 0, length;
    const char *name;
    void *value;
    while (kt_strmap_next(&known->topics, &cursor, &name, &length, &value)) {
        struct group_topic *topic = value;
        for (int32_t i = 0; i < topic->count; i++) {
            text_clear(&topic->partitions[i].owner);
            text_clear(&topic->partitions[i].client_id);
        }
    }
}

void kt_burrow_delete_topic(struct kt_burrow *burrow, const char *topic, size_t topic_length)
{
    size_t cursor = 0, length;
    const char *name;
    void *value;
    while (kt_strmap_next(&burrow->groups, &cursor, &name, &length, &value)) {
        struct group *group = value;
        group_topic_free(kt_strmap_remove(&group->topics, topic, topic_length));
    }
    topic_free(kt_strmap_remove(&burrow->topics, topic, topic_length));
}

void kt_burrow_delete_group(struct kt_burrow *burrow, const char *group, size_t group_length)
{
    group_free(kt_strmap_remove(&burrow->groups, group, group_length));
}

void kt_burrow_delete_group_topic(struct kt_burrow *burrow, const char *group, size_t group_length,
                                  const char *topic, size_t topic_length)
{
    struct group *known = kt_strmap_get(&burrow->groups, group, group_length);
    if (known == NULL) {
        return;
    }
    group_topic_free(kt_strmap_remove(&known->topics, topic, topic_length));
    if (known->topics.count == 0) {
        kt_burrow_delete_group(burrow, group, group_length);
    }
}

/* --- answers ---------------------------------------------------------------------------------------------
 */

struct named_topic {
    const char *name;
    size_t length;
    const struct group_topic *topic;
};

static int compare_names(const void *left, const void *right)
{
    const struct named_topic *a = left, *b = right;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->name, b->name, shorter);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

/* The topics of a group by name; the caller frees the list. */
static struct named_topic *sorted_topics(const struct group *group, size_t *count)
{
    struct named_topic *list = kt_alloc(group->topics.count + 1, sizeof *list);
    size_t cursor = 0, n = 0;
    void *value;
    while (n < group->topics.count &&
           kt_strmap_next(&group->topics, &cursor, &list[n].name, &list[n].length, &value)) {
        list[n].topic = value;
        n++;
    }
    qsort(list, n, sizeof *list, compare_names);
    *count = n;
    return list;
}

static void fill_row(const struct kt_burrow *burrow, const struct share *share, const struct topic *brokers,
                     int64_t now_ms, struct kt_burrow_row *row)
{
    row->owner = share->owner.bytes != NULL ? share->owner.bytes : "";
    row->owner_length = share->owner.length;
    row->client_id = share->client_id.bytes != NULL ? share->client_id.bytes : "";
    row->client_length = share->client_id.length;
    row->window = share->has_ring ? &share->window : NULL;
    row->topic_known = brokers != NULL;

    const struct ends *ends = topic_known_ends(brokers, row->partition);
    if (ends != NULL) {
        row->ends = ends_list(ends);
        row->end_count = ends->count;
    }
    if (ends != NULL && share->has_ring && share->window.count > 0) {
        int64_t newest = kt_window_newest(&share->window).offset;
        row->current_lag = kt_distance_or_zero(row->ends[row->end_count - 1], newest);
    }
    row->verdict = kt_burrow_evaluate(row->window, burrow->settings.intervals, row->ends, row->end_count,
                                      row->current_lag, now_ms, &burrow->settings);
    row->status = row->verdict.status;
    row->complete = row->verdict.complete;
}

static void fill_rows(const struct kt_burrow *burrow, const struct group *group, int64_t now_ms,
                      struct kt_burrow_report *report)
{
    size_t topic_count, total = 0, n = 0;
    struct named_topic *topics = sorted_topics(group, &topic_count);
    for (size_t t = 0; t < topic_count; t++) {
        total += (size_t)topics[t].topic->count;
    }
    report->rows = total > 0 ? kt_alloc(total, sizeof *report->rows) : NULL;
    report->partition_count = total;
    for (size_t t = 0; t < topic_count; t++) {
        const struct topic *brokers = kt_strmap_get(&burrow->topics, topics[t].name, topics[t].length);
        for (int32_t p = 0; p < topics[t].topic->count; p++) {
            struct kt_burrow_row *row = &report->rows[n++];
            row->topic = topics[t].name;
            row->topic_length = topics[t].length;
            row->partition = p;
            fill_row(burrow, &topics[t].topic->partitions[p], brokers, now_ms, row);
        }
    }
    free(topics);
}

/* The group's answer from those of its partitions. Its completeness is the share of full ones, not a mean. */
static void sum_up(struct kt_burrow_report *report)
{
    enum kt_burrow_status worst = KT_BURROW_OK;
    size_t full = 0;
    for (size_t i = 0; i < report->partition_count; i++) {
        const struct kt_burrow_row *row = &report->rows[i];
        worst = row->status > worst ? row->status : worst;
        full += row->complete >= 1.0F ? 1 : 0;
        report->total_lag += row->current_lag;
        if (row->current_lag > report->rows[report->max_row].current_lag) {
            report->max_row = i;
        }
    }
    report->status = kt_burrow_group_status(worst);
    if (report->partition_count > 0) {
        report->complete = (float)full / (float)report->partition_count;
    }
}

void kt_burrow_check(struct kt_burrow *burrow, const char *group, size_t group_length, int64_t now_ms,
                     struct kt_burrow_report *report)
{
    memset(report, 0, sizeof *report);
    const struct group *known = kt_strmap_get(&burrow->groups, group, group_length);
    if (known != NULL && burrow_horizon_ms(burrow, now_ms) > known->last_commit_ms) {
        kt_burrow_delete_group(burrow, group, group_length);
        known = NULL;
    }
    if (known == NULL) {
        report->status = KT_BURROW_NOTFOUND;
        report->complete = 1.0F;
        return;
    }
    report->found = true;
    fill_rows(burrow, known, now_ms, report);
    sum_up(report);
}

void kt_burrow_report_release(struct kt_burrow_report *report)
{
    free(report->rows);
    memset(report, 0, sizeof *report);
}

static void each_name(const struct kt_strmap *map, void (*each)(void *self, const char *, size_t), void *self)
{
    size_t cursor = 0, length;
    const char *name;
    void *value;
    while (kt_strmap_next(map, &cursor, &name, &length, &value)) {
        each(self, name, length);
    }
}

void kt_burrow_each_group(const struct kt_burrow *burrow, void (*each)(void *self, const char *, size_t),
                          void *self)
{
    each_name(&burrow->groups, each, self);
}

void kt_burrow_each_topic(const struct kt_burrow *burrow, void (*each)(void *self, const char *, size_t),
                          void *self)
{
    each_name(&burrow->topics, each, self);
}

void kt_burrow_each_group_of_topic(const struct kt_burrow *burrow, const char *topic, size_t topic_length,
                                   void (*each)(void *self, const char *, size_t), void *self)
{
    size_t cursor = 0, length;
    const char *name;
    void *value;
    while (kt_strmap_next(&burrow->groups, &cursor, &name, &length, &value)) {
        const struct group *group = value;
        if (kt_strmap_get(&group->topics, topic, topic_length) != NULL) {
            each(self, name, length);
        }
    }
}

bool kt_burrow_topic_offsets(const struct kt_burrow *burrow, const char *topic, size_t topic_length,
                             void (*each)(void *self, int64_t offset), void *self)
{
    const struct topic *known = kt_strmap_get(&burrow->topics, topic, topic_length);
    if (known == NULL) {
        return false;
    }
    for (int32_t i = 0; i < known->count; i++) {
        const struct ends *ends = topic_known_ends(known, i);
        if (ends != NULL) {
            each(self, ends_list(ends)[ends->count - 1]);
        }
    }
    return true;
}
