/* Actions: acknowledging and muting rows. What ends by itself is told in a line. */
#include <string.h>

#include "app_do.h"
#include "app_state.h"

static int64_t wall_of(const struct ui_app *app)
{
    return app->now_mono + app->wall_ahead_ms;
}

/* The group or partition of a group that the selected row is; false (and a word why): it is neither. */
static bool selected(struct ui_app *app, struct ui_identity *what, enum ui_look_kind *look)
{
    struct ui_view *view = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&view->list);
    struct ui_context cx = ui_app_context(app, view);
    struct ui_facts facts = {0};
    if (!row || !ui_row_can_be_quiet(&view->panel->table, row, what)) {
        ui_app_say(app, UI_ROLE_message, "no group, and no partition of a group, is selected");
        return false;
    }
    ui_panel_of_row(view->panel, row)->table.facts(row, &cx, &facts);
    *look = facts.look;
    if (app->at->latest)
        ui_quiet_look_at(app->at->latest, what, look); /* what is shown may be of yesterday */
    return true;
}

/* What is quiet changed: counts and rows follow. */
static void follow(struct ui_app *app, struct ui_cluster *cluster)
{
    if (cluster->shown)
        ui_tally_hush(&cluster->tally, cluster->shown, &cluster->quiet);
    ui_cluster_forget_rows(cluster);
    if (cluster == app->at)
        ui_app_sync(app);
}

static unsigned put(struct ui_app *app, const struct ui_identity *what, enum ui_quiet_kind kind,
                    enum ui_look_kind look, int64_t ms)
{
    char said[96];
    struct ui_quiet *quiet = &app->at->quiet;
    int64_t now = wall_of(app);
    if (!ui_quiet_put(quiet, what, kind, look, now, now + ms)) {
        ui_app_say(app, UI_ROLE_alarm, "no more than %d rows can be quiet; u lets all go", UI_QUIET_MOST);
        return UI_REACT_DRAW;
    }
    ui_quiet_say(ui_quiet_own(quiet, what), said, sizeof said);
    ui_app_say(app, UI_ROLE_message, "%s; %s", said,
               kind == UI_QUIET_MUTED ? "V shows it, u lets all go" : "a newer trouble ends it; a lets it go");
    follow(app, app->at);
    return UI_REACT_DRAW;
}

/* Whether it was of that kind, and is no more. */
static bool let_go(struct ui_app *app, const struct ui_identity *what, enum ui_quiet_kind kind)
{
    const struct ui_quiet_entry *entry = ui_quiet_own(&app->at->quiet, what);
    if (!entry || entry->kind != kind)
        return false;
    ui_quiet_drop(&app->at->quiet, what);
    ui_app_say(app, UI_ROLE_message, "no longer %s", kind == UI_QUIET_MUTED ? "muted" : "acknowledged");
    follow(app, app->at);
    return true;
}

unsigned ui_do_acknowledge(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_identity what;
    enum ui_look_kind look;
    if (!selected(app, &what, &look) || let_go(app, &what, UI_QUIET_ACKNOWLEDGED))
        return UI_REACT_DRAW;
    if (!ui_look_is_problem(look)) {
        ui_app_say(app, UI_ROLE_message, "nothing to acknowledge: the row is %s; Q mutes it", ui_look(look)->word);
        return UI_REACT_DRAW;
    }
    return put(app, &what, UI_QUIET_ACKNOWLEDGED, look, UI_QUIET_ACKNOWLEDGED_MS);
}

static enum kt_code accept_mute(struct ui_app *app, const char *text, unsigned *reaction, struct kt_err *err)
{
    int64_t ms;
    if (!ui_quiet_parse(text, &ms))
        return kt_fail(err, KT_USAGE, "say a time like 30m, 1h30m or 2d, a minute to 7d, not '%s'", text);
    *reaction |= put(app, &app->mute_wish, UI_QUIET_MUTED, UI_LOOK_COUNT, ms);
    return KT_OK;
}

unsigned ui_do_ask_mute(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_identity what;
    enum ui_look_kind look;
    if (!selected(app, &what, &look) || let_go(app, &what, UI_QUIET_MUTED))
        return UI_REACT_DRAW;
    ui_identity_copy(&app->mute_wish, &what); /* rows move while one types */
    return ui_app_ask(app, "mute for (30m, 2h, 1d): ", "1h", accept_mute);
}

unsigned ui_do_loud(struct ui_app *app, int argument)
{
    (void)argument;
    unsigned count = ui_quiet_drop_all(&app->at->quiet);
    if (count == 0)
        ui_app_say(app, UI_ROLE_message, "nothing is acknowledged or muted");
    else
        ui_app_say(app, UI_ROLE_message, "%u no longer acknowledged or muted", count);
    follow(app, app->at);
    return UI_REACT_DRAW;
}

unsigned ui_do_show_muted(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_quiet *quiet = &app->at->quiet;
    unsigned count = ui_quiet_count(quiet, UI_QUIET_MUTED);
    quiet->shows_muted = !quiet->shows_muted;
    if (count == 0)
        ui_app_say(app, UI_ROLE_message, "no row is muted; Q mutes one");
    else
        ui_app_say(app, UI_ROLE_message, "%u muted: %s", count, quiet->shows_muted ? "shown last" : "hidden");
    follow(app, app->at);
    return UI_REACT_DRAW;
}

/* --- by itself ------------------------------------------------------------------------------------------- */

static void tell_ended(struct ui_app *app, struct ui_cluster *cluster, const struct ui_quiet_ended *ended)
{
    if (ended->count == 0)
        return;
    if (!app->prompt.open)
        ui_app_say(app, UI_ROLE_message, "%s", ended->text);
    follow(app, cluster);
}

void ui_quiet_of_snapshot(struct ui_app *app, struct ui_cluster *cluster)
{
    struct ui_quiet_ended ended;
    ui_quiet_snapshot(&cluster->quiet, cluster->latest, &ended);
    tell_ended(app, cluster, &ended);
}

void ui_quiet_of_tick(struct ui_app *app, int64_t now_wall)
{
    struct ui_quiet_ended ended;
    for (unsigned i = 0; i < app->cluster_count; i++) {
        ui_quiet_tick(&app->clusters[i]->quiet, now_wall, &ended);
        tell_ended(app, app->clusters[i], &ended);
    }
}

size_t ui_app_describe(struct ui_app *app, struct ui_view *view, const struct ui_row *row, char *out, size_t room)
{
    struct ui_identity what;
    struct ui_context cx = ui_app_context(app, view);
    size_t length = 0;
    out[0] = '\0';
    const struct ui_quiet_entry *entry = NULL;
    if (ui_row_can_be_quiet(&view->panel->table, row, &what))
        entry = ui_quiet_find(&app->at->quiet, &what);
    if (entry)
        length = ui_quiet_say(entry, out, room);
    if (entry && length + 3 < room) {
        memcpy(out + length, ": ", 3);
        length += 2;
    }
    size_t why = ui_panel_of_row(view->panel, row)->describe(row, &cx, out + length, room - length);
    if (why == 0 && entry)
        out[length -= 2] = '\0';
    return length + why;
}
