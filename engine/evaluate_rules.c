#include "evaluate_rules.h"

#include "lagging.h"
#include "stable.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

const int64_t kt_fresh_ms = 10 * SECOND;
const int64_t kt_fresh_delays = 3;
const int64_t kt_quiet_least_ms = 10 * SECOND;
const int64_t kt_quiet_rhythms = 3;
const int64_t kt_quiet_unknown_ms = 30 * SECOND;
const int64_t kt_quiet_memberless_ms = 600 * SECOND;
const int64_t kt_stall_least_ms = 30 * SECOND;
const int64_t kt_stall_quiets = 2;
const int64_t kt_stall_unknown_ms = 600 * SECOND;
const unsigned kt_repeat_commits = 5;
const int64_t kt_repeat_ms = 10 * SECOND;
const int64_t kt_repeat_unknown_ms = 60 * SECOND;
const int64_t kt_never_committed_ms = 600 * SECOND;
const int64_t kt_ahead_ms = 5 * SECOND;
const int64_t kt_restart_ms = 60 * SECOND;
const int64_t kt_lost_hold_ms = 600 * SECOND;
const int64_t kt_unsubscribed_warn_ms = HOUR;
const int64_t kt_tail_most = 2;
const int64_t kt_rewind_rhythms = 3;
const int64_t kt_rewind_hold_ms = 600 * SECOND;
const int64_t kt_loss_warn_ms = 60 * MINUTE;
const int64_t kt_loss_measure_ms = 5 * MINUTE;
const int64_t kt_loss_measure_most_ms = 12 * MINUTE;
const unsigned kt_fast_commits = 10;
const int64_t kt_fast_ms = 60 * SECOND;
const int64_t kt_learn_ms = 60 * SECOND + 2 * KT_LAGGING_NARROWEST_MS;
const int64_t kt_shrink_ms = 10 * SECOND;
const int64_t kt_slow_ms = 5 * MINUTE;
const int64_t kt_slow_rhythms = 6;

/* Over fewer gaps between commits than this, what one gap brings is no small part of the whole. */
static const size_t least_steps = 3;

/* Less than this share of the log start's speed is noise between two measurements, not a race that is lost.
 */
static const double loss_closing_share = 0.1;

/* ---- what follows from a look and what track remembers ---- */

int64_t kt_fresh_when_asked(const struct kt_settings *settings)
{
    return kt_larger(kt_fresh_delays * settings->delay_ms, kt_fresh_ms);
}

bool kt_look_is_fresh(const struct kt_look *look, const struct kt_settings *settings)
{
    int64_t asked = kt_fresh_when_asked(settings);
    if (!look->fresh_known || kt_span(look->fresh_at, look->now) > (look->exact ? kt_fresh_ms : asked)) {
        return false;
    }
    return look->ends_known && !look->end_failed && !look->leaderless &&
           kt_span(look->ends_at, look->now) <= asked;
}

/*
 * The window may know that records already waited when the newest commit was made. Its lag alone may be the marker of
 * a transaction, or an aborted one: the record that is read next must have been there.
 */
static bool waited_at_newest(const struct kt_evidence *e)
{
    if (e->window == NULL || e->look->tail_empty != KT_NO) {
        return false;
    }
    const struct kt_commit newest = kt_window_newest(e->window);
    return newest.lag_known && newest.lag > (uint64_t)e->settings->allowed_lag &&
           e->look->record_offset >= newest.offset &&
           (uint64_t)kt_span(newest.offset, e->look->record_offset) < newest.lag;
}

static void gather_idle(struct kt_evidence *e)
{
    const struct kt_track *track = e->track;
    e->base = kt_larger(track->advanced_at, track->behind_since);
    if (track->from_start && e->look->exact && waited_at_newest(e)) {
        e->base = track->advanced_at;
        /* What we did not watch may have been an open transaction: these end within their usual timeout. */
        int64_t excused = track->advanced_live ? 0 : kt_transaction_ms + e->rhythm;
        e->stall_after = kt_larger(e->stall_after, excused);
    }
    if (track->excused) {
        e->base = kt_larger(e->base, kt_track_rare(track)->excused_at);
    }
    int64_t gross = kt_span(e->base, e->look->now);
    int64_t hindered = kt_track_hindered(track);
    e->idle = gross > hindered ? gross - hindered : 0;
    e->waiting = e->idle;
    if (track->returned && kt_span(track->attended_since, e->look->now) < e->idle) {
        e->waiting = kt_span(track->attended_since, e->look->now);
    }
}

