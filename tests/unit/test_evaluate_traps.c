/*
 * The default rules against whole days of consumers: what must stay quiet, what must be said and how soon.
 * The single rules have their own cases in test_evaluate.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "fake_consumer.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

static void assert_quiet(const struct fake_consumer *fake)
{
    if (fake->trouble) {
        fail_msg("%s", fake->first_trouble);
    }
    assert_true(fake->said[KT_STATUS_OK] > 0);
}

static void assert_said_within(const struct fake_consumer *fake, enum kt_status status, int64_t since, int64_t ms)
{
    if (fake->said[status] == 0 || fake->first_said[status] - since > ms) {
        fail_msg("%s not within %lld ms: %s %lld, first trouble %s", kt_status_name(status), (long long)ms,
                 fake->said[status] ? "only after" : "never; now", (long long)(fake->said[status]
                 ? fake->first_said[status] - since : fake->now - since), fake->first_trouble);
    }
}

/* What it is now must be what it stays. */
static void assert_now(const struct fake_consumer *fake, enum kt_status status)
{
    if (fake->verdict.status != status) {
        const char *is = kt_status_name(fake->verdict.status);
        fail_msg("%s (%s), not %s; first trouble %s", is != NULL ? is : "unknown", fake->verdict.rule,
                 kt_status_name(status), fake->first_trouble);
    }
}

static struct fake_consumer *watched(struct fake_consumer *fake, int64_t before, int64_t after)
{
    fake_consumer_run(fake, before);
    fake_consumer_watch(fake, true);
    fake_consumer_run(fake, after);
    return fake;
}

/* ---- what must stay quiet ---- */

static void idle_topic_wakes_after_an_hour(void **state)
{
    (void)state;
    for (int repeats = 0; repeats < 2; repeats++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 5000;
        fake.repeats = repeats == 1;
        watched(&fake, MINUTE, 2 * MINUTE);
        fake.produce_per_s = 0;
        fake_consumer_run(&fake, HOUR);
        assert_now(&fake, KT_STATUS_OK);
        fake.produce_per_s = 0.5;
        fake_consumer_run(&fake, 10 * MINUTE);
        assert_quiet(&fake);
        fake_consumer_release(&fake);
    }
}

static void sparse_traffic_for_a_day(void **state)
{
    (void)state;
    for (int repeats = 0; repeats < 2; repeats++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 5000;
        fake.repeats = repeats == 1;
        fake.produce_per_s = 0;
        fake.batch_ms = 10 * MINUTE;
        fake.batch_size = 1;
        fake_consumer_run(&fake, HOUR + 3 * SECOND);
        fake_consumer_watch(&fake, true);
        fake_consumer_run(&fake, 24 * HOUR);
        assert_quiet(&fake);
        /* The silence of the topic was not taken for the rhythm of its consumer. */
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, MINUTE);
        int64_t produced = fake.now;
        fake.produce_per_s = 1;
        fake_consumer_run(&fake, MINUTE);
        assert_said_within(&fake, KT_STATUS_STOP, produced, 15 * SECOND + 2 * fake.settings.delay_ms);
        fake_consumer_release(&fake);
    }
}

static void batches_every_five_minutes(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.produce_per_s = 0;
    fake.batch_ms = 5 * MINUTE;
    fake.batch_size = 100000; /* 100 s of work */
    watched(&fake, 7 * MINUTE, 6 * HOUR);
    assert_quiet(&fake);
    fake_consumer_release(&fake);
}

static void commits_every_five_minutes(void **state)
{
    (void)state;
    for (int history = 0; history < 2; history++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 5 * MINUTE;
        fake_consumer_run(&fake, HOUR);
        fake_consumer_watch(&fake, history == 1);
        fake_consumer_run(&fake, 6 * HOUR);
        assert_quiet(&fake);
        fake_consumer_release(&fake);
    }
}

