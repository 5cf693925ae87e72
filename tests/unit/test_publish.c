/* The slot between two threads: the latest value, a wake-up that never blocks, and waiting for the reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

#include "publish.h"
#include "wait.h"

#define PATIENCE_MS 10000
#define ROUNDS 5000

static const struct kt_snapshot *numbered(uint64_t sequence)
{
    struct kt_snapshot *snap = kt_snapshot_new();
    snap->sequence = sequence;
    return kt_snapshot_seal(snap);
}

static bool is_readable(const struct kt_publish *publish)
{
    struct pollfd fd = {.fd = publish->pipe[0], .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static uint64_t take(struct kt_publish *publish)
{
    const struct kt_snapshot *snap = kt_publish_get(publish);
    uint64_t sequence = snap->sequence;
    kt_snapshot_unref(snap);
    return sequence;
}

static int set_up(void **state)
{
    struct kt_err err;
    struct kt_publish *publish = kt_alloc(1, sizeof *publish);
    *state = publish;
    return kt_publish_init(publish, numbered(0), &err) == KT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    kt_publish_release(*state);
    free(*state);
    return 0;
}

static void the_first_value_is_there_and_wakes_nobody(void **state)
{
    struct kt_publish *publish = *state;
    assert_false(is_readable(publish));
    assert_int_equal(take(publish), 0);
    assert_true(kt_publish_wait_taken(publish, 0));
}

static void the_latest_value_wins(void **state)
{
    struct kt_publish *publish = *state;
    for (uint64_t i = 1; i <= 3; i++) {
        kt_publish_put(publish, numbered(i));
    }
    assert_true(is_readable(publish));
    assert_int_equal(take(publish), 3);
    assert_false(is_readable(publish));
    assert_int_equal(take(publish), 3); /* it stays until there is another */
}

static void a_reader_keeps_what_it_took(void **state)
{
    struct kt_publish *publish = *state;
    const struct kt_snapshot *old = kt_publish_get(publish);
    kt_publish_put(publish, numbered(7));
    assert_int_equal(take(publish), 7);
    assert_int_equal(old->sequence, 0);
    kt_snapshot_unref(old);
}

static void waking_never_blocks(void **state)
{
    struct kt_publish *publish = *state;
    for (int i = 0; i < 200000; i++) { /* more than a pipe holds */
        kt_publish_wake(publish);
    }
    assert_true(is_readable(publish));
    assert_int_equal(take(publish), 0);
    assert_false(is_readable(publish));
}

static void the_descriptors_are_not_inherited(void **state)
{
    struct kt_publish *publish = *state;
    for (int i = 0; i < 2; i++) {
        assert_true(fcntl(publish->pipe[i], F_GETFD) & FD_CLOEXEC);
        assert_true(fcntl(publish->pipe[i], F_GETFL) & O_NONBLOCK);
    }
}

static void waiting_for_the_reader_has_an_end(void **state)
{
    struct kt_publish *publish = *state;
    kt_publish_put(publish, numbered(1));
    int64_t from = kt_wait_now();
    assert_false(kt_publish_wait_taken(publish, 20));
    assert_true(kt_wait_now() - from >= 20);
    assert_int_equal(take(publish), 1);
    assert_true(kt_publish_wait_taken(publish, 0));
}

static void *wait_for_reader(void *self)
{
    struct kt_publish *publish = self;
    kt_publish_put(publish, numbered(1));
    return kt_publish_wait_taken(publish, PATIENCE_MS) ? publish : NULL;
}

static void a_reader_ends_the_waiting(void **state)
{
    struct kt_publish *publish = *state;
    pthread_t thread;
    void *taken;
    assert_int_equal(pthread_create(&thread, NULL, wait_for_reader, publish), 0);
    struct pollfd fd = {.fd = publish->pipe[0], .events = POLLIN};
    assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
    int64_t from = kt_wait_now();
    assert_int_equal(take(publish), 1);
    pthread_join(thread, &taken);
    assert_non_null(taken);
    assert_true(kt_wait_now() - from < PATIENCE_MS);
}

static void *put_many(void *self)
{
    for (uint64_t i = 1; i <= ROUNDS; i++) {
        kt_publish_put(self, numbered(i));
    }
    return NULL;
}

static void two_threads_meet(void **state)
{
    struct kt_publish *publish = *state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, put_many, publish), 0);
    int64_t deadline = kt_wait_now() + PATIENCE_MS;
    struct pollfd fd = {.fd = publish->pipe[0], .events = POLLIN};
    uint64_t before = 0;
    while (before < ROUNDS && kt_wait_now() < deadline) {
        if (poll(&fd, 1, PATIENCE_MS) == 1) {
            uint64_t now = take(publish);
            assert_true(now >= before);
            before = now;
        }
    }
    pthread_join(thread, NULL);
    assert_int_equal(before, ROUNDS); /* the last wake-up is never lost */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_value_is_there_and_wakes_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_latest_value_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_keeps_what_it_took, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waking_never_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_descriptors_are_not_inherited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waiting_for_the_reader_has_an_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_ends_the_waiting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_threads_meet, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
