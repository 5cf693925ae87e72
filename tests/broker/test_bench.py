"""The load that the benchmarks are made with is what its maker says, to kafkatop and to the floors beside it."""

import json
import os
import signal
import subprocess
import sys

from monitor import once
from tap import expect, test

LOADER = os.path.join(os.environ.get("SRCDIR", ""), "tests", "bench", "loader.py")
COMPARE = os.path.join(os.environ.get("SRCDIR", ""), "tests", "bench", "compare.py")
FLOORS = os.path.join(os.environ.get("BUILDDIR", ""), "build", "tests", "bench")
SHAPE = ["--groups", 9, "--topics", 4, "--partitions", 3, "--group-topics", 2]
COMMITS = 2
WAIT = 60  # seconds for a floor


def loader(guard, *arguments):
    words = [sys.executable, "-B", LOADER, *SHAPE, *arguments]
    return guard.start([str(word) for word in words], stdout=subprocess.PIPE, text=True)


def said(child):
    line = child.stdout.readline()
    expect(line, "the load maker said nothing")
    return json.loads(line)


def check_document(load, source):
    document = once({"bootstrap.servers": load["bootstrap"]}, "--source", source)
    rows = [row for group in document.cluster["groups"] for row in group["partitions"]]
    told = {"groups": len(document.groups), "rows": len(rows), "lagging": sum(1 for row in rows if row["lag"]),
            "total_lag": sum(group["total_lag"] for group in document.cluster["groups"]),
            "members": sum(len(group["members"]) for group in document.cluster["groups"])}
    right = {key: load[key] for key in told}
    expect(told == right, "%s in place of %s", told, right)


def floor(load, name):
    done = subprocess.run([os.path.join(FLOORS, "floor_" + name), load["bootstrap"]], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=WAIT, text=True, check=False)
    expect(done.returncode == 0, "status %d: %s", done.returncode, done.stderr)
    return json.loads(done.stdout)


def check_floor(load, name, right):
    told = floor(load, name)
    right = dict(right, floor=name, partitions=load["topics"] * load["partitions"],
                 ends=load["topics"] * load["partitions"])
    told_of_it = {key: told[key] for key in right}
    expect(told_of_it == right, "%s in place of %s", told_of_it, right)
    expect(told["wall_s"] > 0 and told["cpu_s"] > 0 and told["rss_mib"] > 0, "costs: %s", told)


def move(guard, load):
    """Goes on with the load, and gives what it is afterwards."""
    child = loader(guard, "--bootstrap", load["bootstrap"], "--there", "--live", 120, "--produce", 60, "--seconds", 2)
    out, _ = child.communicate(timeout=WAIT)
    expect(guard.end(child) == 0, "the load maker failed")
    before, after = (json.loads(line) for line in out.splitlines())
    expect(before["total_lag"] == load["total_lag"], "it found a lag of %s", before["total_lag"])
    expect(after["commits_a_second"] > 0 and after["produced_a_second"] > 0, "nothing moved: %s", after)
    return dict(load, total_lag=after["total_lag"], lagging=after["lagging"])


def compare(guard, *rows):
    """The comparison on a load of 40 rows, without other programs; gives what it wrote down."""
    more = {"BENCH_SIZE": "tiny", "BENCH_PEERS": "none", "BENCH_RUNS": "1", "BENCH_WATCH": "1",
            "BENCH_OUT": os.path.join(guard.folder, "compare.json")}
    child = guard.start([sys.executable, "-B", COMPARE, *rows], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                        text=True, env=dict(os.environ, **more))
    out, _ = child.communicate(timeout=4 * WAIT)
    expect(guard.end(child) == 0 and "ok - bench_compare" in out, "it failed:\n%s", out)
    with open(more["BENCH_OUT"], encoding="utf-8") as file:
        return json.load(file)


def compares(guard):
    """Times are not looked at: that there are any, and that every row of the table stands there."""
    told = compare(guard, "log", "first")
    measured = {clause["target"]: clause for row in told["table"] for clause in row["clauses"]}
    for target in ("partitions: <= 1.5x the floor", "groups: <= 4,200 requests", "groups: <= 1.2x the floor"):
        expect(measured[target]["met"] in (True, False), "%s: %s", target, measured[target])
    expect("not found" in measured["groups: <= 1/15 of Burrow's"]["met"], "%s", measured["groups: <= 1/15 of Burrow's"])
    expect(len(told["table"]) == 11 and all(row["clauses"] for row in told["table"]), "rows: %s", told["table"])
    expect(told["sizes"]["tiny"]["first rows"]["kafkatop"]["wall"] > 0, "no first rows: %s", told["sizes"])
    asked = told["sizes"]["tiny"]["once admin"]["kafkatop groups"]["requests"]
    expect(5 < asked < 300, "%s requests for 5 groups", asked)


def judges_figures():
    """The words of the table follow the figures: on the wrong side of a target, on the right one, and unknown."""
    sys.path.append(os.path.dirname(COMPARE))
    import compare_table

    def met(share):
        figures = {"L": {"live": {"kafkatop": {"share": share, "requests_a_second": 1.0}, "sivann": {"share": 60.0}}}}
        rows = dict(compare_table.clauses_of(figures, ["L"]))
        return {target: met for target, _, met in rows["live at 5 s refresh"]}
    few, many = met(2.9), met(4.1)
    expect(few["<= 3 % CPU"] is True and few[">= 15x less CPU than sivann"] is True, "%s", few)
    expect(many["<= 3 % CPU"] is False and many[">= 15x less CPU than sivann"] is False, "%s", many)
    expect(many[">= 200x fewer requests"] == "not measured", "%s", many)


def run_all(guard):
    test("bench: the table's words follow the figures", judges_figures)
    test("bench: the comparison measures a small load, and shows every row", compares, guard)
    child = loader(guard, "--records", 10, "--commits", COMMITS, "--lagging", 0.4, "--members", 0.3)
    try:
        load = said(child)
        for source in ("admin", "log"):
            test("bench: the load is as it was made, by the source %s" % source, check_document, load, source)
        rows = load["rows"]
        test("bench: so the floor of the log", check_floor, load, "tail", {"commits": rows * COMMITS, "undecoded": 0})
        test("bench: so the floor of the admin calls", check_floor, load, "admin",
             {"groups": load["groups"], "commits": rows})
        test("bench: so the floor of the wire", check_floor, load, "wire", {"groups": load["groups"], "commits": rows})
        moved = {}
        if test("bench: the load moves", lambda: moved.update(move(guard, load))):
            test("bench: and is as it was left", check_document, moved, "admin")
    finally:
        guard.end(child, signal.SIGTERM)
