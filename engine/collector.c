#include "collector.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "assess.h"
#include "export_anonymous.h"
#include "fault.h"
#include "freeze.h"
#include "model.h"
#include "past.h"
#include "records.h"
#include "stable_wish.h"
#include "trace.h"
#include "wait.h"

#define POLL_MOST_MS 250   /* a command waits at most this long when a source cannot be woken */
#define SETTLE_MS 1500     /* how long a first complete picture waits for what the past can tell of it */
#define HOLD_MS 500        /* how long a later one waits for exact time lags, at most a delay */
#define INTERIM_MS 200     /* between two looks at what there is so far, before the first complete collection ... */
#define INTERIM_SINGLE_MS 1000 /* the same, where only the complete one is shown: they tell what fails, and why */
#define INTERIM_SHARE 9    /* ... and so many times as long as one takes: most of the time goes into collecting */
#define UNREACHED_MS 5000  /* for so long ports may be closed and names unknown before anything was heard */
#define OTHERS_MS 2000     /* for so long another address may turn out better than one that is wrong */
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
    struct kt_records_focus *focus_asked; /* NULL: none */
    struct kt_err failure;
    atomic_bool stop, source_ended;

    /* the thread's own */
    struct kt_model *model;
    struct kt_trace_writer *recording; /* NULL: none, or ended */
    struct kt_err recording_failure;   /* stays once it is there */
    uint64_t sequence;
    int64_t next_at, published_at;
    int64_t interim_ms; /* see INTERIM_MS */
    int64_t hold_until; /* while holding */
    int64_t refused_since; /* no address could be used; -1: one can */
    size_t records_left; /* asked about and not told yet */
    int64_t records_paid; /* kt_records_pace */
    struct kt_records_focus *focus; /* NULL: none; what the reader wants exact time lags of, until: */
    int64_t focus_until;
    bool changed, passed, ever_passed, past_asked, past_pending;
    bool spent;         /* the only picture was made of the model's rows, and they are gone */
    bool holding;       /* a complete picture waits for what was asked to go with it */
    struct kt_obs pass; /* that made it complete; for the recording, where it follows what it waited for */
};

/* ---- in the thread ---- */

static void take_observation(void *self, const struct kt_obs *obs)
{
    struct kt_collector *collector = self;
    if (obs->kind == KT_OBS_PASS) {
        collector->pass = *obs;
        collector->passed = true;
        collector->ever_passed = true;
    } else if (collector->recording) {
        kt_trace_write(collector->recording, obs);
    }
    if (collector->spent) {
        return;
    }
    kt_model_apply(collector->model, obs);
    collector->records_left -= obs->kind == KT_OBS_RECORD && collector->records_left > 0;
    collector->changed = true;
}

/* A replay publishes at each pass: so it is written when what belongs to it is. */
static void record_pass(struct kt_collector *collector)
{
    if (collector->recording && collector->pass.kind == KT_OBS_PASS) {
        kt_trace_write(collector->recording, &collector->pass);
    }
    collector->pass.kind = KT_OBS_KIND_COUNT;
}

static bool is_error(const struct kt_model_problem *problem, const char *error)
{
    return kt_name_is(&problem->error, kt_text_of(error, strlen(error)));
}

/* Whether the address that failed is the only one there is to try. */
static bool is_only_address(const struct kt_options *options)
{
    return options->brokers && !strchr(options->brokers, ',');
}

/*
 * Why nothing will come, or NULL: the login was refused; or no address can be used, for a reason that lasts or has
 * lasted for a while. Before the first complete picture only: what was reached once is waited for.
 */
static const struct kt_model_problem *find_failure(struct kt_collector *collector)
{
    const struct kt_model_problem *found = NULL;
    for (size_t i = 0; i < collector->model->problem_count; i++) {
        const struct kt_model_problem *problem = &collector->model->problems[i];
        struct kt_text error = kt_name_text(&problem->error);
        bool counts = problem->scope == KT_SCOPE_CLUSTER && problem->text.bytes &&
                      (kt_fault_lasting(error) || kt_fault_of_connection(error));
        bool follows = found && (is_error(found, "_TIMED_OUT") || is_error(found, "_ALL_BROKERS_DOWN"));
        bool vague = found && (follows || kt_fault_lasting(error)) && !kt_fault_lasting(kt_name_text(&found->error));
        found = counts && (!found || vague) ? problem : found;
    }
    int64_t now = kt_mono(collector->clock);
    collector->refused_since = !found ? -1 : collector->refused_since < 0 ? now : collector->refused_since;
    if (!found || collector->model->collected) {
        return NULL;
    }
    struct kt_text error = kt_name_text(&found->error);
    bool lasting = kt_fault_lasting(error);
    bool login = lasting && kt_fault_code(error) != KT_NETWORK && !kt_fault_of_certificate(error);
    if (login || (lasting && is_only_address(collector->options))) {
        return found;
    }
    bool patient = !lasting && (collector->options->wait_drained || is_error(found, "_TIMED_OUT"));
    return !patient && now - collector->refused_since >= (lasting ? OTHERS_MS : UNREACHED_MS) ? found : NULL;
}

