/*
 * Topics in the records of groups: ids with their names, what a pattern matches, and what the parts of a streams
 * application read.
 */
#include "decode_kinds.h"

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

/* ---- topics by a word of the group's own ---- */

static enum kt_decoded put_topics(struct kt_decoding *in, const struct kt_obs *obs)
{
    if (in->value->bad)
        return KT_DECODED_BAD;
    in->sink->put(in->sink->self, obs);
    return KT_DECODED_TOLD;
}

enum kt_decoded kt_decode_pattern(struct kt_decoding *in)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_GROUP_TOPICS);

    obs.group_topics.group = kt_decode_name(&in->key, false);
    obs.group_topics.key = kt_decode_name(&in->key, false);
    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return KT_DECODED_SKIPPED; /* nobody subscribes to it any more */
    kt_arena_reset(&in->decoder->scratch);
    obs.group_topics.topics =
        kt_decode_names(in->value, &in->decoder->scratch, true, &obs.group_topics.topic_count);
    kt_read_i64(in->value); /* version of the metadata it was matched with */
    kt_read_i64(in->value); /* when */
    kt_read_skip_tags(in->value);
    obs.group_topics.whole = true;
    return put_topics(in, &obs);
}

/* A topic with its settings, of which the name counts. */
static struct kt_text read_topic_info(struct kt_reader *value)
{
    struct kt_text name = kt_decode_name(value, true);
    size_t settings;

    kt_read_i32(value); /* partitions */
    kt_read_i16(value); /* replicas */
    settings = kt_read_compact_count(value, 3);
    for (size_t i = 0; i < settings && !value->bad; i++) {
        kt_decode_name(value, true);
        kt_decode_name(value, true);
        kt_read_skip_tags(value);
    }
    kt_read_skip_tags(value);
    return name;
}

static void skip_names(struct kt_reader *value)
{
    size_t count = kt_read_compact_count(value, 1);

    for (size_t i = 0; i < count && !value->bad; i++)
        kt_decode_name(value, true);
}

static void skip_copartitions(struct kt_reader *value)
{
    size_t count = kt_read_compact_count(value, 4);

    for (size_t i = 0; i < count && !value->bad; i++) {
        for (int list = 0; list < 3; list++)
            kt_read_span(value, 2 * kt_read_compact_count(value, 2));
        kt_read_skip_tags(value);
    }
}

/* One part of a streams application: its source topics are what tasks of it read, partition by partition. */
static void read_subtopology(struct kt_decoding *in, struct kt_obs *obs)
{
    struct kt_arena *arena = &in->decoder->scratch;
    struct kt_reader *value = in->value;
    const struct kt_text *sources;
    struct kt_text *topics;
    size_t source_count, count;

    kt_arena_reset(arena);
    obs->group_topics.key = kt_decode_name(value, true);
    sources = kt_decode_names(value, arena, true, &source_count);
    kt_decode_names(value, arena, true, &count); /* patterns of sources */
    obs->group_topics.whole = count == 0;
    count = kt_read_compact_count(value, 9); /* changelogs */
    for (size_t i = 0; i < count && !value->bad; i++)
        read_topic_info(value);
    skip_names(value); /* repartition topics that it writes */
    count = kt_read_compact_count(value, 9); /* and that it reads */
    topics = kt_arena_take(arena, source_count + count, sizeof *topics);
    for (size_t i = 0; i < source_count; i++)
        topics[i] = sources[i];
    for (size_t i = 0; i < count && !value->bad; i++)
        topics[source_count + i] = read_topic_info(value);
    skip_copartitions(value);
    kt_read_skip_tags(value);
    obs->group_topics.topics = topics;
    obs->group_topics.topic_count = source_count + count;
}

enum kt_decoded kt_decode_topology(struct kt_decoding *in)
{
    struct kt_obs obs = kt_decode_obs(in, KT_OBS_GROUP_TOPICS);
    struct kt_reader again;
    size_t count;

    obs.group_topics.group = kt_decode_name(&in->key, false);
    if (in->key.bad)
        return KT_DECODED_BAD;
    if (!in->value)
        return KT_DECODED_SKIPPED;
    kt_read_i32(in->value); /* epoch */
    count = kt_read_compact_count(in->value, 8);
    again = *in->value;
    for (size_t i = 0; i < count && !in->value->bad; i++)
        read_subtopology(in, &obs);
    kt_read_skip_tags(in->value);
    if (in->value->bad)
        return KT_DECODED_BAD; /* nothing is told of a record that breaks off */
    if (count == 0)
        return KT_DECODED_SKIPPED;
    *in->value = again;
    for (size_t i = 0; i < count; i++) {
        read_subtopology(in, &obs);
        in->sink->put(in->sink->self, &obs);
    }
    return KT_DECODED_TOLD;
}
