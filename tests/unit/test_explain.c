#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "explain.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

static void durations_as_people_say_them(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {-5, "0s"},
        {999, "0s"},
        {5 * SECOND, "5s"},
        {59999, "59s"},
        {12 * MINUTE, "12m"},
        {37 * MINUTE + 58 * SECOND, "37m58s"},
        {MINUTE + 5 * SECOND, "1m05s"},
        {125 * MINUTE, "2h05m"},
        {120 * MINUTE + 59 * SECOND, "2h00m"},
        {3 * 1440 * MINUTE, "3d"},
        {3 * 1440 * MINUTE + 250 * MINUTE, "3d04h"},
        {INT64_MAX, "106751991167d07h"},
    };
    char out[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(kt_explain_duration(cases[i].ms, out, sizeof out), strlen(cases[i].text));
        assert_string_equal(out, cases[i].text);
    }
}

/* Numbers that stand in the verdict and the look of each sentence below. */
static const struct kt_verdict numbers = {
    .lag_known = true,
    .lag = 1012340,
    .raw_lag = 1012340,
    .lost = 400,
    .idle_known = true,
    .idle_ms = 37 * MINUTE + 58 * SECOND,
    .quiet_ms = 10 * SECOND,
    .loss_eta_known = true,
    .loss_eta_ms = 42 * MINUTE,
    .growth = 5000,
    .growth_ms = 5 * MINUTE,
    .rewind_from = 1000,
    .rewind_to = 10,
    .same_commits = 7,
    .same_ms = 35 * SECOND,
    .odd_ms = 11 * MINUTE,
    .needs_ms = 12 * SECOND,
    .since = 62 * MINUTE + 10 * SECOND,
    .unstable = 40,
    .needs_known = true,
};

static struct kt_look a_look(void)
{
    return (struct kt_look){
        .now = 100 * MINUTE,
        .wall = INT64_C(1763694780) * SECOND, /* 2025-11-21T03:13:00Z */
        .fresh_known = true,
        .fresh_at = 100 * MINUTE - 12 * SECOND,
        .committed_known = true,
        .committed = 18204110,
        .ends_known = true,
        .ends_at = 100 * MINUTE - 2 * SECOND,
        .log_end = 19216450,
        .start_known = true,
        .log_start = 18204010,
        .type = KT_TYPE_CLASSIC,
        .state = KT_STATE_EMPTY,
        .state_since_known = true,
        .state_since = 62 * MINUTE,
        .ever_had_members = true,
        .stable_known = true,
        .last_stable = 18204111,
        .transaction_open = true,
        .transaction_found = true,
        .transaction_since = 100 * MINUTE - 130 * SECOND,
    };
}

/* Whatever is wrong, the time that is left to mend it belongs to it. */
static void trouble_tells_when_data_will_be_lost(void **state)
{
    (void)state;
    struct kt_look look = a_look();
    struct kt_verdict verdict = numbers;
    char out[256];
    verdict.rule = "grows-fast";
    verdict.status = KT_STATUS_WARN;
    verdict.loss_eta_ms = 59 * 1000;
    kt_explain(&verdict, &look, out, sizeof out);
    assert_string_equal(out, "WARN: lag 1.01M, grew by 5000 in 5m (1000/min), so since 02:35:10, "
                             "retention leaves less than a minute");
    verdict.loss_eta_ms = kt_loss_warn_ms + 1;
    kt_explain(&verdict, &look, out, sizeof out);
    assert_string_equal(out, "WARN: lag 1.01M, grew by 5000 in 5m (1000/min), so since 02:35:10");
}

