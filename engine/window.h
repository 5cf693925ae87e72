/*
 * window: the last commits of one group x partition, in a ring of fixed size.
 *
 * The ring is Burrow's (storage/inmemory: append, insert, merge of commits nearer than min-distance), because its
 * verdicts follow from it bit for bit; our own rules read the same ring. Invariants: commits stand in strictly
 * ascending order of `order` (the offset of the record in the offsets topic, or a counter of ours where there is
 * none); at most `capacity` of them; a commit's lag is known or not, never guessed without being marked.
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

struct kt_commit {
    int64_t offset;
    int64_t order;
    int64_t at_ms;       /* broker's commit time; of the first of a merged burst */
    int64_t observed_ms; /* our wall time when it was read (Burrow: cut to whole seconds) */
    uint64_t lag;        /* log end minus offset at the time of the commit; only when lag_known */
    bool lag_known;
    bool lag_estimated; /* interpolated or asked later by timestamp */
};

struct kt_window {
    struct kt_commit *ring; /* NULL until the first push */
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

void kt_window_init(struct kt_window *window, unsigned capacity);
void kt_window_release(struct kt_window *window);
void kt_window_clear(struct kt_window *window);

/*
 * Takes a commit in by its order, as Burrow does: greater than all appends, else inserts (then its lag is made
 * unknown); a commit whose time is less than min_distance_ms after that of its predecessor by order (signed: also
 * one that lies before it) overwrites the predecessor and keeps the predecessor's time.
 * `merged_newest` (may be NULL) tells whether what changed is the newest commit of the window.
 */
enum kt_push kt_window_push(struct kt_window *window, const struct kt_commit *commit, int64_t min_distance_ms);

/* The i-th commit, 0 the oldest; NULL beyond the count. Valid until the next push. */
const struct kt_commit *kt_window_at(const struct kt_window *window, size_t i);
struct kt_commit *kt_window_at_mut(struct kt_window *window, size_t i);

/* The newest commit, or NULL. */
const struct kt_commit *kt_window_newest(const struct kt_window *window);

#endif
