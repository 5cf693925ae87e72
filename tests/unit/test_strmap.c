#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strmap.h"

#define NAMES 300

/* The same numbers on every machine and in every run. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Names of all lengths from 0 on, some with NUL and with bytes that are no UTF-8, some a prefix of others. */
static size_t make_name(unsigned number, char name[NAMES + 8])
{
    int length = snprintf(name, 8, "%u", number / 3);

    if (number % 3 == 0)
        return (size_t)length * (number != 0);
    name[length] = number % 3 == 1 ? '\0' : '\xff';
    memset(name + length + 1, 'x', number);
    return (size_t)length + 1 + number % 17;
}

struct model {
    bool present[NAMES];
    void *values[NAMES];
    const char *kept[NAMES];
    size_t count;
};

static void check_all(const struct kt_strmap *map, const struct model *model)
{
    bool seen[NAMES] = {false};
    const char *name;
    size_t cursor = 0, length, walked = 0;
    void *value;

    assert_int_equal(map->count, model->count);
    for (unsigned i = 0; i < NAMES; i++) {
        char wanted[NAMES + 8];

        length = make_name(i, wanted);
        assert_ptr_equal(kt_strmap_get(map, wanted, length), model->present[i] ? model->values[i] : NULL);
    }
    while (kt_strmap_next(map, &cursor, &name, &length, &value)) {
        unsigned i = (unsigned)((uintptr_t)value % 1000);
        char wanted[NAMES + 8];

        assert_true(i < NAMES && model->present[i] && !seen[i]);
        seen[i] = true;
        assert_ptr_equal(value, model->values[i]);
        assert_ptr_equal(name, model->kept[i]);
        assert_int_equal(length, make_name(i, wanted));
        assert_memory_equal(name, wanted, length);
        assert_int_equal(name[length], 0);
        walked++;
    }
    assert_int_equal(walked, model->count);
    assert_true(map->count + map->removed <= map->capacity / 4 * 3);
}

static void add(struct kt_strmap *map, struct model *model, unsigned i, uintptr_t round)
{
    char name[NAMES + 8];
    size_t length = make_name(i, name);
    const char *kept;
    void **place = kt_strmap_at(map, name, length, &kept);

    assert_ptr_equal(*place, model->present[i] ? model->values[i] : NULL);
    if (model->present[i])
        assert_ptr_equal(kept, model->kept[i]);
    *place = (void *)(round * 1000 + 1000 + i);
    model->count += !model->present[i];
    model->present[i] = true;
    model->values[i] = *place;
    model->kept[i] = kept;
}

static void take_out(struct kt_strmap *map, struct model *model, unsigned i)
{
    char name[NAMES + 8];
    size_t length = make_name(i, name);

    assert_ptr_equal(kt_strmap_remove(map, name, length), model->present[i] ? model->values[i] : NULL);
    model->count -= model->present[i];
    model->present[i] = false;
}

/* Random adds and removes against plain arrays; the share of removes swings so that the map grows and
 * empties. */
static void behaves_like_a_plain_list(void **state)
{
    struct model *model = calloc(1, sizeof *model);
    struct kt_strmap map;
    uint64_t seed = 7;

    (void)state;
    kt_strmap_init(&map);
    check_all(&map, model);
    for (unsigned round = 0; round < 20000; round++) {
        unsigned i = next_random(&seed) % NAMES;

        if (next_random(&seed) % 100 < (round / 2000 % 2 ? 80u : 20u))
            take_out(&map, model, i);
        else
            add(&map, model, i, round);
        if (round % 97 == 0)
            check_all(&map, model);
    }
    check_all(&map, model);
    kt_strmap_release(&map, NULL);
    assert_int_equal(map.count, 0);
    free(model);
}

static unsigned released;

static void count_release(void *value)
{
    released += *(unsigned *)value;
}

