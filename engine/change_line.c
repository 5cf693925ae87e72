/* A change as the one line of JSON that the command of --on-change reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "export_format.h"
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

static void put_facts(struct kt_json *json, const struct kt_group *facts)
{
    kt_json_put_known_i64(json, "since", KT_KNOWS(facts, KT_GROUP_since), facts->since);
    kt_json_put_known_i64(json, "total_lag", KT_KNOWS(facts, KT_GROUP_total_lag), facts->total_lag);
    kt_json_put_bool(json, "total_partial", facts->total_partial);
    kt_json_put_known_i64(json, "max_lag", KT_KNOWS(facts, KT_GROUP_max_lag), facts->max_lag);
    kt_json_put_known_i64(json, "time_lag_ms", KT_KNOWS(facts, KT_GROUP_time_lag_ms), facts->time_lag_ms);
    kt_json_put_bool(json, "time_lag_at_least", facts->time_lag_at_least);
    kt_json_put_known_i64(json, "loss_eta_ms", KT_KNOWS(facts, KT_GROUP_loss_eta_ms), facts->loss_eta_ms);
    kt_export_put_marks(json, "marks", facts->marks);
}

static void put_changed_to(struct kt_json *json, const struct kt_change *change)
{
    if (change->kind != KT_CHANGE_SUMMARY) {
        kt_json_put_null(json, "changed_to");
        return;
    }
    kt_json_key(json, "changed_to");
    kt_json_open(json, '{');
    kt_json_put_u64(json, "OK", change->changed_to[KT_STATUS_OK]);
    kt_json_put_u64(json, "WARN", change->changed_to[KT_STATUS_WARN]);
    kt_json_put_u64(json, "ERR", change->changed_to[KT_STATUS_ERR]);
    kt_json_put_u64(json, "gone", change->changed_to[KT_STATUS_UNKNOWN]);
    kt_json_close(json, '}');
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
static void put_sentence(struct kt_json *json, const struct kt_change *change)
{
    char raw[SENTENCE], printable[4 * SENTENCE];
    write_sentence(change, raw, sizeof raw);
    kt_json_key(json, "text");
    kt_json_text(json, printable, kt_utf8_printable(raw, strlen(raw), printable, sizeof printable));
}

static void put_members(struct kt_json *json, const struct kt_change *change)
{
    kt_json_put_word(json, "schema", KT_CHANGE_SCHEMA);
    kt_json_put_word(json, "kind", kinds[change->kind]);
    kt_json_put_i64(json, "at", change->at_ms);
    kt_json_put_name(json, "cluster", "cluster_base64", change->cluster);
    kt_json_put_name(json, "cluster_id", "cluster_id_base64", change->cluster_id);
    kt_json_put_name(json, "group", "group_base64", change->group);
    kt_json_put_word(json, "from", kt_status_name(change->from.status));
    kt_json_put_word(json, "to", kt_status_name(change->to.status));
    kt_json_put_word(json, "from_worst", kt_status_name(change->from.worst));
    kt_json_put_word(json, "worst", kt_status_name(change->to.worst));
    kt_json_put_bool(json, "held", change->held);
    kt_json_put_bool(json, "gone", change->gone);
    kt_json_put_name(json, "why", "why_base64", change->why);
    put_facts(json, &change->facts);
    kt_export_put_counts(json, &change->counts);
    kt_json_put_u64(json, "changes", change->changes);
    put_changed_to(json, change);
    kt_json_put_u64(json, "dropped", change->dropped);
    put_sentence(json, change);
}

char *kt_change_line(const struct kt_change *change)
{
    char *line = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&line, &size);
    if (!out) {
        kt_fatal("out of memory (a line about a change)");
    }
    struct kt_json json;
    kt_json_begin(&json, out, false);
    kt_json_open(&json, '{');
    put_members(&json, change);
    kt_json_close(&json, '}');
    kt_json_end(&json);
    fputc('\n', out);
    if (fclose(out) != 0) {
        kt_fatal("out of memory (a line about a change)");
    }
    return line;
}
