"""How soon the truth is told: what docs/VERDICTS.md promises, with a watch in hand."""

import dataclasses
import time

from broker import Cluster
from clients import Actor, Doomed, Feeder
from confluent_kafka.admin import NewTopic
from monitor import Stream
from tap import expect, note, test, until

REFRESH = 1  # seconds
LEAST, RHYTHMS, SILENT = 10, 3, 30  # kt_quiet_least_ms, kt_quiet_rhythms, kt_stall_least_ms
SLACK = 6  # seconds: two refreshes, a broker's thoughts, and a machine that has other things to do
SESSION = 6  # seconds
LONG_SESSION = 45  # what clients have when nobody sets it
WATCHED = 9  # commits under the monitor's eyes: the rhythm is learnt from eight gaps
STOCK = 20000
DEEP = {"speed": 20}


@dataclasses.dataclass
class Runner:
    """One group. `every`: seconds between commits; deep in a stock, or caught up with what is fed."""

    name: str
    deep: bool = False
    every: float = 1.0
    doomed: bool = False
    session: int = SESSION

    @property
    def quiet(self):
        return max(LEAST, RHYTHMS * self.every)


RUNNERS = {one.name: one for one in (
    Runner("well"),
    Runner("left-behind", deep=True),
    Runner("left-behind-5", deep=True, every=5.0),
    Runner("killed-behind", deep=True, doomed=True),
    Runner("killed-behind-45", deep=True, doomed=True, session=LONG_SESSION),
    Runner("killed", doomed=True),
    Runner("killed-one", doomed=True),
    Runner("repeating"),
    Runner("silent"),
)}

CAUGHT_UP = ("killed", "killed-one")


def topic_of(name):
    return "topic-of-" + name


class Track:
    """The stage, and one monitor with the watch."""

    def __init__(self, guard):
        self.guard = guard
        self.cluster = Cluster(guard, "4.1.0", "speed", settings={"offsets.topic.num.partitions": 10}).start()
        wanted = [NewTopic(topic_of(name), 1, 1) for name in RUNNERS]
        admin = self.cluster.admin()
        for answer in admin.create_topics(wanted, request_timeout=20).values():
            answer.result()
        self.feeder = Feeder(self.cluster.client())
        for one in RUNNERS.values():
            if one.deep:
                self.feeder.put(topic_of(one.name), [0], STOCK)
            self.feeder.feed(topic_of(one.name), (0,), 3, 0.7)
        self.feeder.start()
        self.actors = {one.name: self.cast(one) for one in RUNNERS.values()}
        self.acted = {}
        self.stream = None

    def cast(self, one):
        settings = dict(self.cluster.client())
        more = {"every": one.every, "session": one.session * 1000, **(DEEP if one.deep else {})}
        if one.doomed:
            return Doomed(self.guard, settings, one.name, topic_of(one.name), **more)
        actor = Actor(settings, one.name, topic_of(one.name), **more)
        actor.start()
        return actor

    def close(self):
        if self.stream:
            self.stream.end()
        self.feeder.close()
        for actor in self.actors.values():
            actor.ending.set() if isinstance(actor, Actor) else actor.kill()
        for actor in self.actors.values():
            if isinstance(actor, Actor):
                actor.close()
        self.cluster.close()

    # ---- the watch ----

    def word_came(self, name, word, since, within):
        """Seconds from an instant until this was said; said before, it does not count."""
        def first(_=None):
            return next((when for when, said in self.stream.said.get(name, []) if said == word and when > since), None)
        self.stream.wait(max(since + within - time.monotonic(), 0) + 30, first, lambda document: "%s: %s\n%s" % (
            word, self.stream.story(name), document.brief(name)))
        return first() - since

    def nothing_else(self, name, since, *words):
        said = self.stream.words_since(name, since)
        expect(said <= set(words), "%s was called %s", name, self.stream.story(name))


def in_time(name, took, most, least=0.0):
    note("%s: %.1f s, at most %.0f promised" % (name, took, most))
    expect(took <= most + SLACK, "%s took %.1f s, %.0f is promised", name, took, most)
    expect(took >= least, "%s came after %.1f s already", name, took)


def rehearse(track):
    """Everybody commits under the monitor's eyes until it knows them."""
    until(60, lambda: all(actor.commits for actor in track.actors.values()), "commits by everybody")
    track.stream = Stream(track.guard, track.cluster.client(), "--source", "log", "-d", REFRESH, title="log")
    track.stream.wait(30, lambda _: True, "a document")
    seen = {name: actor.commits for name, actor in track.actors.items()}
    until(120, lambda: all(actor.commits - seen[name] > WATCHED for name, actor in track.actors.items()),
          lambda: "commits: %s" % {name: actor.commits - seen[name] for name, actor in track.actors.items()})
    track.stream.wait(20, lambda document: all(document.worst(name) == "OK" for name in RUNNERS),
                      lambda document: "\n".join(document.brief(name) for name in RUNNERS))


