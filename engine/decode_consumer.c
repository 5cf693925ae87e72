/*
 * Groups of the newer protocols. KIP-848 (consumer): epoch, who the members are, what each owns. Share and
 * streams groups: that they exist, and the names that share groups' records give to topic ids. All values are
 * flexible.
 */
#include "decode_kinds.h"

enum kt_decoded kt_decode_consumer_group(struct kt_decoding *in)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_GROUP_EPOCH);

    obs.group_epoch.group = kt_decode_name(&in->key, false);
    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return kt_decode_put_group_gone(in, obs.group_epoch.group);
    obs.group_epoch.epoch = kt_read_i32(in->value);
    kt_read_skip_tags(in->value);
    if (in->value->bad)
        return KT_DECODED_BAD;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}

/* Group and member id out of the key. */
static struct kt_obs member_obs(struct kt_decoding *in)
{
    struct kt_obs obs = kt_decode_obs(in, in->value ? KT_OBS_MEMBER : KT_OBS_MEMBER_GONE);

    obs.member.group = kt_decode_name(&in->key, false);
    obs.member.member.member_id = kt_decode_name(&in->key, false);
    obs.member.member.epoch = -1;
    return obs;
}

static void read_member(struct kt_decoding *in, struct kt_obs_member *member)
{
    struct kt_reader *value = in->value;
    struct kt_text pattern;

    member->instance_id = kt_read_compact_string(value);
    kt_read_compact_string(value); /* rack */
    member->client_id = kt_decode_name(value, true);
    member->host = kt_decode_host(kt_decode_name(value, true));
    kt_arena_reset(&in->decoder->scratch);
    member->subscription = kt_decode_names(value, &in->decoder->scratch, true, &member->subscription_count);
    pattern = kt_read_compact_string(value);
    kt_read_i32(value);            /* rebalance timeout */
    kt_read_compact_string(value); /* assignor */
    kt_read_skip_tags(value);
    /* What a pattern matches is for the broker to say, so the names alone are not the whole. */
    member->subscription_known = pattern.length == 0;
    if (!member->subscription_known) {
        member->subscription = NULL;
        member->subscription_count = 0;
    }
}

enum kt_decoded kt_decode_consumer_member(struct kt_decoding *in)
{
    struct kt_obs obs = member_obs(in);

    if (in->key.bad)
        return KT_DECODED_BAD;
    if (in->value)
        read_member(in, &obs.member.member);
    if (in->value && in->value->bad)
        return KT_DECODED_BAD;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}

static const struct kt_obs_assigned *read_assigned(struct kt_decoding *in, size_t *count)
{
    struct kt_arena *arena = &in->decoder->scratch;
    struct kt_reader *value = in->value;
    struct kt_obs_assigned *assigned;

    *count = kt_read_compact_count(value, 18); /* id, count of partitions, tags */
    assigned = kt_arena_take(arena, *count, sizeof *assigned);
    for (size_t i = 0; i < *count && !value->bad; i++) {
        kt_read_uuid(value, assigned[i].topic_id);
        assigned[i].has_topic_id = true;
        assigned[i].partition_count = kt_read_compact_count(value, 4);
        assigned[i].partitions = kt_decode_partitions(value, arena, assigned[i].partition_count);
        kt_read_skip_tags(value);
    }
    return assigned;
}

enum kt_decoded kt_decode_current_assignment(struct kt_decoding *in)
{
    struct kt_obs obs = member_obs(in);
    struct kt_obs_member *member = &obs.member.member;
    size_t revoked;

    if (in->key.bad)
        return KT_DECODED_BAD;
    /* The member's own tombstone (5) comes beside it and says the same. */
    if (!in->value)
        return KT_DECODED_SKIPPED;
    member->epoch = kt_read_i32(in->value);
    if (member->epoch < 0)
        member->epoch = -1; /* left, or a static member away for a moment */
    kt_read_i32(in->value); /* epoch before */
    kt_read_i8(in->value);  /* state */
    kt_arena_reset(&in->decoder->scratch);
    member->assignment = read_assigned(in, &member->assignment_count);
    member->assignment_known = true;
    read_assigned(in, &revoked);
    kt_read_skip_tags(in->value);
    if (in->value->bad)
        return KT_DECODED_BAD;
    in->sink->put(in->sink->self, &obs);
    return KT_DECODED_TOLD;
}

static void put_topic_id(const struct kt_decoding *in, const struct kt_obs *obs)
{
    if (in->sink)
        in->sink->put(in->sink->self, obs);
}

