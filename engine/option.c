/* The table of options, and how arguments and the environment fill it. */
#include "option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"

#define HIDDEN_GROUPS       "^console-consumer-"
#define ENVIRONMENT_BROKERS "KAFKATOP_BROKERS"

static const char *const source_words[] = {"auto", "log", "admin", NULL};
static const char *const rules_words[] = {"kafkatop", "burrow", NULL};
static const char *const detail_words[] = {"groups", "partitions", "windows", NULL};

#define AT(member) offsetof(struct kt_options, member)

const struct kt_option_row kt_option_rows[] = {
    {.name = "brokers",
     .letter = 'b',
     .argument = "HOST[:PORT],...",
     .kind = KT_OPTION_TEXT,
     .offset = AT(brokers),
     .section = KT_SECTION_CLUSTER,
     .environment = ENVIRONMENT_BROKERS,
     .help = "brokers to ask first (bootstrap.servers)"},
    {.name = "property",
     .letter = 'X',
     .argument = "KEY=VALUE",
     .kind = KT_OPTION_PROPERTY,
     .section = KT_SECTION_CLUSTER,
     .help = "any property of librdkafka, such as security.protocol=SASL_SSL; may be repeated"},
    {.name = "source",
     .argument = "WORD",
     .kind = KT_OPTION_WORD,
     .offset = AT(source),
     .words = source_words,
     .section = KT_SECTION_CLUSTER,
     .fallback = "auto",
     .help = "where commits come from: log (the offsets topic), admin (asking coordinators), or auto, "
             "the best that is permitted"},

    {.name = "group",
     .letter = 'g',
     .argument = "REGEX",
     .kind = KT_OPTION_LIST,
     .offset = AT(groups),
     .section = KT_SECTION_SCOPE,
     .help = "keep only groups that match this extended regular expression; may be repeated"},
    {.name = "exclude-group",
     .letter = 'G',
     .argument = "REGEX",
     .kind = KT_OPTION_LIST,
     .offset = AT(exclude_groups),
     .section = KT_SECTION_SCOPE,
     .help = "drop groups that match; may be repeated"},
    {.name = "topic",
     .letter = 't',
     .argument = "REGEX",
     .kind = KT_OPTION_LIST,
     .offset = AT(topics),
     .section = KT_SECTION_SCOPE,
     .help = "keep only topics that match; may be repeated"},
    {.name = "exclude-topic",
     .letter = 'T',
     .argument = "REGEX",
     .kind = KT_OPTION_LIST,
     .offset = AT(exclude_topics),
     .section = KT_SECTION_SCOPE,
     .help = "drop topics that match; may be repeated"},

    {.name = "delay",
     .letter = 'd',
     .argument = "SECONDS",
     .kind = KT_OPTION_SECONDS,
     .offset = AT(settings.delay_ms),
     .low = 0.1,
     .high = 3600,
     .section = KT_SECTION_OUTPUT,
     .fallback = "2",
     .help = "time between two refreshes"},
    {.name = "iterations",
     .letter = 'n',
     .argument = "N",
     .kind = KT_OPTION_COUNT,
     .offset = AT(iterations),
     .low = 1,
     .high = 1e9,
     .section = KT_SECTION_OUTPUT,
     .help = "stop after this many refreshes"},
    {.name = "once",
     .kind = KT_OPTION_FLAG,
     .offset = AT(once),
     .section = KT_SECTION_OUTPUT,
     .help = "collect once completely, print, exit: the same as --batch -n 1"},
    {.name = "batch",
     .letter = 'B',
     .kind = KT_OPTION_FLAG,
     .offset = AT(batch),
     .section = KT_SECTION_OUTPUT,
     .help = "plain text to standard output, no terminal needed"},
    {.name = "json",
     .kind = KT_OPTION_FLAG,
     .offset = AT(json),
     .section = KT_SECTION_OUTPUT,
     .help = "one JSON document a refresh; without -n, one and no more"},
    {.name = "pretty",
     .kind = KT_OPTION_FLAG,
     .offset = AT(pretty),
     .section = KT_SECTION_OUTPUT,
     .help = "JSON over many lines, indented"},
    {.name = "detail",
     .argument = "WORD",
     .kind = KT_OPTION_WORD,
     .offset = AT(detail),
     .words = detail_words,
     .section = KT_SECTION_OUTPUT,
     .fallback = "partitions",
     .help = "how deep JSON goes: groups, partitions, or windows (with the commits behind each verdict)"},
    {.name = "csv",
     .kind = KT_OPTION_FLAG,
     .offset = AT(csv),
     .section = KT_SECTION_OUTPUT,
     .help = "a header, then one row a group and partition; without -n, once and no more"},
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .kind = KT_OPTION_TEXT,
     .offset = AT(output),
     .section = KT_SECTION_OUTPUT,
     .help = "write there in place of standard output, each time the whole file, replaced in one step"},
    {.name = "timeout",
     .argument = "SECONDS",
     .kind = KT_OPTION_SECONDS,
     .offset = AT(timeout_ms),
     .low = 0.1,
     .high = 86400,
     .section = KT_SECTION_OUTPUT,
     .fallback = "30",
     .help = "stop waiting for a first complete collection; what is known is printed, marked incomplete"},
    {.name = "exit-status",
     .kind = KT_OPTION_FLAG,
     .offset = AT(exit_status),
     .section = KT_SECTION_OUTPUT,
     .help = "exit by the worst group: 0 all OK, 1 a WARN, 2 an ERR, 3 unknown or incomplete"},
    {.name = "hold",
     .argument = "SECONDS",
     .kind = KT_OPTION_SECONDS,
     .offset = AT(hold_ms),
     .low = 0,
     .high = 31536000,
     .section = KT_SECTION_OUTPUT,
     .fallback = "60",
     .help = "for --exit-status, an ERR younger than this counts as WARN"},
    {.name = "wait-drained",
     .kind = KT_OPTION_FLAG,
     .offset = AT(wait_drained),
     .section = KT_SECTION_OUTPUT,
     .help = "exit 0 as soon as the groups chosen have no lag above --allowed-lag, 1 at --timeout"},

    {.name = "rules",
     .argument = "WORD",
     .kind = KT_OPTION_WORD,
     .offset = AT(settings.rules),
     .words = rules_words,
     .section = KT_SECTION_RULES,
     .fallback = "kafkatop",
     .help = "what decides the verdicts: kafkatop, or burrow for Burrow's, bit for bit"},
    {.name = "intervals",
     .argument = "N",
     .kind = KT_OPTION_UNSIGNED,
     .offset = AT(settings.intervals),
     .low = 1,
     .high = 1000,
     .section = KT_SECTION_RULES,
     .fallback = "10",
     .help = "commits that a window holds"},
    {.name = "min-distance",
     .argument = "SECONDS",
     .kind = KT_OPTION_SECONDS,
     .offset = AT(settings.min_distance_ms),
     .low = 0,
     .high = 86400,
     .section = KT_SECTION_RULES,
     .fallback = "0",
     .help = "commits nearer than this to the one before are merged into it"},
    {.name = "allowed-lag",
     .argument = "N",
     .kind = KT_OPTION_COUNT,
     .offset = AT(settings.allowed_lag),
     .low = 0,
     .unbounded = true,
     .section = KT_SECTION_RULES,
     .fallback = "0",
     .help = "a lag up to this is no lag"},
    {.name = "minimum-complete",
     .argument = "F",
     .kind = KT_OPTION_FRACTION,
     .offset = AT(settings.minimum_complete),
     .low = 0,
     .high = 1,
     .section = KT_SECTION_RULES,
     .fallback = "0",
     .help = "share of a window that must be filled before it is judged, 0 to 1"},
    {.name = "expire-group",
     .argument = "SECONDS",
     .kind = KT_OPTION_SECONDS,
     .offset = AT(settings.expire_group_ms),
     .low = 1,
     .high = 315360000,
     .section = KT_SECTION_RULES,
     .fallback = "604800",
     .help = "forget a group after so long without a commit"},

    {.name = "demo",
     .kind = KT_OPTION_FLAG,
     .offset = AT(demo),
     .section = KT_SECTION_RECORD,
     .help = "show a mock cluster with groups in every kind of trouble; no network but loopback"},
    {.name = "record",
     .argument = "FILE",
     .kind = KT_OPTION_TEXT,
     .offset = AT(record),
     .section = KT_SECTION_RECORD,
     .help = "write down all that was observed"},
    {.name = "replay",
     .argument = "FILE",
     .kind = KT_OPTION_TEXT,
     .offset = AT(replay),
     .section = KT_SECTION_RECORD,
     .help = "play a recording in place of a cluster; takes every option of output and screen"},
    {.name = "anonymize",
     .kind = KT_OPTION_FLAG,
     .offset = AT(anonymize),
     .section = KT_SECTION_RECORD,
     .help = "replace names of groups, topics, clients and hosts, the same name always by the same word"},

    {.name = "theme",
     .argument = "NAME",
     .kind = KT_OPTION_TEXT,
     .offset = AT(theme),
     .section = KT_SECTION_LOOKS,
     .help = "colours by the name of a theme"},
    {.name = "ascii",
     .kind = KT_OPTION_FLAG,
     .offset = AT(ascii),
     .section = KT_SECTION_LOOKS,
     .help = "draw with ASCII only"},
    {.name = "no-color",
     .kind = KT_OPTION_FLAG,
     .offset = AT(no_color),
     .section = KT_SECTION_LOOKS,
     .environment = "NO_COLOR",
     .help = "no colour"},
    {.name = "cycle",
     .argument = "SECONDS",
     .kind = KT_OPTION_SECONDS,
     .offset = AT(cycle_ms),
     .low = 1,
     .high = 86400,
     .section = KT_SECTION_LOOKS,
     .help = "go through the panels by itself, for a wall display"},
    {.name = "secure",
     .kind = KT_OPTION_FLAG,
     .offset = AT(secure),
     .section = KT_SECTION_LOOKS,
     .environment = "KAFKATOP_SECURE",
     .help =
         "for a shared screen: no key writes a file, runs a command or changes what outlives this process"},

    {.name = "print-config",
     .kind = KT_OPTION_FLAG,
     .offset = AT(print_config),
     .section = KT_SECTION_OTHER,
     .help = "print the settings in effect and where each came from, secrets masked; exit"},
    {.name = "help",
     .letter = 'h',
     .kind = KT_OPTION_FLAG,
     .offset = AT(help),
     .section = KT_SECTION_OTHER,
     .help = "print this; exit"},
    {.name = "version",
     .letter = 'V',
     .kind = KT_OPTION_FLAG,
     .offset = AT(version),
     .section = KT_SECTION_OTHER,
     .help = "print the version; exit"},
};
const size_t kt_option_row_count = sizeof kt_option_rows / sizeof kt_option_rows[0];

