#include "list_rows.h"

#include <stdlib.h>

#include "error.h"

void ui_rows_add(struct ui_rows *rows, const void *item, const void *parent, int32_t kind)
{
    if (rows->count == rows->room) {
        rows->room = rows->room ? rows->room * 2 : 64;
        rows->items = kt_resize(rows->items, rows->room, sizeof rows->items[0]);
    }
    rows->items[rows->count++] = (struct ui_row){.item = item, .parent = parent, .kind = kind};
}

void ui_rows_add_sum(struct ui_rows *rows, const void *item, const void *parent, const struct ui_sum *sum)
{
    ui_rows_add(rows, item, parent, 0);
    rows->items[rows->count - 1].sum = sum;
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
