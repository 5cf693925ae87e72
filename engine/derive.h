/*
 * derive: the numbers beside a verdict: rates, time lag, time to drain. Pure functions over the model.
 *
 * None is extrapolated: what was not seen is unknown, and a time lag older than our history is a lower bound.
 *
 * Thread: the collector's.
 */
#ifndef KT_DERIVE_H
#define KT_DERIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

struct kt_numbers {
    bool time_lag_known, time_lag_at_least;
    int64_t time_lag_ms;
    bool consume_known, produce_known;
    double consume_rate, produce_rate; /* messages a second */
    bool drains_known, drains, eta_known;
    int64_t eta_ms;
};

/* The numbers of one judged group x partition, from its look. */
void kt_derive(const struct kt_model *model, const struct kt_model_group_topic *topic, const struct kt_model_lag *lag,
               const struct kt_look *look, struct kt_numbers *numbers);

#endif
