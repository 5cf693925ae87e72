/*
 * scout: keeps metadata and the list of groups up to date, on a thread that may block.
 *
 * Each question is answered by one round: metadata when it is due, then the groups; both are told to the inbox.
 * While there is no metadata yet it tries again by itself. A listing waits for every broker: while one is away, lists
 * are asked for at growing intervals, and rounds between them go by with the names known before.
 *
 * Thread: one of its own; the functions here: any.
 */
#ifndef KT_SCOUT_H
#define KT_SCOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "ends.h"
#include "group_list.h"
#include "metadata.h"

struct kt_scout;

/* NULL when the system has no thread to give. */
struct kt_scout *kt_scout_open(const struct kt_client_context *context, struct kt_client *query,
                               struct kt_asker *asker);

/* Asks for a round that begins after this call; `metadata`: in any case with metadata. Returns its number. */
uint64_t kt_scout_ask(struct kt_scout *scout, bool metadata);

/* The log of commits cannot be read: who is a member is asked for too, from the next round on. Thread: any. */
void kt_scout_without_log(struct kt_scout *scout, bool without);

struct kt_scouted {
    uint64_t done;                      /* number of the last round that ended */
    bool reached;                       /* it got an answer */
    const struct kt_layout *layout;     /* the newest, or NULL; a reference for the caller */
    const struct kt_group_names *names; /* likewise */
};

struct kt_scouted kt_scout_look(struct kt_scout *scout);
void kt_scouted_release(struct kt_scouted *scouted);

void kt_scout_stop(struct kt_scout *scout); /* never waits */

/* Stops, waits for the thread (as long as a call takes) and frees. NULL is allowed. */
void kt_scout_close(struct kt_scout *scout);

#endif
