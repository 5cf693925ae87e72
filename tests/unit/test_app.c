/* app: keys, snapshots and sizes in; canvas and reactions out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "fake_app.h"
#include "panel.h"

#define SHOWS(stage, what) assert_non_null(strstr(fake_app_screen(stage), what))
#define LACKS(stage, what) assert_null(strstr(fake_app_screen(stage), what))

static unsigned type_text(struct fake_app *stage, const char *text)
{
    unsigned reaction = 0;
    for (; *text; text++) {
        struct ui_input input = {.key = (unsigned char)*text};
        reaction = ui_app_input(stage->app, &input, stage->now);
    }
    return reaction;
}

static void selected_line(struct fake_app *stage, char *out, size_t room)
{
    fake_app_screen(stage);
    const char *line = stage->text;
    for (int y = 0; y < stage->cv.cursor_y; y++)
        line = strchr(line, '\n') + 1;
    snprintf(out, room, "%.*s", (int)strcspn(line, "\n"), line);
}

static void keys_react(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    assert_int_equal(fake_app_key(&s, "q"), UI_REACT_QUIT);
    assert_int_equal(fake_app_key(&s, "F10"), UI_REACT_QUIT);
    assert_int_equal(fake_app_key(&s, "^C"), UI_REACT_QUIT);
    assert_int_equal(fake_app_key(&s, "^Z"), UI_REACT_SUSPEND);
    assert_int_equal(fake_app_key(&s, "^L"), UI_REACT_DRAW | UI_REACT_REDRAW);
    assert_int_equal(fake_app_key(&s, "r"), UI_REACT_DRAW | UI_REACT_REFRESH);
    assert_int_equal(fake_app_key(&s, "j"), UI_REACT_DRAW | UI_REACT_MOVED);
    struct ui_input hangup = {.key = UI_KEY_HANGUP}, resize = {.key = UI_KEY_RESIZE}, none = {.key = UI_KEY_NONE};
    assert_int_equal(ui_app_input(s.app, &hangup, s.now), UI_REACT_QUIT);
    assert_int_equal(ui_app_input(s.app, &resize, s.now), UI_REACT_DRAW);
    assert_int_equal(ui_app_input(s.app, &none, s.now), 0);
    fake_app_strike(&s);
}

static void quitting_works_everywhere(void **state)
{
    (void)state;
    static const char *const places[] = {"f", "/", "d", "?", "s", "y"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct fake_app s = {0};
        fake_app_raise(&s, fake_snapshot_full());
        fake_app_key(&s, places[i]);
        assert_int_equal(fake_app_key(&s, "^C"), UI_REACT_QUIT);
        fake_app_strike(&s);
    }
}

static void exact_time_lags_are_asked_of_a_row(void **state)
{
    (void)state;
    static const struct {
        enum kt_records records;
        const char *keys[3];
        unsigned reaction;
        bool partition;
        const char *says;
    } cases[] = {
        {KT_RECORDS_TAIL, {"X", NULL}, UI_REACT_DRAW | UI_REACT_EXACT, false, "exact time lags"},
        {KT_RECORDS_EXACT, {"3", "X"}, UI_REACT_DRAW | UI_REACT_EXACT, true, "exact time lags"},
        {KT_RECORDS_NONE, {"X", NULL}, UI_REACT_DRAW, false, "--records none"},
        {KT_RECORDS_TAIL, {"4", "X"}, UI_REACT_DRAW, false, "no row of a group"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_app s = {0};
        unsigned reaction = 0;
        fake_app_raise(&s, fake_snapshot_full());
        s.options.records = cases[i].records;
        for (size_t k = 0; k < 2 && cases[i].keys[k]; k++)
            reaction = fake_app_key(&s, cases[i].keys[k]);
        assert_int_equal(reaction, cases[i].reaction);
        SHOWS(&s, cases[i].says);
        const struct ui_identity *wish = ui_app_exact(s.app);
        if (reaction & UI_REACT_EXACT) {
            assert_true(wish->first.length > 0);
            assert_int_equal(wish->second.bytes != NULL, cases[i].partition);
            assert_int_equal(wish->number >= 0, cases[i].partition);
        } else {
            assert_null(wish->first.bytes);
        }
        fake_app_strike(&s);
    }
}

static void an_unknown_key_says_so(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    fake_app_key(&s, "B");
    SHOWS(&s, "no such key, ? help");
    fake_app_key(&s, "j");
    LACKS(&s, "no such key");
    fake_app_key(&s, "F9");
    SHOWS(&s, "no such key");
    s.now += 5000;
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    LACKS(&s, "no such key");
    fake_app_strike(&s);
}

/* Esc: close the prompt, clear the search, clear the filter, one level up, and never out. */
static void esc_goes_back_in_order(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    fake_app_key(&s, "j");
    fake_app_key(&s, "j");
    fake_app_key(&s, "Enter");
    SHOWS(&s, "> stall partitions");
    fake_app_key(&s, "f");
    type_text(&s, "st:stall");
    fake_app_key(&s, "Enter");
    SHOWS(&s, "filter st:stall ");
    fake_app_key(&s, "/");
    type_text(&s, "orders");
    fake_app_key(&s, "Enter");
    fake_app_key(&s, "/");
    type_text(&s, "never taken");
    SHOWS(&s, "/never taken");
    fake_app_key(&s, "Esc"); /* the prompt */
    LACKS(&s, "never taken");
    fake_app_key(&s, "n");
    LACKS(&s, "nothing to search for");
    fake_app_key(&s, "Esc"); /* the search */
    fake_app_key(&s, "n");
    SHOWS(&s, "nothing to search for");
    SHOWS(&s, "filter st:stall ");
    fake_app_key(&s, "Esc"); /* the filter */
    SHOWS(&s, "filter - follow - 1/4");
    fake_app_key(&s, "Esc"); /* up */
    LACKS(&s, "> stall partitions");
    for (int i = 0; i < 10; i++)
        assert_int_equal(fake_app_key(&s, "Esc"), UI_REACT_DRAW);
    SHOWS(&s, "q quits");
    fake_app_strike(&s);
}

