/* Addresses of brokers, as the client library takes them: a slip is told before anything waits for it. */
#include <string.h>
#include <strings.h>

#include "option.h"

/* The part behind "SASL_SSL://"; NULL: another word than that of a security protocol stands there. */
static const char *skip_scheme(const char *at, const char *end)
{
    static const char *const protocols[] = {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"};
    for (const char *slash = at; slash + 2 < end; slash++) {
        if (memcmp(slash, "://", 3) != 0) {
            continue;
        }
        for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
            size_t length = strlen(protocols[i]);
            if (length == (size_t)(slash - at) && strncasecmp(at, protocols[i], length) == 0) {
                return slash + 3;
            }
        }
        return NULL;
    }
    return at;
}

/* Where ":PORT" begins, or `end`. An address of IPv6 has colons of its own, and brackets where a port follows. */
static const char *port_of(const char *at, const char *end)
{
    const char *colon = memchr(at, ':', (size_t)(end - at));
    if (*at == '[') {
        const char *bracket = memchr(at, ']', (size_t)(end - at));
        return bracket ? bracket + 1 : end;
    }
    bool several = colon && memchr(colon + 1, ':', (size_t)(end - colon - 1));
    return colon && !several ? colon : end;
}

static bool is_port(const char *digits, const char *end)
{
    unsigned port = 0;
    if (digits == end || end - digits > 5) {
        return false;
    }
    for (; digits < end; digits++) {
        if (*digits < '0' || *digits > '9') {
            return false;
        }
        port = port * 10 + (unsigned)(*digits - '0');
    }
    return port >= 1 && port <= 65535;
}

static enum kt_code check_one(const char *at, const char *end, struct kt_err *err)
{
    int shown = end - at > 80 ? 80 : (int)(end - at);
    const char *host = skip_scheme(at, end);
    if (!host) {
        return kt_fail(err, KT_USAGE,
                       "brokers: '%.*s' is no address of Kafka's: it takes HOST:PORT, SASL_SSL:// or such before it",
                       shown, at);
    }
    const char *port = host < end ? port_of(host, end) : end;
    if (port == host) {
        return kt_fail(err, KT_USAGE, "brokers: no host in '%.*s'", shown, at);
    }
    if (port < end && (*port != ':' || !is_port(port + 1, end))) {
        return kt_fail(err, KT_USAGE, "brokers: '%.*s' takes a port from 1 to 65535 behind a ':'", shown, at);
    }
    return KT_OK;
}

enum kt_code kt_brokers_check(const char *brokers, struct kt_err *err)
{
    size_t hosts = 0;
    for (const char *at = brokers; *at;) {
        at += strspn(at, " \t,");
        const char *end = at + strcspn(at, ",");
        const char *last = end;
        while (last > at && (last[-1] == ' ' || last[-1] == '\t')) {
            last--;
        }
        if (last > at) {
            enum kt_code code = check_one(at, last, err);
            if (code != KT_OK) {
                return code;
            }
            hosts++;
        }
        at = end;
    }
    return hosts > 0 ? KT_OK : kt_fail(err, KT_USAGE, "option '--brokers' takes HOST[:PORT],..., not '%.80s'", brokers);
}
