/* Partitions as brokers keep them, those of one topic or those that one broker leads: one row each, read or not. */
#include <stdio.h>

#include "panel_all.h"
#include "panel_lag.h"
#include "panel_reading.h"
#include "panel_say.h"

struct log {
    const struct kt_partition *partition;
    const struct ui_topic_readers *readers; /* of its topic */
    struct ui_sum sum;                      /* over them */
    size_t reader_count;
    const struct kt_group *worst; /* of these groups */
};

static const struct log *log_of(const struct ui_row *row)
{
    return row->item;
}

static const struct kt_partition *partition_of(const struct ui_row *row)
{
    return log_of(row)->partition;
}

static const struct kt_topic *topic_of(const struct ui_row *row)
{
    return row->parent;
}

/* --- rows ------------------------------------------------------------------------------------------------ */

static void sum_up(struct log *log)
{
    struct ui_sum worst = {0};
    for (size_t i = 0; i < log->readers->count; i++) {
        const struct ui_reading *reading = &log->readers->items[i];
        const struct kt_lag *lag = ui_reading_lag(reading, log->partition->partition);
        struct ui_sum one = {0};
        int64_t rank[2], best[2];
        if (!lag)
            continue;
        ui_sum_add(&one, lag);
        ui_sum_join(&log->sum, &one);
        ui_sum_rank_look(one.worst, &one, rank);
        ui_sum_rank_look(worst.worst, &worst, best);
        if (log->reader_count++ == 0 || rank[0] > best[0] || (rank[0] == best[0] && rank[1] > best[1])) {
            log->worst = reading->group;
            worst = one;
        }
    }
}

static bool is_wanted(const struct ui_focus *focus, const struct kt_topic *topic, const struct kt_partition *partition)
{
    if (focus->topic.bytes && !ui_text_equal(topic->name, focus->topic))
        return false;
    return !focus->has_broker ||
           (KT_KNOWS(partition, KT_PARTITION_leader) && partition->leader == focus->broker);
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    const struct ui_topic_readers *readers = ui_readings(snap, focus->topic, rows);
    size_t count = 0;
    for (size_t i = 0; i < snap->topic_count; i++)
        for (size_t j = 0; j < snap->topics[i]->partitions_length; j++)
            count += is_wanted(focus, snap->topics[i], &snap->topics[i]->partitions[j]);
    struct log *logs = ui_rows_scratch(rows, 2, count, sizeof *logs);
    for (size_t i = 0; i < snap->topic_count; i++)
        for (size_t j = 0; j < snap->topics[i]->partitions_length; j++) {
            const struct kt_partition *partition = &snap->topics[i]->partitions[j];
            if (!is_wanted(focus, snap->topics[i], partition))
                continue;
            *logs = (struct log){.partition = partition, .readers = &readers[i]};
            sum_up(logs);
            ui_rows_add_sum(rows, logs, snap->topics[i], &logs->sum);
            logs++;
        }
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.second = topic_of(row)->name, .number = partition_of(row)->partition};
}

static bool is_short(const struct kt_partition *partition)
{
    return partition->isr_count < partition->replica_count;
}

static enum ui_look_kind look_of(const struct ui_row *row)
{
    const struct kt_partition *partition = partition_of(row);
    if (!KT_KNOWS(partition, KT_PARTITION_leader))
        return UI_LOOK_OFFLINE;
    enum ui_look_kind worst = log_of(row)->reader_count > 0 ? log_of(row)->sum.worst : UI_LOOK_UNREAD;
    return is_short(partition) && worst < UI_LOOK_URP ? UI_LOOK_URP : worst;
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    out->texts[0] = topic_of(row)->name;
    if (log_of(row)->worst)
        out->texts[1] = log_of(row)->worst->name;
    out->look = look_of(row);
    out->lag_known = log_of(row)->sum.lag_known;
    out->lag = log_of(row)->sum.lag;
}

static void list_children(const struct ui_row *row, const struct ui_context *cx, struct ui_rows *rows)
{
    (void)cx;
    const struct ui_topic_readers *readers = log_of(row)->readers;
    for (size_t i = 0; i < readers->count; i++) {
        const struct kt_lag *lag = ui_reading_lag(&readers->items[i], partition_of(row)->partition);
        if (lag)
            ui_rows_add(rows, lag, readers->items[i].group, 0);
    }
}

/* --- cells ----------------------------------------------------------------------------------------------- */

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_status(slot, look_of(row));
}

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_sum_rank_look(look_of(row), &log_of(row)->sum, rank);
}

static struct kt_text words_topic(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return topic_of(row)->name;
}

static void cell_number(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, true, partition_of(row)->partition);
}

static bool rank_number(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, partition_of(row)->partition, rank);
}

