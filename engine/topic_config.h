/*
 * topic_config: the settings of topics that change what their offsets mean: compaction, retention, whose clock.
 *
 * A thread of its own asks the topics in scope, a hundred at a time, when they appear and again after ten minutes. (To
 * ask for three settings instead of all, the library wants a form that could change them too: not here.) Who may not
 * know goes without: nothing depends on it but a mark, so a refusal is one line in the log, and no problem of the
 * cluster.
 *
 * Thread: one of its own; the functions here: the collector's, stop: any.
 */
#ifndef KT_TOPIC_CONFIG_H
#define KT_TOPIC_CONFIG_H

#include <stdbool.h>

#include "client.h"
#include "metadata.h"

struct kt_topic_config;

/* NULL when the system has no thread to give: then nothing is known of settings. */
struct kt_topic_config *kt_topic_config_open(const struct kt_client_context *context, struct kt_client *query);

/* Whose settings are wanted from now on. NULL for either is allowed. */
void kt_topic_config_layout(struct kt_topic_config *config, const struct kt_layout *layout);

/* Whether all topics of the last layout have been asked for, or could not be. True for NULL. */
bool kt_topic_config_settled(struct kt_topic_config *config);

void kt_topic_config_stop(struct kt_topic_config *config); /* never waits */

/* Stops, waits for the thread and frees. NULL is allowed in both. */
void kt_topic_config_close(struct kt_topic_config *config);

#endif
