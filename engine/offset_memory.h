/*
 * offset_memory: what a group's coordinator said last, and what its next answer adds to that.
 *
 * Pure: answers in, observations out. Thread: one at a time.
 */
#ifndef KT_OFFSET_MEMORY_H
#define KT_OFFSET_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "observation.h"
#include "seen.h"

/* Which part of an answer is told. */
enum kt_fetch_mode {
    KT_FETCH_ALL,    /* all of it: coordinators are the source */
    KT_FETCH_UNSEEN, /* only partitions of which the log said nothing */
    KT_FETCH_HELD    /* and those where it says something else than the log, which may be held back */
};

struct kt_fetched {
    const char *topic;
    int32_t partition;
    int64_t offset; /* negative: nothing is committed */
    bool failed;    /* nothing is known about it this time */
};

struct kt_offset_memory {
    struct kt_arena arena;
    struct kt_fetched *items; /* sorted by topic, partition; offsets that were told */
    size_t count;
    bool answered; /* at least once */
    bool moved;    /* the last answer was not the one before */
    uint8_t state; /* of the group, when it was last asked */
    int64_t pause, again; /* between questions for all there is */
};

struct kt_fetch_context {
    struct kt_text group;
    enum kt_fetch_mode mode;
    struct kt_seen *seen; /* may be NULL with KT_FETCH_ALL */
    int64_t at;           /* when it was asked, monotonic */
    int64_t wall_ms;      /* the same instant */
};

void kt_offset_memory_init(struct kt_offset_memory *memory);
void kt_offset_memory_release(struct kt_offset_memory *memory);

/*
 * A coordinator writes a line into the authorizer's log for each topic that the asker may not see, whenever it is asked
 * for all offsets of a group. So where there may be such topics, the places that are known are asked for by name, and
 * all there is only now and then: whether that is due; and notes an answer, to all or to what is known. At once in
 * another state of the group, after some seconds while something moves, after minutes where nothing does.
 */
bool kt_offset_memory_is_due(struct kt_offset_memory *memory, uint8_t state, int64_t now);
void kt_offset_memory_pace(struct kt_offset_memory *memory, bool whole, int64_t now);

/*
 * Takes an answer (sorted in place): puts a commit for each offset that is new or changed, a COMMIT_GONE for each
 * partition that is no longer in it, and FRESH for the group.
 */
void kt_offset_memory_take(struct kt_offset_memory *memory, const struct kt_fetch_context *context,
                           struct kt_fetched *answer, size_t count, const struct kt_sink *sink);

#endif