/* Work done since this partition last moved, and not long ago, is work elsewhere. */
static bool is_elsewhere(const struct kt_evidence *e, bool worked, int64_t at)
{
    return e->attendance == KT_ATTENDANCE_OWNED && worked && at > e->base && kt_span(at, e->look->now) < e->quiet;
}

static void gather_turns(struct kt_evidence *e)
{
    const struct kt_look *look = e->look;
    e->elsewhere = is_elsewhere(e, look->owner_worked, look->owner_worked_at);
    if (is_elsewhere(e, look->owner_drained, look->owner_drained_at)) {
        e->stall_after = kt_larger(e->stall_after, kt_stall_unknown_ms); /* clients read one backlog after the other */
    }
}

void kt_evidence_gather(struct kt_evidence *evidence, const struct kt_track *track,
                        const struct kt_look *look, const struct kt_window *window,
                        const struct kt_settings *settings)
{
    *evidence = (struct kt_evidence){.track = track, .look = look, .window = window, .settings = settings};
    evidence->attendance = kt_look_attendance(look);
    evidence->fresh = kt_look_is_fresh(look, settings);
    evidence->rhythm_known = kt_track_rhythm(track, &evidence->rhythm);
    evidence->lag_known = kt_look_lag(look, &evidence->lag, &evidence->raw_lag);
    bool memberless =
        evidence->attendance == KT_ATTENDANCE_NONE || evidence->attendance == KT_ATTENDANCE_UNKNOWN;
    if (evidence->rhythm_known) {
        evidence->quiet = kt_larger(kt_quiet_least_ms, kt_quiet_rhythms * evidence->rhythm);
        evidence->stall_after = kt_larger(kt_stall_least_ms, kt_stall_quiets * evidence->quiet);
    } else {
        evidence->quiet = memberless ? kt_quiet_memberless_ms : kt_quiet_unknown_ms;
        evidence->stall_after = kt_stall_unknown_ms;
    }
    int64_t away;
    if (evidence->attendance == KT_ATTENDANCE_GONE && kt_track_absence(track, &away)) {
        evidence->quiet = kt_larger(evidence->quiet, away + away / 2); /* it comes back when its time has come */
    }
    evidence->behind = track->behind && track->advanced_known && evidence->lag_known;
    if (evidence->behind) {
        gather_idle(evidence);
        gather_turns(evidence);
    }
}

static bool attended(const struct kt_evidence *e)
{
    return e->attendance == KT_ATTENDANCE_OWNED || e->attendance == KT_ATTENDANCE_REBALANCING;
}

/* Somebody commits, if only the same offset again. */
static bool commits_come(const struct kt_evidence *e)
{
    return e->look->exact && e->track->same_commits > 0 &&
           kt_span(e->track->last_commit_at, e->look->now) < e->quiet;
}

/* What idle was compared with belongs to the verdict whatever it is. */
static enum kt_outcome holds(struct kt_verdict *verdict, enum kt_status status, int64_t since)
{
    verdict->status = status;
    verdict->since = since;
    return KT_HOLDS;
}

/* A rebalance loses about what one commit before the fall brought. */
static bool fell_beyond_commits(const struct kt_evidence *e)
{
    const struct kt_track_rare *rare = kt_track_rare(e->track);
    int64_t largest = 0;
    size_t advances = 0;
    for (size_t i = 1; e->window != NULL && i < e->window->count; i++) {
        int64_t before = kt_window_offset(e->window, i - 1), offset = kt_window_offset(e->window, i);
        if (offset < before) {
            break;
        }
        advances += offset > before;
        largest = kt_larger(largest, kt_span(before, offset));
    }
    return advances >= least_steps &&
           kt_span(rare->rewind_to, rare->rewind_from) / kt_rewind_rhythms > largest;
}

