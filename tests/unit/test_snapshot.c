/* The snapshot as a value: shared blocks, order, lookups, and tables that say what the structs hold. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "fake_snapshot.h"

static struct kt_group *group_named(const char *name)
{
    struct kt_arena *arena;
    struct kt_group *group = kt_group_new(&arena);
    group->name = kt_text_of(kt_arena_text(arena, name, strlen(name)), strlen(name));
    return group;
}

static void names_are_ordered_by_their_bytes(void **state)
{
    (void)state;
    assert_true(kt_text_compare(fake_text("a"), fake_text("b")) < 0);
    assert_true(kt_text_compare(fake_text("a"), fake_text("aa")) < 0);
    assert_true(kt_text_compare(fake_text("\xff"), fake_text("a")) > 0);
    assert_true(kt_text_compare(fake_text("B"), fake_text("a")) < 0);
    assert_true(kt_text_compare(kt_text_of("a\0b", 3), kt_text_of("a\0a", 3)) > 0);
    assert_int_equal(kt_text_compare(kt_text_of(NULL, 0), fake_text("")), 0);
}

static void sealing_sorts_and_lookups_find(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    for (size_t i = 1; i < snap->group_count; i++) {
        assert_true(kt_text_compare(snap->groups[i - 1]->name, snap->groups[i]->name) < 0);
    }
    for (size_t i = 1; i < snap->problem_count; i++) {
        assert_true(kt_text_compare(snap->problems[i - 1].name, snap->problems[i].name) <= 0);
    }
    assert_null(snap->arena);
    const struct kt_group *group = kt_snapshot_group(snap, "stall", 5);
    assert_non_null(group);
    assert_ptr_equal(kt_group_lag(group, "orders", 6, 3), &group->lags[3]);
    assert_null(kt_group_lag(group, "orders", 6, 4));
    assert_null(kt_group_lag(group, "order", 5, 0));
    assert_null(kt_snapshot_group(snap, "stal", 4));
    assert_null(kt_snapshot_group(snap, "zzz", 3));
    const struct kt_topic *topic = kt_snapshot_topic(snap, "orders", 6);
    assert_non_null(topic);
    assert_ptr_equal(kt_topic_partition(topic, 11), &topic->partitions[11]);
    assert_null(kt_topic_partition(topic, 12));
    assert_null(kt_topic_partition(topic, -1));
    assert_null(kt_snapshot_topic(snap, "", 0));
    assert_int_equal(kt_snapshot_broker(snap, 3)->id, 3);
    assert_null(kt_snapshot_broker(snap, 4));
    kt_snapshot_unref(snap);
}

static void a_name_with_a_nul_is_found_whole(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_hostile();
    for (size_t i = 0; i < fake_hostile_count; i++) {
        const struct kt_group *found =
            kt_snapshot_group(snap, fake_hostile_names[i].bytes, fake_hostile_names[i].length);
        assert_non_null(found);
        assert_int_equal(found->name.length, fake_hostile_names[i].length);
    }
    assert_null(kt_snapshot_group(snap, "nul", 3));
    kt_snapshot_unref(snap);
}

static void a_block_outlives_one_of_two_snapshots(void **state)
{
    (void)state;
    struct kt_group *shared = group_named("shared");
    struct kt_snapshot *first = kt_snapshot_new(), *second = kt_snapshot_new();
    kt_snapshot_take_group(first, shared);
    kt_snapshot_take_group(second, kt_group_ref(shared));
    const struct kt_snapshot *old = kt_snapshot_seal(first), *new = kt_snapshot_seal(second);
    kt_snapshot_unref(old);
    assert_ptr_equal(kt_snapshot_group(new, "shared", 6), shared);
    assert_memory_equal(new->groups[0]->name.bytes, "shared", 7);
    assert_true(kt_group_bytes(shared) >= sizeof *shared);
    kt_snapshot_unref(new);
}

static void what_two_snapshots_share_weighs_once(void **state)
{
    (void)state;
    struct kt_snapshot *first = kt_snapshot_new(), *second = kt_snapshot_new();
    struct kt_arena *arena;
    struct kt_topic *topic = kt_topic_new(&arena);
    struct kt_group *shared = group_named("shared");
    topic->name = kt_text_of(kt_arena_text(arena, "orders", 6), 6);
    kt_arena_take(arena, 1, 50000);
    kt_snapshot_take_group(first, shared);
    kt_snapshot_take_topic(first, topic);
    kt_snapshot_take_group(first, group_named("first alone"));
    kt_snapshot_take_group(second, kt_group_ref(shared));
    kt_snapshot_take_topic(second, kt_topic_ref(topic));
    const struct kt_snapshot *old = kt_snapshot_seal(first), *new = kt_snapshot_seal(second);
    size_t whole = kt_snapshot_bytes(old, NULL);
    assert_true(whole > 50000 + 2 * sizeof *shared);
    size_t saved = whole - kt_snapshot_bytes(old, new);
    assert_true(saved >= 50000 + kt_group_bytes(shared));
    assert_true(saved < whole - sizeof *shared);
    kt_snapshot_unref(new);
    assert_int_equal(kt_snapshot_bytes(old, NULL), whole);
    kt_snapshot_unref(old);
}

static void a_snapshot_grows_beyond_what_was_reserved(void **state)
{
    (void)state;
    struct kt_snapshot *snap = kt_snapshot_new();
    kt_snapshot_reserve(snap, 2, 0);
    for (int i = 99; i >= 0; i--) {
        char name[16];
        snprintf(name, sizeof name, "g%02d", i);
        kt_snapshot_take_group(snap, group_named(name));
    }
    const struct kt_snapshot *sealed = kt_snapshot_seal(snap);
    assert_int_equal(sealed->group_count, 100);
    assert_memory_equal(sealed->groups[0]->name.bytes, "g00", 4);
    assert_memory_equal(sealed->groups[99]->name.bytes, "g99", 4);
    kt_snapshot_unref(sealed);
}

static void nothing_is_known_of_a_new_block(void **state)
{
    (void)state;
    struct kt_group *group = group_named("g");
    for (unsigned i = 0; i < KT_GROUP_FIELD_COUNT; i++) {
        assert_false(KT_KNOWS(group, i));
    }
    KT_SET(group, GROUP, total_lag, 0);
    assert_true(KT_KNOWS(group, KT_GROUP_total_lag));
    assert_false(KT_KNOWS(group, KT_GROUP_max_lag));
    kt_group_unref(group);
}

struct table {
    const struct kt_field *rows;
    size_t count, size;
};

static void the_tables_say_where_the_facts_are(void **state)
{
    (void)state;
    const struct table tables[] = {
        {kt_group_fields, KT_GROUP_FIELD_COUNT, sizeof(struct kt_group)},
        {kt_member_fields, KT_MEMBER_FIELD_COUNT, sizeof(struct kt_member)},
        {kt_lag_fields, KT_LAG_FIELD_COUNT, sizeof(struct kt_lag_facts)},
        {kt_topic_fields, KT_TOPIC_FIELD_COUNT, sizeof(struct kt_topic)},
        {kt_partition_fields, KT_PARTITION_FIELD_COUNT, sizeof(struct kt_partition)},
        {kt_broker_fields, KT_BROKER_FIELD_COUNT, sizeof(struct kt_broker)},
    };
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        assert_true(tables[t].count <= 64); /* one bit each */
        for (size_t i = 0; i < tables[t].count; i++) {
            const struct kt_field *field = &tables[t].rows[i];
            assert_true(field->offset < tables[t].size);
            assert_true(strlen(field->meaning) > 3);
            for (size_t k = 0; k < i; k++) {
                assert_string_not_equal(field->name, tables[t].rows[k].name);
            }
        }
    }
    const struct kt_field *lag = &kt_lag_fields[KT_LAG_lag];
    assert_string_equal(lag->name, "lag");
    assert_int_equal(lag->offset, offsetof(struct kt_lag_facts, lag));
    assert_int_equal(lag->kind, KT_FIELD_I64);
}

