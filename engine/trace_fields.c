#include "trace_fields.h"

#include <string.h>

#include "trace.h"

#define NAME_ROOM 64

/* ---- words ---- */

static const char *source_word(int value)
{
    const char *name = kt_source_kind_name((enum kt_source_kind)value);
    return name ? name : "none";
}

static const char *listing_word(int value)
{
    static const char *const names[KT_LISTING_COUNT] = {
        [KT_LIST_BROKERS] = "brokers", [KT_LIST_TOPICS] = "topics", [KT_LIST_GROUPS] = "groups"};
    return value >= 0 && value < KT_LISTING_COUNT ? names[value] : names[0];
}

static const char *type_word(int value)
{
    const char *name = kt_group_type_name((enum kt_group_type)value);
    return name ? name : "unknown";
}

static const char *state_word(int value)
{
    const char *name = kt_group_state_name((enum kt_group_state)value);
    return name ? name : "unknown";
}

static const char *member_state_word(int value)
{
    static const char *const names[KT_MEMBER_STATE_COUNT] = {
        [KT_MEMBER_UNKNOWN] = "unknown", [KT_MEMBER_SETTLED] = "settled", [KT_MEMBER_RECONCILING] = "reconciling"};
    return value >= 0 && value < KT_MEMBER_STATE_COUNT ? names[value] : names[0];
}

static const char *scope_word(int value)
{
    const char *name = kt_scope_name((enum kt_scope)value);
    return name ? name : "cluster";
}

static const char *stamp_word(int value)
{
    const char *name = kt_stamp_name((enum kt_stamp)value);
    return name ? name : "none";
}

/* ---- members ---- */

static void io_assignment(struct kt_trace_io *io, struct kt_obs_member *member)
{
    struct kt_obs_assigned *list =
        kt_trace_list(io, member->assignment, &member->assignment_count, sizeof *list, 3);
    for (size_t i = 0; i < member->assignment_count && !io->bad; i++) {
        kt_trace_name(io, &list[i].topic, 't');
        kt_trace_bool(io, &list[i].has_topic_id);
        if (list[i].has_topic_id) {
            kt_trace_id(io, list[i].topic_id);
        }
        kt_trace_numbers(io, &list[i].partitions, &list[i].partition_count);
    }
    if (!io->out) {
        member->assignment = list;
    }
}

static void io_topics(struct kt_trace_io *io, const struct kt_text **topics, size_t *count)
{
    struct kt_text *list = kt_trace_list(io, *topics, count, sizeof *list, 1);
    for (size_t i = 0; i < *count && !io->bad; i++) {
        kt_trace_name(io, &list[i], 't');
    }
    if (!io->out) {
        *topics = list;
    }
}

static void io_member(struct kt_trace_io *io, struct kt_obs_member *member)
{
    kt_trace_name(io, &member->member_id, 'm');
    kt_trace_name(io, &member->client_id, 'c');
    kt_trace_name(io, &member->host, 'h');
    kt_trace_name(io, &member->instance_id, 'm');
    kt_trace_i32(io, &member->epoch);
    kt_trace_bool(io, &member->subscription_known);
    if (member->subscription_known) {
        io_topics(io, &member->subscription, &member->subscription_count);
    }
    kt_trace_bool(io, &member->assignment_known);
    if (member->assignment_known) {
        io_assignment(io, member);
    }
}

/* ---- the kinds ---- */

static void visit_source(struct kt_trace_io *io, struct kt_obs *obs)
{
    obs->source.kind =
        (enum kt_source_kind)kt_trace_word(io, (int)obs->source.kind, KT_SOURCE_KIND_COUNT, source_word);
    kt_trace_sentence(io, &obs->source.reason);
}

static void visit_cluster(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->cluster.cluster_id, 'k');
    kt_trace_i32(io, &obs->cluster.controller);
    kt_trace_i32(io, &obs->cluster.offsets_partition_count);
}

static void visit_list_begin(struct kt_trace_io *io, struct kt_obs *obs)
{
    obs->list.what = (enum kt_listing)kt_trace_word(io, (int)obs->list.what, KT_LISTING_COUNT, listing_word);
}

static void visit_list_end(struct kt_trace_io *io, struct kt_obs *obs)
{
    visit_list_begin(io, obs);
    kt_trace_bool(io, &obs->list.complete);
}

static void visit_broker(struct kt_trace_io *io, struct kt_obs *obs)
{
    int32_t up = obs->broker.up;
    kt_trace_i32(io, &obs->broker.id);
    kt_trace_name(io, &obs->broker.host, 'h');
    kt_trace_i32(io, &obs->broker.port);
    kt_trace_name(io, &obs->broker.rack, 'r');
    kt_trace_i32(io, &up);
    obs->broker.up = up;
    kt_trace_i64(io, &obs->broker.rtt_us);
}

