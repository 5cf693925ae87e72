#include "client_login.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "secret_command.h"
#include "token.h"
#include "wait.h"
#include "wipe.h"

#define LIMIT_MS       30000 /* of a command */
#define AGAIN_LOW_MS   1000
#define AGAIN_HIGH_MS  60000
#define FRESH_MS       10000  /* what is refused at this age is wrong, not outdated */
#define GRACE_MS       2000   /* refusals of what was used before still come in */
#define UNKNOWN_LIFE_MS 300000 /* of a token that does not say when it ends */
#define LIFE_MOST_MS   86400000

struct kt_login {
    struct kt_client_context context;
    const char *name; /* of the command */
    const char *command;
    bool is_token;
    pthread_t thread;

    pthread_mutex_t mutex; /* guards what follows; held while log or inbox are touched */
    pthread_cond_t news;
    bool stopping;
    bool ready;
    bool asking;          /* right now */
    bool again;           /* it will be, because a broker refused */
    int64_t next;         /* kt_wait_now: the command is asked */
    int64_t came;         /* kt_wait_now: what is in use was told ... */
    int64_t came_ms;      /* ... since 1970 */
    int64_t changed;      /* kt_wait_now: it took the place of another; 0: never */
    int64_t refused;      /* kt_wait_now: a broker did so last; 0: never */
    int64_t pause;        /* before the next try */
    struct kt_token held; /* a password is its value */
    struct kt_err failure; /* of the last try; code KT_OK: none */
    const char *told;     /* the error that is told as a problem; NULL: none */
    rd_kafka_t **handles;
    size_t handle_count;
};

/* ---- giving it to handles; with the mutex ---- */

static void give(struct kt_login *login, rd_kafka_t *rk)
{
    const struct kt_token *held = &login->held;
    char reason[256] = "";
    if (!held->value)
        return;
    if (!login->is_token) {
        char user[1024];
        size_t size = sizeof user;
        if (rd_kafka_conf_get(rd_kafka_conf(rk), "sasl.username", user, &size) == RD_KAFKA_CONF_OK)
            rd_kafka_error_destroy(rd_kafka_sasl_set_credentials(rk, user, held->value));
        return;
    }
    rd_kafka_resp_err_t error = rd_kafka_oauthbearer_set_token(
        rk, held->value, held->expires_ms, held->principal ? held->principal : "kafkatop",
        (const char **)(uintptr_t)held->extensions, held->extension_count, reason, sizeof reason);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && !login->stopping)
        kt_log_add(login->context.log, "token_command: the client library does not take the token: %s", reason);
}

void kt_login_join(struct kt_login *login, rd_kafka_t *rk)
{
    if (!login)
        return;
    if (login->is_token) /* or tokens would only be asked for when somebody polls */
        rd_kafka_error_destroy(rd_kafka_sasl_background_callbacks_enable(rk));
    pthread_mutex_lock(&login->mutex);
    login->handles = kt_resize(login->handles, login->handle_count + 1, sizeof *login->handles);
    login->handles[login->handle_count++] = rk;
    give(login, rk);
    pthread_mutex_unlock(&login->mutex);
}

void kt_login_leave(struct kt_login *login, rd_kafka_t *rk)
{
    if (!login)
        return;
    pthread_mutex_lock(&login->mutex);
    for (size_t i = 0; i < login->handle_count; i++)
        if (login->handles[i] == rk) {
            login->handles[i] = login->handles[--login->handle_count];
            break;
        }
    pthread_mutex_unlock(&login->mutex);
}

void kt_login_dress(struct kt_login *login, rd_kafka_conf_t *conf)
{
    if (!login)
        return;
    pthread_mutex_lock(&login->mutex);
    if (login->is_token)
        rd_kafka_conf_enable_sasl_queue(conf, 1);
    else if (login->held.value)
        (void)rd_kafka_conf_set(conf, "sasl.password", login->held.value, NULL, 0);
    pthread_mutex_unlock(&login->mutex);
}

/* ---- asking ---- */

static bool is_stopped(void *self)
{
    struct kt_login *login = self;
    pthread_mutex_lock(&login->mutex);
    bool stopping = login->stopping;
    pthread_mutex_unlock(&login->mutex);
    return stopping;
}

/* Something that is taken back when it is over, or when something else is wrong. With the mutex. */
static void tell(struct kt_login *login, const char *error, const char *text)
{
    const struct kt_client_context *to = &login->context;
    if (login->stopping)
        return;
    if (login->told && (!error || strcmp(error, login->told) != 0))
        kt_client_problem(to->inbox, to->clock, KT_SCOPE_CLUSTER, "", login->told, true, "");
    if (error) {
        kt_client_problem(to->inbox, to->clock, KT_SCOPE_CLUSTER, "", error, false, text);
        kt_log_add(to->log, "%s", text);
    }
    login->told = error;
}

