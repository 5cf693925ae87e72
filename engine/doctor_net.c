#include "doctor_net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "wait.h"

/* ---- names ---- */

/* A question to the name service may take minutes: it is asked by a thread that may be left behind. */
struct question {
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    bool done, abandoned;
    int error;
    int family;
    char *host;
    char port[8];
    struct addrinfo *answer;
};

static void free_question(struct question *question)
{
    if (question->answer)
        freeaddrinfo(question->answer);
    (void)pthread_cond_destroy(&question->answered);
    (void)pthread_mutex_destroy(&question->mutex);
    free(question->host);
    free(question);
}

static void *ask(void *self)
{
    struct question *question = self;
    const struct addrinfo hints = {.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV,
                                   .ai_family = question->family,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_protocol = IPPROTO_TCP};
    struct addrinfo *answer = NULL;
    int error = getaddrinfo(question->host, question->port, &hints, &answer);
    (void)pthread_mutex_lock(&question->mutex);
    question->error = error;
    question->answer = error ? NULL : answer;
    question->done = true;
    bool abandoned = question->abandoned;
    (void)pthread_cond_signal(&question->answered);
    (void)pthread_mutex_unlock(&question->mutex);
    if (abandoned)
        free_question(question);
    return NULL;
}

static void take_answer(struct kt_addresses *addresses, const struct addrinfo *answer)
{
    for (; answer && addresses->count < KT_ADDRESSES_MOST; answer = answer->ai_next) {
        struct kt_address *address = &addresses->items[addresses->count];
        if (answer->ai_addrlen > sizeof address->at)
            continue;
        memcpy(&address->at, answer->ai_addr, answer->ai_addrlen);
        address->length = answer->ai_addrlen;
        addresses->count++;
    }
}

int kt_net_resolve(struct kt_addresses *addresses, const char *host, unsigned port, int family, int64_t until)
{
    pthread_t thread;
    struct question *question = kt_alloc(1, sizeof *question);
    addresses->count = 0;
    question->host = kt_strdup(host);
    question->family = family;
    (void)snprintf(question->port, sizeof question->port, "%u", port & 0xffff);
    (void)pthread_mutex_init(&question->mutex, NULL);
    kt_wait_init(&question->answered);
    if (pthread_create(&thread, NULL, ask, question) != 0) {
        free_question(question);
        return EAI_AGAIN;
    }
    (void)pthread_detach(thread);
    (void)pthread_mutex_lock(&question->mutex);
    while (!question->done && kt_wait_now() < until)
        kt_wait_for(&question->answered, &question->mutex, until - kt_wait_now());
    bool done = question->done;
    question->abandoned = !done;
    (void)pthread_mutex_unlock(&question->mutex);
    if (!done)
        return KT_NET_SLOW;
    int error = question->error;
    take_answer(addresses, question->answer);
    free_question(question);
    return error;
}

const char *kt_net_resolve_text(int error)
{
    switch (error) {
    case KT_NET_SLOW:
    case EAI_AGAIN:
        return "the name service does not answer";
    case EAI_NONAME:
        return "no such host";
    default:
        return gai_strerror(error);
    }
}

const char *kt_net_number(const struct kt_address *address, char *out, size_t room)
{
    if (getnameinfo((const struct sockaddr *)&address->at, address->length, out, (socklen_t)room, NULL, 0,
                    NI_NUMERICHOST) != 0)
        (void)snprintf(out, room, "?");
    return out;
}

/* ---- connections ---- */

bool kt_net_wait(int fd, bool writing, int64_t until)
{
    for (;;) {
        int64_t left = until - kt_wait_now();
        struct pollfd one = {.fd = fd, .events = writing ? POLLOUT : POLLIN};
        int ready = poll(&one, 1, left < 0 ? 0 : left > 60000 ? 60000 : (int)left);
        if (ready > 0)
            return true;
        if (left <= 0)
            return false;
    }
}

int kt_net_connect(const struct kt_address *address, int64_t until, int *fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    *fd = socket(address->at.ss_family, SOCK_STREAM, IPPROTO_TCP);
    if (*fd < 0)
        return errno;
    (void)fcntl(*fd, F_SETFD, FD_CLOEXEC);
    if (fcntl(*fd, F_SETFL, O_NONBLOCK) != 0 ||
        (connect(*fd, (const struct sockaddr *)&address->at, address->length) != 0 && errno != EINPROGRESS))
        error = errno;
    else if (!kt_net_wait(*fd, true, until))
        error = ETIMEDOUT;
    else if (getsockopt(*fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        error = errno;
    if (error) {
        (void)close(*fd);
        *fd = -1;
    }
    return error;
}

static const struct {
    int error;
    const char *text, *advice;
} refusals[] = {
    {ECONNREFUSED, "connection refused",
     "nothing listens on this port of that machine: is the port right, and does the broker run?"},
    {ETIMEDOUT, "no answer in time",
     "a firewall that drops packets, a machine that is down, or an address that is only valid elsewhere"},
    {ENETUNREACH, "no route to this network",
     "this machine has no way to that address: a VPN that is down, or an address that is only valid elsewhere"},
    {EHOSTUNREACH, "no route to this host",
     "the machine is down, a firewall refuses, or the address is only valid elsewhere"},
    {ECONNRESET, "connection reset", "a firewall or a proxy on the way closes connections to this port"},
    {EADDRNOTAVAIL, "the address cannot be used from here", "the address is only valid elsewhere"},
    {EMFILE, "this process may open no more files", "raise the limit: ulimit -n"},
};

const char *kt_net_connect_text(int error)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].error == error)
            return refusals[i].text;
    return strerror(error);
}

const char *kt_net_connect_advice(int error)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].error == error)
            return refusals[i].advice;
    return "";
}