/* The worst of its readers, and how many there are beside. */
static struct kt_text words_reader(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return log_of(row)->worst ? log_of(row)->worst->name : kt_text_of(NULL, 0);
}

static void cell_reader(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    if (log_of(row)->reader_count == 0) {
        ui_slot_text(slot, slot->role, "(nobody)");
        return;
    }
    ui_slot_name(slot, words_reader(row, cx));
    if (log_of(row)->reader_count > 1)
        snprintf(slot->tail, sizeof slot->tail, " +%zu", log_of(row)->reader_count - 1);
}

static void cell_in(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, KT_KNOWS(partition_of(row), KT_PARTITION_produce_rate), partition_of(row)->produce_rate);
}

static bool rank_in(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(KT_KNOWS(partition_of(row), KT_PARTITION_produce_rate), partition_of(row)->produce_rate,
                            rank);
}

static void cell_start(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, KT_KNOWS(partition_of(row), KT_PARTITION_log_start), partition_of(row)->log_start);
}

static bool rank_start(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(partition_of(row), KT_PARTITION_log_start), partition_of(row)->log_start, rank);
}

static void cell_end(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, KT_KNOWS(partition_of(row), KT_PARTITION_log_end), partition_of(row)->log_end);
}

static bool rank_end(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(partition_of(row), KT_PARTITION_log_end), partition_of(row)->log_end, rank);
}

/* Marked where a transaction holds it back. */
static void cell_stable(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_partition *partition = partition_of(row);
    if (KT_KNOWS(partition, KT_PARTITION_unstable) && partition->unstable > 0)
        slot->role = UI_ROLE_warn;
    ui_slot_offset(slot, KT_KNOWS(partition, KT_PARTITION_last_stable), partition->last_stable);
}

static bool rank_stable(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(partition_of(row), KT_PARTITION_unstable), partition_of(row)->unstable, rank);
}

static void cell_leader(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_leader(slot, partition_of(row));
}

static bool rank_leader(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_leader(partition_of(row), rank);
}

static void cell_isr(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_isr(slot, partition_of(row));
}

static bool rank_isr(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_isr(partition_of(row), rank);
}

/* Appends "1,2,3": the replicas, or only those that are not in sync; returns the length. */
static size_t say_replicas(const struct kt_partition *partition, bool missing, char *out, size_t room)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < partition->replica_count && length + 12 < room; i++)
        if (!missing || !ui_in_sync(partition, partition->replicas[i]))
            length += (size_t)snprintf(out + length, room - length, "%s%d", length > 0 ? "," : "",
                                       (int)partition->replicas[i]);
    return length;
}

static void cell_replicas(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    char text[sizeof slot->text];
    ui_slot_text(slot, slot->role, "%s", say_replicas(partition_of(row), false, text, sizeof text) > 0 ? text : "-");
}

static void cell_missing(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    char text[sizeof slot->text];
    if (say_replicas(partition_of(row), true, text, sizeof text) > 0)
        ui_slot_text(slot, UI_ROLE_warn, "%s", text);
    else
        ui_slot_text(slot, slot->role, "-");
}

static void cell_messages(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_partition *partition = partition_of(row);
    bool known = KT_KNOWS(partition, KT_PARTITION_log_end) && KT_KNOWS(partition, KT_PARTITION_log_start) &&
                 partition->log_end >= partition->log_start;
    ui_slot_count(slot, cx, known, known ? partition->log_end - partition->log_start : 0, false);
}

