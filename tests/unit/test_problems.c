#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "problems.h"

static struct kt_obs problem(enum kt_scope scope, const char *name, const char *error, const char *text, int64_t at)
{
    struct kt_obs obs = {.kind = KT_OBS_PROBLEM, .at = at};
    obs.problem.scope = scope;
    obs.problem.name = kt_text_of(name, strlen(name));
    if (error)
        obs.problem.error = kt_text_of(error, strlen(error));
    obs.problem.text = kt_text_of(text, strlen(text));
    return obs;
}

static bool open_it(struct kt_problems *problems, const char *name, const char *error, const char *text, int64_t at)
{
    struct kt_obs obs = problem(KT_SCOPE_BROKER, name, error, text, at);
    return kt_problems_admit(problems, &obs);
}

static bool close_it(struct kt_problems *problems, const char *name, const char *error)
{
    struct kt_obs obs = problem(KT_SCOPE_BROKER, name, error, "", 0);
    obs.problem.over = true;
    return kt_problems_admit(problems, &obs);
}

static void test_once(void **state)
{
    struct kt_problems problems;
    (void)state;
    kt_problems_init(&problems);
    assert_false(close_it(&problems, "1", "_TRANSPORT"));
    assert_true(open_it(&problems, "1", "_TRANSPORT", "a", 0));
    assert_false(open_it(&problems, "1", "_TRANSPORT", "a", 20000));
    assert_false(open_it(&problems, "1", "_TRANSPORT", "b", 5000));
    assert_true(open_it(&problems, "1", "_TRANSPORT", "b", 10000));
    assert_true(close_it(&problems, "1", "_TRANSPORT"));
    assert_false(close_it(&problems, "1", "_TRANSPORT"));
    assert_true(open_it(&problems, "1", "_TRANSPORT", "b", 10001));
    kt_problems_release(&problems);
}

static void test_all_of_a_name(void **state)
{
    struct kt_problems problems;
    (void)state;
    kt_problems_init(&problems);
    assert_true(open_it(&problems, "1", "_TRANSPORT", "a", 0));
    assert_true(open_it(&problems, "1", "_TIMED_OUT", "a", 0));
    assert_true(open_it(&problems, "12", "_TIMED_OUT", "a", 0));
    assert_true(close_it(&problems, "1", NULL));
    assert_false(close_it(&problems, "1", NULL));
    assert_false(close_it(&problems, "1", "_TRANSPORT"));
    assert_true(close_it(&problems, "12", "_TIMED_OUT"));
    kt_problems_release(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_all_of_a_name),
    };
    return cmocka_run_group_tests_name("problems", tests, NULL, NULL);
}
