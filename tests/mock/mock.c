#include "mock.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "clock.h"
#include "decode.h"
#include "metadata.h"
#include "wire.h"

#define OFFSETS_PARTITIONS 5

/*
 * The library keeps one of its queues for ever when a broker cannot list groups, as the mock cannot. Against a real
 * broker nothing is lost.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:librdkafka.so\n";
}

static void hush(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk, (void)level, (void)facility, (void)text;
}

void mock_start(struct mock *mock, int brokers)
{
    char reason[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    memset(mock, 0, sizeof *mock);
    rd_kafka_conf_set_log_cb(conf, hush);
    assert_int_equal(RD_KAFKA_CONF_OK, rd_kafka_conf_set(conf, "linger.ms", "1", reason, sizeof reason));
    char *number = kt_format("%d", brokers);
    assert_int_equal(RD_KAFKA_CONF_OK,
                     rd_kafka_conf_set(conf, "test.mock.num.brokers", number, reason, sizeof reason));
    free(number);
    mock->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    assert_non_null(mock->rk);
    mock->cluster = rd_kafka_handle_mock_cluster(mock->rk);
    assert_non_null(mock->cluster);
    mock->options.brokers = kt_strdup(rd_kafka_mock_cluster_bootstraps(mock->cluster));
    mock->log = kt_log_new(&kt_clock_system);
    mock->inbox = kt_inbox_new();
    mock->context = (struct kt_client_context){&mock->options, &kt_clock_system, mock->log, mock->inbox, NULL, NULL};
}

void mock_stop(struct mock *mock)
{
    rd_kafka_destroy(mock->rk);
    kt_inbox_free(mock->inbox);
    kt_log_free(mock->log);
    free(mock->options.brokers);
}

void mock_topic(struct mock *mock, const char *name, int partitions)
{
    assert_int_equal(0, rd_kafka_mock_topic_create(mock->cluster, name, partitions, 1));
}

static void append(struct mock *mock, const char *topic, int partition, const struct wire *key,
                   const struct wire *value)
{
    rd_kafka_resp_err_t error = rd_kafka_producev(
        mock->rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key ? key->bytes : NULL, key ? key->length : 0),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)(value ? value->bytes : NULL), value ? value->length : 0),
        RD_KAFKA_V_END);
    assert_int_equal(0, error);
}

void mock_fill(struct mock *mock, const char *topic, int partition, int count)
{
    struct wire value = {.bytes = "x", .length = 1};
    for (int i = 0; i < count; i++)
        append(mock, topic, partition, NULL, &value);
    assert_int_equal(0, rd_kafka_flush(mock->rk, 10000));
}

void mock_commit(struct mock *mock, const char *group, const char *topic, int partition, int64_t offset)
{
    struct wire key = {.length = 0}, value = {.length = 0};
    wire_i16(&key, 1);
    wire_text(&key, group);
    wire_text(&key, topic);
    wire_i32(&key, partition);
    wire_i16(&value, 3);
    wire_i64(&value, offset);
    wire_i32(&value, -1);
    wire_text(&value, "");
    wire_i64(&value, kt_wall(&kt_clock_system));
    append(mock, KT_OFFSETS_TOPIC, kt_offsets_partition(group, strlen(group), OFFSETS_PARTITIONS), &key, &value);
    assert_int_equal(0, rd_kafka_flush(mock->rk, 10000));
}

void mock_client_commit(struct mock *mock, const char *group, const char *topic, int partition, int64_t offset)
{
    char reason[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, hush);
    assert_int_equal(0, rd_kafka_conf_set(conf, "bootstrap.servers", mock->options.brokers, reason, sizeof reason));
    assert_int_equal(0, rd_kafka_conf_set(conf, "group.id", group, reason, sizeof reason));
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    assert_non_null(rk);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
    assert_int_equal(0, rd_kafka_commit(rk, list, 0));
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(rk);
}

void watch_open(struct watch *watch, struct mock *mock)
{
    struct kt_source_context context = {&mock->options, &kt_clock_system, mock->log};
    struct kt_err err;
    watch->said = kt_parcel_new();
    assert_int_equal(KT_OK, kt_source_open_ops(&watch->source, &kt_source_live, &context, &err));
}

void watch_close(struct watch *watch)
{
    kt_source_close(&watch->source);
    kt_parcel_free(watch->said);
}

bool watch_until(struct watch *watch, bool (*enough)(const struct kt_parcel *said, const void *wanted),
                 const void *wanted, int seconds)
{
    struct kt_sink sink = kt_parcel_sink(watch->said);
    int64_t until = kt_mono(&kt_clock_system) + seconds * INT64_C(1000);
    while (!enough(watch->said, wanted)) {
        if (kt_mono(&kt_clock_system) > until)
            return false;
        kt_source_refresh(&watch->source);
        (void)kt_source_poll(&watch->source, &sink, 100);
    }
    return true;
}

const struct kt_obs *said_last(const struct kt_parcel *said, enum kt_obs_kind kind, size_t from)
{
    for (size_t i = said->count; i > from; i--)
        if (said->items[i - 1].kind == kind)
            return &said->items[i - 1];
    return NULL;
}

bool text_is(struct kt_text text, const char *expected)
{
    return text.bytes && text.length == strlen(expected) && memcmp(text.bytes, expected, text.length) == 0;
}
