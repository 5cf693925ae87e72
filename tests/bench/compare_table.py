"""The table: a row for each row of what is to be reached, made from the book of figures; nothing is measured here.

A clause is (target, measured, met): met is True, False, or a sentence that says why nothing is known.
"""

import math


class Book:
    """Figures by size, what and program; asking for what is not there raises Missing with the reason."""

    def __init__(self, sizes):
        self.sizes = sizes  # {size: {what: {program: figures}}}

    def get(self, size, what, program, figure):
        figures = self.sizes.get(size, {}).get(what, {}).get(program)
        if figures is None:
            raise Missing("%s not found" % program if program in PEERS else "not measured")
        if "failed" in figures:
            raise Missing("%s failed: %s" % (program, figures["failed"]))
        if figure not in figures and "over" in figures:
            raise Missing("%s took more than %.0f s" % (program, figures["over"]))
        if figure not in figures:
            raise Missing("not measured")
        return figures[figure]

    def least(self, size, what, program, figure):
        """As get; of a program that was ended, the time it had, as the least that it needs."""
        figures = self.sizes.get(size, {}).get(what, {}).get(program) or {}
        return figures["over"] if "over" in figures and figure == "wall" else self.get(size, what, program, figure)

    def named(self, size, part, figure):
        """Of all figures of the microbenchmarks with these words in their name."""
        told = self.sizes.get(size, {}).get("programs", {})
        values = [figures[figure] for name, figures in told.items() if part in name]
        if not values:
            raise Missing("not measured")
        return values


LINEAR = 1.05  # what a fit through times may say of what is linear
PEERS = ("sivann", "Burrow", "kminion", "kafka_exporter", "kafka-consumer-groups")


class Missing(Exception):
    """A figure is not there; the text says why."""


def number(value, unit=""):
    digits = "%.0f" if abs(value) >= 100 else "%.1f" if abs(value) >= 10 else "%.2f" if abs(value) >= 0.095 else "%.3f"
    text = digits % value
    if abs(value) >= 10000:
        text = "{:,.0f}".format(value)
    return text + (" " + unit if unit else "")


def at_most(target, limit, value, unit):
    """A clause on one number."""
    def clause():
        it = value()
        return target, number(it, unit), it <= limit
    return guarded(target, clause)


def at_least(target, limit, value, unit):
    def clause():
        it = value()
        return target, number(it, unit), it >= limit
    return guarded(target, clause)


def ratio(target, limit, mine, other, unit, name):
    """mine <= limit x other."""
    def clause():
        one, two = mine(), other()
        words = "%s; %s %s: %.2fx" % (number(one, unit), name, number(two, unit), one / two if two else math.inf)
        return target, words, one <= limit * two
    return guarded(target, clause)


def factor(target, limit, mine, other, unit, name):
    """mine >= limit x other."""
    def clause():
        one, two = mine(), other()
        words = "%s; %s %s: %sx" % (number(one, unit), name, number(two, unit), number(one / two if two else math.inf))
        return target, words, one >= limit * two
    return guarded(target, clause)


def times_less(target, times, mine, other, unit, name):
    """mine <= other / times."""
    def clause():
        one, two = mine(), other()
        words = "%s; %s %s: 1/%s" % (number(one, unit), name, number(two, unit), number(two / one if one else math.inf))
        return target, words, one * times <= two
    return guarded(target, clause)


def guarded(target, clause):
    try:
        return clause()
    except Missing as missing:
        return target, "-", str(missing)


# ---- the rows ----

def of_log(book, main, _):
    def of(program, figure="wall", what="once log"):
        return lambda: book.least(main, what, program, figure)
    clauses = []
    for detail in ("groups", "partitions"):
        mine = of("kafkatop " + detail)
        clauses += [
            ratio(detail + ": <= 0.6x sivann's wall", 0.6, mine, of("sivann", what="once admin"), "s", "sivann"),
            times_less(detail + ": <= 1/15 of Burrow's", 15, mine, of("Burrow"), "s", "Burrow"),
            ratio(detail + ": <= 1.5x the floor", 1.5, mine, of("floor"), "s", "floor"),
        ]
    return clauses


def of_admin(book, main, _):
    def of(program, figure="wall"):
        return lambda: book.get(main, "once admin", program, figure)
    clauses = []
    for detail in ("groups", "partitions"):
        mine = "kafkatop " + detail
        clauses += [
            ratio(detail + ": <= 0.65x sivann's wall", 0.65, of(mine), of("sivann"), "s", "sivann"),
            ratio(detail + ": <= 0.5x its CPU", 0.5, of(mine, "cpu"), of("sivann", "cpu"), "s", "sivann"),
            at_most(detail + ": <= 4,200 requests", 4200, of(mine, "requests"), "requests"),
            ratio(detail + ": <= 1.2x the floor", 1.2, of(mine), of("floor"), "s", "floor"),
        ]
    return clauses


