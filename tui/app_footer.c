/* The last line: keys, a prompt, or a message; above it what failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_draw.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"

static int draw_key(struct ui_app *app, struct ui_canvas *cv, int x, int y, int width, const struct ui_action *action,
                    bool wide)
{
    char key[16];
    ui_key_name(action->keys[0], key, sizeof key);
    int needed = (int)(strlen(key) + strlen(action->footer)) + wide;
    if (x + needed > width)
        return -1;
    int used = ui_draw_string(cv, x, y, UI_ROLE_key, key) + wide;
    used += ui_draw_string(cv, x + used, y, UI_ROLE_footer, action->footer);
    ui_spot_add(app, x, y, used, action->keys[0]);
    return used + 1 + wide;
}

/* At the right end, what this run may not or does by itself; returns the cells that are left before it. */
static int draw_mode(const struct ui_app *app, struct ui_canvas *cv, int y)
{
    char text[64];
    snprintf(text, sizeof text, "%s%s", app->options->secure ? " SECURE" : "",
             app->options->cycle_ms > 0 ? " CYCLE" : "");
    int cells = (int)strlen(text);
    if (cells == 0 || cells * 2 > cv->width)
        return cv->width;
    ui_draw_string(cv, cv->width - cells, y, UI_ROLE_label, text);
    return cv->width - cells;
}

/* The keys one needs most; first those of the program itself. */
static void draw_keys(struct ui_app *app, struct ui_canvas *cv, int y)
{
    int x = 0;
    int width = draw_mode(app, cv, y);
    bool wide = cv->width >= 100;
    for (int others = 0; others < 2; others++)
        for (unsigned i = 0; i < ui_action_count; i++) {
            const struct ui_action *action = &ui_actions[i];
            if (!action->footer || (action->section != UI_SECTION_APP) != (others == 1))
                continue;
            int used = draw_key(app, cv, x, y, width, action, wide);
            if (used < 0)
                return;
            x += used;
        }
}

static void draw_prompt(struct ui_app *app, struct ui_canvas *cv, int y)
{
    const struct ui_prompt *prompt = &app->prompt;
    ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_prompt, ' ');
    int x = ui_draw_string(cv, 0, y, UI_ROLE_label, prompt->label);
    int room = cv->width - x - 1;
    size_t from = 0;
    /* The text moves to the left so that the cursor stays in sight. */
    while (from < prompt->at && ui_text_width(prompt->text + from, prompt->at - from, cv->ascii) > room)
        ui_text_next(prompt->text, prompt->length, &from, cv->ascii);
    ui_draw_string(cv, x, y, UI_ROLE_prompt, prompt->text + from);
    cv->cursor_x = ui_clamp(x + ui_text_width(prompt->text + from, prompt->at - from, cv->ascii), 0, cv->width - 1);
    cv->cursor_y = y;
    cv->cursor_visible = true;
}

static void draw_line(struct ui_canvas *cv, int y, enum ui_role role, const char *text)
{
    ui_canvas_fill(cv, 0, y, cv->width, 1, role, ' ');
    ui_draw_string(cv, 0, y, role, text);
}

void ui_draw_footer(struct ui_app *app, struct ui_canvas *cv, const struct ui_places *at)
{
    if (at->failure >= 0)
        draw_line(cv, at->failure, UI_ROLE_alarm, ui_failure_of(app));
    int y = at->footer >= 0 ? at->footer : cv->height - 1;
    if (app->prompt.open) {
        draw_prompt(app, cv, y);
        if (app->message[0] && y > 0)
            draw_line(cv, y - 1, app->message_role, app->message);
        return;
    }
    if (at->footer < 0 && !app->message[0])
        return;
    ui_canvas_fill(cv, 0, y, cv->width, 1, UI_ROLE_footer, ' ');
    if (app->message[0])
        draw_line(cv, y, app->message_role, app->message);
    else if (ui_failure_of(app)[0] && at->failure < 0)
        draw_line(cv, y, UI_ROLE_alarm, ui_failure_of(app));
    else
        draw_keys(app, cv, y);
}
