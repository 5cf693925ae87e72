/* The chooser of columns, and what can be set for all panels: what is chosen shows above it at once. */
#include <stdio.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"

/* Lines: the columns of the panel, a heading, the settings, the theme. */
static unsigned panel_of(struct ui_app *app)
{
    return ui_panel_find(ui_app_view(app)->panel->name);
}

static unsigned column_count(struct ui_app *app)
{
    return (unsigned)ui_app_view(app)->panel->table.count;
}

/* --- what it says ---------------------------------------------------------------------------------------- */

static bool is_placed(const struct ui_columns *layout, unsigned column)
{
    for (unsigned i = 0; i < layout->count; i++)
        if (layout->placed[i].column == column)
            return true;
    return false;
}

static bool is_among(const uint8_t *columns, unsigned count, unsigned column)
{
    for (unsigned i = 0; i < count; i++)
        if (columns[i] == column)
            return true;
    return false;
}

static void fill_columns(struct ui_app *app, struct ui_lines *lines)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_table *table = &view->panel->table;
    const struct ui_choice *choice = &app->choices[panel_of(app)];
    struct ui_context cx = ui_app_context(app, view);
    struct ui_columns layout;
    uint8_t chosen[UI_COLUMNS_MAX];
    unsigned count = ui_columns_chosen(table, &cx, chosen);
    ui_columns_layout(&layout, table, &cx, app->drawn.body_width, 0);
    for (unsigned i = 0; i < choice->count; i++) {
        unsigned index = choice->order[i];
        const struct ui_column *column = &table->columns[index];
        bool shown = !(choice->hidden >> index & 1);
        const char *note = !shown                               ? ""
                           : !is_among(chosen, count, index)    ? "(not in this view) "
                           : !is_placed(&layout, index)         ? "(no room) "
                                                                : "";
        ui_lines_add(lines, "  %s %-11s %s%s", column->priority == 0 ? " * " : shown ? "[x]" : "[ ]", column->id, note,
                     column->help);
    }
}

static void fill(struct ui_app *app, struct ui_lines *lines)
{
    fill_columns(app, lines);
    ui_lines_add(lines, "ALL PANELS");
    for (unsigned i = 0; i < ui_setting_count; i++)
        ui_lines_add(lines, "  %-15s %-8s  %s", ui_settings[i].name, ui_settings[i].words[ui_settings[i].state(app)],
                     ui_settings[i].help);
    ui_lines_add(lines, "  %-15s %-8s  %s", "theme", ui_app_theme(app)->name, "choose one (E)");
}

/* --- what keys do ---------------------------------------------------------------------------------------- */

static unsigned changed(struct ui_app *app)
{
    ui_prefs_note_columns(app, panel_of(app));
    return UI_REACT_DRAW;
}

static unsigned use(struct ui_app *app, unsigned line)
{
    unsigned columns = column_count(app);
    if (line >= columns) {
        unsigned setting = line - columns - 1;
        if (setting < ui_setting_count)
            return ui_settings[setting].next(app, 0);
        ui_overlay_themes(app);
        return UI_REACT_DRAW;
    }
    if (!ui_choice_toggle(&app->choices[panel_of(app)], &ui_app_view(app)->panel->table, line))
        ui_app_say(app, UI_ROLE_message, "this column stays, also on narrow screens");
    return changed(app);
}

static unsigned move(struct ui_app *app, unsigned line, int by)
{
    if (line < column_count(app))
        app->overlay.cursor = (int)ui_choice_move(&app->choices[panel_of(app)], line, by);
    return changed(app);
}

static unsigned as_delivered(struct ui_app *app)
{
    ui_choice_begin(&app->choices[panel_of(app)], &ui_app_view(app)->panel->table);
    ui_app_say(app, UI_ROLE_message, "columns of this panel as they were delivered");
    return changed(app);
}

/* Whether the key is one of an action that stays in sight here. */
static bool is_action_of_setting(const struct ui_app *app, uint32_t key)
{
    int action = ui_keymap_find(&app->keys, key);
    for (unsigned i = 0; action >= 0 && i < ui_setting_count; i++)
        if (ui_actions[action].run == ui_settings[i].next)
            return true;
    return false;
}

static bool take_key(struct ui_app *app, uint32_t key, unsigned *reaction)
{
    unsigned line = (unsigned)app->overlay.cursor;
    switch (key) {
    case ' ':
    case UI_KEY_ENTER:
        *reaction |= use(app, line);
        break;
    case '<':
    case ',':
    case UI_KEY_LEFT:
        *reaction |= move(app, line, -1);
        break;
    case '>':
    case '.':
    case UI_KEY_RIGHT:
        *reaction |= move(app, line, 1);
        break;
    case '=':
        *reaction |= as_delivered(app);
        break;
    case 'W':
        *reaction |= ui_app_run_key(app, key);
        break;
    case 'E':
        ui_overlay_themes(app);
        break;
    default:
        if (!is_action_of_setting(app, key))
            return false;
        *reaction |= ui_app_run_key(app, key);
    }
    if (app->overlay.key == take_key)
        ui_overlay_refill(app, fill);
    return true;
}

void ui_overlay_setup(struct ui_app *app)
{
    struct ui_choice *choice = &app->choices[panel_of(app)];
    if (choice->count == 0)
        ui_choice_begin(choice, &ui_app_view(app)->panel->table);
    ui_overlay_open(app, "COLUMNS: Space shows, < > moves, = resets, W saves, Esc leaves; * stays");
    app->overlay.beside = true;
    app->overlay.cursor = 0;
    app->overlay.key = take_key;
    ui_overlay_refill(app, fill);
}
