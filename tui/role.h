/* role: what a colour means, as an enum made from roles.def. Thread: any. */
#ifndef UI_ROLE_H
#define UI_ROLE_H

#define UI_ROLE(name, parent, meaning) UI_ROLE_##name,
enum ui_role {
#include "roles.def"
    UI_ROLE_COUNT
};
#undef UI_ROLE

/* "stop"; and the role of a name ("tab-active" and "tab_active" are one), or -1. */
const char *ui_role_name(enum ui_role role);
int ui_role_parse(const char *name);
enum ui_role ui_role_parent(enum ui_role role);
const char *ui_role_meaning(enum ui_role role);

/* One character that stands for the role in a written grid: '.' for text, else a small letter or a digit. */
char ui_role_letter(enum ui_role role);

#endif
