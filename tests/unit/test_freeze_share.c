/* Rows that snapshots share: they show what a fresh copy would, whatever happened, and what stands still is shared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assess.h"
#include "export.h"
#include "fake_cluster.h"
#include "freeze.h"

#define GROUPS     6
#define TOPICS     3
#define PARTITIONS 4
#define STEPS      1000

static uint64_t seed = 99;

static unsigned dice(unsigned sides)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(seed >> 33) % sides;
}

static const char *const group_names[GROUPS] = {"g0", "g1", "g2", "g3", "g4", "g5"};
static const char *const topic_names[TOPICS] = {"t0", "t1", "t2"};

struct world {
    struct fake_cluster cluster;
    int64_t end[TOPICS][PARTITIONS], committed[GROUPS][TOPICS][PARTITIONS];
};

static void tell_ends(struct world *world, int t)
{
    for (int p = 0; p < PARTITIONS; p++) {
        fake_cluster_ends(&world->cluster, topic_names[t], p, 0, world->end[t][p]);
    }
}

static void commit(struct world *world, int g, int t, int p, int64_t offset)
{
    world->committed[g][t][p] = offset;
    fake_cluster_commit(&world->cluster, group_names[g], topic_names[t], p, offset, 50, false);
}

static void list(struct world *world)
{
    fake_cluster_listing(&world->cluster, true);
    for (int g = 0; g < GROUPS; g++) {
        fake_cluster_group(&world->cluster, group_names[g], topic_names[g % TOPICS], (int)dice(4), PARTITIONS);
    }
    fake_cluster_listing(&world->cluster, false);
}

static void open_world(struct world *world)
{
    *world = (struct world){0};
    fake_cluster_open(&world->cluster, KT_RULES_KAFKATOP);
    for (int t = 0; t < TOPICS; t++) {
        fake_cluster_topic(&world->cluster, topic_names[t], PARTITIONS);
        for (int p = 0; p < PARTITIONS; p++) {
            world->end[t][p] = 1000;
        }
        tell_ends(world, t);
    }
    list(world);
    for (int g = 0; g < GROUPS; g++) {
        for (int t = 0; t <= g % TOPICS; t++) {
            for (int p = 0; p < PARTITIONS; p++) {
                commit(world, g, t, p, 1000);
            }
        }
    }
    fake_cluster_fresh(&world->cluster);
}

/* Something happens to few of them while it is busy; else at most to our clock. */
static void happen(struct world *world, bool busy)
{
    int g = (int)dice(GROUPS), t = (int)dice(TOPICS), p = (int)dice(PARTITIONS);
    switch (busy ? dice(10) : dice(40) ? 10 : 5) {
    case 0:
        world->end[t][p] += 1 + dice(300);
        break;
    case 1:
    case 2:
        if (t <= g % TOPICS) {
            commit(world, g, t, p, world->end[t][p]);
        }
        break;
    case 3:
        if (t <= g % TOPICS) {
            commit(world, g, t, p, world->committed[g][t][p] - (dice(4) == 0 ? 10 : 0));
        }
        break;
    case 4:
        list(world);
        break;
    case 5:
        world->cluster.clock.wall += dice(3) ? 0 : 5000; /* somebody sets our clock */
        break;
    case 6:
        fake_cluster_end_error(&world->cluster, topic_names[t], p);
        return;
    case 7:
        fake_cluster_commit_gone(&world->cluster, group_names[g], topic_names[t], p);
        break;
    default:
        break;
    }
    for (t = 0; t < TOPICS; t++) {
        tell_ends(world, t);
    }
    if (dice(8)) {
        fake_cluster_fresh(&world->cluster);
    }
}

static void drain(struct world *world)
{
    for (int g = 0; g < GROUPS; g++) {
        for (int t = 0; t <= g % TOPICS; t++) {
            for (int p = 0; p < PARTITIONS; p++) {
                commit(world, g, t, p, world->end[t][p]);
            }
        }
    }
}

