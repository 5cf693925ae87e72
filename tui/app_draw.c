/* The whole screen, from the state alone. What is left out on small screens is decided in place(). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_draw.h"
#include "clusters.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"

#define ROWS_BESIDE 3    /* at least so many rows ... */
#define OVERLAY_BESIDE 5 /* ... beside a menu of at least so many lines */

int ui_clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* Of the cluster that is shown, else of the program; "" when nothing failed. */
const char *ui_failure_of(const struct ui_app *app)
{
    return app->at->failure[0] ? app->at->failure : app->failure;
}

/* From this width on the detail stands beside the rows; on narrower large screens below them. */
#define BESIDE_WIDTH  160
#define BESIDE_HEIGHT 20

/* The lines below the rows, from the bottom up. */
static int place_below(struct ui_places *at, const struct ui_app *app, int width, int height, bool detail)
{
    int bottom = height;
    if (height >= 3)
        at->footer = --bottom;
    if (height >= 6 && ui_failure_of(app)[0])
        at->failure = --bottom;
    bool large = width >= 120 && height >= 36;
    bool beside = width >= BESIDE_WIDTH && height >= BESIDE_HEIGHT;
    bool cause = !beside && height >= 24 && app->at->shown && app->at->shown->cause_count > 0;
    at->strip_height = large ? ui_clamp(height / 7, 5, 12) : height >= 20 ? (cause ? 5 : 3) : height >= 14 ? 1 : 0;
    at->strip_y = bottom -= at->strip_height;
    at->detail_width = width;
    at->detail_height = large && detail && !beside ? ui_clamp(height / 3, 8, 16) : 0;
    at->detail_y = bottom -= at->detail_height;
    return bottom;
}

/* Beside the rows, from the titles to the strip. */
static void place_beside(struct ui_places *at, int width, int height)
{
    if (width < BESIDE_WIDTH || height < BESIDE_HEIGHT)
        return;
    at->detail_x = width * 9 / 16;
    at->body_width = at->detail_x - 1;
    at->detail_width = width - at->detail_x;
    at->detail_y = at->titles;
    at->detail_height = at->body_y + at->body_height - at->titles;
}

/* What goes first as the screen gets lower: totals, tabs, titles, identity, footer. The counts and a row stay. */
static struct ui_places place(const struct ui_app *app, int width, int height, bool detail)
{
    struct ui_places at = {.clusters = -1, .identity = -1, .totals = -1, .tabs = -1, .titles = -1, .failure = -1,
                           .footer = -1, .body_width = width};
    int y = 0;
    int bottom = place_below(&at, app, width, height, detail);
    bool several = app->cluster_count > 1;
    if (several && height >= 4)
        at.clusters = y++;
    if (height >= (several ? 5 : 4))
        at.identity = y++;
    at.counts = y++;
    if (height >= 10)
        at.totals = y++;
    if (height >= 8)
        at.tabs = y++;
    if (height >= 6)
        at.titles = y++;
    at.body_y = y;
    at.body_height = bottom > y ? bottom - y : 0;
    if (detail)
        place_beside(&at, width, height);
    return at;
}

size_t ui_wrap(const char *text, size_t length, int cells, bool ascii)
{
    size_t at = 0, blank = 0;
    int used = 0;
    while (at < length) {
        size_t next = at;
        struct ui_glyph glyph = ui_text_next(text, length, &next, ascii);
        if (used + glyph.width > cells && at > 0)
            return blank > 0 ? blank : at;
        used += glyph.width;
        at = next;
        if (text[at - 1] == ' ' && at > 1 && text[at - 2] != ' ')
            blank = at;
    }
    return length;
}

/* A mark behind the last whole word, so that no number is cut. */
static void draw_cut(struct ui_canvas *cv, int x, int y, int width, enum ui_role role, const char *text, size_t left)
{
    size_t bytes = ui_wrap(text, left, width > 2 ? width - 2 : width, cv->ascii);
    int used = ui_canvas_text(cv, x, y, width, role, text, bytes);
    if (used + 1 < width)
        ui_draw_string(cv, x + used + (bytes > 0 && text[bytes - 1] != ' '), y, role, cv->ascii ? "~" : "\xe2\x80\xa6");
}

