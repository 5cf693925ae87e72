/* The whole screen, from the state alone. What is left out on small screens is decided in place(). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_state.h"
#include "clusters.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"

/* Lines of the screen; -1: not shown. Areas of height 0 are not shown. */
struct places {
    int clusters, identity, counts, totals, tabs, titles, failure, footer;
    int body_y, body_height;
    int detail_y, detail_height;
    int strip_y, strip_height;
};

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* Of the cluster that is shown, else of the program; "" when nothing failed. */
static const char *failure_of(const struct ui_app *app)
{
    return app->at->failure[0] ? app->at->failure : app->failure;
}

/* The lines below the rows, from the bottom up. */
static int place_below(struct places *at, const struct ui_app *app, int width, int height, bool detail)
{
    int bottom = height;
    if (height >= 3)
        at->footer = --bottom;
    if (height >= 6 && failure_of(app)[0])
        at->failure = --bottom;
    bool large = width >= 120 && height >= 36;
    at->strip_height = large ? clamp(height / 6, 5, 12) : height >= 20 ? 3 : height >= 14 ? 1 : 0;
    at->strip_y = bottom -= at->strip_height;
    at->detail_height = large && detail ? clamp(height / 4, 8, 16) : 0;
    at->detail_y = bottom -= at->detail_height;
    return bottom;
}

/* What goes first as the screen gets lower: totals, tabs, titles, identity, footer. The counts and a row stay. */
static struct places place(const struct ui_app *app, int width, int height, bool detail)
{
    struct places at = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0};
    int y = 0;
    int bottom = place_below(&at, app, width, height, detail);
    bool several = app->cluster_count > 1;
    if (several && height >= 4)
        at.clusters = y++;
    if (height >= (several ? 5 : 4))
        at.identity = y++;
    at.counts = y++;
    if (height >= 10)
        at.totals = y++;
    if (height >= 8)
        at.tabs = y++;
    if (height >= 6)
        at.titles = y++;
    at.body_y = y;
    at.body_height = bottom > y ? bottom - y : 0;
    return at;
}

size_t ui_wrap(const char *text, size_t length, int cells, bool ascii)
{
    size_t at = 0, blank = 0;
    int used = 0;
    while (at < length) {
        size_t next = at;
        struct ui_glyph glyph = ui_text_next(text, length, &next, ascii);
        if (used + glyph.width > cells && at > 0)
            return blank > 0 ? blank : at;
        used += glyph.width;
        at = next;
        if (text[at - 1] == ' ' && at > 1 && text[at - 2] != ' ')
            blank = at;
    }
    return length;
}

/* Draws a text over several lines; returns how many it took, at most `height`. */
static int draw_wrapped(struct ui_canvas *cv, int x, int y, int width, int height, enum ui_role role,
                        const char *text)
{
    size_t left = strlen(text);
    int lines = 0;
    while (left > 0 && lines < height && width > 0) {
        size_t bytes = ui_wrap(text, left, width, cv->ascii);
        ui_canvas_text(cv, x, y + lines, width, role, text, bytes);
        text += bytes;
        left -= bytes;
        lines++;
    }
    return lines;
}

static int draw_string(struct ui_canvas *cv, int x, int y, enum ui_role role, const char *text)
{
    return x < cv->width ? ui_canvas_text(cv, x, y, cv->width - x, role, text, strlen(text)) : 0;
}

/* A line of dashes with a title in it, `width` cells from x on. */
static void draw_rule(struct ui_canvas *cv, int x, int y, int width, enum ui_role role, const char *title)
{
    ui_canvas_fill(cv, x, y, width, 1, UI_ROLE_rule, '-');
    if (width < 8 || !*title)
        return;
    char fitted[1200];
    int cells = ui_text_fit(title, strlen(title), width - 6, UI_CUT_END, cv->ascii, fitted, sizeof fitted);
    ui_canvas_fill(cv, x + 2, y, cells + 2, 1, UI_ROLE_rule, ' ');
    ui_canvas_text(cv, x + 3, y, cells, role, fitted, strlen(fitted));
}

