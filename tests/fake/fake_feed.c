#include "fake_feed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct kt_snapshot *latest(void *self)
{
    struct fake_feed *fake = self;
    char byte;
    while (!fake->eager && read(fake->wake[0], &byte, 1) == 1)
        continue;
    fake_clock_pass(&fake->clock, fake->step_ms);
    fake->looks++;
    const struct kt_snapshot *snap = fake->snaps[fake->at];
    if (fake->at + 1 < fake->count)
        fake->at++;
    return kt_snapshot_ref(snap);
}

static void refresh(void *self)
{
    ((struct fake_feed *)self)->refreshes++;
}

static void set_delay(void *self, int64_t delay_ms)
{
    ((struct fake_feed *)self)->delay_ms = delay_ms;
}

static void exact(void *self, struct kt_text group, struct kt_text topic, int64_t partition)
{
    struct fake_feed *fake = self;
    fake->exacts++;
    snprintf(fake->exact, sizeof fake->exact, "%.*s %.*s %lld", (int)group.length, group.bytes, (int)topic.length,
             topic.bytes ? topic.bytes : "", (long long)partition);
}

static bool ended(void *self)
{
    struct fake_feed *fake = self;
    return fake->ends_after > 0 && fake->looks >= fake->ends_after;
}

static enum kt_code failure(void *self, struct kt_err *err)
{
    struct fake_feed *fake = self;
    if (fake->failure.code != KT_OK)
        *err = fake->failure;
    return fake->failure.code;
}

static int next_signal(void *self)
{
    unsigned char byte;
    return read(((struct fake_feed *)self)->noted[0], &byte, 1) == 1 ? byte : 0;
}

static void open_pipe(int ends[2])
{
    if (pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
        abort();
}

void fake_feed_init(struct fake_feed *fake)
{
    memset(fake, 0, sizeof *fake);
    fake_clock_init(&fake->clock, 1000, INT64_C(1763692327000));
    open_pipe(fake->wake);
    open_pipe(fake->noted);
    fake->feed = (struct ui_feed){
        .self = fake,
        .clock = &fake->clock.clock,
        .wake_fd = fake->wake[0],
        .latest = latest,
        .refresh = refresh,
        .set_delay = set_delay,
        .exact = exact,
        .ended = ended,
        .failure = failure,
    };
    fake->signals = (struct ui_signal_source){.fd = fake->noted[0], .next = next_signal, .self = fake};
}

void fake_feed_release(struct fake_feed *fake)
{
    for (unsigned i = 0; i < fake->count; i++)
        kt_snapshot_unref(fake->snaps[i]);
    for (int i = 0; i < 2; i++) {
        close(fake->wake[i]);
        close(fake->noted[i]);
    }
}

struct kt_snapshot *fake_feed_add(struct fake_feed *fake, bool collected, const char *activity)
{
    struct kt_snapshot *snap = kt_snapshot_new();
    if (fake->count == FAKE_FEED_SNAPS)
        abort();
    snap->sequence = fake->count + 1;
    snap->collected = snap->as_of_known = collected;
    snap->partial = !collected;
    snap->taken_mono = 1000 + (int64_t)fake->count * 2000;
    snap->taken_ms = INT64_C(1763692327000) + (int64_t)fake->count * 2000;
    snap->controller = -1;
    snap->name = (struct kt_text){"trial", 5};
    if (activity)
        snap->activity = (struct kt_text){activity, strlen(activity)};
    fake->snaps[fake->count++] = kt_snapshot_seal(snap);
    return snap;
}

void fake_feed_wake(struct fake_feed *fake)
{
    if (write(fake->wake[1], "", 1) != 1)
        abort();
}

void fake_feed_signal(struct fake_feed *fake, int number)
{
    unsigned char byte = (unsigned char)number;
    if (write(fake->noted[1], &byte, 1) != 1)
        abort();
}
