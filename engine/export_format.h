/*
 * export_format: what the writers of the formats share, behind export.h.
 *
 * A writer puts snapshots on a stream and lets the stream remember failure. Thread: any.
 */
#ifndef KT_EXPORT_FORMAT_H
#define KT_EXPORT_FORMAT_H

#include "export.h"
#include "json.h"

void kt_export_json(const struct kt_snapshot *const *snaps, size_t count, const struct kt_export_settings *settings,
                    FILE *out);
void kt_export_csv(const struct kt_snapshot *const *snaps, size_t count, const struct kt_export_settings *settings,
                   FILE *out);
void kt_export_text(const struct kt_snapshot *const *snaps, size_t count, const struct kt_export_settings *settings,
                    FILE *out);

/* Members of a JSON document: the words of marks as an array; counts of groups by status. On one line. */
void kt_export_put_marks(struct kt_json *json, const char *key, uint32_t marks);
void kt_export_put_counts(struct kt_json *json, const struct kt_counts *counts);

/* A name as text that is safe to print (see kt_utf8_printable), NUL-terminated; give it back with free. */
char *kt_export_name(struct kt_text name);

/* "2023-11-14T22:13:20Z", or "-" for an instant that no calendar holds. */
void kt_export_instant(int64_t ms, char *room, size_t size);

#endif
