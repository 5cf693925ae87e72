#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess.h"

#define MEMBERS     4
#define OWNED_MOST  64
#define TOPICS_MOST 32
#define PRODUCED    200 /* messages of a partition a round */

static const struct load_size sizes[] = {
    {"S", 50, 20, 20, 10},
    {"M", 500, 5, 100, 20},
    {"L", 2000, 2, 200, 50},
    {"G", 5000, 2, 200, 20},
    {"X", 10000, 2, 1000, 50},
};

const struct load_size *load_size_of(int argc, char **argv)
{
    const char *wanted = argc > 1 ? argv[1] : "S";
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (strcmp(sizes[i].name, wanted) == 0) {
            return &sizes[i];
        }
    }
    fprintf(stderr, "%s: the size is S, M, L, G or X\n", argv[0]);
    exit(64);
}

int64_t load_rows(const struct load_size *size)
{
    return (int64_t)size->groups * size->group_topics * size->topic_partitions;
}

void load_group_name(char out[LOAD_NAME_ROOM], int32_t group)
{
    snprintf(out, LOAD_NAME_ROOM, "team-%02d.consumer-group-%05d", group % 37, group);
}

void load_topic_name(char out[LOAD_NAME_ROOM], int32_t topic)
{
    snprintf(out, LOAD_NAME_ROOM, "domain-%d.events.topic-%04d", topic % 11, topic);
}

int32_t load_topic_of(const struct load_size *size, int32_t group, int32_t k)
{
    return (group * size->group_topics + k) % size->topics;
}

void load_tell_group(const struct load_size *size, int32_t g, const struct kt_sink *sink)
{
    char group[LOAD_NAME_ROOM], topics[TOPICS_MOST][LOAD_NAME_ROOM];
    int32_t partitions[MEMBERS][OWNED_MOST];
    struct kt_text subscription[TOPICS_MOST];
    struct kt_obs_assigned assigned[MEMBERS][TOPICS_MOST];
    struct kt_obs_member members[MEMBERS];
    char ids[MEMBERS][32], hosts[MEMBERS][32];
    load_group_name(group, g);
    for (int m = 0; m < MEMBERS; m++) {
        size_t owned = 0;
        for (int32_t p = m; p < size->topic_partitions; p += MEMBERS) {
            partitions[m][owned++] = p;
        }
        for (int32_t k = 0; k < size->group_topics; k++) {
            load_topic_name(topics[k], load_topic_of(size, g, k));
            subscription[k] = kt_text_of(topics[k], strlen(topics[k]));
            assigned[m][k] = (struct kt_obs_assigned){
                .topic = subscription[k], .partitions = partitions[m], .partition_count = owned};
        }
        snprintf(ids[m], sizeof ids[m], "consumer-%05d-%d", g, m);
        snprintf(hosts[m], sizeof hosts[m], "10.1.%d.%d", g % 250, m + 1);
        members[m] = (struct kt_obs_member){.member_id = kt_text_of(ids[m], strlen(ids[m])),
                                            .client_id = kt_text_of(ids[m], strlen(ids[m])),
                                            .host = kt_text_of(hosts[m], strlen(hosts[m])),
                                            .subscription_known = true,
                                            .subscription = subscription,
                                            .subscription_count = (size_t)size->group_topics,
                                            .assignment_known = true,
                                            .assignment = assigned[m],
                                            .assignment_count = (size_t)size->group_topics,
                                            .epoch = 1};
    }
    const struct kt_obs obs = {.kind = KT_OBS_GROUP,
                               .group = {.group = kt_text_of(group, strlen(group)),
                                         .type = KT_TYPE_CLASSIC,
                                         .state = KT_STATE_STABLE,
                                         .coordinator = 1,
                                         .generation = 1,
                                         .members_known = true,
                                         .members = members,
                                         .member_count = MEMBERS}};
    sink->put(sink->self, &obs);
}

static void apply(void *self, const struct kt_obs *obs)
{
    fake_cluster_tell(self, *obs);
}

void load_listing(struct load *load)
{
    const struct kt_sink sink = {apply, &load->cluster};
    fake_cluster_listing(&load->cluster, true);
    for (int32_t g = 0; g < load->size->groups; g++) {
        load_tell_group(load->size, g, &sink);
    }
    fake_cluster_listing(&load->cluster, false);
}

