/* What answers on the port: TLS, SASL's offers, the requests that the broker speaks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_part.h"
#include "wait.h"

#define SPEAK_MS 5000
#define WEB_MS   1500

/* ---- a connection ---- */

static void take_texts(const struct kt_doctor *doctor, struct kt_tls_settings *settings, char *kept[])
{
    static const char *const keys[] = {
        "ssl.ca.location",       "ssl.ca.pem",       "ssl.certificate.location", "ssl.certificate.pem",
        "ssl.key.location",      "ssl.key.pem",      "ssl.key.password",         "ssl.keystore.location",
        "ssl.keystore.password", "ssl.cipher.suites"};
    const char **places[] = {
        &settings->ca_location,       &settings->ca_pem,  &settings->certificate_location, &settings->certificate_pem,
        &settings->key_location,      &settings->key_pem, &settings->key_password,         &settings->keystore_location,
        &settings->keystore_password, &settings->ciphers};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        *places[i] = kept[i] = kt_doctor_property(doctor, keys[i]);
}

static enum kt_code open_tls(const struct kt_doctor *doctor, struct kt_tls **tls, struct kt_err *err)
{
    struct kt_tls_settings settings;
    char *kept[10];
    take_texts(doctor, &settings, kept);
    enum kt_code code = kt_tls_open(tls, &settings, err);
    /* The password is asked for while it is opened, and not later. */
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        free(kept[i]);
    return code;
}

enum kt_tls_end kt_doctor_dial(struct kt_doctor *doctor, const struct kt_doctor_host *host, struct kt_doctor_line *line,
                               struct kt_tls_seen *seen, struct kt_err *err)
{
    int64_t until = kt_doctor_until(doctor, SPEAK_MS);
    struct kt_tls_seen unused;
    seen = seen ? seen : &unused;
    *seen = (struct kt_tls_seen){.verify = 0};
    *line = (struct kt_doctor_line){.fd = -1};
    if (kt_net_connect(&host->good, until, &line->fd) != 0)
        return KT_TLS_CLOSED;
    line->channel = kt_wire_plain(&line->fd);
    if (!doctor->tls || !kt_tls_possible())
        return KT_TLS_SHAKEN;
    if (open_tls(doctor, &line->tls, err) != KT_OK)
        return KT_TLS_REFUSED;
    line->channel = kt_tls_channel(line->tls);
    return kt_tls_shake(line->tls, line->fd, host->place.host, until, seen);
}

void kt_doctor_hang_up(struct kt_doctor_line *line)
{
    kt_tls_close(line->tls);
    if (line->fd >= 0)
        (void)close(line->fd);
    *line = (struct kt_doctor_line){.fd = -1};
}

/* Over a new connection without TLS. */
static enum kt_wire ask_plain(struct kt_doctor *doctor, struct kt_wire_seen *seen, bool web)
{
    int fd;
    int64_t until = kt_doctor_until(doctor, web ? WEB_MS : SPEAK_MS);
    if (kt_net_connect(&doctor->door->good, until, &fd) != 0)
        return KT_WIRE_GONE;
    struct kt_channel channel = kt_wire_plain(&fd);
    enum kt_wire wire = web ? kt_wire_web(&channel, seen, until) : kt_wire_versions(&channel, seen, until);
    (void)close(fd);
    return wire;
}

/* Whether the port shakes hands, or refuses to in the words of TLS. */
static bool speaks_tls(struct kt_doctor *doctor)
{
    struct kt_tls_settings none = {.ca_location = NULL};
    struct kt_tls_seen seen;
    struct kt_tls *tls = NULL;
    struct kt_err err;
    int fd;
    int64_t until = kt_doctor_until(doctor, WEB_MS);
    if (!kt_tls_possible() || kt_net_connect(&doctor->door->good, until, &fd) != 0)
        return false;
    enum kt_tls_end end = KT_TLS_CLOSED;
    if (kt_tls_open(&tls, &none, &err) == KT_OK)
        end = kt_tls_shake(tls, fd, doctor->door->place.host, until, &seen);
    kt_tls_close(tls);
    (void)close(fd);
    return end == KT_TLS_SHAKEN || end == KT_TLS_REFUSED;
}

/* ---- who is not Kafka ---- */

static const char *with_tls(const struct kt_doctor *doctor)
{
    return doctor->sasl ? "SASL_SSL" : "SSL";
}

static const char *without_tls(const struct kt_doctor *doctor)
{
    return doctor->sasl ? "SASL_PLAINTEXT" : "PLAINTEXT";
}

