"""The verdict of each situation, as it comes up under the eyes of running monitors."""

import time

from monitor import Stream
from tap import expect, note, test, until

STREAMS = {
    # title: rule set, options
    "log": ("kafkatop", ("--source", "log", "-d", "1")),
    "admin": ("kafkatop", ("--source", "admin", "-d", "1")),
    "burrow": ("burrow", ("--source", "log", "-d", "0.5", "--rules", "burrow")),
}
LIVE_COMMITS = 22  # of a group that commits every second or two: Burrow's ten, seen live


def start(stage):
    for title, (_, arguments) in STREAMS.items():
        stage.streams[title] = Stream(stage.guard, stage.cluster.client(), *arguments, title=title)


def healthy(stage, rules):
    return [it.name for it in stage.plays.values()
            if it.healthy and not (rules == "burrow" and it.name == "owner-of-nothing")]


def all_well(stage, title):
    """Every healthy group is called OK, before anything happens."""
    stream = stage.streams[title]
    names = [name for name in healthy(stage, STREAMS[title][0]) if name != "owner-of-nothing"]
    stream.wait(60, lambda document: all(document.worst(name) == "OK" for name in names),
                lambda document: "\n".join(document.brief(name) for name in names if document.worst(name) != "OK"))


def rehearse(stage):
    """Monitors see everybody commit for a while, so that they know the rhythm."""
    for title in STREAMS:
        test("%s %s: groups that keep up are OK" % (stage.version, title), all_well, stage, title)
    if stage.nodes > 1:
        test("%s: one of them is restarted" % stage.version, restart_one, stage)
        for title in STREAMS:
            test("%s %s: after that, groups that keep up are OK" % (stage.version, title), all_well, stage, title)
    actor = stage.actors["steady"][0]
    seen = actor.commits
    until(60, lambda: actor.commits >= seen + LIVE_COMMITS, "commits under the monitors' eyes")
    note("the monitors have seen enough")


def restart_one(stage):
    """As in an upgrade: its leaders and coordinators move, and everybody goes on."""
    def commits_again():
        seen = {actor: actor.commits for actor in stage.everybody() if actor.is_alive()}
        until(90, lambda: all(actor.commits > seen[actor] for actor in seen),
              lambda: "commits after a change of leaders by %s" % [actor.group for actor in seen
                                                                  if actor.commits <= seen[actor]])
    stage.cluster.stop(stage.nodes)
    commits_again()
    stage.cluster.restart(stage.nodes)
    until(60, stage.in_order, "all copies and leaders to be in their places")
    stage.ask_anew()
    commits_again()
    stage.check_actors()
    stage.settled = time.monotonic()


def judged_since(stage, title):
    """Burrow's rules take whoever is kept from committing for stopped: a start and a restart are given time."""
    began = stage.streams[title].began
    return max(began + 15, stage.settled + 30) if STREAMS[title][0] == "burrow" else began


def comes_up(stage, title, it):
    acted = stage.acted[it.name]
    wanted = it.words[STREAMS[title][0]]
    stage.streams[title].wait_worst(it.name, wanted, acted + it.within, acted)


def never_false(stage, title):
    """Whoever is well was called OK, or nothing, in every single document; so was whoever was still well."""
    stream = stage.streams[title]
    rules = STREAMS[title][0]
    since = judged_since(stage, title)
    wrong = []
    for name in healthy(stage, rules):
        words = stream.words_since(name, since)
        if words - {"OK", "unknown"}:
            wrong.append("%s: %s; first: %s" % (name, stream.story(name),
                                                [stream.first_bad[name, word] for word in words - {"OK", "unknown"}]))
    expect(not wrong, "%s", "\n".join(wrong))


def never_before(stage, title):
    """Nobody is condemned before what happened to them happened."""
    stream = stage.streams[title]
    since = judged_since(stage, title)
    wrong = []
    for it in stage.plays.values():
        if it.act and it.full:
            early = [word for when, word in stream.said.get(it.name, []) if since < when < stage.acting]
            if set(early) - {"OK", "unknown"}:
                wrong.append("%s: %s" % (it.name, stream.story(it.name)))
    expect(not wrong, "%s", "\n".join(wrong))


def told_as_event(stage, name):
    """Even where STOP follows, the fall itself is on record."""
    stream = stage.streams["log"]
    stream.wait(10, lambda _: any(event["kind"] == "rewind" and event["group"] == name for event in stream.events),
                lambda _: "an event of the rewind of %s among %s" % (name, [
                    event for event in stream.events if event["group"] == name]))


def partly_committed(stage):
    """Partitions without a commit are no reason to be silent about the others."""
    document = stage.streams["log"].latest
    rows = document.partitions("halfway")
    for number in (0, 1):
        row = rows["topic-of-halfway", number]
        expect(row["status"] == "OK", "%s", document.brief("halfway"))
    rows = document.partitions("owner-of-nothing")
    for number in (2, 3):
        row = rows.get(("topic-of-owner-of-nothing", number))
        expect(row is not None and row["committed"] is None and row["lag"] is None, "%s",
               document.brief("owner-of-nothing"))
    group = document.group("owner-of-nothing")
    expect(group["uncommitted"] == 2, "uncommitted is %s", group["uncommitted"])


def goes_on_record(stage):
    for title, stream in stage.streams.items():
        expect(stream.failure is None, "%s: %s", title, stream.failure)
        expect(not stream.ended, "%s ended by itself: %s", title, stream.words())
        expect(not stream.words(), "%s said: %s", title, stream.words())


def run_all(stage):
    start(stage)
    rehearse(stage)
    stage.acting = time.monotonic()
    stage.act()
    # What comes soonest is looked at first; all of it happens at the same time.
    for it in sorted(stage.plays.values(), key=lambda it: it.within):
        for title, (rules, _) in STREAMS.items():
            if rules in it.words:
                test("%s %s: %s is %s" % (stage.version, title, it.name, it.words[rules]), comes_up, stage, title, it)
    for name in ("reset-low", "reset-to-start", "went-back"):
        test("%s: the rewind of %s is an event" % (stage.version, name), told_as_event, stage, name)
    for title in STREAMS:
        test("%s %s: who is well is never called anything else" % (stage.version, title), never_false, stage, title)
        test("%s %s: nobody is condemned beforehand" % (stage.version, title), never_before, stage, title)
    test("%s: partitions never committed to" % stage.version, partly_committed, stage)
    test("%s: monitors go on without a word" % stage.version, goes_on_record, stage)
