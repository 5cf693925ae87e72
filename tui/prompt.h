/*
 * prompt: a one-line editor for what a user types: filter, search, seconds.
 *
 * Text is UTF-8 without control bytes, whatever is typed or pasted; the cursor stands between characters.
 * Knows nothing of what the text is for. Thread: UI.
 */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UI_PROMPT_BYTES 256

struct ui_prompt {
    bool open;
    char label[32];
    char text[UI_PROMPT_BYTES];
    size_t length;
    size_t at; /* the cursor, in bytes, at the beginning of a character */
};

enum ui_prompt_end { UI_PROMPT_GOES_ON, UI_PROMPT_ACCEPTED, UI_PROMPT_CANCELLED };

/* Opens it with a text to begin with. */
void ui_prompt_open(struct ui_prompt *prompt, const char *label, const char *text);
void ui_prompt_close(struct ui_prompt *prompt);

/* Takes a key (enum ui_key or a code point). The text stays readable after the end. */
enum ui_prompt_end ui_prompt_key(struct ui_prompt *prompt, uint32_t key);

/* Puts text at the cursor, as far as it fits; control bytes and broken UTF-8 are left out. */
void ui_prompt_insert(struct ui_prompt *prompt, const char *text, size_t length);

#endif
