/*
 * option: every setting a user can give, in one table: name, argument, range, default, help.
 *
 * argv, the environment, `--help` and the manual's list of options read that table (a test compares them).
 * A struct kt_options is complete and valid once kt_clusters_parse returned KT_OK, and is not changed afterwards.
 * There is one for each cluster that is watched; what is not of a cluster is the same in all of them.
 *
 * FRONT DOOR. Thread: main while parsing, then any may read.
 */
#ifndef KT_OPTION_H
#define KT_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"

enum kt_rules { KT_RULES_KAFKATOP, KT_RULES_BURROW };
enum kt_source_choice { KT_CHOOSE_AUTO, KT_CHOOSE_LOG, KT_CHOOSE_ADMIN };
enum kt_detail { KT_DETAIL_GROUPS, KT_DETAIL_PARTITIONS, KT_DETAIL_WINDOWS };
enum kt_records { KT_RECORDS_NONE, KT_RECORDS_TAIL, KT_RECORDS_EXACT };
#define KT_CLUSTERS_MOST 32 /* watched at once */

/* How the name of a cluster stands out on the screen. */
enum kt_colour { KT_COLOUR_PLAIN, KT_COLOUR_CAUTION, KT_COLOUR_DANGER };
enum kt_format { KT_FORMAT_SCREEN, KT_FORMAT_TEXT, KT_FORMAT_JSON, KT_FORMAT_CSV };

/* What decides verdicts; shown in each snapshot. Burrow's meanings and defaults. */
struct kt_settings {
    enum kt_rules rules;
    unsigned intervals;       /* commits a window holds: 10 */
    int64_t min_distance_ms;  /* 0 */
    int64_t allowed_lag;      /* 0 */
    double minimum_complete;  /* 0 */
    int64_t expire_group_ms;  /* 604800000 */
    int64_t delay_ms;         /* between refreshes: 2000 */
};

/* Where a value came from; one that stands further below wins. */
enum kt_origin {
    KT_ORIGIN_NONE,
    KT_ORIGIN_DEFAULT,
    KT_ORIGIN_SCREEN,  /* what the screen saved */
    KT_ORIGIN_FILE,         /* [kafkatop] of the configuration file */
    KT_ORIGIN_JAVA_SECTION, /* client.properties that [cluster NAME] names */
    KT_ORIGIN_SECTION,      /* [cluster NAME] */
    KT_ORIGIN_ENVIRONMENT,
    KT_ORIGIN_JAVA, /* client.properties of --command-config */
    KT_ORIGIN_ARGUMENT
};

struct kt_said {
    enum kt_origin from;
    unsigned line; /* of the file */
};

struct kt_property {
    char *key;
    char *value;
    const char *origin; /* "-X", "-b", "KAFKATOP_BROKERS"; NULL: a file */
    struct kt_said said;
};

/* Strings given more than once, in order. */
struct kt_list {
    char **items;
    size_t count;
};

/* Keep and drop rules for names: POSIX extended expressions, compiled once. */
struct kt_filter;

struct kt_options {
    struct kt_said *said; /* of each row of the table: where its value came from (--print-config) */

    /* cluster */
    char *config;           /* the configuration file that was read, or is to be; NULL: none */
    char *screen;           /* the file of kt_clusters_suggest; NULL: none */
    struct kt_list chosen;  /* sections named by -c */
    char *brokers;     /* NULL when none was given */
    char *cluster;     /* the name shown; "default" where there are no sections */
    bool from_section; /* of a configuration file */
    char *command_config; /* client.properties of Java; NULL: none */
    bool tls_insecure;
    enum kt_colour colour;
    struct kt_said colour_said;
    struct kt_property *properties;
    size_t property_count;
    char *password_command; /* tells sasl.password, or NULL */
    char *token_command;    /* tells a token for OAUTHBEARER, or NULL */
    enum kt_source_choice source;
    enum kt_records records; /* which records may be looked at */
    struct kt_list resolve;  /* rules of resolve.h */

    /* what to look at */
    struct kt_list groups, exclude_groups, topics, exclude_topics;
    struct kt_filter *group_filter;
    struct kt_filter *topic_filter;

    /* how to judge */
    struct kt_settings settings;
    int64_t hold_ms;

    /* how long, and what comes out */
    bool batch, json, csv, once; /* as given; format and iterations follow from them */
    int64_t iterations;          /* 0: without end */
    int64_t timeout_ms;
    enum kt_format format;
    enum kt_detail detail;
    bool pretty;
    bool exit_status;
    bool wait_drained;
    bool anonymize;
    bool secure;
    char *output; /* NULL: standard output */
    char *on_change;
    char *record;
    char *replay;
    bool at_once; /* the recording is played to its end before anybody looks at it */
    bool demo;

