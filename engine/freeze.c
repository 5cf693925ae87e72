#include "freeze.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cause.h"
#include "wrap.h"

static struct kt_text keep(struct kt_snapshot *snap, const struct kt_name *name)
{
    return kt_text_of(kt_arena_text(snap->arena, name->bytes, name->length), name->length);
}

static struct kt_text keep_string(struct kt_snapshot *snap, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return kt_text_of(kt_arena_text(snap->arena, text, length), length);
}

/* ---- identity, settings, what is going on ---- */

static void freeze_activity(const struct kt_model *model, struct kt_snapshot *snap)
{
    char text[300];
    if (!model->told_anything) {
        const char *to = model->options->brokers ? model->options->brokers : "the cluster";
        snprintf(text, sizeof text, "connecting to %s", to);
    } else if (!model->listed[KT_LIST_TOPICS]) {
        snprintf(text, sizeof text, "connected, asking for topics and groups");
    } else if (!model->collected) {
        snprintf(text, sizeof text, "reading committed offsets (source %s): %zu groups so far",
                 kt_source_kind_name(model->source) ? kt_source_kind_name(model->source) : "not chosen yet",
                 model->groups.count);
    } else {
        snprintf(text, sizeof text, "source %s", kt_source_kind_name(model->source));
    }
    snap->activity = keep_string(snap, text);
}

static void freeze_filters(const struct kt_model *model, struct kt_snapshot *snap)
{
    const struct kt_list *lists[] = {&model->options->groups, &model->options->exclude_groups,
                                     &model->options->topics, &model->options->exclude_topics};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        snap->filters[i] = kt_arena_take(snap->arena, lists[i]->count, sizeof *snap->filters[i]);
        snap->filter_counts[i] = lists[i]->count;
        for (size_t k = 0; k < lists[i]->count; k++) {
            snap->filters[i][k] = keep_string(snap, lists[i]->items[k]);
        }
    }
}

/* An empty cluster has no log ends to tell: that a whole pass ended is an answer too. */
static int64_t newest_answer(const struct kt_model *model)
{
    bool pass_is_newer = model->pass_complete && (!model->fresh_known || model->last_pass_at > model->last_fresh_at);
    return pass_is_newer ? model->last_pass_at : model->last_fresh_at;
}

static void freeze_identity(const struct kt_model *model, struct kt_snapshot *snap)
{
    snap->taken_ms = model->wall;
    snap->taken_mono = model->now;
    snap->name = keep_string(snap, model->options->cluster);
    snap->bootstrap = keep_string(snap, model->options->brokers);
    snap->cluster_id = keep(snap, &model->cluster_id);
    snap->source = model->options->replay ? KT_SOURCE_REPLAY : model->source;
    snap->source_reason = keep(snap, &model->source_reason);
    snap->settings = model->settings;
    snap->tls_unchecked = kt_options_unchecked(model->options);
    snap->controller = kt_model_controller(model);
    snap->collected = model->collected && !model->settling;
    snap->collected_in_ms = model->collected_in_ms;
    snap->as_of_known = model->fresh_known || model->pass_complete;
    snap->as_of_ms = kt_model_wall(model, model->fresh_known ? model->last_fresh_at : model->last_pass_at);
    snap->stale = model->collected && snap->taken_mono - newest_answer(model) > kt_model_patience(model);
    snap->partial = !snap->collected || !model->pass_complete || model->listing_incomplete[KT_LIST_GROUPS];
    freeze_filters(model, snap);
    freeze_activity(model, snap);
}

/* ---- brokers, problems ---- */

