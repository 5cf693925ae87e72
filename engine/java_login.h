/* java_login: rows of java_client about SASL: who logs in, and how. Thread: as java_client. */
#ifndef KT_JAVA_LOGIN_H
#define KT_JAVA_LOGIN_H

#include "java_translate.h"

enum kt_code kt_java_mechanism(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_jaas(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_handler(const struct kt_java *java, const struct kt_java_property *property);
enum kt_code kt_java_endpoint(const struct kt_java *java, const struct kt_java_property *property);

/* What can only be told of mechanism, module and handler together. */
KT_MUST_CHECK enum kt_code kt_java_login_check(const struct kt_java *java);

#endif
