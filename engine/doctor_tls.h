/*
 * doctor_tls: one handshake of our own, to see what the client library does not tell: the broker's certificate, who
 * vouches for it, whether it asks for ours.
 *
 * Nothing is refused while shaking hands; what is wrong is found afterwards, so that also a certificate that is not
 * trusted can be looked at. A build without OpenSSL (HAVE_OPENSSL) has kt_tls_possible() false and may call nothing
 * else. Texts of certificates are foreign: not harmless yet. Thread: one a handle.
 */
#ifndef KT_DOCTOR_TLS_H
#define KT_DOCTOR_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "doctor_wire.h"
#include "error.h"

/* As the client library's properties of these names; NULL or "": not set. */
struct kt_tls_settings {
    const char *ca_location, *ca_pem;
    const char *certificate_location, *certificate_pem;
    const char *key_location, *key_pem, *key_password;
    const char *keystore_location, *keystore_password;
    const char *ciphers;
};

struct kt_tls_certificate {
    bool there;
    char subject[256], issuer[256]; /* RFC 2253 */
    char names[512];                /* "broker-1, 10.0.0.1", those of subjectAltName */
    int64_t since, until;           /* seconds since 1970 */
};

enum kt_tls_end {
    KT_TLS_SHAKEN,
    KT_TLS_FOREIGN, /* the other side does not speak TLS */
    KT_TLS_CLOSED,  /* it closed the connection */
    KT_TLS_SLOW,
    KT_TLS_REFUSED /* by either side: `error` says why */
};

struct kt_tls_seen {
    char version[16], cipher[64];
    struct kt_tls_certificate broker, own;
    char authority[256]; /* the last of the chain that was verified */
    int verify;          /* OpenSSL's X509_V_ number; 0: trusted */
    char verify_text[128];
    bool name_matches;
    bool asked; /* for a certificate of ours */
    char error[200];
};

struct kt_tls;

bool kt_tls_possible(void);

/* KT_CONFIG when a file cannot be used: err names it. */
KT_MUST_CHECK enum kt_code kt_tls_open(struct kt_tls **tls, const struct kt_tls_settings *settings, struct kt_err *err);
void kt_tls_close(struct kt_tls *tls); /* NULL is allowed; the socket stays the caller's */

/* Once a handle. `host`: the name that the certificate must be for. */
enum kt_tls_end kt_tls_shake(struct kt_tls *tls, int fd, const char *host, int64_t until, struct kt_tls_seen *seen);

/* Over a connection that was shaken. When it ends badly, kt_tls_why says what the other side had against it. */
struct kt_channel kt_tls_channel(struct kt_tls *tls);
const char *kt_tls_why(const struct kt_tls *tls); /* "" : nothing */

/* Describes a certificate in PEM (tests). False: there is none in it. */
bool kt_tls_describe_pem(const char *pem, struct kt_tls_certificate *out);

#endif
