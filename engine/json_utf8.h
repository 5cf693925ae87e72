/*
 * json_utf8: reading UTF-8 as strictly as it is defined, and which characters are safe to show.
 *
 * Thread: any (pure).
 */
#ifndef KT_JSON_UTF8_H
#define KT_JSON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KT_UTF8_BAD UINT32_C(0xffffffff)

/*
 * The character at the start of `bytes` (length > 0) and, as the result, how many bytes it takes. For bytes that
 * are no character *character is KT_UTF8_BAD and the result the longest run that a decoder replaces at once.
 */
size_t kt_utf8_next(const char *bytes, size_t length, uint32_t *character);

/* How many bytes at the start are printable ASCII but quotes, commas and backslashes: they stand for themselves. */
size_t kt_utf8_plain(const char *bytes, size_t length);

bool kt_utf8_valid(const char *bytes, size_t length);

/* Control characters (C0, DEL, C1), marks of direction, and what no reader can see: never to a terminal. */
bool kt_utf8_is_control(uint32_t character);

/*
 * Copies a text so that it is safe to print: control characters and bytes that are no UTF-8 become \xNN, byte by
 * byte. Returns the length in `out` (no NUL); what does not fit is left out. 4 x length always fits.
 */
size_t kt_utf8_printable(const char *bytes, size_t length, char *out, size_t room);

#endif
