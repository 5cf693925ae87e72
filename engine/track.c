#include "track.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "lagging.h"
#include "visits.h"
#include "wrap.h"

#define REWIND_FORGOTTEN_MS 600000 /* a fall after that is a rewind of its own */
#define GAP_UNIT_MS         100
#define JOIN_LEAST_MS       3000 /* a first member waits so long by default: it cannot come and go between looks */
#define AWAY_LEAST_MS       10000 /* an absence is what `quiet` would make of a silence */
#define AWAY_RHYTHMS        3
#define AWAY_UNKNOWN_MS     30000
#define AWAY_GAPS           3
#define READ_MOST_PER_MS    3000 /* no client reads more small records than that of one partition */

/* ---- life ---- */

void kt_track_init(struct kt_track *track)
{
    memset(track, 0, sizeof *track);
}

const struct kt_track_rare *kt_track_rare(const struct kt_track *track)
{
    static const struct kt_track_rare none;
    return track->rare != NULL ? track->rare : &none;
}

/* The same to be written. */
static struct kt_track_rare *rare_of(struct kt_track *track)
{
    if (track->rare == NULL) {
        track->rare = kt_alloc(1, sizeof *track->rare);
    }
    return track->rare;
}

static void rare_free(struct kt_track *track)
{
    if (track->rare != NULL) {
        kt_visits_free(track->rare->visits);
        free(track->rare);
        track->rare = NULL;
    }
}

static bool rare_counts(const struct kt_track *track)
{
    return (track->excused && track->behind) || track->from_start || track->same_commits > 0 || track->ahead ||
           track->rewound || track->came || track->move != KT_MOVE_NONE || track->status == KT_STATUS_WARN ||
           track->rare->lost > 0 || track->rare->visits != NULL;
}

void kt_track_release(struct kt_track *track)
{
    kt_lagging_free(track->lagging);
    rare_free(track);
    kt_track_init(track);
}

void kt_track_restart(struct kt_track *track)
{
    kt_track_release(track);
}

/* ---- rhythm ---- */

/*
 * Whether a gap is a time in which nobody was there: it was seen to be so, or found to be far longer than the others.
 * Found ones may be silence of the topic: beyond some length nothing is made of them.
 */
static bool is_absence(const struct kt_track *track, int64_t gap, bool history)
{
    int64_t rhythm;
    int64_t usual = kt_track_rhythm(track, &rhythm) ? kt_larger(AWAY_LEAST_MS, AWAY_RHYTHMS * rhythm) : AWAY_UNKNOWN_MS;
    bool found = history && gap < KT_TRACK_RHYTHM_CAP_MS && track->gap_count >= AWAY_GAPS;
    return gap > usual && (track->away || found);
}

/*
 * The gap that ends with an advance at `at`, measured from when there was something to read. What lies before
 * our first look is an upper bound only (silence of the topic is in it) and marked so.
 */
static void note_gap(struct kt_track *track, int64_t at, bool backfilled)
{
    bool history = backfilled || !track->advanced_live;
    int64_t from = track->advanced_at;
    if (!history && track->behind) {
        from = kt_larger(from, track->behind_since);
    } else if (!history && track->sampled) {
        from = kt_larger(from, track->last_sample_at);
    }
    if (at < track->advanced_at) {
        return; /* the broker's clock stepped */
    }
    int64_t gap = kt_span(from, at);
    gap = gap > kt_track_hindered(track) ? gap - kt_track_hindered(track) : 0;
    bool absence = is_absence(track, gap, history);
    if (absence) {
        kt_visits_note(&rare_of(track)->visits, gap, at);
    }
    if (absence && track->away) {
        kt_track_forget_growth(track); /* what piled up meanwhile says nothing of the speed */
    }
    if (track->status == KT_STATUS_STOP || (absence && track->away)) {
        return; /* nobody was there, which is no rhythm */
    }
    gap = gap < KT_TRACK_RHYTHM_CAP_MS ? gap : KT_TRACK_RHYTHM_CAP_MS;
    unsigned place = track->gap_next;
    track->gaps_ds[place] = (uint16_t)((gap + GAP_UNIT_MS - 1) / GAP_UNIT_MS);
    track->gap_history = (uint8_t)((track->gap_history & ~(1u << place)) | ((history ? 1u : 0u) << place));
    track->gap_next = (place + 1) % KT_TRACK_GAPS;
    if (track->gap_count < KT_TRACK_GAPS) {
        track->gap_count++;
    }
}

