/* The readers of a topic: each group that reads it, with what it has left there. Enter: its partitions of the topic. */
#include "panel_all.h"
#include "panel_lag.h"
#include "panel_reading.h"
#include "panel_say.h"

static const struct ui_reading *reading_of(const struct ui_row *row)
{
    return row->item;
}

static const struct kt_topic *topic_of(const struct ui_row *row)
{
    return row->parent;
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    const struct ui_topic_readers *topics = ui_readings(snap, focus->topic, rows);
    for (size_t i = 0; i < snap->topic_count; i++)
        for (size_t j = 0; j < topics[i].count; j++)
            ui_rows_add(rows, &topics[i].items[j], topics[i].topic, 0);
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.first = topic_of(row)->name, .second = reading_of(row)->group->name};
}

/* The group's own word where it says more than that of these partitions: it rebalances, or was abandoned. */
static enum ui_look_kind look_of(const struct ui_row *row)
{
    enum ui_look_kind look = ui_look_of_group(reading_of(row)->group), here = reading_of(row)->sum.worst;
    bool general = look == UI_LOOK_REBAL || look == UI_LOOK_ABANDONED || look == UI_LOOK_EMPTY;
    return general && (here <= UI_LOOK_OK || look == UI_LOOK_ABANDONED) ? look : here;
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    out->texts[0] = reading_of(row)->group->name;
    out->texts[1] = topic_of(row)->name;
    out->look = look_of(row);
    out->state = reading_of(row)->group->state;
    out->lag_known = reading_of(row)->sum.lag_known;
    out->lag = reading_of(row)->sum.lag;
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_status(slot, look_of(row));
}

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_sum_rank_look(look_of(row), &reading_of(row)->sum, rank);
}

static struct kt_text words_group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return reading_of(row)->group->name;
}

void ui_readers_label(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_group(row, cx));
}

static struct kt_text words_topic(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return topic_of(row)->name;
}

static void cell_topic(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_topic(row, cx));
}

static void cell_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_sum_lag(&reading_of(row)->sum, cx, slot);
}

static bool rank_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    return ui_sum_rank_lag(&reading_of(row)->sum, cx, rank);
}

static bool count_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_sum_count_lag(&reading_of(row)->sum, rank);
}

static void cell_change(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_sum_change(&reading_of(row)->sum, cx, slot);
}

static bool rank_change(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_sum_rank_change(&reading_of(row)->sum, rank);
}

static void cell_behind(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_sum_behind(&reading_of(row)->sum, slot);
}

static bool rank_behind(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_sum_rank_behind(&reading_of(row)->sum, rank);
}

static void cell_eta(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_sum_eta(&reading_of(row)->sum, slot);
}

static bool rank_eta(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_sum_rank_eta(&reading_of(row)->sum, rank);
}

static void cell_in(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, reading_of(row)->sum.in_known, reading_of(row)->sum.in);
}

static bool rank_in(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(reading_of(row)->sum.in_known, reading_of(row)->sum.in, rank);
}

static void cell_out(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, reading_of(row)->sum.out_known, reading_of(row)->sum.out);
}

static bool rank_out(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(reading_of(row)->sum.out_known, reading_of(row)->sum.out, rank);
}

static void cell_partitions(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, reading_of(row)->sum.partitions, false);
}

static bool rank_partitions(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, reading_of(row)->sum.partitions, rank);
}

static bool used_of(const struct ui_row *row, int64_t *percent)
{
    const struct ui_sum *sum = &reading_of(row)->sum;
    return ui_retention_used(topic_of(row), sum->time_known, sum->time_ms, percent);
}

static void cell_used(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    int64_t percent = 0;
    bool known = used_of(row, &percent);
    ui_slot_used(slot, known, percent);
}

static bool rank_used(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    int64_t percent = 0;
    bool known = used_of(row, &percent);
    return ui_rank_number(known, percent, rank);
}

static void cell_loss(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_duration(slot, reading_of(row)->sum.loss_known, reading_of(row)->sum.loss_ms, false);
}

