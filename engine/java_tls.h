/*
 * java_tls: rows of java_client about certificates, keys and names. Functions of rows do what java_translate.h says;
 * stores are opened by java_store, and what was taken out of them is wiped. Thread: as java_client.
 */
#ifndef KT_JAVA_TLS_H
#define KT_JAVA_TLS_H

#include "java_translate.h"

/* ssl.truststore.location and .certificates */
enum kt_code kt_java_trust_store(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_trust_inline(const struct kt_java *java, const struct kt_java_property *property);

/* ssl.keystore.location, .key and .certificate.chain */
enum kt_code kt_java_key_store(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_key_inline(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_chain_inline(const struct kt_java *java, const struct kt_java_property *property);

/* ssl.endpoint.identification.algorithm: empty turns the check of names off, and is told */
enum kt_code kt_java_names(const struct kt_java *java, const struct kt_java_property *property);

#endif
