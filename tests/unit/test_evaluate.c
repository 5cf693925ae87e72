/*
 * Rules 1 to 8 of the table, each where it just holds and where it just does not. The others are in
 * test_evaluate_motion.c, whole days of consumers in test_evaluate_quiet.c and _truth.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "scene.h"

/* ---- 1 ---- */

static void stale_evidence_holds_the_verdict_then_nothing(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        struct scene scene;
        scene_begin(&scene);
        scene.look.now = START + 10 * SECOND;
        scene.look.fresh_at = START;
        scene.look.ends_at = START + 10 * SECOND;
        kt_judge(&scene.track, &scene.look, &scene.window, &scene.settings, true, &scene.verdict);
        scene_expect(&scene, KT_STATUS_OK, "caught-up"); /* ten seconds are fresh */
        assert_int_equal(scene.verdict.marks, 0);
        scene.look.fresh_at = kind == 0 ? START : START + 11 * SECOND;
        scene.look.ends_at = kind == 1 ? START : START + 11 * SECOND;
        scene.look.end_failed = kind == 2;
        scene.look.leaderless = kind == 3;
        scene.look.now = START + 11 * SECOND;
        kt_judge(&scene.track, &scene.look, &scene.window, &scene.settings, true, &scene.verdict);
        scene_expect(&scene, KT_STATUS_OK, "caught-up");
        assert_int_equal(scene.verdict.marks, KT_MARK_STALE);
        scene.look.now = START + 40 * SECOND; /* 30 s after the last fresh verdict */
        kt_judge(&scene.track, &scene.look, &scene.window, &scene.settings, true, &scene.verdict);
        scene_expect(&scene, KT_STATUS_OK, "caught-up");
        scene.look.now = START + 40 * SECOND + 1;
        kt_judge(&scene.track, &scene.look, &scene.window, &scene.settings, true, &scene.verdict);
        scene_expect(&scene, KT_STATUS_UNKNOWN, "stale");
        assert_int_equal(scene.verdict.marks, KT_MARK_STALE);
        scene_end(&scene);
    }
}

static void asked_evidence_may_be_three_delays_old(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.exact = false;
    scene.settings.delay_ms = 20 * SECOND;
    scene.look.now = scene.look.ends_at = START + MINUTE;
    scene.look.fresh_at = START;
    kt_judge(&scene.track, &scene.look, &scene.window, &scene.settings, true, &scene.verdict);
    assert_int_equal(scene.verdict.marks, 0);
    scene.look.now++;
    kt_judge(&scene.track, &scene.look, &scene.window, &scene.settings, true, &scene.verdict);
    assert_int_equal(scene.verdict.marks, KT_MARK_STALE);
    scene_end(&scene);
}

static void an_open_transaction_hides_only_what_lags(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_leave(&scene);
    scene.look.held = true;
    scene_judge(&scene, START + SECOND);
    assert_int_equal(scene.verdict.marks, 0);
    scene.look.log_end += 100;
    scene_watch(&scene, START + 2 * SECOND, START + HOUR);
    scene_expect(&scene, KT_STATUS_UNKNOWN, "stale");
    scene_end(&scene);
}

/* ---- 2 ---- */

static void uncommitted_and_never_committed(void **state)
{
    (void)state;
    for (int empty = 0; empty < 2; empty++) {
        struct scene scene;
        scene_blank(&scene);
        scene.look.log_end = empty ? 0 : 50;
        scene_judge(&scene, START);
        scene_expect(&scene, KT_STATUS_UNKNOWN, "uncommitted");
        assert_int_equal(scene.verdict.marks, KT_MARK_UNCOMMITTED);
        assert_false(scene.verdict.lag_known);
        scene_watch(&scene, START + SECOND, START + 599 * SECOND);
        scene_expect(&scene, KT_STATUS_UNKNOWN, "uncommitted");
        scene_judge(&scene, START + 600 * SECOND);
        assert_int_equal(scene.verdict.status, empty ? KT_STATUS_UNKNOWN : KT_STATUS_WARN);
        assert_string_equal(scene.verdict.rule, empty ? "uncommitted" : "never-committed");
        scene.look.owned = KT_NO;
        scene_watch(&scene, START + 601 * SECOND, START + 603 * SECOND);
        scene_expect(&scene, KT_STATUS_UNKNOWN, "uncommitted");
        scene_end(&scene);
    }
}