static void visit_topic(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->topic.name, 't');
    kt_trace_i32(io, &obs->topic.partition_count);
    kt_trace_bool(io, &obs->topic.internal);
}

static void visit_topic_id(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->topic_id.name, 't');
    kt_trace_id(io, obs->topic_id.id);
}

static void visit_topic_config(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->topic_config.name, 't');
    kt_trace_bool(io, &obs->topic_config.compacts);
    kt_trace_bool(io, &obs->topic_config.deletes);
    kt_trace_optional(io, &obs->topic_config.has_retention, &obs->topic_config.retention_ms);
    kt_trace_bool(io, &obs->topic_config.has_timestamps);
    kt_trace_bool(io, &obs->topic_config.log_append);
}

static void visit_partition(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->partition.topic, 't');
    kt_trace_i32(io, &obs->partition.partition);
    kt_trace_i32(io, &obs->partition.leader);
    kt_trace_numbers(io, &obs->partition.replicas, &obs->partition.replica_count);
    kt_trace_numbers(io, &obs->partition.isr, &obs->partition.isr_count);
}

static void visit_end(struct kt_trace_io *io, struct kt_obs *obs)
{
    struct kt_text error = kt_text_of(obs->end.error, obs->end.error ? strlen(obs->end.error) : 0);
    kt_trace_name(io, &obs->end.topic, 't');
    kt_trace_i32(io, &obs->end.partition);
    kt_trace_optional(io, &obs->end.has_end, &obs->end.log_end);
    kt_trace_optional(io, &obs->end.has_start, &obs->end.log_start);
    kt_trace_optional(io, &obs->end.has_stable, &obs->end.last_stable);
    kt_trace_text(io, &error);
    obs->end.error = error.bytes;
}

static void visit_past(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->past.topic, 't');
    kt_trace_i32(io, &obs->past.partition);
    kt_trace_i64(io, &obs->past.at_ms);
    kt_trace_optional(io, &obs->past.has_end, &obs->past.log_end);
}

static void visit_record(struct kt_trace_io *io, struct kt_obs *obs)
{
    struct kt_text error = kt_text_of(obs->record.error, obs->record.error ? strlen(obs->record.error) : 0);
    kt_trace_name(io, &obs->record.topic, 't');
    kt_trace_i32(io, &obs->record.partition);
    kt_trace_i64(io, &obs->record.asked);
    kt_trace_bool(io, &obs->record.found);
    kt_trace_i64(io, &obs->record.offset);
    obs->record.stamp = (enum kt_stamp)kt_trace_word(io, (int)obs->record.stamp, KT_STAMP_COUNT, stamp_word);
    kt_trace_i64(io, &obs->record.timestamp_ms);
    kt_trace_text(io, &error);
    obs->record.error = error.bytes;
}

static void visit_group(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->group.group, 'g');
    obs->group.type = (enum kt_group_type)kt_trace_word(io, (int)obs->group.type, KT_TYPE_COUNT, type_word);
    obs->group.state = (enum kt_group_state)kt_trace_word(io, (int)obs->group.state, KT_STATE_COUNT, state_word);
    kt_trace_i32(io, &obs->group.coordinator);
    kt_trace_i64(io, &obs->group.generation);
    kt_trace_bool(io, &obs->group.from_record);
    kt_trace_bool(io, &obs->group.members_known);
    if (obs->group.members_known) {
        struct kt_obs_member *list = kt_trace_list(io, obs->group.members, &obs->group.member_count, sizeof *list, 7);
        for (size_t i = 0; i < obs->group.member_count && !io->bad; i++) {
            io_member(io, &list[i]);
        }
        obs->group.members = list;
    }
    if (kt_trace_more(io)) {
        kt_trace_i64(io, &obs->group.since_ms);
    }
}

static void visit_member(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->member.group, 'g');
    io_member(io, &obs->member.member);
    if (!kt_trace_more(io)) {
        return;
    }
    obs->member.type = (enum kt_group_type)kt_trace_word(io, (int)obs->member.type, KT_TYPE_COUNT, type_word);
    obs->member.state =
        (enum kt_member_state)kt_trace_word(io, (int)obs->member.state, KT_MEMBER_STATE_COUNT, member_state_word);
    kt_trace_name(io, &obs->member.pattern, 't');
    kt_trace_i64(io, &obs->member.recorded_ms);
}

