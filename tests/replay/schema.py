"""Checks a document of kafkatop.snapshot/1 against the contract: names, types, nulls, order.

The tables below are written from the contract, not from the program. A field more than the contract has is allowed,
a field less is not. Usable alone:  kafkatop --once --json | schema.py
"""

import base64
import json
import sys


class Wrong(Exception):
    pass


def demand(holds, where, what):
    if not holds:
        raise Wrong("%s: %s" % (where, what))


# ---- types: a check of a value, called with its place ----

def integer(low=None):
    def check(value, where):
        demand(isinstance(value, int) and not isinstance(value, bool), where, "%r is no integer" % (value,))
        demand(low is None or value >= low, where, "%r is below %s" % (value, low))
    return check


def number(low=None, high=None):
    def check(value, where):
        demand(isinstance(value, (int, float)) and not isinstance(value, bool), where, "%r is no number" % (value,))
        demand(value == value and abs(value) != float("inf"), where, "%r is no finite number" % (value,))
        demand(low is None or value >= low, where, "%r is below %s" % (value, low))
        demand(high is None or value <= high, where, "%r is above %s" % (value, high))
    return check


def text(value, where):
    demand(isinstance(value, str), where, "%r is no text" % (value,))
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        demand(False, where, "%r holds half a character" % (value,))


def truth(value, where):
    demand(isinstance(value, bool), where, "%r is neither true nor false" % (value,))


def word(*words):
    def check(value, where):
        demand(value in words, where, "%r is none of %s" % (value, ", ".join(words)))
    return check


def maybe(check):
    return lambda value, where: None if value is None else check(value, where)


def array(check):
    def check_all(value, where):
        demand(isinstance(value, list), where, "%r is no array" % (value,))
        for place, item in enumerate(value):
            check(item, "%s[%d]" % (where, place))
    return check_all


def row(**fields):
    def check(value, where):
        demand(isinstance(value, dict), where, "%r is no object" % (value,))
        for name, of_field in fields.items():
            demand(name in value, where, "%s is missing" % name)
            of_field(value[name], where + "." + name)
        check_bytes(value, where)
    return check


def any_value(value, where):
    demand(value is None or isinstance(value, (int, str)), where, "%r is no value of an event" % (value,))


def check_bytes(value, where):
    """NAME_base64 stands beside a NAME that is not what the cluster says, and only there."""
    for name, told in value.items():
        if name.endswith("_base64") and isinstance(told, str):
            raw = base64.b64decode(told, validate=True)
            shown = value[name[:-len("_base64")]]
            demand("\ufffd" in shown, where + "." + name, "stands beside a name without U+FFFD")
            try:
                raw.decode("utf-8")
                demand(False, where + "." + name, "the bytes are UTF-8")
            except UnicodeDecodeError:
                pass


instant = integer()
count = integer(0)
span = integer(0)
rate = number(0)
share = number(0, 1)
STATUS = ["OK", "WARN", "ERR", "STALL", "STOP", "REWIND"]
SEVERITY = {None: 0, "OK": 1, "WARN": 2, "ERR": 3, "STALL": 4, "STOP": 5, "REWIND": 6}
MARKS = ["AHEAD", "LOST", "UNCOMMITTED", "UNSUBSCRIBED", "COMPACTED", "NEW", "STALE", "TAIL", "ESTIMATED", "ABANDONED",
         "REWOUND", "UNPROVEN", "OPEN_TRANSACTION", "CLOCK", "FLAP", "REBALANCING"]

NUMBERS = dict(time_lag_ms=maybe(span), time_lag_tier=maybe(word("history", "exact")), time_lag_at_least=truth,
               consume_rate=maybe(rate), produce_rate=maybe(rate), drains=maybe(truth), eta_ms=maybe(span),
               loss_eta_ms=maybe(span))

WINDOW = row(offset=integer(0), at=instant, lag=maybe(count), estimated=truth)

LAG = row(topic=text, partition=count, status=maybe(word(*STATUS)), rule=maybe(text), since=maybe(instant),
          why=maybe(text), complete=share, committed=maybe(integer(0)), committed_at=maybe(instant),
          committed_at_exact=truth, last_advance_at=maybe(instant), behind_since=maybe(instant), as_of=maybe(instant),
          log_start=maybe(integer(0)), log_end=maybe(integer(0)), last_stable=maybe(integer(0)), lag=maybe(count),
          raw_lag=maybe(integer()), approximate=truth, lost=maybe(count), owner=maybe(row(client_id=maybe(text), host=maybe(text),
                                                                      member_id=maybe(text))),
          marks=array(word(*MARKS)), **NUMBERS)

MEMBER = row(member_id=text, client_id=maybe(text), host=maybe(text), instance_id=maybe(text),
             subscription=maybe(array(text)), partitions=maybe(count), lag=maybe(count))

