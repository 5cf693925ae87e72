/* Groups: which are visible, which let themselves be described, and whether their commits are told. */
#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_part.h"
#include "fault.h"
#include "wait.h"

#define LIST_MS    10000
#define COMMITS_MS 10000
#define ASKED_MOST 20 /* groups whose commits are asked for */
#define NAMED_MOST 3  /* groups that a command names; for more, it grants all */

struct tally {
    size_t visible, denied, failed;
    const char *denied_names[NAMED_MOST];
    const char *error; /* of the last that failed otherwise */
};

static void grant_groups(struct kt_doctor *doctor, struct kt_finding *finding, const struct tally *tally)
{
    bool few = tally->denied > 0 && tally->denied <= NAMED_MOST;
    finding->command =
        kt_doctor_command(doctor, KT_NEED_GROUPS, few ? tally->denied_names : NULL, few ? tally->denied : 0);
}

static void keep_group(struct kt_doctor *doctor, const char *name)
{
    if (doctor->groups.count >= ASKED_MOST)
        return;
    doctor->groups.items = kt_resize(doctor->groups.items, doctor->groups.count + 1, sizeof *doctor->groups.items);
    doctor->groups.items[doctor->groups.count++] = kt_strdup(name);
}

static void count_group(struct kt_doctor *doctor, const struct rd_kafka_group_info *info, struct tally *tally)
{
    if (!info->group || !kt_filter_accepts(doctor->options->group_filter, info->group, strlen(info->group)))
        return;
    tally->visible++;
    if (info->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
        if (tally->denied < NAMED_MOST)
            tally->denied_names[tally->denied] = info->group;
        tally->denied++;
    } else {
        keep_group(doctor, info->group);
    }
}

static void say_none(struct kt_doctor *doctor, const struct tally *tally, int64_t ms)
{
    bool filtered = doctor->options->groups.count > 0 || doctor->options->exclude_groups.count > 0;
    struct kt_finding *finding =
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, ms,
                      "no group is visible: the cluster has none%s, or we have no DESCRIBE on them",
                      filtered ? " that -g and -G let through" : "");
    kt_finding_advise(finding,
                      "brokers leave out what one may not see. To see all, somebody who may grant rights runs:");
    grant_groups(doctor, finding, tally);
    kt_doctor_lacks(doctor, "no group is visible");
}

static void say_described(struct kt_doctor *doctor, const struct tally *tally)
{
    size_t well = tally->visible - tally->denied;
    struct kt_finding *finding;
    if (tally->denied == 0) {
        kt_report_add(&doctor->report, "describe", KT_FOUND_OK, -1, "state and members of %s told",
                      well == 1 ? "this group are" : "all of them are");
        return;
    }
    if (well == 0)
        finding = kt_report_fail(&doctor->report, "describe", KT_AUTH, -1,
                                 "no group may be looked at: no DESCRIBE on %s", tally->denied_names[0]);
    else
        finding = kt_report_add(&doctor->report, "describe", KT_FOUND_WARN, -1,
                                "%zu of %zu groups may not be looked at: no DESCRIBE on %s%s", tally->denied,
                                tally->visible, tally->denied_names[0], tally->denied > 1 ? " and others" : "");
    kt_finding_advise(finding, "somebody who may grant rights runs:");
    grant_groups(doctor, finding, tally);
}

void kt_doctor_list(struct kt_doctor *doctor)
{
    const struct rd_kafka_group_list *list = NULL;
    struct tally tally = {.visible = 0};
    int64_t began = kt_wait_now();
    rd_kafka_resp_err_t error =
        rd_kafka_list_groups(kt_client_handle(doctor->query), NULL, &list, kt_doctor_left(doctor, LIST_MS));
    int64_t ms = kt_wait_now() - began;
    const char *name = rd_kafka_err2name(error);
    if (!list) {
        struct kt_finding *finding =
            kt_report_fail(&doctor->report, doctor->step, kt_fault_code(kt_text_of(name, strlen(name))), ms,
                           "groups cannot be listed: %s (%s)", kt_fault_phrase(name), name);
        kt_finding_advise(finding, "each broker is asked for its groups: is one of them away, or not reached?");
        return;
    }
    for (int i = 0; i < list->group_cnt; i++)
        count_group(doctor, &list->groups[i], &tally);
    if (error)
        kt_finding_advise(kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, ms,
                                        "%zu visible, and not all brokers answered (%s)", tally.visible, name),
                          "groups of a broker that is away are missing");
    else if (tally.visible == 0)
        say_none(doctor, &tally, ms);
    else
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "%zu %s visible", tally.visible,
                      tally.visible == 1 ? "group is" : "groups are");
    if (tally.visible > 0)
        say_described(doctor, &tally);
    if (doctor->groups.count > 0)
        doctor->reached |= KT_STAGE_GROUPS;
    rd_kafka_group_list_destroy(list);
}

