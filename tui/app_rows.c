/* Actions on the selected row. */
#include <stdlib.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"
#include "panel_all.h"

unsigned ui_do_pin(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    if (!ui_list_pin(&view->list, &view->panel->table))
        ui_app_say(app, UI_ROLE_message, "no more than %d rows can be pinned", UI_LIST_PINS);
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_ask_exact(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&view->list);
    struct ui_context cx = ui_app_context(app, view);
    const struct ui_panel *panel = row ? ui_panel_of_row(view->panel, row) : NULL;
    const struct kt_group *group = panel ? ui_panel_group(panel, row, &cx) : NULL;
    if (!group || app->options->replay || app->at->options->records == KT_RECORDS_NONE) {
        ui_app_say(app, UI_ROLE_message, "%s",
                   !group                 ? "no row of a group is selected"
                   : app->options->replay ? "a recording cannot be asked for its records"
                                          : "no record may be looked at: --records none");
        return UI_REACT_DRAW;
    }
    struct ui_identity wish = {.first = group->name, .number = -1};
    if (panel == &ui_panel_partitions)
        wish = panel->table.identify(row);
    ui_identity_copy(&app->wish, &wish);
    ui_app_say(app, UI_ROLE_message, "exact time lags, where the topics may be read, for a minute");
    return UI_REACT_DRAW | UI_REACT_EXACT;
}

unsigned ui_do_unpin_all(struct ui_app *app, int argument)
{
    (void)argument;
    ui_list_unpin_all(&ui_app_view(app)->list);
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

/* Whether something lies open beneath the selected row. */
static bool shows_children(const struct ui_list *list)
{
    const struct ui_row *next = ui_list_at(list, list->cursor + 1);
    return next && next->level > 0;
}

unsigned ui_do_expand(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    if (!ui_list_current(&view->list))
        return UI_REACT_DRAW;
    bool open = shows_children(&view->list) || ui_list_current(&view->list)->level > 0;
    if (!view->panel->table.children)
        ui_app_say(app, UI_ROLE_message, "nothing lies beneath the rows of this view");
    else if (!ui_list_turn(&view->list, &view->panel->table))
        ui_app_say(app, UI_ROLE_message, "no more than %d rows can be opened one by one; t opens all", UI_LIST_TURNED);
    ui_app_reorder(app);
    if (view->panel->table.children && !open && !shows_children(&view->list))
        ui_app_say(app, UI_ROLE_message, "nothing lies beneath this row%s",
                   view->list.filter || view->list.problems_only ? " that is shown" : "");
    return UI_REACT_DRAW;
}

unsigned ui_do_tree(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    if (!view->panel->table.children) {
        ui_app_say(app, UI_ROLE_message, "nothing lies beneath the rows of this view");
        return UI_REACT_DRAW;
    }
    ui_list_turn_all(&view->list, &view->panel->table);
    ui_app_reorder(app);
    if (view->list.cut)
        ui_app_say(app, UI_ROLE_message, "only the first rows are open: beneath are %d rows", UI_LIST_BENEATH);
    return UI_REACT_DRAW;
}

unsigned ui_do_follow(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_list *list = &ui_app_view(app)->list;
    if (ui_list_current(list) || list->follow)
        list->follow = !list->follow;
    if (!list->follow)
        ui_app_reorder(app);
    return UI_REACT_DRAW;
}
