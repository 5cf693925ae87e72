/*
 * doctor_write: a report as lines for people, or as JSON (schema kafkatop.doctor/1, docs/DOCTOR.md).
 *
 * Thread: one. Failure of the stream is found by ferror.
 */
#ifndef KT_DOCTOR_WRITE_H
#define KT_DOCTOR_WRITE_H

#include <stdio.h>

#include "doctor_report.h"

void kt_doctor_head(FILE *out, const struct kt_report *report);
void kt_doctor_line(FILE *out, const struct kt_finding *finding, bool colour);
void kt_doctor_foot(FILE *out, const struct kt_report *report);

void kt_doctor_json(FILE *out, const struct kt_report *reports, size_t count, bool pretty);

#endif
