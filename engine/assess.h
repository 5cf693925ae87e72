/*
 * assess: judges everything that the model holds, once a refresh.
 *
 * For each group x partition it has what is known gathered into one look (gather.h), lets the rule set in force
 * decide, sums up the group, and writes each change on the tape. The rules themselves are evaluate.c (ours) and
 * burrow.c.
 *
 * Thread: the collector's.
 */
#ifndef KT_ASSESS_H
#define KT_ASSESS_H

#include "model.h"

/* Judges all accepted groups at the clock's now. Effect: verdicts, events and trends in the model. */
void kt_assess(struct kt_model *model);

/* Burrow's word as ours; NOTFOUND is unknown. */
enum kt_status kt_assess_burrow_status(enum kt_burrow_status status);

#endif
