/* What the library's sentences about a connection mean, as it says them and as newer ones do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "error.h"
#include "fault.h"
#include "refusal.h"

#define PLAIN "sasl_plaintext://127.0.0.1:9092/bootstrap: "
#define BARE "127.0.0.1:9092/bootstrap: "
#define SCRAM PLAIN "SASL authentication error: Authentication failed during authentication due to invalid " \
                    "credentials with SASL mechanism "
#define TLS "ssl://127.0.0.1:9093/bootstrap: "

struct sentence {
    struct kt_refusal said;
    const char *name;
    enum kt_code code;
    bool lasting;
};

static const struct sentence sentences[] = {
    {{.error = "_AUTHENTICATION", .password = true,
      .reason = PLAIN "SASL authentication error: Authentication failed: Invalid username or password (after 302ms in "
                      "state AUTH_REQ)"},
     "WRONG_CREDENTIALS", KT_AUTH, true},
    {{.error = "_AUTHENTICATION", .reason = PLAIN "SASL authentication error: no"}, "_AUTHENTICATION", KT_AUTH, true},
    {{.error = "_AUTHENTICATION", .password = true,
      .reason = PLAIN "SASL SCRAM-SHA-256 mechanism handshake failed: Broker: Unsupported SASL mechanism: broker's "
                      "supported mechanisms: PLAIN (after 301ms in state AUTH_HANDSHAKE)"},
     "UNSUPPORTED_SASL_MECHANISM", KT_AUTH, true},
    {{.error = "_AUTHENTICATION", .password = true,
      .reason = PLAIN "SASL PLAIN mechanism handshake failed: Broker: Request not valid in current SASL state: "
                      "broker's supported mechanisms:  (after 1ms in state AUTH_HANDSHAKE)"},
     "LISTENER_WITHOUT_SASL", KT_NETWORK, true},
    {{.error = "_AUTHENTICATION",
      .reason = PLAIN "SASL authentication error: {\"status\":\"invalid_token\"} (after 310ms in state AUTH_REQ)"},
     "TOKEN_REFUSED", KT_AUTH, true},
    {{.error = "_AUTHENTICATION",
      .reason = PLAIN "Failed to initialize SASL authentication: SASL handshake failed (start (-1)): SASL(-1): generic "
                      "failure: GSSAPI Error: No credentials were supplied, or the credentials were unavailable"},
     "KERBEROS_NO_TICKET", KT_AUTH, true},
    {{.error = "_SSL", .tls = true, .x509 = 10, .reason = TLS "SSL handshake failed: certificate verify failed"},
     "CERTIFICATE_EXPIRED", KT_AUTH, true},
    {{.error = "_TRANSPORT", .tls = true, .certified = true,
      .reason = TLS "Receive failed: SSL alert number 46 (after 1ms in state APIVERSION_QUERY)"},
     "CLIENT_CERTIFICATE_REFUSED", KT_AUTH, true},
    {{.error = "_TRANSPORT", .tls = true, .reason = TLS "Receive failed: SSL alert number 42"},
     "CLIENT_CERTIFICATE_MISSING", KT_AUTH, true},
    {{.error = "_SSL", .tls = true, .reason = TLS "SSL handshake failed: SSL alert number 116"},
     "CLIENT_CERTIFICATE_MISSING", KT_AUTH, true},
    {{.error = "_SSL", .tls = true, .reason = TLS "SSL handshake failed: SSL routines::wrong version number"},
     "LISTENER_WITHOUT_TLS", KT_NETWORK, false},
    {{.error = "_TRANSPORT", .reason = BARE "Disconnected while requesting ApiVersion: might be caused by incorrect "
                                            "security.protocol configuration (connecting to a SSL listener?)"},
     "LISTENER_HANGS_UP", KT_NETWORK, false},
    {{.error = "_TRANSPORT", .reason = BARE "Disconnected: verify that security.protocol is correctly configured, "
                                            "broker might require SASL authentication (after 109ms in state UP)"},
     "LISTENER_WANTS_SASL", KT_NETWORK, true},
    {{.error = "_TRANSPORT", .reason = BARE "Connect to ipv4#127.0.0.1:9092 failed: Connection refused"},
     "CONNECTION_REFUSED", KT_NETWORK, false},
    {{.error = "_RESOLVE", .reason = "nowhere:9092/bootstrap: Failed to resolve"}, "_RESOLVE", KT_NETWORK, false},
    {{.error = "_BAD_MSG", .reason = BARE "Receive failed: Invalid response size 1213486160 (0..100000000)"},
     "NOT_KAFKA", KT_NETWORK, true},
    /* A broker that is known to be one may hang up because it is about to end. */
    {{.error = "_TRANSPORT", .known = true, .reason = "127.0.0.1:9092/3: Disconnected while requesting ApiVersion"},
     "_TRANSPORT", KT_NETWORK, false},
    {{.error = "_TRANSPORT", .known = true, .reason = "127.0.0.1:9092/3: Connect failed: Connection refused"},
     "_TRANSPORT", KT_NETWORK, false},
    {{.error = "_ALL_BROKERS_DOWN", .reason = "1/1 brokers are down: Connection refused"}, "_ALL_BROKERS_DOWN",
     KT_NETWORK, false},
    {{.error = "_TRANSPORT", .reason = "something new"}, "_TRANSPORT", KT_NETWORK, false},
    {{.error = "_AUTHENTICATION", .password = true, .version = 0x020002ff,
      .reason = SCRAM "SCRAM-SHA-512 (after 310ms in state AUTH_REQ)"},
     "SCRAM_OF_OLD_LIBRARY", KT_AUTH, true},
    {{.error = "_AUTHENTICATION", .password = true, .version = 0x020600ff, .reason = SCRAM "SCRAM-SHA-256"},
     "SCRAM_OF_OLD_LIBRARY", KT_AUTH, true},
    {{.error = "_AUTHENTICATION", .password = true, .version = 0x020601ff, .reason = SCRAM "SCRAM-SHA-256"},
     "WRONG_CREDENTIALS", KT_AUTH, true},
    {{.error = "_AUTHENTICATION", .password = true, .version = 0x020e02ff, .reason = SCRAM "SCRAM-SHA-512"},
     "WRONG_CREDENTIALS", KT_AUTH, true},
    {{.error = "_AUTHENTICATION", .password = true, .version = 0x020002ff,
      .reason = PLAIN "SASL authentication error: Authentication failed: Invalid username or password"},
     "WRONG_CREDENTIALS", KT_AUTH, true},
    {{.error = "_TRANSPORT",
      .reason = BARE "Disconnected: connection closed by peer: receive 0 (after 0ms in state APIVERSION_QUERY)"},
     "LISTENER_HANGS_UP", KT_NETWORK, false},
    {{.error = "_TRANSPORT",
      .reason = BARE "Disconnected: connection closed by peer: receive 0 (after 0ms in state UP)"},
     "LISTENER_WANTS_SASL", KT_NETWORK, true},
    {{.error = "_TRANSPORT", .sasl = true, .reason = PLAIN "Disconnected: closed by peer (after 0ms in state UP)"},
     "_TRANSPORT", KT_NETWORK, false},
};

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        const char *name = kt_refusal_name(&sentences[i].said);
        assert_string_equal(name, sentences[i].name);
        assert_int_equal(kt_fault_code(text(name)), sentences[i].code);
        assert_int_equal(kt_fault_lasting(text(name)), sentences[i].lasting);
    }
}

