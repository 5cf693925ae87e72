/* The model as an immutable value: sums that say when a part is missing, the slowest decides, nothing shared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_cluster.h"

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static void open_cluster(struct fake_cluster *cluster, int32_t partitions)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "orders", partitions);
}

/* Partition p commits `step[p]` messages every 2 s behind ends that grow by 20; a step below 0 has no log end. */
static const struct kt_snapshot *run(struct fake_cluster *cluster, int32_t partitions, const int64_t *step)
{
    for (int64_t i = 1; i <= 15; i++) {
        fake_clock_pass(&cluster->clock, 2000);
        for (int32_t p = 0; p < partitions; p++) {
            fake_cluster_commit(cluster, "g", "orders", p, i * (step[p] < 0 ? -step[p] : step[p]), 0, false);
            if (step[p] < 0) {
                fake_cluster_end_error(cluster, "orders", p);
            } else {
                fake_cluster_ends(cluster, "orders", p, 0, 1000 * (p + 1) + i * 20);
            }
        }
        fake_cluster_fresh(cluster);
        kt_snapshot_unref(fake_cluster_look(cluster));
    }
    return fake_cluster_look(cluster);
}

static void close_to(double given, double wanted)
{
    assert_true(given > wanted * 0.999 && given < wanted * 1.001);
}

/* ---- totals ---- */

static void totals_are_sums_of_what_is_known(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){40, 60});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_int_equal(group->total_lag, (1300 - 600) + (2300 - 900));
    assert_int_equal(group->max_lag, 1400);
    assert_false(group->total_partial);
    close_to(group->consume_rate, 50);
    close_to(group->produce_rate, 20);
    assert_int_equal(snap->total_lag, 2100);
    assert_true(snap->total_lag_known);
    assert_false(snap->partial);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* Lags of 700 and 1400: the larger is 4/3 of the mean, each is a third of it away. */
static void skew_names_the_hottest_partition(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 3);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){40, 60});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    close_to(group->lag_skew, 4.0 / 3);
    close_to(group->lag_variation, 1.0 / 3);
    assert_int_equal(group->hottest_topic.length, 6);
    assert_int_equal(group->hottest_partition, 1);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void of_one_partition_there_is_no_skew(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    const struct kt_snapshot *snap = run(&cluster, 1, (int64_t[]){40});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_false(KT_KNOWS(group, KT_GROUP_lag_skew) || KT_KNOWS(group, KT_GROUP_lag_variation));
    assert_null(group->hottest_topic.bytes);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* One stands still, one is fast: never, and no average of the two. */
static void one_stuck_partition_means_never(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){60, 0});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_true(KT_KNOWS(fake_cluster_lag_of(snap, "g", "orders", 0), KT_LAG_eta_ms));
    assert_true(KT_KNOWS(group, KT_GROUP_drains));
    assert_false(group->drains);
    assert_false(KT_KNOWS(group, KT_GROUP_eta_ms));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_missing_part_is_told(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){40, -60});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_int_equal(group->total_lag, 700);
    assert_true(group->total_partial);
    assert_true(snap->partial);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void no_known_lag_is_no_total(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    const struct kt_snapshot *snap = run(&cluster, 1, (int64_t[]){-60});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_false(KT_KNOWS(group, KT_GROUP_total_lag));
    assert_false(KT_KNOWS(group, KT_GROUP_max_lag));
    assert_false(KT_KNOWS(group, KT_GROUP_time_lag_ms));
    assert_true(group->total_partial);
    assert_false(snap->total_lag_known);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void share_groups_are_in_no_total(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_GROUP,
                                                .group = {.group = text("g"),
                                                          .type = KT_TYPE_SHARE,
                                                          .state = KT_STATE_STABLE,
                                                          .coordinator = -1,
                                                          .generation = -1}});
    const struct kt_snapshot *snap = run(&cluster, 1, (int64_t[]){10});
    assert_false(KT_KNOWS(fake_cluster_group_of(snap, "g"), KT_GROUP_total_lag));
    assert_false(snap->total_lag_known);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void members_have_the_lag_of_what_they_own(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 3);
    fake_cluster_group(&cluster, "g", "orders", 2, 3); /* member-0 has 0 and 2, member-1 has 1 */
    const struct kt_snapshot *snap = run(&cluster, 3, (int64_t[]){40, 60, 80});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_int_equal(group->member_count, 2);
    assert_int_equal(group->members[0].partitions, 2);
    assert_int_equal(group->members[0].lag, (1300 - 600) + (3300 - 1200));
    assert_int_equal(group->members[1].lag, 2300 - 900);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_member_of_which_nothing_is_known_has_no_lag(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    fake_cluster_group(&cluster, "g", "orders", 2, 2);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){40, -60});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_true(KT_KNOWS(&group->members[0], KT_MEMBER_lag));
    assert_false(KT_KNOWS(&group->members[1], KT_MEMBER_lag));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* ---- ETA ---- */

