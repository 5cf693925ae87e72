/* Looking at single records: what is there, what is not, and who is not kept waiting. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "metadata.h"
#include "mock.h"
#include "record_ask.h"
#include "wait.h"

#define FETCH 1 /* API key of the protocol */
#define PATIENCE_MS 30000

struct bench {
    struct mock mock;
    struct kt_record_asker *asker;
    struct kt_client *query;
    const struct kt_layout *layout;
    struct kt_parcel *said;
};

/* Topic "t" with two partitions led by brokers 1 and 2; its first has `count` records. */
static void open_bench(struct bench *bench, int brokers, int count)
{
    struct kt_err err;
    mock_start(&bench->mock, brokers);
    mock_topic(&bench->mock, "t", 2);
    mock_topic(&bench->mock, "u", 1);
    assert_int_equal(0, rd_kafka_mock_partition_set_leader(bench->mock.cluster, "t", 0, 1));
    assert_int_equal(0, rd_kafka_mock_partition_set_leader(bench->mock.cluster, "t", 1, brokers));
    assert_int_equal(0, rd_kafka_mock_partition_set_leader(bench->mock.cluster, "u", 0, 1));
    mock_fill(&bench->mock, "t", 0, count);
    bench->asker = kt_record_asker_new(&bench->mock.context);
    assert_int_equal(KT_OK, kt_client_open(&bench->query, KT_ROLE_QUERY, &bench->mock.context, NULL, &err));
    assert_int_equal(0, kt_layout_fetch(&bench->layout, bench->query, NULL, KT_OFFSETS_ABSENT, 10000));
    bench->said = kt_parcel_new();
}

static void close_bench(struct bench *bench)
{
    kt_record_asker_close(bench->asker);
    kt_layout_unref(bench->layout);
    kt_client_mute(bench->query);
    kt_client_close(bench->query);
    kt_parcel_free(bench->said);
    mock_stop(&bench->mock);
}

static struct kt_record_wish wish(const char *topic, int32_t partition, int64_t offset)
{
    return (struct kt_record_wish){kt_text_of(topic, strlen(topic)), partition, offset};
}

static size_t count_records(const struct kt_parcel *said)
{
    size_t count = 0;
    for (size_t i = 0; i < said->count; i++)
        count += said->items[i].kind == KT_OBS_RECORD;
    return count;
}

/* Asks, and waits until `count` more answers are there. Returns the milliseconds it took. */
static int64_t ask(struct bench *bench, const struct kt_record_wish *wishes, size_t count)
{
    struct kt_sink sink = kt_parcel_sink(bench->said);
    size_t wanted = count_records(bench->said) + count;
    int64_t began = kt_wait_now();
    assert_true(kt_record_asker_ask(bench->asker, bench->layout, wishes, count));
    while (count_records(bench->said) < wanted) {
        assert_true(kt_wait_now() - began < PATIENCE_MS);
        (void)kt_inbox_deliver(bench->mock.inbox, &sink, 100);
    }
    return kt_wait_now() - began;
}

/* The n-th answer. */
static const struct kt_obs *told(const struct bench *bench, size_t n)
{
    for (size_t i = 0; i < bench->said->count; i++)
        if (bench->said->items[i].kind == KT_OBS_RECORD && n-- == 0)
            return &bench->said->items[i];
    return NULL;
}

static const struct kt_obs *last(const struct bench *bench)
{
    return said_last(bench->said, KT_OBS_RECORD, 0);
}

static void test_what_is_there_and_what_is_not(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 2, 5);
    int64_t wall = kt_wall(&kt_clock_system);
    struct kt_record_wish wishes[] = {wish("t", 0, 3), wish("t", 0, 5), wish("t", 1, 0), wish("t", 0, 0)};
    ask(&bench, wishes, 4);
    const struct kt_obs *record = told(&bench, 0);
    assert_null(record->record.error);
    assert_true(record->record.found && record->record.asked == 3 && record->record.offset == 3);
    assert_int_equal(record->record.stamp, KT_STAMP_CREATE);
    assert_true(record->record.timestamp_ms <= wall && record->record.timestamp_ms > wall - 60000);
    record = told(&bench, 1);
    assert_null(record->record.error);
    assert_true(!record->record.found && record->record.asked == 5 && record->record.offset == 5);
    record = told(&bench, 2);
    assert_true(!record->record.found && record->record.partition == 1 && record->record.offset == 0);
    record = told(&bench, 3);
    assert_true(record->record.found && record->record.offset == 0);

    mock_fill(&bench.mock, "t", 0, 1); /* where there was none */
    ask(&bench, &wishes[1], 1);
    assert_true(last(&bench)->record.found && last(&bench)->record.offset == 5);
    close_bench(&bench);
}

