/*
 * decimal: numbers as short texts that all programs read, whatever the locale.
 *
 * Each writes at most KT_DECIMAL_ROOM bytes without a NUL and returns how many.
 *
 * Thread: any (pure).
 */
#ifndef KT_DECIMAL_H
#define KT_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#define KT_DECIMAL_ROOM 40

size_t kt_decimal_i64(char *out, int64_t value);
size_t kt_decimal_u64(char *out, uint64_t value);

/* Six digits that mean something. 0 when it is not finite. */
size_t kt_decimal_rate(char *out, double value);

/* As few digits as tell this value from its neighbours in single precision: 0.8, 0.6666667. 0: not finite. */
size_t kt_decimal_share(char *out, double value);

#endif
