/*
 * Groups of the newer protocols (KIP-848, share, streams): epochs, who the members are, what each owns. Their records
 * are alike; all values are flexible.
 */
#include "decode_kinds.h"

/* ---- the group ---- */

static struct kt_obs epoch_obs(struct kt_decoding *in, enum kt_group_type type)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_GROUP_EPOCH);

    obs.group_epoch.group = kt_decode_name(&in->key, false);
    obs.group_epoch.type = type;
    obs.group_epoch.epoch = -1;
    obs.group_epoch.recorded_ms = in->record->timestamp_ms;
    return obs;
}

/* The hash over the group's topics, which a KIP-848 group has as its tagged field 0. */
static void read_hash_tag(struct kt_reader *value, struct kt_obs *obs)
{
    uint32_t count = kt_read_uvarint(value);

    for (uint32_t i = 0; i < count && !value->bad; i++) {
        uint32_t number = kt_read_uvarint(value);
        uint32_t length = kt_read_uvarint(value);

        if (number == 0 && length == 8) {
            obs->group_epoch.hash = kt_read_i64(value);
            obs->group_epoch.hash_known = true;
        } else {
            kt_read_span(value, length);
        }
    }
}

static enum kt_decoded decode_group(struct kt_decoding *in, enum kt_group_type type)
{
    struct kt_obs obs = epoch_obs(in, type);
    int32_t epoch;

    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return kt_decode_put_group_gone(in, obs.group_epoch.group);
    epoch = kt_read_i32(in->value);
    obs.group_epoch.epoch = epoch >= 0 ? epoch : -1;
    if (type == KT_TYPE_CONSUMER) {
        read_hash_tag(in->value, &obs);
    } else if (kt_reader_left(in->value) > 8) { /* Kafka 3.9 wrote none */
        obs.group_epoch.hash = kt_read_i64(in->value);
        obs.group_epoch.hash_known = true;
        kt_read_skip_tags(in->value);
    }
    obs.group_epoch.hash_known = obs.group_epoch.hash_known && obs.group_epoch.hash != 0;
    if (in->value->bad)
        return KT_DECODED_BAD;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}

static enum kt_decoded decode_target(struct kt_decoding *in, enum kt_group_type type)
{
    struct kt_obs obs = epoch_obs(in, type);

    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return KT_DECODED_SKIPPED; /* the group's own tombstone comes beside it */
    obs.group_epoch.target_epoch = kt_read_i32(in->value);
    kt_read_skip_tags(in->value);
    if (in->value->bad)
        return KT_DECODED_BAD;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}

/* ---- who the members are ---- */

/* Group and member id out of the key. */
static struct kt_obs member_obs(struct kt_decoding *in, enum kt_group_type type)
{
    struct kt_obs obs = kt_decode_obs(in, in->value ? KT_OBS_MEMBER : KT_OBS_MEMBER_GONE);

    obs.member.group = kt_decode_name(&in->key, false);
    obs.member.member.member_id = kt_decode_name(&in->key, false);
    obs.member.member.epoch = -1;
    obs.member.type = type;
    obs.member.recorded_ms = in->record->timestamp_ms;
    return obs;
}

static void read_names(struct kt_decoding *in, struct kt_obs_member *member)
{
    kt_arena_reset(&in->decoder->scratch);
    member->subscription = kt_decode_names(in->value, &in->decoder->scratch, true, &member->subscription_count);
    member->subscription_known = true;
}

static void read_client(struct kt_decoding *in, struct kt_obs_member *member)
{
    kt_read_compact_string(in->value); /* rack */
    member->client_id = kt_decode_name(in->value, true);
    member->host = kt_decode_host(kt_decode_name(in->value, true));
}

static void read_consumer_member(struct kt_decoding *in, struct kt_obs *obs)
{
    struct kt_text pattern;

    obs->member.member.instance_id = kt_read_compact_string(in->value);
    read_client(in, &obs->member.member);
    read_names(in, &obs->member.member);
    pattern = kt_read_compact_string(in->value);
    if (pattern.length > 0)
        obs->member.pattern = pattern;
    kt_read_i32(in->value);            /* rebalance timeout */
    kt_read_compact_string(in->value); /* assignor */
    kt_read_skip_tags(in->value);
}

static void read_share_member(struct kt_decoding *in, struct kt_obs *obs)
{
    read_client(in, &obs->member.member);
    read_names(in, &obs->member.member);
    kt_read_skip_tags(in->value);
}

static void read_streams_member(struct kt_decoding *in, struct kt_obs *obs)
{
    struct kt_reader *value = in->value;
    size_t count;

    obs->member.member.instance_id = kt_read_compact_string(value);
    read_client(in, &obs->member.member);
    kt_read_i32(value);            /* rebalance timeout */
    kt_read_i32(value);            /* epoch of the topology */
    kt_decode_name(value, true);   /* process */
    if (kt_read_i8(value) >= 0) {  /* an endpoint; -1: none */
        kt_decode_name(value, true);
        kt_read_i16(value);
        kt_read_skip_tags(value);
    }
    count = kt_read_compact_count(value, 3); /* tags of the client */
    for (size_t i = 0; i < count && !value->bad; i++) {
        kt_decode_name(value, true);
        kt_decode_name(value, true);
        kt_read_skip_tags(value);
    }
    kt_read_skip_tags(value);
}

