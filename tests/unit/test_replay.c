/* Playing a recording: in order, at its own time, to its end, whatever stands in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_clock.h"
#include "source.h"
#include "wait.h"

#define HEAD      "kafkatop-trace\t1\t1700000000000\n"
#define TOLD_MOST 64

struct stage {
    char path[64];
    struct kt_options options;
    struct fake_clock machine;
    struct kt_log *log;
    struct kt_source source;
    const struct kt_clock *clock;
    /* what was told: kinds, when by the replay's clock, the error's name of problems */
    size_t count;
    enum kt_obs_kind kinds[TOLD_MOST];
    int64_t when[TOLD_MOST];
    char error[40];
};

static void note(void *self, const struct kt_obs *obs)
{
    struct stage *stage = self;
    assert_true(stage->count < TOLD_MOST);
    stage->kinds[stage->count] = obs->kind;
    stage->when[stage->count++] = kt_mono(stage->clock);
    if (obs->kind == KT_OBS_PROBLEM) {
        snprintf(stage->error, sizeof stage->error, "%.*s", (int)obs->problem.error.length,
                 obs->problem.error.bytes);
    }
}

static bool asked_at_once;

static enum kt_code open_stage(struct stage *stage, const char *text, enum kt_format format,
                               struct kt_err *err)
{
    memset(stage, 0, sizeof *stage);
    snprintf(stage->path, sizeof stage->path, "/tmp/test_replay.XXXXXX");
    int file = mkstemp(stage->path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    fake_clock_init(&stage->machine, 5, 6);
    stage->log = kt_log_new(&stage->machine.clock);
    stage->options.replay = stage->path;
    stage->options.format = format;
    stage->options.at_once = asked_at_once;
    struct kt_source_context context = {&stage->options, &stage->machine.clock, stage->log};
    enum kt_code code = kt_source_open(&stage->source, &context, err);
    unlink(stage->path);
    if (code == KT_OK) {
        stage->clock = stage->source.ops->clock(stage->source.self);
    } else {
        kt_log_free(stage->log);
    }
    return code;
}

static void close_stage(struct stage *stage)
{
    kt_source_close(&stage->source);
    kt_log_free(stage->log);
}

static bool poll_stage(struct stage *stage, int wait_ms)
{
    const struct kt_sink sink = {note, stage};
    return kt_source_poll(&stage->source, &sink, wait_ms);
}

static void an_instant_replay_runs_on_its_own_time(void **state)
{
    (void)state;
    struct stage stage;
    struct kt_err err;
    assert_int_equal(open_stage(&stage,
                                HEAD "source\t1000\tlog\t~\n"
                                     "group-gone\t1000\tg\n"
                                     "group-gone\t1600\tg\n"
                                     "pass\t1700\t1\n"
                                     "group-gone\t1700\tlate\n"
                                     "group-gone\t1500\tback in time\n"
                                     "pass\t4000\t0\n",
                                KT_FORMAT_JSON, &err),
                     KT_OK);
    assert_ptr_equal(stage.source.ops, &kt_source_replay);
    assert_true(kt_mono(stage.clock) == 1000);
    assert_true(kt_wall(stage.clock) == INT64_C(1700000001000));
    assert_true(poll_stage(&stage, 0));
    assert_int_equal(stage.count, 2);
    assert_true(poll_stage(&stage, 250));
    assert_int_equal(stage.count, 2);
    assert_true(kt_mono(stage.clock) == 1250);
    assert_true(poll_stage(&stage, 1000)); /* as far as the pass and no further */
    assert_int_equal(stage.count, 4);
    assert_int_equal(stage.kinds[3], KT_OBS_PASS);
    assert_true(stage.when[2] == 1600 && stage.when[3] == 1700);
    assert_true(kt_mono(stage.clock) == 1700);
    assert_true(poll_stage(&stage, 0));
    assert_int_equal(stage.count, 6);
    assert_true(kt_mono(stage.clock) == 1700); /* never back */
    while (poll_stage(&stage, 250)) {
    }
    assert_int_equal(stage.count, 7);
    assert_true(stage.when[6] == 4000);
    assert_true(kt_mono(stage.clock) == 4000);
    const struct kt_clock *clock = stage.clock;
    close_stage(&stage);
    assert_true(kt_mono(clock) == 4000); /* the clock may still be looked at */
}

static void the_same_recording_plays_the_same_in_other_steps(void **state)
{
    (void)state;
    static const char text[] =
        HEAD "source\t10\tlog\t~\ngroup-gone\t35\ta\npass\t90\t1\ngroup-gone\t91\tb\npass\t700\t1\n";
    int64_t when[2][TOLD_MOST];
    size_t counts[2];
    for (int run = 0; run < 2; run++) {
        struct stage stage;
        struct kt_err err;
        assert_int_equal(open_stage(&stage, text, KT_FORMAT_TEXT, &err), KT_OK);
        while (poll_stage(&stage, run ? 1 : 250)) {
        }
        counts[run] = stage.count;
        memcpy(when[run], stage.when, sizeof when[run]);
        close_stage(&stage);
    }
    assert_int_equal(counts[0], 5);
    assert_int_equal(counts[1], 5);
    assert_memory_equal(when[0], when[1], 5 * sizeof when[0][0]);
}

static void a_screen_is_played_to_at_the_recorded_speed(void **state)
{
    (void)state;
    struct stage stage;
    struct kt_err err;
    int64_t before = kt_wait_now(); /* the recording's clock runs from the opening on */
    assert_int_equal(open_stage(&stage, HEAD "source\t1000\tlog\t~\npass\t1030\t1\n", KT_FORMAT_SCREEN, &err),
                     KT_OK);
    while (poll_stage(&stage, 250)) {
        assert_true(kt_wait_now() < before + 10000);
    }
    assert_int_equal(stage.count, 2);
    assert_true(stage.when[1] >= 1030);
    assert_true(kt_wait_now() - before >= 29);
    assert_true(kt_mono(stage.clock) >= 1030);
    int64_t stands = kt_mono(stage.clock);
    int64_t later = kt_wait_now() + 3;
    while (kt_wait_now() < later) {
    }
    assert_true(kt_mono(stage.clock) == stands);
    close_stage(&stage);
}

static void a_screen_may_be_played_to_at_once(void **state)
{
    (void)state;
    struct stage stage;
    struct kt_err err;
    asked_at_once = true;
    assert_int_equal(open_stage(&stage, HEAD "source\t0\tlog\t~\npass\t500000000\t1\n", KT_FORMAT_SCREEN, &err),
                     KT_OK);
    asked_at_once = false;
    int64_t before = kt_wait_now();
    while (poll_stage(&stage, 1000000)) {
        assert_true(kt_wait_now() < before + 100000); /* of six days */
    }
    assert_int_equal(stage.when[1], 500000000);
    close_stage(&stage);
}

static void waking_cuts_the_wait_short(void **state)
{
    (void)state;
    struct stage stage;
    struct kt_err err;
    assert_int_equal(open_stage(&stage, HEAD "source\t0\tlog\t~\npass\t500000\t1\n", KT_FORMAT_SCREEN, &err),
                     KT_OK);
    assert_true(poll_stage(&stage, 0));
    int64_t before = kt_wait_now();
    kt_source_wake(&stage.source);
    assert_true(poll_stage(&stage, 60000));
    assert_true(kt_wait_now() - before < 30000);
    close_stage(&stage);
}

static void a_broken_line_is_a_problem_and_the_end(void **state)
{
    (void)state;
    static const char *const texts[] = {
        HEAD "source\t0\tlog\t~\nfish\t1\n",
        HEAD "source\t0\tlog\t~\npass\t9223372036854775807\t1\n",
        HEAD "source\t0\tlog\t~\npass\t900000000\t1\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct stage stage;
        struct kt_err err;
        assert_int_equal(open_stage(&stage, texts[i], KT_FORMAT_JSON, &err), KT_OK);
        while (poll_stage(&stage, 250)) {
        }
        assert_int_equal(stage.count, 3);
        assert_int_equal(stage.kinds[1], KT_OBS_PROBLEM);
        assert_string_equal(stage.error, "BAD_RECORDING");
        assert_int_equal(stage.kinds[2], KT_OBS_PASS);
        close_stage(&stage);
    }
}

static void a_recording_cut_short_plays_as_far_as_it_goes(void **state)
{
    (void)state;
    struct stage stage;
    struct kt_err err;
    struct kt_log_line lines[4];
    assert_int_equal(
        open_stage(&stage, HEAD "source\t0\tlog\t~\npass\t5\t1\ncommit\t6\tgro", KT_FORMAT_CSV, &err), KT_OK);
    while (poll_stage(&stage, 250)) {
    }
    assert_int_equal(stage.count, 2);
    assert_int_equal(kt_log_copy(stage.log, lines, 4), 1);
    assert_non_null(strstr(lines[0].text, "line 4"));
    close_stage(&stage);
}

static void what_is_no_recording_is_refused_by_name(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "hello\n", "kafkatop-trace\t1\n",
                                        "kafkatop-trace\t1\t9223372036854775807\n", HEAD "fish\t1\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct stage stage;
        struct kt_err err = {.code = KT_OK};
        assert_int_equal(open_stage(&stage, texts[i], KT_FORMAT_JSON, &err), KT_CONFIG);
        assert_non_null(strstr(err.text, stage.path));
    }
    struct kt_options options = {.replay = (char[]){"/nonexistent/recording"}};
    struct kt_source_context context = {&options, &kt_clock_system, NULL};
    struct kt_source source;
    struct kt_err err;
    assert_int_equal(kt_source_open(&source, &context, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "/nonexistent/recording"));
}

