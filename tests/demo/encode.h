/*
 * encode: records of the offsets topic as a broker writes them, for programs that stand in for one.
 *
 * The inverse of engine/decode for the kinds that the demonstration and the tests on the mock cluster need: offset
 * commit (key 1, value 3), classic group metadata (key 2, value 3). Big-endian, int16-length strings.
 * Source: the group coordinator's message definitions of Kafka 3.9.
 */
#ifndef DEMO_ENCODE_H
#define DEMO_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#define ENCODE_ROOM 4096

struct encoded {
    uint8_t bytes[ENCODE_ROOM];
    size_t length;
};

struct encode_member {
    const char *member_id, *client_id, *host;
    const char *topic; /* the one topic that it subscribes to */
    const int32_t *partitions;
    size_t partition_count;
};

void encode_commit_key(struct encoded *out, const char *group, const char *topic, int32_t partition);
void encode_commit_value(struct encoded *out, int64_t offset, int64_t commit_ms);
void encode_group_key(struct encoded *out, const char *group);

/* No members: the group is empty. */
void encode_group_value(struct encoded *out, int32_t generation, const struct encode_member *members, size_t count,
                        int64_t now_ms);

#endif
