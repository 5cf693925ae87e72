/*
 * list_rows: rows as a panel hands them out, with what they point to of the panel's own.
 *
 * Rows borrow from the snapshot they were made of. Thread: UI.
 */
#ifndef UI_LIST_ROWS_H
#define UI_LIST_ROWS_H

#include <stddef.h>
#include <stdint.h>

struct ui_sum; /* panel_sum.h */

/* One row as a panel hands it out: pointers into the snapshot (or the panel's own scratch), meaning by `kind`. */
struct ui_row {
    const void *item;
    const void *parent;
    int32_t kind;
    int32_t level; /* 1: it lies open beneath another row, and is a row of that one's table `below` */
    const struct ui_sum *sum; /* over the partitions it stands for; NULL: it has none */
};

/* Rows as a panel gives them; behind them those that lie open beneath others. */
struct ui_rows {
    struct ui_row *items;
    size_t count, room;
    void *scratch[4]; /* the panel's own, valid as long as the rows; freed with free() */
};

void ui_rows_add(struct ui_rows *rows, const void *item, const void *parent, int32_t kind);
/* A row that stands for some partitions; the cells of panel_sum.h show their sum. */
void ui_rows_add_sum(struct ui_rows *rows, const void *item, const void *parent, const struct ui_sum *sum);
/* Zeroed memory that lives as long as these rows; `which` 0 to 3. */
void *ui_rows_scratch(struct ui_rows *rows, unsigned which, size_t count, size_t size);
void ui_rows_clear(struct ui_rows *rows);
void ui_rows_release(struct ui_rows *rows);

#endif
