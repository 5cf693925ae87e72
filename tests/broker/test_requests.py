"""What goes over the wire and what is left behind: a capture of all requests, and the cluster before and after.

A proxy before the broker reads the head of each frame, logging in included; the broker's own log of requests
(kafka.request.logger) tells what they asked for.
"""

import json
import re
import time
from collections import Counter

from clients import Actor
from confluent_kafka import TopicPartition
from confluent_kafka.admin import (AclBinding, AclOperation, AclPermissionType, NewTopic, OffsetSpec,
                                   ResourcePatternType, ResourceType)
from kept import Consumer, Producer
from middleman import KINDS, Fronted
from monitor import Run, Stream, options
from situations import commit
from tap import expect, test, until

USERS = {"admin": "admin-secret", "reader": "reader-secret"}
OFFSETS = "__consumer_offsets"
ENOUGH = 14  # documents of each monitor
# What Kafka's protocol has for asking. Nothing that is not here may be sent, whatever --version says.
ASKING = {"Fetch", "ListOffsets", "Metadata", "OffsetFetch", "FindCoordinator", "DescribeGroups", "ListGroups",
          "SaslHandshake", "ApiVersions", "OffsetForLeaderEpoch", "DescribeConfigs", "SaslAuthenticate",
          "DescribeCluster", "ConsumerGroupDescribe", "DescribeTopicPartitions", "ShareGroupDescribe"}
# Sent by any version of the library in a run of both sources: a capture without them saw nothing.
CERTAIN = {"Fetch", "ListOffsets", "Metadata", "OffsetFetch", "FindCoordinator", "DescribeGroups", "ListGroups",
           "SaslHandshake", "ApiVersions", "DescribeConfigs", "SaslAuthenticate"}
COMPLETED = "kafka.request.logger - Completed request:"


# What one picture may cost a cluster of one broker, beside one question a group to its coordinator, found before. Log
# ends are asked by the hundreds of partitions, and again while a slow machine still waits for commits.
GROUPS, PARTITIONS = 20, 120
ONE_PICTURE = {"OffsetFetch": 2, "FindCoordinator": 12, "ListOffsets": 24, "ListGroups": 4, "DescribeGroups": 2,
               "Metadata": 24, "DescribeConfigs": 4, "Fetch": 24}