static void the_slowest_partition_decides(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){60, 30});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    const struct kt_lag *fast = fake_cluster_lag_of(snap, "g", "orders", 0);
    const struct kt_lag *slow = fake_cluster_lag_of(snap, "g", "orders", 1);
    assert_true(kt_lag_eta_ms(slow) > kt_lag_eta_ms(fast));
    assert_true(group->drains);
    assert_int_equal(group->eta_ms, kt_lag_eta_ms(slow));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void one_partition_that_grows_means_never(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){60, 10});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_true(KT_KNOWS(group, KT_GROUP_drains));
    assert_false(group->drains);
    assert_false(KT_KNOWS(group, KT_GROUP_eta_ms));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void one_unknown_partition_leaves_the_eta_unknown(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){60, -60});
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_true(KT_KNOWS(fake_cluster_lag_of(snap, "g", "orders", 0), KT_LAG_eta_ms));
    assert_false(KT_KNOWS(group, KT_GROUP_eta_ms));
    assert_false(KT_KNOWS(group, KT_GROUP_drains));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_partition_that_is_caught_up_does_not_count(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    fake_cluster_commit(&cluster, "g", "orders", 1, 77, 0, false);
    const struct kt_snapshot *snap = run(&cluster, 1, (int64_t[]){60});
    kt_snapshot_unref(snap);
    fake_cluster_ends(&cluster, "orders", 1, 0, 77);
    snap = fake_cluster_look(&cluster);
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_int_equal(kt_lag_lag(fake_cluster_lag_of(snap, "g", "orders", 1)), 0);
    assert_int_equal(group->eta_ms, kt_lag_eta_ms(fake_cluster_lag_of(snap, "g", "orders", 0)));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void the_oldest_partition_is_the_groups_time_lag(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    const struct kt_snapshot *snap = run(&cluster, 2, (int64_t[]){60, 60});
    kt_snapshot_unref(snap);
    fake_cluster_commit(&cluster, "g", "orders", 0, 1300, 0, false); /* the end */
    fake_cluster_commit(&cluster, "g", "orders", 1, 2280, 0, false); /* two samples behind */
    snap = fake_cluster_look(&cluster);
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_int_equal(kt_lag_time_lag_ms(fake_cluster_lag_of(snap, "g", "orders", 0)), 0);
    assert_int_equal(group->time_lag_ms, kt_lag_time_lag_ms(fake_cluster_lag_of(snap, "g", "orders", 1)));
    assert_true(group->time_lag_ms > 0);
    assert_string_equal(group->time_lag_tier, "history");
    assert_false(group->time_lag_at_least);
    kt_snapshot_unref(snap);
    /* One that is known exactly, and one of which only a least age is known: that may be the older one. */
    fake_cluster_commit(&cluster, "g", "orders", 0, 1, 0, false);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_RECORD,
                                                .record = {.topic = kt_text_of("orders", 6),
                                                           .partition = 1,
                                                           .asked = 2280,
                                                           .found = true,
                                                           .offset = 2280,
                                                           .stamp = KT_STAMP_CREATE,
                                                           .timestamp_ms = kt_wall(&cluster.clock.clock) - 3600000}});
    snap = fake_cluster_look(&cluster);
    group = fake_cluster_group_of(snap, "g");
    assert_true(kt_lag_time_lag_at_least(fake_cluster_lag_of(snap, "g", "orders", 0)));
    assert_int_equal(group->time_lag_ms, 3600000);
    assert_string_equal(group->time_lag_tier, "exact");
    assert_true(group->time_lag_at_least);
    assert_true(snap->oldest_at_least && snap->oldest_ms == 3600000);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* ---- the rest ---- */

