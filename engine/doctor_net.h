/*
 * doctor_net: names to addresses, and connections, each with an end in time whatever the network does.
 *
 * Instants are of kt_wait_now. Thread: any.
 */
#ifndef KT_DOCTOR_NET_H
#define KT_DOCTOR_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define KT_ADDRESSES_MOST 16

struct kt_address {
    struct sockaddr_storage at;
    socklen_t length;
};

struct kt_addresses {
    struct kt_address items[KT_ADDRESSES_MOST];
    size_t count;
};

enum { KT_NET_SLOW = 20000 }; /* in place of an EAI_ number: no answer in time */

/* 0, an EAI_ number of getaddrinfo, or KT_NET_SLOW. `family`: AF_UNSPEC, AF_INET or AF_INET6. */
int kt_net_resolve(struct kt_addresses *addresses, const char *host, unsigned port, int family, int64_t until);

/* What kt_net_resolve returned, in words. */
const char *kt_net_resolve_text(int error);

/* 0 and a connected socket that never blocks, or an errno (ETIMEDOUT when time was over). The caller closes it. */
int kt_net_connect(const struct kt_address *address, int64_t until, int *fd);

/* An errno of connecting, in words. And what one can do about it; "" where we know nothing. */
const char *kt_net_connect_text(int error);
const char *kt_net_connect_advice(int error);

/* The numbers alone: "127.0.0.1", "::1". */
const char *kt_net_number(const struct kt_address *address, char *out, size_t room);

/* Waits until the socket can be read (or written). False: time is over. */
bool kt_net_wait(int fd, bool writing, int64_t until);

#endif
