#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lagging.h"
#include "track.h"

#define SECOND INT64_C(1000)

/* A look at an owned partition, the log end asked at `now`, commits known up to it. */
static struct kt_look look_at(int64_t now, int64_t committed, int64_t log_end)
{
    return (struct kt_look){.now = now,
                            .fresh_known = true,
                            .fresh_at = now,
                            .exact = true,
                            .committed_known = true,
                            .committed = committed,
                            .committed_at = now,
                            .ends_known = true,
                            .ends_at = now,
                            .log_end = log_end,
                            .start_known = true,
                            .type = KT_TYPE_CLASSIC,
                            .state = KT_STATE_STABLE,
                            .ever_had_members = true,
                            .owned = KT_YES,
                            .subscribed = KT_YES};
}

static void see(struct kt_track *track, int64_t now, int64_t committed, int64_t log_end)
{
    struct kt_look look = look_at(now, committed, log_end);
    kt_track_look(track, &look);
}

static void spans_cannot_overflow(void **state)
{
    (void)state;
    assert_int_equal(kt_span(3, 10), 7);
    assert_int_equal(kt_span(10, 3), 0);
    assert_true(kt_span(INT64_MIN, INT64_MAX) == INT64_MAX);
    assert_true(kt_span(INT64_MAX, INT64_MIN) == 0);
}

static void a_number_without_a_whole_one_is_the_largest(void **state)
{
    (void)state;
    assert_int_equal(kt_rounded(2.5), 3);
    assert_int_equal(kt_rounded(-2.4), -2);
    assert_true(kt_rounded(1e30) > INT64_MAX - 2000);
    assert_true(kt_rounded(-1e30) < INT64_MIN + 2000);
}

static void small_enough_for_many(void **state)
{
    (void)state;
    assert_true(sizeof(struct kt_track) <= 208);
}

