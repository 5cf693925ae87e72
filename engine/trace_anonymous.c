/* Names made anonymous, the same one always by the same word (trace.h). */
#include <inttypes.h>
#include <stdio.h>

#include "trace.h"

size_t kt_anonymous_name(char kind, const char *name, size_t length, char *out, size_t room)
{
    static const struct {
        char kind;
        const char *word;
    } words[] = {{'g', "group"}, {'t', "topic"}, {'c', "client"}, {'h', "host"}, {'m', "member"}, {'k', "cluster"}};
    const char *word = "name";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        word = words[i].kind == kind ? words[i].word : word;
    }
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, 64 bits */
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
    }
    int written = snprintf(out, room, "%s-%08" PRIx64, word, (hash >> 32) ^ (hash & UINT32_MAX));
    return written < 0 ? 0 : (size_t)written < room ? (size_t)written : room - 1;
}
