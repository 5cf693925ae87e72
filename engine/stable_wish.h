/*
 * stable_wish: of which partitions the last stable offset should be asked again soon.
 *
 * Everybody's is asked once in a while. What may be excused by an open transaction needs a fresher answer: where a
 * group lags and either waits for a transaction already, or is about to be called stopped or stalled with nothing
 * before it that was stable when last asked. A last stable offset never falls, so whoever stands well before it has no
 * such excuse and is not asked for.
 *
 * Thread: the collector's.
 */
#ifndef KT_STABLE_WISH_H
#define KT_STABLE_WISH_H

#include "model.h"
#include "source.h"

#define KT_STABLE_WISHES_MOST 5000

/* Sorted by topic and partition, no partition twice; NULL when none. Names are the model's. Give back with free(). */
struct kt_place *kt_stable_wishes(const struct kt_model *model, size_t *count);

#endif
