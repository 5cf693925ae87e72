/* The topics panel: what is written where, who reads it, how far behind the worst is, and how long it is kept. */
#include <string.h>

#include "number.h"
#include "panel_all.h"
#include "panel_lag.h"
#include "panel_reading.h"
#include "panel_say.h"

#define NAMES_TOLD 6 /* so many partitions or groups are named */

/* What the readers of a topic are like, all together. */
struct audience {
    const struct ui_topic_readers *readers;
    struct ui_sum sum;
    const struct ui_reading *worst;
};

static const struct kt_topic *topic_of(const struct ui_row *row)
{
    return row->item;
}

static const struct audience *audience_of(const struct ui_row *row)
{
    return row->parent;
}

static enum ui_look_kind look_of(const struct ui_row *row)
{
    const struct audience *audience = audience_of(row);
    return ui_look_of_topic(topic_of(row), audience->worst ? audience->sum.worst : UI_LOOK_UNREAD);
}

static void gather(struct audience *audience)
{
    int64_t best[2] = {0, 0}, rank[2];
    for (size_t i = 0; i < audience->readers->count; i++) {
        const struct ui_reading *reading = &audience->readers->items[i];
        ui_sum_join(&audience->sum, &reading->sum);
        ui_sum_rank_look(reading->sum.worst, &reading->sum, rank);
        if (!audience->worst || rank[0] > best[0] || (rank[0] == best[0] && rank[1] > best[1])) {
            audience->worst = reading;
            memcpy(best, rank, sizeof best);
        }
    }
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    (void)focus;
    const struct ui_topic_readers *readers = ui_readings(snap, kt_text_of(NULL, 0), rows);
    struct audience *audiences = ui_rows_scratch(rows, 2, snap->topic_count, sizeof *audiences);
    for (size_t i = 0; i < snap->topic_count; i++) {
        audiences[i].readers = &readers[i];
        gather(&audiences[i]);
        ui_rows_add_sum(rows, snap->topics[i], &audiences[i], &audiences[i].sum);
    }
}

static void list_children(const struct ui_row *row, const struct ui_context *cx, struct ui_rows *rows)
{
    (void)cx;
    const struct ui_topic_readers *readers = audience_of(row)->readers;
    for (size_t i = 0; i < readers->count; i++)
        ui_rows_add_sum(rows, &readers->items[i], readers->topic, &readers->items[i].sum);
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.first = topic_of(row)->name};
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    out->texts[0] = topic_of(row)->name;
    if (audience_of(row)->worst)
        out->texts[1] = audience_of(row)->worst->group->name;
    out->look = look_of(row);
    out->lag_known = audience_of(row)->sum.lag_known;
    out->lag = audience_of(row)->sum.lag;
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_status(slot, look_of(row));
}

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_sum_rank_look(look_of(row), &audience_of(row)->sum, rank);
}

static struct kt_text words_name(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return topic_of(row)->name;
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

/* Nobody who reads what somebody writes. */
static bool is_unread(const struct ui_row *row)
{
    const struct kt_topic *topic = topic_of(row);
    return !audience_of(row)->worst && !topic->internal && KT_KNOWS(topic, KT_TOPIC_produce_rate) &&
           topic->produce_rate > 0;
}

static void cell_groups(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    if (is_unread(row))
        slot->role = UI_ROLE_warn;
    ui_slot_count(slot, cx, true, (int64_t)audience_of(row)->readers->count, false);
}

static bool rank_groups(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, (int64_t)audience_of(row)->readers->count, rank);
}

static struct kt_text words_worst(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return audience_of(row)->worst ? audience_of(row)->worst->group->name : kt_text_of(NULL, 0);
}

static void cell_worst(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    if (audience_of(row)->worst)
        ui_slot_name(slot, words_worst(row, cx));
    else
        ui_slot_text(slot, is_unread(row) ? UI_ROLE_warn : slot->role, "(nobody)");
}

static void cell_retention(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_topic *topic = topic_of(row);
    if (KT_KNOWS(topic, KT_TOPIC_compacted) && topic->compacted && !KT_KNOWS(topic, KT_TOPIC_retention_ms))
        ui_slot_text(slot, slot->role, "compact");
    else if (KT_KNOWS(topic, KT_TOPIC_compacted) && !KT_KNOWS(topic, KT_TOPIC_retention_ms))
        ui_slot_text(slot, slot->role, "ever");
    else
        ui_slot_duration(slot, KT_KNOWS(topic, KT_TOPIC_retention_ms), topic->retention_ms, false);
}

