/* Which records are worth looking at, what the answers are good for, and until when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assess.h"
#include "fake_cluster.h"
#include "records.h"

#define SECOND 1000

static void open_cluster(struct fake_cluster *cluster, enum kt_records records, int32_t partitions)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    cluster->options.records = records;
    fake_cluster_topic(cluster, "orders", partitions);
    fake_cluster_group(cluster, "g", "orders", 1, partitions);
}

/* g has committed `lag` before the end of a partition, of 1000. */
static void behind(struct fake_cluster *cluster, int32_t partition, int64_t lag)
{
    fake_cluster_commit(cluster, "g", "orders", partition, 1000 - lag, 500, false);
}

static void refresh(struct fake_cluster *cluster, int32_t partitions, int64_t ms, int64_t end)
{
    fake_clock_pass(&cluster->clock, ms);
    for (int32_t i = 0; i < partitions; i++) {
        fake_cluster_ends(cluster, "orders", i, 0, end);
    }
    fake_cluster_fresh(cluster);
    kt_assess(cluster->model);
}

/* The wishes as "partition@offset ...". */
static const char *wanted(struct fake_cluster *cluster, const struct kt_records_focus *focus)
{
    static char text[2000];
    size_t count = 77, used = 0;
    struct kt_record_wish *wishes = kt_records_wanted(cluster->model, focus, &count);
    assert_int_equal(wishes == NULL, count == 0);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(wishes[i].topic.length, 6);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d@%lld", i ? " " : "", (int)wishes[i].partition,
                                 (long long)wishes[i].offset);
    }
    free(wishes);
    return text;
}

static struct kt_obs answer(int32_t partition, int64_t asked, bool found, int64_t offset)
{
    return (struct kt_obs){.kind = KT_OBS_RECORD,
                           .record = {.topic = kt_text_of("orders", 6),
                                      .partition = partition,
                                      .asked = asked,
                                      .found = found,
                                      .offset = offset}};
}

static void tell_error(struct fake_cluster *cluster, int32_t partition, int64_t asked, const char *error)
{
    struct kt_obs obs = answer(partition, asked, false, asked);
    obs.record.error = error;
    fake_cluster_tell(cluster, obs);
}

static const struct kt_lag *row_of(const struct kt_snapshot *snap, int32_t partition)
{
    return fake_cluster_lag_of(snap, "g", "orders", partition);
}

static uint32_t marks_now(struct fake_cluster *cluster)
{
    const struct kt_snapshot *snap = fake_cluster_look(cluster);
    uint32_t marks = kt_lag_marks(row_of(snap, 0));
    kt_snapshot_unref(snap);
    return marks;
}

/* ---- what is asked ---- */

static void a_tail_is_asked_once_it_stands_still(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_TAIL, 2);
    behind(&cluster, 0, 0);
    behind(&cluster, 1, 0);
    refresh(&cluster, 2, 0, 1000);
    assert_string_equal(wanted(&cluster, NULL), "");
    fake_cluster_ends(&cluster, "orders", 0, 0, 1001); /* partition 0 only */
    for (int i = 0; i < 6; i++) {
        fake_clock_pass(&cluster.clock, 2 * SECOND);
        fake_cluster_ends(&cluster, "orders", 0, 0, 1001);
        fake_cluster_fresh(&cluster);
        kt_assess(cluster.model);
        assert_string_equal(wanted(&cluster, NULL), i < 5 ? "" : "0@1000");
    }
    fake_cluster_tell(&cluster, answer(0, 1000, false, 1001));
    kt_assess(cluster.model);
    assert_string_equal(wanted(&cluster, NULL), "");
    assert_int_equal(marks_now(&cluster), KT_MARK_TAIL);
    fake_cluster_close(&cluster);
}

static void at_first_sight_what_is_open_is_asked(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_TAIL, 3);
    for (int32_t i = 0; i < 3; i++) {
        fake_cluster_commit(&cluster, "g", "orders", i, 1000 - i, 5000, true);
    }
    refresh(&cluster, 3, 0, 1000);
    assert_string_equal(wanted(&cluster, NULL), "1@999 2@998"); /* the smallest lag first; the first has none */
    cluster.options.records = KT_RECORDS_NONE;
    assert_string_equal(wanted(&cluster, NULL), "");
    fake_cluster_close(&cluster);
}

