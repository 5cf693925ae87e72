/* shelf: what is kept of hours and days, what goes first, what it weighs, and that nothing is held for ever. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "arena.h"
#include "fake_snapshot.h"
#include "shelf.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static struct kt_snapshot *taken(int64_t at)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->taken_mono = at;
    snap->taken_ms = at < INT64_MAX - FAKE_NOW_MS ? FAKE_NOW_MS + at : INT64_MAX;
    return snap;
}

static struct kt_snapshot *with_group(int64_t at, enum kt_status worst)
{
    struct kt_snapshot *snap = taken(at);
    fake_snapshot_group(snap, &(struct fake_group){.name = "payments", .worst = worst, .partitions = 1});
    return snap;
}

static void put(struct ui_shelf *shelf, struct kt_snapshot *snap)
{
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    ui_shelf_add(shelf, sealed);
    kt_snapshot_unref(sealed);
}

static void put_ordinary(struct ui_shelf *shelf, int64_t from, int64_t until, int64_t step)
{
    for (int64_t at = from; at < until; at += step)
        put(shelf, with_group(at, KT_STATUS_OK));
}

static int64_t time_of(const struct ui_shelf *shelf, size_t at)
{
    return shelf->items[at].snap->taken_mono;
}

static bool has(const struct ui_shelf *shelf, int64_t at)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (time_of(shelf, i) == at)
            return true;
    return false;
}

static size_t sum(const struct ui_shelf *shelf)
{
    size_t bytes = 0;
    for (size_t i = 0; i < shelf->count; i++)
        bytes += kt_snapshot_bytes(shelf->items[i].snap, i > 0 ? shelf->items[i - 1].snap : NULL);
    return bytes;
}

static void all_is_kept_while_there_is_room(void **state)
{
    (void)state;
    struct ui_shelf shelf = {0};
    put_ordinary(&shelf, 0, UI_SHELF_MOST * 2 * SECOND, 2 * SECOND);
    assert_int_equal(shelf.count, UI_SHELF_MOST);
    assert_int_equal(time_of(&shelf, 0), 0);
    ui_shelf_release(&shelf);
    assert_int_equal(shelf.count, 0);
}

/* What one may want to see again after a day: the last minutes look by look, the last hours in minutes. */
static void holes_grow_with_age_and_a_day_fits_in(void **state)
{
    (void)state;
    static const struct {
        int64_t age, hole;
    } most[] = {{2 * MINUTE, 12 * SECOND}, {12 * MINUTE, 40 * SECOND}, {2 * HOUR, 6 * MINUTE}, {24 * HOUR, HOUR}};
    struct ui_shelf shelf = {0};
    put_ordinary(&shelf, 0, 24 * HOUR, 2 * SECOND);
    assert_int_equal(shelf.count, UI_SHELF_MOST);
    assert_int_equal(time_of(&shelf, 0), 0);
    int64_t now = time_of(&shelf, shelf.count - 1);
    for (size_t i = 1; i < shelf.count; i++) {
        int64_t age = now - time_of(&shelf, i), hole = time_of(&shelf, i) - time_of(&shelf, i - 1);
        unsigned row = 0;
        assert_true(hole > 0);
        while (age > most[row].age)
            row++;
        assert_true(hole <= most[row].hole);
    }
    assert_int_equal(shelf.bytes, sum(&shelf));
    ui_shelf_release(&shelf);
}

static void the_moments_around_an_incident_stay(void **state)
{
    (void)state;
    struct ui_shelf shelf = {0};
    put_ordinary(&shelf, 0, HOUR, 2 * SECOND);
    for (int64_t at = HOUR; at < HOUR + 5 * MINUTE; at += 2 * SECOND)
        put(&shelf, with_group(at, KT_STATUS_STOP));
    put_ordinary(&shelf, HOUR + 5 * MINUTE, 4 * HOUR, 2 * SECOND);
    assert_true(has(&shelf, HOUR - 2 * SECOND)); /* before it stopped ... */
    assert_true(has(&shelf, HOUR));              /* ... and after */
    assert_true(has(&shelf, HOUR + 5 * MINUTE - 2 * SECOND));
    assert_true(has(&shelf, HOUR + 5 * MINUTE));
    assert_false(has(&shelf, HOUR + 2 * MINUTE - 2 * SECOND) && has(&shelf, HOUR + 2 * MINUTE));
    ui_shelf_release(&shelf);
}

static void an_event_is_worth_more_than_none_and_less_than_a_verdict(void **state)
{
    (void)state;
    struct ui_shelf shelf = {0};
    put(&shelf, with_group(0, KT_STATUS_OK));
    assert_int_equal(shelf.items[0].worth, 1);
    struct kt_snapshot *moved = with_group(SECOND, KT_STATUS_OK);
    fake_snapshot_event(moved, &(struct kt_event){.at_ms = FAKE_NOW_MS, .kind = KT_EVENT_LEADER});
    put(&shelf, moved);
    unsigned event = shelf.items[1].worth;
    assert_true(event > 1);
    assert_int_equal(shelf.items[0].worth, event);
    put(&shelf, with_group(2 * SECOND, KT_STATUS_WARN)); /* no verdict that calls anybody */
    assert_int_equal(shelf.items[2].worth, event);
    put(&shelf, with_group(3 * SECOND, KT_STATUS_STOP));
    assert_true(shelf.items[3].worth > event);
    assert_int_equal(shelf.items[2].worth, shelf.items[3].worth);
    put(&shelf, taken(4 * SECOND)); /* the group went with its error */
    assert_int_equal(shelf.items[4].worth, shelf.items[3].worth);
    put(&shelf, taken(5 * SECOND));
    assert_int_equal(shelf.items[5].worth, 1);
    ui_shelf_release(&shelf);
}

