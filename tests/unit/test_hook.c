/* Commands that are run for changes: what they get, how they end, what becomes of those that are slow. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "fake_snapshot.h"
#include "hook.h"

#define PATIENCE_MS 30000

static char folder[] = "/tmp/kafkatop.hook.XXXXXX";
static struct kt_options options;
static struct ui_hook *hook;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char said[4096];

static void say(void *self, const char *line)
{
    (void)self;
    pthread_mutex_lock(&lock);
    strncat(said, line, sizeof said - strlen(said) - 2);
    strcat(said, "\n");
    pthread_mutex_unlock(&lock);
}

static int set_up_all(void **state)
{
    sigset_t pipe_only;
    (void)state;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, NULL); /* as the thread of a hook has it */
    return mkdtemp(folder) && setenv("FOLDER", folder, 1) == 0 ? 0 : -1;
}

static int tear_down_all(void **state)
{
    (void)state;
    char *command = kt_format("rm -rf '%s'", folder);
    int status = system(command);
    free(command);
    return status;
}

static int set_up(void **state)
{
    (void)state;
    said[0] = '\0';
    hook = NULL;
    return 0;
}

/* ---- one command ---- */

static int64_t left(void *deadline)
{
    return *(const int64_t *)deadline - kt_mono(&kt_clock_system);
}

static struct kt_command_end end_within(const char *command, const char *input, int64_t most_ms)
{
    struct kt_command_end end;
    int64_t deadline = kt_mono(&kt_clock_system) + most_ms;
    struct kt_command it = {.text = command, .input = input, .left = left, .self = &deadline};
    kt_command_run(&it, &end);
    return end;
}

static struct kt_command_end end_of(const char *command, const char *input)
{
    struct kt_command_end end = end_within(command, input, PATIENCE_MS);
    assert_false(end.late);
    return end;
}

static char *content(const char *name)
{
    char *path = kt_format("%s/%s", folder, name), *text = kt_alloc(1, 1 << 20);
    FILE *file = fopen(path, "r");
    if (file) {
        text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
        fclose(file);
    }
    unlink(path);
    free(path);
    return text;
}

static void a_command_gets_its_input_whole(void **state)
{
    (void)state;
    char *big = kt_alloc(300001, 1); /* more than a pipe holds */
    memset(big, 'x', 300000);
    struct kt_command_end end = end_of("cat >$FOLDER/got", big);
    assert_int_equal(end.status, 0);
    assert_string_equal(end.last, "");
    char *got = content("got");
    assert_string_equal(got, big);
    free(got);
    free(big);
}

static void a_command_that_does_not_read_harms_nobody(void **state)
{
    (void)state;
    char *big = kt_alloc(300001, 1);
    memset(big, 'x', 300000);
    assert_int_equal(end_of("exec <&-; exit 0", big).status, 0);
    assert_int_equal(end_of("true", big).status, 0);
    free(big);
}

static void the_last_words_are_kept(void **state)
{
    (void)state;
    struct kt_command_end end = end_of("echo one >&2; echo two >&2; echo; echo out; exit 3", "x");
    assert_true(WIFEXITED(end.status));
    assert_int_equal(WEXITSTATUS(end.status), 3);
    assert_string_equal(end.last, "two");
    end = end_of("printf 'no end of line' >&2; exit 1", "x");
    assert_string_equal(end.last, "no end of line");
    end = end_of("head -c 100000 /dev/zero | tr '\\0' y >&2; exit 1", "x");
    assert_int_equal(strlen(end.last), sizeof end.last - 1);
    end = end_of("no-such-command-anywhere", "x");
    assert_int_equal(WEXITSTATUS(end.status), 127);
    assert_non_null(strstr(end.last, "no-such-command-anywhere"));
    end = end_of("kill -9 $$", "x");
    assert_true(WIFSIGNALED(end.status));
}

