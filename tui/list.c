#include "list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* --- rows ------------------------------------------------------------------------------------------------ */

void ui_rows_add(struct ui_rows *rows, const void *item, const void *parent, int32_t kind)
{
    if (rows->count == rows->room) {
        rows->room = rows->room ? rows->room * 2 : 64;
        rows->items = kt_resize(rows->items, rows->room, sizeof rows->items[0]);
    }
    rows->items[rows->count++] = (struct ui_row){item, parent, kind};
}

void *ui_rows_scratch(struct ui_rows *rows, unsigned which, size_t count, size_t size)
{
    free(rows->scratch[which]);
    rows->scratch[which] = kt_alloc(count > 0 ? count : 1, size);
    return rows->scratch[which];
}

void ui_rows_clear(struct ui_rows *rows)
{
    rows->count = 0;
    for (unsigned i = 0; i < sizeof rows->scratch / sizeof rows->scratch[0]; i++) {
        free(rows->scratch[i]);
        rows->scratch[i] = NULL;
    }
}

void ui_rows_release(struct ui_rows *rows)
{
    ui_rows_clear(rows);
    free(rows->items);
    *rows = (struct ui_rows){0};
}

/* --- life ------------------------------------------------------------------------------------------------ */

void ui_list_init(struct ui_list *list, const struct ui_table *table)
{
    *list = (struct ui_list){0};
    list->sort = table->sort;
    list->ascending = table->columns[table->sort].ascending;
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
    *list = (struct ui_list){0};
}

void ui_list_forget_rows(struct ui_list *list)
{
    ui_rows_clear(&list->rows);
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

/* The index in rows of an identity, or rows.count. */
static size_t row_of(const struct ui_list *list, const struct ui_table *table, const struct ui_identity *wanted)
{
    size_t low = 0, high = list->rows.count;
    if (table->unordered) {
        for (size_t i = 0; i < high; i++) {
            struct ui_identity found = table->identify(&list->rows.items[i]);
            if (ui_identity_compare(&found, wanted) == 0)
                return i;
        }
        return high;
    }
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
    size_t row = row_of(list, table, wanted);
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
    struct ui_identity identity = table->identify(row);
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
        struct ui_facts facts = {0};
        table->facts(ui_list_at(list, at), cx, &facts);
        if (ui_facts_contain(&facts, list->search, length)) {
            ui_list_move_to(list, table, at);
            list->anchored = true;
            return true;
        }
    }
    return false;
}

bool ui_list_pin(struct ui_list *list, const struct ui_table *table)
{
    const struct ui_row *row = ui_list_current(list);
    if (!row)
        return true;
    struct ui_identity identity = table->identify(row);
    for (unsigned i = 0; i < list->pin_count; i++)
        if (ui_identity_compare(&list->pins[i], &identity) == 0) {
            ui_identity_release(&list->pins[i]);
            list->pins[i] = list->pins[--list->pin_count];
            list->pins[list->pin_count] = (struct ui_identity){0};
            return true;
        }
    if (list->pin_count == UI_LIST_PINS)
        return false;
    ui_identity_copy(&list->pins[list->pin_count++], &identity);
    return true;
}

void ui_list_unpin_all(struct ui_list *list)
{
    while (list->pin_count > 0)
        ui_identity_release(&list->pins[--list->pin_count]);
}

/* --- order ----------------------------------------------------------------------------------------------- */

/* What a row sorts by. Numbers are turned round where the largest comes first, so that smaller is always first. */
struct entry {
    int64_t rank[2];
    uint32_t row;
    uint8_t class; /* pinned ones before the others, muted ones behind, known values before unknown ones */
    uint8_t tail;  /* of names: bytes from the ranked ones on, RANKED + 1 for more than were ranked */
};

struct order {
    const struct ui_table *table;
    const struct ui_context *cx;
    const struct ui_column *column;
    const struct ui_row *rows;
    size_t common; /* bytes that all names to be sorted begin with */
    bool ascending;
};

#define RANKED 16

/* 16 bytes of a name, from the first on in which names differ, as two numbers in the same order. */
static void rank_words(struct kt_text words, size_t from, int64_t rank[2])
{
    for (unsigned half = 0; half < 2; half++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 8; i++) {
            size_t at = from + half * 8 + i;
            bits = bits << 8 | (at < words.length ? (unsigned char)words.bytes[at] : 0);
        }
        bits ^= UINT64_C(1) << 63;
        memcpy(&rank[half], &bits, sizeof bits);
    }
}

static bool rank_row(const struct order *order, const struct ui_row *row, struct entry *entry)
{
    int64_t *rank = entry->rank;
    rank[0] = rank[1] = 0;
    bool known;
    if (order->column->words) {
        struct kt_text words = order->column->words(row, order->cx);
        known = words.bytes != NULL;
        if (known) {
            rank_words(words, order->common, rank);
            size_t tail = words.length - order->common;
            entry->tail = (uint8_t)(tail <= RANKED ? tail : RANKED + 1);
        }
    } else {
        known = order->column->rank && order->column->rank(row, order->cx, rank);
    }
    if (!known)
        rank[0] = rank[1] = 0;
    else if (!order->ascending)
        rank[0] = ~rank[0], rank[1] = ~rank[1];
    return known;
}

/* Names that agree in the 16 bytes that were ranked. */
static int compare_rest(const struct order *order, const struct entry *a, const struct entry *b)
{
    if (a->tail == b->tail && a->tail <= RANKED)
        return 0;
    struct kt_text first = order->column->words(&order->rows[a->row], order->cx);
    struct kt_text second = order->column->words(&order->rows[b->row], order->cx);
    /* Rows of one group share its name. */
    bool differ = first.bytes != second.bytes && first.bytes && second.bytes;
    int result = differ ? kt_text_compare(first, second) : 0;
    return order->ascending ? result : -result;
}