/* docs/SNAPSHOT.md has a row for each fact, with its meaning. */
static void the_document_names_every_fact(void **state)
{
    (void)state;
    const char *folder = getenv("SRCDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/docs/SNAPSHOT.md", folder ? folder : ".");
    FILE *in = fopen(path, "r");
    if (!in) {
        skip();
        return;
    }
    char *text = calloc(1, 65536);
    assert_true(fread(text, 1, 65535, in) > 0);
    fclose(in);
    const struct table tables[] = {
        {kt_group_fields, KT_GROUP_FIELD_COUNT, 0},
        {kt_member_fields, KT_MEMBER_FIELD_COUNT, 0},
        {kt_lag_fields, KT_LAG_FIELD_COUNT, 0},
        {kt_topic_fields, KT_TOPIC_FIELD_COUNT, 0},
        {kt_partition_fields, KT_PARTITION_FIELD_COUNT, 0},
        {kt_broker_fields, KT_BROKER_FIELD_COUNT, 0},
    };
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < tables[t].count; i++) {
            const struct kt_field *field = &tables[t].rows[i];
            char name[100], meaning[300];
            snprintf(name, sizeof name, "\n| `%s` |", field->name);
            snprintf(meaning, sizeof meaning, "| %s | %s |", field->unit, field->meaning);
            if (!strstr(text, name) || !strstr(text, meaning)) {
                fail_msg("docs/SNAPSHOT.md lacks %s (%s)", field->name, field->meaning);
            }
        }
    }
    for (unsigned i = 0; i < KT_MARK_COUNT; i++) {
        char mark[64];
        snprintf(mark, sizeof mark, "| `%s` |", kt_mark_name(1u << i));
        assert_non_null(strstr(text, mark));
    }
    free(text);
}

