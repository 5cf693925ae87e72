"""Runs a program as a shell would, in a terminal of its own, and watches what it draws and how it ends."""

import codecs
import fcntl
import os
import select
import signal
import struct
import termios
import time

from terminal import Terminal

PATIENCE = 15  # seconds until a condition counts as never met; nothing waits for so long when all is well


class Failure(Exception):
    pass


def window(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class Session:
    """A terminal, in it a leader that does what a shell does for its job, and the job."""

    def __init__(self, argv, size=(80, 24), env=None, ignore=(), stdin=None, control=None):
        self.master, self.slave = os.openpty()
        window(self.slave, *size)
        self.terminal = Terminal(*size, eager=(env or {}).get("TERM") == "ansi")
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.before = termios.tcgetattr(self.slave)
        self.output = b""
        self.times = []  # (when, bytes so far)
        self.state = "running"
        self.news, news = os.pipe()
        orders, self.orders = os.pipe()
        self.started = time.monotonic()
        self.leader = os.fork()
        if self.leader == 0:
            try:
                os.close(self.master)
                os.close(self.news)
                os.close(self.orders)
                self.lead(argv, env, ignore, stdin, control, news, orders)
            finally:
                os._exit(99)
        os.close(news)
        os.close(orders)
        self.job = int(self.report())

    # --- in the leader ---

    def lead(self, argv, env, ignore, stdin, control, news, orders):
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(self.slave, fd)
        os.close(self.slave)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        job = os.fork()
        if job == 0:
            self.become(argv, env, ignore, stdin, control)
        try:
            os.setpgid(job, job)
        except OSError:
            pass  # it has done so itself
        self.front(job)
        os.write(news, b"%d\n" % job)
        while True:
            _, status = os.waitpid(job, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                self.front(os.getpgrp())
                os.write(news, b"stopped\n")
                if os.read(orders, 1) != b"f":
                    return
                self.front(job)
                os.killpg(job, signal.SIGCONT)
            elif os.WIFSIGNALED(status):
                os.write(news, b"signal %d\n" % os.WTERMSIG(status))
                return
            else:
                os.write(news, b"exit %d\n" % os.WEXITSTATUS(status))
                return

    @staticmethod
    def front(group):
        try:
            os.tcsetpgrp(0, group)
        except OSError:
            pass  # the terminal is gone

    def become(self, argv, env, ignore, stdin, control):
        os.setpgid(0, 0)
        self.front(os.getpid())
        for number in (signal.SIGTTOU, signal.SIGHUP, signal.SIGPIPE, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN if number in ignore else signal.SIG_DFL)
        if stdin:
            os.dup2(os.open(stdin, os.O_RDONLY), 0)
        if control is not None:
            os.chdir(env["TMPDIR"])  # random keys also write tickets
        if control is not None and control != 3:
            os.dup2(control, 3)  # where the stage takes orders
        elif control == 3:
            os.set_inheritable(3, True)
        os.closerange(3 if control is None else 4, 64)
        os.execve(argv[0], argv, env)

    # --- in the test ---

    def report(self):
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(self.news, 1)
            if not byte:
                raise Failure("the leader is gone")
            line += byte
        return line.decode().strip()

    def ended(self):
        return self.state.startswith(("exit", "signal"))

    def pump(self, seconds=0.0):
        """Takes what is there, or what comes within so long."""
        watched = [fd for fd in (self.master, None if self.ended() else self.news) if fd is not None]
        ready, _, _ = select.select(watched, [], [], seconds)
        if self.master in ready:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            self.output += data
            self.times.append((time.monotonic(), len(self.output)))
            self.terminal.feed(self.decoder.decode(data))
        if self.news in ready:
            self.state = self.report()
        return bool(ready)

    def wait(self, condition, what, seconds=PATIENCE):
        until = time.monotonic() + seconds
        while not condition():
            left = until - time.monotonic()
            if left <= 0 or self.ended():
                self.drain()
                if condition():
                    return
                raise Failure("not within %g s: %s; %s\n%s" % (seconds, what, self.state, self.terminal.text()))
            self.pump(left)

    def wait_text(self, text, seconds=PATIENCE):
        self.wait(lambda: text in self.terminal.text(), repr(text), seconds)

    def wait_no_text(self, text, seconds=PATIENCE):
        self.wait(lambda: text not in self.terminal.text(), "no " + repr(text), seconds)

    def drain(self):
        size = -1
        while self.master is not None and self.pump(0) and len(self.output) != size:
            size = len(self.output)

    def settle(self, quiet=0.08):
        """Until nothing was drawn for a moment: a frame is whole then."""
        while self.pump(quiet):
            pass

    def type(self, text):
        os.write(self.master, text.encode())

    def kill(self, number):
        os.kill(self.job, number)

    def resize(self, columns, rows):
        self.terminal.resize(columns, rows)
        window(self.slave, columns, rows)

    def foreground(self):
        self.state = "running"
        os.write(self.orders, b"f")

    def wait_end(self, seconds=PATIENCE):
        self.wait(self.ended, "an end", seconds)
        self.drain()
        return self.state

    def modes(self):
        return termios.tcgetattr(self.slave)

    def hang_up(self):
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = None

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.job) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        """Whatever state it is in, nothing of it stays."""
        if not self.ended():
            for number in (signal.SIGCONT, signal.SIGKILL):
                try:
                    os.kill(self.job, number)
                except OSError:
                    pass
        try:
            os.kill(self.leader, signal.SIGKILL)
        except OSError:
            pass
        os.waitpid(self.leader, 0)
        for fd in (self.master, self.slave, self.news, self.orders):
            if fd is not None:
                os.close(fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
