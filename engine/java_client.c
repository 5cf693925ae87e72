/* Keys of Java clients, and what each of them is here. */
#include "java_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "java_login.h"
#include "java_tls.h"
#include "java_translate.h"
#include "whole_file.h"

#define MAKE(text, function) .what = (text), .make = (function)

/* Those whose names differ in their ends only: a row ends with '*'. */
static const struct kt_java_row rows[] = {
    /* connection */
    {.key = "bootstrap.servers", MAKE("bootstrap.servers, where no section is chosen by -c", kt_java_brokers)},
    {.key = "client.id", .property = "client.id"},
    {.key = "security.protocol", .property = "security.protocol"},
    {.key = "request.timeout.ms", MAKE("socket.timeout.ms, from 1000 to 300000", kt_java_timeout)},
    {.key = "client.dns.lookup", MAKE("left out, with a warning where canonical names are wanted", kt_java_dns)},
    {.key = "config.providers", MAKE("left out; a value with ${...} is an error, because nobody fills it in", NULL)},
    {.key = "config.providers.*"},
    {.key = "security.providers"},
    {.key = "bootstrap.controllers",
     MAKE("an error where there are no bootstrap.servers: groups are on brokers", NULL)},

    /* TLS */
    {.key = "ssl.truststore.location", MAKE("ssl.ca.location (PEM), ssl.ca.pem (JKS, PKCS12)", kt_java_trust_store)},
    {.key = "ssl.truststore.certificates", MAKE("ssl.ca.pem", kt_java_trust_inline)},
    {.key = "ssl.truststore.password", MAKE("opens the store", NULL)},
    {.key = "ssl.truststore.type", MAKE("not needed: the store's bytes tell", NULL)},
    {.key = "ssl.keystore.location",
     MAKE("ssl.certificate.location and ssl.key.location (PEM), ssl.keystore.location (PKCS12), "
          "ssl.certificate.pem and ssl.key.pem (JKS)", kt_java_key_store)},
    {.key = "ssl.keystore.key", MAKE("ssl.key.pem", kt_java_key_inline)},
    {.key = "ssl.keystore.certificate.chain", MAKE("ssl.certificate.pem", kt_java_chain_inline)},
    {.key = "ssl.keystore.password", MAKE("opens the store", NULL)},
    {.key = "ssl.keystore.type", MAKE("not needed: the store's bytes tell", NULL)},
    {.key = "ssl.key.password", MAKE("opens the key", NULL)},
    {.key = "ssl.endpoint.identification.algorithm",
     MAKE("the same; empty: none, with a warning and a mark on the screen", kt_java_names)},
    {.key = "ssl.engine.factory.class", MAKE("left out, with a warning", kt_java_warn)},
    {.key = "ssl.cipher.suites"},
    {.key = "ssl.enabled.protocols"},
    {.key = "ssl.keymanager.algorithm"},
    {.key = "ssl.protocol"},
    {.key = "ssl.provider"},
    {.key = "ssl.secure.random.implementation"},
    {.key = "ssl.trustmanager.algorithm"},

    /* SASL */
    {.key = "sasl.mechanism", MAKE("sasl.mechanism; AWS_MSK_IAM: OAUTHBEARER with a token_command", kt_java_mechanism)},
    {.key = "sasl.jaas.config",
     MAKE("sasl.username, sasl.password, sasl.kerberos.*, sasl.oauthbearer.*, by the login module", kt_java_jaas)},
    {.key = "sasl.kerberos.service.name", .property = "sasl.kerberos.service.name"},
    {.key = "sasl.kerberos.kinit.cmd"},
    {.key = "sasl.kerberos.min.time.before.relogin"},
    {.key = "sasl.kerberos.ticket.renew.*"},
    {.key = "sasl.login.callback.handler.class",
     MAKE("says which OAUTHBEARER it is: OIDC, Strimzi's, MSK IAM", kt_java_handler)},
    {.key = "sasl.client.callback.handler.class", MAKE("as sasl.login.callback.handler.class", kt_java_handler)},
    {.key = "sasl.login.class", MAKE("left out, with a warning", kt_java_warn)},
    {.key = "sasl.login.refresh.*"},
    {.key = "sasl.login.connect.timeout.ms"},
    {.key = "sasl.login.read.timeout.ms"},
    {.key = "sasl.login.retry.backoff.*"},
    {.key = "sasl.oauthbearer.token.endpoint.url",
     MAKE("sasl.oauthbearer.token.endpoint.url, and sasl.oauthbearer.method=oidc", kt_java_endpoint)},
    {.key = "sasl.oauthbearer.scope", .property = "sasl.oauthbearer.scope"},
    {.key = "sasl.oauthbearer.client.credentials.client.id", .property = "sasl.oauthbearer.client.id"},
    {.key = "sasl.oauthbearer.client.credentials.client.secret", .property = "sasl.oauthbearer.client.secret"},
    {.key = "sasl.oauthbearer.clock.skew.seconds"},
    {.key = "sasl.oauthbearer.expected.*"},
    {.key = "sasl.oauthbearer.header.urlencode"},
    {.key = "sasl.oauthbearer.jwks.*"},
    {.key = "sasl.oauthbearer.jwt.*"},
    {.key = "sasl.oauthbearer.scope.claim.name"},
    {.key = "sasl.oauthbearer.sub.claim.name"},

    /* of the network, where kafkatop has a mind of its own */
    {.key = "connections.max.idle.ms"},
    {.key = "default.api.timeout.ms"},
    {.key = "metadata.max.age.ms"},
    {.key = "metadata.max.idle.ms"},
    {.key = "metadata.recovery.*"},
    {.key = "receive.buffer.bytes"},
    {.key = "reconnect.backoff.*"},
    {.key = "retries"},
    {.key = "retry.backoff.*"},
    {.key = "send.buffer.bytes"},
    {.key = "socket.connection.setup.timeout.*"},

    /* of reporting */
    {.key = "auto.include.jmx.reporter"},
    {.key = "confluent.*"},
    {.key = "enable.metrics.push"},
    {.key = "interceptor.classes"},
    {.key = "metric.reporters"},
    {.key = "metrics.*"},

    /* of consumers, which this is not */
    {.key = "allow.auto.create.topics"},
    {.key = "auto.commit.interval.ms"},
    {.key = "auto.offset.reset"},
    {.key = "check.crcs"},
    {.key = "client.rack"},
    {.key = "enable.auto.commit"},
    {.key = "exclude.internal.topics"},
    {.key = "fetch.max.bytes"},
    {.key = "fetch.max.wait.ms"},
    {.key = "fetch.min.bytes"},
    {.key = "group.id"},
    {.key = "group.instance.id"},
    {.key = "group.protocol"},
    {.key = "group.remote.assignor"},
    {.key = "heartbeat.interval.ms"},
    {.key = "isolation.level"},
    {.key = "key.deserializer*"},
    {.key = "max.partition.fetch.bytes"},
    {.key = "max.poll.interval.ms"},
    {.key = "max.poll.records"},
    {.key = "partition.assignment.strategy"},
    {.key = "session.timeout.ms"},
    {.key = "share.acknowledgement.mode"},
    {.key = "specific.avro.reader"},
    {.key = "value.deserializer*"},

    /* of producers, which this is not */
    {.key = "acks"},
    {.key = "batch.size"},
    {.key = "buffer.memory"},
    {.key = "compression.*"},
    {.key = "delivery.timeout.ms"},
    {.key = "enable.idempotence"},
    {.key = "key.serializer*"},
    {.key = "linger.ms"},
    {.key = "max.block.ms"},
    {.key = "max.in.flight.requests.per.connection"},
    {.key = "max.request.size"},
    {.key = "partitioner.*"},
    {.key = "transaction.*"},
    {.key = "transactional.id"},
    {.key = "value.serializer*"},

    /* of schema registries */
    {.key = "auto.register.schemas"},
    {.key = "basic.auth.*"},
    {.key = "bearer.auth.*"},
    {.key = "schema.registry.*"},
    {.key = "use.latest.version"},
};

