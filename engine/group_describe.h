/*
 * group_describe: members and states of KIP-848 groups by the admin interface.
 *
 * librdkafka can ask since 2.10; before, and where configure did not find the call, there is never an answer. Each
 * group costs two requests, so it is asked only for those that the cheap listings cannot describe.
 *
 * Thread: a worker's; may wait for timeout_ms.
 */
#ifndef KT_GROUP_DESCRIBE_H
#define KT_GROUP_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "client.h"

#define KT_DESCRIBE_MOST 100 /* groups in one call */

struct kt_described;
struct rd_kafka_ConsumerGroupListing_s;

/* The type that the admin listing tells since librdkafka 2.6; else unknown. */
enum kt_group_type kt_group_listed_type(const struct rd_kafka_ConsumerGroupListing_s *group);

/* Whether this library has the call. */
bool kt_group_can_describe(void);

/* Describes groups, none twice. NULL: no answer. */
struct kt_described *kt_group_describe(struct kt_client *client, const char **names, size_t count, int timeout_ms);

/*
 * Puts what was answered about a group into an observation of kind GROUP: type, state, members (in the arena). False,
 * and nothing is touched, where the answer has none of that name, or an error, or says that it is no KIP-848 group.
 */
bool kt_described_fill(const struct kt_described *described, const char *name, struct kt_arena *arena,
                       struct kt_obs *obs);

void kt_described_free(struct kt_described *described); /* NULL is allowed */

#endif
