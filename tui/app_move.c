/* Actions: moving about, in a list and between views. */
#include <stdlib.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"

/* --- moving -------------------------------------------------------------------------------------------- */

static int page(const struct ui_app *app)
{
    return app->drawn.body_height > 1 ? app->drawn.body_height : 1;
}

static unsigned move_by(struct ui_app *app, int64_t by)
{
    struct ui_view *view = ui_app_view(app);
    ui_list_move(&view->list, &view->panel->table, by);
    return UI_REACT_DRAW | UI_REACT_MOVED;
}

unsigned ui_do_move_lines(struct ui_app *app, int lines)
{
    return move_by(app, lines);
}

unsigned ui_do_move_half(struct ui_app *app, int sign)
{
    int half = page(app) / 2;
    return move_by(app, (int64_t)sign * (half > 0 ? half : 1));
}

unsigned ui_do_move_page(struct ui_app *app, int sign)
{
    return move_by(app, (int64_t)sign * page(app));
}

unsigned ui_do_move_end(struct ui_app *app, int sign)
{
    struct ui_view *view = ui_app_view(app);
    ui_list_move_to(&view->list, &view->panel->table, sign < 0 ? 0 : SIZE_MAX);
    return UI_REACT_DRAW | UI_REACT_MOVED;
}

unsigned ui_do_scroll_columns(struct ui_app *app, int by)
{
    struct ui_list *list = &ui_app_view(app)->list;
    if (by > 0 || list->skip > 0)
        list->skip += (unsigned)by; /* clipped when it is drawn */
    return UI_REACT_DRAW;
}

/* --- views --------------------------------------------------------------------------------------------- */

unsigned ui_do_go_to(struct ui_app *app, int tab)
{
    ui_app_go(app, (unsigned)tab);
    return UI_REACT_DRAW;
}

unsigned ui_do_go_by(struct ui_app *app, int by)
{
    int tabs = (int)ui_panel_tabs();
    return ui_do_go_to(app, ((int)app->at->tab + by + tabs) % tabs);
}

unsigned ui_do_next_cluster(struct ui_app *app, int by)
{
    if (app->cluster_count < 2) {
        ui_app_say(app, UI_ROLE_message, "one cluster is watched; sections of the configuration file bring more");
        return UI_REACT_DRAW;
    }
    unsigned count = app->cluster_count;
    app->at = app->clusters[(ui_app_at(app) + count + (unsigned)by) % count];
    ui_app_sync(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_open_row(struct ui_app *app, int argument)
{
    (void)argument;
    if (!ui_app_enter(app))
        ui_app_say(app, UI_ROLE_message, "nothing to open here");
    return UI_REACT_DRAW;
}

unsigned ui_do_go_back(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    struct kt_err err;
    if (view->list.search) {
        ui_list_set_search(&view->list, NULL);
    } else if (view->list.filter) {
        if (ui_list_set_filter(&view->list, "", &err) == KT_OK)
            ui_app_reorder(app);
    } else if (!ui_app_up(app)) {
        ui_app_say(app, UI_ROLE_message, "nothing to go back to; q quits");
    }
    return UI_REACT_DRAW;
}
