"""Kinds of groups: classic in three ways, KIP-848, share, streams, without members. The truth is another client's."""

import contextlib
import os
import threading
import time

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import NewTopic

import fetch
from broker import JAVA, Cluster
from clients import Feeder
from kept import Consumer
from monitor import Run, Stream, options
from tap import Failure, expect, test, until

TOPICS = {"one": 3, "two": 3, "three": 5, "alone": 2, "in": 2, "out": 2}
NEWER = {"group.protocol": "consumer"}
CLASSIC = {"session.timeout.ms": 6000, "heartbeat.interval.ms": 500}
COOPERATIVE = dict(CLASSIC, **{"partition.assignment.strategy": "cooperative-sticky"})
EAGER = dict(CLASSIC, **{"partition.assignment.strategy": "range"})
EARLY_ACCESS = {  # share and streams groups
    "unstable.api.versions.enable": "true",
    "unstable.feature.versions.enable": "true",
    "group.coordinator.rebalance.protocols": "classic,consumer,share,streams",
}


class Reader(threading.Thread):
    """A member that reads and commits each second; `assign`: partitions in place of a subscription."""

    def __init__(self, settings, group, topics, name, assign=None, **more):
        super().__init__(name=name, daemon=True)
        own = {"group.id": group, "client.id": name, "auto.offset.reset": "earliest", "fetch.wait.max.ms": 100,
               "auto.commit.interval.ms": 1000, "topic.metadata.refresh.interval.ms": 1000}
        self.consumer = Consumer(dict(settings, **own, **more))
        self.group, self.topics, self.assign = group, topics, assign
        self.ending = threading.Event()
        self.start()

    def run(self):
        if self.assign:
            self.consumer.assign([TopicPartition(self.topics[0], number) for number in self.assign])
        else:
            self.consumer.subscribe(self.topics)
        while not self.ending.is_set():
            self.consumer.consume(200, 0.1)
        self.consumer.close()

    def leave(self):
        self.ending.set()
        self.join(20)


class Scene:
    """A broker, readers in groups, and two monitors."""

    def __init__(self, guard, version):
        self.guard, self.modern = guard, version >= "4"
        settings = dict({"offsets.topic.num.partitions": 10}, **(EARLY_ACCESS if self.modern else {}))
        self.cluster = Cluster(guard, version, "groups-" + version, settings=settings).start()
        self.admin = self.cluster.admin()
        self.make(TOPICS)
        self.feeder = Feeder(self.cluster.client())
        for topic, count in TOPICS.items():
            if topic not in ("out", "two"):  # one is written by others, one is deleted
                self.feeder.feed(topic, range(count), 2, 0.4)
        self.feeder.start()
        self.readers, self.children = [], []
        self.log = self.watch("log")
        self.asked = self.watch("admin")

    def make(self, topics):
        wanted = [NewTopic(name, count, 1) for name, count in topics.items()]
        for answer in self.admin.create_topics(wanted, request_timeout=30).values():
            answer.result()

    def watch(self, source):
        return Stream(self.guard, self.cluster.client(), "-d", "0.5", "--source", source, title=source)

    def read(self, group, topics, name, **more):
        reader = Reader(self.cluster.client(), group, topics, name, **more)
        self.readers.append(reader)
        return reader

    def java(self, *arguments, log):
        with open(self.cluster.path(1, log), "wb") as file:
            child = self.guard.start(JAVA + list(arguments), stdout=file, stderr=file)
        self.children.append(child)
        return child

    def close(self):
        for stream in (self.log, self.asked):
            stream.end()
        self.feeder.close()
        for child in self.children:
            self.guard.end(child)
        for reader in self.readers:
            reader.ending.set()
        for reader in self.readers:
            reader.join(20)
        self.cluster.close()


# ---- the truth, and what is compared with it ----

