/* The doctor on ports where no Kafka is, and its report in words and in JSON. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "doctor.h"
#include "doctor_report.h"
#include "doctor_write.h"
#include "error.h"
#include "wait.h"

/* ---- a port that answers every connection with the same words ---- */

struct listener {
    pthread_t thread;
    int fd;
    unsigned port;
    const char *words; /* NULL: none, and no end */
    size_t size;
    int held[64]; /* connections that are left open */
    size_t held_count;
};

static void *answer(void *self)
{
    struct listener *listener = self;
    char room[1000];
    for (;;) {
        int fd = accept(listener->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        if (!listener->words && listener->held_count < 64) {
            listener->held[listener->held_count++] = fd;
            continue;
        }
        if (recv(fd, room, sizeof room, 0) > 0)
            (void)send(fd, listener->words, listener->size, MSG_NOSIGNAL);
        (void)shutdown(fd, SHUT_WR);
        while (recv(fd, room, sizeof room, 0) > 0)
            continue;
        (void)close(fd);
    }
}

static void listen_to(struct listener *listener, const char *words, size_t size)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    *listener = (struct listener){.fd = socket(AF_INET, SOCK_STREAM, 0), .words = words, .size = size};
    assert_int_equal(bind(listener->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener->fd, 20), 0);
    assert_int_equal(getsockname(listener->fd, (struct sockaddr *)&at, &length), 0);
    listener->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&listener->thread, NULL, answer, listener), 0);
}

static void hush(struct listener *listener)
{
    (void)shutdown(listener->fd, SHUT_RDWR);
    assert_int_equal(pthread_join(listener->thread, NULL), 0);
    (void)close(listener->fd);
    for (size_t i = 0; i < listener->held_count; i++)
        (void)close(listener->held[i]);
}

/* What it says of these brokers; to be freed. */
static char *doctor(int *status, const char *brokers, const char *more)
{
    char *argv[] = {(char *)(uintptr_t) "kafkatop", (char *)(uintptr_t) "--doctor", (char *)(uintptr_t) "--timeout=3",
                    (char *)(uintptr_t) "-b",       (char *)(uintptr_t)brokers,     (char *)(uintptr_t)more};
    struct kt_clusters clusters;
    struct kt_err err;
    char *said = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&said, &size);
    assert_int_equal(kt_clusters_parse(&clusters, more ? 6 : 5, argv, "/nowhere/config", &err), KT_OK);
    *status = kt_doctor_run(&clusters, out, false);
    assert_int_equal(fclose(out), 0);
    kt_clusters_release(&clusters);
    return said;
}

static void check_listener(const char *words, size_t size, const char *more, const char *says, int status)
{
    struct listener listener;
    int ended;
    listen_to(&listener, words, size);
    char *brokers = kt_format("127.0.0.1:%u", listener.port);
    char *said = doctor(&ended, brokers, more);
    if (!strstr(said, says))
        print_message("%s", said);
    assert_non_null(strstr(said, says));
    assert_int_equal(ended, status);
    free(said);
    free(brokers);
    hush(&listener);
}

static void what_is_not_kafka_is_named(void **state)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n", alert[] = "\x15\x03\x03\0\2\2\x28";
    static const char ssh[] = "SSH-2.0-x\r\n", tls[] = "-Xsecurity.protocol=ssl";
    (void)state;
    check_listener(http, sizeof http - 1, NULL, "is an HTTP server, not Kafka: it answers 'HTTP/1.1 400 Bad", 69);
    check_listener(ssh, sizeof ssh - 1, NULL, "is not Kafka: it begins with 'SSH-2.0-x'", 69);
    check_listener(alert, sizeof alert - 1, NULL, "speaks TLS, and security.protocol is plaintext", 69);
    check_listener("", 0, NULL, "closes the connection at the first request", 69);
    check_listener(http, sizeof http - 1, tls, "HTTP server", 69);
}

static void who_says_nothing_does_not_hold_it_up(void **state)
{
    int64_t began = kt_wait_now();
    (void)state;
    check_listener(NULL, 0, NULL, "takes connections and says nothing", 69);
    assert_true(kt_wait_now() - began < 30000);
}

static void closed_ports_and_unknown_names_are_told(void **state)
{
    struct listener listener;
    int status;
    (void)state;
    listen_to(&listener, "", 0);
    hush(&listener);
    char *brokers = kt_format("127.0.0.1:%u", listener.port);
    char *said = doctor(&status, brokers, NULL);
    assert_non_null(strstr(said, "FAIL    connect"));
    assert_non_null(strstr(said, "connection refused"));
    assert_non_null(strstr(said, "skipped groups          see connect"));
    assert_int_equal(status, 69);
    free(said);
    free(brokers);
    said = doctor(&status, "no-such-host.invalid", NULL);
    assert_non_null(strstr(said, "FAIL    resolve"));
    assert_int_equal(status, 69);
    free(said);
}

