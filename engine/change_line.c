/* A change as the one line of JSON that the command of --on-change reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "json.h"
#include "json_utf8.h"
#include "status.h"

#define SENTENCE 1024
#define NAME_MOST 200 /* bytes of a name in the sentence */
#define WHY_MOST 400

static const char *const kinds[] = {
    [KT_CHANGE_GROUP] = "group",
    [KT_CHANGE_CLUSTER] = "cluster",
    [KT_CHANGE_SUMMARY] = "summary",
};

static cJSON *word(const char *text)
{
    return kt_json_text(text, text ? strlen(text) : 0);
}

static void put_text(cJSON *row, const char *key, const char *beside, struct kt_text text)
{
    kt_json_put(row, key, kt_json_text(text.bytes, text.length));
    if (text.bytes && !kt_utf8_valid(text.bytes, text.length)) {
        kt_json_put(row, beside, kt_json_base64(text.bytes, text.length));
    }
}

static void put_number(cJSON *row, const char *key, const struct kt_group *facts, unsigned field, int64_t value)
{
    kt_json_put(row, key, KT_KNOWS(facts, field) ? kt_json_i64(value) : kt_json_null());
}

static void put_facts(cJSON *row, const struct kt_group *facts)
{
    cJSON *marks = kt_json_array();
    for (unsigned i = 0; i < KT_MARK_COUNT; i++) {
        if (facts->marks & (UINT32_C(1) << i)) {
            kt_json_add(marks, word(kt_mark_name(UINT32_C(1) << i)));
        }
    }
    put_number(row, "since", facts, KT_GROUP_since, facts->since);
    put_number(row, "total_lag", facts, KT_GROUP_total_lag, facts->total_lag);
    kt_json_put(row, "total_partial", kt_json_bool(facts->total_partial));
    put_number(row, "max_lag", facts, KT_GROUP_max_lag, facts->max_lag);
    put_number(row, "time_lag_ms", facts, KT_GROUP_time_lag_ms, facts->time_lag_ms);
    kt_json_put(row, "time_lag_at_least", kt_json_bool(facts->time_lag_at_least));
    put_number(row, "loss_eta_ms", facts, KT_GROUP_loss_eta_ms, facts->loss_eta_ms);
    kt_json_put(row, "marks", marks);
}

static cJSON *counts_of(const struct kt_counts *counts)
{
    cJSON *row = kt_json_object();
    kt_json_put(row, "OK", kt_json_u64(counts->ok));
    kt_json_put(row, "WARN", kt_json_u64(counts->warn));
    kt_json_put(row, "ERR", kt_json_u64(counts->err));
    kt_json_put(row, "unknown", kt_json_u64(counts->unknown));
    kt_json_put(row, "abandoned", kt_json_u64(counts->abandoned));
    return row;
}

static cJSON *changed_to_of(const struct kt_change *change)
{
    cJSON *row = kt_json_object();
    kt_json_put(row, "OK", kt_json_u64(change->changed_to[KT_STATUS_OK]));
    kt_json_put(row, "WARN", kt_json_u64(change->changed_to[KT_STATUS_WARN]));
    kt_json_put(row, "ERR", kt_json_u64(change->changed_to[KT_STATUS_ERR]));
    kt_json_put(row, "gone", kt_json_u64(change->changed_to[KT_STATUS_UNKNOWN]));
    return row;
}

/* "ERR (STOP)", "OK". */
static void describe(struct kt_change_verdict verdict, char *room, size_t size)
{
    const char *status = kt_status_name(verdict.status), *worst = kt_status_name(verdict.worst);
    if (status && worst && strcmp(status, worst) != 0) {
        snprintf(room, size, "%s (%s)", status, worst);
    } else {
        snprintf(room, size, "%s", status ? status : "unknown");
    }
}

/* For "%.*s": a name may be 32 KiB long, and what is not known has no bytes. */
static int shown(struct kt_text text)
{
    return text.length < NAME_MOST ? (int)text.length : NAME_MOST;
}

static const char *bytes_of(struct kt_text text)
{
    return text.bytes ? text.bytes : "";
}

