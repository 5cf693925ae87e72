/*
 * cause: what many bad partitions or groups have in common: a host, a member, a leader, a rack, a topic, a partition of
 * one or a coordinator.
 *
 * A cause must hold half of the bad ones or more, at least three, and at least twice its share among all; and chance
 * must not bring as much (chance.h), however many values there are to choose from: one time in a hundred for a
 * cluster, one in twenty-five within a group, where who owns a partition is a likely reason to begin with. Of several
 * causes that hold the same ones the least likely by chance is named, then the narrowest. A single bad group is no
 * common cause, and a group without members says nothing about leaders. ERR (and worse) and WARN are looked at apart.
 * What one cause explains is taken away before the next is looked for. docs/SNAPSHOT.md has the reader's side.
 *
 * Effort: linear in partitions, a few passes, and only where at least three are bad. Thread: the collector's.
 */
#ifndef KT_CAUSE_H
#define KT_CAUSE_H

#include <stddef.h>

#include "snapshot.h"

#define KT_CAUSES_OF_CLUSTER 3
#define KT_CAUSES_OF_GROUP   2
#define KT_CAUSES_MOST       64 /* in all */

/*
 * The causes told last, by what they name. One of them stays as long as it holds a little less than a new one must, and
 * stands before others: on a screen a sentence must not come and go. Zeroed: none.
 */
struct kt_cause_memory {
    uint64_t keys[KT_CAUSES_MOST];
    size_t count;
};

/*
 * Fills snap->causes. `snap` is being built, and sorted (kt_snapshot_sort). The names borrow from its blocks.
 * `memory` (NULL: none) is of the snapshot before, and becomes that of this one.
 */
void kt_cause_find(struct kt_snapshot *snap, struct kt_cause_memory *memory);

/* The sentence of a cause from its other members: NUL-terminated, cut to fit. Returns its length. */
size_t kt_cause_say(const struct kt_cause *cause, char *out, size_t room);

#endif
