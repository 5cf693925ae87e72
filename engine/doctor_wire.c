#include "doctor_wire.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "doctor_net.h"
#include "error.h"
#include "reader.h"

#define ANSWER_MOST    65536
#define CLIENT         "kafkatop"
#define API_VERSIONS   18
#define SASL_HANDSHAKE 17

/* ---- bytes over a socket ---- */

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static int plain_read(void *self, void *bytes, size_t room, int64_t until)
{
    int fd = *(int *)self;
    for (;;) {
        ssize_t got = recv(fd, bytes, room, 0);
        if (got >= 0)
            return (int)got;
        if (errno == ECONNRESET)
            return KT_WIRE_CLOSED;
        if (errno != EAGAIN && errno != EINTR)
            return KT_WIRE_BROKEN;
        if (!kt_net_wait(fd, false, until))
            return KT_WIRE_SLOW;
    }
}

static int plain_write(void *self, const void *bytes, size_t size, int64_t until)
{
    int fd = *(int *)self;
    for (;;) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent >= 0)
            return (int)sent;
        if (errno == ECONNRESET || errno == EPIPE)
            return KT_WIRE_CLOSED;
        if (errno != EAGAIN && errno != EINTR)
            return KT_WIRE_BROKEN;
        if (!kt_net_wait(fd, true, until))
            return KT_WIRE_SLOW;
    }
}

struct kt_channel kt_wire_plain(int *fd)
{
    return (struct kt_channel){fd, plain_read, plain_write};
}

static enum kt_wire ended(int end)
{
    return end == KT_WIRE_CLOSED ? KT_WIRE_GONE : end == KT_WIRE_SLOW ? KT_WIRE_SILENT : KT_WIRE_FAILED;
}

static enum kt_wire write_all(const struct kt_channel *channel, const uint8_t *bytes, size_t size, int64_t until)
{
    for (size_t done = 0; done < size;) {
        int sent = channel->write(channel->self, bytes + done, size - done, until);
        if (sent <= 0)
            return ended(sent);
        done += (size_t)sent;
    }
    return KT_WIRE_KAFKA;
}

/* KT_WIRE_KAFKA: all `size` bytes are there. `got`: how many came. */
static enum kt_wire read_all(const struct kt_channel *channel, uint8_t *bytes, size_t size, size_t *got, int64_t until)
{
    for (*got = 0; *got < size;) {
        int more = channel->read(channel->self, bytes + *got, size - *got, until);
        if (more <= 0)
            return ended(more);
        *got += (size_t)more;
    }
    return KT_WIRE_KAFKA;
}

/* ---- what answers ---- */

