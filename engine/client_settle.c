#include "client_settle.h"

#include <librdkafka/rdkafka.h>
#include <string.h>

static const char *setting(rd_kafka_conf_t *conf, const char *key, char *room, size_t size)
{
    return rd_kafka_conf_get(conf, key, room, &size) == RD_KAFKA_CONF_OK ? room : "";
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value)
{
    char reason[256];
    (void)rd_kafka_conf_set(conf, key, value, reason, sizeof reason);
}

static enum kt_code settle_token(rd_kafka_conf_t *conf, const struct kt_options *options, struct kt_err *err)
{
    char room[64];
    if (!kt_options_property(options, "sasl.mechanism"))
        set(conf, "sasl.mechanisms", "OAUTHBEARER");
    if (!kt_options_property(options, "security.protocol"))
        set(conf, "security.protocol", "SASL_SSL");
    if (strcmp(setting(conf, "sasl.mechanisms", room, sizeof room), "OAUTHBEARER") != 0)
        return kt_fail(err, KT_CONFIG, "token_command is for sasl.mechanism=OAUTHBEARER, and %.30s is set", room);
    return KT_OK;
}

static enum kt_code settle_password(rd_kafka_conf_t *conf, const struct kt_options *options, struct kt_err *err)
{
    char room[256];
    const char *mechanism = setting(conf, "sasl.mechanisms", room, sizeof room);
    if (strcmp(mechanism, "PLAIN") != 0 && strncmp(mechanism, "SCRAM-", 6) != 0)
        return kt_fail(err, KT_CONFIG, "password_command needs sasl.mechanism=PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
    if (!setting(conf, "sasl.username", room, sizeof room)[0])
        return kt_fail(err, KT_CONFIG, "password_command needs sasl.username: whose password is it?");
    if (kt_options_property(options, "sasl.password"))
        return kt_fail(err, KT_CONFIG, "both sasl.password and password_command are given: leave one out");
    return KT_OK;
}

static enum kt_code settle_protocol(rd_kafka_conf_t *conf, const char *name, struct kt_err *err)
{
    char room[64];
    if (strncmp(setting(conf, "security.protocol", room, sizeof room), "sasl_", 5) == 0)
        return KT_OK;
    return kt_fail(err, KT_CONFIG, "%s needs security.protocol=SASL_SSL (or SASL_PLAINTEXT), and %.30s is set", name,
                   room);
}

/* The library would wait for a token for ever. */
static enum kt_code check_bearer(rd_kafka_conf_t *conf, struct kt_err *err)
{
    char room[64];
    if (strcmp(setting(conf, "sasl.mechanisms", room, sizeof room), "OAUTHBEARER") != 0 ||
        strcmp(setting(conf, "enable.sasl.oauthbearer.unsecure.jwt", room, sizeof room), "true") == 0 ||
        strcmp(setting(conf, "sasl.oauthbearer.method", room, sizeof room), "oidc") == 0)
        return KT_OK;
    return kt_fail(err, KT_CONFIG,
                   "sasl.mechanism=OAUTHBEARER needs a token_command (or sasl.oauthbearer.method=oidc, or for a test "
                   "enable.sasl.oauthbearer.unsecure.jwt=true)");
}

enum kt_code kt_client_settle(rd_kafka_conf_t *conf, const struct kt_options *options, struct kt_err *err)
{
    if (options->password_command && options->token_command)
        return kt_fail(err, KT_CONFIG, "both password_command and token_command are given: leave one out");
    if (!options->password_command && !options->token_command)
        return check_bearer(conf, err);
    enum kt_code code =
        options->token_command ? settle_token(conf, options, err) : settle_password(conf, options, err);
    return code == KT_OK ? settle_protocol(conf, options->token_command ? "token_command" : "password_command", err)
                         : code;
}
