/* Opening PKCS #12 stores and keys of JKS with OpenSSL. */
#include "java_crypto.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "whole_file.h"
#include "wipe.h"

#ifndef HAVE_OPENSSL

enum kt_code kt_java_open_pkcs12(struct kt_java_pem *pem, const char *bytes, size_t length, const char *password,
                                 bool want_key, struct kt_err *err)
{
    (void)pem, (void)bytes, (void)length, (void)password, (void)want_key;
    return kt_fail(err, KT_CONFIG,
                   "it is PKCS12, which this build (made without OpenSSL) cannot open: make PEM of it by 'openssl "
                   "pkcs12 -nokeys -in STORE -out ca.pem' and set ssl.truststore.type=PEM");
}

enum kt_code kt_java_unseal(const uint8_t *sealed, size_t size, const char *password, uint8_t *plain, size_t *length,
                            struct kt_err *err)
{
    (void)sealed, (void)size, (void)password, (void)plain, (void)length;
    return kt_fail(err, KT_CONFIG,
                   "its private key is sealed by JKS, which this build (made without OpenSSL) cannot open: make "
                   "PKCS12 of it by '" KT_JAVA_KEYTOOL "'");
}

#else

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#define SALT 20 /* bytes; as many as SHA-1 gives */
#define PASSWORD_MOST 1024

/* ---- PKCS #12 ---- */

/* What was written to `out`, to be freed; the BIO goes. */
static char *text_of(BIO *out)
{
    char *bytes = NULL;
    long length = BIO_get_mem_data(out, &bytes);
    char *text = length > 0 ? kt_strndup(bytes, (size_t)length) : NULL;
    BIO_free(out);
    return text;
}

static BIO *memory(void)
{
    BIO *out = BIO_new(BIO_s_mem());
    if (!out) {
        kt_fatal("out of memory");
    }
    return out;
}

static enum kt_code fail_pkcs12(const char *password, struct kt_err *err)
{
    unsigned long error = ERR_peek_last_error();
    bool wrong_password = ERR_GET_LIB(error) == ERR_LIB_PKCS12 && ERR_GET_REASON(error) == PKCS12_R_MAC_VERIFY_FAILURE;
    ERR_clear_error();
    if (wrong_password) {
        return kt_fail(err, KT_CONFIG, "%s", password ? "the password is not that of this PKCS12 store"
                                                      : "it is a PKCS12 store, and its password is not given");
    }
    return kt_fail(err, KT_CONFIG,
                   "OpenSSL cannot open this PKCS12 store (old ones are encrypted by RC2-40): write it anew by "
                   "'" KT_JAVA_KEYTOOL "' of Java 17");
}

/* Certificates that belong to a key are its chain; all others are there to be trusted. */
static void take_parts(struct kt_java_pem *pem, EVP_PKEY *key, X509 *own, STACK_OF(X509) *more, bool want_key)
{
    BIO *authorities = memory(), *chain = memory(), *secret = memory();
    if (own) {
        (void)PEM_write_bio_X509(chain, own);
    }
    for (int i = 0; i < sk_X509_num(more); i++) {
        (void)PEM_write_bio_X509(authorities, sk_X509_value(more, i));
        (void)PEM_write_bio_X509(chain, sk_X509_value(more, i));
        pem->authority_count++;
    }
    if (key && want_key) {
        (void)PEM_write_bio_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL);
    }
    pem->authorities = text_of(authorities);
    pem->chain = text_of(chain);
    pem->key = text_of(secret);
    if (!pem->key) {
        free(pem->chain);
        pem->chain = NULL;
    }
}

enum kt_code kt_java_open_pkcs12(struct kt_java_pem *pem, const char *bytes, size_t length, const char *password,
                                 bool want_key, struct kt_err *err)
{
    const unsigned char *at = (const unsigned char *)bytes;
    EVP_PKEY *key = NULL;
    X509 *own = NULL;
    STACK_OF(X509) *more = NULL;
    ERR_clear_error();
    PKCS12 *store = length <= INT32_MAX ? d2i_PKCS12(NULL, &at, (long)length) : NULL;
    bool opened = store && PKCS12_parse(store, password, &key, &own, &more);
    if (opened) {
        take_parts(pem, key, own, more, want_key);
    }
    PKCS12_free(store);
    EVP_PKEY_free(key);
    X509_free(own);
    sk_X509_pop_free(more, X509_free);
    if (!store) {
        ERR_clear_error();
        return kt_fail(err, KT_CONFIG, "its bytes make no sense as a PKCS12 store (cut short?)");
    }
    return opened ? KT_OK : fail_pkcs12(password, err);
}

