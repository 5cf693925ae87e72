/* Actions: in which order rows stand, which of them are shown, and finding one. */
#include <stdlib.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"

/* --- sorting ------------------------------------------------------------------------------------------- */

unsigned ui_app_sort_by(struct ui_app *app, unsigned column)
{
    struct ui_view *view = ui_app_view(app);
    ui_list_sort(&view->list, &view->panel->table, column);
    ui_prefs_note_sort(app, view);
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

/* In the order in which columns are shown; from one that is not, to the first or last. */
unsigned ui_do_sort_next(struct ui_app *app, int by)
{
    struct ui_view *view = ui_app_view(app);
    struct ui_context cx = ui_app_context(app, view);
    uint8_t chosen[UI_COLUMNS_MAX];
    int count = (int)ui_columns_chosen(&view->panel->table, &cx, chosen);
    int at = 0;
    while (at < count && chosen[at] != view->list.sort)
        at++;
    if (at == count)
        at = by > 0 ? -1 : 0;
    for (int tries = 0; tries < count; tries++) {
        at = (at + by + count) % count;
        if (ui_column_sorts(&view->panel->table.columns[chosen[at]]))
            return chosen[at] == view->list.sort ? UI_REACT_DRAW : ui_app_sort_by(app, chosen[at]);
    }
    return UI_REACT_DRAW;
}

unsigned ui_do_sort_by_letter(struct ui_app *app, int letter)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_table *table = &view->panel->table;
    for (unsigned i = 0; i < table->count; i++)
        if (table->columns[i].letter == letter)
            return ui_app_sort_by(app, i);
    ui_app_say(app, UI_ROLE_message, "no such column in this view");
    return UI_REACT_DRAW;
}

unsigned ui_do_sort_reverse(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    view->list.ascending = !view->list.ascending;
    ui_prefs_note_sort(app, view);
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_sort_menu(struct ui_app *app, int argument)
{
    (void)argument;
    ui_overlay_sort_menu(app);
    return UI_REACT_DRAW;
}

/* --- finding ------------------------------------------------------------------------------------------- */

static unsigned find(struct ui_app *app, bool forward, bool here_too)
{
    struct ui_view *view = ui_app_view(app);
    struct ui_context cx = ui_app_context(app, view);
    size_t before = view->list.cursor;
    if (!view->list.search)
        ui_app_say(app, UI_ROLE_message, "nothing to search for: / begins");
    else if (!ui_list_find(&view->list, &view->panel->table, &cx, forward, here_too))
        ui_app_say(app, UI_ROLE_message, "not found: %s", view->list.search);
    else if (view->list.cursor == before && !here_too)
        ui_app_say(app, UI_ROLE_message, "the only row with: %s", view->list.search);
    else if (view->list.cursor != before && (view->list.cursor > before) != forward)
        ui_app_say(app, UI_ROLE_message, "search went on from the %s", forward ? "top" : "bottom");
    return UI_REACT_DRAW;
}

static enum kt_code accept_search(struct ui_app *app, const char *text, unsigned *reaction, struct kt_err *err)
{
    (void)err;
    ui_list_set_search(&ui_app_view(app)->list, text);
    if (*text)
        *reaction |= find(app, true, true);
    return KT_OK;
}

unsigned ui_do_ask_search(struct ui_app *app, int argument)
{
    (void)argument;
    return ui_app_ask(app, "/", "", accept_search);
}

unsigned ui_do_find_next(struct ui_app *app, int sign)
{
    return find(app, sign > 0, false);
}

static enum kt_code accept_filter(struct ui_app *app, const char *text, unsigned *reaction, struct kt_err *err)
{
    (void)reaction;
    enum kt_code code = ui_list_set_filter(&ui_app_view(app)->list, text, err);
    if (code == KT_OK)
        ui_app_reorder(app);
    return code;
}

unsigned ui_do_ask_filter(struct ui_app *app, int argument)
{
    (void)argument;
    return ui_app_ask(app, "filter: ", ui_app_view(app)->list.filter_text, accept_filter);
}

unsigned ui_do_problems_only(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_list *list = &ui_app_view(app)->list;
    list->problems_only = !list->problems_only;
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_reset(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    ui_list_release(&view->list);
    ui_list_init(&view->list, &view->panel->table);
    ui_prefs_reset_sort(app, view);
    ui_setting_start(app, "units");
    ui_setting_start(app, "lag");
    ui_setting_start(app, "window");
    view->built = false;
    ui_app_sync(app);
    return UI_REACT_DRAW;
}
