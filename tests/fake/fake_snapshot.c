#include "fake_snapshot.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "cause.h"

#define DAY_MS INT64_C(86400000)

struct kt_text fake_text(const char *string)
{
    return kt_text_of(string, string ? strlen(string) : 0);
}

static struct kt_text keep(struct kt_arena *arena, struct kt_text text)
{
    return kt_text_of(kt_arena_text(arena, text.bytes, text.length), text.length);
}

static struct kt_text keep_string(struct kt_arena *arena, const char *string)
{
    return keep(arena, fake_text(string));
}

/* A new array of the arena with room for one more, the old items in front. */
static void *grown(struct kt_arena *arena, const void *old, size_t count, size_t size)
{
    unsigned char *items = kt_arena_take(arena, count + 1, size);
    if (count > 0) {
        memcpy(items, old, count * size);
    }
    return items;
}

struct kt_trend fake_trend(const int64_t *values, uint64_t known, unsigned count)
{
    struct kt_trend trend = {0};
    for (enum kt_trend_window window = 0; window < KT_TREND_WINDOWS; window++) {
        trend.counts[window] = KT_TREND_POINTS;
        for (unsigned i = 0; i < KT_TREND_POINTS; i++) {
            unsigned from = i * count / KT_TREND_POINTS;
            trend.points[window][i] = (float)values[from];
            trend.known[window] |= known >> from & 1 ? UINT64_C(1) << i : 0;
        }
    }
    trend.at = KT_TREND_POINTS * kt_trend_step_ms(KT_TREND_2H) - 1; /* at the end of a round of each ring */
    return trend;
}

/* Grows the faster the nearer to now; unknown 90 to 150 s and 10 to 15 minutes ago, and a peak 80 minutes ago. */
static double shape(double age_s)
{
    return age_s >= 4680 && age_s < 4800 ? 1.5 : 300 / (300 + age_s);
}

static void fill_trend(struct kt_trend *trend, int64_t from, int64_t grew)
{
    trend->at = FAKE_NOW_MONO;
    for (enum kt_trend_window window = 0; window < KT_TREND_WINDOWS; window++) {
        int64_t step_ms = kt_trend_step_ms(window), newest = trend->at / step_ms;
        trend->counts[window] = KT_TREND_POINTS;
        for (int64_t back = 0; back < KT_TREND_POINTS; back++) {
            int64_t age = back * step_ms / 1000, place = (newest - back + 2 * KT_TREND_POINTS) % KT_TREND_POINTS;
            bool known = !(age >= 90 && age < 150) && !(age >= 600 && age < 900);
            trend->points[window][place] = (float)((double)from + (double)grew * shape((double)age));
            trend->known[window] |= known ? UINT64_C(1) << place : 0;
        }
    }
}

struct kt_snapshot *fake_snapshot_new(void)
{
    struct kt_snapshot *snap = kt_snapshot_new();
    snap->sequence = 7;
    snap->taken_ms = FAKE_NOW_MS;
    snap->taken_mono = FAKE_NOW_MONO;
    snap->as_of_ms = FAKE_NOW_MS - 1200;
    snap->as_of_known = true;
    snap->collected_in_ms = 48;
    snap->collected = true;
    snap->name = keep_string(snap->arena, "prod-eu");
    snap->bootstrap = keep_string(snap->arena, "kafka-1:9092,kafka-2:9092");
    snap->cluster_id = keep_string(snap->arena, "Xf3kQ0aTR7u");
    snap->source = KT_SOURCE_LOG;
    snap->source_reason = keep_string(snap->arena, "the offsets topic may be read");
    snap->activity = keep_string(snap->arena, "source log");
    snap->settings = (struct kt_settings){
        .rules = KT_RULES_KAFKATOP, .intervals = 10, .expire_group_ms = 7 * DAY_MS, .delay_ms = 2000};
    snap->controller = 1;
    return snap;
}

static void fill_members(struct kt_arena *arena, const struct fake_group *from, struct kt_group *to)
{
    to->members_known = true;
    to->member_count = from->members;
    to->members = kt_arena_take(arena, from->members, sizeof *to->members);
    for (unsigned i = 0; i < from->members; i++) {
        struct kt_member *member = &to->members[i];
        char text[64];
        snprintf(text, sizeof text, "member-%04u", i);
        member->member_id = keep_string(arena, text);
        snprintf(text, sizeof text, "client-%u", i);
        member->client_id = keep_string(arena, text);
        snprintf(text, sizeof text, "10.0.0.%u", i % 250 + 1);
        member->host = keep_string(arena, text);
        struct kt_text *topic = kt_arena_take(arena, 1, sizeof *topic);
        *topic = keep_string(arena, from->topic ? from->topic : "orders");
        member->subscription = topic;
        member->subscription_count = 1;
        member->subscription_known = true;
        KT_SET(member, MEMBER, partitions, 0);
    }
}

