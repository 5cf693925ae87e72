"""Plays every recording of this folder through the real program and compares what comes out, byte for byte.

A golden file shows each change of behaviour; expected.txt and facts.txt, written by hand, say what the verdicts and
some of the numbers must be, so that a blessing cannot make a wrong one right; schema.py holds each document against
the contract. KAFKATOP_BLESS=1 rewrites recordings and golden files.
"""

import difflib
import json
import os
import re
import shlex
import subprocess
import sys

import schema
from stories import STORIES
from world import escape

SOURCE = os.environ["SRCDIR"]
HERE = os.path.join(SOURCE, "tests", "replay")
PROGRAM = os.environ["KAFKATOP"]
BLESS = os.environ.get("KAFKATOP_BLESS") == "1"
WRAP = shlex.split("valgrind -q --error-exitcode=99" if os.environ.get("KAFKATOP_WRAP") == "valgrind" else "")
JSON = ["--once", "--json", "--pretty", "--detail", "windows"]

# Beside the document of every recording: other formats, other rules.
MORE = [
    ("healthy", "csv", ["--once", "--csv"]),
    ("hostile_names", "csv", ["--once", "--csv"]),
    ("end_errors", "txt", ["--once", "--batch"]),
    ("hostile_names", "txt", ["--once", "--batch"]),
    ("stopped_caught_up", "burrow.json", JSON + ["--rules", "burrow"]),
    ("stalled_with_commits", "burrow.json", JSON + ["--rules", "burrow"]),
]
failures = 0


def tell(holds, name, why=()):
    global failures
    failures += not holds
    for line in [] if holds else list(why)[:60]:
        print("# " + line.encode("ascii", "backslashreplace").decode())
    print(("ok - " if holds else "not ok - ") + name, flush=True)


def call(path, *options):
    """The ended program; one that hangs is ended, with a status of its own."""
    command = WRAP + [PROGRAM, "--replay", path] + list(options)
    limit = 300 if WRAP else 30
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 99, b"", b"still running after %d s" % limit)


def run(case, options, *also):
    """What the program writes about a recording; None (and told) if it did not end well."""
    path = os.path.join(HERE, case + ".trace")
    done = call(path, *options, *also)
    if done.returncode != 0 or done.stderr:
        tell(False, "%s: %s" % (case, " ".join(options)),
             ["ended with status %d" % done.returncode] + done.stderr.decode("utf-8", "replace").splitlines())
        return None
    return re.sub(rb'^(\s*"version":\s*)"[^"]*"', rb'\1"VERSION"', done.stdout, count=1, flags=re.M)


def read(path):
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def compare(case, ending, data):
    path = os.path.join(HERE, case + "." + ending)
    if BLESS:
        with open(path, "wb") as out:
            out.write(data)
    golden = read(path)
    shown = [text.decode("utf-8", "replace").splitlines() for text in (golden, data)]
    tell(golden == data, "%s.%s" % (case, ending),
         () if golden == data else difflib.unified_diff(*shown, "golden", "now", lineterm=""))


def check_schema(case, ending, data):
    try:
        document = schema.load(data)
        schema.check(document, "windows")
        tell(True, "%s.%s keeps the contract" % (case, ending))
        return document
    except (schema.Wrong, ValueError, KeyError) as wrong:
        tell(False, "%s.%s keeps the contract" % (case, ending), [repr(wrong)])
        return None


# ---- recordings ----

def check_recordings():
    """What lies in the folder is what the stories tell."""
    for story in STORIES:
        path = os.path.join(HERE, story.__name__ + ".trace")
        told = story().text().encode()
        if BLESS:
            with open(path, "wb") as out:
                out.write(told)
        tell(read(path) == told, "%s.trace is what its story tells" % story.__name__)
    names = {story.__name__ for story in STORIES}
    found = {name[:-len(".trace")] for name in os.listdir(HERE) if name.endswith(".trace")}
    tell(found == names, "every recording has a story", sorted(found ^ names))


