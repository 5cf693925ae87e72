/*
 * past_ask: asks a live cluster where logs ended at instants before we came.
 *
 * ListOffsets by timestamp gives the first record that is not older: where that record lies, the log ended then. One
 * question a partition and instant, batched by leader like any other about log ends. Answers go to the inbox as
 * KT_OBS_PAST; what cannot be answered is left out: an estimate more or less is no problem to tell. One question
 * goes ahead, for the first record since 1970: a broker that knows none cannot answer by time (librdkafka's mock
 * cluster), and its "no record is as young" would be taken for a silent log.
 *
 * Thread: the collector's.
 */
#ifndef KT_PAST_ASK_H
#define KT_PAST_ASK_H

#include "client.h"
#include "ends.h"
#include "inbox.h"
#include "metadata.h"
#include "source.h"

struct kt_past_ask;

/* Copies the items. Inbox, asker and client outlive it. */
struct kt_past_ask *kt_past_ask_new(struct kt_asker *asker, struct kt_client *client, struct kt_inbox *inbox,
                                    const struct kt_layout *layout, const struct kt_past *items, size_t count);

/* Takes the next step; whether everything has been told. */
bool kt_past_ask_done(struct kt_past_ask *past);

/* Only when done, or after the asker's workers ended. NULL is allowed. */
void kt_past_ask_free(struct kt_past_ask *past);

#endif