static void a_closed_source_may_still_be_woken(void **state)
{
    (void)state;
    struct stage stage;
    struct kt_err err;
    assert_int_equal(open_stage(&stage, HEAD "pass\t1\t1\n", KT_FORMAT_SCREEN, &err), KT_OK);
    const struct kt_clock *clock = stage.clock;
    close_stage(&stage);
    kt_source_wake(&stage.source);
    kt_source_close(&stage.source);
    assert_true(kt_wall(clock) >= INT64_C(1700000000001));
}

static void an_empty_recording_ends_at_once(void **state)
{
    (void)state;
    struct stage stage;
    struct kt_err err;
    assert_int_equal(open_stage(&stage, HEAD, KT_FORMAT_SCREEN, &err), KT_OK);
    assert_false(poll_stage(&stage, 60000));
    close_stage(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instant_replay_runs_on_its_own_time),
        cmocka_unit_test(the_same_recording_plays_the_same_in_other_steps),
        cmocka_unit_test(a_screen_is_played_to_at_the_recorded_speed),
        cmocka_unit_test(a_screen_may_be_played_to_at_once),
        cmocka_unit_test(waking_cuts_the_wait_short),
        cmocka_unit_test(a_broken_line_is_a_problem_and_the_end),
        cmocka_unit_test(a_recording_cut_short_plays_as_far_as_it_goes),
        cmocka_unit_test(what_is_no_recording_is_refused_by_name),
        cmocka_unit_test(a_closed_source_may_still_be_woken),
        cmocka_unit_test(an_empty_recording_ends_at_once),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
