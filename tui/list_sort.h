/*
 * list_sort: puts rows in the order of numbers, and gives names such numbers.
 *
 * Sorting looks at the digits of the numbers that differ, one after the other, instead of comparing rows: 200,000 of
 * them cost some milliseconds, in whatever order they came. Names that a column hands out are few where rows are many:
 * they are compared once each, then rows by their numbers. Thread: UI.
 */
#ifndef UI_LIST_SORT_H
#define UI_LIST_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

/* What a row sorts by: class, then rank[0], then rank[1], the smallest first. */
struct ui_sort_entry {
    int64_t rank[2];
    uint32_t row;
    uint8_t class;
};

/* Sorts; what is equal stays in the order it came. `spare` has room for as many. Returns where the result is: in one
 * of the two. */
struct ui_sort_entry *ui_sort_entries(struct ui_sort_entry *entries, struct ui_sort_entry *spare, size_t count);

/*
 * In numbers[i] the place of names[i] among the different ones, from 1 on, bytewise; 0 where its bytes are NULL. Quick
 * where names that are equal are the same bytes in memory.
 */
void ui_sort_number_names(const struct kt_text *names, size_t count, uint32_t *numbers);

#endif
