#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static char out[256];

static const char *fit(const char *text, int cells, enum ui_cut cut, bool ascii)
{
    int used = ui_text_fit(text, strlen(text), cells, cut, ascii, out, sizeof out);
    assert_true(used <= cells);
    assert_int_equal(ui_text_width(out, strlen(out), ascii), used);
    return out;
}

static const char *whole(const char *text, size_t length)
{
    ui_text_fit(text, length, 200, UI_CUT_END, false, out, sizeof out);
    return out;
}

static void test_plain_text_stays(void **state)
{
    (void)state;
    assert_string_equal(whole("abc def", 7), "abc def");
    assert_string_equal(whole("Grüße, 世界, ёлка", strlen("Grüße, 世界, ёлка")), "Grüße, 世界, ёлка");
    assert_int_equal(ui_text_width("世界", strlen("世界"), false), 4);
    assert_int_equal(ui_text_width("e\xcc\x81", 3, false), 1);
    assert_string_equal(whole("", 0), "");
}

static void test_what_steers_or_hides_is_replaced(void **state)
{
    (void)state;
    assert_string_equal(whole("a\x1b[31m\x7f\n\0b", 10), "a?[31m??" "?b");
    assert_string_equal(whole("\xc2\x9b" "31m", 5), "?31m");                 /* C1: CSI in one character */
    assert_string_equal(whole("x\xe2\x80\xae" "y", 5), "x\xef\xbf\xbdy");    /* right-to-left override */
    assert_string_equal(whole("x\xe2\x80\x8by", 5), "x\xef\xbf\xbdy");       /* no width, not seen */
    assert_string_equal(whole("x\xef\xbb\xbfy", 5), "x\xef\xbf\xbdy");       /* byte order mark */
    assert_string_equal(whole("x\xf3\xa0\x81\x81y", 6), "x\xef\xbf\xbdy");   /* tag character */
}

static void test_bytes_that_are_no_text(void **state)
{
    static const char *const bad[] = {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80", "\xf8\x88\x80\x80", "\xff", "\xe4\xb8", "\xf0\x9f\x98"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t length = strlen(bad[i]);
        assert_int_equal(ui_text_width(bad[i], length, false), (int)length);
        for (size_t at = 0; at < length;)
            assert_int_equal(ui_text_next(bad[i], length, &at, false).code, 0xfffd);
    }
    /* A character cut off by the end is not read past it. */
    char *exact = malloc(2);
    assert_non_null(exact);
    memcpy(exact, "\xe4\xb8", 2);
    assert_int_equal(ui_text_width(exact, 2, false), 2);
    free(exact);
}

static void test_ascii_only(void **state)
{
    (void)state;
    assert_string_equal(fit("a世b\xff", 10, UI_CUT_END, true), "a?b?");
    assert_string_equal(fit("payments-settlement", 10, UI_CUT_MIDDLE, true), "payme~ment");
}

static void test_cutting(void **state)
{
    (void)state;
    assert_string_equal(fit("payments", 8, UI_CUT_END, false), "payments");
    assert_string_equal(fit("payments", 7, UI_CUT_END, false), "paymen…");
    assert_string_equal(fit("payments", 7, UI_CUT_MIDDLE, false), "pay…nts");
    assert_string_equal(fit("payments", 1, UI_CUT_MIDDLE, false), "…");
    assert_string_equal(fit("payments", 2, UI_CUT_MIDDLE, false), "p…");
    assert_string_equal(fit("payments", 0, UI_CUT_END, false), "");
    assert_int_equal(ui_text_fit("payments", 8, -3, UI_CUT_END, false, out, sizeof out), 0);
    assert_string_equal(out, "");
    assert_string_equal(fit("世界世界", 4, UI_CUT_END, false), "世…");
    assert_string_equal(fit("世界世界", 5, UI_CUT_END, false), "世界…");
    assert_string_equal(fit("世界世界", 6, UI_CUT_MIDDLE, false), "世…界");
}

static void test_marks_keep_to_their_letter(void **state)
{
    (void)state;
    /* A mark with no letter before it is nothing; of many on one letter two stay. */
    assert_string_equal(whole("\xcc\x81" "a", 3), "a");
    assert_string_equal(whole("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 9), "e\xcc\x81\xcc\x81");
    /* Cut in the middle of a word: the tail does not begin with the mark of what was cut. */
    assert_string_equal(fit("abcde\xcc\x81" "fg", 5, UI_CUT_MIDDLE, false), "ab…fg");
}

static void test_a_small_room_is_not_overrun(void **state)
{
    char room[8];
    (void)state;
    for (size_t size = 0; size <= sizeof room; size++) {
        memset(room, 'x', sizeof room);
        ui_text_fit("世界世界", strlen("世界世界"), 20, UI_CUT_END, false, room, size);
        for (size_t i = size; i < sizeof room; i++)
            assert_int_equal(room[i], 'x');
        if (size > 0)
            assert_true(strlen(room) < size && strlen(room) % 3 == 0);
    }
}

/* Any bytes, any width: never wider than asked, nothing harmful, the same again when fitted again. */
static void test_any_bytes(void **state)
{
    uint64_t seed = 7;
    char bytes[24];
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t length = 0;
        for (; length < sizeof bytes && (seed >> 60) != 3; length++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bytes[length] = (char)(seed >> 40);
        }
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int cells = (int)(seed >> 59);
        int used = ui_text_fit(bytes, length, cells, seed & 1 ? UI_CUT_END : UI_CUT_MIDDLE, false, out, sizeof out);
        assert_true(used <= cells);
        char again[256];
        assert_int_equal(ui_text_fit(out, strlen(out), cells, UI_CUT_END, false, again, sizeof again), used);
        assert_string_equal(out, again);
    }
}

static void test_encoding(void **state)
{
    static const uint32_t codes[] = {0x24, 0x7f, 0x80, 0x7ff, 0x800, 0x2581, 0xfffd, 0x10000, 0x1f600, 0x10ffff};
    static const char *const texts[] = {"\x24", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xe2\x96\x81",
                                        "\xef\xbf\xbd", "\xf0\x90\x80\x80", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char bytes[5] = {0};
        assert_int_equal(ui_text_encode(codes[i], bytes), strlen(texts[i]));
        assert_string_equal(bytes, texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_stays),
        cmocka_unit_test(test_what_steers_or_hides_is_replaced),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_ascii_only),
        cmocka_unit_test(test_cutting),
        cmocka_unit_test(test_marks_keep_to_their_letter),
        cmocka_unit_test(test_a_small_room_is_not_overrun),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_encoding),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8") && !setlocale(LC_CTYPE, "UTF-8"))
        return 1;
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
