/*
 * model: all that is known about one cluster now, as the collector keeps it: mutable, never seen outside.
 *
 * kt_model_apply takes observations in the order they were made and nothing else changes facts; assess.c judges
 * what is here, freeze.c copies it into a snapshot. Invariants: names are unique per kind; a number is valid only
 * with its flag; partitions of a group x topic are sorted by number; a group or topic that a complete listing no
 * longer names is gone. Sizes that foreign bytes could inflate are bounded (KT_MODEL_*).
 *
 * Thread: the collector's.
 */
#ifndef KT_MODEL_H
#define KT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "burrow.h"
#include "cause.h"
#include "clock.h"
#include "denial.h"
#include "evaluate.h"
#include "events.h"
#include "history.h"
#include "log.h"
#include "observation.h"
#include "option.h"
#include "snapshot.h"
#include "source.h"
#include "stable.h"
#include "strmap.h"
#include "track.h"
#include "trend.h"
#include "turns.h"
#include "window.h"

#define KT_MODEL_PARTITIONS_MOST 1000000 /* of one topic; Kafka allows fewer */
#define KT_MODEL_NEW_MS 300000 /* metadata.max.age of clients: until then a new partition may be unknown to them */
#define KT_MODEL_OFFSETS_PARTITIONS_MOST 10000
#define KT_MODEL_PROBLEMS_MOST 200
#define KT_MODEL_RECORDS_MOST 16 /* looks remembered of one partition: more groups than that do not stand apart */
#define KT_MODEL_FLAPS 5 /* rebalances in ten minutes from which on a group is said to flap */
#define KT_MODEL_UNNAMED_MOST 20000 /* groups that the last listing does not name */

/* Commits without a place in the offsets topic (asked from the coordinator) stand behind all that have one. */
#define KT_ORDER_OF_OUR_OWN (INT64_C(1) << 62)

struct kt_name { /* an owned byte string */
    char *bytes; /* NUL-terminated; NULL: not known */
    size_t length;
};

/* What a look for the next record from an offset on gave. */
struct kt_model_record {
    int64_t asked;  /* the offset asked about */
    int64_t offset; /* of the record; of the first that is not known to be empty, where none was found */
    int64_t timestamp_ms; /* valid: stamp not NONE */
    int64_t at;     /* instant of the answer */
    uint8_t stamp;  /* enum kt_stamp */
    bool found;
    char error[46]; /* empty: it could be looked */
};

/* The answers about a log's end as looks found them; model_steady.c keeps it. */
struct kt_model_answers {
    uint32_t look;  /* the last one before the newest answers came */
    uint32_t count; /* of looks that found a new answer, the coming one with it */
    int64_t at, before; /* instants of the newest answers found before the coming one, and before that */
};

struct kt_model_partition {
    int32_t leader; /* -1: none or not known */
    uint32_t news_look; /* the last one before something new was told of it */
    int32_t *replicas, *isr;
    size_t replica_count, isr_count;
    bool told; /* by metadata */
    bool is_new; /* it appeared while we watched */
    int64_t new_since;
    bool fell; /* its log end fell: another log, or one that was cut; then all that was known of it is forgotten */
    int64_t fell_at;
    bool gone;       /* a commit to it was deleted: the topic may have been, too */
    int64_t gone_at;
    struct kt_history end, start;
    struct kt_model_answers answers;
    bool end_failed; /* the last try failed */
    bool end_fell;   /* the last answer lay below the one before: believed when the next one does, too */
    struct kt_stable stable;
    struct kt_sample past[KT_PAST_POINTS]; /* estimates of the end before we came, by instant */
    size_t past_count;
    struct kt_model_record *records; /* the last KT_MODEL_RECORDS_MOST looks */
    uint8_t record_count, record_next;
};

struct kt_model_topic {
    struct kt_name name;
    struct kt_model_partition *partitions;
    size_t partition_count;
    bool internal, told;
    bool accepted; /* by the topic filter */
    struct kt_topic_settings {
        bool known, compacts, deletes;
        bool has_retention, has_timestamps, log_append;
        int64_t retention_ms;
    } settings;
    uint32_t listing; /* the listing that last named it */
    uint32_t news_look; /* the newest of its partitions' */
    int64_t oldest_at;  /* no answer about one of its log ends is older */
    struct kt_denial denial; /* of its records */
    struct kt_trail trail; /* of the produce rate */
    bool rate_partial;     /* at the last look: a partition that is led has no rate */
};

