#include "json.h"

#include <string.h>

#include "decimal.h"
#include "json_utf8.h"

#define KEY_MOST 1024

/* ---- the stream ---- */

void kt_json_begin(struct kt_json *json, FILE *out, bool pretty)
{
    kt_writer_init(&json->to, out);
    json->pretty = pretty;
    json->depth = json->flat = 0;
    json->has_before = false;
}

void kt_json_end(struct kt_json *json)
{
    kt_writer_flush(&json->to);
}

static bool breaks_lines(const struct kt_json *json)
{
    return json->pretty && json->flat == 0;
}

static void break_line(struct kt_json *json)
{
    if (breaks_lines(json)) {
        kt_writer_byte(&json->to, '\n');
        for (unsigned i = 0; i < json->depth; i++) {
            kt_writer_bytes(&json->to, "  ", 2);
        }
    }
}

void kt_json_open(struct kt_json *json, char bracket)
{
    kt_writer_byte(&json->to, bracket);
    json->depth++;
    json->flat += json->flat > 0;
    json->has_before = false;
}

void kt_json_open_flat(struct kt_json *json, char bracket)
{
    kt_json_open(json, bracket);
    json->flat += json->flat == 0;
}

void kt_json_close(struct kt_json *json, char bracket)
{
    json->depth--;
    if (json->has_before) {
        break_line(json);
    }
    json->flat -= json->flat > 0;
    kt_writer_byte(&json->to, bracket);
    json->has_before = true;
}

void kt_json_item(struct kt_json *json)
{
    if (json->has_before) {
        kt_writer_byte(&json->to, ',');
    }
    break_line(json);
    json->has_before = true;
}

void kt_json_key(struct kt_json *json, const char *key)
{
    kt_json_item(json);
    size_t length = strlen(key);
    char *place = kt_writer_place(&json->to, KEY_MOST);
    place[0] = '"';
    memcpy(place + 1, key, length);
    memcpy(place + 1 + length, "\": ", 3);
    kt_writer_took(&json->to, length + (breaks_lines(json) ? 4 : 3));
}

/* ---- values ---- */

void kt_json_null(struct kt_json *json)
{
    kt_writer_bytes(&json->to, "null", 4);
}

void kt_json_bool(struct kt_json *json, bool value)
{
    kt_writer_text(&json->to, value ? "true" : "false");
}

void kt_json_i64(struct kt_json *json, int64_t value)
{
    kt_writer_i64(&json->to, value);
}

void kt_json_u64(struct kt_json *json, uint64_t value)
{
    kt_writer_took(&json->to, kt_decimal_u64(kt_writer_place(&json->to, KT_DECIMAL_ROOM), value));
}

static void put_number(struct kt_json *json, size_t write(char *out, double value), double value)
{
    size_t length = write(kt_writer_place(&json->to, KT_DECIMAL_ROOM), value);
    kt_writer_took(&json->to, length);
    if (length == 0) {
        kt_json_null(json);
    }
}

void kt_json_rate(struct kt_json *json, double value)
{
    put_number(json, kt_decimal_rate, value);
}

void kt_json_share(struct kt_json *json, double value)
{
    put_number(json, kt_decimal_share, value);
}

/* ---- texts ---- */

static void escape(struct kt_writer *to, uint32_t c)
{
    static const struct {
        char plain, letter;
    } letters[] = {{'"', '"'}, {'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'\b', 'b'}, {'\f', 'f'}};
    char *out = kt_writer_place(to, 16);
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (c == (unsigned char)letters[i].plain) {
            out[0] = '\\';
            out[1] = letters[i].letter;
            kt_writer_took(to, 2);
            return;
        }
    }
    if (c > 0xffff) {
        uint32_t rest = c - 0x10000;
        kt_writer_took(to, (size_t)snprintf(out, 16, "\\u%04x\\u%04x", (unsigned)(0xd800 + (rest >> 10)),
                                            (unsigned)(0xdc00 + (rest & 0x3ff))));
        return;
    }
    kt_writer_took(to, (size_t)snprintf(out, 16, "\\u%04x", (unsigned)c));
}

/* One character that is more than a letter; returns the bytes that it takes. */
static size_t put_character(struct kt_writer *to, const char *bytes, size_t length)
{
    uint32_t c;
    size_t step = kt_utf8_next(bytes, length, &c);
    if (c == KT_UTF8_BAD) {
        kt_writer_bytes(to, "\xef\xbf\xbd", 3);
    } else if (c == '"' || c == '\\' || kt_utf8_is_control(c)) {
        escape(to, c);
    } else {
        kt_writer_bytes(to, bytes, step);
    }
    return step;
}

void kt_json_text(struct kt_json *json, const char *bytes, size_t length)
{
    struct kt_writer *to = &json->to;
    if (!bytes) {
        kt_json_null(json);
        return;
    }
    kt_writer_byte(to, '"');
    for (size_t i = 0; i < length;) {
        size_t plain = kt_utf8_plain(bytes + i, length - i);
        kt_writer_bytes(to, bytes + i, plain);
        i += plain;
        if (i < length) {
            i += put_character(to, bytes + i, length - i);
        }
    }
    kt_writer_byte(to, '"');
}

void kt_json_word(struct kt_json *json, const char *word)
{
    kt_json_text(json, word, word ? strlen(word) : 0);
}

void kt_json_base64(struct kt_json *json, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    kt_writer_byte(&json->to, '"');
    for (size_t i = 0; i < length; i += 3) {
        uint32_t three = 0;
        for (size_t k = 0; k < 3; k++) {
            three = three << 8 | (i + k < length ? (unsigned char)bytes[i + k] : 0u);
        }
        for (size_t k = 0; k < 4; k++) {
            kt_writer_byte(&json->to, i + k > length ? '=' : digits[three >> (18 - 6 * k) & 63]);
        }
    }
    kt_writer_byte(&json->to, '"');
}

/* ---- members ---- */

void kt_json_put_null(struct kt_json *json, const char *key)
{
    kt_json_key(json, key);
    kt_json_null(json);
}

void kt_json_put_bool(struct kt_json *json, const char *key, bool value)
{
    kt_json_key(json, key);
    kt_json_bool(json, value);
}

void kt_json_put_i64(struct kt_json *json, const char *key, int64_t value)
{
    kt_json_key(json, key);
    kt_json_i64(json, value);
}

void kt_json_put_known_i64(struct kt_json *json, const char *key, bool known, int64_t value)
{
    kt_json_key(json, key);
    if (known) {
        kt_json_i64(json, value);
    } else {
        kt_json_null(json);
    }
}

void kt_json_put_u64(struct kt_json *json, const char *key, uint64_t value)
{
    kt_json_key(json, key);
    kt_json_u64(json, value);
}

void kt_json_put_word(struct kt_json *json, const char *key, const char *word)
{
    kt_json_key(json, key);
    kt_json_word(json, word);
}

void kt_json_put_name(struct kt_json *json, const char *key, const char *beside, struct kt_text text)
{
    kt_json_key(json, key);
    kt_json_text(json, text.bytes, text.length);
    if (text.bytes && !kt_utf8_valid(text.bytes, text.length)) {
        kt_json_key(json, beside);
        kt_json_base64(json, text.bytes, text.length);
    }
}
