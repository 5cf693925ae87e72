"""Many minutes beside a broker on which groups and topics come and go: memory stays flat, nothing is lost.

Runs only when it is named (`run soak`, `make soak`), for KAFKATOP_SOAK_MINUTES (20). A build with sanitizers writes
its reports into files, and any of them is a failure. What it needs of memory is partly the sanitizer's own; so
KAFKATOP_PLAIN may name a build without, which is then watched beside it.
"""

import glob
import json
import os
import pty
import random
import select
import signal
import statistics
import subprocess
import sys
import threading
import time

from broker import Cluster
from clients import Actor, Feeder
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import NewTopic
from kept import AdminClient
from monitor import Stream, options, program
from tap import expect, note, test, until
from truth import Truth, differences

SETTINGS = {"offsets.topic.num.partitions": 6, "offsets.retention.check.interval.ms": 5000,
            "log.cleaner.backoff.ms": 1000, "log.cleaner.min.cleanable.ratio": 0.01, "log.roll.ms": 60000}
STEADY = [("steady-%d" % n, "topic-%d" % (n % 3)) for n in range(5)]
THROWN = 5  # groups made at once, twice a second
LIVES = 4   # seconds
TOPIC_LIVES = 20
SAMPLE = 5
MOST_GROWTH = {True: 1.05, False: 1.10}  # of the last quarter over the third one: plain, with a sanitizer
MOST_BYTES = 4 << 20  # or so much, where that is more
LONGEST_GAP = 25  # seconds without a document, on a machine that has other work, with the broker away
KEYS = ["1", "2", "3", "4", "5", "\t", "j", "j", "k", "\r", "\x1b", "G", "g", "S", "L", "R", "\x06", "[", "[", "]", "b", "p"]


def minutes():
    return float(os.environ.get("KAFKATOP_SOAK_MINUTES", "20"))


class Beat(Stream):
    """Keeps the last document alone, and the longest time without one."""

    def take(self, document):
        with self.news:
            now = time.monotonic()
            if self.latest is not None:
                expect(document.cluster["sequence"] > self.latest.cluster["sequence"], "a document came twice")
                self.gap = max(getattr(self, "gap", 0), now - self.latest.at)
            document.at = now
            self.latest = document
            self.count += 1
            self.news.notify_all()


class Screen:
    """The program in a terminal, at which somebody types."""

    title = "screen"

    def __init__(self, guard, client):
        self.guard = guard
        self.master, slave = pty.openpty()
        self.child = guard.start(program() + options(client) + ["-d", "1"], stdin=slave, stdout=slave,
                                 start_new_session=True, env=dict(os.environ, TERM="xterm-256color"))
        os.close(slave)
        self.drawn = 0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            while True:
                self.drawn += len(os.read(self.master, 65536))
        except OSError:  # the program has closed its side
            pass

    def type(self):
        os.write(self.master, random.choice(KEYS).encode())

    def end(self):
        """Escape until nothing is open, each alone, so that none is read as the beginning of a longer key; then q."""
        def ended():
            for key in (b"\x1b", b"\x1b", b"\x1b", b"q"):
                os.write(self.master, key)
                time.sleep(0.3)  # between two keys of a person
            return self.child.poll() is not None
        until(60, ended, "the screen to end")
        return self.guard.end(self.child)


