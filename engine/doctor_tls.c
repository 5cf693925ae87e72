#include "doctor_tls.h"

#include <string.h>

#include "config.h"

#ifdef HAVE_OPENSSL

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "doctor_net.h"

struct kt_tls {
    SSL_CTX *context;
    SSL *ssl;
    int fd;
    bool asked;
    char why[200];
};

bool kt_tls_possible(void)
{
    return true;
}

static bool is_set(const char *text)
{
    return text && *text;
}

/* The oldest of OpenSSL's errors is the one that made the others; all are taken off its list. */
static const char *reason(char *out, size_t room)
{
    unsigned long error = ERR_get_error();
    const char *text = error ? ERR_reason_error_string(error) : NULL;
    (void)snprintf(out, room, "%s", text ? text : "unknown error");
    ERR_clear_error();
    return out;
}

static enum kt_code fail_file(struct kt_err *err, const char *key, const char *path)
{
    char why[120];
    return kt_fail(err, KT_CONFIG, "%s: '%.100s' cannot be used: %s", key, path, reason(why, sizeof why));
}

/* ---- what we trust, and what we show ---- */

static BIO *bio_of(const char *text)
{
    return BIO_new_mem_buf(text, -1);
}

static enum kt_code trust_pem(SSL_CTX *context, const char *pem, struct kt_err *err)
{
    BIO *bio = bio_of(pem);
    size_t count = 0;
    X509 *one;
    while (bio && (one = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        count += (size_t)X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one);
        X509_free(one);
    }
    BIO_free(bio);
    ERR_clear_error(); /* the end of the text is one */
    return count ? KT_OK : kt_fail(err, KT_CONFIG, "ssl.ca.pem: there is no certificate in it");
}

static enum kt_code trust(SSL_CTX *context, const struct kt_tls_settings *settings, struct kt_err *err)
{
    struct stat status;
    const char *at = settings->ca_location;
    if (is_set(settings->ca_pem))
        return trust_pem(context, settings->ca_pem, err);
    if (!is_set(at) || strcmp(at, "probe") == 0) {
        (void)SSL_CTX_set_default_verify_paths(context);
        return KT_OK;
    }
    if (stat(at, &status) != 0)
        return kt_fail(err, KT_CONFIG, "ssl.ca.location: '%.100s' cannot be read: %s", at, strerror(errno));
    bool folder = S_ISDIR(status.st_mode);
    return SSL_CTX_load_verify_locations(context, folder ? NULL : at, folder ? at : NULL) == 1
               ? KT_OK
               : fail_file(err, "ssl.ca.location", at);
}

static int give_password(char *room, int size, int writing, void *password)
{
    (void)writing;
    int length = is_set(password) ? (int)strlen(password) : 0;
    if (length > size)
        return 0;
    memcpy(room, length ? password : "", (size_t)length);
    return length;
}

static enum kt_code show_store(SSL_CTX *context, const struct kt_tls_settings *settings, struct kt_err *err)
{
    EVP_PKEY *key = NULL;
    X509 *certificate = NULL;
    STACK_OF(X509) *others = NULL;
    const char *path = settings->keystore_location;
    BIO *bio = BIO_new_file(path, "rb");
    PKCS12 *store = bio ? d2i_PKCS12_bio(bio, NULL) : NULL;
    bool used = store && PKCS12_parse(store, settings->keystore_password, &key, &certificate, &others) == 1 && key &&
                certificate && SSL_CTX_use_cert_and_key(context, certificate, key, others, 1) == 1;
    enum kt_code code = used ? KT_OK : fail_file(err, "ssl.keystore.location", path);
    PKCS12_free(store);
    BIO_free(bio);
    EVP_PKEY_free(key);
    X509_free(certificate);
    sk_X509_pop_free(others, X509_free);
    return code;
}

static enum kt_code show_texts(SSL_CTX *context, const struct kt_tls_settings *settings, struct kt_err *err)
{
    if (is_set(settings->certificate_location) &&
        SSL_CTX_use_certificate_chain_file(context, settings->certificate_location) != 1)
        return fail_file(err, "ssl.certificate.location", settings->certificate_location);
    if (is_set(settings->certificate_pem)) {
        BIO *bio = bio_of(settings->certificate_pem);
        X509 *one = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
        bool used = one && SSL_CTX_use_certificate(context, one) == 1;
        X509_free(one);
        BIO_free(bio);
        if (!used)
            return kt_fail(err, KT_CONFIG, "ssl.certificate.pem: there is no certificate in it");
    }
    if (is_set(settings->key_location) &&
        SSL_CTX_use_PrivateKey_file(context, settings->key_location, SSL_FILETYPE_PEM) != 1)
        return fail_file(err, "ssl.key.location", settings->key_location);
    if (is_set(settings->key_pem)) {
        BIO *bio = bio_of(settings->key_pem);
        EVP_PKEY *key =
            bio ? PEM_read_bio_PrivateKey(bio, NULL, give_password, (void *)(uintptr_t)settings->key_password) : NULL;
        bool used = key && SSL_CTX_use_PrivateKey(context, key) == 1;
        EVP_PKEY_free(key);
        BIO_free(bio);
        if (!used)
            return kt_fail(err, KT_CONFIG, "ssl.key.pem: there is no key in it that fits the certificate");
    }
    return KT_OK;
}

