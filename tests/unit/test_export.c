/* What leaves in JSON, CSV and text: exact, complete, safe to print. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "arena.h"
#include "export.h"
#include "export_anonymous.h"
#include "fake_snapshot.h"
#include "json_utf8.h"

static char *exported(enum kt_format format, const struct kt_snapshot *snap,
                      struct kt_export_settings settings)
{
    char *text = NULL;
    size_t length = 0;
    struct kt_err err = {.text = ""};
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(kt_export(format, &snap, 1, &settings, out, &err), KT_OK);
    fclose(out);
    assert_int_equal(strlen(text), length); /* no NUL in any format */
    return text;
}

static const cJSON *at(const cJSON *object, const char *path)
{
    char copy[200];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *name = strtok(copy, "."); name && object; name = strtok(NULL, ".")) {
        bool index = name[0] >= '0' && name[0] <= '9';
        object =
            index ? cJSON_GetArrayItem(object, atoi(name)) : cJSON_GetObjectItemCaseSensitive(object, name);
    }
    return object;
}

static const char *string_at(const cJSON *object, const char *path)
{
    return cJSON_GetStringValue(at(object, path));
}

static cJSON *parsed(const struct kt_snapshot *snap, enum kt_detail detail)
{
    char *text = exported(KT_FORMAT_JSON, snap, (struct kt_export_settings){.detail = detail});
    cJSON *document = cJSON_Parse(text);
    assert_non_null(document);
    free(text);
    return document;
}

static const cJSON *group_named(const cJSON *document, const char *name)
{
    const cJSON *group;
    cJSON_ArrayForEach(group, at(document, "clusters.0.groups"))
    {
        if (strcmp(string_at(group, "name"), name) == 0) {
            return group;
        }
    }
    fail_msg("no group %s", name);
    return NULL;
}

/* ---- the document ---- */

static void has_keys(const cJSON *object, const char *names)
{
    char copy[800];
    assert_non_null(object);
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok(copy, " "); name; name = strtok(NULL, " ")) {
        if (!cJSON_HasObjectItem(object, name)) {
            fail_msg("no member %s", name);
        }
    }
}

static void the_document_has_what_was_promised(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    cJSON *all = parsed(snap, KT_DETAIL_WINDOWS);
    has_keys(all, "schema version taken_at rules clusters");
    assert_string_equal(string_at(all, "schema"), "kafkatop.snapshot/1");
    assert_string_equal(string_at(all, "rules"), "kafkatop");
    has_keys(at(all, "clusters.0"),
             "name bootstrap cluster_id source partial collected_in_ms as_of settings filters "
             "counts problems causes events brokers topics groups");
    has_keys(at(all, "clusters.0.settings"),
             "intervals min_distance_ms allowed_lag minimum_complete expire_group_ms delay_ms");
    has_keys(at(all, "clusters.0.filters"), "groups exclude_groups topics exclude_topics hidden_groups");
    has_keys(at(all, "clusters.0.counts"), "OK WARN ERR unknown abandoned");
    has_keys(at(all, "clusters.0.problems.0"), "scope name error text since");
    has_keys(at(all, "clusters.0.events.0"), "at kind group topic partition from to text");
    has_keys(at(all, "clusters.0.brokers.0"), "id host port rack controller leaders replicas up");
    has_keys(at(all, "clusters.0.topics.0"),
             "name internal partition_count replication_factor under_replicated offline "
             "messages unstable unstable_since produce_rate compacted retention_ms timestamps groups partitions");
    has_keys(at(all, "clusters.0.topics.0.partitions.0"),
             "partition leader replicas isr log_start log_end last_stable unstable unstable_since produce_rate");
    const cJSON *group = group_named(all, "stall");
    has_keys(
        group,
        "name type state state_since status worst since why complete total_lag total_partial approximate max_lag "
        "lag_skew lag_variation hottest_topic hottest_partition "
        "time_lag_ms time_lag_tier time_lag_at_least consume_rate produce_rate drains eta_ms loss_eta_ms "
        "uncommitted coordinator marks members partitions");
    has_keys(at(group, "members.0"), "member_id client_id host instance_id subscription partitions lag");
    has_keys(at(group, "partitions.0"),
             "topic partition status rule since why complete committed committed_at "
             "committed_at_exact last_advance_at behind_since as_of log_start log_end "
             "last_stable lag raw_lag approximate lost time_lag_ms time_lag_tier time_lag_at_least "
             "consume_rate produce_rate drains eta_ms loss_eta_ms owner marks window");
    has_keys(at(group, "partitions.0.owner"), "client_id host member_id");
    assert_string_equal(string_at(group, "status"), "ERR");
    assert_string_equal(string_at(group, "worst"), "STALL");
    assert_string_equal(string_at(group, "partitions.1.owner.client_id"), "client-1");
    assert_string_equal(string_at(all, "clusters.0.events.0.from"), "OK");
    assert_true(cJSON_IsNull(at(all, "clusters.0.events.2.to")));
    assert_string_equal(string_at(group_named(all, "abandoned"), "marks.0"), "ABANDONED");
    assert_int_equal(at(all, "clusters.0.filters.hidden_groups")->valueint, 3);
    cJSON_Delete(all);
    kt_snapshot_unref(snap);
}

