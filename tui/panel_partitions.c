/*
 * The partitions panel: offsets, lag, owner and leader, of one group, of one topic (each group that reads it, and
 * the partitions that nobody reads), of what one broker leads or one member owns, or of all groups.
 */
#include <stdlib.h>
#include <string.h>

#include "panel_all.h"

enum { ROW_LAG, ROW_UNREAD }; /* item kt_lag in parent kt_group; item kt_partition in parent kt_topic */

static const struct kt_lag *lag_of(const struct ui_row *row)
{
    return row->kind == ROW_LAG ? row->item : NULL;
}

static const struct kt_group *group_of(const struct ui_row *row)
{
    return row->kind == ROW_LAG ? row->parent : NULL;
}

static struct kt_text topic_name(const struct ui_row *row)
{
    return row->kind == ROW_LAG ? ((const struct kt_lag *)row->item)->topic
                                : ((const struct kt_topic *)row->parent)->name;
}

static int64_t number_of(const struct ui_row *row)
{
    return row->kind == ROW_LAG ? ((const struct kt_lag *)row->item)->partition
                                : ((const struct kt_partition *)row->item)->partition;
}

/* The partition's own facts, or NULL where the metadata does not name it. */
static const struct kt_partition *partition_of(const struct ui_row *row, const struct kt_snapshot *snap)
{
    if (row->kind != ROW_LAG)
        return row->item;
    struct kt_text name = topic_name(row);
    const struct kt_topic *topic = kt_snapshot_topic(snap, name.bytes, name.length);
    return topic ? kt_topic_partition(topic, number_of(row)) : NULL;
}

static const struct kt_member *owner_of(const struct ui_row *row)
{
    const struct kt_lag *lag = lag_of(row);
    const struct kt_group *group = group_of(row);
    if (!lag || lag->owner < 0 || (size_t)lag->owner >= group->member_count)
        return NULL;
    return &group->members[lag->owner];
}

/* --- rows ------------------------------------------------------------------------------------------------ */

static bool led_by(const struct kt_snapshot *snap, const struct kt_lag *lag, int64_t broker)
{
    const struct kt_topic *topic = kt_snapshot_topic(snap, lag->topic.bytes, lag->topic.length);
    const struct kt_partition *partition = topic ? kt_topic_partition(topic, lag->partition) : NULL;
    return partition && KT_KNOWS(partition, KT_PARTITION_leader) && partition->leader == broker;
}

static bool owned_by(const struct kt_group *group, const struct kt_lag *lag, struct kt_text member)
{
    return lag->owner >= 0 && (size_t)lag->owner < group->member_count &&
           ui_text_equal(group->members[lag->owner].member_id, member);
}

static void add_group(const struct kt_snapshot *snap, const struct kt_group *group, const struct ui_focus *focus,
                      struct ui_rows *rows)
{
    for (size_t i = 0; i < group->lag_count; i++) {
        const struct kt_lag *lag = &group->lags[i];
        if (focus->member.bytes && !owned_by(group, lag, focus->member))
            continue;
        if (focus->has_broker && !led_by(snap, lag, focus->broker))
            continue;
        ui_rows_add(rows, lag, group, ROW_LAG);
    }
}

/* Marks in `read` the partitions (by their place in the topic) that the group has a row for. */
static void mark_read(const struct kt_topic *topic, const struct kt_group *group, bool *read)
{
    for (size_t i = ui_first_lag_of(group, topic->name);
         i < group->lag_count && ui_text_equal(group->lags[i].topic, topic->name); i++) {
        const struct kt_partition *partition = kt_topic_partition(topic, group->lags[i].partition);
        if (partition)
            read[partition - topic->partitions] = true;
    }
}

static void add_unread(const struct kt_snapshot *snap, const struct kt_topic *topic, struct ui_rows *rows)
{
    bool *read = ui_rows_scratch(rows, 0, topic->partitions_length, sizeof *read);
    for (size_t i = 0; i < snap->group_count; i++)
        mark_read(topic, snap->groups[i], read);
    for (size_t i = 0; i < topic->partitions_length; i++)
        if (!read[i])
            ui_rows_add(rows, &topic->partitions[i], topic, ROW_UNREAD);
}

