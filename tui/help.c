#include "help.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "error.h"
#include "panel.h"

void ui_lines_add(struct ui_lines *lines, const char *fmt, ...)
{
    char text[4096];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (lines->count == lines->room) {
        lines->room = lines->room ? lines->room * 2 : 32;
        lines->items = kt_resize(lines->items, lines->room, sizeof lines->items[0]);
        lines->dim = kt_resize(lines->dim, lines->room, sizeof lines->dim[0]);
    }
    lines->dim[lines->count] = false;
    lines->items[lines->count++] = kt_strdup(text);
}

void ui_lines_release(struct ui_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->items[i]);
    free(lines->items);
    free(lines->dim);
    *lines = (struct ui_lines){0};
}

static const char *const filter_terms[][2] = {
    {"text", "a name has it somewhere; \"with blanks\" in quotes"},
    {"~regex", "a name matches the POSIX extended regular expression"},
    {"status:stop,warn", "the status word (st: for short); err: all errors"},
    {"state:empty", "the coordinator's word or the status word"},
    {"lag>10k", "also < <= >= =, with k, M, G"},
    {"!term", "the term does not hold; terms side by side must all hold"},
};

#define FILTER_TERMS (sizeof filter_terms / sizeof filter_terms[0])

static const char *const trend_lines[][2] = {
    {"height", "the lowest is 0 alone, the highest the largest value shown, but at least 7; blank: not known"},
    {"cells", "a cell shows the largest value of its time, so that short peaks stay; w: 5m, 30m, 2h"},
    {"arrow", "up or down where the slope of the last minute exceeds 2.5 times its own uncertainty"},
};

#define TREND_LINES (sizeof trend_lines / sizeof trend_lines[0])

static const char prompt_help[] = "In a prompt: Enter takes it, Esc leaves it; ^A ^E ^U ^K ^W edit. "
                                  "A paste goes into a prompt or nowhere.";

static void add_keys(struct ui_lines *lines, bool secure)
{
    for (unsigned section = 0; section < UI_SECTION_COUNT; section++) {
        ui_lines_add(lines, "%s", ui_section_name((enum ui_action_section)section));
        for (unsigned i = 0; i < ui_action_count; i++) {
            char keys[64];
            if (ui_actions[i].section != section)
                continue;
            ui_action_keys_text(&ui_actions[i], keys, sizeof keys);
            ui_lines_add(lines, "  %-12s %s%s", keys, ui_actions[i].help,
                         ui_actions[i].off_when_secure ? " (not with --secure)" : "");
            lines->dim[lines->count - 1] = secure && ui_actions[i].off_when_secure;
        }
    }
}

static void add_columns(struct ui_lines *lines, const struct ui_panel *panel)
{
    ui_lines_add(lines, "COLUMNS OF THIS PANEL: %s", panel->help);
    for (size_t i = 0; i < panel->table.count; i++) {
        const struct ui_column *column = &panel->table.columns[i];
        const char *title = column->title + strspn(column->title, " ");
        ui_lines_add(lines, "  %-12s %s", *title ? title : column->id, column->help);
    }
}

void ui_help_lines(struct ui_lines *lines, const struct ui_panel *panel, bool secure)
{
    add_keys(lines, secure);
    add_columns(lines, panel);
    ui_lines_add(lines, "STATUS");
    for (int kind = UI_LOOK_COUNT - 1; kind >= 0; kind--) {
        const struct ui_look *look = ui_look((enum ui_look_kind)kind);
        ui_lines_add(lines, "  %s %-9s %s", look->mark, look->word, look->meaning);
    }
    ui_lines_add(lines, "TRENDS");
    for (size_t i = 0; i < TREND_LINES; i++)
        ui_lines_add(lines, "  %-12s %s", trend_lines[i][0], trend_lines[i][1]);
    ui_lines_add(lines, "FILTER");
    for (size_t i = 0; i < FILTER_TERMS; i++)
        ui_lines_add(lines, "  %-16s %s", filter_terms[i][0], filter_terms[i][1]);
    ui_lines_add(lines, "  %s", prompt_help);
}

