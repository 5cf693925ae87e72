#include "keymap.h"

#include <stdio.h>
#include <string.h>

#include "term.h"

struct named_key {
    uint32_t key;
    const char *name;
};

static const struct named_key names[] = {
    {UI_KEY_TAB, "Tab"},           {UI_KEY_ENTER, "Enter"},         {UI_KEY_ESC, "Esc"},
    {UI_KEY_BACKSPACE, "Backspace"}, {UI_KEY_UP, "Up"},             {UI_KEY_DOWN, "Down"},
    {UI_KEY_LEFT, "Left"},         {UI_KEY_RIGHT, "Right"},         {UI_KEY_HOME, "Home"},
    {UI_KEY_END, "End"},           {UI_KEY_PAGE_UP, "PgUp"},        {UI_KEY_PAGE_DOWN, "PgDn"},
    {UI_KEY_INSERT, "Ins"},        {UI_KEY_DELETE, "Del"},          {UI_KEY_BACK_TAB, "S-Tab"},
    {' ', "Space"},
};

void ui_keymap_init(struct ui_keymap *map)
{
    map->count = 0;
}

int ui_keymap_find(const struct ui_keymap *map, uint32_t key)
{
    for (unsigned i = 0; i < map->count; i++)
        if (map->bindings[i].key == key)
            return map->bindings[i].action;
    return -1;
}

bool ui_keymap_bind(struct ui_keymap *map, uint32_t key, int action)
{
    int bound = ui_keymap_find(map, key);
    if (bound >= 0)
        return bound == action;
    if (map->count == UI_BINDINGS_MAX)
        return false;
    map->bindings[map->count++] = (struct ui_binding){key, action};
    return true;
}

size_t ui_key_name(uint32_t key, char *out, size_t room)
{
    int length;
    const char *name = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].key == key)
            name = names[i].name;
    if (name)
        length = snprintf(out, room, "%s", name);
    else if (key >= UI_KEY_F1 && key <= UI_KEY_F12)
        length = snprintf(out, room, "F%u", (unsigned)(key - UI_KEY_F1) + 1);
    else if (key > 0 && key < 27)
        length = snprintf(out, room, "^%c", (char)('@' + key));
    else if (key > ' ' && key < 127)
        length = snprintf(out, room, "%c", (char)key);
    else
        length = snprintf(out, room, "U+%04X", (unsigned)key);
    return length < 0 ? 0 : (size_t)length < room ? (size_t)length : room - 1;
}

bool ui_key_parse(const char *name, uint32_t *key)
{
    unsigned number;
    char rest;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].name, name) == 0) {
            *key = names[i].key;
            return true;
        }
    if (name[0] > ' ' && name[0] < 127 && name[1] == '\0') {
        *key = (uint32_t)name[0];
        return true;
    }
    if (name[0] == '^' && name[1] >= 'A' && name[1] <= 'Z' && name[2] == '\0') {
        *key = UI_CTRL(name[1]);
        return true;
    }
    if (sscanf(name, "F%2u%c", &number, &rest) == 1 && number >= 1 && number <= 12) {
        *key = UI_KEY_F1 + number - 1;
        return true;
    }
    return false;
}