bool kt_evidence_rewound(const struct kt_evidence *e)
{
    const struct kt_track *track = e->track;
    const struct kt_track_rare *rare = kt_track_rare(track);
    if (!track->rewound || track->last_sample_at < rare->rewind_at) {
        return false; /* or not yet: the log itself may have fallen */
    }
    if (track->rewound_by_hand || (e->look->start_known && rare->rewind_to <= e->look->log_start) ||
        fell_beyond_commits(e)) {
        return true;
    }
    double fell = (double)rare->rewind_from - (double)rare->rewind_to;
    double gap = (double)kt_rewind_rhythms * e->look->produce_rate * (double)e->rhythm / 1000.0;
    if (e->rhythm_known && e->look->produce_rate_known && fell > gap) {
        return true;
    }
    return kt_span(rare->rewind_at, e->look->now) >= e->quiet;
}

bool kt_evidence_loss_eta(const struct kt_evidence *e, int64_t *eta_ms)
{
    const struct kt_look *look = e->look;
    if (!e->lag_known || e->lag == 0 || !look->start_known || !look->start_rate_known ||
        look->start_rate <= 0 || look->committed < look->log_start || look->compact_only) {
        return false;
    }
    /* Far from the log start, an extrapolation of its speed means nothing: retention follows time, not us. */
    if (e->lag < kt_span(look->log_start, look->log_end) / 2) {
        return false;
    }
    double own = 0;
    bool measured = kt_lagging_speed(e->track->lagging, kt_loss_measure_ms, kt_loss_measure_most_ms, &own);
    if (!measured && !(e->behind && e->idle >= e->quiet)) {
        return false;
    }
    double closing = look->start_rate - own;
    if (closing <= loss_closing_share * look->start_rate) {
        return false;
    }
    double eta = (double)kt_span(look->log_start, look->committed) * 1000.0 / closing;
    if (!(eta < (double)(366 * 24) * (double)HOUR)) {
        return false;
    }
    *eta_ms = (int64_t)eta;
    return true;
}

/* ---- the rules, in their order ---- */

/* 1. Without fresh evidence nothing new can be said; evaluate.c keeps the standing verdict for a while. */
static enum kt_outcome rule_stale(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    bool hidden = e->look->held && e->lag_known && e->lag > e->settings->allowed_lag;
    if (e->fresh && !hidden) {
        return KT_PASSES;
    }
    verdict->marks |= KT_MARK_STALE | (e->look->denied ? KT_MARK_AUTH : 0u);
    return holds(verdict, KT_STATUS_UNKNOWN, e->look->now);
}

/* 2. */
static enum kt_outcome rule_never_committed(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    const struct kt_track *track = e->track;
    if (e->look->committed_known || !track->uncommitted ||
        kt_span(track->odd_since, e->look->now) < kt_never_committed_ms) {
        return KT_PASSES;
    }
    verdict->marks |= KT_MARK_UNCOMMITTED;
    verdict->odd_ms = kt_span(track->odd_since, e->look->now);
    return holds(verdict, KT_STATUS_WARN, e->look->now);
}

static enum kt_outcome rule_uncommitted(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    if (e->look->committed_known) {
        return KT_PASSES;
    }
    verdict->marks |= KT_MARK_UNCOMMITTED;
    return holds(verdict, KT_STATUS_UNKNOWN, e->look->now);
}

/* 3. */
static enum kt_outcome rule_ahead(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    int64_t least = e->look->restarted && kt_span(e->look->restarted_at, e->look->now) < kt_restart_ms
                        ? kt_restart_ms
                        : kt_ahead_ms;
    if (!e->track->ahead || kt_span(kt_track_rare(e->track)->ahead_since, e->look->ends_at) < least) {
        return KT_PASSES;
    }
    verdict->marks |= KT_MARK_AHEAD;
    return holds(verdict, KT_STATUS_ERR, kt_track_rare(e->track)->ahead_since);
}

/* 4. Of a group that stopped a day ago, losing what nobody reads is no news. */
static enum kt_outcome rule_lost(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    const struct kt_track *track = e->track;
    bool abandoned =
        track->status == KT_STATUS_STOP && kt_span(track->status_since, e->look->now) > kt_abandoned_ms;
    const struct kt_track_rare *rare = kt_track_rare(track);
    if (rare->lost == 0 || abandoned || kt_span(rare->lost_at, e->look->now) >= kt_lost_hold_ms) {
        return KT_PASSES;
    }
    verdict->marks |= KT_MARK_LOST;
    verdict->lost = kt_larger(verdict->lost, rare->lost);
    return holds(verdict, KT_STATUS_ERR, rare->lost_at);
}