/* Takes a batch, works on it for long, and goes on polling meanwhile: commits repeat until it is done. */
static void long_work_between_repeated_commits(void **state)
{
    (void)state;
    static const int64_t chunks[] = {20 * SECOND, 45 * SECOND, 3 * MINUTE};
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.repeats = true;
        fake.commit_ms = 500;
        fake.chunk_ms = chunks[i];
        fake_consumer_run(&fake, HOUR);
        if (i < 2) {
            fake_consumer_watch(&fake, false);
            fake_consumer_run(&fake, 3 * HOUR);
            assert_quiet(&fake);
            fake_consumer_release(&fake);
            continue;
        }
        fake_consumer_watch(&fake, false); /* beyond a minute the rhythm must be learnt first */
        fake_consumer_run(&fake, 12 * MINUTE);
        fake_consumer_forget(&fake);
        fake_consumer_run(&fake, 3 * HOUR);
        assert_quiet(&fake);
        fake_consumer_release(&fake);
    }
}

static void rebalance_storm_with_progress(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    watched(&fake, MINUTE, 2 * MINUTE);
    for (int i = 0; i < 60; i++) {
        fake_consumer_rebalance(&fake, 20 * SECOND);
        fake_consumer_run(&fake, 30 * SECOND);
    }
    fake_consumer_run(&fake, MINUTE);
    assert_quiet(&fake);
    fake_consumer_release(&fake);
}

static void automatic_commit_against_fast_refresh(void **state)
{
    (void)state;
    for (int admin = 0; admin < 2; admin++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 5000;
        fake.repeats = true;
        fake.admin = admin == 1;
        watched(&fake, MINUTE, 3 * HOUR);
        assert_quiet(&fake);
        assert_true(fake.changes <= 2); /* unknown, OK */
        fake_consumer_release(&fake);
    }
}

static void deploy_recreates_all_members(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.commit_ms = 5000;
    watched(&fake, MINUTE, 10 * MINUTE);
    for (int i = 0; i < 3; i++) {
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, 6 * SECOND);
        fake_consumer_start(&fake, 25 * SECOND);
        fake_consumer_run(&fake, 10 * MINUTE);
    }
    assert_quiet(&fake);
    fake_consumer_release(&fake);
}

/* Purging what was committed keeps the log start at the committed offset: nothing is lost, nothing will be. */
static void purged_and_short_logs(void **state)
{
    (void)state;
    for (int purged = 0; purged < 2; purged++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 5000;
        fake.purge_ms = purged ? 30 * SECOND : 0;
        fake.retain = purged ? 0 : 100 * 300;
        watched(&fake, 20 * MINUTE, HOUR);
        fake.produce_per_s = 30; /* the log start still moves at the old speed for a while */
        fake_consumer_run(&fake, HOUR);
        assert_quiet(&fake);
        assert_int_equal(fake.marks & KT_MARK_LOST, 0);
        fake_consumer_release(&fake);
    }
}

static void assigned_without_membership(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.type = KT_TYPE_SIMPLE;
    fake.ever_had_members = false;
    fake.memberless = true;
    fake.commit_ms = 3 * MINUTE; /* checkpoints */
    fake_consumer_run(&fake, MINUTE);
    fake_consumer_watch(&fake, false);
    fake_consumer_run(&fake, 3 * HOUR);
    assert_quiet(&fake);
    int64_t stopped = fake.now;
    fake.consuming = fake.committing = false;
    fake_consumer_run(&fake, HOUR);
    assert_said_within(&fake, KT_STATUS_STOP, stopped, 9 * MINUTE + 2 * SECOND);
    fake_consumer_release(&fake);
}

/* ---- the property: an hour of anything healthy ---- */

