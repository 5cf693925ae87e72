#include "fault.h"

#include <string.h>

/* What else an error is. */
enum {
    CONNECTION = 1, /* of a connection or of the whole cluster: over once the cluster answers */
    LASTING = 2     /* waiting does not mend it: settings or credentials have to change */
};

struct fault {
    const char *name;
    enum kt_code code;
    unsigned kinds;
    const char *phrase;
};

static const struct fault faults[] = {
    {"_AUTHENTICATION", KT_AUTH, CONNECTION | LASTING, "authentication was refused"},
    {"SASL_AUTHENTICATION_FAILED", KT_AUTH, CONNECTION | LASTING, "authentication was refused"},
    {"UNSUPPORTED_SASL_MECHANISM", KT_AUTH, CONNECTION | LASTING,
     "the listener does not offer this mechanism (sasl.mechanism); it offers"},
    {"ILLEGAL_SASL_STATE", KT_AUTH, CONNECTION | LASTING, "the broker expects another security protocol"},
    {"_SSL", KT_AUTH, CONNECTION, "the TLS handshake failed"},
    {"TOPIC_AUTHORIZATION_FAILED", KT_AUTH, 0, "the right on this topic is missing"},
    {"GROUP_AUTHORIZATION_FAILED", KT_AUTH, 0, "the right DESCRIBE on this group is missing"},
    {"CLUSTER_AUTHORIZATION_FAILED", KT_AUTH, LASTING, "the right DESCRIBE on the cluster is missing"},
    {"TOKEN_EXPIRED", KT_AUTH, LASTING, "the token has expired"},
    {"TOKEN_NOT_RENEWED", KT_OK, 0, "the token could not be renewed"},
    {"TOKEN_COMMAND_FAILED", KT_CONFIG, LASTING, "token_command told no token"},
    {"PASSWORD_COMMAND_FAILED", KT_CONFIG, LASTING, "password_command told no password"},
    {"CONNECTION_NOT_SET_UP", KT_CONFIG, LASTING, "the settings make no connection"},
    {"NO_GROUPS_VISIBLE", KT_OK, 0, "no group is visible"},
    {"_TRANSPORT", KT_NETWORK, CONNECTION, "the connection failed"},
    {"_ALL_BROKERS_DOWN", KT_NETWORK, CONNECTION, "no broker can be reached"},
    {"_RESOLVE", KT_NETWORK, CONNECTION, "the host name cannot be resolved (--resolve gives it an address)"},
    {"_TIMED_OUT", KT_NETWORK, CONNECTION, "no answer in time"},
    {"_TIMED_OUT_QUEUE", KT_NETWORK, 0, "no answer in time"},
    {"_MSG_TIMED_OUT", KT_NETWORK, 0, "no answer in time"},
    {"REQUEST_TIMED_OUT", KT_NETWORK, 0, "the broker did not finish the request in time"},
    {"_PARTIAL", KT_NETWORK, 0, "some brokers did not answer"},
    {"_WAIT_COORD", KT_NETWORK, 0, "the coordinator is not known yet"},
    {"_WAIT_CACHE", KT_NETWORK, 0, "the metadata is not known yet"},
    {"_DESTROY", KT_NETWORK, 0, "the connection was given up"},
    {"BROKER_NOT_AVAILABLE", KT_NETWORK, 0, "the broker is not available"},
    {"LEADER_NOT_AVAILABLE", KT_NETWORK, 0, "the partition has no leader"},
    {"NOT_LEADER_FOR_PARTITION", KT_NETWORK, 0, "the partition's leader has just moved"},
    {"LISTENER_NOT_FOUND", KT_NETWORK, 0, "the partition's leader has no such listener"},
    {"REPLICA_NOT_AVAILABLE", KT_NETWORK, 0, "a replica is not available"},
    {"COORDINATOR_NOT_AVAILABLE", KT_NETWORK, 0, "the group's coordinator is not available"},
    {"COORDINATOR_LOAD_IN_PROGRESS", KT_NETWORK, 0, "the group's coordinator is still loading"},
    {"NOT_COORDINATOR", KT_NETWORK, 0, "the group's coordinator has just moved"},
    {"NETWORK_EXCEPTION", KT_NETWORK, 0, "the broker lost a connection"},
    {"KAFKA_STORAGE_ERROR", KT_NETWORK, 0, "the broker's disk failed"},
    {"OFFSET_NOT_AVAILABLE", KT_NETWORK, 0, "the new leader does not know the log end yet"},
    {"UNKNOWN_LEADER_EPOCH", KT_NETWORK, 0, "the partition's leader has just moved"},
    {"FENCED_LEADER_EPOCH", KT_NETWORK, 0, "the partition's leader has just moved"},
    {"UNKNOWN_TOPIC_OR_PART", KT_PROTOCOL, 0, "the broker knows no such topic or partition"},
    {"_UNKNOWN_TOPIC", KT_PROTOCOL, 0, "there is no such topic"},
    {"_UNKNOWN_PARTITION", KT_PROTOCOL, 0, "there is no such partition"},
    {"UNSTABLE_OFFSET_COMMIT", KT_PROTOCOL, 0, "a transaction with commits is still open"},
    {"UNSUPPORTED_VERSION", KT_PROTOCOL, 0,
     "broker and client library have no version of this request in common"},
    {"_UNSUPPORTED_FEATURE", KT_PROTOCOL, 0, "the broker does not answer this kind of request"},
    {"INVALID_GROUP_ID", KT_PROTOCOL, 0, "the broker does not accept this group's name"},
    {"UNKNOWN", KT_PROTOCOL, 0, "the broker failed on this request"},
    {"_BAD_MSG", KT_PROTOCOL, CONNECTION, "the answer makes no sense"},
    {"_BAD_COMPRESSION", KT_PROTOCOL, 0, "a batch cannot be decompressed"},
    {"_FAIL", KT_PROTOCOL, CONNECTION, "the client library gave up"},
    {"_CRIT_SYS_RESOURCE", KT_LIMIT, 0, "the system has no more threads or sockets to give"},

    /* Those of refusal.c: what the library's sentences mean, and what to do. */
    {"WRONG_CREDENTIALS", KT_AUTH, CONNECTION | LASTING,
     "authentication was refused: wrong user or wrong password, and a broker does not tell which "
     "(sasl.username, sasl.password)"},
    {"SCRAM_OF_OLD_LIBRARY", KT_AUTH, CONNECTION | LASTING,
     "Kafka 4.1 and newer refuse SCRAM by a librdkafka before 2.6.1, which this program has, even with the right "
     "password: build it with a newer one (./configure --with-deps=newest), or use PLAIN over TLS; an older Kafka "
     "refuses a wrong password in the same words"},
    {"TOKEN_REFUSED", KT_AUTH, CONNECTION | LASTING,
     "authentication was refused: the broker does not accept the token (expired, or not meant for it)"},
    {"MECHANISM_PLUGIN", KT_CONFIG, CONNECTION | LASTING,
     "libsasl2 has no plug-in for this mechanism (sasl.mechanism); that for GSSAPI is in libsasl2-modules-gssapi-mit"},
    {"KERBEROS_NO_TICKET", KT_AUTH, CONNECTION | LASTING,
     "authentication failed: no valid Kerberos ticket (sasl.kerberos.keytab, sasl.kerberos.principal)"},
    {"KERBEROS_SERVICE", KT_AUTH, CONNECTION | LASTING,
     "authentication failed: the Kerberos realm has no such service (sasl.kerberos.service.name and the broker's host "
     "name make its name)"},
    {"KERBEROS_NO_KDC", KT_AUTH, CONNECTION | LASTING,
     "authentication failed: no KDC of the Kerberos realm answers (krb5.conf)"},
    {"KERBEROS_CLOCK", KT_AUTH, CONNECTION | LASTING,
     "authentication failed: this machine's clock is too far from the Kerberos realm's"},
    {"CLIENT_CERTIFICATE_MISSING", KT_AUTH, CONNECTION | LASTING,
     "authentication failed: the broker demands a client's certificate (ssl.certificate.location and ssl.key.location, "
     "or ssl.keystore.location)"},
    {"CLIENT_CERTIFICATE_REFUSED", KT_AUTH, CONNECTION | LASTING,
     "authentication was refused: the broker does not accept our certificate: unknown authority, expired or revoked "
     "(ssl.certificate.location, ssl.keystore.location)"},
    {"CERTIFICATE_AUTHORITY", KT_AUTH, CONNECTION | LASTING,
     "the broker's TLS certificate comes from an unknown authority (ssl.ca.location names those to trust)"},
    {"CERTIFICATE_NOT_YET", KT_AUTH, CONNECTION | LASTING,
     "the broker's TLS certificate is not valid yet (or this machine's clock is wrong)"},
    {"CERTIFICATE_EXPIRED", KT_AUTH, CONNECTION | LASTING,
     "the broker's TLS certificate has expired (or this machine's clock is wrong)"},
    {"CERTIFICATE_REVOKED", KT_AUTH, CONNECTION | LASTING, "the broker's TLS certificate was revoked"},
    {"CERTIFICATE_PURPOSE", KT_AUTH, CONNECTION | LASTING,
     "the broker's TLS certificate is not meant for a server"},
    {"CERTIFICATE_HOST_NAME", KT_AUTH, CONNECTION | LASTING,
     "the broker's TLS certificate is for another host name (it must have the one of -b, later the one that the broker "
     "advertises; --doctor shows them)"},
    {"NO_COMMON_TLS", KT_NETWORK, CONNECTION | LASTING,
     "broker and client have no version or cipher of TLS in common, or the broker demands a client's certificate"},
    {"LISTENER_WITHOUT_SASL", KT_NETWORK, CONNECTION | LASTING,
     "this listener takes no SASL login (security.protocol: PLAINTEXT or SSL, without SASL_)"},
    {"LISTENER_WANTS_SASL", KT_NETWORK, CONNECTION | LASTING,
     "this listener hangs up on who does not log in (security.protocol: SASL_PLAINTEXT or SASL_SSL)"},
    {"LISTENER_WITHOUT_TLS", KT_NETWORK, CONNECTION,
     "this port does not speak TLS (security.protocol: PLAINTEXT or SASL_PLAINTEXT), or is no broker's"},
    {"LISTENER_HANGS_UP", KT_NETWORK, CONNECTION,
     "this port hangs up at the first request: it speaks TLS (security.protocol: SSL or SASL_SSL), or not Kafka"},
    {"LISTENER_SILENT", KT_NETWORK, CONNECTION,
     "this port takes connections and answers nothing: it is no broker's, or the broker hangs"},
    {"NOT_KAFKA", KT_NETWORK, CONNECTION | LASTING, "this port does not speak Kafka's protocol"},
    {"CONNECTION_REFUSED", KT_NETWORK, CONNECTION, "connection refused: nothing listens at this port"},
    {"NO_ROUTE", KT_NETWORK, CONNECTION,
     "no connection in time: the address is wrong, or a firewall drops what we send"},
};

static const struct fault *find(struct kt_text name)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults && name.bytes; i++)
        if (strlen(faults[i].name) == name.length && memcmp(faults[i].name, name.bytes, name.length) == 0)
            return &faults[i];
    return NULL;
}

enum kt_code kt_fault_code(struct kt_text name)
{
    const struct fault *fault = find(name);
    return fault ? fault->code : KT_PROTOCOL;
}

const char *kt_fault_phrase(const char *name)
{
    const struct fault *fault = find(kt_text_of(name, strlen(name)));
    return fault ? fault->phrase : "";
}

const char *kt_fault_connection(size_t index)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if ((faults[i].kinds & CONNECTION) && index-- == 0)
            return faults[i].name;
    return NULL;
}

const char *kt_fault_of_connection(struct kt_text name)
{
    const struct fault *fault = find(name);
    return fault && (fault->kinds & CONNECTION) ? fault->name : NULL;
}

bool kt_fault_lasting(struct kt_text name)
{
    const struct fault *fault = find(name);
    return fault && (fault->kinds & LASTING);
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
