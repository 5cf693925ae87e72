#include "prompt.h"

#include <stdio.h>
#include <string.h>

#include "term.h"

void ui_prompt_open(struct ui_prompt *prompt, const char *label, const char *text)
{
    *prompt = (struct ui_prompt){.open = true};
    snprintf(prompt->label, sizeof prompt->label, "%s", label);
    ui_prompt_insert(prompt, text, strlen(text));
}

void ui_prompt_close(struct ui_prompt *prompt)
{
    prompt->open = false;
}

/* Bytes of the character that begins with this byte; 0: none does. */
static size_t character_bytes(unsigned char first)
{
    if (first < 0x80)
        return first >= 0x20 && first != 0x7f;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static void insert_character(struct ui_prompt *prompt, const char *bytes, size_t length)
{
    if (prompt->length + length >= sizeof prompt->text)
        return;
    memmove(prompt->text + prompt->at + length, prompt->text + prompt->at, prompt->length - prompt->at + 1);
    memcpy(prompt->text + prompt->at, bytes, length);
    prompt->length += length;
    prompt->at += length;
}

void ui_prompt_insert(struct ui_prompt *prompt, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t bytes = character_bytes((unsigned char)text[i]);
        size_t whole = 1;
        while (whole < bytes && i + whole < length && is_continuation(text[i + whole]))
            whole++;
        /* U+0080..U+009F are control characters too. */
        bool control = bytes == 2 && (unsigned char)text[i] == 0xc2 && whole == 2 && (unsigned char)text[i + 1] < 0xa0;
        if (bytes > 0 && whole == bytes && !control)
            insert_character(prompt, text + i, bytes);
        i += whole;
    }
}

static size_t before(const struct ui_prompt *prompt, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && is_continuation(prompt->text[at]))
        at--;
    return at;
}

static size_t behind(const struct ui_prompt *prompt, size_t at)
{
    if (at < prompt->length)
        at++;
    while (at < prompt->length && is_continuation(prompt->text[at]))
        at++;
    return at;
}

static void cut(struct ui_prompt *prompt, size_t from, size_t to)
{
    memmove(prompt->text + from, prompt->text + to, prompt->length - to + 1);
    prompt->length -= to - from;
    prompt->at = from;
}

static size_t word_before(const struct ui_prompt *prompt)
{
    size_t at = prompt->at;
    while (at > 0 && prompt->text[at - 1] == ' ')
        at--;
    while (at > 0 && prompt->text[at - 1] != ' ')
        at--;
    return at;
}

static void insert_code(struct ui_prompt *prompt, uint32_t code)
{
    char bytes[4];
    size_t length;
    if (code >= 0x110000 || (code >= 0xd800 && code < 0xe000))
        return;
    if (code < 0x80) {
        bytes[0] = (char)code;
        length = 1;
    } else if (code < 0x800) {
        bytes[0] = (char)(0xc0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3f));
        length = 2;
    } else if (code < 0x10000) {
        bytes[0] = (char)(0xe0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (code & 0x3f));
        length = 3;
    } else {
        bytes[0] = (char)(0xf0 | code >> 18);
        bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[3] = (char)(0x80 | (code & 0x3f));
        length = 4;
    }
    ui_prompt_insert(prompt, bytes, length);
}

/* Keys that move or cut; false: none of them. */
static bool edit(struct ui_prompt *prompt, uint32_t key)
{
    switch (key) {
    case UI_KEY_LEFT:
        prompt->at = before(prompt, prompt->at);
        return true;
    case UI_KEY_RIGHT:
        prompt->at = behind(prompt, prompt->at);
        return true;
    case UI_KEY_HOME:
    case UI_CTRL('A'):
        prompt->at = 0;
        return true;
    case UI_KEY_END:
    case UI_CTRL('E'):
        prompt->at = prompt->length;
        return true;
    case UI_KEY_DELETE:
        cut(prompt, prompt->at, behind(prompt, prompt->at));
        return true;
    case UI_CTRL('U'):
        cut(prompt, 0, prompt->at);
        return true;
    case UI_CTRL('K'):
        cut(prompt, prompt->at, prompt->length);
        return true;
    case UI_CTRL('W'):
        cut(prompt, word_before(prompt), prompt->at);
        return true;
    default:
        return false;
    }
}

enum ui_prompt_end ui_prompt_key(struct ui_prompt *prompt, uint32_t key)
{
    if (key == UI_KEY_ENTER)
        return UI_PROMPT_ACCEPTED;
    if (key == UI_KEY_ESC)
        return UI_PROMPT_CANCELLED;
    if (key == UI_KEY_BACKSPACE || key == UI_CTRL('H')) {
        /* Rubbing out what is not there leaves, as in less and vi. */
        if (prompt->length == 0)
            return UI_PROMPT_CANCELLED;
        cut(prompt, before(prompt, prompt->at), prompt->at);
    } else if (!edit(prompt, key)) {
        insert_code(prompt, key);
    }
    return UI_PROMPT_GOES_ON;
}