/* ---- 3, 4 ---- */

static void ahead_of_the_log(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.log_end = OFFSET - 3;
    scene_watch(&scene, START + SECOND, START + 5 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "caught-up");
    assert_int_equal(scene.verdict.lag, 0);
    assert_int_equal(scene.verdict.raw_lag, -3);
    scene_judge(&scene, START + 6 * SECOND);
    scene_expect(&scene, KT_STATUS_ERR, "ahead");
    assert_true((scene.verdict.marks & KT_MARK_AHEAD) != 0);
    assert_int_equal(scene.verdict.since, START + SECOND);
    scene.look.log_end = OFFSET;
    scene_judge(&scene, START + 7 * SECOND);
    assert_int_equal(scene.verdict.status, KT_STATUS_ERR); /* one sample does not end it */
    scene_judge(&scene, START + 8 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "caught-up");
    scene_end(&scene);
}

static void records_lost(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.log_end = OFFSET + 500;
    scene_judge(&scene, START + SECOND);
    scene.look.log_start = OFFSET;
    scene_judge(&scene, START + 2 * SECOND); /* up to the committed offset: nothing lost */
    scene_judge(&scene, START + 3 * SECOND);
    assert_int_equal(scene.verdict.status, KT_STATUS_OK);
    scene.look.log_start = OFFSET + 400;
    scene_judge(&scene, START + 4 * SECOND);
    scene_judge(&scene, START + 5 * SECOND);
    scene_expect(&scene, KT_STATUS_ERR, "lost");
    assert_int_equal(scene.verdict.lost, 400);
    assert_int_equal(scene.verdict.lag, 100);
    assert_true((scene.verdict.marks & KT_MARK_LOST) != 0);
    scene_commit(&scene, OFFSET + 500, START + 6 * SECOND);
    scene_watch(&scene, START + 6 * SECOND, START + 604 * SECOND);
    scene_expect(&scene, KT_STATUS_ERR, "lost");
    scene_watch(&scene, START + 605 * SECOND, START + 606 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "caught-up");
    scene_end(&scene);
}

static void losses_of_the_abandoned_are_no_news(void **state)
{
    (void)state;
    struct scene scene;
    scene_blank(&scene);
    scene_leave(&scene);
    scene.look.committed_known = true;
    scene.look.committed = 10;
    scene.look.committed_at = -25 * HOUR;
    scene.look.log_end = 500;
    kt_track_commit(&scene.track, 10, -25 * HOUR, true);
    scene_judge(&scene, START);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    scene.look.log_start = 100;
    scene_watch(&scene, START + SECOND, START + 5 * SECOND);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    assert_int_equal(scene.verdict.marks, KT_MARK_LOST | KT_MARK_ABANDONED);
    scene_end(&scene);
}

/* ---- 5, 6, 7 ---- */

static void allowed_lag_is_no_lag(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_leave(&scene);
    scene.settings.allowed_lag = 50;
    scene.look.log_end = OFFSET + 50;
    scene_watch(&scene, START + SECOND, START + MINUTE);
    scene_expect(&scene, KT_STATUS_OK, "caught-up");
    scene.look.log_end = OFFSET + 51;
    scene_watch(&scene, START + MINUTE + SECOND, START + MINUTE + 9 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "moving");
    scene_judge(&scene, START + MINUTE + 10 * SECOND);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    scene_end(&scene);
}

