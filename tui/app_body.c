/* The rows, or what to say where there are none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_draw.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"

#define NOBODY_MS 60000

/* What to say where rows would be. */
static void nothing_text(const struct ui_app *app, const struct ui_view *view, char *out, size_t room)
{
    const struct kt_snapshot *snap = app->at->shown;
    if (!snap)
        snprintf(out, room, "starting");
    else if (view->list.rows.count > 0 && !view->list.filter && !view->list.problems_only)
        snprintf(out, room, "all of %zu rows are muted; V shows them, u lets them go", view->list.rows.count);
    else if (view->list.rows.count > 0)
        snprintf(out, room, "none of %zu rows matches%s%s%s; = shows all again", view->list.rows.count,
                 view->list.filter_text ? " the filter " : "", view->list.filter_text ? view->list.filter_text : "",
                 view->list.problems_only ? " (problems only)" : "");
    else if (!snap->collected)
        ui_say_text(out, room, snap->activity.bytes ? snap->activity : kt_text_of("starting", 8));
    else if (app->at->back && ui_focus_is_set(&view->focus))
        snprintf(out, room, "%s here at that time: it may not have been there yet. ] goes on in time, Esc goes back",
                 view->panel->nothing);
    else if (ui_focus_is_set(&view->focus))
        snprintf(out, room, "%s here; it may be gone. Esc goes back", view->panel->nothing);
    else if (view->panel == &ui_panel_groups && snap->hidden_groups > 0)
        snprintf(out, room,
                 "no consumer groups; %zu are hidden by -g and -G, or because they are console-consumer-*",
                 snap->hidden_groups);
    else if (view->panel == &ui_panel_groups)
        snprintf(out, room,
                 "no consumer groups: there are none, or this user may not see them "
                 "(the right to DESCRIBE groups)");
    else
        snprintf(out, room, "%s", view->panel->nothing);
}

/* The n-th problem as one reads them: the cause first, then the rest as they stand. */
const struct kt_problem *ui_problem_at(const struct kt_snapshot *snap, size_t n)
{
    const struct kt_problem *cause = kt_snapshot_cause(snap);
    if (n == 0)
        return cause;
    size_t before_cause = (size_t)(cause - snap->problems);
    return &snap->problems[n <= before_cause ? n - 1 : n];
}

static void draw_nothing(struct ui_app *app, struct ui_canvas *cv, const struct ui_view *view, int y, int width,
                         int height)
{
    char text[1024];
    nothing_text(app, view, text, sizeof text);
    int used = ui_draw_wrapped(cv, 0, y, width, height, UI_ROLE_message, text);
    for (size_t i = 0; app->at->shown && i < app->at->shown->problem_count && used < height; i++) {
        const struct kt_problem *problem = ui_problem_at(app->at->shown, i);
        char name[256], said[512];
        ui_say_text(name, sizeof name, problem->name);
        ui_say_text(said, sizeof said, problem->text);
        snprintf(text, sizeof text, "## %s%s%s: %s", kt_scope_name(problem->scope), name[0] ? " " : "", name, said);
        used += ui_draw_wrapped(cv, 0, y + used, width, height - used, UI_ROLE_alarm, text);
    }
}

/* Nobody has moved a cursor on a wall for long. */
static bool nobody_there(const struct ui_app *app)
{
    return app->options->cycle_ms > 0 && (app->touched_at == 0 || app->now_mono - app->touched_at >= NOBODY_MS);
}

void ui_draw_body(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at)
{
    struct ui_view *view = ui_app_view(app);
    struct ui_context cx = ui_app_context(app, view);
    if (at->body_height <= 0)
        return;
    bool titles = at->titles >= 0;
    ui_list_draw(&view->list, &view->panel->table, &cx, cv, 0, titles ? at->titles : at->body_y, at->body_width,
                 at->body_height + titles, titles, !nobody_there(app));
    if (view->list.shown_count == 0)
        draw_nothing(app, cv, view, at->body_y, at->body_width, at->body_height);
}
