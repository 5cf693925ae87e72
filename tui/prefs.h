/*
 * prefs: what a user has set on the screen and may save, as sections of keys and values.
 *
 * Only what a user did on the screen is ever set here, and what an earlier save holds: what the command line, the
 * environment or a configuration file said stays out by construction. Keys that mean nothing to this version are
 * kept. The text is hostile when it is read: at most 64 KiB, 300 settings, lines of 1,000 printable ASCII bytes.
 * Thread: UI.
 */
#ifndef UI_PREFS_H
#define UI_PREFS_H

#include <stddef.h>
#include <stdio.h>

#include "error.h"

#define UI_PREFS_MOST_BYTES (64 * 1024)
#define UI_PREFS_SCREEN "screen" /* the section of what is the same for all panels */

struct ui_pref {
    char *section; /* "screen", "panel groups" */
    char *key;
    char *value;
    unsigned line; /* of the text that was read; 0: set since */
};

/* Zeroed is empty. */
struct ui_prefs {
    struct ui_pref *items;
    size_t count;
};

/* KT_CONFIG with the line's number, or the version that cannot be read; then `prefs` is empty. */
KT_MUST_CHECK enum kt_code ui_prefs_read(struct ui_prefs *prefs, const char *text, size_t length, struct kt_err *err);

/* The whole text, with remarks that say what it is. */
void ui_prefs_write(const struct ui_prefs *prefs, FILE *out);

void ui_prefs_copy(struct ui_prefs *to, const struct ui_prefs *from); /* `to` is uninitialised */
void ui_prefs_release(struct ui_prefs *prefs);

/* NULL: not set. */
const struct ui_pref *ui_prefs_find(const struct ui_prefs *prefs, const char *section, const char *key);
const char *ui_prefs_get(const struct ui_prefs *prefs, const char *section, const char *key);
void ui_prefs_set(struct ui_prefs *prefs, const char *section, const char *key, const char *value); /* NULL: remove */

#endif