#define ROWS (sizeof kt_option_rows / sizeof kt_option_rows[0])

/* Promised in the documents and not to be taken for a slip of the pen. */
static const struct {
    char letter;
    const char *name;
} absent[] = {
    {'F', "config"}, {'c', "cluster"}, {0, "command-config"}, {0, "doctor"}, {0, "on-change"},
};

/* ---- finding rows ---- */

/* The part of a word that may be repeated in a message: what follows '=' may be a secret. */
static int harmless_length(const char *word)
{
    size_t length = strcspn(word, "=");
    return length > 80 ? 80 : (int)length;
}

static enum kt_code unknown_long(const char *name, struct kt_err *err)
{
    const char *names[ROWS];
    char copy[64];
    int length = harmless_length(name);
    snprintf(copy, sizeof copy, "%.*s", length, name);
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        if (strcmp(absent[i].name, copy) == 0) {
            return kt_fail(err, KT_USAGE, "option '--%s' is not in this version", copy);
        }
    }
    for (size_t i = 0; i < ROWS; i++) {
        names[i] = kt_option_rows[i].name;
    }
    const char *nearest = kt_nearest(copy, names, ROWS);
    if (nearest) {
        return kt_fail(err, KT_USAGE, "unknown option '--%.*s', did you mean '--%s'?", length, name, nearest);
    }
    return kt_fail(err, KT_USAGE, "unknown option '--%.*s', see --help", length, name);
}

