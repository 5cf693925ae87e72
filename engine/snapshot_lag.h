/*
 * snapshot_lag: a group x partition of a snapshot, stored small: there are hundreds of thousands of them.
 *
 * Facts are written into a struct kt_lag_facts, which has them all, and packed from there into a row of some 120
 * bytes: what is each row's own stands in it; what neighbours have alike (topic, verdict, marks ...) stands once for
 * all of them; what few rows have (why, time lag, loss ...) in a block beside. fields.def says which is which, and
 * nobody else knows: a fact `x` of a row is read by kt_lag_x(row), as
 *
 *     if (KT_KNOWS(row, KT_LAG_lag)) { show(kt_lag_lag(row)); }
 *
 * `as_of` alone is not read so, but by kt_snapshot_as_of: it moves with each answer that says the same as before.
 *
 * Invariants: `alike` and `rare` are never NULL; both live as long as the row, in the arena of its group.
 *
 * FRONT DOOR. Thread: packing: collector; reading: any.
 */
#ifndef KT_SNAPSHOT_LAG_H
#define KT_SNAPSHOT_LAG_H

#include "snapshot_fact.h"
#include "window.h"

#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_LAG_##name,
enum kt_lag_field {
#include "fields.def"
    KT_LAG_FIELD_COUNT
};

/* All there is to say about one. */
struct kt_lag_facts {
    uint64_t known;
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_CTYPE_##kind name;
#include "fields.def"
    bool in_total; /* its lag belongs into the group's */
    int32_t owner; /* index in the group's members, or -1: unknown or none */
    const struct kt_commit *window; /* oldest first; only with --detail windows */
    size_t window_count;
};

/* Members by place, and of one place the wide ones first, so that no gaps are left between them. */
#define KT_LAG_TAKE(type, name) type name;
#define KT_LAG_LEAVE(type, name)
#define KT_WIDE_I64 KT_LAG_TAKE
#define KT_WIDE_F64 KT_LAG_TAKE
#define KT_WIDE_TEXT KT_LAG_TAKE
#define KT_WIDE_WORD KT_LAG_TAKE
#define KT_WIDE_TRI KT_LAG_LEAVE
#define KT_WIDE_BOOL KT_LAG_LEAVE
#define KT_WIDE_STATUS KT_LAG_LEAVE
#define KT_WIDE_MARKS KT_LAG_LEAVE
#define KT_NARROW_I64 KT_LAG_LEAVE
#define KT_NARROW_F64 KT_LAG_LEAVE
#define KT_NARROW_TEXT KT_LAG_LEAVE
#define KT_NARROW_WORD KT_LAG_LEAVE
#define KT_NARROW_TRI KT_LAG_TAKE
#define KT_NARROW_BOOL KT_LAG_TAKE
#define KT_NARROW_STATUS KT_LAG_TAKE
#define KT_NARROW_MARKS KT_LAG_TAKE
#define KT_LAG_WIDE(kind, name) KT_WIDE_##kind(KT_CTYPE_##kind, name)
#define KT_LAG_NARROW(kind, name) KT_NARROW_##kind(KT_CTYPE_##kind, name)
#define KT_LAG_NO(kind, name)

struct kt_lag_alike {
#define KT_ALIKE_OWN KT_LAG_NO
#define KT_ALIKE_RARE KT_LAG_NO
#define KT_ALIKE_ALIKE KT_LAG_WIDE
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_ALIKE_##place(kind, name)
#include "fields.def"
#undef KT_ALIKE_ALIKE
#define KT_ALIKE_ALIKE KT_LAG_NARROW
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_ALIKE_##place(kind, name)
#include "fields.def"
};

struct kt_lag_rare {
#define KT_RARE_OWN KT_LAG_NO
#define KT_RARE_ALIKE KT_LAG_NO
#define KT_RARE_RARE KT_LAG_WIDE
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_RARE_##place(kind, name)
#include "fields.def"
    const struct kt_commit *window;
    size_t window_count;
};

struct kt_lag_own {
#define KT_OWN_ALIKE KT_LAG_NO
#define KT_OWN_RARE KT_LAG_NO
#define KT_OWN_OWN KT_LAG_WIDE
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_OWN_##place(kind, name)
#include "fields.def"
};

struct kt_lag {
    uint64_t known;
    const struct kt_lag_alike *alike;
    const struct kt_lag_rare *rare;
    struct kt_lag_own own;
    int32_t owner; /* as in the facts */
    bool in_total;
};

/* kt_lag_topic(row), kt_lag_partition(row) ... */
#define KT_LAG_READ_OWN(row, name) (row)->own.name
#define KT_LAG_READ_ALIKE(row, name) (row)->alike->name
#define KT_LAG_READ_RARE(row, name) (row)->rare->name
#define KT_LAG_FIELD(place, kind, name, unit, meaning)                                                       \
    static inline KT_CTYPE_##kind kt_lag_##name(const struct kt_lag *row)                                    \
    {                                                                                                        \
        return KT_LAG_READ_##place(row, name);                                                               \
    }
#include "fields.def"

static inline const struct kt_commit *kt_lag_window(const struct kt_lag *row)
{
    return row->rare->window;
}

static inline size_t kt_lag_window_count(const struct kt_lag *row)
{
    return row->rare->window_count;
}

struct kt_arena;

/* Packs rows of one group after each other, all into the same arena; zeroed but for that at first. */
#define KT_LAG_KINDS 8
struct kt_lag_packer {
    struct kt_arena *arena;
    const struct kt_lag_alike *kinds[KT_LAG_KINDS]; /* met last */
    unsigned next;
};

/* Texts and windows of the facts are not copied: they must live as long as the arena. */
void kt_lag_pack(struct kt_lag_packer *packer, const struct kt_lag_facts *facts, struct kt_lag *row);
void kt_lag_unpack(const struct kt_lag *row, struct kt_lag_facts *facts);

/* Whether two rows, each of another group of rows, say the same; `next`: the rows before them were found to. */
bool kt_lag_same(const struct kt_lag *a, const struct kt_lag *b, bool next);

extern const struct kt_field kt_lag_fields[KT_LAG_FIELD_COUNT];

#endif
