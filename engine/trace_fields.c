#include "trace_fields.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define NAME_ROOM 64
#define NOT_GIVEN "~"

/* ---- basic types ---- */

char *kt_trace_token(struct kt_trace_io *io)
{
    if (io->bad || io->at > io->end) {
        io->bad = true;
        return NULL;
    }
    char *token = io->at;
    char *tab = memchr(token, '\t', (size_t)(io->end - token));
    char *stop = tab ? tab : io->end;
    *stop = '\0';
    io->at = stop + 1; /* one past the end after the last token */
    return token;
}

void kt_trace_i64(struct kt_trace_io *io, int64_t *value)
{
    if (io->out) {
        fprintf(io->out, "\t%" PRId64, *value);
        return;
    }
    const char *token = kt_trace_token(io);
    char *rest = NULL;
    bool digits =
        token && ((*token >= '0' && *token <= '9') || *token == '-'); /* strtoll would take blanks */
    errno = 0;
    *value = digits ? strtoll(token, &rest, 10) : 0;
    if (!digits || rest == token || *rest != '\0' || errno != 0) {
        io->bad = true;
        *value = 0;
    }
}

static void io_i32(struct kt_trace_io *io, int32_t *value)
{
    int64_t wide = *value;
    kt_trace_i64(io, &wide);
    if (io->out) {
        return; /* what is written may stand in read-only memory */
    }
    io->bad = io->bad || wide < INT32_MIN || wide > INT32_MAX;
    *value = io->bad ? 0 : (int32_t)wide;
}

static void io_bool(struct kt_trace_io *io, bool *value)
{
    int64_t wide = *value;
    kt_trace_i64(io, &wide);
    if (!io->out) {
        io->bad = io->bad || (wide != 0 && wide != 1);
        *value = wide == 1;
    }
}

/* An enum by its words: what `word` says of 0 .. count - 1. */
static int io_word(struct kt_trace_io *io, int value, int count, const char *(*word)(int value))
{
    if (io->out) {
        fprintf(io->out, "\t%s", word(value));
        return value;
    }
    const char *token = kt_trace_token(io);
    for (int i = 0; token && i < count; i++) {
        if (strcmp(word(i), token) == 0) {
            return i;
        }
    }
    io->bad = true;
    return 0;
}

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

/* A count of items that take at least `tokens` tokens each, so two bytes a token but for the last. */
static size_t io_count(struct kt_trace_io *io, size_t count, int64_t tokens)
{
    int64_t wide = (int64_t)count;
    kt_trace_i64(io, &wide);
    if (!io->out && (wide < 0 || wide > (io->end - io->at + 2) / 2 / tokens)) {
        io->bad = true;
        wide = 0;
    }
    return (size_t)wide;
}

static void write_text(FILE *out, struct kt_text text)
{
    putc('\t', out);
    if (!text.bytes) {
        fputs(NOT_GIVEN, out);
        return;
    }
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        if (byte < 0x20 || byte > 0x7e || byte == '\\' || (i == 0 && byte == '~')) {
            fprintf(out, "\\x%02x", byte);
        } else {
            putc(byte, out);
        }
    }
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes the escapes in place; the length shrinks. */
static bool unescape(char *text, size_t *length)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        int high = from[1] == 'x' ? hex(from[2]) : -1;
        int low = high >= 0 ? hex(from[3]) : -1;
        if (low < 0) {
            return false;
        }
        *to++ = (char)(high * 16 + low);
        from += 3;
    }
    *to = '\0';
    *length = (size_t)(to - text);
    return true;
}

static void io_text(struct kt_trace_io *io, struct kt_text *text)
{
    if (io->out) {
        write_text(io->out, *text);
        return;
    }
    *text = kt_text_of(NULL, 0);
    char *token = kt_trace_token(io);
    if (!token || strcmp(token, NOT_GIVEN) == 0) {
        return;
    }
    size_t length = 0;
    if (!unescape(token, &length)) {
        io->bad = true;
        return;
    }
    *text = kt_text_of(token, length);
}

