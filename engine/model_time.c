/* The model and time: its instants, and how long what was told holds. */
#include "model.h"

#include "wrap.h"

#define STALE_LEAST_MS 3000
#define STALE_DELAYS 3

/* Over less than two and a half commit gaps no slope can be told from the zigzag of the commits. */
#define SPAN_LEAST_MS 60000
#define SPAN_RHYTHMS 2.5
#define SPAN_MOST_MS 300000

/* ---- instants ---- */

void kt_model_set_now(struct kt_model *model)
{
    model->now = kt_mono(model->clock);
    int64_t wall = kt_wall(model->clock), apart = wall - model->now;
    /* Both are cut to whole milliseconds, each at its own moment: that is no step of the wall clock. */
    if (apart < model->apart - 1 || apart > model->apart + 1) {
        model->apart = apart;
    }
    model->wall = model->now + model->apart;
}

int64_t kt_model_wall(const struct kt_model *model, int64_t instant)
{
    return model->wall - model->now + instant;
}

static int64_t instant_of(const struct kt_model *model, int64_t broker_ms, int64_t skew_ms)
{
    /* A hostile commit time must not overflow: nothing before 1970 or after the year 33658 is a time. */
    const int64_t most = INT64_C(1000000000000000);
    int64_t bounded = broker_ms < 0 ? 0 : broker_ms > most ? most : broker_ms;
    int64_t instant = bounded - skew_ms - model->wall + model->now;
    return instant < model->now ? instant : model->now;
}

int64_t kt_model_instant(const struct kt_model *model, int64_t wall_ms)
{
    return instant_of(model, wall_ms, 0);
}

int64_t kt_model_commit_instant(const struct kt_model *model, const struct kt_model_group *group, int64_t commit_ms)
{
    int32_t place = group->offsets_partition;
    bool placed = place >= 0 && place < model->offsets_partition_count;
    return instant_of(model, commit_ms, placed ? model->offsets_fresh[place].skew_ms : 0);
}

int64_t kt_model_skew(const struct kt_model *model, int32_t broker)
{
    for (size_t i = 0; i < model->broker_count; i++) {
        if (model->brokers[i].id == broker) {
            return model->brokers[i].skew_ms;
        }
    }
    return 0;
}

/* ---- how long it holds ---- */

int64_t kt_model_patience(const struct kt_model *model)
{
    return kt_larger(model->settings.delay_ms * STALE_DELAYS, STALE_LEAST_MS);
}

int64_t kt_model_slope_span(const struct kt_model *model, int64_t rhythm_ms)
{
    int64_t span = kt_larger(SPAN_LEAST_MS, kt_model_patience(model));
    span = kt_larger(span, kt_rounded(SPAN_RHYTHMS * (double)rhythm_ms));
    return span < SPAN_MOST_MS ? span : SPAN_MOST_MS;
}

bool kt_model_outdated(const struct kt_model *model, int64_t at)
{
    return kt_span(at, model->now) > kt_larger(kt_model_patience(model), KT_HISTORY_RATE_MS);
}

bool kt_model_produce_rate(const struct kt_model *model, const struct kt_model_partition *partition, double *rate)
{
    return kt_history_rate(&partition->end, rate) && !kt_model_outdated(model, partition->end.newest.at);
}
