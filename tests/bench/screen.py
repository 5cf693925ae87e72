#!/usr/bin/env python3
"""What the screen costs in a terminal of 120x40: bytes, milliseconds, processor; beside htop and top where they are.

Nothing is judged by its time. Recordings are made on the spot: 2,000 groups at rest, 2,000 of which every number
changes each second, 1,000 for the processor. What is watched live, also while the broker hangs, are the groups of the
demonstration with 2,000 and 1,000 more. Where it is permitted (root), keys are measured with this reader and the
program's first thread, which has the screen, at a real-time priority: what else the machine does, the program's other
threads included, cannot hold them up.
"""

import os
import re
import shutil
import signal
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["SRCDIR"], "tests/pty"))
from session import Failure, Session  # noqa: E402

PROGRAM = os.environ.get("KAFKATOP") or os.path.join(os.environ["BUILDDIR"], "kafkatop")
SIZE = (120, 40)
QUIET = 0.03  # after an answer the next key is pressed when so long no byte came; what follows the cursor comes later
PAUSE = 0.01  # what comes after such a pause is another repaint: a refresh comes each second
PRESSES = 300
REFRESHES = 12
WALL = 1763692327000


def record(path, groups, busy, seconds=70):
    """Groups that read one partition each of a hundred topics; three in ten fall behind where they are busy."""
    topics, spread = 20, 10
    with open(path, "w") as out:
        out.write("kafkatop-trace\t1\t%d\ncluster\t0\ttrial\t0\t%d\nlist-begin\t0\tbrokers\n" % (WALL, topics))
        out.write("broker\t0\t1\tkafka-1\t9092\t~\t-1\t-1\nlist-end\t0\tbrokers\t1\nlist-begin\t0\ttopics\n")
        for t in range(topics):
            out.write("topic\t0\torders-%02d\t%d\t0\n" % (t, spread))
            out.writelines("partition\t0\torders-%02d\t%d\t1\t1\t1\t1\t1\n" % (t, p) for p in range(spread))
        out.write("list-end\t0\ttopics\t1\nsource\t1\tlog\tthe offsets topic can be read\n")
        for turn in range(seconds):
            at, moved = 1 + turn * 1000, turn if busy else 0
            for t in range(topics):
                for p in range(spread):
                    end = 1000000 + moved * (700 + 13 * ((turn + p) % 5))
                    out.write("end\t%d\torders-%02d\t%d\t1\t%d\t1\t0\t0\t~\n" % (at, t, p, end))
            for g in range(groups):
                t, p = g % topics, g // topics % spread
                end = 1000000 + moved * (700 + 13 * ((turn + p) % 5))
                lag = 1000 + (turn * 379 + g * 911) % 5000 + (moved * (g % 7) * 131 if g % 10 < 3 else 0)
                offset = end - (lag if busy else 0)
                out.write("commit\t%d\tconsumer-group-%04d\torders-%02d\t%d\t%d\t%d\t%d\t1\t1\n"
                          % (at, g, t, p, offset, WALL + at, turn))
            out.writelines("fresh\t%d\t~\t%d\t0\n" % (at, p) for p in range(topics))
            out.write("pass\t%d\t1\n" % (at + 5))
    return path


