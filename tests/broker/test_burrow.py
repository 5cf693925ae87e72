"""The real Burrow beside kafkatop: the same broker, the same clients, every second what each says.

All groups are new when the monitors are there already. After a quiet while things happen to some; the table at the end
has the seconds until each monitor said a bad word, and which. What each monitor said of every group is told too.
"""

import dataclasses
import os
import time
import typing

import burrow
from broker import Cluster
from clients import Actor, Doomed, Feeder
from confluent_kafka import KafkaException
from confluent_kafka.admin import NewTopic
from monitor import Run, Stream
from tap import Failure, expect, note, skip, test, until

WINDOW = ("--source", "log", "--rules", "burrow", "--intervals", burrow.INTERVALS, "--min-distance",
          burrow.MIN_DISTANCE)
SAME = "burrow rules, -d %d" % burrow.OFFSET_REFRESH  # log ends as seldom as Burrow asks for them
MONITORS = {
    "burrow rules": ("-d", 1, *WINDOW),
    SAME: ("-d", burrow.OFFSET_REFRESH, *WINDOW),
    "kafkatop": ("-d", 1, "--source", "log"),
}
QUIET = 75  # seconds in which all goes well: two windows, and some more log ends of Burrow's
PAUSE = 20  # seconds in which a consumer that is well commits nothing
LONGEST = 520  # seconds after which a word that has not come will not come
TOGETHER = 2  # seconds: who is asked once a second cannot be told apart by less
BURST = (3, 2.3)
DEEP = {"speed": 20}  # works off a stock that lasts for longer than the test
STOCK = 30000


@dataclasses.dataclass
class Case:
    """`act`: what happens to it. `words`: which of kafkatop's are right then; none: it is well all the time."""

    name: str
    title: str
    act: typing.Optional[str] = None
    words: tuple = ()
    feed: typing.Optional[tuple] = BURST
    stock: int = 0
    actor: dict = dataclasses.field(default_factory=dict)
    doomed: bool = False
    first: bool = True  # kafkatop must not be later than Burrow
    back: bool = False  # it goes on once everybody has noticed

    @property
    def topic(self):
        return "topic-of-" + self.name


CASES = (
    Case("steady", "steady, a commit a second"),
    Case("working-off", "works off a large stock", stock=STOCK, actor=DEEP),
    Case("sparse", "a record each 20 s", feed=(1, 20.0)),
    Case("idle", "nothing is written", feed=None, stock=5),
    Case("each-minute", "a commit a minute", actor={"every": 60.0}),
    Case("each-5-minutes", "a commit each 5 min", actor={"every": 300.0}),
    Case("pausing", "works off a large stock, pauses for 20 s", "pause", stock=STOCK, actor=DEEP),
    Case("left-behind", "leaves while behind", "close", ("STOP",), stock=STOCK, actor=DEEP),
    Case("killed-behind", "killed while behind, session 6 s", "kill", ("STOP",), stock=STOCK, actor=DEEP, doomed=True),
    Case("killed-behind-45", "killed while behind, session 45 s", "kill", ("STALL", "STOP"), stock=STOCK,
         actor=dict(DEEP, session=45000), doomed=True, first=False),
    Case("killed", "killed while caught up, session 6 s", "kill", ("STOP",), doomed=True),
    Case("repeats", "hangs, commits go on", "repeat", ("STALL",)),
    Case("silent", "hangs caught up, heartbeats go on", "silent", ("STALL",)),
    Case("silent-behind", "hangs while behind, heartbeats go on", "silent", ("STALL",), stock=STOCK, actor=DEEP,
         first=False),
    Case("slow", "half as fast as the producers", "slow", ("WARN",), feed=(3, 1.0), first=False),
    Case("went-back", "offset set back", "back", ("REWIND",), stock=300),
    Case("returns", "hangs with commits, then goes on", "repeat", ("STALL",), back=True),
)


