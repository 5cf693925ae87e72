/* Secrets by commands, wiped memory, arguments and cores. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "secret.h"
#include "secret_command.h"
#include "wait.h"
#include "wipe.h"

#define PATIENCE_MS 60000

static char room[KT_SECRET_MOST + 1];
static size_t length;
static struct kt_err err;
static bool stop;

static bool is_stopped(void *self)
{
    (void)self;
    return stop;
}

static struct kt_secret_ask asking(const char *command)
{
    return (struct kt_secret_ask){.name = "token_command",
                                  .command = command,
                                  .cluster = "prod",
                                  .brokers = "k1:9092",
                                  .limit_ms = PATIENCE_MS,
                                  .stopped = is_stopped};
}

static enum kt_code run(const char *command)
{
    struct kt_secret_ask ask = asking(command);
    return kt_secret_run(&ask, room, &length, &err);
}

static enum kt_code password(const char *command)
{
    struct kt_secret_ask ask = asking(command);
    return kt_secret_run_password(&ask, room, &length, &err);
}

static void assert_said(enum kt_code code, const char *text)
{
    assert_int_equal(KT_CONFIG, code);
    assert_string_equal(text, err.text);
    assert_int_equal(0, length ? 0 : strlen(room));
}

static void test_what_a_command_writes(void **state)
{
    (void)state;
    assert_int_equal(KT_OK, run("printf '\\n  a token \\r\\n\\n'"));
    assert_string_equal("a token", room);
    assert_int_equal(7, length);
    assert_int_equal(KT_OK, run("echo \"$KAFKATOP_CLUSTER $KAFKATOP_BROKERS\"; echo not this >&2"));
    assert_string_equal("prod k1:9092", room);
    assert_int_equal(KT_OK, run("cat; tty -s </dev/tty 2>/dev/null || echo neither input nor terminal"));
    assert_string_equal("neither input nor terminal", room);
}

static void test_a_password_is_one_line(void **state)
{
    (void)state;
    assert_int_equal(KT_OK, password("printf ' two words \\n'"));
    assert_string_equal(" two words ", room);
    assert_int_equal(KT_OK, password("printf 'x\\r\\n'"));
    assert_string_equal("x", room);
    assert_int_equal(KT_OK, password("printf x"));
    assert_string_equal("x", room);
    assert_said(password("printf 'x\\ny\\n'"),
                "token_command wrote several lines: it must write the password alone (| head -n 1)");
    assert_said(password("printf 'x\\000y\\n'"), "token_command wrote a NUL byte: no password has one");
    assert_said(password("echo"), "token_command succeeded, but wrote nothing to standard output");
    for (size_t i = 0; i < sizeof room; i++)
        assert_int_equal(0, room[i]); /* what was refused is gone */
}

static void test_how_a_command_fails(void **state)
{
    (void)state;
    assert_said(run("echo half a secret; echo first >&2; echo no such key >&2; exit 3"),
                "token_command ended with status 3: no such key");
    for (size_t i = 0; i < sizeof room; i++)
        assert_int_equal(0, room[i]);
    assert_said(run("exit 4"), "token_command ended with status 4");
    assert_said(run("true"), "token_command succeeded, but wrote nothing to standard output");
    assert_said(run("echo no vault >&2; exit 3 | cat"),
                "token_command succeeded, but wrote nothing to standard output: no vault");
    assert_said(run("printf ' \\n'"), "token_command succeeded, but wrote nothing to standard output");
    assert_said(run("kill -KILL $$"), "token_command ended by signal 9");
    assert_said(run("printf 'a\\033[2Jb\\233c\\n' >&2; exit 1"), "token_command ended with status 1: a?[2Jb?c");
    assert_int_equal(KT_CONFIG, run("no-such-command-anywhere"));
    assert_non_null(strstr(err.text, "token_command ended with status 127: "));
}

static void test_a_flood_is_ended(void **state)
{
    (void)state;
    assert_said(run("exec yes"), "token_command said too much and was ended");
    assert_said(run("trap '' TERM; while :; do echo floods; done"), "token_command said too much and was ended");
    assert_int_equal(KT_OK, run("yes | head -c 65536"));
    assert_int_equal(KT_SECRET_MOST - 1, length); /* without the last end of line */
    assert_int_equal(KT_OK, run("yes | head -c 1000000 >&2; echo t"));
    assert_string_equal("t", room);
}

/* Where nobody reaps orphans, one stays as a zombie: dead all the same. */
static bool is_alive(pid_t pid)
{
    char *status = kt_format("grep -q '^State:.Z' /proc/%ld/status 2>/dev/null", (long)pid);
    bool zombie = system(status) == 0;
    free(status);
    return !zombie && (kill(pid, 0) == 0 || errno != ESRCH);
}

static void await_end(pid_t pid)
{
    int64_t until = kt_wait_now() + PATIENCE_MS;
    while (is_alive(pid) && kt_wait_now() < until)
        poll(NULL, 0, 10); /* until the system has taken it away */
    assert_false(is_alive(pid));
}

