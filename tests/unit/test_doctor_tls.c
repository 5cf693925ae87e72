/* Certificates in words, and a handshake with a server of openssl's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "doctor.h"
#include "doctor_net.h"
#include "doctor_tls.h"
#include "wait.h"

#define LONG_ENOUGH 30000
#define DAY         86400

static char folder[200];

static char *path(const char *name)
{
    static char room[4][300];
    static unsigned turn;
    char *out = room[turn++ % 4];
    (void)snprintf(out, sizeof room[0], "%s/%s", folder, name);
    return out;
}

static int run(const char *command)
{
    char *line = kt_format("cd %s && { %s ; } >/dev/null 2>&1", folder, command);
    int status = system(line);
    free(line);
    return status;
}

static bool has_openssl(void)
{
    return kt_tls_possible() && system("openssl version >/dev/null 2>&1") == 0;
}

static int make_certificates(void **state)
{
    const char *tmp = getenv("TMPDIR");
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/kafkatop-tls.XXXXXX", tmp ? tmp : "/tmp");
    if (!has_openssl())
        return 0;
    (void)signal(SIGPIPE, SIG_IGN);
    if (!mkdtemp(folder))
        return 1;
    return run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out "
               "server.pem "
               "-subj '/O=Tests, Ltd/CN=broker' -days 10 -addext subjectAltName=DNS:localhost,IP:127.0.0.1") ||
           run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem "
               "-subj /CN=other -days 10");
}

static int remove_certificates(void **state)
{
    (void)state;
    return has_openssl() ? run("rm -rf \"$PWD\"") : 0;
}

static void read_file(const char *name, char *out, size_t room)
{
    FILE *file = fopen(path(name), "r");
    assert_non_null(file);
    out[fread(out, 1, room - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
}

static void a_certificate_is_described(void **state)
{
    struct kt_tls_certificate seen;
    char pem[4096];
    (void)state;
    if (!has_openssl())
        skip();
    read_file("server.pem", pem, sizeof pem);
    assert_true(kt_tls_describe_pem(pem, &seen));
    assert_string_equal(seen.subject, "CN=broker,O=Tests\\, Ltd");
    assert_string_equal(seen.issuer, seen.subject);
    assert_string_equal(seen.names, "localhost, 127.0.0.1");
    int64_t left = seen.until - (int64_t)time(NULL);
    assert_in_range(left, 9 * DAY, 10 * DAY);
    assert_false(kt_tls_describe_pem("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n", &seen));
    assert_false(kt_tls_describe_pem("", &seen));
}

static void settings_that_cannot_be_used_are_named(void **state)
{
    struct kt_tls_settings settings = {.ca_location = "/nowhere/ca.pem"};
    struct kt_tls *tls = NULL;
    struct kt_err err;
    (void)state;
    if (!has_openssl())
        skip();
    assert_int_equal(kt_tls_open(&tls, &settings, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "ssl.ca.location: '/nowhere/ca.pem'"));
    settings = (struct kt_tls_settings){.certificate_location = path("server.key")};
    assert_int_equal(kt_tls_open(&tls, &settings, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "ssl.certificate.location"));
    settings = (struct kt_tls_settings){.certificate_location = path("server.pem"), .key_location = path("other.key")};
    assert_int_equal(kt_tls_open(&tls, &settings, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "ssl.key.location"));
    settings = (struct kt_tls_settings){.keystore_location = path("server.pem"), .keystore_password = "secret-word"};
    assert_int_equal(kt_tls_open(&tls, &settings, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "ssl.keystore.location"));
    assert_null(strstr(err.text, "secret-word"));
    settings = (struct kt_tls_settings){.ca_pem = "nothing"};
    assert_int_equal(kt_tls_open(&tls, &settings, &err), KT_CONFIG);
    assert_null(tls);
}

/* ---- a server ---- */

struct server {
    pid_t pid;
    struct kt_address address;
};

static in_port_t free_port(struct sockaddr_in *at)
{
    socklen_t length = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof *at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)at, &length), 0);
    (void)close(fd);
    return ntohs(at->sin_port);
}