static void opening_goes_down_and_comes_back_to_the_row(void **state)
{
    (void)state;
    struct fake_app s = {0};
    char line[128];
    fake_app_raise(&s, fake_snapshot_full());
    for (int i = 0; i < 4; i++)
        fake_app_key(&s, "j");
    selected_line(&s, line, sizeof line);
    assert_non_null(strstr(line, "WARN   warn"));
    fake_app_key(&s, "Enter");
    fake_app_key(&s, "Enter");
    SHOWS(&s, "> warn partitions > warn members");
    fake_app_key(&s, "Enter");
    SHOWS(&s, "> member-");
    fake_app_key(&s, "Backspace");
    fake_app_key(&s, "Backspace");
    fake_app_key(&s, "Backspace");
    selected_line(&s, line, sizeof line);
    assert_non_null(strstr(line, "WARN   warn"));
    fake_app_strike(&s);
}

static void deep_ways_end(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    fake_app_key(&s, "j");
    fake_app_key(&s, "j");
    for (int i = 0; i < 50; i++) {
        fake_app_key(&s, "Enter");
        fake_app_draw(&s);
    }
    SHOWS(&s, "nothing to open here");
    for (int i = 0; i < 50; i++)
        fake_app_key(&s, "Esc");
    SHOWS(&s, "[1Groups] 2Topics");
    fake_app_strike(&s);
}

static void pause_keeps_the_screen_and_resumes_with_the_newest(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    fake_app_key(&s, "p");
    s.now += 12000;
    SHOWS(&s, "PAUSED 00:12");
    const struct kt_snapshot *newer = fake_snapshot_groups(5);
    assert_int_equal(ui_app_snapshot(s.app, newer), 0);
    kt_snapshot_unref(newer);
    SHOWS(&s, "rebalancing");
    LACKS(&s, "group-000001");
    fake_app_key(&s, "L"); /* the frozen rows can be sorted */
    SHOWS(&s, "sort LAGv");
    fake_app_key(&s, "Z");
    SHOWS(&s, "group-000001");
    LACKS(&s, "PAUSED");
    fake_app_strike(&s);
}

