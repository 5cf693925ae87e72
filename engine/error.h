/*
 * error: how anything that can fail says so, and how the program dies when it must.
 *
 * A fallible call returns an enum kt_code and fills the caller's struct kt_err with one sentence that says
 * what failed first and quotes its subject, without a capital or a full stop ("cannot resolve 'kafka-1:9092':
 * no such host"). Secrets never enter a sentence. One table maps a code to the exit status of the manual.
 *
 * Out of memory and broken invariants are not errors to handle: they end in kt_fatal, whose hook restores the
 * terminal. Nothing else in engine/ ends the process.
 *
 * FRONT DOOR. Thread: any, except where said.
 */
#ifndef KT_ERROR_H
#define KT_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

enum kt_code {
    KT_OK = 0,
    KT_USAGE,    /* the command line cannot be obeyed */
    KT_CONFIG,   /* a setting or a file of settings is wrong */
    KT_NETWORK,  /* a broker cannot be reached or does not answer in time */
    KT_AUTH,     /* authentication or authorisation was refused */
    KT_PROTOCOL, /* foreign bytes make no sense */
    KT_LIMIT,    /* a bound of ours was reached */
    KT_IO,       /* a local file or stream failed */
    KT_INTERNAL, /* a fault of kafkatop itself */
    KT_CODE_COUNT
};

struct kt_err {
    enum kt_code code;
    bool retry; /* the same call may succeed later without anybody changing anything */
    int sys;    /* errno where one decided, else 0 */
    char text[480];
};

#define KT_MUST_CHECK __attribute__((warn_unused_result))
#define KT_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/*
 * Fills `err` (may be NULL) with code and the formatted sentence as kt_format_cut does it; returns `code`.
 * Clears retry and sys: set them afterwards. err->text may be one of the arguments.
 */
enum kt_code kt_fail(struct kt_err *err, enum kt_code code, const char *fmt, ...) KT_PRINTF(3, 4);

/* The exit status of the contract for a code: 0, 64, 78, 69, 77, 70, 74. */
int kt_code_exit_status(enum kt_code code);

/* A short word for a code, as the manual's table of exit statuses names it. */
const char *kt_code_name(enum kt_code code);

/* Ends the process with status 70 after the hook ran and "kafkatop: <text>" went to standard error. */
_Noreturn void kt_fatal(const char *fmt, ...) KT_PRINTF(1, 2);

/* The hook that kt_fatal runs first, to give the terminal back. NULL for none. Thread: main, before others. */
void kt_fatal_set_hook(void (*hook)(void));

/*
 * Memory that cannot fail: kt_fatal when the system has none. `count` x `size` is checked for overflow.
 * What they return goes back with free(). Sizes that come from foreign bytes are bounded by the caller first.
 */
void *kt_alloc(size_t count, size_t size); /* zeroed */
void *kt_resize(void *old, size_t count, size_t size);
char *kt_strdup(const char *text); /* NULL gives NULL */
char *kt_strndup(const char *text, size_t length); /* exactly `length` bytes, NUL bytes among them too */
char *kt_format(const char *fmt, ...) KT_PRINTF(1, 2);

/*
 * Adds what is formatted, byte for byte, to a text of `length` bytes in `room` bytes, cut where they end. Returns the
 * new length; a text without room for more stays as it is.
 */
size_t kt_append(char *text, size_t room, size_t length, const char *fmt, va_list args) KT_PRINTF(4, 0);

/*
 * Formats into `room` of `size` bytes, cut to fit without splitting a UTF-8 character. Control characters, marks
 * of direction and bytes that are no UTF-8 become '?', so the line is safe to print. Returns its length.
 */
size_t kt_format_cut(char *room, size_t size, const char *fmt, va_list args) KT_PRINTF(3, 0);

#endif
