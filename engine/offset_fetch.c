#include "offset_fetch.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "farewell.h"
#include "offset_retry.h"
#include "strmap.h"
#include "wait.h"

/*
 * The library dies (assertion "eonce->refcnt > 0", all versions up to 2.12 at least) when a request to a coordinator
 * that is away reaches its time limit and the coordinator comes back, or the handle is closed. So no request has a
 * limit of the library's that it could reach: what takes too long is thrown away with its handle.
 */
#define REQUEST_MS      3600000 /* the most that the library takes */
#define PATIENCE_MS     12000
#define CLOSE_MS        1000
#define ROUND_MS        5000  /* without any answer */
#define ROUND_MOST_MS   30000 /* with answers that keep coming: many groups, or a slow cluster */
#define QUIET_MS        1000 /* no answer for so long: who is missing holds up nobody else, once all answered */
#define QUIET_AGAIN_MS  200
#define FORGET_MS       600000 /* what was not asked for so long is forgotten: the group may be gone */

/* What is known of a group beside its offsets. */
struct memory {
    struct kt_offset_memory offsets;
    uint64_t round;   /* the last one that asked for it */
    int64_t asked_at; /* kt_wait_now: when that was */
    bool flying;
    struct kt_offset_retry retry;
};

struct flight {
    bool busy;
    uint32_t ticket;
    uint64_t round;
    enum kt_fetch_mode mode;
    bool whole;    /* asks for all there is, else for the places that are known */
    int64_t begun; /* kt_wait_now */
    int64_t at;
    int64_t wall_ms;
    char *group;
};

struct round {
    struct kt_arena arena;
    struct kt_fetch_item *items;
    size_t count;
};

struct kt_fetcher {
    struct kt_client_context context;
    struct kt_seen *seen;
    pthread_t thread;

    pthread_mutex_t mutex; /* guards what follows, up to the blank line */
    pthread_cond_t poked;
    bool stopped, muted, forget;
    struct round *next;
    bool working;
    size_t failed;
    struct kt_client *client;

    /* the thread's own */
    char *carried; /* the group whose id the handle carries */
    rd_kafka_queue_t *queue;
    struct kt_strmap groups; /* of struct memory */
    struct flight flights[KT_FETCH_FLIGHT];
    size_t flying;
    uint32_t ticket;
    uint64_t number;
    size_t open; /* of this round: requests without an answer yet */
    int64_t moved; /* kt_wait_now: when the round began, or something was answered since */
    bool settled; /* all answered once */
    bool quiet;   /* the last round left some behind */
    unsigned dice;
};

static void free_memory(void *value)
{
    struct memory *memory = value;
    if (memory)
        kt_offset_memory_release(&memory->offsets);
    free(memory);
}

static void free_round(struct round *round)
{
    if (!round)
        return;
    kt_arena_release(&round->arena);
    free(round);
}

static bool is_stopped(struct kt_fetcher *fetcher)
{
    (void)pthread_mutex_lock(&fetcher->mutex);
    bool stopped = fetcher->stopped;
    (void)pthread_mutex_unlock(&fetcher->mutex);
    return stopped;
}

static struct memory *memory_of(struct kt_fetcher *fetcher, const char *group, size_t length)
{
    void **place = kt_strmap_at(&fetcher->groups, group, length, NULL);
    if (!*place) {
        struct memory *memory = kt_alloc(1, sizeof *memory);
        kt_offset_memory_init(&memory->offsets);
        *place = memory;
    }
    return *place;
}

static void take_offsets(struct kt_fetcher *fetcher, const struct flight *flight, struct memory *memory,
                         const rd_kafka_topic_partition_list_t *list, struct kt_parcel *parcel)
{
    size_t count = list && list->cnt > 0 ? (size_t)list->cnt : 0;
    struct kt_fetched *answer = kt_alloc(count + 1, sizeof *answer);
    struct kt_sink sink = kt_parcel_sink(parcel);
    struct kt_fetch_context context = {
        .group = kt_text_of(flight->group, strlen(flight->group)),
        .mode = flight->mode,
        .seen = fetcher->seen,
        .at = flight->at,
        .wall_ms = flight->wall_ms,
    };
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *item = &list->elems[i];
        answer[i].topic = item->topic;
        answer[i].partition = item->partition;
        answer[i].offset = item->offset;
        answer[i].failed = item->err != 0;
    }
    kt_offset_memory_take(&memory->offsets, &context, answer, count, &sink);
    kt_offset_memory_pace(&memory->offsets, flight->whole, kt_wait_now());
    free(answer);
}

