#include "ends.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ends_call.h"
#include "fault.h"
#include "wait.h"

#define WORKERS      64u
#define BACKOFF_LOW  1000
#define BACKOFF_HIGH 10000
#define RENEW_MS     1000
#define PROBE_MS     1000 /* the first; each one that fails makes the next longer, for a broker may be late, not gone */
#define PROBE_MOST_MS 6000
#define CALL_MOST_MS 15000
#define LATE_MS      1000 /* a call that takes longer keeps nobody else waiting */
#define LATE_AGAIN_MS 150 /* ... and where the last one did, so long */

struct kt_batch {
    struct kt_asker *asker;
    const struct kt_layout *layout;
    struct kt_ask ask;
    struct kt_answer *answers;
    size_t count;
    size_t left; /* not told yet */
    size_t failed;
    unsigned references;
};

struct job {
    struct kt_batch *batch; /* one reference */
    size_t from, to;        /* its answers of one broker */
    bool probe;             /* asks a broker that was given up */
    struct job *next;
};

struct broker {
    int32_t id;
    int up;          /* -1 not known */
    int64_t rtt_us;  /* of the last question that it answered; -1 not known */
    unsigned failed; /* times in a row */
    int64_t retry;   /* kt_wait_now: not asked before that */
    bool probing;
};

struct worker {
    struct kt_asker *asker;
    pthread_t thread;
    pthread_cond_t work;
    struct job *first;
    struct job **last;
    const struct kt_batch *batch; /* that is being asked; NULL: none */
    int64_t asked;                /* kt_wait_now: when the call under way began; 0: none */
    bool slow;                    /* the last call was late */
};

struct kt_asker {
    struct kt_client_context context;
    int deadline;
    pthread_mutex_t mutex;
    pthread_cond_t told;
    bool stopped;
    struct worker *workers[WORKERS];
    struct broker *brokers;
    size_t broker_count;
    unsigned dice;
};

struct kt_asker *kt_asker_new(const struct kt_client_context *context, int deadline_ms)
{
    struct kt_asker *asker = kt_alloc(1, sizeof *asker);
    asker->context = *context;
    asker->deadline = deadline_ms;
    asker->dice = (unsigned)kt_wait_now() | 1u;
    (void)pthread_mutex_init(&asker->mutex, NULL);
    kt_wait_init(&asker->told);
    return asker;
}

/* Mutex held. The pointer is valid until the next new broker. */
static struct broker *find_broker(struct kt_asker *asker, int32_t id)
{
    for (size_t i = 0; i < asker->broker_count; i++)
        if (asker->brokers[i].id == id)
            return &asker->brokers[i];
    asker->brokers = kt_resize(asker->brokers, asker->broker_count + 1, sizeof *asker->brokers);
    struct broker *broker = &asker->brokers[asker->broker_count++];
    memset(broker, 0, sizeof *broker);
    broker->id = id;
    broker->up = -1;
    broker->rtt_us = -1;
    return broker;
}

int kt_asker_up(void *self, int32_t id, int64_t *rtt_us)
{
    struct kt_asker *asker = self;
    (void)pthread_mutex_lock(&asker->mutex);
    int up = find_broker(asker, id)->up;
    if (rtt_us)
        *rtt_us = find_broker(asker, id)->rtt_us;
    (void)pthread_mutex_unlock(&asker->mutex);
    return up;
}

/* Mutex held. */
static void drop(struct kt_batch *batch)
{
    if (--batch->references)
        return;
    kt_layout_unref(batch->layout);
    free(batch->answers);
    free(batch);
}

void kt_batch_unref(struct kt_batch *batch)
{
    if (!batch)
        return;
    struct kt_asker *asker = batch->asker;
    (void)pthread_mutex_lock(&asker->mutex);
    drop(batch);
    (void)pthread_mutex_unlock(&asker->mutex);
}

/* Tells answers [from, to) and counts them. Mutex not held. */
static void tell(struct kt_batch *batch, size_t from, size_t to, int64_t at)
{
    struct kt_asker *asker = batch->asker;
    size_t failed = 0;
    if (from == to)
        return;
    for (size_t i = from; i < to; i++)
        failed += batch->answers[i].error != 0;
    if (batch->ask.told)
        batch->ask.told(batch->ask.self, &batch->answers[from], to - from, at);
    (void)pthread_mutex_lock(&asker->mutex);
    batch->left -= to - from;
    batch->failed += failed;
    bool done = batch->left == 0;
    if (done)
        (void)pthread_cond_broadcast(&asker->told);
    bool stopped = asker->stopped;
    (void)pthread_mutex_unlock(&asker->mutex);
    if (done && !stopped)
        kt_inbox_wake(asker->context.inbox);
}

