#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "burrow.h"

enum { UNKNOWN = -1, ROOM = 8 };

struct shot {
    int64_t at_ms;
    int64_t offset;
    int64_t lag; /* UNKNOWN: null */
};

/* One row: a window, what else is known, and what must come out. */
struct row {
    const char *name;
    struct shot shots[ROOM];
    size_t count;
    size_t slots; /* 0: as many as shots */
    int64_t ends[4];
    size_t end_count;
    uint64_t current_lag;
    int64_t now_ms;
    uint64_t allowed_lag;
    float minimum_complete;
    enum kt_burrow_status status;
    struct kt_burrow_rules rules;
};

static const struct row rows[] = {
    {.name = "lag equal to the allowed one is OK, also when the commits have stopped",
     .shots = {{1000, 5, 10}},
     .count = 1,
     .current_lag = 10,
     .allowed_lag = 10,
     .now_ms = 9000,
     .status = KT_BURROW_OK,
     .rules = {false, -1, false, true, true, true, false}},
    {.name = "the first commit with lag is STALL within its second",
     .shots = {{1500, 5, 10}},
     .count = 1,
     .current_lag = 10,
     .now_ms = 1999,
     .status = KT_BURROW_STALL,
     .rules = {true, -1, false, false, true, true, false}},
    {.name = "and STOP from the next one on",
     .shots = {{1500, 5, 10}},
     .count = 1,
     .current_lag = 10,
     .now_ms = 2000,
     .status = KT_BURROW_STOP,
     .rules = {true, -1, false, true, true, true, false}},
    {.name = "silence as long as the window is not yet STOP",
     .shots = {{1000, 5, 10}, {4000, 6, 10}},
     .count = 2,
     .current_lag = 10,
     .now_ms = 7999,
     .status = KT_BURROW_WARN,
     .rules = {true, -1, false, false, false, true, false}},
    {.name = "a second more is STOP",
     .shots = {{1000, 5, 10}, {4000, 6, 10}},
     .count = 2,
     .current_lag = 10,
     .now_ms = 8000,
     .status = KT_BURROW_STOP,
     .rules = {true, -1, false, true, false, true, false}},
    {.name = "an old log end at the newest commit holds STOP back",
     .shots = {{1000, 5, 10}, {4000, 6, 10}},
     .count = 2,
     .ends = {6, 30},
     .end_count = 2,
     .current_lag = 24,
     .now_ms = 60000,
     .status = KT_BURROW_WARN,
     .rules = {true, -1, false, true, false, true, true}},
    {.name = "allowed lag plays no part in that",
     .shots = {{1000, 5, 10}, {4000, 6, 10}},
     .count = 2,
     .ends = {7, 30},
     .end_count = 2,
     .current_lag = 24,
     .allowed_lag = 5,
     .now_ms = 60000,
     .status = KT_BURROW_STOP,
     .rules = {true, -1, false, true, false, true, false}},
    {.name = "STOP stands although the lag was once zero, and hides a REWIND",
     .shots = {{1000, 50, 0}, {4000, 6, 10}},
     .count = 2,
     .current_lag = 10,
     .now_ms = 60000,
     .status = KT_BURROW_STOP,
     .rules = {false, 1, false, true, false, true, false}},
    {.name = "times that fall make the window narrower than nothing",
     .shots = {{9000, 5, 10}, {4000, 6, 9}},
     .count = 2,
     .current_lag = 10,
     .now_ms = 4000,
     .status = KT_BURROW_STOP,
     .rules = {true, -1, false, true, false, false, false}},
    {.name = "commits to come have not stopped",
     .shots = {{50000, 5, 10}, {60000, 6, 11}},
     .count = 2,
     .current_lag = 10,
     .now_ms = 1000,
     .status = KT_BURROW_WARN,
     .rules = {true, -1, false, false, false, true, false}},
    {.name = "times that fall into the future have stopped when they fell far enough",
     .shots = {{90000, 5, 10}, {60000, 6, 11}},
     .count = 2,
     .current_lag = 10,
     .now_ms = 31000,
     .status = KT_BURROW_STOP,
     .rules = {true, -1, false, true, false, true, false}},
    {.name = "an offset that falls is REWIND even if the lag was zero",
     .shots = {{1000, 50, 0}, {2000, 40, 10}, {3000, 49, 1}},
     .count = 3,
     .current_lag = 1,
     .now_ms = 3000,
     .status = KT_BURROW_REWIND,
     .rules = {false, 1, false, false, false, false, false}},
    {.name = "reaching the offset again is recovery",
     .shots = {{1000, 50, 5}, {2000, 40, 15}, {3000, 50, 16}},
     .count = 3,
     .current_lag = 16,
     .now_ms = 3000,
     .status = KT_BURROW_WARN,
     .rules = {true, 1, true, false, false, true, false}},
    {.name = "a second rewind is not seen once the first is recovered",
     .shots = {{1000, 50, 5}, {2000, 40, 15}, {3000, 60, 16}, {4000, 10, 66}},
     .count = 4,
     .current_lag = 66,
     .now_ms = 4000,
     .status = KT_BURROW_WARN,
     .rules = {true, 1, true, false, false, true, false}},
    {.name = "a known lag within the allowed one is OK",
     .shots = {{1000, 5, 30}, {2000, 5, 20}, {3000, 5, 40}},
     .count = 3,
     .current_lag = 40,
     .allowed_lag = 20,
     .now_ms = 3000,
     .status = KT_BURROW_OK,
     .rules = {false, -1, false, false, true, false, false}},
    {.name = "equal offsets are STALL",
     .shots = {{1000, 5, 10}, {2000, 5, 9}, {3000, 5, 20}},
     .count = 3,
     .current_lag = 20,
     .now_ms = 3000,
     .status = KT_BURROW_STALL,
     .rules = {true, -1, false, false, true, false, false}},
    {.name = "unknown lags are never zero and never fall",
     .shots = {{1000, 5, UNKNOWN}, {2000, 6, UNKNOWN}, {3000, 7, UNKNOWN}},
     .count = 3,
     .current_lag = 20,
     .now_ms = 3000,
     .status = KT_BURROW_WARN,
     .rules = {true, -1, false, false, false, true, false}},
    {.name = "unknown lags between known ones are passed over",
     .shots = {{1000, 5, 20}, {2000, 6, UNKNOWN}, {3000, 7, 19}},
     .count = 3,
     .current_lag = 19,
     .now_ms = 3000,
     .status = KT_BURROW_OK,
     .rules = {true, -1, false, false, false, false, false}},
    {.name = "a window less complete than asked for is OK",
     .shots = {{1000, 5, 20}, {2000, 6, 21}},
     .count = 2,
     .slots = 3,
     .current_lag = 21,
     .minimum_complete = 0.67F,
     .now_ms = 60000,
     .status = KT_BURROW_OK,
     .rules = {true, -1, false, true, false, true, false}},
    {.name = "exactly as complete as asked for, in 32 bits, is judged",
     .shots = {{1000, 5, 20}, {2000, 6, 21}},
     .count = 2,
     .slots = 3,
     .current_lag = 21,
     .minimum_complete = 0.6666666666666666F,
     .now_ms = 60000,
     .status = KT_BURROW_STOP,
     .rules = {true, -1, false, true, false, true, false}},
    {.name = "more than everything is never reached",
     .shots = {{1000, 5, 20}},
     .count = 1,
     .current_lag = 21,
     .minimum_complete = 1.5F,
     .now_ms = 60000,
     .status = KT_BURROW_OK,
     .rules = {true, -1, false, true, true, true, false}},
    {.name = "a negative share is no bound",
     .shots = {{1000, 5, 20}},
     .count = 1,
     .slots = 8,
     .current_lag = 21,
     .minimum_complete = -1.0F,
     .now_ms = 60000,
     .status = KT_BURROW_STOP,
     .rules = {true, -1, false, true, true, true, false}},
    {.name = "lags beyond 63 bits are compared whole",
     .shots = {{1000, INT64_MIN, INT64_MAX}, {2000, INT64_MIN + 1, INT64_MAX}},
     .count = 2,
     .ends = {INT64_MAX},
     .end_count = 1,
     .current_lag = UINT64_MAX,
     .allowed_lag = UINT64_MAX - 1,
     .now_ms = 2000,
     .status = KT_BURROW_OK,
     .rules = {false, -1, false, false, false, true, false}},
    {.name = "offsets at both ends of the range are ordered as they are",
     .shots = {{1000, INT64_MAX, 5}, {2000, INT64_MIN, 6}},
     .count = 2,
     .ends = {INT64_MAX, INT64_MIN},
     .end_count = 2,
     .current_lag = 9,
     .now_ms = 2000,
     .status = KT_BURROW_REWIND,
     .rules = {true, 1, false, false, false, true, true}},
    {.name = "distances of times wrap around as they do there",
     .shots = {{INT64_MAX, 5, 5}, {INT64_MIN, 6, 6}},
     .count = 2,
     .current_lag = 9,
     /* 0 - INT64_MIN wraps to INT64_MIN; INT64_MIN - INT64_MAX wraps to 1. */
     .now_ms = 0,
     .status = KT_BURROW_WARN,
     .rules = {true, -1, false, false, false, true, false}},
    {.name = "a clock before 1970 is cut downwards",
     .shots = {{-2000, 5, 5}},
     .count = 1,
     .current_lag = 9,
     .now_ms = -1001,
     .status = KT_BURROW_STALL,
     .rules = {true, -1, false, false, true, true, false}},
    {.name = "and not towards zero",
     .shots = {{-2000, 5, 5}},
     .count = 1,
     .current_lag = 9,
     .now_ms = -1000,
     .status = KT_BURROW_STOP,
     .rules = {true, -1, false, true, true, true, false}},
};

