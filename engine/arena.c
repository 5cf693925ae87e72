#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define CHUNK_FIRST   1024u
#define CHUNK_LARGEST (256u * 1024u)
#define LARGE         (4u * CHUNK_FIRST) /* pieces of this size are not mixed with small ones */
#define ALIGNMENT     _Alignof(max_align_t)

struct kt_arena_chunk {
    struct kt_arena_chunk *older;
    size_t size; /* of bytes */
    _Alignas(max_align_t) unsigned char bytes[];
};

void kt_arena_init(struct kt_arena *arena)
{
    *arena = (struct kt_arena){0};
}

void kt_arena_release(struct kt_arena *arena)
{
    while (arena->newest) {
        struct kt_arena_chunk *chunk = arena->newest;

        arena->newest = chunk->older;
        free(chunk);
    }
    kt_arena_init(arena);
}

void kt_arena_reset(struct kt_arena *arena)
{
    struct kt_arena_chunk *kept = arena->newest;

    if (!kept || kept->size > CHUNK_LARGEST) {
        kt_arena_release(arena);
        return;
    }
    arena->newest = kept->older;
    kt_arena_release(arena);
    kept->older = NULL;
    arena->newest = kept;
    arena->allocated = sizeof *kept + kept->size; /* `apart` was cleared with the rest */
}

static struct kt_arena_chunk *new_chunk(struct kt_arena *arena, size_t size)
{
    struct kt_arena_chunk *chunk;

    if (size > SIZE_MAX - sizeof *chunk)
        kt_fatal("out of memory (%zu bytes in one piece)", size);
    chunk = kt_resize(NULL, sizeof *chunk + size, 1);
    chunk->size = size;
    arena->allocated += sizeof *chunk + size;
    return chunk;
}

/*
 * A chunk that takes at least `wanted` bytes, and else a quarter of what there is but for large pieces: little is left
 * over at the end.
 */
static void grow(struct kt_arena *arena, size_t wanted)
{
    size_t shared = arena->allocated - arena->apart;
    size_t size = shared / 4 > CHUNK_FIRST ? shared / 4 : CHUNK_FIRST;
    struct kt_arena_chunk *chunk;

    if (size > CHUNK_LARGEST)
        size = CHUNK_LARGEST;
    chunk = new_chunk(arena, size < wanted ? wanted : size);
    chunk->older = arena->newest;
    arena->newest = chunk;
    arena->used = 0;
}

/* A large piece gets a chunk to itself behind the newest one, whose rest stays in use; the first one is full then. */
static void *take_apart(struct kt_arena *arena, size_t wanted)
{
    struct kt_arena_chunk *chunk = new_chunk(arena, wanted);

    arena->apart += sizeof *chunk + wanted;
    if (arena->newest) {
        chunk->older = arena->newest->older;
        arena->newest->older = chunk;
    } else {
        chunk->older = NULL;
        arena->newest = chunk;
        arena->used = wanted;
    }
    return memset(chunk->bytes, 0, wanted);
}

/* Room for count x size bytes, rounded up to keep the next piece aligned. */
static size_t rounded(size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX - ALIGNMENT) / size)
        kt_fatal("out of memory (%zu x %zu bytes)", count, size);
    return (count * size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

void *kt_arena_take(struct kt_arena *arena, size_t count, size_t size)
{
    size_t wanted = rounded(count, size);
    void *piece;

    if (count == 0)
        return NULL;
    if (wanted == 0)
        wanted = ALIGNMENT;
    if (!arena->newest || arena->newest->size - arena->used < wanted) {
        if (wanted >= LARGE)
            return take_apart(arena, wanted);
        grow(arena, wanted);
    }
    piece = memset(arena->newest->bytes + arena->used, 0, wanted);
    arena->used += wanted;
    return piece;
}

char *kt_arena_text(struct kt_arena *arena, const char *text, size_t length)
{
    char *copy;

    if (!text)
        return NULL;
    if (length == SIZE_MAX)
        kt_fatal("out of memory (a text of %zu bytes)", length);
    copy = kt_arena_take(arena, length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}