def describe(scene, group):
    """What the coordinator says; until it has found itself in its place, it is asked again."""
    def told():
        with contextlib.suppress(KafkaException):
            return scene.admin.describe_consumer_groups([group], request_timeout=20)[group].result()
        return None
    return until(30, told, "an answer about " + group)


def true_owners(described):
    return {(one.topic, one.partition): member.client_id
            for member in described.members for one in member.assignment.topic_partitions}


def told_owners(document, group):
    return {key: row["owner"]["client_id"] for key, row in document.partitions(group).items() if row["owner"]}


def brief(document, group):
    told = document.group(group)
    return "%s\nmembers %s\nowners %s" % (document.brief(group), told and told["members"],
                                          told and told_owners(document, group))


def settle(scene, stream, group, members, topics, seconds=60):
    """Waits until the truth has all partitions of the topics with so many members, and the monitor says the same."""
    wanted = {(topic, number) for topic in topics for number in range(TOPICS[topic])}
    seen = {}

    def same():
        before = describe(scene, group)
        document = stream.fresh()
        owners, told = true_owners(before), document.group(group)
        seen.update(document=document, owners=owners, state=before.state)
        settled = (before.state.name == "STABLE" and len(before.members) == members and set(owners) == wanted
                   and owners == true_owners(describe(scene, group)))
        right = (told and told["state"] == "Stable" and len(told["members"]) == members
                 and told_owners(document, group) == owners)
        return document if settled and right else None
    return until(seconds, same, lambda: "%s: owners as %s, %s: %s" % (stream.title, seen["owners"], seen["state"],
                                                                      brief(seen["document"], group)))


def never_wrong(stream, group, words=("OK", "unknown")):
    said = stream.words_since(group, 0)
    expect(said <= set(words), "%s was said: %s\n%s", group, stream.story(group),
           "\n".join(text for (name, word), text in stream.first_bad.items() if name == group and word not in words))


def both(scene):
    return (scene.log, scene.asked)


# ---- KIP-848 ----

def owners_of_newer(scene):
    """Owned by topic ids that no record names, and that librdkafka cannot resolve."""
    scene.read("single", ["alone"], "single-1", **NEWER)
    scene.read("triple", ["one", "two", "three"], "triple-1", **NEWER)
    scene.read("triple", ["one", "two", "three"], "triple-2", **NEWER)
    scene.read("pattern", ["^t[wh].*"], "pattern-1", **NEWER)
    settle(scene, scene.log, "single", 1, ["alone"])
    document = settle(scene, scene.log, "triple", 2, ["one", "two", "three"])
    group = document.group("triple")
    expect(group["type"] == "consumer", "type %s", group["type"])
    expect(all(one["epoch"] == group["generation"] and one["state"] == "settled" for one in group["members"]),
           "epochs: %s", brief(document, "triple"))
    expect(group["members"][0]["subscription"] == ["one", "three", "two"], "%s", group["members"][0]["subscription"])
    document = settle(scene, scene.log, "pattern", 1, ["two", "three"])
    expect(document.group("pattern")["members"][0]["subscription"] == ["three", "two"], "what the pattern matches: %s",
           document.group("pattern")["members"][0]["subscription"])


def newer_join_and_leave(scene):
    before = scene.log.fresh().group("triple")
    third = scene.read("triple", ["one", "two", "three"], "triple-3", **NEWER)
    settle(scene, scene.log, "triple", 3, ["one", "two", "three"])
    third.leave()
    after = settle(scene, scene.log, "triple", 2, ["one", "two", "three"]).group("triple")
    grew = after["generation"] - before["generation"]
    expect(grew >= 2, "epoch %s -> %s", before["generation"], after["generation"])
    expect(after["rebalances"] - before["rebalances"] == grew, "rebalances %s -> %s, epoch %s -> %s",
           before["rebalances"], after["rebalances"], before["generation"], after["generation"])
    events = [one for one in scene.log.events if one["kind"] == "rebalance" and one["group"] == "triple"]
    expect(events and events[-1]["to"] == after["generation"], "events %s", events)
    never_wrong(scene.log, "triple")


