/* The contract's document kafkatop.snapshot/1: a walk over the tables of facts. */
#include <string.h>

#include "config.h"
#include "export_format.h"
#include "json.h"
#include "json_utf8.h"

#define SCHEMA "kafkatop.snapshot/1"

/* ---- values of the tables ---- */

void kt_export_put_marks(struct kt_json *json, const char *key, uint32_t marks)
{
    kt_json_key(json, key);
    kt_json_open_flat(json, '[');
    for (unsigned i = 0; i < KT_MARK_COUNT; i++) {
        if (marks & (UINT32_C(1) << i)) {
            kt_json_item(json);
            kt_json_word(json, kt_mark_name(UINT32_C(1) << i));
        }
    }
    kt_json_close(json, ']');
}

/* A list of names, and beside it, where one is no UTF-8, their bytes: null for each name that needs it not. */
static void put_names(struct kt_json *json, const char *key, const char *beside, const struct kt_text *names,
                      size_t count)
{
    bool any_bad = false;
    kt_json_key(json, key);
    kt_json_open_flat(json, '[');
    for (size_t i = 0; i < count; i++) {
        any_bad = any_bad || !kt_utf8_valid(names[i].bytes, names[i].length);
        kt_json_item(json);
        kt_json_text(json, names[i].bytes, names[i].length);
    }
    kt_json_close(json, ']');
    if (!any_bad) {
        return;
    }
    kt_json_key(json, beside);
    kt_json_open_flat(json, '[');
    for (size_t i = 0; i < count; i++) {
        kt_json_item(json);
        if (kt_utf8_valid(names[i].bytes, names[i].length)) {
            kt_json_null(json);
        } else {
            kt_json_base64(json, names[i].bytes, names[i].length);
        }
    }
    kt_json_close(json, ']');
}

