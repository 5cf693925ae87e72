"""Logins and groups that only a newer librdkafka can do: a build of its own with the one that --with-deps=newest makes.

Built once (the library is kept, see build-aux/newest-librdkafka), in a folder that the run removes. Without the library
and without a network, which KAFKATOP_TESTS_OFFLINE=1 says, it is skipped with a word. The same logins are tried with the
build under test: an older library is refused although the password is right, and says why.
"""

import glob
import os
import subprocess

import fetch
from doors import GROUP, TOPIC, Doors
from confluent_kafka.admin import NewTopic
from monitor import Document, Run, Stream, options
from tap import Failure, expect, skip, test, until
from test_groups import NEWER, Reader, describe, told_owners, true_owners

SOURCE, BUILD = os.environ["SRCDIR"], os.environ["BUILDDIR"]
TOPICS = {"one": 3, "two": 2}
PATIENCE = 1200  # building the library and the program, on a loaded machine
SAID = {}  # what was found out by building


def quietly(*command, cwd=None):
    """Runs what builds something; what it printed is only of interest when it failed."""
    env = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace", timeout=PATIENCE, check=False, cwd=cwd, env=env)
    return done.returncode, done.stdout, done.stderr


def build(guard):
    """The program with the newest library; None and why it cannot be had."""
    script = os.path.join(SOURCE, "build-aux", "newest-librdkafka")
    offline = ["--offline"] if os.environ.get("KAFKATOP_TESTS_OFFLINE") == "1" else []
    with fetch.alone():
        status, prefix, said = quietly("sh", script, *offline)
    if status == 69 and (offline or "this is not Debian" in said):
        return None, said.splitlines()[-1]
    expect(status == 0, "no newest library: %s", said)
    folder = os.path.join(guard.folder, "newest-build")
    os.makedirs(folder)
    status, told, said = quietly("sh", os.path.join(SOURCE, "configure"), "--with-librdkafka=" + prefix.strip(),
                                 "--enable-werror", cwd=folder)
    expect(status == 0 and "has every call that was looked for" in told, "configure: %s%s", told[-1000:], said)
    status, told, said = quietly("make", "-s", "-j2", "kafkatop", cwd=folder)
    expect(status == 0, "make: %s", said[-2000:])
    return os.path.join(folder, "kafkatop"), prefix.strip()


def with_newest(guard):
    SAID["program"], SAID["prefix"] = build(guard)