static void a_pause_before_any_answer_still_shows_the_first(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, NULL);
    fake_app_key(&s, "p");
    const struct kt_snapshot *snap = fake_snapshot_full();
    ui_app_snapshot(s.app, snap);
    kt_snapshot_unref(snap);
    SHOWS(&s, "rebalancing");
    fake_app_strike(&s);
}

static unsigned paste(struct fake_app *stage, const char *text)
{
    struct ui_input input = {.key = UI_KEY_PASTE};
    snprintf(input.paste, sizeof input.paste, "%s", text);
    return ui_app_input(stage->app, &input, stage->now);
}

static void a_paste_never_runs_as_keys(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    assert_int_equal(paste(&s, "q"), UI_REACT_DRAW);
    SHOWS(&s, "a paste is taken in a prompt only");
    fake_app_key(&s, "f");
    paste(&s, "stal\nq\x1b");
    SHOWS(&s, "filter: stalq");
    fake_app_key(&s, "?"); /* in a prompt a key is a letter */
    SHOWS(&s, "filter: stalq?");
    fake_app_strike(&s);
}

static void secure_means_no_leaving_the_process(void **state)
{
    (void)state;
    struct fake_app s = {.options.secure = true};
    fake_app_raise(&s, fake_snapshot_full());
    assert_int_equal(fake_app_key(&s, "y"), UI_REACT_DRAW);
    SHOWS(&s, "off under --secure");
    fake_app_key(&s, "d");
    type_text(&s, "0.1");
    assert_int_equal(fake_app_key(&s, "Enter") & UI_REACT_DELAY, UI_REACT_DELAY);
    assert_int_equal(ui_app_delay_ms(s.app), 1000);
    for (int i = 0; i < 20; i++)
        fake_app_key(&s, "-");
    assert_int_equal(ui_app_delay_ms(s.app), 1000);
    fake_app_strike(&s);
}

static void names_come_with_a_command(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    assert_int_equal(fake_app_key(&s, "y"), UI_REACT_DRAW | UI_REACT_COPY);
    assert_string_equal(ui_app_copy_text(s.app), "kafka-consumer-groups.sh --bootstrap-server "
                                                 "'kafka-1:9092,kafka-2:9092' --describe --group 'rewind'");
    SHOWS(&s, "--describe --group 'rewind'");
    fake_app_strike(&s);
}

/* What a shell could take for more than a name is quoted; what no command line holds is not offered. */
static void hostile_names_make_no_commands(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_hostile());
    fake_app_key(&s, "A");
    unsigned offered = 0;
    for (size_t i = 0; i < fake_hostile_count; i++) {
        unsigned reaction = fake_app_key(&s, "y");
        const char *text = ui_app_copy_text(s.app);
        offered += (reaction & UI_REACT_COPY) != 0;
        assert_true(((reaction & UI_REACT_COPY) != 0) == (*text != '\0'));
        for (; *text; text++)
            assert_in_range((unsigned char)*text, 0x20, 0x7e);
        fake_app_key(&s, "Esc");
        fake_app_key(&s, "j");
    }
    assert_int_equal(offered, fake_hostile_count - 1); /* all but the one with a NUL */
    fake_app_key(&s, "f");
    type_text(&s, "quote");
    fake_app_key(&s, "Enter");
    fake_app_key(&s, "y");
    assert_non_null(strstr(ui_app_copy_text(s.app), "--group 'quote\"comma,back\\slash'\\'''"));
    fake_app_strike(&s);
}