def topic_made_anew(scene):
    """Its id is another one, which looks like that of its neighbour."""
    before = scene.log.fresh().group("triple")["generation"]
    for answer in scene.admin.delete_topics(["two"], request_timeout=30).values():
        answer.result()

    def made():
        with contextlib.suppress(Exception):  # as long as it is being deleted
            scene.make({"two": TOPICS["two"]})
            return True
        return False
    until(30, made, "the topic again")
    scene.log.wait(90, lambda document: document.group("triple")["generation"] > before,
                   lambda document: "another epoch: %s" % brief(document, "triple"))
    settle(scene, scene.log, "triple", 2, ["one", "two", "three"])


def newer_static(scene):
    """A static member that comes back in time is the same member: nothing was rebalanced."""
    first = scene.read("static-next", ["one"], "first", **NEWER, **{"group.instance.id": "instance-1"})
    before = settle(scene, scene.log, "static-next", 1, ["one"]).group("static-next")
    expect(before["members"][0]["instance_id"] == "instance-1", "members %s", before["members"])
    first.leave()
    scene.read("static-next", ["one"], "second", **NEWER, **{"group.instance.id": "instance-1"})
    after = settle(scene, scene.log, "static-next", 1, ["one"]).group("static-next")
    expect(after["rebalances"] == before["rebalances"], "rebalances %s -> %s", before["rebalances"],
           after["rebalances"])
    never_wrong(scene.log, "static-next")


def asked_newer(scene):
    """The listing tells kind and state; owners stay unknown with an old library, and are right with a newer one."""
    document = scene.asked.wait(30, lambda document: document.group("triple") and document.partitions("triple"),
                                "the group with its offsets")
    group = document.group("triple")
    expect(group["type"] == "consumer" and group["state"] in ("Stable", None), "%s", brief(document, "triple"))
    if group["members_known"]:
        settle(scene, scene.asked, "triple", 2, ["one", "two", "three"])
    else:
        expect(not told_owners(document, "triple"), "%s", brief(document, "triple"))
    never_wrong(scene.asked, "triple", ("OK", "unknown"))


# ---- share and streams groups ----

def share(scene):
    path = scene.cluster.path(1, "share.properties")
    with open(path, "w", encoding="ascii") as file:
        file.write("client.id=sharer\n")
    scene.java("-cp", scene.cluster.classpath(), "org.apache.kafka.tools.consumer.ConsoleShareConsumer",
               "--bootstrap-server", scene.cluster.bootstrap, "--topic", "one", "--group", "shared",
               "--consumer-config", path, log="share.log")
    document = scene.log.wait(60, lambda document: (document.group("shared") or {}).get("members"),
                              lambda document: "a member: %s" % brief(document, "shared"))
    group = document.group("shared")
    expect((group["type"], group["status"], group["worst"]) == ("share", None, None), "%s", brief(document, "shared"))
    expect(group["total_lag"] is None and group["partitions"] == [], "lag %s, %s", group["total_lag"],
           group["partitions"])
    expect("share group" in group["why"], "why: %s", group["why"])
    member = group["members"][0]
    expect((member["client_id"], member["host"]) == ("sharer", "127.0.0.1"), "member %s", member)
    words = [*options(scene.cluster.client()), "--once", "--json", "--exit-status", "-g", "^shared$"]
    until(30, lambda: Run(*words).status == 0, "exit status 0: nothing is wrong with a share group")
    scene.guard.end(scene.children[-1], 15)
    scene.log.wait(60, lambda document: document.group("shared")["state"] == "Empty"
                   and not document.group("shared")["members"],
                   lambda document: "Empty: %s" % brief(document, "shared"))


