#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fake_heap.h"
#include "window.h"
#include "wrap.h"

static struct kt_commit commit_of(int64_t order, int64_t at_ms)
{
    return (struct kt_commit){.offset = order % 1000 * 10,
                              .order = order,
                              .at_ms = at_ms,
                              .observed_ms = at_ms / 2,
                              .lag = 7,
                              .lag_known = true};
}

static enum kt_push push(struct kt_window *window, int64_t order, int64_t at_ms, int64_t min_distance_ms)
{
    struct kt_commit commit = commit_of(order, at_ms);
    return kt_window_push(window, &commit, min_distance_ms);
}

static void assert_orders(const struct kt_window *window, size_t count, const int64_t *orders)
{
    assert_int_equal(window->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(kt_window_at(window, i).order, orders[i]);
    }
    assert_int_equal(kt_window_at(window, count).order, 0);
    assert_false(kt_window_at(window, count).lag_known);
}

#define ORDERS(window, ...)                                                                                  \
    assert_orders((window), sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

/* A window of orders 10, 20, ... with a commit each 10 s. */
static void fill(struct kt_window *window, unsigned capacity, int64_t count)
{
    kt_window_init(window, capacity);
    for (int64_t i = 1; i <= count; i++) {
        assert_int_equal(push(window, i * 10, i * 10000, 0), KT_PUSH_APPENDED);
    }
}

static void an_empty_window_holds_nothing(void **state)
{
    (void)state;
    struct kt_window window;
    kt_window_init(&window, 3);
    assert_int_equal(window.count, 0);
    assert_int_equal(kt_window_newest(&window).order, 0);
    assert_int_equal(kt_window_at(&window, 0).order, 0);
    assert_false(kt_window_knows_lag(&window, 0));
    assert_null(window.ring);
    kt_window_release(&window);
}

static void capacity_is_kept_within_bounds(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 0, 2);
    ORDERS(&window, 20);
    kt_window_release(&window);
    kt_window_init(&window, 1000000);
    assert_int_equal(window.capacity, UINT16_MAX);
    kt_window_release(&window);
}

static void greater_orders_append_and_the_oldest_falls_out(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 2);
    ORDERS(&window, 10, 20);
    assert_int_equal(push(&window, 30, 30000, 0), KT_PUSH_APPENDED);
    assert_int_equal(push(&window, 40, 40000, 0), KT_PUSH_APPENDED);
    ORDERS(&window, 20, 30, 40);
    assert_int_equal(kt_window_newest(&window).order, 40);
    assert_true(kt_window_newest(&window).lag_known);
    kt_window_set_lag(&window, 2, UINT64_MAX, true);
    assert_true(kt_window_newest(&window).lag == UINT64_MAX && kt_window_newest(&window).lag_estimated);
    assert_true(kt_window_knows_lag(&window, 2));
    kt_window_release(&window);
}

static void a_known_order_is_dropped(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 3);
    for (int64_t order = 10; order <= 30; order += 10) {
        assert_int_equal(push(&window, order, 99000, 1000000), KT_PUSH_DROPPED);
    }
    assert_int_equal(kt_window_newest(&window).at_ms, 30000);
    ORDERS(&window, 10, 20, 30);
    kt_window_release(&window);
}

static void a_lower_order_is_inserted_without_its_lag(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 5, 2);
    assert_int_equal(push(&window, 15, 15000, 0), KT_PUSH_INSERTED);
    assert_int_equal(push(&window, 5, 1000, 0), KT_PUSH_INSERTED);
    ORDERS(&window, 5, 10, 15, 20);
    assert_false(kt_window_at(&window, 0).lag_known);
    assert_true(kt_window_at(&window, 1).lag_known);
    assert_false(kt_window_at(&window, 2).lag_known);
    assert_int_equal(kt_window_at(&window, 2).lag, 0);
    assert_int_equal(kt_window_newest(&window).order, 20);
    kt_window_release(&window);
}

static void a_full_window_drops_what_is_older_than_its_oldest(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 5);
    assert_int_equal(push(&window, 25, 25000, 0), KT_PUSH_DROPPED);
    ORDERS(&window, 30, 40, 50);
    kt_window_release(&window);
}

