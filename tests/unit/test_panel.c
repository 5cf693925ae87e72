/* panels: rows in the order of their identity, sums that agree with one another, ways down that lead somewhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "fake_snapshot.h"
#include "panel.h"
#include "panel_all.h"

typedef const struct kt_snapshot *maker(void);

static const struct kt_snapshot *nothing(void)
{
    return fake_snapshot_seal(fake_snapshot_new());
}

static const struct kt_snapshot *hundred(void)
{
    return fake_snapshot_groups(100);
}

static maker *const makers[] = {nothing, fake_snapshot_empty, fake_snapshot_full, fake_snapshot_hostile, hundred,
                                fake_snapshot_each_status};

#define MAKERS (sizeof makers / sizeof makers[0])

static struct ui_focus none;

static void check_rows(const struct ui_panel *panel, const struct kt_snapshot *snap, const struct ui_focus *focus)
{
    struct ui_rows rows = {0};
    struct ui_context cx = {.snap = snap, .focus = focus};
    panel->rows(snap, focus, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        struct ui_facts facts = {0};
        struct ui_focus to = {0};
        char text[300];
        panel->table.facts(&rows.items[i], &cx, &facts);
        assert_true((unsigned)facts.look < UI_LOOK_COUNT);
        assert_true(panel->describe(&rows.items[i], &cx, text, sizeof text) < sizeof text);
        assert_true(panel->describe(&rows.items[i], &cx, text, 4) < 4);
        assert_true(!panel->more || panel->more(&rows.items[i], &cx, text, 4) < 4);
        const char *next = panel->enter(&rows.items[i], &cx, &to);
        assert_true(!next || ui_panel_find(next) < ui_panel_count);
        ui_panel_group(panel, &rows.items[i], &cx);
        if (i > 0 && !panel->table.unordered) {
            struct ui_identity before = panel->table.identify(&rows.items[i - 1]);
            struct ui_identity this = panel->table.identify(&rows.items[i]);
            assert_true(ui_identity_compare(&before, &this) < 0);
        }
    }
    ui_rows_release(&rows);
}

static void rows_come_in_order_of_identity(void **state)
{
    (void)state;
    struct ui_focus focuses[] = {{.has_broker = false},
                                 {.group = fake_text("stall")},
                                 {.topic = fake_text("orders")},
                                 {.group = fake_text("stall"), .member = fake_text("member-0001")},
                                 {.has_broker = true, .broker = 1},
                                 {.group = fake_text("gone")},
                                 {.topic = fake_text("gone")}};
    for (size_t m = 0; m < MAKERS; m++) {
        const struct kt_snapshot *snap = makers[m]();
        for (unsigned p = 0; p < ui_panel_count; p++)
            for (size_t f = 0; f < sizeof focuses / sizeof focuses[0]; f++)
                check_rows(ui_panels[p], snap, &focuses[f]);
        kt_snapshot_unref(snap);
    }
}

/* "12." or "1" at the end would be a number that was cut. */
static bool ends_well(const char *text, size_t length)
{
    return length > 8 && text[length - 1] != '.' && text[length - 1] != ',' && text[length - 1] != ' ';
}

static void check_sentences(const struct ui_panel *panel, const struct kt_snapshot *snap, const struct ui_focus *focus)
{
    struct ui_rows rows = {0};
    struct ui_context cx = {.snap = snap, .focus = focus};
    panel->rows(snap, focus, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        struct ui_facts facts = {0};
        char text[1200], shorter[64], more[2400];
        panel->table.facts(&rows.items[i], &cx, &facts);
        size_t length = panel->describe(&rows.items[i], &cx, text, sizeof text);
        bool well = facts.look == UI_LOOK_OK || facts.look == UI_LOOK_EMPTY;
        if (!well && panel != &ui_panel_events && !ends_well(text, length))
            fail_msg("%s, %s: \"%s\"", panel->name, ui_look(facts.look)->word, text);
        assert_true(panel->describe(&rows.items[i], &cx, shorter, sizeof shorter) < sizeof shorter);
        assert_true(!panel->more || panel->more(&rows.items[i], &cx, shorter, sizeof shorter) < sizeof shorter);
        size_t told = panel->more ? panel->more(&rows.items[i], &cx, more, sizeof more) : 0;
        assert_true(told == 0 || (more[told - 1] == '\n' && more[told] == '\0'));
    }
    ui_rows_release(&rows);
}

/* Whatever is not well says why, in each panel. */
static void trouble_has_a_sentence(void **state)
{
    (void)state;
    struct ui_focus of_topic = {.topic = fake_text("orders")};
    for (size_t m = 0; m < MAKERS; m++) {
        const struct kt_snapshot *snap = makers[m]();
        for (unsigned p = 0; p < ui_panel_count; p++) {
            check_sentences(ui_panels[p], snap, &none);
            check_sentences(ui_panels[p], snap, &of_topic);
        }
        kt_snapshot_unref(snap);
    }
}