static int64_t limit_of(const struct kt_options *options)
{
    /* Who waits for one answer should hear of the command, not that time is up. */
    int64_t most = options->timeout_ms > 0 ? options->timeout_ms * 2 / 3 : LIMIT_MS;
    return options->format != KT_FORMAT_SCREEN && most < LIMIT_MS ? most : LIMIT_MS;
}

static enum kt_code read_token(struct kt_token *token, const char *bytes, size_t length, int64_t now,
                               struct kt_err *err)
{
    struct kt_err why;
    if (kt_token_parse(token, bytes, length, now, &why) != KT_OK)
        return kt_fail(err, KT_CONFIG, "token_command %s", why.text);
    if (!token->expires_known)
        token->expires_ms = now + UNKNOWN_LIFE_MS;
    if (token->expires_ms <= now)
        return kt_fail(err, KT_AUTH, "token_command wrote a token that expired %lld s ago (is the clock right?)",
                       (long long)(now - token->expires_ms) / 1000);
    return KT_OK;
}

static enum kt_code ask(struct kt_login *login, struct kt_token *token, struct kt_err *err)
{
    const struct kt_options *options = login->context.options;
    struct kt_secret_ask ask = {
        .name = login->name,
        .command = login->command,
        .cluster = options->cluster ? options->cluster : "default",
        .brokers = options->brokers,
        .limit_ms = limit_of(options),
        .stopped = is_stopped,
        .self = login,
    };
    char *room = kt_alloc(KT_SECRET_MOST + 1, 1);
    size_t length = 0;
    *token = (struct kt_token){0};
    enum kt_code code =
        login->is_token ? kt_secret_run(&ask, room, &length, err) : kt_secret_run_password(&ask, room, &length, err);
    if (code == KT_OK && login->is_token)
        code = read_token(token, room, length, kt_wall(login->context.clock), err);
    else if (code == KT_OK)
        token->value = kt_strdup(room);
    kt_wipe(room, KT_SECRET_MOST);
    free(room);
    return code;
}

/* ---- what comes of it; with the mutex ---- */

/* Unless that is planned for sooner. */
static void ask_later(struct kt_login *login)
{
    int64_t pause = login->pause * 2;
    login->pause = pause < AGAIN_LOW_MS ? AGAIN_LOW_MS : pause > AGAIN_HIGH_MS ? AGAIN_HIGH_MS : pause;
    /* Many who ask for the same at the same time should not go on doing so. */
    int64_t at = kt_wait_now() + login->pause - login->pause * (kt_wait_now_us() % 256) / 1024;
    login->next = at < login->next ? at : login->next;
    pthread_cond_broadcast(&login->news);
}

static void ask_now(struct kt_login *login)
{
    login->next = kt_wait_now();
    pthread_cond_broadcast(&login->news);
}

static void take(struct kt_login *login, struct kt_token *token)
{
    bool same = !login->is_token && login->held.value && strcmp(login->held.value, token->value) == 0;
    kt_token_release(&login->held);
    login->held = *token;
    *token = (struct kt_token){0};
    login->came = kt_wait_now();
    login->came_ms = kt_wall(login->context.clock);
    if (login->ready && !same)
        login->changed = login->came;
    if (login->is_token) {
        int64_t life = login->held.expires_ms - login->came_ms;
        life = life > LIFE_MOST_MS ? LIFE_MOST_MS : life;
        login->next = login->came + (life * 3 / 4 > AGAIN_LOW_MS ? life * 3 / 4 : AGAIN_LOW_MS);
    }
    for (size_t i = 0; i < login->handle_count && !same; i++)
        give(login, login->handles[i]);
    tell(login, NULL, NULL);
    if (login->failure.code != KT_OK)
        login->pause = 0;
    login->failure.code = KT_OK;
    if (!login->ready && !login->stopping)
        kt_inbox_wake(login->context.inbox);
    login->ready = true;
}

static void fail(struct kt_login *login, const struct kt_err *failure)
{
    int64_t left = login->held.value && login->is_token ? login->held.expires_ms - kt_wall(login->context.clock) : 0;
    login->failure = *failure;
    ask_later(login);
    if (left > 0 && login->next - kt_wait_now() > left) /* it is told in time that nothing came in its place */
        login->next = kt_wait_now() + left;
    if (left > 0) {
        char *text = kt_format("%s; the token in use is good for %lld s more", failure->text, (long long)left / 1000);
        tell(login, "TOKEN_NOT_RENEWED", text);
        free(text);
    } else {
        tell(login,
             failure->code == KT_AUTH ? "TOKEN_EXPIRED"
             : login->is_token        ? "TOKEN_COMMAND_FAILED"
                                      : "PASSWORD_COMMAND_FAILED",
             failure->text);
    }
}

