/* Values of options: strict reading of arguments, and writing for --print-config. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"

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

static enum kt_code add_expression(struct kt_list *list, const struct kt_option_row *row, const char *value,
                                   struct kt_err *err)
{
    struct kt_err fault;
    if (kt_filter_check(value, &fault) != KT_OK) {
        return kt_fail(err, KT_USAGE, "option '--%s': %s", row->name, fault.text);
    }
    list->items = kt_resize(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] = kt_strdup(value);
    return KT_OK;
}

/* ---- properties ---- */

static void replace_text(char **place, char *value)
{
    free(*place);
    *place = value;
}

static void put_property(struct kt_options *options, const char *key, size_t length, const char *value,
                         const char *origin)
{
    for (size_t i = 0; i < options->property_count; i++) {
        struct kt_property *property = &options->properties[i];
        if (strlen(property->key) == length && memcmp(property->key, key, length) == 0) {
            replace_text(&property->value, kt_strdup(value));
            property->origin = origin;
            return;
        }
    }
    options->properties =
        kt_resize(options->properties, options->property_count + 1, sizeof *options->properties);
    options->properties[options->property_count++] =
        (struct kt_property){kt_strndup(key, length), kt_strdup(value), origin};
}

static bool names_brokers(const char *key, size_t length)
{
    static const char *const names[] = {"bootstrap.servers", "metadata.broker.list"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], key, length) == 0) {
            return true;
        }
    }
    return false;
}

/* The argument is not repeated in a message: it may hold a secret. */
static enum kt_code set_property(struct kt_options *options, const char *value, const char *origin,
                                 struct kt_err *err)
{
    size_t length = strcspn(value, "=");
    if (value[length] != '=') {
        return kt_fail(err, KT_USAGE, "option '-X' takes KEY=VALUE, and there is no '=' in its argument");
    }
    if (length == 0) {
        return kt_fail(err, KT_USAGE, "option '-X' takes KEY=VALUE, and there is nothing before the '='");
    }
    put_property(options, value, length, value + length + 1, origin);
    if (names_brokers(value, length) && value[length + 1]) {
        replace_text(&options->brokers, kt_strdup(value + length + 1));
    }
    return KT_OK;
}

static enum kt_code set_text(struct kt_options *options, void *place, const struct kt_option_row *row,
                             const char *value, const char *origin, struct kt_err *err)
{
    enum kt_code code = check_text(row, value, err);
    if (code != KT_OK) {
        return code;
    }
    replace_text(place, kt_strdup(value));
    if (row->offset == offsetof(struct kt_options, brokers)) {
        put_property(options, "bootstrap.servers", strlen("bootstrap.servers"), value, origin);
    }
    return KT_OK;
}

enum kt_code kt_option_set(struct kt_options *options, const struct kt_option_row *row, const char *value,
                           const char *origin, struct kt_err *err)
{
    void *place = (char *)options + row->offset;
    switch (row->kind) {
    case KT_OPTION_FLAG:
        *(bool *)place = true;
        return KT_OK;
    case KT_OPTION_TEXT:
        return set_text(options, place, row, value, origin, err);
    case KT_OPTION_LIST: {
        enum kt_code code = check_text(row, value, err);
        return code == KT_OK ? add_expression(place, row, value, err) : code;
    }
    case KT_OPTION_WORD:
        return set_word(place, row, value, err);
    case KT_OPTION_PROPERTY:
        return set_property(options, value, origin, err);
    default:
        return set_number(place, row, value, err);
    }
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
