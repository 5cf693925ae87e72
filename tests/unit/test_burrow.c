#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "burrow.h"

#define NOW 1700000000000

static struct kt_burrow *new_burrow(unsigned intervals, int64_t min_distance_s, int64_t expire_group_s)
{
    struct kt_burrow_settings settings = {
        .intervals = intervals, .min_distance_s = min_distance_s, .expire_group_s = expire_group_s};
    return kt_burrow_new(&settings, NULL, NULL);
}

static void end_of(struct kt_burrow *burrow, const char *topic, int32_t partition, int32_t count,
                   int64_t offset)
{
    kt_burrow_broker_offset(burrow, topic, strlen(topic), partition, count, offset);
}

static void commit_to(struct kt_burrow *burrow, const char *topic, int32_t partition, int64_t offset,
                      int64_t order, int64_t at_ms)
{
    kt_burrow_commit(burrow, "g", 1, topic, strlen(topic), partition, offset, at_ms, order, NOW);
}

static void own(struct kt_burrow *burrow, const char *group, const char *topic, int32_t partition,
                const char *owner)
{
    kt_burrow_set_owner(burrow, group, strlen(group), topic, strlen(topic), partition, owner, strlen(owner),
                        "c", 1);
}

static struct kt_burrow_report check_at(struct kt_burrow *burrow, int64_t now_ms)
{
    struct kt_burrow_report report;
    kt_burrow_check(burrow, "g", 1, now_ms, &report);
    return report;
}

static void assert_found(struct kt_burrow *burrow, bool found)
{
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_int_equal(report.found, found);
    kt_burrow_report_release(&report);
}

static void count_name(void *self, const char *name, size_t length)
{
    assert_int_equal(strlen(name), length);
    ++*(int *)self;
}

static int groups_of(const struct kt_burrow *burrow)
{
    int count = 0;
    kt_burrow_each_group(burrow, count_name, &count);
    return count;
}

/* The orders in the window of the only row, as one number of two digits each. */
static int64_t orders_of(struct kt_burrow *burrow)
{
    struct kt_burrow_report report = check_at(burrow, NOW);
    int64_t orders = 0;
    assert_int_equal(report.partition_count, 1);
    for (size_t i = 0; i < report.rows[0].window->count; i++) {
        orders = orders * 100 + kt_window_at(report.rows[0].window, i).order;
    }
    kt_burrow_report_release(&report);
    return orders;
}

static void an_unknown_group_is_not_found_and_complete(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_false(report.found);
    assert_int_equal(report.status, KT_BURROW_NOTFOUND);
    assert_float_equal(report.complete, 1.0F, 0.0F);
    assert_int_equal(report.partition_count, 0);
    assert_null(report.rows);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
    kt_burrow_free(NULL);
}

