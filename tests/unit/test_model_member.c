/* Members and what follows from them: rebalances, states from records, kinds of groups, one owner a partition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_cluster.h"
#include "identify.h"

static struct kt_text text(const char *string)
{
    return kt_text_of(string, string ? strlen(string) : 0);
}

static const struct kt_group *look(struct fake_cluster *cluster, const struct kt_snapshot **snap, const char *group)
{
    fake_cluster_fresh(cluster);
    *snap = fake_cluster_look(cluster);
    return fake_cluster_group_of(*snap, group);
}

/* ---- records of the newer kinds ---- */

static void tell_epoch(struct fake_cluster *cluster, const char *group, enum kt_group_type type, int64_t epoch,
                       int64_t target)
{
    struct kt_obs obs = {.kind = KT_OBS_GROUP_EPOCH,
                         .group_epoch = {.group = text(group), .epoch = epoch, .type = type, .target_epoch = target}};
    fake_cluster_tell(cluster, obs);
}

static void tell_who(struct fake_cluster *cluster, const char *group, enum kt_group_type type, const char *member,
                     const struct kt_text *topics, size_t count, const char *pattern)
{
    struct kt_obs obs = {.kind = KT_OBS_MEMBER, .member = {.group = text(group), .type = type}};
    obs.member.member = (struct kt_obs_member){.member_id = text(member),
                                               .client_id = text(member),
                                               .host = text("10.0.0.1"),
                                               .subscription_known = type != KT_TYPE_STREAMS,
                                               .subscription = topics,
                                               .subscription_count = count,
                                               .epoch = -1};
    obs.member.pattern = text(pattern);
    fake_cluster_tell(cluster, obs);
}

static void tell_owns(struct fake_cluster *cluster, const char *group, enum kt_group_type type, const char *member,
                      int32_t epoch, enum kt_member_state state, const struct kt_obs_assigned *assigned, size_t count)
{
    struct kt_obs obs = {.kind = KT_OBS_MEMBER, .member = {.group = text(group), .type = type, .state = state}};
    obs.member.member = (struct kt_obs_member){.member_id = text(member),
                                               .assignment_known = true,
                                               .assignment = assigned,
                                               .assignment_count = count,
                                               .epoch = epoch};
    fake_cluster_tell(cluster, obs);
}

static void tell_gone(struct fake_cluster *cluster, const char *group, enum kt_group_type type, const char *member)
{
    struct kt_obs obs = {.kind = KT_OBS_MEMBER_GONE, .member = {.group = text(group), .type = type}};
    obs.member.member.member_id = text(member);
    fake_cluster_tell(cluster, obs);
}

static void tell_topics(struct fake_cluster *cluster, const char *group, const char *key, const char *topic)
{
    struct kt_text topics[] = {text(topic)};
    struct kt_obs obs = {.kind = KT_OBS_GROUP_TOPICS,
                         .group_topics = {.group = text(group), .key = text(key), .whole = true, .topics = topics,
                                          .topic_count = 1}};
    fake_cluster_tell(cluster, obs);
}

/* A listing that names the group, of which it knows the kind at most. */
static void tell_listed(struct fake_cluster *cluster, const char *group, enum kt_group_type type,
                        enum kt_group_state state)
{
    struct kt_obs obs = {.kind = KT_OBS_GROUP, .group = {.group = text(group), .type = type, .state = state,
                                                        .coordinator = 1, .generation = -1}};
    fake_cluster_listing(cluster, true);
    fake_cluster_tell(cluster, obs);
    fake_cluster_listing(cluster, false);
}

static void open_cluster(struct fake_cluster *cluster)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "orders", 2);
    fake_cluster_ends(cluster, "orders", 0, 0, 100);
    fake_cluster_ends(cluster, "orders", 1, 0, 100);
}

static void expect_state(struct fake_cluster *cluster, const char *group, const char *state)
{
    const struct kt_snapshot *snap;
    const struct kt_group *found = look(cluster, &snap, group);
    assert_non_null(found);
    assert_non_null(found->state);
    assert_string_equal(found->state, state);
    kt_snapshot_unref(snap);
}

