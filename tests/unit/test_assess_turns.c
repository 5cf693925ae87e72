/* A partition that stands still while its owner works on others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "assess.h"
#include "fake_cluster.h"
#include "gather.h"

static enum kt_status status_of(struct fake_cluster *cluster, int32_t partition)
{
    struct kt_model_group *group = kt_strmap_get(&cluster->model->groups, "g", 1);
    struct kt_model_group_topic *topic = kt_strmap_get(&group->topics, "orders", 6);
    return kt_model_lag(topic, partition)->standing.status;
}

/*
 * Commits of both partitions each 2 s. For 30 s all goes well; then partition 1 stands still, and partition 0 goes on.
 * Gives back after how many seconds partition 1 is STALL; 0: not in `most`.
 */
static int stalls_after(int members, int64_t backlog, int most)
{
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 2);
    int64_t offsets[2] = {100, 100}, end = 100;
    int answer = 0;
    for (int t = 0; t < 30 + most && answer == 0; t += 2) {
        fake_clock_pass(&cluster.clock, 2000);
        end += 20;
        offsets[0] += t < 30 ? 20 : backlog > 0 ? 60 : 20;
        offsets[1] += t < 30 ? 20 : 0;
        fake_cluster_group(&cluster, "g", "orders", members, 2);
        for (int32_t p = 0; p < 2; p++) {
            fake_cluster_commit(&cluster, "g", "orders", p, offsets[p], 0, false);
            fake_cluster_ends(&cluster, "orders", p, 0, end + (p == 0 && t >= 30 ? backlog : 0));
        }
        fake_cluster_fresh(&cluster);
        kt_assess(cluster.model);
        assert_int_equal(status_of(&cluster, 0), KT_STATUS_OK);
        answer = status_of(&cluster, 1) == KT_STATUS_STALL ? t - 28 : 0;
    }
    fake_cluster_close(&cluster);
    return answer;
}

static void one_that_is_paused_may_come_back(void **state)
{
    (void)state;
    int alone = stalls_after(1, 0, 60);
    assert_in_range(alone, 30, 36);
}

static void one_of_another_member_is_none_of_its_work(void **state)
{
    (void)state;
    int other = stalls_after(2, 0, 60);
    assert_in_range(other, 10, 16);
}

/* A client's queue is full of one partition's backlog: the next one has its turn afterwards. */
static void one_that_waits_behind_a_backlog_has_time(void **state)
{
    (void)state;
    int waits = stalls_after(1, 100000, 700);
    assert_in_range(waits, 600, 606);
}

/* The commits that were there before us tell it, too: else the one that waits would be STALL at first sight. */
static void found_commits_are_work(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 2);
    fake_clock_pass(&cluster.clock, 200000);
    fake_cluster_group(&cluster, "g", "orders", 1, 2);
    fake_cluster_commit(&cluster, "g", "orders", 1, 100, 90000, true);
    fake_cluster_commit(&cluster, "g", "orders", 0, 100, 8000, true);
    fake_cluster_commit(&cluster, "g", "orders", 0, 120, 4000, true);
    for (int look = 0; look < 2; look++) {
        fake_clock_pass(&cluster.clock, 1000);
        fake_cluster_ends(&cluster, "orders", 0, 0, 1000 + look);
        fake_cluster_ends(&cluster, "orders", 1, 0, 1000 + look);
        fake_cluster_fresh(&cluster);
        kt_assess(cluster.model);
    }
    struct kt_model_group *group = kt_strmap_get(&cluster.model->groups, "g", 1);
    struct kt_model_group_topic *topic = kt_strmap_get(&group->topics, "orders", 6);
    struct kt_look look;
    kt_gather_look(cluster.model, group, topic, kt_model_lag(topic, 1), &look);
    assert_true(look.owner_worked && look.owner_drained);
    assert_int_equal(kt_span(look.owner_drained_at, look.now), 6000);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_is_paused_may_come_back),
        cmocka_unit_test(one_of_another_member_is_none_of_its_work),
        cmocka_unit_test(one_that_waits_behind_a_backlog_has_time),
        cmocka_unit_test(found_commits_are_work),
    };
    return cmocka_run_group_tests_name("assess turns", tests, NULL, NULL);
}
