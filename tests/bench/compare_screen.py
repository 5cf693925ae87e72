"""Programs in a terminal of their own: when the first rows stand there, what they cost while they are watched, keys.

Bytes are not drawn: a name of a group among them is a row. Questions of a program to its terminal are answered at once,
as a terminal does.
"""

import os
import re
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SRCDIR"], "tests/pty"))
from compare_load import BEGINS  # noqa: E402
from compare_process import Broken, cpu_of, memory_of  # noqa: E402
from session import Session  # noqa: E402

SIZE = (120, 40)
QUIET = 0.03  # after an answer the next key is pressed when so long no byte came
PAUSE = 0.01  # what comes after such a pause is another repaint
PRESSES = 200
ANSWERS = (  # what terminals are asked for, and say
    (re.compile(rb"\x1b\]1([01]);\?(?:\x07|\x1b\\)"), lambda m: b"\x1b]1" + m.group(1) + b";rgb:0000/0000/0000\x1b\\"),
    (re.compile(rb"\x1b\[6n"), lambda m: b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[c"), lambda m: b"\x1b[?1;2c"),
)


class Undrawn:
    """In the place of an emulated terminal, which would use the processor that is measured."""

    def feed(self, text):
        pass

    def text(self):
        return ""


class Watched(Session):
    """A program in a terminal; `first` is when the first byte with a group's name had come."""

    def __init__(self, argv, env=None):
        own = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"],
               "HOME": os.environ.get("TMPDIR", "/tmp"), "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
               "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")}
        super().__init__(argv, SIZE, dict(own, **(env or {})))
        self.terminal = Undrawn()
        self.answered = 0
        self.first = None

    def pump(self, seconds=0.0):
        had = len(self.output)
        ready = super().pump(seconds)
        if len(self.output) > had:
            recent = self.output[max(self.answered, had - 16):]
            for question, answer in ANSWERS:
                for match in question.finditer(recent):
                    os.write(self.master, answer(match))
                    self.answered = len(self.output)
            if self.first is None and BEGINS.encode() in self.output[max(0, had - 32):]:
                self.first = time.monotonic() - self.started
        return ready

    def first_rows(self, most=60):
        """Seconds from exec to the first row of a group."""
        until = time.monotonic() + most
        while self.first is None:
            if self.ended() or time.monotonic() > until:
                raise Broken("no row of a group within %d s: %s; %r" % (most, self.state, self.output[-200:]))
            self.pump(0.2)
        return self.first

    def watch(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.pump(until - time.monotonic())
            if self.ended():
                raise Broken("it ended: %s" % self.state)

    def share(self, seconds):
        """Per cent of one processor, and bytes a second to the terminal."""
        before, sent, began = cpu_of(self.job), len(self.output), time.monotonic()
        self.watch(seconds)
        passed = time.monotonic() - began
        return (cpu_of(self.job) - before) / passed * 100, (len(self.output) - sent) / passed

    def memory(self, what="VmRSS"):
        return memory_of(self.job, what)

    def press(self, key):
        """Milliseconds until the repaint that answers a key is done."""
        before, times = len(self.output), len(self.times)
        began = time.monotonic()
        self.type(key)
        until = began + 5
        while len(self.output) == before:
            if time.monotonic() > until:
                raise Broken("no answer to %r" % key)
            self.pump(0.5)
        while time.monotonic() < until and self.pump(QUIET):
            pass
        at = [when for when, _ in self.times[times:]]
        done = next((i for i in range(1, len(at)) if at[i] - at[i - 1] > PAUSE), len(at)) - 1
        return (at[done] - began) * 1e3

    def keys(self, pair=("\x1bOB", "\x1bOA"), count=PRESSES):
        """Milliseconds from key to repaint: the median and what one in a hundred exceeds."""
        got = sorted(self.press(pair[i % 2]) for i in range(count))
        return statistics.median(got), got[min(len(got) - 1, int(0.99 * len(got)))]


def kafkatop(load, *more):
    return Watched([os.environ["KAFKATOP"], "-b", load.bootstrap, *more])


def sivann(path, load):
    return Watched([path, "-kafka-broker", load.bootstrap, "-all", "-poll-period", "5", "-poll-iterations", "-1"])
