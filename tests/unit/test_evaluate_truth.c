/*
 * The default rules against consumers in trouble: what must be said, how soon, and when it must end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_consumer.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

static int64_t truth_ms(const struct fake_consumer *fake)
{
    return (3 * fake->commit_ms > 10 * SECOND ? 3 * fake->commit_ms : 10 * SECOND) + fake->settings.delay_ms;
}

static void killed_while_behind(void **state)
{
    (void)state;
    static const int64_t intervals[] = {100, 1000, 5000, 30000, 120000};
    for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = intervals[i];
        fake_consumer_watch_after(&fake, MINUTE, 12 * intervals[i] + MINUTE);
        fake_assert_quiet(&fake);
        fake.produce_per_s = 5000; /* falls behind */
        fake_consumer_run(&fake, 10 * SECOND);
        fake_consumer_forget(&fake);
        int64_t killed = fake.now;
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, truth_ms(&fake));
        fake_assert_said_within(&fake, KT_STATUS_STOP, killed, truth_ms(&fake));
        fake_consumer_run(&fake, 10 * MINUTE);
        fake_assert_now(&fake, KT_STATUS_STOP);
        fake_consumer_release(&fake);
    }
}

static void any_killed_consumer(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.random = seed * UINT64_C(0x9E3779B97F4A7C15);
        fake_consumer_random(&fake, 1);
        fake.commit_ms =
            100 + (int64_t)fake_consumer_random(&fake, fake_consumer_random(&fake, 1) < 0.5 ? 5000 : 60000);
        fake.repeats = fake_consumer_random(&fake, 1) < 0.5;
        fake.produce_per_s = 1 + fake_consumer_random(&fake, 500);
        fake.settings.delay_ms = 500 + (int64_t)fake_consumer_random(&fake, 3000);
        fake.admin = fake_consumer_random(&fake, 1) < 0.3;
        fake_consumer_watch_after(&fake, MINUTE,
                                  14 * fake.commit_ms + MINUTE + (int64_t)fake_consumer_random(&fake, 60000));
        fake_assert_quiet(&fake);
        int64_t killed = fake.now;
        bool leaves = fake_consumer_random(&fake, 1) < 0.5;
        fake_consumer_kill(&fake, leaves ? 0 : HOUR);
        fake_consumer_run(&fake, 20 * MINUTE);
        /* Asked for, an advance is seen a refresh late, gaps look longer by one, and two samples must agree.
         */
        int64_t late = fake.admin ? 6 * fake.settings.delay_ms : 0;
        if (leaves) {
            fake_assert_said_within(&fake, KT_STATUS_STOP, killed, truth_ms(&fake) + FAKE_STEP_MS + late);
        } else {
            int64_t silent = 6 * fake.commit_ms > 30 * SECOND ? 6 * fake.commit_ms : 30 * SECOND;
            fake_assert_said_within(&fake, KT_STATUS_STALL, killed,
                                    silent + fake.settings.delay_ms + FAKE_STEP_MS + 2 * late);
        }
        fake_consumer_release(&fake);
    }
}

/* Its last look was lag 0; the topic is idle for a while; then a record comes. */
static void killed_while_caught_up(void **state)
{
    (void)state;
    static const int64_t intervals[] = {100, 1000, 5000, 30000, 120000};
    for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = intervals[i];
        fake_consumer_watch_after(&fake, MINUTE, 12 * intervals[i] + MINUTE);
        fake.produce_per_s = 0;
        fake_consumer_run(&fake, 2 * intervals[i] + MINUTE);
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, 7 * MINUTE + 50);
        fake_assert_quiet(&fake);
        int64_t produced = fake.now;
        fake.produce_per_s = 20;
        fake_consumer_run(&fake, 2 * truth_ms(&fake));
        fake_assert_said_within(&fake, KT_STATUS_STOP, produced, truth_ms(&fake));
        fake_consumer_release(&fake);
    }
}

/* Until the coordinator gives up on it, it looks like one that hangs. */
static void killed_without_leaving(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    int64_t killed = fake.now;
    fake_consumer_kill(&fake, 45 * SECOND);
    fake_consumer_run(&fake, 2 * MINUTE);
    fake_assert_said_within(&fake, KT_STATUS_STALL, killed, 30 * SECOND + 2 * fake.settings.delay_ms);
    fake_assert_said_within(&fake, KT_STATUS_STOP, killed, 45 * SECOND + 2 * fake.settings.delay_ms);
    fake_consumer_release(&fake);
}

