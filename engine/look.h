/*
 * look: what is known of one group x partition at one instant: what tracks learn from and verdicts are given on.
 *
 * Instants are monotonic milliseconds. A number counts only when the flag named beside it is set; offsets are foreign.
 * Pure. Thread: any.
 */
#ifndef KT_LOOK_H
#define KT_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observation.h"
#include "status.h"

enum kt_tri { KT_MAYBE = 0, KT_NO, KT_YES };

/* One look at a group x partition: what the model knows at `now`. A number counts only when its flag says so.
 */
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
    int64_t commit_order; /* where it stands in the offsets topic */

    /* the log, asked at ends_at */
    bool ends_known;
    int64_t ends_at;
    int64_t log_end;
    bool start_known;
    int64_t log_start;
    bool end_failed; /* the last try to learn the log end failed */
    bool leaderless;
    bool denied;       /* the topic was there before metadata were asked for, which do not show it: no right to */
    bool compacted;    /* lag counts offsets, of which many are empty */
    bool compact_only; /* ... and nothing is deleted for its age: a log start that moves loses nothing */
    bool restarted;    /* the log began again, at restarted_at: readers may still stand in the one before */
    int64_t restarted_at;
    bool appeared;     /* the partition is new: who reads the topic may not have noticed yet */
    bool start_rate_known; /* speed of the log start, offsets a second (retention) */
    double start_rate;
    bool produce_rate_known;
    double produce_rate; /* messages a second into this partition */

    /* the last stable offset, asked at stable_at */
    bool stable_known;
    int64_t stable_at;
    int64_t last_stable;
    bool transaction_open; /* then it lay below the log end: a producer's transaction was open */
    int64_t transaction_since; /* and had been since this instant, as far as seen */
    bool transaction_found;    /* it was open at our first look: it is older than that */
    int64_t transaction_limit; /* an open one older than this is worth a look */
    enum kt_tri
        tail_empty; /* looked for a record from committed on: none (YES), one (NO), not looked (MAYBE) */
    enum kt_tri stable_empty; /* the same, as far as the last stable offset */
    int64_t record_offset;    /* of the record that is read next (valid: tail_empty NO) */

    /* the group */
    enum kt_group_type type;
    bool generation_known; /* grows with each rebalance: whether somebody came and went between two looks */
    int64_t generation;
    enum kt_group_state state;
    bool state_since_known;
    int64_t state_since;
    bool members_known;
    size_t members;
    bool ever_had_members;
    enum kt_tri owned;      /* a member owns this partition */
    enum kt_tri subscribed; /* a member subscribes to this topic */
    bool owner_worked, owner_drained;
    int64_t owner_worked_at;  /* its owner last advanced, here or elsewhere (valid: owner_worked) */
    int64_t owner_drained_at; /* the same, where it is behind by more than a commit gap (valid: owner_drained) */
};

/* Who might be reading a partition, as far as the look tells. */
enum kt_attendance {
    KT_ATTENDANCE_UNKNOWN, /* neither state nor members are known */
    KT_ATTENDANCE_NONE,    /* no membership is in use: assign(), offsets committed from outside */
    KT_ATTENDANCE_GONE,    /* the group is Empty or Dead */
    KT_ATTENDANCE_UNOWNED, /* the group lives, this partition has no owner */
    KT_ATTENDANCE_REBALANCING,
    KT_ATTENDANCE_OWNED /* a member owns it, or the group lives and owners are not known */
};

/* Who might be reading the partition. Pure. */
enum kt_attendance kt_look_attendance(const struct kt_look *look);

/*
 * The lag that can still be read: log end - max(committed, log start), never negative; *raw is log end -
 * committed as read. False when one of the two is not known.
 */
bool kt_look_lag(const struct kt_look *look, int64_t *lag, int64_t *raw);

/* Where the group reads on: at the committed offset, or where the log begins. False: not committed. */
bool kt_look_next(const struct kt_look *look, int64_t *next);

#endif
