/*
 * kafkatop-demo: a stage for `kafkatop --demo`.
 *
 * Hosts librdkafka's mock cluster on loopback and plays producers and consumer groups on it. The mock knows no
 * group requests, so the groups' commits and metadata are written as real records into a topic named
 * __consumer_offsets, and the monitor reads them as on any cluster. A program of its own, so that the monitor
 * links nothing that can write.
 *
 * Prints the bootstrap address as its first line once everything stands, and ends when its standard input does:
 * it cannot outlive the monitor that started it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "encode.h"
#include "play.h"

#define BROKERS 3
#define OFFSETS_TOPIC "__consumer_offsets"
#define OFFSETS_PARTITIONS 50
#define TICK_MS 200
#define PAST_COMMITS 40        /* so that windows are full at first sight and rhythms are known */
#define STUCK_COMMITS 12       /* the last of them, of a stuck partition, repeat one offset */
#define DEAD_SINCE_MS 120000
#define DIES_AFTER_MS 25000
#define REWIND_EVERY_MS 120000
#define REWIND_FIRST_MS 15000
#define QUEUE_PATIENCE_MS 10000
#define CROWD_MOST 20000

/* The groups' progress, each partition by itself. */
struct group_state {
    int64_t committed[PLAY_PARTITIONS_MOST];
    int64_t next_commit_ms;
    int64_t rewind_at_ms;
    int32_t generation;
    bool gone;
};

