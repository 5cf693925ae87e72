/* The collector's thread, driven step by step by a source and a clock of ours: what it publishes, and when it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "collector.h"
#include "fake_source.h"
#include "freeze.h"
#include "model.h"
#include "trace.h"
#include "wait.h"

#define PATIENCE_MS 10000
#define DELAY 2000 /* of the options */

struct rig {
    struct fake_source source;
    struct kt_options options;
    struct kt_log *log;
    struct kt_publish publish;
    struct kt_collector *collector;
    uint64_t seen; /* sequence of the last snapshot looked at */
};

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static void prepare(struct rig *rig)
{
    struct kt_err err;
    char *const argv[] = {"kafkatop", "-b", "fake:9092", "--json", "-n", "1000", NULL};
    memset(rig, 0, sizeof *rig);
    fake_source_init(&rig->source);
    assert_int_equal(kt_options_parse(&rig->options, 6, argv, &err), KT_OK);
    assert_int_equal(rig->options.settings.delay_ms, DELAY);
    rig->log = kt_log_new(&rig->source.clock.clock);
    struct kt_model *model = kt_model_new(&rig->options, &rig->source.clock.clock, rig->log);
    assert_int_equal(kt_publish_init(&rig->publish, kt_freeze(model, 0), &err), KT_OK);
    kt_model_free(model);
}

static enum kt_code start(struct rig *rig, struct kt_err *err)
{
    struct kt_source source;
    assert_int_equal(fake_source_open(&rig->source, &source, &rig->options, rig->log), KT_OK);
    return kt_collector_start(&rig->collector, source, &rig->options, &rig->source.clock.clock, rig->log,
                              &rig->publish, err);
}

static void open_rig(struct rig *rig)
{
    struct kt_err err;
    prepare(rig);
    assert_int_equal(start(rig, &err), KT_OK);
    fake_source_settle(&rig->source);
}

static void release(struct rig *rig)
{
    kt_publish_release(&rig->publish);
    kt_log_free(rig->log);
    kt_options_release(&rig->options);
    fake_source_release(&rig->source);
}

static void close_rig(struct rig *rig)
{
    assert_true(kt_collector_stop(rig->collector, PATIENCE_MS));
    assert_int_equal(fake_source_closes(&rig->source), 1);
    assert_int_equal(fake_source_misuses(&rig->source), 0);
    release(rig);
}

/* How many snapshots were published since the last call; *latest (may be NULL) gets a reference. */
static uint64_t published(struct rig *rig, const struct kt_snapshot **latest)
{
    const struct kt_snapshot *snap = kt_publish_get(&rig->publish);
    uint64_t count = snap->sequence - rig->seen;
    rig->seen = snap->sequence;
    if (latest) {
        *latest = snap;
    } else {
        kt_snapshot_unref(snap);
    }
    return count;
}

static bool is_readable(const struct rig *rig, int wait_ms)
{
    struct pollfd fd = {.fd = rig->publish.pipe[0], .events = POLLIN};
    return poll(&fd, 1, wait_ms) == 1;
}

static void say_group(struct rig *rig, const char *name)
{
    fake_source_say(&rig->source, (struct kt_obs){.kind = KT_OBS_GROUP,
                                                  .group = {.group = text(name),
                                                            .type = KT_TYPE_CLASSIC,
                                                            .state = KT_STATE_EMPTY,
                                                            .coordinator = -1,
                                                            .generation = -1,
                                                            .members_known = true}});
}

static void say_topic(struct rig *rig)
{
    fake_source_say(&rig->source,
                    (struct kt_obs){.kind = KT_OBS_TOPIC, .topic = {.name = text("orders"), .partition_count = 1}});
}

static void say_end(struct rig *rig, int64_t offset)
{
    fake_source_say(&rig->source,
                    (struct kt_obs){.kind = KT_OBS_END,
                                    .end = {.topic = text("orders"), .has_end = true, .log_end = offset}});
}