class Beside:
    """The stage: everything that runs."""

    def __init__(self, guard):
        burrow.executable()
        self.cluster = Cluster(guard, burrow.broker_version(), "beside", settings={"offsets.topic.num.partitions": 10})
        self.cluster.start()
        self.admin = self.cluster.admin()
        self.feeder = Feeder(self.cluster.client())
        self.actors, self.acted = {}, {}
        wanted = [NewTopic(case.topic, 1, 1) for case in CASES] + [NewTopic("first", 1, 1)]
        for answer in self.admin.create_topics(wanted, request_timeout=20).values():
            answer.result()
        for case in CASES:
            self.feeder.put(case.topic, [0], case.stock)
            if case.feed:
                self.feeder.feed(case.topic, (0,), *case.feed)
        self.feeder.start()
        self.make_offsets_topic()
        self.burrow = burrow.Burrow(guard, self.cluster).start()
        self.monitors = {"Burrow": self.burrow}
        for title, words in MONITORS.items():
            self.monitors[title] = Stream(guard, self.cluster.client(), *words, title=title)
        for title in MONITORS:
            self.monitors[title].wait(30, lambda _: True, "a first document")
        for case in CASES:
            self.cast(guard, case)
        self.began = time.monotonic()

    def make_offsets_topic(self):
        """By a first group, which leaves again."""
        actor = Actor(self.cluster.client(), "first", "first")
        actor.start()
        self.feeder.put("first", [0], 1)
        until(60, lambda: actor.commits, "a first commit")
        actor.close()

    def cast(self, guard, case):
        if case.doomed:
            actor = Doomed(guard, self.cluster.client(), case.name, case.topic, **case.actor)
        else:
            actor = Actor(self.cluster.client(), case.name, case.topic, **case.actor)
            actor.start()
        self.actors[case.name] = actor

    def act(self, case):
        actor = self.actors[case.name]
        if case.act in ("close", "kill"):
            getattr(actor, case.act)()
        elif case.act == "slow":
            actor.speed = case.feed[0] / case.feed[1] / 2
        elif case.act == "pause":
            actor.mode = "silent"
        elif case.act == "back":
            actor.speed = 2
            actor.go_back(20)
        else:
            actor.mode = case.act
        self.acted[case.name] = time.monotonic()

    def check(self):
        failures = [actor.failure for actor in self.actors.values() if actor.failure]
        expect(not failures, "an actor fell: %s", failures)

    def close(self):
        for monitor in self.monitors.values():
            monitor.close() if monitor is self.burrow else monitor.end()
        self.feeder.close()
        for actor in self.actors.values():
            actor.ending.set() if isinstance(actor, Actor) else actor.kill()
        for actor in self.actors.values():
            if isinstance(actor, Actor):
                actor.close()
        self.cluster.close()


# ---- what was said ----

def told(monitor, name):
    return list(monitor.said.get(name, []))


def words_between(monitor, name, since, end=float("inf")):
    """(word, when it began) of the words that stood in a span of time."""
    spoken = told(monitor, name)
    ends = [when for when, _ in spoken[1:]] + [float("inf")]
    return [(word, max(when, since)) for (when, word), last in zip(spoken, ends) if last > since and when < end]


def is_bad(word):
    return word not in ("OK", "unknown", None)


def noticed(beside, title, case):
    """The seconds until a bad word, and that word; None where none came. What was said before it happened and went on
    is no notice."""
    acted = beside.acted[case.name]
    for word, when in words_between(beside.monitors[title], case.name, acted, beside.resumed.get(case.name, 9e9)):
        if is_bad(word) and when > acted:
            return when - acted, word
    return None


def recovered(beside, title, case):
    since = beside.resumed[case.name]
    for word, when in words_between(beside.monitors[title], case.name, since):
        if word == "OK":
            return when - since
    return None


def false_words(beside, title, case):
    """The bad words said of a group that was well, with the seconds that they stood."""
    end = beside.acted[case.name] if case.words else beside.ended
    spoken = words_between(beside.monitors[title], case.name, beside.began, end)
    stops = [when for _, when in spoken[1:]] + [end]
    return [(word, stop - when) for (word, when), stop in zip(spoken, stops) if is_bad(word) and stop > when]


# ---- the play ----

def play(beside):
    """Until everybody has noticed everything, or will not."""
    until(90, lambda: all(actor.commits for actor in beside.actors.values() if getattr(actor, "every", 1) < 60),
          "commits by everybody")
    until(QUIET + 30, lambda: time.monotonic() > beside.began + QUIET, "the quiet while to be over")
    beside.check()
    beside.resumed = {}
    for case in CASES:
        if case.act:
            beside.act(case)
    begun = time.monotonic()
    note("everything happens %.0f s after the beginning" % (begun - beside.began))

    def over():
        if time.monotonic() > begun + PAUSE:
            beside.actors["pausing"].mode = "follow"
        for case in CASES:
            if case.back and case.name not in beside.resumed and all_noticed(beside, case):
                beside.actors[case.name].mode = "follow"
                beside.resumed[case.name] = time.monotonic()
        return time.monotonic() > begun + LONGEST or all(
            all_noticed(beside, case) for case in CASES if case.words) and time.monotonic() > begun + 60
    until(LONGEST + 30, over, "an end")
    beside.ended = time.monotonic()
    beside.check()


