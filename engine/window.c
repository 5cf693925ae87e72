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

static struct kt_commit window_get(const struct kt_window *window, size_t i)
{
    return kt_packed_at(window->ring, window_place(window, i));
}

static void window_set(struct kt_window *window, size_t i, const struct kt_commit *commit)
{
    size_t count = window->count;
    kt_packed_put(&window->ring, count, window_room(window, count), window_place(window, i), commit);
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

/* Behind the newest; out of a full ring the oldest falls. */
static void window_add(struct kt_window *window, const struct kt_commit *commit)
{
    size_t used = window->count;
    if (window_full(window)) {
        window->newest = (uint16_t)((window->newest + 1U) % window->capacity);
    } else {
        window->newest = window->count++;
    }
    kt_packed_put(&window->ring, used, window_room(window, window->count), window->newest, commit);
}

static bool window_too_near(const struct kt_commit *commit, const struct kt_commit *before,
                            int64_t min_distance_ms)
{
    return kt_wrap_sub(commit->at_ms, before->at_ms) < min_distance_ms;
}

/* A burst counts from its first commit, so the stored time stays; all else is that of the later one. */
static void window_merge(struct kt_window *window, size_t i, const struct kt_commit *commit)
{
    struct kt_commit merged = *commit;
    merged.at_ms = window_get(window, i).at_ms;
    window_set(window, i, &merged);
}

static enum kt_push window_append(struct kt_window *window, const struct kt_commit *commit,
                                  const struct kt_commit *newest, int64_t min_distance_ms)
{
    if (window->count > 0 && window_too_near(commit, newest, min_distance_ms)) {
        window_merge(window, window->count - 1u, commit);
        return KT_PUSH_MERGED;
    }
    window_add(window, commit);
    return KT_PUSH_APPENDED;
}

/* The first place whose order is not below `order`. */
static size_t window_find(struct kt_window *window, int64_t order)
{
    size_t low = 0, high = window->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (window_get(window, middle).order < order) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void window_open_gap(struct kt_window *window, size_t at)
{
    struct kt_commit moved = kt_window_newest(window);
    window_add(window, &moved);
    for (size_t i = (size_t)window->count - 2; i > at; i--) {
        moved = window_get(window, i - 1);
        window_set(window, i, &moved);
    }
}

/* The oldest falls out and those below `at` move down by one. */
static void window_shift_out(struct kt_window *window, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        struct kt_commit moved = window_get(window, i + 1);
        window_set(window, i, &moved);
    }
}

static enum kt_push window_insert(struct kt_window *window, const struct kt_commit *commit,
                                  int64_t min_distance_ms)
{
    size_t at = window_find(window, commit->order);
    bool full = window_full(window);
    if (window_get(window, at).order == commit->order || (full && at == 0)) {
        return KT_PUSH_DROPPED;
    }

    /* The log end at the time of a late commit is not known any more, so its lag is not either. */
    struct kt_commit late = *commit;
    late.lag = 0;
    late.lag_known = false;
    late.lag_estimated = false;

    /* Just above the oldest of a full ring, Burrow compares with nothing: it replaces the oldest. */
    bool has_before = at > 0 && !(full && at == 1);
    struct kt_commit before = kt_window_at(window, at - 1);
    if (has_before && window_too_near(&late, &before, min_distance_ms)) {
        window_merge(window, at - 1, &late);
        return KT_PUSH_MERGED;
    }
    if (full) {
        at--;
        window_shift_out(window, at);
    } else {
        window_open_gap(window, at);
    }
    window_set(window, at, &late);
    return KT_PUSH_INSERTED;
}

enum kt_push kt_window_push(struct kt_window *window, const struct kt_commit *commit, int64_t min_distance_ms)
{
    struct kt_commit newest = kt_window_newest(window);
    if (window->count == 0 || commit->order > newest.order) {
        return window_append(window, commit, &newest, min_distance_ms);
    }
    return window_insert(window, commit, min_distance_ms);
}

struct kt_commit kt_window_at(const struct kt_window *window, size_t i)
{
    static const struct kt_commit none;
    return i < window->count ? window_get(window, i) : none;
}

int64_t kt_window_offset(const struct kt_window *window, size_t i)
{
    return i < window->count ? kt_packed_offset(window->ring, window_place(window, i)) : 0;
}

int64_t kt_window_time(const struct kt_window *window, size_t i)
{
    return i < window->count ? kt_packed_time(window->ring, window_place(window, i)) : 0;
}

struct kt_commit kt_window_newest(const struct kt_window *window)
{
    static const struct kt_commit none;
    return window->count > 0 ? kt_packed_at(window->ring, window->newest) : none;
}

bool kt_window_knows_lag(const struct kt_window *window, size_t i)
{
    return i < window->count && kt_packed_knows_lag(window->ring, window_place(window, i));
}

void kt_window_set_lag(struct kt_window *window, size_t i, uint64_t lag, bool estimated)
{
    if (i < window->count) {
        kt_packed_set_lag(&window->ring, window->count, window_place(window, i), lag, estimated);
    }
}
