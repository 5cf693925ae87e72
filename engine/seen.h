/*
 * seen: which keys of the offsets topic were read already, and what their newest record said.
 *
 * Older parts of the topic are read after newer ones, and coordinators are asked beside it: this table keeps both
 * from undoing what a newer record told. Keys are kept as 64-bit hashes (seeded per table), 24 bytes each, because a
 * big cluster has hundreds of thousands.
 *
 * Thread: any (one mutex inside).
 */
#ifndef KT_SEEN_H
#define KT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observation.h"

enum {
    KT_SEEN_VALUE = 1,     /* a record with a value was read */
    KT_SEEN_TOMBSTONE = 2, /* a tombstone was read, at any time */
    KT_SEEN_GONE = 4       /* the newest record is a tombstone */
};

struct kt_seen_entry {
    unsigned flags;    /* 0: never read */
    bool has_offset;   /* of a commit: */
    int64_t offset;    /* what it committed */
    int64_t read_at;   /* when its newest record was read, on the caller's clock */
};

struct kt_seen;

struct kt_seen *kt_seen_new(uint64_t seed);
void kt_seen_free(struct kt_seen *seen);
void kt_seen_clear(struct kt_seen *seen);

/*
 * From now on nothing older is read any more: what was deleted more than ten minutes ago may be forgotten, so that
 * the table does not grow with groups that come and go.
 */
void kt_seen_settle(struct kt_seen *seen);
size_t kt_seen_count(struct kt_seen *seen);

/* Notes a record of this raw key; `at` does not fall. */
void kt_seen_note(struct kt_seen *seen, const void *key, size_t length, bool tombstone, int64_t at);

/* The same of a key of a commit in the form of today (int16 1), and what it committed. */
void kt_seen_note_commit(struct kt_seen *seen, const void *key, size_t length, int64_t offset, int64_t at);

/* Notes what the newest commit of a key said. */
void kt_seen_commit(struct kt_seen *seen, struct kt_text group, struct kt_text topic, int32_t partition,
                    int64_t offset, int64_t at);

struct kt_seen_entry kt_seen_find(struct kt_seen *seen, const void *key, size_t length);
struct kt_seen_entry kt_seen_find_commit(struct kt_seen *seen, struct kt_text group, struct kt_text topic,
                                         int32_t partition);

/*
 * Whether a record that lies before everything read so far may still be told: a commit unless its key was deleted
 * since, anything else only when nothing newer of its key was read.
 */
bool kt_seen_admits_older(struct kt_seen *seen, const void *key, size_t length, bool tombstone);

#endif
