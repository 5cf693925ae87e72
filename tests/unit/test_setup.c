/* The chooser of columns, the menu of themes, the mouse, and what W saves: only what the user has set. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "fake_app.h"
#include "panel.h"

#define SHOWS(s, text) assert_non_null(strstr(fake_app_screen(s), text))
#define LACKS(s, text) assert_null(strstr(fake_app_screen(s), text))

static void press(struct fake_app *s, const char *keys)
{
    char copy[200];
    snprintf(copy, sizeof copy, "%s", keys);
    for (char *key = strtok(copy, " "); key; key = strtok(NULL, " ")) {
        fake_app_draw(s);
        fake_app_key(s, key);
    }
}

static unsigned click(struct fake_app *s, int x, int y)
{
    struct ui_input input = {.key = UI_KEY_MOUSE, .x = x, .y = y, .button = 1};
    fake_app_draw(s);
    return ui_app_input(s->app, &input, s->now);
}

/* Where a text stands on the screen. */
static void find(struct fake_app *s, const char *text, int *x, int *y)
{
    const char *screen = fake_app_screen(s);
    const char *at = strstr(screen, text);
    assert_non_null(at);
    *y = 0;
    for (const char *c = screen; c < at; c++)
        *y += *c == '\n';
    *x = 0;
    while (at > screen && at[-1] != '\n')
        at--, (*x)++;
}

static bool saves(const struct fake_app *s, const char *text)
{
    char *all = ui_app_setup_text(s->app);
    bool found = strstr(all, text) != NULL;
    free(all);
    return found;
}

static void columns_are_chosen_and_seen_at_once(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    SHOWS(&s, "+/min");
    press(&s, "c j j j Space");
    SHOWS(&s, "[ ] change");
    LACKS(&s, " +/min "); /* its title above */
    press(&s, "Esc");
    LACKS(&s, "+/min");
    assert_true(saves(&s, "columns = status group lag -change behind"));
    press(&s, "2"); /* each panel has its own */
    SHOWS(&s, "IN/s");
    press(&s, "1 F2 j j j j Space = Esc");
    SHOWS(&s, "+/min");
    assert_false(saves(&s, "columns"));
    fake_app_strike(&s);
}

static void columns_move(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    press(&s, "c j j j j > < < Esc"); /* behind before change */
    const char *screen = fake_app_screen(&s);
    assert_true(strstr(screen, "BEHND") < strstr(screen, "+/min"));
    press(&s, "> > >"); /* sorting goes by what is seen: status, group, lag, behind */
    SHOWS(&s, "sort BEHND");
    fake_app_strike(&s);
}

static void status_name_and_lag_stay(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    press(&s, "c Space j Space j Space");
    SHOWS(&s, "this column stays");
    press(&s, "Esc");
    SHOWS(&s, "STATEv GROUP");
    SHOWS(&s, "LAG");
    fake_app_strike(&s);
}

static void a_hidden_column_still_sorts(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    press(&s, "c j j j Space Esc D");
    SHOWS(&s, "sort +/minv");
    press(&s, "s");
    SHOWS(&s, "(not shown)");
    press(&s, "Esc >");
    SHOWS(&s, "STATEv"); /* on from one that is not shown: to the first */
    fake_app_strike(&s);
}

static void what_is_set_in_the_chooser_holds_for_all(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    press(&s, "c G k k k k k Space"); /* units: the first setting */
    SHOWS(&s, "full");
    press(&s, "m"); /* its keys work here, too */
    SHOWS(&s, "time ");
    press(&s, "Esc 2");
    assert_true(saves(&s, "units = full\nlag = time\n"));
    fake_app_strike(&s);
}

static void nothing_is_saved_that_nobody_set(void **state)
{
    (void)state;
    struct fake_app s = {.options = {.theme = (char[]){"light"}, .mouse = true, .no_color = true, .cycle_ms = 5000}};
    s.options.theme = NULL; /* there are no files here; see the terminal's tests for one by name */
    fake_app_raise(&s, fake_snapshot_full());
    press(&s, "j 2 Enter Esc f l a g Enter 1 i Space F");
    char *text = ui_app_setup_text(s.app);
    const char *settings = strstr(text, "version = 1\n");
    assert_non_null(settings);
    assert_string_equal(settings, "version = 1\n");
    free(text);
    press(&s, "M"); /* but what is switched on the screen is */
    assert_true(saves(&s, "mouse = no\n"));
    fake_app_strike(&s);
}