static void write_sentence(const struct kt_change *change, char *room, size_t size)
{
    char from[32], to[32];
    const char *cluster = bytes_of(change->cluster), *group = bytes_of(change->group), *why = bytes_of(change->why);
    const char *colon = *why ? ": " : "";
    int cluster_length = shown(change->cluster), group_length = shown(change->group);
    int why_length = change->why.length < WHY_MOST ? (int)change->why.length : WHY_MOST;
    const size_t *to_counts = change->changed_to;
    describe(change->from, from, sizeof from);
    describe(change->to, to, sizeof to);
    if (change->kind == KT_CHANGE_SUMMARY) {
        snprintf(room, size, "%.*s: %zu more groups changed: %zu to ERR, %zu to WARN, %zu to OK, %zu gone",
                 cluster_length, cluster, change->changes, to_counts[KT_STATUS_ERR], to_counts[KT_STATUS_WARN],
                 to_counts[KT_STATUS_OK], to_counts[KT_STATUS_UNKNOWN]);
    } else if (change->kind == KT_CHANGE_CLUSTER) {
        bool lost = change->to.status == KT_STATUS_UNKNOWN;
        snprintf(room, size, "%.*s: %s%s%.*s", cluster_length, cluster,
                 lost ? "no answer from the cluster" : "the cluster answers again", colon, why_length, why);
    } else if (change->gone) {
        snprintf(room, size, "%.*s: group %.*s is gone, was %s", cluster_length, cluster, group_length, group, from);
    } else {
        snprintf(room, size, "%.*s: group %.*s %s -> %s%s%.*s", cluster_length, cluster, group_length, group, from, to,
                 colon, why_length, why);
    }
}

/*
 * One sentence for people. What it is shown on is not known: no control byte leaves here even when the JSON is read.
 * A chat that takes {"text": ...} can be given the line as it is.
 */
static cJSON *sentence_of(const struct kt_change *change)
{
    char raw[SENTENCE], printable[4 * SENTENCE];
    write_sentence(change, raw, sizeof raw);
    return kt_json_text(printable, kt_utf8_printable(raw, strlen(raw), printable, sizeof printable));
}

static cJSON *row_of(const struct kt_change *change)
{
    cJSON *row = kt_json_object();
    kt_json_put(row, "schema", word(KT_CHANGE_SCHEMA));
    kt_json_put(row, "kind", word(kinds[change->kind]));
    kt_json_put(row, "at", kt_json_i64(change->at_ms));
    put_text(row, "cluster", "cluster_base64", change->cluster);
    put_text(row, "cluster_id", "cluster_id_base64", change->cluster_id);
    put_text(row, "group", "group_base64", change->group);
    kt_json_put(row, "from", word(kt_status_name(change->from.status)));
    kt_json_put(row, "to", word(kt_status_name(change->to.status)));
    kt_json_put(row, "from_worst", word(kt_status_name(change->from.worst)));
    kt_json_put(row, "worst", word(kt_status_name(change->to.worst)));
    kt_json_put(row, "held", kt_json_bool(change->held));
    kt_json_put(row, "gone", kt_json_bool(change->gone));
    put_text(row, "why", "why_base64", change->why);
    put_facts(row, &change->facts);
    kt_json_put(row, "counts", counts_of(&change->counts));
    kt_json_put(row, "changes", kt_json_u64(change->changes));
    kt_json_put(row, "changed_to", change->kind == KT_CHANGE_SUMMARY ? changed_to_of(change) : kt_json_null());
    kt_json_put(row, "dropped", kt_json_u64(change->dropped));
    kt_json_put(row, "text", sentence_of(change));
    return row;
}

char *kt_change_line(const struct kt_change *change)
{
    char *line = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&line, &size);
    if (!out) {
        kt_fatal("out of memory (a line about a change)");
    }
    struct kt_json json = {.out = out};
    kt_json_open(&json, '{');
    kt_json_take_members(&json, row_of(change));
    kt_json_close(&json, '}');
    fputc('\n', out);
    if (fclose(out) != 0) {
        kt_fatal("out of memory (a line about a change)");
    }
    return line;
}
