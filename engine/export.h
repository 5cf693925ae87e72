/*
 * export: writes snapshots for other programs and for people, in the formats of one table.
 *
 * The JSON document is the contract's `kafkatop.snapshot/1`. Writers stream: memory does not grow with the
 * snapshot. Whatever the names hold, no control byte leaves in text or CSV meant for a terminal.
 *
 * FRONT DOOR. Thread: any (reads only).
 */
#ifndef KT_EXPORT_H
#define KT_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "error.h"
#include "option.h"
#include "snapshot.h"

struct kt_export_settings {
    enum kt_detail detail;
    bool pretty;
    bool anonymize;
    bool continued; /* not the first document on this stream: no second header of CSV */
};

/* Writes one document (JSON), or rows (CSV: header first; text), for the clusters given. KT_IO when it cannot. */
KT_MUST_CHECK enum kt_code kt_export(enum kt_format format, const struct kt_snapshot *const *snaps, size_t count,
                                     const struct kt_export_settings *settings, FILE *out, struct kt_err *err);

/*
 * The same into a file: written beside it under a temporary name (mode 0600, exclusive, never through a symbolic
 * link) and renamed, so that a reader sees the old document or the new one whole. A device or pipe that is there
 * already is written to in place.
 */
KT_MUST_CHECK enum kt_code kt_export_file(enum kt_format format, const struct kt_snapshot *const *snaps,
                                          size_t count, const struct kt_export_settings *settings,
                                          const char *path, struct kt_err *err);

/* The exit status of --exit-status for these snapshots: 0, 1, 2 or 3 (contract). */
int kt_export_exit_status(const struct kt_snapshot *const *snaps, size_t count, int64_t hold_ms);

#endif
