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

static int8_t height_of(double value, double most)
{
    if (!(value > 0))
        return 0;
    int height = (int)(value / most * (UI_SPARK_LEVELS - 1) + 0.5);
    return (int8_t)(height < 1 ? 1 : height);
}

void ui_spark_make(const struct kt_trend *trend, enum kt_trend_window window, int cells, int8_t *heights)
{
    struct cell made[UI_SPARK_MOST] = {0};
    double most = UI_SPARK_LEAST;
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
        heights[i] = gap ? UI_SPARK_GAP : 0;
        most = !gap && made[i].value > most ? made[i].value : most;
    }
    for (int i = 0; i < cells; i++)
        if (heights[i] != UI_SPARK_GAP)
            heights[i] = height_of(made[i].value, most);
}
