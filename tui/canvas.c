#include "canvas.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "spark.h"
#include "text.h"

#define PRINT_MOST 1024 /* bytes of one ui_canvas_print: more cells than a screen is wide */
#define SIDE_MOST 4096

static const struct ui_cell blank = {.code = ' ', .role = UI_ROLE_text};

void ui_canvas_init(struct ui_canvas *cv)
{
    memset(cv, 0, sizeof *cv);
    ui_canvas_resize(cv, 1, 1);
}

void ui_canvas_release(struct ui_canvas *cv)
{
    free(cv->cells);
    cv->cells = NULL;
    cv->width = cv->height = 0;
}

static int bounded(int side)
{
    return side < 1 ? 1 : side > SIDE_MOST ? SIDE_MOST : side;
}

void ui_canvas_resize(struct ui_canvas *cv, int width, int height)
{
    cv->width = bounded(width);
    cv->height = bounded(height);
    cv->cells = kt_resize(cv->cells, (size_t)cv->width * (size_t)cv->height, sizeof *cv->cells);
    ui_canvas_clear(cv);
}

void ui_canvas_clear(struct ui_canvas *cv)
{
    size_t count = (size_t)cv->width * (size_t)cv->height;
    for (size_t i = 0; i < count; i++)
        cv->cells[i] = blank;
    cv->cursor_x = cv->cursor_y = 0;
    cv->cursor_visible = false;
}

static struct ui_cell *row_of(struct ui_canvas *cv, int y)
{
    return y >= 0 && y < cv->height ? cv->cells + (size_t)y * (size_t)cv->width : NULL;
}

/* What is left of a wide glyph that loses its other half becomes blank. */
static void free_cell(struct ui_canvas *cv, struct ui_cell *row, int x)
{
    if (row[x].code == 0 && x > 0)
        row[x - 1].code = ' ';
    if (row[x].code != 0 && x + 1 < cv->width && row[x + 1].code == 0)
        row[x + 1].code = ' ';
}

/* Puts one glyph, clipped: where half of it is outside, a blank stands in for the half that is not. */
static void put(struct ui_canvas *cv, struct ui_cell *row, int x, enum ui_role role, struct ui_glyph glyph)
{
    bool whole = x >= 0 && x + glyph.width <= cv->width;
    for (int i = 0; i < glyph.width; i++) {
        if (x + i < 0 || x + i >= cv->width)
            continue;
        free_cell(cv, row, x + i);
        row[x + i] = (struct ui_cell){.code = whole ? (i ? 0 : glyph.code) : ' ', .role = (uint8_t)role};
    }
}

static void add_mark(struct ui_cell *cell, uint32_t code)
{
    for (size_t i = 0; i < sizeof cell->mark / sizeof cell->mark[0]; i++) {
        if (cell->mark[i] == 0) {
            cell->mark[i] = code;
            return;
        }
    }
}

int ui_canvas_text(struct ui_canvas *cv, int x, int y, int cells, enum ui_role role, const char *bytes, size_t length)
{
    struct ui_cell *row = row_of(cv, y);
    int used = 0, before = 0;
    for (size_t at = 0; at < length;) {
        struct ui_glyph glyph = ui_text_next(bytes, length, &at, cv->ascii);
        if (used + glyph.width > cells)
            break;
        if (glyph.width == 0 && used > 0 && row && before >= 0 && before < cv->width && row[before].code != 0)
            add_mark(&row[before], glyph.code);
        if (glyph.width == 0)
            continue;
        before = x > cv->width ? cv->width : x + used;
        if (row && x <= cv->width)
            put(cv, row, x + used, role, glyph);
        used += glyph.width;
    }
    return used;
}

int ui_canvas_print(struct ui_canvas *cv, int x, int y, int cells, enum ui_role role, const char *fmt, ...)
{
    char text[PRINT_MOST];
    va_list args;
    va_start(args, fmt);
    size_t length = kt_format_cut(text, sizeof text, fmt, args);
    va_end(args);
    return ui_canvas_text(cv, x, y, cells, role, text, length);
}

/* The part of a run that is inside, as first and behind-last. */
static bool clip(int limit, int from, int length, int *first, int *end)
{
    if (length <= 0 || from >= limit)
        return false;
    *end = length > limit - from ? limit : from + length;
    *first = from < 0 ? 0 : from;
    return *first < *end;
}

static uint32_t fit_for_grid(const struct ui_canvas *cv, uint32_t code)
{
    if (cv->ascii && code >= 0x2500 && code < 0x2580)
        return code == 0x2500 || code == 0x2501 || code == 0x2550 ? '-'
               : code == 0x2502 || code == 0x2503 || code == 0x2551 ? '|'
                                                                    : '+';
    char bytes[4];
    size_t at = 0;
    size_t length = ui_text_encode(code > 0x10ffff ? '?' : code, bytes);
    struct ui_glyph glyph = ui_text_next(bytes, length, &at, cv->ascii);
    return glyph.width == 1 ? glyph.code : '?';
}

