#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

static const int usual_signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTSTP, SIGSEGV, SIGABRT};

/* In the child. Its messages come to us by the same pipe: on the terminal they would tear the screen. */
static void become(const char *path, const int input[2], const int output[2])
{
    char *const argv[] = {(char *)(uintptr_t)path, NULL};
    for (size_t i = 0; i < sizeof usual_signals / sizeof usual_signals[0]; i++)
        signal(usual_signals[i], SIG_DFL);
    if (dup2(input[0], STDIN_FILENO) >= 0 && dup2(output[1], STDOUT_FILENO) >= 0 &&
        dup2(output[1], STDERR_FILENO) >= 0)
        execv(path, argv);
    static const char failed[] = "cannot be run\n";
    ssize_t written = write(output[1], failed, sizeof failed - 1);
    (void)written;
    _exit(127);
}

static void close_pair(const int pair[2])
{
    close(pair[0]);
    close(pair[1]);
}

static enum kt_code start(struct ui_demo *demo, const char *path, struct kt_err *err)
{
    int input[2], output[2];
    if (pipe(input) != 0)
        return kt_fail(err, KT_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    if (pipe(output) != 0) {
        close_pair(input);
        return kt_fail(err, KT_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    }
    for (int i = 0; i < 2; i++) {
        fcntl(input[i], F_SETFD, FD_CLOEXEC);
        fcntl(output[i], F_SETFD, FD_CLOEXEC);
    }
    demo->pid = fork();
    if (demo->pid == 0)
        become(path, input, output);
    close(input[0]);
    close(output[1]);
    demo->input = input[1];
    demo->output = output[0];
    if (demo->pid > 0)
        return KT_OK;
    close(demo->input);
    close(demo->output);
    demo->pid = 0;
    return kt_fail(err, KT_INTERNAL, "cannot start %s: %s", path, strerror(errno));
}

/* Reads up to the first newline, the end, or the deadline. False: no whole line. */
static bool read_line(int fd, int wait_ms, char *line, size_t room)
{
    int64_t until = kt_mono(&kt_clock_system) + wait_ms;
    size_t length = 0;
    line[0] = '\0';
    while (length + 1 < room) {
        int64_t left = until - kt_mono(&kt_clock_system);
        struct pollfd state = {.fd = fd, .events = POLLIN};
        int ready = poll(&state, 1, left > 0 ? (int)left : 0);
        if (ready == 0 || (ready < 0 && errno != EINTR))
            return false;
        if (ready < 0)
            continue;
        ssize_t got = read(fd, line + length, 1);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        if (got == 1 && line[length] == '\n') {
            line[length] = '\0';
            return true;
        }
        length += got == 1;
        line[length] = '\0';
    }
    return false;
}

/* HOST:PORT,HOST:PORT and nothing else. */
static bool is_address(const char *line)
{
    size_t length = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:,-[]_");
    return length > 0 && line[length] == '\0' && strchr(line, ':');
}

enum kt_code ui_demo_start(struct ui_demo *demo, const char *path, int wait_ms, char *address, size_t room,
                           struct kt_err *err)
{
    memset(demo, 0, sizeof *demo);
    enum kt_code code = start(demo, path, err);
    if (code != KT_OK)
        return code;
    if (read_line(demo->output, wait_ms, address, room) && is_address(address))
        return KT_OK;
    ui_demo_stop(demo);
    return kt_fail(err, KT_INTERNAL, "the demonstration did not start: %s", address[0] ? address : "no answer");
}

void ui_demo_stop(struct ui_demo *demo)
{
    if (demo->pid <= 0)
        return;
    close(demo->input);
    kill(demo->pid, SIGKILL); /* it keeps nothing that outlives it */
    while (waitpid(demo->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(demo->output);
    demo->pid = 0;
}
