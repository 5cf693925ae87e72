/*
 * java_login: rows of java_client about SASL: who logs in, and how. Functions of rows do what java_translate.h says.
 *
 * Thread: as java_client.
 */
#ifndef KT_JAVA_LOGIN_H
#define KT_JAVA_LOGIN_H

#include "java_translate.h"

/* sasl.mechanism */
enum kt_code kt_java_mechanism(const struct kt_java *java, const struct kt_java_property *property);

/* sasl.jaas.config, by its login module */
enum kt_code kt_java_jaas(const struct kt_java *java, const struct kt_java_property *property);

/* sasl.login.callback.handler.class: which kind of OAUTHBEARER */
enum kt_code kt_java_handler(const struct kt_java *java, const struct kt_java_property *property);

/* sasl.oauthbearer.token.endpoint.url */
enum kt_code kt_java_endpoint(const struct kt_java *java, const struct kt_java_property *property);

/* What can only be told of mechanism, module and handler together. */
KT_MUST_CHECK enum kt_code kt_java_login_check(const struct kt_java *java);

#endif