/* ---- commits ---- */

static void ask(rd_kafka_t *rk, const char *group, rd_kafka_queue_t *queue, int timeout_ms)
{
    char reason[128];
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
    rd_kafka_ListConsumerGroupOffsets_t *question = rd_kafka_ListConsumerGroupOffsets_new(group, NULL);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, reason, sizeof reason);
    rd_kafka_ListConsumerGroupOffsets(rk, &question, 1, options, queue);
    rd_kafka_ListConsumerGroupOffsets_destroy(question);
    rd_kafka_AdminOptions_destroy(options);
}

/* Counts the partitions of one answer. */
static size_t take_answer(rd_kafka_event_t *event, struct kt_doctor *doctor, struct tally *tally)
{
    size_t count = 0;
    const rd_kafka_ListConsumerGroupOffsets_result_t *result = rd_kafka_event_ListConsumerGroupOffsets_result(event);
    const rd_kafka_group_result_t **groups =
        result ? rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count) : NULL;
    const rd_kafka_error_t *fault = groups && count ? rd_kafka_group_result_error(groups[0]) : NULL;
    rd_kafka_resp_err_t error = rd_kafka_event_error(event);
    error = !error && fault ? rd_kafka_error_code(fault) : error;
    tally->visible++;
    if (error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
        const char *name = groups && count ? rd_kafka_group_result_name(groups[0]) : "";
        for (size_t i = 0; i < doctor->groups.count && tally->denied < NAMED_MOST; i++)
            if (strcmp(doctor->groups.items[i], name) == 0)
                tally->denied_names[tally->denied] = doctor->groups.items[i];
        tally->denied++;
    } else if (error) {
        tally->error = rd_kafka_err2name(error);
        tally->failed++;
    } else if (groups && count) {
        return (size_t)rd_kafka_group_result_partitions(groups[0])->cnt;
    }
    return 0;
}

static void say_commits(struct kt_doctor *doctor, const struct tally *tally, size_t partitions, int64_t ms)
{
    size_t well = tally->visible - tally->denied - tally->failed;
    struct kt_finding *finding;
    if (well == tally->visible) {
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "told for %zu %s, on %zu %s", well,
                      well == 1 ? "group" : "groups", partitions, partitions == 1 ? "partition" : "partitions");
        return;
    }
    if (tally->failed > 0) {
        enum kt_code code = kt_fault_code(kt_text_of(tally->error, strlen(tally->error)));
        const char *phrase = kt_fault_phrase(tally->error);
        finding = well > 0 ? kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, ms,
                                           "not told for %zu of %zu groups: %s (%s)", tally->failed, tally->visible,
                                           phrase, tally->error)
                           : kt_report_fail(&doctor->report, doctor->step, code, ms, "not told: %s (%s)", phrase,
                                            tally->error);
        kt_finding_advise(finding, "each group's coordinator is asked: is one of the brokers away, or not reached?");
    }
    if (tally->denied > 0) {
        finding =
            well > 0
                ? kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, ms,
                                "not told for %zu of %zu groups: no DESCRIBE on them", tally->denied, tally->visible)
                : kt_report_fail(&doctor->report, doctor->step, KT_AUTH, ms, "not told: no DESCRIBE on the groups");
        kt_finding_advise(finding, "somebody who may grant rights runs:");
        grant_groups(doctor, finding, tally);
    }
}

void kt_doctor_commits(struct kt_doctor *doctor)
{
    struct kt_client *client = NULL;
    struct tally tally = {.visible = 0};
    size_t partitions = 0;
    int64_t began = kt_wait_now();
    /* The library wants a handle with the id of a group; one that exists makes no other appear. */
    enum kt_code code = kt_doctor_open_groups(doctor, &client, doctor->groups.items[0]);
    if (code != KT_OK) {
        kt_report_fail(&doctor->report, doctor->step, code, -1, "%s", doctor->trouble_text);
        return;
    }
    rd_kafka_t *rk = kt_client_handle(client);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    int timeout_ms = kt_doctor_left(doctor, COMMITS_MS);
    int64_t until = kt_doctor_until(doctor, COMMITS_MS + 500);
    for (size_t i = 0; i < doctor->groups.count; i++)
        ask(rk, doctor->groups.items[i], queue, timeout_ms);
    while (tally.visible < doctor->groups.count && kt_wait_now() < until) {
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, kt_doctor_left(doctor, 500));
        if (!event)
            continue;
        partitions += take_answer(event, doctor, &tally);
        rd_kafka_event_destroy(event);
    }
    if (tally.visible < doctor->groups.count) {
        tally.failed += doctor->groups.count - tally.visible;
        tally.visible = doctor->groups.count;
        tally.error = "_TIMED_OUT";
    }
    say_commits(doctor, &tally, partitions, kt_wait_now() - began);
    rd_kafka_queue_destroy(queue);
    kt_client_mute(client);
    kt_client_close(client);
}
