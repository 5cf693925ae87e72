/* Beside the rows, on large screens: the partitions of the selected group, and why it has its status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_draw.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"

static void detail_line(struct ui_canvas *cv, int x, int *y, int width, int bottom, enum ui_role role, const char *text)
{
    if (*y < bottom)
        *y += ui_draw_wrapped(cv, x, *y, width, bottom - *y, role, text);
}

static void draw_reason(struct ui_canvas *cv, const struct kt_group *group, const struct ui_quiet_entry *quiet, int x,
                        int y, int width, int bottom)
{
    char text[1200], more[64], since[32];
    const struct ui_look *look = ui_look(ui_look_of_group(group));
    snprintf(text, sizeof text, "%s %s: %s", look->mark, look->word, look->meaning);
    detail_line(cv, x, &y, width, bottom, look->role, text);
    if (quiet && ui_quiet_say(quiet, text, sizeof text) > 0)
        detail_line(cv, x, &y, width, bottom, UI_ROLE_message, text);
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

void ui_draw_detail(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at)
{
    char title[400], name[256];
    const struct ui_focus *focus = &app->at->detail.focus;
    const struct kt_group *group =
        focus->group.bytes ? kt_snapshot_group(app->at->shown, focus->group.bytes, focus->group.length) : NULL;
    int split = ui_clamp(cv->width * 5 / 8, 76, 130);
    if (!group) {
        ui_draw_absent_text(app, ui_app_view(app), title, sizeof title);
        ui_draw_rule(cv, 0, at->detail_y, cv->width, UI_ROLE_label, *title ? title : "no group is selected");
        return;
    }
    ui_draw_focus_text(focus, cv->ascii, name, sizeof name);
    snprintf(title, sizeof title, "%s (%zu partitions, Enter)", name, group->lag_count);
    ui_draw_rule(cv, 0, at->detail_y, split, UI_ROLE_label, title);
    ui_draw_rule(cv, split, at->detail_y, cv->width - split, UI_ROLE_label, "why");
    struct ui_context cx = ui_app_context(app, &app->at->detail);
    ui_list_draw(&app->at->detail.list, &app->at->detail.panel->table, &cx, cv, 0, at->detail_y + 1, split - 1,
                 at->detail_height - 1, true, false);
    ui_canvas_fill(cv, split, at->detail_y + 1, 1, at->detail_height - 1, UI_ROLE_rule, '|');
    struct ui_identity what = {.first = group->name};
    const struct ui_quiet_entry *quiet = ui_quiet_find(&app->at->quiet, &what);
    draw_reason(cv, group, quiet, split + 2, at->detail_y + 1, cv->width - split - 2,
                at->detail_y + at->detail_height);
}
