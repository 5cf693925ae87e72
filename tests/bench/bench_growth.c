/*
 * How cost grows with the rows: recordings of 10,000 to 1,000,000 group x partitions, each made by one process and
 * played by another, which applies, judges and freezes as the collector does, and tells what it took. Over all sizes
 * a line is fitted to the logarithms: its slope is the power of the rows by which a cost grows, 1 if it is linear.
 *
 *   bench_growth [SIZE]        the argument is the other benchmarks', and not looked at
 *   bench_growth trace SIZE    writes the recording of that size to standard output, for kafkatop --replay
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "assess.h"
#include "freeze.h"
#include "load.h"
#include "measure.h"
#include "trace.h"
#include "trace_maker.h"

#define ROUNDS 12 /* more than a window holds */

enum cost { WALL, CPU, APPLY, JUDGE, FREEZE, PEAK, COSTS };

static const struct {
    const char *name, *unit;
} costs[COSTS] = {
    [WALL] = {"wall", "s"},
    [CPU] = {"processor", "s"},
    [APPLY] = {"of it, reading and applying", "s"},
    [JUDGE] = {"of it, judging", "s"},
    [FREEZE] = {"of it, freezing", "s"},
    [PEAK] = {"most memory", "MiB"},
};

static const char *const names[] = {"S", "M", "L", "X"};

#define SIZES (sizeof names / sizeof names[0])

static const struct load_size *size_of(const char *name)
{
    char program[] = "bench_growth", wanted[8];
    snprintf(wanted, sizeof wanted, "%s", name);
    return load_size_of(2, (char *[]){program, wanted});
}

static _Noreturn void fail(const char *why)
{
    fprintf(stderr, "bench_growth: %s\n", why);
    _exit(1);
}

static double wall_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The end of a pipe from which a process of its own can be read. */
static FILE *begin_recording(const struct load_size *size)
{
    int ends[2];
    if (pipe(ends) != 0) {
        fail("no pipe");
    }
    pid_t child = fork();
    if (child < 0) {
        fail("no process");
    }
    if (child == 0) {
        close(ends[0]);
        FILE *out = fdopen(ends[1], "w");
        trace_make(out, size, ROUNDS);
        fclose(out);
        _exit(0);
    }
    close(ends[1]);
    return fdopen(ends[0], "r");
}

/* As the collector does after a complete round: the old snapshot goes when the new one is there. */
static void end_round(struct fake_cluster *cluster, const struct kt_snapshot **shown, double took[COSTS])
{
    fake_clock_pass(&cluster->clock, TRACE_ROUND_MS);
    double begun = measure_now();
    kt_assess(cluster->model);
    double judged = measure_now();
    const struct kt_snapshot *fresh = kt_freeze(cluster->model, 1);
    kt_snapshot_unref(*shown);
    *shown = fresh;
    took[JUDGE] += judged - begun;
    took[FREEZE] += measure_now() - judged;
}

static void play(const struct load_size *size, double took[COSTS])
{
    FILE *file = begin_recording(size);
    struct fake_cluster cluster;
    struct kt_trace_reader *reader;
    const struct kt_snapshot *shown = NULL;
    struct rusage used;
    struct kt_obs obs;
    struct kt_err err;
    bool more = true;
    double begun = wall_now();
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    if (!file || kt_trace_open(&reader, file, &err) != KT_OK) {
        fail("no recording");
    }
    while (kt_trace_next(reader, &obs, &more, &err) == KT_OK && more) {
        kt_model_apply(cluster.model, &obs);
        if (obs.kind == KT_OBS_PASS) {
            end_round(&cluster, &shown, took);
        }
    }
    if (more) {
        fail(err.text);
    }
    getrusage(RUSAGE_SELF, &used);
    took[WALL] = wall_now() - begun;
    took[CPU] = measure_now();
    took[APPLY] = took[CPU] - took[JUDGE] - took[FREEZE];
    took[PEAK] = (double)used.ru_maxrss / 1024;
}

/* In a process of its own, whose memory is nobody else's. */
static void play_apart(const struct load_size *size, double took[COSTS])
{
    int ends[2], status;
    double told[COSTS] = {0};
    fflush(NULL);
    if (pipe(ends) != 0) {
        fail("no pipe");
    }
    pid_t child = fork();
    if (child < 0) {
        fail("no process");
    }
    if (child == 0) {
        play(size, told);
        _exit(write(ends[1], told, sizeof told) != (ssize_t)sizeof told);
    }
    close(ends[1]);
    if (read(ends[0], took, sizeof told) != (ssize_t)sizeof told || waitpid(child, &status, 0) != child || status) {
        fail("a recording was not played to its end");
    }
    close(ends[0]);
}

/* The slope of the line of least squares through (log rows, log cost). */
static double power_of(double took[SIZES][COSTS], enum cost cost)
{
    double x = 0, y = 0, xx = 0, xy = 0, n = SIZES;
    for (size_t i = 0; i < SIZES; i++) {
        double rows = log((double)load_rows(size_of(names[i]))), value = log(took[i][cost]);
        x += rows;
        y += value;
        xx += rows * rows;
        xy += rows * value;
    }
    return (n * xy - x * y) / (n * xx - x * x);
}

int main(int argc, char **argv)
{
    double took[SIZES][COSTS];
    if (argc == 3 && strcmp(argv[1], "trace") == 0) {
        trace_make(stdout, size_of(argv[2]), ROUNDS);
        return 0;
    }
    for (size_t i = 0; i < SIZES; i++) {
        const struct load_size *size = size_of(names[i]);
        play_apart(size, took[i]);
        for (int cost = 0; cost < COSTS; cost++) {
            char line[96];
            snprintf(line, sizeof line, "growth: %lld rows, %s", (long long)load_rows(size), costs[cost].name);
            measure_tell(line, costs[cost].unit, took[i][cost]);
        }
    }
    for (int cost = 0; cost < COSTS; cost++) {
        char line[96];
        snprintf(line, sizeof line, "growth: %s", costs[cost].name);
        measure_tell(line, "power of the rows", power_of(took, (enum cost)cost));
    }
    return 0;
}