static bool rank_loss(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(reading_of(row)->sum.loss_known, reading_of(row)->sum.loss_ms, rank);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "the worst verdict of the partitions it reads here", .min = 2,
     .want = 9, .letter = 'S', .cell = cell_status, .rank = rank_status},
    {.id = "group", .title = "GROUP", .help = "group id", .min = 8, .want = 14, .most = 64, .letter = 'A',
     .ascending = true, .cell = ui_readers_label, .words = words_group},
    {.id = "topic", .title = "TOPIC", .help = "topic name", .min = 8, .want = 14, .most = 50, .priority = 9,
     .ascending = true, .hide = UI_HIDE_FOCUS_TOPIC, .cell = cell_topic, .words = words_topic},
    {.id = "lag", .title = "LAG", .title_time = "TIME", .help = "messages of this topic that it has not read yet",
     .min = 5, .want = 6, .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = cell_lag, .rank = rank_lag,
     .count = count_lag},
    {.id = "change", .title = "+/min", .help = "change of the lag a minute, from the two speeds", .min = 6,
     .want = 6, .priority = 1, .align = UI_RIGHT, .letter = 'D', .cell = cell_change, .rank = rank_change},
    {.id = "behind", .title = "BEHND", .help = "age of the next record to be read", .min = 5, .want = 6,
     .priority = 2, .align = UI_RIGHT, .letter = 'T', .cell = cell_behind, .rank = rank_behind},
    {.id = "eta", .title = "ETA", .help = "until the slowest partition is drained", .min = 5, .want = 5,
     .priority = 3, .align = UI_RIGHT, .ascending = true, .cell = cell_eta, .rank = rank_eta},
    {.id = "in", .title = "IN/s", .help = "messages written a second to what it reads", .min = 5, .want = 5,
     .priority = 4, .align = UI_RIGHT, .letter = 'P', .cell = cell_in, .rank = rank_in},
    {.id = "out", .title = "OUT/s", .help = "messages a second by which its offsets move", .min = 5, .want = 5,
     .priority = 5, .align = UI_RIGHT, .letter = 'C', .cell = cell_out, .rank = rank_out},
    {.id = "partitions", .title = "PARTS", .help = "partitions of the topic that it reads", .min = 5, .want = 5,
     .priority = 6, .align = UI_RIGHT, .cell = cell_partitions, .rank = rank_partitions, .count = rank_partitions},
    {.id = "used", .title = "RET", .help = "share of the retention time by which it is behind", .min = 4, .want = 4,
     .priority = 7, .align = UI_RIGHT, .cell = cell_used, .rank = rank_used},
    {.id = "loss", .title = "LOSS", .help = "until retention deletes what was not read", .min = 5, .want = 5,
     .priority = 8, .align = UI_RIGHT, .ascending = true, .cell = cell_loss, .rank = rank_loss},
};

static void list_children(const struct ui_row *row, const struct ui_context *cx, struct ui_rows *rows)
{
    (void)cx;
    const struct ui_reading *reading = reading_of(row);
    for (size_t i = 0; i < reading->count; i++)
        ui_rows_add(rows, &reading->lags[i], reading->group, 0);
}

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct ui_reading *reading = reading_of(row);
    struct ui_said said = {out, room, 0};
    int64_t with_it;
    const struct kt_lag *worst = ui_worst_lag(reading->lags, reading->count, &with_it);
    out[0] = '\0';
    if (worst && ui_look_of_lag(worst) != UI_LOOK_OK)
        ui_said_worst(&said, worst, with_it, (int64_t)reading->count, "its ");
    return said.length > 0 ? said.length : ui_say_group(reading->group, out, room);
}

static size_t more(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    return ui_more_of_group(reading_of(row)->group, out, room);
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    to->group = reading_of(row)->group->name;
    return "partitions";
}

static const struct kt_group *group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return reading_of(row)->group;
}

const struct ui_panel ui_panel_readers = {
    .name = "readers",
    .title = "readers",
    .help = "groups that read a topic, and what they have left there; Enter: the group's partitions",
    .table = {.columns = columns,
              .count = sizeof columns / sizeof columns[0],
              .identify = identify,
              .facts = facts,
              .below = &ui_panel_partitions.table,
              .children = list_children,
              .label = ui_lag_label,
              .name = 1},
    .below = &ui_panel_partitions,
    .rows = list_rows,
    .describe = describe,
    .more = more,
    .enter = enter,
    .group = group,
    .nothing = "no group reads this",
};
