/* When the collector asks for records, what waits for the answers, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "collector.h"
#include "fake_source.h"
#include "freeze.h"
#include "model.h"
#include "snapshot.h"
#include "trace.h"

#define DELAY 2000

struct rig {
    struct fake_source source;
    struct kt_options options;
    struct kt_log *log;
    struct kt_publish publish;
    struct kt_collector *collector;
    int64_t end;
};

static struct kt_text text(const char *words)
{
    return kt_text_of(words, strlen(words));
}

/* A collector with these words on its command line, for so many pictures; `record` may be NULL. */
static void open_rig_of(struct rig *rig, const char *pictures, const char *records, const char *record)
{
    struct kt_err err;
    struct kt_source source;
    char *const argv[] = {"kafkatop", "-b", "fake:9092", "--json", "-n", (char *)(uintptr_t)pictures, "--records",
                          (char *)(uintptr_t)records, NULL};
    memset(rig, 0, sizeof *rig);
    fake_source_init(&rig->source);
    rig->source.takes_records = true;
    assert_int_equal(kt_options_parse(&rig->options, 8, argv, &err), KT_OK);
    rig->options.record = record ? kt_strdup(record) : NULL;
    rig->log = kt_log_new(&rig->source.clock.clock);
    struct kt_model *model = kt_model_new(&rig->options, &rig->source.clock.clock, rig->log);
    assert_int_equal(kt_publish_init(&rig->publish, kt_freeze(model, 0), &err), KT_OK);
    kt_model_free(model);
    assert_int_equal(fake_source_open(&rig->source, &source, &rig->options, rig->log), KT_OK);
    assert_int_equal(kt_collector_start(&rig->collector, source, &rig->options, &rig->source.clock.clock, rig->log,
                                        &rig->publish, &err),
                     KT_OK);
    fake_source_settle(&rig->source);
}

static void open_rig(struct rig *rig, const char *records, const char *record)
{
    open_rig_of(rig, "1000", records, record);
}

static void close_rig(struct rig *rig)
{
    assert_true(kt_collector_stop(rig->collector, 10000));
    assert_int_equal(fake_source_misuses(&rig->source), 0);
    kt_publish_release(&rig->publish);
    kt_log_free(rig->log);
    kt_options_release(&rig->options);
    fake_source_release(&rig->source);
}

static void say(struct rig *rig, struct kt_obs obs)
{
    fake_source_say(&rig->source, obs);
}

/* A group with a member that has committed 995 of `end` records. */
static void say_all(struct rig *rig, int64_t end, int64_t committed)
{
    rig->end = end;
    say(rig, (struct kt_obs){.kind = KT_OBS_CLUSTER, .cluster = {.controller = 1, .offsets_partition_count = 1}});
    say(rig, (struct kt_obs){.kind = KT_OBS_TOPIC, .topic = {.name = text("orders"), .partition_count = 1}});
    say(rig, (struct kt_obs){.kind = KT_OBS_PARTITION, .partition = {.topic = text("orders"), .leader = 1}});
    say(rig, (struct kt_obs){.kind = KT_OBS_COMMIT,
                             .commit = {.group = text("g"),
                                        .topic = text("orders"),
                                        .offset = committed,
                                        .commit_ms = kt_wall(&rig->source.clock.clock) - 3000,
                                        .order = committed,
                                        .exact = true,
                                        .backfilled = true}});
    say(rig, (struct kt_obs){.kind = KT_OBS_FRESH, .fresh = {.offsets_partition = 0}});
    say(rig, (struct kt_obs){.kind = KT_OBS_END,
                             .end = {.topic = text("orders"), .has_end = true, .log_end = end}});
    fake_source_say_pass(&rig->source);
    fake_source_settle(&rig->source);
}

/* The next collection, a delay later: nothing has moved but what is told. */
static void go_on(struct rig *rig, int64_t end)
{
    fake_source_pass(&rig->source, DELAY);
    say(rig, (struct kt_obs){.kind = KT_OBS_FRESH, .fresh = {.offsets_partition = 0}});
    say(rig, (struct kt_obs){.kind = KT_OBS_END,
                             .end = {.topic = text("orders"), .has_end = true, .log_end = end}});
    fake_source_say_pass(&rig->source);
    fake_source_settle(&rig->source);
}

