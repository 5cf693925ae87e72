#include "denial.h"

void kt_denial_met(struct kt_denial *denial, int64_t now)
{
    int64_t pause = denial->pause * 2;
    denial->pause = pause < KT_DENIAL_LOW_MS ? KT_DENIAL_LOW_MS : pause > KT_DENIAL_HIGH_MS ? KT_DENIAL_HIGH_MS : pause;
    denial->again = now + denial->pause - denial->pause * (now % 11) / 100;
}

void kt_denial_over(struct kt_denial *denial)
{
    *denial = (struct kt_denial){0};
}

bool kt_denial_waits(const struct kt_denial *denial, int64_t now)
{
    return denial->pause && now < denial->again;
}
