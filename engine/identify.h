/*
 * identify: which topic a topic id stands for, where nobody says so.
 *
 * Members of KIP-848 groups are assigned partitions by topic id, and librdkafka before 2.3 tells no ids. Two ways to
 * know them all the same, both of which claim nothing rather than something wrong:
 *  - proof: Kafka >= 4.1 writes a hash over ids, names and partition counts of a group's topics. Ids that give just
 *    that hash are right; wrong ones would need a collision in 64 bits. Racks are part of the hash: where brokers
 *    have some, nothing can be proven.
 *  - inference: an id of a settled group stands for a topic that the group subscribes to; what has only one solution,
 *    over all groups together, is claimed; a contradiction unclaims all.
 *
 * Pure. Thread: any.
 */
#ifndef KT_IDENTIFY_H
#define KT_IDENTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observation.h"

#define KT_IDENTIFY_NAMES  32    /* of one group; with more nothing is proven */
#define KT_IDENTIFY_IDS    64
#define KT_IDENTIFY_TRIALS 50000 /* hashes of groups that are tried */
#define KT_IDENTIFY_NONE   SIZE_MAX

/* Kafka's hash of a topic without racks, and of a group's topics, whose hashes are sorted by the topics' names. */
uint64_t kt_identify_topic_hash(const uint8_t id[16], struct kt_text name, int32_t partitions);
uint64_t kt_identify_group_hash(const uint64_t *topics, size_t count);

struct kt_identify_name {
    struct kt_text name;
    int32_t partitions; /* 0: not in the metadata */
};

struct kt_identify_id {
    const uint8_t *id;  /* 16 bytes */
    int32_t most;       /* the highest partition that somebody owns by it */
    size_t name;        /* index of the name, where that is known; else KT_IDENTIFY_NONE */
};

/*
 * Gives each name (sorted, all of the metadata, none twice) an id so that the hash comes out; chosen[i] receives the
 * index of names[i]'s id. False: no such choice, or more to try than is reasonable.
 */
bool kt_identify_prove(const struct kt_identify_name *names, size_t name_count, const struct kt_identify_id *ids,
                       size_t id_count, uint64_t hash, size_t *chosen);

/* A group in which every member stands at the group's epoch: so its ids are of topics that it subscribes to. */
struct kt_identify_group {
    const size_t *names, *ids; /* indices; names: all that it subscribes to */
    size_t name_count, id_count;
};

/*
 * Which names the ids without one have for certain: claimed[i] receives the index for ids[i], or KT_IDENTIFY_NONE. A
 * name that is not in the metadata is never claimed, but may be what an id stands for.
 */
void kt_identify_infer(const struct kt_identify_name *names, size_t name_count, const struct kt_identify_id *ids,
                       size_t id_count, const struct kt_identify_group *groups, size_t group_count, size_t *claimed);

#endif
