"""The recording that the pictures show: 45 minutes of a cluster with a bad night, told in the words of tests/replay.

Everything in it is computed from the time, so that it is the same whenever it is made.
"""

import calendar
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "replay"))
import world  # noqa: E402
from world import Group, Partition, World, escape, member  # noqa: E402

MINUTE = 60000
LENGTH = 45 * MINUTE
END = calendar.timegm((2026, 1, 17, 3, 12, 8)) * 1000  # what the clock shows when it stands still
SHOWN = "03:12:0"  # the header's clock at the end
HOUR_MS = 3600000
BROKERS = {1: ("eu-1a", 700), 2: ("eu-1b", 900), 3: ("eu-1c", 1300)}  # rack, round trip in us

# name: partitions, messages a second in each, retention in hours
TOPICS = {
    "audit": (4, 1100, 48), "billing.lines": (2, 60, 48), "clicks": (8, 2600, 6), "crm.changes": (1, 12, 168),
    "fraud.events": (8, 85, 24), "inventory": (4, 160, 24), "ledger": (4, 77, 168), "mail.out": (2, 45, 24),
    "orders": (6, 316, 24), "payments.settled": (12, 440, 1), "reports.daily": (1, 1, 168),
    "search.updates": (4, 225, 24),
}


def wave(t, period, size):
    """A slow up and down between 0 and size, in whole numbers."""
    at = t % period * 4 * size // period
    return at // 2 if at < 2 * size else (4 * size - at) // 2


class Night(World):
    def __init__(self):
        world.WALL = END - LENGTH
        super().__init__(reason="the offsets topic can be read", brokers=BROKERS, offsets_partitions=4)
        self.readers = []  # (group, topic, partition, position: a function of the time, None: no commit)
        for number, (name, (count, rate, hours)) in enumerate(sorted(TOPICS.items())):
            self.topics[name] = [self.partition(number + p, p, rate, hours) for p in range(count)]

    @staticmethod
    def partition(turn, number, rate, hours):
        base = 4000000 + 7919 * number + rate * HOUR_MS // 1000 * hours
        end = lambda t: base + rate * t // 1000 + wave(t + 9000 * number, 97000, rate)  # noqa: E731
        order = tuple((turn + i) % 3 + 1 for i in range(3))
        return Partition(end=end, start=lambda t: end(t - hours * HOUR_MS), leader=order[0], replicas=order)

    def tell_metadata(self):
        self.tell("list-begin", "brokers")
        for number, (rack, trip) in BROKERS.items():
            self.tell("broker", str(number), "kafka-%d" % number, "9092", rack, "1", str(trip))
        self.tell("list-end", "brokers", "1")
        self.tell("list-begin", "topics")
        for name in sorted(self.topics):
            self.tell_topic(name)
            self.tell("topic-config", name, "0", "1", "1", str(TOPICS[name][2] * HOUR_MS), "1", "1")
        self.tell("list-end", "topics", "1")

    def open(self):
        self.tell("source", self.source, escape(self.reason))
        self.tell("cluster", "prod-eu-8Hk2", "1", str(self.offsets_partitions))
        self.tell_metadata()
        self.tell_groups()

    def group(self, name, topic, members, hosts, state="Stable", late=300):
        """Members share the partitions of the topic and read `late` ms behind."""
        group = Group(name, state, kind="classic", coordinator=len(name) % 3 + 1)
        count = len(self.topics[topic])
        group.members = [member("%s-%d" % (name, i), topic, range(i, count, members), client="%s-%d" % (name, i),
                                host=hosts[i % len(hosts)]) for i in range(members)]
        self.groups.append(group)
        for number in range(count):
            self.reads(name, topic, number, lambda t, end=self.topics[topic][number].end: end(t - late))
        return group

    def reads(self, group, topic, partition, position):
        self.readers = [one for one in self.readers if one[:3] != (group, topic, partition)]
        self.readers.append((group, topic, partition, position))

    def tell_fresh(self, held=False):
        """Just before it: the commits since the last refresh."""
        for group, topic, partition, position in self.readers:
            offset = position(self.now - 400)
            if offset is not None:
                self.tell_commit(group, topic, partition, offset, self.now - 400)
        super().tell_fresh(held)


