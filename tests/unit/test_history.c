#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "history.h"

static void nothing_is_known_of_nothing(void **state)
{
    (void)state;
    struct kt_history history;
    double rate;
    int64_t answer;
    kt_history_init(&history);
    assert_false(kt_history_rate(&history, &rate));
    assert_int_equal(kt_history_passed(&history, 5, &answer), KT_HISTORY_UNKNOWN);
    assert_int_equal(kt_history_where(&history, 5, &answer), KT_HISTORY_UNKNOWN);
    kt_history_push(&history, 1000, 10);
    assert_false(kt_history_rate(&history, &rate));
    kt_history_release(&history);
}

static void speed_is_that_of_the_last_half_minute(void **state)
{
    (void)state;
    struct kt_history history;
    double rate;
    kt_history_init(&history);
    int64_t offset = 0;
    for (int64_t second = 0; second < 600; second += 2) {
        offset += second < 300 ? 2 : 200; /* 1/s, then 100/s */
        kt_history_push(&history, second * 1000, offset);
    }
    assert_true(kt_history_rate(&history, &rate));
    assert_true(rate > 99.9 && rate < 100.1);
    assert_true(kt_history_rate_long(&history, &rate));
    assert_true(rate > 40 && rate < 60);
    kt_history_release(&history);
}

/* An hour in which nothing moves takes the place of two samples, and hides nothing of what came before and after. */
static void standing_still_costs_nothing(void **state)
{
    (void)state;
    struct kt_history history;
    const int64_t step = KT_HISTORY_STEP_MS, hour = 3600 * 1000;
    int64_t answer;
    double rate;
    kt_history_init(&history);
    kt_history_push(&history, 0, 100);
    for (int64_t at = step; at <= hour; at += step) {
        kt_history_push(&history, at, 700);
    }
    assert_true(history.count <= 3 && history.capacity <= 4);
    assert_true(kt_history_rate_long(&history, &rate));
    assert_true(rate > -0.001 && rate < 0.001); /* of twelve minutes: what moved an hour ago is not in it */
    kt_history_push(&history, hour + step, 1000);
    assert_true(kt_history_rate_long(&history, &rate));
    assert_true(rate > 300.0 / 721 && rate < 300.0 / 719);
    assert_int_equal(kt_history_passed(&history, 850, &answer), KT_HISTORY_EXACT);
    assert_int_equal(answer, hour + step / 2);
    assert_int_equal(kt_history_passed(&history, 400, &answer), KT_HISTORY_EXACT);
    assert_int_equal(answer, step / 2);
    assert_int_equal(kt_history_where(&history, hour / 2, &answer), KT_HISTORY_EXACT);
    assert_int_equal(answer, 700);
    kt_history_release(&history);
}

static void the_past_is_interpolated_and_never_extrapolated(void **state)
{
    (void)state;
    struct kt_history history;
    int64_t answer;
    kt_history_init(&history);
    for (int64_t i = 0; i <= 10; i++) {
        kt_history_push(&history, i * KT_HISTORY_STEP_MS, 100 + i * 150);
    }
    assert_int_equal(kt_history_passed(&history, 175, &answer), KT_HISTORY_EXACT);
    assert_int_equal(answer, KT_HISTORY_STEP_MS / 2);
    assert_int_equal(kt_history_passed(&history, 99, &answer), KT_HISTORY_AT_LEAST);
    assert_int_equal(answer, 0);
    assert_int_equal(kt_history_passed(&history, 1600, &answer), KT_HISTORY_UNKNOWN);
    assert_int_equal(kt_history_where(&history, KT_HISTORY_STEP_MS / 2, &answer), KT_HISTORY_EXACT);
    assert_int_equal(answer, 175);
    assert_int_equal(kt_history_where(&history, -1, &answer), KT_HISTORY_UNKNOWN);
    assert_int_equal(kt_history_where(&history, 10 * KT_HISTORY_STEP_MS + 1, &answer), KT_HISTORY_UNKNOWN);
    kt_history_release(&history);
}

static void a_flat_stretch_points_to_the_move_after_it(void **state)
{
    (void)state;
    struct kt_history history;
    int64_t answer;
    kt_history_init(&history);
    kt_history_push(&history, 0, 100);
    kt_history_push(&history, 20000, 100);
    kt_history_push(&history, 40000, 200);
    /* the record at offset 100 was written when the end left 100, not while it stood there */
    assert_int_equal(kt_history_passed(&history, 100, &answer), KT_HISTORY_EXACT);
    assert_int_equal(answer, 20000);
    kt_history_release(&history);
}

static void falling_offsets_restart_it(void **state)
{
    (void)state;
    struct kt_history history;
    double rate;
    int64_t answer;
    kt_history_init(&history);
    kt_history_push(&history, 0, 1000);
    kt_history_push(&history, 20000, 2000);
    assert_true(kt_history_push(&history, 22000, 5));
    assert_false(kt_history_rate(&history, &rate));
    assert_int_equal(kt_history_passed(&history, 1500, &answer), KT_HISTORY_UNKNOWN);
    assert_false(kt_history_push(&history, 22000, 9)); /* not newer: ignored */
    assert_int_equal(history.newest.offset, 5);
    kt_history_release(&history);
}

static void it_stays_small_for_ever(void **state)
{
    (void)state;
    struct kt_history history;
    int64_t answer;
    kt_history_init(&history);
    for (int64_t second = 0; second < 24 * 3600; second++) {
        kt_history_push(&history, second * 1000, second);
    }
    assert_true(history.count <= KT_HISTORY_POINTS);
    int64_t oldest = 24 * 3600 - 1 - KT_HISTORY_POINTS * (KT_HISTORY_STEP_MS / 1000);
    assert_int_equal(kt_history_passed(&history, oldest - 30, &answer), KT_HISTORY_AT_LEAST);
    assert_int_equal(kt_history_passed(&history, oldest + 60, &answer), KT_HISTORY_EXACT);
    assert_int_equal(answer / 1000, oldest + 60);
    kt_history_release(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_of_nothing),
        cmocka_unit_test(speed_is_that_of_the_last_half_minute),
        cmocka_unit_test(the_past_is_interpolated_and_never_extrapolated),
        cmocka_unit_test(standing_still_costs_nothing),
        cmocka_unit_test(a_flat_stretch_points_to_the_move_after_it),
        cmocka_unit_test(falling_offsets_restart_it),
        cmocka_unit_test(it_stays_small_for_ever),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
