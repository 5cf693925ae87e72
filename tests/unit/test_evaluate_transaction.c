/* The rule of open transactions: whom it excuses, for how long, and whom it must not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "scene.h"

#define LIMIT (60 * SECOND)

/* A transaction began at the committed offset: 40 records that nobody who reads committed ones can see. */
static void hold(struct scene *scene, int64_t stable)
{
    scene->look.log_end = OFFSET + 40;
    scene->look.stable_known = true;
    scene->look.last_stable = stable;
    scene->look.transaction_open = true;
    scene->look.transaction_since = START + SECOND;
    scene->look.transaction_limit = LIMIT;
}

static void watch(struct scene *scene, int64_t from, int64_t until)
{
    for (int64_t now = from; now <= until; now += SECOND) {
        scene->look.stable_at = now;
        scene_judge(scene, now);
    }
}

static void a_reader_waits_for_the_end_of_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    hold(&scene, OFFSET);
    watch(&scene, START + SECOND, START + LIMIT);
    scene_expect(&scene, KT_STATUS_OK, "open-transaction");
    assert_int_equal(scene.verdict.marks, KT_MARK_OPEN_TRANSACTION);
    assert_int_equal(scene.verdict.lag, 40);
    assert_int_equal(scene.verdict.unstable, 40);
    watch(&scene, START + LIMIT + SECOND, START + HOUR);
    scene_expect(&scene, KT_STATUS_WARN, "open-transaction");
    assert_int_equal(scene.verdict.since, START + SECOND);
    /* It ends: from now on there is something to read, and the silence so far is nobody's fault. */
    scene.look.transaction_open = false;
    scene.look.last_stable = OFFSET + 40;
    int64_t ended = START + HOUR + SECOND;
    watch(&scene, ended, ended + 28 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "moving");
    watch(&scene, ended + 29 * SECOND, ended + 31 * SECOND);
    scene_expect(&scene, KT_STATUS_STALL, "silent");
    scene_end(&scene);
}

static void what_is_stable_must_be_read(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    hold(&scene, OFFSET + 3);
    watch(&scene, START + SECOND, START + 32 * SECOND);
    scene_expect(&scene, KT_STATUS_STALL, "silent");
    assert_int_equal(scene.verdict.marks, 0);
    scene_end(&scene);

    scene_begin(&scene);
    scene.settings.allowed_lag = 3;
    hold(&scene, OFFSET + 3);
    watch(&scene, START + SECOND, START + 32 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "open-transaction");
    scene_end(&scene);
}

static void markers_before_it(void **state)
{
    (void)state;
    static const struct {
        enum kt_tri empty;
        bool owned;
        enum kt_status status;
        const char *rule;
        uint32_t marks;
    } cases[] = {
        {KT_YES, true, KT_STATUS_OK, "open-transaction", KT_MARK_OPEN_TRANSACTION},
        {KT_YES, false, KT_STATUS_OK, "open-transaction", KT_MARK_OPEN_TRANSACTION},
        {KT_MAYBE, true, KT_STATUS_OK, "open-transaction", KT_MARK_OPEN_TRANSACTION | KT_MARK_UNPROVEN},
        {KT_MAYBE, false, KT_STATUS_WARN, "open-transaction", KT_MARK_OPEN_TRANSACTION | KT_MARK_UNPROVEN},
        {KT_NO, true, KT_STATUS_STALL, "silent", 0},
        {KT_NO, false, KT_STATUS_STOP, "nobody-reads", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_begin(&scene);
        hold(&scene, OFFSET + 2);
        scene.look.stable_empty = cases[i].empty;
        if (!cases[i].owned) {
            scene_leave(&scene);
        }
        watch(&scene, START + SECOND, START + 32 * SECOND);
        scene_expect(&scene, cases[i].status, cases[i].rule);
        assert_int_equal(scene.verdict.marks, cases[i].marks);
        scene_end(&scene);
    }
}

static void an_old_answer_excuses_nobody(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    hold(&scene, OFFSET);
    watch(&scene, START + SECOND, START + 20 * SECOND);
    scene_watch(&scene, START + 21 * SECOND, START + 30 * SECOND); /* not asked any more */
    scene_expect(&scene, KT_STATUS_OK, "open-transaction");
    scene_watch(&scene, START + 31 * SECOND, START + 49 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "moving"); /* silent since the last answer */
    scene_watch(&scene, START + 50 * SECOND, START + 51 * SECOND);
    scene_expect(&scene, KT_STATUS_STALL, "silent");
    scene_end(&scene);
}

static void who_goes_past_it_is_judged_as_ever(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    hold(&scene, OFFSET);
    watch(&scene, START + SECOND, START + 2 * SECOND);
    scene_commit(&scene, OFFSET + 30, START + 3 * SECOND);
    watch(&scene, START + 3 * SECOND, START + 32 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "moving");
    watch(&scene, START + 33 * SECOND, START + 34 * SECOND);
    scene_expect(&scene, KT_STATUS_STALL, "silent");
    /* Also where it stands before the next one. */
    scene_commit(&scene, OFFSET + 40, START + 35 * SECOND);
    watch(&scene, START + 35 * SECOND, START + 40 * SECOND);
    scene_expect(&scene, KT_STATUS_OK, "caught-up");
    scene.look.log_end = OFFSET + 90;
    scene.look.last_stable = OFFSET + 40;
    scene.look.transaction_since = START + 41 * SECOND;
    watch(&scene, START + 41 * SECOND, START + 72 * SECOND);
    scene_expect(&scene, KT_STATUS_STALL, "silent");
    scene_end(&scene);
}

static void a_commit_that_came_later_proves_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    hold(&scene, OFFSET);
    watch(&scene, START + SECOND, START + 2 * SECOND);
    /* The transaction ended after the answer, and the reader has gone on. */
    scene_commit(&scene, OFFSET + 40, START + 3 * SECOND);
    scene_judge(&scene, START + 3 * SECOND);
    scene_judge(&scene, START + 4 * SECOND);
    assert_false(scene.track.reads_uncommitted);
    scene_end(&scene);
}

