/* Whole snapshots in one call. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "fake_snapshot.h"

#define LITERAL(text)                                                                                        \
    {                                                                                                        \
        text, sizeof(text) - 1                                                                               \
    }

const struct kt_text fake_hostile_names[] = {
    LITERAL("plain"),
    LITERAL("\x1b[2J\x1b[31mred\x1b]0;title\x07"), /* escapes that a terminal obeys */
    LITERAL("\xc2\x9b"
            "31mC1"), /* CSI as a C1 control in UTF-8 */
    LITERAL("\x9b"
            "31mraw"), /* ... and as a bare byte */
    LITERAL("tab\there\nnew line\rreturn"),
    LITERAL("nul\0inside"),
    LITERAL("\xe2\x80\xaetxt.exe\xe2\x80\xac"), /* right-to-left override */
    LITERAL("zero\xe2\x80\x8bwidth"),
    LITERAL("not \xff\xfe utf-8 \xc3"),
    LITERAL("surrogate \xed\xa0\x80"),
    LITERAL("overlong \xc0\xaf"),
    LITERAL("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb emoji"),
    LITERAL("\xe6\xbc\xa2\xe5\xad\x97 wide"),
    LITERAL("e\xcc\x81 combining"),
    LITERAL("quote\"comma,back\\slash'"),
    LITERAL("=1+1"), /* a spreadsheet's formula */
    LITERAL(" blanks around "),
    LITERAL("%s%n%d"),
    LITERAL("</script>&amp;"),
    LITERAL("\x7f"
            "delete"),
    LITERAL(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
        "ccccccccccccccccccccccccccccccccccccccccccccccccc1"),
};
const size_t fake_hostile_count = sizeof fake_hostile_names / sizeof fake_hostile_names[0];

static const struct fake_group each[] = {
    {.name = "stop",
     .worst = KT_STATUS_STOP,
     .partitions = 3,
     .lag = 11900000,
     .age_ms = 2280000,
     .why = "no members, lag 11900000 and no commit for 38 min"},
    {.name = "stall",
     .worst = KT_STATUS_STALL,
     .partitions = 4,
     .members = 2,
     .lag = 49000,
     .age_ms = 720000,
     .why = "6 commits in a row repeat offset 1000 while the log end moved on"},
    {.name = "rewind",
     .worst = KT_STATUS_REWIND,
     .partitions = 2,
     .members = 1,
     .lag = 88400,
     .age_ms = 90000,
     .topic = "payments",
     .why = "the committed offset fell from 1000 to 200"},
    {.name = "err",
     .worst = KT_STATUS_ERR,
     .partitions = 1,
     .members = 1,
     .lag = 0,
     .age_ms = 30000,
     .marks = KT_MARK_AHEAD,
     .why = "committed 1000, which is beyond the log end 900"},
    {.name = "warn",
     .worst = KT_STATUS_WARN,
     .partitions = 6,
     .members = 3,
     .lag = 61000,
     .age_ms = 100000,
     .why = "the lag never shrank over 10 commits and grew by 4000"},
    {.name = "ok", .worst = KT_STATUS_OK, .partitions = 12, .members = 12, .lag = 812, .age_ms = 3600000},
    {.name = "idle", .worst = KT_STATUS_OK, .partitions = 1, .members = 1, .lag = 0, .age_ms = 3600000},
    {.name = "rebalancing",
     .worst = KT_STATUS_OK,
     .partitions = 3,
     .members = 3,
     .lag = 1200,
     .age_ms = 9000,
     .state = "PreparingRebalance"},
    {.name = "empty", .worst = KT_STATUS_OK, .partitions = 1, .lag = 0, .age_ms = 3600000},
    {.name = "unknown",
     .worst = KT_STATUS_UNKNOWN,
     .partitions = 2,
     .members = 1,
     .lag = -1,
     .age_ms = 5000,
     .rates_unknown = true,
     .why = "needs 25 s"},
    {.name = "abandoned",
     .worst = KT_STATUS_STOP,
     .partitions = 1,
     .lag = 5000,
     .age_ms = INT64_C(172800000),
     .marks = KT_MARK_ABANDONED,
     .why = "no members and no commit for 2 d"},
};

static void add_each(struct kt_snapshot *snap)
{
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++) {
        fake_snapshot_group(snap, &each[i]);
    }
}

const struct kt_snapshot *fake_snapshot_empty(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->collected = false;
    snap->as_of_known = false;
    snap->as_of_ms = 0;
    snap->partial = true;
    snap->source = KT_SOURCE_NONE;
    snap->source_reason = kt_text_of(NULL, 0);
    snap->cluster_id = kt_text_of(NULL, 0);
    snap->controller = -1;
    snap->collected_in_ms = 0;
    snap->activity = fake_text("connecting to kafka-1:9092,kafka-2:9092");
    return kt_snapshot_seal(snap);
}

