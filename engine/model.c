#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names, instants ---- */

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

#define STALE_LEAST_MS 3000
#define STALE_DELAYS 3

int64_t kt_model_patience(const struct kt_model *model)
{
    int64_t patience = model->settings.delay_ms * STALE_DELAYS;
    return patience > STALE_LEAST_MS ? patience : STALE_LEAST_MS;
}

/* Over less than two and a half commit gaps no slope can be told from the zigzag of the commits. */
#define SPAN_LEAST_MS 60000
#define SPAN_RHYTHMS 2.5
#define SPAN_MOST_MS 300000

int64_t kt_model_slope_span(const struct kt_model *model, int64_t rhythm_ms)
{
    int64_t span = kt_larger(SPAN_LEAST_MS, kt_model_patience(model));
    span = kt_larger(span, (int64_t)(SPAN_RHYTHMS * (double)rhythm_ms));
    return span < SPAN_MOST_MS ? span : SPAN_MOST_MS;
}

bool kt_model_outdated(const struct kt_model *model, int64_t at)
{
    int64_t patience = kt_model_patience(model);
    return model->now - at > (patience > KT_HISTORY_RATE_MS ? patience : KT_HISTORY_RATE_MS);
}

bool kt_model_produce_rate(const struct kt_model *model, const struct kt_model_partition *partition, double *rate)
{
    return kt_history_rate(&partition->end, rate) && !kt_model_outdated(model, partition->end.newest.at);
}

void kt_model_set_now(struct kt_model *model)
{
    model->now = kt_mono(model->clock);
    model->wall = kt_wall(model->clock);
}

int64_t kt_model_wall(const struct kt_model *model, int64_t instant)
{
    return model->wall - model->now + instant;
}

static int64_t instant_of(const struct kt_model *model, int64_t broker_ms, int64_t skew_ms)
{
    /* A hostile commit time must not overflow: nothing before 1970 or after the year 33658 is a time. */
    const int64_t most = INT64_C(1000000000000000);
    int64_t bounded = broker_ms < 0 ? 0 : broker_ms > most ? most : broker_ms;
    int64_t instant = bounded - skew_ms - model->wall + model->now;
    return instant < model->now ? instant : model->now;
}

int64_t kt_model_instant(const struct kt_model *model, int64_t wall_ms)
{
    return instant_of(model, wall_ms, 0);
}

int64_t kt_model_commit_instant(const struct kt_model *model, const struct kt_model_group *group, int64_t commit_ms)
{
    int32_t place = group->offsets_partition;
    bool placed = place >= 0 && place < model->offsets_partition_count;
    return instant_of(model, commit_ms, placed ? model->offsets_fresh[place].skew_ms : 0);
}

int64_t kt_model_skew(const struct kt_model *model, int32_t broker)
{
    for (size_t i = 0; i < model->broker_count; i++) {
        if (model->brokers[i].id == broker) {
            return model->brokers[i].skew_ms;
        }
    }
    return 0;
}

/* Which partition it was: of the topic that the event is about, or of one that its group reads. */
static size_t say_partition(const struct kt_event *event, char *out, size_t room)
{
    if (!event->has_partition) {
        return 0;
    }
    struct kt_text topic = event->group.bytes ? event->topic : kt_text_of(NULL, 0);
    int written = snprintf(out, room, "%.*s%s%d: ", (int)topic.length, topic.bytes ? topic.bytes : "",
                           topic.bytes ? "/" : "partition ", (int)event->partition);
    return written > 0 && (size_t)written < room ? (size_t)written : 0;
}

