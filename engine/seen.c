#include "seen.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define HAS_OFFSET 8u /* beside the flags of an entry */
#define FLAGS      16

struct slot {
    uint64_t hash; /* 0: free */
    int64_t offset;
    int64_t note; /* read_at * FLAGS + flags */
};

/* A coordinator that was asked before a deletion was read has answered long before this. */
#define FORGET_MS 600000

struct kt_seen {
    pthread_mutex_t mutex;
    bool settled;
    int64_t newest; /* instant of the last note */
    uint64_t seed;
    struct slot *slots;
    size_t capacity; /* below 2^32 */
    size_t count;
};

struct kt_seen *kt_seen_new(uint64_t seed)
{
    struct kt_seen *seen = kt_alloc(1, sizeof *seen);
    seen->seed = seed;
    (void)pthread_mutex_init(&seen->mutex, NULL);
    return seen;
}

void kt_seen_free(struct kt_seen *seen)
{
    if (!seen)
        return;
    (void)pthread_mutex_destroy(&seen->mutex);
    free(seen->slots);
    free(seen);
}

void kt_seen_clear(struct kt_seen *seen)
{
    (void)pthread_mutex_lock(&seen->mutex);
    free(seen->slots);
    seen->slots = NULL;
    seen->capacity = seen->count = 0;
    seen->settled = false;
    (void)pthread_mutex_unlock(&seen->mutex);
}

static unsigned flags_of(const struct slot *slot)
{
    return (unsigned)slot->note & (FLAGS - 1);
}

static int64_t read_at_of(const struct slot *slot)
{
    return (slot->note - (int64_t)flags_of(slot)) / FLAGS;
}

static void set_note(struct slot *slot, unsigned flags, int64_t read_at)
{
    slot->note = read_at * FLAGS + (int64_t)flags;
}

