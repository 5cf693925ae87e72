/* Reading what Java's Properties would read. */
#include "java_properties.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "whole_file.h"
#include "wipe.h"

#define FILE_MOST    (1024 * 1024)
#define SETTINGS_MOST 10000
#define SETTING_MOST (256 * 1024)
#define MARK         "\xef\xbb\xbf" /* some editors begin UTF-8 with it */

void kt_java_properties_release(struct kt_java_properties *properties)
{
    for (size_t i = 0; i < properties->count; i++) {
        free(properties->items[i].key);
        kt_wipe_free(properties->items[i].value);
    }
    free(properties->items);
    free(properties->path);
    *properties = (struct kt_java_properties){0};
}

const struct kt_java_property *kt_java_properties_find(const struct kt_java_properties *properties, const char *key)
{
    for (size_t i = properties->count; i-- > 0;) {
        if (strcmp(properties->items[i].key, key) == 0) {
            return &properties->items[i];
        }
    }
    return NULL;
}

/* What is read, and the text that is being made of it. */
struct parsing {
    struct kt_java_properties *properties;
    const unsigned char *at, *end;
    unsigned line;  /* of `at` */
    unsigned begun; /* the line where the setting began */
    bool utf8;      /* bytes above 127 are UTF-8 */
    bool high;      /* this setting has some */
    char *text;     /* in UTF-8 */
    size_t length, room;
    uint32_t half; /* a first half of a pair of surrogates that waits for its second; 0: none */
    struct kt_err *err;
};

static bool fail(struct parsing *parsing, const char *fmt, ...) KT_PRINTF(2, 3);

static bool fail(struct parsing *parsing, const char *fmt, ...)
{
    char why[160];
    va_list args;
    va_start(args, fmt);
    kt_format_cut(why, sizeof why, fmt, args);
    va_end(args);
    kt_fail(parsing->err, KT_CONFIG, "%s:%u: %s", kt_path_tail(parsing->properties->path), parsing->line, why);
    return false;
}

/* ---- characters ---- */

static bool put(struct parsing *parsing, uint32_t byte)
{
    if (parsing->length == SETTING_MOST) {
        return fail(parsing, "a setting of more than %d KiB", SETTING_MOST / 1024);
    }
    if (parsing->length == parsing->room) {
        parsing->text = kt_wipe_grow(parsing->text, &parsing->room);
    }
    parsing->text[parsing->length++] = (char)byte;
    return true;
}

static bool put_character(struct parsing *parsing, uint32_t c)
{
    if (c < 0x80) {
        return put(parsing, c);
    }
    if (c < 0x800) {
        return put(parsing, 0xc0 | c >> 6) && put(parsing, 0x80 | (c & 0x3f));
    }
    if (c < 0x10000) {
        return put(parsing, 0xe0 | c >> 12) && put(parsing, 0x80 | (c >> 6 & 0x3f)) && put(parsing, 0x80 | (c & 0x3f));
    }
    return put(parsing, 0xf0 | c >> 18) && put(parsing, 0x80 | (c >> 12 & 0x3f)) &&
           put(parsing, 0x80 | (c >> 6 & 0x3f)) && put(parsing, 0x80 | (c & 0x3f));
}

/* Java's characters have 16 bits: what lies above is two of them. */
static bool put_unit(struct parsing *parsing, uint32_t unit)
{
    uint32_t half = parsing->half;
    bool second = unit >= 0xdc00 && unit <= 0xdfff;
    parsing->half = 0;
    if ((half != 0) != second) {
        return fail(parsing, "half of a pair of \\u escapes: the other half is not there");
    }
    if (second) {
        return put_character(parsing, 0x10000 + ((half - 0xd800) << 10) + (unit - 0xdc00));
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
        parsing->half = unit;
        return true;
    }
    return unit != 0 ? put_character(parsing, unit) : fail(parsing, "\\u0000 is no character of a setting");
}

/* A byte as it stands. */
static bool put_byte(struct parsing *parsing, unsigned char byte)
{
    if ((byte < 0x20 && byte != '\t' && byte != '\f') || byte == 0x7f) {
        return fail(parsing, "holds a control byte (0x%02x): this is no text", byte);
    }
    if (byte >= 0x80) {
        parsing->high = true;
        if (parsing->utf8) {
            return parsing->half ? put_unit(parsing, 0xffff) : put(parsing, byte);
        }
    }
    return put_unit(parsing, byte);
}

static int hex_digit(unsigned char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool put_unicode(struct parsing *parsing)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = parsing->at < parsing->end ? hex_digit(*parsing->at) : -1;
        if (digit < 0) {
            return fail(parsing, "\\u takes four hexadecimal digits (a backslash of its own is written \\\\)");
        }
        unit = unit << 4 | (uint32_t)digit;
        parsing->at++;
    }
    return put_unit(parsing, unit);
}

/* ---- lines ---- */

