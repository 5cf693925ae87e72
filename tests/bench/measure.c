#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

double measure_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void measure_begin(struct measure *measure)
{
    measure->began = measure_now();
}

void measure_end(struct measure *measure)
{
    double seconds = measure_now() - measure->began;
    if (measure->count < MEASURE_RUNS_MOST) {
        measure->seconds[measure->count++] = seconds;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double measure_quantile(struct measure *measure, double share)
{
    if (measure->count == 0) {
        return 0;
    }
    qsort(measure->seconds, measure->count, sizeof measure->seconds[0], compare);
    size_t place = (size_t)(share * (double)(measure->count - 1) + 0.5);
    return measure->seconds[place];
}

static void tell(const char *name, const char *unit, double median, double best)
{
    printf("%s|%s|%.*f|%.*f\n", name, unit, median < 10 ? 2 : 0, median, best < 10 ? 2 : 0, best);
}

void measure_tell_ms(const char *name, struct measure *measure)
{
    tell(name, "ms", measure_quantile(measure, 0.5) * 1e3, measure_quantile(measure, 0) * 1e3);
}

void measure_tell_rate(const char *name, const char *unit, struct measure *measure, double count,
                       double scale)
{
    double median = measure_quantile(measure, 0.5), best = measure_quantile(measure, 0);
    tell(name, unit, count / median * scale, count / best * scale);
}

void measure_tell(const char *name, const char *unit, double value)
{
    printf("%s|%s|%.*f|-\n", name, unit, value < 10 ? 2 : 0, value);
}

double measure_rss_mib(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long size, resident;
    int got = file ? fscanf(file, "%lu %lu", &size, &resident) : 0;
    if (file) {
        fclose(file);
    }
    return got == 2 ? (double)resident * (double)sysconf(_SC_PAGESIZE) / 1048576 : -1;
}

void measure_peak_begin(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file) {
        (void)fputs("5", file); /* the peak is what there is now: proc(5) */
        fclose(file);
    }
}

double measure_peak_mib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double peak = -1;
    while (file && fgets(line, sizeof line, file)) {
        unsigned long kib;
        if (sscanf(line, "VmHWM: %lu kB", &kib) == 1) {
            peak = (double)kib / 1024;
        }
    }
    if (file) {
        fclose(file);
    }
    return peak;
}
