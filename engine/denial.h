/*
 * denial: when what a cluster refused for want of a right is asked again.
 *
 * Each refusal is a line in the log of who guards the cluster. So what was denied is left alone for a minute, then
 * twice as long each time, up to ten minutes: a right that is given while the program runs is found by itself.
 * Pure; instants and pauses in milliseconds of one clock. Thread: the owner's.
 */
#ifndef KT_DENIAL_H
#define KT_DENIAL_H

#include <stdbool.h>
#include <stdint.h>

#define KT_DENIAL_LOW_MS  INT64_C(60000)
#define KT_DENIAL_HIGH_MS INT64_C(600000)

/* All zero: nothing was denied. */
struct kt_denial {
    int64_t pause; /* 0: none */
    int64_t again; /* not asked before that */
};

/* It was denied, once more. A tenth of the pause at most is left to chance, so that questions do not come together. */
void kt_denial_met(struct kt_denial *denial, int64_t now);

/* It was answered. */
void kt_denial_over(struct kt_denial *denial);

/* Whether it is to be left alone now. */
bool kt_denial_waits(const struct kt_denial *denial, int64_t now);

#endif