def of_first(book, main, sizes):
    def of(size, program):
        return lambda: book.get(size, "first rows", program, "wall")
    return [times_less("%s: <= 1/8 of sivann's" % size, 8, of(size, "kafkatop"), of(size, "sivann"), "s", "sivann")
            for size in sizes[-2:]]


def of_live(book, main, _):
    def of(program, figure):
        return lambda: book.get(main, "live", program, figure)
    share, asked = of("kafkatop", "share"), of("kafkatop", "requests_a_second")
    return [
        at_most("<= 3 % CPU", 3, share, "%"),
        at_most("<= 15 requests/s", 15, asked, "requests/s"),
        times_less(">= 15x less CPU than sivann", 15, share, of("sivann", "share"), "%", "sivann"),
        times_less(">= 200x fewer requests", 200, asked, of("sivann", "requests_a_second"), "requests/s", "sivann"),
    ]


def of_follow(book, main, _):
    clauses = []
    for rate, limit in ((1000, 1), (10000, 4)):
        def of(program, rate=rate):
            return lambda: book.get(main, "follow", program, "at_%d" % rate)
        said = "{:,}/s: ".format(rate)
        clauses += [at_most(said + "<= %d %% CPU" % limit, limit, of("kafkatop"), "%"),
                    times_less(said + ">= 10x less than Burrow", 10, of("kafkatop"), of("Burrow"), "%", "Burrow")]
    return clauses


def of_ingest(book, main, _):
    def speed(program):
        def records():
            wall = book.get(main, "once log", program, "ready" if program == "kminion" else "wall")
            return book.get(main, "load", "load", "records") / wall
        return records

    def each():
        return book.get(main, "once log", "kafkatop groups", "cpu") / book.get(main, "load", "load", "records") * 1e6
    name = "kafkatop groups"
    return [
        at_least(">= 500,000 records/s", 500000, speed(name), "records/s"),
        at_most("<= 1.5 CPU s a million", 1.5, each, "s"),
        factor(">= 30x Burrow", 30, speed(name), speed("Burrow"), "records/s", "Burrow"),
        factor(">= 5x kminion", 5, speed(name), speed("kminion"), "records/s", "kminion"),
    ]


def of_memory(book, main, sizes):
    clauses, limits = [], {"L": 80, "M": 30}

    def of(size, what, program):
        return lambda: book.get(size, what, program, "rss")
    for words, what, program in (("live", "memory", "kafkatop"), ("--once", "once log", "kafkatop partitions")):
        for size in sizes[-2:]:
            if size in limits:
                target = "%s, %s: <= %d MiB" % (words, size, limits[size])
                clauses.append(at_most(target, limits[size], of(size, what, program), "MiB"))
        clauses.append(times_less("%s: <= 1/9 of Burrow's" % words, 9, of(main, what, program),
                                  of(main, "memory", "Burrow"), "MiB", "Burrow"))
    return clauses


def of_judging(book, main, _):
    few = "groups and their topics move, all "

    def figure(name):
        return lambda: min(book.named(main, name, "best"))
    return [
        at_most("all: <= 25 ms", 25, figure("judge, all lagging"), "ms"),
        at_most("all, caught up: <= 25 ms", 25, figure("judge, all caught up"), "ms"),
        at_most("few changed: <= 2 ms", 2, figure(few + "lagging"), "ms"),
        at_most("few changed, caught up: <= 2 ms", 2, figure(few + "caught up"), "ms"),
    ]


def of_keys(book, main, sizes):
    def key(size):
        return lambda: book.get(size, "keys", "kafkatop key", "p99")
    clauses = [at_most("%s: p99 <= 20 ms" % size, 20, key(size), "ms") for size in dict.fromkeys((sizes[0], main))]
    for word in ("sort", "filter"):
        def slowest(word=word):
            return max(book.named(main, ": %s" % word, "median"))
        clauses.append(at_most("%s of all rows: <= 50 ms" % word, 50, slowest, "ms"))
    return clauses


