#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "metadata.h"
#include "mock.h"
#include "wait.h"

#define OFFSETS_PARTITIONS 5

/* ---- conditions to wait for ---- */

static bool has_pass(const struct kt_parcel *said, const void *complete)
{
    const struct kt_obs *pass = said_last(said, KT_OBS_PASS, 0);
    return pass && pass->pass.complete == *(const bool *)complete;
}

struct commit {
    const char *group;
    int64_t offset;
    bool backfilled;
};

static bool has_commit(const struct kt_parcel *said, const void *wanted)
{
    const struct commit *commit = wanted;
    for (size_t i = 0; i < said->count; i++) {
        const struct kt_obs *obs = &said->items[i];
        if (obs->kind == KT_OBS_COMMIT && text_is(obs->commit.group, commit->group) &&
            obs->commit.offset == commit->offset && obs->commit.backfilled == commit->backfilled)
            return true;
    }
    return false;
}

static bool has_source(const struct kt_parcel *said, const void *kind)
{
    const struct kt_obs *source = said_last(said, KT_OBS_SOURCE, 0);
    return source && source->source.kind == *(const enum kt_source_kind *)kind;
}

struct end {
    const char *topic;
    int partition;
    int64_t offset; /* -1: an error */
};

static bool has_end(const struct kt_parcel *said, const void *wanted)
{
    const struct end *end = wanted;
    for (size_t i = said->count; i > 0; i--) {
        const struct kt_obs *obs = &said->items[i - 1];
        if (obs->kind != KT_OBS_END || !text_is(obs->end.topic, end->topic) || obs->end.partition != end->partition ||
            (!obs->end.has_end && !obs->end.error))
            continue;
        return end->offset < 0 ? obs->end.error != NULL : obs->end.has_end && obs->end.log_end == end->offset;
    }
    return false;
}

static bool has_problem(const struct kt_parcel *said, const void *error)
{
    for (size_t i = 0; i < said->count; i++)
        if (said->items[i].kind == KT_OBS_PROBLEM && !said->items[i].problem.over &&
            text_is(said->items[i].problem.error, error))
            return true;
    return false;
}

static const bool yes = true, no = false;
static const enum kt_source_kind by_log = KT_SOURCE_LOG, by_admin = KT_SOURCE_ADMIN;

/* ---- tests ---- */

static void start(struct mock *mock, int brokers)
{
    mock_start(mock, brokers);
    mock_topic(mock, "t", 4);
    mock_topic(mock, KT_OFFSETS_TOPIC, OFFSETS_PARTITIONS);
}

/* What lay in the log, then what comes, each marked as what it is; all partitions fresh; ends after commits. */
static void test_log(void **state)
{
    struct mock mock;
    struct watch watch;
    (void)state;
    start(&mock, 2);
    mock_fill(&mock, "t", 1, 9);
    mock_commit(&mock, "old", "t", 1, 5);
    watch_open(&watch, &mock);
    assert_true(watch_until(&watch, has_pass, &yes, 10));
    assert_true(has_source(watch.said, &by_log));
    assert_true(has_commit(watch.said, &(struct commit){"old", 5, true}));
    assert_true(has_end(watch.said, &(struct end){"t", 1, 9}));
    unsigned fresh = 0;
    for (size_t i = 0; i < watch.said->count; i++)
        if (watch.said->items[i].kind == KT_OBS_FRESH)
            fresh |= 1u << watch.said->items[i].fresh.offsets_partition;
    assert_int_equal((1u << OFFSETS_PARTITIONS) - 1, fresh);

    mock_commit(&mock, "new", "t", 1, 7);
    assert_true(watch_until(&watch, has_commit, &(struct commit){"new", 7, false}, 10));
    mock_fill(&mock, "t", 1, 2);
    assert_true(watch_until(&watch, has_end, &(struct end){"t", 1, 11}, 10));
    watch_close(&watch);
    mock_stop(&mock);
}

/* Each pass: the end that a commit is compared with was asked after the commit was read. */
static void test_order(void **state)
{
    struct mock mock;
    struct watch watch;
    int64_t committed = -1;
    (void)state;
    start(&mock, 1);
    mock_commit(&mock, "g", "t", 0, 1);
    watch_open(&watch, &mock);
    assert_true(watch_until(&watch, has_pass, &yes, 10));
    bool asked_after = false;
    for (size_t i = 0; i < watch.said->count; i++) {
        const struct kt_obs *obs = &watch.said->items[i];
        if (obs->kind == KT_OBS_COMMIT)
            committed = obs->at;
        if (obs->kind == KT_OBS_PASS && obs->pass.complete)
            break; /* on a slow machine, one that had to go on without all answers may come before */
        if (obs->kind == KT_OBS_END && obs->end.has_end && text_is(obs->end.topic, "t"))
            asked_after = committed >= 0 && obs->at >= committed;
    }
    assert_true(asked_after);
    watch_close(&watch);
    mock_stop(&mock);
}

/* A new cluster: coordinators first, and the log as soon as its topic is there. */
static void test_topic_appears(void **state)
{
    struct mock mock;
    struct watch watch;
    (void)state;
    mock_start(&mock, 1);
    mock_topic(&mock, "t", 1);
    watch_open(&watch, &mock);
    assert_true(watch_until(&watch, has_source, &by_admin, 10));
    assert_true(watch_until(&watch, has_pass, &yes, 10));
    /* Unlike a broker, the mock makes a topic of any name that it is asked for. */
    mock_commit(&mock, "g", "t", 0, 3);
    assert_true(watch_until(&watch, has_source, &by_log, 20));
    assert_true(watch_until(&watch, has_commit, &(struct commit){"g", 3, true}, 10));
    watch_close(&watch);
    mock_stop(&mock);
}

