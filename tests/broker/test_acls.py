"""docs/ACLS.md: its table is read, and each set, and each set without one of its rights, is tried on a real broker.

Then what is denied: how many lines it costs in the authorizer's log, and that it is found when the right is given.
"""

import collections
import os
import re

from broker import Cluster
from clients import Actor
from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, NewTopic,
                                   ResourcePatternType, ResourceType)
from kept import Producer
from monitor import Run, Stream, once, options
from situations import commit
from tap import expect, note, test, until

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "ACLS.md")
OPERATIONS = {"Describe": AclOperation.DESCRIBE, "Read": AclOperation.READ,
              "DescribeConfigs": AclOperation.DESCRIBE_CONFIGS}
KINDS = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "cluster": ResourceType.BROKER}
LITERAL, PREFIXED = ResourcePatternType.LITERAL, ResourcePatternType.PREFIXED
MANY = 50  # denied groups, and denied topics
WATCH = 30  # documents at one a second, in which refusals are counted
# Lines for one resource in that time. At one question a refresh it would be WATCH.
MOST = 6
REFUSAL = re.compile(r"Principal = User:(\S+) is Denied operation = (\S+) from host = \S+ on resource = "
                     r"(\w+):LITERAL:(\S+) for request = (\w+)")
Right = collections.namedtuple("Right", "operation kind name sets")


def read_page():
    """{right: Right} of the page's table, in its order."""
    with open(PAGE, encoding="utf-8") as page:
        text = page.read()
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| `(\S+)` \| ([\w, ]+) \| .+ \|$", text, re.MULTILINE)
    return {key: Right(operation, kind, name, {one.strip() for one in sets.split(",")})
            for key, operation, kind, name, sets in rows}, text


TABLE, TEXT = read_page()
SETS = {"log": [key for key, right in TABLE.items() if "log" in right.sets],
        "admin": [key for key, right in TABLE.items() if "admin" in right.sets],
        "full": list(TABLE)}


def bindings(user, keys, group_prefix=None):
    """The rights of the page, as the broker takes them; with a prefix, groups are those alone."""
    for key in keys:
        right = TABLE[key]
        name, pattern = right.name, LITERAL
        if key == "groups" and group_prefix:
            name, pattern = group_prefix, PREFIXED
        yield AclBinding(KINDS[right.kind], name, pattern, "User:" + user, "*", OPERATIONS[right.operation],
                         AclPermissionType.ALLOW)


# "admin" is the broker's own user.
SETS["asked"] = SETS.pop("admin")

# Who has what: "log" all of that set, "log-topics" all but one. Each is a user.
USERS = {name: keys for name, keys in SETS.items()}
USERS.update({"%s-%s" % (name, one): [key for key in keys if key != one]
              for name, keys in SETS.items() for one in keys
              if name != "full" or "optional" in TABLE[one].sets})
SOME = {"some": ["topics", "groups", "cluster"], "some-cluster": ["topics", "groups"]}  # groups only by a prefix
CROWD = {"denied-groups": [], "denied-topics": [], "unseen-topics": []}


class Guarded:
    def __init__(self, guard):
        self.guard = guard
        names = ["admin", *USERS, *SOME, *CROWD]
        self.cluster = Cluster(guard, "4.1.0", "acls", users={name: name + "-secret" for name in names},
                               settings={"offsets.topic.num.partitions": 5},
                               java=["-Dorg.slf4j.simpleLogger.log.kafka.authorizer.logger=info"]).start()
        self.admin = self.cluster.admin()
        self.topics(["work", "aged"] + ["shut-%02d" % i for i in range(MANY)])
        allow = [one for user, keys in USERS.items() for one in bindings(user, keys)]
        allow += [one for user, keys in SOME.items() for one in bindings(user, keys, "ours-")]
        allow += list(bindings("denied-groups", ["topics", "groups", "cluster"], "ours-"))
        allow += list(bindings("denied-topics", ["groups", "offsets"])) + list(bindings("unseen-topics", ["groups"]))
        self.allow(allow)
        producer = Producer(self.cluster.client())
        for _ in range(3):
            producer.produce("aged", b"message", partition=0)
        expect(producer.flush(20) == 0, "records were not taken")
        for group, topic in (("ours-1", "work"), ("theirs-1", "work"), ("late", "aged")):
            commit(self, group, topic, {0: 0})
        self.actor = Actor(self.cluster.client(), "ours-live", "aged")
        self.actor.start()
        until(30, lambda: self.actor.commits, "a commit of the group that is alive")

    def topics(self, names):
        made = self.admin.create_topics([NewTopic(name, 1, 1) for name in names], request_timeout=20)
        for answer in made.values():
            answer.result()

    def allow(self, wanted):
        for answer in self.admin.create_acls(list(wanted), request_timeout=20).values():
            answer.result()

    def refusals(self, user):
        """How often each resource was refused to a user: {(kind, name): times}."""
        with open(self.cluster.path(1, "log"), encoding="utf-8", errors="replace") as log:
            found = [match.groups() for match in map(REFUSAL.search, log) if match]
        return collections.Counter((kind, name) for who, _, kind, name, _ in found if who == user)

    def close(self):
        self.actor.close()
        self.cluster.close()