static void a_snapshot_shares_nothing_with_the_model(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_PROBLEM,
                                                .problem = {.scope = KT_SCOPE_TOPIC,
                                                            .name = text("orders"),
                                                            .error = text("SOME_ERROR"),
                                                            .text = text("something")}});
    const struct kt_snapshot *snap = run(&cluster, 1, (int64_t[]){40});
    fake_cluster_close(&cluster);
    assert_int_equal(fake_cluster_group_of(snap, "g")->members[0].client_id.length, 6);
    assert_memory_equal(snap->problems[0].error.bytes, "SOME_ERROR", 10);
    assert_memory_equal(snap->cluster_id.bytes, "fake-cluster", 12);
    assert_int_equal(snap->brokers[0].leaders, 1);
    assert_int_equal(snap->brokers[0].groups, 1);
    kt_snapshot_unref(snap);
}

static void windows_are_there_when_they_are_wanted(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    const struct kt_snapshot *snap = run(&cluster, 1, (int64_t[]){40});
    assert_int_equal(kt_lag_window_count(fake_cluster_lag_of(snap, "g", "orders", 0)), 0);
    kt_snapshot_unref(snap);
    cluster.options.detail = KT_DETAIL_WINDOWS;
    snap = fake_cluster_look(&cluster);
    const struct kt_lag *row = fake_cluster_lag_of(snap, "g", "orders", 0);
    assert_int_equal(kt_lag_window_count(row), 10);
    assert_int_equal(kt_lag_window(row)[9].offset, kt_lag_committed(row));
    for (size_t i = 1; i < kt_lag_window_count(row); i++) {
        assert_true(kt_lag_window(row)[i].order > kt_lag_window(row)[i - 1].order);
    }
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void counts_add_up(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_commit(&cluster, "well", "orders", 0, 100, 0, false);
    fake_cluster_commit(&cluster, "g", "orders", 0, 50, 0, false);
    fake_cluster_group(&cluster, "nothing", "orders", 0, 0);
    fake_cluster_ends(&cluster, "orders", 0, 0, 100);
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_counts *counts = &snap->counts;
    assert_int_equal(snap->group_count, 3);
    assert_int_equal(counts->ok, 1);
    assert_int_equal(counts->unknown, 2);
    assert_int_equal(counts->ok + counts->warn + counts->err + counts->unknown + counts->abandoned, 3);
    size_t by_worst = 0;
    for (size_t i = 0; i < KT_STATUS_COUNT; i++) {
        by_worst += counts->by_worst[i];
    }
    assert_int_equal(by_worst, 3);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void what_is_going_on_is_told(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_log *log;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    log = cluster.log;
    struct kt_model *blank = kt_model_new(&cluster.options, &cluster.clock.clock, log);
    kt_model_free(cluster.model);
    cluster.model = blank;
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_non_null(strstr(snap->activity.bytes, "fake:9092"));
    assert_false(snap->as_of_known);
    assert_false(snap->stale);
    assert_true(snap->partial);
    assert_int_equal(snap->controller, -1);
    kt_snapshot_unref(snap);
    fake_cluster_topic(&cluster, "orders", 1);
    fake_cluster_fresh(&cluster);
    snap = fake_cluster_look(&cluster);
    assert_true(snap->collected);
    assert_false(snap->stale); /* nobody was asked for a log end, and nothing is old */
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void tell_broker(struct fake_cluster *cluster, int32_t id)
{
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_BROKER,
                                               .broker = {.id = id, .host = text("fake"), .port = 9092, .up = -1,
                                                          .rtt_us = -1}});
}

/* What metadata tell: brokers 1 to `last`, and a partition with copies on 1, 2 and 3. */
static void tell_layout(struct fake_cluster *cluster, int32_t last)
{
    static const int32_t holders[] = {1, 2, 3};
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_BROKERS}});
    for (int32_t id = 1; id <= last; id++) {
        tell_broker(cluster, id);
    }
    fake_cluster_tell(cluster,
                      (struct kt_obs){.kind = KT_OBS_LIST_END, .list = {.what = KT_LIST_BROKERS, .complete = true}});
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_TOPICS}});
    fake_cluster_topic(cluster, "orders", 1);
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_PARTITION,
                                               .partition = {.topic = text("orders"), .leader = 1,
                                                             .replicas = holders, .replica_count = 3,
                                                             .isr = holders, .isr_count = (size_t)last}});
    fake_cluster_tell(cluster,
                      (struct kt_obs){.kind = KT_OBS_LIST_END, .list = {.what = KT_LIST_TOPICS, .complete = true}});
}

