/* list: total order, the selection that stays on its row, filter, search, pins. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_snapshot.h"
#include "panel.h"
#include "panel_all.h"

static uint32_t seed = 1;

static unsigned dice(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static struct ui_focus none;

static struct ui_context context(const struct kt_snapshot *snap)
{
    return (struct ui_context){.snap = snap, .focus = &none};
}

static void fill(struct ui_list *list, const struct ui_panel *panel, const struct kt_snapshot *snap)
{
    struct ui_context cx = context(snap);
    ui_list_forget_rows(list);
    panel->rows(snap, &none, &list->rows);
    ui_list_update(list, &panel->table, &cx);
}

/* A random subset of 40 groups, each with random numbers. */
static const struct kt_snapshot *random_groups(unsigned keep_percent)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    for (unsigned i = 0; i < 40; i++) {
        char name[64];
        if (dice(100) >= keep_percent)
            continue;
        /* Some share their first 16 bytes. */
        snprintf(name, sizeof name, i % 3 ? "group-%02u" : "a-long-common-prefix-of-groups-%02u", i);
        fake_snapshot_group(snap, &(struct fake_group){.name = name,
                                                       .worst = (enum kt_status)dice(KT_STATUS_COUNT),
                                                       .partitions = dice(3) + 1,
                                                       .members = dice(3),
                                                       .lag = (int64_t)dice(6) * 1000 - 1000,
                                                       .rates_unknown = dice(2) == 0});
    }
    return fake_snapshot_seal(snap);
}

static bool rank(const struct ui_table *table, const struct ui_context *cx, unsigned column, const struct ui_row *row,
                 int64_t out[2])
{
    out[0] = out[1] = 0;
    return table->columns[column].rank(row, cx, out);
}

/* Whether a may stand before b. */
static void check_pair(const struct ui_list *list, const struct ui_table *table, const struct ui_context *cx,
                       const struct ui_row *a, const struct ui_row *b)
{
    struct ui_identity first = table->identify(a), second = table->identify(b);
    int by_identity = ui_identity_compare(&first, &second);
    assert_int_not_equal(by_identity, 0);
    const struct ui_column *column = &table->columns[list->sort];
    if (column->words) {
        struct kt_text left = column->words(a, cx), right = column->words(b, cx);
        assert_false(!left.bytes && right.bytes);
        if (!left.bytes || !right.bytes)
            return;
        int order = kt_text_compare(left, right);
        assert_true(order == 0 ? by_identity < 0 : (order < 0) == list->ascending);
        return;
    }
    int64_t left[2], right[2];
    bool left_known = rank(table, cx, list->sort, a, left), right_known = rank(table, cx, list->sort, b, right);
    assert_false(!left_known && right_known);
    if (!left_known || !right_known) {
        assert_true(left_known || by_identity < 0);
        return;
    }
    int order = left[0] != right[0] ? (left[0] < right[0] ? -1 : 1) : (left[1] > right[1]) - (left[1] < right[1]);
    assert_true(order == 0 ? by_identity < 0 : (order < 0) == list->ascending);
}

static void check_order(const struct ui_list *list, const struct ui_table *table, const struct ui_context *cx)
{
    bool *seen = calloc(list->rows.count + 1, sizeof *seen);
    for (size_t i = 0; i < list->shown_count; i++) {
        assert_true(list->shown[i] < list->rows.count);
        assert_false(seen[list->shown[i]]);
        seen[list->shown[i]] = true;
        if (i > 0 && i != list->pinned_count)
            check_pair(list, table, cx, ui_list_at(list, i - 1), ui_list_at(list, i));
    }
    free(seen);
}

static void sorting_is_total(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        const struct kt_snapshot *snap = round == 0 ? fake_snapshot_full() : random_groups(80);
        struct ui_context cx = context(snap);
        for (unsigned p = 0; p < ui_panel_count; p++) {
            const struct ui_table *table = &ui_panels[p]->table;
            struct ui_list list;
            if (table->unordered)
                continue;
            ui_list_init(&list, table);
            for (unsigned column = 0; column < table->count; column++) {
                if (!table->columns[column].rank && !table->columns[column].words)
                    continue;
                for (int way = 0; way < 2; way++) {
                    ui_list_sort(&list, table, column);
                    fill(&list, ui_panels[p], snap);
                    assert_int_equal(list.shown_count, list.rows.count);
                    check_order(&list, table, &cx);
                }
            }
            ui_list_release(&list);
        }
        kt_snapshot_unref(snap);
    }
}

static struct kt_text selected_name(const struct ui_list *list)
{
    const struct ui_row *row = ui_list_current(list);
    return row ? ((const struct kt_group *)row->item)->name : kt_text_of(NULL, 0);
}