static bool rank_messages(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_partition *partition = partition_of(row);
    bool known = KT_KNOWS(partition, KT_PARTITION_log_end) && KT_KNOWS(partition, KT_PARTITION_log_start) &&
                 partition->log_end >= partition->log_start;
    return ui_rank_number(known, known ? partition->log_end - partition->log_start : 0, rank);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "NOLEAD, URP, UNREAD, or the worst verdict of its readers", .min = 2,
     .want = 9, .letter = 'S', .cell = cell_status, .rank = rank_status},
    {.id = "topic", .title = "TOPIC", .help = "topic name", .min = 8, .want = 14, .most = 50, .letter = 'A',
     .ascending = true, .hide = UI_HIDE_FOCUS_TOPIC, .words = words_topic},
    {.id = "partition", .title = "P", .help = "partition number", .min = 3, .want = 4, .align = UI_RIGHT,
     .ascending = true, .cell = cell_number, .rank = rank_number},
    {.id = "lag", .title = "LAG", .title_time = "TIME", .help = "messages not read yet, summed over its readers",
     .min = 5, .want = 6, .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = ui_sum_lag, .rank = ui_sum_rank_lag,
     .count = ui_sum_count_lag},
    {.id = "group", .title = "READERS", .help = "its worst reader, and how many there are beside; x shows them",
     .min = 10, .want = 14, .most = 40, .priority = 1, .ascending = true, .cell = cell_reader,
     .words = words_reader},
    {.id = "in", .title = "IN/s", .help = "messages written a second", .min = 5, .want = 5, .priority = 2,
     .align = UI_RIGHT, .letter = 'P', .cell = cell_in, .rank = rank_in},
    {.id = "leader", .title = "LEADR", .help = "broker that leads it", .min = 5, .want = 5, .priority = 3,
     .align = UI_RIGHT, .ascending = true, .cell = cell_leader, .rank = rank_leader},
    {.id = "isr", .title = "ISR", .help = "in-sync replicas of how many", .min = 5, .want = 5, .priority = 4,
     .align = UI_RIGHT, .ascending = true, .cell = cell_isr, .rank = rank_isr},
    {.id = "end", .title = "END", .help = "offset of the next record to be written", .min = 10, .want = 12,
     .priority = 5, .align = UI_RIGHT, .cell = cell_end, .rank = rank_end, .count = rank_end},
    {.id = "missing", .title = "OUT OF SYNC", .help = "brokers whose replica is not in sync", .min = 11, .want = 11,
     .priority = 6, .cell = cell_missing},
    {.id = "start", .title = "START", .help = "first offset that the log still holds", .min = 10, .want = 12,
     .priority = 7, .align = UI_RIGHT, .cell = cell_start, .rank = rank_start, .count = rank_start},
    {.id = "stable", .title = "STABLE", .help = "end of what read_committed consumers may read; sorts by the rest",
     .min = 10, .want = 12, .priority = 9, .align = UI_RIGHT, .cell = cell_stable, .rank = rank_stable},
    {.id = "messages", .title = "MSGS", .help = "messages that its log holds (end minus start)", .min = 5, .want = 6,
     .exact = 14, .priority = 10, .align = UI_RIGHT, .cell = cell_messages, .rank = rank_messages,
     .count = rank_messages},
    {.id = "replicas", .title = "REPLICAS", .help = "brokers that hold it, the preferred leader first", .min = 8,
     .want = 10, .priority = 8, .cell = cell_replicas},
};

static void add_worst(struct ui_said *said, const struct ui_row *row)
{
    const struct kt_group *group = log_of(row)->worst;
    struct kt_text topic = topic_of(row)->name;
    const struct kt_lag *lag =
        group ? kt_group_lag(group, topic.bytes, topic.length, partition_of(row)->partition) : NULL;
    char why[1024];
    if (!lag || ui_say_lag(lag, why, sizeof why) == 0)
        return;
    ui_said_add(said, "%sgroup ", said->length > 0 ? "; " : "");
    ui_said_name(said, group->name);
    ui_said_add(said, ": %s", why);
}

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct kt_partition *partition = partition_of(row);
    struct ui_said said = {out, room, 0};
    char text[64];
    out[0] = '\0';
    if (!KT_KNOWS(partition, KT_PARTITION_leader))
        ui_said_add(&said, "the partition has no leader: nothing can be written to it or read from it");
    else if (is_short(partition) && say_replicas(partition, true, text, sizeof text) > 0)
        ui_said_add(&said, "%zu of %zu replicas are in sync; not in sync: broker %s", partition->isr_count,
                    partition->replica_count, text);
    if (KT_KNOWS(partition, KT_PARTITION_unstable) && partition->unstable > 0) {
        ui_said_count(&said, said.length > 0 ? "; " : "", partition->unstable);
        ui_said_add(&said, " messages beyond the last stable offset: a transaction is open");
        ui_said_clock(&said, " since ", KT_KNOWS(partition, KT_PARTITION_unstable_since), partition->unstable_since);
    }
    if (log_of(row)->reader_count == 0)
        ui_said_add(&said, "%sno group has committed to this partition", said.length > 0 ? "; " : "");
    add_worst(&said, row);
    return said.length;
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    if (log_of(row)->readers->count == 0)
        return NULL;
    to->topic = topic_of(row)->name;
    return "readers";
}

static const struct kt_group *group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return log_of(row)->worst;
}

const struct ui_panel ui_panel_logs = {
    .name = "logs",
    .title = "partitions",
    .help = "partitions of a topic, or led by a broker: replicas, offsets, readers; Enter: the topic's readers",
    .table = {.columns = columns,
              .count = sizeof columns / sizeof columns[0],
              .identify = identify,
              .facts = facts,
              .below = &ui_panel_partitions.table,
              .children = list_children,
              .label = ui_lag_group_name, /* beneath it each group that reads it */
              .name = 4},
    .below = &ui_panel_partitions,
    .rows = list_rows,
    .describe = describe,
    .enter = enter,
    .group = group,
    .nothing = "no partitions",
};
