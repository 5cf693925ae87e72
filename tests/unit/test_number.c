#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

static char text[64];

static const char *count(int64_t value)
{
    size_t length = ui_number_count(true, value, false, text, sizeof text);
    assert_int_equal(length, strlen(text));
    return text;
}

static const char *change(double value)
{
    ui_number_change(true, value, text, sizeof text);
    return text;
}

static const char *rate(double value)
{
    ui_number_rate(true, value, text, sizeof text);
    return text;
}

static const char *duration(int64_t ms)
{
    ui_number_duration(true, ms, text, sizeof text);
    return text;
}

static const char *percent(double share)
{
    ui_number_percent(true, share, text, sizeof text);
    return text;
}

static void test_counts(void **state)
{
    (void)state;
    assert_string_equal(count(0), "0");
    assert_string_equal(count(999), "999");
    assert_string_equal(count(1000), "1.00k");
    assert_string_equal(count(1234), "1.23k");
    assert_string_equal(count(1235), "1.24k");
    assert_string_equal(count(9994), "9.99k");
    assert_string_equal(count(9996), "10.0k");
    assert_string_equal(count(12345), "12.3k");
    assert_string_equal(count(99949), "99.9k");
    assert_string_equal(count(99951), "100k");
    assert_string_equal(count(999499), "999k");
    assert_string_equal(count(999500), "1.00M");
    assert_string_equal(count(12100000), "12.1M");
    assert_string_equal(count(-7), "-7");
    assert_string_equal(count(-3400), "-3.4k");
    assert_string_equal(count(-9960), "-10k");
    assert_string_equal(count(-123456), "-123k");
    assert_string_equal(count(INT64_MAX), "9.22E");
    assert_string_equal(count(INT64_MIN), "-9.2E");
    ui_number_count(true, INT64_MIN, true, text, sizeof text);
    assert_string_equal(text, "-9223372036854775808");
}

static void test_unknown_is_a_dash(void **state)
{
    (void)state;
    assert_int_equal(ui_number_count(false, 5, false, text, sizeof text), 1);
    assert_string_equal(text, "-");
    ui_number_rate(true, NAN, text, sizeof text);
    assert_string_equal(text, "-");
    ui_number_change(true, INFINITY, text, sizeof text);
    assert_string_equal(text, "-");
    ui_number_duration(false, 5, text, sizeof text);
    assert_string_equal(text, "-");
    ui_number_clock(false, 5, text, sizeof text);
    assert_string_equal(text, "-");
    ui_number_percent(true, -0.1, text, sizeof text);
    assert_string_equal(text, "-");
}

static void test_changes_have_a_sign(void **state)
{
    (void)state;
    assert_string_equal(change(0), "0");
    assert_string_equal(change(0.04), "0");
    assert_string_equal(change(0.42), "+0.4");
    assert_string_equal(change(-3), "-3");
    assert_string_equal(change(4096), "+4.1k");
    assert_string_equal(change(-24000), "-24k");
    assert_string_equal(change(312000), "+312k");
    assert_string_equal(change(1e300), "+9.2E");
}

static void test_rates(void **state)
{
    (void)state;
    assert_string_equal(rate(0), "0");
    assert_string_equal(rate(0.0001), "<0.01");
    assert_string_equal(rate(0.017), "0.02");
    assert_string_equal(rate(0.1), "0.1");
    assert_string_equal(rate(4.24), "4.2");
    assert_string_equal(rate(9.97), "10");
    assert_string_equal(rate(68.4), "68");
    assert_string_equal(rate(5200), "5.20k");
    assert_string_equal(rate(-12.3), "-12");
    assert_string_equal(rate(1e300), "9.20E");
}

