#include "cause.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cause_rows.h"
#include "chance.h"
#include "error.h"

#define LEAST_BAD       3
#define CLUSTER_CHANCE  0.01
#define GROUP_CHANCE    0.04
#define TOLD_BONUS      4.6 /* ln 100: by so much less unlikely may be what was told before */
#define CANDIDATES_MOST (8 * KT_CAUSE_KIND_COUNT) /* two of a kind can hold half, but groups read several topics */

/* One value of one kind: how many rows, and how many groups of them, it has a part in. */
struct tally {
    uint32_t bad, all;
    uint32_t bad_groups, all_groups;
    uint32_t last_bad, last_all; /* the group counted last, plus one */
};

struct totals {
    double bad, all;               /* rows that may count */
    double bad_groups, all_groups; /* groups that may count */
    double bad_pairs[KT_CAUSE_KIND_COUNT], all_pairs[KT_CAUSE_KIND_COUNT]; /* group x value */
    double values[KT_CAUSE_KIND_COUNT];
    bool dead;             /* a bad group without members */
    enum kt_status status; /* the word of all bad rows; ERR: several */
    size_t last_group, last_bad_group;
};

struct finder {
    struct kt_snapshot *snap;
    struct kt_cause_rows rows;
    struct tally *tallies[KT_CAUSE_KIND_COUNT];
    const struct kt_cause_memory *memory; /* NULL: nothing was told before */
    bool whole; /* of the cluster, else within one group */
};

struct candidate {
    enum kt_cause_kind kind;
    uint32_t id;
    double chance; /* logarithm, less the bonus */
    double bonus;
};

/* Kinds of which a group is the unit, as far as the cluster goes. */
static bool counts_groups(const struct finder *finder, enum kt_cause_kind kind)
{
    return finder->whole && (kind == KT_CAUSE_TOPIC || kind == KT_CAUSE_COORDINATOR);
}

static bool is_asked(const struct finder *finder, enum kt_cause_kind kind)
{
    bool of_cluster = kind == KT_CAUSE_PARTITION || kind == KT_CAUSE_COORDINATOR;
    return finder->whole ? kind != KT_CAUSE_MEMBER : !of_cluster;
}

/* ---- counting ---- */

static void count_value(const struct kt_cause_walk *at, enum kt_cause_kind kind, struct tally *tally,
                        struct totals *totals)
{
    uint32_t group = (uint32_t)at->group + 1;
    totals->values[kind] += tally->all == 0;
    tally->all++;
    tally->bad += at->bad;
    if (tally->last_all != group) {
        tally->last_all = group;
        tally->all_groups++;
        totals->all_pairs[kind]++;
    }
    if (at->bad && tally->last_bad != group) {
        tally->last_bad = group;
        tally->bad_groups++;
        totals->bad_pairs[kind]++;
    }
}

static void count_row(const struct kt_cause_walk *at, struct totals *totals)
{
    if (totals->last_group != at->group + 1) {
        totals->last_group = at->group + 1;
        totals->all_groups++;
    }
    totals->all += at->live;
    if (!at->bad) {
        return;
    }
    if (totals->last_bad_group != at->group + 1) {
        totals->last_bad_group = at->group + 1;
        totals->bad_groups++;
    }
    totals->bad += at->live;
    totals->dead = totals->dead || !at->live;
    bool first = totals->status == KT_STATUS_UNKNOWN;
    totals->status = first || totals->status == kt_lag_status(at->lag) ? kt_lag_status(at->lag) : KT_STATUS_ERR;
}

static void count(const struct finder *finder, struct kt_cause_walk from, struct totals *totals)
{
    *totals = (struct totals){.status = KT_STATUS_UNKNOWN};
    for (struct kt_cause_walk at = from; kt_cause_step(&finder->rows, &at);) {
        count_row(&at, totals);
        for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
            if (at.ids[kind] != KT_CAUSE_NONE && is_asked(finder, kind)) {
                count_value(&at, kind, &finder->tallies[kind][at.ids[kind]], totals);
            }
        }
    }
}

static void forget_counts(const struct finder *finder, struct kt_cause_walk from)
{
    for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT && finder->whole; kind++) {
        memset(finder->tallies[kind], 0, finder->rows.numbers[kind] * sizeof(struct tally));
    }
    if (finder->whole) {
        return;
    }
    for (struct kt_cause_walk at = from; kt_cause_step(&finder->rows, &at);) {
        for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
            if (at.ids[kind] != KT_CAUSE_NONE) {
                finder->tallies[kind][at.ids[kind]] = (struct tally){0};
            }
        }
    }
}

/* ---- judging a value ---- */

