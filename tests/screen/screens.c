#include "screens.h"

#include "fake_snapshot.h"

#define EARLIER_MS INT64_C(252000)

const struct size sizes[] = {{TINY, 20, 5}, {SMALL, 40, 12}, {USUAL, 80, 24}, {LARGE, 120, 40},
                             {HUGE_, 200, 50}, {WIDE, 160, 30}};
const size_t sizes_count = sizeof sizes / sizeof sizes[0];

#define ALL (TINY | SMALL | USUAL | LARGE | HUGE_)
#define THREE (SMALL | USUAL | LARGE)

/* Collected, and there is nothing. */
const struct kt_snapshot *screens_nothing(void)
{
    return fake_snapshot_seal(fake_snapshot_new());
}

static const struct kt_snapshot *refused(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->collected = false;
    snap->activity = fake_text("connecting to kafka-1:9092");
    fake_snapshot_problem(snap, KT_SCOPE_CLUSTER, "prod-eu", "SASL_AUTHENTICATION_FAILED",
                          "authentication refused for user 'monitor'");
    return fake_snapshot_seal(snap);
}

/* One partition with ten times the lag of the others. */
static const struct kt_snapshot *skewed(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_topic(snap, "orders", 12);
    fake_snapshot_group(snap, &(struct fake_group){.name = "hot", .worst = KT_STATUS_WARN, .partitions = 10,
                                                   .members = 2, .lag = 0, .age_ms = 60000});
    struct kt_group *group = (struct kt_group *)(uintptr_t)snap->groups[0];
    for (size_t i = 0; i < group->lag_count; i++) {
        struct kt_lag_facts facts;
        kt_lag_unpack(&group->lags[i], &facts);
        facts.lag = i == 7 ? 1000 : 0;
        fake_snapshot_repack(group, i, &facts);
    }
    group->total_lag = 1000;
    KT_SET(group, GROUP, lag_skew, 10);
    KT_SET(group, GROUP, hottest_partition, 7);
    return fake_snapshot_seal(snap);
}

/* A reason that does not fit one line of 80. */
static const struct kt_snapshot *explained(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_group(snap, &(struct fake_group){
                                  .name = "payments", .worst = KT_STATUS_STOP, .partitions = 3, .lag = 11900000,
                                  .why = "STOP on 3 of 3 partitions: group Empty since 21:35:19, total lag 11.9M and "
                                         "growing 312k/min, retention leaves ~22 min, nothing advanced since 21:35:20 "
                                         "(quiet 10s); worst orders/0"});
    return fake_snapshot_seal(snap);
}

/* One of four members is stuck: what is bad in a group has one owner. A broker is down, and nobody else suffers. */
static const struct kt_snapshot *common(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_brokers(snap, 3);
    fake_snapshot_topic(snap, "orders", 12);
    fake_snapshot_group(snap, &(struct fake_group){
                                  .name = "fraud-score", .worst = KT_STATUS_STALL, .partitions = 12, .members = 4,
                                  .lag = 49000, .age_ms = 720000,
                                  .why = "STALL on 4 of 12 partitions: group Stable and partition owned, total lag "
                                         "49.0k and growing 4100/min, nothing advanced since 22:01:20 (more than "
                                         "30s); worst orders/0"});
    fake_snapshot_group(snap, &(struct fake_group){.name = "orders-enrich", .worst = KT_STATUS_OK, .partitions = 12,
                                                   .members = 3, .lag = 12, .age_ms = 3600000});
    struct kt_group *group = (struct kt_group *)(uintptr_t)snap->groups[0];
    for (size_t i = 0; i < group->lag_count; i += 4) {
        struct kt_lag_facts facts;
        kt_lag_unpack(&group->lags[i], &facts);
        facts.status = KT_STATUS_STALL;
        facts.why = fake_text("STALL: group Stable and partition owned, lag 4083, nothing advanced since "
                              "22:01:20 (more than 30s)");
        fake_snapshot_repack(group, i, &facts);
    }
    fake_snapshot_problem(snap, KT_SCOPE_BROKER, "2", "_TRANSPORT", "broker 2 at kafka-2:9092 does not answer");
    return fake_snapshot_seal(snap);
}

/* The same names as in fake_snapshot_full, and all is well. */
const struct kt_snapshot *screens_staging(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->name = fake_text("staging");
    snap->bootstrap = fake_text("kafka-9:9092");
    snap->cluster_id = fake_text("c3RhZ2luZy1vZi1rYWZrYQ");
    fake_snapshot_brokers(snap, 1);
    fake_snapshot_topic(snap, "orders", 2);
    fake_snapshot_group(snap, &(struct fake_group){.name = "payments", .worst = KT_STATUS_OK, .partitions = 2,
                                                   .members = 1, .lag = 3, .age_ms = 60000});
    return fake_snapshot_seal(snap);
}

