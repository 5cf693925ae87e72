#include "reader.h"

/* What an empty text points at when there were no bytes at all. */
static const uint8_t nothing[1];

void kt_reader_init(struct kt_reader *reader, const void *bytes, size_t length)
{
    reader->at = bytes ? bytes : nothing;
    reader->end = bytes ? reader->at + length : nothing;
    reader->bad = false;
}

size_t kt_reader_left(const struct kt_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

void kt_reader_spoil(struct kt_reader *reader)
{
    reader->bad = true;
    reader->at = reader->end;
}

const uint8_t *kt_read_span(struct kt_reader *reader, size_t length)
{
    const uint8_t *span = reader->at;

    if (reader->bad || length > kt_reader_left(reader)) {
        kt_reader_spoil(reader);
        return NULL;
    }
    reader->at += length;
    return span;
}

static uint64_t read_big_endian(struct kt_reader *reader, size_t length)
{
    const uint8_t *span = kt_read_span(reader, length);
    uint64_t value = 0;

    for (size_t i = 0; span && i < length; i++)
        value = value << 8 | span[i];
    return value;
}

int8_t kt_read_i8(struct kt_reader *reader)
{
    return (int8_t)read_big_endian(reader, 1);
}

int16_t kt_read_i16(struct kt_reader *reader)
{
    return (int16_t)read_big_endian(reader, 2);
}

int32_t kt_read_i32(struct kt_reader *reader)
{
    return (int32_t)read_big_endian(reader, 4);
}

int64_t kt_read_i64(struct kt_reader *reader)
{
    return (int64_t)read_big_endian(reader, 8);
}

uint32_t kt_read_uvarint(struct kt_reader *reader)
{
    uint32_t value = 0;

    for (unsigned shift = 0; shift < 35; shift += 7) {
        const uint8_t *byte = kt_read_span(reader, 1);

        if (!byte)
            return 0;
        /* The fifth byte has room for four bits only. */
        if (shift == 28 && *byte > 0x0f)
            break;
        value |= (uint32_t)(*byte & 0x7f) << shift;
        if (!(*byte & 0x80))
            return value;
    }
    kt_reader_spoil(reader);
    return 0;
}

/* `length` bytes as a text; -1 stands for none. */
static struct kt_text read_text(struct kt_reader *reader, int64_t length)
{
    const uint8_t *span = NULL;

    if (length < -1)
        kt_reader_spoil(reader);
    else if (length >= 0 && !reader->bad)
        span = kt_read_span(reader, (size_t)length);
    return kt_text_of((const char *)span, span ? (size_t)length : 0);
}

struct kt_text kt_read_string(struct kt_reader *reader)
{
    return read_text(reader, kt_read_i16(reader));
}

struct kt_text kt_read_compact_string(struct kt_reader *reader)
{
    return read_text(reader, (int64_t)kt_read_uvarint(reader) - 1);
}

struct kt_text kt_read_bytes(struct kt_reader *reader)
{
    return read_text(reader, kt_read_i32(reader));
}

void kt_read_uuid(struct kt_reader *reader, uint8_t id[16])
{
    const uint8_t *span = kt_read_span(reader, 16);

    for (size_t i = 0; i < 16; i++)
        id[i] = span ? span[i] : 0;
}

/* A count that the bytes left can hold, or 0 and a bad reader. */
static size_t checked_count(struct kt_reader *reader, int64_t count, size_t least)
{
    if (count == -1 || reader->bad)
        return 0;
    if (count < 0 || (uint64_t)count > kt_reader_left(reader) / (least ? least : 1)) {
        kt_reader_spoil(reader);
        return 0;
    }
    return (size_t)count;
}

size_t kt_read_count(struct kt_reader *reader, size_t least)
{
    return checked_count(reader, kt_read_i32(reader), least);
}

size_t kt_read_compact_count(struct kt_reader *reader, size_t least)
{
    return checked_count(reader, (int64_t)kt_read_uvarint(reader) - 1, least);
}

void kt_read_skip_tags(struct kt_reader *reader)
{
    uint32_t count = kt_read_uvarint(reader);

    for (uint32_t i = 0; i < count && !reader->bad; i++) {
        kt_read_uvarint(reader); /* its number */
        kt_read_span(reader, kt_read_uvarint(reader));
    }
}
