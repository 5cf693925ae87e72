#include "action.h"

#include <stdio.h>

const char *ui_section_name(enum ui_action_section section)
{
    static const char *const names[UI_SECTION_COUNT] = {
        [UI_SECTION_MOVE] = "MOVE", [UI_SECTION_VIEWS] = "VIEWS", [UI_SECTION_OPEN] = "OPEN",
        [UI_SECTION_SORT] = "SORT", [UI_SECTION_FIND] = "FIND",   [UI_SECTION_TIME] = "TIME",
        [UI_SECTION_ROWS] = "ROWS", [UI_SECTION_SHOW] = "SHOW",   [UI_SECTION_APP] = "PROGRAM",
    };
    return (unsigned)section < UI_SECTION_COUNT ? names[section] : "";
}

bool ui_actions_bind(struct ui_keymap *map)
{
    bool fine = true;
    ui_keymap_init(map);
    for (unsigned i = 0; i < ui_action_count; i++)
        for (unsigned k = 0; k < UI_ACTION_KEYS && ui_actions[i].keys[k]; k++)
            if (!ui_keymap_bind(map, ui_actions[i].keys[k], (int)i))
                fine = false;
    return fine;
}

size_t ui_action_keys_text(const struct ui_action *action, char *out, size_t room)
{
    size_t length = 0;
    out[0] = '\0';
    for (unsigned k = 0; k < UI_ACTION_KEYS && action->keys[k]; k++) {
        char name[16];
        ui_key_name(action->keys[k], name, sizeof name);
        int more = snprintf(out + length, room - length, "%s%s", k ? " " : "", name);
        if (more < 0 || (size_t)more >= room - length)
            break;
        length += (size_t)more;
    }
    return length;
}
