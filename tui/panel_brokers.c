/* The brokers panel: is it the broker? Who leads what, what is out of sync, and how much lag lies behind it. */
#include <stdio.h>

#include "number.h"
#include "panel_all.h"
#include "panel_lag.h"
#include "panel_say.h"

#define UNEVEN 0.1 /* of all leaders, by which a broker leads more or less than it should */

/* What the partitions of one broker are like, all together. */
struct load {
    int64_t out_of_sync; /* replicas on it that are not in sync */
    bool rate_known;
    double rate; /* messages a second written to what it leads */
    bool lag_known;
    int64_t lag; /* of the groups that read what it leads */
    int64_t preferred; /* partitions that it should lead: it is their first replica */
    double leader_share, lag_share; /* of all brokers'; negative: there are none */
    double fair_share;              /* of leaders, by the partitions that it should lead */
};

static const struct kt_broker *broker_of(const struct ui_row *row)
{
    return row->item;
}

static const struct load *load_of(const struct ui_row *row)
{
    return row->parent;
}

static struct load *load_by_id(const struct kt_snapshot *snap, struct load *loads, int64_t id)
{
    const struct kt_broker *broker = kt_snapshot_broker(snap, id);
    return broker ? &loads[broker - snap->brokers] : NULL;
}

static void add_partition(const struct kt_snapshot *snap, struct load *loads, const struct kt_partition *partition)
{
    struct load *leader =
        KT_KNOWS(partition, KT_PARTITION_leader) ? load_by_id(snap, loads, partition->leader) : NULL;
    if (leader && KT_KNOWS(partition, KT_PARTITION_produce_rate)) {
        leader->rate += partition->produce_rate;
        leader->rate_known = true;
    }
    struct load *first = partition->replica_count > 0 ? load_by_id(snap, loads, partition->replicas[0]) : NULL;
    if (first)
        first->preferred++;
    for (size_t i = 0; i < partition->replica_count; i++) {
        struct load *replica = ui_in_sync(partition, partition->replicas[i])
                                   ? NULL
                                   : load_by_id(snap, loads, partition->replicas[i]);
        if (replica)
            replica->out_of_sync++;
    }
}

/* A group's lags stand by topic: look each topic up once. */
static void add_group(const struct kt_snapshot *snap, struct load *loads, const struct kt_group *group)
{
    const struct kt_topic *topic = NULL;
    for (size_t i = 0; i < group->lag_count; i++) {
        const struct kt_lag *lag = &group->lags[i];
        if (i == 0 || !ui_text_equal(kt_lag_topic(lag), kt_lag_topic(&group->lags[i - 1])))
            topic = kt_snapshot_topic(snap, kt_lag_topic(lag).bytes, kt_lag_topic(lag).length);
        const struct kt_partition *partition = topic ? kt_topic_partition(topic, kt_lag_partition(lag)) : NULL;
        if (!partition || !KT_KNOWS(partition, KT_PARTITION_leader) || !KT_KNOWS(lag, KT_LAG_lag))
            continue;
        if (!lag->in_total)
            continue;
        struct load *leader = load_by_id(snap, loads, partition->leader);
        if (leader) {
            leader->lag += kt_lag_lag(lag);
            leader->lag_known = true;
        }
    }
}

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : -1;
}

