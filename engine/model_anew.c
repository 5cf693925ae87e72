/* The part of the model that is about topics which begin again: deleted and made anew, or logs that were cut. */
#include "model.h"

#include <stdlib.h>

#include "model_steady.h"

#define GONE_MOST      256
#define ONE_EVENT_MS   20000 /* the partitions of a topic are found out one after the other: that is told once */

void kt_model_note_gone(struct kt_model *model, struct kt_text topic)
{
    if (model->gone_topics.count >= GONE_MOST) {
        kt_strmap_release(&model->gone_topics, NULL);
    }
    *kt_strmap_at(&model->gone_topics, topic.bytes, topic.length, NULL) = model; /* any value that is not NULL */
}

bool kt_model_was_gone(struct kt_model *model, struct kt_text topic)
{
    return kt_strmap_remove(&model->gone_topics, topic.bytes, topic.length) != NULL;
}

static void forget_log(struct kt_model_partition *partition, int64_t at)
{
    kt_history_clear(&partition->end);
    kt_history_clear(&partition->start);
    partition->stable = (struct kt_stable){0};
    partition->past_count = 0;
    kt_model_records_forget(partition);
    partition->end_failed = false;
    partition->fell = true;
    partition->fell_at = at;
}

void kt_model_topic_anew(struct kt_model *model, struct kt_model_topic *topic, int64_t at)
{
    for (size_t i = 0; i < topic->partition_count; i++) {
        forget_log(&topic->partitions[i], at);
        topic->partitions[i].told = false; /* who leads another topic is no change of this one's leader */
    }
    topic->trail = (struct kt_trail){0};
    kt_steady_news_of_topic(model, topic);
    kt_model_drop_topic_everywhere(model, topic, at);
    if (model->burrow) {
        kt_burrow_delete_topic(model->burrow, topic->name.bytes, topic->name.length);
    }
}

/* Whether another partition of it has been found out a moment ago. */
static bool is_told(const struct kt_model_topic *topic, int64_t at)
{
    for (size_t i = 0; i < topic->partition_count; i++) {
        const struct kt_model_partition *partition = &topic->partitions[i];
        if (partition->fell && kt_span(partition->fell_at, at) < ONE_EVENT_MS) {
            return true;
        }
    }
    return false;
}

static struct kt_event event_of(const struct kt_model_topic *topic, int32_t partition)
{
    return (struct kt_event){.kind = KT_EVENT_TOPIC,
                             .topic = kt_name_text(&topic->name),
                             .has_partition = true,
                             .partition = partition};
}

static void tell_fall(struct kt_model *model, const struct kt_model_topic *topic, const struct kt_obs *obs,
                      bool another)
{
    struct kt_event event = event_of(topic, obs->end.partition);
    if (another) {
        kt_model_tell(model, event, "topic was deleted and made again");
        return;
    }
    int64_t from = topic->partitions[obs->end.partition].end.newest.offset;
    event.from = (struct kt_event_value){KT_VALUE_NUMBER, from, NULL};
    event.to = (struct kt_event_value){KT_VALUE_NUMBER, obs->end.log_end, NULL};
    kt_model_tell(model, event, "log end fell %lld -> %lld: the topic was made again, or its log was cut",
                  (long long)from, (long long)obs->end.log_end);
}

bool kt_model_check_log(struct kt_model *model, struct kt_model_topic *topic, const struct kt_obs *obs)
{
    struct kt_model_partition *partition = &topic->partitions[obs->end.partition];
    const struct kt_history *end = &partition->end, *start = &partition->start;
    bool end_fell = obs->end.has_end && end->count > 0 && obs->at > end->newest.at &&
                    obs->end.log_end >= 0 && obs->end.log_end < end->newest.offset;
    bool start_fell = obs->end.has_start && start->count > 0 && obs->at > start->newest.at &&
                      obs->end.log_start >= 0 && obs->end.log_start < start->newest.offset;
    /* A log can be cut at its end only: one that ends below, or begins before, where it began is another one. */
    bool another = start_fell || (end_fell && start->count > 0 && obs->end.log_end < start->newest.offset);
    bool doubtful = end_fell && !another && !partition->end_fell;
    partition->end_fell = obs->end.has_end ? end_fell : partition->end_fell;
    if (doubtful || (!end_fell && !start_fell)) {
        return !doubtful;
    }
    if (!end_fell && partition->fell && kt_span(partition->fell_at, obs->at) < ONE_EVENT_MS) {
        kt_history_clear(&partition->start); /* its end is of the new log already */
        return true;
    }
    if (!is_told(topic, obs->at) && topic->accepted) {
        tell_fall(model, topic, obs, another);
    }
    partition->end_fell = false;
    forget_log(partition, obs->at);
    return true;
}
