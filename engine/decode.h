/*
 * decode: records of the offsets topic (__consumer_offsets) as observations.
 *
 * Pure: bytes in, observations out, in the order of the record's contents. Versions stand in one table: a new
 * record version is a function and a row. What a lag monitor does not need (the members' target assignments) is
 * skipped knowingly and counted; what is not known is counted apart; what is broken is counted and told, never fatal.
 *
 * Source: Kafka 3.9.1 and 4.1.0, group-coordinator message definitions (key: int16 type, value: int16 version).
 * Thread: one at a time (the collector's).
 */
#ifndef KT_DECODE_H
#define KT_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "observation.h"

enum kt_decoded {
    KT_DECODED_TOLD,    /* observations were made */
    KT_DECODED_SKIPPED, /* a kind that we know and do not need */
    KT_DECODED_UNKNOWN, /* a key or value version that we do not know */
    KT_DECODED_BAD,     /* bytes that do not fit their version */
    KT_DECODED_COUNT
};

struct kt_record {
    const void *key;
    size_t key_length;
    const void *value; /* NULL: a tombstone */
    size_t value_length;
    int32_t partition; /* of the offsets topic */
    int64_t offset;    /* of the record: becomes the commit's order */
    int64_t timestamp_ms; /* of the record; -1 not known */
    bool backfilled;   /* lay in the log before we began to follow it */
    int64_t at;        /* monotonic time of reading */
};

struct kt_decoder {
    struct kt_arena scratch; /* member lists of the record in hand; emptied for each record that needs it */
    uint64_t counts[KT_DECODED_COUNT];
};

void kt_decoder_init(struct kt_decoder *decoder);
void kt_decoder_release(struct kt_decoder *decoder);

/*
 * Decodes one record and puts 0 or more observations, counting what became of it. A bad record puts none at all.
 *
 * A commit tells the time in its value; where that is negative, of the record; where that is not known either,
 * commit_ms is -1 and `exact` false. A commit of a negative offset is COMMIT_GONE: to Kafka's clients it means
 * that nothing is committed. Where a commit carries its topic's id, TOPIC_ID comes before it.
 *
 * A classic group's record has no state: with members the group was Stable when it was written, without them
 * Empty. Groups of other protocols than the consumers' (Connect) have type unknown and members without lists.
 * Members of a KIP-848 group come in two records (5: who, 8: what it owns, by topic id); each leaves the other's
 * part not given. So do those of share groups (10, 14) and of streams groups (19, 22), whose assignments name
 * subtopologies in place of topics; GROUP_TOPICS says what these and patterns stand for.
 */
enum kt_decoded kt_decode(struct kt_decoder *decoder, const struct kt_record *record, const struct kt_sink *sink);

/*
 * The member lists that DescribeGroups carries as raw bytes: Subscription and Assignment of the consumer protocol.
 * Fill subscription / assignment of `member` from the arena; false (and the member's list not known) when the bytes
 * are undecodable.
 */
bool kt_decode_subscription(struct kt_arena *arena, const void *bytes, size_t length, struct kt_obs_member *member);
bool kt_decode_assignment(struct kt_arena *arena, const void *bytes, size_t length, struct kt_obs_member *member);

/*
 * The partition of the offsets topic that holds a group: Java's String.hashCode (of UTF-16 units) modulo count,
 * -1 when the count is not positive. Bytes that are no UTF-8 count as U+FFFD, as the broker reads them.
 */
int32_t kt_offsets_partition(const char *group, size_t length, int32_t partition_count);

#endif
