/* Files of Java clients: any bytes are settings or an error that names its line, and settings become properties. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "java_client.h"
#include "option_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void require_line(const char *text)
{
    require(strncmp(text, "fuzzed:", 7) == 0 && text[7] >= '1' && text[7] <= '9');
    for (const char *c = text; *c; c++)
        require((unsigned char)*c >= ' ' && *c != 0x7f);
}

/* What the settings name is not to be opened: it may be anything on this machine. */
static int names_files(const struct kt_java_properties *file)
{
    for (size_t i = 0; i < file->count; i++)
        if (strstr(file->items[i].key, "location"))
            return 1;
    return 0;
}

static void apply(const struct kt_java_properties *file)
{
    struct kt_options options;
    struct kt_list warnings = {0};
    struct kt_err err = {.code = KT_OK};
    kt_options_init(&options);
    if (kt_java_client_apply(&options, file, KT_ORIGIN_JAVA, &warnings, &err) != KT_OK)
        require_line(err.text);
    else if (options.brokers)
        require(kt_brokers_check(options.brokers, &err) == KT_OK);
    for (size_t i = 0; i < options.property_count; i++)
        require(options.properties[i].said.line >= 1);
    for (size_t i = 0; i < warnings.count; i++) {
        require_line(warnings.items[i]);
        free(warnings.items[i]);
    }
    free(warnings.items);
    kt_options_release(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_java_properties file;
    struct kt_err err = {.code = KT_OK};
    if (kt_java_properties_parse(&file, "fuzzed", (const char *)data, size, &err) != KT_OK)
        require_line(err.text);
    else if (!names_files(&file))
        apply(&file);
    for (size_t i = 1; i < file.count; i++)
        require(file.items[i].line > file.items[i - 1].line && strlen(file.items[i].value) <= 3 * size);
    kt_java_properties_release(&file);
    return 0;
}
