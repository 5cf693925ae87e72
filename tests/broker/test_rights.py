"""Passwords and rights: a broker with SASL PLAIN and ACLs."""

from broker import Cluster
from confluent_kafka.admin import (AclBinding, AclOperation, AclPermissionType, NewTopic, ResourcePatternType,
                                   ResourceType)
from monitor import Run, once, options
from situations import commit
from tap import expect, test

USERS = {"admin": "admin-secret", "reader": "reader-secret", "lister": "lister-secret", "partial": "partial-secret",
         "nobody": "nobody-secret", "counter": "counter-secret"}
TOPIC, GROUP = ResourceType.TOPIC, ResourceType.GROUP
LITERAL, PREFIXED = ResourcePatternType.LITERAL, ResourcePatternType.PREFIXED
DESCRIBE, READ = AclOperation.DESCRIBE, AclOperation.READ
RIGHTS = (
    # who, on what, which, how it is meant, may do what
    ("reader", TOPIC, "*", LITERAL, DESCRIBE),
    ("reader", TOPIC, "__consumer_offsets", LITERAL, READ),
    ("reader", GROUP, "*", LITERAL, DESCRIBE),
    ("lister", TOPIC, "*", LITERAL, DESCRIBE),
    ("lister", GROUP, "*", LITERAL, DESCRIBE),
    ("partial", TOPIC, "*", LITERAL, DESCRIBE),
    ("partial", GROUP, "ours-", PREFIXED, DESCRIBE),
    # Sees that there are others, and may not look at them; the offsets topic is not even listed.
    ("counter", ResourceType.BROKER, "kafka-cluster", LITERAL, DESCRIBE),
    ("counter", TOPIC, "work", LITERAL, DESCRIBE),
    ("counter", GROUP, "ours-", PREFIXED, DESCRIBE),
)
GROUPS = ("ours-1", "ours-2", "theirs-1")


class Guarded:
    """The cluster, with a few groups that have committed."""

    def __init__(self, guard):
        self.cluster = Cluster(guard, "4.1.0", "guarded", users=USERS,
                               settings={"offsets.topic.num.partitions": 5}).start()
        self.admin = self.cluster.admin()
        for answer in self.admin.create_topics([NewTopic("work", 1, 1)], request_timeout=20).values():
            answer.result()
        bindings = [AclBinding(kind, name, pattern, "User:" + user, "*", operation, AclPermissionType.ALLOW)
                    for user, kind, name, pattern, operation in RIGHTS]
        for answer in self.admin.create_acls(bindings, request_timeout=20).values():
            answer.result()
        for name in GROUPS:
            commit(self, name, "work", {0: 0})


def sees(guarded, user, source, groups, chosen):
    document = once(guarded.cluster.client(user), "--source", source)
    expect(sorted(document.groups) == sorted(groups), "groups %s; problems %s", list(document.groups),
           document.problems())
    expect(document.cluster["source"] == chosen, "source is %s", document.cluster["source"])
    for name in groups:
        row = document.partitions(name).get(("work", 0))
        expect(row is not None and row["committed"] == 0 and row["lag"] == 0, "%s", document.brief(name))


def goes_without_settings(guarded):
    """Nobody here may describe configurations: that is no problem, and nothing is claimed."""
    document = once(guarded.cluster.client("reader"))
    work = next(one for one in document.cluster["topics"] if one["name"] == "work")
    expect(work["compacted"] is None and work["retention_ms"] is None, "%s", work)
    expect(document.cluster["partial"] is False and not document.problems(), "%s", document.problems())


def sees_nothing(guarded, source):
    """An empty list is not passed off as an empty cluster."""
    run = Run(*options(guarded.cluster.client("nobody")), "--once", "--json", "--source", source, "--timeout", "15")
    if run.status == 77:
        return run.refused(77, within=15)
    document = run.document()
    expect(document.groups == {}, "groups %s", list(document.groups))
    said = " ".join(document.problems()).lower()
    expect("right" in said or "acl" in said or "describe" in said or "permi" in said or "authori" in said,
           "no missing right is named: %s", document.problems())
    return None


