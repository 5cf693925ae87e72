/* Recordings: what is written is read again, exactly; what makes no sense is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trace.h"

#define LISTS_MOST 4

static uint32_t seed = 4711;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static int64_t any_i64(void)
{
    static const int64_t edges[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(9007199254740993)};
    return edges[dice(6)];
}

/* Names with everything that could break a line. */
static struct kt_text any_text(void)
{
    static const struct {
        const char *bytes;
        size_t length;
    } texts[] = {{NULL, 0},       {"", 0},        {"~", 1},
                 {"orders", 6},   {"a\tb\nc", 5}, {"\\x41", 4},
                 {"\x1b[31m", 5}, {"\0\0", 2},    {"gr\xc3\xb6\xc3\x9f", 6},
                 {"\xff\x9b", 2}, {"a name", 6}};
    size_t i = dice(sizeof texts / sizeof texts[0]);
    return kt_text_of(texts[i].bytes, texts[i].length);
}

static const int32_t numbers[] = {0, 7, INT32_MAX, -1};
static struct kt_text names[LISTS_MOST];
static struct kt_obs_assigned assigned[LISTS_MOST];
static struct kt_obs_member members[LISTS_MOST];

static struct kt_obs_member any_member(void)
{
    struct kt_obs_member member = {.member_id = any_text(),
                                   .client_id = any_text(),
                                   .host = any_text(),
                                   .instance_id = any_text(),
                                   .epoch = (int32_t)dice(9) - 1,
                                   .subscription_known = dice(2) == 1,
                                   .assignment_known = dice(2) == 1};
    for (size_t i = 0; i < LISTS_MOST; i++) {
        names[i] = any_text();
        assigned[i] = (struct kt_obs_assigned){.topic = any_text(),
                                               .has_topic_id = dice(2) == 1,
                                               .partitions = numbers,
                                               .partition_count = dice(5)};
        memset(assigned[i].topic_id, assigned[i].has_topic_id ? 0xa5 : 0, 16);
    }
    if (member.subscription_known) {
        member.subscription = names;
        member.subscription_count = dice(LISTS_MOST + 1);
    }
    if (member.assignment_known) {
        member.assignment = assigned;
        member.assignment_count = dice(LISTS_MOST + 1);
    }
    return member;
}

static void fill_of_cluster(struct kt_obs *obs)
{
    switch (obs->kind) {
    case KT_OBS_SOURCE:
        obs->source.kind = (enum kt_source_kind)dice(KT_SOURCE_KIND_COUNT);
        obs->source.reason = any_text();
        break;
    case KT_OBS_CLUSTER:
        obs->cluster.cluster_id = any_text();
        obs->cluster.controller = -1;
        obs->cluster.offsets_partition_count = 50;
        break;
    case KT_OBS_LIST_BEGIN:
        obs->list.what = KT_LIST_GROUPS;
        break;
    case KT_OBS_LIST_END:
        obs->list.what = KT_LIST_TOPICS;
        obs->list.complete = dice(2) == 1;
        break;
    case KT_OBS_BROKER:
        obs->broker.id = 3;
        obs->broker.host = any_text();
        obs->broker.port = 9092;
        obs->broker.rack = any_text();
        obs->broker.up = (int)dice(3) - 1;
        obs->broker.rtt_us = any_i64();
        break;
    case KT_OBS_TOPIC:
        obs->topic.name = any_text();
        obs->topic.partition_count = INT32_MAX;
        obs->topic.internal = dice(2) == 1;
        break;
    case KT_OBS_TOPIC_ID:
        obs->topic_id.name = any_text();
        memset(obs->topic_id.id, 0x5a, 16);
        break;
    case KT_OBS_TOPIC_CONFIG:
        obs->topic_config.name = any_text();
        obs->topic_config.compacts = dice(2) == 1;
        obs->topic_config.deletes = dice(2) == 1;
        obs->topic_config.has_retention = dice(2) == 1;
        obs->topic_config.retention_ms = obs->topic_config.has_retention ? any_i64() : 0;
        obs->topic_config.has_timestamps = dice(2) == 1;
        obs->topic_config.log_append = dice(2) == 1;
        break;
    case KT_OBS_PARTITION:
        obs->partition.topic = any_text();
        obs->partition.partition = 5;
        obs->partition.leader = -1;
        obs->partition.replicas = numbers;
        obs->partition.replica_count = dice(5);
        obs->partition.isr = numbers;
        obs->partition.isr_count = dice(5);
        break;
    case KT_OBS_END:
        obs->end.topic = any_text();
        obs->end.has_end = dice(2) == 1;
        obs->end.log_end = obs->end.has_end ? any_i64() : 0;
        obs->end.has_start = dice(2) == 1;
        obs->end.log_start = obs->end.has_start ? any_i64() : 0;
        obs->end.has_stable = dice(2) == 1;
        obs->end.last_stable = obs->end.has_stable ? any_i64() : 0;
        obs->end.error = dice(2) == 1 ? "NOT_LEADER_FOR_PARTITION" : NULL;
        break;
    case KT_OBS_PAST:
        obs->past.topic = any_text();
        obs->past.partition = 3;
        obs->past.at_ms = any_i64();
        obs->past.has_end = dice(2) == 1;
        obs->past.log_end = obs->past.has_end ? any_i64() : 0;
        break;
    case KT_OBS_RECORD:
        obs->record.topic = any_text();
        obs->record.partition = 7;
        obs->record.asked = any_i64();
        obs->record.found = dice(2) == 1;
        obs->record.offset = any_i64();
        obs->record.stamp = (enum kt_stamp)dice(KT_STAMP_COUNT);
        obs->record.timestamp_ms = any_i64();
        obs->record.error = dice(2) == 1 ? "TOPIC_AUTHORIZATION_FAILED" : NULL;
        break;
    case KT_OBS_PROBLEM:
        obs->problem.scope = (enum kt_scope)dice(KT_SCOPE_COUNT);
        obs->problem.name = any_text();
        obs->problem.error = any_text();
        obs->problem.text = any_text();
        obs->problem.over = dice(2) == 1;
        break;
    case KT_OBS_PASS:
        obs->pass.complete = dice(2) == 1;
        break;
    default:
        break;
    }
}

