/* A group, its members and its partitions as a block of a snapshot. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assess.h"
#include "derive.h"
#include "explain.h"
#include "freeze.h"
#include "gather.h"
#include "wrap.h"

static struct kt_text keep(struct kt_arena *arena, const struct kt_name *name)
{
    return kt_text_of(kt_arena_text(arena, name->bytes, name->length), name->length);
}

/* ---- members ---- */

/* Members stand in the block sorted by id; `place` tells where the model's i-th member went. */
static int compare_members(const void *a, const void *b)
{
    const struct kt_model_member *const *x = a, *const *y = b;
    int order = kt_text_compare(kt_name_text(&(*x)->member_id), kt_name_text(&(*y)->member_id));
    return order ? order : (*x > *y) - (*x < *y);
}

static void freeze_subscription(struct kt_arena *arena, const struct kt_model_group *group,
                                const struct kt_model_member *from, struct kt_member *to)
{
    const struct kt_model_names *part = NULL;
    if (from->pattern.bytes) {
        part = kt_strmap_get(&group->parts, from->pattern.bytes, from->pattern.length);
    }
    to->subscription_known = from->subscription_known && (!from->pattern.bytes || (part && part->whole));
    if (!to->subscription_known) {
        return;
    }
    size_t own = from->subscription_count, more = part ? part->count : 0;
    struct kt_text *list = kt_arena_take(arena, own + more, sizeof *list);
    for (size_t i = 0; i < own + more; i++) {
        list[i] = keep(arena, i < own ? &from->subscription[i] : &part->names[i - own]);
    }
    to->subscription = list;
    to->subscription_count = own + more;
}

static void freeze_member(struct kt_arena *arena, const struct kt_model_group *group,
                          const struct kt_model_member *from, struct kt_member *to)
{
    to->member_id = keep(arena, &from->member_id);
    to->client_id = keep(arena, &from->client_id);
    to->host = keep(arena, &from->host);
    to->instance_id = keep(arena, &from->instance_id);
    freeze_subscription(arena, group, from, to);
    int64_t owned = 0;
    for (size_t i = 0; i < from->assigned_count; i++) {
        owned += (int64_t)from->assigned[i].partition_count;
    }
    if (from->assignment_known && group->type != KT_TYPE_STREAMS) {
        KT_SET(to, MEMBER, partitions, owned); /* a task of a streams group is no partition */
    }
    if (from->state != KT_MEMBER_UNKNOWN && from->epoch >= 0) {
        KT_SET(to, MEMBER, epoch, from->epoch);
        bool settled = from->state == KT_MEMBER_SETTLED && from->epoch == group->generation;
        to->state = settled ? "settled" : "reconciling";
    }
}

static int32_t *freeze_members(struct kt_arena *arena, const struct kt_model_group *from, struct kt_group *to)
{
    size_t count = from->member_count;
    to->members_known = from->members_known;
    to->member_count = count;
    if (count == 0) {
        return NULL;
    }
    const struct kt_model_member **order = kt_alloc(count, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        order[i] = &from->members[i];
    }
    qsort(order, count, sizeof *order, compare_members);
    int32_t *places = kt_alloc(count, sizeof *places);
    to->members = kt_arena_take(arena, count, sizeof *to->members);
    for (size_t i = 0; i < count; i++) {
        places[order[i] - from->members] = (int32_t)i;
        freeze_member(arena, from, order[i], &to->members[i]);
    }
    free(order);
    return places;
}

/* ---- partitions ---- */

static void set_log(const struct kt_model *model, const struct kt_model_topic *topic, const struct kt_look *look,
                    struct kt_lag_facts *row)
{
    if (look->ends_known) {
        KT_SET(row, LAG, log_end, look->log_end);
        /* With the partition it moves apart from the row; only where no topic tells it, it stands in the row. */
        KT_SET(row, LAG, as_of, topic && topic->told ? 0 : kt_model_wall(model, look->ends_at));
    }
    if (look->start_known) {
        KT_SET(row, LAG, log_start, look->log_start);
    }
    if (look->stable_known) {
        KT_SET(row, LAG, last_stable, look->last_stable);
    }
}

static void set_commit(const struct kt_model *model, const struct kt_model_lag *lag, struct kt_lag_facts *row)
{
    row->complete = (double)lag->window.count / (double)model->settings.intervals;
    KT_SET(row, LAG, complete, row->complete);
    if (lag->window.count == 0) {
        return;
    }
    const struct kt_commit newest = kt_window_newest(&lag->window);
    KT_SET(row, LAG, committed, newest.offset);
    KT_SET(row, LAG, committed_at, newest.at_ms);
    row->committed_at_exact = lag->exact;
    if (lag->track.advanced_known) {
        KT_SET(row, LAG, last_advance_at, kt_model_wall(model, lag->track.advanced_at));
    }
    if (lag->track.behind) {
        KT_SET(row, LAG, behind_since, kt_model_wall(model, lag->track.behind_since));
    }
}

