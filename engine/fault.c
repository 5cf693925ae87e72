#include "fault.h"

#include <string.h>

struct fault {
    const char *name;
    enum kt_code code;
    const char *phrase;
};

static const struct fault faults[] = {
    {"_AUTHENTICATION", KT_AUTH, "authentication was refused"},
    {"SASL_AUTHENTICATION_FAILED", KT_AUTH, "authentication was refused"},
    {"UNSUPPORTED_SASL_MECHANISM", KT_AUTH,
     "the listener does not offer this mechanism (sasl.mechanism); it offers"},
    {"ILLEGAL_SASL_STATE", KT_AUTH, "the broker expects another security protocol"},
    {"_SSL", KT_AUTH, "the TLS handshake failed"},
    {"TOPIC_AUTHORIZATION_FAILED", KT_AUTH, "the right on this topic is missing"},
    {"GROUP_AUTHORIZATION_FAILED", KT_AUTH, "the right DESCRIBE on this group is missing"},
    {"CLUSTER_AUTHORIZATION_FAILED", KT_AUTH, "the right DESCRIBE on the cluster is missing"},
    {"TOKEN_EXPIRED", KT_AUTH, "the token has expired"},
    {"TOKEN_NOT_RENEWED", KT_OK, "the token could not be renewed"},
    {"TOKEN_COMMAND_FAILED", KT_CONFIG, "token_command told no token"},
    {"PASSWORD_COMMAND_FAILED", KT_CONFIG, "password_command told no password"},
    {"CONNECTION_NOT_SET_UP", KT_CONFIG, "the settings make no connection"},
    {"NO_GROUPS_VISIBLE", KT_OK, "no group is visible"},
    {"_TRANSPORT", KT_NETWORK, "the connection failed"},
    {"_ALL_BROKERS_DOWN", KT_NETWORK, "no broker can be reached"},
    {"_RESOLVE", KT_NETWORK, "the host name cannot be resolved (--resolve gives it an address)"},
    {"_TIMED_OUT", KT_NETWORK, "no answer in time"},
    {"_TIMED_OUT_QUEUE", KT_NETWORK, "no answer in time"},
    {"_MSG_TIMED_OUT", KT_NETWORK, "no answer in time"},
    {"REQUEST_TIMED_OUT", KT_NETWORK, "the broker did not finish the request in time"},
    {"_PARTIAL", KT_NETWORK, "some brokers did not answer"},
    {"_WAIT_COORD", KT_NETWORK, "the coordinator is not known yet"},
    {"_WAIT_CACHE", KT_NETWORK, "the metadata is not known yet"},
    {"_DESTROY", KT_NETWORK, "the connection was given up"},
    {"BROKER_NOT_AVAILABLE", KT_NETWORK, "the broker is not available"},
    {"LEADER_NOT_AVAILABLE", KT_NETWORK, "the partition has no leader"},
    {"NOT_LEADER_FOR_PARTITION", KT_NETWORK, "the partition's leader has just moved"},
    {"LISTENER_NOT_FOUND", KT_NETWORK, "the partition's leader has no such listener"},
    {"REPLICA_NOT_AVAILABLE", KT_NETWORK, "a replica is not available"},
    {"COORDINATOR_NOT_AVAILABLE", KT_NETWORK, "the group's coordinator is not available"},
    {"COORDINATOR_LOAD_IN_PROGRESS", KT_NETWORK, "the group's coordinator is still loading"},
    {"NOT_COORDINATOR", KT_NETWORK, "the group's coordinator has just moved"},
    {"NETWORK_EXCEPTION", KT_NETWORK, "the broker lost a connection"},
    {"KAFKA_STORAGE_ERROR", KT_NETWORK, "the broker's disk failed"},
    {"OFFSET_NOT_AVAILABLE", KT_NETWORK, "the new leader does not know the log end yet"},
    {"UNKNOWN_LEADER_EPOCH", KT_NETWORK, "the partition's leader has just moved"},
    {"FENCED_LEADER_EPOCH", KT_NETWORK, "the partition's leader has just moved"},
    {"UNKNOWN_TOPIC_OR_PART", KT_PROTOCOL, "the broker knows no such topic or partition"},
    {"_UNKNOWN_TOPIC", KT_PROTOCOL, "there is no such topic"},
    {"_UNKNOWN_PARTITION", KT_PROTOCOL, "there is no such partition"},
    {"UNSTABLE_OFFSET_COMMIT", KT_PROTOCOL, "a transaction with commits is still open"},
    {"UNSUPPORTED_VERSION", KT_PROTOCOL, "broker and client library have no version of this request in common"},
    {"_UNSUPPORTED_FEATURE", KT_PROTOCOL, "the broker does not answer this kind of request"},
    {"INVALID_GROUP_ID", KT_PROTOCOL, "the broker does not accept this group's name"},
    {"UNKNOWN", KT_PROTOCOL, "the broker failed on this request"},
    {"_BAD_MSG", KT_PROTOCOL, "the answer makes no sense"},
    {"_BAD_COMPRESSION", KT_PROTOCOL, "a batch cannot be decompressed"},
    {"_FAIL", KT_PROTOCOL, "the client library gave up"},
    {"_CRIT_SYS_RESOURCE", KT_LIMIT, "the system has no more threads or sockets to give"},

    /* Those of refusal.c: what the library's sentences mean, and what to do. */
    {"WRONG_CREDENTIALS", KT_AUTH,
     "authentication was refused: wrong user or wrong password, and a broker does not tell which "
     "(sasl.username, sasl.password)"},
    {"SCRAM_OF_OLD_LIBRARY", KT_AUTH,
     "Kafka 4.1 and newer refuse SCRAM by a librdkafka before 2.6.1, which this program has, even with the right "
     "password: build it with a newer one (./configure --with-deps=newest), or use PLAIN over TLS; an older Kafka "
     "refuses a wrong password in the same words"},
    {"TOKEN_REFUSED", KT_AUTH,
     "authentication was refused: the broker does not accept the token (expired, or not meant for it)"},
    {"MECHANISM_PLUGIN", KT_CONFIG,
     "libsasl2 has no plug-in for this mechanism (sasl.mechanism); that for GSSAPI is in libsasl2-modules-gssapi-mit"},
    {"KERBEROS_NO_TICKET", KT_AUTH,
     "authentication failed: no valid Kerberos ticket (sasl.kerberos.keytab, sasl.kerberos.principal)"},
    {"KERBEROS_SERVICE", KT_AUTH,
     "authentication failed: the Kerberos realm has no such service (sasl.kerberos.service.name and the broker's host "
     "name make its name)"},
    {"KERBEROS_NO_KDC", KT_AUTH, "authentication failed: no KDC of the Kerberos realm answers (krb5.conf)"},
    {"KERBEROS_CLOCK", KT_AUTH, "authentication failed: this machine's clock is too far from the Kerberos realm's"},
    {"CLIENT_CERTIFICATE_MISSING", KT_AUTH,
     "authentication failed: the broker demands a client's certificate (ssl.certificate.location and ssl.key.location, "
     "or ssl.keystore.location)"},
    {"CLIENT_CERTIFICATE_REFUSED", KT_AUTH,
     "authentication was refused: the broker does not accept our certificate: unknown authority, expired or revoked "
     "(ssl.certificate.location, ssl.keystore.location)"},
    {"CERTIFICATE_AUTHORITY", KT_AUTH,
     "the broker's TLS certificate comes from an unknown authority (ssl.ca.location names those to trust)"},
    {"CERTIFICATE_NOT_YET", KT_AUTH,
     "the broker's TLS certificate is not valid yet (or this machine's clock is wrong)"},
    {"CERTIFICATE_EXPIRED", KT_AUTH,
     "the broker's TLS certificate has expired (or this machine's clock is wrong)"},
    {"CERTIFICATE_REVOKED", KT_AUTH, "the broker's TLS certificate was revoked"},
    {"CERTIFICATE_PURPOSE", KT_AUTH, "the broker's TLS certificate is not meant for a server"},
    {"CERTIFICATE_HOST_NAME", KT_AUTH,
     "the broker's TLS certificate is for another host name (it must have the one of -b, later the one that the broker "
     "advertises; --doctor shows them)"},
    {"NO_COMMON_TLS", KT_NETWORK,
     "broker and client have no version or cipher of TLS in common, or the broker demands a client's certificate"},
    {"LISTENER_WITHOUT_SASL", KT_NETWORK,
     "this listener takes no SASL login (security.protocol: PLAINTEXT or SSL, without SASL_)"},
    {"LISTENER_WANTS_SASL", KT_NETWORK,
     "this listener hangs up on who does not log in (security.protocol: SASL_PLAINTEXT or SASL_SSL)"},
    {"LISTENER_WITHOUT_TLS", KT_NETWORK,
     "this port does not speak TLS (security.protocol: PLAINTEXT or SASL_PLAINTEXT), or is no broker's"},
    {"LISTENER_HANGS_UP", KT_NETWORK,
     "this port hangs up at the first request: it speaks TLS (security.protocol: SSL or SASL_SSL), or not Kafka"},
    {"LISTENER_SILENT", KT_NETWORK,
     "this port takes connections and answers nothing: it is no broker's, or the broker hangs"},
    {"NOT_KAFKA", KT_NETWORK, "this port does not speak Kafka's protocol"},
    {"CONNECTION_REFUSED", KT_NETWORK, "connection refused: nothing listens at this port"},
    {"NO_ROUTE", KT_NETWORK, "no connection in time: the address is wrong, or a firewall drops what we send"},
};