def streams(scene):
    jars = "%s:%s" % (scene.cluster.classpath(), os.path.join(fetch.streams("4.1.0"), "*"))
    scene.java("-cp", jars, os.path.join(os.path.dirname(__file__), "Streams.java"), scene.cluster.bootstrap, "flow",
               "streamer", scene.cluster.path(1, "streams"), "in", "out", log="streams.log")

    def right(document):
        told = document.group("flow")
        return (told and (told["type"], told["state"], told["status"]) == ("streams", "Stable", "OK")
                and len(told_owners(document, "flow")) == 4)
    document = scene.log.wait(90, right, lambda document: "a streams group: %s" % brief(document, "flow"))
    member = document.group("flow")["members"][0]
    expect(member["client_id"].startswith("streamer-") and member["host"] == "127.0.0.1", "member %s", member)
    expect(member["partitions"] == 4, "member %s", member)  # of the topic, and of the one in the middle
    never_wrong(scene.log, "flow")


# ---- classic groups ----

def classic(scene, group, settings):
    """Members join and leave; owners are right in both ways, and nobody is blamed."""
    name = group + "-%d"
    scene.read(group, ["one", "three"], name % 1, **settings)
    settle(scene, scene.log, group, 1, ["one", "three"])
    second = scene.read(group, ["one", "three"], name % 2, **settings)
    settle(scene, scene.log, group, 2, ["one", "three"])
    settle(scene, scene.asked, group, 2, ["one", "three"])
    second.leave()
    document = settle(scene, scene.log, group, 1, ["one", "three"])
    expect(document.group(group)["type"] == "classic", "type %s", document.group(group)["type"])
    settle(scene, scene.asked, group, 1, ["one", "three"])
    for stream in both(scene):
        told = stream.fresh().group(group)
        expect(told["rebalances"] >= 2, "%s: %s rebalances", stream.title, told["rebalances"])
        never_wrong(stream, group)


def static(scene):
    own = dict(EAGER, **{"group.instance.id": "instance-1"})
    first = scene.read("static", ["one"], "first", **own)
    settle(scene, scene.log, "static", 1, ["one"])
    settle(scene, scene.asked, "static", 1, ["one"])
    scene.log.wait(30, lambda document: document.group("static")["members"][0]["instance_id"] == "instance-1",
                   lambda document: brief(document, "static"))
    before = [stream.fresh().group("static") for stream in both(scene)]
    member = describe(scene, "static").members[0].member_id
    first.leave()
    scene.read("static", ["one"], "second", **own)
    until(30, lambda: describe(scene, "static").members[0].member_id != member, "the member again")
    for stream, old in zip(both(scene), before):
        told = settle(scene, stream, "static", 1, ["one"]).group("static")
        expect(told["members"][0]["member_id"] != member, "%s: the old member", stream.title)
        expect(told["rebalances"] == old["rebalances"], "%s: rebalances %s -> %s", stream.title, old["rebalances"],
               told["rebalances"])
        never_wrong(stream, "static")


def deployed(scene):
    """All members go, others come: no outage."""
    members = [scene.read("deployed", ["one"], "old-%d" % number, **EAGER) for number in range(3)]
    settle(scene, scene.log, "deployed", 3, ["one"])
    for member in members:
        member.ending.set()
    for number in range(3):
        scene.read("deployed", ["one"], "new-%d" % number, **EAGER)
    for stream in both(scene):
        document = settle(scene, stream, "deployed", 3, ["one"])
        told = {one["client_id"] for one in document.group("deployed")["members"]}
        expect(told == {"new-0", "new-1", "new-2"}, "%s: members %s", stream.title, told)
        never_wrong(stream, "deployed")


