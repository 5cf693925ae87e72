"""Two clusters at once, with the same names and other numbers; one of them dies and comes back."""

import concurrent.futures
import os
import time

from broker import Cluster
from clients import Actor, Feeder
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import NewTopic
from kept import Consumer
from monitor import Run, Stream
from tap import expect, test, until

DELAY = 0.5  # seconds between refreshes
SPAN = 12  # seconds over which documents are counted
IDS = {"blue": "kafkatopTestsBlue00000", "green": "kafkatopTestsGreen0000"}
# What stands still in each: partitions, messages in each, offset committed in each.
STILL = {"blue": (3, 100, 40), "green": (1, 7, 7)}


class Pair:
    """Two brokers, a configuration file that names both, and a monitor on it."""

    def __init__(self, guard):
        self.clusters = {name: Cluster(guard, "4.1.0", "of-" + name, cluster_id=cluster_id)
                         for name, cluster_id in IDS.items()}
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(Cluster.start, self.clusters.values()))
        self.feeders = {name: Feeder(cluster.client()) for name, cluster in self.clusters.items()}
        for name, cluster in self.clusters.items():
            self.furnish(name, cluster)
        self.actor = Actor(self.clusters["green"].client(), "mover", "moving")
        self.actor.start()
        self.feeders["green"].feed("moving", [0], 5, 0.5)
        self.feeders["green"].start()
        self.config = os.path.join(guard.folder, "two.config")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("[kafkatop]\ndelay = %s\n" % DELAY)
            for name, cluster in self.clusters.items():
                file.write("[cluster %s]\nbrokers = %s\nclient.id = kafkatop; # %s\n" % (name, cluster.bootstrap, name))
        self.times = {name: [] for name in self.clusters}  # when each had something new
        self.mixed = []
        self.stream = Stream(guard, None, "-F", self.config, title="two clusters")
        self.stream.looks.append(self.look)

    def furnish(self, name, cluster):
        partitions, amount, committed = STILL[name]
        topics = [NewTopic("work", partitions, 1), NewTopic("moving", 1, 1)]
        admin = cluster.admin()
        for answer in admin.create_topics(topics, request_timeout=30).values():
            answer.result()
        self.feeders[name].put("work", range(partitions), amount)
        consumer = Consumer(cluster.client(**{"group.id": "worker"}))
        offsets = [TopicPartition("work", number, committed) for number in range(partitions)]
        until(60, lambda: has_committed(consumer, offsets), "a commit")
        consumer.close()

    def look(self, document):
        """Every document, also those while one of them dies."""
        for name, cluster in document.clusters.items():
            wrong = mixed(name, cluster)
            if wrong:
                self.mixed.append(wrong)
            if not self.times[name] or self.times[name][-1][1] != cluster["as_of"]:
                self.times[name].append((time.monotonic(), cluster["as_of"]))

    def run(self, *arguments):
        return Run("-F", self.config, *arguments)

    def close(self):
        self.stream.end()
        self.actor.close()
        for feeder in self.feeders.values():
            feeder.close()
        for cluster in self.clusters.values():
            cluster.close()


def has_committed(consumer, offsets):
    """The first commit makes the offsets topic, which takes its time."""
    try:
        return consumer.commit(offsets=offsets, asynchronous=False)
    except KafkaException:
        return None


def rows(cluster):
    return {one["partition"]: one for group in cluster["groups"] if group["name"] == "worker"
            for one in group["partitions"]}


def mixed(name, cluster):
    """What a cluster's row says that is not its own."""
    partitions, amount, committed = STILL[name]
    if cluster["cluster_id"] not in (None, IDS[name]):
        return "%s has the id %s" % (name, cluster["cluster_id"])
    for number, row in rows(cluster).items():
        seen = (row["committed"], row["log_end"])
        if number >= partitions or seen[0] not in (None, committed) or seen[1] not in (None, amount):
            return "%s: partition %d has %s" % (name, number, seen)
    return None


def complete(document):
    return all(cluster and not cluster["partial"] and len(rows(cluster)) == STILL[name][0]
               for name, cluster in ((name, document.clusters.get(name)) for name in STILL))


def both_at_once(pair):
    document = pair.run("--json").document()
    expect([cluster["name"] for cluster in document.whole["clusters"]] == ["blue", "green"], "%s",
           list(document.clusters))
    for name, (partitions, amount, committed) in STILL.items():
        cluster = document.clusters[name]
        expect(cluster["cluster_id"] == IDS[name], "%s: %s", name, cluster["cluster_id"])
        expect(cluster["bootstrap"] == pair.clusters[name].bootstrap, "%s: %s", name, cluster["bootstrap"])
        seen = [(row["committed"], row["log_end"], row["lag"]) for row in rows(cluster).values()]
        expect(seen == [(committed, amount, amount - committed)] * partitions, "%s: %s", name, seen)


