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
    {"UNSUPPORTED_SASL_MECHANISM", KT_AUTH, "the broker does not offer this SASL mechanism"},
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
    {"_RESOLVE", KT_NETWORK, "the host name cannot be resolved"},
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
};

const char *const kt_fault_connection[] = {
    "_ALL_BROKERS_DOWN",          "_TRANSPORT",         "_RESOLVE",  "_AUTHENTICATION", "_SSL",
    "SASL_AUTHENTICATION_FAILED", "ILLEGAL_SASL_STATE", "_TIMED_OUT", "UNSUPPORTED_SASL_MECHANISM",
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

const char *kt_fault_certificate(int x509_error)
{
    switch (x509_error) {
    case 2:
    case 18:
    case 19:
    case 20:
    case 21:
        return "the broker's certificate comes from an unknown authority (see ssl.ca.location)";
    case 9:
        return "the broker's certificate is not valid yet";
    case 10:
        return "the broker's certificate has expired";
    case 23:
        return "the broker's certificate was revoked";
    case 26:
        return "the broker's certificate is not meant for a server";
    case 62:
    case 64:
        return "the broker's certificate is for another host name";
    default:
        return NULL;
    }
}
