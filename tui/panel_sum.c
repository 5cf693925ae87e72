#include "panel_sum.h"

#include <string.h>

#include "number.h"

static int64_t plus(int64_t a, int64_t b)
{
    return b > 0 && a > INT64_MAX - b ? INT64_MAX : a + b;
}

static void add_lag(struct ui_sum *sum, const struct kt_lag *lag)
{
    bool known = KT_KNOWS(lag, KT_LAG_lag), committed = KT_KNOWS(lag, KT_LAG_committed);
    sum->partial = sum->partial || (committed && (!known || (kt_lag_marks(lag) & KT_MARK_STALE)));
    if (!known || !lag->in_total) {
        sum->eta_unknown = sum->eta_unknown || (!known && committed);
        return;
    }
    sum->lag_known = true;
    sum->lag = plus(sum->lag, kt_lag_lag(lag));
    sum->approximate = sum->approximate || kt_lag_approximate(lag);
    if (kt_lag_lag(lag) == 0)
        return;
    sum->never = sum->never || (KT_KNOWS(lag, KT_LAG_drains) && !kt_lag_drains(lag));
    sum->eta_unknown = sum->eta_unknown || !KT_KNOWS(lag, KT_LAG_eta_ms);
    if (KT_KNOWS(lag, KT_LAG_eta_ms) && kt_lag_eta_ms(lag) > sum->eta_ms)
        sum->eta_ms = kt_lag_eta_ms(lag);
}

static void take_time(struct ui_sum *sum, bool known, int64_t ms, const char *tier, bool at_least)
{
    if (!known)
        return;
    if (!sum->time_known || ms > sum->time_ms) {
        sum->time_ms = ms;
        sum->tier = tier;
    }
    sum->time_known = true;
    sum->at_least = sum->at_least || at_least;
}

static void take_loss(struct ui_sum *sum, bool known, int64_t ms)
{
    if (known && (!sum->loss_known || ms < sum->loss_ms))
        sum->loss_ms = ms;
    sum->loss_known = sum->loss_known || known;
}

static bool is_longer(const struct kt_lag *a, const struct kt_lag *b)
{
    return KT_KNOWS(a, KT_LAG_lag) && (!KT_KNOWS(b, KT_LAG_lag) || kt_lag_lag(a) > kt_lag_lag(b));
}

static void take_worst(struct ui_sum *sum, enum ui_look_kind look, const struct kt_lag *lag, int64_t count)
{
    if (!sum->worst_lag || look > sum->worst) {
        sum->worst = look;
        sum->worst_lag = lag;
        sum->with_it = 0;
    }
    if (look != sum->worst)
        return;
    sum->with_it += count;
    if (is_longer(lag, sum->worst_lag))
        sum->worst_lag = lag;
}

void ui_sum_add(struct ui_sum *sum, const struct kt_lag *lag)
{
    take_worst(sum, ui_look_of_lag(lag), lag, 1);
    sum->partitions++;
    add_lag(sum, lag);
    take_time(sum, KT_KNOWS(lag, KT_LAG_time_lag_ms), kt_lag_time_lag_ms(lag), kt_lag_time_lag_tier(lag),
              kt_lag_time_lag_at_least(lag));
    take_loss(sum, KT_KNOWS(lag, KT_LAG_loss_eta_ms), kt_lag_loss_eta_ms(lag));
    if (KT_KNOWS(lag, KT_LAG_produce_rate))
        sum->in += kt_lag_produce_rate(lag), sum->in_known = true;
    if (KT_KNOWS(lag, KT_LAG_consume_rate))
        sum->out += kt_lag_consume_rate(lag), sum->out_known = true;
    if (KT_KNOWS(lag, KT_LAG_lag_change_per_min) && lag->in_total)
        sum->change += kt_lag_lag_change_per_min(lag), sum->change_known = true;
    sum->up = sum->up || (kt_lag_lag_direction(lag) && strcmp(kt_lag_lag_direction(lag), "up") == 0);
    sum->down = sum->down || (kt_lag_lag_direction(lag) && strcmp(kt_lag_lag_direction(lag), "down") == 0);
}

void ui_sum_join(struct ui_sum *sum, const struct ui_sum *part)
{
    if (part->partitions == 0)
        return;
    take_worst(sum, part->worst, part->worst_lag, part->with_it);
    sum->partitions += part->partitions;
    sum->partial = sum->partial || part->partial;
    sum->approximate = sum->approximate || part->approximate;
    sum->lag_known = sum->lag_known || part->lag_known;
    sum->lag = plus(sum->lag, part->lag);
    sum->never = sum->never || part->never;
    sum->eta_unknown = sum->eta_unknown || part->eta_unknown;
    sum->eta_ms = part->eta_ms > sum->eta_ms ? part->eta_ms : sum->eta_ms;
    take_time(sum, part->time_known, part->time_ms, part->tier, part->at_least);
    take_loss(sum, part->loss_known, part->loss_ms);
    sum->change += part->change;
    sum->change_known = sum->change_known || part->change_known;
    sum->up = sum->up || part->up;
    sum->down = sum->down || part->down;
    sum->in += part->in;
    sum->out += part->out;
    sum->in_known = sum->in_known || part->in_known;
    sum->out_known = sum->out_known || part->out_known;
}

