#include "spark.h"

#include <string.h>

struct cell {
    unsigned steps, gaps;
    double value; /* valid where gaps < steps */
};

static int64_t cell_of(int64_t step, int cells)
{
    int64_t scaled = step * cells;
    return scaled >= 0 ? scaled / KT_TREND_POINTS : -((-scaled + KT_TREND_POINTS - 1) / KT_TREND_POINTS);
}

static void take(struct cell *cell, enum kt_trend_point kind, double value)
{
    if (kind == KT_TREND_VALUE && (cell->gaps == cell->steps || value > cell->value))
        cell->value = value;
    cell->steps += kind != KT_TREND_ABSENT;
    cell->gaps += kind == KT_TREND_GAP;
}

/* What heights stand for: `least` is the first one above zero's where nothing is zero, else zero has its own. */
struct scale {
    double least, most;
};

static struct scale scale_of(const struct cell *made, int cells, double least)
{
    struct scale scale = {.least = -1, .most = 0};
    for (int i = 0; i < cells; i++) {
        double value = made[i].value > 0 ? made[i].value : 0;
        if (made[i].gaps == made[i].steps)
            continue;
        scale.least = scale.least < 0 || value < scale.least ? value : scale.least;
        scale.most = value > scale.most ? value : scale.most;
    }
    scale.least = scale.least < 0 ? 0 : scale.least;
    double span = scale.most * UI_SPARK_SHARE;
    span = span < UI_SPARK_LEAST ? UI_SPARK_LEAST : span;
    span = span < least ? least : span;
    scale.most = scale.most - scale.least < span ? scale.least + span : scale.most;
    return scale;
}

static int8_t height_of(double value, struct scale scale)
{
    if (!(value > 0))
        return 0;
    int foot = scale.least > 0 ? 1 : 0;
    double part = (value - scale.least) / (scale.most - scale.least);
    int height = foot + (int)(part * (UI_SPARK_LEVELS - 1 - foot) + 0.5);
    return (int8_t)(height < 1 ? 1 : height);
}

void ui_spark_make(const struct kt_trend *trend, enum kt_trend_window window, int cells, double least,
                   int8_t *heights)
{
    struct cell made[UI_SPARK_MOST] = {0};
    int64_t newest = kt_trend_newest(trend, window);
    int64_t last = cell_of(newest, cells);
    for (unsigned back = 0; back < KT_TREND_POINTS; back++) {
        double value = 0;
        int64_t at = last - cell_of(newest - (int64_t)back, cells);
        enum kt_trend_point kind = kt_trend_at(trend, window, back, &value);
        if (at >= cells)
            break;
        take(&made[cells - 1 - at], kind, value);
    }
    for (int i = 0; i < cells; i++) {
        bool gap = made[i].steps == 0 || 2 * made[i].gaps > made[i].steps;
        made[i].gaps = gap ? made[i].steps : made[i].gaps;
    }
    struct scale scale = scale_of(made, cells, least);
    for (int i = 0; i < cells; i++)
        heights[i] = made[i].gaps == made[i].steps ? UI_SPARK_GAP : height_of(made[i].value, scale);
}