/* A name that --anonymize replaces; `kind` as for kt_anonymous_name. */
static void io_name(struct kt_trace_io *io, struct kt_text *name, char kind)
{
    if (io->out && io->anonymize && name->bytes && name->length > 0) {
        char word[NAME_ROOM];
        size_t length = kt_anonymous_name(kind, name->bytes, name->length, word, sizeof word);
        write_text(io->out, kt_text_of(word, length));
        return;
    }
    io_text(io, name);
}

/* Text that may quote names: left out of an anonymous recording. */
static void io_sentence(struct kt_trace_io *io, struct kt_text *text)
{
    struct kt_text none = kt_text_of("", 0);
    io_text(io, io->out && io->anonymize && text->bytes ? &none : text);
}

static void io_id(struct kt_trace_io *io, uint8_t id[16])
{
    if (io->out) {
        putc('\t', io->out);
        for (int i = 0; i < 16; i++) {
            fprintf(io->out, "%02x", id[i]);
        }
        return;
    }
    const char *token = kt_trace_token(io);
    memset(id, 0, 16);
    if (!token || strlen(token) != 32) {
        io->bad = true;
        return;
    }
    for (int i = 0; i < 16; i++) {
        int high = hex(token[2 * i]), low = hex(token[2 * i + 1]);
        io->bad = io->bad || high < 0 || low < 0;
        id[i] = (uint8_t)(high < 0 || low < 0 ? 0 : high * 16 + low);
    }
}

/* The items to visit: those that are written, or room for those that are read; *count is set when reading. */
static void *io_list(struct kt_trace_io *io, const void *items, size_t *count, size_t size, int64_t tokens)
{
    size_t told = io_count(io, *count, tokens);
    if (io->out) {
        return (void *)(uintptr_t)items;
    }
    *count = told;
    return kt_arena_take(io->arena, told, size);
}

static void io_numbers(struct kt_trace_io *io, const int32_t **items, size_t *count)
{
    int32_t *list = io_list(io, *items, count, sizeof *list, 1);
    for (size_t i = 0; i < *count; i++) {
        io_i32(io, &list[i]);
    }
    if (!io->out) {
        *items = list;
    }
}

/* ---- members ---- */

static void io_assignment(struct kt_trace_io *io, struct kt_obs_member *member)
{
    struct kt_obs_assigned *list =
        io_list(io, member->assignment, &member->assignment_count, sizeof *list, 3);
    for (size_t i = 0; i < member->assignment_count && !io->bad; i++) {
        io_name(io, &list[i].topic, 't');
        io_bool(io, &list[i].has_topic_id);
        if (list[i].has_topic_id) {
            io_id(io, list[i].topic_id);
        }
        io_numbers(io, &list[i].partitions, &list[i].partition_count);
    }
    if (!io->out) {
        member->assignment = list;
    }
}

static void io_topics(struct kt_trace_io *io, const struct kt_text **topics, size_t *count)
{
    struct kt_text *list = io_list(io, *topics, count, sizeof *list, 1);
    for (size_t i = 0; i < *count && !io->bad; i++) {
        io_name(io, &list[i], 't');
    }
    if (!io->out) {
        *topics = list;
    }
}

static void io_member(struct kt_trace_io *io, struct kt_obs_member *member)
{
    io_name(io, &member->member_id, 'm');
    io_name(io, &member->client_id, 'c');
    io_name(io, &member->host, 'h');
    io_name(io, &member->instance_id, 'm');
    io_i32(io, &member->epoch);
    io_bool(io, &member->subscription_known);
    if (member->subscription_known) {
        io_topics(io, &member->subscription, &member->subscription_count);
    }
    io_bool(io, &member->assignment_known);
    if (member->assignment_known) {
        io_assignment(io, member);
    }
}

/* ---- the kinds ---- */

static void visit_source(struct kt_trace_io *io, struct kt_obs *obs)
{
    obs->source.kind =
        (enum kt_source_kind)io_word(io, (int)obs->source.kind, KT_SOURCE_KIND_COUNT, source_word);
    io_sentence(io, &obs->source.reason);
}