static void delays_are_asked_and_stepped(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    assert_int_equal(fake_app_key(&s, "+"), UI_REACT_DRAW | UI_REACT_DELAY);
    assert_int_equal(ui_app_delay_ms(s.app), 3000);
    fake_app_key(&s, "-");
    fake_app_key(&s, "-");
    assert_int_equal(ui_app_delay_ms(s.app), 1000);
    fake_app_key(&s, "d");
    type_text(&s, "12.5");
    fake_app_key(&s, "Enter");
    assert_int_equal(ui_app_delay_ms(s.app), 12500);
    fake_app_key(&s, "d");
    type_text(&s, "0");
    assert_int_equal(fake_app_key(&s, "Enter") & UI_REACT_DELAY, 0);
    SHOWS(&s, "say seconds between 0.1 and 3600, not '0'");
    assert_int_equal(ui_app_delay_ms(s.app), 12500);
    fake_app_strike(&s);
}

static void looks_can_be_changed(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    const struct ui_theme *colours = ui_app_theme(s.app);
    assert_int_equal(fake_app_key(&s, "z"), UI_REACT_DRAW | UI_REACT_THEME);
    assert_ptr_not_equal(ui_app_theme(s.app), colours);
    assert_string_equal(ui_app_theme(s.app)->name, "mono");
    assert_int_equal(fake_app_key(&s, "M"), UI_REACT_DRAW | UI_REACT_MOUSE);
    assert_true(ui_app_mouse(s.app));
    fake_app_key(&s, "e");
    SHOWS(&s, "12105412");
    fake_app_key(&s, "=");
    LACKS(&s, "12105412");
    fake_app_strike(&s);
}

static void sorting_keys_sort(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    fake_app_key(&s, "A");
    SHOWS(&s, "sort GROUP^");
    fake_app_key(&s, "A");
    SHOWS(&s, "sort GROUPv");
    fake_app_key(&s, "R");
    SHOWS(&s, "sort GROUP^");
    fake_app_key(&s, ">");
    SHOWS(&s, "sort LAGv");
    fake_app_key(&s, "<");
    SHOWS(&s, "sort GROUP^");
    fake_app_key(&s, "s");
    SHOWS(&s, "SORT BY");
    fake_app_key(&s, "j");
    fake_app_key(&s, "Enter");
    SHOWS(&s, "sort LAGv");
    fake_app_key(&s, "5");
    fake_app_key(&s, "L");
    SHOWS(&s, "no such column in this view");
    fake_app_strike(&s);
}

static void the_mouse_works_when_it_is_on(void **state)
{
    (void)state;
    struct fake_app s = {0};
    char line[128];
    fake_app_raise(&s, fake_snapshot_full());
    fake_app_draw(&s);
    struct ui_input click = {.key = UI_KEY_MOUSE, .x = 12, .y = 7, .button = 1};
    assert_int_equal(ui_app_input(s.app, &click, s.now), 0);
    fake_app_key(&s, "M");
    assert_int_equal(ui_app_input(s.app, &click, s.now), UI_REACT_DRAW);
    selected_line(&s, line, sizeof line);
    assert_non_null(strstr(line, "STALL  stall"));
    struct ui_input wheel = {.key = UI_KEY_MOUSE, .button = 5};
    ui_app_input(s.app, &wheel, s.now);
    selected_line(&s, line, sizeof line);
    assert_non_null(strstr(line, "rebalancing"));
    struct ui_input title = {.key = UI_KEY_MOUSE, .x = 12, .y = 4, .button = 1};
    ui_app_input(s.app, &title, s.now);
    SHOWS(&s, "sort GROUP^");
    struct ui_input outside = {.key = UI_KEY_MOUSE, .x = 500, .y = 500, .button = 1};
    ui_app_input(s.app, &outside, s.now);
    fake_app_strike(&s);
}

static bool is_row_selected(struct fake_app *s)
{
    fake_app_draw(s);
    for (int i = 0; i < s->cv.width * s->cv.height; i++)
        if (s->cv.cells[i].flags & UI_CELL_SELECTED)
            return true;
    return false;
}