static void say_strange(struct kt_doctor *doctor, enum kt_wire wire, const struct kt_wire_seen *seen, int64_t ms)
{
    struct kt_report *report = &doctor->report;
    struct kt_finding *finding;
    const char *host = doctor->door->at.host;
    unsigned port = doctor->door->at.port;
    const char *port_wrong = "is the port right? Kafka is often at 9092, 9093 or 9094";
    switch (wire) {
    case KT_WIRE_TLS:
        finding = kt_report_fail(report, "protocol", KT_NETWORK, ms, "%s:%u speaks TLS, and security.protocol is %s",
                                 host, port, doctor->protocol);
        kt_finding_advise(finding, "-X security.protocol=%s", with_tls(doctor));
        return;
    case KT_WIRE_HTTP:
        finding = kt_report_fail(report, "protocol", KT_NETWORK, ms,
                                 "%s:%u is an HTTP server, not Kafka: it answers '%s'", host, port, seen->begin);
        break;
    case KT_WIRE_STRANGE:
        finding = kt_report_fail(report, "protocol", KT_NETWORK, ms,
                                 "what answers on %s:%u is not Kafka: it begins with '%s'", host, port, seen->begin);
        break;
    case KT_WIRE_SILENT:
        finding =
            kt_report_fail(report, "protocol", KT_NETWORK, ms, "%s:%u takes connections and says nothing", host, port);
        port_wrong =
            "the broker hangs or is still starting, a proxy has nothing behind it, or this is not Kafka's port";
        break;
    default:
        finding = kt_report_fail(report, "protocol", KT_NETWORK, ms, "%s:%u closes the connection at the first request",
                                 host, port);
        port_wrong =
            "a port for TLS or of another service, a proxy with nothing behind it, or a broker that lets in no "
            "more connections";
        break;
    }
    kt_finding_advise(finding, "%s", port_wrong);
}

static enum kt_wire look_plain(struct kt_doctor *doctor, struct kt_wire_seen *seen)
{
    enum kt_wire wire = ask_plain(doctor, seen, false);
    if (wire == KT_WIRE_SILENT && ask_plain(doctor, seen, true) == KT_WIRE_HTTP)
        return KT_WIRE_HTTP;
    return wire;
}

static void take_versions(struct kt_doctor *doctor, const struct kt_wire_seen *seen)
{
    doctor->versions = *seen;
    doctor->versions_known = seen->error == 0 && seen->count > 0;
    doctor->reached |= KT_STAGE_SECURED;
}

static void look_without_tls(struct kt_doctor *doctor)
{
    struct kt_wire_seen seen = {.count = 0};
    int64_t began = kt_wait_now();
    enum kt_wire wire = look_plain(doctor, &seen);
    if ((wire == KT_WIRE_GONE || wire == KT_WIRE_SILENT) && speaks_tls(doctor))
        wire = KT_WIRE_TLS;
    int64_t ms = kt_wait_now() - began;
    if (wire != KT_WIRE_KAFKA) {
        say_strange(doctor, wire, &seen, ms);
        return;
    }
    take_versions(doctor, &seen);
    kt_report_add(&doctor->report, "protocol", KT_FOUND_OK, ms, "Kafka answers, without TLS (security.protocol is %s)",
                  doctor->protocol);
}

/* ---- TLS ---- */

/* Whoever wants TLS meets something else; false: it may be TLS. */
static bool say_without_tls(struct kt_doctor *doctor, enum kt_wire wire, const struct kt_wire_seen *seen, int64_t ms)
{
    if (wire == KT_WIRE_HTTP || wire == KT_WIRE_STRANGE) {
        say_strange(doctor, wire, seen, ms);
        return true;
    }
    if (wire != KT_WIRE_KAFKA)
        return false;
    struct kt_finding *finding = kt_report_fail(&doctor->report, "protocol", KT_NETWORK, ms,
                                                "%s:%u speaks Kafka without TLS, and security.protocol is %s",
                                                doctor->door->at.host, doctor->door->at.port, doctor->protocol);
    kt_finding_advise(finding, "-X security.protocol=%s", without_tls(doctor));
    return true;
}

