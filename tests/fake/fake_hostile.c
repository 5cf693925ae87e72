#include "fake_hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cjson/cJSON.h>

#include "arena.h"
#include "export.h"
#include "fake_snapshot.h"
#include "json_utf8.h"

/* ---- the snapshot ---- */

#define SET_TEXT(name) row->name = text;
#define SET_I64(name)
#define SET_F64(name)
#define SET_TRI(name)
#define SET_BOOL(name)
#define SET_WORD(name)
#define SET_STATUS(name)
#define SET_MARKS(name)
#define SET(kind, name, unit, meaning) SET_##kind(name)

static void fill_group(struct kt_group *row, struct kt_text text)
{
#define KT_GROUP_FIELD SET
#include "fields.def"
}

static void fill_member(struct kt_member *row, struct kt_text text)
{
#define KT_MEMBER_FIELD SET
#include "fields.def"
    struct kt_text *subscription = (struct kt_text *)(uintptr_t)row->subscription;
    for (size_t i = 0; i < row->subscription_count; i++)
        subscription[i] = text;
}

static void fill_lag(struct kt_lag_facts *row, struct kt_text text)
{
#define KT_LAG_FIELD(place, kind, name, unit, meaning) SET(kind, name, unit, meaning)
#include "fields.def"
}

static void fill_topic(struct kt_topic *row, struct kt_text text)
{
#define KT_TOPIC_FIELD SET
#include "fields.def"
}

static void fill_broker(struct kt_broker *row, struct kt_text text)
{
#define KT_BROKER_FIELD SET
#include "fields.def"
}

static struct kt_text *texts_of(struct kt_snapshot *snap, struct kt_text text)
{
    struct kt_text *texts = kt_arena_take(snap->arena, 1, sizeof *texts);
    *texts = text;
    return texts;
}

static void fill_groups(struct kt_snapshot *snap, struct kt_text text)
{
    static const enum kt_status words[] = {KT_STATUS_OK, KT_STATUS_STALL, KT_STATUS_UNKNOWN};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        fake_snapshot_group(snap, &(struct fake_group){.name = "g", .worst = words[i], .partitions = 2, .members = 2,
                                                       .lag = 100, .age_ms = 60000});
    for (size_t i = 0; i < snap->group_count; i++) {
        struct kt_group *group = (struct kt_group *)(uintptr_t)snap->groups[i];
        fill_group(group, text);
        for (size_t k = 0; k < group->member_count; k++)
            fill_member(&group->members[k], text);
        for (size_t k = 0; k < group->lag_count; k++) {
            struct kt_lag_facts facts;
            kt_lag_unpack(&group->lags[k], &facts);
            fill_lag(&facts, text);
            fake_snapshot_repack(group, k, &facts);
        }
    }
}

static void fill_rest(struct kt_snapshot *snap, struct kt_text text)
{
    snap->name = snap->bootstrap = snap->cluster_id = snap->source_reason = snap->activity = text;
    for (size_t i = 0; i < 4; i++) {
        snap->filters[i] = texts_of(snap, text);
        snap->filter_counts[i] = 1;
    }
    fake_snapshot_problem(snap, KT_SCOPE_TOPIC, "", "", "");
    snap->problems[0].name = snap->problems[0].error = snap->problems[0].text = text;
    for (int kind = 0; kind < KT_EVENT_KIND_COUNT; kind++)
        fake_snapshot_event(snap, &(struct kt_event){.at_ms = FAKE_NOW_MS - 1000, .kind = (enum kt_event_kind)kind,
                                                     .group = text, .topic = text, .text = text});
    snap->causes = kt_arena_take(snap->arena, KT_CAUSE_KIND_COUNT, sizeof *snap->causes);
    snap->cause_count = KT_CAUSE_KIND_COUNT;
    for (int kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++)
        snap->causes[kind] = (struct kt_cause){.kind = (enum kt_cause_kind)kind, .value = text, .host = text,
                                               .text = text, .number = -1, .status = KT_STATUS_STALL, .bad = 1,
                                               .bad_total = 1, .all = 1, .all_total = 2};
}