static void what_was_saved_comes_back(void **state)
{
    (void)state;
    static const char saved[] = "[screen]\nversion = 1\nunits = full\nlag = nonsense\nof-tomorrow = 1\n"
                                "[panel groups]\nsort = change\ndirection = up\n"
                                "columns = status group lag -eta nothing\n"
                                "[panel partitions]\nsort = nothing\n[panel nothing]\nsort = lag\n";
    struct ui_prefs prefs;
    struct kt_err err;
    struct fake_app s = {0};
    assert_int_equal(ui_prefs_read(&prefs, saved, strlen(saved), &err), KT_OK);
    fake_app_raise(&s, fake_snapshot_full());
    ui_app_set_up(s.app, &prefs, NULL);
    ui_prefs_release(&prefs);
    SHOWS(&s, "sort +/min^");
    SHOWS(&s, "11900000");
    LACKS(&s, " ETA ");
    press(&s, "L e");
    assert_true(saves(&s, "units = rounded\n"));
    assert_true(saves(&s, "sort = lag\n"));
    press(&s, "="); /* as at the start */
    SHOWS(&s, "sort +/min^");
    SHOWS(&s, "11900000");
    assert_true(saves(&s, "units = full\n"));
    assert_true(saves(&s, "sort = change\ndirection = up\n"));
    assert_true(saves(&s, "of-tomorrow = 1\n")); /* of another version: not ours to drop */
    fake_app_strike(&s);
}

static void a_sort_is_kept_for_the_next_view(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    press(&s, "j j Enter L");
    SHOWS(&s, "sort LAGv");
    press(&s, "Esc j Enter");
    SHOWS(&s, "sort LAGv");
    press(&s, "Esc");
    SHOWS(&s, "STATEv");
    fake_app_strike(&s);
}

static void a_broken_file_is_one_message(void **state)
{
    (void)state;
    struct ui_prefs none = {0};
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    ui_app_set_up(s.app, &none, "screen: line 3: this is no section");
    SHOWS(&s, "line 3: this is no section");
    ui_app_tick(s.app, s.now += 1000, FAKE_NOW_MS);
    SHOWS(&s, "line 3: this is no section");
    ui_app_tick(s.app, s.now += 40000, FAKE_NOW_MS);
    LACKS(&s, "this is no section");
    fake_app_strike(&s);
}

/* No key of the table may do what outlives the process; each is pressed alone, in a menu, and again. */
static void secure_keys_do_nothing_outside(void **state)
{
    (void)state;
    static const unsigned outside = UI_REACT_SAVE | UI_REACT_COPY;
    struct fake_app s = {.options.secure = true};
    fake_app_raise(&s, fake_snapshot_full());
    unsigned seen = 0;
    for (unsigned i = 0; i < ui_action_count; i++)
        for (unsigned k = 0; k < UI_ACTION_KEYS && ui_actions[i].keys[k]; k++) {
            struct ui_input input = {.key = ui_actions[i].keys[k]}, leave = {.key = UI_KEY_ESC};
            const char *before[] = {NULL, "c", "E", "s"};
            for (unsigned b = 0; b < 4; b++) {
                if (before[b])
                    fake_app_key(&s, before[b]);
                fake_app_draw(&s);
                assert_int_equal(ui_app_input(s.app, &input, s.now) & outside, 0);
                if (!before[b] && ui_actions[i].off_when_secure) {
                    SHOWS(&s, "off under --secure");
                    seen++;
                }
                ui_app_input(s.app, &leave, s.now);
                ui_app_input(s.app, &leave, s.now);
            }
        }
    assert_true(seen >= 2);
    press(&s, "1");
    SHOWS(&s, "SECURE");
    fake_app_strike(&s);
    struct fake_app open = {0};
    fake_app_raise(&open, fake_snapshot_full());
    assert_true(fake_app_key(&open, "W") & UI_REACT_SAVE); /* the test can fail */
    assert_true(fake_app_key(&open, "y") & UI_REACT_COPY);
    fake_app_strike(&open);
}