/* 5. */
static enum kt_outcome rule_caught_up(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    return e->lag <= e->settings->allowed_lag ? holds(verdict, KT_STATUS_OK, e->look->now) : KT_PASSES;
}

/* 6. */
static enum kt_outcome rule_unsubscribed(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    if (!e->track->unsubscribed) {
        return KT_PASSES;
    }
    verdict->marks |= KT_MARK_UNSUBSCRIBED;
    verdict->odd_ms = kt_span(e->track->odd_since, e->look->now);
    if (verdict->odd_ms < kt_unsubscribed_warn_ms) {
        return holds(verdict, KT_STATUS_WARN, e->look->now);
    }
    verdict->in_total = false;
    return holds(verdict, KT_STATUS_OK, e->look->now);
}

/* Whether records wait that who reads committed ones could read. YES: none does; MAYBE: markers or records. */
static enum kt_tri nothing_readable(const struct kt_evidence *e)
{
    const struct kt_look *look = e->look;
    int64_t from = look->start_known ? kt_larger(look->committed, look->log_start) : look->committed;
    int64_t readable = kt_span(from, look->last_stable);
    if (readable <= e->settings->allowed_lag || look->stable_empty == KT_YES) {
        return KT_YES;
    }
    return readable > kt_tail_most || look->stable_empty == KT_NO ? KT_NO : KT_MAYBE;
}

/*
 * What comes next belongs to a transaction that is open: nobody who reads committed records can go on, and where
 * nobody reads at all nothing is missed yet. Who was seen to read uncommitted ones is judged as ever, and so is
 * everybody when the answer is old.
 */
static enum kt_outcome rule_transaction(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    const struct kt_look *look = e->look;
    if (!look->transaction_open || e->track->reads_uncommitted || look->committed > look->last_stable ||
        kt_span(look->stable_at, look->now) > kt_fresh_when_asked(e->settings)) {
        return KT_PASSES;
    }
    enum kt_tri nothing = nothing_readable(e);
    bool served = attended(e) || commits_come(e);
    bool doubt = nothing == KT_MAYBE && !served;
    if (nothing == KT_NO || (doubt && !(e->behind && e->idle >= e->quiet))) {
        return KT_PASSES;
    }
    verdict->marks |= KT_MARK_OPEN_TRANSACTION | (nothing == KT_MAYBE ? KT_MARK_UNPROVEN : 0u);
    verdict->unstable = kt_span(look->last_stable, look->log_end);
    verdict->waits = !doubt;
    if (doubt) {
        return holds(verdict, KT_STATUS_WARN, e->base);
    }
    bool old = kt_span(look->transaction_since, look->now) >= look->transaction_limit;
    return old ? holds(verdict, KT_STATUS_WARN, look->transaction_since) : holds(verdict, KT_STATUS_OK, look->now);
}

/* 7. What was looked at holds for these very offsets, however many there are: aborted records are skipped too. */
static enum kt_outcome rule_tail(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    if (e->look->tail_empty == KT_YES) {
        verdict->marks |= KT_MARK_TAIL;
        return holds(verdict, KT_STATUS_OK, e->look->now);
    }
    if (e->lag > kt_tail_most || !e->track->flat_known || e->look->tail_empty == KT_NO ||
        kt_span(e->track->flat_since, e->look->now) < e->quiet) {
        return KT_PASSES;
    }
    verdict->marks |= KT_MARK_TAIL | KT_MARK_UNPROVEN;
    bool served = attended(e) || commits_come(e);
    return holds(verdict, served ? KT_STATUS_OK : KT_STATUS_WARN, e->look->now);
}

/*
 * 8. Nobody reads. A consumer that came back is believed when it advances: one that crashes each time it
 * starts stays STOP.
 */
