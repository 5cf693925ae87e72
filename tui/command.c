#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MOST_MS 100
#define KILL_AFTER_MS 1000 /* past its time, of which SIGTERM told it */
#define READS_MOST 16      /* after its end: as much as a pipe holds */
#define SIGNALS_MOST 128
#define OPENED_MEANWHILE 256 /* by other threads; the system gives the lowest numbers that are free */
#define DESCRIPTORS_UNKNOWN 4096

struct run {
    pid_t pid;
    int input, error; /* our ends; -1: closed */
    const char *rest; /* of the text, not yet written */
    size_t rest_length;
    struct ui_command_end *end;
    char line[sizeof((struct ui_command_end *)0)->last]; /* the line that is being read */
    size_t line_length;
};

/* The highest descriptor that may be open. */
static int highest_descriptor(void)
{
    int highest = 2;
    DIR *folder = opendir("/dev/fd");
    if (!folder)
        return DESCRIPTORS_UNKNOWN;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        int number = atoi(entry->d_name);
        highest = number > highest ? number : highest;
    }
    closedir(folder);
    return highest + OPENED_MEANWHILE;
}

/* In the child of a program with many threads: nothing but calls that a signal handler may make, too. */
static void become(const char *command, const int input[2], const int error[2], int nowhere, int highest)
{
    char *const argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL};
    static const char failed[] = "/bin/sh cannot be run\n";
    sigset_t none;
    setsid();
    if (dup2(input[0], STDIN_FILENO) < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || dup2(error[1], STDERR_FILENO) < 0)
        _exit(127);
    for (int i = STDERR_FILENO + 1; i <= highest; i++)
        close(i);
    for (int number = 1; number < SIGNALS_MOST; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv("/bin/sh", argv);
    ssize_t written = write(STDERR_FILENO, failed, sizeof failed - 1);
    (void)written;
    _exit(127);
}

static void close_one(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* Above the first three, so that the child can put them there; closed when something else is run. */
static bool place(int *descriptor)
{
    int higher = fcntl(*descriptor, F_DUPFD, 3);
    close(*descriptor);
    *descriptor = higher;
    return higher >= 0 && fcntl(higher, F_SETFD, FD_CLOEXEC) == 0;
}

static bool open_pipe(int ends[2], int ours)
{
    if (pipe(ends) != 0) {
        ends[0] = ends[1] = -1;
        return false;
    }
    bool first = place(&ends[0]), second = place(&ends[1]);
    return first && second && fcntl(ends[ours], F_SETFL, O_NONBLOCK) == 0;
}

static bool start(struct run *run, const char *command)
{
    int input[2] = {-1, -1}, error[2] = {-1, -1}, nowhere = open("/dev/null", O_WRONLY);
    bool ready = nowhere >= 0 && place(&nowhere) && open_pipe(input, 1) && open_pipe(error, 0);
    int highest = highest_descriptor();
    run->pid = ready ? fork() : -1;
    if (run->pid == 0)
        become(command, input, error, nowhere, highest);
    int sys = errno;
    close_one(&nowhere);
    close_one(&input[0]);
    close_one(&error[1]);
    run->input = input[1];
    run->error = error[0];
    if (run->pid > 0)
        return true;
    close_one(&run->input);
    close_one(&run->error);
    run->end->status = -1;
    snprintf(run->end->last, sizeof run->end->last, "%s", strerror(sys));
    return false;
}

static void give(struct run *run)
{
    ssize_t written = write(run->input, run->rest, run->rest_length);
    if (written > 0) {
        run->rest += written;
        run->rest_length -= (size_t)written;
    }
    bool later = written < 0 && (errno == EAGAIN || errno == EINTR);
    if (run->rest_length == 0 || (written < 0 && !later))
        close_one(&run->input); /* it has all, or wants no more */
}

static void end_line(struct run *run)
{
    if (run->line_length > 0) {
        memcpy(run->end->last, run->line, run->line_length);
        run->end->last[run->line_length] = '\0';
    }
    run->line_length = 0;
}

static void hear(struct run *run)
{
    char bytes[4096];
    ssize_t got = read(run->error, bytes, sizeof bytes);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        close_one(&run->error);
    for (ssize_t i = 0; i < got; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r')
            end_line(run);
        else if (run->line_length + 1 < sizeof run->line)
            run->line[run->line_length++] = bytes[i];
    }
}

/* The group may not be there yet, when the child has not come to it. */
static void end_by(const struct run *run, int number)
{
    kill(run->pid, number);
    kill(-run->pid, number);
}

/* Waits a moment for something to write, to read, or to happen. True when there was something. */
static bool attend(struct run *run, int wait_ms)
{
    struct pollfd fds[2] = {{.fd = run->input, .events = POLLOUT}, {.fd = run->error, .events = POLLIN}};
    if (poll(fds, 2, wait_ms) <= 0)
        return false;
    if (fds[0].revents)
        give(run);
    if (fds[1].revents)
        hear(run);
    return true;
}

static void follow(struct run *run, int64_t (*left)(void *self), void *self)
{
    int wait_ms = 1;
    for (pid_t ended; (ended = waitpid(run->pid, &run->end->status, WNOHANG)) != run->pid;) {
        if (ended < 0 && errno != EINTR) {
            run->end->status = -1;
            return;
        }
        int64_t left_ms = left(self);
        if (!run->end->late && left_ms <= 0) {
            run->end->late = true;
            end_by(run, SIGTERM);
        } else if (left_ms <= -KILL_AFTER_MS) {
            end_by(run, SIGKILL);
        }
        wait_ms = attend(run, wait_ms) ? 1 : wait_ms * 2 < LOOK_MOST_MS ? wait_ms * 2 : LOOK_MOST_MS;
    }
}

void ui_command_run(const char *command, const char *input, int64_t (*left)(void *self), void *self,
                    struct ui_command_end *end)
{
    struct run run = {.end = end, .input = -1, .error = -1, .rest = input, .rest_length = strlen(input)};
    *end = (struct ui_command_end){0};
    if (!start(&run, command))
        return;
    follow(&run, left, self);
    close_one(&run.input);
    /* Of what it left running nothing is awaited, though it may talk for ever; what it said itself is there by now. */
    for (int i = 0; i < READS_MOST && run.error >= 0 && attend(&run, 0); i++)
        continue;
    end_line(&run);
    close_one(&run.error);
}
