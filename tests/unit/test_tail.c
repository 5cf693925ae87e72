/* tail: when a library that sleeps because its queue was full has to be nudged. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tail.h"

#define ROOM 20000u

/* Takes all that waits, with a look each slice; returns how many of the looks found that it must be nudged. */
static unsigned drain(struct kt_tail_flow *flow, size_t waiting)
{
    unsigned nudges = 0;
    for (;;) {
        nudges += kt_tail_flow_starves(flow, waiting);
        if (waiting == 0)
            return nudges;
        waiting = waiting > KT_TAIL_SLICE ? waiting - KT_TAIL_SLICE : 0;
    }
}

/* However little more than its room the queue held, and wherever the looks fall. */
static void what_was_full_is_nudged_once(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2 * KT_TAIL_SLICE; over += 100) {
        struct kt_tail_flow flow = {.room = ROOM};
        assert_int_equal(1, drain(&flow, ROOM + over - KT_TAIL_SLICE));
        assert_int_equal(0, drain(&flow, ROOM / 2));
        assert_int_equal(1, drain(&flow, ROOM + over - KT_TAIL_SLICE));
    }
}

static void what_never_was_full_is_left_alone(void **state)
{
    struct kt_tail_flow flow = {.room = ROOM};
    (void)state;
    assert_int_equal(0, drain(&flow, 0));
    assert_int_equal(0, drain(&flow, ROOM - KT_TAIL_SLICE - 1));
}

/* While there is enough to do, nobody is woken. */
static void half_is_taken_before(void **state)
{
    struct kt_tail_flow flow = {.room = ROOM};
    (void)state;
    assert_false(kt_tail_flow_starves(&flow, ROOM));
    assert_false(kt_tail_flow_starves(&flow, ROOM / 2 + 1));
    assert_true(kt_tail_flow_starves(&flow, ROOM / 2));
    assert_false(kt_tail_flow_starves(&flow, 0));
}

/* A user may leave less room than a slice. */
static void little_room(void **state)
{
    struct kt_tail_flow flow = {.room = 100};
    (void)state;
    assert_false(kt_tail_flow_starves(&flow, 90));
    assert_true(kt_tail_flow_starves(&flow, 0));
    assert_false(kt_tail_flow_starves(&flow, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_full_is_nudged_once),
        cmocka_unit_test(what_never_was_full_is_left_alone),
        cmocka_unit_test(half_is_taken_before),
        cmocka_unit_test(little_room),
    };
    return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
