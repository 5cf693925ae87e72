#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "status.h"

static void verdicts_have_words_severity_and_a_group_form(void **state)
{
    static const struct {
        enum kt_status status;
        const char *name;
        int severity;
        enum kt_status group;
    } rows[] = {
        {KT_STATUS_UNKNOWN, NULL, 0, KT_STATUS_UNKNOWN}, {KT_STATUS_OK, "OK", 1, KT_STATUS_OK},
        {KT_STATUS_WARN, "WARN", 2, KT_STATUS_WARN},     {KT_STATUS_ERR, "ERR", 3, KT_STATUS_ERR},
        {KT_STATUS_STALL, "STALL", 4, KT_STATUS_ERR},    {KT_STATUS_STOP, "STOP", 5, KT_STATUS_ERR},
        {KT_STATUS_REWIND, "REWIND", 6, KT_STATUS_ERR},
    };

    (void)state;
    assert_int_equal(sizeof rows / sizeof rows[0], KT_STATUS_COUNT);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].name)
            assert_string_equal(kt_status_name(rows[i].status), rows[i].name);
        else
            assert_null(kt_status_name(rows[i].status));
        assert_int_equal(kt_status_severity(rows[i].status), rows[i].severity);
        assert_int_equal(kt_status_of_group(rows[i].status), rows[i].group);
    }
    assert_null(kt_status_name(KT_STATUS_COUNT));
    assert_int_equal(kt_status_severity(KT_STATUS_COUNT), 0);
}

static void marks_have_words(void **state)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } rows[] = {
        {KT_MARK_AHEAD, "AHEAD"},
        {KT_MARK_LOST, "LOST"},
        {KT_MARK_UNCOMMITTED, "UNCOMMITTED"},
        {KT_MARK_COMPACTED, "COMPACTED"},
        {KT_MARK_NEW, "NEW"},
        {KT_MARK_UNSUBSCRIBED, "UNSUBSCRIBED"},
        {KT_MARK_STALE, "STALE"},
        {KT_MARK_TAIL, "TAIL"},
        {KT_MARK_ESTIMATED, "ESTIMATED"},
        {KT_MARK_ABANDONED, "ABANDONED"},
        {KT_MARK_REWOUND, "REWOUND"},
        {KT_MARK_UNPROVEN, "UNPROVEN"},
        {KT_MARK_OPEN_TRANSACTION, "OPEN_TRANSACTION"},
        {KT_MARK_CLOCK, "CLOCK"},
        {KT_MARK_FLAP, "FLAP"},
        {KT_MARK_REBALANCING, "REBALANCING"},
        {KT_MARK_AUTH, "AUTH"},
    };

    (void)state;
    assert_int_equal(sizeof rows / sizeof rows[0], KT_MARK_COUNT);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(kt_mark_name(rows[i].bit), rows[i].name);
    assert_null(kt_mark_name(0));
    assert_null(kt_mark_name(KT_MARK_AHEAD | KT_MARK_LOST));
    assert_null(kt_mark_name((uint32_t)1 << KT_MARK_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_have_words_severity_and_a_group_form),
        cmocka_unit_test(marks_have_words),
    };

    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