/* --- tabs ------------------------------------------------------------------------------------------------ */

/* "name" of the thing a view is narrowed down to, cut to fit. */
static void focus_text(const struct ui_focus *focus, bool ascii, char *out, size_t room)
{
    struct kt_text name = focus->member.bytes ? focus->member : focus->group.bytes ? focus->group : focus->topic;
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
        snprintf(out, room, "%s%s%s ", sort + strspn(sort, " "), *filter ? " filtered" : "",
                 *follow ? " follows" : "");
    } else {
        add_status(out, room, "sort", sort + strspn(sort, " "), form);
        add_status(out, room, "filter", filter, form);
        add_status(out, room, "follow", follow, form);
    }
    size_t length = strlen(out);
    snprintf(out + length, room - length, "%zu/%zu", list->shown_count > 0 ? list->cursor + 1 : 0,
             list->shown_count);
}

/* The tabs, the one that is shown in brackets with the way down behind it; returns the cells used. */
static int draw_tab_names(struct ui_app *app, struct ui_canvas *cv, int y, bool all)
{
    int x = 0;
    for (unsigned i = 0; i < ui_panel_tabs(); i++) {
        char text[64];
        bool active = i == app->at->tab;
        if (!active && !all)
            continue;
        snprintf(text, sizeof text, active ? "[%c%s]" : "%c%s", ui_panels[i]->key, ui_panels[i]->title);
        x += draw_string(cv, x, y, active ? UI_ROLE_tab_active : UI_ROLE_tab, text) + 1;
    }
    for (unsigned i = 0; i < app->at->depth; i++) {
        char name[256], text[300];
        focus_text(&app->at->stack[i]->focus, cv->ascii, name, sizeof name);
        snprintf(text, sizeof text, "> %s %s", name, app->at->stack[i]->panel->name);
        x += draw_string(cv, x, y, UI_ROLE_tab_active, text) + 1;
    }
    return x;
}

static void draw_tabs(struct ui_app *app, struct ui_canvas *cv, int y)
{
    const struct ui_view *view = ui_app_view(app);
    char text[640];
    int cells = 0;
    ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_tab, ' ');
    int used = draw_tab_names(app, cv, y, cv->width >= 60 && app->at->depth == 0);
    for (int form = 0; form < STATUS_FORMS; form++) {
        status_text(&view->list, &view->panel->table, cv->ascii, cv->width, (enum status_form)form, text, sizeof text);
        cells = ui_text_width(text, strlen(text), cv->ascii);
        if (used + cells <= cv->width)
            break;
    }
    if (cells + 1 >= cv->width)
        return;
    ui_canvas_fill(cv, cv->width - cells - 1, y, cells + 1, 1, UI_ROLE_tab, ' ');
    draw_string(cv, cv->width - cells, y, UI_ROLE_label, text);
}

/* --- rows ------------------------------------------------------------------------------------------------ */

/* What to say where rows would be. */
static void nothing_text(const struct ui_app *app, const struct ui_view *view, char *out, size_t room)
{
    const struct kt_snapshot *snap = app->at->shown;
    if (!snap)
        snprintf(out, room, "starting");
    else if (view->list.rows.count > 0)
        snprintf(out, room, "none of %zu rows matches%s%s%s; = shows all again", view->list.rows.count,
                 view->list.filter_text ? " the filter " : "", view->list.filter_text ? view->list.filter_text : "",
                 view->list.problems_only ? " (problems only)" : "");
    else if (!snap->collected)
        ui_say_text(out, room, snap->activity.bytes ? snap->activity : kt_text_of("starting", 8));
    else if (view->focus.group.bytes || view->focus.topic.bytes || view->focus.has_broker)
        snprintf(out, room, "%s here; it may be gone. Esc goes back", view->panel->nothing);
    else if (view->panel == &ui_panel_groups && snap->hidden_groups > 0)
        snprintf(out, room, "no consumer groups; %zu are hidden by the filters", snap->hidden_groups);
    else if (view->panel == &ui_panel_groups)
        snprintf(out, room, "no consumer groups: there are none, or this user may not see them "
                            "(the right to DESCRIBE groups)");
    else
        snprintf(out, room, "%s", view->panel->nothing);
}