struct kt_model_member {
    struct kt_name member_id, client_id, host, instance_id;
    bool subscription_known, assignment_known;
    struct kt_name *subscription;
    size_t subscription_count;
    struct kt_model_assigned {
        struct kt_name topic; /* bytes NULL while the id is not resolved */
        uint8_t topic_id[16];
        bool has_topic_id;
        int32_t *partitions; /* sorted */
        size_t partition_count;
    } *assigned;
    size_t assigned_count;
    int32_t epoch;
    enum kt_member_state state; /* by its record */
    struct kt_name pattern;     /* that it subscribes to beside the names; bytes NULL: none */

    /* what assess.c found: when it last advanced one of its partitions, and one that it works off */
    bool worked, drained;
    int64_t worked_at, drained_at;
};

/* What a pattern, or a subtopology of a streams group, stands for. */
struct kt_model_names {
    struct kt_name *names;
    size_t count;
    bool whole; /* false: it may be more */
};

/*
 * What the last verdict is. The numbers behind it are kept only where somebody may ask why: most rows of most clusters
 * are caught up, and there are many rows.
 */
struct kt_model_standing {
    const char *rule;
    int64_t since, lag;
    struct kt_verdict *reasons; /* the whole verdict; NULL: there is nothing more to say */
    uint32_t marks;
    uint8_t status; /* enum kt_status */
    bool lag_known, in_total;
};

/* A group x partition. */
struct kt_model_lag {
    int32_t partition;
    int32_t owner;      /* index in the group's members; -1: none or not known */
    uint32_t samples;   /* the partition's answers.count when it was judged */
    uint16_t open;      /* none but so many of the newest commits may still get the lag of their time */
    bool disputed;      /* more than one member claims it: then there is no owner */
    uint8_t owned, subscribed; /* enum kt_tri */
    bool own_order;     /* the newest commit was asked from the coordinator */
    bool exact;         /* its time is the broker's */
    bool burrow_fed;    /* its window has been given to the Burrow storage */
    bool judged;        /* `standing` is valid */
    bool steady;        /* nothing but news can change what it is (model_steady.h) */
    int64_t born_at;    /* when the row was made */
    int64_t told_at;    /* when its newest commit was told */
    int64_t judged_ends_at; /* instant of the log end that was judged last */
    int64_t judged_commit_order;
    struct kt_window window;
    struct kt_track track;
    struct kt_model_standing standing;
};

struct kt_model_group_topic {
    struct kt_name name; /* owned by the group's map: not freed here */
    struct kt_model_topic *topic; /* looked up when judged; NULL: not in the metadata */
    enum kt_tri subscribed;       /* by a member; owners.c keeps it, valid while there is a lag */
    struct kt_model_lag **lags; /* sorted by partition */
    size_t count, capacity;
};

/* What the verdicts of all rows depend on, so that they are judged anew when it changes. */
struct kt_model_face {
    uint64_t owners_version;
    int64_t generation;
    size_t member_count;
    enum kt_group_type type;
    enum kt_group_state state;
    int32_t place; /* offsets partition */
    bool members_known, ever_had_members;
};

struct kt_model_group {
    struct kt_name name; /* owned by the model's map: not freed here */
    bool accepted;       /* by the group filter; else counted as hidden */
    bool listed;         /* the coordinator's listing named it once */
    bool recorded;       /* the offsets topic told of it, so that a tombstone will */
    uint32_t listing;
    int64_t born_at, told_at; /* instants of the first and the last thing told of it */
    bool denied;         /* a right is missing, so that nothing can be said; as of the last assessment */
    bool missed;         /* the last listing did not name it, nor has any since: */
    int64_t missed_since;
    enum kt_group_type type;
    enum kt_group_state state;
    bool state_since_known;
    int64_t state_since;
    enum kt_group_state listed_state, recorded_state; /* the coordinator's word; what records add up to */
    bool recorded_since_known;
    int64_t recorded_since; /* instant */
    int32_t coordinator;
    int64_t generation;   /* or group epoch; -1 not known */
    int64_t target_epoch; /* of the assignment that members are on their way to; known when positive */
    bool hash_known;
    uint64_t hash; /* over its topics, at `generation` */
    struct kt_strmap instances; /* member id -> struct kt_name: static members of a classic group, by its record */
    struct kt_strmap parts; /* of struct kt_model_names: patterns, subtopologies */
    struct kt_turns turns;  /* rebalances */
    unsigned rebalances;    /* of the last ten minutes, when it was judged */
    bool flaps;
    bool by_record;         /* members come from records, one by one */
    bool described;         /* members come from a listing that could describe a group of the newer protocol */
    bool counted;           /* records tell its generations, so these count its rebalances */
    int64_t members_at;     /* instant when a member or the epoch last changed */
    bool members_known, ever_had_members;
    struct kt_model_member *members;
    size_t member_count;
    uint64_t members_version, owners_version; /* owners are worked out anew when these differ */
    enum kt_group_type owners_type; /* what it was when they were; valid: owners_known */
    bool owners_known;
    bool fresh_known;    /* admin: when its offsets were last asked */
    int64_t fresh_at;
    int64_t fresh_then;  /* the same at look `fresh_look`; later ones found fresh_at */
    uint32_t fresh_look, pause_look; /* the last ones before an answer, and before one that was long missed */
    int32_t offsets_partition; /* -1 not known */
    struct kt_strmap topics;   /* of struct kt_model_group_topic */

