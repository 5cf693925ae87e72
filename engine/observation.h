/*
 * observation: everything that a source may say about a cluster, one tagged value each.
 *
 * Sources make observations, the model applies them, a trace writes them to a file and plays them back: what is
 * not in here cannot influence a verdict. Names are byte strings with a length (struct kt_text); all pointers
 * are borrowed for the length of the call that hands the observation over.
 *
 * `at` is the monotonic instant (kt_clock) at which the fact was true as far as we know: for a commit, when it
 * was read; for an end offset, when it was asked. Broker times are wall milliseconds and named `*_ms`.
 */
#ifndef KT_OBSERVATION_H
#define KT_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes with a length. `bytes` NULL means: not given. An empty name has length 0 and bytes not NULL. */
struct kt_text {
    const char *bytes;
    size_t length;
};

/* Coordinator states and those of KIP-848, share and streams groups. 0 is "not known". */
enum kt_group_state {
    KT_STATE_UNKNOWN = 0,
    KT_STATE_PREPARING_REBALANCE,
    KT_STATE_COMPLETING_REBALANCE,
    KT_STATE_STABLE,
    KT_STATE_EMPTY,
    KT_STATE_DEAD,
    KT_STATE_ASSIGNING,
    KT_STATE_RECONCILING,
    KT_STATE_COUNT
};

enum kt_group_type {
    KT_TYPE_UNKNOWN = 0,
    KT_TYPE_CLASSIC,
    KT_TYPE_CONSUMER, /* KIP-848 */
    KT_TYPE_SHARE,
    KT_TYPE_STREAMS,
    KT_TYPE_SIMPLE, /* commits without membership */
    KT_TYPE_COUNT
};

/* Partitions of one topic, named or (KIP-848 records) by topic id only. */
struct kt_obs_assigned {
    struct kt_text topic; /* bytes NULL where only the id is known */
    uint8_t topic_id[16];
    bool has_topic_id;
    const int32_t *partitions;
    size_t partition_count;
};

struct kt_obs_member {
    struct kt_text member_id;
    struct kt_text client_id;
    struct kt_text host; /* without the leading slash that Java writes */
    struct kt_text instance_id;
    bool subscription_known;
    const struct kt_text *subscription;
    size_t subscription_count;
    bool assignment_known; /* false: undecodable, or not told yet */
    const struct kt_obs_assigned *assignment;
    size_t assignment_count;
    int32_t epoch; /* generation or member epoch; -1 not known */
};

enum kt_obs_kind {
    KT_OBS_SOURCE,      /* which way commits come from now on */
    KT_OBS_CLUSTER,     /* identity of the cluster */
    KT_OBS_LIST_BEGIN,  /* a complete listing begins: brokers, topics or groups */
    KT_OBS_LIST_END,    /* it ended: when complete, what was not told between begin and end is gone */
    KT_OBS_BROKER,      /* a broker of the metadata */
    KT_OBS_TOPIC,       /* a topic and its partition count */
    KT_OBS_TOPIC_ID,    /* the id of a topic, where something tells it */
    KT_OBS_TOPIC_CONFIG, /* the settings of a topic that change what its offsets mean */
    KT_OBS_PARTITION,   /* leader, replicas, ISR of a partition */
    KT_OBS_END,         /* log end, log start and last stable offset of a partition */
    KT_OBS_PAST,        /* where a log ended at an instant before we came, by its records' timestamps */
    KT_OBS_GROUP,       /* a group of the listing, or of its metadata record, with or without members */
    KT_OBS_MEMBER,      /* one member of a KIP-848 group, from a record; merged into what is known of it */
    KT_OBS_MEMBER_GONE, /* its tombstone */
    KT_OBS_GROUP_EPOCH, /* epoch of a group of a newer protocol, or of its target assignment */
    KT_OBS_GROUP_TOPICS, /* what a pattern that members subscribe to matches, or what a subtopology reads */
    KT_OBS_GROUP_GONE,  /* tombstone of a group */
    KT_OBS_COMMIT,      /* an offset commit */
    KT_OBS_COMMIT_GONE, /* tombstone of a commit, or a group x partition that the coordinator no longer lists */
    KT_OBS_FRESH,       /* how far commits are known: of one partition of the offsets topic, or of one group */
    KT_OBS_PROBLEM,     /* something failed, or works again */
    KT_OBS_RECORD,      /* which record comes next in a partition from an offset on */
    KT_OBS_PASS,        /* every part of a collection has been told once, in order (see source.h) */
    KT_OBS_KIND_COUNT
};

