/* The menu of themes: the one under the cursor is seen at once; Enter keeps it, Esc brings the old one back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_state.h"
#include "theme_list.h"

static void forget(struct ui_app *app)
{
    free(app->themes);
    app->themes = NULL;
}

static unsigned put_back(struct ui_app *app)
{
    app->theme = app->kept_theme;
    app->mono = app->kept_mono;
    return UI_REACT_DRAW | UI_REACT_THEME;
}

static unsigned show(struct ui_app *app, int line)
{
    struct ui_theme theme;
    struct kt_err err;
    if (app->themes->faults[line][0] ||
        ui_theme_find(&theme, app->themes->names[line], app->program_dir, &err) != KT_OK)
        return put_back(app);
    app->theme = theme;
    app->mono = false;
    return UI_REACT_DRAW | UI_REACT_THEME;
}

static unsigned left(struct ui_app *app)
{
    forget(app);
    return put_back(app);
}

static unsigned picked(struct ui_app *app, int line)
{
    unsigned reaction = show(app, line);
    if (app->themes->faults[line][0]) {
        ui_app_say(app, UI_ROLE_alarm, "%s", app->themes->faults[line]);
    } else {
        ui_prefs_set(&app->prefs, UI_PREFS_SCREEN, "theme", app->themes->names[line]);
        if (app->kept_mono && !kt_option_given(app->options, "no-color"))
            ui_setting_note(app, "no-color"); /* whoever chooses colours wants to see them */
        ui_app_say(app, UI_ROLE_message, "theme %s%s", app->themes->names[line],
                   app->options->secure ? "" : "; W saves it for the next start");
    }
    forget(app);
    return reaction;
}

void ui_overlay_themes(struct ui_app *app)
{
    ui_overlay_open(app, "THEMES: the one under the cursor is shown, Enter keeps it, Esc leaves all as it was");
    app->overlay.beside = true;
    app->overlay.cursor = 0;
    app->overlay.pick = picked;
    app->overlay.moved = show;
    app->overlay.left = left;
    app->kept_theme = app->theme;
    app->kept_mono = app->mono;
    app->themes = kt_alloc(1, sizeof *app->themes);
    ui_theme_list_make(app->themes, app->program_dir);
    for (size_t i = 0; i < app->themes->count; i++) {
        const char *fault = app->themes->faults[i];
        if (strcmp(app->themes->names[i], app->theme.name) == 0)
            app->overlay.cursor = (int)i;
        ui_lines_add(&app->overlay.lines, "  %-20s%s%s", app->themes->names[i], *fault ? " cannot be used: " : "",
                     fault);
        app->overlay.lines.dim[i] = *fault != '\0';
    }
}