static enum kt_outcome rule_stop(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    bool nobody = e->attendance == KT_ATTENDANCE_GONE ||
                  (e->attendance == KT_ATTENDANCE_UNOWNED && e->look->subscribed != KT_NO) ||
                  (e->attendance == KT_ATTENDANCE_NONE && !commits_come(e)) ||
                  (e->attendance == KT_ATTENDANCE_UNKNOWN && !commits_come(e));
    bool back = attended(e) && e->track->status == KT_STATUS_STOP && e->waiting < e->stall_after &&
                e->base <= e->track->status_since;
    if (!e->behind || !(back || (nobody && e->idle >= e->quiet))) {
        return KT_PASSES;
    }
    return holds(verdict, KT_STATUS_STOP, e->base);
}

/* 9, commits come: and repeat one offset. */
static enum kt_outcome rule_repeats(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    const struct kt_track *track = e->track;
    int64_t over = kt_span(kt_track_rare(track)->same_since, track->last_commit_at);
    int64_t least = e->elsewhere ? e->stall_after : e->rhythm_known ? e->quiet : kt_repeat_unknown_ms;
    bool memberless = e->attendance == KT_ATTENDANCE_NONE || e->attendance == KT_ATTENDANCE_UNKNOWN;
    if (!e->behind || !e->look->exact || !(attended(e) || (memberless && commits_come(e))) ||
        track->same_commits < kt_repeat_commits || over < kt_repeat_ms || e->waiting < least) {
        return KT_PASSES;
    }
    verdict->same_commits = track->same_commits;
    verdict->same_ms = over;
    return holds(verdict, KT_STATUS_STALL, e->base);
}

/* 9, nothing comes. */
static enum kt_outcome rule_silent(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    if (!e->behind || !attended(e) || e->waiting < e->stall_after) {
        return KT_PASSES;
    }
    verdict->quiet_ms = e->stall_after;
    return holds(verdict, KT_STATUS_STALL, e->base);
}

/* 10. */
static enum kt_outcome rule_rewind(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    int64_t rewind_at = kt_track_rare(e->track)->rewind_at;
    if (!kt_evidence_rewound(e) || kt_span(rewind_at, e->look->now) >= kt_rewind_hold_ms) {
        return KT_PASSES;
    }
    return holds(verdict, KT_STATUS_REWIND, rewind_at);
}

/* 11. */
static enum kt_outcome rule_loss_ahead(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    return verdict->loss_eta_known && verdict->loss_eta_ms <= kt_loss_warn_ms
               ? holds(verdict, KT_STATUS_WARN, e->look->now)
               : KT_PASSES;
}

/* What piled up while nothing advanced is no sign of a slow consumer. */
static bool may_grow(const struct kt_evidence *e)
{
    return e->rhythm_known && !e->track->away && e->track->status != KT_STATUS_STOP &&
           e->track->status != KT_STATUS_STALL;
}

static enum kt_outcome grows(const struct kt_evidence *e, struct kt_verdict *verdict, bool found,
                             const struct kt_lagging_growth *growth)
{
    if (!found) {
        return KT_PASSES;
    }
    verdict->growth = growth->grew;
    verdict->growth_ms = growth->over_ms;
    return holds(verdict, KT_STATUS_WARN, e->look->now);
}

/* 12. */
static enum kt_outcome rule_fast(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    struct kt_lagging_growth growth = {0};
    bool found = may_grow(e) && kt_lagging_fast(e->track->lagging, kt_fast_ms, kt_fast_commits, e->rhythm,
                                                e->track->sample_gap_ms, &growth);
    return grows(e, verdict, found, &growth);
}

/* 13. */
static enum kt_outcome rule_slow(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    struct kt_lagging_growth growth = {0};
    bool found =
        may_grow(e) && kt_lagging_slow(e->track->lagging, kt_larger(kt_slow_ms, kt_slow_rhythms * e->rhythm),
                                       e->rhythm, e->track->sample_gap_ms, &growth);
    return grows(e, verdict, found, &growth);
}

/*
 * Keeps pace between these two commits: the lag shrank, or grew by no more than the producers write in one gap. Between
 * two commits that lie near each other any lag shrinks at times, and those of one sample share its log end.
 */
static bool keeps_pace(const struct kt_commit *first, const struct kt_commit *last, size_t steps, int64_t sample_gap_ms)
{
    double grew = (double)last->lag - (double)first->lag;
    double written = (double)last->offset + (double)last->lag - (double)first->offset - (double)first->lag;
    int64_t over = kt_span(first->at_ms, last->at_ms);
    bool many = steps >= least_steps && over >= 2 * sample_gap_ms;
    return (many && grew <= written / (double)steps) || ((many || over >= kt_shrink_ms) && grew < 0);
}

