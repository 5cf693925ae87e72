#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "client.h"
#include "fault.h"
#include "group_list.h"
#include "inbox.h"
#include "log.h"
#include "offsets_log.h"

static enum kt_code check(const char *key, const char *value, struct kt_err *err)
{
    char key_copy[64], value_copy[64];
    struct kt_property property = {strcpy(key_copy, key), strcpy(value_copy, value), "-X", {KT_ORIGIN_ARGUMENT, 0}};
    char brokers[] = "127.0.0.1:9";
    struct kt_options options = {.brokers = brokers, .properties = &property, .property_count = 1};
    return kt_client_check(&options, err);
}

static void test_properties(void **state)
{
    struct kt_err err;
    (void)state;
    assert_int_equal(KT_OK, check("security.protocol", "ssl", &err));
    assert_int_equal(KT_OK, check("ssl.endpoint.identification.algorithm", "none", &err));
    assert_int_equal(KT_OK, check("client.id", "me", &err));
    assert_int_equal(KT_CONFIG, check("sasl.usernam", "u", &err));
    assert_non_null(strstr(err.text, "'sasl.username'"));
    assert_int_equal(KT_CONFIG, check("botstrap.servers", "h:1", &err));
    assert_non_null(strstr(err.text, "'bootstrap.servers'"));
    assert_int_equal(KT_CONFIG, check("socket.timeout.ms", "soon", &err));
    assert_non_null(strstr(err.text, "socket.timeout.ms"));
    assert_int_equal(KT_CONFIG, check("security.protocol", "TLS", &err));
    assert_non_null(strstr(err.text, "SASL_SSL"));
}

static void test_ours_alone(void **state)
{
    static const char *const keys[][2] = {
        {"group.id", "g"},
        {"isolation.level", "read_committed"},
        {"enable.auto.commit", "true"},
        {"allow.auto.create.topics", "true"},
        {"auto.offset.reset", "earliest"},
        {"enable.metrics.push", "true"},
    };
    struct kt_err err;
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_int_equal(KT_CONFIG, check(keys[i][0], keys[i][1], &err));
        assert_non_null(strstr(err.text, "kafkatop's own"));
    }
}

static long property_of(enum kt_role role, struct kt_property *property, const char *key)
{
    struct kt_err err;
    struct kt_client *client = NULL;
    char brokers[] = "127.0.0.1:9", value[32];
    struct kt_options options = {.brokers = brokers, .properties = property, .property_count = property != NULL};
    struct kt_log *log = kt_log_new(&kt_clock_system);
    struct kt_inbox *inbox = kt_inbox_new();
    struct kt_client_context context = {&options, &kt_clock_system, log, inbox, NULL, NULL};
    assert_int_equal(KT_OK, kt_client_open(&client, role, &context, NULL, &err));
    size_t size = sizeof value;
    assert_int_equal(RD_KAFKA_CONF_OK,
                     rd_kafka_conf_get(rd_kafka_conf(kt_client_handle(client)), key, value, &size));
    kt_client_mute(client);
    kt_client_close(client);
    kt_inbox_free(inbox);
    kt_log_free(log);
    return strtol(value, NULL, 10);
}

/* A frozen broker refuses nothing: only metadata tell the reader that others lead what it led. */
static void test_reader_looks_for_leaders(void **state)
{
    (void)state;
    assert_in_range(property_of(KT_ROLE_READ, NULL, "topic.metadata.refresh.interval.ms"), 1, 5000);
    /* ... but who leads what it does not read is not asked for before each question */
    assert_in_range(property_of(KT_ROLE_READ, NULL, "metadata.max.age.ms"), 600000, 900000);
}

/* Each record that waits costs 400 bytes in the library, of one question the next one waits for this. */
static void test_little_waits(void **state)
{
    char key[] = "message.max.bytes", value[] = "20000000";
    struct kt_property property = {key, value, "-X", {KT_ORIGIN_ARGUMENT, 0}};
    (void)state;
    assert_in_range(property_of(KT_ROLE_READ, NULL, "queued.min.messages"), 10000, 20000);
    assert_in_range(property_of(KT_ROLE_READ, NULL, "fetch.max.bytes"), 1000000, 1048576);
    assert_in_range(property_of(KT_ROLE_RECORD, NULL, "fetch.wait.max.ms"), 0, 2);
    /* ... also for who has the properties of a producer of large records */
    assert_in_range(property_of(KT_ROLE_READ, &property, "fetch.max.bytes"), 1000000, 1048576);
    assert_in_range(property_of(KT_ROLE_OLDER, &property, "fetch.max.bytes"), 1000000, 1048576);
}

