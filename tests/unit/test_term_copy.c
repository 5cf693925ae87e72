#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "term_copy.h"

static void check(const char *text, const char *coded)
{
    char out[UI_COPY_ROOM], want[64] = "\033]52;c;";
    strcat(want, coded);
    strcat(want, "\007");
    size_t length = ui_copy_sequence(text, out);
    assert_int_equal(length, strlen(want));
    assert_memory_equal(out, want, length);
}

static void test_texts_are_coded(void **state)
{
    (void)state;
    check("", "");
    check("f", "Zg==");
    check("fo", "Zm8=");
    check("foo", "Zm9v");
    check("foobar", "Zm9vYmFy");
    check("\xc3\xa9\xff\n", "w6n/Cg==");
}

static void test_what_is_too_long_is_not_sent(void **state)
{
    (void)state;
    static char text[UI_COPY_MOST + 2], out[UI_COPY_ROOM];
    memset(text, 'x', UI_COPY_MOST);
    size_t length = ui_copy_sequence(text, out);
    assert_in_range(length, UI_COPY_MOST / 3 * 4, sizeof out);
    assert_int_equal(out[length - 1], '\007');
    text[UI_COPY_MOST] = 'x';
    assert_int_equal(ui_copy_sequence(text, out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_are_coded),
        cmocka_unit_test(test_what_is_too_long_is_not_sent),
    };
    return cmocka_run_group_tests_name("term_copy", tests, NULL, NULL);
}