static bool is_end(unsigned char c)
{
    return c == '\n' || c == '\r';
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static void skip_blanks(struct parsing *parsing)
{
    while (parsing->at < parsing->end && is_blank(*parsing->at)) {
        parsing->at++;
    }
}

/* Over "\n", "\r" or "\r\n". */
static void next_line(struct parsing *parsing)
{
    if (parsing->at < parsing->end && *parsing->at == '\r') {
        parsing->at++;
        if (parsing->at < parsing->end && *parsing->at == '\n') {
            parsing->at++;
        }
        parsing->line++;
    } else if (parsing->at < parsing->end && *parsing->at == '\n') {
        parsing->at++;
        parsing->line++;
    }
}

/* Behind a backslash, which at the end of a line joins the next one, and at the end of the file is nothing. */
static bool take_escape(struct parsing *parsing)
{
    static const char letters[] = "tnrf", meanings[] = "\t\n\r\f";
    if (parsing->at == parsing->end) {
        return true;
    }
    if (is_end(*parsing->at)) {
        next_line(parsing);
        skip_blanks(parsing);
        return true;
    }
    unsigned char c = *parsing->at++;
    if (c == 'u') {
        return put_unicode(parsing);
    }
    const char *letter = c ? strchr(letters, c) : NULL;
    return letter ? put_unit(parsing, (unsigned char)meanings[letter - letters]) : put_byte(parsing, c);
}

/* Up to the end of the setting, or of its key: `*ended` tells that a separator stands there. */
static bool take_text(struct parsing *parsing, bool key)
{
    parsing->length = 0;
    while (parsing->at < parsing->end && !is_end(*parsing->at)) {
        unsigned char c = *parsing->at;
        if (key && (c == '=' || c == ':' || is_blank(c))) {
            break;
        }
        parsing->at++;
        if (!(c == '\\' ? take_escape(parsing) : put_byte(parsing, c))) {
            return false;
        }
    }
    return !parsing->half || put_unit(parsing, 0xffff);
}

/* Blanks, one '=' or ':', blanks; between key and value a line may be joined as well. */
static void skip_separator(struct parsing *parsing)
{
    bool seen = false;
    while (parsing->at < parsing->end) {
        unsigned char c = *parsing->at;
        bool joined = c == '\\' && parsing->at + 1 < parsing->end && is_end(parsing->at[1]);
        if (is_blank(c)) {
            parsing->at++;
        } else if (joined) {
            parsing->at++;
            next_line(parsing);
        } else if (!seen && (c == '=' || c == ':')) {
            seen = true;
            parsing->at++;
        } else {
            return;
        }
    }
}

/* Whether bytes that were read as ISO-8859-1 make sense as UTF-8. */
static bool looks_like_utf8(const unsigned char *at, const unsigned char *end)
{
    while (at < end) {
        unsigned char c = *at;
        int more = c < 0x80 ? 0 : c < 0xc2 || c > 0xf4 ? -1 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        for (at++; more > 0 && at < end && (*at & 0xc0) == 0x80; more--) {
            at++;
        }
        if (more != 0) {
            return false;
        }
    }
    return true;
}

static bool take_setting(struct parsing *parsing)
{
    struct kt_java_properties *properties = parsing->properties;
    const unsigned char *from = parsing->at;
    parsing->begun = parsing->line;
    parsing->high = false;
    if (properties->count == SETTINGS_MOST) {
        return fail(parsing, "more than %d settings", SETTINGS_MOST);
    }
    if (!take_text(parsing, true)) {
        return false;
    }
    char *key = kt_strndup(parsing->text ? parsing->text : "", parsing->length);
    skip_separator(parsing);
    if (!take_text(parsing, false)) {
        free(key);
        return false;
    }
    if (parsing->high && !properties->utf8_line && !parsing->utf8 && looks_like_utf8(from, parsing->at)) {
        properties->utf8_line = parsing->begun;
    }
    properties->items = kt_resize(properties->items, properties->count + 1, sizeof *properties->items);
    properties->items[properties->count++] = (struct kt_java_property){
        key, kt_strndup(parsing->text ? parsing->text : "", parsing->length), parsing->begun};
    return true;
}

static void skip_remark(struct parsing *parsing)
{
    while (parsing->at < parsing->end && !is_end(*parsing->at)) {
        parsing->at++;
    }
}

enum kt_code kt_java_properties_parse(struct kt_java_properties *properties, const char *path, const char *bytes,
                                      size_t length, struct kt_err *err)
{
    *properties = (struct kt_java_properties){.path = kt_strdup(path)};
    const unsigned char *from = (const unsigned char *)bytes;
    struct parsing parsing = {.properties = properties, .at = from, .end = from + length, .line = 1, .err = err};
    if (length >= strlen(MARK) && memcmp(bytes, MARK, strlen(MARK)) == 0) {
        parsing.at += strlen(MARK);
        parsing.utf8 = true;
    }
    bool good = true;
    while (good && parsing.at < parsing.end) {
        skip_blanks(&parsing);
        if (parsing.at < parsing.end && (*parsing.at == '#' || *parsing.at == '!')) {
            skip_remark(&parsing);
        } else if (parsing.at < parsing.end && !is_end(*parsing.at)) {
            good = take_setting(&parsing);
        }
        next_line(&parsing);
    }
    kt_wipe(parsing.text, parsing.room);
    free(parsing.text);
    return good ? KT_OK : KT_CONFIG;
}

enum kt_code kt_java_properties_read(struct kt_java_properties *properties, const char *path, struct kt_err *err)
{
    struct kt_whole_file file;
    *properties = (struct kt_java_properties){0};
    enum kt_code code = kt_whole_file_read(&file, path, "client properties", FILE_MOST, err);
    if (code == KT_OK) {
        code = kt_java_properties_parse(properties, path, file.bytes, file.length, err);
        properties->open_to_all = file.open_to_all;
    }
    kt_whole_file_release(&file);
    return code;
}