static void tabs_come_first_and_keys_differ(void **state)
{
    (void)state;
    assert_int_equal(ui_panel_tabs(), 6);
    for (unsigned i = 0; i < ui_panel_count; i++) {
        assert_int_equal(ui_panels[i]->key, i < ui_panel_tabs() ? '1' + (int)i : 0);
        assert_int_equal(ui_panel_find(ui_panels[i]->name), i);
        assert_true(*ui_panels[i]->nothing && *ui_panels[i]->help);
        assert_true(ui_panels[i]->table.sort < ui_panels[i]->table.count);
    }
    assert_int_equal(ui_panel_find("no such panel"), ui_panel_count);
}

/* Lag of the members and of what nobody owns is the group's. */
static void members_lag_adds_up(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    for (size_t g = 0; g < snap->group_count; g++) {
        const struct kt_group *group = snap->groups[g];
        struct ui_focus focus = {.group = group->name};
        struct ui_context cx = {.snap = snap, .focus = &focus};
        struct ui_rows rows = {0};
        int64_t sum = 0;
        if (!KT_KNOWS(group, KT_GROUP_total_lag))
            continue;
        ui_panel_members.rows(snap, &focus, &rows);
        for (size_t i = 0; i < rows.count; i++) {
            struct ui_facts facts = {0};
            ui_panel_members.table.facts(&rows.items[i], &cx, &facts);
            sum += facts.lag;
        }
        assert_int_equal(sum, group->total_lag);
        ui_rows_release(&rows);
    }
    kt_snapshot_unref(snap);
}

/* A group's partitions add up to it; a topic's rows add up over its readers. */
static void partitions_lag_adds_up(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_context cx = {.snap = snap, .focus = &none};
    struct ui_rows topics = {0};
    ui_panel_topics.rows(snap, &none, &topics);
    assert_int_equal(topics.count, snap->topic_count);
    for (size_t t = 0; t < topics.count; t++) {
        struct ui_focus focus = {.topic = snap->topics[t]->name};
        struct ui_rows rows = {0};
        struct ui_facts whole = {0};
        int64_t sum = 0;
        ui_panel_topics.table.facts(&topics.items[t], &cx, &whole);
        const struct ui_panel *parts[] = {&ui_panel_logs, &ui_panel_readers};
        for (size_t p = 0; p < 2; p++) {
            sum = 0;
            parts[p]->rows(snap, &focus, &rows);
            for (size_t i = 0; i < rows.count; i++) {
                struct ui_facts facts = {0};
                parts[p]->table.facts(&rows.items[i], &cx, &facts);
                sum += facts.lag_known ? facts.lag : 0;
            }
            assert_int_equal(sum, whole.lag_known ? whole.lag : 0);
            ui_rows_release(&rows);
        }
    }
    ui_rows_release(&topics);
    kt_snapshot_unref(snap);
}

static void what_nobody_reads_is_shown_too(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_focus focus = {.topic = fake_text("__consumer_offsets")};
    struct ui_rows rows = {0};
    ui_panel_logs.rows(snap, &focus, &rows);
    assert_int_equal(rows.count, 3);
    ui_rows_release(&rows);
    focus.topic = fake_text("payments");
    ui_panel_logs.rows(snap, &focus, &rows);
    assert_int_equal(rows.count, 2); /* both are read, by one group */
    ui_rows_release(&rows);
    kt_snapshot_unref(snap);
}

static size_t count_children(const struct ui_panel *panel, const struct ui_row *row, const struct ui_context *cx,
                             int64_t *lag)
{
    struct ui_rows rows = {0};
    *lag = 0;
    panel->table.children(row, cx, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        struct ui_facts facts = {0};
        panel->below->table.facts(&rows.items[i], cx, &facts);
        *lag += facts.lag_known ? facts.lag : 0;
    }
    size_t count = rows.count;
    ui_rows_release(&rows);
    return count;
}

/* What lies beneath a row adds up to it, whichever panel it is. */
static void what_lies_beneath_adds_up(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    size_t trees = 0;
    for (unsigned p = 0; p < ui_panel_count; p++) {
        const struct ui_panel *panel = ui_panels[p];
        struct ui_context cx = {.snap = snap, .focus = &none};
        struct ui_rows rows = {0};
        assert_ptr_equal(panel->below ? &panel->below->table : NULL, panel->table.below);
        assert_true((panel->table.below != NULL) == (panel->table.children != NULL));
        if (!panel->below)
            continue;
        assert_non_null(panel->table.label);
        trees++;
        panel->rows(snap, &none, &rows);
        for (size_t i = 0; i < rows.count; i++) {
            struct ui_facts facts = {0};
            int64_t lag;
            panel->table.facts(&rows.items[i], &cx, &facts);
            count_children(panel, &rows.items[i], &cx, &lag);
            assert_int_equal(lag, facts.lag_known ? facts.lag : 0);
        }
        ui_rows_release(&rows);
    }
    assert_true(trees >= 4);
    kt_snapshot_unref(snap);
}

