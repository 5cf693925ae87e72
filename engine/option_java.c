/* Whose client.properties counts, and where it lies. */
#include "option_java.h"

#include <stdlib.h>
#include <string.h>

#include "java_client.h"
#include "option_table.h"

enum kt_code kt_option_java_read(struct kt_java_properties *given, const struct kt_options *asked, struct kt_err *err)
{
    *given = (struct kt_java_properties){0};
    return asked->command_config ? kt_java_properties_read(given, asked->command_config, err) : KT_OK;
}

/* A section means the folder that it stands in, wherever the program was started. */
static void look_beside(struct kt_options *options)
{
    const char *slash = options->config ? strrchr(options->config, '/') : NULL;
    if (slash && options->command_config[0] != '/') {
        char *path = kt_format("%.*s/%s", (int)(slash - options->config), options->config, options->command_config);
        free(options->command_config);
        options->command_config = path;
    }
}

enum kt_code kt_option_java_apply(struct kt_options *options, const struct kt_java_properties *given,
                                  struct kt_list *warnings, struct kt_err *err)
{
    struct kt_said said = kt_option_said(options, "command-config");
    if (!options->command_config) {
        return KT_OK;
    }
    if (said.from == KT_ORIGIN_ARGUMENT) {
        return kt_java_client_apply(options, given, KT_ORIGIN_JAVA, warnings, err);
    }
    struct kt_java_properties own;
    look_beside(options);
    enum kt_code code = kt_java_properties_read(&own, options->command_config, err);
    if (code == KT_OK) {
        code = kt_java_client_apply(options, &own, KT_ORIGIN_JAVA_SECTION, warnings, err);
    }
    kt_java_properties_release(&own);
    return code;
}
