/*
 * doctor_wire: two questions of Kafka's protocol, asked before anybody logs in, and what else may answer on a port.
 *
 * ApiVersions and SaslHandshake are answered on connections that are not authenticated yet; the client library asks
 * them too, and tells neither answer. Nothing else is ever sent. Answers are foreign bytes: bounded, then read.
 * Thread: one a channel.
 */
#ifndef KT_DOCTOR_WIRE_H
#define KT_DOCTOR_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes to and from a port, over TLS or not. Both return the bytes moved, or one of enum kt_wire_end, until `until`. */
enum kt_wire_end { KT_WIRE_CLOSED = 0, KT_WIRE_SLOW = -1, KT_WIRE_BROKEN = -2 };

struct kt_channel {
    void *self;
    int (*read)(void *self, void *bytes, size_t room, int64_t until);
    int (*write)(void *self, const void *bytes, size_t size, int64_t until);
};

/* A channel over a socket that never blocks; `fd` outlives it. */
struct kt_channel kt_wire_plain(int *fd);

enum kt_wire {
    KT_WIRE_KAFKA, /* it answered as Kafka does */
    KT_WIRE_TLS,   /* a record of TLS */
    KT_WIRE_HTTP,
    KT_WIRE_STRANGE, /* something else: `begin` has its first bytes */
    KT_WIRE_SILENT,  /* it took the question and said nothing in time */
    KT_WIRE_GONE,    /* it closed the connection */
    KT_WIRE_FAILED   /* the channel broke */
};

#define KT_WIRE_KEYS_MOST       200
#define KT_WIRE_MECHANISMS_ROOM 200

struct kt_wire_seen {
    int error;    /* Kafka's number; 0: none */
    size_t count; /* kinds of requests; newest[] by their number, -1: not spoken */
    int16_t newest[KT_WIRE_KEYS_MOST];
    char mechanisms[KT_WIRE_MECHANISMS_ROOM]; /* of SASL: "PLAIN, SCRAM-SHA-512" */
    char begin[40];
};

enum kt_wire kt_wire_versions(const struct kt_channel *channel, struct kt_wire_seen *seen, int64_t until);

/* `mechanism` is asked for; error 33: not that one, 34: no SASL on this listener. */
enum kt_wire kt_wire_mechanisms(const struct kt_channel *channel, const char *mechanism, struct kt_wire_seen *seen,
                                int64_t until);

/* To be sent on a connection whose other side says nothing: web servers wait for a whole line. */
enum kt_wire kt_wire_web(const struct kt_channel *channel, struct kt_wire_seen *seen, int64_t until);

/* The release of Apache Kafka that speaks so, at least: "4.1"; NULL: older than any that we know. */
const char *kt_wire_release(const struct kt_wire_seen *seen);

/* Reads the body of an answer; false: it makes no sense. For the functions above, and fuzzing. */
int kt_wire_read_versions(const uint8_t *bytes, size_t size, struct kt_wire_seen *seen);
int kt_wire_read_mechanisms(const uint8_t *bytes, size_t size, struct kt_wire_seen *seen);

#endif
