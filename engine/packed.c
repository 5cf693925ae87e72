#include "packed.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

/* In the order in which they stand at a place; what is asked for alone comes first. */
enum field {
    LAG,      /* its lower 62 bits, and above the flags: below */
    OFFSET,   /* above the base */
    AT,       /* above the base */
    ORDER,    /* above the base */
    OBSERVED, /* as it is: 0, or of Burrow's */
    LAG_TOP,  /* the two upper bits, which no lag has but a hostile one */
    FIELDS
};

#define LAG_KNOWN     1u
#define LAG_ESTIMATED 2u
#define LAG_SHIFT     2
#define LAG_TOP_SHIFT (64 - LAG_SHIFT)
#define FEW           16 /* commits that are made anew without asking for memory */

struct base {
    int64_t offset, at, order;
};

struct kt_packed {
    struct base base;
    uint16_t room;
    uint8_t stride; /* sum of the widths */
    uint8_t width[FIELDS];
    unsigned char bytes[]; /* room times stride */
};

struct values {
    uint64_t of[FIELDS];
};

/* ---- fields ---- */

/* The number whose `width` bytes, the lowest first, end at `end`; eight are readable before it: those of the head. */
static inline uint64_t load(const unsigned char *end, unsigned width)
{
    if (width == 0) {
        return 0;
    }
    const unsigned char *p = end - 8; /* compilers make one load of this */
    uint64_t all = (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
                   (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
    return all >> (64 - 8 * width);
}

static const unsigned char *place_of(const struct kt_packed *packed, size_t place)
{
    return (const unsigned char *)packed + offsetof(struct kt_packed, bytes) + place * packed->stride;
}

static unsigned width_of(uint64_t number)
{
    unsigned width = 0;
    for (; number > 0; number >>= 8) {
        width++;
    }
    return width;
}

static struct values values_of(const struct base *base, const struct kt_commit *commit)
{
    struct values values = {{
        [OFFSET] = (uint64_t)commit->offset - (uint64_t)base->offset,
        [AT] = (uint64_t)commit->at_ms - (uint64_t)base->at,
        [ORDER] = (uint64_t)commit->order - (uint64_t)base->order,
        [OBSERVED] = (uint64_t)commit->observed_ms,
    }};
    if (commit->lag_known) {
        values.of[LAG] = commit->lag << LAG_SHIFT | LAG_KNOWN | (commit->lag_estimated ? LAG_ESTIMATED : 0);
        values.of[LAG_TOP] = commit->lag >> LAG_TOP_SHIFT;
    }
    return values;
}

static bool fits(const struct kt_packed *packed, const struct values *values)
{
    for (size_t i = 0; i < FIELDS; i++) {
        if (packed->width[i] < 8 && values->of[i] >> (8 * packed->width[i]) != 0) {
            return false;
        }
    }
    return true;
}

static void store(struct kt_packed *packed, size_t place, const struct values *values)
{
    unsigned char *to = packed->bytes + place * packed->stride;
    for (size_t i = 0; i < FIELDS; i++) {
        for (unsigned k = 0; k < packed->width[i]; k++) {
            *to++ = (unsigned char)(values->of[i] >> (8 * k));
        }
    }
}

/* ---- making anew ---- */

static struct base base_of(const struct kt_commit *commits, size_t count)
{
    struct base base = {commits[0].offset, commits[0].at_ms, commits[0].order};
    for (size_t i = 1; i < count; i++) {
        base.offset = commits[i].offset < base.offset ? commits[i].offset : base.offset;
        base.at = commits[i].at_ms < base.at ? commits[i].at_ms : base.at;
        base.order = commits[i].order < base.order ? commits[i].order : base.order;
    }
    return base;
}

/* Twice the largest number fits: who moves on at its pace need not be made anew for as many commits as there are. */
static unsigned width_with_headroom(uint64_t largest)
{
    return width_of(largest > UINT64_MAX / 2 ? UINT64_MAX : 2 * largest);
}

static struct kt_packed *pack(const struct kt_commit *commits, size_t count, size_t room)
{
    struct base base = base_of(commits, count);
    struct values largest = {{[LAG] = LAG_KNOWN}}; /* to be known later needs no more room */
    for (size_t i = 0; i < count; i++) {
        struct values values = values_of(&base, &commits[i]);
        for (size_t k = 0; k < FIELDS; k++) {
            largest.of[k] = values.of[k] > largest.of[k] ? values.of[k] : largest.of[k];
        }
    }
    size_t stride = 0;
    uint8_t width[FIELDS];
    for (size_t k = 0; k < FIELDS; k++) {
        width[k] = (uint8_t)width_with_headroom(largest.of[k]);
        stride += width[k];
    }
    size_t size = offsetof(struct kt_packed, bytes) + room * stride;
    struct kt_packed *packed = kt_alloc(1, size > sizeof *packed ? size : sizeof *packed);
    packed->base = base;
    packed->room = (uint16_t)room;
    packed->stride = (uint8_t)stride;
    memcpy(packed->width, width, sizeof width);
    for (size_t i = 0; i < count; i++) {
        struct values values = values_of(&base, &commits[i]);
        store(packed, i, &values);
    }
    return packed;
}

void kt_packed_put(struct kt_packed **packed, size_t used, size_t room, size_t place, const struct kt_commit *commit)
{
    struct kt_packed *old = *packed;
    if (old != NULL && room <= old->room) {
        struct values values = values_of(&old->base, commit);
        if (fits(old, &values)) {
            store(old, place, &values);
            return;
        }
        room = old->room;
    }
    struct kt_commit few[FEW], *commits = used < FEW ? few : kt_alloc(used + 1, sizeof *commits);
    for (size_t i = 0; i < used; i++) {
        commits[i] = kt_packed_at(old, i);
    }
    commits[place] = *commit;
    *packed = pack(commits, place < used ? used : used + 1, room);
    free(old);
    if (commits != few) {
        free(commits);
    }
}

void kt_packed_set_lag(struct kt_packed **packed, size_t used, size_t place, uint64_t lag, bool estimated)
{
    struct kt_packed *here = *packed;
    uint64_t code = lag << LAG_SHIFT | LAG_KNOWN | (estimated ? LAG_ESTIMATED : 0);
    unsigned width = here->width[LAG];
    if (lag >> LAG_TOP_SHIFT == 0 && here->width[LAG_TOP] == 0 && (width == 8 || code >> (8 * width) == 0)) {
        unsigned char *to = here->bytes + place * here->stride; /* the most usual case, and once for each commit */
        for (unsigned k = 0; k < width; k++) {
            to[k] = (unsigned char)(code >> (8 * k));
        }
        return;
    }
    struct kt_commit commit = kt_packed_at(here, place);
    commit.lag = lag;
    commit.lag_known = true;
    commit.lag_estimated = estimated;
    kt_packed_put(packed, used, here->room, place, &commit);
}

/* ---- reading ---- */

struct kt_commit kt_packed_at(const struct kt_packed *packed, size_t place)
{
    const unsigned char *at = place_of(packed, place);
    const uint8_t *width = packed->width;
    uint64_t lag = load(at += width[LAG], width[LAG]);
    struct kt_commit commit = {.lag_known = lag & LAG_KNOWN, .lag_estimated = lag & LAG_ESTIMATED};
    commit.offset = (int64_t)((uint64_t)packed->base.offset + load(at += width[OFFSET], width[OFFSET]));
    commit.at_ms = (int64_t)((uint64_t)packed->base.at + load(at += width[AT], width[AT]));
    commit.order = (int64_t)((uint64_t)packed->base.order + load(at += width[ORDER], width[ORDER]));
    commit.observed_ms = (int64_t)load(at += width[OBSERVED], width[OBSERVED]);
    commit.lag = lag >> LAG_SHIFT | load(at + width[LAG_TOP], width[LAG_TOP]) << LAG_TOP_SHIFT;
    return commit;
}

int64_t kt_packed_offset(const struct kt_packed *packed, size_t place)
{
    const unsigned char *at = place_of(packed, place) + packed->width[LAG] + packed->width[OFFSET];
    return (int64_t)((uint64_t)packed->base.offset + load(at, packed->width[OFFSET]));
}

int64_t kt_packed_time(const struct kt_packed *packed, size_t place)
{
    const uint8_t *width = packed->width;
    const unsigned char *at = place_of(packed, place) + width[LAG] + width[OFFSET] + width[AT];
    return (int64_t)((uint64_t)packed->base.at + load(at, width[AT]));
}

bool kt_packed_knows_lag(const struct kt_packed *packed, size_t place)
{
    return *place_of(packed, place) & LAG_KNOWN; /* the lowest byte, which is there: pack */
}
