/* quiet: what was acknowledged or muted, and what ends it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "fake_app.h"
#include "meter.h"
#include "quiet.h"

#define NOW FAKE_NOW_MS
#define HOUR INT64_C(3600000)

static struct ui_identity group_named(const char *name)
{
    return (struct ui_identity){.first = kt_text_of(name, strlen(name))};
}

static const struct kt_snapshot *one_group(enum kt_status worst)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_topic(snap, "orders", 3);
    fake_snapshot_group(snap, &(struct fake_group){.name = "payments", .worst = worst, .partitions = 3, .members = 1,
                                                   .lag = worst == KT_STATUS_OK ? 0 : 900});
    fake_snapshot_group(snap, &(struct fake_group){.name = "audit", .worst = KT_STATUS_OK, .partitions = 1,
                                                   .members = 1});
    return fake_snapshot_seal(snap);
}

/* What becomes of an acknowledgement of STOP when the group looks like that. */
static void check_end(enum kt_status status, unsigned ended_count, const char *word)
{
    struct ui_quiet quiet = {0};
    struct ui_quiet_ended ended;
    struct ui_identity payments = group_named("payments");
    const struct kt_snapshot *snap = one_group(status);
    assert_true(ui_quiet_put(&quiet, &payments, UI_QUIET_ACKNOWLEDGED, UI_LOOK_STALL, NOW, NOW + HOUR));
    ui_quiet_snapshot(&quiet, snap, &ended);
    assert_int_equal(ended.count, ended_count);
    assert_int_equal(quiet.count, 1 - ended_count);
    if (word)
        assert_non_null(strstr(ended.text, word));
    ui_quiet_drop_all(&quiet);
    kt_snapshot_unref(snap);
}

static void an_acknowledgement_ends_with_the_news(void **state)
{
    (void)state;
    check_end(KT_STATUS_STALL, 0, NULL);
    check_end(KT_STATUS_WARN, 0, NULL);  /* better, and not well */
    check_end(KT_STATUS_UNKNOWN, 0, NULL); /* not knowing is no recovery */
    check_end(KT_STATUS_STOP, 1, "STOP now, no longer acknowledged: payments");
    check_end(KT_STATUS_OK, 1, "OK now, no longer acknowledged: payments");
}

static void rows_come_and_go(void **state)
{
    (void)state;
    struct ui_quiet quiet = {0};
    struct ui_quiet_ended ended;
    struct ui_identity other = group_named("somebody-else");
    const struct kt_snapshot *snap = one_group(KT_STATUS_OK);
    assert_true(ui_quiet_put(&quiet, &other, UI_QUIET_ACKNOWLEDGED, UI_LOOK_STOP, NOW, NOW + HOUR));
    ui_quiet_snapshot(&quiet, snap, &ended);
    assert_int_equal(ended.count, 0);
    assert_non_null(ui_quiet_own(&quiet, &other));
    ui_quiet_drop_all(&quiet);
    kt_snapshot_unref(snap);
}

static void all_of_it_has_an_end(void **state)
{
    (void)state;
    struct ui_quiet quiet = {0};
    struct ui_quiet_ended ended;
    struct ui_identity a = group_named("a"), b = group_named("b"), c = group_named("c");
    assert_true(ui_quiet_put(&quiet, &c, UI_QUIET_MUTED, UI_LOOK_COUNT, NOW, NOW + 2 * HOUR));
    assert_true(ui_quiet_put(&quiet, &a, UI_QUIET_MUTED, UI_LOOK_COUNT, NOW, NOW + HOUR));
    assert_true(ui_quiet_put(&quiet, &b, UI_QUIET_ACKNOWLEDGED, UI_LOOK_STOP, NOW, NOW + HOUR));
    assert_int_equal(ui_quiet_count(&quiet, UI_QUIET_MUTED), 2);
    ui_quiet_tick(&quiet, NOW + HOUR - 1, &ended);
    assert_int_equal(ended.count, 0);
    ui_quiet_tick(&quiet, NOW + HOUR, &ended);
    assert_int_equal(ended.count, 2);
    assert_non_null(strstr(ended.text, "2 rows"));
    assert_int_equal(quiet.count, 1);
    ui_quiet_tick(&quiet, NOW + 3 * HOUR, &ended);
    assert_int_equal(ended.count, 1);
    assert_non_null(strstr(ended.text, "no longer muted, it was until now: c"));
    assert_int_equal(quiet.count, 0);
}

