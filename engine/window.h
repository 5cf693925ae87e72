/*
 * window: the last commits of one group x partition, in a ring of fixed size.
 *
 * The ring is Burrow's (storage/inmemory: append, insert, merge of commits nearer than min-distance), because
 * its verdicts follow from it bit for bit; our own rules read the same ring. Invariants: commits stand in
 * strictly ascending order of `order` (the offset of the record in the offsets topic, or a counter of ours
 * where there is none); at most `capacity` of them; a commit's lag is known or not, never guessed without
 * being marked.
 *
 * Times of commits are the broker's wall milliseconds, not sorted: a broker's clock may step.
 *
 * Thread: one at a time (the collector's). Reference: burrow rules, "Commit" (append, insert, merge).
 */
#ifndef KT_WINDOW_H
#define KT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packed.h" /* struct kt_commit */

struct kt_window {
    struct kt_packed *ring; /* NULL until the first push; read by kt_window_at */
    uint16_t capacity;
    uint16_t count;
    uint16_t newest; /* index in the ring of the newest commit, when count > 0 */
};

enum kt_push {
    KT_PUSH_DROPPED,  /* a duplicate order, or older than a full window */
    KT_PUSH_APPENDED, /* the newest now */
    KT_PUSH_MERGED,   /* into the stored commit just before it by order: nearer than min-distance */
    KT_PUSH_INSERTED  /* between older ones */
};

/* An empty window for `capacity` commits, 1 .. 65535 (beyond that, the nearest). Allocates nothing yet. */
void kt_window_init(struct kt_window *window, unsigned capacity);

/* Gives the ring back; after that the window is empty, of the same capacity, and may be used again. */
void kt_window_release(struct kt_window *window);
void kt_window_clear(struct kt_window *window);

/*
 * Takes a commit in by its order, as Burrow does: greater than all appends, else inserts (then its lag is
 * made unknown); a commit whose time is less than min_distance_ms after that of its predecessor by order
 * (signed: also one that lies before it) overwrites the predecessor and keeps the predecessor's time. In a
 * full window an insertion pushes the oldest out; one just above the oldest takes its place without being
 * compared with it.
 *
 * What became the newest commit can be told before the call: its order is greater than the newest's.
 * Cost: appending is O(1), inserting O(capacity). The ring grows in steps up to the capacity.
 */
enum kt_push kt_window_push(struct kt_window *window, const struct kt_commit *commit,
                            int64_t min_distance_ms);

/* The i-th commit, 0 the oldest; one of zeros beyond the count. Its offset alone costs a quarter. */
struct kt_commit kt_window_at(const struct kt_window *window, size_t i);
int64_t kt_window_offset(const struct kt_window *window, size_t i);
int64_t kt_window_time(const struct kt_window *window, size_t i); /* at_ms */

/* The newest commit; one of zeros where there is none. */
struct kt_commit kt_window_newest(const struct kt_window *window);

/* Whether the i-th commit is there and its lag known. */
bool kt_window_knows_lag(const struct kt_window *window, size_t i);

/* From now on the lag of the i-th commit is known. Nothing happens beyond the count. */
void kt_window_set_lag(struct kt_window *window, size_t i, uint64_t lag, bool estimated);

#endif