/* As long as its connection is held for well, the library asks it for metadata; in a minute everything looks away. */
static void test_a_frozen_broker_is_left(void **state)
{
    char key[] = "socket.timeout.ms", value[] = "45000";
    struct kt_property property = {key, value, "-X", {KT_ORIGIN_ARGUMENT, 0}};
    (void)state;
    assert_in_range(property_of(KT_ROLE_QUERY, NULL, key), 5000, 6000);
    assert_in_range(property_of(KT_ROLE_READ, NULL, key), 5000, 10000);
    assert_int_equal(45000, property_of(KT_ROLE_QUERY, &property, key));
    assert_int_equal(45000, property_of(KT_ROLE_READ, &property, key));
}

/* OpenSSL's words for a file that cannot be read are for nobody. */
static void test_files_are_named(void **state)
{
    struct kt_err err;
    struct kt_client *client = NULL;
    char brokers[] = "127.0.0.1:9", keys[2][32] = {"security.protocol", "ssl.ca.location"};
    char values[2][32] = {"ssl", "/nowhere/ca.pem"};
    struct kt_property properties[] = {{keys[0], values[0], "-X", {KT_ORIGIN_ARGUMENT, 0}},
                                       {keys[1], values[1], "-X", {KT_ORIGIN_ARGUMENT, 0}}};
    struct kt_options options = {.brokers = brokers, .properties = properties, .property_count = 2};
    struct kt_log *log = kt_log_new(&kt_clock_system);
    struct kt_inbox *inbox = kt_inbox_new();
    struct kt_client_context context = {&options, &kt_clock_system, log, inbox, NULL, NULL};
    (void)state;
    assert_int_equal(KT_CONFIG, kt_client_open(&client, KT_ROLE_READ, &context, NULL, &err));
    assert_non_null(strstr(err.text, "ssl.ca.location: cannot read '/nowhere/ca.pem': No such file"));
    strcpy(values[1], "/dev/null");
    assert_int_equal(KT_CONFIG, kt_client_open(&client, KT_ROLE_READ, &context, NULL, &err));
    assert_non_null(strstr(err.text, "('/dev/null': certificates in PEM?)"));
    kt_inbox_free(inbox);
    kt_log_free(log);
}

static void test_no_brokers(void **state)
{
    struct kt_options options = {0};
    struct kt_err err;
    (void)state;
    assert_int_equal(KT_USAGE, kt_client_check(&options, &err));
}

/* Why a value is refused is told, but never what was given where it may be a secret. */
static void test_secrets(void **state)
{
    struct kt_err err;
    (void)state;
    assert_int_equal(KT_CONFIG, check("sasl.jaas.config", "PlainLoginModule password=hunter2", &err));
    assert_null(strstr(err.text, "hunter2"));
    assert_non_null(strstr(err.text, "JAAS"));
}

static void test_line(void **state)
{
    char out[8];
    (void)state;
    assert_string_equal("a?b", kt_client_line("a\nb", out, sizeof out));
    assert_string_equal("?[31mab", kt_client_line("\033[31mabcdef", out, sizeof out));
    assert_string_equal("", kt_client_line(NULL, out, sizeof out));
}

static void test_faults(void **state)
{
    (void)state;
    assert_int_equal(KT_AUTH, kt_fault_code(kt_text_of("_AUTHENTICATION", 15)));
    assert_int_equal(KT_AUTH, kt_fault_code(kt_text_of("TOPIC_AUTHORIZATION_FAILED", 26)));
    assert_int_equal(KT_NETWORK, kt_fault_code(kt_text_of("_ALL_BROKERS_DOWN", 17)));
    assert_int_equal(KT_NETWORK, kt_fault_code(kt_text_of("_TRANSPORT", 10)));
    assert_int_equal(KT_PROTOCOL, kt_fault_code(kt_text_of("_TRANSPORT", 9)));
    assert_int_equal(KT_PROTOCOL, kt_fault_code(kt_text_of(NULL, 0)));
    assert_string_equal("", kt_fault_phrase("NEVER_HEARD_OF"));
    assert_non_null(kt_fault_connection(0));
    for (size_t i = 0; kt_fault_connection(i); i++)
        assert_int_not_equal(0, strlen(kt_fault_phrase(kt_fault_connection(i))));
}

struct judged {
    struct kt_group_facts facts;
    enum kt_group_type type;
    enum kt_group_state state;
    bool members_known;
};

