/* The members panel: who owns what, and whose lag it is; the lag that nobody owns stands in a row of its own. */
#include <string.h>

#include "number.h"
#include "panel_all.h"
#include "panel_say.h"

/* What a member owns, all together. `member` NULL: the partitions that nobody owns. */
struct share {
    const struct kt_member *member;
    enum ui_look_kind worst;
    const struct kt_lag *worst_lag; /* a partition that looks so, the one with the most lag */
    int64_t with_it;                /* how many look so */
    int64_t partitions;
    bool lag_known, partial, approximate;
    int64_t lag;
};

static const struct share *share_of(const struct ui_row *row)
{
    return row->item;
}

static const struct kt_group *group_of(const struct ui_row *row)
{
    return row->parent;
}

static void add_lag(struct share *share, const struct kt_lag *lag)
{
    enum ui_look_kind look = ui_look_of_lag(lag);
    if (!share->worst_lag || look > share->worst) {
        share->worst = look;
        share->worst_lag = lag;
        share->with_it = 0;
    }
    share->with_it += look == share->worst;
    if (look == share->worst && KT_KNOWS(lag, KT_LAG_lag) &&
        (!KT_KNOWS(share->worst_lag, KT_LAG_lag) || lag->lag > share->worst_lag->lag))
        share->worst_lag = lag;
    share->partitions++;
    if (!KT_KNOWS(lag, KT_LAG_lag)) {
        share->partial = true;
        return;
    }
    share->lag += lag->lag;
    share->lag_known = true;
    share->approximate = share->approximate || lag->approximate;
}

/* Fills shares[0] with what nobody owns and the others with the members in their order. */
static void share_group(const struct kt_group *group, struct share *shares)
{
    for (size_t i = 0; i < group->member_count; i++) {
        shares[i + 1].member = &group->members[i];
        shares[i + 1].worst = UI_LOOK_OK;
    }
    for (size_t i = 0; i < group->lag_count; i++) {
        int32_t owner = group->lags[i].owner;
        bool owned = owner >= 0 && (size_t)owner < group->member_count;
        add_lag(&shares[owned ? (size_t)owner + 1 : 0], &group->lags[i]);
    }
}

static void add_group(const struct kt_group *group, struct share *shares, struct ui_rows *rows)
{
    share_group(group, shares);
    /* A group of no known members has nothing to divide. */
    if (shares[0].partitions > 0 && group->members_known)
        ui_rows_add(rows, &shares[0], group, 0);
    for (size_t i = 0; i < group->member_count; i++)
        ui_rows_add(rows, &shares[i + 1], group, 0);
}

static bool in_focus(const struct kt_group *group, const struct ui_focus *focus)
{
    return !focus->group.bytes || ui_text_equal(group->name, focus->group);
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < snap->group_count; i++)
        if (in_focus(snap->groups[i], focus))
            count += snap->groups[i]->member_count + 1;
    struct share *shares = ui_rows_scratch(rows, 0, count, sizeof *shares);
    for (size_t i = 0; i < snap->group_count; i++)
        if (in_focus(snap->groups[i], focus)) {
            add_group(snap->groups[i], shares, rows);
            shares += snap->groups[i]->member_count + 1;
        }
}

static struct ui_identity identify(const struct ui_row *row)
{
    struct ui_identity identity = {.first = group_of(row)->name};
    if (share_of(row)->member)
        identity.second = share_of(row)->member->member_id;
    return identity;
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    const struct share *share = share_of(row);
    out->texts[0] = group_of(row)->name;
    if (share->member) {
        out->texts[1] = share->member->client_id;
        out->texts[2] = share->member->host;
        out->texts[3] = share->member->instance_id;
        out->texts[4] = share->member->member_id;
    }
    out->look = share->worst;
    out->state = group_of(row)->state;
    out->lag_known = share->lag_known;
    out->lag = share->lag;
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct share *share = share_of(row);
    /* A member without partitions is idle: that is a fact of its own, not a verdict. */
    if (share->partitions == 0)
        ui_slot_text(slot, UI_ROLE_dim, slot->width >= 7 ? "-  IDLE" : "- ");
    else
        ui_slot_status(slot, share->worst);
}

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct share *share = share_of(row);
    rank[0] = share->partitions == 0 ? -1 : (int64_t)share->worst;
    rank[1] = share->lag_known ? share->lag : -1;
    return true;
}

static struct kt_text words_group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return group_of(row)->name;
}

static void cell_group(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_group(row, cx));
}

static struct kt_text words_client(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return share_of(row)->member ? share_of(row)->member->client_id : kt_text_of(NULL, 0);
}

static void cell_client(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    if (share_of(row)->member)
        ui_slot_name(slot, words_client(row, cx));
    else
        ui_slot_text(slot, UI_ROLE_warn, "(nobody)");
}