def of_export(book, main, _):
    def speed():
        return max(book.named(main, "export JSON, partitions", "median"))

    def growth():
        target = "memory independent of size"
        small, large = [max(book.named(main, "memory while exporting JSON, " + what, "median"))
                        for what in ("groups", "partitions")]
        words = "%s MiB while groups are written, %s MiB while their partitions are" % (number(small), number(large))
        return target, words, large - small <= 1
    return [at_least(">= 100 MB/s", 100, speed, "MB/s"), guarded("memory independent of size", growth)]


def slope(points):
    """The exponent of a power law through the points, by least squares of logarithms."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)


def of_growth(book, main, sizes):
    clauses = []
    for what in ("once log", "once admin"):
        for figure in ("wall", "cpu", "rss"):
            def exponent(what=what, figure=figure):
                if len(sizes) < 3:
                    raise Missing("needs the sizes S, M and L")
                return slope([(book.get(size, "load", "load", "rows"),
                               book.get(size, what, "kafkatop partitions", figure)) for size in sizes])
            clauses.append(at_most("%s, %s: rows to the power of <= 1" % (what, figure), LINEAR, exponent, ""))
    for figure in ("wall", "processor", "most memory"):
        def power(figure=figure):
            return book.get(main, "programs", "growth: " + figure, "median")
        clauses.append(at_most("recordings up to 1,000,000 rows, %s: <= 1" % figure, LINEAR, power, ""))
    return clauses


ROWS = {  # name: what it is called, its clauses, what must be measured at which sizes: main, last two, ends, all
    "log": ("`--once --json`, log source", of_log, {"once": "main", "slow_peers": "main"}),
    "admin": ("`--once --json`, admin source", of_admin, {"once": "main", "slow_peers": "main"}),
    "first": ("first rows of the live screen", of_first, {"first_rows": "two"}),
    "live": ("live at 5 s refresh", of_live, {"live": "main"}),
    "follow": ("following commits", of_follow, {"follow": "main"}),
    "ingest": ("backlog ingest", of_ingest, {"once": "main", "slow_peers": "main"}),
    "memory": ("RSS, live and `--once`, windows of 10 full", of_memory,
               {"once": "two", "follow": "main", "memory": "two"}),
    "judge": ("evaluating all windows", of_judging, {"bench_engine": "main"}),
    "keys": ("key to repaint while collecting", of_keys, {"keys": "ends", "bench_screen": "main"}),
    "export": ("exporting as JSON", of_export, {"bench_engine": "main"}),
    "growth": ("cost growth", of_growth, {"once": "all", "bench_growth": "main"}),
}


def sizes_of(choice, sizes):
    return {"main": sizes[-1:], "two": sizes[-2:], "ends": [sizes[0], sizes[-1]], "all": sizes}[choice]


def needed(rows, sizes):
    """{size: names of what is to be measured}."""
    wanted = {size: set() for size in sizes}
    for row in rows:
        for what, choice in ROWS[row][2].items():
            for size in sizes_of(choice, sizes):
                wanted[size].add(what)
    return wanted


def clauses_of(figures, sizes):
    """[(row's title, [clause])] of all rows, from the figures of each size."""
    book = Book(figures)
    return [(title, clauses(book, sizes[-1], sizes)) for title, clauses, _ in ROWS.values()]


def met_words(met):
    if met is True or met is False:
        return "yes" if met else "**no**"
    return met if met.startswith("not ") else "not measured: " + met


def show(table):
    """The table as Markdown, its columns in line."""
    lines = [("what", "target", "measured", "met")]
    for title, clauses in table:
        for index, (target, measured, met) in enumerate(clauses):
            lines.append((title if index == 0 else "", target, measured, met_words(met)))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    lines.insert(1, tuple("-" * width for width in widths))
    return ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]


FIGURES = (("wall s", "wall"), ("CPU s", "cpu"), ("RSS MiB", "rss"), ("requests", "requests"),
           ("MB written", "written"))


def show_figures(sizes_measured):
    """What each program needed for one collection, at each size."""
    lines = ["%-6s %-12s %-24s" % ("size", "what", "program") + "".join("%12s" % title for title, _ in FIGURES)]
    for size, book in sizes_measured.items():
        for what in ("once log", "once admin"):
            for program, figures in book.get(what, {}).items():
                cells = []
                for _, figure in FIGURES:
                    value = figures.get(figure)
                    if figure == "wall" and value is None and "over" in figures:
                        cells.append("> %.0f" % figures["over"])
                    else:
                        cells.append("-" if value is None else number(value / 1e6 if figure == "written" else value))
                tail = "  failed: " + figures["failed"] if "failed" in figures else ""
                start = "%-6s %-12s %-24s" % (size, what, program)
                lines.append(start + "".join("%12s" % cell for cell in cells) + tail)
    return lines
