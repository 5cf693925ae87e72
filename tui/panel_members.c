/* The members panel: who owns what, and whose lag it is; the lag that nobody owns stands in a row of its own. */
#include <string.h>

#include "number.h"
#include "panel_all.h"
#include "panel_lag.h"
#include "panel_say.h"
#include "panel_share.h"

static const struct ui_share *share_of(const struct ui_row *row)
{
    return row->item;
}

static const struct kt_group *group_of(const struct ui_row *row)
{
    return share_of(row)->group;
}

static bool in_focus(const struct ui_share *share, const struct ui_focus *focus)
{
    if (!share->member && share->sum.partitions == 0)
        return false;
    if (!focus->host.bytes)
        return true;
    struct kt_text host = share->member ? share->member->host : kt_text_of(NULL, 0);
    return share->member && (host.bytes ? ui_text_equal(host, focus->host) : focus->host.length == 0);
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    size_t count, hosts;
    struct ui_share *shares = ui_shares(snap, focus->group, rows, &count);
    (void)ui_hosts(shares, count, rows, &hosts);
    for (size_t i = 0; i < count; i++)
        if (in_focus(&shares[i], focus))
            ui_rows_add_sum(rows, &shares[i], NULL, &shares[i].sum);
}

static void list_children(const struct ui_row *row, const struct ui_context *cx, struct ui_rows *rows)
{
    (void)cx;
    ui_share_list_partitions(share_of(row), rows);
}

static struct ui_identity identify(const struct ui_row *row)
{
    struct ui_identity identity = {.first = group_of(row)->name};
    if (share_of(row)->member)
        identity.second = share_of(row)->member->member_id;
    return identity;
}

static enum ui_look_kind look_of(const struct ui_row *row)
{
    return share_of(row)->sum.partitions > 0 ? share_of(row)->sum.worst : UI_LOOK_OK;
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    const struct ui_share *share = share_of(row);
    out->texts[0] = group_of(row)->name;
    if (share->member) {
        out->texts[1] = share->member->client_id;
        out->texts[2] = share->member->host;
        out->texts[3] = share->member->instance_id;
        out->texts[4] = share->member->member_id;
    }
    out->look = look_of(row);
    out->state = group_of(row)->state;
    out->lag_known = share->sum.lag_known;
    out->lag = share->sum.lag;
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    /* A member without partitions is idle: that is a fact of its own, not a verdict. */
    if (ui_share_is_idle(share_of(row)))
        ui_slot_idle(slot);
    else
        ui_slot_status(slot, look_of(row));
}

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    ui_sum_rank_look(look_of(row), &share_of(row)->sum, rank);
    if (ui_share_is_idle(share_of(row)))
        rank[0] = -1;
    return true;
}

static struct kt_text words_group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return group_of(row)->name;
}

void ui_members_group(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_group(row, cx));
}

static struct kt_text words_client(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return share_of(row)->member ? share_of(row)->member->client_id : kt_text_of(NULL, 0);
}

void ui_members_label(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    if (share_of(row)->member)
        ui_slot_name(slot, words_client(row, cx));
    else
        ui_slot_text(slot, UI_ROLE_warn, "(unowned)");
}

static struct kt_text words_host(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return share_of(row)->member ? share_of(row)->member->host : kt_text_of(NULL, 0);
}

static struct kt_text words_instance(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return share_of(row)->member ? share_of(row)->member->instance_id : kt_text_of(NULL, 0);
}

static struct kt_text words_id(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return share_of(row)->member ? share_of(row)->member->member_id : kt_text_of(NULL, 0);
}

static void cell_partitions(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, ui_share_partitions(share_of(row)), false);
}

static bool rank_partitions(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, ui_share_partitions(share_of(row)), rank);
}

static struct ui_row row_of_host(const struct ui_row *row)
{
    struct ui_row host = *row;
    host.sum = &share_of(row)->host;
    return host;
}

static void cell_host_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    struct ui_row host = row_of_host(row);
    ui_sum_lag(&host, cx, slot);
}

/* Members of one host stand together, the worst of them first. */
static bool rank_host_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    struct ui_row host = row_of_host(row);
    int64_t own[2];
    bool known = ui_sum_rank_lag(&host, cx, rank);
    rank[1] = ui_sum_rank_lag(row, cx, own) ? own[0] : -1;
    return known;
}

static bool has_epoch(const struct ui_row *row)
{
    return share_of(row)->member && KT_KNOWS(share_of(row)->member, KT_MEMBER_epoch);
}

/* The group's epoch beside it, as long as the member is not there. */
static void cell_epoch(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    if (!has_epoch(row)) {
        ui_slot_text(slot, slot->role, "-");
        return;
    }
    const struct kt_group *group = group_of(row);
    long long epoch = share_of(row)->member->epoch;
    if (KT_KNOWS(group, KT_GROUP_generation) && group->generation != epoch)
        ui_slot_text(slot, UI_ROLE_warn, "%lld<%lld", epoch, (long long)group->generation);
    else
        ui_slot_text(slot, slot->role, "%lld", epoch);
}

