/* prompt: editing a line, character by character, and nothing but text in it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "prompt.h"
#include "term.h"

static struct ui_prompt opened(const char *text)
{
    struct ui_prompt prompt;
    ui_prompt_open(&prompt, "filter: ", text);
    assert_true(prompt.open);
    return prompt;
}

static void press(struct ui_prompt *prompt, const uint32_t *keys)
{
    for (; *keys; keys++)
        assert_int_equal(ui_prompt_key(prompt, *keys), UI_PROMPT_GOES_ON);
}

#define PRESS(prompt, ...) press(prompt, (const uint32_t[]){__VA_ARGS__, 0})

static void a_line_is_typed_and_edited(void **state)
{
    (void)state;
    struct ui_prompt prompt = opened("");
    PRESS(&prompt, 'a', 'b', 'd', UI_KEY_LEFT, 'c');
    assert_string_equal(prompt.text, "abcd");
    PRESS(&prompt, UI_KEY_HOME, UI_KEY_DELETE, UI_KEY_END, UI_KEY_BACKSPACE);
    assert_string_equal(prompt.text, "bc");
    PRESS(&prompt, ' ', 'x', 'y', UI_CTRL('W'));
    assert_string_equal(prompt.text, "bc ");
    PRESS(&prompt, UI_CTRL('A'), UI_KEY_RIGHT, UI_CTRL('K'));
    assert_string_equal(prompt.text, "b");
    PRESS(&prompt, UI_CTRL('E'), 'z', UI_KEY_LEFT, UI_CTRL('U'));
    assert_string_equal(prompt.text, "z");
    assert_int_equal(prompt.at, 0);
}

static void it_ends_as_one_expects(void **state)
{
    (void)state;
    struct ui_prompt prompt = opened("x");
    assert_int_equal(ui_prompt_key(&prompt, UI_KEY_ENTER), UI_PROMPT_ACCEPTED);
    assert_string_equal(prompt.text, "x");
    assert_int_equal(ui_prompt_key(&prompt, UI_KEY_ESC), UI_PROMPT_CANCELLED);
    assert_int_equal(ui_prompt_key(&prompt, UI_KEY_BACKSPACE), UI_PROMPT_GOES_ON);
    assert_int_equal(ui_prompt_key(&prompt, UI_KEY_BACKSPACE), UI_PROMPT_CANCELLED);
    ui_prompt_close(&prompt);
    assert_false(prompt.open);
}

static void characters_are_never_cut(void **state)
{
    (void)state;
    struct ui_prompt prompt = opened("");
    PRESS(&prompt, 'a', 0xe9, 0x6f22, 0x1f600);
    assert_string_equal(prompt.text, "a\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80");
    PRESS(&prompt, UI_KEY_LEFT, UI_KEY_BACKSPACE);
    assert_string_equal(prompt.text, "a\xc3\xa9\xf0\x9f\x98\x80");
    PRESS(&prompt, UI_KEY_LEFT, UI_KEY_DELETE);
    assert_string_equal(prompt.text, "a\xf0\x9f\x98\x80");
}

static void control_bytes_and_broken_text_stay_out(void **state)
{
    (void)state;
    struct ui_prompt prompt = opened("\x1b[31ma\tb\nc\x7f");
    assert_string_equal(prompt.text, "[31mabc");
    prompt = opened("x\xc2\x9b" "31m\xff\xc3(\xe2\x82y\xed");
    assert_string_equal(prompt.text, "x31m(y");
    PRESS(&prompt, 0x85, UI_KEY_F1, UI_KEY_UP, 0xd800, UI_CTRL('G'));
    assert_string_equal(prompt.text, "x31m(y");
}

static void it_holds_what_fits(void **state)
{
    (void)state;
    char much[1000];
    memset(much, 'm', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    struct ui_prompt prompt = opened(much);
    assert_int_equal(prompt.length, UI_PROMPT_BYTES - 1);
    PRESS(&prompt, 'x', 0x6f22);
    assert_int_equal(prompt.length, UI_PROMPT_BYTES - 1);
    PRESS(&prompt, UI_KEY_BACKSPACE, 0x6f22); /* one byte is free, three are not */
    assert_int_equal(prompt.length, UI_PROMPT_BYTES - 2);
}

/* Any keys leave whole characters and a cursor between them. */
static void random_keys_keep_it_whole(void **state)
{
    (void)state;
    static const uint32_t keys[] = {'a', ' ', 0xe9, 0x6f22, 0x1f600, UI_KEY_LEFT, UI_KEY_RIGHT, UI_KEY_HOME,
                                    UI_KEY_END, UI_KEY_DELETE, UI_KEY_BACKSPACE, UI_CTRL('W'), UI_CTRL('U'),
                                    UI_CTRL('K'), 0x1b, 0x90};
    struct ui_prompt prompt = opened("");
    uint32_t seed = 7;
    for (unsigned i = 0; i < 50000; i++) {
        seed = seed * 1664525u + 1013904223u;
        ui_prompt_key(&prompt, keys[(seed >> 10) % (sizeof keys / sizeof keys[0])]);
        assert_true(prompt.length < UI_PROMPT_BYTES && prompt.at <= prompt.length);
        assert_int_equal(strlen(prompt.text), prompt.length);
        assert_true(((unsigned char)prompt.text[prompt.at] & 0xc0) != 0x80);
        assert_true(prompt.length == 0 || ((unsigned char)prompt.text[0] & 0xc0) != 0x80);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_typed_and_edited),
        cmocka_unit_test(it_ends_as_one_expects),
        cmocka_unit_test(characters_are_never_cut),
        cmocka_unit_test(control_bytes_and_broken_text_stay_out),
        cmocka_unit_test(it_holds_what_fits),
        cmocka_unit_test(random_keys_keep_it_whole),
    };
    return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