static void insertion_into_a_full_window_pushes_the_oldest_out(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 4, 6);
    ORDERS(&window, 30, 40, 50, 60);
    assert_int_equal(push(&window, 55, 55000, 0), KT_PUSH_INSERTED);
    ORDERS(&window, 40, 50, 55, 60);
    assert_int_equal(push(&window, 45, 45000, 0), KT_PUSH_INSERTED);
    ORDERS(&window, 45, 50, 55, 60);
    kt_window_release(&window);
}

static void just_above_the_oldest_of_a_full_window_nothing_is_merged(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 3);
    assert_int_equal(push(&window, 15, 10001, 5000), KT_PUSH_INSERTED);
    ORDERS(&window, 15, 20, 30);
    assert_int_equal(kt_window_at(&window, 0).at_ms, 10001);
    kt_window_release(&window);

    /* Where there is room, the same commit is merged. */
    fill(&window, 4, 3);
    assert_int_equal(push(&window, 15, 10001, 5000), KT_PUSH_MERGED);
    ORDERS(&window, 15, 20, 30);
    assert_int_equal(kt_window_at(&window, 0).at_ms, 10000);
    kt_window_release(&window);
}

static void a_near_commit_overwrites_its_predecessor_but_its_time(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 1);
    struct kt_commit next = {
        .offset = 77, .order = 11, .at_ms = 10999, .observed_ms = 5, .lag = 3, .lag_known = true};
    assert_int_equal(kt_window_push(&window, &next, 1000), KT_PUSH_MERGED);
    const struct kt_commit newest = kt_window_newest(&window);
    assert_int_equal(newest.at_ms, 10000);
    assert_int_equal(newest.offset, 77);
    assert_int_equal(newest.order, 11);
    assert_int_equal(newest.observed_ms, 5);
    assert_int_equal(newest.lag, 3);
    /* The distance counts from the first of the burst, and the distance itself is far enough. */
    assert_int_equal(push(&window, 12, 11000, 1000), KT_PUSH_APPENDED);
    ORDERS(&window, 11, 12);
    kt_window_release(&window);
}

static void a_later_commit_with_an_earlier_time_is_merged_without_min_distance(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 1);
    assert_int_equal(push(&window, 11, 10000, 0), KT_PUSH_APPENDED);
    assert_int_equal(push(&window, 12, 9999, 0), KT_PUSH_MERGED);
    ORDERS(&window, 10, 12);
    assert_int_equal(kt_window_newest(&window).at_ms, 10000);
    kt_window_release(&window);
}

static void a_merged_insertion_loses_the_lag_and_uses_no_slot(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 3);
    assert_int_equal(push(&window, 25, 20500, 1000), KT_PUSH_MERGED);
    ORDERS(&window, 10, 25, 30);
    assert_int_equal(kt_window_at(&window, 1).at_ms, 20000);
    assert_false(kt_window_at(&window, 1).lag_known);
    assert_true(kt_window_newest(&window).lag_known);
    kt_window_release(&window);
}

static void insertion_at_the_front_is_never_merged(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 1);
    assert_int_equal(push(&window, 5, 10000, 60000), KT_PUSH_INSERTED);
    ORDERS(&window, 5, 10);
    kt_window_release(&window);
}

static void a_window_of_one_replaces_or_merges(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 1, 1);
    assert_int_equal(push(&window, 5, 5000, 0), KT_PUSH_DROPPED);
    assert_int_equal(push(&window, 11, 10500, 1000), KT_PUSH_MERGED);
    assert_int_equal(kt_window_newest(&window).at_ms, 10000);
    assert_int_equal(push(&window, 12, 12000, 1000), KT_PUSH_APPENDED);
    ORDERS(&window, 12);
    kt_window_release(&window);
}

static void extreme_times_wrap_around(void **state)
{
    (void)state;
    struct kt_window window;
    kt_window_init(&window, 4);
    assert_int_equal(push(&window, INT64_MIN, INT64_MIN, 0), KT_PUSH_APPENDED);
    /* INT64_MAX - INT64_MIN is -1 where sums wrap: nearer than 0. */
    assert_int_equal(push(&window, 0, INT64_MAX, 0), KT_PUSH_MERGED);
    assert_int_equal(push(&window, INT64_MAX, INT64_MIN, 0), KT_PUSH_APPENDED);
    assert_int_equal(push(&window, 1, INT64_MAX, INT64_MIN), KT_PUSH_INSERTED);
    ORDERS(&window, 0, 1, INT64_MAX);
    kt_window_release(&window);
}