/* The n-th problem as one reads them: the cause first, then the rest as they stand. */
static const struct kt_problem *problem_at(const struct kt_snapshot *snap, size_t n)
{
    const struct kt_problem *cause = kt_snapshot_cause(snap);
    if (n == 0)
        return cause;
    size_t before_cause = (size_t)(cause - snap->problems);
    return &snap->problems[n <= before_cause ? n - 1 : n];
}

static void draw_nothing(struct ui_app *app, struct ui_canvas *cv, const struct ui_view *view, int y, int height)
{
    char text[1024];
    nothing_text(app, view, text, sizeof text);
    int used = draw_wrapped(cv, 0, y, cv->width, height, UI_ROLE_message, text);
    for (size_t i = 0; app->at->shown && i < app->at->shown->problem_count && used < height; i++) {
        const struct kt_problem *problem = problem_at(app->at->shown, i);
        char name[256], said[512];
        ui_say_text(name, sizeof name, problem->name);
        ui_say_text(said, sizeof said, problem->text);
        snprintf(text, sizeof text, "## %s%s%s: %s", kt_scope_name(problem->scope), name[0] ? " " : "", name, said);
        used += draw_wrapped(cv, 0, y + used, cv->width, height - used, UI_ROLE_alarm, text);
    }
}

static void draw_body(struct ui_app *app, struct ui_canvas *cv, const struct places *at)
{
    struct ui_view *view = ui_app_view(app);
    struct ui_context cx = ui_app_context(app, view);
    if (at->body_height <= 0)
        return;
    bool titles = at->titles >= 0;
    ui_list_draw(&view->list, &view->panel->table, &cx, cv, 0, titles ? at->titles : at->body_y, cv->width,
                 at->body_height + titles, titles, true);
    if (view->list.shown_count == 0)
        draw_nothing(app, cv, view, at->body_y, at->body_height);
}

/* --- detail of the selected group ------------------------------------------------------------------------ */

static void detail_line(struct ui_canvas *cv, int x, int *y, int width, int bottom, enum ui_role role,
                        const char *text)
{
    if (*y < bottom)
        *y += draw_wrapped(cv, x, *y, width, bottom - *y, role, text);
}

static void draw_reason(struct ui_canvas *cv, const struct kt_group *group, int x, int y, int width, int bottom)
{
    char text[1200], more[64], since[32];
    const struct ui_look *look = ui_look(ui_look_of_group(group));
    snprintf(text, sizeof text, "%s %s: %s", look->mark, look->word, look->meaning);
    detail_line(cv, x, &y, width, bottom, look->role, text);
    if (ui_say_text(text, sizeof text, group->why) > 0)
        detail_line(cv, x, &y, width, bottom, UI_ROLE_text, text);
    ui_number_clock(KT_KNOWS(group, KT_GROUP_since), group->since, since, sizeof since);
    ui_number_clock(KT_KNOWS(group, KT_GROUP_state_since), group->state_since, more, sizeof more);
    snprintf(text, sizeof text, "status since %s; %s group %s since %s", since, group->type ? group->type : "-",
             group->state ? group->state : "-", more);
    detail_line(cv, x, &y, width, bottom, UI_ROLE_text, text);
    if (group->members_known)
        snprintf(more, sizeof more, "%zu", group->member_count);
    else
        snprintf(more, sizeof more, "-");
    snprintf(text, sizeof text, "members %s", more);
    if (KT_KNOWS(group, KT_GROUP_coordinator)) {
        snprintf(more, sizeof more, ", coordinator %lld", (long long)group->coordinator);
        strncat(text, more, sizeof text - strlen(text) - 1);
    }
    if (KT_KNOWS(group, KT_GROUP_loss_eta_ms)) {
        ui_number_duration(true, group->loss_eta_ms, since, sizeof since);
        snprintf(more, sizeof more, ", data lost in %s", since);
        strncat(text, more, sizeof text - strlen(text) - 1);
    }
    detail_line(cv, x, &y, width, bottom, UI_ROLE_text, text);
}

