/*
 * client: a handle of librdkafka, its properties, its callbacks and its errors in our words.
 *
 * QUERY asks for metadata, listings and log ends. READ reads the offsets topic, or asks for last stable offsets: its
 * isolation is read_committed, so commits of aborted transactions never appear. OLDER reads too, in the background,
 * with less memory. RECORD reads single records of any topic, read_committed too, and fetches as little as can be.
 * GROUPS asks coordinators for offsets and carries the id of a group that exists already, because the library dies on
 * some answers to a handle without one. No role joins, commits, produces, creates or changes
 * anything: the calls are not linked.
 *
 * Nothing of the library reaches standard output or standard error: its log goes to ours. Its errors become
 * KT_OBS_PROBLEM observations of scope cluster or broker.
 *
 * Thread: any, where the library's own calls are; open and close: one.
 */
#ifndef KT_CLIENT_H
#define KT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "error.h"
#include "inbox.h"
#include "log.h"
#include "option.h"

struct rd_kafka_s;
struct kt_client;
struct kt_login; /* client_login.h */
struct kt_gate;  /* gate.h */

enum kt_role { KT_ROLE_QUERY, KT_ROLE_READ, KT_ROLE_OLDER, KT_ROLE_RECORD, KT_ROLE_GROUPS, KT_ROLE_COUNT };

/* Where a client's errors and log lines go; all live longer than the client. */
struct kt_client_context {
    const struct kt_options *options;
    const struct kt_clock *clock;
    struct kt_log *log;
    struct kt_inbox *inbox;
    struct kt_login *login; /* whom to ask for the password or the token; NULL: nobody needs to */
    struct kt_gate *gate;   /* how often refused logins are tried again, by all handles; NULL: as each likes */
};

/*
 * Checks brokers and properties against what the library knows, without a connection: KT_CONFIG for an unknown
 * property (names the nearest known one), a value it does not take, a property that kafkatop sets itself;
 * KT_USAGE when no broker is given.
 */
KT_MUST_CHECK enum kt_code kt_client_check(const struct kt_options *options, struct kt_err *err);

/* `group_id` for KT_ROLE_GROUPS only, else NULL. Does not wait for the network. */
KT_MUST_CHECK enum kt_code kt_client_open(struct kt_client **client, enum kt_role role,
                                          const struct kt_client_context *context, const char *group_id,
                                          struct kt_err *err);

/* NULL is allowed. May take as long as the library needs to end its threads. */
void kt_client_close(struct kt_client *client);

/* From the return of this call on, the client touches neither log nor inbox. Thread: any. */
void kt_client_mute(struct kt_client *client);

/*
 * A handle remembers leaders for a quarter of an hour, and being told that they are wrong does not change its mind:
 * it has to ask for metadata. Doubt: something was sent to the wrong broker. Renew: asks, when it is in doubt or
 * remembers an older layout than that of this epoch, and not too often; others with such a memory wait for it.
 * Thread: any; renew: a worker, for at most timeout_ms.
 */
void kt_client_doubt(struct kt_client *client);
void kt_client_renew(struct kt_client *client, uint64_t epoch, int timeout_ms);

/* The cluster has answered: from now on one address that does not is no problem of the whole. Thread: any. */
void kt_client_reached(struct kt_client *client);

/* The library's handle, for the modules that may include its header. */
struct rd_kafka_s *kt_client_handle(const struct kt_client *client);

/* Serves the error callback. Thread: the collector's. */
void kt_client_serve(struct kt_client *client);

/* The name of an error number of the library: static text. */
const char *kt_client_error_name(int error);

/* Copies foreign text on one line: control bytes become '?', `room` > 0 counts the NUL. Returns out. */
const char *kt_client_line(const char *text, char *out, size_t room);

/* Makes and posts a problem, or its end; `text` is made harmless. */
void kt_client_problem(struct kt_inbox *inbox, const struct kt_clock *clock, enum kt_scope scope, const char *name,
                       const char *error, bool over, const char *text);

#endif
