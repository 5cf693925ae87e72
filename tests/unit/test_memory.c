/*
 * The memory of a model over hours: groups, topics and members come and go, and what is held after one hour is what is
 * held after three. Each kind of thing that comes and goes is a function of `churns`, watched alone, so that a failure
 * names what grew, and all together.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "assess.h"
#include "fake_cluster.h"
#include "fake_heap.h"
#include "freeze.h"
#include "seen.h"

#define ROUND_MS 10000
#define ROUNDS_AN_HOUR 360
#define STEADY_GROUPS 200 /* a fifth of them while one kind is watched alone */
#define STEADY_TOPICS 20
#define PARTITIONS 2
#define THROWN 40 /* groups a round of each kind that is */
#define NAME_ROOM 64
#define MOST_GROWTH 1.03
#define MOST_BYTES (256 << 10) /* or so much: tables grow in steps */

struct world {
    struct fake_cluster cluster;
    int64_t round;
    int steady;
    bool lists_complete;
};

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static void tell(struct world *world, struct kt_obs obs)
{
    fake_cluster_tell(&world->cluster, obs);
}

static void steady_names(int group, char name[NAME_ROOM], char topic[NAME_ROOM])
{
    snprintf(name, NAME_ROOM, "steady-%d", group);
    snprintf(topic, NAME_ROOM, "topic-%d", group % STEADY_TOPICS);
}

static void list_steady(struct world *world)
{
    char name[NAME_ROOM], topic[NAME_ROOM];
    tell(world, (struct kt_obs){.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_GROUPS}});
    for (int g = 0; g < world->steady; g++) {
        steady_names(g, name, topic);
        fake_cluster_group(&world->cluster, name, topic, 2, PARTITIONS);
    }
    tell(world, (struct kt_obs){.kind = KT_OBS_LIST_END,
                                .list = {.what = KT_LIST_GROUPS, .complete = world->lists_complete}});
}

static void run_steady(struct world *world)
{
    char name[NAME_ROOM], topic[NAME_ROOM];
    for (int g = 0; g < world->steady; g++) {
        steady_names(g, name, topic);
        for (int32_t p = 0; p < PARTITIONS; p++) {
            bool behind = g % 10 == 0;
            fake_cluster_commit(&world->cluster, name, topic, p, world->round * (behind ? 50 : 100), 100, false);
        }
    }
    for (int t = 0; t < STEADY_TOPICS; t++) {
        snprintf(topic, sizeof topic, "topic-%d", t);
        for (int32_t p = 0; p < PARTITIONS; p++) {
            fake_cluster_ends(&world->cluster, topic, p, world->round * 10, world->round * 100);
        }
    }
}

/* ---- what comes and goes; `born` numbers what is made, each number once ---- */

static void name_thrown(char name[NAME_ROOM], const char *kind, int64_t born)
{
    snprintf(name, NAME_ROOM, "%s-%016llx-4f7c-8a31", kind, (unsigned long long)born * 2654435761u);
}

static void tell_group_gone(struct world *world, const char *name)
{
    tell(world, (struct kt_obs){.kind = KT_OBS_GROUP_GONE, .group_gone = {text(name)}});
}

/* kcat with a group id of its own: commits, and is deleted. */
static void commits_and_goes(struct world *world, int64_t born, bool begins)
{
    char name[NAME_ROOM];
    name_thrown(name, "kcat", born);
    if (begins) {
        fake_cluster_commit(&world->cluster, name, "topic-0", 0, 5, 10, false);
    } else {
        fake_cluster_commit_gone(&world->cluster, name, "topic-0", 0);
    }
}

/* A classic group that is only ever told by records, with a member that owns partitions without a commit. */
static void owns_and_goes(struct world *world, int64_t born, bool begins)
{
    static const int32_t owned[] = {0, 1};
    char name[NAME_ROOM];
    name_thrown(name, "owner", born);
    struct kt_obs_assigned assigned = {.topic = text("topic-1"), .partitions = owned, .partition_count = 2};
    struct kt_obs_member member = {.member_id = text(name),
                                   .assignment_known = true,
                                   .assignment = &assigned,
                                   .assignment_count = 1,
                                   .epoch = -1};
    if (begins) {
        tell(world, (struct kt_obs){.kind = KT_OBS_GROUP,
                                    .group = {.group = text(name),
                                              .type = KT_TYPE_CLASSIC,
                                              .state = KT_STATE_STABLE,
                                              .coordinator = -1,
                                              .generation = 1,
                                              .members_known = true,
                                              .from_record = true,
                                              .members = &member,
                                              .member_count = 1}});
        fake_cluster_commit(&world->cluster, name, "topic-1", 0, 5, 10, false);
    } else {
        fake_cluster_commit_gone(&world->cluster, name, "topic-1", 0);
        tell_group_gone(world, name);
    }
}

