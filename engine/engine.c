#include "engine.h"

#include <stdlib.h>

#include "client.h"
#include "collector.h"
#include "log.h"
#include "model.h"
#include "freeze.h"
#include "publish.h"
#include "source.h"

#define STOP_WAIT_MS 1000

struct kt_engine {
    struct kt_log *log;
    const struct kt_clock *clock;
    struct kt_publish publish;
    struct kt_collector *collector;
};

/* What the screen shows before anything was heard: who we are and whom we call. */
static const struct kt_snapshot *first_snapshot(const struct kt_options *options, const struct kt_clock *clock,
                                                struct kt_log *log)
{
    struct kt_model *model = kt_model_new(options, clock, log);
    const struct kt_snapshot *snap = kt_freeze(model, 0);
    kt_model_free(model);
    return snap;
}

static enum kt_code start(struct kt_engine *engine, struct kt_source source, const struct kt_options *options,
                          struct kt_err *err)
{
    enum kt_code code =
        kt_publish_init(&engine->publish, first_snapshot(options, engine->clock, engine->log), err);
    if (code != KT_OK) {
        kt_source_close(&source);
        return code;
    }
    code = kt_collector_start(&engine->collector, source, options, engine->clock, engine->log, &engine->publish, err);
    if (code != KT_OK) {
        kt_publish_release(&engine->publish);
    }
    return code;
}

enum kt_code kt_engine_check(const struct kt_options *options, struct kt_err *err)
{
    return options->replay || options->demo ? KT_OK : kt_client_check(options, err);
}

enum kt_code kt_engine_open(struct kt_engine **out, const struct kt_options *options, struct kt_err *err)
{
    struct kt_engine *engine = kt_alloc(1, sizeof *engine);
    engine->clock = &kt_clock_system;
    engine->log = kt_log_new(engine->clock);
    struct kt_source_context context = {.options = options, .clock = engine->clock, .log = engine->log};
    struct kt_source source = {0};
    enum kt_code code = kt_source_open(&source, &context, err);
    if (code == KT_OK) {
        const struct kt_clock *own = source.ops->clock ? source.ops->clock(source.self) : NULL;
        engine->clock = own ? own : engine->clock;
        code = start(engine, source, options, err);
    }
    if (code != KT_OK) {
        kt_log_free(engine->log);
        free(engine);
        return code;
    }
    *out = engine;
    return KT_OK;
}

int kt_engine_wake_fd(const struct kt_engine *engine)
{
    return engine->publish.pipe[0];
}

const struct kt_snapshot *kt_engine_latest(struct kt_engine *engine)
{
    return kt_publish_get(&engine->publish);
}

void kt_engine_refresh(struct kt_engine *engine)
{
    kt_collector_refresh(engine->collector);
}

void kt_engine_set_delay(struct kt_engine *engine, int64_t delay_ms)
{
    kt_collector_set_delay(engine->collector, delay_ms);
}

void kt_engine_exact(struct kt_engine *engine, struct kt_text group, struct kt_text topic, int64_t partition)
{
    kt_collector_exact(engine->collector, group, topic, partition);
}

const struct kt_clock *kt_engine_clock(const struct kt_engine *engine)
{
    return engine->clock;
}

bool kt_engine_ended(const struct kt_engine *engine)
{
    return kt_collector_ended(engine->collector);
}

enum kt_code kt_engine_failure(struct kt_engine *engine, struct kt_err *err)
{
    return kt_collector_failure(engine->collector, err);
}

void kt_engine_note(struct kt_engine *engine, const char *text)
{
    kt_log_add(engine->log, "%s", text);
}

void kt_engine_close(struct kt_engine *engine)
{
    if (!engine) {
        return;
    }
    if (!kt_collector_stop(engine->collector, STOP_WAIT_MS)) {
        return; /* the thread hangs in a library call and still uses all of this: the process is about to end */
    }
    kt_publish_release(&engine->publish);
    kt_log_free(engine->log);
    free(engine);
}
