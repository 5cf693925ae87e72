/*
 * events: what happened, in a ring of fixed size: the tape beside the picture.
 *
 * Names and texts are copied and bounded; the oldest event makes room. What happens to many partitions of a topic at
 * once, when a broker goes, is one event: it would drive all else off the tape. Each change is recorded once, by
 * whoever sees it (model: listings; assess: verdicts).
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_EVENTS_H
#define KT_EVENTS_H

#include <stddef.h>

#include "arena.h"
#include "snapshot.h"

#define KT_EVENTS_KEPT 256

struct kt_events {
    struct kt_event ring[KT_EVENTS_KEPT]; /* texts are owned by the ring */
    size_t first, count;
};

void kt_events_init(struct kt_events *events);
void kt_events_release(struct kt_events *events);

/* Takes a copy of the event and of its texts (names cut at 256 bytes, the sentence at 300). */
void kt_events_add(struct kt_events *events, const struct kt_event *event);

/* Copies all events, oldest first, into the arena; returns the array and its length. */
struct kt_event *kt_events_copy(const struct kt_events *events, struct kt_arena *arena, size_t *count);

#endif
