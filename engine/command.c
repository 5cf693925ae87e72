#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "wait.h"

extern char **environ;

#define LOOK_MOST_MS 100
#define KILL_AFTER_MS 1000 /* past its time, of which SIGTERM told it */
#define READS_MOST 16      /* after its end: as much as a pipe holds */
#define SIGNALS_MOST 128
#define OPENED_MEANWHILE 256 /* by other threads; the system gives the lowest numbers that are free */
#define DESCRIPTORS_UNKNOWN 4096
#define RUNNING_MOST 64

/* Those that the end of the process must not leave behind; 0: free. */
static pthread_mutex_t running_lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t running[RUNNING_MOST];

struct run {
    pid_t pid;
    int input, output, error; /* our ends; -1: closed */
    const char *rest;         /* of the text, not yet written */
    size_t rest_length;
    const struct kt_command *command;
    struct kt_command_end *end;
    char line[sizeof((struct kt_command_end *)0)->last]; /* the line that is being read */
    size_t line_length;
};

/* Puts `new` in the place of `old`: 0 and a process, or the other way round. With the lock. */
static void note_running(pid_t old, pid_t new)
{
    size_t i = 0;
    while (i < RUNNING_MOST && running[i] != old)
        i++;
    if (i < RUNNING_MOST)
        running[i] = new;
}

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
static void become(const char *command, const int ends[3], char **environment, int highest)
{
    char *const argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL};
    static const char failed[] = "/bin/sh cannot be run\n";
    sigset_t none;
    setsid();
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (dup2(ends[i], i) < 0)
            _exit(127);
    for (int i = STDERR_FILENO + 1; i <= highest; i++)
        close(i);
    for (int number = 1; number < SIGNALS_MOST; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve("/bin/sh", argv, environment);
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

/* Ours and what is added to it; the texts stay where they are. To be freed. */
static char **make_environment(const char *const *added)
{
    size_t ours = 0, more = 0, count = 0;
    while (environ[ours])
        ours++;
    while (added && added[more])
        more++;
    char **all = kt_alloc(ours + more + 1, sizeof *all);
    for (size_t i = 0; i < more; i++)
        all[count++] = (char *)(uintptr_t)added[i];
    for (size_t i = 0; i < ours; i++) {
        size_t length = strcspn(environ[i], "="), k = 0;
        while (k < more && strncmp(added[k], environ[i], length + 1) != 0)
            k++;
        if (k == more)
            all[count++] = environ[i];
    }
    return all;
}

static bool start(struct run *run)
{
    int input[2] = {-1, -1}, output[2] = {-1, -1}, error[2] = {-1, -1}, nowhere = open("/dev/null", O_RDWR);
    bool heard = run->command->output != NULL;
    bool ready = nowhere >= 0 && place(&nowhere) && (!run->command->input || open_pipe(input, 1)) &&
                 (!heard || open_pipe(output, 0)) && open_pipe(error, 0);
    const int ends[3] = {run->command->input ? input[0] : nowhere, heard ? output[1] : nowhere, error[1]};
    int highest = highest_descriptor();
    char **environment = make_environment(run->command->environment);
    pthread_mutex_lock(&running_lock);
    run->pid = ready ? fork() : -1;
    if (run->pid == 0)
        become(run->command->text, ends, environment, highest);
    int sys = errno;
    if (run->pid > 0)
        note_running(0, run->pid);
    pthread_mutex_unlock(&running_lock);
    free(environment);
    close_one(&nowhere);
    close_one(&input[0]);
    close_one(&output[1]);
    close_one(&error[1]);
    run->input = input[1];
    run->output = output[0];
    run->error = error[0];
    if (run->pid > 0)
        return true;
    close_one(&run->input);
    close_one(&run->output);
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

/* What does not fit is counted and gone: nobody waits for a full pipe. */
static void take(struct run *run)
{
    char bytes[4096];
    size_t held = run->end->length;
    bool full = held >= run->command->room;
    ssize_t got = full ? read(run->output, bytes, sizeof bytes)
                       : read(run->output, run->command->output + held, run->command->room - held);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        close_one(&run->output);
    else if (got > 0 && full)
        run->end->overflow = true;
    else if (got > 0)
        run->end->length += (size_t)got;
}

/* Once it is waited for, its number may be another's. */
static pid_t reap(const struct run *run)
{
    pthread_mutex_lock(&running_lock);
    pid_t ended = waitpid(run->pid, &run->end->status, WNOHANG);
    if (ended != 0 && !(ended < 0 && errno == EINTR))
        note_running(run->pid, 0);
    pthread_mutex_unlock(&running_lock);
    return ended;
}

void kt_command_end_all(void)
{
    pthread_mutex_lock(&running_lock);
    for (size_t i = 0; i < RUNNING_MOST; i++)
        if (running[i] > 0) {
            kill(running[i], SIGKILL);
            kill(-running[i], SIGKILL);
        }
    pthread_mutex_unlock(&running_lock);
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
    struct pollfd fds[] = {{.fd = run->input, .events = POLLOUT},
                           {.fd = run->error, .events = POLLIN},
                           {.fd = run->output, .events = POLLIN}};
    if (poll(fds, sizeof fds / sizeof fds[0], wait_ms) <= 0)
        return false;
    if (fds[0].revents)
        give(run);
    if (fds[1].revents)
        hear(run);
    if (fds[2].revents)
        take(run);
    return true;
}

static void follow(struct run *run)
{
    int wait_ms = 1;
    for (pid_t ended; (ended = reap(run)) != run->pid;) {
        if (ended < 0 && errno != EINTR) {
            run->end->status = -1;
            return;
        }
        int64_t left_ms = run->command->left(run->command->self);
        if (run->end->overflow) {
            end_by(run, SIGKILL);
        } else if (!run->end->late && left_ms <= 0) {
            run->end->late = true;
            end_by(run, SIGTERM);
        } else if (left_ms <= -KILL_AFTER_MS) {
            end_by(run, SIGKILL);
        }
        wait_ms = attend(run, wait_ms) ? 1 : wait_ms * 2 < LOOK_MOST_MS ? wait_ms * 2 : LOOK_MOST_MS;
    }
}

void kt_command_run(const struct kt_command *command, struct kt_command_end *end)
{
    const char *input = command->input ? command->input : "";
    struct run run = {.command = command, .end = end, .input = -1, .output = -1, .error = -1, .rest = input,
                      .rest_length = strlen(input)};
    *end = (struct kt_command_end){0};
    int64_t began = kt_wait_now();
    if (!start(&run))
        return;
    follow(&run);
    end->ran_ms = kt_wait_now() - began;
    close_one(&run.input);
    /* Of what it left running nothing is awaited, though it may talk for ever; what it said itself is there by now. */
    for (int i = 0; i < READS_MOST && (run.error >= 0 || run.output >= 0) && attend(&run, 0); i++)
        continue;
    end_line(&run);
    close_one(&run.output);
    close_one(&run.error);
}

char *kt_command_how(const struct kt_command_end *end)
{
    const char *colon = end->last[0] ? ": " : "";
    if (end->overflow)
        return kt_format("said too much and was ended");
    if (end->late)
        return kt_format("was ended after %lld s%s%s", (long long)end->ran_ms / 1000, colon, end->last);
    if (end->status == -1)
        return kt_format("cannot be started%s%s", colon, end->last);
    if (WIFSIGNALED(end->status))
        return kt_format("ended by signal %d%s%s", WTERMSIG(end->status), colon, end->last);
    if (WEXITSTATUS(end->status) != 0)
        return kt_format("ended with status %d%s%s", WEXITSTATUS(end->status), colon, end->last);
    return NULL;
}
