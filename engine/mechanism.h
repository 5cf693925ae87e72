/*
 * mechanism: what a way to log in needs on this machine, found out before any connection.
 *
 * The client library may be built without TLS or a mechanism; libsasl2 brings Kerberos by a plug-in that is a package
 * of its own; and a ticket from a key table is fetched by the program kinit.
 *
 * Thread: main's, before engines run.
 */
#ifndef KT_MECHANISM_H
#define KT_MECHANISM_H

#include "error.h"

/*
 * KT_CONFIG with what is missing, when a library with these features ("gzip,ssl,sasl_plain") cannot do the protocol
 * ("sasl_ssl") with the mechanism, which matters with SASL only.
 */
KT_MUST_CHECK enum kt_code kt_mechanism_built_in(const char *features, const char *protocol, const char *mechanism,
                                                 struct kt_err *err);

/* KT_CONFIG with the package to install, when libsasl2 finds no plug-in for GSSAPI. */
KT_MUST_CHECK enum kt_code kt_mechanism_plugged_in(struct kt_err *err);

/* KT_CONFIG when there is no program kinit in PATH. */
KT_MUST_CHECK enum kt_code kt_mechanism_has_kinit(struct kt_err *err);

#endif
