/*
 * measure: how long a piece of work takes, and a line for each figure.
 *
 * Time is the processor time of this process, so that other work on the machine disturbs little; all that is
 * measured here runs on one thread and waits for nothing. A piece is run several times: the line tells the
 * median and the best. Nothing is judged: a budget is compared by who reads. Thread: one.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#define MEASURE_RUNS_MOST 2000

/* Processor seconds of this process so far. */
double measure_now(void);

/* Runs of one piece of work, in seconds. */
struct measure {
    double seconds[MEASURE_RUNS_MOST];
    size_t count;
    double began;
};

void measure_begin(struct measure *measure);
void measure_end(struct measure *measure); /* notes one run; beyond MEASURE_RUNS_MOST it is not kept */

/* The value that `share` (0 .. 1) of the runs do not exceed. Sorts the runs. */
double measure_quantile(struct measure *measure, double share);

/* A line "name|unit|median|best" of runs: as milliseconds; as a rate (count each run, in `unit`, scaled by
 * `scale`). */
void measure_tell_ms(const char *name, struct measure *measure);
void measure_tell_rate(const char *name, const char *unit, struct measure *measure, double count,
                       double scale);

/* A line of one number that is no time: "name|unit|value|-". */
void measure_tell(const char *name, const char *unit, double value);

/* Memory of this process now in MiB, or -1 where the system does not tell. */
double measure_rss_mib(void);

/* Its peak since the last call of the first one, in MiB, or -1. */
void measure_peak_begin(void);
double measure_peak_mib(void);

#endif
