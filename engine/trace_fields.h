/*
 * trace_fields: the fields of each kind of observation in a recording, in order, told once for both directions.
 *
 * A kind is a word and a function that visits its fields; the same visit writes them to a line or reads them from
 * one, so that writer and reader cannot drift apart. A new observation is a function and a row; how one field is
 * written and read is trace_io's.
 *
 * Thread: one at a time.
 */
#ifndef KT_TRACE_FIELDS_H
#define KT_TRACE_FIELDS_H

#include "observation.h"
#include "trace_io.h"

struct kt_trace_kind {
    const char *word;
    void (*visit)(struct kt_trace_io *io, struct kt_obs *obs);
};

extern const struct kt_trace_kind kt_trace_kinds[KT_OBS_KIND_COUNT];

#endif
