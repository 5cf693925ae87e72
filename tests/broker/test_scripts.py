"""What scripts rely on: --wait-drained, --exit-status and --on-change on a real broker."""

import json
import os
import threading
import time

from broker import Cluster
from clients import Actor, Doomed, Feeder
from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import NewTopic
from monitor import Run, Stream, options
from situations import commit
from tap import expect, test, until

TOPICS = ("draining", "dead", "late", "watched")
HOLD = 20


class Scene:
    def __init__(self, guard):
        self.guard = guard
        self.cluster = Cluster(guard, "4.1.0", "scripts", settings={"offsets.topic.num.partitions": 5}).start()
        self.admin = self.cluster.admin()
        for answer in self.admin.create_topics([NewTopic(name, 2, 1) for name in TOPICS], request_timeout=20).values():
            answer.result()
        self.feeder = Feeder(self.cluster.client())
        for name in ("draining", "dead", "late"):
            self.feeder.put(name, [0, 1], 200)
        commit(self, "dead", "dead", {0: 10, 1: 200})
        self.actors = []

    def cast(self, group, **ways):
        actor = Actor(self.cluster.client(), group, "draining" if group == "draining" else group, **ways)
        self.actors.append(actor)
        actor.start()
        return actor

    def drained(self, group, topic):
        """By another client."""
        answer = self.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)], request_timeout=20)
        parts = answer[group].result().topic_partitions
        return sorted((one.topic, one.partition, one.offset) for one in parts) == [(topic, 0, 200), (topic, 1, 200)]

    def close(self):
        self.feeder.close()
        for actor in self.actors:
            actor.close() if isinstance(actor, Actor) else actor.kill()
        self.cluster.close()


def wait_for(scene, group, *arguments, source="log"):
    return Run(*options(scene.cluster.client()), "--wait-drained", "-d", "0.5", "--source", source,
               "-g", "^%s$" % group, *arguments)


def drains(scene, source):
    """It ends with 0 when the last message is read and committed, and not before."""
    commit(scene, "draining", "draining", {0: 0, 1: 0})
    actor = scene.cast("draining", speed=80)
    try:
        run = wait_for(scene, "draining", "--timeout", "60", source=source)
        expect(run.status == 0, "exit status %d: %s", run.status, run.err)
        expect(scene.drained("draining", "draining"), "another client sees lag")
        expect(run.seconds < 55, "it took %.1f s", run.seconds)
    finally:
        actor.close()


def never_drains(scene):
    run = wait_for(scene, "dead", "--timeout", "5")
    run.refused(1, "not drained", within=20)
    expect(run.seconds >= 5, "it took %.1f s only", run.seconds)
    allowed = wait_for(scene, "dead", "--timeout", "20", "--allowed-lag", "190")
    expect(allowed.status == 0, "exit status %d: %s", allowed.status, allowed.err)
    tight = wait_for(scene, "dead", "--timeout", "5", "--allowed-lag", "189")
    expect(tight.status == 1, "exit status %d: %s", tight.status, tight.err)


def comes_late(scene):
    """A group that is not there is not drained; one that comes to be is."""
    wait_for(scene, "late", "--timeout", "4").refused(1, "not drained")
    timer = threading.Timer(4, commit, (scene, "late", "late", {0: 200, 1: 200}))
    timer.start()
    run = wait_for(scene, "late", "--timeout", "60")
    timer.join()
    expect(run.status == 0, "exit status %d: %s", run.status, run.err)
    expect(run.seconds > 3, "it took %.1f s only", run.seconds)


def statuses(scene):
    def status(*arguments):
        return Run(*options(scene.cluster.client()), "--once", "--json", "--exit-status", *arguments).status
    commit(scene, "draining", "draining", {0: 0, 1: 0})  # a rewind is seen at once
    seen = [status("-g", "^late$"), status("-g", "^draining$", "--hold", "0"),
            status("-g", "^draining$", "--hold", "86400"), status("-g", "^nobody$")]
    expect(seen == [0, 2, 1, 3], "OK, an ERR, one younger than hold, no group: %s", seen)