static void detail_says_how_deep_it_goes(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    cJSON *few = parsed(snap, KT_DETAIL_GROUPS), *more = parsed(snap, KT_DETAIL_PARTITIONS);
    assert_null(at(few, "clusters.0.groups.0.partitions"));
    assert_null(at(few, "clusters.0.topics.0.partitions"));
    assert_non_null(at(few, "clusters.0.groups.0.members"));
    assert_non_null(at(more, "clusters.0.groups.0.partitions.0"));
    assert_null(at(more, "clusters.0.groups.0.partitions.0.window"));
    cJSON_Delete(few);
    cJSON_Delete(more);
    kt_snapshot_unref(snap);
}

static void unknown_is_null(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full(), *empty = fake_snapshot_empty();
    cJSON *all = parsed(snap, KT_DETAIL_PARTITIONS), *nothing = parsed(empty, KT_DETAIL_PARTITIONS);
    const cJSON *group = group_named(all, "unknown");
    static const char *const nulls[] = {"status",
                                        "worst",
                                        "since",
                                        "total_lag",
                                        "max_lag",
                                        "time_lag_ms",
                                        "drains",
                                        "eta_ms",
                                        "consume_rate",
                                        "partitions.0.lag",
                                        "partitions.0.log_end",
                                        "partitions.0.status",
                                        "partitions.0.rule",
                                        "members.0.lag"};
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++) {
        assert_non_null(at(group, nulls[i]));
        assert_true(cJSON_IsNull(at(group, nulls[i])));
    }
    assert_true(cJSON_IsNull(at(all, "clusters.0.brokers.2.up")));
    assert_true(cJSON_IsFalse(at(all, "clusters.0.brokers.1.up")));
    assert_true(cJSON_IsNull(at(group_named(all, "stop"), "partitions.0.owner")));
    assert_true(cJSON_IsNull(at(nothing, "clusters.0.as_of")));
    assert_true(cJSON_IsNull(at(nothing, "clusters.0.source")));
    assert_true(cJSON_IsTrue(at(nothing, "clusters.0.partial")));
    cJSON_Delete(all);
    cJSON_Delete(nothing);
    kt_snapshot_unref(snap);
    kt_snapshot_unref(empty);
}

static struct kt_group *group_of_one(const char *name, struct kt_lag_facts *lag, struct kt_arena **arena)
{
    struct kt_group *group = kt_group_new(arena);
    group->name = fake_text(name);
    group->lag_count = 1;
    group->lags = kt_arena_take(*arena, 1, sizeof *group->lags);
    *lag = (struct kt_lag_facts){.topic = fake_text("t"), .owner = -1};
    KT_SET(lag, LAG, partition, 0);
    fake_snapshot_repack(group, 0, lag);
    return group;
}

