#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "trend.h"

#define HOLD_MS 6000
#define LOOK_MS 2000
#define AHEAD INT64_C(1000000) /* where the tests begin: no multiple of a step */

static struct kt_trail trail;
static int64_t now;

static int set_up(void **state)
{
    (void)state;
    memset(&trail, 0, sizeof trail);
    now = AHEAD;
    return 0;
}

static void look(bool known, int64_t value)
{
    kt_trail_add(&trail, now, HOLD_MS, known, value);
}

/* Looks every two seconds for `ms`. */
static void watch(int64_t ms, bool known, int64_t value)
{
    int64_t end = now + ms;
    for (; now < end; now += LOOK_MS) {
        look(known, value);
    }
    now = end;
}

static char kind_at(enum kt_trend_window window, unsigned back, double *value)
{
    struct kt_trend trend;
    kt_trail_show(&trail, &trend);
    return "-.v"[kt_trend_at(&trend, window, back, value)];
}

/* The newest `count` steps, oldest first: '-' absent, '.' a gap, 'v' known. */
static const char *kinds(enum kt_trend_window window, unsigned count)
{
    static char text[KT_TREND_POINTS + 1];
    double value;
    for (unsigned i = 0; i < count; i++) {
        text[i] = kind_at(window, count - 1 - i, &value);
    }
    text[count] = '\0';
    return text;
}

static double value_at(enum kt_trend_window window, unsigned back)
{
    double value = -1;
    assert_int_equal(kind_at(window, back, &value), 'v');
    return value;
}

static void an_empty_one_has_nothing(void **state)
{
    (void)state;
    for (enum kt_trend_window window = 0; window < KT_TREND_WINDOWS; window++) {
        assert_string_equal(kinds(window, 3), "---");
    }
    assert_false(kt_trail_slope(&trail, 60000, 0).known);
}

static void the_newest_look_of_a_step_counts_in_the_finest(void **state)
{
    (void)state;
    look(true, 7);
    now += 4999;
    look(true, 3); /* the same step of five seconds */
    assert_string_equal(kinds(KT_TREND_5M, 2), "-v");
    assert_true(value_at(KT_TREND_5M, 0) == 3);
    assert_true(value_at(KT_TREND_30M, 0) == 7 && value_at(KT_TREND_2H, 0) == 7);
}

static void what_is_not_known_is_a_gap(void **state)
{
    (void)state;
    watch(20000, true, 4);
    watch(20000, false, 99);
    watch(10000, true, 5);
    assert_string_equal(kinds(KT_TREND_5M, 11), "-vvvv....vv");
    assert_true(value_at(KT_TREND_5M, 0) == 5);
}

static void a_process_that_stood_still_leaves_a_gap(void **state)
{
    (void)state;
    watch(20000, true, 4);
    now += 30000;
    look(true, 9);
    assert_string_equal(kinds(KT_TREND_5M, 11), "vvvv......v");
    now += (INT64_C(1) << 50);
    look(true, 1); /* ages later: no old value comes back in any window */
    for (enum kt_trend_window window = 0; window < KT_TREND_WINDOWS; window++) {
        assert_string_equal(kinds(window, KT_TREND_POINTS),
                            "...........................................................v");
    }
    assert_false(kt_trail_slope(&trail, 60000, 0).known);
}

static void time_that_runs_backwards_changes_nothing(void **state)
{
    (void)state;
    watch(10000, true, 4);
    struct kt_trail before = trail;
    now -= 60000;
    look(true, 1000);
    assert_memory_equal(&before, &trail, sizeof trail);
}

/* With long delays a step without a look is no gap, as long as looks come as usual. */
static void a_value_holds_until_the_next_look(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++, now += 60000) {
        kt_trail_add(&trail, now, 180000, true, 10 + i);
    }
    assert_string_equal(kinds(KT_TREND_5M, 37), "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv");
    assert_true(value_at(KT_TREND_5M, 0) == 13 && value_at(KT_TREND_5M, 1) == 12);
    struct kt_slope slope = kt_trail_slope(&trail, 180000, 0);
    assert_true(slope.known && slope.per_min > 0.999 && slope.per_min < 1.001);
}

