#include "doctor.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client_config.h"
#include "doctor_part.h"
#include "doctor_write.h"
#include "wait.h"

/* ---- the steps ---- */

static const struct step {
    const char *name;
    unsigned needs;
    void (*run)(struct kt_doctor *doctor);
} steps[] = {
    {"resolve", 0, kt_doctor_resolve},
    {"connect", KT_STAGE_RESOLVED, kt_doctor_connect},
    {"protocol", KT_STAGE_CONNECTED, kt_doctor_tls},
    {"SASL", KT_STAGE_SECURED, kt_doctor_sasl},
    {"versions", KT_STAGE_SECURED, kt_doctor_versions},
    {"metadata", KT_STAGE_LOGGED_IN, kt_doctor_metadata},
    {"advertised", KT_STAGE_METADATA, kt_doctor_advertised},
    {"groups", KT_STAGE_ADVERTISED, kt_doctor_list},
    {"commits", KT_STAGE_GROUPS, kt_doctor_commits},
    {"log ends", KT_STAGE_ADVERTISED, kt_doctor_ends},
    {"offsets topic", KT_STAGE_ADVERTISED, kt_doctor_log},
    {"records", KT_STAGE_ADVERTISED, kt_doctor_records},
    {"settings", KT_STAGE_ADVERTISED, kt_doctor_settings},
};

static const struct {
    unsigned stage;
    const char *lacking;
} lackings[] = {
    {KT_STAGE_RESOLVED, "no broker has an address"},
    {KT_STAGE_CONNECTED, "no broker took a connection"},
    {KT_STAGE_SECURED, "there is no way to speak Kafka with the broker"},
    {KT_STAGE_LOGGED_IN, "we are not logged in"},
    {KT_STAGE_METADATA, "the cluster's layout is not known"},
    {KT_STAGE_ADVERTISED, "no broker can be reached at its advertised address"},
    {KT_STAGE_GROUPS, "there is no group to ask for"},
};

/* What stops this step is the first that failed, or was not reached, not the last. */
static void skip(struct kt_doctor *doctor, const struct step *step)
{
    struct kt_report *report = &doctor->report;
    for (size_t i = 0; i < report->count; i++)
        if (report->items[i].mark == KT_FOUND_FAIL) {
            kt_report_add(report, step->name, KT_FOUND_SKIPPED, -1, "see %s", report->items[i].step);
            return;
        }
    for (size_t i = 0; i < sizeof lackings / sizeof *lackings; i++)
        if (lackings[i].stage <= step->needs && !(lackings[i].stage & doctor->reached)) {
            kt_report_add(report, step->name, KT_FOUND_SKIPPED, -1, "%s", lackings[i].lacking);
            return;
        }
}

int64_t kt_doctor_until(const struct kt_doctor *doctor, int64_t most)
{
    int64_t soon = kt_wait_now() + most;
    return soon < doctor->until ? soon : doctor->until;
}

int kt_doctor_left(const struct kt_doctor *doctor, int64_t most)
{
    int64_t left = doctor->until - kt_wait_now();
    left = left < most ? left : most;
    return left < 1 ? 1 : (int)left;
}

/* A later step may reach what an earlier one did not, so only what is needed at once is looked at. */
static void run_step(struct kt_doctor *doctor, const struct step *step)
{
    doctor->step = step->name;
    if (step->needs & ~doctor->reached)
        skip(doctor, step);
    else if (kt_wait_now() >= doctor->until)
        kt_report_add(&doctor->report, step->name, KT_FOUND_SKIPPED, -1, "the time of --timeout is over");
    else
        step->run(doctor);
}

/* ---- what steps share ---- */

char *kt_doctor_property(const struct kt_doctor *doctor, const char *key)
{
    size_t size = 0;
    if (rd_kafka_conf_get(doctor->conf, key, NULL, &size) != RD_KAFKA_CONF_OK || size == 0)
        return kt_strdup("");
    char *value = kt_alloc(size + 1, 1);
    if (rd_kafka_conf_get(doctor->conf, key, value, &size) != RD_KAFKA_CONF_OK)
        value[0] = '\0';
    return value;
}

static void copy_property(const struct kt_doctor *doctor, const char *key, char *out, size_t room)
{
    char *value = kt_doctor_property(doctor, key);
    (void)snprintf(out, room, "%s", value);
    free(value);
}

char *kt_doctor_command(const struct kt_doctor *doctor, enum kt_need need, const char *const *names, size_t count)
{
    const char *subject = doctor->subject[0] ? doctor->subject : NULL;
    char *principal = kt_right_principal(doctor->options, subject);
    char *command = kt_right_command(doctor->options, need, principal, names, count);
    free(principal);
    return command;
}

void kt_doctor_lacks(struct kt_doctor *doctor, const char *what)
{
    size_t used = strlen(doctor->lacks);
    (void)snprintf(doctor->lacks + used, sizeof doctor->lacks - used, "%s%s", used ? ", " : "", what);
}