static void numbers_are_exact_and_finite(void **state)
{
    (void)state;
    struct kt_arena *arena;
    struct kt_lag_facts facts, *lag = &facts;
    struct kt_snapshot *snap = fake_snapshot_new();
    struct kt_group *group = group_of_one("g", lag, &arena);
    struct kt_commit *window = kt_arena_take(arena, 1, sizeof *window);
    *window =
        (struct kt_commit){.offset = INT64_MAX, .at_ms = INT64_MIN, .lag = UINT64_MAX, .lag_known = true};
    lag->window = window;
    lag->window_count = 1;
    KT_SET(lag, LAG, committed, INT64_C(9007199254740993));
    KT_SET(lag, LAG, raw_lag, INT64_MIN);
    KT_SET(lag, LAG, complete, (double)0.8f);
    KT_SET(lag, LAG, consume_rate, 1.0 / 3.0);
    KT_SET(lag, LAG, produce_rate, (double)INFINITY);
    fake_snapshot_repack(group, 0, lag);
    KT_SET(group, GROUP, complete, 2.0 / 3.0);
    KT_SET(group, GROUP, consume_rate, 1234567.25);
    KT_SET(group, GROUP, produce_rate, (double)NAN);
    kt_snapshot_take_group(snap, group);
    const struct kt_snapshot *sealed = kt_snapshot_seal(snap);
    char *text = exported(KT_FORMAT_JSON, sealed, (struct kt_export_settings){.detail = KT_DETAIL_WINDOWS});
    static const char *const wanted[] = {
        "\"committed\":9007199254740993,", "\"raw_lag\":-9223372036854775808,",
        "\"offset\":9223372036854775807,", "\"at\":-9223372036854775808,",
        "\"lag\":18446744073709551615,",   "\"complete\":0.8,",
        "\"complete\":0.6666667,",         "\"consume_rate\":0.333333,",
        "\"consume_rate\":1234567.2,",     "\"produce_rate\":null,",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (!strstr(text, wanted[i])) {
            fail_msg("no %s in %s", wanted[i], text);
        }
    }
    assert_null(strstr(text, "inf"));
    assert_null(strstr(text, "nan"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line */
    free(text);
    kt_snapshot_unref(sealed);
}

static void a_locale_with_commas_changes_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !found; i++) {
        found = setlocale(LC_NUMERIC, names[i]) != NULL;
    }
    if (!found) {
        skip();
    }
    const struct kt_snapshot *snap = fake_snapshot_full();
    char *text = exported(KT_FORMAT_JSON, snap, (struct kt_export_settings){.detail = KT_DETAIL_PARTITIONS});
    setlocale(LC_NUMERIC, "C");
    assert_non_null(strstr(text, "\"produce_rate\":50.5,"));
    free(text);
    kt_snapshot_unref(snap);
}

/* ---- names ---- */