const struct kt_snapshot *screens_down(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->name = fake_text("disaster-recovery");
    snap->bootstrap = fake_text("kafka-0:9092");
    snap->cluster_id = fake_text(NULL);
    snap->collected = snap->as_of_known = false;
    snap->activity = fake_text("connecting to kafka-0:9092");
    fake_snapshot_problem(snap, KT_SCOPE_CLUSTER, "", "_TRANSPORT", "kafka-0:9092: Connection refused");
    return fake_snapshot_seal(snap);
}

/* Four minutes before fake_snapshot_full: two of its groups were not there, the others were better off. */
const struct kt_snapshot *screens_earlier(void)
{
    static const struct fake_group groups[] = {
        {.name = "stop", .worst = KT_STATUS_OK, .partitions = 3, .members = 2, .lag = 2100, .age_ms = 2280000},
        {.name = "stall", .worst = KT_STATUS_OK, .partitions = 4, .members = 2, .lag = 400, .age_ms = 720000},
        {.name = "err", .worst = KT_STATUS_OK, .partitions = 1, .members = 1, .lag = 7, .age_ms = 600000},
        {.name = "warn", .worst = KT_STATUS_OK, .partitions = 6, .members = 4, .lag = 61000, .age_ms = 900000},
        {.name = "ok", .worst = KT_STATUS_WARN, .partitions = 12, .members = 11, .lag = 90812, .age_ms = 400000},
        {.name = "idle", .worst = KT_STATUS_OK, .partitions = 1, .members = 1, .lag = 0, .age_ms = 3600000},
        {.name = "unknown", .worst = KT_STATUS_OK, .partitions = 2, .members = 1, .lag = 30, .age_ms = 3600000},
    };
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->taken_mono -= EARLIER_MS;
    snap->taken_ms -= EARLIER_MS;
    snap->as_of_ms -= EARLIER_MS;
    fake_snapshot_brokers(snap, 3);
    fake_snapshot_topic(snap, "orders", 10);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        fake_snapshot_group(snap, &groups[i]);
    return fake_snapshot_seal(snap);
}

static const struct kt_snapshot *bare(void)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    fake_snapshot_group(snap, &(struct fake_group){.name = "idle", .worst = KT_STATUS_OK, .members = 2});
    return fake_snapshot_seal(snap);
}

