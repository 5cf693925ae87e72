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

/* What of the cluster a screen showed when the document was made. */
struct kt_export_screen {
    const char *panel;
    const char *filter; /* as typed, or NULL */
    bool problems_only;
    size_t rows, rows_left_out, groups_left_out;
};

struct kt_export_settings {
    enum kt_detail detail;
    bool pretty;
    bool anonymize;
    const struct kt_export_screen *screen; /* JSON: of a document with a part of the cluster; or NULL */
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

/*
 * Single texts as an anonymous document has them, for what is written beside it: a name of a kind (g group, t topic,
 * c client, h host, m member, r rack); what a problem is about, without its words; what is common to many; any other
 * name or sentence. Valid until the anonymiser is freed. A text that names nothing known stays as it is.
 */
struct kt_anonymiser;
struct kt_anonymiser *kt_anonymiser_new(const struct kt_snapshot *snap);
void kt_anonymiser_free(struct kt_anonymiser *one); /* NULL is allowed */
struct kt_text kt_anonymiser_name(struct kt_anonymiser *one, char kind, struct kt_text from);
struct kt_text kt_anonymiser_problem(struct kt_anonymiser *one, const struct kt_problem *problem);
struct kt_text kt_anonymiser_cause(struct kt_anonymiser *one, const struct kt_cause *cause);
struct kt_text kt_anonymiser_text(struct kt_anonymiser *one, struct kt_text from);

/* The exit status of --exit-status for these snapshots: 0, 1, 2 or 3 (contract). */
int kt_export_exit_status(const struct kt_snapshot *const *snaps, size_t count, int64_t hold_ms);

#endif
