/* A part of a snapshot: the same instant and the same head, and of the arrays what somebody wants to keep. */
#include <string.h>

#include "arena.h"
#include "snapshot.h"

/* The items of an array that are kept, in their order. */
static size_t copy_kept(void *to, const void *from, size_t count, size_t size, const bool *kept)
{
    size_t copied = 0;
    for (size_t i = 0; i < count; i++) {
        if (!kept || kept[i]) {
            memcpy((char *)to + copied++ * size, (const char *)from + i * size, size);
        }
    }
    return copied;
}

/* Names stay those of the whole, which the part holds. */
static const struct kt_group *part_of_group(const struct kt_group *from, const struct kt_snapshot_keep *keep)
{
    struct kt_arena *arena;
    if (!keep->lag) {
        return kt_group_ref(from);
    }
    struct kt_group *to = kt_group_new(&arena);
    *to = *from;
    to->lags = kt_arena_take(arena, from->lag_count, sizeof *to->lags);
    to->lag_count = 0;
    for (size_t i = 0; i < from->lag_count; i++) {
        if (keep->lag(keep->self, &from->lags[i])) {
            to->lags[to->lag_count++] = from->lags[i];
        }
    }
    return to;
}

static const struct kt_topic *part_of_topic(const struct kt_topic *from, const struct kt_snapshot_keep *keep)
{
    struct kt_arena *arena;
    if (!keep->partition) {
        return kt_topic_ref(from);
    }
    struct kt_topic *to = kt_topic_new(&arena);
    *to = *from;
    to->partitions = kt_arena_take(arena, from->partitions_length, sizeof *to->partitions);
    to->partitions_length = 0;
    for (size_t i = 0; i < from->partitions_length; i++) {
        if (keep->partition(keep->self, &from->partitions[i])) {
            to->partitions[to->partitions_length++] = from->partitions[i];
        }
    }
    return to;
}

const struct kt_snapshot *kt_snapshot_part(const struct kt_snapshot *whole, const struct kt_snapshot_keep *keep)
{
    struct kt_snapshot *to = kt_snapshot_new();
    struct kt_arena *arena = to->arena;
    *to = *whole;
    to->arena = arena;
    to->groups = NULL;
    to->topics = NULL;
    to->group_count = to->topic_count = 0;
    if (keep->name.bytes) {
        to->name = kt_text_of(kt_arena_text(arena, keep->name.bytes, keep->name.length), keep->name.length);
    }
    to->problems = kt_arena_take(arena, whole->problem_count, sizeof *to->problems);
    copy_kept(to->problems, whole->problems, whole->problem_count, sizeof *to->problems, NULL);
    to->brokers = kt_arena_take(arena, whole->broker_count, sizeof *to->brokers);
    to->broker_count =
        copy_kept(to->brokers, whole->brokers, whole->broker_count, sizeof *to->brokers, keep->brokers);
    to->events = kt_arena_take(arena, whole->event_count, sizeof *to->events);
    to->event_count =
        copy_kept(to->events, whole->events, whole->event_count, sizeof *to->events, keep->events);
    kt_snapshot_reserve(to, whole->group_count, whole->topic_count);
    for (size_t i = 0; i < whole->group_count; i++) {
        if (!keep->groups || keep->groups[i]) {
            kt_snapshot_take_group(to, part_of_group(whole->groups[i], keep));
        }
    }
    for (size_t i = 0; i < whole->topic_count; i++) {
        if (!keep->topics || keep->topics[i]) {
            kt_snapshot_take_topic(to, part_of_topic(whole->topics[i], keep));
        }
    }
    kt_snapshot_hold(to, whole);
    return kt_snapshot_seal(to);
}
