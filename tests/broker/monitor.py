"""Runs the program under test and reads what it says."""

import base64
import json
import os
import signal
import subprocess
import threading
import time

from tap import Failure, expect

GIVE_UP = 90  # seconds after which a run that should end by itself has hung

SECURITY = ("security.", "sasl.", "ssl.", "enable.s")  # of a client's settings, those that the program needs too


def program():
    wrapper = ["valgrind", "-q"] if os.environ.get("KAFKATOP_WRAP") == "valgrind" else []
    return wrapper + [os.environ["KAFKATOP"]]


def options(client):
    """Options of the program from a client's settings."""
    if client is None:  # those of a configuration file
        return []
    words = ["-b", client["bootstrap.servers"]]
    for key, value in client.items():
        if key.startswith(SECURITY):
            words += ["-X", "%s=%s" % (key, value)]
    return words


class Run:
    """One run to its end: `status`, `out`, `err`, `seconds`. `more` is added to the environment."""

    def __init__(self, *arguments, more=None):
        began = time.monotonic()
        try:
            done = subprocess.run(program() + [str(one) for one in arguments], stdin=subprocess.DEVNULL,
                                  env=dict(os.environ, **(more or {})), capture_output=True, timeout=GIVE_UP,
                                  check=False)
        except subprocess.TimeoutExpired:
            raise Failure("still running after %d s: %s" % (GIVE_UP, " ".join(map(str, arguments)))) from None
        self.seconds = time.monotonic() - began
        self.status, self.out = done.returncode, done.stdout
        self.err = done.stderr.decode("utf-8", "replace")

    def document(self, status=0):
        expect(self.status == status, "exit status %d in place of %d: %s", self.status, status, self.err)
        return Document(self.out)

    def refused(self, status, *words, within=GIVE_UP):
        """The run ended with this status, in time, and one line that has these words."""
        expect(self.status == status, "exit status %d in place of %d: %s", self.status, status, self.err)
        expect(self.seconds < within, "it took %.1f s", self.seconds)
        lines = self.err.splitlines()
        expect(lines and all(line.startswith("kafkatop: ") for line in lines), "it said %r", self.err)
        for word in words:
            expect(word.lower() in self.err.lower(), "no word of %r in %r", word, self.err)


def once(client, *arguments, more=None):
    return Run(*options(client), "--once", "--json", *arguments, more=more).document()


class Document:
    """A snapshot of one cluster."""

    def __init__(self, text):
        try:
            self.whole = json.loads(text)
        except ValueError as failure:
            raise Failure("no JSON (%s): %r" % (failure, text[:300])) from None
        self.clusters = {cluster["name"]: cluster for cluster in self.whole["clusters"]}
        self.cluster = self.whole["clusters"][0]
        self.groups = {name_of(group): group for group in self.cluster["groups"]}

    def group(self, name):
        return self.groups.get(name)

    def worst(self, name):
        """The word of the worst partition, "unknown" where nothing can be said, or None without the group."""
        group = self.groups.get(name)
        return None if group is None else group["worst"] or "unknown"

    def partitions(self, name):
        group = self.groups.get(name) or {"partitions": []}
        return {(one["topic"], one["partition"]): one for one in group.get("partitions", [])}

    def brief(self, name):
        """What a failure should show of a group."""
        group = self.groups.get(name)
        if group is None:
            return "no group %r among %d; problems: %s" % (name, len(self.groups), self.problems())
        rows = ["%s-%d %s/%s %s committed %s end %s lag %s marks %s" % (
            one["topic"], one["partition"], one["status"], one["rule"], one["why"], one["committed"], one["log_end"],
            one["lag"], one["marks"]) for one in group.get("partitions", [])]
        return "%r: %s, worst %s, state %s, %d members, %s\n  %s" % (
            name, group["status"], group["worst"], group["state"], len(group["members"]), group["why"],
            "\n  ".join(rows))

    def problems(self):
        return ["%(scope)s %(name)s %(error)s %(text)s" % one for one in self.cluster["problems"]]


