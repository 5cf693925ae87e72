/* The part of the model that is about single records: what a look from an offset on gave. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_steady.h"

static bool is_denied(const char *error)
{
    return error && strcmp(error, "TOPIC_AUTHORIZATION_FAILED") == 0;
}

/* The place of an answer about `asked`: that of an older one, a free one, that of the oldest. */
static struct kt_model_record *place_of(struct kt_model_partition *partition, int64_t asked)
{
    for (size_t i = 0; i < partition->record_count; i++) {
        if (partition->records[i].asked == asked) {
            return &partition->records[i];
        }
    }
    if (partition->record_count < KT_MODEL_RECORDS_MOST) {
        size_t count = partition->record_count + 1u;
        partition->records = kt_resize(partition->records, count, sizeof *partition->records);
        partition->record_count = (uint8_t)count;
        return &partition->records[count - 1];
    }
    struct kt_model_record *oldest = &partition->records[partition->record_next];
    partition->record_next = (uint8_t)((partition->record_next + 1u) % KT_MODEL_RECORDS_MOST);
    return oldest;
}

void kt_model_apply_record(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_topic *topic = kt_model_topic(model, obs->record.topic);
    int32_t number = obs->record.partition;
    bool makes_sense = obs->record.asked >= 0 && (obs->record.error || obs->record.offset >= obs->record.asked);
    if (!topic || number < 0 || (size_t)number >= topic->partition_count || !makes_sense) {
        return;
    }
    if (!obs->record.error || is_denied(obs->record.error)) {
        if (!obs->record.error) {
            kt_denial_over(&topic->denial);
        } else if (!kt_denial_waits(&topic->denial, obs->at)) { /* several partitions share one refusal */
            kt_denial_met(&topic->denial, obs->at);
        }
    }
    kt_steady_news(model, topic, number);
    struct kt_model_record *record = place_of(&topic->partitions[number], obs->record.asked);
    *record = (struct kt_model_record){.asked = obs->record.asked,
                                       .offset = obs->record.error ? obs->record.asked : obs->record.offset,
                                       .timestamp_ms = obs->record.timestamp_ms,
                                       .at = obs->at,
                                       .stamp = (uint8_t)obs->record.stamp,
                                       .found = obs->record.found && !obs->record.error};
    if (obs->record.error) {
        snprintf(record->error, sizeof record->error, "%s", obs->record.error);
    }
}

const struct kt_model_record *kt_model_record(const struct kt_model_partition *partition, int64_t next)
{
    const struct kt_model_record *newest = NULL;
    for (size_t i = 0; i < partition->record_count; i++) {
        const struct kt_model_record *record = &partition->records[i];
        if (record->asked <= next && next <= record->offset && (!newest || record->at >= newest->at)) {
            newest = record;
        }
    }
    return newest;
}

enum kt_tri kt_model_record_there(const struct kt_model_record *record, int64_t log_end)
{
    if (!record || record->error[0]) {
        return KT_MAYBE;
    }
    return record->found ? KT_YES : record->offset >= log_end ? KT_NO : KT_MAYBE;
}

void kt_model_records_forget(struct kt_model_partition *partition)
{
    free(partition->records);
    partition->records = NULL;
    partition->record_count = partition->record_next = 0;
}
