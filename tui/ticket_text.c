/* The text of a ticket: what a colleague reads first. */
#include <string.h>

#include "config.h"
#include "number.h"
#include "panel_all.h"
#include "text.h"
#include "ticket_part.h"

#define COLUMN_MOST 64 /* a longer name pushes its row out of line rather than being cut */
#define EVENTS_MOST 50
#define REASONS_MOST 50
#define CELL_ROOM 2048

/* --- the text: names ------------------------------------------------------------------------------------- */

/* While it is written. */
struct writing {
    struct ui_ticket *ticket;
    struct ui_context cx;
    struct kt_anonymiser *anonymiser; /* or NULL */
    FILE *out;
};

/* A text made harmless; foreign ones come out of one of the functions below. */
static void harmless(const struct writing *to, struct kt_text text, char *out, size_t room)
{
    ui_text_fit(text.bytes, text.length, CELL_ROOM, UI_CUT_END, to->ticket->ascii, out, room);
}

static struct kt_text named(const struct writing *to, char kind, struct kt_text name)
{
    return to->anonymiser ? kt_anonymiser_name(to->anonymiser, kind, name) : name;
}

static struct kt_text told(const struct writing *to, struct kt_text text)
{
    return to->anonymiser ? kt_anonymiser_text(to->anonymiser, text) : text;
}

static struct kt_text subject(const struct writing *to, const struct kt_problem *problem)
{
    return to->anonymiser ? kt_anonymiser_problem(to->anonymiser, problem) : problem->name;
}

static void put(const struct writing *to, const char *before, struct kt_text text, const char *after)
{
    char said[CELL_ROOM];
    if (!text.bytes || text.length == 0)
        return;
    harmless(to, text, said, sizeof said);
    fprintf(to->out, "%s%s%s", before, said, after);
}

/* Of an anonymous ticket: by what the name in a cell is, where that can be told. */
static struct kt_text name_in_cell(const struct writing *to, const struct ui_row *row, const struct ui_column *column,
                                   const struct ui_slot *slot)
{
    const struct ui_panel *panel = to->ticket->panel;
    const struct kt_group *group = row->level == 0 ? ui_panel_group(panel, row, &to->cx) : NULL;
    if (group && ui_text_equal(group->name, slot->name))
        return named(to, 'g', slot->name);
    if (panel == &ui_panel_brokers && strcmp(column->id, "rack") == 0)
        return named(to, 'r', slot->name);
    if (panel == &ui_panel_events && row->kind != UI_ROW_EVENT)
        return !slot->sentence && row->kind == UI_ROW_PROBLEM ? subject(to, row->item) : kt_text_of("(hidden)", 8);
    return told(to, slot->name);
}

static void say_cell(const struct writing *to, const struct ui_row *row, const struct ui_column *column,
                     const struct ui_slot *slot, char *out, size_t room)
{
    char name[CELL_ROOM] = "";
    size_t left = room - strlen(slot->tail); /* cut here, where a character stays whole */
    if (slot->name.bytes)
        harmless(to, to->anonymiser ? name_in_cell(to, row, column, slot) : slot->name, name, left);
    snprintf(out, room, "%s%s", slot->name.bytes ? name : slot->trend ? "" : slot->text, slot->tail);
}

/* --- the text: head -------------------------------------------------------------------------------------- */

static void write_identity(const struct writing *to)
{
    const struct ui_ticket *ticket = to->ticket;
    const struct kt_snapshot *snap = ticket->snap;
    const char *source = kt_source_kind_name(snap->source);
    char when[40], age[32] = "-", poll[32];
    ui_ticket_instant(ticket->made_ms, false, when, sizeof when);
    fprintf(to->out, "kafkatop %s, ticket of %s\n\n", KAFKATOP_VERSION, when);
    fputs("cluster   ", to->out);
    if (ticket->anonymous)
        fputs("(names are replaced)", to->out);
    else
        put(to, "", snap->name, "");
    put(to, ", id ", named(to, 'k', snap->cluster_id), "");
    put(to, ", at ", told(to, snap->bootstrap), "");
    ui_number_duration(ticket->age_ms >= 0, ticket->age_ms, age, sizeof age);
    ui_ticket_instant(snap->as_of_ms, false, when, sizeof when);
    fprintf(to->out, "\nas of     %s, %s old%s%s%s\n", snap->as_of_known ? when : "-", age,
            ticket->stale ? ", STALE" : "", snap->partial ? ", INCOMPLETE" : "",
            ticket->paused ? ", the screen was paused or looked back" : "");
    ui_ticket_instant(ticket->base_ms, false, when, sizeof when);
    if (ticket->base_known)
        fprintf(to->out, "baseline  %s; the screen showed changes since then, the figures below are whole\n", when);
    ui_number_duration(true, snap->settings.delay_ms, poll, sizeof poll);
    fprintf(to->out, "source    %s, rules %s, refresh %s\n", source ? source : "-",
            snap->settings.rules == KT_RULES_BURROW ? "burrow" : "kafkatop", poll);
}

