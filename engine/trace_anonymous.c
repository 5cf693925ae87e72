/* Names made anonymous, the same one always by the same word (trace.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "trace.h"

#define HEX_DIGITS 10 /* 40 bits: ten thousand names share a word once in twenty thousand clusters */

static const struct {
    char kind;
    const char *word;
} words[] = {{'g', "group"},  {'t', "topic"},   {'c', "client"}, {'h', "host"},
             {'m', "member"}, {'k', "cluster"}, {'r', "rack"}};

static const char *word_of(char kind)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].kind == kind) {
            return words[i].word;
        }
    }
    return "name";
}

static bool is(const char *name, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(name, word, length) == 0;
}

/* A word that this function made, from a recording that is anonymous already. */
static bool is_anonymous(const char *word, const char *name, size_t length)
{
    size_t head = strlen(word);
    if (length != head + 1 + HEX_DIGITS || memcmp(name, word, head) != 0 || name[head] != '-') {
        return false;
    }
    for (size_t i = head + 1; i < length; i++) {
        if (!((name[i] >= '0' && name[i] <= '9') || (name[i] >= 'a' && name[i] <= 'f'))) {
            return false;
        }
    }
    return true;
}

static size_t copy(const char *name, size_t length, char *out, size_t room)
{
    size_t fits = length < room ? length : room - 1;
    memcpy(out, name, fits);
    out[fits] = '\0';
    return fits;
}

size_t kt_anonymous_name(char kind, const char *name, size_t length, char *out, size_t room)
{
    const char *word = word_of(kind);
    bool kafkas =
        kind == 't' && (is(name, length, "__consumer_offsets") || is(name, length, "__transaction_state"));
    if (kafkas || is_anonymous(word, name, length)) {
        return copy(name, length, out, room);
    }
    uint64_t hash = UINT64_C(14695981039346656037) ^ (unsigned char)kind; /* FNV-1a, then stirred */
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
    }
    hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
    int written = snprintf(out, room, "%s-%0*" PRIx64, word, HEX_DIGITS, hash >> (64 - 4 * HEX_DIGITS));
    return written < 0 ? 0 : (size_t)written < room ? (size_t)written : room - 1;
}

static bool is_number(const char *text, size_t length)
{
    size_t digits = 0;
    while (digits < length && text[digits] >= '0' && text[digits] <= '9') {
        digits++;
    }
    return digits == length && length > 0;
}

size_t kt_anonymous_subject(enum kt_scope scope, struct kt_text name, char *out, size_t room)
{
    static const char kinds[KT_SCOPE_COUNT] = {
        [KT_SCOPE_CLUSTER] = 'k', [KT_SCOPE_BROKER] = 'h',    [KT_SCOPE_TOPIC] = 't',
        [KT_SCOPE_GROUP] = 'g',   [KT_SCOPE_PARTITION] = 't',
    };
    if (!name.bytes || name.length == 0 || (scope == KT_SCOPE_BROKER && is_number(name.bytes, name.length))) {
        return copy(name.bytes ? name.bytes : "", name.length, out, room);
    }
    size_t head = name.length;
    if (scope == KT_SCOPE_PARTITION) {
        while (head > 0 && name.bytes[head - 1] >= '0' && name.bytes[head - 1] <= '9') {
            head--;
        }
        head = head > 1 && head < name.length && name.bytes[head - 1] == '/' ? head - 1 : name.length;
    }
    size_t used = kt_anonymous_name(kinds[scope], name.bytes, head, out, room);
    return used + copy(name.bytes + head, name.length - head, out + used, room - used);
}
