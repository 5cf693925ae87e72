/* Answers of a token_command: any bytes are a token that holds nothing a bearer token cannot, or an error that quotes
 * nothing of them. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void require_printable(const char *text)
{
    for (const char *c = text; *c; c++)
        require((unsigned char)*c >= ' ' && *c != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_token token;
    struct kt_err err = {.code = KT_OK};
    /* Bytes of their own, so that one too many is seen. */
    char *bytes = kt_alloc(size + 1, 1);
    memcpy(bytes, data, size);
    char *exact = kt_resize(bytes, size ? size : 1, 1);
    if (kt_token_parse(&token, exact, size, INT64_C(1700000000000), &err) == KT_OK) {
        require(token.value && *token.value && strlen(token.value) <= size);
        require(strspn(token.value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=") ==
                strlen(token.value));
        require(!token.expires_known || token.expires_ms > 0);
        require(token.extension_count % 2 == 0 && token.extension_count <= 2 * (size_t)KT_TOKEN_EXTENSIONS);
        for (size_t i = 0; i < token.extension_count; i++)
            require(token.extensions[i] != NULL);
        if (token.principal)
            require_printable(token.principal);
    } else {
        require(err.code == KT_CONFIG && !token.value && strncmp(err.text, "wrote ", 6) == 0);
        require_printable(err.text);
    }
    kt_token_release(&token);
    free(exact);
    return 0;
}
