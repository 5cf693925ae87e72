/* How arguments and the environment fill the table of options, and what follows from them together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"

#define HIDDEN_GROUPS "^console-consumer-"
#define ROWS          kt_option_row_count
#define NAMES_MOST    100 /* rows looked through for a near name */

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
    return kt_fail(err, KT_USAGE, "unknown option '-%c', see --help", letter);
}

const struct kt_option_row *kt_option_row_of(const char *name, size_t length)
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

static enum kt_code set_argument(struct kt_options *options, const struct kt_option_row *row, const char *value,
                                 struct kt_err *err)
{
    return kt_option_set(options, row, value, (struct kt_said){.from = KT_ORIGIN_ARGUMENT}, err);
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
    const struct kt_option_row *row = kt_option_row_of(word, length);
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
    return set_argument(options, row, value, err);
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
        enum kt_code code = set_argument(options, row, value, err);
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
    const struct kt_said said = {.from = KT_ORIGIN_DEFAULT};
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < ROWS && code == KT_OK; i++) {
        if (kt_option_rows[i].fallback) {
            code = kt_option_set(options, &kt_option_rows[i], kt_option_rows[i].fallback, said, err);
        }
    }
    return code;
}

/* The environment gives what no argument gave; for a flag, any text in it that is not empty. */
static enum kt_code take_environment(struct kt_options *options, struct kt_err *err)
{
    const struct kt_said said = {.from = KT_ORIGIN_ENVIRONMENT};
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < ROWS && code == KT_OK; i++) {
        const struct kt_option_row *row = &kt_option_rows[i];
        const char *value = row->environment ? getenv(row->environment) : NULL;
        bool by_property = row->offset == offsetof(struct kt_options, brokers) && options->brokers;
        /* Sections chosen by name are not meant to give way to a cluster that the environment names. */
        bool by_section = row->offset == offsetof(struct kt_options, brokers) && options->chosen.count > 0;
        if (value && *value && !by_property && !by_section) {
            code = kt_option_set(options, row, row->kind == KT_OPTION_FLAG ? NULL : value, said, err);
        }
    }
    return code;
}

/* One cluster cannot be two things. */
static enum kt_code check_one_cluster(const struct kt_options *options, struct kt_err *err)
{
    const char *by = options->demo ? "--demo" : options->replay ? "--replay" : NULL;
    const char *brokers = kt_option_said(options, "brokers").from == KT_ORIGIN_ARGUMENT ? "--brokers" : NULL;
    if (options->replay && options->demo) {
        return kt_fail(err, KT_USAGE, "--demo and --replay exclude each other");
    }
    if (options->at_once && !options->replay) {
        return kt_fail(err, KT_USAGE, "--at-once needs --replay");
    }
    if (options->doctor && by) {
        return kt_fail(err, KT_USAGE, "--doctor looks at a cluster, and %s shows none", by);
    }
    const char *sections = options->chosen.count > 0 ? "--cluster" : NULL;
    bool java = kt_option_said(options, "command-config").from == KT_ORIGIN_ARGUMENT;
    const char *real = brokers ? brokers : java ? "--command-config" : sections;
    if (by && real) {
        return kt_fail(err, KT_USAGE, "%s and %s exclude each other", by, real);
    }
    if (brokers && sections) {
        return kt_fail(err, KT_USAGE, "--brokers and --cluster exclude each other: a section has its own brokers");
    }
    return KT_OK;
}

static enum kt_code choose_format(struct kt_options *options, struct kt_err *err)
{
    if (options->json && options->csv) {
        return kt_fail(err, KT_USAGE, "--json and --csv exclude each other");
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
    bool single_look = options->iterations == 1 && !options->replay && !options->wait_drained;
    if (single_look && kt_option_said(options, "on-change").from == KT_ORIGIN_FILE) {
        free(options->on_change); /* the file means other runs */
        options->on_change = NULL;
    }
    if (options->on_change && single_look) {
        return kt_fail(err, KT_USAGE, "--on-change needs more than one refresh: nothing changes in a single one");
    }
    if (options->output && strcmp(options->output, "-") == 0) {
        free(options->output);
        options->output = NULL;
    }
    if (options->doctor && options->output) {
        return kt_fail(err, KT_USAGE, "--doctor and --output exclude each other");
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

void kt_options_init(struct kt_options *options)
{
    *options = (struct kt_options){.said = kt_alloc(ROWS, sizeof *options->said), .cluster = kt_strdup("default")};
}

enum kt_code kt_options_fill(struct kt_options *options, int argc, char *const argv[], struct kt_err *err)
{
    struct words words = {argv, argc, 1};
    enum kt_code code = parse_words(options, &words, err);
    return code == KT_OK ? take_environment(options, err) : code;
}

enum kt_code kt_options_finish(struct kt_options *options, struct kt_err *err)
{
    enum kt_code code = set_defaults(options, err);
    if (code == KT_OK) {
        code = kt_options_settle_tls(options, err);
    }
    if (code == KT_OK) {
        code = check_one_cluster(options, err);
    }
    if (code == KT_OK) {
        code = choose_format(options, err);
    }
    return code == KT_OK ? make_filters(options, err) : code;
}

enum kt_code kt_options_parse(struct kt_options *options, int argc, char *const argv[], struct kt_err *err)
{
    kt_options_init(options);
    enum kt_code code = kt_options_fill(options, argc, argv, err);
    return code == KT_OK ? kt_options_finish(options, err) : code;
}
