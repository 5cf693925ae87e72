"""One broker with every situation on it, or three that share them."""

import time

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import NewTopic

import situations
from broker import SETTINGS, Cluster
from clients import Actor, Doomed, Feeder
from kept import Producer
from tap import Failure, expect, until
from truth import Truth

HISTORY = 13  # commits that everybody makes before the monitor comes
LONG_SILENT = 12  # seconds
# A broker that returns leads again what it led, and soon: so all is quiet afterwards.
BACK_TO_ORDER = {"leader.imbalance.check.interval.seconds": 3, "leader.imbalance.per.broker.percentage": 0}


class Stage:
    """Situations by name in `plays`; their actors in `actors`."""

    def __init__(self, guard, version, nodes=1):
        self.guard, self.nodes = guard, nodes
        self.version = version if nodes == 1 else "%s on %d brokers" % (version, nodes)
        self.modern = version >= "4"
        settings = {name: nodes for name in SETTINGS if name.endswith("replication.factor")}
        settings.update(BACK_TO_ORDER)
        self.cluster = Cluster(guard, version, "stage-%s-%d" % (version, nodes), nodes=nodes, settings=settings)
        self.settled = 0.0  # when the last broker came back
        self.plays = {one.name: one for one in situations.SITUATIONS if self.modern or not one.next_protocol}
        self.actors = {}
        self.acted = {}
        self.streams = {}
        self.feeder = None

    def start(self):
        self.cluster.start()
        self.admin = self.cluster.admin()
        self.feeder = Feeder(self.cluster.client())
        self.make_topics()
        for it in self.plays.values():
            if it.stock:
                self.feeder.put(it.topic, range(it.partitions), it.stock)
        self.feeder.put("named", [0], 3)
        self.prepare()
        for it in self.plays.values():
            self.cast(it)
            if it.feed:
                self.feeder.feed(it.topic, it.fed or range(it.partitions), *it.feed)
        self.feeder.start()
        self.make_history()
        return self

    def make_topics(self):
        wanted = [NewTopic(it.topic, it.partitions, self.nodes) for it in self.plays.values()]
        wanted += [NewTopic(name, 1, self.nodes) for name in ("output", "named")]
        until(60, lambda: all(self.is_made(answer) for answer in self.admin.create_topics(
            wanted, request_timeout=30).values()), "topics")

    @staticmethod
    def is_made(answer):
        """By this question or by one before: a broker that has just come may go once more."""
        try:
            answer.result()
        except KafkaException as refused:
            return refused.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS
        return True

    def prepare(self):
        """What is there before anyone reads. The first commit makes the offsets topic, which takes its time."""
        situations.commit(self, situations.HIDDEN, "named", {0: 1})
        for name in situations.HOSTILE:
            situations.commit(self, name, "named", {0: 3})
        for it in self.plays.values():
            if it.prepare:
                it.prepare(self, it)

    def put_in_transaction(self, topic, partitions, amount):
        producer = Producer(self.cluster.client(**{"transactional.id": "maker of " + topic}))
        producer.init_transactions(30)
        producer.begin_transaction()
        for number in partitions:
            for _ in range(amount):
                producer.produce(topic, b"message", partition=number)
        producer.commit_transaction(30)

    def cast(self, it):
        """Those who come join those who have been there."""
        self.actors.setdefault(it.name, [])
        for part in it.actors:
            part = dict(part)
            if part.pop("doomed", False):
                actor = Doomed(self.guard, self.cluster.client(), it.name, it.topic, **part)
            else:
                actor = Actor(self.cluster.client(), it.name, it.topic, **part)
                actor.start()
            self.actors[it.name].append(actor)

    def everybody(self):
        return [actor for group in self.actors.values() for actor in group]

    def make_history(self):
        """Groups commit for a while with no monitor about."""
        def enough():
            self.check_actors()
            return all(actor.commits >= (HISTORY if actor_every(actor) <= 2 else 3) for actor in self.everybody())
        until(90, enough, lambda: "%d commits by everybody: %s" % (
            HISTORY, {actor.group: actor.commits for actor in self.everybody()}))
        for it in self.plays.values():
            if it.early and "REWIND" not in it.at_first:
                it.early(self, it)
        silent_from = time.monotonic()
        until(60, lambda: time.monotonic() - silent_from > LONG_SILENT, "some silence")
        for it in self.plays.values():
            if it.early and "REWIND" in it.at_first:
                it.early(self, it)
                seen = self.actors[it.name][0].commits
                until(20, lambda: self.actors[it.name][0].commits > seen + 2, "commits after the rewind")

    def in_order(self):
        """Every broker has its copy of everything, and leads what it should."""
        topics = self.admin.list_topics(timeout=10).topics.values()
        return all(len(part.isrs) == self.nodes and part.leader == part.replicas[0]
                   for topic in topics for part in topic.partitions.values())

    def ask_anew(self):
        """The client that tells the truth would crash in its library when it asks a coordinator of before."""
        self.admin = self.cluster.admin()

    def check_actors(self):
        failures = [actor.failure for actor in self.everybody() if actor.failure]
        expect(not failures, "an actor fell: %s", failures)

    def act(self):
        """Under the monitor's eyes."""
        for it in self.plays.values():
            if it.act:
                it.act(self, it)
            self.acted[it.name] = time.monotonic()

    def still(self):
        """Everybody stands still, and heartbeats go on."""
        living = [actor for actor in self.everybody() if isinstance(actor, Actor) and actor.is_alive()]
        self.feeder.holding = True
        for actor in living:
            actor.mode = "hold"
        until(40, lambda: self.feeder.held and all(actor.held or not actor.is_alive() for actor in living),
              "everybody to stand still")

    def truth_beside(self, look):
        """The truth, and what look() gave while nothing moved; members may still come and go for a while."""
        for _ in range(6):
            before = Truth(self.admin)
            seen = look()
            after = Truth(self.admin)
            if before.still(after):
                return after, seen
        raise Failure("the groups do not stand still")

    def close(self):
        for stream in self.streams.values():
            stream.end()
        if self.feeder:
            self.feeder.close()
        for actor in self.everybody():
            actor.ending.set() if isinstance(actor, Actor) else actor.kill()
        for actor in self.everybody():
            if isinstance(actor, Actor):
                actor.close()
        self.cluster.close()


def actor_every(actor):
    return getattr(actor, "every", 1.0)
