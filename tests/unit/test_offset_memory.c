#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "inbox.h"
#include "offset_memory.h"

struct bench {
    struct kt_offset_memory memory;
    struct kt_seen *seen;
    struct kt_parcel *said;
    int64_t at;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    kt_offset_memory_init(&bench->memory);
    bench->seen = kt_seen_new(3);
    bench->said = kt_parcel_new();
    bench->at = 100;
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    kt_offset_memory_release(&bench->memory);
    kt_seen_free(bench->seen);
    kt_parcel_free(bench->said);
    free(bench);
    return 0;
}

static void take(struct bench *bench, enum kt_fetch_mode mode, const struct kt_fetched *answer, size_t count)
{
    struct kt_fetched copy[8];
    struct kt_sink sink;
    struct kt_fetch_context context = {kt_text_of("g", 1), mode, bench->seen, bench->at++, 5000};
    memcpy(copy, answer, count * sizeof *copy);
    kt_parcel_free(bench->said);
    bench->said = kt_parcel_new();
    sink = kt_parcel_sink(bench->said);
    kt_offset_memory_take(&bench->memory, &context, copy, count, &sink);
    assert_true(bench->said->count > 0);
    assert_int_equal(KT_OBS_FRESH, bench->said->items[bench->said->count - 1].kind);
}

static void test_only_changes_are_told(void **state)
{
    struct bench *bench = *state;
    const struct kt_fetched first[] = {{"t", 1, 7, false}, {"t", 0, 5, false}, {"s", 0, 1, false}};
    const struct kt_fetched second[] = {{"t", 1, 9, false}, {"t", 0, 5, false}, {"s", 0, 1, false}};
    take(bench, KT_FETCH_ALL, first, 3);
    assert_int_equal(4, bench->said->count);
    const struct kt_obs *commit = &bench->said->items[0];
    assert_int_equal(KT_OBS_COMMIT, commit->kind);
    assert_int_equal(-1, commit->commit.order);
    assert_false(commit->commit.exact);
    assert_true(commit->commit.backfilled);
    assert_int_equal(100, commit->at);

    take(bench, KT_FETCH_ALL, second, 3);
    assert_int_equal(2, bench->said->count);
    commit = &bench->said->items[0];
    assert_int_equal(9, commit->commit.offset);
    assert_int_equal(1, commit->commit.partition);
    assert_false(commit->commit.backfilled);

    take(bench, KT_FETCH_ALL, second, 3);
    assert_int_equal(1, bench->said->count);
}

static void test_gone(void **state)
{
    struct bench *bench = *state;
    const struct kt_fetched first[] = {{"a", 0, 1, false}, {"b", 0, 2, false}, {"c", 0, 3, false}};
    const struct kt_fetched second[] = {{"b", 0, 2, false}, {"c", 0, -1001, false}};
    take(bench, KT_FETCH_ALL, first, 3);
    take(bench, KT_FETCH_ALL, second, 2);
    assert_int_equal(3, bench->said->count);
    assert_int_equal(KT_OBS_COMMIT_GONE, bench->said->items[0].kind);
    assert_memory_equal("a", bench->said->items[0].commit_gone.topic.bytes, 1);
    assert_int_equal(KT_OBS_COMMIT_GONE, bench->said->items[1].kind);
    assert_memory_equal("c", bench->said->items[1].commit_gone.topic.bytes, 1);
    /* It is told once, and a later commit is news again. */
    take(bench, KT_FETCH_ALL, second, 2);
    assert_int_equal(1, bench->said->count);
    take(bench, KT_FETCH_ALL, first, 3);
    assert_int_equal(3, bench->said->count);
}

static void test_uncommitted_is_no_offset(void **state)
{
    const struct kt_fetched answer[] = {{"t", 0, -1001, false}, {"t", 1, -1, false}};
    take(*state, KT_FETCH_ALL, answer, 2);
    assert_int_equal(1, ((struct bench *)*state)->said->count);
}

