/*
 * list_order: which rows of a list are shown, in which order, and what lies open beneath them.
 *
 * A row that is open has its children right behind it, whatever sorts: they are ordered among themselves. Under a
 * filter a parent stays that matches, or one of whose children does. Of a whole tree the first rows are opened, until
 * UI_LIST_BENEATH children are shown. Thread: UI.
 */
#ifndef UI_LIST_ORDER_H
#define UI_LIST_ORDER_H

#include "list.h"

/* Fills `shown` anew. Rows that lay beneath others are made again. */
void ui_list_arrange(struct ui_list *list, const struct ui_table *table, const struct ui_context *cx);

/* The index in rows of an identity, or rows.count. */
size_t ui_list_row_of(const struct ui_list *list, const struct ui_table *table, const struct ui_identity *wanted);

#endif
