/*
 * The real loop on the real terminal, with snapshots made to order on a clock that stands still: what the screen sends
 * depends on keys and orders alone.
 *
 *     stage [OPTION]...      options as kafkatop's; orders are letters on descriptor 3:
 *     e empty    f full    s each status    h hostile names    g 60 groups
 *     b busy: 40 groups of which every number changes each time    G the same with 2000 groups
 *     i idle: the same 40 again, 2 s later
 *     stage --keys                            the names of all keys of the table, each on a line
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action.h"
#include "fake_clock.h"
#include "fake_snapshot.h"
#include "loop.h"
#include "signals.h"

#define ORDERS 3
#define BUSY_GROUPS 40
#define MANY_GROUPS 2000
#define DELAY_MS 2000

static struct fake_clock hands;

struct stage {
    const struct kt_snapshot *snap;
    uint64_t sequence;
    int64_t round; /* of busy and idle */
};

static int64_t jitter(int64_t seed, int64_t from, int64_t most)
{
    return from + (seed * 2654435761 % 1000003) % (most - from);
}

/* A group as one sees it where there is much going on: each of its numbers moves with each round. */
static void add_busy(struct kt_snapshot *snap, int number, int64_t round)
{
    char name[48];
    int64_t seed = round * 97 + number * 31;
    snprintf(name, sizeof name, "orders-enrich-%02d", number);
    fake_snapshot_group(snap, &(struct fake_group){.name = name,
                                                   .worst = number % 5 ? KT_STATUS_OK : KT_STATUS_WARN,
                                                   .partitions = 6,
                                                   .members = 3,
                                                   .lag = jitter(seed, 10000, 99999),
                                                   .age_ms = 100000,
                                                   .why = "the lag never shrank over 10 commits"});
    struct kt_group *group = (struct kt_group *)(uintptr_t)snap->groups[snap->group_count - 1];
    KT_SET(group, GROUP, consume_rate, (double)jitter(seed + 1, 1000, 9999));
    KT_SET(group, GROUP, produce_rate, (double)jitter(seed + 2, 1000, 9999));
    KT_SET(group, GROUP, time_lag_ms, jitter(seed + 3, 10000, 59000));
    KT_SET(group, GROUP, eta_ms, jitter(seed + 4, 60000, 600000));
    group->lag_change_per_min = (double)jitter(seed + 5, 1000, 9999) * (number % 3 ? 1 : -1);
    group->lag_direction = number % 3 ? "up" : "down";
    group->trend.at += round / 3 * kt_trend_step_ms(KT_TREND_5M);
    int64_t newest = kt_trend_newest(&group->trend, KT_TREND_5M);
    for (int64_t step = newest - KT_TREND_POINTS + 1; step <= newest; step++)
        group->trend.points[KT_TREND_5M][step % KT_TREND_POINTS] = (float)jitter(step * 7 + number, 1000, 9000);
    group->trend.known[KT_TREND_5M] = UINT64_MAX;
}

static const struct kt_snapshot *make_groups(int64_t round, int count)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_brokers(snap, 3);
    fake_snapshot_topic(snap, "orders", 6);
    for (int i = 0; i < count; i++)
        add_busy(snap, i, round);
    return fake_snapshot_seal(snap);
}

static const struct kt_snapshot *make(const struct stage *stage, char order)
{
    switch (order) {
    case 'f':
        return fake_snapshot_full();
    case 's':
        return fake_snapshot_each_status();
    case 'h':
        return fake_snapshot_hostile();
    case 'g':
        return fake_snapshot_groups(60);
    case 'b':
        return make_groups(stage->round, BUSY_GROUPS);
    case 'G':
        return make_groups(stage->round, MANY_GROUPS);
    case 'i':
        return make_groups(0, BUSY_GROUPS);
    default:
        return fake_snapshot_empty();
    }
}

static void obey(struct stage *stage, char order)
{
    if (order == 'b' || order == 'i' || order == 'G') {
        stage->round++;
        fake_clock_pass(&hands, DELAY_MS);
    }
    kt_snapshot_unref(stage->snap);
    stage->snap = make(stage, order);
    /* Nobody else has it yet. */
    struct kt_snapshot *snap = (struct kt_snapshot *)(uintptr_t)stage->snap;
    snap->sequence = ++stage->sequence;
    snap->taken_mono = kt_mono(&hands.clock);
    snap->taken_ms = kt_wall(&hands.clock);
    snap->as_of_ms = snap->taken_ms;
}

static const struct kt_snapshot *latest(void *self)
{
    struct stage *stage = self;
    char order;
    while (read(ORDERS, &order, 1) == 1)
        obey(stage, order);
    return kt_snapshot_ref(stage->snap);
}

static void refresh(void *self)
{
    (void)self;
}

static void set_delay(void *self, int64_t delay_ms)
{
    (void)self;
    (void)delay_ms;
}

static void exact(void *self, struct kt_text group, struct kt_text topic, int64_t partition)
{
    (void)self;
    (void)group;
    (void)topic;
    (void)partition;
}

static bool ended(void *self)
{
    (void)self;
    return false;
}

static enum kt_code failure(void *self, struct kt_err *err)
{
    (void)self;
    (void)err;
    return KT_OK;
}

static int next_signal(void *self)
{
    (void)self;
    return ui_signals_next();
}

static int list_keys(void)
{
    char name[16];
    for (unsigned i = 0; i < ui_action_count; i++)
        for (int k = 0; k < UI_ACTION_KEYS && ui_actions[i].keys[k]; k++) {
            ui_key_name(ui_actions[i].keys[k], name, sizeof name);
            puts(name);
        }
    return 0;
}

static enum kt_code play(const struct kt_options *options, int *ended_by, struct kt_err *err)
{
    struct stage stage = {.snap = NULL};
    struct ui_term term = ui_term_curses();
    struct ui_term_settings settings = {.ascii = options->ascii, .no_color = options->no_color};
    struct ui_feed feed = {.self = &stage, .clock = &hands.clock, .wake_fd = ORDERS, .latest = latest,
                           .refresh = refresh, .set_delay = set_delay, .exact = exact, .ended = ended,
                           .failure = failure};
    enum kt_code code = ui_signals_open(true, err);
    if (code == KT_OK)
        code = term.ops->open(term.self, &settings, err);
    if (code != KT_OK)
        return code;
    obey(&stage, 'e');
    struct ui_app *app = ui_app_new(options, NULL);
    struct ui_signal_source signals = {.fd = ui_signals_fd(), .next = next_signal};
    struct ui_loop loop = {.term = &term, .app = app, .feeds = &feed, .feed_count = 1, .signals = &signals,
                           .clock = &kt_clock_system};
    *ended_by = ui_loop_run(&loop);
    term.ops->close(term.self);
    ui_app_free(app);
    kt_snapshot_unref(stage.snap);
    return KT_OK;
}

int main(int argc, char **argv)
{
    struct kt_options options;
    struct kt_err err;
    int ended_by = 0;
    setlocale(LC_ALL, "");
    if (argc == 2 && strcmp(argv[1], "--keys") == 0)
        return list_keys();
    fake_clock_init(&hands, 5000000, FAKE_NOW_MS);
    fcntl(ORDERS, F_SETFL, O_NONBLOCK);
    enum kt_code code = kt_options_parse(&options, argc, argv, &err);
    if (code == KT_OK)
        code = play(&options, &ended_by, &err);
    if (code != KT_OK) {
        fprintf(stderr, "stage: %s\n", err.text);
        return 1;
    }
    kt_options_release(&options);
    if (ended_by)
        ui_signals_raise(ended_by);
    return 0;
}
