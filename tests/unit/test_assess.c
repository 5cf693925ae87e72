/* One look a refresh: the evidence that is gathered, the group that is summed up, the changes that are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assess.h"
#include "decode.h"
#include "fake_cluster.h"
#include "gather.h"

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static void open_cluster(struct fake_cluster *cluster, int32_t partitions)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "orders", partitions);
    cluster->options.detail = KT_DETAIL_WINDOWS;
}

static struct kt_model_group *group_of(struct fake_cluster *cluster)
{
    struct kt_model_group *group = kt_strmap_get(&cluster->model->groups, "g", 1);
    assert_non_null(group);
    return group;
}

static struct kt_look look_of(struct fake_cluster *cluster, int32_t partition)
{
    struct kt_look look;
    kt_snapshot_unref(fake_cluster_look(cluster));
    struct kt_model_group *group = group_of(cluster);
    struct kt_model_group_topic *topic = kt_strmap_get(&group->topics, "orders", 6);
    kt_gather_look(cluster->model, group, topic, kt_model_lag(topic, partition), &look);
    return look;
}

static void look(struct fake_cluster *cluster)
{
    fake_cluster_fresh(cluster);
    kt_snapshot_unref(fake_cluster_look(cluster));
}

/* g follows 10 messages a second in partition 0, a commit a second, `behind` messages back. */
static int64_t follow(struct fake_cluster *cluster, int seconds, int64_t end, int64_t behind)
{
    for (int i = 0; i < seconds; i++) {
        fake_clock_pass(&cluster->clock, 1000);
        end += 10;
        fake_cluster_commit(cluster, "g", "orders", 0, end - behind, 0, false);
        fake_cluster_ends(cluster, "orders", 0, 0, end);
        look(cluster);
    }
    return end;
}

/* Nobody commits while messages come. */
static int64_t idle(struct fake_cluster *cluster, int seconds, int64_t end)
{
    for (int i = 0; i < seconds; i++) {
        fake_clock_pass(&cluster->clock, 1000);
        end += 10;
        fake_cluster_ends(cluster, "orders", 0, 0, end);
        look(cluster);
    }
    return end;
}

static size_t told(const struct kt_snapshot *snap, enum kt_event_kind kind, enum kt_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < snap->event_count; i++) {
        count += snap->events[i].kind == kind && (kind != KT_EVENT_STATUS || snap->events[i].status == status);
    }
    return count;
}

/* ---- evidence ---- */

static void commits_are_known_as_far_as_their_partition_was_read(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_commit(&cluster, "g", "orders", 0, 5, 0, false);
    assert_false(look_of(&cluster, 0).fresh_known);
    int32_t place = kt_offsets_partition("g", 1, 50);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_FRESH,
                                                 .fresh = {.offsets_partition = (place + 1) % 50}});
    assert_false(look_of(&cluster, 0).fresh_known); /* that was another one */
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_FRESH, .fresh = {.offsets_partition = place}});
    int64_t read_at = kt_mono(&cluster.clock.clock);
    fake_clock_pass(&cluster.clock, 5000);
    struct kt_look look = look_of(&cluster, 0);
    assert_true(look.fresh_known);
    assert_int_equal(look.fresh_at, read_at);
    assert_int_equal(look.now, read_at + 5000);
    fake_cluster_close(&cluster);
}

static void an_answer_of_the_coordinator_lifts_what_a_transaction_holds_back(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_commit(&cluster, "g", "orders", 0, 5, 0, false);
    int32_t place = kt_offsets_partition("g", 1, 50);
    struct kt_obs held = {.kind = KT_OBS_FRESH, .fresh = {.offsets_partition = place, .held = true}};
    fake_cluster_tell(&cluster, held);
    assert_true(look_of(&cluster, 0).held);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_FRESH, .fresh = {.group = text("g")}});
    struct kt_look look = look_of(&cluster, 0);
    assert_false(look.held);
    assert_int_equal(look.fresh_at, look.now);
    fake_cluster_close(&cluster);
}

