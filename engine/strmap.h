/*
 * strmap: from a name to a pointer, for the mutable model.
 *
 * Names are byte strings with a length: a group id may hold NUL, and does not have to be UTF-8. The map keeps
 * its own copy of each name, NUL-terminated behind its length. Open addressing, at most three quarters full;
 * hashing is seeded per process so that hostile names cannot be chosen to collide.
 *
 * Thread: one at a time (the collector's).
 */
#ifndef KT_STRMAP_H
#define KT_STRMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kt_strmap_slot;

struct kt_strmap {
    struct kt_strmap_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    size_t removed; /* slots that hold a tombstone */
};

void kt_strmap_init(struct kt_strmap *map);

/* Frees names and slots; `release` (may be NULL) gets each value first. The map may be used again. */
void kt_strmap_release(struct kt_strmap *map, void (*release)(void *value));

/* The value of a name, or NULL. */
void *kt_strmap_get(const struct kt_strmap *map, const char *name, size_t length);

/*
 * The place where the value of `name` is kept, added as NULL when absent. Valid until the next add or remove.
 * `kept` (may be NULL) receives the map's own copy of the name, which lives until the name is removed.
 */
void **kt_strmap_at(struct kt_strmap *map, const char *name, size_t length, const char **kept);

/* Takes a name out and returns its value, or NULL when it was not there. */
void *kt_strmap_remove(struct kt_strmap *map, const char *name, size_t length);

/*
 * Walks all names in no order: start with *cursor = 0, ends with false. Values may be changed and the current
 * name may be removed while walking; nothing may be added. `value` may be NULL.
 */
bool kt_strmap_next(const struct kt_strmap *map, size_t *cursor, const char **name, size_t *length, void **value);

/*
 * The same walk as one value: begin with all zero; each step that returns true fills name, length and value.
 *     struct kt_strmap_walk at = {0};
 *     while (kt_strmap_step(map, &at)) ...
 */
struct kt_strmap_walk {
    size_t cursor;
    const char *name;
    size_t length;
    void *value;
};

static inline bool kt_strmap_step(const struct kt_strmap *map, struct kt_strmap_walk *at)
{
    return kt_strmap_next(map, &at->cursor, &at->name, &at->length, &at->value);
}

#endif