    struct kt_rows *frozen; /* its rows as they were frozen last, a reference; NULL: never */

    /* what assess.c found */
    bool steady;      /* all of its rows are */
    bool total_known; /* at the last look, of all rows */
    int64_t total;    /* lag */
    struct kt_model_face face; /* when it was judged */
    struct kt_group_verdict verdict;
    int64_t status_since;      /* instant; valid: verdict.any */
    enum kt_status shown;      /* worst, as last told by an event */
    bool abandoned;
    char why[640];
    struct kt_trail trail; /* of the total lag */
    struct kt_slope slope; /* of that, at the last look */
    int64_t zigzag_ms;     /* between the commits that make most of its zigzag; 0: not known */
    double zigzag;         /* and what comes between them, messages */
    struct kt_burrow_report report; /* rules burrow */
    bool reported;
};

struct kt_model_broker {
    int32_t id;
    struct kt_name host, rack;
    int32_t port;
    int up;
    bool missing; /* metadata leave it out although partitions have copies on it: it is down */
    int64_t rtt_us;
    int64_t skew_ms; /* its wall clock minus ours, from the commits it stamped */
    uint32_t listing;
};

struct kt_model_problem {
    enum kt_scope scope;
    struct kt_name name, error, text;
    int64_t since_wall;
};

struct kt_model {
    const struct kt_options *options;
    const struct kt_clock *clock;
    int64_t now, wall; /* of the clock, the same for everything that one look says: see kt_model_set_now */
    int64_t apart;     /* wall - now: a time that stands still reads the same at each look */
    struct kt_log *log;
    struct kt_settings settings;

    enum kt_source_kind source;
    struct kt_name source_reason, cluster_id;
    int32_t controller; /* as told last; -1 not known */
    unsigned controller_told; /* so often in a row */
    struct kt_model_broker *brokers;
    size_t broker_count;
    struct kt_strmap topics;    /* of struct kt_model_topic */
    struct kt_strmap gone_topics; /* names that a complete listing does not hold any more */
    struct kt_strmap topic_ids; /* 16 bytes -> struct kt_name of a topic: told, or proven */
    struct kt_strmap inferred;  /* the same, as long as what is known allows no other solution (identities.h) */
    bool identities_stale, hashes_work; /* to be worked out again; a group's hash came out once */
    int64_t topics_at;                  /* instant of the last complete listing of topics */
    struct kt_strmap groups;    /* of struct kt_model_group */
    uint32_t listing[KT_LISTING_COUNT]; /* number of the listing under way or last ended */
    int64_t listing_at[KT_LISTING_COUNT]; /* when that one began */
    bool listing_open[KT_LISTING_COUNT];  /* it is under way */
    bool listed[KT_LISTING_COUNT];        /* one ended complete */
    bool listing_incomplete[KT_LISTING_COUNT]; /* the last one was */

    int32_t offsets_partition_count;
    struct kt_offsets_fresh {
        bool known, held;
        int64_t at;
        bool whole_known; /* at this instant it was read to its end, with nothing held back */
        int64_t whole_at;
        int64_t skew_ms; /* wall clock of the broker that stamps its commits, minus ours */
        /* as the last look found it (model_steady.c) */
        bool looked, stepped; /* known then; since then there was a long pause, or the clock is elsewhere */
        int64_t looked_at, looked_skew_ms;
    } *offsets_fresh;    /* offsets_partition_count of them */

    struct kt_model_problem *problems;
    size_t problem_count;
    struct kt_strmap denied_topics; /* those of which assess_rights told a problem; values mean nothing */
    struct kt_events events;
    struct kt_burrow *burrow; /* rules burrow only */

