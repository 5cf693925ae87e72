#include "client.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "wait.h"

#define ERROR_TEXT 512
#define RENEW_LOW_MS  1000
#define RENEW_HIGH_MS 15000

struct kt_client {
    rd_kafka_t *rk;
    rd_kafka_queue_t *main_queue;
    enum kt_role role;
    struct kt_client_context context;
    pthread_mutex_t mutex; /* guards `muted`: held while log or inbox are touched */
    bool muted;
    atomic_int certificate; /* what the last refused certificate had, as OpenSSL numbers it */
    atomic_bool errors;     /* the library has errors to serve */
    atomic_bool told_why;   /* the cluster cannot be reached, and a problem says why */
    atomic_bool doubted;    /* the leaders it remembers */
    pthread_mutex_t renewing; /* guards the next three, and is held while it asks */
    uint64_t epoch;
    int64_t renewed;      /* kt_wait_now */
    int64_t renew_pause;
};

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
    {"fetch.queue.backoff.ms", "50"},
};

/* Always ours. The second is deprecated, and still what the simple consumer goes by: on_log leaves out the warning. */
static const char *const always[][2] = {
    {"enable.auto.commit", "false"},
    {"auto.commit.enable", "false"},
    {"allow.auto.create.topics", "false"},
    {"enable.partition.eof", "true"},
    {"auto.offset.reset", "error"},
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
 * Of those that wait for records. A broker that is frozen answers nothing and refuses nothing, so only the metadata
 * tell that others lead what it led.
 */
static const char *const watchful[][2] = {
    {"topic.metadata.refresh.interval.ms", "3000"},
};

/* Of the reader in the background: less memory, and the pauses that come with it. */
static const char *const modest[][2] = {
    {"queued.max.messages.kbytes", "1024"},
    {"fetch.max.bytes", "2097152"},
};

/* Of the one that looks at single records: an end is told at once, and no more is fetched than a batch. */
static const char *const single[][2] = {
    {"fetch.wait.max.ms", "20"},
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

const char *kt_client_line(const char *text, char *out, size_t room)
{
    size_t n = 0;
    for (; text && *text && n + 1 < room; text++) {
        unsigned char c = (unsigned char)*text;
        out[n++] = (c < 0x20 || c == 0x7f) ? '?' : (char)c;
    }
    out[n] = '\0';
    return out;
}

const char *kt_client_error_name(int error)
{
    return rd_kafka_err2name((rd_kafka_resp_err_t)error);
}

/* The library shows all its properties as a table; the first column has the names. */
static size_t property_names(char *table, const char **names, size_t room)
{
    size_t count = 0;
    for (char *line = table; line && *line && count < room;) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        size_t length = strcspn(line, " |");
        if (line[length] == ' ' && strchr(line, '|') && strcspn(line, ".") < length) {
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
        return kt_fail(err, KT_CONFIG, "property '%s' does not take this value: %s", key,
                       kt_client_line(reason, line, sizeof line));
    }
}

static bool is_brokers(const char *key)
{
    return strcmp(key, "bootstrap.servers") == 0 || strcmp(key, "metadata.broker.list") == 0;
}

static bool is_given(const struct kt_options *options, const char *key)
{
    for (size_t i = 0; i < options->property_count; i++)
        if (strcmp(options->properties[i].key, key) == 0)
            return true;
    return false;
}

/* Where in a file it stands, before what is wrong with it. */
static enum kt_code fail_at(const struct kt_options *options, const struct kt_property *property, enum kt_code code,
                            struct kt_err *err)
{
    const char *file = options->config ? options->config : "";
    size_t length = strlen(file);
    if (property->said.from != KT_ORIGIN_FILE && property->said.from != KT_ORIGIN_SECTION)
        return code;
    return kt_fail(err, code, "%s:%u: %s", length > 120 ? file + length - 120 : file, property->said.line, err->text);
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

/* Kerberos runs this by a shell when a handle is made; whatever it prints would tear the screen. */
static enum kt_code hush_kinit(rd_kafka_conf_t *conf, struct kt_err *err)
{
    static const char key[] = "sasl.kerberos.kinit.cmd";
    char command[2048];
    size_t size = sizeof command;
    if (rd_kafka_conf_get(conf, key, command, &size) != RD_KAFKA_CONF_OK || !command[0])
        return KT_OK;
    char *hushed = kt_format("{ %s ; } >/dev/null 2>&1", command);
    enum kt_code code = set_property(conf, key, hushed, err);
    free(hushed);
    return code;
}

static enum kt_code configure(rd_kafka_conf_t *conf, const struct kt_options *options, enum kt_role role,
                              const char *group_id, struct kt_err *err)
{
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults && code == KT_OK; i++)
        if (!is_given(options, defaults[i][0]))
            code = set_property(conf, defaults[i][0], defaults[i][1], err);
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
        (void)rd_kafka_conf_set(conf, newer[i][0], newer[i][1], NULL, 0);
    for (size_t i = 0; i < sizeof steady / sizeof *steady; i++)
        if (role == KT_ROLE_QUERY || role == KT_ROLE_GROUPS)
            (void)rd_kafka_conf_set(conf, steady[i][0], steady[i][1], NULL, 0);
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
        code = hush_kinit(conf, err);
    if (code == KT_OK && group_id)
        code = set_property(conf, "group.id", group_id, err);
    return code;
}

enum kt_code kt_client_check(const struct kt_options *options, struct kt_err *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    enum kt_code code = configure(conf, options, KT_ROLE_QUERY, NULL, err);
    rd_kafka_conf_destroy(conf);
    return code;
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    struct kt_client *client = rk ? rd_kafka_opaque(rk) : NULL;
    (void)level;
    if (!client)
        return;
    (void)pthread_mutex_lock(&client->mutex);
    bool of_ours = strcmp(facility, "CONFWARN") == 0 && strstr(text, "auto.commit.enable");
    if (!client->muted && !of_ours)
        kt_log_add(client->context.log, "%s: %s", facility, text);
    (void)pthread_mutex_unlock(&client->mutex);
}

/*
 * The id of the broker that an error speaks of ("host:port/3: Connect to ..."), or -1 when it names none or a
 * bootstrap address, whose id nobody knows yet.
 */
static long broker_of(const char *reason)
{
    const char *colon = strstr(reason, ": ");
    const char *slash = colon;
    while (slash && slash > reason && *slash != '/')
        slash--;
    if (!slash || *slash != '/' || slash[1] < '0' || slash[1] > '9')
        return -1;
    char *end = NULL;
    long id = strtol(slash + 1, &end, 10);
    return end == colon && id >= 0 && id <= INT32_MAX ? id : -1;
}

static void on_error(rd_kafka_t *rk, int error, const char *reason, void *opaque)
{
    struct kt_client *client = opaque;
    const char *name = rd_kafka_err2name((rd_kafka_resp_err_t)error);
    enum kt_code code = kt_fault_code(kt_text_of(name, strlen(name)));
    long id = code == KT_AUTH ? -1 : broker_of(reason);
    char broker[16] = "";
    (void)rk;
    /* The query client tells whether the cluster can be reached; the others only what is theirs alone. */
    if (id < 0 && code != KT_AUTH && client->role != KT_ROLE_QUERY)
        return;
    if (id >= 0)
        (void)snprintf(broker, sizeof broker, "%ld", id);
    if (id < 0 && client->role == KT_ROLE_QUERY && error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN &&
        !atomic_exchange(&client->told_why, true))
        /* That nobody answered in time only follows from it. */
        kt_client_problem(client->context.inbox, client->context.clock, KT_SCOPE_CLUSTER, "", "_TIMED_OUT", true, "");
    int x509 = error == RD_KAFKA_RESP_ERR__SSL ? atomic_exchange(&client->certificate, 0) : 0;
    const char *certificate = kt_fault_certificate(x509);
    char *text = kt_format("%s: %s%s%s", kt_fault_phrase(name), certificate ? certificate : "",
                           certificate ? ": " : "", reason);
    kt_client_problem(client->context.inbox, client->context.clock, id >= 0 ? KT_SCOPE_BROKER : KT_SCOPE_CLUSTER,
                      broker, name, false, text);
    free(text);
}

/* Only notes why; what OpenSSL refused stays refused. */
static int on_certificate(rd_kafka_t *rk, const char *broker, int32_t id, int *x509_error, int depth,
                          const char *certificate, size_t size, char *reason, size_t room, void *opaque)
{
    struct kt_client *client = opaque;
    (void)rk, (void)broker, (void)id, (void)depth, (void)certificate, (void)size;
    if (*x509_error == 0)
        return 1;
    const char *phrase = kt_fault_certificate(*x509_error);
    atomic_store(&client->certificate, *x509_error);
    (void)snprintf(reason, room, "%s (%d)", phrase ? phrase : "certificate refused", *x509_error);
    return 0;
}

static void on_main_queue(rd_kafka_t *rk, void *opaque)
{
    struct kt_client *client = opaque;
    (void)rk;
    atomic_store(&client->errors, true);
    (void)pthread_mutex_lock(&client->mutex);
    if (!client->muted)
        kt_inbox_wake(client->context.inbox);
    (void)pthread_mutex_unlock(&client->mutex);
}

static void free_client(struct kt_client *client)
{
    (void)pthread_mutex_destroy(&client->renewing);
    (void)pthread_mutex_destroy(&client->mutex);
    free(client);
}

enum kt_code kt_client_open(struct kt_client **out, enum kt_role role, const struct kt_client_context *context,
                            const char *group_id, struct kt_err *err)
{
    char reason[ERROR_TEXT] = "";
    char line[ERROR_TEXT];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    *out = NULL;
    enum kt_code code = configure(conf, context->options, role, group_id, err);
    if (code != KT_OK) {
        rd_kafka_conf_destroy(conf);
        return code;
    }

    struct kt_client *client = kt_alloc(1, sizeof *client);
    client->role = role;
    client->context = *context;
    (void)pthread_mutex_init(&client->mutex, NULL);
    (void)pthread_mutex_init(&client->renewing, NULL);
    rd_kafka_conf_set_opaque(conf, client);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    (void)rd_kafka_conf_set_ssl_cert_verify_cb(conf, on_certificate);
    client->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    if (!client->rk) {
        rd_kafka_conf_destroy(conf);
        free_client(client);
        return kt_fail(err, KT_CONFIG, "cannot set up the connection: %s",
                       kt_client_line(reason, line, sizeof line));
    }
    client->main_queue = rd_kafka_queue_get_main(client->rk);
    rd_kafka_queue_cb_event_enable(client->main_queue, on_main_queue, client);
    atomic_store(&client->errors, true); /* what came before the callback was there */
    *out = client;
    return KT_OK;
}

void kt_client_mute(struct kt_client *client)
{
    if (!client)
        return;
    (void)pthread_mutex_lock(&client->mutex);
    client->muted = true;
    (void)pthread_mutex_unlock(&client->mutex);
}

void kt_client_close(struct kt_client *client)
{
    if (!client)
        return;
    rd_kafka_queue_cb_event_enable(client->main_queue, NULL, NULL);
    rd_kafka_queue_destroy(client->main_queue);
    rd_kafka_destroy_flags(client->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    free_client(client);
}

void kt_client_doubt(struct kt_client *client)
{
    atomic_store(&client->doubted, true);
}

/* Mutex `renewing` held. A doubt that comes back is asked about less and less often. */
static bool may_renew(struct kt_client *client, uint64_t epoch)
{
    int64_t age = kt_wait_now() - client->renewed;
    if (client->epoch < epoch) {
        client->renew_pause = 0;
        return !client->renewed || !atomic_load(&client->doubted) || age >= RENEW_LOW_MS;
    }
    if (!atomic_load(&client->doubted) || (client->renewed && age < client->renew_pause))
        return false;
    int64_t pause = age > 2 * RENEW_HIGH_MS ? 0 : client->renew_pause * 2;
    client->renew_pause = pause < RENEW_LOW_MS ? RENEW_LOW_MS : pause > RENEW_HIGH_MS ? RENEW_HIGH_MS : pause;
    return true;
}

void kt_client_renew(struct kt_client *client, uint64_t epoch, int timeout_ms)
{
    (void)pthread_mutex_lock(&client->renewing);
    if (may_renew(client, epoch)) {
        const struct rd_kafka_metadata *metadata = NULL;
        atomic_store(&client->doubted, false); /* before: what is found wrong meanwhile counts */
        if (rd_kafka_metadata(client->rk, 1, NULL, &metadata, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR) {
            rd_kafka_metadata_destroy(metadata);
            client->epoch = epoch > client->epoch ? epoch : client->epoch;
        } else {
            atomic_store(&client->doubted, true);
        }
        client->renewed = kt_wait_now();
    }
    (void)pthread_mutex_unlock(&client->renewing);
}

bool kt_client_told_why(const struct kt_client *client)
{
    return atomic_load(&client->told_why);
}

void kt_client_reached(struct kt_client *client)
{
    atomic_store(&client->told_why, false);
}

rd_kafka_t *kt_client_handle(const struct kt_client *client)
{
    return client->rk;
}

void kt_client_serve(struct kt_client *client)
{
    if (client && atomic_exchange(&client->errors, false))
        (void)rd_kafka_poll(client->rk, 0);
}

void kt_client_problem(struct kt_inbox *inbox, const struct kt_clock *clock, enum kt_scope scope, const char *name,
                       const char *error, bool over, const char *text)
{
    char line[ERROR_TEXT];
    struct kt_obs obs = {.kind = KT_OBS_PROBLEM, .at = kt_mono(clock)};
    obs.problem.scope = scope;
    obs.problem.name = kt_text_of(name, strlen(name));
    if (error)
        obs.problem.error = kt_text_of(error, strlen(error));
    (void)kt_client_line(text, line, sizeof line);
    obs.problem.text = kt_text_of(line, strlen(line));
    obs.problem.over = over;
    kt_inbox_put(inbox, &obs);
}