def environment():
    return {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": os.environ["HOME_OF_BENCH"],
            "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""), "TMPDIR": os.environ["HOME_OF_BENCH"]}


def run(argv):
    return Session(argv, SIZE, environment())


def until_quiet(session, quiet, most=5.0):
    until = time.monotonic() + most
    while time.monotonic() < until and session.pump(quiet):
        pass


def press(session, key):
    """Bytes, and the time to the first of them and to the last of this repaint, in ms."""
    before, times = len(session.output), len(session.times)
    began = time.monotonic()
    session.type(key)
    session.wait(lambda: len(session.output) > before, "an answer to %r" % key, 3)
    until_quiet(session, QUIET)
    at = [time for time, _ in session.times[times:]]
    done = next((i for i in range(1, len(at)) if at[i] - at[i - 1] > PAUSE), len(at)) - 1
    return (len(session.output) - before, (at[0] - began) * 1e3, (at[done] - began) * 1e3)


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def hurry(processes, on):
    for process in processes:
        try:
            policy = os.SCHED_RR if on else os.SCHED_OTHER
            os.sched_setscheduler(process, policy, os.sched_param(1 if on else 0))
        except (OSError, AttributeError):
            return


def keys(session, pair, count=PRESSES):
    """The figures of a key that moves something, there and back."""
    hurry((0, session.job), True)
    try:
        return of_presses(session, pair, count)
    finally:
        hurry((0, session.job), False)


def of_presses(session, pair, count):
    got = [press(session, pair[i % 2]) for i in range(count)]
    return {"bytes": statistics.median(one[0] for one in got), "first p50": statistics.median(one[1] for one in got),
            "first p99": quantile([one[1] for one in got], 0.99), "done p50": statistics.median(one[2] for one in got),
            "done p99": quantile([one[2] for one in got], 0.99)}


def frames(session, count, seconds):
    """The bytes of each refresh, told apart by silence."""
    sent, until, last, sum_of = [], time.monotonic() + seconds, time.monotonic(), 0
    while len(sent) < count and time.monotonic() < until:
        had = len(session.output)
        session.pump(0.05)
        if len(session.output) > had:
            sum_of, last = sum_of + len(session.output) - had, time.monotonic()
        elif sum_of and time.monotonic() - last > 0.1:
            sent.append(sum_of)
            sum_of = 0
    return statistics.median(sent) if sent else 0


def cpu(session, seconds=10):
    before, until = session.cpu_seconds(), time.monotonic() + seconds
    while time.monotonic() < until:
        session.pump(until - time.monotonic())
    return (session.cpu_seconds() - before) / seconds * 100


def first_frame(argv, word, tries=5):
    """Milliseconds to the first byte and to a frame with this word, the best of some."""
    best = (1e9, 1e9)
    for _ in range(tries):
        with run(argv) as s:
            s.wait(lambda: s.output, "a first byte")
            first = (s.times[0][0] - s.started) * 1e3
            s.wait_text(word)
            best = min(best, (first, (s.times[-1][0] - s.started) * 1e3), key=lambda pair: pair[1])
    return best


def of_kafkatop(folder, table):
    groups = int(os.environ.get("BENCH_GROUPS", "2000"))
    rest, busy = record(folder + "/rest", groups, False), record(folder + "/busy", groups, True)
    thousand = record(folder + "/thousand", 1000, True, 40)
    table["first byte"], table["first frame"] = first_frame([PROGRAM, "-b", "127.0.0.1:1"], "Quit")
    with run([PROGRAM, "--replay", rest, "-d", "1"]) as s:
        s.wait_text("consumer-group-0000", 60)
        until_quiet(s, 0.3, 15)
        table["idle refresh"] = frames(s, REFRESHES, 20)
    with run([PROGRAM, "--replay", busy, "-d", "1"]) as s:
        s.wait_text("consumer-group-", 60)
        frames(s, 8, 12)
        table["all rows changed"] = frames(s, REFRESHES, 20)
        s.type("p")  # what is measured is the key
        until_quiet(s, 0.3)
        figures(table, "cursor key", keys(s, ("\x1bOB", "\x1bOA")))
        before = len(s.output)
        s.type("\x1bOB")
        until_quiet(s, 0.4)
        table["... and when it rests"] = len(s.output) - before
        figures(table, "page", keys(s, ("\x1b[6~", "\x1b[6~"), 40))
        figures(table, "other panel", keys(s, ("2", "1"), 40))
    with run([PROGRAM, "--replay", thousand, "-d", "1"]) as s:
        s.wait_text("consumer-group-", 60)
        frames(s, 8, 12)
        table["CPU, 1,000 groups, 1 s"] = cpu(s)


def crowded(groups):
    """The demonstration with so many groups more, live: each commits once a second."""
    session = Session([PROGRAM, "--demo", "-d", "1"], SIZE, dict(environment(), KAFKATOP_DEMO_CROWD=str(groups)))
    session.wait_text("payments", 60)
    until = time.monotonic() + 30
    wanted = re.compile(r"%d groups|of %d\b" % (groups + 15, groups + 15))
    while time.monotonic() < until and not wanted.search(session.terminal.text()):
        session.pump(0.2)
    frames(session, 20, 20)
    return session


def of_a_hanging_broker(table):
    with crowded(int(os.environ.get("BENCH_GROUPS", "2000"))) as s:
        figures(table, "cursor key, live", keys(s, ("\x1bOB", "\x1bOA")))
        with open("/proc/%d/task/%d/children" % (s.job, s.job)) as file:
            child = int(file.read().split()[0])
        os.kill(child, signal.SIGSTOP)
        try:
            frames(s, 4, 6)
            figures(table, "cursor key, broker hangs", keys(s, ("\x1bOB", "\x1bOA")))
            table["CPU, broker hangs"] = cpu(s)
        finally:
            os.kill(child, signal.SIGCONT)
    with crowded(1000) as s:
        table["CPU, 1,000 groups, live"] = cpu(s, 30)


def of_another(argv, word, table):
    table["first byte"], table["first frame"] = first_frame(argv, word)
    with run(argv) as s:
        s.wait_text(word)
        frames(s, 2, 3)
        table["all rows changed"] = frames(s, REFRESHES, 20)
        figures(table, "cursor key", keys(s, ("\x1bOB", "\x1bOA")))
        figures(table, "page", keys(s, ("\x1b[6~", "\x1b[5~"), 40))
        table["CPU"] = cpu(s)


def figures(table, name, measured):
    for what, value in measured.items():
        table["%s, %s" % (name, what)] = value


def show(tables):
    names = []
    for table in tables.values():
        names += [name for name in table if name not in names]
    print("%-36s" % "at 120x40; bytes, ms, %" + "".join("%14s" % program for program in tables))
    for name in names:
        cells = ["%14s" % ("-" if name not in table else "%.1f" % table[name]) for table in tables.values()]
        print("%-36s" % name + "".join(cells))


def main():
    tables = {"kafkatop": {}}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME_OF_BENCH"] = folder
        try:
            of_kafkatop(folder, tables["kafkatop"])
            of_a_hanging_broker(tables["kafkatop"])
            for name, argv, word in (("htop", ["-d", "10"], "Quit"), ("top", ["-d", "1"], "COMMAND")):
                path = shutil.which(name)
                if path:
                    tables[name] = {}
                    of_another([path] + argv, word, tables[name])
        except Failure as failure:
            print("".join("# %s\n" % line for line in str(failure).splitlines()) + "not ok - bench_terminal")
            return 1
        finally:
            show(tables)
    print("ok - bench_terminal")
    return 0


sys.exit(main())