static struct server start(const char *more)
{
    struct server server = {.pid = -1};
    struct sockaddr_in at;
    in_port_t port = free_port(&at);
    memcpy(&server.address.at, &at, sizeof at);
    server.address.length = sizeof at;
    char *line =
        kt_format("cd %s && exec openssl s_server -quiet -accept 127.0.0.1:%u -cert server.pem -key server.key %s "
                  "</dev/null >/dev/null 2>&1",
                  folder, port, more);
    server.pid = fork();
    if (server.pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    free(line);
    int fd = -1;
    int64_t until = kt_wait_now() + LONG_ENOUGH;
    while (kt_net_connect(&server.address, until, &fd) != 0)
        assert_true(kt_wait_now() < until);
    (void)close(fd);
    return server;
}

static void stop(struct server *server)
{
    (void)kill(server->pid, SIGKILL);
    (void)waitpid(server->pid, NULL, 0);
}

static enum kt_tls_end shake(const struct server *server, const struct kt_tls_settings *settings, const char *host,
                             struct kt_tls_seen *seen)
{
    struct kt_tls *tls = NULL;
    struct kt_err err;
    int fd = -1;
    assert_int_equal(kt_tls_open(&tls, settings, &err), KT_OK);
    assert_int_equal(kt_net_connect(&server->address, kt_wait_now() + LONG_ENOUGH, &fd), 0);
    enum kt_tls_end end = kt_tls_shake(tls, fd, host, kt_wait_now() + LONG_ENOUGH, seen);
    kt_tls_close(tls);
    (void)close(fd);
    return end;
}

static void a_handshake_tells_what_is_wrong(void **state)
{
    struct kt_tls_settings none = {.ca_location = NULL};
    struct kt_tls_seen seen;
    (void)state;
    if (!has_openssl())
        skip();
    struct kt_tls_settings trusting = {.ca_location = path("server.pem")};
    struct server server = start("");
    assert_int_equal(shake(&server, &trusting, "localhost", &seen), KT_TLS_SHAKEN);
    assert_int_equal(seen.verify, 0);
    assert_true(seen.name_matches);
    assert_false(seen.asked);
    assert_string_equal(seen.authority, "CN=broker,O=Tests\\, Ltd");
    assert_memory_equal(seen.version, "TLSv1.", 6);
    assert_int_equal(shake(&server, &trusting, "127.0.0.1", &seen), KT_TLS_SHAKEN);
    assert_true(seen.name_matches);
    assert_int_equal(shake(&server, &none, "elsewhere", &seen), KT_TLS_SHAKEN);
    assert_false(seen.name_matches);
    assert_int_not_equal(seen.verify, 0);
    assert_true(seen.verify_text[0] != '\0');
    stop(&server);
}

static void it_tells_that_our_certificate_is_asked_for(void **state)
{
    struct kt_tls_seen seen;
    (void)state;
    if (!has_openssl())
        skip();
    struct kt_tls_settings ours = {.certificate_location = path("other.pem"), .key_location = path("other.key")};
    struct server server = start("-verify 1");
    assert_int_equal(shake(&server, &ours, "localhost", &seen), KT_TLS_SHAKEN);
    assert_true(seen.asked);
    assert_string_equal(seen.own.subject, "CN=other");
    stop(&server);
}

/* It shakes hands, and then says nothing: all that is known of its certificate stands there all the same. */
static void an_end_that_is_near_is_a_warning(void **state)
{
    char port[16];
    (void)state;
    if (!has_openssl())
        skip();
    struct server server = start("");
    struct sockaddr_in at;
    memcpy(&at, &server.address.at, sizeof at);
    (void)snprintf(port, sizeof port, "%u", ntohs(at.sin_port));
    char *brokers = kt_format("localhost:%s", port), *trust = kt_format("-Xssl.ca.location=%s", path("server.pem"));
    char *argv[] = {(char *)(uintptr_t)"kafkatop", (char *)(uintptr_t)"--doctor", (char *)(uintptr_t)"--timeout=2",
                    (char *)(uintptr_t)"-b", brokers, (char *)(uintptr_t)"-Xsecurity.protocol=ssl", trust};
    struct kt_clusters clusters;
    struct kt_err err;
    char *said = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&said, &size);
    assert_int_equal(kt_clusters_parse(&clusters, 7, argv, "/nowhere/config", &err), KT_OK);
    assert_int_equal(kt_doctor_run(&clusters, out, false), 69);
    assert_int_equal(fclose(out), 0);
    kt_clusters_release(&clusters);
    assert_non_null(strstr(said, "CN=broker,O=Tests\\, Ltd, for localhost, 127.0.0.1, issued by CN=broker"));
    assert_non_null(strstr(said, "trusted: CN=broker,O=Tests\\, Ltd vouches for it"));
    /* Within the second in which it was made it is good for ten whole days. */
    assert_true(strstr(said, "warn    certificate     it expires in 9 days") ||
                strstr(said, "warn    certificate     it expires in 10 days"));
    assert_non_null(strstr(said, "FAIL    protocol        localhost:"));
    free(said);
    free(trust);
    free(brokers);
    stop(&server);
}

static void who_speaks_no_tls_is_told_from_who_does(void **state)
{
    static const char http[] = "HTTP/1.0 400 No\r\n\r\n";
    static const uint8_t alert[] = {0x15, 3, 3, 0, 2, 2, 40};
    struct kt_tls_settings none = {.ca_location = NULL};
    struct {
        const void *bytes;
        size_t size;
        enum kt_tls_end end;
    } cases[] = {
        {http, sizeof http - 1, KT_TLS_FOREIGN}, {alert, sizeof alert, KT_TLS_REFUSED}, {"", 0, KT_TLS_CLOSED}};
    (void)state;
    if (!has_openssl())
        skip();
    for (size_t i = 0; i < 3; i++) {
        struct kt_tls *tls = NULL;
        struct kt_tls_seen seen;
        struct kt_err err;
        int ends[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(write(ends[1], cases[i].bytes, cases[i].size), (ssize_t)cases[i].size);
        assert_int_equal(shutdown(ends[1], SHUT_WR), 0);
        assert_int_equal(kt_tls_open(&tls, &none, &err), KT_OK);
        assert_int_equal(kt_tls_shake(tls, ends[0], "x", kt_wait_now() + LONG_ENOUGH, &seen), cases[i].end);
        kt_tls_close(tls);
        (void)close(ends[0]);
        (void)close(ends[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_is_described),
        cmocka_unit_test(settings_that_cannot_be_used_are_named),
        cmocka_unit_test(a_handshake_tells_what_is_wrong),
        cmocka_unit_test(it_tells_that_our_certificate_is_asked_for),
        cmocka_unit_test(an_end_that_is_near_is_a_warning),
        cmocka_unit_test(who_speaks_no_tls_is_told_from_who_does),
    };
    return cmocka_run_group_tests_name("doctor_tls", tests, make_certificates, remove_certificates);
}
