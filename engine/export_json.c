/* The contract's document kafkatop.snapshot/1: a walk over the tables of facts. */
#include <string.h>

#include "config.h"
#include "export_format.h"
#include "json.h"
#include "json_utf8.h"

#define SCHEMA "kafkatop.snapshot/1"

/* ---- values of the tables ---- */

static cJSON *word(const char *text)
{
    return kt_json_text(text, text ? strlen(text) : 0);
}

static cJSON *marks_of(uint32_t marks)
{
    cJSON *array = kt_json_array();
    for (unsigned i = 0; i < KT_MARK_COUNT; i++) {
        if (marks & (UINT32_C(1) << i)) {
            kt_json_add(array, word(kt_mark_name(UINT32_C(1) << i)));
        }
    }
    return array;
}

/* A name, and beside it the bytes where they are no UTF-8. `beside` is the name of that second member. */
static void put_name(cJSON *row, const char *key, const char *beside, struct kt_text text)
{
    kt_json_put(row, key, kt_json_text(text.bytes, text.length));
    if (text.bytes && !kt_utf8_valid(text.bytes, text.length)) {
        kt_json_put(row, beside, kt_json_base64(text.bytes, text.length));
    }
}

/* The same for a list: then the second one has null for each name that needs it not. */
static void put_names(cJSON *row, const char *key, const char *beside, const struct kt_text *names,
                      size_t count)
{
    cJSON *array = kt_json_array(), *bytes = kt_json_array();
    bool any_bad = false;
    for (size_t i = 0; i < count; i++) {
        bool valid = kt_utf8_valid(names[i].bytes, names[i].length);
        any_bad = any_bad || !valid;
        kt_json_add(array, kt_json_text(names[i].bytes, names[i].length));
        kt_json_add(bytes, valid ? kt_json_null() : kt_json_base64(names[i].bytes, names[i].length));
    }
    kt_json_put(row, key, array);
    if (any_bad) {
        kt_json_put(row, beside, bytes);
    } else {
        cJSON_Delete(bytes);
    }
}

/* Names of the members that hold bytes; they must live as long as the row, so they stand here. */
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

static cJSON *number_of(const struct kt_field *field, const void *place, bool known)
{
    if (!known) {
        return kt_json_null();
    }
    if (field->kind == KT_FIELD_F64) {
        bool share = strcmp(field->unit, "0..1") == 0;
        return share ? kt_json_share(*(const double *)place) : kt_json_rate(*(const double *)place);
    }
    if (field->kind == KT_FIELD_I64) {
        return kt_json_i64(*(const int64_t *)place);
    }
    return kt_json_bool(*(const bool *)place);
}

static void put_field(cJSON *row, const struct kt_field *field, const void *place, bool known)
{
    switch (field->kind) {
    case KT_FIELD_I64:
    case KT_FIELD_F64:
    case KT_FIELD_TRI:
        kt_json_put(row, field->name, number_of(field, place, known));
        break;
    case KT_FIELD_BOOL:
        kt_json_put(row, field->name, kt_json_bool(*(const bool *)place));
        break;
    case KT_FIELD_TEXT:
        put_name(row, field->name, beside_of(field->name), *(const struct kt_text *)place);
        break;
    case KT_FIELD_WORD:
        kt_json_put(row, field->name, word(*(const char *const *)place));
        break;
    case KT_FIELD_STATUS:
        kt_json_put(row, field->name, word(kt_status_name(*(const enum kt_status *)place)));
        break;
    case KT_FIELD_MARKS:
        kt_json_put(row, field->name, marks_of(*(const uint32_t *)place));
        break;
    }
}

/* An object with all facts of a row; `known` is the row's mask. */
static cJSON *row_of(const struct kt_field *fields, size_t count, const void *row, uint64_t known)
{
    cJSON *object = kt_json_object();
    for (size_t i = 0; i < count; i++) {
        put_field(object, &fields[i], (const char *)row + fields[i].offset, known >> i & 1);
    }
    return object;
}

static cJSON *known_i64(bool known, int64_t value)
{
    return known ? kt_json_i64(value) : kt_json_null();
}

