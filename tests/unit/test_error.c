#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"

static void fill_tells_code_and_sentence(void **state)
{
    struct kt_err err = {.retry = true, .sys = 5};

    (void)state;
    assert_int_equal(kt_fail(&err, KT_NETWORK, "cannot resolve '%s'", "kafka-1"), KT_NETWORK);
    assert_int_equal(err.code, KT_NETWORK);
    assert_string_equal(err.text, "cannot resolve 'kafka-1'");
    assert_false(err.retry);
    assert_int_equal(err.sys, 0);
    assert_int_equal(kt_fail(NULL, KT_IO, "nobody listens"), KT_IO);
}

static void a_sentence_may_wrap_itself(void **state)
{
    struct kt_err err;

    (void)state;
    kt_fail(&err, KT_CONFIG, "no such key");
    kt_fail(&err, KT_CONFIG, "line 3: %s", err.text);
    assert_string_equal(err.text, "line 3: no such key");
}

/* Each width of a character is cut at each place; what stays must be whole characters. */
static void a_cut_never_splits_a_character(void **state)
{
    static const char *const characters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\x98"};

    (void)state;
    for (size_t kind = 0; kind < 4; kind++) {
        size_t width = strlen(characters[kind]);

        for (size_t pad = 0; pad < 4; pad++) {
            struct kt_err err;
            char text[800] = "ppp";
            size_t length;

            for (length = pad; length + width < sizeof text; length += width)
                memcpy(text + length, characters[kind], width + 1);
            kt_fail(&err, KT_IO, "%s", text);
            length = strlen(err.text);
            assert_true(length < sizeof err.text && length + width > sizeof err.text - 1);
            assert_int_equal((length - pad) % width, 0);
            assert_memory_equal(err.text, text, length);
        }
    }
}

static void sentences_cannot_steer_a_terminal(void **state)
{
    struct kt_err err;

    (void)state;
    kt_fail(&err, KT_IO, "%s", "\x1b[31m|\n|\x7f|\xc2\x9b|\x9b|\xe2\x80\xae|\xff|\xc3\xa9");
    assert_string_equal(err.text, "?[31m|?|?|?|?|?|?|\xc3\xa9");
    /* Surrogates, beyond the last character, and longer than needed. */
    kt_fail(&err, KT_IO, "%s", "\xed\xa0\x80|\xf4\x90\x80\x80|\xc0\xaf|\xe0\x9f\xbf|\xf0\x8f\xbf\xbf");
    assert_string_equal(err.text, "???|????|??|???|????");
    kt_fail(&err, KT_IO, "%s", "ends in half a character \xe2\x82");
    assert_string_equal(err.text, "ends in half a character ??");
}

static void codes_have_names_and_exit_statuses(void **state)
{
    static const int statuses[KT_CODE_COUNT] = {0, 64, 78, 69, 77, 69, 70, 74, 70};

    (void)state;
    for (unsigned i = 0; i < KT_CODE_COUNT; i++) {
        assert_int_equal(kt_code_exit_status((enum kt_code)i), statuses[i]);
        assert_non_null(kt_code_name((enum kt_code)i));
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(kt_code_name((enum kt_code)i), kt_code_name((enum kt_code)j));
    }
    assert_int_equal(kt_code_exit_status((enum kt_code)99), 70);
    assert_string_equal(kt_code_name(KT_AUTH), "auth");
}

static void memory_is_zeroed_copied_and_formatted(void **state)
{
    unsigned char *zeroed = kt_alloc(100, 3);
    char *copy = kt_strndup("a\0b", 3);
    char *formatted = kt_format("%s-%05d", "part", 42);
    char *empty = kt_alloc(0, 8);

    (void)state;
    for (size_t i = 0; i < 300; i++)
        assert_int_equal(zeroed[i], 0);
    zeroed = kt_resize(zeroed, 0, 3);
    assert_non_null(zeroed);
    assert_non_null(empty);
    assert_memory_equal(copy, "a\0b", 4);
    assert_string_equal(formatted, "part-00042");
    assert_null(kt_strdup(NULL));
    free(zeroed);
    free(copy);
    free(formatted);
    free(empty);
}

static void hook(void)
{
    static const char text[] = "restored\n";

    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(1);
    kt_fatal("the hook's own trouble");
}

static void die_of_text(void)
{
    kt_fatal_set_hook(hook);
    kt_fatal("broken %s", "invariant");
}

static void die_of_overflow(void)
{
    /* Through a variable: the compiler would refuse to build the call otherwise. */
    volatile size_t huge = SIZE_MAX / 2;

    free(kt_resize(NULL, huge, 3));
}

/* Runs `die` in a child; its standard error goes to `said`. Returns the exit status. */
static int status_of(void (*die)(void), char *said, size_t room)
{
    int ends[2], status;
    size_t length = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        die();
        _exit(0);
    }
    close(ends[1]);
    while (length < room - 1 && (got = read(ends[0], said + length, room - 1 - length)) > 0)
        length += (size_t)got;
    said[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void fatal_runs_the_hook_once_then_speaks(void **state)
{
    char said[1000];

    (void)state;
    /* The hook dies itself: that must end the process, not run the hook again. */
    assert_int_equal(status_of(die_of_text, said, sizeof said), 70);
    assert_string_equal(said, "restored\nkafkatop: the hook's own trouble\n");
    assert_int_equal(status_of(die_of_overflow, said, sizeof said), 70);
    assert_non_null(strstr(said, "kafkatop: out of memory"));
}

static size_t append(char *text, size_t room, size_t length, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    length = kt_append(text, room, length, fmt, args);
    va_end(args);
    return length;
}

static void what_is_appended_ends_where_the_room_ends(void **state)
{
    (void)state;
    char text[8] = "-------";
    assert_int_equal(append(text, 0, 0, "%s", "x"), 0);
    assert_int_equal(append(text, 1, 0, "%s", "x"), 0);
    assert_int_equal(text[0], '-');
    size_t length = append(text, sizeof text, 0, "%s", "ab\x1b");
    assert_string_equal(text, "ab\x1b");
    length = append(text, sizeof text, length, "%d", 12);
    assert_string_equal(text, "ab\x1b" "12");
    length = append(text, sizeof text, length, "%s", "3456");
    assert_int_equal(length, 7);
    assert_string_equal(text, "ab\x1b" "1234");
    assert_int_equal(append(text, sizeof text, length, "%s", "5"), 7);
    assert_string_equal(text, "ab\x1b" "1234");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill_tells_code_and_sentence),
        cmocka_unit_test(a_sentence_may_wrap_itself),
        cmocka_unit_test(a_cut_never_splits_a_character),
        cmocka_unit_test(sentences_cannot_steer_a_terminal),
        cmocka_unit_test(what_is_appended_ends_where_the_room_ends),
        cmocka_unit_test(codes_have_names_and_exit_statuses),
        cmocka_unit_test(memory_is_zeroed_copied_and_formatted),
        cmocka_unit_test(fatal_runs_the_hook_once_then_speaks),
    };

    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
