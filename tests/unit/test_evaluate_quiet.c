/*
 * The default rules against whole days of healthy consumers: nothing may be said of them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "fake_consumer.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

static void idle_topic_wakes_after_an_hour(void **state)
{
    (void)state;
    for (int repeats = 0; repeats < 2; repeats++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 5000;
        fake.repeats = repeats == 1;
        fake_consumer_watch_after(&fake, MINUTE, 2 * MINUTE);
        fake.produce_per_s = 0;
        fake_consumer_run(&fake, HOUR);
        fake_assert_now(&fake, KT_STATUS_OK);
        fake.produce_per_s = 0.5;
        fake_consumer_run(&fake, 10 * MINUTE);
        fake_assert_quiet(&fake);
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
        fake_assert_quiet(&fake);
        /* The silence of the topic was not taken for the rhythm of its consumer. */
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, MINUTE);
        int64_t produced = fake.now;
        fake.produce_per_s = 1;
        fake_consumer_run(&fake, MINUTE);
        fake_assert_said_within(&fake, KT_STATUS_STOP, produced, 15 * SECOND + 2 * fake.settings.delay_ms);
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
    fake_consumer_watch_after(&fake, 7 * MINUTE, 6 * HOUR);
    fake_assert_quiet(&fake);
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
        fake_assert_quiet(&fake);
        fake_consumer_release(&fake);
    }
}

/* A job that comes, works, commits every `commit_ms` while it is there, and goes: one round. */
static void visit(struct fake_consumer *fake, int64_t here, int64_t away)
{
    fake_consumer_start(fake, 2 * SECOND);
    fake_consumer_run(fake, here);
    fake_consumer_kill(fake, 0);
    fake_consumer_run(fake, away);
}

/* After three rounds it is known that it comes again. When it does not, it is STOP after half a round more. */
static void jobs_that_come_and_go(void **state)
{
    (void)state;
    static const struct {
        int64_t commit_ms, here, away;
    } jobs[] = {
        {4 * SECOND, 7 * SECOND, 53 * SECOND}, /* commits once */
        {SECOND, 12 * SECOND, 48 * SECOND},
        {SECOND, 40 * SECOND, 80 * SECOND}, /* many short gaps between two long ones */
        {2 * SECOND, 5 * MINUTE, 55 * MINUTE},
    };
    for (size_t i = 0; i < 2 * sizeof jobs / sizeof jobs[0]; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.consume_per_s = 20000;
        fake.admin = i % 2 == 1;
        fake.commit_ms = jobs[i / 2].commit_ms;
        fake_consumer_run(&fake, MINUTE);
        fake_consumer_watch(&fake, false);
        for (int round = 0; round < 40; round++) {
            if (round == 5) {
                fake_consumer_forget(&fake);
            }
            int64_t late = (int64_t)fake_consumer_random(&fake, 5000);
            visit(&fake, jobs[i / 2].here, jobs[i / 2].away + late);
        }
        fake_assert_quiet(&fake);
        int64_t missed = fake.now;
        fake_consumer_run(&fake, 2 * jobs[i / 2].away);
        fake_assert_said_within(&fake, KT_STATUS_STOP, missed, jobs[i / 2].away);
        fake_consumer_release(&fake);
    }
}

/* It joins and commits between two looks: that it was not set from outside is known only when it is seen. */
static void a_job_whose_first_commit_is_sooner_than_the_look(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.admin = true;
    fake.settings.delay_ms = 2000;
    fake_consumer_run(&fake, MINUTE);
    fake_consumer_watch(&fake, false);
    for (int round = 0; round < 20; round++) {
        if (round == 5) {
            fake_consumer_forget(&fake);
        }
        fake_consumer_start(&fake, 0);
        fake_consumer_run(&fake, 22 * SECOND);
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, 36 * SECOND);
    }
    fake_assert_quiet(&fake);
    fake_consumer_release(&fake);
}

/* Found at start, between its visits: silences that are alike tell the same. */
static void a_job_found_while_it_is_away(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.commit_ms = 3 * SECOND;
    for (int round = 0; round < 10; round++) {
        visit(&fake, 14 * SECOND, 46 * SECOND);
    }
    fake_consumer_start(&fake, 2 * SECOND);
    fake_consumer_run(&fake, 14 * SECOND);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, 20 * SECOND);
    fake_consumer_watch(&fake, true);
    fake_consumer_run(&fake, 26 * SECOND); /* unknown until it is back */
    for (int round = 0; round < 10; round++) {
        visit(&fake, 14 * SECOND, 46 * SECOND);
    }
    fake_assert_quiet(&fake);
    fake_consumer_release(&fake);
}