/* --- cells ----------------------------------------------------------------------------------------------- */

void ui_sum_behind(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    const struct ui_sum *sum = row->sum;
    ui_slot_time_lag(slot, sum->time_known, sum->time_ms, sum->tier, sum->at_least);
}

bool ui_sum_rank_behind(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(row->sum->time_known, row->sum->time_ms, rank);
}

void ui_sum_lag(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct ui_sum *sum = row->sum;
    if (cx->lag_as_time)
        ui_sum_behind(row, cx, slot);
    else
        ui_slot_lag(slot, cx, sum->lag_known, sum->lag, sum->partial, sum->approximate);
}

bool ui_sum_rank_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    if (cx->lag_as_time)
        return ui_sum_rank_behind(row, cx, rank);
    return ui_rank_number(row->sum->lag_known, row->sum->lag, rank);
}

/* A sum that lacks a part says nothing beside one that had it. */
bool ui_sum_count_lag(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(row->sum->lag_known && !row->sum->partial, row->sum->lag, rank);
}

static bool knows_change(const struct ui_sum *sum)
{
    return sum->change_known && !sum->partial;
}

void ui_sum_change(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    const struct ui_sum *sum = row->sum;
    bool up = sum->up && sum->change > 0, down = sum->down && sum->change < 0;
    ui_slot_change(slot, cx, knows_change(sum), sum->change, up ? "up" : down ? "down" : NULL);
}

bool ui_sum_rank_change(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(knows_change(row->sum), row->sum->change, rank);
}

static bool knows_eta(const struct ui_sum *sum)
{
    return sum->lag_known && sum->lag > 0 && !sum->eta_unknown;
}

void ui_sum_eta(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_eta(slot, knows_eta(row->sum), row->sum->eta_ms, row->sum->never);
}

bool ui_sum_rank_eta(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    const struct ui_sum *sum = row->sum;
    return ui_rank_number(sum->never || knows_eta(sum), sum->never ? INT64_MAX : sum->eta_ms, rank);
}

void ui_sum_in(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, row->sum->in_known, row->sum->in);
}

bool ui_sum_rank_in(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(row->sum->in_known, row->sum->in, rank);
}

void ui_sum_out(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_rate(slot, row->sum->out_known, row->sum->out);
}

bool ui_sum_rank_out(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_fraction(row->sum->out_known, row->sum->out, rank);
}

void ui_sum_partitions(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    ui_slot_count(slot, cx, true, row->sum->partitions, false);
}

bool ui_sum_rank_partitions(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(true, row->sum->partitions, rank);
}

void ui_sum_loss(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_duration(slot, row->sum->loss_known, row->sum->loss_ms, false);
}

bool ui_sum_rank_loss(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    return ui_rank_number(row->sum->loss_known, row->sum->loss_ms, rank);
}

bool ui_sum_rank_look(enum ui_look_kind look, const struct ui_sum *sum, int64_t rank[2])
{
    return ui_rank_look(look, sum->time_known ? sum->time_ms : 0, sum->lag_known ? sum->lag : -1, rank);
}

/* --- of the time that records are kept ------------------------------------------------------------------- */

static bool used(const struct ui_sum *sum, const struct kt_topic *topic, int64_t *percent)
{
    *percent = 0;
    if (!topic || !sum->time_known || !KT_KNOWS(topic, KT_TOPIC_retention_ms) || topic->retention_ms <= 0)
        return false;
    double share = (double)sum->time_ms * 100 / (double)topic->retention_ms;
    *percent = share < 0 ? 0 : share > 999 ? 999 : (int64_t)share;
    return true;
}

void ui_sum_used(const struct ui_sum *sum, const struct kt_topic *topic, struct ui_slot *slot)
{
    int64_t percent;
    if (!used(sum, topic, &percent))
        ui_slot_text(slot, slot->role, "-");
    else
        ui_slot_text(slot, percent >= 90 ? UI_ROLE_err : percent >= 50 ? UI_ROLE_warn : slot->role, "%s%lld%%",
                     sum->at_least ? ">" : "", (long long)percent);
}

bool ui_sum_rank_used(const struct ui_sum *sum, const struct kt_topic *topic, int64_t rank[2])
{
    int64_t percent;
    bool known = used(sum, topic, &percent);
    return ui_rank_number(known, percent, rank);
}
