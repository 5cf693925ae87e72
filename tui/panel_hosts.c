/* The hosts panel: is it one machine? Members, what they own and its lag, summed over all groups. */
#include "number.h"
#include "panel_all.h"
#include "panel_say.h"
#include "panel_share.h"

struct machine {
    const struct ui_host *host;
    struct ui_sum sum;
    int64_t members, idle, groups, owned;
    double share; /* of the lag of all machines; negative: there is none */
};

static const struct machine *machine_of(const struct ui_row *row)
{
    return row->item;
}

static void sum_up(struct machine *machine)
{
    const struct ui_host *host = machine->host;
    const struct kt_group *before = NULL;
    for (size_t i = 0; i < host->count; i++) {
        const struct ui_share *share = host->shares[i];
        ui_sum_join(&machine->sum, &share->sum);
        machine->members += share->member != NULL;
        machine->idle += ui_share_is_idle(share);
        machine->owned += ui_share_partitions(share);
        machine->groups += share->group != before;
        before = share->group;
    }
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    size_t share_count, count;
    double all = 0;
    struct ui_share *shares = ui_shares(snap, focus->group, rows, &share_count);
    const struct ui_host *hosts = ui_hosts(shares, share_count, rows, &count);
    struct machine *machines = ui_rows_scratch(rows, 3, count, sizeof *machines);
    for (size_t i = 0; i < count; i++) {
        machines[i].host = &hosts[i];
        sum_up(&machines[i]);
        all += (double)machines[i].sum.lag;
        ui_rows_add_sum(rows, &machines[i], NULL, &machines[i].sum);
    }
    for (size_t i = 0; i < count; i++)
        machines[i].share = all > 0 ? (double)machines[i].sum.lag / all : -1;
}

static void list_children(const struct ui_row *row, const struct ui_context *cx, struct ui_rows *rows)
{
    (void)cx;
    const struct ui_host *host = machine_of(row)->host;
    for (size_t i = 0; i < host->count; i++)
        ui_rows_add_sum(rows, host->shares[i], NULL, &host->shares[i]->sum);
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.first = machine_of(row)->host->name};
}

static enum ui_look_kind look_of(const struct ui_row *row)
{
    return machine_of(row)->sum.partitions > 0 ? machine_of(row)->sum.worst : UI_LOOK_OK;
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    out->texts[0] = machine_of(row)->host->name;
    out->look = look_of(row);
    out->lag_known = machine_of(row)->sum.lag_known;
    out->lag = machine_of(row)->sum.lag;
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    if (machine_of(row)->sum.partitions == 0)
        ui_slot_idle(slot);
    else
        ui_slot_status(slot, look_of(row));
}

/* What nobody owns is no machine: it stands last among its equals, whatever its lag. */
static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    rank[0] = machine_of(row)->sum.partitions > 0 ? (int64_t)look_of(row) : -1;
    rank[1] = machine_of(row)->host->name.bytes ? machine_of(row)->sum.lag : -1;
    return true;
}

static struct kt_text words_host(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return machine_of(row)->host->name;
}

static void cell_host(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    if (machine_of(row)->host->name.bytes)
        ui_slot_name(slot, words_host(row, cx));
    else
        ui_slot_text(slot, slot->role, "(unowned)");
}

static void cell_share(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_percent(slot, machine_of(row)->share >= 0, machine_of(row)->share);
}

static bool rank_share(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(machine_of(row)->share >= 0, machine_of(row)->sum.lag, rank);
}

static void cell_members(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, machine_of(row)->members, false);
}

static bool rank_members(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, machine_of(row)->members, rank);
}

static void cell_idle(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, machine_of(row)->idle, false);
}

static bool rank_idle(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, machine_of(row)->idle, rank);
}

static void cell_groups(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, machine_of(row)->groups, false);
}

static bool rank_groups(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, machine_of(row)->groups, rank);
}

static void cell_partitions(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, machine_of(row)->owned, false);
}