/* A document of groups alone has no place for a sentence on each row. */
static bool shows_why(const struct kt_model *model)
{
    return model->options->format != KT_FORMAT_JSON || model->options->detail != KT_DETAIL_GROUPS;
}

static void set_verdict(struct kt_arena *arena, const struct kt_model *model, const struct kt_model_lag *lag,
                        const struct kt_look *look, struct kt_lag_facts *row)
{
    const struct kt_verdict whole = kt_model_verdict(lag), *verdict = &whole;
    char why[384];
    row->status = verdict->status;
    row->rule = verdict->rule;
    row->marks |= verdict->marks;
    row->approximate = look->compacted;
    KT_SET(row, LAG, since, kt_model_wall(model, verdict->since));
    size_t length = shows_why(model) ? kt_explain(verdict, look, why, sizeof why) : 0;
    if (length > 0) {
        row->why = kt_text_of(kt_arena_text(arena, why, length), length);
    }
    if (verdict->lag_known) {
        KT_SET(row, LAG, lag, verdict->lag);
        KT_SET(row, LAG, raw_lag, verdict->raw_lag);
        if (look->start_known && !look->compact_only) {
            KT_SET(row, LAG, lost, verdict->lost);
        }
    }
    if (verdict->loss_eta_known) {
        KT_SET(row, LAG, loss_eta_ms, verdict->loss_eta_ms);
    }
}

static void set_numbers(const struct kt_numbers *numbers, struct kt_lag_facts *row)
{
    if (numbers->time_lag_known) {
        KT_SET(row, LAG, time_lag_ms, numbers->time_lag_ms);
        row->time_lag_tier = numbers->time_lag_exact ? "exact" : "history";
        row->time_lag_at_least = numbers->time_lag_at_least;
    }
    row->record_clock = kt_stamp_name(numbers->stamp);
    row->marks |= numbers->clock_ahead ? (uint32_t)KT_MARK_CLOCK : 0;
    if (numbers->consume_known) {
        KT_SET(row, LAG, consume_rate, numbers->consume_rate);
    }
    if (numbers->produce_known) {
        KT_SET(row, LAG, produce_rate, numbers->produce_rate);
    }
    if (numbers->change_known) {
        KT_SET(row, LAG, lag_change_per_min, numbers->change_per_min);
        row->lag_direction = kt_direction_name(numbers->direction);
    }
    if (numbers->drains_known) {
        KT_SET(row, LAG, drains, numbers->drains);
    }
    if (numbers->eta_known) {
        KT_SET(row, LAG, eta_ms, numbers->eta_ms);
    }
}

/* Why the record that the group will read next could not be looked at. */
static void set_record_error(struct kt_arena *arena, const struct kt_model_partition *partition,
                             const struct kt_look *look, struct kt_lag_facts *row)
{
    int64_t next;
    bool asked = partition && row->lag > 0 && kt_look_next(look, &next);
    const struct kt_model_record *record = asked ? kt_model_record(partition, next) : NULL;
    if (record && record->error[0]) {
        size_t length = strlen(record->error);
        row->record_error = kt_text_of(kt_arena_text(arena, record->error, length), length);
    }
}

static void set_window(struct kt_arena *arena, const struct kt_window *window, struct kt_lag_facts *row)
{
    struct kt_commit *commits = kt_arena_take(arena, window->count, sizeof *commits);
    for (size_t i = 0; i < window->count; i++) {
        commits[i] = kt_window_at(window, i);
    }
    row->window = commits;
    row->window_count = window->count;
}

static void freeze_lag(struct kt_arena *arena, const struct kt_model *model, const struct kt_model_group *group,
                       const struct kt_model_group_topic *topic, const struct kt_model_lag *lag,
                       struct kt_lag_facts *row)
{
    struct kt_look look;
    struct kt_numbers numbers;
    kt_gather_look(model, group, topic, lag, &look);
    kt_derive(model, topic, lag, &look, &numbers);
    row->partition = lag->partition;
    row->known |= UINT64_C(1) << KT_LAG_partition;
    row->owner = lag->owner;
    row->in_total = lag->standing.in_total;
    row->marks |= lag->disputed ? KT_MARK_REBALANCING : 0;
    const struct kt_model_partition *partition = kt_model_partition(topic->topic, lag->partition);
    set_log(model, topic->topic, &look, row);
    set_commit(model, lag, row);
    set_verdict(arena, model, lag, &look, row);
    set_numbers(&numbers, row);
    set_record_error(arena, partition, &look, row);
    if (model->options->detail == KT_DETAIL_WINDOWS) {
        set_window(arena, &lag->window, row);
    }
}

