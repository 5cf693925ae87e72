#include "told.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char told[4096];

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *fmt, ...)
{
    size_t used = strlen(told);
    va_list args;

    va_start(args, fmt);
    vsnprintf(told + used, sizeof told - used, fmt, args);
    va_end(args);
}

static void say_text(const char *what, struct kt_text text)
{
    if (text.bytes)
        say(" %s=%.*s", what, (int)text.length, text.bytes);
}

void told_member(const struct kt_obs_member *member)
{
    say_text("member", member->member_id);
    say_text("client", member->client_id);
    say_text("host", member->host);
    say_text("instance", member->instance_id);
    say(" epoch=%d", member->epoch);
    if (member->subscription_known)
        say(" to(");
    for (size_t i = 0; i < member->subscription_count; i++)
        say("%s%.*s", i ? "," : "", (int)member->subscription[i].length, member->subscription[i].bytes);
    if (member->subscription_known)
        say(")");
    if (member->assignment_known)
        say(" owns(");
    for (size_t i = 0; i < member->assignment_count; i++) {
        const struct kt_obs_assigned *assigned = &member->assignment[i];

        if (assigned->has_topic_id)
            say("%s#%02x%02x", i ? ";" : "", assigned->topic_id[0], assigned->topic_id[15]);
        else
            say("%s%.*s", i ? ";" : "", (int)assigned->topic.length, assigned->topic.bytes);
        for (size_t j = 0; j < assigned->partition_count; j++)
            say(":%d", assigned->partitions[j]);
    }
    if (member->assignment_known)
        say(")");
}

/* The type of a group of the newer protocols, unless it is the usual one. */
static void say_type(enum kt_group_type type)
{
    if (type != KT_TYPE_CONSUMER)
        say(" %s", kt_group_type_name(type));
}

static void say_group(const struct kt_obs *obs)
{
    const char *type = kt_group_type_name(obs->group.type);
    const char *state = kt_group_state_name(obs->group.state);

    say("GROUP");
    say_text("group", obs->group.group);
    say(" type=%s state=%s generation=%" PRId64 " coordinator=%d%s%s", type ? type : "?", state ? state : "?",
        obs->group.generation, obs->group.coordinator, obs->group.members_known ? " members" : "",
        obs->group.from_record ? " record" : "");
    for (size_t i = 0; i < obs->group.member_count; i++) {
        say("\n ");
        told_member(&obs->group.members[i]);
    }
}

static void say_commit(const struct kt_obs *obs)
{
    say("COMMIT");
    say_text("group", obs->commit.group);
    say_text("topic", obs->commit.topic);
    say(" partition=%d offset=%" PRId64 " ms=%" PRId64 " order=%" PRId64 "%s%s", obs->commit.partition,
        obs->commit.offset, obs->commit.commit_ms, obs->commit.order, obs->commit.exact ? " exact" : "",
        obs->commit.backfilled ? " old" : "");
}

static void put(void *self, const struct kt_obs *obs)
{
    (void)self;
    assert_int_equal(obs->at, 777);
    switch (obs->kind) {
    case KT_OBS_COMMIT:
        say_commit(obs);
        break;
    case KT_OBS_COMMIT_GONE:
        say("COMMIT_GONE");
        say_text("group", obs->commit_gone.group);
        say_text("topic", obs->commit_gone.topic);
        say(" partition=%d", obs->commit_gone.partition);
        break;
    case KT_OBS_GROUP:
        say_group(obs);
        break;
    case KT_OBS_GROUP_GONE:
        say("GROUP_GONE");
        say_text("group", obs->group_gone.group);
        break;
    case KT_OBS_GROUP_EPOCH:
        say("EPOCH");
        say_text("group", obs->group_epoch.group);
        say(" epoch=%" PRId64, obs->group_epoch.epoch);
        if (obs->group_epoch.target_epoch)
            say(" target=%" PRId64, obs->group_epoch.target_epoch);
        say_type(obs->group_epoch.type);
        if (obs->group_epoch.hash_known)
            say(" hash=%" PRId64, obs->group_epoch.hash);
        assert_int_equal(obs->group_epoch.recorded_ms, 5000);
        break;
    case KT_OBS_GROUP_TOPICS:
        say("TOPICS");
        say_text("group", obs->group_topics.group);
        say_text("key", obs->group_topics.key);
        say(obs->group_topics.whole ? "" : " and more");
        for (size_t i = 0; i < obs->group_topics.topic_count; i++)
            say_text("topic", obs->group_topics.topics[i]);
        break;
    case KT_OBS_MEMBER:
    case KT_OBS_MEMBER_GONE:
        say("%s", obs->kind == KT_OBS_MEMBER ? "MEMBER" : "MEMBER_GONE");
        say_text("group", obs->member.group);
        told_member(&obs->member.member);
        say_type(obs->member.type);
        say_text("pattern", obs->member.pattern);
        if (obs->member.state)
            say(obs->member.state == KT_MEMBER_SETTLED ? " settled" : " reconciling");
        assert_int_equal(obs->member.recorded_ms, 5000);
        break;
    case KT_OBS_TOPIC_ID:
        say("TOPIC_ID");
        say_text("topic", obs->topic_id.name);
        say(" #%02x%02x", obs->topic_id.id[0], obs->topic_id.id[15]);
        break;
    default:
        say("OTHER %d", (int)obs->kind);
    }
    say("\n");
}

const struct kt_sink told_sink = {.put = put};

enum kt_decoded told_decode(const struct wire *key, const struct wire *value)
{
    struct kt_decoder decoder;
    struct kt_record record = {
        .key = key->bytes,
        .key_length = key->length,
        .value = value ? value->bytes : NULL,
        .value_length = value ? value->length : 0,
        .partition = 3,
        .offset = 1234,
        .timestamp_ms = 5000,
        .at = 777,
    };
    enum kt_decoded result;

    told[0] = '\0';
    kt_decoder_init(&decoder);
    result = kt_decode(&decoder, &record, &told_sink);
    for (unsigned i = 0; i < KT_DECODED_COUNT; i++)
        assert_int_equal(decoder.counts[i], i == result);
    assert_int_equal(result == KT_DECODED_TOLD, told[0] != '\0');
    kt_decoder_release(&decoder);
    return result;
}

struct wire told_key(int kind, const char *first, const char *second)
{
    struct wire key = {0};

    wire_i16(&key, kind);
    wire_text(&key, first);
    if (second)
        wire_text(&key, second);
    return key;
}

struct wire told_value(int version, bool flexible)
{
    struct wire value = {.flexible = flexible};

    wire_i16(&value, version);
    return value;
}

void told_check_cuts(const struct wire *key, const struct wire *value)
{
    struct wire cut = *value;
    char whole[sizeof told];

    assert_int_equal(told_decode(key, value), KT_DECODED_TOLD);
    memcpy(whole, told, sizeof whole);
    while (cut.length-- > 0)
        assert_int_equal(told_decode(key, &cut), KT_DECODED_BAD);
    cut = *key;
    while (cut.length-- > 0)
        assert_int_equal(told_decode(&cut, value), KT_DECODED_BAD);
    cut = *value;
    wire_i64(&cut, -1);
    assert_int_equal(told_decode(key, &cut), KT_DECODED_TOLD);
    assert_string_equal(told, whole);
}
