#include "column.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* What names, and then trends, get before either grows further: most names are whole then. */
#define NAME_CELLS 20

/* Columns from these priorities on appear only where names, and then trends, keep this much more than they want. */
#define ROOMY_PRIORITY 8
#define ROOMY_TREND_PRIORITY 11
#define ROOMY_CELLS 10
#define BRANCH_CELLS 2

const struct ui_table *ui_table_of_row(const struct ui_table *table, const struct ui_row *row)
{
    return row->level > 0 ? table->below : table;
}

struct ui_identity ui_row_identity(const struct ui_table *table, const struct ui_row *row)
{
    struct ui_identity identity = ui_table_of_row(table, row)->identify(row);
    identity.level = row->level;
    return identity;
}

const struct ui_column *ui_table_column(const struct ui_table *table, const char *id)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->columns[i].id, id) == 0)
            return &table->columns[i];
    return NULL;
}

static bool out_of_place(const struct ui_column *column, const struct ui_context *cx)
{
    const struct ui_focus *focus = cx->focus;
    bool group = focus && focus->group.bytes;
    bool topic = focus && focus->topic.bytes;
    return ((column->hide & UI_HIDE_FOCUS_GROUP) && group) || ((column->hide & UI_HIDE_FOCUS_TOPIC) && topic);
}

static int wanted(const struct ui_column *column, const struct ui_context *cx)
{
    return cx->exact && column->exact ? column->exact : column->want;
}

static bool is_off(const struct ui_column *column, size_t index, const struct ui_choice *choice)
{
    if (column->priority == 0)
        return false;
    return choice ? choice->hidden >> index & 1 : column->off;
}

static const struct ui_choice *choice_of(const struct ui_context *cx)
{
    return cx->choice && cx->choice->count > 0 ? cx->choice : NULL;
}

unsigned ui_columns_chosen(const struct ui_table *table, const struct ui_context *cx, uint8_t out[UI_COLUMNS_MAX])
{
    const struct ui_choice *choice = choice_of(cx);
    unsigned count = 0;
    for (size_t place = 0; place < table->count && place < UI_COLUMNS_MAX; place++) {
        size_t index = choice ? choice->order[place] : place;
        const struct ui_column *column = &table->columns[index];
        if (!out_of_place(column, cx) && !is_off(column, index, choice))
            out[count++] = (uint8_t)index;
    }
    return count;
}

static void choose(struct ui_columns *layout, const struct ui_table *table, const struct ui_context *cx,
                   unsigned skip)
{
    uint8_t chosen[UI_COLUMNS_MAX];
    const struct ui_choice *choice = choice_of(cx);
    bool moved = choice && ui_choice_moved(choice);
    unsigned count = ui_columns_chosen(table, cx, chosen);
    layout->count = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct ui_column *column = &table->columns[chosen[i]];
        if (column->priority > 0 && skip > 0) {
            skip--;
            continue;
        }
        layout->placed[layout->count++] =
            (struct ui_placed){.column = chosen[i],
                               .priority = column->priority == 0 ? 0 : moved ? (uint8_t)(i + 1) : column->priority,
                               .width = column->min};
    }
}

unsigned ui_columns_skippable(const struct ui_table *table, const struct ui_context *cx)
{
    uint8_t chosen[UI_COLUMNS_MAX];
    unsigned count = 0, all = ui_columns_chosen(table, cx, chosen);
    for (unsigned i = 0; i < all; i++)
        count += table->columns[chosen[i]].priority > 0;
    return count > 0 ? count - 1 : 0;
}

/* The place of the column that goes first, or -1 when only those that stay are left. */
static int first_to_go(const struct ui_columns *layout)
{
    int found = -1;
    unsigned highest = 0;
    for (unsigned i = 0; i < layout->count; i++) {
        unsigned priority = layout->placed[i].priority;
        if (priority > 0 && priority >= highest) {
            highest = priority;
            found = (int)i;
        }
    }
    return found;
}