static char *document_of(const struct kt_snapshot *snap, enum kt_detail detail, bool anonymous)
{
    char *text = NULL;
    size_t length = 0;
    struct kt_err err = {.code = KT_OK};
    struct kt_export_settings settings = {.detail = detail, .anonymize = anonymous};
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(kt_export(KT_FORMAT_JSON, &snap, 1, &settings, out, &err), KT_OK);
    fclose(out);
    return text;
}

static char *document(const struct kt_snapshot *snap, bool anonymous)
{
    return document_of(snap, KT_DETAIL_PARTITIONS, anonymous);
}

/* The rows that groups remember, taken away and given back. */
static void swap_memory(struct fake_cluster *cluster, struct kt_rows *kept[GROUPS])
{
    for (int g = 0; g < GROUPS; g++) {
        struct kt_model_group *group = kt_strmap_get(&cluster->model->groups, group_names[g], strlen(group_names[g]));
        if (group) {
            struct kt_rows *rows = group->frozen;
            group->frozen = kept[g];
            kept[g] = rows;
        }
    }
}

static unsigned shared_with(const struct kt_snapshot *old, const struct kt_snapshot *new)
{
    unsigned shared = 0;
    for (size_t i = 0; old && i < new->group_count; i++) {
        const struct kt_text name = new->groups[i]->name;
        const struct kt_group *before = kt_snapshot_group(old, name.bytes, name.length);
        shared += before && new->groups[i]->lag_count > 0 && before->lags == new->groups[i]->lags;
    }
    return shared;
}

static void what_is_shared_shows_what_a_copy_would(void **state)
{
    (void)state;
    struct world world;
    const struct kt_snapshot *last = NULL;
    unsigned shared = 0, all = 0;
    open_world(&world);
    for (int step = 0; step < STEPS; step++) {
        fake_clock_pass(&world.cluster.clock, 2000);
        happen(&world, step % 200 < 20); /* then all is quiet, until nothing is left to drain or to slow down */
        if (step % 200 == 20) {
            drain(&world);
        }
        const struct kt_snapshot *snap = fake_cluster_look(&world.cluster);
        struct kt_rows *kept[GROUPS] = {0};
        swap_memory(&world.cluster, kept);
        const struct kt_snapshot *fresh = kt_freeze(world.cluster.model, 1);
        swap_memory(&world.cluster, kept);
        for (int g = 0; g < GROUPS; g++) {
            kt_rows_unref(kept[g]);
        }
        for (int anonymous = 0; anonymous < 2; anonymous++) {
            char *one = document(snap, anonymous), *other = document(fresh, anonymous);
            assert_string_equal(one, other);
            free(one);
            free(other);
        }
        shared += shared_with(last, snap);
        all += (unsigned)snap->group_count;
        assert_int_equal(shared_with(fresh, snap), 0);
        kt_snapshot_unref(fresh);
        kt_snapshot_unref(last);
        last = snap;
    }
    kt_snapshot_unref(last);
    fake_cluster_close(&world.cluster);
    print_message("%u of %u groups shared their rows\n", shared, all);
    assert_true(shared > all / 10 && shared < all);
}

/* Answers that say the same as before: the rows are shared, and each snapshot has the time of its own answer. */
static void a_new_answer_that_says_the_same_is_told_beside(void **state)
{
    (void)state;
    struct world world;
    const struct kt_snapshot *snaps[2];
    open_world(&world);
    for (int step = 0; step < 100; step++) {
        fake_clock_pass(&world.cluster.clock, 2000);
        for (int t = 0; t < TOPICS; t++) {
            tell_ends(&world, t);
        }
        fake_cluster_fresh(&world.cluster);
        kt_snapshot_unref(fake_cluster_look(&world.cluster));
    }
    for (int i = 0; i < 2; i++) {
        fake_clock_pass(&world.cluster.clock, 2000);
        for (int t = 0; t < TOPICS; t++) {
            tell_ends(&world, t);
        }
        fake_cluster_fresh(&world.cluster);
        snaps[i] = fake_cluster_look(&world.cluster);
    }
    assert_int_equal(shared_with(snaps[0], snaps[1]), GROUPS);
    const struct kt_lag *row = fake_cluster_lag_of(snaps[1], "g2", "t1", 1);
    assert_ptr_equal(row, fake_cluster_lag_of(snaps[0], "g2", "t1", 1));
    assert_true(KT_KNOWS(row, KT_LAG_as_of));
    assert_int_equal(kt_snapshot_as_of(snaps[1], row) - kt_snapshot_as_of(snaps[0], row), 2000);
    size_t whole = kt_snapshot_bytes(snaps[1], NULL), beside = kt_snapshot_bytes(snaps[1], snaps[0]);
    assert_true(beside + GROUPS * PARTITIONS * sizeof *row < whole);
    kt_snapshot_unref(snaps[0]);
    assert_int_equal(kt_lag_committed(row), 1000); /* it lives on with the other one */
    kt_snapshot_unref(snaps[1]);
    fake_cluster_close(&world.cluster);
}