def act(track):
    """Everything happens at the same time. Some have nothing left to read by then, and nothing comes."""
    for name in CAUGHT_UP:
        track.feeder.stop(topic_of(name))
    after = time.monotonic()
    track.stream.wait(20, lambda document: time.monotonic() > after + 2 * REFRESH and all(
        document.group(name)["total_lag"] == 0 for name in CAUGHT_UP), "no lag")
    for name, actor in track.actors.items():
        if RUNNERS[name].doomed:
            actor.kill()
        elif name.startswith("left"):
            actor.close()
        elif name == "repeating":
            actor.mode = "repeat"
        elif name == "silent":
            actor.mode = "silent"
        track.acted[name] = time.monotonic()


def stops(track, name):
    """From the last commit at the latest, which was before it happened."""
    in_time("%s -> STOP" % name, track.word_came(name, "STOP", track.acted[name], RUNNERS[name].quiet),
            RUNNERS[name].quiet, LEAST - 2 * RUNNERS[name].every)


def stops_when_next_record_comes(track):
    """Killed while caught up: OK as long as nothing waits for it. A single record may be the marker of a transaction: it
    is looked at first."""
    track.stream.wait(30, lambda document: all(document.group(name)["state"] == "Empty" for name in CAUGHT_UP),
                      "the killed to be gone")
    since = max(track.acted[name] for name in CAUGHT_UP)
    until(2 * LEAST + 30, lambda: time.monotonic() > since + 2 * LEAST, "a while without records")
    for name in CAUGHT_UP:
        track.nothing_else(name, since, "OK")
    written = time.monotonic()
    track.feeder.feed(topic_of("killed"), (0,), 1, 1.0)
    track.feeder.put(topic_of("killed-one"), [0], 1)
    in_time("killed while caught up, records come -> STOP", track.word_came("killed", "STOP", written, LEAST), LEAST,
            LEAST - 2 * REFRESH)
    in_time("killed while caught up, one record comes -> STOP",
            track.word_came("killed-one", "STOP", written, LEAST), LEAST, LEAST - 2 * REFRESH)


def stall_until_session_ends(track):
    """A dead process whose session goes on looks like one that hangs, to everybody but its own machine."""
    name = "killed-behind-45"
    in_time("killed while behind, session of 45 s -> STALL", track.word_came(name, "STALL", track.acted[name], SILENT),
            SILENT, SILENT - 2 * REFRESH)
    in_time("killed while behind, session of 45 s -> STOP",
            track.word_came(name, "STOP", track.acted[name], LONG_SESSION), LONG_SESSION + 2 * REFRESH,
            LONG_SESSION - 3 * REFRESH)


def stalls(track, name, promised):
    took = track.word_came(name, "STALL", track.acted[name], promised)
    # What it does not read may come a moment after it stopped reading.
    in_time("%s -> STALL" % name, took, promised + 1, promised - 2 * REFRESH)


def recovers(track, name, word):
    """OK on the second refresh after the first commit that advanced."""
    actor = track.actors[name]
    key = (topic_of(name), 0)
    before = actor.history[key][-1]
    actor.mode = "follow"
    until(30, lambda: actor.history[key][-1] > before, "a commit of what it read")
    advanced = time.monotonic()
    in_time("%s, %s, goes on -> OK" % (name, word), track.word_came(name, "OK", advanced, 2 * REFRESH), 2 * REFRESH)


def somebody_comes_back(track):
    """To a group that was STOP."""
    seat = Runner("left-behind", deep=True)
    actor = track.cast(seat)
    track.actors["came back"] = actor
    until(30, lambda: actor.commits >= 1, "a first commit")
    committed = time.monotonic()
    # The second commit may be the first one that the monitor sees advance after its look at the new member.
    in_time("left-behind, STOP, somebody reads again -> OK",
            track.word_came("left-behind", "OK", committed, 2 * REFRESH + seat.every), 2 * REFRESH + seat.every)


def the_healthy(track):
    track.nothing_else("well", track.stream.began, "OK", "unknown")


def run_all(guard):
    track = Track(guard)
    try:
        if not test("speed: everybody is known and well", rehearse, track) or not test("speed: it happens", act, track):
            return
        for name in ("left-behind", "killed-behind", "left-behind-5"):
            test("speed: %s is STOP in time" % name, stops, track, name)
        test("speed: repeating is STALL in time", stalls, track, "repeating", LEAST)
        test("speed: repeating recovers in two refreshes", recovers, track, "repeating", "STALL")
        test("speed: somebody comes back to a group that was STOP", somebody_comes_back, track)
        test("speed: silent is STALL in time", stalls, track, "silent", SILENT)
        test("speed: silent recovers in two refreshes", recovers, track, "silent", "STALL")
        test("speed: killed while caught up is STOP after the next record", stops_when_next_record_comes, track)
        test("speed: killed with a long session is STALL, then STOP", stall_until_session_ends, track)
        test("speed: the healthy group was never called anything else", the_healthy, track)
    finally:
        track.close()
