#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names, trends, instants ---- */

void kt_name_clear(struct kt_name *name)
{
    free(name->bytes);
    *name = (struct kt_name){0};
}

void kt_name_set(struct kt_name *name, struct kt_text text)
{
    char *bytes = text.bytes ? kt_strndup(text.bytes, text.length) : NULL;
    kt_name_clear(name);
    *name = (struct kt_name){bytes, text.bytes ? text.length : 0};
}

struct kt_text kt_name_text(const struct kt_name *name)
{
    return kt_text_of(name->bytes, name->length);
}

bool kt_name_is(const struct kt_name *name, struct kt_text text)
{
    if (!name->bytes || !text.bytes) {
        return name->bytes == text.bytes;
    }
    return name->length == text.length && memcmp(name->bytes, text.bytes, text.length) == 0;
}

static void shift_trend(struct kt_trend *trend, int64_t steps)
{
    for (; steps > 0; steps--) {
        if (trend->count == KT_TREND_POINTS) {
            memmove(trend->points, trend->points + 1, (KT_TREND_POINTS - 1) * sizeof trend->points[0]);
            trend->known >>= 1;
            trend->count--;
        }
        trend->points[trend->count++] = 0;
    }
}

void kt_trend_add(struct kt_model_trend *model_trend, int64_t now, bool known, int64_t value)
{
    struct kt_trend *trend = &model_trend->trend;
    trend->step_ms = KT_TREND_STEP_MS;
    int64_t slot = now / KT_TREND_STEP_MS;
    int64_t steps = trend->count == 0 ? 1 : slot - model_trend->slot;
    if (steps < 0) {
        return;
    }
    shift_trend(trend, steps < KT_TREND_POINTS ? steps : KT_TREND_POINTS);
    model_trend->slot = slot;
    uint64_t bit = UINT64_C(1) << (trend->count - 1);
    if (known) {
        trend->points[trend->count - 1] = value;
        trend->known |= bit;
    }
}

int64_t kt_model_wall(const struct kt_model *model, int64_t instant)
{
    return kt_wall(model->clock) - kt_mono(model->clock) + instant;
}

int64_t kt_model_instant(const struct kt_model *model, int64_t broker_ms)
{
    /* A hostile commit time must not overflow: nothing before 1970 or after the year 33658 is a time. */
    const int64_t most = INT64_C(1000000000000000);
    int64_t bounded = broker_ms < 0 ? 0 : broker_ms > most ? most : broker_ms;
    int64_t now = kt_mono(model->clock);
    int64_t instant = bounded - model->clock_skew_ms - kt_wall(model->clock) + now;
    return instant < now ? instant : now;
}

void kt_model_tell(struct kt_model *model, struct kt_event event, const char *fmt, ...)
{
    char text[300];
    va_list arguments;
    va_start(arguments, fmt);
    vsnprintf(text, sizeof text, fmt, arguments);
    va_end(arguments);
    event.at_ms = kt_wall(model->clock);
    event.text = kt_text_of(text, strlen(text));
    kt_events_add(&model->events, &event);
}

/* ---- life ---- */

static bool accepts_group(void *self, const char *name, size_t length)
{
    const struct kt_model *model = self;
    return kt_filter_accepts(model->options->group_filter, name, length);
}

static struct kt_burrow *new_burrow(struct kt_model *model)
{
    const struct kt_settings *settings = &model->settings;
    struct kt_burrow_settings burrow = {
        .intervals = settings->intervals,
        .min_distance_s = settings->min_distance_ms / 1000,
        .allowed_lag = (uint64_t)settings->allowed_lag,
        .minimum_complete = (float)settings->minimum_complete,
        .expire_group_s = settings->expire_group_ms / 1000,
    };
    return kt_burrow_new(&burrow, accepts_group, model);
}

struct kt_model *kt_model_new(const struct kt_options *options, const struct kt_clock *clock, struct kt_log *log)
{
    struct kt_model *model = kt_alloc(1, sizeof *model);
    model->options = options;
    model->clock = clock;
    model->log = log;
    model->settings = options->settings;
    model->controller = -1;
    model->first_at = kt_mono(clock);
    kt_strmap_init(&model->topics);
    kt_strmap_init(&model->topic_ids);
    kt_strmap_init(&model->groups);
    kt_events_init(&model->events);
    if (options->settings.rules == KT_RULES_BURROW) {
        model->burrow = new_burrow(model);
    }
    return model;
}

