"""Runs the parts that need a real Apache Kafka: all, or those named as arguments (--list names them).

Several parts run in processes of their own, LANES at a time, because they wait more than they work; each one's lines
come out together when it has ended.
"""

import concurrent.futures
import faulthandler
import os
import signal
import subprocess
import sys
import time
import traceback

import test_acls
import test_bench
import test_burrow
import test_clusters
import test_command
import test_doctor
import test_faults
import test_first_look
import test_fresh
import test_groups
import test_logins
import test_newest
import test_records
import test_requests
import test_rights
import test_scripts
import test_soak
import test_speed
import test_three
import test_tokens
import test_topics
import test_truth
import test_verdicts
from guard import Guard
from stage import Stage
from tap import explain, note, say


def on_stage(version, nodes=1):
    """A cluster with every situation on it serves most subjects."""
    def run(guard):
        stage = Stage(guard, version, nodes)
        try:
            stage.start()
            test_first_look.run_all(stage)
            test_verdicts.run_all(stage)
            test_truth.run_all(stage)
        finally:
            stage.close()
    return run


LANES = 2
PARTS = {  # the longest first, so that no lane ends long before the other
    "newest": test_newest.run_all,
    "records": test_records.run_all,
    "faults": test_faults.run_all,
    "topics": lambda guard: test_topics.run_all(guard, "4.1.0"),
    "topics-3.9.1": lambda guard: test_topics.run_all(guard, "3.9.1"),
    "groups": test_groups.run_all,
    "4.1.0-three": on_stage("4.1.0", 3),
    "3.9.1-three": on_stage("3.9.1", 3),
    "4.1.0": on_stage("4.1.0"),
    "3.9.1": on_stage("3.9.1"),
    "tokens": test_tokens.run_all,
    "scripts": test_scripts.run_all,
    "speed": test_speed.run_all,
    "clusters": test_clusters.run_all,
    "three": test_three.run_all,
    "fresh": test_fresh.run_all,
    "rights": test_rights.run_all,
    "requests": test_requests.run_all,
    "acls": test_acls.run_all,
    "logins": test_logins.run_all,
    "doctor": test_doctor.run_all,
    "bench": test_bench.run_all,
    "command": lambda guard: test_command.run_all(),
    "burrow": test_burrow.run_all,
    "soak": test_soak.run_all,
}
ASKED_FOR = ("burrow", "soak")  # parts that only run when they are named
LONG = ("3.9.1-three",)  # or when there is time
PART_MOST = 900  # seconds


def run_part(guard, name):
    began = time.monotonic()
    try:
        PARTS[name](guard)
    except Exception as failure:  # a part that falls must not take the others with it
        explain("".join(traceback.format_exception(failure)))
        say("not ok - %s: the part fell" % name)
    finally:
        guard.sweep()
    note("%s took %.0f s" % (name, time.monotonic() - began))


def alone(guard, name):
    """A part in a process of its own. One that hangs says where it stands, and ends."""
    if not os.environ.get("KAFKATOP_LONG") and name not in ASKED_FOR:
        faulthandler.dump_traceback_later(PART_MOST, exit=True)
    run_part(guard, name)
    guard.close()
    sys.stdout.flush()
    os._exit(0)  # what the library has left need not be taken down (kept.py)


def run_apart(guard, name):
    child = guard.start([sys.executable, "-B", __file__, name], stdout=subprocess.PIPE, text=True, errors="replace")
    lines = child.stdout.read().splitlines()
    status = guard.end(child, signal.SIGTERM)
    if status != 0:
        lines.append("not ok - %s: ended with %d" % (name, status))
    say("\n".join(lines))


def run_parts(guard, names):
    if len(names) == 1:
        alone(guard, names[0])
    with concurrent.futures.ThreadPoolExecutor(LANES) as lanes:
        try:
            for one in [lanes.submit(run_apart, guard, name) for name in names]:
                one.result()
        except SystemExit:
            lanes.shutdown(wait=False, cancel_futures=True)
            guard.sweep()
            raise


def by_themselves():
    """The parts that run when none is named."""
    if os.environ.get("KAFKATOP_BURROW"):
        return ["burrow"]
    passed_over = ASKED_FOR if os.environ.get("KAFKATOP_LONG") else ASKED_FOR + LONG
    return [name for name in PARTS if name not in passed_over]


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    wanted = sys.argv[1:] or by_themselves()
    if wanted == ["--list"]:
        print("\n".join(PARTS))
        return
    guard = Guard()
    try:
        run_parts(guard, wanted)
    finally:
        guard.close()


if __name__ == "__main__":
    main()