static bool rank_epoch(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(has_epoch(row), has_epoch(row) ? share_of(row)->member->epoch : 0, rank);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "the worst verdict of the partitions it owns; IDLE: it owns none",
     .min = 2, .want = 9, .letter = 'S', .cell = cell_status, .rank = rank_status},
    {.id = "client", .title = "CLIENT", .help = "client id; (unowned): partitions without an owner", .min = 8,
     .want = 16, .most = 40, .letter = 'A', .ascending = true, .cell = ui_members_label, .words = words_client},
    {.id = "lag", .title = "LAG", .help = "messages not read yet on what it owns", .min = 5, .want = 6,
     .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = ui_sum_lag, .rank = ui_sum_rank_lag,
     .count = ui_sum_count_lag},
    {.id = "partitions", .title = "PARTS", .help = "partitions it owns", .min = 5, .want = 5, .priority = 1,
     .align = UI_RIGHT, .cell = cell_partitions, .rank = rank_partitions, .count = rank_partitions},
    {.id = "host", .title = "HOST", .help = "address as the broker saw it", .min = 10, .want = 15, .most = 40,
     .priority = 2, .ascending = true, .words = words_host},
    {.id = "hostlag", .title = "HOSTLAG", .help = "lag of all members on its host; sorts hosts by it", .min = 7,
     .want = 7, .exact = 14, .priority = 3, .align = UI_RIGHT, .cell = cell_host_lag, .rank = rank_host_lag},
    {.id = "behind", .title = "BEHND", .help = "age of the next record to be read on what it owns", .min = 5,
     .want = 6, .priority = 4, .align = UI_RIGHT, .letter = 'T', .cell = ui_sum_behind, .rank = ui_sum_rank_behind},
    {.id = "change", .title = "+/min", .help = "change of the lag a minute, from the two speeds", .min = 6,
     .want = 6, .priority = 5, .align = UI_RIGHT, .letter = 'D', .cell = ui_sum_change, .rank = ui_sum_rank_change},
    {.id = "in", .title = "IN/s", .help = "messages written a second to what it owns", .min = 5, .want = 5,
     .priority = 6, .align = UI_RIGHT, .letter = 'P', .cell = ui_sum_in, .rank = ui_sum_rank_in},
    {.id = "out", .title = "OUT/s", .help = "messages a second by which its offsets move", .min = 5, .want = 5,
     .priority = 6, .align = UI_RIGHT, .letter = 'C', .cell = ui_sum_out, .rank = ui_sum_rank_out},
    {.id = "group", .title = "GROUP", .help = "group id", .min = 8, .want = 14, .most = 40, .priority = 3,
     .ascending = true, .hide = UI_HIDE_FOCUS_GROUP, .words = words_group},
    {.id = "instance", .title = "INSTANCE", .help = "group.instance.id of a static member", .min = 8, .want = 12,
     .most = 30, .priority = 8, .ascending = true, .words = words_instance},
    {.id = "epoch", .title = "EPOCH", .help = "its epoch, and the group's where it is not there yet (newer kinds)",
     .min = 5, .want = 7, .priority = 7, .align = UI_RIGHT, .cell = cell_epoch, .rank = rank_epoch},
    {.id = "id", .title = "MEMBER ID", .help = "id that the coordinator gave it", .min = 12, .want = 20,
     .most = 64, .priority = 9, .ascending = true, .words = words_id},
};

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct ui_share *share = share_of(row);
    const struct kt_group *group = group_of(row);
    struct ui_said said = {out, room, 0};
    bool reconciles = share->member && share->member->state && strcmp(share->member->state, "reconciling") == 0;
    out[0] = '\0';
    if (!share->member)
        ui_said_add(&said, "no member owns these %lld partitions%s", (long long)share->sum.partitions,
                    share->sum.worst != UI_LOOK_OK ? "; " : "");
    if (share->sum.worst_lag && share->sum.worst != UI_LOOK_OK)
        ui_said_worst(&said, share->sum.worst_lag, share->sum.with_it, share->sum.partitions,
                      share->member ? "its " : "");
    else if (share->member && ui_share_is_idle(share))
        ui_said_add(&said, "IDLE: owns no partition; the group has %zu members and %zu partitions",
                    group->member_count, group->lag_count);
    if (reconciles)
        ui_said_add(&said, "%sgives partitions away, or waits for some", said.length > 0 ? "; " : "");
    return said.length;
}

/* How much of the group is its own. */
static size_t more(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct ui_share *share = share_of(row);
    const struct kt_group *group = group_of(row);
    struct ui_said said = {out, room, 0};
    out[0] = '\0';
    ui_said_add(&said, "owns %lld of %zu partitions", (long long)ui_share_partitions(share), group->lag_count);
    if (share->sum.lag_known && KT_KNOWS(group, KT_GROUP_total_lag) && group->total_lag > 0) {
        char percent[16];
        ui_number_percent(true, (double)share->sum.lag / (double)group->total_lag, percent, sizeof percent);
        ui_said_count(&said, ", lag ", share->sum.lag);
        ui_said_add(&said, ", %s of the group's", percent);
    }
    ui_said_add(&said, "\n");
    if (share->member && share->member->client_id.bytes) {
        ui_said_add(&said, "client ");
        ui_said_name(&said, share->member->client_id);
        ui_said_add(&said, " on ");
        ui_said_name(&said, share->member->host);
        ui_said_add(&said, "\n");
    }
    return said.length;
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    if (!share_of(row)->member)
        return NULL;
    to->group = group_of(row)->name;
    to->member = share_of(row)->member->member_id;
    return "partitions";
}

static const struct kt_group *group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return group_of(row);
}

const struct ui_panel ui_panel_members = {
    .name = "members",
    .title = "members",
    .help = "members of a group: what they own and its lag; Enter: their partitions",
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
    .nothing = "no members",
};
