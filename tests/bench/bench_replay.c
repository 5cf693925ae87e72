/* A recording written, read, and played into a model. */
#include <stdio.h>
#include <stdlib.h>

#include "assess.h"
#include "freeze.h"
#include "load.h"
#include "measure.h"
#include "trace.h"
#include "trace_maker.h"

#define ROUNDS 5

/* Plays the recording; with a model, each pass is judged and frozen, as the collector does. */
static void play(FILE *file, struct fake_cluster *cluster, struct measure *measure)
{
    struct kt_trace_reader *reader;
    struct kt_obs obs;
    struct kt_err err;
    bool more = true;
    rewind(file);
    measure_begin(measure);
    if (kt_trace_open(&reader, file, &err) != KT_OK) {
        fprintf(stderr, "bench_replay: %s\n", err.text);
        exit(1);
    }
    while (kt_trace_next(reader, &obs, &more, &err) == KT_OK && more) {
        if (!cluster) {
            continue;
        }
        kt_model_apply(cluster->model, &obs);
        if (obs.kind == KT_OBS_PASS) {
            fake_clock_pass(&cluster->clock, TRACE_ROUND_MS);
            kt_assess(cluster->model);
            kt_snapshot_unref(kt_freeze(cluster->model, 1));
        }
    }
    if (more) {
        fprintf(stderr, "bench_replay: %s\n", err.text);
        exit(1);
    }
    kt_trace_reader_free(reader);
    measure_end(measure);
}

int main(int argc, char **argv)
{
    static struct measure written, read_only, played;
    const struct load_size *size = load_size_of(argc, argv);
    FILE *file = tmpfile();
    if (!file) {
        fprintf(stderr, "bench_replay: no room for a temporary file\n");
        return 1;
    }
    measure_begin(&written);
    double count = (double)trace_make(file, size, ROUNDS);
    measure_end(&written);
    double bytes = (double)ftell(file);
    for (int i = 0; i < 3; i++) {
        struct fake_cluster cluster;
        play(file, NULL, &read_only);
        fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
        play(file, &cluster, &played);
        fake_cluster_close(&cluster);
    }
    measure_tell_rate("recording: write", "lines/s, millions", &written, count, 1e-6);
    measure_tell_rate("recording: read", "lines/s, millions", &read_only, count, 1e-6);
    measure_tell_rate("recording: read", "MB/s", &read_only, bytes, 1e-6);
    measure_tell_rate("replay: read, apply, judge, freeze", "lines/s, millions", &played, count, 1e-6);
    fclose(file);
    return 0;
}