static void commits_before_the_first_log_end_are_lost(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    commit_to(burrow, "t", 0, 5, 1, NOW);
    end_of(burrow, "t", 1, 3, 10);
    commit_to(burrow, "t", 0, 5, 2, NOW);
    commit_to(burrow, "t", 2, 5, 3, NOW);
    commit_to(burrow, "t", 3, 5, 4, NOW);
    commit_to(burrow, "t", -1, 5, 5, NOW);
    assert_int_equal(groups_of(burrow), 0);
    commit_to(burrow, "t", 1, 5, 6, NOW);
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_int_equal(report.partition_count, 3);
    assert_null(report.rows[0].window);
    assert_float_equal(report.rows[0].complete, 0.0F, 0.0F);
    assert_int_equal(report.rows[1].window->count, 1);
    assert_int_equal(report.rows[1].current_lag, 5);
    assert_int_equal(report.rows[1].end_count, 1);
    assert_true(report.rows[2].topic_known);
    assert_int_equal(report.rows[2].end_count, 0);
    assert_int_equal(report.total_lag, 5);
    assert_int_equal(report.max_row, 1);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void log_ends_are_a_ring_in_the_order_of_reports(void **state)
{
    (void)state;
    for (unsigned intervals = 1; intervals <= 20; intervals++) {
        struct kt_burrow *burrow = new_burrow(intervals, 0, 3600);
        for (int64_t i = 1; i <= 100; i++) {
            /* They may go back. */
            end_of(burrow, "t", 0, 1, i % 7);
            commit_to(burrow, "t", 0, 3, i, NOW);
            struct kt_burrow_report report = check_at(burrow, NOW);
            size_t count = report.rows[0].end_count;
            assert_int_equal(count, i < intervals ? i : intervals);
            for (size_t e = 0; e < count; e++) {
                assert_int_equal(report.rows[0].ends[e], (i - (int64_t)(count - 1 - e)) % 7);
            }
            assert_int_equal(report.rows[0].current_lag, i % 7 > 3 ? i % 7 - 3 : 0);
            kt_burrow_report_release(&report);
        }
        kt_burrow_free(burrow);
    }
}

static void impossible_partitions_change_nothing(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    int topics = 0;
    end_of(burrow, "t", 1, 1, 10);
    end_of(burrow, "t", -1, 1, 10);
    end_of(burrow, "t", 0, 0, 10);
    end_of(burrow, "t", 0, INT32_MIN, 10);
    end_of(burrow, "t", 0, INT32_MAX, 10);
    kt_burrow_each_topic(burrow, count_name, &topics);
    assert_int_equal(topics, 0);
    end_of(burrow, "t", 0, 3, 10);
    /* The list does not shrink, so this is still within it. */
    end_of(burrow, "t", 2, 1, 10);
    kt_burrow_each_topic(burrow, count_name, &topics);
    assert_int_equal(topics, 1);
    kt_burrow_free(burrow);
}

static void groups_notice_new_partitions_only_by_their_own_commits(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    end_of(burrow, "t", 0, 1, 10);
    commit_to(burrow, "t", 0, 5, 1, NOW);
    end_of(burrow, "t", 3, 4, 10);
    commit_to(burrow, "t", 0, 6, 2, NOW);
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_int_equal(report.partition_count, 1);
    kt_burrow_report_release(&report);
    commit_to(burrow, "t", 3, 6, 3, NOW);
    report = check_at(burrow, NOW);
    assert_int_equal(report.partition_count, 4);
    assert_int_equal(report.rows[0].window->count, 2);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void lag_is_exact_over_the_whole_range(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    end_of(burrow, "t", 0, 2, INT64_MAX);
    end_of(burrow, "t", 1, 2, INT64_MAX);
    commit_to(burrow, "t", 0, INT64_MIN, 1, NOW);
    commit_to(burrow, "t", 1, -1, 2, NOW);
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_true(report.rows[0].current_lag == UINT64_MAX);
    assert_true(kt_window_newest(report.rows[0].window).lag == UINT64_MAX);
    assert_true(report.rows[1].current_lag == (uint64_t)INT64_MAX + 1);
    /* The total wraps around. */
    assert_true(report.total_lag == (uint64_t)INT64_MAX);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void commits_ahead_of_the_log_have_no_lag(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    end_of(burrow, "t", 0, 1, INT64_MIN);
    commit_to(burrow, "t", 0, INT64_MAX, 1, NOW);
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_int_equal(report.rows[0].current_lag, 0);
    assert_true(kt_window_newest(report.rows[0].window).lag_known);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void the_first_of_the_greatest_lags_is_the_maximum(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    static const char *const topics[] = {"b", "a", "ab"};
    for (int64_t i = 0; i < 6; i++) {
        end_of(burrow, topics[i % 3], (int32_t)(i / 3), 2, 10);
        commit_to(burrow, topics[i % 3], (int32_t)(i / 3), i < 3 ? 5 : 4, i, NOW);
    }
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_int_equal(report.partition_count, 6);
    assert_string_equal(report.rows[0].topic, "a");
    assert_string_equal(report.rows[2].topic, "ab");
    assert_string_equal(report.rows[4].topic, "b");
    assert_int_equal(report.max_row, 1);
    assert_int_equal(report.total_lag, 33);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void completeness_is_the_share_of_full_partitions(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(2, 0, 3600);
    for (int32_t p = 0; p < 3; p++) {
        end_of(burrow, "t", p, 3, 5);
        commit_to(burrow, "t", p, 5, 1, NOW);
    }
    commit_to(burrow, "t", 0, 5, 2, NOW);
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_float_equal(report.complete, 1.0F / 3.0F, 0.0F);
    assert_float_equal(report.rows[1].complete, 0.5F, 0.0F);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void observed_times_are_whole_seconds(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(2, 0, INT64_MAX / 4000);
    end_of(burrow, "t", 0, 1, 5);
    kt_burrow_commit(burrow, "g", 1, "t", 1, 0, 5, 0, 1, -1);
    struct kt_burrow_report report = check_at(burrow, 0);
    assert_int_equal(kt_window_newest(report.rows[0].window).observed_ms, -1000);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void old_commits_are_dropped_at_the_limit_not(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(2, 0, 3600);
    end_of(burrow, "t", 0, 1, 5);
    commit_to(burrow, "t", 0, 5, 1, NOW - 3600001);
    assert_int_equal(groups_of(burrow), 0);
    commit_to(burrow, "t", 0, 5, 2, NOW - 3600000);
    assert_found(burrow, true);
    kt_burrow_free(burrow);
}

static void a_group_expires_when_it_is_asked_for(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(2, 0, 10);
    end_of(burrow, "t", 0, 1, 5);
    commit_to(burrow, "t", 0, 5, 1, NOW);
    struct kt_burrow_report report = check_at(burrow, NOW + 10999);
    assert_true(report.found);
    kt_burrow_report_release(&report);
    assert_int_equal(groups_of(burrow), 1);
    report = check_at(burrow, NOW + 11000);
    assert_false(report.found);
    kt_burrow_report_release(&report);
    assert_int_equal(groups_of(burrow), 0);
    /* A clock that goes back does not bring it back. */
    assert_found(burrow, false);
    kt_burrow_free(burrow);
}

static void the_last_commit_is_the_newest_appended_even_if_its_time_went_back(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(2, 0, 10);
    end_of(burrow, "t", 0, 2, 5);
    end_of(burrow, "t", 1, 2, 5);
    commit_to(burrow, "t", 0, 5, 5, NOW);
    /* Merged into the one before, for its time lies before; still it is what counts. */
    commit_to(burrow, "t", 0, 5, 6, NOW - 5000);
    struct kt_burrow_report report = check_at(burrow, NOW + 6000);
    assert_false(report.found);
    kt_burrow_report_release(&report);

    commit_to(burrow, "t", 0, 5, 5, NOW - 5000);
    /* Inserted before it, or dropped: no effect. */
    commit_to(burrow, "t", 0, 5, 4, NOW);
    commit_to(burrow, "t", 0, 5, 5, NOW);
    report = check_at(burrow, NOW + 5999);
    assert_true(report.found);
    kt_burrow_report_release(&report);
    report = check_at(burrow, NOW + 6000);
    assert_false(report.found);
    kt_burrow_report_release(&report);

    /* That of another partition counts as well. */
    commit_to(burrow, "t", 0, 5, 5, NOW);
    commit_to(burrow, "t", 1, 5, 1, NOW - 5000);
    report = check_at(burrow, NOW + 6000);
    assert_false(report.found);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void huge_settings_wrap_around(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(2, INT64_MAX, INT64_MIN);
    end_of(burrow, "t", 0, 1, 5);
    /* INT64_MAX * 1000 is -1000 where products wrap: nothing is nearer than that. */
    kt_burrow_commit(burrow, "g", 1, "t", 1, 0, 5, INT64_MAX, 1, INT64_MIN);
    kt_burrow_commit(burrow, "g", 1, "t", 1, 0, 5, INT64_MAX, 2, INT64_MAX);
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_true(report.found);
    assert_int_equal(report.rows[0].window->count, 2);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void min_distance_is_in_seconds(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 2, 3600);
    end_of(burrow, "t", 0, 1, 5);
    commit_to(burrow, "t", 0, 5, 10, NOW);
    commit_to(burrow, "t", 0, 5, 11, NOW + 1999);
    assert_int_equal(orders_of(burrow), 11);
    commit_to(burrow, "t", 0, 5, 12, NOW + 2000);
    assert_int_equal(orders_of(burrow), 1112);
    commit_to(burrow, "t", 0, 5, 13, NOW + 4000);
    commit_to(burrow, "t", 0, 5, 14, NOW + 6000);
    assert_int_equal(orders_of(burrow), 121314);
    kt_burrow_free(burrow);
}

static void owners_make_a_group_that_is_gone_at_the_first_look(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    own(burrow, "g", "t", 0, "/host");
    assert_int_equal(groups_of(burrow), 1);
    assert_found(burrow, false);
    assert_int_equal(groups_of(burrow), 0);
    kt_burrow_free(burrow);

    /* Unless nothing ever expires: then it has no partitions, or one with an empty ring. */
    burrow = new_burrow(4, 0, NOW / 1000);
    own(burrow, "g", "t", 0, "/host");
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_true(report.found);
    assert_int_equal(report.status, KT_BURROW_OK);
    assert_float_equal(report.complete, 0.0F, 0.0F);
    assert_int_equal(report.partition_count, 0);
    kt_burrow_report_release(&report);
    end_of(burrow, "t", 0, 2, 5);
    own(burrow, "g", "t", 0, "/host");
    report = check_at(burrow, NOW);
    assert_int_equal(report.partition_count, 2);
    assert_float_equal(report.rows[0].complete, 0.25F, 0.0F);
    assert_float_equal(report.rows[1].complete, 0.0F, 0.0F);
    assert_string_equal(report.rows[0].owner, "/host");
    assert_string_equal(report.rows[0].client_id, "c");
    assert_string_equal(report.rows[1].owner, "");
    assert_int_equal(report.rows[0].current_lag, 0);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void owners_are_cleared_together(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    end_of(burrow, "t", 0, 2, 5);
    end_of(burrow, "t", 1, 2, 5);
    commit_to(burrow, "t", 0, 5, 1, NOW);
    own(burrow, "g", "t", 0, "/one");
    own(burrow, "g", "t", 1, "/two");
    own(burrow, "g", "t", 0, "/three");
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_string_equal(report.rows[0].owner, "/three");
    assert_string_equal(report.rows[1].owner, "/two");
    kt_burrow_report_release(&report);
    kt_burrow_clear_owners(burrow, "other", 5);
    kt_burrow_clear_owners(burrow, "g", 1);
    report = check_at(burrow, NOW);
    assert_int_equal(report.partition_count, 2);
    assert_string_equal(report.rows[0].owner, "");
    assert_string_equal(report.rows[1].client_id, "");
    assert_int_equal(report.rows[0].window->count, 1);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void a_deleted_topic_leaves_its_groups(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    end_of(burrow, "t", 3, 4, 5);
    commit_to(burrow, "t", 3, 5, 1, NOW);
    kt_burrow_delete_topic(burrow, "other", 5);
    kt_burrow_delete_topic(burrow, "t", 1);
    struct kt_burrow_report report = check_at(burrow, NOW);
    assert_true(report.found);
    assert_int_equal(report.status, KT_BURROW_OK);
    assert_float_equal(report.complete, 0.0F, 0.0F);
    assert_int_equal(report.partition_count, 0);
    kt_burrow_report_release(&report);
    commit_to(burrow, "t", 3, 5, 2, NOW);
    /* Made again, smaller: nothing is left of the old one. */
    end_of(burrow, "t", 0, 1, 2);
    commit_to(burrow, "t", 3, 5, 3, NOW);
    commit_to(burrow, "t", 0, 1, 1, NOW);
    report = check_at(burrow, NOW);
    assert_int_equal(report.partition_count, 1);
    assert_int_equal(report.rows[0].end_count, 1);
    assert_int_equal(report.rows[0].current_lag, 1);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

static void a_group_goes_with_its_last_topic(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(3, 0, 3600);
    end_of(burrow, "t", 0, 1, 5);
    end_of(burrow, "u", 0, 1, 5);
    commit_to(burrow, "t", 0, 5, 1, NOW);
    commit_to(burrow, "u", 0, 5, 2, NOW);
    int groups = 0;
    kt_burrow_each_group_of_topic(burrow, "t", 1, count_name, &groups);
    kt_burrow_delete_group_topic(burrow, "g", 1, "t", 1);
    kt_burrow_delete_group_topic(burrow, "g", 1, "nowhere", 7);
    kt_burrow_delete_group_topic(burrow, "other", 5, "t", 1);
    assert_int_equal(groups, 1);
    kt_burrow_each_group_of_topic(burrow, "t", 1, count_name, &groups);
    assert_int_equal(groups, 1);
    assert_int_equal(groups_of(burrow), 1);
    kt_burrow_delete_group_topic(burrow, "g", 1, "u", 1);
    assert_int_equal(groups_of(burrow), 0);
    commit_to(burrow, "t", 0, 5, 1, NOW);
    kt_burrow_delete_group(burrow, "g", 1);
    kt_burrow_delete_group(burrow, "g", 1);
    assert_int_equal(groups_of(burrow), 0);
    kt_burrow_free(burrow);
}

static bool begins_with_g(void *self, const char *group, size_t length)
{
    ++*(int *)self;
    return length > 0 && group[0] == 'g';
}

static void groups_that_are_not_accepted_are_not_stored(void **state)
{
    (void)state;
    int asked = 0;
    struct kt_burrow_settings settings = {.intervals = 2, .expire_group_s = 3600};
    struct kt_burrow *burrow = kt_burrow_new(&settings, begins_with_g, &asked);
    end_of(burrow, "t", 0, 1, 5);
    own(burrow, "h", "t", 0, "/host");
    kt_burrow_commit(burrow, "h", 1, "t", 1, 0, 5, NOW, 1, NOW);
    assert_int_equal(groups_of(burrow), 0);
    commit_to(burrow, "t", 0, 5, 1, NOW);
    assert_int_equal(groups_of(burrow), 1);
    assert_int_equal(asked, 3);
    kt_burrow_free(burrow);
}

static void add_offset(void *self, int64_t offset)
{
    int64_t *sum = self;
    *sum = *sum * 100 + offset;
}

static void topic_offsets_leave_out_what_is_unknown(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(2, 0, 3600);
    int64_t offsets = 0;
    assert_false(kt_burrow_topic_offsets(burrow, "t", 1, add_offset, &offsets));
    end_of(burrow, "t", 0, 3, 11);
    end_of(burrow, "t", 2, 3, 12);
    end_of(burrow, "t", 2, 3, 13);
    assert_true(kt_burrow_topic_offsets(burrow, "t", 1, add_offset, &offsets));
    assert_int_equal(offsets, 1113);
    kt_burrow_free(burrow);
}

static void names_are_bytes(void **state)
{
    (void)state;
    struct kt_burrow *burrow = new_burrow(2, 0, 3600);
    struct kt_burrow_report report;
    kt_burrow_broker_offset(burrow, "t\0b", 3, 0, 1, 5);
    kt_burrow_broker_offset(burrow, "t\0a", 3, 0, 1, 5);
    kt_burrow_commit(burrow, "g\0x", 3, "t\0b", 3, 0, 5, NOW, 1, NOW);
    kt_burrow_commit(burrow, "g\0x", 3, "t\0a", 3, 0, 5, NOW, 1, NOW);
    assert_found(burrow, false);
    kt_burrow_check(burrow, "g\0x", 3, NOW, &report);
    assert_int_equal(report.partition_count, 2);
    assert_int_equal(report.rows[0].topic_length, 3);
    assert_memory_equal(report.rows[0].topic, "t\0a", 3);
    assert_memory_equal(report.rows[1].topic, "t\0b", 3);
    kt_burrow_report_release(&report);
    kt_burrow_free(burrow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_group_is_not_found_and_complete),
        cmocka_unit_test(commits_before_the_first_log_end_are_lost),
        cmocka_unit_test(log_ends_are_a_ring_in_the_order_of_reports),
        cmocka_unit_test(impossible_partitions_change_nothing),
        cmocka_unit_test(groups_notice_new_partitions_only_by_their_own_commits),
        cmocka_unit_test(lag_is_exact_over_the_whole_range),
        cmocka_unit_test(commits_ahead_of_the_log_have_no_lag),
        cmocka_unit_test(the_first_of_the_greatest_lags_is_the_maximum),
        cmocka_unit_test(completeness_is_the_share_of_full_partitions),
        cmocka_unit_test(observed_times_are_whole_seconds),
        cmocka_unit_test(old_commits_are_dropped_at_the_limit_not),
        cmocka_unit_test(a_group_expires_when_it_is_asked_for),
        cmocka_unit_test(the_last_commit_is_the_newest_appended_even_if_its_time_went_back),
        cmocka_unit_test(huge_settings_wrap_around),
        cmocka_unit_test(min_distance_is_in_seconds),
        cmocka_unit_test(owners_make_a_group_that_is_gone_at_the_first_look),
        cmocka_unit_test(owners_are_cleared_together),
        cmocka_unit_test(a_deleted_topic_leaves_its_groups),
        cmocka_unit_test(a_group_goes_with_its_last_topic),
        cmocka_unit_test(groups_that_are_not_accepted_are_not_stored),
        cmocka_unit_test(topic_offsets_leave_out_what_is_unknown),
        cmocka_unit_test(names_are_bytes),
    };
    return cmocka_run_group_tests_name("burrow", tests, NULL, NULL);
}
