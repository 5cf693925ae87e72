#include "term_keys.h"

#include <string.h>

#include "text.h"

#define PASTE_LOST_MS 1000
#define SEQUENCE_MOST 64 /* characters of an escape sequence */
#define STRING_MOST 512  /* ... of one that carries a string */

struct reading {
    struct ui_keys *keys;
    const struct ui_key_source *source;
    struct ui_input *input;
    int64_t now;
};

static bool next(struct reading *in, uint32_t *code)
{
    if (in->keys->again) {
        in->keys->again = false;
        *code = UI_KEY_ESC;
        return true;
    }
    return in->source->next(in->source->self, code, in->input);
}

/* A letter that ends ESC [ or ESC O: terminals send arrows either way, whatever terminfo says. */
static uint32_t of_letter(uint32_t letter)
{
    switch (letter) {
    case 'A':
        return UI_KEY_UP;
    case 'B':
        return UI_KEY_DOWN;
    case 'C':
        return UI_KEY_RIGHT;
    case 'D':
        return UI_KEY_LEFT;
    case 'H':
        return UI_KEY_HOME;
    case 'F':
        return UI_KEY_END;
    case 'Z':
        return UI_KEY_BACK_TAB;
    case 'M':
        return UI_KEY_ENTER;
    default:
        return letter >= 'P' && letter <= 'S' ? UI_KEY_F1 + (uint32_t)(letter - 'P') : UI_KEY_NONE;
    }
}

#define PASTE_BEGIN 200
#define PASTE_END 201

/* ESC [ number ~ */
static uint32_t of_number(int number)
{
    static const uint32_t keys[] = {[1] = UI_KEY_HOME,     [2] = UI_KEY_INSERT,    [3] = UI_KEY_DELETE,
                                    [4] = UI_KEY_END,      [5] = UI_KEY_PAGE_UP,   [6] = UI_KEY_PAGE_DOWN,
                                    [7] = UI_KEY_HOME,     [8] = UI_KEY_END,       [11] = UI_KEY_F1,
                                    [12] = UI_KEY_F1 + 1,  [13] = UI_KEY_F1 + 2,   [14] = UI_KEY_F1 + 3,
                                    [15] = UI_KEY_F1 + 4,  [17] = UI_KEY_F1 + 5,   [18] = UI_KEY_F1 + 6,
                                    [19] = UI_KEY_F1 + 7,  [20] = UI_KEY_F1 + 8,   [21] = UI_KEY_F1 + 9,
                                    [23] = UI_KEY_F1 + 10, [24] = UI_KEY_F1 + 11};
    return number >= 0 && (size_t)number < sizeof keys / sizeof keys[0] ? keys[number] : UI_KEY_NONE;
}

/* Behind ESC [ <: button ; column ; line, then M for a press, m for a release. However wide the screen is. */
static uint32_t read_click(struct reading *in)
{
    int numbers[3] = {0};
    unsigned count = 0;
    uint32_t letter = 0;
    for (int i = 0; i < SEQUENCE_MOST && next(in, &letter) && !(letter >= 0x40 && letter <= 0x7e); i++)
        if (letter == ';')
            count++;
        else if (letter >= '0' && letter <= '9' && count < 3 && numbers[count] < 9999)
            numbers[count] = numbers[count] * 10 + (int)(letter - '0');
    int button = numbers[0] & ~28; /* whatever Shift, Alt and Control do */
    if (letter != 'M' || count != 2 || numbers[1] < 1 || numbers[2] < 1)
        return UI_KEY_NONE;
    in->input->x = numbers[1] - 1;
    in->input->y = numbers[2] - 1;
    in->input->button = button == 0 ? 1 : button == 64 ? 4 : button == 65 ? 5 : 0;
    return in->input->button ? UI_KEY_MOUSE : UI_KEY_NONE;
}

