/* What is kept, which of it is shown, when the screen changes, and how often. */
#include <stdlib.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"
#include "error.h"
#include "number.h"

void ui_app_keep(struct ui_app *app, struct ui_cluster *cluster)
{
    ui_shelf_add(&cluster->shelf, cluster->latest);
    struct ui_shelf **shelves = kt_alloc(app->cluster_count, sizeof *shelves);
    for (unsigned i = 0; i < app->cluster_count; i++)
        shelves[i] = &app->clusters[i]->shelf;
    ui_shelf_fit(shelves, app->cluster_count, UI_SHELF_BUDGET);
    free(shelves);
}

bool ui_cluster_stands(const struct ui_app *app, const struct ui_cluster *cluster)
{
    return app->paused || cluster->back;
}

/* The cluster in sight, and with it all that were paused; another one that looks back goes on doing so. */
static void go_live(struct ui_app *app)
{
    app->at->back = app->paused = false;
    for (unsigned i = 0; i < app->cluster_count; i++)
        if (app->clusters[i]->latest && !app->clusters[i]->back)
            ui_cluster_show(app->clusters[i], app->clusters[i]->latest);
}

unsigned ui_do_toggle_pause(struct ui_app *app, int argument)
{
    (void)argument;
    if (ui_cluster_stands(app, app->at)) {
        go_live(app);
    } else {
        app->paused = true;
        app->paused_at = app->now_mono;
    }
    return UI_REACT_DRAW;
}

static void step_back(struct ui_app *app)
{
    struct ui_cluster *cluster = app->at;
    const struct kt_snapshot *older = cluster->shown ? ui_shelf_older(&cluster->shelf, cluster->shown) : NULL;
    if (older) {
        cluster->back = true;
        ui_cluster_show(cluster, older);
    } else {
        ui_app_say(app, UI_ROLE_message, cluster->back ? "nothing older is kept" : "nothing older is kept yet");
    }
}

/* The newest one is not the past: there the screen goes on. */
static void step_forward(struct ui_app *app)
{
    struct ui_cluster *cluster = app->at;
    bool stood = ui_cluster_stands(app, cluster);
    const struct kt_snapshot *newer = stood && cluster->shown ? ui_shelf_newer(&cluster->shelf, cluster->shown) : NULL;
    if (!stood)
        ui_app_say(app, UI_ROLE_message, "this is the newest; [ goes back in time");
    else if (!newer || newer == cluster->latest)
        go_live(app);
    else {
        cluster->back = true;
        ui_cluster_show(cluster, newer);
    }
}

unsigned ui_do_step_in_time(struct ui_app *app, int by)
{
    if (by < 0)
        step_back(app);
    else
        step_forward(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_baseline(struct ui_app *app, int argument)
{
    (void)argument;
    struct ui_cluster *cluster = app->at;
    const struct kt_snapshot *old = cluster->base;
    bool marks = !old && cluster->shown && cluster->shown->collected;
    ui_cluster_forget_base(cluster);
    cluster->base = marks ? kt_snapshot_ref(cluster->shown) : NULL;
    kt_snapshot_unref(old);
    if (marks) {
        char clock[16];
        ui_number_clock(true, cluster->base->taken_ms, clock, sizeof clock);
        ui_app_say(app, UI_ROLE_message, "baseline %sZ: columns with %s show the change since; b again ends it", clock,
                   app->ascii ? "d" : "\xce\x94");
    } else {
        ui_app_say(app, UI_ROLE_message, "%s",
                   old ? "the baseline is forgotten" : "nothing was collected yet that could be a baseline");
    }
    ui_app_sync(app);
    return UI_REACT_DRAW;
}

unsigned ui_do_refresh(struct ui_app *app, int argument)
{
    (void)argument;
    ui_app_say(app, UI_ROLE_message, "collecting%s",
               app->at->back ? "; the screen stays where it is, p or ] shows the newest"
               : app->paused ? "; the screen is paused"
                             : "");
    return UI_REACT_DRAW | UI_REACT_REFRESH;
}

unsigned ui_do_next_window(struct ui_app *app, int argument)
{
    (void)argument;
    app->window = (app->window + 1) % KT_TREND_WINDOWS;
    ui_setting_note(app, "window");
    ui_app_say(app, UI_ROLE_message, "trends of the last %s", kt_trend_name(app->window));
    return UI_REACT_DRAW;
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
