/*
 * gather: the evidence that the model holds about one group x partition, as the look that the rules judge.
 *
 * What a look holds is in evaluate.h, what each item is worth in docs/VERDICTS.md. Gathering changes nothing but what
 * is said here. Thread: the collector's.
 */
#ifndef KT_GATHER_H
#define KT_GATHER_H

#include "model.h"

/* The look that is, or would be, judged now. */
void kt_gather_look(const struct kt_model *model, const struct kt_model_group *group,
                    const struct kt_model_group_topic *topic, const struct kt_model_lag *lag, struct kt_look *look);

/*
 * Notes when each member last advanced anything: what stands still while its owner works elsewhere may wait for its
 * turn. Before a group's looks are gathered.
 */
void kt_gather_work(struct kt_model_group *group);

/*
 * Gives commits the log end of their time: between two samples it is interpolated; before the first one it is what
 * the records' timestamps told, marked as an estimate; else nothing is claimed. Only among the newest `open` commits
 * there are some without; how many that are afterwards is returned.
 */
uint16_t kt_gather_commit_lags(const struct kt_model *model, const struct kt_model_group *group,
                               const struct kt_model_partition *partition, struct kt_window *window, uint16_t open);

#endif
