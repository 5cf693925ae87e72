"""Single records: whether anything is left to read, and how old the next record is."""

import threading
import time

from broker import Cluster
from clients import Actor
from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka import TIMESTAMP_CREATE_TIME, TIMESTAMP_LOG_APPEND_TIME
from confluent_kafka.admin import (AclBinding, AclOperation, AclPermissionType, NewTopic, ResourcePatternType,
                                   ResourceType)
from kept import Consumer, Producer
from monitor import Stream, once
from situations import commit
from tap import expect, test, until

HOUR = 3600 * 1000
USERS = {"admin": "admin-secret", "reader": "reader-secret"}
RIGHTS = (
    ("__consumer_offsets", AclOperation.READ),
    ("open-to-all", AclOperation.READ),
    ("*", AclOperation.DESCRIBE),
)



def now_ms():
    return int(time.time() * 1000)


class Stuck(threading.Thread):
    """A member that holds its partition, reads nothing and commits one offset again and again, until `reading`."""

    def __init__(self, settings, group, topic, offset):
        super().__init__(name=group, daemon=True)
        self.consumer = Consumer(dict(settings, **{
            "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "error",
            "session.timeout.ms": 6000, "heartbeat.interval.ms": 1000}))
        self.topic, self.offset = topic, offset
        self.commits = 0
        self.ending = threading.Event()

    def run(self):
        self.consumer.subscribe([self.topic], on_assign=lambda consumer, parts: consumer.pause(parts))
        while not self.ending.wait(0.5):
            self.consumer.poll(0.1)
            try:
                self.consumer.commit(offsets=[TopicPartition(self.topic, 0, self.offset)], asynchronous=False)
                self.commits += 1
            except KafkaException:
                pass  # not assigned yet
        self.consumer.close()

    def close(self):
        self.ending.set()
        self.join(20)


class Bench:
    """A cluster, and topics whose ends and timestamps are odd; each read by a group of the same name."""

    def __init__(self, guard, version, users=None, nodes=1):
        self.version, self.groups, self.actors = version, [], []
        name = "records-%s-%d-%s" % (version, nodes, "users" if users else "plain")
        self.cluster = Cluster(guard, version, name, users=users, nodes=nodes,
                               settings={"offsets.topic.num.partitions": 5,
                                         "offsets.topic.replication.factor": nodes}).start()
        self.admin = self.cluster.admin()

    def topic(self, name, **config):
        made = self.admin.create_topics([NewTopic(name, 1, 1, config=config)], request_timeout=20)
        made[name].result()

    def producer(self, **more):
        return Producer(self.cluster.client(**dict({"linger.ms": 1}, **more)))

    def write(self, topic, count, timestamp=0, key=None):
        producer = self.producer()
        for _ in range(count):
            producer.produce(topic, b"message", key=key, partition=0, timestamp=timestamp)
        expect(producer.flush(20) == 0, "records for %s were not taken", topic)

    def transact(self, topic, count, how):
        """Writes in a transaction, and ends it as `how` says; "open": leaves it."""
        producer = self.producer(**{"transactional.id": "%s-%s" % (topic, how), "transaction.timeout.ms": 600000})
        producer.init_transactions(30)
        producer.begin_transaction()
        for _ in range(count):
            producer.produce(topic, b"message", partition=0)
        producer.flush(20)
        if how == "commit":
            producer.commit_transaction(30)
        elif how == "abort":
            producer.abort_transaction(30)
        return producer

    def place(self, group, topic, offset):
        commit(self, group, topic, {0: offset})
        self.groups.append(group)

    def stuck(self, group, topic, offset):
        self.groups.append(group)
        actor = Stuck(self.cluster.client(), group, topic, offset)
        self.actors.append(actor)
        actor.start()
        until(30, lambda: actor.commits > 1, "a commit of %s" % group)

    def truth(self, topic, offset):
        """(offset, timestamp, type) of the record that a client gets from there, or None up to the end."""
        consumer = Consumer(self.cluster.client(**{
            "group.id": "truth", "enable.auto.commit": False, "auto.offset.reset": "error",
            "isolation.level": "read_committed", "enable.partition.eof": True}))
        consumer.assign([TopicPartition(topic, 0, offset)])
        try:
            message = until(20, lambda: consumer.poll(1), "a record of %s" % topic)
            if message.error():
                if message.error().code() == KafkaError._PARTITION_EOF:
                    return None
                raise KafkaException(message.error())
            kind, stamp = message.timestamp()
            return message.offset(), stamp, kind
        finally:
            consumer.close()

    def close(self):
        for actor in self.actors:
            actor.close()
        self.cluster.close()