/* Cells that the chosen columns need for this set to be worth showing. roomy: the priority at stake, or 0. */
static int needed(const struct ui_columns *layout, const struct ui_table *table, const struct ui_context *cx,
                  unsigned roomy)
{
    int cells = layout->count > 0 ? (int)layout->count - 1 : 0;
    for (unsigned i = 0; i < layout->count; i++) {
        const struct ui_column *column = &table->columns[layout->placed[i].column];
        cells += column->priority == 0 ? wanted(column, cx) : column->min;
        bool trend = column->trend_of && roomy >= ROOMY_TREND_PRIORITY && column->priority < roomy;
        if (column->most > 0 && (trend || (roomy > 0 && column->priority == 0)))
            cells += ROOMY_CELLS;
    }
    return cells;
}

static void remove_column(struct ui_columns *layout, unsigned at)
{
    layout->count--;
    memmove(&layout->placed[at], &layout->placed[at + 1], (layout->count - at) * sizeof layout->placed[0]);
}

static void drop_until_fit(struct ui_columns *layout, const struct ui_table *table, const struct ui_context *cx,
                           int width)
{
    for (;;) {
        int at = first_to_go(layout);
        if (at < 0)
            return;
        /* What somebody chose is worth its cells to them. */
        unsigned priority = layout->placed[at].priority;
        unsigned roomy = priority >= ROOMY_PRIORITY && !choice_of(cx) ? priority : 0;
        if (needed(layout, table, cx, roomy) <= width)
            return;
        remove_column(layout, (unsigned)at);
    }
}

/* Raises columns to what they want, the ones that stay first; returns the cells that are left. */
static int raise(struct ui_columns *layout, const struct ui_table *table, const struct ui_context *cx, int left)
{
    for (unsigned priority = 0; priority < 256 && left > 0; priority++)
        for (unsigned i = 0; i < layout->count; i++) {
            const struct ui_column *column = &table->columns[layout->placed[i].column];
            int more = wanted(column, cx) - layout->placed[i].width;
            if (layout->placed[i].priority != priority || more <= 0)
                continue;
            if (more > left && column->most == 0)
                continue;
            more = more < left ? more : left;
            layout->placed[i].width += more;
            left -= more;
        }
    return left;
}

/* Gives names and trends enough to be told apart, then shares what is left among the columns that can use it. */
static void stretch(struct ui_columns *layout, const struct ui_table *table, int left)
{
    bool given = true;
    for (unsigned i = 0; i < layout->count; i++) {
        const struct ui_column *column = &table->columns[layout->placed[i].column];
        int more = (column->most < NAME_CELLS ? column->most : NAME_CELLS) - layout->placed[i].width;
        if ((column->priority > 0 && !column->trend_of) || more <= 0)
            continue;
        more = more < left ? more : left;
        layout->placed[i].width += more;
        left -= more;
    }
    while (left > 0 && given) {
        given = false;
        for (unsigned i = 0; i < layout->count && left > 0; i++) {
            if (layout->placed[i].width >= table->columns[layout->placed[i].column].most)
                continue;
            layout->placed[i].width++;
            left--;
            given = true;
        }
    }
}

void ui_columns_layout(struct ui_columns *layout, const struct ui_table *table, const struct ui_context *cx,
                       int width, unsigned skip)
{
    choose(layout, table, cx, skip);
    drop_until_fit(layout, table, cx, width);
    int left = width - (layout->count > 0 ? (int)layout->count - 1 : 0);
    for (unsigned i = 0; i < layout->count; i++)
        left -= layout->placed[i].width;
    if (left > 0)
        stretch(layout, table, raise(layout, table, cx, left));
    int x = 0;
    for (unsigned i = 0; i < layout->count; i++) {
        struct ui_placed *placed = &layout->placed[i];
        placed->x = x;
        if (placed->width > width - x)
            placed->width = width - x;
        if (placed->width <= 0) {
            layout->count = i;
            break;
        }
        x += placed->width + 1;
    }
}

/* --- drawing --------------------------------------------------------------------------------------------- */

static void draw_aligned(struct ui_canvas *cv, int x, int y, int width, enum ui_align align, enum ui_role role,
                         const char *text)
{
    size_t length = strlen(text);
    int cells = ui_text_width(text, length, cv->ascii);
    if (align == UI_RIGHT && cells < width)
        x += width - cells;
    ui_canvas_text(cv, x, y, cells < width ? cells : width, role, text, length);
}