static void what_holds_for_a_group_holds_for_its_partitions(void **state)
{
    (void)state;
    struct ui_quiet quiet = {0};
    struct ui_identity payments = group_named("payments"), row = payments, stranger = group_named("pay");
    row.second = kt_text_of("orders", 6);
    row.number = 2;
    assert_null(ui_quiet_find(&quiet, &row));
    assert_true(ui_quiet_put(&quiet, &payments, UI_QUIET_MUTED, UI_LOOK_COUNT, NOW, NOW + HOUR));
    assert_int_equal(ui_quiet_find(&quiet, &row)->kind, UI_QUIET_MUTED);
    assert_null(ui_quiet_own(&quiet, &row));
    assert_null(ui_quiet_find(&quiet, &stranger));
    assert_true(ui_quiet_put(&quiet, &row, UI_QUIET_ACKNOWLEDGED, UI_LOOK_STOP, NOW, NOW + HOUR));
    assert_int_equal(ui_quiet_find(&quiet, &row)->kind, UI_QUIET_ACKNOWLEDGED);
    assert_true(ui_quiet_drop(&quiet, &payments));
    assert_false(ui_quiet_drop(&quiet, &payments));
    assert_int_equal(ui_quiet_drop_all(&quiet), 1);
}

static void their_number_is_bounded(void **state)
{
    (void)state;
    struct ui_quiet quiet = {0};
    char name[32];
    for (unsigned i = 0; i < UI_QUIET_MOST; i++) {
        snprintf(name, sizeof name, "%u", (i * 7919) % 1000);
        struct ui_identity what = group_named(name);
        assert_true(ui_quiet_put(&quiet, &what, UI_QUIET_MUTED, UI_LOOK_COUNT, NOW, NOW + HOUR));
    }
    struct ui_identity more = group_named("one more"), known = group_named("0");
    assert_false(ui_quiet_put(&quiet, &more, UI_QUIET_MUTED, UI_LOOK_COUNT, NOW, NOW + HOUR));
    assert_true(ui_quiet_put(&quiet, &known, UI_QUIET_MUTED, UI_LOOK_COUNT, NOW, NOW + HOUR));
    for (unsigned i = 1; i < quiet.count; i++)
        assert_true(ui_identity_compare(&quiet.entries[i - 1].what, &quiet.entries[i].what) < 0);
    assert_int_equal(ui_quiet_drop_all(&quiet), UI_QUIET_MOST);
}

static void times_are_read_and_said(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t minutes; /* 0: refused */
    } cases[] = {{"1h", 60},  {"30m", 30},  {" 1h30m ", 90}, {"2d", 2880}, {"7d", 10080}, {"1m", 1},
                 {"", 0},     {" ", 0},     {"0m", 0},       {"8d", 0},    {"7d1m", 0},   {"1", 0},
                 {"h", 0},    {"1 h", 0},   {"-1h", 0},      {"1s", 0},    {"9999999m", 0}, {"1h x", 0},
                 {"999999d999999d", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = -1;
        assert_int_equal(ui_quiet_parse(cases[i].text, &ms), cases[i].minutes > 0);
        if (cases[i].minutes > 0)
            assert_int_equal(ms, cases[i].minutes * 60000);
    }
    char text[96];
    struct ui_quiet_entry entry = {.kind = UI_QUIET_ACKNOWLEDGED, .from_ms = INT64_C(1795230720000),
                                   .until_ms = INT64_C(1795230720000) + 4 * HOUR};
    ui_quiet_say(&entry, text, sizeof text);
    assert_string_equal(text, "acknowledged at 03:12Z until 07:12Z");
    entry.kind = UI_QUIET_MUTED;
    entry.until_ms += 48 * HOUR;
    ui_quiet_say(&entry, text, sizeof text);
    assert_string_equal(text, "muted at 11-21 03:12Z until 11-23 07:12Z");
}

/* --- on the screen --------------------------------------------------------------------------------------- */

#define SHOWS(stage, what) assert_non_null(strstr(fake_app_screen(stage), what))
#define LACKS(stage, what) assert_null(strstr(fake_app_screen(stage), what))

static void show(struct fake_app *stage, enum kt_status worst)
{
    const struct kt_snapshot *snap = one_group(worst);
    ui_app_snapshot(stage->app, snap);
    kt_snapshot_unref(snap);
}

