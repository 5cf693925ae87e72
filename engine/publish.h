/*
 * publish: the one place where the collector's thread and the reader's meet: a slot for the latest snapshot.
 *
 * The mutex is held for a few instructions; the wake pipe carries one byte for "there is something new" and never
 * blocks. Thread: put: collector; get and fd: reader.
 */
#ifndef KT_PUBLISH_H
#define KT_PUBLISH_H

#include <pthread.h>

#include "error.h"
#include "snapshot.h"

struct kt_publish {
    pthread_mutex_t mutex;
    pthread_cond_t taken_condition;
    bool taken;                       /* the latest was read */
    const struct kt_snapshot *latest; /* one reference */
    int pipe[2];                      /* read end, write end; both non-blocking, closed on exec */
};

/* KT_IO when no pipe can be had. `first` is taken: the value before anything was published. */
KT_MUST_CHECK enum kt_code kt_publish_init(struct kt_publish *publish, const struct kt_snapshot *first,
                                           struct kt_err *err);
void kt_publish_release(struct kt_publish *publish);

/* Takes the reference given and drops the one it replaces. */
void kt_publish_put(struct kt_publish *publish, const struct kt_snapshot *snap);

/* A new reference to the latest snapshot; empties the pipe. */
const struct kt_snapshot *kt_publish_get(struct kt_publish *publish);

/* Waits at most wait_ms until the reader has taken the latest snapshot; whether it has. Thread: collector. */
bool kt_publish_wait_taken(struct kt_publish *publish, int wait_ms);

/* Wakes the reader without a new snapshot. */
void kt_publish_wake(struct kt_publish *publish);

#endif