static void states_follow_from_records_where_no_listing_tells(void **state)
{
    static const enum kt_group_type types[] = {KT_TYPE_CONSUMER, KT_TYPE_STREAMS};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fake_cluster cluster;
        open_cluster(&cluster);
        tell_who(&cluster, "g", types[i], "m", NULL, 0, NULL);
        tell_epoch(&cluster, "g", types[i], 1, 0);
        expect_state(&cluster, "g", "Reconciling"); /* nothing is assigned to it yet */
        tell_epoch(&cluster, "g", types[i], -1, 1);
        tell_owns(&cluster, "g", types[i], "m", 1, KT_MEMBER_SETTLED, NULL, 0);
        expect_state(&cluster, "g", "Stable");
        tell_epoch(&cluster, "g", types[i], 2, 0);
        expect_state(&cluster, "g", "Assigning");
        tell_epoch(&cluster, "g", types[i], -1, 2);
        expect_state(&cluster, "g", "Reconciling"); /* the member stands at 1 */
        tell_owns(&cluster, "g", types[i], "m", 2, KT_MEMBER_RECONCILING, NULL, 0);
        expect_state(&cluster, "g", "Reconciling");
        tell_owns(&cluster, "g", types[i], "m", 2, KT_MEMBER_SETTLED, NULL, 0);
        expect_state(&cluster, "g", "Stable");
        tell_listed(&cluster, "g", types[i], KT_STATE_UNKNOWN);
        expect_state(&cluster, "g", "Stable"); /* a listing that does not know changes nothing */
        tell_gone(&cluster, "g", types[i], "m");
        expect_state(&cluster, "g", "Empty");
        tell_listed(&cluster, "g", types[i], KT_STATE_STABLE);
        expect_state(&cluster, "g", "Stable"); /* and one that knows is believed */
        fake_cluster_close(&cluster);
    }
}

static void a_record_tells_since_when(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    int64_t now = kt_wall(&cluster.clock.clock);
    struct kt_obs obs = {.kind = KT_OBS_GROUP,
                         .group = {.group = text("g"), .type = KT_TYPE_CLASSIC, .state = KT_STATE_EMPTY,
                                   .coordinator = -1, .generation = 4, .members_known = true, .from_record = true,
                                   .since_ms = now - 3600000}};
    fake_cluster_members(&cluster, "g", KT_STATE_EMPTY, NULL, 0);
    fake_cluster_tell(&cluster, obs);
    const struct kt_snapshot *snap;
    const struct kt_group *group = look(&cluster, &snap, "g");
    assert_true(KT_KNOWS(group, KT_GROUP_state_since));
    assert_int_equal(group->state_since, now - 3600000);
    assert_int_equal(group->generation, 4);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void members_stand_behind_the_group_until_they_arrive(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    tell_who(&cluster, "g", KT_TYPE_CONSUMER, "m", NULL, 0, NULL);
    tell_epoch(&cluster, "g", KT_TYPE_CONSUMER, 6, 0);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "m", 6, KT_MEMBER_SETTLED, NULL, 0);
    tell_epoch(&cluster, "g", KT_TYPE_CONSUMER, 7, 0);
    const struct kt_snapshot *snap;
    const struct kt_group *group = look(&cluster, &snap, "g");
    assert_int_equal(group->generation, 7);
    assert_int_equal(group->members[0].epoch, 6);
    assert_string_equal(group->members[0].state, "reconciling");
    kt_snapshot_unref(snap);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "m", 7, KT_MEMBER_SETTLED, NULL, 0);
    group = look(&cluster, &snap, "g");
    assert_string_equal(group->members[0].state, "settled");
    kt_snapshot_unref(snap);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "m", -1, KT_MEMBER_SETTLED, NULL, 0); /* a static one is away */
    group = look(&cluster, &snap, "g");
    assert_false(KT_KNOWS(&group->members[0], KT_MEMBER_epoch));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* ---- kinds ---- */

