/*
 * shelf: snapshots of one cluster that are kept to be looked at again, the newest densely, older ones ever thinner.
 *
 * One rule decides which goes when there are too many or they weigh too much: the one whose loss leaves the smallest
 * hole for its age. So holes grow with age, days fit in, and what is held stays the same however long it runs. Where
 * something happened (a verdict changed, an event, a problem) the snapshot and the one before it count for more: what
 * one wants to see later is the moment before and the moment after. The newest, the first of all and the one that is
 * looked at never go. Ordered by arrival; each entry is a reference. Times are the snapshots' own. Thread: UI.
 */
#ifndef UI_SHELF_H
#define UI_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshot.h"

#define UI_SHELF_MOST   360                /* snapshots of a cluster */
#define UI_SHELF_FEW    2                  /* so many stay whatever they weigh */
#define UI_SHELF_BUDGET ((size_t)16 << 20) /* bytes, of all clusters together */

struct ui_shelf_entry {
    const struct kt_snapshot *snap;
    size_t bytes; /* that it does not share with the one before */
    unsigned worth;
};

struct ui_shelf {
    struct ui_shelf_entry *items; /* oldest first */
    size_t count, room;
    size_t bytes;                   /* of all of them */
    const struct kt_snapshot *held; /* borrowed: is looked at; NULL: none */
};

void ui_shelf_release(struct ui_shelf *shelf);

/* Keeps a snapshot, unless nothing was collected yet or it is the newest already; thins by number. */
void ui_shelf_add(struct ui_shelf *shelf, const struct kt_snapshot *snap);

/* Lets snapshots go, from the heaviest shelf first, until all together weigh no more than `budget`. */
void ui_shelf_fit(struct ui_shelf *const shelves[], size_t count, size_t budget);

/* The place of a snapshot, or that of the first newer one when it is not kept; shelf->count beyond all. */
size_t ui_shelf_place(const struct ui_shelf *shelf, const struct kt_snapshot *snap);

/* The neighbours of a snapshot, borrowed; NULL where there is none. */
const struct kt_snapshot *ui_shelf_older(const struct ui_shelf *shelf, const struct kt_snapshot *snap);
const struct kt_snapshot *ui_shelf_newer(const struct ui_shelf *shelf, const struct kt_snapshot *snap);

#endif
