"""Makes a load on a real Apache Kafka, says where it is, and keeps it moving.

A broker is started on loopback (fetched once, as for the tests), or one that is there is used (--bootstrap). On it:
topics with records, and groups that have committed on every partition of their topics by requests for that, as clients
do. Their coordinator lists them and answers for them before this program says that it is ready, by one line of JSON:

    bootstrap   where clients go                    pids        of the brokers that were started
    groups topics partitions group_topics rows      what there is; rows are groups x partitions
    records     in each partition                   commits     of each row
    lagging     rows that lag                       total_lag   of all of them
    members     groups with a member                built_in    seconds

Then it stays until it is ended by a signal, or for --seconds. With --live or --produce the load moves meanwhile: groups
commit in turn, each on all of its partitions by one request; those that keep up commit the log end, those that lag one
message more than the last time. When it ends it says, by one more line, what rate it reached, the total lag that it
leaves and how much processor time it used itself.

    loader.py --size L                                         a broker with 2,000 groups, until ^C
    loader.py --size M --commits 5 --live 1000 --seconds 60    500 groups, 1,000 commits/s for a minute
    loader.py --bootstrap 127.0.0.1:9092 --there --size M --live 10000 --produce 2000 --seconds 30
                                                               moves a load that this program made there before
"""

import argparse
import itertools
import json
import os
import resource
import signal
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "broker"), HERE]

import kafka_wire as wire  # noqa: E402

SIZES = {  # groups, topics of each, topics, partitions of each: as tests/bench/load.c
    "S": (50, 20, 20, 10),
    "M": (500, 5, 100, 20),
    "L": (2000, 2, 200, 50),
    "G": (5000, 2, 200, 20),
}
OFFSETS_TOPIC = "__consumer_offsets"
WIDTH = 16  # connections to each broker while the load is made: each waits some milliseconds for each answer
PATIENCE = 300  # seconds for what passes while a broker starts and makes thousands of partitions, on a busy machine
TOPICS_A_CALL = 25
PARTITIONS_A_REQUEST = 500
SESSION_MS = 1800000  # the longest that brokers allow: members need not be kept alive for half an hour
JAVA = ["-Xmx512m"]


def chosen(share):
    """Which numbers are taken so that their share is this, evenly spread."""
    return lambda number: int((number + 1) * share) > int(number * share)


class Shape:
    """What there is, by name and number."""

    def __init__(self, args):
        self.groups, self.group_topics, self.topics, self.partitions = (
            own if own is not None else given for own, given in
            zip((args.groups, args.group_topics, args.topics, args.partitions), SIZES[args.size]))
        if self.group_topics > self.topics:
            raise SystemExit("loader: a group reads %d topics, and there are %d" % (self.group_topics, self.topics))
        self.topic_names = ["domain-%d.events.topic-%04d" % (t % 11, t) for t in range(self.topics)]
        self.group_names = ["team-%02d.consumer-group-%05d" % (g % 37, g) for g in range(self.groups)]
        self.lags = chosen(args.lagging)
        self.has_member = chosen(args.members)
        self.group_rows = self.group_topics * self.partitions
        self.rows = self.groups * self.group_rows

    def topics_of(self, group):
        return [(group * self.group_topics + k) % self.topics for k in range(self.group_topics)]