static void share_out(const struct kt_snapshot *snap, struct load *loads)
{
    double leaders = 0, lag = 0, preferred = 0;
    for (size_t i = 0; i < snap->broker_count; i++) {
        leaders += KT_KNOWS(&snap->brokers[i], KT_BROKER_leaders) ? (double)snap->brokers[i].leaders : 0;
        lag += (double)loads[i].lag;
        preferred += (double)loads[i].preferred;
    }
    for (size_t i = 0; i < snap->broker_count; i++) {
        bool known = KT_KNOWS(&snap->brokers[i], KT_BROKER_leaders);
        loads[i].leader_share = known ? share((double)snap->brokers[i].leaders, leaders) : -1;
        loads[i].lag_share = share((double)loads[i].lag, lag);
        loads[i].fair_share = share((double)loads[i].preferred, preferred);
    }
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    (void)focus;
    struct load *loads = ui_rows_scratch(rows, 0, snap->broker_count, sizeof *loads);
    for (size_t i = 0; i < snap->topic_count; i++)
        for (size_t j = 0; j < snap->topics[i]->partitions_length; j++)
            add_partition(snap, loads, &snap->topics[i]->partitions[j]);
    for (size_t i = 0; i < snap->group_count; i++)
        add_group(snap, loads, snap->groups[i]);
    share_out(snap, loads);
    for (size_t i = 0; i < snap->broker_count; i++)
        ui_rows_add(rows, &snap->brokers[i], &loads[i], 0);
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.number = broker_of(row)->id};
}

static enum ui_look_kind look_of(const struct ui_row *row)
{
    enum ui_look_kind look = ui_look_of_broker(broker_of(row));
    return look != UI_LOOK_DOWN && load_of(row)->out_of_sync > 0 ? UI_LOOK_URP : look;
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    out->texts[0] = broker_of(row)->host;
    out->texts[1] = broker_of(row)->rack;
    out->look = look_of(row);
    out->lag_known = load_of(row)->lag_known;
    out->lag = load_of(row)->lag;
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_status(slot, look_of(row));
}

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, (int64_t)look_of(row), rank);
}

static void cell_id(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, true, broker_of(row)->id);
}

static bool rank_id(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, broker_of(row)->id, rank);
}

static struct kt_text words_host(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return broker_of(row)->host;
}

static void cell_port(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, KT_KNOWS(broker_of(row), KT_BROKER_port), broker_of(row)->port);
}

static struct kt_text words_rack(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return broker_of(row)->rack;
}

static void cell_controller(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_broker *broker = broker_of(row);
    bool known = KT_KNOWS(broker, KT_BROKER_controller) || cx->snap->controller >= 0;
    bool is = KT_KNOWS(broker, KT_BROKER_controller) ? broker->controller : broker->id == cx->snap->controller;
    ui_slot_text(slot, slot->role, "%s", !known ? "-" : is ? "yes" : "no");
}

static void cell_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, load_of(row)->lag_known, load_of(row)->lag, false);
}

static bool rank_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(load_of(row)->lag_known, load_of(row)->lag, rank);
}

static void cell_leaders(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, KT_KNOWS(broker_of(row), KT_BROKER_leaders), broker_of(row)->leaders, false);
}

static bool rank_leaders(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(broker_of(row), KT_BROKER_leaders), broker_of(row)->leaders, rank);
}

/* In colour where it leads clearly more or less than it should. */
static void cell_leader_share(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct load *load = load_of(row);
    double off = load->fair_share < 0 ? 0 : load->leader_share - load->fair_share;
    if (load->leader_share >= 0 && (off > UNEVEN || off < -UNEVEN))
        slot->role = UI_ROLE_warn;
    ui_slot_percent(slot, load->leader_share >= 0, load->leader_share);
}

static bool rank_leader_share(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(load_of(row)->leader_share >= 0, load_of(row)->leader_share, rank);
}

static void cell_preferred(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, load_of(row)->fair_share >= 0, load_of(row)->preferred, false);
}

static bool rank_preferred(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(load_of(row)->fair_share >= 0, load_of(row)->preferred, rank);
}

static void cell_lag_share(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_percent(slot, load_of(row)->lag_share >= 0, load_of(row)->lag_share);
}

static bool rank_lag_share(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(load_of(row)->lag_share >= 0, load_of(row)->lag_share, rank);
}

static void cell_replicas(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, KT_KNOWS(broker_of(row), KT_BROKER_replicas), broker_of(row)->replicas, false);
}

static bool rank_replicas(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(broker_of(row), KT_BROKER_replicas), broker_of(row)->replicas, rank);
}

static void cell_urp(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, load_of(row)->out_of_sync, false);
    if (load_of(row)->out_of_sync > 0)
        slot->role = UI_ROLE_warn;
}

