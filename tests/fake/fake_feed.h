/*
 * fake_feed: an engine's outside for tests of loop and batch: snapshots in a row, one for each look, and signals.
 *
 * With `eager` there is always something to look at, so that a run goes on without waiting; the clock then moves on by
 * step_ms with each look. Thread: one.
 */
#ifndef FAKE_FEED_H
#define FAKE_FEED_H

#include "fake_clock.h"
#include "feed.h"
#include "loop.h"

#define FAKE_FEED_SNAPS 16

struct fake_feed {
    struct ui_feed feed; /* to hand out; its self is this struct, which must stay where it is */
    struct ui_signal_source signals;
    struct fake_clock clock;
    int64_t step_ms;
    bool eager;
    const struct kt_snapshot *snaps[FAKE_FEED_SNAPS]; /* references */
    unsigned count, at; /* the next one to be given; the last one is given again and again */
    unsigned ends_after; /* looks after which a recording has ended; 0: never */
    unsigned looks, refreshes, exacts;
    char exact[200]; /* what exact time lags were last asked of: "group topic partition" */
    int64_t delay_ms;
    struct kt_err failure; /* code KT_OK: none */
    int wake[2], noted[2];
};

void fake_feed_init(struct fake_feed *fake);
void fake_feed_release(struct fake_feed *fake);

/* Adds a snapshot with this much in it; `activity` may be NULL. Returns it, to be filled further. */
struct kt_snapshot *fake_feed_add(struct fake_feed *fake, bool collected, const char *activity);

/* Says that there is something new; that a signal came. */
void fake_feed_wake(struct fake_feed *fake);
void fake_feed_signal(struct fake_feed *fake, int number);

#endif
