"""Kinds of topics: transactions that stay open, compacted ones, deleted and made again, grown, with foreign clocks."""

import threading
import time

from broker import NO_TOPICS_BY_ASKING, Cluster
from clients import Actor, Feeder
from confluent_kafka import IsolationLevel, TopicPartition
from confluent_kafka.admin import NewPartitions, NewTopic, OffsetSpec
from kept import Producer
from monitor import Stream, once
from tap import expect, note, test, until
from truth import Truth, differences

OFFSETS_PARTITIONS = 5
SOURCES = ("log", "admin")
LIMIT = 60  # seconds: how old a transaction may be once shorter ones were seen to end
HOUR = 3600_000
TOPICS = {
    # name: (partitions, settings)
    "held": (1, {}),
    "compacted": (1, {"cleanup.policy": "compact"}),
    "both": (1, {"cleanup.policy": "compact,delete"}),
    "again": (2, {}),
    "shrinks": (4, {}),
    "grows": (2, {}),
    "stamped": (1, {"message.timestamp.type": "LogAppendTime"}),
    "old": (1, {"message.timestamp.type": "CreateTime"}),
    "idle": (1, {}),
    "beside": (1, {}),
    "out": (1, {}),
}


def offsets_partition(group):
    """Where a group's commits are: Java's hash of its name."""
    value = 0
    for letter in group:
        value = (31 * value + ord(letter)) & 0xffffffff
    value -= (value & 0x80000000) << 1
    return abs(value) % OFFSETS_PARTITIONS


def neighbour_of(group, stem):
    """A name that begins so and shares the group's partition of the offsets topic."""
    number = 0
    while offsets_partition("%s-%d" % (stem, number)) != offsets_partition(group):
        number += 1
    return "%s-%d" % (stem, number)


HOLDER = "holder"
STEADY, LEAVES, RESTS = (neighbour_of(HOLDER, stem) for stem in ("steady", "leaves", "rests"))


class Watch:
    """Looks at every document of a stream for what must never be in one."""

    def __init__(self, stream):
        self.lock = threading.Lock()
        self.most_lag = {}
        self.marks = {}
        self.words = {}
        stream.looks.append(self.look)

    def look(self, document):
        with self.lock:
            for name in document.groups:
                for row in document.partitions(name).values():
                    self.most_lag[name] = max(self.most_lag.get(name, 0), row["lag"] or 0)
                    self.marks.setdefault(name, set()).update(row["marks"])
                    self.words.setdefault(name, set()).add(row["status"])