/* What 4.1.0 answers for each kind of group (facts c). */
static void test_judge(void **state)
{
    static const struct judged cases[] = {
        {{"Stable", "consumer", 2, true, false, KT_STATE_STABLE, KT_TYPE_UNKNOWN},
         KT_TYPE_CLASSIC, KT_STATE_STABLE, true},
        {{"Empty", "consumer", 0, true, false, KT_STATE_EMPTY, KT_TYPE_UNKNOWN},
         KT_TYPE_CLASSIC, KT_STATE_EMPTY, true},
        {{"Stable", "connect", 1, false, false, KT_STATE_UNKNOWN, KT_TYPE_UNKNOWN},
         KT_TYPE_CLASSIC, KT_STATE_STABLE, true},
        {{"Empty", "", 0, true, true, KT_STATE_EMPTY, KT_TYPE_UNKNOWN},
         KT_TYPE_SIMPLE, KT_STATE_EMPTY, true},
        {{"Dead", "", 0, true, false, KT_STATE_STABLE, KT_TYPE_UNKNOWN},
         KT_TYPE_CONSUMER, KT_STATE_STABLE, false},
        {{"Dead", "", 0, false, false, KT_STATE_UNKNOWN, KT_TYPE_UNKNOWN},
         KT_TYPE_UNKNOWN, KT_STATE_UNKNOWN, false},
        {{"Dead", "", 0, true, true, KT_STATE_DEAD, KT_TYPE_UNKNOWN},
         KT_TYPE_UNKNOWN, KT_STATE_DEAD, false},
        {{NULL, NULL, 0, true, false, KT_STATE_STABLE, KT_TYPE_UNKNOWN},
         KT_TYPE_UNKNOWN, KT_STATE_STABLE, false},
        {{NULL, NULL, 0, false, false, KT_STATE_UNKNOWN, KT_TYPE_UNKNOWN},
         KT_TYPE_UNKNOWN, KT_STATE_UNKNOWN, false},
        /* where the admin listing tells types */
        {{"Dead", "", 0, true, true, KT_STATE_STABLE, KT_TYPE_CONSUMER},
         KT_TYPE_CONSUMER, KT_STATE_STABLE, false},
        {{"Dead", "", 0, true, false, KT_STATE_DEAD, KT_TYPE_CLASSIC},
         KT_TYPE_UNKNOWN, KT_STATE_DEAD, false},
        {{NULL, NULL, 0, true, false, KT_STATE_STABLE, KT_TYPE_CLASSIC},
         KT_TYPE_CLASSIC, KT_STATE_STABLE, false},
        {{NULL, NULL, 0, true, true, KT_STATE_EMPTY, KT_TYPE_CLASSIC},
         KT_TYPE_SIMPLE, KT_STATE_EMPTY, false},
        {{NULL, NULL, 0, true, true, KT_STATE_EMPTY, KT_TYPE_CONSUMER},
         KT_TYPE_CONSUMER, KT_STATE_EMPTY, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum kt_group_type type = KT_TYPE_COUNT;
        enum kt_group_state group_state = KT_STATE_COUNT;
        bool known = !cases[i].members_known;
        kt_group_judge(&cases[i].facts, &type, &group_state, &known);
        assert_int_equal(cases[i].type, type);
        assert_int_equal(cases[i].state, group_state);
        assert_int_equal(cases[i].members_known, known);
    }
}

static void test_step_back(void **state)
{
    (void)state;
    assert_int_equal(900, kt_log_step_back(0, 1000, 1000, 10));
    assert_int_equal(950, kt_log_step_back(950, 1000, 1000, 10));
    assert_int_equal(1000, kt_log_step_back(1000, 1000, 1000, 10));
    assert_int_equal(1000, kt_log_step_back(0, 1000, 1000, 0));
}

static void test_reach(void **state)
{
    (void)state;
    const int64_t longer[] = {0, 500, -1, 1000, 10};
    int64_t from[] = {1000, 1500, 700, 1000, -1};
    kt_log_reach(longer, from, 5, 500); /* a quarter of the 2000 that lie between */
    const int64_t quarter[] = {750, 1250, 700, 1000, -1};
    assert_memory_equal(quarter, from, sizeof from);
    kt_log_reach(longer, from, 5, 100000); /* never beyond */
    const int64_t all[] = {0, 500, 700, 1000, -1};
    assert_memory_equal(all, from, sizeof from);
    kt_log_reach(longer, from, 5, 0);
    assert_memory_equal(all, from, sizeof from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_looks_for_leaders), cmocka_unit_test(test_files_are_named),
        cmocka_unit_test(test_a_frozen_broker_is_left), cmocka_unit_test(test_little_waits),
        cmocka_unit_test(test_properties), cmocka_unit_test(test_ours_alone), cmocka_unit_test(test_no_brokers),
        cmocka_unit_test(test_secrets),    cmocka_unit_test(test_line),       cmocka_unit_test(test_faults),
        cmocka_unit_test(test_judge),      cmocka_unit_test(test_step_back), cmocka_unit_test(test_reach),
    };
    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
