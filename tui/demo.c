#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

enum kt_code ui_demo_start(struct ui_demo *demo, const char *path, struct kt_err *err)
{
    int input[2], output[2];
    memset(demo, 0, sizeof *demo);
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
    if (demo->pid > 0) {
        fcntl(demo->output, F_SETFL, O_NONBLOCK);
        return KT_OK;
    }
    close(demo->input);
    close(demo->output);
    demo->pid = 0;
    return kt_fail(err, KT_INTERNAL, "cannot start %s: %s", path, strerror(errno));
}

/* HOST:PORT,HOST:PORT and nothing else. */
static bool is_address(const char *line)
{
    size_t length = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:,-[]_");
    return length > 0 && line[length] == '\0' && strchr(line, ':');
}

enum ui_demo_state ui_demo_look(struct ui_demo *demo, struct kt_err *err)
{
    while (demo->length + 1 < sizeof demo->line) {
        char *end = demo->line + demo->length;
        ssize_t got = read(demo->output, end, 1);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return UI_DEMO_COMING;
        if (got <= 0 || *end == '\n') {
            *end = '\0';
            if (got == 1 && is_address(demo->line))
                return UI_DEMO_READY;
            break;
        }
        demo->length++;
    }
    demo->line[demo->length] = '\0';
    kt_fail(err, KT_INTERNAL, "the demonstration did not start: %s", demo->line[0] ? demo->line : "it ended at once");
    return UI_DEMO_FAILED;
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
