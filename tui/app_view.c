/* Views: the tabs, the way down into rows and back up, and rows in step with the snapshot shown. */
#include <stdlib.h>

#include "app_state.h"
#include "error.h"

struct ui_view *ui_app_view(struct ui_app *app)
{
    return app->at->depth > 0 ? app->at->stack[app->at->depth - 1] : &app->at->roots[app->at->tab];
}

struct ui_context ui_app_context(const struct ui_app *app, struct ui_view *view)
{
    return (struct ui_context){.snap = app->at->shown,
                               .quiet = &app->at->quiet,
                               .focus = &view->focus,
                               .base = view->base.snap ? &view->base : NULL,
                               .past = app->at->back,
                               .choice = &app->choices[ui_panel_find(view->panel->name)],
                               .exact = app->exact,
                               .lag_as_time = app->lag_as_time,
                               .ascii = app->ascii,
                               .window = app->window};
}

void ui_view_release(struct ui_view *view)
{
    ui_list_release(&view->list);
    ui_focus_release(&view->focus);
    ui_base_release(&view->base);
}

static void sync_base(struct ui_app *app, struct ui_view *view)
{
    const struct kt_snapshot *snap = app->at->base;
    if (!snap || view->base.snap)
        return;
    ui_base_init(&view->base, snap, &view->panel->table);
    view->panel->rows(snap, &view->focus, &view->base.levels[0].rows);
}

static void sync_view(struct ui_app *app, struct ui_view *view)
{
    if (view->built || !app->at->shown)
        return;
    sync_base(app, view);
    struct ui_context cx = ui_app_context(app, view);
    ui_list_forget_rows(&view->list);
    view->panel->rows(app->at->shown, &view->focus, &view->list.rows);
    ui_list_update(&view->list, &view->panel->table, &cx);
    view->built = true;
}

void ui_app_sync(struct ui_app *app)
{
    sync_view(app, ui_app_view(app));
}

void ui_app_reorder(struct ui_app *app)
{
    struct ui_view *view = ui_app_view(app);
    if (!view->built) {
        sync_view(app, view);
        return;
    }
    struct ui_context cx = ui_app_context(app, view);
    ui_list_update(&view->list, &view->panel->table, &cx);
}

static void forget(struct ui_view *view)
{
    ui_list_forget_rows(&view->list);
    view->built = false;
}

void ui_cluster_forget_rows(struct ui_cluster *cluster)
{
    for (unsigned i = 0; i < ui_panel_tabs(); i++)
        forget(&cluster->roots[i]);
    for (unsigned i = 0; i < cluster->depth; i++)
        forget(cluster->stack[i]);
    forget(&cluster->detail);
}

void ui_cluster_forget_base(struct ui_cluster *cluster)
{
    ui_cluster_forget_rows(cluster);
    for (unsigned i = 0; i < ui_panel_tabs(); i++)
        ui_base_release(&cluster->roots[i].base);
    for (unsigned i = 0; i < cluster->depth; i++)
        ui_base_release(&cluster->stack[i]->base);
    ui_base_release(&cluster->detail.base);
}

static void pop(struct ui_cluster *cluster)
{
    struct ui_view *view = cluster->stack[--cluster->depth];
    ui_view_release(view);
    free(view);
}

void ui_cluster_leave(struct ui_cluster *cluster)
{
    while (cluster->depth > 0)
        pop(cluster);
}

void ui_app_go(struct ui_app *app, unsigned tab)
{
    ui_cluster_leave(app->at);
    if (tab < ui_panel_tabs())
        app->at->tab = tab;
    ui_app_sync(app);
}

bool ui_app_up(struct ui_app *app)
{
    if (app->at->depth == 0)
        return false;
    pop(app->at);
    ui_app_sync(app);
    return true;
}

bool ui_app_enter(struct ui_app *app)
{
    ui_app_sync(app);
    struct ui_view *from = ui_app_view(app);
    const struct ui_row *row = ui_list_current(&from->list);
    struct ui_context cx = ui_app_context(app, from);
    struct ui_focus to = {0};
    const char *name = row ? ui_panel_of_row(from->panel, row)->enter(row, &cx, &to) : NULL;
    unsigned panel = name ? ui_panel_find(name) : ui_panel_count;
    if (panel == ui_panel_count || app->at->depth == UI_STACK_MAX)
        return false;
    if (ui_panels[panel] == from->panel && ui_focus_is_same(&to, &from->focus))
        return false;
    struct ui_view *view = kt_alloc(1, sizeof *view);
    view->panel = ui_panels[panel];
    ui_focus_copy(&view->focus, &to);
    ui_list_init(&view->list, &view->panel->table);
    ui_prefs_init_view(&app->prefs, view);
    app->at->stack[app->at->depth++] = view;
    ui_app_sync(app);
    return true;
}

/* Where Enter would lead is what stands beside the rows. */
void ui_app_detail(struct ui_app *app)
{
    struct ui_view *view = ui_app_view(app), *detail = &app->at->detail;
    const struct ui_row *row = ui_list_current(&view->list);
    struct ui_context cx = ui_app_context(app, view);
    struct ui_focus to = {0};
    const char *name = row ? ui_panel_of_row(view->panel, row)->enter(row, &cx, &to) : NULL;
    const struct ui_panel *panel = name ? ui_panels[ui_panel_find(name)] : NULL;
    app->at->has_detail = panel != NULL;
    if (panel && panel != detail->panel) {
        ui_view_release(detail);
        *detail = (struct ui_view){.panel = panel};
        ui_list_init(&detail->list, &panel->table);
    }
    if (panel && !ui_focus_is_same(&to, &detail->focus)) {
        forget(detail);
        ui_base_release(&detail->base);
        ui_focus_copy(&detail->focus, &to);
        detail->list.cursor = detail->list.top = 0;
    }
    if (panel)
        sync_view(app, detail);
}
