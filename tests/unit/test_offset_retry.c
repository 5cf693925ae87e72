/* When a group that could not be asked is asked again, and what is told of it meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "inbox.h"
#include "offset_retry.h"

#define AWAY   "NOT_COORDINATOR"
#define SLOW   "_TIMED_OUT"
#define DENIED "GROUP_AUTHORIZATION_FAILED"

static struct kt_client_context context;
static char told[400]; /* names of errors; with a minus: taken back */

static void put(void *self, const struct kt_obs *obs)
{
    size_t used = strlen(told);
    (void)self;
    assert_int_equal(obs->kind, KT_OBS_PROBLEM);
    snprintf(told + used, sizeof told - used, "%s%.*s ", obs->problem.over ? "-" : "", (int)obs->problem.error.length,
             obs->problem.error.bytes);
}

/* What was told since the last call. */
static const char *news(void)
{
    const struct kt_sink sink = {.put = put};
    told[0] = '\0';
    (void)kt_inbox_deliver(context.inbox, &sink, 0);
    return told;
}

static int set_up(void **state)
{
    (void)state;
    context = (struct kt_client_context){.clock = &kt_clock_system, .inbox = kt_inbox_new()};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kt_inbox_free(context.inbox);
    return 0;
}

static void pauses_grow_to_half_a_minute(void **state)
{
    static const int64_t pauses[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000};
    struct kt_offset_retry retry = {0};
    (void)state;
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        kt_offset_retry_failed(&retry, &context, "g", AWAY, 5000, 10);
        assert_int_equal(retry.failures, i + 1);
        assert_int_equal(retry.again, 5000 + pauses[i] + pauses[i] / 10);
    }
    kt_offset_retry_over(&retry, &context, "g");
    assert_int_equal(retry.failures, 0);
    assert_int_equal(retry.again, 0);
}

static void a_missing_right_is_left_alone_for_longer(void **state)
{
    struct kt_offset_retry retry = {0};
    (void)state;
    kt_offset_retry_failed(&retry, &context, "g", DENIED, 5000, 0);
    assert_int_equal(retry.again, 5000 + 60000);
    for (int i = 0; i < 9; i++)
        kt_offset_retry_failed(&retry, &context, "g", DENIED, 5000, 0);
    assert_int_equal(retry.again, 5000 + 600000);
}

static void one_failure_is_no_news_but_a_missing_right_is(void **state)
{
    struct kt_offset_retry moves = {0}, denied = {0};
    (void)state;
    kt_offset_retry_failed(&moves, &context, "g", AWAY, 0, 0);
    kt_offset_retry_over(&moves, &context, "g");
    assert_string_equal(news(), "");
    kt_offset_retry_failed(&denied, &context, "h", DENIED, 0, 0);
    assert_string_equal(news(), DENIED " ");
}

static void a_problem_is_told_once_and_taken_back(void **state)
{
    struct kt_offset_retry retry = {0};
    (void)state;
    for (int i = 0; i < 3; i++)
        kt_offset_retry_failed(&retry, &context, "g", AWAY, 0, 0);
    assert_string_equal(news(), AWAY " ");
    kt_offset_retry_failed(&retry, &context, "g", SLOW, 0, 0);
    assert_string_equal(news(), "-" AWAY " " SLOW " ");
    kt_offset_retry_over(&retry, &context, "g");
    assert_string_equal(news(), "-" SLOW " ");
    kt_offset_retry_over(&retry, &context, "g");
    assert_string_equal(news(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pauses_grow_to_half_a_minute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_right_is_left_alone_for_longer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_failure_is_no_news_but_a_missing_right_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_problem_is_told_once_and_taken_back, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("offset_retry", tests, NULL, NULL);
}