static void fail_range(struct kt_batch *batch, size_t from, size_t to, int error)
{
    for (size_t i = from; i < to; i++)
        batch->answers[i].error = error;
    tell(batch, from, to, kt_mono(batch->asker->context.clock));
}

static void name_broker(const struct kt_layout *layout, int32_t id, char *name, char *where, size_t room)
{
    const struct kt_layout_broker *broker = kt_layout_broker(layout, id);
    (void)snprintf(name, 16, "%d", (int)id);
    if (broker)
        (void)snprintf(where, room, "%d (%.200s:%d)", (int)id, broker->host, (int)broker->port);
    else
        (void)snprintf(where, room, "%d", (int)id);
}

/* At once, not with the next metadata: what is known of a broker is never older than its last answer. */
static void tell_broker(const struct kt_asker *asker, int32_t id, int up, int64_t rtt_us)
{
    struct kt_obs obs = {.kind = KT_OBS_BROKER, .at = kt_mono(asker->context.clock)};
    obs.broker.id = id;
    obs.broker.up = up;
    obs.broker.rtt_us = rtt_us;
    kt_inbox_put(asker->context.inbox, &obs);
}

static void note_down(struct kt_asker *asker, const struct kt_layout *layout, int32_t id, int error)
{
    char name[16];
    char where[260];
    (void)pthread_mutex_lock(&asker->mutex);
    struct broker *broker = find_broker(asker, id);
    int64_t pause = BACKOFF_LOW << (broker->failed < 4 ? broker->failed : 4);
    asker->dice = asker->dice * 1103515245u + 12345u;
    pause = pause > BACKOFF_HIGH ? BACKOFF_HIGH : pause;
    pause += pause * (int64_t)((asker->dice >> 16) % 40u) / 100 - pause / 5;
    broker->failed++;
    broker->up = 0;
    broker->rtt_us = -1;
    broker->probing = false;
    broker->retry = kt_wait_now() + pause;
    bool stopped = asker->stopped;
    (void)pthread_mutex_unlock(&asker->mutex);
    if (stopped)
        return;
    tell_broker(asker, id, 0, -1);
    name_broker(layout, id, name, where, sizeof where);
    char *text = kt_format("broker %s does not answer: the log ends of its partitions are not known", where);
    kt_client_problem(asker->context.inbox, asker->context.clock, KT_SCOPE_BROKER, name,
                      rd_kafka_err2name((rd_kafka_resp_err_t)error), false, text);
    free(text);
}

static void note_up(struct kt_asker *asker, int32_t id, int64_t rtt_us)
{
    char name[16];
    (void)pthread_mutex_lock(&asker->mutex);
    struct broker *broker = find_broker(asker, id);
    broker->failed = 0;
    broker->up = 1;
    broker->rtt_us = rtt_us;
    broker->probing = false;
    bool stopped = asker->stopped;
    (void)pthread_mutex_unlock(&asker->mutex);
    (void)snprintf(name, sizeof name, "%d", (int)id);
    if (stopped)
        return;
    tell_broker(asker, id, 1, rtt_us);
    kt_client_problem(asker->context.inbox, asker->context.clock, KT_SCOPE_BROKER, name, NULL, true, "");
}

static bool stopped(struct kt_asker *asker)
{
    (void)pthread_mutex_lock(&asker->mutex);
    bool answer = asker->stopped;
    (void)pthread_mutex_unlock(&asker->mutex);
    return answer;
}

/* Whether the broker was given up while the job waited behind another one. */
static bool given_up(struct kt_asker *asker, int32_t id)
{
    (void)pthread_mutex_lock(&asker->mutex);
    bool answer = find_broker(asker, id)->failed > 0;
    (void)pthread_mutex_unlock(&asker->mutex);
    return answer;
}

/* The partitions from `from` on that go into one call: those that have moved are asked apart from the others. */
static size_t chunk_of(const struct job *job, size_t from)
{
    const struct kt_answer *answers = job->batch->answers;
    size_t to = from + 1;
    while (to < job->to && to - from < KT_ENDS_CHUNK && answers[to].moved == answers[from].moved)
        to++;
    return to - from;
}

