#include "assess.h"

#include <stdio.h>
#include <string.h>

#include "assess_rights.h"
#include "decode.h"
#include "derive.h"
#include "explain.h"
#include "gather.h"
#include "hung.h"
#include "identities.h"
#include "owners.h"
#include "model_steady.h"
#include "wrap.h"

/* ---- partitions ---- */

static void tell_rewind(struct kt_model *model, const struct kt_model_group *group,
                        const struct kt_model_group_topic *topic, const struct kt_model_lag *lag,
                        const struct kt_verdict *verdict)
{
    const struct kt_track *track = &lag->track;
    if (!verdict->rewind_new) {
        return;
    }
    struct kt_event event = {.kind = KT_EVENT_REWIND,
                             .group = kt_name_text(&group->name),
                             .topic = kt_name_text(&topic->name),
                             .has_partition = true,
                             .partition = lag->partition,
                             .from = {KT_VALUE_NUMBER, verdict->rewind_from, NULL},
                             .to = {KT_VALUE_NUMBER, verdict->rewind_to, NULL}};
    kt_model_tell(model, event, "%lld -> %lld: offset went back %lld%s", (long long)verdict->rewind_from,
                  (long long)verdict->rewind_to, (long long)kt_span(verdict->rewind_to, verdict->rewind_from),
                  track->rewound_by_hand ? ", the group had no members" : "");
}

static void tell_skip(struct kt_model *model, const struct kt_model_group *group,
                      const struct kt_model_group_topic *topic, const struct kt_model_lag *lag,
                      const struct kt_verdict *verdict)
{
    if (verdict->skip_new == KT_MOVE_NONE) {
        return;
    }
    struct kt_event event = {.kind = KT_EVENT_SKIP,
                             .group = kt_name_text(&group->name),
                             .topic = kt_name_text(&topic->name),
                             .has_partition = true,
                             .partition = lag->partition,
                             .from = {KT_VALUE_NUMBER, verdict->skip_from, NULL},
                             .to = {KT_VALUE_NUMBER, verdict->skip_to, NULL}};
    kt_model_tell(model, event, "%lld -> %lld: offset went forward past %lld, %s", (long long)verdict->skip_from,
                  (long long)verdict->skip_to, (long long)verdict->skipped,
                  verdict->skip_new == KT_MOVE_BY_HAND ? "the group had no members"
                                                       : "too far to be read, unless compaction left a hole");
}

static void judge_lag(struct kt_model *model, const struct kt_model_group *group,
                      const struct kt_model_group_topic *topic, struct kt_model_lag *lag)
{
    const struct kt_model_partition *partition = kt_model_partition(topic->topic, lag->partition);
    if (partition) {
        lag->open = kt_gather_commit_lags(model, group, partition, &lag->window, lag->open);
    }
    kt_steady_catch_up(model, group, topic, lag);
    struct kt_look look;
    kt_gather_look(model, group, topic, lag, &look);
    int64_t order = look.committed_known ? look.commit_order : -1;
    bool new_end = look.ends_known && (!lag->judged || look.ends_at > lag->judged_ends_at);
    bool fresh_sample = new_end || !lag->judged || order != lag->judged_commit_order;
    struct kt_verdict verdict;
    kt_judge(&lag->track, &look, &lag->window, &model->settings, fresh_sample, &verdict);
    kt_model_keep_verdict(lag, &verdict);
    if (partition) {
        kt_derive_written(partition, &look, &lag->track);
    }
    lag->judged = true;
    lag->judged_ends_at = look.ends_at;
    lag->judged_commit_order = order;
    tell_rewind(model, group, topic, lag, &verdict);
    tell_skip(model, group, topic, lag, &verdict);
    kt_steady_note(model, group, topic, lag, &look, &verdict);
}

/* ---- groups ---- */

