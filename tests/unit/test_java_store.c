/* Stores that keytool and openssl wrote: their certificates and keys as PEM, and every store that is cut or spoilt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"
#include "java_store.h"
#include "whole_file.h"

static struct kt_whole_file file;
static struct kt_java_pem pem;
static struct kt_err err;

static bool load(const char *name)
{
    char path[1024];
    const char *source = getenv("SRCDIR");
    snprintf(path, sizeof path, "%s/tests/unit/stores/%s", source ? source : ".", name);
    kt_whole_file_release(&file);
    return kt_whole_file_read(&file, path, "store", 1024 * 1024, &err) == KT_OK;
}

static enum kt_code open_bytes(const char *bytes, size_t length, const char *password, const char *key, bool want_key)
{
    kt_java_pem_release(&pem);
    return kt_java_store_open(&pem, bytes, length, password, key, want_key, &err);
}

static enum kt_code open_store(const char *name, const char *password, const char *key, bool want_key)
{
    assert_true(load(name));
    return open_bytes(file.bytes, file.length, password, key, want_key);
}

/* Whether a text holds the file, which is PEM. */
static bool holds(const char *text, const char *name)
{
    assert_true(load(name));
    char *part = kt_strndup(file.bytes, file.length);
    bool found = text && strstr(text, part);
    free(part);
    return found;
}

static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum kt_java_store kind;
    } rows[] = {{"trust.jks", KT_STORE_JKS}, {"key.jks", KT_STORE_JKS}, {"trust.p12", KT_STORE_PKCS12},
                {"key.p12", KT_STORE_PKCS12}, {"cert.pem", KT_STORE_PEM}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(load(rows[i].name));
        assert_int_equal(kt_java_store_kind(file.bytes, file.length), rows[i].kind);
    }
    assert_int_equal(kt_java_store_kind("\xce\xce\xce\xce\0\0\0\2", 8), KT_STORE_JCEKS);
    assert_int_equal(kt_java_store_kind("", 0), KT_STORE_UNKNOWN);
    assert_int_equal(kt_java_store_kind("hello", 5), KT_STORE_UNKNOWN);
    assert_int_equal(open_bytes("hello", 5, NULL, NULL, false), KT_CONFIG);
    assert_non_null(strstr(err.text, "neither PEM nor PKCS12 nor JKS"));
    assert_int_equal(open_bytes("\xce\xce\xce\xce\0\0\0\2", 8, NULL, NULL, false), KT_CONFIG);
    assert_non_null(strstr(err.text, "JCEKS"));
    assert_non_null(strstr(err.text, "keytool -importkeystore"));
}

static void jks_trust_store(void **state)
{
    (void)state;
    assert_int_equal(open_store("trust.jks", NULL, NULL, false), KT_OK);
    assert_int_equal(pem.authority_count, 2);
    assert_null(pem.key);
    assert_true(holds(pem.authorities, "cert.pem") && holds(pem.authorities, "other.pem"));
}

/* A connection must not die of any byte in a store, and what is cut must not pass for a smaller store. */
static void jks_cut_and_spoilt(void **state)
{
    (void)state;
    for (size_t cut = 0; load("trust.jks") && cut < file.length - 20; cut++) {
        assert_int_equal(open_bytes(file.bytes, cut, NULL, NULL, false), KT_CONFIG);
    }
    for (size_t at = 4; load("trust.jks") && at < file.length; at++) {
        file.bytes[at] = (char)0xff;
        (void)!open_bytes(file.bytes, file.length, NULL, "key-secret", true);
    }
    for (size_t at = 4; load("key.jks") && at < file.length; at++) {
        file.bytes[at] ^= (char)0x41;
        (void)!open_bytes(file.bytes, file.length, NULL, "key-secret", true);
    }
}

#ifdef HAVE_OPENSSL

static void pkcs12_trust_store(void **state)
{
    (void)state;
    assert_int_equal(open_store("trust.p12", "store-secret", NULL, false), KT_OK);
    assert_int_equal(pem.authority_count, 2);
    assert_true(holds(pem.authorities, "cert.pem") && holds(pem.authorities, "other.pem"));
    assert_int_equal(open_store("trust.p12", "wrong", NULL, false), KT_CONFIG);
    assert_non_null(strstr(err.text, "the password is not that of this PKCS12 store"));
    assert_int_equal(open_store("trust.p12", NULL, NULL, false), KT_CONFIG);
    assert_non_null(strstr(err.text, "its password is not given"));
    assert_null(pem.authorities);
}

static void pkcs12_cut_and_old(void **state)
{
    (void)state;
    for (size_t cut = 5; load("trust.p12") && cut < file.length; cut += 7)
        assert_int_equal(open_bytes(file.bytes, cut, "store-secret", NULL, false), KT_CONFIG);
    if (open_store("old.p12", "store-secret", NULL, false) != KT_OK)
        assert_non_null(strstr(err.text, "keytool -importkeystore"));
}

static void keys(void **state)
{
    (void)state;
    assert_int_equal(open_store("key.p12", "store-secret", NULL, true), KT_OK);
    char *key = kt_strdup(pem.key);
    assert_non_null(strstr(key, "-----BEGIN PRIVATE KEY-----"));
    assert_true(holds(pem.chain, "cert.pem"));
    assert_int_equal(open_store("key.jks", "store-secret", "key-secret", true), KT_OK);
    assert_string_equal(pem.key, key);
    assert_true(holds(pem.chain, "cert.pem"));
    free(key);
    assert_int_equal(open_store("key.jks", "key-secret", NULL, true), KT_OK);
    assert_int_equal(open_store("key.jks", "store-secret", NULL, true), KT_CONFIG);
    assert_non_null(strstr(err.text, "the password is not that of the private key"));
    assert_int_equal(open_store("key.jks", "store-secret", "key-secret", false), KT_OK);
    assert_null(pem.key);
    assert_null(pem.chain);
}

#endif

static int release(void **state)
{
    (void)state;
    kt_whole_file_release(&file);
    kt_java_pem_release(&pem);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(jks_trust_store),
        cmocka_unit_test(jks_cut_and_spoilt),
#ifdef HAVE_OPENSSL
        cmocka_unit_test(pkcs12_trust_store),
        cmocka_unit_test(pkcs12_cut_and_old),
        cmocka_unit_test(keys),
#endif
    };
    return cmocka_run_group_tests_name("java_store", tests, NULL, release);
}