static bool rank_retention(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(topic_of(row), KT_TOPIC_retention_ms), topic_of(row)->retention_ms, rank);
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
     .ascending = true, .words = words_name},
    {.id = "lag", .title = "LAG", .title_time = "TIME", .help = "messages not read yet, summed over its readers",
     .min = 5, .want = 6, .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = ui_sum_lag, .rank = ui_sum_rank_lag,
     .count = ui_sum_count_lag},
    {.id = "groups", .title = "READERS", .help = "groups that read it; x shows them", .min = 4, .want = 7,
     .priority = 1, .align = UI_RIGHT, .cell = cell_groups, .rank = rank_groups, .count = rank_groups},
    {.id = "change", .title = "+/min", .help = "change of that lag a minute, from the two speeds", .min = 6, .want = 6,
     .priority = 7, .align = UI_RIGHT, .letter = 'D', .cell = ui_sum_change, .rank = ui_sum_rank_change},
    {.id = "behind", .title = "BEHND", .help = "age of the next record that its worst reader will read", .min = 5,
     .want = 6, .priority = 3, .align = UI_RIGHT, .letter = 'T', .cell = ui_sum_behind, .rank = ui_sum_rank_behind},
    {.id = "in", .title = "IN/s", .help = "messages written a second", .min = 5, .want = 5, .priority = 2,
     .align = UI_RIGHT, .letter = 'P', .cell = cell_in, .rank = rank_in},
    {.id = "out", .title = "OUT/s", .help = "messages a second by which its readers' offsets move, summed", .min = 5,
     .want = 5, .priority = 8, .align = UI_RIGHT, .letter = 'C', .cell = ui_sum_out, .rank = ui_sum_rank_out},
    {.id = "partitions", .title = "PARTS", .help = "partitions", .min = 5, .want = 5, .priority = 6,
     .align = UI_RIGHT, .cell = cell_partitions, .rank = rank_partitions, .count = rank_partitions},
    {.id = "urp", .title = "URP", .help = "partitions with fewer in-sync replicas than replicas", .min = 4,
     .want = 4, .priority = 4, .align = UI_RIGHT, .cell = cell_urp, .rank = rank_urp, .count = rank_urp},
    {.id = "offline", .title = "NOLDR", .help = "partitions without a leader", .min = 5, .want = 5, .priority = 5,
     .align = UI_RIGHT, .cell = cell_offline, .rank = rank_offline, .count = rank_offline},
    {.id = "replication", .title = "REPL", .help = "replicas of a partition", .min = 4, .want = 4, .priority = 10,
     .align = UI_RIGHT, .cell = cell_replication, .rank = rank_replication},
    {.id = "messages", .title = "MSGS", .help = "messages that its log holds (ends minus starts)", .min = 5,
     .want = 6, .exact = 14, .priority = 11, .align = UI_RIGHT, .cell = cell_messages, .rank = rank_messages,
     .count = rank_messages},
    {.id = "transaction", .title = "TXN", .help = "how long a producer's transaction has been holding readers back",
     .min = 5, .want = 5, .priority = 13, .align = UI_RIGHT, .cell = cell_transaction, .rank = rank_transaction},
    {.id = "retention", .title = "KEEP", .help = "how long records are kept; compact: the newest of each key, for ever",
     .min = 5, .want = 7, .priority = 8, .align = UI_RIGHT, .cell = cell_retention, .rank = rank_retention},
    {.id = "used", .title = "RET", .help = "share of that time by which its worst reader is behind", .min = 4,
     .want = 5, .priority = 7, .align = UI_RIGHT, .cell = cell_used, .rank = rank_used},
    {.id = "worst", .title = "WORST", .help = "the worst of its readers; (nobody) in colour: written to and not read",
     .min = 10, .want = 14, .most = 30, .priority = 9, .ascending = true, .cell = cell_worst, .words = words_worst},
    {.id = "trend", .title = "IN TREND", .trend_of = "IN",
     .help = "written a second, 5m, 30m or 2h (w); blank: unknown", .min = 8, .want = 8,
     .most = 40, .priority = 12, .cell = cell_trend},
};

/* " (p2, p7 ...)": the partitions without a leader, or with too few replicas. */
static void add_numbers(struct ui_said *said, const struct kt_topic *topic, bool leaderless)
{
    unsigned told = 0;
    for (size_t i = 0; i < topic->partitions_length && told <= NAMES_TOLD; i++) {
        const struct kt_partition *partition = &topic->partitions[i];
        bool has_leader = KT_KNOWS(partition, KT_PARTITION_leader);
        if (leaderless ? has_leader : partition->isr_count >= partition->replica_count)
            continue;
        if (told++ == NAMES_TOLD)
            ui_said_add(said, " ...");
        else
            ui_said_add(said, "%sp%lld", told == 1 ? " (" : ", ", (long long)partition->partition);
    }
    if (told > 0)
        ui_said_add(said, ")");
}

static bool is_missed(const struct kt_partition *partition, int32_t broker)
{
    for (size_t i = 0; i < partition->replica_count; i++)
        if (partition->replicas[i] == broker)
            return !ui_in_sync(partition, broker);
    return false;
}