const struct screen screens[] = {
    {.name = "clusters", .snapshot = fake_snapshot_full, .sizes = ALL, .several = true},
    {.name = "clusters-two", .snapshot = fake_snapshot_full, .sizes = THREE, .several = true, .well = true},
    {.name = "clusters-next", .snapshot = fake_snapshot_full, .keys = "2 K", .sizes = THREE, .several = true},
    {.name = "clusters-down", .snapshot = fake_snapshot_full, .keys = "J", .sizes = THREE, .several = true},
    {.name = "clusters-back", .snapshot = fake_snapshot_full, .keys = "j j Enter K L J", .sizes = USUAL,
     .several = true},
    {.name = "clusters-stale", .snapshot = fake_snapshot_full, .sizes = TINY | THREE, .several = true,
     .later_ms = 14000},
    {.name = "clusters-ascii", .snapshot = fake_snapshot_full, .sizes = USUAL, .several = true, .ascii = true},
    {.name = "clusters-one", .snapshot = fake_snapshot_full, .keys = "K", .sizes = USUAL},
    {.name = "groups-full", .snapshot = fake_snapshot_full, .sizes = ALL},
    {.name = "groups-empty", .snapshot = screens_nothing, .sizes = TINY | THREE},
    {.name = "groups-hostile", .snapshot = fake_snapshot_hostile, .sizes = ALL},
    {.name = "groups-ascii", .snapshot = fake_snapshot_hostile, .sizes = USUAL | LARGE, .ascii = true},
    {.name = "groups-exact", .snapshot = fake_snapshot_full, .keys = "e", .sizes = USUAL | LARGE},
    {.name = "groups-time", .snapshot = fake_snapshot_full, .keys = "m L", .sizes = USUAL},
    {.name = "groups-30m", .snapshot = fake_snapshot_full, .keys = "w", .sizes = THREE},
    {.name = "groups-2h", .snapshot = fake_snapshot_full, .keys = "w w", .sizes = USUAL | LARGE | HUGE_},
    {.name = "groups-2h-ascii", .snapshot = fake_snapshot_full, .keys = "w w", .sizes = USUAL | LARGE, .ascii = true},
    {.name = "groups-windows-reset", .snapshot = fake_snapshot_full, .keys = "w =", .sizes = USUAL},
    {.name = "groups-skew", .snapshot = skewed, .sizes = LARGE},
    {.name = "groups-explained", .snapshot = explained, .sizes = THREE},
    {.name = "cause", .snapshot = common, .sizes = ALL | WIDE},
    {.name = "cause-members", .snapshot = common, .keys = "Enter Enter", .sizes = USUAL | LARGE | WIDE},
    {.name = "cause-partitions", .snapshot = common, .keys = "3", .sizes = USUAL | LARGE | WIDE},
    {.name = "cause-topics", .snapshot = common, .keys = "2", .sizes = USUAL | LARGE | WIDE},
    {.name = "cause-brokers", .snapshot = common, .keys = "4", .sizes = USUAL | LARGE | WIDE},
    {.name = "cause-events", .snapshot = common, .keys = "5", .sizes = USUAL | LARGE | WIDE},
    {.name = "cause-names", .snapshot = common, .keys = "y", .sizes = USUAL},
    {.name = "topics-full", .snapshot = fake_snapshot_full, .keys = "2", .sizes = ALL},
    {.name = "topics-empty", .snapshot = screens_nothing, .keys = "2", .sizes = THREE},
    {.name = "topics-hostile", .snapshot = fake_snapshot_hostile, .keys = "2", .sizes = THREE},
    {.name = "topics-30m-ascii", .snapshot = fake_snapshot_full, .keys = "2 w", .sizes = LARGE, .ascii = true},
    {.name = "partitions-full", .snapshot = fake_snapshot_full, .keys = "3", .sizes = ALL},
    {.name = "partitions-empty", .snapshot = screens_nothing, .keys = "3", .sizes = THREE},
    {.name = "partitions-hostile", .snapshot = fake_snapshot_hostile, .keys = "3", .sizes = THREE},
    {.name = "partitions-group", .snapshot = fake_snapshot_full, .keys = "j j Enter", .sizes = ALL},
    {.name = "partitions-group-empty", .snapshot = bare, .keys = "Enter", .sizes = THREE},
    {.name = "partitions-group-hostile", .snapshot = fake_snapshot_hostile, .keys = "G Enter", .sizes = THREE},
    {.name = "partitions-topic", .snapshot = fake_snapshot_full, .keys = "2 A Enter j", .sizes = ALL},
    {.name = "partitions-broker", .snapshot = fake_snapshot_full, .keys = "4 Enter", .sizes = USUAL},
    {.name = "partitions-topic-empty", .snapshot = screens_nothing, .keys = "2 Enter", .sizes = THREE},
    {.name = "partitions-topic-hostile", .snapshot = fake_snapshot_hostile, .keys = "2 Enter t", .sizes = THREE},
    {.name = "partitions-topic-open", .snapshot = fake_snapshot_full, .keys = "2 G Enter x j", .sizes = THREE},
    {.name = "readers-full", .snapshot = fake_snapshot_full, .keys = "2 Enter Enter", .sizes = ALL},
    {.name = "readers-hostile", .snapshot = fake_snapshot_hostile, .keys = "2 Enter Enter x", .sizes = THREE},
    {.name = "readers-of-none", .snapshot = fake_snapshot_full, .keys = "2 A Enter Enter", .sizes = THREE},
    {.name = "groups-open", .snapshot = fake_snapshot_full, .keys = "j j x j j", .sizes = ALL},
    {.name = "groups-tree", .snapshot = fake_snapshot_full, .keys = "L t", .sizes = THREE},
    {.name = "groups-tree-problems", .snapshot = fake_snapshot_full, .keys = "t i", .sizes = THREE},
    {.name = "groups-tree-hostile", .snapshot = fake_snapshot_hostile, .keys = "F5", .sizes = THREE},
    {.name = "groups-tree-ascii", .snapshot = fake_snapshot_full, .keys = "t Right Right", .sizes = SMALL | USUAL,
     .ascii = true},
    {.name = "topics-open", .snapshot = fake_snapshot_full, .keys = "2 x", .sizes = ALL},
    {.name = "nothing-beneath", .snapshot = fake_snapshot_full, .keys = "5 x", .sizes = USUAL},
    {.name = "members-full", .snapshot = fake_snapshot_full, .keys = "j j Enter Enter", .sizes = ALL},
    {.name = "members-empty", .snapshot = fake_snapshot_full, .keys = "j Enter Enter", .sizes = THREE},
    {.name = "members-hostile", .snapshot = fake_snapshot_hostile, .keys = "G Enter Enter", .sizes = THREE},
    {.name = "members-open", .snapshot = fake_snapshot_full, .keys = "j j Enter Enter x", .sizes = THREE},
    {.name = "members-of-host", .snapshot = fake_snapshot_full, .keys = "6 Enter", .sizes = THREE},
    {.name = "hosts-full", .snapshot = fake_snapshot_full, .keys = "6", .sizes = ALL},
    {.name = "hosts-empty", .snapshot = screens_nothing, .keys = "6", .sizes = THREE},
    {.name = "hosts-hostile", .snapshot = fake_snapshot_hostile, .keys = "6 x", .sizes = THREE},
    {.name = "hosts-tree", .snapshot = fake_snapshot_full, .keys = "6 t", .sizes = THREE},
    {.name = "brokers-hostile", .snapshot = fake_snapshot_hostile, .keys = "4", .sizes = THREE},
    {.name = "filter-no-status", .snapshot = fake_snapshot_full, .keys = "f type:status:stpo Enter",
     .sizes = SMALL | USUAL},
    {.name = "found-round", .snapshot = fake_snapshot_full, .keys = "/ type:re Enter n n n", .sizes = USUAL},
    {.name = "brokers-full", .snapshot = fake_snapshot_full, .keys = "4", .sizes = ALL},
    {.name = "brokers-empty", .snapshot = screens_nothing, .keys = "4", .sizes = THREE},
    {.name = "events-full", .snapshot = fake_snapshot_full, .keys = "5", .sizes = ALL},
    {.name = "events-empty", .snapshot = screens_nothing, .keys = "5", .sizes = THREE},
    {.name = "events-hostile", .snapshot = fake_snapshot_hostile, .keys = "l", .sizes = THREE},
    {.name = "help", .snapshot = fake_snapshot_full, .keys = "?", .sizes = ALL},
    {.name = "help-end", .snapshot = fake_snapshot_full, .keys = "h End", .sizes = THREE},
    {.name = "names", .snapshot = fake_snapshot_full, .keys = "y", .sizes = THREE},
    {.name = "names-hostile", .snapshot = fake_snapshot_hostile, .keys = "A G y", .sizes = THREE},
    {.name = "names-secure", .snapshot = fake_snapshot_full, .keys = "y", .sizes = USUAL, .secure = true},
    {.name = "setup", .snapshot = fake_snapshot_full, .keys = "c j j j j Space > j", .sizes = ALL},
    {.name = "setup-end", .snapshot = fake_snapshot_full, .keys = "2 c G", .sizes = THREE},
    {.name = "setup-empty", .snapshot = screens_nothing, .keys = "3 F2", .sizes = THREE},
    {.name = "setup-chosen", .snapshot = fake_snapshot_full, .keys = "c j j j Space j > j j < < Esc", .sizes = ALL},
    {.name = "setup-secure", .snapshot = fake_snapshot_full, .keys = "c W", .sizes = USUAL, .secure = true},
    {.name = "themes", .snapshot = fake_snapshot_full, .keys = "E j", .sizes = ALL},
    {.name = "secure", .snapshot = fake_snapshot_full, .sizes = THREE, .secure = true},
    {.name = "help-secure", .snapshot = fake_snapshot_full, .keys = "? G PgUp PgUp", .sizes = USUAL, .secure = true},
    {.name = "sort-menu", .snapshot = fake_snapshot_full, .keys = "s j j", .sizes = THREE},
    {.name = "sorted", .snapshot = fake_snapshot_full, .keys = "L R", .sizes = SMALL | USUAL},
    {.name = "filter-prompt", .snapshot = fake_snapshot_full, .keys = "f type:status:st Left", .sizes = TINY | THREE},
    {.name = "filter-bad", .snapshot = fake_snapshot_full, .keys = "f type:~( Enter", .sizes = SMALL | USUAL},
    {.name = "filtered", .snapshot = fake_snapshot_full, .keys = "f type:status:st Enter", .sizes = SMALL | USUAL},
    {.name = "filtered-away", .snapshot = fake_snapshot_full, .keys = "f type:nobody Enter", .sizes = SMALL | USUAL},
    {.name = "found", .snapshot = fake_snapshot_full, .keys = "/ type:and Enter", .sizes = USUAL},
    {.name = "problems", .snapshot = fake_snapshot_full, .keys = "i", .sizes = USUAL},
    {.name = "pinned", .snapshot = fake_snapshot_full, .keys = "G Space g F", .sizes = SMALL | USUAL},
    {.name = "scrolled", .snapshot = fake_snapshot_full, .keys = "Right Right Right", .sizes = SMALL | USUAL},
    {.name = "unknown-key", .snapshot = fake_snapshot_full, .keys = "B", .sizes = USUAL},
    {.name = "quiet", .snapshot = fake_snapshot_full, .keys = "a j a j Q Enter", .sizes = ALL},
    {.name = "quiet-shown", .snapshot = fake_snapshot_full, .keys = "a j Q Enter V G", .sizes = THREE},
    {.name = "quiet-partitions", .snapshot = fake_snapshot_full, .keys = "a 3 j j a", .sizes = USUAL},
    {.name = "mute-bad", .snapshot = fake_snapshot_full, .keys = "Q type:x Enter", .sizes = SMALL | USUAL},
    {.name = "paused", .snapshot = fake_snapshot_full, .keys = "p", .sizes = SMALL | USUAL, .later_ms = 72000},
    {.name = "paused-clusters", .snapshot = fake_snapshot_full, .keys = "p", .sizes = THREE, .several = true,
     .later_ms = 72000},
    {.name = "back", .snapshot = fake_snapshot_full, .keys = "[", .sizes = ALL, .before = true},
    {.name = "back-stale", .snapshot = fake_snapshot_full, .keys = "[", .sizes = USUAL, .before = true,
     .later_ms = 14000},
    {.name = "back-first", .snapshot = fake_snapshot_full, .keys = "j j [ [", .sizes = SMALL | USUAL, .before = true},
    {.name = "back-gone", .snapshot = fake_snapshot_full, .keys = "g [", .sizes = THREE, .before = true},
    {.name = "back-opened", .snapshot = fake_snapshot_full, .keys = "Enter [", .sizes = USUAL, .before = true},
    {.name = "back-clusters", .snapshot = fake_snapshot_full, .keys = "[ K J", .sizes = TINY | THREE, .before = true,
     .several = true},
    {.name = "baseline", .snapshot = fake_snapshot_full, .keys = "[ b ]", .sizes = ALL, .before = true},
    {.name = "baseline-sorted", .snapshot = fake_snapshot_full, .keys = "[ b ] L e", .sizes = USUAL | LARGE,
     .before = true},
    {.name = "baseline-past", .snapshot = fake_snapshot_full, .keys = "b [", .sizes = THREE, .before = true},
    {.name = "baseline-topics", .snapshot = fake_snapshot_full, .keys = "[ b ] 2", .sizes = THREE, .before = true},
    {.name = "baseline-group", .snapshot = fake_snapshot_full, .keys = "[ b ] j Enter", .sizes = THREE,
     .before = true},
    {.name = "baseline-members", .snapshot = fake_snapshot_full, .keys = "[ b ] j j Enter Enter", .sizes = USUAL,
     .before = true},
    {.name = "baseline-open", .snapshot = fake_snapshot_full, .keys = "[ b ] j x L", .sizes = USUAL, .before = true},
    {.name = "baseline-open-topic", .snapshot = fake_snapshot_full, .keys = "[ b ] 2 A x j Enter t", .sizes = USUAL,
     .before = true},
    {.name = "baseline-brokers", .snapshot = fake_snapshot_full, .keys = "[ b ] 4", .sizes = USUAL, .before = true},
    {.name = "baseline-ascii", .snapshot = fake_snapshot_full, .keys = "[ b ] L", .sizes = USUAL, .before = true,
     .ascii = true},
    {.name = "baseline-over", .snapshot = fake_snapshot_full, .keys = "[ b ] b", .sizes = SMALL | USUAL,
     .before = true},
    {.name = "back-ascii", .snapshot = fake_snapshot_full, .keys = "[", .sizes = USUAL, .before = true, .ascii = true},
    {.name = "stale", .snapshot = fake_snapshot_full, .sizes = SMALL | USUAL, .later_ms = 14000},
    {.name = "starting", .sizes = ALL},
    {.name = "connecting", .snapshot = fake_snapshot_empty, .sizes = ALL},
    {.name = "refused", .snapshot = refused, .sizes = ALL},
    {.name = "failure", .snapshot = fake_snapshot_full, .sizes = ALL, .failure = "authentication refused"},
};
const size_t screens_count = sizeof screens / sizeof screens[0];
