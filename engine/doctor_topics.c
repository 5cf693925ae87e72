/* Log ends, and the rights that one can do without: on the offsets topic, on records, on settings. */
#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_part.h"
#include "fault.h"
#include "wait.h"

#define ENDS_MS      6000
#define READ_MS      5000
#define SETTINGS_MS  6000
#define LEADERS_MOST 50
#define TRIED_MOST   3  /* topics of which a record is asked for */
#define NAMED_MOST   3  /* topics that a command names; for more, it grants all */
#define TOPICS_MOST  50 /* whose settings are asked for */

/* ---- log ends ---- */

/* A partition for each leader there is. */
struct sample {
    const char *topic;
    int32_t partition, leader;
};

static size_t one_a_leader(const struct kt_layout *layout, struct sample *samples, size_t *orphans)
{
    size_t count = 0;
    *orphans = 0;
    for (size_t i = 0; i < layout->topic_count; i++) {
        const struct kt_layout_topic *topic = &layout->topics[i];
        for (size_t j = 0; topic->in_scope && j < topic->partition_count; j++) {
            int32_t leader = topic->partitions[j].leader;
            size_t k = 0;
            while (k < count && samples[k].leader != leader)
                k++;
            if (leader < 0)
                ++*orphans;
            else if (k == count && count < LEADERS_MOST)
                samples[count++] = (struct sample){topic->name, topic->partitions[j].id, leader};
        }
    }
    return count;
}

static rd_kafka_resp_err_t ask_end(struct kt_doctor *doctor, const struct sample *sample)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, sample->topic, sample->partition)->offset = RD_KAFKA_OFFSET_END;
    rd_kafka_resp_err_t error =
        rd_kafka_offsets_for_times(kt_client_handle(doctor->query), list, kt_doctor_left(doctor, ENDS_MS));
    error = error ? error : list->elems[0].err;
    rd_kafka_topic_partition_list_destroy(list);
    return error;
}

void kt_doctor_ends(struct kt_doctor *doctor)
{
    struct sample samples[LEADERS_MOST];
    size_t orphans, well = 0, count = one_a_leader(doctor->layout, samples, &orphans);
    const char *error = NULL;
    int32_t bad = -1;
    int64_t began = kt_wait_now();
    for (size_t i = 0; i < count && kt_wait_now() < doctor->until; i++) {
        rd_kafka_resp_err_t answer = ask_end(doctor, &samples[i]);
        well += answer == RD_KAFKA_RESP_ERR_NO_ERROR;
        if (answer)
            error = rd_kafka_err2name(answer), bad = samples[i].leader;
    }
    int64_t ms = kt_wait_now() - began;
    if (count == 0)
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_SKIPPED, -1, "there is no partition to ask for");
    else if (well == count)
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "told by %zu %s", well,
                      well == 1 ? "leader" : "leaders");
    else if (error)
        kt_report_fail(&doctor->report, doctor->step, kt_fault_code(kt_text_of(error, strlen(error))), ms,
                       "%zu of %zu leaders did not tell them; broker %d: %s (%s)", count - well, count, (int)bad,
                       kt_fault_phrase(error), error);
    else
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, ms, "only %zu of %zu leaders were asked in time",
                      well, count);
    if (orphans)
        kt_finding_advise(kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, -1,
                                        "%zu %s no leader: the log ends there are not known", orphans,
                                        orphans == 1 ? "partition has" : "partitions have"),
                          "the brokers that hold them are away, or not visible on this listener");
}

/* ---- reading ---- */

