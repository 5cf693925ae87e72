/*
 * metadata: which brokers, topics and partitions a cluster has, and who leads what.
 *
 * A layout is an immutable value with a reference count: one thread fetches, all workers read. Partitions are
 * sorted by number within a topic, topics by name. Thread: any.
 */
#ifndef KT_METADATA_H
#define KT_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "observation.h"
#include "option.h"

#define KT_OFFSETS_TOPIC "__consumer_offsets"

/* For so long a partition counts as one that has moved: not everybody knows its new leader yet. */
#define KT_LAYOUT_MOVED_MS 30000

struct kt_layout_broker {
    int32_t id;
    const char *host;
    int32_t port;
};

struct kt_layout_partition {
    int32_t id;
    int32_t leader; /* -1: none */
    int64_t moved_at; /* kt_wait_now: when it was seen to have another leader than before; 0: never */
    const char *error; /* the metadata's word on the partition; NULL: none */
    const int32_t *replicas;
    size_t replica_count;
    const int32_t *isr;
    size_t isr_count;
};

struct kt_layout_topic {
    const char *name;
    const char *error; /* NULL: none */
    bool internal;
    bool in_scope; /* the topic filter accepts it */
    struct kt_layout_partition *partitions;
    size_t partition_count;
};

/* What is known about the offsets topic. */
enum kt_offsets_topic { KT_OFFSETS_ABSENT, KT_OFFSETS_DENIED, KT_OFFSETS_THERE };

struct kt_layout {
    uint64_t epoch; /* counts the layouts in which a leader changed */
    const char *cluster_id; /* NULL: not known */
    int32_t controller;     /* -1: not known */
    const struct kt_layout_broker *brokers;
    size_t broker_count;
    const struct kt_layout_topic *topics;
    size_t topic_count;
    const struct kt_layout_topic *offsets; /* NULL unless there */
    enum kt_offsets_topic offsets_topic;
};

/*
 * Asks the cluster, for at most timeout_ms. Returns 0 and a layout with one reference, or the library's error
 * number. `unlisted`: what an offsets topic is that the cluster does not list. Thread: a worker.
 */
KT_MUST_CHECK int kt_layout_fetch(const struct kt_layout **layout, struct kt_client *client,
                                  const struct kt_filter *topics, enum kt_offsets_topic unlisted, int timeout_ms);

/*
 * A listing leaves out what we may not see; asked by name, the broker says so: DENIED, else ABSENT. Never creates the
 * topic. Thread: a worker; opens a connection for it.
 */
enum kt_offsets_topic kt_layout_ask_offsets(const struct kt_client_context *context, int timeout_ms);

/* Compares a layout that nobody else has yet with the one before it, at `now` of kt_wait_now: what has moved. */
void kt_layout_follow(const struct kt_layout *layout, const struct kt_layout *old, int64_t now);

/* Whether the partition has moved a short while ago. */
bool kt_layout_moved(const struct kt_layout_partition *partition, int64_t now);

/* Builds one by hand (tests): topics and brokers are copied. */
const struct kt_layout *kt_layout_new(const struct kt_layout *from);

const struct kt_layout *kt_layout_ref(const struct kt_layout *layout);
void kt_layout_unref(const struct kt_layout *layout); /* NULL is allowed */

/* Whether a broker answers: 1, 0, or -1 not known. */
typedef int kt_broker_up(void *self, int32_t id, int64_t *rtt_us);

/* Tells the whole layout: cluster, brokers, topics in scope with their partitions. */
void kt_layout_tell(const struct kt_layout *layout, int64_t at, kt_broker_up *up, void *self,
                    const struct kt_sink *sink);

/* The host of a broker, or NULL. */
const struct kt_layout_broker *kt_layout_broker(const struct kt_layout *layout, int32_t id);

#endif
