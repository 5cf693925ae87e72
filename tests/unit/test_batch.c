#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "batch.h"
#include "fake_feed.h"

static struct fake_feed feed;
static struct kt_options options;
static struct kt_err err;
static char *text;
static size_t size;

static int set_up(void **state)
{
    (void)state;
    fake_feed_init(&feed);
    feed.eager = true;
    feed.step_ms = 500;
    fake_feed_wake(&feed);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_feed_release(&feed);
    kt_options_release(&options);
    free(text);
    text = NULL;
    return 0;
}

static int run(int argc, char *const argv[])
{
    assert_int_equal(kt_options_parse(&options, argc, argv, &err), KT_OK);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    struct ui_batch batch = {&options, &feed.feed, 1, &feed.signals, &feed.clock.clock, out, NULL, NULL, NULL};
    int status = ui_batch_run(&batch, &err);
    fclose(out);
    return status;
}

#define RUN(...) run((int)(sizeof((char *[]){"kafkatop", __VA_ARGS__}) / sizeof(char *)), \
                     (char *[]){"kafkatop", __VA_ARGS__})

static int lines(void)
{
    int count = 0;
    for (const char *at = text; at && (at = strchr(at, '\n')) != NULL; at++)
        count++;
    return count;
}

static void test_once_waits_for_a_complete_collection(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    fake_feed_add(&feed, false, "reading");
    fake_feed_add(&feed, true, NULL);
    assert_int_equal(RUN("--json", "-b", "x"), 0);
    assert_int_equal(lines(), 1);
    assert_non_null(strstr(text, "\"taken_at\":1763692331000"));
    assert_string_equal(err.text, "");
}

static void test_so_many_refreshes_all_different(void **state)
{
    (void)state;
    fake_feed_add(&feed, true, NULL);
    fake_feed_add(&feed, true, NULL);
    fake_feed_add(&feed, true, NULL);
    assert_int_equal(RUN("--json", "-n", "3", "-b", "x"), 0);
    assert_int_equal(lines(), 3);
    assert_non_null(strstr(text, "\"taken_at\":1763692327000"));
    assert_non_null(strstr(text, "\"taken_at\":1763692329000"));
    assert_non_null(strstr(text, "\"taken_at\":1763692331000"));
}

static void test_nothing_new_prints_nothing(void **state)
{
    (void)state;
    fake_feed_add(&feed, true, NULL);
    fake_feed_add(&feed, true, NULL);
    fake_feed_signal(&feed, SIGTERM);
    assert_int_equal(RUN("--json", "-n", "9", "-b", "x"), 128 + SIGTERM);
    assert_true(lines() <= 1);
}

static void test_nothing_answers(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting to x");
    assert_int_equal(RUN("--json", "-b", "x", "--timeout", "2"), 69);
    assert_int_equal(lines(), 1);
    assert_non_null(strstr(text, "\"partial\":true"));
    assert_string_equal(err.text, "no answer from x within 2 s: connecting to x");
    assert_true(feed.looks >= 3 && feed.looks <= 5);
}

static void test_half_an_answer_is_printed(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting to x");
    struct kt_snapshot *snap = fake_feed_add(&feed, false, "reading");
    snap->as_of_known = true;
    assert_int_equal(RUN("--json", "-b", "x", "--timeout", "2"), 0);
    assert_int_equal(lines(), 1);
    assert_string_equal(err.text, "no complete answer from x within 2 s: reading");
}

static struct kt_broker broker;

/* Their list comes from the one that was asked first: whoever counts groups must not take it for an answer. */
static void test_brokers_alone_are_no_answer(void **state)
{
    (void)state;
    struct kt_snapshot *snap = fake_feed_add(&feed, false, "reading");
    snap->brokers = &broker;
    snap->broker_count = 1;
    assert_int_equal(RUN("--json", "-b", "x", "--timeout", "2"), 69);
    assert_int_equal(lines(), 1);
    assert_string_equal(err.text, "no complete answer from x within 2 s: reading");
}

static void test_a_refusal_has_its_status(void **state)
{
    (void)state;
    struct kt_snapshot *snap = fake_feed_add(&feed, false, "reading");
    snap->brokers = &broker;
    snap->broker_count = 1;
    struct kt_problem problem = {.scope = KT_SCOPE_BROKER,
                                 .name = kt_text_of("1", 1),
                                 .error = kt_text_of("CERTIFICATE_HOST_NAME", 21),
                                 .text = kt_text_of("for another host name", 21)};
    snap->problems = &problem;
    snap->problem_count = 1;
    assert_int_equal(RUN("--json", "-b", "x", "--timeout", "2"), 77);
    assert_string_equal(err.text, "no complete answer from x within 2 s: for another host name");
}

static void keep(void *self, const char *line)
{
    (void)snprintf(self, 100, "%s", line);
}

