/*
 * Rules 9 to 15 of the table, each where it just holds and where it just does not; how a verdict is entered
 * and left; and what a group is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "explain.h"
#include "scene.h"

/* ---- 9 ---- */

static void repeats_one_offset(void **state)
{
    (void)state;
    static const struct {
        int64_t every, until;
        bool exact, stall;
    } cases[] = {
        {SECOND, 12 * SECOND, true, true},      /* eleven over 10 s */
        {SECOND, 11 * SECOND, true, false},     /* over 9 s */
        {3 * SECOND, 14 * SECOND, true, false}, /* four */
        {3 * SECOND, 16 * SECOND, true, true},  /* five */
        {SECOND, 20 * SECOND, false, false},    /* answers, not commits */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.look.exact = cases[i].exact;
        scene.look.log_end = OFFSET + 100;
        for (int64_t t = SECOND; t <= cases[i].until; t += SECOND) {
            if (t > SECOND && (t - SECOND) % cases[i].every == 0) {
                scene_commit(&scene, OFFSET, START + t);
            }
            scene_judge(&scene, START + t);
        }
        if (cases[i].stall) {
            scene_expect(&scene, KT_STATUS_STALL, "repeats-commits");
            assert_true(scene.verdict.same_commits >= 5);
        } else {
            scene_expect(&scene, KT_STATUS_OK, "moving");
        }
        scene_end(&scene);
    }
}

static void silence(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.log_end = OFFSET + 100;
    scene_watch(&scene, START + SECOND, START + 30 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "moving");
    scene_judge(&scene, START + 31 * SECOND);
    scene_expect(&scene, KT_STATUS_STALL, "silent");
    assert_int_equal(scene.verdict.quiet_ms, 30 * SECOND);
    assert_int_equal(scene.verdict.since, START + SECOND);
    scene_end(&scene);
}

/* ---- 10 ---- */

static void offset_went_back(void **state)
{
    (void)state;
    static const struct {
        int64_t to, log_start;
        bool rate_known, at_once;
    } cases[] = {
        {OFFSET - 30, 0, true, false}, /* 3 x 5/s x 2 s = 30: what a rebalance may lose */
        {OFFSET - 31, 0, true, true},
        {OFFSET - 31, 0, false, false},
        {OFFSET - 10, OFFSET - 10, true, true}, /* to the log start */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.look.produce_rate_known = cases[i].rate_known;
        scene.look.produce_rate = 5;
        scene.look.log_start = cases[i].log_start;
        scene.look.log_end = OFFSET + 20;
        scene_commit(&scene, cases[i].to, START + SECOND);
        scene_judge(&scene, START + SECOND);
        assert_int_equal(scene.verdict.status, cases[i].at_once ? KT_STATUS_REWIND : KT_STATUS_OK);
        assert_int_equal(scene.verdict.rewind_new, cases[i].at_once);
        for (int s = 2; s <= 11; s++) { /* it works, but does not reach where it was */
            scene_commit(&scene, cases[i].to + (s % 2 ? 1 : 2), START + s * SECOND);
            scene_commit(&scene, cases[i].to + 1 + s / 4, START + s * SECOND);
            scene_judge(&scene, START + s * SECOND);
        }
        scene_expect(&scene, KT_STATUS_REWIND, "went-back"); /* older than quiet */
        assert_int_equal(scene.verdict.rewind_from, OFFSET);
        scene_commit(&scene, OFFSET, START + 12 * SECOND);
        scene_judge(&scene, START + 12 * SECOND);
        scene_judge(&scene, START + 13 * SECOND);
        scene_expect(&scene, KT_STATUS_OK, "moving");
        scene_end(&scene);
    }
}

/* Burrow looks at the first fall of its window alone. */
static void a_second_fall_is_seen(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.log_end = OFFSET + 200;
    for (int fall = 0; fall < 2; fall++) {
        int64_t at = START + (1 + 4 * fall) * SECOND, from = OFFSET + 10 * fall;
        scene_commit(&scene, 10, at);
        scene_judge(&scene, at);
        scene_commit(&scene, 11, at + SECOND);
        scene.look.log_start = 10; /* to the log start: at once */
        scene_judge(&scene, at + SECOND);
        scene_expect(&scene, KT_STATUS_REWIND, "went-back");
        assert_int_equal(scene.verdict.rewind_from, from);
        scene_commit(&scene, from + 10, at + 2 * SECOND);
        scene_judge(&scene, at + 2 * SECOND);
        scene_judge(&scene, at + 3 * SECOND);
        scene_expect(&scene, KT_STATUS_OK, "moving");
    }
    scene_end(&scene);
}