/* Whether the end of a partition may be read up to: an error of the library, 0 for yes. */
static rd_kafka_resp_err_t try_read(struct kt_doctor *doctor, const char *name, int32_t partition)
{
    rd_kafka_t *rk = kt_doctor_reader(doctor);
    rd_kafka_topic_t *topic = rk ? rd_kafka_topic_new(rk, name, NULL) : NULL;
    rd_kafka_queue_t *queue = topic ? rd_kafka_queue_new(rk) : NULL;
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
    int64_t until = kt_doctor_until(doctor, READ_MS);
    if (!queue)
        return RD_KAFKA_RESP_ERR__FAIL;
    if (rd_kafka_consume_start_queue(topic, partition, RD_KAFKA_OFFSET_END, queue) != 0) {
        error = rd_kafka_last_error();
    } else {
        while (error == RD_KAFKA_RESP_ERR__TIMED_OUT && kt_wait_now() < until) {
            rd_kafka_message_t *message = rd_kafka_consume_queue(queue, kt_doctor_left(doctor, 250));
            if (!message)
                continue;
            bool end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
            error = end ? RD_KAFKA_RESP_ERR_NO_ERROR : message->err;
            rd_kafka_message_destroy(message);
        }
        (void)rd_kafka_consume_stop(topic, partition);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(topic);
    return error;
}

static void say_unread(struct kt_doctor *doctor, enum kt_need need, rd_kafka_resp_err_t error, int64_t ms)
{
    const char *name = rd_kafka_err2name(error);
    struct kt_finding *finding = kt_report_add(&doctor->report, doctor->step, KT_FOUND_WARN, ms, "no answer: %s (%s)",
                                               kt_fault_phrase(name), name);
    finding->optional = true;
    kt_finding_advise(finding, "optional; without it, %s", kt_right_of(need)->without);
}

/* With --source log it is no longer optional. */
static void deny_log(struct kt_doctor *doctor, int64_t ms)
{
    const struct kt_right *right = kt_right_of(KT_NEED_OFFSETS_TOPIC);
    if (doctor->options->source != KT_CHOOSE_LOG) {
        kt_doctor_lack(doctor, KT_NEED_OFFSETS_TOPIC, ms, "it may not be read", NULL, 0);
        return;
    }
    struct kt_finding *finding = kt_report_fail(&doctor->report, doctor->step, KT_AUTH, ms,
                                                "it may not be read, and --source is log: no %s", right->says);
    finding->command = kt_doctor_command(doctor, KT_NEED_OFFSETS_TOPIC, NULL, 0);
    kt_finding_advise(finding, "--source auto does without; or somebody who may grant rights runs:");
}

void kt_doctor_log(struct kt_doctor *doctor)
{
    const struct kt_layout *layout = doctor->layout;
    int64_t began = kt_wait_now();
    if (doctor->options->source == KT_CHOOSE_ADMIN) {
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_SKIPPED, -1, "--source is admin");
        return;
    }
    if (!layout->offsets || layout->offsets->partition_count == 0) {
        if (kt_layout_ask_offsets(&doctor->context, kt_doctor_left(doctor, READ_MS)) == KT_OFFSETS_DENIED)
            deny_log(doctor, kt_wait_now() - began);
        else
            kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, kt_wait_now() - began,
                          "there is none yet: no group has ever committed here");
        return;
    }
    rd_kafka_resp_err_t error = try_read(doctor, KT_OFFSETS_TOPIC, layout->offsets->partitions[0].id);
    int64_t ms = kt_wait_now() - began;
    if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
        deny_log(doctor, ms);
    } else if (error) {
        say_unread(doctor, KT_NEED_OFFSETS_TOPIC, error, ms);
    } else {
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "it may be read: commits come from the log");
        doctor->log_readable = true;
    }
}

/* ---- records ---- */

static bool is_ordinary(const struct kt_layout_topic *topic)
{
    return topic->in_scope && !topic->internal && !topic->error && topic->partition_count > 0;
}