/* What waiting does not mend: settings or credentials have to change. */
static const char *const lasting[] = {
    "_AUTHENTICATION",
    "SASL_AUTHENTICATION_FAILED",
    "UNSUPPORTED_SASL_MECHANISM",
    "ILLEGAL_SASL_STATE",
    "CLUSTER_AUTHORIZATION_FAILED",
    "TOKEN_EXPIRED",
    "TOKEN_COMMAND_FAILED",
    "PASSWORD_COMMAND_FAILED",
    "CONNECTION_NOT_SET_UP",
    "WRONG_CREDENTIALS",
    "SCRAM_OF_OLD_LIBRARY",
    "TOKEN_REFUSED",
    "MECHANISM_PLUGIN",
    "KERBEROS_NO_TICKET",
    "KERBEROS_SERVICE",
    "KERBEROS_NO_KDC",
    "KERBEROS_CLOCK",
    "CLIENT_CERTIFICATE_MISSING",
    "CLIENT_CERTIFICATE_REFUSED",
    "CERTIFICATE_AUTHORITY",
    "CERTIFICATE_NOT_YET",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_PURPOSE",
    "CERTIFICATE_HOST_NAME",
    "NO_COMMON_TLS",
    "LISTENER_WITHOUT_SASL",
    "LISTENER_WANTS_SASL",
    "NOT_KAFKA",
};

