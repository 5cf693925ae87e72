/* Trust stores, key stores and names of brokers, from Java's settings. */
#include "java_tls.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "java_store.h"
#include "whole_file.h"
#include "wipe.h"

#define STORE_MOST (4 * 1024 * 1024)

/* Empty: what there is to read is not there, or the key is empty. */
static enum kt_code read_store(const struct kt_java *java, const struct kt_java_property *property,
                               struct kt_whole_file *store)
{
    struct kt_err fault;
    if (kt_whole_file_read(store, property->value, "store", STORE_MOST, &fault) != KT_OK) {
        return kt_java_wrong(java, property->line, "%s: %s", property->key, fault.text);
    }
    return KT_OK;
}

static enum kt_code open_store(const struct kt_java *java, const struct kt_java_property *property,
                               const struct kt_whole_file *store, bool want_key, struct kt_java_pem *pem)
{
    struct kt_err fault;
    const char *password = kt_java_value(java, want_key ? "ssl.keystore.password" : "ssl.truststore.password");
    if (kt_java_store_open(pem, store->bytes, store->length, password, kt_java_value(java, "ssl.key.password"),
                           want_key, &fault) == KT_OK) {
        return KT_OK;
    }
    return kt_java_wrong(java, property->line, "%s '%s': %s", property->key, kt_path_tail(property->value), fault.text);
}

/* ---- whom to trust ---- */

enum kt_code kt_java_trust_store(const struct kt_java *java, const struct kt_java_property *property)
{
    struct kt_whole_file store;
    struct kt_java_pem pem = {0};
    if (!*property->value) {
        return KT_OK;
    }
    enum kt_code code = read_store(java, property, &store);
    if (code == KT_OK && kt_java_store_kind(store.bytes, store.length) == KT_STORE_PEM) {
        code = kt_java_put(java, property->line, "ssl.ca.location", property->value);
    } else if (code == KT_OK) {
        code = open_store(java, property, &store, false, &pem);
        if (code == KT_OK && !pem.authorities) {
            code = kt_java_wrong(java, property->line, "%s '%s' holds no certificate to trust", property->key,
                                 kt_path_tail(property->value));
        } else if (code == KT_OK) {
            code = kt_java_put(java, property->line, "ssl.ca.pem", pem.authorities);
        }
    }
    kt_java_pem_release(&pem);
    kt_whole_file_release(&store);
    return code;
}

/* PEM in a value: its lines may have become blanks where somebody put them on one line, which Java takes. */
static char *lines_of(const char *value)
{
    size_t length = strlen(value);
    char *text = kt_alloc(length + 2, 1);
    bool label = false;
    memcpy(text, value, length);
    for (size_t i = 0; i < length; i++) {
        bool dashes = strncmp(text + i, "-----", 5) == 0;
        if (dashes) {
            label = !label;
            i += 4;
        } else if (text[i] == ' ' && !label) {
            text[i] = '\n';
        }
    }
    text[length] = '\n';
    return text;
}

static enum kt_code put_pem(const struct kt_java *java, const struct kt_java_property *property, const char *key,
                            const char *holds)
{
    if (!*property->value) {
        return KT_OK;
    }
    if (!strstr(property->value, "-----BEGIN ") || !strstr(property->value, holds)) {
        return kt_java_wrong(java, property->line, "'%s' takes PEM, which begins with '-----BEGIN ', and this is none",
                             property->key);
    }
    char *text = lines_of(property->value);
    enum kt_code code = kt_java_put(java, property->line, key, text);
    kt_wipe(text, strlen(text));
    free(text);
    return code;
}

enum kt_code kt_java_trust_inline(const struct kt_java *java, const struct kt_java_property *property)
{
    return put_pem(java, property, "ssl.ca.pem", "CERTIFICATE-----");
}

/* ---- who we are ---- */