static void say_problem(struct rig *rig, const char *error, bool over)
{
    fake_source_say(&rig->source, (struct kt_obs){.kind = KT_OBS_PROBLEM,
                                                  .problem = {.scope = KT_SCOPE_CLUSTER,
                                                              .name = text(""),
                                                              .error = text(error),
                                                              .text = text("wrong password"),
                                                              .over = over}});
}

static void pass(struct rig *rig)
{
    fake_source_say_pass(&rig->source);
    fake_source_settle(&rig->source);
}

/* ---- what is published, and when ---- */

static void asks_at_once_and_publishes_at_each_pass(void **state)
{
    (void)state;
    struct rig rig;
    const struct kt_snapshot *snap;
    open_rig(&rig);
    assert_int_equal(fake_source_refreshes(&rig.source), 1);
    assert_int_equal(published(&rig, NULL), 0);
    assert_false(is_readable(&rig, 0));
    say_group(&rig, "a");
    fake_source_say_pass(&rig.source);
    assert_true(is_readable(&rig, PATIENCE_MS));
    fake_source_settle(&rig.source);
    published(&rig, &snap);
    assert_int_equal(snap->group_count, 1);
    assert_true(snap->collected);
    kt_snapshot_unref(snap);
    assert_false(is_readable(&rig, 0));
    for (int i = 0; i < 3; i++) {
        fake_source_pass(&rig.source, DELAY / 2);
        fake_source_say_pass(&rig.source);
        fake_source_settle(&rig.source);
        assert_int_equal(published(&rig, NULL), 1);
    }
    close_rig(&rig);
}

static void shows_rows_as_they_come_before_the_first_pass(void **state)
{
    (void)state;
    struct rig rig;
    const struct kt_snapshot *snap;
    open_rig(&rig);
    say_group(&rig, "a");
    fake_source_settle(&rig.source);
    assert_int_equal(published(&rig, &snap), 1);
    assert_false(snap->collected);
    assert_true(snap->partial);
    assert_int_equal(snap->group_count, 1);
    kt_snapshot_unref(snap);
    say_group(&rig, "b"); /* at once after the last: it has to wait for a look at more than one row */
    fake_source_settle(&rig.source);
    assert_int_equal(published(&rig, NULL), 0);
    fake_source_pass(&rig.source, 199);
    assert_int_equal(published(&rig, NULL), 0);
    fake_source_pass(&rig.source, 1);
    assert_int_equal(published(&rig, &snap), 1);
    assert_int_equal(snap->group_count, 2);
    kt_snapshot_unref(snap);
    fake_source_pass(&rig.source, 600); /* nothing new: nothing to show */
    assert_int_equal(published(&rig, NULL), 0);
    close_rig(&rig);
}

static void after_the_first_pass_waits_for_whole_collections(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    pass(&rig);
    published(&rig, NULL);
    say_group(&rig, "a");
    fake_source_settle(&rig.source);
    fake_source_pass(&rig.source, DELAY - 1);
    assert_int_equal(published(&rig, NULL), 0);
    pass(&rig);
    assert_int_equal(published(&rig, NULL), 1);
    close_rig(&rig);
}

static void says_how_old_everything_is_when_no_pass_comes(void **state)
{
    (void)state;
    struct rig rig;
    const struct kt_snapshot *snap;
    open_rig(&rig);
    say_topic(&rig);
    say_end(&rig, 10);
    pass(&rig);
    published(&rig, &snap);
    assert_false(snap->stale);
    assert_true(snap->as_of_known);
    int64_t as_of = snap->as_of_ms;
    kt_snapshot_unref(snap);
    bool stale = false;
    for (int i = 0; i < 4; i++) {
        fake_source_pass(&rig.source, DELAY);
        assert_int_equal(published(&rig, &snap), 1);
        assert_int_equal(snap->as_of_ms, as_of);
        assert_true(snap->taken_ms - as_of >= (i + 1) * DELAY);
        assert_true(!stale || snap->stale);
        stale = snap->stale;
        kt_snapshot_unref(snap);
    }
    assert_true(stale);
    say_end(&rig, 11);
    pass(&rig);
    published(&rig, &snap);
    assert_false(snap->stale);
    kt_snapshot_unref(snap);
    close_rig(&rig);
}

/* ---- commands ---- */