def quiet_groups(night):
    night.group("audit-log", "audit", 4, ["log-1", "log-2"])
    night.group("billing-export", "billing.lines", 2, ["app-3"])
    night.group("clickstream-agg", "clicks", 8, ["agg-1", "agg-2", "agg-3", "agg-4"])
    night.group("crm-sync", "crm.changes", 1, ["app-4"])
    night.group("email-dispatch", "mail.out", 2, ["app-3", "app-4"])
    night.group("inventory-view", "inventory", 4, ["app-1", "app-2"])
    night.groups.append(Group("tmp-debug-17", "Empty", coordinator=2))
    night.topics["reports.daily"] = [Partition(base=608000, rate=0, leader=2, replicas=(2, 3, 1))]
    backfill = Group("backfill-2025", "Empty", coordinator=3)
    night.groups.append(backfill)
    night.at(1, lambda: [night.tell_commit("backfill-2025", "reports.daily", 0, 608000 - 10 * i,
                                           -HOUR_MS * 2 - 60000 * i, backfilled=True) for i in range(9, -1, -1)])
    night.groups.append(Group("old-reporting", "Empty", coordinator=1))
    night.at(2, lambda: [night.tell_commit("old-reporting", "billing.lines", 0, 9000000 + 60 * i,
                                           -HOUR_MS * 31 + 60000 * i, backfilled=True) for i in range(10)])


def bad_groups(night):
    """What is wrong or was, each beginning at a time of its own."""
    search = night.group("search-index", "search.updates", 4, ["app-5", "app-6"])
    for number in range(4):  # an hour's backlog, read faster than it is written
        end = night.topics["search.updates"][number].end
        night.reads(search.name, "search.updates", number,
                    lambda t, end=end: end(t) - max(60, 290000 - 101 * t // 1000 + wave(t, 60000, 90)))

    payments = night.group("payments-settlement", "payments.settled", 3, ["app-7", "app-8"])

    def die():
        payments.state, payments.members = "Empty", []
        for number in range(12):
            night.reads(payments.name, "payments.settled", number, lambda t: None)
    night.at(LENGTH - 38 * MINUTE, die)

    fraud = night.group("fraud-score", "fraud.events", 4, ["score-1", "score-2", "score-3", "score-4"])
    stuck = LENGTH - 12 * MINUTE
    for number in (3, 7):  # of one member: its client goes on, these two do not
        end = night.topics["fraud.events"][number].end
        night.reads(fraud.name, "fraud.events", number, lambda t, end=end: end(min(t, stuck) - 300))

    orders = night.group("orders-enrich", "orders", 3, ["app-1", "app-2", "app-9"])
    slow = LENGTH - 14 * MINUTE
    for number in range(6):
        end = night.topics["orders"][number].end
        night.reads(orders.name, "orders", number,
                    lambda t, end=end: end(t - 300) - max(0, (t - slow) * 41 // 1000) - wave(t, 40000, 60))

    catalog = night.group("catalog-sync", "inventory", 2, ["app-6"])
    again = LENGTH - 31 * MINUTE
    for number in range(4):
        end = night.topics["inventory"][number].end
        night.reads(catalog.name, "inventory", number,
                    lambda t, end=end: min(end(t - 300), end(again) - 90000 + (t - again) * 500 // 1000)
                    if t >= again else end(t - 300))

    ledger = night.group("ledger-writer", "ledger", 3, ["app-2", "app-9", "app-4"])

    def rebalance():
        ledger.state = "PreparingRebalance"
        for number in range(4):
            night.reads(ledger.name, "ledger", number, lambda t: None)
    night.at(LENGTH - 21000, rebalance)


def cluster_events(night):
    """A replica falls out of step and comes back; a leader moves."""
    one = night.topics["orders"][2]

    def change(**what):
        for name, value in what.items():
            setattr(one, name, value)
        night.tell_metadata()
    others = one.replicas[:2]
    night.at(LENGTH - 25 * MINUTE, lambda: change(isr=others))
    night.at(LENGTH - 23 * MINUTE, lambda: change(isr=one.replicas))
    night.at(LENGTH - 22 * MINUTE, lambda: change(leader=one.replicas[1]))


def write(path):
    night = Night()
    quiet_groups(night)
    bad_groups(night)
    cluster_events(night)
    night.open()
    for t in range(world.REFRESH, LENGTH + 1, world.REFRESH):
        night.refresh(t)
    with open(path, "w", encoding="ascii", newline="") as out:
        out.write(night.text())


if __name__ == "__main__":
    write(sys.argv[1])
