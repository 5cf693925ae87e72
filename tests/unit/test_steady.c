/*
 * Rows are passed over while nothing is told of them: nothing that is said may depend on it. Two models are told the
 * same random clusters; one judges every row at each look. After each look all they say must be the same, byte for
 * byte; now and then also what their tracks have learnt.
 */
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

#define TOPICS     4
#define PARTITIONS 3
#define GROUPS     6
#define LOOKS      1000
#define WORLDS     3

/* What is true of the cluster, and what it answers at the moment. */
struct world {
    struct fake_cluster one, every; /* the second judges every row */
    uint32_t dice;
    int64_t end[TOPICS][PARTITIONS], start[TOPICS][PARTITIONS];
    int64_t committed[GROUPS][TOPICS][PARTITIONS];
    bool silent[TOPICS], unread, asks, open[TOPICS];
    int members[GROUPS];
    int news; /* how often something happens, of 1000 */
    size_t looks, passed_over;
};

static unsigned roll(struct world *world, unsigned sides)
{
    world->dice = world->dice * 1664525u + 1013904223u;
    return (world->dice >> 8) % sides;
}

static const char *name_of(char kind, int number)
{
    static char names[4][16];
    static unsigned next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%c-%d", kind, number);
    return name;
}

static void tell(struct world *world, struct kt_obs obs)
{
    fake_cluster_tell(&world->one, obs);
    fake_cluster_tell(&world->every, obs);
}

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static void pass(struct world *world, int64_t ms)
{
    fake_clock_pass(&world->one.clock, ms);
    fake_clock_pass(&world->every.clock, ms);
}

static void tell_topic(struct world *world, int t)
{
    fake_cluster_topic(&world->one, name_of('t', t), PARTITIONS);
    fake_cluster_topic(&world->every, name_of('t', t), PARTITIONS);
}

static void tell_group(struct world *world, int g)
{
    const char *group = name_of('g', g), *topic = name_of('t', g % TOPICS);
    fake_cluster_group(&world->one, group, topic, world->members[g], PARTITIONS);
    fake_cluster_group(&world->every, group, topic, world->members[g], PARTITIONS);
}

/* ---- answers of each round ---- */

static void answer_ends(struct world *world)
{
    for (int t = 0; t < TOPICS; t++) {
        for (int p = 0; p < PARTITIONS && !world->silent[t]; p++) {
            int64_t end = world->end[t][p];
            tell(world, (struct kt_obs){.kind = KT_OBS_END,
                                        .end = {.topic = text(name_of('t', t)),
                                                .partition = p,
                                                .has_end = true,
                                                .has_start = true,
                                                .has_stable = t % 2 == 0,
                                                .log_end = end,
                                                .log_start = world->start[t][p],
                                                .last_stable = world->open[t] && end > 3 ? end - 3 : end}});
        }
    }
}

static void answer_commits(struct world *world)
{
    if (world->unread) {
        return;
    }
    for (int g = 0; g < GROUPS && world->asks; g++) {
        tell(world, (struct kt_obs){.kind = KT_OBS_FRESH, .fresh = {.group = text(name_of('g', g))}});
    }
    for (int32_t i = 0; i < 50 && !world->asks; i++) {
        tell(world, (struct kt_obs){.kind = KT_OBS_FRESH, .fresh = {.offsets_partition = i, .held = world->open[0]}});
    }
    tell(world, (struct kt_obs){.kind = KT_OBS_PASS, .pass = {.complete = true}});
}

/* ---- what may happen ---- */

static void commit(struct world *world, int g, int t, int p, int64_t offset)
{
    world->committed[g][t][p] = offset;
    int64_t age = (int64_t)roll(world, 3000) - 200;
    bool backfilled = roll(world, 40) == 0;
    const char *group = name_of('g', g), *topic = name_of('t', t);
    if (world->asks) {
        fake_cluster_asked(&world->one, group, topic, p, offset);
        fake_cluster_asked(&world->every, group, topic, p, offset);
    } else {
        fake_cluster_commit(&world->one, group, topic, p, offset, age, backfilled);
        fake_cluster_commit(&world->every, group, topic, p, offset, age, backfilled);
    }
}