# ---- what one sees: (source, groups, lags known, settings, exact time lag), and what is different ----

GROUPS = {"ours-1", "theirs-1", "late", "ours-live"}


def seen(guarded, user):
    document = once(guarded.cluster.client(user), "--records", "exact", "-G", "^shut-")
    late = document.partitions("late").get(("aged", 0)) or {}
    topics = {one["name"]: one for one in document.cluster["topics"]}
    return document, {
        "source": document.cluster["source"],
        "groups": {name for name in document.groups},
        "commits": late.get("committed") == 0,
        "lags": late.get("lag") == 3,
        "exact": late.get("time_lag_tier") == "exact",
        "settings": topics.get("aged", {}).get("compacted") is not None,
        "members": any(len(group["members"]) == 1 for group in document.groups.values()),
        "partial": document.cluster["partial"],
    }


WHOLE = {"source": "log", "groups": GROUPS, "commits": True, "lags": True, "exact": True, "settings": True,
         "members": True, "partial": False}
# What is different from WHOLE for each user.
LOG = {"exact": False, "settings": False}
ADMIN = dict(LOG, source="admin")
DIFFERENT = {
    "full": {},
    "full-records": {"exact": False},
    "full-settings": {"settings": False},
    "full-cluster": {},
    "log": LOG,
    "log-topics": dict(LOG, lags=False, partial=True),
    "log-groups": dict(LOG),
    "log-offsets": ADMIN,
    "asked": ADMIN,
    "asked-topics": dict(ADMIN, commits=False, lags=False),
    "asked-groups": dict(ADMIN, groups=set(), commits=False, lags=False, members=False),
    "some": dict(ADMIN, commits=False, lags=False, partial=True),
    "some-cluster": dict(ADMIN, groups={"ours-1", "ours-live"}, commits=False, lags=False),
}


def says(document, *words):
    everything = " ".join(document.problems() + [str(group["why"]) for group in document.groups.values()])
    for word in words:
        expect(word in everything, "no word of %r in %s", word, everything[:1500])


def as_promised(guarded, user):
    document, got = seen(guarded, user)
    wanted = dict(WHOLE, **DIFFERENT[user])
    wrong = {key: (got[key], wanted[key]) for key in wanted if got[key] != wanted[key]}
    expect(not wrong, "(seen, promised): %s; problems %s", wrong, document.problems())
    if user == "log-topics":
        says(document, "the right DESCRIBE on topic 'aged' is missing")
        expect("AUTH" in document.group("late")["marks"] and "AUTH" in document.partitions("late")["aged", 0]["marks"],
               "no mark: %s", document.brief("late"))
    elif user == "asked-topics":
        says(document, "right DESCRIBE on its topics is missing")
    elif user == "asked-groups":
        says(document, "NO_GROUPS_VISIBLE")
    elif user == "some":
        says(document, "theirs-1", "the right DESCRIBE on this group is missing")
        expect("AUTH" in document.group("theirs-1")["marks"], "no mark: %s", document.brief("theirs-1"))
        expect(document.worst("ours-1") == "OK", "%s", document.brief("ours-1"))
    elif user != "log-groups":
        expect(not document.problems(), "problems: %s", document.problems())


def page_is_whole(_):
    expect(set(TABLE) == {"topics", "groups", "offsets", "records", "settings", "cluster"}, "rights: %s", list(TABLE))
    expect(set(DIFFERENT) == set(USERS) | set(SOME), "not tried: %s", (set(USERS) | set(SOME)) ^ set(DIFFERENT))
    joined = TEXT.replace("\\\n", " ")
    commands = [line for line in joined.splitlines() if "kafka-acls.sh" in line]
    granted = set()
    for line in commands:
        target = re.search(r"--(topic|group|cluster)(?: +(?:'([^']+)'|(\S+)))?", line)
        name = target.group(2) or target.group(3) or "kafka-cluster"
        granted |= {(operation, target.group(1), name) for operation in re.findall(r"--operation (\w+)", line)}
    told = {(right.operation, right.kind, right.name) for right in TABLE.values()}
    expect(granted == told, "commands and table differ: %s", granted ^ told)


