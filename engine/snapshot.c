#include "snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "error.h"
#include "fault.h"

/* ---- blocks ---- */

/* What a snapshot hands out stands inside one of these: the value, its memory and its count of references. */
struct group_block {
    atomic_size_t references;
    struct kt_arena arena;
    struct kt_rows *rows; /* a reference; NULL: its rows stand in the arena */
    struct kt_group group;
};

struct kt_rows {
    atomic_size_t references;
    struct kt_arena arena;
    struct kt_lag *lags;
    size_t count;
};

struct topic_block {
    atomic_size_t references;
    struct kt_arena arena;
    struct kt_topic topic;
};

struct snapshot_block {
    atomic_size_t references;
    struct kt_arena arena;
    size_t group_room, topic_room;
    const struct kt_snapshot *whole; /* a reference, or NULL */
    struct kt_snapshot snap;
};

/* The count is the one part of a block that changes behind a const pointer. */
static struct group_block *block_of_group(const struct kt_group *group)
{
    return (struct group_block *)((uintptr_t)group - offsetof(struct group_block, group));
}

static struct topic_block *block_of_topic(const struct kt_topic *topic)
{
    return (struct topic_block *)((uintptr_t)topic - offsetof(struct topic_block, topic));
}

static struct snapshot_block *block_of(const struct kt_snapshot *snap)
{
    return (struct snapshot_block *)((uintptr_t)snap - offsetof(struct snapshot_block, snap));
}

static void take_reference(atomic_size_t *references)
{
    if (atomic_fetch_add_explicit(references, 1, memory_order_relaxed) == 0) {
        kt_fatal("a reference was taken to a value that is gone");
    }
}

/* True for the last one: all that other threads did with the value happened before. */
static bool drop_reference(atomic_size_t *references)
{
    return atomic_fetch_sub_explicit(references, 1, memory_order_acq_rel) == 1;
}

struct kt_group *kt_group_new(struct kt_arena **arena)
{
    struct group_block *block = kt_alloc(1, sizeof *block);
    atomic_init(&block->references, 1);
    kt_arena_init(&block->arena);
    *arena = &block->arena;
    return &block->group;
}

struct kt_topic *kt_topic_new(struct kt_arena **arena)
{
    struct topic_block *block = kt_alloc(1, sizeof *block);
    atomic_init(&block->references, 1);
    kt_arena_init(&block->arena);
    *arena = &block->arena;
    return &block->topic;
}

struct kt_arena *kt_group_arena(struct kt_group *group)
{
    return &block_of_group(group)->arena;
}

const struct kt_group *kt_group_ref(const struct kt_group *group)
{
    take_reference(&block_of_group(group)->references);
    return group;
}

const struct kt_topic *kt_topic_ref(const struct kt_topic *topic)
{
    take_reference(&block_of_topic(topic)->references);
    return topic;
}

void kt_group_unref(const struct kt_group *group)
{
    if (group && drop_reference(&block_of_group(group)->references)) {
        struct group_block *block = block_of_group(group);
        kt_rows_unref(block->rows);
        kt_arena_release(&block->arena);
        free(block);
    }
}

void kt_topic_unref(const struct kt_topic *topic)
{
    if (topic && drop_reference(&block_of_topic(topic)->references)) {
        struct topic_block *block = block_of_topic(topic);
        kt_arena_release(&block->arena);
        free(block);
    }
}

static size_t bytes_of_rows(const struct kt_rows *rows)
{
    return rows ? sizeof *rows + rows->arena.allocated : 0;
}

size_t kt_group_bytes(const struct kt_group *group)
{
    const struct group_block *block = block_of_group(group);
    return sizeof *block + block->arena.allocated + bytes_of_rows(block->rows);
}

/* ---- rows that snapshots share ---- */

struct kt_rows *kt_rows_new(size_t count, struct kt_arena **arena)
{
    struct kt_rows *rows = kt_alloc(1, sizeof *rows);
    atomic_init(&rows->references, 1);
    kt_arena_init(&rows->arena);
    rows->lags = kt_arena_take(&rows->arena, count, sizeof *rows->lags);
    rows->count = count;
    *arena = &rows->arena;
    return rows;
}

struct kt_lag *kt_rows_lags(struct kt_rows *rows)
{
    return rows->lags;
}

void kt_rows_ref(struct kt_rows *rows)
{
    take_reference(&rows->references);
}

void kt_rows_unref(struct kt_rows *rows)
{
    if (rows && drop_reference(&rows->references)) {
        kt_arena_release(&rows->arena);
        free(rows);
    }
}