static void share_groups_have_members_and_no_lag(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_text topics[] = {text("orders")};
    static const int32_t both[] = {0, 1};
    struct kt_obs_assigned assigned = {.has_topic_id = true, .topic_id = {9}, .partitions = both,
                                       .partition_count = 2};
    open_cluster(&cluster);
    struct kt_obs named = {.kind = KT_OBS_TOPIC_ID, .topic_id = {.name = text("orders"), .id = {9}}};
    fake_cluster_tell(&cluster, named);
    tell_who(&cluster, "s", KT_TYPE_SHARE, "m", topics, 1, NULL);
    tell_epoch(&cluster, "s", KT_TYPE_SHARE, 1, 0);
    tell_owns(&cluster, "s", KT_TYPE_SHARE, "m", 1, KT_MEMBER_SETTLED, &assigned, 1);
    tell_listed(&cluster, "s", KT_TYPE_UNKNOWN, KT_STATE_UNKNOWN);
    const struct kt_snapshot *snap;
    const struct kt_group *group = look(&cluster, &snap, "s");
    assert_string_equal(group->type, "share");
    assert_string_equal(group->state, "Stable");
    assert_int_equal(group->status, KT_STATUS_UNKNOWN);
    assert_int_equal(group->lag_count, 0);
    assert_false(KT_KNOWS(group, KT_GROUP_total_lag));
    assert_int_equal(group->member_count, 1);
    assert_int_equal(group->members[0].partitions, 2);
    assert_non_null(strstr(group->why.bytes, "share group"));
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void streams_members_own_what_their_part_reads(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    static const int32_t both[] = {0, 1};
    struct kt_obs_assigned task = {.topic = text("0"), .partitions = both, .partition_count = 2};
    open_cluster(&cluster);
    tell_who(&cluster, "app", KT_TYPE_STREAMS, "m", NULL, 0, NULL);
    tell_epoch(&cluster, "app", KT_TYPE_STREAMS, 1, 0);
    tell_owns(&cluster, "app", KT_TYPE_STREAMS, "m", 1, KT_MEMBER_SETTLED, &task, 1);
    fake_cluster_commit(&cluster, "app", "orders", 0, 90, 0, false);
    const struct kt_snapshot *snap;
    const struct kt_group *group = look(&cluster, &snap, "app");
    assert_string_equal(group->type, "streams");
    assert_int_equal(fake_cluster_lag_of(snap, "app", "orders", 0)->owner, -1); /* what "0" reads is not told */
    kt_snapshot_unref(snap);
    tell_topics(&cluster, "app", "0", "orders");
    group = look(&cluster, &snap, "app");
    assert_int_equal(fake_cluster_lag_of(snap, "app", "orders", 0)->owner, 0);
    assert_int_equal(fake_cluster_lag_of(snap, "app", "orders", 1)->owner, 0);
    assert_int_equal(group->members[0].partitions, 2);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_group_that_changes_its_kind_keeps_no_old_members(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_obs_member old = {.member_id = text("old"), .client_id = text("old"), .host = text("h"), .epoch = -1};
    open_cluster(&cluster);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &old, 1);
    tell_epoch(&cluster, "g", KT_TYPE_CONSUMER, 5, 0);
    tell_who(&cluster, "g", KT_TYPE_CONSUMER, "new", NULL, 0, NULL);
    tell_listed(&cluster, "g", KT_TYPE_CONSUMER, KT_STATE_STABLE);
    const struct kt_snapshot *snap;
    const struct kt_group *group = look(&cluster, &snap, "g");
    assert_int_equal(group->member_count, 1);
    assert_memory_equal(group->members[0].member_id.bytes, "new", 3);
    assert_string_equal(group->type, "consumer");
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_pattern_subscribes_to_what_it_matches(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_topic(&cluster, "clicks", 1);
    fake_cluster_commit(&cluster, "g", "orders", 0, 90, 0, false);
    fake_cluster_commit(&cluster, "g", "clicks", 0, 90, 0, false);
    tell_who(&cluster, "g", KT_TYPE_CONSUMER, "m", NULL, 0, "or.*");
    const struct kt_snapshot *snap;
    const struct kt_group *group = look(&cluster, &snap, "g");
    assert_false(group->members[0].subscription_known);
    kt_snapshot_unref(snap);
    tell_topics(&cluster, "g", "or.*", "orders");
    group = look(&cluster, &snap, "g");
    assert_true(group->members[0].subscription_known);
    assert_int_equal(group->members[0].subscription_count, 1);
    kt_snapshot_unref(snap);
    struct kt_model_group *found = kt_strmap_get(&cluster.model->groups, "g", 1);
    const struct kt_model_group_topic *orders = kt_strmap_get(&found->topics, "orders", 6);
    const struct kt_model_group_topic *clicks = kt_strmap_get(&found->topics, "clicks", 6);
    assert_int_equal(orders->lags[0]->subscribed, KT_YES);
    assert_int_equal(clicks->lags[0]->subscribed, KT_NO);
    fake_cluster_close(&cluster);
}

/* ---- rebalances ---- */

static struct kt_obs_member member_named(const char *id, const char *client)
{
    return (struct kt_obs_member){.member_id = text(id), .client_id = text(client), .host = text("h"), .epoch = -1};
}

static void changes_of_members_are_counted_and_flap(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_obs_member members[] = {member_named("a", "a"), member_named("b", "b")};
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 100, 0, false);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 1);
    const struct kt_snapshot *snap;
    const struct kt_group *group = look(&cluster, &snap, "g");
    assert_int_equal(group->rebalances, 0);
    kt_snapshot_unref(snap);
    for (size_t poll = 0; poll < 10; poll++) { /* every second one has another set */
        fake_clock_pass(&cluster.clock, 2000);
        fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 1 + (poll / 2 + 1) % 2);
        group = look(&cluster, &snap, "g");
        assert_int_equal(group->rebalances, poll / 2 + 1);
        assert_int_equal((group->marks & KT_MARK_FLAP) != 0, group->rebalances >= 5);
        kt_snapshot_unref(snap);
    }
    fake_clock_pass(&cluster.clock, 11 * 60000);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 2);
    group = look(&cluster, &snap, "g");
    assert_int_equal(group->rebalances, 0);
    assert_int_equal(group->marks & KT_MARK_FLAP, 0);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

