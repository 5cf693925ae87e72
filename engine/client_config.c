/* Properties of the client library: what a role sets, what the user gave, and what nobody may give. */
#include "client_config.h"

#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client_settle.h"
#include "mechanism.h"
#include "whole_file.h"

#define ERROR_TEXT 512

/* What kafkatop sets itself, and why nobody else may. */
static const struct {
    const char *key;
    const char *why;
} reserved[] = {
    {"group.id", "it never joins a group"},
    {"group.instance.id", "it never joins a group"},
    {"enable.auto.commit", "it never commits"},
    {"auto.commit.enable", "it never commits"},
    {"isolation.level", "log ends and commits need one each"},
    {"allow.auto.create.topics", "it never creates a topic"},
    {"enable.partition.eof", "it has to see where a log ends"},
    {"auto.offset.reset", "it decides itself where to read on"},
    {"enable.metrics.push", "it sends nothing but questions"},
};

/* Ours unless the user says otherwise. */
static const char *const defaults[][2] = {
    {"client.id", "kafkatop"},
    {"ssl.endpoint.identification.algorithm", "https"},
    {"socket.keepalive.enable", "true"},
    {"socket.connection.setup.timeout.ms", "10000"},
    {"reconnect.backoff.max.ms", "2000"},
    /* One answer to a fetch has to fit, or the library leaves the queue alone for a second each time. */
    {"queued.max.messages.kbytes", "16384"},
};

/* As above, where the library is new enough to know them. */
static const char *const newer[][2] = {
    {"fetch.queue.backoff.ms", "5"}, /* those that do not know it are nudged: tail.h */
    {"enable.metrics.push", "false"}, /* else the library sends measurements of itself to brokers that ask for them */
};

/* Always ours. The second is deprecated, and still what the simple consumer goes by: on_log leaves out the warning. */
static const char *const always[][2] = {
    {"enable.auto.commit", "false"},
    {"auto.commit.enable", "false"},
    {"allow.auto.create.topics", "false"},
    {"enable.partition.eof", "true"},
    {"auto.offset.reset", "error"},
    {"message.max.bytes", "1000000"}, /* nothing is sent, and the library wants fetches to be as large */
    {"fetch.wait.max.ms", "500"},
};

/*
 * Of those that ask every broker anyway. Otherwise a request that waits for a broker that is away makes the library
 * try to connect as fast as it can be refused.
 */
static const char *const steady[][2] = {
    {"enable.sparse.connections", "false"},
    {"reconnect.backoff.max.ms", "3000"}, /* who watches a restart wants to see its end */
};

/*
 * A broker that is frozen keeps its connections, and as long as the library holds one of them for well it asks that
 * broker for metadata as willingly as any other. Nothing is waited for longer than this.
 */
static const char *const impatient[][2] = {
    {"socket.timeout.ms", "6000"},
};

/*
 * Of those that wait for records. A broker that is frozen answers nothing and refuses nothing, so only the metadata
 * tell that others lead what it led. What is known of topics that are not read must not grow old at that pace: who
 * leads them would be asked for before each question about their ends, and of the frozen broker by preference, being
 * the one that has no fetch to answer. A fetch has to arrive in time on a narrow line too, so it is small; and each
 * record that waits costs the library 400 bytes, so that few may wait.
 */
static const char *const watchful[][2] = {
    {"topic.metadata.refresh.interval.ms", "3000"},
    {"metadata.max.age.ms", "900000"},
    {"socket.timeout.ms", "10000"},
    {"fetch.max.bytes", "1048576"},
    {"queued.min.messages", "20000"},
};

/* Of the reader in the background: less memory, and the pauses that come with it. */
static const char *const modest[][2] = {
    {"queued.max.messages.kbytes", "1024"},
    {"fetch.max.bytes", "1048576"},
};

/*
 * Of the one that looks at single records: an end is told at once, and no more is fetched than a batch. By the time
 * a record is here the library waits for the one behind it, and the next question behind that.
 */
static const char *const single[][2] = {
    {"fetch.wait.max.ms", "1"},
    {"fetch.message.max.bytes", "16384"},
    {"queued.max.messages.kbytes", "1024"},
};

static const char *const isolation[KT_ROLE_COUNT] = {
    [KT_ROLE_QUERY] = "read_uncommitted",
    [KT_ROLE_READ] = "read_committed",
    [KT_ROLE_OLDER] = "read_committed",
    [KT_ROLE_RECORD] = "read_committed",
    [KT_ROLE_GROUPS] = "read_committed",
};

/* The library shows all its properties as a table; the first column has the names. */
static size_t property_names(char *table, const char **names, size_t room)
{
    size_t count = 0;
    for (char *line = table; line && *line && count < room;) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        size_t length = strcspn(line, " |");
        bool callback = length > 3 && strncmp(line + length - 3, "_cb", 3) == 0; /* nobody can write one down */
        if (line[length] == ' ' && strchr(line, '|') && strcspn(line, ".") < length && !callback) {
            line[length] = '\0';
            names[count++] = line;
        }
        line = next;
    }
    return count;
}

