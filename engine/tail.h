/*
 * tail: reads partitions of the offsets topic from given offsets on, all in one stream.
 *
 * Uses the library's simple consumer: no group, no membership, no right but READ on the topic. Nothing is ever
 * committed. Thread: one at a time, except kt_tail_yield (any).
 */
#ifndef KT_TAIL_H
#define KT_TAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "decode.h"

enum kt_tail_kind {
    KT_TAIL_RECORD, /* record: bytes valid until the next call */
    KT_TAIL_END,    /* the partition has been read up to `offset`: nothing more is there now */
    KT_TAIL_LOST,   /* the position is no longer in the log: start it again elsewhere */
    KT_TAIL_ERROR   /* error */
};

struct kt_tail_event {
    enum kt_tail_kind kind;
    int32_t partition;
    int64_t offset;
    int error;
    struct kt_record record; /* backfilled and at are left to the caller */
};

struct kt_tail;

/* Records that may be read between two looks at what waits. */
#define KT_TAIL_SLICE 2048

/* What is known of the library's queue: whether it was full, as it stops fetching then. */
struct kt_tail_flow {
    size_t room; /* records; with more, the library fetches nothing */
    bool full;
};

/* Whether, with so many records waiting, the library may sleep although there is room again. */
bool kt_tail_flow_starves(struct kt_tail_flow *flow, size_t waiting);

/* The client must be of role READ and live longer. `partition_count` partitions may be started. */
struct kt_tail *kt_tail_new(struct kt_client *client, int32_t partition_count);

/* Begins to read a partition at an offset; false, with the library's error number, when it cannot. */
bool kt_tail_start(struct kt_tail *tail, int32_t partition, int64_t offset, int *error);

/* Waits until the partition is no longer fetched. */
void kt_tail_stop(struct kt_tail *tail, int32_t partition);

/* The next event; false when none came within wait_ms. */
bool kt_tail_next(struct kt_tail *tail, struct kt_tail_event *event, int wait_ms);

/*
 * Whether the library has to be nudged. To be asked at least each KT_TAIL_SLICE records: a full queue makes old
 * libraries sleep, and they look only once a second whether there is room again.
 */
bool kt_tail_starves(struct kt_tail *tail);

/* Wakes what fetches from the leaders of these partitions, by a small question to each of them. Waits 30 ms at most. */
void kt_tail_nudge(struct kt_tail *tail, const int32_t *partitions, size_t count);

/* Cuts the wait in kt_tail_next short. */
void kt_tail_yield(struct kt_tail *tail);

/* Ends it; its partitions stop with the client, which must be closed next. NULL is allowed. */
void kt_tail_free(struct kt_tail *tail);

#endif
