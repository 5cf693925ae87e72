/*
 * keymap: which key stands for which action, and what keys are called.
 *
 * Actions are numbers here (indices of a table that this module does not know). A key has one meaning; binding it
 * twice is a conflict that is reported, not obeyed. Thread: UI.
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UI_BINDINGS_MAX 192

struct ui_binding {
    uint32_t key;
    int action;
};

struct ui_keymap {
    unsigned count;
    struct ui_binding bindings[UI_BINDINGS_MAX];
};

void ui_keymap_init(struct ui_keymap *map);

/* False when the key means something else already, or there is no room. */
bool ui_keymap_bind(struct ui_keymap *map, uint32_t key, int action);

/* The action of a key, or -1. */
int ui_keymap_find(const struct ui_keymap *map, uint32_t key);

/* "j", "^D", "PgDn", "F4", "Space"; and back (false: no key is called so). */
size_t ui_key_name(uint32_t key, char *out, size_t room);
bool ui_key_parse(const char *name, uint32_t *key);

#endif
