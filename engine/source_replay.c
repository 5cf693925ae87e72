/*
 * The source that plays a recording (--replay).
 *
 * Two manners. Instant, for results (JSON, CSV, text) and with --at-once: its clock moves only when polled, by at
 * most what the poll may wait, so a run is deterministic and as fast as the machine. Paced, for the screen: at the
 * recorded speed. In both the clock stands still when the recording has ended, and the wall clock is the recording's.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "trace.h"
#include "wait.h"

/* Instants beyond these are no recording of ours: 2^52 ms, so that no sum of two overflows. */
#define INSTANT_MOST (INT64_C(1) << 52)
/* No recorder is silent for so long, and playing such a silence would take as good as for ever. */
#define SILENCE_MOST INT64_C(604800000)

/*
 * The hands of the clock. Whoever was given the clock may look at it when the recording was played and
 * closed, so they stay where they are until the process ends; the list keeps them within reach.
 */
struct hands {
    struct kt_clock clock;
    int64_t wall; /* of instant 0 */
    bool paced;
    int64_t started; /* paced: machine's time of instant 0 */
    _Atomic int64_t now;
    atomic_bool over;
    struct hands *before;
};

static _Atomic(struct hands *) all_hands;

struct replay {
    FILE *in;
    struct kt_log *log;
    struct kt_trace_reader *reader;
    struct hands *hands;
    struct kt_obs next;
    bool has_next;  /* `next` was not told yet */
    int64_t latest; /* when it is due: where it says less than one before it, at once */
    pthread_mutex_t mutex;
    pthread_cond_t woken_condition;
    bool woken;
};

/* ---- the clock ---- */

static int64_t hands_mono(void *self)
{
    struct hands *hands = self;
    if (hands->paced && !atomic_load(&hands->over)) {
        return kt_wait_now() - hands->started;
    }
    return atomic_load(&hands->now);
}

static int64_t hands_wall(void *self)
{
    return ((struct hands *)self)->wall + hands_mono(self);
}

static struct hands *hands_new(int64_t wall, int64_t first, bool paced)
{
    struct hands *hands = kt_alloc(1, sizeof *hands);
    hands->clock = (struct kt_clock){hands_mono, hands_wall, hands};
    hands->wall = wall;
    hands->paced = paced;
    hands->started = kt_wait_now() - first;
    atomic_init(&hands->now, first);
    atomic_init(&hands->over, false);
    hands->before = atomic_load(&all_hands);
    while (!atomic_compare_exchange_weak(&all_hands, &hands->before, hands)) {
    }
    return hands;
}

static void move_to(struct hands *hands, int64_t instant)
{
    if (instant > atomic_load(&hands->now)) {
        atomic_store(&hands->now, instant);
    }
}

/* ---- reading ---- */

static void replay_close(void *self)
{
    struct replay *replay = self;
    kt_trace_reader_free(replay->reader);
    if (replay->in) {
        fclose(replay->in);
    }
    pthread_mutex_destroy(&replay->mutex);
    pthread_cond_destroy(&replay->woken_condition);
    free(replay);
}

static bool is_instant(int64_t at)
{
    return at >= -INSTANT_MOST && at <= INSTANT_MOST;
}

/* Reads the next observation into the hand; none is there after the last one. */
static enum kt_code read_next(struct replay *replay, struct kt_err *err)
{
    enum kt_code code = kt_trace_next(replay->reader, &replay->next, &replay->has_next, err);
    if (code == KT_PROTOCOL && err->retry) {
        kt_log_add(replay->log, "%s; its writer was probably killed", err->text);
        replay->has_next = false;
        return KT_OK;
    }
    if (code == KT_OK && replay->has_next && !is_instant(replay->next.at)) {
        code = kt_fail(err, KT_PROTOCOL, "recording: an instant of %lld ms", (long long)replay->next.at);
    }
    if (code != KT_OK) {
        replay->has_next = false;
    }
    return code;
}

/* The next observation, due not before the one in front of it. */
static enum kt_code follow(struct replay *replay, struct kt_err *err)
{
    enum kt_code code = read_next(replay, err);
    if (code != KT_OK || !replay->has_next) {
        return code;
    }
    if (replay->next.at > replay->latest + SILENCE_MOST) {
        replay->has_next = false;
        return kt_fail(err, KT_PROTOCOL, "recording: nothing for %lld days",
                       (long long)((replay->next.at - replay->latest) / 86400000));
    }
    replay->latest = replay->next.at > replay->latest ? replay->next.at : replay->latest;
    return KT_OK;
}

/* What makes no sense is told as a problem, and that the collection is not complete; then the play is over.
 */
