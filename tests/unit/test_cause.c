/*
 * cause: on clusters by chance. What is put in is found and named; where bad partitions are strewn by chance a cause is
 * named rarely; and cases that a person would settle at a glance.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "cause.h"
#include "fake_snapshot.h"

static uint64_t seed;

static unsigned dice(unsigned sides)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % sides;
}

/* ---- clusters by chance ---- */

struct world {
    unsigned brokers, racks, topics, partitions[20], groups, hosts;
};

static struct kt_text named(struct kt_arena *arena, const char *what, unsigned number)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%s-%03u", what, number);
    return kt_text_of(kt_arena_text(arena, text, (size_t)length), (size_t)length);
}

static void add_brokers(struct kt_snapshot *snap, const struct world *world)
{
    snap->brokers = kt_arena_take(snap->arena, world->brokers, sizeof *snap->brokers);
    snap->broker_count = world->brokers;
    for (unsigned i = 0; i < world->brokers; i++) {
        KT_SET(&snap->brokers[i], BROKER, id, (int64_t)i + 1);
        snap->brokers[i].rack = named(snap->arena, "rack", i % world->racks);
    }
}

static void add_topic(struct kt_snapshot *snap, const struct world *world, unsigned number)
{
    struct kt_arena *arena;
    struct kt_topic *topic = kt_topic_new(&arena);
    unsigned first = dice(world->brokers);
    topic->name = named(arena, "topic", number);
    topic->partitions_length = world->partitions[number];
    topic->partitions = kt_arena_take(arena, topic->partitions_length, sizeof *topic->partitions);
    for (unsigned i = 0; i < topic->partitions_length; i++) {
        KT_SET(&topic->partitions[i], PARTITION, partition, (int64_t)i);
        KT_SET(&topic->partitions[i], PARTITION, leader, (int64_t)((first + i) % world->brokers) + 1);
    }
    kt_snapshot_take_topic(snap, topic);
}

static void add_members(struct kt_arena *arena, const struct world *world, struct kt_group *group, unsigned count)
{
    group->members_known = true;
    group->member_count = count;
    group->members = kt_arena_take(arena, count, sizeof *group->members);
    for (unsigned i = 0; i < count; i++) {
        group->members[i].member_id = named(arena, "member", i);
        group->members[i].client_id = named(arena, "client", i);
        group->members[i].host = named(arena, "host", dice(world->hosts));
    }
}

static void add_group(struct kt_snapshot *snap, const struct world *world, unsigned number)
{
    struct kt_arena *arena;
    struct kt_group *group = kt_group_new(&arena);
    unsigned first = dice(world->topics), topics = 1 + dice(3), rows = 0;
    group->name = named(arena, "group", number);
    KT_SET(group, GROUP, coordinator, (int64_t)dice(world->brokers) + 1);
    add_members(arena, world, group, 1 + dice(6));
    topics = first + topics > world->topics ? world->topics - first : topics;
    for (unsigned t = 0; t < topics; t++)
        rows += world->partitions[first + t];
    group->lag_count = rows;
    group->lags = kt_arena_take(arena, rows, sizeof *group->lags);
    bool in_turns = dice(2) == 0;
    struct kt_lag_packer packer = {.arena = arena};
    unsigned at = 0;
    for (unsigned t = 0; t < topics; t++) {
        struct kt_text topic = named(arena, "topic", first + t);
        for (unsigned i = 0; i < world->partitions[first + t]; i++, at++) {
            unsigned members = (unsigned)group->member_count;
            struct kt_lag_facts row = {.topic = topic, .status = KT_STATUS_OK};
            KT_SET(&row, LAG, partition, (int64_t)i);
            row.owner = (int32_t)(in_turns ? at % members : at * members / rows);
            kt_lag_pack(&packer, &row, &group->lags[at]);
        }
    }
    kt_snapshot_take_group(snap, group);
}

