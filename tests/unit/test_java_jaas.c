/* sasl.jaas.config: as Kafka reads it, and what it says of what makes no sense - never what a value holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "java_jaas.h"

static struct kt_java_jaas jaas;
static struct kt_err err;

static enum kt_code parse(const char *text)
{
    err = (struct kt_err){.code = KT_OK};
    kt_java_jaas_release(&jaas);
    return kt_java_jaas_parse(&jaas, text, &err);
}

static void expect_password(const char *text, const char *password)
{
    assert_int_equal(parse(text), KT_OK);
    assert_string_equal(kt_java_jaas_name(&jaas), "PlainLoginModule");
    assert_string_equal(kt_java_jaas_find(&jaas, "username"), "u");
    assert_string_equal(kt_java_jaas_find(&jaas, "password"), password);
}

static void as_kafka_reads_it(void **state)
{
    (void)state;
#define PLAIN "org.apache.kafka.common.security.plain.PlainLoginModule required "
    expect_password(PLAIN "username=\"u\" password=\"p\";", "p");
    expect_password(PLAIN "username='u' password='it\"s';", "it\"s");
    expect_password(PLAIN "\n   username = \"u\"\n   password = \"a b;c=d // e\" ;\n", "a b;c=d // e");
    expect_password(PLAIN "username=u password=p-1_2$;", "p-1_2$");
    expect_password(PLAIN "/* who */ username=\"u\" // whose\n password=\"p\"; // end", "p");
    expect_password(PLAIN "username=\"u\" password=\"\\\"q\\\\\\101\\n\\351\";", "\"q\\A\n\xc3\xa9");
    expect_password(PLAIN "username=\"u\" password=\"\" ;", "");
    expect_password("PlainLoginModule REQUIRED username=\"u\" password=\"1\" password=\"2\";", "2");
    expect_password("kafkashaded." PLAIN "username=\"u\" password==;", "=");
    assert_null(kt_java_jaas_find(&jaas, "serviceName"));
}

static void expect_refusal(const char *text, const char *why)
{
    assert_int_equal(parse(text), KT_CONFIG);
    if (!strstr(err.text, why))
        fail_msg("'%s' does not say '%s'", err.text, why);
    assert_null(strstr(err.text, "hunter2"));
}

static void refusals(void **state)
{
    (void)state;
    expect_refusal("", "names no login module");
    expect_refusal(" // nothing\n", "names no login module");
    expect_refusal("a.PlainLoginModule", "'required' is missing");
    expect_refusal("a.PlainLoginModule username=\"u\";", "'required' is missing");
    expect_refusal("a.PlainLoginModule required", "does not end with ';'");
    expect_refusal("a.P required password=\"hunter2\"", "does not end with ';'");
    expect_refusal("a.P required password=\"hunter2;", "its quotes do not end");
    expect_refusal("a.P required password=\"hunter2\n\";", "its quotes do not end");
    expect_refusal("a.P required username=u password hunter2;", "option 2 has no '='");
    expect_refusal("a.P required password=\"x\"hunter2\";", "option 2 has no '='");
    expect_refusal("a.P required password=;", "option 1 has no value");
    expect_refusal("a.P required password=", "option 1 has no value");
    expect_refusal("a.P required =hunter2;", "an option is missing");
    expect_refusal("a.P required x=y; b.Q required x=y;", "more than one login module");
    expect_refusal("a.P required x=y /* hunter2", "does not end with ';'");
    expect_refusal("\"a.P\" required x=\"\\", "its quotes do not end");
}

static void bounds(void **state)
{
    char text[65 * 4 + 40] = "a.P required";
    (void)state;
    for (int i = 0; i < 64; i++)
        strcat(text, " a=b");
    strcat(text, ";");
    assert_int_equal(parse(text), KT_OK);
    text[strlen(text) - 1] = '\0';
    strcat(text, " a=b;");
    expect_refusal(text, "more than 64 options");
}

static int release(void **state)
{
    (void)state;
    kt_java_jaas_release(&jaas);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_kafka_reads_it),
        cmocka_unit_test(refusals),
        cmocka_unit_test(bounds),
    };
    return cmocka_run_group_tests_name("java_jaas", tests, NULL, release);
}
