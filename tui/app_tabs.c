/* The line of tabs: where one is, and how the rows are sorted and filtered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_draw.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"

/* "name" of the thing a view is narrowed down to, cut to fit. */
void ui_draw_focus_text(const struct ui_focus *focus, bool ascii, char *out, size_t room)
{
    struct kt_text name = focus->member.bytes  ? focus->member
                          : focus->group.bytes ? focus->group
                          : focus->host.bytes  ? focus->host
                                               : focus->topic;
    if (name.bytes)
        ui_text_fit(name.bytes, name.length, 30, UI_CUT_MIDDLE, ascii, out, room);
    else if (focus->has_broker)
        snprintf(out, room, "broker %lld", (long long)focus->broker);
    else
        out[0] = '\0';
}

/* How much of it is said. */
enum status_form { STATUS_ALL, STATUS_SET, STATUS_SHORT, STATUS_FORMS };

/* The filter as typed, and whether only problems are shown; "" when nothing is hidden. */
static void filter_text(const struct ui_list *list, bool ascii, int cells, char *out, size_t room)
{
    const char *given = list->filter_text ? list->filter_text : "";
    ui_text_fit(given, strlen(given), cells, UI_CUT_END, ascii, out, room);
    if (list->problems_only)
        snprintf(out + strlen(out), room - strlen(out), "%sproblems", *out ? " " : "");
}

static void follow_text(const struct ui_list *list, bool ascii, int cells, char *out, size_t room)
{
    struct kt_text name = list->selected.second.bytes ? list->selected.second : list->selected.first;
    out[0] = '\0';
    if (!list->follow)
        return;
    if (name.bytes)
        ui_text_fit(name.bytes, name.length, cells, UI_CUT_MIDDLE, ascii, out, room);
    if (list->gone)
        snprintf(out + strlen(out), room - strlen(out), " (gone)");
}

static void add_status(char *out, size_t room, const char *label, const char *value, enum status_form form)
{
    if (!*value && form != STATUS_ALL)
        return;
    size_t length = strlen(out);
    snprintf(out + length, room - length, "%s %s ", label, *value ? value : "-");
}

/* Sort, filter, followed row and position: "sort LAGv filter - follow - 1/41". */
static void status_text(const struct ui_list *list, const struct ui_table *table, bool ascii, int width,
                        enum status_form form, char *out, size_t room)
{
    char sort[32], filter[256], follow[256];
    int cells = width >= 120 ? 30 : width / 6;
    ui_list_sort_text(list, table, sort, sizeof sort);
    filter_text(list, ascii, cells, filter, sizeof filter);
    follow_text(list, ascii, cells, follow, sizeof follow);
    out[0] = '\0';
    if (form == STATUS_SHORT) {
        snprintf(out, room, "%s%s%s ", sort + strspn(sort, " "), *filter ? " filtered" : "", *follow ? " follows" : "");
    } else {
        add_status(out, room, "sort", sort + strspn(sort, " "), form);
        add_status(out, room, "filter", filter, form);
        add_status(out, room, "follow", follow, form);
    }
    size_t length = strlen(out);
    snprintf(out + length, room - length, "%zu/%zu", list->shown_count > 0 ? list->cursor + 1 : 0, list->shown_count);
}

enum tab_form { TABS_ALL, TABS_KEYS, TABS_ONE };

/* The tabs, the one that is shown in brackets with the way down behind it; returns the cells used. */
static int draw_tab_names(struct ui_app *app, struct ui_canvas *cv, int y, enum tab_form form)
{
    int x = 0;
    for (unsigned i = 0; i < ui_panel_tabs(); i++) {
        char text[64];
        bool active = i == app->at->tab;
        if (!active && form == TABS_ONE)
            continue;
        snprintf(text, sizeof text, active ? "[%c%s]" : "%c%s", ui_panels[i]->key,
                 active || form == TABS_ALL ? ui_panels[i]->title : "");
        int used = ui_draw_string(cv, x, y, active ? UI_ROLE_tab_active : UI_ROLE_tab, text);
        ui_spot_add(app, x, y, used, (uint32_t)ui_panels[i]->key);
        x += used + 1;
    }
    for (unsigned i = 0; i < app->at->depth; i++) {
        char name[256], text[300];
        ui_draw_focus_text(&app->at->stack[i]->focus, cv->ascii, name, sizeof name);
        const struct ui_panel *panel = app->at->stack[i]->panel;
        snprintf(text, sizeof text, "> %s %s", name, panel->key ? panel->name : panel->title);
        x += ui_draw_string(cv, x, y, UI_ROLE_tab_active, text) + 1;
    }
    return x;
}

/* The most that is said of the rows in `room` cells; returns the cells it takes. */
static int fit_status(struct ui_app *app, struct ui_canvas *cv, int room, enum status_form least, char *text,
                      size_t size)
{
    const struct ui_view *view = ui_app_view(app);
    int cells = 0;
    for (int form = 0; form <= (int)least; form++) {
        status_text(&view->list, &view->panel->table, cv->ascii, cv->width, (enum status_form)form, text, size);
        cells = ui_text_width(text, strlen(text), cv->ascii);
        if (cells <= room)
            break;
    }
    return cells;
}

void ui_draw_tabs(struct ui_app *app, struct ui_canvas *cv, int y)
{
    char text[640];
    const struct ui_list *list = &ui_app_view(app)->list;
    bool set = list->filter_text || list->problems_only || list->follow;
    bool all = cv->width >= 60 && app->at->depth == 0;
    unsigned spots = app->drawn.spot_count;
    ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_tab, ' ');
    int used = draw_tab_names(app, cv, y, all ? TABS_ALL : TABS_ONE);
    int cells = fit_status(app, cv, cv->width - used, all && set ? STATUS_SET : STATUS_SHORT, text, sizeof text);
    /* What hides or holds rows is worth more than the names of the other tabs. */
    if (all && set && used + cells > cv->width) {
        app->drawn.spot_count = spots;
        ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_tab, ' ');
        used = draw_tab_names(app, cv, y, TABS_KEYS);
        cells = fit_status(app, cv, cv->width - used, STATUS_SHORT, text, sizeof text);
    }
    if (cells + 1 >= cv->width)
        return;
    ui_canvas_fill(cv, cv->width - cells - 1, y, cells + 1, 1, UI_ROLE_tab, ' ');
    ui_draw_string(cv, cv->width - cells, y, UI_ROLE_label, text);
}