static void answer(struct rig *rig, int64_t asked, bool found, int64_t offset, int64_t age_ms)
{
    say(rig, (struct kt_obs){.kind = KT_OBS_RECORD,
                             .record = {.topic = text("orders"),
                                        .asked = asked,
                                        .found = found,
                                        .offset = offset,
                                        .stamp = KT_STAMP_CREATE,
                                        .timestamp_ms = kt_wall(&rig->source.clock.clock) - age_ms}});
    fake_source_settle(&rig->source);
}

/* The lag of the latest snapshot, valid until the next call; NULL when there is none. */
static const struct kt_lag_facts *row(struct rig *rig, bool *partial)
{
    static struct kt_lag_facts kept;
    const struct kt_snapshot *snap = kt_publish_get(&rig->publish);
    const struct kt_group *group = kt_snapshot_group(snap, "g", 1);
    bool any = group && group->lag_count == 1;
    if (any)
        kt_lag_unpack(&group->lags[0], &kept);
    *partial = snap->partial;
    kt_snapshot_unref(snap);
    return any ? &kept : NULL;
}

static void the_first_picture_waits_for_what_is_left_to_read(void **state)
{
    (void)state;
    struct rig rig;
    bool partial;
    open_rig(&rig, "tail", NULL);
    say_all(&rig, 1001, 1000);
    assert_string_equal(fake_source_wished(&rig.source), "orders 0 1000");
    const struct kt_lag_facts *lag = row(&rig, &partial);
    assert_true(!lag || partial); /* not complete yet */
    answer(&rig, 1000, false, 1001, 0);
    lag = row(&rig, &partial);
    assert_non_null(lag);
    assert_false(partial);
    assert_int_equal(lag->marks, KT_MARK_TAIL);
    assert_int_equal(lag->status, KT_STATUS_OK);
    assert_int_equal(lag->time_lag_ms, 0);
    assert_string_equal(lag->time_lag_tier, "exact");
    go_on(&rig, 1001);
    assert_string_equal(fake_source_wished(&rig.source), "");
    close_rig(&rig);
}

/* A record that no broker gives keeps nobody waiting, and is not asked about twice at a time. */
static void nobody_waits_for_long(void **state)
{
    (void)state;
    struct rig rig;
    bool partial;
    open_rig(&rig, "exact", NULL);
    say_all(&rig, 1001, 1000);
    assert_string_equal(fake_source_wished(&rig.source), "orders 0 1000");
    for (int i = 0; i < 7; i++) {
        fake_source_pass(&rig.source, 250);
    }
    assert_non_null(row(&rig, &partial));
    assert_false(partial);
    go_on(&rig, 1002);
    assert_string_equal(fake_source_wished(&rig.source), ""); /* the first question is still open */
    answer(&rig, 1000, true, 1000, 4000);
    go_on(&rig, 1002);
    assert_int_equal(row(&rig, &partial)->time_lag_ms, 4000 + DELAY);
    close_rig(&rig);
}

/* Neither while the first pass takes longer than a delay, nor after it. */
static void a_single_picture_is_asked_for_once(void **state)
{
    (void)state;
    struct rig rig;
    open_rig_of(&rig, "1", "tail", NULL);
    fake_source_pass(&rig.source, 3 * DELAY);
    say_all(&rig, 1000, 995);
    assert_string_equal(fake_source_wished(&rig.source), "orders 0 995");
    answer(&rig, 995, true, 995, 70000);
    fake_source_settle(&rig.source);
    fake_source_pass(&rig.source, 10 * DELAY);
    assert_int_equal(fake_source_refreshes(&rig.source), 1);
    const struct kt_snapshot *snap = kt_publish_get(&rig.publish);
    assert_true(snap->collected);
    assert_int_equal(snap->groups[0]->lag_count, 1);
    /* What comes afterwards changes nothing: there is no model any more that could tell of it. */
    say_all(&rig, 1000, 996);
    fake_source_pass(&rig.source, 10 * DELAY);
    const struct kt_snapshot *later = kt_publish_get(&rig.publish);
    assert_ptr_equal(snap, later);
    kt_snapshot_unref(later);
    kt_snapshot_unref(snap);
    close_rig(&rig);
}