/* By the groups in which some partitions are bad and some are not: where all are bad the group itself is. */
static double chance_within_groups(const struct finder *finder, const struct kt_cause_walk *from,
                                   enum kt_cause_kind kind, uint32_t id)
{
    double trials = 0, expected = 0, hits = 0;
    for (size_t group = from->group; group < from->end; group++) {
        double all = 0, bad = 0, mine = 0, mine_bad = 0;
        struct kt_cause_walk at = {.group = group, .end = kt_cause_bad_of(&finder->rows, group) > 0 ? group + 1 : 0};
        while (kt_cause_step(&finder->rows, &at)) {
            bool is_mine = at.ids[kind] == id;
            all++;
            bad += at.bad;
            mine += is_mine;
            mine_bad += is_mine && at.bad;
        }
        if (bad > 0 && bad < all) {
            trials += bad;
            hits += mine_bad;
            expected += bad * mine / all;
        }
    }
    return kt_chance_excess(trials, expected, hits);
}

/* How many it holds and has, in the unit of its kind. */
static void numbers_of(const struct finder *finder, const struct totals *totals, enum kt_cause_kind kind,
                       const struct tally *tally, struct kt_cause *out)
{
    out->of_groups = counts_groups(finder, kind);
    out->bad = out->of_groups ? tally->bad_groups : tally->bad;
    out->all = out->of_groups ? tally->all_groups : tally->all;
    out->bad_total = (int64_t)(out->of_groups ? totals->bad_groups : totals->bad);
    out->all_total = (int64_t)(out->of_groups ? totals->all_groups : totals->all);
}

/* FNV-1a over what a cause names. */
static uint64_t mix(uint64_t key, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        key = (key ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
    }
    return key * UINT64_C(1099511628211);
}

static uint64_t key_of(const struct kt_cause *cause)
{
    uint64_t key = mix(UINT64_C(14695981039346656037), &cause->kind, sizeof cause->kind);
    key = mix(key, cause->group.bytes, cause->group.bytes ? cause->group.length : 0);
    key = mix(key, cause->value.bytes, cause->value.bytes ? cause->value.length : 0);
    key = mix(key, cause->host.bytes, cause->host.bytes ? cause->host.length : 0);
    return mix(key, &cause->number, sizeof cause->number);
}

static bool was_told(const struct finder *finder, const struct kt_cause_walk *at, enum kt_cause_kind kind, uint32_t id)
{
    struct kt_cause cause = {.kind = kind};
    if (!finder->memory || finder->memory->count == 0) {
        return false;
    }
    if (!finder->whole) {
        cause.group = finder->snap->groups[at->group]->name;
    }
    kt_cause_name(&finder->rows, kind, id, &cause);
    uint64_t key = key_of(&cause);
    for (size_t i = 0; i < finder->memory->count; i++) {
        if (finder->memory->keys[i] == key) {
            return true;
        }
    }
    return false;
}

static bool is_worth_a_look(const struct finder *finder, const struct totals *totals, enum kt_cause_kind kind,
                            const struct tally *tally, bool told)
{
    struct kt_cause numbers;
    numbers_of(finder, totals, kind, tally, &numbers);
    double bad = (double)numbers.bad, bad_total = (double)numbers.bad_total, all_total = (double)numbers.all_total;
    return numbers.bad >= LEAST_BAD && bad >= bad_total * (told ? 0.4 : 0.5) &&
           (!finder->whole || tally->bad_groups > 1) &&
           bad * all_total >= (told ? 1.6 : 2.0) * (double)numbers.all * bad_total;
}

static double chance_of(const struct finder *finder, const struct kt_cause_walk *from, const struct totals *totals,
                        enum kt_cause_kind kind, uint32_t id)
{
    const struct tally *tally = &finder->tallies[kind][id];
    double choice = log(totals->values[kind]);
    if (counts_groups(finder, kind)) {
        return choice + kt_chance_drawn(totals->all_groups, tally->all_groups, totals->bad_groups, tally->bad_groups);
    }
    if (!finder->whole) {
        return choice + kt_chance_drawn(totals->all, tally->all, totals->bad, tally->bad);
    }
    double between = kt_chance_drawn(totals->all_pairs[kind], tally->all_groups, totals->bad_pairs[kind],
                                     tally->bad_groups);
    double within = chance_within_groups(finder, from, kind, id);
    return choice + log(2) + (between < within ? between : within);
}

static bool is_known(const struct candidate *list, size_t count, enum kt_cause_kind kind, uint32_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].kind == kind && list[i].id == id) {
            return true;
        }
    }
    return false;
}

