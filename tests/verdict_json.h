/*
 * verdict_json: JSON with exact 64-bit integers, over cJSON, whose numbers are doubles.
 *
 * Integers are accepted as numbers where a double holds them exactly, and as text; written, they are raw
 * text. A reading function returns false with err when the member is not there or not what it should be.
 */
#ifndef VERDICT_JSON_H
#define VERDICT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "error.h"

/* The line with quotes around bare integers of more than 15 digits; new, or NULL with err. */
char *json_quote_long_integers(const char *line, struct kt_err *err);

bool json_as_int64(const cJSON *item, int64_t *out);
bool json_as_uint64(const cJSON *item, uint64_t *out);

/* NULL when `object` is no object or has no such member. */
const cJSON *json_member(const cJSON *object, const char *name);

/* Says in err that the member is wrong; returns false. */
bool json_refuse(struct kt_err *err, const char *name);

bool json_read_int64(const cJSON *object, const char *name, int64_t *out, struct kt_err *err);
bool json_read_int32(const cJSON *object, const char *name, int32_t *out, struct kt_err *err);
bool json_read_text(const cJSON *object, const char *name, const char **out, struct kt_err *err);

/* A member that may be absent: then *out stays (a number) or becomes "" (a text). */
bool json_read_int64_if(const cJSON *object, const char *name, int64_t *out, struct kt_err *err);
bool json_read_text_if(const cJSON *object, const char *name, const char **out, struct kt_err *err);

void json_add_int64(cJSON *object, const char *name, int64_t value);
void json_add_uint64(cJSON *object, const char *name, uint64_t value);
void json_add_text(cJSON *object, const char *name, const char *text);
void json_append_int64(cJSON *array, int64_t value);

/* The shortest text that reads back as the same float32. */
void json_add_float(cJSON *object, const char *name, float value);

/* An object that begins with a copy of the case's id. */
cJSON *json_new_line(const cJSON *id);

/* Prints the object on a line of its own and frees it. */
void json_print_line(cJSON *object);

#endif