# ---- verdicts ----

def expectations():
    """case -> {group as a recording spells it: (status, worst)}"""
    wanted = {}
    with open(os.path.join(HERE, "expected.txt"), encoding="ascii") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                case, group, status, worst = line.rstrip("\n").split("\t")
                wanted.setdefault(case, {})[group] = (status, worst)
    return wanted


def verdicts(document):
    given = {}
    for group in document["clusters"][0]["groups"]:
        name = escape(schema.raw(group, "name")) or '""'
        given[name] = (group["status"] or "-", group["worst"] or "-")
    return given


def check_verdicts(case, document, wanted):
    given = verdicts(document)
    why = ["%s: %s, wanted %s" % (name, given.get(name, "no such group"), wanted.get(name, "no such group"))
           for name in sorted(set(given) | set(wanted)) if given.get(name) != wanted.get(name)]
    tell(not why, "%s has the verdicts that it must have" % case, why)


def facts():
    """case -> [(place, field, value)]; place is - (the cluster), a group, or a group, a topic and a partition."""
    wanted = {}
    with open(os.path.join(HERE, "facts.txt"), encoding="ascii") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                case, place, field, value = line.rstrip("\n").split("\t")
                wanted.setdefault(case, []).append((place, field, json.loads(value)))
    return wanted


def find(document, place):
    cluster = document["clusters"][0]
    if place == "-":
        return cluster
    group, *partition = place.split(" ")
    found = next(one for one in cluster["groups"] if one["name"] == group)
    if partition:
        found = next(one for one in found["partitions"]
                     if [one["topic"], str(one["partition"])] == partition)
    return found


def check_facts(case, document, wanted):
    why = []
    for place, field, value in wanted:
        given = find(document, place)
        for name in field.split("."):
            given = given[name] if given is not None else None
        if given != value or isinstance(given, bool) != isinstance(value, bool):
            why.append("%s: %s is %s, wanted %s" % (place, field, json.dumps(given), json.dumps(value)))
    tell(not why, "%s has the numbers that it must have" % case, why)


def check_documents():
    wanted, numbers = expectations(), facts()
    for case, ending, options in [(story.__name__, "json", JSON) for story in STORIES] + MORE:
        data = run(case, options)
        if data is None:
            continue
        compare(case, ending, data)
        if ending.endswith("json"):
            document = check_schema(case, ending, data)
            name = case if ending == "json" else case + "+burrow"
            if document:
                check_verdicts(name, document, wanted.pop(name, {}))
                check_facts(name, document, numbers.pop(name, []))
    left = sorted(set(wanted) | set(numbers))
    tell(not left, "every expectation was looked at", left)


# ---- what holds for every output ----

def check_depths():
    """The shallower documents hold less, and nothing else."""
    for detail in ("groups", "partitions"):
        data = run("healthy", ["--once", "--json", "--detail", detail])
        if data is None:
            continue
        try:
            schema.check(schema.load(data), detail)
            tell(data.count(b"\n") == 1, "--detail %s keeps the contract, on one line" % detail)
        except (schema.Wrong, ValueError) as wrong:
            tell(False, "--detail %s keeps the contract" % detail, [repr(wrong)])


def check_control_bytes():
    for case, _, options in MORE:
        data = run(case, options)
        bad = sorted({byte for byte in data or b"" if (byte < 0x20 and byte not in b"\r\n") or byte == 0x7f})
        tell(not bad, "%s: no control byte in %s" % (case, options[1]), ["%r" % bytes(bad)] if bad else [])