static void fill_row(struct kt_arena *arena, const struct fake_group *from, unsigned number,
                     struct kt_lag_facts *row)
{
    KT_SET(row, LAG, partition, (int64_t)number);
    row->status = number == 0 || from->worst == KT_STATUS_UNKNOWN ? from->worst : KT_STATUS_OK;
    row->rule = row->status == KT_STATUS_UNKNOWN ? NULL : "test rule";
    row->why = number == 0 ? keep_string(arena, from->why) : kt_text_of(NULL, 0);
    KT_SET(row, LAG, since, FAKE_NOW_MS - from->age_ms);
    KT_SET(row, LAG, complete, 1.0);
    KT_SET(row, LAG, committed, 1000);
    KT_SET(row, LAG, committed_at, FAKE_NOW_MS - 3000);
    row->committed_at_exact = true;
    KT_SET(row, LAG, log_start, 0);
    if (from->lag >= 0) {
        int64_t share = from->lag / (int64_t)from->partitions;
        int64_t lag = number == 0 ? from->lag - share * (int64_t)(from->partitions - 1) : share;
        KT_SET(row, LAG, log_end, 1000 + lag);
        KT_SET(row, LAG, lag, lag);
        KT_SET(row, LAG, raw_lag, lag);
        KT_SET(row, LAG, as_of, FAKE_NOW_MS - 1200);
        KT_SET(row, LAG, time_lag_ms, lag ? 60000 : 0);
        row->time_lag_tier = "history";
        row->time_lag_at_least = lag > 1000000;
    }
    if (!from->rates_unknown) {
        KT_SET(row, LAG, consume_rate, from->worst == KT_STATUS_STOP ? 0.0 : 100.0);
        KT_SET(row, LAG, produce_rate, 100.0);
        KT_SET(row, LAG, lag_change_per_min, (100.0 - row->consume_rate) * 60);
        row->lag_direction = row->lag_change_per_min > 0 ? "up" : "steady";
    }
    row->in_total = true;
    row->owner = from->members ? (int32_t)(number % from->members) : -1;
    row->marks = number == 0 ? from->marks & ~(uint32_t)KT_MARK_ABANDONED : 0;
}

static void fill_rows(struct kt_arena *arena, const struct fake_group *from, struct kt_group *to)
{
    struct kt_text topic = keep_string(arena, from->topic ? from->topic : "orders");
    to->lag_count = from->partitions;
    to->lags = kt_arena_take(arena, from->partitions, sizeof *to->lags);
    struct kt_lag_packer packer = {.arena = arena};
    for (unsigned i = 0; i < from->partitions; i++) {
        struct kt_lag_facts facts = {.topic = topic}, *row = &facts;
        fill_row(arena, from, i, row);
        kt_lag_pack(&packer, row, &to->lags[i]);
        if (row->owner >= 0) {
            struct kt_member *member = &to->members[row->owner];
            member->partitions++;
        }
        if (row->owner >= 0 && KT_KNOWS(row, KT_LAG_lag)) {
            struct kt_member *member = &to->members[row->owner];
            KT_SET(member, MEMBER, lag, (KT_KNOWS(member, KT_MEMBER_lag) ? member->lag : 0) + row->lag);
        }
    }
}

void fake_snapshot_repack(struct kt_group *group, size_t row, const struct kt_lag_facts *facts)
{
    struct kt_lag_packer packer = {.arena = kt_group_arena(group)};
    kt_lag_pack(&packer, facts, &group->lags[row]);
}

void fake_snapshot_judge(struct kt_group *group, size_t row, enum kt_status status)
{
    struct kt_lag_facts facts;
    kt_lag_unpack(&group->lags[row], &facts);
    facts.status = status;
    fake_snapshot_repack(group, row, &facts);
    if (kt_status_severity(status) > kt_status_severity(group->worst)) {
        group->worst = status;
    }
}

