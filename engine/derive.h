/*
 * derive: the numbers beside a verdict: rates, time lag, time to drain. Pure functions over the model.
 *
 * None is extrapolated: what was not seen is unknown, and a time lag older than our history is a lower bound. Where the
 * next record was looked at, its timestamp tells the time lag; such a timestamp enters nothing else.
 *
 * Thread: the collector's.
 */
#ifndef KT_DERIVE_H
#define KT_DERIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

#define KT_CLOCK_AHEAD_MS 60000

struct kt_numbers {
    bool time_lag_known, time_lag_at_least;
    bool time_lag_exact; /* told by the next record's timestamp, or: nothing is left to read */
    bool clock_ahead;    /* that timestamp lies ahead of our clock by more than KT_CLOCK_AHEAD_MS */
    enum kt_stamp stamp; /* whose clock that timestamp is of */
    int64_t time_lag_ms;
    bool consume_known, produce_known;
    double consume_rate, produce_rate; /* messages a second */
    bool change_known;
    double change_per_min; /* of the lag, messages; by what was seen of both ends, or else by the speeds */
    enum kt_direction direction;
    bool drains_known, drains, eta_known;
    int64_t eta_ms;
};

/*
 * Notes when the record was written that is read next, while the history of the log ends still reaches so far: who
 * stands still for longer is late since then all the same. For who lags; once an offset.
 */
void kt_derive_written(const struct kt_model_partition *partition, const struct kt_look *look, struct kt_track *track);

/* The numbers of one judged group x partition, from its look. */
void kt_derive(const struct kt_model *model, const struct kt_model_group_topic *topic, const struct kt_model_lag *lag,
               const struct kt_look *look, struct kt_numbers *numbers);

#endif