/* --- documents ------------------------------------------------------------------------------------------- */

/* In a table of Markdown a bar would end the cell. */
static void write_cell(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, "%s%c", *text == '|' || *text == '\\' || *text == '<' || *text == '*' ? "\\" : "", *text);
}

void ui_help_write_markdown(FILE *out)
{
    fprintf(out, "# Keys\n\nMade from the table of actions by `make bless`; `?` on the screen shows the same.\n"
                 "A key has one meaning in all views. Any other key says so and does nothing.\n");
    for (unsigned section = 0; section < UI_SECTION_COUNT; section++) {
        fprintf(out, "\n## %s\n\n| keys | name | what it does |\n| --- | --- | --- |\n",
                ui_section_name((enum ui_action_section)section));
        for (unsigned i = 0; i < ui_action_count; i++) {
            char keys[64];
            if (ui_actions[i].section != section)
                continue;
            ui_action_keys_text(&ui_actions[i], keys, sizeof keys);
            fprintf(out, "| ");
            write_cell(out, keys);
            fprintf(out, " | %s | ", ui_actions[i].name);
            write_cell(out, ui_actions[i].help);
            fprintf(out, "%s |\n", ui_actions[i].off_when_secure ? " (not with `--secure`)" : "");
        }
    }
    fprintf(out, "\n## FILTER\n\n%s\n\n| term | what stays |\n| --- | --- |\n", prompt_help);
    for (size_t i = 0; i < FILTER_TERMS; i++) {
        fprintf(out, "| ");
        write_cell(out, filter_terms[i][0]);
        fprintf(out, " | ");
        write_cell(out, filter_terms[i][1]);
        fprintf(out, " |\n");
    }
}

/* Text that roff would take for requests or escapes. */
static void write_roff(FILE *out, const char *text)
{
    for (const char *begin = text; *text; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else if (*text == '^')
            fputs("\\(ha", out);
        else if (*text == '~')
            fputs("\\(ti", out);
        else if (*text == '\'')
            fputs("\\(aq", out);
        else if (*text == '"')
            fputs("\\(dq", out);
        else if (*text == '.' || (*text == ',' && text > begin && text[-1] == ' '))
            fprintf(out, "\\&%c", *text);
        else if (*text == '[' || *text == ']') /* alone in a line they are punctuation */
            fputs(*text == '[' ? "\\(lB" : "\\(rB", out);
        else
            fputc(*text, out);
    }
}

static void write_item(FILE *out, const char *term, const char *help, const char *note)
{
    fprintf(out, ".It ");
    write_roff(out, term);
    fprintf(out, "\n");
    write_roff(out, help);
    fprintf(out, "%s%s\n", note, !*note && help[strlen(help) - 1] == '?' ? "" : ".");
}

static void write_heading(FILE *out, const char *name)
{
    fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", name);
}

void ui_help_write_roff(FILE *out)
{
    for (unsigned section = 0; section < UI_SECTION_COUNT; section++) {
        write_heading(out, ui_section_name((enum ui_action_section)section));
        for (unsigned i = 0; i < ui_action_count; i++) {
            char keys[64];
            if (ui_actions[i].section != section)
                continue;
            ui_action_keys_text(&ui_actions[i], keys, sizeof keys);
            write_item(out, keys, ui_actions[i].help, ui_actions[i].off_when_secure ? " (not with \\-\\-secure)" : "");
        }
        fprintf(out, ".El\n");
    }
    write_heading(out, "FILTER");
    for (size_t i = 0; i < FILTER_TERMS; i++)
        write_item(out, filter_terms[i][0], filter_terms[i][1], "");
    fprintf(out, ".El\n");
}
