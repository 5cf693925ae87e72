#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "fake_snapshot.h"

static struct ui_canvas cv;
static char *text;
static size_t text_size;

static int set_up(void **state)
{
    (void)state;
    ui_canvas_init(&cv);
    ui_canvas_resize(&cv, 10, 3);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ui_canvas_release(&cv);
    free(text);
    text = NULL;
    return 0;
}

static const char *written(void (*write)(const struct ui_canvas *, FILE *))
{
    free(text);
    FILE *out = open_memstream(&text, &text_size);
    assert_non_null(out);
    write(&cv, out);
    fclose(out);
    return text;
}

static int draw(int x, int y, int cells, const char *bytes)
{
    return ui_canvas_text(&cv, x, y, cells, UI_ROLE_ok, bytes, strlen(bytes));
}

static void test_blank_at_first(void **state)
{
    (void)state;
    assert_string_equal(written(ui_canvas_write_text), "\n\n\n");
    assert_string_equal(written(ui_canvas_write_roles), "..........\n..........\n..........\n");
    assert_false(cv.cursor_visible);
}

static void test_text_is_clipped(void **state)
{
    (void)state;
    assert_int_equal(draw(8, 0, 20, "abcd"), 4);
    assert_int_equal(draw(-2, 1, 20, "efgh"), 4);
    assert_int_equal(draw(0, 2, 2, "ijkl"), 2);
    draw(0, 3, 9, "no");
    draw(0, -1, 9, "no");
    draw(10, 0, 9, "no");
    draw(INT_MAX, 0, 9, "no");
    draw(INT_MIN, 0, 9, "no");
    draw(0, 0, -1, "no");
    assert_string_equal(written(ui_canvas_write_text), "        ab\ngh\nij\n");
}

static void test_wide_glyphs_are_whole_or_blank(void **state)
{
    (void)state;
    draw(0, 0, 10, "世界");
    assert_int_equal(cv.cells[0].code, 0x4e16);
    assert_int_equal(cv.cells[1].code, 0);
    assert_int_equal(draw(0, 1, 3, "世界"), 2); /* half of the second would be left */
    draw(9, 2, 10, "世");                      /* half of it is outside */
    draw(-1, 2, 10, "界x");
    assert_string_equal(written(ui_canvas_write_text), "世界\n世\n x\n");
    /* Drawing over one half blanks the other. */
    draw(1, 0, 1, "y");
    draw(2, 0, 1, "z");
    assert_string_equal(written(ui_canvas_write_text), " yz\n世\n x\n");
}

static void test_marks_join_the_cell_before(void **state)
{
    (void)state;
    draw(0, 0, 10, "q");
    draw(1, 0, 10, "\xcc\x81" "e\xcc\x81\xcc\x82\xcc\x83x");
    assert_int_equal(cv.cells[0].mark[0], 0); /* not this text's letter */
    assert_int_equal(cv.cells[1].mark[0], 0x301);
    assert_int_equal(cv.cells[1].mark[1], 0x302);
    assert_string_equal(written(ui_canvas_write_text), "qe\xcc\x81\xcc\x82x\n\n\n");
    draw(1, 0, 1, "f");
    assert_int_equal(cv.cells[1].mark[0], 0);
}

static void test_nothing_harmful_gets_in(void **state)
{
    (void)state;
    ui_canvas_print(&cv, 0, 0, 10, UI_ROLE_err, "%s", "a\x1b[2Jb");
    ui_canvas_fill(&cv, 0, 1, 2, 1, UI_ROLE_text, 0x1b);
    ui_canvas_fill(&cv, 0, 2, 2, 1, UI_ROLE_text, 0x4e16);
    assert_string_equal(written(ui_canvas_write_text), "a?[2Jb\n??\n??\n");
}

static void test_ascii(void **state)
{
    static const int64_t points[] = {0, 1, 2, 3, 4, 7};
    struct kt_trend trend = fake_trend(points, 0x3f, 6);
    (void)state;
    cv.ascii = true;
    draw(0, 0, 10, "a…世");
    ui_canvas_fill(&cv, 5, 0, 3, 1, UI_ROLE_rule, 0x2500);
    ui_canvas_fill(&cv, 8, 0, 1, 2, UI_ROLE_rule, 0x2502);
    ui_canvas_spark(&cv, 0, 2, 6, UI_ROLE_spark, &trend, KT_TREND_5M, 0);
    assert_string_equal(written(ui_canvas_write_text), "a??  ---|\n        |\n_.-=+%\n");
    for (int i = 0; i < cv.width * cv.height; i++)
        assert_true(cv.cells[i].code >= 0x20 && cv.cells[i].code < 0x7f);
}

static void test_spark(void **state)
{
    static const int64_t points[] = {0, 70, 99, 35, 10, 0};
    struct kt_trend whole = fake_trend(points, 0x3f, 6), gap = fake_trend(points, 0x3b, 6), none = {0};
    (void)state;
    ui_canvas_spark(&cv, 0, 0, 6, UI_ROLE_spark, &gap, KT_TREND_30M, 0);
    ui_canvas_spark(&cv, 0, 1, 3, UI_ROLE_spark, &whole, KT_TREND_2H, 0); /* the larger of two */
    assert_string_equal(written(ui_canvas_write_text), "▁█ ▅▂▁\n▆█▂\n\n");
    ui_canvas_clear(&cv);
    ui_canvas_spark(&cv, -5, 0, 6, UI_ROLE_spark, &whole, KT_TREND_5M, 0);
    ui_canvas_spark(&cv, 0, 9, 6, UI_ROLE_spark, &whole, KT_TREND_5M, 0);
    ui_canvas_spark(&cv, 0, 1, 0, UI_ROLE_spark, &whole, KT_TREND_5M, 0);
    ui_canvas_spark(&cv, 0, 1, 4, UI_ROLE_spark, &none, KT_TREND_5M, 0);
    ui_canvas_spark(&cv, 4, 2, 6, UI_ROLE_spark, &whole, KT_TREND_5M, 0);
    ui_canvas_spark(&cv, 3, 1, 1000, UI_ROLE_spark, &whole, KT_TREND_5M, 0);
    assert_string_equal(written(ui_canvas_write_text), "▁\n\n    ▁▆█▃▂▁\n");
}