static bool rank_urp(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, load_of(row)->out_of_sync, rank);
}

static void cell_in(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, load_of(row)->rate_known, load_of(row)->rate);
}

static bool rank_in(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(load_of(row)->rate_known, load_of(row)->rate, rank);
}

static void cell_groups(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, KT_KNOWS(broker_of(row), KT_BROKER_groups), broker_of(row)->groups, false);
}

static bool rank_groups(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(broker_of(row), KT_BROKER_groups), broker_of(row)->groups, rank);
}

static void cell_rtt(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    char text[32];
    ui_number_round_trip(KT_KNOWS(broker_of(row), KT_BROKER_rtt_us), broker_of(row)->rtt_us, text, sizeof text);
    ui_slot_text(slot, slot->role, "%s", text);
}

static bool rank_rtt(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(broker_of(row), KT_BROKER_rtt_us), broker_of(row)->rtt_us, rank);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "whether it answers; URP: replicas on it are out of sync",
     .min = 2, .want = 9, .letter = 'S', .cell = cell_status, .rank = rank_status},
    {.id = "id", .title = "ID", .help = "broker id", .min = 3, .want = 4, .align = UI_RIGHT, .ascending = true,
     .cell = cell_id, .rank = rank_id},
    {.id = "host", .title = "HOST", .help = "advertised host", .min = 8, .want = 14, .most = 50, .letter = 'A',
     .ascending = true, .words = words_host},
    {.id = "lag", .title = "LAG", .help = "lag of all groups on the partitions it leads", .min = 5, .want = 6,
     .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = cell_lag, .rank = rank_lag, .count = rank_lag},
    {.id = "leaders", .title = "LEAD", .help = "partitions it leads", .min = 5, .want = 5, .priority = 1,
     .align = UI_RIGHT, .cell = cell_leaders, .rank = rank_leaders, .count = rank_leaders},
    {.id = "leadshare", .title = "LEAD%", .help = "share of all leaders; in colour: 10 % off that of PREF",
     .min = 5, .want = 5, .priority = 5, .align = UI_RIGHT, .cell = cell_leader_share, .rank = rank_leader_share},
    {.id = "lagshare", .title = "LAG%", .help = "share of all lag that lies on what it leads", .min = 4, .want = 4,
     .priority = 6, .align = UI_RIGHT, .cell = cell_lag_share, .rank = rank_lag_share},
    {.id = "urp", .title = "URP", .help = "its replicas that are not in sync", .min = 4, .want = 4, .priority = 2,
     .align = UI_RIGHT, .cell = cell_urp, .rank = rank_urp, .count = rank_urp},
    {.id = "in", .title = "IN/s", .help = "messages written a second to what it leads", .min = 5, .want = 5,
     .priority = 4, .align = UI_RIGHT, .letter = 'P', .cell = cell_in, .rank = rank_in},
    {.id = "rtt", .title = "RTT", .help = "round trip of the last request", .min = 5, .want = 6, .priority = 3,
     .align = UI_RIGHT, .cell = cell_rtt, .rank = rank_rtt},
    {.id = "replicas", .title = "REPL", .help = "replicas it holds", .min = 5, .want = 5, .priority = 8,
     .align = UI_RIGHT, .cell = cell_replicas, .rank = rank_replicas, .count = rank_replicas},
    {.id = "groups", .title = "GROUPS", .help = "groups it coordinates", .min = 6, .want = 6, .priority = 7,
     .align = UI_RIGHT, .cell = cell_groups, .rank = rank_groups, .count = rank_groups},
    {.id = "preferred", .title = "PREF", .help = "partitions that it should lead: it is their first replica",
     .min = 5, .want = 5, .priority = 11, .align = UI_RIGHT, .cell = cell_preferred, .rank = rank_preferred,
     .count = rank_preferred},
    {.id = "controller", .title = "CTRL", .help = "whether it is the controller", .min = 4, .want = 4,
     .priority = 10, .cell = cell_controller},
    {.id = "port", .title = "PORT", .help = "advertised port", .min = 5, .want = 5, .priority = 12,
     .align = UI_RIGHT, .cell = cell_port},
    {.id = "rack", .title = "RACK", .help = "rack", .min = 6, .want = 12, .most = 30, .priority = 9,
     .ascending = true, .words = words_rack},
};