static void test_csv_says_what_is_not_checked(void **state)
{
    (void)state;
    char said[100] = "";
    struct kt_snapshot *snap = fake_feed_add(&feed, true, NULL);
    snap->tls_unchecked = "certificate";
    assert_int_equal(kt_options_parse(&options, 4, (char *[]){"kafkatop", "--csv", "-b", "x"}, &err), KT_OK);
    FILE *out = open_memstream(&text, &size);
    struct ui_batch batch = {&options, &feed.feed, 1, &feed.signals, &feed.clock.clock, out, NULL, keep, said};
    assert_int_equal(ui_batch_run(&batch, &err), 0);
    fclose(out);
    assert_string_equal(said, "TLS certificate UNCHECKED");
}

static void test_not_knowing_has_a_status_of_its_own(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting to x");
    assert_int_equal(RUN("--json", "-b", "x", "--timeout", "2", "--exit-status"), 3);
}

static void test_a_refusal_does_not_wait(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting to x");
    kt_fail(&feed.failure, KT_AUTH, "the password was refused");
    assert_int_equal(RUN("--once", "-b", "x"), 77);
    assert_int_equal(feed.looks, 1);
    assert_string_equal(err.text, "the password was refused");
    assert_int_equal(lines(), 0);
}

static void test_the_end_of_a_recording(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, NULL);
    fake_feed_add(&feed, true, NULL);
    fake_feed_add(&feed, true, NULL);
    feed.ends_after = 4;
    assert_int_equal(RUN("--json", "--replay", "x"), 0);
    assert_int_equal(lines(), 1);
    assert_non_null(strstr(text, "\"taken_at\":1763692331000"));
}

static void test_all_of_a_recording(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, NULL);
    fake_feed_add(&feed, true, NULL);
    fake_feed_add(&feed, true, NULL);
    fake_feed_add(&feed, true, NULL)->taken_mono -= 2000; /* the end says nothing new */
    feed.ends_after = 3;
    assert_int_equal(RUN("--json", "--replay", "x", "-n", "50"), 0);
    assert_int_equal(lines(), 2);
}

static void test_a_full_disk(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    fake_feed_add(&feed, true, NULL);
    static char *const argv[] = {"kafkatop", "--json", "-b", "x"};
    assert_int_equal(kt_options_parse(&options, 4, argv, &err), KT_OK);
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    struct ui_batch batch = {&options, &feed.feed, 1, &feed.signals, &feed.clock.clock, out, NULL, NULL, NULL};
    assert_int_equal(ui_batch_run(&batch, &err), 74);
    assert_true(err.text[0] != '\0');
    fclose(out);
}

static void test_a_reader_that_has_enough(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    fake_feed_add(&feed, true, NULL);
    static char *const argv[] = {"kafkatop", "--json", "-b", "x"};
    assert_int_equal(kt_options_parse(&options, 4, argv, &err), KT_OK);
    FILE *out = fdopen(ends[1], "w");
    assert_non_null(out);
    struct ui_batch batch = {&options, &feed.feed, 1, &feed.signals, &feed.clock.clock, out, NULL, NULL, NULL};
    assert_int_equal(ui_batch_run(&batch, &err), 74);
    assert_string_equal(err.text, "");
    fclose(out);
    signal(SIGPIPE, before);
}

static void test_waiting_for_the_end_of_lag(void **state)
{
    struct kt_arena *arena;
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct kt_group *group = kt_group_new(&arena);
        group->name = (struct kt_text){"g", 1};
        KT_SET(group, GROUP, total_lag, i == 2 ? 0 : 5);
        struct kt_lag_facts row = {.topic = {"t", 1}, .owner = -1};
        struct kt_lag_packer packer = {.arena = arena};
        KT_SET(&row, LAG, lag, i == 2 ? 0 : 5);
        group->lags = kt_arena_take(arena, 1, sizeof *group->lags);
        kt_lag_pack(&packer, &row, group->lags);
        group->lag_count = 1;
        struct kt_snapshot *snap = fake_feed_add(&feed, true, NULL);
        kt_snapshot_reserve(snap, 1, 0);
        kt_snapshot_take_group(snap, group);
    }
    assert_int_equal(RUN("--wait-drained", "-b", "x", "--timeout", "60"), 0);
    assert_int_equal(feed.looks, 3);
}

static void test_lag_that_stays(void **state)
{
    (void)state;
    fake_feed_add(&feed, true, NULL); /* no group at all is not drained */
    assert_int_equal(RUN("--wait-drained", "-b", "x", "--timeout", "5"), 1);
    assert_non_null(strstr(err.text, "not drained"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_once_waits_for_a_complete_collection),
        TEST(test_so_many_refreshes_all_different),
        TEST(test_nothing_new_prints_nothing),
        TEST(test_nothing_answers),
        TEST(test_half_an_answer_is_printed),
        TEST(test_brokers_alone_are_no_answer), TEST(test_a_refusal_has_its_status),
        TEST(test_csv_says_what_is_not_checked), TEST(test_not_knowing_has_a_status_of_its_own),
        TEST(test_a_refusal_does_not_wait),
        TEST(test_the_end_of_a_recording),
        TEST(test_all_of_a_recording),
        TEST(test_a_full_disk),
        TEST(test_a_reader_that_has_enough),
        TEST(test_waiting_for_the_end_of_lag),
        TEST(test_lag_that_stays),
    };
    return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
