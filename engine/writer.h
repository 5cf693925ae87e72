/*
 * writer: bytes for a stream, gathered in a buffer of its own.
 *
 * A document is made of a hundred million small pieces, and each call of stdio takes a lock: here a piece costs a copy.
 * Nothing reaches the stream for sure before kt_writer_flush. Failure is found by the stream's ferror.
 *
 * Thread: one at a time.
 */
#ifndef KT_WRITER_H
#define KT_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define KT_WRITER_ROOM 16384

struct kt_writer {
    FILE *out;
    size_t used;
    char bytes[KT_WRITER_ROOM];
};

void kt_writer_init(struct kt_writer *writer, FILE *out);
void kt_writer_flush(struct kt_writer *writer);

/* Room for `most` bytes (at most KT_WRITER_ROOM); what was put there counts by kt_writer_took. */
char *kt_writer_place(struct kt_writer *writer, size_t most);
void kt_writer_took(struct kt_writer *writer, size_t length);

void kt_writer_byte(struct kt_writer *writer, char byte);
void kt_writer_bytes(struct kt_writer *writer, const char *bytes, size_t length);
void kt_writer_text(struct kt_writer *writer, const char *text); /* up to its NUL */
void kt_writer_i64(struct kt_writer *writer, int64_t value);

#endif
