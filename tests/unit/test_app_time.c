/* app: pausing, looking back at what is kept, and coming back to now. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "fake_app.h"
#include "ticket.h"

#define SHOWS(stage, what) assert_non_null(strstr(fake_app_screen(stage), what))
#define LACKS(stage, what) assert_null(strstr(fake_app_screen(stage), what))

/* Taken so long after FAKE_NOW_MS; "payments" stops at 10 s, "late" is there from 20 s on. */
static const struct kt_snapshot *taken(int64_t after_ms)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->taken_mono += after_ms;
    snap->taken_ms += after_ms;
    snap->as_of_ms += after_ms;
    fake_snapshot_topic(snap, "orders", 2);
    fake_snapshot_group(snap, &(struct fake_group){.name = "audit", .worst = KT_STATUS_OK, .partitions = 1,
                                                   .members = 1, .lag = 100 + after_ms / 10});
    bool stopped = after_ms >= 10000;
    fake_snapshot_group(snap, &(struct fake_group){.name = "payments", .lag = 10 + after_ms, .partitions = 2,
                                                   .worst = stopped ? KT_STATUS_STOP : KT_STATUS_OK,
                                                   .members = stopped ? 0 : 2});
    if (after_ms >= 20000)
        fake_snapshot_group(snap, &(struct fake_group){.name = "late", .worst = KT_STATUS_WARN, .partitions = 1,
                                                       .members = 1, .lag = 5});
    return fake_snapshot_seal(snap);
}

static unsigned give(struct fake_app *s, unsigned cluster, int64_t after_ms)
{
    const struct kt_snapshot *snap = taken(after_ms);
    s->now = FAKE_APP_START + after_ms;
    unsigned reaction = ui_app_cluster_snapshot(s->app, cluster, snap);
    kt_snapshot_unref(snap);
    return reaction;
}

/* 0 s, 2 s ... 30 s; the clock stands at the last. */
static void raise_with_history(struct fake_app *s)
{
    fake_app_raise(s, taken(0));
    for (int64_t at = 2000; at <= 30000; at += 2000)
        assert_int_equal(give(s, 0, at), UI_REACT_DRAW);
}

static void press(struct fake_app *s, const char *key, int times)
{
    for (int i = 0; i < times; i++)
        fake_app_key(s, key);
}

static void steps_back_and_comes_back_live(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    SHOWS(&s, "STOP 1");
    SHOWS(&s, "age 1.2s");
    press(&s, "[", 1);
    SHOWS(&s, "AS OF 22:13:48 (-2s) [15/16]");
    LACKS(&s, "age ");
    press(&s, "[", 11);
    SHOWS(&s, "AS OF 22:13:26 (-24s) [4/16]");
    LACKS(&s, "STOP");
    SHOWS(&s, "OK 2");
    press(&s, "]", 2);
    SHOWS(&s, "[6/16]");
    SHOWS(&s, "STOP 1");
    press(&s, "[", 100);
    SHOWS(&s, "AS OF 22:13:20 (-30s) [1/16]");
    SHOWS(&s, "nothing older is kept");
    press(&s, "]", 14);
    SHOWS(&s, "[15/16]");
    press(&s, "]", 1);
    LACKS(&s, "AS OF");
    SHOWS(&s, "age 1.2s");
    press(&s, "]", 1);
    SHOWS(&s, "this is the newest");
    fake_app_strike(&s);
}

