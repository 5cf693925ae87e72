/*
 * lagging: how the lag of one group x partition developed while it was behind, in a few hundred bytes.
 *
 * Samples are put into at most KT_LAGGING_BUCKETS buckets of equal width. When they are full, neighbours are
 * merged and the width doubles; from KT_LAGGING_WIDEST_MS on the oldest bucket is dropped instead. A bucket
 * keeps the lowest lag in it: between two commits a lag climbs with the log, right after one it is what the
 * consumer really owes, so the lows show the trend without the zigzag of the commits.
 *
 * Invariant: a bucket without samples takes part in nothing.
 * Thread: one at a time (the collector's).
 */
#ifndef KT_LAGGING_H
#define KT_LAGGING_H

#include <stdbool.h>
#include <stdint.h>

#define KT_LAGGING_BUCKETS      24
#define KT_LAGGING_NARROWEST_MS 10000
#define KT_LAGGING_WIDEST_MS    160000 /* 24 of them: 64 minutes */

struct kt_lagging_bucket {
    int64_t low;       /* smallest lag */
    int64_t committed; /* at the first sample */
    int64_t at;        /* instant of the first sample */
    float grew;        /* messages that came in */
    uint16_t advances; /* commits that moved the offset forward */
    uint16_t samples;
};

struct kt_track_lagging {
    int64_t begun; /* where the first bucket begins */
    int64_t last_at; /* of the newest sample (valid: count > 0) */
    int64_t last_end;
    int64_t last_committed;
    int64_t last_lag;
    int64_t next;    /* the offset that is read next (valid: next_asked) ... */
    int64_t written; /* ... and when its record was written, by the log's history (valid: written_known) */
    int32_t width_ms;
    bool next_asked, written_known;
    uint8_t count; /* buckets in use; the last is being filled */
    uint8_t room;  /* buckets that there is memory for; those not in use are all 0 */
    struct kt_lagging_bucket buckets[];
};

/* Growth that was found: by how much over how long, and what the producers' fastest bucket was. */
struct kt_lagging_growth {
    int64_t grew;
    int64_t over_ms;
};

void kt_lagging_free(struct kt_track_lagging *lagging); /* NULL is allowed */

/*
 * Takes a sample in. *lagging may be NULL, then it is made, and it may move: memory is taken as buckets come to be
 * used. Samples come in order of time; one that is not newer is ignored.
 */
void kt_lagging_push(struct kt_track_lagging **lagging, int64_t at, int64_t lag, int64_t committed, int64_t log_end);

/* A commit moved the offset forward. NULL is allowed: nothing is known to lag. */
void kt_lagging_advance(struct kt_track_lagging *lagging);

/*
 * Fast growth: over at least `least_ms` and `commits` advances the lows never shrank by more than one
 * sampling (skew_ms) explains, and grew by more than the producers write in 2 (rhythm_ms + skew_ms): who
 * works a batch off and then waits for its next commit owes up to two rhythms at its best.
 */
bool kt_lagging_fast(const struct kt_track_lagging *lagging, int64_t least_ms, unsigned commits,
                     int64_t rhythm_ms, int64_t skew_ms, struct kt_lagging_growth *growth);

/*
 * Slow growth: over at least `least_ms`, the smallest low of the last third lies above the largest low of the
 * first third by more than the producers write in 2 (rhythm_ms + skew_ms).
 */
bool kt_lagging_slow(const struct kt_track_lagging *lagging, int64_t least_ms, int64_t rhythm_ms,
                     int64_t skew_ms, struct kt_lagging_growth *growth);

/* Messages a second of the committed offset, over least_ms to most_ms; false: not seen for so long. */
bool kt_lagging_speed(const struct kt_track_lagging *lagging, int64_t least_ms, int64_t most_ms,
                      double *per_second);

#endif