void kt_doctor_records(struct kt_doctor *doctor)
{
    const struct kt_layout *layout = doctor->layout;
    const char *denied[TRIED_MOST];
    size_t tried = 0, denials = 0, ordinary = 0;
    rd_kafka_resp_err_t other = RD_KAFKA_RESP_ERR_NO_ERROR;
    int64_t began = kt_wait_now();
    if (doctor->options->records == KT_RECORDS_NONE) {
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_SKIPPED, -1, "--records is none");
        return;
    }
    for (size_t i = 0; i < layout->topic_count; i++) {
        const struct kt_layout_topic *topic = &layout->topics[i];
        ordinary += is_ordinary(topic);
        if (!is_ordinary(topic) || tried == TRIED_MOST || topic->partitions[0].leader < 0)
            continue;
        rd_kafka_resp_err_t error = try_read(doctor, topic->name, topic->partitions[0].id);
        tried++;
        if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
            denied[denials++] = topic->name;
        else if (error)
            other = error;
    }
    int64_t ms = kt_wait_now() - began;
    if (tried == 0)
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_SKIPPED, -1, "there is no topic to try it on");
    else if (denials > 0)
        kt_doctor_lack(doctor, KT_NEED_RECORDS, ms, "they may not be looked at", denied,
                       denials < tried || denials == ordinary ? denials : 0);
    else if (other)
        say_unread(doctor, KT_NEED_RECORDS, other, ms);
    else
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms, "they may be looked at (tried on %zu %s)", tried,
                      tried == 1 ? "topic" : "topics");
}

/* ---- settings ---- */

static rd_kafka_event_t *ask_settings(struct kt_doctor *doctor, const char *const *names, size_t count)
{
    char reason[128];
    rd_kafka_t *rk = kt_client_handle(doctor->query);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_ConfigResource_t *topics[TOPICS_MOST];
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    int timeout_ms = kt_doctor_left(doctor, SETTINGS_MS);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, reason, sizeof reason);
    for (size_t i = 0; i < count; i++)
        topics[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, names[i]);
    rd_kafka_DescribeConfigs(rk, topics, count, options, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + 500);
    rd_kafka_ConfigResource_destroy_array(topics, count);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return event;
}

static void say_settings(struct kt_doctor *doctor, rd_kafka_event_t *event, size_t asked, int64_t ms)
{
    const char *denied[NAMED_MOST];
    size_t count = 0, denials = 0;
    rd_kafka_resp_err_t error = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    const rd_kafka_DescribeConfigs_result_t *result = event ? rd_kafka_event_DescribeConfigs_result(event) : NULL;
    const rd_kafka_ConfigResource_t **topics =
        result ? rd_kafka_DescribeConfigs_result_resources(result, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (rd_kafka_ConfigResource_error(topics[i]) != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
            continue;
        if (denials < NAMED_MOST)
            denied[denials] = rd_kafka_ConfigResource_name(topics[i]);
        denials++;
    }
    if (error || !result)
        say_unread(doctor, KT_NEED_SETTINGS, error ? error : RD_KAFKA_RESP_ERR__FAIL, ms);
    else if (denials > 0)
        kt_doctor_lack(doctor, KT_NEED_SETTINGS, ms, "they may not be asked for", denied,
                       denials <= NAMED_MOST ? denials : 0);
    else
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_OK, ms,
                      "retention and compaction are told (asked of %zu %s)", asked, asked == 1 ? "topic" : "topics");
}

void kt_doctor_settings(struct kt_doctor *doctor)
{
    const struct kt_layout *layout = doctor->layout;
    const char *names[TOPICS_MOST];
    size_t count = 0;
    int64_t began = kt_wait_now();
    for (size_t i = 0; i < layout->topic_count && count < TOPICS_MOST; i++)
        if (is_ordinary(&layout->topics[i]))
            names[count++] = layout->topics[i].name;
    if (count == 0) {
        kt_report_add(&doctor->report, doctor->step, KT_FOUND_SKIPPED, -1, "there is no topic to ask for");
        return;
    }
    rd_kafka_event_t *event = ask_settings(doctor, names, count);
    say_settings(doctor, event, count, kt_wait_now() - began);
    if (event)
        rd_kafka_event_destroy(event);
}
