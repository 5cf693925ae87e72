#include "refusal.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fault.h"

/* When a row holds. */
enum when {
    ALWAYS,
    AT_FIRST = 1,  /* at a bootstrap address: a broker that is known to be one may hang up for other reasons */
    TLS = 2,       /* the client speaks it */
    NO_TLS = 4,
    CERTIFIED = 8, /* it has a certificate to show */
    BARE = 16,     /* it has none */
    PASSWORD = 32, /* it logs in by one */
    NO_SASL = 128, /* it does not log in */
    OLD_SCRAM = 64, /* the library sends its nonce twice: Kafka from 4.1 on calls that invalid credentials */
};

#define SCRAM_MENDED 0x020601ff /* 2.6.1 */

struct row {
    const char *fragment; /* of the library's sentence */
    unsigned when;
    const char *name;
    const char *from; /* what follows these words is told too; "": the whole sentence; NULL: nothing */
};

/* The first row that fits wins. */
static const struct row rows[] = {
    {"Unsupported SASL mechanism", ALWAYS, "UNSUPPORTED_SASL_MECHANISM", "supported mechanisms: "},
    {"not valid in current SASL state", ALWAYS, "LISTENER_WITHOUT_SASL", NULL},
    {"insufficient_scope", ALWAYS, "TOKEN_REFUSED", "authentication error: "},
    {"invalid_token", ALWAYS, "TOKEN_REFUSED", "authentication error: "},
    {"not found in Kerberos database", ALWAYS, "KERBEROS_SERVICE", NULL},
    {"Cannot contact any KDC", ALWAYS, "KERBEROS_NO_KDC", NULL},
    {"Cannot find KDC", ALWAYS, "KERBEROS_NO_KDC", NULL},
    {"Clock skew", ALWAYS, "KERBEROS_CLOCK", NULL},
    {"Ticket expired", ALWAYS, "KERBEROS_NO_TICKET", NULL},
    {"No credentials were supplied", ALWAYS, "KERBEROS_NO_TICKET", NULL},
    {"No Kerberos credentials available", ALWAYS, "KERBEROS_NO_TICKET", NULL},
    {"No worthy mechs", ALWAYS, "MECHANISM_PLUGIN", NULL},
    {"invalid credentials with SASL mechanism SCRAM-SHA-", OLD_SCRAM, "SCRAM_OF_OLD_LIBRARY", "authentication error: "},
    {"SASL authentication error", PASSWORD, "WRONG_CREDENTIALS", "authentication error: "},
    {"alert number 42", CERTIFIED, "CLIENT_CERTIFICATE_REFUSED", NULL},
    {"alert number 43", CERTIFIED, "CLIENT_CERTIFICATE_REFUSED", NULL},
    {"alert number 44", CERTIFIED, "CLIENT_CERTIFICATE_REFUSED", NULL},
    {"alert number 45", CERTIFIED, "CLIENT_CERTIFICATE_REFUSED", NULL},
    {"alert number 46", CERTIFIED, "CLIENT_CERTIFICATE_REFUSED", NULL},
    {"alert number 48", CERTIFIED, "CLIENT_CERTIFICATE_REFUSED", NULL},
    {"alert number 42", BARE, "CLIENT_CERTIFICATE_MISSING", NULL},
    {"alert number 46", BARE, "CLIENT_CERTIFICATE_MISSING", NULL},
    {"alert number 116", ALWAYS, "CLIENT_CERTIFICATE_MISSING", NULL},
    {"alert number 40", ALWAYS, "NO_COMMON_TLS", NULL},
    {"alert number 70", ALWAYS, "NO_COMMON_TLS", NULL},
    {"unsupported protocol", ALWAYS, "NO_COMMON_TLS", NULL},
    {"no protocols available", ALWAYS, "NO_COMMON_TLS", NULL},
    {"wrong version number", AT_FIRST | TLS, "LISTENER_WITHOUT_TLS", NULL},
    {"packet length too long", AT_FIRST | TLS, "LISTENER_WITHOUT_TLS", NULL},
    {"http request", AT_FIRST | TLS, "LISTENER_WITHOUT_TLS", NULL},
    {"unexpected eof", AT_FIRST | TLS, "LISTENER_WITHOUT_TLS", NULL},
    {"connecting to a PLAINTEXT", AT_FIRST | TLS, "LISTENER_WITHOUT_TLS", NULL},
    {"Invalid response size", AT_FIRST, "NOT_KAFKA", NULL},
    {"might require SASL authentication", AT_FIRST, "LISTENER_WANTS_SASL", NULL},
    {"while requesting ApiVersion", AT_FIRST | NO_TLS, "LISTENER_HANGS_UP", NULL},
    {"ApiVersionRequest failed: Local: Timed out", AT_FIRST, "LISTENER_SILENT", NULL},
    {"timed out in state SSL_HANDSHAKE", AT_FIRST, "LISTENER_SILENT", NULL},
    {"timed out in state APIVERSION", AT_FIRST, "LISTENER_SILENT", NULL},
    {"Connection refused", AT_FIRST, "CONNECTION_REFUSED", NULL},
    {"timed out in state CONNECT", AT_FIRST, "NO_ROUTE", NULL},
    {"No route to host", AT_FIRST, "NO_ROUTE", NULL},
    {"unreachable", AT_FIRST, "NO_ROUTE", NULL},
    /* As newer libraries have it, in their log. */
    {"in state APIVERSION_QUERY", AT_FIRST | NO_TLS, "LISTENER_HANGS_UP", NULL},
    {"ms in state UP)", AT_FIRST | NO_SASL, "LISTENER_WANTS_SASL", NULL},
};