static struct kt_snapshot *a_cluster(uint64_t number)
{
    seed = number * 7919 + 17;
    struct world world = {
        .brokers = 3 + dice(7), .topics = 4 + dice(17), .groups = 6 + dice(35), .hosts = 3 + dice(10)};
    world.racks = 1 + dice(3);
    for (unsigned i = 0; i < world.topics; i++)
        world.partitions[i] = 1 + dice(16);
    struct kt_snapshot *snap = fake_snapshot_new();
    add_brokers(snap, &world);
    for (unsigned i = 0; i < world.topics; i++)
        add_topic(snap, &world, i);
    for (unsigned i = 0; i < world.groups; i++)
        add_group(snap, &world, i);
    kt_snapshot_sort(snap);
    return snap;
}

static struct kt_group *group_at(struct kt_snapshot *snap, size_t i)
{
    return (struct kt_group *)(uintptr_t)snap->groups[i];
}

static void make_bad(struct kt_group *group, size_t row)
{
    fake_snapshot_judge(group, row, KT_STATUS_STALL);
}

/* ---- what chance does ---- */

static void strew_rows(struct kt_snapshot *snap)
{
    for (unsigned i = 3 + dice(15); i > 0; i--) {
        struct kt_group *group = group_at(snap, dice((unsigned)snap->group_count));
        make_bad(group, dice((unsigned)group->lag_count));
    }
}

static void strew_groups(struct kt_snapshot *snap, bool dead)
{
    for (unsigned i = 1 + dice(5); i > 0; i--) {
        struct kt_group *group = group_at(snap, dice((unsigned)snap->group_count));
        for (size_t k = 0; k < group->lag_count; k++)
            make_bad(group, k);
        group->member_count = dead ? 0 : group->member_count;
    }
}

static void strew_within_one(struct kt_snapshot *snap)
{
    struct kt_group *group = group_at(snap, dice((unsigned)snap->group_count));
    for (unsigned i = 3 + dice(5); i > 0; i--)
        make_bad(group, dice((unsigned)group->lag_count));
}

/* Of how many in a thousand clusters a cause is told, although there is none. */
static unsigned false_ones(unsigned how)
{
    unsigned named_ones = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        struct kt_snapshot *snap = a_cluster(i);
        if (how == 0)
            strew_rows(snap);
        else if (how == 1)
            strew_within_one(snap);
        else
            strew_groups(snap, how == 2);
        kt_cause_find(snap, NULL);
        named_ones += snap->cause_count > 0;
        kt_snapshot_unref(kt_snapshot_seal(snap));
    }
    return named_ones;
}

static void chance_is_rarely_taken_for_a_cause(void **state)
{
    (void)state;
    static const char *const hows[] = {"partitions anywhere", "partitions of one group", "dead groups", "whole groups"};
    for (unsigned how = 0; how < 4; how++) {
        unsigned named_ones = false_ones(how);
        print_message("%s: %u of 1000 clusters\n", hows[how], named_ones);
        assert_true(named_ones <= 40);
    }
}

/* ---- what is put in ---- */

static bool has_it(const struct kt_snapshot *snap, const struct kt_group *group, const struct kt_lag *row,
                   const struct kt_cause *what)
{
    const struct kt_topic *topic = kt_snapshot_topic(snap, kt_lag_topic(row).bytes, kt_lag_topic(row).length);
    const struct kt_partition *partition = kt_topic_partition(topic, kt_lag_partition(row));
    const struct kt_member *member = group->member_count > 0 ? &group->members[row->owner] : NULL;
    switch (what->kind) {
    case KT_CAUSE_PARTITION:
        return kt_text_compare(kt_lag_topic(row), what->value) == 0 && kt_lag_partition(row) == what->number;
    case KT_CAUSE_TOPIC:
        return kt_text_compare(kt_lag_topic(row), what->value) == 0;
    case KT_CAUSE_MEMBER:
        return kt_text_compare(group->name, what->group) == 0 && kt_text_compare(member->client_id, what->value) == 0;
    case KT_CAUSE_HOST:
        return member && kt_text_compare(member->host, what->value) == 0;
    case KT_CAUSE_LEADER:
        return partition->leader == what->number;
    case KT_CAUSE_RACK:
        return kt_text_compare(snap->brokers[partition->leader - 1].rack, what->value) == 0;
    default:
        return group->coordinator == what->number;
    }
}