static void a_cleared_window_can_be_used_again(void **state)
{
    (void)state;
    struct kt_window window;
    fill(&window, 3, 7);
    kt_window_clear(&window);
    assert_int_equal(window.count, 0);
    assert_int_equal(push(&window, 1, 1000, 0), KT_PUSH_APPENDED);
    ORDERS(&window, 1);
    kt_window_release(&window);
}

/* --- against the same rules on a plain list --------------------------------------------------------------
 */

enum { LIST_ROOM = 40 };

struct list {
    struct kt_commit at[LIST_ROOM];
    size_t count, capacity;
};

static void list_remove_first(struct list *list)
{
    list->count--;
    memmove(list->at, list->at + 1, list->count * sizeof list->at[0]);
}

static void list_put(struct list *list, size_t place, const struct kt_commit *commit)
{
    memmove(list->at + place + 1, list->at + place, (list->count - place) * sizeof list->at[0]);
    list->at[place] = *commit;
    list->count++;
}

static enum kt_push list_push(struct list *list, struct kt_commit commit, int64_t min_distance_ms)
{
    size_t place = 0;
    while (place < list->count && list->at[place].order < commit.order) {
        place++;
    }
    bool append = place == list->count, full = list->count == list->capacity;
    if ((!append && list->at[place].order == commit.order) || (!append && full && place == 0)) {
        return KT_PUSH_DROPPED;
    }
    if (!append) {
        commit.lag_known = commit.lag_estimated = false;
    }
    if (!commit.lag_known) {
        commit.lag = 0;
        commit.lag_estimated = false;
    }
    bool special = !append && full && place == 1;
    if (place > 0 && !special && kt_wrap_sub(commit.at_ms, list->at[place - 1].at_ms) < min_distance_ms) {
        commit.at_ms = list->at[place - 1].at_ms;
        list->at[place - 1] = commit;
        return KT_PUSH_MERGED;
    }
    list_put(list, place, &commit);
    if (full) {
        list_remove_first(list);
    }
    return append ? KT_PUSH_APPENDED : KT_PUSH_INSERTED;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void assert_same(const struct kt_window *window, const struct list *list)
{
    assert_int_equal(window->count, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct kt_commit held = kt_window_at(window, i), *a = &held, *b = &list->at[i];
        assert_true(a->order == b->order && a->offset == b->offset && a->at_ms == b->at_ms);
        assert_true(a->lag_known == b->lag_known && a->lag == b->lag && a->observed_ms == b->observed_ms);
        assert_true(a->lag_estimated == b->lag_estimated);
        assert_true(kt_window_time(window, i) == b->at_ms);
        assert_true(kt_window_offset(window, i) == b->offset && kt_window_knows_lag(window, i) == b->lag_known);
    }
}

static void agrees_with_a_plain_list(void **state)
{
    (void)state;
    uint32_t seed = 20;
    for (size_t capacity = 1; capacity <= 20; capacity++) {
        for (int round = 0; round < 30; round++) {
            struct list list = {.capacity = capacity};
            struct kt_window window;
            int64_t min_distance_ms = (int64_t)(next_random(&seed) % 4) * 500;
            int64_t spread = 1 + (int64_t)(next_random(&seed) % 60);
            kt_window_init(&window, (unsigned)capacity);
            for (int64_t i = 0; i < 120; i++) {
                struct kt_commit commit = commit_of(i + (int64_t)next_random(&seed) % spread,
                                                    i * 700 + (int64_t)next_random(&seed) % 2000);
                assert_int_equal(kt_window_push(&window, &commit, min_distance_ms),
                                 list_push(&list, commit, min_distance_ms));
                assert_same(&window, &list);
            }
            kt_window_release(&window);
        }
    }
}

static uint64_t random_bits(uint32_t *seed)
{
    uint64_t bits = next_random(seed);
    bits = bits << 24 | next_random(seed);
    return bits << 24 | next_random(seed);
}

/* Of any size, mostly a small one: near its neighbours, or as far from them as numbers go. */
static int64_t wild(uint32_t *seed)
{
    static const int64_t far[] = {0, -1, INT64_MAX, INT64_MIN, INT64_MAX - 300, INT64_MIN + 300, INT64_C(1) << 62};
    if (next_random(seed) % 40 == 0) {
        return far[next_random(seed) % (sizeof far / sizeof far[0])];
    }
    bool near = next_random(seed) % 4 > 0;
    return (int64_t)(random_bits(seed) >> (near ? 50 + next_random(seed) % 14 : next_random(seed) % 64));
}

static struct kt_commit wild_commit(uint32_t *seed)
{
    return (struct kt_commit){.offset = wild(seed),
                              .order = wild(seed),
                              .at_ms = wild(seed),
                              .observed_ms = next_random(seed) % 4 == 0 ? wild(seed) : 0,
                              .lag = (uint64_t)wild(seed),
                              .lag_known = next_random(seed) % 3 > 0,
                              .lag_estimated = next_random(seed) % 3 == 0};
}

static void nothing_is_lost_of_any_number(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 600; round++) {
        size_t capacity = 1 + next_random(&seed) % 24;
        struct list list = {.capacity = capacity};
        struct kt_window window;
        kt_window_init(&window, (unsigned)capacity);
        int64_t min_distance_ms = next_random(&seed) % 2 == 0 ? INT64_MIN : 100;
        for (int i = 0; i < 100; i++) {
            struct kt_commit commit = wild_commit(&seed);
            bool next = next_random(&seed) % 2 == 0 && list.count > 0 && list.at[list.count - 1].order < INT64_MAX;
            commit.order = next ? list.at[list.count - 1].order + 1 : commit.order;
            assert_int_equal(kt_window_push(&window, &commit, min_distance_ms),
                             list_push(&list, commit, min_distance_ms));
            size_t k = next_random(&seed) % list.count;
            if (next_random(&seed) % 3 == 0) {
                list.at[k].lag = (uint64_t)wild(&seed);
                list.at[k].lag_known = true;
                list.at[k].lag_estimated = next_random(&seed) % 2 == 0;
                kt_window_set_lag(&window, k, list.at[k].lag, list.at[k].lag_estimated);
            }
            assert_same(&window, &list);
        }
        kt_window_release(&window);
    }
}