/* Each sentence has the address, fits into an error's text, and leaves out what nobody needs. */
static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        const struct kt_refusal *said = &sentences[i].said;
        char *line = kt_refusal_text(said, kt_refusal_name(said));
        struct kt_err err;
        assert_in_range(strlen(line), 10, sizeof err.text - 1);
        assert_null(strstr(line, "(after "));
        assert_null(strstr(line, "://"));
        if (strstr(said->reason, "/bootstrap: "))
            assert_true(strncmp(line, "127.0.0.1:909", 13) == 0 || strncmp(line, "nowhere:9092: ", 14) == 0);
        free(line);
    }
}

static void assert_says(size_t row, const char *words)
{
    char *line = kt_refusal_text(&sentences[row].said, kt_refusal_name(&sentences[row].said));
    if (!strstr(line, words))
        fail_msg("no \"%s\" in \"%s\"", words, line);
    free(line);
}

static void test_says_what_was_told(void **state)
{
    (void)state;
    assert_says(0, "sasl.password");
    assert_says(0, ": Authentication failed: Invalid username or password");
    assert_says(2, "it offers: PLAIN");
    assert_says(4, "invalid_token");
    assert_says(6, "has expired");
    assert_says(15, "it speaks HTTP");
    assert_says(14, "cannot be resolved (--resolve gives it an address): Failed to resolve");
    assert_says(19, "the connection failed: something new");
}

static void test_certificates(void **state)
{
    static const int numbers[] = {2, 9, 10, 18, 19, 20, 21, 23, 26, 62, 64};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const char *name = kt_fault_certificate(numbers[i]);
        assert_non_null(name);
        assert_true(kt_fault_of_certificate(text(name)));
        assert_non_null(strstr(kt_fault_phrase(name), "certificate"));
    }
    assert_null(kt_fault_certificate(0));
    assert_false(kt_fault_of_certificate(text("CLIENT_CERTIFICATE_REFUSED")));
    assert_false(kt_fault_of_certificate(text("CERTIFICATE_")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_says_what_was_told),
        cmocka_unit_test(test_certificates),
    };
    return cmocka_run_group_tests_name("refusal", tests, NULL, NULL);
}