def denied_group(guarded):
    """What may not be looked at is listed, unknown, and says which right is missing; the others are not hurt."""
    client = guarded.cluster.client("counter")
    document = once(client)
    expect(document.cluster["source"] == "admin" and "offsets topic" in document.cluster["source_reason"],
           "source %s: %s", document.cluster["source"], document.cluster["source_reason"])
    expect(sorted(document.groups) == sorted(GROUPS), "groups %s", list(document.groups))
    theirs = document.group("theirs-1")
    expect(theirs["status"] is None and theirs["total_lag"] is None, "%s", document.brief("theirs-1"))
    expect("right" in (theirs["why"] or ""), "no right is named: %s", document.brief("theirs-1"))
    expect(document.worst("ours-1") == "OK", "%s", document.brief("ours-1"))
    expect(document.cluster["partial"], "it does not say that a part is missing")
    expect(Run(*options(client), "--once", "--exit-status").status == 3, "not all is known")
    ours = Run(*options(client), "--once", "--exit-status", "-g", "^ours-")
    expect(b"theirs" not in ours.out, "it speaks of what was not asked for: %s", ours.out)
    expect(ours.status == 0, "exit status %d for what may be seen: %s %s", ours.status, ours.out, ours.err)


def says_so_in_text(guarded):
    run = Run(*options(guarded.cluster.client("nobody")), "--once", "--source", "admin", "--timeout", "15")
    expect(run.status == 0 and b"no group is visible" in run.out, "status %d: %s %s", run.status, run.out, run.err)


def refused(guarded, user, password):
    client = guarded.cluster.client()
    client.update(guarded.cluster.credentials(user, password))
    run = Run(*options(client), "--once", "--json", "--timeout", "60")
    expect(password not in run.err and password not in run.out.decode(), "the password is told")
    expect(run.status == 77, "exit status %d: %s", run.status, run.err)
    expect(run.seconds < 15, "it took %.1f s", run.seconds)
    expect("authenti" in run.err.lower() or "password" in run.err.lower(), "it said %r", run.err)


def refused_otherwise(guarded, status, words, **changes):
    """Each cause has a message of its own."""
    client = dict(guarded.cluster.client("reader"), **changes)
    client = {key: value for key, value in client.items() if value is not None}
    run = Run(*options(client), "--once", "--json", "--timeout", "8")
    expect(run.status == status, "exit status %d: %s", run.status, run.err)
    expect(any(word in run.err.lower() for word in words), "it said %r", run.err)


def run_all(guard):
    guarded = Guarded(guard)
    try:
        test("rights: with all of them, everything from the log", sees, guarded, "reader", "auto", GROUPS, "log")
        test("rights: without READ on the offsets topic, the admin source", sees, guarded, "lister", "auto", GROUPS,
             "admin")
        test("rights: on some groups, these", sees, guarded, "partial", "auto", GROUPS[:2], "admin")
        test("rights: without those on settings, compaction is not known and nothing is wrong", goes_without_settings,
             guarded)
        for source in ("auto", "admin"):
            test("rights: none at all, from source %s, and it says so" % source, sees_nothing, guarded, source)
        test("rights: none at all, in text", says_so_in_text, guarded)
        test("rights: a group that may be seen but not looked at", denied_group, guarded)
        test("rights: a wrong password ends with 77 at once", refused, guarded, "reader", "not-the-secret")
        test("rights: an unknown user ends with 77 at once", refused, guarded, "stranger", "no-such-secret")
        test("rights: a mechanism that is not offered ends with 77", refused_otherwise, guarded, 77, ("mechanism",),
             **{"sasl.mechanism": "SCRAM-SHA-256"})
        test("rights: no password where one is wanted ends with 69", refused_otherwise, guarded, 69,
             ("security.protocol", "sasl"),
             **{"security.protocol": None, "sasl.mechanism": None, "sasl.username": None, "sasl.password": None})
        test("rights: TLS against a plain listener ends with 69", refused_otherwise, guarded, 69, ("ssl", "tls"),
             **{"security.protocol": "SASL_SSL"})
    finally:
        guarded.cluster.close()
