#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "role.h"

static void test_names_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < UI_ROLE_COUNT; i++) {
        assert_int_equal(ui_role_parse(ui_role_name((enum ui_role)i)), i);
        assert_true(strlen(ui_role_meaning((enum ui_role)i)) > 3);
    }
    assert_int_equal(ui_role_parse("tab-active"), UI_ROLE_tab_active);
    assert_int_equal(ui_role_parse("tab_active"), UI_ROLE_tab_active);
    assert_int_equal(ui_role_parse("tab"), UI_ROLE_tab);
    assert_int_equal(ui_role_parse("tab_"), -1);
    assert_int_equal(ui_role_parse(""), -1);
    assert_int_equal(ui_role_parse("none"), -1);
}

/* A theme fills roles in their order: a parent must be filled before its children. */
static void test_parents_stand_first(void **state)
{
    (void)state;
    assert_int_equal(ui_role_parent(UI_ROLE_text), UI_ROLE_text);
    for (int i = 1; i < UI_ROLE_COUNT; i++)
        assert_true((int)ui_role_parent((enum ui_role)i) < i);
}

static void test_letters_differ(void **state)
{
    (void)state;
    for (int i = 0; i < UI_ROLE_COUNT; i++)
        for (int k = 0; k < i; k++)
            assert_int_not_equal(ui_role_letter((enum ui_role)i), ui_role_letter((enum ui_role)k));
    assert_int_equal(ui_role_letter(UI_ROLE_text), '.');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_come_back),
        cmocka_unit_test(test_parents_stand_first),
        cmocka_unit_test(test_letters_differ),
    };
    return cmocka_run_group_tests_name("role", tests, NULL, NULL);
}
