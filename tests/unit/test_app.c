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

#include "app.h"
#include "fake_snapshot.h"
#include "keymap.h"

struct stage {
    struct kt_options options;
    struct ui_app *app;
    struct ui_canvas cv;
    int64_t now;
    char *text;
    size_t length;
};

static void raise_stage(struct stage *stage, const struct kt_snapshot *take_snap)
{
    stage->now = 5000000;
    stage->options.settings.delay_ms = 2000;
    stage->app = ui_app_new(&stage->options, NULL);
    ui_canvas_init(&stage->cv);
    ui_canvas_resize(&stage->cv, 80, 24);
    if (take_snap) {
        assert_int_equal(ui_app_snapshot(stage->app, take_snap), UI_REACT_DRAW);
        kt_snapshot_unref(take_snap);
    }
}

static void strike_stage(struct stage *stage)
{
    ui_app_free(stage->app);
    ui_canvas_release(&stage->cv);
    free(stage->text);
}

static void draw(struct stage *stage)
{
    ui_app_draw(stage->app, &stage->cv, stage->now, FAKE_NOW_MS + stage->now - 5000000);
}

static const char *screen(struct stage *stage)
{
    free(stage->text);
    FILE *out = open_memstream(&stage->text, &stage->length);
    assert_non_null(out);
    draw(stage);
    ui_canvas_write_text(&stage->cv, out);
    fclose(out);
    return stage->text;
}

#define SHOWS(stage, what) assert_non_null(strstr(screen(stage), what))
#define LACKS(stage, what) assert_null(strstr(screen(stage), what))

static unsigned key(struct stage *stage, const char *name)
{
    struct ui_input input = {.key = UI_KEY_NONE};
    assert_true(ui_key_parse(name, &input.key));
    return ui_app_input(stage->app, &input, stage->now);
}

static unsigned type_text(struct stage *stage, const char *text)
{
    unsigned reaction = 0;
    for (; *text; text++) {
        struct ui_input input = {.key = (unsigned char)*text};
        reaction = ui_app_input(stage->app, &input, stage->now);
    }
    return reaction;
}

static void selected_line(struct stage *stage, char *out, size_t room)
{
    screen(stage);
    const char *line = stage->text;
    for (int y = 0; y < stage->cv.cursor_y; y++)
        line = strchr(line, '\n') + 1;
    snprintf(out, room, "%.*s", (int)strcspn(line, "\n"), line);
}

static void keys_react(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    assert_int_equal(key(&s, "q"), UI_REACT_QUIT);
    assert_int_equal(key(&s, "F10"), UI_REACT_QUIT);
    assert_int_equal(key(&s, "^C"), UI_REACT_QUIT);
    assert_int_equal(key(&s, "^Z"), UI_REACT_SUSPEND);
    assert_int_equal(key(&s, "^L"), UI_REACT_DRAW | UI_REACT_REDRAW);
    assert_int_equal(key(&s, "r"), UI_REACT_DRAW | UI_REACT_REFRESH);
    assert_int_equal(key(&s, "j"), UI_REACT_DRAW);
    struct ui_input hangup = {.key = UI_KEY_HANGUP}, resize = {.key = UI_KEY_RESIZE}, none = {.key = UI_KEY_NONE};
    assert_int_equal(ui_app_input(s.app, &hangup, s.now), UI_REACT_QUIT);
    assert_int_equal(ui_app_input(s.app, &resize, s.now), UI_REACT_DRAW);
    assert_int_equal(ui_app_input(s.app, &none, s.now), 0);
    strike_stage(&s);
}

static void quitting_works_everywhere(void **state)
{
    (void)state;
    static const char *const places[] = {"f", "/", "d", "?", "s", "y"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct stage s = {0};
        raise_stage(&s, fake_snapshot_full());
        key(&s, places[i]);
        assert_int_equal(key(&s, "^C"), UI_REACT_QUIT);
        strike_stage(&s);
    }
}

