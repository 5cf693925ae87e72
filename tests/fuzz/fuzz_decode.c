/*
 * fuzz_decode: any bytes as a record of the offsets topic.
 *
 * Input: the key's length in two bytes, big endian; the key; the value (none: a tombstone). Beside not
 * crashing: every text told lies inside the input, every list can be read, a record that is not told puts
 * nothing, no number is one that a consumer of observations could not index by, and memory stays a small
 * multiple of the input.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct check {
    const char *from, *to; /* the input */
    size_t observations;
    volatile uint32_t sum; /* so that reading everything is not optimised away */
};

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(struct check *check, struct kt_text text)
{
    demand(text.bytes || text.length == 0);
    if (text.length > 0)
        demand(text.bytes >= check->from && text.length <= (size_t)(check->to - text.bytes));
    for (size_t i = 0; i < text.length; i++)
        check->sum += (uint8_t)text.bytes[i];
}

static void check_name(struct check *check, struct kt_text text)
{
    demand(text.bytes != NULL);
    check_text(check, text);
}

static void check_member(struct check *check, const struct kt_obs_member *member)
{
    check_text(check, member->member_id);
    check_text(check, member->client_id);
    check_text(check, member->host);
    check_text(check, member->instance_id);
    demand(member->subscription_known || member->subscription_count == 0);
    demand(member->assignment_known || member->assignment_count == 0);
    for (size_t i = 0; i < member->subscription_count; i++)
        check_name(check, member->subscription[i]);
    for (size_t i = 0; i < member->assignment_count; i++) {
        const struct kt_obs_assigned *assigned = &member->assignment[i];

        check_text(check, assigned->topic);
        demand(assigned->topic.bytes || assigned->has_topic_id);
        for (size_t j = 0; j < assigned->partition_count; j++)
            demand(assigned->partitions[j] >= 0);
    }
}

static void put(void *self, const struct kt_obs *obs)
{
    struct check *check = self;

    check->observations++;
    switch (obs->kind) {
    case KT_OBS_COMMIT:
        check_name(check, obs->commit.group);
        check_name(check, obs->commit.topic);
        demand(obs->commit.partition >= 0 && obs->commit.offset >= 0);
        demand(obs->commit.exact ? obs->commit.commit_ms >= 0 : obs->commit.commit_ms == -1);
        break;
    case KT_OBS_COMMIT_GONE:
        check_name(check, obs->commit_gone.group);
        check_name(check, obs->commit_gone.topic);
        demand(obs->commit_gone.partition >= 0);
        break;
    case KT_OBS_GROUP:
        check_name(check, obs->group.group);
        demand(obs->group.generation >= -1);
        for (size_t i = 0; i < obs->group.member_count; i++)
            check_member(check, &obs->group.members[i]);
        break;
    case KT_OBS_GROUP_GONE:
        check_name(check, obs->group_gone.group);
        break;
    case KT_OBS_GROUP_EPOCH:
        check_name(check, obs->group_epoch.group);
        break;
    case KT_OBS_GROUP_TOPICS:
        check_name(check, obs->group_topics.group);
        check_name(check, obs->group_topics.key);
        for (size_t i = 0; i < obs->group_topics.topic_count; i++)
            check_name(check, obs->group_topics.topics[i]);
        break;
    case KT_OBS_MEMBER:
    case KT_OBS_MEMBER_GONE:
        check_name(check, obs->member.group);
        check_name(check, obs->member.member.member_id);
        check_member(check, &obs->member.member);
        break;
    case KT_OBS_TOPIC_ID:
        check_name(check, obs->topic_id.name);
        break;
    default:
        abort();
    }
}

static void check_record(const uint8_t *data, size_t size)
{
    struct check check = {.from = (const char *)data, .to = (const char *)data + size};
    struct kt_sink sink = {.put = put, .self = &check};
    size_t key_length = (size_t)data[0] << 8 | data[1];
    struct kt_record record = {.key = data + 2, .timestamp_ms = -1};
    struct kt_decoder decoder;
    enum kt_decoded result;

    record.key_length = key_length < size - 2 ? key_length : size - 2;
    record.value_length = size - 2 - record.key_length;
    record.value = record.value_length > 0 ? data + 2 + record.key_length : NULL;
    kt_decoder_init(&decoder);
    result = kt_decode(&decoder, &record, &sink);
    demand(decoder.counts[result] == 1);
    demand((result == KT_DECODED_TOLD) == (check.observations > 0));
    demand(decoder.scratch.allocated <= 32 * size + 4096);
    kt_decoder_release(&decoder);
}

/* The same bytes as the blobs of a member, and as a group's id. */
static void check_blobs(const uint8_t *data, size_t size)
{
    struct check check = {.from = (const char *)data, .to = (const char *)data + size};
    struct kt_obs_member member = {.epoch = -1};
    struct kt_arena arena;
    int32_t partition = kt_offsets_partition((const char *)data, size, 50);

    demand(partition >= 0 && partition < 50);
    kt_arena_init(&arena);
    demand(kt_decode_subscription(&arena, data, size, &member) == member.subscription_known);
    demand(kt_decode_assignment(&arena, data, size, &member) == member.assignment_known);
    check_member(&check, &member);
    demand(arena.allocated <= 64 * size + 8192);
    kt_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 2)
        check_record(data, size);
    check_blobs(data, size);
    return 0;
}
