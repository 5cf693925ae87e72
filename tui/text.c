#include "text.h"

#include <string.h>
#include <wchar.h>

#define STAND_IN 0xfffdu
#define MARKS_MOST 2 /* more on one letter is decoration that hides its neighbours */

/* What would steer a terminal, turn the direction of text, or not be seen at all. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x00ad, 0x00ad},     /* soft hyphen: terminals differ in its width */
    {0x034f, 0x034f},     /* combining grapheme joiner */
    {0x061c, 0x061c},     /* Arabic letter mark */
    {0x180b, 0x180e},     /* Mongolian selectors */
    {0x200b, 0x200f},     /* zero width, marks of direction */
    {0x2028, 0x202e},     /* line separators, embeddings and overrides */
    {0x2060, 0x206f},     /* invisible operators, isolates */
    {0xd800, 0xf8ff},     /* surrogates, private use */
    {0xfe00, 0xfe0f},     /* variation selectors */
    {0xfeff, 0xfeff},     /* byte order mark */
    {0xfff0, 0xfffb},     /* annotations */
    {0xfffe, 0xffff},     /* no characters */
    {0xe0000, 0x10ffff},  /* tags, selectors, private use */
};

/* The character at `bytes`: its length, or 0 when the bytes are none. */
static size_t decode(const unsigned char *bytes, size_t left, uint32_t *code)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned first = bytes[0];
    size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length == 0 || length > left)
        return 0;
    uint32_t value = first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0u) != 0x80u)
            return 0;
        value = value << 6 | (bytes[i] & 0x3fu);
    }
    if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *code = value;
    return length;
}

static bool is_unseen(uint32_t code)
{
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0] && code >= unseen[i].first; i++)
        if (code <= unseen[i].last)
            return true;
    return false;
}

static struct ui_glyph glyph_of(uint32_t code)
{
    if (code < 0xa0)
        return (struct ui_glyph){'?', 1};
    int width = is_unseen(code) ? -1 : wcwidth((wchar_t)code);
    if (width < 0 || width > 2)
        return (struct ui_glyph){STAND_IN, 1};
    return (struct ui_glyph){code, width};
}

struct ui_glyph ui_text_next(const char *bytes, size_t length, size_t *at, bool ascii)
{
    const unsigned char *here = (const unsigned char *)bytes + *at;
    uint32_t code = 0;
    if (*here < 0x80) {
        *at += 1;
        return (struct ui_glyph){*here < 0x20 || *here == 0x7f ? '?' : *here, 1};
    }
    size_t taken = decode(here, length - *at, &code);
    *at += taken ? taken : 1;
    if (ascii)
        return (struct ui_glyph){'?', 1};
    return taken ? glyph_of(code) : (struct ui_glyph){STAND_IN, 1};
}

int ui_text_width(const char *bytes, size_t length, bool ascii)
{
    int width = 0;
    for (size_t at = 0; at < length;)
        width += ui_text_next(bytes, length, &at, ascii).width;
    return width;
}

size_t ui_text_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; code >>= 6)
        out[i] = (char)(0x80u | (code & 0x3fu));
    out[0] = (char)(((0xf00u >> length) & 0xffu) | code);
    return length;
}

/* Text being put together: harmless, never split within a character, always room for the NUL. */
struct fitting {
    char *out;
    size_t room, length;
    int cells, marks;
};

static bool append(struct fitting *fit, struct ui_glyph glyph)
{
    char bytes[4];
    if (glyph.width == 0 && (fit->cells == 0 || fit->marks >= MARKS_MOST))
        return true;
    size_t length = ui_text_encode(glyph.code, bytes);
    if (fit->length + length >= fit->room)
        return false;
    memcpy(fit->out + fit->length, bytes, length);
    fit->length += length;
    fit->cells += glyph.width;
    fit->marks = glyph.width == 0 ? fit->marks + 1 : 0;
    return true;
}

/* Appends from *at on what fits within `cells` more cells. */
static void append_within(struct fitting *fit, const char *bytes, size_t length, size_t at, int cells, bool ascii)
{
    int limit = fit->cells + cells;
    while (at < length) {
        struct ui_glyph glyph = ui_text_next(bytes, length, &at, ascii);
        if (fit->cells + glyph.width > limit || !append(fit, glyph))
            return;
    }
}

/* Where the last `cells` cells of a text of `width` cells begin. */
static size_t tail_of(const char *bytes, size_t length, int width, int cells, bool ascii)
{
    size_t at = 0;
    while (at < length && width > cells)
        width -= ui_text_next(bytes, length, &at, ascii).width;
    for (size_t next = at; next < length; at = next)
        if (ui_text_next(bytes, length, &next, ascii).width > 0)
            break; /* a mark would join what is not its letter */
    return at;
}

int ui_text_fit(const char *bytes, size_t length, int cells, enum ui_cut cut, bool ascii, char *out, size_t room)
{
    struct fitting fit = {.out = out, .room = room};
    if (room == 0)
        return 0;
    int width = ui_text_width(bytes, length, ascii);
    if (width <= cells) {
        append_within(&fit, bytes, length, 0, width, ascii);
    } else if (cells > 0) {
        int tail = cut == UI_CUT_MIDDLE ? (cells - 1) / 2 : 0;
        append_within(&fit, bytes, length, 0, cells - 1 - tail, ascii);
        append(&fit, (struct ui_glyph){ascii ? '~' : 0x2026, 1});
        append_within(&fit, bytes, length, tail_of(bytes, length, width, tail, ascii), tail, ascii);
    }
    out[fit.length] = '\0';
    return fit.cells;
}
