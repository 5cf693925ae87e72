/*
 * What a group x partition may cost, in bytes that are allocated: the budgets of docs/PERFORMANCE.md. Twenty groups
 * read ten topics of fifty partitions; what topics, members and groups cost is in it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "assess.h"
#include "fake_cluster.h"
#include "fake_heap.h"
#include "freeze.h"

#define GROUPS 20
#define TOPICS 10
#define PARTITIONS 50
#define ROWS (GROUPS * TOPICS * PARTITIONS)
#define ROUNDS 400 /* of 2 s: rings and histories are full */
#define NAME_ROOM 32

/* Bytes a row. The margin is for allocators that round up further. */
#define MODEL_CAUGHT_UP_MOST 580
#define MODEL_LAGGING_MOST   1720
#define SNAPSHOT_CAUGHT_UP_MOST 160
#define SNAPSHOT_LAGGING_MOST   420

static void run_round(struct fake_cluster *cluster, int64_t round, bool lagging)
{
    char group[NAME_ROOM], topic[NAME_ROOM];
    fake_clock_pass(&cluster->clock, 2000);
    for (int t = 0; t < TOPICS; t++) {
        snprintf(topic, sizeof topic, "topic-%d", t);
        for (int g = 0; g < GROUPS; g++) {
            snprintf(group, sizeof group, "group-%d", g);
            for (int32_t p = 0; p < PARTITIONS; p++) {
                fake_cluster_commit(cluster, group, topic, p, round * (lagging ? 50 : 100), 100, false);
            }
        }
        for (int32_t p = 0; p < PARTITIONS; p++) {
            fake_cluster_ends(cluster, topic, p, 0, round * 100);
        }
    }
    fake_cluster_fresh(cluster);
    if (round % 5 == 0) {
        kt_assess(cluster->model);
    }
}

static void open_cluster(struct fake_cluster *cluster)
{
    char name[NAME_ROOM];
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    for (int t = 0; t < TOPICS; t++) {
        snprintf(name, sizeof name, "topic-%d", t);
        fake_cluster_topic(cluster, name, PARTITIONS);
    }
    fake_cluster_listing(cluster, true);
    for (int g = 0; g < GROUPS; g++) {
        snprintf(name, sizeof name, "group-%d", g);
        fake_cluster_group(cluster, name, "topic-0", 4, PARTITIONS);
    }
    fake_cluster_listing(cluster, false);
}

static void assert_within(const char *what, size_t bytes, size_t most)
{
    print_message("%s: %zu bytes a row of %zu\n", what, bytes, most);
    if (bytes > most) {
        fail_msg("%s: %zu bytes a row, the budget is %zu", what, bytes, most);
    }
    if (bytes * 10 < most * 7) {
        fail_msg("%s: %zu bytes a row, so the budget of %zu guards nothing", what, bytes, most);
    }
}

static void assert_budget(bool lagging, size_t model_most, size_t snapshot_most)
{
    struct fake_cluster cluster;
    size_t before = fake_heap_live();
    if (before == 0) {
        skip(); /* nobody here knows what is allocated */
    }
    open_cluster(&cluster);
    for (int64_t round = 1; round <= ROUNDS; round++) {
        run_round(&cluster, round, lagging);
    }
    size_t model = fake_heap_live();
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    size_t both = fake_heap_live();
    assert_int_equal(snap->group_count, GROUPS);
    for (size_t i = 0; i < snap->group_count; i++) {
        assert_int_equal(snap->groups[i]->lag_count, TOPICS * PARTITIONS);
        assert_true((snap->groups[i]->total_lag > 0) == lagging);
    }
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
    assert_within(lagging ? "the model, all lagging" : "the model, all caught up", (model - before) / ROWS, model_most);
    assert_within("a snapshot", (both - model) / ROWS, snapshot_most);
}

static void a_caught_up_row_is_within_its_budget(void **state)
{
    (void)state;
    assert_budget(false, MODEL_CAUGHT_UP_MOST, SNAPSHOT_CAUGHT_UP_MOST);
}

static void a_lagging_row_is_within_its_budget(void **state)
{
    (void)state;
    assert_budget(true, MODEL_LAGGING_MOST, SNAPSHOT_LAGGING_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_caught_up_row_is_within_its_budget),
        cmocka_unit_test(a_lagging_row_is_within_its_budget),
    };
    return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