static void hostile_names_come_back_as_they_were(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_hostile();
    char *text = exported(KT_FORMAT_JSON, snap, (struct kt_export_settings){.detail = KT_DETAIL_GROUPS});
    for (const char *c = text; *c; c++) {
        assert_true((unsigned char)*c >= 0x20 || *c == '\n');
        assert_true(*c != 0x7f);
    }
    assert_null(strstr(text, "\xc2\x9b"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_true(kt_utf8_valid(text, strlen(text)));
    assert_non_null(strstr(text, "\"name\":\"nul\\u0000inside\""));
    assert_non_null(strstr(text, "\"name\":\"\\u001b[2J\\u001b[31mred\\u001b]0;title\\u0007\""));
    assert_non_null(strstr(text, "\"name\":\"not \xef\xbf\xbd\xef\xbf\xbd utf-8 "
                                 "\xef\xbf\xbd\",\"name_base64\":\"bm90IP/+IHV0Zi04IMM=\""));
    assert_non_null(strstr(text, "\"name\":\"\xe6\xbc\xa2\xe5\xad\x97 wide\",\"type\""));
    cJSON *all = cJSON_Parse(text);
    assert_non_null(all);
    assert_string_equal(string_at(group_named(all, "quote\"comma,back\\slash'"), "name"),
                        "quote\"comma,back\\slash'");
    group_named(all, "\xe2\x80\xaetxt.exe\xe2\x80\xac");
    cJSON_Delete(all);
    free(text);
    kt_snapshot_unref(snap);
}

static void no_control_byte_leaves_in_text_or_rows(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_hostile();
    const enum kt_format formats[] = {KT_FORMAT_TEXT, KT_FORMAT_CSV};
    for (size_t f = 0; f < 2; f++) {
        char *text = exported(formats[f], snap, (struct kt_export_settings){0});
        assert_true(kt_utf8_valid(text, strlen(text)));
        uint32_t character;
        for (size_t i = 0; text[i]; i += kt_utf8_next(text + i, strlen(text + i), &character)) {
            kt_utf8_next(text + i, strlen(text + i), &character);
            bool end = character == '\n' || (character == '\r' && formats[f] == KT_FORMAT_CSV);
            assert_true(end || !kt_utf8_is_control(character));
        }
        assert_non_null(strstr(text, "\\x1b[2J"));
        free(text);
    }
    kt_snapshot_unref(snap);
}

static void rows_of_csv_have_all_columns(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_hostile();
    char *text = exported(KT_FORMAT_CSV, snap, (struct kt_export_settings){0});
    assert_memory_equal(text,
                        "cluster,group,topic,partition,status,committed,log_end,lag,time_lag_ms,consume_rate,"
                        "produce_rate,eta_ms,owner_client_id,owner_host,committed_at,since\r\n",
                        151);
    size_t rows = 0, commas = 0, partitions = 0;
    bool quoted = false;
    for (const char *c = text; *c; c++) {
        quoted = *c == '"' ? !quoted : quoted;
        commas += *c == ',' && !quoted;
        if (*c == '\n') {
            assert_false(quoted);
            assert_int_equal(commas, 15);
            commas = 0;
            rows++;
        }
    }
    for (size_t i = 0; i < snap->group_count; i++) {
        partitions += snap->groups[i]->lag_count;
    }
    assert_int_equal(rows, partitions + 1);
    assert_non_null(strstr(text, "prod-eu,\"quote\"\"comma,back\\slash'\",orders,0,STOP,"));
    free(text);
    text = exported(KT_FORMAT_CSV, snap, (struct kt_export_settings){.continued = true});
    assert_memory_equal(text, "prod-eu,", 8);
    free(text);
    kt_snapshot_unref(snap);
    snap = fake_snapshot_full();
    text = exported(KT_FORMAT_CSV, snap, (struct kt_export_settings){0});
    assert_non_null(strstr(
        text, "prod-eu,unknown,orders,0,,1000,,,,,,,client-0,10.0.0.1,1699999997000,1699999995000\r\n"));
    free(text);
    kt_snapshot_unref(snap);
}

static void text_shows_the_worst_first(void **state)
{
    (void)state;
    static const char *const order[] = {
        "\n## REWIND rewind", "\n## STOP   stop",      "\n## STALL  stall",       "\n## ERR    err",
        "\n!  WARN   warn",   "\n~  REBAL  rebalancing", "\n#  ABAND  abandoned", "\n?  UNSURE unknown",
        "\n.  OK     ok",     "\n.  OK     idle",      "\n-  EMPTY  empty"};
    const struct kt_snapshot *snap = fake_snapshot_full();
    char *text = exported(KT_FORMAT_TEXT, snap, (struct kt_export_settings){0});
    const char *from = text;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        from = strstr(from, order[i]);
        if (!from) {
            fail_msg("%s is missing or out of order in %s", order[i] + 1, text);
        }
    }
    assert_non_null(strstr(text, "ERR 4 WARN 1 OK 4 unknown 1 abandoned 1; hidden 3"));
    assert_non_null(strstr(text, "PARTIAL"));
    assert_non_null(strstr(text, "problem broker 2 _TRANSPORT: "));
    free(text);
    kt_snapshot_unref(snap);
}

/* Each kind of cause with names that no other place of the snapshot has. */
static void causes_are_told_and_hidden(void **state)
{
    (void)state;
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->causes = kt_arena_take(snap->arena, KT_CAUSE_KIND_COUNT, sizeof *snap->causes);
    for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
        struct kt_cause *cause = &snap->causes[snap->cause_count++];
        bool by_number = kind == KT_CAUSE_LEADER || kind == KT_CAUSE_COORDINATOR;
        *cause = (struct kt_cause){.kind = (enum kt_cause_kind)kind, .group = fake_text("secret-group"), .number = 2,
                                   .host = fake_text("secret/host"), .status = KT_STATUS_STALL, .bad = 3,
                                   .bad_total = 4, .all = 5, .all_total = 60,
                                   .value = by_number ? kt_text_of(NULL, 0) : fake_text("secret value"),
                                   .text = fake_text("secret value on secret/host of secret-group")};
    }
    const struct kt_snapshot *sealed = kt_snapshot_seal(snap);
    cJSON *all = parsed(sealed, KT_DETAIL_GROUPS);
    has_keys(at(all, "clusters.0.causes.0"),
             "kind group value host number status counts rest bad bad_total all all_total text");
    assert_string_equal(string_at(all, "clusters.0.causes.1.kind"), "member");
    cJSON_Delete(all);
    char *text = exported(KT_FORMAT_TEXT, sealed, (struct kt_export_settings){0});
    assert_non_null(strstr(text, "\ncause secret value on secret/host of secret-group\n"));
    free(text);
    const enum kt_format formats[] = {KT_FORMAT_JSON, KT_FORMAT_TEXT};
    for (size_t i = 0; i < 2; i++) {
        text = exported(formats[i], sealed, (struct kt_export_settings){.anonymize = true});
        assert_null(strstr(text, "secret"));
        assert_non_null(strstr(text, "3 of 4 STALL partitions of group-"));
        free(text);
    }
    kt_snapshot_unref(sealed);
}

