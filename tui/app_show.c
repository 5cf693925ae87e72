/* Actions: how things look, and the program itself. */
#include <stdlib.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"

/* --- looks --------------------------------------------------------------------------------------------- */

unsigned ui_do_toggle_exact(struct ui_app *app, int argument)
{
    (void)argument;
    app->exact = !app->exact;
    ui_setting_note(app, "units");
    return UI_REACT_DRAW;
}

unsigned ui_do_toggle_lag_unit(struct ui_app *app, int argument)
{
    (void)argument;
    app->lag_as_time = !app->lag_as_time;
    ui_setting_note(app, "lag");
    ui_app_say(app, UI_ROLE_message, app->lag_as_time ? "lag in time" : "lag in messages");
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_toggle_mono(struct ui_app *app, int argument)
{
    (void)argument;
    app->mono = !app->mono;
    if (app->options->no_color && kt_option_given(app->options, "no-color"))
        ui_app_say(app, UI_ROLE_message, "this run has no colours: --no-color or NO_COLOR");
    else
        ui_setting_note(app, "no-color");
    return UI_REACT_DRAW | UI_REACT_THEME;
}

unsigned ui_do_toggle_mouse(struct ui_app *app, int argument)
{
    (void)argument;
    app->mouse = !app->mouse;
    ui_setting_note(app, "mouse");
    ui_app_say(app, UI_ROLE_message, app->mouse ? "mouse on: the terminal's own selection is off" : "mouse off");
    return UI_REACT_DRAW | UI_REACT_MOUSE;
}

unsigned ui_do_set_up(struct ui_app *app, int argument)
{
    (void)argument;
    ui_overlay_setup(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_choose_theme(struct ui_app *app, int argument)
{
    (void)argument;
    ui_overlay_themes(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_save(struct ui_app *app, int argument)
{
    (void)app, (void)argument;
    return UI_REACT_DRAW | UI_REACT_SAVE;
}

/* --- program ------------------------------------------------------------------------------------------- */

unsigned ui_do_show_help(struct ui_app *app, int argument)
{
    (void)argument;
    ui_overlay_help(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_show_names(struct ui_app *app, int argument)
{
    (void)argument;
    if (!ui_list_current(&ui_app_view(app)->list)) {
        ui_app_say(app, UI_ROLE_message, "no row is selected");
        return UI_REACT_DRAW;
    }
    free(app->copy_text);
    app->copy_text = NULL;
    ui_overlay_names(app);
    return UI_REACT_DRAW | (app->copy_text ? UI_REACT_COPY : 0u);
}

unsigned ui_do_react(struct ui_app *app, int reaction)
{
    (void)app;
    return (unsigned)reaction;
}