static void fill_of_group(struct kt_obs *obs)
{
    switch (obs->kind) {
    case KT_OBS_GROUP:
        obs->group.group = any_text();
        obs->group.type = (enum kt_group_type)dice(KT_TYPE_COUNT);
        obs->group.state = (enum kt_group_state)dice(KT_STATE_COUNT);
        obs->group.coordinator = 1;
        obs->group.generation = any_i64();
        obs->group.from_record = dice(2) == 1;
        obs->group.members_known = dice(2) == 1;
        if (obs->group.members_known) {
            members[0] = any_member();
            obs->group.members = members;
            obs->group.member_count = dice(2);
        }
        obs->group.since_ms = any_i64();
        break;
    case KT_OBS_MEMBER:
    case KT_OBS_MEMBER_GONE:
        obs->member.group = any_text();
        obs->member.member = any_member();
        obs->member.type = (enum kt_group_type)dice(KT_TYPE_COUNT);
        obs->member.state = (enum kt_member_state)dice(KT_MEMBER_STATE_COUNT);
        obs->member.pattern = any_text();
        obs->member.recorded_ms = any_i64();
        break;
    case KT_OBS_GROUP_EPOCH:
        obs->group_epoch.group = any_text();
        obs->group_epoch.epoch = any_i64();
        obs->group_epoch.type = (enum kt_group_type)dice(KT_TYPE_COUNT);
        obs->group_epoch.target_epoch = any_i64();
        obs->group_epoch.hash_known = dice(2) == 1;
        obs->group_epoch.hash = obs->group_epoch.hash_known ? any_i64() : 0;
        obs->group_epoch.recorded_ms = any_i64();
        break;
    case KT_OBS_GROUP_TOPICS:
        obs->group_topics.group = any_text();
        obs->group_topics.key = any_text();
        obs->group_topics.whole = dice(2) == 1;
        for (size_t i = 0; i < LISTS_MOST; i++)
            names[i] = any_text();
        obs->group_topics.topics = names;
        obs->group_topics.topic_count = dice(LISTS_MOST + 1);
        break;
    case KT_OBS_GROUP_GONE:
        obs->group_gone.group = any_text();
        break;
    case KT_OBS_COMMIT:
        obs->commit.group = any_text();
        obs->commit.topic = any_text();
        obs->commit.partition = INT32_MIN;
        obs->commit.offset = any_i64();
        obs->commit.commit_ms = any_i64();
        obs->commit.order = any_i64();
        obs->commit.exact = dice(2) == 1;
        obs->commit.backfilled = dice(2) == 1;
        break;
    case KT_OBS_COMMIT_GONE:
        obs->commit_gone.group = any_text();
        obs->commit_gone.topic = any_text();
        break;
    case KT_OBS_FRESH:
        obs->fresh.group = any_text();
        obs->fresh.offsets_partition = 49;
        obs->fresh.held = dice(2) == 1;
        break;
    default:
        break;
    }
}

