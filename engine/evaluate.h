/*
 * evaluate: the default rules (--rules kafkatop): evidence in, verdict out.
 *
 * Rules stand in one table, in order: name, predicate; the first that holds decides (docs/VERDICTS.md). Never
 * a verdict from a value that was not read, never a sentinel in arithmetic, never the wall clock for an
 * interval. A new rule is a predicate and a row (evaluate_rules.c) and a sentence (explain.c).
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_EVALUATE_H
#define KT_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "option.h"
#include "status.h"
#include "track.h"
#include "window.h"

struct kt_verdict {
    enum kt_status status; /* KT_STATUS_UNKNOWN: nothing can honestly be said */
    const char *rule;      /* static name of the row that decided */
    uint32_t marks;
    int64_t since;    /* instant (monotonic) since when this verdict holds */
    bool needs_known; /* unknown only for want of samples: needs_ms more */
    int64_t needs_ms;
    bool lag_known;
    int64_t lag;     /* consumable: log end - max(committed, log start), clamped at 0 */
    int64_t raw_lag; /* log end - committed; valid with lag_known */
    int64_t lost;    /* log start - committed where positive */
    bool idle_known;
    int64_t idle_ms;  /* since max(advance, behind), rebalancing left out */
    int64_t quiet_ms; /* what it was compared with */
    bool loss_eta_known;
    int64_t loss_eta_ms;
    int64_t growth;                 /* of the lag over growth_ms; for WARN */
    int64_t growth_ms;              /* 0: not measured */
    int64_t rewind_from, rewind_to; /* of REWIND */
    bool in_total;                  /* belongs into the group's total lag */
    enum kt_move skip_new;      /* the offset went forward without being read: tell it once; else KT_MOVE_NONE */
    int64_t skip_from, skip_to; /* valid: skip_new */
    int64_t skipped;            /* records between them that the log still held */
    bool rewind_new; /* a rewind was judged for the first time, whatever the verdict: tell it once */
    bool pending;    /* the evidence changed and the verdict stands until a second sample says the same */
    unsigned same_commits; /* commits in a row that repeat the offset; of STALL */
    int64_t same_ms;       /* over how long */
    int64_t odd_ms;        /* how long uncommitted or unsubscribed */
    bool waits;            /* nothing can be read before a transaction ends: silence begins after that */
    int64_t unstable;      /* messages beyond the last stable offset; of OPEN_TRANSACTION */
};

/*
 * Judges one group x partition by the default rules, with hysteresis kept in `track`. `window` may be empty.
 * `fresh_sample`: the look holds an answer about the log end or commits that was not judged before; a verdict
 * is left only on new samples. Effect: takes the look into track (kt_track_look; a second time does nothing)
 * and updates the standing verdict there.
 */
void kt_judge(struct kt_track *track, const struct kt_look *look, const struct kt_window *window,
              const struct kt_settings *settings, bool fresh_sample, struct kt_verdict *verdict);

/* What a group is, given its partitions' verdicts, each told once; start from all zero. */
struct kt_group_verdict {
    bool any;              /* at least one partition was told */
    bool unknown;          /* one of them is unknown, and not only for never having been committed */
    bool abandoned;        /* whatever is STOP or worse in it has the mark ABANDONED, and something is */
    bool recent;           /* something as bad has not */
    enum kt_status worst;  /* a partition's own word; unknown when the status is */
    enum kt_status status; /* OK, WARN, ERR or unknown */
};
void kt_group_verdict_add(struct kt_group_verdict *group, enum kt_status status, uint32_t marks);

/* The table, for tests and documents. NULL beyond the end. */
const char *kt_rule_name(size_t i);

/* Constants of the rules, milliseconds unless the name says otherwise (docs/VERDICTS.md, "Constants"). */
extern const int64_t kt_fresh_ms;             /* 10 s: evidence older than this is stale */
extern const int64_t kt_fresh_delays;         /* 3: ... or than so many delays, where we ask */
extern const int64_t kt_stale_hold_ms;        /* 30 s: a verdict is kept so long without fresh evidence */
extern const int64_t kt_quiet_least_ms;       /* 10 s */
extern const int64_t kt_quiet_rhythms;        /* 3: quiet is so many usual gaps */
extern const int64_t kt_quiet_unknown_ms;     /* 30 s: quiet while the rhythm is not known */
extern const int64_t kt_quiet_memberless_ms;  /* 600 s: the same for a group that never had members */
extern const int64_t kt_stall_least_ms;       /* 30 s */
extern const int64_t kt_stall_quiets;         /* 2 */
extern const int64_t kt_stall_unknown_ms;     /* 600 s: while the rhythm is not known */
extern const unsigned kt_repeat_commits;      /* 5 */
extern const int64_t kt_repeat_ms;            /* 10 s */
extern const int64_t kt_repeat_unknown_ms;    /* 60 s: idle at least so long while the rhythm is not known */
extern const int64_t kt_never_committed_ms;   /* 600 s */
extern const int64_t kt_ahead_ms;             /* 5 s */
extern const int64_t kt_restart_ms;           /* 60 s: patience with who is ahead of a log that began again */
extern const int64_t kt_lost_hold_ms;         /* 600 s */
extern const int64_t kt_unsubscribed_warn_ms; /* 1 h */
extern const int64_t kt_tail_most;            /* 2 messages */
extern const int64_t
    kt_rewind_rhythms; /* 3: a fall by the work of more than so many gaps is judged at once */
extern const int64_t kt_rewind_hold_ms;       /* 600 s */
extern const int64_t kt_loss_warn_ms;         /* 60 min */
extern const int64_t kt_loss_measure_ms;      /* 5 min: shortest measurement of our own speed for it */
extern const int64_t kt_loss_measure_most_ms; /* 12 min: the log start's speed is that of so long */
extern const unsigned kt_fast_commits;        /* 10 */
extern const int64_t kt_fast_ms;              /* 60 s */
extern const int64_t kt_learn_ms;             /* 80 s: kt_fast_ms and the bucket at either end, which it leaves out */
extern const int64_t kt_shrink_ms;            /* 10 s: a lag found at start that shrank over so long */
extern const int64_t kt_slow_ms;              /* 5 min */
extern const int64_t kt_slow_rhythms;         /* 6: ... and at least so many usual gaps */
extern const int64_t kt_abandoned_ms;         /* 24 h */

#endif
