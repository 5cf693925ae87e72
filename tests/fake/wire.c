#include "wire.h"

#include <stdlib.h>
#include <string.h>

void wire_raw(struct wire *wire, const void *bytes, size_t length)
{
    if (length > sizeof wire->bytes - wire->length)
        abort();
    if (length > 0)
        memcpy(wire->bytes + wire->length, bytes, length);
    wire->length += length;
}

static void big_endian(struct wire *wire, uint64_t value, unsigned length)
{
    while (length-- > 0) {
        uint8_t byte = (uint8_t)(value >> (8 * length));

        wire_raw(wire, &byte, 1);
    }
}

void wire_i8(struct wire *wire, int value)
{
    big_endian(wire, (uint64_t)value, 1);
}

void wire_i16(struct wire *wire, int value)
{
    big_endian(wire, (uint64_t)value, 2);
}

void wire_i32(struct wire *wire, int64_t value)
{
    big_endian(wire, (uint64_t)value, 4);
}

void wire_i64(struct wire *wire, int64_t value)
{
    big_endian(wire, (uint64_t)value, 8);
}

void wire_uvarint(struct wire *wire, uint32_t value)
{
    while (value >= 0x80) {
        wire_i8(wire, (int)(value & 0x7f) | 0x80);
        value >>= 7;
    }
    wire_i8(wire, (int)value);
}

static void put(struct wire *wire, const void *bytes, size_t length, bool long_form)
{
    if (wire->flexible)
        wire_uvarint(wire, bytes ? (uint32_t)length + 1 : 0);
    else
        big_endian(wire, bytes ? length : UINT64_MAX, long_form ? 4 : 2);
    wire_raw(wire, bytes, bytes ? length : 0);
}

void wire_text(struct wire *wire, const char *text)
{
    put(wire, text, text ? strlen(text) : 0, false);
}

void wire_bytes(struct wire *wire, const struct wire *blob)
{
    put(wire, blob ? blob->bytes : NULL, blob ? blob->length : 0, true);
}

void wire_count(struct wire *wire, int32_t count)
{
    if (wire->flexible)
        wire_uvarint(wire, (uint32_t)count + 1);
    else
        wire_i32(wire, count);
}

void wire_uuid(struct wire *wire, int byte)
{
    for (int i = 0; i < 16; i++)
        wire_i8(wire, byte);
}

void wire_tags(struct wire *wire)
{
    if (wire->flexible)
        wire_uvarint(wire, 0);
}

void wire_assignment(struct wire *wire, const char *topic, const int32_t *partitions, int32_t count)
{
    wire_i16(wire, 1);
    wire_count(wire, 1);
    wire_text(wire, topic);
    wire_count(wire, count);
    for (int32_t i = 0; i < count; i++)
        wire_i32(wire, partitions[i]);
    wire_bytes(wire, NULL);
}

void wire_subscription(struct wire *wire, const char *topic)
{
    wire_i16(wire, 1);
    wire_count(wire, 1);
    wire_text(wire, topic);
    wire_bytes(wire, NULL);
    wire_count(wire, 0);
}