static struct kt_obs any_observation(enum kt_obs_kind kind)
{
    struct kt_obs obs = {.kind = kind, .at = any_i64()};
    fill_of_cluster(&obs);
    fill_of_group(&obs);
    return obs;
}

/* The text of one observation, as written. The caller frees it. */
static char *written(const struct kt_obs *obs, bool anonymize, size_t *length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    struct kt_trace_writer *writer = kt_trace_writer_new(out, INT64_C(1700000000000), anonymize);
    struct kt_err err;
    kt_trace_write(writer, obs);
    assert_int_equal(kt_trace_close(writer, &err), KT_OK);
    fclose(out);
    return text;
}

static void what_is_written_is_read_and_written_the_same(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct kt_obs obs = any_observation((enum kt_obs_kind)(round % KT_OBS_KIND_COUNT)), again;
        size_t length, length_again;
        char *text = written(&obs, false, &length);
        FILE *in = fmemopen(text, length, "r");
        struct kt_trace_reader *reader;
        struct kt_err err = {.text = ""};
        bool more;
        assert_int_equal(kt_trace_open(&reader, in, &err), KT_OK);
        assert_true(kt_trace_wall_of_mono_zero(reader) == INT64_C(1700000000000));
        assert_int_equal(kt_trace_next(reader, &again, &more, &err), KT_OK);
        assert_true(more);
        assert_int_equal(again.kind, obs.kind);
        assert_true(again.at == obs.at);
        char *text_again = written(&again, false, &length_again);
        assert_string_equal(text, text_again);
        assert_int_equal(kt_trace_next(reader, &again, &more, &err), KT_OK);
        assert_false(more);
        kt_trace_reader_free(reader);
        fclose(in);
        free(text);
        free(text_again);
    }
}

static void a_commit_keeps_every_bit(void **state)
{
    (void)state;
    struct kt_obs obs = {.kind = KT_OBS_COMMIT, .at = 12}, again;
    obs.commit.group = kt_text_of("a\0b\n", 4);
    obs.commit.topic = kt_text_of("t", 1);
    obs.commit.offset = INT64_C(9007199254740993);
    obs.commit.order = INT64_MAX;
    size_t length;
    char *text = written(&obs, false, &length);
    assert_non_null(
        strstr(text, "commit\t12\ta\\x00b\\x0a\tt\t0\t9007199254740993\t0\t9223372036854775807\t0\t0\n"));
    FILE *in = fmemopen(text, length, "r");
    struct kt_trace_reader *reader;
    struct kt_err err;
    bool more;
    assert_int_equal(kt_trace_open(&reader, in, &err), KT_OK);
    assert_int_equal(kt_trace_next(reader, &again, &more, &err), KT_OK);
    assert_int_equal(again.commit.group.length, 4);
    assert_memory_equal(again.commit.group.bytes, "a\0b\n", 4);
    assert_true(again.commit.offset == obs.commit.offset && again.commit.order == obs.commit.order);
    kt_trace_reader_free(reader);
    fclose(in);
    free(text);
}

/* Who guesses a name could try it against the hash. */
static void an_anonymous_recording_has_no_hash_of_names(void **state)
{
    (void)state;
    struct kt_obs obs = {.kind = KT_OBS_GROUP_EPOCH, .at = 12};
    obs.group_epoch.group = kt_text_of("g", 1);
    obs.group_epoch.hash_known = true;
    obs.group_epoch.hash = INT64_C(1234567890123456789);
    for (int anonymize = 0; anonymize < 2; anonymize++) {
        size_t length;
        char *text = written(&obs, anonymize, &length);
        assert_true((strstr(text, "1234567890123456789") == NULL) == (anonymize == 1));
        free(text);
    }
}

/* Reads a whole text; the code and the message of the first failure. */
static enum kt_code read_all(const char *text, struct kt_err *err)
{
    FILE *in = fmemopen((char *)(uintptr_t)text, strlen(text), "r");
    struct kt_trace_reader *reader = NULL;
    enum kt_code code = kt_trace_open(&reader, in, err);
    bool more = code == KT_OK;
    while (more && code == KT_OK) {
        struct kt_obs obs;
        code = kt_trace_next(reader, &obs, &more, err);
    }
    kt_trace_reader_free(reader);
    fclose(in);
    return code;
}