static void a_short_peak_stays_in_all_windows(void **state)
{
    (void)state;
    watch(240000, true, 10);
    watch(2000, true, 5000);
    watch(1200000, true, 10);
    double most[KT_TREND_WINDOWS] = {0};
    for (enum kt_trend_window window = 0; window < KT_TREND_WINDOWS; window++) {
        for (unsigned back = 0; back < KT_TREND_POINTS; back++) {
            double value;
            if (kind_at(window, back, &value) == 'v' && value > most[window]) {
                most[window] = value;
            }
        }
    }
    assert_true(most[KT_TREND_5M] == 10); /* it is over there */
    assert_true(most[KT_TREND_30M] == 5000 && most[KT_TREND_2H] == 5000);
}

static void windows_end_where_their_names_say(void **state)
{
    (void)state;
    static const int64_t lasts[KT_TREND_WINDOWS] = {300000, 1800000, 7200000};
    for (enum kt_trend_window window = 0; window < KT_TREND_WINDOWS; window++) {
        set_up(NULL);
        assert_int_equal(kt_trend_step_ms(window) * KT_TREND_POINTS, lasts[window]);
        now = 0; /* the beginning of a step of each window */
        watch(kt_trend_step_ms(window), true, 1000);
        watch(lasts[window] - kt_trend_step_ms(window), true, 1);
        assert_true(value_at(window, KT_TREND_POINTS - 1) == 1000);
        watch(kt_trend_step_ms(window), true, 1);
        assert_true(value_at(window, KT_TREND_POINTS - 1) == 1);
        struct kt_trend trend;
        kt_trail_show(&trail, &trend);
        assert_int_equal(trend.counts[window], KT_TREND_POINTS);
    }
}

/* A step of two minutes tells of an outage that is longer than half of it, and not of a shorter one. */
static void a_coarse_step_is_a_gap_when_most_of_it_is(void **state)
{
    (void)state;
    now = 0;
    watch(120000, true, 1);
    watch(80000, false, 0);
    watch(40000, true, 3);
    watch(40000, false, 0);
    watch(80000, true, 4);
    watch(10000, true, 5);
    assert_string_equal(kinds(KT_TREND_2H, 4), "v.vv");
    assert_true(value_at(KT_TREND_2H, 1) == 4);
    set_up(NULL); /* the same of a process that did not run */
    now = 0;
    watch(120000, true, 1);
    now += 80000;
    watch(40000, true, 3);
    watch(10000, true, 5);
    assert_string_equal(kinds(KT_TREND_2H, 3), "v.v");
}

static void instants_before_the_machine_started(void **state)
{
    (void)state;
    now = -12000;
    watch(22000, true, 6);
    assert_string_equal(kinds(KT_TREND_5M, 6), "-vvvvv");
    assert_string_equal(kinds(KT_TREND_30M, 3), "-vv");
}

static void the_slope_of_a_line_is_its_own(void **state)
{
    (void)state;
    for (int i = 0; i <= 50; i++, now += LOOK_MS) {
        look(true, 100 + 2 * i); /* 100 -> 200 in 100 seconds */
    }
    struct kt_slope slope = kt_trail_slope(&trail, 60000, 0);
    assert_true(slope.known && slope.per_min > 59.99 && slope.per_min < 60.01);
    assert_int_equal(slope.direction, KT_DIRECTION_UP);
    for (int i = 0; i <= 50; i++, now += LOOK_MS) {
        look(true, 200 - 2 * i);
    }
    slope = kt_trail_slope(&trail, 60000, 0);
    assert_true(slope.per_min > -60.01 && slope.per_min < -59.99);
    assert_int_equal(slope.direction, KT_DIRECTION_DOWN);
    watch(70000, true, 100);
    slope = kt_trail_slope(&trail, 60000, 0);
    assert_true(slope.known && slope.per_min == 0);
    assert_int_equal(slope.direction, KT_DIRECTION_STEADY);
}