class Topics:
    def __init__(self, guard, version):
        self.guard, self.version = guard, version
        self.cluster = Cluster(guard, version, "topics-" + version,
                               settings=dict(NO_TOPICS_BY_ASKING, **{
                                   "offsets.topic.num.partitions": OFFSETS_PARTITIONS,
                                   "log.cleaner.backoff.ms": 500})).start()
        self.admin = self.cluster.admin()
        for name, (count, settings) in TOPICS.items():
            self.create(name, count, settings)
        self.feeder = Feeder(self.cluster.client())
        self.actors, self.streams, self.watches, self.producers = {}, {}, {}, []

    def create(self, name, count, settings=None):
        wanted = [NewTopic(name, count, 1, config=settings or {})]

        def made():
            try:
                for answer in self.admin.create_topics(wanted, request_timeout=20).values():
                    answer.result()
            except Exception as refused:  # still being deleted
                return "ALREADY_EXISTS" not in str(refused) and None
            return True
        until(30, made, "topic %s" % name)

    def delete(self, name):
        for answer in self.admin.delete_topics([name], request_timeout=20, operation_timeout=10).values():
            answer.result()

    def read(self, group, topic, isolation="read_committed", **more):
        actor = Actor(self.cluster.client(**{"isolation.level": isolation}), group, topic, **more)
        actor.start()
        self.actors[group] = actor
        return actor

    def writer(self, name, topic, amount):
        """A transaction with records in it, left open."""
        producer = Producer(self.cluster.client(**{"transactional.id": name, "transaction.timeout.ms": 600000}))
        producer.init_transactions(30)
        producer.begin_transaction()
        for _ in range(amount):
            producer.produce(topic, b"unstable", partition=0)
        producer.flush(20)
        self.producers.append(producer)
        return producer

    def ends(self, topic, isolation, count=1):
        asked = {TopicPartition(topic, number): OffsetSpec.latest() for number in range(count)}
        told = self.admin.list_offsets(asked, isolation_level=isolation, request_timeout=20)
        return {one.partition: answer.result().offset for one, answer in told.items()}

    def start(self):
        feeds = {"held": 2.1, "compacted": 1.3, "both": 1.3, "again": 0.7, "shrinks": 0.7, "grows": 0.9, "stamped": 0.9,
                 "beside": 0.8}
        for name, every in feeds.items():
            self.feeder.put(name, range(TOPICS[name][0]), 5)
            self.feeder.feed(name, range(TOPICS[name][0]), 3, every)
        self.feeder.put("again", (0, 1), 500)
        self.feeder.put("shrinks", (0, 1, 2, 3), 500)
        self.feeder.put("idle", (0,), 4)
        self.feeder.start()
        for topic in ("compacted", "both", "again", "shrinks", "grows", "stamped", "old", "idle"):
            self.read("reads-" + topic, topic)
        self.read("waits", "held")
        self.read("leaves-it", "held")
        self.read("stops-before", "held")
        self.read("peeks", "held", isolation="read_uncommitted")
        for name in (STEADY, LEAVES, RESTS, HOLDER):
            self.read(name, "beside")
        until(60, lambda: all(actor.commits > 5 for actor in self.actors.values() if actor.topic != "old"),
              lambda: "commits of all: %s" % {actor.group: (actor.commits, actor.failure)
                                              for actor in self.actors.values()})
        for source in SOURCES:
            stream = Stream(self.guard, self.cluster.client(), "--source", source, "-d", "1", title=source)
            self.streams[source] = stream
            self.watches[source] = Watch(stream)
        return self

    def close(self):
        for stream in self.streams.values():
            stream.end()
        self.feeder.close()
        for actor in self.actors.values():
            actor.ending.set()
        for actor in self.actors.values():
            actor.close()
        self.producers.clear()
        self.cluster.close()


def row_of(document, group, topic, number=0):
    return document.partitions(group).get((topic, number)) or {"status": None, "marks": [], "lag": None, "why": None}


def topic_of(document, name):
    return next((one for one in document.cluster["topics"] if one["name"] == name), None)


def said(stream, group):
    return lambda document: "%s\n%s" % (stream.story(group), document.brief(group))


def everywhere(play, seconds, look, what):
    """Every monitor comes to say so."""
    deadline = time.monotonic() + seconds
    for stream in play.streams.values():
        stream.wait(max(deadline - time.monotonic(), 1), look, what)


def event(stream, kind, topic, words):
    return any(one["kind"] in kind and one["topic"] == topic and words in one["text"] for one in stream.events)


def all_well(play):
    for stream in play.streams.values():
        stream.wait(60, lambda document: all(document.worst(name) == "OK" for name in play.actors if name != "reads-old"),
                    lambda document: "\n".join(document.brief(name) for name in play.actors
                                               if document.worst(name) != "OK"))


# ---- transactions of producers ----

def short_transaction(play):
    """One that ends soon is shown, and harms nobody; monitors learn how long they take here."""
    producer = play.writer("short", "held", 5)
    everywhere(play, 40, lambda document: (topic_of(document, "held")["unstable"] or 0) > 0, "the open transaction")
    producer.commit_transaction(20)
    everywhere(play, 40, lambda document: topic_of(document, "held")["unstable"] == 0, "its end")


