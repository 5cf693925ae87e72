/*
 * list: the one list: rows in an order, a selection that stays on its row, filter, search, pins.
 *
 * A panel fills the rows (in the order of their identity, unless its table says otherwise); the list makes the
 * order in which they are shown: pinned ones first, then by the sort column, unknown values last in either
 * direction, ties in the order of identity, so that the order is total. The selection is kept as an identity: it
 * stays on its row while rows move under it, and where the row is gone the cursor stays at its height. As long as
 * nobody moved the cursor it rests on the first row, the worst one. With `follow` it waits for a row that is gone, and
 * so it does in the past, where it stays on the row that was selected when one left the present.
 *
 * Work on all rows (filter, sort) is done by ui_list_update alone; moving and drawing cost what is visible.
 * Rows borrow from the snapshot they were made of: after a new one came, ui_list_forget_rows or an update must
 * come first. Thread: UI.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canvas.h"
#include "column.h"
#include "filter_expression.h"

#define UI_LIST_PINS 32
#define UI_LIST_TURNED 64
#define UI_LIST_BENEATH 5000 /* rows beneath others, of which no more are made */

struct ui_list {
    struct ui_rows rows;
    size_t root_count; /* rows that the panel gave; more than there are: all */
    uint32_t *shown; /* indices of rows, in the order shown */
    size_t shown_count, shown_room;
    size_t pinned_count; /* how many of the first ones are pinned */

    unsigned sort; /* column */
    bool ascending;
    struct ui_filter *filter;
    char *filter_text; /* as typed, or NULL */
    bool problems_only;
    char *search; /* what / looked for, or NULL */

    struct ui_identity selected; /* owned */
    bool anchored;  /* somebody chose the row: stay on it */
    bool follow;
    bool gone;      /* the row that is waited for is not shown */
    bool chosen;    /* `selected` is a row that was once there */
    size_t cursor;  /* index in shown */
    size_t top;     /* first visible one */
    unsigned skip;  /* columns scrolled away */
    struct ui_identity pins[UI_LIST_PINS]; /* owned */
    unsigned pin_count;
    bool tree; /* all rows are open, but for those that were turned; else only these */
    struct ui_identity turned[UI_LIST_TURNED]; /* owned */
    unsigned turned_count;
    bool cut; /* not all that is open is shown */
};

void ui_list_init(struct ui_list *list, const struct ui_table *table);
void ui_list_release(struct ui_list *list);

/* The rows became invalid: forget them, keep the selection and all settings. */
void ui_list_forget_rows(struct ui_list *list);

/* Filters and sorts the rows anew and finds the selection again. */
void ui_list_update(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx);

/* The row under the cursor, or the n-th shown one; NULL when there is none. */
const struct ui_row *ui_list_current(const struct ui_list *list);
const struct ui_row *ui_list_at(const struct ui_list *list, size_t n);

/* Moves the cursor (clipped) and anchors it there; to the first row: lets go of the anchor. */
void ui_list_move(struct ui_list *list, const struct ui_table *table, int64_t by);
void ui_list_move_to(struct ui_list *list, const struct ui_table *table, size_t position);
/* Puts the cursor on the row with this identity; false when it is not shown. */
bool ui_list_select(struct ui_list *list, const struct ui_table *table, const struct ui_identity *identity);

/* Sorts by a column in its natural direction, or, when it sorts already, the other way. Needs an update. */
void ui_list_sort(struct ui_list *list, const struct ui_table *table, unsigned column);

/* Takes over a filter (needs an update); or says what is wrong with it and keeps the old one. */
KT_MUST_CHECK enum kt_code ui_list_set_filter(struct ui_list *list, const char *text, struct kt_err *err);

/* The next (or previous) row that contains the search text, round the end; false: none. */
bool ui_list_find(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx, bool forward,
                  bool here_too);
void ui_list_set_search(struct ui_list *list, const char *text); /* NULL or "": none */

/* Pins or unpins the row under the cursor, or the one it lies beneath (needs an update); false: no more room. */
bool ui_list_pin(struct ui_list *list, const struct ui_table *table);
void ui_list_unpin_all(struct ui_list *list);

/* Opens or folds the row under the cursor, or folds the one it lies beneath (needs an update); false: too many. */
bool ui_list_turn(struct ui_list *list, const struct ui_table *table);
/* Folds all rows, or opens all where none is open. Needs an update. */
void ui_list_turn_all(struct ui_list *list, const struct ui_table *table);

/* Opens in `list`, which has none open, the rows that are open in `from`, and pins those that are pinned there. */
void ui_list_copy_marks(struct ui_list *list, const struct ui_list *from);

/* Draws titles (when `titles`) and rows into the rectangle; keeps the cursor in sight. */
void ui_list_draw(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx,
                  struct ui_canvas *cv, int x, int y, int width, int height, bool titles, bool with_cursor);

/* The text of the sort: "LAGv". */
void ui_list_sort_text(const struct ui_list *list, const struct ui_table *table, char *out, size_t room);

#endif
