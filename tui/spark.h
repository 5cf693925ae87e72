/*
 * spark: a trend as a row of a few heights.
 *
 * Each cell stands for as many steps as it takes to show the whole window, always the same steps as time passes, so
 * that a picture moves by whole cells and is not drawn anew each step. A cell is as high as the largest value in it;
 * where more than half of its steps are a gap it is one. Height 0 is 0 alone. The others go from the smallest value
 * shown to the largest, so that one sees where it goes, however large it is; but they stand for UI_SPARK_SHARE of the
 * largest at least, so that what hardly moves lies low and flat, and for UI_SPARK_LEAST and `least`: one message more
 * or less is no mountain. Pure. Thread: any.
 */
#ifndef UI_SPARK_H
#define UI_SPARK_H

#include <stdint.h>

#include "snapshot.h"

#define UI_SPARK_LEVELS 8
#define UI_SPARK_LEAST (UI_SPARK_LEVELS - 1)
#define UI_SPARK_SHARE 0.5
#define UI_SPARK_GAP (-1)
#define UI_SPARK_MOST KT_TREND_POINTS /* cells that have something to show */

/* Heights of the newest `cells` (1 .. UI_SPARK_MOST), the newest last: 0 to UI_SPARK_LEVELS - 1, or UI_SPARK_GAP. */
void ui_spark_make(const struct kt_trend *trend, enum kt_trend_window window, int cells, double least,
                   int8_t *heights);

#endif
