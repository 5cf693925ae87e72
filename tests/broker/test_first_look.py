"""No warm-up: what the very first document says of groups that have been committing for a while."""

import situations
from monitor import once
from tap import expect, test

QUICK = 20  # seconds for a first complete collection on a busy machine


def false_words(it, document, source):
    """Partitions of which something was said that is not so. Nothing may be said only where there is a lag: the
    admin source has no past, the log may have no log ends of it."""
    wrong = set()
    for row in document.partitions(it.name).values():
        unsure = row["lag"] != 0 and not (it.certain and source == "log")
        if row["committed"] is not None and row["status"] not in it.at_first + ((None,) if unsure else ()):
            wrong.add(row["status"])
    return wrong


def check_words(stage, document, source):
    wrong = []
    for it in stage.plays.values():
        if not it.actors and not it.prepare:
            continue  # comes later
        expect(it.name in document.groups, "no group %s", it.name)
        if false_words(it, document, source):
            wrong.append("none of %s: %s" % (it.at_first, document.brief(it.name)))
    expect(not wrong, "%s", "\n".join(wrong))


def first_words(stage, source):
    document = once(stage.cluster.client(), "--source", source)
    chosen = "log" if source == "auto" else source
    check_words(stage, document, chosen)
    expect(document.cluster["partial"] is False, "partial: %s", document.problems())
    expect(document.cluster["collected_in_ms"] < QUICK * 1000, "it took %s ms", document.cluster["collected_in_ms"])
    expect(document.cluster["source"] == chosen, "source is %s", document.cluster["source"])


def burrows_first_words(stage):
    """Nobody who commits is said to have stopped, and who stopped is."""
    document = once(stage.cluster.client(), "--source", "log", "--rules", "burrow")
    wrong = [document.brief(it.name) for it in stage.plays.values()
             if it.healthy and document.worst(it.name) not in ("OK", "WARN")]
    wrong += [document.brief(it.name) for it in stage.plays.values()
              if it.certain and document.worst(it.name) not in it.at_first]
    expect(not wrong, "%s", "\n".join(wrong))


def full_windows(stage):
    """Ten commits a partition, complete, in order, and exactly what the consumer committed."""
    document = once(stage.cluster.client(), "--source", "log", "--detail", "windows")
    wrong = []
    for it in stage.plays.values():
        if it.full:
            wrong += [text for key, row in document.partitions(it.name).items()
                      for text in flaws(stage, it, key, row)]
    expect(not wrong, "%s", "\n".join(wrong))


def flaws(stage, it, key, row):
    """What is wrong with one window."""
    made = [actor.history[key] for actor in stage.actors[it.name] if key in getattr(actor, "history", {})]
    if row["committed"] is None or (not made and "doomed" not in it.actors[0]):
        return []
    offsets = [one["offset"] for one in row["window"]]
    times = [one["at"] for one in row["window"]]
    answer = []
    if row["complete"] != 1 or len(offsets) != 10:
        answer.append("complete %s, %d commits" % (row["complete"], len(offsets)))
    if times != sorted(times):
        answer.append("times out of order: %s" % times)
    if offsets and offsets[-1] != row["committed"]:
        answer.append("the newest commit is %d, not %s" % (offsets[-1], row["committed"]))
    if len(made) == 1 and not within(offsets, made[0]):
        answer.append("%s is no part of %s" % (offsets, made[0]))
    return ["%s %s-%d: %s" % (it.name, *key, text) for text in answer]


def within(part, whole):
    return any(whole[start:start + len(part)] == part for start in range(len(whole) - len(part) + 1))


def hostile_names(stage):
    document = once(stage.cluster.client(), "--source", "log")
    for name in situations.HOSTILE:
        expect(name in document.groups, "no group %r", name)
        expect(document.worst(name) == "OK", "%s", document.brief(name))


def hidden(stage):
    client = stage.cluster.client()
    document = once(client)
    expect(situations.HIDDEN not in document.groups, "%s is shown", situations.HIDDEN)
    expect(document.cluster["filters"]["hidden_groups"] == 1, "filters: %s", document.cluster["filters"])
    document = once(client, "-g", "^console-consumer-")
    expect(list(document.groups) == [situations.HIDDEN], "groups: %s", list(document.groups))


def run_all(stage):
    for source in ("log", "admin", "auto"):
        test("%s: the first look from source %s says nothing false" % (stage.version, source), first_words, stage, source)
    test("%s: Burrow's first look takes nobody who commits for stopped" % stage.version, burrows_first_words, stage)
    test("%s: windows are full at the first look" % stage.version, full_windows, stage)
    test("%s: strange names of groups come through" % stage.version, hostile_names, stage)
    test("%s: console consumers are hidden and counted" % stage.version, hidden, stage)
