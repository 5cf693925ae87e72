/*
 * tally: what the header counts of a snapshot, once when it comes: groups by their look, what is quiet among them.
 *
 * Thread: UI.
 */
#ifndef UI_TALLY_H
#define UI_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "quiet.h"
#include "snapshot.h"
#include "status_look.h"

struct ui_tally {
    size_t looks[UI_LOOK_COUNT]; /* groups by their look */
    size_t brokers_up;           /* or not known to be down */
    double change_per_min;       /* of the lags where it is known, of groups known whole */
    size_t acknowledged, muted;  /* rows; of the groups among them none is in looks */
    size_t hushed[UI_LOOK_COUNT]; /* those groups by their look */
    size_t uncommitted;          /* partitions that are owned and were never committed */
    bool lag_partial;            /* the lag of a group is not known whole */
    bool change_known;
};

void ui_tally_make(struct ui_tally *tally, const struct kt_snapshot *snap);

/* Takes what is quiet out of a tally of that snapshot, and puts back what was taken out before. */
void ui_tally_hush(struct ui_tally *tally, const struct kt_snapshot *snap, const struct ui_quiet *quiet);

#endif
