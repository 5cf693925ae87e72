/*
 * trace_io: one field of a line of a recording, written or read by the same call.
 *
 * Each field is preceded by a tab. Reading never passes the end of the line: a field that is missing, makes no sense,
 * or counts more items than the rest of the line can hold makes the visit bad, and gives 0 or nothing from then on.
 * While writing, what the pointers point to is only read.
 *
 * Thread: one at a time.
 */
#ifndef KT_TRACE_IO_H
#define KT_TRACE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "arena.h"
#include "snapshot.h"

/* One visit: writing when `out` is set, else reading from [at, end). */
struct kt_trace_io {
    FILE *out;
    bool anonymize;
    char *at, *end;         /* of the line that is read; texts are unescaped in place */
    struct kt_arena *arena; /* lists that are read */
    bool bad;               /* a field was missing or made no sense */
};

/* The next token of the line that is read, NUL-terminated in place, or NULL (and bad). */
char *kt_trace_token(struct kt_trace_io *io);

/* What older recordings do not have stands at the end of a line: whether there is more; always when writing. */
bool kt_trace_more(const struct kt_trace_io *io);

void kt_trace_i64(struct kt_trace_io *io, int64_t *value);
void kt_trace_i32(struct kt_trace_io *io, int32_t *value);
void kt_trace_bool(struct kt_trace_io *io, bool *value);
void kt_trace_optional(struct kt_trace_io *io, bool *has, int64_t *value); /* a number that is there when its flag is */

/* An enum by its words: what `word` says of 0 .. count - 1. */
int kt_trace_word(struct kt_trace_io *io, int value, int count, const char *(*word)(int value));

void kt_trace_text(struct kt_trace_io *io, struct kt_text *text);

/* A name that --anonymize replaces; `kind` as for kt_anonymous_name. */
void kt_trace_name(struct kt_trace_io *io, struct kt_text *name, char kind);

/* Text that may quote names: left out of an anonymous recording. */
void kt_trace_sentence(struct kt_trace_io *io, struct kt_text *text);

void kt_trace_id(struct kt_trace_io *io, uint8_t id[16]);

/*
 * The items to visit: those that are written, or room in the arena for those that are read, each of at least `tokens`
 * fields; *count is set when reading.
 */
void *kt_trace_list(struct kt_trace_io *io, const void *items, size_t *count, size_t size, int64_t tokens);

void kt_trace_numbers(struct kt_trace_io *io, const int32_t **items, size_t *count);

#endif
