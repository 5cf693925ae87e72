#include "token.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#define INSTANT_MOST 4e15 /* milliseconds; the year 128,000 */
#define PRINCIPAL_MOST 256

/* ---- bytes ---- */

/* The letters of base64url, or -1. */
static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* As RFC 6750 has it: all that needs no quoting anywhere. */
static bool is_bearer(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (sextet(text[i]) >= 0 || strchr(".~+/", text[i])) && text[i])
        i++;
    bool any = i > 0;
    while (i < length && text[i] == '=')
        i++;
    return any && i == length;
}

/* To be wiped and freed; NULL when it is no base64url. */
static char *decode(const char *text, size_t length, size_t *size)
{
    char *bytes = kt_alloc(length + 1, 1);
    unsigned held = 0, bits = 0;
    *size = 0;
    for (size_t i = 0; i < length; i++) {
        int value = sextet(text[i]);
        if (value < 0) {
            kt_wipe(bytes, *size);
            free(bytes);
            return NULL;
        }
        held = (held << 6 | (unsigned)value) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[(*size)++] = (char)(held >> bits & 0xff);
        }
    }
    return bytes;
}

/* Texts that cJSON keeps for itself, as deep as it reads. */
static void wipe_texts(cJSON *item)
{
    cJSON *child;
    if (cJSON_IsString(item) && item->valuestring)
        kt_wipe(item->valuestring, strlen(item->valuestring));
    cJSON_ArrayForEach(child, item)
        wipe_texts(child);
}

static void wipe_json(cJSON *item)
{
    wipe_texts(item);
    cJSON_Delete(item);
}

/* An object and nothing behind it, or NULL. */
static cJSON *parse_object(const char *bytes, size_t length)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER; /* cJSON notes where it failed, for all */
    const char *end = NULL;
    pthread_mutex_lock(&one_at_a_time);
    cJSON *object = cJSON_ParseWithLengthOpts(bytes, length, &end, false);
    pthread_mutex_unlock(&one_at_a_time);
    while (object && end < bytes + length && strchr(" \t\r\n", *end) && *end)
        end++;
    if (object && cJSON_IsObject(object) && end == bytes + length)
        return object;
    wipe_json(object);
    return NULL;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) && item->valuestring[0] ? item->valuestring : NULL;
}

/* ---- its end ---- */

/* A number, or a text that is one, as some write it. */
static bool number_of(const cJSON *object, const char *name, double *number)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    char *end = NULL;
    if (cJSON_IsNumber(item)) {
        *number = item->valuedouble;
        return true;
    }
    if (!cJSON_IsString(item) || item->valuestring[0] < '0' || item->valuestring[0] > '9')
        return false;
    *number = strtod(item->valuestring, &end);
    return *end == '\0';
}

static bool take_instant(struct kt_token *token, double ms)
{
    if (!(ms > 0) || ms > INSTANT_MOST)
        return false;
    token->expires_ms = (int64_t)ms;
    token->expires_known = true;
    return true;
}

static void find_end(struct kt_token *token, const cJSON *object, int64_t now_ms)
{
    static const struct {
        const char *name;
        double scale;
        bool from_now;
    } names[] = {
        {"expires_at_ms", 1, false},
        {"exp", 1000, false},
        {"expires_on", 1000, false},
        {"expires_in", 1000, true},
    };
    double number;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !token->expires_known; i++)
        if (number_of(object, names[i].name, &number))
            (void)take_instant(token, number * names[i].scale + (names[i].from_now ? (double)now_ms : 0));
}

/* ---- whose it is ---- */

static void take_principal(struct kt_token *token, const char *name)
{
    if (!name || token->principal || strlen(name) > PRINCIPAL_MOST)
        return;
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return;
    token->principal = kt_strdup(name);
}

/* The middle of three parts is an object, or it is no JWT. */
static void look_inside(struct kt_token *token, int64_t now_ms)
{
    const char *first = strchr(token->value, '.'), *second = first ? strchr(first + 1, '.') : NULL;
    if (!second || strchr(second + 1, '.'))
        return;
    size_t size;
    char *payload = decode(first + 1, (size_t)(second - first - 1), &size);
    cJSON *claims = payload ? parse_object(payload, size) : NULL;
    if (claims && !token->expires_known)
        find_end(token, claims, now_ms);
    if (claims)
        take_principal(token, text_of(claims, "sub"));
    wipe_json(claims);
    if (payload)
        kt_wipe(payload, size);
    free(payload);
}

/* ---- the answer ---- */

static void take_extensions(struct kt_token *token, const cJSON *object)
{
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(object, "extensions"), *item;
    if (!cJSON_IsObject(all))
        return;
    cJSON_ArrayForEach(item, all) {
        if (token->extension_count == 2 * KT_TOKEN_EXTENSIONS || !cJSON_IsString(item))
            continue;
        token->extensions[token->extension_count++] = kt_strdup(item->string);
        token->extensions[token->extension_count++] = kt_strdup(item->valuestring);
    }
}

static enum kt_code take_value(struct kt_token *token, const char *value, size_t length, struct kt_err *err)
{
    if (!is_bearer(value, length))
        return kt_fail(err, KT_CONFIG, "wrote something that is neither a token nor a JSON object with one");
    token->value = kt_strndup(value, length);
    return KT_OK;
}

static enum kt_code take_object(struct kt_token *token, const cJSON *object, int64_t now_ms, struct kt_err *err)
{
    static const char *const names[] = {"token", "access_token", "accessToken"};
    const char *value = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !value; i++)
        value = text_of(object, names[i]);
    if (!value)
        return kt_fail(err, KT_CONFIG, "wrote JSON without a \"token\" or \"access_token\"");
    find_end(token, object, now_ms);
    take_principal(token, text_of(object, "principal"));
    take_extensions(token, object);
    return take_value(token, value, strlen(value), err);
}

enum kt_code kt_token_parse(struct kt_token *token, const char *bytes, size_t length, int64_t now_ms,
                            struct kt_err *err)
{
    *token = (struct kt_token){0};
    if (length > KT_TOKEN_MOST)
        return kt_fail(err, KT_CONFIG, "wrote more than a token is long");
    cJSON *object = length && bytes[0] == '{' ? parse_object(bytes, length) : NULL;
    enum kt_code code = object ? take_object(token, object, now_ms, err) : take_value(token, bytes, length, err);
    wipe_json(object);
    if (code == KT_OK)
        look_inside(token, now_ms);
    return code;
}

void kt_token_release(struct kt_token *token)
{
    kt_wipe_free(token->value);
    free(token->principal);
    for (size_t i = 0; i < token->extension_count; i++)
        kt_wipe_free(token->extensions[i]);
    *token = (struct kt_token){0};
}
