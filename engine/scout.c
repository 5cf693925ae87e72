#include "scout.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "wait.h"

#define ANSWER_MS      5000
#define FIRST_MS       1500 /* before that, for the first try */
#define LISTING_MS     3000
#define DOWN_MS        1500 /* the same, where a broker is known not to answer */
#define LISTING_LOW    2000 /* pause after an incomplete listing, doubled each time */
#define LISTING_HIGH   15000
#define METADATA_AGE   10000
#define NO_OFFSETS_AGE 3000 /* a new cluster: the offsets topic may appear any time */
#define OFFSETS_AGAIN_MS 30000
#define RETRY_LOW_MS   300
#define RETRY_HIGH_MS  2000

/* When the groups are listed next. */
struct pace {
    int64_t next;  /* kt_wait_now */
    int64_t pause; /* 0: the last listing was complete */
    size_t most;   /* brokers that metadata ever told of */
    int32_t *ids;  /* ... since the last complete listing */
    size_t away;   /* of them, how many did not answer when the last listing began */
    unsigned dice;
};

struct kt_scout {
    struct kt_client_context context;
    struct kt_client *query;
    struct kt_asker *asker;
    struct kt_group_lister *lister;
    pthread_t thread;
    struct pace pace; /* the thread's own, as the next two */
    enum kt_offsets_topic unlisted; /* what an offsets topic is that is not listed */
    int64_t offsets_again;          /* kt_wait_now: not asked before that */

    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t poked;
    bool stopped;
    uint64_t asked;
    bool metadata;
    bool without_log;
    struct kt_scouted news;
};

static bool is_stopped(struct kt_scout *scout)
{
    (void)pthread_mutex_lock(&scout->mutex);
    bool stopped = scout->stopped;
    (void)pthread_mutex_unlock(&scout->mutex);
    return stopped;
}

/* What the library tells of single connections explains more, and takes the place of this. */
static void tell_unreachable(struct kt_scout *scout, int error)
{
    const char *name = rd_kafka_err2name((rd_kafka_resp_err_t)error);
    const char *brokers = scout->context.options->brokers;
    char *text = kt_format("the cluster does not answer: %s%s%s%s", kt_fault_phrase(name), brokers ? " (" : "",
                           brokers ? brokers : "", brokers ? ")" : "");
    bool network = kt_fault_code(kt_text_of(name, strlen(name))) == KT_NETWORK;
    kt_client_problem(scout->context.inbox, scout->context.clock, KT_SCOPE_CLUSTER, "", network ? "_TIMED_OUT" : name,
                      false, text);
    free(text);
}

static void tell_reachable(struct kt_scout *scout)
{
    kt_client_reached(scout->query);
    const char *error;
    for (size_t i = 0; (error = kt_fault_connection(i)); i++)
        kt_client_problem(scout->context.inbox, scout->context.clock, KT_SCOPE_CLUSTER, "", error, true, "");
}

/* Twice: the first time it may be a frozen broker that is asked. */
static int fetch_layout(struct kt_scout *scout, const struct kt_layout **layout)
{
    const struct kt_filter *filter = scout->context.options->topic_filter;
    int error = kt_layout_fetch(layout, scout->query, filter, scout->unlisted, FIRST_MS);
    return error == RD_KAFKA_RESP_ERR__TIMED_OUT
               ? kt_layout_fetch(layout, scout->query, filter, scout->unlisted, ANSWER_MS)
               : error;
}

/* Whether some broker answers, so that the cluster is not away only because metadata were not told. */
static bool is_alive(struct kt_scout *scout)
{
    const struct kt_layout *layout = scout->news.layout; /* only this thread changes it */
    for (size_t i = 0; layout && i < layout->broker_count; i++)
        if (kt_asker_up(scout->asker, layout->brokers[i].id, NULL) == 1)
            return true;
    return false;
}

/*
 * Whether an offsets topic that is not listed may not be seen, or is not there. Only the first is remembered: should
 * the right be given, the topic is listed.
 */
