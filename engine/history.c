#include "history.h"

#include <stdlib.h>

#include "error.h"

#define FIRST_POINTS 4

void kt_history_init(struct kt_history *history)
{
    *history = (struct kt_history){0};
}

void kt_history_release(struct kt_history *history)
{
    free(history->ring);
    kt_history_init(history);
}

void kt_history_clear(struct kt_history *history)
{
    history->count = 0;
    history->first = 0;
    history->recent_count = 0;
}

/* The i-th kept sample, oldest first; i == count is the newest, which may not be in the ring yet. */
static struct kt_sample sample_at(const struct kt_history *history, unsigned i)
{
    if (i >= history->count) {
        return history->newest;
    }
    unsigned place = history->first + i;
    return history->ring[place < history->capacity ? place : place - history->capacity];
}

static void grow(struct kt_history *history)
{
    unsigned wanted = history->capacity ? history->capacity * 2u : FIRST_POINTS;
    if (wanted > KT_HISTORY_POINTS) {
        wanted = KT_HISTORY_POINTS;
    }
    struct kt_sample *ring = kt_alloc(wanted, sizeof *ring);
    for (unsigned i = 0; i < history->count; i++) {
        ring[i] = sample_at(history, i);
    }
    free(history->ring);
    history->ring = ring;
    history->capacity = (uint8_t)wanted;
    history->first = 0;
}

/* The one before last says already since when it stands where the last one is: that can go on to `sample`. */
static bool prolong(struct kt_history *history, struct kt_sample sample)
{
    if (history->count < 2 || sample_at(history, history->count - 2u).offset != sample.offset) {
        return false;
    }
    history->ring[(history->first + history->count - 1u) % history->capacity] = sample;
    return true;
}

static void keep(struct kt_history *history, struct kt_sample sample)
{
    if (prolong(history, sample)) {
        return;
    }
    if (history->count == history->capacity && history->capacity < KT_HISTORY_POINTS) {
        grow(history);
    }
    if (history->count == history->capacity) {
        history->first = (uint8_t)((history->first + 1) % history->capacity);
        history->count--;
    }
    history->ring[(history->first + history->count) % history->capacity] = sample;
    history->count++;
}

/* Keeps two reference points so that the speed always spans between half and one KT_HISTORY_RATE_MS. */
static void keep_recent(struct kt_history *history, struct kt_sample sample)
{
    if (history->recent_count == 0) {
        history->recent[0] = sample;
        history->recent_count = 1;
    } else if (history->recent_count == 1) {
        if (sample.at - history->recent[0].at >= KT_HISTORY_RATE_MS / 2) {
            history->recent[1] = sample;
            history->recent_count = 2;
        }
    } else if (sample.at - history->recent[1].at >= KT_HISTORY_RATE_MS / 2) {
        history->recent[0] = history->recent[1];
        history->recent[1] = sample;
    }
}

bool kt_history_push(struct kt_history *history, int64_t at, int64_t offset)
{
    bool restarted = false;
    struct kt_sample sample = {at, offset};
    if (history->count > 0) {
        if (at <= history->newest.at) {
            return false;
        }
        if (offset < history->newest.offset) {
            kt_history_clear(history);
            restarted = true;
        }
    }
    if (history->count == 0 || at - sample_at(history, history->count - 1u).at >= KT_HISTORY_STEP_MS) {
        keep(history, sample);
    }
    history->newest = sample;
    keep_recent(history, sample);
    return restarted;
}

static bool rate_between(struct kt_sample from, struct kt_sample to, double *per_second)
{
    if (to.at - from.at < 1000) {
        return false;
    }
    *per_second = (double)(to.offset - from.offset) * 1000.0 / (double)(to.at - from.at);
    return true;
}

bool kt_history_rate(const struct kt_history *history, double *per_second)
{
    if (history->count == 0 || history->recent_count == 0) {
        return false;
    }
    return rate_between(history->recent[0], history->newest, per_second);
}

bool kt_history_rate_long(const struct kt_history *history, double *per_second)
{
    if (history->count == 0) {
        return false;
    }
    struct kt_sample from = sample_at(history, 0);
    int64_t earliest = history->newest.at - (int64_t)KT_HISTORY_POINTS * KT_HISTORY_STEP_MS;
    if (from.at < earliest) { /* it stood still for long */
        from.at = earliest;
        (void)kt_history_where(history, earliest, &from.offset);
    }
    return rate_between(from, history->newest, per_second);
}

int64_t kt_history_begin(const struct kt_history *history)
{
    return sample_at(history, 0).at;
}

enum kt_history_answer kt_history_passed(const struct kt_history *history, int64_t offset, int64_t *at)
{
    if (history->count == 0 || offset >= history->newest.offset) {
        return KT_HISTORY_UNKNOWN;
    }
    struct kt_sample after = history->newest;
    for (unsigned i = history->count; i-- > 0;) {
        struct kt_sample before = sample_at(history, i);
        if (before.offset <= offset && before.offset < after.offset) {
            double share = (double)(offset - before.offset) / (double)(after.offset - before.offset);
            *at = before.at + (int64_t)(share * (double)(after.at - before.at));
            return KT_HISTORY_EXACT;
        }
        after = before;
    }
    *at = after.at;
    return KT_HISTORY_AT_LEAST;
}

enum kt_history_answer kt_history_where(const struct kt_history *history, int64_t at, int64_t *offset)
{
    if (history->count == 0 || at > history->newest.at || at < kt_history_begin(history)) {
        return KT_HISTORY_UNKNOWN;
    }
    struct kt_sample after = history->newest;
    for (unsigned i = history->count; i-- > 0;) {
        struct kt_sample before = sample_at(history, i);
        if (before.at <= at) {
            double share = after.at > before.at ? (double)(at - before.at) / (double)(after.at - before.at) : 1.0;
            *offset = before.offset + (int64_t)(share * (double)(after.offset - before.offset));
            return KT_HISTORY_EXACT;
        }
        after = before;
    }
    return KT_HISTORY_UNKNOWN;
}
