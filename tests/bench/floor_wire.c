/* The floor of all: the questions themselves on one socket a broker, without the library, TLS or a login. Offsets are
 * asked for a hundred groups in one request, log ends for hundreds of partitions. */
#include "bare.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "reader.h"
#include "wire.h"

enum api { LIST_OFFSETS = 2, METADATA = 3, OFFSET_FETCH = 9, LIST_GROUPS = 16 };

#define GROUPS_A_REQUEST 100
#define PLACE_SIZE       12  /* of one partition in a question for log ends */
#define NAME_ROOM        300 /* for a topic's name and counts */
#define MAX_ANSWER       (64 << 20)

/* A connection; `answer` holds the last one. */
struct line {
    int fd;
    uint8_t *answer;
    size_t room, length;
};

struct tally {
    int64_t requests, groups, commits, partitions, ends;
};

static struct tally tally;

static void open_line(struct line *line, const char *host, const char *port)
{
    struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
    int error = getaddrinfo(host, port, &hints, &found), on = 1;
    if (error) {
        bare_fail(host, gai_strerror(error));
    }
    line->fd = socket(found->ai_family, SOCK_STREAM, 0);
    if (line->fd < 0 || connect(line->fd, found->ai_addr, found->ai_addrlen) != 0) {
        bare_fail(host, "no connection");
    }
    setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    freeaddrinfo(found);
}

static void read_all(struct line *line, size_t wanted)
{
    if (wanted > line->room) {
        free(line->answer);
        line->answer = kt_alloc(wanted, 1);
        line->room = wanted;
    }
    for (line->length = 0; line->length < wanted;) {
        ssize_t got = read(line->fd, line->answer + line->length, wanted - line->length);
        if (got <= 0) {
            bare_fail("broker", "hung up");
        }
        line->length += (size_t)got;
    }
}

/* The head of a request; its length is filled in by `ask`. */
static void begin(struct wire *wire, enum api api, int version)
{
    wire->length = 0;
    wire->flexible = false;
    wire_i32(wire, 0);
    wire_i16(wire, (int)api);
    wire_i16(wire, version);
    wire_i32(wire, 0);
    wire_text(wire, "floor");
}