class Churn:
    """Groups that live for seconds, and topics, with their groups, that live for less than a minute.

    Runs in a process of its own, which ends when its standard input does: librdkafka 2.16 falls over its own
    requests to coordinators that are away for long, and may do so alone.
    """

    def __init__(self, settings):
        self.admin = AdminClient(settings)
        self.groups, self.topics = [], []  # (name, born)

    def run(self):
        self.clear()
        turn = 0
        while not select.select([sys.stdin], [], [], 0.5)[0]:
            turn += 1
            try:
                self.step(turn)
            except KafkaException:
                pass  # the broker has just come back; what is left is dropped later
        self.clear()

    def clear(self):
        """Takes over what an earlier one has left, and deletes it."""
        def cleared():
            try:
                listed = self.admin.list_consumer_groups(request_timeout=10).result().valid
                self.groups = [(one.group_id, 0) for one in listed if one.group_id.startswith("thrown-")]
                self.topics = [(name, 0) for name in self.admin.list_topics(timeout=10).topics
                               if name.startswith("passing-")]
                nothing = not self.groups and not self.topics
                self.drop_groups(1)
                self.drop_topics(1)
                return nothing
            except KafkaException:
                return False
        until(90, cleared, "the throw-away groups and topics to go")

    def step(self, turn):
        self.make_groups()
        self.drop_groups(time.monotonic() - LIVES)
        if turn % 20 == 0:
            self.make_topic(turn)
            self.drop_topics(time.monotonic() - TOPIC_LIVES)

    def commit(self, names, topic):
        waiting = [self.admin.alter_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(name, [TopicPartition(topic, 0, 1)])], request_timeout=30)[name]
            for name in names]
        for answer in waiting:
            answer.result()

    def make_groups(self):
        names = ["thrown-%032x" % random.getrandbits(128) for _ in range(THROWN)]
        self.groups += [(name, time.monotonic()) for name in names]
        self.commit(names, "topic-0")
        print(len(names), flush=True)

    def drop_groups(self, before):
        old = [name for name, born in self.groups if born < before]
        if old:
            self.settle(self.admin.delete_consumer_groups(old, request_timeout=30), "GROUP_ID_NOT_FOUND")
            self.groups = [one for one in self.groups if one[0] not in old]

    def make_topic(self, turn):
        name = "passing-%d" % turn
        self.topics.append((name, time.monotonic()))
        self.settle(self.admin.create_topics([NewTopic(name, 3, 1)], request_timeout=30), "TOPIC_ALREADY_EXISTS")
        self.commit(["reader-of-all"], name)

    def drop_topics(self, before):
        old = [name for name, born in self.topics if born < before]
        if old:
            self.settle(self.admin.delete_topics(old, request_timeout=30), "UNKNOWN_TOPIC_OR_PART")
            self.topics = [one for one in self.topics if one[0] not in old]

    @staticmethod
    def settle(answers, harmless):
        for answer in answers.values():
            try:
                answer.result()
            except KafkaException as refused:
                if refused.args[0].name() != harmless:
                    raise


