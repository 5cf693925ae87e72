/* Names, addresses, connections: of the brokers that were given, and of those that they advertise. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_part.h"
#include "wait.h"

#define RESOLVE_MS    10000
#define CONNECT_MS    5000
#define ADVERTISED_MS 3000
#define TOLD_MOST     5 /* advertised addresses that get a line of their own */

/* Within what is left to all, so that one host that is silent does not take the time of the others. */
static int64_t share(const struct kt_doctor *doctor, int64_t most, size_t others)
{
    int64_t left = (doctor->until - kt_wait_now()) / (int64_t)(others + 2);
    return kt_doctor_until(doctor, left < most ? (left < 200 ? 200 : left) : most);
}

static void add_host(struct kt_doctor *doctor, const char *text, size_t length)
{
    if (doctor->host_count == KT_DOCTOR_HOSTS_MOST)
        return;
    struct kt_doctor_host *host = &doctor->hosts[doctor->host_count];
    *host = (struct kt_doctor_host){.connected = false};
    if (!kt_place_parse(text, length, &host->place))
        return;
    if (!host->place.port)
        host->place.port = 9092;
    doctor->host_count++;
}

static void read_hosts(struct kt_doctor *doctor)
{
    char *brokers = kt_doctor_property(doctor, "bootstrap.servers");
    for (char *at = brokers; *at;) {
        at += strspn(at, " \t,");
        size_t length = strcspn(at, ","), size = length;
        while (size > 0 && (at[size - 1] == ' ' || at[size - 1] == '\t'))
            size--;
        if (size)
            add_host(doctor, at, size);
        at += length;
    }
    free(brokers);
}

/* What --resolve makes of it, for a line: " by --resolve at 10.0.0.1:19092", or "". */
static const char *by_rule(const struct kt_doctor_host *host, bool ruled, char *out, size_t room)
{
    out[0] = '\0';
    if (ruled)
        (void)snprintf(out, room, ", by --resolve %s:%u", host->at.host, host->at.port);
    return out;
}

static void say_numbers(const struct kt_addresses *addresses, char *out, size_t room)
{
    char number[80];
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < addresses->count && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%s", i ? ", " : "",
                                 kt_net_number(&addresses->items[i], number, sizeof number));
}

static int find(struct kt_doctor *doctor, struct kt_doctor_host *host, int64_t until, bool *ruled)
{
    *ruled = kt_resolve_find(&doctor->options->resolve, &host->place, &host->at);
    return kt_net_resolve(&host->addresses, host->at.host, host->at.port, doctor->family, until);
}

static void resolve_one(struct kt_doctor *doctor, struct kt_doctor_host *host, size_t others)
{
    char rule[KT_HOST_ROOM + 32], numbers[400];
    bool ruled = false;
    int64_t began = kt_wait_now();
    int error = find(doctor, host, share(doctor, RESOLVE_MS, others), &ruled);
    int64_t ms = kt_wait_now() - began;
    (void)by_rule(host, ruled, rule, sizeof rule);
    if (error || host->addresses.count == 0) {
        struct kt_finding *finding =
            kt_report_fail(&doctor->report, doctor->step, KT_NETWORK, ms, "%s%s: %s", host->place.host, rule,
                           error ? kt_net_resolve_text(error) : "it has no address of a kind that is used here");
        kt_finding_advise(finding, "is the name right, and known to the name service of this machine? "
                                   "--resolve HOST=ADDRESS gives it another address");
        return;
    }
    say_numbers(&host->addresses, numbers, sizeof numbers);
    kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "%s%s -> %s", host->place.host, rule, numbers);
    doctor->reached |= KT_STAGE_RESOLVED;
}

/* A failure among several brokers is no more than a warning as long as one of them is there. */
static void soften(struct kt_doctor *doctor, size_t from, bool any)
{
    struct kt_report *report = &doctor->report;
    bool failed_before = false;
    for (size_t i = 0; i < from; i++)
        failed_before |= report->items[i].mark == KT_FOUND_FAIL;
    for (size_t i = from; any && i < report->count; i++)
        if (report->items[i].mark == KT_FOUND_FAIL) {
            report->items[i].mark = KT_FOUND_WARN;
            report->items[i].code = KT_OK;
            report->marks[KT_FOUND_FAIL]--;
            report->marks[KT_FOUND_WARN]++;
        }
    if (any && !failed_before)
        report->code = KT_OK;
}

void kt_doctor_resolve(struct kt_doctor *doctor)
{
    size_t from = doctor->report.count;
    read_hosts(doctor);
    for (size_t i = 0; i < doctor->host_count; i++)
        resolve_one(doctor, &doctor->hosts[i], doctor->host_count - i);
    if (doctor->host_count == 0)
        kt_report_fail(&doctor->report, doctor->step, KT_USAGE, -1, "no brokers are given");
    soften(doctor, from, doctor->reached & KT_STAGE_RESOLVED);
}

/* Its addresses one after another, as the client library does it. Returns the errno of the last. */
static int connect_host(struct kt_doctor_host *host, int64_t until)
{
    int error = EADDRNOTAVAIL, fd = -1;
    for (size_t i = 0; i < host->addresses.count && !host->connected; i++) {
        int64_t left = until - kt_wait_now();
        int64_t mine = kt_wait_now() + left / (int64_t)(host->addresses.count - i);
        error = kt_net_connect(&host->addresses.items[i], mine, &fd);
        if (error == 0) {
            (void)close(fd);
            host->connected = true;
            host->good = host->addresses.items[i];
        }
    }
    return host->connected ? 0 : error;
}

