/*
 * clusters: the line that shows all clusters side by side, where there are several: each one's name and worst
 * word, and beyond doubt which of them is below.
 *
 * What does not fit is shortened for all alike; on the narrowest screens the current one and the number of others in
 * trouble are left. Thread: UI.
 */
#ifndef UI_CLUSTERS_H
#define UI_CLUSTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "meter.h"

struct ui_cluster_word {
    struct ui_meter_context meter; /* its name and colour, snapshot (may be NULL), tally, times */
    bool failed;                   /* what no waiting mends */
    bool current;
};

/* Whether somebody should look at it: it is down or stale, or a group is worse than OK. */
bool ui_cluster_in_trouble(const struct ui_cluster_word *word);

/* Draws them from column 0 of line y on, over the whole width. One of them is current. */
void ui_clusters_draw(struct ui_canvas *cv, const struct ui_cluster_word *words, size_t count, int y);

#endif
