#include "fake_source.h"

#include <stdio.h>
#include <string.h>

#include "wait.h"

#define PATIENCE_MS 10000

static struct fake_source *opening; /* what the next open gives */

/* ---- the operations ---- */

static enum kt_code fake_open(void **self, const struct kt_source_context *context, struct kt_err *err)
{
    (void)context;
    (void)err;
    *self = opening;
    return KT_OK;
}

/* With the mutex held, as all that follows. */
static void note_use(struct fake_source *fake)
{
    fake->misuses += fake->closes > 0;
}

static bool has_work(const struct fake_source *fake)
{
    return fake->count > 0 || fake->woken || fake->ended;
}

static void wait_for_work(struct fake_source *fake, int wait_ms)
{
    int64_t until = kt_mono(&fake->clock.clock) + wait_ms;
    fake->wait_ms = wait_ms;
    while (fake->hangs || (!has_work(fake) && kt_mono(&fake->clock.clock) < until)) {
        fake->waiting = true;
        pthread_cond_broadcast(&fake->changed);
        pthread_cond_wait(&fake->changed, &fake->mutex);
    }
    fake->waiting = false;
}

static bool fake_poll(void *self, const struct kt_sink *sink, int wait_ms)
{
    struct fake_source *fake = self;
    struct kt_obs taken[FAKE_SOURCE_MOST];
    pthread_mutex_lock(&fake->mutex);
    note_use(fake);
    wait_for_work(fake, wait_ms);
    size_t count = fake->count;
    memcpy(taken, fake->queue, count * sizeof taken[0]);
    fake->count = 0;
    fake->woken = false;
    bool ended = fake->ended;
    pthread_mutex_unlock(&fake->mutex);
    for (size_t i = 0; i < count; i++) {
        sink->put(sink->self, &taken[i]);
    }
    return !ended;
}

static void fake_refresh(void *self)
{
    struct fake_source *fake = self;
    pthread_mutex_lock(&fake->mutex);
    note_use(fake);
    fake->refreshes++;
    pthread_mutex_unlock(&fake->mutex);
}

static void fake_wake(void *self)
{
    struct fake_source *fake = self;
    pthread_mutex_lock(&fake->mutex);
    note_use(fake);
    fake->wakes++;
    fake->woken = true;
    fake->waiting = false;
    pthread_cond_broadcast(&fake->changed);
    pthread_mutex_unlock(&fake->mutex);
}

static void fake_close(void *self)
{
    struct fake_source *fake = self;
    pthread_mutex_lock(&fake->mutex);
    note_use(fake);
    fake->closes++;
    pthread_cond_broadcast(&fake->changed);
    pthread_mutex_unlock(&fake->mutex);
}

static bool fake_records(void *self, const struct kt_record_wish *items, size_t count)
{
    struct fake_source *fake = self;
    size_t used = 0;
    pthread_mutex_lock(&fake->mutex);
    note_use(fake);
    bool take = fake->takes_records;
    for (size_t i = 0; i < count && take && used < sizeof fake->wished; i++) {
        used += (size_t)snprintf(fake->wished + used, sizeof fake->wished - used, "%s%.*s %d %lld", i ? ", " : "",
                                 (int)items[i].topic.length, items[i].topic.bytes, (int)items[i].partition,
                                 (long long)items[i].offset);
    }
    fake->wishes += take;
    pthread_mutex_unlock(&fake->mutex);
    return take;
}

static const struct kt_clock *fake_clock_of(void *self)
{
    return &((struct fake_source *)self)->clock.clock;
}

static const struct kt_source_ops fake_ops = {
    .name = "fake",
    .open = fake_open,
    .poll = fake_poll,
    .refresh = fake_refresh,
    .records = fake_records,
    .wake = fake_wake,
    .close = fake_close,
    .clock = fake_clock_of,
};

/* ---- the test's side ---- */

