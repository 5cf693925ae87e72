"""The recordings: one story each. What must come out of them is in expected.txt, written by hand."""

from world import WALL, Group, Partition, World, member

MINUTE = 60


def orders(partitions=1, **more):
    """A world with a topic "orders" (10 messages a second in each partition) and an empty list of groups."""
    world = World()
    world.topics["orders"] = [Partition(base=1000 * (number + 1), **more) for number in range(partitions)]
    return world


def owned(world, name, partitions=1, topic="orders"):
    group = Group(name, members=[member("m-1", topic, range(partitions))])
    world.groups.append(group)
    return group


def leave(group):
    group.state = "Empty"
    group.members = []


def healthy():
    """Two members share four partitions and keep up; another group reads the same topic."""
    world = orders(4)
    world.groups.append(Group("billing", members=[member("m-1", "orders", [0, 1], client="billing-1"),
                                                  member("m-2", "orders", [2, 3], client="billing-2", host="10.0.0.2",
                                                         instance="static-2")]))
    owned(world, "audit", 4)
    for number in range(4):
        world.consume("billing", "orders", number)
        world.consume("audit", "orders", number, every=6000)
    return world.play(MINUTE)


def stopped_behind():
    """The only member dies while messages wait."""
    world = orders()
    group = owned(world, "billing")
    world.consume("billing", "orders", position=lambda t: 900 + 10 * t // 1000, until=80000)
    world.at(80000, lambda: leave(group))
    return world.play(130)


def stopped_caught_up():
    """The last look before the member died saw no lag: a zero in the window must not hide that it is gone."""
    world = orders()
    group = owned(world, "billing")
    world.consume("billing", "orders", every=2000, until=40000)
    world.at(40000, lambda: leave(group))
    return world.play(2 * MINUTE)


def stopped_and_nothing_to_read():
    """Everybody left, but nothing was written since: there is nothing wrong."""
    world = orders(end=lambda t: 1000 + 10 * min(t, 40000) // 1000)
    group = owned(world, "nightly")
    world.consume("nightly", "orders", until=44000)
    world.at(44000, lambda: leave(group))
    return world.play(90)


def stalled_with_commits():
    """It commits the same offset again and again while messages wait."""
    world = orders()
    owned(world, "billing")
    world.consume("billing", "orders", position=lambda t: 1000 + 10 * min(t, 40000) // 1000)
    return world.play(2 * MINUTE)


def stalled_silent():
    """A member holds the partition and nothing comes from it."""
    world = orders()
    owned(world, "billing")
    world.consume("billing", "orders", until=40000)
    return world.play(3 * MINUTE)


def one_member_of_three():
    """One of three members stands still: what is bad belongs to it, and not to a leader (each leads as much of it)."""
    world = World(brokers=(1, 2, 3))
    world.topics["orders"] = [Partition(base=1000, leader=number % 3 + 1) for number in range(12)]
    world.groups.append(Group("billing", members=[member("m-%d" % who, "orders", range(4 * who, 4 * who + 4),
                                                         client="billing-%d" % who, host="10.0.0.%d" % (who + 1))
                                                  for who in range(3)]))
    owned(world, "audit", 12)
    for number in range(12):
        world.consume("audit", "orders", number, every=6000)
        world.consume("billing", "orders", number, until=40000 if number // 4 == 1 else 10**9)
    return world.play(3 * MINUTE)


def rewound():
    """The offsets are set back to the start of the log, and it reads on from there."""
    world = orders()
    owned(world, "billing")
    world.consume("billing", "orders", until=60000)
    world.consume("billing", "orders", since=60000, position=lambda t: 40 * (t - 60000) // 1000)
    return world.play(80)


def reset_to_the_end():
    """Everybody left and somebody sets the offset to the log end: the skip stands on the tape, then all is well."""
    world = orders(end=lambda t: 1000 + 10 * min(t, 90000) // 1000)
    group = owned(world, "billing")
    world.consume("billing", "orders", until=40000)
    world.at(40000, lambda: leave(group))
    world.commit(90700, "billing", "orders", 0, 1900)
    return world.play(100)


def ahead():
    """The committed offset lies beyond the log end, as after unclean elections."""
    world = orders()
    owned(world, "billing")
    world.consume("billing", "orders", until=20000)
    world.at(30000, lambda: world.tell_commit("billing", "orders", 0, 500000, 30000))
    return world.play(MINUTE)


def records_lost():
    """Retention overtakes a slow consumer."""
    world = orders(start=lambda t: 0 if t < 60000 else 1300)
    owned(world, "billing")
    world.consume("billing", "orders", position=lambda t: 900 + 3 * t // 1000)
    return world.play(90)


def never_committed():
    """One of two owned partitions has no committed offset."""
    world = orders(2)
    owned(world, "billing", 2)
    world.consume("billing", "orders", 0)
    return world.play(MINUTE)


def never_committed_for_long():
    """... and stays so for more than ten minutes, with messages in it."""
    world = orders(2)
    owned(world, "billing", 2)
    world.consume("billing", "orders", 0, every=10000, seconds=660)
    world.topics["orders"][0].start = world.topics["orders"][1].start = lambda t: 0
    world.open()
    for t in range(10000, 660001, 10000):
        world.refresh(t)
    return world


def draining():
    """It was far behind and catches up."""
    world = World()
    world.topics["orders"] = [Partition(base=10000), Partition(base=9000)]
    owned(world, "billing", 2)
    world.consume("billing", "orders", 0, position=lambda t: 2000 + 100 * t // 1000)
    world.consume("billing", "orders", 1, position=lambda t: 2000 + 120 * t // 1000)
    return world.play(MINUTE)


def falling_behind():
    """It reads half of what is written."""
    world = orders()
    owned(world, "billing")
    world.consume("billing", "orders", position=lambda t: 1000 + 5 * t // 1000)
    return world.play(3 * MINUTE)


def end_errors():
    """One partition of three gives no log end any more: its lag is unknown, the others' is not."""
    world = orders(3)
    owned(world, "billing", 3)
    for number in range(3):
        world.consume("billing", "orders", number)
    world.topics["orders"][1].error = lambda t: "_TIMED_OUT" if t > 30000 else None
    world.at(30001, lambda: world.tell_problem("partition", "orders/1", "_TIMED_OUT", "no answer for the log end"))
    return world.play(90)


def leaderless():
    """A partition loses its leader and a replica."""
    world = World(brokers=(1, 2))
    world.topics["orders"] = [Partition(replicas=(1, 2)), Partition(base=2000, leader=2, replicas=(2, 1))]
    owned(world, "billing", 2)

    def lose():
        world.topics["orders"][1].leader = -1
        world.topics["orders"][0].isr = (1,)
        world.topics["orders"][1].isr = (2,)
        world.tell_metadata()

    world.consume("billing", "orders", 0)
    world.consume("billing", "orders", 1, until=30000)
    world.at(30000, lose)
    return world.play(80)


def topic_made_anew():
    """The topic is deleted, and one of the same name begins at zero."""
    world = orders()
    owned(world, "billing")

    def remove():
        world.kept = world.topics.pop("orders")
        world.tell_metadata()
        world.tell("commit-gone", "billing", "orders", "0")

    def again():
        world.topics["orders"] = [Partition(base=0, end=lambda t: 10 * (t - 40000) // 1000)]
        world.tell_metadata()

    world.consume("billing", "orders", until=30000)
    world.at(30000, remove)
    world.at(40000, again)
    fresh = lambda t: max(0, 10 * (t - 40000) // 1000)  # noqa: E731
    world.consume("billing", "orders", position=fresh, since=42000)
    return world.play(80)


def topic_truncated():
    """The log end falls without the topic having been away, and the consumer starts again."""
    world = orders(end=lambda t: 1000 + t // 100 if t < 40000 else (t - 40000) // 100)
    owned(world, "billing")
    world.consume("billing", "orders")
    return world.play(80)


def group_deleted():
    """One group stays, one is deleted, one loses its last commit."""
    world = orders()
    owned(world, "stays")
    goes = owned(world, "goes")
    world.consume("stays", "orders")
    world.consume("goes", "orders", until=30000)
    world.at(5000, lambda: world.tell_commit("only-commits", "orders", 0, 1040, 5000))

    def remove():
        goes.told = False
        world.tell("commit-gone", "goes", "orders", "0")
        world.tell("group-gone", "goes")
        world.tell("commit-gone", "only-commits", "orders", "0")

    world.at(30000, remove)
    return world.play(MINUTE)


HOSTILE = [b"\x1b[31mred\x1b]0;title\x07", b"nul\x00inside", b"two\nlines\r", b"not \xff\xfe utf-8", b"n" * 249,
           "\u202egnilekcirt".encode(), b"", b"~", b"back\\slash\ttab",
           "\u0301\u200bgr\u00f6\u00dfe".encode(), b'quo"te,comma', b"\xed\xa0\x80surrogate"]


def hostile_names():
    """Names that want to break a terminal, a document or a line."""
    world = orders()
    for number, name in enumerate(HOSTILE):
        world.groups.append(Group(name, members=[member(b"m-" + name, "orders", [0] if number == 0 else [],
                                                        client=name, host=name, instance=name)]))
        world.consume(name, "orders", every=10000)
    world.at(1, lambda: world.tell_problem("group", HOSTILE[0], "BAD\x1b[0m", HOSTILE[3]))
    return world.play(30)


TOPIC_ID = "000102030405060708090a0b0c0d0e0f"
OTHER_ID = "ffeeddccbbaa99887766554433221100"


def consumer_group():
    """A KIP-848 group told by records: one member by a known topic id, one by an id that nothing resolves."""
    world = orders(2)
    world.groups.append(Group("new-style", kind="consumer", members=None))

    def join():
        world.tell("topic-id", "orders", TOPIC_ID)
        world.tell("group-epoch", "new-style", "7")
        world.tell("member", "new-style", *member("m-1", client="one", instance="static", epoch=7,
                                                  subscription=["orders"], readable=False))
        world.tell("member", "new-style", *member("m-1", client=None, host=None, epoch=7, subscribed=False,
                                                  topic_id=TOPIC_ID, partitions=[0]))
        world.tell("member", "new-style", *member("m-2", client="two", epoch=7, subscription=["orders"],
                                                  topic_id=OTHER_ID, partitions=[1]))
        world.tell("member", "new-style", *member("m-3", client="three", epoch=7, subscription=["orders"]))

    world.at(100, join)
    world.at(30000, lambda: world.tell("member-gone", "new-style", *member("m-3", client=None, host=None, epoch=-1,
                                                                          subscribed=False, readable=False)))
    for number in range(2):
        world.consume("new-style", "orders", number)
    return world.play(MINUTE)


def share_group():
    """A share group has no verdict of these rules; nothing is missing because of it."""
    world = orders()
    world.groups.append(Group("queue", kind="share", members=[member("m-1", "orders", [])]))
    world.consume("queue", "orders", position=lambda t: 100)
    owned(world, "billing")
    world.consume("billing", "orders")
    return world.play(30)


def admin_source():
    """Commits are asked from coordinators: no order, no time of theirs."""
    world = orders(2)
    world.source = "admin"
    world.reason = "the offsets topic may not be read"
    owned(world, "running", 2)
    dies = owned(world, "dies", 2)
    for number in range(2):
        world.consume("running", "orders", number)
        world.consume("dies", "orders", number, until=40000)
    world.at(40000, lambda: leave(dies))
    return world.play(100)


def started_late():
    """Groups have been committing for long: windows are full at once, verdicts are given where they are honest."""
    world = orders()
    world.topics["slow"] = [Partition(base=5000, rate=0)]
    owned(world, "runs")
    world.groups.append(Group("stopped", state="Empty"))
    world.groups.append(Group("behind", members=[member("m-1", "orders", [0])]))
    world.groups.append(Group("idle", state="Empty"))

    def found():
        for i in range(10):
            at = -20000 + 2000 * i
            world.tell_commit("runs", "orders", 0, 800 + 20 * i, at, backfilled=True)
        world.tell_commit("runs", "orders", 0, 1000, -10, backfilled=True)
        for i in range(10):
            world.tell_commit("stopped", "orders", 0, 100 + 20 * i, -620000 + 2000 * i, backfilled=True)
        for i in range(10):
            world.tell_commit("behind", "orders", 0, 300 + 20 * i, -20000 + 2000 * i, backfilled=True)
        world.tell_commit("idle", "slow", 0, 5000, -86400000, backfilled=True)

    world.at(1, found)
    world.topics["orders"][0] = Partition(base=1000, rate=0)
    return world.play(2)


def started_after_a_rewind():
    """The commits found at start tell that the offsets went back."""
    world = orders()
    owned(world, "rewound")

    def found():
        for i in range(9):
            world.tell_commit("rewound", "orders", 0, 800 + 20 * i, -20000 + 2000 * i, backfilled=True)
        world.tell_commit("rewound", "orders", 0, 0, -1000, backfilled=True)

    world.at(1, found)
    return world.play(2)


def started_and_asked():
    """The log ends at the times of the commits found are asked: a verdict stands at first sight, marked estimated."""
    world = orders()
    world.topics["orders"][0] = Partition(base=1000, rate=10)
    owned(world, "shrinks")
    owned(world, "grows")

    def found():
        for i in range(10):
            at = -20000 + 2000 * i
            world.tell_commit("shrinks", "orders", 0, 300 + 60 * i, at, backfilled=True)
            world.tell_commit("grows", "orders", 0, 700 + 10 * i, at, backfilled=True)

    def asked():
        for i in range(0, 10, 3):
            at = -20000 + 2000 * i
            world.tell("past", "orders", "0", str(WALL + at), "1", str(1000 + at // 100))

    world.at(1, found)
    world.at(2500, asked)
    return world.play(4)


def started_late_and_stayed():
    """The same a minute later, with live commits: what was learnt at start was not wrong."""
    world = orders()
    owned(world, "runs")
    world.groups.append(Group("stopped", state="Empty"))
    owned(world, "behind")
    world.groups[2].members = [member("m-1", "orders", [0])]

    def found():
        for i in range(10):
            world.tell_commit("runs", "orders", 0, 800 + 20 * i, -20000 + 2000 * i, backfilled=True)
            world.tell_commit("stopped", "orders", 0, 100 + 20 * i, -620000 + 2000 * i, backfilled=True)
            world.tell_commit("behind", "orders", 0, 300 + 20 * i, -20000 + 2000 * i, backfilled=True)

    world.at(1, found)
    world.consume("runs", "orders")
    world.consume("behind", "orders", position=lambda t: 500 + 14 * t // 1000)
    return world.play(100)


def empty_cluster():
    """Brokers, no topics, no groups."""
    world = World()
    world.offsets_partitions = 0
    return world.play(10)


def no_rights():
    """Groups may not be listed, and one topic may not be described: what can be seen is shown, and that it is part."""
    world = orders()
    world.complete = False
    owned(world, "billing")
    world.consume("billing", "orders")

    def refuse():
        world.tell_problem("cluster", "", "GROUP_AUTHORIZATION_FAILED", "not every group may be described")
        world.tell_problem("topic", "secret", "TOPIC_AUTHORIZATION_FAILED", "the topic may not be described")
        world.tell_problem("group", "secret-readers", "GROUP_AUTHORIZATION_FAILED", "the group may not be described")

    world.at(1, refuse)
    return world.play(30)


def transaction_hangs():
    """An open transaction hides the commits of the offsets partition: nobody becomes STOP because of it."""
    world = orders()
    owned(world, "billing")
    world.consume("billing", "orders", until=30000)
    world.at(30000, lambda: setattr(world, "held", True))
    return world.play(MINUTE)


def transaction_of_a_producer():
    """A transaction opens at 20 s and stays: one group has read up to it, one not, one reads uncommitted records."""
    world = orders(end=lambda t: 1000 + 10 * t // 1000, stable=lambda t: 1000 + 10 * min(t, 20000) // 1000)
    for name in ("waits", "hangs", "sees-all"):
        owned(world, name)
    left = owned(world, "left")
    committed = lambda t: 1000 + 10 * min(t, 20000) // 1000  # noqa: E731
    world.consume("waits", "orders", position=committed, until=24000)
    world.consume("left", "orders", position=committed, until=24000)
    world.at(26000, lambda: leave(left))
    world.consume("hangs", "orders", position=lambda t: committed(t) - 50, until=24000)
    world.consume("sees-all", "orders")
    return world.play(400)


def compacted():
    """Of a compacted topic lag counts offsets; beside it one that is not."""
    world = orders()
    world.topics["changes"] = [Partition(base=5000)]
    owned(world, "reads-changes", topic="changes")
    owned(world, "reads-orders")
    world.consume("reads-changes", "changes", position=lambda t: 4000 + 20 * t // 1000)
    world.consume("reads-orders", "orders")
    world.at(1000, lambda: world.tell("topic-config", "changes", "1", "0", "1", "604800000", "1", "0"))
    world.at(1000, lambda: world.tell("topic-config", "orders", "0", "1", "1", "604800000", "1", "1"))
    return world.play(MINUTE)


def partitions_added():
    """Two partitions come, and are committed to a minute later."""
    world = orders(2)
    group = owned(world, "billing", 2)

    def grow():
        world.topics["orders"] += [Partition(base=0), Partition(base=0)]
        world.tell_metadata()

    def notice():
        group.members = [member("m-1", "orders", range(4))]

    world.at(20000, grow)
    world.at(30000, notice)
    for number in range(2):
        world.consume("billing", "orders", number)
    return world.play(MINUTE)


def made_again_between_two_looks():
    """The topic is another one from one refresh to the next; the listing never missed it."""
    world = orders(2, end=lambda t: 1000 + t // 100 if t < 31000 else (t - 31000) // 100)
    owned(world, "billing", 2)
    for number in range(2):
        world.consume("billing", "orders", number)
        world.at(31000, lambda number=number: world.tell("commit-gone", "billing", "orders", str(number)))
    return world.play(MINUTE)


def rebalances():
    """Members come and go; the work goes on."""
    world = orders(2)
    group = owned(world, "billing", 2)

    def stir():
        group.state = "PreparingRebalance"
        group.members = None

    def settle():
        group.state = "Stable"
        group.members = [member("m-1", "orders", [0]), member("m-2", "orders", [1], host="10.0.0.2")]

    world.at(29000, stir)
    world.at(39000, settle)
    for number in range(2):
        world.consume("billing", "orders", number, until=29000)
        world.consume("billing", "orders", number, since=36000)
    return world.play(80)


def unreachable():
    """After half a minute nothing answers: everything grows old and says so."""
    world = orders()
    owned(world, "billing")
    world.consume("billing", "orders", until=30000)
    world.play(30)
    world.now = 32000
    world.tell_problem("cluster", "", "_ALL_BROKERS_DOWN", "no broker answers")
    world.complete = False
    for t in range(32000, 90001, 2000):
        world.now = t
        world.tell("pass", "0")
    return world


def ends_in_markers():
    """The last things written are markers of transactions: nobody reads them, and somebody looked."""
    world = orders(end=lambda t: 1000 + 10 * min(t, 20000) // 1000 + (t > 20000))
    owned(world, "billing")
    world.consume("billing", "orders", position=lambda t: 1000 + 10 * min(t, 20000) // 1000, until=30000)
    world.at(32000, lambda: world.tell_record("orders", 0, 1200, 1201, found=False))
    return world.play(2 * MINUTE)


def ends_in_a_record():
    """One record before the end, and nobody can read it: a poison pill."""
    world = orders(end=lambda t: 1000 + 10 * min(t, 20000) // 1000 + (t > 20000))
    owned(world, "billing")
    world.consume("billing", "orders", position=lambda t: 1000 + 10 * min(t, 20000) // 1000, until=30000)
    world.at(32000, lambda: world.tell_record("orders", 0, 1200, 1200, age=10000))
    return world.play(2 * MINUTE)


def looked_at():
    """Exact time lags: an hour old, written by a broker's clock, from the future, denied, and of an offset left."""
    world = orders(5)
    owned(world, "billing", 5)
    for number in range(5):
        world.consume("billing", "orders", number, position=lambda t, base=1000 * (number + 1): base - 500, until=9000)

    def look():
        world.tell_record("orders", 0, 500, 500, age=3600000)
        world.tell_record("orders", 1, 1500, 1520, age=60000, stamp="append")
        world.tell_record("orders", 2, 2500, 2500, age=-120000)
        world.tell_record("orders", 3, 3500, 3500, found=False, error="TOPIC_AUTHORIZATION_FAILED")
        world.tell_record("orders", 4, 4400, 4400, age=3600000)

    world.at(20000, look)
    return world.play(30)


STORIES = [healthy, stopped_behind, stopped_caught_up, stopped_and_nothing_to_read, stalled_with_commits,
           stalled_silent, one_member_of_three, rewound, reset_to_the_end, ahead, records_lost, never_committed,
           never_committed_for_long, draining, falling_behind, end_errors, leaderless, topic_made_anew, topic_truncated, group_deleted,
           hostile_names, consumer_group, share_group, admin_source, started_late, started_after_a_rewind,
           started_and_asked, started_late_and_stayed, empty_cluster, no_rights, transaction_hangs,
           transaction_of_a_producer, compacted, partitions_added, made_again_between_two_looks,
           rebalances, unreachable,
           ends_in_markers, ends_in_a_record, looked_at]
