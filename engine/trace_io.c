#include "trace_io.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define NAME_ROOM 64
#define NOT_GIVEN "~"

char *kt_trace_token(struct kt_trace_io *io)
{
    if (io->bad || io->at > io->end) {
        io->bad = true;
        return NULL;
    }
    char *token = io->at;
    char *tab = memchr(token, '\t', (size_t)(io->end - token));
    char *stop = tab ? tab : io->end;
    *stop = '\0';
    io->at = stop + 1; /* one past the end after the last token */
    return token;
}

void kt_trace_i64(struct kt_trace_io *io, int64_t *value)
{
    if (io->out) {
        fprintf(io->out, "\t%" PRId64, *value);
        return;
    }
    const char *token = kt_trace_token(io);
    char *rest = NULL;
    bool digits =
        token && ((*token >= '0' && *token <= '9') || *token == '-'); /* strtoll would take blanks */
    errno = 0;
    *value = digits ? strtoll(token, &rest, 10) : 0;
    if (!digits || rest == token || *rest != '\0' || errno != 0) {
        io->bad = true;
        *value = 0;
    }
}

void kt_trace_i32(struct kt_trace_io *io, int32_t *value)
{
    int64_t wide = *value;
    kt_trace_i64(io, &wide);
    if (io->out) {
        return; /* what is written may stand in read-only memory */
    }
    io->bad = io->bad || wide < INT32_MIN || wide > INT32_MAX;
    *value = io->bad ? 0 : (int32_t)wide;
}

void kt_trace_bool(struct kt_trace_io *io, bool *value)
{
    int64_t wide = *value;
    kt_trace_i64(io, &wide);
    if (!io->out) {
        io->bad = io->bad || (wide != 0 && wide != 1);
        *value = wide == 1;
    }
}

int kt_trace_word(struct kt_trace_io *io, int value, int count, const char *(*word)(int value))
{
    if (io->out) {
        fprintf(io->out, "\t%s", word(value));
        return value;
    }
    const char *token = kt_trace_token(io);
    for (int i = 0; token && i < count; i++) {
        if (strcmp(word(i), token) == 0) {
            return i;
        }
    }
    io->bad = true;
    return 0;
}

/* A count of items that take at least `tokens` tokens each, so two bytes a token but for the last. */
static size_t io_count(struct kt_trace_io *io, size_t count, int64_t tokens)
{
    int64_t wide = (int64_t)count;
    kt_trace_i64(io, &wide);
    if (!io->out && (wide < 0 || wide > (io->end - io->at + 2) / 2 / tokens)) {
        io->bad = true;
        wide = 0;
    }
    return (size_t)wide;
}

static void write_text(FILE *out, struct kt_text text)
{
    putc('\t', out);
    if (!text.bytes) {
        fputs(NOT_GIVEN, out);
        return;
    }
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        if (byte < 0x20 || byte > 0x7e || byte == '\\' || (i == 0 && byte == '~')) {
            fprintf(out, "\\x%02x", byte);
        } else {
            putc(byte, out);
        }
    }
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes the escapes in place; the length shrinks. */
static bool unescape(char *text, size_t *length)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        int high = from[1] == 'x' ? hex(from[2]) : -1;
        int low = high >= 0 ? hex(from[3]) : -1;
        if (low < 0) {
            return false;
        }
        *to++ = (char)(high * 16 + low);
        from += 3;
    }
    *to = '\0';
    *length = (size_t)(to - text);
    return true;
}

void kt_trace_text(struct kt_trace_io *io, struct kt_text *text)
{
    if (io->out) {
        write_text(io->out, *text);
        return;
    }
    *text = kt_text_of(NULL, 0);
    char *token = kt_trace_token(io);
    if (!token || strcmp(token, NOT_GIVEN) == 0) {
        return;
    }
    size_t length = 0;
    if (!unescape(token, &length)) {
        io->bad = true;
        return;
    }
    *text = kt_text_of(token, length);
}

void kt_trace_name(struct kt_trace_io *io, struct kt_text *name, char kind)
{
    if (io->out && io->anonymize && name->bytes && name->length > 0) {
        char word[NAME_ROOM];
        size_t length = kt_anonymous_name(kind, name->bytes, name->length, word, sizeof word);
        write_text(io->out, kt_text_of(word, length));
        return;
    }
    kt_trace_text(io, name);
}

void kt_trace_sentence(struct kt_trace_io *io, struct kt_text *text)
{
    struct kt_text none = kt_text_of("", 0);
    kt_trace_text(io, io->out && io->anonymize && text->bytes ? &none : text);
}

void kt_trace_id(struct kt_trace_io *io, uint8_t id[16])
{
    if (io->out) {
        putc('\t', io->out);
        for (int i = 0; i < 16; i++) {
            fprintf(io->out, "%02x", id[i]);
        }
        return;
    }
    const char *token = kt_trace_token(io);
    memset(id, 0, 16);
    if (!token || strlen(token) != 32) {
        io->bad = true;
        return;
    }
    for (int i = 0; i < 16; i++) {
        int high = hex(token[2 * i]), low = hex(token[2 * i + 1]);
        io->bad = io->bad || high < 0 || low < 0;
        id[i] = (uint8_t)(high < 0 || low < 0 ? 0 : high * 16 + low);
    }
}

void *kt_trace_list(struct kt_trace_io *io, const void *items, size_t *count, size_t size, int64_t tokens)
{
    size_t told = io_count(io, *count, tokens);
    if (io->out) {
        return (void *)(uintptr_t)items;
    }
    *count = told;
    return kt_arena_take(io->arena, told, size);
}

void kt_trace_numbers(struct kt_trace_io *io, const int32_t **items, size_t *count)
{
    int32_t *list = kt_trace_list(io, *items, count, sizeof *list, 1);
    for (size_t i = 0; i < *count; i++) {
        kt_trace_i32(io, &list[i]);
    }
    if (!io->out) {
        *items = list;
    }
}

void kt_trace_optional(struct kt_trace_io *io, bool *has, int64_t *value)
{
    kt_trace_bool(io, has);
    if (*has) {
        kt_trace_i64(io, value);
    }
}

bool kt_trace_more(const struct kt_trace_io *io)
{
    return io->out || (!io->bad && io->at <= io->end);
}