void kt_doctor_lack(struct kt_doctor *doctor, enum kt_need need, int64_t ms, const char *text, const char *const *names,
                    size_t count)
{
    const struct kt_right *right = kt_right_of(need);
    struct kt_finding *finding =
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, ms, "%s: no %s", text, right->says);
    finding->optional = right->optional;
    finding->command = kt_doctor_command(doctor, need, names, count);
    kt_finding_advise(finding, "optional; without it, %s", right->without);
    char *what = kt_format("no %s", right->says);
    kt_doctor_lacks(doctor, what);
    free(what);
}

/* ---- one cluster ---- */

static enum kt_code prepare(struct kt_doctor *doctor, struct kt_err *err)
{
    char word[16];
    enum kt_code code = kt_client_configure(doctor->conf, doctor->options, KT_ROLE_QUERY, NULL, err);
    if (code != KT_OK)
        return code;
    copy_property(doctor, "security.protocol", doctor->protocol, sizeof doctor->protocol);
    copy_property(doctor, "sasl.mechanisms", doctor->mechanism, sizeof doctor->mechanism);
    doctor->tls = strcasecmp(doctor->protocol, "ssl") == 0 || strcasecmp(doctor->protocol, "sasl_ssl") == 0;
    doctor->sasl = strncasecmp(doctor->protocol, "sasl", 4) == 0;
    copy_property(doctor, "enable.ssl.certificate.verification", word, sizeof word);
    doctor->verifies = strcmp(word, "false") != 0;
    copy_property(doctor, "ssl.endpoint.identification.algorithm", word, sizeof word);
    doctor->checks_names = doctor->verifies && strcmp(word, "https") == 0;
    copy_property(doctor, "broker.address.family", word, sizeof word);
    doctor->family = strcmp(word, "v4") == 0 ? AF_INET : strcmp(word, "v6") == 0 ? AF_INET6 : AF_UNSPEC;
    return KT_OK;
}

static void conclude(struct kt_doctor *doctor)
{
    struct kt_report *report = &doctor->report;
    const struct kt_finding *first = NULL;
    for (size_t i = 0; i < report->count && !first; i++)
        if (report->items[i].mark == KT_FOUND_FAIL)
            first = &report->items[i];
    if (first)
        (void)snprintf(report->meaning, sizeof report->meaning, "kafkatop %s: %s: %.300s",
                       doctor->reached & KT_STAGE_ADVERTISED ? "will not show all there is" : "cannot work here",
                       first->step, first->text);
    else if (!(doctor->reached & KT_STAGE_ADVERTISED))
        (void)snprintf(report->meaning, sizeof report->meaning, "not all was looked at within --timeout");
    else
        (void)snprintf(report->meaning, sizeof report->meaning, "kafkatop will run on the %s%s%s",
                       doctor->log_readable ? "log (source log)" : "admin source", doctor->lacks[0] ? ": " : "",
                       doctor->lacks);
}

/* `lines` NULL: only the report. */
static struct kt_report look_at(const struct kt_options *options, FILE *lines, bool colour)
{
    struct kt_err err = {.code = KT_OK};
    struct kt_doctor *doctor = kt_alloc(1, sizeof *doctor);
    doctor->options = options;
    doctor->until = kt_wait_now() + options->timeout_ms;
    doctor->conf = rd_kafka_conf_new();
    doctor->report.name = options->cluster;
    doctor->report.bootstrap = options->brokers ? options->brokers : "";
    if (lines)
        kt_doctor_head(lines, &doctor->report);
    if (prepare(doctor, &err) != KT_OK)
        kt_report_fail(&doctor->report, "configuration", err.code, -1, "%s", err.text);
    bool well = err.code == KT_OK;
    size_t shown = 0;
    for (size_t i = 0; i <= sizeof steps / sizeof *steps; i++) {
        for (; lines && shown < doctor->report.count; shown++)
            kt_doctor_line(lines, &doctor->report.items[shown], colour);
        if (lines)
            (void)fflush(lines);
        if (well && i < sizeof steps / sizeof *steps)
            run_step(doctor, &steps[i]);
    }
    conclude(doctor);
    if (lines)
        kt_doctor_foot(lines, &doctor->report);
    struct kt_report report = doctor->report;
    kt_doctor_leave(doctor);
    rd_kafka_conf_destroy(doctor->conf);
    free(doctor);
    return report;
}

int kt_doctor_run(const struct kt_clusters *clusters, FILE *out, bool colour)
{
    struct kt_report *reports = kt_alloc(clusters->count + 1, sizeof *reports);
    bool json = clusters->items[0].json;
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < clusters->count; i++) {
        if (i > 0 && !json)
            fputc('\n', out);
        reports[i] = look_at(&clusters->items[i], json ? NULL : out, colour);
        code = code == KT_OK ? reports[i].code : code;
    }
    if (json)
        kt_doctor_json(out, reports, clusters->count, clusters->items[0].pretty);
    for (size_t i = 0; i < clusters->count; i++)
        kt_report_release(&reports[i]);
    free(reports);
    return kt_code_exit_status(code);
}
