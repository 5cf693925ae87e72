#include "snapshot_lag.h"

#include <string.h>

#include "arena.h"

/* Of a place, one thing for each of its facts: KT_ONLY_ALIKE_ALIKE(x) is x, KT_ONLY_ALIKE_OWN(x) nothing. */
#define KT_ONLY_OWN_OWN(...) __VA_ARGS__
#define KT_ONLY_OWN_ALIKE(...)
#define KT_ONLY_OWN_RARE(...)
#define KT_ONLY_ALIKE_OWN(...)
#define KT_ONLY_ALIKE_ALIKE(...) __VA_ARGS__
#define KT_ONLY_ALIKE_RARE(...)
#define KT_ONLY_RARE_OWN(...)
#define KT_ONLY_RARE_ALIKE(...)
#define KT_ONLY_RARE_RARE(...) __VA_ARGS__

static bool same_I64(int64_t a, int64_t b)
{
    return a == b;
}

static bool same_F64(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool same_TEXT(struct kt_text a, struct kt_text b)
{
    return a.bytes == b.bytes && a.length == b.length;
}

static bool equal_TEXT(struct kt_text a, struct kt_text b)
{
    bool same = a.length == b.length && !a.bytes == !b.bytes;
    return same && (a.length == 0 || a.bytes == b.bytes || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static bool same_WORD(const char *a, const char *b)
{
    return a == b;
}

static bool same_BOOL(bool a, bool b)
{
    return a == b;
}

static bool same_TRI(bool a, bool b)
{
    return a == b;
}

static bool same_STATUS(enum kt_status a, enum kt_status b)
{
    return a == b;
}

static bool same_MARKS(uint32_t a, uint32_t b)
{
    return a == b;
}

/* What neighbours have is found by where its texts stand, not by their bytes: neighbours share them. */
static bool is_alike(const struct kt_lag_alike *alike, const struct kt_lag_facts *facts)
{
    return true
#define KT_LAG_FIELD(place, kind, name, unit, meaning)                                                       \
    KT_ONLY_ALIKE_##place(&&same_##kind(alike->name, facts->name))
#include "fields.def"
        ;
}

static const struct kt_lag_alike *find_alike(struct kt_lag_packer *packer, const struct kt_lag_facts *facts)
{
    for (unsigned back = 1; back <= KT_LAG_KINDS; back++) {
        const struct kt_lag_alike *met = packer->kinds[(packer->next - back) % KT_LAG_KINDS];
        if (!met) {
            break;
        }
        if (is_alike(met, facts)) {
            return met;
        }
    }
    struct kt_lag_alike *alike = kt_arena_take(packer->arena, 1, sizeof *alike);
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_ONLY_ALIKE_##place(alike->name = facts->name;)
#include "fields.def"
    packer->kinds[packer->next++ % KT_LAG_KINDS] = alike;
    return alike;
}

static bool none_I64(int64_t value)
{
    return value == 0;
}

static bool none_TEXT(struct kt_text text)
{
    return text.bytes == NULL;
}

static const struct kt_lag_rare *make_rare(struct kt_lag_packer *packer, const struct kt_lag_facts *facts)
{
    static const struct kt_lag_rare none = {0};
    bool nothing = facts->window_count == 0
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_ONLY_RARE_##place(&&none_##kind(facts->name))
#include "fields.def"
        ;
    if (nothing) {
        return &none;
    }
    struct kt_lag_rare *rare = kt_arena_take(packer->arena, 1, sizeof *rare);
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_ONLY_RARE_##place(rare->name = facts->name;)
#include "fields.def"
    rare->window = facts->window;
    rare->window_count = facts->window_count;
    return rare;
}

void kt_lag_pack(struct kt_lag_packer *packer, const struct kt_lag_facts *facts, struct kt_lag *row)
{
    row->known = facts->known;
    row->owner = facts->owner;
    row->in_total = facts->in_total;
    row->alike = find_alike(packer, facts);
    row->rare = make_rare(packer, facts);
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_ONLY_OWN_##place(row->own.name = facts->name;)
#include "fields.def"
}

void kt_lag_unpack(const struct kt_lag *row, struct kt_lag_facts *facts)
{
    *facts = (struct kt_lag_facts){.known = row->known,
                                   .in_total = row->in_total,
                                   .owner = row->owner,
                                   .window = row->rare->window,
                                   .window_count = row->rare->window_count};
#define KT_LAG_FIELD(place, kind, name, unit, meaning) facts->name = kt_lag_##name(row);
#include "fields.def"
}

#define equal_I64 same_I64
#define equal_F64 same_F64
#define equal_WORD same_WORD
#define equal_BOOL same_BOOL
#define equal_TRI same_TRI
#define equal_STATUS same_STATUS
#define equal_MARKS same_MARKS

static bool equal_alike(const struct kt_lag_alike *a, const struct kt_lag_alike *b)
{
    return true
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_ONLY_ALIKE_##place(&&equal_##kind(a->name, b->name))
#include "fields.def"
        ;
}

static bool equal_rare(const struct kt_lag_rare *a, const struct kt_lag_rare *b)
{
    return true
#define KT_LAG_FIELD(place, kind, name, unit, meaning) KT_ONLY_RARE_##place(&&equal_##kind(a->name, b->name))
#include "fields.def"
        ;
}

bool kt_lag_same(const struct kt_lag *a, const struct kt_lag *b, bool next)
{
    if (a->known != b->known || a->owner != b->owner || a->in_total != b->in_total || a->rare->window_count ||
        b->rare->window_count) {
        return false; /* windows are for exports of one look: they are not compared */
    }
#define KT_LAG_FIELD(place, kind, name, unit, meaning)                                                       \
    KT_ONLY_OWN_##place(if (!equal_##kind(a->own.name, b->own.name)) { return false; })
#include "fields.def"
    bool known_alike = next && a->alike == a[-1].alike && b->alike == b[-1].alike;
    return (known_alike || equal_alike(a->alike, b->alike)) && (a->rare == b->rare || equal_rare(a->rare, b->rare));
}

const struct kt_field kt_lag_fields[KT_LAG_FIELD_COUNT] = {
#define KT_LAG_FIELD(place, kind_, name_, unit_, meaning_)                                                   \
    {.name = #name_,                                                                                         \
     .kind = KT_FIELD_##kind_,                                                                               \
     .offset = offsetof(struct kt_lag_facts, name_),                                                         \
     .unit = unit_,                                                                                          \
     .meaning = meaning_},
#include "fields.def"
};