static void assert_error(const struct kt_obs *obs, const char *error)
{
    assert_non_null(obs);
    assert_non_null(obs->record.error);
    assert_string_equal(obs->record.error, error);
}

static void test_what_cannot_be_looked_at_is_told(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 1, 5);
    struct kt_record_wish beyond = wish("t", 0, 9), nowhere = wish("nowhere", 0, 0), number = wish("t", 7, 0);
    ask(&bench, &beyond, 1);
    assert_non_null(last(&bench)->record.error);
    assert_false(last(&bench)->record.found);
    ask(&bench, &number, 1);
    assert_error(last(&bench), "_UNKNOWN_PARTITION");
    rd_kafka_mock_topic_set_error(bench.mock.cluster, "nowhere", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    ask(&bench, &nowhere, 1);
    assert_error(last(&bench), "TOPIC_AUTHORIZATION_FAILED");
    assert_null(said_last(bench.said, KT_OBS_PROBLEM, 0)); /* it is no problem of the cluster */
    close_bench(&bench);
}

/* A missing right is asked about once a batch and topic; other topics are asked as ever. */
static void test_a_denied_topic_is_left_alone(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 1, 5);
    const rd_kafka_resp_err_t denied[] = {
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED};
    struct kt_record_wish wishes[] = {wish("t", 0, 1), wish("t", 0, 2), wish("t", 1, 0), wish("u", 0, 0)};
    rd_kafka_mock_push_request_errors(bench.mock.cluster, FETCH, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    ask(&bench, wishes, 4);
    for (size_t i = 0; i < 3; i++) /* the mock would answer the second and third */
        assert_error(told(&bench, i), "TOPIC_AUTHORIZATION_FAILED");
    assert_null(told(&bench, 3)->record.error);
    /* Several: a fetch that the batch before had under way may take one. */
    rd_kafka_mock_push_request_errors_array(bench.mock.cluster, FETCH, sizeof denied / sizeof *denied, denied);
    ask(&bench, wishes, 1); /* the library tells a handle only once */
    assert_error(last(&bench), "TOPIC_AUTHORIZATION_FAILED");
    rd_kafka_mock_clear_request_errors(bench.mock.cluster, FETCH);
    ask(&bench, wishes, 1); /* when to ask again is not decided here */
    assert_null(last(&bench)->record.error);
    assert_true(last(&bench)->record.found);
    close_bench(&bench);
}

/* A broker that is away costs one deadline; those behind another one are told. */
static void test_a_dead_broker_delays_once(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 2, 5);
    struct kt_record_wish wishes[30];
    for (size_t i = 0; i < 29; i++)
        wishes[i] = wish("t", 1, (int64_t)i);
    wishes[29] = wish("t", 0, 3);
    ask(&bench, &wishes[29], 1); /* the handle is warm */
    rd_kafka_mock_broker_set_down(bench.mock.cluster, 2);
    int64_t took = ask(&bench, wishes, 30);
    assert_true(took < 29 * 1000);
    for (size_t i = 1; i < 30; i++)
        assert_non_null(told(&bench, i)->record.error);
    assert_true(told(&bench, 30)->record.found);
    rd_kafka_mock_broker_set_up(bench.mock.cluster, 2);
    int64_t until = kt_wait_now() + PATIENCE_MS;
    do {
        assert_true(kt_wait_now() < until);
        ask(&bench, wishes, 1);
    } while (last(&bench)->record.error);
    close_bench(&bench);
}

static void test_one_batch_at_a_time(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 1, 5);
    int threads = rd_kafka_thread_cnt();
    struct kt_record_wish wishes[] = {wish("t", 0, 1), wish("t", 0, 2)};
    assert_false(kt_record_asker_ask(bench.asker, bench.layout, wishes, 0));
    assert_int_equal(threads, rd_kafka_thread_cnt()); /* nothing asked, no handle */
    assert_true(kt_record_asker_ask(bench.asker, bench.layout, wishes, 2));
    assert_false(kt_record_asker_ask(bench.asker, bench.layout, wishes, 2));
    kt_record_asker_stop(bench.asker); /* in the midst of it */
    assert_false(kt_record_asker_ask(bench.asker, bench.layout, wishes, 2));
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_there_and_what_is_not),
        cmocka_unit_test(test_what_cannot_be_looked_at_is_told),
        cmocka_unit_test(test_a_denied_topic_is_left_alone),
        cmocka_unit_test(test_a_dead_broker_delays_once),
        cmocka_unit_test(test_one_batch_at_a_time),
    };
    return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