bool kt_rows_same(const struct kt_rows *a, const struct kt_rows *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++) {
        same = kt_lag_same(&a->lags[i], &b->lags[i], i > 0);
    }
    return same;
}

void kt_group_take_rows(struct kt_group *group, struct kt_rows *rows)
{
    block_of_group(group)->rows = rows;
    group->lags = rows->lags;
    group->lag_count = rows->count;
}

/* ---- building ---- */

struct kt_snapshot *kt_snapshot_new(void)
{
    struct snapshot_block *block = kt_alloc(1, sizeof *block);
    atomic_init(&block->references, 1);
    kt_arena_init(&block->arena);
    block->snap.arena = &block->arena;
    block->snap.controller = -1;
    return &block->snap;
}

void kt_snapshot_reserve(struct kt_snapshot *snap, size_t groups, size_t topics)
{
    struct snapshot_block *block = block_of(snap);
    if (groups > block->group_room) {
        snap->groups = kt_resize(snap->groups, groups, sizeof *snap->groups);
        block->group_room = groups;
    }
    if (topics > block->topic_room) {
        snap->topics = kt_resize(snap->topics, topics, sizeof *snap->topics);
        block->topic_room = topics;
    }
}

void kt_snapshot_take_group(struct kt_snapshot *snap, const struct kt_group *group)
{
    if (snap->group_count == block_of(snap)->group_room) {
        kt_snapshot_reserve(snap, snap->group_count * 2 + 8, 0);
    }
    snap->groups[snap->group_count++] = group;
}

void kt_snapshot_take_topic(struct kt_snapshot *snap, const struct kt_topic *topic)
{
    if (snap->topic_count == block_of(snap)->topic_room) {
        kt_snapshot_reserve(snap, 0, snap->topic_count * 2 + 8);
    }
    snap->topics[snap->topic_count++] = topic;
}

static int compare_groups(const void *a, const void *b)
{
    const struct kt_group *const *x = a, *const *y = b;
    return kt_text_compare((*x)->name, (*y)->name);
}

static int compare_topics(const void *a, const void *b)
{
    const struct kt_topic *const *x = a, *const *y = b;
    return kt_text_compare((*x)->name, (*y)->name);
}

static int compare_brokers(const void *a, const void *b)
{
    const struct kt_broker *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int compare_problems(const void *a, const void *b)
{
    const struct kt_problem *x = a, *y = b;
    int order = kt_text_compare(x->name, y->name);
    if (order == 0) {
        order = (x->scope > y->scope) - (x->scope < y->scope);
    }
    return order ? order : kt_text_compare(x->error, y->error);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1) {
        qsort(items, count, size, compare);
    }
}

void kt_snapshot_sort(struct kt_snapshot *snap)
{
    sort(snap->groups, snap->group_count, sizeof *snap->groups, compare_groups);
    sort(snap->topics, snap->topic_count, sizeof *snap->topics, compare_topics);
    sort(snap->brokers, snap->broker_count, sizeof *snap->brokers, compare_brokers);
    sort(snap->problems, snap->problem_count, sizeof *snap->problems, compare_problems);
}

const struct kt_snapshot *kt_snapshot_seal(struct kt_snapshot *snap)
{
    kt_snapshot_sort(snap);
    snap->arena = NULL;
    return snap;
}

const struct kt_snapshot *kt_snapshot_ref(const struct kt_snapshot *snap)
{
    take_reference(&block_of(snap)->references);
    return snap;
}

void kt_snapshot_unref(const struct kt_snapshot *snap)
{
    if (!snap || !drop_reference(&block_of(snap)->references)) {
        return;
    }
    for (size_t i = 0; i < snap->group_count; i++) {
        kt_group_unref(snap->groups[i]);
    }
    for (size_t i = 0; i < snap->topic_count; i++) {
        kt_topic_unref(snap->topics[i]);
    }
    struct snapshot_block *block = block_of(snap);
    free(block->snap.groups);
    free(block->snap.topics);
    kt_arena_release(&block->arena);
    kt_snapshot_unref(block->whole);
    free(block);
}

void kt_snapshot_hold(struct kt_snapshot *snap, const struct kt_snapshot *whole)
{
    block_of(snap)->whole = kt_snapshot_ref(whole);
}

const struct kt_snapshot *kt_snapshot_whole(const struct kt_snapshot *snap)
{
    const struct kt_snapshot *whole = block_of(snap)->whole;
    return whole ? whole : snap;
}

static bool is_shared(const atomic_size_t *references)
{
    return atomic_load_explicit(references, memory_order_relaxed) > 1;
}

