#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"

#define DEFAULT_DELAY_MS 2000
#define WHEEL_ROWS 3

/* --- life ------------------------------------------------------------------------------------------------ */

static void load_theme(struct ui_app *app, const char *program_dir)
{
    struct kt_err err;
    ui_theme_builtin(&app->theme);
    ui_theme_mono(&app->mono_theme);
    if (!app->options->theme)
        return;
    if (ui_theme_find(&app->theme, app->options->theme, program_dir, &err) != KT_OK) {
        ui_theme_builtin(&app->theme);
        ui_app_failure(app, err.text);
    }
}

void ui_app_add(struct ui_app *app, const struct kt_options *options)
{
    struct ui_cluster *cluster = kt_alloc(1, sizeof *cluster);
    cluster->options = options;
    cluster->delay_ms = options->settings.delay_ms > 0 ? options->settings.delay_ms : DEFAULT_DELAY_MS;
    for (unsigned i = 0; i < ui_panel_tabs(); i++) {
        cluster->roots[i].panel = ui_panels[i];
        ui_list_init(&cluster->roots[i].list, &ui_panels[i]->table);
    }
    cluster->detail.panel = ui_panels[ui_panel_find("partitions")];
    ui_list_init(&cluster->detail.list, &cluster->detail.panel->table);
    app->clusters = kt_resize(app->clusters, app->cluster_count + 1, sizeof *app->clusters);
    app->clusters[app->cluster_count++] = cluster;
}

struct ui_app *ui_app_new(const struct kt_options *options, const char *program_dir)
{
    struct ui_app *app = kt_alloc(1, sizeof *app);
    app->options = options;
    if (!ui_actions_bind(&app->keys))
        kt_fatal("two actions want the same key");
    load_theme(app, program_dir);
    app->mono = options->no_color;
    ui_app_add(app, options);
    app->at = app->clusters[0];
    app->overlay.cursor = -1;
    app->drawn = (struct ui_drawn){.width = 80, .height = 24, .titles_y = -1, .body_height = 1};
    return app;
}

static void free_cluster(struct ui_cluster *cluster)
{
    ui_cluster_leave(cluster);
    for (unsigned i = 0; i < ui_panel_tabs(); i++)
        ui_view_release(&cluster->roots[i]);
    ui_view_release(&cluster->detail);
    ui_quiet_drop_all(&cluster->quiet);
    ui_shelf_release(&cluster->shelf);
    kt_snapshot_unref(cluster->shown);
    kt_snapshot_unref(cluster->latest);
    free(cluster);
}

void ui_app_free(struct ui_app *app)
{
    if (!app)
        return;
    ui_overlay_close(app);
    for (unsigned i = 0; i < app->cluster_count; i++)
        free_cluster(app->clusters[i]);
    free(app->clusters);
    ui_identity_release(&app->wish);
    ui_identity_release(&app->mute_wish);
    free(app->copy_text);
    free(app);
}

/* --- what others ask ------------------------------------------------------------------------------------- */

unsigned ui_app_at(const struct ui_app *app)
{
    unsigned number = 0;
    while (app->clusters[number] != app->at)
        number++;
    return number;
}

int64_t ui_app_delay_ms(const struct ui_app *app)
{
    return app->at->delay_ms;
}

const struct ui_theme *ui_app_theme(const struct ui_app *app)
{
    return app->mono ? &app->mono_theme : &app->theme;
}

bool ui_app_mouse(const struct ui_app *app)
{
    return app->mouse;
}

const struct ui_identity *ui_app_exact(const struct ui_app *app)
{
    return &app->wish;
}

const char *ui_app_copy_text(const struct ui_app *app)
{
    return app->copy_text ? app->copy_text : "";
}

/* --- what comes in --------------------------------------------------------------------------------------- */

void ui_app_say(struct ui_app *app, enum ui_role role, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(app->message, sizeof app->message, fmt, args);
    va_end(args);
    app->message_role = role;
    app->message_until = app->now_mono + UI_MESSAGE_MS;
}

unsigned ui_app_failure(struct ui_app *app, const char *text)
{
    snprintf(app->failure, sizeof app->failure, "%s", text ? text : "");
    return UI_REACT_DRAW;
}

unsigned ui_app_cluster_failure(struct ui_app *app, unsigned cluster, const char *text)
{
    struct ui_cluster *failed = app->clusters[cluster];
    snprintf(failed->failure, sizeof failed->failure, "%s", text ? text : "");
    return UI_REACT_DRAW;
}

void ui_cluster_show(struct ui_cluster *cluster, const struct kt_snapshot *snap)
{
    const struct kt_snapshot *old = cluster->shown;
    ui_cluster_forget_rows(cluster);
    cluster->shown = cluster->shelf.held = kt_snapshot_ref(snap);
    ui_tally_make(&cluster->tally, snap);
    ui_tally_hush(&cluster->tally, snap, &cluster->quiet);
    kt_snapshot_unref(old);
}

unsigned ui_app_cluster_snapshot(struct ui_app *app, unsigned cluster, const struct kt_snapshot *snap)
{
    struct ui_cluster *told = app->clusters[cluster];
    const struct kt_snapshot *old = told->latest;
    told->latest = kt_snapshot_ref(snap);
    kt_snapshot_unref(old);
    ui_quiet_of_snapshot(app, told);
    ui_app_keep(app, told);
    if (told->shown && ui_cluster_stands(app, told))
        return 0;
    ui_cluster_show(told, snap);
    return UI_REACT_DRAW;
}

