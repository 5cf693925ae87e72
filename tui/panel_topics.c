/* The topics panel: what is written where, who reads it and how far behind the last of them is. */
#include "number.h"
#include "panel_all.h"

/* What the readers of a topic are like, all together. */
struct readers {
    enum ui_look_kind worst;
    bool lag_known;
    bool partial;
    bool approximate;
    int64_t lag; /* summed over groups and partitions */
};

static const struct kt_topic *topic_of(const struct ui_row *row)
{
    return row->item;
}

static const struct readers *readers_of(const struct ui_row *row)
{
    return row->parent;
}

static enum ui_look_kind look_of(const struct ui_row *row)
{
    return ui_look_of_topic(topic_of(row), readers_of(row)->worst);
}

static void add_lag(struct readers *readers, const struct kt_lag *lag)
{
    enum ui_look_kind look = ui_look_of_lag(lag);
    if (look > readers->worst)
        readers->worst = look;
    if (!KT_KNOWS(lag, KT_LAG_lag)) {
        readers->partial = true;
        return;
    }
    readers->approximate = readers->approximate || lag->approximate;
    readers->lag = readers->lag_known ? readers->lag + lag->lag : lag->lag;
    readers->lag_known = true;
}

/* Both the topics and a group's lags stand in the order of their names: walk them side by side. */
static void add_group(struct readers *readers, const struct kt_snapshot *snap, const struct kt_group *group)
{
    size_t topic = 0;
    for (size_t i = 0; i < group->lag_count && topic < snap->topic_count;) {
        int order = kt_text_compare(snap->topics[topic]->name, group->lags[i].topic);
        if (order == 0)
            add_lag(&readers[topic], &group->lags[i]);
        if (order < 0)
            topic++;
        else
            i++;
    }
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    (void)focus;
    struct readers *readers = ui_rows_scratch(rows, 0, snap->topic_count, sizeof *readers);
    for (size_t i = 0; i < snap->topic_count; i++)
        readers[i].worst = UI_LOOK_UNREAD;
    for (size_t i = 0; i < snap->group_count; i++)
        add_group(readers, snap, snap->groups[i]);
    for (size_t i = 0; i < snap->topic_count; i++)
        ui_rows_add(rows, snap->topics[i], &readers[i], 0);
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.first = topic_of(row)->name};
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    out->texts[0] = topic_of(row)->name;
    out->look = look_of(row);
    out->lag_known = readers_of(row)->lag_known;
    out->lag = readers_of(row)->lag;
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_status(slot, look_of(row));
}

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    rank[0] = (int64_t)look_of(row);
    rank[1] = readers_of(row)->lag_known ? readers_of(row)->lag : -1;
    return true;
}

static struct kt_text words_name(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return topic_of(row)->name;
}

static void cell_name(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_name(row, cx));
}

static void cell_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct readers *readers = readers_of(row);
    ui_slot_lag(slot, cx, readers->lag_known, readers->lag, readers->partial, readers->approximate);
}

static bool rank_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(readers_of(row)->lag_known, readers_of(row)->lag, rank);
}

static void cell_in(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, KT_KNOWS(topic_of(row), KT_TOPIC_produce_rate), topic_of(row)->produce_rate);
}

static bool rank_in(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(KT_KNOWS(topic_of(row), KT_TOPIC_produce_rate), topic_of(row)->produce_rate, rank);
}

static void cell_groups(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, (int64_t)topic_of(row)->group_count, false);
}

static bool rank_groups(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, (int64_t)topic_of(row)->group_count, rank);
}

static void cell_partitions(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, KT_KNOWS(topic_of(row), KT_TOPIC_partition_count), topic_of(row)->partition_count,
                  false);
}

static bool rank_partitions(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(topic_of(row), KT_TOPIC_partition_count), topic_of(row)->partition_count, rank);
}

static void cell_replication(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, KT_KNOWS(topic_of(row), KT_TOPIC_replication_factor),
                  topic_of(row)->replication_factor, false);
}

static bool rank_replication(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(topic_of(row), KT_TOPIC_replication_factor),
                          topic_of(row)->replication_factor, rank);
}

static void cell_urp(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_topic *topic = topic_of(row);
    bool known = KT_KNOWS(topic, KT_TOPIC_under_replicated);
    ui_slot_count(slot, cx, known, topic->under_replicated, false);
    if (known && topic->under_replicated > 0)
        slot->role = UI_ROLE_warn;
}

static bool rank_urp(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(topic_of(row), KT_TOPIC_under_replicated), topic_of(row)->under_replicated,
                          rank);
}

static void cell_offline(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_topic *topic = topic_of(row);
    bool known = KT_KNOWS(topic, KT_TOPIC_offline);
    ui_slot_count(slot, cx, known, topic->offline, false);
    if (known && topic->offline > 0)
        slot->role = UI_ROLE_err;
}

static bool rank_offline(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(topic_of(row), KT_TOPIC_offline), topic_of(row)->offline, rank);
}

