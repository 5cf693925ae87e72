/*
 * snapshot_fact: what the rows of fields.def are: kinds, their C types, and how a number is marked as known.
 *
 * Thread: any.
 */
#ifndef KT_SNAPSHOT_FACT_H
#define KT_SNAPSHOT_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observation.h"
#include "status.h"

/* The C type of each kind of fields.def. */
#define KT_CTYPE_I64 int64_t
#define KT_CTYPE_F64 double
#define KT_CTYPE_TRI bool
#define KT_CTYPE_BOOL bool
#define KT_CTYPE_TEXT struct kt_text
#define KT_CTYPE_WORD const char *
#define KT_CTYPE_STATUS enum kt_status
#define KT_CTYPE_MARKS uint32_t

/* Whether the number `field` (as in KT_LAG_lag) of a row is known; and saying that it is. */
#define KT_KNOWS(row, field) (((row)->known >> (unsigned)(field)) & 1u)
#define KT_SET(row, ENTITY, name, value) ((row)->name = (value), (row)->known |= UINT64_C(1) << KT_##ENTITY##_##name)

/* The kinds and rows of fields.def as data, for exports, docs and tests. */
enum kt_field_kind {
    KT_FIELD_I64,
    KT_FIELD_F64,
    KT_FIELD_TRI,
    KT_FIELD_BOOL,
    KT_FIELD_TEXT,
    KT_FIELD_WORD,
    KT_FIELD_STATUS,
    KT_FIELD_MARKS
};

struct kt_field {
    const char *name;
    enum kt_field_kind kind;
    size_t offset; /* in the entity's struct; of a group x partition: in struct kt_lag_facts */
    const char *unit;
    const char *meaning;
};

#endif
