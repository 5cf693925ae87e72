#include "evaluate.h"

#include "error.h"
#include "evaluate_rules.h"

const int64_t kt_stale_hold_ms = 30 * 1000;
const int64_t kt_abandoned_ms = 24 * 3600 * 1000;

#define SAMPLES_TO_LEAVE       2
#define SAMPLES_TO_ENTER_ASKED 2 /* where commits are asked for, one answer may be wrong */

const char *kt_rule_name(size_t i)
{
    return i < kt_rule_count ? kt_rules[i].name : NULL;
}

static const struct kt_rule *rule_named(const char *name)
{
    for (size_t i = 0; i < kt_rule_count; i++) {
        if (kt_rules[i].name == name) {
            return &kt_rules[i]; /* names are static: the pointer is the name */
        }
    }
    return NULL;
}

static void take_skip(struct kt_track *track, const struct kt_look *look, struct kt_verdict *verdict)
{
    const struct kt_track_rare *rare = kt_track_rare(track);
    int64_t from = look->start_known && look->log_start > rare->move_from ? look->log_start : rare->move_from;
    if (track->move != KT_MOVE_NONE && kt_span(from, rare->move_to) > 0) {
        verdict->skip_new = (enum kt_move)track->move;
        verdict->skip_from = rare->move_from;
        verdict->skip_to = rare->move_to;
        verdict->skipped = kt_span(from, rare->move_to);
    }
    track->move = KT_MOVE_NONE;
}

/* What is true of the look, whatever rule will decide. */
static void state_numbers(struct kt_track *track, const struct kt_evidence *e, struct kt_verdict *verdict)
{
    *verdict = (struct kt_verdict){.quiet_ms = e->quiet, .in_total = true};
    verdict->marks |= (e->look->compacted ? (uint32_t)KT_MARK_COMPACTED : 0) |
                      (e->look->appeared ? (uint32_t)KT_MARK_NEW : 0);
    verdict->lag_known = e->lag_known;
    if (e->lag_known) {
        verdict->lag = e->lag;
        verdict->raw_lag = e->raw_lag;
        bool may_lose = e->look->start_known && !e->look->compact_only;
        verdict->lost = may_lose ? kt_span(e->look->committed, e->look->log_start) : 0;
        verdict->marks |= verdict->lost > 0 ? (uint32_t)KT_MARK_LOST : 0;
    }
    verdict->idle_known = e->behind;
    verdict->idle_ms = e->behind ? e->idle : 0;
    verdict->loss_eta_known = kt_evidence_loss_eta(e, &verdict->loss_eta_ms);
    take_skip(track, e->look, verdict);
    if (e->fresh && e->look->committed_known && kt_evidence_rewound(e)) {
        const struct kt_track_rare *rare = kt_track_rare(track);
        verdict->rewind_from = rare->rewind_from;
        verdict->rewind_to = rare->rewind_to;
        verdict->rewind_new = !track->rewind_judged;
        track->rewind_judged = true;
        if (kt_span(rare->rewind_at, e->look->now) >= kt_rewind_hold_ms) {
            verdict->marks |= KT_MARK_REWOUND;
        }
    }
}

static const struct kt_rule *deciding_rule(const struct kt_evidence *evidence, struct kt_verdict *verdict)
{
    for (size_t i = 0; i < kt_rule_count; i++) {
        if (kt_rules[i].judge(evidence, verdict) == KT_HOLDS) {
            verdict->rule = kt_rules[i].name;
            return &kt_rules[i];
        }
    }
    kt_fatal("no rule holds"); /* the last one always does */
}

/* ---- hysteresis ---- */

static bool stood_still(const struct kt_track *track)
{
    return track->status == KT_STATUS_STOP || track->status == KT_STATUS_STALL;
}

static void adopt(struct kt_track *track, const struct kt_evidence *e, const struct kt_verdict *verdict)
{
    bool stood = stood_still(track);
    bool begins = track->status != (uint8_t)verdict->status || !track->judged;
    track->status = (uint8_t)verdict->status;
    if (begins) {
        track->status_since = verdict->since;
        kt_track_enter(track, e->lag_known ? e->lag : 0);
    }
    track->rule = verdict->rule;
    track->entering = 0;
    track->leaving = 0;
    if (stood && !stood_still(track)) {
        kt_track_forget_growth(track);
    }
}

/* More serious than what stands: at once where times are exact, else when a second sample says the same. */
static bool may_enter(struct kt_track *track, const struct kt_look *look, enum kt_status status,
                      bool fresh_sample)
{
    track->leaving = 0;
    if (look->exact || status == KT_STATUS_OK) {
        return true;
    }
    if (track->candidate != (uint8_t)status || track->entering == 0) {
        track->candidate = (uint8_t)status;
        track->entering = 1;
    } else if (fresh_sample && track->entering < SAMPLES_TO_ENTER_ASKED) {
        track->entering++;
    }
    return track->entering >= SAMPLES_TO_ENTER_ASKED;
}

