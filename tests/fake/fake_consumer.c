#include "fake_consumer.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"

#define WALL_OF_START INT64_C(1700000000000)

double fake_consumer_random(struct fake_consumer *fake, double most)
{
    fake->random = fake->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(fake->random >> 11) / (double)(UINT64_C(1) << 53) * most;
}

void fake_consumer_init(struct fake_consumer *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->produce_per_s = 100;
    fake->consume_per_s = 1000;
    fake->commit_ms = 1000;
    fake->consuming = true;
    fake->committing = true;
    fake->poison = -1;
    fake->type = KT_TYPE_CLASSIC;
    fake->state = KT_STATE_STABLE;
    fake->owned = KT_YES;
    fake->subscribed = KT_YES;
    fake->ever_had_members = true;
    fake->settings.intervals = 10;
    fake->settings.delay_ms = 1000;
    fake->read_delay_ms = 200;
    fake->random = 42;
    kt_track_init(&fake->track);
    kt_window_init(&fake->window, 10);
    kt_history_init(&fake->ends);
    kt_history_init(&fake->starts);
}

void fake_consumer_release(struct fake_consumer *fake)
{
    kt_track_release(&fake->track);
    kt_window_release(&fake->window);
    kt_history_release(&fake->ends);
    kt_history_release(&fake->starts);
}

void fake_consumer_forget(struct fake_consumer *fake)
{
    memset(fake->said, 0, sizeof fake->said);
    fake->unknown_after_ok = 0;
    fake->changes = 0;
    fake->rewinds = 0;
    fake->skips = 0;
    fake->marks = 0;
    fake->trouble = false;
    fake->first_trouble[0] = '\0';
}

/* ---- the world ---- */

static void write_commit(struct fake_consumer *fake, int64_t offset)
{
    if (fake->commit_count == FAKE_COMMITS) {
        memmove(&fake->commits[0], &fake->commits[1], (FAKE_COMMITS - 1) * sizeof fake->commits[0]);
        fake->commit_count--;
    }
    fake->commits[fake->commit_count++] = (struct fake_commit){.offset = offset, .at = fake->now};
    fake->committed = offset;
    fake->has_committed = true;
}

static void produce(struct fake_consumer *fake)
{
    fake->produce_carry += fake->produce_per_s * FAKE_STEP_MS / 1000.0;
    int64_t records = (int64_t)fake->produce_carry;
    fake->produce_carry -= (double)records;
    fake->log_end += records;
    if (fake->batch_ms > 0 && fake->now >= fake->next_batch) {
        fake->log_end += fake->next_batch > 0 ? fake->batch_size : 0;
        fake->next_batch = fake->now + fake->batch_ms;
    }
    if (fake->retain > 0 && fake->log_end - fake->retain > fake->log_start) {
        fake->log_start = fake->log_end - fake->retain;
    }
    if (fake->purge_ms > 0 && fake->now >= fake->next_purge) {
        fake->log_start = fake->committed > fake->log_start ? fake->committed : fake->log_start;
        fake->next_purge = fake->now + fake->purge_ms;
    }
}

/* As far as there is something to read; never back. */
static void read_up_to(struct fake_consumer *fake, int64_t to)
{
    int64_t limit = fake->poison >= 0 && fake->poison < fake->log_end ? fake->poison : fake->log_end;
    to = to < limit ? to : limit;
    fake->position = to > fake->position ? to : fake->position;
}

static void work(struct fake_consumer *fake)
{
    fake->consume_carry += fake->consume_per_s * FAKE_STEP_MS / 1000.0;
    int64_t records = (int64_t)fake->consume_carry;
    fake->consume_carry -= (double)records;
    fake->position = fake->position < fake->log_start ? fake->log_start : fake->position;
    if (fake->chunk_ms == 0) {
        read_up_to(fake, fake->position + records);
    } else if (fake->now >= fake->next_chunk) {
        read_up_to(fake, fake->chunk);
        fake->chunk = fake->log_end;
        fake->next_chunk = fake->now + fake->chunk_ms;
    }
}

static void consume(struct fake_consumer *fake)
{
    if (fake->state != KT_STATE_STABLE || fake->owned != KT_YES) {
        return;
    }
    if (fake->consuming) {
        work(fake);
    }
    if (fake->committing && fake->now >= fake->next_commit) {
        if (fake->repeats || !fake->has_committed || fake->position != fake->committed) {
            write_commit(fake, fake->position);
        }
        double spread = (double)fake->commit_ms * fake->commit_jitter_percent / 100.0;
        fake->next_commit =
            fake->now + fake->commit_ms - (int64_t)spread + (int64_t)fake_consumer_random(fake, 2 * spread);
    }
}