static enum kt_decoded decode_member(struct kt_decoding *in, enum kt_group_type type,
                                     void (*read)(struct kt_decoding *in, struct kt_obs *obs))
{
    struct kt_obs obs = member_obs(in, type);

    if (in->key.bad)
        return KT_DECODED_BAD;
    if (in->value)
        read(in, &obs);
    if (in->value && in->value->bad)
        return KT_DECODED_BAD;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}

/* ---- what each owns ---- */

/* Partitions by topic id or, of streams, by subtopology. */
static const struct kt_obs_assigned *read_assigned(struct kt_decoding *in, bool by_id, size_t *count)
{
    struct kt_arena *arena = &in->decoder->scratch;
    struct kt_reader *value = in->value;
    struct kt_obs_assigned *assigned;

    *count = kt_read_compact_count(value, by_id ? 18 : 3); /* topic, count of partitions, tags */
    assigned = kt_arena_take(arena, *count, sizeof *assigned);
    for (size_t i = 0; i < *count && !value->bad; i++) {
        if (by_id)
            kt_read_uuid(value, assigned[i].topic_id);
        else
            assigned[i].topic = kt_decode_name(value, true);
        assigned[i].has_topic_id = by_id;
        assigned[i].partition_count = kt_read_compact_count(value, 4);
        assigned[i].partitions = kt_decode_partitions(value, arena, assigned[i].partition_count);
        kt_read_skip_tags(value);
    }
    return assigned;
}

/* The number of the state in which a member owns all that it should: streams groups count from 1. */
static int8_t settled_of(enum kt_group_type type)
{
    return type == KT_TYPE_STREAMS ? 1 : 0;
}

/* `more`: lists of what is not owned, but kept in reserve or on its way out, behind what is. */
static enum kt_decoded decode_current(struct kt_decoding *in, enum kt_group_type type, int more)
{
    struct kt_obs obs = member_obs(in, type);
    struct kt_obs_member *member = &obs.member.member;
    bool by_id = type != KT_TYPE_STREAMS;
    size_t passed;

    if (in->key.bad)
        return KT_DECODED_BAD;
    /* The member's own tombstone comes beside it and says the same. */
    if (!in->value)
        return KT_DECODED_SKIPPED;
    member->epoch = kt_read_i32(in->value);
    if (member->epoch < 0)
        member->epoch = -1; /* left, or a static member away for a moment */
    kt_read_i32(in->value); /* epoch before */
    obs.member.state = kt_read_i8(in->value) == settled_of(type) ? KT_MEMBER_SETTLED : KT_MEMBER_RECONCILING;
    kt_arena_reset(&in->decoder->scratch);
    member->assignment = read_assigned(in, by_id, &member->assignment_count);
    member->assignment_known = true;
    for (int i = 0; i < more; i++)
        read_assigned(in, by_id, &passed);
    kt_read_skip_tags(in->value);
    if (in->value->bad)
        return KT_DECODED_BAD;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}

/* ---- the kinds of records ---- */

enum kt_decoded kt_decode_consumer_group(struct kt_decoding *in)
{
    return decode_group(in, KT_TYPE_CONSUMER);
}

enum kt_decoded kt_decode_share_group(struct kt_decoding *in)
{
    return decode_group(in, KT_TYPE_SHARE);
}

enum kt_decoded kt_decode_streams_group(struct kt_decoding *in)
{
    return decode_group(in, KT_TYPE_STREAMS);
}

enum kt_decoded kt_decode_consumer_target(struct kt_decoding *in)
{
    return decode_target(in, KT_TYPE_CONSUMER);
}

enum kt_decoded kt_decode_share_target(struct kt_decoding *in)
{
    return decode_target(in, KT_TYPE_SHARE);
}

enum kt_decoded kt_decode_streams_target(struct kt_decoding *in)
{
    return decode_target(in, KT_TYPE_STREAMS);
}

enum kt_decoded kt_decode_consumer_member(struct kt_decoding *in)
{
    return decode_member(in, KT_TYPE_CONSUMER, read_consumer_member);
}

enum kt_decoded kt_decode_share_member(struct kt_decoding *in)
{
    return decode_member(in, KT_TYPE_SHARE, read_share_member);
}

enum kt_decoded kt_decode_streams_member(struct kt_decoding *in)
{
    return decode_member(in, KT_TYPE_STREAMS, read_streams_member);
}

enum kt_decoded kt_decode_consumer_current(struct kt_decoding *in)
{
    return decode_current(in, KT_TYPE_CONSUMER, 1);
}

enum kt_decoded kt_decode_share_current(struct kt_decoding *in)
{
    return decode_current(in, KT_TYPE_SHARE, 0);
}

enum kt_decoded kt_decode_streams_current(struct kt_decoding *in)
{
    return decode_current(in, KT_TYPE_STREAMS, 5);
}
