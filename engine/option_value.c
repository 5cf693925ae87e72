/* Values of options: strict reading of arguments, and writing for --print-config. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"
#include "resolve.h"
#include "wipe.h"

#define TEXT_MOST 4096

/* ---- numbers ---- */

/*
 * Reads decimal digits with at most one point, by hand: strtod would follow the locale and take "inf", "0x1"
 * and blanks. `scale` counts units: 1000 gives thousandths. False for anything else, or when it does not fit.
 */
static bool read_decimal(const char *text, int64_t scale, int64_t *value)
{
    int64_t whole = 0, fraction = 0, weight = scale;
    size_t digits = 0;
    for (; *text >= '0' && *text <= '9'; text++, digits++) {
        if (whole > (INT64_MAX / scale - 9) / 10) {
            return false;
        }
        whole = whole * 10 + (*text - '0');
    }
    if (*text == '.' && scale > 1) {
        for (text++; *text >= '0' && *text <= '9'; text++, digits++) {
            weight /= 10;
            fraction += weight * (*text - '0');
        }
    }
    *value = whole * scale + fraction;
    return digits > 0 && *text == '\0';
}

/* Up to INT64_MAX itself, which the scaled reader above stays clear of. */
static bool read_count(const char *text, int64_t *value)
{
    uint64_t sum = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9' ||
            sum > (UINT64_C(9223372036854775807) - (uint64_t)(*text - '0')) / 10) {
            return false;
        }
        sum = sum * 10 + (uint64_t)(*text - '0');
    }
    *value = (int64_t)sum;
    return true;
}

static enum kt_code out_of_range(const struct kt_option_row *row, const char *value, struct kt_err *err)
{
    if (row->unbounded) {
        return kt_fail(err, KT_USAGE, "option '--%s' takes a number from %.0f on, not '%.40s'", row->name,
                       row->low, value);
    }
    return kt_fail(err, KT_USAGE, "option '--%s' takes a number from %.10g to %.10g, not '%.40s'", row->name,
                   row->low, row->high, value);
}

static bool within(const struct kt_option_row *row, double value)
{
    return value >= row->low && (row->unbounded || value <= row->high);
}

static enum kt_code set_number(void *place, const struct kt_option_row *row, const char *value,
                               struct kt_err *err)
{
    int64_t number = 0;
    bool whole = row->kind == KT_OPTION_COUNT || row->kind == KT_OPTION_UNSIGNED;
    int64_t scale = row->kind == KT_OPTION_SECONDS ? 1000 : 1000000000;
    bool read = whole ? read_count(value, &number) : read_decimal(value, scale, &number);
    if (!read || !within(row, whole ? (double)number : (double)number / (double)scale)) {
        return out_of_range(row, value, err);
    }
    if (row->kind == KT_OPTION_UNSIGNED) {
        *(unsigned *)place = (unsigned)number;
    } else if (row->kind == KT_OPTION_FRACTION) {
        *(double *)place = (double)number / (double)scale;
    } else {
        *(int64_t *)place = number;
    }
    return KT_OK;
}

/* ---- words, texts, lists ---- */

_Static_assert(sizeof(enum kt_rules) == sizeof(unsigned) && sizeof(enum kt_detail) == sizeof(unsigned) &&
                   sizeof(enum kt_source_choice) == sizeof(unsigned),
               "a word is stored as its number");

static enum kt_code set_word(void *place, const struct kt_option_row *row, const char *value,
                             struct kt_err *err)
{
    char all[200] = "";
    for (unsigned i = 0; row->words[i]; i++) {
        if (strcmp(row->words[i], value) == 0) {
            memcpy(place, &i, sizeof i);
            return KT_OK;
        }
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s",
                 i == 0              ? ""
                 : row->words[i + 1] ? ", "
                                     : " or ",
                 row->words[i]);
    }
    return kt_fail(err, KT_USAGE, "option '--%s' takes %s, not '%.40s'", row->name, all, value);
}

static enum kt_code check_text(const struct kt_option_row *row, const char *value, struct kt_err *err)
{
    if (*value == '\0') {
        return kt_fail(err, KT_USAGE, "option '--%s' needs its %s, not an empty text", row->name,
                       row->argument);
    }
    if (strlen(value) > TEXT_MOST) {
        return kt_fail(err, KT_USAGE, "option '--%s' takes at most %d bytes", row->name, TEXT_MOST);
    }
    return KT_OK;
}

