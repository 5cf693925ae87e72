"""No memory, no threads, no descriptors: always an end with a status and a line, and the terminal as it was."""

import os
import resource
import signal
import subprocess

from common import UNREACHABLE, WORK, replay, require, restored, start, test
from world import MOCK, PATIENCE, bad_luck, ended_well, played, run, unlucky, write

NONE = "no stand-in for the C library's calls can be loaded here"


def growing():
    """1 to 12, then ever wider apart."""
    n = 1.0
    while n < 1e6:
        yield int(n)
        n = n + 1 if n < 12 else n * 1.3


def fail_each_allocation(argv, objects, ends):
    """Until nothing fails any more: more allocations than a run needs."""
    failed = 0
    for n in growing():
        done = run(argv, **bad_luck(malloc=n, **{"from": objects}))
        ended_well(done, "allocation %d of %s" % (n, objects), ends)
        if b"out of memory" not in done.stderr:
            require(failed or objects != "program", "no allocation failed: %r" % argv)
            return
        require(done.returncode == 70, "status %d: %r" % (done.returncode, done.stderr))
        require(done.stderr.count(b"\n") == 1, "more than a line: %r" % done.stderr)
        failed += 1
    require(False, "it never came to its end: %r" % argv)


@test
def each_allocation_of_a_batch_run_may_fail():
    if not unlucky():
        return NONE
    config = write(os.path.join(WORK, "memory.config"), "[cluster one]\nbrokers = a:1\n[cluster two]\nbrokers = b:1\n")
    for argv in (played("--json"), played("--csv", "--anonymize"), played("-B"),
                 played("--json", "--record", "/dev/null"), ["--print-config", "-F", config], ["--help"],
                 UNREACHABLE[1:] + ["--once", "--timeout", "0.3"]):
        argv = argv if argv[0] == UNREACHABLE[0] else UNREACHABLE[:1] + argv
        fail_each_allocation(argv, "program", {0, 69, 70})
    return None


@test
def each_allocation_of_json_may_fail():
    if not unlucky():
        return NONE
    for n in growing():
        done = run(played("--json"), **bad_luck(malloc=n, **{"from": "libcjson"}))
        ended_well(done, "allocation %d of cJSON" % n, {0, 70, 74})
        require(done.returncode == 0 or not done.stdout.endswith(b"}\n"), "a whole document and a failure")
        if done.returncode == 0:
            require(done.stdout.endswith(b"}\n"), "half a document and status 0: %r" % done.stdout[-80:])
            return None
    return None


@test
def each_allocation_of_the_screen_may_fail():
    if not unlucky():
        return NONE
    for objects in ("program", "libncurses,libtinfo"):
        for n in growing():
            with start(replay(), **bad_luck(malloc=n, **{"from": objects})) as s:
                s.wait(lambda: s.ended() or "group-00" in s.terminal.text(), "rows or an end")
                if not s.ended():
                    s.type("?")
                    s.wait(lambda: s.ended() or "KEYS" in s.terminal.text().upper(), "help or an end")
                if not s.ended():
                    s.settle()
                    s.type("\x1b")
                    s.settle(0.1)
                    s.type("q")
                state = s.wait_end()
                what = "allocation %d of %s: %s: %r" % (n, objects, state, s.output[-300:])
                require(not s.terminal.left_behind(), what)
                restored(s)
                # Curses ends the process by itself, or has a fault, where it has no memory; it says so, too.
                by_curses = objects != "program" and state in ("exit 1", "signal 11") and s.output.strip()
                require(by_curses or state in ("exit 0", "exit 70", "exit 64"), what)
                require(by_curses or state == "exit 0" or b"kafkatop: " in s.output, what)
                if state == "exit 0":
                    break
    return None


@test
def each_thread_may_be_refused():
    if not unlucky():
        return NONE
    for n in range(1, 30):
        done = run(MOCK, **bad_luck(thread=n))
        ended_well(done, "thread %d" % n, {0, 69, 70})
        if done.returncode == 0:
            require(n > 3, "no thread was refused")
            return None
    return None


