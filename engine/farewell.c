#include "farewell.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "error.h"
#include "wait.h"

/* Shared by the one who waits and the thread that takes down; the last one frees it. */
struct farewell {
    pthread_mutex_t mutex;
    pthread_cond_t over;
    void (*take_down)(void *self);
    void *self;
    bool done;
    unsigned references;
};

static void leave(struct farewell *farewell)
{
    pthread_mutex_lock(&farewell->mutex);
    bool last = --farewell->references == 0;
    pthread_mutex_unlock(&farewell->mutex);
    if (!last) {
        return;
    }
    pthread_cond_destroy(&farewell->over);
    pthread_mutex_destroy(&farewell->mutex);
    free(farewell);
}

static void *run(void *self)
{
    struct farewell *farewell = self;
    farewell->take_down(farewell->self);
    pthread_mutex_lock(&farewell->mutex);
    farewell->done = true;
    pthread_cond_signal(&farewell->over);
    pthread_mutex_unlock(&farewell->mutex);
    leave(farewell);
    return NULL;
}

static bool wait_for(struct farewell *farewell, int wait_ms)
{
    int64_t until = kt_wait_now() + wait_ms;
    pthread_mutex_lock(&farewell->mutex);
    while (!farewell->done && kt_wait_now() < until) {
        kt_wait_for(&farewell->over, &farewell->mutex, until - kt_wait_now());
    }
    bool done = farewell->done;
    pthread_mutex_unlock(&farewell->mutex);
    return done;
}

void kt_farewell(void (*take_down)(void *self), void *self, int wait_ms)
{
    struct farewell *farewell = kt_alloc(1, sizeof *farewell);
    pthread_t thread;
    *farewell = (struct farewell){.take_down = take_down, .self = self, .references = 2};
    pthread_mutex_init(&farewell->mutex, NULL);
    kt_wait_init(&farewell->over);
    if (pthread_create(&thread, NULL, run, farewell) != 0) {
        run(farewell);
    } else if (wait_for(farewell, wait_ms)) {
        pthread_join(thread, NULL);
    } else {
        pthread_detach(thread);
    }
    leave(farewell);
}
