/* Who owns and subscribes to what: by name, by topic id, and what is not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_cluster.h"

static const int32_t first[] = {0};
static const int32_t second[] = {1};
static const int32_t hostile[] = {0, -1, 1, 7, INT32_MAX, INT32_MIN};

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

/* A member without a subscription; an assignment that nobody could read, until it gets one. */
static struct kt_obs_member member(const char *id, const struct kt_obs_assigned *assigned)
{
    return (struct kt_obs_member){.member_id = text(id),
                                  .client_id = text(id),
                                  .host = text("10.0.0.1"),
                                  .assignment_known = assigned != NULL,
                                  .assignment = assigned,
                                  .assignment_count = assigned ? 1 : 0,
                                  .epoch = 1};
}

static void open_cluster(struct fake_cluster *cluster)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "orders", 2);
    for (int32_t p = 0; p < 2; p++) {
        fake_cluster_commit(cluster, "g", "orders", p, 90, 0, false);
        fake_cluster_ends(cluster, "orders", p, 0, 100);
    }
    fake_cluster_fresh(cluster);
}

/* What the model holds of one partition after a look. */
static struct kt_model_lag *lag_of(struct fake_cluster *cluster, const char *group, int32_t partition)
{
    kt_snapshot_unref(fake_cluster_look(cluster));
    struct kt_model_group *found = kt_strmap_get(&cluster->model->groups, group, strlen(group));
    struct kt_model_group_topic *topic = found ? kt_strmap_get(&found->topics, "orders", 6) : NULL;
    return topic ? kt_model_lag(topic, partition) : NULL;
}

static void nothing_is_known_without_members(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, NULL, 0);
    const struct kt_model_lag *lag = lag_of(&cluster, "g", 0);
    assert_int_equal(lag->owner, -1);
    assert_int_equal(lag->owned, KT_MAYBE);
    assert_int_equal(lag->subscribed, KT_MAYBE);
    fake_cluster_close(&cluster);
}

static void owners_by_name(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    struct kt_obs_assigned assigned = {.topic = text("orders"), .partitions = first, .partition_count = 1};
    struct kt_obs_member one = member("m-1", &assigned);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &one, 1);
    assert_int_equal(lag_of(&cluster, "g", 0)->owner, 0);
    assert_int_equal(lag_of(&cluster, "g", 0)->owned, KT_YES);
    assert_int_equal(lag_of(&cluster, "g", 1)->owner, -1);
    assert_int_equal(lag_of(&cluster, "g", 1)->owned, KT_NO); /* every assignment was read */
    fake_cluster_close(&cluster);
}

static void an_unreadable_assignment_leaves_owners_unknown(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    struct kt_obs_assigned assigned = {.topic = text("orders"), .partitions = first, .partition_count = 1};
    struct kt_obs_member members[] = {member("m-1", &assigned), member("m-2", NULL)};
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 2);
    assert_int_equal(lag_of(&cluster, "g", 0)->owned, KT_YES);
    assert_int_equal(lag_of(&cluster, "g", 1)->owned, KT_MAYBE); /* m-2 may own it */
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_int_equal(group->member_count, 2);
    assert_true(KT_KNOWS(&group->members[0], KT_MEMBER_partitions));
    assert_false(KT_KNOWS(&group->members[1], KT_MEMBER_partitions));
    assert_int_equal(fake_cluster_lag_of(snap, "g", "orders", 1)->owner, -1);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static struct kt_obs_assigned by_id(int byte, const int32_t *partitions)
{
    struct kt_obs_assigned assigned = {.has_topic_id = true, .partitions = partitions, .partition_count = 1};
    memset(assigned.topic_id, byte, sizeof assigned.topic_id);
    return assigned;
}

static void tell_id(struct fake_cluster *cluster, const char *topic, int byte)
{
    struct kt_obs obs = {.kind = KT_OBS_TOPIC_ID, .topic_id = {.name = text(topic)}};
    memset(obs.topic_id.id, byte, sizeof obs.topic_id.id);
    fake_cluster_tell(cluster, obs);
}

static void owners_by_topic_id_once_it_is_resolved(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    struct kt_obs_assigned assigned = by_id(0xa5, second);
    struct kt_obs_member one = member("m-1", &assigned);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &one, 1);
    assert_int_equal(lag_of(&cluster, "g", 1)->owned, KT_MAYBE);
    assert_int_equal(lag_of(&cluster, "g", 0)->owned, KT_MAYBE); /* the unknown topic may be this one */
    tell_id(&cluster, "orders", 0xa5);
    assert_int_equal(lag_of(&cluster, "g", 1)->owned, KT_YES);
    assert_int_equal(lag_of(&cluster, "g", 1)->owner, 0);
    assert_int_equal(lag_of(&cluster, "g", 0)->owned, KT_NO);
    tell_id(&cluster, "payments", 0xa5); /* made anew under another name */
    assert_int_equal(lag_of(&cluster, "g", 1)->owner, -1);
    fake_cluster_close(&cluster);
}

static void subscriptions(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    struct kt_text other = text("payments"), orders = text("orders");
    struct kt_obs_assigned none = {.topic = text("payments")};
    struct kt_obs_member members[] = {member("m-1", &none), member("m-2", &none)};
    members[0].subscription_known = true;
    members[0].subscription = &other;
    members[0].subscription_count = 1;
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 1);
    assert_int_equal(lag_of(&cluster, "g", 0)->subscribed, KT_NO);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 2); /* of m-2 it is not known */
    assert_int_equal(lag_of(&cluster, "g", 0)->subscribed, KT_MAYBE);
    members[1].subscription_known = true;
    members[1].subscription = &orders;
    members[1].subscription_count = 1;
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 2);
    assert_int_equal(lag_of(&cluster, "g", 0)->subscribed, KT_YES);
    fake_cluster_members(&cluster, "g", KT_STATE_EMPTY, members, 0); /* an empty group subscribes to what it will */
    assert_int_equal(lag_of(&cluster, "g", 0)->subscribed, KT_MAYBE);
    fake_cluster_close(&cluster);
}

