/* Logging in as Java clients do: login modules and their options. */
#include "java_login.h"

#include <stdlib.h>
#include <string.h>

#include "java_jaas.h"

#define IAM_PACKAGE "software.amazon.msk.auth.iam."

static bool has_token_command(const struct kt_java *java)
{
    return java->options->token_command != NULL;
}

static enum kt_code fail_iam(const struct kt_java *java, unsigned line)
{
    return kt_java_wrong(java, line,
                         "AWS_MSK_IAM signs by a Java class: give a token_command that prints a token for OAUTHBEARER, "
                         "which MSK takes as well (docs/CONFIG.md has one)");
}

enum kt_code kt_java_mechanism(const struct kt_java *java, const struct kt_java_property *property)
{
    if (!*property->value) {
        return KT_OK;
    }
    if (strcmp(property->value, "AWS_MSK_IAM") != 0) {
        return kt_java_put(java, property->line, "sasl.mechanism", property->value);
    }
    return has_token_command(java) ? kt_java_put(java, property->line, "sasl.mechanism", "OAUTHBEARER")
                                   : fail_iam(java, property->line);
}

/* Which of the handlers of others there are is only known by their names. */
enum kt_code kt_java_handler(const struct kt_java *java, const struct kt_java_property *property)
{
    static const char *const known[] = {"org.apache.kafka.common.security.oauthbearer.", "io.strimzi.kafka.oauth."};
    const char *class = property->value;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strstr(class, known[i])) {
            return KT_OK;
        }
    }
    if (!*class || has_token_command(java)) {
        return KT_OK;
    }
    if (strncmp(class, IAM_PACKAGE, strlen(IAM_PACKAGE)) == 0) {
        return fail_iam(java, property->line);
    }
    kt_java_tell(java, property->line,
                 "'%.80s' is a Java class, which kafkatop cannot load: a token_command can take its place",
                 property->key);
    return KT_OK;
}

enum kt_code kt_java_endpoint(const struct kt_java *java, const struct kt_java_property *property)
{
    if (!*property->value || has_token_command(java)) {
        return KT_OK;
    }
    enum kt_code code = kt_java_put(java, property->line, "sasl.oauthbearer.method", "oidc");
    return code == KT_OK ? kt_java_put(java, property->line, property->key, property->value) : code;
}

/* ---- login modules ---- */

/* What an option of a module is here. */
struct pair {
    const char *option, *property;
};

static enum kt_code put_pairs(const struct kt_java *java, unsigned line, const struct kt_java_jaas *jaas,
                              const struct pair *pairs, size_t count)
{
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < count && code == KT_OK; i++) {
        const char *value = kt_java_jaas_find(jaas, pairs[i].option);
        if (value && *value) {
            code = kt_java_put(java, line, pairs[i].property, value);
        }
    }
    return code;
}

#define PUT(java, line, jaas, pairs) put_pairs(java, line, jaas, pairs, sizeof pairs / sizeof *pairs)

static bool is_true(const struct kt_java_jaas *jaas, const char *option)
{
    const char *value = kt_java_jaas_find(jaas, option);
    return value && strcmp(value, "true") == 0;
}

static enum kt_code take_password(const struct kt_java *java, unsigned line, const struct kt_java_jaas *jaas)
{
    static const struct pair pairs[] = {{"username", "sasl.username"}, {"password", "sasl.password"}};
    if (is_true(jaas, "tokenauth")) {
        return kt_java_wrong(java, line,
                             "sasl.jaas.config: tokenauth (delegation tokens) is not in the client library: log in by "
                             "SCRAM or TLS instead");
    }
    if (!kt_java_jaas_find(jaas, "username")) {
        return kt_java_wrong(java, line, "sasl.jaas.config: the login module has no username");
    }
    /* Whoever names a command for the password means that one. */
    return put_pairs(java, line, jaas, pairs, java->options->password_command ? 1 : 2);
}

/* The tickets are there already, or a keytab is; nobody must be asked for a password. */
static enum kt_code take_kerberos(const struct kt_java *java, unsigned line, const struct kt_java_jaas *jaas)
{
    static const struct pair pairs[] = {{"serviceName", "sasl.kerberos.service.name"},
                                        {"principal", "sasl.kerberos.principal"},
                                        {"keyTab", "sasl.kerberos.keytab"}};
    if (!kt_java_jaas_find(jaas, "keyTab")) {
        enum kt_code code = kt_java_put(java, line, "sasl.kerberos.kinit.cmd", "true");
        if (code != KT_OK) {
            return code;
        }
    }
    return PUT(java, line, jaas, pairs);
}

