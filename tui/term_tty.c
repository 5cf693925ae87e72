#include "term_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

enum kt_code ui_tty_unknown_type(struct kt_err *err)
{
    return kt_fail(err, KT_USAGE, "the terminal type '%s' is unknown here: set TERM, or use --batch", getenv("TERM"));
}

enum kt_code ui_tty_poor_type(struct kt_err *err)
{
    return kt_fail(err, KT_USAGE, "a terminal of type '%s' cannot show the screen: set TERM, or use --batch",
                   getenv("TERM"));
}

enum kt_code ui_tty_check(struct kt_err *err)
{
    const char *type = getenv("TERM");
    if (!isatty(STDOUT_FILENO))
        return kt_fail(err, KT_USAGE, "standard output is not a terminal: use --batch, --json or --csv");
    if (!type || !*type)
        return kt_fail(err, KT_USAGE, "TERM is not set: set it to your terminal's type, or use --batch");
    if (strcmp(type, "dumb") == 0)
        return ui_tty_poor_type(err);
    return KT_OK;
}

enum kt_code ui_tty_open_input(FILE **in, struct kt_err *err)
{
    *in = stdin;
    if (isatty(STDIN_FILENO))
        return KT_OK;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    *in = fd < 0 ? NULL : fdopen(fd, "r+");
    if (*in)
        return KT_OK;
    if (fd >= 0)
        close(fd);
    return kt_fail(err, KT_USAGE, "no terminal to read keys from: %s; use --batch", strerror(errno));
}

void ui_tty_close_input(FILE **in)
{
    if (*in && *in != stdin)
        fclose(*in);
    *in = NULL;
}

bool ui_tty_only_ascii(bool wished)
{
    const char *type = getenv("TERM");
    return wished || strcmp(nl_langinfo(CODESET), "UTF-8") != 0 || wcwidth(L'\x2581') != 1 ||
           (type && strcmp(type, "linux") == 0); /* its font has no bars */
}

bool ui_tty_direct_type(char *out, size_t size)
{
    static const char poorer[] = "-256color";
    const char *type = getenv("TERM"), *colors = getenv("COLORTERM");
    const char *end = type ? strstr(type, poorer) : NULL;
    if (!end || end[sizeof poorer - 1] != '\0' || !colors)
        return false;
    if (strcmp(colors, "truecolor") != 0 && strcmp(colors, "24bit") != 0)
        return false;
    int length = snprintf(out, size, "%.*s-direct", (int)(end - type < 100 ? end - type : 100), type);
    return length > 0 && (size_t)length < size;
}

void ui_tty_size(int *width, int *height)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        size.ws_col = size.ws_row = 0;
    *width = size.ws_col;
    *height = size.ws_row;
}

bool ui_tty_free_keys(int fd)
{
    struct termios modes;
    if (tcgetattr(fd, &modes) != 0)
        return false;
    modes.c_iflag &= ~(tcflag_t)IXON;
    modes.c_cc[VSUSP] = _POSIX_VDISABLE;
#ifdef VLNEXT
    modes.c_cc[VLNEXT] = _POSIX_VDISABLE;
#endif
    return tcsetattr(fd, TCSANOW, &modes) == 0;
}

bool ui_tty_is_gone(int fd)
{
    struct pollfd state = {.fd = fd, .events = POLLIN};
    int waiting = 0;
    if (poll(&state, 1, 0) <= 0)
        return false;
    if (state.revents & (POLLHUP | POLLERR | POLLNVAL))
        return true;
    return (state.revents & POLLIN) && ioctl(fd, FIONREAD, &waiting) == 0 && waiting == 0;
}

void ui_tty_stop_job(void)
{
    struct sigaction usual, none, ours;
    memset(&usual, 0, sizeof usual);
    memset(&none, 0, sizeof none);
    usual.sa_handler = SIG_DFL;
    none.sa_handler = SIG_IGN;
    /*
     * The others by the group, ourselves by raise alone: any thread may take a signal that is sent to the process, and
     * this one would go on.
     */
    sigaction(SIGTSTP, &none, &ours);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &usual, NULL);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
}
