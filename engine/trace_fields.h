/*
 * trace_fields: the fields of each kind of observation in a recording, in order, told once for both directions.
 *
 * A kind is a word and a function that visits its fields; the same visit writes them to a line or reads them from
 * one, so that writer and reader cannot drift apart. A new observation is a function and a row. While reading, the
 * visit is bounded by the line: a count that the rest of the line cannot hold makes it bad.
 *
 * Thread: one at a time.
 */
#ifndef KT_TRACE_FIELDS_H
#define KT_TRACE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "arena.h"
#include "observation.h"

/* One visit: writing when `out` is set, else reading from [at, end). */
struct kt_trace_io {
    FILE *out;
    bool anonymize;
    char *at, *end;         /* of the line that is read; texts are unescaped in place */
    struct kt_arena *arena; /* lists that are read */
    bool bad;               /* a field was missing or made no sense */
};

struct kt_trace_kind {
    const char *word;
    void (*visit)(struct kt_trace_io *io, struct kt_obs *obs);
};

extern const struct kt_trace_kind kt_trace_kinds[KT_OBS_KIND_COUNT];

/* Fields of the basic types; each is preceded by a tab when written. */
void kt_trace_i64(struct kt_trace_io *io, int64_t *value);

/* The next token of the line that is read, NUL-terminated in place, or NULL (and bad). */
char *kt_trace_token(struct kt_trace_io *io);

#endif
