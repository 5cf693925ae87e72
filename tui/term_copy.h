/*
 * term_copy: OSC 52, the sequence that puts text on the clipboard of whoever sits at the terminal, however far away.
 *
 * Thread: any.
 */
#ifndef UI_TERM_COPY_H
#define UI_TERM_COPY_H

#include <stddef.h>

#define UI_COPY_MOST 4096 /* bytes of text: what the narrowest of the terminals that have it takes */
#define UI_COPY_ROOM (UI_COPY_MOST / 3 * 4 + 16)

/* Writes the sequence for `text`; returns its length, or 0 when the text is too long. Not NUL-terminated. */
size_t ui_copy_sequence(const char *text, char out[UI_COPY_ROOM]);

#endif