/* What a group holds that the one of the same name in `beside` does not. */
static size_t bytes_beside(const struct kt_snapshot *beside, const struct kt_group *group)
{
    const struct group_block *block = block_of_group(group);
    bool may_share = beside && (is_shared(&block->references) || (block->rows && is_shared(&block->rows->references)));
    const struct kt_group *other =
        may_share ? kt_snapshot_group(beside, group->name.bytes, group->name.length) : NULL;
    bool rows_too = other && block->rows && block_of_group(other)->rows == block->rows;
    return other == group ? 0 : kt_group_bytes(group) - (rows_too ? bytes_of_rows(block->rows) : 0);
}

static bool shares_topic(const struct kt_snapshot *beside, const struct kt_topic *topic)
{
    return beside && is_shared(&block_of_topic(topic)->references) &&
           kt_snapshot_topic(beside, topic->name.bytes, topic->name.length) == topic;
}

size_t kt_snapshot_bytes(const struct kt_snapshot *snap, const struct kt_snapshot *beside)
{
    const struct snapshot_block *block = block_of(snap);
    size_t bytes = sizeof *block + block->arena.allocated + block->group_room * sizeof *snap->groups +
                   block->topic_room * sizeof *snap->topics;
    for (size_t i = 0; i < snap->group_count; i++) {
        bytes += bytes_beside(beside, snap->groups[i]);
    }
    for (size_t i = 0; i < snap->topic_count; i++) {
        const struct topic_block *topic = block_of_topic(snap->topics[i]);
        bytes += shares_topic(beside, &topic->topic) ? 0 : sizeof *topic + topic->arena.allocated;
    }
    return bytes;
}

/* ---- looking things up ---- */

