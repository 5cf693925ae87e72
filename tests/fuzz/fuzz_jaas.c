/* sasl.jaas.config: any text is a login module or an error, and an error repeats nothing of it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "java_jaas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_java_jaas jaas;
    struct kt_err err = {.code = KT_OK};
    char *text = kt_strndup((const char *)data, size);
    enum kt_code code = kt_java_jaas_parse(&jaas, text, &err);
    if (code != KT_OK)
        require(code == KT_CONFIG && strncmp(err.text, "sasl.jaas.config", 16) == 0 && strlen(err.text) < 100);
    else
        require(jaas.module && strlen(jaas.module) <= size);
    for (size_t i = 0; i < jaas.count; i++) {
        require(jaas.options[i].key && strlen(jaas.options[i].value) <= size);
        require(kt_java_jaas_find(&jaas, jaas.options[i].key) != NULL);
    }
    kt_java_jaas_release(&jaas);
    free(text);
    return 0;
}
