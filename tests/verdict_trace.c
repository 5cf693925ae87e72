#include "verdict_trace.h"

#include <stdlib.h>
#include <string.h>

#include "verdict_json.h"
#include "verdict_pattern.h"

struct trace {
    const cJSON *id;
    struct kt_burrow *burrow;
    unsigned intervals;
    int64_t now_ms;
    int checks;
    int event;
    bool all;
};

/* --- what changes something ------------------------------------------------------------------------------
 */

static bool on_clock(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    return json_read_int64(event, "now_ms", &trace->now_ms, err);
}

static bool on_broker_offset(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *topic;
    int32_t partition, count;
    int64_t offset;
    if (!json_read_text(event, "topic", &topic, err) ||
        !json_read_int32(event, "partition", &partition, err) ||
        !json_read_int32(event, "partition_count", &count, err) ||
        !json_read_int64(event, "offset", &offset, err)) {
        return false;
    }
    if (count > KT_BURROW_PARTITIONS_MAX) {
        return json_refuse(err, "partition_count");
    }
    kt_burrow_broker_offset(trace->burrow, topic, strlen(topic), partition, count, offset);
    return true;
}

static bool on_commit(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *group, *topic;
    int32_t partition;
    int64_t offset, at_ms = 0, order = 0;
    if (!json_read_text(event, "group", &group, err) || !json_read_text(event, "topic", &topic, err) ||
        !json_read_int32(event, "partition", &partition, err) ||
        !json_read_int64(event, "offset", &offset, err) ||
        !json_read_int64_if(event, "timestamp_ms", &at_ms, err) ||
        !json_read_int64_if(event, "order", &order, err)) {
        return false;
    }
    kt_burrow_commit(trace->burrow, group, strlen(group), topic, strlen(topic), partition, offset, at_ms,
                     order, trace->now_ms);
    return true;
}

static bool on_set_owner(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *group, *topic, *owner, *client;
    int32_t partition;
    if (!json_read_text(event, "group", &group, err) || !json_read_text(event, "topic", &topic, err) ||
        !json_read_int32(event, "partition", &partition, err) ||
        !json_read_text_if(event, "owner", &owner, err) ||
        !json_read_text_if(event, "client_id", &client, err)) {
        return false;
    }
    kt_burrow_set_owner(trace->burrow, group, strlen(group), topic, strlen(topic), partition, owner,
                        strlen(owner), client, strlen(client));
    return true;
}

static bool on_clear_owners(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *group;
    if (!json_read_text(event, "group", &group, err)) {
        return false;
    }
    kt_burrow_clear_owners(trace->burrow, group, strlen(group));
    return true;
}

static bool on_delete_group(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *group, *topic;
    if (!json_read_text(event, "group", &group, err) || !json_read_text_if(event, "topic", &topic, err)) {
        return false;
    }
    if (*topic == '\0') {
        kt_burrow_delete_group(trace->burrow, group, strlen(group));
    } else {
        kt_burrow_delete_group_topic(trace->burrow, group, strlen(group), topic, strlen(topic));
    }
    return true;
}

static bool on_delete_topic(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *topic;
    if (!json_read_text(event, "topic", &topic, err)) {
        return false;
    }
    kt_burrow_delete_topic(trace->burrow, topic, strlen(topic));
    return true;
}

/* --- checks ----------------------------------------------------------------------------------------------
 */

static void add_commit(cJSON *object, const struct kt_commit *commit, bool with_order)
{
    json_add_int64(object, "offset", commit->offset);
    if (with_order) {
        json_add_int64(object, "order", commit->order);
    }
    json_add_int64(object, "timestamp_ms", commit->at_ms);
    json_add_int64(object, "observed_at_ms", commit->observed_ms);
    if (commit->lag_known) {
        json_add_uint64(object, "lag", commit->lag);
    } else {
        cJSON_AddNullToObject(object, "lag");
    }
}

static void add_bound(cJSON *object, const char *name, const struct kt_burrow_row *row, size_t i)
{
    if (row->verdict.has_commits) {
        struct kt_commit commit = kt_window_at(row->window, i);
        add_commit(cJSON_AddObjectToObject(object, name), &commit, false);
    } else {
        cJSON_AddNullToObject(object, name);
    }
}

static cJSON *place_of(const struct kt_burrow_row *row)
{
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "topic", row->topic);
    json_add_int64(object, "partition", row->partition);
    return object;
}

static cJSON *lag_of(const struct kt_burrow_row *row)
{
    cJSON *object = place_of(row);
    json_add_uint64(object, "current_lag", row->current_lag);
    return object;
}

