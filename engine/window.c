#include "window.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "wrap.h"

/*
 * While the window is not full, commits stand at 0 .. count-1 and the ring grows in steps of two; only a full
 * ring, which has its final size, goes round. So growing never has to unfold a ring.
 */
static size_t window_room(const struct kt_window *window, size_t count)
{
    size_t room = 1;
    while (room < count) {
        room *= 2;
    }
    return room < window->capacity ? room : window->capacity;
}

static size_t window_place(const struct kt_window *window, size_t i)
{
    size_t place = (size_t)window->newest + 1 + window->capacity - window->count + i;
    return place < window->capacity ? place : place - window->capacity; /* no division: it is asked for very often */
}

static struct kt_commit *window_slot(struct kt_window *window, size_t i)
{
    return &window->ring[window_place(window, i)];
}

static bool window_full(const struct kt_window *window)
{
    return window->count == window->capacity;
}

void kt_window_init(struct kt_window *window, unsigned capacity)
{
    memset(window, 0, sizeof *window);
    if (capacity > UINT16_MAX) {
        capacity = UINT16_MAX;
    }
    window->capacity = (uint16_t)(capacity > 0 ? capacity : 1);
}

void kt_window_release(struct kt_window *window)
{
    kt_window_clear(window);
}

void kt_window_clear(struct kt_window *window)
{
    free(window->ring);
    window->ring = NULL;
    window->count = 0;
    window->newest = 0;
}

/* Makes one more place behind the newest; what it holds is up to the caller. */
static void window_extend(struct kt_window *window)
{
    if (window_full(window)) {
        window->newest = (uint16_t)((window->newest + 1U) % window->capacity);
        return;
    }
    size_t room = window_room(window, (size_t)window->count + 1);
    if (window->count == 0 || room != window_room(window, window->count)) {
        window->ring = kt_resize(window->ring, room, sizeof *window->ring);
    }
    window->newest = window->count;
    window->count++;
}

static bool window_too_near(const struct kt_commit *commit, const struct kt_commit *before,
                            int64_t min_distance_ms)
{
    return kt_wrap_sub(commit->at_ms, before->at_ms) < min_distance_ms;
}

/* A burst counts from its first commit, so the stored time stays; all else is that of the later one. */
static void window_merge(struct kt_commit *into, const struct kt_commit *commit)
{
    int64_t at_ms = into->at_ms;
    *into = *commit;
    into->at_ms = at_ms;
}

static enum kt_push window_append(struct kt_window *window, const struct kt_commit *commit,
                                  int64_t min_distance_ms)
{
    if (window->count > 0) {
        struct kt_commit *newest = &window->ring[window->newest];
        if (window_too_near(commit, newest, min_distance_ms)) {
            window_merge(newest, commit);
            return KT_PUSH_MERGED;
        }
    }
    window_extend(window);
    window->ring[window->newest] = *commit;
    return KT_PUSH_APPENDED;
}

/* The first place whose order is not below `order`. */
static size_t window_find(struct kt_window *window, int64_t order)
{
    size_t low = 0, high = window->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (window_slot(window, middle)->order < order) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void window_open_gap(struct kt_window *window, size_t at)
{
    window_extend(window);
    for (size_t i = (size_t)window->count - 1; i > at; i--) {
        *window_slot(window, i) = *window_slot(window, i - 1);
    }
}

/* The oldest falls out and those below `at` move down by one. */
static void window_shift_out(struct kt_window *window, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        *window_slot(window, i) = *window_slot(window, i + 1);
    }
}

static enum kt_push window_insert(struct kt_window *window, const struct kt_commit *commit,
                                  int64_t min_distance_ms)
{
    size_t at = window_find(window, commit->order);
    bool full = window_full(window);
    if (window_slot(window, at)->order == commit->order || (full && at == 0)) {
        return KT_PUSH_DROPPED;
    }

    /* The log end at the time of a late commit is not known any more, so its lag is not either. */
    struct kt_commit late = *commit;
    late.lag = 0;
    late.lag_known = false;
    late.lag_estimated = false;

    /* Just above the oldest of a full ring, Burrow compares with nothing: it replaces the oldest. */
    bool has_before = at > 0 && !(full && at == 1);
    if (has_before && window_too_near(&late, window_slot(window, at - 1), min_distance_ms)) {
        window_merge(window_slot(window, at - 1), &late);
        return KT_PUSH_MERGED;
    }
    if (full) {
        at--;
        window_shift_out(window, at);
    } else {
        window_open_gap(window, at);
    }
    *window_slot(window, at) = late;
    return KT_PUSH_INSERTED;
}

enum kt_push kt_window_push(struct kt_window *window, const struct kt_commit *commit, int64_t min_distance_ms)
{
    if (window->count == 0 || commit->order > window->ring[window->newest].order) {
        return window_append(window, commit, min_distance_ms);
    }
    return window_insert(window, commit, min_distance_ms);
}

struct kt_commit kt_window_at(const struct kt_window *window, size_t i)
{
    static const struct kt_commit none;
    return i < window->count ? window->ring[window_place(window, i)] : none;
}

struct kt_commit kt_window_newest(const struct kt_window *window)
{
    static const struct kt_commit none;
    return window->count > 0 ? window->ring[window->newest] : none;
}

bool kt_window_knows_lag(const struct kt_window *window, size_t i)
{
    return i < window->count && window->ring[window_place(window, i)].lag_known;
}

void kt_window_set_lag(struct kt_window *window, size_t i, uint64_t lag, bool estimated)
{
    if (i < window->count) {
        struct kt_commit *commit = window_slot(window, i);
        commit->lag = lag;
        commit->lag_known = true;
        commit->lag_estimated = estimated;
    }
}
