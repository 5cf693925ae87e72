#include "panel_lag.h"

#include <stdio.h>
#include <string.h>

const struct kt_lag *ui_lag_of(const struct ui_row *row)
{
    return row->item;
}

const struct kt_group *ui_lag_group(const struct ui_row *row)
{
    return row->parent;
}

const struct kt_member *ui_lag_owner(const struct ui_row *row)
{
    const struct kt_group *group = ui_lag_group(row);
    int32_t owner = ui_lag_of(row)->owner;
    return owner >= 0 && (size_t)owner < group->member_count ? &group->members[owner] : NULL;
}

const struct kt_partition *ui_lag_partition(const struct ui_row *row, const struct kt_snapshot *snap)
{
    const struct kt_lag *lag = ui_lag_of(row);
    const struct kt_topic *topic = kt_snapshot_topic(snap, kt_lag_topic(lag).bytes, kt_lag_topic(lag).length);
    return topic ? kt_topic_partition(topic, kt_lag_partition(lag)) : NULL;
}

/* --- names and verdict ----------------------------------------------------------------------------------- */

void ui_lag_status(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_status(slot, ui_look_of_lag(ui_lag_of(row)));
}

bool ui_lag_rank_status(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = ui_lag_of(row);
    return ui_rank_look(ui_look_of_lag(lag), KT_KNOWS(lag, KT_LAG_time_lag_ms) ? kt_lag_time_lag_ms(lag) : 0,
                        KT_KNOWS(lag, KT_LAG_lag) ? kt_lag_lag(lag) : -1, rank);
}

struct kt_text ui_lag_words_group(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return ui_lag_group(row)->name;
}

void ui_lag_group_name(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, ui_lag_words_group(row, cx));
}

struct kt_text ui_lag_words_topic(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return kt_lag_topic(ui_lag_of(row));
}

void ui_lag_number(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, true, kt_lag_partition(ui_lag_of(row)));
}

bool ui_lag_rank_number(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, kt_lag_partition(ui_lag_of(row)), rank);
}

void ui_lag_label(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_name(slot, ui_lag_words_topic(row, cx));
    snprintf(slot->tail, sizeof slot->tail, "/%lld", (long long)kt_lag_partition(ui_lag_of(row)));
}

/* Worth saying beside the verdict, the most telling one first; the narrowest cell holds one of them. */
static const struct {
    uint32_t bit;
    const char *word;
} marks[] = {
    {KT_MARK_AUTH, "AUTH"},
    {KT_MARK_LOST, "LOST"},         {KT_MARK_AHEAD, "AHEAD"},         {KT_MARK_UNSUBSCRIBED, "UNSUB"},
    {KT_MARK_STALE, "STALE"},       {KT_MARK_UNCOMMITTED, "UNCOMM"},  {KT_MARK_OPEN_TRANSACTION, "TXN"},
    {KT_MARK_REBALANCING, "MOVES"}, {KT_MARK_REWOUND, "REWOUND"},     {KT_MARK_NEW, "NEW"},
    {KT_MARK_TAIL, "TAIL"},         {KT_MARK_COMPACTED, "COMPACT"},   {KT_MARK_CLOCK, "CLOCK"},
    {KT_MARK_ESTIMATED, "EST"},
};

#define MARKS (sizeof marks / sizeof marks[0])
#define MARKS_BAD 5 /* the first ones mean trouble */

void ui_lag_marks(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    uint32_t set = kt_lag_marks(ui_lag_of(row));
    char text[sizeof slot->text] = "";
    enum ui_role role = slot->role;
    for (size_t i = 0; i < MARKS; i++) {
        size_t length = strlen(text);
        if (!(set & marks[i].bit) || (length > 0 && (int)(length + 1 + strlen(marks[i].word)) > slot->width))
            continue;
        snprintf(text + length, sizeof text - length, "%s%s", length > 0 ? " " : "", marks[i].word);
        role = i < MARKS_BAD ? UI_ROLE_warn : role;
    }
    ui_slot_text(slot, role, "%s", text);
}

bool ui_lag_rank_marks(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    rank[0] = rank[1] = 0;
    for (size_t i = 0; i < MARKS; i++)
        rank[0] = rank[0] * 2 + ((kt_lag_marks(ui_lag_of(row)) & marks[i].bit) != 0);
    return rank[0] > 0;
}

/* --- lag ------------------------------------------------------------------------------------------------- */

