/* The client library's own way to the cluster: the login, and the first metadata. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_login.h"
#include "doctor_part.h"
#include "fault.h"
#include "inbox.h"
#include "wait.h"

#define LOGIN_MS 15000
#define SLICE_MS 400

static bool is_follow_up(struct kt_text error)
{
    static const char *const names[] = {"_TIMED_OUT", "_ALL_BROKERS_DOWN"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (error.length == strlen(names[i]) && memcmp(error.bytes, names[i], error.length) == 0)
            return true;
    return false;
}

/* Without the library's " (after 302ms in state AUTH_REQ)". */
static size_t length_of(struct kt_text text)
{
    for (size_t i = 0; i + 8 < text.length; i++)
        if (memcmp(text.bytes + i, " (after ", 8) == 0)
            return i;
    return text.length;
}

/* What waiting does not change; asking again would only lock an account. */
static bool is_final(enum kt_code code)
{
    return code == KT_AUTH || code == KT_CONFIG;
}

/* The sink of the inbox: keeps the word that says most. */
static void take_problem(void *self, const struct kt_obs *obs)
{
    struct kt_doctor *doctor = self;
    if (obs->kind != KT_OBS_PROBLEM || obs->problem.over || !obs->problem.error.bytes)
        return;
    enum kt_code code = kt_fault_code(obs->problem.error);
    bool better = doctor->trouble == KT_OK || (is_final(code) && !is_final(doctor->trouble));
    if (!better || (is_follow_up(obs->problem.error) && !is_final(code)))
        return;
    doctor->trouble = code == KT_OK ? KT_NETWORK : code;
    (void)snprintf(doctor->trouble_text, sizeof doctor->trouble_text, "%.*s", (int)length_of(obs->problem.text),
                   obs->problem.text.bytes ? obs->problem.text.bytes : "");
}

static void hear(struct kt_doctor *doctor)
{
    struct kt_sink sink = {take_problem, doctor};
    kt_client_serve(doctor->query);
    (void)kt_inbox_deliver(doctor->context.inbox, &sink, 0);
}

/* Where a command tells the secret, nothing is opened before it has. */
static enum kt_code open_context(struct kt_doctor *doctor, struct kt_err *err)
{
    if (doctor->context.inbox)
        return KT_OK;
    doctor->context = (struct kt_client_context){.options = doctor->options,
                                                 .clock = &kt_clock_system,
                                                 .log = kt_log_new(&kt_clock_system),
                                                 .inbox = kt_inbox_new()};
    enum kt_code code = kt_login_open(&doctor->context.login, &doctor->context, err);
    return code == KT_OK ? kt_login_wait(doctor->context.login, kt_doctor_left(doctor, INT64_MAX), err) : code;
}

static enum kt_code open_client(struct kt_doctor *doctor, struct kt_client **client, enum kt_role role,
                                const char *group_id)
{
    struct kt_err err = {.code = KT_OK};
    enum kt_code code = open_context(doctor, &err);
    if (code == KT_OK)
        code = kt_client_open(client, role, &doctor->context, group_id, &err);
    if (code != KT_OK)
        (void)snprintf(doctor->trouble_text, sizeof doctor->trouble_text, "%s", err.text);
    return code;
}

enum kt_code kt_doctor_login(struct kt_doctor *doctor)
{
    int64_t until = kt_doctor_until(doctor, LOGIN_MS);
    enum kt_code code = doctor->query ? KT_OK : open_client(doctor, &doctor->query, KT_ROLE_QUERY, NULL);
    if (code != KT_OK)
        return doctor->trouble = code;
    while (!doctor->layout) {
        int64_t left = until - kt_wait_now();
        if (left <= 0)
            break;
        int error = kt_layout_fetch(&doctor->layout, doctor->query, doctor->options->topic_filter, KT_OFFSETS_ABSENT,
                                    left < SLICE_MS ? (int)left + 1 : SLICE_MS);
        hear(doctor);
        if (error && is_final(doctor->trouble))
            return doctor->trouble;
    }
    if (doctor->layout) {
        doctor->trouble = KT_OK;
        doctor->trouble_text[0] = '\0';
        return KT_OK;
    }
    if (!doctor->trouble_text[0])
        (void)snprintf(doctor->trouble_text, sizeof doctor->trouble_text, "no answer in time");
    return doctor->trouble = doctor->trouble == KT_OK ? KT_NETWORK : doctor->trouble;
}

