/*
 * option_table: the rows behind option.h, for the files that parse, print and explain them.
 *
 * A row says everything about an option. Its default is text that goes through the same parser as an argument, so
 * that a default out of range cannot exist. Thread: any (const).
 */
#ifndef KT_OPTION_TABLE_H
#define KT_OPTION_TABLE_H

#include <stddef.h>

#include "option.h"

enum kt_option_kind {
    KT_OPTION_FLAG,     /* bool */
    KT_OPTION_TEXT,     /* char *, not empty */
    KT_OPTION_LIST,     /* struct kt_list of regular expressions */
    KT_OPTION_COUNT,    /* int64_t, low .. high */
    KT_OPTION_UNSIGNED, /* unsigned, low .. high */
    KT_OPTION_SECONDS,  /* int64_t of milliseconds; low .. high in seconds, decimals allowed */
    KT_OPTION_FRACTION, /* double, low .. high */
    KT_OPTION_WORD,     /* an enum that counts through `words` */
    KT_OPTION_PROPERTY  /* KEY=VALUE into the properties */
};

enum kt_option_section {
    KT_SECTION_CLUSTER,
    KT_SECTION_SCOPE,
    KT_SECTION_OUTPUT,
    KT_SECTION_RULES,
    KT_SECTION_RECORD,
    KT_SECTION_LOOKS,
    KT_SECTION_OTHER,
    KT_SECTION_COUNT
};

enum kt_origin { KT_ORIGIN_NONE, KT_ORIGIN_DEFAULT, KT_ORIGIN_ENVIRONMENT, KT_ORIGIN_ARGUMENT };

struct kt_option_row {
    const char *name;        /* long name, without dashes */
    char letter;             /* 0: none */
    const char *argument;    /* what --help calls it; NULL for a flag */
    enum kt_option_kind kind;
    enum kt_option_section section;
    size_t offset;           /* in struct kt_options */
    double low, high;        /* at most 2^53, or `unbounded` */
    bool unbounded;          /* COUNT: up to INT64_MAX */
    const char *const *words; /* WORD: ends with NULL */
    const char *fallback;    /* the default; NULL: off, empty or not given */
    const char *environment; /* variable that gives it when no argument does */
    const char *help;
};

extern const struct kt_option_row kt_option_rows[];
extern const size_t kt_option_row_count;

/* Sets the option of `row` to `value` (NULL for a flag). `origin` is static text for properties. */
KT_MUST_CHECK enum kt_code kt_option_set(struct kt_options *options, const struct kt_option_row *row,
                                         const char *value, const char *origin, struct kt_err *err);

/* The words of what a user sees of a row's value, into `room`; "" when it is not set. No secret among them. */
void kt_option_show(const struct kt_options *options, const struct kt_option_row *row, char *room, size_t size);

/* KT_USAGE when `expression` does not compile; err names it. */
KT_MUST_CHECK enum kt_code kt_filter_check(const char *expression, struct kt_err *err);

#endif