static void say_no_handshake(struct kt_doctor *doctor, enum kt_tls_end end, const struct kt_tls_seen *seen, int64_t ms)
{
    struct kt_wire_seen plain = {.count = 0};
    struct kt_finding *finding;
    if (end != KT_TLS_REFUSED && say_without_tls(doctor, look_plain(doctor, &plain), &plain, ms))
        return;
    if (end == KT_TLS_SLOW) {
        say_strange(doctor, KT_WIRE_SILENT, &plain, ms);
    } else {
        bool wanted = seen->asked && !seen->own.there && strstr(seen->error, "alert");
        finding = kt_report_fail(&doctor->report, "TLS", KT_AUTH, ms, "the handshake failed: %s",
                                 seen->error[0] ? seen->error : "the broker closed the connection");
        kt_finding_advise(finding, "%s",
                          wanted
                              ? "the broker asks for a certificate of ours, and none was taken: -X "
                                "ssl.certificate.location=FILE -X ssl.key.location=FILE"
                              : "broker and client agree on no version of TLS or no cipher, or a proxy is in between");
    }
}

static void look_with_tls(struct kt_doctor *doctor)
{
    struct kt_doctor_line line;
    struct kt_tls_seen seen;
    struct kt_err err = {.code = KT_OK};
    struct kt_wire_seen spoken = {.count = 0};
    int64_t began = kt_wait_now();
    enum kt_tls_end end = kt_doctor_dial(doctor, doctor->door, &line, &seen, &err);
    int64_t ms = kt_wait_now() - began;
    if (err.code != KT_OK) {
        kt_report_fail(&doctor->report, "TLS", err.code, ms, "%s", err.text);
    } else if (end != KT_TLS_SHAKEN) {
        kt_doctor_hang_up(&line); /* some serve one connection at a time */
        say_no_handshake(doctor, end, &seen, ms);
    } else {
        /* Only now the other side says what it has against our certificate. */
        enum kt_wire wire = kt_wire_versions(&line.channel, &spoken, kt_doctor_until(doctor, SPEAK_MS));
        kt_report_add(&doctor->report, "TLS", KT_FOUND_OK, ms, "%s, %s", seen.version, seen.cipher);
        enum kt_code before = doctor->report.code;
        kt_doctor_say_certificate(doctor, &seen);
        kt_doctor_say_own(doctor, &seen, wire, kt_tls_why(line.tls));
        if (wire == KT_WIRE_KAFKA && doctor->report.code == before)
            take_versions(doctor, &spoken);
        else if (wire != KT_WIRE_KAFKA && !seen.asked)
            say_strange(doctor, wire, &spoken, -1);
    }
    kt_doctor_hang_up(&line);
}

/* Without OpenSSL: at least that it is not something else. */
static void look_blindly(struct kt_doctor *doctor)
{
    struct kt_wire_seen seen = {.count = 0};
    int64_t began = kt_wait_now();
    enum kt_wire wire = ask_plain(doctor, &seen, false);
    if (say_without_tls(doctor, wire, &seen, kt_wait_now() - began))
        return;
    kt_report_add(&doctor->report, "TLS", KT_FOUND_SKIPPED, -1,
                  "certificates cannot be looked at: this kafkatop was built without OpenSSL");
    doctor->reached |= KT_STAGE_SECURED;
}

void kt_doctor_tls(struct kt_doctor *doctor)
{
    if (!doctor->tls) {
        look_without_tls(doctor);
    } else if (kt_tls_possible()) {
        look_with_tls(doctor);
    } else {
        look_blindly(doctor);
    }
}

/* ---- SASL ---- */

#define UNSUPPORTED_MECHANISM 33
#define ILLEGAL_STATE         34

static enum kt_wire ask_mechanisms(struct kt_doctor *doctor, struct kt_wire_seen *seen)
{
    struct kt_doctor_line line;
    struct kt_err err = {.code = KT_OK};
    enum kt_wire wire = KT_WIRE_FAILED;
    if (doctor->tls && !kt_tls_possible())
        return wire;
    if (kt_doctor_dial(doctor, doctor->door, &line, NULL, &err) == KT_TLS_SHAKEN)
        wire = kt_wire_mechanisms(&line.channel, doctor->sasl ? doctor->mechanism : "PLAIN", seen,
                                  kt_doctor_until(doctor, SPEAK_MS));
    kt_doctor_hang_up(&line);
    return wire;
}

static void look_without_sasl(struct kt_doctor *doctor, const struct kt_wire_seen *seen, bool answered, int64_t ms)
{
    if (answered && seen->error != ILLEGAL_STATE && seen->mechanisms[0]) {
        struct kt_finding *finding = kt_report_fail(
            &doctor->report, doctor->step, KT_NETWORK, ms,
            "the broker wants a login (it offers %s), and security.protocol is %s", seen->mechanisms, doctor->protocol);
        kt_finding_advise(finding, "-X security.protocol=%s -X sasl.mechanism=... with sasl.username and sasl.password",
                          doctor->tls ? "SASL_SSL" : "SASL_PLAINTEXT");
        return;
    }
    kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "not used (security.protocol is %s)%s",
                  doctor->protocol, answered ? ", and not asked for" : "");
    doctor->reached |= KT_STAGE_LOGGED_IN;
}