/* The error of an answer, and its offsets when there is none. */
static int open_event(rd_kafka_event_t *event, const rd_kafka_topic_partition_list_t **list)
{
    size_t count = 0;
    *list = NULL;
    if (rd_kafka_event_error(event))
        return rd_kafka_event_error(event);
    const rd_kafka_ListConsumerGroupOffsets_result_t *result =
        rd_kafka_event_ListConsumerGroupOffsets_result(event);
    const rd_kafka_group_result_t **groups =
        result ? rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count) : NULL;
    if (!count)
        return RD_KAFKA_RESP_ERR__BAD_MSG;
    const rd_kafka_error_t *error = rd_kafka_group_result_error(groups[0]);
    if (error)
        return rd_kafka_error_code(error);
    *list = rd_kafka_group_result_partitions(groups[0]);
    return 0;
}

/* Frees the place of a flight; its group failed when there is an error. */
static void land(struct kt_fetcher *fetcher, struct flight *flight, int error,
                 const rd_kafka_topic_partition_list_t *list, struct kt_parcel *parcel)
{
    struct memory *memory = memory_of(fetcher, flight->group, strlen(flight->group));
    memory->flying = false;
    if (error) {
        fetcher->dice = fetcher->dice * 1103515245u + 12345u;
        kt_offset_retry_failed(&memory->retry, &fetcher->context, flight->group,
                               rd_kafka_err2name((rd_kafka_resp_err_t)error), kt_wait_now(),
                               (fetcher->dice >> 16) % 20u);
    } else {
        take_offsets(fetcher, flight, memory, list, parcel);
        kt_offset_retry_over(&memory->retry, &fetcher->context, flight->group);
    }
    if (flight->round == fetcher->number && fetcher->open) {
        fetcher->open--;
        (void)pthread_mutex_lock(&fetcher->mutex);
        fetcher->failed += error != 0;
        (void)pthread_mutex_unlock(&fetcher->mutex);
    }
    free(flight->group);
    flight->group = NULL;
    flight->busy = false;
    fetcher->flying--;
    fetcher->moved = kt_wait_now();
}

static void take_event(struct kt_fetcher *fetcher, rd_kafka_event_t *event, struct kt_parcel *parcel)
{
    const rd_kafka_topic_partition_list_t *list = NULL;
    uintptr_t opaque = (uintptr_t)rd_kafka_event_opaque(event);
    struct flight *flight = &fetcher->flights[opaque % KT_FETCH_FLIGHT];
    if (!flight->busy || flight->ticket != opaque / KT_FETCH_FLIGHT)
        return; /* given up before */
    int error = open_event(event, &list);
    land(fetcher, flight, error, list, parcel);
}

/* Takes what has come, waiting for the first of it. */
static void take_events(struct kt_fetcher *fetcher, int wait_ms)
{
    struct kt_parcel *parcel = kt_parcel_new();
    rd_kafka_event_t *event;
    while ((event = rd_kafka_queue_poll(fetcher->queue, wait_ms))) {
        take_event(fetcher, event, parcel);
        rd_kafka_event_destroy(event);
        wait_ms = 0;
    }
    kt_inbox_take(fetcher->context.inbox, parcel);
}

static void close_client(void *client)
{
    kt_client_close(client);
}

/* Gives up all that is under way, and the handle with it. */
static void leave_client(struct kt_fetcher *fetcher)
{
    (void)pthread_mutex_lock(&fetcher->mutex);
    struct kt_client *client = fetcher->client;
    fetcher->client = NULL;
    (void)pthread_mutex_unlock(&fetcher->mutex);
    for (size_t i = 0; i < KT_FETCH_FLIGHT; i++)
        if (fetcher->flights[i].busy)
            land(fetcher, &fetcher->flights[i], RD_KAFKA_RESP_ERR__TIMED_OUT, NULL, NULL);
    rd_kafka_queue_destroy(fetcher->queue);
    fetcher->queue = NULL;
    free(fetcher->carried);
    fetcher->carried = NULL;
    kt_client_mute(client);
    kt_farewell(close_client, client, CLOSE_MS);
}

static void give_up_late(struct kt_fetcher *fetcher)
{
    bool late = false;
    for (size_t i = 0; i < KT_FETCH_FLIGHT; i++)
        late |= fetcher->flights[i].busy && kt_wait_now() - fetcher->flights[i].begun > PATIENCE_MS;
    if (late)
        leave_client(fetcher);
}

