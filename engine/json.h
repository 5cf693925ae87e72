/*
 * json: writes JSON to a stream while it is made: brackets and members by hand, rows as small cJSON objects.
 *
 * Numbers and texts go in as raw items, so that 64-bit numbers are exact, numbers never follow the locale, and a
 * text may hold NUL. Texts are escaped to what every terminal can bear: control bytes (also C1 and DEL), marks of
 * direction and invisible characters are written as \u escapes, which a parser reads back exactly.
 *
 * Thread: one at a time. Failure of the stream is found by ferror.
 */
#ifndef KT_JSON_H
#define KT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>

struct kt_json {
    FILE *out;
    bool pretty; /* over many lines, two blanks a level */
    unsigned depth;
    bool has_before; /* something stands before the next item of this bracket */
};

/* ---- the stream: '{' or '[' in place of a value; a member or item opens with its name or without ---- */
void kt_json_open(struct kt_json *json, char bracket);
void kt_json_close(struct kt_json *json, char bracket);
void kt_json_key(struct kt_json *json, const char *key); /* a constant without anything to escape */
void kt_json_item(struct kt_json *json);                 /* of an array: what follows is its next value */
/* Writes each member of the object as a member of the open one, and deletes the object. */
void kt_json_take_members(struct kt_json *json, cJSON *row);

/* ---- values: never NULL (kt_fatal when memory ends) ---- */
cJSON *kt_json_object(void);
cJSON *kt_json_array(void);
cJSON *kt_json_null(void);
cJSON *kt_json_bool(bool value);
cJSON *kt_json_i64(int64_t value);
cJSON *kt_json_u64(uint64_t value);
/* Six digits that mean something; null when it is not finite. */
cJSON *kt_json_rate(double value);
/* As few digits as tell this value from its neighbours in single precision: 0.8, 0.6666667. */
cJSON *kt_json_share(double value);
/* What is not UTF-8 becomes U+FFFD. `bytes` NULL gives null. */
cJSON *kt_json_text(const char *bytes, size_t length);
cJSON *kt_json_base64(const char *bytes, size_t length);

/* Moves `value` into `row` under a name that lives as long as the program. */
void kt_json_put(cJSON *row, const char *key, cJSON *value);
void kt_json_add(cJSON *array, cJSON *value);

#endif
