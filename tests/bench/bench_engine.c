/* A look at a whole cluster: judging, copying, exporting, and the memory that stands behind it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assess.h"
#include "export.h"
#include "freeze.h"
#include "load.h"
#include "measure.h"

#define RUNS            7
#define TROUBLED_ROUNDS 90 /* 3 minutes */
#define STILL_ROUNDS    30 /* a minute: longer than the speed of a log end is remembered */

static void tell_for(const char *what, const char *load, struct measure *measure)
{
    char name[80];
    snprintf(name, sizeof name, "%s, %s", what, load);
    measure_tell_ms(name, measure);
}

/* One look after `share` of the rows committed; how long judging and copying took. */
static void look(struct load *load, double share, struct measure *judged, struct measure *frozen)
{
    load_round(load, share);
    measure_begin(judged);
    kt_assess(load->cluster.model);
    measure_end(judged);
    measure_begin(frozen);
    const struct kt_snapshot *snap = kt_freeze(load->cluster.model, 1);
    measure_end(frozen);
    kt_snapshot_unref(snap);
}

static void looks(const struct load_size *size, bool lagging)
{
    static struct measure judged, frozen, few, again, listing, owners;
    const char *name = lagging ? "all lagging" : "all caught up";
    struct load load;
    judged.count = frozen.count = few.count = again.count = listing.count = owners.count = 0;
    load_open(&load, size, lagging);
    load_fill(&load);
    for (int i = 0; i < RUNS; i++) {
        look(&load, 1, &judged, &frozen);
    }
    for (int i = 0; i < RUNS; i++) {
        look(&load, 0.01, &few, &again);
    }
    for (int i = 0; i < RUNS; i++) {
        measure_begin(&listing);
        load_listing(&load);
        measure_end(&listing);
        measure_begin(&owners);
        kt_assess(load.cluster.model);
        measure_end(&owners);
    }
    tell_for("judge", name, &judged);
    tell_for("judge when 1 % committed", name, &few);
    tell_for("judge after a listing of groups", name, &owners);
    tell_for("apply a listing of groups", name, &listing);
    tell_for("freeze", name, &frozen);
    load_close(&load);
}

/* A cluster most of which stands still: few groups and their topics move, or nothing at all. */
static void stillness(const struct load_size *size, bool lagging)
{
    static struct measure few, none;
    char name[80];
    struct load load;
    few.count = none.count = 0;
    load_open(&load, size, lagging);
    load_fill(&load);
    for (int i = 0; i < STILL_ROUNDS + RUNS; i++) {
        load_still_round(&load, true);
        measure_begin(&few);
        kt_assess(load.cluster.model);
        measure_end(&few);
        few.count = i < STILL_ROUNDS ? 0 : few.count;
    }
    for (int i = 0; i < STILL_ROUNDS + RUNS; i++) {
        load_still_round(&load, false);
        measure_begin(&none);
        kt_assess(load.cluster.model);
        measure_end(&none);
        none.count = i < STILL_ROUNDS ? 0 : none.count;
    }
    snprintf(name, sizeof name, "judge when %d of %d groups and their topics move, %s", load_busy_groups(size),
             size->groups, lagging ? "all lagging" : "all caught up");
    measure_tell_ms(name, &few);
    tell_for("judge when nothing moves", lagging ? "all lagging" : "all caught up", &none);
    load_close(&load);
}

/* Partitions of which one of four members commits no more: what they have in common is looked for at each look. */
static void trouble(const struct load_size *size, bool lagging)
{
    static struct measure judged, frozen;
    struct load load;
    size_t bad = 0;
    judged.count = frozen.count = 0;
    load_open(&load, size, lagging);
    load_fill(&load);
    load.troubled = true;
    for (int i = 0; i < TROUBLED_ROUNDS; i++) {
        load_round(&load, 1);
        kt_assess(load.cluster.model);
    }
    for (int i = 0; i < RUNS; i++) {
        look(&load, 1, &judged, &frozen);
    }
    const struct kt_snapshot *snap = kt_freeze(load.cluster.model, 1);
    for (size_t i = 0; i < snap->group_count; i++) {
        bad += snap->groups[i]->worst != KT_STATUS_OK;
    }
    char name[60];
    snprintf(name, sizeof name, "%zu of %zu groups in trouble", bad, snap->group_count);
    tell_for("judge", name, &judged);
    tell_for("freeze", name, &frozen);
    kt_snapshot_unref(snap);
    load_close(&load);
}