#define UUID_A "-01234567-0123-0123-0123-0123456789ab"
#define UUID_B "-fedcba98-fedc-fedc-fedc-fedcba987654"

static unsigned rebalances_of(const char *before, const char *after, const char *client)
{
    struct fake_cluster cluster;
    struct kt_obs_member member = member_named(before, client);
    open_cluster(&cluster);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &member, 1);
    member = member_named(after, client);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &member, 1);
    const struct kt_snapshot *snap;
    unsigned count = (unsigned)look(&cluster, &snap, "g")->rebalances;
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
    return count;
}

static void a_static_member_that_comes_back_is_no_change(void **state)
{
    (void)state;
    assert_int_equal(rebalances_of("instance-1" UUID_A, "instance-1" UUID_B, "client"), 0);
    assert_int_equal(rebalances_of("client" UUID_A, "client" UUID_B, "client"), 1); /* not a static one */
    assert_int_equal(rebalances_of("instance-1" UUID_A, "instance-2" UUID_B, "client"), 1);
    assert_int_equal(rebalances_of("short", "other", "client"), 1);
}

/* Where records tell generations, the listing's members do not count again. */
static void generations_count_once(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_obs_member members[] = {member_named("a", "a"), member_named("b", "b")};
    open_cluster(&cluster);
    for (int64_t generation = 3; generation < 9; generation++) {
        size_t count = 1 + (size_t)generation % 2;
        struct kt_obs obs = {.kind = KT_OBS_GROUP,
                             .group = {.group = text("g"), .type = KT_TYPE_CLASSIC, .state = KT_STATE_STABLE,
                                       .coordinator = -1, .generation = generation, .members_known = true,
                                       .from_record = true, .members = members, .member_count = count}};
        fake_cluster_tell(&cluster, obs);
        fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, count);
        const struct kt_snapshot *snap;
        assert_int_equal(look(&cluster, &snap, "g")->rebalances, generation - 3);
        if (generation > 4) {
            const struct kt_event *event = &snap->events[snap->event_count - 1];
            assert_int_equal(event->kind, KT_EVENT_REBALANCE);
            assert_int_equal(event->from.number, generation - 1);
            assert_int_equal(event->to.number, generation);
        }
        kt_snapshot_unref(snap);
    }
    fake_cluster_close(&cluster);
}

