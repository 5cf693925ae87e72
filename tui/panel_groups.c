/* The groups panel: which consumer group is in trouble, how badly, and whether it gets worse. */
#include "panel_all.h"
#include "panel_lag.h"
#include "panel_say.h"

static const struct kt_group *group_of(const struct ui_row *row)
{
    return row->item;
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    (void)focus;
    for (size_t i = 0; i < snap->group_count; i++)
        ui_rows_add(rows, snap->groups[i], NULL, 0);
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.first = group_of(row)->name};
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    out->texts[0] = group->name;
    out->look = ui_look_of_group(group);
    out->state = group->state;
    out->lag_known = KT_KNOWS(group, KT_GROUP_total_lag);
    out->lag = group->total_lag;
}

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    return ui_rank_look(ui_look_of_group(group), KT_KNOWS(group, KT_GROUP_time_lag_ms) ? group->time_lag_ms : 0,
                        KT_KNOWS(group, KT_GROUP_total_lag) ? group->total_lag : -1, rank);
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_status(slot, ui_look_of_group(group_of(row)));
}

static struct kt_text words_name(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return group_of(row)->name;
}

static void cell_time(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    ui_slot_time_lag(slot, KT_KNOWS(group, KT_GROUP_time_lag_ms), group->time_lag_ms, group->time_lag_tier,
                     group->time_lag_at_least);
}

static bool rank_time(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    return ui_rank_number(KT_KNOWS(group, KT_GROUP_time_lag_ms), group->time_lag_ms, rank);
}

static void cell_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_group *group = group_of(row);
    if (cx->lag_as_time)
        cell_time(row, cx, slot);
    else
        ui_slot_lag(slot, cx, KT_KNOWS(group, KT_GROUP_total_lag), group->total_lag, group->total_partial,
                    group->approximate);
}

static bool rank_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    const struct kt_group *group = group_of(row);
    if (cx->lag_as_time)
        return rank_time(row, cx, rank);
    return ui_rank_number(KT_KNOWS(group, KT_GROUP_total_lag), group->total_lag, rank);
}

/* A total that misses partitions says nothing beside one that had them. */
static bool knows_change(const struct kt_group *group)
{
    return KT_KNOWS(group, KT_GROUP_lag_change_per_min) && !group->total_partial;
}

static bool count_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    return ui_rank_number(KT_KNOWS(group, KT_GROUP_total_lag) && !group->total_partial, group->total_lag, rank);
}

static void cell_change(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_group *group = group_of(row);
    ui_slot_change(slot, cx, knows_change(group), group->lag_change_per_min, group->lag_direction);
}

static bool rank_change(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(knows_change(group_of(row)), group_of(row)->lag_change_per_min, rank);
}

static void cell_loss(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    ui_slot_duration(slot, KT_KNOWS(group, KT_GROUP_loss_eta_ms), group->loss_eta_ms, false);
}

static bool rank_loss(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(group_of(row), KT_GROUP_loss_eta_ms), group_of(row)->loss_eta_ms, rank);
}

static bool never_drains(const struct kt_group *group)
{
    return KT_KNOWS(group, KT_GROUP_drains) && !group->drains && KT_KNOWS(group, KT_GROUP_total_lag) &&
           group->total_lag > 0;
}

static void cell_eta(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    ui_slot_eta(slot, KT_KNOWS(group, KT_GROUP_eta_ms), group->eta_ms, never_drains(group));
}

static bool rank_eta(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    bool never = never_drains(group);
    return ui_rank_number(never || KT_KNOWS(group, KT_GROUP_eta_ms), never ? INT64_MAX : group->eta_ms, rank);
}

static void cell_in(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, KT_KNOWS(group_of(row), KT_GROUP_produce_rate), group_of(row)->produce_rate);
}

static bool rank_in(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(KT_KNOWS(group_of(row), KT_GROUP_produce_rate), group_of(row)->produce_rate, rank);
}

static void cell_out(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, KT_KNOWS(group_of(row), KT_GROUP_consume_rate), group_of(row)->consume_rate);
}

static bool rank_out(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(KT_KNOWS(group_of(row), KT_GROUP_consume_rate), group_of(row)->consume_rate, rank);
}

/* What is read within so many seconds of being written is no backlog: it comes and goes with the commits. */
#define CALM_SECONDS 10

static void cell_trend(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    slot->trend = &group->trend;
    slot->trend_least = KT_KNOWS(group, KT_GROUP_produce_rate) ? CALM_SECONDS * group->produce_rate : 0;
    slot->role = slot->role == UI_ROLE_text ? UI_ROLE_spark : slot->role;
}

static void cell_members(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    if (!group->members_known)
        ui_slot_text(slot, slot->role, "-");
    else /* While it rebalances the set of members is in motion. */
        ui_slot_text(slot, slot->role, "%zu%s", group->member_count,
                     ui_look_of_group(group) == UI_LOOK_REBAL ? "?" : "");
}

static bool rank_members(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(group_of(row)->members_known, (int64_t)group_of(row)->member_count, rank);
}

static void cell_since(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_clock(slot, KT_KNOWS(group_of(row), KT_GROUP_since), group_of(row)->since);
}

static bool rank_since(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(group_of(row), KT_GROUP_since), group_of(row)->since, rank);
}

static void cell_state(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_text(slot, slot->role, "%.*s", slot->width, group_of(row)->state ? group_of(row)->state : "-");
}

static struct kt_text words_state(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    const char *state = group_of(row)->state;
    size_t length = 0;
    while (state && state[length])
        length++;
    return kt_text_of(state, length);
}