/* FNV-1a over parts, then mixed: the high bits choose the slot. */
static uint64_t hash_add(uint64_t hash, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_end(uint64_t hash)
{
    hash ^= hash >> 31;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 29;
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

static uint64_t hash_key(const struct kt_seen *seen, const void *key, size_t length)
{
    return hash_end(hash_add(UINT64_C(14695981039346656037) ^ seen->seed, key, length));
}

/* As the raw key of an offset commit hashes: int16 1, group, topic, int32 partition. */
static uint64_t hash_commit(const struct kt_seen *seen, struct kt_text group, struct kt_text topic,
                            int32_t partition)
{
    uint8_t head[4] = {0, 1, (uint8_t)(group.length >> 8), (uint8_t)group.length};
    uint8_t middle[2] = {(uint8_t)(topic.length >> 8), (uint8_t)topic.length};
    uint32_t number = (uint32_t)partition;
    uint8_t tail[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
    uint64_t hash = hash_add(UINT64_C(14695981039346656037) ^ seen->seed, head, sizeof head);
    hash = hash_add(hash, group.bytes, group.length);
    hash = hash_add(hash, middle, sizeof middle);
    hash = hash_add(hash, topic.bytes, topic.length);
    return hash_end(hash_add(hash, tail, sizeof tail));
}

static struct slot *probe(struct slot *slots, size_t capacity, uint64_t hash)
{
    size_t at = (size_t)(((hash >> 32) * (uint64_t)capacity) >> 32);
    while (slots[at].hash && slots[at].hash != hash)
        at = at + 1 < capacity ? at + 1 : 0;
    return &slots[at];
}

static bool is_needed(const struct kt_seen *seen, const struct slot *slot)
{
    bool gone = flags_of(slot) & KT_SEEN_GONE;
    return slot->hash && !(seen->settled && gone && seen->newest - read_at_of(slot) > FORGET_MS);
}

/* Makes room for one more, with almost half of the slots free then. */
static void rebuild(struct kt_seen *seen)
{
    size_t needed = 1;
    for (size_t i = 0; i < seen->capacity; i++)
        needed += is_needed(seen, &seen->slots[i]);
    size_t capacity = needed < 512 ? 1024 : needed / 8 * 15;
    struct slot *slots = kt_alloc(capacity, sizeof *slots);
    for (size_t i = 0; i < seen->capacity; i++)
        if (is_needed(seen, &seen->slots[i]))
            *probe(slots, capacity, seen->slots[i].hash) = seen->slots[i];
    free(seen->slots);
    seen->slots = slots;
    seen->capacity = capacity;
    seen->count = needed - 1;
}

void kt_seen_settle(struct kt_seen *seen)
{
    (void)pthread_mutex_lock(&seen->mutex);
    seen->settled = true;
    (void)pthread_mutex_unlock(&seen->mutex);
}

size_t kt_seen_count(struct kt_seen *seen)
{
    (void)pthread_mutex_lock(&seen->mutex);
    size_t count = seen->count;
    (void)pthread_mutex_unlock(&seen->mutex);
    return count;
}

static struct slot *place(struct kt_seen *seen, uint64_t hash, int64_t at)
{
    seen->newest = at > seen->newest ? at : seen->newest;
    if ((seen->count + 1) * 5 > seen->capacity * 4)
        rebuild(seen);
    struct slot *slot = probe(seen->slots, seen->capacity, hash);
    if (!slot->hash) {
        slot->hash = hash;
        seen->count++;
    }
    return slot;
}

static void note_value(struct slot *slot, unsigned has_offset, int64_t at)
{
    unsigned kept = flags_of(slot) & ~(unsigned)KT_SEEN_GONE;
    set_note(slot, kept | KT_SEEN_VALUE | has_offset, at);
}

static void note_offset(struct slot *slot, int64_t offset, int64_t at)
{
    note_value(slot, HAS_OFFSET, at);
    slot->offset = offset;
}

void kt_seen_note(struct kt_seen *seen, const void *key, size_t length, bool tombstone, int64_t at)
{
    (void)pthread_mutex_lock(&seen->mutex);
    struct slot *slot = place(seen, hash_key(seen, key, length), at);
    if (tombstone)
        set_note(slot, (flags_of(slot) & ~HAS_OFFSET) | KT_SEEN_TOMBSTONE | KT_SEEN_GONE, at);
    else
        note_value(slot, 0, at);
    (void)pthread_mutex_unlock(&seen->mutex);
}

void kt_seen_note_commit(struct kt_seen *seen, const void *key, size_t length, int64_t offset, int64_t at)
{
    (void)pthread_mutex_lock(&seen->mutex);
    note_offset(place(seen, hash_key(seen, key, length), at), offset, at);
    (void)pthread_mutex_unlock(&seen->mutex);
}

void kt_seen_commit(struct kt_seen *seen, struct kt_text group, struct kt_text topic, int32_t partition,
                    int64_t offset, int64_t at)
{
    (void)pthread_mutex_lock(&seen->mutex);
    note_offset(place(seen, hash_commit(seen, group, topic, partition), at), offset, at);
    (void)pthread_mutex_unlock(&seen->mutex);
}

static struct kt_seen_entry find(struct kt_seen *seen, uint64_t hash)
{
    struct kt_seen_entry entry = {0};
    if (!seen->capacity)
        return entry;
    const struct slot *slot = probe(seen->slots, seen->capacity, hash);
    if (slot->hash) {
        entry.flags = flags_of(slot) & ~HAS_OFFSET;
        entry.has_offset = flags_of(slot) & HAS_OFFSET;
        entry.offset = slot->offset;
        entry.read_at = read_at_of(slot);
    }
    return entry;
}

struct kt_seen_entry kt_seen_find(struct kt_seen *seen, const void *key, size_t length)
{
    (void)pthread_mutex_lock(&seen->mutex);
    struct kt_seen_entry entry = find(seen, hash_key(seen, key, length));
    (void)pthread_mutex_unlock(&seen->mutex);
    return entry;
}

struct kt_seen_entry kt_seen_find_commit(struct kt_seen *seen, struct kt_text group, struct kt_text topic,
                                         int32_t partition)
{
    (void)pthread_mutex_lock(&seen->mutex);
    struct kt_seen_entry entry = find(seen, hash_commit(seen, group, topic, partition));
    (void)pthread_mutex_unlock(&seen->mutex);
    return entry;
}

bool kt_seen_admits_older(struct kt_seen *seen, const void *key, size_t length, bool tombstone)
{
    const uint8_t *bytes = key;
    unsigned flags = kt_seen_find(seen, key, length).flags;
    bool commit = length >= 2 && bytes[0] == 0 && bytes[1] <= 1;
    if (!flags)
        return true;
    return commit && !tombstone && !(flags & KT_SEEN_TOMBSTONE);
}
