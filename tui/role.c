#include "role.h"

#include <stddef.h>

struct role {
    const char *name;
    const char *meaning;
    enum ui_role parent;
};

#define UI_ROLE(id, parent_id, meaning_text)                                                                      \
    [UI_ROLE_##id] = {.name = #id, .meaning = meaning_text, .parent = UI_ROLE_##parent_id},
static const struct role roles[UI_ROLE_COUNT] = {
#include "roles.def"
};
#undef UI_ROLE

static const char letters[] = ".abcdefghijklmnopqrstuvwxyz0123456789-=[];'/`";
_Static_assert(sizeof letters - 1 >= UI_ROLE_COUNT, "a letter for each role");

static const struct role *known(enum ui_role role)
{
    return &roles[(unsigned)role < UI_ROLE_COUNT ? role : UI_ROLE_text];
}

const char *ui_role_name(enum ui_role role)
{
    return known(role)->name;
}

const char *ui_role_meaning(enum ui_role role)
{
    return known(role)->meaning;
}

enum ui_role ui_role_parent(enum ui_role role)
{
    return known(role)->parent;
}

char ui_role_letter(enum ui_role role)
{
    return letters[known(role) - roles];
}

static int same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if ((*a == '-' ? '_' : *a) != *b)
            return 0;
    return *a == *b;
}

int ui_role_parse(const char *name)
{
    for (size_t i = 0; i < UI_ROLE_COUNT; i++)
        if (same_name(name, roles[i].name))
            return (int)i;
    return -1;
}
