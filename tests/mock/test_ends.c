#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "ends.h"
#include "mock.h"
#include "wait.h"

#define CALL_MS 2000

struct bench {
    struct mock mock;
    struct kt_client *client;
    struct kt_client *other; /* a second handle with a memory of its own; NULL: none */
    struct kt_asker *asker;
    const struct kt_layout *layout;
};

static void open_bench(struct bench *bench, int brokers)
{
    struct kt_err err;
    mock_start(&bench->mock, brokers);
    assert_int_equal(KT_OK, kt_client_open(&bench->client, KT_ROLE_QUERY, &bench->mock.context, NULL, &err));
    bench->asker = kt_asker_new(&bench->mock.context, CALL_MS);
    bench->layout = NULL;
    bench->other = NULL;
}

static void look(struct bench *bench)
{
    kt_layout_unref(bench->layout);
    bench->layout = NULL;
    /* The handle may sit on a broker that has just been lost, and the machine may be busy. */
    int64_t until = kt_wait_now() + 30000;
    int error;
    do {
        error = kt_layout_fetch(&bench->layout, bench->client, NULL, KT_OFFSETS_ABSENT, 5000);
    } while (error && kt_wait_now() < until);
    assert_int_equal(0, error);
}

static void close_bench(struct bench *bench)
{
    kt_asker_free(bench->asker);
    kt_layout_unref(bench->layout);
    kt_client_close(bench->other);
    kt_client_close(bench->client);
    mock_stop(&bench->mock);
}

static struct kt_batch *ask(struct bench *bench, int64_t what)
{
    struct kt_ask ask = {.client = bench->client, .what = what};
    return kt_asker_ask(bench->asker, bench->layout, &ask, NULL, NULL);
}

static const struct kt_answer *answer_of(struct kt_batch *batch, const char *topic, int partition)
{
    size_t count = 0;
    const struct kt_answer *answers = kt_batch_answers(batch, &count);
    for (size_t i = 0; i < count; i++)
        if (answers[i].partition == partition && strcmp(answers[i].topic->name, topic) == 0)
            return &answers[i];
    fail();
    return NULL;
}

/* More partitions than a chunk holds on each of three brokers, and each gets its own answer. */
static void test_chunks(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 3);
    mock_topic(&bench.mock, "wide", 3 * KT_ENDS_CHUNK + 60);
    mock_fill(&bench.mock, "wide", 0, 7);
    mock_fill(&bench.mock, "wide", KT_ENDS_CHUNK, 3);
    look(&bench);
    struct kt_batch *ends = ask(&bench, KT_ENDS_END);
    struct kt_batch *starts = ask(&bench, KT_ENDS_START);
    assert_true(kt_batch_wait(ends, 10000));
    assert_true(kt_batch_wait(starts, 10000));
    assert_int_equal(0, kt_batch_failed(ends));
    for (int i = 0; i < 3 * KT_ENDS_CHUNK + 60; i++) {
        int64_t expected = i == 0 ? 7 : i == KT_ENDS_CHUNK ? 3 : 0;
        assert_int_equal(expected, answer_of(ends, "wide", i)->offset);
        assert_int_equal(0, answer_of(starts, "wide", i)->offset);
    }
    kt_batch_unref(ends);
    kt_batch_unref(starts);
    close_bench(&bench);
}

/* A partition that metadata says has no leader is not asked, and nobody else notices. */
static void test_leaderless(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 2);
    mock_topic(&bench.mock, "t", 6);
    mock_fill(&bench.mock, "t", 4, 5);
    (void)rd_kafka_mock_partition_set_leader(bench.mock.cluster, "t", 2, -1);
    look(&bench);
    int64_t begun = kt_wait_now();
    struct kt_batch *batch = ask(&bench, KT_ENDS_END);
    assert_true(kt_batch_wait(batch, 10000));
    assert_true(kt_wait_now() - begun < CALL_MS);
    assert_int_equal(1, kt_batch_failed(batch));
    assert_int_equal(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, answer_of(batch, "t", 2)->error);
    assert_int_equal(5, answer_of(batch, "t", 4)->offset);
    kt_batch_unref(batch);
    close_bench(&bench);
}

