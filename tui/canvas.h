/*
 * canvas: a grid of cells, each a harmless glyph and the role it is drawn in.
 *
 * Panels draw here and nowhere else; a terminal blits what changed. Everything clips: no call can draw outside.
 * A wide glyph takes two cells (the second one is a continuation with code 0); half of one is never shown.
 * Combining marks join the cell before them, at most two. Drawing a cell clears its flags: draw first, flag then.
 * Thread: one at a time (UI).
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "role.h"
#include "snapshot.h"

struct ui_cell {
    uint32_t code;    /* Unicode code point; 0: right half of the wide glyph before */
    uint32_t mark[2]; /* combining marks, 0 none */
    uint8_t role;     /* enum ui_role */
    uint8_t flags;    /* UI_CELL_SELECTED ... drawn over the role */
};

#define UI_CELL_SELECTED 1u /* style of UI_ROLE_selected on top, the status word stays readable */
#define UI_CELL_LATER 2u    /* tells more of the selected row: may wait until the cursor rests */

struct ui_canvas {
    int width, height;
    bool ascii;            /* only printable ASCII leaves */
    struct ui_cell *cells; /* width * height, row by row */
    int cursor_x, cursor_y; /* where the real cursor rests (the selected row, or the prompt) */
    bool cursor_visible;
};

void ui_canvas_init(struct ui_canvas *cv);
void ui_canvas_release(struct ui_canvas *cv);
void ui_canvas_resize(struct ui_canvas *cv, int width, int height); /* contents become blank; at least 1x1 */
void ui_canvas_clear(struct ui_canvas *cv); /* blanks, and no cursor */

/* Draws text at x, y within `cells` cells (cut, not padded); returns the cells used, also where they are clipped. */
int ui_canvas_text(struct ui_canvas *cv, int x, int y, int cells, enum ui_role role, const char *bytes, size_t length);
int ui_canvas_print(struct ui_canvas *cv, int x, int y, int cells, enum ui_role role, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* `code` takes one cell; lines of U+2500.. become '-', '|' and '+' where only ASCII can be shown. */
void ui_canvas_fill(struct ui_canvas *cv, int x, int y, int width, int height, enum ui_role role, uint32_t code);
/* Adds flags to a run of cells. */
void ui_canvas_flag(struct ui_canvas *cv, int x, int y, int width, uint8_t flags);

/*
 * Takes over row y of a canvas of the same size, but for cells that may wait (UI_CELL_LATER) where `soon`; whether it
 * looks otherwise than before.
 */
bool ui_canvas_take_row(struct ui_canvas *cv, const struct ui_canvas *from, int y, bool soon);

/*
 * A trend in `cells` cells (spark.h, as is `least`), the newest at the right end; a gap is blank, which differs from
 * zero.
 */
void ui_canvas_spark(struct ui_canvas *cv, int x, int y, int cells, enum ui_role role, const struct kt_trend *trend,
                     enum kt_trend_window window, double least);

/* Writes the grid as lines of text, trailing blanks cut: for goldens and tickets. */
void ui_canvas_write_text(const struct ui_canvas *cv, FILE *out);
/* ui_role_letter of each cell; where it is selected, capitals, and what a keyboard has above digits and signs. */
void ui_canvas_write_roles(const struct ui_canvas *cv, FILE *out);

#endif