static void killed_seen_by_asking(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.admin = true;
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake_assert_quiet(&fake);
    int64_t killed = fake.now;
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, MINUTE);
    fake_assert_said_within(&fake, KT_STATUS_STOP, killed, truth_ms(&fake) + 2 * fake.settings.delay_ms);
    fake_consumer_release(&fake);
}

static void hangs_with_heartbeats(void **state)
{
    (void)state;
    for (int repeats = 0; repeats < 2; repeats++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 1000;
        fake.repeats = repeats == 1;
        fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
        fake_assert_quiet(&fake);
        int64_t hung = fake.now;
        fake.consuming = false;
        fake.committing = repeats == 1;
        fake_consumer_run(&fake, 10 * MINUTE);
        fake_assert_said_within(&fake, KT_STATUS_STALL, hung,
                                (repeats ? 13 : 31) * SECOND + fake.settings.delay_ms);
        fake_assert_now(&fake, KT_STATUS_STALL);
        assert_int_equal(fake.said[KT_STATUS_STOP], 0);
        fake_consumer_release(&fake);
    }
}

static void recovers_within_two_refreshes(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake.consuming = fake.committing = false;
    fake_consumer_run(&fake, 5 * MINUTE);
    fake_assert_now(&fake, KT_STATUS_STALL);
    fake.consuming = fake.committing = true;
    fake_consumer_run(&fake, fake.commit_ms + 2 * fake.settings.delay_ms);
    fake_assert_now(&fake, KT_STATUS_OK);

    fake_consumer_run(&fake, 5 * MINUTE);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, 5 * MINUTE);
    fake_assert_now(&fake, KT_STATUS_STOP);
    fake_consumer_start(&fake, 3 * SECOND);
    fake_consumer_run(&fake, 3 * SECOND + 2 * fake.commit_ms + 2 * fake.settings.delay_ms);
    fake_assert_now(&fake, KT_STATUS_OK);
    fake_consumer_release(&fake);
}

/* Starts, crashes before it commits anything, starts again: that is not a recovery every minute. */
static void crash_loop_stays_stopped(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, MINUTE);
    fake_assert_now(&fake, KT_STATUS_STOP);
    fake_consumer_forget(&fake);
    for (int i = 0; i < 20; i++) {
        fake_consumer_start(&fake, 3 * SECOND);
        fake.committing = false;
        fake_consumer_run(&fake, 15 * SECOND);
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, 40 * SECOND);
    }
    assert_int_equal(fake.said[KT_STATUS_OK], 0);
    assert_int_equal(fake.changes, 0);
    fake_consumer_release(&fake);
}

static void storm_without_progress(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake_assert_quiet(&fake);
    int64_t began = fake.now;
    for (int i = 0; i < 60; i++) {
        fake_consumer_rebalance(&fake, 5 * SECOND);
        fake_consumer_run(&fake, 4 * SECOND);
    }
    fake_assert_said_within(&fake, KT_STATUS_STALL, began, 60 * SECOND + 32 * SECOND);
    fake_consumer_release(&fake);
}

static void slow_consumer_behind_a_zigzag(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.commit_ms = 5000;
    fake.repeats = true;
    fake_consumer_watch_after(&fake, MINUTE, 20 * MINUTE);
    fake_assert_quiet(&fake);
    int64_t since = fake.now;
    fake.consume_per_s = 95;
    fake_consumer_run(&fake, HOUR);
    fake_assert_said_within(&fake, KT_STATUS_WARN, since, 20 * MINUTE);
    fake_assert_now(&fake, KT_STATUS_WARN);
    assert_int_equal(fake.said[KT_STATUS_STALL] + fake.said[KT_STATUS_STOP] + fake.said[KT_STATUS_REWIND], 0);
    fake.consume_per_s = 1000;
    fake_consumer_run(&fake, 2 * MINUTE);
    fake_assert_now(&fake, KT_STATUS_OK);
    fake_consumer_release(&fake);
}

