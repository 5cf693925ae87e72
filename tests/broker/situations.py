"""The situations that groups are in, each a group with a topic of its own, and what must be said of each.

Life on a stage: `prepare` before anyone reads; then the actors run and make a history; `early` happens before the
monitor comes, `act` under its eyes. The tables name the word that has to come, by rule set.
"""

import dataclasses
import typing

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition

from tap import until

BURST = (3, 2.3)  # messages into each partition, seconds: out of step with the commits
FLOOD = (40, 1.0)


@dataclasses.dataclass
class Situation:
    """`words`: rule set to the word that must be said after `act`; none: healthy, OK whenever anything is said."""

    name: str
    partitions: int = 2
    stock: int = 0
    feed: typing.Optional[tuple] = BURST
    fed: typing.Optional[tuple] = None  # partitions; all by default
    actors: tuple = ({},)
    prepare: typing.Optional[typing.Callable] = None
    early: typing.Optional[typing.Callable] = None
    act: typing.Optional[typing.Callable] = None
    words: dict = dataclasses.field(default_factory=dict)
    within: float = 75
    at_first: tuple = ("OK",)  # the words at the very first look; where there is lag, also none
    full: bool = True  # its windows are full when the monitor comes
    next_protocol: bool = False

    @property
    def topic(self):
        return "topic-of-" + self.name

    @property
    def healthy(self):
        return not self.words and self.at_first == ("OK",)

    @property
    def certain(self):
        """The trouble is old enough to be named at once."""
        return self.at_first in (("STOP",), ("REWIND",))


# ---- what happens ----

def commit(stage, group, topic, offsets):
    """Offsets written from outside, as the tools of operators do: (partition: offset)."""
    parts = [TopicPartition(topic, number, offset) for number, offset in offsets.items()]

    def accepted():
        asked = [ConsumerGroupTopicPartitions(group, parts)]
        try:
            answer = stage.admin.alter_consumer_group_offsets(asked, request_timeout=20)[group].result()
        except KafkaException:
            return False
        return not any(one.error for one in answer.topic_partitions)
    until(30, accepted, "a commit of %r" % group)


def close(stage, it):
    for actor in stage.actors[it.name]:
        actor.close()


def kill(stage, it):
    for actor in stage.actors[it.name]:
        actor.kill()


def deploy(stage, it):
    """All members end in order, and new ones come."""
    close(stage, it)
    stage.cast(it)


def unrest(stage, it):
    stage.actors[it.name][-1].mode = "restless"


def repeat(stage, it):
    for actor in stage.actors[it.name]:
        actor.mode = "repeat"


def fall_silent(stage, it):
    for actor in stage.actors[it.name]:
        actor.mode = "silent"


def go_back(stage, it):
    for actor in stage.actors[it.name]:
        actor.speed = 2
        actor.go_back(20)


def go_to_start(stage, it):
    for actor in stage.actors[it.name]:
        actor.speed = 2
        actor.go_back(0)


def reset_low(stage, it):
    close(stage, it)
    commit(stage, it.name, it.topic, {number: 30 for number in range(it.partitions)})


def reset_start(stage, it):
    close(stage, it)
    commit(stage, it.name, it.topic, {number: 0 for number in range(it.partitions)})


def commit_low(stage, it):
    commit(stage, it.name, it.topic, {number: 10 for number in range(it.partitions)})


def commit_beyond(stage, it):
    commit(stage, it.name, it.topic, {number: 10_000 for number in range(it.partitions)})


def delete_records(stage, it):
    wanted = [TopicPartition(it.topic, number, 50) for number in range(it.partitions)]
    for answer in stage.admin.delete_records(wanted, request_timeout=20).values():
        answer.result()


def low_and_lost(stage, it):
    commit_low(stage, it)
    delete_records(stage, it)


def marked_end(stage, it):
    """The last things in the log are markers of transactions, which nobody will ever read."""
    stage.put_in_transaction(it.topic, range(it.partitions), 5)


