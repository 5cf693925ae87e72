/* Rows in the order of numbers, names as numbers: against the plainest way to do it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "list_sort.h"

static uint64_t seed = 20251122;

static uint64_t any(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return seed >> 16 ^ seed << 40;
}

static int compare(const void *a, const void *b)
{
    const struct ui_sort_entry *x = a, *y = b;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    for (int i = 0; i < 2; i++)
        if (x->rank[i] != y->rank[i])
            return x->rank[i] < y->rank[i] ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* A number whose digits differ in some places only. */
static int64_t number(unsigned kind)
{
    uint64_t bits = any();
    int64_t value;
    switch (kind % 5) {
    case 0:
        return 7;
    case 1:
        return (int64_t)(bits % 5000);
    case 2:
        return -(int64_t)(bits % 3);
    case 3:
        return (int64_t)(bits % 9) * (INT64_C(1) << 52) + (int64_t)(bits >> 32 & 0xffff);
    default:
        memcpy(&value, &bits, sizeof value);
        return value;
    }
}

static void check(size_t count, unsigned first, unsigned second, unsigned classes)
{
    struct ui_sort_entry *entries = calloc(count * 2 + 1, sizeof *entries), *wanted = calloc(count + 1, sizeof *wanted);
    for (size_t i = 0; i < count; i++) {
        entries[i].rank[0] = number(first);
        entries[i].rank[1] = number(second);
        entries[i].class = (uint8_t)(any() % classes);
        entries[i].row = (uint32_t)i;
    }
    memcpy(wanted, entries, count * sizeof *wanted);
    qsort(wanted, count, sizeof *wanted, compare);
    const struct ui_sort_entry *sorted = ui_sort_entries(entries, entries + count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(compare(&sorted[i], &wanted[i]), 0);
    free(entries);
    free(wanted);
}

static void order_is_that_of_the_numbers(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 47, 48, 49, 3000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        for (unsigned first = 0; first < 5; first++)
            for (unsigned second = 0; second < 5; second++)
                check(counts[i], first, second, 1 + second);
}

static void extremes_keep_their_order(void **state)
{
    (void)state;
    static const int64_t values[] = {INT64_MAX, 0, INT64_MIN, -1, 1, INT64_MIN + 1};
    static const int64_t wanted[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX};
    enum { TIMES = 20, COUNT = 6 * TIMES };
    struct ui_sort_entry entries[2 * COUNT] = {0};
    for (size_t i = 0; i < COUNT; i++)
        entries[i].rank[0] = values[i % 6];
    const struct ui_sort_entry *sorted = ui_sort_entries(entries, entries + COUNT, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(sorted[i].rank[0] == wanted[i / TIMES]);
}

/* Some names lie several times in memory, some nowhere. */
static void names_have_the_numbers_of_their_order(void **state)
{
    (void)state;
    enum { COUNT = 2000, KEPT = 300 };
    static char kept[KEPT][16];
    struct kt_text names[COUNT];
    uint32_t numbers[COUNT];
    for (size_t i = 0; i < KEPT; i++)
        snprintf(kept[i], sizeof kept[i], i % 7 ? "name-%u" : "%u", (unsigned)(any() % 150));
    for (size_t i = 0; i < COUNT; i++) {
        const char *name = kept[any() % KEPT];
        names[i] = any() % 10 ? kt_text_of(name, strlen(name)) : kt_text_of(NULL, 0);
    }
    names[5] = kt_text_of("", 0);
    ui_sort_number_names(names, COUNT, numbers);
    uint32_t most = 0;
    for (size_t i = 0; i < COUNT; i++) {
        assert_true((numbers[i] == 0) == (names[i].bytes == NULL));
        most = numbers[i] > most ? numbers[i] : most;
        for (size_t k = 0; k < i; k += 1 + any() % 40) {
            if (!names[i].bytes || !names[k].bytes)
                continue;
            int order = kt_text_compare(names[i], names[k]);
            assert_true(order < 0 ? numbers[i] < numbers[k] : order > 0 ? numbers[i] > numbers[k]
                                                                        : numbers[i] == numbers[k]);
        }
    }
    assert_int_equal(numbers[5], 1);
    assert_in_range(most, 100, KEPT + 1); /* one after the other, none left out */
    ui_sort_number_names(names, 0, numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_that_of_the_numbers),
        cmocka_unit_test(extremes_keep_their_order),
        cmocka_unit_test(names_have_the_numbers_of_their_order),
    };
    return cmocka_run_group_tests_name("list_sort", tests, NULL, NULL);
}