    uint64_t own_orders;
    bool told_anything;
    int64_t last_fresh_at; /* newest instant of any answer about ends or commits; valid: fresh_known */
    bool fresh_known;
    bool collected, pass_complete;
    bool settling; /* a first collection is there; what the past can tell of it is still asked for */
    int64_t first_at, collected_in_ms, last_pass_at;
    struct kt_cause_memory causes; /* told last */
    struct kt_trail lag_trail, produce_trail, consume_trail;

    /* what the last look found (model_steady.c) */
    bool judge_all; /* for tests: no row is passed over, whatever is known of it */
    bool all_news;  /* at the look under way, nothing can be passed over */
    uint32_t looks; /* so many were there */
    int64_t looked_at, looked_lead_ms; /* its instant; how far the wall clock was ahead of the monotonic one */
    uint64_t topics_version, looked_topics_version; /* grows with each topic that comes or goes */
    struct kt_settings looked_settings;

    uint64_t members_versions;
    size_t unnamed_most;  /* KT_MODEL_UNNAMED_MOST */
    uint64_t forgotten;   /* groups, for being too many */
    int64_t forgotten_at; /* when the last one was; valid: forgotten > 0 */
};

/* Everything passed in outlives the model. */
struct kt_model *kt_model_new(const struct kt_options *options, const struct kt_clock *clock, struct kt_log *log);
void kt_model_free(struct kt_model *model);

/* Applies one observation. Never fails: what makes no sense is logged and dropped. */
void kt_model_apply(struct kt_model *model, const struct kt_obs *obs);

/* model_cluster.c: the part of apply that is about the cluster as a whole, its brokers and problems. */
void kt_model_apply_cluster(struct kt_model *model, const struct kt_obs *obs);
void kt_model_release_cluster(struct kt_model *model);
void kt_model_drop_unlisted_brokers(struct kt_model *model);
void kt_model_add_missing_brokers(struct kt_model *model); /* that have been away since before we came */
/* Notes a problem, or that it is over, as an observation would. */
void kt_model_note_problem(struct kt_model *model, const struct kt_obs *obs);

/* model_topic.c: the part of apply that is about topics and partitions. */
void kt_model_apply_topic(struct kt_model *model, const struct kt_obs *obs);
void kt_model_drop_unlisted_topics(struct kt_model *model, int64_t at);
void kt_model_topic_free(void *topic);

/* model_anew.c: topics that begin again under the same name, and logs that were cut. */
void kt_model_note_gone(struct kt_model *model, struct kt_text topic);
bool kt_model_was_gone(struct kt_model *model, struct kt_text topic); /* and forgets it */

/* The topic is another one than before `at`: forgets its logs, and the commits to it that were told before. */
void kt_model_topic_anew(struct kt_model *model, struct kt_model_topic *topic, int64_t at);

/*
 * Looks at an answer before it is taken in: forgets the log when it cannot be the one known, and tells so. False: its
 * end is not believed before a second answer confirms it; after a change of leader, ends fall for a moment.
 */
bool kt_model_check_log(struct kt_model *model, struct kt_model_topic *topic, const struct kt_obs *obs);

/*
 * model_record.c: what was seen of single records. The answer that holds for offset `next`, or NULL; whether a
 * record is there from `next` on, as far as `log_end`: KT_NO, there is none; KT_MAYBE, not known. Answers are
 * forgotten when the log is another one (truncated, made anew).
 */
void kt_model_apply_record(struct kt_model *model, const struct kt_obs *obs);
const struct kt_model_record *kt_model_record(const struct kt_model_partition *partition, int64_t next);
enum kt_tri kt_model_record_there(const struct kt_model_record *record, int64_t log_end);
void kt_model_records_forget(struct kt_model_partition *partition);

/* model_group.c: the part of apply that is about groups; model_member.c: about members of the newer protocols. */
void kt_model_apply_group(struct kt_model *model, const struct kt_obs *obs);
void kt_model_apply_member(struct kt_model *model, const struct kt_obs *obs);
struct kt_model_group *kt_model_group_at(struct kt_model *model, struct kt_text name); /* made when absent */

/* model_member.c: a group's members, all at once; its state from all that is known; a new generation. */
void kt_model_set_members(struct kt_model *model, struct kt_model_group *group, const struct kt_obs *obs);
void kt_model_know_instances(struct kt_model_group *group, const struct kt_obs *obs);
void kt_model_forget_members(struct kt_model *model, struct kt_model_group *group);
void kt_model_release_members(struct kt_model_group *group); /* with patterns and subtopologies: for its end */
void kt_model_settle_state(struct kt_model_group *group, int64_t at);
void kt_model_note_generation(struct kt_model *model, struct kt_model_group *group, int64_t generation,
                              int64_t recorded_ms);
