/*
 * java_jaas: the value of sasl.jaas.config: one login module, a flag, options and a semicolon.
 *
 * Read as Kafka reads it: blanks, // and slash-star remarks between words, values in double or single quotes with the
 * escapes of Java; values without quotes are taken too. Hostile as any file: at most 64 options. Errors say what is
 * missing, and never what a value holds. Thread: any.
 */
#ifndef KT_JAVA_JAAS_H
#define KT_JAVA_JAAS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct kt_java_jaas_option {
    char *key;
    char *value;
};

struct kt_java_jaas {
    char *module; /* with its package */
    struct kt_java_jaas_option *options;
    size_t count;
};

/* Zeroes `jaas` first; give back with kt_java_jaas_release in any case. KT_CONFIG. */
KT_MUST_CHECK enum kt_code kt_java_jaas_parse(struct kt_java_jaas *jaas, const char *text, struct kt_err *err);
void kt_java_jaas_release(struct kt_java_jaas *jaas);

/* The value of an option, the last of that key, or NULL. */
const char *kt_java_jaas_find(const struct kt_java_jaas *jaas, const char *key);

/* The module's name without its package, which differs where a vendor has packed Kafka anew. */
const char *kt_java_jaas_name(const struct kt_java_jaas *jaas);

#endif