/* A group of the new protocol. */
static void joins_and_leaves(struct world *world, int64_t born, bool begins)
{
    char name[NAME_ROOM];
    name_thrown(name, "consumer", born);
    struct kt_obs_member member = {.member_id = text(name), .client_id = text("client"), .epoch = 1};
    enum kt_obs_kind kind = begins ? KT_OBS_MEMBER : KT_OBS_MEMBER_GONE;
    if (begins) {
        tell(world, (struct kt_obs){.kind = KT_OBS_GROUP_EPOCH, .group_epoch = {text(name), 1}});
    }
    tell(world, (struct kt_obs){.kind = kind, .member = {text(name), member}});
    if (!begins) {
        tell_group_gone(world, name);
    }
}

/* A member of a steady group leaves, and another one comes. */
static void member_changes(struct world *world, int64_t born, bool begins)
{
    char id[NAME_ROOM];
    name_thrown(id, "member", born);
    struct kt_obs_member member = {.member_id = text(id), .client_id = text("client"), .epoch = 1};
    tell(world, (struct kt_obs){.kind = begins ? KT_OBS_MEMBER : KT_OBS_MEMBER_GONE,
                                .member = {text("steady-of-members"), member}});
}

/* An answer of a coordinator about a group that is gone. */
static void is_answered_late(struct world *world, int64_t born, bool begins)
{
    char name[NAME_ROOM];
    name_thrown(name, "late", born);
    if (!begins) {
        fake_cluster_asked(&world->cluster, name, "topic-2", 1, 7);
    }
}

/* Found in a listing, in trouble, and in no later listing. */
static void is_listed_once(struct world *world, int64_t born, bool begins)
{
    char name[NAME_ROOM];
    name_thrown(name, "listed", born);
    if (begins) {
        fake_cluster_group(&world->cluster, name, "topic-3", 0, 0);
        tell(world, (struct kt_obs){.kind = KT_OBS_PROBLEM,
                                    .problem = {.scope = KT_SCOPE_GROUP,
                                                .name = text(name),
                                                .error = text("GROUP_AUTHORIZATION_FAILED"),
                                                .text = text("not permitted")}});
    }
}

/* Told of by the log; what takes it away is never read. */
static void is_never_taken_away(struct world *world, int64_t born, bool begins)
{
    char name[NAME_ROOM];
    name_thrown(name, "orphan", born);
    if (begins) {
        fake_cluster_commit(&world->cluster, name, "topic-4", 0, 5, 10, false);
    }
}

static const struct churn {
    const char *name;
    void (*step)(struct world *world, int64_t born, bool begins);
    bool only_age; /* tells that it is gone */
} churns[] = {
    {"commits and goes", commits_and_goes, false}, {"owns and goes", owns_and_goes, false},
    {"joins and leaves", joins_and_leaves, false}, {"member changes", member_changes, false},
    {"answered late", is_answered_late, false},    {"listed once", is_listed_once, false},
    {"never taken away", is_never_taken_away, true},
};
#define CHURNS (sizeof churns / sizeof churns[0])

/* Topics: a throw-away one each round, with an id and a reader; one whose partitions grow until it is made anew. */
static void churn_topics(struct world *world)
{
    char name[NAME_ROOM], id[16];
    tell(world, (struct kt_obs){.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_TOPICS}});
    for (int t = 0; t < STEADY_TOPICS; t++) {
        snprintf(name, sizeof name, "topic-%d", t);
        fake_cluster_topic(&world->cluster, name, PARTITIONS);
    }
    int32_t grown = 1 + (int32_t)(world->round % 32);
    fake_cluster_topic(&world->cluster, "growing", grown);
    for (int64_t i = 0; i < 10; i++) {
        int64_t born = world->round * 10 + i;
        name_thrown(name, "topic", born);
        fake_cluster_topic(&world->cluster, name, 1);
        fake_cluster_ends(&world->cluster, name, 0, 0, 5);
        snprintf(id, sizeof id, "%015llx", (unsigned long long)born);
        struct kt_obs told = {.kind = KT_OBS_TOPIC_ID};
        told.topic_id.name = text(i == 0 && grown == 1 ? "growing" : name);
        memcpy((char *)told.topic_id.id, id, 16);
        tell(world, told);
        fake_cluster_commit(&world->cluster, "steady-0", name, 0, 5, 10, false);
    }
    tell(world, (struct kt_obs){.kind = KT_OBS_LIST_END, .list = {.what = KT_LIST_TOPICS, .complete = true}});
}

