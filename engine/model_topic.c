/* The part of the model that is about topics and partitions: metadata, log ends. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "model_steady.h"

#define GAP_LEAST_MS 15000 /* a shorter silence is a slow answer */

static void partition_release(struct kt_model_partition *partition)
{
    kt_history_release(&partition->end);
    kt_history_release(&partition->start);
    free(partition->replicas);
    free(partition->isr);
    kt_model_records_forget(partition);
}

void kt_model_topic_free(void *value)
{
    struct kt_model_topic *topic = value;
    for (size_t i = 0; i < topic->partition_count; i++) {
        partition_release(&topic->partitions[i]);
    }
    free(topic->partitions);
    free(topic);
}

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
        model->topics_version++;
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

/* Those from `from` on appeared under our eyes. */
static void mark_new(struct kt_model_topic *topic, size_t from, int64_t at)
{
    for (size_t i = from; i < topic->partition_count; i++) {
        topic->partitions[i].is_new = true;
        topic->partitions[i].new_since = at;
    }
}

static void tell_appeared(struct kt_model *model, struct kt_text name, int32_t count)
{
    struct kt_event event = {.kind = KT_EVENT_TOPIC, .topic = name, .to = {KT_VALUE_NUMBER, count, NULL}};
    if (kt_model_was_gone(model, name)) {
        kt_model_tell(model, event, "topic was made again with %d partition%s", (int)count, count == 1 ? "" : "s");
    } else {
        kt_model_tell(model, event, "topic appeared with %d partitions", (int)count);
    }
}

/* No topic loses partitions: with fewer, it is another one. */
static void tell_count(struct kt_model *model, struct kt_text name, size_t before, int32_t wanted)
{
    struct kt_event event = {.kind = KT_EVENT_PARTITIONS,
                             .topic = name,
                             .from = {KT_VALUE_NUMBER, (int64_t)before, NULL},
                             .to = {KT_VALUE_NUMBER, wanted, NULL}};
    kt_model_tell(model, event, "%spartitions %zu -> %d",
                  (size_t)wanted < before ? "topic was deleted and made again: " : "", before, (int)wanted);
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
    model->members_versions += before != (size_t)wanted; /* assignments may name what is here only now */
    shrink_topic(topic, (size_t)wanted);
    grow_topic(topic, (size_t)wanted);
    if (known_before && before != (size_t)wanted) {
        tell_count(model, name, before, wanted);
    } else if (!known_before && model->listed[KT_LIST_TOPICS]) {
        tell_appeared(model, name, wanted);
    }
    if (known_before && (size_t)wanted < before) {
        kt_model_topic_anew(model, topic, obs->at);
    } else if (known_before || model->listed[KT_LIST_TOPICS]) {
        mark_new(topic, before, obs->at);
    }
}

void kt_model_drop_unlisted_topics(struct kt_model *model, int64_t at_instant)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->topics, &at)) {
        struct kt_model_topic *topic = at.value;
        if (!topic->told || topic->listing == model->listing[KT_LIST_TOPICS]) {
            continue;
        }
        struct kt_event event = {.kind = KT_EVENT_TOPIC, .topic = kt_text_of(at.name, at.length)};
        kt_model_tell(model, event, "topic is gone");
        kt_model_note_gone(model, event.topic);
        kt_model_drop_topic_everywhere(model, topic, at_instant);
        if (model->burrow) {
            kt_burrow_delete_topic(model->burrow, at.name, at.length);
        }
        model->topics_version++;
        kt_strmap_remove(&model->topics, at.name, at.length);
        kt_model_topic_free(topic);
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
    if (!partition->told || partition->leader != obs->partition.leader) {
        kt_steady_news(model, topic, number);
    }
    partition->told = true;
    partition->leader = obs->partition.leader;
    set_list(&partition->replicas, &partition->replica_count, obs->partition.replicas,
             obs->partition.replica_count);
    set_list(&partition->isr, &partition->isr_count, obs->partition.isr, obs->partition.isr_count);
}