static void exact_ones_are_told_with_the_picture_they_belong_to(void **state)
{
    (void)state;
    struct rig rig;
    bool partial;
    open_rig(&rig, "exact", NULL);
    say_all(&rig, 1000, 1000);
    assert_string_equal(fake_source_wished(&rig.source), "");
    go_on(&rig, 1010);
    assert_string_equal(fake_source_wished(&rig.source), "orders 0 1000");
    assert_int_equal(row(&rig, &partial)->lag, 0); /* the picture of before */
    answer(&rig, 1000, true, 1003, 70000);
    const struct kt_lag_facts *lag = row(&rig, &partial);
    assert_int_equal(lag->lag, 10);
    assert_int_equal(lag->time_lag_ms, 70000);
    assert_string_equal(lag->time_lag_tier, "exact");
    assert_string_equal(lag->record_clock, "create");
    go_on(&rig, 1020);
    assert_string_equal(fake_source_wished(&rig.source), ""); /* it still is the next one */
    assert_int_equal(row(&rig, &partial)->time_lag_ms, 70000 + DELAY);
    close_rig(&rig);
}

static void a_readers_wish_lasts_a_minute(void **state)
{
    (void)state;
    struct rig rig;
    bool partial;
    open_rig(&rig, "tail", NULL);
    say_all(&rig, 1000, 1000);
    go_on(&rig, 1010);
    assert_string_equal(fake_source_wished(&rig.source), "");
    unsigned refreshes = fake_source_refreshes(&rig.source);
    kt_collector_exact(rig.collector, text("g"), text("orders"), 0);
    fake_source_settle(&rig.source);
    assert_int_equal(fake_source_refreshes(&rig.source), refreshes + 1); /* at once */
    fake_source_say_pass(&rig.source);
    fake_source_settle(&rig.source);
    assert_string_equal(fake_source_wished(&rig.source), "orders 0 1000");
    answer(&rig, 1000, true, 1000, 5000);
    assert_string_equal(row(&rig, &partial)->time_lag_tier, "exact");
    for (int i = 0; i < 31; i++) {
        go_on(&rig, 1011 + i);
    }
    say(&rig, (struct kt_obs){.kind = KT_OBS_COMMIT,
                              .commit = {.group = text("g"),
                                         .topic = text("orders"),
                                         .offset = 1005,
                                         .commit_ms = kt_wall(&rig.source.clock.clock),
                                         .order = 1005,
                                         .exact = true}});
    go_on(&rig, 1050);
    assert_string_equal(fake_source_wished(&rig.source), "");
    assert_string_equal(row(&rig, &partial)->time_lag_tier, "history");
    close_rig(&rig);
}

static void none_are_asked_where_none_may_be(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, "none", NULL);
    say_all(&rig, 1001, 1000);
    kt_collector_exact(rig.collector, text("g"), text(""), -1);
    for (int i = 0; i < 10; i++) {
        go_on(&rig, 1001);
    }
    assert_string_equal(fake_source_wished(&rig.source), "");
    assert_int_equal(rig.source.wishes, 0);
    close_rig(&rig);
}

/* A replay publishes at each pass: what was waited for has to stand before it. */
static void a_recording_has_records_before_their_pass(void **state)
{
    (void)state;
    struct rig rig;
    struct kt_err err;
    char path[] = "/tmp/kafkatop-test-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    open_rig(&rig, "tail", path);
    say_all(&rig, 1001, 1000);
    answer(&rig, 1000, false, 1001, 0);
    go_on(&rig, 1001);
    close_rig(&rig);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    struct kt_trace_reader *reader;
    assert_int_equal(kt_trace_open(&reader, in, &err), KT_OK);
    struct kt_obs obs;
    bool more = true;
    int passes = 0, records = 0;
    while (kt_trace_next(reader, &obs, &more, &err) == KT_OK && more) {
        passes += obs.kind == KT_OBS_PASS;
        records += obs.kind == KT_OBS_RECORD;
        assert_true(obs.kind != KT_OBS_RECORD || passes == 0);
    }
    assert_int_equal(passes, 2);
    assert_int_equal(records, 1);
    kt_trace_reader_free(reader);
    fclose(in);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_picture_waits_for_what_is_left_to_read),
        cmocka_unit_test(nobody_waits_for_long),
        cmocka_unit_test(a_single_picture_is_asked_for_once),
        cmocka_unit_test(exact_ones_are_told_with_the_picture_they_belong_to),
        cmocka_unit_test(a_readers_wish_lasts_a_minute),
        cmocka_unit_test(none_are_asked_where_none_may_be),
        cmocka_unit_test(a_recording_has_records_before_their_pass),
    };
    return cmocka_run_group_tests_name("collector-records", tests, NULL, NULL);
}
