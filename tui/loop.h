/*
 * loop: the screen's only waiting: keys, new snapshots, signals and a tick a second become calls of app, and what
 * app asks for is done.
 *
 * Waits in poll and nowhere else; draws at most once in DRAW_GAP, however much happens, and a key after a quiet
 * moment at once. Thread: UI.
 */
#ifndef UI_LOOP_H
#define UI_LOOP_H

#include "app.h"
#include "feed.h"
#include "hook.h"
#include "term.h"

/* Signals as ui_signals_* give them; tests have their own. */
struct ui_signal_source {
    int fd;
    int (*next)(void *self); /* 0: none */
    void *self;
};

struct ui_loop {
    const struct ui_term *term; /* opened by the caller, who closes it too */
    struct ui_app *app;
    const struct ui_feed *feeds; /* one a cluster, in the order of the app's */
    size_t feed_count;           /* 1 .. KT_CLUSTERS_MOST; all on one clock */
    const struct ui_signal_source *signals;
    const struct kt_clock *clock; /* for waiting: the machine's */
    int64_t iterations;           /* ends after so many complete collections of a cluster; 0: goes on */
    struct ui_hook *hook;         /* of --on-change, or NULL */
    const char *screen_path;      /* where W saves, or NULL */
};

/* Draws, and runs until it ends: 0 when the user quit, else the signal that ended it (a hang-up is SIGHUP). */
int ui_loop_run(const struct ui_loop *loop);

#endif
