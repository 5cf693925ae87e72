/*
 * client_config: from the options of a cluster to the properties of a handle of one role.
 *
 * What kafkatop sets itself cannot be given; what a user gives beats our defaults; what a role needs beats both.
 * Knows no connection. Thread: any.
 */
#ifndef KT_CLIENT_CONFIG_H
#define KT_CLIENT_CONFIG_H

#include "client.h"

struct rd_kafka_conf_s;

/* Fills `conf`, which stays the caller's. `group_id` may be NULL. Errors as of kt_client_check. */
KT_MUST_CHECK enum kt_code kt_client_configure(struct rd_kafka_conf_s *conf, const struct kt_options *options,
                                               enum kt_role role, const char *group_id, struct kt_err *err);

/* Why the library makes no handle of `conf`: its reason, and the file of ours that it could not use. Returns `code`. */
KT_MUST_CHECK enum kt_code kt_client_fail(const struct rd_kafka_conf_s *conf, const char *reason, enum kt_code code,
                                          struct kt_err *err);

#endif
