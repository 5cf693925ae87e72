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
    KT_OPTION_NAMES,    /* struct kt_list of names */
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

/* Where in a configuration file an option may stand. */
enum kt_option_place {
    KT_PLACE_NONE,    /* nowhere: it belongs to one run */
    KT_PLACE_PROGRAM, /* [kafkatop] */
    KT_PLACE_BOTH,    /* [cluster NAME], and [kafkatop] for all that do not say it */
    KT_PLACE_CLUSTER  /* [cluster NAME] alone */
};

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
    enum kt_option_place place;
    const char *help;
};

extern const struct kt_option_row kt_option_rows[];
extern const size_t kt_option_row_count;

/*
 * Sets the option of `row` to `value` (a flag: NULL, "yes" or "no"), unless something of more weight has said it:
 * then it does nothing. What is repeatable adds up within one origin.
 */
KT_MUST_CHECK enum kt_code kt_option_set(struct kt_options *options, const struct kt_option_row *row,
                                         const char *value, struct kt_said said, struct kt_err *err);

/* The same for a property of the library. */
KT_MUST_CHECK enum kt_code kt_option_set_property(struct kt_options *options, const char *key, const char *value,
                                                  struct kt_said said, struct kt_err *err);

/* The row of a long name, or NULL. */
const struct kt_option_row *kt_option_row_of(const char *name, size_t length);

/* Where the value of the row of that name came from. */
struct kt_said kt_option_said(const struct kt_options *options, const char *name);

/* "FILE:12", "command line" ... for messages and --print-config; `room` is used for some. */
const char *kt_said_text(const struct kt_options *options, struct kt_said said, const char *environment, char *room,
                         size_t size);

/* Arguments and the environment over what `options` has; then what follows from all together. */
void kt_options_init(struct kt_options *options);
KT_MUST_CHECK enum kt_code kt_options_fill(struct kt_options *options, int argc, char *const argv[],
                                           struct kt_err *err);
KT_MUST_CHECK enum kt_code kt_options_finish(struct kt_options *options, struct kt_err *err);

/* The words of what a user sees of a row's value, into `room`; "" when it is not set. No secret among them. */
void kt_option_show(const struct kt_options *options, const struct kt_option_row *row, char *room, size_t size);

/* What --tls-insecure means, as properties. */
KT_MUST_CHECK enum kt_code kt_options_settle_tls(struct kt_options *options, struct kt_err *err);

/* KT_USAGE when `expression` does not compile; err names it. */
KT_MUST_CHECK enum kt_code kt_filter_check(const char *expression, struct kt_err *err);

#endif
