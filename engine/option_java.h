/*
 * option_java: the client.properties that --command-config or a section names, on its way into a cluster's options.
 *
 * That of the command line is read once, however many clusters there are: it may be a pipe. Thread: main.
 */
#ifndef KT_OPTION_JAVA_H
#define KT_OPTION_JAVA_H

#include "java_properties.h"
#include "option.h"

/* Reads the file of the command line, if one is named there; give back with kt_java_properties_release in any case. */
KT_MUST_CHECK enum kt_code kt_option_java_read(struct kt_java_properties *given, const struct kt_options *asked,
                                               struct kt_err *err);

/*
 * Puts it, or the file of the section, which is looked for beside the configuration file, into `options`. Errors and
 * warnings as of kt_java_client_apply.
 */
KT_MUST_CHECK enum kt_code kt_option_java_apply(struct kt_options *options, const struct kt_java_properties *given,
                                                struct kt_list *warnings, struct kt_err *err);

#endif