/* Draws a text over several lines; returns how many it took, at most `height`. */
int ui_draw_wrapped(struct ui_canvas *cv, int x, int y, int width, int height, enum ui_role role, const char *text)
{
    size_t left = strlen(text);
    int lines = 0;
    while (left > 0 && lines < height && width > 0) {
        size_t bytes = ui_wrap(text, left, width, cv->ascii);
        if (lines + 1 == height && bytes < left) {
            draw_cut(cv, x, y + lines, width, role, text, left);
            return height;
        }
        ui_canvas_text(cv, x, y + lines, width, role, text, bytes);
        text += bytes;
        left -= bytes;
        lines++;
    }
    return lines;
}

int ui_draw_string(struct ui_canvas *cv, int x, int y, enum ui_role role, const char *text)
{
    return x < cv->width ? ui_canvas_text(cv, x, y, cv->width - x, role, text, strlen(text)) : 0;
}

/* A line of dashes with a title in it, `width` cells from x on. */
void ui_draw_rule(struct ui_canvas *cv, int x, int y, int width, enum ui_role role, const char *title)
{
    ui_canvas_fill(cv, x, y, width, 1, UI_ROLE_rule, '-');
    if (width < 8 || !*title)
        return;
    char fitted[1200];
    int cells = ui_text_fit(title, strlen(title), width - 6, UI_CUT_END, cv->ascii, fitted, sizeof fitted);
    ui_canvas_fill(cv, x + 2, y, cells + 2, 1, UI_ROLE_rule, ' ');
    ui_canvas_text(cv, x + 3, y, cells, role, fitted, strlen(fitted));
}

void ui_draw_absent_text(const struct ui_app *app, const struct ui_view *view, char *out, size_t room)
{
    char name[256], clock[16];
    const struct ui_identity *row = &view->list.selected;
    struct kt_text text = row->first.bytes ? row->first : row->second;
    out[0] = '\0';
    if (!app->at->back || !view->list.gone)
        return;
    ui_text_fit(text.bytes, text.bytes ? text.length : 0, 40, UI_CUT_MIDDLE, app->ascii, name, sizeof name);
    ui_number_clock(true, app->at->shown->taken_ms, clock, sizeof clock);
    snprintf(out, room, "%s%snot there as of %s", name, *name ? " was " : "the row was ", clock);
}

/* --- all of it ------------------------------------------------------------------------------------------- */

static struct ui_meter_context meter_context(const struct ui_app *app, const struct ui_cluster *cluster, int width,
                                             int64_t now_mono, int64_t now_wall)
{
    struct ui_meter_context newest = {
        .snap = cluster->latest, .now_mono = now_mono, .delay_ms = cluster->delay_ms};
    return (struct ui_meter_context){.snap = cluster->shown,
                                     .options = cluster->options,
                                     .tally = &cluster->tally,
                                     .now_mono = now_mono,
                                     .now_wall = now_wall,
                                     .delay_ms = cluster->delay_ms,
                                     .paused = app->paused,
                                     .paused_ms = now_mono - app->paused_at,
                                     .back = cluster->back,
                                     .place = cluster->back ? ui_shelf_place(&cluster->shelf, cluster->shown) + 1 : 0,
                                     .places = cluster->shelf.count,
                                     .base = cluster->base,
                                     .lost = ui_meter_stale(&newest),
                                     .exact = app->exact,
                                     .ascii = app->ascii,
                                     .window = app->window,
                                     .width = width};
}

static void draw_clusters(const struct ui_app *app, struct ui_canvas *cv, int y, int64_t now_mono, int64_t now_wall)
{
    struct ui_cluster_word *words = kt_alloc(app->cluster_count, sizeof *words);
    for (unsigned i = 0; i < app->cluster_count; i++) {
        const struct ui_cluster *cluster = app->clusters[i];
        words[i] = (struct ui_cluster_word){.meter = meter_context(app, cluster, cv->width, now_mono, now_wall),
                                            .failed = cluster->failure[0],
                                            .current = cluster == app->at};
    }
    ui_clusters_draw(cv, words, app->cluster_count, y);
    free(words);
}

