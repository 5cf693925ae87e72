/*
 * fake_app: the screen's state machine on a canvas of 80x24, without loop or terminal: keys by name in, text out.
 *
 * Thread: one.
 */
#ifndef FAKE_APP_H
#define FAKE_APP_H

#include <stdint.h>

#include "app.h"
#include "fake_snapshot.h"

#define FAKE_APP_START 5000000 /* the monotonic instant of FAKE_NOW_MS */

struct fake_app {
    struct kt_options options;
    struct ui_app *app;
    struct ui_canvas cv;
    int64_t now;
    char *text; /* of fake_app_screen */
    size_t length;
};

/* Shows the snapshot (NULL: none yet), whose reference it takes. All else of `fake` is zero. */
void fake_app_raise(struct fake_app *fake, const struct kt_snapshot *take_snap);
void fake_app_strike(struct fake_app *fake);

void fake_app_draw(struct fake_app *fake);

/* Draws, and returns the screen's text, valid until the next call. */
const char *fake_app_screen(struct fake_app *fake);

/* Presses a key by its name in the key table; returns the reaction. */
unsigned fake_app_key(struct fake_app *fake, const char *name);

#endif
