/*
 * arena: memory that is given back in one stroke.
 *
 * A snapshot's blocks allocate rows and names here and are freed whole. Nothing is freed singly. Memory is
 * zeroed and aligned for any type. Allocation cannot fail (kt_fatal).
 *
 * Thread: one at a time; immutable contents may be read by any.
 */
#ifndef KT_ARENA_H
#define KT_ARENA_H

#include <stddef.h>

struct kt_arena_chunk;

struct kt_arena {
    struct kt_arena_chunk *newest;
    size_t used;      /* bytes handed out of the newest chunk */
    size_t allocated; /* bytes taken from the system, for the memory budget */
    size_t apart;     /* of these, in pieces that have a chunk to themselves */
};

void kt_arena_init(struct kt_arena *arena);
void kt_arena_release(struct kt_arena *arena);

/* Forgets everything that was handed out, and keeps one chunk for what comes next. */
void kt_arena_reset(struct kt_arena *arena);

/* Zeroed room for count items of `size` bytes; NULL only when count is 0. */
void *kt_arena_take(struct kt_arena *arena, size_t count, size_t size);

/* A copy of `length` bytes with a NUL behind them. `text` NULL gives NULL. */
char *kt_arena_text(struct kt_arena *arena, const char *text, size_t length);

#endif