static void partition_release(struct kt_model_partition *partition)
{
    kt_history_release(&partition->end);
    kt_history_release(&partition->start);
    free(partition->replicas);
    free(partition->isr);
}

static void topic_free(void *value)
{
    struct kt_model_topic *topic = value;
    for (size_t i = 0; i < topic->partition_count; i++) {
        partition_release(&topic->partitions[i]);
    }
    free(topic->partitions);
    free(topic);
}

static void topic_id_free(void *value)
{
    kt_name_clear(value);
    free(value);
}

static void problem_release(struct kt_model_problem *problem)
{
    kt_name_clear(&problem->name);
    kt_name_clear(&problem->error);
    kt_name_clear(&problem->text);
}

static void broker_release(struct kt_model_broker *broker)
{
    kt_name_clear(&broker->host);
    kt_name_clear(&broker->rack);
}

void kt_model_free(struct kt_model *model)
{
    if (!model) {
        return;
    }
    kt_strmap_release(&model->groups, kt_model_group_free);
    kt_strmap_release(&model->topics, topic_free);
    kt_strmap_release(&model->topic_ids, topic_id_free);
    for (size_t i = 0; i < model->broker_count; i++) {
        broker_release(&model->brokers[i]);
    }
    for (size_t i = 0; i < model->problem_count; i++) {
        problem_release(&model->problems[i]);
    }
    free(model->brokers);
    free(model->problems);
    free(model->offsets_fresh);
    kt_name_clear(&model->source_reason);
    kt_name_clear(&model->cluster_id);
    kt_events_release(&model->events);
    kt_burrow_free(model->burrow);
    free(model);
}

/* ---- cluster, brokers ---- */

static void apply_cluster(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->cluster.cluster_id.bytes) {
        kt_name_set(&model->cluster_id, obs->cluster.cluster_id);
    }
    model->controller = obs->cluster.controller;
    int32_t count = obs->cluster.offsets_partition_count;
    if (count < 0 || count > KT_MODEL_OFFSETS_PARTITIONS_MOST || count == model->offsets_partition_count) {
        return;
    }
    free(model->offsets_fresh);
    model->offsets_fresh = count > 0 ? kt_alloc((size_t)count, sizeof *model->offsets_fresh) : NULL;
    model->offsets_partition_count = count;
    size_t cursor = 0;
    const char *name;
    size_t length;
    void *value;
    while (kt_strmap_next(&model->groups, &cursor, &name, &length, &value)) {
        ((struct kt_model_group *)value)->offsets_partition = -1;
    }
}

static struct kt_model_broker *broker_of(struct kt_model *model, int32_t id)
{
    for (size_t i = 0; i < model->broker_count; i++) {
        if (model->brokers[i].id == id) {
            return &model->brokers[i];
        }
    }
    model->brokers = kt_resize(model->brokers, model->broker_count + 1, sizeof *model->brokers);
    struct kt_model_broker *broker = &model->brokers[model->broker_count++];
    *broker = (struct kt_model_broker){.id = id, .up = -1, .rtt_us = -1};
    return broker;
}

static void apply_broker(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_broker *broker = broker_of(model, obs->broker.id);
    if (obs->broker.host.bytes) {
        kt_name_set(&broker->host, obs->broker.host);
        broker->port = obs->broker.port;
    }
    if (obs->broker.rack.bytes) {
        kt_name_set(&broker->rack, obs->broker.rack);
    }
    if (obs->broker.up >= 0) {
        broker->up = obs->broker.up;
    }
    if (obs->broker.rtt_us >= 0) {
        broker->rtt_us = obs->broker.rtt_us;
    }
    broker->listing = model->listing[KT_LIST_BROKERS];
}

static void drop_unlisted_brokers(struct kt_model *model)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->broker_count; i++) {
        if (model->brokers[i].listing == model->listing[KT_LIST_BROKERS]) {
            model->brokers[kept++] = model->brokers[i];
        } else {
            broker_release(&model->brokers[i]);
        }
    }
    model->broker_count = kept;
}

/* ---- topics, partitions ---- */

struct kt_model_topic *kt_model_topic(struct kt_model *model, struct kt_text name)
{
    return name.bytes ? kt_strmap_get(&model->topics, name.bytes, name.length) : NULL;
}

