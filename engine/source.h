/*
 * source: the seam between a cluster (or a recording of one) and everything that reasons about it.
 *
 * A source is driven by one thread, the collector's. It may keep workers of its own; what they learn is handed
 * over inside kt_source_poll, in the collector's thread, as observations. Contract:
 *  - open does not wait for the network; it fails only on what no time can mend (a bad property, a bad file).
 *  - poll returns after at most `wait_ms`, earlier when it handed something over or was woken. It never blocks
 *    longer because a broker is dead.
 *  - `refresh` asks for a new collection (log end offsets at least) as soon as one is possible. The source tells
 *    KT_OBS_PASS when all parts of a collection begun after the last refresh have been told, ends after commits.
 *  - an error in one partition, group or broker is a KT_OBS_PROBLEM and stops nothing else.
 *  - `ended` becomes true only for a source that can end (a recording).
 *
 * Thread: the collector's, except kt_source_wake (any).
 */
#ifndef KT_SOURCE_H
#define KT_SOURCE_H

#include <stdbool.h>

#include "clock.h"
#include "error.h"
#include "log.h"
#include "observation.h"
#include "option.h"

struct kt_source_context {
    const struct kt_options *options; /* lives longer than the source */
    const struct kt_clock *clock;
    struct kt_log *log;
};

/* Some instants of one partition's past, in wall milliseconds. */
#define KT_PAST_POINTS 4
struct kt_past {
    struct kt_text topic;
    int32_t partition;
    size_t count; /* of at_ms */
    int64_t at_ms[KT_PAST_POINTS];
};

/* A partition of a topic. */
struct kt_place {
    struct kt_text topic;
    int32_t partition;
};

/* A place in a log: which record comes next from there on? */
struct kt_record_wish {
    struct kt_text topic;
    int32_t partition;
    int64_t offset;
};

struct kt_source_ops {
    const char *name;
    enum kt_code (*open)(void **self, const struct kt_source_context *context, struct kt_err *err);
    bool (*poll)(void *self, const struct kt_sink *sink, int wait_ms); /* true: more may come; false: ended */
    void (*refresh)(void *self);
    void (*wake)(void *self);
    void (*close)(void *self);
    /*
     * Asks where logs ended at instants before we came; told as KT_OBS_PAST, then KT_OBS_PASS. NULL: this source
     * cannot know. `items` is sorted by topic, then partition, and borrowed.
     */
    void (*past)(void *self, const struct kt_past *items, size_t count);
    /*
     * Asks the last stable offsets of these partitions with every collection, until it is told others; those of all
     * are asked now and then. NULL: this source cannot ask. `items` is sorted by topic, then partition, and borrowed.
     */
    void (*stable)(void *self, const struct kt_place *items, size_t count);
    /*
     * Asks which records come next; each item is told once as KT_OBS_RECORD, failures too, in their order. False:
     * not taken, because those asked before are not all told yet. `items` is borrowed. NULL: this source cannot know.
     */
    bool (*records)(void *self, const struct kt_record_wish *items, size_t count);
    /*
     * The clock that the observations run on, or NULL for the context's (a recording brings its own). It may be
     * looked at by any thread, also after close.
     */
    const struct kt_clock *(*clock)(void *self);
};

struct kt_source {
    const struct kt_source_ops *ops;
    void *self;
};

/* Opens the source that the options ask for: replay, or a live cluster. */
KT_MUST_CHECK enum kt_code kt_source_open(struct kt_source *source, const struct kt_source_context *context,
                                          struct kt_err *err);

/* Opens this one (tests). */
KT_MUST_CHECK enum kt_code kt_source_open_ops(struct kt_source *source, const struct kt_source_ops *ops,
                                              const struct kt_source_context *context, struct kt_err *err);

bool kt_source_poll(struct kt_source *source, const struct kt_sink *sink, int wait_ms);
void kt_source_refresh(struct kt_source *source);
void kt_source_wake(struct kt_source *source); /* any thread; on a source that was closed, nothing */
void kt_source_close(struct kt_source *source);

/* The rows of the table of sources. */
extern const struct kt_source_ops kt_source_live;   /* a Kafka cluster: log, admin or auto */
extern const struct kt_source_ops kt_source_replay; /* a recording */
/* Whether a recording is played as fast as the machine can, each snapshot waiting until its reader took it. */
bool kt_source_replays_at_once(const struct kt_options *options);

#endif