static int compare_topics(const void *a, const void *b)
{
    const struct kt_model_group_topic *const *x = a, *const *y = b;
    return kt_text_compare(kt_name_text(&(*x)->name), kt_name_text(&(*y)->name));
}

static const struct kt_model_group_topic **sorted_topics(const struct kt_model_group *group, size_t *lags)
{
    const struct kt_model_group_topic **list = kt_alloc(group->topics.count + 1, sizeof *list);
    size_t count = 0;
    struct kt_strmap_walk at = {0};
    *lags = 0;
    while (kt_strmap_step(&group->topics, &at)) {
        list[count++] = at.value;
        *lags += list[count - 1]->count;
    }
    qsort(list, count, sizeof *list, compare_topics);
    return list;
}

static struct kt_rows *freeze_lags(const struct kt_model *model, const struct kt_model_group *from,
                                   const int32_t *places)
{
    size_t count;
    const struct kt_model_group_topic **topics = sorted_topics(from, &count);
    struct kt_arena *arena;
    struct kt_rows *rows = kt_rows_new(count, &arena);
    struct kt_lag_packer packer = {.arena = arena};
    struct kt_lag *row = kt_rows_lags(rows);
    for (size_t t = 0; t < from->topics.count; t++) {
        struct kt_text name = keep(arena, &topics[t]->name);
        for (size_t i = 0; i < topics[t]->count; i++, row++) {
            struct kt_lag_facts facts = {.topic = name};
            freeze_lag(arena, model, from, topics[t], topics[t]->lags[i], &facts);
            facts.owner = facts.owner >= 0 && places ? places[facts.owner] : -1;
            kt_lag_pack(&packer, &facts, row);
        }
    }
    free(topics);
    return rows;
}

/* The group's rows: those of the last snapshot once more, when they would be the same. */
static void share_lags(const struct kt_model *model, struct kt_model_group *from, const int32_t *places,
                       struct kt_group *to)
{
    struct kt_rows *rows = freeze_lags(model, from, places);
    if (!model->burrow) { /* whose verdicts are written into the rows afterwards */
        if (from->frozen && kt_rows_same(rows, from->frozen)) {
            kt_rows_unref(rows);
            rows = from->frozen;
        } else {
            kt_rows_unref(from->frozen);
            from->frozen = rows;
        }
        kt_rows_ref(rows);
    }
    kt_group_take_rows(to, rows);
}

static void forget_verdict(struct kt_lag_packer *packer, struct kt_lag *row)
{
    struct kt_lag_facts facts;
    kt_lag_unpack(row, &facts);
    facts.status = KT_STATUS_UNKNOWN;
    facts.rule = NULL;
    facts.why = kt_text_of(NULL, 0);
    facts.marks = 0;
    facts.known &= ~(UINT64_C(1) << KT_LAG_since);
    kt_lag_pack(packer, &facts, row);
}

/* Burrow's verdict of each partition in place of ours; its own numbers stand in the group. */
static void judge_as_burrow(struct kt_arena *arena, const struct kt_model *model, const struct kt_model_group *from,
                            struct kt_group *to)
{
    struct kt_lag_packer packer = {.arena = arena};
    for (size_t i = 0; i < to->lag_count; i++) {
        forget_verdict(&packer, &to->lags[i]);
    }
    for (size_t i = 0; from->reported && i < from->report.partition_count; i++) {
        const struct kt_burrow_row *given = &from->report.rows[i];
        struct kt_lag *row =
            (struct kt_lag *)(uintptr_t)kt_group_lag(to, given->topic, given->topic_length, given->partition);
        if (!row) {
            continue;
        }
        char why[384];
        struct kt_lag_facts facts;
        kt_lag_unpack(row, &facts);
        facts.status = kt_assess_burrow_status(given->status);
        facts.rule = kt_burrow_status_name(given->status);
        KT_SET(&facts, LAG, complete, (double)given->complete);
        size_t length = kt_explain_burrow(given, model->wall, why, sizeof why);
        if (length > 0) {
            facts.why = kt_text_of(kt_arena_text(arena, why, length), length);
        }
        kt_lag_pack(&packer, &facts, row);
    }
}