@test
def descriptors_may_run_out():
    # Not the client library's mock cluster, which dies of it by an assertion.
    for argv, good in ((played("--json"), 0), (UNREACHABLE + ["--once", "--timeout", "0.3"], 69)):
        worked = False
        for most in list(range(4, 20)) + list(range(20, 64, 4)):
            done = run(argv, [(resource.RLIMIT_NOFILE, most)])
            # So early that the system's loader has the word.
            early = done.returncode == 127 and b"shared" in done.stderr
            if not early:
                ended_well(done, "%d descriptors: %r" % (most, argv[1:3]))
            worked = worked or done.returncode == good
        require(worked, "not with 60 descriptors: %r" % done.stderr)


@test
def descriptors_may_run_out_behind_the_screen():
    for most in (5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 20, 30):
        with start(["/bin/sh", "-c", "ulimit -n %d; exec \"$@\"" % most, "sh", *UNREACHABLE]) as s:
            s.wait(lambda: s.ended() or "Quit" in s.terminal.text(), "a frame or an end")
            if not s.ended():
                s.type("q")
            state = s.wait_end()
            require(state == "exit 0" or b"kafkatop: " in s.output, "%d: %s: %r" % (most, state, s.output[-300:]))
            require(state.startswith("exit "), "%d: %s" % (most, state))
            restored(s)


@test
def address_space_may_be_short():
    for argv in (played("--json"), UNREACHABLE + ["--once", "--timeout", "0.5"]):
        for megabytes in (30, 40, 50, 60, 80, 100, 150, 200, 400):
            done = run(argv, [(resource.RLIMIT_AS, megabytes << 20)])
            # The loader and the client library have their own words.
            if done.returncode == 127 or (done.returncode == -signal.SIGABRT and b"ended by a fault" in done.stderr):
                continue
            ended_well(done, "%d MiB" % megabytes)


@test
def faults_give_the_terminal_back_and_say_so():
    for name in ("SEGV", "ABRT", "BUS", "FPE", "ILL"):
        number = getattr(signal, "SIG" + name)
        with start(replay()) as s:
            s.wait_text("group-00")
            s.kill(number)
            require(s.wait_end() == "signal %d" % number, "%s: %s" % (name, s.state))
            restored(s)
            said = s.output[s.output.rindex(b"\x1b"):]
            require(said.count(b"kafkatop: ended by a fault: SIG" + name.encode()) == 1, "says %r" % said)


@test
def words_of_a_library_wait_until_the_terminal_is_given_back():
    if not unlucky():
        return NONE
    with start(replay(), **bad_luck()) as s:
        s.wait_text("group-00")
        s.kill(signal.SIGURG)
        s.settle()
        s.type("\x0c")
        s.settle()
        require("library" not in s.terminal.text(), s.terminal.text())
        s.kill(signal.SIGVTALRM)
        require(s.wait_end() == "signal %d" % signal.SIGABRT, s.state)
        restored(s)
        end = s.output.rindex(b"library.c:1: assertion failed")
        require(b"a line?[31m of words" in s.output, "a control byte came through: %r" % s.output[-300:])
        require(b"\x1b" not in s.output[end:] and b"SIGABRT" in s.output[end:], "%r" % s.output[-300:])
    return None


@test
def a_signal_that_a_batch_run_cannot_outlive_is_said():
    child = subprocess.Popen(UNREACHABLE + ["--once", "--timeout", "60"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)
    try:
        path = "/proc/%d/status" % child.pid
        while not int([line for line in open(path) if line.startswith("SigCgt")][0].split()[1], 16) >> 10 & 1:
            pass
        child.send_signal(signal.SIGSEGV)
        said = child.communicate(timeout=PATIENCE)[1]
        require(child.returncode == -signal.SIGSEGV, "status %r" % child.returncode)
        require(said.count(b"\n") == 1 and b"SIGSEGV" in said, "says %r" % said)
    finally:
        child.kill()
        child.wait()