/* Copies all gaps in ascending order. */
static size_t sorted_gaps(const struct kt_track *track, uint16_t *sorted)
{
    size_t count = 0;
    for (size_t i = 0; i < track->gap_count; i++) {
        size_t k = count++;
        for (; k > 0 && sorted[k - 1] > track->gaps_ds[i]; k--) {
            sorted[k] = sorted[k - 1];
        }
        sorted[k] = track->gaps_ds[i];
    }
    return count;
}

/* The two longest of the gaps that were watched; returns how many there are. Asked for at each look. */
static size_t longest_gaps(const struct kt_track *track, int64_t *longest, int64_t *second)
{
    size_t count = 0;
    *longest = *second = 0;
    for (size_t i = 0; i < track->gap_count; i++) {
        int64_t gap = track->gaps_ds[i];
        if ((track->gap_history >> i) & 1u) {
            continue;
        }
        count++;
        *second = kt_larger(*second, gap < *longest ? gap : *longest);
        *longest = kt_larger(*longest, gap);
    }
    return count;
}

bool kt_track_rhythm(const struct kt_track *track, int64_t *gap_ms)
{
    int64_t gap_ds, longest;
    size_t count = longest_gaps(track, &longest, &gap_ds);
    if (count < KT_TRACK_GAPS && count >= 3) {
        /* A few gaps say little about the longest one to come: the fewer there are, the more room. */
        gap_ds = longest * KT_TRACK_GAPS / (int64_t)count;
    } else if (count < 3) {
        uint16_t sorted[KT_TRACK_GAPS];
        size_t all = sorted_gaps(track, sorted);
        if (all < count + 3) {
            return false;
        }
        gap_ds = sorted[all / 2]; /* three or more are upper bounds: the middle one is high enough */
    }
    *gap_ms = gap_ds * GAP_UNIT_MS;
    if (*gap_ms > KT_TRACK_RHYTHM_CAP_MS) {
        *gap_ms = KT_TRACK_RHYTHM_CAP_MS;
    }
    return true;
}

void kt_track_enter(struct kt_track *track, int64_t lag)
{
    if (track->status == KT_STATUS_WARN) {
        rare_of(track)->entry_lag = lag;
    }
}

bool kt_track_absence(const struct kt_track *track, int64_t *away_ms)
{
    return kt_visits_habit(kt_track_rare(track)->visits, track->advanced_at, away_ms);
}

/* ---- commits ---- */

void kt_track_forget_growth(struct kt_track *track)
{
    kt_lagging_free(track->lagging);
    track->lagging = NULL;
}

/* A reset from outside tells nothing of the consumer's pace. */
static bool is_unattended(const struct kt_track *track)
{
    return track->nobody && (track->had_members || track->status == KT_STATUS_STOP);
}

/* Remembers a move, forward or back, that may not come from reading. */
static void note_move(struct kt_track *track, int64_t offset, int64_t at)
{
    int64_t from = track->start_seen ? kt_larger(track->last_offset, track->last_start) : track->last_offset;
    int64_t took = kt_add_bounded(kt_span(track->advanced_at, at), (int64_t)track->sample_gap_ms + 1000);
    if (is_unattended(track)) {
        track->move = KT_MOVE_UNATTENDED;
    } else if (kt_span(from, offset) / READ_MOST_PER_MS > took) {
        track->move = KT_MOVE_TOO_FAR;
    } else {
        return;
    }
    struct kt_track_rare *rare = rare_of(track);
    rare->move_from = track->last_offset;
    rare->move_to = offset;
}

static void note_advance(struct kt_track *track, int64_t offset, int64_t at, bool backfilled)
{
    if (track->rewound && offset >= kt_track_rare(track)->rewind_from) {
        track->rewound = false;
    }
    if (backfilled || !is_unattended(track)) {
        note_gap(track, at, backfilled);
    } else if (!track->came) {
        track->came = true;
        rare_of(track)->came_after_ms = kt_span(kt_larger(track->advanced_at, track->behind_since), at);
    }
    track->advanced_at = kt_larger(track->advanced_at, at);
    track->advanced_live = !backfilled;
    track->rebalanced_ms = 0;
    track->outage_ms = 0;
    track->same_commits = 0;
    track->away = false;
    if (!backfilled) {
        kt_lagging_advance(track->lagging);
    }
}

static void note_repeat(struct kt_track *track, int64_t at)
{
    /* Repeating the end of an idle log is what a healthy consumer does: only what waits makes it strange. */
    if (!track->behind || at <= track->behind_since) {
        return;
    }
    if (track->same_commits == 0) {
        rare_of(track)->same_since = at;
    }
    if (track->same_commits < UINT8_MAX) {
        track->same_commits++;
    }
}