static void visit_cluster(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->cluster.cluster_id, 'k');
    io_i32(io, &obs->cluster.controller);
    io_i32(io, &obs->cluster.offsets_partition_count);
}

static void visit_list_begin(struct kt_trace_io *io, struct kt_obs *obs)
{
    obs->list.what = (enum kt_listing)io_word(io, (int)obs->list.what, KT_LISTING_COUNT, listing_word);
}

static void visit_list_end(struct kt_trace_io *io, struct kt_obs *obs)
{
    visit_list_begin(io, obs);
    io_bool(io, &obs->list.complete);
}

static void visit_broker(struct kt_trace_io *io, struct kt_obs *obs)
{
    int32_t up = obs->broker.up;
    io_i32(io, &obs->broker.id);
    io_name(io, &obs->broker.host, 'h');
    io_i32(io, &obs->broker.port);
    io_name(io, &obs->broker.rack, 'r');
    io_i32(io, &up);
    obs->broker.up = up;
    kt_trace_i64(io, &obs->broker.rtt_us);
}

static void visit_topic(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->topic.name, 't');
    io_i32(io, &obs->topic.partition_count);
    io_bool(io, &obs->topic.internal);
}

static void visit_topic_id(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->topic_id.name, 't');
    io_id(io, obs->topic_id.id);
}

/* A number that is there only when its flag is. */
static void io_optional(struct kt_trace_io *io, bool *has, int64_t *value)
{
    io_bool(io, has);
    if (*has) {
        kt_trace_i64(io, value);
    }
}

static void visit_topic_config(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->topic_config.name, 't');
    io_bool(io, &obs->topic_config.compacts);
    io_bool(io, &obs->topic_config.deletes);
    io_optional(io, &obs->topic_config.has_retention, &obs->topic_config.retention_ms);
    io_bool(io, &obs->topic_config.has_timestamps);
    io_bool(io, &obs->topic_config.log_append);
}

static void visit_partition(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->partition.topic, 't');
    io_i32(io, &obs->partition.partition);
    io_i32(io, &obs->partition.leader);
    io_numbers(io, &obs->partition.replicas, &obs->partition.replica_count);
    io_numbers(io, &obs->partition.isr, &obs->partition.isr_count);
}

static void visit_end(struct kt_trace_io *io, struct kt_obs *obs)
{
    struct kt_text error = kt_text_of(obs->end.error, obs->end.error ? strlen(obs->end.error) : 0);
    io_name(io, &obs->end.topic, 't');
    io_i32(io, &obs->end.partition);
    io_optional(io, &obs->end.has_end, &obs->end.log_end);
    io_optional(io, &obs->end.has_start, &obs->end.log_start);
    io_optional(io, &obs->end.has_stable, &obs->end.last_stable);
    io_text(io, &error);
    obs->end.error = error.bytes;
}

static void visit_past(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->past.topic, 't');
    io_i32(io, &obs->past.partition);
    kt_trace_i64(io, &obs->past.at_ms);
    io_optional(io, &obs->past.has_end, &obs->past.log_end);
}

static void visit_record(struct kt_trace_io *io, struct kt_obs *obs)
{
    struct kt_text error = kt_text_of(obs->record.error, obs->record.error ? strlen(obs->record.error) : 0);
    io_name(io, &obs->record.topic, 't');
    io_i32(io, &obs->record.partition);
    kt_trace_i64(io, &obs->record.asked);
    io_bool(io, &obs->record.found);
    kt_trace_i64(io, &obs->record.offset);
    obs->record.stamp = (enum kt_stamp)io_word(io, (int)obs->record.stamp, KT_STAMP_COUNT, stamp_word);
    kt_trace_i64(io, &obs->record.timestamp_ms);
    io_text(io, &error);
    obs->record.error = error.bytes;
}

/* What older recordings do not have stands at the end of a line: absent, it is not known. */
static bool more(const struct kt_trace_io *io)
{
    return io->out || (!io->bad && io->at <= io->end);
}