class Churning:
    """The process of a Churn, from the other side."""

    def __init__(self, guard, settings):
        self.guard, self.settings, self.made, self.fallen = guard, settings, 0, 0
        self.start()

    def start(self):
        self.child = self.guard.start([sys.executable, "-B", __file__, json.dumps(self.settings)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self.listen, args=(self.child.stdout,), daemon=True).start()

    def listen(self, out):
        for line in out:
            self.made += int(line)

    def stop(self):
        self.guard.end(self.child)

    def tend(self):
        if self.child.poll() is not None:
            self.fallen += 1
            self.stop()
            self.start()

    def close(self):
        """Waits until all that it made is gone."""
        def cleared():
            self.tend()
            self.child.stdin.close()
            return self.child.wait(150) == 0
        until(300, cleared, "the last throw-away groups and topics to go")


class Soak:
    def __init__(self, guard):
        self.reports = os.path.join(guard.folder, "report")
        supp = os.path.join(os.environ["SRCDIR"], "build-aux", "tsan.supp")
        os.environ["ASAN_OPTIONS"] = "log_path=%s:quarantine_size_mb=4:detect_leaks=0:handle_abort=1" % self.reports
        os.environ["TSAN_OPTIONS"] = "log_path=%s:suppressions=%s:history_size=2" % (self.reports, supp)
        self.cluster = Cluster(guard, "4.1.0", "soak", settings=SETTINGS).start()
        self.admin = self.cluster.admin()
        topics = [NewTopic("topic-%d" % n, 3, 1) for n in range(3)]
        for answer in self.admin.create_topics(topics, request_timeout=20).values():
            answer.result()
        self.feeder = Feeder(self.cluster.client())
        for n in range(3):
            self.feeder.feed("topic-%d" % n, range(3), 3, 0.5)
        self.feeder.start()
        self.actors = [Actor(self.cluster.client(), group, topic, protocol="consumer" if n == 4 else "classic")
                       for n, (group, topic) in enumerate(STEADY)]
        for actor in self.actors:
            actor.start()
        until(60, lambda: all(actor.commits > 5 for actor in self.actors), "commits of all groups")
        client = self.cluster.client()
        self.streams = [Beat(guard, client, "-d", "1", "--source", "admin", title="admin"),
                        Beat(guard, client, "-d", "1", "--rules", "burrow", title="log, burrow")]
        sanitized = os.environ["KAFKATOP"]
        os.environ["KAFKATOP"] = os.environ.get("KAFKATOP_PLAIN") or sanitized
        self.streams += [Beat(guard, client, "-d", "1", title="plain log"),
                         Beat(guard, client, "-d", "1", "--source", "admin", title="plain admin")]
        os.environ["KAFKATOP"] = sanitized
        self.screen = Screen(guard, client)
        self.sizes = {one.title: [] for one in self.streams + [self.screen]}
        self.churn = Churning(guard, client)
        self.outages = 0

    def watch(self):
        """Everything comes and goes; memory is sampled."""
        began = time.monotonic()
        ends = began + 60 * minutes()
        outage = began + 60 * minutes() / 8
        sample = began
        while time.monotonic() < ends:
            time.sleep(0.5)  # the rhythm of the sampling and of the typing
            self.screen.type()
            for one in self.streams + [self.screen]:
                expect(one.child.poll() is None, "%s ended by itself with %s: %s", one.title, one.child.poll(),
                       self.told())
            if time.monotonic() >= sample:
                sample += SAMPLE
                for one in self.streams + [self.screen]:
                    self.sizes[one.title].append(resident(one.child.pid))
            if time.monotonic() >= outage:
                outage += 60 * minutes() / 4
                self.outages += 1
                self.churn.stop()
                self.cluster.kill()
                self.cluster.restart()
                self.churn.start()
            self.churn.tend()
        self.churn.close()
        note("%d throw-away groups were made, the broker was killed %d times, their maker fell %d times" % (
            self.churn.made, self.outages, self.churn.fallen))

    def told(self):
        text = ""
        for name in glob.glob(self.reports + "*"):
            with open(name, encoding="utf-8", errors="replace") as file:
                text += file.read()
        return text

    def close(self):
        for stream in self.streams:
            stream.end()
        self.guard_screen()
        self.feeder.close()
        for actor in self.actors:
            actor.ending.set()
        for actor in self.actors:
            actor.close()
        self.cluster.close()

    def guard_screen(self):
        if self.screen.child.poll() is None:
            self.screen.end()


def resident(pid):
    with open("/proc/%d/statm" % pid, encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def everything_comes_and_goes(soak):
    soak.watch()
    expect(soak.churn.made > 60 * minutes(), "only %d throw-away groups were made", soak.churn.made)


def memory_is_flat(soak):
    grown = []
    for title, sizes in soak.sizes.items():
        quarter = len(sizes) // 4
        expect(quarter, "%s: too few samples", title)
        before = statistics.median(sizes[2 * quarter:3 * quarter])
        after = statistics.median(sizes[3 * quarter:])
        note("%s: MiB %s" % (title, " ".join("%.1f" % (one / 2**20) for one in sizes[::max(1, len(sizes) // 20)])))
        if after > max(before * MOST_GROWTH[title.startswith("plain")], before + MOST_BYTES):
            grown.append("%s: %.1f MiB, then %.1f" % (title, before / 2**20, after / 2**20))
    expect(not grown, "%s", "; ".join(grown))


def nothing_is_lost(soak):
    """When all stand still, each document equals what another client says, and none was late."""
    soak.feeder.holding = True
    for actor in soak.actors:
        actor.mode = "hold"
    until(60, lambda: soak.feeder.held and all(one.held for one in soak.actors), "everybody to stand still")

    def wrong_of(stream):
        before = Truth(soak.admin)
        document = stream.fresh(60)
        members = not stream.title.endswith("admin")  # the client library cannot tell those of the new protocol
        return differences(before, document, members) if before.still(Truth(soak.admin)) else ["it moves"]
    for stream in soak.streams:
        until(90, lambda: not wrong_of(stream), lambda: "%s: %s" % (stream.title, "\n".join(wrong_of(stream)[:20])))
        expect(stream.gap < LONGEST_GAP, "%s: %.0f s without a document", stream.title, stream.gap)
        expect(not stream.failure, "%s", stream.failure)


def ends_well(soak):
    expect(soak.screen.drawn > 1000, "the screen drew %d bytes", soak.screen.drawn)
    status = soak.screen.end()
    expect(status == 0, "the screen ended with %s", status)
    for stream in soak.streams:
        status = stream.end()
        expect(status in (-signal.SIGTERM, 143), "%s ended with %s", stream.title, status)


def no_report(soak):
    text = soak.told()
    expect(not text, "%s", text[:20000])


def run_all(guard):
    soak = Soak(guard)
    try:
        test("soak: groups and topics come and go, the broker too", everything_comes_and_goes, soak)
        test("soak: memory is flat", memory_is_flat, soak)
        test("soak: nothing is lost", nothing_is_lost, soak)
        test("soak: ends when told", ends_well, soak)
        test("soak: no report of a sanitizer", no_report, soak)
    finally:
        soak.close()


if __name__ == "__main__":
    Churn(json.loads(sys.argv[1])).run()
