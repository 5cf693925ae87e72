#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define DAY_MS INT64_C(86400000)
#define LARGEST 9.2e18 /* doubles beyond it do not fit 64 bits */

__attribute__((format(printf, 3, 4))) static size_t write_text(char *out, size_t room, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int length = vsnprintf(out, room, fmt, args);
    va_end(args);
    if (length < 0 || room == 0)
        return 0;
    return (size_t)length < room ? (size_t)length : room - 1;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
}

/*
 * `digits` significant digits with a unit of thousands, rounded to the nearest; the rounding may carry into the
 * next unit (999,950 is 1.00M).
 */
static size_t write_short(const char *sign, uint64_t size, int digits, char *out, size_t room)
{
    static const char units[] = "kMGTPE";
    if (size < 1000)
        return write_text(out, room, "%s%" PRIu64, sign, size);
    uint64_t unit = 1000;
    int step = 0;
    while (size / unit >= 1000) {
        unit *= 1000;
        step++;
    }
    for (;;) {
        int whole = size / unit >= 100 ? 3 : size / unit >= 10 ? 2 : 1;
        int fraction = digits > whole ? digits - whole : 0;
        uint64_t grain = unit;
        for (int i = 0; i < fraction; i++)
            grain /= 10;
        uint64_t rounded = size / grain + (size % grain >= grain - grain / 2);
        uint64_t scale = unit / grain;
        if (rounded >= 1000 * scale) { /* 999.9k: the next unit says it */
            size = unit * 1000;
            unit *= 1000;
            step++;
            continue;
        }
        if (fraction > 0 && rounded / scale >= (whole == 2 ? 100u : 10u)) { /* 9.996 became 10.00: 10.0 */
            fraction--;
            rounded /= 10;
            scale /= 10;
        }
        if (fraction == 0)
            return write_text(out, room, "%s%" PRIu64 "%c", sign, rounded, units[step]);
        return write_text(out, room, "%s%" PRIu64 ".%0*" PRIu64 "%c", sign, rounded / scale, fraction, rounded % scale,
                          units[step]);
    }
}

size_t ui_number_count(bool known, int64_t value, bool exact, char *out, size_t room)
{
    if (!known)
        return write_text(out, room, "-");
    if (exact)
        return write_text(out, room, "%" PRId64, value);
    return write_short(value < 0 ? "-" : "", magnitude(value), value < 0 ? 2 : 3, out, room);
}

/* Below ten a fraction tells something; `sign` is "" only where three digits fit. */
static size_t write_fraction(const char *sign, double size, char *out, size_t room)
{
    if (size < 0.005)
        return write_text(out, room, *sign ? "%s0" : "%s<0.01", sign);
    if (size < 0.095)
        return write_text(out, room, "%s%.2f", sign, size);
    if (size < 9.95)
        return write_text(out, room, "%s%.1f", sign, size);
    return write_short(sign, size < LARGEST ? (uint64_t)llround(size) : (uint64_t)LARGEST, *sign ? 2 : 3, out, room);
}

size_t ui_number_change(bool known, double per_minute, char *out, size_t room)
{
    if (!known || !isfinite(per_minute))
        return write_text(out, room, "-");
    double size = fabs(per_minute);
    const char *sign = per_minute < 0 ? "-" : "+";
    if (size < 0.05)
        return write_text(out, room, "0");
    if (size < 1)
        return write_fraction(sign, size, out, room);
    return write_short(sign, size < LARGEST ? (uint64_t)llround(size) : (uint64_t)LARGEST, 2, out, room);
}

size_t ui_number_rate(bool known, double per_second, char *out, size_t room)
{
    if (!known || !isfinite(per_second))
        return write_text(out, room, "-");
    double size = fabs(per_second);
    if (!(size > 0))
        return write_text(out, room, "0");
    return write_fraction(per_second < 0 ? "-" : "", size, out, room);
}

static size_t write_duration(const char *sign, uint64_t ms, char *out, size_t room)
{
    uint64_t seconds = ms / 1000;
    uint64_t minutes = seconds / 60;
    uint64_t hours = minutes / 60;
    if (seconds == 0)
        return write_text(out, room, "0s");
    if (seconds < 60)
        return write_text(out, room, "%s%" PRIu64 "s", sign, seconds);
    if (minutes < 10)
        return write_text(out, room, "%s%" PRIu64 "m%02" PRIu64, sign, minutes, seconds % 60);
    if (hours < 1)
        return write_text(out, room, "%s%" PRIu64 "m", sign, minutes);
    if (hours < 10)
        return write_text(out, room, "%s%" PRIu64 "h%02" PRIu64, sign, hours, minutes % 60);
    if (hours < 48)
        return write_text(out, room, "%s%" PRIu64 "h", sign, hours);
    uint64_t days = hours / 24;
    return days > 9999 ? write_text(out, room, ">9999d") : write_text(out, room, "%s%" PRIu64 "d", sign, days);
}

size_t ui_number_duration(bool known, int64_t ms, char *out, size_t room)
{
    if (!known)
        return write_text(out, room, "-");
    return write_duration(ms < 0 ? "-" : "", magnitude(ms), out, room);
}

size_t ui_number_clock(bool known, int64_t wall_ms, char *out, size_t room)
{
    if (!known)
        return write_text(out, room, "-");
    int64_t of_day = wall_ms % DAY_MS;
    int seconds = (int)((of_day < 0 ? of_day + DAY_MS : of_day) / 1000);
    return write_text(out, room, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

size_t ui_number_round_trip(bool known, int64_t us, char *out, size_t room)
{
    if (!known || us < 0)
        return write_text(out, room, "-");
    if (us < 10000)
        return write_text(out, room, "%.1fms", (double)us / 1000.0);
    if (us < 10000000)
        return write_text(out, room, "%" PRId64 "ms", us / 1000);
    return ui_number_duration(true, us / 1000, out, room);
}

size_t ui_number_percent(bool known, double share, char *out, size_t room)
{
    if (!known || !isfinite(share) || share < 0)
        return write_text(out, room, "-");
    double percent = share * 100;
    if (percent > 0 && percent < 1)
        return write_text(out, room, "<1%%");
    if (percent >= 1000)
        return write_text(out, room, ">999%%");
    return write_text(out, room, "%d%%", (int)(percent + 1e-9));
}

const char *ui_number_time_mark(const char *tier, bool at_least)
{
    return at_least ? ">" : tier && strcmp(tier, "exact") == 0 ? "=" : "";
}

const char *ui_number_arrow(bool up, bool down, bool ascii)
{
    static const char *const arrows[2][2] = {{"\xe2\x86\x91", "\xe2\x86\x93"}, {"^", "v"}};
    bool plain = ascii || wcwidth(0x2191) != 1 || wcwidth(0x2193) != 1;
    return up ? arrows[plain][0] : down ? arrows[plain][1] : "";
}