/* ---- keys of JKS ---- */

/* SHA-1 of two texts in a row. */
static bool digest(const uint8_t *one, size_t one_length, const uint8_t *two, size_t two_length, uint8_t out[SALT])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned length = 0;
    bool good = context && EVP_DigestInit_ex(context, EVP_sha1(), NULL) && EVP_DigestUpdate(context, one, one_length) &&
                EVP_DigestUpdate(context, two, two_length) && EVP_DigestFinal_ex(context, out, &length);
    EVP_MD_CTX_free(context);
    return good && length == SALT;
}

/* As Java has characters: two bytes each, the higher first. Only what ISO-8859-1 has; 0: too long, or others. */
static size_t java_password(const char *password, uint8_t out[2 * PASSWORD_MOST])
{
    size_t length = 0;
    for (const unsigned char *c = (const unsigned char *)password; *c; c++) {
        unsigned value = *c;
        if (value >= 0x80) {
            if ((value & 0xe0) != 0xc0 || (c[1] & 0xc0) != 0x80) {
                return 0;
            }
            value = (value & 0x1f) << 6 | (*++c & 0x3f);
        }
        if (length + 2 > 2 * (size_t)PASSWORD_MOST) {
            return 0;
        }
        out[length++] = (uint8_t)(value >> 8);
        out[length++] = (uint8_t)value;
    }
    return length;
}

/* Salt, the key under a stream of digests that each take the one before, and a digest of the key. */
static bool unseal(const uint8_t *sealed, size_t size, const uint8_t *password, size_t password_length, uint8_t *plain)
{
    size_t length = size - 2 * SALT;
    uint8_t stream[SALT], check[SALT];
    bool good = true;
    memcpy(stream, sealed, SALT);
    for (size_t i = 0; i < length && good; i++) {
        good = i % SALT != 0 || digest(password, password_length, stream, SALT, stream);
        plain[i] = sealed[SALT + i] ^ stream[i % SALT];
    }
    kt_wipe(stream, sizeof stream);
    return good && digest(password, password_length, plain, length, check) &&
           memcmp(check, sealed + size - SALT, SALT) == 0;
}

enum kt_code kt_java_unseal(const uint8_t *sealed, size_t size, const char *password, uint8_t *plain, size_t *length,
                            struct kt_err *err)
{
    const unsigned char *at = sealed;
    uint8_t characters[2 * PASSWORD_MOST];
    X509_SIG *wrapper = size <= INT32_MAX ? d2i_X509_SIG(NULL, &at, (long)size) : NULL;
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OCTET_STRING *inner = NULL;
    char name[40] = "";
    if (wrapper) {
        X509_SIG_get0(wrapper, &algorithm, &inner);
        (void)OBJ_obj2txt(name, sizeof name, algorithm->algorithm, 1);
    }
    bool known = wrapper && strcmp(name, "1.3.6.1.4.1.42.2.17.1.1") == 0 && ASN1_STRING_length(inner) > 2 * SALT;
    size_t password_length = java_password(password, characters);
    bool good = known && unseal(ASN1_STRING_get0_data(inner), (size_t)ASN1_STRING_length(inner), characters,
                                password_length, plain);
    if (known) {
        *length = (size_t)ASN1_STRING_length(inner) - 2 * SALT;
    }
    X509_SIG_free(wrapper);
    ERR_clear_error();
    kt_wipe(characters, sizeof characters);
    if (!known) {
        return kt_fail(err, KT_CONFIG, "its private key is sealed in a way that only Java knows");
    }
    return good ? KT_OK : kt_fail(err, KT_CONFIG, "the password is not that of the private key in this JKS store");
}

#endif
