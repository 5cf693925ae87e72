/* Whether certificates and names of brokers are checked: what turns it off, and how one sees that it is. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "option_table.h"

#define VERIFICATION "enable.ssl.certificate.verification"
#define NAMES        "ssl.endpoint.identification.algorithm"

static bool is_one_of(const struct kt_options *options, const char *key, const char *one, const char *two,
                      const char *three)
{
    const struct kt_property *property = kt_options_property(options, key);
    return property && (strcasecmp(property->value, one) == 0 || strcasecmp(property->value, two) == 0 ||
                        strcasecmp(property->value, three) == 0);
}

const char *kt_options_unchecked(const struct kt_options *options)
{
    if (!is_one_of(options, "security.protocol", "ssl", "sasl_ssl", "ssl")) {
        return NULL;
    }
    return is_one_of(options, VERIFICATION, "false", "f", "0") ? "certificate"
           : is_one_of(options, NAMES, "none", "none", "none") ? "name"
                                                               : NULL;
}

/* One that -X says otherwise stays as it is. */
static enum kt_code turn_off(struct kt_options *options, const char *key, const char *value, struct kt_err *err)
{
    struct kt_said said = kt_option_said(options, "tls-insecure");
    const struct kt_property *before = kt_options_property(options, key);
    if (before && before->said.from >= said.from) {
        return KT_OK;
    }
    enum kt_code code = kt_option_set_property(options, key, value, said, err);
    struct kt_property *property = kt_options_property(options, key);
    if (property && said.from == KT_ORIGIN_ARGUMENT) {
        property->origin = "--tls-insecure";
    }
    return code;
}

enum kt_code kt_options_settle_tls(struct kt_options *options, struct kt_err *err)
{
    if (!options->tls_insecure) {
        return KT_OK;
    }
    enum kt_code code = turn_off(options, VERIFICATION, "false", err);
    return code == KT_OK ? turn_off(options, NAMES, "none", err) : code;
}
