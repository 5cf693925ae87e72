#include "secret_command.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "wait.h"
#include "wipe.h"

#define NOTHING "%s succeeded, but wrote nothing to standard output"

#define AT_ONCE (-60000) /* long past its time */

struct running {
    const struct kt_secret_ask *ask;
    int64_t until;
};

static int64_t left(void *self)
{
    const struct running *running = self;
    return running->ask->stopped(running->ask->self) ? AT_ONCE : running->until - kt_wait_now();
}

/* What it said, as it is. */
static enum kt_code run(const struct kt_secret_ask *ask, char *room, size_t *length, struct kt_err *err)
{
    struct running running = {ask, kt_wait_now() + ask->limit_ms};
    struct kt_command_end end;
    char *cluster = kt_format("KAFKATOP_CLUSTER=%s", ask->cluster);
    char *brokers = kt_format("KAFKATOP_BROKERS=%s", ask->brokers ? ask->brokers : "");
    const char *const environment[] = {cluster, brokers, NULL};
    struct kt_command command = {
        .text = ask->command,
        .output = room,
        .room = KT_SECRET_MOST,
        .environment = environment,
        .left = left,
        .self = &running,
    };
    kt_command_run(&command, &end);
    free(cluster);
    free(brokers);
    char *how = kt_command_how(&end);
    enum kt_code code = how ? kt_fail(err, KT_CONFIG, "%s %s", ask->name, how) : KT_OK;
    free(how);
    if (code == KT_OK && end.length == 0) /* a pipe has the status of its last; the first has said why it failed */
        code = kt_fail(err, KT_CONFIG, NOTHING "%s%s", ask->name, end.last[0] ? ": " : "", end.last);
    *length = code == KT_OK ? end.length : 0;
    if (code != KT_OK)
        kt_wipe(room, KT_SECRET_MOST);
    room[*length] = '\0';
    return code;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum kt_code check_length(const struct kt_secret_ask *ask, size_t length, struct kt_err *err)
{
    return length ? KT_OK : kt_fail(err, KT_CONFIG, NOTHING, ask->name);
}

enum kt_code kt_secret_run(const struct kt_secret_ask *ask, char *room, size_t *length, struct kt_err *err)
{
    enum kt_code code = run(ask, room, length, err);
    if (code != KT_OK)
        return code;
    size_t blanks = 0;
    while (*length > 0 && is_blank(room[*length - 1]))
        room[--*length] = '\0';
    while (blanks < *length && is_blank(room[blanks]))
        blanks++;
    *length -= blanks;
    memmove(room, room + blanks, *length + 1);
    return check_length(ask, *length, err);
}

enum kt_code kt_secret_run_password(const struct kt_secret_ask *ask, char *room, size_t *length, struct kt_err *err)
{
    enum kt_code code = run(ask, room, length, err);
    if (code != KT_OK)
        return code;
    if (*length > 0 && room[*length - 1] == '\n')
        room[--*length] = '\0';
    if (*length > 0 && room[*length - 1] == '\r')
        room[--*length] = '\0';
    code = check_length(ask, *length, err);
    if (code == KT_OK && memchr(room, '\0', *length))
        code = kt_fail(err, KT_CONFIG, "%s wrote a NUL byte: no password has one", ask->name);
    if (code == KT_OK && memchr(room, '\n', *length))
        code = kt_fail(err, KT_CONFIG, "%s wrote several lines: it must write the password alone (| head -n 1)",
                       ask->name);
    if (code != KT_OK)
        kt_wipe(room, KT_SECRET_MOST);
    return code;
}