static void an_unknown_key_says_so(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    key(&s, "X");
    SHOWS(&s, "no such key, ? help");
    key(&s, "j");
    LACKS(&s, "no such key");
    key(&s, "F9");
    SHOWS(&s, "no such key");
    s.now += 5000;
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    LACKS(&s, "no such key");
    strike_stage(&s);
}

/* Esc: close the prompt, clear the search, clear the filter, one level up, and never out. */
static void esc_goes_back_in_order(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    key(&s, "j");
    key(&s, "j");
    key(&s, "Enter");
    SHOWS(&s, "> stall partitions");
    key(&s, "f");
    type_text(&s, "st:stall");
    key(&s, "Enter");
    SHOWS(&s, "filter st:stall ");
    key(&s, "/");
    type_text(&s, "orders");
    key(&s, "Enter");
    key(&s, "/");
    type_text(&s, "never taken");
    SHOWS(&s, "/never taken");
    key(&s, "Esc"); /* the prompt */
    LACKS(&s, "never taken");
    key(&s, "n");
    LACKS(&s, "nothing to search for");
    key(&s, "Esc"); /* the search */
    key(&s, "n");
    SHOWS(&s, "nothing to search for");
    SHOWS(&s, "filter st:stall ");
    key(&s, "Esc"); /* the filter */
    SHOWS(&s, "filter - follow - 1/4");
    key(&s, "Esc"); /* up */
    LACKS(&s, "> stall partitions");
    for (int i = 0; i < 10; i++)
        assert_int_equal(key(&s, "Esc"), UI_REACT_DRAW);
    SHOWS(&s, "q quits");
    strike_stage(&s);
}

static void opening_goes_down_and_comes_back_to_the_row(void **state)
{
    (void)state;
    struct stage s = {0};
    char line[128];
    raise_stage(&s, fake_snapshot_full());
    for (int i = 0; i < 4; i++)
        key(&s, "j");
    selected_line(&s, line, sizeof line);
    assert_non_null(strstr(line, "WARN   warn"));
    key(&s, "Enter");
    key(&s, "Enter");
    SHOWS(&s, "> warn partitions > warn members");
    key(&s, "Enter");
    SHOWS(&s, "> member-");
    key(&s, "Backspace");
    key(&s, "Backspace");
    key(&s, "Backspace");
    selected_line(&s, line, sizeof line);
    assert_non_null(strstr(line, "WARN   warn"));
    strike_stage(&s);
}

static void deep_ways_end(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    key(&s, "j");
    key(&s, "j");
    for (int i = 0; i < 50; i++) {
        key(&s, "Enter");
        draw(&s);
    }
    SHOWS(&s, "nothing to open here");
    for (int i = 0; i < 50; i++)
        key(&s, "Esc");
    SHOWS(&s, "[1Groups] 2Topics");
    strike_stage(&s);
}

static void pause_keeps_the_screen_and_resumes_with_the_newest(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    key(&s, "p");
    s.now += 12000;
    SHOWS(&s, "PAUSED 00:12");
    const struct kt_snapshot *newer = fake_snapshot_groups(5);
    assert_int_equal(ui_app_snapshot(s.app, newer), 0);
    kt_snapshot_unref(newer);
    SHOWS(&s, "rebalancing");
    LACKS(&s, "group-000001");
    key(&s, "L"); /* the frozen rows can be sorted */
    SHOWS(&s, "sort LAGv");
    key(&s, "Z");
    SHOWS(&s, "group-000001");
    LACKS(&s, "PAUSED");
    strike_stage(&s);
}

static void a_pause_before_any_answer_still_shows_the_first(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, NULL);
    key(&s, "p");
    const struct kt_snapshot *snap = fake_snapshot_full();
    ui_app_snapshot(s.app, snap);
    kt_snapshot_unref(snap);
    SHOWS(&s, "rebalancing");
    strike_stage(&s);
}

static unsigned paste(struct stage *stage, const char *text)
{
    struct ui_input input = {.key = UI_KEY_PASTE};
    snprintf(input.paste, sizeof input.paste, "%s", text);
    return ui_app_input(stage->app, &input, stage->now);
}

