/*
 * hung: puts transactions on the tape that stand for longer than they should, and their end.
 *
 * Nobody needs to read the topic for that: whoever comes to read it will wait.
 *
 * Thread: the collector's.
 */
#ifndef KT_HUNG_H
#define KT_HUNG_H

#include "model.h"

/* Looks at all partitions of topics that the filter accepts; writes an event for each change. */
void kt_hung_tell(struct kt_model *model);

#endif