static void the_past_stands_still_while_collecting_goes_on(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    press(&s, "[", 12);
    SHOWS(&s, "[4/16]");
    assert_int_equal(give(&s, 0, 32000), 0);
    assert_int_equal(give(&s, 0, 34000), 0);
    SHOWS(&s, "AS OF 22:13:26 (-28s) [4/18]");
    LACKS(&s, "STOP");
    LACKS(&s, "STALE");
    fake_app_key(&s, "2"); /* other views are of that time too */
    SHOWS(&s, "AS OF 22:13:26");
    fake_app_key(&s, "1");
    assert_int_equal(fake_app_key(&s, "r"), UI_REACT_DRAW | UI_REACT_REFRESH);
    SHOWS(&s, "the screen stays where it is");
    s.now += 60000; /* ... and then no answer comes any more */
    SHOWS(&s, "AS OF 22:13:26 (-1m28) [4/18] now STALE");
    fake_app_key(&s, "p");
    LACKS(&s, "AS OF");
    SHOWS(&s, "STALE 1m01");
    SHOWS(&s, "STOP 1");
    fake_app_strike(&s);
}

static void paused_snapshots_are_kept(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    fake_app_key(&s, "p");
    for (int64_t at = 32000; at <= 50000; at += 2000)
        assert_int_equal(give(&s, 0, at), 0);
    SHOWS(&s, "PAUSED 00:20");
    LACKS(&s, "STALE");
    press(&s, "[", 1); /* back from where it was paused */
    SHOWS(&s, "AS OF 22:13:48 (-22s) [15/26]");
    press(&s, "]", 1);
    SHOWS(&s, "AS OF 22:13:50 (-20s) [16/26]");
    press(&s, "]", 9); /* no hole: all that came meanwhile */
    SHOWS(&s, "AS OF 22:14:08 (-2s) [25/26]");
    press(&s, "]", 1);
    LACKS(&s, "AS OF");
    LACKS(&s, "PAUSED");
    SHOWS(&s, "age 1.2s");
    fake_app_strike(&s);
}

static void a_selection_waits_for_its_row(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    SHOWS(&s, "1/3");
    press(&s, "j", 1); /* payments, late, audit */
    SHOWS(&s, "2/3");
    press(&s, "[", 12);
    SHOWS(&s, "late was not there as of 22:13:26");
    press(&s, "]", 7);
    SHOWS(&s, "AS OF 22:13:40");
    LACKS(&s, "was not there");
    SHOWS(&s, "2/3");
    fake_app_key(&s, "p");
    SHOWS(&s, "2/3");
    /* A cursor that nobody moved looks back at the row it rested on, and rests on the worst again after. */
    press(&s, "g", 1);
    press(&s, "[", 12);
    fake_app_key(&s, "Enter");
    SHOWS(&s, "> payments partitions");
    fake_app_key(&s, "Esc");
    fake_app_key(&s, "p");
    SHOWS(&s, "1/3");
    fake_app_strike(&s);
}

static void what_is_opened_may_not_be_there_yet(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    press(&s, "j", 1);
    fake_app_key(&s, "Enter");
    SHOWS(&s, "> late partitions");
    press(&s, "[", 12);
    SHOWS(&s, "may not have been there yet");
    press(&s, "]", 12);
    LACKS(&s, "may not have been there yet");
    fake_app_strike(&s);
}

static void nothing_collected_is_no_past(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, NULL);
    press(&s, "[", 1);
    SHOWS(&s, "nothing older is kept yet");
    press(&s, "]", 1);
    SHOWS(&s, "this is the newest");
    const struct kt_snapshot *snap = fake_snapshot_empty();
    ui_app_snapshot(s.app, snap);
    kt_snapshot_unref(snap);
    press(&s, "[", 1);
    SHOWS(&s, "nothing older is kept yet");
    assert_int_equal(give(&s, 0, 0), UI_REACT_DRAW);
    SHOWS(&s, "payments");
    fake_app_strike(&s);
}