/* A trend says of what and how long: "LAG 30m", or "LAG30m" where that is too long. */
static const char *title_of(const struct ui_column *column, const struct ui_context *cx, int width, char *out,
                            size_t room)
{
    if (!column->trend_of)
        return cx->lag_as_time && column->title_time ? column->title_time : column->title;
    const char *window = kt_trend_name(cx->window);
    bool narrow = (int)(strlen(column->trend_of) + strlen(window)) >= width;
    snprintf(out, room, "%s%s%s", column->trend_of, narrow ? "" : " ", window);
    return out;
}

void ui_columns_draw_titles(struct ui_canvas *cv, const struct ui_columns *layout, const struct ui_table *table,
                            const struct ui_context *cx, int x, int y, int width, unsigned sort, bool ascending)
{
    ui_canvas_fill(cv, x, y, width, 1, UI_ROLE_column, ' ');
    for (unsigned i = 0; i < layout->count; i++) {
        const struct ui_placed *placed = &layout->placed[i];
        const struct ui_column *column = &table->columns[placed->column];
        bool sorted = placed->column == sort;
        char text[32], made[24];
        const char *title = title_of(column, cx, placed->width, made, sizeof made);
        bool changes = ui_base_shows(cx, table, column);
        int over = (int)strlen(title) + changes + sorted - placed->width;
        /* The marks say what is shown and how rows are sorted: of a title that is too long, its beginning goes. */
        if (sorted && over > 0)
            title += over < (int)strlen(title) ? over : (int)strlen(title);
        snprintf(text, sizeof text, "%s%s%s", !changes ? "" : cx->ascii ? "d" : "\xce\x94", title,
                 !sorted ? "" : ascending ? "^" : "v");
        draw_aligned(cv, x + placed->x, y, placed->width, column->align,
                     sorted ? UI_ROLE_column_sorted : UI_ROLE_column, text);
    }
}

/* Draws over the name what of it a search found. */
static void draw_match(struct ui_canvas *cv, int x, int y, const char *text, const char *match)
{
    size_t length = strlen(match);
    if (length == 0)
        return;
    for (const char *at = text; *at; at++)
        if (strncasecmp(at, match, length) == 0) {
            int before = ui_text_width(text, (size_t)(at - text), cv->ascii);
            int cells = ui_text_width(at, length, cv->ascii);
            ui_canvas_text(cv, x + before, y, cells, UI_ROLE_match, at, length);
            return;
        }
}

static void draw_name(struct ui_canvas *cv, int x, int y, int width, const struct ui_slot *slot, const char *match)
{
    char fitted[2048];
    width -= (int)strlen(slot->tail);
    int cells = ui_text_fit(slot->name.bytes, slot->name.length, width, slot->sentence ? UI_CUT_END : UI_CUT_MIDDLE,
                            cv->ascii, fitted, sizeof fitted);
    ui_canvas_text(cv, x, y, cells, slot->role, fitted, strlen(fitted));
    ui_canvas_text(cv, x + cells, y, (int)strlen(slot->tail), slot->role, slot->tail, strlen(slot->tail));
    if (match)
        draw_match(cv, x, y, fitted, match);
}

static void draw_slot(struct ui_canvas *cv, int x, int y, const struct ui_column *column, struct ui_slot *slot,
                      const struct ui_context *cx, const struct ui_row_style *style)
{
    if (slot->trend)
        ui_canvas_spark(cv, x, y, slot->width, slot->role, slot->trend, cx->window,
                        slot->trend_least);
    else if (slot->name.bytes)
        draw_name(cv, x, y, slot->width, slot, style->match);
    else
        draw_aligned(cv, x, y, slot->width, column->align, slot->role, slot->text);
}

bool ui_row_can_be_quiet(const struct ui_table *table, const struct ui_row *row, struct ui_identity *what)
{
    table = ui_table_of_row(table, row);
    if (!table->quiets)
        return false;
    *what = table->identify(row);
    if (!what->second.bytes)
        what->number = 0;
    return what->first.bytes != NULL;
}