static void add_topic(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    const struct kt_topic *topic = kt_snapshot_topic(snap, focus->topic.bytes, focus->topic.length);
    if (topic)
        add_unread(snap, topic, rows);
    for (size_t i = 0; i < snap->group_count; i++) {
        const struct kt_group *group = snap->groups[i];
        for (size_t at = ui_first_lag_of(group, focus->topic);
             at < group->lag_count && ui_text_equal(group->lags[at].topic, focus->topic); at++)
            ui_rows_add(rows, &group->lags[at], group, ROW_LAG);
    }
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    if (focus->topic.bytes) {
        add_topic(snap, focus, rows);
    } else if (focus->group.bytes) {
        const struct kt_group *group = kt_snapshot_group(snap, focus->group.bytes, focus->group.length);
        if (group)
            add_group(snap, group, focus, rows);
    } else {
        for (size_t i = 0; i < snap->group_count; i++)
            add_group(snap, snap->groups[i], focus, rows);
    }
}

static struct ui_identity identify(const struct ui_row *row)
{
    struct ui_identity identity = {.second = topic_name(row), .number = number_of(row)};
    if (group_of(row))
        identity.first = group_of(row)->name;
    return identity;
}

static enum ui_look_kind look_of(const struct ui_row *row)
{
    if (lag_of(row))
        return ui_look_of_lag(lag_of(row));
    const struct kt_partition *partition = row->item;
    return KT_KNOWS(partition, KT_PARTITION_leader) ? UI_LOOK_UNREAD : UI_LOOK_OFFLINE;
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    const struct kt_member *owner = owner_of(row);
    out->texts[0] = topic_name(row);
    if (group_of(row)) {
        out->texts[1] = group_of(row)->name;
        out->state = group_of(row)->state;
    }
    if (owner) {
        out->texts[2] = owner->client_id;
        out->texts[3] = owner->host;
    }
    out->look = look_of(row);
    out->lag_known = lag && KT_KNOWS(lag, KT_LAG_lag);
    out->lag = lag ? lag->lag : 0;
}

/* --- cells ----------------------------------------------------------------------------------------------- */

static bool rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    int64_t behind = lag && KT_KNOWS(lag, KT_LAG_time_lag_ms) ? lag->time_lag_ms : 0;
    const int64_t most = INT64_C(1) << 50;
    behind = behind < 0 ? 0 : behind > most ? most : behind;
    rank[0] = (int64_t)look_of(row) * (INT64_C(1) << 52) + behind;
    rank[1] = lag && KT_KNOWS(lag, KT_LAG_lag) ? lag->lag : -1;
    return true;
}

static void cell_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_status(slot, look_of(row));
}

static struct kt_text words_group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return group_of(row) ? group_of(row)->name : kt_text_of(NULL, 0);
}

static void cell_group(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_group(row, cx));
}

static struct kt_text words_topic(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return topic_name(row);
}

static void cell_topic(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_topic(row, cx));
}

static void cell_number(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, true, number_of(row));
}

static bool rank_number(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, number_of(row), rank);
}

static void cell_behind(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    bool known = lag && KT_KNOWS(lag, KT_LAG_time_lag_ms);
    ui_slot_time_lag(slot, known, known ? lag->time_lag_ms : 0, known ? lag->time_lag_tier : NULL,
                     known && lag->time_lag_at_least);
}

static bool rank_behind(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    return lag && ui_rank_number(KT_KNOWS(lag, KT_LAG_time_lag_ms), lag->time_lag_ms, rank);
}

static void cell_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_lag *lag = lag_of(row);
    if (cx->lag_as_time)
        cell_behind(row, cx, slot);
    else
        ui_slot_lag(slot, cx, lag && KT_KNOWS(lag, KT_LAG_lag), lag ? lag->lag : 0, false, lag && lag->approximate);
}

static bool rank_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    const struct kt_lag *lag = lag_of(row);
    if (cx->lag_as_time)
        return rank_behind(row, cx, rank);
    return lag && ui_rank_number(KT_KNOWS(lag, KT_LAG_lag), lag->lag, rank);
}