/* Exact also where a float would not be. */
static void large_lags_have_small_slopes(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++, now += LOOK_MS) {
        look(true, (INT64_C(1) << 55) + i);
    }
    struct kt_slope slope = kt_trail_slope(&trail, 60000, 0);
    assert_true(slope.per_min > 29.99 && slope.per_min < 30.01);
}

/* Who commits every `period` swings by what comes in between: at no moment does that have a direction. */
static void a_zigzag_has_no_direction(void **state)
{
    (void)state;
    static const int64_t periods[] = {3000, 7000, 10000, 20000, 25000, 60000, 110000};
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        int64_t span = periods[i] * 5 / 2 > 60000 ? periods[i] * 5 / 2 : 60000;
        set_up(NULL);
        for (int k = 0; k < 400; k++, now += LOOK_MS) {
            look(true, 5000 + now % periods[i]);
            struct kt_slope slope = kt_trail_slope(&trail, span, 0);
            if (k > 150 && slope.direction != KT_DIRECTION_STEADY) {
                fail_msg("period %d: direction %d at look %d", (int)periods[i], (int)slope.direction, k);
            }
        }
    }
}

/* Ten messages more in a minute are no growth where a hundred come between two commits. */
static void what_swings_further_goes_nowhere(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++, now += LOOK_MS) {
        look(true, 500 + i / 3);
    }
    assert_int_equal(kt_trail_slope(&trail, 60000, 0).direction, KT_DIRECTION_UP);
    assert_int_equal(kt_trail_slope(&trail, 60000, 100).direction, KT_DIRECTION_STEADY);
}

static void a_jump_has_a_direction_soon(void **state)
{
    (void)state;
    watch(120000, true, 10);
    watch(20000, true, 5000);
    assert_int_equal(kt_trail_slope(&trail, 60000, 0).direction, KT_DIRECTION_UP);
}

static void few_looks_have_no_direction(void **state)
{
    (void)state;
    look(true, 10);
    now += 4000;
    look(true, 20);
    assert_false(kt_trail_slope(&trail, 60000, 0).known);
    now += 6000;
    look(true, 40);
    struct kt_slope slope = kt_trail_slope(&trail, 60000, 0);
    assert_true(slope.known);
    assert_int_equal(slope.direction, KT_DIRECTION_UNKNOWN);
    assert_null(kt_direction_name(slope.direction));
}

static void an_unknown_present_has_no_slope(void **state)
{
    (void)state;
    watch(60000, true, 10);
    look(false, 0);
    assert_false(kt_trail_slope(&trail, 60000, 0).known);
    now += LOOK_MS;
    watch(20000, true, 10);
    assert_true(kt_trail_slope(&trail, 60000, 0).known);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_one_has_nothing),
        TEST(the_newest_look_of_a_step_counts_in_the_finest),
        TEST(what_is_not_known_is_a_gap),
        TEST(a_process_that_stood_still_leaves_a_gap),
        TEST(time_that_runs_backwards_changes_nothing),
        TEST(a_value_holds_until_the_next_look),
        TEST(a_short_peak_stays_in_all_windows),
        TEST(windows_end_where_their_names_say),
        TEST(a_coarse_step_is_a_gap_when_most_of_it_is),
        TEST(instants_before_the_machine_started),
        TEST(the_slope_of_a_line_is_its_own),
        TEST(large_lags_have_small_slopes),
        TEST(a_zigzag_has_no_direction),
        TEST(what_swings_further_goes_nowhere),
        TEST(a_jump_has_a_direction_soon),
        TEST(few_looks_have_no_direction),
        TEST(an_unknown_present_has_no_slope),
    };
    return cmocka_run_group_tests_name("trend", tests, NULL, NULL);
}
