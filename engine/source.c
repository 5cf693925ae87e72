#include "source.h"

enum kt_code kt_source_open_ops(struct kt_source *source, const struct kt_source_ops *ops,
                                const struct kt_source_context *context, struct kt_err *err)
{
    source->ops = ops;
    source->self = NULL;
    return ops->open(&source->self, context, err);
}

enum kt_code kt_source_open(struct kt_source *source, const struct kt_source_context *context, struct kt_err *err)
{
    const struct kt_source_ops *ops = context->options->replay ? &kt_source_replay : &kt_source_live;
    return kt_source_open_ops(source, ops, context, err);
}

bool kt_source_poll(struct kt_source *source, const struct kt_sink *sink, int wait_ms)
{
    return source->ops->poll(source->self, sink, wait_ms);
}

void kt_source_refresh(struct kt_source *source)
{
    source->ops->refresh(source->self);
}

void kt_source_wake(struct kt_source *source)
{
    source->ops->wake(source->self);
}

void kt_source_close(struct kt_source *source)
{
    source->ops->close(source->self);
}
