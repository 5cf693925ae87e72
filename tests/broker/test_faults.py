"""Three brokers behind middlemen and every kind of trouble: what is reached goes on, what is not says so, all comes back."""

import fcntl
import os
import pty
import struct
import sys
import termios
import threading
import time
import uuid

from broker import free_ports
from clients import Actor, Feeder
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import NewTopic
from middleman import Fronted, Middleman
from monitor import Stream, options, program
from tap import expect, note, test, until
from test_three import right_at_the_end

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "pty"))
from terminal import Terminal  # noqa: E402 - the one of the layer pty

SETTINGS = {"offsets.topic.replication.factor": 3, "offsets.topic.num.partitions": 6, "min.insync.replicas": 1,
            "group.min.session.timeout.ms": 6000}
TOPICS = {"alone-1": [[1]], "alone-2": [[2]], "alone-3": [[3]], "spread": [[1], [2], [3]]}
IDLE = ["idle-%02d" % number for number in range(20)]  # so that each broker coordinates some
BACK = 25  # seconds; figures are told, and stand in docs/PERFORMANCE.md
FEW = 4  # lines about one trouble
KEY = 1.0  # seconds from a key to its repaint that nothing excuses
OFFSET_FETCH_ERRORS = {"NOT_COORDINATOR": 16, "COORDINATOR_LOAD_IN_PROGRESS": 14, "withheld": None}
LONG = bool(os.environ.get("KAFKATOP_LONG"))


class Screen:
    """The program in a terminal, at which somebody moves up and down all the time; what it shows can be read."""

    def __init__(self, guard, client, size=(100, 30)):
        self.guard = guard
        self.terminal = Terminal(*size)
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.errors = open(os.path.join(guard.folder, "screen.err"), "w+b")
        self.child = guard.start(program() + options(client) + ["-d", "0.5"], stdin=slave, stdout=slave,
                                 stderr=self.errors, start_new_session=True,
                                 env=dict(os.environ, TERM="xterm-256color"))
        os.close(slave)
        self.news = threading.Condition()
        self.drawn = 0
        self.waits = []  # seconds from each key to the first byte of its answer
        self.ending = threading.Event()
        threading.Thread(target=self.read, daemon=True).start()
        self.typist = threading.Thread(target=self.type, daemon=True)

    def read(self):
        try:
            while True:
                data = os.read(self.master, 65536)
                with self.news:
                    self.terminal.feed(data.decode("utf-8", "replace"))
                    self.drawn += len(data)
                    self.news.notify_all()
        except OSError:  # the program has closed its side
            pass

    def type(self):
        turn = 0
        while not self.ending.wait(0.15):
            turn += 1
            with self.news:
                before, began = self.drawn, time.monotonic()
                os.write(self.master, b"jk"[turn % 2:turn % 2 + 1])
                self.news.wait_for(lambda: self.drawn > before or self.ending.is_set(), 30)
            self.waits.append(time.monotonic() - began)

    def text(self):
        with self.news:
            return self.terminal.text()

    def slowest(self):
        """The wait that one key in a hundred exceeds, of all since the last call."""
        waits, self.waits = sorted(self.waits), []
        return waits[int(len(waits) * 0.99)] if waits else 0.0

    def words(self):
        self.errors.flush()
        with open(self.errors.name, "rb") as file:
            return file.read()

    def end(self):
        self.ending.set()
        self.typist.join()
        os.write(self.master, b"q")
        until(20, lambda: self.child.poll() is not None, "the screen to end")
        return self.guard.end(self.child)