static void fill_sums(const struct fake_group *from, struct kt_group *to)
{
    KT_SET(to, GROUP, complete, 1.0);
    KT_SET(to, GROUP, uncommitted, 0);
    KT_SET(to, GROUP, coordinator, 1);
    if (from->lag >= 0 && from->partitions > 0) {
        KT_SET(to, GROUP, total_lag, from->lag);
        KT_SET(to, GROUP, max_lag, kt_lag_lag(&to->lags[0]));
        KT_SET(to, GROUP, time_lag_ms, kt_lag_time_lag_ms(&to->lags[0]));
        to->time_lag_tier = "history";
        to->time_lag_at_least = kt_lag_time_lag_at_least(&to->lags[0]);
        fill_trend(&to->trend, from->lag / 2, from->lag / 2);
        bool drains = from->worst == KT_STATUS_OK && from->lag > 0;
        KT_SET(to, GROUP, lag_change_per_min, (double)(from->lag / 40) * (drains ? -1 : 1));
        to->lag_direction = from->lag < 1000000 && !drains ? "steady" : drains ? "down" : "up";
    }
    if (from->lag > 0 && from->partitions > 1) {
        KT_SET(to, GROUP, lag_skew, (double)kt_lag_lag(&to->lags[0]) * from->partitions / (double)from->lag);
        to->hottest_topic = kt_lag_topic(&to->lags[0]);
        KT_SET(to, GROUP, hottest_partition, kt_lag_partition(&to->lags[0]));
    }
    to->total_partial = from->lag < 0;
    if (!from->rates_unknown) {
        KT_SET(to, GROUP, consume_rate, to->lag_count ? kt_lag_consume_rate(&to->lags[0]) * from->partitions : 0.0);
        KT_SET(to, GROUP, produce_rate, 100.0 * from->partitions);
    }
    if (from->lag > 0 && from->worst != KT_STATUS_UNKNOWN) {
        KT_SET(to, GROUP, drains, from->worst == KT_STATUS_OK);
    }
    if (from->lag > 0 && from->worst == KT_STATUS_OK) {
        KT_SET(to, GROUP, eta_ms, 90000);
    }
}

void fake_snapshot_group(struct kt_snapshot *snap, const struct fake_group *from)
{
    struct kt_arena *arena;
    struct kt_group *to = kt_group_new(&arena);
    to->name = keep(arena, kt_text_of(from->name, from->length ? from->length : strlen(from->name)));
    to->type = "classic";
    to->state = from->state ? from->state : from->members ? "Stable" : "Empty";
    KT_SET(to, GROUP, state_since, FAKE_NOW_MS - from->age_ms);
    to->worst = from->worst;
    to->status = kt_status_of_group(from->worst);
    if (from->worst != KT_STATUS_UNKNOWN) {
        KT_SET(to, GROUP, since, FAKE_NOW_MS - from->age_ms);
    }
    to->why = keep_string(arena, from->why);
    to->marks = from->marks & KT_MARK_ABANDONED;
    fill_members(arena, from, to);
    fill_rows(arena, from, to);
    fill_sums(from, to);
    kt_snapshot_take_group(snap, to);
}

void fake_snapshot_topic(struct kt_snapshot *snap, const char *name, unsigned partitions)
{
    static const int32_t all[] = {1, 2, 3}, fewer[] = {1, 3};
    struct kt_arena *arena;
    struct kt_topic *to = kt_topic_new(&arena);
    to->name = keep_string(arena, name);
    to->internal = strncmp(name, "__", 2) == 0;
    to->partitions_length = partitions;
    to->partitions = kt_arena_take(arena, partitions, sizeof *to->partitions);
    for (unsigned i = 0; i < partitions; i++) {
        struct kt_partition *row = &to->partitions[i];
        KT_SET(row, PARTITION, partition, (int64_t)i);
        if (i != 2) {
            KT_SET(row, PARTITION, leader, (int64_t)(i % 3 + 1));
            KT_SET(row, PARTITION, log_start, 0);
            KT_SET(row, PARTITION, log_end, 1000 + (int64_t)i);
            KT_SET(row, PARTITION, last_stable, 1000);
            KT_SET(row, PARTITION, unstable, (int64_t)i);
            KT_SET(row, PARTITION, produce_rate, 50.5);
        }
        row->replicas = all;
        row->replica_count = 3;
        row->isr = i == 1 ? fewer : all;
        row->isr_count = i == 1 ? 2 : 3;
    }
    KT_SET(to, TOPIC, partition_count, (int64_t)partitions);
    KT_SET(to, TOPIC, replication_factor, 3);
    KT_SET(to, TOPIC, under_replicated, partitions > 1);
    KT_SET(to, TOPIC, offline, partitions > 2);
    if (!to->internal) {
        KT_SET(to, TOPIC, retention_ms, 100000);
    }
    KT_SET(to, TOPIC, compacted, to->internal);
    KT_SET(to, TOPIC, messages, 1000 * (int64_t)partitions);
    KT_SET(to, TOPIC, produce_rate, 50.5 * partitions);
    fill_trend(&to->trend, 40, 40);
    kt_snapshot_take_topic(snap, to);
}