def transaction_opens(play):
    """Whoever has read all that is readable waits; the others are judged as ever."""
    seen = play.ends("held", IsolationLevel.READ_COMMITTED)[0]
    stops = play.actors["stops-before"]
    until(60, lambda: len({offset for offset in stops.history.get(("held", 0), []) if offset > seen}) > 9,
          "enough advances to know its rhythm")
    stops.mode = "silent"
    count = play.ends("held", IsolationLevel.READ_UNCOMMITTED)[0]
    until(20, lambda: play.ends("held", IsolationLevel.READ_UNCOMMITTED)[0] > count + 5, "records after it stopped")
    play.hung = play.writer("hung", "held", 5)
    play.opened = time.monotonic()
    play.stable = play.ends("held", IsolationLevel.READ_COMMITTED)[0]
    until(20, lambda: play.actors["leaves-it"].positions.get(("held", 0), 0) >= play.stable - 1, "all that is readable")
    seen = play.actors["leaves-it"].commits
    until(20, lambda: play.actors["leaves-it"].commits > seen, "its commit")
    play.actors["leaves-it"].close()
    for group in ("waits", "leaves-it"):
        everywhere(play, 50, lambda document: "OPEN_TRANSACTION" in row_of(document, group, "held")["marks"],
                   lambda document: document.brief(group))
    for stream in play.streams.values():
        row = row_of(stream.latest, "waits", "held")
        expect(row["last_stable"] == play.stable, "last stable offset %s, not %s", row["last_stable"], play.stable)


def transaction_hangs(play):
    """Longer than is usual here: WARN; who stopped before it is STALL, who reads uncommitted records is OK."""
    everywhere(play, LIMIT + 60, lambda document: row_of(document, "waits", "held")["status"] == "WARN",
               lambda document: document.brief("waits"))
    expect(time.monotonic() - play.opened > LIMIT - 3, "too early")
    everywhere(play, 30, lambda document: row_of(document, "leaves-it", "held")["status"] == "WARN",
               lambda document: document.brief("leaves-it"))
    everywhere(play, 60, lambda document: document.worst("stops-before") == "STALL",
               lambda document: document.brief("stops-before"))
    for source, stream in play.streams.items():
        expect(event(stream, ("topic",), "held", "transaction is open"), "%s: no event: %s", source, stream.events)
        expect(stream.words_since("peeks", stream.began) <= {"OK", "unknown"}, "%s", stream.story("peeks"))
        for group in ("waits", "leaves-it"):
            expect(stream.words_since(group, stream.began) <= {"OK", "unknown", "WARN"}, "%s", stream.story(group))
        row = topic_of(stream.latest, "held")["partitions"][0]
        expect(row["unstable"] == row["log_end"] - row["last_stable"] > 0, "%s", row)
        expect(row["unstable_since"] is not None, "%s", row)


def transaction_ends(play):
    """Its records become readable: readers go on, and the one that left is missed now."""
    play.hung.commit_transaction(20)
    everywhere(play, 40, lambda document: document.worst("waits") == "OK"
               and "OPEN_TRANSACTION" not in row_of(document, "waits", "held")["marks"],
               lambda document: document.brief("waits"))
    everywhere(play, 60, lambda document: document.worst("leaves-it") == "STOP",
               lambda document: document.brief("leaves-it"))
    for stream in play.streams.values():
        expect(event(stream, ("topic",), "held", "transaction ended"), "no event: %s", stream.events)
        expect(topic_of(stream.latest, "held")["unstable"] == 0, "%s", topic_of(stream.latest, "held"))


# ---- a transaction that holds the offsets topic ----

def offsets_held(play):
    """A transactional commit stays open in the offsets partition of others: what they do is still known."""
    rests, leaves = play.actors[RESTS], play.actors[LEAVES]
    rests.close()
    play.holding = Producer(play.cluster.client(**{"transactional.id": HOLDER, "transaction.timeout.ms": 600000}))
    play.producers.append(play.holding)
    play.holding.init_transactions(30)
    play.holding.begin_transaction()
    play.holding.produce("out", b"out")
    actor = play.actors[HOLDER]
    actor.mode = "hold"
    until(20, lambda: actor.held, "the holder to stand still")
    member = []
    actor.orders.append(lambda: member.append(actor.consumer.consumer_group_metadata()))  # its handle, its thread
    until(20, lambda: member, "who the holder is in its group")
    wanted = [TopicPartition("beside", 0, actor.positions["beside", 0])]
    play.holding.send_offsets_to_transaction(wanted, member[0], 20)
    play.held_at = time.monotonic()
    leaves.close()


