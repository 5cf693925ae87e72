/*
 * offset_fetch: the committed offsets of groups, asked from their coordinators.
 *
 * One request a group, at most KT_FETCH_FLIGHT of them under way. A group's answer is compared with its last one:
 * only what changed is told as a commit, what vanished as gone, and that the group is known as of the asking. A
 * group that is denied is asked ever more rarely; one that fails is asked last, so that a dead coordinator does not
 * hold up the groups of others.
 *
 * The handle carries the id of a group that exists, rather one that answers, and is made no sooner: asking for the
 * coordinator of a group makes a broker create the offsets topic, which must not happen on a cluster without groups.
 *
 * Thread: one of its own; the functions here: any.
 */
#ifndef KT_OFFSET_FETCH_H
#define KT_OFFSET_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "client.h"
#include "offset_memory.h"
#include "seen.h"

#define KT_FETCH_FLIGHT 64

struct kt_fetcher;

/* `seen` is used in rounds that fill gaps of the log: what the log knows is not told again. */
struct kt_fetcher *kt_fetcher_open(const struct kt_client_context *context, struct kt_seen *seen);

struct kt_fetch_item {
    struct kt_text group;
    enum kt_fetch_mode mode;
    uint8_t state; /* as the listing told it: an enum kt_group_state */
    bool sparing;  /* there may be topics that we may not see, as the offsets topic is not seen: see offset_memory.h */
};

/*
 * Asks for these groups, once each, after the round under way; a round that has not begun is replaced. With
 * KT_FETCH_UNSEEN a group that answered before is passed over. A round whose first item has KT_FETCH_ALL names all
 * groups there are. Copies the items. Never waits.
 */
void kt_fetcher_ask(struct kt_fetcher *fetcher, const struct kt_fetch_item *items, size_t count);

/* Whether the last round has ended; how many of its groups have no answer. */
bool kt_fetcher_idle(struct kt_fetcher *fetcher, size_t *failed);

/* Forgets what was told, so that the next answers tell everything. Between rounds only. */
void kt_fetcher_forget(struct kt_fetcher *fetcher);

/* Serves the handle's error callback. Thread: the collector's. */
void kt_fetcher_serve(struct kt_fetcher *fetcher);

void kt_fetcher_stop(struct kt_fetcher *fetcher); /* never waits */
void kt_fetcher_mute(struct kt_fetcher *fetcher);

/* Stops, waits for the thread and frees. NULL is allowed. */
void kt_fetcher_close(struct kt_fetcher *fetcher);

#endif
