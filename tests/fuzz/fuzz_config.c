/* Configuration files: any bytes are settings or an error that names its line; each value is a part of the file. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "option_cluster.h"
#include "option_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void require_line(const struct kt_err *err)
{
    require(err->code == KT_CONFIG && strncmp(err->text, "fuzzed:", 7) == 0);
    require(err->text[7] >= '1' && err->text[7] <= '9');
    for (const char *c = err->text; *c; c++)
        require((unsigned char)*c >= ' ' && *c != 0x7f);
}

static int holds(const uint8_t *data, size_t size, const char *part)
{
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, part, length) == 0)
            return 1;
    return 0;
}

static void apply(const struct kt_option_file *file, const struct kt_file_section *section)
{
    struct kt_options options;
    struct kt_err err = {.code = KT_OK};
    kt_options_init(&options);
    if (kt_option_apply(&options, file, section, NULL, &err) != KT_OK)
        require_line(&err);
    else if (options.brokers)
        require(kt_brokers_check(options.brokers, &err) == KT_OK);
    kt_options_release(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_option_file file;
    struct kt_err err = {.code = KT_OK};
    if (kt_option_file_parse(&file, "fuzzed", (const char *)data, size, &err) != KT_OK) {
        if (kt_option_file_possible())
            require_line(&err);
        kt_option_file_release(&file);
        return 0;
    }
    for (size_t i = 0; i < file.section_count; i++) {
        const struct kt_file_section *section = &file.sections[i];
        require(!section->cluster || (*section->cluster && holds(data, size, section->cluster)));
        for (size_t k = 0; k < section->entry_count; k++)
            require(*section->entries[k].key && holds(data, size, section->entries[k].value));
        apply(&file, section);
    }
    kt_option_file_release(&file);
    return 0;
}