/* ---- sums ---- */

/* A sum over partitions that says when a part is missing. */
struct sum {
    bool known;
    double value;
};

static void add(struct sum *sum, bool known, double value)
{
    if (known) {
        sum->known = true;
        sum->value += value;
    }
}

static void sum_lag(struct kt_group *to, const struct kt_lag *row)
{
    bool uncommitted = !KT_KNOWS(row, KT_LAG_committed); /* counted apart, not missing */
    bool missing = !KT_KNOWS(row, KT_LAG_lag) || (kt_lag_marks(row) & KT_MARK_STALE);
    to->total_partial = to->total_partial || (missing && !uncommitted);
    if (!KT_KNOWS(row, KT_LAG_lag) || !row->in_total) {
        return;
    }
    to->approximate = to->approximate || kt_lag_approximate(row);
    int64_t total = KT_KNOWS(to, KT_GROUP_total_lag) ? to->total_lag : 0;
    int64_t most = KT_KNOWS(to, KT_GROUP_max_lag) ? to->max_lag : 0;
    KT_SET(to, GROUP, total_lag, kt_add_bounded(total, kt_lag_lag(row)));
    KT_SET(to, GROUP, max_lag, kt_lag_lag(row) > most ? kt_lag_lag(row) : most);
}

static void take_worst_time(struct kt_group *to, const struct kt_lag *row)
{
    if (KT_KNOWS(row, KT_LAG_time_lag_ms) &&
        (!KT_KNOWS(to, KT_GROUP_time_lag_ms) || kt_lag_time_lag_ms(row) > to->time_lag_ms)) {
        KT_SET(to, GROUP, time_lag_ms, kt_lag_time_lag_ms(row));
        to->time_lag_tier = kt_lag_time_lag_tier(row);
    }
    /* Whichever is older than our history may be the oldest of all. */
    to->time_lag_at_least =
        to->time_lag_at_least || (KT_KNOWS(row, KT_LAG_time_lag_ms) && kt_lag_time_lag_at_least(row));
    if (KT_KNOWS(row, KT_LAG_loss_eta_ms) &&
        (!KT_KNOWS(to, KT_GROUP_loss_eta_ms) || kt_lag_loss_eta_ms(row) < to->loss_eta_ms)) {
        KT_SET(to, GROUP, loss_eta_ms, kt_lag_loss_eta_ms(row));
    }
}

/* Whether one partition has most of the lag. */
static void sum_skew(struct kt_group *to)
{
    const struct kt_lag *hottest = NULL;
    double sum = 0, squares = 0, known = 0;
    for (size_t i = 0; i < to->lag_count; i++) {
        const struct kt_lag *row = &to->lags[i];
        if (KT_KNOWS(row, KT_LAG_lag) && row->in_total) {
            known++;
            sum += (double)kt_lag_lag(row);
            hottest = hottest == NULL || kt_lag_lag(row) > kt_lag_lag(hottest) ? row : hottest;
        }
    }
    if (known < 2 || sum <= 0) {
        return;
    }
    double mean = sum / known;
    for (size_t i = 0; i < to->lag_count; i++) {
        const struct kt_lag *row = &to->lags[i];
        if (KT_KNOWS(row, KT_LAG_lag) && row->in_total) {
            squares += ((double)kt_lag_lag(row) - mean) * ((double)kt_lag_lag(row) - mean);
        }
    }
    KT_SET(to, GROUP, lag_skew, (double)kt_lag_lag(hottest) / mean);
    KT_SET(to, GROUP, lag_variation, sqrt(squares / known) / mean);
    to->hottest_topic = kt_lag_topic(hottest);
    KT_SET(to, GROUP, hottest_partition, kt_lag_partition(hottest));
}

/* The slowest partition decides; one of which nothing is known leaves the whole unknown. */
static void sum_eta(struct kt_group *to)
{
    int64_t slowest = 0;
    bool any = false, never = false, unknown = false;
    for (size_t i = 0; i < to->lag_count; i++) {
        const struct kt_lag *row = &to->lags[i];
        if (!KT_KNOWS(row, KT_LAG_lag)) {
            unknown = unknown || KT_KNOWS(row, KT_LAG_committed);
            continue;
        }
        if (kt_lag_lag(row) == 0) {
            continue;
        }
        any = true;
        never = never || (KT_KNOWS(row, KT_LAG_drains) && !kt_lag_drains(row));
        unknown = unknown || !KT_KNOWS(row, KT_LAG_eta_ms);
        slowest = KT_KNOWS(row, KT_LAG_eta_ms) && kt_lag_eta_ms(row) > slowest ? kt_lag_eta_ms(row) : slowest;
    }
    if (never) {
        KT_SET(to, GROUP, drains, false);
    } else if (any && !unknown) {
        KT_SET(to, GROUP, drains, true);
        KT_SET(to, GROUP, eta_ms, slowest);
    }
}