static void a_wall_display_turns_pages(void **state)
{
    (void)state;
    struct fake_app s = {.options.cycle_ms = 15000};
    fake_app_raise(&s, fake_snapshot_full());
    SHOWS(&s, "CYCLE");
    fake_app_key(&s, "j"); /* a key puts it off: somebody reads */
    s.now += 29999;
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    SHOWS(&s, "[1Groups]");
    s.now += 1;
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    SHOWS(&s, "[2Topics]");
    for (unsigned i = 1; i < ui_panel_tabs(); i++)
        ui_app_tick(s.app, s.now += 15000, FAKE_NOW_MS);
    SHOWS(&s, "[1Groups]");
    assert_false(is_row_selected(&s)); /* nobody was there for a minute */
    fake_app_key(&s, "j");
    assert_true(is_row_selected(&s));
    fake_app_key(&s, "f"); /* nobody takes a prompt away */
    ui_app_tick(s.app, s.now += 60000, FAKE_NOW_MS);
    SHOWS(&s, "[1Groups]");
    fake_app_key(&s, "Esc");
    fake_app_key(&s, "p"); /* nor the moment that somebody looks at */
    ui_app_tick(s.app, s.now += 60000, FAKE_NOW_MS);
    SHOWS(&s, "[1Groups]");
    fake_app_key(&s, "p");
    ui_app_tick(s.app, s.now += 60000, FAKE_NOW_MS);
    SHOWS(&s, "[2Topics]");
    fake_app_strike(&s);
}

static void a_failure_stays_in_sight(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_empty());
    ui_app_failure(s.app, "authentication refused");
    fake_app_key(&s, "j");
    s.now += 600000;
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    SHOWS(&s, "authentication refused");
    SHOWS(&s, "connecting to kafka-1:9092");
    ui_app_failure(s.app, "");
    LACKS(&s, "authentication refused");
    fake_app_strike(&s);
}

static void an_unknown_theme_is_said(void **state)
{
    (void)state;
    struct fake_app s = {.options.theme = (char *)(uintptr_t)"no-such-theme"};
    fake_app_raise(&s, fake_snapshot_full());
    SHOWS(&s, "no-such-theme");
    fake_app_strike(&s);
}

/* What decides, and the name behind it, are read at 80x24 without a key, whatever the rule. */
static void no_reason_is_cut(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "stale",        "never-committed", "uncommitted", "ahead",           "lost",       "unsubscribed",
        "went-back",    "loss-ahead",      "grows-fast",  "grows-slowly",    "learning",   "nobody-reads",
        "silent",       "repeats-commits", "tail",        "open-transaction"};
    static const struct kt_explain_total total = {
        .known = true, .several = true, .lag = 1012340000, .change_known = true, .change_per_min = 312000};
    struct kt_verdict verdict = {.status = KT_STATUS_STALL, .lag_known = true, .lag = 104012340, .lost = 400123,
                                 .idle_known = true, .idle_ms = 2278000, .quiet_ms = 630000, .loss_eta_known = true,
                                 .loss_eta_ms = 1320000, .growth = 512345, .growth_ms = 312000,
                                 .rewind_from = 118204110, .rewind_to = 117204110, .same_commits = 255,
                                 .same_ms = 2278000, .odd_ms = 660000, .needs_known = true, .needs_ms = 112000,
                                 .since = 2800000, .unstable = 10440};
    struct kt_look look = {.now = 6000000, .wall = INT64_C(1763694780000), .fresh_known = true, .fresh_at = 5900000,
                           .committed_known = true, .committed = 118204110, .ends_known = true, .ends_at = 5980000,
                           .log_end = 119216450, .start_known = true, .log_start = 118104010,
                           .state = KT_STATE_EMPTY, .state_since_known = true, .state_since = 3600000,
                           .owned = KT_NO, .transaction_open = true, .transaction_since = 3000000,
                           .last_stable = 118204120};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        char why[384], of_group[640];
        verdict.rule = rules[i];
        assert_true(kt_explain_in_total(&verdict, &look, &total, why, sizeof why) > 0);
        kt_explain_group(verdict.status, 12, 12, "payments.settled", 16, 11, why, of_group, sizeof of_group);
        struct kt_snapshot *snap = fake_snapshot_new();
        fake_snapshot_group(snap, &(struct fake_group){.name = "payments-settlement", .worst = KT_STATUS_STALL,
                                                       .partitions = 12, .lag = 1012340000, .why = of_group});
        struct fake_app s = {0};
        fake_app_raise(&s, fake_snapshot_seal(snap));
        SHOWS(&s, "STALL on 12 of 12");
        SHOWS(&s, "payments-settlement");
        /* Of the longest of all only the name behind it is missing. */
        SHOWS(&s, strcmp(rules[i], "open-transaction") == 0 ? "nobody owns it" : "payments.settled/11");
        fake_app_strike(&s);
    }
}

