#include "verdict_json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copies one number, quoted when it is an integer that a double may not hold. Returns its length in `line`.
 */
static size_t copy_number(const char *line, char *out, size_t *at)
{
    size_t sign = *line == '-' ? 1 : 0;
    size_t digits = strspn(line + sign, "0123456789");
    size_t length = strspn(line, "+-0123456789.eE");
    bool quote = digits > 15 && length == sign + digits;
    if (quote) {
        out[(*at)++] = '"';
    }
    memcpy(out + *at, line, length);
    *at += length;
    if (quote) {
        out[(*at)++] = '"';
    }
    return length;
}

/* The length of a text with its quotes, also when the closing one is missing; 0 when it holds a NUL. */
static size_t text_length(const char *line)
{
    size_t i = 1;
    while (line[i] != '\0' && line[i] != '"') {
        if (strncmp(line + i, "\\u0000", 6) == 0) {
            return 0;
        }
        i += line[i] == '\\' && line[i + 1] != '\0' ? 2 : 1;
    }
    return line[i] == '"' ? i + 1 : i;
}

char *json_quote_long_integers(const char *line, struct kt_err *err)
{
    size_t length = strlen(line), at = 0;
    char *out = kt_alloc(length + length / 8 + 3, 1);
    while (*line != '\0') {
        if (*line == '"') {
            size_t text = text_length(line);
            if (text == 0) {
                kt_fail(err, KT_PROTOCOL, "a text with a NUL in it");
                free(out);
                return NULL;
            }
            memcpy(out + at, line, text);
            at += text;
            line += text;
        } else if (*line == '-' || (*line >= '0' && *line <= '9')) {
            line += copy_number(line, out, &at);
        } else {
            out[at++] = *line++;
        }
    }
    return out;
}

bool json_as_int64(const cJSON *item, int64_t *out)
{
    if (cJSON_IsNumber(item)) {
        double value = item->valuedouble;
        if (!(fabs(value) < 9007199254740992.0) || floor(value) != value) {
            return false;
        }
        *out = (int64_t)value;
        return true;
    }
    if (!cJSON_IsString(item) || item->valuestring[strspn(item->valuestring, "-0123456789")] != '\0') {
        return false;
    }
    char *end;
    errno = 0;
    long long value = strtoll(item->valuestring, &end, 10);
    *out = value;
    return errno == 0 && end != item->valuestring && *end == '\0';
}

bool json_as_uint64(const cJSON *item, uint64_t *out)
{
    int64_t small;
    if (json_as_int64(item, &small)) {
        *out = (uint64_t)small;
        return small >= 0;
    }
    if (!cJSON_IsString(item) || item->valuestring[strspn(item->valuestring, "0123456789")] != '\0') {
        return false;
    }
    errno = 0;
    *out = strtoull(item->valuestring, NULL, 10);
    return errno == 0 && item->valuestring[0] != '\0';
}

const cJSON *json_member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

bool json_refuse(struct kt_err *err, const char *name)
{
    kt_fail(err, KT_PROTOCOL, "'%s' is missing or not what it should be", name);
    return false;
}

bool json_read_int64(const cJSON *object, const char *name, int64_t *out, struct kt_err *err)
{
    return json_as_int64(json_member(object, name), out) || json_refuse(err, name);
}

bool json_read_int32(const cJSON *object, const char *name, int32_t *out, struct kt_err *err)
{
    int64_t value;
    if (!json_as_int64(json_member(object, name), &value) || value < INT32_MIN || value > INT32_MAX) {
        return json_refuse(err, name);
    }
    *out = (int32_t)value;
    return true;
}

bool json_read_int64_if(const cJSON *object, const char *name, int64_t *out, struct kt_err *err)
{
    const cJSON *item = json_member(object, name);
    return item == NULL || json_as_int64(item, out) || json_refuse(err, name);
}

bool json_read_text(const cJSON *object, const char *name, const char **out, struct kt_err *err)
{
    *out = cJSON_GetStringValue(json_member(object, name));
    return *out != NULL || json_refuse(err, name);
}

bool json_read_text_if(const cJSON *object, const char *name, const char **out, struct kt_err *err)
{
    *out = "";
    return json_member(object, name) == NULL || json_read_text(object, name, out, err);
}

void json_add_int64(cJSON *object, const char *name, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    cJSON_AddRawToObject(object, name, text);
}

void json_add_uint64(cJSON *object, const char *name, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    cJSON_AddRawToObject(object, name, text);
}

void json_append_int64(cJSON *array, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    cJSON_AddItemToArray(array, cJSON_CreateRaw(text));
}

void json_add_float(cJSON *object, const char *name, float value)
{
    char text[32];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (!(strtof(text, NULL) < value) && !(strtof(text, NULL) > value)) {
            break;
        }
    }
    cJSON_AddRawToObject(object, name, text);
}

void json_add_text(cJSON *object, const char *name, const char *text)
{
    cJSON_AddStringToObject(object, name, text);
}

void json_print_line(cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    if (text == NULL) {
        kt_fatal("out of memory");
    }
    puts(text);
    cJSON_free(text);
    cJSON_Delete(object);
}

cJSON *json_new_line(const cJSON *id)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddItemToObject(line, "id", cJSON_Duplicate(id, true));
    return line;
}