const struct kt_model_partition *kt_model_partition(const struct kt_model_topic *topic, int32_t partition)
{
    if (!topic || partition < 0 || (size_t)partition >= topic->partition_count) {
        return NULL;
    }
    return &topic->partitions[partition];
}

static struct kt_model_topic *topic_at(struct kt_model *model, struct kt_text name)
{
    const char *kept;
    void **place = kt_strmap_at(&model->topics, name.bytes, name.length, &kept);
    if (!*place) {
        struct kt_model_topic *topic = kt_alloc(1, sizeof *topic);
        topic->name = (struct kt_name){(char *)(uintptr_t)kept, name.length};
        topic->accepted = kt_filter_accepts(model->options->topic_filter, name.bytes, name.length);
        *place = topic;
    }
    return *place;
}

static bool grow_topic(struct kt_model_topic *topic, size_t count)
{
    if (count > KT_MODEL_PARTITIONS_MOST) {
        return false;
    }
    if (count <= topic->partition_count) {
        return true;
    }
    topic->partitions = kt_resize(topic->partitions, count, sizeof *topic->partitions);
    for (size_t i = topic->partition_count; i < count; i++) {
        topic->partitions[i] = (struct kt_model_partition){.leader = -1};
    }
    topic->partition_count = count;
    return true;
}

static void shrink_topic(struct kt_model_topic *topic, size_t count)
{
    while (topic->partition_count > count) {
        partition_release(&topic->partitions[--topic->partition_count]);
    }
}

static void apply_topic(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text name = obs->topic.name;
    int32_t wanted = obs->topic.partition_count;
    if (!name.bytes || wanted < 0 || wanted > KT_MODEL_PARTITIONS_MOST) {
        return;
    }
    struct kt_model_topic *topic = topic_at(model, name);
    size_t before = topic->partition_count;
    bool known_before = topic->told;
    topic->internal = obs->topic.internal;
    topic->told = true;
    topic->listing = model->listing[KT_LIST_TOPICS];
    shrink_topic(topic, (size_t)wanted);
    grow_topic(topic, (size_t)wanted);
    struct kt_event event = {.topic = name,
                             .from = {KT_VALUE_NUMBER, (int64_t)before, NULL},
                             .to = {KT_VALUE_NUMBER, wanted, NULL}};
    if (known_before && before != (size_t)wanted) {
        event.kind = KT_EVENT_PARTITIONS;
        kt_model_tell(model, event, "partitions %zu -> %d", before, (int)wanted);
    } else if (!known_before && model->listed[KT_LIST_TOPICS]) {
        event.kind = KT_EVENT_TOPIC;
        event.from.kind = KT_VALUE_NONE;
        kt_model_tell(model, event, "topic appeared with %d partitions", (int)wanted);
    }
}

static void drop_unlisted_topics(struct kt_model *model)
{
    size_t cursor = 0;
    const char *name;
    size_t length;
    void *value;
    while (kt_strmap_next(&model->topics, &cursor, &name, &length, &value)) {
        struct kt_model_topic *topic = value;
        if (!topic->told || topic->listing == model->listing[KT_LIST_TOPICS]) {
            continue;
        }
        struct kt_event event = {.kind = KT_EVENT_TOPIC, .topic = kt_text_of(name, length)};
        kt_model_tell(model, event, "topic is gone");
        kt_model_drop_topic_everywhere(model, topic);
        if (model->burrow) {
            kt_burrow_delete_topic(model->burrow, name, length);
        }
        kt_strmap_remove(&model->topics, name, length);
        topic_free(topic);
    }
}

static void set_list(int32_t **list, size_t *count, const int32_t *items, size_t item_count)
{
    if (item_count > 1000 || !items) { /* more replicas than any cluster has brokers for */
        item_count = 0;
    }
    if (item_count > *count) {
        *list = kt_resize(*list, item_count, sizeof **list);
    }
    if (item_count > 0) {
        memcpy(*list, items, item_count * sizeof **list);
    }
    *count = item_count;
}