static void note_fall(struct kt_track *track, int64_t offset, int64_t at)
{
    struct kt_track_rare *rare = rare_of(track);
    if (!track->rewound || kt_span(rare->rewind_at, at) > REWIND_FORGOTTEN_MS) {
        rare->rewind_from = track->last_offset;
        rare->rewind_at = at;
        track->rewind_judged = false;
    }
    track->rewound = true;
    track->rewound_by_hand = false;
    rare->rewind_to = offset;
    track->same_commits = 0;
    kt_track_forget_growth(track); /* what it owes now is not what it could not keep up with */
}

void kt_track_commit(struct kt_track *track, int64_t offset, int64_t at, bool backfilled)
{
    track->found = track->found || backfilled;
    if (track->committed_known && offset != track->last_offset && !backfilled && track->looked) {
        note_move(track, offset, at);
    }
    if (!track->committed_known) {
        track->committed_known = true;
        track->advanced_known = true;
        track->advanced_live = !backfilled;
        track->advanced_at = at;
        track->last_commit_at = at;
    } else if (offset > track->last_offset) {
        note_advance(track, offset, at, backfilled);
    } else if (offset == track->last_offset) {
        note_repeat(track, at);
    } else {
        note_fall(track, offset, at);
    }
    track->last_offset = offset;
    track->last_commit_at = kt_larger(track->last_commit_at, at);
}

void kt_track_excuse(struct kt_track *track, int64_t at, bool proven)
{
    if (track->behind && at > track->behind_since) {
        track->excused = true;
        rare_of(track)->excused_at = at;
        track->behind_since = proven ? at : track->behind_since;
        track->same_commits = 0;
        track->from_start = false;
    }
}

/* ---- looks ---- */

/* A commit cannot be later than the look that knows it, whatever the broker's clock says. */
static void clamp_commit_times(struct kt_track *track, int64_t now)
{
    int64_t *times[] = {&track->advanced_at, &track->last_commit_at, track->rare ? &track->rare->rewind_at : NULL};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (times[i] && *times[i] > now) {
            *times[i] = now;
        }
    }
}

/* Whether nobody came and went since the last look: by the generation, or because there was no time for it. */
static bool nobody_was_there(const struct kt_track *track, const struct kt_look *look)
{
    if (kt_look_attendance(look) != KT_ATTENDANCE_GONE && look->state != KT_STATE_PREPARING_REBALANCE) {
        return false;
    }
    return track->generation_known && look->generation_known ? track->generation == (int32_t)look->generation
                                                             : kt_span(track->last_look_at, look->now) <= JOIN_LEAST_MS;
}

static void settle_move(struct kt_track *track, const struct kt_look *look)
{
    if (track->move == KT_MOVE_UNATTENDED) {
        struct kt_track_rare *rare = rare_of(track);
        track->move = nobody_was_there(track, look) ? KT_MOVE_BY_HAND : KT_MOVE_NONE;
        if (track->came && track->move == KT_MOVE_NONE && rare->came_after_ms > AWAY_LEAST_MS) {
            kt_visits_note(&rare->visits, rare->came_after_ms, track->advanced_at);
        }
        track->came = false;
        track->had_members = track->had_members && track->move != KT_MOVE_BY_HAND;
        bool fell = track->rewound && rare->move_to < rare->move_from;
        track->rewound_by_hand = track->rewound_by_hand || (track->move == KT_MOVE_BY_HAND && fell);
    }
}

static void note_members(struct kt_track *track, const struct kt_look *look)
{
    track->nobody = kt_look_attendance(look) == KT_ATTENDANCE_GONE;
    track->away = track->away || track->nobody;
    track->had_members = track->had_members || (look->members_known && look->members > 0);
    track->generation_known = look->generation_known;
    track->generation = (int32_t)look->generation;
}

static void note_attendance(struct kt_track *track, const struct kt_look *look)
{
    enum kt_attendance attendance = kt_look_attendance(look);
    bool attended = attendance == KT_ATTENDANCE_OWNED || attendance == KT_ATTENDANCE_REBALANCING;
    if (attended && !track->attended && track->looked) {
        track->attended_since = look->now;
        track->returned = true;
    }
    if (track->looked && track->rebalancing) {
        int64_t spent = kt_span(track->last_look_at, look->now) + track->rebalanced_ms;
        track->rebalanced_ms = (int32_t)(spent < KT_TRACK_SHORT_MS ? spent : KT_TRACK_SHORT_MS);
    }
    track->attended = attended;
    track->rebalancing = attendance == KT_ATTENDANCE_REBALANCING ||
                         look->state == KT_STATE_PREPARING_REBALANCE ||
                         look->state == KT_STATE_COMPLETING_REBALANCE;
}