static void every_rule_has_its_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        enum kt_status status;
        uint32_t marks;
        const char *text;
    } cases[] = {
        {"stale", KT_STATUS_UNKNOWN, KT_MARK_STALE,
         "unknown: nothing is known of commits and log end since 03:12:48"},
        {"never-committed", KT_STATUS_WARN, KT_MARK_UNCOMMITTED,
         "WARN: owned since 03:02:00 and never committed while the log holds 1.01M"},
        {"uncommitted", KT_STATUS_UNKNOWN, KT_MARK_UNCOMMITTED,
         "unknown: nothing committed"},
        {"ahead", KT_STATUS_ERR, KT_MARK_AHEAD,
         "ERR: committed 18204110 lies 0 beyond the log end 19216450, so since 02:35:10"},
        {"lost", KT_STATUS_ERR, KT_MARK_LOST,
         "ERR: 400 lost since 02:35:10: deleted before they were read, committed 18204110, log start 18204010"},
        {"caught-up", KT_STATUS_OK, KT_MARK_STALE,
         "OK: caught up, lag 1.01M; not confirmed any more: nothing is known of commits and log end since "
         "03:12:48"},
        {"unsubscribed", KT_STATUS_WARN, KT_MARK_UNSUBSCRIBED,
         "WARN: no member subscribes to the topic since 03:02:00, lag 1.01M"},
        {"open-transaction", KT_STATUS_WARN, KT_MARK_OPEN_TRANSACTION,
         "WARN: waits for an open transaction of a producer since 03:10:50 or longer, 40 messages beyond the "
         "last stable offset 18204111; group Empty since 02:35:00, nobody owns it"},
        {"open-transaction", KT_STATUS_WARN, KT_MARK_OPEN_TRANSACTION | KT_MARK_UNPROVEN,
         "WARN: waits for an open transaction of a producer since 03:10:50 or longer, 40 messages beyond the "
         "last stable offset 18204111; group Empty since 02:35:00, nobody owns it; before it markers or "
         "records (not looked)"},
        {"tail", KT_STATUS_OK, KT_MARK_TAIL,
         "OK: nothing left to read: looked, lag 1012340 holds no record"},
        {"tail", KT_STATUS_OK, KT_MARK_TAIL | KT_MARK_UNPROVEN,
         "OK: lag 1012340 while committed and log end stand still: markers of transactions, or records (not "
         "looked)"},
        {"tail", KT_STATUS_WARN, KT_MARK_TAIL | KT_MARK_UNPROVEN,
         "WARN: lag 1012340 while committed and log end stand still: records or markers (not looked), and "
         "nobody owns it"},
        {"nobody-reads", KT_STATUS_STOP, 0,
         "STOP: group Empty since 02:35:00, lag 1.01M, nothing advanced since 02:35:02 (quiet 10s)"},
        {"repeats-commits", KT_STATUS_STALL, 0,
         "STALL: 7 commits in 35s repeat offset 18204110, lag 1.01M, nothing advanced since 02:35:02"},
        {"silent", KT_STATUS_STALL, 0,
         "STALL: group Empty since 02:35:00, lag 1.01M, nothing advanced since 02:35:02 (more than 10s)"},
        {"went-back", KT_STATUS_REWIND, 0,
         "REWIND: offset went back 990, from 1000 to 10, so since 02:35:10, lag 1.01M"},
        {"loss-ahead", KT_STATUS_WARN, 0,
         "WARN: retention leaves ~42 min, so since 02:35:10: committed 18204110, 100 above the log start, lag "
         "1.01M"},
        {"grows-fast", KT_STATUS_WARN, 0,
         "WARN: lag 1.01M, grew by 5000 in 5m (1000/min), so since 02:35:10"},
        {"grows-slowly", KT_STATUS_WARN, KT_MARK_REWOUND,
         "WARN: lag 1.01M, grew by 5000 in 5m (1000/min), so since 02:35:10; went back from 1000 to 10 before"},
        {"learning", KT_STATUS_UNKNOWN, 0,
         "unknown: needs 12s of samples to tell, lag 1.01M"},
        {"moving", KT_STATUS_OK, KT_MARK_ESTIMATED,
         "OK: advances, lag 1.01M; by estimated lags"},
    };
    struct kt_look look = a_look();
    char out[256];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_verdict verdict = numbers;
        verdict.rule = cases[i].rule;
        verdict.status = cases[i].status;
        verdict.marks = cases[i].marks;
        verdict.loss_eta_known = strcmp(cases[i].rule, "loss-ahead") == 0;
        size_t length = kt_explain(&verdict, &look, out, sizeof out);
        assert_string_equal(out, cases[i].text);
        assert_int_equal(length, strlen(out));
    }
    for (size_t i = 0; kt_rule_name(i) != NULL; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
            found = found || strcmp(cases[k].rule, kt_rule_name(i)) == 0;
        }
        if (!found) {
            fail_msg("no sentence is tested for rule %s", kt_rule_name(i));
        }
    }
}