static int up_of(struct fake_cluster *cluster, int64_t id)
{
    const struct kt_snapshot *snap = fake_cluster_look(cluster);
    const struct kt_broker *broker = kt_snapshot_broker(snap, id);
    int up = broker && KT_KNOWS(broker, KT_BROKER_up) ? broker->up : -1;
    assert_int_equal(snap->broker_count, 3);
    kt_snapshot_unref(snap);
    return up;
}

static void a_broker_that_metadata_leave_out_is_down(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    tell_layout(&cluster, 2); /* broker 3 was dead before we came */
    assert_int_equal(up_of(&cluster, 3), 0);
    tell_layout(&cluster, 3);
    assert_int_equal(up_of(&cluster, 3), -1); /* back; whether it answers us is another question */
    tell_layout(&cluster, 2);
    tell_layout(&cluster, 2);
    assert_int_equal(up_of(&cluster, 3), 0);
    fake_cluster_close(&cluster);
}

static void tell_problem(struct fake_cluster *cluster, enum kt_scope scope, const char *name, const char *error,
                         bool over)
{
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_PROBLEM,
                                               .problem = {.scope = scope, .name = text(name), .error = text(error),
                                                           .over = over, .text = text("something")}});
}

static size_t problems_of(struct fake_cluster *cluster)
{
    const struct kt_snapshot *snap = fake_cluster_look(cluster);
    size_t count = snap->problem_count;
    kt_snapshot_unref(snap);
    return count;
}

static void a_broker_that_is_away_is_one_problem(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    tell_problem(&cluster, KT_SCOPE_CLUSTER, "", "_PARTIAL", false);
    assert_int_equal(problems_of(&cluster), 1);
    tell_problem(&cluster, KT_SCOPE_BROKER, "3", "_TRANSPORT", false);
    assert_int_equal(problems_of(&cluster), 1);
    tell_problem(&cluster, KT_SCOPE_BROKER, "3", "_TIMED_OUT", false);
    assert_int_equal(problems_of(&cluster), 1);
    tell_problem(&cluster, KT_SCOPE_BROKER, "2", "_TRANSPORT", false);
    assert_int_equal(problems_of(&cluster), 2);
    tell_problem(&cluster, KT_SCOPE_GROUP, "g", "_TIMED_OUT", false);
    assert_int_equal(problems_of(&cluster), 2);
    tell_problem(&cluster, KT_SCOPE_GROUP, "g", "_TIMED_OUT", true);
    tell_problem(&cluster, KT_SCOPE_BROKER, "2", "_TRANSPORT", true);
    tell_problem(&cluster, KT_SCOPE_BROKER, "3", "_TRANSPORT", true);
    tell_problem(&cluster, KT_SCOPE_BROKER, "3", "_TIMED_OUT", true);
    assert_int_equal(problems_of(&cluster), 1); /* the list still has gaps, and nothing else says why */
    fake_cluster_close(&cluster);
}

