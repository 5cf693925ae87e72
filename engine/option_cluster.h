/*
 * option_cluster: what the keys of a configuration file mean, and which of its clusters are watched.
 *
 * A key of [kafkatop] is the long name of an option, one of [cluster NAME] the long name of an option that a cluster
 * may have of its own, a property of the client library, or a key that only sections have (`manual`, `colour`). The
 * table of options says which stands where. Thread: main.
 */
#ifndef KT_OPTION_CLUSTER_H
#define KT_OPTION_CLUSTER_H

#include "option.h"
#include "option_file.h"

/*
 * Puts a section's settings into `options` where nothing of more weight has been said. KT_CONFIG names file and line,
 * and the nearest word that is known. `manual` (may be NULL) is set when the section says so.
 */
KT_MUST_CHECK enum kt_code kt_option_apply(struct kt_options *options, const struct kt_option_file *file,
                                           const struct kt_file_section *section, bool *manual,
                                           struct kt_err *err);

#endif