void fake_snapshot_brokers(struct kt_snapshot *snap, unsigned count)
{
    snap->brokers = kt_arena_take(snap->arena, count, sizeof *snap->brokers);
    snap->broker_count = count;
    for (unsigned i = 0; i < count; i++) {
        struct kt_broker *broker = &snap->brokers[i];
        char host[32];
        snprintf(host, sizeof host, "kafka-%u", i + 1);
        broker->host = keep_string(snap->arena, host);
        broker->rack = i % 2 ? keep_string(snap->arena, "rack-b") : kt_text_of(NULL, 0);
        KT_SET(broker, BROKER, id, (int64_t)i + 1);
        KT_SET(broker, BROKER, port, 9092);
        KT_SET(broker, BROKER, controller, i == 0);
        KT_SET(broker, BROKER, leaders, 4);
        KT_SET(broker, BROKER, replicas, 12);
        KT_SET(broker, BROKER, groups, 2);
        if (i < 2) {
            KT_SET(broker, BROKER, up, i == 0);
        }
        if (i == 0) {
            KT_SET(broker, BROKER, rtt_us, 1234);
        }
    }
}

void fake_snapshot_problem(struct kt_snapshot *snap, enum kt_scope scope, const char *name, const char *error,
                           const char *text)
{
    snap->problems = grown(snap->arena, snap->problems, snap->problem_count, sizeof *snap->problems);
    snap->problems[snap->problem_count++] = (struct kt_problem){.scope = scope,
                                                                .name = keep_string(snap->arena, name),
                                                                .error = keep_string(snap->arena, error),
                                                                .text = keep_string(snap->arena, text),
                                                                .since_ms = FAKE_NOW_MS - 30000};
}

void fake_snapshot_event(struct kt_snapshot *snap, const struct kt_event *event)
{
    snap->events = grown(snap->arena, snap->events, snap->event_count, sizeof *snap->events);
    struct kt_event *to = &snap->events[snap->event_count++];
    *to = *event;
    to->group = keep(snap->arena, event->group);
    to->topic = keep(snap->arena, event->topic);
    to->text = keep(snap->arena, event->text);
}

void fake_snapshot_log(struct kt_snapshot *snap, const char *text)
{
    snap->log = grown(snap->arena, snap->log, snap->log_count, sizeof *snap->log);
    struct kt_log_line *line = &snap->log[snap->log_count++];
    line->at_wall = FAKE_NOW_MS - 5000;
    line->last_wall = FAKE_NOW_MS - 1000;
    line->times = (unsigned)snap->log_count;
    snprintf(line->text, sizeof line->text, "%s", text);
}

static void count(struct kt_counts *counts, const struct kt_group *group)
{
    if (group->marks & KT_MARK_ABANDONED) {
        counts->abandoned++;
        return;
    }
    counts->by_worst[group->worst]++;
    counts->ok += group->status == KT_STATUS_OK;
    counts->warn += group->status == KT_STATUS_WARN;
    counts->err += group->status == KT_STATUS_ERR;
    counts->unknown += group->status == KT_STATUS_UNKNOWN;
}

const struct kt_snapshot *fake_snapshot_seal(struct kt_snapshot *snap)
{
    for (size_t i = 0; i < snap->group_count; i++) {
        const struct kt_group *group = snap->groups[i];
        count(&snap->counts, group);
        if (KT_KNOWS(group, KT_GROUP_total_lag)) {
            snap->total_lag += group->total_lag;
            snap->total_lag_known = true;
        }
        if (KT_KNOWS(group, KT_GROUP_consume_rate)) {
            snap->consume_rate += group->consume_rate;
            snap->produce_rate += group->produce_rate;
            snap->produce_known = snap->consume_known = true;
        }
        if (KT_KNOWS(group, KT_GROUP_time_lag_ms) && group->time_lag_ms >= snap->oldest_ms) {
            snap->oldest_ms = group->time_lag_ms;
            snap->oldest_known = true;
        }
        snap->partial = snap->partial || group->total_partial;
    }
    for (size_t i = 0; i < snap->topic_count; i++) {
        snap->under_replicated += (size_t)snap->topics[i]->under_replicated;
        snap->offline += (size_t)snap->topics[i]->offline;
    }
    if (!snap->partial) {
        snap->lag_slope = (struct kt_slope){true, 1200, KT_DIRECTION_UP};
    }
    fill_trend(&snap->lag_trend, 1000, 1000);
    fill_trend(&snap->produce_trend, 400, 120);
    fill_trend(&snap->consume_trend, 380, 80);
    kt_snapshot_sort(snap);
    kt_cause_find(snap, NULL);
    return kt_snapshot_seal(snap);
}
