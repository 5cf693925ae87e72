#include "identify.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "xxh3.h"

/* ---- hashes ---- */

static uint8_t *put_little(uint8_t *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++, value >>= 8)
        *to++ = (uint8_t)value;
    return to;
}

static uint64_t read_big(const uint8_t *from)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 8; i++)
        value = value << 8 | from[i];
    return value;
}

uint64_t kt_identify_topic_hash(const uint8_t id[16], struct kt_text name, int32_t partitions)
{
    size_t count = partitions > 0 ? (size_t)partitions : 0;
    uint8_t *bytes = kt_alloc(1 + 16 + 2 * name.length + 8 + 4 * count, 1);
    uint8_t *at = put_little(bytes, 0, 1); /* version of the hash */
    at = put_little(at, read_big(id), 8);
    at = put_little(at, read_big(id + 8), 8);
    for (size_t i = 0; i < name.length; i++)
        at = put_little(at, (uint8_t)name.bytes[i], 2); /* topics have names of ASCII */
    at = put_little(at, name.length, 4);
    at = put_little(at, count, 4);
    for (size_t i = 0; i < count; i++)
        at = put_little(at, i, 4); /* racks of its replicas would follow here */
    uint64_t hash = kt_xxh3(bytes, (size_t)(at - bytes));
    free(bytes);
    return hash;
}

uint64_t kt_identify_group_hash(const uint64_t *topics, size_t count)
{
    uint8_t bytes[8 * KT_IDENTIFY_NAMES];
    uint8_t *at = bytes;
    for (size_t i = 0; i < count && i < KT_IDENTIFY_NAMES; i++)
        at = put_little(at, topics[i], 8);
    return count == 0 ? 0 : kt_xxh3(bytes, (size_t)(at - bytes));
}

/* ---- proof ---- */

struct trial {
    size_t name_count, id_count;
    const struct kt_identify_id *ids;
    const struct kt_identify_name *names;
    uint64_t hash;
    uint64_t *hashes; /* of name x id */
    uint64_t in_hand[KT_IDENTIFY_NAMES];
    bool used[KT_IDENTIFY_IDS];
    size_t *chosen;
    unsigned left;
};

static bool may_be(const struct kt_identify_id *id, size_t name, const struct kt_identify_name *names)
{
    return id->name == KT_IDENTIFY_NONE ? id->most < names[name].partitions : id->name == name;
}

static bool choose(struct trial *trial, size_t name)
{
    if (name == trial->name_count) {
        trial->left--;
        return kt_identify_group_hash(trial->in_hand, trial->name_count) == trial->hash;
    }
    for (size_t i = 0; i < trial->id_count && trial->left > 0; i++) {
        if (trial->used[i] || !may_be(&trial->ids[i], name, trial->names))
            continue;
        trial->used[i] = true;
        trial->chosen[name] = i;
        trial->in_hand[name] = trial->hashes[name * trial->id_count + i];
        if (choose(trial, name + 1))
            return true;
        trial->used[i] = false;
    }
    return false;
}

bool kt_identify_prove(const struct kt_identify_name *names, size_t name_count, const struct kt_identify_id *ids,
                       size_t id_count, uint64_t hash, size_t *chosen)
{
    if (name_count == 0 || name_count > KT_IDENTIFY_NAMES || id_count > KT_IDENTIFY_IDS || id_count < name_count)
        return false;
    struct trial trial = {.name_count = name_count, .id_count = id_count, .ids = ids, .names = names, .hash = hash,
                          .chosen = chosen, .left = KT_IDENTIFY_TRIALS};
    trial.hashes = kt_alloc(name_count * id_count, sizeof *trial.hashes);
    for (size_t n = 0; n < name_count; n++)
        for (size_t i = 0; i < id_count; i++)
            if (may_be(&ids[i], n, names))
                trial.hashes[n * id_count + i] =
                    kt_identify_topic_hash(ids[i].id, names[n].name, names[n].partitions);
    bool found = choose(&trial, 0);
    free(trial.hashes);
    return found;
}

/* ---- inference ---- */

struct puzzle {
    const struct kt_identify_name *names;
    const struct kt_identify_id *ids;
    size_t name_count, id_count;
    bool *possible;    /* id x name */
    bool *constrained; /* id: a settled group has it */
    size_t *claimed;
};