static void visit_group(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->group.group, 'g');
    obs->group.type = (enum kt_group_type)io_word(io, (int)obs->group.type, KT_TYPE_COUNT, type_word);
    obs->group.state = (enum kt_group_state)io_word(io, (int)obs->group.state, KT_STATE_COUNT, state_word);
    io_i32(io, &obs->group.coordinator);
    kt_trace_i64(io, &obs->group.generation);
    io_bool(io, &obs->group.from_record);
    io_bool(io, &obs->group.members_known);
    if (obs->group.members_known) {
        struct kt_obs_member *list = io_list(io, obs->group.members, &obs->group.member_count, sizeof *list, 7);
        for (size_t i = 0; i < obs->group.member_count && !io->bad; i++) {
            io_member(io, &list[i]);
        }
        obs->group.members = list;
    }
    if (more(io)) {
        kt_trace_i64(io, &obs->group.since_ms);
    }
}

static void visit_member(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->member.group, 'g');
    io_member(io, &obs->member.member);
    if (!more(io)) {
        return;
    }
    obs->member.type = (enum kt_group_type)io_word(io, (int)obs->member.type, KT_TYPE_COUNT, type_word);
    obs->member.state =
        (enum kt_member_state)io_word(io, (int)obs->member.state, KT_MEMBER_STATE_COUNT, member_state_word);
    io_name(io, &obs->member.pattern, 't');
    kt_trace_i64(io, &obs->member.recorded_ms);
}

static void visit_group_epoch(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->group_epoch.group, 'g');
    kt_trace_i64(io, &obs->group_epoch.epoch);
    if (!more(io)) {
        return;
    }
    obs->group_epoch.type = (enum kt_group_type)io_word(io, (int)obs->group_epoch.type, KT_TYPE_COUNT, type_word);
    kt_trace_i64(io, &obs->group_epoch.target_epoch);
    io_optional(io, &obs->group_epoch.hash_known, &obs->group_epoch.hash);
    kt_trace_i64(io, &obs->group_epoch.recorded_ms);
}

static void visit_group_topics(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->group_topics.group, 'g');
    io_name(io, &obs->group_topics.key, 't'); /* a streams member's assignment names it where topics stand */
    io_topics(io, &obs->group_topics.topics, &obs->group_topics.topic_count);
    io_bool(io, &obs->group_topics.whole);
}

static void visit_group_gone(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->group_gone.group, 'g');
}

static void visit_commit(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->commit.group, 'g');
    io_name(io, &obs->commit.topic, 't');
    io_i32(io, &obs->commit.partition);
    kt_trace_i64(io, &obs->commit.offset);
    kt_trace_i64(io, &obs->commit.commit_ms);
    kt_trace_i64(io, &obs->commit.order);
    io_bool(io, &obs->commit.exact);
    io_bool(io, &obs->commit.backfilled);
}

static void visit_commit_gone(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->commit_gone.group, 'g');
    io_name(io, &obs->commit_gone.topic, 't');
    io_i32(io, &obs->commit_gone.partition);
}

static void visit_fresh(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_name(io, &obs->fresh.group, 'g');
    io_i32(io, &obs->fresh.offsets_partition);
    io_bool(io, &obs->fresh.held);
}

/* What it is about; a partition's name is topic/number, a broker's its number. */
static void io_subject(struct kt_trace_io *io, enum kt_scope scope, struct kt_text *name)
{
    if (!io->out || !io->anonymize || !name->bytes) {
        io_text(io, name);
        return;
    }
    char word[NAME_ROOM];
    size_t length = kt_anonymous_subject(scope, *name, word, sizeof word);
    write_text(io->out, kt_text_of(word, length));
}

static void visit_problem(struct kt_trace_io *io, struct kt_obs *obs)
{
    obs->problem.scope = (enum kt_scope)io_word(io, (int)obs->problem.scope, KT_SCOPE_COUNT, scope_word);
    io_subject(io, obs->problem.scope, &obs->problem.name);
    io_text(io, &obs->problem.error);
    io_sentence(io, &obs->problem.text);
    io_bool(io, &obs->problem.over);
}

static void visit_pass(struct kt_trace_io *io, struct kt_obs *obs)
{
    io_bool(io, &obs->pass.complete);
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
