#include "client.h"

#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client_config.h"
#include "client_login.h"
#include "fault.h"
#include "gate.h"
#include "resolve.h"
#include "refusal.h"
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
    struct kt_refusal manners; /* how it speaks to brokers: what does not change from error to error */
    atomic_int certificate; /* what the last refused certificate had, as OpenSSL numbers it */
    atomic_bool errors;     /* the library has errors to serve */
    atomic_bool reached;    /* the cluster, ever */
    atomic_bool doubted;    /* the leaders it remembers */
    pthread_mutex_t renewing; /* guards the next three, and is held while it asks */
    _Atomic uint64_t epoch; /* read without it too */
    int64_t renewed;      /* kt_wait_now */
    int64_t renew_pause;
    char *last; /* what went wrong last with one address; the collector's thread */
    char *hung_up; /* what the log had of a bootstrap address that hung up; guarded by `mutex` */
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

/* Without the library's thread, which helps nobody: "[thrd:broker:9092/1]: broker:9092/1: Disconnected". */
static const char *behind_thread(const char *text)
{
    const char *end = strncmp(text, "[thrd:", 6) == 0 ? strstr(text, "]: ") : NULL;
    return end ? end + 3 : text;
}

/* Newer libraries tell it in their log alone, and then that all brokers are down. `mutex` held. */
static void note_hang_up(struct kt_client *client, const char *facility, const char *text)
{
    if (strcmp(facility, "FAIL") != 0 || !strstr(text, "/bootstrap: Disconnected: "))
        return;
    free(client->hung_up);
    client->hung_up = kt_strdup(behind_thread(text));
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    struct kt_client *client = rk ? rd_kafka_opaque(rk) : NULL;
    (void)level;
    if (!client)
        return;
    (void)pthread_mutex_lock(&client->mutex);
    note_hang_up(client, facility, text);
    bool of_ours = strcmp(facility, "CONFWARN") == 0 && strstr(text, "auto.commit.enable");
    if (!client->muted && !of_ours)
        kt_log_add(client->context.log, "%s: %s", facility, behind_thread(text));
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

static bool is_set(const rd_kafka_conf_t *conf, const char *key)
{
    size_t size = 0; /* the value itself is nobody's business */
    return rd_kafka_conf_get(conf, key, NULL, &size) == RD_KAFKA_CONF_OK && size > 1;
}

static struct kt_refusal manners_of(const rd_kafka_conf_t *conf)
{
    char protocol[32] = "", mechanism[32] = "";
    size_t size = sizeof protocol;
    (void)rd_kafka_conf_get(conf, "security.protocol", protocol, &size);
    size = sizeof mechanism;
    (void)rd_kafka_conf_get(conf, "sasl.mechanism", mechanism, &size);
    return (struct kt_refusal){
        .tls = strstr(protocol, "ssl") || strstr(protocol, "SSL"),
        .certified = is_set(conf, "ssl.certificate.location") || is_set(conf, "ssl.certificate.pem") ||
                     is_set(conf, "ssl.keystore.location"),
        .version = rd_kafka_version(),
        .sasl = strncmp(protocol, "sasl", 4) == 0,
        .password = strcmp(mechanism, "PLAIN") == 0 || strncmp(mechanism, "SCRAM-", 6) == 0,
    };
}

/*
 * What a user should know of a connection's end or its failure. Of no address once the cluster was reached: one of
 * several that is dead harms nobody, and when all are, the last one says why.
 */
static char *make_text(struct kt_client *client, const struct kt_refusal *said, const char *name)
{
    char *text = kt_refusal_text(said, name);
    bool all_down = strcmp(name, "_ALL_BROKERS_DOWN") == 0;
    if (all_down && client->last) {
        free(text);
        text = kt_format("%s: %s", kt_fault_phrase(name), client->last);
    } else if (!all_down) {
        free(client->last);
        client->last = kt_strdup(text);
    }
    return text;
}

static void on_error(rd_kafka_t *rk, int error, const char *reason, void *opaque)
{
    struct kt_client *client = opaque;
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        (void)pthread_mutex_lock(&client->mutex);
        char *hung_up = client->hung_up;
        client->hung_up = NULL;
        (void)pthread_mutex_unlock(&client->mutex);
        if (hung_up)
            on_error(rk, RD_KAFKA_RESP_ERR__TRANSPORT, hung_up, opaque);
        free(hung_up);
    }
    struct kt_refusal said = client->manners;
    said.error = rd_kafka_err2name((rd_kafka_resp_err_t)error);
    said.reason = reason;
    said.x509 = error == RD_KAFKA_RESP_ERR__SSL ? atomic_exchange(&client->certificate, 0) : 0;
    said.known = broker_of(reason) >= 0;
    const char *name = kt_refusal_name(&said);
    bool login = kt_fault_code(kt_text_of(name, strlen(name))) == KT_AUTH && !said.x509;
    long id = login ? -1 : broker_of(reason); /* a login is the same at every broker, a certificate is not */
    char broker[24] = "";
    (void)rk;
    if (login && kt_login_refused(client->context.login))
        return;
    if (login)
        kt_gate_refused(client->context.gate, reason, kt_wait_now());
    else if (kt_gate_shut(client->context.gate, reason))
        return; /* of connections that are not made there is no news: what counts is that a login was refused */
    /* The query client tells whether the cluster can be reached; the others only what is theirs alone. */
    if (id < 0 && !login && client->role != KT_ROLE_QUERY)
        return;
    if (id >= 0)
        (void)snprintf(broker, sizeof broker, "%ld", id);
    char *text = make_text(client, &said, name);
    bool address = id < 0 && !login && error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    if (!address || !atomic_load(&client->reached))
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
    const char *name = kt_fault_certificate(*x509_error);
    atomic_store(&client->certificate, *x509_error);
    (void)snprintf(reason, room, "%s (%d)", name ? kt_fault_phrase(name) : "certificate refused", *x509_error);
    return 0;
}