static void release_list(struct kt_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct kt_list){0};
}

static enum kt_code add_to_list(struct kt_list *list, const struct kt_option_row *row, const char *value,
                                struct kt_err *err)
{
    struct kt_err fault;
    if (row->kind == KT_OPTION_LIST && kt_filter_check(value, &fault) != KT_OK) {
        return kt_fail(err, KT_USAGE, "option '--%s': %s", row->name, fault.text);
    }
    if (row->offset == offsetof(struct kt_options, resolve) && kt_resolve_check(value, err) != KT_OK) {
        return KT_USAGE;
    }
    list->items = kt_resize(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] = kt_strdup(value);
    return KT_OK;
}

/* Given as an argument a flag has no value. */
static enum kt_code set_flag(bool *place, const struct kt_option_row *row, const char *value, struct kt_err *err)
{
    if (value && strcmp(value, "yes") != 0 && strcmp(value, "no") != 0) {
        return kt_fail(err, KT_USAGE, "option '--%s' takes yes or no, not '%.40s'", row->name, value);
    }
    *place = !value || *value == 'y';
    return KT_OK;
}

/* ---- properties ---- */

static void replace_text(char **place, char *value)
{
    kt_wipe_free(*place); /* it may be a secret */
    *place = value;
}

/* The library has two names for some. */
static bool is_same(const char *one, const char *other)
{
    static const char *const twins[][2] = {{"sasl.mechanism", "sasl.mechanisms"}};
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
        one = strcmp(one, twins[i][1]) == 0 ? twins[i][0] : one;
        other = strcmp(other, twins[i][1]) == 0 ? twins[i][0] : other;
    }
    return strcmp(one, other) == 0;
}

struct kt_property *kt_options_property(const struct kt_options *options, const char *key)
{
    for (size_t i = 0; i < options->property_count; i++) {
        if (is_same(options->properties[i].key, key)) {
            return &options->properties[i];
        }
    }
    return NULL;
}

static void put_property(struct kt_options *options, const char *key, const char *value, const char *origin,
                         struct kt_said said)
{
    struct kt_property *property = kt_options_property(options, key);
    if (property) {
        if (property->said.from <= said.from) {
            replace_text(&property->key, kt_strdup(key));
            replace_text(&property->value, kt_strdup(value));
            property->origin = origin;
            property->said = said;
        }
        return;
    }
    options->properties =
        kt_resize(options->properties, options->property_count + 1, sizeof *options->properties);
    options->properties[options->property_count++] =
        (struct kt_property){kt_strdup(key), kt_strdup(value), origin, said};
}

static const struct kt_option_row *brokers_row(void)
{
    return kt_option_row_of("brokers", strlen("brokers"));
}

static struct kt_said *said_of(const struct kt_options *options, const struct kt_option_row *row)
{
    return &options->said[row - kt_option_rows];
}

/* Keeps them as the library's property too, so that each is seen where one looks for it. */
static enum kt_code set_brokers(struct kt_options *options, const char *value, const char *origin,
                                struct kt_said said, struct kt_err *err)
{
    enum kt_code code = kt_brokers_check(value, err);
    struct kt_said *before = said_of(options, brokers_row());
    if (code != KT_OK || before->from > said.from) {
        return code;
    }
    replace_text(&options->brokers, kt_strdup(value));
    put_property(options, "bootstrap.servers", value, origin, said);
    *before = said;
    return KT_OK;
}

enum kt_code kt_option_set_property(struct kt_options *options, const char *key, const char *value,
                                    struct kt_said said, struct kt_err *err)
{
    const char *origin = said.from == KT_ORIGIN_ARGUMENT ? "-X" : NULL;
    bool brokers = strcmp(key, "bootstrap.servers") == 0 || strcmp(key, "metadata.broker.list") == 0;
    if (brokers && *value) {
        return set_brokers(options, value, origin, said, err);
    }
    put_property(options, key, value, origin, said);
    return KT_OK;
}

/* The argument is not repeated in a message: it may hold a secret. */
static enum kt_code set_pair(struct kt_options *options, const char *value, struct kt_said said, struct kt_err *err)
{
    size_t length = strcspn(value, "=");
    if (value[length] != '=') {
        return kt_fail(err, KT_USAGE, "option '-X' takes KEY=VALUE, and there is no '=' in its argument");
    }
    if (length == 0) {
        return kt_fail(err, KT_USAGE, "option '-X' takes KEY=VALUE, and there is nothing before the '='");
    }
    char *key = kt_strndup(value, length);
    enum kt_code code = kt_option_set_property(options, key, value + length + 1, said, err);
    free(key);
    return code;
}