/* The names of the members that hold bytes. */
static const char *beside_of(const char *name)
{
    static const char *const pairs[][2] = {
        {"name", "name_base64"},
        {"topic", "topic_base64"},
        {"member_id", "member_id_base64"},
        {"client_id", "client_id_base64"},
        {"host", "host_base64"},
        {"instance_id", "instance_id_base64"},
        {"why", "why_base64"},
        {"rack", "rack_base64"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (strcmp(pairs[i][0], name) == 0) {
            return pairs[i][1];
        }
    }
    return "bytes_base64";
}

static void put_number(struct kt_json *json, const struct kt_field *field, const void *place, bool known)
{
    kt_json_key(json, field->name);
    if (!known) {
        kt_json_null(json);
    } else if (field->kind == KT_FIELD_I64) {
        kt_json_i64(json, *(const int64_t *)place);
    } else if (field->kind == KT_FIELD_TRI) {
        kt_json_bool(json, *(const bool *)place);
    } else if (strcmp(field->unit, "0..1") == 0) {
        kt_json_share(json, *(const double *)place);
    } else {
        kt_json_rate(json, *(const double *)place);
    }
}

static void put_field(struct kt_json *json, const struct kt_field *field, const void *place, bool known)
{
    switch (field->kind) {
    case KT_FIELD_I64:
    case KT_FIELD_F64:
    case KT_FIELD_TRI:
        put_number(json, field, place, known);
        break;
    case KT_FIELD_BOOL:
        kt_json_put_bool(json, field->name, *(const bool *)place);
        break;
    case KT_FIELD_TEXT:
        kt_json_put_name(json, field->name, beside_of(field->name), *(const struct kt_text *)place);
        break;
    case KT_FIELD_WORD:
        kt_json_put_word(json, field->name, *(const char *const *)place);
        break;
    case KT_FIELD_STATUS:
        kt_json_put_word(json, field->name, kt_status_name(*(const enum kt_status *)place));
        break;
    case KT_FIELD_MARKS:
        kt_export_put_marks(json, field->name, *(const uint32_t *)place);
        break;
    }
}

/* All facts of a row; `known` is the row's mask. */
static void put_row(struct kt_json *json, const struct kt_field *fields, size_t count, const void *row,
                    uint64_t known)
{
    for (size_t i = 0; i < count; i++) {
        put_field(json, &fields[i], (const char *)row + fields[i].offset, known >> i & 1);
    }
}

static void put_known_rate(struct kt_json *json, const char *key, bool known, double value)
{
    kt_json_key(json, key);
    if (known) {
        kt_json_rate(json, value);
    } else {
        kt_json_null(json);
    }
}

/* ---- brokers, topics ---- */

static void write_brokers(struct kt_json *json, const struct kt_snapshot *snap)
{
    kt_json_key(json, "brokers");
    kt_json_open(json, '[');
    for (size_t i = 0; i < snap->broker_count; i++) {
        const struct kt_broker *broker = &snap->brokers[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        put_row(json, kt_broker_fields, KT_BROKER_FIELD_COUNT, broker, broker->known);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void put_numbers(struct kt_json *json, const char *key, const int32_t *items, size_t count)
{
    kt_json_key(json, key);
    kt_json_open_flat(json, '[');
    for (size_t i = 0; i < count; i++) {
        kt_json_item(json);
        kt_json_i64(json, items[i]);
    }
    kt_json_close(json, ']');
}

static void write_topic_partitions(struct kt_json *json, const struct kt_topic *topic)
{
    kt_json_key(json, "partitions");
    kt_json_open(json, '[');
    for (size_t i = 0; i < topic->partitions_length; i++) {
        const struct kt_partition *partition = &topic->partitions[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        put_row(json, kt_partition_fields, KT_PARTITION_FIELD_COUNT, partition, partition->known);
        put_numbers(json, "replicas", partition->replicas, partition->replica_count);
        put_numbers(json, "isr", partition->isr, partition->isr_count);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_topics(struct kt_json *json, const struct kt_snapshot *snap, enum kt_detail detail)
{
    kt_json_key(json, "topics");
    kt_json_open(json, '[');
    for (size_t i = 0; i < snap->topic_count; i++) {
        const struct kt_topic *topic = snap->topics[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        put_row(json, kt_topic_fields, KT_TOPIC_FIELD_COUNT, topic, topic->known);
        put_names(json, "groups", "groups_base64", topic->groups, topic->group_count);
        if (detail != KT_DETAIL_GROUPS) {
            write_topic_partitions(json, topic);
        }
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

/* ---- groups ---- */

static void write_members(struct kt_json *json, const struct kt_group *group)
{
    kt_json_key(json, "members");
    kt_json_open(json, '[');
    for (size_t i = 0; i < group->member_count; i++) {
        const struct kt_member *member = &group->members[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        put_row(json, kt_member_fields, KT_MEMBER_FIELD_COUNT, member, member->known);
        if (member->subscription_known) {
            put_names(json, "subscription", "subscription_base64", member->subscription,
                      member->subscription_count);
        } else {
            kt_json_put_null(json, "subscription");
        }
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void put_owner(struct kt_json *json, const struct kt_group *group, const struct kt_lag *lag)
{
    kt_json_key(json, "owner");
    if (lag->owner < 0 || (size_t)lag->owner >= group->member_count) {
        kt_json_null(json);
        return;
    }
    const struct kt_member *member = &group->members[lag->owner];
    kt_json_open_flat(json, '{');
    kt_json_put_name(json, "client_id", "client_id_base64", member->client_id);
    kt_json_put_name(json, "host", "host_base64", member->host);
    kt_json_put_name(json, "member_id", "member_id_base64", member->member_id);
    kt_json_close(json, '}');
}

static void put_window(struct kt_json *json, const struct kt_lag_facts *lag)
{
    kt_json_key(json, "window");
    kt_json_open_flat(json, '[');
    for (size_t i = 0; i < lag->window_count; i++) {
        const struct kt_commit *commit = &lag->window[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_put_i64(json, "offset", commit->offset);
        kt_json_put_i64(json, "at", commit->at_ms);
        if (commit->lag_known) {
            kt_json_put_u64(json, "lag", commit->lag);
        } else {
            kt_json_put_null(json, "lag");
        }
        kt_json_put_bool(json, "estimated", commit->lag_estimated);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_lags(struct kt_json *json, const struct kt_snapshot *snap, const struct kt_group *group,
                       enum kt_detail detail)
{
    kt_json_key(json, "partitions");
    kt_json_open(json, '[');
    for (size_t i = 0; i < group->lag_count; i++) {
        const struct kt_lag *lag = &group->lags[i];
        struct kt_lag_facts facts;
        kt_lag_unpack(lag, &facts);
        facts.as_of = kt_snapshot_as_of(snap, lag);
        kt_json_item(json);
        kt_json_open(json, '{');
        put_row(json, kt_lag_fields, KT_LAG_FIELD_COUNT, &facts, facts.known);
        put_owner(json, group, lag);
        if (detail == KT_DETAIL_WINDOWS) {
            put_window(json, &facts);
        }
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_groups(struct kt_json *json, const struct kt_snapshot *snap, enum kt_detail detail)
{
    kt_json_key(json, "groups");
    kt_json_open(json, '[');
    for (size_t i = 0; i < snap->group_count; i++) {
        const struct kt_group *group = snap->groups[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        put_row(json, kt_group_fields, KT_GROUP_FIELD_COUNT, group, group->known);
        kt_json_put_bool(json, "members_known", group->members_known);
        write_members(json, group);
        if (detail != KT_DETAIL_GROUPS) {
            write_lags(json, snap, group, detail);
        }
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

/* ---- the cluster ---- */

static void put_settings(struct kt_json *json, const struct kt_settings *settings)
{
    kt_json_key(json, "settings");
    kt_json_open_flat(json, '{');
    kt_json_put_i64(json, "intervals", (int64_t)settings->intervals);
    kt_json_put_i64(json, "min_distance_ms", settings->min_distance_ms);
    kt_json_put_i64(json, "allowed_lag", settings->allowed_lag);
    kt_json_key(json, "minimum_complete");
    kt_json_share(json, settings->minimum_complete);
    kt_json_put_i64(json, "expire_group_ms", settings->expire_group_ms);
    kt_json_put_i64(json, "delay_ms", settings->delay_ms);
    kt_json_close(json, '}');
}

static void put_filters(struct kt_json *json, const struct kt_snapshot *snap)
{
    static const char *const keys[4][2] = {{"groups", "groups_base64"},
                                           {"exclude_groups", "exclude_groups_base64"},
                                           {"topics", "topics_base64"},
                                           {"exclude_topics", "exclude_topics_base64"}};
    kt_json_key(json, "filters");
    kt_json_open_flat(json, '{');
    for (size_t i = 0; i < 4; i++) {
        put_names(json, keys[i][0], keys[i][1], snap->filters[i], snap->filter_counts[i]);
    }
    kt_json_put_u64(json, "hidden_groups", snap->hidden_groups);
    kt_json_close(json, '}');
}

void kt_export_put_counts(struct kt_json *json, const struct kt_counts *counts)
{
    kt_json_key(json, "counts");
    kt_json_open_flat(json, '{');
    kt_json_put_u64(json, "OK", counts->ok);
    kt_json_put_u64(json, "WARN", counts->warn);
    kt_json_put_u64(json, "ERR", counts->err);
    kt_json_put_u64(json, "unknown", counts->unknown);
    kt_json_put_u64(json, "abandoned", counts->abandoned);
    kt_json_close(json, '}');
}

/* A text that the contract wants even where there is none. */
static struct kt_text or_empty(struct kt_text text)
{
    return text.bytes ? text : kt_text_of("", 0);
}

static void put_identity(struct kt_json *json, const struct kt_snapshot *snap)
{
    kt_json_put_name(json, "name", "name_base64", or_empty(snap->name));
    kt_json_put_name(json, "bootstrap", "bootstrap_base64", or_empty(snap->bootstrap));
    kt_json_put_name(json, "cluster_id", "cluster_id_base64", snap->cluster_id);
    kt_json_put_word(json, "source", kt_source_kind_name(snap->source));
    kt_json_put_name(json, "source_reason", "source_reason_base64", snap->source_reason);
    kt_json_put_name(json, "activity", "activity_base64", snap->activity);
    kt_json_put_word(json, "tls_unchecked", snap->tls_unchecked);
    kt_json_put_u64(json, "sequence", snap->sequence);
    kt_json_put_bool(json, "partial", snap->partial);
    kt_json_put_bool(json, "stale", snap->stale);
    kt_json_put_bool(json, "collected", snap->collected);
    kt_json_put_known_i64(json, "collected_in_ms", snap->collected, snap->collected_in_ms);
    kt_json_put_i64(json, "taken_at", snap->taken_ms);
    kt_json_put_known_i64(json, "as_of", snap->as_of_known, snap->as_of_ms);
    put_settings(json, &snap->settings);
    put_filters(json, snap);
    kt_export_put_counts(json, &snap->counts);
    kt_json_put_known_i64(json, "total_lag", snap->total_lag_known, snap->total_lag);
    put_known_rate(json, "produce_rate", snap->produce_known, snap->produce_rate);
    put_known_rate(json, "consume_rate", snap->consume_known, snap->consume_rate);
    kt_json_put_known_i64(json, "oldest_ms", snap->oldest_known, snap->oldest_ms);
    kt_json_put_u64(json, "under_replicated", snap->under_replicated);
    kt_json_put_u64(json, "offline", snap->offline);
    kt_json_put_known_i64(json, "controller", snap->controller >= 0, snap->controller);
}

static void put_screen(struct kt_json *json, const struct kt_export_screen *screen)
{
    kt_json_key(json, "screen");
    kt_json_open_flat(json, '{');
    kt_json_put_word(json, "panel", screen->panel);
    kt_json_put_name(json, "filter", "filter_base64",
             kt_text_of(screen->filter, screen->filter ? strlen(screen->filter) : 0));
    kt_json_put_bool(json, "problems_only", screen->problems_only);
    kt_json_put_u64(json, "rows", screen->rows);
    kt_json_put_u64(json, "rows_left_out", screen->rows_left_out);
    kt_json_put_u64(json, "groups_left_out", screen->groups_left_out);
    kt_json_close(json, '}');
}

static void write_problems(struct kt_json *json, const struct kt_snapshot *snap)
{
    kt_json_key(json, "problems");
    kt_json_open(json, '[');
    for (size_t i = 0; i < snap->problem_count; i++) {
        const struct kt_problem *problem = &snap->problems[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_put_word(json, "scope", kt_scope_name(problem->scope));
        kt_json_put_name(json, "name", "name_base64", or_empty(problem->name));
        kt_json_put_name(json, "error", "error_base64", or_empty(problem->error));
        kt_json_put_name(json, "text", "text_base64", or_empty(problem->text));
        kt_json_put_i64(json, "since", problem->since_ms);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_causes(struct kt_json *json, const struct kt_snapshot *snap)
{
    kt_json_key(json, "causes");
    kt_json_open(json, '[');
    for (size_t i = 0; i < snap->cause_count; i++) {
        const struct kt_cause *cause = &snap->causes[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_put_word(json, "kind", kt_cause_kind_name(cause->kind));
        kt_json_put_name(json, "group", "group_base64", cause->group);
        kt_json_put_name(json, "value", "value_base64", cause->value);
        kt_json_put_name(json, "host", "host_base64", cause->host);
        kt_json_put_known_i64(json, "number", cause->number >= 0, cause->number);
        kt_json_put_word(json, "status", kt_status_name(cause->status));
        kt_json_put_word(json, "counts", cause->of_groups ? "groups" : "partitions");
        kt_json_put_bool(json, "rest", cause->rest);
        kt_json_put_i64(json, "bad", cause->bad);
        kt_json_put_i64(json, "bad_total", cause->bad_total);
        kt_json_put_i64(json, "all", cause->all);
        kt_json_put_i64(json, "all_total", cause->all_total);
        kt_json_put_name(json, "text", "text_base64", or_empty(cause->text));
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void put_value(struct kt_json *json, const char *key, const struct kt_event_value *value)
{
    kt_json_key(json, key);
    if (value->kind == KT_VALUE_NUMBER) {
        kt_json_i64(json, value->number);
    } else {
        kt_json_word(json, value->kind == KT_VALUE_WORD ? value->word : NULL);
    }
}

static void write_events(struct kt_json *json, const struct kt_snapshot *snap)
{
    kt_json_key(json, "events");
    kt_json_open(json, '[');
    for (size_t i = 0; i < snap->event_count; i++) {
        const struct kt_event *event = &snap->events[i];
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_put_i64(json, "at", event->at_ms);
        kt_json_put_word(json, "kind", kt_event_kind_name(event->kind));
        kt_json_put_name(json, "group", "group_base64", event->group);
        kt_json_put_name(json, "topic", "topic_base64", event->topic);
        kt_json_put_known_i64(json, "partition", event->has_partition, event->partition);
        kt_json_put_u64(json, "more_partitions", event->more_partitions);
        put_value(json, "from", &event->from);
        put_value(json, "to", &event->to);
        kt_json_put_name(json, "text", "text_base64", or_empty(event->text));
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_cluster(struct kt_json *json, const struct kt_snapshot *snap,
                          const struct kt_export_settings *settings)
{
    enum kt_detail detail = settings->detail;
    kt_json_open(json, '{');
    put_identity(json, snap);
    if (settings->screen) {
        put_screen(json, settings->screen);
    }
    write_problems(json, snap);
    write_causes(json, snap);
    write_events(json, snap);
    write_brokers(json, snap);
    write_topics(json, snap, detail);
    write_groups(json, snap, detail);
    kt_json_close(json, '}');
}

void kt_export_json(const struct kt_snapshot *const *snaps, size_t count,
                    const struct kt_export_settings *settings, FILE *out)
{
    struct kt_json json;
    bool burrow = count > 0 && snaps[0]->settings.rules == KT_RULES_BURROW;
    kt_json_begin(&json, out, settings->pretty);
    kt_json_open(&json, '{');
    kt_json_put_word(&json, "schema", SCHEMA);
    kt_json_put_word(&json, "version", KAFKATOP_VERSION);
    kt_json_put_known_i64(&json, "taken_at", count > 0, count > 0 ? snaps[0]->taken_ms : 0);
    kt_json_put_word(&json, "rules", burrow ? "burrow" : "kafkatop");
    kt_json_key(&json, "clusters");
    kt_json_open(&json, '[');
    for (size_t i = 0; i < count; i++) {
        kt_json_item(&json);
        write_cluster(&json, snaps[i], settings);
    }
    kt_json_close(&json, ']');
    kt_json_close(&json, '}');
    kt_json_end(&json);
    fputc('\n', out);
}
