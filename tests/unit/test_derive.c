/* The numbers beside a verdict: from what was seen only, interpolated, never extrapolated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assess.h"
#include "derive.h"
#include "fake_cluster.h"

static void open_cluster(struct fake_cluster *cluster)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "orders", 1);
}

/* The numbers of g's partition 0 of orders, now. */
static struct kt_numbers numbers_of(struct fake_cluster *cluster)
{
    struct kt_look look;
    struct kt_numbers numbers;
    fake_cluster_fresh(cluster);
    kt_assess(cluster->model);
    struct kt_model_group *group = kt_strmap_get(&cluster->model->groups, "g", 1);
    assert_non_null(group);
    struct kt_model_group_topic *topic = kt_strmap_get(&group->topics, "orders", 6);
    struct kt_model_lag *lag = kt_model_lag(topic, 0);
    kt_assess_look(cluster->model, group, topic, lag, &look);
    kt_derive(cluster->model, topic, lag, &look, &numbers);
    return numbers;
}

static void sample(struct fake_cluster *cluster, int64_t after_ms, int64_t end)
{
    fake_clock_pass(&cluster->clock, after_ms);
    fake_cluster_ends(cluster, "orders", 0, 0, end);
}

static void close_to(double given, double wanted)
{
    assert_true(given > wanted * 0.999 && given < wanted * 1.001);
}

/* ---- time lag ---- */

static void the_age_of_the_next_record_lies_between_two_samples(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 150, 0, false);
    sample(&cluster, 0, 100);
    sample(&cluster, 10000, 200); /* 150 was passed half way: 5 s ago */
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.time_lag_known);
    assert_false(numbers.time_lag_at_least);
    assert_int_equal(numbers.time_lag_ms, 5000);
    fake_clock_pass(&cluster.clock, 1234); /* it grows older though nothing new was asked */
    assert_int_equal(numbers_of(&cluster).time_lag_ms, 6234);
    fake_cluster_close(&cluster);
}

static void what_was_written_before_our_first_sample_is_at_least_as_old(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 50, 0, false);
    sample(&cluster, 0, 100);
    sample(&cluster, 10000, 200);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.time_lag_known);
    assert_true(numbers.time_lag_at_least);
    assert_int_equal(numbers.time_lag_ms, 10000);
    fake_cluster_close(&cluster);
}

static void caught_up_is_no_time_at_all(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 200, 0, false);
    sample(&cluster, 0, 100);
    sample(&cluster, 10000, 200);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.time_lag_known);
    assert_int_equal(numbers.time_lag_ms, 0);
    assert_false(numbers.time_lag_at_least);
    fake_cluster_close(&cluster);
}

static void without_a_log_end_nothing_is_known(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 200, 0, false);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_false(numbers.time_lag_known);
    assert_false(numbers.produce_known);
    assert_false(numbers.consume_known);
    assert_false(numbers.drains_known);
    assert_false(numbers.eta_known);
    fake_cluster_close(&cluster);
}

static void what_is_no_longer_there_is_not_what_waits(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 50, 0, false);
    sample(&cluster, 0, 100);
    fake_clock_pass(&cluster.clock, 10000);
    fake_cluster_ends(&cluster, "orders", 0, 175, 200); /* retention: 175 is the next that can be read */
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.time_lag_known);
    assert_false(numbers.time_lag_at_least);
    assert_int_equal(numbers.time_lag_ms, 2500);
    fake_cluster_close(&cluster);
}

/* ---- rates ---- */

/* A commit every 2 s that advances by `step`, and ends that grow by `produced`. */
static void run(struct fake_cluster *cluster, int commits, int64_t *offset, int64_t step, int64_t *end,
                int64_t produced)
{
    for (int i = 0; i < commits; i++) {
        fake_clock_pass(&cluster->clock, 2000);
        *offset += step;
        *end += produced;
        fake_cluster_commit(cluster, "g", "orders", 0, *offset, 0, false);
        fake_cluster_ends(cluster, "orders", 0, 0, *end);
    }
}

static void one_commit_is_no_speed(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 0, end = 100;
    run(&cluster, 1, &offset, 10, &end, 10);
    assert_false(numbers_of(&cluster).consume_known);
    fake_cluster_commit(&cluster, "g", "orders", 0, 20, -500, false); /* half a second is none either */
    fake_clock_pass(&cluster.clock, 500);
    assert_false(numbers_of(&cluster).consume_known);
    run(&cluster, 1, &offset, 10, &end, 10);
    assert_true(numbers_of(&cluster).consume_known);
    fake_cluster_close(&cluster);
}