static enum kt_code fail_unknown(struct kt_err *err, const char *key)
{
    char *table = NULL;
    size_t size = 0;
    const char *names[400];
    FILE *out = open_memstream(&table, &size);
    const char *near = NULL;
    if (out) {
        rd_kafka_conf_properties_show(out);
        (void)fclose(out);
        near = kt_nearest_of_all(key, names, property_names(table, names, sizeof names / sizeof *names));
    }
    enum kt_code code =
        near ? kt_fail(err, KT_CONFIG, "unknown property '%s': did you mean '%s'?", key, near)
             : kt_fail(err, KT_CONFIG, "unknown property '%s': the client library has none of that name", key);
    free(table);
    return code;
}

static enum kt_code set_property(rd_kafka_conf_t *conf, const char *key, const char *value, struct kt_err *err)
{
    char reason[ERROR_TEXT] = "";
    char line[ERROR_TEXT];
    switch (rd_kafka_conf_set(conf, key, value, reason, sizeof reason)) {
    case RD_KAFKA_CONF_OK:
        return KT_OK;
    case RD_KAFKA_CONF_UNKNOWN:
        return fail_unknown(err, key);
    default:
        if (kt_property_is_secret(key) && (!value[0] || strstr(reason, value)))
            return kt_fail(err, KT_CONFIG, "property '%s' does not take this value", key);
        if (strstr(reason, "OIDC"))
            return kt_fail(err, KT_CONFIG,
                           "property '%s': this client library was built without OIDC; a token_command works with "
                           "every one (docs/CONFIG.md)", key);
        if (strcmp(key, "security.protocol") == 0)
            return kt_fail(err, KT_CONFIG, "property '%s' does not take this value, but PLAINTEXT, SSL, "
                           "SASL_PLAINTEXT or SASL_SSL", key);
        return kt_fail(err, KT_CONFIG, "property '%s' does not take this value: %s", key,
                       kt_client_line(reason, line, sizeof line));
    }
}

static bool is_brokers(const char *key)
{
    return strcmp(key, "bootstrap.servers") == 0 || strcmp(key, "metadata.broker.list") == 0;
}

/* Where in a file it stands, before what is wrong with it. */
static enum kt_code fail_at(const struct kt_options *options, const struct kt_property *property, enum kt_code code,
                            struct kt_err *err)
{
    enum kt_origin from = property->said.from;
    bool java = from == KT_ORIGIN_JAVA || from == KT_ORIGIN_JAVA_SECTION;
    const char *file = java ? options->command_config : options->config;
    if (!java && from != KT_ORIGIN_FILE && from != KT_ORIGIN_SECTION)
        return code;
    return kt_fail(err, code, "%s:%u: %s", kt_path_tail(file ? file : ""), property->said.line, err->text);
}

static enum kt_code set_given(rd_kafka_conf_t *conf, const struct kt_options *options, struct kt_err *err)
{
    bool brokers = options->brokers != NULL;
    for (size_t i = 0; i < options->property_count; i++) {
        const struct kt_property *property = &options->properties[i];
        for (size_t j = 0; j < sizeof reserved / sizeof *reserved; j++)
            if (strcmp(property->key, reserved[j].key) == 0)
                return fail_at(options, property,
                               kt_fail(err, KT_CONFIG, "property '%s' is kafkatop's own: %s", property->key,
                                       reserved[j].why),
                               err);
        enum kt_code code = set_property(conf, property->key, property->value, err);
        if (code != KT_OK)
            return fail_at(options, property, code, err);
        brokers |= is_brokers(property->key) || strcmp(property->key, "test.mock.num.brokers") == 0;
    }
    if (!brokers)
        return kt_fail(err, KT_USAGE,
                       "no brokers given: use -b HOST[:PORT], or a [cluster NAME] of a configuration file");
    if (!options->brokers)
        return KT_OK;
    return set_property(conf, "bootstrap.servers", options->brokers, err);
}

static bool get_property(const rd_kafka_conf_t *conf, const char *key, char *value, size_t room)
{
    value[0] = '\0';
    return rd_kafka_conf_get(conf, key, value, &room) == RD_KAFKA_CONF_OK && value[0];
}

/*
 * The library runs this by a shell when a handle is made, to get a ticket from the key table; whatever it prints would
 * tear the screen. Without a key table there is nothing to run: the user has a ticket.
 */
static enum kt_code settle_kinit(rd_kafka_conf_t *conf, const struct kt_options *options, struct kt_err *err)
{
    static const char key[] = "sasl.kerberos.kinit.cmd";
    char command[2048];
    if (!get_property(conf, key, command, sizeof command))
        return KT_OK;
    size_t size = 0;
    bool keytab = rd_kafka_conf_get(conf, "sasl.kerberos.keytab", NULL, &size) == RD_KAFKA_CONF_OK && size > 1;
    if (!keytab && !kt_options_property(options, key))
        return set_property(conf, key, "true", err);
    char *hushed = kt_format("{ %s ; } >/dev/null 2>&1", command);
    enum kt_code code = set_property(conf, key, hushed, err);
    free(hushed);
    return code;
}

