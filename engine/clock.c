#include "clock.h"

#include <time.h>

#include "error.h"

static int64_t read_ms(clockid_t id)
{
    struct timespec now;

    if (clock_gettime(id, &now) != 0)
        kt_fatal("the system has no clock %d", (int)id);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_mono_ms(void *self)
{
    (void)self;
    return read_ms(CLOCK_MONOTONIC);
}

static int64_t system_wall_ms(void *self)
{
    (void)self;
    return read_ms(CLOCK_REALTIME);
}

const struct kt_clock kt_clock_system = {
    .mono_ms = system_mono_ms,
    .wall_ms = system_wall_ms,
};