def set_up(bench):
    bench.topic("marked")
    bench.transact("marked", 5, "commit")  # 0 to 4, the marker at 5
    bench.place("marked", "marked", 5)
    bench.topic("aborted")
    bench.write("aborted", 10)
    bench.transact("aborted", 20, "abort")  # 10 to 29, the marker at 30
    bench.place("aborted", "aborted", 10)
    bench.topic("between")
    bench.write("between", 10)
    bench.transact("between", 20, "abort")
    bench.write("between", 5, timestamp=now_ms() - 2 * HOUR)  # from 31 on
    bench.place("between", "between", 15)
    bench.topic("hanging")
    bench.write("hanging", 10)
    bench.hanging = bench.transact("hanging", 2, "open")  # from 10 on
    bench.place("hanging", "hanging", 10)
    bench.topic("pill")
    bench.write("pill", 10)
    bench.stuck("left", "pill", 9)
    bench.actors.pop().close()  # a group that had a member once
    bench.stuck("pill", "pill", 9)
    bench.topic("hour")
    bench.write("hour", 10, timestamp=now_ms() - HOUR)
    bench.place("hour", "hour", 3)
    bench.topic("append", **{"message.timestamp.type": "LogAppendTime"})
    bench.write("append", 10, timestamp=now_ms() - HOUR)
    bench.place("append", "append", 3)
    bench.topic("future")
    bench.write("future", 10, timestamp=now_ms() + 600000)
    bench.place("future", "future", 3)


def row_of(document, group, topic=None):
    return document.partitions(group)[topic or group, 0]


def brief(row):
    return {key: row[key] for key in ("status", "rule", "marks", "committed", "log_end", "time_lag_ms", "time_lag_tier",
                                      "time_lag_at_least", "record_clock", "record_error", "why")}


def is_proven_tail(document, group):
    row = row_of(document, group)
    return row["status"] == "OK" and row["rule"] == "tail" and row["marks"] == ["TAIL"] and row["time_lag_ms"] == 0


def nothing_left(bench, source, group):
    """Markers and aborted records at the end: OK at first sight, because somebody looked."""
    expect(bench.truth(group, {"marked": 5, "aborted": 10}[group]) is None, "the stage is not as it should be")
    document = once(bench.cluster.client(), "--source", source)
    expect(is_proven_tail(document, group), "%s", brief(row_of(document, group)))
    expect(document.group(group)["status"] == "OK", "%s", document.brief(group))


def nobody_may_look(bench):
    """--records none: the same group is not said to be well, and nothing is claimed of its end."""
    document = once(bench.cluster.client(), "--source", "log", "--records", "none")
    row = row_of(document, "aborted")
    expect(row["rule"] != "tail" and row["status"] != "OK" and row["record_error"] is None, "%s", brief(row))
    row = row_of(document, "hour")
    expect(row["time_lag_tier"] == "history" and row["time_lag_at_least"], "%s", brief(row))


def records_are_there(bench, stream):
    """A record that nobody reads is no tail, one before the end or not."""
    stream.wait(90, lambda document: document.worst("left") == "STOP", lambda document: document.brief("left"))
    row = row_of(stream.latest, "hanging")
    expect("TAIL" not in row["marks"] or "UNPROVEN" in row["marks"], "%s", brief(row))


def poison_pill(bench, stream):
    stream.wait(100, lambda document: document.worst("pill") == "STALL", lambda document: document.brief("pill"))


def stays_proven(bench, stream):
    """... and neither TAIL nor its proof comes and goes while a monitor runs."""
    seen = stream.words_since("marked", stream.began) | stream.words_since("aborted", stream.began)
    expect(seen <= {"OK", "unknown"} and stream.latest.worst("marked") == "OK", "said %s", seen)
    expect(is_proven_tail(stream.latest, "marked"), "%s", brief(row_of(stream.latest, "marked")))