static void lag_is_what_can_still_be_read(void **state)
{
    (void)state;
    static const struct {
        int64_t committed, start, end, lag, raw;
    } cases[] = {
        {100, 0, 600, 500, 500}, {100, 500, 600, 100, 500}, /* 400 are gone */
        {600, 0, 597, 0, -3},                               /* never negative */
        {100, 600, 600, 0, 500}, {INT64_MIN, INT64_MIN, INT64_MAX, INT64_MAX, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_look look = look_at(0, cases[i].committed, cases[i].end);
        look.log_start = cases[i].start;
        int64_t lag, raw;
        assert_true(kt_look_lag(&look, &lag, &raw));
        assert_true(lag == cases[i].lag);
        assert_true(raw == cases[i].raw);
        look.ends_known = false;
        assert_false(kt_look_lag(&look, &lag, &raw));
        look.ends_known = true;
        look.committed_known = false;
        assert_false(kt_look_lag(&look, &lag, &raw));
    }
}

static void who_reads(void **state)
{
    (void)state;
    static const struct {
        enum kt_group_type type;
        enum kt_group_state state;
        bool members_known;
        size_t members;
        bool ever;
        enum kt_tri owned;
        enum kt_attendance is;
    } cases[] = {
        {KT_TYPE_CLASSIC, KT_STATE_STABLE, true, 1, true, KT_YES, KT_ATTENDANCE_OWNED},
        {KT_TYPE_CLASSIC, KT_STATE_STABLE, true, 1, true, KT_NO, KT_ATTENDANCE_UNOWNED},
        {KT_TYPE_CONSUMER, KT_STATE_STABLE, false, 0, false, KT_MAYBE, KT_ATTENDANCE_OWNED},
        {KT_TYPE_CLASSIC, KT_STATE_PREPARING_REBALANCE, true, 1, true, KT_NO, KT_ATTENDANCE_REBALANCING},
        {KT_TYPE_CONSUMER, KT_STATE_RECONCILING, true, 1, true, KT_YES, KT_ATTENDANCE_OWNED},
        {KT_TYPE_CLASSIC, KT_STATE_EMPTY, true, 0, false, KT_NO, KT_ATTENDANCE_GONE},
        {KT_TYPE_CLASSIC, KT_STATE_DEAD, true, 0, true, KT_NO, KT_ATTENDANCE_GONE},
        {KT_TYPE_SIMPLE, KT_STATE_EMPTY, true, 0, false, KT_NO, KT_ATTENDANCE_NONE},
        {KT_TYPE_UNKNOWN, KT_STATE_EMPTY, true, 0, false, KT_NO, KT_ATTENDANCE_NONE},
        {KT_TYPE_UNKNOWN, KT_STATE_EMPTY, true, 0, true, KT_NO, KT_ATTENDANCE_GONE},
        {KT_TYPE_UNKNOWN, KT_STATE_UNKNOWN, false, 0, false, KT_MAYBE, KT_ATTENDANCE_UNKNOWN},
        {KT_TYPE_UNKNOWN, KT_STATE_UNKNOWN, true, 2, true, KT_YES, KT_ATTENDANCE_OWNED},
        {KT_TYPE_CLASSIC, KT_STATE_UNKNOWN, true, 0, true, KT_NO, KT_ATTENDANCE_GONE},
        {KT_TYPE_SIMPLE, KT_STATE_UNKNOWN, false, 0, false, KT_MAYBE, KT_ATTENDANCE_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_look look = {.type = cases[i].type,
                               .state = cases[i].state,
                               .members_known = cases[i].members_known,
                               .members = cases[i].members,
                               .ever_had_members = cases[i].ever,
                               .owned = cases[i].owned};
        assert_int_equal(kt_look_attendance(&look), cases[i].is);
    }
}

/* Commits `offset` at each of the instants; the log end is one beyond, seen a moment after each commit. */
static void rhythm_is_measured_from_when_there_was_something(void **state)
{
    (void)state;
    struct kt_track track;
    int64_t gap;
    kt_track_init(&track);
    kt_track_commit(&track, 0, 0, false);
    see(&track, 100, 0, 0);
    for (int i = 1; i <= 8; i++) {
        int64_t hour = 3600 * SECOND * i;
        assert_true(kt_track_rhythm(&track, &gap) == (i > 3));
        see(&track, hour, i - 1, i - 1);
        see(&track, hour + 1000, i - 1, i); /* a record came */
        kt_track_commit(&track, i, hour + 5000, false);
        see(&track, hour + 6000, i, i);
    }
    assert_true(kt_track_rhythm(&track, &gap));
    assert_int_equal(gap, 4000); /* from when it was seen behind, not the hour of silence */
    kt_track_release(&track);

    /* Read between two looks: no more than the time since the last one. */
    kt_track_init(&track);
    kt_track_commit(&track, 0, 0, false);
    for (int i = 1; i <= 8; i++) {
        int64_t hour = 3600 * SECOND * i;
        see(&track, hour, i - 1, i - 1);
        kt_track_commit(&track, i, hour + 700, false);
    }
    assert_true(kt_track_rhythm(&track, &gap));
    assert_int_equal(gap, 700);
    kt_track_release(&track);
}

static void rhythm_of_few_and_many_gaps(void **state)
{
    (void)state;
    static const int64_t gaps[] = {5, 3, 4, 9, 100, 2, 6, 7, 1000};
    /* fewer than eight: the largest x 8 / count; eight: the second largest; the ninth pushes the first out */
    static const int64_t rhythm[] = {0, 0, 13400, 18000, 160000, 133400, 114300, 9000, 100000};
    struct kt_track track;
    int64_t at = 0, gap;
    kt_track_init(&track);
    kt_track_commit(&track, 0, at, false);
    see(&track, at, 0, 1000);
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        at += gaps[i] * SECOND;
        kt_track_commit(&track, (int64_t)i + 1, at, false);
        see(&track, at, (int64_t)i + 1, 1000);
        bool known = kt_track_rhythm(&track, &gap);
        assert_int_equal(known, i >= 2);
        if (known) {
            assert_in_range(gap, rhythm[i] - 100, rhythm[i] + 100);
        }
    }
    kt_track_release(&track);
}

static void rhythm_found_at_start_is_the_middle_one(void **state)
{
    (void)state;
    struct kt_track track;
    int64_t gap;
    kt_track_init(&track);
    static const int64_t times[] = {-4000, -3995, -3000, -2990, -2987};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        kt_track_commit(&track, (int64_t)i, times[i] * SECOND, true);
    }
    assert_true(kt_track_rhythm(&track, &gap)); /* of 5, 600 (capped), 10, 3 */
    assert_int_equal(gap, 10 * SECOND);
    kt_track_release(&track);
}

/* Watched gaps are no upper bounds: two short ones and a single found one say nothing yet. */
static void one_found_gap_is_no_rhythm(void **state)
{
    (void)state;
    struct kt_track track;
    int64_t gap;
    kt_track_init(&track);
    kt_track_commit(&track, 0, -100 * SECOND, true);
    see(&track, 0, 0, 1000);
    for (int i = 1; i <= 3; i++) {
        kt_track_commit(&track, i, i * 5 * SECOND, false);
        see(&track, i * 5 * SECOND, i, 1000);
        assert_false(kt_track_rhythm(&track, &gap));
    }
    kt_track_commit(&track, 4, 20 * SECOND, false);
    assert_true(kt_track_rhythm(&track, &gap)); /* three watched ones */
    assert_in_range(gap, 13300, 13400);
    kt_track_release(&track);
}