void load_open(struct load *load, const struct load_size *size, bool lagging)
{
    char name[LOAD_NAME_ROOM];
    *load = (struct load){.size = size, .lagging = lagging};
    fake_cluster_open(&load->cluster, KT_RULES_KAFKATOP);
    for (int32_t t = 0; t < size->topics; t++) {
        load_topic_name(name, t);
        fake_cluster_topic(&load->cluster, name, size->topic_partitions);
    }
    load_listing(load);
}

void load_close(struct load *load)
{
    fake_cluster_close(&load->cluster);
}

static void tell_commits(struct load *load, int64_t most)
{
    const struct load_size *size = load->size;
    int64_t offset = load->round * (load->lagging ? PRODUCED / 2 : PRODUCED);
    char group[LOAD_NAME_ROOM], topic[LOAD_NAME_ROOM];
    for (int32_t g = 0; g < size->groups; g++) {
        load_group_name(group, g);
        for (int32_t k = 0; k < size->group_topics; k++) {
            load_topic_name(topic, load_topic_of(size, g, k));
            for (int32_t p = 0; p < size->topic_partitions && most > 0; p++, most--) {
                bool stuck = load->troubled && g % 4 == 0 && p % MEMBERS == 0;
                if (!stuck) {
                    fake_cluster_commit(&load->cluster, group, topic, p, offset, 100, false);
                }
            }
        }
    }
}

void load_round(struct load *load, double share)
{
    const struct load_size *size = load->size;
    char topic[LOAD_NAME_ROOM];
    load->round++;
    fake_clock_pass(&load->cluster.clock, 2000);
    tell_commits(load, (int64_t)(share * (double)load_rows(size)));
    for (int32_t t = 0; t < size->topics; t++) {
        load_topic_name(topic, t);
        for (int32_t p = 0; p < size->topic_partitions; p++) {
            fake_cluster_ends(&load->cluster, topic, p, 0, load->round * PRODUCED);
        }
    }
    fake_cluster_fresh(&load->cluster);
}

/* Whether the group reads a topic that the first one reads. */
static bool is_busy(const struct load_size *size, int32_t group)
{
    for (int32_t k = 0; k < size->group_topics; k++) {
        if (load_topic_of(size, group, k) < size->group_topics) {
            return true;
        }
    }
    return false;
}

int32_t load_busy_groups(const struct load_size *size)
{
    int32_t count = 0;
    for (int32_t g = 0; g < size->groups; g++) {
        count += is_busy(size, g);
    }
    return count;
}

/* Where the partitions of a topic end in a still cluster, of which only the first topics move. */
static int64_t end_of(const struct load *load, int32_t topic)
{
    return (topic < load->size->group_topics ? load->round : load->stood) * PRODUCED;
}

static void tell_busy_commits(struct load *load)
{
    const struct load_size *size = load->size;
    char group[LOAD_NAME_ROOM], topic[LOAD_NAME_ROOM];
    for (int32_t g = 0; g < size->groups; g++) {
        load_group_name(group, g);
        for (int32_t k = 0; k < size->group_topics && is_busy(size, g); k++) {
            int32_t t = load_topic_of(size, g, k);
            load_topic_name(topic, t);
            for (int32_t p = 0; p < size->topic_partitions; p++) {
                int64_t offset = load->lagging ? end_of(load, t) / 2 : end_of(load, t);
                fake_cluster_commit(&load->cluster, group, topic, p, offset, 100, false);
            }
        }
    }
}

void load_still_round(struct load *load, bool busy)
{
    const struct load_size *size = load->size;
    char topic[LOAD_NAME_ROOM];
    load->stood = load->stood ? load->stood : load->round;
    load->round += busy;
    fake_clock_pass(&load->cluster.clock, 2000);
    if (busy) {
        tell_busy_commits(load);
    }
    for (int32_t t = 0; t < size->topics; t++) {
        load_topic_name(topic, t);
        for (int32_t p = 0; p < size->topic_partitions; p++) {
            fake_cluster_ends(&load->cluster, topic, p, 0, end_of(load, t));
        }
    }
    fake_cluster_fresh(&load->cluster);
}

void load_fill(struct load *load)
{
    for (int i = 0; i < LOAD_ROUNDS; i++) {
        load_round(load, 1);
        kt_assess(load->cluster.model);
    }
}