class Groups:
    """The groups at their coordinators."""

    def __init__(self, shape, crowd, homes):
        self.shape, self.crowd, self.homes = shape, crowd, homes
        # The partitions of a commit, cut where an offset stands: joined by the offset, they are the whole.
        between = struct.pack(">ih", -1, 0)
        edges = [wire.number(shape.partitions)] + [between] * shape.partitions
        self.pieces = [edge + (wire.number(p) if p < shape.partitions else b"") for p, edge in enumerate(edges)]
        self.well = wire.array(struct.pack(">ih", p, 0) for p in range(shape.partitions))
        self.names = [wire.text(name) for name in shape.topic_names]
        self.members = {}  # generation and id, as they stand in a commit
        self.committed = {}
        self.redo = []

    def home(self, group):
        return self.homes[wire.home_of(self.shape.group_names[group], len(self.homes))]

    def commit(self, group, offsets):
        """One request: this offset on every partition of each of the group's topics."""
        topics = self.shape.topics_of(group)
        body = [wire.text(self.shape.group_names[group]), self.members.get(group, struct.pack(">ih", -1, 0)),
                wire.number(len(topics))]
        well = [wire.number(len(topics))]
        for topic, offset in zip(topics, offsets):
            body += [self.names[topic], struct.pack(">q", offset).join(self.pieces)]
            well += [self.names[topic], self.well]
        well = b"".join(well)

        def answered(answer):
            if answer[4:] == well:
                self.committed[group] = offsets
            else:
                self.refused(group, offsets, answer)
        self.crowd.submit(self.home(group), group, wire.OFFSET_COMMIT, b"".join(body), answered)

    def refused(self, group, offsets, answer):
        answer = wire.Reader(answer)
        answer.take("i")
        errors = answer.array(lambda: (answer.text(), answer.array(lambda: answer.take("ih"))))
        errors = {error for _, told in errors for _, error in told if error}
        if errors - wire.PASSING:
            raise wire.Refused("%s may not commit: error %s" % (self.shape.group_names[group], errors))
        self.redo.append((group, offsets))

    def commit_all(self, wanted):
        """These commits, each until it is taken."""
        deadline = time.monotonic() + PATIENCE
        while wanted:
            for group, offsets in wanted:
                self.commit(group, offsets)
            self.crowd.drain()
            wanted, self.redo = self.redo, []
            if time.monotonic() > deadline:
                raise wire.Refused("coordinators refuse since %d s" % PATIENCE)
            if wanted:
                time.sleep(0.1)

    def join(self, group):
        """One member that owns everything, as a consumer with the range assignor would."""
        topics = [self.names[topic] for topic in self.shape.topics_of(group)]
        name, node = wire.text(self.shape.group_names[group]), self.home(group)
        subscription = struct.pack(">h", 0) + wire.array(topics) + wire.number(-1)
        owned = wire.array(wire.number(p) for p in range(self.shape.partitions))
        assignment = struct.pack(">h", 0) + wire.array(topic + owned for topic in topics) + wire.number(-1)

        def joined(answer):
            answer = wire.Reader(answer)
            _, error, generation = answer.take("ihi")
            _, _, member = answer.text(), answer.text(), answer.text()
            if error in wire.PASSING:
                self.redo.append(group)
                return
            if error:
                raise wire.Refused("%s may not be joined: error %d" % (self.shape.group_names[group], error))
            self.members[group] = struct.pack(">i", generation) + wire.text(member)
            self.crowd.submit(node, group, wire.SYNC_GROUP, name + self.members[group] + wire.array(
                [wire.text(member) + wire.blob(assignment)]), synced)

        def synced(answer):
            error = wire.Reader(answer[4:]).take("h")
            if error:
                raise wire.Refused("%s: no assignment: error %d" % (self.shape.group_names[group], error))
        self.crowd.submit(node, group, wire.JOIN_GROUP, name + struct.pack(">ii", SESSION_MS, 60000) + wire.text("")
                          + wire.text("consumer") + wire.array([wire.text("range") + wire.blob(subscription)]), joined)

    def join_all(self):
        wanted = [group for group in range(self.shape.groups) if self.shape.has_member(group)]
        deadline = time.monotonic() + PATIENCE
        while wanted:
            for group in wanted:
                self.join(group)
            self.crowd.drain()
            wanted, self.redo = self.redo, []
            if time.monotonic() > deadline:
                raise wire.Refused("coordinators refuse members since %d s" % PATIENCE)

    def ask(self, group):
        """What the coordinator says of the first partition of each topic, into `committed`."""
        topics = self.shape.topics_of(group)
        body = wire.text(self.shape.group_names[group]) + wire.array(
            self.names[topic] + wire.array([wire.number(0)]) for topic in topics)

        def read(answer):
            answer = wire.Reader(answer)
            answer.take("i")
            told = {}

            def row():
                _, offset, _ = answer.take("iqi")
                answer.text(), answer.take("h")
                return offset
            for name, offsets in answer.array(lambda: (answer.text(), answer.array(row))):
                told[name] = offsets[0]
            self.committed[group] = [told.get(self.shape.topic_names[topic], -1) for topic in topics]
        self.crowd.submit(self.home(group), group, wire.OFFSET_FETCH, body, read)

    def ask_all(self):
        self.committed.clear()
        for group in range(self.shape.groups):
            self.ask(group)
        self.crowd.drain()

    def listed(self):
        """What all coordinators list: names, and kinds of members; groups without any have an empty one."""
        names = {}

        def read(answer):
            answer = wire.Reader(answer)
            answer.take("ih")
            names.update(answer.array(lambda: (answer.text(), answer.text())))
        for node in self.crowd.lanes:
            self.crowd.submit(node, 0, wire.LIST_GROUPS, b"", read)
        self.crowd.drain()
        return names