static void exact_asks_for_the_largest_lags(void **state)
{
    (void)state;
    enum { PARTITIONS = KT_RECORDS_EXACT_MOST + 5 };
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_EXACT, PARTITIONS);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        behind(&cluster, i, 0);
    }
    refresh(&cluster, PARTITIONS, 0, 1000);
    assert_string_equal(wanted(&cluster, NULL), "");
    for (int32_t i = 0; i < PARTITIONS; i++) {
        fake_cluster_ends(&cluster, "orders", i, 0, 1000 + (i * 8) % PARTITIONS);
    }
    refresh(&cluster, 0, 2 * SECOND, 0);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        fake_cluster_ends(&cluster, "orders", i, 0, 1000 + (i * 8) % PARTITIONS);
    }
    kt_assess(cluster.model);
    size_t count;
    struct kt_record_wish *wishes = kt_records_wanted(cluster.model, NULL, &count);
    assert_int_equal(count, KT_RECORDS_EXACT_MOST);
    int64_t before = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        int64_t lag = (wishes[i].partition * 8) % PARTITIONS;
        assert_true(lag <= before && lag >= 5);
        before = lag;
    }
    free(wishes);
    fake_cluster_close(&cluster);
}

static void a_reader_may_ask_for_a_group_a_topic_or_a_partition(void **state)
{
    (void)state;
    static const struct {
        const char *group, *topic;
        int64_t partition;
        const char *wanted;
    } cases[] = {
        {"g", NULL, -1, "2@993 1@996"}, {"g", "orders", -1, "2@993 1@996"}, {"g", "orders", 1, "1@996"},
        {"g", "other", -1, ""},         {"h", NULL, -1, ""},                {"g", "orders", 0, ""},
    };
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_TAIL, 3);
    behind(&cluster, 0, 0);
    behind(&cluster, 1, 4);
    behind(&cluster, 2, 7);
    refresh(&cluster, 3, 0, 990);
    refresh(&cluster, 3, SECOND, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *topic = cases[i].topic;
        struct kt_records_focus *focus =
            kt_records_focus_new(kt_text_of(cases[i].group, 1), kt_text_of(topic, topic ? strlen(topic) : 0),
                                 cases[i].partition);
        assert_string_equal(wanted(&cluster, focus), cases[i].wanted);
        kt_records_focus_free(focus);
    }
    assert_string_equal(wanted(&cluster, NULL), "");
    fake_cluster_close(&cluster);
}

/* No READ: the whole topic is left alone for a minute, two, four, eight; nothing is said to be wrong. */
static void a_denied_topic_is_asked_again_slowly(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    int asked = 0;
    open_cluster(&cluster, KT_RECORDS_EXACT, 2);
    behind(&cluster, 0, 5);
    behind(&cluster, 1, 5);
    refresh(&cluster, 2, 0, 1000);
    assert_string_equal(wanted(&cluster, NULL), "0@995 1@995");
    tell_error(&cluster, 0, 995, "TOPIC_AUTHORIZATION_FAILED");
    for (int i = 0; i < 1300; i++) { /* more than twenty minutes */
        refresh(&cluster, 2, SECOND, 1000);
        if (*wanted(&cluster, NULL)) {
            asked++;
            tell_error(&cluster, 1, 995, "TOPIC_AUTHORIZATION_FAILED");
        }
    }
    assert_int_equal(asked, 4);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->problem_count, 0);
    assert_string_equal(kt_lag_record_error(row_of(snap, 1)).bytes, "TOPIC_AUTHORIZATION_FAILED");
    kt_snapshot_unref(snap);
    fake_cluster_tell(&cluster, answer(1, 995, true, 995)); /* the right was given */
    refresh(&cluster, 2, SECOND, 1000);
    assert_string_equal(wanted(&cluster, NULL), "0@995");
    fake_cluster_close(&cluster);
}

static void another_failure_is_asked_again_after_a_while(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_EXACT, 1);
    behind(&cluster, 0, 5);
    refresh(&cluster, 1, 0, 1000);
    tell_error(&cluster, 0, 995, "_TIMED_OUT");
    refresh(&cluster, 1, KT_RECORDS_AGAIN_MS - 1, 1000);
    assert_string_equal(wanted(&cluster, NULL), "");
    refresh(&cluster, 1, 1, 1000);
    assert_string_equal(wanted(&cluster, NULL), "0@995");
    fake_cluster_end_error(&cluster, "orders", 0); /* its broker is away: it would only be waited for */
    assert_string_equal(wanted(&cluster, NULL), "");
    fake_cluster_close(&cluster);
}

/* ---- until when an answer holds ---- */

