/*
 * number: counts, rates, durations and ages as short text; "-" for unknown. Thread: any (pure).
 *
 * Short forms have at most 5 characters ("12.1M", "999", "-3.4k", "1h05", "12d"), a duration of over 27 years 6;
 * exact form is digits. A count or rate that is not zero never reads as zero ("<0.01"), a share that is not whole never
 * as whole ("99%"); a duration under a second is "0s". Each writes a NUL-terminated text, cut to `room`, and
 * returns its length.
 */
#ifndef UI_NUMBER_H
#define UI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t ui_number_count(bool known, int64_t value, bool exact, char *out, size_t room);
size_t ui_number_change(bool known, double per_minute, char *out, size_t room); /* "+312k", "0", "-24k" */
size_t ui_number_rate(bool known, double per_second, char *out, size_t room);   /* "5.20k", "68", "4.2", "0.03" */
size_t ui_number_duration(bool known, int64_t ms, char *out, size_t room);      /* "0s", "1m08", "38m", "2h05", "3d" */
size_t ui_number_clock(bool known, int64_t wall_ms, char *out, size_t room);    /* "03:12:07" UTC */
size_t ui_number_percent(bool known, double share, char *out, size_t room);     /* "63%" of 0.63 */
size_t ui_number_round_trip(bool known, int64_t us, char *out, size_t room); /* "0.4ms" "31ms" "12s" */

/* For growth or its contrary, one cell: an arrow where the terminal has them, else "^" or "v"; "" for neither. */
const char *ui_number_arrow(bool up, bool down, bool ascii);

/* What stands before a time lag: ">" at least so long, "=" by the next record's timestamp, "" from what was seen. */
const char *ui_number_time_mark(const char *tier, bool at_least);

#endif