/* The values that hold enough of the bad ones, by what bad rows have; then those that chance does not explain. */
static size_t find_candidates(const struct finder *finder, struct kt_cause_walk from, const struct totals *totals,
                              struct candidate *list)
{
    size_t found = 0, kept = 0;
    from.bad_only = true;
    for (struct kt_cause_walk at = from; kt_cause_step(&finder->rows, &at);) {
        for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
            uint32_t id = at.ids[kind];
            bool asked = id != KT_CAUSE_NONE && is_asked(finder, kind);
            if (!asked || found == CANDIDATES_MOST ||
                !is_worth_a_look(finder, totals, kind, &finder->tallies[kind][id], true) ||
                is_known(list, found, kind, id)) {
                continue;
            }
            bool told = was_told(finder, &at, kind, id);
            if (is_worth_a_look(finder, totals, kind, &finder->tallies[kind][id], told)) {
                list[found++] = (struct candidate){.kind = kind, .id = id, .bonus = told ? TOLD_BONUS : 0};
            }
        }
    }
    double limit = log(finder->whole ? CLUSTER_CHANCE : GROUP_CHANCE);
    for (size_t i = 0; i < found; i++) {
        list[i].chance = chance_of(finder, &from, totals, list[i].kind, list[i].id) - list[i].bonus;
        if (list[i].chance <= limit) {
            list[kept++] = list[i];
        }
    }
    return kept;
}

static bool has_same_numbers(const struct finder *finder, const struct candidate *a, const struct candidate *b)
{
    const struct tally *x = &finder->tallies[a->kind][a->id], *y = &finder->tallies[b->kind][b->id];
    return x->bad == y->bad && x->all == y->all && counts_groups(finder, a->kind) == counts_groups(finder, b->kind);
}

/* The kinds stand from narrow to wide. */
static const struct candidate *best_of(const struct finder *finder, const struct candidate *list, size_t count)
{
    const struct candidate *best = NULL;
    for (size_t i = 0; i < count; i++) {
        double better = best ? best->chance - list[i].chance : 1;
        bool alike = best && (fabs(better) < 0.01 || has_same_numbers(finder, best, &list[i]));
        bool before = best && (list[i].kind < best->kind || (list[i].kind == best->kind && list[i].id < best->id));
        if (!best || (alike ? before : better > 0)) {
            best = &list[i];
        }
    }
    return best;
}

/* ---- telling ---- */

static void tell(const struct finder *finder, const struct kt_cause_walk *from, const struct totals *totals,
                 const struct candidate *found, bool rest)
{
    struct kt_snapshot *snap = finder->snap;
    struct kt_cause *cause = &snap->causes[snap->cause_count++];
    char text[1200];
    *cause = (struct kt_cause){.kind = found->kind, .status = totals->status, .rest = rest};
    numbers_of(finder, totals, found->kind, &finder->tallies[found->kind][found->id], cause);
    cause->with_members = totals->dead && !cause->of_groups;
    if (!finder->whole) {
        cause->group = snap->groups[from->group]->name;
    }
    kt_cause_name(&finder->rows, found->kind, found->id, cause);
    size_t length = kt_cause_say(cause, text, sizeof text);
    cause->text = kt_text_of(kt_arena_text(snap->arena, text, length), length);
}

static bool is_covered(const struct kt_cause_walk *at, const struct candidate *by)
{
    return at->bad && at->ids[by->kind] == by->id;
}

/* Who reads, where it lies, who coordinates: none of them is a narrower word for another. 0: never a rival. */
static int family(enum kt_cause_kind kind)
{
    return kind == KT_CAUSE_MEMBER || kind == KT_CAUSE_HOST   ? 1
           : kind == KT_CAUSE_LEADER || kind == KT_CAUSE_RACK ? 2
           : kind == KT_CAUSE_COORDINATOR                     ? 3
                                                              : 0;
}

/* Whether two causes hold the same rows and nothing tells which of them it is. */
static bool is_rival(const struct finder *finder, struct kt_cause_walk from, const struct candidate *a,
                     const struct candidate *b)
{
    bool equal = family(a->kind) > 0 && family(b->kind) > 0 && family(a->kind) != family(b->kind) &&
                 finder->tallies[a->kind][a->id].all >= finder->tallies[b->kind][b->id].all;
    from.bad_only = true;
    for (struct kt_cause_walk at = from; equal && kt_cause_step(&finder->rows, &at);) {
        equal = is_covered(&at, a) == is_covered(&at, b);
    }
    return equal;
}

/* One a family, the narrowest. */
static void tell_rivals(const struct finder *finder, const struct kt_cause_walk *from, const struct totals *totals,
                        const struct candidate *list, size_t count, const struct candidate *best, size_t most)
{
    struct kt_snapshot *snap = finder->snap;
    bool told[4] = {[0] = true};
    bool rest = snap->causes[snap->cause_count - 1].rest;
    told[family(best->kind)] = true;
    for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
        for (size_t i = 0; i < count && snap->cause_count < most && snap->cause_count < KT_CAUSES_MOST; i++) {
            if (list[i].kind == kind && !told[family(kind)] && is_rival(finder, *from, best, &list[i])) {
                told[family(kind)] = true;
                tell(finder, from, totals, &list[i], rest);
            }
        }
    }
}