class Field:
    """One topic and one group a broker, one over all, and some idle ones; two monitors and a screen."""

    def __init__(self, guard):
        self.guard = guard
        self.cluster = Fronted(guard, "4.1.0", "faults", nodes=3, settings=SETTINGS).start()
        self.admin = self.cluster.admin()
        wanted = [NewTopic(name, len(replicas), replica_assignment=replicas) for name, replicas in TOPICS.items()]
        for answer in self.admin.create_topics(wanted, request_timeout=20).values():
            answer.result()
        self.feeder = Feeder(self.cluster.client())
        for name, replicas in TOPICS.items():
            self.feeder.feed(name, range(len(replicas)), 3, 0.7)
        self.feeder.start()
        self.actors = [Actor(self.cluster.client(), "reader-of-" + name, name, session=10000) for name in TOPICS]
        for actor in self.actors:
            actor.start()
        self.name = Middleman(self.cluster.middlemen[1].target)  # as a name that brokers are found by
        until(60, lambda: all(actor.commits > 3 for actor in self.actors), "commits of all groups")
        commit(self.admin, IDLE)
        # a dead address first, then one broker by three
        ports = [free_ports(1)[0], self.name.port] + [self.cluster.middlemen[1].port] * 2
        self.client = dict(self.cluster.watched(), **{
            "bootstrap.servers": ",".join("127.0.0.1:%d" % port for port in ports)})
        self.streams = [Stream(guard, self.client, "-d", "0.5", "--source", source, title=source)
                        for source in ("log", "admin")]
        self.stream = self.streams[0]
        self.advertised = {node: one.port for node, one in self.cluster.middlemen.items()}
        self.old = []  # middlemen that nobody is told of any more
        self.screen = Screen(guard, self.client)
        self.screen.typist.start()

    def middlemen(self):
        return [self.name] + list(self.cluster.middlemen.values())

    def pids(self):
        return [stream.child.pid for stream in self.streams] + [self.screen.child.pid]

    def move(self):
        """All brokers are elsewhere; only the name still leads to one of them."""
        for node, old in list(self.cluster.middlemen.items()):
            self.cluster.middlemen[node] = Middleman(old.target)
            self.old.append(old)
            old.cut()
        self.rename()

    def rename(self):
        """All answers name the middlemen of now."""
        pairs = [(address(port), address(self.cluster.middlemen[node].port)) for node, port in self.advertised.items()]
        for middleman in self.middlemen():
            middleman.alter = lambda _, answer: renamed(pairs, answer)

    def usage(self):
        """Threads and sockets of each program under test."""
        return [(len(os.listdir("/proc/%d/task" % pid)), sockets(pid)) for pid in self.pids()]

    def close(self):
        for stream in self.streams:
            stream.end()
        self.feeder.close()
        for actor in self.actors:
            actor.ending.set()
        for actor in self.actors:
            actor.close()
        self.cluster.close()
        for middleman in self.old + [self.name]:
            middleman.close()


def address(port):
    return b"127.0.0.1" + struct.pack(">i", port)


def renamed(pairs, answer):
    for old, new in pairs:
        answer = answer.replace(old, new)
    return answer


def sockets(pid):
    count = 0
    for name in os.listdir("/proc/%d/fd" % pid):
        try:
            count += os.readlink("/proc/%d/fd/%s" % (pid, name)).startswith("socket:")
        except FileNotFoundError:
            pass
    return count


def commit(admin, groups):
    """One commit of each group; again where a coordinator was not ready."""
    def refused(names):
        asked = {name: admin.alter_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(name, [TopicPartition("spread", number, 1) for number in range(3)])],
            request_timeout=20)[name] for name in names}
        return [name for name, one in asked.items() if any(place.error for place in one.result().topic_partitions)]
    left = list(groups)
    until(30, lambda: left.__setitem__(slice(None), refused(left)) or not left, lambda: "commits of %s" % left)


def row(document, number):
    return document.partitions("reader-of-alone-%d" % number).get(("alone-%d" % number, 0)) or {"marks": ["STALE"]}


def is_stale(document, number):
    return "STALE" in row(document, number)["marks"]


def is_calm(document):
    """Nothing is missing, nothing is old, and nobody complains."""
    marks = [mark for group in document.groups for one in document.partitions(group).values() for mark in one["marks"]]
    return not document.cluster["partial"] and "STALE" not in marks and not document.cluster["problems"] and all(
        document.worst("reader-of-" + name) == "OK" for name in TOPICS) and set(IDLE) <= set(document.groups)


def unrest(document):
    return "all calm: partial %s, problems %s\n%s" % (document.cluster["partial"], document.problems(), "\n".join(
        document.brief("reader-of-" + name) for name in TOPICS))


def calm_again(field, what):
    began = time.monotonic()
    times = []
    for stream in field.streams:
        stream.wait(BACK, is_calm, unrest)
        times.append("%s %.1f s" % (stream.title, time.monotonic() - began))
    slowest = field.screen.slowest()
    note("%s: back after %s; slowest key of a hundred %.0f ms" % (what, ", ".join(times), 1000 * slowest))
    expect(slowest < KEY, "a key took %.1f s", slowest)
    for stream in field.streams:
        expect(not stream.words(), "on standard error: %s", stream.words())
    expect(not field.screen.words(), "on standard error: %s", field.screen.words())