static void an_outage_is_acknowledged_and_loud_again(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, one_group(KT_STATUS_STALL));
    SHOWS(&s, "STALL 1  OK 1");
    fake_app_key(&s, "a");
    SHOWS(&s, "OK 1  1 acked");
    SHOWS(&s, "a# STALL  payments");
    SHOWS(&s, "acknowledged at");
    fake_app_key(&s, "i"); /* in sight among the problems */
    SHOWS(&s, "a# STALL  payments");
    show(&s, KT_STATUS_WARN);
    SHOWS(&s, "a! WARN   payments");
    show(&s, KT_STATUS_STOP);
    SHOWS(&s, "STOP 1  OK 1");
    SHOWS(&s, "STOP now, no longer acknowledged: payments");
    SHOWS(&s, "## STOP   payments");
    fake_app_key(&s, "a");
    show(&s, KT_STATUS_OK);
    fake_app_key(&s, "i");
    LACKS(&s, "acked");
    fake_app_key(&s, "a");
    SHOWS(&s, "nothing to acknowledge");
    fake_app_strike(&s);
}

static void looking_back_ends_nothing(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, one_group(KT_STATUS_OK));
    fake_app_key(&s, "p");
    show(&s, KT_STATUS_STOP); /* unseen */
    fake_app_key(&s, "G");
    fake_app_key(&s, "g");
    SHOWS(&s, ".  OK     audit");
    fake_app_key(&s, "j");
    fake_app_key(&s, "a");
    SHOWS(&s, "1 acked");
    fake_app_key(&s, "p");
    SHOWS(&s, "a# STOP   payments");
    fake_app_strike(&s);
}

static void type_text(struct fake_app *stage, const char *text)
{
    for (; *text; text++) {
        struct ui_input input = {.key = (unsigned char)*text};
        ui_app_input(stage->app, &input, stage->now);
    }
}

static void a_muted_row_is_gone_for_its_time(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, one_group(KT_STATUS_STOP));
    fake_app_key(&s, "Q");
    SHOWS(&s, "mute for");
    fake_app_key(&s, "^U");
    type_text(&s, "soon");
    fake_app_key(&s, "Enter");
    SHOWS(&s, "say a time like 30m");
    SHOWS(&s, "mute for");
    fake_app_key(&s, "^U");
    type_text(&s, "30m");
    show(&s, KT_STATUS_STALL); /* meanwhile */
    fake_app_key(&s, "Enter");
    LACKS(&s, "STALL");
    SHOWS(&s, "OK 1  1 muted");
    LACKS(&s, "payments");
    fake_app_key(&s, "V");
    SHOWS(&s, "m# STALL  payments");
    assert_true(strstr(s.text, "audit") < strstr(s.text, "payments"));
    fake_app_key(&s, "3");
    SHOWS(&s, "m#");
    fake_app_key(&s, "V");
    LACKS(&s, "m#");
    fake_app_key(&s, "1");
    ui_app_tick(s.app, s.now + 30 * 60000 - 1, NOW + 30 * 60000 - 1);
    LACKS(&s, "payments");
    ui_app_tick(s.app, s.now + 30 * 60000, NOW + 30 * 60000);
    SHOWS(&s, "no longer muted, it was until now: payments");
    SHOWS(&s, "STALL 1");
    fake_app_strike(&s);
}

static void all_are_let_go(void **state)
{
    (void)state;
    struct fake_app s = {0};
    fake_app_raise(&s, one_group(KT_STATUS_STOP));
    fake_app_key(&s, "u");
    SHOWS(&s, "nothing is acknowledged or muted");
    fake_app_key(&s, "a");
    fake_app_key(&s, "j");
    fake_app_key(&s, "Q");
    fake_app_key(&s, "Enter");
    SHOWS(&s, "1 acked  1 muted");
    LACKS(&s, "OK 1");
    fake_app_key(&s, "u");
    SHOWS(&s, "STOP 1  OK 1");
    LACKS(&s, "1 acked");
    fake_app_key(&s, "a");
    fake_app_key(&s, "a");
    SHOWS(&s, "STOP 1  OK 1");
    fake_app_key(&s, "4");
    fake_app_key(&s, "a");
    SHOWS(&s, "no group, and no partition of a group, is selected");
    fake_app_strike(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_acknowledgement_ends_with_the_news),
        cmocka_unit_test(rows_come_and_go),
        cmocka_unit_test(all_of_it_has_an_end),
        cmocka_unit_test(what_holds_for_a_group_holds_for_its_partitions),
        cmocka_unit_test(their_number_is_bounded),
        cmocka_unit_test(times_are_read_and_said),
        cmocka_unit_test(an_outage_is_acknowledged_and_loud_again),
        cmocka_unit_test(looking_back_ends_nothing),
        cmocka_unit_test(a_muted_row_is_gone_for_its_time),
        cmocka_unit_test(all_are_let_go),
    };
    return cmocka_run_group_tests_name("quiet", tests, NULL, NULL);
}
