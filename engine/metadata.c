#include "metadata.h"

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

struct kept {
    struct kt_layout layout; /* first: a layout is a kept one */
    atomic_uint references;
    struct kt_arena arena;
};

static struct kept *kept_new(void)
{
    struct kept *kept = kt_alloc(1, sizeof *kept);
    atomic_init(&kept->references, 1);
    kt_arena_init(&kept->arena);
    kept->layout.controller = -1;
    return kept;
}

const struct kt_layout *kt_layout_ref(const struct kt_layout *layout)
{
    if (layout)
        atomic_fetch_add(&((struct kept *)(uintptr_t)layout)->references, 1);
    return layout;
}

void kt_layout_unref(const struct kt_layout *layout)
{
    struct kept *kept = (struct kept *)(uintptr_t)layout;
    if (!kept || atomic_fetch_sub(&kept->references, 1) != 1)
        return;
    kt_arena_release(&kept->arena);
    free(kept);
}

static const char *error_name(rd_kafka_resp_err_t error)
{
    return error ? rd_kafka_err2name(error) : NULL;
}

static const int32_t *copy_numbers(struct kt_arena *arena, const int32_t *numbers, size_t count)
{
    int32_t *copy = kt_arena_take(arena, count, sizeof *copy);
    if (copy)
        memcpy(copy, numbers, count * sizeof *copy);
    return copy;
}

static int by_partition(const void *a, const void *b)
{
    int32_t left = ((const struct kt_layout_partition *)a)->id;
    int32_t right = ((const struct kt_layout_partition *)b)->id;
    return (left > right) - (left < right);
}

static int by_topic(const void *a, const void *b)
{
    return strcmp(((const struct kt_layout_topic *)a)->name, ((const struct kt_layout_topic *)b)->name);
}

static void fill_partition(struct kt_arena *arena, const struct rd_kafka_metadata_partition *from,
                           struct kt_layout_partition *to)
{
    to->id = from->id;
    to->leader = from->leader >= 0 ? from->leader : -1;
    to->error = error_name(from->err);
    to->replica_count = from->replica_cnt > 0 ? (size_t)from->replica_cnt : 0;
    to->replicas = copy_numbers(arena, from->replicas, to->replica_count);
    to->isr_count = from->isr_cnt > 0 ? (size_t)from->isr_cnt : 0;
    to->isr = copy_numbers(arena, from->isrs, to->isr_count);
}

