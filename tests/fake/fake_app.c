#include "fake_app.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "keymap.h"

void fake_app_raise(struct fake_app *fake, const struct kt_snapshot *take_snap)
{
    fake->now = FAKE_APP_START;
    fake->options.settings.delay_ms = 2000;
    fake->app = ui_app_new(&fake->options, NULL);
    ui_canvas_init(&fake->cv);
    ui_canvas_resize(&fake->cv, 80, 24);
    if (take_snap) {
        assert_int_equal(ui_app_snapshot(fake->app, take_snap), UI_REACT_DRAW);
        kt_snapshot_unref(take_snap);
    }
}

void fake_app_strike(struct fake_app *fake)
{
    ui_app_free(fake->app);
    ui_canvas_release(&fake->cv);
    free(fake->text);
}

void fake_app_draw(struct fake_app *fake)
{
    ui_app_draw(fake->app, &fake->cv, fake->now, FAKE_NOW_MS + fake->now - FAKE_APP_START);
}

const char *fake_app_screen(struct fake_app *fake)
{
    free(fake->text);
    FILE *out = open_memstream(&fake->text, &fake->length);
    assert_non_null(out);
    fake_app_draw(fake);
    ui_canvas_write_text(&fake->cv, out);
    fclose(out);
    return fake->text;
}

unsigned fake_app_key(struct fake_app *fake, const char *name)
{
    struct ui_input input = {.key = UI_KEY_NONE};
    assert_true(ui_key_parse(name, &input.key));
    return ui_app_input(fake->app, &input, fake->now);
}