static void some_commit(struct world *world)
{
    int g = (int)roll(world, GROUPS), t = roll(world, 4) ? g % TOPICS : (int)roll(world, TOPICS);
    int p = (int)roll(world, PARTITIONS);
    int64_t end = world->end[t][p], before = world->committed[g][t][p];
    switch (roll(world, 12)) {
    case 0:
        commit(world, g, t, p, before);
        break;
    case 1:
        commit(world, g, t, p, before / 2);
        break;
    case 2:
        commit(world, g, t, p, end + (int64_t)roll(world, 5));
        break;
    case 3:
        commit(world, g, t, p, (before + end) / 2);
        break;
    case 4:
        fake_cluster_commit_gone(&world->one, name_of('g', g), name_of('t', t), p);
        fake_cluster_commit_gone(&world->every, name_of('g', g), name_of('t', t), p);
        break;
    default:
        for (p = 0; p < PARTITIONS; p++) {
            commit(world, g, t, p, world->end[t][p]);
        }
    }
}

static void some_log(struct world *world)
{
    int t = (int)roll(world, TOPICS), p = (int)roll(world, PARTITIONS);
    switch (roll(world, 10)) {
    case 0:
        world->start[t][p] += (world->end[t][p] - world->start[t][p]) / (1 + (int64_t)roll(world, 3));
        break;
    case 1:
        world->end[t][p] -= roll(world, 6) == 0 ? world->end[t][p] - world->start[t][p] : 0; /* the log was cut */
        break;
    case 2:
        world->silent[t] = !world->silent[t];
        break;
    case 3:
        fake_cluster_end_error(&world->one, name_of('t', t), p);
        fake_cluster_end_error(&world->every, name_of('t', t), p);
        break;
    case 4:
        world->open[t] = !world->open[t];
        break;
    default:
        world->end[t][p] += roll(world, 3) ? 1 + (int64_t)roll(world, 500) : 1;
    }
}

static void some_topic(struct world *world)
{
    int t = (int)roll(world, TOPICS);
    struct kt_text topic = text(name_of('t', t));
    static const int32_t broker[] = {1};
    switch (roll(world, 6)) {
    case 0:
        tell(world, (struct kt_obs){.kind = KT_OBS_TOPIC_CONFIG,
                                    .topic_config = {.name = topic,
                                                     .compacts = roll(world, 2),
                                                     .deletes = roll(world, 2)}});
        break;
    case 1:
        tell(world, (struct kt_obs){.kind = KT_OBS_PARTITION,
                                    .partition = {.topic = topic,
                                                  .leader = roll(world, 2) ? 1 : -1,
                                                  .replicas = broker,
                                                  .replica_count = 1,
                                                  .isr = broker,
                                                  .isr_count = 1}});
        break;
    case 2: {
        int64_t asked = world->committed[t][t][0];
        tell(world, (struct kt_obs){.kind = KT_OBS_RECORD,
                                    .record = {.topic = topic,
                                               .asked = asked,
                                               .found = roll(world, 2),
                                               .offset = asked + (int64_t)roll(world, 9)}});
        break;
    }
    case 3:
        tell(world, (struct kt_obs){.kind = KT_OBS_PAST,
                                    .past = {.topic = topic,
                                             .at_ms = kt_wall(&world->one.clock.clock) - (int64_t)roll(world, 90000),
                                             .has_end = true,
                                             .log_end = world->end[t][0] / (1 + (int64_t)roll(world, 3))}});
        break;
    case 4:
        fake_cluster_gone(&world->one, name_of('t', (t + 1) % TOPICS));
        fake_cluster_gone(&world->every, name_of('t', (t + 1) % TOPICS));
        break;
    default:
        tell_topic(world, t);
    }
}