/* The rows that a cause has a part in: how many, in how many groups, of all. */
static void measure(const struct kt_snapshot *snap, const struct kt_cause *what, unsigned *rows, unsigned *groups,
                    unsigned *all)
{
    *rows = *groups = *all = 0;
    for (size_t i = 0; i < snap->group_count; i++) {
        unsigned mine = 0;
        for (size_t k = 0; k < snap->groups[i]->lag_count; k++)
            mine += has_it(snap, snap->groups[i], &snap->groups[i]->lags[k], what);
        *rows += mine;
        *groups += mine > 0;
        *all += (unsigned)snap->groups[i]->lag_count;
    }
}

static struct kt_cause any_value(struct kt_snapshot *snap, enum kt_cause_kind kind)
{
    struct kt_cause what = {.kind = kind, .number = -1};
    const struct kt_group *group = snap->groups[dice((unsigned)snap->group_count)];
    const struct kt_lag *row = &group->lags[dice((unsigned)group->lag_count)];
    const struct kt_broker *broker = &snap->brokers[dice((unsigned)snap->broker_count)];
    what.number = kind == KT_CAUSE_PARTITION ? kt_lag_partition(row) : broker->id;
    what.value = kind == KT_CAUSE_PARTITION || kind == KT_CAUSE_TOPIC ? kt_lag_topic(row)
                 : kind == KT_CAUSE_MEMBER                            ? group->members[row->owner].client_id
                 : kind == KT_CAUSE_HOST                              ? group->members[row->owner].host
                                                                      : broker->rack;
    if (kind == KT_CAUSE_MEMBER)
        what.group = group->name;
    return what;
}

/* Whether a cause is told that holds just the same rows, by this word or a narrower one. */
static bool is_named(const struct kt_snapshot *snap, const struct kt_cause *what)
{
    for (size_t c = 0; c < snap->cause_count; c++) {
        bool same = true;
        for (size_t i = 0; i < snap->group_count && same; i++)
            for (size_t k = 0; k < snap->groups[i]->lag_count && same; k++) {
                const struct kt_lag *row = &snap->groups[i]->lags[k];
                bool told = (!snap->causes[c].group.bytes ||
                             kt_text_compare(snap->causes[c].group, snap->groups[i]->name) == 0) &&
                            has_it(snap, snap->groups[i], row, &snap->causes[c]);
                same = told == has_it(snap, snap->groups[i], row, what);
            }
        if (same)
            return true;
    }
    return false;
}

static void put_in(struct kt_snapshot *snap, const struct kt_cause *what)
{
    for (size_t i = 0; i < snap->group_count; i++)
        for (size_t k = 0; k < snap->groups[i]->lag_count; k++)
            if (has_it(snap, snap->groups[i], &snap->groups[i]->lags[k], what))
                make_bad(group_at(snap, i), k);
    struct kt_group *other = group_at(snap, dice((unsigned)snap->group_count));
    make_bad(other, dice((unsigned)other->lag_count));
}

static void what_is_put_in_is_found(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
        unsigned tried = 0, found = 0;
        for (uint64_t i = 0; i < 600; i++) {
            struct kt_snapshot *snap = a_cluster(i);
            struct kt_cause what = any_value(snap, (enum kt_cause_kind)kind);
            unsigned rows, groups, all;
            measure(snap, &what, &rows, &groups, &all);
            bool wide_enough = kind == KT_CAUSE_MEMBER ? rows > 4 : rows > 7 && groups > 4;
            /* What has a third of all explains little, and one that has a whole group is that group. */
            bool narrow_enough = kind == KT_CAUSE_MEMBER ? true : rows * 3 < all && groups * 3 < snap->group_count * 2;
            if (kind == KT_CAUSE_LEADER || kind == KT_CAUSE_HOST || kind == KT_CAUSE_RACK)
                narrow_enough = rows * 3 < all;
            if (wide_enough && narrow_enough) {
                const struct kt_group *own = what.group.bytes
                                                 ? kt_snapshot_group(snap, what.group.bytes, what.group.length)
                                                 : NULL;
                if (!own || rows * 3 <= own->lag_count) {
                    put_in(snap, &what);
                    kt_cause_find(snap, NULL);
                    tried++;
                    found += is_named(snap, &what);
                }
            }
            kt_snapshot_unref(kt_snapshot_seal(snap));
        }
        print_message("%s: %u of %u\n", kt_cause_kind_name((enum kt_cause_kind)kind), found, tried);
        assert_true(tried >= 20);
        assert_true(found * 100 >= tried * 88);
    }
}

