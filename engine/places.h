/*
 * places: a set of partitions that some question is about, kept while it is asked.
 *
 * Thread: the collector's.
 */
#ifndef KT_PLACES_H
#define KT_PLACES_H

#include "arena.h"
#include "snapshot.h"
#include "source.h"

struct kt_places {
    struct kt_arena arena; /* the items and their names */
    struct kt_place *items;
    size_t count;
};

void kt_places_init(struct kt_places *places);
void kt_places_release(struct kt_places *places);

/* Takes copies in place of what was there; `items` is sorted by topic, then partition. */
void kt_places_set(struct kt_places *places, const struct kt_place *items, size_t count);

/* Order by topic, then partition, of two struct kt_place: for qsort and bsearch. */
int kt_place_compare(const void *a, const void *b);

/* Whether the set holds it; `topic` is NUL-terminated. */
bool kt_places_has(const struct kt_places *places, const char *topic, int32_t partition);

#endif
