#include "list_order.h"

#include <stdlib.h>

#include "error.h"
#include "list_sort.h"

struct order {
    const struct ui_table *table;   /* whose rows they are */
    const struct ui_table *parents; /* that of the list */
    const struct ui_context *cx;
    const struct ui_column *column;
    const struct ui_row *rows;
    uint32_t *numbers; /* of a column of names: of each row's, from `first` on (ui_sort_number_names); owned */
    size_t first;
    bool ascending;
};

/* Of a column of names: numbers them for the rows from `first` up to `end`. */
static void number_names(struct order *order, size_t first, size_t end)
{
    if (!order->column->words)
        return;
    size_t count = end - first;
    struct kt_text *names = kt_alloc(count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = order->column->words(&order->rows[first + i], order->cx);
    order->first = first;
    order->numbers = kt_alloc(count + 1, sizeof *order->numbers);
    ui_sort_number_names(names, count, order->numbers);
    free(names);
}

/* Numbers are turned round where the largest comes first, so that smaller is always first. */
static bool rank_row(const struct order *order, size_t number, int64_t rank[2])
{
    const struct ui_row *row = &order->rows[number];
    rank[0] = rank[1] = 0;
    bool known;
    if (order->column->words) {
        rank[0] = order->numbers[number - order->first];
        known = rank[0] > 0;
    } else if (ui_base_shows(order->cx, order->parents, order->column)) {
        known = ui_base_rank(row, order->cx, order->column, rank);
    } else {
        known = order->column->rank && order->column->rank(row, order->cx, rank);
    }
    if (!known)
        rank[0] = rank[1] = 0;
    else if (!order->ascending)
        rank[0] = ~rank[0], rank[1] = ~rank[1];
    return known;
}

/* The indices of the rows that have these identities. */
static size_t rows_of(const struct ui_list *list, const struct ui_table *table, const struct ui_identity *identities,
                      unsigned count, size_t found[])
{
    size_t known = 0;
    for (unsigned i = 0; i < count; i++) {
        size_t row = ui_list_row_of(list, table, &identities[i]);
        if (row < list->rows.count)
            found[known++] = row;
    }
    return known;
}

static bool is_among(const size_t *numbers, size_t count, size_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* Muted rows are no problem, and shown only where one asks for them. */
static bool is_silent(const struct ui_list *list, const struct order *order, const struct ui_row *row)
{
    return ui_row_quiet(order->parents, order->cx, row) == UI_QUIET_MUTED &&
           (list->problems_only || !order->cx->quiet->shows_muted);
}

static bool is_kept(const struct ui_list *list, const struct order *order, const struct ui_row *row)
{
    if (is_silent(list, order, row))
        return false;
    if (!list->filter && !list->problems_only)
        return true;
    struct ui_facts facts = {0};
    order->table->facts(row, order->cx, &facts);
    if (list->problems_only && !ui_look_is_problem(facts.look))
        return false;
    return ui_filter_accepts(list->filter, &facts);
}

/* Pinned ones stand before the others, muted ones behind, known values before unknown ones. */
static void enter(const struct order *order, size_t row, bool pinned, struct ui_sort_entry *entry)
{
    bool known = rank_row(order, row, entry->rank);
    bool muted = ui_row_quiet(order->parents, order->cx, &order->rows[row]) == UI_QUIET_MUTED;
    entry->row = (uint32_t)row;
    entry->class = (uint8_t)((pinned ? 0 : muted ? 4 : 2) + (known ? 0 : 1));
}

/* --- rows beneath rows ----------------------------------------------------------------------------------- */

/* Which rows are open: all of a tree but some, or only some. */
struct open_rows {
    bool all;
    size_t turned[UI_LIST_TURNED];
    size_t count;
};

static bool is_open(const struct open_rows *open, size_t row)
{
    return open->all != is_among(open->turned, open->count, row);
}

/* Adds what lies beneath a row behind all rows; returns the index of the first. */
static size_t add_children(struct ui_list *list, const struct order *order, size_t row)
{
    size_t first = list->rows.count;
    const struct ui_row parent = list->rows.items[row]; /* the array may move */
    order->table->children(&parent, order->cx, &list->rows);
    for (size_t i = first; i < list->rows.count; i++)
        list->rows.items[i].level = 1;
    return first;
}

/* Children sort by the parents' column where they have it, else by their own first one: the worst first. */
static struct order order_of_children(const struct ui_list *list, const struct order *order)
{
    const struct ui_table *below = order->table->below;
    const struct ui_column *same = ui_table_column(below, order->column->id);
    struct order found = {.table = below,
                          .parents = order->table,
                          .cx = order->cx,
                          .column = same,
                          .ascending = list->ascending};
    if (!same || !ui_column_sorts(same)) {
        found.column = &below->columns[below->sort];
        found.ascending = found.column->ascending;
    }
    return found;
}

static bool has_kept_child(struct ui_list *list, const struct order *order, size_t row)
{
    const struct order below = {.table = order->table->below, .parents = order->table, .cx = order->cx};
    size_t first = add_children(list, order, row);
    bool found = false;
    for (size_t i = first; i < list->rows.count && !found; i++)
        found = is_kept(list, &below, &list->rows.items[i]);
    list->rows.count = first;
    return found;
}

static void show(struct ui_list *list, uint32_t row)
{
    if (list->shown_count == list->shown_room) {
        list->shown_room = list->shown_room ? list->shown_room * 2 : 64;
        list->shown = kt_resize(list->shown, list->shown_room, sizeof list->shown[0]);
    }
    list->shown[list->shown_count++] = row;
}

static void show_children(struct ui_list *list, const struct order *order, size_t row)
{
    size_t first = add_children(list, order, row), count = 0;
    struct order below = order_of_children(list, order);
    below.rows = list->rows.items;
    struct ui_sort_entry *entries = kt_alloc((list->rows.count - first) * 2 + 1, sizeof *entries);
    number_names(&below, first, list->rows.count);
    for (size_t i = first; i < list->rows.count; i++)
        if (is_kept(list, &below, &list->rows.items[i]))
            enter(&below, i, false, &entries[count++]);
    const struct ui_sort_entry *sorted = ui_sort_entries(entries, entries + (list->rows.count - first), count);
    for (size_t i = 0; i < count; i++)
        show(list, sorted[i].row);
    free(below.numbers);
    free(entries);
}

/* --- all ------------------------------------------------------------------------------------------------- */

/* Fills entries with the rows that are shown: pinned ones whatever the filter says. */
static size_t collect(struct ui_list *list, struct order *order, const struct open_rows *open,
                      struct ui_sort_entry *entries)
{
    size_t pinned[UI_LIST_PINS];
    size_t pins = rows_of(list, order->table, list->pins, list->pin_count, pinned);
    size_t count = 0;
    for (size_t i = 0; i < list->root_count; i++) {
        bool is_pinned = pins > 0 && is_among(pinned, pins, i);
        bool kept = is_pinned || is_kept(list, order, &list->rows.items[i]);
        if (!kept && (!order->table->children || !is_open(open, i) || is_silent(list, order, &list->rows.items[i]) ||
                      !has_kept_child(list, order, i)))
            continue;
        order->rows = list->rows.items; /* looking at children may have moved them */
        enter(order, i, is_pinned, &entries[count++]);
    }
    return count;
}

void ui_list_arrange(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx)
{
    if (list->root_count > list->rows.count)
        list->root_count = list->rows.count;
    list->rows.count = list->root_count;
    struct order order = {.table = table,
                          .parents = table,
                          .cx = cx,
                          .column = &table->columns[list->sort],
                          .rows = list->rows.items,
                          .ascending = list->ascending};
    struct open_rows open = {.all = list->tree};
    open.count = rows_of(list, table, list->turned, list->turned_count, open.turned);
    number_names(&order, 0, list->root_count);
    struct ui_sort_entry *entries = kt_alloc(list->root_count * 2 + 1, sizeof *entries);
    size_t count = collect(list, &order, &open, entries);
    const struct ui_sort_entry *sorted = ui_sort_entries(entries, entries + list->root_count, count);
    list->shown_count = list->pinned_count = 0;
    list->cut = false;
    for (size_t i = 0; i < count; i++) {
        show(list, sorted[i].row);
        if (table->children && is_open(&open, sorted[i].row)) {
            list->cut = list->rows.count - list->root_count >= UI_LIST_BENEATH;
            if (!list->cut)
                show_children(list, &order, sorted[i].row);
        }
        if (sorted[i].class < 2)
            list->pinned_count = list->shown_count;
    }
    free(order.numbers);
    free(entries);
}
