#include "term_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "term.h"

#define AGAIN_MS 20

static struct {
    volatile sig_atomic_t taken, over; /* over: given back for good, whatever another thread still does */
    int fd;
    struct termios saved;
    char bytes[512];
    size_t length;
} way_back;

/* Where standard error leads while the terminal is taken: what a library writes there would tear the screen. */
static struct {
    volatile sig_atomic_t held;
    int usual;
    int ends[2];
} words;

void ui_restore_prepare(int fd, const struct termios *saved)
{
    static bool once;
    if (!once)
        once = atexit(ui_term_restore_now) == 0; /* a library may end the process, we do so by _exit */
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

/* A pipe that is full takes no more, and holds nobody up. */
static void hold_words(void)
{
    if (words.held || !isatty(STDERR_FILENO) || pipe(words.ends) != 0)
        return;
    for (int i = 0; i < 2; i++) {
        fcntl(words.ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(words.ends[i], F_SETFL, O_NONBLOCK);
    }
    words.usual = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    words.held = words.usual >= 0 && dup2(words.ends[1], STDERR_FILENO) >= 0;
    close(words.ends[1]);
    if (!words.held)
        close(words.ends[0]);
    if (!words.held && words.usual >= 0)
        close(words.usual);
}

static void send_to(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = write(fd, bytes, length);
        if (sent < 0 && errno != EINTR)
            return;
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        }
    }
}

/* Called from handlers of signals, too. */
static void say_words(void)
{
    char text[512];
    ssize_t got;
    if (!words.held)
        return;
    words.held = 0;
    dup2(words.usual, STDERR_FILENO);
    close(words.usual);
    while ((got = read(words.ends[0], text, sizeof text)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            if (((unsigned char)text[i] < 0x20 && text[i] != '\n') || (unsigned char)text[i] >= 0x7f)
                text[i] = '?';
        send_to(STDERR_FILENO, text, (size_t)got);
    }
    close(words.ends[0]);
}

void ui_restore_arm(bool taken)
{
    while (way_back.over && taken)
        pause(); /* the process is about to end: nobody would give the terminal back */
    if (way_back.over)
        return;
    way_back.taken = taken;
    if (taken)
        hold_words();
    else
        say_words();
}

void ui_restore_modes(void)
{
    tcsetattr(way_back.fd, TCSADRAIN, &way_back.saved);
}

void ui_restore_send(const char *bytes, size_t length)
{
    send_to(STDOUT_FILENO, bytes, length);
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

/*
 * Another thread may be drawing, or setting modes, and go on behind our back: from here on it does so for nobody.
 * Returns what still leads to where `fd` did.
 */
static int cut_off_others(int fd, int nowhere)
{
    int kept = nowhere >= 0 ? dup(fd) : -1;
    if (kept < 0)
        return fd;
    dup2(nowhere, fd);
    return kept;
}

void ui_term_restore_now(void)
{
    bool ours = is_ours();
    way_back.over = 1;
    if (!ours) {
        say_words();
        return;
    }
    way_back.taken = 0;
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    int out = cut_off_others(STDOUT_FILENO, nowhere), in = cut_off_others(way_back.fd, nowhere);
    send_to(out, way_back.bytes, way_back.length);
    tcsetattr(in, TCSANOW, &way_back.saved);
    say_words();
    /* Once more: another thread may have been setting modes, and was waiting for what we wrote to be out. */
    poll(NULL, 0, AGAIN_MS);
    tcsetattr(in, TCSANOW, &way_back.saved);
}
