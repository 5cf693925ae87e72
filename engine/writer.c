#include "writer.h"

#include <string.h>

#include "decimal.h"

void kt_writer_init(struct kt_writer *writer, FILE *out)
{
    writer->out = out;
    writer->used = 0;
}

void kt_writer_flush(struct kt_writer *writer)
{
    if (writer->used > 0) {
        fwrite(writer->bytes, 1, writer->used, writer->out);
    }
    writer->used = 0;
}

char *kt_writer_place(struct kt_writer *writer, size_t most)
{
    if (KT_WRITER_ROOM - writer->used < most) {
        kt_writer_flush(writer);
    }
    return writer->bytes + writer->used;
}

void kt_writer_took(struct kt_writer *writer, size_t length)
{
    writer->used += length;
}

void kt_writer_byte(struct kt_writer *writer, char byte)
{
    *kt_writer_place(writer, 1) = byte;
    writer->used++;
}

void kt_writer_bytes(struct kt_writer *writer, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t part = length < KT_WRITER_ROOM ? length : KT_WRITER_ROOM;
        memcpy(kt_writer_place(writer, part), bytes, part);
        writer->used += part;
        bytes += part;
        length -= part;
    }
}

void kt_writer_text(struct kt_writer *writer, const char *text)
{
    kt_writer_bytes(writer, text, strlen(text));
}

void kt_writer_i64(struct kt_writer *writer, int64_t value)
{
    kt_writer_took(writer, kt_decimal_i64(kt_writer_place(writer, KT_DECIMAL_ROOM), value));
}
