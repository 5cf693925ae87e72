/*
 * clock: time behind one struct, so that a test can turn the hands.
 *
 * Monotonic milliseconds measure intervals; wall milliseconds since 1970-01-01 UTC are only compared with the
 * brokers' commit timestamps and printed. Never use the wall clock for an interval.
 *
 * FRONT DOOR. Thread: any.
 */
#ifndef KT_CLOCK_H
#define KT_CLOCK_H

#include <stdint.h>

struct kt_clock {
    int64_t (*mono_ms)(void *self);
    int64_t (*wall_ms)(void *self);
    void *self;
};

/* The machine's clocks. */
extern const struct kt_clock kt_clock_system;

static inline int64_t kt_mono(const struct kt_clock *clock)
{
    return clock->mono_ms(clock->self);
}

static inline int64_t kt_wall(const struct kt_clock *clock)
{
    return clock->wall_ms(clock->self);
}

#endif
