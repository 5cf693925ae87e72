/* The floor of the admin source: a listing of all groups, then the offsets of each by the library's call for one group,
 * 64 of them under way, and all log ends at the same time. */
#include "bare.h"


#define FLIGHT     64
#define TIMEOUT_MS 30000

static const char *const properties[] = {"isolation.level", "read_uncommitted", "log_level", "2", NULL};

static rd_kafka_event_t *wait_for(rd_kafka_queue_t *queue)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, TIMEOUT_MS);
    if (!event) {
        bare_fail("groups", "no answer");
    }
    if (rd_kafka_event_error(event)) {
        bare_fail("groups", rd_kafka_event_error_string(event));
    }
    return event;
}

/* The event is never given back: the names are its. */
static const rd_kafka_ListConsumerGroups_result_t *list(rd_kafka_t *rk, rd_kafka_queue_t *queue)
{
    size_t errors;
    rd_kafka_ListConsumerGroups(rk, NULL, queue);
    const rd_kafka_ListConsumerGroups_result_t *result = rd_kafka_event_ListConsumerGroups_result(wait_for(queue));
    const rd_kafka_error_t **failed = rd_kafka_ListConsumerGroups_result_errors(result, &errors);
    if (errors) {
        bare_fail("groups", rd_kafka_error_string(failed[0]));
    }
    return result;
}

static void ask(rd_kafka_t *rk, rd_kafka_queue_t *queue, const rd_kafka_ConsumerGroupListing_t *group)
{
    rd_kafka_ListConsumerGroupOffsets_t *request =
        rd_kafka_ListConsumerGroupOffsets_new(rd_kafka_ConsumerGroupListing_group_id(group), NULL);
    rd_kafka_ListConsumerGroupOffsets(rk, &request, 1, NULL, queue);
    rd_kafka_ListConsumerGroupOffsets_destroy(request);
}

/* How many partitions the next answer tells. */
static int64_t take(rd_kafka_queue_t *queue)
{
    size_t count;
    rd_kafka_event_t *event = wait_for(queue);
    const rd_kafka_group_result_t **groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
        rd_kafka_event_ListConsumerGroupOffsets_result(event), &count);
    const rd_kafka_error_t *error = rd_kafka_group_result_error(groups[0]);
    if (error) {
        bare_fail("offsets", rd_kafka_error_string(error));
    }
    const rd_kafka_topic_partition_list_t *offsets = rd_kafka_group_result_partitions(groups[0]);
    int64_t told = 0;
    for (int i = 0; i < offsets->cnt; i++) {
        told += !offsets->elems[i].err && offsets->elems[i].offset >= 0;
    }
    rd_kafka_event_destroy(event);
    return told;
}

int main(int argc, char **argv)
{
    size_t groups, asked = 0, answered = 0;
    int64_t commits = 0;
    bare_begin(argc, argv);
    rd_kafka_t *rk = bare_handle(RD_KAFKA_PRODUCER, properties);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    const struct rd_kafka_metadata *metadata = bare_metadata(rk);
    bare_ends_begin(rk, metadata);
    const rd_kafka_ConsumerGroupListing_t **listed = rd_kafka_ListConsumerGroups_result_valid(list(rk, queue), &groups);
    while (answered < groups) {
        while (asked < groups && asked < answered + FLIGHT) {
            ask(rk, queue, listed[asked++]);
        }
        commits += take(queue);
        answered++;
    }
    const struct bare_count counts[] = {
        {"groups", (int64_t)groups},
        {"commits", commits},
        {"partitions", bare_partitions(metadata)},
        {"ends", bare_ends_end()},
    };
    bare_tell("admin", counts, sizeof counts / sizeof counts[0]);
}
