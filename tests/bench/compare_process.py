"""What a process costs: one that runs to its end, and one that stays beside us."""

import collections
import os
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024  # KiB

# wall and cpu in seconds, rss in MiB at its peak, written in bytes; over: it was ended because it took too long.
Cost = collections.namedtuple("Cost", "wall cpu rss written status over")


class Broken(Exception):
    """A program did not do what is measured; the text says what it did."""


def measured():
    return os.path.join(os.environ["BUILDDIR"], "build/tests/bench/measured")


def to_end(guard, argv, most=120, env=None, out=None, good=(0,)):
    """Runs a program to its end, its standard output into the file `out`. Ended after `most` seconds."""
    report, own = os.path.join(guard.folder, "measured"), out or os.path.join(guard.folder, "out")
    errors = os.path.join(guard.folder, "errors")
    began = time.monotonic()
    with open(own, "wb") as into, open(errors, "wb") as complaints:
        child = guard.start([measured(), report, *argv], stdout=into, stderr=complaints,
                            env=dict(os.environ, **(env or {})))
        try:
            child.wait(most)
            over = False
        except subprocess.TimeoutExpired:
            over = True
        guard.end(child, signal.SIGTERM)
    if over:
        return Cost(time.monotonic() - began, None, None, None, None, True)
    with open(report, encoding="ascii") as file:
        words = file.read().split()
    told = dict(zip(words[::2], words[1::2]))
    if int(told["status"]) not in good:
        with open(errors, encoding="utf-8", errors="replace") as file:
            raise Broken("%s ended with %s: %s" % (argv[0], told["status"], file.read()[-300:].strip()))
    return Cost(float(told["wall"]), float(told["user"]) + float(told["sys"]), int(told["rss_kib"]) / MIB,
                os.path.getsize(own), int(told["status"]), False)


def cpu_of(pid):
    """Processor seconds of a living process so far, all its threads."""
    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(pid, what="VmRSS"):
    """MiB resident now; VmHWM: at most so far."""
    with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith(what + ":"):
                return int(line.split()[1]) / MIB
    raise Broken("process %d has no %s" % (pid, what))


class Beside:
    """A program that stays: a monitor with an HTTP interface."""

    def __init__(self, guard, argv, env=None):
        self.guard, self.argv = guard, argv
        self.log = os.path.join(guard.folder, os.path.basename(argv[0]) + ".log")
        self.began = time.monotonic()
        with open(self.log, "wb") as log:
            self.child = guard.start(argv, stdout=log, stderr=log, env=dict(os.environ, **(env or {})))
        self.pid = self.child.pid

    def cpu(self):
        return cpu_of(self.pid)

    def memory(self, what="VmRSS"):
        return memory_of(self.pid, what)

    def seconds(self):
        return time.monotonic() - self.began

    def until(self, look, most, pause=0.05):
        """The cost until look() is true; asks every `pause` seconds."""
        while not look():
            if self.child.poll() is not None:
                with open(self.log, encoding="utf-8", errors="replace") as file:
                    raise Broken("%s ended with %s: %s" % (self.argv[0], self.child.returncode, file.read()[-300:]))
            if self.seconds() > most:
                return Cost(self.seconds(), self.cpu(), self.memory("VmHWM"), None, None, True)
            time.sleep(pause)
        return Cost(self.seconds(), self.cpu(), self.memory("VmHWM"), None, None, False)

    def share(self, seconds, idle=time.sleep):
        """Per cent of one processor in the next seconds; `idle` passes them."""
        before, began = self.cpu(), time.monotonic()
        idle(seconds)
        return (self.cpu() - before) / (time.monotonic() - began) * 100

    def close(self):
        self.guard.end(self.child, signal.SIGTERM, 5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
