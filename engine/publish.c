#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "wait.h"

enum kt_code kt_publish_init(struct kt_publish *publish, const struct kt_snapshot *first, struct kt_err *err)
{
    if (pipe(publish->pipe) != 0) {
        return kt_fail(err, KT_LIMIT, "cannot make a pipe: %s", strerror(errno));
    }
    for (int i = 0; i < 2; i++) {
        fcntl(publish->pipe[i], F_SETFL, O_NONBLOCK);
        fcntl(publish->pipe[i], F_SETFD, FD_CLOEXEC);
    }
    kt_wait_init(&publish->taken_condition);
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
    int64_t until = kt_wait_now() + wait_ms;
    pthread_mutex_lock(&publish->mutex);
    while (!publish->taken && kt_wait_now() < until) {
        kt_wait_for(&publish->taken_condition, &publish->mutex, until - kt_wait_now());
    }
    bool taken = publish->taken;
    pthread_mutex_unlock(&publish->mutex);
    return taken;
}
