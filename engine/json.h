/*
 * json: writes JSON to a stream while it is made; nothing of the document is kept.
 *
 * 64-bit numbers are exact, numbers never follow the locale, and a text may hold NUL. Texts are escaped to what every
 * terminal can bear: control bytes (also C1 and DEL), marks of direction and invisible characters are written as \u
 * escapes, which a parser reads back exactly.
 *
 * A value follows kt_json_key or kt_json_item; kt_json_put_x is a key and a value. Thread: one at a time. Failure of
 * the stream is found by ferror, once kt_json_end was called.
 */
#ifndef KT_JSON_H
#define KT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "observation.h"
#include "writer.h"

struct kt_json {
    struct kt_writer to;
    bool pretty; /* over many lines, two blanks a level */
    unsigned depth;
    unsigned flat;   /* brackets from the one on that stays on its line */
    bool has_before; /* something stands before the next item of this bracket */
};

void kt_json_begin(struct kt_json *json, FILE *out, bool pretty);
void kt_json_end(struct kt_json *json); /* all is in the stream */

/* ---- '{' or '[' in place of a value; a member or item opens with its name or without ---- */
void kt_json_open(struct kt_json *json, char bracket);
void kt_json_open_flat(struct kt_json *json, char bracket); /* what is in it stays on one line, pretty or not */
void kt_json_close(struct kt_json *json, char bracket);
void kt_json_key(struct kt_json *json, const char *key); /* a constant without anything to escape, below 1 KiB */
void kt_json_item(struct kt_json *json);                 /* of an array: what follows is its next value */

/* ---- values ---- */
void kt_json_null(struct kt_json *json);
void kt_json_bool(struct kt_json *json, bool value);
void kt_json_i64(struct kt_json *json, int64_t value);
void kt_json_u64(struct kt_json *json, uint64_t value);
void kt_json_rate(struct kt_json *json, double value);  /* kt_decimal_rate; null when it is not finite */
void kt_json_share(struct kt_json *json, double value); /* kt_decimal_share; the same */
/* What is not UTF-8 becomes U+FFFD. `bytes` NULL gives null. */
void kt_json_text(struct kt_json *json, const char *bytes, size_t length);
void kt_json_word(struct kt_json *json, const char *word); /* up to its NUL; NULL gives null */
void kt_json_base64(struct kt_json *json, const char *bytes, size_t length);

/* ---- members ---- */
void kt_json_put_null(struct kt_json *json, const char *key);
void kt_json_put_bool(struct kt_json *json, const char *key, bool value);
void kt_json_put_i64(struct kt_json *json, const char *key, int64_t value);
void kt_json_put_known_i64(struct kt_json *json, const char *key, bool known, int64_t value); /* not known: null */
void kt_json_put_u64(struct kt_json *json, const char *key, uint64_t value);
void kt_json_put_word(struct kt_json *json, const char *key, const char *word);
/* A name, and beside it, under that second key, its bytes where they are no UTF-8. */
void kt_json_put_name(struct kt_json *json, const char *key, const char *beside, struct kt_text text);

#endif
