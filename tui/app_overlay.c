/* What covers the rows for a while: help, the menu of sort columns. */
#include <stdio.h>
#include <string.h>

#include "app_state.h"

void ui_overlay_open(struct ui_app *app, const char *title)
{
    ui_overlay_close(app);
    app->overlay.open = true;
    app->overlay.cursor = -1;
    snprintf(app->overlay.title, sizeof app->overlay.title, "%s", title);
}

void ui_overlay_close(struct ui_app *app)
{
    ui_lines_release(&app->overlay.lines);
    app->overlay = (struct ui_overlay){.cursor = -1};
}

/* --- keys ------------------------------------------------------------------------------------------------ */

static bool is_heading(const struct ui_lines *lines, int line)
{
    return lines->items[line][0] != ' ';
}

/* In a menu: `by` lines on, clipped, and past headings; where there is none past them, back again. */
static void move_cursor(struct ui_overlay *overlay, int64_t by)
{
    int last = (int)overlay->lines.count - 1, step = by < 0 ? -1 : 1;
    int64_t far = overlay->cursor + by;
    int to = (int)(far < 0 ? 0 : far > last ? last : far);
    for (int way = 0; way < 2; way++, step = -step)
        for (int at = to; at >= 0 && at <= last; at += step)
            if (!is_heading(&overlay->lines, at)) {
                overlay->cursor = at;
                return;
            }
}

static unsigned scroll(struct ui_app *app, int64_t by)
{
    struct ui_overlay *overlay = &app->overlay;
    if (overlay->cursor >= 0) {
        int before = overlay->cursor;
        move_cursor(overlay, by);
        if (overlay->moved && overlay->cursor != before)
            return overlay->moved(app, overlay->cursor) | UI_REACT_DRAW;
    } else {
        int64_t to = (int64_t)overlay->top + by;
        overlay->top = to < 0 ? 0 : (size_t)to; /* clipped below when it is drawn */
    }
    return UI_REACT_DRAW;
}

static unsigned leave(struct ui_app *app)
{
    unsigned (*left)(struct ui_app *) = app->overlay.left;
    ui_overlay_close(app);
    return (left ? left(app) : 0) | UI_REACT_DRAW;
}

static unsigned pick(struct ui_app *app)
{
    unsigned (*picked)(struct ui_app *, int) = app->overlay.pick;
    int line = app->overlay.cursor;
    if (!picked || line < 0)
        return leave(app);
    ui_overlay_close(app);
    return picked(app, line) | UI_REACT_DRAW;
}

unsigned ui_overlay_key(struct ui_app *app, uint32_t key)
{
    int page = app->drawn.overlay_height > 2 ? app->drawn.overlay_height - 1 : 1;
    unsigned reaction = UI_REACT_DRAW;
    if (app->overlay.key && app->overlay.key(app, key, &reaction))
        return reaction;
    switch (key) {
    case 'j':
    case UI_KEY_DOWN:
        return scroll(app, 1);
    case 'k':
    case UI_KEY_UP:
        return scroll(app, -1);
    case ' ':
    case UI_CTRL('F'):
    case UI_KEY_PAGE_DOWN:
        return scroll(app, page);
    case UI_CTRL('B'):
    case UI_KEY_PAGE_UP:
        return scroll(app, -page);
    case 'g':
    case UI_KEY_HOME:
        return scroll(app, -1000000);
    case 'G':
    case UI_KEY_END:
        return scroll(app, 1000000);
    case UI_KEY_ENTER:
        return pick(app);
    default:
        return leave(app);
    }
}

unsigned ui_overlay_click(struct ui_app *app, const struct ui_input *input)
{
    const struct ui_drawn *drawn = &app->drawn;
    int64_t line = input->y - drawn->overlay_y + (int64_t)app->overlay.top;
    if (input->button == 4 || input->button == 5)
        return scroll(app, input->button == 4 ? -3 : 3);
    if (input->button != 1)
        return 0;
    if (input->y < drawn->overlay_y - 1 || input->y >= drawn->overlay_y + drawn->overlay_height)
        return leave(app);
    if (app->overlay.cursor < 0 || input->y < drawn->overlay_y || line >= (int64_t)app->overlay.lines.count ||
        is_heading(&app->overlay.lines, (int)line))
        return 0;
    return scroll(app, line - app->overlay.cursor) | ui_overlay_key(app, UI_KEY_ENTER);
}

void ui_overlay_refill(struct ui_app *app, void (*fill)(struct ui_app *app, struct ui_lines *lines))
{
    ui_lines_release(&app->overlay.lines);
    fill(app, &app->overlay.lines);
}

/* --- drawing --------------------------------------------------------------------------------------------- */

static void draw_line(struct ui_canvas *cv, int x, int y, enum ui_role role, const char *text, size_t length,
                      bool chosen)
{
    ui_canvas_text(cv, x, y, cv->width - x, role, text, length);
    if (!chosen)
        return;
    ui_canvas_flag(cv, 0, y, cv->width, UI_CELL_SELECTED);
    cv->cursor_x = 0;
    cv->cursor_y = y;
}