static void half_speed_is_seen_soon(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 20 * MINUTE);
    int64_t since = fake.now;
    fake.consume_per_s = 50;
    fake_consumer_run(&fake, 10 * MINUTE);
    fake_assert_said_within(&fake, KT_STATUS_WARN, since, 2 * MINUTE);
    fake_assert_now(&fake, KT_STATUS_WARN);
    fake_consumer_release(&fake);
}

/* STOP must not hide that somebody moved the offset. */
static void reset_while_empty(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, MINUTE);
    fake_assert_now(&fake, KT_STATUS_STOP);
    assert_int_equal(fake.rewinds, 0);
    fake_consumer_reset(&fake, 10);
    fake_consumer_run(&fake, 30 * SECOND);
    fake_assert_now(&fake, KT_STATUS_STOP);
    assert_int_equal(fake.rewinds, 1);
    assert_int_equal(fake.verdict.rewind_to, 10);
    fake_consumer_start(&fake, 3 * SECOND);
    fake_consumer_run(&fake, 10 * SECOND);
    fake_assert_now(&fake, KT_STATUS_REWIND);
    fake_consumer_run(&fake, 5 * MINUTE); /* reads all again and passes where it was */
    fake_assert_now(&fake, KT_STATUS_OK);
    assert_int_equal(fake.rewinds, 1);
    fake_consumer_release(&fake);
}

/* One record before the end, on a topic where nothing more comes. */
static void poison_pill_before_the_end(void **state)
{
    (void)state;
    static const struct {
        enum kt_tri tail_empty;
        enum kt_status status;
    } cases[] = {{KT_MAYBE, KT_STATUS_OK}, {KT_YES, KT_STATUS_OK}, {KT_NO, KT_STATUS_STALL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.repeats = true;
        fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
        fake.produce_per_s = 0;
        fake.log_end += 20;
        fake.poison = fake.log_end - 1;
        fake.tail_empty = cases[i].tail_empty;
        fake_consumer_run(&fake, 2 * MINUTE);
        fake_assert_now(&fake, cases[i].status);
        assert_int_equal(fake.verdict.lag, 1);
        bool tail = cases[i].status == KT_STATUS_OK, unproven = cases[i].tail_empty == KT_MAYBE;
        assert_int_equal((fake.verdict.marks & KT_MARK_TAIL) != 0, tail);
        assert_int_equal((fake.verdict.marks & KT_MARK_UNPROVEN) != 0, unproven);
        fake_consumer_release(&fake);
    }
}

/* Somebody else's transaction hides the commits: nobody becomes STOP or STALL because of it. */
static void hung_transaction(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake.held = true;
    fake_consumer_run(&fake, 20 * SECOND);
    fake_assert_now(&fake, KT_STATUS_OK);
    assert_true((fake.verdict.marks & KT_MARK_STALE) != 0);
    fake_consumer_run(&fake, 20 * MINUTE);
    assert_int_equal(fake.verdict.status, KT_STATUS_UNKNOWN);
    fake.held = false;
    fake_consumer_run(&fake, 5 * SECOND);
    fake_assert_now(&fake, KT_STATUS_OK);
    for (enum kt_status s = KT_STATUS_WARN; s < KT_STATUS_COUNT; s++) {
        assert_int_equal(fake.said[s], 0);
    }
    fake_consumer_release(&fake);
}

/* ---- a monitor that starts in the middle ---- */

static void found_dead(void **state)
{
    (void)state;
    for (int history = 0; history < 2; history++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake_consumer_run(&fake, 10 * MINUTE);
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, 5 * MINUTE);
        fake_consumer_watch(&fake, history == 1);
        fake_assert_now(&fake, KT_STATUS_STOP); /* at first sight, since when it died */
        assert_true(fake.now - fake.verdict.since >= 5 * MINUTE);
        fake_consumer_release(&fake);
    }
}

