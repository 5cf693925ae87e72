/*
 * history: how one end of a partition's log moved: samples (instant, offset) in a ring of fixed size.
 *
 * Answers three questions, each only from what was seen: how fast does it move, when did it pass an offset, where
 * was it at an instant. Samples are kept at least `step` apart, but the newest is always there; of a time in which
 * nothing moved the first and the last are kept, so that what stands still costs little; offsets that fall
 * (truncation, topic re-created) restart the history. Instants are monotonic milliseconds.
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_HISTORY_H
#define KT_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#define KT_HISTORY_POINTS 48
#define KT_HISTORY_STEP_MS 15000 /* 48 points: twelve minutes */
#define KT_HISTORY_RATE_MS 30000 /* speed is that of the last half minute */

struct kt_sample {
    int64_t at;
    int64_t offset;
};

struct kt_history {
    struct kt_sample *ring; /* grows up to KT_HISTORY_POINTS; oldest at `first` */
    uint8_t capacity, count, first;
    struct kt_sample newest; /* valid when count > 0; may lie behind the ring's last by less than the step */
    struct kt_sample recent[2]; /* reference points for the speed, about half and one KT_HISTORY_RATE_MS back */
    uint8_t recent_count;
};

void kt_history_init(struct kt_history *history);
void kt_history_release(struct kt_history *history);
void kt_history_clear(struct kt_history *history);

/* Takes a sample in; one not newer than the newest is ignored. True when the history restarted. */
bool kt_history_push(struct kt_history *history, int64_t at, int64_t offset);

/* Offsets a second over the last half minute (at least a second of it); false: not known yet. */
bool kt_history_rate(const struct kt_history *history, double *per_second);

/* The same over the last twelve minutes, or what there is of them, for slow movements (retention). */
bool kt_history_rate_long(const struct kt_history *history, double *per_second);

enum kt_history_answer {
    KT_HISTORY_UNKNOWN,  /* not seen */
    KT_HISTORY_EXACT,    /* between two samples: interpolated */
    KT_HISTORY_AT_LEAST, /* before our oldest sample */
};

/* When the end passed `offset` (the record at `offset` was written): interpolated, never extrapolated. */
enum kt_history_answer kt_history_passed(const struct kt_history *history, int64_t offset, int64_t *at);

/* The instant of the oldest sample; valid when count > 0. */
int64_t kt_history_begin(const struct kt_history *history);

/* Where the end was at instant `at`; EXACT only between two samples. */
enum kt_history_answer kt_history_where(const struct kt_history *history, int64_t at, int64_t *offset);

#endif
