#include "decode_kinds.h"

#include <string.h>

/* By the key's type. Without a function: a kind that we know and do not need. */
static const struct {
    enum kt_decoded (*decode)(struct kt_decoding *in);
    int newest;        /* value version */
    int flexible_from; /* value version */
    const char *name;
} versions[] = {
    [0] = {kt_decode_commit, 4, 4, "OffsetCommit, of Kafka before 0.9"},
    [1] = {kt_decode_commit, 4, 4, "OffsetCommit"},
    [2] = {kt_decode_classic_group, 4, 4, "GroupMetadata"},
    [3] = {kt_decode_consumer_group, 0, 0, "ConsumerGroupMetadata"},
    [4] = {kt_decode_topic_ids, 0, 0, "ConsumerGroupPartitionMetadata"},
    [5] = {kt_decode_consumer_member, 0, 0, "ConsumerGroupMemberMetadata"},
    [6] = {kt_decode_consumer_target, 0, 0, "ConsumerGroupTargetAssignmentMetadata"},
    [7] = {.name = "ConsumerGroupTargetAssignmentMember"},
    [8] = {kt_decode_consumer_current, 0, 0, "ConsumerGroupCurrentMemberAssignment"},
    [9] = {.name = "ShareGroupPartitionMetadata, of Kafka 3.9"},
    [10] = {kt_decode_share_member, 0, 0, "ShareGroupMemberMetadata"},
    [11] = {kt_decode_share_group, 0, 0, "ShareGroupMetadata"},
    [12] = {kt_decode_share_target, 0, 0, "ShareGroupTargetAssignmentMetadata"},
    [13] = {.name = "ShareGroupTargetAssignmentMember"},
    [14] = {kt_decode_share_current, 0, 0, "ShareGroupCurrentMemberAssignment"},
    [15] = {kt_decode_share_topics, 0, 0, "ShareGroupStatePartitionMetadata"},
    [16] = {kt_decode_pattern, 0, 0, "ConsumerGroupRegularExpression"},
    [17] = {kt_decode_streams_group, 0, 0, "StreamsGroupMetadata"},
    [18] = {.name = "StreamsGroupPartitionMetadata, of Kafka 4.0"},
    [19] = {kt_decode_streams_member, 0, 0, "StreamsGroupMemberMetadata"},
    [20] = {kt_decode_streams_target, 0, 0, "StreamsGroupTargetAssignmentMetadata"},
    [21] = {.name = "StreamsGroupTargetAssignmentMember"},
    [22] = {kt_decode_streams_current, 0, 0, "StreamsGroupCurrentMemberAssignment"},
    [23] = {kt_decode_topology, 0, 0, "StreamsGroupTopology"},
};

#define KINDS (sizeof versions / sizeof versions[0])

void kt_decoder_init(struct kt_decoder *decoder)
{
    *decoder = (struct kt_decoder){0};
    kt_arena_init(&decoder->scratch);
}

void kt_decoder_release(struct kt_decoder *decoder)
{
    kt_arena_release(&decoder->scratch);
}

/* Opens the value and calls the kind's function. */
static enum kt_decoded decode_kind(struct kt_decoding *in, int kind)
{
    struct kt_reader value;

    if (!versions[kind].decode)
        return KT_DECODED_SKIPPED;
    if (in->record->value) {
        kt_reader_init(&value, in->record->value, in->record->value_length);
        in->version = kt_read_i16(&value);
        if (value.bad)
            return KT_DECODED_BAD;
        if (in->version < 0 || in->version > versions[kind].newest)
            return KT_DECODED_UNKNOWN;
        in->flexible = in->version >= versions[kind].flexible_from;
        in->value = &value;
    }
    return versions[kind].decode(in);
}

