#include "theme_list.h"

#include <stdio.h>

void ui_theme_list_make(struct ui_theme_list *list, const char *program_dir)
{
    list->count = ui_theme_names(program_dir, list->names, UI_THEMES_MOST);
    for (size_t i = 0; i < list->count; i++) {
        struct ui_theme theme;
        struct kt_err err;
        list->faults[i][0] = '\0';
        if (ui_theme_find(&theme, list->names[i], program_dir, &err) != KT_OK)
            snprintf(list->faults[i], sizeof list->faults[i], "%.199s", err.text);
    }
}
