#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_do.h"
#include "app_state.h"
#include "ticket.h"

#define DEFAULT_DELAY_MS 2000
#define CYCLE_REST_MS 30000 /* after a key: somebody reads */
#define NOTICE_MS 30000
#define SAID_AT_START INT64_MAX

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
        ui_prefs_init_view(&app->prefs, &cluster->roots[i]);
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
    app->mouse = options->mouse;
    app->program_dir = kt_strdup(program_dir);
    app->choices = kt_alloc(ui_panel_count, sizeof *app->choices);
    ui_app_add(app, options);
    app->at = app->clusters[0];
    app->overlay.cursor = -1;
    app->drawn = (struct ui_drawn){.width = 80, .height = 24, .body_width = 80, .titles_y = -1, .body_height = 1};
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
    kt_snapshot_unref(cluster->base);
    kt_snapshot_unref(cluster->shown);
    kt_snapshot_unref(cluster->latest);
    free(cluster);
}

void ui_app_free(struct ui_app *app)
{
    if (!app)
        return;
    if (app->overlay.left)
        app->overlay.left(app); /* what its menu holds */
    ui_overlay_close(app);
    for (unsigned i = 0; i < app->cluster_count; i++)
        free_cluster(app->clusters[i]);
    free(app->clusters);
    ui_identity_release(&app->wish);
    ui_identity_release(&app->mute_wish);
    ui_prefs_release(&app->loaded);
    ui_prefs_release(&app->prefs);
    free(app->choices);
    free(app->program_dir);
    free(app->copy_text);
    ui_ticket_free(app->ticket);
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

/* --- what was saved, and is to be ------------------------------------------------------------------------ */

void ui_app_set_up(struct ui_app *app, const struct ui_prefs *prefs, const char *notice)
{
    ui_prefs_copy(&app->loaded, prefs);
    ui_prefs_copy(&app->prefs, prefs);
    for (unsigned i = 0; i < ui_setting_count; i++)
        if (!ui_settings[i].option)
            ui_setting_start(app, ui_settings[i].name);
    for (unsigned i = 0; i < ui_panel_count; i++)
        ui_prefs_init_columns(app, i);
    for (unsigned i = 0; i < app->cluster_count; i++)
        for (unsigned tab = 0; tab < ui_panel_tabs(); tab++)
            ui_prefs_init_view(&app->prefs, &app->clusters[i]->roots[tab]);
    app->message[0] = '\0';
    if (notice) {
        ui_app_say(app, UI_ROLE_alarm, "%s", notice);
        app->message_until = SAID_AT_START;
    }
}

char *ui_app_setup_text(const struct ui_app *app)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        kt_fatal("no memory");
    ui_prefs_write(&app->prefs, out);
    if (fclose(out) != 0)
        kt_fatal("no memory");
    return text;
}

unsigned ui_app_saved(struct ui_app *app, const char *path, const char *failure)
{
    if (failure)
        ui_app_say(app, UI_ROLE_alarm, "not saved: %s", failure);
    else
        ui_app_say(app, UI_ROLE_message, "saved to %s", path);
    return UI_REACT_DRAW;
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

/* A wall display stands still while somebody is at it. */
static bool is_time_to_turn(const struct ui_app *app)
{
    bool busy = app->prompt.open || app->overlay.open || ui_cluster_stands(app, app->at);
    bool touched = app->touched_at != 0 && app->now_mono - app->touched_at < CYCLE_REST_MS;
    return app->options->cycle_ms > 0 && !busy && !touched &&
           app->now_mono - app->turned_at >= app->options->cycle_ms;
}

unsigned ui_app_tick(struct ui_app *app, int64_t now_mono, int64_t now_wall)
{
    app->now_mono = now_mono;
    app->wall_ahead_ms = now_wall - now_mono;
    ui_quiet_of_tick(app, now_wall);
    if (app->message[0] && now_mono >= app->message_until && !app->prompt.open)
        app->message[0] = '\0';
    if (app->message_until == SAID_AT_START)
        app->message_until = now_mono + NOTICE_MS;
    if (app->turned_at == 0)
        app->turned_at = now_mono;
    if (is_time_to_turn(app)) {
        app->turned_at = now_mono;
        turn(app);
    }
    return UI_REACT_DRAW;
}

unsigned ui_app_run_key(struct ui_app *app, uint32_t key)
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
    app->touched_at = app->turned_at = now_mono;
    if (!steps_in_time(app, input->key))
        ui_app_sync(app);
    if (input->key == UI_KEY_MOUSE)
        return ui_app_mouse_input(app, input);
    app->clicked = false;
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
    return ui_app_run_key(app, input->key);
}
