#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_snapshot.h"
#include "spark.h"

/* Heights as digits, gaps as blanks. */
static const char *drawn(const struct kt_trend *trend, enum kt_trend_window window, int cells)
{
    static char text[UI_SPARK_MOST + 1];
    int8_t heights[UI_SPARK_MOST];
    ui_spark_make(trend, window, cells, 0, heights);
    for (int i = 0; i < cells; i++) {
        assert_true(heights[i] >= UI_SPARK_GAP && heights[i] < UI_SPARK_LEVELS);
        text[i] = (char)(heights[i] == UI_SPARK_GAP ? ' ' : '0' + heights[i]);
    }
    text[cells] = '\0';
    return text;
}

static void heights_go_from_zero_to_the_largest(void **state)
{
    (void)state;
    static const int64_t grows[] = {0, 100, 200, 300, 400, 500, 600, 700, 0, 1}, same[] = {5000, 5000, 5000},
                         few[] = {0, 1, 0, 2, 3, 0}, none[] = {0, 0, 0}, below[] = {-5, 7, -1};
    struct kt_trend trend = fake_trend(grows, 0x3ff, 10);
    assert_string_equal(drawn(&trend, KT_TREND_5M, 10), "0123456701"); /* little is not nothing */
    trend = fake_trend(same, 7, 3);
    assert_string_equal(drawn(&trend, KT_TREND_5M, 3), "111"); /* what stands still is flat, and low */
    trend = fake_trend(few, 0x3f, 6);
    assert_string_equal(drawn(&trend, KT_TREND_5M, 6), "010230"); /* a message is no mountain */
    trend = fake_trend(none, 7, 3);
    assert_string_equal(drawn(&trend, KT_TREND_2H, 3), "000");
    trend = fake_trend(below, 7, 3);
    assert_string_equal(drawn(&trend, KT_TREND_2H, 3), "070");
}

/* A level is no mountain, but a way up or down is seen on it, the steeper the more. */
static void a_level_lies_low_and_its_slope_is_seen(void **state)
{
    (void)state;
    static const int64_t steady[] = {5000, 5040, 4990, 5010, 5030, 5000}, grows[] = {900, 920, 940, 960, 980, 1000},
                         doubles[] = {1000, 1200, 1400, 1600, 1800, 2000}, began[] = {0, 0, 5000, 5000, 5000, 5000},
                         drains[] = {2000, 1600, 1200, 800, 400, 0}, few[] = {8, 9, 8, 10, 9, 8};
    struct kt_trend trend = fake_trend(steady, 0x3f, 6);
    assert_string_equal(drawn(&trend, KT_TREND_30M, 6), "111111");
    trend = fake_trend(grows, 0x3f, 6);
    assert_string_equal(drawn(&trend, KT_TREND_30M, 6), "111222");
    trend = fake_trend(doubles, 0x3f, 6);
    assert_string_equal(drawn(&trend, KT_TREND_30M, 6), "123567");
    trend = fake_trend(began, 0x3f, 6);
    assert_string_equal(drawn(&trend, KT_TREND_30M, 6), "007777");
    trend = fake_trend(drains, 0x3f, 6);
    assert_string_equal(drawn(&trend, KT_TREND_30M, 6), "764310");
    trend = fake_trend(few, 0x3f, 6);
    assert_string_equal(drawn(&trend, KT_TREND_30M, 6), "121321");
    int8_t heights[6], low[] = {1, 1, 1, 1, 1, 1};
    ui_spark_make(&trend, KT_TREND_30M, 6, 100, heights); /* nothing beside what comes and goes in ten seconds */
    assert_memory_equal(heights, low, sizeof low);
}

static void narrow_ones_keep_peaks_and_gaps(void **state)
{
    (void)state;
    int64_t values[KT_TREND_POINTS] = {0};
    values[33] = 700;
    struct kt_trend trend = fake_trend(values, ~UINT64_C(0), KT_TREND_POINTS);
    for (int cells = 2; cells <= UI_SPARK_MOST; cells++) {
        const char *text = drawn(&trend, KT_TREND_30M, cells);
        assert_int_equal(strspn(text, "07"), cells);
        assert_true(strchr(text, '7') && strchr(text, '7') == strrchr(text, '7'));
    }
    trend = fake_trend(values, ~(UINT64_C(0xfff) << 14), KT_TREND_POINTS); /* unknown: 14 to 25 */
    assert_string_equal(drawn(&trend, KT_TREND_5M, 6), "0  700");
    assert_string_equal(drawn(&trend, KT_TREND_5M, 12), "000  0700000");
    trend = fake_trend(values, ~(UINT64_C(1) << 20), KT_TREND_POINTS); /* one of ten steps is no gap */
    assert_string_equal(drawn(&trend, KT_TREND_5M, 6), "000700");
}

/* A young history stands at the right, and its first cell is drawn although it is not full. */
static void a_short_history_stands_at_the_right(void **state)
{
    (void)state;
    struct kt_trail trail = {0};
    struct kt_trend trend = {0};
    assert_string_equal(drawn(&trend, KT_TREND_5M, 6), "      ");
    kt_trail_add(&trail, 1000000, 6000, true, 70);
    kt_trail_show(&trail, &trend);
    assert_string_equal(drawn(&trend, KT_TREND_5M, 6), "     1");
    kt_trail_add(&trail, 1005000, 6000, true, 140);
    kt_trail_show(&trail, &trend);
    assert_string_equal(drawn(&trend, KT_TREND_5M, 60) + 57, " 17");
}

/* As time passes a picture moves by whole cells: in between only the newest cell may change. */
static void pictures_do_not_flicker(void **state)
{
    (void)state;
    struct kt_trail trail = {0};
    struct kt_trend trend;
    char before[UI_SPARK_MOST + 1] = "";
    unsigned changes = 0;
    for (int64_t now = 0; now < 900000; now += 5000) {
        int64_t step = now / 5000;
        kt_trail_add(&trail, now, 6000, true, step % 20 == 7 ? 100 : step % 3);
        kt_trail_show(&trail, &trend);
        const char *text = drawn(&trend, KT_TREND_5M, 6);
        changes += now >= 300000 && strcmp(before, text) != 0;
        strcpy(before, text);
    }
    assert_true(changes > 0 && changes <= 36); /* of 120 steps: twelve cells moved, and some grew */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heights_go_from_zero_to_the_largest),
        cmocka_unit_test(a_level_lies_low_and_its_slope_is_seen),
        cmocka_unit_test(narrow_ones_keep_peaks_and_gaps),
        cmocka_unit_test(a_short_history_stands_at_the_right),
        cmocka_unit_test(pictures_do_not_flicker),
    };
    return cmocka_run_group_tests_name("spark", tests, NULL, NULL);
}