/* Milder than what stands: in a row of new samples; growth is over when the lag is lower than when it was
 * called so. */
static bool may_leave(struct kt_track *track, const struct kt_evidence *e, bool fresh_sample)
{
    const struct kt_rule *standing = rule_named(track->rule);
    track->entering = 0;
    if (standing != NULL && standing->growth && e->lag_known && e->lag >= kt_track_rare(track)->entry_lag &&
        e->lag > e->settings->allowed_lag) {
        track->leaving = 0;
        return false;
    }
    if (fresh_sample) {
        track->leaving++;
    }
    return track->leaving >= SAMPLES_TO_LEAVE;
}

static void settle_known(struct kt_track *track, const struct kt_evidence *e, bool fresh_sample,
                         const struct kt_verdict *verdict)
{
    enum kt_status standing = (enum kt_status)track->status;
    int now = kt_status_severity(verdict->status), before = kt_status_severity(standing);
    bool change;
    if (now == before) {
        change = true; /* of the rule at most */
    } else if (now > before) {
        change = may_enter(track, e->look, verdict->status, fresh_sample);
    } else {
        change = may_leave(track, e, fresh_sample);
    }
    if (change) {
        adopt(track, e, verdict);
    }
    track->judged = true;
    track->last_fresh_at = e->look->now;
}

static void settle_unknown(struct kt_track *track, const struct kt_evidence *e,
                           const struct kt_verdict *verdict)
{
    bool stale = (verdict->marks & KT_MARK_STALE) != 0;
    if (stale && track->judged && kt_span(track->last_fresh_at, e->look->now) <= kt_stale_hold_ms) {
        return; /* the standing verdict, marked */
    }
    adopt(track, e, verdict);
    track->judged = false;
}

void kt_judge(struct kt_track *track, const struct kt_look *look, const struct kt_window *window,
              const struct kt_settings *settings, bool fresh_sample, struct kt_verdict *verdict)
{
    struct kt_evidence evidence;
    kt_track_look(track, look);
    if (kt_look_is_fresh(look, settings)) {
        kt_track_answered(track, look, kt_fresh_when_asked(settings));
    }
    kt_evidence_gather(&evidence, track, look, window, settings);
    state_numbers(track, &evidence, verdict);
    if (look->type == KT_TYPE_SHARE) {
        verdict->in_total =
            false; /* a share group's start offset is no progress: these rules say nothing of it */
        return;
    }
    const struct kt_rule *rule = deciding_rule(&evidence, verdict);
    enum kt_status said = verdict->status;
    if (said == KT_STATUS_OK && rule->excuses) {
        kt_track_excuse(track, look->ends_at, !(verdict->marks & KT_MARK_UNPROVEN));
    }
    if (verdict->waits) {
        kt_track_excuse(track, look->stable_at, !(verdict->marks & KT_MARK_UNPROVEN));
        kt_track_forget_growth(track);
    }
    if (said == KT_STATUS_UNKNOWN) {
        settle_unknown(track, &evidence, verdict);
    } else {
        settle_known(track, &evidence, fresh_sample, verdict);
    }
    verdict->pending = said != KT_STATUS_UNKNOWN && said != (enum kt_status)track->status;
    if (said != (enum kt_status)track->status) {
        verdict->needs_known = false;
    }
    verdict->status = (enum kt_status)track->status;
    verdict->rule = track->rule != NULL ? track->rule : "learning";
    verdict->since = track->status_since;
    if (verdict->status == KT_STATUS_STOP && kt_span(verdict->since, look->now) > kt_abandoned_ms) {
        verdict->marks |= KT_MARK_ABANDONED;
    }
}

/* ---- groups ---- */

void kt_group_verdict_add(struct kt_group_verdict *group, enum kt_status status, uint32_t marks)
{
    group->any = true;
    /* A partition that was never committed is counted by itself; it must not hide what the others are. */
    if (status == KT_STATUS_UNKNOWN && !(marks & KT_MARK_UNCOMMITTED)) {
        group->unknown = true;
    }
    if (kt_status_severity(status) > kt_status_severity(group->worst)) {
        group->worst = status;
    }
    if (kt_status_of_group(status) == KT_STATUS_ERR) {
        group->recent = group->recent || !(marks & KT_MARK_ABANDONED);
        group->abandoned = !group->recent;
    }
    group->status = kt_status_of_group(group->worst);
    if (group->unknown && kt_status_severity(group->status) < kt_status_severity(KT_STATUS_WARN)) {
        group->status = KT_STATUS_UNKNOWN;
        group->worst = KT_STATUS_UNKNOWN; /* "OK at worst" would claim what is not known */
    }
}