static void what_failed_or_has_no_leader_is_seen(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_commit(&cluster, "g", "orders", 0, 5, 0, false);
    assert_false(look_of(&cluster, 0).ends_known);
    fake_cluster_ends(&cluster, "orders", 0, 0, 10);
    assert_true(look_of(&cluster, 0).ends_known);
    assert_false(look_of(&cluster, 0).end_failed);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_end_error(&cluster, "orders", 0);
    assert_true(look_of(&cluster, 0).end_failed);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_ends(&cluster, "orders", 0, 0, 11);
    assert_false(look_of(&cluster, 0).end_failed);
    assert_false(look_of(&cluster, 0).leaderless);
    fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_PARTITION,
                                                .partition = {.topic = text("orders"), .leader = -1}});
    assert_true(look_of(&cluster, 0).leaderless);
    fake_cluster_close(&cluster);
}

static void a_commit_of_the_future_does_not_lie_ahead(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_commit(&cluster, "g", "orders", 0, 5, -30000, false); /* the broker's clock is 30 s ahead */
    assert_int_equal(look_of(&cluster, 0).committed_at, look_of(&cluster, 0).now);
    fake_clock_pass(&cluster.clock, 10000);
    fake_cluster_commit(&cluster, "g", "orders", 0, 6, -20000, false); /* of the same clock, 10 s before now */
    assert_int_equal(look_of(&cluster, 0).committed_at, look_of(&cluster, 0).now - 10000);
    fake_cluster_close(&cluster);
}

/* The broker's clock is wrong by so much, in either direction, and is set right later. */
static void commit_times_are_corrected_by_the_brokers_clock(void **state)
{
    (void)state;
    static const int64_t wrong[] = {-120000, -30000, -900, 0, 30000, 120000};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct fake_cluster cluster;
        open_cluster(&cluster, 1);
        fake_cluster_group(&cluster, "g", "orders", 1, 1);
        for (int k = 0; k < 40; k++) {
            int64_t skew = k < 20 ? wrong[i] : 0;
            fake_clock_pass(&cluster.clock, 700);
            fake_cluster_commit(&cluster, "g", "orders", 0, 100 + k, 200 - skew, false);
            fake_clock_pass(&cluster.clock, 300);
            fake_cluster_ends(&cluster, "orders", 0, 0, 1000 + k);
            fake_cluster_fresh(&cluster);
            struct kt_look look = look_of(&cluster, 0);
            if (k % 20 > 1) { /* the first ones after a step teach it; replicas may take a second to follow */
                assert_in_range(look.now - look.committed_at, 0, 2000);
            }
        }
        fake_cluster_close(&cluster);
    }
}

/* Commits that a transaction held back are old when they come: that is no clock. */
static void what_was_held_back_is_no_clock_behind(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_commit(&cluster, "g", "orders", 0, 5, 0, false);
    fake_cluster_fresh(&cluster);
    for (int k = 0; k < 30; k++) {
        fake_clock_pass(&cluster.clock, 1000);
        for (int32_t p = 0; p < 50; p++) {
            fake_cluster_tell(&cluster, (struct kt_obs){.kind = KT_OBS_FRESH,
                                                         .fresh = {.offsets_partition = p, .held = true}});
        }
    }
    fake_cluster_commit(&cluster, "g", "orders", 0, 6, 20000, false);
    assert_int_equal(look_of(&cluster, 0).committed_at, look_of(&cluster, 0).now - 20000);
    fake_cluster_close(&cluster);
}

