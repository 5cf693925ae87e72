/*
 * collector: the thread that owns a source and a model, and publishes what they add up to.
 *
 * A cycle: poll the source, apply what it says, and when a collection is complete (or its time is up) judge,
 * freeze, publish and ask for the next one. Rows are shown as they come: before the first complete collection it
 * publishes what there is a few times a second. Everything the reader may say to it goes through one small box,
 * newest of a kind wins.
 *
 * Thread: start, command and stop: the reader's; the rest runs in a thread of its own.
 */
#ifndef KT_COLLECTOR_H
#define KT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "error.h"
#include "log.h"
#include "option.h"
#include "publish.h"
#include "source.h"

struct kt_collector;

/*
 * Starts collecting from `source` (taken: closed by the collector) on `clock`, publishing into `publish`.
 * options, clock, log and publish outlive the collector. KT_INTERNAL when no thread can be had, KT_IO when the
 * recording cannot be written.
 */
KT_MUST_CHECK enum kt_code kt_collector_start(struct kt_collector **collector, struct kt_source source,
                                              const struct kt_options *options, const struct kt_clock *clock,
                                              struct kt_log *log, struct kt_publish *publish, struct kt_err *err);

void kt_collector_refresh(struct kt_collector *collector);
void kt_collector_set_delay(struct kt_collector *collector, int64_t delay_ms);

/* As kt_engine_exact. */
void kt_collector_exact(struct kt_collector *collector, struct kt_text group, struct kt_text topic, int64_t partition);

/* Whether the source ended and its last snapshot is published. */
bool kt_collector_ended(struct kt_collector *collector);

/* The standing failure that no waiting mends, or KT_OK. */
enum kt_code kt_collector_failure(struct kt_collector *collector, struct kt_err *err);

/*
 * Asks the thread to stop and waits at most wait_ms. True: it ended and everything was freed. False: it hangs in
 * a library call; it was left behind and what it uses must stay.
 */
bool kt_collector_stop(struct kt_collector *collector, int wait_ms);

#endif
