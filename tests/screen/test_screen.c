/*
 * Golden screens: what a user sees after some keys, as a grid of text and a grid of roles, at several sizes.
 *
 * No curses, no sleep, no clock: the app is called directly. Also compares docs/KEYS.md and the section of keys in
 * kafkatop.1 with what the table of actions says. Arguments: the source folder. Prints TAP.
 */
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "config.h"
#include "fake_snapshot.h"
#include "help.h"
#include "keymap.h"
#include "ticket.h"

#define TAKEN_MONO INT64_C(5000000)
#define EARLIER_MS INT64_C(252000)
#define KEYS_BEGIN ".\\\" keys: begin (made by tests/screen/bless)\n"
#define KEYS_END ".\\\" keys: end\n"

enum sizes { TINY = 1, SMALL = 2, USUAL = 4, LARGE = 8, HUGE_ = 16, WIDE = 32 };

static const struct size {
    enum sizes bit;
    int width, height;
} sizes[] = {{TINY, 20, 5}, {SMALL, 40, 12}, {USUAL, 80, 24}, {LARGE, 120, 40}, {HUGE_, 200, 50}, {WIDE, 160, 30}};

#define ALL (TINY | SMALL | USUAL | LARGE | HUGE_)
#define THREE (SMALL | USUAL | LARGE)

struct screen {
    const char *name;
    const struct kt_snapshot *(*snapshot)(void); /* NULL: none came yet */
    const char *keys;                            /* names, and "type:text" */
    unsigned sizes;
    bool ascii, secure;
    int64_t later_ms; /* since the snapshot was taken */
    const char *failure;
    bool several; /* two clusters more: one that is well, one that is down */
    bool well;    /* ... the first of them alone */
    bool before;  /* a snapshot of four minutes earlier came first */
};

/* Collected, and there is nothing. */
static const struct kt_snapshot *nothing(void)
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
    for (size_t i = 0; i < group->lag_count; i++)
        group->lags[i].lag = i == 7 ? 1000 : 0;
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
        group->lags[i].status = KT_STATUS_STALL;
        group->lags[i].why = fake_text("STALL: group Stable and partition owned, lag 4083, nothing advanced since "
                                       "22:01:20 (more than 30s)");
    }
    fake_snapshot_problem(snap, KT_SCOPE_BROKER, "2", "_TRANSPORT", "broker 2 at kafka-2:9092 does not answer");
    return fake_snapshot_seal(snap);
}

/* The same names as in fake_snapshot_full, and all is well. */
static const struct kt_snapshot *staging(void)
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

static const struct kt_snapshot *down(void)
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
static const struct kt_snapshot *earlier(void)
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