/* Nothing of ours is in its hands: descriptors, signals, terminal, process group. */
static void nothing_leaks_into_it(void **state)
{
    (void)state;
    if (access("/proc/self/fd", R_OK) != 0)
        skip();
    char *path = kt_format("%s/leak", folder);
    int leaky[3] = {open(path, O_RDWR | O_CREAT, 0600), open(path, O_RDWR), -1};
    leaky[2] = fcntl(leaky[0], F_DUPFD, 200);
    assert_true(leaky[2] >= 200);
    void (*before)(int) = signal(SIGTERM, SIG_IGN);
    struct kt_command_end end = end_of(/* first, and without a child: about one, a shell blocks signals */
                                       "while read -r name set; do"
                                       " case $name in (SigBlk:|SigIgn:) echo $name $set; esac;"
                                       "done </proc/$$/status >$FOLDER/signals; echo $$ >$FOLDER/pid;"
                                       "ls -l /proc/$$/fd >$FOLDER/fds;"
                                       "ps -o sid=,pgid=,tty= -p $$ >$FOLDER/ps",
                                       "x");
    signal(SIGTERM, before);
    for (int i = 0; i < 3; i++)
        close(leaky[i]);
    assert_int_equal(end.status, 0);
    char *fds = content("fds"), *signals = content("signals"), *pid = content("pid"), *ps = content("ps");
    assert_non_null(strstr(fds, "/dev/null"));
    assert_null(strstr(fds, "leak"));
    unsigned long long blocked = 1, ignored = 1;
    assert_int_equal(sscanf(signals, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
    assert_true(blocked == 0);
    assert_true((ignored & ~0x180000000ULL) == 0); /* the C library keeps 32 and 33 to itself */
    long sid = 0, pgid = 0;
    if (*ps && sscanf(ps, "%ld %ld", &sid, &pgid) == 2) {
        assert_int_equal(sid, atol(pid));
        assert_int_equal(pgid, atol(pid));
        assert_non_null(strchr(ps, '?')); /* no terminal */
    }
    unlink(path);
    free(path);
    free(fds);
    free(signals);
    free(pid);
    free(ps);
}

static bool is_running(const char *pid)
{
    return kill((pid_t)atol(pid), 0) == 0 || errno != ESRCH;
}

static void a_command_that_goes_on_is_ended_with_its_children(void **state)
{
    (void)state;
    char *path = kt_format("%s/pid", folder);
    mkfifo(path, 0600);
    int fifo = open(path, O_RDWR);
    struct kt_command_end end =
        end_within("trap '' TERM; sleep 1000 & echo $! >$FOLDER/pid; wait; sleep 1000; sleep 1000", "x", 300);
    assert_true(end.late);
    assert_true(WIFSIGNALED(end.status));
    char pid[32] = "";
    assert_true(read(fifo, pid, sizeof pid - 1) > 0);
    for (int i = 0; is_running(pid) && i < PATIENCE_MS / 10; i++)
        poll(NULL, 0, 10); /* until the system has taken it away */
    close(fifo);
    unlink(path);
    free(path);
    /* Where nobody reaps orphans, it stays as a zombie: dead all the same. */
    if (is_running(pid)) {
        char *status = kt_format("grep -q '^State:.Z' /proc/%ld/status", atol(pid));
        assert_int_equal(system(status), 0);
        free(status);
    }
}

static void what_it_leaves_behind_is_not_awaited(void **state)
{
    (void)state;
    int64_t began = kt_mono(&kt_clock_system);
    struct kt_command_end end = end_of("sleep 1000 & echo $! >$FOLDER/pid; echo started >&2", "x");
    assert_int_equal(end.status, 0);
    assert_string_equal(end.last, "started");
    assert_true(kt_mono(&kt_clock_system) - began < PATIENCE_MS);
    char *pid = content("pid");
    kill((pid_t)atol(pid), SIGKILL);
    free(pid);
}

static void what_it_leaves_behind_may_talk_for_ever(void **state)
{
    (void)state;
    struct kt_command_end end = end_of("cd $FOLDER; mkfifo go\n"
                                       "{ head -c 100000 /dev/zero | tr '\\0' y >&2; echo >go; exec yes >&2; } &\n"
                                       "echo $! >pid; read line <go; rm go",
                                       "x");
    assert_int_equal(end.status, 0);
    assert_int_equal(end.last[0], 'y');
    char *pid = content("pid");
    kill((pid_t)atol(pid), SIGKILL);
    free(pid);
}

/* ---- the hook ---- */

static void open_hook(const char *command)
{
    struct kt_err err;
    options = (struct kt_options){.on_change = (char *)(uintptr_t)command, .hold_ms = 0};
    assert_int_equal(ui_hook_open(&hook, &options, say, NULL, &err), KT_OK);
    assert_non_null(hook);
}

static void show(int64_t at, unsigned groups, enum kt_status worst)
{
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->taken_ms += at;
    snap->taken_mono += at;
    for (unsigned i = 0; i < groups; i++) {
        char name[32];
        snprintf(name, sizeof name, "group-%04u", i);
        fake_snapshot_group(snap, &(struct fake_group){.name = name, .worst = worst, .partitions = 1});
    }
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    ui_hook_look(hook, sealed);
    kt_snapshot_unref(sealed);
}

static unsigned lines_of(const char *text)
{
    unsigned count = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        count++;
    return count;
}

static void each_change_is_a_run(void **state)
{
    (void)state;
    open_hook("cat >>$FOLDER/events");
    show(0, 3, KT_STATUS_OK);
    show(1000, 3, KT_STATUS_STOP);
    ui_hook_settle(hook, PATIENCE_MS);
    show(2000, 3, KT_STATUS_OK);
    assert_int_equal(ui_hook_close(hook, PATIENCE_MS), 0);
    char *events = content("events");
    assert_int_equal(lines_of(events), 6);
    assert_non_null(strstr(events, "\"group\":\"group-0002\",\"from\":\"OK\",\"to\":\"ERR\""));
    assert_non_null(strstr(events, "\"group\":\"group-0000\",\"from\":\"ERR\",\"to\":\"OK\""));
    assert_string_equal(said, "");
    free(events);
}

static void failures_are_told(void **state)
{
    (void)state;
    open_hook("echo 'no such host' >&2; exit 6");
    show(0, 1, KT_STATUS_OK);
    show(1000, 1, KT_STATUS_STOP);
    assert_int_equal(ui_hook_close(hook, PATIENCE_MS), 0);
    assert_string_equal(said, "the command of --on-change ended with status 6: no such host\n");
}

static void touch(const char *name)
{
    char *path = kt_format("%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    free(path);
}

static void await(const char *name)
{
    char *path = kt_format("%s/%s", folder, name);
    for (int i = 0; access(path, F_OK) != 0 && i < PATIENCE_MS / 10; i++)
        poll(NULL, 0, 10);
    assert_int_equal(unlink(path), 0);
    free(path);
}

#define HANGS "cat >>$FOLDER/events; : >$FOLDER/began; while [ ! -e $FOLDER/gate ]; do sleep 0.05; done"

/* While one command hangs, a group's newer change takes the place of the older, and nobody waits. */
static void a_slow_command_gets_the_latest(void **state)
{
    (void)state;
    open_hook(HANGS);
    show(0, 1, KT_STATUS_OK);
    show(60000, 1, KT_STATUS_WARN);
    await("began");
    for (int i = 2; i < 300; i++)
        show(i * 60000, 1, i % 2 ? KT_STATUS_OK : KT_STATUS_STOP);
    touch("gate");
    assert_int_equal(ui_hook_close(hook, PATIENCE_MS), 0);
    char *events = content("events");
    assert_int_equal(lines_of(events), 2);
    assert_non_null(strstr(events, "\"from\":\"OK\",\"to\":\"WARN\""));
    assert_non_null(strstr(events, "\"from\":\"WARN\",\"to\":\"OK\"")); /* STOP came and went meanwhile */
    free(events);
    free(content("gate"));
    free(content("began"));
}

static void what_was_taken_back_is_not_told(void **state)
{
    (void)state;
    open_hook(HANGS);
    show(0, 1, KT_STATUS_OK);
    show(60000, 1, KT_STATUS_WARN);
    await("began");
    show(120000, 1, KT_STATUS_OK);
    show(180000, 1, KT_STATUS_WARN);
    touch("gate");
    assert_int_equal(ui_hook_close(hook, PATIENCE_MS), 0);
    char *events = content("events");
    assert_int_equal(lines_of(events), 1);
    free(events);
    free(content("gate"));
    free(content("began"));
}

static void the_end_waits_only_so_long(void **state)
{
    (void)state;
    open_hook("exec sleep 1000");
    show(0, 5, KT_STATUS_OK);
    show(1000, 5, KT_STATUS_STOP);
    int64_t before = kt_mono(&kt_clock_system);
    size_t lost = ui_hook_close(hook, 50);
    assert_true(kt_mono(&kt_clock_system) - before < PATIENCE_MS);
    assert_true(lost >= 4 && lost <= 5);
}

static void too_many_are_counted(void **state)
{
    (void)state;
    open_hook(HANGS);
    /* Each look brings twenty others, and the queue has room for 64. */
    for (int look = 0; look < 12; look++) {
        struct kt_snapshot *snap = fake_snapshot_new();
        snap->taken_mono += look * 60000;
        snap->taken_ms += look * 60000;
        for (int i = 0; i < 240; i++) {
            char name[32];
            snprintf(name, sizeof name, "group-%04d", i);
            enum kt_status worst = i / 20 < look ? KT_STATUS_STOP : KT_STATUS_OK;
            fake_snapshot_group(snap, &(struct fake_group){.name = name, .worst = worst, .partitions = 1});
        }
        const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
        ui_hook_look(hook, sealed);
        kt_snapshot_unref(sealed);
    }
    await("began");
    size_t lost = ui_hook_close(hook, 50);
    assert_int_equal(lost, 219); /* all but the one that ran */
    free(content("events"));
}

static void secure_means_none(void **state)
{
    struct kt_err err;
    (void)state;
    options = (struct kt_options){.on_change = (char *)(uintptr_t) "exit 1", .secure = true};
    assert_int_equal(ui_hook_open(&hook, &options, say, NULL, &err), KT_OK);
    assert_null(hook);
    show(0, 1, KT_STATUS_OK);
    ui_hook_settle(hook, PATIENCE_MS);
    assert_int_equal(ui_hook_close(hook, PATIENCE_MS), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_command_gets_its_input_whole),
        TEST(a_command_that_does_not_read_harms_nobody),
        TEST(the_last_words_are_kept),
        TEST(nothing_leaks_into_it),
        TEST(a_command_that_goes_on_is_ended_with_its_children),
        TEST(what_it_leaves_behind_is_not_awaited),
        TEST(what_it_leaves_behind_may_talk_for_ever),
        TEST(each_change_is_a_run),
        TEST(failures_are_told),
        TEST(a_slow_command_gets_the_latest),
        TEST(what_was_taken_back_is_not_told),
        TEST(the_end_waits_only_so_long),
        TEST(too_many_are_counted),
        TEST(secure_means_none),
    };
    return cmocka_run_group_tests_name("hook", tests, set_up_all, tear_down_all);
}
