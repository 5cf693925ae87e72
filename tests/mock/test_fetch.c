#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metadata.h"
#include "mock.h"
#include "offset_fetch.h"
#include "wait.h"

#define OFFSET_FETCH 9 /* API keys of the protocol */

struct bench {
    struct mock mock;
    struct kt_seen *seen;
    struct kt_fetcher *fetcher;
    struct kt_parcel *said;
};

static void open_bench(struct bench *bench)
{
    mock_start(&bench->mock, 1);
    mock_topic(&bench->mock, "t", 2);
    bench->seen = kt_seen_new(1);
    bench->fetcher = kt_fetcher_open(&bench->mock.context, bench->seen);
    bench->said = kt_parcel_new();
    assert_non_null(bench->fetcher);
}

static void close_bench(struct bench *bench)
{
    kt_fetcher_close(bench->fetcher);
    kt_seen_free(bench->seen);
    kt_parcel_free(bench->said);
    mock_stop(&bench->mock);
}

/* Asks for groups and waits for the end of the round; returns how many have no answer. */
static size_t ask(struct bench *bench, const char *const *groups, size_t count)
{
    struct kt_fetch_item items[300];
    struct kt_sink sink = kt_parcel_sink(bench->said);
    size_t failed = 0;
    int64_t until = kt_wait_now() + 15000;
    for (size_t i = 0; i < count; i++)
        items[i] = (struct kt_fetch_item){.group = kt_text_of(groups[i], strlen(groups[i])), .mode = KT_FETCH_ALL};
    kt_fetcher_ask(bench->fetcher, items, count);
    while (!kt_fetcher_idle(bench->fetcher, &failed)) {
        assert_true(kt_wait_now() < until);
        (void)kt_inbox_deliver(bench->mock.inbox, &sink, 100);
    }
    (void)kt_inbox_deliver(bench->mock.inbox, &sink, 0);
    return failed;
}

static size_t count_fresh(const struct kt_parcel *said)
{
    size_t count = 0;
    for (size_t i = 0; i < said->count; i++)
        count += said->items[i].kind == KT_OBS_FRESH;
    return count;
}

/*
 * The library dies on this answer when the handle has no group (its coordinator is "lost" there): ours has one.
 * Whatever comes back, we live, and the next round has an answer.
 */
static void test_not_coordinator(void **state)
{
    static const char *const groups[] = {"g"};
    struct bench bench;
    (void)state;
    open_bench(&bench);
    assert_int_equal(0, ask(&bench, groups, 1));
    rd_kafka_mock_push_request_errors(bench.mock.cluster, OFFSET_FETCH, 4, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
                                      RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
                                      RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
    int64_t until = kt_wait_now() + 20000;
    (void)ask(&bench, groups, 1);
    size_t before = count_fresh(bench.said);
    while (ask(&bench, groups, 1) != 0)
        assert_true(kt_wait_now() < until);
    assert_true(count_fresh(bench.said) > before);
    close_bench(&bench);
}

/* Far more groups than may be under way at a time: each is answered once. */
static void test_many(void **state)
{
    const char *groups[300];
    struct bench bench;
    (void)state;
    open_bench(&bench);
    for (size_t i = 0; i < 300; i++)
        groups[i] = kt_format("group-%zu", i);
    assert_int_equal(0, ask(&bench, groups, 300));
    assert_int_equal(300, count_fresh(bench.said));
    for (size_t i = 0; i < 300; i++)
        free((void *)(uintptr_t)groups[i]);
    close_bench(&bench);
}

/* A denied group is told as such, counts as unanswered, and is left alone for a while. */
static void test_denied(void **state)
{
    static const char *const groups[] = {"g"};
    struct bench bench;
    (void)state;
    open_bench(&bench);
    rd_kafka_mock_push_request_errors(bench.mock.cluster, OFFSET_FETCH, 1,
                                      RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    assert_int_equal(1, ask(&bench, groups, 1));
    const struct kt_obs *problem = said_last(bench.said, KT_OBS_PROBLEM, 0);
    assert_non_null(problem);
    assert_int_equal(KT_SCOPE_GROUP, problem->problem.scope);
    assert_true(text_is(problem->problem.error, "GROUP_AUTHORIZATION_FAILED"));
    /* The mock would answer now; we do not ask. */
    assert_int_equal(1, ask(&bench, groups, 1));
    assert_int_equal(0, count_fresh(bench.said));
    close_bench(&bench);
}

/*
 * Handles that are open in this process. The library names the main thread of each before rd_kafka_new returns, while
 * the threads of brokers come and go as they please: their number says nothing. 0: no names here.
 */
static size_t count_handles(void)
{
    static const char prefix[] = "/proc/self/task";
    size_t count = 0;
    DIR *tasks = opendir(prefix);
    for (const struct dirent *task; tasks && (task = readdir(tasks));) {
        char name[32] = "";
        char *path = kt_format("%s/%s/comm", prefix, task->d_name);
        FILE *file = fopen(path, "r");
        count += file && fgets(name, sizeof name, file) && strcmp(name, "rdk:main\n") == 0;
        if (file)
            fclose(file);
        free(path);
    }
    if (tasks)
        closedir(tasks);
    return count;
}

/* No group, no handle: nothing may ask for a coordinator on an empty cluster. A group makes the one. */
static void test_nothing(void **state)
{
    static const char *const groups[] = {"g"};
    struct bench bench;
    (void)state;
    open_bench(&bench);
    size_t before = count_handles();
    if (before == 0) {
        close_bench(&bench);
        skip();
    }
    assert_int_equal(0, ask(&bench, NULL, 0));
    assert_int_equal(before, count_handles());
    assert_int_equal(0, ask(&bench, groups, 1));
    assert_int_equal(before + 1, count_handles());
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_coordinator),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
