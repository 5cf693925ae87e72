/* Settings of a login that do not go together, each with its sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>
#include <string.h>

#include "client_settle.h"
#include "option_table.h"

/* A conf with these settings (key, value, ..., NULL), which the options have too. */
static rd_kafka_conf_t *given(struct kt_options *options, const char *const *settings)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    struct kt_said said = {.from = KT_ORIGIN_ARGUMENT};
    for (; *settings; settings += 2) {
        assert_int_equal(rd_kafka_conf_set(conf, settings[0], settings[1], NULL, 0), RD_KAFKA_CONF_OK);
        assert_int_equal(kt_option_set_property(options, settings[0], settings[1], said, NULL), KT_OK);
    }
    return conf;
}

static const char *value_of(rd_kafka_conf_t *conf, const char *key)
{
    static char room[100];
    size_t size = sizeof room;
    assert_int_equal(rd_kafka_conf_get(conf, key, room, &size), RD_KAFKA_CONF_OK);
    return room;
}

#define SASL "security.protocol", "SASL_SSL"

static void what_does_not_go_together_is_said(void **state)
{
    static const struct {
        const char *settings[9];
        bool password, token;
        const char *words; /* NULL: it goes together */
    } cases[] = {
        {{SASL, "sasl.mechanisms", "PLAIN", "sasl.username", "u"}, true, false, NULL},
        {{SASL, "sasl.mechanisms", "SCRAM-SHA-512", "sasl.username", "u"}, true, false, NULL},
        {{SASL}, false, true, NULL},
        {{SASL, "sasl.mechanisms", "PLAIN"}, false, false, NULL},
        {{SASL, "sasl.mechanisms", "PLAIN", "sasl.username", "u"}, true, true, "leave one out"},
        {{SASL, "sasl.mechanisms", "PLAIN"}, true, false, "whose password is it?"},
        {{SASL, "sasl.mechanisms", "GSSAPI", "sasl.username", "u"}, true, false, "needs sasl.mechanism=PLAIN"},
        {{SASL, "sasl.mechanisms", "PLAIN", "sasl.username", "u", "sasl.password", "hunter2"}, true, false,
         "both sasl.password and password_command"},
        {{"sasl.mechanisms", "PLAIN", "sasl.username", "u"}, true, false, "and plaintext is set"},
        {{"security.protocol", "SSL"}, false, true, "token_command needs security.protocol=SASL_SSL"},
        {{SASL, "sasl.mechanisms", "PLAIN"}, false, true, "and PLAIN is set"},
        {{SASL, "sasl.mechanisms", "OAUTHBEARER"}, false, false, "needs a token_command"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kt_options options = {0};
        struct kt_err err = {.code = KT_OK};
        rd_kafka_conf_t *conf = given(&options, cases[i].settings);
        options.password_command = cases[i].password ? kt_strdup("pass") : NULL;
        options.token_command = cases[i].token ? kt_strdup("token") : NULL;
        enum kt_code code = kt_client_settle(conf, &options, &err);
        assert_int_equal(code, cases[i].words ? KT_CONFIG : KT_OK);
        if (cases[i].words && !strstr(err.text, cases[i].words))
            fail_msg("'%s' does not say '%s'", err.text, cases[i].words);
        assert_null(strstr(err.text, "hunter2"));
        rd_kafka_conf_destroy(conf);
        kt_options_release(&options);
    }
}

static void a_token_command_says_how_to_log_in(void **state)
{
    static const char *const none[] = {NULL}, *const plaintext[] = {"security.protocol", "SASL_PLAINTEXT", NULL};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct kt_options options = {0};
        struct kt_err err;
        rd_kafka_conf_t *conf = given(&options, i ? plaintext : none);
        options.token_command = kt_strdup("token");
        assert_int_equal(kt_client_settle(conf, &options, &err), KT_OK);
        assert_string_equal(value_of(conf, "sasl.mechanisms"), "OAUTHBEARER");
        assert_string_equal(value_of(conf, "security.protocol"), i ? "sasl_plaintext" : "sasl_ssl");
        rd_kafka_conf_destroy(conf);
        kt_options_release(&options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_go_together_is_said),
        cmocka_unit_test(a_token_command_says_how_to_log_in),
    };
    return cmocka_run_group_tests_name("client_settle", tests, NULL, NULL);
}