static void a_rewind_becomes_a_mark(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.log_end = OFFSET + 20;
    scene_commit(&scene, 0, START + SECOND);
    for (int s = 1; s <= 602; s++) {
        scene_commit(&scene, s, START + s * SECOND);
        scene_judge(&scene, START + s * SECOND);
        if (s == 600) {
            scene_expect(&scene, KT_STATUS_REWIND, "went-back");
            assert_int_equal(scene.verdict.marks, 0);
        }
    }
    scene_expect(&scene, KT_STATUS_OK, "moving");
    assert_int_equal(scene.verdict.marks, KT_MARK_REWOUND);
    scene_end(&scene);
}

/* ---- 11, 12, 13: growth itself is tested in test_track.c and by whole consumers ---- */

static void retention_comes_near(void **state)
{
    (void)state;
    static const struct {
        double start_rate;
        int64_t log_start, log_end;
        bool warn;
    } cases[] = {
        {1, OFFSET - 3600, OFFSET + 4000, true}, /* an hour */
        {1, OFFSET - 3601, OFFSET + 4000, false},
        {1, OFFSET - 900, OFFSET + 898, false}, /* less than half of the log is unread */
        {0, OFFSET - 900, OFFSET + 4000, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.look.start_rate_known = true;
        scene.look.start_rate = cases[i].start_rate;
        scene.look.log_start = cases[i].log_start;
        scene.look.log_end = cases[i].log_end;
        scene_watch(&scene, START + SECOND, START + 10 * SECOND);
        scene_expect(&scene, KT_STATUS_OK, "moving"); /* it may be about to advance */
        scene_judge(&scene, START + 11 * SECOND);
        assert_int_equal(scene.verdict.status, cases[i].warn ? KT_STATUS_WARN : KT_STATUS_OK);
        if (cases[i].warn) {
            assert_string_equal(scene.verdict.rule, "loss-ahead");
            assert_int_equal(scene.verdict.loss_eta_ms, HOUR);
        }
        scene_end(&scene);
    }
}

/* Grows by `grows` a second on a log that gets 100 a second, commits each second, for so many seconds. */
static void grow(struct scene *scene, int64_t from, int64_t seconds, int64_t grows)
{
    scene->look.produce_rate_known = true;
    scene->look.produce_rate = 100;
    for (int64_t s = 1; s <= seconds; s++) {
        scene->look.log_end += 100;
        scene_commit(scene, scene->look.committed + 100 - grows, START + (from + s) * SECOND);
        scene_judge(scene, START + (from + s) * SECOND);
    }
}

static void growth_is_left_below_where_it_was_entered(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.committed += 1000;
    scene.look.log_end += 1000;
    grow(&scene, 0, 65, 50);
    assert_int_equal(scene.verdict.status, KT_STATUS_OK);
    grow(&scene, 65, 55, 50);
    scene_expect(&scene, KT_STATUS_WARN, "grows-fast");
    assert_true(scene.verdict.growth > 600);
    int64_t entry = kt_track_rare(&scene.track)->entry_lag;
    grow(&scene, 120, 300, 0); /* no longer grows, and is as much behind as before */
    assert_int_equal(scene.verdict.status, KT_STATUS_WARN);
    while (scene.verdict.lag - 30 >= entry) {
        int64_t at = (scene.look.now - START) / SECOND;
        grow(&scene, at, 1, -30);
        assert_int_equal(scene.verdict.status, KT_STATUS_WARN);
    }
    grow(&scene, (scene.look.now - START) / SECOND, 1, -30);
    assert_int_equal(scene.verdict.status, KT_STATUS_WARN);
    grow(&scene, (scene.look.now - START) / SECOND, 1, -30);
    assert_int_equal(scene.verdict.status, KT_STATUS_OK);
    scene_end(&scene);
}

/* ---- 14 ---- */

static void learns_at_first_sight(void **state)
{
    (void)state;
    struct scene scene;
    scene_blank(&scene);
    scene_commit(&scene, OFFSET, 0);
    scene.look.log_end = OFFSET + 100;
    scene_judge(&scene, START);
    scene_expect(&scene, KT_STATUS_UNKNOWN, "learning");
    assert_int_equal(scene.verdict.needs_ms, 600 * SECOND);
    scene_commit(&scene, OFFSET + 10, START + SECOND);
    scene.look.log_end += 10;
    scene_judge(&scene, START + SECOND); /* advances, as much behind as before: growth can tell after a while */
    scene_expect(&scene, KT_STATUS_UNKNOWN, "learning");
    assert_int_equal(scene.verdict.needs_ms, kt_learn_ms - SECOND);
    scene_commit(&scene, OFFSET + 11, START + 2 * SECOND);
    scene_judge(&scene, START + 2 * SECOND); /* one message less: two looks that lie so near tell nothing */
    scene_expect(&scene, KT_STATUS_UNKNOWN, "learning");
    assert_int_equal(scene.verdict.needs_ms, kt_shrink_ms - 2 * SECOND);
    scene_judge(&scene, START + kt_shrink_ms);
    scene_expect(&scene, KT_STATUS_OK, "moving");
    assert_int_equal(scene.verdict.needs_known, false);
    scene_end(&scene);
}

/* The log end was asked before the commits were read, and one came live meanwhile: still a first look. */
static void a_live_commit_after_found_ones_is_no_fresh_start(void **state)
{
    (void)state;
    struct scene scene;
    scene_blank(&scene);
    scene.look.log_end = OFFSET + 400;
    scene_judge(&scene, START); /* a row that is owned, without a commit yet */
    kt_track_commit(&scene.track, OFFSET + 350, START - 4 * SECOND, true);
    kt_track_commit(&scene.track, OFFSET, START - 3 * SECOND, true); /* it was set back */
    scene_commit(&scene, OFFSET + 4, START + SECOND);
    scene_judge(&scene, START + SECOND);
    assert_int_equal(scene.verdict.status == KT_STATUS_OK, false);
    scene_end(&scene);
}

static void lags_of_found_commits_spare_the_wait(void **state)
{
    (void)state;
    static const struct {
        uint64_t lags[2];
        bool known, estimated, ok;
    } cases[] = {
        {{50, 40}, true, false, true}, {{50, 40}, true, true, true},    {{50, 60}, true, false, false},
        {{50, 0}, true, false, true},  {{50, 40}, false, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_blank(&scene);
        for (int k = 0; k < 2; k++) {
            struct kt_commit found = {.offset = OFFSET + k,
                                      .order = k,
                                      .at_ms = k * kt_shrink_ms,
                                      .lag = cases[i].lags[k],
                                      .lag_known = cases[i].known,
                                      .lag_estimated = cases[i].estimated};
            kt_window_push(&scene.window, &found, 0);
            kt_track_commit(&scene.track, OFFSET + k, START - 5 * SECOND + k * SECOND, true);
        }
        scene.look.committed_known = true;
        scene.look.committed = OFFSET + 1;
        scene.look.committed_at = START - 4 * SECOND;
        scene.look.log_end = OFFSET + 90;
        scene_judge(&scene, START);
        assert_int_equal(scene.verdict.status, cases[i].ok ? KT_STATUS_OK : KT_STATUS_UNKNOWN);
        assert_int_equal(scene.verdict.marks, cases[i].ok && cases[i].estimated ? KT_MARK_ESTIMATED : 0);
        scene_end(&scene);
    }
}

/*
 * A record waited when the newest commit was made: then it is silent since that commit, not since we came. What waited
 * may have been the marker of a transaction: only the record itself proves it.
 */
static void a_found_lag_dates_the_silence(void **state)
{
    (void)state;
    static const struct {
        bool known;
        enum kt_tri tail_empty;
        int64_t record, minutes;
        bool stall;
    } cases[] = {
        {true, KT_NO, OFFSET, 20, true},          {true, KT_NO, OFFSET + 4, 20, true},
        {true, KT_NO, OFFSET + 5, 20, false},     {true, KT_MAYBE, OFFSET, 20, false},
        {false, KT_NO, OFFSET, 20, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_blank(&scene);
        struct kt_commit found = {.offset = OFFSET, .lag = 5, .lag_known = cases[i].known, .lag_estimated = true};
        kt_window_push(&scene.window, &found, 0);
        kt_track_commit(&scene.track, OFFSET, START - cases[i].minutes * MINUTE, true);
        scene.look.committed_known = true;
        scene.look.committed = OFFSET;
        scene.look.committed_at = START - cases[i].minutes * MINUTE;
        scene.look.log_end = OFFSET + 90;
        scene.look.tail_empty = cases[i].tail_empty;
        scene.look.record_offset = cases[i].record;
        scene_judge(&scene, START);
        bool stall = cases[i].stall;
        scene_expect(&scene, stall ? KT_STATUS_STALL : KT_STATUS_UNKNOWN, stall ? "silent" : "learning");
        scene_end(&scene);
    }
}

/* Commits each two seconds, found silent: before a minute is over, a producer's transaction may have held it. */
static void a_found_silence_may_be_a_transaction(void **state)
{
    (void)state;
    for (int seconds = 50; seconds <= 70; seconds += 20) {
        struct scene scene;
        scene_blank(&scene);
        for (int k = 0; k < 8; k++) {
            struct kt_commit found = {.offset = OFFSET + k, .order = k, .lag = 5, .lag_known = k == 7};
            kt_window_push(&scene.window, &found, 0);
            kt_track_commit(&scene.track, OFFSET + k, START - (seconds + 14 - 2 * k) * SECOND, true);
        }
        scene.look.committed_known = true;
        scene.look.committed = OFFSET + 7;
        scene.look.committed_at = START - seconds * SECOND;
        scene.look.log_end = OFFSET + 90;
        scene.look.tail_empty = KT_NO;
        scene.look.record_offset = OFFSET + 7;
        scene_judge(&scene, START);
        scene_expect(&scene, seconds > 62 ? KT_STATUS_STALL : KT_STATUS_UNKNOWN, seconds > 62 ? "silent" : "learning");
        scene_end(&scene);
    }
}

/* ---- hysteresis ---- */

static void two_answers_must_agree(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.exact = false;
    scene.look.log_end = OFFSET + 100;
    scene_leave(&scene);
    scene_watch(&scene, START + SECOND, START + 10 * SECOND);
    scene_judge(&scene, START + 11 * SECOND);
    assert_int_equal(scene.verdict.status, KT_STATUS_OK);
    assert_true(scene.verdict.pending);
    kt_judge(&scene.track, &scene.look, &scene.window, &scene.settings, false, &scene.verdict);
    assert_int_equal(scene.verdict.status, KT_STATUS_OK); /* no new sample */
    scene_judge(&scene, START + 12 * SECOND);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    scene_end(&scene);
}

static void left_on_new_samples_only(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.log_end = OFFSET + 100;
    scene_watch(&scene, START + SECOND, START + MINUTE);
    scene_expect(&scene, KT_STATUS_STALL, "silent");
    scene_commit(&scene, OFFSET + 100, START + MINUTE + SECOND);
    scene_judge(&scene, START + MINUTE + SECOND);
    for (int i = 0; i < 5; i++) {
        kt_judge(&scene.track, &scene.look, &scene.window, &scene.settings, false, &scene.verdict);
        assert_int_equal(scene.verdict.status, KT_STATUS_STALL);
        assert_true(scene.verdict.pending);
    }
    scene_judge(&scene, START + MINUTE + 2 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "caught-up");
    assert_int_equal(scene.verdict.since, START + MINUTE + 2 * SECOND);
    scene_end(&scene);
}

static void share_groups_get_no_verdict(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.type = KT_TYPE_SHARE;
    scene.look.log_end = OFFSET + 100;
    scene_watch(&scene, START + SECOND, START + HOUR);
    assert_int_equal(scene.verdict.status, KT_STATUS_UNKNOWN);
    assert_null(scene.verdict.rule);
    assert_false(scene.verdict.in_total);
    scene_end(&scene);
}

/* Whatever a broker says, there is an answer within its bounds. */
static void hostile_numbers_are_judged(void **state)
{
    (void)state;
    static const int64_t offsets[] = {INT64_MIN, -1, 0, 1, 1000, INT64_MAX - 1, INT64_MAX};
    static const double rates[] = {0, 1e-300, 1, 1e300, -1, HUGE_VAL, -HUGE_VAL, (double)NAN};
    const size_t count = sizeof offsets / sizeof offsets[0];
    uint32_t random = 7;
    char why[256];
    for (int round = 0; round < 300; round++) {
        struct scene scene;
        scene_blank(&scene);
        int64_t now = 0;
        for (int i = 0; i < 80; i++) {
            random = random * 1664525u + 1013904223u;
            unsigned dice = random >> 8;
            struct kt_look *look = &scene.look;
            scene_commit(&scene, offsets[dice % count], offsets[(dice >> 3) % count]);
            look->committed_known = (dice >> 4) % 8 > 0;
            look->log_end = offsets[(dice >> 6) % count];
            look->log_start = offsets[(dice >> 9) % count];
            look->start_rate_known = look->produce_rate_known = true;
            look->start_rate = rates[(dice >> 11) % 8];
            look->produce_rate = rates[(dice >> 13) % 8];
            look->state = (enum kt_group_state)((dice >> 15) % KT_STATE_COUNT);
            look->type = (enum kt_group_type)((dice >> 17) % KT_TYPE_COUNT);
            look->owned = (enum kt_tri)((dice >> 19) % 3);
            look->subscribed = (enum kt_tri)((dice >> 21) % 3);
            scene.settings.allowed_lag = (dice & 1u) ? 0 : 50;
            now += (dice >> 10) % 40000;
            scene_judge(&scene, now);
            assert_true(scene.verdict.status < KT_STATUS_COUNT);
            assert_true(scene.verdict.lag >= 0 && scene.verdict.lost >= 0 && scene.verdict.idle_ms >= 0);
            assert_true(scene.verdict.loss_eta_ms >= 0 && scene.verdict.needs_ms >= 0);
            assert_true(kt_explain(&scene.verdict, look, why, sizeof why) < sizeof why);
        }
        scene_end(&scene);
    }
}

/* ---- groups ---- */

static void groups_of_partitions(void **state)
{
    (void)state;
    const enum kt_status U = KT_STATUS_UNKNOWN, OK = KT_STATUS_OK, WARN = KT_STATUS_WARN, ERR = KT_STATUS_ERR;
    const struct {
        enum kt_status parts[3];
        uint32_t marks[3];
        enum kt_status status, worst;
        bool unknown, abandoned;
    } cases[] = {
        {{OK, OK, OK}, {0}, OK, OK, false, false},
        {{OK, U, OK}, {0}, U, U, true, false},
        {{U, OK, OK}, {0}, U, U, true, false},
        {{OK, U, OK}, {0, KT_MARK_UNCOMMITTED, 0}, OK, OK, false, false},
        {{U, U, U}, {KT_MARK_UNCOMMITTED, KT_MARK_UNCOMMITTED, KT_MARK_UNCOMMITTED}, U, U, false, false},
        {{OK, U, WARN}, {0}, WARN, WARN, true, false},
        {{WARN, KT_STATUS_STALL, U}, {0}, ERR, KT_STATUS_STALL, true, false},
        {{KT_STATUS_STOP, OK, KT_STATUS_REWIND}, {0}, ERR, KT_STATUS_REWIND, false, false},
        {{ERR, OK, OK}, {KT_MARK_LOST}, ERR, ERR, false, false},
        {{KT_STATUS_STOP, OK, OK}, {KT_MARK_ABANDONED}, ERR, KT_STATUS_STOP, false, true},
        {{KT_STATUS_STOP, KT_STATUS_STOP, OK}, {KT_MARK_ABANDONED}, ERR, KT_STATUS_STOP, false, false},
        {{KT_STATUS_STOP, OK, KT_STATUS_STOP}, {0, 0, KT_MARK_ABANDONED}, ERR, KT_STATUS_STOP, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_group_verdict group = {0};
        for (size_t k = 0; k < 3; k++) {
            kt_group_verdict_add(&group, cases[i].parts[k], cases[i].marks[k]);
        }
        assert_true(group.any);
        assert_int_equal(group.status, cases[i].status);
        assert_int_equal(group.worst, cases[i].worst);
        assert_int_equal(group.unknown, cases[i].unknown);
        assert_int_equal(group.abandoned, cases[i].abandoned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_one_offset),
        cmocka_unit_test(silence),
        cmocka_unit_test(offset_went_back),
        cmocka_unit_test(a_second_fall_is_seen),
        cmocka_unit_test(a_rewind_becomes_a_mark),
        cmocka_unit_test(retention_comes_near),
        cmocka_unit_test(growth_is_left_below_where_it_was_entered),
        cmocka_unit_test(learns_at_first_sight),
        cmocka_unit_test(a_live_commit_after_found_ones_is_no_fresh_start),
        cmocka_unit_test(lags_of_found_commits_spare_the_wait),
        cmocka_unit_test(a_found_lag_dates_the_silence),
        cmocka_unit_test(a_found_silence_may_be_a_transaction),
        cmocka_unit_test(two_answers_must_agree),
        cmocka_unit_test(left_on_new_samples_only),
        cmocka_unit_test(share_groups_get_no_verdict),
        cmocka_unit_test(hostile_numbers_are_judged),
        cmocka_unit_test(groups_of_partitions),
    };
    return cmocka_run_group_tests_name("evaluate motion", tests, NULL, NULL);
}