static size_t topics_in_scope(const struct kt_layout *layout)
{
    size_t count = 0;
    for (size_t i = 0; i < layout->topic_count; i++)
        count += layout->topics[i].in_scope && !layout->topics[i].internal;
    return count;
}

static void say_topics(struct kt_doctor *doctor)
{
    size_t count = topics_in_scope(doctor->layout);
    bool filtered = doctor->options->topics.count > 0 || doctor->options->exclude_topics.count > 0;
    if (count > 0) {
        kt_report_add(&doctor->report, "topics", KT_FOUND_OK, -1, "%zu %s visible%s", count,
                      count == 1 ? "topic is" : "topics are", filtered ? ", of those that -t and -T let through" : "");
        return;
    }
    struct kt_finding *finding =
        kt_report_add(&doctor->report, "topics", KT_FOUND_WARN, -1,
                      "no topic is visible: the cluster has none%s, or we have no DESCRIBE on them",
                      filtered ? " that -t and -T let through" : "");
    kt_doctor_lacks(doctor, "no topic is visible");
    finding->command = kt_doctor_command(doctor, KT_NEED_TOPICS, NULL, 0);
    kt_finding_advise(finding,
                      "brokers leave out what one may not see. To see all, somebody who may grant rights runs:");
}

void kt_doctor_metadata(struct kt_doctor *doctor)
{
    char controller[40] = "controller not known";
    int64_t began = kt_wait_now();
    enum kt_code code = kt_doctor_login(doctor);
    int64_t ms = kt_wait_now() - began;
    if (code != KT_OK) {
        kt_report_fail(&doctor->report, doctor->step, code, ms, "%s", doctor->trouble_text);
        return;
    }
    const struct kt_layout *layout = doctor->layout;
    if (layout->controller >= 0)
        (void)snprintf(controller, sizeof controller, "controller %d", (int)layout->controller);
    kt_report_add(&doctor->report, doctor->step, layout->broker_count ? KT_FOUND_OK : KT_FOUND_WARN, ms,
                  "cluster %s, %zu %s, %s", layout->cluster_id ? layout->cluster_id : "without an id",
                  layout->broker_count, layout->broker_count == 1 ? "broker" : "brokers", controller);
    say_topics(doctor);
    if (layout->broker_count)
        doctor->reached |= KT_STAGE_METADATA;
}

void kt_doctor_library(const struct kt_doctor *doctor, char *out, size_t room)
{
    (void)doctor;
    (void)snprintf(out, room, "%s", rd_kafka_version_str());
}

bool kt_doctor_old_scram(const struct kt_doctor *doctor)
{
    return strncmp(doctor->mechanism, "SCRAM", 5) == 0 && rd_kafka_version() < 0x020601ff &&
           (!doctor->versions_known || strcmp(kt_wire_release(&doctor->versions), "4.1") == 0);
}

struct rd_kafka_s *kt_doctor_reader(struct kt_doctor *doctor)
{
    if (!doctor->reader && open_client(doctor, &doctor->reader, KT_ROLE_RECORD, NULL) != KT_OK)
        return NULL;
    return kt_client_handle(doctor->reader);
}

enum kt_code kt_doctor_open_groups(struct kt_doctor *doctor, struct kt_client **client, const char *group)
{
    return open_client(doctor, client, KT_ROLE_GROUPS, group);
}

void kt_doctor_leave(struct kt_doctor *doctor)
{
    for (size_t i = 0; i < doctor->groups.count; i++)
        free(doctor->groups.items[i]);
    free(doctor->groups.items);
    kt_layout_unref(doctor->layout);
    kt_login_stop(doctor->context.login);
    kt_client_mute(doctor->query);
    kt_client_mute(doctor->reader);
    kt_client_close(doctor->reader);
    kt_client_close(doctor->query);
    kt_login_close(doctor->context.login);
    if (doctor->context.inbox) {
        kt_inbox_free(doctor->context.inbox);
        kt_log_free(doctor->context.log);
    }
}
