/*
 * inbox: how workers hand observations to the collector.
 *
 * A worker fills a parcel (deep copies, one arena each) and posts it; the collector's thread takes parcels in the
 * order of posting and puts their observations into its sink. The inbox is bounded: a worker that reads fast waits
 * in kt_inbox_post_slowly until there is room, so that a hundred million records never stand in memory.
 *
 * Invariants: what a parcel holds was copied, so the worker may free or change its own; a posted parcel belongs
 * to the inbox. Thread: a parcel belongs to one thread at a time; inbox functions: any, except deliver.
 */
#ifndef KT_INBOX_H
#define KT_INBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "observation.h"

struct kt_parcel {
    struct kt_arena arena;
    struct kt_obs *items;
    size_t count;
    size_t room;
    bool counted; /* takes one of the places that slow posting waits for */
    struct kt_parcel *next;
};

struct kt_inbox;

struct kt_parcel *kt_parcel_new(void);
void kt_parcel_free(struct kt_parcel *parcel);

/* Appends a deep copy of one observation. */
void kt_parcel_add(struct kt_parcel *parcel, const struct kt_obs *obs);

/* A sink that appends to `parcel`; valid as long as the parcel is. */
struct kt_sink kt_parcel_sink(struct kt_parcel *parcel);

struct kt_inbox *kt_inbox_new(void);

/* Nobody else may hold the inbox any more. Parcels left in it are freed. */
void kt_inbox_free(struct kt_inbox *inbox);

/* Takes the parcel (an empty one is freed at once) and wakes the collector. Never waits. */
void kt_inbox_take(struct kt_inbox *inbox, struct kt_parcel *take_parcel);

/* The same, but waits while too many of these are underway; gives up waiting, and the parcel, once stopped. */
void kt_inbox_take_slowly(struct kt_inbox *inbox, struct kt_parcel *take_parcel);

/* Posts a single observation. */
void kt_inbox_put(struct kt_inbox *inbox, const struct kt_obs *obs);

/*
 * Hands all that was posted to the sink, after waiting at most wait_ms for something to be there. Returns whether
 * anything was handed over. Thread: the collector's.
 */
bool kt_inbox_deliver(struct kt_inbox *inbox, const struct kt_sink *sink, int wait_ms);

/* Cuts a wait in deliver short, now or the next one. */
void kt_inbox_wake(struct kt_inbox *inbox);

/* No worker waits for room from now on. */
void kt_inbox_stop(struct kt_inbox *inbox);

#endif