static const char *refused_advice(const struct kt_doctor *doctor)
{
    if (strcmp(doctor->mechanism, "GSSAPI") == 0)
        return "is there a ticket (klist), is sasl.kerberos.service.name the broker's, do the clocks agree?";
    if (strcmp(doctor->mechanism, "OAUTHBEARER") == 0)
        return "is the token valid still, and of the audience, the issuer and the scope that the broker wants?";
    return "are sasl.username and sasl.password right, and does this user exist on this cluster?";
}

static void log_in(struct kt_doctor *doctor, const struct kt_wire_seen *seen, int64_t began)
{
    char library[40];
    bool offers = seen->mechanisms[0] != '\0';
    enum kt_code code = kt_doctor_login(doctor);
    int64_t ms = kt_wait_now() - began;
    char *principal = kt_right_principal(doctor->options, NULL);
    if (code == KT_OK) {
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "%s logged in by %s%s%s%s",
                      strstr(principal, "<you>") ? "we are" : principal, doctor->mechanism,
                      offers ? " (the broker offers " : "", seen->mechanisms, offers ? ")" : "");
        doctor->reached |= KT_STAGE_LOGGED_IN;
    } else {
        struct kt_finding *finding =
            kt_report_fail(&doctor->report, doctor->step, code, ms, "%s: %s", doctor->mechanism, doctor->trouble_text);
        kt_doctor_library(doctor, library, sizeof library);
        if (kt_doctor_old_scram(doctor))
            kt_finding_advise(finding,
                              "this may be no wrong password: librdkafka %s cannot do SCRAM with Kafka 4.1 and "
                              "later; 2.6.1 can",
                              library);
        else if (code == KT_AUTH)
            kt_finding_advise(finding, "%s", refused_advice(doctor));
        else if (strstr(doctor->trouble_text, "sasl.kerberos.keytab"))
            kt_finding_advise(finding,
                              "-X sasl.kerberos.keytab=FILE -X sasl.kerberos.principal=NAME; or, with a ticket by "
                              "kinit, -X sasl.kerberos.kinit.cmd=");
    }
    free(principal);
}

void kt_doctor_sasl(struct kt_doctor *doctor)
{
    struct kt_wire_seen seen = {.count = 0};
    struct kt_finding *finding;
    int64_t began = kt_wait_now();
    enum kt_wire wire = ask_mechanisms(doctor, &seen);
    int64_t ms = kt_wait_now() - began;
    bool answered = wire == KT_WIRE_KAFKA;
    if (!doctor->sasl) {
        look_without_sasl(doctor, &seen, answered, ms);
    } else if (answered && seen.error == ILLEGAL_STATE) {
        finding = kt_report_fail(&doctor->report, doctor->step, KT_NETWORK, ms,
                                 "this port takes no login, and security.protocol is %s", doctor->protocol);
        kt_finding_advise(finding, "-X security.protocol=%s, or another port of the broker",
                          doctor->tls ? "SSL" : "PLAINTEXT");
    } else if (answered && seen.error == UNSUPPORTED_MECHANISM) {
        finding = kt_report_fail(&doctor->report, doctor->step, KT_AUTH, ms,
                                 "the broker does not offer the mechanism %s, but %s", doctor->mechanism,
                                 seen.mechanisms[0] ? seen.mechanisms : "none");
        kt_finding_advise(finding, "-X sasl.mechanism=%s", seen.mechanisms[0] ? seen.mechanisms : "...");
    } else {
        log_in(doctor, &seen, began);
    }
}

/* ---- versions ---- */

void kt_doctor_versions(struct kt_doctor *doctor)
{
    const struct kt_wire_seen *seen = &doctor->versions;
    const char *release = doctor->versions_known ? kt_wire_release(seen) : NULL;
    char library[40];
    kt_doctor_library(doctor, library, sizeof library);
    if (!doctor->versions_known)
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_SKIPPED, -1,
                      "what the broker speaks cannot be asked; here is librdkafka %s", library);
    else
        kt_report_add(
            &doctor->report, doctor->step, KT_FOUND_OK, -1,
            "the broker speaks %zu kinds of requests, as Apache Kafka %s%s does (a guess); here is librdkafka %s",
            seen->count, release ? release : "before 0.10", release ? " or a later one" : "", library);
}
