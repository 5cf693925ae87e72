/* Stores of Java: any bytes are certificates in PEM or an error; PEM has both its ends. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "java_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void require_pem(const char *text)
{
    size_t begins = 0, ends = 0;
    for (const char *at = text; at && (at = strstr(at, "-----BEGIN ")) != NULL; at++)
        begins++;
    for (const char *at = text; at && (at = strstr(at, "-----END ")) != NULL; at++)
        ends++;
    require(begins == ends && (begins > 0) == (text != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_java_pem pem;
    struct kt_err err = {.code = KT_OK};
    /* PKCS #12 is OpenSSL's, and says itself how long one computes for it. */
    if (kt_java_store_kind((const char *)data, size) == KT_STORE_PKCS12)
        return 0;
    if (kt_java_store_open(&pem, (const char *)data, size, "store-secret", "key-secret", size % 2, &err) != KT_OK)
        require(err.code == KT_CONFIG && *err.text);
    require_pem(pem.authorities);
    require_pem(pem.chain);
    require_pem(pem.key);
    kt_java_pem_release(&pem);
    return 0;
}