static void test_flags(void **state)
{
    (void)state;
    draw(0, 0, 10, "ab世cd");
    ui_canvas_flag(&cv, 1, 0, 2, UI_CELL_SELECTED);
    assert_true(cv.cells[2].flags && cv.cells[3].flags); /* both halves */
    ui_canvas_flag(&cv, -3, 1, 5, UI_CELL_SELECTED);
    ui_canvas_flag(&cv, 9, 1, INT_MAX, UI_CELL_SELECTED);
    ui_canvas_flag(&cv, 0, 7, 5, UI_CELL_SELECTED);
    char ok = ui_role_letter(UI_ROLE_ok);
    char big = (char)(ok - 'a' + 'A');
    char want[40];
    snprintf(want, sizeof want, "%c%c%c%c%c%c....\n,,.......,\n..........\n", ok, big, big, big, ok, ok);
    assert_string_equal(written(ui_canvas_write_roles), want);
    draw(1, 0, 1, "x");
    assert_int_equal(cv.cells[1].flags, 0);
}

static void test_taking_over_a_row(void **state)
{
    (void)state;
    struct ui_canvas shown;
    ui_canvas_init(&shown);
    ui_canvas_resize(&shown, cv.width, cv.height);
    assert_false(ui_canvas_take_row(&shown, &cv, 0, false));
    draw(0, 0, 10, "ab");
    draw(4, 0, 10, "cd");
    ui_canvas_flag(&cv, 4, 0, 6, UI_CELL_LATER);
    assert_true(ui_canvas_take_row(&shown, &cv, 0, true));
    assert_int_equal(shown.cells[1].code, 'b');
    assert_int_equal(shown.cells[4].code, ' '); /* it may wait */
    assert_false(ui_canvas_take_row(&shown, &cv, 0, true));
    assert_true(ui_canvas_take_row(&shown, &cv, 0, false));
    assert_int_equal(shown.cells[4].code, 'c');
    ui_canvas_flag(&cv, 0, 0, 4, UI_CELL_LATER);
    assert_false(ui_canvas_take_row(&shown, &cv, 0, false)); /* that it may wait is nothing to be seen */
    ui_canvas_flag(&cv, 0, 0, 4, UI_CELL_SELECTED);
    assert_true(ui_canvas_take_row(&shown, &cv, 0, false));
    ui_canvas_release(&shown);
}

static void test_sizes_are_bounded(void **state)
{
    (void)state;
    ui_canvas_resize(&cv, 0, -5);
    assert_int_equal(cv.width, 1);
    assert_int_equal(cv.height, 1);
    draw(0, 0, 5, "世");
    assert_string_equal(written(ui_canvas_write_text), "\n");
    ui_canvas_resize(&cv, 65535, 2);
    assert_true(cv.width < 65535);
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* After anything at all is drawn, each right half has its left one and each wide glyph its right one. */
static void test_halves_match_whatever_is_drawn(void **state)
{
    static const char *const texts[] = {"世界世界", "a世b", "x", "世", "e\xcc\x81", "abcdefgh", "\xff\x1b"};
    static const int64_t points[] = {1, 5, 2};
    struct kt_trend trend = fake_trend(points, 7, 3);
    uint64_t seed = 1;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        int x = (int)(next_random(&seed) % 16) - 4;
        int y = (int)(next_random(&seed) % 5) - 1;
        int cells = (int)(next_random(&seed) % 9) - 1;
        switch (next_random(&seed) % 8) {
        case 0:
            ui_canvas_fill(&cv, x, y, cells, 2, UI_ROLE_text, '.');
            break;
        case 1:
            ui_canvas_spark(&cv, x, y, cells, UI_ROLE_spark, &trend, KT_TREND_5M, 0);
            break;
        default:
            draw(x, y, cells, texts[next_random(&seed) % 7]);
        }
        for (int i = 0; i < cv.width * cv.height; i++) {
            bool wide = cv.cells[i].code == 0x4e16 || cv.cells[i].code == 0x754c;
            bool right_half = i % cv.width + 1 < cv.width && cv.cells[i + 1].code == 0;
            assert_true(wide == right_half);
            assert_true(cv.cells[i].code != 0 || i % cv.width > 0);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_blank_at_first),
        TEST(test_text_is_clipped),
        TEST(test_wide_glyphs_are_whole_or_blank),
        TEST(test_marks_join_the_cell_before),
        TEST(test_nothing_harmful_gets_in),
        TEST(test_ascii),
        TEST(test_spark),
        TEST(test_flags),
        TEST(test_taking_over_a_row),
        TEST(test_sizes_are_bounded),
        TEST(test_halves_match_whatever_is_drawn),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8") && !setlocale(LC_CTYPE, "UTF-8"))
        return 1;
    return cmocka_run_group_tests_name("canvas", tests, NULL, NULL);
}
