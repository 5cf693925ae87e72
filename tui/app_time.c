/* Actions: when the screen changes, and how often. */
#include <stdlib.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"

unsigned ui_do_toggle_pause(struct ui_app *app, int argument)
{
    (void)argument;
    app->paused = !app->paused;
    app->paused_at = app->now_mono;
    for (unsigned i = 0; i < app->cluster_count && !app->paused; i++)
        if (app->clusters[i]->latest)
            ui_cluster_show(app->clusters[i], app->clusters[i]->latest);
    return UI_REACT_DRAW;
}

unsigned ui_do_refresh(struct ui_app *app, int argument)
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

unsigned ui_do_step_delay(struct ui_app *app, int sign)
{
    static const int64_t steps[] = {100,   250,   500,   1000,   2000,   3000,   5000,    10000,
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

unsigned ui_do_ask_delay(struct ui_app *app, int argument)
{
    (void)argument;
    return ui_app_ask(app, "seconds between refreshes: ", "", accept_delay);
}