static const struct screen screens[] = {
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
    {.name = "groups-empty", .snapshot = nothing, .sizes = TINY | THREE},
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
    {.name = "topics-empty", .snapshot = nothing, .keys = "2", .sizes = THREE},
    {.name = "topics-hostile", .snapshot = fake_snapshot_hostile, .keys = "2", .sizes = THREE},
    {.name = "topics-30m-ascii", .snapshot = fake_snapshot_full, .keys = "2 w", .sizes = LARGE, .ascii = true},
    {.name = "partitions-full", .snapshot = fake_snapshot_full, .keys = "3", .sizes = ALL},
    {.name = "partitions-empty", .snapshot = nothing, .keys = "3", .sizes = THREE},
    {.name = "partitions-hostile", .snapshot = fake_snapshot_hostile, .keys = "3", .sizes = THREE},
    {.name = "partitions-group", .snapshot = fake_snapshot_full, .keys = "j j Enter", .sizes = ALL},
    {.name = "partitions-group-empty", .snapshot = bare, .keys = "Enter", .sizes = THREE},
    {.name = "partitions-group-hostile", .snapshot = fake_snapshot_hostile, .keys = "G Enter", .sizes = THREE},
    {.name = "partitions-topic", .snapshot = fake_snapshot_full, .keys = "2 A Enter j", .sizes = ALL},
    {.name = "partitions-broker", .snapshot = fake_snapshot_full, .keys = "4 Enter", .sizes = USUAL},
    {.name = "partitions-topic-empty", .snapshot = nothing, .keys = "2 Enter", .sizes = THREE},
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
    {.name = "hosts-empty", .snapshot = nothing, .keys = "6", .sizes = THREE},
    {.name = "hosts-hostile", .snapshot = fake_snapshot_hostile, .keys = "6 x", .sizes = THREE},
    {.name = "hosts-tree", .snapshot = fake_snapshot_full, .keys = "6 t", .sizes = THREE},
    {.name = "brokers-hostile", .snapshot = fake_snapshot_hostile, .keys = "4", .sizes = THREE},
    {.name = "filter-no-status", .snapshot = fake_snapshot_full, .keys = "f type:status:stpo Enter",
     .sizes = SMALL | USUAL},
    {.name = "found-round", .snapshot = fake_snapshot_full, .keys = "/ type:re Enter n n n", .sizes = USUAL},
    {.name = "brokers-full", .snapshot = fake_snapshot_full, .keys = "4", .sizes = ALL},
    {.name = "brokers-empty", .snapshot = nothing, .keys = "4", .sizes = THREE},
    {.name = "events-full", .snapshot = fake_snapshot_full, .keys = "5", .sizes = ALL},
    {.name = "events-empty", .snapshot = nothing, .keys = "5", .sizes = THREE},
    {.name = "events-hostile", .snapshot = fake_snapshot_hostile, .keys = "l", .sizes = THREE},
    {.name = "help", .snapshot = fake_snapshot_full, .keys = "?", .sizes = ALL},
    {.name = "help-end", .snapshot = fake_snapshot_full, .keys = "h End", .sizes = THREE},
    {.name = "names", .snapshot = fake_snapshot_full, .keys = "y", .sizes = THREE},
    {.name = "names-hostile", .snapshot = fake_snapshot_hostile, .keys = "A G y", .sizes = THREE},
    {.name = "names-secure", .snapshot = fake_snapshot_full, .keys = "y", .sizes = USUAL, .secure = true},
    {.name = "setup", .snapshot = fake_snapshot_full, .keys = "c j j j j Space > j", .sizes = ALL},
    {.name = "setup-end", .snapshot = fake_snapshot_full, .keys = "2 c G", .sizes = THREE},
    {.name = "setup-empty", .snapshot = nothing, .keys = "3 F2", .sizes = THREE},
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

static const char *source;
static bool bless;
static unsigned failures;

/* --- files ----------------------------------------------------------------------------------------------- */

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t room = 1 << 16, length = 0;
    char *text = malloc(room + 1);
    for (size_t more; text && (more = fread(text + length, 1, room - length, file)) > 0;) {
        length += more;
        if (length == room)
            text = realloc(text, (room *= 2) + 1);
    }
    fclose(file);
    if (text)
        text[length] = '\0';
    return text;
}

static void spit(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        printf("Bail out! cannot write %s\n", path);
        exit(1);
    }
}