static void move_group(struct fake_consumer *fake)
{
    if (fake->empties_at > 0 && fake->now >= fake->empties_at) {
        fake->empties_at = 0;
        fake->generation++;
        fake->state = KT_STATE_EMPTY;
        fake->owned = KT_NO;
        fake->subscribed = KT_MAYBE;
    }
    if (fake->settles_at > 0 && fake->now >= fake->settles_at) {
        fake->settles_at = 0;
        fake->generation++;
        fake->state = KT_STATE_STABLE;
        fake->owned = KT_YES;
        fake->subscribed = KT_YES;
        fake->position = fake->committed; /* a new owner begins there */
    }
}

void fake_consumer_kill(struct fake_consumer *fake, int64_t session_ms)
{
    fake->consuming = false;
    fake->committing = false;
    fake->settles_at = 0;
    fake->empties_at = fake->now + session_ms + 1;
}

void fake_consumer_start(struct fake_consumer *fake, int64_t rebalance_ms)
{
    fake->consuming = true;
    fake->committing = true;
    fake->empties_at = 0;
    fake_consumer_rebalance(fake, rebalance_ms);
}

void fake_consumer_rebalance(struct fake_consumer *fake, int64_t ms)
{
    fake->state = KT_STATE_PREPARING_REBALANCE;
    fake->owned = KT_NO;
    fake->settles_at = fake->now + ms + 1;
    fake->next_commit = fake->now + ms + fake->commit_ms;
}

void fake_consumer_reset(struct fake_consumer *fake, int64_t offset)
{
    write_commit(fake, offset);
    fake->position = offset;
}

/* ---- the monitor ---- */

static void tell_commit(struct fake_consumer *fake, int64_t offset, int64_t at, bool backfilled)
{
    struct kt_commit commit = {.offset = offset, .order = fake->order++, .at_ms = WALL_OF_START + at};
    if (!backfilled && fake->ends.count > 0) {
        int64_t end = fake->log_end;
        commit.lag = end > offset ? (uint64_t)(end - offset) : 0;
        commit.lag_known = true;
    }
    kt_window_push(&fake->window, &commit, 0);
    kt_track_commit(&fake->track, offset, at, backfilled);
    fake->told_offset = offset;
    fake->told_at = at;
}

static bool read_commits(struct fake_consumer *fake, bool backfilled)
{
    if (fake->deaf || fake->held) {
        return false;
    }
    if (fake->admin) {
        fake->fresh_at = fake->now;
        fake->commit_count = 0;
        if (fake->has_committed && (fake->window.count == 0 || fake->committed_before != fake->told_offset)) {
            tell_commit(fake, fake->committed_before, fake->now, fake->window.count == 0);
        }
        return true;
    }
    fake->fresh_at = fake->now - fake->read_delay_ms;
    size_t told = 0;
    while (told < fake->commit_count && fake->commits[told].at <= fake->fresh_at) {
        tell_commit(fake, fake->commits[told].offset, fake->commits[told].at, backfilled);
        told++;
    }
    fake->commit_count -= told;
    memmove(&fake->commits[0], &fake->commits[told], fake->commit_count * sizeof fake->commits[0]);
    return told > 0;
}

static void fill_look(struct fake_consumer *fake)
{
    struct kt_look *look = &fake->look;
    *look = (struct kt_look){.now = fake->now, .wall = WALL_OF_START + fake->now, .exact = !fake->admin};
    look->fresh_known = true;
    look->fresh_at = fake->held ? fake->now : fake->fresh_at;
    look->held = fake->held;
    look->committed_known = fake->window.count > 0;
    look->committed = fake->told_offset;
    look->committed_at = fake->told_at;
    look->leaderless = fake->leaderless;
    look->end_failed = fake->end_failed;
    if (fake->ends.count > 0) {
        look->ends_known = true;
        look->ends_at = fake->ends.newest.at;
        look->log_end = fake->ends.newest.offset;
        look->start_known = true;
        look->log_start = fake->starts.newest.offset;
        look->start_rate_known = kt_history_rate_long(&fake->starts, &look->start_rate);
        look->produce_rate_known = kt_history_rate(&fake->ends, &look->produce_rate);
    }
    look->tail_empty = fake->tail_empty;
    look->type = fake->type;
    look->state = fake->memberless ? KT_STATE_EMPTY : fake->state;
    look->members_known = true;
    look->members = look->state == KT_STATE_EMPTY ? 0 : 1;
    look->ever_had_members = fake->ever_had_members;
    look->generation_known = !fake->admin;
    look->generation = fake->generation;
    look->owned = fake->memberless ? KT_NO : fake->owned;
    look->subscribed = fake->memberless ? KT_MAYBE : fake->subscribed;
}

