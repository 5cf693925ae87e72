/*
 * doctor_report: what the doctor found, line by line.
 *
 * Texts are harmless to a terminal: they pass through kt_format_cut. A command is shell-quoted by kt_shell_word.
 * Thread: one.
 */
#ifndef KT_DOCTOR_REPORT_H
#define KT_DOCTOR_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum kt_found { KT_FOUND_OK, KT_FOUND_WARN, KT_FOUND_FAIL, KT_FOUND_SKIPPED, KT_FOUND_COUNT };

struct kt_finding {
    const char *step; /* static */
    enum kt_found mark;
    enum kt_code code; /* of a failure */
    bool optional;     /* one can do without */
    int64_t ms;        /* it took; -1: nothing was timed */
    char text[800];
    char advice[500]; /* "": none */
    char *command;    /* NULL: none */
};

struct kt_report {
    const char *name, *bootstrap; /* borrowed */
    struct kt_finding *items;
    size_t count;
    size_t marks[KT_FOUND_COUNT];
    enum kt_code code; /* of the first failure; KT_OK: none */
    char meaning[800]; /* what it all means, one sentence */
};

/* The finding stays where it is until the next one is added. */
struct kt_finding *kt_report_add(struct kt_report *report, const char *step, enum kt_found mark, int64_t ms,
                                 const char *fmt, ...) KT_PRINTF(5, 6);

/* A failure, with its code. */
struct kt_finding *kt_report_fail(struct kt_report *report, const char *step, enum kt_code code, int64_t ms,
                                  const char *fmt, ...) KT_PRINTF(5, 6);

/* What to do about it. */
void kt_finding_advise(struct kt_finding *finding, const char *fmt, ...) KT_PRINTF(2, 3);

void kt_report_release(struct kt_report *report);

const char *kt_found_name(enum kt_found mark); /* "ok", "warn", "fail", "skipped" */

#endif