static enum kt_code unknown_letter(char letter, struct kt_err *err)
{
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        if (absent[i].letter == letter) {
            return kt_fail(err, KT_USAGE, "option '-%c' (--%s) is not in this version", letter,
                           absent[i].name);
        }
    }
    return kt_fail(err, KT_USAGE, "unknown option '-%c', see --help", letter);
}

static const struct kt_option_row *row_of_name(const char *name, size_t length)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strlen(kt_option_rows[i].name) == length && memcmp(kt_option_rows[i].name, name, length) == 0) {
            return &kt_option_rows[i];
        }
    }
    return NULL;
}

static const struct kt_option_row *row_of_letter(char letter)
{
    for (size_t i = 0; letter && i < ROWS; i++) {
        if (kt_option_rows[i].letter == letter) {
            return &kt_option_rows[i];
        }
    }
    return NULL;
}

/* ---- arguments ---- */

struct words {
    char *const *items;
    int count, next;
};

static enum kt_code set(struct kt_options *options, const struct kt_option_row *row, const char *value,
                        enum kt_origin origin, struct kt_err *err)
{
    const char *name = origin == KT_ORIGIN_ENVIRONMENT   ? row->environment
                       : row->kind == KT_OPTION_PROPERTY ? "-X"
                       : origin == KT_ORIGIN_ARGUMENT    ? "-b"
                                                         : "default";
    enum kt_code code = kt_option_set(options, row, value, name, err);
    if (code == KT_OK) {
        options->origins[row - kt_option_rows] = (unsigned char)origin;
    }
    return code;
}

