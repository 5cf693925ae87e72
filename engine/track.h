/*
 * track: what is learnt about one group x partition over time, beyond its window of commits.
 *
 * When did the offset last advance, since when is the group behind, what is its usual rhythm, does the lag
 * grow, were records lost: the evidence that the default rules judge (docs/VERDICTS.md, "Evidence"). All
 * instants are monotonic milliseconds; a broker's commit time is put on that scale by the caller (corrected
 * by the measured skew of its clock). Memory is small for a partition that is caught up; what only lagging
 * ones need is allocated while they lag by more than one commit gap.
 *
 * Invariants: a number counts only when the flag named beside it is set; offsets and instants are foreign, so
 * differences are taken with kt_span, which cannot overflow; an instant of a commit is never later than the
 * look that follows it.
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_TRACK_H
#define KT_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "look.h"
#include "wrap.h" /* kt_span, for who compares instants */

/* How the offset moved, where it was not by reading. */
enum kt_move {
    KT_MOVE_NONE,
    KT_MOVE_UNATTENDED, /* while nobody was a member at the last look; the next one tells whether that is true */
    KT_MOVE_BY_HAND,    /* it is: a reset from outside */
    KT_MOVE_TOO_FAR     /* forward by more than can be read in that time */
};

#define KT_TRACK_GAPS          8
#define KT_TRACK_SHORT_MS      60000 /* rebalances and gaps of samples count for no more */
#define KT_TRACK_RHYTHM_CAP_MS 600000 /* a longer silence is not a rhythm */

struct kt_track_lagging;
struct kt_visits;

/*
 * What counts for few rows and not for long: made when the first of it does, given back by the look after which none
 * does any more.
 */
struct kt_track_rare {
    int64_t excused_at;  /* up to when what lagged did not have to be read (valid: excused) */
    int64_t first_lag;   /* lag of the first sample (valid: from_start) */
    int64_t same_since;  /* time of the first of same_commits (valid: same_commits > 0) */
    int64_t ahead_since; /* valid: ahead */
    int64_t lost_at;     /* valid: lost > 0 */
    int64_t lost;        /* records that retention took before they were read, so far */
    int64_t rewind_at;   /* valid: rewound */
    int64_t rewind_from, rewind_to;
    int64_t move_from, move_to; /* valid: move */
    int64_t came_after_ms;      /* valid: came */
    int64_t entry_lag;          /* when growth was called so, and WARN entered (valid: status WARN) */
    struct kt_visits *visits;   /* NULL until somebody was away and came back */
};

struct kt_track {
    int64_t advanced_at;  /* the committed offset last grew (valid: advanced_known) */
    int64_t behind_since; /* first sample with log end > committed since last caught up (valid: behind) */
    int64_t last_offset;  /* of the newest commit told (valid: committed_known) */
    int64_t last_commit_at;
    int64_t flat_since; /* since when neither committed nor log end moved (valid: flat_known) */
    int64_t last_end;   /* of the last sample (valid: sampled) */
    int64_t last_sample_at;
    int64_t seen_offset;     /* the committed offset at the last sample (valid: sampled) */
    int64_t first_sample_at; /* valid: sampled */
    int64_t last_look_at;    /* valid: looked */
    int64_t attended_since;  /* when somebody came back to it (valid: returned) */
    int64_t odd_since;       /* since when uncommitted or unsubscribed (valid: one of the two) */
    int64_t last_start;      /* log start of the last sample (valid: start_seen) */
    int64_t counted_start;   /* log start up to which losses were counted (valid: start_seen) */
    struct kt_track_rare *rare; /* NULL while nothing in it counts; read by kt_track_rare */
    struct kt_track_lagging *lagging; /* NULL while caught up, or behind by no more than a commit gap */

    /* the standing verdict, for hysteresis */
    const char *rule;      /* static text */
    int64_t status_since;  /* instant when the verdict began to hold, valid when status known */
    int64_t last_fresh_at; /* when a verdict was last given from fresh evidence (valid: judged) */
    int64_t answered_at;   /* what the last fresh look rested on (valid: answered) */