static struct kt_text words_host(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return share_of(row)->member ? share_of(row)->member->host : kt_text_of(NULL, 0);
}

static void cell_host(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_host(row, cx));
}

static struct kt_text words_instance(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return share_of(row)->member ? share_of(row)->member->instance_id : kt_text_of(NULL, 0);
}

static void cell_instance(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_instance(row, cx));
}

static struct kt_text words_id(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return share_of(row)->member ? share_of(row)->member->member_id : kt_text_of(NULL, 0);
}

static void cell_id(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_id(row, cx));
}

static void cell_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct share *share = share_of(row);
    ui_slot_lag(slot, cx, share->lag_known, share->lag, share->partial, share->approximate);
}

static bool rank_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(share_of(row)->lag_known, share_of(row)->lag, rank);
}

/* A sum that lacks a part says nothing beside one that had it. */
static bool count_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(share_of(row)->lag_known && !share_of(row)->partial, share_of(row)->lag, rank);
}

/* What the coordinator assigned may be more than what was committed. */
static int64_t partitions_of(const struct ui_row *row)
{
    const struct share *share = share_of(row);
    if (share->member && KT_KNOWS(share->member, KT_MEMBER_partitions))
        return share->member->partitions;
    return share->partitions;
}

static void cell_partitions(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, partitions_of(row), false);
}

static bool rank_partitions(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, partitions_of(row), rank);
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
    {.id = "client", .title = "CLIENT", .help = "client id; (nobody): partitions without an owner", .min = 8,
     .want = 16, .most = 40, .letter = 'A', .ascending = true, .cell = cell_client, .words = words_client},
    {.id = "lag", .title = "LAG", .help = "messages not read yet on what it owns", .min = 5, .want = 6,
     .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = cell_lag, .rank = rank_lag, .count = count_lag},
    {.id = "partitions", .title = "PARTS", .help = "partitions it owns", .min = 5, .want = 5, .priority = 1,
     .align = UI_RIGHT, .cell = cell_partitions, .rank = rank_partitions, .count = rank_partitions},
    {.id = "host", .title = "HOST", .help = "address as the broker saw it", .min = 10, .want = 15, .most = 40,
     .priority = 2, .ascending = true, .cell = cell_host, .words = words_host},
    {.id = "group", .title = "GROUP", .help = "group id", .min = 8, .want = 14, .most = 40, .priority = 3,
     .ascending = true, .hide = UI_HIDE_FOCUS_GROUP, .cell = cell_group, .words = words_group},
    {.id = "instance", .title = "INSTANCE", .help = "group.instance.id of a static member", .min = 8, .want = 12,
     .most = 30, .priority = 4, .ascending = true, .cell = cell_instance, .words = words_instance},
    {.id = "epoch", .title = "EPOCH", .help = "its epoch, and the group's where it is not there yet (newer kinds)",
     .min = 5, .want = 7, .priority = 5, .align = UI_RIGHT, .cell = cell_epoch, .rank = rank_epoch},
    {.id = "id", .title = "MEMBER ID", .help = "id that the coordinator gave it", .min = 12, .want = 20,
     .most = 64, .priority = 8, .ascending = true, .cell = cell_id, .words = words_id},
};

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct share *share = share_of(row);
    const struct kt_group *group = group_of(row);
    struct ui_said said = {out, room, 0};
    bool reconciles = share->member && share->member->state && strcmp(share->member->state, "reconciling") == 0;
    out[0] = '\0';
    if (!share->member)
        ui_said_add(&said, "no member owns these %lld partitions; ", (long long)share->partitions);
    if (share->worst_lag && share->worst != UI_LOOK_OK)
        ui_said_worst(&said, share->worst_lag, share->with_it, share->partitions, share->member ? "its " : "");
    else if (share->member && partitions_of(row) == 0)
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
    const struct share *share = share_of(row);
    const struct kt_group *group = group_of(row);
    struct ui_said said = {out, room, 0};
    out[0] = '\0';
    ui_said_add(&said, "owns %lld of %zu partitions", (long long)partitions_of(row), group->lag_count);
    if (share->lag_known && KT_KNOWS(group, KT_GROUP_total_lag) && group->total_lag > 0) {
        char percent[16];
        ui_number_percent(true, (double)share->lag / (double)group->total_lag, percent, sizeof percent);
        ui_said_count(&said, ", lag ", share->lag);
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
    .table = {.columns = columns, .count = sizeof columns / sizeof columns[0], .identify = identify, .facts = facts},
    .rows = list_rows,
    .describe = describe,
    .more = more,
    .enter = enter,
    .group = group,
    .nothing = "no members",
};
