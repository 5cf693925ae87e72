/* column: which columns fit, that none overlaps, and what cells say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "column.h"
#include "fake_snapshot.h"
#include "panel.h"

static bool has_column(const struct ui_columns *layout, const struct ui_table *table, const char *id)
{
    for (unsigned i = 0; i < layout->count; i++)
        if (strcmp(table->columns[layout->placed[i].column].id, id) == 0)
            return true;
    return false;
}

static void time_lags_show_how_they_are_known(void **state)
{
    (void)state;
    struct ui_slot slot = {.width = 6};
    static const struct {
        bool known;
        int64_t ms;
        const char *tier;
        bool at_least;
        const char *text;
    } cases[] = {
        {true, 60000, "history", false, "1m00"}, {true, 60000, "history", true, ">1m00"},
        {true, 60000, "exact", false, "=1m00"},  {true, 60000, "exact", true, ">1m00"},
        {true, 0, "exact", false, "0s"},         {false, 0, NULL, false, "-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ui_slot_time_lag(&slot, cases[i].known, cases[i].ms, cases[i].tier, cases[i].at_least);
        assert_string_equal(slot.text, cases[i].text);
    }
}

static void check_layout(const struct ui_columns *layout, const struct ui_table *table, int width)
{
    int free_from = 0;
    for (unsigned i = 0; i < layout->count; i++) {
        const struct ui_placed *placed = &layout->placed[i];
        assert_true(placed->column < table->count);
        assert_true(placed->x >= free_from);
        assert_true(placed->width >= 1);
        assert_true(placed->x + placed->width <= width);
        free_from = placed->x + placed->width + 1;
    }
}

static void columns_never_overlap(void **state)
{
    (void)state;
    struct ui_focus group = {.group = fake_text("g")}, topic = {.topic = fake_text("t")}, none = {0};
    const struct ui_focus *focuses[] = {&none, &group, &topic};
    for (unsigned p = 0; p < ui_panel_count; p++) {
        const struct ui_table *table = &ui_panels[p]->table;
        assert_true(table->count <= UI_COLUMNS_MAX);
        for (int width = 1; width <= 300; width++)
            for (unsigned variant = 0; variant < 18; variant++) {
                struct ui_context cx = {.focus = focuses[variant % 3], .exact = variant / 3 % 2};
                struct ui_columns layout;
                ui_columns_layout(&layout, table, &cx, width, variant / 6 * 2);
                check_layout(&layout, table, width);
                assert_true(layout.count >= 1);
            }
    }
}

static void what_matters_stays(void **state)
{
    (void)state;
    const struct ui_table *groups = &ui_panels[0]->table;
    struct ui_context cx = {0};
    struct ui_columns layout;
    for (int width = 17; width <= 300; width++) {
        ui_columns_layout(&layout, groups, &cx, width, 0);
        assert_true(has_column(&layout, groups, "status"));
        assert_true(has_column(&layout, groups, "group"));
        assert_true(has_column(&layout, groups, "lag"));
        if (width >= 40)
            assert_true(has_column(&layout, groups, "change"));
    }
    ui_columns_layout(&layout, groups, &cx, 80, ui_columns_skippable(groups, &cx));
    assert_true(has_column(&layout, groups, "status"));
    assert_true(has_column(&layout, groups, "group"));
    assert_true(has_column(&layout, groups, "lag"));
    assert_false(has_column(&layout, groups, "change"));
}

static void wider_never_shows_less(void **state)
{
    (void)state;
    struct ui_context cx = {0};
    for (unsigned p = 0; p < ui_panel_count; p++) {
        unsigned before = 0;
        for (int width = 17; width <= 300; width++) {
            struct ui_columns layout;
            ui_columns_layout(&layout, &ui_panels[p]->table, &cx, width, 0);
            assert_true(layout.count >= before);
            before = layout.count;
        }
        unsigned usual = 0;
        for (size_t i = 0; i < ui_panels[p]->table.count; i++)
            usual += !ui_panels[p]->table.columns[i].off;
        assert_int_equal(before, usual);
    }
}

/* Random choices of every panel's columns, at every width. */
static void chosen_columns_never_overlap(void **state)
{
    (void)state;
    uint32_t random = 12345;
    for (unsigned p = 0; p < ui_panel_count; p++) {
        const struct ui_table *table = &ui_panels[p]->table;
        struct ui_choice choice;
        ui_choice_begin(&choice, table);
        for (int width = 1; width <= 300; width++) {
            struct ui_context cx = {.choice = &choice};
            struct ui_columns layout;
            random = random * 1664525 + 1013904223;
            unsigned place = (random >> 8) % choice.count;
            if (random >> 30 & 1)
                ui_choice_toggle(&choice, table, place);
            else
                ui_choice_move(&choice, place, random >> 29 & 1 ? 1 : -1);
            unsigned skippable = ui_columns_skippable(table, &cx);
            ui_columns_layout(&layout, table, &cx, width, skippable > 0 ? (random >> 4) % (skippable + 1) : 0);
            check_layout(&layout, table, width);
            assert_true(layout.count >= 1);
            for (size_t i = 0; i < table->count && width >= 60; i++)
                if (table->columns[i].priority == 0)
                    assert_true(has_column(&layout, table, table->columns[i].id));
                else if (choice.hidden >> i & 1)
                    assert_false(has_column(&layout, table, table->columns[i].id));
        }
    }
}