/* What a member of a streams group owns are the partitions that its tasks read. */
static void count_owned(const struct kt_group *to, const struct kt_lag *row, bool streams)
{
    if (streams && row->owner >= 0) {
        struct kt_member *member = &to->members[row->owner];
        KT_SET(member, MEMBER, partitions, KT_KNOWS(member, KT_MEMBER_partitions) ? member->partitions + 1 : 1);
    }
}

static void sum_rows(struct kt_group *to, bool streams)
{
    struct sum consume = {0}, produce = {0};
    double complete = 0;
    int64_t uncommitted = 0;
    for (size_t i = 0; i < to->lag_count; i++) {
        const struct kt_lag *row = &to->lags[i];
        sum_lag(to, row);
        take_worst_time(to, row);
        add(&consume, KT_KNOWS(row, KT_LAG_consume_rate), kt_lag_consume_rate(row));
        add(&produce, KT_KNOWS(row, KT_LAG_produce_rate), kt_lag_produce_rate(row));
        complete += kt_lag_complete(row);
        uncommitted += !KT_KNOWS(row, KT_LAG_committed);
        count_owned(to, row, streams);
        if (row->owner >= 0 && row->in_total && KT_KNOWS(row, KT_LAG_lag)) {
            struct kt_member *member = &to->members[row->owner];
            int64_t before = KT_KNOWS(member, KT_MEMBER_lag) ? member->lag : 0;
            KT_SET(member, MEMBER, lag, kt_add_bounded(before, kt_lag_lag(row)));
        }
    }
    if (consume.known) {
        KT_SET(to, GROUP, consume_rate, consume.value);
    }
    if (produce.known) {
        KT_SET(to, GROUP, produce_rate, produce.value);
    }
    KT_SET(to, GROUP, complete, to->lag_count ? complete / (double)to->lag_count : 0);
    KT_SET(to, GROUP, uncommitted, uncommitted);
    sum_skew(to);
    sum_eta(to);
}

static void freeze_head(struct kt_arena *arena, const struct kt_model *model, const struct kt_model_group *from,
                        struct kt_group *to)
{
    to->name = keep(arena, &from->name);
    to->type = kt_group_type_name(from->type);
    to->state = kt_group_state_name(from->state);
    if (from->state_since_known) {
        KT_SET(to, GROUP, state_since, kt_model_wall(model, from->state_since));
    }
    if (from->coordinator >= 0) {
        KT_SET(to, GROUP, coordinator, from->coordinator);
    }
    to->status = from->verdict.any ? from->verdict.status : KT_STATUS_UNKNOWN;
    to->worst = from->verdict.any ? from->verdict.worst : KT_STATUS_UNKNOWN;
    if (from->verdict.any) {
        KT_SET(to, GROUP, since, kt_model_wall(model, from->status_since));
    }
    if (from->why[0]) {
        size_t length = strlen(from->why);
        to->why = kt_text_of(kt_arena_text(arena, from->why, length), length);
    }
    to->marks = from->abandoned ? KT_MARK_ABANDONED : 0;
    to->marks |= from->flaps ? KT_MARK_FLAP : 0;
    to->marks |= from->denied ? KT_MARK_AUTH : 0;
    if (from->generation >= 0) {
        KT_SET(to, GROUP, generation, from->generation);
    }
    KT_SET(to, GROUP, rebalances, from->rebalances);
    kt_trail_show(&from->trail, &to->trend);
}

struct kt_group *kt_freeze_group(const struct kt_model *model, struct kt_model_group *from)
{
    struct kt_arena *arena;
    struct kt_group *to = kt_group_new(&arena);
    freeze_head(arena, model, from, to);
    int32_t *places = freeze_members(arena, from, to);
    share_lags(model, from, places, to);
    free(places);
    sum_rows(to, from->type == KT_TYPE_STREAMS);
    if (from->slope.known) {
        KT_SET(to, GROUP, lag_change_per_min, from->slope.per_min);
        to->lag_direction = kt_direction_name(from->slope.direction);
    }
    if (model->burrow) {
        judge_as_burrow(arena, model, from, to);
        if (from->reported && from->report.found) {
            KT_SET(to, GROUP, complete, (double)from->report.complete);
        }
    }
    return to;
}