static void draw_header(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at, int64_t now_mono,
                        int64_t now_wall)
{
    struct ui_meter_context cx = meter_context(app, app->at, cv->width, now_mono, now_wall);
    if (at->clusters >= 0)
        draw_clusters(app, cv, at->clusters, now_mono, now_wall);
    if (at->identity >= 0)
        ui_meter_draw(cv, UI_METER_IDENTITY, &cx, at->identity);
    ui_meter_draw(cv, UI_METER_COUNTS, &cx, at->counts);
    if (at->totals >= 0)
        ui_meter_draw(cv, UI_METER_TOTALS, &cx, at->totals);
}

static bool has_detail(struct ui_app *app)
{
    return app->at->shown && app->at->shown->collected;
}

void ui_spot_add(struct ui_app *app, int x, int y, int width, uint32_t key)
{
    if (app->drawn.spot_count < UI_SPOTS_MOST && width > 0)
        app->drawn.spots[app->drawn.spot_count++] = (struct ui_spot){x, y, width, key};
}

static void draw_rows(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at)
{
    if (at->tabs >= 0)
        ui_draw_tabs(app, cv, at->tabs);
    ui_draw_body(app, cv, at);
    if (at->detail_height > 0) {
        ui_app_detail(app);
        ui_draw_detail(app, cv, at);
    }
    ui_draw_strip(app, cv, at);
    for (int y = at->detail_y; y < at->detail_y + at->detail_height; y++)
        ui_canvas_flag(cv, at->detail_x, y, at->detail_width, UI_CELL_LATER);
    for (int y = at->strip_y; y < at->strip_y + at->strip_height; y++)
        ui_canvas_flag(cv, 0, y, cv->width, UI_CELL_LATER);
}

/* Over all the rows, or over the lower ones where some are to stay in sight and there is room for that. */
static void draw_overlay(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at)
{
    int top = at->tabs >= 0 ? at->tabs : at->counts + 1;
    int bottom = at->failure >= 0 ? at->failure : at->footer >= 0 ? at->footer : cv->height;
    int most = bottom - at->body_y - ui_clamp((bottom - at->body_y) / 3, ROWS_BESIDE, ROWS_BESIDE * 4);
    if (app->overlay.beside && most >= OVERLAY_BESIDE) {
        struct ui_places above = *at;
        top = bottom - ui_clamp(ui_overlay_lines(app), 1, most);
        above.body_height = top - at->body_y;
        above.detail_height = above.strip_height = 0;
        above.body_width = app->drawn.body_width = cv->width;
        above.detail_y = above.strip_y = top;
        draw_rows(app, cv, &above);
    }
    ui_overlay_draw(app, cv, top, bottom - top);
}

void ui_app_draw(struct ui_app *app, struct ui_canvas *cv, int64_t now_mono, int64_t now_wall)
{
    app->ascii = cv->ascii;
    app->now_mono = now_mono;
    app->wall_ahead_ms = now_wall - now_mono;
    ui_canvas_clear(cv);
    cv->cursor_x = cv->cursor_y = 0;
    cv->cursor_visible = false;
    ui_app_sync(app);
    struct ui_places at = place(app, cv->width, cv->height, has_detail(app));
    app->drawn = (struct ui_drawn){.width = cv->width,
                                   .height = cv->height,
                                   .body_width = at.body_width,
                                   .titles_y = at.titles,
                                   .body_y = at.body_y,
                                   .body_height = at.body_height};
    draw_header(app, cv, &at, now_mono, now_wall);
    if (app->overlay.open)
        draw_overlay(app, cv, &at);
    else
        draw_rows(app, cv, &at);
    ui_draw_footer(app, cv, &at);
}
