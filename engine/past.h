/*
 * past: which instants before our start are worth asking about.
 *
 * Commits that were made before we came have no log end of their time, and judging them against today's would make a
 * growing consumer seem to shrink. Where a group lags now, the log end at the times of its stored commits is asked
 * by the records' timestamps; the answers become estimates (KT_OBS_PAST), so that a verdict stands at first sight.
 *
 * Thread: the collector's.
 */
#ifndef KT_PAST_H
#define KT_PAST_H

#include "model.h"
#include "source.h"

#define KT_PAST_MOST 5000 /* partitions that are asked about at once */

/* The partitions and instants to ask about, sorted by topic and partition; NULL when none. Give back with free(). */
struct kt_past *kt_past_wanted(struct kt_model *model, size_t *count);

#endif
