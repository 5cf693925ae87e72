/*
 * change: which verdicts are news since those that were told, for --on-change.
 *
 * A verdict is a group's status (OK, WARN, ERR) and, of an ERR, its worst word. An ERR younger than --hold counts as
 * WARN until it is older; once told as ERR it stays that until the status itself changes. Not knowing is no verdict:
 * the last one told stands until another is known. The first complete picture of a cluster is where it begins, not
 * news. A group that comes later, or had no verdict yet, is news when its first one is bad, and one that goes while it
 * was bad is news too. A cluster that does not answer for longer than hold is news of a kind of its own.
 *
 * At most 20 groups are told at once, and 20 a minute from then on, the worst first; the rest is counted in a summary,
 * at most one a minute. Ages and the rate are of the snapshots' own times, so a recording gives what its run gave.
 *
 * FRONT DOOR. Thread: one at a time.
 */
#ifndef KT_CHANGE_H
#define KT_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

#define KT_CHANGE_SCHEMA "kafkatop.change/1"
#define KT_CHANGE_BURST 20       /* groups told at once */
#define KT_CHANGE_PACE_MS 3000   /* then one each so long */
#define KT_CHANGE_SUMMARY_MS 60000

enum kt_change_kind { KT_CHANGE_GROUP, KT_CHANGE_CLUSTER, KT_CHANGE_SUMMARY };

struct kt_change_verdict {
    enum kt_status status; /* OK, WARN, ERR; unknown: none */
    enum kt_status worst;  /* the worst partition's word */
};

/* Numbers and texts that may be unknown are as in the snapshot: a bit, bytes NULL. */
struct kt_change {
    enum kt_change_kind kind;
    int64_t at_ms; /* wall time of the snapshot */
    struct kt_text cluster, cluster_id;
    struct kt_text group; /* of GROUP */
    struct kt_change_verdict from, to;
    bool held;     /* `to` is WARN for its youth alone */
    bool gone;     /* GROUP: is not there any more */
    struct kt_text why;
    struct kt_group facts; /* of GROUP that is there: numbers and marks only; no texts, no rows */
    struct kt_counts counts; /* of the cluster, now */
    size_t changes; /* groups it stands for: more than one in a SUMMARY */
    size_t changed_to[KT_STATUS_COUNT]; /* SUMMARY: of these, by status; unknown: gone */
    size_t dropped; /* changes that were never told, because the command was too slow; set by who tells */
};

struct kt_changes;

struct kt_changes *kt_changes_new(int64_t hold_ms);
void kt_changes_free(struct kt_changes *changes);

/* Looks at a snapshot and tells what is news, worst first. The change is lent for the call. */
void kt_changes_look(struct kt_changes *changes, const struct kt_snapshot *snap,
                     void (*tell)(void *self, const struct kt_change *change), void *self);

/* A copy with texts of its own; given back with kt_change_free. */
struct kt_change *kt_change_copy(const struct kt_change *change);
void kt_change_free(struct kt_change *change); /* NULL is allowed */

/* Whether two changes are about the same thing, so that the later one says all. */
bool kt_change_same_subject(const struct kt_change *a, const struct kt_change *b);

/* Whether from and to are told apart at all: false when a change was taken back before it was told. */
bool kt_change_is_news(const struct kt_change *change);

/* The JSON object on one line, with the line's end (docs/SNAPSHOT.md, "A change"); the caller's to free. */
char *kt_change_line(const struct kt_change *change);

#endif
