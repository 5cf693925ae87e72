#include "gate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "strmap.h"

#define PAUSE_LOW  1000
#define PAUSE_HIGH 60000
#define VERDICT_MS 3000 /* a refusal comes within this */

/* A broker that refused a login. */
struct door {
    int64_t pause; /* from the last refusal to the next one that passes */
    int64_t next;  /* when that may */
    bool tried;    /* it did, at `passed`, and no refusal was told since */
    int64_t passed;
};

struct kt_gate {
    pthread_mutex_t mutex;
    unsigned references;
    struct kt_strmap doors; /* address -> struct door */
};

struct kt_gate *kt_gate_new(void)
{
    struct kt_gate *gate = kt_alloc(1, sizeof *gate);
    gate->references = 1;
    (void)pthread_mutex_init(&gate->mutex, NULL);
    kt_strmap_init(&gate->doors);
    return gate;
}

struct kt_gate *kt_gate_ref(struct kt_gate *gate)
{
    if (!gate)
        return NULL;
    (void)pthread_mutex_lock(&gate->mutex);
    gate->references++;
    (void)pthread_mutex_unlock(&gate->mutex);
    return gate;
}

void kt_gate_unref(struct kt_gate *gate)
{
    if (!gate)
        return;
    (void)pthread_mutex_lock(&gate->mutex);
    bool last = --gate->references == 0;
    (void)pthread_mutex_unlock(&gate->mutex);
    if (!last)
        return;
    kt_strmap_release(&gate->doors, free);
    (void)pthread_mutex_destroy(&gate->mutex);
    free(gate);
}

/* "host:port" of "sasl_ssl://host:port/3: what happened"; the id behind it is not the same in all handles. */
static const char *address_of(const char *name, size_t *length)
{
    const char *scheme = strstr(name, "://");
    const char *address = scheme ? scheme + 3 : name;
    *length = strcspn(address, "/");
    return address;
}

bool kt_gate_pass(struct kt_gate *gate, const char *broker, bool first, int64_t now)
{
    size_t length;
    const char *address = address_of(broker, &length);
    if (!gate)
        return true;
    (void)pthread_mutex_lock(&gate->mutex);
    struct door *door = kt_strmap_get(&gate->doors, address, length);
    if (door && door->tried && now - door->passed >= VERDICT_MS) {
        free(kt_strmap_remove(&gate->doors, address, length));
        door = NULL;
    }
    bool pass = !door || (first && !door->tried && now >= door->next);
    if (pass && door) {
        door->tried = true;
        door->passed = now;
    }
    (void)pthread_mutex_unlock(&gate->mutex);
    return pass;
}

void kt_gate_refused(struct kt_gate *gate, const char *reason, int64_t now)
{
    size_t length;
    const char *address = address_of(reason, &length);
    if (!gate)
        return;
    (void)pthread_mutex_lock(&gate->mutex);
    struct door **place = (struct door **)kt_strmap_at(&gate->doors, address, length, NULL);
    if (!*place)
        *place = kt_alloc(1, sizeof **place);
    struct door *door = *place;
    /* What other handles had under way when the door shut is refused as well: it counts once. */
    if (door->pause == 0 || door->tried) {
        int64_t pause = door->pause ? door->pause * 2 : PAUSE_LOW;
        door->pause = pause < PAUSE_HIGH ? pause : PAUSE_HIGH;
        door->next = now + door->pause;
        door->tried = false;
    }
    (void)pthread_mutex_unlock(&gate->mutex);
}

bool kt_gate_shut(struct kt_gate *gate, const char *reason)
{
    size_t length;
    const char *address = address_of(reason, &length);
    if (!gate)
        return false;
    (void)pthread_mutex_lock(&gate->mutex);
    bool shut = kt_strmap_get(&gate->doors, address, length) != NULL;
    (void)pthread_mutex_unlock(&gate->mutex);
    return shut;
}