enum kt_decoded kt_decode(struct kt_decoder *decoder, const struct kt_record *record,
                          const struct kt_sink *sink)
{
    struct kt_decoding in = {.decoder = decoder, .record = record, .sink = sink};
    enum kt_decoded result;
    int kind;

    kt_reader_init(&in.key, record->key, record->key ? record->key_length : 0);
    kind = kt_read_i16(&in.key);
    if (in.key.bad)
        result = KT_DECODED_BAD;
    else if (kind < 0 || (size_t)kind >= KINDS)
        result = KT_DECODED_UNKNOWN;
    else
        result = decode_kind(&in, kind);
    decoder->counts[result]++;
    return result;
}

struct kt_obs kt_decode_obs(const struct kt_decoding *in, enum kt_obs_kind kind)
{
    struct kt_obs obs;

    memset(&obs, 0, sizeof obs);
    obs.kind = kind;
    obs.at = in->record->at;
    return obs;
}

struct kt_text kt_decode_text(struct kt_reader *reader, bool flexible)
{
    return flexible ? kt_read_compact_string(reader) : kt_read_string(reader);
}

struct kt_text kt_decode_name(struct kt_reader *reader, bool flexible)
{
    struct kt_text name = kt_decode_text(reader, flexible);

    if (!name.bytes)
        kt_reader_spoil(reader);
    return name;
}

size_t kt_decode_count(struct kt_reader *reader, bool flexible, size_t least)
{
    return flexible ? kt_read_compact_count(reader, least) : kt_read_count(reader, least);
}

const int32_t *kt_decode_partitions(struct kt_reader *reader, struct kt_arena *arena, size_t count)
{
    int32_t *partitions = kt_arena_take(arena, count, sizeof *partitions);

    for (size_t i = 0; i < count; i++) {
        partitions[i] = kt_read_i32(reader);
        if (partitions[i] < 0)
            kt_reader_spoil(reader);
    }
    return partitions;
}

const struct kt_text *kt_decode_names(struct kt_reader *reader, struct kt_arena *arena, bool flexible,
                                      size_t *count)
{
    struct kt_text *names;

    *count = kt_decode_count(reader, flexible, flexible ? 1 : 2);
    names = kt_arena_take(arena, *count, sizeof *names);
    for (size_t i = 0; i < *count; i++)
        names[i] = kt_decode_name(reader, flexible);
    return names;
}

struct kt_text kt_decode_host(struct kt_text host)
{
    if (host.length > 0 && host.bytes[0] == '/')
        return kt_text_of(host.bytes + 1, host.length - 1);
    return host;
}

enum kt_decoded kt_decode_put_group_gone(const struct kt_decoding *in, struct kt_text group)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_GROUP_GONE);

    obs.group_gone.group = group;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}

static void put_commit(const struct kt_decoding *in, struct kt_text group, struct kt_text topic,
                       int32_t partition, int64_t offset, int64_t commit_ms)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_COMMIT);

    obs.commit.group = group;
    obs.commit.topic = topic;
    obs.commit.partition = partition;
    obs.commit.offset = offset;
    obs.commit.commit_ms = commit_ms >= 0 ? commit_ms : in->record->timestamp_ms;
    obs.commit.exact = obs.commit.commit_ms >= 0;
    if (!obs.commit.exact)
        obs.commit.commit_ms = -1;
    obs.commit.order = in->record->offset;
    obs.commit.backfilled = in->record->backfilled;
    in->sink->put(in->sink->self, &obs);
}

static void put_commit_gone(const struct kt_decoding *in, struct kt_text group, struct kt_text topic,
                            int32_t partition)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_COMMIT_GONE);

    obs.commit_gone.group = group;
    obs.commit_gone.topic = topic;
    obs.commit_gone.partition = partition;
    in->sink->put(in->sink->self, &obs);
}

