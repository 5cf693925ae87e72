#include "source.h"

#include <pthread.h>

/* The sources, in the order in which they are asked whether they are meant; the last one always is. */
static bool is_replay(const struct kt_options *options)
{
    return options->replay != NULL;
}

static bool is_live(const struct kt_options *options)
{
    (void)options;
    return true;
}

static const struct {
    bool (*is_meant)(const struct kt_options *options);
    const struct kt_source_ops *ops;
} sources[] = {
    {.is_meant = is_replay, .ops = &kt_source_replay},
    {.is_meant = is_live, .ops = &kt_source_live},
};

enum kt_code kt_source_open_ops(struct kt_source *source, const struct kt_source_ops *ops,
                                const struct kt_source_context *context, struct kt_err *err)
{
    source->ops = ops;
    source->self = NULL;
    return ops->open(&source->self, context, err);
}

enum kt_code kt_source_open(struct kt_source *source, const struct kt_source_context *context,
                            struct kt_err *err)
{
    size_t chosen = 0;
    while (!sources[chosen].is_meant(context->options)) {
        chosen++;
    }
    return kt_source_open_ops(source, sources[chosen].ops, context, err);
}

bool kt_source_poll(struct kt_source *source, const struct kt_sink *sink, int wait_ms)
{
    return source->ops->poll(source->self, sink, wait_ms);
}

void kt_source_refresh(struct kt_source *source)
{
    source->ops->refresh(source->self);
}

/*
 * One thread ends a source while another may still wake it: a recording comes to its end by itself, and a
 * stop is asked for at any time. Held for a call that does not wait.
 */
static pthread_mutex_t waking = PTHREAD_MUTEX_INITIALIZER;

void kt_source_wake(struct kt_source *source)
{
    pthread_mutex_lock(&waking);
    if (source->self) {
        source->ops->wake(source->self);
    }
    pthread_mutex_unlock(&waking);
}

void kt_source_close(struct kt_source *source)
{
    pthread_mutex_lock(&waking);
    void *self = source->self;
    source->self = NULL;
    pthread_mutex_unlock(&waking);
    if (self) {
        source->ops->close(self);
    }
}
