/* meter: what the header says at each width, and when what is shown is too old. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_snapshot.h"
#include "meter.h"

static struct kt_options options = {.settings.delay_ms = 2000};
static struct ui_tally tally;

static struct ui_meter_context context(const struct kt_snapshot *snap, int width)
{
    if (snap)
        ui_tally_make(&tally, snap);
    return (struct ui_meter_context){.snap = snap, .options = &options, .tally = &tally, .now_mono = 5000000,
                                     .now_wall = FAKE_NOW_MS, .delay_ms = 2000, .width = width};
}

/* The line as text; valid until the next call. */
static const char *line_of(enum ui_meter_line line, const struct ui_meter_context *cx)
{
    static char *text;
    static size_t length;
    struct ui_canvas cv;
    free(text);
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    ui_canvas_init(&cv);
    ui_canvas_resize(&cv, cx->width, 1);
    ui_meter_draw(&cv, line, cx, 0);
    ui_canvas_write_text(&cv, out);
    fclose(out);
    ui_canvas_release(&cv);
    return text;
}

static void it_is_fresh_until_it_is_not(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_meter_context cx = context(snap, 80);
    assert_int_equal(ui_meter_age(&cx), 1200);
    assert_false(ui_meter_stale(&cx));
    assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "age 1.2s"));
    cx.now_mono += 4800;
    assert_false(ui_meter_stale(&cx)); /* exactly three delays */
    cx.now_mono += 1;
    assert_true(ui_meter_stale(&cx));
    cx.now_mono += 8000;
    assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "STALE 14s"));
    cx.paused = true;
    cx.paused_ms = 72000;
    assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "PAUSED 01:12"));
    assert_false(ui_meter_stale(&cx)); /* it stands because somebody wants it to */
    cx.paused = false;
    /* A clock that was turned back does not make data younger than nothing. */
    cx.now_mono = 0;
    assert_int_equal(ui_meter_age(&cx), 0);
    kt_snapshot_unref(snap);
}

static void the_past_has_a_time_and_a_place(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_meter_context cx = context(snap, 80);
    cx.back = true;
    cx.place = 12;
    cx.places = 240;
    cx.now_mono += 252000;
    assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "AS OF 22:13:20 (-4m12) [12/240]"));
    assert_false(ui_meter_stale(&cx)); /* it was fresh then */
    assert_int_equal(ui_meter_age(&cx), 1200);
    cx.lost = true;
    assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "[12/240] now STALE"));
    cx.base = snap;
    assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "base 22:13:20"));
    cx.width = 20;
    assert_string_equal(line_of(UI_METER_IDENTITY, &cx), "AS OF 22:13:20 -4m12\n");
    cx.now_mono = 0; /* a clock that was turned back */
    assert_string_equal(line_of(UI_METER_IDENTITY, &cx), "  AS OF 22:13:20 -0s\n");
    kt_snapshot_unref(snap);
}

static void what_nobody_checks_stays_in_sight(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct kt_property properties[] = {{.key = "security.protocol", .value = "SSL"},
                                       {.key = "enable.ssl.certificate.verification", .value = "false"}};
    options.properties = properties;
    for (int width = 40; width <= 200; width += 10) {
        struct ui_meter_context cx = context(snap, width);
        options.property_count = 2;
        const char *mark = width < 110 ? "TLS UNCHECKED" : "TLS certificate UNCHECKED";
        assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), mark));
        assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "age 1.2s"));
        options.property_count = 1;
        assert_null(strstr(line_of(UI_METER_IDENTITY, &cx), "UNCHECKED"));
    }
    options.properties = NULL;
    options.property_count = 0;
    kt_snapshot_unref(snap);
}

static void nothing_known_is_not_zero(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_empty();
    struct ui_meter_context cx = context(snap, 80);
    assert_int_equal(ui_meter_age(&cx), -1);
    assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "age -"));
    assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "brokers -"));
    assert_non_null(strstr(line_of(UI_METER_COUNTS, &cx), "connecting to kafka-1:9092"));
    assert_non_null(strstr(line_of(UI_METER_TOTALS, &cx), "lag -"));
    cx = context(NULL, 80);
    assert_non_null(strstr(line_of(UI_METER_COUNTS, &cx), "starting"));
    assert_non_null(strstr(line_of(UI_METER_TOTALS, &cx), "lag -"));
    kt_snapshot_unref(snap);
}

static void groups_are_counted_worst_first(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_each_status();
    struct ui_meter_context cx = context(snap, 200);
    const char *text = line_of(UI_METER_COUNTS, &cx);
    const char *const words[] = {"REWIND 1", "STOP 1", "STALL 1", "ERR 1", "WARN 1", "REBAL 1", "UNSURE 1", "OK 2",
                                 "EMPTY 1", "ABAND 1"};
    const char *before = text;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *at = strstr(text, words[i]);
        if (!at)
            fail_msg("no '%s' in: %s", words[i], text);
        assert_true(at >= before);
        before = at;
    }
    size_t sum = 0;
    for (int kind = 0; kind < UI_LOOK_COUNT; kind++)
        sum += tally.looks[kind];
    assert_int_equal(sum, snap->group_count);
    kt_snapshot_unref(snap);
}

static void a_lag_that_misses_partitions_is_a_least_one(void **state)
{
    (void)state;
    struct kt_group group = {0};
    KT_SET(&group, GROUP, lag_change_per_min, -118000);
    const struct kt_group *groups[] = {&group};
    struct kt_snapshot snap = {
        .groups = groups, .group_count = 1, .total_lag = 76200, .total_lag_known = true, .collected = true};
    struct ui_meter_context cx = context(&snap, 100);
    assert_non_null(strstr(line_of(UI_METER_TOTALS, &cx), "lag 76.2k"));
    assert_non_null(strstr(line_of(UI_METER_TOTALS, &cx), "-118k/min"));
    group.total_partial = true;
    cx = context(&snap, 100);
    assert_non_null(strstr(line_of(UI_METER_TOTALS, &cx), "lag >76.2k"));
    assert_null(strstr(line_of(UI_METER_TOTALS, &cx), "/min"));
}

static void narrow_lines_keep_what_matters(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    for (int width = 1; width <= 300; width++) {
        struct ui_meter_context cx = context(snap, width);
        for (int line = 0; line < UI_METER_LINES; line++)
            line_of((enum ui_meter_line)line, &cx);
        if (width >= 8)
            assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "age 1.2s"));
        if (width >= 8)
            assert_non_null(strstr(line_of(UI_METER_COUNTS, &cx), "REWIND 1"));
        if (width >= 10)
            assert_non_null(strstr(line_of(UI_METER_TOTALS, &cx), "lag >12.1M"));
        if (width >= 72)
            assert_non_null(strstr(line_of(UI_METER_IDENTITY, &cx), "22:13:20Z"));
    }
    kt_snapshot_unref(snap);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_fresh_until_it_is_not),
        cmocka_unit_test(the_past_has_a_time_and_a_place),
        cmocka_unit_test(what_nobody_checks_stays_in_sight),
        cmocka_unit_test(nothing_known_is_not_zero),
        cmocka_unit_test(groups_are_counted_worst_first),
        cmocka_unit_test(narrow_lines_keep_what_matters),
        cmocka_unit_test(a_lag_that_misses_partitions_is_a_least_one),
    };
    return cmocka_run_group_tests_name("meter", tests, NULL, NULL);
}
