/*
 * assess_rights: says of what may not be looked at that it is for want of a right, and of which.
 *
 * Groups that brokers refuse to describe have a problem by the source; topics that metadata do not show are found here,
 * by the rows that point to them, and become problems. Thread: the collector's.
 */
#ifndef KT_ASSESS_RIGHTS_H
#define KT_ASSESS_RIGHTS_H

#include "model.h"

/* After all groups were judged: sets `denied` and `why` of groups, tells problems of topics and their ends. */
void kt_assess_rights(struct kt_model *model);

#endif
