/* On large screens: what Enter would show of the selected row, and why the row has its status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_draw.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"

/* An area that is filled line by line. */
struct pane {
    struct ui_canvas *cv;
    int x, y, width, bottom;
};

static void put(struct pane *pane, enum ui_role role, const char *text)
{
    if (pane->y < pane->bottom && *text)
        pane->y += ui_draw_wrapped(pane->cv, pane->x, pane->y, pane->width, pane->bottom - pane->y, role, text);
}

static void put_lines(struct pane *pane, char *lines)
{
    for (char *end; *lines; lines = end) {
        end = lines + strcspn(lines, "\n");
        if (*end)
            *end++ = '\0';
        put(pane, UI_ROLE_text, lines);
    }
}

/* --- why ------------------------------------------------------------------------------------------------- */

/* Of a group: what its bad partitions have in common. */
static void put_causes(struct pane *pane, const struct kt_snapshot *snap, const struct kt_group *group)
{
    char text[1300];
    for (size_t i = 0; i < snap->cause_count; i++)
        if (group && ui_text_equal(snap->causes[i].group, group->name)) {
            size_t length = ui_say(text, sizeof text, "cause: ");
            ui_say_text(text + length, sizeof text - length, snap->causes[i].text);
            put(pane, UI_ROLE_message, text);
        }
}

static void draw_why(struct ui_app *app, struct pane *pane)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&view->list);
    struct ui_context cx = ui_app_context(app, view);
    struct ui_facts facts = {0};
    char text[2400];
    if (!row) {
        ui_draw_absent_text(app, view, text, sizeof text);
        put(pane, UI_ROLE_message, *text ? text : "nothing is selected");
        return;
    }
    const struct ui_panel *panel = ui_panel_of_row(view->panel, row);
    panel->table.facts(row, &cx, &facts);
    const struct ui_look *look = ui_look(facts.look);
    const struct kt_group *group = ui_panel_group(panel, row, &cx);
    if (ui_app_describe(app, view, row, text, sizeof text) == 0)
        snprintf(text, sizeof text, "%s %s: %s", look->mark, look->word, look->meaning);
    put(pane, look->role, text);
    put_causes(pane, app->at->shown, group);
    if (panel->more && panel->more(row, &cx, text, sizeof text) > 0)
        put_lines(pane, text);
    if (group && panel != &ui_panel_groups) {
        struct ui_row of_group = {.item = group};
        char name[256];
        size_t length = 0;
        ui_text_fit(group->name.bytes, group->name.length, 40, UI_CUT_MIDDLE, app->ascii, name, sizeof name);
        length = ui_say(text, sizeof text, "group %s: ", name);
        if (ui_panel_groups.describe(&of_group, &cx, text + length, sizeof text - length) > 0)
            put(pane, UI_ROLE_label, text);
    }
}

/* --- brokers --------------------------------------------------------------------------------------------- */

/* The worst ones first, a line each, as far as there is room. */
static void draw_brokers(struct ui_app *app, struct pane *pane)
{
    const struct kt_snapshot *snap = app->at->shown;
    char host[256], rtt[32];
    ui_draw_rule(pane->cv, pane->x, pane->y++, pane->width, UI_ROLE_label, "brokers (4)");
    for (int worst = 1; worst >= 0; worst--)
        for (size_t i = 0; i < snap->broker_count && pane->y < pane->bottom; i++) {
            const struct kt_broker *broker = &snap->brokers[i];
            const struct ui_look *look = ui_look(ui_look_of_broker(broker));
            if ((ui_look_of_broker(broker) == UI_LOOK_DOWN) != (worst == 1))
                continue;
            ui_text_fit(broker->host.bytes, broker->host.length, 16, UI_CUT_MIDDLE, app->ascii, host, sizeof host);
            ui_number_round_trip(KT_KNOWS(broker, KT_BROKER_rtt_us), broker->rtt_us, rtt, sizeof rtt);
            int used = ui_canvas_print(pane->cv, pane->x, pane->y, pane->width, look->role, "%s %-6s", look->mark,
                                       look->word);
            ui_canvas_print(pane->cv, pane->x + used, pane->y++, pane->width - used, UI_ROLE_text,
                            " %lld %s leads %lld rtt %s", (long long)broker->id, host, (long long)broker->leaders, rtt);
        }
}

static bool wants_brokers(const struct ui_app *app, const struct ui_view *view, const struct pane *pane)
{
    return view->panel != &ui_panel_brokers && app->at->shown->broker_count > 0 && pane->bottom - pane->y >= 9;
}

static void draw_reason(struct ui_app *app, struct pane pane)
{
    const struct kt_snapshot *snap = app->at->shown;
    int bottom = pane.bottom;
    int brokers = snap->broker_count < 5 ? (int)snap->broker_count : 5;
    bool with_brokers = wants_brokers(app, ui_app_view(app), &pane);
    if (with_brokers)
        pane.bottom -= brokers + 1;
    draw_why(app, &pane);
    if (!with_brokers)
        return;
    pane.y = bottom - brokers - 1;
    pane.bottom = bottom;
    draw_brokers(app, &pane);
}

/* --- what Enter would show ------------------------------------------------------------------------------- */

static void draw_list(struct ui_app *app, struct ui_canvas *cv, int x, int y, int width, int height)
{
    struct ui_view *detail = &app->at->detail;
    struct ui_context cx = ui_app_context(app, detail);
    char title[400], name[256];
    if (!app->at->has_detail) {
        ui_draw_rule(cv, x, y, width, UI_ROLE_label, "");
        return;
    }
    ui_draw_focus_text(&detail->focus, cv->ascii, name, sizeof name);
    snprintf(title, sizeof title, "%s (%zu %s, Enter)", name, detail->list.rows.count,
             detail->panel->key ? detail->panel->name : detail->panel->title);
    ui_draw_rule(cv, x, y, width, UI_ROLE_label, title);
    ui_list_draw(&detail->list, &detail->panel->table, &cx, cv, x, y + 1, width, height - 1, true, false);
}

/* Below the rows the two stand side by side; beside them one above the other, the reason first. */
void ui_draw_detail(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at)
{
    int bottom = at->detail_y + at->detail_height;
    if (at->detail_x > 0) {
        int split = at->detail_y + at->detail_height * (app->at->has_detail ? 1 : 2) / 2;
        ui_canvas_fill(cv, at->detail_x, at->detail_y, 1, at->detail_height, UI_ROLE_rule, '|');
        ui_draw_rule(cv, at->detail_x + 1, at->detail_y, at->detail_width - 1, UI_ROLE_label, "why");
        draw_reason(app, (struct pane){cv, at->detail_x + 2, at->detail_y + 1, at->detail_width - 2, split});
        if (app->at->has_detail)
            draw_list(app, cv, at->detail_x + 2, split, at->detail_width - 2, bottom - split);
        return;
    }
    int split = app->at->has_detail ? ui_clamp(cv->width * 5 / 8, 76, 130) : 0;
    if (split > 0) {
        draw_list(app, cv, 0, at->detail_y, split - 1, at->detail_height);
        ui_canvas_fill(cv, split, at->detail_y + 1, 1, at->detail_height - 1, UI_ROLE_rule, '|');
    }
    ui_draw_rule(cv, split, at->detail_y, cv->width - split, UI_ROLE_label, "why");
    draw_reason(app, (struct pane){cv, split + 2, at->detail_y + 1, cv->width - split - 2, bottom});
}