/* How far to the right a wrapped line goes on: on narrow screens only so far that it is no heading. */
static int hang_of(const struct ui_overlay *overlay, int width)
{
    return overlay->hang <= width / 3 ? overlay->hang : width >= 20 ? 4 : 0;
}

/* Draws `height` lines from the top-th on, wrapped unless it is a menu; returns how many there are in all. */
static size_t draw_lines(struct ui_app *app, struct ui_canvas *cv, int y, int height)
{
    const struct ui_overlay *overlay = &app->overlay;
    size_t line = 0;
    for (size_t i = 0; i < overlay->lines.count; i++) {
        const char *text = overlay->lines.items[i];
        size_t left = strlen(text);
        enum ui_role role = overlay->lines.dim[i] ? UI_ROLE_dim : *text && *text != ' ' ? UI_ROLE_label : UI_ROLE_text;
        int x = 0;
        do {
            size_t bytes = overlay->cursor >= 0 ? left : ui_wrap(text, left, cv->width - x, cv->ascii);
            if (line >= overlay->top && line < overlay->top + (size_t)height)
                draw_line(cv, x, y + (int)(line - overlay->top), role, text, bytes, overlay->cursor == (int)i);
            text += bytes;
            left -= bytes;
            x = hang_of(overlay, cv->width);
            line++;
        } while (left > 0);
    }
    return line;
}

int ui_overlay_lines(const struct ui_app *app)
{
    return (int)app->overlay.lines.count + 1;
}

static void keep_in_sight(struct ui_overlay *overlay, size_t count, size_t visible)
{
    if (overlay->cursor >= 0) {
        size_t cursor = (size_t)overlay->cursor;
        if (cursor < overlay->top)
            overlay->top = cursor;
        if (cursor >= overlay->top + visible)
            overlay->top = cursor - visible + 1;
    }
    size_t most = count > visible ? count - visible : 0;
    if (overlay->top > most)
        overlay->top = most;
}

static void draw_title(const struct ui_overlay *overlay, struct ui_canvas *cv, int y, int height)
{
    char place[32];
    int width = cv->width;
    ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_column, ' ');
    if (overlay->cursor >= 0 && overlay->lines.count > (size_t)height) {
        int cells = snprintf(place, sizeof place, " %d/%zu", overlay->cursor + 1, overlay->lines.count);
        width -= cells;
        ui_canvas_text(cv, width, y, cells, UI_ROLE_column, place, strlen(place));
    }
    ui_canvas_text(cv, 0, y, width, UI_ROLE_column_sorted, overlay->title, strlen(overlay->title));
}

void ui_overlay_draw(struct ui_app *app, struct ui_canvas *cv, int y, int height)
{
    if (height <= 0)
        return;
    if (height > 2) {
        draw_title(&app->overlay, cv, y, height - 1);
        y++;
        height--;
    }
    app->drawn.overlay_y = y;
    app->drawn.overlay_height = height;
    keep_in_sight(&app->overlay, draw_lines(app, cv, y, 0), (size_t)height);
    draw_lines(app, cv, y, height);
}

/* --- what they say --------------------------------------------------------------------------------------- */

void ui_overlay_help(struct ui_app *app)
{
    ui_overlay_open(app, "HELP: j k PgDn scroll, other keys close");
    app->overlay.hang = UI_HELP_HANG;
    ui_help_lines(&app->overlay.lines, ui_app_view(app)->panel, app->options->secure);
}

/* Columns that sort: those that are shown, in their order, then the others. Returns how many. */
static unsigned sortable(struct ui_app *app, uint8_t out[UI_COLUMNS_MAX], unsigned *shown)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_table *table = &view->panel->table;
    struct ui_context cx = ui_app_context(app, view);
    unsigned chosen = ui_columns_chosen(table, &cx, out), count = 0;
    uint32_t listed = 0;
    for (unsigned i = 0; i < chosen; i++) {
        listed |= UINT32_C(1) << out[i];
        if (ui_column_sorts(&table->columns[out[i]]))
            out[count++] = out[i];
    }
    *shown = count;
    for (unsigned i = 0; i < table->count; i++)
        if (!(listed >> i & 1) && ui_column_sorts(&table->columns[i]))
            out[count++] = (uint8_t)i;
    return count;
}

static unsigned sort_picked(struct ui_app *app, int line)
{
    uint8_t columns[UI_COLUMNS_MAX];
    unsigned shown;
    return (unsigned)line < sortable(app, columns, &shown) ? ui_app_sort_by(app, columns[line]) : 0;
}

void ui_overlay_sort_menu(struct ui_app *app)
{
    struct ui_view *view = ui_app_view(app);
    uint8_t columns[UI_COLUMNS_MAX];
    unsigned shown, count = sortable(app, columns, &shown);
    ui_overlay_open(app, "SORT BY: Enter takes it (again: the other way), Esc leaves");
    app->overlay.pick = sort_picked;
    app->overlay.cursor = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct ui_column *column = &view->panel->table.columns[columns[i]];
        if (columns[i] == view->list.sort)
            app->overlay.cursor = (int)i;
        ui_lines_add(&app->overlay.lines, "  %-12s %s%s", column->id, column->help, i < shown ? "" : " (not shown)");
    }
}