enum ui_quiet_kind ui_row_quiet(const struct ui_table *table, const struct ui_context *cx, const struct ui_row *row)
{
    struct ui_identity what;
    if (!cx->quiet || cx->quiet->count == 0 || !ui_row_can_be_quiet(table, row, &what))
        return UI_QUIET_NOT;
    const struct ui_quiet_entry *entry = ui_quiet_find(cx->quiet, &what);
    return entry ? entry->kind : UI_QUIET_NOT;
}

/* A row that somebody has seen: "## STOP" becomes "a# STOP", and none of it is loud. */
static void hush(struct ui_slot *slot, enum ui_quiet_kind quiet, bool first)
{
    if (quiet == UI_QUIET_NOT)
        return;
    slot->role = UI_ROLE_quiet;
    if (first && slot->text[0] && slot->text[1]) {
        slot->text[1] = slot->text[0];
        slot->text[0] = quiet == UI_QUIET_MUTED ? 'm' : 'a';
    }
}

/* Rows that matter less are dim as a whole. */
static enum ui_role role_of_row(enum ui_look_kind look)
{
    switch (look) {
    case UI_LOOK_NODATA:
    case UI_LOOK_UNREAD:
    case UI_LOOK_EMPTY:
    case UI_LOOK_ABANDONED:
        return ui_look(look)->role;
    default:
        return UI_ROLE_text;
    }
}

bool ui_column_fill_any(const struct ui_table *table, unsigned number, const struct ui_row *row,
                        const struct ui_context *cx, struct ui_slot *slot)
{
    const struct ui_column *column = &table->columns[number];
    bool label = row->level > 0 && number == table->name;
    if (row->level > 0 && !label)
        column = ui_table_column(table->below, column->id);
    if (!column)
        return false;
    if (label)
        table->label(row, cx, slot);
    else if (ui_base_shows(cx, table, column))
        ui_base_cell(row, cx, column, slot);
    else
        ui_column_fill(column, row, cx, slot);
    return true;
}

/* The branch before the name of a row that lies beneath another; returns its cells. */
static int draw_branch(struct ui_canvas *cv, int x, int y, int width)
{
    const char *branch = cv->ascii ? "`" : "\xe2\x94\x94";
    int cells = width < BRANCH_CELLS ? width : BRANCH_CELLS;
    ui_canvas_text(cv, x, y, cells, UI_ROLE_rule, branch, strlen(branch));
    return cells;
}

void ui_columns_draw_row(struct ui_canvas *cv, const struct ui_columns *layout, const struct ui_table *table,
                         const struct ui_context *cx, const struct ui_row *row, int x, int y, int width,
                         const struct ui_row_style *style)
{
    struct ui_facts facts = {0};
    ui_table_of_row(table, row)->facts(row, cx, &facts);
    enum ui_quiet_kind quiet = ui_row_quiet(table, cx, row);
    int bar = x; /* where the selection goes on */
    for (unsigned i = 0; i < layout->count; i++) {
        const struct ui_placed *placed = &layout->placed[i];
        struct ui_slot slot = {.width = placed->width, .role = role_of_row(facts.look)};
        int left = x + placed->x;
        if (row->level > 0 && placed->column == table->name) {
            int branch = draw_branch(cv, left, y, slot.width);
            left += branch;
            slot.width -= branch;
        }
        if (!ui_column_fill_any(table, placed->column, row, cx, &slot))
            continue;
        hush(&slot, quiet, i == 0);
        draw_slot(cv, left, y, &table->columns[placed->column], &slot, cx, style);
        /* The gap between the mark and the word, or the one behind the mark alone. */
        if (i == 0 && style->pinned && width > 2)
            ui_canvas_text(cv, x + 2, y, 1, UI_ROLE_pinned, "*", 1);
        /* It spares what has a look of its own: the status, and trends, whose bars would become gaps in reverse. */
        if (style->selected && ((i == 0 && layout->count > 1) || slot.trend)) {
            ui_canvas_flag(cv, bar, y, x + placed->x - bar, UI_CELL_SELECTED);
            bar = x + placed->x + slot.width;
        }
    }
    if (style->selected)
        ui_canvas_flag(cv, bar, y, x + width - bar, UI_CELL_SELECTED);
}