/* Whether b must stand before a; ties fall to the order in which rows came, that of their identity. */
static inline bool behind(const struct order *order, const struct entry *a, const struct entry *b)
{
    if (a->class != b->class)
        return b->class < a->class;
    if (a->rank[0] != b->rank[0])
        return b->rank[0] < a->rank[0];
    if (a->rank[1] != b->rank[1])
        return b->rank[1] < a->rank[1];
    if (order->column->words) {
        int result = compare_rest(order, a, b);
        if (result != 0)
            return result > 0;
    }
    return b->row < a->row;
}

/* Merges from[low, middle) and from[middle, high) into to. */
static void merge(const struct order *order, const struct entry *from, struct entry *to, size_t low, size_t middle,
                  size_t high)
{
    size_t left = low, right = middle;
    for (size_t at = low; at < high; at++) {
        if (left < middle && (right >= high || !behind(order, &from[left], &from[right])))
            to[at] = from[left++];
        else
            to[at] = from[right++];
    }
}

/* Bottom up, so that it needs no stack and its cost does not depend on the input. Returns where the result is. */
static struct entry *sort_entries(const struct order *order, struct entry *entries, struct entry *spare,
                                  size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = low + 2 * width < count ? low + 2 * width : count;
            merge(order, entries, spare, low, middle, high);
        }
        struct entry *swap = entries;
        entries = spare;
        spare = swap;
    }
    return entries;
}

static size_t rows_of_pins(const struct ui_list *list, const struct ui_table *table, size_t pinned[])
{
    size_t count = 0;
    for (unsigned i = 0; i < list->pin_count; i++) {
        size_t row = row_of(list, table, &list->pins[i]);
        if (row < list->rows.count)
            pinned[count++] = row;
    }
    return count;
}

static bool is_among(const size_t *numbers, size_t count, size_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

static bool is_kept(const struct ui_list *list, const struct order *order, const struct ui_row *row)
{
    bool muted = ui_row_quiet(order->table, order->cx, row) == UI_QUIET_MUTED;
    if (muted && (list->problems_only || !order->cx->quiet->shows_muted))
        return false;
    if (!list->filter && !list->problems_only)
        return true;
    struct ui_facts facts = {0};
    order->table->facts(row, order->cx, &facts);
    if (list->problems_only && !ui_look_is_problem(facts.look))
        return false;
    return ui_filter_accepts(list->filter, &facts);
}

/* "prod.orders.a", "prod.orders.b": bytes that all have would tell nothing. */
static size_t common_beginning(const struct order *order, size_t count)
{
    struct kt_text first = {NULL, 0};
    size_t common = 0;
    for (size_t i = 0; i < count; i++) {
        struct kt_text words = order->column->words(&order->rows[i], order->cx);
        if (!words.bytes)
            continue;
        if (!first.bytes) {
            first = words;
            common = words.length;
        }
        if (common > words.length)
            common = words.length;
        if (words.bytes != first.bytes && memcmp(words.bytes, first.bytes, common) != 0)
            for (common = 0; words.bytes[common] == first.bytes[common];)
                common++;
        if (common == 0)
            break;
    }
    return common;
}

/* Fills entries with the rows that are shown: pinned ones whatever the filter says. */
static size_t collect(struct ui_list *list, const struct order *order, struct entry *entries)
{
    size_t pinned[UI_LIST_PINS];
    size_t pins = rows_of_pins(list, order->table, pinned);
    size_t count = 0;
    list->pinned_count = 0;
    for (size_t i = 0; i < list->rows.count; i++) {
        const struct ui_row *row = &list->rows.items[i];
        bool is_pinned = pins > 0 && is_among(pinned, pins, i);
        if (!is_pinned && !is_kept(list, order, row))
            continue;
        struct entry *entry = &entries[count++];
        bool known = rank_row(order, row, entry);
        entry->row = (uint32_t)i;
        bool is_muted = ui_row_quiet(order->table, order->cx, row) == UI_QUIET_MUTED;
        entry->class = (uint8_t)((is_pinned ? 0 : is_muted ? 4 : 2) + (known ? 0 : 1));
        list->pinned_count += is_pinned;
    }
    return count;
}

void ui_list_update(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx)
{
    struct order order = {.table = table,
                          .cx = cx,
                          .column = &table->columns[list->sort],
                          .rows = list->rows.items,
                          .ascending = list->ascending};
    if (order.column->words)
        order.common = common_beginning(&order, list->rows.count);
    if (list->shown_room < list->rows.count) {
        list->shown_room = list->rows.count;
        list->shown = kt_resize(list->shown, list->shown_room, sizeof list->shown[0]);
    }
    struct entry *entries = kt_alloc(list->rows.count * 2 + 1, sizeof *entries);
    list->shown_count = collect(list, &order, entries);
    const struct entry *sorted = sort_entries(&order, entries, entries + list->rows.count, list->shown_count);
    for (size_t i = 0; i < list->shown_count; i++)
        list->shown[i] = sorted[i].row;
    free(entries);
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
                                     .pinned = at < list->pinned_count,
                                     .match = list->search};
        ui_columns_draw_row(cv, &layout, table, cx, row, x, y + line, width, &style);
        if (style.selected) {
            cv->cursor_x = x;
            cv->cursor_y = y + line;
        }
    }
}