static enum kt_code take_value(struct words *words, const struct kt_option_row *row, const char **value,
                               struct kt_err *err)
{
    if (words->next >= words->count) {
        return kt_fail(err, KT_USAGE, "option '--%s' needs its %s", row->name, row->argument);
    }
    *value = words->items[words->next++];
    return KT_OK;
}

static enum kt_code parse_long(struct kt_options *options, struct words *words, const char *word,
                               struct kt_err *err)
{
    size_t length = strcspn(word, "=");
    const struct kt_option_row *row = row_of_name(word, length);
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (!row) {
        return unknown_long(word, err);
    }
    if (row->kind == KT_OPTION_FLAG && value) {
        return kt_fail(err, KT_USAGE, "option '--%s' takes no argument", row->name);
    }
    if (row->kind != KT_OPTION_FLAG && !value && take_value(words, row, &value, err) != KT_OK) {
        return KT_USAGE;
    }
    return set(options, row, value, KT_ORIGIN_ARGUMENT, err);
}

static enum kt_code parse_letters(struct kt_options *options, struct words *words, const char *letters,
                                  struct kt_err *err)
{
    for (; *letters; letters++) {
        const struct kt_option_row *row = row_of_letter(*letters);
        const char *value = NULL;
        if (!row) {
            return unknown_letter(*letters, err);
        }
        bool rest = row->kind != KT_OPTION_FLAG && letters[1];
        if (rest) {
            value = letters + 1;
        } else if (row->kind != KT_OPTION_FLAG && take_value(words, row, &value, err) != KT_OK) {
            return KT_USAGE;
        }
        enum kt_code code = set(options, row, value, KT_ORIGIN_ARGUMENT, err);
        if (code != KT_OK || rest) {
            return code;
        }
    }
    return KT_OK;
}

static enum kt_code parse_words(struct kt_options *options, struct words *words, struct kt_err *err)
{
    enum kt_code code = KT_OK;
    bool only_operands = false;
    while (code == KT_OK && words->next < words->count) {
        const char *word = words->items[words->next++];
        if (only_operands || word[0] != '-' || word[1] == '\0') {
            code =
                kt_fail(err, KT_USAGE, "unexpected argument '%.*s', see --help", harmless_length(word), word);
        } else if (strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (word[1] == '-') {
            code = parse_long(options, words, word + 2, err);
        } else {
            code = parse_letters(options, words, word + 1, err);
        }
    }
    return code;
}

/* ---- what arguments do not say ---- */

static enum kt_code set_defaults(struct kt_options *options, struct kt_err *err)
{
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < ROWS && code == KT_OK; i++) {
        if (kt_option_rows[i].fallback) {
            code = set(options, &kt_option_rows[i], kt_option_rows[i].fallback, KT_ORIGIN_DEFAULT, err);
        }
    }
    return code;
}

