/*
 * offsets_log: the offsets topic as a source of commits: where to begin, reading, and how fresh it is.
 *
 * Begins far enough back that windows are full, but never reads more than KT_LOG_BOUND records before the first
 * screen: the whole topic when it is that small, else the longest of a ladder of times that fits, and as much of the
 * next as fits too. Then follows the log's end. When the ladder did not reach the beginning, a second reader adds a
 * bounded part of what lies before, in the background. Freshness of a partition: what was its last stable offset when
 * it was asked has been read.
 *
 * Invariants: commits of aborted transactions are never told; an error in one partition concerns only its groups.
 * Thread: one of its own; the functions here: any.
 */
#ifndef KT_OFFSETS_LOG_H
#define KT_OFFSETS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "ends.h"
#include "metadata.h"
#include "seen.h"

#define KT_LOG_BOUND 1000000

enum kt_log_phase {
    KT_LOG_OPENING,   /* nothing was read yet */
    KT_LOG_READING,   /* it may be read; not at its end yet */
    KT_LOG_CAUGHT_UP, /* what was there at the start has been read */
    KT_LOG_BROKEN     /* it cannot be read; the reader has ended */
};

struct kt_log_status {
    enum kt_log_phase phase;
    bool whole;      /* it was read from its beginning: what it did not say was never committed */
    bool denied;     /* broken for lack of a right */
    int32_t missing; /* partitions that cannot be read now */
    bool ended;      /* broken, and the reader has let go of everything: it may be closed without waiting */
    char error[48];  /* broken: the error's name, or empty */
    char reason[200];
};

struct kt_offsets_log_context {
    struct kt_client_context client;
    struct kt_client *query;  /* read_uncommitted: high watermarks */
    struct kt_client *stable; /* read_committed: last stable offsets */
    struct kt_asker *asker;
    struct kt_seen *seen;
};

struct kt_offsets_log;

/*
 * Starts to read, on a connection of its own: a fetch that waits for records holds up every other request behind
 * it. The layout must have the offsets topic. NULL when the system has no thread to give.
 */
struct kt_offsets_log *kt_offsets_log_open(const struct kt_offsets_log_context *context,
                                           const struct kt_layout *layout);

/* Gives it newer metadata. */
void kt_offsets_log_layout(struct kt_offsets_log *log, const struct kt_layout *layout);

/* Serves the error callback of its connection. Thread: the collector's. */
void kt_offsets_log_serve(struct kt_offsets_log *log);

struct kt_log_status kt_offsets_log_status(struct kt_offsets_log *log);

/* Whether commits of this partition may be missing: an open transaction holds them back, or it cannot be read. */
bool kt_offsets_log_doubtful(struct kt_offsets_log *log, int32_t partition);

void kt_offsets_log_stop(struct kt_offsets_log *log); /* never waits; from then on nothing is told */

/* Stops, waits for the thread and frees. NULL is allowed. */
void kt_offsets_log_close(struct kt_offsets_log *log);

/*
 * For each partition: where to begin so that at most `bound` records lie before `end`, never before `start`. The
 * step back of the background reader when no time of the ladder fits.
 */
int64_t kt_log_step_back(int64_t start, int64_t from, int64_t bound, int32_t partition_count);

/*
 * Moves each `from` towards its `longer`, all by the same share of the way, by at most `room` records in all. A
 * negative offset is not known and stays. Pure.
 */
void kt_log_reach(const int64_t *longer, int64_t *from, size_t count, int64_t room);

#endif
