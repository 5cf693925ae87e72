/*
 * snapshot: everything known about one cluster at one instant, as an immutable value.
 *
 * Built by the collector's thread, sealed, published, and const from then on; any thread may hold it by a
 * reference. Groups, their rows and topics are blocks with a reference count of their own, so that what did not
 * change is shared between snapshots: only this module knows. What a snapshot points to lives exactly as long as a
 * reference to the snapshot is held.
 *
 * Unknown is a value: a number is valid only when its bit is set in `known` (KT_KNOWS), a text when its bytes are
 * not NULL. Arrays are sorted by name (bytewise), then number. The facts are the rows of fields.def.
 *
 * FRONT DOOR. Thread: building: collector; reading, ref and unref: any.
 */
#ifndef KT_SNAPSHOT_H
#define KT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"
#include "observation.h"
#include "option.h"
#include "snapshot_fact.h"
#include "snapshot_lag.h"
#include "status.h"
#include "trend.h"
#include "window.h"

#define KT_MEMBER_OF_STRUCT(kind, name, unit, meaning) KT_CTYPE_##kind name;

/* Numbers of the facts, and so of their bits in `known`: KT_GROUP_total_lag ... */
#define KT_GROUP_FIELD(kind, name, unit, meaning) KT_GROUP_##name,
enum kt_group_field {
#include "fields.def"
    KT_GROUP_FIELD_COUNT
};
#define KT_MEMBER_FIELD(kind, name, unit, meaning) KT_MEMBER_##name,
enum kt_member_field {
#include "fields.def"
    KT_MEMBER_FIELD_COUNT
};
#define KT_TOPIC_FIELD(kind, name, unit, meaning) KT_TOPIC_##name,
enum kt_topic_field {
#include "fields.def"
    KT_TOPIC_FIELD_COUNT
};
#define KT_PARTITION_FIELD(kind, name, unit, meaning) KT_PARTITION_##name,
enum kt_partition_field {
#include "fields.def"
    KT_PARTITION_FIELD_COUNT
};
#define KT_BROKER_FIELD(kind, name, unit, meaning) KT_BROKER_##name,
enum kt_broker_field {
#include "fields.def"
    KT_BROKER_FIELD_COUNT
};

struct kt_member {
    uint64_t known;
#define KT_MEMBER_FIELD KT_MEMBER_OF_STRUCT
#include "fields.def"
    const struct kt_text *subscription; /* NULL: not known; else subscription_count topics */
    size_t subscription_count;
    bool subscription_known;
};

struct kt_group {
    uint64_t known;
#define KT_GROUP_FIELD KT_MEMBER_OF_STRUCT
#include "fields.def"
    struct kt_member *members; /* sorted by member id */
    size_t member_count;
    bool members_known;
    struct kt_lag *lags; /* sorted by topic, partition; kt_snapshot_as_of tells when the log end was asked */
    size_t lag_count;
    struct kt_trend trend; /* of total_lag */
};

struct kt_partition {
    uint64_t known;
#define KT_PARTITION_FIELD KT_MEMBER_OF_STRUCT
#include "fields.def"
    const int32_t *replicas;
    size_t replica_count;
    const int32_t *isr;
    size_t isr_count;
    int64_t end_as_of; /* ms UTC, when the log end was asked; valid: end_as_of_known */
    bool end_as_of_known;
};

struct kt_topic {
    uint64_t known;
#define KT_TOPIC_FIELD KT_MEMBER_OF_STRUCT
#include "fields.def"
    struct kt_partition *partitions; /* by number */
    size_t partitions_length;
    const struct kt_text *groups; /* that have committed to it, sorted */
    size_t group_count;
    struct kt_trend trend; /* of produce_rate, messages a second, rounded */
};

struct kt_broker {
    uint64_t known;
#define KT_BROKER_FIELD KT_MEMBER_OF_STRUCT
#include "fields.def"
};

struct kt_problem {
    enum kt_scope scope;
    struct kt_text name;
    struct kt_text error;
    struct kt_text text;
    int64_t since_ms;
};

enum kt_event_kind {
    KT_EVENT_STATUS,
    KT_EVENT_REBALANCE,
    KT_EVENT_REWIND,
    KT_EVENT_SKIP,
    KT_EVENT_LEADER,
    KT_EVENT_ISR,
    KT_EVENT_PARTITIONS,
    KT_EVENT_TOPIC,
    KT_EVENT_GROUP,
    KT_EVENT_GAP,
    KT_EVENT_KIND_COUNT
};

/* A value before or after: nothing, a number or a word. */
struct kt_event_value {
    enum { KT_VALUE_NONE, KT_VALUE_NUMBER, KT_VALUE_WORD } kind;
    int64_t number;
    const char *word; /* static text */
};

struct kt_event {
    int64_t at_ms;
    enum kt_event_kind kind;
    struct kt_text group; /* bytes NULL: none */
    struct kt_text topic;
    bool has_partition;
    int32_t partition;
    unsigned more_partitions; /* that changed alike at once */
    struct kt_event_value from, to;
    enum kt_status status; /* of STATUS: the new one */
    struct kt_text text;
};