static void release_hands_out_each_value_once(void **state)
{
    static unsigned values[] = {1, 10, 100};
    struct kt_strmap map;

    (void)state;
    released = 0;
    kt_strmap_init(&map);
    *kt_strmap_at(&map, "a", 1, NULL) = &values[0];
    *kt_strmap_at(&map, "b", 1, NULL) = &values[1];
    *kt_strmap_at(&map, "c", 1, NULL) = &values[2];
    assert_ptr_equal(kt_strmap_remove(&map, "b", 1), &values[1]);
    kt_strmap_release(&map, count_release);
    assert_int_equal(released, 101);
    /* It may be used again. */
    *kt_strmap_at(&map, "a", 1, NULL) = &values[2];
    assert_ptr_equal(kt_strmap_get(&map, "a", 1), &values[2]);
    kt_strmap_release(&map, NULL);
}

static void names_may_be_removed_while_walking(void **state)
{
    struct kt_strmap map;
    const char *name;
    size_t cursor = 0, length, walked = 0;
    void *value;

    (void)state;
    kt_strmap_init(&map);
    for (unsigned i = 0; i < 1000; i++) {
        char text[8];

        *kt_strmap_at(&map, text, (size_t)snprintf(text, sizeof text, "%u", i), NULL) =
            (void *)(uintptr_t)(i + 1);
    }
    while (kt_strmap_next(&map, &cursor, &name, &length, &value)) {
        walked++;
        if ((uintptr_t)value % 2 == 0)
            assert_ptr_equal(kt_strmap_remove(&map, name, length), value);
    }
    assert_int_equal(walked, 1000);
    assert_int_equal(map.count, 500);
    cursor = 0;
    while (kt_strmap_next(&map, &cursor, &name, &length, NULL))
        assert_int_equal((name[length - 1] - '0') % 2, 0);
    kt_strmap_release(&map, NULL);
}

/* Adding and removing for ever must neither grow the map nor fill it with tombstones. */
static void churn_does_not_grow_it(void **state)
{
    struct kt_strmap map;
    unsigned rebuilt = 0;

    (void)state;
    kt_strmap_init(&map);
    *kt_strmap_at(&map, "0", 1, NULL) = &map;
    kt_strmap_remove(&map, "0", 1);
    assert_int_equal(map.removed, 1);
    kt_strmap_at(&map, "0", 1, NULL);
    assert_int_equal(map.removed, 0);
    for (unsigned i = 0; i < 100000; i++) {
        size_t removed = map.removed;
        char text[16];
        size_t length = (size_t)snprintf(text, sizeof text, "%u", i);

        *kt_strmap_at(&map, text, length, NULL) = &map;
        rebuilt += map.removed == 0 && removed > 1;
        assert_ptr_equal(kt_strmap_remove(&map, text, length), &map);
    }
    /* Now and then, when tombstones have filled it: not at each call. */
    assert_in_range(rebuilt, 1000, 20000);
    assert_int_equal(map.count, 0);
    assert_true(map.capacity <= 16);
    kt_strmap_release(&map, NULL);
}

static void an_empty_name_is_a_name(void **state)
{
    struct kt_strmap map;

    (void)state;
    kt_strmap_init(&map);
    assert_null(kt_strmap_get(&map, NULL, 0));
    *kt_strmap_at(&map, NULL, 0, NULL) = &map;
    assert_ptr_equal(kt_strmap_get(&map, "", 0), &map);
    assert_null(kt_strmap_get(&map, "\0", 1));
    assert_ptr_equal(kt_strmap_remove(&map, "", 0), &map);
    kt_strmap_release(&map, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behaves_like_a_plain_list),
        cmocka_unit_test(release_hands_out_each_value_once),
        cmocka_unit_test(names_may_be_removed_while_walking),
        cmocka_unit_test(churn_does_not_grow_it),
        cmocka_unit_test(an_empty_name_is_a_name),
    };

    return cmocka_run_group_tests_name("strmap", tests, NULL, NULL);
}
