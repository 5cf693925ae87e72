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
#include "gather.h"

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
    kt_gather_look(cluster->model, group, topic, lag, &look);
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

/* The history of log ends is shorter than an outage. */
static void who_stands_still_is_as_late_as_it_has_been_behind(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 100, 0, false);
    sample(&cluster, 0, 100);
    assert_int_equal(numbers_of(&cluster).time_lag_ms, 0);
    for (int i = 1; i <= 240; i++) { /* an hour */
        sample(&cluster, 15000, 100 + i);
        struct kt_numbers numbers = numbers_of(&cluster);
        assert_true(numbers.time_lag_known);
        assert_false(numbers.time_lag_at_least);
        assert_in_range(numbers.time_lag_ms, (i - 1) * 15000, i * 15000);
    }
    fake_cluster_commit(&cluster, "g", "orders", 0, 101, 0, false); /* moves, and is an hour late */
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.time_lag_at_least);
    assert_true(numbers.time_lag_ms < 13 * 60000);
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

/* What a look from `asked` on gave. */
static void looked(struct fake_cluster *cluster, int64_t asked, bool found, int64_t offset, enum kt_stamp stamp,
                   int64_t age_ms)
{
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_RECORD,
                                               .record = {.topic = kt_text_of("orders", 6),
                                                          .asked = asked,
                                                          .found = found,
                                                          .offset = offset,
                                                          .stamp = stamp,
                                                          .timestamp_ms = kt_wall(&cluster->clock.clock) - age_ms}});
}

static void the_next_records_timestamp_is_exact(void **state)
{
    (void)state;
    static const struct {
        int64_t asked;
        bool found;
        int64_t offset;
        enum kt_stamp stamp;
        int64_t age, told; /* told -1: not exact */
        bool ahead;
    } cases[] = {
        {50, true, 50, KT_STAMP_CREATE, 3600000, 3600000, false},
        {50, true, 70, KT_STAMP_APPEND, 90000, 90000, false}, /* what lies between cannot be read */
        {40, true, 60, KT_STAMP_CREATE, 90000, 90000, false}, /* asked before, and still the next one */
        {50, true, 50, KT_STAMP_CREATE, -59000, 0, false},    /* a little ahead of our clock */
        {50, true, 50, KT_STAMP_CREATE, -61000, -1, true},
        {50, true, 50, KT_STAMP_CREATE, INT64_MIN / 2, -1, true},
        {50, true, 50, KT_STAMP_CREATE, INT64_MAX / 2, -1, false}, /* before 1970 */
        {50, true, 50, KT_STAMP_NONE, 1000, -1, false},
        {40, true, 45, KT_STAMP_CREATE, 1000, -1, false},      /* passed */
        {51, true, 51, KT_STAMP_CREATE, 1000, -1, false},      /* beyond */
        {50, false, 200, KT_STAMP_NONE, 0, 0, false},          /* nothing is left */
        {50, false, 199, KT_STAMP_NONE, 0, -1, false},         /* as far as an open transaction */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_cluster cluster;
        open_cluster(&cluster);
        fake_cluster_commit(&cluster, "g", "orders", 0, 50, 0, false);
        sample(&cluster, 0, 100);
        sample(&cluster, 10000, 200);
        looked(&cluster, cases[i].asked, cases[i].found, cases[i].offset, cases[i].stamp, cases[i].age);
        struct kt_numbers numbers = numbers_of(&cluster);
        assert_true(numbers.time_lag_known);
        assert_int_equal(numbers.time_lag_exact, cases[i].told >= 0);
        assert_int_equal(numbers.time_lag_at_least, cases[i].told < 0);
        assert_int_equal(numbers.time_lag_ms, cases[i].told >= 0 ? cases[i].told : 10000);
        assert_int_equal(numbers.clock_ahead, cases[i].ahead);
        fake_cluster_close(&cluster);
    }
}

static void exact_is_as_good_as_the_committed_offset(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 50, 0, false);
    sample(&cluster, 0, 100);
    sample(&cluster, 10000, 200);
    looked(&cluster, 50, true, 50, KT_STAMP_CREATE, 3600000);
    sample(&cluster, 5000, 300);
    assert_int_equal(numbers_of(&cluster).time_lag_ms, 3605000); /* it grows older */
    fake_cluster_commit(&cluster, "g", "orders", 0, 51, 0, false);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_false(numbers.time_lag_exact);
    assert_int_equal(numbers.time_lag_ms, 15000);
    fake_cluster_close(&cluster);
}