static void tell_partition_changes(struct kt_model *model, const struct kt_model_partition *before,
                                   const struct kt_obs *obs)
{
    struct kt_event event = {.topic = obs->partition.topic,
                             .has_partition = true,
                             .partition = obs->partition.partition};
    if (before->leader != obs->partition.leader) {
        event.kind = KT_EVENT_LEADER;
        event.from = (struct kt_event_value){KT_VALUE_NUMBER, before->leader, NULL};
        event.to = (struct kt_event_value){KT_VALUE_NUMBER, obs->partition.leader, NULL};
        if (obs->partition.leader < 0) {
            event.to = (struct kt_event_value){KT_VALUE_WORD, 0, "none"};
            kt_model_tell(model, event, "leader %d is gone, no leader", (int)before->leader);
        } else {
            kt_model_tell(model, event, "leader %d -> %d", (int)before->leader, (int)obs->partition.leader);
        }
    }
    if (before->isr_count != obs->partition.isr_count) {
        event.kind = KT_EVENT_ISR;
        event.from = (struct kt_event_value){KT_VALUE_NUMBER, (int64_t)before->isr_count, NULL};
        event.to = (struct kt_event_value){KT_VALUE_NUMBER, (int64_t)obs->partition.isr_count, NULL};
        kt_model_tell(model, event, "in-sync replicas %zu -> %zu of %zu", before->isr_count,
                      obs->partition.isr_count, obs->partition.replica_count);
    }
}

static void apply_partition(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_topic *topic = kt_model_topic(model, obs->partition.topic);
    int32_t number = obs->partition.partition;
    if (!topic || number < 0 || !grow_topic(topic, (size_t)number + 1)) {
        return;
    }
    struct kt_model_partition *partition = &topic->partitions[number];
    if (partition->told && topic->accepted) {
        tell_partition_changes(model, partition, obs);
    }
    partition->told = true;
    partition->leader = obs->partition.leader;
    set_list(&partition->replicas, &partition->replica_count, obs->partition.replicas,
             obs->partition.replica_count);
    set_list(&partition->isr, &partition->isr_count, obs->partition.isr, obs->partition.isr_count);
}

static void feed_burrow_end(struct kt_model *model, const struct kt_model_topic *topic, int32_t partition,
                            int64_t offset)
{
    if (model->burrow) {
        kt_burrow_broker_offset(model->burrow, topic->name.bytes, topic->name.length, partition,
                                (int32_t)topic->partition_count, offset);
    }
}

static void apply_end(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_topic *topic = kt_model_topic(model, obs->end.topic);
    if (!topic || obs->end.partition < 0 || (size_t)obs->end.partition >= topic->partition_count) {
        return;
    }
    struct kt_model_partition *partition = &topic->partitions[obs->end.partition];
    if (obs->end.error) {
        partition->end_failed = true;
    }
    if (obs->end.has_start && obs->end.log_start >= 0) {
        kt_history_push(&partition->start, obs->at, obs->end.log_start);
    }
    if (obs->end.has_stable && obs->end.last_stable >= 0) {
        partition->stable = obs->end.last_stable;
        partition->stable_known = true;
    }
    if (obs->end.has_end && obs->end.log_end >= 0) {
        partition->end_failed = false;
        kt_history_push(&partition->end, obs->at, obs->end.log_end);
        feed_burrow_end(model, topic, obs->end.partition, obs->end.log_end);
        model->fresh_known = true;
        model->last_fresh_at = obs->at > model->last_fresh_at ? obs->at : model->last_fresh_at;
    }
}

/* ---- the rest ---- */

static void apply_topic_id(struct kt_model *model, const struct kt_obs *obs)
{
    void **place = kt_strmap_at(&model->topic_ids, (const char *)obs->topic_id.id, 16, NULL);
    if (!*place) {
        *place = kt_alloc(1, sizeof(struct kt_name));
    }
    if (!kt_name_is(*place, obs->topic_id.name)) {
        kt_name_set(*place, obs->topic_id.name);
        model->members_versions++;
    }
}

static void apply_fresh(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text group = obs->fresh.group;
    if (group.bytes) {
        struct kt_model_group *found = kt_strmap_get(&model->groups, group.bytes, group.length);
        if (found) {
            found->fresh_known = true;
            found->fresh_at = obs->at;
        }
        return;
    }
    int32_t partition = obs->fresh.offsets_partition;
    if (partition >= 0 && partition < model->offsets_partition_count) {
        model->offsets_fresh[partition] = (struct kt_offsets_fresh){true, obs->fresh.held, obs->at};
    }
}

