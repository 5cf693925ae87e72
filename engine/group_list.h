/*
 * group_list: which groups there are, in which state, with which members.
 *
 * Two listings are put together. The old one (rd_kafka_list_groups) is one cheap request a broker and brings members
 * with their assignment, but calls every group of a newer protocol Dead; the admin one knows the state of those of
 * type consumer, but no members: these a newer library can be asked for (group_describe). Share and streams groups
 * stand in the old one only. A listing that some broker did not answer is told as incomplete, so that nothing is taken
 * for gone.
 *
 * The old listing describes every group, and each that may not be described is a line in the log of the brokers'
 * authorizer. So where some were denied, names come from the admin listing, and what may be described is described one
 * by one, as many as time allows; the whole listing is asked for again as denial.h says.
 *
 * Thread: a worker's; may wait for timeout_ms, twice.
 */
#ifndef KT_GROUP_LIST_H
#define KT_GROUP_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "client.h"

/* Names of the groups listed last, for those who ask coordinators. Immutable, counted. */
struct kt_group_names {
    const struct kt_text *names;
    const uint8_t *states; /* of each, an enum kt_group_state */
    size_t count;
    bool complete;
};

const struct kt_group_names *kt_group_names_ref(const struct kt_group_names *names);
void kt_group_names_unref(const struct kt_group_names *names); /* NULL is allowed */

struct kt_group_lister;

struct kt_group_lister *kt_group_lister_new(const struct kt_client_context *context, struct kt_client *query);
void kt_group_lister_free(struct kt_group_lister *lister);

/*
 * Whether listings to come also bring the members of KIP-848 groups, where the library can tell (group_describe.h):
 * that costs requests for each, and the log of commits has them already. Thread: the lister's.
 */
void kt_group_lister_describe(struct kt_group_lister *lister, bool describe);

/*
 * Lists once: tells LIST_BEGIN, groups and LIST_END to the sink, problems to the inbox. Returns the names with one
 * reference, or NULL (and tells nothing but a problem) when no broker answered.
 */
const struct kt_group_names *kt_group_lister_run(struct kt_group_lister *lister, int timeout_ms,
                                                 const struct kt_sink *sink);

/* What the two listings say of one group; pure. `in_admin`: the admin listing has it. */
struct kt_group_facts {
    const char *state; /* of the old listing; NULL: not in it, or it could not be described */
    const char *protocol_type;
    size_t member_count;
    bool in_admin;
    bool admin_simple;
    enum kt_group_state admin_state;
    enum kt_group_type admin_type; /* newer libraries: classic or consumer; else unknown */
};

/* Decides type, state and whether the member list is the truth. */
void kt_group_judge(const struct kt_group_facts *facts, enum kt_group_type *type, enum kt_group_state *state,
                    bool *members_known);

#endif
