/*
 * freeze: copies the judged model into a snapshot.
 *
 * The snapshot shares nothing with the model but, in references, the rows of groups of which nothing that is shown has
 * changed since the last snapshot (kt_rows): the model remembers those. Rows carry only what is known; sums say when
 * something is missing from them. Thread: the collector's.
 */
#ifndef KT_FREEZE_H
#define KT_FREEZE_H

#include "model.h"
#include "snapshot.h"

/* A sealed snapshot of the model at the clock's now, with one reference. */
const struct kt_snapshot *kt_freeze(struct kt_model *model, uint64_t sequence);

/*
 * The same, of a model that is of no use afterwards but to be freed: rows of groups are given back as they are
 * copied, so that not all of both stand in memory.
 */
const struct kt_snapshot *kt_freeze_last(struct kt_model *model, uint64_t sequence);

/* freeze_group.c: one group's block. */
struct kt_group *kt_freeze_group(const struct kt_model *model, struct kt_model_group *group);

/* freeze_topic.c: one topic's block; `readers` are the names of the groups that read it, sorted. */
struct kt_topic *kt_freeze_topic(const struct kt_model *model, const struct kt_model_topic *topic,
                                 const struct kt_text *readers, size_t reader_count);

#endif