/* A broker that lost all it led is not asked for each partition: after some of them the rest is no better. */
static void test_all_led_elsewhere(void **state)
{
    enum { FAULTS = 100 }; /* fewer than a call for each partition would meet */
    rd_kafka_resp_err_t errors[FAULTS];
    struct bench bench;
    (void)state;
    open_bench(&bench, 1);
    mock_topic(&bench.mock, "t", KT_ENDS_CHUNK);
    look(&bench);
    for (size_t i = 0; i < FAULTS; i++)
        errors[i] = RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
    rd_kafka_mock_push_request_errors_array(bench.mock.cluster, 2 /* ListOffsets */, FAULTS, errors);
    struct kt_batch *batch = ask(&bench, KT_ENDS_END);
    assert_true(kt_batch_wait(batch, 10000));
    assert_int_equal(KT_ENDS_CHUNK, kt_batch_failed(batch));
    assert_int_equal(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                     answer_of(batch, "t", KT_ENDS_CHUNK - 1)->error);
    kt_batch_unref(batch);
    close_bench(&bench);
}

/* The whole call fails for one partition's sake: it is halved until that one stands alone. */
static void test_one_bad_partition(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 1);
    mock_topic(&bench.mock, "t", 8);
    mock_fill(&bench.mock, "t", 6, 4);
    look(&bench);
    /* One call for all, two for the halves, two for the quarters of the first, two for its eighths. */
    rd_kafka_mock_push_request_errors(bench.mock.cluster, 2 /* ListOffsets */, 4,
                                      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
                                      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
                                      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR);
    struct kt_batch *batch = ask(&bench, KT_ENDS_END);
    assert_true(kt_batch_wait(batch, 10000));
    assert_int_equal(1, kt_batch_failed(batch));
    assert_int_equal(4, answer_of(batch, "t", 6)->offset);
    kt_batch_unref(batch);
    close_bench(&bench);
}

/* Waits until a batch for the whole layout has no failure. */
static bool recovers(struct bench *bench)
{
    int64_t until = kt_wait_now() + 30000;
    while (kt_wait_now() < until) {
        struct kt_batch *batch = ask(bench, KT_ENDS_END);
        bool well = kt_batch_wait(batch, 5000) && kt_batch_failed(batch) == 0;
        struct kt_sink nowhere = kt_parcel_sink(kt_parcel_new());
        (void)kt_inbox_deliver(bench->mock.inbox, &nowhere, 100);
        kt_parcel_free(nowhere.self);
        kt_batch_unref(batch);
        if (well)
            return true;
    }
    return false;
}