/* The environment gives what no argument gave; for a flag, any text in it that is not empty. */
static enum kt_code take_environment(struct kt_options *options, struct kt_err *err)
{
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < ROWS && code == KT_OK; i++) {
        const struct kt_option_row *row = &kt_option_rows[i];
        const char *value = row->environment ? getenv(row->environment) : NULL;
        bool given =
            options->origins[i] == KT_ORIGIN_ARGUMENT || (row->offset == AT(brokers) && options->brokers);
        if (value && *value && !given) {
            code = set(options, row, row->kind == KT_OPTION_FLAG ? NULL : value, KT_ORIGIN_ENVIRONMENT, err);
        }
    }
    return code;
}

static enum kt_code choose_format(struct kt_options *options, struct kt_err *err)
{
    if (options->json && options->csv) {
        return kt_fail(err, KT_USAGE, "--json and --csv exclude each other");
    }
    if (options->replay && options->demo) {
        return kt_fail(err, KT_USAGE, "--demo and --replay exclude each other");
    }
    if (options->replay && options->record && strcmp(options->replay, options->record) == 0) {
        return kt_fail(err, KT_USAGE, "--record would overwrite what --replay plays");
    }
    if (options->once && options->iterations > 1) {
        return kt_fail(err, KT_USAGE, "--once and --iterations %lld exclude each other",
                       (long long)options->iterations);
    }
    bool text = options->batch || options->once || options->wait_drained;
    options->format = options->json  ? KT_FORMAT_JSON
                      : options->csv ? KT_FORMAT_CSV
                      : text         ? KT_FORMAT_TEXT
                                     : KT_FORMAT_SCREEN;
    bool single = options->once || ((options->json || options->csv) && !options->wait_drained);
    if (single && options->iterations == 0) {
        options->iterations = 1;
    }
    if (options->output && strcmp(options->output, "-") == 0) {
        free(options->output);
        options->output = NULL;
    }
    if (options->output && options->format == KT_FORMAT_SCREEN) {
        return kt_fail(err, KT_USAGE, "--output goes with --batch, --once, --json or --csv");
    }
    return KT_OK;
}

static enum kt_code make_filters(struct kt_options *options, struct kt_err *err)
{
    enum kt_code code =
        kt_filter_new(&options->group_filter, &options->groups, &options->exclude_groups, HIDDEN_GROUPS, err);
    if (code == KT_OK) {
        code = kt_filter_new(&options->topic_filter, &options->topics, &options->exclude_topics, NULL, err);
    }
    return code;
}

enum kt_code kt_options_parse(struct kt_options *options, int argc, char *const argv[], struct kt_err *err)
{
    struct words words = {argv, argc, 1};
    *options = (struct kt_options){.origins = kt_alloc(ROWS, 1), .cluster = kt_strdup("default")};
    enum kt_code code = set_defaults(options, err);
    if (code == KT_OK) {
        code = parse_words(options, &words, err);
    }
    if (code == KT_OK) {
        code = take_environment(options, err);
    }
    if (code == KT_OK) {
        code = choose_format(options, err);
    }
    if (code == KT_OK) {
        code = make_filters(options, err);
    }
    return code;
}

static void release_list(struct kt_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
}

void kt_options_release(struct kt_options *options)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct kt_option_row *row = &kt_option_rows[i];
        if (row->kind == KT_OPTION_TEXT) {
            free(*(char **)(void *)((char *)options + row->offset));
        } else if (row->kind == KT_OPTION_LIST) {
            release_list((struct kt_list *)(void *)((char *)options + row->offset));
        }
    }
    for (size_t i = 0; i < options->property_count; i++) {
        free(options->properties[i].key);
        free(options->properties[i].value);
    }
    free(options->properties);
    free(options->cluster);
    free(options->on_change);
    free(options->origins);
    kt_filter_free(options->group_filter);
    kt_filter_free(options->topic_filter);
    *options = (struct kt_options){0};
}