static void each_cluster_has_its_own_time(void **state)
{
    (void)state;
    struct fake_app s = {0};
    struct kt_options other = {.settings.delay_ms = 2000, .cluster = (char *)(uintptr_t) "other"};
    raise_with_history(&s);
    ui_app_add(s.app, &other);
    for (int64_t at = 0; at <= 30000; at += 2000)
        give(&s, 1, at);
    press(&s, "[", 12);
    SHOWS(&s, "[4/16]");
    SHOWS(&s, "AS OF 22:13:26]"); /* in the line of clusters */
    fake_app_key(&s, "K");
    SHOWS(&s, "age 1.2s");
    assert_int_equal(give(&s, 1, 32000), UI_REACT_DRAW);
    assert_int_equal(give(&s, 0, 32000), 0);
    fake_app_key(&s, "p");
    fake_app_key(&s, "p"); /* that the other one goes on does not bring this one to now */
    fake_app_key(&s, "J");
    SHOWS(&s, "[4/17]");
    fake_app_key(&s, "p");
    LACKS(&s, "AS OF");
    fake_app_strike(&s);
}

static void a_wall_display_waits(void **state)
{
    (void)state;
    struct fake_app s = {.options.cycle_ms = 10000};
    raise_with_history(&s);
    static const char *const keys[] = {"p", "["};
    for (size_t i = 0; i < 2; i++) {
        fake_app_key(&s, keys[i]);
        for (int step = 0; step < 5; step++) {
            s.now += 10000;
            ui_app_tick(s.app, s.now, FAKE_NOW_MS);
        }
        SHOWS(&s, "[1Groups]");
        fake_app_key(&s, "p");
    }
    s.now += 30000; /* so long after a key */
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    SHOWS(&s, "[2Topics]");
    fake_app_strike(&s);
}

/* However small the screen, it says that this is not now. */
static void the_time_stays_in_sight(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    press(&s, "[", 12);
    for (int width = 20; width <= 130; width += 10) {
        ui_canvas_resize(&s.cv, width, 5);
        SHOWS(&s, width >= 40 ? "AS OF 22:13:26 (-24s) [4/16]" : "AS OF 22:13:26 -24s");
    }
    fake_app_strike(&s);
}

/* What stands behind the name in its row of the list. */
static const char *row_of(struct fake_app *s, const char *name)
{
    const char *body = strstr(fake_app_screen(s), "GROUP"), *row = body ? strstr(body, name) : NULL;
    assert_non_null(row);
    return row + strlen(name) + strspn(row + strlen(name), " ");
}

static void expect_row(struct fake_app *s, const char *name, const char *begins)
{
    const char *is = row_of(s, name);
    if (strncmp(is, begins, strlen(begins)) != 0)
        fail_msg("%s: %.30s, not %s", name, is, begins);
}

static void a_baseline_turns_counts_into_changes(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    expect_row(&s, "payments", "30.0k");
    press(&s, "[", 12);
    fake_app_key(&s, "b");
    SHOWS(&s, "baseline 22:13:26Z");
    SHOWS(&s, "base 22:13:26");
    expect_row(&s, "payments", "0 ");
    fake_app_key(&s, "p");
    SHOWS(&s, "base 22:13:26");
    SHOWS(&s, "\u0394LAG");
    SHOWS(&s, "\u0394MEM");
    expect_row(&s, "payments", "+24k");
    expect_row(&s, "audit", "+2.4k");
    expect_row(&s, "late", "new");
    fake_app_key(&s, "e");
    expect_row(&s, "payments", "+24000");
    fake_app_key(&s, "="); /* units, not the baseline */
    press(&s, "[", 13);
    expect_row(&s, "payments", "-2.0k");
    fake_app_key(&s, "p");
    fake_app_key(&s, "m"); /* time is no count */
    LACKS(&s, "\u0394TIME");
    fake_app_key(&s, "m");
    fake_app_key(&s, "b");
    SHOWS(&s, "the baseline is forgotten");
    LACKS(&s, "base 22");
    LACKS(&s, "\u0394");
    expect_row(&s, "payments", "30.0k");
    fake_app_strike(&s);
}