static void asks_again_once_a_delay(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    fake_source_pass(&rig.source, DELAY - 1);
    assert_int_equal(fake_source_refreshes(&rig.source), 1);
    fake_source_pass(&rig.source, 1);
    assert_int_equal(fake_source_refreshes(&rig.source), 2);
    fake_source_pass(&rig.source, 10 * DELAY); /* the machine slept: what was missed is not made up for */
    assert_int_equal(fake_source_refreshes(&rig.source), 3);
    close_rig(&rig);
}

static void refreshes_when_told_to(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    kt_collector_refresh(rig.collector);
    fake_source_settle(&rig.source);
    assert_int_equal(fake_source_refreshes(&rig.source), 2);
    fake_source_pass(&rig.source, DELAY - 1); /* and counts the delay from there */
    assert_int_equal(fake_source_refreshes(&rig.source), 2);
    fake_source_pass(&rig.source, 1);
    assert_int_equal(fake_source_refreshes(&rig.source), 3);
    close_rig(&rig);
}

static void a_new_delay_holds_at_once(void **state)
{
    (void)state;
    struct rig rig;
    const struct kt_snapshot *snap;
    open_rig(&rig);
    kt_collector_set_delay(rig.collector, 500);
    fake_source_settle(&rig.source);
    fake_source_pass(&rig.source, 499);
    assert_int_equal(fake_source_refreshes(&rig.source), 1);
    fake_source_pass(&rig.source, 1);
    assert_int_equal(fake_source_refreshes(&rig.source), 2);
    pass(&rig);
    published(&rig, &snap);
    assert_int_equal(snap->settings.delay_ms, 500);
    kt_snapshot_unref(snap);
    kt_collector_set_delay(rig.collector, 1); /* as short as is good for a cluster */
    fake_source_settle(&rig.source);
    fake_source_pass(&rig.source, 99);
    assert_int_equal(fake_source_refreshes(&rig.source), 2);
    fake_source_pass(&rig.source, 1);
    assert_int_equal(fake_source_refreshes(&rig.source), 3);
    kt_collector_set_delay(rig.collector, INT64_MAX);
    fake_source_settle(&rig.source);
    pass(&rig);
    published(&rig, &snap);
    assert_int_equal(snap->settings.delay_ms, 3600000);
    kt_snapshot_unref(snap);
    close_rig(&rig);
}

static void the_newest_delay_wins(void **state)
{
    (void)state;
    struct rig rig;
    const struct kt_snapshot *snap;
    open_rig(&rig);
    for (int i = 1; i <= 50; i++) {
        kt_collector_set_delay(rig.collector, 1000 + i);
    }
    fake_source_settle(&rig.source);
    pass(&rig);
    published(&rig, &snap);
    assert_int_equal(snap->settings.delay_ms, 1050);
    kt_snapshot_unref(snap);
    close_rig(&rig);
}

/* ---- failures ---- */

/* Nothing complete comes, and time goes by. */
static void look_later(struct rig *rig, int64_t ms)
{
    fake_source_pass(&rig->source, ms);
    fake_source_settle(&rig->source);
}

static void tells_a_failure_that_waiting_does_not_mend(void **state)
{
    (void)state;
    struct rig rig;
    struct kt_err err = {.code = KT_OK};
    open_rig(&rig);
    assert_int_equal(kt_collector_failure(rig.collector, &err), KT_OK);
    say_problem(&rig, "_TRANSPORT", false);
    look_later(&rig, 0);
    assert_int_equal(kt_collector_failure(rig.collector, NULL), KT_OK); /* a broker that is away may come back */
    say_problem(&rig, "_AUTHENTICATION", false);
    look_later(&rig, DELAY);
    assert_int_equal(kt_collector_failure(rig.collector, &err), KT_AUTH);
    assert_string_equal(err.text, "wrong password");
    close_rig(&rig);
}

