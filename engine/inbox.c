#include "inbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "wait.h"

/* How many parcels of a fast reader may wait for the collector. */
#define SLOW_PARCELS 8

struct kt_inbox {
    pthread_mutex_t mutex;
    pthread_cond_t arrived;
    pthread_cond_t room;
    struct kt_parcel *first;
    struct kt_parcel **last;
    size_t slow;
    bool woken;
    bool stopped;
};

struct kt_parcel *kt_parcel_new(void)
{
    struct kt_parcel *parcel = kt_alloc(1, sizeof *parcel);
    kt_arena_init(&parcel->arena);
    return parcel;
}

void kt_parcel_free(struct kt_parcel *parcel)
{
    if (!parcel)
        return;
    kt_arena_release(&parcel->arena);
    free(parcel->items);
    free(parcel);
}

static struct kt_text copy_text(struct kt_arena *arena, struct kt_text text)
{
    if (text.bytes)
        text.bytes = kt_arena_text(arena, text.bytes, text.length);
    return text;
}

static void *copy_array(struct kt_arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = kt_arena_take(arena, count, size);
    if (copy)
        memcpy(copy, items, count * size);
    return copy;
}

static const struct kt_text *copy_texts(struct kt_arena *arena, const struct kt_text *texts, size_t count)
{
    struct kt_text *copies = copy_array(arena, texts, count, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_text(arena, copies[i]);
    return copies;
}

static void copy_member(struct kt_arena *arena, struct kt_obs_member *member)
{
    member->member_id = copy_text(arena, member->member_id);
    member->client_id = copy_text(arena, member->client_id);
    member->host = copy_text(arena, member->host);
    member->instance_id = copy_text(arena, member->instance_id);

    member->subscription = copy_texts(arena, member->subscription, member->subscription_count);

    struct kt_obs_assigned *assigned =
        copy_array(arena, member->assignment, member->assignment_count, sizeof *assigned);
    for (size_t i = 0; i < member->assignment_count; i++) {
        assigned[i].topic = copy_text(arena, assigned[i].topic);
        assigned[i].partitions =
            copy_array(arena, assigned[i].partitions, assigned[i].partition_count, sizeof(int32_t));
    }
    member->assignment = assigned;
}

static void copy_group(struct kt_arena *arena, struct kt_obs *obs)
{
    obs->group.group = copy_text(arena, obs->group.group);
    struct kt_obs_member *members =
        copy_array(arena, obs->group.members, obs->group.member_count, sizeof *members);
    for (size_t i = 0; i < obs->group.member_count; i++)
        copy_member(arena, &members[i]);
    obs->group.members = members;
}

static void copy_group_topics(struct kt_arena *arena, struct kt_obs *obs)
{
    obs->group_topics.group = copy_text(arena, obs->group_topics.group);
    obs->group_topics.key = copy_text(arena, obs->group_topics.key);
    obs->group_topics.topics = copy_texts(arena, obs->group_topics.topics, obs->group_topics.topic_count);
}

static void copy_cluster_side(struct kt_arena *arena, struct kt_obs *obs)
{
    switch (obs->kind) {
    case KT_OBS_SOURCE:
        obs->source.reason = copy_text(arena, obs->source.reason);
        break;
    case KT_OBS_CLUSTER:
        obs->cluster.cluster_id = copy_text(arena, obs->cluster.cluster_id);
        break;
    case KT_OBS_BROKER:
        obs->broker.host = copy_text(arena, obs->broker.host);
        obs->broker.rack = copy_text(arena, obs->broker.rack);
        break;
    case KT_OBS_TOPIC:
        obs->topic.name = copy_text(arena, obs->topic.name);
        break;
    case KT_OBS_TOPIC_ID:
        obs->topic_id.name = copy_text(arena, obs->topic_id.name);
        break;
    case KT_OBS_TOPIC_CONFIG:
        obs->topic_config.name = copy_text(arena, obs->topic_config.name);
        break;
    case KT_OBS_PARTITION:
        obs->partition.topic = copy_text(arena, obs->partition.topic);
        obs->partition.replicas =
            copy_array(arena, obs->partition.replicas, obs->partition.replica_count, sizeof(int32_t));
        obs->partition.isr =
            copy_array(arena, obs->partition.isr, obs->partition.isr_count, sizeof(int32_t));
        break;
    case KT_OBS_END:
        obs->end.topic = copy_text(arena, obs->end.topic);
        if (obs->end.error)
            obs->end.error = kt_arena_text(arena, obs->end.error, strlen(obs->end.error));
        break;
    case KT_OBS_PAST:
        obs->past.topic = copy_text(arena, obs->past.topic);
        break;
    case KT_OBS_RECORD:
        obs->record.topic = copy_text(arena, obs->record.topic);
        if (obs->record.error)
            obs->record.error = kt_arena_text(arena, obs->record.error, strlen(obs->record.error));
        break;
    case KT_OBS_PROBLEM:
        obs->problem.name = copy_text(arena, obs->problem.name);
        obs->problem.error = copy_text(arena, obs->problem.error);
        obs->problem.text = copy_text(arena, obs->problem.text);
        break;
    default: /* numbers only */
        break;
    }
}

static void copy_group_side(struct kt_arena *arena, struct kt_obs *obs)
{
    switch (obs->kind) {
    case KT_OBS_GROUP:
        copy_group(arena, obs);
        break;
    case KT_OBS_MEMBER:
    case KT_OBS_MEMBER_GONE:
        obs->member.group = copy_text(arena, obs->member.group);
        obs->member.pattern = copy_text(arena, obs->member.pattern);
        copy_member(arena, &obs->member.member);
        break;
    case KT_OBS_GROUP_TOPICS:
        copy_group_topics(arena, obs);
        break;
    case KT_OBS_GROUP_EPOCH:
        obs->group_epoch.group = copy_text(arena, obs->group_epoch.group);
        break;
    case KT_OBS_GROUP_GONE:
        obs->group_gone.group = copy_text(arena, obs->group_gone.group);
        break;
    case KT_OBS_COMMIT:
        obs->commit.group = copy_text(arena, obs->commit.group);
        obs->commit.topic = copy_text(arena, obs->commit.topic);
        break;
    case KT_OBS_COMMIT_GONE:
        obs->commit_gone.group = copy_text(arena, obs->commit_gone.group);
        obs->commit_gone.topic = copy_text(arena, obs->commit_gone.topic);
        break;
    case KT_OBS_FRESH:
        obs->fresh.group = copy_text(arena, obs->fresh.group);
        break;
    default:
        copy_cluster_side(arena, obs);
        break;
    }
}

void kt_parcel_add(struct kt_parcel *parcel, const struct kt_obs *obs)
{
    if (parcel->count == parcel->room) {
        parcel->room = parcel->room ? parcel->room * 2 : 16;
        parcel->items = kt_resize(parcel->items, parcel->room, sizeof *parcel->items);
    }
    struct kt_obs *copy = &parcel->items[parcel->count++];
    *copy = *obs;
    copy_group_side(&parcel->arena, copy);
}

static void put_in_parcel(void *self, const struct kt_obs *obs)
{
    kt_parcel_add(self, obs);
}

struct kt_sink kt_parcel_sink(struct kt_parcel *parcel)
{
    struct kt_sink sink = {put_in_parcel, parcel};
    return sink;
}

struct kt_inbox *kt_inbox_new(void)
{
    struct kt_inbox *inbox = kt_alloc(1, sizeof *inbox);
    (void)pthread_mutex_init(&inbox->mutex, NULL);
    kt_wait_init(&inbox->arrived);
    kt_wait_init(&inbox->room);
    inbox->last = &inbox->first;
    return inbox;
}

void kt_inbox_free(struct kt_inbox *inbox)
{
    if (!inbox)
        return;
    while (inbox->first) {
        struct kt_parcel *next = inbox->first->next;
        kt_parcel_free(inbox->first);
        inbox->first = next;
    }
    (void)pthread_cond_destroy(&inbox->room);
    (void)pthread_cond_destroy(&inbox->arrived);
    (void)pthread_mutex_destroy(&inbox->mutex);
    free(inbox);
}

static void append(struct kt_inbox *inbox, struct kt_parcel *parcel)
{
    parcel->next = NULL;
    *inbox->last = parcel;
    inbox->last = &parcel->next;
    (void)pthread_cond_signal(&inbox->arrived);
}

void kt_inbox_take(struct kt_inbox *inbox, struct kt_parcel *parcel)
{
    if (!parcel->count) {
        kt_parcel_free(parcel);
        return;
    }
    (void)pthread_mutex_lock(&inbox->mutex);
    append(inbox, parcel);
    (void)pthread_mutex_unlock(&inbox->mutex);
}

void kt_inbox_take_slowly(struct kt_inbox *inbox, struct kt_parcel *parcel)
{
    if (!parcel->count) {
        kt_parcel_free(parcel);
        return;
    }
    (void)pthread_mutex_lock(&inbox->mutex);
    while (inbox->slow >= SLOW_PARCELS && !inbox->stopped)
        kt_wait_for(&inbox->room, &inbox->mutex, 1000);
    if (!inbox->stopped) {
        parcel->counted = true;
        inbox->slow++;
        append(inbox, parcel);
        parcel = NULL;
    }
    (void)pthread_mutex_unlock(&inbox->mutex);
    kt_parcel_free(parcel);
}

void kt_inbox_put(struct kt_inbox *inbox, const struct kt_obs *obs)
{
    struct kt_parcel *parcel = kt_parcel_new();
    kt_parcel_add(parcel, obs);
    kt_inbox_take(inbox, parcel);
}

static struct kt_parcel *take_all(struct kt_inbox *inbox, int wait_ms)
{
    int64_t until = kt_wait_now() + wait_ms;
    (void)pthread_mutex_lock(&inbox->mutex);
    while (!inbox->first && !inbox->woken && !inbox->stopped) {
        int64_t left = until - kt_wait_now();
        if (left <= 0)
            break;
        kt_wait_for(&inbox->arrived, &inbox->mutex, left);
    }
    struct kt_parcel *all = inbox->first;
    inbox->first = NULL;
    inbox->last = &inbox->first;
    inbox->woken = false;
    (void)pthread_mutex_unlock(&inbox->mutex);
    return all;
}

static void give_room(struct kt_inbox *inbox)
{
    (void)pthread_mutex_lock(&inbox->mutex);
    inbox->slow--;
    (void)pthread_cond_broadcast(&inbox->room);
    (void)pthread_mutex_unlock(&inbox->mutex);
}

bool kt_inbox_deliver(struct kt_inbox *inbox, const struct kt_sink *sink, int wait_ms)
{
    struct kt_parcel *parcel = take_all(inbox, wait_ms);
    bool any = parcel != NULL;
    while (parcel) {
        struct kt_parcel *next = parcel->next;
        for (size_t i = 0; i < parcel->count; i++)
            sink->put(sink->self, &parcel->items[i]);
        if (parcel->counted)
            give_room(inbox);
        kt_parcel_free(parcel);
        parcel = next;
    }
    return any;
}

void kt_inbox_wake(struct kt_inbox *inbox)
{
    (void)pthread_mutex_lock(&inbox->mutex);
    inbox->woken = true;
    (void)pthread_cond_signal(&inbox->arrived);
    (void)pthread_mutex_unlock(&inbox->mutex);
}

void kt_inbox_stop(struct kt_inbox *inbox)
{
    (void)pthread_mutex_lock(&inbox->mutex);
    inbox->stopped = true;
    (void)pthread_cond_broadcast(&inbox->room);
    (void)pthread_cond_signal(&inbox->arrived);
    (void)pthread_mutex_unlock(&inbox->mutex);
}