static int ask_offsets(struct kt_scout *scout, const struct kt_layout **layout)
{
    bool matters = scout->context.options->source != KT_CHOOSE_ADMIN;
    int64_t now = kt_wait_now();
    if (!matters || (*layout)->offsets_topic != KT_OFFSETS_ABSENT || now < scout->offsets_again)
        return 0;
    scout->offsets_again = now + OFFSETS_AGAIN_MS;
    scout->unlisted = kt_layout_ask_offsets(&scout->context, ANSWER_MS);
    if (scout->unlisted == KT_OFFSETS_ABSENT)
        return 0;
    kt_layout_unref(*layout);
    *layout = NULL;
    return fetch_layout(scout, layout);
}

/* Fetches and tells metadata, and notes when; returns whether the cluster can be spoken with. */
static bool scout_layout(struct kt_scout *scout, int64_t *fetched)
{
    const struct kt_layout *layout = NULL;
    int64_t begun = kt_wait_now();
    int64_t at = kt_mono(scout->context.clock);
    *fetched = 0;
    int error = fetch_layout(scout, &layout);
    if (!error)
        error = ask_offsets(scout, &layout);
    if (is_stopped(scout)) {
        kt_layout_unref(layout);
        return false;
    }
    if (error == RD_KAFKA_RESP_ERR__TIMED_OUT && is_alive(scout))
        return true;
    if (error) {
        tell_unreachable(scout, error);
        return false;
    }
    *fetched = begun;
    if (scout->news.layout) /* only this thread changes it */
        kt_layout_follow(layout, scout->news.layout, kt_wait_now());
    struct kt_parcel *parcel = kt_parcel_new();
    struct kt_sink sink = kt_parcel_sink(parcel);
    kt_layout_tell(layout, at, kt_asker_up, scout->asker, &sink);
    tell_reachable(scout);
    kt_inbox_take(scout->context.inbox, parcel);
    (void)pthread_mutex_lock(&scout->mutex);
    const struct kt_layout *old = scout->news.layout;
    scout->news.layout = layout;
    (void)pthread_mutex_unlock(&scout->mutex);
    kt_layout_unref(old);
    return true;
}

static void clear_broker_problems(struct kt_scout *scout)
{
    char name[16];
    struct kt_scouted seen = kt_scout_look(scout);
    for (size_t i = 0; seen.layout && i < seen.layout->broker_count; i++) {
        int32_t id = seen.layout->brokers[i].id;
        if (kt_asker_up(scout->asker, id, NULL) == 0)
            continue; /* its own worker says when it is back */
        (void)snprintf(name, sizeof name, "%d", (int)id);
        kt_client_problem(scout->context.inbox, scout->context.clock, KT_SCOPE_BROKER, name, NULL, true, "");
    }
    kt_scouted_release(&seen);
}

static void remember_broker(struct pace *pace, int32_t id)
{
    for (size_t i = 0; i < pace->most; i++)
        if (pace->ids[i] == id)
            return;
    pace->ids = kt_resize(pace->ids, pace->most + 1, sizeof *pace->ids);
    pace->ids[pace->most++] = id;
}

static bool is_away(struct kt_scout *scout, int32_t id, const struct kt_layout *layout)
{
    return !layout || !kt_layout_broker(layout, id) || kt_asker_up(scout->asker, id, NULL) == 0;
}

static bool is_late(struct kt_scout *scout, int32_t id, const struct kt_layout *layout)
{
    (void)layout;
    return kt_asker_late(scout->asker, id);
}

/* How many of the brokers are so; their ids are written to `names`. */
static size_t count_brokers(struct kt_scout *scout, bool (*so)(struct kt_scout *, int32_t, const struct kt_layout *),
                            char *names, size_t room)
{
    struct pace *pace = &scout->pace;
    struct kt_scouted seen = kt_scout_look(scout);
    size_t count = 0, length = 0;
    names[0] = '\0';
    for (size_t i = 0; seen.layout && i < seen.layout->broker_count; i++)
        remember_broker(pace, seen.layout->brokers[i].id);
    for (size_t i = 0; i < pace->most; i++) {
        if (!so(scout, pace->ids[i], seen.layout))
            continue;
        if (length + 16 < room)
            length += (size_t)snprintf(names + length, room - length, "%s%d", count ? ", " : "", (int)pace->ids[i]);
        count++;
    }
    kt_scouted_release(&seen);
    return count;
}