/* The first answer after a silence, whether the cluster was away or we were stopped, tells of it. */
static void note_fresh(struct kt_model *model, int64_t at)
{
    int64_t silence = model->fresh_known ? kt_span(model->last_fresh_at, at) : 0;
    if (model->collected && silence >= GAP_LEAST_MS && silence > kt_model_patience(model)) {
        struct kt_event event = {.kind = KT_EVENT_GAP,
                                 .from = {KT_VALUE_NUMBER, kt_model_wall(model, model->last_fresh_at), NULL},
                                 .to = {KT_VALUE_NUMBER, kt_model_wall(model, at), NULL}};
        kt_model_tell(model, event, "no answer for %lld s: what happened meanwhile is told as of now",
                      (long long)(silence / 1000));
    }
    model->fresh_known = true;
    model->last_fresh_at = at > model->last_fresh_at ? at : model->last_fresh_at;
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
    kt_steady_before_ends(model, topic, obs);
    bool believed = kt_model_check_log(model, topic, obs);
    if (obs->end.error) {
        partition->end_failed = true;
    }
    if (obs->end.has_start && obs->end.log_start >= 0) {
        kt_history_push(&partition->start, obs->at, obs->end.log_start);
    }
    if (obs->end.has_end && obs->end.log_end >= 0) {
        partition->end_failed = false;
        if (believed && kt_history_push(&partition->end, obs->at, obs->end.log_end)) {
            kt_model_records_forget(partition);
        }
        feed_burrow_end(model, topic, obs->end.partition, obs->end.log_end);
        note_fresh(model, obs->at);
    }
    if (believed && obs->end.has_stable && obs->end.last_stable >= 0) {
        kt_stable_take(&partition->stable, obs->at, obs->end.last_stable, &partition->end);
    }
}

/* Keeps an estimate in its place; one that contradicts its neighbours comes from records with odd timestamps. */
static void apply_past(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_topic *topic = kt_model_topic(model, obs->past.topic);
    if (!topic || obs->past.partition < 0 || (size_t)obs->past.partition >= topic->partition_count) {
        return;
    }
    struct kt_model_partition *partition = &topic->partitions[obs->past.partition];
    if (partition->end.count == 0 || partition->past_count == KT_PAST_POINTS) {
        return;
    }
    struct kt_sample sample = {.at = kt_model_instant(model, obs->past.at_ms),
                               .offset = obs->past.has_end ? obs->past.log_end : partition->end.newest.offset};
    size_t place = partition->past_count;
    while (place > 0 && partition->past[place - 1].at > sample.at) {
        place--;
    }
    bool falls = (place > 0 && partition->past[place - 1].offset > sample.offset) ||
                 (place < partition->past_count && partition->past[place].offset < sample.offset);
    if (falls || sample.offset < 0 || sample.offset > partition->end.newest.offset) {
        return;
    }
    memmove(&partition->past[place + 1], &partition->past[place],
            (partition->past_count - place) * sizeof partition->past[0]);
    partition->past[place] = sample;
    partition->past_count++;
    kt_steady_news(model, topic, obs->past.partition);
}

static void apply_config(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_topic *topic = kt_model_topic(model, obs->topic_config.name);
    if (topic) {
        const struct kt_topic_settings *before = &topic->settings;
        if (before->compacts != obs->topic_config.compacts || before->deletes != obs->topic_config.deletes) {
            kt_steady_news_of_topic(model, topic);
        }
        topic->settings = (struct kt_topic_settings){
            .known = true,
            .compacts = obs->topic_config.compacts,
            .deletes = obs->topic_config.deletes,
            .has_retention = obs->topic_config.has_retention && obs->topic_config.retention_ms >= 0,
            .retention_ms = obs->topic_config.retention_ms,
            .has_timestamps = obs->topic_config.has_timestamps,
            .log_append = obs->topic_config.log_append,
        };
    }
}

void kt_model_apply_topic(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->kind == KT_OBS_TOPIC) {
        apply_topic(model, obs);
    } else if (obs->kind == KT_OBS_TOPIC_CONFIG) {
        apply_config(model, obs);
    } else if (obs->kind == KT_OBS_PARTITION) {
        apply_partition(model, obs);
    } else if (obs->kind == KT_OBS_END) {
        apply_end(model, obs);
    } else if (obs->kind == KT_OBS_PAST) {
        apply_past(model, obs);
    }
}
