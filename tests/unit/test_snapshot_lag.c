/* Rows of a snapshot as they are packed: what is written is what is read, whatever the neighbours have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arena.h"
#include "snapshot_lag.h"

#define ROWS 3000

static uint64_t seed = 4711;

static unsigned dice(unsigned sides)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(seed >> 33) % sides;
}

static int64_t any_I64(void)
{
    static const int64_t some[] = {0, 0, 1, -1, INT64_MAX, INT64_MIN, 1000};
    return some[dice(7)];
}

static double any_F64(void)
{
    static const double some[] = {0, -0.0, 0.1, 1.0 / 3};
    return some[dice(4)];
}

static bool any_BOOL(void)
{
    return dice(4) == 0;
}

static bool any_TRI(void)
{
    return dice(4) == 0;
}

static struct kt_text any_TEXT(void)
{
    return dice(3) ? kt_text_of(NULL, 0) : kt_text_of("some words", dice(2) ? 4 : 10);
}

static const char *any_WORD(void)
{
    static const char *const some[] = {NULL, "up", "exact"};
    return some[dice(3)];
}

static enum kt_status any_STATUS(void)
{
    return (enum kt_status)dice(KT_STATUS_COUNT);
}

static uint32_t any_MARKS(void)
{
    return dice(3) ? 0 : dice(8);
}

static void fill(struct kt_lag_facts *facts, const struct kt_commit *window)
{
    *facts = (struct kt_lag_facts){.known = dice(5) * UINT64_C(0x1234567), .owner = (int32_t)dice(5) - 1};
#define KT_LAG_FIELD(place, kind, name, unit, meaning) facts->name = dice(3) ? facts->name : any_##kind();
#include "fields.def"
    facts->in_total = dice(2) == 0;
    facts->window = dice(4) ? NULL : window;
    facts->window_count = facts->window ? 2 : 0;
}

#define SAME_I64(a, b) ((a) == (b))
#define SAME_F64(a, b) ((a) == (b))
#define SAME_BOOL(a, b) ((a) == (b))
#define SAME_TRI(a, b) ((a) == (b))
#define SAME_WORD(a, b) ((a) == (b))
#define SAME_STATUS(a, b) ((a) == (b))
#define SAME_MARKS(a, b) ((a) == (b))
#define SAME_TEXT(a, b) ((a).bytes == (b).bytes && (a).length == (b).length)

static void assert_reads(const struct kt_lag *row, const struct kt_lag_facts *facts)
{
    struct kt_lag_facts again;
    kt_lag_unpack(row, &again);
    assert_true(row->known == facts->known && again.known == facts->known);
    assert_true(row->owner == facts->owner && again.owner == facts->owner);
    assert_true(row->in_total == facts->in_total && again.in_total == facts->in_total);
    assert_true(kt_lag_window(row) == facts->window && again.window == facts->window);
    assert_true(kt_lag_window_count(row) == facts->window_count && again.window_count == facts->window_count);
#define KT_LAG_FIELD(place, kind, name, unit, meaning)                                                       \
    if (!SAME_##kind(kt_lag_##name(row), facts->name) || !SAME_##kind(again.name, facts->name)) {            \
        fail_msg("%s is not what was written", #name);                                                       \
    }
#include "fields.def"
}

static void what_is_packed_is_read(void **state)
{
    (void)state;
    static const struct kt_commit window[2];
    struct kt_arena arena;
    kt_arena_init(&arena);
    struct kt_lag_packer packer = {.arena = &arena};
    struct kt_lag_facts *facts = calloc(ROWS, sizeof *facts);
    struct kt_lag *rows = calloc(ROWS, sizeof *rows);
    for (size_t i = 0; i < ROWS; i++) {
        if (i % 7 == 0) {
            fill(&facts[i], window);
        } else {
            facts[i] = facts[i - 1 - dice(i < 3 ? 1 : 3)];
            facts[i].partition = (int64_t)i;
        }
        kt_lag_pack(&packer, &facts[i], &rows[i]);
    }
    for (size_t i = 0; i < ROWS; i++) {
        assert_reads(&rows[i], &facts[i]);
    }
    free(facts);
    free(rows);
    kt_arena_release(&arena);
}

static void neighbours_store_once_what_they_have_alike(void **state)
{
    (void)state;
    struct kt_arena arena;
    struct kt_lag rows[4];
    kt_arena_init(&arena);
    struct kt_lag_packer packer = {.arena = &arena};
    struct kt_lag_facts facts = {.topic = kt_text_of("t", 1), .status = KT_STATUS_OK, .owner = -1};
    for (int64_t i = 0; i < 4; i++) {
        facts.partition = i;
        facts.lag = facts.raw_lag = i == 2 ? 5 : 0;
        facts.status = i == 1 ? KT_STATUS_WARN : KT_STATUS_OK;
        kt_lag_pack(&packer, &facts, &rows[i]);
    }
    assert_ptr_equal(rows[0].alike, rows[2].alike);
    assert_ptr_equal(rows[0].alike, rows[3].alike);
    assert_ptr_not_equal(rows[0].alike, rows[1].alike);
    assert_ptr_equal(rows[0].rare, rows[1].rare); /* they have nothing rare */
    assert_ptr_not_equal(rows[0].rare, rows[2].rare);
    assert_true(sizeof rows[0] <= 120);
    kt_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_read),
        cmocka_unit_test(neighbours_store_once_what_they_have_alike),
    };
    return cmocka_run_group_tests_name("snapshot_lag", tests, NULL, NULL);
}