class Logs:
    """The topics' partitions at their leaders. All partitions of a topic always have the same log end."""

    def __init__(self, shape, crowd, leaders):
        self.shape, self.crowd, self.leaders = shape, crowd, leaders
        self.ends = [0] * shape.topics
        self.redo = []

    def put(self, topic, batch, count):
        """The batch into every partition of a topic."""
        name = self.shape.topic_names[topic]
        self.ends[topic] += count
        by_leader = {}
        for index, leader in self.leaders[name].items():
            by_leader.setdefault(leader, []).append(index)
        for leader, indexes in by_leader.items():
            for at in range(0, len(indexes), PARTITIONS_A_REQUEST):
                self.send(leader, topic, indexes[at:at + PARTITIONS_A_REQUEST], batch)

    def send(self, leader, topic, indexes, batch):
        name = self.shape.topic_names[topic]
        body = struct.pack(">hhi", -1, 1, 30000) + wire.array([wire.text(name) + wire.array(
            wire.number(index) + wire.blob(batch) for index in indexes)])

        def read(answer):
            answer = wire.Reader(answer)
            told = answer.array(lambda: (answer.text(), answer.array(lambda: answer.take("ihqqq"))))
            errors = {row[0]: row[1] for _, rows in told for row in rows if row[1]}
            if set(errors.values()) - wire.PASSING:
                raise wire.Refused("%s takes no records: error %s" % (name, set(errors.values())))
            if errors:
                self.redo.append((leader, topic, list(errors), batch))
        self.crowd.submit(leader, topic, wire.PRODUCE, body, read)

    def put_all(self, batch, count):
        """As `put`, into all topics, until all is taken."""
        for topic in range(self.shape.topics):
            self.put(topic, batch, count)
        deadline = time.monotonic() + PATIENCE
        while True:
            self.crowd.drain()
            again, self.redo = self.redo, []
            if not again:
                return
            if time.monotonic() > deadline:
                raise wire.Refused("leaders refuse records since %d s" % PATIENCE)
            time.sleep(0.1)
            for one in again:
                self.send(*one)

    def ask_ends(self):
        told = {}
        for node in self.crowd.lanes:
            led = [name for name in self.shape.topic_names if self.leaders[name][0] == node]
            told.update(wire.log_ends(self.crowd, node, led))
        self.ends = [told[name] for name in self.shape.topic_names]


