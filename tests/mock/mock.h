/*
 * mock: librdkafka's mock cluster, records for it, and the live source watching it.
 *
 * The mock answers no group listing, so groups are known from records of a topic named as the offsets topic, which
 * mock_commit writes as a broker would. Everything waits for a condition with a deadline, never for a time.
 */
#ifndef MOCK_H
#define MOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "client.h"
#include "inbox.h"
#include "source.h"

struct mock {
    rd_kafka_t *rk; /* a producer, which also owns the cluster */
    rd_kafka_mock_cluster_t *cluster;
    struct kt_options options;
    struct kt_log *log;
    struct kt_inbox *inbox;
    struct kt_client_context context;
};

void mock_start(struct mock *mock, int brokers);
void mock_stop(struct mock *mock);

void mock_topic(struct mock *mock, const char *name, int partitions);

/* Appends `count` records and waits until they are there. */
void mock_fill(struct mock *mock, const char *topic, int partition, int count);

/* Appends the record of an offset commit to its partition of the offsets topic, and waits. */
void mock_commit(struct mock *mock, const char *group, const char *topic, int partition, int64_t offset);

/* Commits as a client does, to the group's coordinator. */
void mock_client_commit(struct mock *mock, const char *group, const char *topic, int partition, int64_t offset);

/* A live source and everything it said. */
struct watch {
    struct kt_source source;
    struct kt_parcel *said;
};

void watch_open(struct watch *watch, struct mock *mock);
void watch_close(struct watch *watch);

/* Polls and refreshes until `enough` says so; false when that took more than `seconds`. */
bool watch_until(struct watch *watch, bool (*enough)(const struct kt_parcel *said, const void *wanted),
                 const void *wanted, int seconds);

/* The last thing of a kind that was said from the n-th observation on, or NULL. */
const struct kt_obs *said_last(const struct kt_parcel *said, enum kt_obs_kind kind, size_t from);

bool text_is(struct kt_text text, const char *expected);

#endif