/* Ten commits of a group that keeps up, one in two seconds: what the budget of a row rests on. */
static void a_usual_window_is_small(void **state)
{
    (void)state;
    struct kt_window window;
    size_t before = fake_heap_live();
    if (before == 0) {
        skip(); /* nobody here knows what is allocated */
    }
    kt_window_init(&window, 10);
    for (int64_t i = 0; i < 1000; i++) {
        struct kt_commit commit = {.offset = INT64_C(5000000000) + i * 2000,
                                   .order = INT64_C(70000000000) + i * 4000,
                                   .at_ms = INT64_C(1700000000000) + i * 2000,
                                   .lag = 4000,
                                   .lag_known = i % 2 == 0};
        kt_window_push(&window, &commit, 0);
        kt_window_set_lag(&window, window.count - 1u, 3000, false);
        assert_true(fake_heap_live() - before <= 160);
    }
    kt_window_release(&window);
    assert_int_equal(fake_heap_live(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_window_holds_nothing),
        cmocka_unit_test(capacity_is_kept_within_bounds),
        cmocka_unit_test(greater_orders_append_and_the_oldest_falls_out),
        cmocka_unit_test(a_known_order_is_dropped),
        cmocka_unit_test(a_lower_order_is_inserted_without_its_lag),
        cmocka_unit_test(a_full_window_drops_what_is_older_than_its_oldest),
        cmocka_unit_test(insertion_into_a_full_window_pushes_the_oldest_out),
        cmocka_unit_test(just_above_the_oldest_of_a_full_window_nothing_is_merged),
        cmocka_unit_test(a_near_commit_overwrites_its_predecessor_but_its_time),
        cmocka_unit_test(a_later_commit_with_an_earlier_time_is_merged_without_min_distance),
        cmocka_unit_test(a_merged_insertion_loses_the_lag_and_uses_no_slot),
        cmocka_unit_test(insertion_at_the_front_is_never_merged),
        cmocka_unit_test(a_window_of_one_replaces_or_merges),
        cmocka_unit_test(extreme_times_wrap_around),
        cmocka_unit_test(a_cleared_window_can_be_used_again),
        cmocka_unit_test(agrees_with_a_plain_list),
        cmocka_unit_test(nothing_is_lost_of_any_number),
        cmocka_unit_test(a_usual_window_is_small),
    };
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