static int compare_brokers(const void *a, const void *b)
{
    const struct kt_broker *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static void freeze_brokers(const struct kt_model *model, struct kt_snapshot *snap)
{
    snap->brokers = kt_arena_take(snap->arena, model->broker_count, sizeof *snap->brokers);
    snap->broker_count = model->broker_count;
    for (size_t i = 0; i < model->broker_count; i++) {
        const struct kt_model_broker *from = &model->brokers[i];
        struct kt_broker *to = &snap->brokers[i];
        KT_SET(to, BROKER, id, from->id);
        if (from->host.bytes) {
            KT_SET(to, BROKER, port, from->port);
        }
        to->host = keep(snap, &from->host);
        to->rack = keep(snap, &from->rack);
        if (snap->controller >= 0) {
            KT_SET(to, BROKER, controller, snap->controller == from->id);
        }
        if (from->up >= 0) {
            KT_SET(to, BROKER, up, from->up == 1);
        }
        if (from->rtt_us >= 0) {
            KT_SET(to, BROKER, rtt_us, from->rtt_us);
        }
        KT_SET(to, BROKER, leaders, 0);
        KT_SET(to, BROKER, replicas, 0);
        KT_SET(to, BROKER, groups, 0);
    }
    if (snap->broker_count > 0) {
        qsort(snap->brokers, snap->broker_count, sizeof *snap->brokers, compare_brokers);
    }
}

static struct kt_broker *broker_of(struct kt_snapshot *snap, int64_t id)
{
    return (struct kt_broker *)(uintptr_t)kt_snapshot_broker(snap, id);
}

static void count_on_brokers(struct kt_snapshot *snap, const struct kt_topic *topic)
{
    for (size_t i = 0; i < topic->partitions_length; i++) {
        const struct kt_partition *partition = &topic->partitions[i];
        struct kt_broker *leader =
            KT_KNOWS(partition, KT_PARTITION_leader) ? broker_of(snap, partition->leader) : NULL;
        if (leader) {
            leader->leaders++;
        }
        for (size_t k = 0; k < partition->replica_count; k++) {
            struct kt_broker *holder = broker_of(snap, partition->replicas[k]);
            if (holder) {
                holder->replicas++;
            }
        }
    }
}

static bool error_is(const struct kt_model_problem *problem, const char *error)
{
    return kt_name_is(&problem->error, kt_text_of(error, strlen(error)));
}

/* A line a cause: that a connection failed or a listing has gaps says less than that this broker does not answer. */
static bool only_follows(const struct kt_model *model, const struct kt_model_problem *problem)
{
    bool connection = problem->scope == KT_SCOPE_BROKER && error_is(problem, "_TRANSPORT");
    bool listing = problem->scope == KT_SCOPE_CLUSTER && error_is(problem, "_PARTIAL");
    bool group = problem->scope == KT_SCOPE_GROUP && error_is(problem, "_TIMED_OUT"); /* its coordinator is away */
    bool anything = listing || group;
    for (size_t i = 0; i < model->problem_count && (connection || anything); i++) {
        const struct kt_model_problem *other = &model->problems[i];
        bool silent = other->scope == KT_SCOPE_BROKER && error_is(other, "_TIMED_OUT");
        bool cut = other->scope == KT_SCOPE_BROKER && error_is(other, "_TRANSPORT");
        if (anything ? silent || cut : silent && kt_name_is(&other->name, kt_name_text(&problem->name))) {
            return true;
        }
    }
    return false;
}

static void freeze_problems(const struct kt_model *model, struct kt_snapshot *snap)
{
    snap->problems = kt_arena_take(snap->arena, model->problem_count, sizeof *snap->problems);
    for (size_t i = 0; i < model->problem_count; i++) {
        const struct kt_model_problem *from = &model->problems[i];
        if (only_follows(model, from)) {
            continue;
        }
        snap->problems[snap->problem_count++] = (struct kt_problem){.scope = from->scope,
                                                .name = keep(snap, &from->name),
                                                .error = keep(snap, &from->error),
                                                .text = keep(snap, &from->text),
                                                .since_ms = from->since_wall};
    }
}

/* ---- groups ---- */

static void count_status(struct kt_snapshot *snap, const struct kt_group *group)
{
    struct kt_counts *counts = &snap->counts;
    if (group->marks & KT_MARK_ABANDONED) {
        counts->abandoned++;
        return;
    }
    counts->by_worst[group->status == KT_STATUS_UNKNOWN ? KT_STATUS_UNKNOWN : group->worst]++;
    switch (group->status) {
    case KT_STATUS_OK:
        counts->ok++;
        break;
    case KT_STATUS_WARN:
        counts->warn++;
        break;
    case KT_STATUS_UNKNOWN:
        counts->unknown++;
        break;
    default:
        counts->err++;
    }
}

static void sum_group(struct kt_snapshot *snap, const struct kt_group *group)
{
    if (KT_KNOWS(group, KT_GROUP_total_lag)) {
        snap->total_lag = kt_add_bounded(snap->total_lag, group->total_lag);
        snap->total_lag_known = true;
    }
    if (KT_KNOWS(group, KT_GROUP_consume_rate)) {
        snap->consume_rate += group->consume_rate;
        snap->consume_known = true;
    }
    if (KT_KNOWS(group, KT_GROUP_time_lag_ms)) {
        if (!snap->oldest_known || group->time_lag_ms > snap->oldest_ms) {
            snap->oldest_ms = group->time_lag_ms;
            snap->oldest_tier = group->time_lag_tier;
        }
        snap->oldest_at_least = snap->oldest_at_least || group->time_lag_at_least;
        snap->oldest_known = true;
    }
    snap->total_partial = snap->total_partial || group->total_partial;
    snap->partial = snap->partial || group->total_partial;
    struct kt_broker *coordinator =
        KT_KNOWS(group, KT_GROUP_coordinator) ? broker_of(snap, group->coordinator) : NULL;
    if (coordinator) {
        coordinator->groups++;
    }
}

static void freeze_groups(const struct kt_model *model, struct kt_snapshot *snap, bool last)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        struct kt_model_group *from = at.value;
        if (!from->accepted) {
            snap->hidden_groups++;
            continue;
        }
        const struct kt_group *group = kt_freeze_group(model, from);
        if (last) {
            kt_model_group_empty(from);
        }
        count_status(snap, group);
        sum_group(snap, group);
        kt_snapshot_take_group(snap, group);
    }
}