def all_well(field):
    for stream in field.streams:
        stream.wait(60, is_calm, unrest)
        expect(len(stream.latest.cluster["brokers"]) == 3, "%s", stream.latest.cluster["brokers"])


def blames(document, node):
    return any(one["scope"] == "broker" and one["name"] == str(node) for one in document.cluster["problems"])


def few(document, text=None):
    lines = document.problems()
    return 0 < len(lines) <= FEW and (not text or any(text in line for line in lines))


def brief(document):
    return "%s\n%s" % (document.problems(), "\n".join(document.brief("reader-of-" + name) for name in TOPICS))


def others(node):
    return [number for number in (1, 2, 3) if number != node]


def unharmed(field, node):
    """Those of the others whose commits do not go through this broker either."""
    return [number for number in others(node) if all(
        stream.latest.group("reader-of-alone-%d" % number)["coordinator"] not in (node, None)
        for stream in field.streams)]


def goes_on(field, node, seconds=4):
    """The rows of the other brokers are as young as if nothing were."""
    seen = {(stream.title, number): set() for stream in field.streams for number in others(node)}

    def look_of(stream):
        def look(document):
            for number in others(node):
                seen[stream.title, number].add(row(document, number).get("as_of"))
        return look
    looks = {stream: look_of(stream) for stream in field.streams}
    for stream, look in looks.items():
        stream.looks.append(look)
    until(seconds * 6, lambda: all(len(times) > 2 * seconds * 0.6 for times in seen.values()),
          lambda: "fresh rows: %s" % {key: len(times) for key, times in seen.items()})
    for stream, look in looks.items():
        stream.looks.remove(look)


def one_is_missing(field, node, what, begin, end, seconds=0):
    """Its rows are marked, sums say that a part is missing, few lines name it, all else goes on."""
    well = unharmed(field, node)
    began = time.monotonic()
    begin()
    try:
        for stream in field.streams:
            stream.wait(30, lambda document: is_stale(document, node) and blames(document, node) and few(document) and
                        document.cluster["partial"] and document.group("reader-of-spread")["total_partial"],
                        lambda document: "broker %d blamed: %s" % (node, brief(document)))
        note("%s: told after %.1f s: %s" % (what, time.monotonic() - began, field.stream.latest.problems()))
        goes_on(field, node)
        for stream in field.streams:
            stream.wait(30, lambda document: is_stale(document, node) and not any(
                is_stale(document, number) for number in well), brief)
        note("%s: %s went on after %.1f s" % (what, well, time.monotonic() - began))
        until(seconds + 5, lambda: time.monotonic() - began > seconds, "the time to pass")
    finally:
        end()
    calm_again(field, what)


def one_cut(field):
    middleman = field.cluster.middlemen[2]
    middleman.forget()
    one_is_missing(field, 2, "one cut off", lambda: middleman.cut(False), middleman.let_pass)


def one_held(field):
    middleman = field.cluster.middlemen[3]
    one_is_missing(field, 3, "one behind a dead network", middleman.hold, middleman.let_pass)


def one_frozen(field):
    """It keeps its connections, answers nothing, and after a while the others do without it; nobody else is blamed."""
    wrongly = []

    def look(document):
        wrongly.extend(one["text"] for one in document.cluster["problems"] if one["error"] == "_TIMED_OUT" and (
            one["scope"] == "cluster" and not one["name"] or one["scope"] == "broker" and one["name"] != "3"))
    for stream in field.streams:
        stream.looks.append(look)
    try:
        one_is_missing(field, 3, "one frozen", lambda: field.cluster.freeze(3), lambda: field.cluster.thaw(3), 12)
    finally:
        for stream in field.streams:
            stream.looks.remove(look)
    expect(not wrongly, "blamed: %s", sorted(set(wrongly)))


def one_late(field, seconds=2.0):
    middleman = field.cluster.middlemen[2]
    middleman.delay = seconds
    try:
        goes_on(field, 2, 6)
        note("one late: %s" % field.stream.latest.problems())
    finally:
        middleman.delay = 0
    calm_again(field, "one late by %g s" % seconds)