static rd_kafka_topic_partition_list_t *list_places(const struct kt_offset_memory *memory)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)memory->count);
    for (size_t i = 0; i < memory->count; i++)
        rd_kafka_topic_partition_list_add(list, memory->items[i].topic, memory->items[i].partition);
    return list;
}

static void send_request(struct kt_fetcher *fetcher, struct flight *flight, const struct memory *memory, size_t place)
{
    char reason[128];
    rd_kafka_t *rk = kt_client_handle(fetcher->client);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
    rd_kafka_topic_partition_list_t *places = flight->whole ? NULL : list_places(&memory->offsets);
    rd_kafka_ListConsumerGroupOffsets_t *request = rd_kafka_ListConsumerGroupOffsets_new(flight->group, places);
    uintptr_t opaque = (uintptr_t)flight->ticket * KT_FETCH_FLIGHT + place;
    (void)rd_kafka_AdminOptions_set_request_timeout(options, REQUEST_MS, reason, sizeof reason);
    rd_kafka_AdminOptions_set_opaque(options, (void *)opaque);
    rd_kafka_ListConsumerGroupOffsets(rk, &request, 1, options, fetcher->queue);
    rd_kafka_ListConsumerGroupOffsets_destroy(request);
    if (places)
        rd_kafka_topic_partition_list_destroy(places);
    rd_kafka_AdminOptions_destroy(options);
}

static void launch(struct kt_fetcher *fetcher, struct memory *memory, const struct kt_fetch_item *item, bool whole)
{
    struct kt_text group = item->group;
    size_t place = 0;
    while (fetcher->flights[place].busy)
        place++;
    struct flight *flight = &fetcher->flights[place];
    flight->busy = true;
    flight->ticket = ++fetcher->ticket & 0xffffffu;
    flight->round = fetcher->number;
    flight->mode = item->mode;
    flight->whole = whole;
    flight->begun = kt_wait_now();
    flight->at = kt_mono(fetcher->context.clock);
    flight->wall_ms = kt_wall(fetcher->context.clock);
    flight->group = kt_strndup(group.bytes, group.length);
    memory->flying = true;
    fetcher->flying++;
    fetcher->open++;
    send_request(fetcher, flight, memory, place);
}

static void count_failed(struct kt_fetcher *fetcher, size_t count)
{
    (void)pthread_mutex_lock(&fetcher->mutex);
    fetcher->failed += count;
    (void)pthread_mutex_unlock(&fetcher->mutex);
}

static bool has_time(const struct kt_fetcher *fetcher, int64_t until)
{
    int64_t now = kt_wait_now();
    return now < until && now - fetcher->moved < ROUND_MS;
}

/* Asks for the groups of a round that are due: first those that answered last time, then (`late`) the others. */
static void ask_groups(struct kt_fetcher *fetcher, const struct round *round, bool late, int64_t until)
{
    for (size_t i = 0; i < round->count && !is_stopped(fetcher); i++) {
        struct kt_text group = round->items[i].group;
        struct memory *memory = memory_of(fetcher, group.bytes, group.length);
        if ((memory->retry.failures > 0) != late || memory->round == fetcher->number)
            continue;
        memory->round = fetcher->number;
        memory->asked_at = kt_wait_now();
        if (round->items[i].mode == KT_FETCH_UNSEEN && memory->offsets.answered)
            continue;
        bool whole = kt_offset_memory_is_due(&memory->offsets, round->items[i].state, kt_wait_now()) ||
                     !round->items[i].sparing;
        if (!whole && !memory->offsets.count)
            continue;
        while (fetcher->flying == KT_FETCH_FLIGHT && has_time(fetcher, until) && !is_stopped(fetcher))
            take_events(fetcher, 100);
        if (memory->flying || kt_wait_now() < memory->retry.again || fetcher->flying == KT_FETCH_FLIGHT)
            count_failed(fetcher, 1);
        else
            launch(fetcher, memory, &round->items[i], whole);
    }
}

/* The group whose id the handle shall carry: one that answers, else one that was not asked yet. NULL: none at all. */
static const struct kt_text *choose_carried(struct kt_fetcher *fetcher, const struct round *round, bool *answers)
{
    const struct kt_text *first = NULL, *unasked = NULL;
    for (size_t i = 0; i < round->count; i++) {
        const struct kt_text *group = &round->items[i].group;
        if (!group->length || memchr(group->bytes, '\0', group->length))
            continue;
        const struct memory *memory = kt_strmap_get(&fetcher->groups, group->bytes, group->length);
        *answers = memory && memory->offsets.answered && memory->retry.failures == 0;
        if (*answers)
            return group;
        first = first ? first : group;
        unasked = unasked || (memory && memory->retry.failures) ? unasked : group;
    }
    return unasked ? unasked : first;
}