static void nobody_reads_and_nothing_could_be_read(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_leave(&scene);
    hold(&scene, OFFSET);
    watch(&scene, START + SECOND, START + LIMIT);
    scene_expect(&scene, KT_STATUS_OK, "open-transaction");
    watch(&scene, START + LIMIT + SECOND, START + 2 * LIMIT);
    scene_expect(&scene, KT_STATUS_WARN, "open-transaction");
    scene.look.transaction_open = false;
    scene.look.last_stable = OFFSET + 40;
    watch(&scene, START + 2 * LIMIT + SECOND, START + 2 * LIMIT + 10 * SECOND);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    scene_end(&scene);
}

static void nobody_reads_what_could_be_read(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_leave(&scene);
    hold(&scene, OFFSET + 10);
    watch(&scene, START + SECOND, START + 11 * SECOND);
    scene_expect(&scene, KT_STATUS_STOP, "nobody-reads");
    scene_end(&scene);
}

/* A job that commits with each checkpoint: every five minutes a burst becomes readable, and nothing in between. */
static void long_transactions_by_habit(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    hold(&scene, OFFSET);
    scene.look.transaction_limit = 600 * SECOND;
    int64_t now = START;
    for (int i = 0; i < 12; i++) {
        scene.look.transaction_since = now + SECOND;
        for (int s = 0; s < 300; s++) {
            now += SECOND;
            scene.look.log_end += 5;
            scene.look.stable_at = now;
            scene_judge(&scene, now);
            assert_int_equal(scene.verdict.status, KT_STATUS_OK);
        }
        scene.look.last_stable = scene.look.log_end;
        for (int s = 0; s < 4; s++) { /* it needs a moment for it */
            now += SECOND;
            scene.look.log_end += 5;
            scene.look.stable_at = now;
            scene_judge(&scene, now);
            assert_int_equal(scene.verdict.status, KT_STATUS_OK);
        }
        scene_commit(&scene, scene.look.last_stable, now);
    }
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_waits_for_the_end_of_it),
        cmocka_unit_test(what_is_stable_must_be_read),
        cmocka_unit_test(markers_before_it),
        cmocka_unit_test(an_old_answer_excuses_nobody),
        cmocka_unit_test(who_goes_past_it_is_judged_as_ever),
        cmocka_unit_test(a_commit_that_came_later_proves_nothing),
        cmocka_unit_test(nobody_reads_and_nothing_could_be_read),
        cmocka_unit_test(nobody_reads_what_could_be_read),
        cmocka_unit_test(long_transactions_by_habit),
    };
    return cmocka_run_group_tests_name("evaluate_transaction", tests, NULL, NULL);
}