static void a_paste_never_runs_as_keys(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    assert_int_equal(paste(&s, "q"), UI_REACT_DRAW);
    SHOWS(&s, "a paste is taken in a prompt only");
    key(&s, "f");
    paste(&s, "stal\nq\x1b");
    SHOWS(&s, "filter: stalq");
    key(&s, "?"); /* in a prompt a key is a letter */
    SHOWS(&s, "filter: stalq?");
    strike_stage(&s);
}

static void secure_means_no_leaving_the_process(void **state)
{
    (void)state;
    struct stage s = {.options.secure = true};
    raise_stage(&s, fake_snapshot_full());
    assert_int_equal(key(&s, "y"), UI_REACT_DRAW);
    SHOWS(&s, "off under --secure");
    key(&s, "d");
    type_text(&s, "0.1");
    assert_int_equal(key(&s, "Enter") & UI_REACT_DELAY, UI_REACT_DELAY);
    assert_int_equal(ui_app_delay_ms(s.app), 1000);
    for (int i = 0; i < 20; i++)
        key(&s, "-");
    assert_int_equal(ui_app_delay_ms(s.app), 1000);
    strike_stage(&s);
}

static void names_come_with_a_command(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    assert_int_equal(key(&s, "y"), UI_REACT_DRAW | UI_REACT_COPY);
    assert_string_equal(ui_app_copy_text(s.app), "kafka-consumer-groups.sh --bootstrap-server "
                                                 "'kafka-1:9092,kafka-2:9092' --describe --group 'rewind'");
    SHOWS(&s, "--describe --group 'rewind'");
    strike_stage(&s);
}

/* What a shell could take for more than a name is quoted, or not offered. */
static void hostile_names_make_no_commands(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_hostile());
    key(&s, "A");
    unsigned offered = 0;
    for (size_t i = 0; i < fake_hostile_count; i++) {
        unsigned reaction = key(&s, "y");
        const char *text = ui_app_copy_text(s.app);
        offered += (reaction & UI_REACT_COPY) != 0;
        assert_true(((reaction & UI_REACT_COPY) != 0) == (*text != '\0'));
        for (; *text; text++)
            assert_in_range((unsigned char)*text, 0x20, 0x7e);
        key(&s, "Esc");
        key(&s, "j");
    }
    assert_in_range(offered, 5, fake_hostile_count - 10);
    key(&s, "f");
    type_text(&s, "quote");
    key(&s, "Enter");
    key(&s, "y");
    assert_non_null(strstr(ui_app_copy_text(s.app), "--group 'quote\"comma,back\\slash'\\'''"));
    strike_stage(&s);
}

static void delays_are_asked_and_stepped(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    assert_int_equal(key(&s, "+"), UI_REACT_DRAW | UI_REACT_DELAY);
    assert_int_equal(ui_app_delay_ms(s.app), 3000);
    key(&s, "-");
    key(&s, "-");
    assert_int_equal(ui_app_delay_ms(s.app), 1000);
    key(&s, "d");
    type_text(&s, "12.5");
    key(&s, "Enter");
    assert_int_equal(ui_app_delay_ms(s.app), 12500);
    key(&s, "d");
    type_text(&s, "0");
    assert_int_equal(key(&s, "Enter") & UI_REACT_DELAY, 0);
    SHOWS(&s, "say seconds between 0.1 and 3600, not '0'");
    assert_int_equal(ui_app_delay_ms(s.app), 12500);
    strike_stage(&s);
}

static void looks_can_be_changed(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    const struct ui_theme *colours = ui_app_theme(s.app);
    assert_int_equal(key(&s, "z"), UI_REACT_DRAW | UI_REACT_THEME);
    assert_ptr_not_equal(ui_app_theme(s.app), colours);
    assert_string_equal(ui_app_theme(s.app)->name, "mono");
    assert_int_equal(key(&s, "M"), UI_REACT_DRAW | UI_REACT_MOUSE);
    assert_true(ui_app_mouse(s.app));
    key(&s, "e");
    SHOWS(&s, "12105412");
    key(&s, "=");
    LACKS(&s, "12105412");
    strike_stage(&s);
}