static void the_selection_stays_on_its_row(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    for (unsigned round = 0; round < 200; round++) {
        struct ui_list list;
        const struct kt_snapshot *snap = random_groups(100);
        ui_list_init(&list, &panel->table);
        fill(&list, panel, snap);
        ui_list_move_to(&list, &panel->table, 1 + dice(39));
        struct kt_text kept = ui_text_copy(selected_name(&list));
        for (unsigned step = 0; step < 5; step++) {
            size_t before = list.cursor;
            const struct kt_snapshot *next = random_groups(85);
            ui_list_forget_rows(&list);
            kt_snapshot_unref(snap);
            snap = next;
            if (dice(3) == 0)
                ui_list_sort(&list, &panel->table, dice(3));
            fill(&list, panel, snap);
            if (kt_snapshot_group(snap, kept.bytes, kept.length)) {
                assert_true(ui_text_equal(selected_name(&list), kept));
            } else {
                /* The row is gone: the cursor stays at its height, on whatever stands there now. */
                assert_int_equal(list.cursor, before < list.shown_count ? before : list.shown_count - 1);
                ui_text_release(&kept);
                kept = ui_text_copy(selected_name(&list));
            }
        }
        ui_text_release(&kept);
        ui_list_release(&list);
        kt_snapshot_unref(snap);
    }
}

static void nobody_moved_so_the_worst_is_selected(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    for (unsigned round = 0; round < 20; round++) {
        const struct kt_snapshot *snap = random_groups(50);
        fill(&list, panel, snap);
        assert_int_equal(list.cursor, 0);
        ui_list_forget_rows(&list);
        kt_snapshot_unref(snap);
    }
    ui_list_release(&list);
}

static const struct kt_snapshot *two(bool with_b, int64_t lag_of_b)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_group(snap, &(struct fake_group){
                                  .name = "a", .worst = KT_STATUS_OK, .partitions = 1, .members = 1, .lag = 10});
    if (with_b)
        fake_snapshot_group(snap, &(struct fake_group){.name = "b", .worst = KT_STATUS_OK, .partitions = 1,
                                                       .members = 1, .lag = lag_of_b});
    return fake_snapshot_seal(snap);
}

static void a_followed_row_is_waited_for(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    const struct kt_snapshot *there = two(true, 500), *gone = two(false, 0), *back = two(true, 1);
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    fill(&list, panel, there);
    assert_string_equal(selected_name(&list).bytes, "b");
    list.follow = true;
    fill(&list, panel, gone);
    assert_true(list.gone);
    assert_null(ui_list_current(&list));
    fill(&list, panel, back);
    assert_false(list.gone);
    assert_string_equal(selected_name(&list).bytes, "b");
    assert_int_equal(list.cursor, 1);
    ui_list_release(&list);
    kt_snapshot_unref(there);
    kt_snapshot_unref(gone);
    kt_snapshot_unref(back);
}

