/*
 * trace_maker: a recording of a cluster of a given size, as a source would have told it: topics, the groups with their
 * members, then rounds of 2 s in which every row commits and every log end is told. Thread: one.
 */
#ifndef BENCH_TRACE_MAKER_H
#define BENCH_TRACE_MAKER_H

#include <stdint.h>
#include <stdio.h>

#include "load.h"

#define TRACE_ROUND_MS 2000

/* Writes the recording, commits at half the speed of the log ends. Returns the number of its observations; ends the
 * program when it cannot be written. */
int64_t trace_make(FILE *file, const struct load_size *size, int rounds);

#endif
