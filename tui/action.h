/*
 * action: everything a key can do, in one table: name, default keys, help, function.
 *
 * The key map, the footer, the help screen, docs/KEYS.md and the manual's section are made of this table. A
 * function gets the app and the row's argument and returns reaction bits (app.h). Thread: UI.
 */
#ifndef UI_ACTION_H
#define UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "keymap.h"

struct ui_app;

#define UI_ACTION_KEYS 4

enum ui_action_section {
    UI_SECTION_MOVE,
    UI_SECTION_VIEWS,
    UI_SECTION_OPEN,
    UI_SECTION_SORT,
    UI_SECTION_FIND,
    UI_SECTION_TIME,
    UI_SECTION_ROWS,
    UI_SECTION_SHOW,
    UI_SECTION_APP,
    UI_SECTION_COUNT
};

struct ui_action {
    const char *name; /* "page-down" */
    const char *help; /* one line */
    enum ui_action_section section;
    uint32_t keys[UI_ACTION_KEYS]; /* 0: none */
    const char *footer;            /* its label in the footer, or NULL */
    bool off_when_secure;
    unsigned (*run)(struct ui_app *app, int argument);
    int argument;
};

extern const struct ui_action ui_actions[];
extern const unsigned ui_action_count;

const char *ui_section_name(enum ui_action_section section);

/* Binds the default keys of all actions; false: two of them want the same key. */
bool ui_actions_bind(struct ui_keymap *map);

/* The names of an action's keys, separated by blanks; returns the length. */
size_t ui_action_keys_text(const struct ui_action *action, char *out, size_t room);

#endif