/* A broker whose replica is behind answers once with an end below the committed offset: that is no sample. */
static void one_odd_log_end_changes_nothing(void **state)
{
    (void)state;
    for (int behind = 0; behind < 2; behind++) {
        struct fake_cluster cluster;
        open_cluster(&cluster, 1);
        fake_cluster_group(&cluster, "g", "orders", 1, 1);
        int64_t end = follow(&cluster, 40, 1000, behind ? 200 : 0);
        if (behind) {
            fake_cluster_group(&cluster, "g", "orders", 0, 0);
            end = idle(&cluster, 30, end);
        }
        const struct kt_snapshot *before = fake_cluster_look(&cluster);
        fake_clock_pass(&cluster.clock, 1000);
        fake_cluster_ends(&cluster, "orders", 0, 0, 1397 - (behind ? 200 : 0)); /* committed - 3 */
        fake_cluster_fresh(&cluster);
        const struct kt_snapshot *odd = fake_cluster_look(&cluster);
        end = idle(&cluster, 5, end);
        const struct kt_snapshot *after = fake_cluster_look(&cluster);
        const struct kt_lag *row = fake_cluster_lag_of(odd, "g", "orders", 0);
        assert_int_equal(kt_lag_lag(row), behind ? 500 : 0);
        assert_int_equal(kt_lag_marks(row), 0);
        assert_int_equal(kt_lag_status(row), behind ? KT_STATUS_STOP : KT_STATUS_OK);
        assert_int_equal(kt_lag_status(fake_cluster_lag_of(after, "g", "orders", 0)), kt_lag_status(row));
        assert_int_equal(kt_lag_since(fake_cluster_lag_of(after, "g", "orders", 0)),
                         kt_lag_since(fake_cluster_lag_of(before, "g", "orders", 0)));
        assert_int_equal(after->event_count, before->event_count);
        kt_snapshot_unref(before);
        kt_snapshot_unref(odd);
        kt_snapshot_unref(after);
        fake_cluster_close(&cluster);
    }
}