static void no_name_is_left_in_an_anonymous_snapshot(void **state)
{
    (void)state;
    static const char *const secrets[] = {
        "orders",  "payments", "stall",  "rebalancing", "client-0\"", "client-0,", "member-0000\"",
        "kafka-1", "10.0.0.1", "rack-b", "Xf3kQ0aTR7u", "\"secret\"", "^.*$"};
    const struct kt_snapshot *snap = fake_snapshot_full();
    const enum kt_format formats[] = {KT_FORMAT_JSON, KT_FORMAT_CSV, KT_FORMAT_TEXT};
    for (size_t f = 0; f < 3; f++) {
        struct kt_export_settings settings = {.detail = KT_DETAIL_WINDOWS, .anonymize = true};
        char *text = exported(formats[f], snap, settings);
        for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
            if (strstr(text, secrets[i])) {
                fail_msg("%s is in %s", secrets[i], text);
            }
        }
        free(text);
    }
    const struct kt_snapshot *once = kt_snapshot_anonymous(snap), *twice = kt_snapshot_anonymous(once);
    char *first = exported(KT_FORMAT_JSON, once, (struct kt_export_settings){.detail = KT_DETAIL_PARTITIONS});
    char *second =
        exported(KT_FORMAT_JSON, twice, (struct kt_export_settings){.detail = KT_DETAIL_PARTITIONS});
    assert_string_equal(first, second);
    free(first);
    free(second);
    for (size_t i = 1; i < once->group_count; i++) {
        assert_true(kt_text_compare(once->groups[i - 1]->name, once->groups[i]->name) < 0);
    }
    kt_snapshot_unref(once);
    kt_snapshot_unref(twice);
    kt_snapshot_unref(snap);
}

#define SECRET "s3cr3t.name"

/* Sets all texts of an entity, or counts those that tell the secret. */
static size_t texts_of(const struct kt_field *fields, size_t count, const void *entity, bool set)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        struct kt_text *text = (struct kt_text *)((uintptr_t)entity + fields[i].offset);
        if (fields[i].kind != KT_FIELD_TEXT) {
            continue;
        }
        if (set) {
            *text = kt_text_of(SECRET, strlen(SECRET));
        } else if (text->bytes && strstr(text->bytes, SECRET)) {
            left++;
        }
    }
    return left;
}

static size_t all_texts(const struct kt_snapshot *snap, bool set)
{
    const struct kt_group *group = snap->groups[0];
    struct kt_lag_facts lag;
    kt_lag_unpack(&group->lags[0], &lag);
    size_t of_lag = texts_of(kt_lag_fields, KT_LAG_FIELD_COUNT, &lag, set);
    if (set) {
        fake_snapshot_repack((struct kt_group *)(uintptr_t)group, 0, &lag);
    }
    return of_lag + texts_of(kt_group_fields, KT_GROUP_FIELD_COUNT, group, set) +
           texts_of(kt_member_fields, KT_MEMBER_FIELD_COUNT, &group->members[0], set) +
           texts_of(kt_topic_fields, KT_TOPIC_FIELD_COUNT, snap->topics[0], set) +
           texts_of(kt_partition_fields, KT_PARTITION_FIELD_COUNT, &snap->topics[0]->partitions[0], set) +
           texts_of(kt_broker_fields, KT_BROKER_FIELD_COUNT, &snap->brokers[0], set);
}