/* A dead broker delays nobody else, is given up at once the next time, and is found again when it is back. */
static void test_dead_broker(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, 3);
    mock_topic(&bench.mock, "t", 9);
    for (int i = 0; i < 9; i++)
        (void)rd_kafka_mock_partition_set_leader(bench.mock.cluster, "t", i, 1 + i % 3);
    look(&bench);
    struct kt_batch *batch = ask(&bench, KT_ENDS_END);
    assert_true(kt_batch_wait(batch, 10000));
    assert_int_equal(0, kt_batch_failed(batch));
    kt_batch_unref(batch);
    int64_t rtt_us = -2;
    assert_int_equal(1, kt_asker_up(bench.asker, 2, &rtt_us));
    assert_in_range(rtt_us, 1, 10000000);

    (void)rd_kafka_mock_broker_set_down(bench.mock.cluster, 2);
    int64_t begun = kt_wait_now();
    batch = ask(&bench, KT_ENDS_END);
    assert_true(kt_batch_wait(batch, CALL_MS + 3000));
    assert_true(kt_wait_now() - begun >= CALL_MS - 100);
    size_t count = 0;
    const struct kt_answer *answers = kt_batch_answers(batch, &count);
    assert_int_equal(9, count);
    size_t led = 0;
    for (size_t i = 0; i < count; i++) {
        led += answers[i].leader == 2;
        assert_int_equal(answers[i].leader == 2, answers[i].error != 0);
    }
    assert_int_equal(3, led);
    kt_batch_unref(batch);
    assert_int_equal(0, kt_asker_up(bench.asker, 2, &rtt_us));
    assert_int_equal(-1, rtt_us);

    begun = kt_wait_now();
    batch = ask(&bench, KT_ENDS_END);
    assert_true(kt_batch_wait(batch, CALL_MS));
    assert_true(kt_wait_now() - begun < CALL_MS / 2);
    assert_int_equal(led, kt_batch_failed(batch));
    kt_batch_unref(batch);

    (void)rd_kafka_mock_broker_set_up(bench.mock.cluster, 2);
    assert_true(recovers(&bench));
    assert_int_equal(1, kt_asker_up(bench.asker, 2, NULL));
    close_bench(&bench);
}

/* A broker that takes longer than a call may is given up, and is not away for good: it is waited for. */
static void test_late_broker(void **state)
{
    struct bench bench;
    int64_t rtt_us = 0;
    (void)state;
    open_bench(&bench, 1);
    mock_topic(&bench.mock, "t", 2);
    look(&bench);
    struct kt_batch *batch = ask(&bench, KT_ENDS_END);
    assert_true(kt_batch_wait(batch, 10000));
    assert_int_equal(0, kt_batch_failed(batch));
    kt_batch_unref(batch);
    (void)rd_kafka_mock_broker_set_rtt(bench.mock.cluster, 1, CALL_MS + 500);
    batch = ask(&bench, KT_ENDS_END);
    assert_true(kt_batch_wait(batch, CALL_MS + 3000));
    assert_int_not_equal(0, kt_batch_failed(batch));
    kt_batch_unref(batch);
    assert_true(recovers(&bench));
    assert_int_equal(1, kt_asker_up(bench.asker, 1, &rtt_us));
    assert_true(rtt_us > CALL_MS * 1000);
    (void)rd_kafka_mock_broker_set_rtt(bench.mock.cluster, 1, 0);
    close_bench(&bench);
}

/* The mock makes an offsets topic once it was asked for one, and lets anybody lead it. */
static bool is_ours(void *self, const struct kt_layout_topic *topic, const struct kt_layout_partition *partition)
{
    (void)self, (void)partition;
    return strcmp(topic->name, "t") == 0;
}

static struct kt_batch *ask_other(struct bench *bench)
{
    struct kt_ask ask = {.client = bench->other, .what = KT_ENDS_END};
    return kt_asker_ask(bench->asker, bench->layout, &ask, is_ours, NULL);
}

/* Three brokers that lead three partitions each, and two handles that know it. */
static void open_spread(struct bench *bench)
{
    struct kt_err err;
    open_bench(bench, 3);
    mock_topic(&bench->mock, "t", 9);
    for (int i = 0; i < 9; i++)
        (void)rd_kafka_mock_partition_set_leader(bench->mock.cluster, "t", i, 1 + i % 3);
    mock_fill(&bench->mock, "t", 4, 6);
    assert_int_equal(KT_OK, kt_client_open(&bench->other, KT_ROLE_READ, &bench->mock.context, NULL, &err));
    look(bench);
    struct kt_batch *batch = ask_other(bench);
    assert_true(kt_batch_wait(batch, 10000));
    assert_int_equal(0, kt_batch_failed(batch));
    kt_batch_unref(batch);
}