static void none_holds_until_the_log_end_moves(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_TAIL, 1);
    behind(&cluster, 0, 30);
    refresh(&cluster, 1, 0, 1000);
    fake_cluster_tell(&cluster, answer(0, 970, false, 1000));
    assert_int_equal(marks_now(&cluster), KT_MARK_TAIL); /* thirty aborted records */
    fake_cluster_commit(&cluster, "g", "orders", 0, 980, 0, false);
    refresh(&cluster, 1, SECOND, 1000);
    assert_int_equal(marks_now(&cluster), KT_MARK_TAIL); /* nor is anything left behind those */
    refresh(&cluster, 1, SECOND, 1001);
    assert_int_equal(marks_now(&cluster) & KT_MARK_TAIL, 0);
    fake_cluster_close(&cluster);
}

static void none_before_an_open_transaction_is_no_proof(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_TAIL, 1);
    behind(&cluster, 0, 30);
    refresh(&cluster, 1, 0, 1000);
    fake_cluster_tell(&cluster, answer(0, 970, false, 990));
    assert_int_equal(marks_now(&cluster) & KT_MARK_TAIL, 0);
    fake_cluster_close(&cluster);
}

static void a_log_made_anew_forgets_its_records(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_TAIL, 1);
    behind(&cluster, 0, 2);
    refresh(&cluster, 1, 0, 1000);
    fake_cluster_tell(&cluster, answer(0, 998, false, 1000));
    refresh(&cluster, 1, SECOND, 999);
    refresh(&cluster, 1, SECOND, 999); /* one answer alone may be wrong */
    refresh(&cluster, 1, SECOND, 1000);
    assert_int_equal(marks_now(&cluster) & KT_MARK_TAIL, 0);
    fake_cluster_close(&cluster);
}

static void nonsense_is_dropped_and_memory_is_bounded(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, KT_RECORDS_TAIL, 1);
    refresh(&cluster, 1, 0, 1000);
    const struct kt_model_topic *topic = kt_model_topic(cluster.model, kt_text_of("orders", 6));
    fake_cluster_tell(&cluster, answer(0, -1, true, 5));
    fake_cluster_tell(&cluster, answer(0, 10, true, 9));
    fake_cluster_tell(&cluster, answer(1, 10, true, 10));
    fake_cluster_tell(&cluster, answer(-1, 10, true, 10));
    assert_int_equal(topic->partitions[0].record_count, 0);
    for (int64_t i = 0; i < 3 * KT_MODEL_RECORDS_MOST; i++) {
        fake_clock_pass(&cluster.clock, 1);
        fake_cluster_tell(&cluster, answer(0, i, true, i));
    }
    assert_int_equal(topic->partitions[0].record_count, KT_MODEL_RECORDS_MOST);
    assert_null(kt_model_record(&topic->partitions[0], 0));
    assert_non_null(kt_model_record(&topic->partitions[0], 3 * KT_MODEL_RECORDS_MOST - 1));
    assert_non_null(kt_model_record(&topic->partitions[0], 2 * KT_MODEL_RECORDS_MOST));
    fake_cluster_close(&cluster);
}

/* Where rows want looks on and on, they are spread; what was saved meanwhile comes at once, and no more of it. */
static void pace(void **state)
{
    int64_t paid = INT64_MIN;
    size_t made = 0;
    (void)state;
    assert_int_equal(10, kt_records_pace(&paid, 0, 10));
    assert_int_equal(KT_RECORDS_MOST - 10, kt_records_pace(&paid, 0, KT_RECORDS_MOST));
    assert_int_equal(0, kt_records_pace(&paid, 0, KT_RECORDS_MOST));
    for (int64_t now = 200; now <= 60000; now += 200)
        made += kt_records_pace(&paid, now, KT_RECORDS_MOST);
    assert_int_equal(60 * KT_RECORDS_SECOND, made);
    assert_int_equal(0, kt_records_pace(&paid, INT64_C(86400000), 0));
    assert_int_equal(KT_RECORDS_MOST, kt_records_pace(&paid, INT64_C(86400000), KT_RECORDS_MOST));
    assert_int_equal(0, kt_records_pace(&paid, INT64_C(86400000), 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tail_is_asked_once_it_stands_still),
        cmocka_unit_test(at_first_sight_what_is_open_is_asked),
        cmocka_unit_test(exact_asks_for_the_largest_lags),
        cmocka_unit_test(a_reader_may_ask_for_a_group_a_topic_or_a_partition),
        cmocka_unit_test(a_denied_topic_is_asked_again_slowly),
        cmocka_unit_test(another_failure_is_asked_again_after_a_while),
        cmocka_unit_test(none_holds_until_the_log_end_moves),
        cmocka_unit_test(none_before_an_open_transaction_is_no_proof),
        cmocka_unit_test(a_log_made_anew_forgets_its_records),
        cmocka_unit_test(nonsense_is_dropped_and_memory_is_bounded),
        cmocka_unit_test(pace),
    };
    return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