static void pinned_rows_stand_first_whatever_the_filter(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_context cx = context(snap);
    struct ui_list list;
    struct kt_err err;
    ui_list_init(&list, &panel->table);
    fill(&list, panel, snap);
    ui_list_move_to(&list, &panel->table, list.shown_count - 1);
    struct kt_text last = selected_name(&list);
    assert_true(ui_list_pin(&list, &panel->table));
    ui_list_update(&list, &panel->table, &cx);
    assert_int_equal(list.pinned_count, 1);
    assert_true(ui_text_equal(((const struct kt_group *)ui_list_at(&list, 0)->item)->name, last));
    assert_int_equal(ui_list_set_filter(&list, "status:stop", &err), KT_OK);
    ui_list_update(&list, &panel->table, &cx);
    assert_int_equal(list.shown_count, 2);
    assert_true(ui_text_equal(((const struct kt_group *)ui_list_at(&list, 0)->item)->name, last));
    ui_list_move_to(&list, &panel->table, 0);
    assert_true(ui_list_pin(&list, &panel->table)); /* again: lets it go */
    ui_list_update(&list, &panel->table, &cx);
    assert_int_equal(list.shown_count, 1);
    assert_int_equal(list.pinned_count, 0);
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

static void pins_have_a_limit(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    const struct kt_snapshot *snap = fake_snapshot_groups(100);
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    fill(&list, panel, snap);
    for (unsigned i = 0; i < UI_LIST_PINS; i++) {
        ui_list_move_to(&list, &panel->table, i);
        assert_true(ui_list_pin(&list, &panel->table));
    }
    ui_list_move_to(&list, &panel->table, UI_LIST_PINS);
    assert_false(ui_list_pin(&list, &panel->table));
    ui_list_unpin_all(&list);
    assert_true(ui_list_pin(&list, &panel->table));
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

static void search_goes_round(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_context cx = context(snap);
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    fill(&list, panel, snap);
    ui_list_set_search(&list, "ST"); /* stop and stall */
    assert_true(ui_list_find(&list, &panel->table, &cx, true, true));
    size_t first = list.cursor;
    assert_true(ui_list_find(&list, &panel->table, &cx, true, false));
    size_t second = list.cursor;
    assert_int_not_equal(first, second);
    assert_true(ui_list_find(&list, &panel->table, &cx, true, false));
    assert_int_equal(list.cursor, first);
    assert_true(ui_list_find(&list, &panel->table, &cx, false, false));
    assert_int_equal(list.cursor, second);
    ui_list_set_search(&list, "there is no such name");
    assert_false(ui_list_find(&list, &panel->table, &cx, true, true));
    assert_int_equal(list.cursor, second);
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

static void problems_only_hides_the_boring(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    const struct kt_snapshot *snap = fake_snapshot_each_status();
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    list.problems_only = true;
    fill(&list, panel, snap);
    assert_int_equal(list.shown_count, 7); /* rewind stop stall err warn abandoned rebalancing */
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

/* The cursor can be seen after any move at any size. */
static void the_cursor_is_always_in_sight(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    const struct kt_snapshot *snap = fake_snapshot_groups(50);
    struct ui_context cx = context(snap);
    struct ui_list list;
    struct ui_canvas cv;
    ui_canvas_init(&cv);
    ui_list_init(&list, &panel->table);
    fill(&list, panel, snap);
    for (unsigned round = 0; round < 2000; round++) {
        int height = 2 + (int)dice(60);
        ui_list_move(&list, &panel->table, (int64_t)dice(80) - 40);
        ui_canvas_resize(&cv, 60, 80);
        ui_list_draw(&list, &panel->table, &cx, &cv, 0, 3, 60, height, true, true);
        assert_in_range(cv.cursor_y, 4, 3 + height - 1);
        assert_true(list.cursor >= list.top && list.cursor < list.top + (size_t)(height - 1));
        assert_int_equal(cv.cells[cv.cursor_y * 60 + 59].flags & UI_CELL_SELECTED, UI_CELL_SELECTED);
        /* No room is wasted below the last row. */
        assert_true(list.top == 0 || list.top + (size_t)(height - 1) <= list.shown_count);
    }
    ui_list_release(&list);
    ui_canvas_release(&cv);
    kt_snapshot_unref(snap);
}

static void an_empty_list_bears_everything(void **state)
{
    (void)state;
    const struct ui_panel *panel = ui_panels[0];
    const struct kt_snapshot *snap = fake_snapshot_empty();
    struct ui_context cx = context(snap);
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    fill(&list, panel, snap);
    ui_list_move(&list, &panel->table, 5);
    ui_list_move_to(&list, &panel->table, SIZE_MAX);
    ui_list_set_search(&list, "x");
    assert_false(ui_list_find(&list, &panel->table, &cx, false, false));
    assert_true(ui_list_pin(&list, &panel->table));
    assert_null(ui_list_current(&list));
    struct ui_identity identity = {.first = fake_text("x")};
    assert_false(ui_list_select(&list, &panel->table, &identity));
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

/* --- rows beneath rows ----------------------------------------------------------------------------------- */

/* Every child stands behind its own parent; returns how many there are. */
static size_t check_beneath(const struct ui_list *list)
{
    const struct kt_group *parent = NULL;
    size_t count = 0;
    for (size_t i = 0; i < list->shown_count; i++) {
        const struct ui_row *row = ui_list_at(list, i);
        if (row->level == 0) {
            parent = row->item;
            continue;
        }
        assert_ptr_equal(row->parent, parent);
        count++;
    }
    return count;
}

static void children_stay_beneath_their_parents(void **state)
{
    (void)state;
    const struct ui_panel *panel = &ui_panel_groups;
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    ui_list_turn_all(&list, &panel->table);
    for (unsigned round = 0; round < 30; round++) {
        const struct kt_snapshot *snap = random_groups(80);
        struct kt_err err;
        assert_int_equal(ui_list_set_filter(&list, round % 3 == 1 ? "lag>500" : "", &err), KT_OK);
        list.problems_only = round % 4 == 3;
        for (unsigned column = 0; column < panel->table.count; column++) {
            if (!panel->table.columns[column].rank && !panel->table.columns[column].words)
                continue;
            ui_list_sort(&list, &panel->table, column);
            fill(&list, panel, snap);
            size_t children = check_beneath(&list), all = 0;
            for (size_t i = 0; i < snap->group_count; i++)
                all += snap->groups[i]->lag_count;
            if (round % 3 != 1 && !list.problems_only)
                assert_int_equal(children, all);
            ui_list_move_to(&list, &panel->table, dice((unsigned)list.shown_count + 1));
        }
        ui_list_forget_rows(&list);
        kt_snapshot_unref(snap);
    }
    ui_list_release(&list);
}

static void an_opened_row_is_one_of_many(void **state)
{
    (void)state;
    const struct ui_panel *panel = &ui_panel_groups;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_context cx = context(snap);
    struct ui_identity stall = {.first = fake_text("stall")};
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    fill(&list, panel, snap);
    size_t roots = list.shown_count;
    assert_true(ui_list_select(&list, &panel->table, &stall));
    assert_true(ui_list_turn(&list, &panel->table));
    fill(&list, panel, snap);
    assert_int_equal(list.shown_count, roots + 4);
    assert_int_equal(check_beneath(&list), 4);
    /* A row beneath is selected by identity, and stays so when the order is turned round. */
    ui_list_move(&list, &panel->table, 3);
    const struct kt_lag *chosen = ui_list_current(&list)->item;
    list.ascending = !list.ascending;
    fill(&list, panel, snap);
    assert_ptr_equal(ui_list_current(&list)->item, chosen);
    /* Folding it, from a row beneath it, goes back to the row. */
    assert_true(ui_list_turn(&list, &panel->table));
    ui_list_update(&list, &panel->table, &cx);
    assert_int_equal(list.shown_count, roots);
    assert_true(ui_text_equal(((const struct kt_group *)ui_list_current(&list)->item)->name, stall.first));
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

static void a_parent_stays_for_its_child(void **state)
{
    (void)state;
    const struct ui_panel *panel = &ui_panel_groups;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_list list;
    struct kt_err err;
    ui_list_init(&list, &panel->table);
    assert_int_equal(ui_list_set_filter(&list, "client-11", &err), KT_OK);
    fill(&list, panel, snap);
    assert_int_equal(list.shown_count, 0);
    ui_list_turn_all(&list, &panel->table);
    fill(&list, panel, snap);
    assert_int_equal(list.shown_count, 2); /* the group "ok" and its partition 11 */
    assert_int_equal(check_beneath(&list), 1);
    ui_list_turn_all(&list, &panel->table);
    fill(&list, panel, snap);
    assert_int_equal(list.shown_count, 0);
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

static void a_pinned_row_takes_its_children_along(void **state)
{
    (void)state;
    const struct ui_panel *panel = &ui_panel_groups;
    const struct kt_snapshot *snap = fake_snapshot_full();
    struct ui_identity ok = {.first = fake_text("ok")};
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    fill(&list, panel, snap);
    assert_true(ui_list_select(&list, &panel->table, &ok));
    assert_true(ui_list_turn(&list, &panel->table));
    fill(&list, panel, snap);
    ui_list_move(&list, &panel->table, 1);
    assert_int_equal(ui_list_current(&list)->level, 1);
    assert_true(ui_list_pin(&list, &panel->table)); /* of a row beneath: the one above it */
    fill(&list, panel, snap);
    assert_int_equal(list.pinned_count, 13);
    assert_int_equal(ui_list_current(&list)->level, 1);
    assert_int_equal(list.cursor, 1);
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

static void a_tree_of_too_much_is_cut(void **state)
{
    (void)state;
    const struct ui_panel *panel = &ui_panel_groups;
    const struct kt_snapshot *snap = fake_snapshot_groups(3000);
    struct ui_list list;
    ui_list_init(&list, &panel->table);
    ui_list_turn_all(&list, &panel->table);
    fill(&list, panel, snap);
    assert_true(list.cut);
    size_t children = check_beneath(&list);
    assert_in_range(children, UI_LIST_BENEATH, UI_LIST_BENEATH + 12);
    assert_int_equal(list.shown_count, 3000 + children);
    assert_int_equal(ui_list_at(&list, 1)->level, 1); /* the first rows are those that are open */
    ui_list_release(&list);
    kt_snapshot_unref(snap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorting_is_total),
        cmocka_unit_test(the_selection_stays_on_its_row),
        cmocka_unit_test(nobody_moved_so_the_worst_is_selected),
        cmocka_unit_test(a_followed_row_is_waited_for),
        cmocka_unit_test(pinned_rows_stand_first_whatever_the_filter),
        cmocka_unit_test(pins_have_a_limit),
        cmocka_unit_test(search_goes_round),
        cmocka_unit_test(problems_only_hides_the_boring),
        cmocka_unit_test(the_cursor_is_always_in_sight),
        cmocka_unit_test(an_empty_list_bears_everything),
        cmocka_unit_test(children_stay_beneath_their_parents),
        cmocka_unit_test(an_opened_row_is_one_of_many),
        cmocka_unit_test(a_parent_stays_for_its_child),
        cmocka_unit_test(a_pinned_row_takes_its_children_along),
        cmocka_unit_test(a_tree_of_too_much_is_cut),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