/* What the partitions of a group add up to. */
struct worst {
    const struct kt_model_group_topic *topic;
    const struct kt_model_lag *lag; /* the worst one */
    const struct kt_model_group_topic *unknown_topic;
    const struct kt_model_lag *unknown; /* the first of which nothing can be said */
    size_t with_it, unknowns, partitions;
    int64_t total;
    bool total_known, total_partial;
    struct kt_group_verdict verdict;
    struct {
        bool known;
        int64_t at;
    } since[KT_STATUS_COUNT]; /* when a group of this status became it; that of STOP is of what is ABANDONED */
};

/* A group is ERR since its first partition is, and OK since its last one is. */
static void note_since(struct worst *worst, const struct kt_model_standing *standing)
{
    enum kt_status status = kt_status_of_group(standing->status);
    if (status == KT_STATUS_ERR && (standing->marks & KT_MARK_ABANDONED)) {
        status = KT_STATUS_STOP;
    }
    bool later = standing->since > worst->since[status].at;
    if (!worst->since[status].known || later == (status == KT_STATUS_OK)) {
        worst->since[status].known = true;
        worst->since[status].at = standing->since;
    }
}

static int64_t since_of(const struct kt_model *model, const struct worst *worst, bool abandoned)
{
    enum kt_status status = abandoned ? KT_STATUS_STOP : worst->verdict.status;
    if (worst->since[status].known) {
        return worst->since[status].at;
    }
    return worst->lag ? worst->lag->standing.since : model->now;
}

/* Ties fall to the name, so that the same cluster always gives the same sentence. */
static bool is_worse(const struct kt_model_group_topic *topic, const struct kt_model_lag *lag,
                     const struct worst *worst)
{
    const struct kt_model_lag *than = worst->lag;
    int a = kt_status_severity(lag->standing.status), b = kt_status_severity(than->standing.status);
    if (a != b) {
        return a > b;
    }
    if (lag->standing.lag_known != than->standing.lag_known) {
        return lag->standing.lag_known;
    }
    if (lag->standing.lag_known && lag->standing.lag != than->standing.lag) {
        return lag->standing.lag > than->standing.lag;
    }
    int order = kt_text_compare(kt_name_text(&topic->name), kt_name_text(&worst->topic->name));
    return order < 0 || (order == 0 && lag->partition < than->partition);
}

static void note_unknown(struct worst *worst, const struct kt_model_group_topic *topic,
                         const struct kt_model_lag *lag)
{
    struct worst so_far = {.topic = worst->unknown_topic, .lag = worst->unknown};
    if (!worst->unknown || is_worse(topic, lag, &so_far)) {
        worst->unknown_topic = topic;
        worst->unknown = lag;
    }
}

static void note_worst(struct worst *worst, const struct kt_model_group_topic *topic, const struct kt_model_lag *lag)
{
    worst->partitions++;
    if (lag->standing.status == KT_STATUS_UNKNOWN) {
        worst->unknowns++;
        note_unknown(worst, topic, lag);
    }
    if (lag->standing.lag_known && lag->standing.in_total) {
        worst->total = kt_add_bounded(worst->total, lag->standing.lag);
        worst->total_known = true;
    }
    bool missing = !lag->standing.lag_known || (lag->standing.marks & KT_MARK_STALE);
    worst->total_partial = worst->total_partial || (missing && lag->window.count > 0);
    kt_group_verdict_add(&worst->verdict, lag->standing.status, lag->standing.marks);
    note_since(worst, &lag->standing);
    bool first = !worst->lag;
    if (!first && lag->standing.status == worst->lag->standing.status) {
        worst->with_it++;
    }
    if (first || is_worse(topic, lag, worst)) {
        worst->with_it = first || lag->standing.status != worst->lag->standing.status ? 1 : worst->with_it;
        worst->topic = topic;
        worst->lag = lag;
    }
}

