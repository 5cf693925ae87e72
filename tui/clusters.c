#include "clusters.h"

#include <stdio.h>
#include <string.h>

#include "number.h"
#include "text.h"

/* How much is said of each, from all to little. */
enum form { FORM_ALL, FORM_WORST, FORM_SHORT, FORM_MARK, FORM_CURRENT, FORM_LEAST, FORMS };

static const int name_cells[FORMS] = {
    [FORM_ALL] = 32, [FORM_WORST] = 24, [FORM_SHORT] = 12, [FORM_MARK] = 8, [FORM_CURRENT] = 24, [FORM_LEAST] = 8};

/* Writes from left to right; without a canvas it only measures. */
struct pen {
    struct ui_canvas *cv;
    int x, y, width;
    bool ascii;
};

static void put(struct pen *pen, enum ui_role role, const char *text)
{
    if (pen->cv && pen->x < pen->width)
        ui_canvas_text(pen->cv, pen->x, pen->y, pen->width - pen->x, role, text, strlen(text));
    pen->x += ui_text_width(text, strlen(text), pen->ascii);
}

/* ---- how a cluster is ---- */

static bool is_collected(const struct ui_cluster_word *word)
{
    return word->meter.snap && word->meter.snap->collected;
}

/* Nothing came yet, and something is in the way. */
static bool is_down(const struct ui_cluster_word *word)
{
    return word->failed || (word->meter.snap && !word->meter.snap->collected && word->meter.snap->problem_count > 0);
}

static enum ui_look_kind worst_of(const struct ui_cluster_word *word)
{
    enum ui_look_kind worst = UI_LOOK_NODATA;
    for (int kind = 0; kind < UI_LOOK_COUNT; kind++)
        if (word->meter.tally->looks[kind] > 0)
            worst = (enum ui_look_kind)kind;
    return worst;
}

bool ui_cluster_in_trouble(const struct ui_cluster_word *word)
{
    if (is_down(word) || (is_collected(word) && ui_meter_stale(&word->meter)))
        return true;
    return is_collected(word) && worst_of(word) >= UI_LOOK_WARN;
}

/* Whether words are too long. */
static bool is_mark(enum form form)
{
    return form == FORM_MARK || form == FORM_LEAST;
}

static void put_look(struct pen *pen, const struct ui_cluster_word *word, enum ui_look_kind kind, enum form form)
{
    char text[64];
    const struct ui_look *look = ui_look(kind);
    if (is_mark(form))
        snprintf(text, sizeof text, "%s", look->mark);
    else
        snprintf(text, sizeof text, "%s %zu", look->word, word->meter.tally->looks[kind]);
    put(pen, UI_ROLE_header, " ");
    put(pen, look->role, text);
}

static void put_looks(struct pen *pen, const struct ui_cluster_word *word, enum form form)
{
    enum ui_look_kind worst = worst_of(word);
    if (word->meter.snap->group_count == 0) {
        put(pen, UI_ROLE_dim, is_mark(form) ? " -" : " no groups");
        return;
    }
    put_look(pen, word, worst, form);
    for (int kind = (int)worst - 1; kind >= UI_LOOK_WARN && form == FORM_ALL; kind--)
        if (word->meter.tally->looks[kind] > 0)
            put_look(pen, word, (enum ui_look_kind)kind, form);
}

static void put_state(struct pen *pen, const struct ui_cluster_word *word, enum form form)
{
    if (is_down(word)) {
        put(pen, UI_ROLE_header, " ");
        put(pen, UI_ROLE_alarm, is_mark(form) ? "##" : word->failed ? "FAILED" : "DOWN");
    } else if (!is_collected(word)) {
        put(pen, UI_ROLE_dim, is_mark(form) ? " ?" : " starting");
    } else {
        if (ui_meter_stale(&word->meter)) {
            char age[32], text[64];
            ui_number_duration(true, ui_meter_age(&word->meter), age, sizeof age);
            snprintf(text, sizeof text, is_mark(form) ? "!!" : "STALE %s", age);
            put(pen, UI_ROLE_header, " ");
            put(pen, UI_ROLE_stale, text);
        }
        /* Where there is no room for both, that nothing is known any more is the graver word. */
        if (form != FORM_LEAST || !ui_meter_stale(&word->meter))
            put_looks(pen, word, form);
    }
}

/* One that looks back says nothing about now. */
static void put_as_of(struct pen *pen, const struct ui_cluster_word *word, enum form form)
{
    char clock[16], text[32];
    ui_number_clock(true, word->meter.snap->taken_ms, clock, sizeof clock);
    snprintf(text, sizeof text, is_mark(form) ? "<" : "AS OF %s", clock);
    put(pen, UI_ROLE_header, " ");
    put(pen, UI_ROLE_stale, text);
}

/* ---- the line ---- */

static void put_cluster(struct pen *pen, const struct ui_cluster_word *word, enum form form)
{
    char name[256];
    const char *given = word->meter.options->cluster ? word->meter.options->cluster : "-";
    ui_text_fit(given, strlen(given), name_cells[form], UI_CUT_MIDDLE, pen->ascii, name, sizeof name);
    if (word->current)
        put(pen, UI_ROLE_tab_active, "[");
    put(pen, ui_cluster_role(word->meter.options->colour, word->current ? UI_ROLE_tab_active : UI_ROLE_tab), name);
    put_state(pen, word, form);
    if (word->meter.back)
        put_as_of(pen, word, form);
    if (word->current)
        put(pen, UI_ROLE_tab_active, "]");
}

static void put_others(struct pen *pen, const struct ui_cluster_word *words, size_t count, enum form form)
{
    char text[64];
    size_t troubled = 0;
    for (size_t i = 0; i < count; i++)
        troubled += !words[i].current && ui_cluster_in_trouble(&words[i]);
    snprintf(text, sizeof text, " +%zu", count - 1);
    put(pen, UI_ROLE_label, text);
    if (troubled > 0) {
        snprintf(text, sizeof text, form == FORM_LEAST ? "##%zu" : "%zu in trouble", troubled);
        put(pen, UI_ROLE_header, " ");
        put(pen, UI_ROLE_alarm, text);
    }
}

static int put_all(struct pen pen, const struct ui_cluster_word *words, size_t count, enum form form)
{
    for (size_t i = 0; i < count; i++) {
        if (form >= FORM_CURRENT && !words[i].current)
            continue;
        if (pen.x > 0)
            put(&pen, UI_ROLE_header, "  ");
        put_cluster(&pen, &words[i], form);
    }
    if (form >= FORM_CURRENT)
        put_others(&pen, words, count, form);
    return pen.x;
}

void ui_clusters_draw(struct ui_canvas *cv, const struct ui_cluster_word *words, size_t count, int y)
{
    struct pen pen = {.y = y, .width = cv->width, .ascii = cv->ascii};
    enum form form = FORM_ALL;
    while (form < FORM_LEAST && put_all(pen, words, count, form) > cv->width)
        form++;
    ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_tab, ' ');
    pen.cv = cv;
    put_all(pen, words, count, form);
}