static void help_greys_what_is_off(void **state)
{
    (void)state;
    for (int secure = 0; secure < 2; secure++) {
        struct fake_app s = {.options.secure = secure};
        int x, y;
        fake_app_raise(&s, fake_snapshot_full());
        ui_canvas_resize(&s.cv, 120, 120);
        press(&s, "?");
        find(&s, "W            save columns", &x, &y);
        assert_int_equal(s.cv.cells[y * 120 + x].role, secure ? UI_ROLE_dim : UI_ROLE_text);
        fake_app_strike(&s);
    }
}

static void themes_are_seen_before_they_are_taken(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    press(&s, "E");
    SHOWS(&s, "default");
    fake_app_draw(&s);
    assert_true(fake_app_key(&s, "j") & UI_REACT_THEME);
    assert_string_equal(ui_app_theme(s.app)->name, "mono");
    assert_true(fake_app_key(&s, "Esc") & UI_REACT_THEME);
    assert_string_equal(ui_app_theme(s.app)->name, "default");
    assert_false(saves(&s, "theme"));
    press(&s, "E j Enter");
    assert_string_equal(ui_app_theme(s.app)->name, "mono");
    assert_true(saves(&s, "theme = mono\n"));
    press(&s, "E k"); /* the program may end with the menu open */
    fake_app_strike(&s);
}

static void a_click_is_a_key(void **state)
{
    (void)state;
    struct fake_app s = {.options.mouse = true};
    int x, y;
    fake_app_raise(&s, fake_snapshot_full());
    assert_true(ui_app_mouse(s.app));
    find(&s, "2Topics", &x, &y);
    click(&s, x + 3, y);
    SHOWS(&s, "[2Topics]");
    find(&s, "1Groups", &x, &y);
    click(&s, x, y);
    SHOWS(&s, "[1Groups]");
    find(&s, "?Help", &x, &y);
    click(&s, x + 1, y);
    SHOWS(&s, "HELP:");
    click(&s, 0, 0); /* beside it: closes */
    LACKS(&s, "HELP:");
    press(&s, "s");
    find(&s, "  lag          mess", &x, &y);
    click(&s, x + 4, y);
    SHOWS(&s, "sort LAGv");
    press(&s, "c");
    find(&s, "[x] change", &x, &y);
    click(&s, x + 1, y);
    SHOWS(&s, "[ ] change");
    press(&s, "End");
    find(&s, "ALL PANELS", &x, &y);
    click(&s, x, y);
    SHOWS(&s, "ALL PANELS");
    fake_app_strike(&s);
}

static void a_second_click_opens(void **state)
{
    (void)state;
    struct fake_app s = {.options.mouse = true};
    int x, y;
    fake_app_raise(&s, fake_snapshot_full());
    find(&s, "## REWIND rewind", &x, &y);
    click(&s, x, y); /* the row is selected already: that is no second click */
    SHOWS(&s, "[1Groups]");
    LACKS(&s, "> rewind");
    fake_app_key(&s, "Space"); /* nor is one after a key */
    click(&s, x, y);
    LACKS(&s, "> rewind");
    click(&s, x, y);
    SHOWS(&s, "> rewind");
    fake_app_strike(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_chosen_and_seen_at_once),
        cmocka_unit_test(columns_move),
        cmocka_unit_test(status_name_and_lag_stay),
        cmocka_unit_test(a_hidden_column_still_sorts),
        cmocka_unit_test(what_is_set_in_the_chooser_holds_for_all),
        cmocka_unit_test(nothing_is_saved_that_nobody_set),
        cmocka_unit_test(what_was_saved_comes_back),
        cmocka_unit_test(a_sort_is_kept_for_the_next_view),
        cmocka_unit_test(a_broken_file_is_one_message),
        cmocka_unit_test(secure_keys_do_nothing_outside),
        cmocka_unit_test(help_greys_what_is_off),
        cmocka_unit_test(themes_are_seen_before_they_are_taken),
        cmocka_unit_test(a_click_is_a_key),
        cmocka_unit_test(a_second_click_opens),
    };
    return cmocka_run_group_tests_name("setup", tests, NULL, NULL);
}
