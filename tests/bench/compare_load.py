"""A broker with a load of one size, for as long as its measurements take."""

import contextlib
import json
import os
import signal
import subprocess
import sys

import broker
from compare_process import Broken
from compare_requests import Meters, java
from confluent_kafka import Consumer, TopicPartition
from tap import note

VERSION = "4.1.0"
COMMITS = 5  # of each row while the load is made: a million records at L
NAME = "consumer-group-"  # in the name of every group of the load
BEGINS = "team-"  # how they begin, where narrow columns cut them
TINY = ("--groups", "5", "--topics", "2", "--partitions", "4", "--group-topics", "2")


def loader():
    return [sys.executable, "-B", os.path.join(os.path.dirname(os.path.abspath(__file__)), "loader.py")]


class Load:
    """`groups`, `rows` and so on are what the loader told."""

    def __init__(self, guard, size):
        self.guard, self.size = guard, size
        port = broker.free_ports(1)[0]
        self.cluster = broker.Cluster(guard, VERSION, "bench-" + size, java=["-Xmx1g"] + java(port))
        self.meters = Meters(port, VERSION)

    def __enter__(self):
        self.cluster.start()
        self.bootstrap = self.cluster.bootstrap
        told = self.load("--commits", str(COMMITS), "--seconds", "0.1")
        self.groups, self.rows, self.group_rows = told["groups"], told["rows"], told["rows"] // told["groups"]
        self.topics, self.partitions, self.built_in = told["topics"], told["partitions"], told["built_in"]
        return self

    def __exit__(self, *_):
        self.cluster.close()

    def words(self, *more):
        shape = ("--size", "S", *TINY) if self.size == "tiny" else ("--size", self.size)
        return loader() + ["--bootstrap", self.cluster.bootstrap, *shape, *more]

    def load(self, *more):
        done = subprocess.run(self.words(*more), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
                              check=False)
        if done.returncode != 0:
            raise Broken("the loader ended with %d: %s" % (done.returncode, (done.stdout + done.stderr)[-500:]))
        return json.loads(done.stdout.splitlines()[0])

    @contextlib.contextmanager
    def live(self, commits, produced=0):
        """So many commits and messages a second meanwhile."""
        child = self.guard.start(self.words("--there", "--live", str(commits), "--produce", str(produced)),
                                 stdout=subprocess.PIPE, text=True)
        try:
            if not child.stdout.readline():
                raise Broken("the loader ended with %s" % child.wait(10))
            yield
            child.send_signal(signal.SIGTERM)
            said = child.stdout.read().splitlines()
            reached = json.loads(said[-1]).get("commits_a_second") if said else None
            if reached is not None and reached < 0.9 * commits:
                note("%s: the loader reached %.0f of %d commits a second" % (self.size, reached, commits))
        finally:
            self.guard.end(child, signal.SIGTERM)

    def records(self):
        """In the offsets topic: first to last offset, whether compacted or not."""
        consumer = Consumer(self.cluster.client(**{"group.id": "unused"}))
        try:
            topic = consumer.list_topics("__consumer_offsets", timeout=20).topics["__consumer_offsets"]
            edges = [consumer.get_watermark_offsets(TopicPartition("__consumer_offsets", p), timeout=20)
                     for p in topic.partitions]
            return sum(last - first for first, last in edges)
        finally:
            consumer.close()
