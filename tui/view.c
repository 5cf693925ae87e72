#include "view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct ui_panel *ui_panel_of_row(const struct ui_panel *panel, const struct ui_row *row)
{
    return row->level > 0 ? panel->below : panel;
}

const struct kt_group *ui_panel_group(const struct ui_panel *panel, const struct ui_row *row,
                                      const struct ui_context *cx)
{
    return panel->group ? panel->group(row, cx) : NULL;
}

size_t ui_say(char *out, size_t room, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int length = vsnprintf(out, room, fmt, args);
    va_end(args);
    if (length < 0)
        return 0;
    return (size_t)length < room ? (size_t)length : room - 1;
}

size_t ui_say_text(char *out, size_t room, struct kt_text text)
{
    size_t length = text.bytes ? text.length : 0;
    if (length >= room)
        length = room - 1;
    if (length > 0)
        memcpy(out, text.bytes, length);
    out[length] = '\0';
    return length;
}

size_t ui_first_lag_of(const struct kt_group *group, struct kt_text topic)
{
    size_t low = 0, high = group->lag_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kt_text_compare(kt_lag_topic(&group->lags[middle]), topic) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool ui_text_equal(struct kt_text a, struct kt_text b)
{
    if (!a.bytes || !b.bytes)
        return !a.bytes && !b.bytes;
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}
