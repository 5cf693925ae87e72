#include "collector.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "assess.h"
#include "export_anonymous.h"
#include "freeze.h"
#include "model.h"
#include "past.h"
#include "stable_wish.h"
#include "trace.h"
#include "wait.h"

#define POLL_MOST_MS 250   /* a command waits at most this long when a source cannot be woken */
#define SETTLE_MS 1500     /* how long a first complete picture waits for what the past can tell of it */
#define INTERIM_MS 200     /* between two looks at what there is so far, before the first complete collection */
#define DELAY_LEAST_MS 100
#define DELAY_MOST_MS (3600 * 1000)

struct kt_collector {
    const struct kt_options *options;
    const struct kt_clock *clock;
    struct kt_publish *publish;
    struct kt_source source;

    pthread_t thread;
    pthread_mutex_t mutex; /* guards the box below */
    pthread_cond_t ended_condition;
    bool refresh_asked, thread_ended;
    int64_t delay_asked; /* 0: none */
    struct kt_err failure;
    atomic_bool stop, source_ended;

    /* the thread's own */
    struct kt_model *model;
    struct kt_trace_writer *recording; /* NULL: none, or ended */
    struct kt_err recording_failure;   /* stays once it is there */
    uint64_t sequence;
    int64_t next_at, published_at;
    int64_t settle_until; /* while the model is settling */
    bool changed, passed, past_asked;
};

/* ---- in the thread ---- */

static void take_observation(void *self, const struct kt_obs *obs)
{
    struct kt_collector *collector = self;
    if (collector->recording) {
        kt_trace_write(collector->recording, obs);
    }
    kt_model_apply(collector->model, obs);
    collector->changed = true;
    collector->passed = collector->passed || obs->kind == KT_OBS_PASS;
}

