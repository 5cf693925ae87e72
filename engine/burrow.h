/*
 * burrow: `--rules burrow`: Burrow's storage and evaluator, bit for bit.
 *
 * A struct kt_burrow answers as a Burrow with one cluster, one storage worker and a cold cache would, given
 * the same broker offsets, commits, owners and deletions in the same order and the same clock. Its bugs are
 * part of it: they are described in docs/VERDICTS.md. It shares the ring of window.h and nothing of the
 * default rules.
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_BURROW_H
#define KT_BURROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "window.h"

enum kt_burrow_status {
    KT_BURROW_NOTFOUND = 0,
    KT_BURROW_OK,
    KT_BURROW_WARN,
    KT_BURROW_ERR,
    KT_BURROW_STOP,
    KT_BURROW_STALL,
    KT_BURROW_REWIND
};

struct kt_burrow_settings {
    unsigned intervals;     /* 10 */
    int64_t min_distance_s; /* 0 */
    uint64_t allowed_lag;   /* 0 */
    float minimum_complete; /* 0 */
    int64_t expire_group_s; /* 604800 */
};

/* The results of the single rules, whether or not they were reached; for tests and for `why`. */
struct kt_burrow_rules {
    bool lag_always_above_allowed;
    int rewind_index; /* -1: none */
    bool rewind_recovered;
    bool stopped;
    bool stalled;
    bool lag_not_decreasing;
    bool recent_lag_zero;
};

struct kt_burrow_partition_verdict {
    enum kt_burrow_status status;
    float complete;
    bool has_commits;
    size_t start; /* index in the window's commits, oldest 0; only when has_commits */
    size_t end;
    struct kt_burrow_rules rules; /* only when has_commits */
};

/*
 * Evaluates one partition. `window` may be NULL (no ring was ever made: complete 0); `slots` is the ring's
 * length (`intervals`). `ends` are the stored broker offsets, oldest first. now_ms is cut to whole seconds.
 * Pure. Source: burrow rules, sections 1.1 and 1.2.
 */
struct kt_burrow_partition_verdict kt_burrow_evaluate(const struct kt_window *window, size_t slots,
                                                      const int64_t *ends, size_t end_count,
                                                      uint64_t current_lag, int64_t now_ms,
                                                      const struct kt_burrow_settings *settings);

const char *kt_burrow_status_name(enum kt_burrow_status status);

/* What a group is whose worst partition is `worst`: a group is never more than ERR. */
enum kt_burrow_status kt_burrow_group_status(enum kt_burrow_status worst);

struct kt_burrow;

/* More partitions of a topic than this are not believed: they and what is said about them are left out. */
#define KT_BURROW_PARTITIONS_MAX (1 << 20)

/*
 * `accepts` (may be NULL: all) decides by name whether a group is stored (allow and deny lists). settings are
 * copied; intervals are taken as 1 .. 65535.
 */
struct kt_burrow *kt_burrow_new(const struct kt_burrow_settings *settings,
                                bool (*accepts)(void *self, const char *group, size_t length), void *self);
void kt_burrow_free(struct kt_burrow *burrow);

/* Each takes the names with their lengths. now_ms is the wall clock. Order matters, as in Burrow. */

/*
 * A report of a log end. The topic's list grows to partition_count and never shrinks. Where Burrow would die
 * of it (partition outside the list) nothing happens.
 */
void kt_burrow_broker_offset(struct kt_burrow *burrow, const char *topic, size_t topic_length,
                             int32_t partition, int32_t partition_count, int64_t offset);
void kt_burrow_commit(struct kt_burrow *burrow, const char *group, size_t group_length, const char *topic,
                      size_t topic_length, int32_t partition, int64_t offset, int64_t timestamp_ms,
                      int64_t order, int64_t now_ms);
void kt_burrow_set_owner(struct kt_burrow *burrow, const char *group, size_t group_length, const char *topic,
                         size_t topic_length, int32_t partition, const char *owner, size_t owner_length,
                         const char *client_id, size_t client_length);
void kt_burrow_clear_owners(struct kt_burrow *burrow, const char *group, size_t group_length);
void kt_burrow_delete_topic(struct kt_burrow *burrow, const char *topic, size_t topic_length);
void kt_burrow_delete_group(struct kt_burrow *burrow, const char *group, size_t group_length);
void kt_burrow_delete_group_topic(struct kt_burrow *burrow, const char *group, size_t group_length,
                                  const char *topic, size_t topic_length);

/* One partition as a check reports it. Texts belong to the burrow and live until its next change. */
struct kt_burrow_row {
    const char *topic;
    size_t topic_length;
    int32_t partition;
    const char *owner;
    size_t owner_length;
    const char *client_id;
    size_t client_length;
    enum kt_burrow_status status;
    float complete;
    uint64_t current_lag;
    const struct kt_window *window; /* NULL: no ring */
    const int64_t *ends;            /* broker offsets, oldest first */
    size_t end_count;
    bool topic_known; /* to the broker list */
    struct kt_burrow_partition_verdict verdict;
};

struct kt_burrow_report {
    bool found;
    enum kt_burrow_status status; /* OK, WARN, ERR or NOTFOUND */
    float complete;
    size_t partition_count;
    uint64_t total_lag; /* wraps around, as Burrow's */
    size_t max_row;     /* the first row of those with the greatest current lag; when partition_count > 0 */
    struct kt_burrow_row *rows; /* sorted by topic (bytewise), then partition */
};

/* What GET /v3/kafka/C/consumer/G/lag would answer. Expires the group as a side effect, as Burrow does. */
void kt_burrow_check(struct kt_burrow *burrow, const char *group, size_t group_length, int64_t now_ms,
                     struct kt_burrow_report *report);
void kt_burrow_report_release(struct kt_burrow_report *report);

/* The lists of the API; calls `each` for every name, in no order. Expired groups are listed until checked. */
void kt_burrow_each_group(const struct kt_burrow *burrow, void (*each)(void *self, const char *, size_t),
                          void *self);
void kt_burrow_each_topic(const struct kt_burrow *burrow, void (*each)(void *self, const char *, size_t),
                          void *self);
void kt_burrow_each_group_of_topic(const struct kt_burrow *burrow, const char *topic, size_t topic_length,
                                   void (*each)(void *self, const char *, size_t), void *self);
/* fetchTopic: the newest offset of each partition that has one; false when the topic is unknown. */
bool kt_burrow_topic_offsets(const struct kt_burrow *burrow, const char *topic, size_t topic_length,
                             void (*each)(void *self, int64_t offset), void *self);

#endif