static void changes_sort(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    press(&s, "[", 12);
    fake_app_key(&s, "b");
    fake_app_key(&s, "p");
    fake_app_key(&s, "L");
    SHOWS(&s, "\u0394LAGv");
    const char *screen = strstr(fake_app_screen(&s), "GROUP");
    const char *first = strstr(screen, "payments"), *second = strstr(screen, "audit"), *third = strstr(screen, "late");
    assert_true(first < second && second < third); /* +24k, +2.4k, 5 from nothing */
    fake_app_key(&s, "R");
    screen = strstr(fake_app_screen(&s), "GROUP");
    assert_true(strstr(screen, "payments") > strstr(screen, "audit"));
    fake_app_strike(&s);
}

/* What changed is found by identity in every view, and focus and baseline may change under each other. */
static void every_view_has_its_baseline(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    ui_canvas_resize(&s.cv, 160, 50);
    fake_app_key(&s, "Enter");
    press(&s, "[", 12);
    fake_app_key(&s, "b");
    fake_app_key(&s, "p");
    SHOWS(&s, "\u0394COMMITTED");
    SHOWS(&s, "\u0394END");
    SHOWS(&s, "+12k"); /* of each of two partitions */
    fake_app_key(&s, "Esc");
    press(&s, "j", 2); /* partitions of another group, in the area beside the list */
    SHOWS(&s, "audit (1 partitions");
    SHOWS(&s, "+2.4k");
    static const char *const views[] = {"2", "3", "4", "5", "1"};
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        fake_app_key(&s, views[i]);
        fake_app_key(&s, "t"); /* and so have the rows beneath others */
        SHOWS(&s, "base 22:13:26");
    }
    fake_app_key(&s, "b");
    fake_app_key(&s, "3");
    LACKS(&s, "\u0394");
    fake_app_strike(&s);
}

static void nothing_is_no_baseline(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_empty());
    fake_app_key(&s, "b");
    SHOWS(&s, "nothing was collected yet");
    LACKS(&s, "base ");
    /* Its groups are gone: nothing is left to compare. */
    give(&s, 0, 0);
    fake_app_key(&s, "b");
    const struct kt_snapshot *bare = fake_snapshot_seal(fake_snapshot_new());
    ui_app_snapshot(s.app, bare);
    kt_snapshot_unref(bare);
    SHOWS(&s, "no consumer groups");
    fake_app_strike(&s);
}

/* What is handed over says of when it is, and calls no past stale. */
static void a_ticket_of_the_past_is_old_and_not_stale(void **state)
{
    (void)state;
    struct fake_app s = {0};
    raise_with_history(&s);
    press(&s, "[", 12);
    s.now += 10000;
    assert_true(fake_app_key(&s, "H") & UI_REACT_TICKET);
    struct ui_ticket *ticket = ui_app_take_ticket(s.app);
    assert_int_equal(ticket->snap->taken_mono, FAKE_APP_START + 6000);
    assert_int_equal(ticket->age_ms, 34000 + 1200);
    assert_true(ticket->paused);
    assert_false(ticket->stale);
    ui_ticket_free(ticket);
    fake_app_strike(&s);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_back_and_comes_back_live),
        cmocka_unit_test(the_past_stands_still_while_collecting_goes_on),
        cmocka_unit_test(paused_snapshots_are_kept),
        cmocka_unit_test(a_selection_waits_for_its_row),
        cmocka_unit_test(what_is_opened_may_not_be_there_yet),
        cmocka_unit_test(nothing_collected_is_no_past),
        cmocka_unit_test(each_cluster_has_its_own_time),
        cmocka_unit_test(a_wall_display_waits),
        cmocka_unit_test(the_time_stays_in_sight),
        cmocka_unit_test(a_baseline_turns_counts_into_changes),
        cmocka_unit_test(changes_sort),
        cmocka_unit_test(every_view_has_its_baseline),
        cmocka_unit_test(nothing_is_no_baseline),
        cmocka_unit_test(a_ticket_of_the_past_is_old_and_not_stale),
    };
    return cmocka_run_group_tests_name("app_time", tests, NULL, NULL);
}