static void *work(void *self)
{
    struct kt_login *login = self;
    pthread_mutex_lock(&login->mutex);
    while (!login->stopping) {
        int64_t wait = login->next - kt_wait_now();
        if (wait > 0) {
            kt_wait_for(&login->news, &login->mutex, wait < AGAIN_HIGH_MS ? wait : AGAIN_HIGH_MS);
            continue;
        }
        struct kt_token token;
        struct kt_err err = {.code = KT_OK};
        login->next = INT64_MAX;
        login->again = false;
        login->asking = true;
        pthread_mutex_unlock(&login->mutex);
        enum kt_code code = ask(login, &token, &err);
        pthread_mutex_lock(&login->mutex);
        login->asking = false;
        if (code == KT_OK)
            take(login, &token);
        else if (!login->stopping)
            fail(login, &err);
        kt_token_release(&token);
        pthread_cond_broadcast(&login->news);
    }
    pthread_mutex_unlock(&login->mutex);
    return NULL;
}

/* ---- who wants what ---- */

void kt_login_nudge(struct kt_login *login)
{
    if (!login)
        return;
    pthread_mutex_lock(&login->mutex);
    /* The machine may have slept: then its wall clock knows better than ours. */
    int64_t life = login->held.expires_ms - login->came_ms;
    if (login->held.value && !login->asking && kt_wall(login->context.clock) - login->came_ms > life / 100 * 78 &&
        login->failure.code == KT_OK)
        ask_now(login);
    pthread_mutex_unlock(&login->mutex);
}

/* A token that is over is refused, of course; that none came in its place is what there is to tell. With the mutex. */
static bool is_over(const struct kt_login *login)
{
    return login->is_token && login->held.expires_ms <= kt_wall(login->context.clock);
}

/* With the mutex. */
static bool is_outdated(struct kt_login *login, int64_t now)
{
    if (login->refused && now - login->refused > 2 * AGAIN_HIGH_MS) {
        login->refused = 0;
        login->pause = 0;
    }
    return login->asking || is_over(login) || (login->changed && now - login->changed < GRACE_MS) ||
           (!login->refused && now - login->came >= FRESH_MS);
}

bool kt_login_refused(struct kt_login *login)
{
    if (!login)
        return false;
    pthread_mutex_lock(&login->mutex);
    int64_t now = kt_wait_now();
    bool outdated = is_outdated(login, now), late = login->changed && now - login->changed < GRACE_MS;
    bool failing = is_over(login) && login->failure.code != KT_OK; /* the next try is planned already */
    if (!login->asking && !login->again && !late && !failing) {
        login->again = true;
        if (outdated)
            ask_now(login);
        else
            ask_later(login);
    }
    if (!late)
        login->refused = now;
    pthread_mutex_unlock(&login->mutex);
    return outdated;
}

bool kt_login_ready(struct kt_login *login)
{
    if (!login)
        return true;
    pthread_mutex_lock(&login->mutex);
    bool ready = login->ready;
    pthread_mutex_unlock(&login->mutex);
    return ready;
}

enum kt_code kt_login_wait(struct kt_login *login, int64_t wait_ms, struct kt_err *err)
{
    int64_t until = kt_wait_now() + wait_ms;
    if (!login)
        return KT_OK;
    pthread_mutex_lock(&login->mutex);
    while (!login->ready && login->failure.code == KT_OK && kt_wait_now() < until)
        kt_wait_for(&login->news, &login->mutex, until - kt_wait_now());
    enum kt_code code = login->ready                    ? KT_OK
                        : login->failure.code != KT_OK ? kt_fail(err, login->failure.code, "%s", login->failure.text)
                                                       : kt_fail(err, KT_NETWORK, "%s has not answered", login->name);
    pthread_mutex_unlock(&login->mutex);
    return code;
}

/* ---- life ---- */

static void free_login(struct kt_login *login)
{
    kt_token_release(&login->held);
    free(login->handles);
    pthread_cond_destroy(&login->news);
    pthread_mutex_destroy(&login->mutex);
    free(login);
}

static int start(struct kt_login *login)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int sys = pthread_create(&login->thread, NULL, work, login);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return sys;
}

enum kt_code kt_login_open(struct kt_login **out, const struct kt_client_context *context, struct kt_err *err)
{
    const struct kt_options *options = context->options;
    *out = NULL;
    if (!options->password_command && !options->token_command)
        return KT_OK;
    struct kt_login *login = kt_alloc(1, sizeof *login);
    login->context = *context;
    login->is_token = options->token_command != NULL;
    login->name = login->is_token ? "token_command" : "password_command";
    login->command = login->is_token ? options->token_command : options->password_command;
    pthread_mutex_init(&login->mutex, NULL);
    kt_wait_init(&login->news);
    if (start(login) != 0) {
        free_login(login);
        return kt_fail(err, KT_LIMIT, "cannot start a thread: the system has no more of them to give");
    }
    *out = login;
    return KT_OK;
}

void kt_login_stop(struct kt_login *login)
{
    if (!login)
        return;
    pthread_mutex_lock(&login->mutex);
    login->stopping = true;
    pthread_cond_broadcast(&login->news);
    pthread_mutex_unlock(&login->mutex);
}

void kt_login_close(struct kt_login *login)
{
    if (!login)
        return;
    kt_login_stop(login);
    pthread_join(login->thread, NULL);
    free_login(login);
}