/* The coordinator tells no times: what was there before us is learnt from our first look on. */
static void found_by_asking(void **state)
{
    (void)state;
    static const int64_t delays[] = {1000, 2000, 10000};
    for (size_t i = 0; i < 2 * sizeof delays / sizeof delays[0]; i++) {
        struct fake_consumer fake;
        bool leaves = i % 2 == 0;
        fake_consumer_init(&fake);
        fake.admin = true;
        fake.settings.delay_ms = delays[i / 2];
        fake_consumer_run(&fake, 10 * MINUTE);
        if (leaves) {
            fake_consumer_kill(&fake, 0);
        }
        fake.consuming = fake.committing = false;
        fake_consumer_run(&fake, 5 * MINUTE);
        int64_t since = fake.now;
        fake_consumer_watch(&fake, true);
        assert_int_equal(fake.verdict.status, KT_STATUS_UNKNOWN);
        fake_consumer_run(&fake, 12 * MINUTE);
        fake_assert_said_within(&fake, leaves ? KT_STATUS_STOP : KT_STATUS_STALL, since,
                                (leaves ? 30 : 600) * SECOND + 3 * delays[i / 2]);
        assert_int_equal(fake.said[KT_STATUS_OK], 0);
        fake_consumer_release(&fake);
    }
}

/* Asked twice and told the same: as soon as where commits are read, plus a refresh. */
static void recovery_by_asking(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.admin = true;
    fake.settings.delay_ms = 2000;
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake.consuming = fake.committing = false;
    fake_consumer_run(&fake, 5 * MINUTE);
    fake_assert_now(&fake, KT_STATUS_STALL);
    fake.consuming = fake.committing = true;
    fake_consumer_run(&fake, fake.commit_ms + 3 * fake.settings.delay_ms);
    fake_assert_now(&fake, KT_STATUS_OK);
    fake_consumer_release(&fake);
}

static void found_abandoned(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_run(&fake, MINUTE);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, 25 * HOUR);
    fake_consumer_watch(&fake, true);
    fake_assert_now(&fake, KT_STATUS_STOP);
    assert_true((fake.verdict.marks & KT_MARK_ABANDONED) != 0);
    fake_consumer_release(&fake);
}

static void found_hanging(void **state)
{
    (void)state;
    for (int repeats = 0; repeats < 2; repeats++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.repeats = repeats == 1;
        fake_consumer_run(&fake, 10 * MINUTE);
        fake.consuming = false;
        fake.committing = repeats == 1;
        fake_consumer_run(&fake, 10 * MINUTE);
        fake_consumer_watch(&fake, true);
        assert_int_equal(fake.verdict.status, KT_STATUS_UNKNOWN);
        assert_true(fake.verdict.needs_known);
        int64_t promised = fake.now + fake.verdict.needs_ms;
        fake_consumer_run(&fake, 10 * MINUTE + 2 * SECOND);
        assert_int_equal(fake.said[KT_STATUS_OK], 0);
        fake_assert_said_within(&fake, KT_STATUS_STALL, promised, 2 * fake.settings.delay_ms);
        fake_consumer_release(&fake);
    }
}

static void found_rewound(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_run(&fake, 20 * MINUTE);
    fake.consume_per_s = 110; /* takes hours to come back */
    fake_consumer_reset(&fake, 0);
    fake_consumer_run(&fake, 20 * SECOND);
    fake_consumer_watch(&fake, true);
    fake_assert_now(&fake, KT_STATUS_REWIND);
    fake_consumer_run(&fake, 11 * MINUTE);
    assert_true(fake.verdict.status != KT_STATUS_REWIND);
    assert_true((fake.verdict.marks & KT_MARK_REWOUND) != 0);
    fake_consumer_release(&fake);
}

/* A consumer that works: known to be well as soon as it was seen to advance and to shrink. */
static void found_working(void **state)
{
    (void)state;
    static const int64_t intervals[] = {100, 1000, 5000, 60000};
    for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = intervals[i];
        fake.commit_jitter_percent = 20;
        fake_consumer_run(&fake, 10 * MINUTE);
        int64_t since = fake.now;
        fake_consumer_watch(&fake, true);
        fake_consumer_run(&fake, 10 * MINUTE);
        fake_assert_quiet(&fake);
        fake_assert_said_within(&fake, KT_STATUS_OK, since, 2 * intervals[i] + 10 * SECOND);
        fake_consumer_release(&fake);
    }
}