def offsets_stay_right(play):
    """For a minute: the steady one is OK and its lag small, the one that left is STOP, all by their numbers."""
    for source, stream in play.streams.items():
        stream.wait(60, lambda document: document.worst(LEAVES) == "STOP", said(stream, LEAVES))
    until(70, lambda: time.monotonic() - play.held_at > 62, "a minute")
    for source, stream in play.streams.items():
        words = stream.words_since(STEADY, stream.began)
        expect(words <= {"OK", "unknown"}, "%s: %s", source, stream.story(STEADY))
        late = [word for when, word in stream.said[STEADY] if when > play.held_at]
        expect("unknown" not in late, "%s: %s", source, stream.story(STEADY))
        row = row_of(stream.fresh(), STEADY, "beside")
        truth = play.ends("beside", IsolationLevel.READ_UNCOMMITTED)[0]
        expect(row["committed"] is not None and truth - row["committed"] < 60, "%s: committed %s, log end %s", source,
               row["committed"], truth)
    play.holding.abort_transaction(20)


# ---- deleted and made again ----

def made_again(play):
    """Within one interval of the listing, while it is read."""
    for name, count in (("again", 2), ("shrinks", 2)):
        play.delete(name)
        play.create(name, count)
        play.feeder.feed(name, range(count), 3, 0.7)
    for source, stream in play.streams.items():
        for name in ("again", "shrinks"):
            stream.wait(60, lambda _: event(stream, ("topic", "partitions"), name, "again"),
                        lambda _: "%s: an event of %s among %s" % (source, name, stream.events))

            def new(document):
                rows = document.partitions("reads-" + name)
                return len(rows) == 2 and all(row["status"] == "OK" and row["log_end"] < 400 and
                                              row["committed"] is not None and row["committed"] <= row["log_end"] + 50
                                              for row in rows.values())
            stream.wait(90, new, said(stream, "reads-" + name))


def never_false_over_it(play):
    """No rewind, no committed offset beyond the end, no giant lag, in no document."""
    for source, watch in play.watches.items():
        for name in ("reads-again", "reads-shrinks"):
            expect(not watch.words[name] - {"OK", None}, "%s %s: %s", source, name, watch.words[name])
            expect("AHEAD" not in watch.marks[name], "%s %s: %s", source, name, watch.marks[name])
            expect(watch.most_lag[name] < 300, "%s %s: lag %d", source, name, watch.most_lag[name])
        expect(not [one for one in play.streams[source].events
                    if one["kind"] == "rewind" and one["topic"] in ("again", "shrinks")], "%s: a rewind", source)


# ---- the rest ----

def partitions_added(play):
    for answer in play.admin.create_partitions([NewPartitions("grows", 4)], request_timeout=20).values():
        answer.result()
    play.feeder.feed("grows", range(4), 3, 0.9)
    for source, stream in play.streams.items():
        stream.wait(60, lambda document: all("NEW" in row_of(document, "reads-grows", "grows", number)["marks"]
                                             for number in (2, 3)), said(stream, "reads-grows"))
        expect(event(stream, ("partitions",), "grows", "2 -> 4"), "%s: %s", source, stream.events)
        for number in (0, 1):
            expect("NEW" not in row_of(stream.latest, "reads-grows", "grows", number)["marks"], "old ones are new")
        stream.wait(60, lambda document: all(row_of(document, "reads-grows", "grows", number)["status"] == "OK"
                                             for number in range(4)), said(stream, "reads-grows"))
        expect(stream.words_since("reads-grows", stream.began) <= {"OK", "unknown"}, "%s",
               stream.story("reads-grows"))


