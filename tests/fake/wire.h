/*
 * wire: builds bytes as Kafka writes them, for tests of what reads them.
 *
 * Everything is appended; a test fails (abort) when the room is full. NULL texts become nulls. `flexible`
 * chooses compact lengths, and tells wire_tags whether to write the empty section of tagged fields.
 */
#ifndef FAKE_WIRE_H
#define FAKE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
    uint8_t bytes[8192];
    size_t length;
    bool flexible;
};

void wire_i8(struct wire *wire, int value);
void wire_i16(struct wire *wire, int value);
void wire_i32(struct wire *wire, int64_t value);
void wire_i64(struct wire *wire, int64_t value);
void wire_uvarint(struct wire *wire, uint32_t value);
void wire_raw(struct wire *wire, const void *bytes, size_t length);
void wire_text(struct wire *wire, const char *text);
void wire_bytes(struct wire *wire, const struct wire *blob); /* NULL: null */
void wire_count(struct wire *wire, int32_t count);           /* of an array; -1: null */
void wire_uuid(struct wire *wire, int byte);                 /* sixteen times the same byte */
void wire_tags(struct wire *wire);                           /* none, where the format has such a section */

/* Sixteen-bit version first, then one topic with the given partitions: the consumer protocol's Assignment. */
void wire_assignment(struct wire *wire, const char *topic, const int32_t *partitions, int32_t count);
/* ... and its Subscription to one topic, as of version 1 (nothing owned). */
void wire_subscription(struct wire *wire, const char *topic);

#endif
