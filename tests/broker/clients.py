"""Producers and consumers that behave as they are told.

An actor is one consumer with a thread of its own. It follows its topic, commits once in a while, and changes its
ways when its `mode` is changed:

    follow   reads what comes, commits what it has read; commits an unchanged position again, as Java's clients do
    repeat   reads nothing, and commits the same position again and again
    silent   reads nothing and commits nothing; heartbeats go on
    restless follows, but leaves the group every few seconds and joins it again
    hold     like silent, and acknowledged: the stage waits until every actor stands still

`python clients.py '<arguments in JSON>'` is one actor in a process that can be killed; it prints how often it has
committed after each commit.
"""

import json
import subprocess
import sys
import threading
import time

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from kept import Consumer, Producer

RESTLESS = 4  # seconds
MEANINGLESS = 1_000_000_000  # what the aborted transactions commit: nobody can mistake it for a true offset


class Actor(threading.Thread):
    """`speed`: messages a second, 0 = all there are. `session`: milliseconds. Members of one group are several
    actors."""

    def __init__(self, settings, group, topic, every=1.0, speed=0, protocol="classic", assign=None, output=None,
                 client_id=None, mode="follow", session=6000):
        super().__init__(name=group, daemon=True)
        own = {"group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest",
               "client.id": client_id or "client-of-" + group, "fetch.wait.max.ms": 100,
               "topic.metadata.refresh.interval.ms": 5000, "group.protocol": protocol}
        if protocol == "classic":
            own.update({"session.timeout.ms": session, "heartbeat.interval.ms": 1000,
                        "partition.assignment.strategy": "range"})
        self.consumer = Consumer(dict(settings, **own))
        self.producer = None
        if output:
            self.output = output
            self.producer = Producer(dict(settings, **{"transactional.id": group}))
        self.group, self.topic, self.every, self.speed, self.assign = group, topic, every, speed, assign
        self.mode = mode
        self.held = False
        self.commits = 0
        self.positions = {}
        self.history = {}  # every offset committed, in order
        self.orders = []  # functions to run in the actor's own thread
        self.ending = threading.Event()
        self.failure = None

    # ---- what the stage says ----

    def close(self):
        """Leaves the group as a well-behaved consumer does, without a last commit."""
        self.ending.set()
        if self.is_alive():
            self.join(20)

    def go_back(self, offset):
        """Commits this lower offset on every partition and goes on from there."""
        def move():
            for key in self.positions:
                self.positions[key] = offset
                self.consumer.seek(TopicPartition(*key, offset))
            self.commit()
        self.orders.append(move)

    # ---- its thread ----

    def run(self):
        try:
            self.perform()
        except Exception as failure:  # told to whoever waits for this actor
            self.failure = "%s: %r" % (self.group, failure)
        finally:
            self.consumer.close()

    def perform(self):
        if self.producer:
            self.producer.init_transactions(20)
        if self.assign is None:
            self.consumer.subscribe([self.topic], on_assign=self.assigned, on_revoke=self.revoked)
        else:
            self.consumer.assign([TopicPartition(self.topic, number, 0) for number in self.assign])
        self.reading = True
        next_commit = time.monotonic() + self.every
        next_read = next_leave = 0
        while not self.ending.is_set():
            while self.orders:
                self.orders.pop(0)()
            self.reads(self.mode in ("follow", "restless"))
            if self.mode == "restless" and time.monotonic() >= next_leave:
                next_leave = time.monotonic() + RESTLESS
                self.leave_and_join()
            self.held = self.mode == "hold"
            if self.reading and self.speed and time.monotonic() >= next_read:
                next_read = time.monotonic() + self.read(1) / self.speed
            elif not (self.reading and self.speed):
                self.read(100)
            else:
                time.sleep(0.02)  # its own slowness
            if time.monotonic() >= next_commit:
                next_commit = time.monotonic() + self.every
                if self.mode in ("follow", "repeat", "restless"):
                    self.commit()

    def leave_and_join(self):
        self.consumer.unsubscribe()
        self.positions.clear()
        self.consumer.subscribe([self.topic], on_assign=self.assigned, on_revoke=self.revoked)

    def reads(self, wanted):
        if wanted != self.reading:
            self.reading = wanted
            (self.consumer.resume if wanted else self.consumer.pause)(self.consumer.assignment())

    def read(self, most):
        messages = self.consumer.consume(most, 0.05)
        for message in messages:
            if message.error() is None:
                self.positions[(message.topic(), message.partition())] = message.offset() + 1
            elif message.error().code() != KafkaError._PARTITION_EOF and not message.error().retriable():
                if message.error().fatal():
                    raise KafkaException(message.error())
        return len(messages)

    def assigned(self, consumer, partitions):
        for one in consumer.committed(partitions, 10):
            if one.offset >= 0:
                self.positions[(one.topic, one.partition)] = one.offset

    def revoked(self, _, partitions):
        for one in partitions:
            self.positions.pop((one.topic, one.partition), None)

    def commit(self):
        offsets = [TopicPartition(*key, offset) for key, offset in self.positions.items()]
        if not offsets:
            return
        try:
            if self.producer:
                self.commit_transaction(offsets)
            else:
                self.consumer.commit(offsets=offsets, asynchronous=False)
            self.commits += 1
            for one in offsets:
                self.history.setdefault((one.topic, one.partition), []).append(one.offset)
        except KafkaException as refused:  # a rebalance, or a broker that is away: the next one will do
            if refused.args[0].fatal():
                raise
            if self.producer:
                self.give_up_transaction()

    def give_up_transaction(self):
        """One that was left open would hide all that others commit after it."""
        for _ in range(30):
            try:
                return self.producer.abort_transaction(5)
            except KafkaException as refused:
                if refused.args[0].fatal() or refused.args[0].code() == KafkaError._STATE:  # there is none
                    return None
        return None

    def commit_transaction(self, offsets):
        """One transaction that counts, and before every other one a transaction that must not."""
        if self.commits % 2:
            wrong = [TopicPartition(one.topic, one.partition, MEANINGLESS) for one in offsets]
            self.transact(wrong)
            self.producer.abort_transaction(20)
        self.transact(offsets)
        self.producer.commit_transaction(20)

    def transact(self, offsets):
        self.producer.begin_transaction()
        self.producer.produce(self.output, b"out")
        self.producer.send_offsets_to_transaction(offsets, self.consumer.consumer_group_metadata(), 20)


