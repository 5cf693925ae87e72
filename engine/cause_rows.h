/*
 * cause_rows: the rows of a snapshot as cause.c counts them: which are bad, and under which number each of their
 * members, hosts, topics, leaders ... goes, so that counting needs no names.
 *
 * A row counts when its status is known and not ABANDONED, and when it is not explained yet. Thread: the collector's.
 */
#ifndef KT_CAUSE_ROWS_H
#define KT_CAUSE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

#define KT_CAUSE_NONE UINT32_MAX

/* How many rows of a group are bad at each level, explained or not. */
struct kt_cause_bad {
    size_t err, warn;
};

struct kt_cause_rows {
    const struct kt_snapshot *snap;
    enum kt_status level;   /* ERR: that and worse is bad; WARN: that alone, and what is worse does not count */
    size_t *partition_base; /* by topic: the number of its first partition among all */
    size_t *member_base;    /* by group */
    size_t *row_base;       /* by group */
    uint32_t *host_of;      /* by member */
    uint32_t *rack_of;      /* by broker */
    struct kt_text *hosts;
    const struct kt_cause_bad *bad; /* by group; the caller's */
    unsigned char *explained;       /* a bit a row */
    size_t row_count;
    size_t numbers[KT_CAUSE_KIND_COUNT]; /* how many numbers of each kind there are */
};

/*
 * A walk over the rows that count, group by group: start from {.group = first, .end = behind the last}. One over the
 * bad ones alone passes whole groups over.
 */
struct kt_cause_walk {
    size_t group, end, row;
    bool bad_only;
    const struct kt_topic *topic;
    size_t topic_index;
    /* the row that was come to */
    const struct kt_lag *lag;
    size_t place;
    bool bad, live; /* live: its group has members, or may have */
    uint32_t ids[KT_CAUSE_KIND_COUNT]; /* KT_CAUSE_NONE: not known, or not asked of a group without members */
};

/* `snap` is sorted; it and `bad` outlive the rows. */
void kt_cause_rows_init(struct kt_cause_rows *rows, const struct kt_snapshot *snap, const struct kt_cause_bad *bad);
void kt_cause_rows_release(struct kt_cause_rows *rows);

/* Begins anew at a level: nothing is explained. */
void kt_cause_rows_begin(struct kt_cause_rows *rows, enum kt_status level);

/* The next row; false at the end. */
bool kt_cause_step(const struct kt_cause_rows *rows, struct kt_cause_walk *at);
void kt_cause_explain_row(const struct kt_cause_rows *rows, const struct kt_cause_walk *at);

struct kt_cause_bad kt_cause_count_bad(const struct kt_group *group);
/* That of a group at the rows' level. */
size_t kt_cause_bad_of(const struct kt_cause_rows *rows, size_t group);
/* Whether a group has members, or may have. */
bool kt_cause_is_live(const struct kt_group *group);

/* Fills value, host and number of a cause. */
void kt_cause_name(const struct kt_cause_rows *rows, enum kt_cause_kind kind, uint32_t id, struct kt_cause *cause);

#endif