/* Restarts now and then are no habit of a consumer that works all day. */
static void restarts_are_no_habit(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 10 * MINUTE);
    for (int round = 0; round < 6; round++) {
        visit(&fake, 2 * MINUTE, 45 * SECOND);
    }
    fake_consumer_start(&fake, 2 * SECOND);
    fake_consumer_run(&fake, 10 * MINUTE);
    int64_t killed = fake.now;
    fake_consumer_forget(&fake);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, MINUTE);
    fake_assert_said_within(&fake, KT_STATUS_STOP, killed, 15 * SECOND);
    fake_consumer_release(&fake);
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
            fake_assert_quiet(&fake);
            fake_consumer_release(&fake);
            continue;
        }
        fake_consumer_watch(&fake, false); /* beyond a minute the rhythm must be learnt first */
        fake_consumer_run(&fake, 12 * MINUTE);
        fake_consumer_forget(&fake);
        fake_consumer_run(&fake, 3 * HOUR);
        fake_assert_quiet(&fake);
        fake_consumer_release(&fake);
    }
}

static void rebalance_storm_with_progress(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 2 * MINUTE);
    for (int i = 0; i < 60; i++) {
        fake_consumer_rebalance(&fake, 20 * SECOND);
        fake_consumer_run(&fake, 30 * SECOND);
    }
    fake_consumer_run(&fake, MINUTE);
    fake_assert_quiet(&fake);
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
        fake_consumer_watch_after(&fake, MINUTE, 3 * HOUR);
        fake_assert_quiet(&fake);
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
    fake_consumer_watch_after(&fake, MINUTE, 10 * MINUTE);
    for (int i = 0; i < 3; i++) {
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, 6 * SECOND);
        fake_consumer_start(&fake, 25 * SECOND);
        fake_consumer_run(&fake, 10 * MINUTE);
    }
    fake_assert_quiet(&fake);
    fake_consumer_release(&fake);
}

/* Purging what was committed keeps the log start at the committed offset: nothing is lost, nothing will be.
 */
static void purged_and_short_logs(void **state)
{
    (void)state;
    for (int purged = 0; purged < 2; purged++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 5000;
        fake.purge_ms = purged ? 30 * SECOND : 0;
        fake.retain = purged ? 0 : 100 * 300;
        fake_consumer_watch_after(&fake, 20 * MINUTE, HOUR);
        fake.produce_per_s = 30; /* the log start still moves at the old speed for a while */
        fake_consumer_run(&fake, HOUR);
        fake_assert_quiet(&fake);
        assert_int_equal(fake.marks & KT_MARK_LOST, 0);
        fake_consumer_release(&fake);
    }
}

/* Most of the log is unread, and the log start runs as fast as the consumer does: it will not be overtaken.
 */
static void far_behind_but_as_fast_as_retention(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.retain = 100 * 360;
    fake_consumer_run(&fake, HOUR);
    fake.consuming = fake.committing = false;
    fake_consumer_run(&fake, 290 * SECOND);
    fake.consuming = fake.committing = true;
    fake.consume_per_s = 100;
    fake_consumer_run(&fake, MINUTE);
    fake_consumer_watch(&fake, true);
    for (int i = 0; i < 40; i++) {
        fake.produce_per_s = i % 2 ? 97 : 103;
        fake_consumer_run(&fake, 3 * MINUTE);
    }
    fake_assert_quiet(&fake);
    assert_true(fake.verdict.lag > 28000);
    fake_consumer_release(&fake);
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
    fake_assert_quiet(&fake);
    int64_t stopped = fake.now;
    fake.consuming = fake.committing = false;
    fake_consumer_run(&fake, HOUR);
    fake_assert_said_within(&fake, KT_STATUS_STOP, stopped, 9 * MINUTE + 2 * SECOND);
    fake_consumer_release(&fake);
}

/* ---- the property: an hour of anything healthy ---- */