class Feeder(threading.Thread):
    """Writes bursts: `amount` messages into each partition of a topic every `every` seconds."""

    def __init__(self, settings):
        super().__init__(name="feeder", daemon=True)
        self.producer = Producer(dict(settings, **{"linger.ms": 5, "client.id": "feeder",
                                              "topic.metadata.refresh.interval.ms": 3000}))
        self.plans = {}
        self.lock = threading.Lock()
        self.ending = threading.Event()
        self.holding = False
        self.held = False
        self.failure = None

    def feed(self, topic, partitions, amount, every):
        with self.lock:
            self.plans[topic] = [partitions, amount, every, time.monotonic()]

    def stop(self, topic):
        """No more bursts into this topic; those written are with the broker."""
        with self.lock:
            self.plans.pop(topic, None)

    def put(self, topic, partitions, amount):
        """Writes at once, and returns when the broker has it."""
        for number in partitions:
            for _ in range(amount):
                self.producer.produce(topic, b"message", key=b"key", partition=number)
        if self.producer.flush(30):
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))

    def run(self):
        while not self.ending.wait(0.05):
            self.held = self.holding
            if not self.holding:
                self.feed_due()
            self.producer.poll(0)

    def feed_due(self):
        now = time.monotonic()
        with self.lock:
            due = [(topic, plan) for topic, plan in self.plans.items() if plan[3] <= now]
        for topic, plan in due:
            plan[3] = now + plan[2]
            for number in plan[0]:
                for _ in range(plan[1]):
                    self.produce(topic, number)
        if due:
            self.producer.flush(5)

    def produce(self, topic, number):
        try:
            self.producer.produce(topic, b"message", key=b"key", partition=number)
        except BufferError:  # the broker is away: what was not written was not written
            self.producer.poll(0.1)
        except KafkaException as refused:  # a partition, or a topic, that is new or gone
            if refused.args[0].code() not in (KafkaError._UNKNOWN_PARTITION, KafkaError._UNKNOWN_TOPIC):
                raise

    def close(self):
        self.ending.set()
        if self.is_alive():
            self.join(20)


class Doomed:
    """An actor in a process of its own, to be killed."""

    def __init__(self, guard, settings, group, topic, **arguments):
        words = json.dumps(dict(arguments, settings=settings, group=group, topic=topic))
        self.guard, self.group = guard, group
        self.child = guard.start([sys.executable, "-B", __file__, words], stdout=subprocess.PIPE)
        self.commits = 0
        self.failure = None
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.child.stdout:
            self.commits = int(line)

    def is_alive(self):
        return self.child.poll() is None

    def kill(self):
        self.guard.end(self.child)


def main():
    actor = Actor(**json.loads(sys.argv[1]))
    actor.start()
    told = 0
    while actor.is_alive():
        actor.join(0.1)
        if actor.commits != told:
            told = actor.commits
            print(told, flush=True)
    sys.exit(actor.failure)


if __name__ == "__main__":
    main()
