#include "decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POWERS 10

static const double powers[POWERS] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

size_t kt_decimal_u64(char *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    memcpy(out, digits + at, sizeof digits - at);
    return sizeof digits - at;
}

size_t kt_decimal_i64(char *out, int64_t value)
{
    if (value >= 0) {
        return kt_decimal_u64(out, (uint64_t)value);
    }
    *out = '-';
    return 1 + kt_decimal_u64(out + 1, UINT64_C(0) - (uint64_t)value);
}

/* A locale may write another decimal point, of several bytes even. */
static size_t plain(char *out, const char *text)
{
    size_t used = 0;
    for (size_t i = 0; text[i] && used < KT_DECIMAL_ROOM; i++) {
        if (strchr("0123456789+-eE", text[i])) {
            out[used++] = text[i];
        } else if (used > 0 && out[used - 1] != '.') {
            out[used++] = '.';
        }
    }
    return used;
}

/*
 * value (not negative, and less than 1e10 times) x 10^places, rounded. False where the product lies so near the middle
 * between two numbers that its own error might decide: printf then must, which costs twenty times as much.
 */
static bool scale(double value, unsigned places, uint64_t *scaled)
{
    double product = value * powers[places], whole = floor(product);
    *scaled = (uint64_t)whole + (product - whole > 0.5);
    return fabs(product - whole - 0.5) > 1e-4;
}

/* scaled / 10^places, of which at least `least` places are shown. */
static size_t put_scaled(char *out, bool negative, uint64_t scaled, unsigned places, unsigned least)
{
    char digits[24];
    size_t used = 0;
    for (; places > least && scaled % 10 == 0; places--) {
        scaled /= 10;
    }
    size_t length = kt_decimal_u64(digits, scaled);
    if (negative) {
        out[used++] = '-';
    }
    size_t whole = length > places ? length - places : 0;
    if (whole == 0) {
        out[used++] = '0';
    }
    memcpy(out + used, digits, whole);
    used += whole;
    if (places > 0) {
        out[used++] = '.';
    }
    for (size_t i = length - whole; i < places; i++) {
        out[used++] = '0';
    }
    memcpy(out + used, digits + whole, length - whole);
    return used + length - whole;
}

/* How many places leave six digits of a number from 0.0001 on, below 100,000. */
static unsigned places_of(double value)
{
    unsigned places = 1;
    while (places + 1 < POWERS && value * powers[places] < 1e5) {
        places++;
    }
    return places;
}

size_t kt_decimal_rate(char *out, double value)
{
    char text[64];
    double size = fabs(value);
    uint64_t scaled;
    if (!isfinite(value)) {
        return 0;
    }
    if (size == 0) {
        return kt_decimal_u64(out, 0);
    }
    if (size >= 1e5 && size < 1e9 && scale(size, 1, &scaled)) {
        return put_scaled(out, value < 0, scaled, 1, 1);
    }
    if (size >= 1e-4 && size < 1e5) {
        unsigned places = places_of(size);
        if (scale(size, places, &scaled)) {
            return put_scaled(out, value < 0, scaled, places, 0);
        }
    }
    snprintf(text, sizeof text, size >= 1e15 ? "%.6e" : size >= 1e5 ? "%.1f" : "%.6g", value);
    return plain(out, text);
}

size_t kt_decimal_share(char *out, double value)
{
    char text[64];
    if (!isfinite(value)) {
        return 0;
    }
    float wanted = (float)value;
    /* Of so few digits the quotient can be no middle between two of single precision: it rounds as the text would. */
    for (unsigned places = 0; value >= 0.001 && value <= 1 && places <= 4; places++) {
        uint64_t scaled;
        if (scale(value, places, &scaled) && (float)((double)scaled / powers[places]) == wanted) {
            return put_scaled(out, false, scaled, places, 0);
        }
    }
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value == 0 ? 0.0 : value);
        if (strtof(text, NULL) == wanted) {
            break;
        }
    }
    return plain(out, text);
}
