/* Trends, changes a minute and rates in snapshots: what they say while things happen, and while nobody answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_cluster.h"

static void open_cluster(struct fake_cluster *cluster, int32_t partitions)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "orders", partitions);
}

static void a_groups_trend_and_its_change_a_minute(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    for (int64_t i = 1; i <= 30; i++) { /* the lag grows by 10 a second for two minutes */
        fake_clock_pass(&cluster.clock, 4000);
        fake_cluster_commit(&cluster, "g", "orders", 0, 100, 0, false);
        fake_cluster_ends(&cluster, "orders", 0, 0, 100 + i * 40);
        fake_cluster_fresh(&cluster);
        kt_snapshot_unref(fake_cluster_look(&cluster));
    }
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_true(group->trend.counts[KT_TREND_5M] >= 24);
    assert_true(KT_KNOWS(group, KT_GROUP_lag_change_per_min));
    assert_true(group->lag_change_per_min > 590 && group->lag_change_per_min < 610);
    assert_string_equal(group->lag_direction, "up");
    assert_true(kt_lag_lag_change_per_min(&group->lags[0]) > 590 && kt_lag_lag_change_per_min(&group->lags[0]) < 610);
    assert_string_equal(kt_lag_lag_direction(&group->lags[0]), "up");
    double value;
    assert_int_equal(kt_trend_at(&group->trend, KT_TREND_5M, 0, &value), KT_TREND_VALUE);
    assert_true(value == 1200);
    assert_true(snap->lag_slope.known && snap->lag_slope.direction == KT_DIRECTION_UP);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* While nobody answers there is no speed, no change and no value in the trend, and lags stay what they were. */
static void an_outage_is_a_gap_and_has_no_rates(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    for (int64_t i = 1; i <= 30; i++) {
        fake_clock_pass(&cluster.clock, 2000);
        fake_cluster_commit(&cluster, "g", "orders", 0, i * 20, 0, false);
        fake_cluster_ends(&cluster, "orders", 0, 0, i * 20 + 5);
        fake_cluster_fresh(&cluster);
        kt_snapshot_unref(fake_cluster_look(&cluster));
    }
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_true(snap->produce_known && snap->consume_known);
    kt_snapshot_unref(snap);
    for (int i = 0; i < 30; i++) {
        fake_clock_pass(&cluster.clock, 2000);
        kt_snapshot_unref(fake_cluster_look(&cluster));
    }
    snap = fake_cluster_look(&cluster);
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_false(snap->produce_known || snap->consume_known || snap->lag_slope.known);
    assert_true(snap->total_lag_known && snap->total_lag == 5);
    assert_false(KT_KNOWS(group, KT_GROUP_lag_change_per_min));
    assert_false(KT_KNOWS(&group->lags[0], KT_LAG_lag_change_per_min));
    assert_false(KT_KNOWS(&group->lags[0], KT_LAG_produce_rate) || KT_KNOWS(&group->lags[0], KT_LAG_consume_rate));
    const struct kt_trend *trends[] = {&snap->lag_trend, &snap->produce_trend, &snap->consume_trend, &group->trend};
    for (size_t i = 0; i < sizeof trends / sizeof trends[0]; i++) {
        double value;
        assert_int_equal(kt_trend_at(trends[i], KT_TREND_5M, 0, &value), KT_TREND_GAP);
        assert_int_equal(kt_trend_at(trends[i], KT_TREND_30M, 0, &value), KT_TREND_GAP);
        assert_int_equal(kt_trend_at(trends[i], KT_TREND_5M, 13, &value), KT_TREND_VALUE);
    }
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* The lag of who commits every ten seconds swings; neither group nor partition go anywhere. */
static void a_steady_consumer_goes_nowhere(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    for (int64_t i = 1; i <= 90; i++) {
        fake_clock_pass(&cluster.clock, 2000);
        if (i % 5 == 0) {
            fake_cluster_commit(&cluster, "g", "orders", 0, i * 20, 0, false);
        }
        fake_cluster_ends(&cluster, "orders", 0, 0, i * 20);
        fake_cluster_fresh(&cluster);
        const struct kt_snapshot *snap = fake_cluster_look(&cluster);
        const struct kt_group *group = i > 45 ? fake_cluster_group_of(snap, "g") : NULL;
        if (group) {
            assert_string_equal(group->lag_direction, "steady");
            assert_string_equal(kt_lag_lag_direction(&group->lags[0]), "steady");
        }
        kt_snapshot_unref(snap);
    }
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_groups_trend_and_its_change_a_minute),
        cmocka_unit_test(an_outage_is_a_gap_and_has_no_rates),
        cmocka_unit_test(a_steady_consumer_goes_nowhere),
    };
    return cmocka_run_group_tests_name("freeze: trends", tests, NULL, NULL);
}