/* A new row of kind TEXT must be made anonymous in export_anonymous.c. */
static void every_text_of_a_fact_is_made_anonymous(void **state)
{
    (void)state;
    struct kt_snapshot *building = fake_snapshot_new();
    fake_snapshot_group(building, &(struct fake_group){.name = "g", .partitions = 1, .members = 1});
    fake_snapshot_topic(building, "t", 1);
    fake_snapshot_brokers(building, 1);
    const struct kt_snapshot *snap = fake_snapshot_seal(building);
    all_texts(snap, true);
    assert_true(all_texts(snap, false) > 10);
    const struct kt_snapshot *hidden = kt_snapshot_anonymous(snap);
    assert_int_equal(all_texts(hidden, false), 0); /* else: that row of fields.def */
    kt_snapshot_unref(hidden);
    kt_snapshot_unref(snap);
}

static void an_anonymous_owner_is_still_the_owner(void **state)
{
    (void)state;
    struct kt_snapshot *building = fake_snapshot_new();
    fake_snapshot_group(building, &(struct fake_group){.name = "g",
                                                       .worst = KT_STATUS_STALL,
                                                       .partitions = 9,
                                                       .members = 9,
                                                       .lag = 9000,
                                                       .why = "g on 10.0.0.3 and client-1. orders"});
    const struct kt_snapshot *snap = fake_snapshot_seal(building), *hidden = kt_snapshot_anonymous(snap);
    for (size_t i = 0; i < 9; i++) {
        const struct kt_member *was = &snap->groups[0]->members[snap->groups[0]->lags[i].owner];
        const struct kt_member *is = &hidden->groups[0]->members[hidden->groups[0]->lags[i].owner];
        assert_true(was->lag == is->lag);
        assert_int_equal(is->client_id.length, strlen("client-0123456789"));
    }
    const char *why = hidden->groups[0]->why.bytes;
    assert_null(strstr(why, "10.0.0.3"));
    assert_non_null(strstr(why, " on host-"));
    assert_non_null(strstr(why, " and client-"));
    assert_non_null(strstr(why, ". topic-"));
    kt_snapshot_unref(hidden);
    kt_snapshot_unref(snap);
}

/* The same cluster so often that its documents, were they kept, could not be overlooked. */
static void nothing_of_a_document_is_kept(void **state)
{
    (void)state;
    enum { CLUSTERS = 4000, LEAST_MB = 20, MOST_KB = 4096 };
    static const enum kt_format formats[] = {KT_FORMAT_JSON, KT_FORMAT_CSV};
    const struct kt_snapshot *snap = fake_snapshot_full(), *snaps[CLUSTERS];
    const struct kt_export_settings settings = {.detail = KT_DETAIL_WINDOWS};
    struct rusage before, after;
    struct kt_err err = {.text = ""};
    for (size_t i = 0; i < CLUSTERS; i++) {
        snaps[i] = snap;
    }
    char *one = exported(KT_FORMAT_JSON, snap, settings);
    assert_true(strlen(one) * CLUSTERS > LEAST_MB * 1000000);
    free(one);
    FILE *out = fopen("/dev/null", "w");
    getrusage(RUSAGE_SELF, &before);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        assert_int_equal(kt_export(formats[i], snaps, CLUSTERS, &settings, out, &err), KT_OK);
    }
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < MOST_KB);
    fclose(out);
    kt_snapshot_unref(snap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_a_document_is_kept), /* first: what was used once is not counted again */
        cmocka_unit_test(the_document_has_what_was_promised),
        cmocka_unit_test(detail_says_how_deep_it_goes),
        cmocka_unit_test(unknown_is_null),
        cmocka_unit_test(numbers_are_exact_and_finite),
        cmocka_unit_test(a_locale_with_commas_changes_nothing),
        cmocka_unit_test(hostile_names_come_back_as_they_were),
        cmocka_unit_test(no_control_byte_leaves_in_text_or_rows),
        cmocka_unit_test(rows_of_csv_have_all_columns),
        cmocka_unit_test(text_shows_the_worst_first),
        cmocka_unit_test(causes_are_told_and_hidden),
        cmocka_unit_test(no_name_is_left_in_an_anonymous_snapshot),
        cmocka_unit_test(every_text_of_a_fact_is_made_anonymous),
        cmocka_unit_test(an_anonymous_owner_is_still_the_owner),
    };
    return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