static void advance(struct replay *replay, const struct kt_sink *sink)
{
    struct kt_err err;
    if (follow(replay, &err) == KT_OK) {
        return;
    }
    struct kt_obs problem = {.kind = KT_OBS_PROBLEM,
                             .at = atomic_load(&replay->hands->now),
                             .problem = {.scope = KT_SCOPE_CLUSTER,
                                         .name = kt_text_of("", 0),
                                         .error = kt_text_of("BAD_RECORDING", strlen("BAD_RECORDING")),
                                         .text = kt_text_of(err.text, strlen(err.text))}};
    struct kt_obs pass = {.kind = KT_OBS_PASS, .at = problem.at, .pass = {.complete = false}};
    sink->put(sink->self, &problem);
    sink->put(sink->self, &pass);
}

static enum kt_code open_file(struct replay *replay, const char *path, struct kt_err *err)
{
    replay->in = fopen(path, "re");
    if (!replay->in) {
        return kt_fail(err, KT_IO, "%s", strerror(errno));
    }
    enum kt_code code = kt_trace_open(&replay->reader, replay->in, err);
    if (code == KT_OK && !is_instant(kt_trace_wall_of_mono_zero(replay->reader))) {
        code = kt_fail(err, KT_PROTOCOL, "recording, line 1: a time that no clock shows");
    }
    return code == KT_OK ? read_next(replay, err) : code;
}

static enum kt_code replay_open(void **self, const struct kt_source_context *context, struct kt_err *err)
{
    struct replay *replay = kt_alloc(1, sizeof *replay);
    const char *path = context->options->replay;
    struct kt_err why;
    pthread_mutex_init(&replay->mutex, NULL);
    kt_wait_init(&replay->woken_condition);
    replay->log = context->log;
    enum kt_code code = open_file(replay, path, &why);
    if (code != KT_OK) {
        replay_close(replay);
        return kt_fail(err, KT_CONFIG, "cannot play '%s': %s", path, why.text);
    }
    replay->latest = replay->has_next ? replay->next.at : 0;
    replay->hands = hands_new(kt_trace_wall_of_mono_zero(replay->reader), replay->latest,
                              !kt_source_replays_at_once(context->options));
    *self = replay;
    return KT_OK;
}

/* ---- playing ---- */

bool kt_source_replays_at_once(const struct kt_options *options)
{
    return options->replay && (options->at_once || options->format != KT_FORMAT_SCREEN);
}

/* Paced: waits until the next observation is due, at most wait_ms, less when woken. */
static void wait_until_due(struct replay *replay, int wait_ms)
{
    int64_t now = hands_mono(replay->hands);
    int64_t until = now + wait_ms;
    until = replay->latest < until ? replay->latest : until;
    pthread_mutex_lock(&replay->mutex);
    while (!replay->woken && (now = hands_mono(replay->hands)) < until) {
        kt_wait_for(&replay->woken_condition, &replay->mutex, until - now);
    }
    replay->woken = false;
    pthread_mutex_unlock(&replay->mutex);
}

/* How far the clock may go in this call. */
static int64_t limit_of(struct replay *replay, int wait_ms)
{
    if (!replay->hands->paced) {
        return atomic_load(&replay->hands->now) + wait_ms;
    }
    wait_until_due(replay, wait_ms);
    return hands_mono(replay->hands);
}

static bool replay_poll(void *self, const struct kt_sink *sink, int wait_ms)
{
    struct replay *replay = self;
    bool passed = false;
    if (!replay->has_next) {
        advance(replay, sink);
    }
    int64_t limit = replay->has_next ? limit_of(replay, wait_ms) : 0;
    while (replay->has_next && !passed && replay->latest <= limit) {
        move_to(replay->hands, replay->latest);
        passed = replay->next.kind == KT_OBS_PASS;
        sink->put(sink->self, &replay->next);
        replay->has_next = false;
        if (!passed) {
            advance(replay, sink); /* what is complete is looked at before anything else is read */
        }
    }
    if (!replay->has_next && !passed) {
        atomic_store(&replay->hands->over, true);
        return false;
    }
    if (!passed) {
        move_to(replay->hands, limit);
    }
    return true;
}

static void replay_refresh(void *self)
{
    (void)self; /* a recording holds the collections that were made */
}

static void replay_wake(void *self)
{
    struct replay *replay = self;
    pthread_mutex_lock(&replay->mutex);
    replay->woken = true;
    pthread_cond_signal(&replay->woken_condition);
    pthread_mutex_unlock(&replay->mutex);
}

static const struct kt_clock *replay_clock(void *self)
{
    return &((struct replay *)self)->hands->clock;
}

const struct kt_source_ops kt_source_replay = {
    .name = "replay",
    .open = replay_open,
    .poll = replay_poll,
    .refresh = replay_refresh,
    .wake = replay_wake,
    .close = replay_close,
    .clock = replay_clock,
};