/*
 * The library looks for the coordinator of the id it carries once a second, for ever when that is denied, and each
 * try is a line in the log of who guards the cluster.
 */
static void leave_denied(struct kt_fetcher *fetcher, const struct round *round)
{
    bool answers = false;
    if (!fetcher->client || fetcher->flying)
        return;
    const struct memory *memory = kt_strmap_get(&fetcher->groups, fetcher->carried, strlen(fetcher->carried));
    if (memory && memory->retry.failures && choose_carried(fetcher, round, &answers) && answers)
        leave_client(fetcher);
}

static bool open_client(struct kt_fetcher *fetcher, const struct round *round)
{
    struct kt_client *client = NULL;
    struct kt_err err;
    bool answers;
    const struct kt_text *group = fetcher->client ? NULL : choose_carried(fetcher, round, &answers);
    if (!group)
        return fetcher->client != NULL;
    if (kt_client_open(&client, KT_ROLE_GROUPS, &fetcher->context, group->bytes, &err) != KT_OK) {
        kt_client_problem(fetcher->context.inbox, fetcher->context.clock, KT_SCOPE_CLUSTER, "", "_CRIT_SYS_RESOURCE",
                          false, err.text);
        return false;
    }
    fetcher->carried = kt_strdup(group->bytes);
    fetcher->queue = rd_kafka_queue_new(kt_client_handle(client));
    (void)pthread_mutex_lock(&fetcher->mutex);
    fetcher->client = client;
    bool muted = fetcher->muted;
    (void)pthread_mutex_unlock(&fetcher->mutex);
    if (muted)
        kt_client_mute(client);
    return true;
}

/* Forgets what this round did not ask for: at once when it named all groups there are. */
static void drop_unasked(struct kt_fetcher *fetcher, bool all_named)
{
    int64_t before = kt_wait_now() - (all_named ? 0 : FORGET_MS);
    size_t cursor = 0, length = 0;
    const char *name;
    void *value;
    while (kt_strmap_next(&fetcher->groups, &cursor, &name, &length, &value)) {
        struct memory *memory = value;
        if (memory->round == fetcher->number || memory->asked_at > before)
            continue;
        if (memory->flying) { /* should it come back, all of it is news */
            kt_offset_memory_release(&memory->offsets);
            kt_offset_memory_init(&memory->offsets);
            continue;
        }
        kt_offset_retry_over(&memory->retry, &fetcher->context, name);
        free_memory(kt_strmap_remove(&fetcher->groups, name, length));
    }
}

/* A coordinator that is slow, or away, does not make the others wait. */
static void wait_for_answers(struct kt_fetcher *fetcher, int64_t until)
{
    int64_t patience = !fetcher->settled ? ROUND_MS : fetcher->quiet ? QUIET_AGAIN_MS : QUIET_MS;
    int64_t moved = kt_wait_now();
    size_t open = fetcher->open;
    while (fetcher->open && kt_wait_now() < until && kt_wait_now() - moved < patience && !is_stopped(fetcher)) {
        take_events(fetcher, 100);
        if (fetcher->open != open)
            moved = kt_wait_now();
        open = fetcher->open;
    }
    fetcher->quiet = open != 0;
    fetcher->settled |= open == 0;
}

static void run_round(struct kt_fetcher *fetcher, const struct round *round)
{
    int64_t until = kt_wait_now() + ROUND_MOST_MS;
    fetcher->moved = kt_wait_now();
    fetcher->open = 0;
    if (fetcher->client)
        take_events(fetcher, 0);
    give_up_late(fetcher);
    leave_denied(fetcher, round);
    if (!open_client(fetcher, round)) {
        count_failed(fetcher, round->count);
        return;
    }
    ask_groups(fetcher, round, false, until);
    ask_groups(fetcher, round, true, until);
    wait_for_answers(fetcher, until);
    count_failed(fetcher, fetcher->open);
    fetcher->open = 0;
    drop_unasked(fetcher, !round->count || round->items[0].mode == KT_FETCH_ALL);
}