/* Errors of the cluster's scope that mean: these credentials will not do. */
static bool is_refusal(const struct kt_name *error)
{
    static const char *const names[] = {
        "_AUTHENTICATION",
        "SASL_AUTHENTICATION_FAILED",
        "UNSUPPORTED_SASL_MECHANISM",
        "ILLEGAL_SASL_STATE",
        "CLUSTER_AUTHORIZATION_FAILED",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (error->bytes && strcmp(error->bytes, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void note_failure(struct kt_collector *collector)
{
    if (collector->recording && collector->recording_failure.code == KT_OK) {
        kt_trace_check(collector->recording, &collector->recording_failure);
    }
    struct kt_err failure = collector->recording_failure;
    for (size_t i = 0; i < collector->model->problem_count && failure.code == KT_OK; i++) {
        const struct kt_model_problem *problem = &collector->model->problems[i];
        if ((problem->scope == KT_SCOPE_CLUSTER || problem->scope == KT_SCOPE_BROKER) && is_refusal(&problem->error)) {
            kt_fail(&failure, KT_AUTH, "%s", problem->text.bytes ? problem->text.bytes : problem->error.bytes);
        }
    }
    pthread_mutex_lock(&collector->mutex);
    collector->failure = failure;
    pthread_mutex_unlock(&collector->mutex);
}

static const struct kt_snapshot *freeze(struct kt_collector *collector)
{
    const struct kt_snapshot *snap = kt_freeze(collector->model, ++collector->sequence);
    if (!collector->options->anonymize) {
        return snap;
    }
    const struct kt_snapshot *anonymous = kt_snapshot_anonymous(snap);
    kt_snapshot_unref(snap);
    return anonymous;
}

static void publish(struct kt_collector *collector)
{
    kt_assess(collector->model);
    note_failure(collector);
    kt_publish_put(collector->publish, freeze(collector));
    collector->published_at = kt_mono(collector->clock);
    collector->changed = false;
    collector->passed = false;
}

static void obey(struct kt_collector *collector)
{
    pthread_mutex_lock(&collector->mutex);
    bool refresh = collector->refresh_asked;
    int64_t delay = collector->delay_asked;
    collector->refresh_asked = false;
    collector->delay_asked = 0;
    pthread_mutex_unlock(&collector->mutex);
    int64_t now = kt_mono(collector->clock);
    if (delay > 0) {
        collector->model->settings.delay_ms = delay;
        collector->next_at = now + delay < collector->next_at ? now + delay : collector->next_at;
    }
    if (refresh) {
        collector->next_at = now;
    }
}

/* There is no complete picture yet: what comes is shown as it comes. */
static bool is_early(const struct kt_collector *collector)
{
    return !collector->model->collected || collector->model->settling;
}

/* How long the source may wait: until the next refresh, or until the next look at an incomplete picture. */
static int wait_of(const struct kt_collector *collector)
{
    int64_t now = kt_mono(collector->clock);
    int64_t until = collector->next_at;
    if (is_early(collector) && collector->changed) {
        int64_t interim = collector->published_at + INTERIM_MS;
        until = interim < until ? interim : until;
    }
    int64_t wait = until - now;
    return wait < 0 ? 0 : wait > POLL_MOST_MS ? POLL_MOST_MS : (int)wait;
}

/* A recording outruns its reader: each of its snapshots waits until the one before was taken. */
static void let_reader_follow(struct kt_collector *collector)
{
    if (collector->options->replay && collector->options->format != KT_FORMAT_SCREEN) {
        while (!atomic_load(&collector->stop) && !kt_publish_wait_taken(collector->publish, POLL_MOST_MS)) {
        }
    }
}

/*
 * The first complete collection: where it leaves verdicts open, the past is asked before the picture counts as
 * complete; rows are shown meanwhile.
 */
static void settle(struct kt_collector *collector)
{
    struct kt_model *model = collector->model;
    if (model->settling) {
        bool told = collector->passed || kt_mono(collector->clock) >= collector->settle_until;
        model->settling = !told;
        collector->passed = told;
        return;
    }
    if (!collector->passed || collector->past_asked || !collector->source.ops->past) {
        return;
    }
    collector->past_asked = true;
    kt_assess(model);
    size_t count;
    struct kt_past *items = kt_past_wanted(model, &count);
    if (count > 0) {
        collector->source.ops->past(collector->source.self, items, count);
        collector->settle_until = kt_mono(collector->clock) + SETTLE_MS;
        model->settling = true;
        collector->passed = false;
        collector->changed = true;
    }
    free(items);
}

static void wish(struct kt_collector *collector)
{
    if (collector->source.ops->stable) {
        size_t count;
        struct kt_place *wishes = kt_stable_wishes(collector->model, &count);
        collector->source.ops->stable(collector->source.self, wishes, count);
        free(wishes);
    }
}

static void cycle(struct kt_collector *collector)
{
    settle(collector);
    int64_t now = kt_mono(collector->clock);
    bool due = now >= collector->next_at;
    bool interim = is_early(collector) && collector->changed &&
                   now >= collector->published_at + INTERIM_MS;
    if (collector->passed || interim) {
        let_reader_follow(collector);
        publish(collector);
    } else if (due && now - collector->published_at >= collector->model->settings.delay_ms) {
        publish(collector); /* nothing complete came in time: say how old everything is */
    }
    if (due) {
        wish(collector);
        collector->next_at = now + collector->model->settings.delay_ms;
        kt_source_refresh(&collector->source);
    }
}

static void end_recording(struct kt_collector *collector)
{
    struct kt_err err = {.code = KT_OK};
    if (collector->recording && kt_trace_close(collector->recording, &err) != KT_OK) {
        collector->recording_failure = err;
    }
    collector->recording = NULL;
}

static void finish(struct kt_collector *collector)
{
    end_recording(collector); /* what went wrong with it is known before the end is told */
    if (!atomic_load(&collector->stop)) {
        let_reader_follow(collector);
        publish(collector);
        atomic_store(&collector->source_ended, true);
        kt_publish_wake(collector->publish);
    }
    kt_source_close(&collector->source);
    kt_model_free(collector->model);
}

static void *run(void *self)
{
    struct kt_collector *collector = self;
    const struct kt_sink sink = {take_observation, collector};
    collector->next_at = kt_mono(collector->clock);
    kt_source_refresh(&collector->source);
    collector->next_at += collector->model->settings.delay_ms;
    bool more = true;
    while (more && !atomic_load(&collector->stop)) {
        obey(collector);
        more = kt_source_poll(&collector->source, &sink, wait_of(collector));
        cycle(collector);
    }
    finish(collector);
    pthread_mutex_lock(&collector->mutex);
    collector->thread_ended = true;
    pthread_cond_signal(&collector->ended_condition);
    pthread_mutex_unlock(&collector->mutex);
    return NULL;
}

/* ---- outside ---- */

static void collector_free(struct kt_collector *collector)
{
    pthread_mutex_destroy(&collector->mutex);
    pthread_cond_destroy(&collector->ended_condition);
    free(collector);
}

static void init_locks(struct kt_collector *collector)
{
    kt_wait_init(&collector->ended_condition);
    pthread_mutex_init(&collector->mutex, NULL);
}

enum kt_code kt_collector_start(struct kt_collector **out, struct kt_source source, const struct kt_options *options,
                                const struct kt_clock *clock, struct kt_log *log, struct kt_publish *publish_slot,
                                struct kt_err *err)
{
    struct kt_collector *collector = kt_alloc(1, sizeof *collector);
    collector->options = options;
    collector->clock = clock;
    collector->publish = publish_slot;
    collector->source = source;
    init_locks(collector);
    enum kt_code code = KT_OK;
    if (options->record) {
        code = kt_trace_create(&collector->recording, options->record, clock, options->anonymize, err);
    }
    if (code == KT_OK) {
        collector->model = kt_model_new(options, clock, log);
        int failed = pthread_create(&collector->thread, NULL, run, collector);
        if (failed) {
            kt_model_free(collector->model);
            code = kt_fail(err, KT_INTERNAL, "cannot start a thread: %s", strerror(failed));
        }
    }
    if (code != KT_OK) {
        kt_source_close(&collector->source);
        collector_free(collector);
        return code;
    }
    *out = collector;
    return KT_OK;
}

void kt_collector_refresh(struct kt_collector *collector)
{
    pthread_mutex_lock(&collector->mutex);
    collector->refresh_asked = true;
    pthread_mutex_unlock(&collector->mutex);
    kt_source_wake(&collector->source);
}

void kt_collector_set_delay(struct kt_collector *collector, int64_t delay_ms)
{
    int64_t bounded = delay_ms < DELAY_LEAST_MS ? DELAY_LEAST_MS : delay_ms > DELAY_MOST_MS ? DELAY_MOST_MS : delay_ms;
    pthread_mutex_lock(&collector->mutex);
    collector->delay_asked = bounded;
    pthread_mutex_unlock(&collector->mutex);
    kt_source_wake(&collector->source);
}

bool kt_collector_ended(struct kt_collector *collector)
{
    return atomic_load(&collector->source_ended);
}

enum kt_code kt_collector_failure(struct kt_collector *collector, struct kt_err *err)
{
    pthread_mutex_lock(&collector->mutex);
    struct kt_err failure = collector->failure;
    pthread_mutex_unlock(&collector->mutex);
    if (failure.code != KT_OK && err) {
        *err = failure;
    }
    return failure.code;
}

static bool wait_for_end(struct kt_collector *collector, int wait_ms)
{
    int64_t until = kt_wait_now() + wait_ms;
    pthread_mutex_lock(&collector->mutex);
    while (!collector->thread_ended && kt_wait_now() < until) {
        kt_wait_for(&collector->ended_condition, &collector->mutex, until - kt_wait_now());
    }
    bool ended = collector->thread_ended;
    pthread_mutex_unlock(&collector->mutex);
    return ended;
}

bool kt_collector_stop(struct kt_collector *collector, int wait_ms)
{
    atomic_store(&collector->stop, true);
    kt_source_wake(&collector->source);
    if (!wait_for_end(collector, wait_ms)) {
        pthread_detach(collector->thread);
        return false;
    }
    pthread_join(collector->thread, NULL);
    collector_free(collector);
    return true;
}
