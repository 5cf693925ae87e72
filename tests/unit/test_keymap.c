/* keymap and actions: no key means two things, names go both ways, and every key of the map is bound. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "action.h"
#include "panel.h"
#include "term.h"

static void no_key_means_two_things(void **state)
{
    (void)state;
    struct ui_keymap map;
    assert_true(ui_actions_bind(&map));
    assert_true(map.count > ui_action_count);
    /* The binding itself tells a conflict. */
    assert_false(ui_keymap_bind(&map, 'q', 0));
    assert_true(ui_keymap_bind(&map, 0xe9, 0));
    assert_true(ui_keymap_bind(&map, 0xe9, 0));
    assert_false(ui_keymap_bind(&map, 0xe9, 1));
    assert_int_equal(ui_keymap_find(&map, 0xe9), 0);
}

static const char *action_of(const struct ui_keymap *map, const char *name)
{
    uint32_t key;
    assert_true(ui_key_parse(name, &key));
    int action = ui_keymap_find(map, key);
    return action < 0 ? "" : ui_actions[action].name;
}

/* The map that users were promised. */
static void keys_do_what_hands_expect(void **state)
{
    (void)state;
    static const char *const wanted[][2] = {
        {"j", "down"},       {"Down", "down"},    {"k", "up"},           {"Up", "up"},         {"^D", "half-down"},
        {"^U", "half-up"},   {"^F", "page-down"}, {"PgDn", "page-down"}, {"^B", "page-up"},    {"PgUp", "page-up"},
        {"g", "first"},      {"Home", "first"},   {"G", "last"},         {"End", "last"},      {"1", "groups"},
        {"2", "topics"},     {"3", "partitions"}, {"4", "brokers"},      {"5", "events"},      {"l", "events"},
        {"Tab", "next-view"}, {"S-Tab", "previous-view"}, {"Enter", "open"}, {"Esc", "back"}, {"Backspace", "back"},
        {"<", "sort-left"},  {",", "sort-left"},  {">", "sort-right"},   {".", "sort-right"},  {"F6", "sort-menu"},
        {"s", "sort-menu"},  {"R", "reverse"},    {"I", "reverse"},      {"S", "sort-status"}, {"L", "sort-lag"},
        {"D", "sort-change"}, {"T", "sort-time"}, {"P", "sort-produced"}, {"C", "sort-consumed"}, {"A", "sort-name"},
        {"/", "search"},     {"F3", "search"},    {"n", "find-next"},    {"N", "find-previous"}, {"f", "filter"},
        {"F4", "filter"},    {"\\", "filter"},    {"i", "problems"},     {"=", "reset"},       {"p", "pause"},
        {"Z", "pause"},      {"r", "refresh"},    {"^R", "refresh"},     {"d", "delay"},       {"+", "longer"},
        {"-", "shorter"},    {"Space", "pin"},    {"U", "unpin"},        {"F", "follow"},      {"e", "units"},
        {"m", "lag-unit"},   {"z", "colour"},     {"M", "mouse"},        {"?", "help"},        {"h", "help"},
        {"F1", "help"},      {"y", "names"},      {"^L", "redraw"},      {"^Z", "suspend"},    {"q", "quit"},
        {"F10", "quit"},     {"^C", "quit"},      {"a", "acknowledge"},  {"Q", "mute"},         {"V", "show-muted"},
        {"u", "loud"},        {"H", "ticket"},     {"O", "anonymous-ticket"},
        /* kill and nice of other programs are never bound */
        {"F7", ""},          {"F8", ""},          {"F9", ""},
    };
    struct ui_keymap map;
    ui_actions_bind(&map);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_string_equal(action_of(&map, wanted[i][0]), wanted[i][1]);
}

static void names_go_both_ways(void **state)
{
    (void)state;
    struct ui_keymap map;
    char name[16], other[16];
    uint32_t key;
    ui_actions_bind(&map);
    for (unsigned i = 0; i < map.count; i++) {
        ui_key_name(map.bindings[i].key, name, sizeof name);
        assert_true(ui_key_parse(name, &key));
        assert_int_equal(key, map.bindings[i].key);
        for (unsigned j = 0; j < i; j++) {
            ui_key_name(map.bindings[j].key, other, sizeof other);
            assert_string_not_equal(name, other);
        }
    }
    assert_false(ui_key_parse("", &key));
    assert_false(ui_key_parse("F13", &key));
    assert_false(ui_key_parse("F0", &key));
    assert_false(ui_key_parse("F1x", &key));
    assert_false(ui_key_parse("^a", &key));
    assert_false(ui_key_parse("nonsense", &key));
    assert_int_equal(ui_key_name(0x1f600, name, sizeof name), 7);
}

static void every_action_is_described(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ui_action_count; i++) {
        const struct ui_action *action = &ui_actions[i];
        char keys[64];
        assert_true(action->name && *action->name);
        assert_true(action->help && *action->help);
        assert_non_null(action->run);
        assert_true(action->keys[0] != 0);
        assert_true(action->section < UI_SECTION_COUNT && *ui_section_name(action->section));
        assert_true(ui_action_keys_text(action, keys, sizeof keys) > 0);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(action->name, ui_actions[j].name);
    }
}

static const struct ui_action *bound_to(uint32_t key)
{
    for (unsigned i = 0; i < ui_action_count; i++)
        for (size_t k = 0; k < sizeof ui_actions[i].keys / sizeof ui_actions[i].keys[0]; k++)
            if (ui_actions[i].keys[k] == key)
                return &ui_actions[i];
    return NULL;
}

/* What a panel's table promises, a row of ui_actions must keep. */
static void every_tab_and_letter_has_an_action(void **state)
{
    (void)state;
    for (unsigned p = 0; p < ui_panel_count; p++) {
        const struct ui_panel *panel = ui_panels[p];
        const struct ui_action *action = panel->key ? bound_to((uint32_t)panel->key) : NULL;
        if (panel->key && (!action || strcmp(action->name, panel->name) != 0 || action->argument != (int)p))
            fail_msg("key '%c' does not lead to the panel %s", panel->key, panel->name);
        for (unsigned i = 0; i < panel->table.count; i++) {
            char letter = panel->table.columns[i].letter;
            action = letter ? bound_to((uint32_t)letter) : NULL;
            if (letter && (!action || strncmp(action->name, "sort-", 5) != 0 || action->argument != letter))
                fail_msg("'%c' does not sort %s by %s", letter, panel->name, panel->table.columns[i].id);
        }
    }
}

static void a_full_map_says_so(void **state)
{
    (void)state;
    struct ui_keymap map;
    ui_keymap_init(&map);
    for (unsigned i = 0; i < UI_BINDINGS_MAX; i++)
        assert_true(ui_keymap_bind(&map, 1000 + i, 1));
    assert_false(ui_keymap_bind(&map, 5000, 1));
    assert_int_equal(ui_keymap_find(&map, 5000), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_means_two_things),
        cmocka_unit_test(keys_do_what_hands_expect),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(every_action_is_described),
        cmocka_unit_test(every_tab_and_letter_has_an_action),
        cmocka_unit_test(a_full_map_says_so),
    };
    return cmocka_run_group_tests_name("keymap", tests, NULL, NULL);
}
