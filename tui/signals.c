#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "term.h"
#include "term_restore.h"

#define PATIENCE_S 2

static int noted[2] = {-1, -1};

static const struct {
    int number;
    bool ends;   /* ends the program; else only the screen cares */
    bool screen; /* caught only for the screen */
} watched[] = {
    {SIGTERM, true, false}, {SIGHUP, true, false},  {SIGINT, true, false},   {SIGQUIT, true, false},
    {SIGALRM, true, false}, {SIGUSR1, true, false}, {SIGUSR2, true, false},  {SIGXCPU, true, false},
    {SIGPIPE, true, true},  {SIGTSTP, false, true}, {SIGWINCH, false, true}, {SIGCONT, false, true},
};

static const int faults[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
#define FAULTS (sizeof faults / sizeof faults[0])
static struct sigaction before_faults[FAULTS];

static volatile sig_atomic_t ending; /* the first signal that ends the program */

/* A terminal that takes nothing (a frozen connection) holds whoever writes to it; a signal still ends us in time. */
static void hurry(int number)
{
    if (ending && number == SIGALRM) {
        ui_restore_modes_now();
        ui_signals_raise(ending);
    } else if (!ending) {
        ending = number;
        alarm(PATIENCE_S);
    }
}

static void note(int number)
{
    int kept = errno;
    if (ui_signals_ends(number))
        hurry(number);
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(noted[1], &byte, 1); /* a full pipe is already being read */
    (void)written;
    errno = kept;
}

static void say_fault(int number)
{
    static const struct {
        int number;
        const char *said;
    } lines[] = {
        {SIGSEGV, "kafkatop: ended by a fault: SIGSEGV; please report it with the lines above, if any\n"},
        {SIGABRT, "kafkatop: ended by a fault: SIGABRT; please report it with the lines above, if any\n"},
        {SIGBUS, "kafkatop: ended by a fault: SIGBUS; please report it with the lines above, if any\n"},
        {SIGFPE, "kafkatop: ended by a fault: SIGFPE; please report it with the lines above, if any\n"},
        {SIGILL, "kafkatop: ended by a fault: SIGILL; please report it with the lines above, if any\n"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (lines[i].number == number) {
            ssize_t written = write(STDERR_FILENO, lines[i].said, strlen(lines[i].said));
            (void)written; /* nobody is left to be told */
        }
}

/* The terminal first; then whoever would have had the fault, in most cases the system, ends the process. */
static void die(int number, siginfo_t *info, void *context)
{
    (void)context;
    ui_term_restore_now();
    say_fault(number);
    for (size_t i = 0; i < FAULTS; i++)
        if (faults[i] == number)
            sigaction(number, &before_faults[i], NULL);
    /* A fault of the machine happens again on return; a signal that was sent does not. */
    if (info->si_code <= 0 || number == SIGABRT)
        raise(number);
}

/* The handler has a stack of its own: a stack that is used up is a fault, too. */
static void catch_faults(void)
{
    static char room[64 * 1024];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room}, before;
    struct sigaction action;
    if (sigaltstack(NULL, &before) == 0 && (before.ss_flags & SS_DISABLE))
        sigaltstack(&stack, NULL);
    memset(&action, 0, sizeof action);
    action.sa_sigaction = die;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < FAULTS; i++)
        sigaction(faults[i], &action, &before_faults[i]);
}

static void catch(int number)
{
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    sigfillset(&action.sa_mask);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN && !(before.sa_flags & SA_SIGINFO))
        return;
    sigaction(number, &action, NULL);
}

enum kt_code ui_signals_open(bool screen, struct kt_err *err)
{
    if (pipe(noted) != 0)
        return kt_fail(err, KT_LIMIT, "cannot make a pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(noted[i], F_SETFL, O_NONBLOCK);
        fcntl(noted[i], F_SETFD, FD_CLOEXEC);
    }
    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
        if (screen || !watched[i].screen)
            catch(watched[i].number);
    catch_faults();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of writing */
    if (!screen)
        signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing, with a status of its own */
    return KT_OK;
}

int ui_signals_fd(void)
{
    return noted[0];
}

int ui_signals_next(void)
{
    unsigned char byte;
    return read(noted[0], &byte, 1) == 1 ? byte : 0;
}

bool ui_signals_ends(int number)
{
    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
        if (watched[i].number == number)
            return watched[i].ends;
    return false;
}

void ui_signals_raise(int number)
{
    sigset_t only;
    signal(number, SIG_DFL);
    sigemptyset(&only);
    sigaddset(&only, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
}