GROUP = row(name=text, type=maybe(word("classic", "consumer", "share", "streams", "simple")), state=maybe(text),
            state_since=maybe(instant), status=maybe(word("OK", "WARN", "ERR")), worst=maybe(word(*STATUS)),
            since=maybe(instant), why=maybe(text), complete=share, total_lag=maybe(count), total_partial=truth,
            approximate=truth, max_lag=maybe(count), lag_skew=maybe(rate), lag_variation=maybe(rate),
            hottest_topic=maybe(text), hottest_partition=maybe(count), uncommitted=count, coordinator=maybe(integer()),
            marks=array(word(*MARKS)),
            members=array(MEMBER), **NUMBERS)

TOPIC_PARTITION = row(partition=count, leader=maybe(integer(0)), replicas=array(integer()), isr=array(integer()),
                      log_start=maybe(integer(0)), log_end=maybe(integer(0)), last_stable=maybe(integer(0)),
                      unstable=maybe(count), unstable_since=maybe(instant), produce_rate=maybe(rate))

TOPIC = row(name=text, internal=truth, partition_count=count, replication_factor=maybe(count), under_replicated=count,
            offline=count, messages=maybe(count), unstable=maybe(count), unstable_since=maybe(instant),
            produce_rate=maybe(rate), compacted=maybe(truth), retention_ms=maybe(span),
            timestamps=maybe(word("CreateTime", "LogAppendTime")), groups=array(text))

CLUSTER = row(
    name=text, bootstrap=text, cluster_id=maybe(text), source=maybe(word("log", "admin", "replay")), partial=truth,
    collected_in_ms=maybe(span), as_of=maybe(instant),
    settings=row(intervals=integer(1), min_distance_ms=span, allowed_lag=count, minimum_complete=number(),
                 expire_group_ms=span, delay_ms=integer(1)),
    filters=row(groups=array(text), exclude_groups=array(text), topics=array(text), exclude_topics=array(text),
                hidden_groups=count),
    counts=row(OK=count, WARN=count, ERR=count, unknown=count, abandoned=count),
    problems=array(row(scope=word("cluster", "broker", "topic", "group", "partition"), name=text, error=text, text=text,
                       since=instant)),
    causes=array(row(kind=word("partition", "member", "topic", "host", "leader", "rack", "coordinator"), group=maybe(text),
                     value=maybe(text), host=maybe(text), number=maybe(count), status=word(*STATUS), counts=word("partitions", "groups"),
                     rest=truth, bad=count, bad_total=count, all=count, all_total=count, text=text)),
    events=array(row(at=instant, kind=word("status", "rebalance", "rewind", "skip", "leader", "isr", "partitions",
                                           "topic", "group", "gap"),
                     group=maybe(text), topic=maybe(text), partition=maybe(count), more_partitions=count,
                     to=any_value, text=text,
                     **{"from": any_value})),
    brokers=array(row(id=integer(), host=maybe(text), port=count, rack=maybe(text), controller=maybe(truth),
                      leaders=count, replicas=count, up=maybe(truth))),
    topics=array(TOPIC), groups=array(GROUP))

DOCUMENT = row(schema=word("kafkatop.snapshot/1"), version=text, taken_at=maybe(instant),
               rules=word("kafkatop", "burrow"), clusters=array(CLUSTER))


# ---- what lies between the fields ----

def raw(value, name):
    coded = value.get(name + "_base64")
    return base64.b64decode(coded) if isinstance(coded, str) else (value[name] or "").encode()


def check_sorted(rows, key, where):
    keys = [key(one) for one in rows]
    demand(keys == sorted(keys), where, "is not sorted")
    demand(len(set(keys)) == len(keys), where, "names something twice")


def check_sentence(status, why, where, most):
    """Whatever is not well says why: at length, but not so long that it was cut."""
    if status in STATUS and status != "OK":
        demand(why is not None and len(why) > len(status) + 8, where, "is %s and does not say why" % status)
    demand(why is None or len(why.encode()) < most, where, "says so much that it was cut")


def check_cause(cause, where):
    demand(0 < cause["bad"] <= cause["bad_total"] <= cause["all_total"], where, "counts that cannot be")
    demand(cause["bad"] <= cause["all"] <= cause["all_total"], where, "counts that cannot be")
    share = cause["bad"] * cause["all_total"] >= 2 * cause["all"] * cause["bad_total"]
    demand(cause["bad"] >= 3 and share, where, "explains nothing")