class Told:
    """The events that a running monitor gave to its command."""

    def __init__(self, scene):
        self.place = os.path.join(scene.guard.folder, "events")
        self.stream = Stream(scene.guard, scene.cluster.client(), "-d", "1", "--hold", HOLD,
                             "--on-change", "cat >>'%s'" % self.place, title="on-change")

    def events(self):
        try:
            with open(self.place, encoding="utf-8") as lines:
                return [json.loads(line) for line in lines if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def of(self, group):
        return [one for one in self.events() if one["group"] == group]

    def wait(self, seconds, group, look, what):
        until(seconds, lambda: any(look(one) for one in self.of(group)), lambda: "%s among %s" % (what, [
            (one["kind"], one["group"], one["from"], one["to"], one["worst"]) for one in self.events()]))


def stop_and_recovery(scene, told):
    scene.feeder.feed("watched", [0, 1], 3, 1.0)
    scene.feeder.start()
    doomed = Doomed(scene.guard, scene.cluster.client(), "watched", "watched")
    until(40, lambda: doomed.commits > 8, "commits")
    told.stream.wait(40, lambda document: document.worst("watched") == "OK", "watched to be OK")
    expect(not told.of("watched"), "news of who is well: %s", told.of("watched"))
    doomed.kill()
    told.wait(60, "watched", lambda one: one["to"] == "WARN" and one["held"], "a held error")
    told.wait(60, "watched", lambda one: one["to"] == "ERR" and one["worst"] == "STOP", "a STOP")
    scene.cast("watched")
    told.wait(60, "watched", lambda one: one["from"] == "ERR" and one["to"] == "OK", "its recovery")
    words = [one["to"] for one in told.of("watched")]
    expect(words[0] == "WARN" and words[-1] == "OK" and set(words[1:-1]) == {"ERR"}, "the words were %s", words)
    error = next(one for one in told.of("watched") if one["to"] == "ERR")
    expect(error["at"] - error["since"] >= HOLD * 1000, "ERR is younger than hold: %s", error)


def blind_and_back(scene, told):
    scene.cluster.kill()
    told.wait(HOLD + 60, None, lambda one: one["kind"] == "cluster" and one["to"] is None,
              "a cluster that does not answer")
    scene.cluster.restart()
    told.wait(60, None, lambda one: one["kind"] == "cluster" and one["to"] == "OK", "its return")
    blind = [one for one in told.events() if one["kind"] == "cluster"]
    expect(len(blind) == 2, "told %d times: %s", len(blind), blind)


def dies_while_waited_for(scene):
    timer = threading.Timer(3, scene.cluster.kill)
    timer.start()
    run = wait_for(scene, "dead", "--timeout", "10")
    timer.join()
    run.refused(1, "not drained", within=40)


def run_all(guard):
    scene = Scene(guard)
    told = None
    try:
        for source in ("log", "admin"):
            test("scripts: --wait-drained from source %s ends when all is read" % source, drains, scene, source)
        test("scripts: --wait-drained ends with 1 when it is not", never_drains, scene)
        test("scripts: --wait-drained waits for a group that comes late", comes_late, scene)
        test("scripts: --exit-status tells them apart", statuses, scene)
        told = Told(scene)
        told.stream.wait(30, lambda document: document.group("dead"), "a first picture")
        test("scripts: --on-change tells a killed consumer and its recovery", stop_and_recovery, scene, told)
        test("scripts: --on-change tells that the cluster is silent, and is back", blind_and_back, scene, told)
        expect(told.stream.end() in (0, -15, 143), "it ended otherwise")
        told = None
        test("scripts: --wait-drained ends in time when the broker dies", dies_while_waited_for, scene)
    finally:
        if told:
            told.stream.end()
        scene.close()
