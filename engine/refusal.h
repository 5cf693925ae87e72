/*
 * refusal: what an error of a connection means to the user, read from the words of the client library.
 *
 * The library has one error for a closed port, a listener that wants TLS and a web server; its sentence tells them
 * apart. One table of fragments of such sentences gives each cause a name, whose meaning stands in fault.c. A
 * sentence that no row knows keeps the library's name and words.
 *
 * Pure. Thread: any.
 */
#ifndef KT_REFUSAL_H
#define KT_REFUSAL_H

#include <stdbool.h>

struct kt_refusal {
    const char *error;  /* the library's name of it */
    const char *reason; /* its sentence */
    int x509;           /* what OpenSSL found wrong with the broker's certificate, by its number; 0: nothing */
    bool known;         /* a broker that the metadata named, not a bootstrap address */
    bool tls;           /* the client speaks TLS */
    bool certified;     /* the client has a certificate to show */
    int version;        /* of the client library, as rd_kafka_version has it; 0: not known */
    bool password;      /* the client logs in by user and password */
    bool sasl;          /* the client logs in, by whatever mechanism */
};

/* The name of the cause: static text, or said->error. */
const char *kt_refusal_name(const struct kt_refusal *said);

/*
 * One sentence: at which address, what it means and what to do, and the library's words where they tell more.
 * `name` is what kt_refusal_name gave. The caller frees it.
 */
char *kt_refusal_text(const struct kt_refusal *said, const char *name);

#endif