static void export_as(const struct kt_snapshot *snap, const char *name, enum kt_format format,
                      enum kt_detail detail, int runs)
{
    static struct measure measure;
    const struct kt_export_settings settings = {.detail = detail};
    struct kt_err err;
    char label[80];
    measure.count = 0;
    FILE *sized = tmpfile(), *out = fopen("/dev/null", "w");
    if (!sized || !out || kt_export(format, &snap, 1, &settings, sized, &err) != KT_OK) {
        fprintf(stderr, "bench_engine: nowhere to export to\n");
        exit(1);
    }
    double bytes = (double)ftell(sized), before = measure_rss_mib();
    measure_peak_begin();
    for (int i = 0; i < runs; i++) {
        measure_begin(&measure);
        if (kt_export(format, &snap, 1, &settings, out, &err) != KT_OK) {
            exit(1);
        }
        measure_end(&measure);
    }
    fclose(sized);
    fclose(out);
    snprintf(label, sizeof label, "export %s (%.1f MB)", name, bytes / 1e6);
    measure_tell_rate(label, "MB/s", &measure, bytes, 1e-6);
    if (before >= 0) {
        snprintf(label, sizeof label, "memory while exporting %s", name);
        measure_tell(label, "MiB", measure_peak_mib() - before);
    }
}

/* As when watching: the model, the snapshot on the screen and the next one. */
static const struct kt_snapshot *memory(struct load *load, const struct load_size *size, bool lagging)
{
    const char *name = lagging ? "all lagging" : "all caught up";
    char label[80];
    double before = measure_rss_mib(), rows = (double)load_rows(size);
    load_open(load, size, lagging);
    load_fill(load);
    double model = measure_rss_mib();
    const struct kt_snapshot *shown = kt_freeze(load->cluster.model, 1);
    const struct kt_snapshot *next = kt_freeze(load->cluster.model, 2);
    double all = measure_rss_mib();
    size_t bytes = 0;
    for (size_t i = 0; i < shown->group_count; i++) {
        bytes += kt_group_bytes(shown->groups[i]);
    }
    if (before >= 0) {
        snprintf(label, sizeof label, "resident memory: the model, %s", name);
        measure_tell(label, "MiB", model);
        snprintf(label, sizeof label, "resident memory: the model and two snapshots, %s", name);
        measure_tell(label, "MiB", all);
        snprintf(label, sizeof label, "the model a row, %s", name);
        measure_tell(label, "bytes", (model - before) * 1048576 / rows);
    }
    snprintf(label, sizeof label, "a snapshot's groups a row, %s", name);
    measure_tell(label, "bytes", (double)bytes / rows);
    kt_snapshot_unref(next);
    return shown;
}

static void memory_and_exports(const struct load_size *size, bool lagging)
{
    struct load load;
    const struct kt_snapshot *snap = memory(&load, size, lagging);
    if (lagging) {
        export_as(snap, "JSON, groups", KT_FORMAT_JSON, KT_DETAIL_GROUPS, RUNS);
        export_as(snap, "JSON, partitions", KT_FORMAT_JSON, KT_DETAIL_PARTITIONS, RUNS);
        export_as(snap, "CSV", KT_FORMAT_CSV, KT_DETAIL_PARTITIONS, RUNS);
    }
    kt_snapshot_unref(snap);
    load_close(&load);
}

/* In a process of its own: memory that an earlier part gave back would be counted again. */
static int apart(void (*part)(const struct load_size *size, bool lagging), const struct load_size *size,
                 bool lagging)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        part(size, lagging);
        fflush(stdout);
        _exit(0);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    const struct load_size *size = load_size_of(argc, argv);
    int failed = 0;
    failed |= apart(memory_and_exports, size, true);
    failed |= apart(memory_and_exports, size, false);
    failed |= apart(looks, size, true);
    failed |= apart(looks, size, false);
    failed |= apart(stillness, size, false);
    failed |= apart(stillness, size, true);
    failed |= apart(trouble, size, false);
    return failed;
}
