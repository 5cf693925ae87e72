/* Filters: keep, then drop, and what is hidden unless somebody asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "option_table.h"

static struct kt_filter *filter_of(const char *keep, const char *drop, const char *hidden)
{
    char *keeps[1] = {(char *)(uintptr_t)keep}, *drops[1] = {(char *)(uintptr_t)drop};
    struct kt_list keep_list = {keeps, keep != NULL}, drop_list = {drops, drop != NULL};
    struct kt_filter *filter = NULL;
    struct kt_err err;
    assert_int_equal(kt_filter_new(&filter, &keep_list, &drop_list, hidden, &err), KT_OK);
    return filter;
}

static bool accepts(const struct kt_filter *filter, const char *name)
{
    return kt_filter_accepts(filter, name, strlen(name));
}

static void no_rule_accepts_everything(void **state)
{
    (void)state;
    struct kt_filter *filter = filter_of(NULL, NULL, NULL);
    assert_true(accepts(filter, ""));
    assert_true(accepts(filter, "\xff\x1b"));
    assert_true(kt_filter_accepts(filter, NULL, 0));
    assert_true(kt_filter_accepts(NULL, "a", 1));
    kt_filter_free(filter);
    kt_filter_free(NULL);
}

static void drop_wins_over_keep(void **state)
{
    (void)state;
    struct kt_filter *filter = filter_of("pay", "^test-", NULL);
    assert_true(accepts(filter, "payments"));
    assert_true(accepts(filter, "repay"));
    assert_false(accepts(filter, "orders"));
    assert_false(accepts(filter, "test-payments"));
    kt_filter_free(filter);
}

static void expressions_are_extended(void **state)
{
    (void)state;
    struct kt_filter *filter = filter_of("^(a|b)+[0-9]{2}$", NULL, NULL);
    assert_true(accepts(filter, "abba42"));
    assert_false(accepts(filter, "abba4"));
    assert_false(accepts(filter, "ABBA42"));
    kt_filter_free(filter);
}

static void the_hidden_ones_come_back_when_one_says_what_to_keep(void **state)
{
    (void)state;
    struct kt_filter *filter = filter_of(NULL, NULL, "^console-consumer-");
    assert_false(accepts(filter, "console-consumer-123"));
    assert_true(accepts(filter, "my-console-consumer-1"));
    kt_filter_free(filter);
    filter = filter_of("console", NULL, "^console-consumer-");
    assert_true(accepts(filter, "console-consumer-123"));
    assert_false(accepts(filter, "orders"));
    kt_filter_free(filter);
    filter = filter_of(NULL, "^x", "^console-consumer-");
    assert_false(accepts(filter, "console-consumer-123"));
    assert_false(accepts(filter, "x"));
    assert_true(accepts(filter, "y"));
    kt_filter_free(filter);
}

static void a_name_is_no_c_string(void **state)
{
    (void)state;
    struct kt_filter *filter = filter_of("^abc$", NULL, NULL);
    assert_true(kt_filter_accepts(filter, "abcdef", 3)); /* not beyond its length */
    assert_true(kt_filter_accepts(filter, "abc\0def", 7));
    kt_filter_free(filter);
    char *name = malloc(5000);
    memset(name, 'a', 5000);
    filter = filter_of("^a*$", NULL, NULL);
    assert_true(kt_filter_accepts(filter, name, 5000));
    name[4999] = 'b';
    assert_false(kt_filter_accepts(filter, name, 5000));
    kt_filter_free(filter);
    free(name);
}

static void a_bad_expression_is_named_with_its_fault(void **state)
{
    (void)state;
    char *bad[] = {"a", "["};
    struct kt_list list = {bad, 2}, none = {NULL, 0};
    struct kt_filter *filter = NULL;
    struct kt_err err = {.text = ""};
    assert_int_equal(kt_filter_new(&filter, &list, &none, NULL, &err), KT_USAGE);
    assert_null(filter);
    assert_non_null(strstr(err.text, "'['"));
    assert_int_equal(kt_filter_new(&filter, &none, &list, "^hidden", &err), KT_USAGE);
}

/* The library would take all memory for these. */
static void what_repeats_without_end_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {"a++++++++++++++++++++++++++++++", "()+++++++++++++++++",
                                          "((((a{99}){99}){99}){99})",
                                          "(((((((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+",
                                          "(a{2}){200}{300}{100}",
                                          "vvv????????????????????????????????????????7????????+++++++++",
                                          "(((((((((((a?)?)?)?)?)+)+)+)+)+)+)+",
                                          "a????++++++++",
                                          "(a+)\\1"};
    static const char *const fine[] = {"^(a|b)+-[0-9]{1,3}$", "a{200}b{200}c{200}", "(x+y*)+z?", "[{}+]+[]+]{2}",
                                       "a\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+\\+"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct kt_err err = {.text = ""};
        assert_int_equal(kt_filter_check(refused[i], &err), KT_USAGE);
        assert_non_null(strstr(err.text, "repeats too much"));
    }
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        struct kt_err err = {.text = ""};
        assert_int_equal(kt_filter_check(fine[i], &err), KT_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_rule_accepts_everything),
        cmocka_unit_test(drop_wins_over_keep),
        cmocka_unit_test(expressions_are_extended),
        cmocka_unit_test(the_hidden_ones_come_back_when_one_says_what_to_keep),
        cmocka_unit_test(a_name_is_no_c_string),
        cmocka_unit_test(a_bad_expression_is_named_with_its_fault),
        cmocka_unit_test(what_repeats_without_end_is_refused),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