def name_of(thing):
    """A name as the bytes that it is."""
    if "name_base64" in thing:
        return base64.b64decode(thing["name_base64"]).decode("utf-8", "surrogateescape")
    return thing["name"]


class Stream:
    """The program running on and on; every document is looked at, the last one is kept."""

    def __init__(self, guard, client, *arguments, title="", more=None):
        words = options(client) + ["--json", "-n", "1000000"] + [str(one) for one in arguments]
        self.guard, self.title = guard, title or " ".join(map(str, arguments))
        self.errors = open(os.path.join(guard.folder, "stream.%d.err" % id(self)), "w+b")
        self.child = guard.start(program() + words, stdout=subprocess.PIPE, stderr=self.errors,
                                 env=dict(os.environ, **(more or {})))
        self.news = threading.Condition()
        self.latest = None
        self.count = 0
        self.said = {}  # group: list of (when, worst)
        self.first_bad = {}  # (group, worst): the first document that said so, in brief
        self.events = []
        self.looks = []  # called with every document
        self.failure = None
        self.ended = False
        self.began = time.monotonic()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        try:
            for line in self.child.stdout:
                self.take(Document(line))
        except (Failure, KeyError, TypeError) as failure:
            self.failure = "a document that cannot be read: %r" % failure
        with self.news:
            self.ended = True
            self.news.notify_all()

    def take(self, document):
        now = time.monotonic()
        with self.news:
            document.at = now
            self.latest = document
            for look in self.looks:
                look(document)
            self.count += 1
            for name in document.groups:
                worst = document.worst(name)
                told = self.said.setdefault(name, [])
                if not told or told[-1][1] != worst:
                    told.append((now, worst))
                    self.first_bad.setdefault((name, worst), document.brief(name))
            for event in document.cluster["events"]:
                if event not in self.events:
                    self.events.append(event)
            self.news.notify_all()

    def words(self):
        self.errors.flush()
        with open(self.errors.name, "rb") as file:
            return file.read()[-1000:].decode("utf-8", "replace")

    def wait(self, seconds, look, what):
        """Gives back the first new document that look() says yes to."""
        deadline = time.monotonic() + seconds
        with self.news:
            while True:
                if self.failure:
                    raise Failure(self.failure)
                if self.latest is not None and look(self.latest):
                    return self.latest
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    how = "it ended with %s" % self.child.poll() if self.ended else "after %.0f s" % seconds
                    seen = what(self.latest) if callable(what) and self.latest else what
                    raise Failure("%s: %s still not: %s\n%s" % (self.title, how, seen, self.words()))
                self.news.wait(left)

    def wait_worst(self, name, wanted, until, since=0.0):
        """The group was given this word after `since`, by `until` (both of the monotonic clock)."""
        def said(_):
            told = self.said.get(name, [])
            ends = [when for when, _ in told[1:]] + [float("inf")]
            return any(word == wanted and end > since for (_, word), end in zip(told, ends))
        return self.wait(max(until - time.monotonic(), 1), said,
                         lambda document: "%s (said %s)\n%s" % (wanted, self.story(name), document.brief(name)))

    def story(self, name):
        return ", ".join("%s at %.1f" % (word, when - self.began) for when, word in self.said.get(name, []))

    def words_since(self, name, since):
        """All words given to a group after an instant."""
        told = self.said.get(name, [])
        ends = [when for when, _ in told[1:]] + [float("inf")]
        return {word for (_, word), end in zip(told, ends) if end > since}

    def fresh(self, seconds=30):
        """A document of a refresh that began after now."""
        after = self.count + 1
        return self.wait(seconds, lambda _: self.count > after, "a new document")

    def end(self):
        status = self.guard.end(self.child, signal.SIGTERM)
        self.errors.close()
        return status