/* What is known to be wrong with a broker now. */
static const struct kt_problem *problem_of(const struct kt_snapshot *snap, int64_t id)
{
    char name[24];
    int length = snprintf(name, sizeof name, "%lld", (long long)id);
    for (size_t i = 0; i < snap->problem_count; i++)
        if (snap->problems[i].scope == KT_SCOPE_BROKER &&
            ui_text_equal(snap->problems[i].name, kt_text_of(name, (size_t)length)))
            return &snap->problems[i];
    return NULL;
}

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    const struct kt_broker *broker = broker_of(row);
    const struct kt_problem *problem = problem_of(cx->snap, broker->id);
    struct ui_said said = {out, room, 0};
    out[0] = '\0';
    if (look_of(row) == UI_LOOK_DOWN) {
        ui_said_add(&said, "DOWN: broker %lld does not answer", (long long)broker->id);
        ui_said_clock(&said, " since ", problem != NULL, problem ? problem->since_ms : 0);
        ui_said_add(&said, ", groups it coordinates %lld, partitions it leads %lld", (long long)broker->groups,
                    (long long)broker->leaders);
    } else if (!KT_KNOWS(broker, KT_BROKER_up)) {
        ui_said_add(&said, "broker %lld was not asked yet", (long long)broker->id);
    }
    if (load_of(row)->out_of_sync > 0)
        ui_said_add(&said, "%s%lld of %lld replicas on broker %lld are not in sync", said.length > 0 ? "; " : "",
                    (long long)load_of(row)->out_of_sync, (long long)broker->replicas, (long long)broker->id);
    if (problem && problem->text.bytes) {
        ui_said_add(&said, "%s", said.length > 0 ? ": " : "");
        ui_said_name(&said, problem->text);
    }
    return said.length;
}

/* Its part of everything. */
static size_t more(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    const struct kt_broker *broker = broker_of(row);
    const struct load *load = load_of(row);
    struct ui_said said = {out, room, 0};
    int64_t leaders = 0;
    char percent[16];
    for (size_t i = 0; i < cx->snap->broker_count; i++)
        leaders += cx->snap->brokers[i].leaders;
    out[0] = '\0';
    ui_number_percent(leaders > 0, leaders > 0 ? (double)broker->leaders / (double)leaders : 0, percent,
                      sizeof percent);
    ui_said_add(&said, "leaders %lld (%s of all), replicas %lld, coordinated groups %lld\n",
                (long long)broker->leaders, percent, (long long)broker->replicas, (long long)broker->groups);
    if (load->lag_known && cx->snap->total_lag_known && cx->snap->total_lag > 0) {
        ui_number_percent(true, (double)load->lag / (double)cx->snap->total_lag, percent, sizeof percent);
        ui_said_count(&said, "lag on what it leads ", load->lag);
        ui_said_add(&said, " (%s of all)\n", percent);
    }
    ui_said_rate(&said, "IN ", load->rate_known, load->rate);
    if (broker->rack.bytes) {
        ui_said_add(&said, ", rack ");
        ui_said_name(&said, broker->rack);
    }
    ui_said_add(&said, "\n");
    return said.length;
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    to->has_broker = true;
    to->broker = broker_of(row)->id;
    return "logs";
}

const struct ui_panel ui_panel_brokers = {
    .name = "brokers",
    .title = "Brokers",
    .help = "brokers: leaders, replicas out of sync, load; Enter: the partitions it leads",
    .key = '4',
    .table = {.columns = columns, .count = sizeof columns / sizeof columns[0], .identify = identify, .facts = facts},
    .rows = list_rows,
    .describe = describe,
    .more = more,
    .enter = enter,
    .nothing = "no brokers",
};
