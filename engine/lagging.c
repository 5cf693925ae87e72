#include "lagging.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "wrap.h"

#define STEP 4 /* buckets that memory is taken for at once */

/* Room for `count` buckets, and for few more: who lags for a minute needs a quarter of what a day asks for. */
static struct kt_track_lagging *lagging_fit(struct kt_track_lagging *lagging, size_t count)
{
    size_t room = (count + STEP - 1) / STEP * STEP, had = lagging != NULL ? lagging->room : 0;
    if (room == had) {
        return lagging;
    }
    lagging = kt_resize(lagging, 1, offsetof(struct kt_track_lagging, buckets) + room * sizeof lagging->buckets[0]);
    if (had == 0) {
        *lagging = (struct kt_track_lagging){.width_ms = KT_LAGGING_NARROWEST_MS};
    }
    if (room > had) {
        memset(lagging->buckets + had, 0, (room - had) * sizeof lagging->buckets[0]);
    }
    lagging->room = (uint8_t)room;
    return lagging;
}

void kt_lagging_free(struct kt_track_lagging *lagging)
{
    free(lagging);
}

static void bucket_merge(struct kt_lagging_bucket *into, const struct kt_lagging_bucket *later)
{
    if (later->samples == 0) {
        into->advances = (uint16_t)(into->advances + later->advances);
        return;
    }
    if (into->samples == 0) {
        uint16_t advances = into->advances;
        *into = *later;
        into->advances = (uint16_t)(into->advances + advances);
        return;
    }
    if (later->low < into->low) {
        into->low = later->low;
    }
    into->grew += later->grew;
    into->advances = (uint16_t)(into->advances + later->advances);
    into->samples = (uint16_t)(into->samples + later->samples);
}

static void lagging_clear(struct kt_track_lagging *lagging, size_t from)
{
    memset(lagging->buckets + from, 0, (lagging->room - from) * sizeof lagging->buckets[0]);
}

static void lagging_widen(struct kt_track_lagging *lagging)
{
    size_t half = (lagging->count + 1u) / 2;
    for (size_t i = 0; i < half; i++) {
        struct kt_lagging_bucket merged = lagging->buckets[2 * i];
        if (2 * i + 1 < lagging->count) {
            bucket_merge(&merged, &lagging->buckets[2 * i + 1]);
        }
        lagging->buckets[i] = merged;
    }
    lagging_clear(lagging, half);
    lagging->count = (uint8_t)half;
    lagging->width_ms *= 2;
}

static void lagging_drop_oldest(struct kt_track_lagging *lagging)
{
    memmove(&lagging->buckets[0], &lagging->buckets[1], (lagging->room - 1u) * sizeof lagging->buckets[0]);
    lagging_clear(lagging, lagging->room - 1u);
    lagging->begun += lagging->width_ms;
    if (lagging->count > 0) {
        lagging->count--;
    }
}

/* Moves the buckets so that `at` falls into one, and returns that one's number. */
static size_t lagging_place(struct kt_track_lagging *lagging, int64_t at)
{
    int64_t whole = KT_LAGGING_BUCKETS * (int64_t)KT_LAGGING_WIDEST_MS;
    if (lagging->count == 0 || kt_span(lagging->last_at, at) >= whole) {
        lagging_clear(lagging, 0);
        lagging->count = 0;
        lagging->begun = at;
        lagging->width_ms = KT_LAGGING_NARROWEST_MS;
        return 0;
    }
    while (kt_span(lagging->begun, at) >= KT_LAGGING_BUCKETS * (int64_t)lagging->width_ms) {
        if (lagging->width_ms < KT_LAGGING_WIDEST_MS) {
            lagging_widen(lagging);
        } else {
            lagging_drop_oldest(lagging);
        }
    }
    return (size_t)(kt_span(lagging->begun, at) / lagging->width_ms);
}

void kt_lagging_push(struct kt_track_lagging **kept, int64_t at, int64_t lag, int64_t committed, int64_t log_end)
{
    if (*kept != NULL && (*kept)->count > 0 && at <= (*kept)->last_at) {
        return;
    }
    *kept = *kept != NULL ? *kept : lagging_fit(NULL, 1);
    bool first = (*kept)->count == 0;
    size_t place = lagging_place(*kept, at);
    struct kt_track_lagging *lagging = *kept = lagging_fit(*kept, place + 1);
    struct kt_lagging_bucket *bucket = &lagging->buckets[place];
    if (bucket->samples == 0) {
        bucket->low = lag;
        bucket->committed = committed;
        bucket->at = at;
    } else if (lag < bucket->low) {
        bucket->low = lag;
    }
    if (bucket->samples < UINT16_MAX / 4) {
        bucket->samples++;
    }
    if (!first) {
        bucket->grew += (float)kt_span(lagging->last_end, log_end);
    }
    lagging->count = (uint8_t)(place + 1);
    lagging->last_at = at;
    lagging->last_end = log_end;
    lagging->last_committed = committed;
    lagging->last_lag = lag;
}