const char *kt_event_kind_name(enum kt_event_kind kind);

/* What many bad partitions, or groups, have in common (cause.h). */
enum kt_cause_kind {
    KT_CAUSE_PARTITION, /* value and number: topic and partition */
    KT_CAUSE_MEMBER,    /* value: client id, host beside it */
    KT_CAUSE_TOPIC,
    KT_CAUSE_HOST,
    KT_CAUSE_LEADER, /* number: broker id */
    KT_CAUSE_RACK,
    KT_CAUSE_COORDINATOR, /* number: broker id */
    KT_CAUSE_KIND_COUNT
};

struct kt_cause {
    enum kt_cause_kind kind;
    struct kt_text group; /* bytes NULL: of the whole cluster; else of what is bad within this group */
    struct kt_text value; /* bytes NULL: the number alone */
    struct kt_text host;  /* of MEMBER */
    int64_t number;       /* -1: none */
    enum kt_status status; /* the word that all of them have; ERR: several */
    bool of_groups;        /* groups are counted, else partitions */
    bool with_members;     /* only partitions of groups that have members are counted */
    bool rest;             /* what the causes before it explain is not counted */
    int64_t bad, bad_total; /* how many of the bad ones it explains */
    int64_t all, all_total; /* and how many of all there are it has a part in */
    struct kt_text text;    /* one sentence */
};

const char *kt_cause_kind_name(enum kt_cause_kind kind); /* "partition" ... "coordinator" */

struct kt_counts {
    size_t ok, warn, err, unknown, abandoned;
    size_t by_worst[KT_STATUS_COUNT]; /* groups by their worst partition's word, ABANDONED left out */
};

struct kt_arena;

struct kt_snapshot {
    uint64_t sequence;  /* grows by one a published snapshot */
    int64_t taken_ms;   /* wall */
    int64_t taken_mono;
    int64_t as_of_ms;   /* wall time of the oldest part that the verdicts rest on */
    bool as_of_known;   /* false: nothing was collected yet */
    int64_t collected_in_ms;
    bool collected;     /* at least one complete collection stands behind it */
    bool partial;       /* something in scope is not known */
    bool stale;         /* no answer for more than three delays */

    struct kt_text name, bootstrap, cluster_id;
    enum kt_source_kind source;
    struct kt_text source_reason;
    const char *tls_unchecked; /* kt_options_unchecked */
    struct kt_text activity; /* what is going on, one line: "connecting to ...", "reading offsets 43 %" */
    struct kt_settings settings;
    struct kt_text *filters[4]; /* groups, exclude_groups, topics, exclude_topics, as given */
    size_t filter_counts[4];
    size_t hidden_groups;

    struct kt_counts counts;
    int64_t total_lag; /* of the groups shown; valid when total_lag_known */
    bool total_lag_known;
    bool total_partial; /* a group's total lacks a part */
    double produce_rate, consume_rate; /* each valid when it is known */
    bool produce_known, consume_known;
    int64_t oldest_ms; /* largest time lag of a group */
    bool oldest_known;
    bool oldest_at_least;    /* it is a lower bound */
    const char *oldest_tier; /* its tier, as of a group's time lag */
    size_t under_replicated, offline;
    int32_t controller; /* -1 not known */
    struct kt_trend lag_trend, produce_trend, consume_trend;
    struct kt_slope lag_slope; /* of the total lag */

    struct kt_problem *problems;
    size_t problem_count;
    struct kt_cause *causes; /* of the cluster first, the one to name first; then of single groups, by name */
    size_t cause_count;
    struct kt_event *events; /* oldest first */
    size_t event_count;
    struct kt_broker *brokers;
    size_t broker_count;
    const struct kt_topic **topics;
    size_t topic_count;
    const struct kt_group **groups;
    size_t group_count;
    struct kt_log_line *log;
    size_t log_count;

    struct kt_arena *arena; /* owner of all the above but the blocks; building only */
};

/* Building. A new snapshot has one reference, empty arrays and an arena to fill them from. */
struct kt_snapshot *kt_snapshot_new(void);

/*
 * A zeroed group or topic block with one reference and, in *arena, the arena that its rows and texts must come
 * from. The pointer to the arena is valid until the block is given to a snapshot or freed.
 */
struct kt_group *kt_group_new(struct kt_arena **arena);
struct kt_topic *kt_topic_new(struct kt_arena **arena);
const struct kt_group *kt_group_ref(const struct kt_group *group);
const struct kt_topic *kt_topic_ref(const struct kt_topic *topic);
void kt_group_unref(const struct kt_group *group);
void kt_topic_unref(const struct kt_topic *topic);
struct kt_arena *kt_group_arena(struct kt_group *group); /* while building: what kt_group_new gave */
size_t kt_group_bytes(const struct kt_group *group); /* for the memory budget */