const struct kt_snapshot *fake_snapshot_each_status(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_brokers(snap, 3);
    fake_snapshot_topic(snap, "orders", 12);
    fake_snapshot_topic(snap, "payments", 2);
    add_each(snap);
    return fake_snapshot_seal(snap);
}

const struct kt_snapshot *fake_snapshot_groups(size_t count)
{
    static const char *const topics[] = {"orders", "payments"};
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_brokers(snap, 3);
    fake_snapshot_topic(snap, "orders", 12);
    fake_snapshot_topic(snap, "payments", 2);
    kt_snapshot_reserve(snap, count, 2);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        struct fake_group group = each[i % (sizeof each / sizeof each[0])];
        snprintf(name, sizeof name, "group-%06zu", i);
        group.name = name;
        group.topic = topics[i % 2];
        fake_snapshot_group(snap, &group);
    }
    return fake_snapshot_seal(snap);
}

const struct kt_snapshot *fake_snapshot_hostile(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_topic(snap, "orders", 4);
    for (size_t i = 0; i < fake_hostile_count; i++) {
        struct fake_group group = each[i % 7];
        group.name = fake_hostile_names[i].bytes;
        group.length = fake_hostile_names[i].length;
        group.why = "why \x1b[1m\r\n\xc2\x9b \xff";
        fake_snapshot_group(snap, &group);
        fake_snapshot_event(snap, &(struct kt_event){.at_ms = FAKE_NOW_MS - 1000,
                                                     .kind = KT_EVENT_GROUP,
                                                     .group = fake_hostile_names[i],
                                                     .text = fake_hostile_names[i]});
    }
    fake_snapshot_problem(snap, KT_SCOPE_GROUP, "\x1b[31mbad", "GROUP_AUTHORIZATION_FAILED",
                          "\x1b[2J denied\n");
    fake_snapshot_log(snap, "\x1b[31mlog\xff");
    snap->cluster_id = fake_text("\x1b[7mid");
    return fake_snapshot_seal(snap);
}

static void add_events(struct kt_snapshot *snap)
{
    fake_snapshot_event(snap, &(struct kt_event){.at_ms = FAKE_NOW_MS - 2280000,
                                                 .kind = KT_EVENT_STATUS,
                                                 .group = fake_text("stop"),
                                                 .from = {.kind = KT_VALUE_WORD, .word = "OK"},
                                                 .to = {.kind = KT_VALUE_WORD, .word = "ERR"},
                                                 .status = KT_STATUS_ERR,
                                                 .text = fake_text("no members left")});
    fake_snapshot_event(snap, &(struct kt_event){.at_ms = FAKE_NOW_MS - 90000,
                                                 .kind = KT_EVENT_REWIND,
                                                 .group = fake_text("rewind"),
                                                 .topic = fake_text("payments"),
                                                 .has_partition = true,
                                                 .partition = 1,
                                                 .from = {.kind = KT_VALUE_NUMBER, .number = INT64_MAX},
                                                 .to = {.kind = KT_VALUE_NUMBER, .number = 200},
                                                 .text = fake_text("the committed offset fell")});
    fake_snapshot_event(snap, &(struct kt_event){.at_ms = FAKE_NOW_MS - 9000,
                                                 .kind = KT_EVENT_GAP,
                                                 .text = fake_text("we were stopped for 12 s")});
}

const struct kt_snapshot *fake_snapshot_full(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_brokers(snap, 3);
    fake_snapshot_topic(snap, "orders", 12);
    fake_snapshot_topic(snap, "payments", 2);
    fake_snapshot_topic(snap, "__consumer_offsets", 3);
    add_each(snap);
    add_events(snap);
    fake_snapshot_problem(snap, KT_SCOPE_BROKER, "2", "_TRANSPORT",
                          "broker 2 at kafka-2:9092 does not answer");
    fake_snapshot_problem(snap, KT_SCOPE_GROUP, "secret", "GROUP_AUTHORIZATION_FAILED",
                          "group 'secret' may not be read");
    fake_snapshot_log(snap, "connected to kafka-1:9092");
    fake_snapshot_log(snap, "broker 2 went away");
    snap->hidden_groups = 3;
    snap->filters[0] = kt_arena_take(snap->arena, 1, sizeof *snap->filters[0]);
    snap->filters[0][0] = fake_text("^.*$");
    snap->filter_counts[0] = 1;
    return fake_snapshot_seal(snap);
}