/* What is wrong with what a member of a newer protocol owns, by its record. 0 is "not known". */
enum kt_member_state {
    KT_MEMBER_UNKNOWN = 0,
    KT_MEMBER_SETTLED,     /* owns all that it should */
    KT_MEMBER_RECONCILING, /* gives away, or waits for what others give away */
    KT_MEMBER_STATE_COUNT
};

enum kt_listing { KT_LIST_BROKERS, KT_LIST_TOPICS, KT_LIST_GROUPS, KT_LISTING_COUNT };

enum kt_source_kind { KT_SOURCE_NONE, KT_SOURCE_LOG, KT_SOURCE_ADMIN, KT_SOURCE_REPLAY, KT_SOURCE_KIND_COUNT };

/* Whose clock wrote a record's timestamp. */
enum kt_stamp {
    KT_STAMP_NONE,
    KT_STAMP_CREATE, /* its producer's */
    KT_STAMP_APPEND, /* the broker's */
    KT_STAMP_COUNT
};

/* What a problem is about; the words of the contract. */
enum kt_scope {
    KT_SCOPE_CLUSTER,
    KT_SCOPE_BROKER,
    KT_SCOPE_TOPIC,
    KT_SCOPE_GROUP,
    KT_SCOPE_PARTITION,
    KT_SCOPE_COUNT
};

