#!/usr/bin/env python3
"""kafkatop beside the least that is possible and beside other programs, on a real broker with a load made on the spot.

    BENCH_SIZE=L compare.py [ROW...]

measures what these rows of the table need (all; --list names them) at this size and those below it, and prints the
table with the machine and the versions; the figures are written as JSON to build/logs/compare.json. Nothing fails by
its time. Programs that are not found are left out (docs/TESTING.md). BENCH_PEERS=none leaves all of them out;
BENCH_RUNS is how often what ends by itself is run (3, the best counts), BENCH_WATCH how many seconds a steady state is
looked at (30).
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "broker"), HERE]

import compare_machine as machine  # noqa: E402
import compare_peers as peers  # noqa: E402
import compare_table as table  # noqa: E402
from compare_load import Load  # noqa: E402
from compare_take import Take  # noqa: E402
from guard import Guard  # noqa: E402
from tap import note, say  # noqa: E402

SIZES = ("S", "M", "L")
ORDER = ("once", "slow_peers", "first_rows", "live", "keys", "follow", "memory")  # all of it on one load


def sizes_up_to(main):
    return list(SIZES[:SIZES.index(main) + 1]) if main in SIZES else [main]


def program(name, size, book):
    """The figures of a microbenchmark: those that were printed just before, or made now."""
    said = os.path.join(os.environ["BUILDDIR"], "build/logs/%s.%s" % (name, size))
    if os.environ.get("BENCH_SAID") and os.path.exists(said):
        with open(said, encoding="utf-8") as file:
            text = file.read()
    else:
        text = subprocess.run([os.path.join(os.environ["BUILDDIR"], "build/tests/bench", name), size], check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=900).stdout
    for line in text.splitlines():
        words = line.split("|")
        if len(words) == 4:
            best = words[2] if words[3] == "-" else words[3]
            book.setdefault("programs", {})[words[0]] = {"median": float(words[2]), "best": float(best)}


@contextlib.contextmanager
def survived(size, what, book):
    """What falls is told of, and the rest goes on."""
    try:
        yield
    except Exception as failure:
        note("".join(traceback.format_exception(failure)))
        say("not ok - bench_compare %s %s: %s" % (size, what, (str(failure) or "fell").splitlines()[0]))
        book.setdefault("failures", []).append("%s: %s" % (what, failure))


def at_size(guard, size, wanted, paths, book):
    runs = int(os.environ.get("BENCH_RUNS", "3"))
    watched = float(os.environ.get("BENCH_WATCH", "30"))
    with Load(guard, size) as load:
        note("%s: %d groups, %d rows, made in %s s" % (size, load.groups, load.rows, load.built_in))
        take = Take(guard, load, paths, book, runs, watched)
        for what in ORDER:
            if what not in wanted or what == "slow_peers" and not paths:
                continue
            began = time.monotonic()
            with survived(size, what, book):
                getattr(take, what)()
            note("%s: %s took %.0f s" % (size, what, time.monotonic() - began))


def measure(guard, rows, sizes, paths):
    books = {}
    for size, wanted in table.needed(rows, sizes).items():
        books[size] = {}
        if wanted & set(ORDER):
            with survived(size, "load", books[size]):
                at_size(guard, size, wanted, paths, books[size])
        for name in sorted(what for what in wanted if what.startswith("bench_")):
            note("%s: %s" % (size, name))
            with survived(size, name, books[size]):
                program(name, size, books[size])
    return books


def write(words, books, sizes):
    path = os.environ.get("BENCH_OUT") or os.path.join(os.environ["BUILDDIR"], "build/logs/compare.json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    told = [{"what": title, "clauses": [dict(zip(("target", "measured", "met"), clause)) for clause in clauses]}
            for title, clauses in table.clauses_of(books, sizes)]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": words, "sizes": books, "table": told}, file, indent=1)
        file.write("\n")
    return path


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(table.ROWS))
        return 0
    rows = sys.argv[1:] or list(table.ROWS)
    if set(rows) - set(table.ROWS):
        sys.exit("compare: rows are %s" % " ".join(table.ROWS))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    sizes = sizes_up_to(os.environ.get("BENCH_SIZE", "L"))
    paths, absent = peers.found()
    if os.environ.get("BENCH_PEERS") == "none":
        paths, absent = {}, list(peers.NAMES)
    words = machine.describe(paths)
    words.update({name: "not found" for name in absent})
    guard = Guard()
    try:
        books = measure(guard, rows, sizes, paths)
    finally:
        guard.close()
    path = write(words, books, sizes)
    print("\n".join("%-16s %s" % pair for pair in words.items()))
    print("\n".join(["", *table.show(table.clauses_of(books, sizes)), "", *table.show_figures(books)]))
    print("# figures in %s" % path)
    failures = [one for book in books.values() for one in book.get("failures", ())]
    say("not ok - bench_compare" if failures else "ok - bench_compare")
    return 1 if failures else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # what the client library has left need not be taken down
