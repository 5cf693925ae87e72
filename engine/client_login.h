/*
 * client_login: the password or the token of a cluster, where a command tells it: asked once for all handles, and
 * again when it ends or is refused.
 *
 * One thread asks; a command that fails is tried again after 1, 2, 4 ... 60 s, and a problem says why. Tokens are asked
 * anew when three quarters of their time are over, and given to every handle that has joined. What was refused is
 * asked again, as it may have been changed meanwhile; only what is refused although it is fresh is told.
 * NULL stands for a cluster without such a command, in all calls but open. Thread: any, where nothing else is said.
 */
#ifndef KT_CLIENT_LOGIN_H
#define KT_CLIENT_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"

struct rd_kafka_s;
struct rd_kafka_conf_s;

/* Begins to ask. *login is NULL when there is nothing to ask. `context` is copied. */
KT_MUST_CHECK enum kt_code kt_login_open(struct kt_login **login, const struct kt_client_context *context,
                                         struct kt_err *err);

/* Touches neither log nor inbox from now on, and ends the command. */
void kt_login_stop(struct kt_login *login);

/* After all handles have left. Waits for the thread, which does not wait for the command. */
void kt_login_close(struct kt_login *login);

/* Whether handles can be made: there is a secret. The inbox is woken when that becomes true. */
bool kt_login_ready(struct kt_login *login);

/* For those who have nothing to do meanwhile: waits for a secret or the first failure. KT_NETWORK: neither came. */
KT_MUST_CHECK enum kt_code kt_login_wait(struct kt_login *login, int64_t wait_ms, struct kt_err *err);

/* Before a handle is made: the password, or whom the library asks for a token. */
void kt_login_dress(struct kt_login *login, struct rd_kafka_conf_s *conf);

/* A handle gets what is asked from now on, until it leaves: before it is destroyed. */
void kt_login_join(struct kt_login *login, struct rd_kafka_s *rk);
void kt_login_leave(struct kt_login *login, struct rd_kafka_s *rk);

/* The library wants a token: it has none, or its clock says that the last one ends. */
void kt_login_nudge(struct kt_login *login);

/* A broker refused what it was given. True: what was refused was old, and nobody needs to know yet. */
bool kt_login_refused(struct kt_login *login);

#endif
