/*
 * verdict: a filter around the engine's own window and burrow, for checks against recorded answers of Burrow.
 *
 * Standard input: one case a line, JSON: the state of one partition, or a trace of events with checks among
 * them. Standard output: one line a case or check, {"id":…,"expected":{…}} or
 * {"id":…,"check":k,"expected":{…}}. What the input says about expected answers is never read. With --all, a
 * check also tells the stored windows
 * ("expected_windows"), and each event that asks for a list gets a line of its own ({"id":…,"event":i,…}).
 *
 * A line that makes no sense is named on standard error and passed over; then the exit status is 1.
 */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "burrow.h"
#include "error.h"
#include "verdict_json.h"
#include "verdict_trace.h"

static bool read_settings(const cJSON *row, struct kt_burrow_settings *settings, struct kt_err *err)
{
    const cJSON *object = json_member(row, "settings");
    *settings = (struct kt_burrow_settings){.intervals = 10, .expire_group_s = 604800};
    int64_t intervals = settings->intervals;
    const cJSON *complete = json_member(object, "minimum_complete");
    const cJSON *allowed = json_member(object, "allowed_lag");
    if (!cJSON_IsObject(object)) {
        return json_refuse(err, "settings");
    }
    if (complete != NULL && (!cJSON_IsNumber(complete) || !(fabs(complete->valuedouble) < 1e30))) {
        return json_refuse(err, "minimum_complete");
    }
    if (allowed != NULL && !json_as_uint64(allowed, &settings->allowed_lag)) {
        return json_refuse(err, "allowed_lag");
    }
    if (!json_read_int64_if(object, "intervals", &intervals, err) ||
        !json_read_int64_if(object, "min_distance_s", &settings->min_distance_s, err) ||
        !json_read_int64_if(object, "expire_group_s", &settings->expire_group_s, err)) {
        return false;
    }
    if (intervals < 1 || intervals > UINT16_MAX) {
        return json_refuse(err, "intervals");
    }
    settings->intervals = (unsigned)intervals;
    settings->minimum_complete = complete != NULL ? (float)complete->valuedouble : 0.0F;
    return true;
}

static bool read_window(const cJSON *slots, struct kt_window *window, int *start, int *end,
                        struct kt_err *err)
{
    int i = 0;
    const cJSON *slot;
    cJSON_ArrayForEach(slot, slots)
    {
        struct kt_commit commit = {.order = i};
        if (!cJSON_IsNull(slot)) {
            const cJSON *lag = json_member(slot, "lag");
            commit.lag_known = lag != NULL && !cJSON_IsNull(lag);
            if (!json_read_int64(slot, "offset", &commit.offset, err) ||
                !json_read_int64(slot, "timestamp_ms", &commit.at_ms, err) ||
                (commit.lag_known && !json_as_uint64(lag, &commit.lag) && !json_refuse(err, "lag"))) {
                return false;
            }
            /* Its place is its order, and nothing is near enough to be merged. */
            kt_window_push(window, &commit, INT64_MIN);
            *start = *start < 0 ? i : *start;
            *end = i;
        }
        i++;
    }
    return true;
}

static int64_t *read_ends(const cJSON *list, size_t *count, struct kt_err *err)
{
    int64_t *ends = kt_alloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *ends);
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!json_as_int64(item, &ends[(*count)++])) {
            json_refuse(err, "broker_offsets");
            free(ends);
            return NULL;
        }
    }
    return ends;
}

static void add_index(cJSON *object, const char *name, int index)
{
    if (index < 0) {
        cJSON_AddNullToObject(object, name);
    } else {
        json_add_int64(object, name, index);
    }
}

static void print_verdict(const cJSON *id, const struct kt_burrow_partition_verdict *verdict, int start,
                          int end)
{
    cJSON *line = json_new_line(id);
    cJSON *out = cJSON_AddObjectToObject(line, "expected");
    json_add_text(out, "status", kt_burrow_status_name(verdict->status));
    json_add_text(out, "group_status", kt_burrow_status_name(kt_burrow_group_status(verdict->status)));
    json_add_float(out, "complete", verdict->complete);
    add_index(out, "start_index", start);
    add_index(out, "end_index", end);
    if (!verdict->has_commits) {
        cJSON_AddNullToObject(out, "rules");
    } else {
        cJSON *rules = cJSON_AddObjectToObject(out, "rules");
        cJSON_AddBoolToObject(rules, "lag_always_above_allowed", verdict->rules.lag_always_above_allowed);
        json_add_int64(rules, "rewind_index", verdict->rules.rewind_index);
        cJSON_AddBoolToObject(rules, "rewind_recovered", verdict->rules.rewind_recovered);
        cJSON_AddBoolToObject(rules, "stopped", verdict->rules.stopped);
        cJSON_AddBoolToObject(rules, "stalled", verdict->rules.stalled);
        cJSON_AddBoolToObject(rules, "lag_not_decreasing", verdict->rules.lag_not_decreasing);
        cJSON_AddBoolToObject(rules, "recent_lag_zero", verdict->rules.recent_lag_zero);
    }
    json_print_line(line);
}

