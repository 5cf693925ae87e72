#include "fake_clock.h"

static int64_t fake_mono_ms(void *self)
{
    return atomic_load(&((struct fake_clock *)self)->mono);
}

static int64_t fake_wall_ms(void *self)
{
    return atomic_load(&((struct fake_clock *)self)->wall);
}

void fake_clock_init(struct fake_clock *fake, int64_t mono_ms, int64_t wall_ms)
{
    fake->clock = (struct kt_clock){.mono_ms = fake_mono_ms, .wall_ms = fake_wall_ms, .self = fake};
    atomic_init(&fake->mono, mono_ms);
    atomic_init(&fake->wall, wall_ms);
}

void fake_clock_pass(struct fake_clock *fake, int64_t ms)
{
    atomic_fetch_add(&fake->mono, ms);
    atomic_fetch_add(&fake->wall, ms);
}

void fake_clock_set_wall(struct fake_clock *fake, int64_t wall_ms)
{
    atomic_store(&fake->wall, wall_ms);
}
