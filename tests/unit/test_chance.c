/* chance: against numbers that one can count by hand, and against the order of things. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "chance.h"

static void is_near(double value, double wanted)
{
    if (fabs(value - wanted) > 1e-9 * (1 + fabs(wanted)))
        fail_msg("%g is not %g", value, wanted);
}

static void what_can_be_counted_by_hand(void **state)
{
    (void)state;
    is_near(kt_chance_drawn(6, 2, 2, 2), log(1.0 / 15));
    is_near(kt_chance_drawn(9, 3, 3, 3), log(1.0 / 84));
    is_near(kt_chance_drawn(24, 8, 8, 7), log((8.0 * 16 + 1) / 735471));
    is_near(kt_chance_drawn(12, 4, 4, 3), log((4.0 * 8 + 1) / 495));
    is_near(kt_chance_drawn(30, 10, 10, 10), log(1.0 / 30045015));
    is_near(kt_chance_drawn(60, 30, 30, 30), log(1.0 / 118264581564861424.0));
    is_near(kt_chance_excess(3, 1, 3), log(1.0 / 27));
}

static void chance_explains_what_it_brings_anyway(void **state)
{
    (void)state;
    is_near(kt_chance_drawn(12, 4, 6, 2), 0);  /* the mean */
    is_near(kt_chance_drawn(12, 12, 6, 6), 0); /* all are of that kind */
    is_near(kt_chance_drawn(12, 4, 12, 4), 0); /* all are drawn */
    is_near(kt_chance_drawn(3, 4, 1, 1), 0);   /* nonsense */
    is_near(kt_chance_excess(0, 0, 0), 0);
    is_near(kt_chance_excess(6, 2, 2), 0);
    assert_true(isinf(kt_chance_excess(6, 0, 2)));
}

static void more_hits_are_less_likely(void **state)
{
    (void)state;
    double before = 0.1;
    for (double hit = 4; hit <= 12; hit++) {
        double now = kt_chance_drawn(36, 12, 12, hit);
        assert_true(now <= before && (hit <= 4 || now < before));
        assert_true(kt_chance_excess(12, 4, hit) <= 0);
        before = now;
    }
    assert_true(kt_chance_drawn(1e6, 1e5, 1e5, 9e4) < -1000); /* and large numbers stay numbers */
    assert_true(kt_chance_drawn(1e6, 1e5, 1e5, 9e4) > -1e9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_counted_by_hand),
        cmocka_unit_test(chance_explains_what_it_brings_anyway),
        cmocka_unit_test(more_hits_are_less_likely),
    };
    return cmocka_run_group_tests_name("chance", tests, NULL, NULL);
}
