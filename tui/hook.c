#include "hook.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "command.h"
#include "wait.h"

#define LINE_MOST 400

struct ui_hook {
    const char *command;
    struct kt_changes *changes; /* of the caller's thread */
    void (*say)(void *self, const char *text);
    void *self;
    pthread_t thread;
    int64_t began_at; /* of the command that runs; the thread's own */

    pthread_mutex_t lock; /* what follows */
    pthread_cond_t news;  /* for the thread: the queue, stopping */
    pthread_cond_t quiet; /* for the caller: nothing is left to do, or the thread has ended */
    struct kt_change *queue[UI_HOOK_QUEUE];
    size_t count;
    size_t dropped; /* not yet told of */
    size_t lost;    /* dropped, all in all */
    bool busy, stopping, ended;
    int64_t stop_at; /* monotonic; meaningful while stopping */
};

/* ---- the queue; with the lock ---- */

static void remove_at(struct ui_hook *hook, size_t at)
{
    kt_change_free(hook->queue[at]);
    memmove(&hook->queue[at], &hook->queue[at + 1], (hook->count - at - 1) * sizeof *hook->queue);
    hook->count--;
}

static bool merge(struct ui_hook *hook, struct kt_change *change)
{
    for (size_t i = 0; i < hook->count; i++) {
        if (!kt_change_same_subject(hook->queue[i], change))
            continue;
        change->from = hook->queue[i]->from;
        kt_change_free(hook->queue[i]);
        hook->queue[i] = change;
        if (!kt_change_is_news(change))
            remove_at(hook, i); /* taken back before anybody was told */
        return true;
    }
    return false;
}

/* The oldest goes: what is true now matters more than what was. */
static void put(struct ui_hook *hook, struct kt_change *change)
{
    if (merge(hook, change))
        return;
    if (hook->count == UI_HOOK_QUEUE) {
        hook->dropped += hook->queue[0]->changes;
        hook->lost += hook->queue[0]->changes;
        remove_at(hook, 0);
    }
    hook->queue[hook->count++] = change;
}

static struct kt_change *take(struct ui_hook *hook)
{
    struct kt_change *change = hook->queue[0];
    hook->count--;
    memmove(&hook->queue[0], &hook->queue[1], hook->count * sizeof *hook->queue);
    change->dropped = hook->dropped;
    hook->dropped = 0;
    return change;
}

/* ---- the thread ---- */

static void say(const struct ui_hook *hook, const char *fmt, ...) KT_PRINTF(2, 3);
static void say(const struct ui_hook *hook, const char *fmt, ...)
{
    char line[LINE_MOST];
    va_list args;
    va_start(args, fmt);
    kt_format_cut(line, sizeof line, fmt, args);
    va_end(args);
    hook->say(hook->self, line);
}

static int64_t left_of(void *self)
{
    struct ui_hook *hook = self;
    int64_t until = hook->began_at + UI_HOOK_LIMIT_MS;
    pthread_mutex_lock(&hook->lock);
    if (hook->stopping && hook->stop_at < until)
        until = hook->stop_at;
    pthread_mutex_unlock(&hook->lock);
    return until - kt_wait_now();
}

static void tell(struct ui_hook *hook, const struct kt_change *change)
{
    struct kt_command_end end;
    char *line = kt_change_line(change);
    if (change->dropped > 0)
        say(hook, "the command of --on-change is too slow: %zu changes were not told", change->dropped);
    hook->began_at = kt_wait_now();
    struct kt_command command = {.text = hook->command, .input = line, .left = left_of, .self = hook};
    kt_command_run(&command, &end);
    char *how = kt_command_how(&end);
    if (how)
        say(hook, "the command of --on-change %s", how);
    free(how);
    free(line);
}

static void *run(void *self)
{
    struct ui_hook *hook = self;
    pthread_mutex_lock(&hook->lock);
    while (!hook->stopping || (hook->count > 0 && kt_wait_now() < hook->stop_at)) {
        if (hook->count == 0) {
            pthread_cond_wait(&hook->news, &hook->lock);
            continue;
        }
        struct kt_change *change = take(hook);
        hook->busy = true;
        pthread_mutex_unlock(&hook->lock);
        tell(hook, change);
        kt_change_free(change);
        pthread_mutex_lock(&hook->lock);
        hook->busy = false;
        if (hook->count == 0)
            pthread_cond_broadcast(&hook->quiet);
    }
    hook->ended = true;
    pthread_cond_broadcast(&hook->quiet);
    pthread_mutex_unlock(&hook->lock);
    return NULL;
}

/* ---- the caller's side ---- */

static bool start_thread(struct ui_hook *hook)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&hook->thread, NULL, run, hook) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void free_hook(struct ui_hook *hook)
{
    while (hook->count > 0)
        remove_at(hook, 0);
    kt_changes_free(hook->changes);
    pthread_cond_destroy(&hook->news);
    pthread_cond_destroy(&hook->quiet);
    pthread_mutex_destroy(&hook->lock);
    free(hook);
}

enum kt_code ui_hook_open(struct ui_hook **out, const struct kt_options *options,
                          void (*say_line)(void *self, const char *text), void *self, struct kt_err *err)
{
    *out = NULL;
    if (!options->on_change || options->secure)
        return KT_OK;
    struct ui_hook *hook = kt_alloc(1, sizeof *hook);
    hook->command = options->on_change;
    hook->changes = kt_changes_new(options->hold_ms);
    hook->say = say_line;
    hook->self = self;
    pthread_mutex_init(&hook->lock, NULL);
    kt_wait_init(&hook->news);
    kt_wait_init(&hook->quiet);
    if (!start_thread(hook)) {
        free_hook(hook);
        return kt_fail(err, KT_INTERNAL, "cannot start a thread for --on-change");
    }
    *out = hook;
    return KT_OK;
}

static void take_change(void *self, const struct kt_change *change)
{
    struct ui_hook *hook = self;
    pthread_mutex_lock(&hook->lock);
    put(hook, kt_change_copy(change));
    pthread_cond_signal(&hook->news);
    pthread_mutex_unlock(&hook->lock);
}

void ui_hook_look(struct ui_hook *hook, const struct kt_snapshot *snap)
{
    if (hook)
        kt_changes_look(hook->changes, snap, take_change, hook);
}

void ui_hook_settle(struct ui_hook *hook, int64_t most_ms)
{
    if (!hook)
        return;
    pthread_mutex_lock(&hook->lock);
    int64_t until = kt_wait_now() + most_ms;
    while (!hook->ended && (hook->count > 0 || hook->busy) && kt_wait_now() < until)
        kt_wait_for(&hook->quiet, &hook->lock, until - kt_wait_now());
    pthread_mutex_unlock(&hook->lock);
}

size_t ui_hook_close(struct ui_hook *hook, int64_t most_ms)
{
    if (!hook)
        return 0;
    pthread_mutex_lock(&hook->lock);
    hook->stopping = true;
    hook->stop_at = kt_wait_now() + most_ms;
    pthread_cond_signal(&hook->news);
    pthread_mutex_unlock(&hook->lock);
    pthread_join(hook->thread, NULL); /* a command that does not want to end is killed */
    size_t lost = hook->lost;
    for (size_t i = 0; i < hook->count; i++)
        lost += hook->queue[i]->changes;
    free_hook(hook);
    return lost;
}
