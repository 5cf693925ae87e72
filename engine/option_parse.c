/* How arguments and the environment fill the table of options, and what follows from them together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"

#define HIDDEN_GROUPS "^console-consumer-"
#define ROWS          kt_option_row_count
#define NAMES_MOST    100 /* rows looked through for a near name */

/* Promised in the documents and not to be taken for a slip of the pen. */
static const struct {
    char letter;
    const char *name;
} absent[] = {
    {'F', "config"}, {'c', "cluster"}, {0, "command-config"}, {0, "doctor"},
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
    const char *names[NAMES_MOST];
    char copy[64];
    int length = harmless_length(name);
    snprintf(copy, sizeof copy, "%.*s", length, name);
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        if (strcmp(absent[i].name, copy) == 0) {
            return kt_fail(err, KT_USAGE, "option '--%s' is not in this version", copy);
        }
    }
    for (size_t i = 0; i < ROWS && i < NAMES_MOST; i++) {
        names[i] = kt_option_rows[i].name;
    }
    const char *nearest = kt_nearest(copy, names, ROWS < NAMES_MOST ? ROWS : NAMES_MOST);
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
        bool by_property = row->offset == offsetof(struct kt_options, brokers) && options->brokers;
        bool given = options->origins[i] == KT_ORIGIN_ARGUMENT || by_property;
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
    if (options->on_change && options->iterations == 1 && !options->replay && !options->wait_drained) {
        return kt_fail(err, KT_USAGE, "--on-change needs more than one refresh: nothing changes in a single one");
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