static void nobody_there_is_no_rhythm(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 0, 0, false);
    see(&track, 0, 0, 10);
    track.status = KT_STATUS_STOP;
    kt_track_commit(&track, 1, 500 * SECOND, false);
    assert_int_equal(track.gap_count, 0);
    track.status = KT_STATUS_STALL; /* a new, slower rhythm must be learnt */
    kt_track_commit(&track, 2, 900 * SECOND, false);
    assert_int_equal(track.gap_count, 1);
    kt_track_release(&track);
}

static void repeats_count_only_while_records_wait(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 5, 0, false);
    see(&track, 0, 5, 5);
    for (int64_t at = 1; at < 100; at++) {
        kt_track_commit(&track, 5, at * SECOND, false);
    }
    assert_int_equal(track.same_commits, 0);
    see(&track, 100 * SECOND, 5, 6);
    kt_track_commit(&track, 5, 100 * SECOND, false); /* made before the record was seen */
    assert_int_equal(track.same_commits, 0);
    kt_track_commit(&track, 5, 101 * SECOND, false);
    kt_track_commit(&track, 5, 102 * SECOND, false);
    assert_int_equal(track.same_commits, 2);
    assert_int_equal(kt_track_rare(&track)->same_since, 101 * SECOND);
    kt_track_commit(&track, 6, 103 * SECOND, false);
    assert_int_equal(track.same_commits, 0);
    kt_track_release(&track);
}

static void behind_since_and_flat(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 5, 1000, false);
    see(&track, 2000, 5, 5);
    assert_false(track.behind);
    see(&track, 3000, 5, 8);
    assert_true(track.behind);
    assert_false(track.from_start);
    assert_int_equal(track.behind_since, 3000);
    see(&track, 4000, 5, 9);
    assert_int_equal(track.behind_since, 3000);
    assert_int_equal(track.flat_since, 4000);
    see(&track, 9000, 5, 9);
    assert_int_equal(track.flat_since, 4000);
    assert_non_null(track.lagging);
    kt_track_commit(&track, 9, 9500, false);
    see(&track, 10000, 9, 9);
    assert_false(track.behind);
    assert_null(track.lagging);
    assert_int_equal(track.flat_since, 10000);
    kt_track_release(&track);
}

static void behind_at_first_sight(void **state)
{
    (void)state;
    static const struct {
        enum kt_group_state state;
        bool exact;
        int64_t behind_since;
    } cases[] = {
        {KT_STATE_STABLE, true, 1000}, /* it may have been caught up until just now */
        {KT_STATE_EMPTY, true, -60000},
        {KT_STATE_EMPTY, false, 1000}, /* the time of the commit is not known */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_track track;
        kt_track_init(&track);
        kt_track_commit(&track, 5, -60000, true);
        struct kt_look look = look_at(1000, 5, 9);
        look.state = cases[i].state;
        look.owned = cases[i].state == KT_STATE_EMPTY ? KT_NO : KT_YES;
        look.exact = cases[i].exact;
        kt_track_look(&track, &look);
        assert_true(track.from_start);
        assert_int_equal(track.behind_since, cases[i].behind_since);
        kt_track_release(&track);
    }
}

static void same_log_end_counts_once(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 5, 0, false);
    struct kt_look look = look_at(1000, 5, 9);
    kt_track_look(&track, &look);
    look.now = 2000;
    look.log_end = 5; /* would be caught up, were it new */
    kt_track_look(&track, &look);
    assert_true(track.behind);
    assert_int_equal(track.last_sample_at, 1000);
    kt_track_release(&track);
}