const struct kt_snapshot *fake_snapshot_of_text(struct kt_text text)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fill_groups(snap, text);
    fake_snapshot_topic(snap, "t", 3);
    struct kt_topic *topic = (struct kt_topic *)(uintptr_t)snap->topics[0];
    fill_topic(topic, text);
    topic->groups = texts_of(snap, text);
    topic->group_count = 1;
    fake_snapshot_brokers(snap, 2);
    for (size_t i = 0; i < snap->broker_count; i++)
        fill_broker(&snap->brokers[i], text);
    fill_rest(snap, text);
    char *line = kt_strndup(text.bytes, text.length);
    fake_snapshot_log(snap, line);
    free(line);
    return kt_snapshot_seal(snap);
}

/* ---- what is made from it ---- */

bool fake_is_harmful(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xe0000 && code <= 0xe0fff);
}

const char *fake_fault_of_text(const char *bytes, size_t length, bool returns)
{
    uint32_t code;
    for (size_t at = 0; at < length;) {
        at += kt_utf8_next(bytes + at, length - at, &code);
        if (code == KT_UTF8_BAD)
            return "bytes that are no UTF-8";
        if (fake_is_harmful(code) && code != '\n' && !(returns && code == '\r'))
            return "a harmful character";
    }
    return NULL;
}

const char *fake_fault_of_csv(const char *bytes, size_t length)
{
    size_t cells = 1, wanted = 0;
    bool quoted = false;
    for (size_t at = 0; at < length; at++) {
        if (bytes[at] == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (bytes[at] == ',')
            cells++;
        else if (bytes[at] == '\n') {
            if (wanted && cells != wanted)
                return "a row of CSV with more or fewer cells than the header";
            wanted = cells;
            cells = 1;
        }
    }
    return quoted ? "a quote of CSV that does not end" : fake_fault_of_text(bytes, length, true);
}

const char *fake_fault_of_json(const char *bytes, size_t length)
{
    const char *end = NULL;
    cJSON *document = cJSON_ParseWithLengthOpts(bytes, length, &end, false);
    bool whole = document && (size_t)(end - bytes) + 1 == length && *end == '\n';
    cJSON_Delete(document);
    return whole ? fake_fault_of_text(bytes, length, false) : "no document of JSON";
}

const char *fake_fault_of_canvas(const struct ui_canvas *cv)
{
    for (int i = 0; i < cv->width * cv->height; i++) {
        const struct ui_cell *cell = &cv->cells[i];
        bool half = cell->code == 0;
        if (half && (i % cv->width == 0 || wcwidth((wchar_t)cell[-1].code) != 2))
            return "the second half of nothing";
        if (!half && (fake_is_harmful(cell->code) || wcwidth((wchar_t)cell->code) < 1))
            return "a harmful cell";
        if (cv->ascii && (cell->code > 0x7e || cell->mark[0]))
            return "more than ASCII";
        for (size_t k = 0; k < sizeof cell->mark / sizeof cell->mark[0] && cell->mark[k]; k++)
            if (fake_is_harmful(cell->mark[k]) || wcwidth((wchar_t)cell->mark[k]) != 0)
                return "a harmful mark";
    }
    return NULL;
}

const char *fake_fault_of_exports(const struct kt_snapshot *snap, unsigned first, unsigned count)
{
    static const enum kt_format formats[] = {KT_FORMAT_TEXT, KT_FORMAT_CSV, KT_FORMAT_JSON};
    const char *fault = NULL;
    for (unsigned i = first; i < first + count && !fault; i++) {
        enum kt_format format = formats[i % 3];
        struct kt_export_settings settings = {.detail = KT_DETAIL_WINDOWS, .anonymize = i >= 3};
        struct kt_err err = {.code = KT_OK};
        char *bytes = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&bytes, &length);
        if (!out)
            abort();
        if (kt_export(format, &snap, 1, &settings, out, &err) != KT_OK)
            fault = "it cannot be written";
        fclose(out);
        if (!fault)
            fault = format == KT_FORMAT_JSON  ? fake_fault_of_json(bytes, length)
                    : format == KT_FORMAT_CSV ? fake_fault_of_csv(bytes, length)
                                              : fake_fault_of_text(bytes, length, false);
        free(bytes);
    }
    return fault;
}