static bool run_partition(const cJSON *row, const struct kt_burrow_settings *settings, struct kt_err *err)
{
    int64_t now_ms;
    uint64_t current_lag;
    const cJSON *slots = json_member(row, "window"), *offsets = json_member(row, "broker_offsets");
    if (!json_read_int64(row, "now_ms", &now_ms, err)) {
        return false;
    }
    if (!json_as_uint64(json_member(row, "current_lag"), &current_lag)) {
        return json_refuse(err, "current_lag");
    }
    if (!cJSON_IsArray(slots) || cJSON_GetArraySize(slots) > UINT16_MAX || !cJSON_IsArray(offsets)) {
        return json_refuse(err, cJSON_IsArray(offsets) ? "window" : "broker_offsets");
    }

    size_t slot_count = (size_t)cJSON_GetArraySize(slots), end_count = 0;
    int start = -1, end = -1;
    struct kt_window window;
    kt_window_init(&window, (unsigned)slot_count);
    int64_t *ends = read_ends(offsets, &end_count, err);
    bool good = ends != NULL && read_window(slots, &window, &start, &end, err);
    if (good) {
        struct kt_burrow_partition_verdict verdict = kt_burrow_evaluate(
            slot_count > 0 ? &window : NULL, slot_count, ends, end_count, current_lag, now_ms, settings);
        print_verdict(json_member(row, "id"), &verdict, start, end);
    }
    free(ends);
    kt_window_release(&window);
    return good;
}

/* --- lines -----------------------------------------------------------------------------------------------
 */

static bool run_row(const cJSON *row, bool all, struct kt_err *err)
{
    struct kt_burrow_settings settings;
    const cJSON *id = json_member(row, "id");
    if (!cJSON_IsString(id) && !cJSON_IsNumber(id)) {
        return json_refuse(err, "id");
    }
    if (!read_settings(row, &settings, err)) {
        return false;
    }
    return json_member(row, "events") != NULL ? verdict_trace_run(row, &settings, all, err)
                                              : run_partition(row, &settings, err);
}

static bool run_line(const char *line, bool all, struct kt_err *err)
{
    char *exact = json_quote_long_integers(line, err);
    if (exact == NULL) {
        return false;
    }
    cJSON *row = cJSON_ParseWithOpts(exact, NULL, true);
    bool good = false;
    if (row == NULL) {
        kt_fail(err, KT_PROTOCOL, "not JSON");
    } else {
        good = run_row(row, all, err);
    }
    cJSON_Delete(row);
    free(exact);
    return good;
}

/* Returns how many lines made no sense. */
static unsigned long run_lines(FILE *in, bool all)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    unsigned long number = 0, bad = 0;
    while ((length = getline(&line, &room, in)) >= 0) {
        struct kt_err err;
        number++;
        if (line[strspn(line, " \t\r\n")] == '\0' && strlen(line) == (size_t)length) {
            continue;
        }
        bool whole = strlen(line) == (size_t)length;
        if (!whole) {
            kt_fail(&err, KT_PROTOCOL, "a NUL in it");
        }
        if (!whole || !run_line(line, all, &err)) {
            fprintf(stderr, "verdict: line %lu: %s\n", number, err.text);
            bad++;
        }
    }
    free(line);
    return bad;
}

int main(int argc, char **argv)
{
    bool all = argc == 2 && strcmp(argv[1], "--all") == 0;
    if (argc > 1 && !all) {
        fprintf(stderr, "verdict: what to do: give --all or nothing\n");
        return 64;
    }
    /* Group names are UTF-8, and the patterns' "." is one character of it. */
    setlocale(LC_CTYPE, "C.UTF-8");
    unsigned long bad = run_lines(stdin, all);
    if (ferror(stdin) || fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "verdict: input or output failed\n");
        return 74;
    }
    return bad > 0 ? 1 : 0;
}