/* "name=value,..." of the options whose names begin so; to be freed. NULL: there are none. */
static char *join(const struct kt_java_jaas *jaas, const char *prefix, const char *separator)
{
    char *text = NULL;
    for (size_t i = 0; i < jaas->count; i++) {
        const struct kt_java_jaas_option *option = &jaas->options[i];
        if (strncmp(option->key, prefix, strlen(prefix)) == 0) {
            char *longer = kt_format("%s%s%s=%s", text ? text : "", text ? separator : "", option->key + strlen(prefix),
                                     option->value);
            free(text);
            text = longer;
        }
    }
    return text;
}

static enum kt_code take_unsecured(const struct kt_java *java, unsigned line, const struct kt_java_jaas *jaas)
{
    const char *principal = kt_java_jaas_find(jaas, "unsecuredLoginStringClaim_sub");
    if (!principal) {
        return KT_OK;
    }
    char *settings = kt_format("principal=%s", principal);
    enum kt_code code = kt_java_put(java, line, "enable.sasl.oauthbearer.unsecure.jwt", "true");
    if (code == KT_OK) {
        code = kt_java_put(java, line, "sasl.oauthbearer.config", settings);
    }
    free(settings);
    return code;
}

static enum kt_code take_oauth(const struct kt_java *java, unsigned line, const struct kt_java_jaas *jaas)
{
    static const struct pair pairs[] = {
        {"clientId", "sasl.oauthbearer.client.id"},
        {"clientSecret", "sasl.oauthbearer.client.secret"},
        {"scope", "sasl.oauthbearer.scope"},
        {"oauth.client.id", "sasl.oauthbearer.client.id"},
        {"oauth.client.secret", "sasl.oauthbearer.client.secret"},
        {"oauth.scope", "sasl.oauthbearer.scope"},
        {"oauth.token.endpoint.uri", "sasl.oauthbearer.token.endpoint.url"},
    };
    if (has_token_command(java)) {
        return KT_OK;
    }
    enum kt_code code = PUT(java, line, jaas, pairs);
    if (code == KT_OK && kt_java_jaas_find(jaas, "oauth.token.endpoint.uri")) {
        code = kt_java_put(java, line, "sasl.oauthbearer.method", "oidc");
    }
    char *extensions = join(jaas, "extension_", ",");
    if (code == KT_OK && extensions) {
        code = kt_java_put(java, line, "sasl.oauthbearer.extensions", extensions);
    }
    free(extensions);
    return code == KT_OK ? take_unsecured(java, line, jaas) : code;
}

static enum kt_code take_iam(const struct kt_java *java, unsigned line, const struct kt_java_jaas *jaas)
{
    (void)jaas;
    return has_token_command(java) ? KT_OK : fail_iam(java, line);
}

static const struct {
    const char *module;
    enum kt_code (*take)(const struct kt_java *java, unsigned line, const struct kt_java_jaas *jaas);
} modules[] = {
    {"PlainLoginModule", take_password}, {"ScramLoginModule", take_password}, {"Krb5LoginModule", take_kerberos},
    {"OAuthBearerLoginModule", take_oauth}, {"IAMLoginModule", take_iam},
};

enum kt_code kt_java_jaas(const struct kt_java *java, const struct kt_java_property *property)
{
    struct kt_java_jaas jaas;
    struct kt_err fault;
    enum kt_code code = KT_OK;
    size_t i = 0, count = sizeof modules / sizeof *modules;
    if (!*property->value) {
        return KT_OK;
    }
    if (kt_java_jaas_parse(&jaas, property->value, &fault) != KT_OK) {
        code = kt_java_wrong(java, property->line, "%s", fault.text);
    } else {
        while (i < count && strcmp(kt_java_jaas_name(&jaas), modules[i].module) != 0) {
            i++;
        }
        code = i < count ? modules[i].take(java, property->line, &jaas)
                         : kt_java_wrong(java, property->line,
                                         "sasl.jaas.config: '%.80s' is a login module that kafkatop does not know; a "
                                         "token_command or password_command can take its place",
                                         kt_java_jaas_name(&jaas));
    }
    kt_java_jaas_release(&jaas);
    return code;
}

/* ---- together ---- */

enum kt_code kt_java_login_check(const struct kt_java *java)
{
    const struct kt_java_property *mechanism = kt_java_properties_find(java->file, "sasl.mechanism");
    const struct kt_java_property *jaas = kt_java_properties_find(java->file, "sasl.jaas.config");
    const char *protocol = kt_java_value(java, "security.protocol");
    bool sasl = protocol && strncmp(protocol, "SASL_", 5) == 0;
    const char *name = mechanism ? mechanism->value : "";
    bool password = strcmp(name, "PLAIN") == 0 || strncmp(name, "SCRAM-", 6) == 0;
    if (sasl && password && !jaas && !kt_options_property(java->options, "sasl.username")) {
        return kt_java_wrong(java, mechanism->line,
                             "%s takes a sasl.jaas.config with user and password; Java may have it from a file of its "
                             "own (java.security.auth.login.config), kafkatop does not: put it here, or -X "
                             "sasl.username=...",
                             name);
    }
    return KT_OK;
}