static void explain_away(const struct finder *finder, struct kt_cause_walk from, const struct candidate *by)
{
    from.bad_only = true;
    for (struct kt_cause_walk at = from; kt_cause_step(&finder->rows, &at);) {
        if (is_covered(&at, by)) {
            kt_cause_explain_row(&finder->rows, &at);
        }
    }
}

/* Finds at most `most` causes among the rows of some groups. */
static void find_among(const struct finder *finder, struct kt_cause_walk from, size_t most)
{
    struct kt_snapshot *snap = finder->snap;
    size_t before = snap->cause_count;
    while (snap->cause_count - before < most && snap->cause_count < KT_CAUSES_MOST) {
        struct totals totals;
        struct candidate list[CANDIDATES_MOST];
        count(finder, from, &totals);
        size_t kept = totals.bad_groups > 0 ? find_candidates(finder, from, &totals, list) : 0;
        const struct candidate *best = best_of(finder, list, kept);
        bool rest = snap->cause_count > before;
        if (best) {
            tell(finder, &from, &totals, best, rest);
            tell_rivals(finder, &from, &totals, list, kept, best, before + most);
        }
        forget_counts(finder, from);
        if (!best) {
            return;
        }
        explain_away(finder, from, best);
    }
}

/* ---- all ---- */

static void find_at(struct finder *finder, enum kt_status level, bool whole)
{
    struct kt_snapshot *snap = finder->snap;
    finder->whole = whole;
    kt_cause_rows_begin(&finder->rows, level);
    if (whole) {
        find_among(finder, (struct kt_cause_walk){.group = 0, .end = snap->group_count},
                   KT_CAUSES_OF_CLUSTER > snap->cause_count ? KT_CAUSES_OF_CLUSTER - snap->cause_count : 0);
        return;
    }
    for (size_t i = 0; i < snap->group_count; i++) {
        bool graver = level == KT_STATUS_WARN && finder->rows.bad[i].err >= LEAST_BAD;
        if (!graver && kt_cause_bad_of(&finder->rows, i) >= LEAST_BAD && kt_cause_is_live(snap->groups[i])) {
            find_among(finder, (struct kt_cause_walk){.group = i, .end = i + 1}, KT_CAUSES_OF_GROUP);
        }
    }
}

static void remember(struct kt_cause_memory *memory, const struct kt_snapshot *snap)
{
    if (!memory) {
        return;
    }
    memory->count = snap->cause_count;
    for (size_t i = 0; i < snap->cause_count; i++) {
        memory->keys[i] = key_of(&snap->causes[i]);
    }
}

/* Most groups are, and their rows need not be looked at. Burrow's word for a group is no sum of its rows' words. */
static bool is_all_well(const struct kt_snapshot *snap, const struct kt_group *group)
{
    return group->worst == KT_STATUS_OK && snap->settings.rules == KT_RULES_KAFKATOP;
}

void kt_cause_find(struct kt_snapshot *snap, struct kt_cause_memory *memory)
{
    static const enum kt_status levels[] = {KT_STATUS_ERR, KT_STATUS_WARN};
    struct kt_cause_bad *by_group = kt_alloc(snap->group_count + 1, sizeof *by_group);
    size_t bad[2] = {0};
    for (size_t i = 0; i < snap->group_count; i++) {
        if (is_all_well(snap, snap->groups[i])) {
            continue;
        }
        by_group[i] = kt_cause_count_bad(snap->groups[i]);
        bad[0] += by_group[i].err;
        bad[1] += by_group[i].warn;
    }
    if (bad[0] < LEAST_BAD && bad[1] < LEAST_BAD) {
        free(by_group);
        remember(memory, snap);
        return;
    }
    struct finder finder = {.snap = snap, .memory = memory};
    snap->causes = kt_arena_take(snap->arena, KT_CAUSES_MOST, sizeof *snap->causes);
    kt_cause_rows_init(&finder.rows, snap, by_group);
    for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
        finder.tallies[kind] = kt_alloc(finder.rows.numbers[kind] + 1, sizeof(struct tally));
    }
    for (int whole = 1; whole >= 0; whole--) {
        for (size_t i = 0; i < 2; i++) {
            if (bad[i] >= LEAST_BAD) {
                find_at(&finder, levels[i], whole);
            }
        }
    }
    for (unsigned kind = 0; kind < KT_CAUSE_KIND_COUNT; kind++) {
        free(finder.tallies[kind]);
    }
    kt_cause_rows_release(&finder.rows);
    free(by_group);
    remember(memory, snap);
}
