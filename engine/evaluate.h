/*
 * evaluate: the default rules (--rules kafkatop): evidence in, verdict out.
 *
 * Rules stand in one table, in order: name, severity, predicate, sentence; the first that holds decides
 * (docs/VERDICTS.md). Never a verdict from a value that was not read, never a sentinel in arithmetic, never the
 * wall clock for an interval. A new rule is a predicate and a row.
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
    int64_t since;      /* instant (monotonic) since when this verdict holds */
    bool needs_known;   /* unknown only for want of samples: needs_ms more */
    int64_t needs_ms;
    bool lag_known;
    int64_t lag;        /* consumable: log end - max(committed, log start), clamped at 0 */
    int64_t raw_lag;    /* log end - committed; valid with lag_known */
    int64_t lost;       /* log start - committed where positive */
    bool idle_known;
    int64_t idle_ms;    /* since max(advance, behind), rebalancing left out */
    int64_t quiet_ms;   /* what it was compared with */
    bool loss_eta_known;
    int64_t loss_eta_ms;
    int64_t growth;     /* of the lag over growth_ms; for WARN */
    int64_t growth_ms;  /* 0: not measured */
    int64_t rewind_from, rewind_to; /* of REWIND */
    bool in_total;      /* belongs into the group's total lag */
};

/*
 * Judges one group x partition by the default rules, with hysteresis kept in `track`. `window` may be empty.
 * `fresh_sample`: the look holds an answer about the log end or commits that was not judged before; a verdict is
 * left only on new samples. Effect: updates the standing verdict in track.
 */
void kt_judge(struct kt_track *track, const struct kt_look *look, const struct kt_window *window,
              const struct kt_settings *settings, bool fresh_sample, struct kt_verdict *verdict);

/* What a group is, given its partitions' verdicts, each told once; start from KT_STATUS_UNKNOWN, any = false. */
struct kt_group_verdict {
    bool any;      /* at least one partition was told */
    bool unknown;  /* one of them is unknown */
    enum kt_status worst;
    enum kt_status status; /* OK, WARN, ERR or unknown */
};
void kt_group_verdict_add(struct kt_group_verdict *group, enum kt_status status, uint32_t marks);

/* Constants of the rules that are settings of their own one day: named, in milliseconds where times. */
extern const int64_t kt_quiet_least_ms; /* 10 s */

#endif