static void draw_detail(struct ui_app *app, struct ui_canvas *cv, const struct places *at)
{
    char title[400], name[256];
    const struct ui_focus *focus = &app->at->detail.focus;
    const struct kt_group *group =
        focus->group.bytes ? kt_snapshot_group(app->at->shown, focus->group.bytes, focus->group.length) : NULL;
    int split = clamp(cv->width * 5 / 8, 76, 130);
    if (!group) {
        draw_rule(cv, 0, at->detail_y, cv->width, UI_ROLE_label, "no group is selected");
        return;
    }
    focus_text(focus, cv->ascii, name, sizeof name);
    snprintf(title, sizeof title, "%s (%zu partitions, Enter)", name, group->lag_count);
    draw_rule(cv, 0, at->detail_y, split, UI_ROLE_label, title);
    draw_rule(cv, split, at->detail_y, cv->width - split, UI_ROLE_label, "why");
    struct ui_context cx = ui_app_context(app, &app->at->detail);
    ui_list_draw(&app->at->detail.list, &app->at->detail.panel->table, &cx, cv, 0, at->detail_y + 1, split - 1,
                 at->detail_height - 1, true, false);
    ui_canvas_fill(cv, split, at->detail_y + 1, 1, at->detail_height - 1, UI_ROLE_rule, '|');
    draw_reason(cv, group, split + 2, at->detail_y + 1, cv->width - split - 2,
                at->detail_y + at->detail_height);
}

/* --- the last events, and the reason of the selected row -------------------------------------------------- */

/* The n-th of `lines`: what holds now in half of them at most, then what happened, the newest first. */
static bool strip_row(const struct kt_snapshot *snap, size_t n, size_t lines, struct ui_row *row)
{
    size_t problems = lines / 2 > 0 ? lines / 2 : 1;
    if (problems > snap->problem_count)
        problems = snap->problem_count;
    if (n < problems) {
        *row = (struct ui_row){problem_at(snap, n), NULL, UI_ROW_PROBLEM};
        return true;
    }
    n -= problems;
    if (n >= snap->event_count)
        return false;
    *row = (struct ui_row){&snap->events[snap->event_count - 1 - n], NULL, UI_ROW_EVENT};
    return true;
}

static void draw_events(struct ui_app *app, struct ui_canvas *cv, int y, int height)
{
    const struct ui_table *table = &ui_panel_events.table;
    struct ui_context cx = {.snap = app->at->shown, .ascii = cv->ascii};
    struct ui_columns layout;
    struct ui_row_style style = {.selected = false};
    ui_columns_layout(&layout, table, &cx, cv->width, 0);
    for (int line = 0; line < height; line++) {
        struct ui_row row;
        if (app->at->shown && strip_row(app->at->shown, (size_t)line, (size_t)height, &row))
            ui_columns_draw_row(cv, &layout, table, &cx, &row, 0, y + line, cv->width, &style);
    }
}

