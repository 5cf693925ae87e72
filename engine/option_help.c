/* --help and --print-config, from the table. */
#include <string.h>

#include "option_table.h"

#define HELP_COLUMNS 96 /* of a line */
#define HELP_INDENT  34 /* where the sentence begins */

static const char *const section_titles[KT_SECTION_COUNT] = {
    [KT_SECTION_CLUSTER] = "Which cluster",
    [KT_SECTION_SCOPE] = "What to look at",
    [KT_SECTION_OUTPUT] = "How often, and what comes out",
    [KT_SECTION_RULES] = "How to judge",
    [KT_SECTION_RECORD] = "Recordings",
    [KT_SECTION_LOOKS] = "Screen",
    [KT_SECTION_OTHER] = "Other",
};

/* ---- --help ---- */

/* Writes words from column `column` on, broken before HELP_COLUMNS. */
static void write_words(FILE *out, const char *text, size_t column)
{
    fprintf(out, "%*s", (int)(HELP_INDENT > column ? HELP_INDENT - column : 0), "");
    column = HELP_INDENT;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > HELP_INDENT && column + 1 + length > HELP_COLUMNS) {
            fprintf(out, "\n%*s", HELP_INDENT, "");
            column = HELP_INDENT;
        } else if (column > HELP_INDENT) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, length, out);
        column += length;
        text += length + strspn(text + length, " ");
    }
    fputc('\n', out);
}

static void write_row(FILE *out, const struct kt_option_row *row)
{
    char sentence[400], letter[8] = "    ";
    if (row->letter) {
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    }
    int head = fprintf(out, "  %s--%s%s%s", letter, row->name, row->argument ? " " : "",
                       row->argument ? row->argument : "");
    bool tell_default = row->fallback && row->kind != KT_OPTION_FLAG;
    snprintf(sentence, sizeof sentence, "%s%s%s%s", row->help, tell_default ? " (default " : "",
             tell_default ? row->fallback : "", tell_default ? ")" : "");
    if (head > HELP_INDENT - 2) {
        fputc('\n', out);
        head = 0;
    }
    write_words(out, sentence, head > 0 ? (size_t)head : 0);
}

void kt_options_help(FILE *out)
{
    fputs("Usage: kafkatop -b HOST[:PORT],... [OPTION]...\n"
          "Tells which Kafka consumer groups are in trouble, and why.\n",
          out);
    for (size_t section = 0; section < KT_SECTION_COUNT; section++) {
        fprintf(out, "\n%s:\n", section_titles[section]);
        for (size_t i = 0; i < kt_option_row_count; i++) {
            if (kt_option_rows[i].section == section) {
                write_row(out, &kt_option_rows[i]);
            }
        }
    }
    fputs("\nGroups named console-consumer-* are hidden unless -g names what to keep.\n"
          "Exit status: 0 done, 64 usage, 69 no cluster, 74 output, 77 refused, 78 configuration.\n"
          "The manual kafkatop(1) explains keys, verdicts and files.\n",
          out);
}

/* ---- --print-config ---- */

/* Properties whose values nobody should read over a shoulder. */
static bool is_secret(const char *key)
{
    static const char *const parts[] = {"password",   "secret",  "jaas",      "token",
                                        "passphrase", "key.pem", "credential"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strstr(key, parts[i])) {
            return true;
        }
    }
    return false;
}

static const char *origin_of(const struct kt_options *options, const struct kt_option_row *row)
{
    switch (options->origins ? options->origins[row - kt_option_rows] : KT_ORIGIN_NONE) {
    case KT_ORIGIN_ARGUMENT:
        return "command line";
    case KT_ORIGIN_ENVIRONMENT:
        return row->environment;
    default:
        return "default";
    }
}

static void print_line(FILE *out, const char *name, const char *value, const char *origin)
{
    fprintf(out, "%-24s %-32s # %s\n", name, value, origin);
}

static const char *clean(char *room, size_t size, const char *fmt, ...) KT_PRINTF(3, 4);

static const char *clean(char *room, size_t size, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    kt_format_cut(room, size, fmt, args);
    va_end(args);
    return room;
}

void kt_options_print_config(const struct kt_options *options, FILE *out)
{
    char value[4200], name[300];
    for (size_t i = 0; i < kt_option_row_count; i++) {
        const struct kt_option_row *row = &kt_option_rows[i];
        if (row->kind == KT_OPTION_PROPERTY || row->section == KT_SECTION_OTHER) {
            continue;
        }
        kt_option_show(options, row, value, sizeof value);
        print_line(out, row->name, value[0] ? value : "-", origin_of(options, row));
    }
    for (size_t i = 0; i < options->property_count; i++) {
        const struct kt_property *property = &options->properties[i];
        bool secret = is_secret(property->key);
        clean(name, sizeof name, "property %s", property->key);
        clean(value, sizeof value, "%s", secret ? "********" : property->value);
        print_line(out, name, value, property->origin);
    }
}