/* How long a call may take, in ms: who was late the last time, and answered, is waited for. */
static int patience(struct kt_asker *asker, int32_t id, bool probe)
{
    (void)pthread_mutex_lock(&asker->mutex);
    const struct broker *broker = find_broker(asker, id);
    int64_t ms = asker->deadline;
    if (probe)
        ms = PROBE_MS << (broker->failed > 1 ? broker->failed - 1 < 3 ? broker->failed - 1 : 3 : 0);
    else if (3 * broker->rtt_us / 1000 > ms)
        ms = 3 * broker->rtt_us / 1000;
    (void)pthread_mutex_unlock(&asker->mutex);
    int64_t most = probe ? PROBE_MOST_MS : CALL_MOST_MS;
    return (int)(ms < most ? ms : most);
}

/* Asks for one chunk; returns 0, or the error with which its broker has to be given up. */
static int ask_chunk(const struct job *job, size_t from, size_t count, int64_t *until)
{
    const struct kt_batch *batch = job->batch;
    struct kt_client *client = batch->ask.client;
    struct kt_answer *answers = &batch->answers[from];
    int error = kt_ends_call(client, answers, count, *until, false);
    if (!error || job->probe || !kt_ends_witness(client, batch->layout, answers->leader))
        return error;
    /* The broker is well: some of this went to another one. The handle knows better now. */
    *until = kt_wait_now() + patience(batch->asker, answers->leader, false);
    return kt_ends_call(client, answers, count, *until, true);
}

/* A call begins at `asked`, or ends (0). */
static void note_call(struct worker *worker, int64_t asked)
{
    (void)pthread_mutex_lock(&worker->asker->mutex);
    if (!asked)
        worker->slow = kt_wait_now() - worker->asked > LATE_MS;
    worker->asked = asked;
    (void)pthread_mutex_unlock(&worker->asker->mutex);
}

static void run_job(struct worker *worker, const struct job *job)
{
    struct kt_asker *asker = worker->asker;
    struct kt_batch *batch = job->batch;
    int32_t leader = batch->answers[job->from].leader;
    if (!job->probe && given_up(asker, leader)) {
        fail_range(batch, job->from, job->to, RD_KAFKA_RESP_ERR__TIMED_OUT);
        return;
    }
    kt_client_renew(batch->ask.client, batch->layout->epoch, RENEW_MS);
    int64_t until = kt_wait_now() + patience(asker, leader, job->probe);
    for (size_t from = job->from, count; from < job->to; from += count) {
        count = chunk_of(job, from);
        int64_t at = kt_mono(asker->context.clock);
        if (stopped(asker)) {
            fail_range(batch, from, job->to, RD_KAFKA_RESP_ERR__DESTROY);
            return;
        }
        int64_t asked = kt_wait_now_us();
        note_call(worker, kt_wait_now());
        int error = ask_chunk(job, from, count, &until);
        int64_t answered = kt_wait_now_us();
        note_call(worker, 0);
        if (error) {
            note_down(asker, batch->layout, leader, error);
            tell(batch, from, from + count, at);
            fail_range(batch, from + count, job->to, error);
            return;
        }
        if (from == job->from)
            note_up(asker, leader, answered - asked); /* before the answers, so that who has them all knows it too */
        tell(batch, from, from + count, at);
    }
}

static void *work(void *self)
{
    struct worker *worker = self;
    struct kt_asker *asker = worker->asker;
    (void)pthread_mutex_lock(&asker->mutex);
    for (;;) {
        struct job *job = worker->first;
        if (!job) {
            if (asker->stopped)
                break;
            (void)pthread_cond_wait(&worker->work, &asker->mutex);
            continue;
        }
        worker->first = job->next;
        if (!worker->first)
            worker->last = &worker->first;
        worker->batch = job->batch;
        (void)pthread_mutex_unlock(&asker->mutex);
        run_job(worker, job);
        (void)pthread_mutex_lock(&asker->mutex);
        worker->batch = NULL;
        drop(job->batch);
        free(job);
    }
    (void)pthread_mutex_unlock(&asker->mutex);
    return NULL;
}