/* Broker 2 dies, and what it led moves to the others: half of it to broker 1. */
static void lose_broker(struct bench *bench)
{
    (void)rd_kafka_mock_broker_set_down(bench->mock.cluster, 2);
    for (int i = 1; i < 9; i += 3)
        (void)rd_kafka_mock_partition_set_leader(bench->mock.cluster, "t", i, i == 4 ? 3 : 1);
}

static void assert_nobody_blamed(struct bench *bench)
{
    struct kt_parcel *said = kt_parcel_new();
    struct kt_sink sink = kt_parcel_sink(said);
    (void)kt_inbox_deliver(bench->mock.inbox, &sink, 0);
    for (size_t i = 0; i < said->count; i++)
        if (said->items[i].kind == KT_OBS_PROBLEM && !said->items[i].problem.over)
            assert_false(text_is(said->items[i].problem.error, "_TIMED_OUT"));
    kt_parcel_free(said);
    assert_int_equal(1, kt_asker_up(bench->asker, 1, NULL));
    assert_int_equal(1, kt_asker_up(bench->asker, 3, NULL));
}

/* New metadata says who leads now: a handle that was not told asks for itself, and nobody waits for the dead. */
static void test_moved(void **state)
{
    struct bench bench;
    (void)state;
    open_spread(&bench);
    lose_broker(&bench);
    const struct kt_layout *old = bench.layout;
    bench.layout = NULL;
    look(&bench);
    kt_layout_follow(bench.layout, old, kt_wait_now());
    assert_int_equal(old->epoch + 1, bench.layout->epoch);
    kt_layout_unref(old);

    int64_t begun = kt_wait_now();
    struct kt_batch *batch = ask_other(&bench);
    assert_true(kt_batch_wait(batch, 10000));
    assert_true(kt_wait_now() - begun < CALL_MS);
    assert_int_equal(0, kt_batch_failed(batch));
    assert_int_equal(6, answer_of(batch, "t", 4)->offset);
    assert_true(answer_of(batch, "t", 4)->moved);
    assert_false(answer_of(batch, "t", 3)->moved);
    kt_batch_unref(batch);
    assert_nobody_blamed(&bench);
    close_bench(&bench);
}

/* The handle sends a part of the chunk to the dead broker, and nothing tells us so but silence. */
static void test_wrong_handle(void **state)
{
    struct bench bench;
    (void)state;
    open_spread(&bench);
    lose_broker(&bench);
    look(&bench);
    struct kt_batch *batch = ask_other(&bench);
    assert_true(kt_batch_wait(batch, 3 * CALL_MS));
    assert_int_equal(0, kt_batch_failed(batch));
    assert_int_equal(6, answer_of(batch, "t", 4)->offset);
    kt_batch_unref(batch);
    assert_nobody_blamed(&bench);
    close_bench(&bench);
}

/* Everybody lives, the leader moved, and the handle is told so: it does not go on asking the old one. */
static void test_not_leader(void **state)
{
    struct bench bench;
    (void)state;
    open_spread(&bench);
    (void)rd_kafka_mock_partition_set_leader(bench.mock.cluster, "t", 4, 1);
    int64_t until = kt_wait_now() + 5000;
    size_t failed = 1;
    while (failed && kt_wait_now() < until) {
        struct kt_batch *batch = ask_other(&bench);
        assert_true(kt_batch_wait(batch, 5000));
        failed = kt_batch_failed(batch);
        assert_int_equal(failed ? RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION : 0, answer_of(batch, "t", 4)->error);
        kt_batch_unref(batch);
    }
    assert_int_equal(0, failed);
    assert_nobody_blamed(&bench);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_leaderless),
        cmocka_unit_test(test_all_led_elsewhere),
        cmocka_unit_test(test_one_bad_partition),
        cmocka_unit_test(test_dead_broker),
        cmocka_unit_test(test_late_broker),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_wrong_handle),
        cmocka_unit_test(test_not_leader),
    };
    return cmocka_run_group_tests_name("ends", tests, NULL, NULL);
}