void kt_model_tell(struct kt_model *model, struct kt_event event, const char *fmt, ...)
{
    char text[300];
    size_t length = say_partition(&event, text, sizeof text);
    va_list arguments;
    va_start(arguments, fmt);
    vsnprintf(text + length, sizeof text - length, fmt, arguments);
    va_end(arguments);
    event.at_ms = model->wall;
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
    model->unnamed_most = KT_MODEL_UNNAMED_MOST;
    kt_model_set_now(model);
    model->first_at = model->now;
    kt_strmap_init(&model->topics);
    kt_strmap_init(&model->topic_ids);
    kt_strmap_init(&model->inferred);
    kt_strmap_init(&model->gone_topics);
    kt_strmap_init(&model->groups);
    kt_events_init(&model->events);
    if (options->settings.rules == KT_RULES_BURROW) {
        model->burrow = new_burrow(model);
    }
    return model;
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
    kt_strmap_release(&model->topics, kt_model_topic_free);
    kt_strmap_release(&model->topic_ids, topic_id_free);
    kt_strmap_release(&model->inferred, topic_id_free);
    kt_strmap_release(&model->gone_topics, NULL);
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

/* Of two brokers, one in 64 clusters would still be named by chance; the next change takes it back. */
#define CONTROLLER_ANSWERS 7

int32_t kt_model_controller(const struct kt_model *model)
{
    bool believed = model->broker_count == 1 || model->controller_told >= CONTROLLER_ANSWERS;
    return believed ? model->controller : -1;
}

static void apply_cluster(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->cluster.cluster_id.bytes) {
        kt_name_set(&model->cluster_id, obs->cluster.cluster_id);
    }
    model->controller_told = model->controller == obs->cluster.controller ? model->controller_told + 1 : 1;
    model->controller = obs->cluster.controller;
    int32_t count = obs->cluster.offsets_partition_count;
    if (count < 0 || count > KT_MODEL_OFFSETS_PARTITIONS_MOST || count == model->offsets_partition_count) {
        return;
    }
    free(model->offsets_fresh);
    model->offsets_fresh = count > 0 ? kt_alloc((size_t)count, sizeof *model->offsets_fresh) : NULL;
    model->offsets_partition_count = count;
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        ((struct kt_model_group *)at.value)->offsets_partition = -1;
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
    if (broker->missing) {
        broker->missing = false;
        broker->up = -1;
    }
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

static void note_missing(struct kt_model_broker *broker)
{
    broker->missing = true;
    broker->up = 0;
    broker->rtt_us = -1;
}

/* Metadata leave out a broker that is down; it belongs to the cluster as long as partitions have copies on it. */
static bool holds_replicas(const struct kt_model *model, int32_t id)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->topics, &at)) {
        const struct kt_model_topic *topic = at.value;
        for (size_t i = 0; i < topic->partition_count; i++) {
            for (size_t k = 0; k < topic->partitions[i].replica_count; k++) {
                if (topic->partitions[i].replicas[k] == id) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Those that have been away since before we came. */
static void add_missing_brokers(struct kt_model *model)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->topics, &at)) {
        const struct kt_model_topic *topic = at.value;
        for (size_t i = 0; i < topic->partition_count; i++) {
            for (size_t k = 0; k < topic->partitions[i].replica_count; k++) {
                size_t before = model->broker_count;
                struct kt_model_broker *broker = broker_of(model, topic->partitions[i].replicas[k]);
                if (model->broker_count > before) {
                    note_missing(broker);
                }
            }
        }
    }
}

static void drop_unlisted_brokers(struct kt_model *model)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->broker_count; i++) {
        bool listed = model->brokers[i].listing == model->listing[KT_LIST_BROKERS];
        if (listed || holds_replicas(model, model->brokers[i].id)) {
            model->brokers[kept++] = model->brokers[i];
            if (!listed) {
                note_missing(&model->brokers[kept - 1]);
            }
        } else {
            broker_release(&model->brokers[i]);
        }
    }
    model->broker_count = kept;
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
        model->identities_stale = true;
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
        struct kt_offsets_fresh *fresh = &model->offsets_fresh[partition];
        fresh->known = true;
        fresh->held = obs->fresh.held;
        fresh->at = obs->at;
        if (!obs->fresh.held) {
            fresh->whole_known = true;
            fresh->whole_at = obs->at;
        }
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

static bool text_is(struct kt_text text, const char *word)
{
    return text.bytes && text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}