static void some_group(struct world *world)
{
    int g = (int)roll(world, GROUPS);
    static const enum kt_group_state states[] = {KT_STATE_STABLE, KT_STATE_EMPTY, KT_STATE_PREPARING_REBALANCE,
                                                 KT_STATE_COMPLETING_REBALANCE, KT_STATE_DEAD};
    switch (roll(world, 5)) {
    case 0:
        world->members[g] = (int)roll(world, 3);
        tell_group(world, g);
        break;
    case 1:
        tell(world, (struct kt_obs){.kind = KT_OBS_GROUP,
                                    .group = {.group = text(name_of('g', g)),
                                              .type = roll(world, 9) ? KT_TYPE_CLASSIC : KT_TYPE_SHARE,
                                              .state = states[roll(world, 5)],
                                              .coordinator = 1,
                                              .generation = (int64_t)roll(world, 4)}});
        break;
    case 2:
        tell(world, (struct kt_obs){.kind = KT_OBS_GROUP_GONE, .group_gone = {text(name_of('g', g))}});
        break;
    default:
        tell_group(world, g);
    }
}

static void some_circumstance(struct world *world)
{
    static const int64_t delays[] = {1000, 2000, 5000, 20000};
    int64_t wall = kt_wall(&world->one.clock.clock);
    switch (roll(world, 6)) {
    case 0:
        world->unread = !world->unread;
        break;
    case 1:
        world->asks = roll(world, 4) == 0;
        break;
    case 2:
        wall += (int64_t)roll(world, 5) * 300 - 600;
        fake_clock_set_wall(&world->one.clock, wall);
        fake_clock_set_wall(&world->every.clock, wall);
        break;
    case 3:
        world->one.model->settings.delay_ms = world->every.model->settings.delay_ms = delays[roll(world, 4)];
        break;
    default:
        pass(world, (int64_t)roll(world, 60000));
    }
}

/* All is well again, mostly for a while: what nothing happens to is what may be passed over. */
static void settle(struct world *world)
{
    world->news = roll(world, 3) ? (int)roll(world, 100) : (int)roll(world, 900);
    memset(world->silent, 0, sizeof world->silent);
    memset(world->open, 0, sizeof world->open);
    world->unread = world->asks = false;
    for (int t = 0; t < TOPICS; t++) {
        tell_topic(world, t);
    }
    for (int g = 0; g < GROUPS; g++) {
        tell_group(world, g);
        for (int p = 0; p < PARTITIONS; p++) {
            commit(world, g, g % TOPICS, p, world->end[g % TOPICS][p]);
        }
    }
}

static void live_on(struct world *world)
{
    static void (*const what[])(struct world *) = {some_commit, some_commit, some_log,   some_log,
                                                   some_log,    some_topic,  some_group, some_circumstance};
    if (roll(world, 120) == 0) {
        settle(world);
    }
    while ((int)roll(world, 1000) < world->news) {
        what[roll(world, 8)](world);
    }
    pass(world, roll(world, 12) ? 500 + (int64_t)roll(world, 2500) : (int64_t)roll(world, 20));
    answer_ends(world);
    answer_commits(world);
}

/* ---- what must be the same ---- */

static char *document_of(struct kt_model *model)
{
    const struct kt_export_settings settings = {.detail = KT_DETAIL_WINDOWS};
    const struct kt_snapshot *snap = kt_freeze(model, 1);
    struct kt_err err;
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    assert_non_null(out);
    assert_int_equal(kt_export(KT_FORMAT_JSON, &snap, 1, &settings, out, &err), KT_OK);
    fclose(out);
    kt_snapshot_unref(snap);
    return bytes;
}

static void compare_words(struct world *world)
{
    char *one = document_of(world->one.model), *every = document_of(world->every.model);
    if (strcmp(one, every) != 0) {
        size_t at = 0;
        while (one[at] == every[at]) {
            at++;
        }
        size_t from = at > 300 ? at - 300 : 0;
        fail_msg("look %zu: passed over:\n%.600s\njudged:\n%.600s", world->looks, one + from, every + from);
    }
    free(one);
    free(every);
}

typedef void compare_row(struct world *world, const struct kt_model_lag *one, const struct kt_model_lag *every);