/* A group says its own lag and how it moves in place of its worst partition's. */
static void a_group_tells_its_total(void **state)
{
    (void)state;
    struct kt_look look = a_look();
    struct kt_verdict verdict = numbers;
    struct kt_explain_total total = {.known = true, .several = true, .lag = 11900000, .change_known = true,
                                     .change_per_min = 312000};
    char out[256];
    verdict.rule = "nobody-reads";
    verdict.status = KT_STATUS_STOP;
    verdict.loss_eta_ms = 22 * MINUTE + 30 * SECOND;
    kt_explain_in_total(&verdict, &look, &total, out, sizeof out);
    assert_string_equal(out, "STOP: group Empty since 02:35:00, total lag 11.9M and growing 312k/min, retention leaves "
                             "~22 min, nothing advanced since 02:35:02 (quiet 10s)");
    total.several = total.change_known = false;
    verdict.loss_eta_known = false;
    look.state_since = look.now - 1441 * MINUTE;
    kt_explain_in_total(&verdict, &look, &total, out, sizeof out);
    assert_string_equal(out, "STOP: group Empty since 11-20 03:12, lag 11.9M, nothing advanced since 02:35:02 "
                             "(quiet 10s)");
}

static void counts_have_three_digits(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {{0, "0"},          {9999, "9999"},     {10000, "10.0k"},   {99949, "99.9k"},  {99960, "100k"},
                 {999499, "999k"},  {999500, "1.00M"},  {11900000, "11.9M"}, {-49000, "-49.0k"}, {INT64_MAX, "9.22E"},
                 {INT64_MIN, "-9.22E"}};
    char out[32];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(kt_explain_count(cases[i].value, out, sizeof out), strlen(cases[i].text));
        assert_string_equal(out, cases[i].text);
    }
}

static void what_is_well_needs_no_words(void **state)
{
    (void)state;
    struct kt_look look = a_look();
    struct kt_verdict verdict = numbers;
    char out[64] = "before";
    verdict.rule = "moving";
    verdict.status = KT_STATUS_OK;
    assert_int_equal(kt_explain(&verdict, &look, out, sizeof out), 0);
    assert_string_equal(out, "");
    verdict.status = KT_STATUS_UNKNOWN; /* a share group */
    verdict.rule = NULL;
    assert_int_equal(kt_explain(&verdict, &look, out, sizeof out), 0);
}

static void no_room_is_no_harm(void **state)
{
    (void)state;
    struct kt_look look = a_look();
    struct kt_verdict verdict = numbers;
    char out[300], whole[300];
    verdict.rule = "nobody-reads";
    verdict.status = KT_STATUS_STOP;
    kt_explain(&verdict, &look, whole, sizeof whole);
    for (size_t room = 0; room < 120; room++) {
        memset(out, 'x', sizeof out);
        size_t length = kt_explain(&verdict, &look, out, room);
        assert_true(length < (room > 0 ? room : 1));
        if (room > 0) {
            assert_memory_equal(out, whole, length);
            assert_int_equal(out[length], '\0');
        }
        assert_int_equal(out[room], 'x');
        assert_true(kt_explain_group(KT_STATUS_STOP, 1, 2, "orders", 6, 3, whole, out, room) <
                    (room > 0 ? room : 1));
        assert_int_equal(out[room], 'x');
    }
}

static void a_change_that_waits_is_said(void **state)
{
    (void)state;
    struct kt_look look = a_look();
    struct kt_verdict verdict = {
        .status = KT_STATUS_STALL, .rule = "repeats-commits", .pending = true, .lag_known = true};
    char out[256];
    kt_explain(&verdict, &look, out, sizeof out);
    assert_string_equal(out,
                        "STALL: committed 18204110 again and again, lag 0; the newest sample says otherwise, "
                        "one more decides");
}