def check_every_snapshot():
    """Without --once, one document after another; the last one is what --once gives."""
    options = ["--json", "--detail", "windows", "-n", "1000"]
    data = run("stopped_behind", options)
    once = run("stopped_behind", ["--once", "--json", "--detail", "windows"])
    lines = (data or b"").splitlines(keepends=True)
    tell(len(lines) > 50, "stopped_behind: a document for each collection", ["%d documents" % len(lines)])
    bad = []
    for line in lines:
        try:
            schema.check(schema.load(line), "windows")
        except (schema.Wrong, ValueError) as wrong:
            bad.append(repr(wrong))
    tell(not bad, "stopped_behind: each of them keeps the contract", bad)
    statuses = [schema.load(line)["clusters"][0]["groups"][0]["worst"] for line in lines]
    changes = [now for before, now in zip([None] + statuses, statuses) if before != now and now]
    tell(changes == ["OK", "STOP"], "stopped_behind: it is OK, then STOP, and nothing between", [repr(changes)])
    groups = [schema.load(data)["clusters"][0]["groups"] for data in lines[-1:] + [once] if data]
    tell(len(groups) == 2 and groups[0] == groups[1], "stopped_behind: the last document is that of --once")


def check_copies():
    """A recording of a replay is played to the same groups."""
    folder = os.environ["TMPDIR"]
    for case in ("consumer_group", "hostile_names", "admin_source", "no_rights", "group_deleted"):
        copy = os.path.join(folder, case + ".copy")
        first = run(case, JSON, "--record", copy)
        again = call(copy, *JSON)
        documents = [schema.load(data) if data else None for data in (first, again.stdout)]
        same = all(documents) and documents[0]["clusters"][0]["groups"] == documents[1]["clusters"][0]["groups"]
        tell(same, "%s: a recording of its replay tells the same" % case, again.stderr.decode().splitlines())


def check_anonymous():
    """--anonymize keeps verdicts and numbers and no name, whatever the output."""
    names = [b"billing", b"orders", b"broker-", b"10.0.0.", b"test-cluster"]
    for case in ("end_errors", "leaderless", "rebalances"):
        plain = run(case, JSON)
        for options in (JSON, ["--once", "--csv"], ["--once", "--batch"]):
            data = run(case, options, "--anonymize") or b""
            left = [name.decode() for name in names if name in data]
            tell(data and not left, "%s: no name in an anonymous %s" % (case, options[1]), left)
        document = schema.load(run(case, JSON, "--anonymize") or b"{}")
        totals = [[(group["status"], group["worst"], group["total_lag"]) for group in one["clusters"][0]["groups"]]
                  for one in (document, schema.load(plain or b"{}")) if "clusters" in one]
        tell(len(totals) == 2 and totals[0] == totals[1], "%s: anonymous, it says the same" % case, [repr(totals)])


def check_refusals():
    """What is no recording is refused with one line and a status."""
    folder = os.environ["TMPDIR"]
    broken = {
        "empty": b"",
        "other": b"#!/bin/sh\n",
        "version": b"kafkatop-trace\t99\t0\n",
        "kind": b"kafkatop-trace\t1\t0\nnonsense\t0\n",
    }
    for name, data in broken.items():
        path = os.path.join(folder, name)
        with open(path, "wb") as out:
            out.write(data)
        done = call(path, "--once", "--json")
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        tell(done.returncode in (74, 78) and len(lines) == 1 and lines[0].startswith("kafkatop: ") and not done.stdout,
             "a recording that is %s is refused" % name, ["status %d" % done.returncode] + lines)


def check_full_disk():
    """A recording that could not be written is told, however well the rest went."""
    if not os.access("/dev/full", os.W_OK):
        print("ok - a recording that cannot be written # SKIP no /dev/full")
        return
    done = call(os.path.join(HERE, "ahead.trace"), "--once", "--json", "--record", "/dev/full")
    told = done.returncode == 74 and done.stderr.startswith(b"kafkatop: ")
    tell(told, "a recording that cannot be written ends with 74",
         ["status %d" % done.returncode, done.stderr.decode("utf-8", "replace")])


def main():
    check_recordings()
    check_documents()
    check_depths()
    check_control_bytes()
    check_every_snapshot()
    check_copies()
    check_anonymous()
    check_refusals()
    check_full_disk()
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
