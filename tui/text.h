/*
 * text: foreign bytes made fit for a grid of cells: decoding, display width, cutting, harmlessness.
 *
 * Whatever comes in, what goes out has no control byte (C0, DEL, C1), no bidirectional override, no invalid
 * UTF-8, nothing invisible: those become visible stand-ins ('?' or U+FFFD, in ASCII mode always '?'). Width follows
 * wcwidth of the locale, which the caller has set (in the C locale nothing beyond ASCII has one): 0 combining, 1,
 * 2 wide. Thread: any (pure).
 */
#ifndef UI_TEXT_H
#define UI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One step through bytes: the next code point made harmless, and its width in cells (0, 1 or 2). */
struct ui_glyph {
    uint32_t code;
    int width;
};

/* Reads one glyph at *at (< length) and moves *at on. `ascii` turns all but printable ASCII into '?'. */
struct ui_glyph ui_text_next(const char *bytes, size_t length, size_t *at, bool ascii);

/* Cells that the text takes. */
int ui_text_width(const char *bytes, size_t length, bool ascii);

/* Writes a code point as UTF-8; returns the bytes written. */
size_t ui_text_encode(uint32_t code, char out[4]);

/*
 * Cuts to at most `cells` into `out` (UTF-8, NUL-terminated, harmless): from the end with a mark ("…" or "~"), or
 * from the middle, which keeps both ends of a long name apart from its neighbours. Bytes that `room` cannot hold are
 * left out. Returns the cells used.
 */
enum ui_cut { UI_CUT_END, UI_CUT_MIDDLE };
int ui_text_fit(const char *bytes, size_t length, int cells, enum ui_cut cut, bool ascii, char *out, size_t room);

#endif
