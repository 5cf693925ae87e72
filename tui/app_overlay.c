/* What covers the rows for a while: help, the menu of sort columns, full names. */
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

static void scroll(struct ui_overlay *overlay, int64_t by)
{
    if (overlay->cursor >= 0) {
        int64_t to = overlay->cursor + by;
        int64_t last = (int64_t)overlay->lines.count - 1;
        overlay->cursor = (int)(to < 0 ? 0 : to > last ? last : to);
    } else {
        int64_t to = (int64_t)overlay->top + by;
        overlay->top = to < 0 ? 0 : (size_t)to; /* clipped below when it is drawn */
    }
}

static unsigned pick(struct ui_app *app)
{
    unsigned (*picked)(struct ui_app *, int) = app->overlay.pick;
    int line = app->overlay.cursor;
    ui_overlay_close(app);
    return (picked && line >= 0 ? picked(app, line) : 0) | UI_REACT_DRAW;
}

unsigned ui_overlay_key(struct ui_app *app, uint32_t key)
{
    int page = app->drawn.body_height > 2 ? app->drawn.body_height - 1 : 1;
    switch (key) {
    case 'j':
    case UI_KEY_DOWN:
        scroll(&app->overlay, 1);
        break;
    case 'k':
    case UI_KEY_UP:
        scroll(&app->overlay, -1);
        break;
    case ' ':
    case UI_CTRL('F'):
    case UI_KEY_PAGE_DOWN:
        scroll(&app->overlay, page);
        break;
    case UI_CTRL('B'):
    case UI_KEY_PAGE_UP:
        scroll(&app->overlay, -page);
        break;
    case 'g':
    case UI_KEY_HOME:
        scroll(&app->overlay, -1000000);
        break;
    case 'G':
    case UI_KEY_END:
        scroll(&app->overlay, 1000000);
        break;
    case UI_KEY_ENTER:
        return pick(app);
    default:
        ui_overlay_close(app);
        break;
    }
    return UI_REACT_DRAW;
}

/* --- drawing --------------------------------------------------------------------------------------------- */

/* Draws the lines, wrapped, from the top-th on; returns how many there are in all. */
static size_t draw_lines(struct ui_app *app, struct ui_canvas *cv, int y, int height)
{
    const struct ui_overlay *overlay = &app->overlay;
    size_t line = 0;
    for (size_t i = 0; i < overlay->lines.count; i++) {
        const char *text = overlay->lines.items[i];
        size_t left = strlen(text);
        bool chosen = overlay->cursor == (int)i;
        enum ui_role role = *text && *text != ' ' && overlay->cursor < 0 ? UI_ROLE_label : UI_ROLE_text;
        do {
            size_t bytes = ui_wrap(text, left, cv->width, cv->ascii);
            if (line >= overlay->top && line < overlay->top + (size_t)height) {
                int at = y + (int)(line - overlay->top);
                ui_canvas_text(cv, 0, at, cv->width, role, text, bytes);
                if (chosen) {
                    ui_canvas_flag(cv, 0, at, cv->width, UI_CELL_SELECTED);
                    cv->cursor_x = 0;
                    cv->cursor_y = at;
                }
            }
            text += bytes;
            left -= bytes;
            line++;
        } while (left > 0);
    }
    return line;
}

static size_t count_lines(const struct ui_overlay *overlay, int width, bool ascii)
{
    size_t count = 0;
    for (size_t i = 0; i < overlay->lines.count; i++) {
        const char *text = overlay->lines.items[i];
        size_t left = strlen(text);
        do {
            size_t bytes = ui_wrap(text, left, width, ascii);
            text += bytes;
            left -= bytes;
            count++;
        } while (left > 0);
    }
    return count;
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

void ui_overlay_draw(struct ui_app *app, struct ui_canvas *cv, int y, int height)
{
    if (height <= 0)
        return;
    if (height > 2) {
        ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_column, ' ');
        ui_canvas_text(cv, 0, y, cv->width, UI_ROLE_column_sorted, app->overlay.title, strlen(app->overlay.title));
        y++;
        height--;
    }
    size_t count = count_lines(&app->overlay, cv->width, cv->ascii);
    keep_in_sight(&app->overlay, count, (size_t)height);
    draw_lines(app, cv, y, height);
}

