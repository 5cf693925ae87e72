/*
 * export_anonymous: a snapshot in which no name of the user's is left.
 *
 * Names of groups, topics, clients and hosts become words, the same name always the same word, as in an anonymous
 * recording (trace.h). Sentences keep their numbers: known names in them are replaced; where that cannot be done
 * for certain, the sentence is left out. Arrays are sorted anew. Thread: any.
 */
#ifndef KT_EXPORT_ANONYMOUS_H
#define KT_EXPORT_ANONYMOUS_H

#include "snapshot.h"

/* One reference, the caller's; `snap` stays as it is. Doing it twice changes nothing more. */
const struct kt_snapshot *kt_snapshot_anonymous(const struct kt_snapshot *snap);

#endif
