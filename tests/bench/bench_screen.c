/* What a key costs: sorting and filtering all rows, and from a key to the finished canvas. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "assess.h"
#include "freeze.h"
#include "load.h"
#include "measure.h"
#include "panel.h"

#define RUNS    7
#define PRESSES 150
#define WIDTH   200
#define HEIGHT  50

static void update(const struct ui_panel *panel, struct ui_list *list, const struct ui_context *cx,
                   const char *what)
{
    static struct measure measure;
    char name[80];
    measure.count = 0;
    for (int i = 0; i < RUNS; i++) {
        measure_begin(&measure);
        ui_list_update(list, &panel->table, cx);
        measure_end(&measure);
    }
    snprintf(name, sizeof name, "list of %zu %s: %s", list->rows.count, panel->name, what);
    measure_tell_ms(name, &measure);
}

static void lists(const struct kt_snapshot *snap, const char *panel_name)
{
    static struct measure measure;
    const struct ui_panel *panel = ui_panels[ui_panel_find(panel_name)];
    struct ui_focus focus = {0};
    struct ui_context cx = {.snap = snap, .focus = &focus};
    struct ui_list list;
    struct kt_err err;
    char name[80];
    measure.count = 0;
    ui_list_init(&list, &panel->table);
    for (int i = 0; i < RUNS; i++) {
        ui_rows_clear(&list.rows);
        measure_begin(&measure);
        panel->rows(snap, &focus, &list.rows);
        measure_end(&measure);
    }
    snprintf(name, sizeof name, "list of %zu %s: rows", list.rows.count, panel_name);
    measure_tell_ms(name, &measure);
    update(panel, &list, &cx, "sort as at first");
    for (unsigned i = 0; i < panel->table.count; i++) {
        const struct ui_column *column = &panel->table.columns[i];
        char what[60];
        if (strcmp(column->id, "lag") != 0 && !column->words) {
            continue;
        }
        list.sort = i;
        list.ascending = column->ascending;
        snprintf(what, sizeof what, "sort by %s", column->id);
        update(panel, &list, &cx, what);
    }
    if (ui_list_set_filter(&list, "consumer-group-00 lag:>10", &err) != KT_OK) {
        fprintf(stderr, "bench_screen: %s\n", err.text);
        exit(1);
    }
    update(panel, &list, &cx, "filter and sort");
    ui_list_release(&list);
}

/* Presses keys in turn, drawing after each: median, and the 99th percentile. */
static void keys(struct ui_app *app, const struct kt_snapshot *snap, const uint32_t *pressed, size_t count,
                 const char *what)
{
    static struct measure measure;
    struct ui_canvas cv;
    char name[80];
    measure.count = 0;
    ui_canvas_init(&cv);
    ui_canvas_resize(&cv, WIDTH, HEIGHT);
    for (size_t i = 0; i < PRESSES; i++) {
        struct ui_input input = {.key = pressed[i % count]};
        measure_begin(&measure);
        ui_app_input(app, &input, snap->taken_mono);
        ui_app_draw(app, &cv, snap->taken_mono, snap->taken_ms);
        measure_end(&measure);
    }
    ui_canvas_release(&cv);
    measure_tell_ms(what, &measure);
    snprintf(name, sizeof name, "%s, 99th percentile", what);
    measure_tell(name, "ms", measure_quantile(&measure, 0.99) * 1e3);
}

/* What a new snapshot costs the screen: rows made, sorted, drawn. */
static void arrivals(struct ui_app *app, struct load *load, const char *what)
{
    static struct measure measure;
    struct ui_canvas cv;
    measure.count = 0;
    ui_canvas_init(&cv);
    ui_canvas_resize(&cv, WIDTH, HEIGHT);
    for (uint64_t i = 0; i < RUNS; i++) {
        const struct kt_snapshot *snap = kt_freeze(load->cluster.model, i + 2);
        measure_begin(&measure);
        ui_app_snapshot(app, snap);
        ui_app_draw(app, &cv, snap->taken_mono, snap->taken_ms);
        measure_end(&measure);
        kt_snapshot_unref(snap);
    }
    ui_canvas_release(&cv);
    measure_tell_ms(what, &measure);
}

int main(int argc, char **argv)
{
    const struct load_size *size = load_size_of(argc, argv);
    struct load load;
    load_open(&load, size, true);
    load_fill(&load);
    const struct kt_snapshot *snap = kt_freeze(load.cluster.model, 1);
    lists(snap, "groups");
    lists(snap, "partitions");

    struct ui_app *app = ui_app_new(&load.cluster.options, NULL);
    ui_app_snapshot(app, snap);
    keys(app, snap, (uint32_t[]){'j'}, 1, "key to canvas, groups: down");
    keys(app, snap, (uint32_t[]){'R'}, 1, "key to canvas, groups: sort the other way");
    arrivals(app, &load, "snapshot to canvas, groups");
    keys(app, snap, (uint32_t[]){'[', ']'}, 2, "key to canvas, groups: back in time and on again");
    ui_app_input(app, &(struct ui_input){.key = '3'}, snap->taken_mono);
    keys(app, snap, (uint32_t[]){'j', UI_KEY_PAGE_DOWN}, 2, "key to canvas, partitions: down");
    keys(app, snap, (uint32_t[]){'R'}, 1, "key to canvas, partitions: sort the other way");
    arrivals(app, &load, "snapshot to canvas, partitions");
    keys(app, snap, (uint32_t[]){'[', ']'}, 2, "key to canvas, partitions: back in time and on again");
    ui_app_free(app);
    kt_snapshot_unref(snap);
    load_close(&load);
    return 0;
}
