/*
 * fake_snapshot: snapshots as tests want them, without an engine behind them.
 *
 * Whole ones in one call, or built from parts. All times lie before FAKE_NOW_MS, the wall time at which they were
 * taken. Thread: one at a time while building.
 */
#ifndef FAKE_SNAPSHOT_H
#define FAKE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

#define FAKE_NOW_MONO INT64_C(5000000)
#define FAKE_NOW_MS INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */

/* One reference each, given back with kt_snapshot_unref. */
const struct kt_snapshot *fake_snapshot_empty(void);         /* connecting: nothing was collected yet */
const struct kt_snapshot *fake_snapshot_groups(size_t count); /* "group-000000" ..., statuses in turn, two topics */
const struct kt_snapshot *fake_snapshot_each_status(void);   /* a group for each word: "stop", "stall", "rewind", ... */
const struct kt_snapshot *fake_snapshot_hostile(void);       /* names that want to break something */
/* 3 brokers, topics "orders" and "payments", every status, problems, events, log lines, gaps in the trends. */
const struct kt_snapshot *fake_snapshot_full(void);

/* The names of fake_snapshot_hostile: control bytes, escapes, bidi marks, a NUL, no UTF-8, 249 bytes, emoji ... */
extern const struct kt_text fake_hostile_names[];
extern const size_t fake_hostile_count;

struct fake_group {
    const char *name;
    size_t length; /* 0: strlen(name) */
    enum kt_status worst;
    uint32_t marks;
    const char *state;   /* NULL: "Stable", or "Empty" without members */
    const char *topic;   /* NULL: "orders" */
    unsigned partitions; /* rows; the lag is spread over them, the worst is the first */
    unsigned members;
    int64_t lag;         /* negative: not known */
    int64_t age_ms;      /* how long the status holds */
    const char *why;
    bool rates_unknown;
};

/* Parts. `snap` comes from fake_snapshot_new and ends with fake_snapshot_seal. */
struct kt_snapshot *fake_snapshot_new(void); /* identity, settings and times set; collected */
void fake_snapshot_group(struct kt_snapshot *snap, const struct fake_group *group);
void fake_snapshot_topic(struct kt_snapshot *snap, const char *name, unsigned partitions);
void fake_snapshot_brokers(struct kt_snapshot *snap, unsigned count); /* ids 1 .. count, the first the controller */
void fake_snapshot_problem(struct kt_snapshot *snap, enum kt_scope scope, const char *name, const char *error,
                           const char *text);
void fake_snapshot_event(struct kt_snapshot *snap, const struct kt_event *event);
void fake_snapshot_log(struct kt_snapshot *snap, const char *text);
/* Another verdict; a group's worst word follows it upwards. */
void fake_snapshot_judge(struct kt_group *group, size_t row, enum kt_status status);
void fake_snapshot_repack(struct kt_group *group, size_t row, const struct kt_lag_facts *facts);
const struct kt_snapshot *fake_snapshot_seal(struct kt_snapshot *snap); /* counts, sums, sorts */

/* A trend whose windows all hold `count` values (a divisor of KT_TREND_POINTS), the newest last; known: bit i. */
struct kt_trend fake_trend(const int64_t *values, uint64_t known, unsigned count);

/* A text of a C string; NULL gives one that is not known. */
struct kt_text fake_text(const char *string);

#endif