/* Room for one more; what concerns more of the cluster drives out what concerns less. */
static bool make_room(struct kt_model *model, enum kt_scope scope)
{
    if (model->problem_count < KT_MODEL_PROBLEMS_MOST) {
        return true;
    }
    for (size_t i = model->problem_count; i-- > 0;) {
        if (model->problems[i].scope > scope) {
            problem_release(&model->problems[i]);
            model->problems[i] = model->problems[--model->problem_count];
            return true;
        }
    }
    return false;
}

void kt_model_note_problem(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->problem.over) {
        forget_problem(model, obs);
        return;
    }
    if (obs->problem.scope == KT_SCOPE_CLUSTER && text_is(obs->problem.error, "_ALL_BROKERS_DOWN")) {
        for (size_t i = 0; i < model->broker_count; i++) {
            model->brokers[i].up = 0; /* until one answers */
        }
    }
    for (size_t i = 0; i < model->problem_count; i++) {
        struct kt_model_problem *problem = &model->problems[i];
        if (problem->scope == obs->problem.scope && kt_name_is(&problem->name, obs->problem.name) &&
            kt_name_is(&problem->error, obs->problem.error)) {
            kt_name_set(&problem->text, obs->problem.text);
            return;
        }
    }
    if (!make_room(model, obs->problem.scope)) {
        return;
    }
    model->problems = kt_resize(model->problems, model->problem_count + 1, sizeof *model->problems);
    struct kt_model_problem *problem = &model->problems[model->problem_count++];
    *problem = (struct kt_model_problem){.scope = obs->problem.scope, .since_wall = model->wall};
    kt_name_set(&problem->name, obs->problem.name);
    kt_name_set(&problem->error, obs->problem.error);
    kt_name_set(&problem->text, obs->problem.text);
}

static void apply_list_end(struct kt_model *model, const struct kt_obs *obs)
{
    enum kt_listing what = obs->list.what;
    model->listing_incomplete[what] = !obs->list.complete;
    model->listing_open[what] = false;
    if (!obs->list.complete) {
        return;
    }
    if (what == KT_LIST_BROKERS) {
        drop_unlisted_brokers(model);
    } else if (what == KT_LIST_TOPICS) {
        kt_model_drop_unlisted_topics(model, obs->at);
        if (model->listed[KT_LIST_BROKERS]) {
            add_missing_brokers(model);
        }
        model->topics_at = obs->at;
        model->identities_stale = true;
    } else {
        kt_model_drop_unlisted_groups(model, obs->at);
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
    kt_model_expire(model);
}

void kt_model_apply(struct kt_model *model, const struct kt_obs *obs)
{
    kt_model_set_now(model);
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
            model->listing_at[obs->list.what] = obs->at;
            model->listing_open[obs->list.what] = true;
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
    case KT_OBS_TOPIC_CONFIG:
    case KT_OBS_PARTITION:
    case KT_OBS_END:
    case KT_OBS_PAST:
        kt_model_apply_topic(model, obs);
        break;
    case KT_OBS_RECORD:
        kt_model_apply_record(model, obs);
        break;
    case KT_OBS_TOPIC_ID:
        apply_topic_id(model, obs);
        break;
    case KT_OBS_GROUP:
    case KT_OBS_GROUP_GONE:
        kt_model_apply_group(model, obs);
        break;
    case KT_OBS_MEMBER:
    case KT_OBS_MEMBER_GONE:
    case KT_OBS_GROUP_EPOCH:
    case KT_OBS_GROUP_TOPICS:
        kt_model_apply_member(model, obs);
        break;
    case KT_OBS_COMMIT:
    case KT_OBS_COMMIT_GONE:
        kt_model_apply_commit(model, obs);
        break;
    case KT_OBS_FRESH:
        apply_fresh(model, obs);
        break;
    case KT_OBS_PROBLEM:
        kt_model_note_problem(model, obs);
        break;
    case KT_OBS_PASS:
        apply_pass(model, obs);
        break;
    case KT_OBS_KIND_COUNT:
        break;
    }
}