/* A cause is nothing without its numbers, and takes nothing from the reason. */
static void a_cause_is_whole_beside_the_reason(void **state)
{
    (void)state;
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_group(snap, &(struct fake_group){
                                  .name = "fraud-score", .worst = KT_STATUS_STALL, .partitions = 12, .members = 4,
                                  .why = "STALL on 4 of 12 partitions: group Stable since 21:40:10 and partition "
                                         "owned, total lag 49.0k and growing 4100/min, nothing advanced since 22:01:20 "
                                         "(more than 30s); went back from 300 to 100 before; worst orders/0"});
    struct kt_group *group = (struct kt_group *)(uintptr_t)snap->groups[0];
    for (size_t i = 0; i < group->lag_count; i++)
        fake_snapshot_judge(group, i, i % 4 == 0 ? KT_STATUS_STALL : KT_STATUS_OK);
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_seal(snap));
    SHOWS(&s, "all 3 STALL partitions of fraud-score");
    SHOWS(&s, "(which owns 25 %)");
    SHOWS(&s, "worst orders/0");
    fake_app_strike(&s);
}

/* What hides or holds rows stays in sight at 80 columns, if need be instead of the other tabs' names. */
static void what_is_set_stays_in_sight(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    SHOWS(&s, "[1Groups] 2Topics");
    SHOWS(&s, "sort STATEv 1/");
    fake_app_key(&s, "i");
    SHOWS(&s, "filter problems");
    fake_app_key(&s, "F");
    SHOWS(&s, "[1Groups] 2 3 4 5 6");
    SHOWS(&s, "filter problems");
    SHOWS(&s, "follow");
    fake_app_key(&s, "=");
    fake_app_key(&s, "F");
    SHOWS(&s, "[1Groups] 2Topics");
    fake_app_strike(&s);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_react),
        cmocka_unit_test(quitting_works_everywhere),
        cmocka_unit_test(exact_time_lags_are_asked_of_a_row),
        cmocka_unit_test(an_unknown_key_says_so),
        cmocka_unit_test(esc_goes_back_in_order),
        cmocka_unit_test(opening_goes_down_and_comes_back_to_the_row),
        cmocka_unit_test(deep_ways_end),
        cmocka_unit_test(pause_keeps_the_screen_and_resumes_with_the_newest),
        cmocka_unit_test(a_pause_before_any_answer_still_shows_the_first),
        cmocka_unit_test(a_paste_never_runs_as_keys),
        cmocka_unit_test(secure_means_no_leaving_the_process),
        cmocka_unit_test(names_come_with_a_command),
        cmocka_unit_test(hostile_names_make_no_commands),
        cmocka_unit_test(delays_are_asked_and_stepped),
        cmocka_unit_test(looks_can_be_changed),
        cmocka_unit_test(sorting_keys_sort),
        cmocka_unit_test(the_mouse_works_when_it_is_on),
        cmocka_unit_test(a_wall_display_turns_pages),
        cmocka_unit_test(a_failure_stays_in_sight),
        cmocka_unit_test(an_unknown_theme_is_said),
        cmocka_unit_test(no_reason_is_cut),
        cmocka_unit_test(a_cause_is_whole_beside_the_reason),
        cmocka_unit_test(what_is_set_stays_in_sight),
    };
    return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