/* The reason in the line between rows and events, and what is left of it below; returns the lines used. */
static int draw_why(struct ui_canvas *cv, const struct places *at, const char *why)
{
    char title[1024];
    size_t length = strlen(why);
    size_t first = at->strip_height > 2 && cv->width > 10 ? ui_wrap(why, length, cv->width - 6, cv->ascii) : length;
    size_t shown = first > 0 && why[first - 1] == ' ' ? first - 1 : first;
    snprintf(title, sizeof title, "%.*s", (int)shown, why);
    draw_rule(cv, 0, at->strip_y, cv->width, UI_ROLE_label, title);
    if (first >= length)
        return 1;
    return 1 + draw_wrapped(cv, 3, at->strip_y + 1, cv->width - 3, 1, UI_ROLE_label, why + first);
}

static void draw_strip(struct ui_app *app, struct ui_canvas *cv, const struct places *at)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&view->list);
    struct ui_context cx = ui_app_context(app, view);
    char why[1024];
    int used = 1;
    if (at->strip_height <= 0)
        return;
    /* Where the reason has an area of its own it is not said twice. */
    if (row && at->detail_height == 0 && view->panel->describe(row, &cx, why, sizeof why) > 0)
        used = draw_why(cv, at, why);
    else
        draw_rule(cv, 0, at->strip_y, cv->width, UI_ROLE_label, "events (5)");
    draw_events(app, cv, at->strip_y + used, at->strip_height - used);
}

/* --- the last line --------------------------------------------------------------------------------------- */

static int draw_key(struct ui_canvas *cv, int x, int y, const struct ui_action *action, bool wide)
{
    char key[16];
    ui_key_name(action->keys[0], key, sizeof key);
    int needed = (int)(strlen(key) + strlen(action->footer)) + wide;
    if (x + needed > cv->width)
        return -1;
    int used = draw_string(cv, x, y, UI_ROLE_key, key) + wide;
    return used + draw_string(cv, x + used, y, UI_ROLE_footer, action->footer) + 1 + wide;
}

/* The keys one needs most; first those of the program itself. */
static void draw_keys(struct ui_canvas *cv, int y)
{
    int x = 0;
    bool wide = cv->width >= 100;
    for (int others = 0; others < 2; others++)
        for (unsigned i = 0; i < ui_action_count; i++) {
            const struct ui_action *action = &ui_actions[i];
            if (!action->footer || (action->section != UI_SECTION_APP) != (others == 1))
                continue;
            int used = draw_key(cv, x, y, action, wide);
            if (used < 0)
                return;
            x += used;
        }
}

static void draw_prompt(struct ui_app *app, struct ui_canvas *cv, int y)
{
    const struct ui_prompt *prompt = &app->prompt;
    ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_prompt, ' ');
    int x = draw_string(cv, 0, y, UI_ROLE_label, prompt->label);
    int room = cv->width - x - 1;
    size_t from = 0;
    /* The text moves to the left so that the cursor stays in sight. */
    while (from < prompt->at && ui_text_width(prompt->text + from, prompt->at - from, cv->ascii) > room)
        ui_text_next(prompt->text, prompt->length, &from, cv->ascii);
    draw_string(cv, x, y, UI_ROLE_prompt, prompt->text + from);
    cv->cursor_x = clamp(x + ui_text_width(prompt->text + from, prompt->at - from, cv->ascii), 0, cv->width - 1);
    cv->cursor_y = y;
    cv->cursor_visible = true;
}

static void draw_line(struct ui_canvas *cv, int y, enum ui_role role, const char *text)
{
    ui_canvas_fill(cv, 0, y, cv->width, 1, role, ' ');
    draw_string(cv, 0, y, role, text);
}

static void draw_footer(struct ui_app *app, struct ui_canvas *cv, const struct places *at)
{
    if (at->failure >= 0)
        draw_line(cv, at->failure, UI_ROLE_alarm, failure_of(app));
    int y = at->footer >= 0 ? at->footer : cv->height - 1;
    if (app->prompt.open) {
        draw_prompt(app, cv, y);
        if (app->message[0] && y > 0)
            draw_line(cv, y - 1, app->message_role, app->message);
        return;
    }
    if (at->footer < 0 && !app->message[0])
        return;
    ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_footer, ' ');
    if (app->message[0])
        draw_line(cv, y, app->message_role, app->message);
    else if (failure_of(app)[0] && at->failure < 0)
        draw_line(cv, y, UI_ROLE_alarm, failure_of(app));
    else
        draw_keys(cv, y);
}