static int on_asked(SSL *ssl, void *self)
{
    (void)ssl;
    ((struct kt_tls *)self)->asked = true;
    return 1;
}

enum kt_code kt_tls_open(struct kt_tls **out, const struct kt_tls_settings *settings, struct kt_err *err)
{
    struct kt_tls *tls = kt_alloc(1, sizeof *tls);
    ERR_clear_error();
    tls->context = SSL_CTX_new(TLS_client_method());
    enum kt_code code = tls->context ? KT_OK : kt_fail(err, KT_INTERNAL, "OpenSSL cannot be set up");
    if (code == KT_OK) {
        SSL_CTX_set_default_passwd_cb(tls->context, give_password);
        SSL_CTX_set_default_passwd_cb_userdata(tls->context, (void *)(uintptr_t)settings->key_password);
        SSL_CTX_set_verify(tls->context, SSL_VERIFY_NONE, NULL);
        SSL_CTX_set_cert_cb(tls->context, on_asked, tls);
        if (is_set(settings->ciphers))
            (void)SSL_CTX_set_cipher_list(tls->context, settings->ciphers);
        code = trust(tls->context, settings, err);
    }
    if (code == KT_OK)
        code = is_set(settings->keystore_location) ? show_store(tls->context, settings, err)
                                                   : show_texts(tls->context, settings, err);
    *out = code == KT_OK ? tls : NULL;
    if (code != KT_OK)
        kt_tls_close(tls);
    return code;
}

void kt_tls_close(struct kt_tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    SSL_CTX_free(tls->context);
    ERR_clear_error();
    free(tls);
}

/* ---- certificates in words ---- */

static void name_text(const X509_NAME *name, char *out, size_t room)
{
    BIO *bio = BIO_new(BIO_s_mem());
    int length = 0;
    if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0)
        length = BIO_read(bio, out, (int)room - 1);
    out[length > 0 ? length : 0] = '\0';
    BIO_free(bio);
}

static size_t add_name(char *out, size_t room, size_t used, const GENERAL_NAME *name)
{
    char number[64] = "";
    const char *text = "";
    int length = 0;
    if (name->type == GEN_DNS) {
        text = (const char *)ASN1_STRING_get0_data(name->d.dNSName);
        length = ASN1_STRING_length(name->d.dNSName);
    } else if (name->type == GEN_IPADD) {
        int size = ASN1_STRING_length(name->d.iPAddress);
        if (size == 4 || size == 16)
            (void)inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress), number,
                            sizeof number);
        text = number;
        length = (int)strlen(number);
    }
    if (length <= 0 || used + (size_t)length + 3 > room)
        return used;
    return used + (size_t)snprintf(out + used, room - used, "%s%.*s", used ? ", " : "", length, text);
}

static int64_t seconds_of(const ASN1_TIME *time)
{
    struct tm parts;
    return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

static void describe(X509 *certificate, struct kt_tls_certificate *out)
{
    size_t used = 0;
    *out = (struct kt_tls_certificate){.there = true};
    name_text(X509_get_subject_name(certificate), out->subject, sizeof out->subject);
    name_text(X509_get_issuer_name(certificate), out->issuer, sizeof out->issuer);
    out->since = seconds_of(X509_get0_notBefore(certificate));
    out->until = seconds_of(X509_get0_notAfter(certificate));
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++)
        used = add_name(out->names, sizeof out->names, used, sk_GENERAL_NAME_value(names, i));
    GENERAL_NAMES_free(names);
}

bool kt_tls_describe_pem(const char *pem, struct kt_tls_certificate *out)
{
    BIO *bio = bio_of(pem);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    if (certificate)
        describe(certificate, out);
    X509_free(certificate);
    BIO_free(bio);
    ERR_clear_error();
    return certificate != NULL;
}

/* ---- the handshake ---- */

static bool is_number(const char *host)
{
    unsigned char room[16];
    return inet_pton(AF_INET, host, room) == 1 || inet_pton(AF_INET6, host, room) == 1;
}

static void look(struct kt_tls *tls, const char *host, struct kt_tls_seen *seen)
{
    X509 *certificate = SSL_get_peer_certificate(tls->ssl);
    X509 *own = SSL_get_certificate(tls->ssl);
    (void)snprintf(seen->version, sizeof seen->version, "%s", SSL_get_version(tls->ssl));
    (void)snprintf(seen->cipher, sizeof seen->cipher, "%s", SSL_get_cipher_name(tls->ssl));
    seen->verify = (int)SSL_get_verify_result(tls->ssl);
    (void)snprintf(seen->verify_text, sizeof seen->verify_text, "%s", X509_verify_cert_error_string(seen->verify));
    if (own)
        describe(own, &seen->own);
    if (!certificate)
        return;
    describe(certificate, &seen->broker);
    seen->name_matches = is_number(host) ? X509_check_ip_asc(certificate, host, 0) == 1
                                         : X509_check_host(certificate, host, 0, 0, NULL) == 1;
    STACK_OF(X509) *chain = SSL_get0_verified_chain(tls->ssl);
    if (chain && sk_X509_num(chain) > 0)
        name_text(X509_get_subject_name(sk_X509_value(chain, sk_X509_num(chain) - 1)), seen->authority,
                  sizeof seen->authority);
    X509_free(certificate);
}

