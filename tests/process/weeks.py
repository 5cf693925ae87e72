"""Days within seconds: a recording of them, during which memory must stay flat."""

import os
import subprocess

from common import PROGRAM, WORK, environment, require, test

DAYS = 3
PASS_S = 60
GROUPS, PARTITIONS = 4, 3
WALL = 1700000000000


def write_days(path):
    """Groups that advance, stop, fall back and are thrown away; one refresh a minute."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("kafkatop-trace\t1\t%d\n" % WALL)
        for turn in range(DAYS * 86400 // PASS_S):
            at = turn * PASS_S * 1000
            for p in range(PARTITIONS):
                file.write("end\t%d\torders\t%d\t1\t%d\t1\t0\t0\t~\n" % (at, p, turn * 600))
            for g in range(GROUPS):
                name = "group-%d" % g if g else "thrown-%d" % (turn // 5)
                offset = turn * 600 - (turn % 7) * 100 * g
                for p in range(PARTITIONS):
                    file.write("commit\t%d\t%s\torders\t%d\t%d\t%d\t%d\t1\t1\n"
                               % (at, name, p, max(offset, 0), WALL + at, turn))
            file.write("pass\t%d\t1\n" % (at + 5))


def resident_kb(process):
    with open("/proc/%d/status" % process.pid, encoding="ascii") as file:
        return int([line for line in file if line.startswith("VmRSS")][0].split()[1])


@test
def three_days_in_a_moment_are_flat():
    path = os.path.join(WORK, "days.trace")
    write_days(path)
    turns = DAYS * 86400 // PASS_S
    seen = {}
    argv = [PROGRAM, "--replay", path, "-B", "-n", "100000000", "--expire-group", "3600"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        documents = 0
        for line in process.stdout:
            if line.startswith(b"kafkatop "):
                documents += 1
                if documents in (turns // 2, turns * 9 // 10):
                    seen[documents] = resident_kb(process)
        said = process.stderr.read()
        require(process.wait() == 0 and said == b"", "%d %r" % (process.returncode, said))
    require(len(seen) == 2, "%d documents of %d" % (documents, turns))
    middle, end = seen[turns // 2], seen[turns * 9 // 10]
    require(end <= middle * 1.05 + 1024, "%d kB after half of it, %d near the end" % (middle, end))