/* What the way to log in needs on this machine. */
static enum kt_code check_mechanism(const rd_kafka_conf_t *conf, const struct kt_options *options, struct kt_err *err)
{
    char features[512], protocol[32], mechanism[64];
    (void)get_property(conf, "builtin.features", features, sizeof features);
    (void)get_property(conf, "security.protocol", protocol, sizeof protocol);
    (void)get_property(conf, "sasl.mechanism", mechanism, sizeof mechanism);
    bool sasl = strncmp(protocol, "sasl", 4) == 0;
    if (sasl && !kt_options_property(options, "sasl.mechanism") && kt_options_property(options, "sasl.username"))
        return kt_fail(err, KT_CONFIG, "sasl.username without sasl.mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512?");
    enum kt_code code = kt_mechanism_built_in(features, protocol, mechanism, err);
    if (code != KT_OK || !sasl || strcmp(mechanism, "GSSAPI") != 0)
        return code;
    code = kt_mechanism_plugged_in(err);
    bool ours = kt_options_property(options, "sasl.kerberos.keytab") &&
                !kt_options_property(options, "sasl.kerberos.kinit.cmd");
    if (code == KT_OK && ours)
        code = kt_mechanism_has_kinit(err);
    return code;
}

/* Files that the library opens, and what is often wrong with what they hold. */
static const struct {
    const char *key, *hint;
} files[] = {
    {"ssl.ca.location", "certificates in PEM"},
    {"ssl.certificate.location", "a certificate in PEM"},
    {"ssl.key.location", "is ssl.key.password right, and is it the key of the certificate"},
    {"ssl.keystore.location", "PKCS12, and is ssl.keystore.password right"},
    {"ssl.crl.location", "a revocation list in PEM"},
};

enum kt_code kt_client_fail(const rd_kafka_conf_t *conf, const char *reason, enum kt_code code, struct kt_err *err)
{
    char line[ERROR_TEXT], path[ERROR_TEXT] = "", shown[ERROR_TEXT];
    kt_client_line(reason, line, sizeof line);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (!strstr(reason, files[i].key) || !get_property(conf, files[i].key, path, sizeof path) || !path[0])
            continue;
        if (access(path, R_OK) != 0)
            return kt_fail(err, code, "cannot set up the connection: %s: cannot read '%s': %s", files[i].key,
                           kt_client_line(path, shown, sizeof shown), strerror(errno));
        return kt_fail(err, code, "cannot set up the connection: %s ('%s': %s?)", line,
                       kt_client_line(path, shown, sizeof shown), files[i].hint);
    }
    return kt_fail(err, code, "cannot set up the connection: %s", line);
}

enum kt_code kt_client_configure(rd_kafka_conf_t *conf, const struct kt_options *options, enum kt_role role,
                                 const char *group_id, struct kt_err *err)
{
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults && code == KT_OK; i++)
        if (!kt_options_property(options, defaults[i][0]))
            code = set_property(conf, defaults[i][0], defaults[i][1], err);
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
        (void)rd_kafka_conf_set(conf, newer[i][0], newer[i][1], NULL, 0);
    for (size_t i = 0; i < sizeof steady / sizeof *steady; i++)
        if (role == KT_ROLE_QUERY || role == KT_ROLE_GROUPS)
            (void)rd_kafka_conf_set(conf, steady[i][0], steady[i][1], NULL, 0);
    for (size_t i = 0; i < sizeof impatient / sizeof *impatient; i++)
        if (role == KT_ROLE_QUERY)
            (void)rd_kafka_conf_set(conf, impatient[i][0], impatient[i][1], NULL, 0);
    for (size_t i = 0; i < sizeof watchful / sizeof *watchful; i++)
        if (role == KT_ROLE_READ || role == KT_ROLE_OLDER)
            (void)rd_kafka_conf_set(conf, watchful[i][0], watchful[i][1], NULL, 0);
    if (code == KT_OK)
        code = set_given(conf, options, err);
    for (size_t i = 0; i < sizeof modest / sizeof *modest && code == KT_OK && role == KT_ROLE_OLDER; i++)
        code = set_property(conf, modest[i][0], modest[i][1], err);
    for (size_t i = 0; i < sizeof always / sizeof *always && code == KT_OK; i++)
        code = set_property(conf, always[i][0], always[i][1], err);
    for (size_t i = 0; i < sizeof single / sizeof *single && code == KT_OK && role == KT_ROLE_RECORD; i++)
        code = set_property(conf, single[i][0], single[i][1], err);
    if (code == KT_OK)
        code = set_property(conf, "isolation.level", isolation[role], err);
    if (code == KT_OK)
        code = kt_client_settle(conf, options, err);
    if (code == KT_OK)
        code = settle_kinit(conf, options, err);
    if (code == KT_OK && group_id)
        code = set_property(conf, "group.id", group_id, err);
    return code;
}

enum kt_code kt_client_check(const struct kt_options *options, struct kt_err *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    enum kt_code code = kt_client_configure(conf, options, KT_ROLE_QUERY, NULL, err);
    if (code == KT_OK)
        code = check_mechanism(conf, options, err);
    rd_kafka_conf_destroy(conf);
    return code;
}