def flapping(scene):
    scene.read("flapping", ["one"], "stays", **EAGER)
    settle(scene, scene.log, "flapping", 1, ["one"])
    for _ in range(3):
        second = scene.read("flapping", ["one"], "comes and goes", **EAGER)
        for stream in both(scene):
            settle(scene, stream, "flapping", 2, ["one"])
        second.leave()
        for stream in both(scene):
            settle(scene, stream, "flapping", 1, ["one"])
    for stream in both(scene):
        told = stream.fresh().group("flapping")
        expect(told["rebalances"] >= 5 and "FLAP" in told["marks"], "%s: %s rebalances, marks %s", stream.title,
               told["rebalances"], told["marks"])
        never_wrong(stream, "flapping")


def without_members(scene):
    """assign(): Empty, and not dead, for the offsets advance."""
    scene.read("simple", ["one"], "simple-1", assign=[0, 1, 2])
    for stream in both(scene):
        stream.wait(60, lambda document: document.worst("simple") == "OK",
                    lambda document: "OK: %s" % brief(document, "simple"))
        commits = stream.latest.partitions("simple")[("one", 0)]["committed"]
        document = stream.wait(60, lambda document: document.partitions("simple")[("one", 0)]["committed"] > commits,
                               "an advance")
        group = document.group("simple")
        expect((group["state"], group["members"]) == ("Empty", []), "%s", brief(document, "simple"))
        never_wrong(stream, "simple")


def gone(scene, group):
    """Members that went are gone; a deleted group is gone, and begins anew under its name."""
    mine = [reader for reader in scene.readers if reader.group == group]
    for reader in mine:
        reader.leave()
    for stream in both(scene):
        stream.wait(60, lambda document: document.group(group)["state"] == "Empty"
                    and document.group(group)["members"] == [] and not told_owners(document, group),
                    lambda document: "Empty: %s" % brief(document, group))
    scene.admin.delete_consumer_groups([group], request_timeout=20)[group].result()
    for stream in both(scene):
        stream.wait(60, lambda document: document.group(group) is None,
                    lambda document: "gone: %s" % brief(document, group))
        until(10, lambda: any(one["kind"] == "group" and one["group"] == group for one in stream.events),
              "an event: %s" % [one for one in stream.events if one["group"] == group])
    again = dict(NEWER) if group == "triple" else EAGER
    scene.read(group, ["one"], "again", **again)
    document = settle(scene, scene.log, group, 1, ["one"])
    told = document.group(group)
    expect(told["rebalances"] <= 2 and {key[0] for key in document.partitions(group)} == {"one"},
           "a history before its birth: %s", brief(document, group))


def run_version(guard, version):
    scene = Scene(guard, version)
    name = "groups of " + version + ": "
    try:
        if scene.modern:
            test(name + "KIP-848 owners are the coordinator's", owners_of_newer, scene)
            test(name + "KIP-848 members join and leave", newer_join_and_leave, scene)
            test(name + "KIP-848 static member restarts", newer_static, scene)
            test(name + "KIP-848 topic made anew has its owners again", topic_made_anew, scene)
            test(name + "KIP-848 by the admin source", asked_newer, scene)
            test(name + "share group has members and no verdict", share, scene)
            test(name + "streams group is judged, and has members", streams, scene)
        test(name + "eager members join and leave", classic, scene, "eager", EAGER)
        test(name + "cooperative members join and leave", classic, scene, "cooperative", COOPERATIVE)
        test(name + "static member restarts", static, scene)
        test(name + "deploy replaces all members", deployed, scene)
        test(name + "members come and go", flapping, scene)
        test(name + "without members", without_members, scene)
        test(name + "classic group is emptied, deleted, born again", gone, scene, "eager")
        if scene.modern:
            test(name + "KIP-848 group is emptied, deleted, born again", gone, scene, "triple")
        for stream in both(scene):
            if stream.failure:
                raise Failure(stream.failure)
    finally:
        scene.close()


def run_all(guard):
    for version in fetch.VERSIONS:
        began = time.monotonic()
        run_version(guard, version)
        print("# groups of %s: %.0f s" % (version, time.monotonic() - began), flush=True)