static void write_counts(const struct writing *to)
{
    const struct kt_snapshot *snap = to->ticket->snap;
    size_t looks[UI_LOOK_COUNT] = {0};
    for (size_t i = 0; i < snap->group_count; i++)
        looks[ui_look_of_group(snap->groups[i])]++;
    fputs("groups   ", to->out);
    for (unsigned look = UI_LOOK_COUNT; look-- > 0;)
        if (looks[look] > 0)
            fprintf(to->out, " %s %zu,", ui_look((enum ui_look_kind)look)->word, looks[look]);
    fprintf(to->out, " %zu in all", snap->group_count);
    if (snap->hidden_groups > 0)
        fprintf(to->out, "; %zu hidden by -g and -G", snap->hidden_groups);
    const struct ui_quiet *quiet = &to->ticket->quiet;
    if (quiet->count > 0)
        fprintf(to->out, "; on this screen %u acknowledged, %u muted", ui_quiet_count(quiet, UI_QUIET_ACKNOWLEDGED),
                ui_quiet_count(quiet, UI_QUIET_MUTED));
    fputc('\n', to->out);
}

static void write_totals(const struct writing *to)
{
    const struct kt_snapshot *snap = to->ticket->snap;
    char in[32], out[32], lag[32], oldest[32];
    size_t up = 0;
    for (size_t i = 0; i < snap->broker_count; i++)
        up += !KT_KNOWS(&snap->brokers[i], KT_BROKER_up) || snap->brokers[i].up;
    ui_number_rate(snap->produce_known, snap->produce_rate, in, sizeof in);
    ui_number_rate(snap->consume_known, snap->consume_rate, out, sizeof out);
    ui_number_count(snap->total_lag_known, snap->total_lag, true, lag, sizeof lag);
    ui_number_duration(snap->oldest_known, snap->oldest_ms, oldest, sizeof oldest);
    fprintf(to->out, "flow      in %s/s, out %s/s, lag %s%s, oldest %s%s\n", in, out,
            snap->total_lag_known && snap->total_partial ? ">" : "", lag,
            snap->oldest_known && snap->oldest_at_least ? ">" : "", oldest);
    fprintf(to->out, "brokers   %zu of %zu up; %zu topics, URP %zu, offline %zu\n", up, snap->broker_count,
            snap->topic_count, snap->under_replicated, snap->offline);
}

/* Words of a library are not repeated in an anonymous one: nobody knows which of them are names. */
static void write_problems(const struct writing *to)
{
    const struct kt_snapshot *snap = to->ticket->snap;
    const struct kt_problem *cause = kt_snapshot_cause(snap);
    if (snap->problem_count > 0)
        fprintf(to->out, "\nPROBLEMS (%zu)\n", snap->problem_count);
    for (size_t i = 0; i <= snap->problem_count; i++) {
        const struct kt_problem *problem = i == 0 ? cause : &snap->problems[i - 1];
        if (!problem || (i > 0 && problem == cause))
            continue;
        char since[40];
        ui_ticket_instant(problem->since_ms, false, since, sizeof since);
        fprintf(to->out, "since %s %s", since, kt_scope_name(problem->scope));
        put(to, " ", subject(to, problem), "");
        put(to, " ", problem->error, "");
        if (!to->ticket->anonymous)
            put(to, ": ", problem->text, "");
        fputc('\n', to->out);
    }
}

/* What many bad rows have in common: a ticket's first line, if there is one. */
static void write_causes(const struct writing *to)
{
    const struct kt_snapshot *snap = to->ticket->snap;
    if (snap->cause_count > 0)
        fputs("\nIN COMMON\n", to->out);
    for (size_t i = 0; i < snap->cause_count; i++)
        put(to, "", to->anonymiser ? kt_anonymiser_cause(to->anonymiser, &snap->causes[i]) : snap->causes[i].text,
            "\n");
}

/* --- the text: rows -------------------------------------------------------------------------------------- */