/* Behind ESC [: the whole sequence is taken, known or not. */
static uint32_t read_sequence(struct reading *in)
{
    uint32_t letter = 0;
    int number = 0;
    bool plain = true; /* nothing but one number before its end */
    for (int i = 0; i < SEQUENCE_MOST && next(in, &letter); i++) {
        if (i == 0 && letter == '[') { /* the Linux console's F1 to F5: ESC [ [ A */
            return next(in, &letter) && letter >= 'A' && letter <= 'E' ? UI_KEY_F1 + (letter - 'A') : UI_KEY_NONE;
        } else if (i == 0 && letter == '<') {
            return read_click(in);
        } else if (letter >= '0' && letter <= '9') {
            number = number > 9999 ? number : number * 10 + (int)(letter - '0');
        } else if (letter >= 0x40 && letter <= 0x7e) {
            if (!plain)
                return UI_KEY_NONE;
            if (letter != '~')
                return number == 0 ? of_letter(letter) : UI_KEY_NONE;
            if (number == PASTE_BEGIN || number == PASTE_END) {
                in->keys->pasting = number == PASTE_BEGIN;
                return UI_KEY_PASTE;
            }
            return of_number(number);
        } else {
            plain = false;
        }
    }
    return UI_KEY_NONE;
}

/* Answers of a terminal (ESC ] ... BEL, ESC P ... ESC \) to questions that somebody else asked. */
static void skip_string(struct reading *in)
{
    uint32_t letter = 0, before = 0;
    for (int i = 0; i < STRING_MOST && next(in, &letter); i++, before = letter)
        if (letter == 7 || (before == 27 && letter == '\\'))
            return;
}

static uint32_t read_escape(struct reading *in)
{
    uint32_t letter = 0;
    if (!next(in, &letter))
        return UI_KEY_ESC;
    switch (letter) {
    case '[':
        return read_sequence(in);
    case 'O':
        return next(in, &letter) ? of_letter(letter) : UI_KEY_NONE;
    case ']':
    case 'P':
    case '_':
    case '^':
        skip_string(in);
        return UI_KEY_NONE;
    case 27:
        in->keys->again = true;
        return UI_KEY_ESC;
    default:
        return UI_KEY_NONE; /* Alt and a letter: no such key, and never that letter's action */
    }
}

static void paste_char(struct reading *in, uint32_t letter)
{
    char bytes[4];
    uint32_t code = letter == '\n' || letter == '\r' || letter == '\t' ? ' ' : letter;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff)
        return;
    size_t length = ui_text_encode(code, bytes);
    if (in->keys->paste_length + length < sizeof in->keys->paste) {
        memcpy(in->keys->paste + in->keys->paste_length, bytes, length);
        in->keys->paste_length += length;
    }
}

static void begin_paste(struct reading *in)
{
    in->keys->pasting = true;
    in->keys->paste_length = 0;
    in->keys->paste_at = in->now;
}

static bool end_paste(struct reading *in)
{
    in->keys->pasting = false;
    memcpy(in->input->paste, in->keys->paste, in->keys->paste_length);
    in->input->paste[in->keys->paste_length] = '\0';
    in->input->key = UI_KEY_PASTE;
    return true;
}

/* What one character means; UI_KEY_NONE: nothing, go on. */
static uint32_t meaning(struct reading *in, uint32_t letter)
{
    if (letter == UI_KEY_ESC)
        return read_escape(in);
    if (letter == 8)
        return UI_KEY_BACKSPACE;
    return letter == '\n' ? UI_KEY_ENTER : letter;
}

bool ui_keys_next(struct ui_keys *keys, const struct ui_key_source *source, int64_t now_ms, struct ui_input *input)
{
    struct reading in = {keys, source, input, now_ms};
    uint32_t letter;
    memset(input, 0, sizeof *input);
    if (keys->pasting && now_ms - keys->paste_at > PASTE_LOST_MS)
        return end_paste(&in); /* before what is there now: that is a key */
    while (next(&in, &letter)) {
        bool before = keys->pasting;
        if (before && letter != UI_KEY_ESC) {
            keys->paste_at = now_ms;
            paste_char(&in, letter);
            continue;
        }
        uint32_t key = meaning(&in, letter);
        if (key == UI_KEY_PASTE && keys->pasting)
            begin_paste(&in);
        else if (key == UI_KEY_PASTE && before)
            return end_paste(&in);
        else if (key != UI_KEY_NONE && key != UI_KEY_PASTE && !before) {
            input->key = key;
            return true;
        }
    }
    return false;
}
