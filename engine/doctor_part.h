/*
 * doctor_part: what the steps of the doctor share, one cluster at a time.
 *
 * A step reports, and raises in `reached` what steps after it need. Thread: one.
 */
#ifndef KT_DOCTOR_PART_H
#define KT_DOCTOR_PART_H

#include "client.h"
#include "doctor_net.h"
#include "doctor_report.h"
#include "doctor_tls.h"
#include "doctor_wire.h"
#include "metadata.h"
#include "resolve.h"
#include "rights.h"

#define KT_DOCTOR_HOSTS_MOST 32

/* In the order in which they are reached. */
enum kt_stage {
    KT_STAGE_RESOLVED = 1,
    KT_STAGE_CONNECTED = 2,
    KT_STAGE_SECURED = 4,
    KT_STAGE_LOGGED_IN = 8,
    KT_STAGE_METADATA = 16,
    KT_STAGE_ADVERTISED = 32,
    KT_STAGE_GROUPS = 64
};

struct kt_doctor_host {
    struct kt_place place; /* as it was given or advertised */
    struct kt_place at;    /* where it is looked for: after --resolve */
    struct kt_addresses addresses;
    struct kt_address good; /* that took a connection */
    bool connected;
};

struct kt_doctor {
    const struct kt_options *options;
    struct kt_report report;
    const char *step; /* the one that runs */
    int64_t until;    /* kt_wait_now */
    unsigned reached; /* bits of enum kt_stage */

    /* as the library's properties have it */
    struct rd_kafka_conf_s *conf;
    char protocol[24], mechanism[40];
    bool tls, sasl, verifies, checks_names;
    int family;

    struct kt_doctor_host hosts[KT_DOCTOR_HOSTS_MOST];
    size_t host_count;
    const struct kt_doctor_host *door; /* that we go in by */
    struct kt_wire_seen versions;
    bool versions_known;
    char subject[256]; /* of our certificate; "": none */

    /* the library's own way */
    struct kt_client_context context;
    struct kt_client *query, *reader;
    enum kt_code trouble;
    char trouble_text[600];
    const struct kt_layout *layout;
    struct kt_list groups; /* visible, and let themselves be described; some of them */
    bool log_readable;
    char lacks[400]; /* what one goes without */
};

/* ---- doctor.c ---- */

/* The instant that is `most` ms from now, or the end of all if that is sooner. */
int64_t kt_doctor_until(const struct kt_doctor *doctor, int64_t most);
int kt_doctor_left(const struct kt_doctor *doctor, int64_t most); /* ms until then; at least 1 */

/* A property's value; "" when it has none. To be freed. */
char *kt_doctor_property(const struct kt_doctor *doctor, const char *key);

/* The command that grants `need`; to be kept by a finding. */
char *kt_doctor_command(const struct kt_doctor *doctor, enum kt_need need, const char *const *names, size_t count);

/* One more thing that one goes without, for the sentence at the end. */
void kt_doctor_lacks(struct kt_doctor *doctor, const char *what);

/* Something optional is missing: one line, and what one goes without. */
void kt_doctor_lack(struct kt_doctor *doctor, enum kt_need need, int64_t ms, const char *text, const char *const *names,
                    size_t count);

/* ---- doctor_reach.c ---- */
void kt_doctor_resolve(struct kt_doctor *doctor);
void kt_doctor_connect(struct kt_doctor *doctor);
void kt_doctor_advertised(struct kt_doctor *doctor);

/* ---- doctor_certificate.c ---- */

/* What the broker's certificate says, who vouches for it, whether it is for the name we go by, and how long still. */
void kt_doctor_say_certificate(struct kt_doctor *doctor, const struct kt_tls_seen *seen);

/* Whether the broker asks for a certificate of ours and takes it: `wire`, `why`: how its first answer ended. */
void kt_doctor_say_own(struct kt_doctor *doctor, const struct kt_tls_seen *seen, enum kt_wire wire, const char *why);

/* ---- doctor_secure.c ---- */
void kt_doctor_tls(struct kt_doctor *doctor);
void kt_doctor_sasl(struct kt_doctor *doctor);
void kt_doctor_versions(struct kt_doctor *doctor);

/* A connection to a host, TLS shaken where the protocol says so; `seen` may be NULL. */
struct kt_doctor_line {
    int fd;
    struct kt_tls *tls;
    struct kt_channel channel;
};
enum kt_tls_end kt_doctor_dial(struct kt_doctor *doctor, const struct kt_doctor_host *host, struct kt_doctor_line *line,
                               struct kt_tls_seen *seen, struct kt_err *err);
void kt_doctor_hang_up(struct kt_doctor_line *line);

/* ---- doctor_kafka.c ---- */

/* Opens the client and waits until the cluster answers; KT_OK, or the trouble, with its text. */
enum kt_code kt_doctor_login(struct kt_doctor *doctor);
void kt_doctor_metadata(struct kt_doctor *doctor);
void kt_doctor_library(const struct kt_doctor *doctor, char *out, size_t room); /* its version */
bool kt_doctor_old_scram(const struct kt_doctor *doctor);                       /* SCRAM that Kafka 4.1 does not bear */
struct rd_kafka_s *kt_doctor_reader(struct kt_doctor *doctor); /* a handle of KT_ROLE_RECORD, or NULL */
enum kt_code kt_doctor_open_groups(struct kt_doctor *doctor, struct kt_client **client, const char *group);
void kt_doctor_leave(struct kt_doctor *doctor); /* gives back all but the report */

/* ---- doctor_groups.c, doctor_topics.c ---- */
void kt_doctor_list(struct kt_doctor *doctor);
void kt_doctor_commits(struct kt_doctor *doctor);
void kt_doctor_ends(struct kt_doctor *doctor);
void kt_doctor_log(struct kt_doctor *doctor);
void kt_doctor_records(struct kt_doctor *doctor);
void kt_doctor_settings(struct kt_doctor *doctor);

#endif
