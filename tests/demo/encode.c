#include "encode.h"

#include <string.h>

static void put(struct encoded *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0 && out->length < ENCODE_ROOM;) {
        out->bytes[out->length++] = (uint8_t)(value >> (8 * i));
    }
}

static void put_string(struct encoded *out, const char *text)
{
    if (!text) {
        put(out, 0xffff, 2);
        return;
    }
    size_t length = strlen(text);
    if (length > ENCODE_ROOM - 2 - out->length) {
        length = 0;
    }
    put(out, length, 2);
    memcpy(out->bytes + out->length, text, length);
    out->length += length;
}

/* Reserves the int32 length of a byte field; finish_bytes fills it in. */
static size_t begin_bytes(struct encoded *out)
{
    put(out, 0, 4);
    return out->length;
}

static void finish_bytes(struct encoded *out, size_t start)
{
    size_t end = out->length;
    out->length = start - 4;
    put(out, end - start, 4);
    out->length = end;
}

void encode_commit_key(struct encoded *out, const char *group, const char *topic, int32_t partition)
{
    out->length = 0;
    put(out, 1, 2);
    put_string(out, group);
    put_string(out, topic);
    put(out, (uint32_t)partition, 4);
}

void encode_commit_value(struct encoded *out, int64_t offset, int64_t commit_ms)
{
    out->length = 0;
    put(out, 3, 2);
    put(out, (uint64_t)offset, 8);
    put(out, UINT32_MAX, 4); /* no leader epoch */
    put_string(out, "");
    put(out, (uint64_t)commit_ms, 8);
}

void encode_group_key(struct encoded *out, const char *group)
{
    out->length = 0;
    put(out, 2, 2);
    put_string(out, group);
}

static void put_member(struct encoded *out, const struct encode_member *member)
{
    put_string(out, member->member_id);
    put_string(out, NULL); /* no group.instance.id */
    put_string(out, member->client_id);
    put_string(out, member->host);
    put(out, 300000, 4); /* rebalance timeout */
    put(out, 45000, 4);  /* session timeout */
    size_t start = begin_bytes(out);
    put(out, 1, 2); /* Subscription version 1 */
    put(out, 1, 4);
    put_string(out, member->topic);
    put(out, UINT32_MAX, 4); /* no user data */
    put(out, 0, 4);          /* owns nothing from before */
    finish_bytes(out, start);
    start = begin_bytes(out);
    put(out, 0, 2); /* Assignment version 0 */
    put(out, 1, 4);
    put_string(out, member->topic);
    put(out, member->partition_count, 4);
    for (size_t i = 0; i < member->partition_count; i++) {
        put(out, (uint32_t)member->partitions[i], 4);
    }
    put(out, UINT32_MAX, 4);
    finish_bytes(out, start);
}

void encode_group_value(struct encoded *out, int32_t generation, const struct encode_member *members, size_t count,
                        int64_t now_ms)
{
    out->length = 0;
    put(out, 3, 2);
    put_string(out, "consumer");
    put(out, (uint32_t)generation, 4);
    put_string(out, count ? "range" : NULL);
    put_string(out, count ? members[0].member_id : NULL);
    put(out, (uint64_t)now_ms, 8);
    put(out, count, 4);
    for (size_t i = 0; i < count; i++) {
        put_member(out, &members[i]);
    }
}