static bool rate_in(const struct ui_row *row, const struct ui_context *cx, double *rate)
{
    const struct kt_lag *lag = lag_of(row);
    const struct kt_partition *partition = lag ? NULL : partition_of(row, cx->snap);
    bool known = lag ? KT_KNOWS(lag, KT_LAG_produce_rate) : KT_KNOWS(partition, KT_PARTITION_produce_rate);
    *rate = !known ? 0 : lag ? lag->produce_rate : partition->produce_rate;
    return known;
}

static void cell_in(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    double rate;
    bool known = rate_in(row, cx, &rate);
    ui_slot_rate(slot, known, rate);
}

static bool rank_in(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    double rate;
    bool known = rate_in(row, cx, &rate);
    return ui_rank_fraction(known, rate, rank);
}

static bool rate_out(const struct ui_row *row, double *rate)
{
    const struct kt_lag *lag = lag_of(row);
    bool known = lag && KT_KNOWS(lag, KT_LAG_consume_rate);
    *rate = known ? lag->consume_rate : 0;
    return known;
}

static void cell_out(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    double rate;
    bool known = rate_out(row, &rate);
    ui_slot_rate(slot, known, rate);
}

static bool rank_out(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    double rate;
    bool known = rate_out(row, &rate);
    return ui_rank_fraction(known, rate, rank);
}

/* What the two speeds make of the lag in a minute. */
static bool change_of(const struct ui_row *row, const struct ui_context *cx, double *change)
{
    double in, out;
    bool known = rate_in(row, cx, &in) && rate_out(row, &out);
    *change = known ? (in - out) * 60 : 0;
    return known;
}

static void cell_change(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    double change;
    bool known = change_of(row, cx, &change);
    ui_slot_change(slot, known, change);
}

static bool rank_change(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    double change;
    bool known = change_of(row, cx, &change);
    return ui_rank_fraction(known, change, rank);
}

static bool never_drains(const struct kt_lag *lag)
{
    return KT_KNOWS(lag, KT_LAG_drains) && !lag->drains && KT_KNOWS(lag, KT_LAG_lag) && lag->lag > 0;
}

static void cell_eta(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    ui_slot_eta(slot, lag && KT_KNOWS(lag, KT_LAG_eta_ms), lag ? lag->eta_ms : 0, lag && never_drains(lag));
}

static bool rank_eta(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    bool never = lag && never_drains(lag);
    return lag && ui_rank_number(never || KT_KNOWS(lag, KT_LAG_eta_ms), never ? INT64_MAX : lag->eta_ms, rank);
}

static void cell_member(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_member *owner = owner_of(row);
    ui_slot_name(slot, owner ? owner->client_id : kt_text_of(NULL, 0));
}

static struct kt_text words_member(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return owner_of(row) ? owner_of(row)->client_id : kt_text_of(NULL, 0);
}

static struct kt_text words_host(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return owner_of(row) ? owner_of(row)->host : kt_text_of(NULL, 0);
}

static void cell_host(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, words_host(row, cx));
}

static void cell_committed(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    ui_slot_offset(slot, lag && KT_KNOWS(lag, KT_LAG_committed), lag ? lag->committed : 0);
}

static bool rank_committed(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    return lag && ui_rank_number(KT_KNOWS(lag, KT_LAG_committed), lag->committed, rank);
}

/* Ends and starts: those that the lag was made of, else the partition's own. */
static bool end_of(const struct ui_row *row, const struct ui_context *cx, int64_t *end)
{
    const struct kt_lag *lag = lag_of(row);
    if (lag) {
        *end = lag->log_end;
        return KT_KNOWS(lag, KT_LAG_log_end);
    }
    const struct kt_partition *partition = partition_of(row, cx->snap);
    *end = partition->log_end;
    return KT_KNOWS(partition, KT_PARTITION_log_end);
}

static bool start_of(const struct ui_row *row, const struct ui_context *cx, int64_t *start)
{
    const struct kt_lag *lag = lag_of(row);
    if (lag) {
        *start = lag->log_start;
        return KT_KNOWS(lag, KT_LAG_log_start);
    }
    const struct kt_partition *partition = partition_of(row, cx->snap);
    *start = partition->log_start;
    return KT_KNOWS(partition, KT_PARTITION_log_start);
}