static void tell_listing(struct kt_scout *scout, bool complete)
{
    char names[200];
    const char *what = "not answer";
    size_t count = count_brokers(scout, is_away, names, sizeof names);
    if (!count) {
        count = count_brokers(scout, is_late, names, sizeof names);
        count = count < scout->pace.most ? count : 0;
        what = "not answer in time";
    }
    char *text = count ? kt_format("the list of groups is incomplete: broker%s %s %s %s", count == 1 ? "" : "s", names,
                                   count == 1 ? "does" : "do", what)
                       : kt_strdup("the list of groups is incomplete: some brokers did not answer in time");
    kt_client_problem(scout->context.inbox, scout->context.clock, KT_SCOPE_CLUSTER, "", "_PARTIAL", complete, text);
    free(text);
}

/* Whether the groups are listed in this round; and how long for, in *timeout. */
static bool is_listing_due(struct kt_scout *scout, int *timeout)
{
    struct pace *pace = &scout->pace;
    char names[200];
    size_t away = count_brokers(scout, is_away, names, sizeof names);
    bool back = away < pace->away;
    if (pace->pause && !back && kt_wait_now() < pace->next)
        return false;
    pace->away = away;
    *timeout = away ? DOWN_MS : LISTING_MS;
    return true;
}

static void set_pace(struct kt_scout *scout, bool complete)
{
    struct pace *pace = &scout->pace;
    int64_t pause = pace->pause * 2 < LISTING_LOW ? LISTING_LOW : pace->pause * 2;
    /* As long as there are no names at all, nothing else can go on. */
    pace->pause = complete || !scout->news.names ? 0 : pause < LISTING_HIGH ? pause : LISTING_HIGH;
    pace->dice = pace->dice * 1103515245u + 12345u;
    pace->next = kt_wait_now() + pace->pause - pace->pause * (int64_t)((pace->dice >> 16) % 20u) / 100;
    if (complete)
        pace->most = 0; /* who is not in the metadata any more has left for good */
}

/* Whether the members of KIP-848 groups have to be asked for: nothing else tells them. */
static bool wants_members(struct kt_scout *scout)
{
    enum kt_source_choice source = scout->context.options->source;
    (void)pthread_mutex_lock(&scout->mutex);
    const struct kt_layout *layout = scout->news.layout;
    bool without_log = scout->without_log || (layout && !layout->offsets);
    (void)pthread_mutex_unlock(&scout->mutex);
    return source == KT_CHOOSE_ADMIN || (source == KT_CHOOSE_AUTO && without_log);
}

static bool scout_groups(struct kt_scout *scout)
{
    int timeout = 0;
    if (!is_listing_due(scout, &timeout))
        return true;
    struct kt_parcel *parcel = kt_parcel_new();
    struct kt_sink sink = kt_parcel_sink(parcel);
    kt_group_lister_describe(scout->lister, wants_members(scout));
    const struct kt_group_names *names = kt_group_lister_run(scout->lister, timeout, &sink);
    if (is_stopped(scout)) {
        kt_group_names_unref(names);
        kt_parcel_free(parcel);
        return false;
    }
    kt_inbox_take(scout->context.inbox, parcel);
    if (names)
        tell_listing(scout, names->complete);
    if (!names) {
        set_pace(scout, false);
        return false;
    }
    if (names->complete)
        clear_broker_problems(scout); /* every broker has just answered */
    (void)pthread_mutex_lock(&scout->mutex);
    const struct kt_group_names *old = scout->news.names;
    scout->news.names = names;
    (void)pthread_mutex_unlock(&scout->mutex);
    set_pace(scout, names->complete);
    kt_group_names_unref(old);
    return true;
}

static bool is_due(struct kt_scout *scout, int64_t fetched, bool metadata)
{
    struct kt_scouted seen = kt_scout_look(scout);
    int64_t age = kt_wait_now() - fetched;
    bool due = metadata || !seen.layout || age >= METADATA_AGE ||
               (!seen.layout->offsets && age >= NO_OFFSETS_AGE);
    kt_scouted_release(&seen);
    return due;
}

static void finish(struct kt_scout *scout, uint64_t number, bool reached)
{
    (void)pthread_mutex_lock(&scout->mutex);
    scout->news.done = number;
    scout->news.reached = reached;
    if (!scout->stopped)
        kt_inbox_wake(scout->context.inbox);
    (void)pthread_mutex_unlock(&scout->mutex);
}

