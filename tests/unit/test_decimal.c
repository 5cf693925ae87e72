/* Numbers as short texts: what printf would say, without its cost. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decimal.h"

static void is_rate(double value, const char *wanted)
{
    char text[KT_DECIMAL_ROOM + 1];
    size_t length = kt_decimal_rate(text, value);
    assert_in_range(length, 0, KT_DECIMAL_ROOM);
    text[length] = '\0';
    assert_string_equal(text, wanted);
}

static void is_as_printf_says(double value)
{
    char wanted[64];
    double size = fabs(value);
    snprintf(wanted, sizeof wanted, size >= 1e15 ? "%.6e" : size >= 1e5 ? "%.1f" : "%.6g", value);
    is_rate(value, wanted);
}

static void whole_numbers_are_exact(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 7, -7, 10, 99, 100, 1234567890, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[KT_DECIMAL_ROOM], wanted[32];
        size_t length = kt_decimal_i64(text, values[i]);
        assert_int_equal(length, snprintf(wanted, sizeof wanted, "%lld", (long long)values[i]));
        assert_memory_equal(text, wanted, length);
    }
    char text[KT_DECIMAL_ROOM];
    assert_int_equal(kt_decimal_u64(text, UINT64_MAX), 20);
    assert_memory_equal(text, "18446744073709551615", 20);
}

static void rates_have_six_digits(void **state)
{
    (void)state;
    is_rate(0, "0");
    is_rate(-0.0, "0");
    is_rate(1.0 / 600.0, "0.00166667");
    is_rate(123456.78, "123456.8");
    is_rate(100000, "100000.0");
    is_rate(99999.96, "100000");
    is_rate(9.9999996, "10");
    is_rate(0.00001, "1e-05");
    is_rate(0.5, "0.5");
    is_rate(-2.25, "-2.25");
    is_rate(1e16, "1.000000e+16");
    is_rate(NAN, "");
    is_rate(-INFINITY, "");
}

static void rates_are_what_printf_says(void **state)
{
    (void)state;
    uint64_t seed = 4711;
    for (int i = 0; i < 300000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double mantissa = (double)(seed >> 11) / 9007199254740992.0;
        double value = ldexp(mantissa, (int)(seed % 80) - 24);
        is_as_printf_says(seed & 1024 ? value : -value);
    }
    for (int i = 1; i < 300000; i++) { /* near and on the middle between two */
        double value = (double)i + 0.5;
        is_as_printf_says(value / 1e1);
        is_as_printf_says(value / 1e4);
        is_as_printf_says(value / 64);
        is_as_printf_says(nextafter(value / 1e5, 0));
        is_as_printf_says(nextafter(value * 8.25, 1e9));
    }
}

static void is_share(double value, const char *wanted)
{
    char text[KT_DECIMAL_ROOM + 1];
    text[kt_decimal_share(text, value)] = '\0';
    assert_string_equal(text, wanted);
}

/* As it was said from the beginning: the first number of digits that comes back. */
static void is_shortest_share(float value)
{
    char wanted[64];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(wanted, sizeof wanted, "%.*g", digits, (double)value);
        if (strtof(wanted, NULL) == value)
            break;
    }
    is_share((double)value, wanted);
}

static void shares_are_as_short_as_can_be(void **state)
{
    (void)state;
    is_share(0.1, "0.1");
    is_share((double)0.7f, "0.7");
    is_share(2.0 / 3, "0.6666667");
    is_share(1, "1");
    is_share(0, "0");
    is_share(-0.0, "0");
    is_share(NAN, "");
    for (int of = 1; of <= 400; of++)
        for (int part = 1; part <= of; part++)
            is_shortest_share((float)part / (float)of);
    for (int i = 1; i <= 20000; i++)
        is_shortest_share((float)i / 10000.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_exact),
        cmocka_unit_test(rates_have_six_digits),
        cmocka_unit_test(rates_are_what_printf_says),
        cmocka_unit_test(shares_are_as_short_as_can_be),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
