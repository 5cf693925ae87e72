/*
 * turns: how often something happened in the last ten minutes, in a fixed room.
 *
 * Counts stand in steps of 30 s; what is older than KT_TURNS_MS is forgotten, give or take a step. Instants are
 * monotonic milliseconds, also negative ones, and may come in any order.
 * Thread: one at a time.
 */
#ifndef KT_TURNS_H
#define KT_TURNS_H

#include <stdint.h>

#define KT_TURNS_MS      600000
#define KT_TURNS_STEP_MS 30000
#define KT_TURNS_STEPS   (KT_TURNS_MS / KT_TURNS_STEP_MS)

/* Starts from all zero. */
struct kt_turns {
    int64_t step; /* of the newest count; valid when one is not 0 */
    uint16_t counts[KT_TURNS_STEPS]; /* by step modulo their number; each stops at its maximum */
};

void kt_turns_add(struct kt_turns *turns, int64_t at, unsigned times);

/* In the KT_TURNS_MS before now. */
unsigned kt_turns_count(const struct kt_turns *turns, int64_t now);

#endif