STOPS = {"kafkatop": "STOP", "burrow": "STOP"}
STALLS = {"kafkatop": "STALL", "burrow": "STALL"}
WARNS = {"kafkatop": "WARN", "burrow": "WARN"}
REWINDS = {"kafkatop": "REWIND", "burrow": "REWIND"}
ANY = ("OK", "WARN")  # behind, and how it goes on cannot be known yet
SLOW = {"speed": 1, "every": 2.0}
DOOMED = {"doomed": True}
NEXT = {"protocol": "consumer"}

SITUATIONS = (
    # All is well.
    Situation("steady", partitions=4, actors=({}, {"client_id": "second-of-steady"})),
    Situation("simple", actors=({"assign": [0, 1]},)),
    Situation("leisurely", actors=({"every": 5.0},), full=False),
    Situation("sparse", feed=(1, 7.0)),
    Situation("idle", stock=5, feed=None),
    Situation("finished", stock=5, feed=None, early=close),
    Situation("transacting", actors=({"output": "output"},)),
    Situation("halfway", partitions=4, actors=({"assign": [0, 1]},)),
    Situation("owner-of-nothing", partitions=4, fed=(0, 1)),
    Situation("deployed", actors=({}, {"client_id": "second-of-deployed"}), act=deploy),
    Situation("restless", actors=({}, {"client_id": "restless-one"}), act=unrest),
    Situation("steady-next", actors=(NEXT,), next_protocol=True),
    # All is not.
    Situation("behind", partitions=1, feed=FLOOD, actors=(SLOW,), words=WARNS, within=150, full=False,
              at_first=ANY),
    Situation("closed-behind", partitions=1, feed=FLOOD, actors=(SLOW,), act=close, words=STOPS, full=False,
              at_first=ANY),
    Situation("closed", act=close, words=STOPS),
    Situation("killed", actors=(DOOMED,), act=kill, words=STOPS),
    Situation("repeating", act=repeat, words=STALLS),
    Situation("silent", act=fall_silent, words={"kafkatop": "STALL", "burrow": "STOP"}, within=100),
    Situation("went-back", partitions=1, stock=300, act=go_back, words=REWINDS, within=40),
    Situation("reset-low", stock=300, act=reset_low, words=REWINDS, within=40),
    Situation("reset-to-start", stock=300, act=reset_start, words=REWINDS, within=40),
    Situation("losing", stock=200, feed=None, actors=(), prepare=commit_low, act=delete_records,
              words={"kafkatop": "ERR"}, within=30, full=False, at_first=()),
    Situation("beyond", stock=20, feed=None, actors=(), act=commit_beyond,
              words={"kafkatop": "ERR", "burrow": "OK"}, within=40, full=False),
    Situation("behind-next", partitions=1, feed=FLOOD, actors=(dict(SLOW, **NEXT),), words=WARNS, within=150,
              full=False, at_first=ANY, next_protocol=True),
    Situation("killed-next", actors=(dict(DOOMED, **NEXT),), act=kill, words=STOPS, next_protocol=True),
    # All was not before the monitor came.
    Situation("long-closed", early=close, at_first=("STOP",)),
    Situation("gone-to-start", partitions=1, stock=300, early=go_to_start, at_first=("REWIND",), full=False),
    Situation("gone-back", partitions=1, stock=300, early=go_back, at_first=("REWIND", None), full=False),
    Situation("lost", stock=200, feed=None, actors=(), prepare=low_and_lost, full=False, at_first=()),
    # Judged by our rules only: Burrow's take the marker at the end for a message that nobody reads.
    Situation("marked", feed=None, prepare=marked_end, words={"kafkatop": "OK"}),
)

# What a broker lets through as a group's name. Offsets at the end, no member: nothing is wrong with these.
HOSTILE = (
    "esc\x1b[31mred\x1b]0;title\x07", "two\nlines\r", "tab\there", "c1\x9bcontrol", "\u202eturned", "Größe-\u30ab\u30d5\u30ab",
    "quote\"back\\slash,comma;<&>'", " spaced ", "-X", "long-" + "n" * 1995,
)
HIDDEN = "console-consumer-12345"
