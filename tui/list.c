#include "list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "list_order.h"

/* --- life ------------------------------------------------------------------------------------------------ */

void ui_list_init(struct ui_list *list, const struct ui_table *table)
{
    *list = (struct ui_list){0};
    list->sort = table->sort;
    list->ascending = table->columns[table->sort].ascending;
    list->root_count = SIZE_MAX;
}

static void forget_turned(struct ui_list *list)
{
    while (list->turned_count > 0)
        ui_identity_release(&list->turned[--list->turned_count]);
}

void ui_list_release(struct ui_list *list)
{
    ui_rows_release(&list->rows);
    free(list->shown);
    ui_filter_free(list->filter);
    free(list->filter_text);
    free(list->search);
    ui_identity_release(&list->selected);
    ui_list_unpin_all(list);
    forget_turned(list);
    *list = (struct ui_list){0};
}

void ui_list_forget_rows(struct ui_list *list)
{
    ui_rows_clear(&list->rows);
    list->root_count = SIZE_MAX;
    list->shown_count = 0;
    list->pinned_count = 0;
}

const struct ui_row *ui_list_at(const struct ui_list *list, size_t n)
{
    return n < list->shown_count ? &list->rows.items[list->shown[n]] : NULL;
}

const struct ui_row *ui_list_current(const struct ui_list *list)
{
    return list->gone ? NULL : ui_list_at(list, list->cursor);
}

/* --- selection ------------------------------------------------------------------------------------------- */

/* Those that nothing keeps in order: one by one. */
static size_t find_among(const struct ui_list *list, const struct ui_table *table, size_t from,
                         const struct ui_identity *wanted)
{
    for (size_t i = from; i < list->rows.count; i++) {
        struct ui_identity found = ui_row_identity(table, &list->rows.items[i]);
        if (ui_identity_compare(&found, wanted) == 0)
            return i;
    }
    return list->rows.count;
}

size_t ui_list_row_of(const struct ui_list *list, const struct ui_table *table, const struct ui_identity *wanted)
{
    size_t low = 0, high = list->root_count < list->rows.count ? list->root_count : list->rows.count;
    if (table->unordered || wanted->level > 0)
        return find_among(list, table, table->unordered ? 0 : high, wanted);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct ui_identity found = table->identify(&list->rows.items[middle]);
        int order = ui_identity_compare(&found, wanted);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return list->rows.count;
}

static size_t position_of(const struct ui_list *list, const struct ui_table *table,
                          const struct ui_identity *wanted)
{
    size_t row = ui_list_row_of(list, table, wanted);
    for (size_t i = 0; row < list->rows.count && i < list->shown_count; i++)
        if (list->shown[i] == row)
            return i;
    return list->shown_count;
}

static void remember(struct ui_list *list, const struct ui_table *table)
{
    const struct ui_row *row = ui_list_at(list, list->cursor);
    if (!row)
        return;
    struct ui_identity identity = ui_row_identity(table, row);
    ui_identity_copy(&list->selected, &identity);
    list->chosen = true;
}

static void clip_cursor(struct ui_list *list)
{
    if (list->cursor >= list->shown_count)
        list->cursor = list->shown_count > 0 ? list->shown_count - 1 : 0;
}

/* Finds the selected row again after the order changed. */
static void restore(struct ui_list *list, const struct ui_table *table, bool past)
{
    bool waits = list->follow || (past && list->chosen);
    list->gone = false;
    if (!list->anchored && !waits) {
        list->cursor = 0;
        remember(list, table);
        return;
    }
    size_t position = position_of(list, table, &list->selected);
    if (position < list->shown_count) {
        list->cursor = position;
        return;
    }
    clip_cursor(list);
    /* One that is waited for may come back; any other is given up for its neighbour. */
    if (waits)
        list->gone = true;
    else
        remember(list, table);
}

void ui_list_move_to(struct ui_list *list, const struct ui_table *table, size_t position)
{
    if (list->shown_count == 0)
        return;
    list->cursor = position;
    clip_cursor(list);
    list->anchored = list->cursor > 0;
    list->follow = list->gone = false;
    remember(list, table);
}

void ui_list_move(struct ui_list *list, const struct ui_table *table, int64_t by)
{
    int64_t to = (int64_t)list->cursor + by;
    ui_list_move_to(list, table, to < 0 ? 0 : (size_t)to);
}

bool ui_list_select(struct ui_list *list, const struct ui_table *table, const struct ui_identity *identity)
{
    size_t position = position_of(list, table, identity);
    if (position >= list->shown_count)
        return false;
    ui_list_move_to(list, table, position);
    list->anchored = true;
    return true;
}

/* --- sort, filter, search, pins -------------------------------------------------------------------------- */

void ui_list_sort(struct ui_list *list, const struct ui_table *table, unsigned column)
{
    list->ascending = list->sort == column ? !list->ascending : table->columns[column].ascending;
    list->sort = column;
}

void ui_list_sort_text(const struct ui_list *list, const struct ui_table *table, char *out, size_t room)
{
    snprintf(out, room, "%s%c", table->columns[list->sort].title, list->ascending ? '^' : 'v');
}

enum kt_code ui_list_set_filter(struct ui_list *list, const char *text, struct kt_err *err)
{
    struct ui_filter *filter;
    enum kt_code code = ui_filter_new(&filter, text, err);
    if (code != KT_OK)
        return code;
    ui_filter_free(list->filter);
    free(list->filter_text);
    list->filter = filter;
    list->filter_text = filter ? kt_strdup(text) : NULL;
    return KT_OK;
}

