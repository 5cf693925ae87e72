#include "shelf.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

/* What one of them counts for. */
enum worth { ORDINARY = 1, SOMETHING_HAPPENED = 4, VERDICT_TURNED = 16 };

/* Holes between the youngest grow no further than their age tells: without it the last seconds would get most. */
#define YOUNG_MS 60000.0

void ui_shelf_release(struct ui_shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++)
        kt_snapshot_unref(shelf->items[i].snap);
    free(shelf->items);
    *shelf = (struct ui_shelf){0};
}

/* --- what happened ----------------------------------------------------------------------------------------- */

static bool is_error(const struct kt_group *group)
{
    return group && group->status == KT_STATUS_ERR;
}

/* Both stand in the order of names: walks them side by side. */
static enum worth compare_groups(const struct kt_snapshot *old, const struct kt_snapshot *new)
{
    enum worth worth = ORDINARY;
    for (size_t i = 0, j = 0; (i < old->group_count || j < new->group_count) && worth < VERDICT_TURNED;) {
        const struct kt_group *before = i < old->group_count ? old->groups[i] : NULL;
        const struct kt_group *after = j < new->group_count ? new->groups[j] : NULL;
        int order = before == after ? 0 : !before ? 1 : !after ? -1 : kt_text_compare(before->name, after->name);
        before = order > 0 ? NULL : before;
        after = order < 0 ? NULL : after;
        if (is_error(before) != is_error(after))
            worth = VERDICT_TURNED;
        else if (!before || !after || before->worst != after->worst)
            worth = SOMETHING_HAPPENED;
        i += before != NULL;
        j += after != NULL;
    }
    return worth;
}

static bool has_news(const struct kt_snapshot *old, const struct kt_snapshot *new)
{
    if (old->problem_count != new->problem_count || old->stale != new->stale)
        return true;
    if (old->event_count == 0 || new->event_count == 0)
        return old->event_count != new->event_count;
    return old->events[old->event_count - 1].at_ms != new->events[new->event_count - 1].at_ms;
}

static enum worth worth_of_change(const struct kt_snapshot *old, const struct kt_snapshot *new)
{
    enum worth worth = compare_groups(old, new);
    return worth == ORDINARY && has_news(old, new) ? SOMETHING_HAPPENED : worth;
}

/* --- thinning ---------------------------------------------------------------------------------------------- */

static double between(const struct ui_shelf *shelf, size_t older, size_t newer)
{
    double ms = (double)shelf->items[newer].snap->taken_mono - (double)shelf->items[older].snap->taken_mono;
    return ms > 0 ? ms : 0; /* clocks may be turned back */
}

/* The hole that it would leave, for its age. */
static double score(const struct ui_shelf *shelf, size_t at)
{
    double hole = between(shelf, at - 1, at + 1);
    return (hole + 1) * shelf->items[at].worth / (between(shelf, at, shelf->count - 1) + YOUNG_MS);
}

static void weigh(struct ui_shelf *shelf, size_t at)
{
    struct ui_shelf_entry *entry = &shelf->items[at];
    shelf->bytes -= entry->bytes;
    entry->bytes = kt_snapshot_bytes(entry->snap, at > 0 ? shelf->items[at - 1].snap : NULL);
    shelf->bytes += entry->bytes;
}

static void take_out(struct ui_shelf *shelf, size_t at)
{
    struct ui_shelf_entry *entry = &shelf->items[at];
    shelf->bytes -= entry->bytes;
    kt_snapshot_unref(entry->snap);
    shelf->count--;
    memmove(entry, entry + 1, (shelf->count - at) * sizeof *entry);
    if (at < shelf->count)
        weigh(shelf, at);
}

/* Lets the least one go; false: none may. */
static bool thin(struct ui_shelf *shelf)
{
    size_t least = shelf->count;
    double lowest = 0;
    for (size_t i = 1; i + 1 < shelf->count; i++) {
        double found = score(shelf, i);
        if (shelf->items[i].snap == shelf->held || (least < shelf->count && found >= lowest))
            continue;
        least = i;
        lowest = found;
    }
    if (least == shelf->count)
        return false;
    take_out(shelf, least);
    return true;
}

void ui_shelf_add(struct ui_shelf *shelf, const struct kt_snapshot *snap)
{
    struct ui_shelf_entry *newest = shelf->count > 0 ? &shelf->items[shelf->count - 1] : NULL;
    if (!snap->collected || (newest && newest->snap == snap))
        return;
    enum worth worth = newest ? worth_of_change(newest->snap, snap) : ORDINARY;
    if (newest && newest->worth < worth)
        newest->worth = worth;
    if (shelf->count == shelf->room) {
        shelf->room = shelf->room ? shelf->room * 2 : 16;
        shelf->items = kt_resize(shelf->items, shelf->room, sizeof *shelf->items);
    }
    shelf->items[shelf->count++] = (struct ui_shelf_entry){kt_snapshot_ref(snap), 0, worth};
    weigh(shelf, shelf->count - 1);
    while (shelf->count > UI_SHELF_MOST && thin(shelf))
        continue;
}

void ui_shelf_fit(struct ui_shelf *const shelves[], size_t count, size_t budget)
{
    for (;;) {
        struct ui_shelf *heaviest = NULL;
        size_t bytes = 0;
        for (size_t i = 0; i < count; i++) {
            bytes += shelves[i]->bytes;
            if (shelves[i]->count > UI_SHELF_FEW && (!heaviest || shelves[i]->bytes > heaviest->bytes))
                heaviest = shelves[i];
        }
        if (bytes <= budget || !heaviest || !thin(heaviest))
            return;
    }
}

/* --- finding ----------------------------------------------------------------------------------------------- */

size_t ui_shelf_place(const struct ui_shelf *shelf, const struct kt_snapshot *snap)
{
    size_t newer = shelf->count;
    for (size_t i = shelf->count; i-- > 0;) {
        if (shelf->items[i].snap == snap)
            return i;
        if (shelf->items[i].snap->taken_mono > snap->taken_mono)
            newer = i;
    }
    return newer;
}

const struct kt_snapshot *ui_shelf_older(const struct ui_shelf *shelf, const struct kt_snapshot *snap)
{
    size_t at = ui_shelf_place(shelf, snap);
    return at > 0 ? shelf->items[at - 1].snap : NULL;
}

const struct kt_snapshot *ui_shelf_newer(const struct ui_shelf *shelf, const struct kt_snapshot *snap)
{
    size_t at = ui_shelf_place(shelf, snap);
    bool is_kept = at < shelf->count && shelf->items[at].snap == snap;
    at += is_kept;
    return at < shelf->count ? shelf->items[at].snap : NULL;
}
