#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "arena.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    struct kt_arena arena;
    unsigned char *pieces[500];
    size_t sizes[500];

    (void)state;
    kt_arena_init(&arena);
    for (size_t i = 0; i < 500; i++) {
        sizes[i] = i % 50 == 0 ? 100000 + i : i * 7 % 300 + 1;
        pieces[i] = kt_arena_take(&arena, sizes[i], 1);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(pieces[i][j], 0);
        memset(pieces[i], (int)(i % 255) + 1, sizes[i]);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(pieces[i][j], i % 255 + 1);
    kt_arena_release(&arena);
    assert_null(arena.newest);
    assert_int_equal(arena.allocated, 0);
}

static void nothing_is_null_and_a_size_of_zero_is_not(void **state)
{
    struct kt_arena arena;

    (void)state;
    kt_arena_init(&arena);
    assert_null(kt_arena_take(&arena, 0, 8));
    assert_int_equal(arena.allocated, 0);
    assert_non_null(kt_arena_take(&arena, 3, 0));
    kt_arena_release(&arena);
}

static void texts_keep_their_bytes(void **state)
{
    struct kt_arena arena;

    (void)state;
    kt_arena_init(&arena);
    assert_memory_equal(kt_arena_text(&arena, "a\0b", 3), "a\0b", 4);
    assert_string_equal(kt_arena_text(&arena, "", 0), "");
    assert_null(kt_arena_text(&arena, NULL, 0));
    kt_arena_release(&arena);
}

static void memory_stays_near_what_was_asked(void **state)
{
    struct kt_arena arena;
    size_t asked = 0;

    (void)state;
    kt_arena_init(&arena);
    kt_arena_take(&arena, 16, 1);
    assert_true(arena.allocated <= 4096);
    for (int i = 0; i < 20000; i++) {
        size_t size = i % 1000 == 999 ? 200000 : 48;

        kt_arena_take(&arena, 1, size);
        asked += size;
    }
    assert_true(arena.allocated >= asked);
    assert_true(arena.allocated < asked + asked / 4);
    kt_arena_release(&arena);
}

static void reset_keeps_one_chunk_and_gives_zeroed_memory(void **state)
{
    struct kt_arena arena;
    size_t one;

    (void)state;
    kt_arena_init(&arena);
    kt_arena_reset(&arena);
    assert_null(arena.newest);
    for (int i = 0; i < 100; i++)
        memset(kt_arena_take(&arena, 1000, 1), 0xff, 1000);
    one = arena.allocated;
    kt_arena_reset(&arena);
    assert_true(arena.allocated > 0 && arena.allocated < one);
    one = arena.allocated;
    for (int round = 0; round < 100; round++) {
        unsigned char *piece = kt_arena_take(&arena, 1000, 1);

        for (size_t i = 0; i < 1000; i++)
            assert_int_equal(piece[i], 0);
        memset(piece, 0xff, 1000);
        kt_arena_reset(&arena);
        assert_int_equal(arena.allocated, one);
    }
    /* A single huge chunk is not worth keeping. */
    kt_arena_release(&arena);
    kt_arena_take(&arena, 1000000, 1);
    kt_arena_reset(&arena);
    assert_int_equal(arena.allocated, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(nothing_is_null_and_a_size_of_zero_is_not),
        cmocka_unit_test(texts_keep_their_bytes),
        cmocka_unit_test(memory_stays_near_what_was_asked),
        cmocka_unit_test(reset_keeps_one_chunk_and_gives_zeroed_memory),
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
