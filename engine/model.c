#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_steady.h"

/* ---- names ---- */

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

/* ---- telling ---- */

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
    kt_strmap_init(&model->denied_topics);
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
    kt_strmap_release(&model->denied_topics, NULL);
    kt_model_release_cluster(model);
    free(model->offsets_fresh);
    kt_name_clear(&model->source_reason);
    kt_name_clear(&model->cluster_id);
    kt_events_release(&model->events);
    kt_burrow_free(model->burrow);
    free(model);
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
            kt_steady_before_fresh(model, found, obs->at);
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

static void apply_list_end(struct kt_model *model, const struct kt_obs *obs)
{
    enum kt_listing what = obs->list.what;
    model->listing_incomplete[what] = !obs->list.complete;
    model->listing_open[what] = false;
    if (!obs->list.complete) {
        return;
    }
    if (what == KT_LIST_BROKERS) {
        kt_model_drop_unlisted_brokers(model);
    } else if (what == KT_LIST_TOPICS) {
        kt_model_drop_unlisted_topics(model, obs->at);
        if (model->listed[KT_LIST_BROKERS]) {
            kt_model_add_missing_brokers(model);
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
    case KT_OBS_CLUSTER:
    case KT_OBS_BROKER:
    case KT_OBS_PROBLEM:
        kt_model_apply_cluster(model, obs);
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
    case KT_OBS_PASS:
        apply_pass(model, obs);
        break;
    case KT_OBS_KIND_COUNT:
        break;
    }
}
