/*
 * feed: what the loop and a batch run need of an engine, so that tests can stand in for it.
 *
 * The same words as engine.h, whose functions main puts in. Thread: UI.
 */
#ifndef UI_FEED_H
#define UI_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "error.h"
#include "snapshot.h"

struct ui_feed {
    void *self;
    const struct kt_clock *clock; /* what the snapshots' times belong to */
    int wake_fd;                  /* readable: there is something new */
    const struct kt_snapshot *(*latest)(void *self); /* a reference of the caller's own; empties wake_fd */
    void (*refresh)(void *self);
    void (*set_delay)(void *self, int64_t delay_ms);
    void (*exact)(void *self, struct kt_text group, struct kt_text topic, int64_t partition); /* see kt_engine_exact */
    bool (*ended)(void *self);                                     /* a recording that is over */
    enum kt_code (*failure)(void *self, struct kt_err *err); /* what no waiting mends, or KT_OK */
};

#endif