static void explain_group(const struct kt_model *model, struct kt_model_group *group, const struct worst *worst)
{
    group->why[0] = '\0';
    if (group->type == KT_TYPE_SHARE) {
        snprintf(group->why, sizeof group->why, "%s",
                 "a share group: records are acknowledged one by one, so no offset tells a lag: no verdict");
        return;
    }
    bool unknown = worst->verdict.status == KT_STATUS_UNKNOWN && worst->unknown;
    const struct kt_model_group_topic *topic = unknown ? worst->unknown_topic : worst->topic;
    const struct kt_model_lag *lag = unknown ? worst->unknown : worst->lag;
    char why[384];
    struct kt_look look;
    if (!lag) {
        return;
    }
    kt_gather_look(model, group, topic, lag, &look);
    struct kt_verdict verdict = kt_model_verdict(lag);
    struct kt_explain_total total = {.known = worst->total_known && !worst->total_partial,
                                     .several = worst->partitions > 1,
                                     .lag = worst->total};
    bool goes = group->slope.direction == KT_DIRECTION_UP || group->slope.direction == KT_DIRECTION_DOWN;
    total.change_known = total.known && group->slope.known && goes;
    total.change_per_min = group->slope.per_min;
    if (kt_explain_in_total(&verdict, &look, &total, why, sizeof why) == 0) {
        return;
    }
    size_t length =
        kt_explain_group(lag->standing.status, unknown ? worst->unknowns : worst->with_it, worst->partitions,
                         topic->name.bytes, topic->name.length, lag->partition, why, group->why, sizeof group->why);
    if (group->flaps && kt_status_severity(lag->standing.status) >= kt_status_severity(KT_STATUS_WARN)) {
        snprintf(group->why + length, sizeof group->why - length, "; %u rebalances in 10m", group->rebalances);
    }
}

static void tell_status(struct kt_model *model, struct kt_model_group *group, enum kt_status worst)
{
    enum kt_status before = group->shown;
    if (worst == before || worst == KT_STATUS_UNKNOWN) {
        return; /* a verdict that was lost for want of evidence comes back, or changes: then it is told */
    }
    group->shown = worst;
    if (before == KT_STATUS_UNKNOWN && worst == KT_STATUS_OK) {
        return; /* a healthy group at first sight is no news */
    }
    const char *was = kt_status_name(before);
    const char *is = kt_status_name(worst);
    struct kt_event event = {.kind = KT_EVENT_STATUS,
                             .group = kt_name_text(&group->name),
                             .from = {was ? KT_VALUE_WORD : KT_VALUE_NONE, 0, was},
                             .to = {KT_VALUE_WORD, 0, is},
                             .status = worst};
    if (strncmp(group->why, is, strlen(is)) == 0) {
        kt_model_tell(model, event, "%s -> %s", was ? was : "unknown", group->why); /* it begins with the word */
    } else {
        kt_model_tell(model, event, "%s -> %s%s%s", was ? was : "unknown", is, group->why[0] ? ": " : "", group->why);
    }
}

static void add_trend(const struct kt_model *model, struct kt_model_group *group)
{
    kt_trail_add(&group->trail, model->now, kt_model_patience(model), group->total_known, group->total);
    group->slope = kt_trail_slope(&group->trail, kt_model_slope_span(model, group->zigzag_ms), group->zigzag);
}

static void sum_up(struct kt_model *model, struct kt_model_group *group, const struct worst *worst)
{
    const struct kt_group_verdict *verdict = &worst->verdict;
    bool abandoned = verdict->abandoned && !verdict->recent;
    /* Another word of the same status makes it no younger: --hold counts from the first trouble. */
    bool changed =
        !group->verdict.any || group->verdict.status != verdict->status || group->abandoned != abandoned;
    group->verdict = *verdict;
    if (changed) {
        group->status_since = since_of(model, worst, abandoned);
    }
    group->abandoned = abandoned;
    group->total_known = worst->total_known && !worst->total_partial; /* a part of the sum would look like a plunge */
    group->total = worst->total;
    add_trend(model, group);
    explain_group(model, group, worst);
    tell_status(model, group, verdict->worst);
}

