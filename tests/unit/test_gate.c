/* How often a broker is asked to let us in after it refused a login. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate.h"

static const char broker[] = "sasl_plaintext://kafka-1:9092/1";
static const char refusal[] = "sasl_plaintext://kafka-1:9092/bootstrap: SASL authentication error: no";
static const char other[] = "sasl_plaintext://kafka-2:9092/2";

static void test_open_until_refused(void **state)
{
    struct kt_gate *gate = kt_gate_new();
    (void)state;
    for (int64_t now = 5000; now < 5100; now++)
        assert_true(kt_gate_pass(gate, broker, now % 2, now));
    assert_false(kt_gate_shut(gate, refusal));
    kt_gate_refused(gate, refusal, 5100);
    assert_true(kt_gate_shut(gate, refusal));
    assert_false(kt_gate_pass(gate, broker, true, 5100));
    assert_false(kt_gate_pass(gate, broker, true, 6099));
    assert_false(kt_gate_pass(gate, broker, false, 6100)); /* only one handle finds out */
    assert_true(kt_gate_pass(gate, broker, true, 6100));
    assert_false(kt_gate_pass(gate, broker, true, 6100)); /* ... once */
    kt_gate_unref(gate);
}

static void test_others_are_not_concerned(void **state)
{
    struct kt_gate *gate = kt_gate_new();
    (void)state;
    kt_gate_refused(gate, refusal, 1000);
    assert_true(kt_gate_pass(gate, other, false, 1000));
    assert_false(kt_gate_shut(gate, other));
    kt_gate_unref(gate);
}

/* Several handles try as often as they like: the whole program makes few logins. */
static void test_pauses_grow(void **state)
{
    static const int64_t wanted[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    struct kt_gate *gate = kt_gate_new();
    int64_t last = 1000;
    size_t count = 0;
    (void)state;
    kt_gate_refused(gate, refusal, last);
    kt_gate_refused(gate, refusal, last); /* another handle's, that was under way */
    for (int64_t now = last; now < 400000 && count < 8; now += 50) {
        assert_false(kt_gate_pass(gate, broker, false, now));
        if (kt_gate_pass(gate, broker, true, now)) {
            assert_int_equal(wanted[count++], now - last);
            kt_gate_refused(gate, refusal, last = now);
        }
    }
    assert_int_equal(8, count);
    kt_gate_unref(gate);
}

static void test_let_in_again(void **state)
{
    struct kt_gate *gate = kt_gate_new();
    (void)state;
    kt_gate_refused(gate, refusal, 1000);
    assert_true(kt_gate_pass(gate, broker, true, 2000));
    assert_false(kt_gate_pass(gate, broker, false, 4999)); /* too soon to know */
    assert_true(kt_gate_pass(gate, broker, false, 5000));
    assert_false(kt_gate_shut(gate, refusal));
    kt_gate_refused(gate, refusal, 6000); /* from the beginning */
    assert_true(kt_gate_pass(gate, broker, true, 7000));
    kt_gate_unref(gate);
}

static void test_none(void **state)
{
    (void)state;
    kt_gate_refused(NULL, refusal, 1);
    assert_true(kt_gate_pass(kt_gate_ref(NULL), broker, false, 1));
    assert_false(kt_gate_shut(NULL, ""));
    kt_gate_unref(NULL);
}

static void test_names_that_are_none(void **state)
{
    struct kt_gate *gate = kt_gate_new();
    (void)state;
    kt_gate_refused(gate, "", 1);
    kt_gate_refused(gate, "://", 1);
    assert_true(kt_gate_shut(gate, ""));
    assert_true(kt_gate_pass(gate, broker, false, 1));
    kt_gate_unref(kt_gate_ref(gate));
    kt_gate_unref(gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_until_refused), cmocka_unit_test(test_others_are_not_concerned),
        cmocka_unit_test(test_pauses_grow),        cmocka_unit_test(test_let_in_again),
        cmocka_unit_test(test_none),               cmocka_unit_test(test_names_that_are_none),
    };
    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
