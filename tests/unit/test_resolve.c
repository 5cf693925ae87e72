/* --resolve: what a rule may look like, and which one is meant. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "error.h"
#include "resolve.h"

static void check_place(const char *text, const char *host, unsigned port)
{
    struct kt_place place;
    assert_true(kt_place_parse(text, strlen(text), &place));
    assert_string_equal(place.host, host);
    assert_int_equal(place.port, port);
}

static void a_place_is_taken_apart(void **state)
{
    (void)state;
    check_place("kafka-1", "kafka-1", 0);
    check_place("kafka-1:9092", "kafka-1", 9092);
    check_place("SASL_SSL://kafka-1:65535", "kafka-1", 65535);
    check_place("[::1]:9092", "::1", 9092);
    check_place("[::1]", "::1", 0);
    check_place("fe80::1", "fe80::1", 0);
}

static void what_makes_no_sense_is_no_place(void **state)
{
    static const char *const bad[] = {"", ":9092", "a:", "a:0", "a:65536", "a:99999999999", "a:9x", "[::1]x", "[]:1"};
    char lengthy[KT_HOST_ROOM + 10];
    struct kt_place place;
    (void)state;
    memset(lengthy, 'a', sizeof lengthy);
    assert_false(kt_place_parse(lengthy, sizeof lengthy, &place));
    assert_false(kt_place_parse("a\0b", 3, &place));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(kt_place_parse(bad[i], strlen(bad[i]), &place));
}

static void rules_are_checked(void **state)
{
    static const char *const bad[] = {"", "a", "=b", "a=", "a:x=b", "a=b:0", "a=*", "a=b=c"};
    struct kt_err err;
    (void)state;
    assert_int_equal(kt_resolve_check("a=b", &err), KT_OK);
    assert_int_equal(kt_resolve_check("a:9092=10.0.0.1:19092", &err), KT_OK);
    assert_int_equal(kt_resolve_check("*=[::1]:9092", &err), KT_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(kt_resolve_check(bad[i], &err), KT_USAGE);
}

static void check(const struct kt_list *rules, const char *host, unsigned port, const char *to, unsigned to_port)
{
    struct kt_place from = {.port = port}, found;
    (void)strcpy(from.host, host);
    bool ruled = kt_resolve_find(rules, &from, &found);
    assert_string_equal(found.host, to);
    assert_int_equal(found.port, to_port);
    assert_int_equal(ruled, strcmp(host, to) != 0 || port != to_port);
}

static void the_closest_rule_is_meant(void **state)
{
    char *items[] = {"*=gate", "kafka-1=one", "kafka-1:9093=other:19093", "KAFKA-2=two:1", "kafka-1=late"};
    struct kt_list rules = {items, 5}, none = {NULL, 0};
    (void)state;
    check(&rules, "kafka-1", 9092, "one", 9092);
    check(&rules, "kafka-1", 9093, "other", 19093);
    check(&rules, "kafka-2", 9092, "two", 1);
    check(&rules, "elsewhere", 9092, "gate", 9092);
    check(&none, "kafka-1", 9092, "kafka-1", 9092);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_is_taken_apart),
        cmocka_unit_test(what_makes_no_sense_is_no_place),
        cmocka_unit_test(rules_are_checked),
        cmocka_unit_test(the_closest_rule_is_meant),
    };
    return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
