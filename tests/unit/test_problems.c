#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
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

struct heard {
    size_t count, over;
    char last[200];
    char all[2000]; /* "+scope name error" or "-..." each */
};

static void hear(void *self, const struct kt_obs *obs)
{
    struct heard *heard = self;
    size_t length = strlen(heard->all);
    heard->count++;
    heard->over += obs->problem.over;
    (void)snprintf(heard->last, sizeof heard->last, "%s", obs->problem.text.bytes);
    (void)snprintf(heard->all + length, sizeof heard->all - length, "%c%d%s %s\n", obs->problem.over ? '-' : '+',
                   (int)obs->problem.scope, obs->problem.name.bytes,
                   obs->problem.error.bytes ? obs->problem.error.bytes : "*");
}

static size_t take(struct kt_problems *problems, const struct kt_obs *obs, struct heard *heard)
{
    struct kt_sink sink = {hear, heard};
    memset(heard, 0, sizeof *heard);
    kt_problems_take(problems, obs, &sink);
    return heard->count;
}

static bool open_it(struct kt_problems *problems, const char *name, const char *error, const char *text, int64_t at)
{
    struct kt_obs obs = problem(KT_SCOPE_BROKER, name, error, text, at);
    struct heard heard;
    return take(problems, &obs, &heard) != 0;
}