/* One address may be bad where another is good; that none can be used for a while is the end. */
static void gives_up_when_no_address_can_be_used(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    say_problem(&rig, "CERTIFICATE_EXPIRED", false);
    look_later(&rig, DELAY);
    assert_int_equal(kt_collector_failure(rig.collector, NULL), KT_AUTH); /* there is but one */
    say_problem(&rig, "CERTIFICATE_EXPIRED", true);
    look_later(&rig, DELAY);
    assert_int_equal(kt_collector_failure(rig.collector, NULL), KT_OK);
    say_problem(&rig, "_TIMED_OUT", false);
    say_problem(&rig, "CONNECTION_REFUSED", false);
    look_later(&rig, DELAY);
    assert_int_equal(kt_collector_failure(rig.collector, NULL), KT_OK);
    look_later(&rig, 6000);
    assert_int_equal(kt_collector_failure(rig.collector, NULL), KT_NETWORK);
    close_rig(&rig);
}

/* Who was reached once is waited for, whatever goes wrong. */
static void goes_on_where_it_has_seen_all(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    pass(&rig);
    say_problem(&rig, "WRONG_CREDENTIALS", false);
    say_problem(&rig, "_ALL_BROKERS_DOWN", false);
    look_later(&rig, 10000);
    assert_int_equal(kt_collector_failure(rig.collector, NULL), KT_OK);
    close_rig(&rig);
}

/* ---- the end ---- */

static void wait_for_end(struct rig *rig)
{
    int64_t deadline = kt_wait_now() + PATIENCE_MS;
    while (!kt_collector_ended(rig->collector) && kt_wait_now() < deadline) {
        if (is_readable(rig, PATIENCE_MS)) {
            kt_snapshot_unref(kt_publish_get(&rig->publish));
        }
    }
    assert_true(kt_collector_ended(rig->collector));
}

/*
 * Keys are still pressed when a recording has been played, whatever the thread does just then: many of them meet it
 * at each of its last steps.
 */
static void commands_after_the_end_do_no_harm(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct rig rig;
        open_rig(&rig);
        fake_source_say_pass(&rig.source);
        fake_source_end(&rig.source);
        wait_for_end(&rig);
        for (int i = 0; i < 500; i++) {
            kt_collector_refresh(rig.collector);
            kt_collector_set_delay(rig.collector, 500);
            sched_yield();
        }
        close_rig(&rig);
    }
}

static void what_was_said_last_is_published_before_the_end_is_told(void **state)
{
    (void)state;
    struct rig rig;
    const struct kt_snapshot *snap;
    open_rig(&rig);
    pass(&rig);
    published(&rig, NULL);
    assert_false(kt_collector_ended(rig.collector));
    say_group(&rig, "last");
    fake_source_end(&rig.source);
    wait_for_end(&rig);
    published(&rig, &snap);
    assert_non_null(kt_snapshot_group(snap, "last", 4));
    kt_snapshot_unref(snap);
    close_rig(&rig);
}

static void stops_whatever_it_is_doing(void **state)
{
    (void)state;
    for (int what = 0; what < 4; what++) {
        struct rig rig;
        struct kt_err err;
        prepare(&rig);
        if (what == 3) { /* waits for a reader that does not come */
            rig.options.replay = kt_strdup("recording");
        }
        assert_int_equal(start(&rig, &err), KT_OK);
        if (what > 0) {
            fake_source_settle(&rig.source);
        }
        for (int i = 0; what >= 2 && i < FAKE_SOURCE_MOST / 2; i++) {
            say_group(&rig, "a");
            fake_source_say_pass(&rig.source);
        }
        if (what == 3) {
            assert_true(is_readable(&rig, PATIENCE_MS)); /* the first one is there and is left lying */
            fake_source_say_pass(&rig.source);
        }
        close_rig(&rig);
    }
}

/* The thread stays behind and may use what it was given as long as the process lives. */
static void leaves_a_source_behind_that_does_not_return(void **state)
{
    (void)state;
    static struct rig rig;
    open_rig(&rig);
    fake_source_hang(&rig.source);
    fake_source_settle(&rig.source);
    int64_t from = kt_wait_now();
    assert_false(kt_collector_stop(rig.collector, 50));
    int64_t took = kt_wait_now() - from;
    assert_true(took >= 50 && took < PATIENCE_MS);
    assert_int_equal(fake_source_closes(&rig.source), 0);
}

