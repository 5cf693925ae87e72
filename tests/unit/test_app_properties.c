/* app: whatever is typed, at whatever size, on whatever snapshot: nothing breaks and drawing is repeatable. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_app.h"

#define SHOWS(stage, what) assert_non_null(strstr(fake_app_screen(stage), what))

/* --- properties ------------------------------------------------------------------------------------------ */

static uint32_t seed = 3;

static unsigned dice(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static struct ui_cell *copy_cells(const struct ui_canvas *cv)
{
    size_t bytes = (size_t)cv->width * (size_t)cv->height * sizeof *cv->cells;
    struct ui_cell *copy = malloc(bytes);
    assert_non_null(copy);
    memcpy(copy, cv->cells, bytes);
    return copy;
}

static void check_canvas(const struct ui_canvas *cv)
{
    for (int i = 0; i < cv->width * cv->height; i++) {
        uint32_t code = cv->cells[i].code;
        assert_false((code > 0 && code < 0x20) || (code >= 0x7f && code < 0xa0));
        assert_true(cv->cells[i].role < UI_ROLE_COUNT);
    }
    assert_in_range(cv->cursor_x, 0, cv->width - 1);
    assert_in_range(cv->cursor_y, 0, cv->height - 1);
}

/* Drawing twice gives the same, and so does drawing on a canvas that was used for something else. */
static void check_same_again(struct fake_app *s)
{
    struct ui_canvas other;
    ui_canvas_init(&other);
    other.ascii = s->cv.ascii;
    ui_canvas_resize(&other, s->cv.width, s->cv.height);
    ui_canvas_fill(&other, 0, 0, s->cv.width, s->cv.height, UI_ROLE_alarm, '@');
    fake_app_draw(s);
    check_canvas(&s->cv);
    struct ui_cell *before = copy_cells(&s->cv);
    size_t bytes = (size_t)s->cv.width * (size_t)s->cv.height * sizeof *before;
    fake_app_draw(s);
    assert_memory_equal(before, s->cv.cells, bytes);
    ui_app_draw(s->app, &other, s->now, FAKE_NOW_MS + s->now - FAKE_APP_START);
    assert_memory_equal(before, other.cells, bytes);
    free(before);
    ui_canvas_release(&other);
}

static const struct kt_snapshot *any_kind(void)
{
    switch (dice(6)) {
    case 0:
        return fake_snapshot_empty();
    case 1:
        return fake_snapshot_hostile();
    case 2:
        return fake_snapshot_each_status();
    case 3:
        return fake_snapshot_groups(dice(60));
    default:
        return fake_snapshot_full();
    }
}

static const struct kt_snapshot *any_snapshot(int64_t now)
{
    struct kt_snapshot *snap = (struct kt_snapshot *)(uintptr_t)any_kind();
    snap->taken_mono = now;
    snap->taken_ms += now - FAKE_APP_START;
    return snap;
}

static void random_input(struct fake_app *s)
{
    static const uint32_t special[] = {UI_KEY_ENTER, UI_KEY_ESC, UI_KEY_UP, UI_KEY_DOWN, UI_KEY_LEFT, UI_KEY_RIGHT,
                                       UI_KEY_HOME, UI_KEY_END, UI_KEY_PAGE_UP, UI_KEY_PAGE_DOWN, UI_KEY_TAB,
                                       UI_KEY_BACK_TAB, UI_KEY_BACKSPACE, UI_KEY_PASTE, UI_KEY_MOUSE, UI_KEY_F1,
                                       UI_KEY_DELETE, UI_KEY_INSERT, UI_KEY_F12, 0x6f22, '[', '[',
                                       ']', 'b', 'p'};
    struct ui_input input = {.key = dice(3) ? 1 + dice(126) : special[dice(sizeof special / sizeof special[0])],
                             .x = (int)dice(320) - 10, .y = (int)dice(110) - 5, .button = (int)dice(7)};
    if (input.key == UI_KEY_PASTE)
        snprintf(input.paste, sizeof input.paste, "%s", fake_hostile_names[dice((unsigned)fake_hostile_count)].bytes);
    ui_app_input(s->app, &input, s->now);
}

static void random_use_breaks_nothing(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 12; round++) {
        struct fake_app s = {0};
        fake_app_raise(&s, round % 3 ? any_snapshot(FAKE_APP_START) : NULL);
        s.cv.ascii = round % 2;
        for (unsigned step = 0; step < 400; step++) {
            random_input(&s);
            s.now += dice(3000);
            if (dice(10) == 0) {
                const struct kt_snapshot *snap = any_snapshot(s.now);
                ui_app_snapshot(s.app, snap);
                kt_snapshot_unref(snap);
            }
            if (dice(10) == 0)
                ui_app_tick(s.app, s.now, FAKE_NOW_MS);
            if (dice(8) == 0)
                ui_canvas_resize(&s.cv, 1 + (int)dice(dice(4) ? 130 : 300), 1 + (int)dice(dice(4) ? 45 : 100));
            if (dice(4) == 0)
                check_same_again(&s);
        }
        check_same_again(&s);
        fake_app_strike(&s);
    }
}

static void every_size_draws(void **state)
{
    (void)state;
    static const char *const views[] = {"1", "2", "3", "4", "5", "?", "s", "f", "y"};
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_hostile());
    for (size_t v = 0; v < sizeof views / sizeof views[0]; v++) {
        fake_app_key(&s, "Esc");
        fake_app_key(&s, views[v]);
        for (int width = 1; width <= 300; width += width < 130 ? 1 : 17)
            for (int height = 1; height <= 100; height = height < 24 ? height + 1 + width % 3 : height + 19) {
                ui_canvas_resize(&s.cv, width, height);
                fake_app_draw(&s);
                check_canvas(&s.cv);
            }
        assert_int_equal(fake_app_key(&s, "^C"), UI_REACT_QUIT);
    }
    fake_app_strike(&s);
}

/* However small the screen, the worst status and the worst row are on it. */
static void small_screens_keep_the_worst(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_full());
    for (int height = 1; height <= 30; height++) {
        ui_canvas_resize(&s.cv, 20, height);
        SHOWS(&s, "REWIND 1");
        if (height >= 2)
            SHOWS(&s, "## rewind");
        if (height >= 3)
            SHOWS(&s, "?Help");
        if (height >= 4)
            SHOWS(&s, "age 1.2s");
    }
    fake_app_strike(&s);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_use_breaks_nothing),
        cmocka_unit_test(every_size_draws),
        cmocka_unit_test(small_screens_keep_the_worst),
    };
    return cmocka_run_group_tests_name("app_properties", tests, NULL, NULL);
}