/*
 * Whether the commits found at start already tell that all is well: the last advance is no older than quiet, and
 * their lags (of their own times) reached what is allowed, or did not grow over the window. One smaller lag among
 * growing ones is no progress: a slow consumer that reads its partitions in turns has many of those.
 */
static bool window_shows_progress(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    struct kt_commit first = {0}, last = {0}; /* valid: lag_known */
    bool well = false, estimated = false;
    size_t steps = 0;
    if (e->window == NULL || !e->look->exact || e->track->rewound || e->idle >= e->quiet ||
        kt_span(e->track->advanced_at, e->look->now) >= e->quiet) {
        return false;
    }
    for (size_t i = 0; i < e->window->count; i++) {
        const struct kt_commit commit = kt_window_at(e->window, i);
        if (!commit.lag_known) {
            continue;
        }
        well = well || commit.lag <= (uint64_t)e->settings->allowed_lag;
        estimated = estimated || commit.lag_estimated;
        steps += first.lag_known;
        first = first.lag_known ? first : commit;
        last = commit;
    }
    well = well || (first.lag_known && keeps_pace(&first, &last, steps, e->track->sample_gap_ms));
    if (well && estimated) {
        verdict->marks |= KT_MARK_ESTIMATED;
    }
    return well;
}

/*
 * 14. Behind since before we came: until it was seen to advance, and either to shrink for a while or for a minute,
 * neither "it moves" nor "it does not" is known. What was judged once is not unlearnt.
 */
static enum kt_outcome rule_learning(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    const struct kt_track *track = e->track;
    if (!track->from_start || !e->behind || track->status != KT_STATUS_UNKNOWN ||
        window_shows_progress(e, verdict)) {
        return KT_PASSES;
    }
    int64_t needs = 0;
    if (!track->advanced_live || track->advanced_at < track->first_sample_at) { /* first sight is no advance */
        needs = attended(e) ? e->stall_after - e->waiting : e->quiet - e->idle;
    } else {
        /* Between two commits any lag shrinks at times: only over a while does it mean something. */
        int64_t first_lag = kt_track_rare(track)->first_lag;
        int64_t least = e->lag < first_lag ? kt_larger(kt_shrink_ms, e->rhythm_known ? 2 * e->rhythm : 0)
                                                  : kt_learn_ms;
        needs = (least < kt_learn_ms ? least : kt_learn_ms) - kt_span(track->first_sample_at, e->look->now);
    }
    if (needs <= 0) {
        return KT_PASSES;
    }
    verdict->needs_known = true;
    verdict->needs_ms = needs;
    return holds(verdict, KT_STATUS_UNKNOWN, e->look->now);
}

/* 15. */
static enum kt_outcome rule_moving(const struct kt_evidence *e, struct kt_verdict *verdict)
{
    return holds(verdict, KT_STATUS_OK, e->look->now);
}

const struct kt_rule kt_rules[] = {
    {.name = "stale", .judge = rule_stale, .immediate = true},
    {.name = "never-committed", .judge = rule_never_committed},
    {.name = "uncommitted", .judge = rule_uncommitted, .immediate = true},
    {.name = "ahead", .judge = rule_ahead},
    {.name = "lost", .judge = rule_lost},
    {.name = "caught-up", .judge = rule_caught_up, .excuses = true},
    {.name = "unsubscribed", .judge = rule_unsubscribed},
    {.name = "open-transaction", .judge = rule_transaction},
    {.name = "tail", .judge = rule_tail, .excuses = true},
    {.name = "nobody-reads", .judge = rule_stop},
    {.name = "repeats-commits", .judge = rule_repeats},
    {.name = "silent", .judge = rule_silent},
    {.name = "went-back", .judge = rule_rewind},
    {.name = "loss-ahead", .judge = rule_loss_ahead},
    {.name = "grows-fast", .judge = rule_fast, .growth = true},
    {.name = "grows-slowly", .judge = rule_slow, .growth = true},
    {.name = "learning", .judge = rule_learning, .immediate = true},
    {.name = "moving", .judge = rule_moving},
};
const size_t kt_rule_count = sizeof kt_rules / sizeof kt_rules[0];