def one_narrow(field):
    """A line of 3 kB/s: what is asked comes late, if at all."""
    field.cluster.middlemen[2].speed = 3000
    try:
        goes_on(field, 2, 6)
    finally:
        field.cluster.middlemen[2].speed = None
    calm_again(field, "one behind a narrow line")


def nobody(field, what, begin, seconds):
    """No broker at all: one or two lines, what was known stays and is marked, and nobody is pestered."""
    for middleman in field.middlemen():
        begin(middleman)
        middleman.forget()
    began = time.monotonic()
    try:
        for stream in field.streams:
            stream.wait(30, lambda document: any(one["scope"] == "cluster" for one in document.cluster["problems"]) and
                        len(document.problems()) <= 2 and all(is_stale(document, number) for number in (1, 2, 3)),
                        lambda document: "one line: %s" % brief(document))
            expect(stream.latest.group("reader-of-spread")["partitions"][0]["committed"], "what was known is gone")
        note("%s: told after %.1f s: %s" % (what, time.monotonic() - began, field.stream.latest.problems()))
        until(30, lambda: "STALE" in field.screen.text(), lambda: "STALE on the screen:\n" + field.screen.text())
        until(seconds + 5, lambda: time.monotonic() - began > seconds, "the time to pass")
        attempts = sum(len(middleman.attempts) for middleman in field.middlemen())
    finally:
        for middleman in field.middlemen():
            middleman.let_pass()
    calm_again(field, what)
    return attempts / (time.monotonic() - began)


def all_cut(field, seconds=12):
    rate = nobody(field, "all cut off", lambda one: one.cut(False), seconds)
    waits = []
    for middleman in field.middlemen():
        waits += [after - before for before, after in zip(middleman.attempts, middleman.attempts[1:])]
    # three programs with four handles each, four addresses, and pauses of up to 3 s
    note("all cut off: %.1f connections a second" % rate)
    expect(rate < 3 * 4 * 4, "%.1f connections a second", rate)
    expect(len({round(wait, 4) for wait in waits}) > len(waits) / 2, "pauses are not by chance: %s", waits)


def all_held(field, seconds=10):
    nobody(field, "a dead network", lambda one: one.hold(), seconds)


def all_moved(field):
    """New addresses for all brokers, as after a change of DNS."""
    field.move()
    field.stream.wait(BACK, lambda document: {one["port"] for one in document.cluster["brokers"]} ==
                      {one.port for one in field.cluster.middlemen.values()},
                      lambda document: "new addresses: %s" % document.cluster["brokers"])
    calm_again(field, "all moved")


def one_replaced(field):
    """A broker goes as for an upgrade, what it coordinates moves, and it comes back at another port."""
    field.cluster.stop(2)
    for stream in field.streams:
        stream.wait(30, lambda document: few(document) and is_stale(document, 2), brief)
    note("one stopped: %s" % field.stream.latest.problems())
    goes_on(field, 2, 2)
    old = field.cluster.middlemen[2]
    field.old.append(old)
    old.cut()
    field.cluster.middlemen[2] = Middleman(old.target)
    field.rename()
    with open(field.cluster.path(2, "properties"), "w", encoding="utf-8") as file:
        file.writelines("%s=%s\n" % pair for pair in field.cluster.properties(2).items())
    field.cluster.restart(2)
    calm_again(field, "one replaced")


def thrown_away(field, count):
    """Groups of one commit each come and go, as many twice: what they took is given back."""
    def memory():
        with open("/proc/%d/status" % field.stream.child.pid, encoding="ascii", errors="replace") as file:
            return int(next(line for line in file if line.startswith("VmRSS")).split()[1]) / 1024
    sizes = []
    for _ in range(2):
        names = [str(uuid.uuid4()) for _ in range(count)]
        for begin in range(0, len(names), 200):
            commit(field.admin, names[begin:begin + 200])
        for stream in field.streams:
            stream.wait(60, lambda document: set(names) <= set(document.groups), lambda document: "%d groups" % len(
                document.groups))
        for one in field.admin.delete_consumer_groups(names, request_timeout=30).values():
            one.result()
        for stream in field.streams:
            stream.wait(90, lambda document: not set(names) & set(document.groups), lambda document: "%d groups" % len(
                document.groups))
        sizes.append(memory())
    note("thrown away: %s" % ", ".join("%.1f MiB" % size for size in sizes))
    expect(sizes[1] < sizes[0] + 12, "it grows: %s", sizes)
    calm_again(field, "thrown away")


