#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "term_keys.h"

#define GAP 1 /* in a script: nothing more is there yet */

struct script {
    const char *at;
};

static struct ui_keys keys;
static struct ui_input input;
static struct script script;

static bool next(void *self, uint32_t *code, struct ui_input *unused)
{
    struct script *from = self;
    (void)unused;
    if (*from->at == '\0')
        return false;
    if (*from->at == GAP) {
        from->at++;
        return false;
    }
    *code = (unsigned char)*from->at++;
    return true;
}

static bool read_at(int64_t now)
{
    struct ui_key_source source = {next, &script};
    return ui_keys_next(&keys, &source, now, &input);
}

/* The keys that a script gives, up to its end. */
static void expect(const char *text, const uint32_t *wanted, size_t count)
{
    memset(&keys, 0, sizeof keys);
    script.at = text;
    size_t got = 0;
    while (*script.at || keys.again) {
        if (!read_at(0))
            continue;
        if (got >= count || input.key != wanted[got])
            fail_msg("key %zu of the script is 0x%x", got, (unsigned)input.key);
        got++;
    }
    assert_int_equal(got, count);
}

#define EXPECT(text, ...)                                                                                          \
    do {                                                                                                           \
        const uint32_t wanted_keys[] = {__VA_ARGS__};                                                              \
        expect(text, wanted_keys, sizeof wanted_keys / sizeof wanted_keys[0]);                                     \
    } while (0)

static void test_plain_keys(void **state)
{
    (void)state;
    EXPECT("aZ?", 'a', 'Z', '?');
    EXPECT("\r\n\t", UI_KEY_ENTER, UI_KEY_ENTER, UI_KEY_TAB);
    EXPECT("\x7f\x08", UI_KEY_BACKSPACE, UI_KEY_BACKSPACE);
    EXPECT("\x04\x0c", UI_CTRL('d'), UI_CTRL('l'));
}

static void test_escape_alone(void **state)
{
    (void)state;
    EXPECT("\x1b", UI_KEY_ESC);
    EXPECT("\x1b\x01q", UI_KEY_ESC, 'q');
    EXPECT("\x1b\x1b\x01q", UI_KEY_ESC, UI_KEY_ESC, 'q');
}

static void test_arrows_in_both_modes(void **state)
{
    (void)state;
    EXPECT("\x1b[A\x1b[B\x1bOC\x1bOD", UI_KEY_UP, UI_KEY_DOWN, UI_KEY_RIGHT, UI_KEY_LEFT);
    EXPECT("\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", UI_KEY_HOME, UI_KEY_END, UI_KEY_HOME, UI_KEY_END, UI_KEY_HOME,
           UI_KEY_END);
    EXPECT("\x1b[5~\x1b[6~\x1b[Z\x1b[2~\x1b[3~", UI_KEY_PAGE_UP, UI_KEY_PAGE_DOWN, UI_KEY_BACK_TAB, UI_KEY_INSERT,
           UI_KEY_DELETE);
    EXPECT("\x1bOP\x1b[11~\x1b[15~\x1b[21~\x1b[24~\x1b[[Bq", UI_KEY_F1, UI_KEY_F1, UI_KEY_F1 + 4, UI_KEY_F1 + 9,
           UI_KEY_F12, UI_KEY_F1 + 1, 'q');
}

/* Each of these would run several actions if its letters were taken for keys. */
static void test_what_means_nothing_is_swallowed_whole(void **state)
{
    (void)state;
    EXPECT("\x1b[1;5Aq", 'q');            /* Control and up */
    EXPECT("\x1b[?1;2cq", 'q');           /* what the terminal is */
    EXPECT("\x1b[12;40Rq", 'q');          /* where the cursor is */
    EXPECT("\x1b]11;rgb:0/0/0\x07q", 'q'); /* its background, two ways */
    EXPECT("\x1b]11;rgb:0/0/0\x1b\\q", 'q');
    EXPECT("\x1bP>|term(1)\x1b\\q", 'q');
    EXPECT("\x1bjq", 'q'); /* Alt and j */
    EXPECT("\x1b[99~q", 'q');
    EXPECT("\x1b[99999999999999999999~q", 'q');
    EXPECT("\x1b[<0;3;4mq\x1b[<0;3Mq\x1b[<0;0;4Mq", 'q', 'q', 'q'); /* no presses of a button */
    EXPECT("\x1b[<0;1;2;3Mq\x1b[<35;3;4Mq\x1b[<;:M\x1b[<99999999999;1;1Mq", 'q', 'q', 'q');
}

