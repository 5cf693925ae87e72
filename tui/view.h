/*
 * view: the contract of a panel: which rows it has, what one row says, and where Enter leads.
 *
 * A panel is const data and pure functions over a snapshot; its state (selection, sort, filter) is a ui_list that
 * the app owns. To add a panel: one file with a `const struct ui_panel`, one row in panel.c. Thread: UI.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "list.h"

struct ui_panel {
    const char *name;  /* in sentences: "groups" */
    const char *title; /* in the tab line */
    const char *help;  /* one line */
    char key;          /* '1' .. '9'; 0: reached by Enter alone */
    struct ui_table table;
    const struct ui_panel *below; /* whose rows lie beneath opened ones: the panel of table.below */
    /* Fills `rows` (empty when called) for a snapshot and a focus. */
    void (*rows)(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows);
    /* One sentence about the row: why it has its status; length 0 when there is nothing to say. */
    size_t (*describe)(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room);
    /* What the detail area says behind that: lines that end with '\n'. May be NULL. */
    size_t (*more)(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room);
    /* Where Enter leads: fills *to (borrowed texts) and returns the panel's name, or NULL. */
    const char *(*enter)(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to);
    /* The group that the row is about, if any: for the detail area, full names and commands. May be NULL. */
    const struct kt_group *(*group)(const struct ui_row *row, const struct ui_context *cx);
    /* What to say when there is no row at all. */
    const char *nothing;
};

/* The panel whose row it is: `panel`, or the one below it. */
const struct ui_panel *ui_panel_of_row(const struct ui_panel *panel, const struct ui_row *row);

/* The group that a row of it is about; NULL: none. */
const struct kt_group *ui_panel_group(const struct ui_panel *panel, const struct ui_row *row,
                                      const struct ui_context *cx);

/* Formats a sentence into `out`, cut to fit; returns its length. */
size_t ui_say(char *out, size_t room, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same for a name or sentence of the snapshot. */
size_t ui_say_text(char *out, size_t room, struct kt_text text);

/* The index of the first lag of `topic` among a group's, or of where it would stand. */
size_t ui_first_lag_of(const struct kt_group *group, struct kt_text topic);

bool ui_text_equal(struct kt_text a, struct kt_text b);

#endif