static void forget_problem(struct kt_model *model, const struct kt_obs *obs)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->problem_count; i++) {
        struct kt_model_problem *problem = &model->problems[i];
        bool same = problem->scope == obs->problem.scope && kt_name_is(&problem->name, obs->problem.name) &&
                    (!obs->problem.error.bytes || kt_name_is(&problem->error, obs->problem.error));
        if (same) {
            problem_release(problem);
        } else {
            model->problems[kept++] = *problem;
        }
    }
    model->problem_count = kept;
}

static void apply_problem(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->problem.over) {
        forget_problem(model, obs);
        return;
    }
    for (size_t i = 0; i < model->problem_count; i++) {
        struct kt_model_problem *problem = &model->problems[i];
        if (problem->scope == obs->problem.scope && kt_name_is(&problem->name, obs->problem.name) &&
            kt_name_is(&problem->error, obs->problem.error)) {
            kt_name_set(&problem->text, obs->problem.text);
            return;
        }
    }
    if (model->problem_count == KT_MODEL_PROBLEMS_MOST) {
        return;
    }
    model->problems = kt_resize(model->problems, model->problem_count + 1, sizeof *model->problems);
    struct kt_model_problem *problem = &model->problems[model->problem_count++];
    *problem = (struct kt_model_problem){.scope = obs->problem.scope, .since_wall = kt_wall(model->clock)};
    kt_name_set(&problem->name, obs->problem.name);
    kt_name_set(&problem->error, obs->problem.error);
    kt_name_set(&problem->text, obs->problem.text);
}

static void apply_list_end(struct kt_model *model, const struct kt_obs *obs)
{
    enum kt_listing what = obs->list.what;
    model->listing_incomplete[what] = !obs->list.complete;
    if (!obs->list.complete) {
        return;
    }
    if (what == KT_LIST_BROKERS) {
        drop_unlisted_brokers(model);
    } else if (what == KT_LIST_TOPICS) {
        drop_unlisted_topics(model);
    } else {
        kt_model_drop_unlisted_groups(model);
    }
    model->listed[what] = true;
}

static void apply_pass(struct kt_model *model, const struct kt_obs *obs)
{
    if (!model->collected) {
        model->collected_in_ms = obs->at - model->first_at;
    }
    model->collected = true;
    model->pass_complete = obs->pass.complete;
    model->last_pass_at = obs->at;
}

void kt_model_apply(struct kt_model *model, const struct kt_obs *obs)
{
    model->told_anything = model->told_anything || obs->kind != KT_OBS_PROBLEM;
    switch (obs->kind) {
    case KT_OBS_SOURCE:
        model->source = obs->source.kind;
        kt_name_set(&model->source_reason, obs->source.reason);
        break;
    case KT_OBS_CLUSTER:
        apply_cluster(model, obs);
        break;
    case KT_OBS_LIST_BEGIN:
        if (obs->list.what < KT_LISTING_COUNT) {
            model->listing[obs->list.what]++;
        }
        break;
    case KT_OBS_LIST_END:
        if (obs->list.what < KT_LISTING_COUNT) {
            apply_list_end(model, obs);
        }
        break;
    case KT_OBS_BROKER:
        apply_broker(model, obs);
        break;
    case KT_OBS_TOPIC:
        apply_topic(model, obs);
        break;
    case KT_OBS_TOPIC_ID:
        apply_topic_id(model, obs);
        break;
    case KT_OBS_PARTITION:
        apply_partition(model, obs);
        break;
    case KT_OBS_END:
        apply_end(model, obs);
        break;
    case KT_OBS_GROUP:
    case KT_OBS_MEMBER:
    case KT_OBS_MEMBER_GONE:
    case KT_OBS_GROUP_EPOCH:
    case KT_OBS_GROUP_GONE:
        kt_model_apply_group(model, obs);
        break;
    case KT_OBS_COMMIT:
    case KT_OBS_COMMIT_GONE:
        kt_model_apply_commit(model, obs);
        break;
    case KT_OBS_FRESH:
        apply_fresh(model, obs);
        break;
    case KT_OBS_PROBLEM:
        apply_problem(model, obs);
        break;
    case KT_OBS_PASS:
        apply_pass(model, obs);
        break;
    case KT_OBS_KIND_COUNT:
        break;
    }
}