def exact(bench, source, group, offset, kind):
    """The time lag is the age of the record that another client gets from the same place."""
    told = bench.truth(group, offset)
    expect(told is not None and told[2] == kind, "the stage is not as it should be: %s", told)
    row = row_of(once(bench.cluster.client(), "--source", source, "--records", "exact"), group)
    right = now_ms() - told[1]
    expect(row["time_lag_tier"] == "exact" and not row["time_lag_at_least"], "%s", brief(row))
    expect(abs(row["time_lag_ms"] - right) < 5000, "time lag %s, not %s", row["time_lag_ms"], right)
    clock = {TIMESTAMP_CREATE_TIME: "create", TIMESTAMP_LOG_APPEND_TIME: "append"}[kind]
    expect(row["record_clock"] == clock, "%s", brief(row))


def from_the_future(bench):
    row = row_of(once(bench.cluster.client(), "--source", "log", "--records", "exact"), "future")
    expect("CLOCK" in row["marks"] and row["time_lag_tier"] == "history" and row["time_lag_ms"] >= 0, "%s", brief(row))


def moving(bench):
    """Exact also for a consumer that goes on: asked at each refresh, told with what it belongs to."""
    bench.topic("moving")
    bench.write("moving", 2000, timestamp=now_ms() - HOUR)
    bench.groups.append("moving")
    bench.actors.append(Actor(bench.cluster.client(), "moving", "moving", every=3.0, speed=20))
    bench.actors[-1].start()
    stream = Stream(bench.guard, bench.cluster.client(), "--source", "log", "--records", "exact", "-d", "1", "-g",
                    "^moving$", title="exact")
    offsets = set()

    def look(document):
        row = document.partitions("moving").get(("moving", 0))
        if row and row["time_lag_tier"] == "exact" and abs(row["time_lag_ms"] - HOUR) < 120000:
            offsets.add(row["committed"])
        return len(offsets) >= 3
    stream.wait(60, look, lambda document: "three exact ones among %s: %s" % (offsets, document.brief("moving")))
    stream.end()
    row = stream.latest.group("moving")
    expect(row["time_lag_ms"] is not None, "%s", stream.latest.brief("moving"))


def no_trace(bench):
    """Nothing appears as a group on the cluster, and no offset moves."""
    listed = {one.group_id for one in bench.admin.list_consumer_groups(request_timeout=20).result().valid}
    expect(listed <= set(bench.groups) | {"truth"}, "groups %s", sorted(listed - set(bench.groups)))


def plain_part(guard, version):
    bench = Bench(guard, version)
    bench.guard = guard
    try:
        set_up(bench)
        stream = Stream(guard, bench.cluster.client(), "--source", "log", "-d", "1", title="tails")
        for source in ("log", "admin"):
            for group in ("marked", "aborted"):
                test("records %s %s: nothing left to read in %s is OK at first sight" % (version, source, group),
                     nothing_left, bench, source, group)
        test("records %s: --records none looks at none" % version, nobody_may_look, bench)
        test("records %s: a record that is there is no tail" % version, records_are_there, bench, stream)
        for group, offset, kind in (("hour", 3, TIMESTAMP_CREATE_TIME), ("between", 15, TIMESTAMP_CREATE_TIME),
                                    ("append", 3, TIMESTAMP_LOG_APPEND_TIME)):
            test("records %s: the exact time lag of %s" % (version, group), exact, bench, "log", group, offset, kind)
        test("records %s: the exact time lag from source admin" % version, exact, bench, "admin", "hour", 3,
             TIMESTAMP_CREATE_TIME)
        test("records %s: a timestamp ahead of our clock is flagged" % version, from_the_future, bench)
        test("records %s: exact time lags of a consumer that moves" % version, moving, bench)
        if version == "4.1.0":
            test("records: a poison pill one before the end is STALL", poison_pill, bench, stream)
        test("records %s: tails stay proven" % version, stays_proven, bench, stream)
        test("records %s: no trace is left" % version, no_trace, bench)
        stream.end()
    finally:
        bench.close()


# ---- rights ----

