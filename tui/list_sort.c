#include "list_sort.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define DIGIT_BITS 11
#define DIGITS     (1u << DIGIT_BITS)
#define FEW        48 /* so few are sorted by comparing */

/* --- numbers --------------------------------------------------------------------------------------------- */

/* The parts of an entry, the one that counts least first: as numbers without a sign in the same order. */
enum part { SECOND, FIRST, CLASS, PARTS };

static inline uint64_t part_of(const struct ui_sort_entry *entry, enum part part)
{
    if (part == CLASS)
        return entry->class;
    return (uint64_t)entry->rank[part == SECOND] ^ UINT64_C(1) << 63;
}

static bool is_before(const struct ui_sort_entry *a, const struct ui_sort_entry *b)
{
    if (a->class != b->class)
        return a->class < b->class;
    return a->rank[0] != b->rank[0] ? a->rank[0] < b->rank[0] : a->rank[1] < b->rank[1];
}

static void sort_few(struct ui_sort_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct ui_sort_entry entry = entries[i];
        size_t at = i;
        for (; at > 0 && is_before(&entry, &entries[at - 1]); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

/* Deals the entries out by one digit; those that have the same stay in their order. */
static void deal(const struct ui_sort_entry *from, struct ui_sort_entry *to, size_t count, enum part part,
                 unsigned shift)
{
    size_t starts[DIGITS] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++)
        starts[part_of(&from[i], part) >> shift & (DIGITS - 1)]++;
    for (size_t i = 0; i < DIGITS; i++) {
        size_t had = starts[i];
        starts[i] = sum;
        sum += had;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[part_of(&from[i], part) >> shift & (DIGITS - 1)]++] = from[i];
}

struct ui_sort_entry *ui_sort_entries(struct ui_sort_entry *entries, struct ui_sort_entry *spare, size_t count)
{
    uint64_t differ[PARTS] = {0};
    if (count <= FEW) {
        sort_few(entries, count);
        return entries;
    }
    for (size_t i = 1; i < count; i++)
        for (enum part part = SECOND; part < PARTS; part++)
            differ[part] |= part_of(&entries[i], part) ^ part_of(&entries[0], part);
    for (enum part part = SECOND; part < PARTS; part++)
        for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS)
            if (differ[part] >> shift & (DIGITS - 1)) {
                deal(entries, spare, count, part, shift);
                struct ui_sort_entry *swap = entries;
                entries = spare;
                spare = swap;
            }
    return entries;
}

/* --- names ----------------------------------------------------------------------------------------------- */

struct name {
    struct kt_text text;
    uint32_t found; /* how many were come to before it */
};

/* The different names by where their bytes are: equal ones elsewhere in memory are found when they are sorted. */
struct names {
    struct name *items;
    size_t count, room;
    uint32_t *slots; /* of a hash table: index + 1, 0 free */
    size_t slot_count; /* a power of two, more than twice the names */
};

static size_t slot_of(const struct names *names, struct kt_text text)
{
    uint64_t hash = ((uint64_t)(uintptr_t)text.bytes + text.length) * UINT64_C(0x9e3779b97f4a7c15);
    size_t slot = (size_t)(hash >> 32) & (names->slot_count - 1);
    while (names->slots[slot] > 0) {
        const struct kt_text *other = &names->items[names->slots[slot] - 1].text;
        if (other->bytes == text.bytes && other->length == text.length)
            break;
        slot = (slot + 1) & (names->slot_count - 1);
    }
    return slot;
}

static void grow(struct names *names)
{
    names->room = names->room ? names->room * 2 : 64;
    names->items = kt_resize(names->items, names->room, sizeof *names->items);
    free(names->slots);
    names->slot_count = names->room * 4;
    names->slots = kt_alloc(names->slot_count, sizeof *names->slots);
    for (size_t i = 0; i < names->count; i++)
        names->slots[slot_of(names, names->items[i].text)] = (uint32_t)i + 1;
}

static uint32_t index_of(struct names *names, struct kt_text text)
{
    if (names->count == names->room)
        grow(names);
    size_t slot = slot_of(names, text);
    if (names->slots[slot] == 0) {
        names->items[names->count] = (struct name){.text = text, .found = (uint32_t)names->count};
        names->slots[slot] = (uint32_t)++names->count;
    }
    return names->slots[slot] - 1;
}

static int compare_names(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    return kt_text_compare(x->text, y->text);
}

/* Rows come by group, topic, partition: often nothing is to be sorted. */
static bool are_in_order(const struct names *names)
{
    for (size_t i = 1; i < names->count; i++)
        if (compare_names(&names->items[i - 1], &names->items[i]) > 0)
            return false;
    return true;
}

/* By index: the number of each name. */
static uint32_t *number_all(struct names *names)
{
    uint32_t *numbers = kt_alloc(names->count + 1, sizeof *numbers);
    if (names->count > 0 && !are_in_order(names))
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    for (size_t i = 0, number = 0; i < names->count; i++) {
        number += i == 0 || compare_names(&names->items[i - 1], &names->items[i]) != 0;
        numbers[names->items[i].found] = (uint32_t)number;
    }
    return numbers;
}

void ui_sort_number_names(const struct kt_text *texts, size_t count, uint32_t *numbers)
{
    struct names names = {0};
    struct kt_text last = {NULL, 0};
    uint32_t index = 0;
    for (size_t i = 0; i < count; i++) {
        if (texts[i].bytes && (texts[i].bytes != last.bytes || texts[i].length != last.length)) {
            last = texts[i];
            index = index_of(&names, last);
        }
        numbers[i] = index;
    }
    uint32_t *of = number_all(&names);
    for (size_t i = 0; i < count; i++)
        numbers[i] = texts[i].bytes ? of[numbers[i]] : 0;
    free(of);
    free(names.items);
    free(names.slots);
}
