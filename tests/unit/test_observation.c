#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "observation.h"

static void states_are_spelt_as_kafka_does(void **state)
{
    (void)state;
    assert_null(kt_group_state_name(KT_STATE_UNKNOWN));
    assert_null(kt_group_state_name((enum kt_group_state)77));
    assert_string_equal(kt_group_state_name(KT_STATE_PREPARING_REBALANCE), "PreparingRebalance");
    for (unsigned i = 1; i < KT_STATE_COUNT; i++) {
        assert_non_null(kt_group_state_name((enum kt_group_state)i));
        assert_int_equal(kt_group_state_parse(kt_group_state_name((enum kt_group_state)i)), i);
    }
    assert_int_equal(kt_group_state_parse("AwaitingSync"), KT_STATE_COMPLETING_REBALANCE);
    assert_int_equal(kt_group_state_parse("stable"), KT_STATE_UNKNOWN);
    assert_int_equal(kt_group_state_parse(""), KT_STATE_UNKNOWN);
    assert_int_equal(kt_group_state_parse(NULL), KT_STATE_UNKNOWN);
}

static void other_words_are_those_of_the_contract(void **state)
{
    static const char *const types[KT_TYPE_COUNT] = {NULL,    "classic", "consumer",
                                                     "share", "streams", "simple"};
    static const char *const sources[KT_SOURCE_KIND_COUNT] = {NULL, "log", "admin", "replay"};
    static const char *const scopes[KT_SCOPE_COUNT] = {"cluster", "broker", "topic", "group", "partition"};

    (void)state;
    assert_null(kt_group_type_name(KT_TYPE_UNKNOWN));
    assert_null(kt_group_type_name(KT_TYPE_COUNT));
    for (unsigned i = 1; i < KT_TYPE_COUNT; i++)
        assert_string_equal(kt_group_type_name((enum kt_group_type)i), types[i]);
    assert_null(kt_source_kind_name(KT_SOURCE_NONE));
    assert_null(kt_source_kind_name(KT_SOURCE_KIND_COUNT));
    for (unsigned i = 1; i < KT_SOURCE_KIND_COUNT; i++)
        assert_string_equal(kt_source_kind_name((enum kt_source_kind)i), sources[i]);
    assert_null(kt_scope_name(KT_SCOPE_COUNT));
    for (unsigned i = 0; i < KT_SCOPE_COUNT; i++)
        assert_string_equal(kt_scope_name((enum kt_scope)i), scopes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_spelt_as_kafka_does),
        cmocka_unit_test(other_words_are_those_of_the_contract),
    };

    return cmocka_run_group_tests_name("observation", tests, NULL, NULL);
}
