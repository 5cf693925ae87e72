/* Observations in, snapshot out: what the model, its assessment and the freeze make of a cluster. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_cluster.h"

static const struct kt_group *group_of(const struct kt_snapshot *snap, const char *name)
{
    return kt_snapshot_group(snap, name, strlen(name));
}

static const struct kt_lag *lag_of(const struct kt_snapshot *snap, const char *group, const char *topic, int partition)
{
    const struct kt_group *found = group_of(snap, group);
    return found ? kt_group_lag(found, topic, strlen(topic), partition) : NULL;
}

/* A group that commits every second for `seconds` and follows a topic of 10 messages a second. */
static int64_t run_healthy(struct fake_cluster *cluster, const char *group, int seconds, int64_t end)
{
    for (int i = 0; i < seconds; i++) {
        fake_clock_pass(&cluster->clock, 1000);
        end += 10;
        fake_cluster_commit(cluster, group, "orders", 0, end, 0, false);
        fake_cluster_ends(cluster, "orders", 0, 0, end);
        fake_cluster_fresh(cluster);
        kt_snapshot_unref(fake_cluster_look(cluster));
    }
    return end;
}

static void an_empty_cluster_is_a_snapshot(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->group_count, 0);
    assert_false(snap->collected);
    assert_true(snap->partial);
    assert_false(snap->total_lag_known);
    assert_non_null(snap->activity.bytes);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void lag_is_end_minus_committed_and_never_negative(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 3);
    fake_cluster_commit(&cluster, "g", "orders", 0, 90, 0, false);
    fake_cluster_commit(&cluster, "g", "orders", 1, 103, 0, false);
    fake_cluster_commit(&cluster, "g", "orders", 2, 100, 0, false);
    fake_cluster_ends(&cluster, "orders", 0, 0, 100);
    fake_cluster_ends(&cluster, "orders", 1, 0, 100);
    fake_cluster_ends(&cluster, "orders", 2, 500, 600);
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_lag *behind = lag_of(snap, "g", "orders", 0);
    assert_int_equal(kt_lag_lag(behind), 10);
    assert_int_equal(kt_lag_raw_lag(behind), 10);
    const struct kt_lag *ahead = lag_of(snap, "g", "orders", 1);
    assert_int_equal(kt_lag_lag(ahead), 0);
    assert_int_equal(kt_lag_raw_lag(ahead), -3);
    const struct kt_lag *lost = lag_of(snap, "g", "orders", 2);
    assert_int_equal(kt_lag_lag(lost), 100);
    assert_int_equal(kt_lag_lost(lost), 400);
    const struct kt_group *group = group_of(snap, "g");
    assert_int_equal(group->total_lag, 110);
    assert_int_equal(group->max_lag, 100);
    assert_false(group->total_partial);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void unknown_is_not_zero(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 3);
    fake_cluster_group(&cluster, "g", "orders", 1, 3);
    fake_cluster_commit(&cluster, "g", "orders", 0, 90, 0, false);
    fake_cluster_commit(&cluster, "g", "orders", 1, 90, 0, false);
    fake_cluster_ends(&cluster, "orders", 0, 0, 100);
    fake_cluster_end_error(&cluster, "orders", 1);
    fake_cluster_ends(&cluster, "orders", 2, 0, 100);
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_lag *failed = lag_of(snap, "g", "orders", 1);
    assert_false(KT_KNOWS(failed, KT_LAG_lag));
    assert_false(KT_KNOWS(failed, KT_LAG_log_end));
    assert_int_equal(kt_lag_status(failed), KT_STATUS_UNKNOWN);
    const struct kt_lag *uncommitted = lag_of(snap, "g", "orders", 2);
    assert_non_null(uncommitted); /* owned, so it has a row */
    assert_false(KT_KNOWS(uncommitted, KT_LAG_committed));
    assert_false(KT_KNOWS(uncommitted, KT_LAG_lag));
    assert_true(kt_lag_marks(uncommitted) & KT_MARK_UNCOMMITTED);
    const struct kt_group *group = group_of(snap, "g");
    assert_int_equal(group->total_lag, 10);
    assert_true(group->total_partial);
    assert_int_equal(group->uncommitted, 1);
    assert_true(snap->partial);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_healthy_group_is_ok_and_its_rates_are_right(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    run_healthy(&cluster, "g", 60, 1000);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_lag *row = lag_of(snap, "g", "orders", 0);
    assert_int_equal(kt_lag_status(row), KT_STATUS_OK);
    assert_true(KT_KNOWS(row, KT_LAG_produce_rate));
    assert_true(kt_lag_produce_rate(row) > 9.9 && kt_lag_produce_rate(row) < 10.1);
    assert_true(kt_lag_consume_rate(row) > 9.9 && kt_lag_consume_rate(row) < 10.1);
    assert_int_equal(kt_lag_time_lag_ms(row), 0);
    assert_true(kt_lag_complete(row) == 1.0);
    assert_int_equal(row->owner, 0);
    assert_int_equal(snap->counts.ok, 1);
    assert_int_equal(snap->event_count, 0);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_dead_consumer_becomes_stop_and_the_tape_says_so_once(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    int64_t end = run_healthy(&cluster, "g", 60, 1000);
    fake_cluster_group(&cluster, "g", "orders", 0, 0);
    for (int i = 0; i < 20; i++) {
        fake_clock_pass(&cluster.clock, 1000);
        end += 10;
        fake_cluster_ends(&cluster, "orders", 0, 0, end);
        fake_cluster_fresh(&cluster);
        kt_snapshot_unref(fake_cluster_look(&cluster));
    }
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_group *group = group_of(snap, "g");
    assert_int_equal(group->worst, KT_STATUS_STOP);
    assert_int_equal(group->status, KT_STATUS_ERR);
    assert_string_equal(group->state, "Empty");
    assert_non_null(group->why.bytes);
    size_t told = 0;
    for (size_t i = 0; i < snap->event_count; i++) {
        told += snap->events[i].kind == KT_EVENT_STATUS && snap->events[i].status == KT_STATUS_STOP;
    }
    assert_int_equal(told, 1);
    assert_int_equal(kt_lag_lag(lag_of(snap, "g", "orders", 0)), 200);
    assert_true(KT_KNOWS(lag_of(snap, "g", "orders", 0), KT_LAG_time_lag_ms));
    int64_t time_lag = kt_lag_time_lag_ms(lag_of(snap, "g", "orders", 0));
    assert_true(time_lag > 18000 && time_lag <= 21000);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void the_log_takes_over_from_the_coordinator(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_ends(&cluster, "orders", 0, 0, 1000);
    fake_cluster_asked(&cluster, "g", "orders", 0, 500);
    fake_cluster_asked(&cluster, "g", "orders", 0, 500); /* says nothing new */
    fake_cluster_commit(&cluster, "g", "orders", 0, 400, 60000, true); /* older, found in the log later */
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(kt_lag_committed(lag_of(snap, "g", "orders", 0)), 500);
    assert_false(kt_lag_committed_at_exact(lag_of(snap, "g", "orders", 0)));
    kt_snapshot_unref(snap);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_commit(&cluster, "g", "orders", 0, 600, 0, false);
    snap = fake_cluster_look(&cluster);
    assert_int_equal(kt_lag_committed(lag_of(snap, "g", "orders", 0)), 600);
    assert_true(kt_lag_committed_at_exact(lag_of(snap, "g", "orders", 0)));
    assert_true(kt_lag_complete(lag_of(snap, "g", "orders", 0)) == 0.2); /* what was asked is out of the window */
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void list_only(struct fake_cluster *cluster, const char *name)
{
    fake_cluster_listing(cluster, true);
    fake_cluster_group(cluster, name, "orders", 0, 0);
    fake_cluster_listing(cluster, false);
}

static void what_is_gone_is_gone(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_topic(&cluster, "old", 1);
    fake_cluster_gone(&cluster, "orders"); /* the listing names only this one: "old" goes */
    fake_cluster_listing(&cluster, true);
    fake_cluster_group(&cluster, "stays", "orders", 0, 0);
    fake_cluster_group(&cluster, "goes", "orders", 0, 0);
    fake_cluster_listing(&cluster, false);
    fake_cluster_commit(&cluster, "stays", "orders", 0, 1, 0, false);
    fake_cluster_commit(&cluster, "goes", "orders", 0, 1, 0, false);
    fake_cluster_commit(&cluster, "only-commits", "orders", 0, 1, 0, false);
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->topic_count, 1);
    assert_int_equal(snap->group_count, 3);
    kt_snapshot_unref(snap);
    list_only(&cluster, "stays");
    fake_cluster_commit_gone(&cluster, "only-commits", "orders", 0);
    fake_cluster_commit_gone(&cluster, "goes", "orders", 0);
    snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->group_count, 1);
    assert_non_null(group_of(snap, "stays"));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* Between two coordinators a group is in no listing. What is known of it is kept; if it stays away, it is gone. */
static void a_moving_coordinator_takes_nothing_with_it(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_listing(&cluster, true);
    fake_cluster_group(&cluster, "stays", "orders", 0, 0);
    fake_cluster_group(&cluster, "moves", "orders", 0, 0);
    fake_cluster_listing(&cluster, false);
    fake_cluster_commit(&cluster, "moves", "orders", 0, 7, 0, false);
    for (int seconds = 0; seconds < 55; seconds++) {
        list_only(&cluster, "stays");
        fake_clock_pass(&cluster.clock, 1000);
    }
    fake_cluster_listing(&cluster, true);
    fake_cluster_group(&cluster, "stays", "orders", 0, 0);
    fake_cluster_group(&cluster, "moves", "orders", 0, 0);
    fake_cluster_listing(&cluster, false);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->group_count, 2);
    assert_int_equal(kt_lag_committed(&group_of(snap, "moves")->lags[0]), 7);
    kt_snapshot_unref(snap);
    for (int seconds = 0; seconds < 62; seconds++) {
        fake_clock_pass(&cluster.clock, 1000);
        list_only(&cluster, "stays");
    }
    snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->group_count, 1);
    assert_non_null(group_of(snap, "stays"));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void hidden_groups_are_counted(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_commit(&cluster, "console-consumer-4711", "orders", 0, 1, 0, false);
    fake_cluster_commit(&cluster, "g", "orders", 0, 1, 0, false);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->group_count, 1);
    assert_int_equal(snap->hidden_groups, 1);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void topics_know_their_readers_and_brokers_their_load(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 2);
    fake_cluster_topic(&cluster, "unread", 1);
    fake_cluster_commit(&cluster, "b", "orders", 0, 1, 0, false);
    fake_cluster_commit(&cluster, "a", "orders", 0, 1, 0, false);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_topic *orders = kt_snapshot_topic(snap, "orders", 6);
    assert_int_equal(orders->group_count, 2);
    assert_memory_equal(orders->groups[0].bytes, "a", 1);
    assert_int_equal(kt_snapshot_topic(snap, "unread", 6)->group_count, 0);
    assert_int_equal(kt_snapshot_broker(snap, 1)->leaders, 3);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void hostile_numbers_do_no_harm(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_commit(&cluster, "g", "orders", 0, INT64_MAX, INT64_C(1) << 62, false);
    fake_cluster_commit(&cluster, "g", "orders", 0, 5, -(INT64_C(1) << 61), false);
    fake_cluster_commit(&cluster, "g", "orders", 0, -7, 0, false);
    fake_cluster_commit(&cluster, "g", "orders", -1, 7, 0, false);
    fake_cluster_commit(&cluster, "g", "orders", INT32_MAX, 7, 0, false);
    fake_cluster_commit(&cluster, "", "orders", 0, 7, 0, false); /* the empty group id is allowed by Kafka */
    fake_cluster_ends(&cluster, "orders", 0, 0, INT64_MAX);
    fake_cluster_ends(&cluster, "orders", 99, 0, 1);
    fake_cluster_ends(&cluster, "orders", -5, 0, 1);
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->group_count, 2);
    assert_int_equal(group_of(snap, "g")->lag_count, 1);
    assert_int_equal(kt_lag_committed(lag_of(snap, "g", "orders", 0)), 5);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void burrow_rules_judge_live_commits(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_BURROW);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    int64_t end = run_healthy(&cluster, "g", 30, 1000);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(group_of(snap, "g")->status, KT_STATUS_OK);
    assert_true(group_of(snap, "g")->complete == 1.0);
    kt_snapshot_unref(snap);
    /* It stops while behind: Burrow says STOP once the silence is longer than the window. */
    for (int i = 0; i < 15; i++) {
        fake_clock_pass(&cluster.clock, 1000);
        end += 10;
        fake_cluster_ends(&cluster, "orders", 0, 0, end);
        fake_cluster_fresh(&cluster);
        kt_snapshot_unref(fake_cluster_look(&cluster));
    }
    snap = fake_cluster_look(&cluster);
    assert_int_equal(group_of(snap, "g")->worst, KT_STATUS_STOP);
    assert_int_equal(kt_lag_status(lag_of(snap, "g", "orders", 0)), KT_STATUS_STOP);
    assert_string_equal(kt_lag_rule(lag_of(snap, "g", "orders", 0)), "STOP");
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* While a transaction hides commits they are asked for; what the log tells afterwards counts again. */
static void burrow_rules_outlive_an_asked_commit(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_BURROW);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    int64_t end = run_healthy(&cluster, "g", 12, 1000);
    fake_cluster_asked(&cluster, "g", "orders", 0, end + 5);
    kt_snapshot_unref(fake_cluster_look(&cluster));
    run_healthy(&cluster, "g", 30, end + 5);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(group_of(snap, "g")->worst, KT_STATUS_OK);
    assert_true(group_of(snap, "g")->complete == 1.0);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_cluster_is_a_snapshot),
        cmocka_unit_test(lag_is_end_minus_committed_and_never_negative),
        cmocka_unit_test(unknown_is_not_zero),
        cmocka_unit_test(a_healthy_group_is_ok_and_its_rates_are_right),
        cmocka_unit_test(a_dead_consumer_becomes_stop_and_the_tape_says_so_once),
        cmocka_unit_test(the_log_takes_over_from_the_coordinator),
        cmocka_unit_test(what_is_gone_is_gone),
        cmocka_unit_test(a_moving_coordinator_takes_nothing_with_it),
        cmocka_unit_test(hidden_groups_are_counted),
        cmocka_unit_test(topics_know_their_readers_and_brokers_their_load),
        cmocka_unit_test(hostile_numbers_do_no_harm),
        cmocka_unit_test(burrow_rules_judge_live_commits),
        cmocka_unit_test(burrow_rules_outlive_an_asked_commit),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