/* One healthy pattern: commits every 0.1 s to 5 min, traffic even, sparse or in batches, looked at as may be. */
static void healthy_of_seed(struct fake_consumer *fake, uint64_t seed)
{
    fake_consumer_init(fake);
    fake->random = seed * UINT64_C(0x9E3779B97F4A7C15);
    fake_consumer_random(fake, 1);
    double decades = fake_consumer_random(fake, 3.47);
    fake->commit_ms = 100;
    for (; decades > 0; decades -= 0.1) {
        fake->commit_ms = fake->commit_ms * 126 / 100 + 1;
    }
    fake->commit_jitter_percent = (int)fake_consumer_random(fake, 60);
    fake->repeats = fake_consumer_random(fake, 1) < 0.5;
    fake->admin = fake_consumer_random(fake, 1) < 0.5;
    fake->produce_per_s =
        fake_consumer_random(fake, 1) < 0.3 ? fake_consumer_random(fake, 0.2) : fake_consumer_random(fake, 5000);
    fake->consume_per_s = fake->produce_per_s * (1.3 + fake_consumer_random(fake, 10)) + 10;
    if (fake_consumer_random(fake, 1) < 0.5) {
        fake->batch_ms = 1000 + (int64_t)fake_consumer_random(fake, 600000);
        /* takes at most half a minute to read, and less than until the next one */
        double spare = fake->consume_per_s - fake->produce_per_s;
        double seconds = (double)fake->batch_ms / 2000.0 < 30 ? (double)fake->batch_ms / 2000.0 : 30;
        fake->batch_size = (int64_t)(spare * seconds);
    }
    if (fake_consumer_random(fake, 1) < 0.3) {
        fake->chunk_ms = fake->commit_ms < 50000 ? fake->commit_ms : 50000;
    }
    fake->settings.delay_ms = 500 + (int64_t)fake_consumer_random(fake, 5000);
    if (fake_consumer_random(fake, 1) < 0.3) {
        fake->settings.delay_ms = 10 * SECOND;
    }
}

static void run_healthy_hour(struct fake_consumer *fake)
{
    fake_consumer_run(fake, 30 * SECOND + (int64_t)fake_consumer_random(fake, 3600000));
    fake_consumer_watch(fake, fake_consumer_random(fake, 1) < 0.7);
    for (int minute = 0; minute < 60; minute++) {
        double rate = fake->produce_per_s;
        fake->produce_per_s = rate * fake_consumer_random(fake, 1.2); /* traffic is never even */
        fake_consumer_run(fake, MINUTE);
        fake->produce_per_s = rate;
    }
}

static void any_healthy_pattern(void **state)
{
    (void)state;
    uint64_t seeds = getenv("KAFKATOP_LONG") ? 50000 : 1000;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        struct fake_consumer fake;
        healthy_of_seed(&fake, seed);
        run_healthy_hour(&fake);
        if (fake.trouble || fake.said[KT_STATUS_OK] == 0 || fake.rewinds + fake.skips > 0) {
            fail_msg("seed %llu: commits every %lld ms +- %d %%, refresh %lld, %s, %g/s, batches of %lld every "
                     "%lld, now %g s behind: %s",
                     (unsigned long long)seed, (long long)fake.commit_ms, fake.commit_jitter_percent,
                     (long long)fake.settings.delay_ms, fake.admin ? "admin" : "log", fake.produce_per_s,
                     (long long)fake.batch_size, (long long)fake.batch_ms, (double)fake.verdict.idle_ms / 1000,
                     fake.first_trouble);
        }
        fake_consumer_release(&fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_topic_wakes_after_an_hour),
        cmocka_unit_test(sparse_traffic_for_a_day),
        cmocka_unit_test(batches_every_five_minutes),
        cmocka_unit_test(commits_every_five_minutes),
        cmocka_unit_test(jobs_that_come_and_go),
        cmocka_unit_test(a_job_whose_first_commit_is_sooner_than_the_look),
        cmocka_unit_test(a_job_found_while_it_is_away),
        cmocka_unit_test(restarts_are_no_habit),
        cmocka_unit_test(long_work_between_repeated_commits),
        cmocka_unit_test(rebalance_storm_with_progress),
        cmocka_unit_test(automatic_commit_against_fast_refresh),
        cmocka_unit_test(deploy_recreates_all_members),
        cmocka_unit_test(purged_and_short_logs),
        cmocka_unit_test(far_behind_but_as_fast_as_retention),
        cmocka_unit_test(assigned_without_membership),
        cmocka_unit_test(any_healthy_pattern),
    };
    return cmocka_run_group_tests_name("evaluate quiet", tests, NULL, NULL);
}