class Load:
    """All of it, on one cluster."""

    def __init__(self, shape, bootstrap):
        self.shape = shape
        self.bootstrap = bootstrap
        self.moving = range(shape.groups)

    def create_topics(self):
        from confluent_kafka.admin import AdminClient, NewTopic
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        names = self.shape.topic_names
        for at in range(0, len(names), TOPICS_A_CALL):
            new = [NewTopic(name, self.shape.partitions, 1) for name in names[at:at + TOPICS_A_CALL]]
            for done in admin.create_topics(new, request_timeout=PATIENCE).values():
                done.result()

    def connect(self):
        """Waits until every partition has a leader and every group can have a coordinator."""
        first = wire.Connection(wire.address_of(self.bootstrap.split(",")[0]))
        wanted = {name: self.shape.partitions for name in self.shape.topic_names}
        deadline = time.monotonic() + PATIENCE
        while True:
            began = time.monotonic()
            first.ask(wire.FIND_COORDINATOR, wire.text(self.shape.group_names[0]) + b"\0")  # makes the offsets topic
            places = wire.Places(first, [OFFSETS_TOPIC, *wanted])
            homes = places.leaders.get(OFFSETS_TOPIC, {})
            if homes and all(len(places.leaders.get(name, ())) >= count for name, count in wanted.items()):
                break
            if time.monotonic() > deadline:
                raise wire.Refused("topics have no leaders since %d s" % PATIENCE)
            time.sleep(0.1 + 2 * (time.monotonic() - began))  # the answer is large, and the broker has work to do
        first.close()
        self.crowd = wire.Crowd(places.addresses, WIDTH)
        self.groups = Groups(self.shape, self.crowd, homes)
        self.logs = Logs(self.shape, self.crowd, places.leaders)

    def build(self, records, commits):
        self.create_topics()
        self.connect()
        now = int(time.time() * 1000)
        if records:
            self.logs.put_all(wire.record_batch(records, now), records)
        self.groups.join_all()
        for left in reversed(range(commits)):
            self.groups.commit_all([(group, [max(0, at - left) for at in self.aim(group)])
                                    for group in range(self.shape.groups)])
        self.check([self.aim(group) for group in range(self.shape.groups)])

    def aim(self, group):
        """Where a group stands when the load is made."""
        ends = [self.logs.ends[topic] for topic in self.shape.topics_of(group)]
        return [end // 2 for end in ends] if self.shape.lags(group) else ends

    def check(self, expected):
        missing = set(self.shape.group_names) - set(self.groups.listed())
        if missing:
            raise wire.Refused("%d groups are not listed, such as %s" % (len(missing), min(missing)))
        self.groups.ask_all()
        for group, offsets in enumerate(expected):
            if self.groups.committed[group] != offsets:
                raise wire.Refused("%s is at %s in place of %s" % (self.shape.group_names[group],
                                                                   self.groups.committed[group], offsets))

    def find(self):
        """A load that was made before."""
        self.connect()
        self.logs.ask_ends()
        self.groups.ask_all()
        for group, offsets in self.groups.committed.items():
            if min(offsets) < 0:
                raise wire.Refused("%s has no offsets: this load was not made here" % self.shape.group_names[group])
        kinds = self.groups.listed()
        self.moving = [group for group in self.moving if not kinds.get(self.shape.group_names[group])]

    def lags(self):
        """Of each topic of each group."""
        for group, offsets in self.groups.committed.items():
            for topic, offset in zip(self.shape.topics_of(group), offsets):
                yield self.logs.ends[topic] - offset

    def total_lag(self):
        return sum(self.lags()) * self.shape.partitions

    def lagging_rows(self):
        return sum(1 for lag in self.lags() if lag) * self.shape.partitions

    # ---- moving ----

    def step(self, group):
        """The next commit of a group. One that lags goes on by one message, but never catches up."""
        ends = [self.logs.ends[topic] for topic in self.shape.topics_of(group)]
        if self.shape.lags(group):
            ends = [max(before, min(before + 1, end - 1)) for before, end in zip(self.groups.committed[group], ends)]
        self.groups.commit(group, ends)

    def live(self, commits, produced, until):
        """So many commits and messages a second until `until` says so. Says how many there were."""
        batch = wire.record_batch(1, int(time.time() * 1000))
        turns = itertools.cycle(self.moving)
        topics = itertools.cycle(range(self.shape.topics))
        works = [one for one in (
            (commits / self.shape.group_rows, lambda: self.step(next(turns))),
            (produced / self.shape.partitions, lambda: self.logs.put(next(topics), batch, 1))) if one[0]]
        done = [0] * len(works)
        began = time.monotonic()
        while not until():
            now = time.monotonic() - began
            next_due = 0.5
            for index, (rate, work) in enumerate(works):
                while done[index] <= now * rate and not until():
                    work()
                    done[index] += 1
                next_due = min(next_due, done[index] / rate - now)
            self.crowd.pump(max(0, next_due))
        seconds = time.monotonic() - began
        self.crowd.drain()
        if self.groups.redo or self.logs.redo:
            raise wire.Refused("the cluster changed while the load moved")
        return seconds, dict(zip([name for name, rate in (("commits", commits), ("produced", produced)) if rate], done))


def say(**words):
    print(json.dumps(words), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--size", choices=sorted(SIZES), default="S",
        help="groups x topics x partitions: S (default) 50 x 20 x 10, M 500 x 5 x 20, L 2000 x 2 x 50, G 5000 x 2 x 20")
    for word, what in (("groups", "groups"), ("topics", "topics"), ("partitions", "partitions of each topic"),
                       ("group-topics", "topics that each group reads")):
        add("--" + word, type=int, metavar="N", help="other than the size's number of " + what)
    add("--records", type=int, default=100, metavar="N", help="in each partition (100)")
    add("--commits", type=int, default=1, metavar="N",
        help="of each group on each partition, while the load is made (1)")
    add("--lagging", type=float, default=0.5, metavar="SHARE",
        help="of the groups, 0 to 1 (0.5): half of the records behind")
    add("--members", type=float, default=0, metavar="SHARE",
        help="of the groups, 0 to 1 (0): have one member that owns all, for half an hour")
    add("--bootstrap", metavar="HOST:PORT", help="use this cluster, and start none")
    add("--there", action="store_true",
        help="the load was made there before, by the same size; groups with members stay still")
    add("--version", default="4.1.0", help="of Apache Kafka, when one is started (4.1.0)")
    add("--live", type=int, default=0, metavar="N", help="commits a second, of single partitions")
    add("--produce", type=int, default=0, metavar="N", help="messages a second")
    add("--seconds", type=float, metavar="S", help="end by itself after so long (else by a signal)")
    return parser.parse_args()


def with_client():
    """Goes on in the environment of the tests, where the client library is."""
    import fetch
    if os.path.realpath(sys.prefix) == os.path.realpath(fetch.environment()):
        return
    with fetch.alone():
        fetch.fetch_jars("4.1.0", fetch.jars("4.1.0"), fetch.POM)
        fetch.fetch_client()
    os.execv(fetch.python(), [fetch.python(), "-B", os.path.abspath(__file__), *sys.argv[1:]])


def start_broker(version):
    import broker
    import guard
    cluster = broker.Cluster(guard.Guard(), version, "load", java=JAVA)
    return cluster.start()


def run(args, cluster, ended):
    began = time.monotonic()
    shape = Shape(args)
    load = Load(shape, cluster.bootstrap if cluster else args.bootstrap)
    load.find() if args.there else load.build(args.records, args.commits)
    say(bootstrap=load.bootstrap, pids=[one.pid for one in cluster.processes.values()] if cluster else [],
        groups=shape.groups, topics=shape.topics, partitions=shape.partitions, group_topics=shape.group_topics,
        rows=shape.rows, records=args.records, commits=args.commits, lagging=load.lagging_rows(),
        total_lag=load.total_lag(), members=len(load.groups.members), built_in=round(time.monotonic() - began, 1))
    deadline = time.monotonic() + args.seconds if args.seconds else None
    is_over = lambda: ended or deadline and time.monotonic() > deadline  # noqa: E731
    if not args.live and not args.produce:
        load.crowd.close()
        while not is_over():
            time.sleep(0.2)
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds, done = load.live(args.live, args.produce, is_over)
    after = resource.getrusage(resource.RUSAGE_SELF)
    each = {"commits": shape.group_rows, "produced": shape.partitions}
    say(seconds=round(seconds, 3), **{name + "_a_second": round(count * each[name] / seconds, 1)
                                      for name, count in done.items()},
        total_lag=load.total_lag(), lagging=load.lagging_rows(),
        cpu_seconds=round(after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime, 3))


def main():
    args = arguments()
    with_client()
    ended = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: ended.append(number))
    cluster = None if args.bootstrap else start_broker(args.version)
    try:
        run(args, cluster, ended)
    except (wire.Refused, OSError) as failure:
        raise SystemExit("loader: %s" % failure) from None
    finally:
        if cluster:
            cluster.close()
            cluster.guard.close()


if __name__ == "__main__":
    main()