static void nonsense_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"hello\n", "line 1"},
        {"kafkatop-trace\t9\t0\n", "line 1"},
        {"kafkatop-trace\t1\t0\npass\t1\t1\nfish\t1\n", "line 3"},
        {"kafkatop-trace\t1\t0\npass\t1\n", "line 2"},
        {"kafkatop-trace\t1\t0\npass\t1\t2\n", "line 2"},
        {"kafkatop-trace\t1\t0\npass\t1\t1\t1\n", "line 2"},
        {"kafkatop-trace\t1\t0\npass\tx\t1\n", "line 2"},
        {"kafkatop-trace\t1\t0\npass\t99999999999999999999\t1\n", "line 2"},
        {"kafkatop-trace\t1\t0\npartition\t1\tt\t0\t0\t2000000000\t1\n", "line 2"},
        {"kafkatop-trace\t1\t0\npartition\t1\tt\t0\t0\t-1\t0\n", "line 2"},
        {"kafkatop-trace\t1\t0\ngroup-gone\t1\ta\\x4\n", "line 2"},
        {"kafkatop-trace\t1\t0\ngroup-gone\t1\ta\\n\n", "line 2"},
        {"kafkatop-trace\t1\t0\npass\t 1\t1\n", "line 2"},
        {"kafkatop-trace\t1\t0\npass\t+1\t1\n", "line 2"},
        {"kafkatop-trace\t1\t0\nlist-begin\t1\tbroker\n", "line 2"},
        {"kafkatop-trace\t1\t0\nsource\t1\t1\t~\n", "line 2"},
        {"kafkatop-trace\t1\t0\n# remark\n\npass\t1\n", "line 4"},
        {"kafkatop-trace\t1\t0\nend\t1\tt\t0\t1\t~\t0\t0\t~\n", "line 2"},
        {"kafkatop-trace\t1\t0\nrecord\t1\tt\t0\t5\t1\t5\tlater\t9\t~\n", "line 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_err err = {.text = ""};
        assert_int_equal(read_all(cases[i].text, &err), KT_PROTOCOL);
        assert_non_null(strstr(err.text, cases[i].says));
    }
    struct kt_err err;
    assert_int_equal(read_all("kafkatop-trace\t1\t0\npass\t1\t1\n", &err), KT_OK);
}

static void remarks_are_passed_over_and_a_cut_line_is_told_apart(void **state)
{
    (void)state;
    struct kt_err err = {.retry = false};
    assert_int_equal(read_all("kafkatop-trace\t1\t0\n# said\n\npass\t1\t1\n# more\n", &err), KT_OK);
    assert_int_equal(read_all("kafkatop-trace\t1\t0\npass\t1\t1\npass\t1", &err), KT_PROTOCOL);
    assert_true(err.retry);
    assert_int_equal(read_all("kafkatop-trace\t1\t0\npass\t1\n", &err), KT_PROTOCOL);
    assert_false(err.retry);
}

static void words_stand_for_states(void **state)
{
    (void)state;
    struct kt_obs obs = {.kind = KT_OBS_GROUP, .at = 7};
    obs.group.group = kt_text_of("g", 1);
    obs.group.type = KT_TYPE_CONSUMER;
    obs.group.state = KT_STATE_RECONCILING;
    size_t length;
    char *text = written(&obs, false, &length);
    assert_non_null(strstr(text, "group\t7\tg\tconsumer\tReconciling\t0\t0\t0\t0\t0\n"));
    free(text);
}