static void write_what(const struct writing *to)
{
    const struct ui_ticket *ticket = to->ticket;
    const struct ui_list *list = &ticket->list;
    const struct ui_focus *focus = &ticket->focus;
    char sort[64];
    ui_list_sort_text(list, &ticket->panel->table, sort, sizeof sort);
    fprintf(to->out, "\n%s: %zu of %zu rows", ticket->panel->title, ticket->shown_count, ticket->row_count);
    put(to, " of group ", named(to, 'g', focus->group), "");
    put(to, " of member ", named(to, 'm', focus->member), "");
    put(to, " of topic ", named(to, 't', focus->topic), "");
    if (focus->has_broker)
        fprintf(to->out, " of broker %lld", (long long)focus->broker);
    if (list->filter_text && ticket->anonymous)
        fputs(", filter (hidden)", to->out);
    else if (list->filter_text)
        put(to, ", filter ", kt_text_of(list->filter_text, strlen(list->filter_text)), "");
    fprintf(to->out, "%s, sorted by %s\n", list->problems_only ? ", problems only" : "", sort + strspn(sort, " "));
}

struct cells {
    struct ui_columns layout;
    int widths[UI_COLUMNS_MAX];
    bool empty[UI_COLUMNS_MAX]; /* a column that only a screen can show */
};

static void fill_cell(const struct writing *to, const struct cells *cells, unsigned i, const struct ui_row *row,
                      char out[CELL_ROOM])
{
    const struct ui_table *table = &to->ticket->panel->table;
    unsigned number = cells->layout.placed[i].column;
    struct ui_slot slot = {.width = (int)sizeof slot.text - 1, .role = UI_ROLE_text};
    size_t indent = row->level > 0 && number == table->name ? 2 : 0;
    if (!ui_column_fill_any(table, number, row, &to->cx, &slot))
        slot.text[0] = '\0';
    memcpy(out, "  ", indent);
    say_cell(to, row, &table->columns[number], &slot, out + indent, CELL_ROOM - indent);
}

static const char *title_of(const struct writing *to, const struct cells *cells, unsigned i)
{
    const struct ui_column *column = &to->ticket->panel->table.columns[cells->layout.placed[i].column];
    return to->ticket->lag_as_time && column->title_time ? column->title_time : column->title;
}

static void measure(const struct writing *to, struct cells *cells)
{
    const struct ui_list *list = &to->ticket->list;
    char text[CELL_ROOM];
    for (unsigned i = 0; i < cells->layout.count; i++) {
        cells->empty[i] = list->shown_count > 0;
        cells->widths[i] = (int)strlen(title_of(to, cells, i));
    }
    for (size_t n = 0; n < list->shown_count; n++)
        for (unsigned i = 0; i < cells->layout.count; i++) {
            fill_cell(to, cells, i, ui_list_at(list, n), text);
            int width = ui_text_width(text, strlen(text), to->ticket->ascii);
            cells->empty[i] = cells->empty[i] && width == 0;
            if (width > cells->widths[i] && width <= COLUMN_MOST)
                cells->widths[i] = width;
        }
}

static void write_cell(const struct writing *to, const struct cells *cells, unsigned i, const char *text, bool last)
{
    const struct ui_column *column = &to->ticket->panel->table.columns[cells->layout.placed[i].column];
    int width = ui_text_width(text, strlen(text), to->ticket->ascii);
    int pad = width < cells->widths[i] ? cells->widths[i] - width : 0;
    if (column->align == UI_RIGHT)
        fprintf(to->out, "%*s%s%s", pad, "", text, last ? "" : " ");
    else
        fprintf(to->out, "%s%*s%s", text, last ? 0 : pad, "", last ? "" : " ");
}

static void write_line(const struct writing *to, const struct cells *cells, const struct ui_row *row)
{
    char text[CELL_ROOM];
    unsigned last = cells->layout.count;
    while (last > 0 && cells->empty[last - 1])
        last--;
    for (unsigned i = 0; i < last; i++) {
        if (cells->empty[i])
            continue;
        if (row)
            fill_cell(to, cells, i, row, text);
        else
            snprintf(text, sizeof text, "%s", title_of(to, cells, i));
        write_cell(to, cells, i, text, i + 1 == last);
    }
    fputc('\n', to->out);
}

static void write_rows(const struct writing *to)
{
    const struct ui_list *list = &to->ticket->list;
    struct cells cells = {0};
    ui_columns_layout(&cells.layout, &to->ticket->panel->table, &to->cx, 4000, 0);
    measure(to, &cells);
    if (list->shown_count > 0)
        write_line(to, &cells, NULL);
    for (size_t i = 0; i < list->shown_count; i++)
        write_line(to, &cells, ui_list_at(list, i));
    if (list->shown_count == 0)
        fputs("(none)\n", to->out);
}