static bool holds(unsigned when, const struct kt_refusal *said)
{
    return !((when & AT_FIRST && said->known) || (when & TLS && !said->tls) || (when & NO_TLS && said->tls) ||
             (when & CERTIFIED && !said->certified) || (when & BARE && said->certified) ||
             (when & PASSWORD && !said->password) || (when & NO_SASL && said->sasl) ||
             (when & OLD_SCRAM && (said->version == 0 || said->version >= SCRAM_MENDED)));
}

static const struct row *find(const struct kt_refusal *said)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strstr(said->reason, rows[i].fragment) && holds(rows[i].when, said))
            return &rows[i];
    return NULL;
}

/* Whether the library's error is one that says little by itself. */
static bool is_vague(const char *error)
{
    static const char *const vague[] = {"_AUTHENTICATION", "_SSL", "_TRANSPORT", "_BAD_MSG", "_TIMED_OUT", "_FAIL"};
    for (size_t i = 0; i < sizeof vague / sizeof *vague; i++)
        if (strcmp(error, vague[i]) == 0)
            return true;
    return false;
}

const char *kt_refusal_name(const struct kt_refusal *said)
{
    if (!is_vague(said->error))
        return said->error;
    const char *certificate = said->x509 ? kt_fault_certificate(said->x509) : NULL;
    const struct row *row = certificate ? NULL : find(said);
    return certificate ? certificate : row ? row->name : said->error;
}

/* "ssl://host:port/bootstrap: words (after 3ms in state UP)" has an address, words, and a rest that helps nobody. */
struct parts {
    const char *address, *words;
    size_t address_length, words_length;
};

static struct parts part(const char *reason)
{
    struct parts parts = {.words = reason};
    const char *end = strstr(reason, ": ");
    const char *scheme = strstr(reason, "://");
    const char *begin = scheme && end && scheme < end ? scheme + 3 : reason;
    const char *slash = strchr(begin, '/');
    if (end && slash && slash < end) {
        parts.address = begin;
        parts.address_length = (size_t)(slash - begin);
        parts.words = end + 2;
    }
    const char *after = strstr(parts.words, " (after ");
    parts.words_length = after ? (size_t)(after - parts.words) : strlen(parts.words);
    return parts;
}

/* What speaks at a port is told by its first four bytes, which the library took for a length. */
static const char *speaker(const char *reason)
{
    static const struct {
        unsigned long from, to;
        const char *name;
    } speakers[] = {
        {0x48545450, 0x48545450, ": it speaks HTTP"},
        {0x5353482d, 0x5353482d, ": it speaks SSH"},
        {0x15030000, 0x150304ff, ": it speaks TLS (security.protocol SSL or SASL_SSL)"},
        {0x32323020, 0x32323020, ": it speaks SMTP or FTP"},
    };
    const char *number = strstr(reason, "response size ");
    unsigned long size = number ? strtoul(number + strlen("response size "), NULL, 10) : 0;
    for (size_t i = 0; i < sizeof speakers / sizeof *speakers; i++)
        if (size >= speakers[i].from && size <= speakers[i].to)
            return speakers[i].name;
    return "";
}

/* The words that are told too, as a part of parts->words; of length 0: none. */
static struct parts told_too(const struct kt_refusal *said, const char *name, struct parts parts)
{
    const struct row *row = strcmp(name, said->error) == 0 ? NULL : find(said);
    const char *from = row ? row->from : said->x509 && name != said->error ? NULL : "";
    const char *found = from ? strstr(parts.words, from) : NULL;
    size_t skipped = found ? (size_t)(found - parts.words) + strlen(from) : 0;
    parts.words_length = found && skipped < parts.words_length ? parts.words_length - skipped : 0;
    parts.words += skipped;
    return parts;
}

char *kt_refusal_text(const struct kt_refusal *said, const char *name)
{
    struct parts parts = told_too(said, name, part(said->reason));
    const char *phrase = kt_fault_phrase(name);
    return kt_format("%.*s%s%s%s%s%.*s", (int)parts.address_length, parts.address ? parts.address : "",
                     parts.address ? ": " : "", phrase[0] ? phrase : name,
                     strcmp(name, "NOT_KAFKA") == 0 ? speaker(said->reason) : "", parts.words_length ? ": " : "",
                     (int)parts.words_length, parts.words);
}
