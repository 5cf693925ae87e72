#include "error.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    int exit_status;
} codes[KT_CODE_COUNT] = {
    [KT_OK] = {"ok", 0},
    [KT_USAGE] = {"usage", 64},
    [KT_CONFIG] = {"config", 78},
    [KT_NETWORK] = {"network", 69},
    [KT_AUTH] = {"auth", 77},
    [KT_PROTOCOL] = {"protocol", 69},
    [KT_LIMIT] = {"limit", 70},
    [KT_IO] = {"io", 74},
    [KT_INTERNAL] = {"internal", 70},
};

static void (*fatal_hook)(void);

static enum kt_code known_code(enum kt_code code)
{
    return (unsigned)code < KT_CODE_COUNT ? code : KT_INTERNAL;
}

int kt_code_exit_status(enum kt_code code)
{
    return codes[known_code(code)].exit_status;
}

const char *kt_code_name(enum kt_code code)
{
    return codes[known_code(code)].name;
}

/* The length of the UTF-8 character at `text`, whose value goes to *point; 0 when it is none, or cut off. */
static size_t utf8_length(const unsigned char *text, size_t left, uint32_t *point)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

    if (length == 0 || text[0] > 0xf4 || length > left)
        return 0;
    *point = length == 1 ? text[0] : text[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (text[i] & 0x3fu);
    }
    if (*point < smallest[length] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000))
        return 0;
    return length;
}

/* Characters that would steer a terminal, or turn the direction of what follows them. */
static bool is_steering(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* Each harmful character or stray byte becomes one '?'. What was cut off at the end simply goes. */
static size_t make_harmless(char *text, size_t length, bool was_cut)
{
    size_t to = 0;

    for (size_t from = 0; from < length;) {
        uint32_t point = 0;
        size_t taken = utf8_length((const unsigned char *)text + from, length - from, &point);

        if (taken == 0 && was_cut && length - from < 4 && (unsigned char)text[from] >= 0xc2)
            break;
        if (taken == 0 || is_steering(point)) {
            text[to++] = '?';
            from += taken ? taken : 1;
            continue;
        }
        memmove(text + to, text + from, taken);
        to += taken;
        from += taken;
    }
    text[to] = '\0';
    return to;
}

size_t kt_append(char *text, size_t room, size_t length, const char *fmt, va_list args)
{
    if (length + 1 >= room)
        return length;
    int wrote = vsnprintf(text + length, room - length, fmt, args);
    size_t left = room - length - 1;
    return length + (wrote < 0 ? 0 : (size_t)wrote < left ? (size_t)wrote : left);
}

size_t kt_format_cut(char *room, size_t size, const char *fmt, va_list args)
{
    int wanted;

    if (size == 0)
        return 0;
    wanted = vsnprintf(room, size, fmt, args);
    if (wanted < 0) {
        /* A broken multibyte argument: the bare format still tells what it was about. */
        wanted = snprintf(room, size, "%s", fmt);
    }
    if (wanted < 0)
        wanted = 0;
    return make_harmless(room, strnlen(room, size - 1), (size_t)wanted >= size);
}

enum kt_code kt_fail(struct kt_err *err, enum kt_code code, const char *fmt, ...)
{
    char text[sizeof err->text];
    va_list args;

    if (!err)
        return code;
    /* Apart from err->text, which may be one of the arguments. */
    va_start(args, fmt);
    kt_format_cut(text, sizeof text, fmt, args);
    va_end(args);
    memcpy(err->text, text, sizeof text);
    err->code = code;
    err->retry = false;
    err->sys = 0;
    return code;
}

void kt_fatal_set_hook(void (*hook)(void))
{
    fatal_hook = hook;
}

_Noreturn void kt_fatal(const char *fmt, ...)
{
    static atomic_flag ending = ATOMIC_FLAG_INIT;
    static _Thread_local bool first;
    char text[512];
    void (*hook)(void) = fatal_hook;
    va_list args;

    /* What is lacking here is lacking in other threads, too: one of them has the word. */
    while (!first && atomic_flag_test_and_set(&ending))
        pause();
    first = true;
    va_start(args, fmt);
    kt_format_cut(text, sizeof text, fmt, args);
    va_end(args);
    /* A hook that itself ends here must not run again. */
    fatal_hook = NULL;
    if (hook)
        hook();
    fprintf(stderr, "kafkatop: %s\n", text);
    /* Not exit(): other threads are still at work on what its handlers would take from them. */
    _exit(codes[KT_INTERNAL].exit_status);
}

void *kt_alloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);

    if (!memory)
        kt_fatal("out of memory (%zu x %zu bytes)", count, size);
    return memory;
}

void *kt_resize(void *old, size_t count, size_t size)
{
    void *memory = NULL;

    if (count == 0 || size == 0)
        memory = realloc(old, 1);
    else if (count <= SIZE_MAX / size)
        memory = realloc(old, count * size);
    if (!memory)
        kt_fatal("out of memory (%zu x %zu bytes)", count, size);
    return memory;
}

char *kt_strndup(const char *text, size_t length)
{
    char *copy;

    if (length == SIZE_MAX)
        kt_fatal("out of memory (a text of %zu bytes)", length);
    copy = kt_resize(NULL, length + 1, 1);
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *kt_strdup(const char *text)
{
    return text ? kt_strndup(text, strlen(text)) : NULL;
}

char *kt_format(const char *fmt, ...)
{
    va_list args, again;
    char *text;
    int wanted;

    va_start(args, fmt);
    va_copy(again, args);
    wanted = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (wanted < 0)
        kt_fatal("cannot format '%s'", fmt);
    text = kt_alloc((size_t)wanted + 1, 1);
    vsnprintf(text, (size_t)wanted + 1, fmt, again);
    va_end(again);
    return text;
}