/*
 * A lag swings by what comes between two commits. The partition whose lag swings the most gives the rhythm by which the
 * group's is looked at, and how far it swings at least.
 */
static void note_zigzag(const struct kt_model *model, struct kt_model_group *group,
                        const struct kt_model_group_topic *topic, const struct kt_model_lag *lag)
{
    const struct kt_model_partition *partition = kt_model_partition(topic->topic, lag->partition);
    double rate;
    int64_t rhythm;
    if (!partition || !lag->standing.in_total || !kt_model_produce_rate(model, partition, &rate) || !(rate > 0) ||
        !kt_track_rhythm(&lag->track, &rhythm) || rate * (double)rhythm / 1000.0 <= group->zigzag) {
        return;
    }
    group->zigzag_ms = rhythm;
    group->zigzag = rate * (double)rhythm / 1000.0;
}

/* Judges the rows but those that are passed over; all are counted. */
static void judge_lags(struct kt_model *model, struct kt_model_group *group, struct worst *worst)
{
    bool steady_pass = kt_steady_group(model, group), steady = true;
    struct kt_strmap_walk at = {0};
    group->zigzag_ms = 0;
    group->zigzag = 0;
    kt_gather_work(group);
    while (kt_strmap_step(&group->topics, &at)) {
        struct kt_model_group_topic *topic = at.value;
        topic->topic = kt_model_topic(model, kt_text_of(at.name, at.length));
        for (size_t i = 0; i < topic->count; i++) {
            struct kt_model_lag *lag = topic->lags[i];
            if (!steady_pass || !kt_steady_row(model, topic, lag)) {
                judge_lag(model, group, topic, lag);
                note_zigzag(model, group, topic, lag);
            }
            note_worst(worst, topic, lag);
            steady = steady && lag->steady;
        }
    }
    kt_steady_note_group(model, group, steady && worst->partitions > 0);
}

/* ---- rules burrow ---- */

/* Commits that came before the log end was known would be lost to Burrow: its storage gets them from the window. */
static void feed_burrow(struct kt_model *model, struct kt_model_group *group)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        struct kt_model_group_topic *topic = at.value;
        for (size_t i = 0; i < topic->count; i++) {
            struct kt_model_lag *lag = topic->lags[i];
            const struct kt_model_partition *partition = kt_model_partition(topic->topic, lag->partition);
            if (lag->burrow_fed || !partition || partition->end.count == 0) {
                continue;
            }
            for (size_t k = 0; k < lag->window.count; k++) {
                const struct kt_commit commit = kt_window_at(&lag->window, k);
                kt_burrow_commit(model->burrow, group->name.bytes, group->name.length, at.name, at.length,
                                 lag->partition, commit.offset, commit.at_ms, commit.order, model->wall);
            }
            lag->burrow_fed = true;
        }
    }
}

enum kt_status kt_assess_burrow_status(enum kt_burrow_status status)
{
    static const enum kt_status words[] = {
        [KT_BURROW_NOTFOUND] = KT_STATUS_UNKNOWN, [KT_BURROW_OK] = KT_STATUS_OK,
        [KT_BURROW_WARN] = KT_STATUS_WARN,        [KT_BURROW_ERR] = KT_STATUS_ERR,
        [KT_BURROW_STOP] = KT_STATUS_STOP,        [KT_BURROW_STALL] = KT_STATUS_STALL,
        [KT_BURROW_REWIND] = KT_STATUS_REWIND,
    };
    return words[status];
}

static void explain_burrow_group(struct kt_model *model, struct kt_model_group *group,
                                 const struct kt_burrow_row *worst, size_t with_it)
{
    char why[384];
    group->why[0] = '\0';
    if (worst && kt_explain_burrow(worst, model->wall, why, sizeof why) > 0) {
        kt_explain_group(kt_assess_burrow_status(worst->status), with_it, group->report.partition_count, worst->topic,
                         worst->topic_length, worst->partition, why, group->why, sizeof group->why);
    }
}

