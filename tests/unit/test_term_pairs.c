#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "term_pairs.h"

static int told[300][2];
static int refused; /* this number */

static bool make(int number, int foreground, int background)
{
    assert_in_range(number, 1, 299);
    told[number][0] = foreground;
    told[number][1] = background;
    return number != refused;
}

static void test_each_pair_has_one_number(void **state)
{
    (void)state;
    struct ui_pairs pairs;
    ui_pairs_begin(&pairs, 63, make);
    int own = ui_pairs_number(&pairs, -1, -1);
    int red = ui_pairs_number(&pairs, 1, -1);
    assert_int_equal(own, 1); /* not 0, to which a library goes back by a detour */
    assert_int_equal(red, 2);
    assert_int_equal(told[red][0], 1);
    assert_int_equal(told[red][1], -1);
    assert_int_equal(ui_pairs_number(&pairs, -1, 1), 3);
    assert_int_equal(ui_pairs_number(&pairs, -1, -1), own);
    assert_int_equal(ui_pairs_number(&pairs, 1, -1), red);
    ui_pairs_begin(&pairs, 63, make);
    assert_int_equal(ui_pairs_number(&pairs, 7, 7), 1);
    assert_int_equal(told[1][0], 7);
}

static void test_numbers_run_out(void **state)
{
    (void)state;
    struct ui_pairs pairs;
    ui_pairs_begin(&pairs, 3, make);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ui_pairs_number(&pairs, i, 0), i + 1);
    assert_int_equal(ui_pairs_number(&pairs, 9, 9), 0);
    assert_int_equal(ui_pairs_number(&pairs, 2, 0), 3);
    ui_pairs_begin(&pairs, 32767, make);
    for (int i = 0; i < 299; i++)
        assert_int_equal(ui_pairs_number(&pairs, i, 0), i < UI_PAIRS_MOST ? i + 1 : 0);
}

static void test_a_refused_pair_is_not_made(void **state)
{
    (void)state;
    struct ui_pairs pairs;
    ui_pairs_begin(&pairs, 10, make);
    refused = 2;
    assert_int_equal(ui_pairs_number(&pairs, 1, 1), 1);
    assert_int_equal(ui_pairs_number(&pairs, 2, 2), 0);
    refused = 0;
    assert_int_equal(ui_pairs_number(&pairs, 3, 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_pair_has_one_number),
        cmocka_unit_test(test_numbers_run_out),
        cmocka_unit_test(test_a_refused_pair_is_not_made),
    };
    return cmocka_run_group_tests_name("term_pairs", tests, NULL, NULL);
}
