/*
 * java_properties: the format of java.util.Properties, as Kafka's own tools read a client.properties.
 *
 * Remarks begin with '#' or '!'; a key ends at the first '=', ':' or blank that no backslash stands before; a backslash
 * at the end of a line goes on in the next; \t \n \r \f \uXXXX; any other byte behind a backslash is itself. Bytes are
 * ISO-8859-1, as Java takes them, or UTF-8 where the file begins with its mark. Keys and values come out as UTF-8.
 *
 * The file is hostile: at most 1 MiB, 10000 settings, 256 KiB a setting; NUL and other control bytes are refused, for
 * such a file is no text. Errors name file and line and never what stands there. Thread: any.
 */
#ifndef KT_JAVA_PROPERTIES_H
#define KT_JAVA_PROPERTIES_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct kt_java_property {
    char *key;
    char *value;
    unsigned line; /* where it begins */
};

struct kt_java_properties {
    char *path;
    struct kt_java_property *items; /* as they stand; of those with one key the last counts, as in Java */
    size_t count;
    unsigned utf8_line; /* the first line whose value looks like UTF-8 and was read as ISO-8859-1; 0: none */
    bool open_to_all;   /* everybody on this machine may read it */
};

/* Zeroes `properties` first; give back with kt_java_properties_release in any case. KT_CONFIG. */
KT_MUST_CHECK enum kt_code kt_java_properties_read(struct kt_java_properties *properties, const char *path,
                                                   struct kt_err *err);
KT_MUST_CHECK enum kt_code kt_java_properties_parse(struct kt_java_properties *properties, const char *path,
                                                    const char *bytes, size_t length, struct kt_err *err);
void kt_java_properties_release(struct kt_java_properties *properties);

/* The last of that key, or NULL. */
const struct kt_java_property *kt_java_properties_find(const struct kt_java_properties *properties, const char *key);

#endif