/* An error in one partition says nothing about it, and does not make it vanish. */
static void test_failed_partition(void **state)
{
    struct bench *bench = *state;
    const struct kt_fetched first[] = {{"t", 0, 5, false}, {"t", 1, 6, false}};
    const struct kt_fetched second[] = {{"t", 0, -1001, true}, {"t", 1, 8, false}};
    take(bench, KT_FETCH_ALL, first, 2);
    take(bench, KT_FETCH_ALL, second, 2);
    assert_int_equal(2, bench->said->count);
    assert_int_equal(1, bench->said->items[0].commit.partition);
    take(bench, KT_FETCH_ALL, first, 2);
    assert_int_equal(2, bench->said->count);
    assert_int_equal(1, bench->said->items[0].commit.partition);
}

static void test_beside_the_log(void **state)
{
    struct bench *bench = *state;
    const struct kt_text group = kt_text_of("g", 1), topic = kt_text_of("t", 1);
    const struct kt_fetched answer[] = {{"t", 0, 5, false}, {"t", 1, 6, false}, {"t", 2, 7, false}};
    kt_seen_commit(bench->seen, group, topic, 0, 5, 50);
    kt_seen_commit(bench->seen, group, topic, 1, 4, 50);
    take(bench, KT_FETCH_UNSEEN, answer, 3);
    assert_int_equal(2, bench->said->count); /* partition 2 alone */
    assert_int_equal(2, bench->said->items[0].commit.partition);

    /* Held back: what differs is told, what the log said since the question is not. */
    kt_offset_memory_release(&bench->memory);
    kt_offset_memory_init(&bench->memory);
    take(bench, KT_FETCH_HELD, answer, 3);
    assert_int_equal(3, bench->said->count);
    assert_int_equal(1, bench->said->items[0].commit.partition);
    kt_offset_memory_release(&bench->memory);
    kt_offset_memory_init(&bench->memory);
    kt_seen_commit(bench->seen, group, topic, 1, 8, 500);
    take(bench, KT_FETCH_HELD, answer, 3);
    assert_int_equal(2, bench->said->count);
    /* The log's own tombstones tell what is gone. */
    take(bench, KT_FETCH_HELD, answer, 0);
    assert_int_equal(1, bench->said->count);
}

/* When all there is is asked for again: seconds, doubled up to minutes; at once in another state of the group. */
static void test_pace(void **state)
{
    struct bench *bench = *state;
    struct kt_offset_memory *memory = &bench->memory;
    const struct kt_fetched first[] = {{"t", 0, 5, false}};
    const struct kt_fetched second[] = {{"t", 0, 6, false}};
    int64_t now = 1000;
    assert_true(kt_offset_memory_is_due(memory, 3, now)); /* never asked */
    for (int64_t pause = 5000; pause <= 300000; pause = pause < 160000 ? pause * 2 : pause + 140000) {
        take(bench, KT_FETCH_ALL, first, 1);
        kt_offset_memory_pace(memory, true, now);
        assert_false(kt_offset_memory_is_due(memory, 3, now + pause - 1));
        assert_true(kt_offset_memory_is_due(memory, 3, now + pause));
        now += pause;
    }
    take(bench, KT_FETCH_ALL, first, 1);
    kt_offset_memory_pace(memory, true, now);
    assert_false(kt_offset_memory_is_due(memory, 3, now + 100000));
    take(bench, KT_FETCH_ALL, second, 1); /* asked by name, and it moved */
    kt_offset_memory_pace(memory, false, now);
    assert_false(kt_offset_memory_is_due(memory, 3, now + 59999));
    assert_true(kt_offset_memory_is_due(memory, 3, now + 60000));
    kt_offset_memory_pace(memory, true, now);
    assert_false(kt_offset_memory_is_due(memory, 3, now));
    assert_true(kt_offset_memory_is_due(memory, 4, now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_only_changes_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_uncommitted_is_no_offset, setup, teardown),
        cmocka_unit_test_setup_teardown(test_failed_partition, setup, teardown),
        cmocka_unit_test_setup_teardown(test_beside_the_log, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pace, setup, teardown),
    };
    return cmocka_run_group_tests_name("offset_memory", tests, NULL, NULL);
}
