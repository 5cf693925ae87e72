/* The table of actions and what they do. A new key is a function and a row here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_state.h"
#include "panel_all.h"

/* --- moving ---------------------------------------------------------------------------------------------- */

static int page(const struct ui_app *app)
{
    return app->drawn.body_height > 1 ? app->drawn.body_height : 1;
}

static unsigned move_by(struct ui_app *app, int64_t by)
{
    struct ui_view *view = ui_app_view(app);
    ui_list_move(&view->list, &view->panel->table, by);
    return UI_REACT_DRAW;
}

static unsigned move_lines(struct ui_app *app, int lines)
{
    return move_by(app, lines);
}

static unsigned move_half(struct ui_app *app, int sign)
{
    int half = page(app) / 2;
    return move_by(app, (int64_t)sign * (half > 0 ? half : 1));
}

static unsigned move_page(struct ui_app *app, int sign)
{
    return move_by(app, (int64_t)sign * page(app));
}

static unsigned move_end(struct ui_app *app, int sign)
{
    struct ui_view *view = ui_app_view(app);
    ui_list_move_to(&view->list, &view->panel->table, sign < 0 ? 0 : SIZE_MAX);
    return UI_REACT_DRAW;
}

static unsigned scroll_columns(struct ui_app *app, int by)
{
    struct ui_list *list = &ui_app_view(app)->list;
    if (by > 0 || list->skip > 0)
        list->skip += (unsigned)by; /* clipped when it is drawn */
    return UI_REACT_DRAW;
}

/* --- views ----------------------------------------------------------------------------------------------- */

static unsigned go_to(struct ui_app *app, int tab)
{
    ui_app_go(app, (unsigned)tab);
    return UI_REACT_DRAW;
}

static unsigned go_by(struct ui_app *app, int by)
{
    int tabs = (int)ui_panel_tabs();
    return go_to(app, ((int)app->at->tab + by + tabs) % tabs);
}

static unsigned next_cluster(struct ui_app *app, int by)
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

static unsigned open_row(struct ui_app *app, int argument)
{
    (void)argument;
    if (!ui_app_enter(app))
        ui_app_say(app, UI_ROLE_message, "nothing to open here");
    return UI_REACT_DRAW;
}

static unsigned go_back(struct ui_app *app, int argument)
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

/* --- sorting --------------------------------------------------------------------------------------------- */

static bool can_sort(const struct ui_column *column)
{
    return column->rank || column->words;
}

static unsigned sort_next(struct ui_app *app, int by)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_table *table = &view->panel->table;
    int count = (int)table->count;
    int at = (int)view->list.sort;
    do
        at = (at + by + count) % count;
    while (!can_sort(&table->columns[at]));
    if ((unsigned)at != view->list.sort)
        ui_list_sort(&view->list, table, (unsigned)at);
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

static unsigned sort_by_letter(struct ui_app *app, int letter)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_table *table = &view->panel->table;
    for (unsigned i = 0; i < table->count; i++)
        if (table->columns[i].letter == letter) {
            ui_list_sort(&view->list, table, i);
            ui_app_reorder(app);
            return UI_REACT_DRAW;
        }
    ui_app_say(app, UI_ROLE_message, "no such column in this view");
    return UI_REACT_DRAW;
}