struct stage {
    rd_kafka_t *producer;
    rd_kafka_mock_cluster_t *cluster;
    int64_t written[32][PLAY_PARTITIONS_MOST]; /* acknowledged messages: the log ends */
    double due[32];                            /* fractions of messages not yet written */
    struct group_state groups[32];
    int64_t started_ms;
    int crowd_turn;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void die(const char *fmt, ...)
{
    va_list arguments;
    va_start(arguments, fmt);
    fputs("kafkatop-demo: ", stderr);
    vfprintf(stderr, fmt, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* ---- writing ---- */

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    (void)rk;
    (void)opaque;
    if (!message->err && message->_private) {
        (*(int64_t *)message->_private)++;
    }
}

static void produce(struct stage *stage, const char *topic, int32_t partition, const struct encoded *key,
                    const struct encoded *value, int64_t *counter)
{
    rd_kafka_resp_err_t error;
    int64_t give_up = now_ms() + QUEUE_PATIENCE_MS;
    do {
        error = rd_kafka_producev(stage->producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                                  RD_KAFKA_V_KEY(key ? key->bytes : NULL, key ? key->length : 0),
                                  RD_KAFKA_V_VALUE((void *)(uintptr_t)(value ? value->bytes : (const uint8_t *)"demo"),
                                                   value ? value->length : 4),
                                  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(counter),
                                  RD_KAFKA_V_END);
        if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            rd_kafka_poll(stage->producer, 100);
        }
    } while (error == RD_KAFKA_RESP_ERR__QUEUE_FULL && now_ms() < give_up);
    if (error) {
        die("cannot write to '%s': %s", topic, rd_kafka_err2str(error));
    }
}

/* Where the offsets topic keeps a group: Java's hash of its name (ASCII names only, here). */
static int32_t offsets_partition(const char *group)
{
    uint32_t hash = 0;
    for (const char *c = group; *c; c++) {
        hash = hash * 31 + (uint8_t)*c;
    }
    int64_t signed_hash = (int32_t)hash;
    return (int32_t)((signed_hash < 0 ? -signed_hash : signed_hash) % OFFSETS_PARTITIONS);
}

static void write_commit(struct stage *stage, const struct play_group *group, int32_t partition, int64_t offset,
                         int64_t at_ms)
{
    struct encoded key, value;
    encode_commit_key(&key, group->name, group->topic, partition);
    encode_commit_value(&value, offset, at_ms);
    produce(stage, OFFSETS_TOPIC, offsets_partition(group->name), &key, &value, NULL);
}

static const struct play_topic *topic_of(const char *name, size_t *index)
{
    for (size_t i = 0; i < play_topic_count; i++) {
        if (strcmp(play_topics[i].name, name) == 0) {
            *index = i;
            return &play_topics[i];
        }
    }
    die("no topic '%s'", name);
}

/* The group's metadata: `members` of them share the topic's partitions evenly. */
static void write_members(struct stage *stage, size_t g, int members)
{
    const struct play_group *group = &play_groups[g];
    size_t t;
    const struct play_topic *topic = topic_of(group->moved ? group->moved : group->topic, &t);
    struct encode_member list[8];
    int32_t partitions[8][PLAY_PARTITIONS_MOST];
    char ids[8][96], clients[8][48], hosts[8][32];
    for (int m = 0; m < members && m < 8; m++) {
        size_t owned = 0;
        for (int32_t p = m; p < topic->partitions; p += members) {
            partitions[m][owned++] = p;
        }
        snprintf(clients[m], sizeof clients[m], "%s-%d", group->name, m + 1);
        snprintf(ids[m], sizeof ids[m], "%s-5f0c%04d", clients[m], m);
        snprintf(hosts[m], sizeof hosts[m], "/10.2.%d.%d", (int)t, m + 11);
        list[m] = (struct encode_member){.member_id = ids[m],
                                         .client_id = clients[m],
                                         .host = hosts[m],
                                         .topic = topic->name,
                                         .partitions = partitions[m],
                                         .partition_count = owned};
    }
    struct encoded key, value;
    encode_group_key(&key, group->name);
    encode_group_value(&value, ++stage->groups[g].generation, list, (size_t)members, now_ms());
    produce(stage, OFFSETS_TOPIC, offsets_partition(group->name), &key, &value, NULL);
}

/* ---- the past ---- */

static void seed_topics(struct stage *stage)
{
    for (size_t t = 0; t < play_topic_count; t++) {
        for (int32_t p = 0; p < play_topics[t].partitions; p++) {
            for (int i = 0; i < play_topics[t].seed; i++) {
                produce(stage, play_topics[t].name, p, NULL, NULL, &stage->written[t][p]);
            }
        }
    }
    if (rd_kafka_flush(stage->producer, 60000) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        die("the mock cluster does not take the first messages");
    }
}

/* How far behind the log end a part begins. */
static int64_t first_lag(enum play_part part, const struct play_topic *topic)
{
    int64_t a_partition = topic->per_second / topic->partitions;
    switch (part) {
    case PLAY_DEAD:
        return topic->seed / 2;
    case PLAY_DRAINING:
        return topic->seed - 500;
    case PLAY_LEFT:
        return topic->seed / 3;
    case PLAY_STUCK:
        return 40;
    case PLAY_SLOW:
        return 200;
    default:
        return a_partition > 0 ? 1 : 0;
    }
}

static bool never_commits(enum play_part part, int32_t partition)
{
    return part == PLAY_FIRST && partition > 0;
}

static bool stays_where_it_is(enum play_part part, int32_t partition)
{
    return part == PLAY_DEAD || part == PLAY_IDLE || part == PLAY_FIRST || part == PLAY_LEFT ||
           (part == PLAY_STUCK && partition == 1);
}

/* How many advances lie between the i-th commit before the present and the present. */
static int past_steps(enum play_part part, int32_t partition, int i)
{
    if (part == PLAY_STUCK && partition == 1) {
        return i > STUCK_COMMITS ? i - STUCK_COMMITS : 0;
    }
    return part == PLAY_IDLE || part == PLAY_FIRST ? 0 : i;
}

static void seed_group(struct stage *stage, size_t g)
{
    const struct play_group *group = &play_groups[g];
    struct group_state *state = &stage->groups[g];
    size_t t;
    const struct play_topic *topic = topic_of(group->topic, &t);
    int64_t end_of_past = now_ms() - (group->part == PLAY_DEAD ? DEAD_SINCE_MS : 0);
    if (group->part == PLAY_IDLE) {
        end_of_past -= 3600 * 1000;
    }
    double a_commit = (double)topic->per_second / topic->partitions * group->commit_ms / 1000.0;
    for (int32_t p = 0; p < topic->partitions; p++) {
        state->committed[p] = stage->written[t][p] - first_lag(group->part, topic);
        for (int i = PAST_COMMITS; i >= 1 && !never_commits(group->part, p); i--) {
            int64_t offset = state->committed[p] - (int64_t)(a_commit * past_steps(group->part, p, i - 1));
            write_commit(stage, group, p, offset > 0 ? offset : 0, end_of_past - (int64_t)(i - 1) * group->commit_ms);
        }
    }
    write_members(stage, g, group->members);
    state->next_commit_ms = now_ms() + group->commit_ms;
    state->rewind_at_ms = now_ms() + REWIND_FIRST_MS;
}

/* ---- the present ---- */

static void write_messages(struct stage *stage)
{
    for (size_t t = 0; t < play_topic_count; t++) {
        stage->due[t] += (double)play_topics[t].per_second * TICK_MS / 1000.0;
        while (stage->due[t] >= 1) {
            int32_t p = (int32_t)(rand() % play_topics[t].partitions);
            produce(stage, play_topics[t].name, p, NULL, NULL, &stage->written[t][p]);
            stage->due[t] -= 1;
        }
    }
}

/* How far one commit takes a partition, given what is there to read. */
static int64_t advance(const struct play_group *group, const struct play_topic *topic, int32_t partition,
                       int64_t committed, int64_t end)
{
    double in_commit = (double)topic->per_second / topic->partitions * group->commit_ms / 1000.0;
    int64_t left = end - committed;
    int64_t step = left;
    if (stays_where_it_is(group->part, partition)) {
        step = 0;
    } else if (group->part == PLAY_SLOW) {
        step = (int64_t)(in_commit * 0.6);
    } else if (group->part == PLAY_DRAINING) {
        step = (int64_t)(in_commit * 4) + 20;
    } else if (group->part == PLAY_REWOUND && left > (int64_t)in_commit * 10) {
        step = (int64_t)(in_commit * 2); /* reads what it was sent back to, slowly enough to be seen */
    }
    return step < left ? committed + step : end;
}

static void perform(struct stage *stage, size_t g)
{
    const struct play_group *group = &play_groups[g];
    struct group_state *state = &stage->groups[g];
    size_t t;
    const struct play_topic *topic = topic_of(group->topic, &t);
    int64_t now = now_ms();
    if (state->gone || group->part == PLAY_DEAD || group->part == PLAY_IDLE || group->part == PLAY_LEFT ||
        now < state->next_commit_ms) {
        return;
    }
    state->next_commit_ms += group->commit_ms;
    if (group->part == PLAY_DIES && now - stage->started_ms > DIES_AFTER_MS) {
        state->gone = true;
        write_members(stage, g, 0);
        return;
    }
    bool rewind = group->part == PLAY_REWOUND && now >= state->rewind_at_ms;
    if (rewind) {
        state->rewind_at_ms = now + REWIND_EVERY_MS;
    }
    for (int32_t p = 0; p < topic->partitions; p++) {
        int64_t end = stage->written[t][p];
        if (never_commits(group->part, p)) {
            continue;
        }
        state->committed[p] = rewind ? 0 : advance(group, topic, p, state->committed[p], end);
        int64_t ahead = group->part == PLAY_AHEAD && p == 0 ? 1000 : 0;
        write_commit(stage, group, p, state->committed[p] + ahead, now);
    }
}

/* As many groups more as the benchmarks ask for: each commits the end of one partition once a second. */
static void perform_crowd(struct stage *stage, int crowd)
{
    size_t t;
    const struct play_topic *topic = topic_of("clickstream", &t);
    char name[32];
    struct play_group group = {.name = name, .topic = topic->name};
    stage->crowd_turn = (stage->crowd_turn + 1) % (1000 / TICK_MS);
    for (int g = stage->crowd_turn; g < crowd; g += 1000 / TICK_MS) {
        int32_t p = (int32_t)(g % topic->partitions);
        snprintf(name, sizeof name, "crowd-%05d", g);
        write_commit(stage, &group, p, stage->written[t][p], now_ms());
    }
}

static bool told_to_end(int wait_ms)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char bytes[64];
    int ready = poll(&input, 1, wait_ms);
    return ready > 0 && read(STDIN_FILENO, bytes, sizeof bytes) <= 0;
}