def with_error(error):
    """The answers to OffsetFetch with another error of the group; None withholds them."""
    def alter(request, answer):
        if request.kind != "OffsetFetch":
            return answer
        if error is None:
            return None
        behind = 0 if request.version < 6 else 1 if request.version < 8 else 2  # empty tags
        end = len(answer) - behind
        return answer[:end - 2] + struct.pack(">h", error) + answer[end:]
    return alter


def coordinators_refuse(field, word):
    """Neither error nor silence ends the program, whatever becomes of the groups meanwhile."""
    carried = "carried-" + word
    commit(field.admin, [carried])
    client = field.cluster.watched()
    alone = Stream(field.guard, client, "-d", "0.5", "--source", "admin", "-g", "^%s$" % carried, title="alone")
    try:
        alone.wait(30, lambda document: document.partitions(carried), brief)
        before = {middleman: middleman.alter for middleman in field.middlemen()}
        for middleman in before:
            middleman.alter = with_error(OFFSET_FETCH_ERRORS[word])
        try:
            # the only group that the handle carries, one that never committed, one that nobody knows
            alone.wait(30, lambda document: document.problems() or document.cluster["partial"], brief)
            field.admin.delete_consumer_groups([carried], request_timeout=30)[carried].result()
            alone.wait(60, lambda document: not document.group(carried), lambda document: document.brief(carried))
            field.streams[1].wait(40, lambda document: few(document) and document.cluster["partial"],
                                  lambda document: "few lines: %s" % document.problems())
            note("%s: %s" % (word, field.streams[1].latest.problems()))
        finally:
            for middleman, alter in before.items():
                middleman.alter = alter
        commit(field.admin, [carried])
        alone.wait(40, lambda document: document.partitions(carried), lambda document: document.brief(carried))
        field.admin.delete_consumer_groups([carried], request_timeout=30)[carried].result()
        expect(alone.child.poll() is None, "it ended with %s", alone.child.poll())
    finally:
        status = alone.end()
    expect(status in (0, 128 + 15, -15), "exit status %s", status)
    calm_again(field, word)


def nothing_grows(field, before):
    """Handles that asked for something once may still be on their way out, and one may have come since: it has a thread
    for each broker and each address. What leaked at each fault would be more by now."""
    def few_enough():
        return all(more <= threads + 12 and now <= count + 8
                   for (threads, count), (more, now) in zip(before, field.usage()))
    until(30, few_enough, lambda: "threads and sockets to be as before: %s, then %s" % (before, field.usage()))
    note("threads and sockets: %s, then %s" % (before, field.usage()))


def run_all(guard):
    field = Field(guard)
    try:
        if not test("faults: all is well, by a dead address and one broker named thrice", all_well, field):
            return
        before = field.usage()
        test("faults: one cut off", one_cut, field)
        test("faults: one late", one_late, field)
        test("faults: one frozen", one_frozen, field)
        test("faults: all cut off", all_cut, field)
        test("faults: a dead network", all_held, field)
        for word in OFFSET_FETCH_ERRORS if LONG else ("NOT_COORDINATOR",):
            test("faults: coordinators that refuse: %s" % word, coordinators_refuse, field, word)
        test("faults: all moved", all_moved, field)
        test("faults: one replaced", one_replaced, field)
        test("faults: groups thrown away", thrown_away, field, 1000 if LONG else 250)
        if LONG:
            test("faults: one behind a dead network", one_held, field)
            test("faults: one behind a narrow line", one_narrow, field)
            test("faults: one very late", one_late, field, 6.0)
            test("faults: all cut off for long", all_cut, field, 90)
            test("faults: a dead network for long", all_held, field, 90)
            test("faults: all moved again", all_moved, field)
        test("faults: threads and sockets do not grow", nothing_grows, field, before)
        test("faults: numbers equal the truth", right_at_the_end, field)
        test("faults: the screen ends as asked", lambda: expect(field.screen.end() == 0, "it failed"))
    finally:
        field.close()
