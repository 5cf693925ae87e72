/*
 * packed: an array of commits in as few bytes as they need.
 *
 * There is a window of commits for each group x partition, so they are what most of our memory holds. The commits of
 * one array lie near each other: their offsets, orders and times are kept as differences from the smallest one, and
 * each field in as many whole bytes as its largest number asks for (0 to 8), the same for all places. Nothing is
 * rounded: where a number does not fit, the array is made anew, with wider fields or a nearer base.
 *
 * Invariants: what was put is what is got, of all 64 bits of every field, but for the lag of a commit whose lag is
 * not known: that is 0 and not estimated. Differences wrap around and are never negative.
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_PACKED_H
#define KT_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kt_commit {
    int64_t offset;
    int64_t order;
    int64_t at_ms;       /* broker's commit time; of the first of a merged burst */
    int64_t observed_ms; /* our wall time when it was read, in whole seconds: Burrow's rules only, else 0 */
    uint64_t lag;        /* log end minus offset at the time of the commit; only when lag_known */
    bool lag_known;
    bool lag_estimated; /* interpolated or asked later by timestamp */
};

struct kt_packed;

/*
 * Puts a commit at `place` of an array whose places 0 .. used-1 hold commits; place <= used. NULL is an empty array.
 * It has room for `room` commits afterwards, or for more; room > place. May move the array: *packed is the new one.
 * The caller frees it with free().
 */
void kt_packed_put(struct kt_packed **packed, size_t used, size_t room, size_t place, const struct kt_commit *commit);

/* The same for the lag alone of a commit that is there; it is known from now on. */
void kt_packed_set_lag(struct kt_packed **packed, size_t used, size_t place, uint64_t lag, bool estimated);

/* What is at a place that holds a commit: all of it, or one field only, which costs less. */
struct kt_commit kt_packed_at(const struct kt_packed *packed, size_t place);
int64_t kt_packed_offset(const struct kt_packed *packed, size_t place);
int64_t kt_packed_time(const struct kt_packed *packed, size_t place); /* at_ms */
bool kt_packed_knows_lag(const struct kt_packed *packed, size_t place);

#endif