/*
 * The rows of a group as a block of their own, which snapshots share while nothing that is shown of them changes: a
 * new one has one reference, and zeroed rows to be packed with texts from *arena. Taking it moves a reference into the
 * group.
 */
struct kt_rows *kt_rows_new(size_t count, struct kt_arena **arena);
struct kt_lag *kt_rows_lags(struct kt_rows *rows);
void kt_rows_ref(struct kt_rows *rows);
void kt_rows_unref(struct kt_rows *rows); /* NULL is allowed */
bool kt_rows_same(const struct kt_rows *a, const struct kt_rows *b); /* whatever is shown of them */
void kt_group_take_rows(struct kt_group *group, struct kt_rows *rows);

/* Makes room for `count` blocks; then each take_ moves one reference into the snapshot. */
void kt_snapshot_reserve(struct kt_snapshot *snap, size_t groups, size_t topics);
void kt_snapshot_take_group(struct kt_snapshot *snap, const struct kt_group *group);
void kt_snapshot_take_topic(struct kt_snapshot *snap, const struct kt_topic *topic);

/* Sorts blocks, brokers and problems: from then on they can be looked up. */
void kt_snapshot_sort(struct kt_snapshot *snap);

/* Sorts blocks by name and makes the value final; returns it as const. */
const struct kt_snapshot *kt_snapshot_seal(struct kt_snapshot *snap);

const struct kt_snapshot *kt_snapshot_ref(const struct kt_snapshot *snap);
void kt_snapshot_unref(const struct kt_snapshot *snap); /* NULL is allowed */

/* The memory that `snap` holds, without the blocks that it shares with `beside` (NULL: all). */
size_t kt_snapshot_bytes(const struct kt_snapshot *snap, const struct kt_snapshot *beside);

/* What a part of a snapshot keeps: flags in the order of the whole's arrays; NULL: all. */
struct kt_snapshot_keep {
    const bool *groups, *topics, *brokers, *events;
    bool (*lag)(void *self, const struct kt_lag *lag); /* of a group that is kept */
    bool (*partition)(void *self, const struct kt_partition *partition); /* of a topic that is kept */
    void *self;
    struct kt_text name; /* the cluster is called so instead; bytes NULL: as it is */
};

/*
 * A part of a snapshot, one reference, the caller's: facts of the cluster, of groups and of topics stay those of the
 * whole, which it holds; so none of its groups and topics may be held longer than itself.
 */
const struct kt_snapshot *kt_snapshot_part(const struct kt_snapshot *whole, const struct kt_snapshot_keep *keep);

/* While building: takes a reference to another one, whose texts it may use. And what a snapshot is a part of, or it. */
void kt_snapshot_hold(struct kt_snapshot *snap, const struct kt_snapshot *whole);
const struct kt_snapshot *kt_snapshot_whole(const struct kt_snapshot *snap);

/* Looking things up; NULL when absent. */
const struct kt_group *kt_snapshot_group(const struct kt_snapshot *snap, const char *name, size_t length);
const struct kt_topic *kt_snapshot_topic(const struct kt_snapshot *snap, const char *name, size_t length);
const struct kt_partition *kt_topic_partition(const struct kt_topic *topic, int64_t partition);
const struct kt_broker *kt_snapshot_broker(const struct kt_snapshot *snap, int64_t id);
const struct kt_lag *kt_group_lag(const struct kt_group *group, const char *topic, size_t length, int64_t partition);

/* When the log end of a row was asked, ms UTC; valid when KT_LAG_as_of is known. Rows that are shared do not tell. */
int64_t kt_snapshot_as_of(const struct kt_snapshot *snap, const struct kt_lag *row);

/* The problem to name when one must do: of the whole cluster, and rather a cause than its consequence. NULL: none. */
const struct kt_problem *kt_snapshot_cause(const struct kt_snapshot *snap);

/* How a run ends for that problem when nothing is known: KT_AUTH when something was refused, else KT_NETWORK. */
enum kt_code kt_snapshot_cause_code(const struct kt_snapshot *snap);

/* Whether a group's ERR is younger than hold_ms and may still be a deploy. One whose age is not known is not. */
bool kt_snapshot_held(const struct kt_snapshot *snap, const struct kt_group *group, int64_t hold_ms);

/* Bytewise order of two names: negative, 0, positive. */
int kt_text_compare(struct kt_text a, struct kt_text b);

/* The rows of fields.def as data; those of a group x partition are in snapshot_lag.h. */
extern const struct kt_field kt_group_fields[KT_GROUP_FIELD_COUNT];
extern const struct kt_field kt_member_fields[KT_MEMBER_FIELD_COUNT];
extern const struct kt_field kt_topic_fields[KT_TOPIC_FIELD_COUNT];
extern const struct kt_field kt_partition_fields[KT_PARTITION_FIELD_COUNT];
extern const struct kt_field kt_broker_fields[KT_BROKER_FIELD_COUNT];

#endif
