/* Topics whose partitions change, which are made again, or cut; and what their settings say of their offsets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assess.h"
#include "fake_cluster.h"
#include "snapshot.h"

#define SECOND INT64_C(1000)

static void open_cluster(struct fake_cluster *cluster, int32_t partitions)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "orders", partitions);
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_TOPICS}});
    fake_cluster_topic(cluster, "orders", partitions);
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_LIST_END, .list = {KT_LIST_TOPICS, true}});
    fake_cluster_group(cluster, "g", "orders", 1, partitions);
}

/* A second goes by; then a commit, if it is not negative, and the log between these two offsets. */
static void step(struct fake_cluster *cluster, int64_t committed, int64_t start, int64_t end)
{
    fake_clock_pass(&cluster->clock, SECOND);
    if (committed >= 0) {
        fake_cluster_commit(cluster, "g", "orders", 0, committed, 0, false);
    }
    fake_clock_pass(&cluster->clock, 5);
    fake_cluster_ends(cluster, "orders", 0, start, end);
    fake_cluster_fresh(cluster);
    kt_assess(cluster->model);
}

static void run(struct fake_cluster *cluster)
{
    for (int i = 0; i < 12; i++) {
        step(cluster, 1000 + i, 0, 1000 + i);
    }
}

static const struct kt_lag *row_of(const struct kt_snapshot *snap)
{
    return fake_cluster_lag_of(snap, "g", "orders", 0);
}

static size_t told(const struct kt_snapshot *snap, enum kt_event_kind kind, const char *words)
{
    size_t count = 0;
    for (size_t i = 0; i < snap->event_count; i++) {
        count += snap->events[i].kind == kind && strstr(snap->events[i].text.bytes, words) != NULL;
    }
    return count;
}

static void expect_ok(struct fake_cluster *cluster, int64_t most_lag)
{
    const struct kt_snapshot *snap = fake_cluster_look(cluster);
    const struct kt_lag *row = row_of(snap);
    assert_non_null(row);
    if (kt_lag_status(row) != KT_STATUS_OK && kt_lag_status(row) != KT_STATUS_UNKNOWN) {
        fail_msg("%.*s", (int)kt_lag_why(row).length, kt_lag_why(row).bytes);
    }
    assert_int_equal(kt_lag_marks(row) & KT_MARK_AHEAD, 0);
    if (KT_KNOWS(row, KT_LAG_lag)) {
        assert_true(kt_lag_lag(row) <= most_lag);
    }
    assert_int_equal(told(snap, KT_EVENT_REWIND, ""), 0);
    kt_snapshot_unref(snap);
}

/* In each order in which end and commit of the new log may come, and with a commit to the old one in between. */
static void a_topic_made_again_is_no_rewind(void **state)
{
    (void)state;
    for (int order = 0; order < 4; order++) {
        struct fake_cluster cluster;
        open_cluster(&cluster, 1);
        run(&cluster);
        if (order == 0) { /* the end is seen first */
            step(&cluster, -1, 0, 3);
            expect_ok(&cluster, 3);
        }
        if (order == 1) { /* the commit, and it is looked at before the end is known */
            fake_clock_pass(&cluster.clock, 10);
            fake_cluster_commit(&cluster, "g", "orders", 0, 2, 0, false);
            expect_ok(&cluster, 10);
        }
        if (order >= 2) { /* the log's tombstone */
            fake_cluster_commit_gone(&cluster, "g", "orders", 0);
        }
        if (order == 2) {
            fake_clock_pass(&cluster.clock, 10);
            fake_cluster_commit(&cluster, "g", "orders", 0, 2, 0, false);
            expect_ok(&cluster, 10);
        }
        if (order == 3) { /* somebody has not noticed yet */
            for (int i = 0; i < 20; i++) {
                step(&cluster, 1012, 0, 3 + i);
                expect_ok(&cluster, 30);
            }
        }
        for (int i = 0; i < 30; i++) {
            step(&cluster, 30 + i, 0, 32 + i);
            expect_ok(&cluster, 40);
        }
        const struct kt_snapshot *snap = fake_cluster_look(&cluster);
        assert_int_equal(kt_lag_status(row_of(snap)), KT_STATUS_OK);
        assert_int_equal(kt_lag_lag(row_of(snap)), 2);
        assert_int_equal(told(snap, KT_EVENT_TOPIC, "made again, or its log was cut"), 1);
        kt_snapshot_unref(snap);
        fake_cluster_close(&cluster);
    }
}

