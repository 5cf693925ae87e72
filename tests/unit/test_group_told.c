/* Problems of groups, from the listing that finds them to the one that does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "group_told.h"
#include "inbox.h"

#define DENIED "GROUP_AUTHORIZATION_FAILED"
#define AWAY   "COORDINATOR_NOT_AVAILABLE"

static struct kt_options options;
static struct kt_client_context context;
static struct kt_group_told told;
static char news_text[400];

static void put(void *self, const struct kt_obs *obs)
{
    size_t used = strlen(news_text);
    (void)self;
    assert_int_equal(obs->kind, KT_OBS_PROBLEM);
    snprintf(news_text + used, sizeof news_text - used, "%s%.*s:%.*s ", obs->problem.over ? "-" : "",
             (int)obs->problem.name.length, obs->problem.name.bytes, (int)obs->problem.error.length,
             obs->problem.error.bytes);
}

/* What was told since the last call; with a minus: taken back. */
static const char *news(void)
{
    const struct kt_sink sink = {.put = put};
    news_text[0] = '\0';
    (void)kt_inbox_deliver(context.inbox, &sink, 0);
    return news_text;
}

static int set_up(void **state)
{
    (void)state;
    options = (struct kt_options){0};
    context = (struct kt_client_context){.options = &options, .clock = &kt_clock_system, .inbox = kt_inbox_new()};
    kt_group_told_init(&told, &context);
    kt_group_told_begin(&told);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kt_group_told_release(&told);
    kt_inbox_free(context.inbox);
    return 0;
}

static void a_problem_is_told_once_and_taken_back(void **state)
{
    (void)state;
    kt_group_told_note(&told, "a", NULL);
    assert_string_equal(news(), "");
    kt_group_told_note(&told, "a", DENIED);
    kt_group_told_note(&told, "a", DENIED);
    assert_string_equal(news(), "a:" DENIED " ");
    assert_true(kt_group_told_has(&told, "a", DENIED));
    assert_false(kt_group_told_has(&told, "a", AWAY));
    kt_group_told_note(&told, "a", AWAY);
    assert_string_equal(news(), "-a:" DENIED " a:" AWAY " ");
    kt_group_told_note(&told, "a", NULL);
    assert_string_equal(news(), "-a:" AWAY " ");
    assert_false(kt_group_told_has(&told, "a", AWAY));
}

static void a_group_that_is_gone_has_none_any_more(void **state)
{
    (void)state;
    kt_group_told_note(&told, "gone", AWAY);
    kt_group_told_note(&told, "kept", AWAY);
    kt_group_told_note(&told, "noted", AWAY);
    kt_group_told_end(&told);
    assert_string_equal(news(), "gone:" AWAY " kept:" AWAY " noted:" AWAY " ");
    kt_group_told_begin(&told);
    kt_group_told_keep(&told, "kept");
    kt_group_told_keep(&told, "never met");
    kt_group_told_note(&told, "noted", AWAY);
    kt_group_told_end(&told);
    assert_string_equal(news(), "-gone:" AWAY " ");
    assert_true(kt_group_told_has(&told, "kept", AWAY));
    assert_true(kt_group_told_has(&told, "noted", AWAY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_problem_is_told_once_and_taken_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_group_that_is_gone_has_none_any_more, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("group_told", tests, NULL, NULL);
}
