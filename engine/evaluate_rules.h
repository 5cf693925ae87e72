/*
 * evaluate_rules: the rules of evaluate.h one by one; only evaluate.c looks in here.
 *
 * A rule reads the evidence and says whether it holds; then it fills status, marks and numbers of the
 * verdict. Pure: nothing is kept between two calls but what track remembers.
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_EVALUATE_RULES_H
#define KT_EVALUATE_RULES_H

#include "evaluate.h"

enum kt_outcome { KT_PASSES, KT_HOLDS };

/* What the rules judge: a look, what track remembers, and what follows from both. */
struct kt_evidence {
    const struct kt_track *track;
    const struct kt_look *look;
    const struct kt_window *window;
    const struct kt_settings *settings;
    enum kt_attendance attendance;
    bool fresh;
    bool rhythm_known;
    int64_t rhythm;
    int64_t quiet;
    bool lag_known;
    int64_t lag, raw_lag;
    bool behind;  /* idle and the like mean something */
    int64_t base; /* max(advance, behind): what idle counts from */
    int64_t idle;
    int64_t waiting;     /* idle, counted from when somebody came back at the earliest */
    bool elsewhere;      /* meanwhile its owner works on other partitions */
    int64_t stall_after; /* silence of an attended partition that is too long */
};

/* Fills the evidence from a look that track has taken in. */
void kt_evidence_gather(struct kt_evidence *evidence, const struct kt_track *track,
                        const struct kt_look *look, const struct kt_window *window,
                        const struct kt_settings *settings);

/* Evidence 1: whether commits and log end are known well enough; how old an answer may be where we ask. */
bool kt_look_is_fresh(const struct kt_look *look, const struct kt_settings *settings);
int64_t kt_fresh_when_asked(const struct kt_settings *settings);

struct kt_rule {
    const char *name;
    enum kt_outcome (*judge)(const struct kt_evidence *evidence, struct kt_verdict *verdict);
    bool growth;    /* a WARN that ends only below the lag at which it was entered */
    bool excuses;   /* its OK says that nothing has to be read: silence begins with what comes later */
    bool immediate; /* says what is not known: no hysteresis */
};

extern const struct kt_rule kt_rules[];
extern const size_t kt_rule_count;

/* A rewind that stands, is not recovered, and is big or old enough to be called one. */
bool kt_evidence_rewound(const struct kt_evidence *evidence);

/* Time until retention reaches the committed offset; false: it does not, or it is not known. */
bool kt_evidence_loss_eta(const struct kt_evidence *evidence, int64_t *eta_ms);

#endif