static void a_real_rewind_is_one(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    run(&cluster);
    step(&cluster, 0, 0, 1012);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(kt_lag_status(row_of(snap)), KT_STATUS_REWIND);
    assert_int_equal(told(snap, KT_EVENT_REWIND, ""), 1);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void who_stays_ahead_is_called_so_after_all(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    run(&cluster);
    for (int i = 0; i < 59; i++) {
        step(&cluster, -1, 0, 3);
        expect_ok(&cluster, 0);
    }
    for (int i = 0; i < 3; i++) {
        step(&cluster, -1, 0, 3);
    }
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(kt_lag_status(row_of(snap)), KT_STATUS_ERR);
    assert_true(kt_lag_marks(row_of(snap)) & KT_MARK_AHEAD);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void an_end_that_falls_for_a_moment_is_no_news(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    run(&cluster);
    step(&cluster, -1, 0, 1009);
    step(&cluster, 1012, 0, 1013);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(told(snap, KT_EVENT_TOPIC, ""), 0);
    assert_int_equal(kt_lag_lag(row_of(snap)), 1);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_log_that_begins_before_itself_is_another(void **state)
{
    (void)state;
    for (int by_end = 0; by_end < 2; by_end++) {
        struct fake_cluster cluster;
        open_cluster(&cluster, 1);
        for (int i = 0; i < 12; i++) {
            step(&cluster, 1000 + i, 900, 1000 + i);
        }
        step(&cluster, -1, by_end ? 900 : 0, by_end ? 899 : 5000);
        const struct kt_snapshot *snap = fake_cluster_look(&cluster);
        assert_int_equal(told(snap, KT_EVENT_TOPIC, "deleted and made again"), 1);
        kt_snapshot_unref(snap);
        fake_cluster_close(&cluster);
    }
}

static void fewer_partitions_are_another_topic(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 3);
    run(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 2, 7, 0, false);
    fake_clock_pass(&cluster.clock, SECOND);
    fake_cluster_topic(&cluster, "orders", 2);
    fake_cluster_group(&cluster, "g", "orders", 1, 2);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_null(fake_cluster_lag_of(snap, "g", "orders", 2));
    assert_int_equal(told(snap, KT_EVENT_PARTITIONS, "deleted and made again: partitions 3 -> 2"), 1);
    assert_false(KT_KNOWS(row_of(snap), KT_LAG_committed)); /* the commit was to the other one */
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void what_was_committed_after_the_listing_stays(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    run(&cluster);
    struct kt_obs end = {.kind = KT_OBS_LIST_END, .list = {KT_LIST_TOPICS, true}};
    int64_t listed_at = kt_mono(&cluster.clock.clock);
    fake_clock_pass(&cluster.clock, SECOND);
    fake_cluster_commit(&cluster, "g", "orders", 0, 4, 0, false);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_TOPICS}});
    end.at = listed_at;
    kt_model_apply(cluster.model, &end);
    fake_cluster_topic(&cluster, "orders", 1);
    step(&cluster, -1, 0, 6);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(kt_lag_committed(row_of(snap)), 4);
    assert_int_equal(kt_lag_lag(row_of(snap)), 2);
    assert_int_equal(told(snap, KT_EVENT_REWIND, ""), 0);
    assert_int_equal(told(snap, KT_EVENT_TOPIC, "topic is gone"), 1);
    assert_int_equal(told(snap, KT_EVENT_TOPIC, "topic was made again with 1 partition"), 1);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void partitions_added_are_new_for_five_minutes(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    run(&cluster);
    fake_cluster_topic(&cluster, "orders", 2);
    fake_cluster_group(&cluster, "g", "orders", 1, 2);
    for (int s = 0; s < 301; s++) {
        fake_cluster_ends(&cluster, "orders", 1, 0, 10);
        step(&cluster, 1011, 0, 1011);
        const struct kt_snapshot *snap = fake_cluster_look(&cluster);
        const struct kt_lag *added = fake_cluster_lag_of(snap, "g", "orders", 1);
        assert_int_equal(kt_lag_status(added), KT_STATUS_UNKNOWN);
        assert_int_equal(kt_lag_marks(added), KT_MARK_UNCOMMITTED | (s < 298 ? (uint32_t)KT_MARK_NEW : 0));
        assert_int_equal(kt_lag_marks(row_of(snap)), 0);
        assert_int_equal(fake_cluster_group_of(snap, "g")->status, KT_STATUS_OK);
        kt_snapshot_unref(snap);
    }
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(told(snap, KT_EVENT_PARTITIONS, "partitions 1 -> 2"), 1);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void settings_are(struct fake_cluster *cluster, bool compacts, bool deletes)
{
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_TOPIC_CONFIG,
                                               .topic_config = {.name = kt_text_of("orders", 6),
                                                                .compacts = compacts,
                                                                .deletes = deletes,
                                                                .has_retention = true,
                                                                .retention_ms = 1000,
                                                                .has_timestamps = true,
                                                                .log_append = true}});
}

