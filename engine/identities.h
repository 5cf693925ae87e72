/*
 * identities: topic ids that the model's members own by, and the topics that they stand for.
 *
 * Told by a record, proven by the hash that a group of Kafka >= 4.1 carries, or inferred (identify.h does both). What
 * is proven is kept like what was told: an id never changes its topic. What is inferred is worked out anew, from
 * nothing, each time members, topics or known ids change.
 *
 * Thread: the collector's.
 */
#ifndef KT_IDENTITIES_H
#define KT_IDENTITIES_H

#include "model.h"

/* Brings it up to date; does nothing while nothing changed. */
void kt_identities_update(struct kt_model *model);

/* The topic of an id; bytes NULL: not known. Lives until the next update. */
struct kt_text kt_identities_topic(const struct kt_model *model, const uint8_t id[16]);

#endif