static void test_clicks_beyond_what_a_byte_can_say(void **state)
{
    (void)state;
    memset(&keys, 0, sizeof keys);
    script.at = "\x1b[<0;300;100M\x1b[<69;1;1Mq";
    assert_true(read_at(0));
    assert_int_equal(input.key, UI_KEY_MOUSE);
    assert_int_equal(input.x, 299);
    assert_int_equal(input.y, 99);
    assert_int_equal(input.button, 1);
    assert_true(read_at(0)); /* the wheel, with Shift */
    assert_int_equal(input.button, 5);
    assert_true(read_at(0));
    assert_int_equal(input.key, 'q');
}

static void test_a_paste_is_one_key(void **state)
{
    (void)state;
    EXPECT("\x1b[200~hello\nq\x1b[201~q", UI_KEY_PASTE, 'q');
    memset(&keys, 0, sizeof keys);
    script.at = "\x1b[200~pay\tm\x03" "ents\x1b[201~";
    assert_true(read_at(0));
    assert_int_equal(input.key, UI_KEY_PASTE);
    assert_string_equal(input.paste, "pay ments");
    EXPECT("\x1b[201~q", 'q'); /* an end without a beginning */
    EXPECT("\x1b[200~\x1b[201~", UI_KEY_PASTE);
}

static void test_a_paste_may_come_in_pieces(void **state)
{
    (void)state;
    memset(&keys, 0, sizeof keys);
    script.at = "\x1b[200~one\x01two\x1b[31mx\x1b[201~q";
    assert_false(read_at(0));
    assert_true(read_at(10));
    assert_string_equal(input.paste, "onetwox");
    assert_true(read_at(10));
    assert_int_equal(input.key, 'q');
}

static void test_keys_after_a_lost_paste_are_keys(void **state)
{
    (void)state;
    memset(&keys, 0, sizeof keys);
    script.at = "\x1b[200~abc";
    assert_false(read_at(0));
    script.at = "q";
    assert_true(read_at(5000));
    assert_int_equal(input.key, UI_KEY_PASTE);
    assert_string_equal(input.paste, "abc");
    assert_true(read_at(5000));
    assert_int_equal(input.key, 'q');
}

static void test_a_paste_without_end_is_over_in_time(void **state)
{
    (void)state;
    memset(&keys, 0, sizeof keys);
    script.at = "\x1b[200~abc\x01" "\x01" "q";
    assert_false(read_at(0));
    assert_false(read_at(900));
    script.at = "";
    assert_true(read_at(1100));
    assert_int_equal(input.key, UI_KEY_PASTE);
    assert_string_equal(input.paste, "abc");
    script.at = "q";
    assert_true(read_at(1100));
    assert_int_equal(input.key, 'q');
}

static void test_a_long_paste_is_cut(void **state)
{
    static char text[2000];
    (void)state;
    memset(&keys, 0, sizeof keys);
    strcpy(text, "\x1b[200~");
    memset(text + 6, 'x', 1500);
    strcpy(text + 1506, "\x1b[201~");
    script.at = text;
    assert_true(read_at(0));
    assert_int_equal(strlen(input.paste), sizeof input.paste - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_keys),
        cmocka_unit_test(test_escape_alone),
        cmocka_unit_test(test_arrows_in_both_modes),
        cmocka_unit_test(test_what_means_nothing_is_swallowed_whole),
        cmocka_unit_test(test_clicks_beyond_what_a_byte_can_say),
        cmocka_unit_test(test_a_paste_is_one_key),
        cmocka_unit_test(test_a_paste_may_come_in_pieces),
        cmocka_unit_test(test_keys_after_a_lost_paste_are_keys),
        cmocka_unit_test(test_a_paste_without_end_is_over_in_time),
        cmocka_unit_test(test_a_long_paste_is_cut),
    };
    return cmocka_run_group_tests_name("term_keys", tests, NULL, NULL);
}