/* Waits for what OpenSSL wants. False: it cannot go on; `end` says why. */
static bool go_on(struct kt_tls *tls, int result, int64_t until, enum kt_tls_end *end)
{
    int sys = errno;
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        *end = KT_TLS_SLOW;
        return kt_net_wait(tls->fd, SSL_want_write(tls->ssl), until);
    case SSL_ERROR_ZERO_RETURN:
        *end = KT_TLS_CLOSED;
        return false;
    case SSL_ERROR_SYSCALL:
        *end = KT_TLS_CLOSED;
        if (ERR_peek_error() == 0 && sys && sys != ECONNRESET && sys != EPIPE)
            (void)snprintf(tls->why, sizeof tls->why, "%s", strerror(sys));
        ERR_clear_error();
        return false;
    default:
        break;
    }
    int code = ERR_GET_REASON(ERR_peek_error());
    *end = KT_TLS_REFUSED;
    if (code == SSL_R_WRONG_VERSION_NUMBER || code == SSL_R_HTTP_REQUEST || code == SSL_R_PACKET_LENGTH_TOO_LONG)
        *end = KT_TLS_FOREIGN;
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
    if (code == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        *end = KT_TLS_CLOSED;
#endif
    (void)reason(tls->why, sizeof tls->why);
    return false;
}

enum kt_tls_end kt_tls_shake(struct kt_tls *tls, int fd, const char *host, int64_t until, struct kt_tls_seen *seen)
{
    enum kt_tls_end end = KT_TLS_REFUSED;
    int result = -1;
    *seen = (struct kt_tls_seen){.verify = 0};
    tls->fd = fd;
    tls->ssl = SSL_new(tls->context);
    if (!tls->ssl || SSL_set_fd(tls->ssl, fd) != 1)
        return end;
    if (!is_number(host))
        (void)SSL_set_tlsext_host_name(tls->ssl, host);
    do {
        ERR_clear_error();
        errno = 0;
        result = SSL_connect(tls->ssl);
    } while (result != 1 && go_on(tls, result, until, &end));
    seen->asked = tls->asked;
    (void)snprintf(seen->error, sizeof seen->error, "%s", tls->why);
    if (result != 1)
        return end;
    look(tls, host, seen);
    return KT_TLS_SHAKEN;
}

static int wire_end(enum kt_tls_end end)
{
    return end == KT_TLS_CLOSED ? KT_WIRE_CLOSED : end == KT_TLS_SLOW ? KT_WIRE_SLOW : KT_WIRE_BROKEN;
}

static int tls_read(void *self, void *bytes, size_t room, int64_t until)
{
    struct kt_tls *tls = self;
    enum kt_tls_end end;
    int got;
    do {
        ERR_clear_error();
        errno = 0;
        got = SSL_read(tls->ssl, bytes, (int)room);
        if (got > 0)
            return got;
    } while (go_on(tls, got, until, &end));
    return wire_end(end);
}

static int tls_write(void *self, const void *bytes, size_t size, int64_t until)
{
    struct kt_tls *tls = self;
    enum kt_tls_end end;
    int sent;
    do {
        ERR_clear_error();
        errno = 0;
        sent = SSL_write(tls->ssl, bytes, (int)size);
        if (sent > 0)
            return sent;
    } while (go_on(tls, sent, until, &end));
    return wire_end(end);
}

struct kt_channel kt_tls_channel(struct kt_tls *tls)
{
    return (struct kt_channel){tls, tls_read, tls_write};
}

const char *kt_tls_why(const struct kt_tls *tls)
{
    return tls->why;
}

#else

bool kt_tls_possible(void)
{
    return false;
}

enum kt_code kt_tls_open(struct kt_tls **tls, const struct kt_tls_settings *settings, struct kt_err *err)
{
    (void)settings;
    *tls = NULL;
    return kt_fail(err, KT_CONFIG, "this kafkatop was built without OpenSSL");
}

void kt_tls_close(struct kt_tls *tls)
{
    (void)tls;
}

enum kt_tls_end kt_tls_shake(struct kt_tls *tls, int fd, const char *host, int64_t until, struct kt_tls_seen *seen)
{
    (void)tls, (void)fd, (void)host, (void)until;
    memset(seen, 0, sizeof *seen);
    return KT_TLS_REFUSED;
}

struct kt_channel kt_tls_channel(struct kt_tls *tls)
{
    return (struct kt_channel){tls, NULL, NULL};
}

const char *kt_tls_why(const struct kt_tls *tls)
{
    (void)tls;
    return "";
}

bool kt_tls_describe_pem(const char *pem, struct kt_tls_certificate *out)
{
    (void)pem;
    memset(out, 0, sizeof *out);
    return false;
}

#endif