/* Mutex held. The worker of the n-th broker known; NULL when the system has no thread to give. */
static struct worker *find_worker(struct kt_asker *asker, int32_t id)
{
    size_t place = (size_t)(find_broker(asker, id) - asker->brokers) % WORKERS;
    if (asker->workers[place])
        return asker->workers[place];
    struct worker *worker = kt_alloc(1, sizeof *worker);
    worker->asker = asker;
    worker->last = &worker->first;
    kt_wait_init(&worker->work);
    if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
        (void)pthread_cond_destroy(&worker->work);
        free(worker);
        return NULL;
    }
    asker->workers[place] = worker;
    return worker;
}

/* Mutex held. Returns whether the job was taken. */
static bool enqueue(struct kt_asker *asker, struct kt_batch *batch, size_t from, size_t to, bool probe)
{
    struct worker *worker = asker->stopped ? NULL : find_worker(asker, batch->answers[from].leader);
    if (!worker)
        return false;
    struct job *job = kt_alloc(1, sizeof *job);
    job->batch = batch;
    job->from = from;
    job->to = to;
    job->probe = probe;
    batch->references++;
    *worker->last = job;
    worker->last = &job->next;
    (void)pthread_cond_signal(&worker->work);
    return true;
}

static struct kt_batch *batch_new(struct kt_asker *asker, const struct kt_layout *layout, const struct kt_ask *ask,
                                  size_t room)
{
    struct kt_batch *batch = kt_alloc(1, sizeof *batch);
    batch->asker = asker;
    batch->layout = kt_layout_ref(layout);
    batch->ask = *ask;
    batch->answers = kt_alloc(room ? room : 1, sizeof *batch->answers);
    batch->references = 1;
    return batch;
}

/* Mutex held. One question to a broker that was given up, without a listener. */
static void send_probe(struct kt_asker *asker, const struct kt_batch *batch, size_t from)
{
    struct kt_ask ask = {.client = batch->ask.client, .what = KT_ENDS_END};
    struct kt_batch *question = batch_new(asker, batch->layout, &ask, 1);
    question->answers[0] = batch->answers[from];
    question->answers[0].what = KT_ENDS_END;
    question->count = question->left = 1;
    if (enqueue(asker, question, 0, 1, true))
        find_broker(asker, batch->answers[from].leader)->probing = true;
    drop(question);
}

/* Sends one broker's part on its way; returns 0, or the error with which it fails at once. Mutex held. */
static int send_part(struct kt_asker *asker, struct kt_batch *batch, size_t from, size_t to)
{
    int32_t leader = batch->answers[from].leader;
    if (leader < 0)
        return RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    const struct broker *broker = find_broker(asker, leader);
    if (broker->failed == 0)
        return enqueue(asker, batch, from, to, false) ? 0 : RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
    if (!broker->probing && kt_wait_now() >= broker->retry)
        send_probe(asker, batch, from);
    return RD_KAFKA_RESP_ERR__TIMED_OUT;
}

static int by_leader(const void *a, const void *b)
{
    const struct kt_answer *left = a;
    const struct kt_answer *right = b;
    if (left->leader != right->leader)
        return left->leader < right->leader ? -1 : 1;
    if (left->moved != right->moved)
        return left->moved ? 1 : -1;
    if (left->topic != right->topic)
        return left->topic < right->topic ? -1 : 1;
    return (left->partition > right->partition) - (left->partition < right->partition);
}

static size_t count_partitions(const struct kt_layout *layout)
{
    size_t count = 0;
    for (size_t i = 0; i < layout->topic_count; i++)
        count += layout->topics[i].partition_count;
    return count;
}

static void fill_batch(struct kt_batch *batch, kt_pick *pick, void *pick_self)
{
    const struct kt_layout *layout = batch->layout;
    int64_t now = kt_wait_now();
    for (size_t i = 0; i < layout->topic_count; i++) {
        const struct kt_layout_topic *topic = &layout->topics[i];
        for (size_t j = 0; j < topic->partition_count; j++) {
            const struct kt_layout_partition *partition = &topic->partitions[j];
            if (pick && !pick(pick_self, topic, partition))
                continue;
            struct kt_answer *answer = &batch->answers[batch->count++];
            answer->topic = topic;
            answer->partition = partition->id;
            answer->leader = partition->leader;
            answer->moved = kt_layout_moved(partition, now);
            answer->what = batch->ask.what_of ? batch->ask.what_of(batch->ask.self, topic, partition->id)
                                              : batch->ask.what;
        }
    }
    qsort(batch->answers, batch->count, sizeof *batch->answers, by_leader);
    batch->left = batch->count;
}

