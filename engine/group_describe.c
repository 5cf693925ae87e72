#include "group_describe.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

enum kt_group_type kt_group_listed_type(const rd_kafka_ConsumerGroupListing_t *group)
{
#ifdef HAVE_RD_KAFKA_CONSUMERGROUPLISTING_TYPE
    switch (rd_kafka_ConsumerGroupListing_type(group)) {
    case RD_KAFKA_CONSUMER_GROUP_TYPE_CONSUMER:
        return KT_TYPE_CONSUMER;
    case RD_KAFKA_CONSUMER_GROUP_TYPE_CLASSIC:
        return KT_TYPE_CLASSIC;
    default:
        return KT_TYPE_UNKNOWN;
    }
#else
    (void)group;
    return KT_TYPE_UNKNOWN;
#endif
}

#ifndef HAVE_RD_KAFKA_CONSUMERGROUPDESCRIPTION_TYPE

bool kt_group_can_describe(void)
{
    return false;
}

struct kt_described *kt_group_describe(struct kt_client *client, const char **names, size_t count, int timeout_ms)
{
    (void)client, (void)names, (void)count, (void)timeout_ms;
    return NULL;
}

bool kt_described_fill(const struct kt_described *described, const char *name, struct kt_arena *arena,
                       struct kt_obs *obs)
{
    (void)described, (void)name, (void)arena, (void)obs;
    return false;
}

void kt_described_free(struct kt_described *described)
{
    (void)described;
}

#else

struct kt_described {
    rd_kafka_event_t *event;
    const rd_kafka_ConsumerGroupDescription_t **groups; /* the event's; sorted by name */
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    const rd_kafka_ConsumerGroupDescription_t *const *left = a, *const *right = b;
    return strcmp(rd_kafka_ConsumerGroupDescription_group_id(*left),
                  rd_kafka_ConsumerGroupDescription_group_id(*right));
}

bool kt_group_can_describe(void)
{
    return true;
}

static struct kt_described *take(rd_kafka_event_t *event)
{
    const rd_kafka_DescribeConsumerGroups_result_t *result = rd_kafka_event_DescribeConsumerGroups_result(event);
    if (!result || rd_kafka_event_error(event)) {
        rd_kafka_event_destroy(event);
        return NULL;
    }
    struct kt_described *described = kt_alloc(1, sizeof *described);
    const rd_kafka_ConsumerGroupDescription_t **groups =
        rd_kafka_DescribeConsumerGroups_result_groups(result, &described->count);
    described->event = event;
    described->groups = kt_alloc(described->count + 1, sizeof(*described->groups));
    for (size_t i = 0; i < described->count; i++)
        described->groups[i] = groups[i];
    qsort(described->groups, described->count, sizeof(*described->groups), by_name);
    return described;
}

struct kt_described *kt_group_describe(struct kt_client *client, const char **names, size_t count, int timeout_ms)
{
    char reason[128];
    rd_kafka_t *rk = kt_client_handle(client);
    if (count == 0 || timeout_ms <= 0)
        return NULL;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, reason, sizeof reason);
    rd_kafka_DescribeConsumerGroups(rk, names, count, options, queue);
    rd_kafka_AdminOptions_destroy(options);
    /* Its own time limit comes first; a little more, so that what it has until then is not lost. */
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + 500);
    rd_kafka_queue_destroy(queue);
    return event ? take(event) : NULL;
}

static const rd_kafka_ConsumerGroupDescription_t *find(const struct kt_described *described, const char *name)
{
    size_t low = 0, high = described->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(rd_kafka_ConsumerGroupDescription_group_id(described->groups[middle]), name);
        if (order == 0)
            return described->groups[middle];
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static struct kt_text text_of(struct kt_arena *arena, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return kt_text_of(text ? kt_arena_text(arena, text, length) : NULL, length);
}

/* Partitions of one topic stand side by side in a sorted list. */
static void fill_assignment(struct kt_arena *arena, const rd_kafka_topic_partition_list_t *given,
                            struct kt_obs_member *to)
{
    rd_kafka_topic_partition_list_t *sorted = rd_kafka_topic_partition_list_copy(given);
    rd_kafka_topic_partition_list_sort(sorted, NULL, NULL);
    size_t count = sorted->cnt > 0 ? (size_t)sorted->cnt : 0;
    struct kt_obs_assigned *topics = kt_arena_take(arena, count, sizeof *topics);
    int32_t *numbers = kt_arena_take(arena, count, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *one = &sorted->elems[i];
        bool is_next = i > 0 && strcmp(one->topic, sorted->elems[i - 1].topic) == 0;
        if (!is_next) {
            struct kt_obs_assigned *topic = &topics[to->assignment_count++];
            *topic = (struct kt_obs_assigned){.topic = text_of(arena, one->topic), .partitions = &numbers[i]};
        }
        numbers[i] = one->partition;
        topics[to->assignment_count - 1].partition_count++;
    }
    to->assignment = topics;
    to->assignment_known = true;
    rd_kafka_topic_partition_list_destroy(sorted);
}

static void fill_member(struct kt_arena *arena, const rd_kafka_MemberDescription_t *from, struct kt_obs_member *to)
{
    const char *host = rd_kafka_MemberDescription_host(from);
    const rd_kafka_MemberAssignment_t *assignment = rd_kafka_MemberDescription_assignment(from);
    const rd_kafka_topic_partition_list_t *list =
        assignment ? rd_kafka_MemberAssignment_partitions(assignment) : NULL;
    *to = (struct kt_obs_member){.epoch = -1};
    to->member_id = text_of(arena, rd_kafka_MemberDescription_consumer_id(from));
    to->client_id = text_of(arena, rd_kafka_MemberDescription_client_id(from));
    to->instance_id = text_of(arena, rd_kafka_MemberDescription_group_instance_id(from));
    to->host = text_of(arena, host && host[0] == '/' ? host + 1 : host);
    if (list)
        fill_assignment(arena, list, to);
}

bool kt_described_fill(const struct kt_described *described, const char *name, struct kt_arena *arena,
                       struct kt_obs *obs)
{
    const rd_kafka_ConsumerGroupDescription_t *group = described ? find(described, name) : NULL;
    if (!group || rd_kafka_ConsumerGroupDescription_error(group) ||
        rd_kafka_ConsumerGroupDescription_type(group) != RD_KAFKA_CONSUMER_GROUP_TYPE_CONSUMER)
        return false;
    size_t count = rd_kafka_ConsumerGroupDescription_member_count(group);
    struct kt_obs_member *members = kt_arena_take(arena, count, sizeof *members);
    for (size_t i = 0; i < count; i++)
        fill_member(arena, rd_kafka_ConsumerGroupDescription_member(group, i), &members[i]);
    const char *state = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(group));
    obs->group.type = KT_TYPE_CONSUMER;
    /* The library has no word for Assigning and Reconciling: unknown then. */
    obs->group.state = kt_group_state_parse(state);
    obs->group.members = members;
    obs->group.member_count = count;
    obs->group.members_known = true;
    return true;
}

void kt_described_free(struct kt_described *described)
{
    if (!described)
        return;
    rd_kafka_event_destroy(described->event);
    free(described->groups);
    free(described);
}

#endif