def set_up_rights(bench):
    for topic in ("open-to-all", "closed"):
        bench.topic(topic)
        bench.transact(topic, 5, "commit")
        bench.stuck(topic, topic, 5)
    bench.topic("closed-and-old")
    bench.write("closed-and-old", 10, timestamp=now_ms() - HOUR)
    bench.place("closed-and-old", "closed-and-old", 3)
    bindings = [AclBinding(ResourceType.TOPIC, name, ResourcePatternType.LITERAL, "User:reader", "*", operation,
                           AclPermissionType.ALLOW) for name, operation in RIGHTS]
    bindings.append(AclBinding(ResourceType.GROUP, "*", ResourcePatternType.LITERAL, "User:reader", "*",
                               AclOperation.DESCRIBE, AclPermissionType.ALLOW))
    for answer in bench.admin.create_acls(bindings, request_timeout=20).values():
        answer.result()


def denied(bench, stream):
    """Without READ: UNPROVEN, no problem told, and what may be looked at is looked at."""
    def unproven(document):
        return {"TAIL", "UNPROVEN"} <= set(row_of(document, "closed")["marks"]) and \
            is_proven_tail(document, "open-to-all")
    document = stream.wait(90, unproven, lambda document: "%s\n%s" % (document.brief("closed"),
                                                                      document.brief("open-to-all")))
    row = row_of(document, "closed")
    expect(row["record_error"] == "TOPIC_AUTHORIZATION_FAILED" and row["status"] == "OK", "%s", brief(row))
    expect(document.problems() == [] and not document.cluster["partial"], "problems %s", document.problems())
    row = row_of(document, "closed-and-old")
    expect(row["time_lag_tier"] == "history" and row["time_lag_at_least"], "%s", brief(row))


def rights_part(guard):
    bench = Bench(guard, "4.1.0", users=USERS)
    try:
        set_up_rights(bench)
        stream = Stream(guard, bench.cluster.client("reader"), "--source", "log", "--records", "exact", "-d", "1",
                        title="denied")
        test("records: without READ a tail is UNPROVEN, and no noise is made", denied, bench, stream)
        stream.end()
    finally:
        bench.close()


# ---- a broker that hangs ----

def hangs(bench, stream):
    """One broker stands still: records of the others are looked at as before, and refreshes go on."""
    def exact_of(group):
        def look(document):
            row = document.partitions(group).get((group, 0))
            return row is not None and row["time_lag_tier"] == "exact" and row["committed"]
        return look
    for group in ("on-1", "on-3"):
        stream.wait(60, exact_of(group), lambda document: document.brief("on-1") + document.brief("on-3"))
    bench.cluster.freeze(3)
    try:
        seen, count, began = set(), stream.count, time.monotonic()

        def goes_on(document):
            if exact_of("on-1")(document):
                seen.add(row_of(document, "on-1")["committed"])
            return len(seen) >= 5
        stream.wait(90, goes_on, lambda document: "five places looked at, but %s: %s" % (seen, document.brief("on-1")))
        took = time.monotonic() - began
        expect(stream.count - count >= took / 5, "%d refreshes in %.0f s", stream.count - count, took)
        asked = time.monotonic()
        stream.end()
        expect(time.monotonic() - asked < 5, "it took %.1f s to end", time.monotonic() - asked)
    finally:
        bench.cluster.thaw(3)


def hanging_part(guard):
    bench = Bench(guard, "4.1.0", nodes=3)
    try:
        for node in (1, 3):
            name = "on-%d" % node
            made = bench.admin.create_topics([NewTopic(name, 1, replica_assignment=[[node]])], request_timeout=20)
            made[name].result()
            bench.write(name, 3000, timestamp=now_ms() - HOUR)
            bench.actors.append(Actor(bench.cluster.client(), name, name, every=2.0, speed=10))
            bench.actors[-1].start()
        stream = Stream(guard, bench.cluster.client(), "--source", "log", "--records", "exact", "-d", "1",
                        title="hanging")
        test("records: a broker that hangs delays no other", hangs, bench, stream)
    finally:
        bench.close()


def run_all(guard):
    plain_part(guard, "4.1.0")
    rights_part(guard)
    hanging_part(guard)
    plain_part(guard, "3.9.1")
