/*
 * The source that plays a recording (--replay).
 *
 * Two manners. Instant, for results (JSON, CSV, text): its clock moves only when polled, by at most what the poll
 * may wait, so a run is deterministic and as fast as the machine. Paced, for the screen: at the recorded speed. In
 * both the clock stands still when the recording has ended, and the wall clock is the recording's.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "trace.h"
#include "wait.h"

struct replay {
    FILE *in;
    struct kt_trace_reader *reader;
    struct kt_clock clock;
    int64_t wall; /* of instant 0 */
    bool paced;
    int64_t started; /* paced: machine's time of instant 0 */
    _Atomic int64_t now;
    atomic_bool over;
    struct kt_obs next;
    bool has_next;
    pthread_mutex_t mutex;
    pthread_cond_t woken_condition;
    bool woken;
};

static int64_t replay_mono(void *self)
{
    struct replay *replay = self;
    if (replay->paced && !atomic_load(&replay->over)) {
        return kt_wait_now() - replay->started;
    }
    return atomic_load(&replay->now);
}

static int64_t replay_wall(void *self)
{
    return ((struct replay *)self)->wall + replay_mono(self);
}

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

/* Reads the next observation; a broken line is told as a problem and ends the play. */
static void advance(struct replay *replay, const struct kt_sink *sink)
{
    struct kt_err err;
    if (kt_trace_next(replay->reader, &replay->next, &replay->has_next, &err) == KT_OK) {
        return;
    }
    replay->has_next = false;
    struct kt_obs problem = {.kind = KT_OBS_PROBLEM,
                             .at = atomic_load(&replay->now),
                             .problem = {.scope = KT_SCOPE_CLUSTER,
                                         .name = kt_text_of("", 0),
                                         .error = kt_text_of("BAD_RECORDING", strlen("BAD_RECORDING")),
                                         .text = kt_text_of(err.text, strlen(err.text))}};
    sink->put(sink->self, &problem);
}

static enum kt_code replay_open(void **self, const struct kt_source_context *context, struct kt_err *err)
{
    struct replay *replay = kt_alloc(1, sizeof *replay);
    pthread_mutex_init(&replay->mutex, NULL);
    kt_wait_init(&replay->woken_condition);
    const char *path = context->options->replay;
    replay->in = fopen(path, "r");
    if (!replay->in) {
        int error = errno;
        replay_close(replay);
        return kt_fail(err, KT_IO, "cannot read '%s': %s", path, strerror(error));
    }
    enum kt_code code = kt_trace_open(&replay->reader, replay->in, err);
    if (code == KT_OK) {
        code = kt_trace_next(replay->reader, &replay->next, &replay->has_next, err);
    }
    if (code != KT_OK) {
        replay_close(replay);
        return code;
    }
    replay->wall = kt_trace_wall_of_mono_zero(replay->reader);
    replay->paced = context->options->format == KT_FORMAT_SCREEN;
    int64_t first = replay->has_next ? replay->next.at : 0;
    atomic_store(&replay->now, first);
    replay->started = kt_wait_now() - first;
    replay->clock = (struct kt_clock){replay_mono, replay_wall, replay};
    *self = replay;
    return KT_OK;
}

/* Paced: waits until the next observation is due, at most wait_ms, less when woken. */
static void wait_until_due(struct replay *replay, int wait_ms)
{
    int64_t now = replay_mono(replay);
    int64_t until = now + wait_ms;
    if (replay->has_next && replay->next.at < until) {
        until = replay->next.at;
    }
    pthread_mutex_lock(&replay->mutex);
    while (!replay->woken && (now = replay_mono(replay)) < until) {
        kt_wait_for(&replay->woken_condition, &replay->mutex, until - now);
    }
    replay->woken = false;
    pthread_mutex_unlock(&replay->mutex);
}

static bool replay_poll(void *self, const struct kt_sink *sink, int wait_ms)
{
    struct replay *replay = self;
    int64_t limit;
    if (replay->paced) {
        wait_until_due(replay, wait_ms);
        limit = replay_mono(replay);
    } else {
        limit = atomic_load(&replay->now) + wait_ms;
    }
    while (replay->has_next && replay->next.at <= limit) {
        if (replay->next.at > atomic_load(&replay->now)) {
            atomic_store(&replay->now, replay->next.at);
        }
        bool pass = replay->next.kind == KT_OBS_PASS;
        sink->put(sink->self, &replay->next);
        advance(replay, sink);
        if (pass) {
            return replay->has_next; /* what is complete is looked at before more comes */
        }
    }
    if (!replay->has_next) {
        atomic_store(&replay->over, true);
        return false;
    }
    atomic_store(&replay->now, limit);
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
    return &((struct replay *)self)->clock;
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