static void an_owner_is_stronger_than_a_subscription_that_lists_no_pattern(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    struct kt_text other = text("payments");
    struct kt_obs_assigned assigned = {.topic = text("orders"), .partitions = first, .partition_count = 1};
    struct kt_obs_member one = member("m-1", &assigned);
    one.subscription_known = true;
    one.subscription = &other;
    one.subscription_count = 1;
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &one, 1);
    assert_int_equal(lag_of(&cluster, "g", 0)->subscribed, KT_MAYBE);
    assert_int_equal(lag_of(&cluster, "g", 1)->subscribed, KT_NO);
    fake_cluster_close(&cluster);
}

static void an_owned_partition_has_a_row_and_loses_it_with_its_owner(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 2);
    struct kt_obs_assigned assigned = {.topic = text("orders"), .partitions = first, .partition_count = 1};
    struct kt_obs_member one = member("m-1", &assigned);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &one, 1);
    assert_non_null(lag_of(&cluster, "g", 0));
    assert_null(lag_of(&cluster, "g", 1));
    fake_cluster_commit(&cluster, "g", "orders", 1, 5, 0, false);
    fake_cluster_members(&cluster, "g", KT_STATE_EMPTY, &one, 0);
    assert_null(lag_of(&cluster, "g", 0));
    assert_non_null(lag_of(&cluster, "g", 1)); /* its commit keeps it */
    fake_cluster_close(&cluster);
}

static void hostile_assignments_are_bounded_by_what_there_is(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    struct kt_obs_assigned assigned[] = {
        {.topic = text("orders"), .partitions = hostile, .partition_count = sizeof hostile / sizeof hostile[0]},
        {.topic = text("no-such-topic"), .partitions = hostile, .partition_count = 3},
        {.topic = {NULL, 0}},
    };
    struct kt_obs_member one = member("m-1", assigned);
    one.assignment_count = 3;
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &one, 1);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(fake_cluster_group_of(snap, "g")->lag_count, 2);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* What comes after the members were told is owned all the same. */
static void later_topics_partitions_and_commits_find_their_owner(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    static const int32_t both[] = {0, 1};
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    struct kt_obs_assigned assigned = {.topic = text("orders"), .partitions = both, .partition_count = 2};
    struct kt_obs_member one = member("m-1", &assigned);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &one, 1);
    assert_null(lag_of(&cluster, "g", 0));
    fake_cluster_topic(&cluster, "orders", 1);
    assert_non_null(lag_of(&cluster, "g", 0));
    assert_int_equal(lag_of(&cluster, "g", 0)->owner, 0);
    fake_cluster_topic(&cluster, "orders", 3);
    assert_non_null(lag_of(&cluster, "g", 1));
    assert_int_equal(lag_of(&cluster, "g", 1)->owner, 0);
    fake_cluster_commit(&cluster, "g", "orders", 2, 5, 0, false);
    assert_int_equal(lag_of(&cluster, "g", 2)->owned, KT_NO);
    fake_cluster_close(&cluster);
}

static void members_of_records_are_merged_and_go_one_by_one(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    struct kt_obs_assigned assigned[] = {by_id(0xa5, first), by_id(0xa5, second)};
    tell_id(&cluster, "orders", 0xa5);
    struct kt_obs_member metadata = member("m-1", NULL);
    struct kt_obs_member current = {.member_id = text("m-1"), .assignment_known = true, .assignment = &assigned[0],
                                    .assignment_count = 1, .epoch = 3};
    struct kt_obs_member other = member("m-2", &assigned[1]);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_MEMBER, .member = {text("g"), metadata}});
    assert_int_equal(lag_of(&cluster, "g", 0)->owned, KT_MAYBE);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_MEMBER, .member = {text("g"), current}});
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_MEMBER, .member = {text("g"), other}});
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_int_equal(group->member_count, 2);
    assert_memory_equal(group->members[fake_cluster_lag_of(snap, "g", "orders", 0)->owner].client_id.bytes, "m-1", 3);
    assert_string_equal(group->type, "consumer");
    kt_snapshot_unref(snap);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_MEMBER_GONE, .member = {text("g"), current}});
    assert_int_equal(lag_of(&cluster, "g", 0)->owned, KT_NO);
    assert_int_equal(lag_of(&cluster, "g", 1)->owned, KT_YES);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_without_members),
        cmocka_unit_test(owners_by_name),
        cmocka_unit_test(an_unreadable_assignment_leaves_owners_unknown),
        cmocka_unit_test(owners_by_topic_id_once_it_is_resolved),
        cmocka_unit_test(subscriptions),
        cmocka_unit_test(an_owner_is_stronger_than_a_subscription_that_lists_no_pattern),
        cmocka_unit_test(an_owned_partition_has_a_row_and_loses_it_with_its_owner),
        cmocka_unit_test(hostile_assignments_are_bounded_by_what_there_is),
        cmocka_unit_test(later_topics_partitions_and_commits_find_their_owner),
        cmocka_unit_test(members_of_records_are_merged_and_go_one_by_one),
    };
    return cmocka_run_group_tests_name("owners", tests, NULL, NULL);
}
