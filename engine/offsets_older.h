/*
 * offsets_older: reads a bounded part of the offsets topic that lies before what was read first.
 *
 * A short-lived reader in the background. It tells a record only where nothing newer contradicts it (see seen.h).
 * Thread: one of its own; stop: any.
 */
#ifndef KT_OFFSETS_OLDER_H
#define KT_OFFSETS_OLDER_H

#include "offsets_log.h"

struct kt_older_range {
    int32_t partition;
    int64_t from, to; /* to is not read */
};

struct kt_offsets_older;

/* Copies the ranges. NULL when a thread or a connection cannot be had. */
struct kt_offsets_older *kt_offsets_older_open(const struct kt_offsets_log_context *context,
                                               const struct kt_older_range *ranges, size_t count,
                                               int32_t partition_count);
void kt_offsets_older_stop(struct kt_offsets_older *older);
void kt_offsets_older_close(struct kt_offsets_older *older); /* stops, waits, frees; NULL is allowed */

#endif