static void cell_rebalances(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_group *group = group_of(row);
    if (group->marks & KT_MARK_FLAP)
        slot->role = UI_ROLE_warn;
    ui_slot_count(slot, cx, KT_KNOWS(group, KT_GROUP_rebalances), group->rebalances, false);
}

static bool rank_rebalances(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    return ui_rank_number(KT_KNOWS(group, KT_GROUP_rebalances), group->rebalances, rank);
}

static void cell_partitions(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, (int64_t)group_of(row)->lag_count, false);
}

static bool rank_partitions(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, (int64_t)group_of(row)->lag_count, rank);
}

static void cell_skew(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    if (KT_KNOWS(group, KT_GROUP_lag_skew))
        ui_slot_text(slot, slot->role, "%.1f p%lld", group->lag_skew, (long long)group->hottest_partition);
    else
        ui_slot_text(slot, slot->role, "-");
}

static bool rank_skew(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(KT_KNOWS(group_of(row), KT_GROUP_lag_skew), group_of(row)->lag_skew, rank);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "the worst partition's verdict, or the group's state",
     .min = 2, .want = 9, .letter = 'S', .cell = cell_status, .rank = rank_status},
    {.id = "group", .title = "GROUP", .help = "group id; long ones are cut in the middle, y shows them whole",
     .min = 8, .want = 14, .most = 64, .letter = 'A', .ascending = true, .words = words_name},
    {.id = "lag", .title = "LAG", .title_time = "TIME", .help = "messages not read yet; > when some are not known",
     .min = 5, .want = 6, .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = cell_lag, .rank = rank_lag,
     .count = count_lag},
    {.id = "change", .title = "+/min",
     .help = "change of the lag a minute; arrow: beyond its zigzag", .min = 6, .want = 6, .priority = 1,
     .align = UI_RIGHT, .letter = 'D', .cell = cell_change, .rank = rank_change},
    {.id = "behind", .title = "BEHND",
     .help = "age of the next record to be read; = by its timestamp, > at least so old", .min = 5, .want = 6,
     .priority = 2, .align = UI_RIGHT, .letter = 'T', .cell = cell_time, .rank = rank_time},
    {.id = "eta", .title = "ETA", .help = "until the slowest partition is drained; never: it is not", .min = 5,
     .want = 5, .priority = 3, .align = UI_RIGHT, .ascending = true, .cell = cell_eta, .rank = rank_eta},
    {.id = "in", .title = "IN/s", .help = "messages written a second to what it reads", .min = 5, .want = 5,
     .priority = 4, .align = UI_RIGHT, .letter = 'P', .cell = cell_in, .rank = rank_in},
    {.id = "out", .title = "OUT/s", .help = "messages a second by which its offsets move", .min = 5, .want = 5,
     .priority = 5, .align = UI_RIGHT, .letter = 'C', .cell = cell_out, .rank = rank_out},
    {.id = "trend", .title = "TREND", .trend_of = "LAG",
     .help = "the lag of the last 5m, 30m or 2h (w); blank: unknown",
     .min = 6, .want = 6, .most = 40, .priority = 6, .cell = cell_trend},
    {.id = "members", .title = "MEMB", .help = "members; ? while it rebalances", .min = 4, .want = 4, .priority = 7,
     .align = UI_RIGHT, .cell = cell_members, .rank = rank_members, .count = rank_members},
    {.id = "since", .title = "SINCE", .help = "since when the status holds (UTC)", .min = 8, .want = 8,
     .priority = 8, .align = UI_RIGHT, .cell = cell_since, .rank = rank_since},
    {.id = "loss", .title = "LOSS", .help = "until retention deletes what was not read", .min = 5, .want = 5,
     .priority = 9, .align = UI_RIGHT, .ascending = true, .cell = cell_loss, .rank = rank_loss},
    {.id = "skew", .title = "SKEW", .help = "largest lag of a partition against the mean, and which one it is",
     .min = 9, .want = 9, .priority = 10, .align = UI_RIGHT, .cell = cell_skew, .rank = rank_skew},
    {.id = "partitions", .title = "PARTS", .help = "partitions it has committed to or owns", .min = 5, .want = 5,
     .priority = 11, .align = UI_RIGHT, .cell = cell_partitions, .rank = rank_partitions, .count = rank_partitions},
    {.id = "rebalances", .title = "REBAL", .help = "rebalances in the last ten minutes", .min = 5, .want = 5,
     .priority = 12, .align = UI_RIGHT, .cell = cell_rebalances, .rank = rank_rebalances},
    {.id = "state", .title = "COORD.STATE", .help = "the coordinator's word for the group", .min = 11, .want = 19,
     .priority = 13, .ascending = true, .cell = cell_state, .words = words_state},
};

static void list_children(const struct ui_row *row, const struct ui_context *cx, struct ui_rows *rows)
{
    (void)cx;
    const struct kt_group *group = group_of(row);
    for (size_t i = 0; i < group->lag_count; i++)
        ui_rows_add(rows, &group->lags[i], group, 0);
}

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    return ui_say_group(group_of(row), out, room);
}

static size_t more(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    return ui_more_of_group(group_of(row), out, room);
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    to->group = group_of(row)->name;
    return "partitions";
}

static const struct kt_group *group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return group_of(row);
}

const struct ui_panel ui_panel_groups = {
    .name = "groups",
    .title = "Groups",
    .help = "consumer groups, the worst first; Enter: its partitions",
    .key = '1',
    .table = {.columns = columns,
              .count = sizeof columns / sizeof columns[0],
              .quiets = true,
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
    .nothing = "no consumer groups",
};