/* Whatever is committed and written: never negative, never older than what was watched without saying so. */
static void no_time_lag_is_made_up(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 300; round++) {
        struct fake_cluster cluster;
        int64_t end = 0, committed = 0, began = 0;
        open_cluster(&cluster);
        for (int step = 0; step < 60; step++) {
            int32_t draw[4];
            for (int i = 0; i < 4; i++) {
                seed = seed * 1103515245u + 12345u;
                draw[i] = (int32_t)(seed >> 16 & 0x7fff);
            }
            fake_clock_pass(&cluster.clock, draw[0] % 4 == 0 ? draw[0] * 20 : draw[0] % 3000);
            if (draw[1] % 5 > 0) {
                end = draw[1] % 50 == 1 ? end / 2 : end + draw[1] % 4 * draw[2] % 1000; /* rarely truncated */
                fake_cluster_ends(&cluster, "orders", 0, draw[3] % 10 == 0 ? end / 3 : 0, end);
                began = began ? began : kt_mono(&cluster.clock.clock);
            }
            if (draw[2] % 3 == 0) {
                committed = draw[2] % 40 == 0 ? committed / 2 : committed + draw[3] % 500;
                fake_cluster_commit(&cluster, "g", "orders", 0, committed, 0, false);
            }
            if (!kt_strmap_get(&cluster.model->groups, "g", 1)) {
                continue;
            }
            struct kt_numbers numbers = numbers_of(&cluster);
            int64_t watched = kt_mono(&cluster.clock.clock) - began;
            assert_true(numbers.time_lag_ms >= 0);
            assert_true(numbers.time_lag_known || (numbers.time_lag_ms == 0 && !numbers.time_lag_at_least));
            assert_true(!numbers.time_lag_known || numbers.time_lag_ms <= watched);
            assert_false(numbers.time_lag_exact); /* nobody looked */
            assert_true(numbers.produce_rate == numbers.produce_rate && numbers.consume_rate == numbers.consume_rate);
        }
        fake_cluster_close(&cluster);
    }
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

/* Twenty commits a second: the window holds half a second of them. */
static void who_commits_each_message_has_a_speed(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t offset = 0, end = 1000;
    for (int second = 0; second < 8; second++) {
        for (int i = 0; i < 20; i++) {
            fake_clock_pass(&cluster.clock, 50);
            fake_cluster_commit(&cluster, "g", "orders", 0, ++offset, 0, false);
        }
        end += 20;
        fake_cluster_ends(&cluster, "orders", 0, 0, end);
        struct kt_numbers numbers = numbers_of(&cluster);
        assert_int_equal(numbers.consume_known, second > 0);
        assert_true(second == 0 || (numbers.consume_rate > 19 && numbers.consume_rate < 21));
    }
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

/* A job that reads all there is, and goes: what comes meanwhile shrinks only when it is back. */
static void who_is_away_drains_nothing(void **state)
{
    (void)state;
    for (int there = 0; there < 2; there++) {
        struct fake_cluster cluster;
        open_cluster(&cluster);
        int64_t offset = 0, end = 10000;
        run(&cluster, 15, &offset, 60, &end, 20);
        fake_cluster_group(&cluster, "g", "orders", there, there);
        struct kt_numbers numbers = numbers_of(&cluster);
        assert_int_equal(numbers.drains_known, there);
        assert_int_equal(numbers.eta_known, there);
        fake_cluster_close(&cluster);
    }
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

/* What is written in two rhythms lies before anybody at times: few commits make no speed to divide by. */
static void a_little_behind_is_no_question_either(void **state)
{
    (void)state;
    for (int commits = 5; commits <= 20; commits += 15) {
        struct fake_cluster cluster;
        open_cluster(&cluster);
        int64_t offset = 10000, end = 10010;
        run(&cluster, commits, &offset, 14, &end, 20);
        struct kt_numbers numbers = numbers_of(&cluster);
        assert_int_equal(numbers.drains_known, commits == 20);
        assert_false(numbers.drains);
        fake_cluster_close(&cluster);
    }
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

/* Times that lie as far apart as numbers can: no sum of them may overflow. */
static void no_time_of_a_commit_is_too_hostile(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t wall = kt_wall(&cluster.clock.clock);
    fake_cluster_commit(&cluster, "g", "orders", 0, 10, wall, false); /* so long ago */
    fake_cluster_commit(&cluster, "g", "orders", 0, 20, wall - INT64_MAX, false);
    sample(&cluster, 0, 100);
    sample(&cluster, 20000, 200);
    struct kt_numbers numbers = numbers_of(&cluster);
    assert_true(numbers.produce_known);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_age_of_the_next_record_lies_between_two_samples),
        cmocka_unit_test(what_was_written_before_our_first_sample_is_at_least_as_old),
        cmocka_unit_test(who_stands_still_is_as_late_as_it_has_been_behind),
        cmocka_unit_test(caught_up_is_no_time_at_all),
        cmocka_unit_test(without_a_log_end_nothing_is_known),
        cmocka_unit_test(what_is_no_longer_there_is_not_what_waits),
        cmocka_unit_test(the_next_records_timestamp_is_exact),
        cmocka_unit_test(exact_is_as_good_as_the_committed_offset),
        cmocka_unit_test(no_time_lag_is_made_up),
        cmocka_unit_test(one_commit_is_no_speed),
        cmocka_unit_test(speeds_are_those_of_the_window_and_of_the_log_end),
        cmocka_unit_test(who_commits_each_message_has_a_speed),
        cmocka_unit_test(a_silent_consumer_consumes_nothing),
        cmocka_unit_test(going_back_is_no_negative_speed),
        cmocka_unit_test(draining_takes_lag_over_the_difference_of_speeds),
        cmocka_unit_test(who_is_away_drains_nothing),
        cmocka_unit_test(what_does_not_shrink_never_drains),
        cmocka_unit_test(who_keeps_pace_neither_drains_nor_does_not),
        cmocka_unit_test(a_little_behind_is_no_question_either),
        cmocka_unit_test(nothing_to_drain_has_no_eta),
        cmocka_unit_test(an_eta_of_ages_is_none),
        cmocka_unit_test(no_time_of_a_commit_is_too_hostile),
    };
    return cmocka_run_group_tests_name("derive", tests, NULL, NULL);
}