def compacted(play):
    for stream in play.streams.values():
        for name in ("compacted", "both"):
            stream.wait(40, lambda document: "COMPACTED" in row_of(document, "reads-" + name, name)["marks"],
                        said(stream, "reads-" + name))
            document = stream.latest
            expect(row_of(document, "reads-" + name, name)["approximate"], "not approximate: %s", document.brief(name))
            expect(document.group("reads-" + name)["approximate"], "the group's lag is not approximate")
            expect(topic_of(document, name)["compacted"] is True, "%s", topic_of(document, name))
        expect(not document.group("reads-grows")["approximate"], "an ordinary topic is approximate")
        expect(topic_of(document, "grows")["compacted"] is False, "%s", topic_of(document, "grows"))
        expect(topic_of(document, "stamped")["timestamps"] == "LogAppendTime", "%s", topic_of(document, "stamped"))
        expect(topic_of(document, "grows")["retention_ms"] == 604800000, "%s", topic_of(document, "grows"))


def compacted_at_first_sight(play):
    """A single look knows it, too."""
    for source in SOURCES:
        document = once(play.cluster.client(), "--source", source)
        expect("COMPACTED" in row_of(document, "reads-both", "both")["marks"], "%s: %s", source,
               document.brief("reads-both"))
        expect(document.group("reads-both")["approximate"], "%s: not approximate", source)


def old_records(play):
    """Records that are an hour old when they come: their clock decides nothing."""
    producer = Producer(play.cluster.client())
    hour_ago = int(time.time() * 1000) - HOUR
    for number in range(200):
        producer.produce("old", b"old", partition=0, timestamp=hour_ago + number)
    producer.flush(20)
    everywhere(play, 60, lambda document: row_of(document, "reads-old", "old")["status"] == "OK"
               and row_of(document, "reads-old", "old")["committed"] == 200, lambda document: document.brief("reads-old"))
    for stream in play.streams.values():
        for name in ("reads-old", "reads-stamped"):
            expect(stream.words_since(name, stream.began) <= {"OK", "unknown"}, "%s", stream.story(name))


def idle_wakes(play):
    """Minutes of silence, then records."""
    until(60, lambda: time.monotonic() - min(one.began for one in play.streams.values()) > 60, "a minute of silence")
    play.feeder.put("idle", (0,), 50)
    everywhere(play, 30, lambda document: row_of(document, "reads-idle", "idle").get("committed") == 54,
               lambda document: document.brief("reads-idle"))
    for stream in play.streams.values():
        expect(stream.words_since("reads-idle", stream.began) <= {"OK", "unknown"}, "%s", stream.story("reads-idle"))


def right_at_the_end(play):
    play.feeder.holding = True
    living = [actor for actor in play.actors.values() if actor.is_alive()]
    for actor in living:
        actor.mode = "hold"
    until(30, lambda: play.feeder.held and all(actor.held for actor in living), "everybody to stand still")
    for stream in play.streams.values():
        def equal():
            before = Truth(play.admin)
            document = stream.fresh()
            return before.still(Truth(play.admin)) and not differences(before, document)
        until(40, equal, lambda: "\n".join(differences(Truth(play.admin), stream.fresh())))


def run_all(guard, version):
    play = Topics(guard, version)

    def step(name, function):
        return test("%s topics: %s" % (version, name), function, play)
    try:
        play.start()
        step("all is well at first", all_well)
        step("a short transaction is shown", short_transaction)
        opened = step("an open transaction excuses who waits for it", transaction_opens)
        step("partitions are added", partitions_added)
        step("records an hour old", old_records)
        step("compacted topics", compacted)
        step("compacted topics at first sight", compacted_at_first_sight)
        step("deleted and made again", made_again)
        step("deleted and made again: nothing false is ever said", never_false_over_it)
        if opened:
            step("a transaction that hangs", transaction_hangs)
            step("the transaction ends", transaction_ends)
        step("an idle topic wakes", idle_wakes)
        if step("a transaction holds the offsets topic", offsets_held):
            step("commits behind it are known", offsets_stay_right)
        step("deleted and made again: nothing false was said since", never_false_over_it)
        step("numbers equal the truth", right_at_the_end)
        for source, stream in play.streams.items():
            note("%s: %s" % (source, stream.words()))
    finally:
        play.close()
