/*
 * log: the last messages of the program and of the libraries under it, in a ring of fixed size.
 *
 * Nothing is written to standard error while the screen is up: a library's line would tear it. Any thread may
 * write; repeated lines are counted, not stored again. Each snapshot copies what it shows.
 *
 * Thread: any (one mutex inside).
 */
#ifndef KT_LOG_H
#define KT_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "error.h"

#define KT_LOG_LINES 200
#define KT_LOG_TEXT 240

struct kt_log_line {
    int64_t at_wall;   /* first time */
    int64_t last_wall; /* last time */
    unsigned times;
    char text[KT_LOG_TEXT];
};

struct kt_log;

/* `clock` is borrowed for the log's life. */
struct kt_log *kt_log_new(const struct kt_clock *clock);
void kt_log_free(struct kt_log *log);

/*
 * Adds a line (cut to fit, control bytes replaced by '?'). A line equal to one of the last 8, but for how long it took
 * ("(after 12ms in state UP)"), is counted there.
 * `log` NULL: nowhere.
 */
void kt_log_add(struct kt_log *log, const char *fmt, ...) KT_PRINTF(2, 3);

/* Copies the newest `room` lines at most, oldest of them first; returns how many. */
size_t kt_log_copy(struct kt_log *log, struct kt_log_line *lines, size_t room);

#endif