static void rebalancing_stops_the_clock_for_a_minute_at_most(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 5, 0, false);
    see(&track, 0, 5, 9);
    for (int64_t at = 1; at <= 31; at++) {
        struct kt_look look = look_at(at * SECOND, 5, 9 + at);
        look.state = KT_STATE_PREPARING_REBALANCE;
        look.owned = KT_NO;
        kt_track_look(&track, &look);
    }
    see(&track, 32 * SECOND, 5, 60);
    assert_int_equal(track.rebalanced_ms, 31 * SECOND);
    see(&track, 40 * SECOND, 5, 60);
    assert_int_equal(track.rebalanced_ms, 31 * SECOND);
    for (int64_t at = 41; at <= 141; at++) {
        struct kt_look look = look_at(at * SECOND, 5, 9 + at);
        look.state = KT_STATE_PREPARING_REBALANCE;
        kt_track_look(&track, &look);
    }
    assert_int_equal(track.rebalanced_ms, 60 * SECOND);
    kt_track_commit(&track, 6, 142 * SECOND, false);
    assert_int_equal(track.rebalanced_ms, 0);
    kt_track_release(&track);
}

static void falls_and_recoveries(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 1000, 0, false);
    kt_track_commit(&track, 400, SECOND, false);
    assert_true(track.rewound);
    kt_track_commit(&track, 10, 2 * SECOND, false); /* further: still the same fall */
    assert_int_equal(kt_track_rare(&track)->rewind_from, 1000);
    assert_int_equal(kt_track_rare(&track)->rewind_to, 10);
    assert_int_equal(kt_track_rare(&track)->rewind_at, SECOND);
    kt_track_commit(&track, 999, 3 * SECOND, false);
    assert_true(track.rewound);
    kt_track_commit(&track, 1000, 4 * SECOND, false);
    assert_false(track.rewound);
    kt_track_commit(&track, 500, 5 * SECOND, false);
    kt_track_commit(&track, 600, 1000 * SECOND, false);
    kt_track_commit(&track, 550, 1001 * SECOND, false); /* long after the first: one of its own */
    assert_int_equal(kt_track_rare(&track)->rewind_from, 600);
    kt_track_release(&track);
}

static void a_fall_is_no_growth(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 1000, 0, false);
    see(&track, 0, 1000, 2000);
    assert_non_null(track.lagging);
    kt_track_commit(&track, 10, SECOND, false);
    assert_null(track.lagging);
    kt_track_release(&track);
}

static struct kt_look with_start(struct kt_look look, int64_t start)
{
    look.log_start = start;
    return look;
}

static void losses_need_a_second_sample(void **state)
{
    (void)state;
    struct kt_track track;
    struct kt_look look;
    kt_track_init(&track);
    kt_track_commit(&track, 100, 0, false);
    look = with_start(look_at(1000, 100, 900), 150); /* lost before we came */
    kt_track_look(&track, &look);
    look = with_start(look_at(2000, 100, 900), 400);
    kt_track_look(&track, &look);
    assert_int_equal(kt_track_rare(&track)->lost, 0);
    look = with_start(look_at(3000, 100, 900), 400);
    kt_track_look(&track, &look);
    assert_int_equal(kt_track_rare(&track)->lost, 250);
    look = with_start(look_at(4000, 100, 900), 400);
    kt_track_look(&track, &look);
    assert_int_equal(kt_track_rare(&track)->lost, 250);
    kt_track_release(&track);

    /* Purged up to a commit that we read a little later: nothing is lost. */
    kt_track_init(&track);
    kt_track_commit(&track, 100, 0, false);
    look = with_start(look_at(1000, 100, 900), 100);
    kt_track_look(&track, &look);
    look = with_start(look_at(2000, 100, 900), 500);
    look.fresh_at = 1500;
    kt_track_look(&track, &look);
    kt_track_commit(&track, 500, 1900, false);
    look = with_start(look_at(3000, 500, 900), 500);
    kt_track_look(&track, &look);
    look = with_start(look_at(4000, 500, 900), 500);
    kt_track_look(&track, &look);
    assert_int_equal(kt_track_rare(&track)->lost, 0);
    kt_track_release(&track);
}

static void ahead_only_of_an_end_asked_later(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 100, 0, false);
    see(&track, 1000, 100, 97); /* the commit may be newer than the end */
    assert_false(track.ahead);
    see(&track, 2000, 110, 108); /* and again: a busy consumer */
    assert_false(track.ahead);
    see(&track, 3000, 110, 108);
    assert_true(track.ahead);
    assert_int_equal(kt_track_rare(&track)->ahead_since, 3000);
    see(&track, 4000, 110, 110);
    assert_false(track.ahead);
    kt_track_release(&track);
}

