/* What the user sets on the screen, noted to be saved; and what was saved, brought back. */
#include <stdio.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"

static void section_of(const struct ui_panel *panel, char out[64])
{
    snprintf(out, 64, "panel %s", panel->name);
}

/* --- sort ------------------------------------------------------------------------------------------------ */

void ui_prefs_note_sort(struct ui_app *app, const struct ui_view *view)
{
    char section[64];
    section_of(view->panel, section);
    ui_prefs_set(&app->prefs, section, "sort", view->panel->table.columns[view->list.sort].id);
    ui_prefs_set(&app->prefs, section, "direction", view->list.ascending ? "up" : "down");
}

void ui_prefs_init_view(const struct ui_prefs *prefs, struct ui_view *view)
{
    const struct ui_table *table = &view->panel->table;
    char section[64];
    section_of(view->panel, section);
    const char *sort = ui_prefs_get(prefs, section, "sort");
    const char *direction = ui_prefs_get(prefs, section, "direction");
    for (unsigned i = 0; sort && i < table->count; i++)
        if (strcmp(table->columns[i].id, sort) == 0 && (table->columns[i].rank || table->columns[i].words)) {
            view->list.sort = i;
            view->list.ascending = direction ? strcmp(direction, "up") == 0 : table->columns[i].ascending;
        }
}

/* What was set since the start is taken back with it. */
static void take_back(struct ui_app *app, const char *section, const char *key)
{
    ui_prefs_set(&app->prefs, section, key, ui_prefs_get(&app->loaded, section, key));
}

void ui_prefs_reset_sort(struct ui_app *app, struct ui_view *view)
{
    char section[64];
    section_of(view->panel, section);
    take_back(app, section, "sort");
    take_back(app, section, "direction");
    ui_prefs_init_view(&app->prefs, view);
}

/* --- columns --------------------------------------------------------------------------------------------- */

void ui_prefs_note_columns(struct ui_app *app, unsigned panel)
{
    char section[64], text[UI_COLUMNS_MAX * 32];
    const struct ui_table *table = &ui_panels[panel]->table;
    section_of(ui_panels[panel], section);
    ui_choice_write(&app->choices[panel], table, text, sizeof text);
    ui_prefs_set(&app->prefs, section, "columns", ui_choice_differs(&app->choices[panel], table) ? text : NULL);
}

void ui_prefs_init_columns(struct ui_app *app, unsigned panel)
{
    char section[64];
    section_of(ui_panels[panel], section);
    const char *text = ui_prefs_get(&app->prefs, section, "columns");
    if (text)
        ui_choice_read(&app->choices[panel], &ui_panels[panel]->table, text);
}

/* --- what holds for all panels --------------------------------------------------------------------------- */

static unsigned state_of_units(const struct ui_app *app)
{
    return app->exact;
}

static unsigned state_of_lag(const struct ui_app *app)
{
    return app->lag_as_time;
}

static unsigned state_of_window(const struct ui_app *app)
{
    return app->window;
}

static unsigned state_of_colour(const struct ui_app *app)
{
    return app->mono;
}

static unsigned state_of_mouse(const struct ui_app *app)
{
    return app->mouse;
}

const struct ui_setting ui_settings[] = {
    {.name = "units", .help = "numbers rounded, or in full (e)", .words = {"rounded", "full"},
     .state = state_of_units, .next = ui_do_toggle_exact},
    {.name = "lag", .help = "lag in messages, or in time (m)", .words = {"messages", "time"},
     .state = state_of_lag, .next = ui_do_toggle_lag_unit},
    {.name = "window", .help = "trends of the last 5 minutes, 30 minutes or 2 hours (w)", .words = {"5m", "30m", "2h"},
     .state = state_of_window, .next = ui_do_next_window},
    {.name = "no-color", .help = "attributes in place of colours (z)", .words = {"no", "yes"},
     .state = state_of_colour, .next = ui_do_toggle_mono, .option = true},
    {.name = "mouse", .help = "rows, titles, panels and keys can be clicked (M)", .words = {"no", "yes"},
     .state = state_of_mouse, .next = ui_do_toggle_mouse, .option = true},
};

const unsigned ui_setting_count = sizeof ui_settings / sizeof ui_settings[0];

static const struct ui_setting *find(const char *name)
{
    unsigned i = 0;
    while (i < ui_setting_count && strcmp(ui_settings[i].name, name) != 0)
        i++;
    return i < ui_setting_count ? &ui_settings[i] : NULL;
}

void ui_setting_note(struct ui_app *app, const char *name)
{
    const struct ui_setting *setting = find(name);
    ui_prefs_set(&app->prefs, UI_PREFS_SCREEN, name, setting->words[setting->state(app)]);
}

void ui_setting_start(struct ui_app *app, const char *name)
{
    const struct ui_setting *setting = find(name);
    const char *saved = ui_prefs_get(&app->loaded, UI_PREFS_SCREEN, name);
    unsigned wanted = 0, count = 0;
    while (count < 4 && setting->words[count])
        count++;
    for (unsigned i = 0; saved && i < count; i++)
        if (strcmp(setting->words[i], saved) == 0)
            wanted = i;
    for (unsigned i = 0; i < count && setting->state(app) != wanted; i++)
        setting->next(app, 0);
    take_back(app, UI_PREFS_SCREEN, name);
}
