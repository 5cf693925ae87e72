/* A user's choice of columns: changed, and as text. */
#include "column.h"

#include <stdio.h>
#include <string.h>

void ui_choice_begin(struct ui_choice *choice, const struct ui_table *table)
{
    *choice = (struct ui_choice){.count = (unsigned)table->count};
    for (unsigned i = 0; i < table->count && i < UI_COLUMNS_MAX; i++) {
        choice->order[i] = (uint8_t)i;
        if (table->columns[i].off)
            choice->hidden |= UINT32_C(1) << i;
    }
}

bool ui_choice_moved(const struct ui_choice *choice)
{
    for (unsigned i = 0; i < choice->count; i++)
        if (choice->order[i] != i)
            return true;
    return false;
}

bool ui_choice_differs(const struct ui_choice *choice, const struct ui_table *table)
{
    struct ui_choice usual;
    ui_choice_begin(&usual, table);
    return choice->count > 0 && (choice->hidden != usual.hidden || ui_choice_moved(choice));
}

bool ui_choice_toggle(struct ui_choice *choice, const struct ui_table *table, unsigned place)
{
    unsigned column = choice->order[place];
    if (table->columns[column].priority == 0)
        return false;
    choice->hidden ^= UINT32_C(1) << column;
    return true;
}

unsigned ui_choice_move(struct ui_choice *choice, unsigned place, int by)
{
    unsigned to = place + (unsigned)by;
    if (to >= choice->count) /* also below 0 */
        return place;
    uint8_t moved = choice->order[place];
    choice->order[place] = choice->order[to];
    choice->order[to] = moved;
    return to;
}

void ui_choice_write(const struct ui_choice *choice, const struct ui_table *table, char *out, size_t room)
{
    size_t length = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < choice->count && length < room; i++) {
        unsigned column = choice->order[i];
        length += (size_t)snprintf(out + length, room - length, "%s%s%s", i > 0 ? " " : "",
                                   choice->hidden >> column & 1 ? "-" : "", table->columns[column].id);
    }
}

/* The column of that id, or table->count. */
static size_t find(const struct ui_table *table, const char *id, size_t length)
{
    size_t i = 0;
    while (i < table->count && (strlen(table->columns[i].id) != length || memcmp(table->columns[i].id, id, length)))
        i++;
    return i;
}

unsigned ui_choice_read(struct ui_choice *choice, const struct ui_table *table, const char *text)
{
    unsigned unknown = 0, count = 0;
    uint32_t named = 0;
    ui_choice_begin(choice, table);
    while (*(text += strspn(text, " \t"))) {
        bool hide = *text == '-';
        text += hide;
        size_t length = strcspn(text, " \t");
        size_t column = find(table, text, length);
        text += length;
        if (column == table->count || (named >> column & 1)) {
            unknown++;
            continue;
        }
        uint32_t bit = UINT32_C(1) << column;
        named |= bit;
        choice->order[count++] = (uint8_t)column;
        choice->hidden = hide && table->columns[column].priority > 0 ? choice->hidden | bit : choice->hidden & ~bit;
    }
    for (unsigned i = 0; i < table->count && i < UI_COLUMNS_MAX; i++)
        if (!(named >> i & 1))
            choice->order[count++] = (uint8_t)i;
    return unknown;
}