void ui_lag_behind(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = ui_lag_of(row);
    ui_slot_time_lag(slot, KT_KNOWS(lag, KT_LAG_time_lag_ms), kt_lag_time_lag_ms(lag), kt_lag_time_lag_tier(lag),
                     kt_lag_time_lag_at_least(lag));
}

bool ui_lag_rank_behind(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(ui_lag_of(row), KT_LAG_time_lag_ms), kt_lag_time_lag_ms(ui_lag_of(row)), rank);
}

void ui_lag_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_lag *lag = ui_lag_of(row);
    if (kt_lag_marks(lag) & KT_MARK_STALE)
        slot->role = UI_ROLE_stale;
    if (cx->lag_as_time)
        ui_lag_behind(row, cx, slot);
    else
        ui_slot_lag(slot, cx, KT_KNOWS(lag, KT_LAG_lag), kt_lag_lag(lag), false, kt_lag_approximate(lag));
}

bool ui_lag_rank_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    if (cx->lag_as_time)
        return ui_lag_rank_behind(row, cx, rank);
    return ui_rank_number(KT_KNOWS(ui_lag_of(row), KT_LAG_lag), kt_lag_lag(ui_lag_of(row)), rank);
}

void ui_lag_in(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, KT_KNOWS(ui_lag_of(row), KT_LAG_produce_rate), kt_lag_produce_rate(ui_lag_of(row)));
}

bool ui_lag_rank_in(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(KT_KNOWS(ui_lag_of(row), KT_LAG_produce_rate), kt_lag_produce_rate(ui_lag_of(row)), rank);
}

void ui_lag_out(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, KT_KNOWS(ui_lag_of(row), KT_LAG_consume_rate), kt_lag_consume_rate(ui_lag_of(row)));
}

bool ui_lag_rank_out(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(KT_KNOWS(ui_lag_of(row), KT_LAG_consume_rate), kt_lag_consume_rate(ui_lag_of(row)), rank);
}

void ui_lag_change(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct kt_lag *lag = ui_lag_of(row);
    ui_slot_change(slot, cx, KT_KNOWS(lag, KT_LAG_lag_change_per_min), kt_lag_lag_change_per_min(lag),
                   kt_lag_lag_direction(lag));
}

bool ui_lag_rank_change(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = ui_lag_of(row);
    return ui_rank_fraction(KT_KNOWS(lag, KT_LAG_lag_change_per_min), kt_lag_lag_change_per_min(lag), rank);
}

static bool never_drains(const struct kt_lag *lag)
{
    return KT_KNOWS(lag, KT_LAG_drains) && !kt_lag_drains(lag) && KT_KNOWS(lag, KT_LAG_lag) && kt_lag_lag(lag) > 0;
}

void ui_lag_eta(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = ui_lag_of(row);
    ui_slot_eta(slot, KT_KNOWS(lag, KT_LAG_eta_ms), kt_lag_eta_ms(lag), never_drains(lag));
}

bool ui_lag_rank_eta(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct kt_lag *lag = ui_lag_of(row);
    bool never = never_drains(lag);
    return ui_rank_number(never || KT_KNOWS(lag, KT_LAG_eta_ms), never ? INT64_MAX : kt_lag_eta_ms(lag), rank);
}

/* --- owner ----------------------------------------------------------------------------------------------- */

struct kt_text ui_lag_words_member(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return ui_lag_owner(row) ? ui_lag_owner(row)->client_id : kt_text_of(NULL, 0);
}

struct kt_text ui_lag_words_host(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return ui_lag_owner(row) ? ui_lag_owner(row)->host : kt_text_of(NULL, 0);
}

/* --- offsets --------------------------------------------------------------------------------------------- */

void ui_lag_committed(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct kt_lag *lag = ui_lag_of(row);
    if (kt_lag_marks(lag) & (KT_MARK_AHEAD | KT_MARK_LOST))
        slot->role = UI_ROLE_warn;
    if (kt_lag_marks(lag) & KT_MARK_UNCOMMITTED && !KT_KNOWS(lag, KT_LAG_committed))
        ui_slot_text(slot, slot->role, "none");
    else
        ui_slot_offset(slot, KT_KNOWS(lag, KT_LAG_committed), kt_lag_committed(lag));
}

bool ui_lag_rank_committed(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(ui_lag_of(row), KT_LAG_committed), kt_lag_committed(ui_lag_of(row)), rank);
}

