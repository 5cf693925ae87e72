/*
 * reader: a bounded big-endian cursor over foreign bytes.
 *
 * A read past the end, or a length that makes no sense, turns the reader bad for good: every later read gives
 * zero or nothing, and `bad` tells. So a decoder reads straight on and asks once. Nothing is copied: texts point
 * into the bytes. Thread: one at a time.
 *
 * Formats: the Kafka protocol guide's primitive types (INT8..INT64, STRING, COMPACT_STRING, UNSIGNED_VARINT,
 * tagged fields).
 */
#ifndef KT_READER_H
#define KT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observation.h"

struct kt_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

void kt_reader_init(struct kt_reader *reader, const void *bytes, size_t length);
size_t kt_reader_left(const struct kt_reader *reader); /* 0 when bad */

/* For a decoder that finds what it read senseless: bad from here on. */
void kt_reader_spoil(struct kt_reader *reader);

int8_t kt_read_i8(struct kt_reader *reader);
int16_t kt_read_i16(struct kt_reader *reader);
int32_t kt_read_i32(struct kt_reader *reader);
int64_t kt_read_i64(struct kt_reader *reader);
uint32_t kt_read_uvarint(struct kt_reader *reader); /* at most 5 bytes, at most 32 bits */

struct kt_text kt_read_string(struct kt_reader *reader);           /* int16 length; -1: bytes NULL; less: bad */
struct kt_text kt_read_compact_string(struct kt_reader *reader);   /* uvarint length + 1; 0: bytes NULL */
struct kt_text kt_read_bytes(struct kt_reader *reader);            /* int32 length; -1: bytes NULL; less: bad */
void kt_read_uuid(struct kt_reader *reader, uint8_t id[16]);
const uint8_t *kt_read_span(struct kt_reader *reader, size_t length); /* NULL when bad */

/*
 * The count of an array whose items take at least `least` bytes each: bad when that many cannot follow.
 * int32 form: -1 (null) gives 0. Compact form: uvarint n + 1; 0 (null) gives 0.
 */
size_t kt_read_count(struct kt_reader *reader, size_t least);
size_t kt_read_compact_count(struct kt_reader *reader, size_t least);

/* Passes over a tagged-field section. */
void kt_read_skip_tags(struct kt_reader *reader);

#endif
