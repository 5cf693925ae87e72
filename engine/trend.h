/*
 * trend: how a total developed: three windows of one history, of 5 minutes, half an hour and two hours.
 *
 * A trail is what the collector keeps, a trend what a snapshot holds of it. Each window is a ring of KT_TREND_POINTS
 * steps; a step's place is its number modulo that, so nothing moves when time passes. The finest window has exact
 * values, the newest of each step, and gives the slope. In the others a step has the largest value that was told in
 * it, so that a short peak stays; a step of which more than half is not known is a gap. Not knowing is told as such
 * and never leaves a value behind; what was known holds until the next look only as long as looks usually lie apart.
 *
 * Sizes: a trail 1.2 KB, a trend 0.8 KB: one of each a group and a topic.
 * Thread: trails the collector's; trends any.
 */
#ifndef KT_TREND_H
#define KT_TREND_H

#include <stdbool.h>
#include <stdint.h>

#define KT_TREND_POINTS 60

enum kt_trend_window { KT_TREND_5M, KT_TREND_30M, KT_TREND_2H, KT_TREND_WINDOWS };

struct kt_trend {
    int64_t at; /* instant of the last look, which lies in the newest step */
    uint8_t counts[KT_TREND_WINDOWS]; /* steps since the history began, at most KT_TREND_POINTS; 0: there is none */
    uint64_t known[KT_TREND_WINDOWS]; /* bit i: place i */
    float points[KT_TREND_WINDOWS][KT_TREND_POINTS];
};

/* A zeroed one is empty. */
struct kt_trail {
    bool begun, known_last;
    int64_t begun_at, at; /* instants of the first and the last look (valid: begun) */
    uint64_t known[KT_TREND_WINDOWS];
    int64_t fine[KT_TREND_POINTS];
    int16_t within[KT_TREND_POINTS]; /* where in its step the look lay, ms; negative: a value that held, no look */
    float coarse[KT_TREND_WINDOWS][KT_TREND_POINTS]; /* that of KT_TREND_5M is not used: see fine */
    int32_t missed_ms[KT_TREND_WINDOWS];             /* of the newest step: time of which nothing is known */
};

enum kt_direction { KT_DIRECTION_UNKNOWN, KT_DIRECTION_STEADY, KT_DIRECTION_UP, KT_DIRECTION_DOWN };

struct kt_slope {
    bool known;
    double per_min;
    enum kt_direction direction;
};

/* How long a step is; what a window is called ("30m"). */
int64_t kt_trend_step_ms(enum kt_trend_window window);
const char *kt_trend_name(enum kt_trend_window window);

/*
 * A look at `now`: the value, or that it is not known. Looks come in order of time; an earlier one is ignored. A value
 * known before holds until now if that is no longer than `hold_ms` ago; otherwise the time between is a gap.
 */
void kt_trail_add(struct kt_trail *trail, int64_t now, int64_t hold_ms, bool known, int64_t value);

void kt_trail_show(const struct kt_trail *trail, struct kt_trend *trend);

/*
 * The straight line through the looks of the last `span_ms` (at most five minutes); not known when the last look knew
 * nothing, or looks lie less than five seconds apart. Up or down is only what exceeds 2.5 times the line's own
 * uncertainty, which follows from how far the looks lie off it: a zigzag around a level has a slope, and no direction.
 * Nor does what changed by less than `least` over that time go anywhere. With less than four looks nothing is said of
 * the direction.
 */
struct kt_slope kt_trail_slope(const struct kt_trail *trail, int64_t span_ms, double least);

/* "up", "down", "steady"; NULL: unknown. */
const char *kt_direction_name(enum kt_direction direction);

/*
 * The value `back` steps before the newest one (0). KT_TREND_ABSENT: before the history began, or beyond the window.
 */
enum kt_trend_point { KT_TREND_ABSENT, KT_TREND_GAP, KT_TREND_VALUE };
enum kt_trend_point kt_trend_at(const struct kt_trend *trend, enum kt_trend_window window, unsigned back,
                                double *value);

/* The number of the newest step, by which steps can be joined so that they stay joined as time passes. */
int64_t kt_trend_newest(const struct kt_trend *trend, enum kt_trend_window window);

#endif
