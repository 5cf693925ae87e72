#include "strmap.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "error.h"

#define CAPACITY_FIRST 16u

struct kt_strmap_slot {
    char *name; /* NULL: never used; tombstone: was removed */
    size_t length;
    uint64_t hash;
    void *value;
};

static char tombstone[1];

static pthread_once_t seed_once = PTHREAD_ONCE_INIT;
static uint64_t seed[2];

static void make_seed(void)
{
    struct timespec now = {0};
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, seed, sizeof seed) : -1;

    if (fd >= 0)
        close(fd);
    if (got == (ssize_t)sizeof seed)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    seed[0] ^= (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u ^ (uint64_t)now.tv_sec;
    seed[1] ^= (uint64_t)(uintptr_t)&now * 0xbf58476d1ce4e5b9u ^ (uint64_t)getpid();
}

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein): quick on short names, and not to be steered without the seed. */
static uint64_t hash_of(const char *name, size_t length)
{
    uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du,
                     seed[0] ^ 0x6c7967656e657261u, seed[1] ^ 0x7465646279746573u};
    uint64_t word;
    size_t done = 0;

    for (; length - done >= sizeof word; done += sizeof word) {
        memcpy(&word, name + done, sizeof word);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    if (length > done)
        memcpy(&word, name + done, length - done);
    /* The rest is at most 7 bytes, so the length and they cannot cancel each other's words out. */
    v[3] ^= word ^ rotate((uint64_t)length, 56);
    sip_round(v);
    v[0] ^= word ^ rotate((uint64_t)length, 56);
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void kt_strmap_init(struct kt_strmap *map)
{
    *map = (struct kt_strmap){0};
    pthread_once(&seed_once, make_seed);
}

static bool is_taken(const struct kt_strmap_slot *slot)
{
    return slot->name && slot->name != tombstone;
}

void kt_strmap_release(struct kt_strmap *map, void (*release)(void *value))
{
    for (size_t i = 0; i < map->capacity; i++) {
        struct kt_strmap_slot *slot = &map->slots[i];

        if (!is_taken(slot))
            continue;
        if (release)
            release(slot->value);
        free(slot->name);
    }
    free(map->slots);
    kt_strmap_init(map);
}

static bool is_named(const struct kt_strmap_slot *slot, uint64_t hash, const char *name, size_t length)
{
    return slot->hash == hash && slot->length == length && slot->name != tombstone &&
           (length == 0 || memcmp(slot->name, name, length) == 0);
}

/* The slot of a name, or NULL. A map that is never full always has an empty slot to stop at. */
static struct kt_strmap_slot *find(const struct kt_strmap *map, uint64_t hash, const char *name,
                                   size_t length)
{
    size_t mask = map->capacity - 1;

    if (map->capacity == 0)
        return NULL;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        if (!map->slots[i].name)
            return NULL;
        if (is_named(&map->slots[i], hash, name, length))
            return &map->slots[i];
    }
}

void *kt_strmap_get(const struct kt_strmap *map, const char *name, size_t length)
{
    struct kt_strmap_slot *slot = map->count ? find(map, hash_of(name, length), name, length) : NULL;

    return slot ? slot->value : NULL;
}

/* The first slot that a name of this hash may be put into. */
static struct kt_strmap_slot *find_room(struct kt_strmap *map, uint64_t hash)
{
    size_t mask = map->capacity - 1;
    size_t i = (size_t)hash & mask;

    while (is_taken(&map->slots[i]))
        i = (i + 1) & mask;
    return &map->slots[i];
}

/* Moves all names into slots of a capacity that leaves half of them empty, without the tombstones. */
static void rebuild(struct kt_strmap *map)
{
    struct kt_strmap old = *map;

    map->capacity = CAPACITY_FIRST;
    while (map->capacity / 2 <= map->count)
        map->capacity *= 2;
    map->slots = kt_alloc(map->capacity, sizeof *map->slots);
    map->removed = 0;
    for (size_t i = 0; i < old.capacity; i++)
        if (is_taken(&old.slots[i]))
            *find_room(map, old.slots[i].hash) = old.slots[i];
    free(old.slots);
}

void **kt_strmap_at(struct kt_strmap *map, const char *name, size_t length, const char **kept)
{
    uint64_t hash = hash_of(name, length);
    struct kt_strmap_slot *slot = find(map, hash, name, length);

    if (!slot) {
        if ((map->count + map->removed + 1) > map->capacity / 4 * 3)
            rebuild(map);
        slot = find_room(map, hash);
        if (slot->name == tombstone)
            map->removed--;
        *slot = (struct kt_strmap_slot){.name = kt_strndup(name, length), .length = length, .hash = hash};
        map->count++;
    }
    if (kept)
        *kept = slot->name;
    return &slot->value;
}

void *kt_strmap_remove(struct kt_strmap *map, const char *name, size_t length)
{
    struct kt_strmap_slot *slot = map->count ? find(map, hash_of(name, length), name, length) : NULL;
    void *value;

    if (!slot)
        return NULL;
    value = slot->value;
    free(slot->name);
    *slot = (struct kt_strmap_slot){.name = tombstone};
    map->count--;
    map->removed++;
    return value;
}

bool kt_strmap_next(const struct kt_strmap *map, size_t *cursor, const char **name, size_t *length,
                    void **value)
{
    while (*cursor < map->capacity && !is_taken(&map->slots[*cursor]))
        (*cursor)++;
    if (*cursor >= map->capacity)
        return false;
    *name = map->slots[*cursor].name;
    *length = map->slots[*cursor].length;
    if (value)
        *value = map->slots[*cursor].value;
    (*cursor)++;
    return true;
}