static void note_said(struct fake_consumer *fake, enum kt_status before)
{
    const struct kt_verdict *verdict = &fake->verdict;
    if (fake->said[verdict->status] == 0) {
        fake->first_said[verdict->status] = fake->now;
    }
    fake->said[verdict->status]++;
    fake->changes += verdict->status != before;
    fake->rewinds += verdict->rewind_new;
    fake->skips += verdict->skip_new != KT_MOVE_NONE;
    fake->marks |= verdict->marks;
    bool lost = verdict->status == KT_STATUS_UNKNOWN && fake->said[KT_STATUS_OK] > 0;
    fake->unknown_after_ok += lost;
    if (!fake->trouble && (lost || kt_status_severity(verdict->status) > kt_status_severity(KT_STATUS_OK))) {
        char why[256];
        fake->trouble = true;
        kt_explain(verdict, &fake->look, why, sizeof why);
        snprintf(fake->first_trouble, sizeof fake->first_trouble, "at %" PRId64 " ms: %s", fake->now, why);
    }
}

static void refresh(struct fake_consumer *fake, bool backfilled)
{
    enum kt_status before = fake->verdict.status;
    bool fresh = read_commits(fake, backfilled);
    if (!fake->end_failed && !fake->leaderless) {
        /* Asked a step ago: a commit may be newer than the end it is compared with. */
        kt_history_push(&fake->ends, fake->now - FAKE_STEP_MS, fake->end_before);
        kt_history_push(&fake->starts, fake->now - FAKE_STEP_MS, fake->log_start);
        fresh = true;
    }
    fill_look(fake);
    kt_judge(&fake->track, &fake->look, &fake->window, &fake->settings, fresh, &fake->verdict);
    note_said(fake, before);
    fake->next_refresh = fake->now + fake->settings.delay_ms;
}

void fake_consumer_watch(struct fake_consumer *fake, bool history)
{
    fake->watching = true;
    if (!history && fake->commit_count > 0) {
        fake->commits[0] = fake->commits[fake->commit_count - 1];
        fake->commit_count = 1; /* the topic was compacted */
    }
    refresh(fake, true);
}

void fake_consumer_run(struct fake_consumer *fake, int64_t ms)
{
    int64_t until = fake->now + ms;
    while (fake->now < until) {
        fake->now += FAKE_STEP_MS;
        fake->end_before = fake->log_end;
        fake->committed_before = fake->committed;
        produce(fake);
        move_group(fake);
        consume(fake);
        if (fake->watching && fake->now >= fake->next_refresh) {
            refresh(fake, false);
        }
    }
}

/* ---- what a test expects of it ---- */

void fake_assert_quiet(const struct fake_consumer *fake)
{
    if (fake->trouble) {
        fail_msg("%s", fake->first_trouble);
    }
    assert_true(fake->said[KT_STATUS_OK] > 0);
}

void fake_assert_said_within(const struct fake_consumer *fake, enum kt_status status, int64_t since,
                             int64_t ms)
{
    if (fake->said[status] == 0 || fake->first_said[status] - since > ms) {
        fail_msg("%s not within %lld ms: %s %lld, first trouble %s", kt_status_name(status), (long long)ms,
                 fake->said[status] ? "only after" : "never; now",
                 (long long)(fake->said[status] ? fake->first_said[status] - since : fake->now - since),
                 fake->first_trouble);
    }
}

void fake_assert_now(const struct fake_consumer *fake, enum kt_status status)
{
    if (fake->verdict.status != status) {
        const char *is = kt_status_name(fake->verdict.status);
        fail_msg("%s (%s), not %s; first trouble %s", is != NULL ? is : "unknown", fake->verdict.rule,
                 kt_status_name(status), fake->first_trouble);
    }
}

void fake_consumer_watch_after(struct fake_consumer *fake, int64_t before, int64_t after)
{
    fake_consumer_run(fake, before);
    fake_consumer_watch(fake, true);
    fake_consumer_run(fake, after);
}