/* --- what they say --------------------------------------------------------------------------------------- */

void ui_overlay_help(struct ui_app *app)
{
    ui_overlay_open(app, "HELP: j k PgUp PgDn scroll, any other key closes");
    ui_help_lines(&app->overlay.lines, ui_app_view(app)->panel);
}

/* The n-th column that can sort. */
static int sortable(const struct ui_table *table, int n)
{
    for (size_t i = 0; i < table->count; i++)
        if ((table->columns[i].rank || table->columns[i].words) && n-- == 0)
            return (int)i;
    return -1;
}

static unsigned sort_picked(struct ui_app *app, int line)
{
    struct ui_view *view = ui_app_view(app);
    int column = sortable(&view->panel->table, line);
    if (column < 0)
        return 0;
    ui_list_sort(&view->list, &view->panel->table, (unsigned)column);
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

void ui_overlay_sort_menu(struct ui_app *app)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_table *table = &view->panel->table;
    ui_overlay_open(app, "SORT BY: Enter takes it (again: the other way), Esc leaves");
    app->overlay.pick = sort_picked;
    app->overlay.cursor = 0;
    for (int n = 0, column; (column = sortable(table, n)) >= 0; n++) {
        const struct ui_column *this = &table->columns[column];
        if ((unsigned)column == view->list.sort)
            app->overlay.cursor = n;
        ui_lines_add(&app->overlay.lines, "  %-12s %s", this->id, this->help);
    }
}

/* Whether a shell and a terminal can be trusted with the name: plain printable ASCII. */
static bool is_plain(struct kt_text name)
{
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.bytes[i] < 0x20 || (unsigned char)name.bytes[i] > 0x7e)
            return false;
    return name.length > 0;
}

/* Writes a name in quotes that no shell looks into. */
static size_t quote(struct kt_text name, char *out, size_t room)
{
    size_t length = 0;
    out[length++] = '\'';
    for (size_t i = 0; i < name.length && length + 6 < room; i++) {
        if (name.bytes[i] == '\'') {
            memcpy(out + length, "'\\''", 4);
            length += 4;
        } else {
            out[length++] = name.bytes[i];
        }
    }
    out[length++] = '\'';
    out[length] = '\0';
    return length;
}

static void add_command(struct ui_app *app, const struct kt_group *group)
{
    struct kt_text servers = app->at->shown->bootstrap;
    char group_quoted[1100], servers_quoted[1100], command[2400];
    if (!is_plain(group->name) || group->name.length > 249) {
        ui_lines_add(&app->overlay.lines, "no command: the name holds bytes that cannot be typed");
        return;
    }
    quote(group->name, group_quoted, sizeof group_quoted);
    if (servers.bytes && is_plain(servers) && servers.length < 900)
        quote(servers, servers_quoted, sizeof servers_quoted);
    else
        snprintf(servers_quoted, sizeof servers_quoted, "HOST:PORT");
    snprintf(command, sizeof command, "kafka-consumer-groups.sh --bootstrap-server %s --describe --group %s",
             servers_quoted, group_quoted);
    ui_lines_add(&app->overlay.lines, " ");
    ui_lines_add(&app->overlay.lines, "%s", command);
    app->copy_text = kt_strdup(command);
}

void ui_overlay_names(struct ui_app *app)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&view->list);
    struct ui_context cx = ui_app_context(app, view);
    struct ui_facts facts = {0};
    char why[1024];
    ui_overlay_open(app, "FULL NAMES: any key closes");
    ui_panel_of_row(view->panel, row)->table.facts(row, &cx, &facts);
    for (size_t i = 0; i < sizeof facts.texts / sizeof facts.texts[0]; i++)
        if (facts.texts[i].bytes) {
            char name[2048];
            ui_say_text(name, sizeof name, facts.texts[i]);
            ui_lines_add(&app->overlay.lines, "  %s", name);
        }
    ui_lines_add(&app->overlay.lines, "  %s", ui_look(facts.look)->word);
    if (ui_panel_of_row(view->panel, row)->describe(row, &cx, why, sizeof why) > 0)
        ui_lines_add(&app->overlay.lines, "  %s", why);
    const struct kt_group *group = ui_panel_of_row(view->panel, row)->group(row, &cx);
    if (group)
        add_command(app, group);
}
