/*
 * fake_consumer: one partition, its producers, its consumer group and the monitor that looks at them, over
 * simulated time. Hours pass in seconds, nothing sleeps.
 *
 * Time moves in steps of 100 ms. Before fake_consumer_watch nobody looks; from then on, at every refresh, the
 * monitor gets what the model would give it: commits in order (with their times, or in admin mode only what
 * the answer says), a look with the log end asked a little before, and a judgement.
 *
 * Change the settings freely between two runs.
 */
#ifndef FAKE_CONSUMER_H
#define FAKE_CONSUMER_H

#include <stdbool.h>
#include <stdint.h>

#include "evaluate.h"
#include "history.h"
#include "track.h"
#include "window.h"

#define FAKE_STEP_MS 100
#define FAKE_COMMITS 64

struct fake_commit {
    int64_t offset;
    int64_t at;
};

struct fake_consumer {
    /* producers */
    double produce_per_s;
    int64_t batch_ms; /* 0: none; else batch_size records at once every so often */
    int64_t batch_size;
    /* retention */
    int64_t retain;   /* records kept; 0: all */
    int64_t purge_ms; /* 0: never; else records below the committed offset are deleted every so often */
    /* consumer */
    double consume_per_s; /* capacity */
    int64_t commit_ms;
    int commit_jitter_percent;
    bool repeats;     /* commits also what did not change, as an automatic commit does */
    bool consuming;   /* false: hangs */
    bool committing;  /* false: not even commits */
    int64_t chunk_ms; /* 0: record by record; else takes what is there and is done with it so much later */
    int64_t poison;   /* an offset it cannot get past; -1: none */
    /* group */
    enum kt_group_type type;
    enum kt_group_state state;
    enum kt_tri owned, subscribed, tail_empty;
    bool ever_had_members;
    int32_t generation; /* grows with each rebalance; known where commits are read */
    bool memberless; /* works without a membership: the coordinator knows an Empty group */
    /* monitor */
    struct kt_settings settings;
    int64_t read_delay_ms; /* commits are read so late */
    bool admin;            /* asks for commits, does not read them */
    bool held;             /* an open transaction hides the commits from now on */
    bool deaf;             /* no commits are read or asked any more */
    bool end_failed;       /* the log end cannot be had */
    bool leaderless;

    /* state of the world */
    int64_t now, log_start, log_end, position, committed;
    int64_t end_before, committed_before;
    double produce_carry, consume_carry;
    int64_t next_commit, next_batch, next_purge, next_refresh, next_chunk, chunk;
    int64_t empties_at, settles_at; /* 0: not */
    bool has_committed;
    uint64_t random;
    struct fake_commit commits[FAKE_COMMITS]; /* not told yet; before watching: the newest */
    size_t commit_count;

    /* the monitor's */
    bool watching;
    int64_t order, fresh_at;
    int64_t told_offset, told_at; /* of the newest commit told (valid: window not empty) */
    struct kt_track track;
    struct kt_window window;
    struct kt_history ends, starts;
    struct kt_look look;
    struct kt_verdict verdict;

    /* what it said since fake_consumer_forget */
    unsigned said[KT_STATUS_COUNT];
    int64_t first_said[KT_STATUS_COUNT]; /* valid where said > 0 */
    unsigned unknown_after_ok;
    unsigned changes;
    unsigned rewinds; /* told as new */
    unsigned skips;   /* the same */
    uint32_t marks;   /* all that were seen */
    bool trouble;     /* anything worse than OK, or unknown after OK */
    char first_trouble[320];
};

/* A healthy consumer of 100 records a second that commits every second, refresh 1 s, in a Stable group. */
void fake_consumer_init(struct fake_consumer *fake);
void fake_consumer_release(struct fake_consumer *fake);

/* Lets time pass. */
void fake_consumer_run(struct fake_consumer *fake, int64_t ms);

/* The monitor starts; with history it first reads the commits that are there (the last 64). */
void fake_consumer_watch(struct fake_consumer *fake, bool history);

/* Lets time pass, begins to watch with history, and lets more time pass. */
void fake_consumer_watch_after(struct fake_consumer *fake, int64_t before, int64_t after);

/* Forgets what was said so far. */
void fake_consumer_forget(struct fake_consumer *fake);

void fake_consumer_kill(struct fake_consumer *fake, int64_t session_ms); /* 0: it leaves the group */
void fake_consumer_start(struct fake_consumer *fake, int64_t rebalance_ms);
void fake_consumer_rebalance(struct fake_consumer *fake, int64_t ms);
void fake_consumer_reset(struct fake_consumer *fake, int64_t offset); /* a commit from outside */

/* A number below `most`, always the same sequence for the same fake->random. */
double fake_consumer_random(struct fake_consumer *fake, double most);

/* Fail the test, with the first trouble that was said, unless all was OK, or unknown before the first OK; ...
 */
void fake_assert_quiet(const struct fake_consumer *fake);
/* ... `status` was said no later than `ms` after `since`; ... */
void fake_assert_said_within(const struct fake_consumer *fake, enum kt_status status, int64_t since,
                             int64_t ms);
/* ... it is what is said now. */
void fake_assert_now(const struct fake_consumer *fake, enum kt_status status);

#endif