static void a_choice_is_read_back_as_it_was_written(void **state)
{
    (void)state;
    const struct ui_table *groups = &ui_panels[0]->table;
    struct ui_choice choice, again;
    char text[600], second[600];
    ui_choice_begin(&choice, groups);
    assert_false(ui_choice_differs(&choice, groups));
    assert_false(ui_choice_toggle(&choice, groups, 0)); /* the status stays */
    assert_true(ui_choice_toggle(&choice, groups, 3));
    assert_false(ui_choice_moved(&choice));
    assert_int_equal(ui_choice_move(&choice, 0, -1), 0);
    assert_int_equal(ui_choice_move(&choice, choice.count - 1, 1), choice.count - 1);
    assert_int_equal(ui_choice_move(&choice, 5, -1), 4);
    assert_true(ui_choice_moved(&choice) && ui_choice_differs(&choice, groups));
    ui_choice_write(&choice, groups, text, sizeof text);
    assert_memory_equal(text, "status group lag -change eta behind ", 36);
    assert_int_equal(ui_choice_read(&again, groups, text), 0);
    ui_choice_write(&again, groups, second, sizeof second);
    assert_string_equal(text, second);
}

static void a_hostile_choice_does_no_harm(void **state)
{
    (void)state;
    const struct ui_table *groups = &ui_panels[0]->table;
    struct ui_choice choice;
    char text[600];
    assert_int_equal(ui_choice_read(&choice, groups, " eta -group - -- nothing eta\t-eta lag"), 5);
    ui_choice_write(&choice, groups, text, sizeof text);
    assert_memory_equal(text, "eta group lag status change behind ", 35); /* what it does not name comes last */
    assert_int_equal(choice.count, groups->count);
    char small[8];
    ui_choice_write(&choice, groups, small, sizeof small);
    assert_string_equal(small, "eta gro");
}

static void what_was_moved_to_the_left_stays_longest(void **state)
{
    (void)state;
    const struct ui_table *groups = &ui_panels[0]->table;
    struct ui_choice choice;
    struct ui_context cx = {.choice = &choice};
    struct ui_columns layout;
    ui_choice_read(&choice, groups, "status group lag rebalances since");
    ui_columns_layout(&layout, groups, &cx, 40, 0);
    assert_true(has_column(&layout, groups, "rebalances"));
    assert_false(has_column(&layout, groups, "change"));
}

static void every_column_is_described(void **state)
{
    (void)state;
    for (unsigned p = 0; p < ui_panel_count; p++)
        for (size_t i = 0; i < ui_panels[p]->table.count; i++) {
            const struct ui_column *column = &ui_panels[p]->table.columns[i];
            assert_non_null(column->id);
            assert_non_null(column->title);
            assert_true(column->help && *column->help);
            assert_true(column->cell || column->words);
            assert_true(column->min >= 1 && column->want >= column->min);
            assert_true(strlen(column->title) <= column->want || column->most > 0);
            assert_false(column->rank && column->words);
            for (size_t j = 0; j < i; j++) {
                assert_string_not_equal(column->id, ui_panels[p]->table.columns[j].id);
                assert_true(!column->letter || column->letter != ui_panels[p]->table.columns[j].letter);
            }
        }
}