/* A reader gets its snapshot while the source hangs, and holds it when all is over. */
static void a_snapshot_outlives_the_collector(void **state)
{
    (void)state;
    struct rig rig;
    const struct kt_snapshot *snap;
    open_rig(&rig);
    say_group(&rig, "kept");
    pass(&rig);
    published(&rig, &snap);
    close_rig(&rig);
    assert_non_null(kt_snapshot_group(snap, "kept", 4));
    kt_snapshot_unref(snap);
}

/* ---- recordings ---- */

static void records_what_was_said(void **state)
{
    (void)state;
    struct rig rig;
    struct kt_err err;
    char path[] = "/tmp/kafkatop-test-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    prepare(&rig);
    rig.options.record = kt_strdup(path);
    assert_int_equal(start(&rig, &err), KT_OK);
    say_group(&rig, "a");
    pass(&rig);
    fake_source_pass(&rig.source, 1234);
    pass(&rig);
    close_rig(&rig);

    static const enum kt_obs_kind expected[] = {KT_OBS_GROUP, KT_OBS_PASS, KT_OBS_PASS};
    static const int64_t at[] = {0, 0, 1234};
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    struct kt_trace_reader *reader;
    assert_int_equal(kt_trace_open(&reader, in, &err), KT_OK);
    assert_int_equal(kt_trace_wall_of_mono_zero(reader), INT64_C(1700000000000));
    struct kt_obs obs;
    bool more = true;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(kt_trace_next(reader, &obs, &more, &err), KT_OK);
        assert_true(more);
        assert_int_equal(obs.kind, expected[i]);
        assert_int_equal(obs.at, at[i]);
    }
    assert_int_equal(kt_trace_next(reader, &obs, &more, &err), KT_OK);
    assert_false(more);
    kt_trace_reader_free(reader);
    fclose(in);
    unlink(path);
}

static void a_recording_that_cannot_be_made_is_told_at_once(void **state)
{
    (void)state;
    struct rig rig;
    struct kt_err err;
    prepare(&rig);
    rig.options.record = kt_strdup("/nonexistent/folder/recording");
    assert_int_equal(start(&rig, &err), KT_IO);
    assert_non_null(strstr(err.text, "/nonexistent/folder/recording"));
    assert_int_equal(fake_source_closes(&rig.source), 1);
    release(&rig);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    struct rig rig;
    struct kt_err err;
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    prepare(&rig);
    rig.options.record = kt_strdup("/dev/full");
    assert_int_equal(start(&rig, &err), KT_OK);
    fake_source_say_pass(&rig.source);
    fake_source_end(&rig.source);
    wait_for_end(&rig);
    assert_int_equal(kt_collector_failure(rig.collector, &err), KT_IO); /* known no later than the end */
    close_rig(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_at_once_and_publishes_at_each_pass),
        cmocka_unit_test(shows_rows_as_they_come_before_the_first_pass),
        cmocka_unit_test(after_the_first_pass_waits_for_whole_collections),
        cmocka_unit_test(says_how_old_everything_is_when_no_pass_comes),
        cmocka_unit_test(asks_again_once_a_delay),
        cmocka_unit_test(refreshes_when_told_to),
        cmocka_unit_test(a_new_delay_holds_at_once),
        cmocka_unit_test(the_newest_delay_wins),
        cmocka_unit_test(tells_a_failure_that_waiting_does_not_mend),
        cmocka_unit_test(gives_up_when_no_address_can_be_used),
        cmocka_unit_test(goes_on_where_it_has_seen_all),
        cmocka_unit_test(what_was_said_last_is_published_before_the_end_is_told),
        cmocka_unit_test(commands_after_the_end_do_no_harm),
        cmocka_unit_test(stops_whatever_it_is_doing),
        cmocka_unit_test(a_snapshot_outlives_the_collector),
        cmocka_unit_test(records_what_was_said),
        cmocka_unit_test(a_recording_that_cannot_be_made_is_told_at_once),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(leaves_a_source_behind_that_does_not_return),
    };
    return cmocka_run_group_tests_name("collector", tests, NULL, NULL);
}