int kt_text_compare(struct kt_text a, struct kt_text b)
{
    size_t both = a.length < b.length ? a.length : b.length;
    int order = both > 0 ? memcmp(a.bytes, b.bytes, both) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

/* The first of `count` sorted items that does not come before the key; `compare` puts item and key in order.
 */
static size_t lower_bound(const void *items, size_t count, int (*compare)(const void *, size_t, const void *),
                          const void *key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(items, middle, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int group_against(const void *items, size_t i, const void *key)
{
    return kt_text_compare(((const struct kt_group *const *)items)[i]->name, *(const struct kt_text *)key);
}

static int topic_against(const void *items, size_t i, const void *key)
{
    return kt_text_compare(((const struct kt_topic *const *)items)[i]->name, *(const struct kt_text *)key);
}

static int number_order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int partition_against(const void *items, size_t i, const void *key)
{
    return number_order(((const struct kt_partition *)items)[i].partition, *(const int64_t *)key);
}

static int broker_against(const void *items, size_t i, const void *key)
{
    return number_order(((const struct kt_broker *)items)[i].id, *(const int64_t *)key);
}

struct lag_key {
    struct kt_text topic;
    int64_t partition;
};

static int lag_against(const void *items, size_t i, const void *key)
{
    const struct kt_lag *row = (const struct kt_lag *)items + i;
    const struct lag_key *wanted = key;
    int order = kt_text_compare(kt_lag_topic(row), wanted->topic);
    return order ? order : number_order(kt_lag_partition(row), wanted->partition);
}

/* 0: of one thing; 1: follows from something else; 2: of the whole cluster. */
static int telling(const struct kt_problem *problem)
{
    if (problem->scope != KT_SCOPE_CLUSTER) {
        return 0;
    }
    bool follows = problem->error.bytes && strcmp(problem->error.bytes, "_ALL_BROKERS_DOWN") == 0;
    return follows ? 1 : 2;
}

const struct kt_problem *kt_snapshot_cause(const struct kt_snapshot *snap)
{
    const struct kt_problem *best = NULL;
    for (size_t i = 0; i < snap->problem_count; i++) {
        if (!best || telling(&snap->problems[i]) > telling(best)) {
            best = &snap->problems[i];
        }
    }
    return best;
}

enum kt_code kt_snapshot_cause_code(const struct kt_snapshot *snap)
{
    const struct kt_problem *problem = kt_snapshot_cause(snap);
    return problem && kt_fault_code(problem->error) == KT_AUTH ? KT_AUTH : KT_NETWORK;
}

bool kt_snapshot_held(const struct kt_snapshot *snap, const struct kt_group *group, int64_t hold_ms)
{
    return kt_status_of_group(group->status) == KT_STATUS_ERR && KT_KNOWS(group, KT_GROUP_since) &&
           group->since > snap->taken_ms - hold_ms;
}

const struct kt_group *kt_snapshot_group(const struct kt_snapshot *snap, const char *name, size_t length)
{
    struct kt_text key = {name, length};
    size_t i = lower_bound(snap->groups, snap->group_count, group_against, &key);
    return i < snap->group_count && group_against(snap->groups, i, &key) == 0 ? snap->groups[i] : NULL;
}

const struct kt_topic *kt_snapshot_topic(const struct kt_snapshot *snap, const char *name, size_t length)
{
    struct kt_text key = {name, length};
    size_t i = lower_bound(snap->topics, snap->topic_count, topic_against, &key);
    return i < snap->topic_count && topic_against(snap->topics, i, &key) == 0 ? snap->topics[i] : NULL;
}

const struct kt_partition *kt_topic_partition(const struct kt_topic *topic, int64_t partition)
{
    size_t place = (size_t)partition; /* as long as none is missing */
    if (partition >= 0 && place < topic->partitions_length && topic->partitions[place].partition == partition) {
        return &topic->partitions[place];
    }
    size_t i = lower_bound(topic->partitions, topic->partitions_length, partition_against, &partition);
    return i < topic->partitions_length && topic->partitions[i].partition == partition ? &topic->partitions[i]
                                                                                       : NULL;
}

const struct kt_broker *kt_snapshot_broker(const struct kt_snapshot *snap, int64_t id)
{
    size_t i = lower_bound(snap->brokers, snap->broker_count, broker_against, &id);
    return i < snap->broker_count && snap->brokers[i].id == id ? &snap->brokers[i] : NULL;
}

const struct kt_lag *kt_group_lag(const struct kt_group *group, const char *topic, size_t length,
                                  int64_t partition)
{
    struct lag_key key = {{topic, length}, partition};
    size_t i = lower_bound(group->lags, group->lag_count, lag_against, &key);
    return i < group->lag_count && lag_against(group->lags, i, &key) == 0 ? &group->lags[i] : NULL;
}

int64_t kt_snapshot_as_of(const struct kt_snapshot *snap, const struct kt_lag *row)
{
    struct kt_text name = kt_lag_topic(row);
    const struct kt_topic *topic = kt_snapshot_topic(kt_snapshot_whole(snap), name.bytes, name.length);
    const struct kt_partition *partition = topic ? kt_topic_partition(topic, kt_lag_partition(row)) : NULL;
    return partition && partition->end_as_of_known ? partition->end_as_of : kt_lag_as_of(row);
}

/* ---- words and tables ---- */

const char *kt_event_kind_name(enum kt_event_kind kind)
{
    static const char *const names[KT_EVENT_KIND_COUNT] = {
        [KT_EVENT_STATUS] = "status",         [KT_EVENT_REBALANCE] = "rebalance",
        [KT_EVENT_REWIND] = "rewind",         [KT_EVENT_SKIP] = "skip",
        [KT_EVENT_LEADER] = "leader",         [KT_EVENT_ISR] = "isr",
        [KT_EVENT_PARTITIONS] = "partitions", [KT_EVENT_TOPIC] = "topic",
        [KT_EVENT_GROUP] = "group",           [KT_EVENT_GAP] = "gap",
    };
    return (unsigned)kind < KT_EVENT_KIND_COUNT ? names[kind] : NULL;
}

#define ROW(entity, kind_, name_, unit_, meaning_)                                                           \
    {.name = #name_,                                                                                         \
     .kind = KT_FIELD_##kind_,                                                                               \
     .offset = offsetof(struct entity, name_),                                                               \
     .unit = unit_,                                                                                          \
     .meaning = meaning_},

const struct kt_field kt_group_fields[KT_GROUP_FIELD_COUNT] = {
#define KT_GROUP_FIELD(kind, name, unit, meaning) ROW(kt_group, kind, name, unit, meaning)
#include "fields.def"
};

const struct kt_field kt_member_fields[KT_MEMBER_FIELD_COUNT] = {
#define KT_MEMBER_FIELD(kind, name, unit, meaning) ROW(kt_member, kind, name, unit, meaning)
#include "fields.def"
};

const struct kt_field kt_topic_fields[KT_TOPIC_FIELD_COUNT] = {
#define KT_TOPIC_FIELD(kind, name, unit, meaning) ROW(kt_topic, kind, name, unit, meaning)
#include "fields.def"
};

const struct kt_field kt_partition_fields[KT_PARTITION_FIELD_COUNT] = {
#define KT_PARTITION_FIELD(kind, name, unit, meaning) ROW(kt_partition, kind, name, unit, meaning)
#include "fields.def"
};

const struct kt_field kt_broker_fields[KT_BROKER_FIELD_COUNT] = {
#define KT_BROKER_FIELD(kind, name, unit, meaning) ROW(kt_broker, kind, name, unit, meaning)
#include "fields.def"
};
