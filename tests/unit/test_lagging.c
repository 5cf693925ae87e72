#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lagging.h"

#define SECOND INT64_C(1000)

static void fill(struct kt_track_lagging **lagging, int64_t seconds, double from, double per_s,
                 double in_per_s, int64_t gap)
{
    for (int64_t s = 0; s <= seconds; s += 2) {
        double swing = gap > 0 ? in_per_s * (double)(s % gap) : 0;
        int64_t lag = (int64_t)(from + per_s * (double)s + swing),
                end = (int64_t)(1e6 + in_per_s * (double)s);
        if (gap > 0 && s % gap == 0) {
            kt_lagging_advance(*lagging);
        }
        kt_lagging_push(lagging, s * SECOND, lag, end - lag, end);
    }
}

static void growth_is_told_from_zigzag(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        double per_s, in_per_s;
        int64_t gap;
        bool fast, slow;
    } cases[] = {
        {3600, 0, 100, 4, false, false},    /* even */
        {3600, -1, 100, 4, false, false},   /* shrinks */
        {3600, 5, 100, 4, true, true},      /* 95 % */
        {280, 5, 100, 4, false, false},     /* too early */
        {60, 50, 100, 4, false, false},     /* not yet a minute of whole buckets */
        {120, 50, 100, 4, true, false},     /* half speed */
        {3600, 0, 100, 300, false, false},  /* a commit every five minutes */
        {3600, 0.001, 100, 4, false, false} /* less than the producers' next second */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_track_lagging *lagging = NULL;
        struct kt_lagging_growth growth = {0};
        int64_t rhythm = cases[i].gap * SECOND;
        fill(&lagging, cases[i].seconds, 5000, cases[i].per_s, cases[i].in_per_s, cases[i].gap);
        int64_t least = 6 * rhythm > 300 * SECOND ? 6 * rhythm : 300 * SECOND;
        assert_int_equal(kt_lagging_fast(lagging, 60 * SECOND, 10, rhythm, 2 * SECOND, &growth),
                         cases[i].fast);
        assert_int_equal(kt_lagging_slow(lagging, least, rhythm, 2 * SECOND, &growth), cases[i].slow);
        if (cases[i].slow) {
            assert_true(growth.grew > 0 && growth.over_ms >= 300 * SECOND);
        }
        kt_lagging_free(lagging);
    }
}

static void days_fit_into_the_buckets(void **state)
{
    (void)state;
    struct kt_track_lagging *lagging = NULL;
    double speed;
    fill(&lagging, 3 * 86400, 5000, 0, 100, 4);
    assert_true(lagging->count <= KT_LAGGING_BUCKETS);
    assert_int_equal(lagging->width_ms, KT_LAGGING_WIDEST_MS);
    assert_true(kt_lagging_speed(lagging, 300 * SECOND, 720 * SECOND, &speed));
    assert_true(speed > 99 && speed < 101);
    kt_lagging_push(&lagging, 3 * 86400 * SECOND + 8 * 3600 * SECOND, 7, 0, 0); /* the machine slept */
    assert_int_equal(lagging->count, 1);
    assert_true(lagging->room < KT_LAGGING_BUCKETS / 4); /* what it does not use is given back */
    assert_false(kt_lagging_speed(lagging, 300 * SECOND, 720 * SECOND, &speed));
    kt_lagging_free(lagging);
}

/* Memory is taken as buckets are used, and given back where they become fewer. */
static void a_minute_needs_less_than_a_day(void **state)
{
    (void)state;
    struct kt_track_lagging *lagging = NULL;
    assert_true(sizeof *lagging <= 72 && sizeof lagging->buckets[0] <= 32);
    kt_lagging_advance(lagging);
    assert_null(lagging);
    fill(&lagging, 60, 5000, 0, 100, 4);
    assert_in_range(lagging->room, lagging->count, KT_LAGGING_BUCKETS / 2);
    fill(&lagging, 238, 5000, 0, 100, 4);
    assert_int_equal(lagging->room, KT_LAGGING_BUCKETS);
    fill(&lagging, 250, 5000, 0, 100, 4); /* they are twice as wide now */
    assert_int_equal(lagging->width_ms, 2 * KT_LAGGING_NARROWEST_MS);
    assert_in_range(lagging->room, lagging->count, KT_LAGGING_BUCKETS - 1);
    kt_lagging_free(lagging);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_is_told_from_zigzag),
        cmocka_unit_test(days_fit_into_the_buckets),
        cmocka_unit_test(a_minute_needs_less_than_a_day),
    };
    return cmocka_run_group_tests_name("lagging", tests, NULL, NULL);
}