static void any_healthy_pattern(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.random = seed * UINT64_C(0x9E3779B97F4A7C15);
        fake_consumer_random(&fake, 1);
        double decades = fake_consumer_random(&fake, 3.47);
        fake.commit_ms = 100;
        for (; decades > 0; decades -= 0.1) {
            fake.commit_ms = fake.commit_ms * 126 / 100 + 1;
        }
        fake.commit_jitter_percent = (int)fake_consumer_random(&fake, 60);
        fake.repeats = fake_consumer_random(&fake, 1) < 0.5;
        fake.admin = fake_consumer_random(&fake, 1) < 0.3;
        fake.produce_per_s = fake_consumer_random(&fake, 1) < 0.3 ? fake_consumer_random(&fake, 0.2)
                                                                  : fake_consumer_random(&fake, 5000);
        fake.consume_per_s = fake.produce_per_s * (1.3 + fake_consumer_random(&fake, 10)) + 10;
        if (fake_consumer_random(&fake, 1) < 0.5) {
            fake.batch_ms = 1000 + (int64_t)fake_consumer_random(&fake, 600000);
            /* takes at most half a minute to read, and less than until the next one */
            double spare = fake.consume_per_s - fake.produce_per_s;
            double seconds = (double)fake.batch_ms / 2000.0 < 30 ? (double)fake.batch_ms / 2000.0 : 30;
            fake.batch_size = (int64_t)(spare * seconds);
        }
        if (fake_consumer_random(&fake, 1) < 0.3) {
            fake.chunk_ms = fake.commit_ms < 50000 ? fake.commit_ms : 50000;
        }
        fake.settings.delay_ms = 500 + (int64_t)fake_consumer_random(&fake, 5000);
        fake_consumer_run(&fake, 30 * SECOND + (int64_t)fake_consumer_random(&fake, 3600000));
        fake_consumer_watch(&fake, fake_consumer_random(&fake, 1) < 0.7);
        for (int minute = 0; minute < 60; minute++) {
            double rate = fake.produce_per_s;
            fake.produce_per_s = rate * fake_consumer_random(&fake, 1.2); /* traffic is never even */
            fake_consumer_run(&fake, MINUTE);
            fake.produce_per_s = rate;
        }
        if (fake.trouble || fake.said[KT_STATUS_OK] == 0) {
            fail_msg("seed %llu: commits every %lld ms +- %d %%, refresh %lld, %s, %g/s, batches of %lld every %lld, "
                     "now %g s behind: %s", (unsigned long long)seed, (long long)fake.commit_ms,
                     fake.commit_jitter_percent, (long long)fake.settings.delay_ms, fake.admin ? "admin" : "log",
                     fake.produce_per_s, (long long)fake.batch_size, (long long)fake.batch_ms,
                     (double)fake.verdict.idle_ms / 1000, fake.first_trouble);
        }
        fake_consumer_release(&fake);
    }
}

/* ---- what must be said, and how soon ---- */

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
        watched(&fake, MINUTE, 12 * intervals[i] + MINUTE);
        assert_quiet(&fake);
        fake.produce_per_s = 5000; /* falls behind */
        fake_consumer_run(&fake, 10 * SECOND);
        fake_consumer_forget(&fake);
        int64_t killed = fake.now;
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, truth_ms(&fake));
        assert_said_within(&fake, KT_STATUS_STOP, killed, truth_ms(&fake));
        fake_consumer_run(&fake, 10 * MINUTE);
        assert_now(&fake, KT_STATUS_STOP);
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
        fake.commit_ms = 100 + (int64_t)fake_consumer_random(&fake, fake_consumer_random(&fake, 1) < 0.5 ? 5000 : 60000);
        fake.repeats = fake_consumer_random(&fake, 1) < 0.5;
        fake.produce_per_s = 1 + fake_consumer_random(&fake, 500);
        fake.settings.delay_ms = 500 + (int64_t)fake_consumer_random(&fake, 3000);
        fake.admin = fake_consumer_random(&fake, 1) < 0.3;
        watched(&fake, MINUTE, 14 * fake.commit_ms + MINUTE + (int64_t)fake_consumer_random(&fake, 60000));
        assert_quiet(&fake);
        int64_t killed = fake.now;
        bool leaves = fake_consumer_random(&fake, 1) < 0.5;
        fake_consumer_kill(&fake, leaves ? 0 : HOUR);
        fake_consumer_run(&fake, 20 * MINUTE);
        /* Asked for, an advance is seen a refresh late, gaps look longer by one, and two samples must agree. */
        int64_t late = fake.admin ? 6 * fake.settings.delay_ms : 0;
        if (leaves) {
            assert_said_within(&fake, KT_STATUS_STOP, killed, truth_ms(&fake) + FAKE_STEP_MS + late);
        } else {
            int64_t silent = 6 * fake.commit_ms > 30 * SECOND ? 6 * fake.commit_ms : 30 * SECOND;
            assert_said_within(&fake, KT_STATUS_STALL, killed, silent + fake.settings.delay_ms + FAKE_STEP_MS + 2 * late);
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
        watched(&fake, MINUTE, 12 * intervals[i] + MINUTE);
        fake.produce_per_s = 0;
        fake_consumer_run(&fake, 2 * intervals[i] + MINUTE);
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, 7 * MINUTE + 50);
        assert_quiet(&fake);
        int64_t produced = fake.now;
        fake.produce_per_s = 20;
        fake_consumer_run(&fake, 2 * truth_ms(&fake));
        assert_said_within(&fake, KT_STATUS_STOP, produced, truth_ms(&fake));
        fake_consumer_release(&fake);
    }
}

