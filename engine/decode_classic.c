/* Classic groups: the GroupMetadata record, and the consumer protocol's two blobs inside each member. */
#include "decode_kinds.h"

#include <string.h>

/* The fewest bytes of a member, in a flexible version and otherwise. */
#define MEMBER_LEAST          18u
#define MEMBER_LEAST_FLEXIBLE 15u

bool kt_decode_subscription(struct kt_arena *arena, const void *bytes, size_t length,
                            struct kt_obs_member *member)
{
    struct kt_reader reader;
    int16_t version;

    member->subscription_known = false;
    member->subscription = NULL;
    member->subscription_count = 0;
    kt_reader_init(&reader, bytes, length);
    version = kt_read_i16(&reader);
    /* What newer versions add comes behind the topics. */
    if (reader.bad || version < 0)
        return false;
    member->subscription = kt_decode_names(&reader, arena, false, &member->subscription_count);
    member->subscription_known = !reader.bad;
    if (reader.bad) {
        member->subscription = NULL;
        member->subscription_count = 0;
    }
    return member->subscription_known;
}

bool kt_decode_assignment(struct kt_arena *arena, const void *bytes, size_t length,
                          struct kt_obs_member *member)
{
    struct kt_obs_assigned *assigned;
    struct kt_reader reader;
    size_t count;

    member->assignment_known = false;
    member->assignment = NULL;
    member->assignment_count = 0;
    kt_reader_init(&reader, bytes, length);
    if (kt_read_i16(&reader) < 0)
        return false;
    count = kt_read_count(&reader, 6);
    assigned = kt_arena_take(arena, count, sizeof *assigned);
    for (size_t i = 0; i < count && !reader.bad; i++) {
        assigned[i].topic = kt_decode_name(&reader, false);
        assigned[i].partition_count = kt_read_count(&reader, 4);
        assigned[i].partitions = kt_decode_partitions(&reader, arena, assigned[i].partition_count);
    }
    if (reader.bad)
        return false;
    member->assignment_known = true;
    member->assignment = assigned;
    member->assignment_count = count;
    return true;
}

static struct kt_text read_blob(struct kt_decoding *in)
{
    struct kt_text blob = in->flexible ? kt_read_compact_string(in->value) : kt_read_bytes(in->value);

    if (!blob.bytes)
        kt_reader_spoil(in->value);
    return blob;
}

/* `speaks` tells whether the blobs are the consumer protocol's. */
static void read_member(struct kt_decoding *in, struct kt_obs_member *member, bool speaks)
{
    struct kt_reader *value = in->value;
    struct kt_text subscription, assignment;

    member->member_id = kt_decode_name(value, in->flexible);
    if (in->version >= 3)
        member->instance_id = kt_decode_text(value, in->flexible);
    member->client_id = kt_decode_name(value, in->flexible);
    member->host = kt_decode_host(kt_decode_name(value, in->flexible));
    if (in->version >= 1)
        kt_read_i32(value); /* rebalance timeout */
    kt_read_i32(value);     /* session timeout */
    subscription = read_blob(in);
    assignment = read_blob(in);
    if (in->flexible)
        kt_read_skip_tags(value);
    if (value->bad || !speaks)
        return;
    kt_decode_subscription(&in->decoder->scratch, subscription.bytes, subscription.length, member);
    kt_decode_assignment(&in->decoder->scratch, assignment.bytes, assignment.length, member);
}

static bool is_text(struct kt_text text, const char *word)
{
    return text.bytes && text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}

/* The value's fields into `obs`; whether they made sense is asked of the reader. */
static void read_group(struct kt_decoding *in, struct kt_obs *obs)
{
    struct kt_reader *value = in->value;
    struct kt_text protocol_type = kt_decode_name(value, in->flexible);
    bool speaks = is_text(protocol_type, "consumer");
    struct kt_obs_member *members;
    size_t count;

    obs->group.generation = kt_read_i32(value);
    kt_decode_text(value, in->flexible); /* protocol */
    kt_decode_text(value, in->flexible); /* leader */
    if (in->version >= 2)
        obs->group.since_ms = kt_read_i64(value);
    count = kt_decode_count(value, in->flexible, in->flexible ? MEMBER_LEAST_FLEXIBLE : MEMBER_LEAST);
    kt_arena_reset(&in->decoder->scratch);
    members = kt_arena_take(&in->decoder->scratch, count, sizeof *members);
    for (size_t i = 0; i < count && !value->bad; i++) {
        members[i].epoch = (int32_t)obs->group.generation;
        read_member(in, &members[i], speaks);
    }
    if (in->flexible)
        kt_read_skip_tags(value);
    obs->group.members = members;
    obs->group.member_count = count;
    obs->group.state = count > 0 ? KT_STATE_STABLE : KT_STATE_EMPTY;
    /* Connect's and other users' groups have the same record, but are not what we mean by a classic group. */
    obs->group.type = speaks || protocol_type.length == 0 ? KT_TYPE_CLASSIC : KT_TYPE_UNKNOWN;
}

enum kt_decoded kt_decode_classic_group(struct kt_decoding *in)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_GROUP);

    obs.group.group = kt_decode_name(&in->key, false);
    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return kt_decode_put_group_gone(in, obs.group.group);
    read_group(in, &obs);
    if (in->value->bad)
        return KT_DECODED_BAD;
    if (obs.group.generation < 0)
        obs.group.generation = -1;
    obs.group.coordinator = -1;
    obs.group.members_known = true;
    obs.group.from_record = true;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}