struct kt_batch *kt_asker_ask(struct kt_asker *asker, const struct kt_layout *layout, const struct kt_ask *ask,
                              kt_pick *pick, void *pick_self)
{
    struct kt_batch *batch = batch_new(asker, layout, ask, count_partitions(layout));
    fill_batch(batch, pick, pick_self);
    for (size_t from = 0; from < batch->count;) {
        size_t to = from + 1;
        while (to < batch->count && batch->answers[to].leader == batch->answers[from].leader)
            to++;
        (void)pthread_mutex_lock(&asker->mutex);
        int error = send_part(asker, batch, from, to);
        (void)pthread_mutex_unlock(&asker->mutex);
        if (error)
            fail_range(batch, from, to, error);
        from = to;
    }
    return batch;
}

bool kt_batch_done(struct kt_batch *batch)
{
    return kt_batch_wait(batch, 0);
}

static bool is_late(const struct worker *worker)
{
    return worker->asked && kt_wait_now() - worker->asked > (worker->slow ? LATE_AGAIN_MS : LATE_MS);
}

bool kt_asker_late(struct kt_asker *asker, int32_t id)
{
    (void)pthread_mutex_lock(&asker->mutex);
    const struct worker *worker = asker->workers[(size_t)(find_broker(asker, id) - asker->brokers) % WORKERS];
    bool late = worker && is_late(worker);
    (void)pthread_mutex_unlock(&asker->mutex);
    return late;
}

bool kt_batch_only_late(struct kt_batch *batch)
{
    struct kt_asker *asker = batch->asker;
    bool only = true;
    (void)pthread_mutex_lock(&asker->mutex);
    for (size_t i = 0; i < WORKERS && only; i++) {
        const struct worker *worker = asker->workers[i];
        if (!worker || is_late(worker))
            continue;
        only = worker->batch != batch;
        for (const struct job *job = worker->first; job && only; job = job->next)
            only = job->batch != batch;
    }
    (void)pthread_mutex_unlock(&asker->mutex);
    return only;
}

size_t kt_batch_failed(struct kt_batch *batch)
{
    (void)pthread_mutex_lock(&batch->asker->mutex);
    size_t failed = batch->failed;
    (void)pthread_mutex_unlock(&batch->asker->mutex);
    return failed;
}

bool kt_batch_wait(struct kt_batch *batch, int64_t ms)
{
    struct kt_asker *asker = batch->asker;
    int64_t until = kt_wait_now() + ms;
    (void)pthread_mutex_lock(&asker->mutex);
    while (batch->left && !asker->stopped) {
        int64_t left = until - kt_wait_now();
        if (left <= 0)
            break;
        kt_wait_for(&asker->told, &asker->mutex, left);
    }
    bool done = batch->left == 0;
    (void)pthread_mutex_unlock(&asker->mutex);
    return done;
}

const struct kt_answer *kt_batch_answers(struct kt_batch *batch, size_t *count)
{
    *count = batch->count;
    return batch->answers;
}

void kt_asker_stop(struct kt_asker *asker)
{
    (void)pthread_mutex_lock(&asker->mutex);
    asker->stopped = true;
    for (size_t i = 0; i < WORKERS; i++)
        if (asker->workers[i])
            (void)pthread_cond_signal(&asker->workers[i]->work);
    (void)pthread_cond_broadcast(&asker->told);
    (void)pthread_mutex_unlock(&asker->mutex);
}

void kt_asker_join(struct kt_asker *asker)
{
    kt_asker_stop(asker);
    for (size_t i = 0; i < WORKERS; i++) {
        struct worker *worker = asker->workers[i];
        if (!worker)
            continue;
        (void)pthread_join(worker->thread, NULL);
        (void)pthread_cond_destroy(&worker->work);
        free(worker);
        asker->workers[i] = NULL;
    }
}

void kt_asker_free(struct kt_asker *asker)
{
    if (!asker)
        return;
    kt_asker_join(asker);
    (void)pthread_cond_destroy(&asker->told);
    (void)pthread_mutex_destroy(&asker->mutex);
    free(asker->brokers);
    free(asker);
}