    uint16_t gaps_ds[KT_TRACK_GAPS]; /* last gaps between advances while there was something to read, 0.1 s */
    int32_t rebalanced_ms;           /* time spent rebalancing since behind or advanced, at most 60 s */
    int32_t outage_ms;               /* time in which the cluster did not answer us, since then */
    float pace;                      /* messages a second from sample to sample, smoothed (valid: paced) */
    int32_t sample_gap_ms;           /* between the last two samples; 0: only one so far */
    int32_t generation;              /* at the last look (valid: generation_known) */
    uint8_t gap_history;  /* bit i: gaps_ds[i] comes from before our first look: an upper bound */
    uint8_t same_commits; /* commits in a row that repeat the newest offset while records wait */
    uint8_t leaving;      /* new samples in a row in which the rule no longer holds */
    uint8_t entering;     /* samples in a row in which `candidate` held */
    uint8_t status;       /* enum kt_status */
    uint8_t candidate;    /* enum kt_status */
    uint8_t move;         /* enum kt_move; what is proven stays until the verdict told it */
    unsigned gap_count : 4, gap_next : 3; /* at most KT_TRACK_GAPS, and below it */
    bool committed_known : 1, advanced_known : 1, behind : 1, sampled : 1, flat_known : 1, rebalancing : 1;
    bool advanced_live : 1; /* the last advance was seen, not found */
    bool from_start : 1;    /* behind since before our first look: when it began is not known */
    bool found : 1;         /* a commit of before our time was told */
    bool lag_seen : 1;      /* a look knew the lag: one at a log end before its commits were read does not */
    bool looked : 1, attended : 1, returned : 1, uncommitted : 1, unsubscribed : 1, start_seen : 1;
    bool paced : 1, seen_known : 1; /* seen_known: seen_offset is one */
    bool answered : 1, excused : 1, ahead : 1, rewound : 1, rewind_judged : 1, judged : 1;
    bool rewound_by_hand : 1; /* the fall is no jitter of a rebalance: there was nobody to rebalance */
    bool nobody : 1;          /* no members at the last look */
    bool came : 1;            /* an advance came while `nobody`: whether somebody did is not settled */
    bool away : 1;            /* nobody was there at a look since the last advance */
    bool had_members : 1;     /* at a look since the last reset by hand */
    bool generation_known : 1;
    bool reads_uncommitted : 1; /* was seen beyond the last stable offset: transactions do not hold it */
};

void kt_track_init(struct kt_track *track);
void kt_track_release(struct kt_track *track);

/* Forgets everything but memory: topic re-created, group came back. */
void kt_track_restart(struct kt_track *track);

/* What counts seldom, to be read; all 0 where nothing of it does. */
const struct kt_track_rare *kt_track_rare(const struct kt_track *track);

/* A verdict begins to stand: the lag at which WARN was entered is remembered. */
void kt_track_enter(struct kt_track *track, int64_t lag);

/*
 * A commit was seen, in the order of the offsets topic (backfilled ones first). `at` is its instant on the
 * monotonic scale; it may lie before the start of the program and be negative. Where commits are asked for
 * (admin), tell one only when the offset differs from the last one told: a repeated answer is not a commit.
 */
void kt_track_commit(struct kt_track *track, int64_t offset, int64_t at, bool backfilled);

/* Takes a look's sample in: call before each kt_judge. A log end that was taken in before (same ends_at)
 * counts once. */
void kt_track_look(struct kt_track *track, const struct kt_look *look);

/* The usual gap between advances (rule R), milliseconds, capped at 600 s; false: not known yet. */
bool kt_track_rhythm(const struct kt_track *track, int64_t *gap_ms);

/* How long who comes and goes by habit may stay away (visits.h); false: no habit. */
bool kt_track_absence(const struct kt_track *track, int64_t *away_ms);

/*
 * The look rests on answers that are fresh. When the ones before are older than `outage_ms`, and no commit came since,
 * the cluster was away for so long: nobody could commit, and nobody was silent.
 */
void kt_track_answered(struct kt_track *track, const struct kt_look *look, int64_t outage_ms);

/* Time in which nobody could advance, since it was behind or last advanced: rebalancing, and the cluster's absence. */
int64_t kt_track_hindered(const struct kt_track *track);

/*
 * What lags now need not be read (allowed, or no record): silence counts from `at` on. Where that is proven,
 * so does being behind, and with it the rhythm; an unproven tail may as well be a slow consumer's next
 * commit.
 */
void kt_track_excuse(struct kt_track *track, int64_t at, bool proven);

/*
 * Whether further looks that find the same answers would teach it nothing but their instants: caught up, judged OK, and
 * nothing is counted. After kt_judge, by the look that it judged.
 */
bool kt_track_is_steady(const struct kt_track *track, const struct kt_look *look);

/* The looks that found a steady row as it was, all fresh. */
struct kt_track_missed {
    uint32_t samples;   /* so many of them found a new answer about the log end ... */
    int64_t sample_at;  /* ... the last of which was of this instant (as ever, when there was none), */
    int64_t before_at;  /* and the one before of this (valid: samples) */
    int64_t look_at;    /* the last look */
    int64_t fresh_at;   /* up to when commits were known by then */
};
void kt_track_catch_up(struct kt_track *track, const struct kt_track_missed *missed);

/* The next step of a speed that is smoothed from sample to sample. Pure. */
float kt_track_smoothed(float pace, float now);

/* Forgets how the lag developed so far: what a hang or a reset added says nothing of the speed. */
void kt_track_forget_growth(struct kt_track *track);

#endif