/* ---- topics ---- */

/* A reader of a topic: who and of what, to be sorted by topic, then group. */
struct reader {
    struct kt_text topic, group;
};

static int compare_readers(const void *a, const void *b)
{
    const struct reader *x = a, *y = b;
    int order = kt_text_compare(x->topic, y->topic);
    return order ? order : kt_text_compare(x->group, y->group);
}

static struct reader *list_readers(const struct kt_model *model, size_t *count)
{
    struct reader *list = NULL;
    size_t capacity = 0;
    struct kt_strmap_walk group = {0};
    *count = 0;
    while (kt_strmap_step(&model->groups, &group)) {
        struct kt_strmap_walk topic = {0};
        while (kt_strmap_step(&((struct kt_model_group *)group.value)->topics, &topic)) {
            if (*count == capacity) {
                capacity = capacity ? capacity * 2 : 64;
                list = kt_resize(list, capacity, sizeof *list);
            }
            list[(*count)++] =
                (struct reader){kt_text_of(topic.name, topic.length), kt_text_of(group.name, group.length)};
        }
    }
    if (*count > 0) {
        qsort(list, *count, sizeof *list, compare_readers);
    }
    return list;
}

static size_t first_reader(const struct reader *readers, size_t count, struct kt_text topic)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kt_text_compare(readers[middle].topic, topic) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* True: the rate of a topic lacks a part. */
static bool freeze_topics(const struct kt_model *model, struct kt_snapshot *snap)
{
    bool partial = false;
    size_t reader_count;
    struct reader *readers = list_readers(model, &reader_count);
    struct kt_text *names = kt_alloc(reader_count + 1, sizeof *names);
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->topics, &at)) {
        const struct kt_model_topic *from = at.value;
        struct kt_text topic_name = kt_text_of(at.name, at.length);
        if (!from->told) {
            continue;
        }
        size_t first = first_reader(readers, reader_count, topic_name), found = 0;
        while (first + found < reader_count && kt_text_compare(readers[first + found].topic, topic_name) == 0) {
            names[found] = readers[first + found].group;
            found++;
        }
        struct kt_topic *topic = kt_freeze_topic(model, from, names, found);
        count_on_brokers(snap, topic);
        snap->under_replicated += (size_t)topic->under_replicated;
        snap->offline += (size_t)topic->offline;
        if (!from->accepted) {
            kt_topic_unref(topic);
            continue;
        }
        if (KT_KNOWS(topic, KT_TOPIC_produce_rate) && !topic->internal) {
            snap->produce_rate += topic->produce_rate;
            snap->produce_known = true;
        }
        partial = partial || (!topic->internal && from->rate_partial);
        snap->partial = snap->partial || topic->offline > 0;
        kt_snapshot_take_topic(snap, topic);
    }
    free(names);
    free(readers);
    return partial;
}

