/*
 * fake_source: a source that says what a test tells it to say, when the test says so, on a clock the test turns.
 *
 * The collector's thread and the test go in step: fake_source_settle returns when the collector has taken everything
 * and waits in poll for time to pass; only then does a test turn the hands. So nothing depends on who runs first.
 * The struct is the test's and outlives the collector: the counters tell afterwards what was asked of it. What
 * observations point to must live until they are taken.
 *
 * Thread: the operations: the collector's; everything else: the test's.
 */
#ifndef FAKE_SOURCE_H
#define FAKE_SOURCE_H

#include <pthread.h>
#include <stdbool.h>

#include "fake_clock.h"
#include "source.h"

#define FAKE_SOURCE_MOST 64

struct fake_source {
    struct fake_clock clock;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    struct kt_obs queue[FAKE_SOURCE_MOST];
    size_t count;
    bool ended;   /* poll says that no more will come, once the queue is empty */
    bool hangs;   /* poll does not return whatever happens, as a library call on a dead network may not */
    bool woken;
    bool waiting; /* the collector is in poll and there is nothing for it to do */
    int wait_ms;  /* that it was ready to wait, in its last poll */
    bool takes_records; /* else every question about them is turned away */
    char wished[400];   /* the records asked about last: "topic partition offset, ..." */
    unsigned wishes;    /* how often that was */
    unsigned refreshes, wakes, closes;
    unsigned misuses; /* calls after it was closed: a real source would no longer be there */
};

/* Both hands of the clock at fixed times. */
void fake_source_init(struct fake_source *fake);
void fake_source_release(struct fake_source *fake);

/* Opens `source` so that it is this one. */
enum kt_code fake_source_open(struct fake_source *fake, struct kt_source *source, const struct kt_options *options,
                              struct kt_log *log);

/* Says this at the next poll; `at` is set to the clock's now. Does not wait. */
void fake_source_say(struct fake_source *fake, struct kt_obs obs);
void fake_source_say_pass(struct fake_source *fake);
void fake_source_end(struct fake_source *fake);
void fake_source_hang(struct fake_source *fake);

/* Waits until the collector waits for time to pass. Fails the test after ten seconds. */
void fake_source_settle(struct fake_source *fake);

/* Settles, lets `ms` pass, settles again. */
void fake_source_pass(struct fake_source *fake, int64_t ms);

/* The records asked about since the last call, "" when none were: valid until the next one. */
const char *fake_source_wished(struct fake_source *fake);

unsigned fake_source_refreshes(struct fake_source *fake);
unsigned fake_source_closes(struct fake_source *fake);
unsigned fake_source_misuses(struct fake_source *fake);

#endif