static enum kt_code put_key_password(const struct kt_java *java)
{
    const struct kt_java_property *password = kt_java_properties_find(java->file, "ssl.key.password");
    bool said = password && *password->value;
    return said ? kt_java_put(java, password->line, "ssl.key.password", password->value) : KT_OK;
}

enum kt_code kt_java_key_inline(const struct kt_java *java, const struct kt_java_property *property)
{
    enum kt_code code = put_pem(java, property, "ssl.key.pem", "PRIVATE KEY-----");
    return code == KT_OK ? put_key_password(java) : code;
}

enum kt_code kt_java_chain_inline(const struct kt_java *java, const struct kt_java_property *property)
{
    return put_pem(java, property, "ssl.certificate.pem", "CERTIFICATE-----");
}

/* A file with a key and its certificates. */
static enum kt_code put_pem_file(const struct kt_java *java, const struct kt_java_property *property)
{
    enum kt_code code = kt_java_put(java, property->line, "ssl.certificate.location", property->value);
    if (code == KT_OK) {
        code = kt_java_put(java, property->line, "ssl.key.location", property->value);
    }
    return code == KT_OK ? put_key_password(java) : code;
}

/* The library opens it itself; whether it can is better told with file and line. */
static enum kt_code put_pkcs12(const struct kt_java *java, const struct kt_java_property *property,
                               const struct kt_whole_file *store)
{
    const struct kt_java_property *password = kt_java_properties_find(java->file, "ssl.keystore.password");
    enum kt_code code = KT_OK;
#ifdef HAVE_OPENSSL
    struct kt_java_pem pem = {0};
    code = open_store(java, property, store, true, &pem);
    kt_java_pem_release(&pem);
#else
    (void)store;
#endif
    if (code == KT_OK) {
        code = kt_java_put(java, property->line, "ssl.keystore.location", property->value);
    }
    if (code == KT_OK && password && *password->value) {
        code = kt_java_put(java, password->line, "ssl.keystore.password", password->value);
    }
    return code;
}

static enum kt_code put_jks(const struct kt_java *java, const struct kt_java_property *property,
                            const struct kt_whole_file *store)
{
    struct kt_java_pem pem = {0};
    enum kt_code code = open_store(java, property, store, true, &pem);
    if (code == KT_OK && (!pem.key || !pem.chain)) {
        code = kt_java_wrong(java, property->line, "%s '%s' holds no private key with a certificate", property->key,
                             kt_path_tail(property->value));
    }
    if (code == KT_OK) {
        code = kt_java_put(java, property->line, "ssl.certificate.pem", pem.chain);
    }
    if (code == KT_OK) {
        code = kt_java_put(java, property->line, "ssl.key.pem", pem.key);
    }
    kt_java_pem_release(&pem);
    return code;
}

enum kt_code kt_java_key_store(const struct kt_java *java, const struct kt_java_property *property)
{
    struct kt_whole_file store;
    if (!*property->value) {
        return KT_OK;
    }
    enum kt_code code = read_store(java, property, &store);
    if (code == KT_OK) {
        switch (kt_java_store_kind(store.bytes, store.length)) {
        case KT_STORE_PEM:
            code = put_pem_file(java, property);
            break;
        case KT_STORE_PKCS12:
            code = put_pkcs12(java, property, &store);
            break;
        default:
            code = put_jks(java, property, &store);
        }
    }
    kt_whole_file_release(&store);
    return code;
}

/* ---- names ---- */

enum kt_code kt_java_names(const struct kt_java *java, const struct kt_java_property *property)
{
    bool none = !*property->value || strcasecmp(property->value, "none") == 0;
    if (none) {
        kt_java_tell(java, property->line,
                     "'ssl.endpoint.identification.algorithm' is empty: nobody checks the brokers' names, so anybody "
                     "with a certificate of that authority can pass for one");
    }
    return kt_java_put(java, property->line, property->key, none ? "none" : "https");
}