/* A topic's reader has the numbers of the group, where the group reads nothing else. */
static void readers_have_the_numbers_of_their_groups(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_focus focus = {.topic = fake_text("orders")};
    struct ui_context cx = {.snap = snap, .focus = &focus};
    struct ui_rows readers = {0}, groups = {0};
    ui_panel_readers.rows(snap, &focus, &readers);
    ui_panel_groups.rows(snap, &none, &groups);
    assert_true(readers.count > 5);
    for (size_t i = 0; i < readers.count; i++)
        for (size_t g = 0; g < groups.count; g++) {
            const struct kt_group *group = groups.items[g].item;
            if (ui_panel_readers.group(&readers.items[i], &cx) != group)
                continue;
            static const char *const same[] = {"lag", "behind", "in", "out", "partitions", "loss"};
            for (size_t c = 0; c < sizeof same / sizeof same[0]; c++) {
                struct ui_slot here = {.width = 9}, there = {.width = 9};
                ui_table_column(&ui_panel_readers.table, same[c])->cell(&readers.items[i], &cx, &here);
                ui_table_column(&ui_panel_groups.table, same[c])->cell(&groups.items[g], &cx, &there);
                assert_string_equal(here.text, there.text);
            }
        }
    ui_rows_release(&readers);
    ui_rows_release(&groups);
    kt_snapshot_unref(snap);
}

static void a_member_leads_to_its_own_partitions(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_focus focus = {.group = fake_text("stall")}, to = {0};
    struct ui_context cx = {.snap = snap, .focus = &focus};
    struct ui_rows rows = {0}, owned = {0};
    ui_panel_members.rows(snap, &focus, &rows);
    assert_int_equal(rows.count, 2);
    assert_string_equal(ui_panel_members.enter(&rows.items[1], &cx, &to), "partitions");
    ui_panel_partitions.rows(snap, &to, &owned);
    assert_int_equal(owned.count, 2);
    for (size_t i = 0; i < owned.count; i++)
        assert_int_equal(((const struct kt_lag *)owned.items[i].item)->owner, 1);
    ui_rows_release(&owned);
    ui_rows_release(&rows);
    kt_snapshot_unref(snap);
}

static void skew_names_the_hot_partition(void **state)
{
    (void)state;
    struct kt_group group = {0};
    struct ui_row row = {.item = &group};
    struct ui_context cx = {.focus = &none};
    KT_SET(&group, GROUP, lag_skew, 10);
    KT_SET(&group, GROUP, hottest_partition, 7);
    const struct ui_table *table = &ui_panel_groups.table;
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->columns[i].id, "skew") == 0) {
            struct ui_slot slot = {.width = 9};
            table->columns[i].cell(&row, &cx, &slot);
            assert_string_equal(slot.text, "10.0 p7");
            return;
        }
    fail_msg("there is no column of skew");
}

/* Who has nearly all of the lag and few of the partitions is named; who has its share is not. */
static void the_facts_name_who_lags(void **state)
{
    (void)state;
    char text[1200];
    for (unsigned i = 0; i < 2; i++) {
        struct kt_snapshot *snap = fake_snapshot_new();
        fake_snapshot_group(snap, &(struct fake_group){.name = "g", .worst = KT_STATUS_WARN, .partitions = 12,
                                                       .members = 4, .lag = 1200, .age_ms = 60000});
        struct kt_group *group = (struct kt_group *)(uintptr_t)snap->groups[0];
        group->members[2].lag = i == 0 ? 1150 : 300;
        ui_panel_groups.more(&(struct ui_row){.item = group}, NULL, text, sizeof text);
        const char *said = "95% of the lag is client client-2's on 10.0.0.3, which owns 3 of 12 partitions\n";
        assert_int_equal(strstr(text, said) != NULL, i == 0);
        assert_int_equal(strstr(text, "of the lag is") != NULL, i == 0);
        kt_snapshot_unref(fake_snapshot_seal(snap));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_in_order_of_identity),
        cmocka_unit_test(trouble_has_a_sentence),
        cmocka_unit_test(the_facts_name_who_lags),
        cmocka_unit_test(tabs_come_first_and_keys_differ),
        cmocka_unit_test(members_lag_adds_up),
        cmocka_unit_test(partitions_lag_adds_up),
        cmocka_unit_test(what_nobody_reads_is_shown_too),
        cmocka_unit_test(a_member_leads_to_its_own_partitions),
        cmocka_unit_test(what_lies_beneath_adds_up),
        cmocka_unit_test(readers_have_the_numbers_of_their_groups),
        cmocka_unit_test(skew_names_the_hot_partition),
    };
    return cmocka_run_group_tests_name("panel", tests, NULL, NULL);
}