static cJSON *known_rate(bool known, double value)
{
    return known ? kt_json_rate(value) : kt_json_null();
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
        kt_json_take_members(json, row_of(kt_broker_fields, KT_BROKER_FIELD_COUNT, broker, broker->known));
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static cJSON *numbers(const int32_t *items, size_t count)
{
    cJSON *array = kt_json_array();
    for (size_t i = 0; i < count; i++) {
        kt_json_add(array, kt_json_i64(items[i]));
    }
    return array;
}

static void write_topic_partitions(struct kt_json *json, const struct kt_topic *topic)
{
    kt_json_key(json, "partitions");
    kt_json_open(json, '[');
    for (size_t i = 0; i < topic->partitions_length; i++) {
        const struct kt_partition *partition = &topic->partitions[i];
        cJSON *row = row_of(kt_partition_fields, KT_PARTITION_FIELD_COUNT, partition, partition->known);
        kt_json_put(row, "replicas", numbers(partition->replicas, partition->replica_count));
        kt_json_put(row, "isr", numbers(partition->isr, partition->isr_count));
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_take_members(json, row);
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
        cJSON *row = row_of(kt_topic_fields, KT_TOPIC_FIELD_COUNT, topic, topic->known);
        put_names(row, "groups", "groups_base64", topic->groups, topic->group_count);
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_take_members(json, row);
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
        cJSON *row = row_of(kt_member_fields, KT_MEMBER_FIELD_COUNT, member, member->known);
        if (member->subscription_known) {
            put_names(row, "subscription", "subscription_base64", member->subscription,
                      member->subscription_count);
        } else {
            kt_json_put(row, "subscription", kt_json_null());
        }
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_take_members(json, row);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static cJSON *owner_of(const struct kt_group *group, const struct kt_lag *lag)
{
    if (lag->owner < 0 || (size_t)lag->owner >= group->member_count) {
        return kt_json_null();
    }
    const struct kt_member *member = &group->members[lag->owner];
    cJSON *owner = kt_json_object();
    put_name(owner, "client_id", "client_id_base64", member->client_id);
    put_name(owner, "host", "host_base64", member->host);
    put_name(owner, "member_id", "member_id_base64", member->member_id);
    return owner;
}

static void put_window(cJSON *row, const struct kt_lag *lag)
{
    cJSON *window = kt_json_array();
    for (size_t i = 0; i < lag->window_count; i++) {
        const struct kt_commit *commit = &lag->window[i];
        cJSON *item = kt_json_object();
        kt_json_put(item, "offset", kt_json_i64(commit->offset));
        kt_json_put(item, "at", kt_json_i64(commit->at_ms));
        kt_json_put(item, "lag", commit->lag_known ? kt_json_u64(commit->lag) : kt_json_null());
        kt_json_put(item, "estimated", kt_json_bool(commit->lag_estimated));
        kt_json_add(window, item);
    }
    kt_json_put(row, "window", window);
}

static void write_lags(struct kt_json *json, const struct kt_group *group, enum kt_detail detail)
{
    kt_json_key(json, "partitions");
    kt_json_open(json, '[');
    for (size_t i = 0; i < group->lag_count; i++) {
        const struct kt_lag *lag = &group->lags[i];
        cJSON *row = row_of(kt_lag_fields, KT_LAG_FIELD_COUNT, lag, lag->known);
        kt_json_put(row, "owner", owner_of(group, lag));
        if (detail == KT_DETAIL_WINDOWS) {
            put_window(row, lag);
        }
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_take_members(json, row);
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
        cJSON *row = row_of(kt_group_fields, KT_GROUP_FIELD_COUNT, group, group->known);
        kt_json_put(row, "members_known", kt_json_bool(group->members_known));
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_take_members(json, row);
        write_members(json, group);
        if (detail != KT_DETAIL_GROUPS) {
            write_lags(json, group, detail);
        }
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

/* ---- the cluster ---- */

static cJSON *settings_of(const struct kt_settings *settings)
{
    cJSON *object = kt_json_object();
    kt_json_put(object, "intervals", kt_json_i64((int64_t)settings->intervals));
    kt_json_put(object, "min_distance_ms", kt_json_i64(settings->min_distance_ms));
    kt_json_put(object, "allowed_lag", kt_json_i64(settings->allowed_lag));
    kt_json_put(object, "minimum_complete", kt_json_share(settings->minimum_complete));
    kt_json_put(object, "expire_group_ms", kt_json_i64(settings->expire_group_ms));
    kt_json_put(object, "delay_ms", kt_json_i64(settings->delay_ms));
    return object;
}

static cJSON *filters_of(const struct kt_snapshot *snap)
{
    static const char *const keys[4][2] = {{"groups", "groups_base64"},
                                           {"exclude_groups", "exclude_groups_base64"},
                                           {"topics", "topics_base64"},
                                           {"exclude_topics", "exclude_topics_base64"}};
    cJSON *object = kt_json_object();
    for (size_t i = 0; i < 4; i++) {
        put_names(object, keys[i][0], keys[i][1], snap->filters[i], snap->filter_counts[i]);
    }
    kt_json_put(object, "hidden_groups", kt_json_u64(snap->hidden_groups));
    return object;
}

static cJSON *counts_of(const struct kt_counts *counts)
{
    cJSON *object = kt_json_object();
    kt_json_put(object, "OK", kt_json_u64(counts->ok));
    kt_json_put(object, "WARN", kt_json_u64(counts->warn));
    kt_json_put(object, "ERR", kt_json_u64(counts->err));
    kt_json_put(object, "unknown", kt_json_u64(counts->unknown));
    kt_json_put(object, "abandoned", kt_json_u64(counts->abandoned));
    return object;
}

/* A text that the contract wants even where there is none. */
static struct kt_text or_empty(struct kt_text text)
{
    return text.bytes ? text : kt_text_of("", 0);
}

static cJSON *identity_of(const struct kt_snapshot *snap)
{
    cJSON *object = kt_json_object();
    put_name(object, "name", "name_base64", or_empty(snap->name));
    put_name(object, "bootstrap", "bootstrap_base64", or_empty(snap->bootstrap));
    put_name(object, "cluster_id", "cluster_id_base64", snap->cluster_id);
    kt_json_put(object, "source", word(kt_source_kind_name(snap->source)));
    put_name(object, "source_reason", "source_reason_base64", snap->source_reason);
    put_name(object, "activity", "activity_base64", snap->activity);
    kt_json_put(object, "tls_unchecked", word(snap->tls_unchecked));
    kt_json_put(object, "sequence", kt_json_u64(snap->sequence));
    kt_json_put(object, "partial", kt_json_bool(snap->partial));
    kt_json_put(object, "stale", kt_json_bool(snap->stale));
    kt_json_put(object, "collected", kt_json_bool(snap->collected));
    kt_json_put(object, "collected_in_ms", known_i64(snap->collected, snap->collected_in_ms));
    kt_json_put(object, "taken_at", kt_json_i64(snap->taken_ms));
    kt_json_put(object, "as_of", known_i64(snap->as_of_known, snap->as_of_ms));
    kt_json_put(object, "settings", settings_of(&snap->settings));
    kt_json_put(object, "filters", filters_of(snap));
    kt_json_put(object, "counts", counts_of(&snap->counts));
    kt_json_put(object, "total_lag", known_i64(snap->total_lag_known, snap->total_lag));
    kt_json_put(object, "produce_rate", known_rate(snap->produce_known, snap->produce_rate));
    kt_json_put(object, "consume_rate", known_rate(snap->consume_known, snap->consume_rate));
    kt_json_put(object, "oldest_ms", known_i64(snap->oldest_known, snap->oldest_ms));
    kt_json_put(object, "under_replicated", kt_json_u64(snap->under_replicated));
    kt_json_put(object, "offline", kt_json_u64(snap->offline));
    kt_json_put(object, "controller", known_i64(snap->controller >= 0, snap->controller));
    return object;
}

static cJSON *screen_of(const struct kt_export_screen *screen)
{
    cJSON *object = kt_json_object();
    kt_json_put(object, "panel", word(screen->panel));
    put_name(object, "filter", "filter_base64",
             kt_text_of(screen->filter, screen->filter ? strlen(screen->filter) : 0));
    kt_json_put(object, "problems_only", kt_json_bool(screen->problems_only));
    kt_json_put(object, "rows", kt_json_u64(screen->rows));
    kt_json_put(object, "rows_left_out", kt_json_u64(screen->rows_left_out));
    kt_json_put(object, "groups_left_out", kt_json_u64(screen->groups_left_out));
    return object;
}

static void write_problems(struct kt_json *json, const struct kt_snapshot *snap)
{
    kt_json_key(json, "problems");
    kt_json_open(json, '[');
    for (size_t i = 0; i < snap->problem_count; i++) {
        const struct kt_problem *problem = &snap->problems[i];
        cJSON *row = kt_json_object();
        kt_json_put(row, "scope", word(kt_scope_name(problem->scope)));
        put_name(row, "name", "name_base64", or_empty(problem->name));
        put_name(row, "error", "error_base64", or_empty(problem->error));
        put_name(row, "text", "text_base64", or_empty(problem->text));
        kt_json_put(row, "since", kt_json_i64(problem->since_ms));
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_take_members(json, row);
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
        cJSON *row = kt_json_object();
        kt_json_put(row, "kind", word(kt_cause_kind_name(cause->kind)));
        put_name(row, "group", "group_base64", cause->group);
        put_name(row, "value", "value_base64", cause->value);
        put_name(row, "host", "host_base64", cause->host);
        kt_json_put(row, "number", known_i64(cause->number >= 0, cause->number));
        kt_json_put(row, "status", word(kt_status_name(cause->status)));
        kt_json_put(row, "counts", word(cause->of_groups ? "groups" : "partitions"));
        kt_json_put(row, "rest", kt_json_bool(cause->rest));
        kt_json_put(row, "bad", kt_json_i64(cause->bad));
        kt_json_put(row, "bad_total", kt_json_i64(cause->bad_total));
        kt_json_put(row, "all", kt_json_i64(cause->all));
        kt_json_put(row, "all_total", kt_json_i64(cause->all_total));
        put_name(row, "text", "text_base64", or_empty(cause->text));
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_take_members(json, row);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static cJSON *value_of(const struct kt_event_value *value)
{
    return value->kind == KT_VALUE_NUMBER ? kt_json_i64(value->number)
           : value->kind == KT_VALUE_WORD ? word(value->word)
                                          : kt_json_null();
}

static void write_events(struct kt_json *json, const struct kt_snapshot *snap)
{
    kt_json_key(json, "events");
    kt_json_open(json, '[');
    for (size_t i = 0; i < snap->event_count; i++) {
        const struct kt_event *event = &snap->events[i];
        cJSON *row = kt_json_object();
        kt_json_put(row, "at", kt_json_i64(event->at_ms));
        kt_json_put(row, "kind", word(kt_event_kind_name(event->kind)));
        put_name(row, "group", "group_base64", event->group);
        put_name(row, "topic", "topic_base64", event->topic);
        kt_json_put(row, "partition", known_i64(event->has_partition, event->partition));
        kt_json_put(row, "more_partitions", kt_json_u64(event->more_partitions));
        kt_json_put(row, "from", value_of(&event->from));
        kt_json_put(row, "to", value_of(&event->to));
        put_name(row, "text", "text_base64", or_empty(event->text));
        kt_json_item(json);
        kt_json_open(json, '{');
        kt_json_take_members(json, row);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_cluster(struct kt_json *json, const struct kt_snapshot *snap,
                          const struct kt_export_settings *settings)
{
    enum kt_detail detail = settings->detail;
    cJSON *identity = identity_of(snap);
    if (settings->screen) {
        kt_json_put(identity, "screen", screen_of(settings->screen));
    }
    kt_json_open(json, '{');
    kt_json_take_members(json, identity);
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
    struct kt_json json = {.out = out, .pretty = settings->pretty};
    cJSON *head = kt_json_object();
    bool burrow = count > 0 && snaps[0]->settings.rules == KT_RULES_BURROW;
    kt_json_put(head, "schema", word(SCHEMA));
    kt_json_put(head, "version", word(KAFKATOP_VERSION));
    kt_json_put(head, "taken_at", known_i64(count > 0, count > 0 ? snaps[0]->taken_ms : 0));
    kt_json_put(head, "rules", word(burrow ? "burrow" : "kafkatop"));
    kt_json_open(&json, '{');
    kt_json_take_members(&json, head);
    kt_json_key(&json, "clusters");
    kt_json_open(&json, '[');
    for (size_t i = 0; i < count; i++) {
        kt_json_item(&json);
        write_cluster(&json, snaps[i], settings);
    }
    kt_json_close(&json, ']');
    kt_json_close(&json, '}');
    fputc('\n', out);
}
