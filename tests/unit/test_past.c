/* What is asked about the time before our start, and what the answers are good for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assess.h"
#include "fake_cluster.h"
#include "past.h"

#define COMMITS 10

/* A group that committed every second before we came, `step` messages each, and a log end now. */
static void found(struct fake_cluster *cluster, const char *group, int64_t newest, int64_t step, int64_t end)
{
    for (int i = COMMITS - 1; i >= 0; i--) {
        fake_cluster_commit(cluster, group, "orders", 0, newest - i * step, 500 + i * 1000, true);
    }
    fake_cluster_ends(cluster, "orders", 0, 0, end);
    fake_cluster_fresh(cluster);
    kt_assess(cluster->model);
}

static void answer(struct fake_cluster *cluster, int64_t at_ms, bool has_end, int64_t end)
{
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_PAST,
                                               .past = {.topic = kt_text_of("orders", 6),
                                                        .at_ms = at_ms,
                                                        .has_end = has_end,
                                                        .log_end = end}});
}

static const struct kt_lag *row_of(const struct kt_snapshot *snap, const char *group)
{
    return fake_cluster_lag_of(snap, group, "orders", 0);
}

static void open_cluster(struct fake_cluster *cluster)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "orders", 1);
    fake_cluster_group(cluster, "g", "orders", 1, 1);
}

static void nothing_is_asked_where_all_is_known(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    found(&cluster, "g", 1000, 10, 1000);
    size_t count = 7;
    assert_null(kt_past_wanted(cluster.model, &count));
    assert_int_equal(count, 0);
    fake_cluster_close(&cluster);
}

static void an_open_verdict_asks_about_its_commits_times(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    found(&cluster, "g", 1000, 10, 1005);
    size_t count;
    struct kt_past *wanted = kt_past_wanted(cluster.model, &count);
    int64_t wall = kt_wall(&cluster.clock.clock);
    assert_int_equal(count, 1);
    assert_int_equal(wanted[0].count, KT_PAST_POINTS);
    assert_true(wanted[0].at_ms[0] == wall - 500 - (COMMITS - 1) * 1000);
    assert_true(wanted[0].at_ms[KT_PAST_POINTS - 1] == wall - 500);
    for (size_t i = 1; i < wanted[0].count; i++) {
        assert_true(wanted[0].at_ms[i] > wanted[0].at_ms[i - 1]);
    }
    free(wanted);
    fake_cluster_close(&cluster);
}

/* Asks, answers each instant with the log end of that time, and returns the verdict. */
static enum kt_status verdict_with(struct fake_cluster *cluster, int64_t end_now, int64_t written_a_second,
                                   uint32_t *marks)
{
    size_t count;
    struct kt_past *wanted = kt_past_wanted(cluster->model, &count);
    assert_int_equal(count, 1);
    for (size_t i = 0; i < wanted[0].count; i++) {
        int64_t age = kt_wall(&cluster->clock.clock) - wanted[0].at_ms[i];
        answer(cluster, wanted[0].at_ms[i], true, end_now - age * written_a_second / 1000);
    }
    free(wanted);
    const struct kt_snapshot *snap = fake_cluster_look(cluster);
    enum kt_status status = kt_lag_status(row_of(snap, "g"));
    *marks = kt_lag_marks(row_of(snap, "g"));
    kt_snapshot_unref(snap);
    return status;
}

static void who_kept_pace_is_ok_at_first_sight(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    uint32_t marks;
    open_cluster(&cluster);
    found(&cluster, "g", 1000, 10, 1005);
    assert_int_equal(verdict_with(&cluster, 1005, 10, &marks), KT_STATUS_OK);
    assert_int_equal(marks, KT_MARK_ESTIMATED);
    fake_cluster_close(&cluster);
}

static void who_fell_behind_is_not(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    uint32_t marks;
    open_cluster(&cluster);
    found(&cluster, "g", 1000, 10, 2000);
    assert_int_equal(verdict_with(&cluster, 2000, 100, &marks), KT_STATUS_UNKNOWN);
    fake_cluster_close(&cluster);
}

static void a_silent_log_ended_where_it_ends_now(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    found(&cluster, "g", 1000, 10, 1005);
    int64_t newest = kt_wall(&cluster.clock.clock) - 500;
    answer(&cluster, newest, false, 0);
    const struct kt_model_topic *topic = kt_model_topic(cluster.model, kt_text_of("orders", 6));
    assert_int_equal(topic->partitions[0].past_count, 1);
    assert_int_equal(topic->partitions[0].past[0].offset, 1005);
    fake_cluster_close(&cluster);
}

static void estimates_that_contradict_each_other_are_left_out(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    found(&cluster, "g", 1000, 10, 1005);
    int64_t wall = kt_wall(&cluster.clock.clock);
    answer(&cluster, wall - 5000, true, 900);
    answer(&cluster, wall - 2000, true, 800);       /* later, and less */
    answer(&cluster, wall - 8000, true, 950);       /* earlier, and more */
    answer(&cluster, wall - 1000, true, INT64_MAX); /* beyond today's end */
    answer(&cluster, wall - 1000, true, -5);
    const struct kt_model_topic *topic = kt_model_topic(cluster.model, kt_text_of("orders", 6));
    assert_int_equal(topic->partitions[0].past_count, 1);
    answer(&cluster, wall - 9000, true, 100);
    answer(&cluster, wall - 1000, true, 1000);
    answer(&cluster, wall - 800, true, 1001);
    answer(&cluster, wall - 700, true, 1002); /* more than were asked for */
    assert_int_equal(topic->partitions[0].past_count, KT_PAST_POINTS);
    assert_int_equal(topic->partitions[0].past[0].offset, 100);
    fake_cluster_close(&cluster);
}

static void a_measured_lag_is_no_estimate(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    found(&cluster, "g", 1000, 10, 1005);
    answer(&cluster, kt_wall(&cluster.clock.clock) - 500, true, 1000);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_commit(&cluster, "g", "orders", 0, 1005, 500, false);
    fake_cluster_ends(&cluster, "orders", 0, 0, 1015);
    kt_assess(cluster.model);
    struct kt_model_group *group = kt_strmap_get(&cluster.model->groups, "g", 1);
    struct kt_model_group_topic *topic = kt_model_group_topic(group, kt_text_of("orders", 6));
    const struct kt_window *window = &kt_model_lag(topic, 0)->window;
    const struct kt_commit live = kt_window_newest(window);
    assert_true(live.lag_known && !live.lag_estimated);
    assert_int_equal(live.lag, 5); /* half way between 1005 and 1015 */
    const struct kt_commit before = kt_window_at(window, window->count - 2u);
    assert_true(before.lag_known && before.lag_estimated);
    assert_int_equal(before.lag, 0);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_asked_where_all_is_known),
        cmocka_unit_test(an_open_verdict_asks_about_its_commits_times),
        cmocka_unit_test(who_kept_pace_is_ok_at_first_sight),
        cmocka_unit_test(who_fell_behind_is_not),
        cmocka_unit_test(a_silent_log_ended_where_it_ends_now),
        cmocka_unit_test(estimates_that_contradict_each_other_are_left_out),
        cmocka_unit_test(a_measured_lag_is_no_estimate),
    };
    return cmocka_run_group_tests_name("past", tests, NULL, NULL);
}
