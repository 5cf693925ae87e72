/*
 * fake_clock: a clock whose hands a test turns.
 *
 * Monotonic and wall time move together by fake_clock_pass; the wall alone jumps by fake_clock_set_wall, as a
 * machine's does. Thread: any; one thread may turn the hands while others read them.
 */
#ifndef FAKE_CLOCK_H
#define FAKE_CLOCK_H

#include <stdatomic.h>

#include "clock.h"

struct fake_clock {
    struct kt_clock clock; /* to hand out; its self is this struct, which must stay where it is */
    _Atomic int64_t mono;
    _Atomic int64_t wall;
};

void fake_clock_init(struct fake_clock *fake, int64_t mono_ms, int64_t wall_ms);
void fake_clock_pass(struct fake_clock *fake, int64_t ms);
void fake_clock_set_wall(struct fake_clock *fake, int64_t wall_ms);

#endif