static bool is_internal(const char *name)
{
    static const char *const names[] = {KT_OFFSETS_TOPIC, "__transaction_state", "__share_group_state"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void fill_topic(struct kt_arena *arena, const struct rd_kafka_metadata_topic *from,
                       const struct kt_filter *filter, struct kt_layout_topic *to)
{
    to->name = kt_arena_text(arena, from->topic, strlen(from->topic));
    to->error = error_name(from->err);
    to->internal = is_internal(to->name);
    to->in_scope = !filter || kt_filter_accepts(filter, to->name, strlen(to->name));
    to->partition_count = from->partition_cnt > 0 ? (size_t)from->partition_cnt : 0;
    to->partitions = kt_arena_take(arena, to->partition_count, sizeof *to->partitions);
    for (size_t i = 0; i < to->partition_count; i++)
        fill_partition(arena, &from->partitions[i], &to->partitions[i]);
    if (to->partition_count)
        qsort(to->partitions, to->partition_count, sizeof *to->partitions, by_partition);
}

static void fill_brokers(struct kept *kept, const struct rd_kafka_metadata *from)
{
    size_t count = from->broker_cnt > 0 ? (size_t)from->broker_cnt : 0;
    struct kt_layout_broker *brokers = kt_arena_take(&kept->arena, count, sizeof *brokers);
    for (size_t i = 0; i < count; i++) {
        const char *host = from->brokers[i].host;
        brokers[i].id = from->brokers[i].id;
        brokers[i].host = kt_arena_text(&kept->arena, host, strlen(host));
        brokers[i].port = from->brokers[i].port;
    }
    kept->layout.brokers = brokers;
    kept->layout.broker_count = count;
}

static void fill_topics(struct kept *kept, const struct rd_kafka_metadata *from, const struct kt_filter *filter)
{
    size_t count = from->topic_cnt > 0 ? (size_t)from->topic_cnt : 0;
    struct kt_layout_topic *topics = kt_arena_take(&kept->arena, count, sizeof *topics);
    for (size_t i = 0; i < count; i++)
        fill_topic(&kept->arena, &from->topics[i], filter, &topics[i]);
    if (count)
        qsort(topics, count, sizeof *topics, by_topic);
    kept->layout.topics = topics;
    kept->layout.topic_count = count;
}

static void find_offsets(struct kt_layout *layout, enum kt_offsets_topic unlisted)
{
    layout->offsets_topic = unlisted;
    for (size_t i = 0; i < layout->topic_count; i++) {
        const struct kt_layout_topic *topic = &layout->topics[i];
        if (strcmp(topic->name, KT_OFFSETS_TOPIC) != 0)
            continue;
        if (topic->error && strcmp(topic->error, "TOPIC_AUTHORIZATION_FAILED") == 0) {
            layout->offsets_topic = KT_OFFSETS_DENIED;
        } else if (topic->partition_count) {
            layout->offsets = topic;
            layout->offsets_topic = KT_OFFSETS_THERE;
        }
    }
}

/*
 * The handle is one for this question alone: the library never forgets a topic that it was told of, and would go on
 * asking for it once a second, each time a line in the log of who guards the cluster.
 */
enum kt_offsets_topic kt_layout_ask_offsets(const struct kt_client_context *context, int timeout_ms)
{
    enum kt_offsets_topic answer = KT_OFFSETS_ABSENT;
    const struct rd_kafka_metadata *metadata = NULL;
    struct kt_client *client = NULL;
    struct kt_err err;
    if (kt_client_open(&client, KT_ROLE_QUERY, context, NULL, &err) != KT_OK)
        return answer;
    kt_client_mute(client);
    rd_kafka_t *rk = kt_client_handle(client);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, KT_OFFSETS_TOPIC, NULL);
    if (topic && rd_kafka_metadata(rk, 0, topic, &metadata, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        for (int i = 0; i < metadata->topic_cnt; i++)
            if (metadata->topics[i].err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
                answer = KT_OFFSETS_DENIED;
        rd_kafka_metadata_destroy(metadata);
    }
    if (topic)
        rd_kafka_topic_destroy(topic);
    kt_client_close(client);
    return answer;
}

static void fill_identity(struct kept *kept, rd_kafka_t *rk)
{
    char *id = rd_kafka_clusterid(rk, 0);
    if (id) {
        kept->layout.cluster_id = kt_arena_text(&kept->arena, id, strlen(id));
        rd_kafka_mem_free(rk, id);
    }
    kept->layout.controller = rd_kafka_controllerid(rk, 0);
}

int kt_layout_fetch(const struct kt_layout **layout, struct kt_client *client, const struct kt_filter *topics,
                    enum kt_offsets_topic unlisted, int timeout_ms)
{
    rd_kafka_t *rk = kt_client_handle(client);
    const struct rd_kafka_metadata *metadata = NULL;
    *layout = NULL;
    rd_kafka_resp_err_t error = rd_kafka_metadata(rk, 1, NULL, &metadata, timeout_ms);
    if (error)
        return error;
    struct kept *kept = kept_new();
    fill_brokers(kept, metadata);
    fill_topics(kept, metadata, topics);
    rd_kafka_metadata_destroy(metadata);
    find_offsets(&kept->layout, unlisted);
    fill_identity(kept, rk);
    *layout = &kept->layout;
    return 0;
}

/* Both sorted by number. Returns whether a leader changed. */
static bool follow_topic(const struct kt_layout_topic *topic, const struct kt_layout_topic *old, int64_t now)
{
    bool any = false;
    for (size_t i = 0, j = 0; i < topic->partition_count; i++) {
        struct kt_layout_partition *partition = &topic->partitions[i];
        while (j < old->partition_count && old->partitions[j].id < partition->id)
            j++;
        if (j == old->partition_count || old->partitions[j].id != partition->id)
            continue;
        bool moved = old->partitions[j].leader != partition->leader;
        partition->moved_at = moved ? now : old->partitions[j].moved_at;
        any |= moved;
    }
    return any;
}

void kt_layout_follow(const struct kt_layout *layout, const struct kt_layout *old, int64_t now)
{
    bool any = false;
    for (size_t i = 0, j = 0; i < layout->topic_count; i++) {
        int order = -1;
        while (j < old->topic_count && (order = by_topic(&old->topics[j], &layout->topics[i])) < 0)
            j++;
        if (j < old->topic_count && order == 0)
            any |= follow_topic(&layout->topics[i], &old->topics[j], now);
    }
    ((struct kept *)(uintptr_t)layout)->layout.epoch = old->epoch + any;
}

bool kt_layout_moved(const struct kt_layout_partition *partition, int64_t now)
{
    return partition->moved_at && now - partition->moved_at < KT_LAYOUT_MOVED_MS;
}

const struct kt_layout *kt_layout_new(const struct kt_layout *from)
{
    struct kept *kept = kept_new();
    struct kt_arena *arena = &kept->arena;
    struct kt_layout_broker *brokers = kt_arena_take(arena, from->broker_count, sizeof *brokers);
    struct kt_layout_topic *topics = kt_arena_take(arena, from->topic_count, sizeof *topics);
    kept->layout = *from;
    for (size_t i = 0; i < from->broker_count; i++) {
        brokers[i] = from->brokers[i];
        brokers[i].host = kt_arena_text(arena, brokers[i].host, strlen(brokers[i].host));
    }
    for (size_t i = 0; i < from->topic_count; i++) {
        struct kt_layout_topic *topic = &topics[i];
        *topic = from->topics[i];
        topic->name = kt_arena_text(arena, topic->name, strlen(topic->name));
        topic->partitions = kt_arena_take(arena, topic->partition_count, sizeof *topic->partitions);
        for (size_t j = 0; j < topic->partition_count; j++) {
            struct kt_layout_partition *partition = &topic->partitions[j];
            *partition = from->topics[i].partitions[j];
            partition->replicas = copy_numbers(arena, partition->replicas, partition->replica_count);
            partition->isr = copy_numbers(arena, partition->isr, partition->isr_count);
        }
    }
    kept->layout.brokers = brokers;
    kept->layout.topics = topics;
    kept->layout.offsets = NULL;
    find_offsets(&kept->layout, from->offsets_topic == KT_OFFSETS_DENIED ? KT_OFFSETS_DENIED : KT_OFFSETS_ABSENT);
    return &kept->layout;
}

const struct kt_layout_broker *kt_layout_broker(const struct kt_layout *layout, int32_t id)
{
    for (size_t i = 0; i < layout->broker_count; i++)
        if (layout->brokers[i].id == id)
            return &layout->brokers[i];
    return NULL;
}

static struct kt_text text_of(const char *text)
{
    return kt_text_of(text, text ? strlen(text) : 0);
}

static void tell_listing(enum kt_obs_kind kind, enum kt_listing what, int64_t at, const struct kt_sink *sink)
{
    struct kt_obs obs = {.kind = kind, .at = at};
    obs.list.what = what;
    obs.list.complete = true;
    sink->put(sink->self, &obs);
}

static void tell_topic(const struct kt_layout_topic *topic, int64_t at, const struct kt_sink *sink)
{
    struct kt_obs obs = {.kind = KT_OBS_TOPIC, .at = at};
    obs.topic.name = text_of(topic->name);
    obs.topic.partition_count = (int32_t)topic->partition_count;
    obs.topic.internal = topic->internal;
    sink->put(sink->self, &obs);
    for (size_t i = 0; i < topic->partition_count; i++) {
        const struct kt_layout_partition *partition = &topic->partitions[i];
        struct kt_obs part = {.kind = KT_OBS_PARTITION, .at = at};
        part.partition.topic = text_of(topic->name);
        part.partition.partition = partition->id;
        part.partition.leader = partition->leader;
        part.partition.replicas = partition->replicas;
        part.partition.replica_count = partition->replica_count;
        part.partition.isr = partition->isr;
        part.partition.isr_count = partition->isr_count;
        sink->put(sink->self, &part);
    }
}

static void tell_brokers(const struct kt_layout *layout, int64_t at, kt_broker_up *up, void *self,
                         const struct kt_sink *sink)
{
    tell_listing(KT_OBS_LIST_BEGIN, KT_LIST_BROKERS, at, sink);
    for (size_t i = 0; i < layout->broker_count; i++) {
        struct kt_obs obs = {.kind = KT_OBS_BROKER, .at = at};
        obs.broker.id = layout->brokers[i].id;
        obs.broker.host = text_of(layout->brokers[i].host);
        obs.broker.port = layout->brokers[i].port;
        obs.broker.rtt_us = -1;
        obs.broker.up = up ? up(self, obs.broker.id, &obs.broker.rtt_us) : -1;
        sink->put(sink->self, &obs);
    }
    tell_listing(KT_OBS_LIST_END, KT_LIST_BROKERS, at, sink);
}

void kt_layout_tell(const struct kt_layout *layout, int64_t at, kt_broker_up *up, void *self,
                    const struct kt_sink *sink)
{
    struct kt_obs obs = {.kind = KT_OBS_CLUSTER, .at = at};
    obs.cluster.cluster_id = text_of(layout->cluster_id);
    obs.cluster.controller = layout->controller;
    obs.cluster.offsets_partition_count = layout->offsets ? (int32_t)layout->offsets->partition_count : 0;
    sink->put(sink->self, &obs);
    tell_brokers(layout, at, up, self, sink);
    tell_listing(KT_OBS_LIST_BEGIN, KT_LIST_TOPICS, at, sink);
    for (size_t i = 0; i < layout->topic_count; i++)
        if (layout->topics[i].in_scope && (layout->topics[i].partition_count || !layout->topics[i].error))
            tell_topic(&layout->topics[i], at, sink);
    tell_listing(KT_OBS_LIST_END, KT_LIST_TOPICS, at, sink);
}