/* It was too slow before we came: no sooner said than seen, but not for ever unknown either. */
static void found_slow(void **state)
{
    (void)state;
    for (int admin = 0; admin < 2; admin++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 5000;
        fake.repeats = true;
        fake.admin = admin == 1;
        fake.consume_per_s = 95;
        fake_consumer_run(&fake, HOUR);
        int64_t since = fake.now;
        fake_consumer_watch(&fake, true);
        fake_consumer_run(&fake, HOUR);
        fake_assert_said_within(&fake, KT_STATUS_OK, since, 80 * SECOND);
        fake_assert_said_within(&fake, KT_STATUS_WARN, since, 20 * MINUTE);
        fake_assert_now(&fake, KT_STATUS_WARN);
        fake_consumer_release(&fake);
    }
}

/* A monitor that starts while the group rebalances without end, with and without work in between. */
/* The first word that is said is the right one, whatever the rhythm: OK would have to be taken back. */
static void found_at_half_speed(void **state)
{
    (void)state;
    for (int64_t commit_ms = 500; commit_ms <= 5000; commit_ms += 1500) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = commit_ms;
        fake.consume_per_s = 50;
        fake_consumer_run(&fake, 10 * MINUTE);
        int64_t since = fake.now;
        fake_consumer_watch(&fake, true);
        fake_consumer_run(&fake, 5 * MINUTE);
        fake_assert_said_within(&fake, KT_STATUS_WARN, since, 100 * SECOND);
        assert_int_equal(fake.said[KT_STATUS_OK], 0);
        fake_consumer_release(&fake);
    }
}

static void found_in_a_storm(void **state)
{
    (void)state;
    for (int works = 0; works < 2; works++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake_consumer_run(&fake, MINUTE);
        for (int i = 0; i < 80; i++) {
            fake_consumer_rebalance(&fake, 10 * SECOND);
            if (i == 5) {
                fake_consumer_watch(&fake, true);
            }
            fake_consumer_run(&fake, works ? 20 * SECOND : 9 * SECOND);
        }
        if (works) {
            fake_assert_quiet(&fake);
        } else {
            assert_int_equal(fake.said[KT_STATUS_OK], 0);
            fake_assert_now(&fake, KT_STATUS_STALL);
        }
        fake_consumer_release(&fake);
    }
}

/* ---- losses ---- */

static void retention_overtakes(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.retain = 100 * 3600;
    fake_consumer_watch_after(&fake, 2 * HOUR, 10 * MINUTE);
    fake_assert_quiet(&fake);
    fake.consume_per_s = 20; /* loses 80 a second on the log start */
    fake_consumer_run(&fake, 30 * MINUTE);
    fake_assert_now(&fake, KT_STATUS_WARN);
    assert_int_equal(fake.marks & KT_MARK_LOST, 0);
    fake_consumer_run(&fake, 20 * MINUTE);
    assert_true(fake.verdict.loss_eta_known);
    assert_true(fake.verdict.loss_eta_ms < 45 * MINUTE);
    fake.consuming = fake.committing = false;
    fake_consumer_run(&fake, HOUR);
    assert_true((fake.marks & KT_MARK_LOST) != 0);
    assert_true(fake.said[KT_STATUS_STALL] > 0);
    fake_consumer_release(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_while_behind),
        cmocka_unit_test(any_killed_consumer),
        cmocka_unit_test(killed_while_caught_up),
        cmocka_unit_test(killed_without_leaving),
        cmocka_unit_test(killed_seen_by_asking),
        cmocka_unit_test(hangs_with_heartbeats),
        cmocka_unit_test(recovers_within_two_refreshes),
        cmocka_unit_test(crash_loop_stays_stopped),
        cmocka_unit_test(storm_without_progress),
        cmocka_unit_test(slow_consumer_behind_a_zigzag),
        cmocka_unit_test(half_speed_is_seen_soon),
        cmocka_unit_test(reset_while_empty),
        cmocka_unit_test(poison_pill_before_the_end),
        cmocka_unit_test(hung_transaction),
        cmocka_unit_test(found_dead),
        cmocka_unit_test(found_by_asking),
        cmocka_unit_test(recovery_by_asking),
        cmocka_unit_test(found_abandoned),
        cmocka_unit_test(found_hanging),
        cmocka_unit_test(found_rewound),
        cmocka_unit_test(found_working),
        cmocka_unit_test(found_slow),
        cmocka_unit_test(found_at_half_speed),
        cmocka_unit_test(found_in_a_storm),
        cmocka_unit_test(retention_overtakes),
    };
    return cmocka_run_group_tests_name("evaluate truth", tests, NULL, NULL);
}