/* Of a login that was refused, not each handle makes another one. */
static int on_connect(int socket, const struct sockaddr *address, int size, const char *broker, void *opaque)
{
    struct kt_client *client = opaque;
    if (!kt_gate_pass(client->context.gate, broker, client->role == KT_ROLE_QUERY, kt_wait_now()))
        return ECANCELED;
    return connect(socket, address, (socklen_t)size) == 0 || errno == EINPROGRESS ? 0 : errno;
}

static void on_token_wanted(rd_kafka_t *rk, const char *config, void *opaque)
{
    const struct kt_client *client = opaque;
    (void)rk, (void)config;
    kt_login_nudge(client->context.login);
}

/* Also gives an answer back, when there is no question. The certificate is checked against the name all the same. */
static int on_resolve(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **answer,
                      void *opaque)
{
    struct kt_client *client = opaque;
    struct kt_place from = {.port = 0}, to;
    char port[8];
    if (!host && !service) {
        freeaddrinfo(*answer);
        return 0;
    }
    (void)snprintf(from.host, sizeof from.host, "%s", host ? host : "");
    from.port = service ? (unsigned)(strtoul(service, NULL, 10) & 0xffff) : 0;
    if (!kt_resolve_find(&client->context.options->resolve, &from, &to))
        return getaddrinfo(host, service, hints, answer);
    (void)snprintf(port, sizeof port, "%u", to.port & 0xffff);
    return getaddrinfo(to.host, port, hints, answer);
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
    kt_gate_unref(client->context.gate);
    free(client->last);
    free(client->hung_up);
    free(client);
}

enum kt_code kt_client_open(struct kt_client **out, enum kt_role role, const struct kt_client_context *context,
                            const char *group_id, struct kt_err *err)
{
    char reason[ERROR_TEXT] = "";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    *out = NULL;
    enum kt_code code = kt_client_configure(conf, context->options, role, group_id, err);
    if (code != KT_OK) {
        rd_kafka_conf_destroy(conf);
        return code;
    }

    struct kt_client *client = kt_alloc(1, sizeof *client);
    client->role = role;
    client->manners = manners_of(conf);
    client->context = *context;
    (void)kt_gate_ref(context->gate);
    (void)pthread_mutex_init(&client->mutex, NULL);
    (void)pthread_mutex_init(&client->renewing, NULL);
    rd_kafka_conf_set_opaque(conf, client);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    if (context->options->resolve.count > 0)
        rd_kafka_conf_set_resolve_cb(conf, on_resolve);
    (void)rd_kafka_conf_set_ssl_cert_verify_cb(conf, on_certificate);
    if (context->options->token_command)
        rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, on_token_wanted);
    if (context->gate)
        rd_kafka_conf_set_connect_cb(conf, on_connect);
    kt_login_dress(context->login, conf);
    client->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    if (!client->rk) {
        bool short_of = rd_kafka_last_error() == RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
        code = kt_client_fail(conf, reason, short_of ? KT_LIMIT : KT_CONFIG, err);
        rd_kafka_conf_destroy(conf);
        free_client(client);
        return code;
    }
    kt_login_join(context->login, client->rk);
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
    kt_login_leave(client->context.login, client->rk);
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
    /* Who has no reason of its own to doubt does not wait for somebody else's question. */
    if (client->epoch < epoch)
        (void)pthread_mutex_lock(&client->renewing);
    else if (pthread_mutex_trylock(&client->renewing) != 0)
        return;
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

void kt_client_reached(struct kt_client *client)
{
    atomic_store(&client->reached, true);
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