static void connect_one(struct kt_doctor *doctor, struct kt_doctor_host *host, size_t others)
{
    char number[80];
    int64_t began = kt_wait_now();
    int error = connect_host(host, share(doctor, CONNECT_MS, others));
    int64_t ms = kt_wait_now() - began;
    if (error) {
        struct kt_finding *finding = kt_report_fail(&doctor->report, doctor->step, KT_NETWORK, ms, "%s:%u: %s",
                                                    host->at.host, host->at.port, kt_net_connect_text(error));
        kt_finding_advise(finding, "%s", kt_net_connect_advice(error));
        return;
    }
    kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "%s:%u (%s)", host->at.host, host->at.port,
                  kt_net_number(&host->good, number, sizeof number));
    doctor->reached |= KT_STAGE_CONNECTED;
    if (!doctor->door)
        doctor->door = host;
}

void kt_doctor_connect(struct kt_doctor *doctor)
{
    size_t from = doctor->report.count;
    for (size_t i = 0; i < doctor->host_count; i++)
        if (doctor->hosts[i].addresses.count)
            connect_one(doctor, &doctor->hosts[i], doctor->host_count - i);
    soften(doctor, from, doctor->door != NULL);
}

/* ---- what brokers advertise ---- */

/* Also shakes hands where TLS is spoken: the certificate must be for the advertised name, too. */
static bool shakes(struct kt_doctor *doctor, const struct kt_doctor_host *host, char *why, size_t room)
{
    struct kt_doctor_line line;
    struct kt_tls_seen seen;
    struct kt_err err = {.code = KT_OK};
    if (!doctor->tls || !kt_tls_possible())
        return true;
    enum kt_tls_end end = kt_doctor_dial(doctor, host, &line, &seen, &err);
    kt_doctor_hang_up(&line);
    if (end != KT_TLS_SHAKEN)
        (void)snprintf(why, room, "it connects, and the TLS handshake fails%s%s", seen.error[0] ? ": " : "",
                       seen.error);
    else if (doctor->verifies && seen.verify)
        (void)snprintf(why, room, "its certificate is not trusted: %s", seen.verify_text);
    else if (doctor->checks_names && !seen.name_matches)
        (void)snprintf(why, room, "its certificate is for %.300s, not for this name",
                       seen.broker.names[0] ? seen.broker.names : seen.broker.subject);
    else
        return true;
    return false;
}

/* Looks for one; false: `why` says what is wrong with it, `name` whether that is its certificate. */
static bool try_one(struct kt_doctor *doctor, const struct kt_layout_broker *broker, size_t others, bool *secured,
                    char *why, size_t room)
{
    struct kt_doctor_host host = {.connected = false};
    char rule[KT_HOST_ROOM + 32];
    bool ruled = false;
    (void)snprintf(host.place.host, sizeof host.place.host, "%s", broker->host);
    host.place.port = (unsigned)broker->port & 0xffff;
    int64_t until = share(doctor, ADVERTISED_MS, others);
    int error = find(doctor, &host, until, &ruled);
    (void)by_rule(&host, ruled, rule, sizeof rule);
    *secured = true;
    if (error || host.addresses.count == 0) {
        (void)snprintf(why, room, "%s%s", kt_net_resolve_text(error ? error : EAI_NONAME), rule);
        return false;
    }
    error = connect_host(&host, until);
    if (error) {
        (void)snprintf(why, room, "%s%s", kt_net_connect_text(error), rule);
        return false;
    }
    *secured = shakes(doctor, &host, why, room);
    return *secured;
}

static void say_unreachable(struct kt_doctor *doctor, const struct kt_layout_broker *broker, const char *why,
                            bool secured, int64_t ms)
{
    struct kt_finding *finding = kt_report_fail(&doctor->report, doctor->step, secured ? KT_NETWORK : KT_AUTH, ms,
                                                "broker %d is advertised as %s:%d, and from here: %s", (int)broker->id,
                                                broker->host, (int)broker->port, why);
    if (secured)
        kt_finding_advise(finding,
                          "the bootstrap connection works, but brokers tell clients to come to this address: "
                          "mend advertised.listeners, the name service or the route; through a port-forward: "
                          "--resolve %s:%d=ADDRESS:PORT",
                          broker->host, (int)broker->port);
    else
        kt_finding_advise(finding, "clients check certificates against the advertised name: give the broker a "
                                   "certificate that has it");
}

void kt_doctor_advertised(struct kt_doctor *doctor)
{
    const struct kt_layout *layout = doctor->layout;
    size_t reached = 0, bad = 0, i = 0;
    int64_t began = kt_wait_now();
    for (; i < layout->broker_count && kt_wait_now() < doctor->until; i++) {
        char why[500] = "";
        bool secured = true;
        int64_t start = kt_wait_now();
        if (try_one(doctor, &layout->brokers[i], layout->broker_count - i, &secured, why, sizeof why))
            reached++;
        else if (bad++ < TOLD_MOST)
            say_unreachable(doctor, &layout->brokers[i], why, secured, kt_wait_now() - start);
    }
    int64_t ms = kt_wait_now() - began;
    if (bad == 0 && i == layout->broker_count)
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms,
                      reached == 1 ? "the broker is reached at the address that it advertises, %s:%d"
                                   : "all brokers are reached at the addresses that they advertise, as %s:%d",
                      layout->brokers[0].host, (int)layout->brokers[0].port);
    else if (i < layout->broker_count || bad > TOLD_MOST)
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, ms,
                      "%zu of %zu brokers reached, %zu not, %zu not tried", reached, layout->broker_count, bad,
                      layout->broker_count - i);
    if (reached)
        doctor->reached |= KT_STAGE_ADVERTISED;
}
