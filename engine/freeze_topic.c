/* A topic and its partitions as a block of a snapshot. */
#include <string.h>

#include "freeze.h"
#include "wrap.h"

static const int32_t *keep_list(struct kt_arena *arena, const int32_t *items, size_t count)
{
    int32_t *list = kt_arena_take(arena, count, sizeof *list);
    if (count > 0) {
        memcpy(list, items, count * sizeof *list);
    }
    return list;
}

static void freeze_partition(struct kt_arena *arena, const struct kt_model *model,
                             const struct kt_model_partition *from, struct kt_partition *to)
{
    double rate;
    if (from->leader >= 0) {
        KT_SET(to, PARTITION, leader, from->leader);
    }
    if (from->start.count > 0) {
        KT_SET(to, PARTITION, log_start, from->start.newest.offset);
    }
    if (from->end.count > 0) {
        KT_SET(to, PARTITION, log_end, from->end.newest.offset);
        to->end_as_of = kt_model_wall(model, from->end.newest.at);
        to->end_as_of_known = true;
    }
    if (from->stable.known) {
        KT_SET(to, PARTITION, last_stable, from->stable.offset);
    }
    if (from->stable.known && from->end.count > 0) {
        bool above = from->stable.open && from->end.newest.offset > from->stable.offset;
        KT_SET(to, PARTITION, unstable, above ? kt_span(from->stable.offset, from->end.newest.offset) : 0);
    }
    if (from->stable.open) {
        KT_SET(to, PARTITION, unstable_since, kt_model_wall(model, from->stable.open_since));
    }
    if (kt_model_produce_rate(model, from, &rate)) {
        KT_SET(to, PARTITION, produce_rate, rate);
    }
    to->replicas = keep_list(arena, from->replicas, from->replica_count);
    to->replica_count = from->replica_count;
    to->isr = keep_list(arena, from->isr, from->isr_count);
    to->isr_count = from->isr_count;
}

static void sum_unstable(struct kt_topic *to)
{
    for (size_t i = 0; i < to->partitions_length; i++) {
        const struct kt_partition *row = &to->partitions[i];
        if (KT_KNOWS(row, KT_PARTITION_unstable)) {
            KT_SET(to, TOPIC, unstable,
                   kt_add_bounded(KT_KNOWS(to, KT_TOPIC_unstable) ? to->unstable : 0, row->unstable));
        }
        if (KT_KNOWS(row, KT_PARTITION_unstable_since) &&
            (!KT_KNOWS(to, KT_TOPIC_unstable_since) || row->unstable_since < to->unstable_since)) {
            KT_SET(to, TOPIC, unstable_since, row->unstable_since);
        }
    }
}

static void sum_up(const struct kt_model_topic *from, struct kt_topic *to)
{
    int64_t under = 0, offline = 0, messages = 0;
    bool messages_known = false, rate_known = false;
    double rate = 0;
    for (size_t i = 0; i < to->partitions_length; i++) {
        const struct kt_partition *row = &to->partitions[i];
        under += row->isr_count < row->replica_count;
        offline += from->partitions[i].told && from->partitions[i].leader < 0;
        if (KT_KNOWS(row, KT_PARTITION_log_start) && KT_KNOWS(row, KT_PARTITION_log_end)) {
            messages_known = true;
            messages = kt_add_bounded(messages, row->log_end > row->log_start ? row->log_end - row->log_start : 0);
        }
        if (KT_KNOWS(row, KT_PARTITION_produce_rate)) {
            rate_known = true;
            rate += row->produce_rate;
        }
    }
    sum_unstable(to);
    KT_SET(to, TOPIC, under_replicated, under);
    KT_SET(to, TOPIC, offline, offline);
    if (messages_known) {
        KT_SET(to, TOPIC, messages, messages);
    }
    if (rate_known) {
        KT_SET(to, TOPIC, produce_rate, rate);
    }
}

struct kt_topic *kt_freeze_topic(const struct kt_model *model, const struct kt_model_topic *from,
                                 const struct kt_text *readers, size_t reader_count)
{
    struct kt_arena *arena;
    struct kt_topic *to = kt_topic_new(&arena);
    to->name = kt_text_of(kt_arena_text(arena, from->name.bytes, from->name.length), from->name.length);
    to->internal = from->internal;
    to->partitions_length = from->partition_count;
    to->partitions = kt_arena_take(arena, from->partition_count, sizeof *to->partitions);
    for (size_t i = 0; i < from->partition_count; i++) {
        KT_SET(&to->partitions[i], PARTITION, partition, (int64_t)i);
        freeze_partition(arena, model, &from->partitions[i], &to->partitions[i]);
    }
    KT_SET(to, TOPIC, partition_count, (int64_t)from->partition_count);
    if (from->partition_count > 0 && from->partitions[0].told) {
        KT_SET(to, TOPIC, replication_factor, (int64_t)from->partitions[0].replica_count);
    }
    struct kt_text *names = kt_arena_take(arena, reader_count, sizeof *names);
    for (size_t i = 0; i < reader_count; i++) {
        names[i] = kt_text_of(kt_arena_text(arena, readers[i].bytes, readers[i].length), readers[i].length);
    }
    to->groups = names;
    to->group_count = reader_count;
    kt_trail_show(&from->trail, &to->trend);
    if (from->settings.known) {
        KT_SET(to, TOPIC, compacted, from->settings.compacts);
    }
    if (from->settings.known && from->settings.deletes && from->settings.has_retention) {
        KT_SET(to, TOPIC, retention_ms, from->settings.retention_ms);
    }
    if (from->settings.has_timestamps) {
        to->timestamps = from->settings.log_append ? "LogAppendTime" : "CreateTime";
    }
    sum_up(from, to);
    return to;
}