static void records_tell_instance_ids_that_listings_lack(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_obs_member told = member_named("a", "a"), listed = member_named("a", "a");
    told.instance_id = text("instance-1");
    open_cluster(&cluster);
    fake_cluster_members(&cluster, "g", KT_STATE_EMPTY, NULL, 0);
    struct kt_obs obs = {.kind = KT_OBS_GROUP,
                         .group = {.group = text("g"), .type = KT_TYPE_CLASSIC, .state = KT_STATE_STABLE,
                                   .coordinator = -1, .generation = 1, .members_known = true, .from_record = true,
                                   .members = &told, .member_count = 1}};
    fake_cluster_tell(&cluster, obs); /* before the listing knows the member */
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &listed, 1);
    const struct kt_snapshot *snap;
    const struct kt_group *group = look(&cluster, &snap, "g");
    assert_memory_equal(group->members[0].instance_id.bytes, "instance-1", 10);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
    open_cluster(&cluster);
    fake_cluster_tell(&cluster, obs); /* before any listing */
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, &listed, 1);
    group = look(&cluster, &snap, "g");
    assert_memory_equal(group->members[0].instance_id.bytes, "instance-1", 10);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void two_who_claim_a_partition_own_nothing(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    static const int32_t first[] = {0}, both[] = {0, 1};
    struct kt_obs_assigned one = {.topic = text("orders"), .partitions = first, .partition_count = 1},
                           two = {.topic = text("orders"), .partitions = both, .partition_count = 2};
    struct kt_obs_member members[] = {member_named("a", "a"), member_named("b", "b")};
    members[0].assignment_known = members[1].assignment_known = true;
    members[0].assignment = &one;
    members[1].assignment = &two;
    members[0].assignment_count = members[1].assignment_count = 1;
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 100, 0, false);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 2);
    const struct kt_snapshot *snap;
    (void)look(&cluster, &snap, "g");
    const struct kt_lag *lag = fake_cluster_lag_of(snap, "g", "orders", 0);
    assert_int_equal(lag->owner, -1);
    assert_true(kt_lag_marks(lag) & KT_MARK_REBALANCING);
    lag = fake_cluster_lag_of(snap, "g", "orders", 1);
    assert_int_equal(lag->owner, 1);
    assert_false(kt_lag_marks(lag) & KT_MARK_REBALANCING);
    kt_snapshot_unref(snap);
    fake_cluster_members(&cluster, "g", KT_STATE_STABLE, members, 1);
    (void)look(&cluster, &snap, "g");
    assert_int_equal(fake_cluster_lag_of(snap, "g", "orders", 0)->owner, 0);
    assert_false(kt_lag_marks(fake_cluster_lag_of(snap, "g", "orders", 0)) & KT_MARK_REBALANCING);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* ---- topic ids ---- */

static void tell_hash(struct fake_cluster *cluster, const char *group, int64_t epoch, const uint64_t *topics,
                      size_t count)
{
    struct kt_obs obs = {.kind = KT_OBS_GROUP_EPOCH,
                         .group_epoch = {.group = text(group), .epoch = epoch, .type = KT_TYPE_CONSUMER,
                                         .hash_known = true,
                                         .hash = (int64_t)kt_identify_group_hash(topics, count)}};
    fake_cluster_tell(cluster, obs);
}

static int32_t owner_of(struct fake_cluster *cluster, const char *group, const char *topic)
{
    const struct kt_snapshot *snap;
    (void)look(cluster, &snap, group);
    const struct kt_lag *lag = fake_cluster_lag_of(snap, group, topic, 0);
    int32_t owner = lag ? lag->owner : -2;
    kt_snapshot_unref(snap);
    return owner;
}

/* Two topics that look alike, which only the hash tells apart. */
static void a_hash_proves_who_owns_what(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_text topics[] = {text("orders"), text("clicks")};
    static const int32_t both[] = {0, 1};
    struct kt_obs_assigned first = {.has_topic_id = true, .topic_id = {7}, .partitions = both, .partition_count = 2},
                           second = {.has_topic_id = true, .topic_id = {8}, .partitions = both, .partition_count = 2};
    open_cluster(&cluster);
    fake_cluster_topic(&cluster, "clicks", 2);
    fake_cluster_commit(&cluster, "g", "orders", 0, 90, 0, false);
    fake_cluster_commit(&cluster, "g", "clicks", 0, 90, 0, false);
    tell_who(&cluster, "g", KT_TYPE_CONSUMER, "a", topics, 2, NULL);
    tell_who(&cluster, "g", KT_TYPE_CONSUMER, "b", topics, 2, NULL);
    tell_epoch(&cluster, "g", KT_TYPE_CONSUMER, 1, 0);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "a", 1, KT_MEMBER_SETTLED, &first, 1);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "b", 1, KT_MEMBER_SETTLED, &second, 1);
    assert_int_equal(owner_of(&cluster, "g", "orders"), -1); /* either may be it */
    uint64_t hashes[] = {kt_identify_topic_hash(second.topic_id, topics[1], 2) ^ 1,
                         kt_identify_topic_hash(first.topic_id, topics[0], 2)};
    tell_hash(&cluster, "g", 1, hashes, 2);
    assert_int_equal(owner_of(&cluster, "g", "orders"), -1); /* racks, or what not: nothing comes out */
    hashes[0] ^= 1;
    tell_hash(&cluster, "g", 1, hashes, 2);
    assert_int_equal(owner_of(&cluster, "g", "orders"), 0);
    assert_int_equal(owner_of(&cluster, "g", "clicks"), 1);
    /* An id that was proven stays what it is. */
    tell_hash(&cluster, "g", 2, hashes, 0);
    assert_int_equal(owner_of(&cluster, "g", "orders"), 0);
    fake_cluster_close(&cluster);
}