/* Until the coordinator gives up on it, it looks like one that hangs. */
static void killed_without_leaving(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    watched(&fake, MINUTE, 5 * MINUTE);
    int64_t killed = fake.now;
    fake_consumer_kill(&fake, 45 * SECOND);
    fake_consumer_run(&fake, 2 * MINUTE);
    assert_said_within(&fake, KT_STATUS_STALL, killed, 30 * SECOND + 2 * fake.settings.delay_ms);
    assert_said_within(&fake, KT_STATUS_STOP, killed, 45 * SECOND + 2 * fake.settings.delay_ms);
    fake_consumer_release(&fake);
}

static void killed_seen_by_asking(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.admin = true;
    watched(&fake, MINUTE, 5 * MINUTE);
    assert_quiet(&fake);
    int64_t killed = fake.now;
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, MINUTE);
    assert_said_within(&fake, KT_STATUS_STOP, killed, truth_ms(&fake) + 2 * fake.settings.delay_ms);
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
        watched(&fake, MINUTE, 5 * MINUTE);
        assert_quiet(&fake);
        int64_t hung = fake.now;
        fake.consuming = false;
        fake.committing = repeats == 1;
        fake_consumer_run(&fake, 10 * MINUTE);
        assert_said_within(&fake, KT_STATUS_STALL, hung, (repeats ? 13 : 31) * SECOND + fake.settings.delay_ms);
        assert_now(&fake, KT_STATUS_STALL);
        assert_int_equal(fake.said[KT_STATUS_STOP], 0);
        fake_consumer_release(&fake);
    }
}

static void recovers_within_two_refreshes(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    watched(&fake, MINUTE, 5 * MINUTE);
    fake.consuming = fake.committing = false;
    fake_consumer_run(&fake, 5 * MINUTE);
    assert_now(&fake, KT_STATUS_STALL);
    fake.consuming = fake.committing = true;
    fake_consumer_run(&fake, fake.commit_ms + 2 * fake.settings.delay_ms);
    assert_now(&fake, KT_STATUS_OK);

    fake_consumer_run(&fake, 5 * MINUTE);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, 5 * MINUTE);
    assert_now(&fake, KT_STATUS_STOP);
    fake_consumer_start(&fake, 3 * SECOND);
    fake_consumer_run(&fake, 3 * SECOND + 2 * fake.commit_ms + 2 * fake.settings.delay_ms);
    assert_now(&fake, KT_STATUS_OK);
    fake_consumer_release(&fake);
}

/* Starts, crashes before it commits anything, starts again: that is not a recovery every minute. */
static void crash_loop_stays_stopped(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    watched(&fake, MINUTE, 5 * MINUTE);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, MINUTE);
    assert_now(&fake, KT_STATUS_STOP);
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
    watched(&fake, MINUTE, 5 * MINUTE);
    assert_quiet(&fake);
    int64_t began = fake.now;
    for (int i = 0; i < 60; i++) {
        fake_consumer_rebalance(&fake, 5 * SECOND);
        fake_consumer_run(&fake, 4 * SECOND);
    }
    assert_said_within(&fake, KT_STATUS_STALL, began, 60 * SECOND + 32 * SECOND);
    fake_consumer_release(&fake);
}

static void slow_consumer_behind_a_zigzag(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.commit_ms = 5000;
    fake.repeats = true;
    watched(&fake, MINUTE, 20 * MINUTE);
    assert_quiet(&fake);
    int64_t since = fake.now;
    fake.consume_per_s = 95;
    fake_consumer_run(&fake, HOUR);
    assert_said_within(&fake, KT_STATUS_WARN, since, 20 * MINUTE);
    assert_now(&fake, KT_STATUS_WARN);
    assert_int_equal(fake.said[KT_STATUS_STALL] + fake.said[KT_STATUS_STOP] + fake.said[KT_STATUS_REWIND], 0);
    fake.consume_per_s = 1000;
    fake_consumer_run(&fake, 2 * MINUTE);
    assert_now(&fake, KT_STATUS_OK);
    fake_consumer_release(&fake);
}

