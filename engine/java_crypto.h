/*
 * java_crypto: what takes OpenSSL to open a store of java_store; without it (HAVE_OPENSSL) an error says what to do.
 *
 * Thread: any.
 */
#ifndef KT_JAVA_CRYPTO_H
#define KT_JAVA_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "java_store.h"

/* What makes a store that this program reads of one that only Java does. */
#define KT_JAVA_KEYTOOL \
    "keytool -importkeystore -srckeystore STORE -destkeystore new.p12 -deststoretype PKCS12"

/* As kt_java_store_open, of a PKCS #12 store. */
KT_MUST_CHECK enum kt_code kt_java_open_pkcs12(struct kt_java_pem *pem, const char *bytes, size_t length,
                                               const char *password, bool want_key, struct kt_err *err);

/*
 * The private key (PKCS #8) in what a JKS store keeps of it; `plain` has room for `size` bytes. The password is UTF-8.
 */
KT_MUST_CHECK enum kt_code kt_java_unseal(const uint8_t *sealed, size_t size, const char *password, uint8_t *plain,
                                          size_t *length, struct kt_err *err);

#endif