static void broken_clocks_and_hostile_numbers(void **state)
{
    (void)state;
    static const int64_t values[] = {INT64_MIN, -1, 0, 1, 1000, INT64_MAX - 1, INT64_MAX};
    const size_t count = sizeof values / sizeof values[0];
    uint32_t random = 1;
    for (int round = 0; round < 200; round++) {
        struct kt_track track;
        int64_t gap, now = 0;
        kt_track_init(&track);
        for (int i = 0; i < 60; i++) {
            random = random * 1664525u + 1013904223u;
            kt_track_commit(&track, values[(random >> 8) % count], values[(random >> 12) % count],
                            (random >> 16) & 1u);
            now += (random >> 20) % 100000;
            struct kt_look look =
                with_start(look_at(now, values[(random >> 21) % count], values[(random >> 24) % count]),
                           values[(random >> 27) % count]);
            look.produce_rate_known = true;
            look.produce_rate = 1e300;
            kt_track_look(&track, &look);
            assert_true(track.advanced_at <= now);
            if (kt_track_rhythm(&track, &gap)) {
                assert_in_range(gap, 0, KT_TRACK_RHYTHM_CAP_MS);
            }
        }
        kt_track_release(&track);
    }
}

static void a_truncated_log_begins_anew(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 5, 0, false);
    see(&track, 0, 5, 5);
    see(&track, 1000, 5, 900);
    see(&track, 2000, 5, 50);
    assert_int_equal(track.behind_since, 2000);
    kt_track_restart(&track);
    assert_false(track.committed_known);
    assert_null(track.lagging);
    kt_track_release(&track);
}

static void what_counts_seldom_is_given_back(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 1000, 0, false);
    see(&track, SECOND, 1000, 1000);
    assert_null(track.rare);
    assert_int_equal(kt_track_rare(&track)->rewind_from, 0);
    kt_track_commit(&track, 400, 2 * SECOND, false);
    see(&track, 3 * SECOND, 400, 1000);
    assert_non_null(track.rare);
    assert_int_equal(kt_track_rare(&track)->rewind_from, 1000);
    kt_track_commit(&track, 1000, 4 * SECOND, false);
    see(&track, 5 * SECOND, 1000, 1000);
    assert_null(track.rare);
    kt_track_enter(&track, 7); /* no growth: nothing to remember */
    assert_null(track.rare);
    track.status = KT_STATUS_WARN;
    kt_track_enter(&track, 7);
    see(&track, 6 * SECOND, 1000, 1000);
    assert_int_equal(kt_track_rare(&track)->entry_lag, 7);
    kt_track_release(&track);
    assert_null(track.rare);
}

/* Whole topics of a group may be so. */
static void who_is_not_subscribed_costs_no_more(void **state)
{
    (void)state;
    struct kt_track track;
    kt_track_init(&track);
    kt_track_commit(&track, 1000, 0, false);
    for (int64_t at = 1; at <= 3; at++) {
        struct kt_look look = look_at(at * SECOND, 1000, 1000);
        look.subscribed = at > 1 ? KT_NO : KT_YES;
        kt_track_look(&track, &look);
        assert_int_equal(track.unsubscribed, at > 1);
        assert_null(track.rare);
    }
    assert_int_equal(track.odd_since, 2 * SECOND);
    kt_track_release(&track);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_cannot_overflow),
        cmocka_unit_test(a_number_without_a_whole_one_is_the_largest),
        cmocka_unit_test(small_enough_for_many),
        cmocka_unit_test(lag_is_what_can_still_be_read),
        cmocka_unit_test(who_reads),
        cmocka_unit_test(rhythm_is_measured_from_when_there_was_something),
        cmocka_unit_test(rhythm_of_few_and_many_gaps),
        cmocka_unit_test(rhythm_found_at_start_is_the_middle_one),
        cmocka_unit_test(one_found_gap_is_no_rhythm),
        cmocka_unit_test(nobody_there_is_no_rhythm),
        cmocka_unit_test(repeats_count_only_while_records_wait),
        cmocka_unit_test(behind_since_and_flat),
        cmocka_unit_test(behind_at_first_sight),
        cmocka_unit_test(same_log_end_counts_once),
        cmocka_unit_test(rebalancing_stops_the_clock_for_a_minute_at_most),
        cmocka_unit_test(falls_and_recoveries),
        cmocka_unit_test(a_fall_is_no_growth),
        cmocka_unit_test(losses_need_a_second_sample),
        cmocka_unit_test(ahead_only_of_an_end_asked_later),
        cmocka_unit_test(broken_clocks_and_hostile_numbers),
        cmocka_unit_test(a_truncated_log_begins_anew),
        cmocka_unit_test(what_counts_seldom_is_given_back),
        cmocka_unit_test(who_is_not_subscribed_costs_no_more),
    };
    return cmocka_run_group_tests_name("track", tests, NULL, NULL);
}
