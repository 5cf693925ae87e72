/*
 * java_client: a client.properties of Java clients, as kafka-consumer-groups.sh takes it, as properties of librdkafka.
 *
 * One table says of each key of Java what becomes of it: docs/CONFIG.md has the same table, and a lint compares them.
 * What means nothing to who only looks is passed over; a key that the table does not have is left out with one warning,
 * never an error, because files are shared with applications. Values never enter a message. Thread: any.
 */
#ifndef KT_JAVA_CLIENT_H
#define KT_JAVA_CLIENT_H

#include "java_properties.h"
#include "option.h"

/*
 * Puts the settings of `file` into `options`, by the weight of `from` (KT_ORIGIN_JAVA, KT_ORIGIN_JAVA_SECTION): where
 * something of more weight has said the same, also in other words, that stays. Adds warnings that `warnings` does not
 * hold yet. KT_CONFIG names file and line.
 */
KT_MUST_CHECK enum kt_code kt_java_client_apply(struct kt_options *options, const struct kt_java_properties *file,
                                                enum kt_origin from, struct kt_list *warnings, struct kt_err *err);

#endif