void ui_list_set_search(struct ui_list *list, const char *text)
{
    char *copy = text && *text ? kt_strdup(text) : NULL;
    free(list->search);
    list->search = copy;
}

bool ui_list_find(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx, bool forward,
                  bool here_too)
{
    size_t count = list->shown_count;
    if (!list->search || count == 0)
        return false;
    size_t length = strlen(list->search);
    size_t first = here_too ? 0 : 1;
    for (size_t step = first; step < count + first; step++) {
        size_t at = (forward ? list->cursor + step : list->cursor + count - step % count) % count;
        const struct ui_row *row = ui_list_at(list, at);
        struct ui_facts facts = {0};
        ui_table_of_row(table, row)->facts(row, cx, &facts);
        if (ui_facts_contain(&facts, list->search, length)) {
            ui_list_move_to(list, table, at);
            list->anchored = true;
            return true;
        }
    }
    return false;
}

void ui_list_copy_marks(struct ui_list *list, const struct ui_list *from)
{
    list->tree = from->tree;
    while (list->turned_count < from->turned_count) {
        ui_identity_copy(&list->turned[list->turned_count], &from->turned[list->turned_count]);
        list->turned_count++;
    }
    while (list->pin_count < from->pin_count) {
        ui_identity_copy(&list->pins[list->pin_count], &from->pins[list->pin_count]);
        list->pin_count++;
    }
}

/* The row under the cursor, or the one that it lies beneath. */
static const struct ui_row *current_root(const struct ui_list *list)
{
    const struct ui_row *row = ui_list_current(list);
    for (size_t at = list->cursor; row && row->level > 0;)
        row = ui_list_at(list, --at); /* none lies beneath nothing */
    return row;
}

/* Takes an identity out of `identities`, or adds it; false: no room for one more. */
static bool toggle(struct ui_identity *identities, unsigned *count, unsigned most, const struct ui_identity *identity)
{
    for (unsigned i = 0; i < *count; i++)
        if (ui_identity_compare(&identities[i], identity) == 0) {
            ui_identity_release(&identities[i]);
            identities[i] = identities[--*count];
            identities[*count] = (struct ui_identity){0};
            return true;
        }
    if (*count == most)
        return false;
    ui_identity_copy(&identities[(*count)++], identity);
    return true;
}

bool ui_list_pin(struct ui_list *list, const struct ui_table *table)
{
    const struct ui_row *row = current_root(list);
    if (!row)
        return true;
    struct ui_identity identity = table->identify(row);
    return toggle(list->pins, &list->pin_count, UI_LIST_PINS, &identity);
}

bool ui_list_turn(struct ui_list *list, const struct ui_table *table)
{
    const struct ui_row *row = current_root(list);
    if (!row)
        return true;
    struct ui_identity identity = table->identify(row);
    if (!toggle(list->turned, &list->turned_count, UI_LIST_TURNED, &identity))
        return false;
    return ui_list_select(list, table, &identity);
}

void ui_list_turn_all(struct ui_list *list, const struct ui_table *table)
{
    const struct ui_row *row = current_root(list);
    bool fold = list->tree || list->turned_count > 0;
    /* The row that one was beneath stays in sight when its children go. */
    if (fold && row && row != ui_list_current(list)) {
        struct ui_identity identity = table->identify(row);
        (void)ui_list_select(list, table, &identity);
    }
    forget_turned(list);
    list->tree = !fold;
}

void ui_list_unpin_all(struct ui_list *list)
{
    while (list->pin_count > 0)
        ui_identity_release(&list->pins[--list->pin_count]);
}

void ui_list_update(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx)
{
    ui_list_arrange(list, table, cx);
    restore(list, table, cx->past);
}

/* --- drawing --------------------------------------------------------------------------------------------- */

static void keep_in_sight(struct ui_list *list, size_t visible)
{
    clip_cursor(list);
    if (visible == 0)
        return;
    if (list->cursor < list->top)
        list->top = list->cursor;
    if (list->cursor >= list->top + visible)
        list->top = list->cursor - visible + 1;
    /* No blank lines below while there are rows above. */
    if (list->top + visible > list->shown_count)
        list->top = list->shown_count > visible ? list->shown_count - visible : 0;
}

void ui_list_draw(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx,
                  struct ui_canvas *cv, int x, int y, int width, int height, bool titles, bool with_cursor)
{
    struct ui_columns layout;
    unsigned skippable = ui_columns_skippable(table, cx);
    if (list->skip > skippable)
        list->skip = skippable;
    ui_columns_layout(&layout, table, cx, width, list->skip);
    if (titles && height > 0) {
        ui_columns_draw_titles(cv, &layout, table, cx, x, y, width, list->sort, list->ascending);
        y++;
        height--;
    }
    keep_in_sight(list, height > 0 ? (size_t)height : 0);
    for (int line = 0; line < height; line++) {
        size_t at = list->top + (size_t)line;
        const struct ui_row *row = ui_list_at(list, at);
        if (!row)
            break;
        struct ui_row_style style = {.selected = with_cursor && at == list->cursor && !list->gone,
                                     .pinned = row->level == 0 && at < list->pinned_count,
                                     .match = list->search};
        ui_columns_draw_row(cv, &layout, table, cx, row, x, y + line, width, &style);
        if (style.selected) {
            cv->cursor_x = x;
            cv->cursor_y = y + line;
        }
    }
}
