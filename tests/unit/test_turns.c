/* What happened in the last ten minutes, and what is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turns.h"

#define MINUTE 60000

static void counts_the_last_ten_minutes(void **state)
{
    (void)state;
    struct kt_turns turns = {0};
    assert_int_equal(kt_turns_count(&turns, 0), 0);
    for (int i = 0; i < 5; i++)
        kt_turns_add(&turns, i * MINUTE, 1);
    assert_int_equal(kt_turns_count(&turns, 4 * MINUTE), 5);
    assert_int_equal(kt_turns_count(&turns, 9 * MINUTE), 5);
    assert_int_equal(kt_turns_count(&turns, 12 * MINUTE), 2);
    assert_int_equal(kt_turns_count(&turns, 60 * MINUTE), 0);
    kt_turns_add(&turns, 60 * MINUTE, 3);
    assert_int_equal(kt_turns_count(&turns, 60 * MINUTE), 3);
}

static void takes_any_order_and_times_before_the_start(void **state)
{
    (void)state;
    struct kt_turns turns = {0};
    kt_turns_add(&turns, -1 * MINUTE, 1);
    kt_turns_add(&turns, -8 * MINUTE, 1);
    kt_turns_add(&turns, -30 * MINUTE, 1); /* too old */
    kt_turns_add(&turns, 0, 1);
    assert_int_equal(kt_turns_count(&turns, 0), 3);
    assert_int_equal(kt_turns_count(&turns, 5 * MINUTE), 2);
    kt_turns_add(&turns, 0, 1000000);
    assert_true(kt_turns_count(&turns, 0) >= UINT16_MAX);
}

/* Against a list of instants: never more than a step off. */
static void as_a_list_would_count(void **state)
{
    (void)state;
    struct kt_turns turns = {0};
    int64_t at[500];
    uint64_t dice = 7;
    int64_t now = -3 * MINUTE;
    for (size_t i = 0; i < 500; i++) {
        dice = dice * UINT64_C(6364136223846793005) + 1;
        now += (int64_t)(dice >> 33) % (2 * MINUTE);
        at[i] = now;
        kt_turns_add(&turns, now, 1);
        unsigned least = 0, most = 0;
        for (size_t k = 0; k <= i; k++) {
            least += now - at[k] < KT_TURNS_MS - KT_TURNS_STEP_MS;
            most += now - at[k] < KT_TURNS_MS;
        }
        assert_in_range(kt_turns_count(&turns, now), least, most);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_the_last_ten_minutes),
                                       cmocka_unit_test(takes_any_order_and_times_before_the_start),
                                       cmocka_unit_test(as_a_list_would_count)};
    return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
