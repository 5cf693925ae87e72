/*
 * owners: which member of a group owns and subscribes to what.
 *
 * Worked out anew only when the members or the known topic ids changed. Owned partitions that never had a commit
 * get a row of their own; one that is no longer owned and has no commit loses it.
 *
 * Thread: the collector's.
 */
#ifndef KT_OWNERS_H
#define KT_OWNERS_H

#include "model.h"

/* Brings owner, owned and subscribed of the group's partitions up to date. */
void kt_owners_update(struct kt_model *model, struct kt_model_group *group);

#endif