def objects_cannot_write():
    """The library is inside now, with all that it can do; the program's own objects still call nothing that writes."""
    folder = os.path.dirname(SAID["program"])
    objects = glob.glob(os.path.join(folder, "build", "*", "*.o"))
    done = subprocess.run(["sh", os.path.join(SOURCE, "tests", "symbols", "check"), *objects],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    expect(len(objects) > 100 and (done.returncode, done.stdout) == (0, ""), "%s%s", done.stdout, done.stderr)
    expect("librdkafka" not in subprocess.run(["ldd", SAID["program"]], capture_output=True, text=True,
                                              check=False).stdout, "it is not linked in")


class Newest:
    """Runs of the program with the newest library, in place of the one under test."""

    def __enter__(self):
        self.before, os.environ["KAFKATOP"] = os.environ["KAFKATOP"], SAID["program"]

    def __exit__(self, *_):
        os.environ["KAFKATOP"] = self.before


def once(client, *arguments):
    return Run(*options(client), "--once", "--json", *arguments)


# ---- logins ----

def connects(client):
    document = once(client).document()
    expect(list(document.groups) == [GROUP], "groups %s; problems %s", list(document.groups), document.problems())
    expect((TOPIC, 0) in document.partitions(GROUP), "%s", document.brief(GROUP))
    expect(not document.problems(), "%s", document.problems())


def wrong_password(client):
    with Newest():
        done = once(dict(client, **{"sasl.password": "wrong"}))
    done.refused(77, "wrong user or wrong password")
    expect("right password" not in done.err, "it doubts the library: %s", done.err)


def old_library_says_so(client):
    """The right password. Where the build under test has a newer library, it is simply let in."""
    done = once(client)
    if done.status == 0:
        return
    done.refused(77, "Kafka 4.1 and newer refuse SCRAM by a librdkafka before 2.6.1", "even with the right password",
                 "--with-deps=newest")
    expect(len([line for line in done.err.splitlines() if "SCRAM" in line]) == 1, "more than one line: %s", done.err)
    expect(client["sasl.password"] not in done.err, "a secret: %s", done.err)


def hung_up(client, word):
    """Newer libraries only log it."""
    with Newest():
        once(client).refused(69, word, "security.protocol")


def logins(doors):
    test("newest: plaintext where TLS is spoken", hung_up, doors.at("TLS"), "speaks TLS")
    test("newest: plaintext where a login is wanted", hung_up, doors.at("SASL"), "log in")
    test("newest: a login without TLS where TLS is spoken", hung_up, dict(doors.plain(), **doors.at("SASLTLS")),
         "speaks TLS")
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
        for door in ("SASL", "SASLTLS"):
            with Newest():
                test("newest: %s at the door %s" % (mechanism, door), connects, doors.sasl(mechanism, door=door))
        test("newest: a wrong password is one for %s" % mechanism, wrong_password, doors.sasl(mechanism))
        test("newest: an older library says why %s is refused" % mechanism, old_library_says_so,
             doors.sasl(mechanism))


# ---- KIP-848 ----

class Scene:
    """Two groups of the newer protocol, and a stream without the log of commits beside them."""

    def __init__(self, guard, cluster):
        self.cluster, self.admin, self.readers = cluster, cluster.admin(), []
        for answer in self.admin.create_topics([NewTopic(name, count, 1) for name, count in TOPICS.items()],
                                               request_timeout=30).values():
            answer.result()
        self.read("pair", "pair-1")
        self.read("pair", "pair-2")
        with Newest():
            self.stream = Stream(guard, cluster.client(), "-d", "0.5", "--source", "admin", title="newest")

    def read(self, group, name, **more):
        reader = Reader(self.cluster.client(), group, sorted(TOPICS), name, **NEWER, **more)
        self.readers.append(reader)
        return reader

    def close(self):
        self.stream.end()
        for reader in self.readers:
            reader.ending.set()
        for reader in self.readers:
            reader.join(20)


def settled(scene, members):
    """Waits until the monitor tells the members and owners that the coordinator tells another client."""
    seen = {}

    def same():
        truth = describe(scene, "pair")
        owners, document = true_owners(truth), scene.stream.fresh()
        told = document.group("pair")
        seen.update(truth=owners, told=told and (told["state"], told["type"], told_owners(document, "pair")))
        right = (truth.state.name == "STABLE" and len(truth.members) == members and len(owners) == sum(TOPICS.values())
                 and told and told["state"] == "Stable" and told["type"] == "consumer" and told["members_known"]
                 and len(told["members"]) == members and told_owners(document, "pair") == owners)
        return document if right else None
    return until(90, same, lambda: "as the coordinator says: %s" % seen)


def members_and_owners(scene):
    document = settled(scene, 2)
    members = document.group("pair")["members"]
    expect({one["client_id"] for one in members} == {"pair-1", "pair-2"}, "members %s", members)
    expect(all(one["host"] == "127.0.0.1" for one in members), "members %s", members)


def join_and_leave(scene):
    third = scene.read("pair", "pair-3")
    settled(scene, 3)
    third.leave()
    settled(scene, 2)


def at_once(scene):
    """The first snapshot has them, not only the second."""
    def complete():
        with Newest():
            document = Document(once(scene.cluster.client(), "--source", "admin").out)
        return told_owners(document, "pair") == true_owners(describe(scene, "pair"))
    until(60, complete, "the owners in the first snapshot")


def empty_again(scene):
    for reader in scene.readers:
        reader.leave()

    def empty(document):
        told = document.group("pair")
        return told and told["state"] == "Empty" and told["members_known"] and not told["members"]
    document = scene.stream.wait(60, empty, lambda document: "Empty: %s" % document.brief("pair"))
    expect(document.group("pair")["type"] == "consumer", "type %s", document.group("pair")["type"])


def groups(guard, cluster):
    scene = Scene(guard, cluster)
    try:
        if test("newest: members, states and owners of a KIP-848 group without the log", members_and_owners, scene):
            test("newest: members that join and leave", join_and_leave, scene)
            test("newest: owners at once", at_once, scene)
            test("newest: a KIP-848 group that is left is empty", empty_again, scene)
    finally:
        scene.close()


def run_all(guard):
    try:
        with_newest(guard)
    except Failure as failure:
        def fall():
            raise failure
        test("newest: it builds", fall)
        return
    if not SAID["program"]:
        skip("newest: a build with the newest library", SAID["prefix"])
        return
    test("newest: the program's objects cannot write", objects_cannot_write)
    doors = Doors(guard, name="newest")
    try:
        doors.start()
        logins(doors)
        groups(guard, doors.cluster)
    finally:
        doors.close()