/* ---- all ---- */

/* No more room than there are lines: most snapshots have few, and many of them may be kept. */
static void freeze_log(const struct kt_model *model, struct kt_snapshot *snap)
{
    struct kt_log_line *lines = kt_alloc(KT_LOG_LINES, sizeof *lines);
    snap->log_count = kt_log_copy(model->log, lines, KT_LOG_LINES);
    snap->log = kt_arena_take(snap->arena, snap->log_count, sizeof *snap->log);
    if (snap->log_count > 0) {
        memcpy(snap->log, lines, snap->log_count * sizeof *lines);
    }
    free(lines);
}

static double largest_zigzag(const struct kt_model *model)
{
    double most = 0;
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        const struct kt_model_group *group = at.value;
        most = group->zigzag > most ? group->zigzag : most;
    }
    return most;
}

/* A part of a sum would look like a plunge, and what nobody answers for has no speed. */
static void freeze_trends(struct kt_model *model, struct kt_snapshot *snap, bool rates_partial)
{
    int64_t now = snap->taken_mono, hold = kt_model_patience(model);
    snap->produce_known = snap->produce_known && !snap->stale;
    snap->consume_known = snap->consume_known && !snap->stale;
    bool lag_whole = snap->total_lag_known && !snap->stale && !snap->total_partial;
    kt_trail_add(&model->lag_trail, now, hold, lag_whole, snap->total_lag);
    kt_trail_add(&model->produce_trail, now, hold, snap->produce_known && !rates_partial,
                 kt_rounded(snap->produce_rate));
    kt_trail_add(&model->consume_trail, now, hold, snap->consume_known && !snap->total_partial,
                 kt_rounded(snap->consume_rate));
    kt_trail_show(&model->lag_trail, &snap->lag_trend);
    kt_trail_show(&model->produce_trail, &snap->produce_trend);
    kt_trail_show(&model->consume_trail, &snap->consume_trend);
    snap->lag_slope = kt_trail_slope(&model->lag_trail, kt_model_slope_span(model, 0), largest_zigzag(model));
}

static const struct kt_snapshot *freeze(struct kt_model *model, uint64_t sequence, bool last)
{
    struct kt_snapshot *snap = kt_snapshot_new();
    kt_model_set_now(model);
    snap->sequence = sequence;
    kt_snapshot_reserve(snap, model->groups.count, model->topics.count);
    freeze_identity(model, snap);
    freeze_brokers(model, snap);
    freeze_problems(model, snap);
    freeze_groups(model, snap, last);
    bool rates_partial = freeze_topics(model, snap);
    freeze_trends(model, snap, rates_partial);
    snap->events = kt_events_copy(&model->events, snap->arena, &snap->event_count);
    freeze_log(model, snap);
    kt_snapshot_sort(snap);
    kt_cause_find(snap, &model->causes);
    return kt_snapshot_seal(snap);
}

const struct kt_snapshot *kt_freeze(struct kt_model *model, uint64_t sequence)
{
    return freeze(model, sequence, false);
}

const struct kt_snapshot *kt_freeze_last(struct kt_model *model, uint64_t sequence)
{
    return freeze(model, sequence, true);
}