def check_lag(lag, where):
    check_sentence(lag["status"], lag["why"], where, 383)
    for name, needed in (("lag", "log_end"), ("lag", "committed"), ("raw_lag", "lag"), ("time_lag_ms", "lag")):
        demand(lag[name] is None or lag[needed] is not None, where, "%s is known without %s" % (name, needed))
    if lag["lag"] is not None:
        demand(lag["raw_lag"] == lag["log_end"] - lag["committed"], where, "raw_lag is not log_end - committed")
        first = max(lag["committed"], lag["log_start"] or 0)
        demand(lag["lag"] == max(0, lag["log_end"] - first), where, "lag is not what can be read")
    demand((lag["time_lag_ms"] is None) == (lag["time_lag_tier"] is None), where, "a time lag without its tier")
    check_eta(lag, where)
    for before, after in zip(lag.get("window", []), lag.get("window", [])[1:]):
        demand(before is not after, where, "a window that repeats")


def check_eta(one, where):
    demand(one["eta_ms"] is None or one["drains"] is True, where, "an ETA of what does not drain")


def check_group(group, where, partitions):
    check_sentence(group["worst"], group["why"], where, 639)
    check_sorted(group["members"], lambda member: raw(member, "member_id"), where + ".members")
    check_eta(group, where)
    demand((group["time_lag_ms"] is None) == (group["time_lag_tier"] is None), where, "a time lag without its tier")
    demand(("partitions" in group) == partitions, where, "partitions at the wrong depth")
    if not partitions:
        return
    array(LAG)(group["partitions"], where + ".partitions")
    check_sorted(group["partitions"], lambda lag: (raw(lag, "topic"), lag["partition"]), where + ".partitions")
    for lag in group["partitions"]:
        check_lag(lag, "%s.%s/%d" % (where, lag["topic"], lag["partition"]))
    known = [lag["lag"] for lag in group["partitions"] if lag["lag"] is not None]
    demand(group["total_lag"] is None or group["total_lag"] <= sum(known), where, "total_lag is more than its parts")
    demand(group["max_lag"] is None or group["max_lag"] <= max(known), where, "max_lag is no partition's")
    demand(group["lag_skew"] is None or 1 <= group["lag_skew"] <= len(known), where, "no lag is so far from the mean")
    worst = max([SEVERITY[lag["status"]] for lag in group["partitions"]], default=0)
    demand(SEVERITY[group["worst"]] <= worst, where, "worst is worse than every partition")
    demand(group["uncommitted"] <= len(group["partitions"]), where, "more uncommitted partitions than there are")


def check_windows(cluster, where, windows):
    for group in cluster["groups"]:
        for lag in group.get("partitions", []):
            place = "%s.%s.%s/%d.window" % (where, group["name"], lag["topic"], lag["partition"])
            demand(("window" in lag) == windows, place, "at the wrong depth")
            if windows:
                array(WINDOW)(lag["window"], place)
                demand(len(lag["window"]) <= cluster["settings"]["intervals"], place, "longer than intervals")
                if lag["window"]:
                    newest = lag["window"][-1]["offset"]
                    demand(newest == lag["committed"], place, "does not end with what is committed")


def check_cluster(cluster, where, detail):
    check_sorted(cluster["brokers"], lambda broker: broker["id"], where + ".brokers")
    check_sorted(cluster["topics"], lambda topic: raw(topic, "name"), where + ".topics")
    check_sorted(cluster["groups"], lambda group: raw(group, "name"), where + ".groups")
    for topic in cluster["topics"]:
        place = "%s.%s" % (where, topic["name"])
        demand(("partitions" in topic) == (detail != "groups"), place, "partitions at the wrong depth")
        array(TOPIC_PARTITION)(topic.get("partitions", []), place + ".partitions")
        check_sorted(topic.get("partitions", []), lambda one: one["partition"], place + ".partitions")
    for cause in cluster["causes"]:
        check_cause(cause, "%s.causes.%s" % (where, cause["kind"]))
    for group in cluster["groups"]:
        check_group(group, "%s.%s" % (where, group["name"]), detail != "groups")
    check_windows(cluster, where, detail == "windows")
    times = [event["at"] for event in cluster["events"]]
    demand(times == sorted(times), where + ".events", "are not in the order of time")
    demand(sum(cluster["counts"].values()) == len(cluster["groups"]), where + ".counts", "do not add up to the groups")


def check(document, detail="partitions"):
    """Raises Wrong, which says where and what."""
    DOCUMENT(document, "document")
    for place, cluster in enumerate(document["clusters"]):
        check_cluster(cluster, "clusters[%d]" % place, detail)


def load(data):
    """JSON as strict as it can be read: UTF-8, no NaN, no name twice."""
    def once(pairs):
        names = [name for name, _ in pairs]
        demand(len(set(names)) == len(names), "document", "an object names a field twice")
        return dict(pairs)

    def refuse(constant):
        raise Wrong("document: %s is no JSON" % constant)

    return json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=refuse)


def main():
    try:
        check(load(sys.stdin.buffer.read()), sys.argv[1] if len(sys.argv) > 1 else "partitions")
    except (Wrong, ValueError) as wrong:
        sys.exit("schema: %s" % wrong)


if __name__ == "__main__":
    main()