class Captured:
    """A broker that makes topics that are asked for, with a proxy before it; groups alive, kept and excluded."""

    def __init__(self, guard):
        self.guard = guard
        self.cluster = Fronted(guard, "4.1.0", "captured", users=USERS,
                               settings={"offsets.topic.num.partitions": 5, "auto.create.topics.enable": "true"},
                               java=["-Dorg.slf4j.simpleLogger.log.kafka.request.logger=debug"])
        self.wire = self.cluster.middlemen[1]
        self.cluster.start()
        self.admin = self.cluster.admin()
        self.topics("work", "doomed", "hung")
        allow = [AclBinding(kind, "*", ResourcePatternType.LITERAL, "User:reader", "*", AclOperation.ALL,
                            AclPermissionType.ALLOW) for kind in (ResourceType.TOPIC, ResourceType.GROUP)]
        for answer in self.admin.create_acls(allow, request_timeout=20).values():
            answer.result()
        self.producer = Producer(self.cluster.client(**{"transactional.id": "hanging"}))
        self.producer.init_transactions(20)
        self.producer.begin_transaction()  # and it stays open
        self.producer.produce("hung", b"never")
        self.producer.flush(20)
        for name in ("kept", "excluded-1", "excluded-2"):
            commit(self, name, "work", {0: 0})
        commit(self, "of-hung", "hung", {0: 0})
        self.actor = Actor(self.cluster.client(), "alive", "work")
        self.actor.start()
        until(30, lambda: self.actor.commits or self.feed(), "a commit of the group that is alive")
        self.mark = len(self.log())

    def topics(self, *names):
        for answer in self.admin.create_topics([NewTopic(name, 1, 1) for name in names], request_timeout=20).values():
            answer.result()

    def feed(self):
        self.producer_of_work = getattr(self, "producer_of_work", None) or Producer(self.cluster.client())
        self.producer_of_work.produce("work", b"message")
        self.producer_of_work.flush(20)

    def log(self):
        with open(self.cluster.path(1, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def requests(self, kind):
        """The bodies of all requests of a kind that kafkatop sent since the groups were set up."""
        bodies = []
        for line in self.log()[self.mark:].splitlines():
            if COMPLETED not in line:
                continue
            told = json.loads(line.partition(COMPLETED)[2])
            head = told["requestHeader"]
            if head.get("clientId") == "kafkatop" and head["requestApiKeyName"] == kind:
                bodies.append(json.dumps(told["request"]))
        return bodies

    def names(self):
        return set(self.admin.list_topics(timeout=10).topics)

    def groups(self):
        return {one.group_id for one in self.admin.list_consumer_groups(request_timeout=20).result().valid}

    def members(self):
        told = self.admin.describe_consumer_groups(sorted(self.groups()), request_timeout=20)
        return {(name, one.client_id) for name, answer in told.items() for one in answer.result().members}

    def records(self):
        """Every record of the offsets topic: (kind of key, group), as many as there are."""
        consumer = Consumer(self.cluster.client(**{"group.id": "unused", "enable.auto.commit": False,
                                                   "enable.partition.eof": True}))
        found, open_parts = [], set(range(5))
        consumer.assign([TopicPartition(OFFSETS, number, 0) for number in open_parts])
        deadline = time.monotonic() + 30
        while open_parts and time.monotonic() < deadline:
            message = consumer.poll(1)
            if message and message.error():
                open_parts.discard(message.partition())
            elif message:
                key = message.key()
                length = int.from_bytes(key[2:4], "big")
                found.append((int.from_bytes(key[:2], "big"), key[4:4 + length].decode()))
        consumer.close()
        expect(not open_parts, "the offsets topic was not read to its end")
        return found

    def state(self):
        return self.names(), self.groups(), self.members(), {group for _, group in self.records()}

    def close(self):
        self.actor.close()
        self.cluster.close()


def has_ends(captured, topic, partitions):
    latest = {TopicPartition(topic, number): OffsetSpec.latest() for number in range(partitions)}
    return not any(one.exception(20) for one in captured.admin.list_offsets(latest, request_timeout=20).values())


def asks_little(captured):
    """One picture, by either source: no kind of request is sent for each partition, and two at most for each group."""
    captured.admin.create_topics([NewTopic("wide", PARTITIONS, 1)], request_timeout=20)["wide"].result()
    until(60, lambda: has_ends(captured, "wide", PARTITIONS), "all partitions are led")
    for number in range(GROUPS):
        commit(captured, "of-wide-%d" % number, "wide", {0: 0})
    groups = len(captured.groups())
    for source in ("admin", "log"):
        captured.wire.forget()
        run = Run(*options(captured.cluster.watched("reader")), "-G", "^excluded-", "--once", "--json",
                  "--source", source)
        expect(run.status == 0, "%s: %d %s", source, run.status, run.err)
        sent = Counter(one.kind for one in captured.wire.requests)
        for kind, most in ONE_PICTURE.items():
            each = groups if source == "admin" and kind in ("OffsetFetch", "FindCoordinator") else 0
            expect(sent[kind] <= most + each, "%s: %d requests of kind %s for %d groups, %d partitions", source,
                   sent[kind], kind, groups, PARTITIONS)


def runs_all(captured):
    """Every source and feature, long enough; a topic goes away under their eyes."""
    client = captured.cluster.watched("reader")
    common = ("-d", "0.5", "-G", "^excluded-")
    monitors = [Stream(captured.guard, client, *common, "--records", "exact"),
                Stream(captured.guard, client, *common, "--source", "admin"),
                Stream(captured.guard, client, *common, "--source", "log", "-t", "^(work|no-such-topic)$", "-g", "^al")]
    try:
        for one in monitors:
            one.wait(60, lambda _, one=one: one.count >= ENOUGH // 2, "some documents")
        captured.feed()
        captured.admin.delete_topics(["doomed"], request_timeout=20)["doomed"].result()
        for one in monitors:
            one.wait(60, lambda _, one=one: one.count >= ENOUGH, "more documents")
        expect(monitors[0].latest.cluster["source"] == "log", "source %s", monitors[0].latest.cluster["source"])
        expect("kept" in monitors[1].latest.groups, "groups %s", list(monitors[1].latest.groups))
        until(30, lambda: "doomed" not in captured.names(), "the topic is gone")
    finally:
        for one in monitors:
            one.end()
    for more in (("--once",), ("--doctor",)):
        run = Run(*options(client), "-G", "^excluded-", *more)
        expect(run.status == 0, "%s: %d %s %s", more, run.status, run.out, run.err)


def told_by_version():
    """{name: number} of the kinds that --version lists."""
    lines = Run("--version").out.decode().splitlines()
    return {name: int(key) for name, key in re.findall(r"^  (\w+) +(\d+)  ", "\n".join(lines), re.MULTILINE)}


def only_asks(captured):
    seen = {kind for kind, _ in captured.wire.kinds()}
    told = told_by_version()
    numbers = {name: key for key, name in KINDS.items()}
    expect(all(numbers.get(name) == key for name, key in told.items()), "not the protocol's numbers: %s", told)
    expect(seen <= ASKING, "sent %s", sorted(seen - ASKING))
    expect(seen <= set(told), "sent, and not told by --version: %s", sorted(seen - set(told)))
    expect(set(told) <= ASKING, "told by --version: %s", sorted(set(told) - ASKING))
    expect(CERTAIN <= seen, "the capture lacks %s", sorted(CERTAIN - seen))


def spares_the_excluded(captured):
    """Nobody asks for the offsets of groups that are excluded, nor looks for their coordinator."""
    fetched, found = captured.requests("OFFSET_FETCH"), captured.requests("FIND_COORDINATOR")
    expect(any('"kept"' in one for one in fetched), "no request for the offsets of a group that is shown: %s", fetched[:3])
    wrong = [one for one in fetched + found if "excluded-" in one]
    expect(not wrong, "%d requests, the first %s", len(wrong), wrong[:1])


def makes_no_topic(captured, before):
    after = captured.names()
    expect(after == before - {"doomed"}, "topics %s in place of %s", sorted(after), sorted(before - {"doomed"}))
    wrong = [one for one in captured.requests("METADATA") if '"allowAutoTopicCreation":true' in one.replace(" ", "")
             and '"topics":[{' in one.replace(" ", "")]
    expect(not wrong, "metadata of a topic, and it may be made: %s", wrong[:1])


def leaves_nothing(captured, before, after):
    _, groups, members, written = before
    expect(after[1] == groups, "groups %s in place of %s", sorted(after[1]), sorted(groups))
    expect({one for one in after[2]} == members, "members %s in place of %s", sorted(after[2]), sorted(members))
    expect(after[3] == written, "records of %s in place of %s", sorted(after[3]), sorted(written))


def run_all(guard):
    captured = Captured(guard)
    try:
        test("requests: a picture costs a question a group at most, and none a partition", asks_little, captured)
        before = captured.state()
        captured.wire.forget()
        test("requests: every source and feature runs", runs_all, captured)
        after = captured.state()
        test("requests: the wire carries only kinds that ask, all of them told by --version", only_asks, captured)
        test("requests: excluded groups cause no question for offsets", spares_the_excluded, captured)
        test("requests: no topic is made, not even one that was deleted, where brokers make what is asked for",
             makes_no_topic, captured, before[0])
        test("requests: no group, no member, no record in the offsets topic is ours", leaves_nothing, captured, before,
             after)
    finally:
        captured.close()
