"""What is measured on a load of one size. Each function fills book[what][program] with figures, all plain numbers.

wall, cpu: seconds; rss: MiB; written: bytes; requests: how many; over: it was ended after so many seconds. The best of
several runs is the least of each figure. Programs take turns, so that what the machine does meanwhile hits all alike.
"""

import os
import time

import compare_peers as peers
import compare_requests
import compare_screen as screen
from compare_process import Broken, to_end
from tap import note

WATCHED = 30  # seconds that a steady state is looked at
SETTLED = 12  # seconds after the first rows until a state is steady
RATES = (1000, 10000)  # commits a second
LIVE = 1000  # commits a second while a screen is watched
FULL = 10  # commits of each row that fill a window
FLOORS = (("once log", "floor", "floor_tail"), ("once admin", "floor", "floor_admin"),
          ("once admin", "bare wire", "floor_wire"))
SLOW = 60  # seconds that a peer may need for one collection


class Take:
    """One size's load and what is known of it. `runs`: how often what ends by itself is run."""

    def __init__(self, guard, load, paths, book, runs, watched=WATCHED):
        self.guard, self.load, self.paths, self.book, self.runs = guard, load, paths, book, runs
        self.watched, self.settled = watched, min(SETTLED, watched)

    def put(self, what, program, **figures):
        self.book.setdefault(what, {}).setdefault(program, {}).update(figures)
        told = ", ".join("%s %s" % (key, "%.4g" % value if isinstance(value, float) else value)
                         for key, value in figures.items())
        note("%s: %s, %s: %s" % (self.load.size, what, program, told))

    def failed(self, what, program, failure):
        self.put(what, program, failed=" ".join(str(failure).split())[:200])

    def put_cost(self, what, program, cost, **more):
        if cost.over:
            self.put(what, program, over=cost.wall)
        else:
            self.put(what, program, **{key: value for key, value in cost._asdict().items()
                                       if value is not None and key not in ("over", "status")}, **more)

    # ---- programs that collect once and end ----

    def kafkatop(self, *more):
        out = os.path.join(self.guard.folder, "kafkatop.json")
        command = [os.environ["KAFKATOP"], "-b", self.load.bootstrap, "--once", "--json", *more]
        cost = to_end(self.guard, command, out=out)
        with open(out, "rb") as file:
            head = file.read(4096)
            file.seek(-2, os.SEEK_END)
            if b'"partial":false' not in head or b'"collected":true' not in head or file.read() != b"}\n":
                raise Broken("no whole document: %r" % head[:300])
        os.unlink(out)
        return cost

    def floor(self, name):
        program = os.path.join(os.environ["BUILDDIR"], "build/tests/bench", name)
        return to_end(self.guard, [program, self.load.bootstrap])

    def in_turn(self, programs):
        """{(what, program): function that gives a cost}; the first run of each is counted at the broker."""
        best, before = {}, self.load.meters.read()
        for turn in range(self.runs):
            for (what, program), run in list(programs.items()):
                try:
                    cost = run()
                    if turn == 0:
                        after = self.load.meters.read()
                        self.put(what, program, requests=compare_requests.between(before, after))
                        before = after
                except Broken as failure:
                    self.failed(what, program, failure)
                    del programs[what, program]
                    continue
                one = best.setdefault((what, program), cost)
                best[what, program] = one._replace(**{key: min(getattr(one, key), getattr(cost, key))
                                                      for key in ("wall", "cpu", "rss") if cost.cpu is not None})
                if cost.over:
                    del programs[what, program]
        for (what, program), cost in best.items():
            self.put_cost(what, program, cost)

    def once(self):
        programs = {}
        self.put("load", "load", groups=self.load.groups, rows=self.load.rows, records=self.load.records(),
                 built_in=self.load.built_in)
        for source in ("log", "admin"):
            for detail in ("groups", "partitions"):
                programs["once " + source, "kafkatop " + detail] = (
                    lambda source=source, detail=detail: self.kafkatop("--source", source, "--detail", detail))
        for what, program, floor in FLOORS:
            programs[what, program] = lambda floor=floor: self.floor(floor)
        if "sivann" in self.paths:
            programs["once admin", "sivann"] = lambda: peers.sivann_once(self.guard, self.paths["sivann"], self.load)
        self.in_turn(programs)

    # ---- peers that collect once, slowly ----

    def attempt(self, what, program, work):
        """A peer that fails is a line, not the end."""
        try:
            work()
        except (Broken, OSError, ValueError) as failure:
            self.failed(what, program, failure)

    def slow_peers(self):
        if "Burrow" in self.paths:
            self.attempt("once log", "Burrow", self.burrow_start)
        if "kminion" in self.paths:
            self.attempt("once log", "kminion", self.kminion_start)
            self.attempt("once admin", "kminion", self.kminion_scrape)
        if self.paths:
            self.attempt("once admin", "kafka-consumer-groups", lambda: self.put_cost(
                "once admin", "kafka-consumer-groups", peers.consumer_groups(self.guard, self.load, SLOW)))
        if "kafka_exporter" in self.paths:
            self.attempt("once admin", "kafka_exporter", self.exporter_scrape)

    def burrow_start(self):
        before = self.load.meters.read()
        with peers.Burrow(self.guard, self.paths["Burrow"], self.load) as one:
            self.put_cost("once log", "Burrow", one.until(one.has_all, 2 * SLOW))
            self.put("once log", "Burrow", requests=self.load.meters.since(before))

    def kminion_start(self):
        before = self.load.meters.read()
        with peers.Kminion(self.guard, self.paths["kminion"], self.load, "offsetsTopic") as one:
            cost = one.until(one.is_ready, SLOW)
            self.put("once log", "kminion", ready=cost.wall, ready_cpu=cost.cpu)
            one.scrape()
            self.put("once log", "kminion", wall=one.seconds(), cpu=one.cpu(), rss=one.memory("VmHWM"),
                     requests=self.load.meters.since(before))

    def kminion_scrape(self):
        with peers.Kminion(self.guard, self.paths["kminion"], self.load, "adminApi") as one:
            one.until(one.is_ready, SLOW)
            before, began, used = self.load.meters.read(), time.monotonic(), one.cpu()
            one.scrape()
            self.put("once admin", "kminion", wall=time.monotonic() - began, cpu=one.cpu() - used,
                     rss=one.memory("VmHWM"), requests=self.load.meters.since(before))

    def exporter_scrape(self):
        with peers.Exporter(self.guard, self.paths["kafka_exporter"], self.load) as one:
            one.until(lambda: peers.get(one.port, "/") is not None, SLOW)
            before, began, used = self.load.meters.read(), time.monotonic(), one.cpu()
            if not one.scrape(SLOW):
                self.put("once admin", "kafka_exporter", over=time.monotonic() - began)
                return
            self.put("once admin", "kafka_exporter", wall=time.monotonic() - began, cpu=one.cpu() - used,
                     rss=one.memory("VmHWM"), requests=self.load.meters.since(before))

    # ---- the screen ----

    def first_rows(self):
        for turn in range(self.runs):
            with screen.kafkatop(self.load) as one:
                self.least("first rows", "kafkatop", one.first_rows())
            if "sivann" in self.paths and turn == 0:
                self.attempt("first rows", "sivann", self.sivann_first)

    def sivann_first(self):
        with screen.sivann(self.paths["sivann"], self.load) as one:
            self.put("first rows", "sivann", wall=one.first_rows())

    def least(self, what, program, wall):
        before = self.book.get(what, {}).get(program, {}).get("wall", wall)
        self.put(what, program, wall=min(wall, before))

    def live(self):
        """Watched at a refresh of 5 s while groups commit."""
        with self.load.live(LIVE, LIVE // 2):
            with screen.kafkatop(self.load, "-d", "5") as one:
                self.steady("live", "kafkatop", one)
            if "sivann" in self.paths:
                with screen.sivann(self.paths["sivann"], self.load) as one:
                    self.attempt("live", "sivann", lambda: self.steady("live", "sivann", one))

    def steady(self, what, program, one):
        one.first_rows()
        one.watch(self.settled)
        before, began = self.load.meters.read(), time.monotonic()
        share, sent = one.share(self.watched)
        after, passed = self.load.meters.read(), time.monotonic() - began
        kinds = {kind: round(count / passed, 2) for kind, count in compare_requests.kinds(before, after).items()}
        self.put(what, program, share=share, requests_a_second=sum(kinds.values()), kinds_a_second=kinds,
                 bytes_a_second=sent, rss=one.memory("VmHWM"))

    def keys(self):
        """Keys while it collects and groups commit."""
        with self.load.live(LIVE, LIVE // 2), screen.kafkatop(self.load) as one:
            one.first_rows()
            one.watch(self.settled)
            for what, pair in (("key", ("\x1bOB", "\x1bOA")), ("sort key", ("R", "R"))):
                half, most = one.keys(pair, screen.PRESSES if what == "key" else screen.PRESSES // 5)
                self.put("keys", "kafkatop " + what, p50=half, p99=most)

    # ---- following commits ----

    def follow(self):
        """Each program alone; log ends every 10 s, as Burrow's default is."""
        with screen.kafkatop(self.load, "-d", str(peers.BURROW_REFRESH), "--source", "log") as one:
            one.first_rows()
            one.watch(self.settled)
            self.rates("kafkatop", lambda seconds: one.share(seconds)[0], one.watch)
        if "kminion" in self.paths:
            with peers.Kminion(self.guard, self.paths["kminion"], self.load, "offsetsTopic") as one:
                self.attempt("follow", "kminion", lambda: self.beside("kminion", one, one.is_ready))
        if "Burrow" in self.paths:
            with peers.Burrow(self.guard, self.paths["Burrow"], self.load) as one:
                self.attempt("follow", "Burrow", lambda: self.beside("Burrow", one, one.has_all))
                self.put("memory", "Burrow", rss=one.memory("VmHWM"), now=one.memory())

    def beside(self, program, one, ready):
        one.until(ready, 2 * SLOW)
        self.rates(program, one.share, time.sleep)

    def rates(self, program, share, settle):
        for rate in RATES:
            with self.load.live(rate):
                settle(min(3, self.settled))
                self.put("follow", program, **{"at_%d" % rate: share(self.watched)})

    # ---- memory ----

    def memory(self):
        """Of a screen whose windows are full."""
        missing = FULL * self.load.rows - self.load.records()
        if missing > 0:
            rate = max(2000, self.load.rows // 4)
            with self.load.live(rate):
                time.sleep(missing / rate + 1)
        with self.load.live(LIVE), screen.kafkatop(self.load, "-d", "5") as one:
            one.first_rows()
            one.watch(self.settled + 10)
            self.put("memory", "kafkatop", rss=one.memory("VmHWM"), now=one.memory(), records=self.load.records())
