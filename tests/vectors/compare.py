#!/usr/bin/env python3
"""Compares what the filter said with what a file of vectors expects.

usage: compare.py VECTORS ANSWERS

ANSWERS is the output of "verdict --all" for VECTORS. Everything is compared exactly but `complete`, which is
compared as float32, and `maxlag`, for which each of `maxlag_ties` is right. Prints what differs (at most 20 times)
and a line of counts; exits with 0 only if nothing differs and nothing is missing.
"""
import json
import struct
import sys


def float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def places(wanted, found, path=""):
    """The paths at which two values differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted(set(wanted) | set(found)):
            here = path + "." + name
            if name not in wanted or name not in found:
                yield here + (" is missing" if name in wanted else " is too much")
            elif name == "complete":
                if float32(wanted[name]) != float32(found[name]):
                    yield "%s: %r, not %r" % (here, found[name], wanted[name])
            elif name == "maxlag":
                if found[name] not in wanted.get("maxlag_ties", [wanted[name]]):
                    yield "%s: %r, not %r" % (here, found[name], wanted[name])
            else:
                yield from places(wanted[name], found[name], here)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for i, (w, f) in enumerate(zip(wanted, found)):
            yield from places(w, f, "%s[%d]" % (path, i))
    elif type(wanted) is not type(found) or wanted != found:
        yield "%s: %r, not %r" % (path, found, wanted)


def questions(case):
    """What a case asks, as (key, expectation), key being that of the answer."""
    if "events" not in case:
        yield (case["id"], None, None), {"expected": case["expected"]}
        return
    checks = 0
    for i, event in enumerate(case["events"]):
        wanted = {name: value for name, value in event.items() if name.startswith("expected")}
        if event["op"] == "check":
            yield (case["id"], checks, None), wanted
            checks += 1
        elif wanted:
            yield (case["id"], None, i), wanted


def read(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    answers = {}
    for answer in read(sys.argv[2]):
        key = (answer["id"], answer.get("check"), answer.get("event"))
        if key in answers:
            sys.exit("two answers to %r" % (key,))
        answers[key] = answer
    asked = wrong = 0
    for case in read(sys.argv[1]):
        for key, wanted in questions(case):
            asked += 1
            answer = answers.pop(key, {})
            found = {name: answer[name] for name in wanted if name in answer}
            differences = list(places(wanted, found))
            if differences:
                wrong += 1
                if wrong <= 20:
                    print("%s (%s): %s" % (key, case.get("shape", ""), "; ".join(differences)))
    if answers:
        print("not asked for: %r" % sorted(answers, key=str)[:5])
    print("%d asked, %d wrong, %d not asked for" % (asked, wrong, len(answers)))
    sys.exit(1 if wrong or answers or not asked else 0)


main()