static bool close_it(struct kt_problems *problems, const char *name, const char *error)
{
    struct kt_obs obs = problem(KT_SCOPE_BROKER, name, error, "", 0);
    struct heard heard;
    obs.problem.over = true;
    return take(problems, &obs, &heard) != 0;
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

static const char *say(struct kt_problems *problems, enum kt_scope scope, const char *name, const char *error,
                       const char *text, int64_t at)
{
    static struct heard heard;
    struct kt_obs obs = problem(scope, name, error, text ? text : "", at);
    obs.problem.over = text == NULL;
    (void)take(problems, &obs, &heard);
    return heard.all;
}

static void test_one_line_for_the_cluster(void **state)
{
    struct kt_problems problems;
    (void)state;
    kt_problems_init(&problems);
    assert_string_equal(say(&problems, KT_SCOPE_BROKER, "1", "_TRANSPORT", "a", 0), "+1""1 _TRANSPORT\n");
    assert_string_equal(say(&problems, KT_SCOPE_CLUSTER, "", "_PARTIAL", "a", 0), "+0 _PARTIAL\n");
    const char *heard = say(&problems, KT_SCOPE_CLUSTER, "", "_TIMED_OUT", "a", 0);
    assert_non_null(strstr(heard, "-1""1 _TRANSPORT\n"));
    assert_non_null(strstr(heard, "-0 _PARTIAL\n"));
    assert_non_null(strstr(heard, "+0 _TIMED_OUT\n"));
    assert_string_equal(say(&problems, KT_SCOPE_BROKER, "2", "_TIMED_OUT", "a", 0), "");
    assert_string_equal(say(&problems, KT_SCOPE_CLUSTER, "", "_PARTIAL", "a", 0), "");
    assert_string_equal(say(&problems, KT_SCOPE_BROKER, "2", "UNKNOWN", "a", 0), "+1""2 UNKNOWN\n");
    assert_string_equal(say(&problems, KT_SCOPE_CLUSTER, "", "_TRANSPORT", "a", 0), "-0 _TIMED_OUT\n+0 _TRANSPORT\n");
    assert_string_equal(say(&problems, KT_SCOPE_CLUSTER, "", "_RESOLVE", "a", 0), "");
    assert_string_equal(say(&problems, KT_SCOPE_CLUSTER, "", "_ALL_BROKERS_DOWN", "a", 0),
                        "+0 _ALL_BROKERS_DOWN\n-0 _ALL_BROKERS_DOWN\n");
    assert_string_equal(say(&problems, KT_SCOPE_CLUSTER, "", "_AUTHENTICATION", "a", 0),
                        "-0 _TRANSPORT\n+0 _AUTHENTICATION\n");
    assert_string_equal(say(&problems, KT_SCOPE_CLUSTER, "", "_TRANSPORT", NULL, 0), "");
    assert_string_equal(say(&problems, KT_SCOPE_CLUSTER, "", "_AUTHENTICATION", NULL, 0), "-0 _AUTHENTICATION\n");
    assert_string_equal(say(&problems, KT_SCOPE_BROKER, "2", "_TIMED_OUT", "a", 0), "+1""2 _TIMED_OUT\n");
    kt_problems_release(&problems);
}

static void test_many_groups(void **state)
{
    struct kt_problems problems;
    struct heard heard;
    (void)state;
    kt_problems_init(&problems);
    (void)say(&problems, KT_SCOPE_GROUP, "a", "NOT_COORDINATOR", "x", 0);
    (void)say(&problems, KT_SCOPE_GROUP, "b", "NOT_COORDINATOR", "x", 0);
    assert_string_equal(say(&problems, KT_SCOPE_GROUP, "c", "NOT_COORDINATOR", "x", 0), "+0groups NOT_COORDINATOR\n");
    struct kt_obs another = problem(KT_SCOPE_GROUP, "d", "_TIMED_OUT", "x", 0);
    assert_int_equal(take(&problems, &another, &heard), 1);
    assert_string_equal(heard.last, "2 more groups cannot be asked: the group's coordinator has just moved");
    assert_int_equal(take(&problems, &another, &heard), 0);
    /* One that is denied is another matter. */
    assert_non_null(strstr(say(&problems, KT_SCOPE_GROUP, "e", "GROUP_AUTHORIZATION_FAILED", "x", 0), "e GROUP"));
    /* The next one is named in the place of one that is well. */
    const char *told = say(&problems, KT_SCOPE_GROUP, "a", "NOT_COORDINATOR", NULL, 0);
    assert_non_null(strstr(told, "a NOT_COORDINATOR\n"));
    assert_true(strstr(told, "c NOT_COORDINATOR\n") || strstr(told, "d _TIMED_OUT\n"));
    (void)say(&problems, KT_SCOPE_GROUP, "b", NULL, NULL, 0);
    (void)say(&problems, KT_SCOPE_GROUP, "c", NULL, NULL, 0);
    assert_string_equal(say(&problems, KT_SCOPE_GROUP, "d", NULL, NULL, 0), "-3d *\n");
    assert_int_equal(problems.named + problems.counted, 0);
    assert_null(problems.summary);
    kt_problems_release(&problems);
}

/* Where nothing can be reached, that groups cannot be asked is no news: one line. */
static void test_groups_of_a_cluster_away(void **state)
{
    struct kt_problems problems;
    (void)state;
    kt_problems_init(&problems);
    (void)say(&problems, KT_SCOPE_GROUP, "a", "_TIMED_OUT", "x", 0);
    (void)say(&problems, KT_SCOPE_GROUP, "b", "_TIMED_OUT", "x", 0);
    (void)say(&problems, KT_SCOPE_GROUP, "c", "_TIMED_OUT", "x", 0);
    (void)say(&problems, KT_SCOPE_GROUP, "denied", "GROUP_AUTHORIZATION_FAILED", "x", 0);
    const char *told = say(&problems, KT_SCOPE_CLUSTER, "", "_TRANSPORT", "a", 0);
    assert_non_null(strstr(told, "-3a _TIMED_OUT\n"));
    assert_non_null(strstr(told, "-3b _TIMED_OUT\n"));
    assert_null(strstr(told, "-3c"));
    assert_null(strstr(told, "-3denied"));
    assert_non_null(strstr(told, "-0groups _TIMED_OUT\n"));
    assert_non_null(strstr(told, "+0 _TRANSPORT\n"));
    assert_int_equal(problems.named + problems.counted, 0);
    assert_string_equal(say(&problems, KT_SCOPE_GROUP, "a", "_TIMED_OUT", "x", 0), "");
    assert_string_equal(say(&problems, KT_SCOPE_GROUP, "a", "_TIMED_OUT", NULL, 0), "");
    /* It is, where the others are there again. */
    (void)say(&problems, KT_SCOPE_CLUSTER, "", "_TRANSPORT", NULL, 0);
    assert_string_equal(say(&problems, KT_SCOPE_GROUP, "a", "_TIMED_OUT", "x", 0), "+3a _TIMED_OUT\n");
    kt_problems_release(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_all_of_a_name),
        cmocka_unit_test(test_one_line_for_the_cluster),
        cmocka_unit_test(test_many_groups),
        cmocka_unit_test(test_groups_of_a_cluster_away),
    };
    return cmocka_run_group_tests_name("problems", tests, NULL, NULL);
}
