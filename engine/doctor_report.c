#include "doctor_report.h"

#include <stdlib.h>

static struct kt_finding *add(struct kt_report *report, const char *step, enum kt_found mark, int64_t ms)
{
    report->items = kt_resize(report->items, report->count + 1, sizeof *report->items);
    struct kt_finding *finding = &report->items[report->count++];
    *finding = (struct kt_finding){.step = step, .mark = mark, .ms = ms};
    report->marks[mark]++;
    return finding;
}

struct kt_finding *kt_report_add(struct kt_report *report, const char *step, enum kt_found mark, int64_t ms,
                                 const char *fmt, ...)
{
    struct kt_finding *finding = add(report, step, mark, ms);
    va_list args;
    va_start(args, fmt);
    (void)kt_format_cut(finding->text, sizeof finding->text, fmt, args);
    va_end(args);
    return finding;
}

struct kt_finding *kt_report_fail(struct kt_report *report, const char *step, enum kt_code code, int64_t ms,
                                  const char *fmt, ...)
{
    struct kt_finding *finding = add(report, step, KT_FOUND_FAIL, ms);
    va_list args;
    va_start(args, fmt);
    (void)kt_format_cut(finding->text, sizeof finding->text, fmt, args);
    va_end(args);
    finding->code = code;
    if (report->code == KT_OK)
        report->code = code;
    return finding;
}

void kt_finding_advise(struct kt_finding *finding, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)kt_format_cut(finding->advice, sizeof finding->advice, fmt, args);
    va_end(args);
}

void kt_report_release(struct kt_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        free(report->items[i].command);
    free(report->items);
    *report = (struct kt_report){.count = 0};
}

const char *kt_found_name(enum kt_found mark)
{
    static const char *const names[KT_FOUND_COUNT] = {"ok", "warn", "fail", "skipped"};
    return names[mark];
}