static bool is_row(const struct kt_java_row *row, const char *key)
{
    size_t length = strlen(row->key);
    return row->key[length - 1] == '*' ? strncmp(row->key, key, length - 1) == 0 : strcmp(row->key, key) == 0;
}

static const struct kt_java_row *row_of(const char *key)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (is_row(&rows[i], key)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* ---- what the functions of rows use (java_translate.h) ---- */

enum kt_code kt_java_wrong(const struct kt_java *java, unsigned line, const char *fmt, ...)
{
    char why[400];
    va_list args;
    va_start(args, fmt);
    kt_format_cut(why, sizeof why, fmt, args);
    va_end(args);
    return kt_fail(java->err, KT_CONFIG, "%s:%u: %s", kt_path_tail(java->file->path), line, why);
}

void kt_java_tell(const struct kt_java *java, unsigned line, const char *fmt, ...)
{
    char why[400];
    va_list args;
    va_start(args, fmt);
    kt_format_cut(why, sizeof why, fmt, args);
    va_end(args);
    char *text = kt_format("%s:%u: %s", kt_path_tail(java->file->path), line, why);
    struct kt_list *list = java->warnings;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            free(text);
            return;
        }
    }
    list->items = kt_resize(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] = text;
}

const char *kt_java_value(const struct kt_java *java, const char *key)
{
    const struct kt_java_property *property = kt_java_properties_find(java->file, key);
    return property && *property->value ? property->value : NULL;
}

