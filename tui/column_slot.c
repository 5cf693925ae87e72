/* Filling one cell: the words and numbers that columns have in common. */
#include "column.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

bool ui_column_sorts(const struct ui_column *column)
{
    return column->rank || column->words;
}

void ui_column_fill(const struct ui_column *column, const struct ui_row *row, const struct ui_context *cx,
                    struct ui_slot *slot)
{
    if (column->cell)
        column->cell(row, cx, slot);
    else
        ui_slot_name(slot, column->words(row, cx));
}

void ui_slot_text(struct ui_slot *slot, enum ui_role role, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(slot->text, sizeof slot->text, fmt, args);
    va_end(args);
    slot->role = role;
}

void ui_slot_name(struct ui_slot *slot, struct kt_text name)
{
    if (name.bytes && name.length > 0)
        slot->name = name;
    else
        ui_slot_text(slot, slot->role, "%s", name.bytes ? "\"\"" : "-");
}

void ui_slot_sentence(struct ui_slot *slot, struct kt_text text)
{
    ui_slot_name(slot, text);
    slot->sentence = true;
}

void ui_slot_status(struct ui_slot *slot, enum ui_look_kind kind)
{
    const struct ui_look *look = ui_look(kind);
    if (slot->width >= 3 + (int)strlen(look->word))
        ui_slot_text(slot, look->role, "%s %s", look->mark, look->word);
    else
        ui_slot_text(slot, look->role, "%s", look->mark);
}

void ui_slot_idle(struct ui_slot *slot)
{
    ui_slot_text(slot, UI_ROLE_dim, slot->width >= 7 ? "-  IDLE" : "- ");
}

void ui_slot_count(struct ui_slot *slot, const struct ui_context *cx, bool known, int64_t value, bool at_least)
{
    ui_slot_lag(slot, cx, known, value, at_least, false);
}

void ui_slot_lag(struct ui_slot *slot, const struct ui_context *cx, bool known, int64_t value, bool at_least,
                 bool approximate)
{
    char digits[32];
    const char *marks[] = {"", ">", "~", ">~"};
    const char *mark = known ? marks[(at_least ? 1 : 0) + (approximate && value != 0 ? 2 : 0)] : "";
    size_t length = ui_number_count(known, value, cx->exact, digits, sizeof digits);
    if (cx->exact && (int)(length + strlen(mark)) > slot->width)
        ui_number_count(known, value, false, digits, sizeof digits);
    ui_slot_text(slot, slot->role, "%s%s", mark, digits);
}

void ui_slot_offset(struct ui_slot *slot, bool known, int64_t value)
{
    char digits[32];
    if ((int)ui_number_count(known, value, true, digits, sizeof digits) > slot->width)
        ui_number_count(known, value, false, digits, sizeof digits);
    ui_slot_text(slot, slot->role, "%s", digits);
}

void ui_slot_rate(struct ui_slot *slot, bool known, double per_second)
{
    char digits[32];
    ui_number_rate(known, per_second, digits, sizeof digits);
    ui_slot_text(slot, slot->role, "%s", digits);
}

void ui_slot_change(struct ui_slot *slot, const struct ui_context *cx, bool known, double per_minute,
                    const char *direction)
{
    char digits[32];
    int length = (int)ui_number_change(known, per_minute, digits, sizeof digits);
    bool up = known && direction && strcmp(direction, "up") == 0;
    bool down = known && direction && strcmp(direction, "down") == 0;
    const char *arrow = ui_number_arrow(up, down, cx->ascii);
    enum ui_role role = up ? UI_ROLE_up : down ? UI_ROLE_down : slot->role;
    ui_slot_text(slot, role, "%s%s", length < slot->width ? arrow : "", digits);
}

void ui_slot_percent(struct ui_slot *slot, bool known, double share)
{
    char digits[32];
    ui_number_percent(known, share, digits, sizeof digits);
    ui_slot_text(slot, slot->role, "%s", digits);
}

void ui_slot_duration(struct ui_slot *slot, bool known, int64_t ms, bool at_least)
{
    char digits[32];
    ui_number_duration(known, ms, digits, sizeof digits);
    ui_slot_text(slot, slot->role, "%s%s", known && at_least ? ">" : "", digits);
}

void ui_slot_time_lag(struct ui_slot *slot, bool known, int64_t ms, const char *tier, bool at_least)
{
    char digits[32];
    ui_number_duration(known, ms, digits, sizeof digits);
    ui_slot_text(slot, slot->role, "%s%s", known ? ui_number_time_mark(ms > 0 ? tier : NULL, at_least) : "", digits);
}

void ui_slot_eta(struct ui_slot *slot, bool known, int64_t ms, bool never)
{
    if (never)
        ui_slot_text(slot, UI_ROLE_up, "never");
    else
        ui_slot_duration(slot, known, ms, false);
}

void ui_slot_clock(struct ui_slot *slot, bool known, int64_t wall_ms)
{
    char digits[32];
    ui_number_clock(known, wall_ms, digits, sizeof digits);
    ui_slot_text(slot, slot->role, "%s", digits);
}

bool ui_rank_number(bool known, int64_t value, int64_t rank[2])
{
    rank[0] = value;
    rank[1] = 0;
    return known;
}

bool ui_rank_look(enum ui_look_kind look, int64_t behind_ms, int64_t lag, int64_t rank[2])
{
    const int64_t most = INT64_C(1) << 50;
    int64_t behind = behind_ms < 0 ? 0 : behind_ms > most ? most : behind_ms;
    rank[0] = (int64_t)look * (INT64_C(1) << 52) + behind;
    rank[1] = lag;
    return true;
}

bool ui_rank_fraction(bool known, double value, int64_t rank[2])
{
    rank[1] = 0;
    if (!known || value != value)
        return false;
    /* The bits of a double order as its value does once the negative ones are turned round. */
    double plain = value + 0.0; /* -0 becomes 0 */
    int64_t bits;
    memcpy(&bits, &plain, sizeof bits);
    rank[0] = bits >= 0 ? bits : (int64_t)((uint64_t)bits ^ UINT64_C(0x7fffffffffffffff));
    return true;
}
