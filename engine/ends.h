/*
 * ends: where logs end and begin, asked broker by broker.
 *
 * The library's call is all-or-nothing and blocks as long as one of the brokers in it is dead. So questions are
 * grouped by leader, each leader has a worker of its own, and each call carries at most KT_ENDS_CHUNK partitions
 * of one leader (ends_call says what becomes of one that fails). A broker that does not answer in time, not even for
 * a single partition, is given up for a while: its partitions fail at once, and a probe finds out when it is back.
 * Partitions that have moved to another leader are asked apart: the library may still send them to the old one.
 *
 * Invariant: every answer of a batch is told exactly once, and an offset is an answer only where error is 0.
 * Thread: ask: any; `told` runs in a worker's thread or in the asking one.
 */
#ifndef KT_ENDS_H
#define KT_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "metadata.h"

/*
 * The library's time for a call grows with the square of its partitions. 10,000 of them cost 18 ms of processor in
 * calls of 250, 23 of 400, 28 of 500, 46 of 1,000, 420 in one (2.0.2); each call is a request.
 */
#define KT_ENDS_CHUNK 400

/* What to ask for: one of these, or a time in wall milliseconds. */
#define KT_ENDS_END   (-1)
#define KT_ENDS_START (-2)

struct kt_answer {
    const struct kt_layout_topic *topic;
    int32_t partition;
    int32_t leader;
    bool moved;     /* it has another leader than a short while ago */
    int64_t what;   /* that was asked */
    int error;      /* of the library; 0: offset is the answer */
    int64_t offset; /* -1: no record is as young as the time asked for */
};

struct kt_ask {
    struct kt_client *client; /* its isolation decides whether an end is the log end or the last stable offset */
    int64_t what;
    /* Where each partition has a question of its own, in place of `what`; called while asking. NULL: none has. */
    int64_t (*what_of)(void *self, const struct kt_layout_topic *topic, int32_t partition);
    /* Called for each part as soon as it is answered; `at` is when it was asked. May be NULL. */
    void (*told)(void *self, const struct kt_answer *answers, size_t count, int64_t at);
    void *self;
};

struct kt_asker;
struct kt_batch;

/*
 * `deadline_ms` bounds one call, and what a broker may take for its part of one batch; a broker that answered late the
 * last time is given three times as long as it took. One that was given up is asked again with ever more time.
 */
struct kt_asker *kt_asker_new(const struct kt_client_context *context, int deadline_ms);

/* No new work from now on; calls under way run out. Thread: any. */
void kt_asker_stop(struct kt_asker *asker);

/* Stops and waits for the workers, as long as a call takes: from then on nothing is told. Batches may still be held. */
void kt_asker_join(struct kt_asker *asker);

/* Joins and frees; no batch may be held any more. NULL is allowed. */
void kt_asker_free(struct kt_asker *asker);

/*
 * Asks for all partitions of the layout that `pick` (NULL: all) accepts. The batch holds the layout. Give the
 * batch back with kt_batch_unref. Never waits.
 */
typedef bool kt_pick(void *self, const struct kt_layout_topic *topic, const struct kt_layout_partition *partition);
struct kt_batch *kt_asker_ask(struct kt_asker *asker, const struct kt_layout *layout, const struct kt_ask *ask,
                              kt_pick *pick, void *pick_self);

/* Whether everything has been told; the number of failed answers so far. */
bool kt_batch_done(struct kt_batch *batch);
size_t kt_batch_failed(struct kt_batch *batch);

/*
 * Whether a broker has kept a call waiting for more than a second; whether nothing is missing of a batch but what such
 * brokers have to answer. What they answer later is still told.
 */
bool kt_asker_late(struct kt_asker *asker, int32_t broker);
bool kt_batch_only_late(struct kt_batch *batch);

/* Waits at most `ms` until everything has been told; returns whether. Thread: a worker. */
bool kt_batch_wait(struct kt_batch *batch, int64_t ms);

/* All answers, sorted by leader; valid while the batch is held and once it is done. */
const struct kt_answer *kt_batch_answers(struct kt_batch *batch, size_t *count);

void kt_batch_unref(struct kt_batch *batch); /* NULL is allowed */

/*
 * Whether a broker answered when it was last asked: 1, 0, or -1 not known; and how long that took (-1 not known; the
 * pointer may be NULL). Shape of kt_broker_up.
 */
int kt_asker_up(void *asker, int32_t broker, int64_t *rtt_us);

#endif