static void fill(struct kt_window *window, const struct row *row)
{
    kt_window_init(window, ROOM);
    for (size_t i = 0; i < row->count; i++) {
        struct kt_commit commit = {.order = (int64_t)i,
                                   .offset = row->shots[i].offset,
                                   .at_ms = row->shots[i].at_ms,
                                   .lag_known = row->shots[i].lag != UNKNOWN,
                                   .lag = row->shots[i].lag != UNKNOWN ? (uint64_t)row->shots[i].lag : 0};
        assert_int_equal(kt_window_push(window, &commit, INT64_MIN), KT_PUSH_APPENDED);
    }
}

static void assert_rules(const struct kt_burrow_rules *found, const struct kt_burrow_rules *wanted)
{
    assert_int_equal(found->lag_always_above_allowed, wanted->lag_always_above_allowed);
    assert_int_equal(found->rewind_index, wanted->rewind_index);
    assert_int_equal(found->rewind_recovered, wanted->rewind_recovered);
    assert_int_equal(found->stopped, wanted->stopped);
    assert_int_equal(found->stalled, wanted->stalled);
    assert_int_equal(found->lag_not_decreasing, wanted->lag_not_decreasing);
    assert_int_equal(found->recent_lag_zero, wanted->recent_lag_zero);
}