void fake_source_init(struct fake_source *fake)
{
    memset(fake, 0, sizeof *fake);
    fake_clock_init(&fake->clock, 1000000, INT64_C(1700000000000));
    pthread_mutex_init(&fake->mutex, NULL);
    kt_wait_init(&fake->changed);
}

void fake_source_release(struct fake_source *fake)
{
    pthread_cond_destroy(&fake->changed);
    pthread_mutex_destroy(&fake->mutex);
}

enum kt_code fake_source_open(struct fake_source *fake, struct kt_source *source, const struct kt_options *options,
                              struct kt_log *log)
{
    struct kt_source_context context = {.options = options, .clock = &fake->clock.clock, .log = log};
    struct kt_err err;
    opening = fake;
    return kt_source_open_ops(source, &fake_ops, &context, &err);
}

void fake_source_say(struct fake_source *fake, struct kt_obs obs)
{
    obs.at = kt_mono(&fake->clock.clock);
    pthread_mutex_lock(&fake->mutex);
    if (fake->count == FAKE_SOURCE_MOST) {
        kt_fatal("fake_source: more than %d observations at once", FAKE_SOURCE_MOST);
    }
    fake->queue[fake->count++] = obs;
    fake->waiting = false;
    pthread_cond_broadcast(&fake->changed);
    pthread_mutex_unlock(&fake->mutex);
}

void fake_source_say_pass(struct fake_source *fake)
{
    fake_source_say(fake, (struct kt_obs){.kind = KT_OBS_PASS, .pass = {.complete = true}});
}

static void set(struct fake_source *fake, bool *flag)
{
    pthread_mutex_lock(&fake->mutex);
    *flag = true;
    fake->waiting = false;
    pthread_cond_broadcast(&fake->changed);
    pthread_mutex_unlock(&fake->mutex);
}

void fake_source_end(struct fake_source *fake)
{
    set(fake, &fake->ended);
}

void fake_source_hang(struct fake_source *fake)
{
    set(fake, &fake->hangs);
}

/* With the mutex held. */
static void wait_until_idle(struct fake_source *fake)
{
    int64_t deadline = kt_wait_now() + PATIENCE_MS;
    while (!fake->waiting) {
        int64_t left = deadline - kt_wait_now();
        if (left <= 0) {
            kt_fatal("fake_source: the collector did not come to rest");
        }
        kt_wait_for(&fake->changed, &fake->mutex, left);
    }
}

void fake_source_settle(struct fake_source *fake)
{
    pthread_mutex_lock(&fake->mutex);
    wait_until_idle(fake);
    pthread_mutex_unlock(&fake->mutex);
}

void fake_source_pass(struct fake_source *fake, int64_t ms)
{
    pthread_mutex_lock(&fake->mutex);
    wait_until_idle(fake);
    fake_clock_pass(&fake->clock, ms);
    fake->waiting = false;
    pthread_cond_broadcast(&fake->changed);
    wait_until_idle(fake);
    pthread_mutex_unlock(&fake->mutex);
}

static unsigned read_counter(struct fake_source *fake, const unsigned *counter)
{
    pthread_mutex_lock(&fake->mutex);
    unsigned count = *counter;
    pthread_mutex_unlock(&fake->mutex);
    return count;
}

const char *fake_source_wished(struct fake_source *fake)
{
    static char text[sizeof fake->wished];
    pthread_mutex_lock(&fake->mutex);
    memcpy(text, fake->wished, sizeof text);
    fake->wished[0] = '\0';
    pthread_mutex_unlock(&fake->mutex);
    return text;
}

unsigned fake_source_refreshes(struct fake_source *fake)
{
    return read_counter(fake, &fake->refreshes);
}

unsigned fake_source_closes(struct fake_source *fake)
{
    return read_counter(fake, &fake->closes);
}

unsigned fake_source_misuses(struct fake_source *fake)
{
    return read_counter(fake, &fake->misuses);
}
