/*
 * trace: observations to and from a text file (--record, --replay).
 *
 * What a source said, one line an observation, so that a recording is a test, a demo and a bug report. First line:
 * format name, version, wall time of monotonic 0. Fields are separated by tabs; bytes in names that are not
 * printable ASCII, and backslash, are written \xNN. All 64-bit numbers are exact. A line that begins with # is a
 * remark. A reader believes nothing: a line that is too long, incomplete or unknown is an error with its number;
 * names and lists are bounded by the line.
 * Described in docs/TRACE.md. Thread: one at a time.
 */
#ifndef KT_TRACE_H
#define KT_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "clock.h"
#include "error.h"
#include "observation.h"

struct kt_trace_writer;

/*
 * Records into `path` (0600). A regular file that is there stays as it is until the first complete collection, or the
 * end, is recorded beside it; what then has the name grows in place, by whole collections. A link is refused, a pipe or
 * device written to as it is.
 */
KT_MUST_CHECK enum kt_code kt_trace_create(struct kt_trace_writer **writer, const char *path,
                                           const struct kt_clock *clock, bool anonymize, struct kt_err *err);
/* Writes to a stream that the caller keeps (tests). */
struct kt_trace_writer *kt_trace_writer_new(FILE *out, int64_t wall_of_mono_zero, bool anonymize);
void kt_trace_write(struct kt_trace_writer *writer, const struct kt_obs *obs);
/* KT_IO when something could not be written so far (a complete collection is flushed at once). */
enum kt_code kt_trace_check(const struct kt_trace_writer *writer, struct kt_err *err);

/* Flushes and closes; KT_IO when anything could not be written. */
enum kt_code kt_trace_close(struct kt_trace_writer *writer, struct kt_err *err);

struct kt_trace_reader;

/* `in` is read to its end and stays the caller's. */
KT_MUST_CHECK enum kt_code kt_trace_open(struct kt_trace_reader **reader, FILE *in, struct kt_err *err);
int64_t kt_trace_wall_of_mono_zero(const struct kt_trace_reader *reader);
/*
 * The next observation, valid until the next call. *more is false at the end of the file. KT_PROTOCOL with the
 * line's number when a line makes no sense; err->retry is set when it is the last one and has no end, as in a
 * recording whose writer was killed.
 */
KT_MUST_CHECK enum kt_code kt_trace_next(struct kt_trace_reader *reader, struct kt_obs *obs, bool *more,
                                         struct kt_err *err);
void kt_trace_reader_free(struct kt_trace_reader *reader);

/*
 * The same name always by the same word ("group-03f2a6b01c"), for --anonymize. `kind` is 'g'roup, 't'opic, 'c'lient,
 * 'h'ost, 'm'ember, 'k' for a cluster or 'r'ack. Kafka's own topics keep their names, and so does such a word
 * itself. Not a secret from somebody who can guess names. NUL-terminated; returns the length, cut to what `room`
 * (at least 1) holds.
 */
size_t kt_anonymous_name(char kind, const char *name, size_t length, char *out, size_t room);

/* The same for what a problem is about: "topic-..../3" for a partition, a broker's number as it is. */
size_t kt_anonymous_subject(enum kt_scope scope, struct kt_text name, char *out, size_t room);

#endif