static void cell_messages(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, KT_KNOWS(topic_of(row), KT_TOPIC_messages), topic_of(row)->messages, false);
}

static bool rank_messages(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(topic_of(row), KT_TOPIC_messages), topic_of(row)->messages, rank);
}

/* How long the oldest open transaction has been holding its last stable offset back. */
static bool hung_for(const struct ui_row *row, const struct ui_context *cx, int64_t *ms)
{
    bool known = KT_KNOWS(topic_of(row), KT_TOPIC_unstable_since);
    *ms = known ? cx->snap->taken_ms - topic_of(row)->unstable_since : 0;
    return known;
}

static void cell_transaction(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    int64_t ms;
    bool known = hung_for(row, cx, &ms);
    ui_slot_duration(slot, known, ms, false);
}

static bool rank_transaction(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    int64_t ms;
    bool known = hung_for(row, cx, &ms);
    return ui_rank_number(known, ms, rank);
}

static void cell_trend(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    slot->trend = &topic_of(row)->trend;
    slot->role = slot->role == UI_ROLE_text ? UI_ROLE_spark : slot->role;
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "NOLEAD, URP, or the worst status of its readers", .min = 2,
     .want = 9, .letter = 'S', .cell = cell_status, .rank = rank_status},
    {.id = "topic", .title = "TOPIC", .help = "topic name", .min = 8, .want = 14, .most = 64, .letter = 'A',
     .ascending = true, .cell = cell_name, .words = words_name},
    {.id = "lag", .title = "LAG", .help = "messages not read yet, summed over its readers", .min = 5, .want = 6,
     .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = cell_lag, .rank = rank_lag},
    {.id = "groups", .title = "GROUPS", .help = "groups that have committed to it", .min = 6, .want = 6,
     .priority = 1, .align = UI_RIGHT, .cell = cell_groups, .rank = rank_groups},
    {.id = "in", .title = "IN/s", .help = "messages written a second", .min = 5, .want = 5, .priority = 2,
     .align = UI_RIGHT, .letter = 'P', .cell = cell_in, .rank = rank_in},
    {.id = "partitions", .title = "PARTS", .help = "partitions", .min = 5, .want = 5, .priority = 3,
     .align = UI_RIGHT, .cell = cell_partitions, .rank = rank_partitions},
    {.id = "urp", .title = "URP", .help = "partitions with fewer in-sync replicas than replicas", .min = 4,
     .want = 4, .priority = 4, .align = UI_RIGHT, .cell = cell_urp, .rank = rank_urp},
    {.id = "offline", .title = "NOLDR", .help = "partitions without a leader", .min = 5, .want = 5, .priority = 5,
     .align = UI_RIGHT, .cell = cell_offline, .rank = rank_offline},
    {.id = "replication", .title = "REPL", .help = "replicas of a partition", .min = 4, .want = 4, .priority = 6,
     .align = UI_RIGHT, .cell = cell_replication, .rank = rank_replication},
    {.id = "messages", .title = "MSGS", .help = "messages that its log holds (ends minus starts)", .min = 5,
     .want = 6, .exact = 14, .priority = 7, .align = UI_RIGHT, .cell = cell_messages, .rank = rank_messages},
    {.id = "transaction", .title = "TXN", .help = "how long a producer's transaction has been holding readers back",
     .min = 5, .want = 5, .priority = 9, .align = UI_RIGHT, .cell = cell_transaction, .rank = rank_transaction},
    {.id = "trend", .title = "IN TREND", .help = "messages written a second over time", .min = 8, .want = 8,
     .most = 40, .priority = 8, .cell = cell_trend},
};

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct kt_topic *topic = topic_of(row);
    switch (look_of(row)) {
    case UI_LOOK_OFFLINE:
        return ui_say(out, room, "%lld of its partitions have no leader", (long long)topic->offline);
    case UI_LOOK_URP:
        return ui_say(out, room, "%lld of its partitions lack in-sync replicas",
                      (long long)topic->under_replicated);
    case UI_LOOK_UNREAD:
        return ui_say(out, room, "no group has committed to it");
    default:
        break;
    }
    int64_t ms;
    char since[16];
    if (!hung_for(row, cx, &ms))
        return 0;
    ui_number_duration(true, ms, since, sizeof since);
    return ui_say(out, room, "%lld messages beyond the last stable offset: a transaction is open since %s",
                  (long long)topic->unstable, since);
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    to->topic = topic_of(row)->name;
    return "partitions";
}

static const struct kt_group *group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)row;
    (void)cx;
    return NULL;
}

const struct ui_panel ui_panel_topics = {
    .name = "topics",
    .title = "Topics",
    .help = "topics: what is written, who reads it; Enter: its partitions with every group that reads them",
    .key = '2',
    .table = {.columns = columns, .count = sizeof columns / sizeof columns[0], .identify = identify, .facts = facts},
    .rows = list_rows,
    .describe = describe,
    .enter = enter,
    .group = group,
    .nothing = "no topics",
};
