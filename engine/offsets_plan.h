/*
 * offsets_plan: from which offset each partition of the offsets topic is read.
 *
 * Thread: the reader's. It may wait for brokers, each of them for a bounded time.
 */
#ifndef KT_OFFSETS_PLAN_H
#define KT_OFFSETS_PLAN_H

#include "offsets_log.h"

/* What is known of a partition of the offsets topic. */
struct kt_log_part {
    bool planned;    /* start, target and from are answers */
    bool started;    /* is being read */
    bool has_position;
    int64_t start;   /* first offset of the log */
    int64_t target;  /* last stable offset when planned: records before it were there before us */
    int64_t from;    /* where reading begins */
    int64_t position; /* the next offset to read */
    int64_t planned_at;
    int error;       /* what keeps it from being read; 0: nothing */
    int64_t error_since;
    bool told_problem;
    /* freshness */
    bool wanted;       /* want and want_at are not fulfilled yet */
    int64_t want;      /* position that makes it fresh ... */
    int64_t want_at;   /* ... as of this instant */
    int64_t held_since; /* 0: nothing is held back */
    bool held;
    int64_t hidden;    /* records before it were held back: nobody saw them when they were written */
};

struct kt_log_plan {
    const struct kt_offsets_log_context *context;
    const struct kt_layout *layout; /* borrowed for the call */
    struct kt_log_part *parts;
    size_t count;
    bool decided; /* how far back: */
    int rung;     /* of the ladder; -1: the whole log */
};

/*
 * Plans the partitions that are not planned yet and whose brokers answer. Returns 0, or the error that all of them
 * had.
 */
int kt_log_plan(struct kt_log_plan *plan);

/* Lengthens the plan backwards by at most KT_LOG_BOUND records: fills `from` with earlier offsets per partition. */
void kt_log_plan_older(struct kt_log_plan *plan, int64_t *from);

#endif