static void note_failure(struct kt_collector *collector)
{
    if (collector->recording && collector->recording_failure.code == KT_OK) {
        kt_trace_check(collector->recording, &collector->recording_failure);
    }
    struct kt_err failure = collector->recording_failure;
    const struct kt_model_problem *problem = failure.code == KT_OK ? find_failure(collector) : NULL;
    if (problem) {
        enum kt_code code = kt_fault_code(kt_name_text(&problem->error));
        kt_fail(&failure, code, "%s", problem->text.bytes);
    }
    pthread_mutex_lock(&collector->mutex);
    collector->failure = failure;
    pthread_mutex_unlock(&collector->mutex);
}

static const struct kt_snapshot *freeze(struct kt_collector *collector)
{
    collector->sequence++;
    const struct kt_snapshot *snap = collector->spent ? kt_freeze_last(collector->model, collector->sequence)
                                                      : kt_freeze(collector->model, collector->sequence);
    if (!collector->options->anonymize) {
        return snap;
    }
    const struct kt_snapshot *anonymous = kt_snapshot_anonymous(snap);
    kt_snapshot_unref(snap);
    return anonymous;
}

/* Nobody looks at a second picture. */
static bool is_single(const struct kt_collector *collector)
{
    const struct kt_options *options = collector->options;
    return options->iterations == 1 && !options->wait_drained && !options->replay;
}

/* The first is enough: the cluster is not asked for more. */
static bool is_enough(const struct kt_collector *collector)
{
    return is_single(collector) && collector->model->collected && !collector->model->settling;
}

static void publish(struct kt_collector *collector)
{
    int64_t begun = kt_mono(collector->clock);
    bool open = collector->past_pending || collector->records_left > 0;
    collector->spent = collector->passed && !open && is_enough(collector);
    kt_assess(collector->model);
    note_failure(collector);
    kt_publish_put(collector->publish, freeze(collector));
    collector->published_at = kt_mono(collector->clock);
    int64_t share = INTERIM_SHARE * (collector->published_at - begun);
    int64_t least = is_single(collector) ? INTERIM_SINGLE_MS : INTERIM_MS;
    collector->interim_ms = share > least ? share : least;
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
    struct kt_records_focus *focus = collector->focus_asked;
    collector->focus_asked = NULL;
    pthread_mutex_unlock(&collector->mutex);
    int64_t now = kt_mono(collector->clock);
    if (focus || (collector->focus && now >= collector->focus_until)) {
        kt_records_focus_free(collector->focus);
        collector->focus = focus;
        collector->focus_until = now + KT_RECORDS_FOCUS_MS;
        refresh = refresh || focus;
    }
    if (delay > 0) {
        collector->model->settings.delay_ms = delay;
        collector->next_at = now + delay < collector->next_at ? now + delay : collector->next_at;
    }
    if (refresh) {
        collector->next_at = now;
    }
}

/* There is no complete picture yet: what comes is shown as it comes, but right before the only one. */
static bool is_early(const struct kt_collector *collector)
{
    return !collector->model->collected || (collector->model->settling && !is_single(collector));
}

/* The first picture is shown before the cluster is asked for the next; the only one is not asked for twice. */
static bool is_first(const struct kt_collector *collector)
{
    return collector->model->settling || (is_single(collector) && !collector->ever_passed);
}

/* When there is something to do although nothing comes: a pass to ask for, or to say how old everything is. */
static int64_t due_at(const struct kt_collector *collector)
{
    int64_t silent = collector->published_at + collector->model->settings.delay_ms;
    if (is_enough(collector)) {
        return INT64_MAX;
    }
    return is_first(collector) && collector->next_at < silent ? silent : collector->next_at;
}

/* How long the source may wait: until the next refresh, or until the next look at an incomplete picture. */
static int wait_of(const struct kt_collector *collector)
{
    int64_t now = kt_mono(collector->clock);
    int64_t until = due_at(collector);
    if (is_early(collector) && collector->changed) {
        int64_t interim = collector->published_at + collector->interim_ms;
        until = interim < until ? interim : until;
    }
    int64_t wait = until - now;
    return wait < 0 ? 0 : wait > POLL_MOST_MS ? POLL_MOST_MS : (int)wait;
}