/* Every name of an observation, each of which must be gone from an anonymous recording. */
static void no_name_is_left(void **state)
{
    (void)state;
    static const char *const secrets[] = {"paymentsgroup", "paymentstopic", "jane-laptop", "jane-client",
                                          "jane-member",   "jane-static",   "jane-rack",   "jane-cluster"};
    struct kt_text subscription = kt_text_of("paymentstopic", 13);
    struct kt_obs_assigned owned = {.topic = subscription};
    struct kt_obs_member member = {.member_id = kt_text_of("jane-member", 11),
                                   .client_id = kt_text_of("jane-client", 11),
                                   .host = kt_text_of("jane-laptop", 11),
                                   .instance_id = kt_text_of("jane-static", 11),
                                   .subscription_known = true,
                                   .subscription = &subscription,
                                   .subscription_count = 1,
                                   .assignment_known = true,
                                   .assignment = &owned,
                                   .assignment_count = 1};
    struct kt_text group = kt_text_of("paymentsgroup", 13),
                   sentence = kt_text_of("paymentsgroup on jane-laptop", 28);
    const struct kt_obs all[] = {
        {.kind = KT_OBS_SOURCE, .source = {.reason = sentence}},
        {.kind = KT_OBS_CLUSTER, .cluster = {.cluster_id = kt_text_of("jane-cluster", 12)}},
        {.kind = KT_OBS_BROKER,
         .broker = {.host = kt_text_of("jane-laptop", 11), .rack = kt_text_of("jane-rack", 9)}},
        {.kind = KT_OBS_TOPIC, .topic = {.name = subscription}},
        {.kind = KT_OBS_TOPIC_ID, .topic_id = {.name = subscription}},
        {.kind = KT_OBS_TOPIC_CONFIG, .topic_config = {.name = subscription}},
        {.kind = KT_OBS_PARTITION, .partition = {.topic = subscription}},
        {.kind = KT_OBS_END, .end = {.topic = subscription}},
        {.kind = KT_OBS_PAST, .past = {.topic = subscription}},
        {.kind = KT_OBS_RECORD, .record = {.topic = subscription}},
        {.kind = KT_OBS_GROUP,
         .group = {.group = group, .members_known = true, .members = &member, .member_count = 1}},
        {.kind = KT_OBS_MEMBER, .member = {.group = group, .member = member, .pattern = subscription}},
        {.kind = KT_OBS_MEMBER_GONE, .member = {.group = group, .member = member}},
        {.kind = KT_OBS_GROUP_EPOCH, .group_epoch = {.group = group}},
        {.kind = KT_OBS_GROUP_TOPICS,
         .group_topics = {.group = group, .key = subscription, .topics = &subscription, .topic_count = 1}},
        {.kind = KT_OBS_GROUP_GONE, .group_gone = {.group = group}},
        {.kind = KT_OBS_COMMIT, .commit = {.group = group, .topic = subscription}},
        {.kind = KT_OBS_COMMIT_GONE, .commit_gone = {.group = group, .topic = subscription}},
        {.kind = KT_OBS_FRESH, .fresh = {.group = group}},
        {.kind = KT_OBS_PROBLEM,
         .problem = {.scope = KT_SCOPE_PARTITION,
                     .name = kt_text_of("paymentstopic/3", 15),
                     .text = sentence}},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        size_t length;
        char *text = written(&all[i], true, &length);
        for (size_t k = 0; k < sizeof secrets / sizeof secrets[0]; k++) {
            assert_null(strstr(text, secrets[k]));
        }
        free(text);
    }
}

static void what_is_anonymous_stays_so(void **state)
{
    (void)state;
    char once[64], twice[64], subject[64];
    size_t length = kt_anonymous_name('t', "orders", 6, once, sizeof once);
    assert_int_equal(kt_anonymous_name('t', once, length, twice, sizeof twice), length);
    assert_string_equal(once, twice);
    kt_anonymous_name('g', once, length, twice, sizeof twice);
    assert_string_not_equal(once, twice);
    kt_anonymous_name('t', "__consumer_offsets", 18, twice, sizeof twice);
    assert_string_equal(twice, "__consumer_offsets");
    kt_anonymous_subject(KT_SCOPE_PARTITION, kt_text_of("orders/12", 9), subject, sizeof subject);
    assert_memory_equal(subject, once, length);
    assert_string_equal(subject + length, "/12");
    kt_anonymous_subject(KT_SCOPE_BROKER, kt_text_of("2", 1), subject, sizeof subject);
    assert_string_equal(subject, "2");
    char tiny[4];
    assert_int_equal(kt_anonymous_name('t', "orders", 6, tiny, sizeof tiny), 3);
}

static void anonymous_names_are_stable_and_say_nothing(void **state)
{
    (void)state;
    char a[64], b[64], c[64];
    kt_anonymous_name('g', "payments", 8, a, sizeof a);
    kt_anonymous_name('g', "payments", 8, b, sizeof b);
    kt_anonymous_name('g', "payment", 7, c, sizeof c);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    struct kt_obs obs = {.kind = KT_OBS_PROBLEM};
    obs.problem.scope = KT_SCOPE_GROUP;
    obs.problem.name = kt_text_of("payments", 8);
    obs.problem.error = kt_text_of("GROUP_AUTHORIZATION_FAILED", 26);
    obs.problem.text = kt_text_of("group 'payments' is denied", 26);
    size_t length;
    char *text = written(&obs, true, &length);
    assert_null(strstr(text, "payments"));
    assert_non_null(strstr(text, a));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_and_written_the_same),
        cmocka_unit_test(a_commit_keeps_every_bit),
        cmocka_unit_test(an_anonymous_recording_has_no_hash_of_names),
        cmocka_unit_test(nonsense_is_refused_with_its_line),
        cmocka_unit_test(remarks_are_passed_over_and_a_cut_line_is_told_apart),
        cmocka_unit_test(words_stand_for_states),
        cmocka_unit_test(no_name_is_left),
        cmocka_unit_test(what_is_anonymous_stays_so),
        cmocka_unit_test(anonymous_names_are_stable_and_say_nothing),
    };
    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