static bool rank_partitions(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, machine_of(row)->owned, rank);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "the worst verdict of what its members own; IDLE: they own nothing",
     .min = 2, .want = 9, .letter = 'S', .cell = cell_status, .rank = rank_status},
    {.id = "host", .title = "HOST", .help = "address as the brokers saw it; (unowned): what no member owns", .min = 8,
     .want = 16, .most = 50, .letter = 'A', .ascending = true, .cell = cell_host, .words = words_host},
    {.id = "lag", .title = "LAG", .title_time = "TIME", .help = "messages not read yet on what its members own",
     .min = 5, .want = 6, .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = ui_sum_lag, .rank = ui_sum_rank_lag,
     .count = ui_sum_count_lag},
    {.id = "share", .title = "SHARE", .help = "of the lag of all hosts", .min = 5, .want = 5, .priority = 1,
     .align = UI_RIGHT, .cell = cell_share, .rank = rank_share},
    {.id = "members", .title = "MEMB", .help = "members of groups on it", .min = 4, .want = 4, .priority = 2,
     .align = UI_RIGHT, .cell = cell_members, .rank = rank_members, .count = rank_members},
    {.id = "idle", .title = "IDLE", .help = "those that own no partition", .min = 4, .want = 4, .priority = 3,
     .align = UI_RIGHT, .cell = cell_idle, .rank = rank_idle, .count = rank_idle},
    {.id = "partitions", .title = "PARTS", .help = "partitions that its members own", .min = 5, .want = 5,
     .priority = 4, .align = UI_RIGHT, .cell = cell_partitions, .rank = rank_partitions, .count = rank_partitions},
    {.id = "behind", .title = "BEHND", .help = "age of the next record to be read", .min = 5, .want = 6,
     .priority = 5, .align = UI_RIGHT, .letter = 'T', .cell = ui_sum_behind, .rank = ui_sum_rank_behind},
    {.id = "change", .title = "+/min", .help = "change of the lag a minute, from the two speeds", .min = 6,
     .want = 6, .priority = 6, .align = UI_RIGHT, .letter = 'D', .cell = ui_sum_change, .rank = ui_sum_rank_change},
    {.id = "in", .title = "IN/s", .help = "messages written a second to what its members own", .min = 5, .want = 5,
     .priority = 7, .align = UI_RIGHT, .letter = 'P', .cell = ui_sum_in, .rank = ui_sum_rank_in},
    {.id = "out", .title = "OUT/s", .help = "messages a second by which their offsets move", .min = 5, .want = 5,
     .priority = 8, .align = UI_RIGHT, .letter = 'C', .cell = ui_sum_out, .rank = ui_sum_rank_out},
    {.id = "groups", .title = "GROUPS", .help = "groups that have members on it", .min = 6, .want = 6,
     .priority = 9, .align = UI_RIGHT, .cell = cell_groups, .rank = rank_groups, .count = rank_groups},
};

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct machine *machine = machine_of(row);
    const struct ui_sum *sum = &machine->sum;
    struct ui_said said = {out, room, 0};
    out[0] = '\0';
    if (!machine->host->name.bytes)
        ui_said_add(&said, "no member owns these %lld partitions of %lld groups%s", (long long)machine->owned,
                    (long long)machine->groups, sum->worst != UI_LOOK_OK ? "; " : "");
    if (sum->worst_lag && sum->worst != UI_LOOK_OK)
        ui_said_worst(&said, sum->worst_lag, sum->with_it, sum->partitions, "its ");
    else if (machine->idle > 0)
        ui_said_add(&said, "%lld of its %lld members own no partition", (long long)machine->idle,
                    (long long)machine->members);
    return said.length;
}

/* How much of everything is its own. */
static size_t more(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct machine *machine = machine_of(row);
    struct ui_said said = {out, room, 0};
    out[0] = '\0';
    if (machine->host->name.bytes) /* of what nobody owns the reason says it */
        ui_said_add(&said, "%lld members of %lld groups, %lld of them idle, own %lld partitions\n",
                    (long long)machine->members, (long long)machine->groups, (long long)machine->idle,
                    (long long)machine->owned);
    if (machine->share >= 0) {
        char percent[16];
        ui_number_percent(true, machine->share, percent, sizeof percent);
        ui_said_count(&said, "lag ", machine->sum.lag);
        ui_said_add(&said, ", %s of that of all hosts\n", percent);
    }
    ui_said_rate(&said, "IN ", machine->sum.in_known, machine->sum.in);
    ui_said_rate(&said, ", OUT ", machine->sum.out_known, machine->sum.out);
    ui_said_add(&said, "\n");
    return said.length;
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    if (!machine_of(row)->host->name.bytes)
        return NULL;
    to->host = machine_of(row)->host->name;
    return "members";
}

const struct ui_panel ui_panel_hosts = {
    .name = "hosts",
    .title = "Hosts",
    .help = "hosts of the members of all groups, and the lag of what they own; Enter: the members on it",
    .key = '6',
    .table = {.columns = columns,
              .count = sizeof columns / sizeof columns[0],
              .identify = identify,
              .facts = facts,
              .below = &ui_panel_members.table,
              .children = list_children,
              .label = ui_members_group,
              .name = 1},
    .below = &ui_panel_members,
    .rows = list_rows,
    .describe = describe,
    .more = more,
    .enter = enter,
    .nothing = "no member of a group is known",
};
