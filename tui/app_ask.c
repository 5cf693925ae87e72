/* Prompts: a question in the last line, and what becomes of the answer. */
#include <string.h>

#include "app_state.h"

unsigned ui_app_ask(struct ui_app *app, const char *label, const char *text, ui_accept *accept)
{
    ui_prompt_open(&app->prompt, label, text ? text : "");
    app->accept = accept;
    app->message[0] = '\0';
    return UI_REACT_DRAW;
}

static unsigned accepted(struct ui_app *app)
{
    struct kt_err err = {.code = KT_OK};
    unsigned reaction = UI_REACT_DRAW;
    app->message[0] = '\0';
    if (app->accept(app, app->prompt.text, &reaction, &err) == KT_OK)
        ui_prompt_close(&app->prompt);
    else
        ui_app_say(app, UI_ROLE_alarm, "%s", err.text);
    return reaction | UI_REACT_DRAW;
}

unsigned ui_app_prompt_input(struct ui_app *app, const struct ui_input *input)
{
    if (input->key == UI_KEY_PASTE) {
        ui_prompt_insert(&app->prompt, input->paste, strnlen(input->paste, sizeof input->paste));
        return UI_REACT_DRAW;
    }
    switch (ui_prompt_key(&app->prompt, input->key)) {
    case UI_PROMPT_ACCEPTED:
        return accepted(app);
    case UI_PROMPT_CANCELLED:
        ui_prompt_close(&app->prompt);
        app->message[0] = '\0';
        break;
    case UI_PROMPT_GOES_ON:
        break;
    }
    return UI_REACT_DRAW;
}
