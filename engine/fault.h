/*
 * fault: what an error of Kafka or its client library means: a code, and what to tell the user.
 *
 * One table by the error's name as the library spells it, or as refusal.c names it. Knows no library: the collector
 * uses it to tell a refused password from a dead network. Thread: any.
 */
#ifndef KT_FAULT_H
#define KT_FAULT_H

#include <stdbool.h>

#include "error.h"
#include "observation.h"

/* The code of an error name; KT_PROTOCOL for a name that the table does not have. */
enum kt_code kt_fault_code(struct kt_text name);

/* What it means, one phrase without capital or full stop; "" for a name that the table does not have. */
const char *kt_fault_phrase(const char *name);

/* The names of errors of a connection or of the whole cluster, over once it answers, by number; NULL: no more. */
const char *kt_fault_connection(size_t index);

/* The table's own copy of the name when it is one of them, else NULL. */
const char *kt_fault_of_connection(struct kt_text name);

/* Whether waiting does not mend it: settings or credentials have to change. */
bool kt_fault_lasting(struct kt_text name);

/* Whether it is about the broker's certificate: another broker may have a good one. */
bool kt_fault_of_certificate(struct kt_text name);

/* The name for what a certificate check of OpenSSL found wrong, by its number; NULL when it is not a known one. */
const char *kt_fault_certificate(int x509_error);

#endif