static void cell_end(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    int64_t end;
    bool known = end_of(row, cx, &end);
    ui_slot_offset(slot, known, end);
}

static bool rank_end(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    int64_t end;
    bool known = end_of(row, cx, &end);
    return ui_rank_number(known, end, rank);
}

static void cell_start(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    int64_t start;
    bool known = start_of(row, cx, &start);
    ui_slot_offset(slot, known, start);
}

static bool rank_start(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    int64_t start;
    bool known = start_of(row, cx, &start);
    return ui_rank_number(known, start, rank);
}

static void cell_leader(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_partition *partition = partition_of(row, cx->snap);
    if (partition && !KT_KNOWS(partition, KT_PARTITION_leader))
        ui_slot_text(slot, UI_ROLE_err, "none");
    else
        ui_slot_offset(slot, partition != NULL, partition ? partition->leader : 0);
}

static bool rank_leader(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    const struct kt_partition *partition = partition_of(row, cx->snap);
    return partition && ui_rank_number(KT_KNOWS(partition, KT_PARTITION_leader), partition->leader, rank);
}

static void cell_isr(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_partition *partition = partition_of(row, cx->snap);
    if (!partition || partition->replica_count == 0)
        ui_slot_text(slot, slot->role, "-");
    else
        ui_slot_text(slot, partition->isr_count < partition->replica_count ? UI_ROLE_warn : slot->role, "%zu/%zu",
                     partition->isr_count, partition->replica_count);
}

static bool rank_isr(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    const struct kt_partition *partition = partition_of(row, cx->snap);
    return partition && ui_rank_number(partition->replica_count > 0,
                                       (int64_t)partition->isr_count - (int64_t)partition->replica_count, rank);
}

static void cell_commit_time(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    ui_slot_clock(slot, lag && KT_KNOWS(lag, KT_LAG_committed_at), lag ? lag->committed_at : 0);
}

static bool rank_commit_time(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    return lag && ui_rank_number(KT_KNOWS(lag, KT_LAG_committed_at), lag->committed_at, rank);
}

static void cell_loss(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    ui_slot_duration(slot, lag && KT_KNOWS(lag, KT_LAG_loss_eta_ms), lag ? lag->loss_eta_ms : 0, false);
}

static bool rank_loss(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    return lag && ui_rank_number(KT_KNOWS(lag, KT_LAG_loss_eta_ms), lag->loss_eta_ms, rank);
}

static void cell_since(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    ui_slot_clock(slot, lag && KT_KNOWS(lag, KT_LAG_since), lag ? lag->since : 0);
}

static bool rank_since(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    return lag && ui_rank_number(KT_KNOWS(lag, KT_LAG_since), lag->since, rank);
}