void ui_canvas_fill(struct ui_canvas *cv, int x, int y, int width, int height, enum ui_role role, uint32_t code)
{
    int left, right, top, bottom;
    if (!clip(cv->width, x, width, &left, &right) || !clip(cv->height, y, height, &top, &bottom))
        return;
    struct ui_glyph glyph = {fit_for_grid(cv, code), 1};
    for (int i = top; i < bottom; i++)
        for (int k = left; k < right; k++)
            put(cv, row_of(cv, i), k, role, glyph);
}

void ui_canvas_flag(struct ui_canvas *cv, int x, int y, int width, uint8_t flags)
{
    struct ui_cell *row = row_of(cv, y);
    int first, end;
    if (!row || !clip(cv->width, x, width, &first, &end))
        return;
    for (int i = first; i < end; i++)
        row[i].flags |= flags;
    /* Both halves of a wide glyph look alike. */
    if (row[first].code == 0 && first > 0)
        row[first - 1].flags |= flags;
    if (end < cv->width && row[end].code == 0)
        row[end].flags |= flags;
}

static bool same_cell(const struct ui_cell *a, const struct ui_cell *b)
{
    return a->code == b->code && a->mark[0] == b->mark[0] && a->mark[1] == b->mark[1] && a->role == b->role &&
           (a->flags & UI_CELL_SELECTED) == (b->flags & UI_CELL_SELECTED);
}

bool ui_canvas_take_row(struct ui_canvas *cv, const struct ui_canvas *from, int y, bool soon)
{
    struct ui_cell *to = cv->cells + (size_t)y * (size_t)cv->width;
    const struct ui_cell *row = from->cells + (size_t)y * (size_t)cv->width;
    bool changed = false;
    for (int x = 0; x < cv->width; x++) {
        if (same_cell(&to[x], &row[x]) || (soon && (row[x].flags & UI_CELL_LATER)))
            continue;
        to[x] = row[x];
        changed = true;
    }
    return changed;
}

static uint32_t spark_code(bool ascii, int8_t height)
{
    static const char ladder[UI_SPARK_LEVELS + 1] = "_.-=+*#%";
    return height == UI_SPARK_GAP ? ' ' : ascii ? (uint32_t)ladder[height] : 0x2581u + (uint32_t)height;
}

void ui_canvas_spark(struct ui_canvas *cv, int x, int y, int cells, enum ui_role role, const struct kt_trend *trend,
                     enum kt_trend_window window, double least)
{
    int8_t heights[UI_SPARK_MOST];
    struct ui_cell *row = row_of(cv, y);
    if (!row || cells <= 0 || cells > SIDE_MOST || x > cv->width)
        return;
    int used = cells < UI_SPARK_MOST ? cells : UI_SPARK_MOST;
    ui_spark_make(trend, window, used, least, heights);
    for (int i = 0; i < used; i++)
        put(cv, row, x + cells - used + i, role, (struct ui_glyph){spark_code(cv->ascii, heights[i]), 1});
}

static void write_cell(const struct ui_cell *cell, FILE *out)
{
    char bytes[4];
    if (cell->code == 0)
        return;
    fwrite(bytes, 1, ui_text_encode(cell->code, bytes), out);
    for (size_t i = 0; i < sizeof cell->mark / sizeof cell->mark[0] && cell->mark[i]; i++)
        fwrite(bytes, 1, ui_text_encode(cell->mark[i], bytes), out);
}

void ui_canvas_write_text(const struct ui_canvas *cv, FILE *out)
{
    for (int y = 0; y < cv->height; y++) {
        const struct ui_cell *row = cv->cells + (size_t)y * (size_t)cv->width;
        int end = cv->width;
        while (end > 0 && row[end - 1].code == ' ')
            end--;
        for (int x = 0; x < end; x++)
            write_cell(&row[x], out);
        fputc('\n', out);
    }
}

static char role_sign(const struct ui_cell *cell)
{
    static const char below[] = ".0123456789-=[];'/`", above[] = ",)!@#$%^&*(_+{}:\"?~";
    char letter = ui_role_letter((enum ui_role)cell->role);
    if (!(cell->flags & UI_CELL_SELECTED))
        return letter;
    const char *sign = strchr(below, letter);
    return sign ? above[sign - below] : (char)(letter - 'a' + 'A');
}

void ui_canvas_write_roles(const struct ui_canvas *cv, FILE *out)
{
    for (int y = 0; y < cv->height; y++) {
        const struct ui_cell *row = cv->cells + (size_t)y * (size_t)cv->width;
        for (int x = 0; x < cv->width; x++)
            fputc(role_sign(&row[x]), out);
        fputc('\n', out);
    }
}