static void half_speed_is_seen_soon(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    watched(&fake, MINUTE, 20 * MINUTE);
    int64_t since = fake.now;
    fake.consume_per_s = 50;
    fake_consumer_run(&fake, 10 * MINUTE);
    assert_said_within(&fake, KT_STATUS_WARN, since, 2 * MINUTE);
    assert_now(&fake, KT_STATUS_WARN);
    fake_consumer_release(&fake);
}

/* STOP must not hide that somebody moved the offset. */
static void reset_while_empty(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    watched(&fake, MINUTE, 5 * MINUTE);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, MINUTE);
    assert_now(&fake, KT_STATUS_STOP);
    assert_int_equal(fake.rewinds, 0);
    fake_consumer_reset(&fake, 10);
    fake_consumer_run(&fake, 30 * SECOND);
    assert_now(&fake, KT_STATUS_STOP);
    assert_int_equal(fake.rewinds, 1);
    assert_int_equal(fake.verdict.rewind_to, 10);
    fake_consumer_start(&fake, 3 * SECOND);
    fake_consumer_run(&fake, 10 * SECOND);
    assert_now(&fake, KT_STATUS_REWIND);
    fake_consumer_run(&fake, 5 * MINUTE); /* reads all again and passes where it was */
    assert_now(&fake, KT_STATUS_OK);
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
        watched(&fake, MINUTE, 5 * MINUTE);
        fake.produce_per_s = 0;
        fake.log_end += 20;
        fake.poison = fake.log_end - 1;
        fake.tail_empty = cases[i].tail_empty;
        fake_consumer_run(&fake, 2 * MINUTE);
        assert_now(&fake, cases[i].status);
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
    watched(&fake, MINUTE, 5 * MINUTE);
    fake.held = true;
    fake_consumer_run(&fake, 20 * SECOND);
    assert_now(&fake, KT_STATUS_OK);
    assert_true((fake.verdict.marks & KT_MARK_STALE) != 0);
    fake_consumer_run(&fake, 20 * MINUTE);
    assert_int_equal(fake.verdict.status, KT_STATUS_UNKNOWN);
    fake.held = false;
    fake_consumer_run(&fake, 5 * SECOND);
    assert_now(&fake, KT_STATUS_OK);
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
        assert_now(&fake, KT_STATUS_STOP); /* at first sight, since when it died */
        assert_true(fake.now - fake.verdict.since >= 5 * MINUTE);
        fake_consumer_release(&fake);
    }
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
    assert_now(&fake, KT_STATUS_STOP);
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
        assert_said_within(&fake, KT_STATUS_STALL, promised, 2 * fake.settings.delay_ms);
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
    assert_now(&fake, KT_STATUS_REWIND);
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
        assert_quiet(&fake);
        assert_said_within(&fake, KT_STATUS_OK, since, 2 * intervals[i] + 10 * SECOND);
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
    watched(&fake, 2 * HOUR, 10 * MINUTE);
    assert_quiet(&fake);
    fake.consume_per_s = 20; /* loses 80 a second on the log start */
    fake_consumer_run(&fake, 30 * MINUTE);
    assert_now(&fake, KT_STATUS_WARN);
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
        cmocka_unit_test(idle_topic_wakes_after_an_hour),
        cmocka_unit_test(sparse_traffic_for_a_day),
        cmocka_unit_test(batches_every_five_minutes),
        cmocka_unit_test(commits_every_five_minutes),
        cmocka_unit_test(long_work_between_repeated_commits),
        cmocka_unit_test(rebalance_storm_with_progress),
        cmocka_unit_test(automatic_commit_against_fast_refresh),
        cmocka_unit_test(deploy_recreates_all_members),
        cmocka_unit_test(purged_and_short_logs),
        cmocka_unit_test(assigned_without_membership),
        cmocka_unit_test(any_healthy_pattern),
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
        cmocka_unit_test(found_abandoned),
        cmocka_unit_test(found_hanging),
        cmocka_unit_test(found_rewound),
        cmocka_unit_test(found_working),
        cmocka_unit_test(retention_overtakes),
    };
    return cmocka_run_group_tests_name("evaluate traps", tests, NULL, NULL);
}
