/*
 * rights: which right of Kafka's each question needs, and the command that grants it.
 *
 * One table: what is asked of a cluster -> the operation and the resource that an authorizer wants for it, the error
 * that says it is missing, what one goes without. The doctor prints it, problems of ordinary runs quote it, and
 * docs/ACLS.md lists it. Knows no library.
 *
 * What a command is made of may come from the network: it is quoted so that a shell reads exactly these bytes and a
 * terminal none of its controls. Thread: any.
 */
#ifndef KT_RIGHTS_H
#define KT_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "option.h"

enum kt_need {
    KT_NEED_TOPICS,        /* metadata and log ends of topics, and the offsets committed on them */
    KT_NEED_GROUPS,        /* groups listed, described, their commits fetched */
    KT_NEED_OFFSETS_TOPIC, /* commits read from the log: source log */
    KT_NEED_RECORDS,       /* single records looked at (--records) */
    KT_NEED_SETTINGS,      /* retention, compaction, kind of timestamps of topics */
    KT_NEED_COUNT
};

struct kt_right {
    const char *operation; /* as kafka-acls spells it: "Describe" */
    const char *resource;  /* its option: "--topic" */
    const char *name;      /* of the only resource in question; NULL: whichever is meant */
    const char *error;     /* the name of the error that a broker sends without it */
    bool optional;
    const char *says;      /* "DESCRIBE on the group", as a message has it */
    const char *without;   /* what one goes without, a clause */
};

const struct kt_right *kt_right_of(enum kt_need need);

/* What is missing when `error` came for what has this name ("" or NULL: none); KT_NEED_COUNT: no right of the table. */
enum kt_need kt_right_missing(const char *error, const char *name);

/*
 * "User:NAME" as the brokers know us, by the options: the user of SASL, the subject of our certificate (`subject`, in
 * RFC 2253's form; NULL: not known), User:ANONYMOUS where nobody logs in. To be freed.
 */
char *kt_right_principal(const struct kt_options *options, const char *subject);

/*
 * The kafka-acls command that lets `principal` do what `need` wants on `count` resources (0: all of that kind; the
 * table's own name where it has one). `principal` NULL: as above, of what the options tell. To be freed.
 */
char *kt_right_command(const struct kt_options *options, enum kt_need need, const char *principal,
                       const char *const *names, size_t count);

/* One word of a shell's command: these bytes, whatever they are, and only printable ASCII on the way. To be freed. */
char *kt_shell_word(const char *text);

#endif