const char *const kt_fault_connection[] = {
    "_ALL_BROKERS_DOWN",
    "_TRANSPORT",
    "_RESOLVE",
    "_AUTHENTICATION",
    "_SSL",
    "_BAD_MSG",
    "_FAIL",
    "_TIMED_OUT",
    "SASL_AUTHENTICATION_FAILED",
    "ILLEGAL_SASL_STATE",
    "UNSUPPORTED_SASL_MECHANISM",
    "WRONG_CREDENTIALS",
    "SCRAM_OF_OLD_LIBRARY",
    "TOKEN_REFUSED",
    "MECHANISM_PLUGIN",
    "KERBEROS_NO_TICKET",
    "KERBEROS_SERVICE",
    "KERBEROS_NO_KDC",
    "KERBEROS_CLOCK",
    "CLIENT_CERTIFICATE_MISSING",
    "CLIENT_CERTIFICATE_REFUSED",
    "CERTIFICATE_AUTHORITY",
    "CERTIFICATE_NOT_YET",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_PURPOSE",
    "CERTIFICATE_HOST_NAME",
    "NO_COMMON_TLS",
    "LISTENER_WITHOUT_SASL",
    "LISTENER_WANTS_SASL",
    "LISTENER_WITHOUT_TLS",
    "LISTENER_HANGS_UP",
    "LISTENER_SILENT",
    "NOT_KAFKA",
    "CONNECTION_REFUSED",
    "NO_ROUTE",
};
const size_t kt_fault_connection_count = sizeof kt_fault_connection / sizeof *kt_fault_connection;

static const struct fault *find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strlen(faults[i].name) == length && memcmp(faults[i].name, name, length) == 0)
            return &faults[i];
    return NULL;
}

enum kt_code kt_fault_code(struct kt_text name)
{
    const struct fault *fault = name.bytes ? find(name.bytes, name.length) : NULL;
    return fault ? fault->code : KT_PROTOCOL;
}

const char *kt_fault_phrase(const char *name)
{
    const struct fault *fault = find(name, strlen(name));
    return fault ? fault->phrase : "";
}

static bool is_among(struct kt_text name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (name.bytes && strlen(names[i]) == name.length && memcmp(names[i], name.bytes, name.length) == 0)
            return true;
    return false;
}

bool kt_fault_lasting(struct kt_text name)
{
    return is_among(name, lasting, sizeof lasting / sizeof *lasting);
}

bool kt_fault_of_connection(struct kt_text name)
{
    return is_among(name, kt_fault_connection, kt_fault_connection_count);
}

bool kt_fault_of_certificate(struct kt_text name)
{
    static const char prefix[] = "CERTIFICATE_";
    return name.bytes && name.length >= sizeof prefix && memcmp(name.bytes, prefix, sizeof prefix - 1) == 0;
}

const char *kt_fault_certificate(int x509_error)
{
    switch (x509_error) {
    case 2:
    case 18:
    case 19:
    case 20:
    case 21:
        return "CERTIFICATE_AUTHORITY";
    case 9:
        return "CERTIFICATE_NOT_YET";
    case 10:
        return "CERTIFICATE_EXPIRED";
    case 23:
        return "CERTIFICATE_REVOKED";
    case 26:
        return "CERTIFICATE_PURPOSE";
    case 62:
    case 64:
        return "CERTIFICATE_HOST_NAME";
    default:
        return NULL;
    }
}