static void each_row_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct kt_burrow_settings settings = {.allowed_lag = row->allowed_lag,
                                              .minimum_complete = row->minimum_complete};
        struct kt_window window;
        print_message("# %s\n", row->name);
        fill(&window, row);
        struct kt_burrow_partition_verdict verdict =
            kt_burrow_evaluate(&window, row->slots > 0 ? row->slots : row->count, row->ends, row->end_count,
                               row->current_lag, row->now_ms, &settings);
        assert_string_equal(kt_burrow_status_name(verdict.status), kt_burrow_status_name(row->status));
        assert_true(verdict.has_commits);
        assert_int_equal(verdict.start, 0);
        assert_int_equal(verdict.end, row->count - 1);
        assert_rules(&verdict.rules, &row->rules);
        kt_window_release(&window);
    }
}

static void without_a_ring_nothing_is_complete(void **state)
{
    (void)state;
    struct kt_burrow_settings settings = {0};
    struct kt_burrow_partition_verdict verdict = kt_burrow_evaluate(NULL, 5, NULL, 0, 9, 0, &settings);
    assert_int_equal(verdict.status, KT_BURROW_OK);
    assert_float_equal(verdict.complete, 0.0F, 0.0F);
    assert_false(verdict.has_commits);
}

static void an_empty_ring_counts_as_one_commit(void **state)
{
    (void)state;
    struct kt_burrow_settings settings = {0};
    struct kt_window window;
    kt_window_init(&window, 4);
    struct kt_burrow_partition_verdict verdict = kt_burrow_evaluate(&window, 4, NULL, 0, 0, 0, &settings);
    assert_int_equal(verdict.status, KT_BURROW_OK);
    assert_float_equal(verdict.complete, 0.25F, 0.0F);
    assert_false(verdict.has_commits);
    verdict = kt_burrow_evaluate(&window, 1, NULL, 0, 0, 0, &settings);
    assert_float_equal(verdict.complete, 1.0F, 0.0F);
    kt_window_release(&window);
}

static void a_group_is_never_more_than_err(void **state)
{
    (void)state;
    static const struct {
        enum kt_burrow_status worst, group;
        const char *name;
    } cases[] = {
        {KT_BURROW_NOTFOUND, KT_BURROW_NOTFOUND, "NOTFOUND"},
        {KT_BURROW_OK, KT_BURROW_OK, "OK"},
        {KT_BURROW_WARN, KT_BURROW_WARN, "WARN"},
        {KT_BURROW_ERR, KT_BURROW_ERR, "ERR"},
        {KT_BURROW_STOP, KT_BURROW_ERR, "STOP"},
        {KT_BURROW_STALL, KT_BURROW_ERR, "STALL"},
        {KT_BURROW_REWIND, KT_BURROW_ERR, "REWIND"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(kt_burrow_group_status(cases[i].worst), cases[i].group);
        assert_string_equal(kt_burrow_status_name(cases[i].worst), cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_the_table),
        cmocka_unit_test(without_a_ring_nothing_is_complete),
        cmocka_unit_test(an_empty_ring_counts_as_one_commit),
        cmocka_unit_test(a_group_is_never_more_than_err),
    };
    return cmocka_run_group_tests_name("burrow rules", tests, NULL, NULL);
}