static void each_row(struct world *world, compare_row *compare)
{
    struct kt_strmap_walk group = {0};
    while (kt_strmap_step(&world->one.model->groups, &group)) {
        struct kt_model_group *from = group.value;
        struct kt_model_group *to = kt_strmap_get(&world->every.model->groups, group.name, group.length);
        struct kt_strmap_walk at = {0};
        assert_non_null(to);
        while (kt_strmap_step(&from->topics, &at)) {
            const struct kt_model_group_topic *topic = at.value;
            const struct kt_model_group_topic *other = kt_strmap_get(&to->topics, at.name, at.length);
            assert_true(other && other->count == topic->count);
            for (size_t i = 0; i < topic->count; i++) {
                compare(world, topic->lags[i], other->lags[i]);
            }
        }
    }
}

static void compare_standing(struct world *world, const struct kt_model_lag *one, const struct kt_model_lag *every)
{
    struct kt_verdict a = kt_model_verdict(one), b = kt_model_verdict(every);
    world->passed_over += one->steady;
    assert_string_equal(a.rule ? a.rule : "", b.rule ? b.rule : "");
    assert_int_equal(a.since, b.since);
    assert_int_equal(a.quiet_ms, b.quiet_ms);
    assert_int_equal(one->standing.reasons == NULL, every->standing.reasons == NULL);
    assert_int_equal(one->judged_commit_order, every->judged_commit_order);
}

/* All but what the two have allocated. */
static void compare_track(struct world *world, const struct kt_model_lag *one, const struct kt_model_lag *every)
{
    struct kt_track a = one->track, b = every->track;
    (void)world;
    assert_int_equal(a.lagging == NULL, b.lagging == NULL);
    assert_int_equal(a.rare == NULL, b.rare == NULL);
    struct kt_track_rare rare_a = *kt_track_rare(&a), rare_b = *kt_track_rare(&b);
    assert_int_equal(rare_a.visits == NULL, rare_b.visits == NULL);
    rare_a.visits = rare_b.visits = NULL;
    assert_memory_equal(&rare_a, &rare_b, sizeof rare_a);
    a.lagging = b.lagging = NULL;
    a.rare = b.rare = NULL;
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(one->judged_ends_at, every->judged_ends_at);
}

/* ---- the tests ---- */

static void look(struct world *world)
{
    bool all = roll(world, 60) == 0;
    world->one.model->judge_all = all; /* then each track must have caught up with all that was passed over */
    kt_assess(world->one.model);
    kt_assess(world->every.model);
    world->looks++;
    each_row(world, compare_standing);
    if (all) {
        each_row(world, compare_track);
    }
    compare_words(world);
}

static void open_world(struct world *world, enum kt_rules rules, unsigned dice)
{
    *world = (struct world){.dice = dice * 7919u + 17u, .news = 300};
    fake_cluster_open(&world->one, rules);
    fake_cluster_open(&world->every, rules);
    world->every.model->judge_all = true;
    for (int t = 0; t < TOPICS; t++) {
        tell_topic(world, t);
        for (int p = 0; p < PARTITIONS; p++) {
            world->end[t][p] = 100;
        }
    }
    for (int g = 0; g < GROUPS; g++) {
        world->members[g] = g % 3;
        tell_group(world, g);
        for (int p = 0; p < PARTITIONS; p++) {
            commit(world, g, g % TOPICS, p, g % 4 ? 100 : 90);
        }
    }
}

static void live(enum kt_rules rules)
{
    size_t passed_over = 0;
    for (unsigned dice = 1; dice <= WORLDS; dice++) {
        struct world world;
        open_world(&world, rules, dice);
        for (int i = 0; i < LOOKS; i++) {
            live_on(&world);
            look(&world);
        }
        passed_over += world.passed_over;
        fake_cluster_close(&world.one);
        fake_cluster_close(&world.every);
    }
    assert_true(passed_over > WORLDS * LOOKS); /* else nothing was proven */
    if (getenv("V")) {
        printf("# %zu rows passed over in %d looks\n", passed_over, WORLDS * LOOKS);
    }
}

static void what_is_passed_over_changes_nothing(void **state)
{
    (void)state;
    live(KT_RULES_KAFKATOP);
}

static void nor_by_the_rules_of_burrow(void **state)
{
    (void)state;
    live(KT_RULES_BURROW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_passed_over_changes_nothing),
        cmocka_unit_test(nor_by_the_rules_of_burrow),
    };
    return cmocka_run_group_tests_name("steady", tests, NULL, NULL);
}