static void speeds_are_those_of_the_window_and_of_the_log_end(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 0, end = 10000;
    run(&cluster, 15, &offset, 60, &end, 20);
    struct kt_numbers numbers = numbers_of(&cluster);
    close_to(numbers.consume_rate, 30);
    close_to(numbers.produce_rate, 10);
    fake_cluster_close(&cluster);
}

static void a_silent_consumer_consumes_nothing(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 0, end = 10000;
    run(&cluster, 10, &offset, 60, &end, 20); /* 540 messages in 18 s */
    fake_clock_pass(&cluster.clock, 14000); /* not longer than its rhythm and some patience explain */
    fake_cluster_ends(&cluster, "orders", 0, 0, end);
    close_to(numbers_of(&cluster).consume_rate, 30);
    fake_clock_pass(&cluster.clock, 1001);
    fake_cluster_ends(&cluster, "orders", 0, 0, end);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.consume_known);
    assert_true(numbers.consume_rate >= 0 && numbers.consume_rate <= 0);
    assert_false(numbers.drains);
    fake_cluster_close(&cluster);
}

static void going_back_is_no_negative_speed(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 5000, end = 10000;
    run(&cluster, 5, &offset, -100, &end, 20);
    assert_false(numbers_of(&cluster).consume_known); /* one commit since the last fall */
    run(&cluster, 3, &offset, 50, &end, 20);
    close_to(numbers_of(&cluster).consume_rate, 25);
    fake_cluster_close(&cluster);
}

/* ---- ETA ---- */

static void draining_takes_lag_over_the_difference_of_speeds(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 0, end = 10000;
    run(&cluster, 15, &offset, 60, &end, 20);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.drains_known && numbers.drains && numbers.eta_known);
    close_to((double)numbers.eta_ms, (double)(end - offset) * 1000 / 20);
    fake_cluster_close(&cluster);
}

static void what_does_not_shrink_never_drains(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 0, end = 10000;
    run(&cluster, 15, &offset, 20, &end, 20);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.drains_known);
    assert_false(numbers.drains);
    assert_false(numbers.eta_known);
    fake_cluster_close(&cluster);
}

static void who_keeps_pace_neither_drains_nor_does_not(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 10000, end = 10010;
    run(&cluster, 15, &offset, 20, &end, 20);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.consume_known && numbers.produce_known);
    assert_false(numbers.drains_known);
    assert_false(numbers.eta_known);
    fake_cluster_close(&cluster);
}

static void nothing_to_drain_has_no_eta(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 10000, end = 10000;
    run(&cluster, 15, &offset, 20, &end, 20);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_false(numbers.drains_known);
    assert_false(numbers.eta_known);
    fake_cluster_close(&cluster);
}

static void an_eta_of_ages_is_none(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 0, end = INT64_MAX - 10000;
    run(&cluster, 15, &offset, 60, &end, 20);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.drains);
    assert_false(numbers.eta_known);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_age_of_the_next_record_lies_between_two_samples),
        cmocka_unit_test(what_was_written_before_our_first_sample_is_at_least_as_old),
        cmocka_unit_test(caught_up_is_no_time_at_all),
        cmocka_unit_test(without_a_log_end_nothing_is_known),
        cmocka_unit_test(what_is_no_longer_there_is_not_what_waits),
        cmocka_unit_test(one_commit_is_no_speed),
        cmocka_unit_test(speeds_are_those_of_the_window_and_of_the_log_end),
        cmocka_unit_test(a_silent_consumer_consumes_nothing),
        cmocka_unit_test(going_back_is_no_negative_speed),
        cmocka_unit_test(draining_takes_lag_over_the_difference_of_speeds),
        cmocka_unit_test(what_does_not_shrink_never_drains),
        cmocka_unit_test(who_keeps_pace_neither_drains_nor_does_not),
        cmocka_unit_test(nothing_to_drain_has_no_eta),
        cmocka_unit_test(an_eta_of_ages_is_none),
    };
    return cmocka_run_group_tests_name("derive", tests, NULL, NULL);
}