static void topic_that_nobody_subscribes_to(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.look.owned = KT_NO;
    scene.look.subscribed = KT_NO;
    scene.look.log_end = OFFSET + 50;
    scene_judge(&scene, START + SECOND);
    scene_expect(&scene, KT_STATUS_WARN, "unsubscribed");
    assert_true(scene.verdict.in_total);
    scene_watch(&scene, START + 2 * SECOND, START + HOUR);
    scene_expect(&scene, KT_STATUS_WARN, "unsubscribed");
    scene_watch(&scene, START + HOUR + SECOND, START + HOUR + 2 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "unsubscribed");
    assert_false(scene.verdict.in_total);
    assert_int_equal(scene.verdict.marks, KT_MARK_UNSUBSCRIBED);
    scene_leave(&scene); /* then it counts again */
    scene_judge(&scene, START + HOUR + 3 * SECOND);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    assert_true(scene.verdict.in_total);
    scene_end(&scene);

    scene_begin(&scene);
    scene.look.owned = KT_NO;
    scene.look.subscribed = KT_MAYBE; /* not known: never hidden */
    scene.look.log_end = OFFSET + 50;
    scene_watch(&scene, START + SECOND, START + 2 * HOUR);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    scene_end(&scene);
}

static void tails(void **state)
{
    (void)state;
    static const struct {
        int64_t lag;
        enum kt_tri empty;
        bool owned;
        enum kt_status status;
        const char *rule;
        uint32_t marks;
    } cases[] = {
        {2, KT_YES, true, KT_STATUS_OK, "tail", KT_MARK_TAIL},
        {2, KT_YES, false, KT_STATUS_OK, "tail", KT_MARK_TAIL},
        {2, KT_MAYBE, true, KT_STATUS_OK, "tail", KT_MARK_TAIL | KT_MARK_UNPROVEN},
        {2, KT_MAYBE, false, KT_STATUS_WARN, "tail", KT_MARK_TAIL | KT_MARK_UNPROVEN},
        {2, KT_NO, true, KT_STATUS_STALL, "silent", 0},
        {2, KT_NO, false, KT_STATUS_STOP, "nobody-reads", 0},
        {3, KT_YES, true, KT_STATUS_OK, "tail", KT_MARK_TAIL}, /* aborted records, markers: however many */
        {3, KT_YES, false, KT_STATUS_OK, "tail", KT_MARK_TAIL},
        {3, KT_MAYBE, true, KT_STATUS_STALL, "silent", 0},
        {3, KT_MAYBE, false, KT_STATUS_STOP, "nobody-reads", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.look.log_end = OFFSET + cases[i].lag;
        scene.look.tail_empty = cases[i].empty;
        if (!cases[i].owned) {
            scene_leave(&scene);
        }
        scene_watch(&scene, START + SECOND, START + 10 * SECOND);
        bool proven = cases[i].empty == KT_YES; /* at once; the others are flat for 9 s */
        assert_int_equal(scene.verdict.marks, proven ? KT_MARK_TAIL : 0);
        scene_expect(&scene, KT_STATUS_OK, proven ? "tail" : "moving");
        scene_watch(&scene, START + 11 * SECOND, START + 31 * SECOND);
        scene_expect(&scene, cases[i].status, cases[i].rule);
        assert_int_equal(scene.verdict.marks, cases[i].marks);
        scene_end(&scene);
    }
}

/* A marker at the end of an idle log, an hour later a record: the silence is not an hour old. */
static void what_was_excused_is_no_silence(void **state)
{
    (void)state;
    for (int allowed = 0; allowed < 2; allowed++) {
        for (int owned = 0; owned < 2; owned++) {
            struct scene scene;
            scene_begin(&scene);
            scene.settings.allowed_lag = allowed;
            scene.look.tail_empty = KT_YES;
            scene.look.log_end = OFFSET + 1;
            if (!owned) {
                scene_leave(&scene);
            }
            scene_watch(&scene, START + SECOND, START + HOUR);
            scene_expect(&scene, KT_STATUS_OK, allowed ? "caught-up" : "tail");
            scene.look.tail_empty = KT_NO;
            scene.look.log_end = OFFSET + 6;
            int64_t silence = (owned ? 30 : 10) * SECOND;
            scene_watch(&scene, START + HOUR + SECOND, START + HOUR + silence - SECOND);
            scene_expect(&scene, KT_STATUS_OK, "moving");
            scene_watch(&scene, START + HOUR + silence, START + HOUR + silence + SECOND);
            scene_expect(&scene, owned ? KT_STATUS_STALL : KT_STATUS_STOP, owned ? "silent" : "nobody-reads");
            scene_end(&scene);
        }
    }
}

/* ---- 8 ---- */

static void nobody_reads(void **state)
{
    (void)state;
    static const struct {
        enum kt_group_state state;
        enum kt_tri owned, subscribed;
        bool stop;
    } cases[] = {
        {KT_STATE_EMPTY, KT_NO, KT_MAYBE, true},      {KT_STATE_DEAD, KT_NO, KT_MAYBE, true},
        {KT_STATE_STABLE, KT_NO, KT_YES, true}, /* a partition that no member got */
        {KT_STATE_STABLE, KT_YES, KT_YES, false},     {KT_STATE_PREPARING_REBALANCE, KT_NO, KT_YES, false},
        {KT_STATE_RECONCILING, KT_NO, KT_YES, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.look.state = cases[i].state;
        scene.look.owned = cases[i].owned;
        scene.look.subscribed = cases[i].subscribed;
        for (int s = 1; s <= 11; s++) {
            scene.look.log_end++;
            if (s == 11) {
                scene_expect(&scene, KT_STATUS_OK, "moving"); /* behind since START + 1 s, idle for 9 */
            }
            scene_judge(&scene, START + s * SECOND);
        }
        assert_int_equal(scene.verdict.status, cases[i].stop ? KT_STATUS_STOP : KT_STATUS_OK);
        if (cases[i].stop) {
            assert_int_equal(scene.verdict.since, START + SECOND);
            assert_int_equal(scene.verdict.idle_ms, 10 * SECOND);
            assert_int_equal(scene.verdict.quiet_ms, 10 * SECOND);
        }
        scene_end(&scene);
    }
}

static void a_group_without_members_gets_ten_minutes(void **state)
{
    (void)state;
    for (int ever = 0; ever < 2; ever++) {
        struct scene scene;
        scene_blank(&scene);
        scene_leave(&scene);
        scene.look.type = KT_TYPE_SIMPLE;
        scene.look.ever_had_members = ever == 1;
        scene.look.log_end = OFFSET + 50;
        scene_commit(&scene, OFFSET, START - SECOND); /* found at the first look */
        int64_t quiet = ever ? 30 * SECOND : 600 * SECOND;
        scene_watch(&scene, START, START + quiet - 2 * SECOND);
        scene_expect(&scene, KT_STATUS_UNKNOWN, "learning");
        assert_true(scene.verdict.needs_known);
        assert_int_equal(scene.verdict.needs_ms, SECOND);
        scene_judge(&scene, START + quiet - SECOND);
        scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
        scene_end(&scene);
    }
}

static void back_but_nothing_advanced(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_leave(&scene);
    scene.look.log_end = OFFSET + 100;
    scene_watch(&scene, START + SECOND, START + MINUTE);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    scene.look.state = KT_STATE_STABLE;
    scene.look.owned = scene.look.subscribed = KT_YES;
    scene_watch(&scene, START + MINUTE + SECOND, START + MINUTE + 30 * SECOND);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    scene_watch(&scene, START + MINUTE + 31 * SECOND, START + MINUTE + 32 * SECOND);
    scene_expect(&scene, KT_STATUS_STALL, "silent");
    scene_commit(&scene, OFFSET + 1, START + MINUTE + 33 * SECOND);
    scene_watch(&scene, START + MINUTE + 33 * SECOND, START + MINUTE + 34 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "moving");
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stale_evidence_holds_the_verdict_then_nothing),
        cmocka_unit_test(asked_evidence_may_be_three_delays_old),
        cmocka_unit_test(an_open_transaction_hides_only_what_lags),
        cmocka_unit_test(uncommitted_and_never_committed),
        cmocka_unit_test(ahead_of_the_log),
        cmocka_unit_test(records_lost),
        cmocka_unit_test(losses_of_the_abandoned_are_no_news),
        cmocka_unit_test(allowed_lag_is_no_lag),
        cmocka_unit_test(topic_that_nobody_subscribes_to),
        cmocka_unit_test(tails),
        cmocka_unit_test(what_was_excused_is_no_silence),
        cmocka_unit_test(nobody_reads),
        cmocka_unit_test(a_group_without_members_gets_ten_minutes),
        cmocka_unit_test(back_but_nothing_advanced),
    };
    return cmocka_run_group_tests_name("evaluate", tests, NULL, NULL);
}
