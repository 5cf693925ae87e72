/*
 * track: what is learnt about one group x partition over time, beyond its window of commits.
 *
 * When did the offset last advance, since when is the group behind, what is its usual rhythm, does the lag grow,
 * were records lost: the evidence that the default rules judge (docs/VERDICTS.md, "Evidence"). All instants are
 * monotonic milliseconds; a broker's commit time is put on that scale by the caller (corrected by the measured
 * skew of its clock). Memory is small for a partition that is caught up; what only lagging ones need is
 * allocated while they lag.
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_TRACK_H
#define KT_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observation.h"
#include "status.h"

enum kt_tri { KT_MAYBE = 0, KT_NO, KT_YES };

/* One look at a group x partition: all that the model knows of it at `now`. A number counts only when its flag says so. */
struct kt_look {
    int64_t now;  /* monotonic */
    int64_t wall; /* our wall clock at `now`, only for texts */

    /* commits: how far they are known */
    bool fresh_known;
    int64_t fresh_at; /* instant up to which all commits of this group have been read or asked */
    bool held;        /* an open transaction hides newer commits: nobody may become STOP because of it */
    bool exact;       /* commit times are the broker's (log), not our first sight (admin) */

    bool committed_known;
    int64_t committed;
    int64_t committed_at; /* instant of that commit */

    /* the log, asked at ends_at */
    bool ends_known;
    int64_t ends_at;
    int64_t log_end;
    bool start_known;
    int64_t log_start;
    bool end_failed; /* the last try to learn the log end failed */
    bool leaderless;
    bool start_rate_known; /* speed of the log start, offsets a second (retention) */
    double start_rate;
    bool produce_rate_known;
    double produce_rate; /* messages a second into this partition */

    /* the group */
    enum kt_group_type type;
    enum kt_group_state state;
    bool state_since_known;
    int64_t state_since;
    bool members_known;
    size_t members;
    bool ever_had_members;
    enum kt_tri owned;      /* a member owns this partition */
    enum kt_tri subscribed; /* a member subscribes to this topic */
};

struct kt_track_lagging;

struct kt_track {
    int64_t advanced_at;  /* the committed offset last grew (valid: advanced_known) */
    int64_t behind_since; /* first sample with log end > committed since last caught up (valid: behind) */
    int64_t last_offset;  /* of the newest commit told (valid: committed_known) */
    int64_t last_commit_at;
    int64_t flat_since;   /* since when neither committed nor log end moved (valid: flat_known) */
    int64_t last_end;     /* of the last sample (valid: sampled) */
    int64_t last_sample_at;
    int64_t rebalancing_since;
    int32_t rebalanced_ms; /* time spent rebalancing since behind or advanced, at most 60 s */
    int32_t gaps_ms[8];    /* last gaps between advances while there was something to read */
    uint8_t gap_count;
    uint8_t gap_next;
    bool committed_known, advanced_known, behind, sampled, flat_known, rebalancing, ahead;
    uint8_t same_commits;    /* commits in a row that repeat the newest offset */
    int64_t same_since;      /* time of the first of them */
    int64_t ahead_since;     /* valid: ahead */
    int64_t lost_at;         /* valid: lost > 0 */
    int64_t lost;            /* records that retention took before they were read, so far */
    int64_t rewind_at;       /* valid: rewound */
    int64_t rewind_from, rewind_to;
    bool rewound, rewind_judged;
    struct kt_track_lagging *lagging; /* NULL while caught up */

    /* the standing verdict, for hysteresis */
    enum kt_status status;
    const char *rule; /* static text */
    int64_t status_since;      /* instant when the verdict began to hold, valid when status known */
    int64_t last_fresh_at;     /* when a verdict was last given from fresh evidence */
    int64_t entry_lag;
    uint8_t leaving;           /* new samples in a row in which the rule no longer holds */
    uint8_t entering;
    enum kt_status candidate;
};

void kt_track_init(struct kt_track *track);
void kt_track_release(struct kt_track *track);

/* Forgets everything but memory: topic re-created, group came back. */
void kt_track_restart(struct kt_track *track);

/*
 * A commit was seen, in the order of the offsets topic (backfilled ones first). `at` is its instant on the
 * monotonic scale; it may lie before the start of the program and be negative.
 */
void kt_track_commit(struct kt_track *track, int64_t offset, int64_t at, bool backfilled);

/* Takes a look's sample in: call once for every new answer about the log end (ends_at grew), and before kt_judge. */
void kt_track_look(struct kt_track *track, const struct kt_look *look);

/* The usual gap between advances (rule R), milliseconds, capped at 600 s; false: not known yet. */
bool kt_track_rhythm(const struct kt_track *track, int64_t *gap_ms);

#endif