def all_noticed(beside, case):
    return case.name in beside.resumed or all(noticed(beside, title, case) for title in beside.monitors)


def report(beside):
    version = Run("--version").out.decode().split("\n", maxsplit=1)[0]
    note("Burrow %s, %s, Apache Kafka %s; intervals %d, offset-refresh %d s, min-distance %d s" % (
        beside.burrow.version, version, beside.cluster.version, burrow.INTERVALS, burrow.OFFSET_REFRESH,
        burrow.MIN_DISTANCE))
    note("what each said, in seconds from the beginning:")
    for case in CASES:
        acted = beside.acted.get(case.name)
        note("%s%s" % (case.title, " at %.1f" % (acted - beside.began) if acted else ""))
        for title, monitor in beside.monitors.items():
            note("    %-20s %s" % (title, ", ".join("%s at %.1f" % (word, when - beside.began)
                                                    for when, word in told(monitor, case.name))))
    titles = list(beside.monitors)
    note("| situation | %s |" % " | ".join(titles))
    note("|---|%s" % ("---|" * len(titles)))
    for case in CASES:
        if case.words:
            note("| %s | %s |" % (case.title, " | ".join(in_words(noticed(beside, one, case)) for one in titles)))
    for case in CASES:
        if case.name in beside.resumed:
            note("| it goes on: OK after | %s |" % " | ".join(
                "never" if one is None else "%.0f s" % one for one in (recovered(beside, it, case) for it in titles)))
    for case in CASES:
        note("| false words: %s | %s |" % (case.title, " | ".join(
            ", ".join("%s for %.0f s" % one for one in false_words(beside, it, case)) or "none" for it in titles)))


def in_words(answer):
    return "%s after %.0f s" % (answer[1], answer[0]) if answer else "nothing in %d s" % LONGEST


# ---- what must hold ----

def never_later(beside):
    late = []
    for case in CASES:
        if case.words and case.first:
            ours, theirs = noticed(beside, "kafkatop", case), noticed(beside, "Burrow", case)
            if ours is None or theirs is not None and ours[0] > theirs[0] + TOGETHER:
                late.append("%s: Burrow %s, kafkatop %s" % (case.title, in_words(theirs), in_words(ours)))
    expect(not late, "%s", "\n".join(late))


def right_words(beside):
    wrong = []
    for case in CASES:
        if case.words:
            ours = noticed(beside, "kafkatop", case)
            if ours is None or ours[1] not in case.words:
                wrong.append("%s: %s" % (case.title, in_words(ours)))
    expect(not wrong, "%s", "\n".join(wrong))


def no_false_word(beside):
    wrong = ["%s: %s" % (case.title, false_words(beside, "kafkatop", case)) for case in CASES
             if false_words(beside, "kafkatop", case)]
    expect(not wrong, "%s", "\n".join(wrong))


def burrows_words(beside):
    """At another instant perhaps, but of the same group. With fresher log ends the same rules say more; and they are
    those of a later Burrow than Debian's, which has not been heard to say REWIND here."""
    strange = []
    silent = {"unknown", "OK", None} | ({"REWIND"} if beside.burrow.old else set())
    for case in CASES:
        theirs = {word for _, word in told(beside.burrow, case.name)}
        ours = {word for _, word in told(beside.monitors[SAME], case.name)}
        if ours - theirs - silent:
            strange.append("%s: %s, Burrow %s" % (case.title, sorted(map(str, ours)), sorted(map(str, theirs))))
    expect(not strange, "%s", "\n".join(strange))


def run_all(guard):
    try:
        beside = Beside(guard)
    except burrow.Unavailable as why:
        skip("Burrow beside kafkatop", "no Burrow: %s" % why)
        return
    try:
        if test("Burrow: everything happens, and is noticed or not", play, beside):
            report(beside)
            test("Burrow: kafkatop is never later", never_later, beside)
            test("Burrow: kafkatop's words are right", right_words, beside)
            test("Burrow: kafkatop says nothing false of who is well", no_false_word, beside)
            test("Burrow: under its rules, with log ends as old, no word that it does not say", burrows_words, beside)
    finally:
        beside.close()