void ui_lag_end(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, KT_KNOWS(ui_lag_of(row), KT_LAG_log_end), kt_lag_log_end(ui_lag_of(row)));
}

bool ui_lag_rank_end(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(ui_lag_of(row), KT_LAG_log_end), kt_lag_log_end(ui_lag_of(row)), rank);
}

void ui_lag_start(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_offset(slot, KT_KNOWS(ui_lag_of(row), KT_LAG_log_start), kt_lag_log_start(ui_lag_of(row)));
}

bool ui_lag_rank_start(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(ui_lag_of(row), KT_LAG_log_start), kt_lag_log_start(ui_lag_of(row)), rank);
}

/* --- the partition --------------------------------------------------------------------------------------- */

bool ui_in_sync(const struct kt_partition *partition, int64_t broker)
{
    for (size_t i = 0; i < partition->isr_count; i++)
        if (partition->isr[i] == broker)
            return true;
    return false;
}

void ui_slot_leader(struct ui_slot *slot, const struct kt_partition *partition)
{
    if (partition && !KT_KNOWS(partition, KT_PARTITION_leader))
        ui_slot_text(slot, UI_ROLE_err, "none");
    else
        ui_slot_offset(slot, partition != NULL, partition ? partition->leader : 0);
}

bool ui_rank_leader(const struct kt_partition *partition, int64_t rank[2])
{
    return partition && ui_rank_number(KT_KNOWS(partition, KT_PARTITION_leader), partition->leader, rank);
}

void ui_slot_isr(struct ui_slot *slot, const struct kt_partition *partition)
{
    if (!partition || partition->replica_count == 0)
        ui_slot_text(slot, slot->role, "-");
    else
        ui_slot_text(slot, partition->isr_count < partition->replica_count ? UI_ROLE_warn : slot->role, "%zu/%zu",
                     partition->isr_count, partition->replica_count);
}

bool ui_rank_isr(const struct kt_partition *partition, int64_t rank[2])
{
    return partition && ui_rank_number(partition->replica_count > 0,
                                       (int64_t)partition->isr_count - (int64_t)partition->replica_count, rank);
}

void ui_lag_leader(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_leader(slot, ui_lag_partition(row, cx->snap));
}

bool ui_lag_rank_leader(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    return ui_rank_leader(ui_lag_partition(row, cx->snap), rank);
}

void ui_lag_isr(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_isr(slot, ui_lag_partition(row, cx->snap));
}

bool ui_lag_rank_isr(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    return ui_rank_isr(ui_lag_partition(row, cx->snap), rank);
}

/* --- times ----------------------------------------------------------------------------------------------- */

void ui_lag_commit(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_clock(slot, KT_KNOWS(ui_lag_of(row), KT_LAG_committed_at), kt_lag_committed_at(ui_lag_of(row)));
}

bool ui_lag_rank_commit(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(ui_lag_of(row), KT_LAG_committed_at), kt_lag_committed_at(ui_lag_of(row)), rank);
}

/* How long ago the committed offset last grew. */
static bool still_for(const struct ui_row *row, const struct ui_context *cx, int64_t *ms)
{
    const struct kt_lag *lag = ui_lag_of(row);
    bool known = KT_KNOWS(lag, KT_LAG_last_advance_at);
    *ms = known ? cx->snap->taken_ms - kt_lag_last_advance_at(lag) : 0;
    return known;
}

void ui_lag_advance(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    int64_t ms;
    bool known = still_for(row, cx, &ms);
    ui_slot_duration(slot, known, ms > 0 ? ms : 0, false);
}

bool ui_lag_rank_advance(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    int64_t ms;
    bool known = still_for(row, cx, &ms);
    return ui_rank_number(known, ms, rank);
}

void ui_lag_since(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_clock(slot, KT_KNOWS(ui_lag_of(row), KT_LAG_since), kt_lag_since(ui_lag_of(row)));
}

bool ui_lag_rank_since(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(ui_lag_of(row), KT_LAG_since), kt_lag_since(ui_lag_of(row)), rank);
}

void ui_lag_loss(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_duration(slot, KT_KNOWS(ui_lag_of(row), KT_LAG_loss_eta_ms), kt_lag_loss_eta_ms(ui_lag_of(row)), false);
}

bool ui_lag_rank_loss(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(KT_KNOWS(ui_lag_of(row), KT_LAG_loss_eta_ms), kt_lag_loss_eta_ms(ui_lag_of(row)), rank);
}