static void visit_group_epoch(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->group_epoch.group, 'g');
    kt_trace_i64(io, &obs->group_epoch.epoch);
    if (!kt_trace_more(io)) {
        return;
    }
    obs->group_epoch.type = (enum kt_group_type)kt_trace_word(io, (int)obs->group_epoch.type, KT_TYPE_COUNT, type_word);
    kt_trace_i64(io, &obs->group_epoch.target_epoch);
    /* It is over the real names: beside those of an anonymous recording it could prove nothing but a guess. */
    bool none = false;
    kt_trace_optional(io, io->out && io->anonymize ? &none : &obs->group_epoch.hash_known, &obs->group_epoch.hash);
    kt_trace_i64(io, &obs->group_epoch.recorded_ms);
}

static void visit_group_topics(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->group_topics.group, 'g');
    kt_trace_name(io, &obs->group_topics.key, 't'); /* a streams member's assignment names it where topics stand */
    io_topics(io, &obs->group_topics.topics, &obs->group_topics.topic_count);
    kt_trace_bool(io, &obs->group_topics.whole);
}

static void visit_group_gone(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->group_gone.group, 'g');
}

static void visit_commit(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->commit.group, 'g');
    kt_trace_name(io, &obs->commit.topic, 't');
    kt_trace_i32(io, &obs->commit.partition);
    kt_trace_i64(io, &obs->commit.offset);
    kt_trace_i64(io, &obs->commit.commit_ms);
    kt_trace_i64(io, &obs->commit.order);
    kt_trace_bool(io, &obs->commit.exact);
    kt_trace_bool(io, &obs->commit.backfilled);
}

static void visit_commit_gone(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->commit_gone.group, 'g');
    kt_trace_name(io, &obs->commit_gone.topic, 't');
    kt_trace_i32(io, &obs->commit_gone.partition);
}

static void visit_fresh(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_name(io, &obs->fresh.group, 'g');
    kt_trace_i32(io, &obs->fresh.offsets_partition);
    kt_trace_bool(io, &obs->fresh.held);
}

/* What it is about; a partition's name is topic/number, a broker's its number. */
static void io_subject(struct kt_trace_io *io, enum kt_scope scope, struct kt_text *name)
{
    if (!io->out || !io->anonymize || !name->bytes) {
        kt_trace_text(io, name);
        return;
    }
    char word[NAME_ROOM];
    struct kt_text hidden = kt_text_of(word, kt_anonymous_subject(scope, *name, word, sizeof word));
    kt_trace_text(io, &hidden);
}

static void visit_problem(struct kt_trace_io *io, struct kt_obs *obs)
{
    obs->problem.scope = (enum kt_scope)kt_trace_word(io, (int)obs->problem.scope, KT_SCOPE_COUNT, scope_word);
    io_subject(io, obs->problem.scope, &obs->problem.name);
    kt_trace_text(io, &obs->problem.error);
    kt_trace_sentence(io, &obs->problem.text);
    kt_trace_bool(io, &obs->problem.over);
}

static void visit_pass(struct kt_trace_io *io, struct kt_obs *obs)
{
    kt_trace_bool(io, &obs->pass.complete);
}

const struct kt_trace_kind kt_trace_kinds[KT_OBS_KIND_COUNT] = {
    [KT_OBS_SOURCE] = {"source", visit_source},
    [KT_OBS_CLUSTER] = {"cluster", visit_cluster},
    [KT_OBS_LIST_BEGIN] = {"list-begin", visit_list_begin},
    [KT_OBS_LIST_END] = {"list-end", visit_list_end},
    [KT_OBS_BROKER] = {"broker", visit_broker},
    [KT_OBS_TOPIC] = {"topic", visit_topic},
    [KT_OBS_TOPIC_ID] = {"topic-id", visit_topic_id},
    [KT_OBS_TOPIC_CONFIG] = {"topic-config", visit_topic_config},
    [KT_OBS_PARTITION] = {"partition", visit_partition},
    [KT_OBS_END] = {"end", visit_end},
    [KT_OBS_PAST] = {"past", visit_past},
    [KT_OBS_RECORD] = {"record", visit_record},
    [KT_OBS_GROUP] = {"group", visit_group},
    [KT_OBS_MEMBER] = {"member", visit_member},
    [KT_OBS_MEMBER_GONE] = {"member-gone", visit_member},
    [KT_OBS_GROUP_EPOCH] = {"group-epoch", visit_group_epoch},
    [KT_OBS_GROUP_TOPICS] = {"group-topics", visit_group_topics},
    [KT_OBS_GROUP_GONE] = {"group-gone", visit_group_gone},
    [KT_OBS_COMMIT] = {"commit", visit_commit},
    [KT_OBS_COMMIT_GONE] = {"commit-gone", visit_commit_gone},
    [KT_OBS_FRESH] = {"fresh", visit_fresh},
    [KT_OBS_PROBLEM] = {"problem", visit_problem},
    [KT_OBS_PASS] = {"pass", visit_pass},
};