static bool *cell(const struct puzzle *puzzle, size_t id, size_t name)
{
    return &puzzle->possible[id * puzzle->name_count + name];
}

/* An id of this group stands for a topic of this group. */
static void constrain(struct puzzle *puzzle, const struct kt_identify_group *group)
{
    bool *subscribed = kt_alloc(puzzle->name_count + 1, sizeof *subscribed);
    for (size_t n = 0; n < group->name_count; n++)
        subscribed[group->names[n]] = true;
    for (size_t i = 0; i < group->id_count; i++) {
        size_t id = group->ids[i];
        puzzle->constrained[id] = true;
        for (size_t n = 0; n < puzzle->name_count; n++)
            *cell(puzzle, id, n) = *cell(puzzle, id, n) && subscribed[n];
    }
    free(subscribed);
}

/* The only name that is possible for an id; KT_IDENTIFY_NONE: there are several. False: there is none. */
static bool only_name(const struct puzzle *puzzle, size_t id, size_t *name)
{
    size_t count = 0;
    for (size_t n = 0; n < puzzle->name_count; n++)
        if (*cell(puzzle, id, n)) {
            *name = n;
            count++;
        }
    *name = count == 1 ? *name : KT_IDENTIFY_NONE;
    return count > 0;
}

static void take_name(struct puzzle *puzzle, size_t name, size_t owner)
{
    for (size_t i = 0; i < puzzle->id_count; i++)
        if (i != owner && puzzle->constrained[i])
            *cell(puzzle, i, name) = false;
}

/* Finds what follows from what stands; *changed when something did. False: a contradiction. */
static bool deduce(struct puzzle *puzzle, bool *changed)
{
    *changed = false;
    for (size_t i = 0; i < puzzle->id_count; i++) {
        size_t name = KT_IDENTIFY_NONE;
        if (!puzzle->constrained[i])
            continue;
        if (!only_name(puzzle, i, &name))
            return false;
        if (name != KT_IDENTIFY_NONE && puzzle->claimed[i] == KT_IDENTIFY_NONE) {
            puzzle->claimed[i] = name;
            take_name(puzzle, name, i);
            *changed = true;
        }
    }
    return true;
}

static void open_cells(struct puzzle *puzzle)
{
    for (size_t i = 0; i < puzzle->id_count; i++) {
        const struct kt_identify_id *id = &puzzle->ids[i];
        puzzle->claimed[i] = KT_IDENTIFY_NONE;
        for (size_t n = 0; n < puzzle->name_count; n++) {
            int32_t partitions = puzzle->names[n].partitions;
            *cell(puzzle, i, n) =
                id->name == KT_IDENTIFY_NONE ? partitions == 0 || id->most < partitions : id->name == n;
        }
    }
}

static void settle(struct puzzle *puzzle, bool sound)
{
    for (size_t i = 0; i < puzzle->id_count; i++) {
        size_t name = puzzle->claimed[i];
        if (!sound || puzzle->ids[i].name != KT_IDENTIFY_NONE ||
            (name != KT_IDENTIFY_NONE && puzzle->names[name].partitions == 0))
            puzzle->claimed[i] = KT_IDENTIFY_NONE;
    }
}

void kt_identify_infer(const struct kt_identify_name *names, size_t name_count, const struct kt_identify_id *ids,
                       size_t id_count, const struct kt_identify_group *groups, size_t group_count, size_t *claimed)
{
    struct puzzle puzzle = {.names = names, .ids = ids, .name_count = name_count, .id_count = id_count,
                            .claimed = claimed};
    puzzle.possible = kt_alloc(name_count * id_count + 1, sizeof *puzzle.possible);
    puzzle.constrained = kt_alloc(id_count + 1, sizeof *puzzle.constrained);
    open_cells(&puzzle);
    for (size_t i = 0; i < group_count; i++)
        constrain(&puzzle, &groups[i]);
    bool changed = true, sound = true;
    while (changed && sound)
        sound = deduce(&puzzle, &changed);
    settle(&puzzle, sound);
    free(puzzle.possible);
    free(puzzle.constrained);
}
