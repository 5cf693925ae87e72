/* Reading sasl.jaas.config. */
#include "java_jaas.h"

#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#define OPTIONS_MOST 64

void kt_java_jaas_release(struct kt_java_jaas *jaas)
{
    for (size_t i = 0; i < jaas->count; i++) {
        free(jaas->options[i].key);
        kt_wipe_free(jaas->options[i].value);
    }
    free(jaas->options);
    free(jaas->module);
    *jaas = (struct kt_java_jaas){0};
}

const char *kt_java_jaas_find(const struct kt_java_jaas *jaas, const char *key)
{
    for (size_t i = jaas->count; i-- > 0;) {
        if (strcmp(jaas->options[i].key, key) == 0) {
            return jaas->options[i].value;
        }
    }
    return NULL;
}

const char *kt_java_jaas_name(const struct kt_java_jaas *jaas)
{
    const char *dot = jaas->module ? strrchr(jaas->module, '.') : NULL;
    return dot ? dot + 1 : jaas->module;
}

/* ---- words ---- */

static bool is_blank(char c)
{
    return c > '\0' && c <= ' ';
}

/* Over blanks and remarks. */
static const char *skip(const char *at)
{
    for (;;) {
        if (is_blank(*at)) {
            at++;
        } else if (at[0] == '/' && at[1] == '/') {
            at += strcspn(at, "\r\n");
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            at = end ? end + 2 : at + strlen(at);
        } else {
            return at;
        }
    }
}

/* \n and the like, up to three octal digits, or the character itself: at most two bytes of UTF-8. */
static char *unescape(const char **at, char *out)
{
    static const char letters[] = "abfnrtv", meanings[] = "\a\b\f\n\r\t\v";
    char c = *(*at)++;
    const char *letter = strchr(letters, c);
    if (letter || c < '0' || c > '7') {
        *out = letter ? meanings[letter - letters] : c;
        return out + 1;
    }
    unsigned value = (unsigned)(c - '0');
    for (int more = c <= '3' ? 2 : 1; more > 0 && **at >= '0' && **at <= '7'; more--) {
        value = value * 8 + (unsigned)(*(*at)++ - '0');
    }
    if (value >= 0x80) {
        *out++ = (char)(0xc0 | value >> 6);
        value = 0x80 | (value & 0x3f);
    }
    *out = (char)value;
    return out + 1;
}

/* A word in quotes, or up to what cannot be part of one; NULL: there is none, or its quotes do not end. To be freed. */
static char *take_word(const char **at, const char *ends)
{
    const char *from = *at;
    if (*from != '"' && *from != '\'') {
        size_t length = strcspn(from, ends);
        *at = from + length;
        return length > 0 ? kt_strndup(from, length) : NULL;
    }
    char *word = kt_alloc(strlen(from) + 1, 1), *out = word;
    for ((*at)++; **at && **at != *from && **at != '\n' && **at != '\r';) {
        char c = *(*at)++;
        if (c == '\\' && **at) {
            out = unescape(at, out);
        } else {
            *out++ = c;
        }
    }
    if (**at != *from) {
        kt_wipe(word, (size_t)(out - word)); /* perhaps most of a password */
        free(word);
        return NULL;
    }
    (*at)++;
    return word;
}

#define WORD  " \t\r\n\f\v=;\"'"
#define VALUE " \t\r\n\f\v;\"'"

static bool is_flag(const char *word)
{
    static const char *const flags[] = {"required", "requisite", "sufficient", "optional"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const char *flag = flags[i], *c = word;
        while (*flag && (*c | 0x20) == *flag) {
            flag++, c++;
        }
        if (!*flag && !*c) {
            return true;
        }
    }
    return false;
}

static enum kt_code take_option(struct kt_java_jaas *jaas, const char **at, struct kt_err *err)
{
    char *key = take_word(at, WORD), *value = NULL;
    if (!key) {
        return kt_fail(err, KT_CONFIG, "sasl.jaas.config: an option is missing, or its quotes do not end");
    }
    *at = skip(*at);
    bool equals = **at == '=';
    if (equals) {
        *at = skip(*at + 1);
        value = take_word(at, VALUE);
    }
    if (!value) {
        /* What stands in the place of a key may be half of a password. */
        kt_wipe_free(key);
        return kt_fail(err, KT_CONFIG, "sasl.jaas.config: option %zu %s", jaas->count + 1,
                       equals ? "has no value, or its quotes do not end" : "has no '=' (are quotes missing?)");
    }
    if (jaas->count == OPTIONS_MOST) {
        free(key);
        kt_wipe_free(value);
        return kt_fail(err, KT_CONFIG, "sasl.jaas.config has more than %d options", OPTIONS_MOST);
    }
    jaas->options = kt_resize(jaas->options, jaas->count + 1, sizeof *jaas->options);
    jaas->options[jaas->count++] = (struct kt_java_jaas_option){key, value};
    return KT_OK;
}

enum kt_code kt_java_jaas_parse(struct kt_java_jaas *jaas, const char *text, struct kt_err *err)
{
    *jaas = (struct kt_java_jaas){0};
    const char *at = skip(text);
    jaas->module = take_word(&at, WORD);
    if (!jaas->module) {
        return kt_fail(err, KT_CONFIG, "sasl.jaas.config names no login module");
    }
    at = skip(at);
    char *flag = take_word(&at, WORD);
    bool good = flag && is_flag(flag);
    kt_wipe_free(flag);
    if (!good) {
        return kt_fail(err, KT_CONFIG, "sasl.jaas.config: behind the login module 'required' is missing");
    }
    for (at = skip(at); *at && *at != ';'; at = skip(at)) {
        enum kt_code code = take_option(jaas, &at, err);
        if (code != KT_OK) {
            return code;
        }
    }
    if (*at != ';') {
        return kt_fail(err, KT_CONFIG, "sasl.jaas.config does not end with ';'");
    }
    return *skip(at + 1) ? kt_fail(err, KT_CONFIG, "sasl.jaas.config holds more than one login module") : KT_OK;
}