/* ---- the stage ---- */

static void drop_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    (void)level;
    (void)facility;
    (void)text;
}

static void set_up(struct stage *stage)
{
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, drop_log);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_conf_set(conf, "client.id", "kafkatop-demo", error, sizeof error);
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "3", error, sizeof error);
    rd_kafka_conf_set(conf, "linger.ms", "50", error, sizeof error);
    rd_kafka_conf_set(conf, "partitioner", "random", error, sizeof error);
    stage->producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!stage->producer) {
        die("cannot start: %s", error);
    }
    stage->cluster = rd_kafka_handle_mock_cluster(stage->producer);
    if (!stage->cluster) {
        die("this librdkafka has no mock cluster");
    }
    rd_kafka_mock_topic_create(stage->cluster, OFFSETS_TOPIC, OFFSETS_PARTITIONS, BROKERS);
    for (size_t t = 0; t < play_topic_count; t++) {
        rd_kafka_mock_topic_create(stage->cluster, play_topics[t].name, play_topics[t].partitions, BROKERS);
    }
}

int main(void)
{
    static struct stage stage;
    const char *asked = getenv("KAFKATOP_DEMO_CROWD");
    int crowd = asked ? (int)strtol(asked, NULL, 10) : 0;
    signal(SIGINT, SIG_IGN); /* Ctrl-C is the monitor's; the closing of our input ends us */
    signal(SIGPIPE, SIG_IGN);
    set_up(&stage);
    seed_topics(&stage);
    stage.started_ms = now_ms();
    for (size_t g = 0; g < play_group_count; g++) {
        seed_group(&stage, g);
    }
    rd_kafka_flush(stage.producer, 10000);
    printf("%s\n", rd_kafka_mock_cluster_bootstraps(stage.cluster));
    fflush(stdout);
    while (!told_to_end(TICK_MS)) {
        write_messages(&stage);
        rd_kafka_poll(stage.producer, 0);
        for (size_t g = 0; g < play_group_count; g++) {
            perform(&stage, g);
        }
        perform_crowd(&stage, crowd < CROWD_MOST ? crowd : CROWD_MOST);
    }
    rd_kafka_destroy(stage.producer);
    return 0;
}
