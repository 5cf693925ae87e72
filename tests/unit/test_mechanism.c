/* What a way to log in needs on this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"
#include "mechanism.h"
#include "option.h"

static void test_built_in(void **state)
{
    static const char all[] = "gzip,ssl,sasl,sasl_gssapi,sasl_plain,sasl_scram,sasl_oauthbearer";
    static const char *const mechanisms[] = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "GSSAPI", "OAUTHBEARER"};
    struct kt_err err;
    (void)state;
    for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
        assert_int_equal(KT_OK, kt_mechanism_built_in(all, "sasl_ssl", mechanisms[i], &err));
        assert_int_equal(KT_CONFIG, kt_mechanism_built_in("gzip,ssl,sasl", "sasl_ssl", mechanisms[i], &err));
        assert_non_null(strstr(err.text, mechanisms[i]));
        assert_int_equal(KT_OK, kt_mechanism_built_in("gzip", "plaintext", mechanisms[i], &err));
    }
    assert_int_equal(KT_CONFIG, kt_mechanism_built_in("gzip,sasl_plain", "ssl", "PLAIN", &err));
    assert_non_null(strstr(err.text, "TLS"));
    assert_int_equal(KT_CONFIG, kt_mechanism_built_in("sasl_plain,nossl", "sasl_ssl", "PLAIN", &err));
    assert_int_equal(KT_OK, kt_mechanism_built_in("sasl_plain", "sasl_plaintext", "PLAIN", &err));
}

/* Where the plug-ins would be there is nothing: the package is named. */
static void test_no_plugin(void **state)
{
    struct kt_err err;
    (void)state;
    assert_int_equal(0, setenv("SASL_PATH", "/nowhere", 1));
    assert_int_equal(KT_CONFIG, kt_mechanism_plugged_in(&err));
    assert_non_null(strstr(err.text, "libsasl2-modules-gssapi-mit"));
    assert_null(strchr(err.text, '\n'));
    assert_int_equal(KT_CONFIG, kt_mechanism_plugged_in(&err)); /* asking leaves nothing behind */
    assert_int_equal(0, unsetenv("SASL_PATH"));
}

static void test_no_kinit(void **state)
{
    struct kt_err err;
    char *path = getenv("PATH") ? kt_strdup(getenv("PATH")) : NULL;
    (void)state;
    assert_int_equal(0, setenv("PATH", "/nowhere::/nowhere/else", 1));
    assert_int_equal(KT_CONFIG, kt_mechanism_has_kinit(&err));
    assert_non_null(strstr(err.text, "kinit"));
    assert_int_equal(0, path ? setenv("PATH", path, 1) : unsetenv("PATH"));
    free(path);
}

static void test_user_without_mechanism(void **state)
{
    struct kt_err err;
    struct kt_options options;
    char *const argv[] = {"kafkatop",      "-b", "nowhere:9092", "-X", "security.protocol=SASL_PLAINTEXT", "-X",
                          "sasl.username=me", "-X", "sasl.password=hunter2", "--once", NULL};
    (void)state;
    assert_int_equal(KT_OK, kt_options_parse(&options, 10, argv, &err));
    assert_int_equal(KT_CONFIG, kt_client_check(&options, &err));
    assert_non_null(strstr(err.text, "sasl.mechanism"));
    assert_null(strstr(err.text, "hunter2"));
    kt_options_release(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_no_plugin),
        cmocka_unit_test(test_no_kinit),
        cmocka_unit_test(test_user_without_mechanism),
    };
    return cmocka_run_group_tests_name("mechanism", tests, NULL, NULL);
}