static void a_budget_is_kept_and_a_few_stay(void **state)
{
    (void)state;
    struct ui_shelf heavy = {0}, light = {0};
    struct ui_shelf *both[] = {&light, &heavy};
    for (int64_t at = 0; at < 40 * SECOND; at += 2 * SECOND) {
        struct kt_snapshot *snap = taken(at);
        kt_arena_take(snap->arena, 1, 100000);
        put(&heavy, snap);
        put(&light, taken(at));
    }
    size_t light_bytes = light.bytes;
    ui_shelf_fit(both, 2, 1 << 30);
    assert_int_equal(heavy.count, 20);
    ui_shelf_fit(both, 2, 1000000);
    assert_true(heavy.bytes + light.bytes <= 1000000);
    assert_true(heavy.count >= 8);
    assert_int_equal(heavy.bytes, sum(&heavy));
    assert_int_equal(light.bytes, light_bytes); /* the heaviest goes first */
    assert_int_equal(time_of(&heavy, heavy.count - 1), 38 * SECOND);
    ui_shelf_fit(both, 2, 0);
    assert_int_equal(heavy.count, UI_SHELF_FEW);
    assert_int_equal(light.count, UI_SHELF_FEW);
    ui_shelf_release(&heavy);
    ui_shelf_release(&light);
}

static void what_is_looked_at_stays(void **state)
{
    (void)state;
    struct ui_shelf shelf = {0};
    struct ui_shelf *alone[] = {&shelf};
    put_ordinary(&shelf, 0, MINUTE, 2 * SECOND);
    shelf.held = shelf.items[7].snap;
    put_ordinary(&shelf, MINUTE, 3 * HOUR, 2 * SECOND);
    assert_true(has(&shelf, 14 * SECOND));
    ui_shelf_fit(alone, 1, 0);
    assert_int_equal(shelf.count, UI_SHELF_FEW + 1); /* the first, the newest, and what is looked at */
    assert_true(has(&shelf, 14 * SECOND));
    assert_true(has(&shelf, 3 * HOUR - 2 * SECOND));
    ui_shelf_release(&shelf);
}

static void neighbours_are_found(void **state)
{
    (void)state;
    struct ui_shelf shelf = {0};
    const struct kt_snapshot *other = fake_snapshot_seal(taken(3 * SECOND));
    assert_null(ui_shelf_older(&shelf, other));
    assert_null(ui_shelf_newer(&shelf, other));
    put_ordinary(&shelf, 0, 5 * SECOND, 2 * SECOND);
    for (size_t i = 0; i < 3; i++) {
        const struct kt_snapshot *snap = shelf.items[i].snap;
        assert_int_equal(ui_shelf_place(&shelf, snap), i);
        assert_ptr_equal(ui_shelf_older(&shelf, snap), i > 0 ? shelf.items[i - 1].snap : NULL);
        assert_ptr_equal(ui_shelf_newer(&shelf, snap), i < 2 ? shelf.items[i + 1].snap : NULL);
    }
    assert_ptr_equal(ui_shelf_older(&shelf, other), shelf.items[1].snap);
    assert_ptr_equal(ui_shelf_newer(&shelf, other), shelf.items[2].snap);
    kt_snapshot_unref(other);
    ui_shelf_release(&shelf);
}

static void nothing_collected_and_nothing_twice(void **state)
{
    (void)state;
    struct ui_shelf shelf = {0};
    const struct kt_snapshot *empty = fake_snapshot_empty(), *full = fake_snapshot_full();
    ui_shelf_add(&shelf, empty);
    assert_int_equal(shelf.count, 0);
    ui_shelf_add(&shelf, full);
    ui_shelf_add(&shelf, full);
    assert_int_equal(shelf.count, 1);
    kt_snapshot_unref(empty);
    kt_snapshot_unref(full);
    assert_true(shelf.items[0].snap->group_count > 0);
    ui_shelf_release(&shelf);
}

/* A clock that stands or is turned back, as recordings may have it. */
static void odd_clocks_do_no_harm(void **state)
{
    (void)state;
    struct ui_shelf shelf = {0};
    for (int i = 0; i < UI_SHELF_MOST + 50; i++)
        put(&shelf, with_group(0, i % 3 ? KT_STATUS_OK : KT_STATUS_STALL));
    assert_int_equal(shelf.count, UI_SHELF_MOST);
    put(&shelf, taken(INT64_MIN));
    put(&shelf, taken(INT64_MAX));
    put_ordinary(&shelf, -HOUR, 0, MINUTE);
    assert_int_equal(shelf.count, UI_SHELF_MOST);
    assert_int_equal(shelf.bytes, sum(&shelf));
    ui_shelf_release(&shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_kept_while_there_is_room),
        cmocka_unit_test(holes_grow_with_age_and_a_day_fits_in),
        cmocka_unit_test(the_moments_around_an_incident_stay),
        cmocka_unit_test(an_event_is_worth_more_than_none_and_less_than_a_verdict),
        cmocka_unit_test(a_budget_is_kept_and_a_few_stay),
        cmocka_unit_test(what_is_looked_at_stays),
        cmocka_unit_test(neighbours_are_found),
        cmocka_unit_test(nothing_collected_and_nothing_twice),
        cmocka_unit_test(odd_clocks_do_no_harm),
    };
    return cmocka_run_group_tests_name("shelf", tests, NULL, NULL);
}
