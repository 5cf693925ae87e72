/* denial: a minute, then ever longer up to ten, and at once after an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "denial.h"

static void nothing_denied_waits_for_nothing(void **state)
{
    struct kt_denial denial = {0};
    (void)state;
    assert_false(kt_denial_waits(&denial, 0));
    assert_false(kt_denial_waits(&denial, 5));
}

static void pauses_grow_to_ten_minutes(void **state)
{
    static const int64_t pauses[] = {60, 120, 240, 480, 600, 600};
    struct kt_denial denial = {0};
    int64_t now = 1000003;
    (void)state;
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        kt_denial_met(&denial, now);
        assert_true(kt_denial_waits(&denial, now + pauses[i] * 900 - 1));
        assert_false(kt_denial_waits(&denial, now + pauses[i] * 1000));
        now += pauses[i] * 1000;
    }
}

static void an_answer_ends_it(void **state)
{
    struct kt_denial denial = {0};
    (void)state;
    kt_denial_met(&denial, 10);
    kt_denial_met(&denial, 70000);
    kt_denial_over(&denial);
    assert_false(kt_denial_waits(&denial, 70001));
    kt_denial_met(&denial, 80000);
    assert_false(kt_denial_waits(&denial, 80000 + KT_DENIAL_LOW_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_denied_waits_for_nothing),
        cmocka_unit_test(pauses_grow_to_ten_minutes),
        cmocka_unit_test(an_answer_ends_it),
    };
    return cmocka_run_group_tests_name("denial", tests, NULL, NULL);
}
