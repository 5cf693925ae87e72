/*
 * Offsets that move without being read: set back, set forward, by whom; and what only looks like it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_consumer.h"
#include "scene.h"

/* ---- forward ---- */

/* The offsets are set to the end while nobody is there: told once, with what nobody will read. */
static void set_forward_while_empty(void **state)
{
    (void)state;
    static const struct {
        bool admin;
        int64_t delay_ms;
        unsigned skips; /* asked every ten seconds, a member may have come, read and gone in between */
    } cases[] = {{false, 1000, 1}, {false, 10000, 1}, {true, 2000, 1}, {true, 10000, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.admin = cases[i].admin;
        fake.settings.delay_ms = cases[i].delay_ms;
        fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
        fake_consumer_kill(&fake, 0);
        fake_consumer_run(&fake, 2 * MINUTE);
        fake_assert_now(&fake, KT_STATUS_STOP);
        int64_t from = fake.committed, to = fake.log_end;
        fake.produce_per_s = 0;
        fake_consumer_reset(&fake, to);
        fake_consumer_run(&fake, 3 * cases[i].delay_ms);
        fake_assert_now(&fake, KT_STATUS_OK);
        assert_int_equal(fake.skips, cases[i].skips);
        assert_int_equal(fake.rewinds, 0);
        assert_true(to - from > 11000);
        fake.produce_per_s = 100;
        fake_consumer_start(&fake, 3 * SECOND);
        fake_consumer_run(&fake, 10 * MINUTE);
        fake_assert_now(&fake, KT_STATUS_OK);
        assert_int_equal(fake.skips, cases[i].skips);
        fake_consumer_release(&fake);
    }
}

/* Whatever it has to read after a hang or a pause, and however fast it is and seldom it commits: it read that. */
static void a_backlog_read_fast_is_no_skip(void **state)
{
    (void)state;
    static const int64_t intervals[] = {100, 1000, 5000, 60000};
    for (size_t i = 0; i < 16; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = intervals[i % 4];
        fake.admin = i & 4;
        fake.produce_per_s = 5000;
        fake.consume_per_s = 1000000;
        fake_consumer_watch_after(&fake, MINUTE, 10 * MINUTE);
        if (i & 8) {
            fake_consumer_kill(&fake, 0);
        }
        fake.consuming = fake.committing = false;
        fake_consumer_run(&fake, 20 * MINUTE);
        fake.consuming = fake.committing = true;
        if (i & 8) {
            fake_consumer_start(&fake, 3 * SECOND);
        }
        fake_consumer_run(&fake, 5 * MINUTE);
        fake_assert_now(&fake, KT_STATUS_OK);
        assert_int_equal(fake.skips, 0);
        assert_int_equal(fake.rewinds, 0);
        fake_consumer_release(&fake);
    }
}

/* Faster than any client reads: nobody read that, member or not; beyond deleted records is counted from the start. */
static void further_than_anybody_reads(void **state)
{
    (void)state;
    static const struct {
        int64_t log_start, to;
        enum kt_move move;
    } cases[] = {
        {0, OFFSET + 5000000, KT_MOVE_NONE},
        {0, OFFSET + 50000000, KT_MOVE_TOO_FAR},
        {OFFSET + 49000000, OFFSET + 50000000, KT_MOVE_NONE}, /* most of it was gone already */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.look.log_start = cases[i].log_start;
        scene.look.log_end = OFFSET + 50000100;
        scene_judge(&scene, START + SECOND);
        scene_commit(&scene, cases[i].to, START + 2 * SECOND);
        scene_judge(&scene, START + 2 * SECOND);
        assert_int_equal(scene.verdict.skip_new, cases[i].move);
        if (cases[i].move != KT_MOVE_NONE) {
            assert_int_equal(scene.verdict.skip_from, OFFSET);
            assert_int_equal(scene.verdict.skip_to, cases[i].to);
            assert_int_equal(scene.verdict.skipped, cases[i].to - OFFSET);
        }
        scene_judge(&scene, START + 3 * SECOND);
        assert_int_equal(scene.verdict.skip_new, KT_MOVE_NONE); /* told once */
        scene_end(&scene);
    }
}

/* A job that joins, reads, commits and leaves between two looks leaves a higher generation behind. */
static void a_job_between_two_looks_is_no_skip(void **state)
{
    (void)state;
    static const struct {
        bool known;
        int64_t generation, pause_ms;
        enum kt_group_state state;
        enum kt_move move;
    } cases[] = {
        {true, 7, 10 * SECOND, KT_STATE_EMPTY, KT_MOVE_BY_HAND},
        {true, 9, 10 * SECOND, KT_STATE_EMPTY, KT_MOVE_NONE},
        {true, 7, 10 * SECOND, KT_STATE_STABLE, KT_MOVE_NONE},
        {true, 7, 10 * SECOND, KT_STATE_PREPARING_REBALANCE, KT_MOVE_BY_HAND}, /* nobody has begun to read yet */
        {false, 0, 2 * SECOND, KT_STATE_EMPTY, KT_MOVE_BY_HAND},
        {false, 0, 10 * SECOND, KT_STATE_EMPTY, KT_MOVE_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.look.generation_known = cases[i].known;
        scene.look.generation = 7;
        scene_leave(&scene);
        scene.look.log_start = 600;
        scene.look.log_end = OFFSET + 500;
        scene_judge(&scene, START + SECOND);
        int64_t then = START + SECOND + cases[i].pause_ms;
        scene_commit(&scene, OFFSET + 500, then);
        scene.look.generation = cases[i].generation;
        scene.look.state = cases[i].state;
        scene_judge(&scene, then);
        assert_int_equal(scene.verdict.skip_new, cases[i].move);
        assert_int_equal(scene.verdict.skipped, cases[i].move == KT_MOVE_NONE ? 0 : 500);
        scene_end(&scene);
    }
}

/* Offsets that a replicator keeps moving in a group without members are no resets. */
static void a_replicated_group_does_not_skip(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.memberless = true;
    fake.commit_ms = MINUTE;
    fake_consumer_watch_after(&fake, 10 * MINUTE, HOUR);
    fake_assert_quiet(&fake);
    assert_int_equal(fake.skips, 0);
    fake_consumer_release(&fake);
}

/* A group that lost its members and is moved on by somebody who has no membership: the first move is told. */
static void moved_again_and_again_is_told_once(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake_consumer_kill(&fake, 0);
    for (int i = 0; i < 30; i++) {
        fake_consumer_run(&fake, 5 * SECOND);
        fake_consumer_reset(&fake, fake.log_end);
    }
    fake_consumer_run(&fake, 5 * SECOND);
    assert_int_equal(fake.skips, 1);
    fake_consumer_release(&fake);
}

/* ---- back ---- */

/* Nobody to rebalance: one record back is a reset, and told at once although the group is STOP. */
static void set_back_by_one_while_empty(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake_consumer_watch_after(&fake, MINUTE, 5 * MINUTE);
    fake_consumer_kill(&fake, 0);
    fake_consumer_run(&fake, MINUTE);
    fake_assert_now(&fake, KT_STATUS_STOP);
    fake_consumer_reset(&fake, fake.committed - 1);
    fake_consumer_run(&fake, 2 * SECOND);
    assert_int_equal(fake.rewinds, 1);
    assert_int_equal(fake.verdict.rewind_from - fake.verdict.rewind_to, 1);
    fake_consumer_release(&fake);
}

/* A member that took a partition over begins before the last commit: no rewind, for it gets there soon. */
static void taken_over_is_no_rewind(void **state)
{
    (void)state;
    struct fake_consumer fake;
    fake_consumer_init(&fake);
    fake.commit_ms = 5000;
    fake_consumer_watch_after(&fake, MINUTE, 10 * MINUTE);
    for (int i = 0; i < 20; i++) {
        fake_consumer_rebalance(&fake, 4 * SECOND);
        fake_consumer_run(&fake, 4 * SECOND + 500);
        fake_consumer_reset(&fake, fake.committed - 400);
        fake_consumer_run(&fake, MINUTE);
    }
    fake_assert_quiet(&fake);
    assert_int_equal(fake.rewinds, 0);
    fake_consumer_release(&fake);
}

/* Before we came, by more than a rebalance loses and not to the log start: known from the commits themselves. */
static void found_set_back(void **state)
{
    (void)state;
    static const struct {
        int64_t by;
        bool rewind;
    } cases[] = {{5000, true}, {330, true}, {200, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.consume_per_s = 100; /* takes long to come back */
        fake_consumer_run(&fake, 20 * MINUTE);
        fake_consumer_reset(&fake, fake.committed - cases[i].by);
        fake_consumer_run(&fake, 3 * SECOND);
        fake_consumer_watch(&fake, true);
        assert_int_equal(fake.verdict.status == KT_STATUS_REWIND, cases[i].rewind);
        assert_int_equal(fake.rewinds, cases[i].rewind);
        fake_consumer_release(&fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_forward_while_empty),
        cmocka_unit_test(a_backlog_read_fast_is_no_skip),
        cmocka_unit_test(further_than_anybody_reads),
        cmocka_unit_test(a_job_between_two_looks_is_no_skip),
        cmocka_unit_test(a_replicated_group_does_not_skip),
        cmocka_unit_test(moved_again_and_again_is_told_once),
        cmocka_unit_test(set_back_by_one_while_empty),
        cmocka_unit_test(taken_over_is_no_rewind),
        cmocka_unit_test(found_set_back),
    };
    return cmocka_run_group_tests_name("evaluate moves", tests, NULL, NULL);
}
