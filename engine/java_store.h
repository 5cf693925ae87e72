/*
 * java_store: the stores of keys and certificates of Java clients, as PEM.
 *
 * What a store is, is told by its bytes: Java's own "JKS" reads PKCS #12 too, and people write either. The certificates
 * of a JKS trust store are not encrypted and are read by ourselves; PKCS #12, and private keys of JKS, take OpenSSL
 * (HAVE_OPENSSL). Foreign bytes: every length is checked; at most 4 MiB, 4096 entries. Thread: any.
 */
#ifndef KT_JAVA_STORE_H
#define KT_JAVA_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

enum kt_java_store { KT_STORE_UNKNOWN, KT_STORE_PEM, KT_STORE_PKCS12, KT_STORE_JKS, KT_STORE_JCEKS };

enum kt_java_store kt_java_store_kind(const char *bytes, size_t length);

/* What can be had of a store, as PEM; to be given back with kt_java_pem_release. */
struct kt_java_pem {
    char *authorities; /* certificates to trust; NULL: there are none */
    char *key;         /* a private key without a password; NULL: there is none */
    char *chain;       /* the certificate of that key, and those that lead to its authority */
    size_t authority_count;
};

void kt_java_pem_release(struct kt_java_pem *pem);

/*
 * Reads a store that is no PEM. `password` (NULL: none given) opens the store, `key_password` (NULL: the same) a key of
 * it; without `want_key` private keys are passed over. KT_CONFIG says what one can do: err speaks of "it", the caller
 * of the file.
 */
KT_MUST_CHECK enum kt_code kt_java_store_open(struct kt_java_pem *pem, const char *bytes, size_t length,
                                              const char *password, const char *key_password, bool want_key,
                                              struct kt_err *err);

#endif