static void reasons_of_stale_evidence(void **state)
{
    (void)state;
    char out[256];
    struct kt_verdict verdict = {.rule = "stale", .marks = KT_MARK_STALE};
    struct kt_look look = a_look();
    look.held = true;
    kt_explain(&verdict, &look, out, sizeof out);
    assert_string_equal(out, "unknown: an open transaction in the offsets topic hides newer commits");
    look.end_failed = true;
    kt_explain(&verdict, &look, out, sizeof out);
    assert_string_equal(out, "unknown: the log end could not be asked");
    look.leaderless = true;
    kt_explain(&verdict, &look, out, sizeof out);
    assert_string_equal(out, "unknown: the partition has no leader");
    look = a_look();
    look.ends_known = false;
    kt_explain(&verdict, &look, out, sizeof out);
    assert_string_equal(out, "unknown: the log end is not known yet");
}

static void groups_name_their_worst_partition_once(void **state)
{
    (void)state;
    char out[256];
    kt_explain_group(KT_STATUS_STALL, 2, 12, "orders!", 6, 3, "STALL: nothing comes", out, sizeof out);
    assert_string_equal(out, "STALL on 2 of 12 partitions: nothing comes; worst orders/3");
    kt_explain_group(KT_STATUS_UNKNOWN, 1, 1, "t", 1, 0, "unknown: needs 5s", out, sizeof out);
    assert_string_equal(out, "unknown on 1 of 1 partition: needs 5s; in t/0");
    kt_explain_group(KT_STATUS_ERR, 1, 2, "t", 1, 0, "", out, sizeof out);
    assert_string_equal(out, "ERR on 1 of 2 partitions: in t/0");
}

static void burrow_in_words(void **state)
{
    (void)state;
    static const struct {
        enum kt_burrow_status status;
        const char *text;
    } cases[] = {
        {KT_BURROW_OK, ""},
        {KT_BURROW_STOP, "STOP: last commit 1m30s ago, longer than the 20s of the window, lag 77"},
        {KT_BURROW_STALL, "STALL: offset 60 in each of 3 commits over 20s, lag 77"},
        {KT_BURROW_REWIND, "REWIND: offset went back to 50 from 100 and has not reached that again, lag 77"},
        {KT_BURROW_WARN, "WARN: lag never shrank over 3 commits in 20s, lag 77"},
    };
    static const int64_t offsets[] = {100, 50, 60};
    struct kt_window window;
    kt_window_init(&window, 10);
    for (int i = 0; i < 3; i++) {
        struct kt_commit commit = {.offset = offsets[i], .order = i, .at_ms = 1000000 + i * 10 * SECOND};
        kt_window_push(&window, &commit, 0);
    }
    char out[256];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_burrow_row row = {.status = cases[i].status, .window = &window, .current_lag = 77};
        row.verdict.rules.rewind_index = 1;
        size_t length = kt_explain_burrow(&row, 1000000 + 110 * SECOND, out, sizeof out);
        assert_string_equal(out, cases[i].text);
        assert_int_equal(length, strlen(out));
        row.window = NULL;
        assert_int_equal(kt_explain_burrow(&row, 0, out, sizeof out), 0);
    }
    kt_window_release(&window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_as_people_say_them),
        cmocka_unit_test(every_rule_has_its_sentence),
        cmocka_unit_test(trouble_tells_when_data_will_be_lost),
        cmocka_unit_test(a_group_tells_its_total),
        cmocka_unit_test(counts_have_three_digits),
        cmocka_unit_test(what_is_well_needs_no_words),
        cmocka_unit_test(no_room_is_no_harm),
        cmocka_unit_test(a_change_that_waits_is_said),
        cmocka_unit_test(reasons_of_stale_evidence),
        cmocka_unit_test(groups_name_their_worst_partition_once),
        cmocka_unit_test(burrow_in_words),
    };
    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
