/* panel: the table of panels. The first ones, those with a key, are the tabs. Thread: any. */
#ifndef UI_PANEL_H
#define UI_PANEL_H

#include "view.h"

#define UI_TABS_MAX 9

extern const struct ui_panel *const ui_panels[];
extern const unsigned ui_panel_count;

/* How many of them are tabs. */
unsigned ui_panel_tabs(void);

/* The index of a panel by its name, or ui_panel_count. */
unsigned ui_panel_find(const char *name);

#endif