/* Properties of which one makes the others moot. */
static const char *const rivals[][8] = {
    {"ssl.ca.location", "ssl.ca.pem", "ssl.ca.certificate.stores"},
    {"ssl.keystore.location", "ssl.keystore.password", "ssl.key.location", "ssl.key.pem", "ssl.key.password",
     "ssl.certificate.location", "ssl.certificate.pem"},
    {"sasl.oauthbearer.method", "sasl.oauthbearer.token.endpoint.url", "enable.sasl.oauthbearer.unsecure.jwt"},
};

static bool is_among(const char *key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count && keys[i]; i++) {
        if (strcmp(keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether something of more weight has said this, or what takes its place. */
static bool is_outweighed(const struct kt_java *java, const char *key)
{
    for (size_t i = 0; i < sizeof rivals / sizeof *rivals; i++) {
        for (size_t k = 0; k < java->options->property_count && is_among(key, rivals[i], 8); k++) {
            const struct kt_property *property = &java->options->properties[k];
            if (property->said.from > java->from && is_among(property->key, rivals[i], 8)) {
                return true;
            }
        }
    }
    return false;
}

enum kt_code kt_java_put(const struct kt_java *java, unsigned line, const char *key, const char *value)
{
    struct kt_err fault;
    if (is_outweighed(java, key)) {
        return KT_OK;
    }
    struct kt_said said = {java->from, line};
    if (kt_option_set_property(java->options, key, value, said, &fault) != KT_OK) {
        return kt_java_wrong(java, line, "%s", fault.text);
    }
    return KT_OK;
}

/* ---- single keys ---- */

enum kt_code kt_java_timeout(const struct kt_java *java, const struct kt_java_property *property)
{
    char *end = NULL, text[16];
    long ms = strtol(property->value, &end, 10);
    if (end == property->value || *end || ms < 0) {
        return kt_java_wrong(java, property->line, "'%s' takes a number of milliseconds", property->key);
    }
    snprintf(text, sizeof text, "%ld", ms < 1000 ? 1000 : ms > 300000 ? 300000 : ms);
    return kt_java_put(java, property->line, "socket.timeout.ms", text);
}

/* A section that was chosen by its name has brokers of its own. */
enum kt_code kt_java_brokers(const struct kt_java *java, const struct kt_java_property *property)
{
    bool chosen = java->from == KT_ORIGIN_JAVA && (java->options->from_section || java->options->chosen.count > 0);
    return chosen || !*property->value ? KT_OK
                                       : kt_java_put(java, property->line, "bootstrap.servers", property->value);
}

enum kt_code kt_java_dns(const struct kt_java *java, const struct kt_java_property *property)
{
    if (strcmp(property->value, "resolve_canonical_bootstrap_servers_only") == 0) {
        kt_java_tell(java, property->line, "'client.dns.lookup' is left out: name each broker by its canonical name");
    }
    return KT_OK;
}

enum kt_code kt_java_warn(const struct kt_java *java, const struct kt_java_property *property)
{
    kt_java_tell(java, property->line, "'%.80s' is a Java class, which kafkatop cannot load: it is left out",
                 property->key);
    return KT_OK;
}

/* ---- the file ---- */

static enum kt_code apply_one(const struct kt_java *java, const struct kt_java_property *property)
{
    const struct kt_java_row *row = row_of(property->key);
    if (!row) {
        kt_java_tell(java, property->line, "'%.80s' is not understood, and left out", property->key);
        return KT_OK;
    }
    if ((row->property || row->what) && strstr(property->value, "${") && kt_java_value(java, "config.providers")) {
        return kt_java_wrong(java, property->line,
                             "'%s' is to be filled in by a config provider of Java: write the value itself, or leave "
                             "it out and give it by -X or password_command",
                             property->key);
    }
    if (row->make) {
        return row->make(java, property);
    }
    bool said = row->property && *property->value;
    return said ? kt_java_put(java, property->line, row->property, property->value) : KT_OK;
}

static bool is_secret(const struct kt_java_property *property)
{
    if (strcmp(property->key, "sasl.jaas.config") == 0) {
        return strchr(property->value, '='); /* a module without options has nothing to hide */
    }
    return *property->value && (kt_property_is_secret(property->key) || strcmp(property->key, "ssl.keystore.key") == 0);
}

static void warn_of_secrets(const struct kt_java *java)
{
    for (size_t i = 0; i < java->file->count && java->file->open_to_all; i++) {
        const struct kt_java_property *property = &java->file->items[i];
        if (is_secret(property)) {
            kt_java_tell(java, property->line, "everybody on this machine can read this '%.80s': chmod 600 the file",
                         property->key);
            return;
        }
    }
}

/* What makes sense only as a whole. */
static enum kt_code check_whole(const struct kt_java *java)
{
    const struct kt_java_property *controllers = kt_java_properties_find(java->file, "bootstrap.controllers");
    if (controllers && !java->options->brokers) {
        return kt_java_wrong(java, controllers->line,
                             "'bootstrap.controllers' does not do: groups are on brokers; give some by -b HOST:PORT");
    }
    return kt_java_login_check(java);
}

enum kt_code kt_java_client_apply(struct kt_options *options, const struct kt_java_properties *file,
                                  enum kt_origin from, struct kt_list *warnings, struct kt_err *err)
{
    const struct kt_java java = {options, file, from, warnings, err};
    enum kt_code code = KT_OK;
    warn_of_secrets(&java);
    if (file->utf8_line) {
        kt_java_tell(&java, file->utf8_line,
                     "bytes above 127 are ISO-8859-1 to Java, and this looks like UTF-8: write \\uXXXX instead");
    }
    for (size_t i = 0; i < file->count && code == KT_OK; i++) {
        const struct kt_java_property *property = &file->items[i];
        if (kt_java_properties_find(file, property->key) == property) {
            code = apply_one(&java, property);
        }
    }
    return code == KT_OK ? check_whole(&java) : code;
}