/* Whether a sentence repeats the words of a problem, of which nobody knows what they name. */
static bool repeats_problem(const struct kt_snapshot *snap, const char *why)
{
    char words[32];
    for (size_t i = 0; i < snap->problem_count; i++)
        if (ui_say_text(words, sizeof words, snap->problems[i].text) > 0 && strstr(why, words))
            return true;
    return false;
}

static void write_reason(const struct writing *to, const struct ui_row *row, enum ui_look_kind look, const char *why)
{
    const struct ui_panel *panel = to->ticket->panel;
    const struct kt_group *group = ui_panel_group(panel, row, &to->cx);
    struct ui_identity what = panel->table.identify(row);
    struct ui_facts facts = {0};
    panel->table.facts(row, &to->cx, &facts);
    fprintf(to->out, "%s %s ", ui_look(look)->mark, ui_look(look)->word);
    put(to, "", group ? named(to, 'g', group->name) : told(to, facts.texts[0]), "");
    if (panel == &ui_panel_partitions) {
        put(to, " ", named(to, 't', what.second), "");
        fprintf(to->out, "/%lld", (long long)what.number);
    }
    bool hidden = to->anonymiser && repeats_problem(to->ticket->snap, why);
    put(to, ": ", hidden ? kt_text_of("(hidden)", 8) : told(to, kt_text_of(why, strlen(why))), "\n");
}

/* Why the rows that are not well are so. */
static void write_reasons(const struct writing *to)
{
    const struct ui_panel *panel = to->ticket->panel;
    size_t count = 0;
    if (panel == &ui_panel_events)
        return; /* each row says it already */
    for (size_t i = 0; i < to->ticket->list.shown_count; i++) {
        const struct ui_row *row = ui_list_at(&to->ticket->list, i);
        struct ui_facts facts = {0};
        char why[1024];
        if (row->level > 0)
            continue; /* what it lies beneath says it */
        panel->table.facts(row, &to->cx, &facts);
        if (!ui_look_is_problem(facts.look) || panel->describe(row, &to->cx, why, sizeof why) == 0)
            continue;
        fputs(count == 0 ? "\nWHY\n" : "", to->out);
        if (++count <= REASONS_MOST)
            write_reason(to, row, facts.look, why);
    }
    if (count > REASONS_MOST)
        fprintf(to->out, "... and %zu more: see the document\n", count - REASONS_MOST);
}

static void write_event(const struct writing *to, const struct kt_event *event)
{
    char when[40];
    ui_ticket_instant(event->at_ms, false, when, sizeof when);
    fprintf(to->out, "%s %s", when, kt_event_kind_name(event->kind));
    put(to, " ", named(to, 'g', event->group), "");
    put(to, " ", named(to, 't', event->topic), "");
    if (event->has_partition)
        fprintf(to->out, "/%ld", (long)event->partition);
    put(to, ": ", told(to, event->text), "");
    fputc('\n', to->out);
}

/* The last ones of what is shown, the newest last, as in a log. */
static void write_events(const struct writing *to)
{
    const struct kt_snapshot *snap = to->ticket->snap;
    struct ui_ticket_part part;
    struct kt_snapshot_keep keep;
    if (to->ticket->panel == &ui_panel_events)
        return;
    ui_ticket_part_make(to->ticket, &part, &keep);
    size_t kept = 0, left = 0;
    for (size_t i = 0; i < snap->event_count; i++)
        kept += keep.events[i];
    left = kept > EVENTS_MOST ? kept - EVENTS_MOST : 0;
    if (left > 0)
        fprintf(to->out, "\nEVENTS (the last %d of %zu)\n", EVENTS_MOST, kept);
    else if (kept > 0)
        fprintf(to->out, "\nEVENTS (%zu)\n", kept);
    for (size_t i = 0; i < snap->event_count; i++)
        if (keep.events[i] && (left == 0 || left-- == 0))
            write_event(to, &snap->events[i]);
    ui_ticket_part_release(&part);
}

void ui_ticket_write_text(struct ui_ticket *ticket, FILE *out)
{
    ui_ticket_rows(ticket);
    struct writing to = {.ticket = ticket, .cx = ui_ticket_context(ticket), .out = out};
    if (ticket->anonymous)
        to.anonymiser = kt_anonymiser_new(ticket->snap);
    write_identity(&to);
    write_counts(&to);
    write_totals(&to);
    write_problems(&to);
    write_causes(&to);
    write_what(&to);
    write_rows(&to);
    write_reasons(&to);
    write_events(&to);
    kt_anonymiser_free(to.anonymiser);
}