    /* looks */
    char *theme;
    bool ascii;
    bool no_color;
    bool mouse;
    int64_t cycle_ms; /* 0: off */

    /* instead of monitoring */
    bool help;
    bool version;
    bool print_config;
    bool doctor;
};

/* The clusters to watch, sorted by name: at least one. */
struct kt_clusters {
    struct kt_options *items;
    size_t count;
    struct kt_list warnings; /* to be told before anything else happens: one line each */
};

/*
 * Reads argv, the environment and the configuration file, which is -F's, else $KAFKATOPRC, else the first there is of
 * $XDG_CONFIG_HOME/kafkatop/config and `system_config`. Brokers on the command line or in the environment are one
 * cluster without a section. Errors as of kt_options_parse; in a file they name it and the line. Give back with
 * kt_clusters_release in any case.
 */
KT_MUST_CHECK enum kt_code kt_clusters_parse(struct kt_clusters *clusters, int argc, char *const argv[],
                                             const char *system_config, struct kt_err *err);
void kt_clusters_release(struct kt_clusters *clusters);

/*
 * Sets an option by its name as the file `path` has it in `line`, saved by the screen: nothing but the default has less
 * weight. KT_USAGE when there is no such option for the whole program, or the value makes no sense to it.
 */
KT_MUST_CHECK enum kt_code kt_clusters_suggest(struct kt_clusters *clusters, const char *name, const char *value,
                                               const char *path, unsigned line, struct kt_err *err);

/* Whether the command line, the environment or a configuration file said it. */
bool kt_option_given(const struct kt_options *options, const char *name);

/*
 * Parses argv and the environment alone into `options` (zeroed by this call). On KT_USAGE or KT_CONFIG, err names the
 * offending word and, for an unknown option, the nearest known one. Give back with kt_options_release in any case.
 */
KT_MUST_CHECK enum kt_code kt_options_parse(struct kt_options *options, int argc, char *const argv[],
                                            struct kt_err *err);
void kt_options_release(struct kt_options *options);

/* Writes the text of --help / --print-config (secrets masked). */
void kt_options_help(FILE *out);
void kt_options_print_config(const struct kt_options *options, FILE *out);
void kt_clusters_print_config(const struct kt_clusters *clusters, FILE *out);

/*
 * What nobody checks of the brokers' certificates on connections by TLS: "certificate" (not even the name), "name", or
 * NULL where all is checked, or there is no TLS.
 */
const char *kt_options_unchecked(const struct kt_options *options);

/* The property that was given by this key, or by another that means the same; NULL: none. Lives in `options`. */
struct kt_property *kt_options_property(const struct kt_options *options, const char *key);

/* Whether nobody should read a property's value over a shoulder. */
bool kt_property_is_secret(const char *key);

/* KT_USAGE unless `brokers` is HOST[:PORT],... with at least one host and ports from 1 to 65535. */
KT_MUST_CHECK enum kt_code kt_brokers_check(const char *brokers, struct kt_err *err);

/* The word among `count` words nearest to `word` by edit distance, or NULL when none is near. */
const char *kt_nearest(const char *word, const char *const *words, size_t count);

/* The same, however far that is: NULL only when there are no words. */
const char *kt_nearest_of_all(const char *word, const char *const *words, size_t count);

/*
 * Filters. Empty `keep` keeps all; then `drop` drops. A name with a NUL is matched up to it. `hidden_default`
 * names are dropped unless a keep rule was given (NULL: none). KT_USAGE names the expression and its fault.
 * A NULL filter accepts everything. Thread: new: any; accepts: any.
 */
KT_MUST_CHECK enum kt_code kt_filter_new(struct kt_filter **filter, const struct kt_list *keep,
                                         const struct kt_list *drop, const char *hidden_default,
                                         struct kt_err *err);
void kt_filter_free(struct kt_filter *filter);
bool kt_filter_accepts(const struct kt_filter *filter, const char *name, size_t length);

/*
 * Whether the C library can be trusted with an extended regular expression: it neither repeats repetitions until memory
 * or time are used up, nor refers back to what it matched. `most`: pieces that it may make of it, all repetitions
 * written out. Whether it is an expression at all is not looked at.
 */
bool kt_pattern_is_bounded(const char *expression, double most);

#endif