/* --- all of it ------------------------------------------------------------------------------------------- */

static struct ui_meter_context meter_context(const struct ui_app *app, const struct ui_cluster *cluster, int width,
                                             int64_t now_mono, int64_t now_wall)
{
    return (struct ui_meter_context){.snap = cluster->shown,
                                     .options = cluster->options,
                                     .tally = &cluster->tally,
                                     .now_mono = now_mono,
                                     .now_wall = now_wall,
                                     .delay_ms = cluster->delay_ms,
                                     .paused = app->paused,
                                     .paused_ms = now_mono - app->paused_at,
                                     .exact = app->exact,
                                     .ascii = app->ascii,
                                     .width = width};
}

static void draw_clusters(const struct ui_app *app, struct ui_canvas *cv, int y, int64_t now_mono, int64_t now_wall)
{
    struct ui_cluster_word *words = kt_alloc(app->cluster_count, sizeof *words);
    for (unsigned i = 0; i < app->cluster_count; i++) {
        const struct ui_cluster *cluster = app->clusters[i];
        words[i] = (struct ui_cluster_word){.meter = meter_context(app, cluster, cv->width, now_mono, now_wall),
                                            .failed = cluster->failure[0],
                                            .current = cluster == app->at};
    }
    ui_clusters_draw(cv, words, app->cluster_count, y);
    free(words);
}

static void draw_header(struct ui_app *app, struct ui_canvas *cv, const struct places *at, int64_t now_mono,
                        int64_t now_wall)
{
    struct ui_meter_context cx = meter_context(app, app->at, cv->width, now_mono, now_wall);
    if (at->clusters >= 0)
        draw_clusters(app, cv, at->clusters, now_mono, now_wall);
    if (at->identity >= 0)
        ui_meter_draw(cv, UI_METER_IDENTITY, &cx, at->identity);
    ui_meter_draw(cv, UI_METER_COUNTS, &cx, at->counts);
    if (at->totals >= 0)
        ui_meter_draw(cv, UI_METER_TOTALS, &cx, at->totals);
}

static bool has_detail(struct ui_app *app)
{
    return app->at->shown && ui_app_view(app)->panel == &ui_panel_groups;
}

void ui_app_draw(struct ui_app *app, struct ui_canvas *cv, int64_t now_mono, int64_t now_wall)
{
    app->ascii = cv->ascii;
    app->now_mono = now_mono;
    ui_canvas_clear(cv);
    cv->cursor_x = cv->cursor_y = 0;
    cv->cursor_visible = false;
    ui_app_sync(app);
    struct places at = place(app, cv->width, cv->height, has_detail(app));
    app->drawn = (struct ui_drawn){cv->width, cv->height, at.titles, at.body_y, at.body_height};
    draw_header(app, cv, &at, now_mono, now_wall);
    if (app->overlay.open) {
        int top = at.tabs >= 0 ? at.tabs : at.counts + 1;
        int bottom = at.failure >= 0 ? at.failure : at.footer >= 0 ? at.footer : cv->height;
        app->drawn.body_height = bottom - top;
        ui_overlay_draw(app, cv, top, bottom - top);
    } else {
        if (at.tabs >= 0)
            draw_tabs(app, cv, at.tabs);
        draw_body(app, cv, &at);
        if (at.detail_height > 0) {
            ui_app_detail(app);
            draw_detail(app, cv, &at);
        }
        draw_strip(app, cv, &at);
    }
    draw_footer(app, cv, &at);
}
