"""Starts `kafkatop --demo` and reads its documents, one a second, as they come.

Each status of the contract must appear within a minute of the start. Then the ends: the stage, a program of its own,
must be gone when the monitor is, whether that ended by itself, was asked to end, or was killed without a chance to
clean up.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

PROGRAM = os.environ["KAFKATOP"]
WANTED = {"OK", "WARN", "STALL", "STOP", "REWIND", "ERR"}
WITHIN = 60.0  # seconds, for each status to appear
LIMIT = 75.0   # for a whole run
GONE = 10.0    # for the stage to be gone after the monitor
failures = 0


def tell(holds, name, *why):
    global failures
    failures += not holds
    for line in () if holds else why:
        print("# %s" % line)
    print(("ok - " if holds else "not ok - ") + name, flush=True)


def wait_until(holds, seconds):
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(holds())


def is_alive(pid):
    """Zombies are gone: only their number is left."""
    if not os.path.isdir("/proc/self"):
        said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], stdout=subprocess.PIPE, check=False).stdout.strip()
        return bool(said) and not said.startswith(b"Z")
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def children(pid):
    if os.path.isdir("/proc/self"):
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit() and parent_of(int(name)) == pid:
                found.append(int(name))
        return found
    said = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, check=False).stdout.decode()
    pairs = [line.split() for line in said.splitlines()]
    return [int(pair[0]) for pair in pairs if len(pair) == 2 and int(pair[1]) == pid]


def parent_of(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return -1


class Monitor:
    """A running `kafkatop --demo --json`; its documents are read by a thread."""

    def __init__(self, *options):
        self.started = time.monotonic()
        self.process = subprocess.Popen([PROGRAM, "--demo", "--json", "-d", "1", *options], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.documents = []
        self.seen = {}  # worst status -> (seconds, group)
        self.errors = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            try:
                document = json.loads(line)
            except ValueError as wrong:
                self.errors.append("%s: %r" % (wrong, line[:200]))
                continue
            after = time.monotonic() - self.started
            for group in document["clusters"][0]["groups"]:
                words = {group["worst"]} | {lag["status"] for lag in group.get("partitions", [])}
                for word in words - {None}:
                    self.seen.setdefault(word, (after, group["name"]))
            self.documents.append(document)

    def stage(self):
        """The process that plays the cluster."""
        found = []
        wait_until(lambda: found.extend(children(self.process.pid)) or found, GONE)
        return found[0] if found else None

    def finish(self, seconds):
        """Waits for its end; the status, or None when it had to be killed."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        self.reader.join(GONE)
        return self.process.returncode

    def said(self):
        return self.process.stderr.read().decode("utf-8", "replace").splitlines()


def check_statuses():
    monitor = Monitor("-n", "200")
    stage = monitor.stage()
    tell(stage is not None, "the demonstration starts a stage of its own")
    wait_until(lambda: WANTED <= set(monitor.seen) or monitor.process.poll() is not None, WITHIN)
    for word in sorted(WANTED):
        when = monitor.seen.get(word)
        tell(when is not None and when[0] <= WITHIN, "%s appears within a minute" % word,
             "seen: %s" % sorted(monitor.seen.items(), key=str), "%d documents" % len(monitor.documents),
             *monitor.errors)
    tell(not monitor.errors, "every document can be read", *monitor.errors[:5])
    counts = {len(document["clusters"][0]["groups"]) for document in monitor.documents[5:]}
    tell(bool(monitor.documents) and 0 not in counts, "no document is without groups", str(counts))
    monitor.process.send_signal(signal.SIGTERM)
    status = monitor.finish(GONE)
    tell(status == -signal.SIGTERM, "SIGTERM ends it, and it says so", "status %s" % status, *monitor.said())
    check_gone(stage, "it was asked to end")


def check_gone(stage, why):
    if stage is None:
        tell(False, "the stage is gone when %s" % why, "there never was one")
        return
    gone = wait_until(lambda: not is_alive(stage), GONE)
    tell(gone, "the stage is gone when %s" % why, "process %d is still there" % stage)
    if not gone:
        os.kill(stage, signal.SIGKILL)


def check_own_end():
    monitor = Monitor("-n", "3")
    stage = monitor.stage()
    status = monitor.finish(LIMIT)
    tell(status == 0 and len(monitor.documents) == 3, "-n 3 gives three documents and status 0",
         "status %s, %d documents" % (status, len(monitor.documents)), *monitor.said())
    check_gone(stage, "it ended by itself")


def check_kill():
    monitor = Monitor("-n", "200")
    stage = monitor.stage()
    tell(wait_until(lambda: monitor.documents, LIMIT), "it shows something before it is killed", *monitor.errors)
    monitor.process.kill()
    monitor.finish(GONE)
    check_gone(stage, "it was killed")


def check_early_kill():
    """Before the stage has said where it is."""
    monitor = Monitor("-n", "200")
    stage = monitor.stage()
    monitor.process.kill()
    monitor.finish(GONE)
    check_gone(stage, "it was killed at once")


def main():
    check_statuses()
    check_own_end()
    check_kill()
    check_early_kill()
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
