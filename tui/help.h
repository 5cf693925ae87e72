/*
 * help: lines of text made of the tables (actions, columns, looks), for the screen, docs/KEYS.md and the manual.
 *
 * Nothing is written down here that stands in a table, so help cannot drift from what keys do. Thread: any.
 */
#ifndef UI_HELP_H
#define UI_HELP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "view.h"

/* A text in lines. Zeroed is empty. */
struct ui_lines {
    char **items;
    bool *dim; /* of each: off in this run */
    size_t count, room;
};

void ui_lines_add(struct ui_lines *lines, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ui_lines_release(struct ui_lines *lines);

#define UI_HELP_HANG 15 /* cells before what is said of a key */

/* The help screen for a panel: keys (dim: off under --secure), columns, status words, the filter's language. */
void ui_help_lines(struct ui_lines *lines, const struct ui_panel *panel, bool secure);

/* The key table as Markdown (docs/KEYS.md, whole) and as the manual's section KEYS. */
void ui_help_write_markdown(FILE *out);
void ui_help_write_roff(FILE *out);

#endif