/* A recording outruns its reader: each of its snapshots waits until the one before was taken. */
static void let_reader_follow(struct kt_collector *collector)
{
    if (kt_source_replays_at_once(collector->options)) {
        while (!atomic_load(&collector->stop) && !kt_publish_wait_taken(collector->publish, POLL_MOST_MS)) {
        }
    }
}

/* Where somebody waits for them, all at once: one look, exact time lags. */
static size_t records_now(struct kt_collector *collector, size_t count)
{
    bool waited_for = collector->focus || collector->options->iterations == 1 ||
                      collector->options->records == KT_RECORDS_EXACT;
    return waited_for ? count : kt_records_pace(&collector->records_paid, kt_mono(collector->clock), count);
}

/* Asks which records come next where that matters, the most urgent first; not while answers are outstanding. */
static void ask_records(struct kt_collector *collector)
{
    size_t count = 0;
    if (collector->records_left > 0 || !collector->source.ops->records) {
        return;
    }
    struct kt_record_wish *items = kt_records_wanted(collector->model, collector->focus, &count);
    count = records_now(collector, count);
    if (count > 0 && collector->source.ops->records(collector->source.self, items, count)) {
        collector->records_left = count;
    }
    free(items);
}

static void ask_past(struct kt_collector *collector)
{
    size_t count = 0;
    if (!collector->source.ops->past) {
        return;
    }
    struct kt_past *items = kt_past_wanted(collector->model, &count);
    if (count > 0) {
        collector->source.ops->past(collector->source.self, items, count);
        collector->past_pending = true;
    }
    free(items);
}

static int64_t hold_ms(const struct kt_collector *collector, bool first)
{
    int64_t delay = collector->model->settings.delay_ms;
    return first ? SETTLE_MS : delay < HOLD_MS ? delay : HOLD_MS;
}

/*
 * What a complete picture leaves open is asked before it is shown: the first one asks the past and the records that
 * come next, later ones the records, where exact time lags are wanted: these hold for a moment only. Rows are shown
 * meanwhile when it is the first.
 */
static void settle(struct kt_collector *collector)
{
    struct kt_model *model = collector->model;
    if (collector->holding) {
        collector->past_pending = collector->past_pending && !collector->passed;
        bool told = !collector->past_pending && collector->records_left == 0;
        told = told || kt_mono(collector->clock) >= collector->hold_until;
        collector->holding = !told;
        model->settling = model->settling && !told;
        collector->passed = told;
        return;
    }
    bool first = !collector->past_asked;
    bool exact = collector->focus || collector->options->records == KT_RECORDS_EXACT;
    if (!collector->passed || !(first || (exact && collector->source.ops->records))) {
        return;
    }
    collector->past_asked = true;
    kt_assess(model);
    if (first) {
        ask_past(collector);
    }
    ask_records(collector);
    if (collector->past_pending || collector->records_left > 0) {
        collector->hold_until = kt_mono(collector->clock) + hold_ms(collector, first);
        collector->holding = true;
        model->settling = first;
        collector->passed = false;
        collector->changed = true;
    }
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
    if (collector->spent) {
        return;
    }
    settle(collector);
    int64_t now = kt_mono(collector->clock);
    bool due = now >= due_at(collector);
    bool interim = is_early(collector) && collector->changed &&
                   now >= collector->published_at + collector->interim_ms;
    if (collector->passed || interim) {
        bool passed = collector->passed;
        if (passed) {
            record_pass(collector);
        }
        let_reader_follow(collector);
        publish(collector);
        if (passed && !is_enough(collector)) {
            ask_records(collector);
        }
    } else if (due && now - collector->published_at >= collector->model->settings.delay_ms) {
        publish(collector); /* nothing complete came in time: say how old everything is */
    }
    if (due && !is_first(collector)) {
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
    record_pass(collector);
    end_recording(collector); /* what went wrong with it is known before the end is told */
    if (!atomic_load(&collector->stop)) {
        if (!collector->spent) {
            let_reader_follow(collector);
            publish(collector);
        }
        atomic_store(&collector->source_ended, true);
        kt_publish_wake(collector->publish);
    }
    kt_source_close(&collector->source);
    kt_records_focus_free(collector->focus);
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
    kt_records_focus_free(collector->focus_asked);
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
    collector->pass.kind = KT_OBS_KIND_COUNT;
    collector->refused_since = -1;
    collector->records_paid = INT64_MIN;
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

void kt_collector_exact(struct kt_collector *collector, struct kt_text group, struct kt_text topic, int64_t partition)
{
    struct kt_records_focus *focus = kt_records_focus_new(group, topic, partition);
    pthread_mutex_lock(&collector->mutex);
    struct kt_records_focus *before = collector->focus_asked;
    collector->focus_asked = focus;
    pthread_mutex_unlock(&collector->mutex);
    kt_records_focus_free(before);
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
