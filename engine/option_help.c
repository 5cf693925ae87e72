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
    fputs("Usage: kafkatop [-b HOST[:PORT],... | -c CLUSTER...] [OPTION]...\n"
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

bool kt_property_is_secret(const char *key)
{
    static const char *const parts[] = {"password", "secret", "jaas",       "token",
                                        "passphrase", ".pem", "credential", "oauthbearer.config",
                                        "oauthbearer.extensions", "auth.user.info"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && !strstr(key, "token.endpoint.url"); i++) {
        if (strstr(key, parts[i])) {
            return true;
        }
    }
    return false;
}

const char *kt_said_text(const struct kt_options *options, struct kt_said said, const char *environment, char *room,
                         size_t size)
{
    switch (said.from) {
    case KT_ORIGIN_ARGUMENT:
        return "command line";
    case KT_ORIGIN_ENVIRONMENT:
        return environment;
    case KT_ORIGIN_SCREEN:
        snprintf(room, size, "%s:%u", options->screen ? options->screen : "-", said.line);
        return room;
    case KT_ORIGIN_JAVA:
    case KT_ORIGIN_JAVA_SECTION:
        snprintf(room, size, "%s:%u", options->command_config ? options->command_config : "-", said.line);
        return room;
    case KT_ORIGIN_FILE:
    case KT_ORIGIN_SECTION:
        snprintf(room, size, "%s:%u", options->config ? options->config : "-", said.line);
        return room;
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

/* Rows for the whole program, and rows that a cluster may have of its own. */
enum which { OF_PROGRAM = 1, OF_CLUSTER = 2 };

static void print_rows(const struct kt_options *options, unsigned which, FILE *out)
{
    char value[4200], origin[4400];
    for (size_t i = 0; i < kt_option_row_count; i++) {
        const struct kt_option_row *row = &kt_option_rows[i];
        unsigned of = row->place == KT_PLACE_BOTH || row->place == KT_PLACE_CLUSTER ? OF_CLUSTER : OF_PROGRAM;
        if (row->kind == KT_OPTION_PROPERTY || row->section == KT_SECTION_OTHER || !(of & which)) {
            continue;
        }
        kt_option_show(options, row, value, sizeof value);
        const char *from =
            kt_said_text(options, kt_option_said(options, row->name), row->environment, origin, sizeof origin);
        print_line(out, row->name, value[0] ? value : "-", from);
    }
}

/* Of a text that is nothing else; certificates are no secret, and too long to show. */
static size_t count_certificates(const char *text)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    size_t count = 0;
    for (const char *at = text; !strstr(text, "KEY-----") && (at = strstr(at, begin)) != NULL; at += sizeof begin - 1) {
        count++;
    }
    return count;
}

static void print_properties(const struct kt_options *options, FILE *out)
{
    char value[4200], name[300], origin[4400];
    for (size_t i = 0; i < options->property_count; i++) {
        const struct kt_property *property = &options->properties[i];
        bool secret = kt_property_is_secret(property->key);
        clean(name, sizeof name, "property %s", property->key);
        size_t certificates = secret ? count_certificates(property->value) : 0;
        if (certificates > 0) {
            clean(value, sizeof value, "(PEM, certificates: %zu)", certificates);
        } else {
            clean(value, sizeof value, "%s", secret ? "********" : property->value);
        }
        print_line(out, name, value,
                   property->origin ? property->origin
                                    : kt_said_text(options, property->said, NULL, origin, sizeof origin));
    }
}

void kt_options_print_config(const struct kt_options *options, FILE *out)
{
    print_rows(options, OF_PROGRAM | OF_CLUSTER, out);
    print_properties(options, out);
}

static void print_colour(const struct kt_options *options, FILE *out)
{
    static const char *const words[] = {
        [KT_COLOUR_PLAIN] = "plain", [KT_COLOUR_CAUTION] = "caution", [KT_COLOUR_DANGER] = "danger"};
    char origin[4400];
    print_line(out, "colour", words[options->colour],
               kt_said_text(options, options->colour_said, NULL, origin, sizeof origin));
}

void kt_clusters_print_config(const struct kt_clusters *clusters, FILE *out)
{
    if (!clusters->items[0].from_section) {
        kt_options_print_config(&clusters->items[0], out);
        return;
    }
    print_rows(&clusters->items[0], OF_PROGRAM, out);
    for (size_t i = 0; i < clusters->count; i++) {
        const struct kt_options *options = &clusters->items[i];
        fprintf(out, "\n[cluster %s]\n", options->cluster);
        print_rows(options, OF_CLUSTER, out);
        print_colour(options, out);
        print_properties(options, out);
    }
}
