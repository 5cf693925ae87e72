"""A cluster that has no offsets topic yet, and one whose only broker goes away."""

import signal

from broker import Cluster
from clients import Actor, Feeder
from confluent_kafka.admin import NewTopic
from monitor import Stream, once
from tap import expect, test, until
from truth import Truth, differences

OFFSETS = "__consumer_offsets"
ENOUGH = 8  # documents after which a monitor that makes topics would have made one


class Fresh:
    """A broker, monitors on it, and later one group that reads."""

    def __init__(self, guard):
        self.cluster = Cluster(guard, "4.1.0", "fresh", settings={"offsets.topic.num.partitions": 10}).start()
        self.admin = self.cluster.admin()
        self.stream = Stream(guard, self.cluster.client(), "-d", "0.5", title="auto")
        self.feeder = Feeder(self.cluster.client())
        self.actor = None

    def close(self):
        self.stream.end()
        self.feeder.close()
        if self.actor:
            self.actor.close()
        self.cluster.close()


def starts_on_admin(fresh):
    document = fresh.stream.wait(30, lambda document: fresh.stream.count > ENOUGH, "some documents")
    expect(document.cluster["source"] == "admin", "source is %s", document.cluster["source"])
    expect(document.groups == {}, "groups %s", list(document.groups))
    expect(document.cluster["partial"] is False, "partial: %s", document.problems())


def looks_once(fresh):
    """--once too; asked for the log alone, it says what is missing."""
    expect(once(fresh.cluster.client()).groups == {}, "there are groups")
    expect(once(fresh.cluster.client(), "--source", "admin").groups == {}, "there are groups")


def makes_no_topic(fresh):
    topics = fresh.admin.list_topics(timeout=10).topics
    expect(not topics, "topics %s", list(topics))
    expect(not Truth(fresh.admin).groups, "there are groups")


def changes_over(fresh):
    for answer in fresh.admin.create_topics([NewTopic("work", 2, 1)], request_timeout=20).values():
        answer.result()
    fresh.feeder.feed("work", (0, 1), 3, 0.7)
    fresh.feeder.start()
    fresh.actor = Actor(fresh.cluster.client(), "worker", "work")
    fresh.actor.start()
    fresh.stream.wait(60, lambda document: document.cluster["source"] == "log" and document.worst("worker") == "OK",
                      lambda document: "log and OK; %s: %s" % (document.cluster["source"], document.brief("worker")))


def says_that_it_is_old(fresh):
    """Documents go on, and tell that nothing is heard; no verdict is made up."""
    fresh.stream.wait(30, lambda document: document.cluster["partial"] and document.problems(),
                      "partial, and a problem that says why: what is waited for has no name before it is late")
    count = fresh.stream.count
    document = fresh.stream.wait(60, lambda document: fresh.stream.count > count + 3 and all(
        "STALE" in row["marks"] for row in document.partitions("worker").values()),
        lambda document: "marked STALE: %s" % document.brief("worker"))
    words = {row["status"] for row in document.partitions("worker").values()}
    expect(words <= {"OK", None}, "%s", document.brief("worker"))
    expect(document.group("worker")["total_lag"] is None or document.partitions("worker"), "a lag out of nothing")


def recovers(fresh):
    """By itself, and it is right again."""
    seen = fresh.actor.commits
    until(90, lambda: fresh.actor.commits > seen + 3, "commits after the outage")
    fresh.stream.wait(60, lambda document: not document.cluster["partial"] and document.worst("worker") == "OK"
                      and not any("STALE" in row["marks"] for row in document.partitions("worker").values()),
                      lambda document: "OK and whole: %s" % document.brief("worker"))
    words = fresh.stream.words_since("worker", 0)
    expect(words <= {"OK", "unknown"}, "said meanwhile: %s", fresh.stream.story("worker"))


def killed(fresh):
    fresh.cluster.kill()
    says_that_it_is_old(fresh)


def returned(fresh):
    fresh.cluster.restart()
    recovers(fresh)


def frozen(fresh):
    fresh.cluster.freeze()
    says_that_it_is_old(fresh)


def thawed(fresh):
    fresh.cluster.thaw()
    recovers(fresh)


def right_at_the_end(fresh):
    fresh.feeder.holding = True
    fresh.actor.mode = "hold"
    until(20, lambda: fresh.actor.held and fresh.feeder.held, "everybody to stand still")

    def equal():
        before = Truth(fresh.admin)
        document = fresh.stream.fresh()
        return before.still(Truth(fresh.admin)) and not differences(before, document)
    until(30, equal, lambda: "\n".join(differences(Truth(fresh.admin), fresh.stream.fresh())))


def ends(fresh):
    status = fresh.stream.end()
    expect(status in (-signal.SIGTERM, 143), "exit status %s", status)


def run_all(guard):
    fresh = Fresh(guard)
    try:
        test("new cluster: starts on the admin source", starts_on_admin, fresh)
        test("new cluster: looked at once", looks_once, fresh)
        test("new cluster: the monitor makes no topic and no group", makes_no_topic, fresh)
        if test("new cluster: changes over to the log when there is one", changes_over, fresh):
            test("broker killed: the running monitor says how old its data is", killed, fresh)
            test("broker returned: recovers by itself", returned, fresh)
            test("broker frozen: the running monitor says how old its data is", frozen, fresh)
            test("broker thawed: recovers by itself", thawed, fresh)
            test("after all outages: numbers equal the truth", right_at_the_end, fresh)
        test("after all outages: ends when told", ends, fresh)
    finally:
        fresh.close()
