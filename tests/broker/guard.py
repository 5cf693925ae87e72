"""Kills what a test run started when the run itself is gone, however it went.

The run holds the writing end of this program's standard input and writes "+pid" for what it started and "-pid" for
what it has reaped. The pipe closes when the run ends, even by SIGKILL; then all that is left is killed, and the folder
named by the argument is removed.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading


class Guard:
    """The run's side: start processes through it, keep files in its folder."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="kafkatop-broker.")
        self.lock = threading.Lock()
        self.children = {}
        self.watcher = subprocess.Popen([sys.executable, "-B", __file__, self.folder], stdin=subprocess.PIPE,
                                        start_new_session=True)
        atexit.register(self.close)

    def start(self, command, **settings):
        """Like subprocess.Popen, but its process does not outlive the run."""
        settings.setdefault("stdin", subprocess.DEVNULL)
        child = subprocess.Popen(command, **settings)
        with self.lock:
            self.children[child.pid] = child
            self.tell("+%d" % child.pid)
        return child

    def end(self, child, number=signal.SIGKILL, within=10):
        """Ends a process and takes its exit status."""
        if child.poll() is None:
            child.send_signal(number)
            try:
                child.wait(within)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        with self.lock:
            if self.children.pop(child.pid, None):
                self.tell("-%d" % child.pid)
        return child.returncode

    def tell(self, word):
        if not self.watcher.stdin.closed:
            self.watcher.stdin.write(word.encode() + b"\n")
            self.watcher.stdin.flush()

    def sweep(self):
        """Ends all that is still running."""
        for child in list(self.children.values()):
            self.end(child)

    def close(self):
        self.sweep()
        if not self.watcher.stdin.closed:
            self.watcher.stdin.close()
            self.watcher.wait()


def watch(folder):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    alive = set()
    for line in sys.stdin:
        pid = int(line[1:])
        if line[0] == "+":
            alive.add(pid)
        else:
            alive.discard(pid)
    for pid in alive:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(sys.argv[1])