struct kt_obs {
    enum kt_obs_kind kind;
    int64_t at;
    union {
        struct {
            enum kt_source_kind kind;
            struct kt_text reason; /* one sentence: why this one */
        } source;
        struct {
            struct kt_text cluster_id;
            int32_t controller;              /* -1 not known */
            int32_t offsets_partition_count; /* of the offsets topic; 0 while there is none */
        } cluster;
        struct {
            enum kt_listing what;
            bool complete; /* of LIST_END; an incomplete listing removes nothing */
        } list;
        struct {
            int32_t id;
            struct kt_text host;
            int32_t port;
            struct kt_text rack;
            int up;         /* 1 up, 0 down, -1 not known */
            int64_t rtt_us; /* -1 not known */
        } broker;
        struct {
            struct kt_text name;
            int32_t partition_count;
            bool internal;
        } topic;
        struct {
            struct kt_text name;
            uint8_t id[16];
        } topic_id;
        struct {
            struct kt_text name;
            bool compacts, deletes; /* cleanup.policy */
            bool has_retention;     /* false: not known, or records are kept for ever */
            int64_t retention_ms;
            bool has_timestamps;
            bool log_append; /* the broker's clock stamps records, else the producer's */
        } topic_config;
        struct {
            struct kt_text topic;
            int32_t partition;
            int32_t leader; /* -1: none */
            const int32_t *replicas;
            size_t replica_count;
            const int32_t *isr;
            size_t isr_count;
        } partition;
        struct {
            struct kt_text topic;
            int32_t partition;
            bool has_end, has_start, has_stable; /* which of the three were answered */
            int64_t log_end;
            int64_t log_start;
            int64_t last_stable;
            const char *error; /* NULL, or the error's name: then the end could not be had */
        } end;
        struct {
            struct kt_text topic;
            int32_t partition;
            int64_t at_ms;  /* wall time asked about */
            bool has_end;   /* false: no record is as young, so the log ended then where it ends now */
            int64_t log_end;
        } past;
        struct {
            struct kt_text group;
            enum kt_group_type type;
            enum kt_group_state state;
            int32_t coordinator;   /* -1 not known */
            int64_t generation;    /* -1 not known */
            bool members_known;    /* then `members` is the whole set */
            bool from_record;      /* metadata record (else the coordinator's listing) */
            const struct kt_obs_member *members;
            size_t member_count;
            int64_t since_ms; /* of a record: since when it is in that state; known when positive */
        } group;
        struct {
            struct kt_text group;
            struct kt_obs_member member; /* texts not given and lists not known keep what was known before */
            enum kt_group_type type;     /* consumer, share or streams; of a streams member, topics are subtopologies */
            enum kt_member_state state;
            struct kt_text pattern; /* that it subscribes to beside the names; bytes NULL: none, or not told here */
            int64_t recorded_ms;    /* broker's time of the record; known when positive */
        } member;
        struct {
            struct kt_text group;
            int64_t epoch; /* -1: not told here */
            enum kt_group_type type;
            int64_t target_epoch; /* of the assignment that members are on their way to; told when positive */
            bool hash_known;
            int64_t hash; /* over its topics (identify.h); valid: hash_known */
            int64_t recorded_ms; /* as of a member */
        } group_epoch;
        struct {
            struct kt_text group;
            struct kt_text key; /* the pattern, or the subtopology */
            bool whole;         /* false: it may be more topics than these */
            const struct kt_text *topics;
            size_t topic_count;
        } group_topics;
        struct {
            struct kt_text group;
        } group_gone;
        struct {
            struct kt_text group;
            struct kt_text topic;
            int32_t partition;
            int64_t offset;
            int64_t commit_ms; /* broker's wall time; where not exact, of our first sight */
            int64_t order;     /* offset of the record in the offsets topic; -1 where there is none */
            bool exact;        /* commit_ms is the broker's */
            bool backfilled;   /* was there before we looked: its log end of that time is not known */
        } commit;
        struct {
            struct kt_text group;
            struct kt_text topic;
            int32_t partition;
        } commit_gone;
        struct {
            struct kt_text group;      /* of one group (admin); bytes NULL: of an offsets partition (log) */
            int32_t offsets_partition; /* log */
            bool held;                 /* log: an open transaction hides newer commits of this partition */
        } fresh;
        struct {
            enum kt_scope scope;
            struct kt_text name;   /* broker id, topic, group or topic/partition */
            struct kt_text error;  /* error name, as librdkafka or Kafka spells it */
            struct kt_text text;   /* one sentence */
            bool over;             /* it works again: forget the problem of this scope, name and error;
                                      error not given: all problems of this scope and name */
        } problem;
        struct {
            struct kt_text topic;
            int32_t partition;
            int64_t asked;        /* the offset asked about */
            bool found;           /* there is a record, at `offset`; else there is none before `offset` */
            int64_t offset;
            int64_t timestamp_ms; /* wall time; valid: stamp not NONE */
            enum kt_stamp stamp;
            const char *error;    /* NULL, or the error's name: then it could not be looked */
        } record;
        struct {
            bool complete; /* false: something in scope could not be had (the problems say what) */
        } pass;
    };
};

/* Where observations go. Thread: the collector's. */
struct kt_sink {
    void (*put)(void *self, const struct kt_obs *obs);
    void *self;
};

static inline struct kt_text kt_text_of(const char *bytes, size_t length)
{
    struct kt_text text = {bytes, length};
    return text;
}

/* Words of the contract: "Stable", "consumer", "log", "group" ... NULL for unknown. */
const char *kt_group_state_name(enum kt_group_state state);
const char *kt_group_type_name(enum kt_group_type type);
const char *kt_source_kind_name(enum kt_source_kind kind);
const char *kt_scope_name(enum kt_scope scope);
const char *kt_stamp_name(enum kt_stamp stamp);

/* The state that Kafka spells so ("PreparingRebalance"), or KT_STATE_UNKNOWN. */
enum kt_group_state kt_group_state_parse(const char *name);

#endif