/* ": broker 3 is missing", where it is the same one everywhere. */
static void add_missing(struct ui_said *said, const struct kt_topic *topic)
{
    const struct kt_partition *first = NULL;
    for (size_t i = 0; i < topic->partitions_length && !first; i++)
        if (topic->partitions[i].isr_count < topic->partitions[i].replica_count)
            first = &topic->partitions[i];
    for (size_t k = 0; first && k < first->replica_count; k++) {
        bool everywhere = is_missed(first, first->replicas[k]);
        for (size_t i = 0; everywhere && i < topic->partitions_length; i++)
            everywhere = topic->partitions[i].isr_count >= topic->partitions[i].replica_count ||
                         is_missed(&topic->partitions[i], first->replicas[k]);
        if (everywhere) {
            ui_said_add(said, ": broker %ld is missing", (long)first->replicas[k]);
            return;
        }
    }
}

static void add_worst(struct ui_said *said, const struct ui_row *row)
{
    const struct ui_reading *reading = audience_of(row)->worst;
    char why[1024];
    int64_t with_it;
    const struct kt_lag *worst = reading ? ui_worst_lag(reading->lags, reading->count, &with_it) : NULL;
    if (!worst || ui_say_lag(worst, why, sizeof why) == 0)
        return;
    ui_said_add(said, "%sgroup ", said->length > 0 ? "; " : "");
    ui_said_name(said, reading->group->name);
    ui_said_add(said, " on p%lld: %s", (long long)kt_lag_partition(worst), why);
}

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    const struct kt_topic *topic = topic_of(row);
    struct ui_said said = {out, room, 0};
    int64_t ms;
    out[0] = '\0';
    if (KT_KNOWS(topic, KT_TOPIC_offline) && topic->offline > 0) {
        ui_said_add(&said, "without a leader: %lld of %zu partitions", (long long)topic->offline,
                    topic->partitions_length);
        add_numbers(&said, topic, true);
    }
    if (KT_KNOWS(topic, KT_TOPIC_under_replicated) && topic->under_replicated > 0) {
        ui_said_add(&said, "%stoo few in-sync replicas: %lld of %zu partitions", said.length > 0 ? "; " : "",
                    (long long)topic->under_replicated, topic->partitions_length);
        add_numbers(&said, topic, false);
        add_missing(&said, topic);
    }
    if (hung_for(row, cx, &ms)) {
        ui_said_count(&said, said.length > 0 ? "; " : "", topic->unstable);
        ui_said_add(&said, " messages beyond the last stable offset: a transaction is open");
        ui_said_clock(&said, " since ", true, topic->unstable_since);
    }
    if (!audience_of(row)->worst) {
        ui_said_add(&said, "%s%s", said.length > 0 ? "; " : "",
                    is_unread(row) ? "no group reads it although it is written to" : "no group has committed to it");
        if (KT_KNOWS(topic, KT_TOPIC_produce_rate))
            ui_said_rate(&said, ", IN ", true, topic->produce_rate);
    }
    add_worst(&said, row);
    return said.length;
}

static size_t more(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct kt_topic *topic = topic_of(row);
    struct ui_said said = {out, room, 0};
    out[0] = '\0';
    ui_said_add(&said, "%zu partitions", topic->partitions_length);
    if (KT_KNOWS(topic, KT_TOPIC_replication_factor))
        ui_said_add(&said, " x %lld replicas", (long long)topic->replication_factor);
    if (KT_KNOWS(topic, KT_TOPIC_messages))
        ui_said_count(&said, ", messages ", topic->messages);
    if (KT_KNOWS(topic, KT_TOPIC_retention_ms))
        ui_said_duration(&said, ", kept ", topic->retention_ms);
    ui_said_rate(&said, "\nIN ", KT_KNOWS(topic, KT_TOPIC_produce_rate), topic->produce_rate);
    ui_said_add(&said, "\nread by %zu group%s", audience_of(row)->readers->count,
                audience_of(row)->readers->count == 1 ? "" : "s");
    for (size_t i = 0; i < audience_of(row)->readers->count && i < NAMES_TOLD; i++) {
        ui_said_add(&said, i == 0 ? ": " : ", ");
        ui_said_name(&said, audience_of(row)->readers->items[i].group->name);
    }
    ui_said_add(&said, "%s\n", audience_of(row)->readers->count > NAMES_TOLD ? " ..." : "");
    return said.length;
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    to->topic = topic_of(row)->name;
    return "logs";
}

const struct ui_panel ui_panel_topics = {
    .name = "topics",
    .title = "Topics",
    .help = "topics: what is written, who reads it; Enter: its partitions, then its readers; x: its readers",
    .key = '2',
    .table = {.columns = columns,
              .count = sizeof columns / sizeof columns[0],
              .identify = identify,
              .facts = facts,
              .below = &ui_panel_readers.table,
              .children = list_children,
              .label = ui_readers_label,
              .name = 1},
    .below = &ui_panel_readers,
    .rows = list_rows,
    .describe = describe,
    .more = more,
    .enter = enter,
    .nothing = "no topics",
};
