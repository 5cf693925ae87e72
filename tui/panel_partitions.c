/*
 * The partitions panel: offsets, lag, owner and leader of each partition that a group reads: of one group, of what one
 * member owns, or of all groups.
 */
#include <string.h>

#include "panel_all.h"
#include "panel_lag.h"
#include "panel_say.h"

static bool owned_by(const struct kt_group *group, const struct kt_lag *lag, struct kt_text member)
{
    return lag->owner >= 0 && (size_t)lag->owner < group->member_count &&
           ui_text_equal(group->members[lag->owner].member_id, member);
}

static void add_group(const struct kt_group *group, const struct ui_focus *focus, struct ui_rows *rows)
{
    for (size_t i = 0; i < group->lag_count; i++)
        if (!focus->member.bytes || owned_by(group, &group->lags[i], focus->member))
            ui_rows_add(rows, &group->lags[i], group, 0);
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    if (!focus->group.bytes) {
        for (size_t i = 0; i < snap->group_count; i++)
            add_group(snap->groups[i], focus, rows);
        return;
    }
    const struct kt_group *group = kt_snapshot_group(snap, focus->group.bytes, focus->group.length);
    if (group)
        add_group(group, focus, rows);
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.first = ui_lag_group(row)->name,
                                .second = kt_lag_topic(ui_lag_of(row)),
                                .number = kt_lag_partition(ui_lag_of(row))};
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    const struct kt_lag *lag = ui_lag_of(row);
    const struct kt_member *owner = ui_lag_owner(row);
    out->texts[0] = kt_lag_topic(lag);
    out->texts[1] = ui_lag_group(row)->name;
    out->state = ui_lag_group(row)->state;
    if (owner) {
        out->texts[2] = owner->client_id;
        out->texts[3] = owner->host;
    }
    out->look = ui_look_of_lag(lag);
    out->lag_known = KT_KNOWS(lag, KT_LAG_lag);
    out->lag = kt_lag_lag(lag);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "the partition's verdict", .min = 2, .want = 9, .letter = 'S',
     .cell = ui_lag_status, .rank = ui_lag_rank_status},
    {.id = "group", .title = "GROUP", .help = "group id", .min = 8, .want = 14, .most = 50, .letter = 'A',
     .ascending = true, .hide = UI_HIDE_FOCUS_GROUP, .words = ui_lag_words_group},
    {.id = "topic", .title = "TOPIC", .help = "topic name", .min = 8, .want = 14, .most = 50, .ascending = true,
     .words = ui_lag_words_topic},
    {.id = "partition", .title = "P", .help = "partition number", .min = 3, .want = 4, .align = UI_RIGHT,
     .ascending = true, .cell = ui_lag_number, .rank = ui_lag_rank_number},
    {.id = "lag", .title = "LAG", .title_time = "TIME", .help = "messages not read yet", .min = 5, .want = 6,
     .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = ui_lag_lag, .rank = ui_lag_rank_lag,
     .count = ui_lag_rank_lag},
    {.id = "change", .title = "+/min",
     .help = "change of the lag a minute; arrow: beyond its zigzag", .min = 6,
     .want = 6, .priority = 1, .align = UI_RIGHT, .letter = 'D', .cell = ui_lag_change, .rank = ui_lag_rank_change},
    {.id = "behind", .title = "BEHND", .help = "age of the next record to be read", .min = 5, .want = 6,
     .priority = 2, .align = UI_RIGHT, .letter = 'T', .cell = ui_lag_behind, .rank = ui_lag_rank_behind},
    {.id = "committed", .title = "COMMITTED", .help = "committed offset: the next record it will read", .min = 10,
     .want = 12, .priority = 4, .align = UI_RIGHT, .cell = ui_lag_committed, .rank = ui_lag_rank_committed,
     .count = ui_lag_rank_committed},
    {.id = "end", .title = "END", .help = "offset of the next record to be written", .min = 10, .want = 12,
     .priority = 5, .align = UI_RIGHT, .cell = ui_lag_end, .rank = ui_lag_rank_end, .count = ui_lag_rank_end},
    {.id = "member", .title = "MEMBER", .help = "client id of the member that owns it", .min = 8, .want = 8,
     .most = 30, .priority = 3, .ascending = true, .words = ui_lag_words_member},
    {.id = "leader", .title = "LEADR", .help = "broker that leads it", .min = 5, .want = 5, .priority = 6,
     .align = UI_RIGHT, .ascending = true, .cell = ui_lag_leader, .rank = ui_lag_rank_leader},
    {.id = "in", .title = "IN/s", .help = "messages written a second", .min = 5, .want = 5, .priority = 7,
     .align = UI_RIGHT, .letter = 'P', .cell = ui_lag_in, .rank = ui_lag_rank_in},
    {.id = "out", .title = "OUT/s", .help = "messages a second by which the offset moves", .min = 5, .want = 5,
     .priority = 8, .align = UI_RIGHT, .letter = 'C', .cell = ui_lag_out, .rank = ui_lag_rank_out},
    {.id = "eta", .title = "ETA", .help = "until it is drained; never: it is not", .min = 5, .want = 5,
     .priority = 9, .align = UI_RIGHT, .ascending = true, .cell = ui_lag_eta, .rank = ui_lag_rank_eta},
    {.id = "marks", .title = "MARKS", .help = "LOST, AHEAD, UNSUB, STALE, UNCOMM, NEW ...: what is odd about it",
     .min = 6, .want = 7, .most = 20, .priority = 10, .cell = ui_lag_marks, .rank = ui_lag_rank_marks},
    {.id = "isr", .title = "ISR", .help = "in-sync replicas of all replicas", .min = 4, .want = 5, .priority = 10,
     .align = UI_RIGHT, .ascending = true, .cell = ui_lag_isr, .rank = ui_lag_rank_isr},
    {.id = "host", .title = "HOST", .help = "the member's address", .min = 12, .want = 12, .most = 30,
     .priority = 11, .ascending = true, .words = ui_lag_words_host},
    {.id = "start", .title = "START", .help = "first offset that the log still holds", .min = 10, .want = 12,
     .priority = 12, .align = UI_RIGHT, .cell = ui_lag_start, .rank = ui_lag_rank_start, .count = ui_lag_rank_start},
    {.id = "commit", .title = "COMMIT", .help = "time of the last commit (UTC)", .min = 8, .want = 8,
     .priority = 13, .align = UI_RIGHT, .cell = ui_lag_commit, .rank = ui_lag_rank_commit},
    {.id = "since", .title = "SINCE", .help = "since when the status holds (UTC)", .min = 8, .want = 8,
     .priority = 14, .align = UI_RIGHT, .cell = ui_lag_since, .rank = ui_lag_rank_since},
    {.id = "loss", .title = "LOSS", .help = "until retention deletes what was not read", .min = 5, .want = 5,
     .priority = 15, .align = UI_RIGHT, .ascending = true, .cell = ui_lag_loss, .rank = ui_lag_rank_loss},
    {.id = "advance", .title = "STILL", .help = "how long ago the committed offset last grew", .min = 5, .want = 5,
     .priority = 16, .align = UI_RIGHT, .cell = ui_lag_advance, .rank = ui_lag_rank_advance},
};

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    return ui_say_lag_and_record(ui_lag_of(row), out, room);
}

static size_t more(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    return ui_more_of_lag(ui_lag_of(row), ui_lag_group(row), cx->snap, out, room);
}

/* From a group's partitions on to its members, from anywhere else to the group. */
static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    to->group = ui_lag_group(row)->name;
    return cx->focus && cx->focus->group.bytes && !cx->focus->member.bytes ? "members" : "partitions";
}

static const struct kt_group *group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return ui_lag_group(row);
}

const struct ui_panel ui_panel_partitions = {
    .name = "partitions",
    .title = "Parts",
    .help = "partitions: offsets, lag, owner and leader; Enter: the group, then its members",
    .key = '3',
    .table = {.columns = columns, .count = sizeof columns / sizeof columns[0], .quiets = true, .identify = identify,
              .facts = facts},
    .rows = list_rows,
    .describe = describe,
    .more = more,
    .enter = enter,
    .group = group,
    .nothing = "no partitions",
};
