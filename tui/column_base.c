/* Columns as change since a baseline. */
#include "column.h"

#include <inttypes.h>
#include <stdio.h>

#include "number.h"

struct change {
    bool known, is_new;
    int64_t by;
};

void ui_base_init(struct ui_base *base, const struct kt_snapshot *snap, const struct ui_table *table)
{
    base->snap = snap;
    base->levels[0].table = table;
    base->levels[0].unordered = table->unordered;
}

void ui_base_release(struct ui_base *base)
{
    for (int level = 0; level < 2; level++)
        ui_rows_release(&base->levels[level].rows);
    *base = (struct ui_base){0};
}

bool ui_base_shows(const struct ui_context *cx, const struct ui_table *table, const struct ui_column *column)
{
    bool as_time = cx->lag_as_time && column->title_time;
    return cx->base && cx->base->levels[0].table == table && column->count && !as_time;
}

static bool in_order(const struct ui_base_rows *rows)
{
    for (size_t i = 1; i < rows->rows.count; i++) {
        struct ui_identity before = rows->table->identify(&rows->rows.items[i - 1]);
        struct ui_identity behind = rows->table->identify(&rows->rows.items[i]);
        if (ui_identity_compare(&before, &behind) > 0)
            return false;
    }
    return true;
}

static void make_children(const struct ui_context *past, struct ui_base *base)
{
    struct ui_base_rows *parents = &base->levels[0], *children = &base->levels[1];
    children->table = parents->table->below;
    for (size_t i = 0; i < parents->rows.count; i++)
        parents->table->children(&parents->rows.items[i], past, &children->rows);
    children->unordered = !in_order(children);
}

/* Rows are mostly asked for in their order: then it is the one behind the last, and found at once in either way. */
static const struct ui_row *find(struct ui_base_rows *among, const struct ui_identity *wanted)
{
    size_t low = 0, high = among->rows.count;
    size_t at = among->hint < high ? among->hint : 0;
    for (size_t left = high; left > 0 && low < high; left--) {
        struct ui_identity found = among->table->identify(&among->rows.items[at]);
        int order = ui_identity_compare(&found, wanted);
        if (order == 0) {
            among->hint = at + 1;
            return &among->rows.items[at];
        }
        if (among->unordered) {
            at = (at + 1) % high;
            continue;
        }
        if (order < 0)
            low = at + 1;
        else
            high = at;
        at = low + (high - low) / 2;
    }
    return NULL;
}

static const struct ui_row *same_row(const struct ui_row *row, const struct ui_context *past, struct ui_base *base)
{
    struct ui_base_rows *among = &base->levels[row->level > 0];
    if (!among->table)
        make_children(past, base);
    struct ui_identity identity = among->table->identify(row);
    return find(among, &identity);
}

static int64_t difference(int64_t now, int64_t then)
{
    if (then < 0 && now > INT64_MAX + then)
        return INT64_MAX;
    if (then > 0 && now < INT64_MIN + then)
        return INT64_MIN;
    return now - then;
}

static struct change change_of(const struct ui_row *row, const struct ui_context *cx, const struct ui_column *column)
{
    int64_t now[2] = {0, 0}, then[2] = {0, 0};
    struct ui_context past = *cx;
    past.snap = cx->base->snap;
    past.base = NULL;
    struct change change = {.known = column->count(row, cx, now)};
    const struct ui_row *before = same_row(row, &past, cx->base);
    if (before)
        change.known = column->count(before, &past, then) && change.known;
    change.is_new = !before;
    change.by = difference(now[0], then[0]);
    return change;
}

void ui_base_cell(const struct ui_row *row, const struct ui_context *cx, const struct ui_column *column,
                  struct ui_slot *slot)
{
    struct change change = change_of(row, cx, column);
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%+" PRId64, change.by);
    if (change.is_new)
        ui_slot_text(slot, slot->role, "new");
    else if (change.known && change.by != 0 && cx->exact && length <= slot->width)
        ui_slot_text(slot, slot->role, "%s", digits);
    else {
        ui_number_change(change.known, (double)change.by, digits, sizeof digits);
        ui_slot_text(slot, slot->role, "%s", digits);
    }
}

bool ui_base_rank(const struct ui_row *row, const struct ui_context *cx, const struct ui_column *column,
                  int64_t rank[2])
{
    struct change change = change_of(row, cx, column);
    return ui_rank_number(change.known, change.by, rank);
}
