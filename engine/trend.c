#include "trend.h"

#include <math.h>
#include <stddef.h>

#include "wrap.h"

#define SLOPE_LEAST_MS 5000
#define DIRECTION_LOOKS 4
#define DIRECTION_ERRORS 2.5

static const struct {
    int64_t step_ms;
    const char *name;
} windows[KT_TREND_WINDOWS] = {
    [KT_TREND_5M] = {5000, "5m"}, [KT_TREND_30M] = {30000, "30m"}, [KT_TREND_2H] = {120000, "2h"}};

int64_t kt_trend_step_ms(enum kt_trend_window window)
{
    return windows[window].step_ms;
}

const char *kt_trend_name(enum kt_trend_window window)
{
    return windows[window].name;
}

const char *kt_direction_name(enum kt_direction direction)
{
    static const char *const names[] = {
        [KT_DIRECTION_STEADY] = "steady", [KT_DIRECTION_UP] = "up", [KT_DIRECTION_DOWN] = "down"};
    return names[direction];
}

/* The number of the step that an instant lies in; instants before the machine's start are negative. */
static int64_t step_of(enum kt_trend_window window, int64_t at)
{
    int64_t step = at / windows[window].step_ms;
    return at % windows[window].step_ms < 0 ? step - 1 : step;
}

static unsigned place_of(int64_t step)
{
    int64_t place = step % KT_TREND_POINTS;
    return (unsigned)(place < 0 ? place + KT_TREND_POINTS : place);
}

static uint64_t bit_of(int64_t step)
{
    return UINT64_C(1) << place_of(step);
}

/* ---- keeping ---- */

static void put_fine(struct kt_trail *trail, int64_t step, int64_t value, int64_t within)
{
    trail->fine[place_of(step)] = value;
    trail->within[place_of(step)] = (int16_t)within;
    trail->known[KT_TREND_5M] |= bit_of(step);
}

static void put_coarse(struct kt_trail *trail, enum kt_trend_window window, int64_t step, float value)
{
    float *point = &trail->coarse[window][place_of(step)];
    bool first = !(trail->known[window] & bit_of(step));
    *point = first || value > *point ? value : *point;
    trail->known[window] |= bit_of(step);
}

/* The newest step is over: what it lacks is known now. */
static void close_step(struct kt_trail *trail, enum kt_trend_window window, int64_t step)
{
    if (window != KT_TREND_5M && trail->missed_ms[window] > windows[window].step_ms / 2) {
        trail->known[window] &= ~bit_of(step);
    }
    trail->missed_ms[window] = 0;
}

/* From the step of the last look to that of `now`; `holds`: what was known then was true until now. */
static void go_on(struct kt_trail *trail, enum kt_trend_window window, int64_t now, bool holds)
{
    int64_t length = windows[window].step_ms;
    int64_t from = step_of(window, trail->at), to = step_of(window, now);
    int64_t last = trail->fine[place_of(step_of(KT_TREND_5M, trail->at))];
    if (to == from) {
        trail->missed_ms[window] += holds ? 0 : (int32_t)(now - trail->at);
        return;
    }
    trail->missed_ms[window] += holds ? 0 : (int32_t)((from + 1) * length - trail->at);
    close_step(trail, window, from);
    int64_t first = to - from > KT_TREND_POINTS ? to - KT_TREND_POINTS + 1 : from + 1;
    for (int64_t step = first; step <= to; step++) {
        trail->known[window] &= ~bit_of(step);
        if (holds && step < to && window == KT_TREND_5M) {
            put_fine(trail, step, last, -1);
        } else if (holds && step < to) {
            put_coarse(trail, window, step, (float)last);
        }
    }
    trail->missed_ms[window] = holds ? 0 : (int32_t)(now - to * length);
}

void kt_trail_add(struct kt_trail *trail, int64_t now, int64_t hold_ms, bool known, int64_t value)
{
    if (trail->begun && now < trail->at) {
        return;
    }
    if (!trail->begun) {
        *trail = (struct kt_trail){.begun = true, .begun_at = now, .at = now};
    }
    bool holds = trail->known_last && now - trail->at <= hold_ms;
    for (enum kt_trend_window window = 0; window < KT_TREND_WINDOWS; window++) {
        go_on(trail, window, now, holds);
    }
    if (known) {
        int64_t step = step_of(KT_TREND_5M, now);
        put_fine(trail, step, value, now - step * windows[KT_TREND_5M].step_ms);
        put_coarse(trail, KT_TREND_30M, step_of(KT_TREND_30M, now), (float)value);
        put_coarse(trail, KT_TREND_2H, step_of(KT_TREND_2H, now), (float)value);
    }
    trail->at = now;
    trail->known_last = known;
}

