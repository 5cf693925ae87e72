#include "mechanism.h"

#include <sasl/sasl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Whether the word is one of a list with commas between them. */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; at;) {
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
        at = strchr(at, ',');
        at = at ? at + 1 : NULL;
    }
    return false;
}

static const char *feature_of(const char *mechanism)
{
    static const struct {
        const char *mechanism, *feature;
    } features[] = {
        {"PLAIN", "sasl_plain"},         {"SCRAM-SHA-256", "sasl_scram"},     {"SCRAM-SHA-512", "sasl_scram"},
        {"GSSAPI", "sasl_gssapi"},       {"OAUTHBEARER", "sasl_oauthbearer"},
    };
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (strcmp(features[i].mechanism, mechanism) == 0)
            return features[i].feature;
    return NULL;
}

enum kt_code kt_mechanism_built_in(const char *features, const char *protocol, const char *mechanism,
                                   struct kt_err *err)
{
    bool sasl = strncasecmp(protocol, "sasl", 4) == 0;
    bool tls = strcasecmp(protocol, "ssl") == 0 || strcasecmp(protocol, "sasl_ssl") == 0;
    const char *feature = sasl ? feature_of(mechanism) : NULL;
    if (tls && !has_word(features, "ssl"))
        return kt_fail(err, KT_CONFIG, "this librdkafka is built without TLS, which security.protocol asks for");
    if (sasl && feature && !has_word(features, feature))
        return kt_fail(err, KT_CONFIG, "this librdkafka is built without %s, which sasl.mechanism asks for", mechanism);
    return KT_OK;
}

static int keep_silent(void *context, int level, const char *message)
{
    (void)context, (void)level, (void)message;
    return SASL_OK;
}

/*
 * What is begun here is ended here: the client library gives libsasl2 locks of its own before it begins, which would
 * not fit those that are in use.
 */
enum kt_code kt_mechanism_plugged_in(struct kt_err *err)
{
    int (*log)(void *, int, const char *) = keep_silent;
    sasl_callback_t callbacks[] = {{SASL_CB_LOG, NULL, NULL}, {SASL_CB_LIST_END, NULL, NULL}};
    memcpy(&callbacks[0].proc, &log, sizeof log);
    bool found = false;
    if (sasl_client_init(callbacks) == SASL_OK) {
        const char **names = sasl_global_listmech();
        for (size_t i = 0; names && names[i] && !found; i++)
            found = strcmp(names[i], "GSSAPI") == 0;
        (void)sasl_client_done();
    }
    return found ? KT_OK
                 : kt_fail(err, KT_CONFIG, "libsasl2 has no plug-in for GSSAPI (sasl.mechanism): install the package "
                                           "libsasl2-modules-gssapi-mit or libsasl2-modules-gssapi-heimdal (Fedora, "
                                           "Alpine: cyrus-sasl-gssapi)");
}

static bool is_in_path(const char *program)
{
    const char *path = getenv("PATH");
    for (const char *at = path ? path : "/bin:/usr/bin"; at;) {
        size_t length = strcspn(at, ":");
        char *file = kt_format("%.*s/%s", length ? (int)length : 1, length ? at : ".", program);
        bool there = access(file, X_OK) == 0;
        free(file);
        if (there)
            return true;
        at = at[length] ? at + length + 1 : NULL;
    }
    return false;
}

enum kt_code kt_mechanism_has_kinit(struct kt_err *err)
{
    if (is_in_path("kinit"))
        return KT_OK;
    return kt_fail(err, KT_CONFIG, "sasl.kerberos.keytab needs the program kinit, which is not in PATH: install it "
                                   "(krb5-user, krb5-workstation), or leave the key table out and have a ticket");
}