void kt_lagging_advance(struct kt_track_lagging *lagging)
{
    if (lagging != NULL && lagging->count > 0) {
        struct kt_lagging_bucket *bucket = &lagging->buckets[lagging->count - 1];
        if (bucket->advances < UINT16_MAX / KT_LAGGING_BUCKETS) {
            bucket->advances++;
        }
    }
}

/* Messages a second in the busiest of the buckets first .. last. */
static double lagging_busiest(const struct kt_track_lagging *lagging, size_t first, size_t last)
{
    float most = 0;
    for (size_t i = first; i <= last; i++) {
        if (lagging->buckets[i].samples > 0 && lagging->buckets[i].grew > most) {
            most = lagging->buckets[i].grew;
        }
    }
    return (double)most * 1000.0 / (double)lagging->width_ms;
}

/* Whether no low in first .. last lies below the one before it by more than `slack`. */
static bool lagging_never_shrank(const struct kt_track_lagging *lagging, size_t first, size_t last,
                                 double slack)
{
    const struct kt_lagging_bucket *before = NULL;
    for (size_t i = first; i <= last; i++) {
        const struct kt_lagging_bucket *bucket = &lagging->buckets[i];
        if (bucket->samples == 0) {
            continue;
        }
        if (before != NULL && (double)bucket->low < (double)before->low - slack) {
            return false;
        }
        before = bucket;
    }
    return before != NULL;
}

bool kt_lagging_fast(const struct kt_track_lagging *lagging, int64_t least_ms, unsigned commits,
                     int64_t rhythm_ms, int64_t skew_ms, struct kt_lagging_growth *growth)
{
    if (lagging == NULL || lagging->count < 4) {
        return false; /* two to compare, one between, and the one being filled */
    }
    /* The bucket being filled may not have had its commit yet: it can only contradict. */
    size_t filling = lagging->count - 1u, last = filling - 1, first = last;
    unsigned advances = lagging->buckets[last].advances;
    while (first > 0 && (last - first < 2 || (int64_t)(last - first) * lagging->width_ms < least_ms ||
                         advances < commits || lagging->buckets[first].samples == 0)) {
        first--;
        advances += lagging->buckets[first].advances;
    }
    int64_t over_ms = (int64_t)(last - first) * lagging->width_ms;
    const struct kt_lagging_bucket *from = &lagging->buckets[first], *to = &lagging->buckets[last];
    if (last - first < 2 || over_ms < least_ms || advances < commits || from->samples == 0 ||
        to->samples == 0) {
        return false;
    }
    double busiest = lagging_busiest(lagging, first, filling);
    double grew = (double)to->low - (double)from->low;
    if (grew <= busiest * (double)(2 * (rhythm_ms + skew_ms)) / 1000.0 ||
        !lagging_never_shrank(lagging, first, filling, busiest * (double)skew_ms / 1000.0)) {
        return false;
    }
    growth->grew = kt_span(from->low, to->low);
    growth->over_ms = over_ms;
    return true;
}

bool kt_lagging_slow(const struct kt_track_lagging *lagging, int64_t least_ms, int64_t rhythm_ms,
                     int64_t skew_ms, struct kt_lagging_growth *growth)
{
    if (lagging == NULL || lagging->count < 4) {
        return false;
    }
    size_t complete = lagging->count - 1u, third = complete / 3;
    int64_t over_ms = (int64_t)complete * lagging->width_ms;
    if (over_ms < least_ms) {
        return false;
    }
    int64_t highest = 0, lowest = lagging->last_lag;
    bool early = false, late = false;
    for (size_t i = 0; i < lagging->count; i++) {
        const struct kt_lagging_bucket *bucket = &lagging->buckets[i];
        if (bucket->samples > 0 && i < third) {
            highest = bucket->low > highest ? bucket->low : highest;
            early = true;
        } else if (bucket->samples > 0 && i >= complete - third) {
            lowest = bucket->low < lowest ? bucket->low : lowest;
            late = true;
        }
    }
    double margin = lagging_busiest(lagging, 0, complete) * (double)(2 * (rhythm_ms + skew_ms)) / 1000.0;
    if (!early || !late || (double)lowest - (double)highest <= margin) {
        return false;
    }
    growth->grew = kt_span(highest, lowest);
    growth->over_ms = over_ms;
    return true;
}

bool kt_lagging_speed(const struct kt_track_lagging *lagging, int64_t least_ms, int64_t most_ms,
                      double *per_second)
{
    if (lagging == NULL) {
        return false;
    }
    for (size_t i = 0; i < lagging->count; i++) {
        const struct kt_lagging_bucket *bucket = &lagging->buckets[i];
        int64_t over = kt_span(bucket->at, lagging->last_at);
        if (bucket->samples > 0 && over <= most_ms) {
            *per_second = (double)kt_span(bucket->committed, lagging->last_committed) * 1000.0 /
                          (double)(over > 0 ? over : 1);
            return over >= least_ms;
        }
    }
    return false;
}