static void print_lines(const char *mark, const char *text)
{
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        printf("# %s%.*s\n", mark, (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void compare(const char *name, const char *path, const char *said)
{
    if (bless)
        spit(path, said);
    char *wanted = slurp(path);
    bool same = wanted && strcmp(wanted, said) == 0;
    if (!same) {
        print_lines("wanted |", wanted ? wanted : "(no such file)");
        print_lines("is     |", said);
        failures++;
    }
    printf("%sok - %s\n", same ? "" : "not ", name);
    free(wanted);
}

/* What a function writes to a stream, as a string. */
struct capture {
    char *text;
    size_t length;
    FILE *stream;
};

static FILE *capture_open(struct capture *capture)
{
    capture->stream = open_memstream(&capture->text, &capture->length);
    if (!capture->stream)
        exit(1);
    return capture->stream;
}

static const char *capture_close(struct capture *capture)
{
    fclose(capture->stream);
    return capture->text;
}

/* --- screens --------------------------------------------------------------------------------------------- */

static void type_text(struct ui_app *app, const char *text)
{
    for (; *text; text++) {
        struct ui_input input = {.key = (unsigned char)*text};
        ui_app_input(app, &input, TAKEN_MONO);
    }
}

static void press(struct ui_app *app, struct ui_canvas *cv, const char *keys)
{
    char word[64];
    int length;
    for (; sscanf(keys, " %63s%n", word, &length) == 1; keys += length) {
        struct ui_input input = {.key = UI_KEY_NONE};
        if (strncmp(word, "type:", 5) == 0) {
            type_text(app, word + 5);
        } else if (ui_key_parse(word, &input.key)) {
            ui_app_input(app, &input, TAKEN_MONO);
        } else {
            printf("Bail out! no key is called %s\n", word);
            exit(1);
        }
        ui_app_draw(app, cv, TAKEN_MONO, FAKE_NOW_MS);
    }
}

static void add_cluster(struct ui_app *app, unsigned number, struct kt_options *options, const char *name,
                        const struct kt_snapshot *snap)
{
    options->cluster = (char *)(uintptr_t)name;
    ui_app_add(app, options);
    ui_app_cluster_snapshot(app, number, snap);
    kt_snapshot_unref(snap);
}

static void take(struct ui_app *app, const struct kt_snapshot *snap)
{
    ui_app_snapshot(app, snap);
    kt_snapshot_unref(snap);
}

static void draw(const struct screen *screen, struct ui_canvas *cv)
{
    struct kt_options options = {.settings.delay_ms = 2000, .secure = screen->secure};
    options.cluster = (char *)(uintptr_t)"prod-eu";
    struct kt_options others[] = {options, options};
    struct ui_app *app = ui_app_new(&options, source);
    cv->ascii = screen->ascii;
    if (screen->several) {
        options.from_section = others[0].from_section = others[1].from_section = true;
        options.colour = KT_COLOUR_DANGER;
        add_cluster(app, 1, &others[0], "staging", staging());
        if (!screen->well) {
            others[1].colour = KT_COLOUR_CAUTION;
            add_cluster(app, 2, &others[1], "disaster-recovery", down());
        }
    }
    if (screen->before)
        take(app, earlier());
    if (screen->snapshot)
        take(app, screen->snapshot());
    if (screen->failure)
        ui_app_failure(app, screen->failure);
    ui_app_draw(app, cv, TAKEN_MONO, FAKE_NOW_MS);
    if (screen->keys)
        press(app, cv, screen->keys);
    ui_app_draw(app, cv, TAKEN_MONO + screen->later_ms, FAKE_NOW_MS + screen->later_ms);
    ui_app_free(app);
}

static void check_screen(const struct screen *screen, const struct size *size)
{
    struct ui_canvas cv;
    struct capture capture;
    char name[128], path[1200];
    ui_canvas_init(&cv);
    ui_canvas_resize(&cv, size->width, size->height);
    draw(screen, &cv);
    for (int roles = 0; roles < 2; roles++) {
        FILE *out = capture_open(&capture);
        if (roles)
            ui_canvas_write_roles(&cv, out);
        else
            ui_canvas_write_text(&cv, out);
        const char *said = capture_close(&capture);
        snprintf(name, sizeof name, "%s-%dx%d.%s", screen->name, size->width, size->height, roles ? "roles" : "text");
        snprintf(path, sizeof path, "%s/tests/screen/golden/%s", source, name);
        compare(name, path, said);
        free(capture.text);
    }
    ui_canvas_release(&cv);
}

/* --- tickets --------------------------------------------------------------------------------------------- */

static const struct ticket {
    const char *name;
    const struct kt_snapshot *(*snapshot)(void);
    const char *keys; /* the last one writes it */
} tickets[] = {
    {"groups", fake_snapshot_full, "H"},
    {"groups-filtered", fake_snapshot_full, "f type:status:st Enter i H"},
    {"groups-quiet", fake_snapshot_full, "a j Q Enter e H"},
    {"groups-hostile", fake_snapshot_hostile, "H"},
    {"groups-open", fake_snapshot_full, "j j x j b H"},
    {"groups-open-anonymous", fake_snapshot_full, "t O"},
    {"topics-open-anonymous", fake_snapshot_full, "2 t O"},
    {"groups-anonymous", fake_snapshot_full, "f type:status:st Enter O"},
    {"partitions-group", fake_snapshot_full, "j j Enter H"},
    {"topics", fake_snapshot_full, "2 H"},
    {"members-anonymous", fake_snapshot_full, "j j Enter Enter O"},
    {"brokers-anonymous", fake_snapshot_full, "4 O"},
    {"events-anonymous", fake_snapshot_full, "5 O"},
    {"nothing", nothing, "H"},
};

/* A new version is no news in a golden file. */
static char *without_version(const char *said)
{
    const char *at = strstr(said, KAFKATOP_VERSION);
    size_t before = at ? (size_t)(at - said) : 0, length = strlen(said) + 8;
    char *text = malloc(length);
    if (!text || !at)
        exit(1);
    snprintf(text, length, "%.*sVERSION%s", (int)before, said, at + strlen(KAFKATOP_VERSION));
    return text;
}

static void check_ticket(const struct ticket *wanted)
{
    struct kt_options options = {.settings.delay_ms = 2000, .cluster = (char *)(uintptr_t)"prod-eu"};
    struct ui_canvas cv;
    struct capture capture;
    char name[128], path[1200];
    struct ui_app *app = ui_app_new(&options, NULL);
    const struct kt_snapshot *snap = wanted->snapshot();
    ui_canvas_init(&cv);
    ui_canvas_resize(&cv, 80, 24);
    ui_app_snapshot(app, snap);
    kt_snapshot_unref(snap);
    ui_app_draw(app, &cv, TAKEN_MONO, FAKE_NOW_MS);
    press(app, &cv, wanted->keys);
    struct ui_ticket *ticket = ui_app_take_ticket(app);
    FILE *out = capture_open(&capture);
    if (ticket)
        ui_ticket_write_text(ticket, out);
    snprintf(name, sizeof name, "ticket-%s.txt", wanted->name);
    snprintf(path, sizeof path, "%s/tests/screen/golden/%s", source, name);
    char *said = without_version(capture_close(&capture));
    compare(name, path, said);
    free(said);
    free(capture.text);
    ui_ticket_free(ticket);
    ui_canvas_release(&cv);
    ui_app_free(app);
}

/* --- documents ------------------------------------------------------------------------------------------- */

static void check_keys_document(void)
{
    struct capture capture;
    char path[1200];
    ui_help_write_markdown(capture_open(&capture));
    const char *said = capture_close(&capture);
    snprintf(path, sizeof path, "%s/docs/KEYS.md", source);
    compare("docs/KEYS.md says what the keys do", path, said);
    free(capture.text);
}

/* The manual belongs to others: only what stands between the two marks is ours. */
static void check_manual(void)
{
    struct capture capture;
    char path[1200];
    snprintf(path, sizeof path, "%s/kafkatop.1", source);
    char *manual = slurp(path);
    char *begin = manual ? strstr(manual, KEYS_BEGIN) : NULL;
    char *end = begin ? strstr(begin, KEYS_END) : NULL;
    if (!end) {
        printf("%s\n", manual ? "not ok - kafkatop.1 lacks the marks around its keys"
                              : "ok - kafkatop.1 says what the keys do # SKIP there is no manual");
        failures += manual != NULL;
        free(manual);
        return;
    }
    FILE *out = capture_open(&capture);
    fwrite(manual, 1, (size_t)(begin - manual) + strlen(KEYS_BEGIN), out);
    ui_help_write_roff(out);
    fputs(end, out);
    compare("kafkatop.1 says what the keys do", path, capture_close(&capture));
    free(capture.text);
    free(manual);
}

int main(int argc, char **argv)
{
    source = argc > 1 ? argv[1] : ".";
    const char *blessed = getenv("KAFKATOP_BLESS");
    bless = blessed && *blessed;
    if (!setlocale(LC_ALL, "C.UTF-8") && !setlocale(LC_ALL, "en_US.UTF-8")) {
        printf("ok - golden screens # SKIP there is no UTF-8 locale\n");
        return 0;
    }
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++)
            if (screens[i].sizes & sizes[j].bit)
                check_screen(&screens[i], &sizes[j]);
    for (size_t i = 0; i < sizeof tickets / sizeof tickets[0]; i++)
        check_ticket(&tickets[i]);
    check_keys_document();
    check_manual();
    return failures > 0;
}