static void judge_burrow_group(struct kt_model *model, struct kt_model_group *group)
{
    if (group->reported) {
        kt_burrow_report_release(&group->report);
    }
    kt_burrow_check(model->burrow, group->name.bytes, group->name.length, model->wall, &group->report);
    group->reported = true;
    struct kt_group_verdict verdict = {.any = group->report.found,
                                       .status = kt_assess_burrow_status(group->report.status)};
    const struct kt_burrow_row *worst = NULL;
    size_t with_it = 0;
    for (size_t i = 0; i < group->report.partition_count; i++) {
        const struct kt_burrow_row *row = &group->report.rows[i];
        with_it = worst && row->status == worst->status ? with_it + 1 : with_it;
        if (!worst || row->status > worst->status) {
            worst = row;
            with_it = 1;
        }
    }
    verdict.worst = worst ? kt_assess_burrow_status(worst->status) : verdict.status;
    bool changed = !group->verdict.any || group->verdict.status != verdict.status;
    group->verdict = verdict;
    group->status_since = changed ? model->now : group->status_since;
    group->abandoned = false;
    explain_burrow_group(model, group, worst, with_it);
    tell_status(model, group, verdict.worst);
    kt_trail_add(&group->trail, model->now, kt_model_patience(model), group->report.found,
                 (int64_t)group->report.total_lag);
    group->slope = kt_trail_slope(&group->trail, kt_model_slope_span(model, group->zigzag_ms),
                                  group->zigzag);
}

/* ---- all ---- */

/* Into a partition without a leader nobody writes; one whose answers are old has no speed, and the sum is not whole. */
static void add_topic_trend(const struct kt_model *model, struct kt_model_topic *topic)
{
    double sum = 0;
    bool known = false;
    topic->rate_partial = false;
    for (size_t i = 0; i < topic->partition_count; i++) {
        const struct kt_model_partition *partition = &topic->partitions[i];
        double rate;
        if (kt_model_produce_rate(model, partition, &rate)) {
            sum += rate;
            known = true;
        } else if (partition->leader >= 0 && partition->end.count > 0) {
            topic->rate_partial = true;
        }
    }
    kt_trail_add(&topic->trail, model->now, kt_model_patience(model), known && !topic->rate_partial,
                 kt_rounded(sum));
}

static void add_topic_trends(struct kt_model *model)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->topics, &at)) {
        add_topic_trend(model, at.value);
    }
}

/* Calls `step` for each group that the filter lets through. */
static void each_group(struct kt_model *model, void (*step)(struct kt_model *, struct kt_model_group *))
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        struct kt_model_group *group = at.value;
        if (group->accepted) {
            step(model, group);
        }
    }
}

static void count_rebalances(const struct kt_model *model, struct kt_model_group *group)
{
    group->rebalances = kt_turns_count(&group->turns, model->now);
    group->flaps = group->rebalances >= KT_MODEL_FLAPS;
}

static void judge_group(struct kt_model *model, struct kt_model_group *group)
{
    struct worst worst = {0};
    (void)kt_model_place(model, group);
    count_rebalances(model, group);
    kt_owners_update(model, group);
    if (kt_steady_group(model, group) && kt_steady_all(model, group)) {
        if (!model->burrow) {
            add_trend(model, group);
        }
        return;
    }
    judge_lags(model, group, &worst);
    if (model->burrow) {
        feed_burrow(model, group);
    } else {
        sum_up(model, group, &worst);
    }
}

void kt_assess(struct kt_model *model)
{
    kt_model_set_now(model);
    kt_identities_update(model);
    kt_steady_begin(model);
    each_group(model, judge_group);
    if (model->burrow) {
        each_group(model, judge_burrow_group); /* a report lives until the storage changes: all are fed by now */
    }
    kt_assess_rights(model);
    add_topic_trends(model);
    kt_hung_tell(model);
    kt_steady_end(model);
}
