/* Key stores of Java. A JKS store: big-endian lengths, entries in a row, and a digest over all that is not checked. */
#include "java_store.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "java_crypto.h"
#include "reader.h"
#include "whole_file.h"
#include "wipe.h"

#define JKS_MAGIC    UINT32_C(0xfeedfeed)
#define JCEKS_MAGIC  UINT32_C(0xcececece)
#define ENTRIES_MOST 4096
#define CHAIN_MOST   32

void kt_java_pem_release(struct kt_java_pem *pem)
{
    if (pem->key) {
        kt_wipe(pem->key, strlen(pem->key));
    }
    free(pem->authorities);
    free(pem->key);
    free(pem->chain);
    *pem = (struct kt_java_pem){0};
}

enum kt_java_store kt_java_store_kind(const char *bytes, size_t length)
{
    struct kt_reader reader;
    kt_reader_init(&reader, bytes, length);
    uint32_t magic = (uint32_t)kt_read_i32(&reader);
    if (magic == JKS_MAGIC || magic == JCEKS_MAGIC) {
        return magic == JKS_MAGIC ? KT_STORE_JKS : KT_STORE_JCEKS;
    }
    if (length > 4 && bytes[0] == 0x30) { /* a SEQUENCE of ASN.1 */
        return KT_STORE_PKCS12;
    }
    static const char begin[] = "-----BEGIN ";
    for (size_t i = 0; i + sizeof begin <= length; i++) {
        if (memcmp(bytes + i, begin, sizeof begin - 1) == 0) {
            return KT_STORE_PEM;
        }
    }
    return KT_STORE_UNKNOWN;
}

/* Appends `length` bytes between the lines of PEM. */
static void add_pem(char **pem, const char *label, const uint8_t *der, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = *pem ? strlen(*pem) : 0;
    char *text = kt_alloc(used + length / 3 * 4 + length / 48 + 120, 1);
    memcpy(text, *pem ? *pem : "", used);
    used += (size_t)sprintf(text + used, "-----BEGIN %.20s-----\n", label);
    for (size_t i = 0; i < length; i += 3) {
        uint32_t three = 0;
        for (size_t k = 0; k < 3; k++) {
            three = three << 8 | (i + k < length ? der[i + k] : 0u);
        }
        for (size_t k = 0; k < 4; k++) {
            text[used++] = i + k > length ? '=' : digits[three >> (18 - 6 * k) & 63];
        }
        if (i % 48 == 45 || i + 3 >= length) {
            text[used++] = '\n';
        }
    }
    (void)sprintf(text + used, "-----END %.20s-----\n", label);
    free(*pem);
    *pem = text;
}

/* ---- JKS ---- */

/* A certificate: its type as text, its length, its bytes. NULL: bad. */
static const uint8_t *read_certificate(struct kt_reader *reader, int32_t version, size_t *length)
{
    if (version == 2) {
        (void)kt_read_string(reader);
    }
    int32_t size = kt_read_i32(reader);
    if (size <= 0) {
        kt_reader_spoil(reader);
        return NULL;
    }
    *length = (size_t)size;
    return kt_read_span(reader, *length);
}

/* The first private key of the store and its chain; of others the bytes are passed over. */
static enum kt_code read_key(struct kt_reader *reader, int32_t version, struct kt_java_pem *pem, const char *password,
                             struct kt_err *err)
{
    int32_t size = kt_read_i32(reader);
    const uint8_t *sealed = size > 0 ? kt_read_span(reader, (size_t)size) : NULL;
    int32_t certificates = kt_read_i32(reader);
    bool wanted = password && !pem->key;
    if (!sealed || certificates < 0 || certificates > CHAIN_MOST) {
        kt_reader_spoil(reader);
        return KT_OK;
    }
    for (int32_t i = 0; i < certificates && !reader->bad; i++) {
        size_t length = 0;
        const uint8_t *der = read_certificate(reader, version, &length);
        if (der && wanted) {
            add_pem(&pem->chain, "CERTIFICATE", der, length);
        }
    }
    if (!wanted || reader->bad) {
        return KT_OK;
    }
    uint8_t *plain = kt_alloc((size_t)size, 1);
    size_t length = 0;
    enum kt_code code = kt_java_unseal(sealed, (size_t)size, password, plain, &length, err);
    if (code == KT_OK) {
        add_pem(&pem->key, "PRIVATE KEY", plain, length);
    }
    kt_wipe(plain, (size_t)size);
    free(plain);
    return code;
}

static enum kt_code open_jks(struct kt_java_pem *pem, const char *bytes, size_t length, const char *key_password,
                             struct kt_err *err)
{
    struct kt_reader reader;
    kt_reader_init(&reader, bytes, length);
    (void)kt_read_i32(&reader);
    int32_t version = kt_read_i32(&reader);
    int32_t count = kt_read_i32(&reader);
    enum kt_code code = KT_OK;
    if ((version != 1 && version != 2) || count < 0 || count > ENTRIES_MOST) {
        kt_reader_spoil(&reader);
    }
    for (int32_t i = 0; i < count && !reader.bad && code == KT_OK; i++) {
        int32_t tag = kt_read_i32(&reader);
        (void)kt_read_string(&reader); /* alias */
        (void)kt_read_i64(&reader);    /* when it was put there */
        if (tag == 1) {
            code = read_key(&reader, version, pem, key_password, err);
        } else if (tag == 2) {
            size_t size = 0;
            const uint8_t *der = read_certificate(&reader, version, &size);
            if (der) {
                add_pem(&pem->authorities, "CERTIFICATE", der, size);
                pem->authority_count++;
            }
        } else {
            kt_reader_spoil(&reader);
        }
    }
    return code == KT_OK && reader.bad ? kt_fail(err, KT_CONFIG, "its bytes make no sense as a JKS store (cut short?)")
                                                : code;
}

enum kt_code kt_java_store_open(struct kt_java_pem *pem, const char *bytes, size_t length, const char *password,
                                const char *key_password, bool want_key, struct kt_err *err)
{
    enum kt_java_store kind = kt_java_store_kind(bytes, length);
    *pem = (struct kt_java_pem){0};
    if (kind == KT_STORE_PKCS12) {
        return kt_java_open_pkcs12(pem, bytes, length, password, want_key, err);
    }
    if (kind == KT_STORE_JKS) {
        const char *opens = key_password ? key_password : password ? password : "";
        return open_jks(pem, bytes, length, want_key ? opens : NULL, err);
    }
    return kt_fail(err, KT_CONFIG, "%s",
                   kind == KT_STORE_JCEKS
                       ? "it is of type JCEKS, which only Java reads: write it anew by '" KT_JAVA_KEYTOOL "'"
                       : "it is neither PEM nor PKCS12 nor JKS");
}
