"""Three brokers of which one goes away: what it alone knew is marked, all else goes on."""

import os
import time

from broker import Cluster
from clients import Actor, Feeder
from confluent_kafka import KafkaException
from confluent_kafka.admin import NewTopic
from monitor import Stream
from tap import expect, test, until
from truth import Truth, differences

TOPICS = {"alone-1": [[1]], "alone-2": [[2]], "alone-3": [[3]]}
SETTINGS = {"offsets.topic.replication.factor": 3, "offsets.topic.num.partitions": 6, "min.insync.replicas": 1}
MOST_WORK = 0.15  # of one processor, two documents a second included


class Three:
    """One topic and one group a broker."""

    def __init__(self, guard):
        self.cluster = Cluster(guard, "4.1.0", "three", nodes=3, settings=SETTINGS).start()
        self.admin = self.cluster.admin()
        wanted = [NewTopic(name, 1, replica_assignment=replicas) for name, replicas in TOPICS.items()]
        wanted.append(NewTopic("spread", 3, replica_assignment=[[1], [2], [3]]))
        for answer in self.admin.create_topics(wanted, request_timeout=20).values():
            answer.result()
        self.feeder = Feeder(self.cluster.client())
        for name in TOPICS:
            self.feeder.feed(name, (0,), 3, 0.7)
        self.feeder.feed("spread", (0, 1, 2), 3, 0.7)
        self.feeder.start()
        self.actors = [Actor(self.cluster.client(), "reader-of-" + name, name) for name in TOPICS]
        self.actors.append(Actor(self.cluster.client(), "reader-of-spread", "spread"))
        for actor in self.actors:
            actor.start()
        until(60, lambda: all(actor.commits > 5 for actor in self.actors), "commits of all groups")
        self.stream = Stream(guard, self.cluster.client(), "-d", "0.5", title="auto")
        self.dead = None

    def close(self):
        self.stream.end()
        self.feeder.close()
        for actor in self.actors:
            actor.ending.set()
        for actor in self.actors:
            actor.close()
        self.cluster.close()

    def living(self):
        return [number for number in (1, 2, 3) if number != self.dead]


def all_well(three):
    document = three.stream.wait(
        60, lambda document: all(document.worst("reader-of-" + name) == "OK" for name in TOPICS),
        lambda document: "\n".join(document.brief("reader-of-" + name) for name in TOPICS))
    expect(len(document.cluster["brokers"]) == 3, "brokers %s", document.cluster["brokers"])


def one_dies(three):
    """Any of them: which one is the controller, KRaft tells nobody."""
    three.dead = 3
    seen = {actor.group: actor.commits for actor in three.actors}
    three.cluster.kill(three.dead)
    until(60, lambda: all(actor.commits > seen[actor.group] + 5 for actor in three.actors
                          if actor.topic != "alone-%d" % three.dead), "commits of the others")

    def told(document):
        lost = document.partitions("reader-of-alone-%d" % three.dead).get(("alone-%d" % three.dead, 0))
        return document.problems() and lost and "STALE" in lost["marks"] and all(well(document, n)
                                                                               for n in three.living())
    three.stream.wait(60, told, lambda document: "STALE there, OK elsewhere:\n%s\n%s" % (
        document.problems(), "\n".join(document.brief("reader-of-" + name) for name in TOPICS)))


def well(document, number):
    row = document.partitions("reader-of-alone-%d" % number).get(("alone-%d" % number, 0))
    return row and row["status"] == "OK" and "STALE" not in row["marks"]


def one_partition_of_three(three):
    """A partition without a leader harms neither its neighbours nor the sum, which says that a part is missing."""
    def told(document):
        rows = document.partitions("reader-of-spread")
        stale = [number for (_, number), row in rows.items() if "STALE" in row["marks"]]
        return stale == [three.dead - 1] and document.group("reader-of-spread")["total_partial"] and all(
            row["status"] == "OK" for (_, number), row in rows.items() if number != three.dead - 1)
    document = three.stream.wait(60, told, lambda document: document.brief("reader-of-spread"))
    expect(document.group("reader-of-spread")["total_lag"] is not None, "no total at all")
    topic = next(one for one in document.cluster["topics"] if one["name"] == "spread")
    expect(topic["offline"] == 1, "%d partitions are offline", topic["offline"])
    expect(topic["partitions"][three.dead - 1]["leader"] is None, "%s", topic["partitions"])
    expect(any(event["kind"] == "leader" and event["topic"] == "spread" and event["partition"] == three.dead - 1
               for event in three.stream.events), "no event of the leader")


def the_others_go_on(three):
    """Their log ends are asked all the time."""
    def asked(document):
        return [document.partitions("reader-of-alone-%d" % n)[("alone-%d" % n, 0)]["as_of"] for n in three.living()]
    before = asked(three.stream.latest)
    three.stream.wait(30, lambda document: all(after > then + 3000 for after, then in zip(asked(document), before)),
                      lambda document: "as_of goes on: %s then %s" % (before, asked(document)))
    for number in three.living():
        words = three.stream.words_since("reader-of-alone-%d" % number, 0)
        expect(words <= {"OK", "unknown"}, "%s", three.stream.story("reader-of-alone-%d" % number))


def does_not_spin(three):
    """Waiting for a broker that is away costs next to nothing."""
    def used():
        with open("/proc/%d/stat" % three.stream.child.pid, encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    began, before, count = time.monotonic(), used(), three.stream.count
    three.stream.wait(60, lambda _: three.stream.count >= count + 20, "20 documents")
    share = (used() - before) / (time.monotonic() - began)
    expect(share < MOST_WORK, "it uses %.0f %% of a processor", 100 * share)


def it_returns(three):
    three.cluster.restart(three.dead)
    three.stream.wait(60, lambda document: not document.cluster["partial"] and all(well(document, n) for n in (1, 2, 3)),
                      lambda document: "all well:\n%s" % "\n".join(document.brief("reader-of-" + name)
                                                                   for name in TOPICS))


def right_at_the_end(three):
    three.feeder.holding = True
    for actor in three.actors:
        actor.mode = "hold"
    until(20, lambda: three.feeder.held and all(actor.held for actor in three.actors), "everybody to stand still")

    def equal():
        try:
            before = Truth(three.admin)
            document = three.stream.fresh()
            return before.still(Truth(three.admin)) and not differences(before, document)
        except KafkaException:
            return False
    until(40, equal, lambda: "\n".join(differences(Truth(three.admin), three.stream.fresh())))


def run_all(guard):
    three = Three(guard)
    try:
        test("three brokers: all groups are OK", all_well, three)
        if test("three brokers: one killed, its partitions are marked", one_dies, three):
            test("three brokers: one killed, one partition of a topic is left out", one_partition_of_three, three)
            test("three brokers: one killed, all else goes on", the_others_go_on, three)
            if os.path.exists("/proc/self/stat"):
                test("three brokers: one killed, the monitor does not spin", does_not_spin, three)
            test("three brokers: it returns, and all is well", it_returns, three)
            test("three brokers: numbers equal the truth", right_at_the_end, three)
    finally:
        three.close()
