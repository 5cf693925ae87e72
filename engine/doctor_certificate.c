/* Certificates in the doctor's words: the broker's, and ours. */
#include <stdio.h>
#include <time.h>

#include "doctor_part.h"

#define SOON_DAYS 30
#define DAY       86400

static const char *day_of(int64_t seconds, char *out, size_t room)
{
    struct tm parts;
    time_t at = (time_t)seconds;
    if (!gmtime_r(&at, &parts) || strftime(out, room, "%Y-%m-%d", &parts) == 0)
        (void)snprintf(out, room, "?");
    return out;
}

static int64_t seconds_left(const struct kt_tls_certificate *certificate)
{
    return certificate->until - (int64_t)time(NULL);
}

/* "in 9 days", "2 days ago". */
static const char *when_of(int64_t seconds, char *out, size_t room)
{
    bool over = seconds < 0;
    long long days = (long long)(over ? -seconds : seconds) / DAY;
    char many[40] = "less than a day";
    if (days > 0)
        (void)snprintf(many, sizeof many, "%lld day%s", days, days == 1 ? "" : "s");
    (void)snprintf(out, room, "%s%s%s", over ? "" : "in ", many, over ? " ago" : "");
    return out;
}

static const char *verify_advice(int verify)
{
    switch (verify) {
    case 9:
        return "is the clock of this machine right? Otherwise wait, or give the broker another certificate";
    case 10:
        return "give the broker a new certificate; and is the clock of this machine right?";
    case 2:
    case 18:
    case 19:
    case 20:
    case 21:
        return "-X ssl.ca.location=FILE with the certificate (PEM) of the authority that issued it";
    default:
        return "";
    }
}

static void say_trust(struct kt_doctor *doctor, const struct kt_tls_seen *seen)
{
    const struct kt_tls_certificate *broker = &seen->broker;
    struct kt_report *report = &doctor->report;
    const char *name = doctor->door->place.host;
    struct kt_finding *finding = NULL;
    bool strict = doctor->verifies;
    if (seen->verify) {
        finding = strict ? kt_report_fail(report, "certificate", KT_AUTH, -1, "not trusted: %s", seen->verify_text)
                         : kt_report_add(report, "certificate", KT_FOUND_WARN, -1,
                                         "not trusted: %s; it is taken all the same, as the settings want it",
                                         seen->verify_text);
        kt_finding_advise(finding, "%s", verify_advice(seen->verify));
    } else {
        kt_report_add(report, "certificate", KT_FOUND_OK, -1, "trusted: %s vouches for it", seen->authority);
    }
    if (!seen->name_matches) {
        finding = doctor->checks_names
                      ? kt_report_fail(report, "certificate", KT_AUTH, -1, "it is not for '%s', but for %s", name,
                                       broker->names[0] ? broker->names : broker->subject)
                      : kt_report_add(report, "certificate", KT_FOUND_WARN, -1,
                                      "it is not for '%s', but for %s; that is not checked, as the settings want it",
                                      name, broker->names[0] ? broker->names : broker->subject);
        kt_finding_advise(finding,
                          "connect by a name that the certificate has (--resolve NAME=ADDRESS may help), or give "
                          "the broker a certificate with this name in subjectAltName");
    }
    int64_t left = seconds_left(broker);
    if (left >= 0 && left < SOON_DAYS * DAY) { /* one that has expired is not trusted, above */
        char when[60];
        finding = kt_report_add(report, "certificate", KT_FOUND_WARN, -1, "it expires %s",
                                when_of(left, when, sizeof when));
        kt_finding_advise(finding, "after that, nobody who checks certificates connects any more: renew it");
    }
}

void kt_doctor_say_certificate(struct kt_doctor *doctor, const struct kt_tls_seen *seen)
{
    const struct kt_tls_certificate *broker = &seen->broker;
    char day[24], when[60];
    if (!broker->there) {
        kt_report_fail(&doctor->report, "certificate", KT_AUTH, -1, "the broker shows no certificate");
        return;
    }
    kt_report_add(&doctor->report, "certificate", KT_FOUND_OK, -1,
                  "%s, for %s, issued by %s, valid until %s (%s)", broker->subject,
                  broker->names[0] ? broker->names : "no further names", broker->issuer,
                  day_of(broker->until, day, sizeof day), when_of(seconds_left(broker), when, sizeof when));
    say_trust(doctor, seen);
}

void kt_doctor_say_own(struct kt_doctor *doctor, const struct kt_tls_seen *seen, enum kt_wire wire, const char *why)
{
    struct kt_report *report = &doctor->report;
    const struct kt_tls_certificate *own = &seen->own;
    struct kt_finding *finding;
    bool taken = wire == KT_WIRE_KAFKA;
    if (!seen->asked) {
        kt_report_add(report, "our certificate", KT_FOUND_OK, -1, "the broker does not ask for one%s%s",
                      own->there ? "; not shown: " : "", own->there ? own->subject : "");
    } else if (taken) {
        kt_report_add(report, "our certificate", KT_FOUND_OK, -1, "the broker asks for one, and %s%s",
                      own->there ? "takes " : "does without", own->there ? own->subject : "");
    } else {
        finding = kt_report_fail(report, "our certificate", KT_AUTH, -1, "%s%s%s%s",
                                 own->there ? "the broker refuses " : "the broker wants one, and none is given",
                                 own->there ? own->subject : "", why[0] ? ": " : "", why);
        kt_finding_advise(finding, "%s",
                          own->there ? "it must be issued by an authority that the broker trusts (its "
                                       "ssl.truststore), and be valid"
                                     : "-X ssl.certificate.location=FILE -X ssl.key.location=FILE");
    }
    int64_t left = own->there ? seconds_left(own) : 0;
    if (own->there && left < SOON_DAYS * DAY) {
        char when[60];
        finding = kt_report_add(report, "our certificate", KT_FOUND_WARN, -1, "it expire%s %s", left < 0 ? "d" : "s",
                                when_of(left, when, sizeof when));
        kt_finding_advise(finding, "renew it");
    }
    if (own->there)
        (void)snprintf(doctor->subject, sizeof doctor->subject, "%s", own->subject);
}
