/*
 * doctor: the way to each cluster, step by step: where it is broken, what to do about it, which right is missing.
 *
 * Each step says one line, or one for each thing it looked at, and needs what the steps before it reached: what cannot
 * be tried is skipped and says why. Everything has an end within the cluster's --timeout. Only questions are asked, by
 * the client library and, before anybody logs in, by two requests of our own (doctor_wire.h).
 *
 * FRONT DOOR. Thread: main, with no engine running.
 */
#ifndef KT_DOCTOR_H
#define KT_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "option.h"

/*
 * Looks at all clusters, one after another, and writes what it finds: lines as they are found, in `colour` or not, or
 * one JSON document when --json is set. Returns the exit status of the first cluster that has a failure, else 0.
 * Failure of the stream is found by ferror.
 */
int kt_doctor_run(const struct kt_clusters *clusters, FILE *out, bool colour);

#endif