static cJSON *partition_of(const struct kt_burrow_row *row)
{
    cJSON *object = place_of(row);
    json_add_text(object, "owner", row->owner);
    json_add_text(object, "client_id", row->client_id);
    json_add_text(object, "status", kt_burrow_status_name(row->status));
    json_add_float(object, "complete", row->complete);
    json_add_uint64(object, "current_lag", row->current_lag);
    add_bound(object, "start", row, row->verdict.start);
    add_bound(object, "end", row, row->verdict.end);
    return object;
}

/* Burrow goes through the topics in random order: the first partition with the greatest lag of each is an
 * answer. */
static cJSON *lag_ties(const struct kt_burrow_report *report)
{
    cJSON *list = cJSON_CreateArray();
    const char *last_topic = NULL;
    for (size_t i = report->max_row; i < report->partition_count; i++) {
        const struct kt_burrow_row *row = &report->rows[i];
        if (row->current_lag == report->rows[report->max_row].current_lag && row->topic != last_topic) {
            cJSON_AddItemToArray(list, lag_of(row));
            last_topic = row->topic;
        }
    }
    return list;
}

static void add_maxlag(cJSON *out, const struct kt_burrow_report *report)
{
    if (report->partition_count == 0) {
        cJSON_AddNullToObject(out, "maxlag");
        return;
    }
    cJSON_AddItemToObject(out, "maxlag", lag_of(&report->rows[report->max_row]));
    cJSON *ties = lag_ties(report);
    if (cJSON_GetArraySize(ties) > 1) {
        cJSON_AddItemToObject(out, "maxlag_ties", ties);
    } else {
        cJSON_Delete(ties);
    }
}

static cJSON *window_of(const struct kt_burrow_row *row, size_t slots)
{
    cJSON *object = place_of(row), *commits = cJSON_AddArrayToObject(object, "commits");
    size_t count = row->window != NULL ? row->window->count : 0;
    for (size_t i = count; row->window != NULL && i < slots; i++) {
        cJSON_AddItemToArray(commits, cJSON_CreateNull());
    }
    for (size_t i = 0; i < count; i++) {
        cJSON *item = cJSON_CreateObject();
        struct kt_commit commit = kt_window_at(row->window, i);
        add_commit(item, &commit, true);
        cJSON_AddItemToArray(commits, item);
    }
    if (!row->topic_known) {
        cJSON_AddNullToObject(object, "broker_offsets");
        return object;
    }
    cJSON *ends = cJSON_AddArrayToObject(object, "broker_offsets");
    for (size_t i = 0; i < row->end_count; i++) {
        json_append_int64(ends, row->ends[i]);
    }
    return object;
}

static void print_report(struct trace *trace, const struct kt_burrow_report *report)
{
    cJSON *line = json_new_line(trace->id);
    json_add_int64(line, "check", trace->checks++);
    cJSON *out = cJSON_AddObjectToObject(line, "expected");
    json_add_int64(out, "http_status", report->found ? 200 : 404);
    json_add_text(out, "status", kt_burrow_status_name(report->status));
    json_add_float(out, "complete", report->complete);
    json_add_uint64(out, "partition_count", report->partition_count);
    json_add_uint64(out, "total_lag", report->total_lag);
    add_maxlag(out, report);
    cJSON *partitions = cJSON_AddArrayToObject(out, "partitions");
    cJSON *windows = trace->all ? cJSON_AddArrayToObject(line, "expected_windows") : NULL;
    for (size_t i = 0; i < report->partition_count; i++) {
        cJSON_AddItemToArray(partitions, partition_of(&report->rows[i]));
        if (windows != NULL) {
            cJSON_AddItemToArray(windows, window_of(&report->rows[i], trace->intervals));
        }
    }
    json_print_line(line);
}

static bool on_check(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *group;
    struct kt_burrow_report report;
    if (!json_read_text(event, "group", &group, err)) {
        return false;
    }
    kt_burrow_check(trace->burrow, group, strlen(group), trace->now_ms, &report);
    print_report(trace, &report);
    kt_burrow_report_release(&report);
    return true;
}

/* --- lists -----------------------------------------------------------------------------------------------
 */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

struct names {
    char **at;
    size_t count;
};

static void take_name(void *self, const char *name, size_t length)
{
    struct names *names = self;
    names->at = kt_resize(names->at, names->count + 1, sizeof *names->at);
    names->at[names->count++] = kt_strndup(name, length);
}

static cJSON *new_list_line(const struct trace *trace)
{
    cJSON *line = json_new_line(trace->id);
    json_add_int64(line, "event", trace->event);
    return line;
}

static void print_names(const struct trace *trace, struct names *names)
{
    cJSON *line = new_list_line(trace);
    cJSON *list = cJSON_AddArrayToObject(line, "expected_names");
    if (names->count > 0) {
        qsort(names->at, names->count, sizeof *names->at, compare_texts);
    }
    for (size_t i = 0; i < names->count; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(names->at[i]));
        free(names->at[i]);
    }
    free(names->at);
    cJSON_AddBoolToObject(line, "expected_found", true);
    json_print_line(line);
}

