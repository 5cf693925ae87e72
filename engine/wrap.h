/*
 * wrap: 64-bit arithmetic for foreign numbers, defined for every input.
 *
 * Offsets and times come from the network and may be anything. Burrow's rules are stated in the arithmetic of
 * its language, where a signed overflow wraps around; in C it would be undefined. These do the sum unsigned.
 *
 * Thread: any.
 */
#ifndef KT_WRAP_H
#define KT_WRAP_H

#include <stdint.h>

static inline int64_t kt_wrap_sub(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline int64_t kt_wrap_mul(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

/* The sum of what is not negative, at most the largest number: sums of lags may be of hostile offsets. */
static inline int64_t kt_add_bounded(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* Whole seconds at or before an instant in milliseconds, also before 1970. */
static inline int64_t kt_floor_seconds(int64_t ms)
{
    return ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
}

/* The same instant cut to whole seconds, in milliseconds. */
static inline int64_t kt_floor_second_ms(int64_t ms)
{
    return kt_wrap_mul(kt_floor_seconds(ms), 1000);
}

/* How far `ahead` is beyond `behind`, exact over the whole range; 0 when it does not. */
static inline uint64_t kt_distance_or_zero(int64_t ahead, int64_t behind)
{
    return ahead > behind ? (uint64_t)ahead - (uint64_t)behind : 0;
}

/* How far `to` lies after `from`: 0 when it does not; the largest number where that has none. */
static inline int64_t kt_span(int64_t from, int64_t to)
{
    uint64_t distance = kt_distance_or_zero(to, from);
    return distance > INT64_MAX ? INT64_MAX : (int64_t)distance;
}

/* To the nearest whole number, at most the largest: what is derived of hostile offsets may have none. */
static inline int64_t kt_rounded(double number)
{
    const double most = 9223372036854774784.0; /* the largest one below 2^63 */
    double bounded = number > most ? most : number < -most ? -most : number;
    return (int64_t)(bounded + (bounded < 0 ? -0.5 : 0.5));
}

static inline int64_t kt_larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

#endif