unsigned ui_app_snapshot(struct ui_app *app, const struct kt_snapshot *snap)
{
    return ui_app_cluster_snapshot(app, 0, snap);
}

/* The next panel, and after the last one the next cluster. */
static void turn(struct ui_app *app)
{
    unsigned tab = (app->at->tab + 1) % ui_panel_tabs();
    if (tab == 0)
        app->at = app->clusters[(ui_app_at(app) + 1) % app->cluster_count];
    ui_app_go(app, tab);
}

unsigned ui_app_tick(struct ui_app *app, int64_t now_mono, int64_t now_wall)
{
    app->now_mono = now_mono;
    app->wall_ahead_ms = now_wall - now_mono;
    ui_quiet_of_tick(app, now_wall);
    if (app->message[0] && now_mono >= app->message_until && !app->prompt.open)
        app->message[0] = '\0';
    bool busy = app->prompt.open || app->overlay.open || ui_cluster_stands(app, app->at);
    if (app->options->cycle_ms > 0 && !busy && now_mono - app->touched_at >= app->options->cycle_ms) {
        app->touched_at = now_mono;
        turn(app);
    }
    return UI_REACT_DRAW;
}

/* The column whose title stands at x, or -1. */
static int column_at(struct ui_app *app, struct ui_view *view, int x)
{
    struct ui_columns layout;
    struct ui_context cx = ui_app_context(app, view);
    ui_columns_layout(&layout, &view->panel->table, &cx, app->drawn.width, view->list.skip);
    for (unsigned i = 0; i < layout.count; i++)
        if (x >= layout.placed[i].x && x < layout.placed[i].x + layout.placed[i].width)
            return layout.placed[i].column;
    return -1;
}

static unsigned click(struct ui_app *app, const struct ui_input *input)
{
    struct ui_view *view = ui_app_view(app);
    if (input->y == app->drawn.titles_y) {
        int column = column_at(app, view, input->x);
        const struct ui_column *columns = view->panel->table.columns;
        if (column < 0 || (!columns[column].rank && !columns[column].words))
            return 0;
        ui_list_sort(&view->list, &view->panel->table, (unsigned)column);
        ui_app_reorder(app);
        return UI_REACT_DRAW;
    }
    int line = input->y - app->drawn.body_y;
    if (line < 0 || line >= app->drawn.body_height || view->list.top + (size_t)line >= view->list.shown_count)
        return 0;
    ui_list_move_to(&view->list, &view->panel->table, view->list.top + (size_t)line);
    return UI_REACT_DRAW;
}

static unsigned mouse_input(struct ui_app *app, const struct ui_input *input)
{
    struct ui_view *view = ui_app_view(app);
    if (!app->mouse || app->prompt.open || app->overlay.open)
        return 0;
    switch (input->button) {
    case 1:
        return click(app, input);
    case 4:
        ui_list_move(&view->list, &view->panel->table, -WHEEL_ROWS);
        return UI_REACT_DRAW | UI_REACT_MOVED;
    case 5:
        ui_list_move(&view->list, &view->panel->table, WHEEL_ROWS);
        return UI_REACT_DRAW | UI_REACT_MOVED;
    default:
        return 0;
    }
}

static unsigned run_action(struct ui_app *app, uint32_t key)
{
    int number = ui_keymap_find(&app->keys, key);
    if (number < 0) {
        ui_app_say(app, UI_ROLE_message, "no such key, ? help");
        return UI_REACT_DRAW;
    }
    const struct ui_action *action = &ui_actions[number];
    if (action->off_when_secure && app->options->secure) {
        ui_app_say(app, UI_ROLE_message, "off under --secure");
        return UI_REACT_DRAW;
    }
    return action->run(app, action->argument);
}

/* Held down, these keys pass over many snapshots: rows are made of the one alone that is drawn in the end. */
static bool steps_in_time(const struct ui_app *app, uint32_t key)
{
    int number = app->prompt.open || app->overlay.open ? -1 : ui_keymap_find(&app->keys, key);
    return number >= 0 && ui_actions[number].run == ui_do_step_in_time;
}

unsigned ui_app_input(struct ui_app *app, const struct ui_input *input, int64_t now_mono)
{
    app->now_mono = now_mono;
    if (input->key == UI_KEY_NONE)
        return 0;
    if (input->key == UI_KEY_RESIZE)
        return UI_REACT_DRAW;
    if (input->key == UI_KEY_HANGUP || input->key == UI_CTRL('C'))
        return UI_REACT_QUIT;
    app->touched_at = now_mono;
    if (!steps_in_time(app, input->key))
        ui_app_sync(app);
    if (input->key == UI_KEY_MOUSE)
        return mouse_input(app, input);
    bool stays = input->key == UI_CTRL('L') || input->key == UI_CTRL('Z'); /* meant for the terminal, wherever one is */
    if (app->prompt.open && !stays)
        return ui_app_prompt_input(app, input);
    if (!app->prompt.open)
        app->message[0] = '\0';
    if (input->key == UI_KEY_PASTE) {
        ui_app_say(app, UI_ROLE_message, "a paste is taken in a prompt only: / or f opens one");
        return UI_REACT_DRAW;
    }
    if (app->overlay.open && !stays)
        return ui_overlay_key(app, input->key);
    return run_action(app, input->key);
}