/* Cells outside the rectangle keep what was there. */
static void rows_stay_in_their_place(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_hostile();
    const struct ui_panel *panel = ui_panels[0];
    struct ui_rows rows = {0};
    struct ui_focus none = {0};
    struct ui_context cx = {.snap = snap, .focus = &none};
    struct ui_row_style style = {.selected = true, .pinned = true, .match = "a"};
    panel->rows(snap, &none, &rows);
    for (int width = 1; width <= 120; width++) {
        struct ui_columns layout;
        struct ui_canvas cv;
        ui_canvas_init(&cv);
        ui_canvas_resize(&cv, 140, 3);
        ui_canvas_fill(&cv, 0, 0, 140, 3, UI_ROLE_text, '@');
        ui_columns_layout(&layout, &panel->table, &cx, width, 0);
        for (size_t i = 0; i < rows.count; i++)
            ui_columns_draw_row(&cv, &layout, &panel->table, &cx, &rows.items[i], 5, 1, width, &style);
        for (int x = 0; x < 140; x++) {
            assert_int_equal(cv.cells[x].code, '@');
            assert_int_equal(cv.cells[280 + x].code, '@');
            if (x < 5 || x >= 5 + width)
                assert_int_equal(cv.cells[140 + x].code, '@');
        }
        ui_canvas_release(&cv);
    }
    ui_rows_release(&rows);
    kt_snapshot_unref(snap);
}

/* The arrow says what the role says, for those who see no colours; what is steady has neither. */
static void a_change_has_an_arrow_where_it_has_a_direction(void **state)
{
    (void)state;
    static const struct {
        bool known, ascii;
        double change;
        const char *direction, *text;
        int width;
        enum ui_role role;
    } cases[] = {
        {true, false, 319000, "up", "\xe2\x86\x91+319k", 6, UI_ROLE_up},
        {true, false, -24, "down", "\xe2\x86\x93-24", 6, UI_ROLE_down},
        {true, true, 319000, "up", "^+319k", 6, UI_ROLE_up},
        {true, true, -24, "down", "v-24", 6, UI_ROLE_down},
        {true, true, 319000, "up", "+319k", 5, UI_ROLE_up}, /* rather the digits than the arrow */
        {true, false, 12, "steady", "+12", 6, UI_ROLE_text},
        {true, false, 12, NULL, "+12", 6, UI_ROLE_text},
        {true, false, 0, "steady", "0", 6, UI_ROLE_text},
        {false, false, 12, "up", "-", 6, UI_ROLE_text},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ui_context cx = {.ascii = cases[i].ascii};
        struct ui_slot slot = {.width = cases[i].width};
        ui_slot_change(&slot, &cx, cases[i].known, cases[i].change, cases[i].direction);
        assert_string_equal(slot.text, cases[i].text);
        assert_int_equal(slot.role, cases[i].role);
    }
}

static void cells_say_what_is_known(void **state)
{
    (void)state;
    struct ui_context rounded = {0}, exact = {.exact = true};
    struct ui_slot slot = {.width = 6};
    ui_slot_count(&slot, &rounded, true, 12345678, false);
    assert_string_equal(slot.text, "12.3M");
    ui_slot_count(&slot, &rounded, true, 12345678, true);
    assert_string_equal(slot.text, ">12.3M");
    ui_slot_count(&slot, &rounded, false, 12345678, true);
    assert_string_equal(slot.text, "-");
    ui_slot_count(&slot, &exact, true, 123456, false);
    assert_string_equal(slot.text, "123456");
    ui_slot_count(&slot, &exact, true, 1234567, false); /* digits cut off would be another number */
    assert_string_equal(slot.text, "1.23M");
    ui_slot_lag(&slot, &rounded, true, 12345678, false, true);
    assert_string_equal(slot.text, "~12.3M");
    ui_slot_lag(&slot, &rounded, true, 1234, true, true);
    assert_string_equal(slot.text, ">~1.23k");
    ui_slot_lag(&slot, &rounded, true, 0, false, true); /* nothing is nothing, whatever is counted */
    assert_string_equal(slot.text, "0");
    ui_slot_lag(&slot, &rounded, false, 5, false, true);
    assert_string_equal(slot.text, "-");
    ui_slot_eta(&slot, true, 1000, true);
    assert_string_equal(slot.text, "never");
    slot.width = 9;
    ui_slot_status(&slot, UI_LOOK_REWIND);
    assert_string_equal(slot.text, "## REWIND");
    slot.width = 3;
    ui_slot_status(&slot, UI_LOOK_REWIND);
    assert_string_equal(slot.text, "##");
}