static size_t rows_of(const struct kt_model *model)
{
    size_t count = 0;
    struct kt_strmap_walk group = {0};
    while (kt_strmap_step(&model->groups, &group)) {
        struct kt_strmap_walk topic = {0};
        while (kt_strmap_step(&((struct kt_model_group *)group.value)->topics, &topic)) {
            count += ((struct kt_model_group_topic *)topic.value)->count;
        }
    }
    return count;
}

/* In which much has happened. */
static void open_busy_world(struct world *world)
{
    open_world(world);
    for (int step = 0; step < 20; step++) {
        fake_clock_pass(&world->cluster.clock, 2000);
        happen(world, true);
    }
}

/* The last copy shows what any other would; the rows it was made of are gone, its own are not. */
static void the_last_copy_takes_the_rows_away(void **state)
{
    (void)state;
    struct world world;
    open_busy_world(&world);
    const struct kt_snapshot *snap = fake_cluster_look(&world.cluster);
    assert_true(rows_of(world.cluster.model) > GROUPS * PARTITIONS);
    const struct kt_snapshot *last = kt_freeze_last(world.cluster.model, 1);
    assert_int_equal(rows_of(world.cluster.model), 0);
    fake_cluster_close(&world.cluster);
    char *one = document(snap, 0), *other = document(last, 0);
    assert_string_equal(one, other);
    free(one);
    free(other);
    kt_snapshot_unref(snap);
    kt_snapshot_unref(last);
}

static size_t sentences(const struct kt_snapshot *snap)
{
    size_t count = 0;
    for (size_t g = 0; g < snap->group_count; g++) {
        for (size_t i = 0; i < snap->groups[g]->lag_count; i++) {
            count += kt_lag_why(&snap->groups[g]->lags[i]).length > 0;
        }
    }
    return count;
}

/* Where only groups are shown no sentence is made for each row, and what is shown of groups is the same. */
static void rows_that_are_not_shown_have_no_sentence(void **state)
{
    (void)state;
    struct world world;
    open_busy_world(&world);
    const struct kt_snapshot *snap = fake_cluster_look(&world.cluster);
    world.cluster.options.format = KT_FORMAT_JSON;
    world.cluster.options.detail = KT_DETAIL_GROUPS;
    const struct kt_snapshot *spare = kt_freeze(world.cluster.model, 1);
    fake_cluster_close(&world.cluster);
    assert_true(sentences(snap) > 0);
    assert_int_equal(sentences(spare), 0);
    char *one = document_of(snap, KT_DETAIL_GROUPS, false), *other = document_of(spare, KT_DETAIL_GROUPS, false);
    assert_string_equal(one, other);
    free(one);
    free(other);
    kt_snapshot_unref(snap);
    kt_snapshot_unref(spare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shared_shows_what_a_copy_would),
        cmocka_unit_test(a_new_answer_that_says_the_same_is_told_beside),
        cmocka_unit_test(the_last_copy_takes_the_rows_away),
        cmocka_unit_test(rows_that_are_not_shown_have_no_sentence),
    };
    return cmocka_run_group_tests_name("freeze_share", tests, NULL, NULL);
}