static const struct ui_column columns[] = {
    {.id = "status", .title = "   STATE", .help = "the partition's verdict", .min = 2, .want = 9, .letter = 'S',
     .cell = cell_status, .rank = rank_status},
    {.id = "group", .title = "GROUP", .help = "group id", .min = 8, .want = 14, .most = 50, .letter = 'A',
     .ascending = true, .hide = UI_HIDE_FOCUS_GROUP, .cell = cell_group, .words = words_group},
    {.id = "topic", .title = "TOPIC", .help = "topic name", .min = 8, .want = 14, .most = 50, .ascending = true,
     .hide = UI_HIDE_FOCUS_TOPIC, .cell = cell_topic, .words = words_topic},
    {.id = "partition", .title = "P", .help = "partition number", .min = 3, .want = 4, .align = UI_RIGHT,
     .ascending = true, .cell = cell_number, .rank = rank_number},
    {.id = "lag", .title = "LAG", .title_time = "TIME", .help = "messages not read yet", .min = 5, .want = 6,
     .exact = 14, .align = UI_RIGHT, .letter = 'L', .cell = cell_lag, .rank = rank_lag},
    {.id = "change", .title = "+/min", .help = "change of the lag a minute, from the two speeds", .min = 6,
     .want = 6, .priority = 1, .align = UI_RIGHT, .letter = 'D', .cell = cell_change, .rank = rank_change},
    {.id = "behind", .title = "BEHND", .help = "age of the next record to be read", .min = 5, .want = 6,
     .priority = 2, .align = UI_RIGHT, .letter = 'T', .cell = cell_behind, .rank = rank_behind},
    {.id = "committed", .title = "COMMITTED", .help = "committed offset: the next record it will read", .min = 10,
     .want = 12, .priority = 4, .align = UI_RIGHT, .cell = cell_committed, .rank = rank_committed},
    {.id = "end", .title = "END", .help = "offset of the next record to be written", .min = 10, .want = 12,
     .priority = 5, .align = UI_RIGHT, .cell = cell_end, .rank = rank_end},
    {.id = "member", .title = "MEMBER", .help = "client id of the member that owns it", .min = 8, .want = 8,
     .most = 30, .priority = 3, .ascending = true, .cell = cell_member, .words = words_member},
    {.id = "leader", .title = "LEADR", .help = "broker that leads it", .min = 5, .want = 5, .priority = 6,
     .align = UI_RIGHT, .ascending = true, .cell = cell_leader, .rank = rank_leader},
    {.id = "in", .title = "IN/s", .help = "messages written a second", .min = 5, .want = 5, .priority = 7,
     .align = UI_RIGHT, .letter = 'P', .cell = cell_in, .rank = rank_in},
    {.id = "out", .title = "OUT/s", .help = "messages a second by which the offset moves", .min = 5, .want = 5,
     .priority = 8, .align = UI_RIGHT, .letter = 'C', .cell = cell_out, .rank = rank_out},
    {.id = "eta", .title = "ETA", .help = "until it is drained; never: it is not", .min = 5, .want = 5,
     .priority = 9, .align = UI_RIGHT, .ascending = true, .cell = cell_eta, .rank = rank_eta},
    {.id = "isr", .title = "ISR", .help = "in-sync replicas of all replicas", .min = 4, .want = 5, .priority = 10,
     .align = UI_RIGHT, .ascending = true, .cell = cell_isr, .rank = rank_isr},
    {.id = "host", .title = "HOST", .help = "the member's address", .min = 12, .want = 12, .most = 30,
     .priority = 11, .ascending = true, .cell = cell_host, .words = words_host},
    {.id = "start", .title = "START", .help = "first offset that the log still holds", .min = 10, .want = 12,
     .priority = 12, .align = UI_RIGHT, .cell = cell_start, .rank = rank_start},
    {.id = "commit", .title = "COMMIT", .help = "time of the last commit (UTC)", .min = 8, .want = 8,
     .priority = 13, .align = UI_RIGHT, .cell = cell_commit_time, .rank = rank_commit_time},
    {.id = "since", .title = "SINCE", .help = "since when the status holds (UTC)", .min = 8, .want = 8,
     .priority = 14, .align = UI_RIGHT, .cell = cell_since, .rank = rank_since},
    {.id = "loss", .title = "LOSS", .help = "until retention deletes what was not read", .min = 5, .want = 5,
     .priority = 15, .align = UI_RIGHT, .ascending = true, .cell = cell_loss, .rank = rank_loss},
};

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    const struct kt_lag *lag = lag_of(row);
    if (!lag)
        return ui_say(out, room, "no group has committed to this partition");
    size_t length = ui_say_text(out, room, lag->why);
    if (lag->record_error.bytes)
        length += ui_say(out + length, room - length, "; next record not looked at: %.*s",
                         (int)lag->record_error.length, lag->record_error.bytes);
    else if (lag->record_clock)
        length += ui_say(out + length, room - length, "; next record stamped by %s clock%s",
                         strcmp(lag->record_clock, "create") == 0 ? "its producer's" : "the broker's",
                         lag->marks & KT_MARK_CLOCK ? ", ahead of ours" : "");
    return length;
}

/* From a group's partitions on to its members, from anywhere else to the group. */
static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    if (!group_of(row))
        return NULL;
    to->group = group_of(row)->name;
    return cx->focus && cx->focus->group.bytes && !cx->focus->member.bytes ? "members" : "partitions";
}

static const struct kt_group *group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return group_of(row);
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
    .enter = enter,
    .group = group,
    .nothing = "no partitions",
};
