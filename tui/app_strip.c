/* Below the rows: the reason of the selected one, what is wrong now, and the last events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_draw.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"

/* The n-th of `lines`: what holds now in half of them at most, then what happened, the newest first. */
static bool strip_row(const struct kt_snapshot *snap, size_t n, size_t lines, struct ui_row *row)
{
    size_t problems = lines / 2 > 0 ? lines / 2 : 1;
    if (problems > snap->problem_count)
        problems = snap->problem_count;
    if (n < problems) {
        *row = (struct ui_row){.item = ui_problem_at(snap, n), .kind = UI_ROW_PROBLEM};
        return true;
    }
    n -= problems;
    if (n >= snap->event_count)
        return false;
    *row = (struct ui_row){.item = &snap->events[snap->event_count - 1 - n], .kind = UI_ROW_EVENT};
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

/*
 * The reason from the line between rows and events on, whole if there is room; returns the lines used. A common cause
 * and the worst problem keep their lines (`kept`): of the reason only what stands behind the deciding numbers is cut
 * for them.
 */
static int draw_why(struct ui_canvas *cv, const struct ui_places *at, const char *why, int kept)
{
    ui_draw_rule(cv, 0, at->strip_y, cv->width, UI_ROLE_label, "");
    if (cv->width <= 10)
        return 1;
    int cells = cv->width - 3;
    int lines = at->strip_height - kept > 1 ? at->strip_height - kept : 1;
    int first = ui_text_width(why, ui_wrap(why, strlen(why), cells, cv->ascii), cv->ascii);
    ui_canvas_fill(cv, 2, at->strip_y, first + 2, 1, UI_ROLE_rule, ' ');
    return ui_draw_wrapped(cv, 3, at->strip_y, cells, lines, UI_ROLE_label, why);
}

void ui_draw_cause_text(const struct ui_app *app, char *out, size_t room)
{
    const struct kt_snapshot *snap = app->at->shown;
    out[0] = '\0';
    if (!snap || snap->cause_count == 0)
        return;
    size_t length = snap->cause_count > 1 ? ui_say(out, room, "(1 of %zu) ", snap->cause_count) : 0;
    ui_say_text(out + length, room - length, snap->causes[0].text);
}

/* How many of the last lines the cause takes: a second one where its numbers would be cut. */
static int cause_lines(const struct ui_app *app, const struct ui_canvas *cv, int height)
{
    char text[1300];
    ui_draw_cause_text(app, text, sizeof text);
    size_t length = strlen(text);
    return length == 0 ? 0 : 1 + (height > 3 && ui_wrap(text, length, cv->width, cv->ascii) < length);
}

/* In the last lines, where it never moves. */
static void draw_cause(const struct ui_app *app, struct ui_canvas *cv, int y, int lines)
{
    char text[1300];
    int x = 0;
    ui_draw_cause_text(app, text, sizeof text);
    if (ui_text_width(text, strlen(text), cv->ascii) + 7 <= cv->width)
        x = ui_draw_string(cv, 0, y, UI_ROLE_message, "cause: ");
    ui_draw_wrapped(cv, x, y, cv->width - x, lines, UI_ROLE_message, text);
}

void ui_draw_strip(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&view->list);
    char why[1200], absent[400];
    int used = 1;
    int cause = cause_lines(app, cv, at->strip_height);
    ui_draw_absent_text(app, view, absent, sizeof absent);
    if (at->strip_height <= 0)
        return;
    /* Where the reason has an area of its own it is not said twice. */
    if (row && at->detail_height == 0 && ui_app_describe(app, view, row, why, sizeof why) > 0)
        used = draw_why(cv, at, why, cause + (app->at->shown && app->at->shown->problem_count > 0));
    else
        ui_draw_rule(cv, 0, at->strip_y, cv->width, UI_ROLE_label,
                     *absent && at->detail_height == 0 ? absent : "events (5)");
    if (at->strip_height > 1 && cause > 0)
        draw_cause(app, cv, at->strip_y + at->strip_height - cause, cause);
    draw_events(app, cv, at->strip_y + used, at->strip_height - used - cause);
}
