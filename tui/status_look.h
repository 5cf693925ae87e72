/*
 * status_look: what a status looks like: a mark of two cells, a word and a role, so that no meaning rests on colour.
 *
 * The looks stand in one table in order of severity; a group's look says more than its verdict where its state does
 * (REBAL, EMPTY, NODATA). Sorting by status, the counts in the header, the filter `status:` and "problems only" all
 * read this table. Thread: any (pure).
 */
#ifndef UI_STATUS_LOOK_H
#define UI_STATUS_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "role.h"
#include "snapshot.h"

/* In order of severity: a later one is worse. */
enum ui_look_kind {
    UI_LOOK_NODATA, /* nothing was ever committed */
    UI_LOOK_UNREAD, /* a topic or partition that no group reads */
    UI_LOOK_EMPTY,  /* no members and no lag */
    UI_LOOK_OK,
    UI_LOOK_UNSURE, /* nothing can honestly be said yet */
    UI_LOOK_AUTH,   /* nor will be, before a right is given */
    UI_LOOK_ABANDONED, /* stopped for more than a day: behind all that is live */
    UI_LOOK_REBAL,
    UI_LOOK_URP,       /* partitions with too few in-sync replicas */
    UI_LOOK_WARN,
    UI_LOOK_ERR,
    UI_LOOK_STALL,
    UI_LOOK_STOP,
    UI_LOOK_REWIND,
    UI_LOOK_OFFLINE, /* partitions without a leader */
    UI_LOOK_DOWN,    /* a broker that does not answer */
    UI_LOOK_COUNT
};

struct ui_look {
    const char *mark;    /* two cells */
    const char *word;    /* at most six cells */
    const char *meaning; /* for the help */
    enum ui_role role;
};

const struct ui_look *ui_look(enum ui_look_kind kind);

enum ui_look_kind ui_look_of_group(const struct kt_group *group);
enum ui_look_kind ui_look_of_lag(const struct kt_lag *lag);
enum ui_look_kind ui_look_of_topic(const struct kt_topic *topic, enum ui_look_kind worst_reader);
enum ui_look_kind ui_look_of_broker(const struct kt_broker *broker);
enum ui_look_kind ui_look_of_status(enum kt_status status); /* UNSURE for unknown */

/* Whether it is worth a look at night: worse than OK, and known to be so. */
bool ui_look_is_problem(enum ui_look_kind kind);

/* Whether a word of a filter means this look: "stop", "st", "abandoned", "unknown", and "err" for all that are. */
bool ui_look_matches(enum ui_look_kind kind, const char *word, size_t length);

#endif