static enum kt_code set_text(struct kt_options *options, void *place, const struct kt_option_row *row,
                             const char *value, struct kt_said said, struct kt_err *err)
{
    if (row == brokers_row()) {
        const char *origin = said.from == KT_ORIGIN_ENVIRONMENT ? row->environment
                             : said.from == KT_ORIGIN_ARGUMENT  ? "-b"
                                                                : NULL;
        return set_brokers(options, value, origin, said, err);
    }
    replace_text(place, kt_strdup(value));
    return KT_OK;
}

static enum kt_code set_value(struct kt_options *options, const struct kt_option_row *row, const char *value,
                              struct kt_said said, struct kt_err *err)
{
    void *place = (char *)options + row->offset;
    bool text = row->kind == KT_OPTION_TEXT || row->kind == KT_OPTION_LIST || row->kind == KT_OPTION_NAMES;
    enum kt_code code = text ? check_text(row, value, err) : KT_OK;
    if (code != KT_OK) {
        return code;
    }
    switch (row->kind) {
    case KT_OPTION_FLAG:
        return set_flag(place, row, value, err);
    case KT_OPTION_TEXT:
        return set_text(options, place, row, value, said, err);
    case KT_OPTION_LIST:
    case KT_OPTION_NAMES:
        if (said_of(options, row)->from < said.from) {
            release_list(place);
        }
        return add_to_list(place, row, value, err);
    case KT_OPTION_WORD:
        return set_word(place, row, value, err);
    case KT_OPTION_PROPERTY:
        return set_pair(options, value, said, err);
    default:
        return set_number(place, row, value, err);
    }
}

enum kt_code kt_option_set(struct kt_options *options, const struct kt_option_row *row, const char *value,
                           struct kt_said said, struct kt_err *err)
{
    struct kt_said *before = said_of(options, row);
    if (before->from > said.from && row->kind != KT_OPTION_PROPERTY) {
        return KT_OK;
    }
    enum kt_code code = set_value(options, row, value, said, err);
    if (code == KT_OK) {
        *before = said;
    }
    return code;
}

struct kt_said kt_option_said(const struct kt_options *options, const char *name)
{
    const struct kt_option_row *row = kt_option_row_of(name, strlen(name));
    return row && options->said ? *said_of(options, row) : (struct kt_said){.from = KT_ORIGIN_NONE};
}

/* ---- showing ---- */

/* Appends what fits, control bytes replaced. */
static void append(char *room, size_t size, const char *fmt, ...) KT_PRINTF(3, 4);

static void append(char *room, size_t size, const char *fmt, ...)
{
    size_t used = strlen(room);
    va_list args;
    va_start(args, fmt);
    kt_format_cut(room + used, size - used, fmt, args);
    va_end(args);
}

static void show_list(const struct kt_list *list, char *room, size_t size)
{
    for (size_t i = 0; i < list->count; i++) {
        append(room, size, "%s%s", i > 0 ? " " : "", list->items[i]);
    }
}

void kt_option_show(const struct kt_options *options, const struct kt_option_row *row, char *room,
                    size_t size)
{
    const void *place = (const char *)options + row->offset;
    room[0] = '\0';
    switch (row->kind) {
    case KT_OPTION_FLAG:
        append(room, size, "%s", *(const bool *)place ? "yes" : "no");
        break;
    case KT_OPTION_TEXT:
        append(room, size, "%s", *(char *const *)place ? *(char *const *)place : "");
        break;
    case KT_OPTION_LIST:
    case KT_OPTION_NAMES:
        show_list(place, room, size);
        break;
    case KT_OPTION_COUNT:
        append(room, size, "%lld", (long long)*(const int64_t *)place);
        break;
    case KT_OPTION_UNSIGNED:
        append(room, size, "%u", *(const unsigned *)place);
        break;
    case KT_OPTION_SECONDS:
        append(room, size, "%.10g", (double)*(const int64_t *)place / 1000.0);
        break;
    case KT_OPTION_FRACTION:
        append(room, size, "%.10g", *(const double *)place);
        break;
    case KT_OPTION_WORD:
        append(room, size, "%s", row->words[*(const unsigned *)place]);
        break;
    case KT_OPTION_PROPERTY:
        break;
    }
}
