/*
 * term_keys: from what a terminal sends to keys: escape sequences, pastes in brackets, answers nobody asked for.
 *
 * Works on characters and on keys that the terminal library already knew, so it can be tested without a terminal.
 * A sequence that means nothing is swallowed whole: its letters must never run actions. A paste becomes one
 * UI_KEY_PASTE; one whose end never comes is over after a second. Thread: UI.
 */
#ifndef UI_TERM_KEYS_H
#define UI_TERM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "term.h"

/* The next character, or a key above 0x10ffff, that is there without waiting; false: none. */
struct ui_key_source {
    bool (*next)(void *self, uint32_t *code, struct ui_input *input); /* fills x, y, button of UI_KEY_MOUSE */
    void *self;
};

struct ui_keys {
    bool pasting;
    int64_t paste_at; /* when the last of it came */
    size_t paste_length;
    char paste[256];
    bool again; /* one character was taken back */
};

/* The next key; false: none, or not whole yet. Zero `keys` before the first call. now_ms is monotonic. */
bool ui_keys_next(struct ui_keys *keys, const struct ui_key_source *source, int64_t now_ms, struct ui_input *input);

#endif