static void *run(void *self)
{
    struct kt_fetcher *fetcher = self;
    (void)pthread_mutex_lock(&fetcher->mutex);
    while (!fetcher->stopped) {
        struct round *round = fetcher->next;
        if (!round) {
            (void)pthread_cond_wait(&fetcher->poked, &fetcher->mutex);
            continue;
        }
        bool forget = fetcher->forget;
        fetcher->next = NULL;
        fetcher->forget = false;
        fetcher->failed = 0;
        (void)pthread_mutex_unlock(&fetcher->mutex);
        fetcher->number++;
        if (forget)
            drop_unasked(fetcher, true);
        run_round(fetcher, round);
        free_round(round);
        (void)pthread_mutex_lock(&fetcher->mutex);
        fetcher->working = fetcher->next != NULL;
        if (!fetcher->stopped)
            kt_inbox_wake(fetcher->context.inbox);
    }
    (void)pthread_mutex_unlock(&fetcher->mutex);
    return NULL;
}

struct kt_fetcher *kt_fetcher_open(const struct kt_client_context *context, struct kt_seen *seen)
{
    struct kt_fetcher *fetcher = kt_alloc(1, sizeof *fetcher);
    fetcher->context = *context;
    fetcher->seen = seen;
    fetcher->dice = (unsigned)kt_wait_now() | 1u;
    kt_strmap_init(&fetcher->groups);
    (void)pthread_mutex_init(&fetcher->mutex, NULL);
    kt_wait_init(&fetcher->poked);
    if (pthread_create(&fetcher->thread, NULL, run, fetcher) == 0)
        return fetcher;
    (void)pthread_cond_destroy(&fetcher->poked);
    (void)pthread_mutex_destroy(&fetcher->mutex);
    free(fetcher);
    return NULL;
}

void kt_fetcher_ask(struct kt_fetcher *fetcher, const struct kt_fetch_item *items, size_t count)
{
    struct round *round = kt_alloc(1, sizeof *round);
    kt_arena_init(&round->arena);
    round->count = count;
    round->items = kt_arena_take(&round->arena, count, sizeof *round->items);
    for (size_t i = 0; i < count; i++) {
        struct kt_text group = items[i].group;
        round->items[i] = items[i];
        round->items[i].group.bytes = kt_arena_text(&round->arena, group.bytes, group.length);
    }
    (void)pthread_mutex_lock(&fetcher->mutex);
    struct round *old = fetcher->next;
    fetcher->next = round;
    fetcher->working = true;
    (void)pthread_cond_signal(&fetcher->poked);
    (void)pthread_mutex_unlock(&fetcher->mutex);
    free_round(old);
}

bool kt_fetcher_idle(struct kt_fetcher *fetcher, size_t *failed)
{
    (void)pthread_mutex_lock(&fetcher->mutex);
    bool idle = !fetcher->working;
    *failed = fetcher->failed;
    (void)pthread_mutex_unlock(&fetcher->mutex);
    return idle;
}

void kt_fetcher_forget(struct kt_fetcher *fetcher)
{
    (void)pthread_mutex_lock(&fetcher->mutex);
    fetcher->forget = true;
    (void)pthread_mutex_unlock(&fetcher->mutex);
}

/* Within the mutex: the thread may be about to throw the handle away. */
void kt_fetcher_serve(struct kt_fetcher *fetcher)
{
    (void)pthread_mutex_lock(&fetcher->mutex);
    kt_client_serve(fetcher->client);
    (void)pthread_mutex_unlock(&fetcher->mutex);
}

void kt_fetcher_stop(struct kt_fetcher *fetcher)
{
    (void)pthread_mutex_lock(&fetcher->mutex);
    fetcher->stopped = true;
    (void)pthread_cond_signal(&fetcher->poked);
    (void)pthread_mutex_unlock(&fetcher->mutex);
}

void kt_fetcher_mute(struct kt_fetcher *fetcher)
{
    (void)pthread_mutex_lock(&fetcher->mutex);
    fetcher->muted = true;
    kt_client_mute(fetcher->client);
    (void)pthread_mutex_unlock(&fetcher->mutex);
}

void kt_fetcher_close(struct kt_fetcher *fetcher)
{
    if (!fetcher)
        return;
    kt_fetcher_stop(fetcher);
    (void)pthread_join(fetcher->thread, NULL);
    for (size_t i = 0; i < KT_FETCH_FLIGHT; i++)
        free(fetcher->flights[i].group);
    if (fetcher->queue)
        rd_kafka_queue_destroy(fetcher->queue);
    kt_client_mute(fetcher->client);
    kt_client_close(fetcher->client);
    kt_strmap_release(&fetcher->groups, free_memory);
    free(fetcher->carried);
    free_round(fetcher->next);
    (void)pthread_cond_destroy(&fetcher->poked);
    (void)pthread_mutex_destroy(&fetcher->mutex);
    free(fetcher);
}
