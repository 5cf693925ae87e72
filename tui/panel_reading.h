/*
 * panel_reading: who reads which topic: the rows of every group by topic, without copying them.
 *
 * Made anew for each snapshot, in one walk over all groups. Borrows from the snapshot. Thread: UI.
 */
#ifndef UI_PANEL_READING_H
#define UI_PANEL_READING_H

#include "list.h"
#include "panel_sum.h"

/* One group's partitions of one topic. */
struct ui_reading {
    const struct kt_group *group;
    const struct kt_lag *lags; /* by number */
    size_t count;
    struct ui_sum sum;
};

/* All readers of one topic, by the names of their groups. */
struct ui_topic_readers {
    const struct kt_topic *topic;
    const struct ui_reading *items;
    size_t count;
};

/*
 * The readers of every topic of the snapshot, in the order of its topics; of those whose name is not `only` (bytes
 * NULL: of all) without readers. The array lives as long as the rows: it takes their scratch 0 and 1.
 */
struct ui_topic_readers *ui_readings(const struct kt_snapshot *snap, struct kt_text only, struct ui_rows *rows);

/* The row of a partition among them; NULL: this group does not read it. */
const struct kt_lag *ui_reading_lag(const struct ui_reading *reading, int64_t partition);

/* Of a row of the panel of readers: the name of the group. */
ui_cell ui_readers_label;

#endif
