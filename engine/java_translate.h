/*
 * java_translate: what the files that translate keys of Java clients share: a row of the table, and where things go.
 *
 * Thread: as java_client.
 */
#ifndef KT_JAVA_TRANSLATE_H
#define KT_JAVA_TRANSLATE_H

#include "java_properties.h"
#include "option_table.h"

/* One file on its way into the options of one cluster. */
struct kt_java {
    struct kt_options *options;
    const struct kt_java_properties *file;
    enum kt_origin from;
    struct kt_list *warnings;
    struct kt_err *err;
};

/* Neither property nor what: passed over, because it means nothing to who only looks. */
struct kt_java_row {
    const char *key;
    const char *property; /* of librdkafka, with the same value */
    const char *what;     /* what becomes of it, for the document */
    enum kt_code (*make)(const struct kt_java *java, const struct kt_java_property *property); /* NULL: others look */
};

/* Fails with KT_CONFIG and file, line and sentence; tells a warning in the same form. */
enum kt_code kt_java_wrong(const struct kt_java *java, unsigned line, const char *fmt, ...) KT_PRINTF(3, 4);
void kt_java_tell(const struct kt_java *java, unsigned line, const char *fmt, ...) KT_PRINTF(3, 4);

/* The value of a key of the file; NULL when it is not there or empty. */
const char *kt_java_value(const struct kt_java *java, const char *key);

/* Sets a property of librdkafka, unless something of more weight has said it or what takes its place. */
KT_MUST_CHECK enum kt_code kt_java_put(const struct kt_java *java, unsigned line, const char *key, const char *value);

/*
 * Functions of rows, here and in java_login.h and java_tls.h: each puts what one key means among the options, or tells
 * a warning where it means nothing to who only looks. KT_CONFIG, with file and line, where it cannot be obeyed.
 */
enum kt_code kt_java_timeout(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_brokers(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_dns(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_warn(const struct kt_java *java, const struct kt_java_property *property);

#endif