static void set_i32(struct wire *wire, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++) {
        wire->bytes[at + i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* Sends a request and gives its answer, behind the correlation. */
static struct kt_reader ask(struct line *line, struct wire *wire)
{
    struct kt_reader reader;
    set_i32(wire, 0, (uint32_t)(wire->length - 4));
    if (write(line->fd, wire->bytes, wire->length) != (ssize_t)wire->length) {
        bare_fail("broker", "takes no request");
    }
    read_all(line, 4);
    kt_reader_init(&reader, line->answer, 4);
    int32_t length = kt_read_i32(&reader);
    if (length < 4 || length > MAX_ANSWER) {
        bare_fail("broker", "answers with something else than Kafka's protocol");
    }
    read_all(line, (size_t)length);
    kt_reader_init(&reader, line->answer + 4, (size_t)length - 4);
    tally.requests++;
    return reader;
}

static void must(bool good, const char *what)
{
    if (!good) {
        bare_fail(what, "refused, or not understood");
    }
}

/* ---- offsets ---- */

static void take_offsets(struct kt_reader *reader)
{
    kt_read_skip_tags(reader);
    (void)kt_read_i32(reader);
    for (size_t groups = kt_read_compact_count(reader, 4); groups > 0; groups--) {
        (void)kt_read_compact_string(reader);
        for (size_t topics = kt_read_compact_count(reader, 3); topics > 0; topics--) {
            (void)kt_read_compact_string(reader);
            for (size_t count = kt_read_compact_count(reader, 20); count > 0; count--) {
                (void)kt_read_i32(reader);
                int64_t offset = kt_read_i64(reader);
                (void)kt_read_i32(reader);
                (void)kt_read_compact_string(reader);
                must(kt_read_i16(reader) == 0, "offsets");
                kt_read_skip_tags(reader);
                tally.commits += offset >= 0;
            }
            kt_read_skip_tags(reader);
        }
        must(kt_read_i16(reader) == 0, "offsets");
        kt_read_skip_tags(reader);
    }
    must(!reader->bad, "offsets");
}

/* Of the next groups, all there is. */
static void ask_offsets(struct line *line, struct kt_reader *names, size_t count)
{
    static struct wire wire;
    begin(&wire, OFFSET_FETCH, 8);
    wire_i8(&wire, 0); /* no tags in the head */
    wire.flexible = true;
    wire_count(&wire, (int32_t)count);
    for (; count > 0; count--) {
        struct kt_text name = kt_read_string(names);
        (void)kt_read_string(names);
        must(name.bytes && name.length < sizeof wire.bytes - wire.length - 16, "groups");
        wire_uvarint(&wire, (uint32_t)name.length + 1);
        wire_raw(&wire, name.bytes, name.length);
        wire_count(&wire, -1);
        wire_tags(&wire);
    }
    wire_i8(&wire, 0); /* not stable ones alone */
    wire_tags(&wire);
    struct kt_reader reader = ask(line, &wire);
    take_offsets(&reader);
}

static void ask_groups(struct line *line)
{
    static struct wire wire;
    begin(&wire, LIST_GROUPS, 2);
    struct kt_reader reader = ask(line, &wire);
    size_t length = kt_reader_left(&reader);
    uint8_t *kept = kt_alloc(length, 1);
    memcpy(kept, reader.at, length);
    kt_reader_init(&reader, kept, length);
    (void)kt_read_i32(&reader);
    must(kt_read_i16(&reader) == 0, "groups");
    for (size_t left = kt_read_count(&reader, 4); left > 0;) {
        size_t now = left < GROUPS_A_REQUEST ? left : GROUPS_A_REQUEST;
        ask_offsets(line, &reader, now);
        tally.groups += (int64_t)now;
        left -= now;
    }
    free(kept);
}

/* ---- log ends ---- */

static void ask_ends(struct line *line, struct wire *wire)
{
    struct kt_reader reader = ask(line, wire);
    for (size_t topics = kt_read_count(&reader, 6); topics > 0; topics--) {
        (void)kt_read_string(&reader);
        for (size_t count = kt_read_count(&reader, 22); count > 0; count--) {
            (void)kt_read_i32(&reader);
            must(kt_read_i16(&reader) == 0, "log ends");
            (void)kt_read_i64(&reader);
            tally.ends += kt_read_i64(&reader) >= 0;
        }
    }
    must(!reader.bad, "log ends");
}

/* A question under way: where its two counts stand, and what they are. */
struct question {
    struct wire wire;
    size_t topics_at, places_at;
    uint32_t topics, places;
};

static void begin_question(struct question *question)
{
    begin(&question->wire, LIST_OFFSETS, 1);
    wire_i32(&question->wire, -1);
    question->topics_at = question->wire.length;
    question->topics = question->places = 0;
    wire_i32(&question->wire, 0);
}

static void begin_topic(struct question *question, struct kt_text name)
{
    wire_i16(&question->wire, (int)name.length);
    wire_raw(&question->wire, name.bytes, name.length);
    question->places_at = question->wire.length;
    question->places = 0;
    wire_i32(&question->wire, 0);
    set_i32(&question->wire, question->topics_at, ++question->topics);
}

static void send_question(struct question *question, struct line *line)
{
    if (question->topics) {
        ask_ends(line, &question->wire);
    }
    begin_question(question);
}

/* One topic of a Metadata answer; those of its partitions that this broker leads join the question. */
static void read_topic(struct kt_reader *reader, int32_t broker, struct question *question, struct line *line)
{
    (void)kt_read_i16(reader);
    struct kt_text name = kt_read_string(reader);
    bool internal = kt_read_i8(reader) != 0, named = false;
    for (size_t count = kt_read_count(reader, 18); count > 0; count--) {
        (void)kt_read_i16(reader);
        int32_t partition = kt_read_i32(reader), leader = kt_read_i32(reader);
        kt_read_span(reader, 4 * kt_read_count(reader, 4));
        kt_read_span(reader, 4 * kt_read_count(reader, 4));
        if (internal || leader != broker) {
            continue;
        }
        if (question->wire.length + NAME_ROOM + PLACE_SIZE > sizeof question->wire.bytes) {
            send_question(question, line);
            named = false;
        }
        if (!named) {
            begin_topic(question, name);
        }
        named = true;
        wire_i32(&question->wire, partition);
        wire_i64(&question->wire, -1);
        set_i32(&question->wire, question->places_at, ++question->places);
        tally.partitions++;
    }
}

/* ---- a broker ---- */

static void ask_broker(const struct kt_reader *brokers_end, int32_t id, const char *host, int32_t port)
{
    static struct question question;
    struct kt_reader reader = *brokers_end;
    struct line line = {0};
    char number[16];
    snprintf(number, sizeof number, "%d", (int)port);
    open_line(&line, host, number);
    ask_groups(&line);
    begin_question(&question);
    (void)kt_read_string(&reader);
    (void)kt_read_i32(&reader);
    for (size_t topics = kt_read_count(&reader, 9); topics > 0; topics--) {
        read_topic(&reader, id, &question, &line);
    }
    must(!reader.bad, "metadata");
    send_question(&question, &line);
}

static struct kt_reader ask_metadata(void)
{
    static struct wire wire;
    struct line line = {0};
    char address[300], *port;
    snprintf(address, sizeof address, "%s", bare_address());
    address[strcspn(address, ",")] = '\0';
    port = strrchr(address, ':');
    must(port != NULL, "address");
    *port = '\0';
    open_line(&line, address, port + 1);
    begin(&wire, METADATA, 4);
    wire_i32(&wire, -1);
    wire_i8(&wire, 0);
    return ask(&line, &wire); /* the line lives on with its answer */
}

int main(int argc, char **argv)
{
    bare_begin(argc, argv);
    struct kt_reader brokers = ask_metadata(), after;
    (void)kt_read_i32(&brokers);
    after = brokers;
    size_t count = kt_read_count(&brokers, 12);
    (void)kt_read_i32(&after);
    for (size_t i = 0; i < count; i++) {
        kt_read_span(&after, 4);
        (void)kt_read_string(&after);
        kt_read_span(&after, 4);
        (void)kt_read_string(&after);
    }
    for (; count > 0; count--) {
        char host[256];
        int32_t id = kt_read_i32(&brokers);
        struct kt_text name = kt_read_string(&brokers);
        int32_t port = kt_read_i32(&brokers);
        (void)kt_read_string(&brokers);
        must(!brokers.bad && name.bytes, "metadata");
        snprintf(host, sizeof host, "%.*s", (int)name.length, (const char *)name.bytes);
        ask_broker(&after, id, host, port);
    }
    const struct bare_count counts[] = {
        {"requests", tally.requests},     {"groups", tally.groups}, {"commits", tally.commits},
        {"partitions", tally.partitions}, {"ends", tally.ends},
    };
    bare_tell("wire", counts, sizeof counts / sizeof counts[0]);
}