/* The tagged fields of a commit; 0 is the topic's id. Tells whether there was one that is not all zeros. */
static bool read_topic_id_tag(struct kt_reader *value, uint8_t id[16])
{
    static const uint8_t none[16];
    uint32_t count = kt_read_uvarint(value);
    bool has_id = false;

    for (uint32_t i = 0; i < count && !value->bad; i++) {
        uint32_t number = kt_read_uvarint(value);
        uint32_t length = kt_read_uvarint(value);

        if (number == 0 && length == sizeof none) {
            kt_read_uuid(value, id);
            has_id = memcmp(id, none, sizeof none) != 0;
        } else {
            kt_read_span(value, length);
        }
    }
    return has_id;
}

/* A commit's value: offset and time, and the topic's id into `id`; returns whether there was one. */
static bool read_commit(struct kt_decoding *in, int64_t *offset, int64_t *commit_ms, uint8_t id[16])
{
    struct kt_reader *value = in->value;

    *offset = kt_read_i64(value);
    if (in->version >= 3)
        kt_read_i32(value);              /* leader epoch */
    kt_decode_text(value, in->flexible); /* metadata */
    *commit_ms = kt_read_i64(value);
    if (in->version == 1)
        kt_read_i64(value); /* expiry */
    return in->flexible && read_topic_id_tag(value, id);
}

enum kt_decoded kt_decode_commit(struct kt_decoding *in)
{
    struct kt_text group = kt_decode_name(&in->key, false);
    struct kt_text topic = kt_decode_name(&in->key, false);
    int32_t partition = kt_read_i32(&in->key);
    struct kt_obs named = kt_decode_obs(in, KT_OBS_TOPIC_ID);
    int64_t offset = -1;
    int64_t commit_ms = -1;
    bool has_id;

    if (in->key.bad || partition < 0)
        return KT_DECODED_BAD;
    has_id = in->value && read_commit(in, &offset, &commit_ms, named.topic_id.id);
    if (in->value && in->value->bad)
        return KT_DECODED_BAD;
    named.topic_id.name = topic;
    if (has_id)
        in->sink->put(in->sink->self, &named);
    if (offset >= 0)
        put_commit(in, group, topic, partition, offset, commit_ms);
    else
        put_commit_gone(in, group, topic, partition);
    return KT_DECODED_TOLD;
}

/* How many bytes may follow a lead byte, and between which bounds the first of them must lie. */
static size_t utf8_rest(uint8_t lead, uint8_t *low, uint8_t *high)
{
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xf4 ? 0x8f : 0xbf;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    return lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
}

/*
 * The character at *at, which moves behind it. As in Java, U+FFFD stands for the longest start of one that
 * does not go on, and for a surrogate in three bytes.
 */
static uint32_t next_character(const uint8_t **at, const uint8_t *end)
{
    uint8_t lead = *(*at)++;
    uint8_t low, high;
    size_t rest = utf8_rest(lead, &low, &high);
    uint32_t point = lead & (0x3fu >> rest);

    if (lead < 0x80)
        return lead;
    if (rest == 0)
        return 0xfffd;
    for (size_t i = 0; i < rest; i++) {
        if (*at == end || **at < low || **at > high)
            return 0xfffd;
        point = point << 6 | (*(*at)++ & 0x3fu);
        low = 0x80;
        high = 0xbf;
    }
    return point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
}

int32_t kt_offsets_partition(const char *group, size_t length, int32_t partition_count)
{
    const uint8_t *at = (const uint8_t *)group;
    const uint8_t *end = at ? at + length : at;
    uint32_t hash = 0;

    if (partition_count <= 0)
        return -1;
    while (at != end) {
        uint32_t point = next_character(&at, end);

        if (point >= 0x10000) {
            hash = hash * 31 + (0xd800 + ((point - 0x10000) >> 10));
            point = 0xdc00 + ((point - 0x10000) & 0x3ff);
        }
        hash = hash * 31 + point;
    }
    if (hash == 0x80000000u)
        return 0; /* has no absolute value in 32 bits; Kafka takes 0 */
    if (hash > 0x80000000u)
        hash = 0u - hash;
    return (int32_t)(hash % (uint32_t)partition_count);
}
