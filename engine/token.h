/*
 * token: what a token_command answers, as a bearer token, its end and whose it is.
 *
 * The answer is a token and nothing else, or a JSON object with one: "token", "access_token" or "accessToken"; its
 * end as "expires_at_ms" (milliseconds since 1970), "exp" or "expires_on" (seconds since 1970) or "expires_in" (seconds
 * from now); "principal"; "extensions", an object of texts. What the answer does not say is looked for in the token,
 * where that is a JWT: its "exp" and "sub", unverified, which is the broker's business. The answer is hostile: it is
 * at most KT_TOKEN_MOST bytes, and no byte that a bearer token cannot have gets into one. Thread: any.
 */
#ifndef KT_TOKEN_H
#define KT_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define KT_TOKEN_MOST 65536
#define KT_TOKEN_EXTENSIONS 16

struct kt_token {
    char *value;
    char *principal;    /* NULL: not told */
    bool expires_known;
    int64_t expires_ms; /* since 1970 */
    char *extensions[2 * KT_TOKEN_EXTENSIONS]; /* name, value, name, value ... */
    size_t extension_count; /* of the texts: twice that of the pairs */
};

/*
 * Reads an answer at `now_ms` since 1970 into `token` (zeroed by this call); give back with kt_token_release in any
 * case. KT_CONFIG: there is no token in it. The sentence is to follow "token_command", and quotes nothing of it.
 */
KT_MUST_CHECK enum kt_code kt_token_parse(struct kt_token *token, const char *bytes, size_t length, int64_t now_ms,
                                          struct kt_err *err);

/* Wipes it, too. */
void kt_token_release(struct kt_token *token);

#endif