/* ---- at a glance ---- */

static struct kt_group *stalled(struct kt_snapshot *snap, const char *name, const char *topic, unsigned partitions,
                                unsigned members)
{
    fake_snapshot_group(snap, &(struct fake_group){.name = name, .worst = KT_STATUS_OK, .partitions = partitions,
                                                   .members = members, .topic = topic});
    return group_at(snap, snap->group_count - 1);
}

static struct kt_snapshot *an_open_snapshot(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_brokers(snap, 3);
    fake_snapshot_topic(snap, "orders", 12);
    fake_snapshot_topic(snap, "payments", 12);
    return snap;
}

static void says(const struct kt_snapshot *snap, size_t i, const char *text)
{
    if (i >= snap->cause_count)
        fail_msg("no cause where this one was expected: %s", text);
    assert_string_equal(snap->causes[i].text.bytes, text);
}

/* Four members take turns, three brokers too: the slow one is told from the leaders. */
static void a_slow_member_is_named_with_its_host(void **state)
{
    (void)state;
    struct kt_snapshot *snap = an_open_snapshot();
    struct kt_group *group = stalled(snap, "g", "orders", 12, 4);
    stalled(snap, "well", "orders", 12, 4);
    for (size_t i = 1; i < 12; i += 4)
        make_bad(group, i);
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    assert_int_equal(sealed->cause_count, 1);
    says(sealed, 0, "all 3 STALL partitions of g belong to client client-1 on 10.0.0.2 (which owns 25 %)");
    assert_int_equal(sealed->causes[0].bad, 3);
    assert_int_equal(sealed->causes[0].all_total, 12);
    kt_snapshot_unref(sealed);
}

/* Three members and three brokers in step: nothing tells whether it is the member or the leader. So both are told. */
static void what_cannot_be_told_apart_is_told_twice(void **state)
{
    (void)state;
    struct kt_snapshot *snap = an_open_snapshot();
    struct kt_group *group = stalled(snap, "g", "orders", 12, 3);
    for (size_t i = 1; i < 12; i += 3)
        make_bad(group, i);
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    assert_int_equal(sealed->cause_count, 2);
    assert_int_equal(sealed->causes[0].kind, KT_CAUSE_MEMBER);
    assert_int_equal(sealed->causes[1].kind, KT_CAUSE_LEADER);
    kt_snapshot_unref(sealed);
}

static void all_bad_groups_read_one_topic(void **state)
{
    (void)state;
    struct kt_snapshot *snap = an_open_snapshot();
    for (unsigned i = 0; i < 16; i++) {
        char name[16];
        snprintf(name, sizeof name, "g%02u", i);
        struct kt_group *group = stalled(snap, name, i % 4 ? "payments" : "orders", 6, 0);
        for (size_t k = 0; i % 4 == 0 && k < group->lag_count; k++)
            fake_snapshot_judge(group, k, i ? KT_STATUS_STOP : KT_STATUS_STALL);
    }
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    assert_int_equal(sealed->cause_count, 1);
    says(sealed, 0, "all 4 bad groups read topic orders (as do 4 of all 16)");
    kt_snapshot_unref(sealed);
}

/* Who leads a third of all and holds a third of the bad ones explains nothing, nor does the only topic there is. */
static void what_has_its_share_explains_nothing(void **state)
{
    (void)state;
    struct kt_snapshot *snap = an_open_snapshot();
    for (unsigned i = 0; i < 8; i++) {
        char name[16];
        snprintf(name, sizeof name, "g%02u", i);
        struct kt_group *group = stalled(snap, name, "orders", 12, 0);
        for (size_t k = 0; i < 4 && k < group->lag_count; k++)
            make_bad(group, k);
    }
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    assert_int_equal(sealed->cause_count, 0);
    kt_snapshot_unref(sealed);
}

