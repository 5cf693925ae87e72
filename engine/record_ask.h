/*
 * record_ask: looks which record comes next in a partition from an offset on.
 *
 * A worker of its own with a handle of its own, which is opened with the first question and closed when none came for
 * a while. It reads one partition after the other, from the offset to the first record that a read_committed consumer
 * would get or to the end of what it may read, and stops there; nothing but the record's offset and timestamp is
 * looked at. Each question has a deadline. A broker that let one pass is not asked again in the same batch, nor is a
 * topic that may not be read: both are told at once. Answers go to the inbox as KT_OBS_RECORD; what fails is told there
 * and is no problem of the cluster.
 *
 * Invariant: each item of a batch that was taken is told exactly once, unless the asker was stopped.
 * Thread: the collector's; stop: any.
 */
#ifndef KT_RECORD_ASK_H
#define KT_RECORD_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "client.h"
#include "metadata.h"
#include "source.h"

struct kt_record_asker;

/* Costs nothing until something is asked. The context's inbox outlives it. */
struct kt_record_asker *kt_record_asker_new(const struct kt_client_context *context);

/* Copies the items; false: the batch before is not done, or there is no thread to be had. Never waits. */
bool kt_record_asker_ask(struct kt_record_asker *asker, const struct kt_layout *layout,
                         const struct kt_record_wish *items, size_t count);

/* No new work; from the return on neither log nor inbox are touched by the handle. NULL is allowed. */
void kt_record_asker_stop(struct kt_record_asker *asker);

/* Stops, waits for the worker, frees. NULL is allowed. */
void kt_record_asker_close(struct kt_record_asker *asker);

#endif