/* What a shell started goes with it; nothing of it is left to be waited for. */
static void test_a_hang_is_ended_with_all_it_started(void **state)
{
    char path[] = "/tmp/kafkatop-test.XXXXXX", line[32] = "";
    (void)state;
    int file = mkstemp(path);
    assert_true(file >= 0);
    char *command = kt_format("trap '' TERM; sleep 1000 & echo $! >%s; echo waiting >&2; wait; wait", path);
    struct kt_secret_ask ask = asking(command);
    ask.limit_ms = 300;
    assert_said(kt_secret_run(&ask, room, &length, &err), "token_command was ended after 1 s: waiting");
    assert_true(read(file, line, sizeof line - 1) > 0);
    await_end((pid_t)atol(line));
    assert_int_equal(-1, waitpid(-1, NULL, WNOHANG));
    assert_int_equal(ECHILD, errno);
    close(file);
    unlink(path);
    free(command);
}

static void test_nobody_waits_for_what_is_not_wanted(void **state)
{
    (void)state;
    stop = true;
    int64_t began = kt_wait_now();
    assert_int_equal(KT_CONFIG, run("trap '' TERM; sleep 1000; sleep 1000"));
    assert_true(kt_wait_now() - began < PATIENCE_MS / 2);
    stop = false;
}

static void test_wipe(void **state)
{
    char text[] = "hunter2";
    (void)state;
    kt_wipe(text, 4);
    assert_memory_equal("\0\0\0\0er2", text, 8);
    kt_wipe(NULL, 3);
    kt_wipe_free(NULL);
    kt_wipe_free(kt_strdup("hunter2"));
}

static void test_room_grows_and_keeps_what_it_holds(void **state)
{
    size_t size = 0;
    (void)state;
    char *bytes = kt_wipe_grow(NULL, &size);
    assert_true(size > 8);
    memset(bytes, 'x', size);
    size_t before = size;
    bytes = kt_wipe_grow(bytes, &size);
    assert_true(size == 2 * before);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], i < before ? 'x' : 0);
    free(bytes);
}

static void test_arguments_are_hidden(void **state)
{
    char words[][48] = {"kafkatop", "-X", "sasl.password=hunter2", "-Xssl.key.password=hunter2", "-X", "client.id=me",
                        "--property=sasl.password=a=b", "-b", "host:1", "sasl.password=", "--password-command=pass x"};
    enum { COUNT = sizeof words / sizeof words[0] };
    char *argv[COUNT + 1] = {NULL};
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        argv[i] = words[i];
    kt_secret_hide(COUNT, argv);
    assert_string_equal("sasl.password=*******", words[2]);
    assert_string_equal("-Xssl.key.password=*******", words[3]);
    assert_string_equal("client.id=me", words[5]);
    assert_string_equal("--property=sasl.password=***", words[6]);
    assert_string_equal("sasl.password=", words[9]);
    assert_string_equal("--password-command=pass x", words[10]);
}

static void test_what_is_a_secret(void **state)
{
    char command[] = "x", key[] = "sasl.password", plain[] = "client.id";
    struct kt_property property = {.key = plain, .value = command};
    struct kt_options options[2] = {{0}, {.properties = &property, .property_count = 1}};
    struct kt_clusters clusters = {.items = options, .count = 2};
    (void)state;
    assert_false(kt_secret_held(&clusters));
    property.key = key;
    assert_true(kt_secret_held(&clusters));
    property.key = plain;
    options[0].token_command = command;
    assert_true(kt_secret_held(&clusters));
    options[0].token_command = NULL;
    options[1].password_command = command;
    assert_true(kt_secret_held(&clusters));
}

/* In a child: it holds for the rest of a process. Its end is what the parent sees. */
static int end_of_guarded(const char *core)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit = {1 << 20, 1 << 20};
        (void)setrlimit(RLIMIT_CORE, &limit);
        setenv("KAFKATOP_CORE", core, 1);
        kt_secret_guard();
        (void)getrlimit(RLIMIT_CORE, &limit);
        _exit(limit.rlim_cur == 0 ? 10 : 11);
    }
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_no_core(void **state)
{
    struct rlimit limit;
    (void)state;
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max < 1 << 20)
        skip();
    assert_int_equal(10, end_of_guarded(""));
    assert_int_equal(10, end_of_guarded("0"));
    assert_int_equal(11, end_of_guarded("1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_command_writes),
        cmocka_unit_test(test_a_password_is_one_line),
        cmocka_unit_test(test_how_a_command_fails),
        cmocka_unit_test(test_a_flood_is_ended),
        cmocka_unit_test(test_a_hang_is_ended_with_all_it_started),
        cmocka_unit_test(test_nobody_waits_for_what_is_not_wanted),
        cmocka_unit_test(test_wipe),
        cmocka_unit_test(test_room_grows_and_keeps_what_it_holds),
        cmocka_unit_test(test_arguments_are_hidden),
        cmocka_unit_test(test_what_is_a_secret),
        cmocka_unit_test(test_no_core),
    };
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL); /* as the threads have it that run commands */
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