static void every_event_has_a_word(void **state)
{
    (void)state;
    for (int i = 0; i < KT_EVENT_KIND_COUNT; i++) {
        assert_non_null(kt_event_kind_name((enum kt_event_kind)i));
    }
    assert_string_equal(kt_event_kind_name(KT_EVENT_REWIND), "rewind");
    assert_null(kt_event_kind_name(KT_EVENT_KIND_COUNT));
}

static void *ref_and_unref(void *snap)
{
    for (int i = 0; i < 20000; i++) {
        const struct kt_group *group = kt_group_ref(((const struct kt_snapshot *)snap)->groups[i % 5]);
        kt_snapshot_unref(kt_snapshot_ref(snap));
        kt_group_unref(group);
    }
    kt_snapshot_unref(snap);
    return NULL;
}

static void threads_share_a_snapshot(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_groups(5);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(
            pthread_create(&threads[i], NULL, ref_and_unref, (void *)(uintptr_t)kt_snapshot_ref(snap)), 0);
    }
    kt_snapshot_unref(snap); /* the last thread frees it */
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void a_cause_is_named_before_its_consequence(void **state)
{
    (void)state;
    struct kt_snapshot *snap = kt_snapshot_new();
    assert_null(kt_snapshot_cause(snap));
    fake_snapshot_problem(snap, KT_SCOPE_GROUP, "g", "GROUP_AUTHORIZATION_FAILED", "denied");
    assert_string_equal(kt_snapshot_cause(snap)->text.bytes, "denied"); /* better than nothing */
    fake_snapshot_problem(snap, KT_SCOPE_CLUSTER, "", "_ALL_BROKERS_DOWN", "all are down");
    assert_string_equal(kt_snapshot_cause(snap)->text.bytes, "all are down");
    fake_snapshot_problem(snap, KT_SCOPE_CLUSTER, "", "_TRANSPORT", "connection refused");
    assert_string_equal(kt_snapshot_cause(snap)->text.bytes, "connection refused");
    const struct kt_snapshot *sealed = kt_snapshot_seal(snap);
    assert_string_equal(kt_snapshot_cause(sealed)->text.bytes, "connection refused");
    kt_snapshot_unref(sealed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_two_snapshots_share_weighs_once),
        cmocka_unit_test(names_are_ordered_by_their_bytes),
        cmocka_unit_test(a_cause_is_named_before_its_consequence),
        cmocka_unit_test(sealing_sorts_and_lookups_find),
        cmocka_unit_test(a_name_with_a_nul_is_found_whole),
        cmocka_unit_test(a_block_outlives_one_of_two_snapshots),
        cmocka_unit_test(a_snapshot_grows_beyond_what_was_reserved),
        cmocka_unit_test(nothing_is_known_of_a_new_block),
        cmocka_unit_test(the_tables_say_where_the_facts_are),
        cmocka_unit_test(the_document_names_every_fact),
        cmocka_unit_test(every_event_has_a_word),
        cmocka_unit_test(threads_share_a_snapshot),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