/* Topics with ids and names. Without a sink it only reads. Returns how many there are. */
static size_t read_topic_ids(struct kt_decoding *in, struct kt_reader *value)
{
    size_t count = kt_read_compact_count(value, 23); /* id, name, partitions, count, tags */

    for (size_t i = 0; i < count && !value->bad; i++) {
        struct kt_obs obs = kt_decode_obs(in, KT_OBS_TOPIC_ID);
        size_t partitions;

        kt_read_uuid(value, obs.topic_id.id);
        obs.topic_id.name = kt_decode_name(value, true);
        kt_read_i32(value); /* partitions */
        partitions = kt_read_compact_count(value, 6);
        for (size_t j = 0; j < partitions && !value->bad; j++) {
            size_t racks;

            kt_read_i32(value); /* partition */
            racks = kt_read_compact_count(value, 1);
            for (size_t k = 0; k < racks && !value->bad; k++)
                kt_decode_name(value, true);
            kt_read_skip_tags(value);
        }
        kt_read_skip_tags(value);
        put_topic_id(in, &obs);
    }
    kt_read_skip_tags(value);
    return count;
}

/* The same of a share group: two lists of topics with partitions, then one that is being deleted. */
static size_t read_share_topics(struct kt_decoding *in, struct kt_reader *value)
{
    size_t total = 0;

    for (int list = 0; list < 3; list++) {
        size_t count = kt_read_compact_count(value, list < 2 ? 19 : 18);

        for (size_t i = 0; i < count && !value->bad; i++) {
            struct kt_obs obs = kt_decode_obs(in, KT_OBS_TOPIC_ID);

            kt_read_uuid(value, obs.topic_id.id);
            obs.topic_id.name = kt_decode_name(value, true);
            if (list < 2)
                kt_read_span(value, 4 * kt_read_compact_count(value, 4));
            kt_read_skip_tags(value);
            if (list < 2)
                put_topic_id(in, &obs);
        }
        if (list < 2)
            total += count;
    }
    kt_read_skip_tags(value);
    return total;
}

/* Reads once for sense and once more to tell, so that a record that breaks off tells nothing. */
static enum kt_decoded tell_topic_ids(struct kt_decoding *in,
                                      size_t (*read)(struct kt_decoding *in, struct kt_reader *value))
{
    struct kt_decoding silent = *in;
    struct kt_reader value;

    kt_decode_name(&in->key, false); /* group */
    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return KT_DECODED_SKIPPED;
    silent.sink = NULL;
    value = *in->value;
    if (read(&silent, &value) == 0 && !value.bad)
        return KT_DECODED_SKIPPED;
    if (value.bad)
        return KT_DECODED_BAD;
    value = *in->value;
    read(in, &value);
    return KT_DECODED_TOLD;
}

enum kt_decoded kt_decode_topic_ids(struct kt_decoding *in)
{
    return tell_topic_ids(in, read_topic_ids);
}

enum kt_decoded kt_decode_share_topics(struct kt_decoding *in)
{
    return tell_topic_ids(in, read_share_topics);
}

static void put_group(const struct kt_decoding *in, struct kt_text group, enum kt_group_type type,
                      int64_t epoch)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_GROUP);

    obs.group.group = group;
    obs.group.type = type;
    obs.group.coordinator = -1;
    obs.group.generation = epoch;
    obs.group.from_record = true;
    in->sink->put(in->sink->self, &obs);
}

/* Share and streams groups begin alike: an epoch. */
static enum kt_decoded decode_group_of(struct kt_decoding *in, enum kt_group_type type)
{
    struct kt_text group = kt_decode_name(&in->key, false);
    int32_t epoch;

    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return kt_decode_put_group_gone(in, group);
    epoch = kt_read_i32(in->value);
    if (in->value->bad)
        return KT_DECODED_BAD;
    put_group(in, group, type, epoch >= 0 ? epoch : -1);
    return KT_DECODED_TOLD;
}

enum kt_decoded kt_decode_share_group(struct kt_decoding *in)
{
    return decode_group_of(in, KT_TYPE_SHARE);
}

enum kt_decoded kt_decode_streams_group(struct kt_decoding *in)
{
    return decode_group_of(in, KT_TYPE_STREAMS);
}

enum kt_decoded kt_decode_share_member(struct kt_decoding *in)
{
    struct kt_text group = kt_decode_name(&in->key, false);

    kt_decode_name(&in->key, false); /* member */
    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return KT_DECODED_SKIPPED;
    put_group(in, group, KT_TYPE_SHARE, -1);
    return KT_DECODED_TOLD;
}