/* Waits for a question, or after a failure for the time of the next try. Returns false when stopped. */
static bool wait_for_question(struct kt_scout *scout, int64_t pause, uint64_t *number, bool *metadata)
{
    int64_t until = kt_wait_now() + pause;
    (void)pthread_mutex_lock(&scout->mutex);
    while (!scout->stopped) {
        int64_t left = until - kt_wait_now();
        if (pause && left > 0)
            kt_wait_for(&scout->poked, &scout->mutex, left);
        else if (pause || scout->asked > scout->news.done)
            break;
        else
            (void)pthread_cond_wait(&scout->poked, &scout->mutex);
    }
    *number = scout->asked;
    *metadata = scout->metadata;
    scout->metadata = false;
    bool go = !scout->stopped;
    (void)pthread_mutex_unlock(&scout->mutex);
    return go;
}

static void *run(void *self)
{
    struct kt_scout *scout = self;
    uint64_t number = 0;
    bool metadata = false;
    int64_t fetched = 0, pause = 0;
    while (wait_for_question(scout, pause, &number, &metadata)) {
        bool reached = !is_due(scout, fetched, metadata) || scout_layout(scout, &fetched);
        reached = reached && scout_groups(scout);
        if (!reached)
            fetched = 0;
        finish(scout, number, reached);
        pause = reached ? 0 : pause ? (pause * 2 < RETRY_HIGH_MS ? pause * 2 : RETRY_HIGH_MS) : RETRY_LOW_MS;
    }
    return NULL;
}

struct kt_scout *kt_scout_open(const struct kt_client_context *context, struct kt_client *query,
                               struct kt_asker *asker)
{
    struct kt_scout *scout = kt_alloc(1, sizeof *scout);
    scout->context = *context;
    scout->query = query;
    scout->asker = asker;
    scout->lister = kt_group_lister_new(context, query);
    scout->pace.dice = (unsigned)kt_wait_now() | 1u;
    (void)pthread_mutex_init(&scout->mutex, NULL);
    kt_wait_init(&scout->poked);
    if (pthread_create(&scout->thread, NULL, run, scout) == 0)
        return scout;
    kt_group_lister_free(scout->lister);
    (void)pthread_cond_destroy(&scout->poked);
    (void)pthread_mutex_destroy(&scout->mutex);
    free(scout);
    return NULL;
}

uint64_t kt_scout_ask(struct kt_scout *scout, bool metadata)
{
    (void)pthread_mutex_lock(&scout->mutex);
    uint64_t number = ++scout->asked;
    scout->metadata |= metadata;
    (void)pthread_cond_signal(&scout->poked);
    (void)pthread_mutex_unlock(&scout->mutex);
    return number;
}

void kt_scout_without_log(struct kt_scout *scout, bool without)
{
    (void)pthread_mutex_lock(&scout->mutex);
    scout->without_log = without;
    (void)pthread_mutex_unlock(&scout->mutex);
}

struct kt_scouted kt_scout_look(struct kt_scout *scout)
{
    (void)pthread_mutex_lock(&scout->mutex);
    struct kt_scouted news = scout->news;
    (void)kt_layout_ref(news.layout);
    (void)kt_group_names_ref(news.names);
    (void)pthread_mutex_unlock(&scout->mutex);
    return news;
}

void kt_scouted_release(struct kt_scouted *scouted)
{
    kt_layout_unref(scouted->layout);
    kt_group_names_unref(scouted->names);
    scouted->layout = NULL;
    scouted->names = NULL;
}

void kt_scout_stop(struct kt_scout *scout)
{
    (void)pthread_mutex_lock(&scout->mutex);
    scout->stopped = true;
    (void)pthread_cond_signal(&scout->poked);
    (void)pthread_mutex_unlock(&scout->mutex);
}

void kt_scout_close(struct kt_scout *scout)
{
    if (!scout)
        return;
    kt_scout_stop(scout);
    (void)pthread_join(scout->thread, NULL);
    kt_group_lister_free(scout->lister);
    kt_scouted_release(&scout->news);
    free(scout->pace.ids);
    (void)pthread_cond_destroy(&scout->poked);
    (void)pthread_mutex_destroy(&scout->mutex);
    free(scout);
}
