/*
 * engine: the front door of everything behind the screen.
 *
 * An engine watches one cluster (or a recording) in the background and publishes immutable snapshots. The caller
 * never waits for the network: it polls the wake descriptor, takes the latest snapshot and sends commands.
 *
 * FRONT DOOR. Thread: one caller (the UI's), any time.
 */
#ifndef KT_ENGINE_H
#define KT_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "error.h"
#include "option.h"
#include "snapshot.h"

struct kt_engine;

/*
 * Checks the options against what the client library knows (unknown property: KT_CONFIG with the nearest name),
 * opens the source and starts the collector. Does not wait for the network.
 */
KT_MUST_CHECK enum kt_code kt_engine_open(struct kt_engine **engine, const struct kt_options *options,
                                          struct kt_err *err);

/* The check alone. A recording has nothing to check. */
KT_MUST_CHECK enum kt_code kt_engine_check(const struct kt_options *options, struct kt_err *err);

/* A descriptor that becomes readable when a new snapshot was published. Owned by the engine. */
int kt_engine_wake_fd(const struct kt_engine *engine);

/* A reference to the latest snapshot (never NULL; before any answer it says what is going on). Empties the wake fd. */
const struct kt_snapshot *kt_engine_latest(struct kt_engine *engine);

/* Collect again now. */
void kt_engine_refresh(struct kt_engine *engine);

/* Time between refreshes from now on, clamped to 100 ms .. 1 h. */
void kt_engine_set_delay(struct kt_engine *engine, int64_t delay_ms);

/*
 * For a minute from now, tells exact time lags of this group's worst partitions, at each refresh and once more now,
 * where records may be looked at. A topic narrows it down to that topic, a partition >= 0 to that one;
 * topic.bytes NULL: all. Texts are copied.
 */
void kt_engine_exact(struct kt_engine *engine, struct kt_text group, struct kt_text topic, int64_t partition);

/* The clock the engine runs on (a recording brings its own). */
const struct kt_clock *kt_engine_clock(const struct kt_engine *engine);

/* Whether a recording has ended: its last snapshot is published. */
bool kt_engine_ended(const struct kt_engine *engine);

/*
 * The first failure that no waiting mends (authentication refused), or KT_OK; filled into err. A batch run stops
 * on it, the screen goes on trying.
 */
enum kt_code kt_engine_failure(struct kt_engine *engine, struct kt_err *err);

/* Adds a line to the log that snapshots show. Thread: any. */
void kt_engine_note(struct kt_engine *engine, const char *text);

/* Stops the collector; waits at most a second for it, then leaves it behind. NULL is allowed. */
void kt_engine_close(struct kt_engine *engine);

#endif
