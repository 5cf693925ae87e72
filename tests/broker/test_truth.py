"""Every number equals what another client says while nothing moves."""

import signal

import situations
from clients import MEANINGLESS
from monitor import once
from tap import Failure, expect, test
from truth import Truth, differences


def equals_truth(stage, source):
    truth, document = stage.truth_beside(
        lambda: once(stage.cluster.client(), "--source", source))
    wrong = differences(truth, document, members=source != "admin")
    expect(not wrong, "%s", "\n".join(wrong))
    expect(len(document.groups) > 30, "only %d groups", len(document.groups))


def stream_equals_truth(stage, title):
    """A monitor that has been running all the time has drifted nowhere."""
    truth, document = stage.truth_beside(lambda: stage.streams[title].fresh())
    wrong = differences(truth, document, members=title != "admin")
    expect(not wrong, "%s", "\n".join(wrong))


def aborted_do_not_count(stage):
    """Neither as the last commit nor in a window."""
    document = once(stage.cluster.client(), "--source", "log", "--detail", "windows")
    rows = document.partitions("transacting")
    expect(rows, "no partitions of the group")
    for key, row in rows.items():
        seen = [one["offset"] for one in row["window"]] + [row["committed"]]
        expect(max(seen) < MEANINGLESS, "%s-%d: %s", *key, seen)


def members_of_the_next_protocol(stage):
    for source in ("log", "auto"):
        group = once(stage.cluster.client(), "--source", source).group("steady-next")
        expect(group["type"] == "consumer", "type %s", group["type"])
        expect(group["state"] == "Stable", "state %s", group["state"])
        expect(len(group["members"]) == 1, "members %s", group["members"])


def leaves_no_trace(stage):
    """No group and no topic has come into being but by the stage itself."""
    names = set(stage.plays) | set(situations.HOSTILE) | {situations.HIDDEN}
    strangers = set(Truth(stage.admin).groups) - names
    expect(not strangers, "groups %s", strangers)
    topics = set(stage.admin.list_topics(timeout=10).topics)
    own = {it.topic for it in stage.plays.values()} | {"output", "named"}
    expect(topics - own <= {"__consumer_offsets", "__transaction_state"}, "topics %s", topics - own)


def ends_when_told(stage):
    wrong = {title: stream.end() for title, stream in stage.streams.items()}
    wrong = {title: status for title, status in wrong.items() if status not in (-signal.SIGTERM, 143)}
    if wrong:
        raise Failure("exit statuses after SIGTERM: %s" % wrong)


def run_all(stage):
    stage.still()
    for source in ("log", "admin", "auto"):
        test("%s: lags from source %s equal the truth" % (stage.version, source), equals_truth, stage, source)
    for title in stage.streams:
        test("%s %s: lags equal the truth after all that" % (stage.version, title), stream_equals_truth, stage, title)
    test("%s: aborted transactions do not count" % stage.version, aborted_do_not_count, stage)
    if stage.modern:
        test("%s: members of the next protocol" % stage.version, members_of_the_next_protocol, stage)
    test("%s: monitors leave no trace" % stage.version, leaves_no_trace, stage)
    test("%s: monitors end when told" % stage.version, ends_when_told, stage)
