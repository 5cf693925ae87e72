#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "term_tty.h"

static int open_pair(int *slave)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    *slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(*slave >= 0);
    return master;
}

static void test_a_terminal_that_is_gone_is_noticed(void **state)
{
    (void)state;
    int slave, master = open_pair(&slave);
    assert_false(ui_tty_is_gone(slave));
    assert_int_equal(write(master, "q\n", 2), 2);
    assert_false(ui_tty_is_gone(slave));
    close(master);
    assert_true(ui_tty_is_gone(slave));
    close(slave);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_false(ui_tty_is_gone(ends[0]));
    close(ends[1]);
    assert_true(ui_tty_is_gone(ends[0]));
    close(ends[0]);
}

static void test_keys_of_the_driver_come_through(void **state)
{
    (void)state;
    struct termios modes;
    int slave, master = open_pair(&slave);
    assert_true(ui_tty_free_keys(slave));
    assert_int_equal(tcgetattr(slave, &modes), 0);
    assert_int_equal(modes.c_cc[VSUSP], _POSIX_VDISABLE);
    assert_int_equal(modes.c_iflag & IXON, 0);
    assert_true(modes.c_cc[VINTR] != _POSIX_VDISABLE);
    close(slave);
    close(master);
    assert_false(ui_tty_free_keys(slave));
}

static void test_what_can_be_shown(void **state)
{
    (void)state;
    setenv("TERM", "xterm", 1);
    assert_false(ui_tty_only_ascii(false));
    assert_true(ui_tty_only_ascii(true));
    setenv("TERM", "linux", 1);
    assert_true(ui_tty_only_ascii(false));
    setenv("TERM", "xterm", 1);
    setlocale(LC_CTYPE, "C");
    assert_true(ui_tty_only_ascii(false));
    setlocale(LC_CTYPE, "C.UTF-8");
}

/* A child that stops itself, and goes on when it is told to. */
static void test_the_job_stops_and_goes_on(void **state)
{
    (void)state;
    int status;
    pid_t parent = getpid(), child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setpgid(0, 0);
        signal(SIGTSTP, SIG_IGN);
        ui_tty_stop_job();
        struct sigaction now;
        sigaction(SIGTSTP, NULL, &now);
        _exit(now.sa_handler == SIG_IGN ? 7 : 8);
    }
    setpgid(child, child);
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    assert_true(WIFSTOPPED(status));
    assert_int_equal(WSTOPSIG(status), SIGTSTP);
    assert_int_equal(getpid(), parent);
    kill(child, SIGCONT);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_terminal_that_is_gone_is_noticed),
        cmocka_unit_test(test_keys_of_the_driver_come_through),
        cmocka_unit_test(test_what_can_be_shown),
        cmocka_unit_test(test_the_job_stops_and_goes_on),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8") && !setlocale(LC_CTYPE, "UTF-8"))
        return 1;
    return cmocka_run_group_tests_name("term_tty", tests, NULL, NULL);
}
