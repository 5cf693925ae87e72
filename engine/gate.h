/*
 * gate: how often a broker is asked to let us in after it refused a login.
 *
 * The client library's handles try anew every few seconds, each at each broker, and some who guard clusters lock an
 * account after a few wrong passwords. So once a broker refused a login, only one connection is made to it for all
 * handles, after 1 s, 2 s, 4 s and so on up to a minute; when one was made and not refused, the way is free for all.
 * A broker is an address, "host:port": one that refuses what the others take closes no way to these.
 *
 * Invariant: as long as no login was refused, everybody passes. Names and errors of the library say of whom they speak.
 * Thread: any. Times are kt_wait_now's.
 */
#ifndef KT_GATE_H
#define KT_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct kt_gate;

/* With one reference. */
struct kt_gate *kt_gate_new(void);
struct kt_gate *kt_gate_ref(struct kt_gate *gate); /* NULL is allowed, here and below: everybody passes */
void kt_gate_unref(struct kt_gate *gate);

/*
 * Whether a connection may be made now to the broker that the library calls `broker`, "proto://host:port/id".
 * `first`: by the one handle that finds out whether we are let in.
 */
bool kt_gate_pass(struct kt_gate *gate, const char *broker, bool first, int64_t now);

/* A login was refused; `reason` begins with the library's name of the broker. */
void kt_gate_refused(struct kt_gate *gate, const char *reason, int64_t now);

/* Whether the broker of which an error speaks is one that refused us, and nothing else was heard of it since. */
bool kt_gate_shut(struct kt_gate *gate, const char *reason);

#endif