void kt_model_apply_commit(struct kt_model *model, const struct kt_obs *obs);
void kt_model_drop_unlisted_groups(struct kt_model *model, int64_t now);
/* Drops the topic's rows from all groups; those with a commit told at `at` or later begin again with that. */
void kt_model_drop_topic_everywhere(struct kt_model *model, const struct kt_model_topic *topic, int64_t at);
void kt_model_group_free(void *group);
void kt_model_group_empty(struct kt_model_group *group); /* gives back its rows; what is known of it stays */
/* Takes a group out, with an event that says why unless it lived for moments only. */
void kt_model_remove_group(struct kt_model *model, struct kt_model_group *group, const char *why);

/*
 * model_expire.c: what keeps the memory bounded where no listing says what is gone. Forgets groups that the last
 * listing does not name when nothing was told of them for expire-group; of more than KT_MODEL_UNNAMED_MOST such
 * groups those that were told of longest ago, which is a problem of the cluster's scope. Call it after a listing or
 * a pass has ended.
 */
void kt_model_expire(struct kt_model *model);

/* Keeps a verdict; and the one that was kept, with what is not kept unknown. */
void kt_model_keep_verdict(struct kt_model_lag *lag, const struct kt_verdict *verdict);
struct kt_verdict kt_model_verdict(const struct kt_model_lag *lag);

/* A group's topic (made when absent) and its partitions; _remove takes an empty topic away as well. */
struct kt_model_group_topic *kt_model_group_topic(struct kt_model_group *group, struct kt_text name);
struct kt_model_lag *kt_model_lag(const struct kt_model_group_topic *topic, int32_t partition);
struct kt_model_lag *kt_model_lag_at(const struct kt_model *model, struct kt_model_group_topic *topic,
                                     int32_t partition);
void kt_model_lag_remove(struct kt_model_group *group, struct kt_model_group_topic *topic, int32_t partition);

struct kt_model_topic *kt_model_topic(struct kt_model *model, struct kt_text name);
const struct kt_model_partition *kt_model_partition(const struct kt_model_topic *topic, int32_t partition);

/*
 * The controller, or -1. Without ZooKeeper, brokers name any living broker in its place, another one in each answer: of
 * several brokers it is believed once the same was named in all of the last minute's answers.
 */
int32_t kt_model_controller(const struct kt_model *model);

/*
 * model_time.c: looks at the clock, once before an observation is applied, all is judged, or all is copied, not once
 * a row.
 */
void kt_model_set_now(struct kt_model *model);

/* Where the group's commits stand among the partitions of the offsets topic; NULL: not known. */
struct kt_offsets_fresh *kt_model_place(const struct kt_model *model, struct kt_model_group *group);

/* Our monotonic instant of a wall time, never later than the model's now; of a commit's, by its broker's clock. */
int64_t kt_model_instant(const struct kt_model *model, int64_t wall_ms);
int64_t kt_model_commit_instant(const struct kt_model *model, const struct kt_model_group *group, int64_t commit_ms);
int64_t kt_model_wall(const struct kt_model *model, int64_t instant); /* and back */

/* A broker's wall clock minus ours, as far as its commits tell. */
int64_t kt_model_skew(const struct kt_model *model, int32_t broker);

/* Owned names. */
void kt_name_set(struct kt_name *name, struct kt_text text);
void kt_name_clear(struct kt_name *name);
struct kt_text kt_name_text(const struct kt_name *name);
bool kt_name_is(const struct kt_name *name, struct kt_text text);

/* How old an answer may be before what is shown of it is called stale. */
int64_t kt_model_patience(const struct kt_model *model);

/* How far back the slope of a lag reaches whose commits come every rhythm_ms (0: not known). */
int64_t kt_model_slope_span(const struct kt_model *model, int64_t rhythm_ms);

/* A speed is that of the last half minute: whether an answer of `at` is too old to tell one. */
bool kt_model_outdated(const struct kt_model *model, int64_t at);

/* Messages a second into a partition; false: not known, or no more. */
bool kt_model_produce_rate(const struct kt_model *model, const struct kt_model_partition *partition, double *rate);

/* Writes an event on the tape with the wall time of now. */
void kt_model_tell(struct kt_model *model, struct kt_event event, const char *fmt, ...) KT_PRINTF(3, 4);

#endif