static void who_is_away_has_no_round_trip(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    struct kt_obs obs = {.kind = KT_OBS_BROKER,
                         .broker = {.id = 1, .host = kt_text_of("host", 4), .up = 1, .rtt_us = 900}};
    kt_model_apply(cluster.model, &obs);
    assert_int_equal(cluster.model->brokers[0].rtt_us, 900);
    obs.broker.up = 0;
    obs.broker.rtt_us = -1;
    kt_model_apply(cluster.model, &obs);
    assert_int_equal(cluster.model->brokers[0].rtt_us, -1);
    fake_cluster_close(&cluster);
}

/* Brokers without ZooKeeper name anybody: what three of them say is believed when it stays the same. */
static void a_controller_named_at_random_is_not_shown(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    struct kt_obs obs = {.kind = KT_OBS_BROKER, .broker = {.host = kt_text_of("host", 4), .up = 1, .rtt_us = -1}};
    for (obs.broker.id = 1; obs.broker.id <= 3; obs.broker.id++) {
        kt_model_apply(cluster.model, &obs);
    }
    struct kt_obs named = {.kind = KT_OBS_CLUSTER, .cluster = {.controller = 2, .offsets_partition_count = 1}};
    kt_model_apply(cluster.model, &named);
    assert_int_equal(kt_model_controller(cluster.model), -1);
    for (int i = 0; i < 7; i++) {
        kt_model_apply(cluster.model, &named);
    }
    assert_int_equal(kt_model_controller(cluster.model), 2);
    named.cluster.controller = 3;
    kt_model_apply(cluster.model, &named);
    assert_int_equal(kt_model_controller(cluster.model), -1);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_are_sums_of_what_is_known),
        cmocka_unit_test(a_missing_part_is_told),
        cmocka_unit_test(skew_names_the_hottest_partition),
        cmocka_unit_test(of_one_partition_there_is_no_skew),
        cmocka_unit_test(one_stuck_partition_means_never),
        cmocka_unit_test(no_known_lag_is_no_total),
        cmocka_unit_test(share_groups_are_in_no_total),
        cmocka_unit_test(members_have_the_lag_of_what_they_own),
        cmocka_unit_test(a_member_of_which_nothing_is_known_has_no_lag),
        cmocka_unit_test(the_slowest_partition_decides),
        cmocka_unit_test(one_partition_that_grows_means_never),
        cmocka_unit_test(one_unknown_partition_leaves_the_eta_unknown),
        cmocka_unit_test(a_partition_that_is_caught_up_does_not_count),
        cmocka_unit_test(the_oldest_partition_is_the_groups_time_lag),
        cmocka_unit_test(a_snapshot_shares_nothing_with_the_model),
        cmocka_unit_test(windows_are_there_when_they_are_wanted),
        cmocka_unit_test(a_broker_that_metadata_leave_out_is_down),
        cmocka_unit_test(who_is_away_has_no_round_trip),
        cmocka_unit_test(a_broker_that_is_away_is_one_problem),
        cmocka_unit_test(counts_add_up),
        cmocka_unit_test(what_is_going_on_is_told),
        cmocka_unit_test(a_controller_named_at_random_is_not_shown),
    };
    return cmocka_run_group_tests_name("freeze", tests, NULL, NULL);
}