def other_formats(pair):
    table = pair.run("--csv")
    lines = [line.split(",")[:4] for line in table.out.decode().splitlines()]
    seen = [line[0] for line in lines if line[1:3] == ["worker", "work"]]
    expect(table.status == 0 and seen == ["blue"] * 3 + ["green"], "%s", lines)
    text = pair.run("--once").out.decode()
    expect(text.count("kafkatop 20") == 2 and "cluster blue (" in text and "cluster green (" in text, "%s", text)


def one_of_them(pair):
    document = pair.run("-c", "green", "--json").document()
    expect(list(document.clusters) == ["green"], "%s", list(document.clusters))
    pair.run("-c", "gren", "--once").refused(64, "did you mean 'green'")


def drained(pair):
    """All of one cluster; not of both, where the other one lags."""
    done = pair.run("--wait-drained", "-c", "green", "-g", "^worker$", "--timeout", "30")
    expect(done.status == 0, "%d: %s", done.status, done.err)
    done = pair.run("--wait-drained", "-g", "^worker$", "--timeout", "5")
    expect(done.status == 1, "%d: %s", done.status, done.err)


def watched(pair):
    pair.stream.wait(60, complete, "both complete")


def told_between(pair, name, since, until_then):
    return len([when for when, _ in pair.times[name] if since <= when < until_then])


def rest(seconds):
    """Time that the monitor is watched for; nothing is waited for."""
    end = time.monotonic() + seconds
    until(seconds + 30, lambda: time.monotonic() >= end, "the time to pass")
    return end - seconds, end


def one_dies(pair):
    before = told_between(pair, "green", *rest(SPAN))
    pair.clusters["blue"].kill()
    killed = time.monotonic()
    after = told_between(pair, "green", *rest(SPAN))
    expect(after >= before * 0.6, "%d refreshes in %d s while both lived, %d while one was dead", before, SPAN, after)
    pair.stream.wait(60, lambda document: document.clusters["blue"]["partial"] and document.clusters["blue"]["problems"],
                     "blue partial, with a problem")
    document = pair.stream.fresh()
    green = document.clusters["green"]
    expect(not green["partial"] and not green["problems"], "green: %s", green["problems"])
    expect(document.whole["taken_at"] - green["as_of"] < 5000, "green is %d ms old",
           document.whole["taken_at"] - green["as_of"])
    gaps = [when for when, _ in pair.times["green"] if when >= killed]
    longest = max(later - earlier for earlier, later in zip(gaps, gaps[1:]))
    expect(longest < 8, "green stood still for %.1f s", longest)


def looked_at_while_one_is_dead(pair):
    done = pair.run("--json", "--timeout", "8")
    expect(done.status == 69 and "blue" in done.err, "%d: %s", done.status, done.err)
    expect(done.seconds < 20, "it took %.1f s", done.seconds)  # a closed port is given five of the eight
    document = done.document(69)
    expect(document.clusters["blue"]["partial"] and document.clusters["blue"]["problems"], "blue is whole")
    expect(not document.clusters["green"]["partial"] and len(rows(document.clusters["green"])) == 1, "green is not")
    expect(pair.run("--json", "--timeout", "8", "--exit-status").status == 3, "another exit status")
    done = pair.run("--json", "-c", "green", "--timeout", "8")
    expect(done.status == 0 and done.seconds < 7, "%d after %.1f s", done.status, done.seconds)


def it_comes_back(pair):
    pair.clusters["blue"].restart()
    pair.stream.wait(90, complete, "both complete")


def never_mixed(pair):
    expect(not pair.mixed, "%d documents: %s", len(pair.mixed), pair.mixed[:3])
    expect(pair.stream.count > 30, "only %d documents", pair.stream.count)


def run_all(guard):
    pair = Pair(guard)
    try:
        test("two clusters: both in one document", both_at_once, pair)
        test("two clusters: in a table and as text", other_formats, pair)
        test("two clusters: one of them by its name", one_of_them, pair)
        test("two clusters: drained is all of them", drained, pair)
        if test("two clusters: watched together", watched, pair):
            test("two clusters: one dies, the other goes on", one_dies, pair)
            test("two clusters: looked at while one is dead", looked_at_while_one_is_dead, pair)
            test("two clusters: it comes back", it_comes_back, pair)
            test("two clusters: no number was the other's", never_mixed, pair)
    finally:
        pair.close()
