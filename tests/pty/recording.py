"""Makes small recordings for --replay: groups of which some are fine and some are not."""

WALL = 1763692327000


def write(path, groups=30, passes=8):
    lines = ["kafkatop-trace\t1\t%d" % WALL, "cluster\t0\ttrial\t0\t10", "list-begin\t0\tbrokers",
             "broker\t0\t1\tkafka-1\t9092\t~\t-1\t-1", "list-end\t0\tbrokers\t1", "list-begin\t0\ttopics",
             "topic\t0\torders\t3\t0"]
    lines += ["partition\t0\torders\t%d\t1\t1\t1\t1\t1" % p for p in range(3)]
    lines += ["list-end\t0\ttopics\t1", "source\t1\tlog\tthe offsets topic can be read"]
    for turn in range(passes):
        at = 1 + turn * 10000
        for p in range(3):
            lines.append("end\t%d\torders\t%d\t1\t%d\t1\t0\t0\t~" % (at, p, 100000 + turn * 1000))
        for g in range(groups):
            for p in range(3):
                offset = 100000 + turn * 1000 if g % 3 else 50000
                lines.append("commit\t%d\tgroup-%02d\torders\t%d\t%d\t%d\t%d\t1\t1" % (at, g, p, offset, WALL + at, turn))
        lines.append("fresh\t%d\t~\t0\t0" % at)
        lines.append("pass\t%d\t1" % (at + 5))
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return path
