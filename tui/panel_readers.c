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
            ui_rows_add_sum(rows, &topics[i].items[j], topics[i].topic, &topics[i].items[j].sum);
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

static void cell_used(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_sum_used(row->sum, topic_of(row), slot);
}

static bool rank_used(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_sum_rank_used(row->sum, topic_of(row), rank);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "the worst verdict of the partitions it reads here", .min = 2,
     .want = 9, .letter = 'S', .cell = cell_status, .rank = rank_status},
    {.id = "group", .title = "GROUP", .help = "group id", .min = 8, .want = 14, .most = 64, .letter = 'A',
     .ascending = true, .words = words_group},
    {.id = "topic", .title = "TOPIC", .help = "topic name", .min = 8, .want = 14, .most = 50, .priority = 9,
     .ascending = true, .hide = UI_HIDE_FOCUS_TOPIC, .words = words_topic},
    {.id = "lag", .title = "LAG", .title_time = "TIME", .help = "messages of this topic that it has not read yet",
     .min = 5, .want = 6, .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = ui_sum_lag, .rank = ui_sum_rank_lag,
     .count = ui_sum_count_lag},
    {.id = "change", .title = "+/min", .help = "change of the lag a minute, from the two speeds", .min = 6,
     .want = 6, .priority = 1, .align = UI_RIGHT, .letter = 'D', .cell = ui_sum_change, .rank = ui_sum_rank_change},
    {.id = "behind", .title = "BEHND", .help = "age of the next record to be read", .min = 5, .want = 6,
     .priority = 2, .align = UI_RIGHT, .letter = 'T', .cell = ui_sum_behind, .rank = ui_sum_rank_behind},
    {.id = "eta", .title = "ETA", .help = "until the slowest partition is drained", .min = 5, .want = 5,
     .priority = 3, .align = UI_RIGHT, .ascending = true, .cell = ui_sum_eta, .rank = ui_sum_rank_eta},
    {.id = "in", .title = "IN/s", .help = "messages written a second to what it reads", .min = 5, .want = 5,
     .priority = 4, .align = UI_RIGHT, .letter = 'P', .cell = ui_sum_in, .rank = ui_sum_rank_in},
    {.id = "out", .title = "OUT/s", .help = "messages a second by which its offsets move", .min = 5, .want = 5,
     .priority = 5, .align = UI_RIGHT, .letter = 'C', .cell = ui_sum_out, .rank = ui_sum_rank_out},
    {.id = "partitions", .title = "PARTS", .help = "partitions of the topic that it reads", .min = 5, .want = 5,
     .priority = 6, .align = UI_RIGHT, .cell = ui_sum_partitions, .rank = ui_sum_rank_partitions,
     .count = ui_sum_rank_partitions},
    {.id = "used", .title = "RET", .help = "share of the retention time by which it is behind", .min = 4, .want = 5,
     .priority = 7, .align = UI_RIGHT, .cell = cell_used, .rank = rank_used},
    {.id = "loss", .title = "LOSS", .help = "until retention deletes what was not read", .min = 5, .want = 5,
     .priority = 8, .align = UI_RIGHT, .ascending = true, .cell = ui_sum_loss, .rank = ui_sum_rank_loss},
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
