/* filter_expression: which rows each term keeps, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_snapshot.h"
#include "filter_expression.h"

static struct ui_facts row(const char *name, enum ui_look_kind look, const char *state, int64_t lag)
{
    struct ui_facts facts = {.look = look, .state = state, .lag_known = lag >= 0, .lag = lag};
    facts.texts[1] = fake_text(name);
    return facts;
}

static bool keeps(const char *text, struct ui_facts facts)
{
    struct ui_filter *filter;
    struct kt_err err = {.code = KT_OK};
    assert_int_equal(ui_filter_new(&filter, text, &err), KT_OK);
    bool kept = ui_filter_accepts(filter, &facts);
    ui_filter_free(filter);
    return kept;
}

static void terms_keep_what_they_say(void **state)
{
    (void)state;
    const struct {
        const char *text;
        bool kept;
    } cases[] = {
        {"", true},
        {"   ", true},
        {"pay", true},
        {"PAY", true},
        {"payments orders", false},
        {"pay sett", true},
        {"!pay", false},
        {"!orders", true},
        {"~^pay.*nt$", true},
        {"~^ment", false},
        {"!~^ment", true},
        {"~Pay", false},
        {"status:stop", true},
        {"st:st", true},
        {"st:stall", false},
        {"st:stall,stop", true},
        {"st:err", true},
        {"st:warn", false},
        {"!st:warn", true},
        {"state:empty", true},
        {"state:emp,stable", true},
        {"state:stable", false},
        {"state:stop", true},
        {"lag>999", true},
        {"lag>1000", false},
        {"lag>=1k", true},
        {"lag<=1k", true},
        {"lag<1K", false},
        {"lag=1000", true},
        {"lag<1.5k", true},
        {"lag>1M", false},
        {"\"ts-set\"", true},
        {"\"no blank\"", false},
        {"st:stop lag>10 pay !orders ~ment", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (keeps(cases[i].text, row("payments-settlement", UI_LOOK_STOP, "Empty", 1000)) != cases[i].kept)
            fail_msg("'%s' should%s keep the row", cases[i].text, cases[i].kept ? "" : " not");
}

static void quotes_keep_blanks_together(void **state)
{
    (void)state;
    assert_true(keeps("\"two words\"", row("here are two words", UI_LOOK_OK, NULL, 0)));
    assert_false(keeps("\"two words\"", row("words two", UI_LOOK_OK, NULL, 0)));
    assert_true(keeps("two words", row("words two", UI_LOOK_OK, NULL, 0)));
}

static void what_is_unknown_is_never_a_number(void **state)
{
    (void)state;
    assert_false(keeps("lag>=0", row("a", UI_LOOK_UNSURE, NULL, -1)));
    assert_false(keeps("lag<5", row("a", UI_LOOK_UNSURE, NULL, -1)));
    assert_true(keeps("st:unknown", row("a", UI_LOOK_UNSURE, NULL, -1)));
    assert_true(keeps("st:unknown", row("a", UI_LOOK_NODATA, NULL, -1)));
    assert_true(keeps("st:abandoned", row("a", UI_LOOK_ABANDONED, NULL, -1)));
    assert_false(keeps("state:empty", row("a", UI_LOOK_UNSURE, NULL, -1)));
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    const char *const cases[] = {"~(", "~", "~[", "lag>", "lag>x", "lag>-5", "lag>1kk", "lag==", "!", "st:", "status:",
                                 "state:", "status:stpo", "!st:ok,nothing", "lag>1e99", "lag>nan",
                                 "a a a a a a a a a a a a a a a a a", "~a{30000}{30000}", "~(a{1,999}x){2,}",
                                 "~(a*)\\1", "~a+++++++++++", "~(((((((((((a+)+)+)+)+)+)+)+)+)+)+"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ui_filter *filter;
        struct kt_err err = {.code = KT_OK};
        if (ui_filter_new(&filter, cases[i], &err) == KT_OK)
            fail_msg("'%s' should be refused", cases[i]);
        assert_null(filter);
        assert_true(err.text[0] != '\0');
    }
}

static void repetitions_within_bounds_are_taken(void **state)
{
    (void)state;
    assert_true(keeps("~^(pay.{0,20}){1,3}$ ~[a-z]{3,} ~e{1} ~(pay)+m+(e)+n+", row("payments", UI_LOOK_OK, NULL, 0)));
    assert_true(keeps("~\\{30000}", row("{30000}", UI_LOOK_OK, NULL, 0)));
    assert_false(keeps("~\\\\1", row("payments", UI_LOOK_OK, NULL, 0)));
}

static void foreign_names_do_no_harm(void **state)
{
    (void)state;
    static const char *const filters[] = {"a", "~a.*b", "!x", "~^$", "st:ok", "\xff", "~."};
    for (size_t f = 0; f < sizeof filters / sizeof filters[0]; f++) {
        struct ui_filter *filter;
        struct kt_err err;
        assert_int_equal(ui_filter_new(&filter, filters[f], &err), KT_OK);
        for (size_t i = 0; i < fake_hostile_count; i++) {
            struct ui_facts facts = {.look = UI_LOOK_OK, .texts = {fake_hostile_names[i]}};
            ui_filter_accepts(filter, &facts);
        }
        ui_filter_free(filter);
    }
    /* Names need not end with a NUL. */
    const char bytes[4] = {'a', 'b', 'c', 'd'};
    struct ui_facts facts = {.texts = {kt_text_of(bytes, 4)}};
    assert_true(ui_facts_contain(&facts, "CD", 2));
    assert_false(ui_facts_contain(&facts, "de", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_keep_what_they_say),
        cmocka_unit_test(quotes_keep_blanks_together),
        cmocka_unit_test(what_is_unknown_is_never_a_number),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(repetitions_within_bounds_are_taken),
        cmocka_unit_test(foreign_names_do_no_harm),
    };
    return cmocka_run_group_tests_name("filter_expression", tests, NULL, NULL);
}
