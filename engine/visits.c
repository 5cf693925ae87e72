#include "visits.h"

#include <stdlib.h>

#include "error.h"
#include "wrap.h"

#define LONGEST_MS INT64_C(86400000)
#define ALIKE      2 /* the longest is at most so many times the shortest */

void kt_visits_free(struct kt_visits *visits)
{
    free(visits);
}

void kt_visits_note(struct kt_visits **visits, int64_t away_ms, int64_t at)
{
    if (!*visits) {
        *visits = kt_alloc(1, sizeof **visits);
    }
    struct kt_visits *to = *visits;
    if (away_ms > LONGEST_MS) {
        to->count = 0;
        return;
    }
    for (size_t i = KT_VISITS - 1; i > 0; i--) {
        to->last[i] = to->last[i - 1];
    }
    to->last[0] = (struct kt_visit){.ended_at = at, .away_ms = away_ms};
    to->count = (uint8_t)(to->count < KT_VISITS ? to->count + 1 : KT_VISITS);
}

static void widen(int64_t *least, int64_t *most, int64_t value)
{
    *least = value < *least ? value : *least;
    *most = value > *most ? value : *most;
}

bool kt_visits_habit(const struct kt_visits *visits, int64_t since, int64_t *away_ms)
{
    if (!visits || visits->count < KT_VISITS) {
        return false;
    }
    const struct kt_visit *last = visits->last;
    int64_t shortest = last[0].away_ms, longest = shortest;
    int64_t nearest = kt_span(last[1].ended_at, last[0].ended_at), farthest = nearest;
    for (size_t i = 1; i < KT_VISITS; i++) {
        widen(&shortest, &longest, last[i].away_ms);
        widen(&nearest, &farthest, kt_span(last[i].ended_at, last[i - 1].ended_at));
    }
    if (longest / ALIKE > shortest || farthest / ALIKE > nearest ||
        kt_span(last[0].ended_at, since) / ALIKE > farthest) {
        return false;
    }
    *away_ms = longest;
    return true;
}
