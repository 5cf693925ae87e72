#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum kt_code kt_publish_init(struct kt_publish *publish, const struct kt_snapshot *first, struct kt_err *err)
{
    if (pipe(publish->pipe) != 0) {
        return kt_fail(err, KT_IO, "cannot make a pipe: %s", strerror(errno));
    }
    for (int i = 0; i < 2; i++) {
        fcntl(publish->pipe[i], F_SETFL, O_NONBLOCK);
        fcntl(publish->pipe[i], F_SETFD, FD_CLOEXEC);
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&publish->taken_condition, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&publish->mutex, NULL);
    publish->latest = first;
    publish->taken = true;
    return KT_OK;
}

void kt_publish_release(struct kt_publish *publish)
{
    kt_snapshot_unref(publish->latest);
    close(publish->pipe[0]);
    close(publish->pipe[1]);
    pthread_cond_destroy(&publish->taken_condition);
    pthread_mutex_destroy(&publish->mutex);
}

void kt_publish_wake(struct kt_publish *publish)
{
    /* A full pipe already says what this byte would say. */
    ssize_t written = write(publish->pipe[1], "", 1);
    (void)written;
}

void kt_publish_put(struct kt_publish *publish, const struct kt_snapshot *snap)
{
    pthread_mutex_lock(&publish->mutex);
    const struct kt_snapshot *before = publish->latest;
    publish->latest = snap;
    publish->taken = false;
    pthread_mutex_unlock(&publish->mutex);
    kt_snapshot_unref(before);
    kt_publish_wake(publish);
}

const struct kt_snapshot *kt_publish_get(struct kt_publish *publish)
{
    char bytes[64];
    while (read(publish->pipe[0], bytes, sizeof bytes) > 0) {
    }
    pthread_mutex_lock(&publish->mutex);
    const struct kt_snapshot *snap = kt_snapshot_ref(publish->latest);
    publish->taken = true;
    pthread_cond_signal(&publish->taken_condition);
    pthread_mutex_unlock(&publish->mutex);
    return snap;
}

bool kt_publish_wait_taken(struct kt_publish *publish, int wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + (int64_t)wait_ms * 1000000;
    until.tv_sec += (time_t)(nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    int waited = 0;
    pthread_mutex_lock(&publish->mutex);
    while (!publish->taken && waited != ETIMEDOUT) {
        waited = pthread_cond_timedwait(&publish->taken_condition, &publish->mutex, &until);
    }
    bool taken = publish->taken;
    pthread_mutex_unlock(&publish->mutex);
    return taken;
}