/* The topic is there but may not be read: auto goes to the coordinators, --source log says why it cannot. */
static void test_denied(void **state)
{
    struct mock mock;
    struct watch watch;
    (void)state;
    start(&mock, 1);
    rd_kafka_mock_topic_set_error(mock.cluster, KT_OFFSETS_TOPIC, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    watch_open(&watch, &mock);
    assert_true(watch_until(&watch, has_source, &by_admin, 10));
    assert_true(text_is(said_last(watch.said, KT_OBS_SOURCE, 0)->source.reason,
                        "the right READ on the offsets topic is missing (TOPIC_AUTHORIZATION_FAILED)"));
    watch_close(&watch);

    mock.options.source = KT_CHOOSE_LOG;
    watch_open(&watch, &mock);
    assert_true(watch_until(&watch, has_problem, "TOPIC_AUTHORIZATION_FAILED", 10));
    assert_true(watch_until(&watch, has_pass, &no, 10));
    /* Complaining once is enough: a poll that has nothing to tell waits. */
    struct kt_sink sink = kt_parcel_sink(watch.said);
    unsigned idle = 0;
    for (int64_t until = kt_wait_now() + 1000; kt_wait_now() < until;) {
        size_t before = watch.said->count;
        (void)kt_source_poll(&watch.source, &sink, 200);
        idle += watch.said->count == before;
    }
    assert_true(idle < 30);
    watch_close(&watch);
    mock_stop(&mock);
}

/* A fetch that is refused: found out at once, not after the time for silence. */
static void test_fetch_denied(void **state)
{
    struct mock mock;
    struct watch watch;
    rd_kafka_resp_err_t errors[64];
    (void)state;
    start(&mock, 1);
    for (size_t i = 0; i < 64; i++)
        errors[i] = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    rd_kafka_mock_push_request_errors_array(mock.cluster, 1 /* Fetch */, 64, errors);
    int64_t begun = kt_wait_now();
    watch_open(&watch, &mock);
    assert_true(watch_until(&watch, has_source, &by_admin, 10));
    assert_true(kt_wait_now() - begun < 4000);
    watch_close(&watch);
    mock_stop(&mock);
}

/* One of two brokers dies while we watch: its partitions fail, the others go on, and all is well after. */
static void test_broker_dies(void **state)
{
    struct mock mock;
    struct watch watch;
    (void)state;
    start(&mock, 2);
    (void)rd_kafka_mock_partition_set_leader(mock.cluster, "t", 0, 1);
    (void)rd_kafka_mock_partition_set_leader(mock.cluster, "t", 1, 2);
    watch_open(&watch, &mock);
    assert_true(watch_until(&watch, has_pass, &yes, 10));
    (void)rd_kafka_mock_broker_set_down(mock.cluster, 2);
    assert_true(watch_until(&watch, has_end, &(struct end){"t", 1, -1}, 15));
    mock_fill(&mock, "t", 0, 6);
    assert_true(watch_until(&watch, has_end, &(struct end){"t", 0, 6}, 15));
    assert_true(has_problem(watch.said, "_TIMED_OUT") || has_problem(watch.said, "_TRANSPORT"));
    (void)rd_kafka_mock_broker_set_up(mock.cluster, 2);
    assert_true(watch_until(&watch, has_end, &(struct end){"t", 1, 0}, 30));
    watch_close(&watch);
    mock_stop(&mock);
}

/* Nobody listens there: poll never waits longer than it was told to, and close takes no second. */
static void test_nobody_home(void **state)
{
    struct mock mock;
    struct watch watch;
    (void)state;
    mock_start(&mock, 1);
    free(mock.options.brokers);
    mock.options.brokers = kt_strdup("127.0.0.1:1");
    watch_open(&watch, &mock);
    struct kt_sink sink = kt_parcel_sink(watch.said);
    int64_t until = kt_wait_now() + 8000;
    while (!has_problem(watch.said, "_ALL_BROKERS_DOWN") && kt_wait_now() < until) {
        int64_t begun = kt_wait_now();
        kt_source_refresh(&watch.source);
        (void)kt_source_poll(&watch.source, &sink, 100);
        assert_true(kt_wait_now() - begun < 400);
    }
    assert_true(has_problem(watch.said, "_ALL_BROKERS_DOWN"));
    int64_t begun = kt_wait_now();
    watch_close(&watch);
    assert_true(kt_wait_now() - begun < 1200);
    /* What was left behind still looks at the log and options that this test owns: let it end. */
    until = kt_wait_now() + 8000;
    while (kt_wait_now() < until && rd_kafka_thread_cnt() > 4)
        (void)rd_kafka_poll(mock.rk, 50);
    mock_stop(&mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log),          cmocka_unit_test(test_order),       cmocka_unit_test(test_topic_appears),
        cmocka_unit_test(test_denied),       cmocka_unit_test(test_fetch_denied), cmocka_unit_test(test_broker_dies),
        cmocka_unit_test(test_nobody_home),
    };
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