static unsigned sort_reverse(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    view->list.ascending = !view->list.ascending;
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

static unsigned sort_menu(struct ui_app *app, int argument)
{
    (void)argument;
    ui_overlay_sort_menu(app);
    return UI_REACT_DRAW;
}

/* --- finding --------------------------------------------------------------------------------------------- */

static unsigned find(struct ui_app *app, bool forward, bool here_too)
{
    struct ui_view *view = ui_app_view(app);
    struct ui_context cx = ui_app_context(app, view);
    if (!view->list.search)
        ui_app_say(app, UI_ROLE_message, "nothing to search for: / begins");
    else if (!ui_list_find(&view->list, &view->panel->table, &cx, forward, here_too))
        ui_app_say(app, UI_ROLE_message, "not found: %s", view->list.search);
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

static unsigned ask_search(struct ui_app *app, int argument)
{
    (void)argument;
    return ui_app_ask(app, "/", "", accept_search);
}

static unsigned find_next(struct ui_app *app, int sign)
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

static unsigned ask_filter(struct ui_app *app, int argument)
{
    (void)argument;
    return ui_app_ask(app, "filter: ", ui_app_view(app)->list.filter_text, accept_filter);
}

static unsigned problems_only(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_list *list = &ui_app_view(app)->list;
    list->problems_only = !list->problems_only;
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

static unsigned reset(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    ui_list_release(&view->list);
    ui_list_init(&view->list, &view->panel->table);
    view->built = false;
    ui_app_sync(app);
    app->exact = app->lag_as_time = false;
    return UI_REACT_DRAW;
}

/* --- time ------------------------------------------------------------------------------------------------ */

static unsigned toggle_pause(struct ui_app *app, int argument)
{
    (void)argument;
    app->paused = !app->paused;
    app->paused_at = app->now_mono;
    for (unsigned i = 0; i < app->cluster_count && !app->paused; i++)
        if (app->clusters[i]->latest)
            ui_cluster_show(app->clusters[i], app->clusters[i]->latest);
    return UI_REACT_DRAW;
}

static unsigned refresh(struct ui_app *app, int argument)
{
    (void)argument;
    ui_app_say(app, UI_ROLE_message, app->paused ? "collecting; the screen is paused" : "collecting");
    return UI_REACT_DRAW | UI_REACT_REFRESH;
}

/* On a shared screen nobody shall load the cluster. */
static int64_t shortest_delay(const struct ui_app *app)
{
    return app->options->secure ? 1000 : 100;
}

static unsigned set_delay(struct ui_app *app, int64_t ms)
{
    int64_t shortest = shortest_delay(app);
    app->at->delay_ms = ms < shortest ? shortest : ms > 3600000 ? 3600000 : ms;
    return UI_REACT_DRAW | UI_REACT_DELAY;
}

static unsigned step_delay(struct ui_app *app, int sign)
{
    static const int64_t steps[] = {100,   250,   500,   1000,   2000,   3000,    5000,   10000,
                                    15000, 30000, 60000, 120000, 300000, 600000, 1800000, 3600000};
    int64_t next = app->at->delay_ms;
    const int count = sizeof steps / sizeof steps[0];
    for (int i = 0; i < count && sign > 0; i++)
        if (steps[i] > app->at->delay_ms) {
            next = steps[i];
            break;
        }
    for (int i = count - 1; i >= 0 && sign < 0; i--)
        if (steps[i] < app->at->delay_ms) {
            next = steps[i];
            break;
        }
    return set_delay(app, next);
}

static enum kt_code accept_delay(struct ui_app *app, const char *text, unsigned *reaction, struct kt_err *err)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end || !(seconds >= 0.1 && seconds <= 3600))
        return kt_fail(err, KT_USAGE, "say seconds between 0.1 and 3600, not '%s'", text);
    *reaction |= set_delay(app, (int64_t)(seconds * 1000 + 0.5));
    return KT_OK;
}

static unsigned ask_delay(struct ui_app *app, int argument)
{
    (void)argument;
    return ui_app_ask(app, "seconds between refreshes: ", "", accept_delay);
}

/* --- rows ------------------------------------------------------------------------------------------------ */

static unsigned pin(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    if (!ui_list_pin(&view->list, &view->panel->table))
        ui_app_say(app, UI_ROLE_message, "no more than %d rows can be pinned", UI_LIST_PINS);
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

static unsigned ask_exact(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_view *view = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&view->list);
    struct ui_context cx = ui_app_context(app, view);
    const struct kt_group *group = row && view->panel->group ? view->panel->group(row, &cx) : NULL;
    if (!group || app->options->replay || app->at->options->records == KT_RECORDS_NONE) {
        ui_app_say(app, UI_ROLE_message, "%s",
                   !group                 ? "no row of a group is selected"
                   : app->options->replay ? "a recording cannot be asked for its records"
                                          : "no record may be looked at: --records none");
        return UI_REACT_DRAW;
    }
    struct ui_identity wish = {.first = group->name, .number = -1};
    if (view->panel == &ui_panel_partitions)
        wish = view->panel->table.identify(row);
    ui_identity_copy(&app->wish, &wish);
    ui_app_say(app, UI_ROLE_message, "exact time lags, where the topics may be read, for a minute");
    return UI_REACT_DRAW | UI_REACT_EXACT;
}

static unsigned unpin_all(struct ui_app *app, int argument)
{
    (void)argument;
    ui_list_unpin_all(&ui_app_view(app)->list);
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

static unsigned follow(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_list *list = &ui_app_view(app)->list;
    if (ui_list_current(list) || list->follow)
        list->follow = !list->follow;
    if (!list->follow)
        ui_app_reorder(app);
    return UI_REACT_DRAW;
}

/* --- looks ----------------------------------------------------------------------------------------------- */

static unsigned toggle_exact(struct ui_app *app, int argument)
{
    (void)argument;
    app->exact = !app->exact;
    return UI_REACT_DRAW;
}

static unsigned toggle_lag_unit(struct ui_app *app, int argument)
{
    (void)argument;
    app->lag_as_time = !app->lag_as_time;
    ui_app_say(app, UI_ROLE_message, app->lag_as_time ? "lag in time" : "lag in messages");
    ui_app_reorder(app);
    return UI_REACT_DRAW;
}

static unsigned toggle_mono(struct ui_app *app, int argument)
{
    (void)argument;
    app->mono = !app->mono;
    return UI_REACT_DRAW | UI_REACT_THEME;
}

static unsigned toggle_mouse(struct ui_app *app, int argument)
{
    (void)argument;
    app->mouse = !app->mouse;
    ui_app_say(app, UI_ROLE_message, app->mouse ? "mouse on: the terminal's own selection is off" : "mouse off");
    return UI_REACT_DRAW | UI_REACT_MOUSE;
}

/* --- program --------------------------------------------------------------------------------------------- */

static unsigned show_help(struct ui_app *app, int argument)
{
    (void)argument;
    ui_overlay_help(app);
    return UI_REACT_DRAW;
}

static unsigned show_names(struct ui_app *app, int argument)
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

static unsigned react(struct ui_app *app, int reaction)
{
    (void)app;
    return (unsigned)reaction;
}

const struct ui_action ui_actions[] = {
    {"down", "next row", UI_SECTION_MOVE, {'j', UI_KEY_DOWN}, NULL, false, move_lines, 1},
    {"up", "previous row", UI_SECTION_MOVE, {'k', UI_KEY_UP}, NULL, false, move_lines, -1},
    {"half-down", "half a page down", UI_SECTION_MOVE, {UI_CTRL('D')}, NULL, false, move_half, 1},
    {"half-up", "half a page up", UI_SECTION_MOVE, {UI_CTRL('U')}, NULL, false, move_half, -1},
    {"page-down", "a page down", UI_SECTION_MOVE, {UI_CTRL('F'), UI_KEY_PAGE_DOWN}, NULL, false, move_page, 1},
    {"page-up", "a page up", UI_SECTION_MOVE, {UI_CTRL('B'), UI_KEY_PAGE_UP}, NULL, false, move_page, -1},
    {"first", "first row, and stay with whatever is first", UI_SECTION_MOVE, {'g', UI_KEY_HOME}, NULL, false,
     move_end, -1},
    {"last", "last row", UI_SECTION_MOVE, {'G', UI_KEY_END}, NULL, false, move_end, 1},
    {"columns-right", "show columns further right; status, name and lag stay", UI_SECTION_MOVE, {UI_KEY_RIGHT}, NULL,
     false, scroll_columns, 1},
    {"columns-left", "show columns further left", UI_SECTION_MOVE, {UI_KEY_LEFT}, NULL, false, scroll_columns, -1},

    {"groups", "consumer groups", UI_SECTION_VIEWS, {'1'}, NULL, false, go_to, 0},
    {"topics", "topics", UI_SECTION_VIEWS, {'2'}, NULL, false, go_to, 1},
    {"partitions", "partitions of all groups", UI_SECTION_VIEWS, {'3'}, NULL, false, go_to, 2},
    {"brokers", "brokers", UI_SECTION_VIEWS, {'4'}, NULL, false, go_to, 3},
    {"events", "events, problems and the program's log", UI_SECTION_VIEWS, {'5', 'l'}, NULL, false, go_to, 4},
    {"next-view", "next view", UI_SECTION_VIEWS, {UI_KEY_TAB}, NULL, false, go_by, 1},
    {"previous-view", "previous view", UI_SECTION_VIEWS, {UI_KEY_BACK_TAB}, NULL, false, go_by, -1},

    {"next-cluster", "next cluster, where several are watched; each keeps its own place", UI_SECTION_VIEWS, {'K'},
     NULL, false, next_cluster, 1},
    {"previous-cluster", "previous cluster", UI_SECTION_VIEWS, {'J'}, NULL, false, next_cluster, -1},

    {"open", "open the row: group, its partitions, its members", UI_SECTION_OPEN, {UI_KEY_ENTER}, "Open", false,
     open_row, 0},
    {"back", "close the prompt, clear the search, clear the filter, or go one level up; never quits",
     UI_SECTION_OPEN, {UI_KEY_ESC, UI_KEY_BACKSPACE, UI_CTRL('H')}, "Back", false, go_back, 0},

    {"sort-left", "sort by the column before", UI_SECTION_SORT, {'<', ','}, "Sort", false, sort_next, -1},
    {"sort-right", "sort by the column behind", UI_SECTION_SORT, {'>', '.'}, NULL, false, sort_next, 1},
    {"sort-menu", "choose the column to sort by", UI_SECTION_SORT, {UI_KEY_F1 + 5, 's'}, NULL, false, sort_menu, 0},
    {"reverse", "sort the other way", UI_SECTION_SORT, {'R', 'I'}, "Reverse", false, sort_reverse, 0},
    {"sort-status", "sort by status (again: the other way; so for all of these)", UI_SECTION_SORT, {'S'}, NULL,
     false, sort_by_letter, 'S'},
    {"sort-lag", "sort by lag", UI_SECTION_SORT, {'L'}, NULL, false, sort_by_letter, 'L'},
    {"sort-change", "sort by the change of lag a minute", UI_SECTION_SORT, {'D'}, NULL, false, sort_by_letter, 'D'},
    {"sort-time", "sort by time behind, or time", UI_SECTION_SORT, {'T'}, NULL, false, sort_by_letter, 'T'},
    {"sort-produced", "sort by messages written a second", UI_SECTION_SORT, {'P'}, NULL, false, sort_by_letter, 'P'},
    {"sort-consumed", "sort by messages read a second", UI_SECTION_SORT, {'C'}, NULL, false, sort_by_letter, 'C'},
    {"sort-name", "sort by name", UI_SECTION_SORT, {'A'}, NULL, false, sort_by_letter, 'A'},

    {"search", "search for a text in names", UI_SECTION_FIND, {'/', UI_KEY_F1 + 2}, "Find", false, ask_search, 0},
    {"find-next", "next row that was searched for", UI_SECTION_FIND, {'n'}, NULL, false, find_next, 1},
    {"find-previous", "previous one", UI_SECTION_FIND, {'N'}, NULL, false, find_next, -1},
    {"filter", "show only some rows: text, ~regex, !not, status:, state:, lag>n", UI_SECTION_FIND,
     {'f', UI_KEY_F1 + 3, '\\'}, "Filter", false, ask_filter, 0},
    {"problems", "show only rows with a problem, or all again", UI_SECTION_FIND, {'i'}, "Problems", false,
     problems_only, 0},
    {"reset", "sort, filter, search, pins and units of this view as at the start", UI_SECTION_FIND, {'='}, NULL,
     false, reset, 0},

    {"pause", "stop the screen and go on collecting; again: show the newest", UI_SECTION_TIME, {'p', 'Z'}, "Pause",
     false, toggle_pause, 0},
    {"refresh", "collect now", UI_SECTION_TIME, {'r', UI_CTRL('R')}, NULL, false, refresh, 0},
    {"delay", "set the time between refreshes (with --secure at least 1 s)", UI_SECTION_TIME, {'d'}, NULL, false,
     ask_delay, 0},
    {"longer", "longer between refreshes", UI_SECTION_TIME, {'+'}, NULL, false, step_delay, 1},
    {"shorter", "shorter between refreshes", UI_SECTION_TIME, {'-'}, NULL, false, step_delay, -1},

    {"pin", "pin the row to the top, or let it go", UI_SECTION_ROWS, {' '}, NULL, false, pin, 0},
    {"unpin", "let all pinned rows go", UI_SECTION_ROWS, {'U'}, NULL, false, unpin_all, 0},
    {"follow", "stay on the row wherever it goes, and wait for it when it is gone", UI_SECTION_ROWS, {'F'}, "Follow",
     false, follow, 0},

    {"exact", "exact time lags of the row's worst partitions, for a minute: the timestamps of their next records",
     UI_SECTION_ROWS, {'X'}, NULL, false, ask_exact, 0},

    {"units", "numbers in full, or rounded", UI_SECTION_SHOW, {'e'}, NULL, false, toggle_exact, 0},
    {"lag-unit", "lag in messages or in time", UI_SECTION_SHOW, {'m'}, NULL, false, toggle_lag_unit, 0},
    {"colour", "colours, or none", UI_SECTION_SHOW, {'z'}, NULL, false, toggle_mono, 0},
    {"mouse", "mouse on (row, title, wheel) or off", UI_SECTION_SHOW, {'M'}, NULL, false, toggle_mouse, 0},

    {"help", "this help", UI_SECTION_APP, {'?', 'h', UI_KEY_F1}, "Help", false, show_help, 0},
    {"names", "full names, the reason and a kafka-consumer-groups command, also to the clipboard", UI_SECTION_APP,
     {'y'}, NULL, true, show_names, 0},
    {"redraw", "draw the whole screen anew", UI_SECTION_APP, {UI_CTRL('L')}, NULL, false, react,
     UI_REACT_DRAW | UI_REACT_REDRAW},
    {"suspend", "stop the program and give the terminal back to the shell", UI_SECTION_APP, {UI_CTRL('Z')}, NULL,
     false, react, UI_REACT_SUSPEND},
    {"quit", "quit", UI_SECTION_APP, {'q', UI_KEY_F1 + 9, UI_CTRL('C')}, "Quit", false, react, UI_REACT_QUIT},
};

const unsigned ui_action_count = sizeof ui_actions / sizeof ui_actions[0];
