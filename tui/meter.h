/*
 * meter: the figures of the header: is the screen alive, how many are wrong, what flows.
 *
 * A table of gauges, each a function from the snapshot to a few words; a gauge belongs to one of three lines and
 * has a priority by which it goes when the line is too short. To add one is to add a function and a row.
 * Thread: UI.
 */
#ifndef UI_METER_H
#define UI_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canvas.h"
#include "option.h"
#include "snapshot.h"
#include "tally.h"

enum ui_meter_line { UI_METER_IDENTITY, UI_METER_COUNTS, UI_METER_TOTALS, UI_METER_LINES };

struct ui_meter_context {
    const struct kt_snapshot *snap; /* NULL: none yet */
    const struct kt_options *options; /* of the cluster: its name and colour */
    const struct ui_tally *tally;
    int64_t now_mono, now_wall;
    int64_t delay_ms;
    bool paused;
    int64_t paused_ms;
    bool back;            /* snap is an older one: its own time counts, not now */
    size_t place, places; /* which of those that are kept, from 1 */
    const struct kt_snapshot *base; /* columns show the change since; NULL: none */
    bool lost;            /* ... and meanwhile the newest is too old */
    bool exact;
    bool ascii;
    enum kt_trend_window window; /* of the sparklines */
    int width; /* of the line */
};

/* Draws one line at y, as wide as cx->width, from column 0. */
void ui_meter_draw(struct ui_canvas *cv, enum ui_meter_line line, const struct ui_meter_context *cx, int y);

/* The role of the name of a cluster with this colour; `plain` where it has none. */
enum ui_role ui_cluster_role(enum kt_colour colour, enum ui_role plain);

/* How old what is shown is, or was while the screen stands; -1: nothing was collected. And whether that is too old. */
int64_t ui_meter_age(const struct ui_meter_context *cx);
bool ui_meter_stale(const struct ui_meter_context *cx);

#endif
