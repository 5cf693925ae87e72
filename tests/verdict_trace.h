/*
 * verdict_trace: plays a trace of events into a struct kt_burrow and prints what each check finds.
 */
#ifndef VERDICT_TRACE_H
#define VERDICT_TRACE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "burrow.h"
#include "error.h"

/*
 * Plays the events of `row`. `all` prints the windows and lists too. False with err when an event makes no
 * sense; what was printed before it stands.
 */
bool verdict_trace_run(const cJSON *row, const struct kt_burrow_settings *settings, bool all,
                       struct kt_err *err);

#endif