/* ABANDONED groups are counted apart everywhere, and two bad partitions are no pattern. */
static void little_and_old_trouble_has_no_cause(void **state)
{
    (void)state;
    struct kt_snapshot *snap = an_open_snapshot();
    struct kt_group *group = stalled(snap, "g", "orders", 12, 4);
    make_bad(group, 1);
    make_bad(group, 5);
    group = stalled(snap, "old", "orders", 12, 4);
    group->marks = KT_MARK_ABANDONED;
    for (size_t i = 1; i < 12; i += 4)
        make_bad(group, i);
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    assert_int_equal(sealed->cause_count, 0);
    kt_snapshot_unref(sealed);
}

/* Trouble that warns is looked at apart, and told behind what is worse. */
static void warnings_have_causes_of_their_own(void **state)
{
    (void)state;
    struct kt_snapshot *snap = an_open_snapshot();
    struct kt_group *group = stalled(snap, "g", "orders", 12, 4);
    for (size_t i = 1; i < 12; i += 4)
        fake_snapshot_judge(group, i, KT_STATUS_WARN);
    for (size_t i = 0; i < 12; i += 4)
        fake_snapshot_judge(group, i, i ? KT_STATUS_OK : KT_STATUS_REWIND);
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    says(sealed, 0, "all 3 WARN partitions of g belong to client client-1 on 10.0.0.2 (which owns 27 %)");
    kt_snapshot_unref(sealed);
}

/* Three of six bad ones, where a quarter is its share: too little to be told anew, enough to go on being told. */
static void what_was_told_stays_a_little_longer(void **state)
{
    (void)state;
    struct kt_cause_memory memory = {.count = 0};
    for (unsigned look = 0; look < 3; look++) {
        struct kt_snapshot *snap = an_open_snapshot();
        struct kt_group *group = stalled(snap, "g", "orders", 12, 4);
        for (size_t i = 1; i < 12; i += 4)
            make_bad(group, i);
        for (size_t i = 0; i < 3 && look > 0; i++)
            make_bad(group, 2 + i);
        if (look == 2)
            memory = (struct kt_cause_memory){.count = 0};
        kt_snapshot_sort(snap);
        kt_cause_find(snap, &memory);
        assert_int_equal(snap->cause_count, look < 2);
        assert_int_equal(memory.count, look < 2);
        kt_snapshot_unref(kt_snapshot_seal(snap));
    }
}

static void a_sentence_is_cut_where_its_room_ends(void **state)
{
    (void)state;
    struct kt_cause cause = {.kind = KT_CAUSE_LEADER, .number = 2, .status = KT_STATUS_ERR, .bad = 11, .bad_total = 13,
                             .all = 34, .all_total = 100, .with_members = true, .rest = true};
    char out[128], whole[128];
    size_t length = kt_cause_say(&cause, whole, sizeof whole);
    assert_string_equal(whole, "11 of the other 13 bad partitions of groups with members are led by broker 2 "
                               "(which leads 34 %)");
    for (size_t room = 0; room <= length; room++) {
        memset(out, 'x', sizeof out);
        assert_int_equal(kt_cause_say(&cause, out, room), room > 0 ? room - 1 : 0);
        assert_true(room == 0 || (memcmp(out, whole, room - 1) == 0 && out[room - 1] == '\0'));
        assert_int_equal(out[room], 'x');
    }
    for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++)
        assert_non_null(kt_cause_kind_name((enum kt_cause_kind)kind));
    assert_null(kt_cause_kind_name(KT_CAUSE_KIND_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chance_is_rarely_taken_for_a_cause),
        cmocka_unit_test(what_is_put_in_is_found),
        cmocka_unit_test(a_slow_member_is_named_with_its_host),
        cmocka_unit_test(what_cannot_be_told_apart_is_told_twice),
        cmocka_unit_test(all_bad_groups_read_one_topic),
        cmocka_unit_test(what_has_its_share_explains_nothing),
        cmocka_unit_test(little_and_old_trouble_has_no_cause),
        cmocka_unit_test(warnings_have_causes_of_their_own),
        cmocka_unit_test(what_was_told_stays_a_little_longer),
        cmocka_unit_test(a_sentence_is_cut_where_its_room_ends),
    };
    return cmocka_run_group_tests_name("cause", tests, NULL, NULL);
}
