/*
 * theme_list: every theme there is, by name, and what is wrong with those that cannot be used.
 *
 * Files are hostile: each is read as any theme is, and at most UI_THEMES_MOST of them. Thread: UI.
 */
#ifndef UI_THEME_LIST_H
#define UI_THEME_LIST_H

#include <stddef.h>

#include "theme.h"

#define UI_THEMES_MOST 100

struct ui_theme_list {
    size_t count;
    char names[UI_THEMES_MOST][UI_THEME_NAME]; /* sorted */
    char faults[UI_THEMES_MOST][200];          /* "" when it can be used */
};

/* program_dir may be NULL. */
void ui_theme_list_make(struct ui_theme_list *list, const char *program_dir);

#endif