static void fractions_rank_as_their_values(void **state)
{
    (void)state;
    const double values[] = {-1e300, -2.5, -1, -0.001, 0, 1e-9, 1, 2.5, 1e300};
    int64_t before[2], rank[2];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_true(ui_rank_fraction(true, values[i], rank));
        assert_true(i == 0 || rank[0] > before[0]);
        before[0] = rank[0];
    }
    int64_t plus[2];
    assert_true(ui_rank_fraction(true, 0.0, plus) && ui_rank_fraction(true, -0.0, rank));
    assert_int_equal(plus[0], rank[0]);
    assert_false(ui_rank_fraction(false, 1, rank));
    double nothing = 0;
    assert_false(ui_rank_fraction(true, nothing / nothing, rank));
}

static void every_look_says_itself_without_colour(void **state)
{
    (void)state;
    for (int kind = 0; kind < UI_LOOK_COUNT; kind++) {
        const struct ui_look *look = ui_look((enum ui_look_kind)kind);
        assert_int_equal(strlen(look->mark), 2);
        assert_in_range(strlen(look->word), 2, 6);
        assert_true(*look->meaning);
        for (int other = 0; other < kind; other++)
            assert_string_not_equal(look->word, ui_look((enum ui_look_kind)other)->word);
        assert_true(ui_look_matches((enum ui_look_kind)kind, look->word, strlen(look->word)));
    }
}

static void groups_look_as_they_are(void **state)
{
    (void)state;
    const struct kt_snapshot *snap = fake_snapshot_each_status();
    const struct {
        const char *name;
        enum ui_look_kind look;
    } cases[] = {{"stop", UI_LOOK_STOP},     {"stall", UI_LOOK_STALL}, {"rewind", UI_LOOK_REWIND},
                 {"err", UI_LOOK_ERR},       {"warn", UI_LOOK_WARN},   {"ok", UI_LOOK_OK},
                 {"empty", UI_LOOK_EMPTY},   {"rebalancing", UI_LOOK_REBAL},
                 {"unknown", UI_LOOK_UNSURE}, {"abandoned", UI_LOOK_ABANDONED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct kt_group *group = kt_snapshot_group(snap, cases[i].name, strlen(cases[i].name));
        assert_non_null(group);
        assert_int_equal(ui_look_of_group(group), cases[i].look);
    }
    kt_snapshot_unref(snap);
    struct kt_lag_alike alike = {.status = KT_STATUS_UNKNOWN};
    struct kt_lag_rare rare = {0};
    struct kt_lag lag = {.alike = &alike, .rare = &rare};
    struct kt_group group = {.lags = &lag, .lag_count = 1, .state = "Empty"};
    assert_int_equal(ui_look_of_group(&group), UI_LOOK_NODATA);
    lag.known |= UINT64_C(1) << KT_LAG_committed;
    assert_int_equal(ui_look_of_group(&group), UI_LOOK_UNSURE); /* nothing is known of its lag */
    KT_SET(&group, GROUP, total_lag, 0);
    KT_SET(&group, GROUP, consume_rate, 5);
    group.status = KT_STATUS_OK;
    group.type = "classic";
    assert_int_equal(ui_look_of_group(&group), UI_LOOK_EMPTY);
    group.type = "simple"; /* it never has members, and reads */
    assert_int_equal(ui_look_of_group(&group), UI_LOOK_OK);
    group.consume_rate = 0;
    assert_int_equal(ui_look_of_group(&group), UI_LOOK_EMPTY);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_lags_show_how_they_are_known),
        cmocka_unit_test(columns_never_overlap),
        cmocka_unit_test(what_matters_stays),
        cmocka_unit_test(wider_never_shows_less),
        cmocka_unit_test(chosen_columns_never_overlap),
        cmocka_unit_test(a_choice_is_read_back_as_it_was_written),
        cmocka_unit_test(a_hostile_choice_does_no_harm),
        cmocka_unit_test(what_was_moved_to_the_left_stays_longest),
        cmocka_unit_test(every_column_is_described),
        cmocka_unit_test(rows_stay_in_their_place),
        cmocka_unit_test(cells_say_what_is_known),
        cmocka_unit_test(a_change_has_an_arrow_where_it_has_a_direction),
        cmocka_unit_test(fractions_rank_as_their_values),
        cmocka_unit_test(every_look_says_itself_without_colour),
        cmocka_unit_test(groups_look_as_they_are),
    };
    return cmocka_run_group_tests_name("column", tests, NULL, NULL);
}
