/*
 * app: the screen's state machine, without I/O: keys, snapshots and sizes go in, a canvas and commands come out.
 *
 * Owns the panels' lists (selection, sort, filter), the stack of opened rows, prompts, pause and messages. Knows
 * snapshot.h, never the engine: what it wants done it returns as reaction bits that loop.c obeys. Calling
 * ui_app_draw twice with nothing in between gives the same canvas. Thread: UI.
 */
#ifndef UI_APP_H
#define UI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "canvas.h"
#include "option.h"
#include "prefs.h"
#include "snapshot.h"
#include "term.h"
#include "theme.h"
#include "view_identity.h"

struct ui_app;
struct ui_ticket;

enum ui_reaction {
    UI_REACT_DRAW = 1u << 0,    /* something changed: draw */
    UI_REACT_QUIT = 1u << 1,
    UI_REACT_REFRESH = 1u << 2, /* ask the engine of ui_app_at to collect now */
    UI_REACT_DELAY = 1u << 3,   /* tell that engine ui_app_delay_ms */
    UI_REACT_REDRAW = 1u << 4,  /* repaint everything (^L) */
    UI_REACT_SUSPEND = 1u << 5,
    UI_REACT_THEME = 1u << 6,   /* tell the terminal ui_app_theme */
    UI_REACT_MOUSE = 1u << 7,   /* tell the terminal ui_app_mouse */
    UI_REACT_COPY = 1u << 8,    /* copy ui_app_copy_text to the clipboard */
    UI_REACT_EXACT = 1u << 9,   /* ask the engine for exact time lags of ui_app_exact */
    UI_REACT_MOVED = 1u << 10,  /* no more than the selection: what follows it (UI_CELL_LATER) may wait a moment */
    UI_REACT_SAVE = 1u << 11,   /* write ui_app_setup_text to the file it was read from, and tell ui_app_saved */
    UI_REACT_TICKET = 1u << 12  /* write ui_app_take_ticket */
};

/* `program_dir` (may be NULL) is where themes are looked for beside the installed ones. */
struct ui_app *ui_app_new(const struct kt_options *options, const char *program_dir);
void ui_app_free(struct ui_app *app);

/* One more cluster, numbered from 1 on; the options of ui_app_new are those of cluster 0 and of the program. */
void ui_app_add(struct ui_app *app, const struct kt_options *options);

/*
 * Takes over what was saved on an earlier run, before anything is shown; `notice` (may be NULL) is what to say about
 * it. Options that were given win: see kt_clusters_suggest.
 */
void ui_app_set_up(struct ui_app *app, const struct ui_prefs *prefs, const char *notice);

/* What is to be saved, to be freed; and how that went: NULL, or what failed. */
char *ui_app_setup_text(const struct ui_app *app);
unsigned ui_app_saved(struct ui_app *app, const char *path, const char *failure);

/* Each returns reaction bits. `now_mono` is the engine's clock. */
unsigned ui_app_input(struct ui_app *app, const struct ui_input *input, int64_t now_mono);
unsigned ui_app_snapshot(struct ui_app *app, const struct kt_snapshot *snap); /* of cluster 0; takes a reference */
unsigned ui_app_cluster_snapshot(struct ui_app *app, unsigned cluster, const struct kt_snapshot *snap);
unsigned ui_app_cluster_failure(struct ui_app *app, unsigned cluster, const char *text); /* shown with the cluster */
unsigned ui_app_tick(struct ui_app *app, int64_t now_mono, int64_t now_wall); /* once a second: ages, messages */
unsigned ui_app_failure(struct ui_app *app, const char *text);                /* a line that stays in sight */

/* Draws the whole screen at the canvas' size. */
void ui_app_draw(struct ui_app *app, struct ui_canvas *cv, int64_t now_mono, int64_t now_wall);

unsigned ui_app_at(const struct ui_app *app);         /* the cluster that is shown */
int64_t ui_app_delay_ms(const struct ui_app *app);    /* of that cluster */
const struct ui_theme *ui_app_theme(const struct ui_app *app);
bool ui_app_mouse(const struct ui_app *app);
/* A group, and a topic and partition where the row is one (else second.bytes NULL, number -1). */
const struct ui_identity *ui_app_exact(const struct ui_app *app);
const char *ui_app_copy_text(const struct ui_app *app);
struct ui_ticket *ui_app_take_ticket(struct ui_app *app); /* the caller's; NULL: there is none */
unsigned ui_app_ticket_done(struct ui_app *app, bool written, const char *text); /* says where it lies, or why not */

#endif