static void offsets_of_a_compacted_topic_are_no_count(void **state)
{
    (void)state;
    for (int deletes = 0; deletes < 2; deletes++) {
        struct fake_cluster cluster;
        open_cluster(&cluster, 1);
        settings_are(&cluster, true, deletes);
        for (int i = 0; i < 20; i++) { /* it drains */
            step(&cluster, 1000 + 10 * i, 0, 2000 + i);
        }
        const struct kt_snapshot *snap = fake_cluster_look(&cluster);
        const struct kt_lag *row = row_of(snap);
        assert_true(kt_lag_marks(row) & KT_MARK_COMPACTED);
        assert_true(kt_lag_approximate(row));
        assert_true(fake_cluster_group_of(snap, "g")->approximate);
        assert_false(KT_KNOWS(row, KT_LAG_eta_ms));
        assert_true(KT_KNOWS(snap->topics[0], KT_TOPIC_compacted) && snap->topics[0]->compacted);
        assert_int_equal(KT_KNOWS(snap->topics[0], KT_TOPIC_retention_ms), deletes);
        assert_string_equal(snap->topics[0]->timestamps, "LogAppendTime");
        kt_snapshot_unref(snap);
        for (int i = 0; i < 3; i++) { /* the log start moves past it */
            step(&cluster, -1, 1500, 2020 + i);
        }
        snap = fake_cluster_look(&cluster);
        row = row_of(snap);
        assert_int_equal(kt_lag_lag(row), 522);
        assert_int_equal(kt_lag_status(row) == KT_STATUS_ERR, deletes);
        assert_int_equal((kt_lag_marks(row) & KT_MARK_LOST) != 0, deletes);
        assert_int_equal(KT_KNOWS(row, KT_LAG_lost), deletes);
        kt_snapshot_unref(snap);
        fake_cluster_close(&cluster);
    }
}

static void an_ordinary_topic_is_exact(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    step(&cluster, 10, 0, 20);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_false(KT_KNOWS(snap->topics[0], KT_TOPIC_compacted)); /* not told yet */
    assert_null(snap->topics[0]->timestamps);
    kt_snapshot_unref(snap);
    settings_are(&cluster, false, true);
    snap = fake_cluster_look(&cluster);
    assert_true(KT_KNOWS(snap->topics[0], KT_TOPIC_compacted) && !snap->topics[0]->compacted);
    assert_int_equal(snap->topics[0]->retention_ms, 1000);
    assert_false(kt_lag_approximate(row_of(snap)));
    assert_int_equal(kt_lag_marks(row_of(snap)), 0);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_silence_is_an_event_and_a_slow_answer_is_none(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    run(&cluster);
    fake_clock_pass(&cluster.clock, 8 * SECOND);
    step(&cluster, 1012, 0, 1012);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(told(snap, KT_EVENT_GAP, ""), 0);
    kt_snapshot_unref(snap);
    fake_clock_pass(&cluster.clock, 40 * SECOND);
    step(&cluster, 1013, 0, 1013);
    step(&cluster, 1014, 0, 1014);
    snap = fake_cluster_look(&cluster);
    assert_int_equal(told(snap, KT_EVENT_GAP, ""), 1);
    assert_int_equal(told(snap, KT_EVENT_GAP, "no answer for 41 s"), 1);
    for (size_t i = 0; i < snap->event_count; i++) {
        if (snap->events[i].kind == KT_EVENT_GAP) {
            assert_int_equal(snap->events[i].to.number - snap->events[i].from.number, 41005);
        }
    }
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_made_again_is_no_rewind),
        cmocka_unit_test(a_real_rewind_is_one),
        cmocka_unit_test(who_stays_ahead_is_called_so_after_all),
        cmocka_unit_test(an_end_that_falls_for_a_moment_is_no_news),
        cmocka_unit_test(a_log_that_begins_before_itself_is_another),
        cmocka_unit_test(fewer_partitions_are_another_topic),
        cmocka_unit_test(a_silence_is_an_event_and_a_slow_answer_is_none),
        cmocka_unit_test(what_was_committed_after_the_listing_stays),
        cmocka_unit_test(partitions_added_are_new_for_five_minutes),
        cmocka_unit_test(offsets_of_a_compacted_topic_are_no_count),
        cmocka_unit_test(an_ordinary_topic_is_exact),
    };
    return cmocka_run_group_tests_name("model_anew", tests, NULL, NULL);
}