/* Up to the end of the first line. */
static void note_begin(struct kt_wire_seen *seen, const uint8_t *bytes, size_t size)
{
    size_t room = sizeof seen->begin - 1;
    size = size < room ? size : room;
    for (size_t i = 0; i < size; i++)
        size = bytes[i] == '\r' || bytes[i] == '\n' ? i : size;
    for (size_t i = 0; i < size; i++)
        seen->begin[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '?';
    seen->begin[size] = '\0';
}

static enum kt_wire recognise(struct kt_wire_seen *seen, const uint8_t *bytes, size_t size)
{
    note_begin(seen, bytes, size);
    if (size >= 3 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 0x03)
        return KT_WIRE_TLS;
    return size >= 4 && memcmp(bytes, "HTTP", 4) == 0 ? KT_WIRE_HTTP : KT_WIRE_STRANGE;
}

static int32_t i32_of(const uint8_t *bytes)
{
    struct kt_reader reader;
    kt_reader_init(&reader, bytes, 4);
    return kt_read_i32(&reader);
}

/* The body of an answer: what follows its length and its number. */
static enum kt_wire read_answer(const struct kt_channel *channel, int32_t number, struct kt_wire_seen *seen,
                                uint8_t *body, size_t *size, int64_t until)
{
    uint8_t head[8];
    size_t got = 0;
    enum kt_wire wire = read_all(channel, head, 4, &got, until);
    if (wire != KT_WIRE_KAFKA)
        return got ? recognise(seen, head, got) : wire;
    int32_t length = i32_of(head);
    if (length < 4 || length - 4 > ANSWER_MOST) {
        memcpy(body, head, 4);
        (void)read_all(channel, body + 4, sizeof seen->begin, &got, until);
        return recognise(seen, body, 4 + got);
    }
    wire = read_all(channel, head + 4, 4, &got, until);
    if (wire == KT_WIRE_KAFKA && i32_of(head + 4) != number)
        return recognise(seen, head, 8);
    *size = (size_t)length - 4;
    return wire == KT_WIRE_KAFKA ? read_all(channel, body, *size, &got, until) : wire;
}

static void put_i16(uint8_t **at, unsigned value)
{
    *(*at)++ = (uint8_t)(value >> 8);
    *(*at)++ = (uint8_t)value;
}

static void put_string(uint8_t **at, const char *text, size_t length)
{
    put_i16(at, (unsigned)length);
    memcpy(*at, text, length);
    *at += length;
}

static enum kt_wire ask(const struct kt_channel *channel, unsigned key, unsigned version, const char *word,
                        struct kt_wire_seen *seen, uint8_t *body, size_t *size, int64_t until)
{
    uint8_t request[200], *at = request;
    size_t length = word ? strlen(word) : 0;
    put_i16(&at, 0);
    put_i16(&at, 0); /* the length, below */
    put_i16(&at, key);
    put_i16(&at, version);
    put_i16(&at, 0);
    put_i16(&at, key); /* the number that the answer repeats */
    put_string(&at, CLIENT, strlen(CLIENT));
    if (word)
        put_string(&at, word, length < 100 ? length : 100);
    uint8_t *place = request + 2;
    put_i16(&place, (unsigned)(at - request - 4));
    enum kt_wire wire = write_all(channel, request, (size_t)(at - request), until);
    return wire == KT_WIRE_KAFKA ? read_answer(channel, (int32_t)key, seen, body, size, until) : wire;
}

int kt_wire_read_versions(const uint8_t *bytes, size_t size, struct kt_wire_seen *seen)
{
    struct kt_reader reader;
    kt_reader_init(&reader, bytes, size);
    seen->error = kt_read_i16(&reader);
    for (size_t i = 0; i < KT_WIRE_KEYS_MOST; i++)
        seen->newest[i] = -1;
    seen->count = kt_read_count(&reader, 6);
    for (size_t i = 0; i < seen->count && !reader.bad; i++) {
        int16_t key = kt_read_i16(&reader);
        (void)kt_read_i16(&reader);
        int16_t newest = kt_read_i16(&reader);
        if (key >= 0 && key < KT_WIRE_KEYS_MOST)
            seen->newest[key] = newest;
    }
    return !reader.bad;
}

int kt_wire_read_mechanisms(const uint8_t *bytes, size_t size, struct kt_wire_seen *seen)
{
    struct kt_reader reader;
    char *out = seen->mechanisms;
    size_t room = sizeof seen->mechanisms;
    kt_reader_init(&reader, bytes, size);
    seen->error = kt_read_i16(&reader);
    *out = '\0';
    size_t count = kt_read_count(&reader, 2);
    for (size_t i = 0, used = 0; i < count && !reader.bad && used < room; i++) {
        struct kt_text name = kt_read_string(&reader);
        int length = name.length < 40 ? (int)name.length : 40;
        if (name.bytes)
            used += (size_t)snprintf(out + used, room - used, "%s%.*s", used ? ", " : "", length, name.bytes);
    }
    return !reader.bad;
}

enum kt_wire kt_wire_versions(const struct kt_channel *channel, struct kt_wire_seen *seen, int64_t until)
{
    uint8_t body[ANSWER_MOST];
    size_t size = 0;
    enum kt_wire wire = ask(channel, API_VERSIONS, 0, NULL, seen, body, &size, until);
    if (wire == KT_WIRE_KAFKA && !kt_wire_read_versions(body, size, seen))
        return recognise(seen, body, size);
    return wire;
}

enum kt_wire kt_wire_mechanisms(const struct kt_channel *channel, const char *mechanism, struct kt_wire_seen *seen,
                                int64_t until)
{
    uint8_t body[ANSWER_MOST];
    size_t size = 0;
    enum kt_wire wire = ask(channel, SASL_HANDSHAKE, 1, mechanism, seen, body, &size, until);
    if (wire == KT_WIRE_KAFKA && !kt_wire_read_mechanisms(body, size, seen))
        return recognise(seen, body, size);
    return wire;
}

enum kt_wire kt_wire_web(const struct kt_channel *channel, struct kt_wire_seen *seen, int64_t until)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    uint8_t head[sizeof seen->begin];
    size_t got = 0;
    enum kt_wire wire = write_all(channel, (const uint8_t *)request, sizeof request - 1, until);
    if (wire != KT_WIRE_KAFKA)
        return wire;
    wire = read_all(channel, head, sizeof head - 1, &got, until);
    return got ? recognise(seen, head, got) : wire;
}

/* ---- which release ---- */

/* What each release was the first to speak: a kind of request, and from which version on. The newest first. */
static const struct {
    int key;
    int version;
    const char *release;
} firsts[] = {
    {1, 18, "4.1"},  /* Fetch */
    {2, 10, "4.0"},  /* ListOffsets */
    {2, 9, "3.9"},   /* ListOffsets */
    {16, 5, "3.8"},  /* ListGroups by type */
    {1, 16, "3.7"},  /* Fetch */
    {24, 4, "3.6"},  /* AddPartitionsToTxn in batches */
    {1, 15, "3.5"},  /* Fetch */
    {1, 13, "3.1"},  /* Fetch by topic id */
    {9, 8, "3.0"},   /* OffsetFetch of several groups */
    {60, 0, "2.8"},  /* DescribeCluster */
    {1, 12, "2.7"},  /* Fetch */
    {16, 4, "2.6"},  /* ListGroups by state */
    {18, 3, "2.4"},  /* ApiVersions */
    {1, 11, "2.3"},  /* Fetch */
    {1, 8, "2.0"},   /* Fetch */
    {1, 6, "1.0"},   /* Fetch */
    {18, 0, "0.10"}, /* ApiVersions */
};

const char *kt_wire_release(const struct kt_wire_seen *seen)
{
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        if (seen->newest[firsts[i].key] >= firsts[i].version)
            return firsts[i].release;
    return NULL;
}