void kt_track_answered(struct kt_track *track, const struct kt_look *look, int64_t outage_ms)
{
    int64_t at = look->fresh_at < look->ends_at ? look->fresh_at : look->ends_at;
    int64_t from = track->committed_known ? kt_larger(track->answered_at, track->last_commit_at) : track->answered_at;
    int64_t away = kt_span(from, at);
    if (track->answered && away > outage_ms) {
        int64_t sum = kt_add_bounded(away, track->outage_ms);
        track->outage_ms = (int32_t)(sum < INT32_MAX ? sum : INT32_MAX);
    }
    track->answered = true;
    track->answered_at = at;
}

int64_t kt_track_hindered(const struct kt_track *track)
{
    return (int64_t)track->rebalanced_ms + track->outage_ms;
}

static bool log_holds_records(const struct kt_look *look)
{
    return look->ends_known && look->start_known && look->log_end > look->log_start;
}

static void note_oddities(struct kt_track *track, const struct kt_look *look)
{
    enum kt_attendance attendance = kt_look_attendance(look);
    bool lives = attendance == KT_ATTENDANCE_OWNED || attendance == KT_ATTENDANCE_UNOWNED ||
                 attendance == KT_ATTENDANCE_REBALANCING;
    bool uncommitted = !look->committed_known && look->owned == KT_YES && log_holds_records(look);
    bool unsubscribed = look->committed_known && look->subscribed == KT_NO && lives;
    if ((uncommitted && !track->uncommitted) || (unsubscribed && !track->unsubscribed)) {
        /* Found so at our first look: its last commit tells since when nobody wanted it. */
        bool found = unsubscribed && !track->looked && look->exact;
        track->odd_since = found && look->committed_at < look->now ? look->committed_at : look->now;
    }
    track->uncommitted = uncommitted;
    track->unsubscribed = unsubscribed;
}

/* Behind by what one commit gap and one sampling explain, and seen moving: as good as caught up. */
static bool within_one_gap(const struct kt_track *track, const struct kt_look *look, int64_t lag)
{
    int64_t rhythm;
    if (!look->produce_rate_known || !track->advanced_live || !kt_track_rhythm(track, &rhythm)) {
        return false;
    }
    return (double)lag <= look->produce_rate * (double)(rhythm + track->sample_gap_ms) / 1000.0;
}

static void begin_behind(struct kt_track *track, const struct kt_look *look, int64_t lag)
{
    track->behind = true;
    track->excused = false;
    track->behind_since = look->ends_at;
    track->rebalanced_ms = 0;
    track->outage_ms = 0;
    track->same_commits = 0;
    track->from_start = !track->lag_seen && (!track->sampled || track->found);
    if (track->from_start) {
        rare_of(track)->first_lag = lag;
    }
    enum kt_attendance attendance = kt_look_attendance(look);
    bool nobody = attendance == KT_ATTENDANCE_GONE || attendance == KT_ATTENDANCE_NONE;
    if (track->from_start && nobody && look->exact && track->last_commit_at < look->ends_at) {
        track->behind_since = track->last_commit_at;
    }
}

static void note_lag(struct kt_track *track, const struct kt_look *look)
{
    int64_t lag, raw;
    bool known = kt_look_lag(look, &lag, &raw);
    if (!known || lag == 0) {
        track->lag_seen = track->lag_seen || known;
        track->behind = false;
        track->from_start = false;
        track->same_commits = 0;
        kt_track_forget_growth(track);
        return;
    }
    if (!track->behind) {
        begin_behind(track, look, lag);
    }
    track->lag_seen = true;
    if (within_one_gap(track, look, lag)) {
        track->from_start = false;
        kt_track_forget_growth(track);
        return;
    }
    kt_lagging_push(&track->lagging, look->ends_at, lag, look->committed, look->log_end);
}

/*
 * Both sides may be of slightly different instants, so an offset counts as beyond the end only when it was
 * known before the end was asked: at the last sample already.
 */