static void sorting_keys_sort(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_full());
    key(&s, "A");
    SHOWS(&s, "sort GROUP^");
    key(&s, "A");
    SHOWS(&s, "sort GROUPv");
    key(&s, "R");
    SHOWS(&s, "sort GROUP^");
    key(&s, ">");
    SHOWS(&s, "sort LAGv");
    key(&s, "<");
    SHOWS(&s, "sort GROUP^");
    key(&s, "s");
    SHOWS(&s, "SORT BY");
    key(&s, "j");
    key(&s, "Enter");
    SHOWS(&s, "sort LAGv");
    key(&s, "5");
    key(&s, "L");
    SHOWS(&s, "no such column in this view");
    strike_stage(&s);
}

static void the_mouse_works_when_it_is_on(void **state)
{
    (void)state;
    struct stage s = {0};
    char line[128];
    raise_stage(&s, fake_snapshot_full());
    draw(&s);
    struct ui_input click = {.key = UI_KEY_MOUSE, .x = 12, .y = 7, .button = 1};
    assert_int_equal(ui_app_input(s.app, &click, s.now), 0);
    key(&s, "M");
    assert_int_equal(ui_app_input(s.app, &click, s.now), UI_REACT_DRAW);
    selected_line(&s, line, sizeof line);
    assert_non_null(strstr(line, "STALL  stall"));
    struct ui_input wheel = {.key = UI_KEY_MOUSE, .button = 5};
    ui_app_input(s.app, &wheel, s.now);
    selected_line(&s, line, sizeof line);
    assert_non_null(strstr(line, "abandoned"));
    struct ui_input title = {.key = UI_KEY_MOUSE, .x = 12, .y = 4, .button = 1};
    ui_app_input(s.app, &title, s.now);
    SHOWS(&s, "sort GROUP^");
    struct ui_input outside = {.key = UI_KEY_MOUSE, .x = 500, .y = 500, .button = 1};
    ui_app_input(s.app, &outside, s.now);
    strike_stage(&s);
}

static void a_wall_display_turns_pages(void **state)
{
    (void)state;
    struct stage s = {.options.cycle_ms = 15000};
    raise_stage(&s, fake_snapshot_full());
    key(&s, "j"); /* a key puts it off */
    s.now += 14999;
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    SHOWS(&s, "[1Groups]");
    s.now += 1;
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    SHOWS(&s, "[2Topics]");
    for (int i = 0; i < 4; i++)
        ui_app_tick(s.app, s.now += 15000, FAKE_NOW_MS);
    SHOWS(&s, "[1Groups]");
    key(&s, "f"); /* nobody takes a prompt away */
    ui_app_tick(s.app, s.now += 60000, FAKE_NOW_MS);
    SHOWS(&s, "[1Groups]");
    strike_stage(&s);
}

static void a_failure_stays_in_sight(void **state)
{
    (void)state;
    struct stage s = {0};
    raise_stage(&s, fake_snapshot_empty());
    ui_app_failure(s.app, "authentication refused");
    key(&s, "j");
    s.now += 600000;
    ui_app_tick(s.app, s.now, FAKE_NOW_MS);
    SHOWS(&s, "authentication refused");
    SHOWS(&s, "connecting to kafka-1:9092");
    ui_app_failure(s.app, "");
    LACKS(&s, "authentication refused");
    strike_stage(&s);
}

static void an_unknown_theme_is_said(void **state)
{
    (void)state;
    struct stage s = {.options.theme = (char *)(uintptr_t)"no-such-theme"};
    raise_stage(&s, fake_snapshot_full());
    SHOWS(&s, "no-such-theme");
    strike_stage(&s);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_react),
        cmocka_unit_test(quitting_works_everywhere),
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
    };
    return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
