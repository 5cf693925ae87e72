#include "ends_call.h"

#include <librdkafka/rdkafka.h>

#include "wait.h"

#define APART_MS   1000
#define WITNESS_MS 1000
#define RENEW_MS   1000
/* After so many at once that are led elsewhere, the rest of the call is: a broker that lost all it led is not asked
   for each of thousands. */
#define FAULTS_MOST 16

static bool is_dead(int error)
{
    return error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT ||
           error == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE || error == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ||
           error == RD_KAFKA_RESP_ERR__DESTROY;
}

/* Whether an error says that the handle remembers something that is no longer so. */
static bool is_doubtful(int error)
{
    return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION || error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE || error == RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR ||
           error == RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH || error == RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH ||
           error == RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE || error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
           is_dead(error);
}

/* Takes over what the call left in the list; returns whether every partition has an answer or an error. */
static bool take_answers(struct kt_answer *answers, size_t count, const rd_kafka_topic_partition_list_t *list,
                         int error)
{
    bool all = true;
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *item = &list->elems[i];
        answers[i].error = item->err ? (int)item->err : error;
        answers[i].offset = item->offset;
        /* Where the call failed, an item without an error still holds what was asked. */
        if (error && !item->err)
            all = false;
        if (!answers[i].error && item->offset < 0 && (answers[i].what < 0 || item->offset != RD_KAFKA_OFFSET_END))
            answers[i].error = RD_KAFKA_RESP_ERR__BAD_MSG;
    }
    return all;
}

static int ask_once(struct kt_client *client, struct kt_answer *answers, size_t count, int timeout, bool *all)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, answers[i].topic->name, answers[i].partition)->offset =
            answers[i].what;
    rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(kt_client_handle(client), list, timeout);
    *all = take_answers(answers, count, list, error);
    rd_kafka_topic_partition_list_destroy(list);
    bool doubtful = false;
    for (size_t i = 0; i < count && !doubtful; i++)
        doubtful = is_doubtful(answers[i].error);
    if (doubtful)
        kt_client_doubt(client);
    return error;
}

static void fail_all(struct kt_answer *answers, size_t count, int error)
{
    for (size_t i = 0; i < count; i++)
        answers[i].error = error;
}

/* The last partitions that stood alone at fault, as long as it was the same fault. */
struct faults {
    int error;
    size_t count;
};

static void note_fault(struct faults *faults, int error)
{
    bool same = error == faults->error && is_doubtful(error);
    faults->count = same ? faults->count + 1 : is_doubtful(error);
    faults->error = error;
}

static int ask_halves(struct kt_client *client, struct kt_answer *answers, size_t count, int64_t until, bool apart,
                      struct faults *faults)
{
    bool all = false;
    int64_t left = until - kt_wait_now();
    if (faults->count == FAULTS_MOST) {
        fail_all(answers, count, faults->error);
        return 0;
    }
    if (left <= 0) {
        fail_all(answers, count, RD_KAFKA_RESP_ERR__TIMED_OUT);
        return apart ? 0 : RD_KAFKA_RESP_ERR__TIMED_OUT;
    }
    int error = ask_once(client, answers, count, (int)(apart && left > APART_MS ? APART_MS : left), &all);
    if (is_dead(error) && !apart)
        return error;
    if (!error || count == 1)
        note_fault(faults, answers[0].error);
    if (!error || all || count == 1)
        return 0;
    size_t half = count / 2;
    error = ask_halves(client, answers, half, until, apart, faults);
    if (error) {
        fail_all(answers + half, count - half, error);
        return error;
    }
    return ask_halves(client, answers + half, count - half, until, apart, faults);
}

int kt_ends_call(struct kt_client *client, struct kt_answer *answers, size_t count, int64_t until, bool apart)
{
    struct faults faults = {0};
    return ask_halves(client, answers, count, until, apart, &faults);
}

/* A partition of the leader's to ask about; false when it leads none. */
static bool find_witness(const struct kt_layout *layout, int32_t leader, struct kt_answer *answer)
{
    int64_t now = kt_wait_now();
    bool found = false;
    for (size_t i = 0; i < layout->topic_count; i++) {
        const struct kt_layout_topic *topic = &layout->topics[i];
        for (size_t j = 0; j < topic->partition_count; j++) {
            const struct kt_layout_partition *partition = &topic->partitions[j];
            if (partition->leader != leader || (found && kt_layout_moved(partition, now)))
                continue;
            *answer = (struct kt_answer){
                .topic = topic, .partition = partition->id, .leader = leader, .what = KT_ENDS_END};
            found = true;
            if (!kt_layout_moved(partition, now))
                return true;
        }
    }
    return found;
}

bool kt_ends_witness(struct kt_client *client, const struct kt_layout *layout, int32_t leader)
{
    struct kt_answer answer;
    kt_client_doubt(client);
    kt_client_renew(client, layout->epoch, RENEW_MS);
    return find_witness(layout, leader, &answer) &&
           kt_ends_call(client, &answer, 1, kt_wait_now() + WITNESS_MS, false) == 0 && answer.error == 0;
}