static void note_ahead(struct kt_track *track, const struct kt_look *look)
{
    if (!look->committed_known || !track->sampled) {
        track->ahead = false;
        return;
    }
    int64_t known_before = look->committed < track->seen_offset ? look->committed : track->seen_offset;
    bool ahead = known_before > look->log_end;
    if (ahead && !track->ahead) {
        rare_of(track)->ahead_since = look->ends_at;
    }
    track->ahead = ahead;
}

/*
 * Records are lost when the log start passes the committed offset. Who trims what was committed (repartition
 * topics) may be seen to trim before we see the commit: so the start of the last sample is compared, and only
 * with commits known beyond that sample.
 */
static void note_losses(struct kt_track *track, const struct kt_look *look)
{
    if (!look->start_known || look->compact_only) {
        return;
    }
    if (!track->start_seen) {
        track->start_seen = true;
        track->counted_start = look->log_start;
    } else if (look->committed_known && look->fresh_known && !look->held &&
               look->fresh_at >= track->last_sample_at) {
        int64_t lost = kt_span(kt_larger(track->counted_start, look->committed), track->last_start);
        if (lost > 0) {
            struct kt_track_rare *rare = rare_of(track);
            rare->lost = kt_span(-rare->lost, lost);
            rare->lost_at = look->now;
        }
        track->counted_start = kt_larger(track->counted_start, track->last_start);
    }
    track->last_start = look->log_start;
}

static void forget_losses(struct kt_track *track)
{
    if (track->rare != NULL) {
        track->rare->lost = 0;
    }
}

float kt_track_smoothed(float pace, float now)
{
    static const float share = 0.25F;
    return pace + share * (now - pace);
}

/* How fast the committed offset moves, for who commits too often to read a speed off a window of commits. */
static void note_pace(struct kt_track *track, const struct kt_look *look)
{
    int64_t gap = track->sampled ? kt_span(track->last_sample_at, look->ends_at) : 0;
    if (gap > 0 && track->seen_known && look->committed_known && look->committed >= track->seen_offset) {
        float now = (float)kt_span(track->seen_offset, look->committed) * 1000.0F / (float)gap;
        track->pace = track->paced ? kt_track_smoothed(track->pace, now) : now;
        track->paced = true;
    } else {
        track->paced = false;
    }
    track->seen_known = look->committed_known;
}

static void note_sample(struct kt_track *track, const struct kt_look *look)
{
    note_pace(track, look);
    int64_t committed = look->committed_known ? look->committed : 0;
    bool moved = !track->sampled || look->log_end != track->last_end || committed != track->seen_offset;
    if (track->sampled && look->log_end < track->last_end) {
        /* Truncated or made anew: what was learnt of the lag is of another log. */
        track->behind = false;
        track->start_seen = false;
        track->ahead = false;
        forget_losses(track);
        kt_track_forget_growth(track);
    }
    /* Who stood beyond the end came back into the log, whichever it was cut to: nothing is read twice. */
    const struct kt_track_rare *rare = kt_track_rare(track);
    if (track->rewound && look->ends_at >= rare->rewind_at && rare->rewind_from > look->log_end) {
        track->rewound = false;
    }
    note_lag(track, look);
    note_ahead(track, look);
    note_losses(track, look);
    if (moved || !track->flat_known) {
        track->flat_since = look->ends_at;
        track->flat_known = true;
    }
    if (track->sampled) {
        int64_t gap = kt_span(track->last_sample_at, look->ends_at);
        track->sample_gap_ms = (int32_t)(gap < KT_TRACK_SHORT_MS ? gap : KT_TRACK_SHORT_MS);
    } else {
        track->first_sample_at = look->ends_at;
    }
    track->sampled = true;
    track->last_sample_at = look->ends_at;
    track->last_end = look->log_end;
    track->seen_offset = committed;
}

/* What was committed before the last stable offset was asked, and lies beyond it, was read from open transactions. */
static void note_isolation(struct kt_track *track, const struct kt_look *look)
{
    if (look->transaction_open && track->sampled && look->stable_at > track->last_look_at &&
        track->seen_offset > look->last_stable) {
        track->reads_uncommitted = true;
    }
}

void kt_track_look(struct kt_track *track, const struct kt_look *look)
{
    clamp_commit_times(track, look->now);
    note_isolation(track, look);
    settle_move(track, look);
    note_members(track, look);
    note_attendance(track, look);
    note_oddities(track, look);
    if (look->ends_known && (!track->sampled || look->ends_at > track->last_sample_at)) {
        note_sample(track, look);
    }
    track->looked = true;
    track->last_look_at = look->now;
    if (track->rare != NULL && !rare_counts(track)) {
        rare_free(track);
    }
}
