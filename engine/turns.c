#include "turns.h"

#include <stdbool.h>
#include <string.h>

static int64_t step_of(int64_t at)
{
    return at / KT_TURNS_STEP_MS - (at % KT_TURNS_STEP_MS < 0);
}

static size_t place_of(int64_t step)
{
    int64_t place = step % KT_TURNS_STEPS;
    return (size_t)(place < 0 ? place + KT_TURNS_STEPS : place);
}

static bool is_empty(const struct kt_turns *turns)
{
    for (size_t i = 0; i < KT_TURNS_STEPS; i++)
        if (turns->counts[i])
            return false;
    return true;
}

void kt_turns_add(struct kt_turns *turns, int64_t at, unsigned times)
{
    int64_t step = step_of(at);
    if (is_empty(turns))
        turns->step = step;
    if (step > turns->step) {
        if (step - turns->step >= KT_TURNS_STEPS)
            memset(turns->counts, 0, sizeof turns->counts);
        else
            for (int64_t i = turns->step + 1; i <= step; i++)
                turns->counts[place_of(i)] = 0;
        turns->step = step;
    }
    if (turns->step - step >= KT_TURNS_STEPS)
        return;
    uint16_t *count = &turns->counts[place_of(step)];
    *count = times < (unsigned)(UINT16_MAX - *count) ? (uint16_t)(*count + times) : UINT16_MAX;
}

unsigned kt_turns_count(const struct kt_turns *turns, int64_t now)
{
    unsigned sum = 0;
    int64_t last = step_of(now);
    for (int64_t step = turns->step - KT_TURNS_STEPS + 1; step <= turns->step; step++)
        if (last - step < KT_TURNS_STEPS)
            sum += turns->counts[place_of(step)];
    return sum;
}