static bool on_list_groups(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    (void)event;
    (void)err;
    struct names names = {0};
    if (trace->all) {
        kt_burrow_each_group(trace->burrow, take_name, &names);
        print_names(trace, &names);
    }
    return true;
}

static bool on_list_topics(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    (void)event;
    (void)err;
    struct names names = {0};
    if (trace->all) {
        kt_burrow_each_topic(trace->burrow, take_name, &names);
        print_names(trace, &names);
    }
    return true;
}

static bool on_list_groups_of_topic(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *topic;
    struct names names = {0};
    if (!json_read_text(event, "topic", &topic, err)) {
        return false;
    }
    if (trace->all) {
        kt_burrow_each_group_of_topic(trace->burrow, topic, strlen(topic), take_name, &names);
        print_names(trace, &names);
    }
    return true;
}

static void take_offset(void *self, int64_t offset)
{
    json_append_int64(self, offset);
}

static bool on_topic_offsets(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *topic;
    if (!json_read_text(event, "topic", &topic, err)) {
        return false;
    }
    if (trace->all) {
        cJSON *line = new_list_line(trace);
        cJSON *list = cJSON_AddArrayToObject(line, "expected_offsets");
        bool found = kt_burrow_topic_offsets(trace->burrow, topic, strlen(topic), take_offset, list);
        cJSON_AddBoolToObject(line, "expected_found", found);
        json_print_line(line);
    }
    return true;
}

/* --- the trace -------------------------------------------------------------------------------------------
 */

static const struct {
    const char *op;
    bool (*run)(struct trace *trace, const cJSON *event, struct kt_err *err);
} events[] = {
    {"clock", on_clock},
    {"set_broker_offset", on_broker_offset},
    {"commit", on_commit},
    {"set_owner", on_set_owner},
    {"clear_owners", on_clear_owners},
    {"delete_group", on_delete_group},
    {"delete_topic", on_delete_topic},
    {"check", on_check},
    {"list_groups", on_list_groups},
    {"list_topics", on_list_topics},
    {"list_groups_of_topic", on_list_groups_of_topic},
    {"topic_offsets", on_topic_offsets},
};

static bool run_event(struct trace *trace, const cJSON *event, struct kt_err *err)
{
    const char *op;
    if (!json_read_text(event, "op", &op, err)) {
        return false;
    }
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (strcmp(events[i].op, op) == 0) {
            return events[i].run(trace, event, err);
        }
    }
    kt_fail(err, KT_PROTOCOL, "no event is called '%s'", op);
    return false;
}

static bool run_events(struct trace *trace, const cJSON *list, struct kt_err *err)
{
    const cJSON *event;
    cJSON_ArrayForEach(event, list)
    {
        struct kt_err cause;
        if (!run_event(trace, event, &cause)) {
            kt_fail(err, cause.code, "event %d: %s", trace->event, cause.text);
            return false;
        }
        trace->event++;
    }
    return true;
}

struct lists {
    struct verdict_pattern *allow, *deny; /* NULL: none */
};

static bool accepts(void *self, const char *group, size_t length)
{
    const struct lists *lists = self;
    char *text = kt_strndup(group, length);
    bool accepted = (lists->allow == NULL || verdict_pattern_matches(lists->allow, text)) &&
                    (lists->deny == NULL || !verdict_pattern_matches(lists->deny, text));
    free(text);
    return accepted;
}

/* An absent or empty expression is none, and leaves *out at NULL. */
static bool read_pattern(const cJSON *settings, const char *name, struct verdict_pattern **out,
                         struct kt_err *err)
{
    const char *text;
    if (!json_read_text_if(settings, name, &text, err)) {
        return false;
    }
    if (*text != '\0') {
        *out = verdict_pattern_new(text, err);
    }
    return *text == '\0' || *out != NULL;
}

bool verdict_trace_run(const cJSON *row, const struct kt_burrow_settings *settings, bool all,
                       struct kt_err *err)
{
    const cJSON *object = json_member(row, "settings"), *list = json_member(row, "events");
    struct lists lists = {0};
    struct trace trace = {.id = json_member(row, "id"), .intervals = settings->intervals, .all = all};
    bool good = cJSON_IsArray(list) || json_refuse(err, "events");
    good = good && read_pattern(object, "group_allowlist", &lists.allow, err) &&
           read_pattern(object, "group_denylist", &lists.deny, err);
    if (good) {
        trace.burrow = kt_burrow_new(settings, accepts, &lists);
        good = run_events(&trace, list, err);
        kt_burrow_free(trace.burrow);
    }
    verdict_pattern_free(lists.allow);
    verdict_pattern_free(lists.deny);
    return good;
}