/* A topic was made anew, and a member that has not heard of it still owns partitions of the old one by its id. */
static void an_id_too_many_stays_open(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_text topics[] = {text("orders")};
    static const int32_t partition[] = {0}, other[] = {1};
    struct kt_obs_assigned old = {.has_topic_id = true, .topic_id = {7}, .partitions = other, .partition_count = 1},
                           new = {.has_topic_id = true, .topic_id = {8}, .partitions = partition, .partition_count = 1};
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 90, 0, false);
    tell_who(&cluster, "g", KT_TYPE_CONSUMER, "a", topics, 1, NULL);
    tell_who(&cluster, "g", KT_TYPE_CONSUMER, "b", topics, 1, NULL);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "a", 1, KT_MEMBER_RECONCILING, &old, 1);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "b", 2, KT_MEMBER_SETTLED, &new, 1);
    uint64_t hash = kt_identify_topic_hash(new.topic_id, topics[0], 2);
    tell_hash(&cluster, "g", 2, &hash, 1);
    assert_int_equal(owner_of(&cluster, "g", "orders"), 1);
    fake_cluster_close(&cluster);
}

static void tell_topics_listed(struct fake_cluster *cluster)
{
    fake_clock_pass(&cluster->clock, 10000);
    fake_cluster_topic(cluster, "orders", 2);
    struct kt_obs obs = {.kind = KT_OBS_LIST_END, .list = {.what = KT_LIST_TOPICS}};
    obs.list.complete = true;
    struct kt_obs begin = {.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_TOPICS}};
    fake_cluster_tell(cluster, begin);
    fake_cluster_topic(cluster, "orders", 2);
    fake_cluster_tell(cluster, obs);
    fake_cluster_ends(cluster, "orders", 0, 0, 100);
}

/* Without a hash: of members at the group's epoch only, for others may own what they subscribed to before. */
static void one_topic_of_a_settled_group_is_inferred(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    struct kt_text topics[] = {text("orders")};
    static const int32_t both[] = {0, 1};
    struct kt_obs_assigned first = {.has_topic_id = true, .topic_id = {7}, .partitions = both, .partition_count = 2};
    open_cluster(&cluster);
    fake_cluster_commit(&cluster, "g", "orders", 0, 90, 0, false);
    tell_who(&cluster, "g", KT_TYPE_CONSUMER, "a", topics, 1, NULL);
    tell_epoch(&cluster, "g", KT_TYPE_CONSUMER, 2, 0);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "a", 1, KT_MEMBER_SETTLED, &first, 1);
    tell_topics_listed(&cluster);
    assert_int_equal(owner_of(&cluster, "g", "orders"), -1);
    tell_owns(&cluster, "g", KT_TYPE_CONSUMER, "a", 2, KT_MEMBER_SETTLED, &first, 1);
    assert_int_equal(owner_of(&cluster, "g", "orders"), -1); /* the topics are older than that */
    tell_topics_listed(&cluster);
    assert_int_equal(owner_of(&cluster, "g", "orders"), 0);
    tell_epoch(&cluster, "g", KT_TYPE_CONSUMER, 3, 0); /* and is forgotten as soon as it is not certain */
    assert_int_equal(owner_of(&cluster, "g", "orders"), -1);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_follow_from_records_where_no_listing_tells),
        cmocka_unit_test(a_record_tells_since_when),
        cmocka_unit_test(members_stand_behind_the_group_until_they_arrive),
        cmocka_unit_test(share_groups_have_members_and_no_lag),
        cmocka_unit_test(streams_members_own_what_their_part_reads),
        cmocka_unit_test(a_group_that_changes_its_kind_keeps_no_old_members),
        cmocka_unit_test(a_pattern_subscribes_to_what_it_matches),
        cmocka_unit_test(changes_of_members_are_counted_and_flap),
        cmocka_unit_test(a_static_member_that_comes_back_is_no_change),
        cmocka_unit_test(generations_count_once),
        cmocka_unit_test(records_tell_instance_ids_that_listings_lack),
        cmocka_unit_test(two_who_claim_a_partition_own_nothing),
        cmocka_unit_test(a_hash_proves_who_owns_what),
        cmocka_unit_test(an_id_too_many_stays_open),
        cmocka_unit_test(one_topic_of_a_settled_group_is_inferred),
    };
    return cmocka_run_group_tests_name("model_member", tests, NULL, NULL);
}