def never_silent(guarded):
    """Nobody mistakes what may not be seen for an empty cluster: text, CSV, JSON."""
    client = guarded.cluster.client("asked-groups")
    text = Run(*options(client), "--once")
    expect(text.status == 0 and b"no group is visible" in text.out, "text: %s %s", text.out, text.err)
    csv = Run(*options(client), "--once", "--csv")
    expect(csv.status == 0 and len(csv.out.splitlines()) == 1 and "no group is visible" in csv.err,
           "CSV: %s %s", csv.out, csv.err)
    judged = Run(*options(client), "--once", "--exit-status")
    expect(judged.status == 3, "--exit-status: %d", judged.status)


# ---- refusals ----

def crowd(guarded):
    """Many groups that may not be described, on many topics that may not be seen."""
    for i in range(MANY):
        commit(guarded, "shut-%02d" % i, "shut-%02d" % i, {0: 0})
    streams = {user: Stream(guarded.guard, guarded.cluster.client(user), "-d", "1", title=user) for user in CROWD}
    for stream in streams.values():
        stream.wait(120, lambda _, stream=stream: stream.count >= WATCH, "%d documents" % WATCH)
    return streams


def costs_little(guarded, streams, user, kind):
    refused = {key: times for key, times in guarded.refusals(user).items() if key[1].startswith("shut-")}
    most = max(refused.values(), default=0)
    note("%s: %d refusals of %d resources in %d documents, %d of one at most" % (
        user, sum(refused.values()), len(refused), streams[user].count, most))
    # By then the others have gone on, too: more documents, and maybe one question more.
    expect(most <= MOST, "refused %d times: %s", most, list(refused.items())[:3])
    expect(sum(what == kind for what, _ in refused) == (MANY if kind else 0), "refused: %s", list(refused.items())[:3])


def is_found_when_granted(guarded, streams):
    """The rights are given while they run."""
    everything = lambda user: list(bindings(user, ["topics", "groups"]))
    guarded.allow([one for user in CROWD for one in everything(user)])
    for user, stream in streams.items():
        stream.wait(100, lambda document: all(document.worst("shut-%02d" % i) == "OK" for i in range(MANY))
                    and not document.cluster["partial"] and not document.problems(),
                    lambda document: "all groups are OK; problems %s\n%s" % (document.problems()[:3],
                                                                            document.brief("shut-00")))


def is_missed_when_taken(guarded, stream):
    """The offsets topic is no longer given to read: commits are asked for. It is given back."""
    stream.wait(60, lambda document: document.cluster["source"] == "log", "source log")
    taken = AclBindingFilter(ResourceType.TOPIC, TABLE["offsets"].name, LITERAL, "User:log", None, AclOperation.ANY,
                             AclPermissionType.ANY)
    for answer in guarded.admin.delete_acls([taken], request_timeout=20).values():
        answer.result()
    stream.wait(60, lambda document: document.cluster["source"] == "admin" and document.worst("ours-1") == "OK",
                "source admin")
    guarded.allow(bindings("log", ["offsets"]))


def is_taken_up_again(stream):
    stream.wait(100, lambda document: document.cluster["source"] == "log" and document.worst("ours-1") == "OK",
                "source log again")


def run_all(guard):
    test("acls: the page's table, its commands and this test know the same rights", page_is_whole, None)
    guarded = Guarded(guard)
    try:
        for user in DIFFERENT:
            test("acls: %s sees what the page promises" % user, as_promised, guarded, user)
        test("acls: without a right to see groups, no form of output is silent", never_silent, guarded)
        log = Stream(guard, guarded.cluster.client("log"), "-d", "1", title="log")
        test("acls: the log is left when it may not be read any more", is_missed_when_taken, guarded, log)
        streams = crowd(guarded)
        test("acls: %d groups that may not be described" % MANY, costs_little, guarded, streams, "denied-groups", "Group")
        test("acls: %d topics that may not be seen, from the log" % MANY, costs_little, guarded, streams,
             "denied-topics", None)
        test("acls: %d topics that may not be seen, asked for" % MANY, costs_little, guarded, streams, "unseen-topics",
             "Topic")
        test("acls: a right that is given is found without a restart", is_found_when_granted, guarded, streams)
        test("acls: and taken up again when it may be", is_taken_up_again, log)
    finally:
        guarded.close()
