#include "term_restore.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "term.h"

static struct {
    volatile sig_atomic_t taken;
    int fd;
    struct termios saved;
    char bytes[512];
    size_t length;
} way_back;

void ui_restore_prepare(int fd, const struct termios *saved)
{
    way_back.taken = 0;
    way_back.fd = fd;
    way_back.saved = *saved;
    way_back.length = 0;
}

void ui_restore_clear(void)
{
    way_back.length = 0;
}

void ui_restore_add(const char *capability)
{
    for (const char *at = capability; at && *at; at++) {
        const char *end = at[0] == '$' && at[1] == '<' ? strchr(at, '>') : NULL;
        if (end)
            at = end;
        else if (way_back.length < sizeof way_back.bytes)
            way_back.bytes[way_back.length++] = *at;
    }
}

void ui_restore_arm(bool taken)
{
    way_back.taken = taken;
}

void ui_restore_modes(void)
{
    tcsetattr(way_back.fd, TCSADRAIN, &way_back.saved);
}

void ui_restore_send(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = write(STDOUT_FILENO, bytes, length);
        if (sent < 0 && errno != EINTR)
            return;
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        }
    }
}

/* In the background the terminal belongs to another job: changing its modes would harm that one. */
static bool is_ours(void)
{
    pid_t owner = tcgetpgrp(way_back.fd);
    return way_back.taken && (owner < 0 || owner == getpgrp());
}

void ui_restore_modes_now(void)
{
    if (is_ours())
        tcsetattr(way_back.fd, TCSANOW, &way_back.saved);
}

void ui_term_restore_now(void)
{
    if (!is_ours())
        return;
    way_back.taken = 0;
    ui_restore_send(way_back.bytes, way_back.length);
    tcsetattr(way_back.fd, TCSANOW, &way_back.saved);
}