static void run_round(struct world *world, size_t first, size_t count)
{
    fake_clock_pass(&world->cluster.clock, ROUND_MS);
    world->round++;
    churn_topics(world);
    for (size_t k = first; k < first + count; k++) {
        for (int64_t i = 0; i < THROWN; i++) {
            churns[k].step(world, world->round * THROWN + i, true);
        }
    }
    if (world->round % 3 == 1) {
        list_steady(world);
    }
    run_steady(world);
    for (size_t k = first; k < first + count; k++) {
        for (int64_t i = 0; i < THROWN; i++) {
            churns[k].step(world, (world->round - 1) * THROWN + i, false);
        }
    }
    fake_cluster_fresh(&world->cluster);
    kt_assess(world->cluster.model);
}

/* Live bytes after an hour of rounds; snapshots are taken and given back, seldom: their time would be most of it. */
static size_t run_hour(struct world *world, size_t first, size_t count)
{
    for (int i = 0; i < ROUNDS_AN_HOUR; i++) {
        run_round(world, first, count);
        if (i % 20 == 0) {
            kt_snapshot_unref(kt_freeze(world->cluster.model, (uint64_t)world->round));
        }
    }
    return fake_heap_live();
}

/* Only what nothing else takes away may be left to age and number: they would hide everything. */
static void bound_by_age(struct world *world)
{
    world->cluster.model->unnamed_most = 500;
    world->cluster.model->settings.expire_group_ms = 1200000;
}

static void assert_flat(enum kt_rules rules, bool lists_complete, size_t first, size_t count)
{
    struct world world = {.lists_complete = lists_complete, .steady = count == 1 ? STEADY_GROUPS / 5 : STEADY_GROUPS};
    if (fake_heap_live() == 0) {
        skip(); /* nobody here knows what is allocated */
    }
    fake_cluster_open(&world.cluster, rules);
    if (count > 1 || churns[first].only_age) {
        bound_by_age(&world);
    }
    size_t before = fake_heap_live(), hours[3];
    for (int h = 0; h < 3; h++) {
        hours[h] = run_hour(&world, first, count) - before;
    }
    size_t groups = world.cluster.model->groups.count;
    double most = (double)hours[0] * MOST_GROWTH + MOST_BYTES;
    bool flat = (double)hours[1] <= most && (double)hours[2] <= most;
    if (!flat) {
        fail_msg("%s: %zu, %zu, %zu bytes after an hour each, %zu groups, %zu problems, %zu topic ids",
                 count == 1 ? churns[first].name : "all together", hours[0], hours[1], hours[2], groups,
                 world.cluster.model->problem_count, world.cluster.model->topic_ids.count);
    }
    fake_cluster_close(&world.cluster);
}

static void three_hours_of_each_kind_are_flat(void **state)
{
    (void)state;
    for (size_t k = 0; k < CHURNS; k++) {
        assert_flat(KT_RULES_KAFKATOP, true, k, 1);
    }
}

static void three_hours_of_all_are_flat(void **state)
{
    (void)state;
    assert_flat(KT_RULES_KAFKATOP, true, 0, CHURNS);
}

static void three_hours_by_the_rules_of_burrow_are_flat(void **state)
{
    (void)state;
    assert_flat(KT_RULES_BURROW, true, 0, CHURNS);
}

static void three_hours_without_a_complete_listing_are_flat(void **state)
{
    (void)state;
    assert_flat(KT_RULES_KAFKATOP, false, 0, CHURNS);
}

static const struct kt_model_problem *problem_of(const struct kt_model *model, const char *error)
{
    for (size_t i = 0; i < model->problem_count; i++) {
        if (kt_name_is(&model->problems[i].error, text(error))) {
            return &model->problems[i];
        }
    }
    return NULL;
}

static void too_many_unnamed_groups_are_forgotten_and_counted(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    char name[NAME_ROOM];
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    struct kt_model *model = cluster.model;
    model->unnamed_most = 100;
    fake_cluster_listing(&cluster, true);
    fake_cluster_group(&cluster, "named", "topic", 0, 0);
    for (int i = 0; i < 150; i++) {
        fake_clock_pass(&cluster.clock, 10);
        snprintf(name, sizeof name, "unnamed-%d", i);
        fake_cluster_commit(&cluster, name, "topic", 0, 1, 0, false);
    }
    fake_cluster_fresh(&cluster);
    assert_int_equal(model->groups.count, 151); /* a listing is under way: it may yet name them */
    fake_cluster_listing(&cluster, false);
    fake_cluster_fresh(&cluster);
    assert_int_equal(model->groups.count, 91); /* so many that the next one does not make it sort again */
    assert_non_null(kt_strmap_get(&model->groups, "named", 5));
    assert_null(kt_strmap_get(&model->groups, "unnamed-59", 10));
    assert_non_null(kt_strmap_get(&model->groups, "unnamed-60", 10));
    const struct kt_model_problem *problem = problem_of(model, "_TOO_MANY_GROUPS");
    assert_non_null(problem);
    assert_non_null(strstr(problem->text.bytes, "60 groups were forgotten"));
    fake_clock_pass(&cluster.clock, 601000);
    fake_cluster_fresh(&cluster);
    assert_null(problem_of(model, "_TOO_MANY_GROUPS"));
    fake_cluster_close(&cluster);
}

