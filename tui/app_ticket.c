/* Actions: handing over what is on the screen. */
#include <string.h>

#include "app_do.h"
#include "app_state.h"
#include "text.h"
#include "ticket.h"

#define READ_MS 60000 /* a path is copied by hand */

unsigned ui_do_ticket(struct ui_app *app, int anonymous)
{
    const struct ui_cluster *cluster = app->at;
    struct ui_view *view = ui_app_view(app);
    struct ui_context cx = ui_app_context(app, view);
    if (!cluster->shown) {
        ui_app_say(app, UI_ROLE_message, "there is nothing to write yet");
        return UI_REACT_DRAW;
    }
    struct ui_meter_context meter = {
        .snap = cluster->shown, .now_mono = app->now_mono, .delay_ms = cluster->delay_ms};
    ui_ticket_free(app->ticket);
    app->ticket = ui_ticket_new(cluster->shown, view->panel, &view->focus, &cx, &view->list);
    app->ticket->anonymous = anonymous || app->options->anonymize;
    app->ticket->paused = app->paused || cluster->shown != cluster->latest;
    app->ticket->made_ms = app->now_mono + app->wall_ahead_ms;
    app->ticket->age_ms = ui_meter_age(&meter);
    meter.paused = app->paused; /* what somebody holds is old, and that alone makes it no stale picture */
    meter.back = cluster->back;
    app->ticket->stale = ui_meter_stale(&meter);
    ui_app_say(app, UI_ROLE_message, "writing a ticket ...");
    return UI_REACT_DRAW | UI_REACT_TICKET;
}

struct ui_ticket *ui_app_take_ticket(struct ui_app *app)
{
    struct ui_ticket *ticket = app->ticket;
    app->ticket = NULL;
    return ticket;
}

unsigned ui_app_ticket_done(struct ui_app *app, bool written, const char *text)
{
    bool fits = ui_text_width(text, strlen(text), app->ascii) <= app->drawn.width && strlen(text) < sizeof app->message;
    if (!fits && !app->prompt.open && !app->overlay.open) {
        ui_overlay_open(app, written ? "TICKET: any key closes" : "NO TICKET: any key closes");
        ui_lines_add(&app->overlay.lines, "%s", text);
        app->message[0] = '\0';
        return UI_REACT_DRAW;
    }
    ui_app_say(app, written ? UI_ROLE_message : UI_ROLE_alarm, "%s", text);
    app->message_until = app->now_mono + READ_MS;
    return UI_REACT_DRAW;
}
