/* What a command tells, from its first answer to the handles that want it; no broker is there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client_login.h"
#include "inbox.h"
#include "wait.h"

#define PATIENCE_MS 60000

static char brokers[] = "127.0.0.1:9", plain[] = "PLAIN", user[] = "monitor", protocol[] = "SASL_PLAINTEXT";
static char mechanism_key[] = "sasl.mechanism", user_key[] = "sasl.username", protocol_key[] = "security.protocol";
static struct kt_property properties[] = {{.key = protocol_key, .value = protocol},
                                          {.key = mechanism_key, .value = plain},
                                          {.key = user_key, .value = user}};
static struct kt_options options;
static struct kt_client_context context;
static struct kt_err err;
static char problems[1000]; /* told: names; over: names with a minus */

static void put(void *self, const struct kt_obs *obs)
{
    (void)self;
    size_t used = strlen(problems);
    if (obs->kind == KT_OBS_PROBLEM)
        snprintf(problems + used, sizeof problems - used, "%s%.*s ", obs->problem.over ? "-" : "",
                 (int)obs->problem.error.length, obs->problem.error.bytes);
}

static int set_up(void **state)
{
    (void)state;
    problems[0] = '\0';
    options = (struct kt_options){.brokers = brokers, .properties = properties, .property_count = 3};
    context = (struct kt_client_context){
        .options = &options,
        .clock = &kt_clock_system,
        .log = kt_log_new(&kt_clock_system),
        .inbox = kt_inbox_new(),
    };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kt_inbox_free(context.inbox);
    kt_log_free(context.log);
    return 0;
}

/* Until it is told. */
static bool await_problem(const char *name)
{
    struct kt_sink sink = {put, NULL};
    int64_t until = kt_wait_now() + PATIENCE_MS;
    while (!strstr(problems, name) && kt_wait_now() < until)
        (void)kt_inbox_deliver(context.inbox, &sink, 100);
    return strstr(problems, name) != NULL;
}

static void test_nothing_to_ask(void **state)
{
    (void)state;
    assert_int_equal(KT_OK, kt_login_open(&context.login, &context, &err));
    assert_null(context.login);
    assert_true(kt_login_ready(NULL));
    assert_int_equal(KT_OK, kt_login_wait(NULL, 0, &err));
    assert_false(kt_login_refused(NULL));
    kt_login_nudge(NULL);
    kt_login_stop(NULL);
    kt_login_close(NULL);
}

static void open_clients(enum kt_code expected)
{
    struct kt_client *clients[3];
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(expected, kt_client_open(&clients[i], KT_ROLE_QUERY, &context, NULL, &err));
    for (size_t i = 0; i < 3; i++) {
        kt_client_mute(clients[i]);
        kt_client_close(clients[i]);
    }
}

static void test_a_password_is_for_all_handles(void **state)
{
    char command[] = "echo s3cret";
    (void)state;
    options.password_command = command;
    assert_int_equal(KT_OK, kt_client_check(&options, &err));
    assert_int_equal(KT_OK, kt_login_open(&context.login, &context, &err));
    assert_int_equal(KT_OK, kt_login_wait(context.login, PATIENCE_MS, &err));
    assert_true(kt_login_ready(context.login));
    open_clients(KT_OK);
    kt_login_close(context.login);
}

/* Its end is near at once: it is asked again and again, while handles come and go. */
static void test_tokens_are_asked_anew_for_all_handles(void **state)
{
    char path[] = "/tmp/kafkatop-test.XXXXXX";
    (void)state;
    int file = mkstemp(path);
    char *command = kt_format("echo call >>%s; echo '{\"token\": \"t\", \"expires_in\": 2}'", path);
    options.token_command = command;
    options.property_count = 1;
    assert_int_equal(KT_OK, kt_client_check(&options, &err));
    assert_int_equal(KT_OK, kt_login_open(&context.login, &context, &err));
    assert_int_equal(KT_OK, kt_login_wait(context.login, PATIENCE_MS, &err));
    int64_t until = kt_wait_now() + PATIENCE_MS;
    while (lseek(file, 0, SEEK_END) < 3 * 5 && kt_wait_now() < until)
        open_clients(KT_OK);
    assert_true(lseek(file, 0, SEEK_END) >= 3 * 5);
    kt_login_close(context.login);
    close(file);
    unlink(path);
    free(command);
}

static void test_a_failure_is_told_and_forgotten(void **state)
{
    char path[] = "/tmp/kafkatop-test.XXXXXX";
    (void)state;
    close(mkstemp(path));
    unlink(path);
    char *command = kt_format("test -e %s && echo s3cret || { echo sealed >&2; exit 3; }", path);
    options.password_command = command;
    assert_int_equal(KT_OK, kt_login_open(&context.login, &context, &err));
    assert_int_equal(KT_CONFIG, kt_login_wait(context.login, PATIENCE_MS, &err));
    assert_string_equal("password_command ended with status 3: sealed", err.text);
    assert_false(kt_login_ready(context.login));
    assert_true(await_problem("PASSWORD_COMMAND_FAILED"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_true(await_problem("-PASSWORD_COMMAND_FAILED"));
    assert_true(kt_login_ready(context.login));
    kt_login_close(context.login);
    unlink(path);
    free(command);
}

static void test_an_end_does_not_wait_for_a_command(void **state)
{
    char command[] = "trap '' TERM; sleep 1000; sleep 1000";
    (void)state;
    options.password_command = command;
    assert_int_equal(KT_OK, kt_login_open(&context.login, &context, &err));
    assert_int_equal(KT_NETWORK, kt_login_wait(context.login, 50, &err));
    int64_t began = kt_wait_now();
    kt_login_close(context.login);
    assert_true(kt_wait_now() - began < PATIENCE_MS / 2);
    assert_string_equal("", problems);
}

/* Fresh, it is wrong, and that is told; asked again all the same. */
static void test_a_refusal_of_something_fresh_is_told(void **state)
{
    char path[] = "/tmp/kafkatop-test.XXXXXX";
    (void)state;
    int file = mkstemp(path);
    char *command = kt_format("echo call >>%s; echo s3cret", path);
    options.password_command = command;
    assert_int_equal(KT_OK, kt_login_open(&context.login, &context, &err));
    assert_int_equal(KT_OK, kt_login_wait(context.login, PATIENCE_MS, &err));
    assert_false(kt_login_refused(context.login));
    assert_false(kt_login_refused(context.login));
    int64_t until = kt_wait_now() + PATIENCE_MS;
    while (lseek(file, 0, SEEK_END) < 2 * 5 && kt_wait_now() < until)
        poll(NULL, 0, 10);
    assert_int_equal(2 * 5, lseek(file, 0, SEEK_END));
    kt_login_close(context.login);
    close(file);
    unlink(path);
    free(command);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_to_ask),
        TEST(test_a_password_is_for_all_handles),
        TEST(test_tokens_are_asked_anew_for_all_handles),
        TEST(test_a_failure_is_told_and_forgotten),
        TEST(test_an_end_does_not_wait_for_a_command),
        TEST(test_a_refusal_of_something_fresh_is_told),
    };
    return cmocka_run_group_tests_name("client_login", tests, NULL, NULL);
}
