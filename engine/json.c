#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "json_utf8.h"

/* ---- the stream ---- */

static void break_line(struct kt_json *json)
{
    if (json->pretty) {
        fprintf(json->out, "\n%*s", (int)(json->depth * 2), "");
    }
}

void kt_json_open(struct kt_json *json, char bracket)
{
    fputc(bracket, json->out);
    json->depth++;
    json->has_before = false;
}

void kt_json_close(struct kt_json *json, char bracket)
{
    json->depth--;
    if (json->has_before) {
        break_line(json);
    }
    fputc(bracket, json->out);
    json->has_before = true;
}

void kt_json_item(struct kt_json *json)
{
    if (json->has_before) {
        fputc(',', json->out);
    }
    break_line(json);
    json->has_before = true;
}

void kt_json_key(struct kt_json *json, const char *key)
{
    kt_json_item(json);
    fputc('"', json->out);
    fputs(key, json->out);
    fputs(json->pretty ? "\": " : "\":", json->out);
}

/* The values that most of a row is made of, without cJSON's buffer for each; NULL for the others. */
static const char *plain_text(const cJSON *value)
{
    if (cJSON_IsRaw(value)) {
        return value->valuestring;
    }
    if (cJSON_IsNull(value)) {
        return "null";
    }
    if (cJSON_IsBool(value)) {
        return cJSON_IsTrue(value) ? "true" : "false";
    }
    return cJSON_IsArray(value) && !value->child ? "[]" : NULL;
}

static void write_value(struct kt_json *json, const cJSON *value)
{
    const char *plain = plain_text(value);
    if (plain) {
        fputs(plain, json->out);
        return;
    }
    char *text = cJSON_PrintUnformatted(value);
    if (!text) {
        kt_fatal("out of memory (a row of JSON)");
    }
    fputs(text, json->out);
    cJSON_free(text);
}

void kt_json_take_members(struct kt_json *json, cJSON *row)
{
    for (const cJSON *value = row->child; value; value = value->next) {
        kt_json_key(json, value->string);
        write_value(json, value);
    }
    cJSON_Delete(row);
}

/* ---- values ---- */

static cJSON *made(cJSON *value)
{
    if (!value) {
        kt_fatal("out of memory (a value of JSON)");
    }
    return value;
}

cJSON *kt_json_object(void)
{
    return made(cJSON_CreateObject());
}

cJSON *kt_json_array(void)
{
    return made(cJSON_CreateArray());
}

cJSON *kt_json_null(void)
{
    return made(cJSON_CreateNull());
}

cJSON *kt_json_bool(bool value)
{
    return made(cJSON_CreateBool(value));
}

cJSON *kt_json_i64(int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    return made(cJSON_CreateRaw(text));
}

cJSON *kt_json_u64(uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return made(cJSON_CreateRaw(text));
}

/* A locale may write another decimal point, of several bytes even. */
static cJSON *number(const char *text)
{
    char plain[64];
    size_t used = 0;
    for (size_t i = 0; text[i] && used + 1 < sizeof plain; i++) {
        if (strchr("0123456789+-eE", text[i])) {
            plain[used++] = text[i];
        } else if (used > 0 && plain[used - 1] != '.') {
            plain[used++] = '.';
        }
    }
    plain[used] = '\0';
    return made(cJSON_CreateRaw(plain));
}

cJSON *kt_json_rate(double value)
{
    char text[400];
    if (!isfinite(value)) {
        return kt_json_null();
    }
    if (fabs(value) >= 1e15) {
        snprintf(text, sizeof text, "%.6e", value);
    } else if (fabs(value) >= 100000) {
        snprintf(text, sizeof text, "%.1f", value);
    } else {
        snprintf(text, sizeof text, "%.6g", value == 0 ? 0.0 : value);
    }
    return number(text);
}

cJSON *kt_json_share(double value)
{
    char text[64];
    if (!isfinite(value)) {
        return kt_json_null();
    }
    float wanted = (float)value;
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value == 0 ? 0.0 : value);
        if (strtof(text, NULL) == wanted) {
            break;
        }
    }
    return number(text);
}

/* ---- texts ---- */

static size_t escape(uint32_t c, char *out)
{
    static const struct {
        char plain, letter;
    } letters[] = {{'"', '"'}, {'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'\b', 'b'}, {'\f', 'f'}};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (c == (unsigned char)letters[i].plain) {
            out[0] = '\\';
            out[1] = letters[i].letter;
            return 2;
        }
    }
    if (c > 0xffff) {
        uint32_t rest = c - 0x10000;
        return (size_t)snprintf(out, 16, "\\u%04x\\u%04x", (unsigned)(0xd800 + (rest >> 10)),
                                (unsigned)(0xdc00 + (rest & 0x3ff)));
    }
    return (size_t)snprintf(out, 16, "\\u%04x", (unsigned)c);
}

/* The text with quotes around it and a NUL behind; at most 6 bytes for each of its own. */
static char *quote(const char *bytes, size_t length)
{
    if (length > (SIZE_MAX - 32) / 6) {
        kt_fatal("out of memory (a text of %zu bytes)", length);
    }
    char *out = kt_resize(NULL, length * 6 + 32, 1);
    size_t used = 0, step;
    out[used++] = '"';
    for (size_t i = 0; i < length; i += step) {
        uint32_t c;
        step = kt_utf8_next(bytes + i, length - i, &c);
        if (c == KT_UTF8_BAD) {
            memcpy(out + used, "\xef\xbf\xbd", 3);
            used += 3;
        } else if (c == '"' || c == '\\' || kt_utf8_is_control(c)) {
            used += escape(c, out + used);
        } else {
            memcpy(out + used, bytes + i, step);
            used += step;
        }
    }
    out[used++] = '"';
    out[used] = '\0';
    return out;
}

cJSON *kt_json_text(const char *bytes, size_t length)
{
    if (!bytes) {
        return kt_json_null();
    }
    char *quoted = quote(bytes, length);
    cJSON *value = made(cJSON_CreateRaw(quoted));
    free(quoted);
    return value;
}

cJSON *kt_json_base64(const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (length > SIZE_MAX / 2 - 16) {
        kt_fatal("out of memory (a text of %zu bytes)", length);
    }
    char *out = kt_resize(NULL, length / 3 * 4 + 16, 1);
    size_t used = 0;
    out[used++] = '"';
    for (size_t i = 0; i < length; i += 3) {
        uint32_t three = 0;
        for (size_t k = 0; k < 3; k++) {
            three = three << 8 | (i + k < length ? (unsigned char)bytes[i + k] : 0u);
        }
        for (size_t k = 0; k < 4; k++) {
            out[used++] = i + k > length ? '=' : digits[three >> (18 - 6 * k) & 63];
        }
    }
    out[used++] = '"';
    out[used] = '\0';
    cJSON *value = made(cJSON_CreateRaw(out));
    free(out);
    return value;
}

void kt_json_put(cJSON *row, const char *key, cJSON *value)
{
    if (!cJSON_AddItemToObjectCS(row, key, value)) {
        kt_fatal("out of memory (a member of JSON)");
    }
}

void kt_json_add(cJSON *array, cJSON *value)
{
    if (!cJSON_AddItemToArray(array, value)) {
        kt_fatal("out of memory (an item of JSON)");
    }
}
