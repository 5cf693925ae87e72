#include "lagging.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "wrap.h"

struct kt_track_lagging *kt_lagging_new(void)
{
    struct kt_track_lagging *lagging = kt_alloc(1, sizeof *lagging);
    lagging->width_ms = KT_LAGGING_NARROWEST_MS;
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

static void lagging_widen(struct kt_track_lagging *lagging)
{
    static const struct kt_lagging_bucket none;
    for (size_t i = 0; i < KT_LAGGING_BUCKETS / 2; i++) {
        struct kt_lagging_bucket merged = lagging->buckets[2 * i];
        bucket_merge(&merged, &lagging->buckets[2 * i + 1]);
        lagging->buckets[i] = merged;
    }
    for (size_t i = KT_LAGGING_BUCKETS / 2; i < KT_LAGGING_BUCKETS; i++) {
        lagging->buckets[i] = none;
    }
    lagging->count = (uint8_t)((lagging->count + 1) / 2);
    lagging->width_ms *= 2;
}

static void lagging_drop_oldest(struct kt_track_lagging *lagging)
{
    static const struct kt_lagging_bucket none;
    memmove(&lagging->buckets[0], &lagging->buckets[1],
            (KT_LAGGING_BUCKETS - 1) * sizeof lagging->buckets[0]);
    lagging->buckets[KT_LAGGING_BUCKETS - 1] = none;
    lagging->begun += lagging->width_ms;
    if (lagging->count > 0) {
        lagging->count--;
    }
}

/* Makes room so that `at` falls into a bucket, and returns that bucket's number. */
static size_t lagging_place(struct kt_track_lagging *lagging, int64_t at)
{
    int64_t whole = KT_LAGGING_BUCKETS * (int64_t)KT_LAGGING_WIDEST_MS;
    if (lagging->count == 0 || kt_span(lagging->last_at, at) >= whole) {
        memset(lagging->buckets, 0, sizeof lagging->buckets);
        lagging->count = 0;
        lagging->begun = at;
        lagging->width_ms = KT_LAGGING_NARROWEST_MS;
        return 0;
    }
    while (kt_span(lagging->begun, at) >= KT_LAGGING_BUCKETS * lagging->width_ms) {
        if (lagging->width_ms < KT_LAGGING_WIDEST_MS) {
            lagging_widen(lagging);
        } else {
            lagging_drop_oldest(lagging);
        }
    }
    return (size_t)(kt_span(lagging->begun, at) / lagging->width_ms);
}

void kt_lagging_push(struct kt_track_lagging *lagging, int64_t at, int64_t lag, int64_t committed,
                     int64_t log_end)
{
    if (lagging->count > 0 && at <= lagging->last_at) {
        return;
    }
    bool first = lagging->count == 0;
    size_t place = lagging_place(lagging, at);
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
    if (lagging->count > 0) {
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