static void a_rule_of_resolve_is_obeyed(void **state)
{
    struct listener listener;
    int status;
    (void)state;
    listen_to(&listener, "HTTP/1.1 200 OK\r\n\r\n", 19);
    char *rule = kt_format("--resolve=no-such-host.invalid:9092=127.0.0.1:%u", listener.port);
    char *said = doctor(&status, "no-such-host.invalid", rule);
    assert_non_null(strstr(said, "no-such-host.invalid, by --resolve 127.0.0.1:"));
    assert_non_null(strstr(said, "HTTP server"));
    free(said);
    free(rule);
    hush(&listener);
}

static void settings_that_make_no_sense_are_78(void **state)
{
    int status;
    (void)state;
    char *said = doctor(&status, "127.0.0.1:1", "-Xno.such.property=1");
    assert_non_null(strstr(said, "FAIL    configuration"));
    assert_non_null(strstr(said, "no.such.property"));
    assert_int_equal(status, 78);
    free(said);
}

/* ---- the report ---- */

static struct kt_report hostile_report(void)
{
    struct kt_report report = {.name = "a\033[2Jb", .bootstrap = "k:1"};
    struct kt_finding *finding = kt_report_add(&report, "resolve", KT_FOUND_OK, 7, "fine");
    (void)kt_report_add(&report, "records", KT_FOUND_WARN, -1, "\xe2\x80\xae%s\n\033]0;x\a", "turned");
    finding = kt_report_fail(&report, "SASL", KT_AUTH, 3, "refused");
    kt_finding_advise(finding, "ask\033[1m");
    finding->command = kt_strdup("kafka-acls --group 'x'");
    (void)kt_report_fail(&report, "groups", KT_NETWORK, 3, "away");
    (void)kt_report_add(&report, "commits", KT_FOUND_SKIPPED, -1, "see SASL");
    (void)snprintf(report.meaning, sizeof report.meaning, "no");
    return report;
}

static void lines_are_harmless_and_counted(void **state)
{
    char *said = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&said, &size);
    struct kt_report report = hostile_report();
    (void)state;
    kt_doctor_head(out, &report);
    for (size_t i = 0; i < report.count; i++)
        kt_doctor_line(out, &report.items[i], false);
    kt_doctor_foot(out, &report);
    assert_int_equal(fclose(out), 0);
    for (const char *at = said; *at; at++)
        assert_true((*at >= 0x20 && *at < 0x7f) || *at == '\n');
    assert_non_null(strstr(said, "ok      resolve         fine (7 ms)\n"));
    assert_non_null(strstr(said, "-> ask?[1m\n"));
    assert_non_null(strstr(said, "$ kafka-acls --group 'x'\n"));
    assert_non_null(strstr(said, "1 ok, 1 warning, 2 failed, 1 skipped: no\n"));
    free(said);
    kt_report_release(&report);
}

static void only_a_terminal_gets_colours(void **state)
{
    char *said = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&said, &size);
    struct kt_report report = hostile_report();
    (void)state;
    kt_doctor_line(out, &report.items[0], true);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(said, "\033[32mok      \033[0mresolve"));
    free(said);
    kt_report_release(&report);
}

static void the_document_has_every_step(void **state)
{
    char *said = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&said, &size);
    struct kt_report report = hostile_report();
    (void)state;
    kt_doctor_json(out, &report, 1, false);
    assert_int_equal(fclose(out), 0);
    cJSON *document = cJSON_Parse(said);
    assert_non_null(document);
    assert_string_equal(cJSON_GetObjectItem(document, "schema")->valuestring, "kafkatop.doctor/1");
    cJSON *cluster = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "clusters"), 0);
    assert_int_equal(cJSON_GetObjectItem(cluster, "exit_status")->valueint, 77);
    cJSON *steps = cJSON_GetObjectItem(cluster, "steps");
    assert_int_equal(cJSON_GetArraySize(steps), 5);
    cJSON *failed = cJSON_GetArrayItem(steps, 2);
    assert_string_equal(cJSON_GetObjectItem(failed, "status")->valuestring, "fail");
    assert_string_equal(cJSON_GetObjectItem(failed, "command")->valuestring, "kafka-acls --group 'x'");
    assert_int_equal(cJSON_GetObjectItem(failed, "ms")->valueint, 3);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(steps, 4), "ms")));
    cJSON_Delete(document);
    free(said);
    kt_report_release(&report);
}

static int ignore_pipes(void **state)
{
    (void)state;
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_kafka_is_named),
        cmocka_unit_test(who_says_nothing_does_not_hold_it_up),
        cmocka_unit_test(closed_ports_and_unknown_names_are_told),
        cmocka_unit_test(a_rule_of_resolve_is_obeyed),
        cmocka_unit_test(settings_that_make_no_sense_are_78),
        cmocka_unit_test(lines_are_harmless_and_counted),
        cmocka_unit_test(only_a_terminal_gets_colours),
        cmocka_unit_test(the_document_has_every_step),
    };
    return cmocka_run_group_tests_name("doctor", tests, ignore_pipes, NULL);
}