static void test_durations(void **state)
{
    (void)state;
    assert_string_equal(duration(0), "0s");
    assert_string_equal(duration(999), "0s");
    assert_string_equal(duration(59999), "59s");
    assert_string_equal(duration(68000), "1m08");
    assert_string_equal(duration(599000), "9m59");
    assert_string_equal(duration(38 * 60000 + 59000), "38m");
    assert_string_equal(duration(125 * 60000), "2h05");
    assert_string_equal(duration(26 * 3600000), "26h");
    assert_string_equal(duration(INT64_C(3) * 86400000), "3d");
    assert_string_equal(duration(-5000), "-5s");
    assert_string_equal(duration(INT64_MAX), ">9999d");
    assert_string_equal(duration(INT64_MIN), ">9999d");
}

static void test_clock(void **state)
{
    (void)state;
    ui_number_clock(true, INT64_C(1763692327000), text, sizeof text);
    assert_string_equal(text, "02:32:07");
    ui_number_clock(true, -1000, text, sizeof text);
    assert_string_equal(text, "23:59:59");
    ui_number_clock(true, INT64_MIN, text, sizeof text);
    assert_int_equal(strlen(text), 8);
}

static void test_percent_is_never_rounded_up_to_whole(void **state)
{
    (void)state;
    assert_string_equal(percent(0), "0%");
    assert_string_equal(percent(0.001), "<1%");
    assert_string_equal(percent(0.63), "63%");
    assert_string_equal(percent(0.999), "99%");
    assert_string_equal(percent(1), "100%");
    assert_string_equal(percent(1e9), ">999%");
}

static const char *round_trip(int64_t us)
{
    ui_number_round_trip(true, us, text, sizeof text);
    return text;
}

static void test_round_trips(void **state)
{
    (void)state;
    assert_string_equal(round_trip(0), "0.0ms");
    assert_string_equal(round_trip(430), "0.4ms");
    assert_string_equal(round_trip(31999), "31ms");
    assert_string_equal(round_trip(12000000), "12s");
    assert_string_equal(round_trip(-1), "-");
    ui_number_round_trip(false, 430, text, sizeof text);
    assert_string_equal(text, "-");
}

/* Over all sizes: short, and within one part in 200 of the truth (50 with a sign). */
static void test_short_forms_are_short_and_near(void **state)
{
    static const char units[] = "kMGTPE";
    (void)state;
    for (int64_t value = 1; value > 0 && value < INT64_MAX / 7; value = value * 7 / 6 + 1) {
        for (int sign = 0; sign < 2; sign++) {
            size_t length = strlen(count(sign ? -value : value));
            assert_true(length <= 5);
            const char *found = strchr(units, text[length - 1]);
            if (found)
                text[length - 1] = '\0'; /* or strtod would take the E for an exponent */
            double number = strtod(text, NULL);
            double scale = found ? pow(1000, (double)(found - units + 1)) : 1;
            double truth = sign ? -(double)value : (double)value;
            assert_true(fabs(number * scale - truth) <= fabs(truth) * (sign ? 0.05 : 0.005) + 1e-9);
        }
    }
}

static void test_time_lags_show_their_tier(void **state)
{
    (void)state;
    assert_string_equal(ui_number_time_mark("history", false), "");
    assert_string_equal(ui_number_time_mark("history", true), ">");
    assert_string_equal(ui_number_time_mark("exact", false), "=");
    assert_string_equal(ui_number_time_mark(NULL, false), "");
}

static void test_a_small_room_is_not_overrun(void **state)
{
    char room[4] = {'x', 'x', 'x', 'x'};
    (void)state;
    assert_int_equal(ui_number_count(true, 123456, true, room, 3), 2);
    assert_string_equal(room, "12");
    assert_int_equal(room[3], 'x');
    assert_int_equal(ui_number_count(true, 1, false, room, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_unknown_is_a_dash),
        cmocka_unit_test(test_changes_have_a_sign),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_percent_is_never_rounded_up_to_whole),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_short_forms_are_short_and_near),
        cmocka_unit_test(test_time_lags_show_their_tier),
        cmocka_unit_test(test_a_small_room_is_not_overrun),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