static void an_unnamed_group_is_forgotten_after_expire_group(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_commit(&cluster, "silent", "topic", 0, 1, 0, false);
    fake_cluster_group(&cluster, "listed", "topic", 0, 0);
    fake_clock_pass(&cluster.clock, cluster.options.settings.expire_group_ms);
    fake_cluster_fresh(&cluster);
    assert_int_equal(cluster.model->groups.count, 2);
    fake_clock_pass(&cluster.clock, 1);
    fake_cluster_fresh(&cluster);
    assert_int_equal(cluster.model->groups.count, 1); /* the last listing names this one, however old it is */
    assert_non_null(kt_strmap_get(&cluster.model->groups, "listed", 6));
    fake_cluster_close(&cluster);
}

static void a_group_of_moments_goes_without_a_word(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_fresh(&cluster);
    for (int old = 0; old < 2; old++) {
        fake_cluster_commit(&cluster, "thrown", "topic", 0, 1, 0, false);
        fake_clock_pass(&cluster.clock, old ? 15000 : 14000);
        fake_cluster_commit_gone(&cluster, "thrown", "topic", 0);
        assert_int_equal(cluster.model->groups.count, 0);
        const struct kt_snapshot *snap = fake_cluster_look(&cluster);
        assert_int_equal(snap->event_count, old);
        kt_snapshot_unref(snap);
    }
    fake_cluster_close(&cluster);
}

/* A problem of the whole cluster is told even when groups have more problems than there is room for. */
static void problems_of_groups_leave_room_for_the_clusters(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    char name[NAME_ROOM];
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    for (int i = 0; i < KT_MODEL_PROBLEMS_MOST + 5; i++) {
        snprintf(name, sizeof name, "group-%d", i);
        struct kt_obs obs = {.kind = KT_OBS_PROBLEM};
        obs.problem.scope = KT_SCOPE_GROUP;
        obs.problem.name = text(name);
        obs.problem.error = text("GROUP_AUTHORIZATION_FAILED");
        obs.problem.text = text("not permitted");
        fake_cluster_tell(&cluster, obs);
    }
    assert_int_equal(cluster.model->problem_count, KT_MODEL_PROBLEMS_MOST);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_PROBLEM,
                                                .problem = {.scope = KT_SCOPE_CLUSTER,
                                                            .name = text(""),
                                                            .error = text("_ALL_BROKERS_DOWN"),
                                                            .text = text("all brokers are down")}});
    assert_int_equal(cluster.model->problem_count, KT_MODEL_PROBLEMS_MOST);
    assert_non_null(problem_of(cluster.model, "_ALL_BROKERS_DOWN"));
    fake_cluster_close(&cluster);
}

/* Keys of groups that come and go, for three hours; those of before older records are read stay. */
static void keys_that_were_deleted_are_forgotten(void **state)
{
    (void)state;
    struct kt_seen *seen = kt_seen_new(7);
    kt_seen_note(seen, "early", 5, true, 0);
    for (int64_t i = 0; i < 540000; i++) {
        int64_t at = i * 20; /* 50 a second */
        kt_seen_note(seen, &i, sizeof i, false, at);
        kt_seen_note(seen, &i, sizeof i, true, at);
        if (i == 3000) {
            assert_int_equal(kt_seen_find(seen, "early", 5).flags, KT_SEEN_TOMBSTONE | KT_SEEN_GONE);
            kt_seen_settle(seen);
        }
    }
    assert_true(kt_seen_count(seen) < 100000); /* ten minutes are 30,000 */
    int64_t last = 539999, first = 0;
    assert_int_equal(kt_seen_find(seen, &first, sizeof first).flags, 0);
    assert_true(kt_seen_find(seen, &last, sizeof last).flags & KT_SEEN_GONE);
    kt_seen_free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_hours_of_each_kind_are_flat),
        cmocka_unit_test(three_hours_of_all_are_flat),
        cmocka_unit_test(three_hours_by_the_rules_of_burrow_are_flat),
        cmocka_unit_test(three_hours_without_a_complete_listing_are_flat),
        cmocka_unit_test(too_many_unnamed_groups_are_forgotten_and_counted),
        cmocka_unit_test(an_unnamed_group_is_forgotten_after_expire_group),
        cmocka_unit_test(a_group_of_moments_goes_without_a_word),
        cmocka_unit_test(problems_of_groups_leave_room_for_the_clusters),
        cmocka_unit_test(keys_that_were_deleted_are_forgotten),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