void kt_trail_show(const struct kt_trail *trail, struct kt_trend *trend)
{
    *trend = (struct kt_trend){.at = trail->at};
    for (enum kt_trend_window window = 0; window < KT_TREND_WINDOWS && trail->begun; window++) {
        int64_t count = step_of(window, trail->at) - step_of(window, trail->begun_at) + 1;
        trend->counts[window] = (uint8_t)(count < KT_TREND_POINTS ? count : KT_TREND_POINTS);
        trend->known[window] = trail->known[window];
        for (unsigned i = 0; i < KT_TREND_POINTS; i++) {
            trend->points[window][i] = window == KT_TREND_5M ? (float)trail->fine[i] : trail->coarse[window][i];
        }
    }
}

/* ---- the slope ---- */

struct sums {
    double n, t, v, tt, tv, vv; /* t in minutes before the last look, v from the last value on: both near 0 */
};

static double grown(int64_t from, int64_t to)
{
    return to >= from ? (double)kt_span(from, to) : -(double)kt_span(to, from);
}

/* The looks of the last span_ms; returns how long ago the first of them was. */
static int64_t sum_looks(const struct kt_trail *trail, int64_t span_ms, struct sums *sums)
{
    int64_t newest = step_of(KT_TREND_5M, trail->at), over = 0;
    int64_t last = trail->fine[place_of(newest)];
    for (int64_t back = 0; back < KT_TREND_POINTS; back++) {
        unsigned place = place_of(newest - back);
        if (!((trail->known[KT_TREND_5M] >> place) & 1) || trail->within[place] < 0) {
            continue;
        }
        int64_t ago = trail->at - ((newest - back) * windows[KT_TREND_5M].step_ms + trail->within[place]);
        if (ago > span_ms) {
            break;
        }
        double t = (double)-ago / 60000.0, v = grown(last, trail->fine[place]);
        *sums = (struct sums){sums->n + 1,          sums->t + t,          sums->v + v,
                              sums->tt + t * t, sums->tv + t * v, sums->vv + v * v};
        over = ago;
    }
    return over;
}

static enum kt_direction direction_of(const struct sums *sums, double slope, double spread_t, double change,
                                      double least)
{
    if (sums->n < DIRECTION_LOOKS) {
        return KT_DIRECTION_UNKNOWN;
    }
    double spread_v = sums->vv - sums->v * sums->v / sums->n;
    double off = spread_v - slope * slope * spread_t; /* squares of what the looks lie off the line */
    double error = sqrt((off > 0 ? off : 0) / (sums->n - 2) / spread_t);
    if (change < 1 || change < least || fabs(slope) <= DIRECTION_ERRORS * error) {
        return KT_DIRECTION_STEADY;
    }
    return slope > 0 ? KT_DIRECTION_UP : KT_DIRECTION_DOWN;
}

struct kt_slope kt_trail_slope(const struct kt_trail *trail, int64_t span_ms, double least)
{
    struct kt_slope slope = {0};
    struct sums sums = {0};
    int64_t over = trail->known_last ? sum_looks(trail, span_ms, &sums) : 0;
    if (over < SLOPE_LEAST_MS) {
        return slope;
    }
    double spread = sums.tt - sums.t * sums.t / sums.n;
    slope.known = true;
    slope.per_min = (sums.tv - sums.t * sums.v / sums.n) / spread;
    double change = fabs(slope.per_min) * (double)over / 60000.0;
    slope.direction = direction_of(&sums, slope.per_min, spread, change, least);
    return slope;
}

/* ---- reading ---- */

int64_t kt_trend_newest(const struct kt_trend *trend, enum kt_trend_window window)
{
    return step_of(window, trend->at);
}

enum kt_trend_point kt_trend_at(const struct kt_trend *trend, enum kt_trend_window window, unsigned back,
                                double *value)
{
    if (back >= trend->counts[window]) {
        return KT_TREND_ABSENT;
    }
    unsigned place = place_of(kt_trend_newest(trend, window) - (int64_t)back);
    if (!((trend->known[window] >> place) & 1)) {
        return KT_TREND_GAP;
    }
    *value = (double)trend->points[window][place];
    return KT_TREND_VALUE;
}