/* The same for ever: the lag stays 0, the raw one is told, and the mark says why. */
static void a_log_that_ends_before_the_offset_is_ahead(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    (void)follow(&cluster, 40, 1000, 0);
    const struct kt_snapshot *snap = NULL;
    for (int i = 0; i < 70; i++) { /* the log was cut: who stood at its end has a minute to notice */
        fake_clock_pass(&cluster.clock, 1000);
        fake_cluster_ends(&cluster, "orders", 0, 0, 1397);
        fake_cluster_fresh(&cluster);
        kt_snapshot_unref(snap);
        snap = fake_cluster_look(&cluster);
        const struct kt_lag *row = fake_cluster_lag_of(snap, "g", "orders", 0);
        assert_int_equal(kt_lag_lag(row), 0);
        assert_int_equal(kt_lag_raw_lag(row), i == 0 ? 0 : -3);
    }
    assert_int_equal(kt_lag_marks(fake_cluster_lag_of(snap, "g", "orders", 0)), KT_MARK_AHEAD);
    assert_int_equal(kt_lag_status(fake_cluster_lag_of(snap, "g", "orders", 0)), KT_STATUS_ERR);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* ---- lags of commits ---- */

static void a_live_commit_gets_the_log_end_of_its_own_time(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_ends(&cluster, "orders", 0, 0, 1000);
    fake_clock_pass(&cluster.clock, 2000);
    fake_cluster_ends(&cluster, "orders", 0, 0, 1200);
    fake_cluster_commit(&cluster, "g", "orders", 0, 1050, 1500, false); /* then the end was 1050 */
    fake_cluster_commit(&cluster, "g", "orders", 0, 1090, 500, false);  /* then it was 1150 */
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_lag *row = fake_cluster_lag_of(snap, "g", "orders", 0);
    assert_int_equal(kt_lag_window_count(row), 2);
    assert_true(kt_lag_window(row)[0].lag_known && kt_lag_window(row)[1].lag_known);
    assert_int_equal(kt_lag_window(row)[0].lag, 0);
    assert_int_equal(kt_lag_window(row)[1].lag, 60);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void of_a_time_before_our_first_sample_nothing_is_claimed(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_commit(&cluster, "g", "orders", 0, 900, 5000, true);
    fake_cluster_ends(&cluster, "orders", 0, 0, 1000);
    fake_clock_pass(&cluster.clock, 2000);
    fake_cluster_ends(&cluster, "orders", 0, 0, 1200);
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_lag *row = fake_cluster_lag_of(snap, "g", "orders", 0);
    assert_int_equal(kt_lag_window_count(row), 1);
    assert_false(kt_lag_window(row)[0].lag_known);
    assert_int_equal(kt_lag_lag(row), 300); /* what it is now is known all the same */
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_commit_after_the_last_sample_waits_for_the_next(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_ends(&cluster, "orders", 0, 0, 1000);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_commit(&cluster, "g", "orders", 0, 900, 0, false);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_false(kt_lag_window(fake_cluster_lag_of(snap, "g", "orders", 0))[0].lag_known);
    kt_snapshot_unref(snap);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_ends(&cluster, "orders", 0, 0, 1200);
    snap = fake_cluster_look(&cluster);
    const struct kt_lag *row = fake_cluster_lag_of(snap, "g", "orders", 0);
    assert_true(kt_lag_window(row)[0].lag_known);
    assert_int_equal(kt_lag_window(row)[0].lag, 200); /* half way between 1000 and 1200 */
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* ---- groups ---- */

static void the_worst_partition_speaks_for_the_group(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 3);
    fake_cluster_group(&cluster, "g", "orders", 1, 3);
    fake_cluster_commit(&cluster, "g", "orders", 1, 100, 0, false);
    fake_cluster_commit(&cluster, "g", "orders", 2, 100, 0, false);
    fake_cluster_ends(&cluster, "orders", 1, 0, 100);
    fake_cluster_ends(&cluster, "orders", 2, 0, 100);
    int64_t end = follow(&cluster, 40, 1000, 0);
    fake_cluster_group(&cluster, "g", "orders", 0, 0);
    fake_cluster_ends(&cluster, "orders", 1, 0, 300);
    end = idle(&cluster, 5, end);
    for (int i = 0; i < 100; i++) {
        fake_clock_pass(&cluster.clock, 1000);
        for (int32_t p = 0; p < 3; p++) {
            fake_cluster_ends(&cluster, "orders", p, 0, p == 0 ? end : p == 1 ? 5000 : 100);
        }
        look(&cluster);
    }
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_group *group = fake_cluster_group_of(snap, "g");
    assert_int_equal(group->status, KT_STATUS_ERR);
    assert_int_equal(group->worst, KT_STATUS_STOP);
    assert_int_equal(kt_lag_status(fake_cluster_lag_of(snap, "g", "orders", 2)), KT_STATUS_OK);
    assert_non_null(strstr(group->why.bytes, "2 of 3"));
    assert_non_null(strstr(group->why.bytes, "orders/1")); /* the one that lags most */
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void each_change_is_told_once(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    int64_t end = follow(&cluster, 40, 1000, 0);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->event_count, 0); /* a healthy group at first sight is no news */
    kt_snapshot_unref(snap);
    fake_cluster_group(&cluster, "g", "orders", 0, 0);
    end = idle(&cluster, 60, end);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    end = follow(&cluster, 40, end, 0);
    snap = fake_cluster_look(&cluster);
    assert_int_equal(told(snap, KT_EVENT_STATUS, KT_STATUS_STOP), 1);
    assert_int_equal(told(snap, KT_EVENT_STATUS, KT_STATUS_OK), 1);
    assert_int_equal(fake_cluster_group_of(snap, "g")->status, KT_STATUS_OK);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_verdict_lost_for_want_of_evidence_is_no_news(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    int64_t end = follow(&cluster, 40, 1000, 0);
    for (int i = 0; i < 60; i++) { /* nothing is answered for a minute */
        fake_clock_pass(&cluster.clock, 1000);
        kt_snapshot_unref(fake_cluster_look(&cluster));
    }
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(fake_cluster_group_of(snap, "g")->status, KT_STATUS_UNKNOWN);
    assert_int_equal(told(snap, KT_EVENT_STATUS, KT_STATUS_OK), 0);
    kt_snapshot_unref(snap);
    follow(&cluster, 40, end, 0);
    snap = fake_cluster_look(&cluster);
    assert_int_equal(fake_cluster_group_of(snap, "g")->status, KT_STATUS_OK);
    assert_int_equal(snap->event_count, 1);
    assert_int_equal(snap->events[0].kind, KT_EVENT_GAP);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_rewind_is_told_once_with_its_offsets(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    int64_t end = follow(&cluster, 40, 1000, 0);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_commit(&cluster, "g", "orders", 0, 0, 0, false);
    idle(&cluster, 30, end);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(told(snap, KT_EVENT_REWIND, KT_STATUS_UNKNOWN), 1);
    for (size_t i = 0; i < snap->event_count; i++) {
        if (snap->events[i].kind == KT_EVENT_REWIND) {
            assert_int_equal(snap->events[i].from.number, 1400);
            assert_int_equal(snap->events[i].to.number, 0);
            assert_true(snap->events[i].has_partition);
            assert_true(kt_text_compare(snap->events[i].text, text("orders/0: 1400 -> 0: offset went back 1400")) == 0);
        }
    }
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_reset_of_an_empty_group_is_told_once_with_its_size(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    int64_t end = follow(&cluster, 40, 1000, 0);
    fake_cluster_group(&cluster, "g", "orders", 0, 0);
    end = idle(&cluster, 30, end);
    fake_cluster_commit(&cluster, "g", "orders", 0, end, 0, false);
    idle(&cluster, 5, end);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(told(snap, KT_EVENT_SKIP, KT_STATUS_UNKNOWN), 1);
    assert_int_equal(told(snap, KT_EVENT_REWIND, KT_STATUS_UNKNOWN), 0);
    for (size_t i = 0; i < snap->event_count; i++) {
        const struct kt_event *event = &snap->events[i];
        if (event->kind == KT_EVENT_SKIP) {
            assert_int_equal(event->from.number, 1400);
            assert_int_equal(event->to.number, 1700);
            const char *said = "orders/0: 1400 -> 1700: offset went forward past 300, the group had no members";
            assert_true(kt_text_compare(event->text, text(said)) == 0);
        }
    }
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void since_is_when_it_changed_and_stays(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_group(&cluster, "g", "orders", 1, 1);
    int64_t end = follow(&cluster, 40, 1000, 0);
    fake_cluster_group(&cluster, "g", "orders", 0, 0);
    int64_t left = kt_wall(&cluster.clock.clock);
    end = idle(&cluster, 30, end);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    int64_t since = fake_cluster_group_of(snap, "g")->since;
    assert_int_equal(fake_cluster_group_of(snap, "g")->worst, KT_STATUS_STOP);
    assert_true(since >= left - 1000 && since <= left + 30000);
    kt_snapshot_unref(snap);
    idle(&cluster, 30, end);
    snap = fake_cluster_look(&cluster);
    assert_int_equal(fake_cluster_group_of(snap, "g")->since, since);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* A second trouble, with a worse word, does not make the group's ERR young again: --hold would excuse it. */
static void a_worse_word_makes_an_error_no_younger(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 2);
    fake_cluster_group(&cluster, "g", "orders", 1, 2);
    fake_cluster_commit(&cluster, "g", "orders", 1, 5000, 0, false);
    fake_cluster_ends(&cluster, "orders", 1, 0, 5000);
    int64_t end = follow(&cluster, 40, 1000, 0);
    fake_cluster_group(&cluster, "g", "orders", 0, 0);
    idle(&cluster, 30, end);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    int64_t since = fake_cluster_group_of(snap, "g")->since;
    assert_int_equal(fake_cluster_group_of(snap, "g")->worst, KT_STATUS_STOP);
    kt_snapshot_unref(snap);

    fake_cluster_commit(&cluster, "g", "orders", 1, 0, 0, false);
    for (int i = 0; i < 5; i++) {
        fake_clock_pass(&cluster.clock, 1000);
        fake_cluster_ends(&cluster, "orders", 0, 0, end + 31000);
        fake_cluster_ends(&cluster, "orders", 1, 0, 5000);
        look(&cluster);
    }
    snap = fake_cluster_look(&cluster);
    assert_int_equal(fake_cluster_group_of(snap, "g")->worst, KT_STATUS_REWIND);
    assert_int_equal(fake_cluster_group_of(snap, "g")->since, since);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void groups_that_the_filter_hides_are_not_judged(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster, 1);
    fake_cluster_group(&cluster, "console-consumer-1", "orders", 1, 1);
    fake_cluster_ends(&cluster, "orders", 0, 0, 100);
    look(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(snap->group_count, 0);
    assert_int_equal(snap->hidden_groups, 1);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

/* ---- rules burrow ---- */

static void burrow_gets_commits_once_their_log_end_is_known(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_BURROW);
    fake_cluster_topic(&cluster, "orders", 1);
    for (int64_t i = 0; i < 12; i++) {
        fake_cluster_commit(&cluster, "g", "orders", 0, 100 + i, (12 - i) * 1000, true);
    }
    look(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(fake_cluster_group_of(snap, "g")->status, KT_STATUS_UNKNOWN);
    kt_snapshot_unref(snap);
    fake_cluster_ends(&cluster, "orders", 0, 0, 111);
    look(&cluster);
    snap = fake_cluster_look(&cluster);
    const struct kt_lag *row = fake_cluster_lag_of(snap, "g", "orders", 0);
    assert_int_equal(fake_cluster_group_of(snap, "g")->status, KT_STATUS_OK);
    assert_true(kt_lag_complete(row) >= 1.0);
    assert_string_equal(kt_lag_rule(row), "OK");
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits_are_known_as_far_as_their_partition_was_read),
        cmocka_unit_test(an_answer_of_the_coordinator_lifts_what_a_transaction_holds_back),
        cmocka_unit_test(what_failed_or_has_no_leader_is_seen),
        cmocka_unit_test(a_commit_of_the_future_does_not_lie_ahead),
        cmocka_unit_test(commit_times_are_corrected_by_the_brokers_clock),
        cmocka_unit_test(what_was_held_back_is_no_clock_behind),
        cmocka_unit_test(one_odd_log_end_changes_nothing),
        cmocka_unit_test(a_log_that_ends_before_the_offset_is_ahead),
        cmocka_unit_test(a_live_commit_gets_the_log_end_of_its_own_time),
        cmocka_unit_test(of_a_time_before_our_first_sample_nothing_is_claimed),
        cmocka_unit_test(a_commit_after_the_last_sample_waits_for_the_next),
        cmocka_unit_test(the_worst_partition_speaks_for_the_group),
        cmocka_unit_test(each_change_is_told_once),
        cmocka_unit_test(a_verdict_lost_for_want_of_evidence_is_no_news),
        cmocka_unit_test(a_rewind_is_told_once_with_its_offsets),
        cmocka_unit_test(a_reset_of_an_empty_group_is_told_once_with_its_size),
        cmocka_unit_test(since_is_when_it_changed_and_stays),
        cmocka_unit_test(a_worse_word_makes_an_error_no_younger),
        cmocka_unit_test(groups_that_the_filter_hides_are_not_judged),
        cmocka_unit_test(burrow_gets_commits_once_their_log_end_is_known),
    };
    return cmocka_run_group_tests_name("assess", tests, NULL, NULL);
}
