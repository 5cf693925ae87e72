/*
 * client_settle: whether the settings of a login go together, where a command tells the password or the token and where
 * none does.
 *
 * Said before any connection: the library would wait for ever for a token that nobody brings. Thread: any.
 */
#ifndef KT_CLIENT_SETTLE_H
#define KT_CLIENT_SETTLE_H

#include "error.h"
#include "option.h"

struct rd_kafka_conf_s;

/*
 * Looks at what is set in `conf`; with a token_command, adds what follows from it (OAUTHBEARER, SASL_SSL) where the
 * options do not say otherwise. KT_CONFIG says what to change, and no secret.
 */
KT_MUST_CHECK enum kt_code kt_client_settle(struct rd_kafka_conf_s *conf, const struct kt_options *options,
                                            struct kt_err *err);

#endif
