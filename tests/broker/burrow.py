"""The real Burrow: had by Go from the module proxy, or from the system's packages, and asked over HTTP.

KAFKATOP_BURROW=1 looks for it in that order; any other value is the path of an executable.
"""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import broker
import fetch
from tap import until

MODULE = "github.com/linkedin/Burrow@v1.9.5"
INTERVALS, OFFSET_REFRESH, MIN_DISTANCE = 15, 30, 1  # those of the configuration that Burrow comes with
CACHED = 1  # seconds that an answer may be old; Burrow's default of 10 would only add to its times

CONFIG = """
[general]
pidfile="{folder}/burrow.pid"
{zookeeper}
[logging]
filename="{folder}/burrow.log"
level="info"
[client-profile.here]
client-id="burrow"
kafka-version="{protocol}"
[cluster.here]
class-name="kafka"
servers=[ {servers} ]
client-profile="here"
topic-refresh=10
offset-refresh={refresh}
[consumer.here]
class-name="kafka"
cluster="here"
servers=[ {servers} ]
client-profile="here"
offsets-topic="__consumer_offsets"
start-latest=false
[httpserver.default]
address="127.0.0.1:{port}"
[storage.default]
class-name="inmemory"
intervals={intervals}
min-distance={distance}
expire-group=604800
[evaluator.default]
class-name="caching"
expire-cache={cached}
"""

ZOOKEEPER = """
[zookeeper]
servers=[ "127.0.0.1:%d" ]
timeout=6
root-path="/burrow"
"""


class Unavailable(Exception):
    """There is no Burrow to be had; the text says why."""


def said_by(command, **settings):
    """What a command printed; None and its last words where it failed."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=600, check=False, **settings)
    except (FileNotFoundError, subprocess.TimeoutExpired) as failure:
        return None, str(failure)
    words = done.stdout.decode("utf-8", "replace").strip()
    return (words, "") if done.returncode == 0 else (None, words)


def by_go(folder):
    """The executable and its version."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        raise Unavailable("go is not installed")
    built = os.path.join(folder, "Burrow")
    if not os.path.exists(built):
        said, why = said_by([go, "install", MODULE], env=dict(os.environ, GOBIN=folder, GOFLAGS="-mod=mod"))
        if said is None:
            raise Unavailable("go install %s: %s" % (MODULE, why.splitlines()[-1]))
    return built, MODULE.partition("@")[2] + " (Go module)"


def by_package(folder):
    """Debian's, unpacked and not installed: it would start a service."""
    built = os.path.join(folder, "usr", "bin", "Burrow")
    if not os.path.exists(built):
        os.makedirs(folder, exist_ok=True)
        said, why = said_by(["apt-get", "download", "burrow"], cwd=folder)
        if said is None:
            raise Unavailable("apt-get download burrow: %s" % why.splitlines()[-1])
        for name in os.listdir(folder):
            if name.endswith(".deb"):
                said_by(["dpkg", "-x", name, "."], cwd=folder)
    version = next((name.split("_")[1] for name in os.listdir(folder) if name.endswith(".deb")), "?")
    return built, version + " (Debian)"


def executable():
    """Where it is, and which version it is."""
    asked = os.environ.get("KAFKATOP_BURROW", "")
    if asked not in ("", "1"):
        return asked, "in " + asked
    reasons = []
    for way, folder in ((by_go, "burrow-go"), (by_package, "burrow-deb")):
        try:
            with fetch.alone():
                return way(os.path.join(fetch.cache(), folder))
        except Unavailable as failure:
            reasons.append(str(failure))
    raise Unavailable("; ".join(reasons))


def broker_version():
    """Apache Kafka 4.1 writes commits in a version that Debian's Burrow cannot read."""
    return "3.9.1" if "Debian" in executable()[1] else "4.1.0"


class Burrow:
    """One process beside a cluster, asked about every group once a second; keeps what it said as monitor.Stream does."""

    def __init__(self, guard, cluster):
        self.guard = guard
        self.path, self.version = executable()
        self.folder = os.path.join(guard.folder, "burrow")
        os.makedirs(self.folder)
        self.port, keeper = broker.free_ports(2)
        self.old = "Debian" in self.version
        self.keeper = keeper if self.old else None
        servers = ", ".join('"%s"' % one for one in cluster.bootstrap.split(","))
        with open(os.path.join(self.folder, "burrow.toml"), "w", encoding="ascii") as file:
            file.write(CONFIG.format(folder=self.folder, servers=servers, port=self.port, intervals=INTERVALS,
                                     refresh=OFFSET_REFRESH, distance=MIN_DISTANCE, cached=CACHED,
                                     protocol="2.1.0",
                                     zookeeper=ZOOKEEPER % keeper if self.keeper else ""))
        self.said = {}  # group: list of (when, worst)
        self.ending = threading.Event()

    def start(self):
        with open(os.path.join(self.folder, "out"), "wb") as out:
            if self.keeper:
                self.start_keeper(out)
            self.child = self.guard.start([self.path, "--config-dir", self.folder], stdout=out, stderr=out)
        until(60, lambda: self.ask("/v3/kafka/here") is not None, self.last_words)
        self.began = time.monotonic()
        self.asking = threading.Thread(target=self.keep_asking, daemon=True)
        self.asking.start()
        return self

    def start_keeper(self, out):
        """Old versions want a ZooKeeper; Apache Kafka 3.9 brought one."""
        self.guard.start(broker.JAVA + ["-cp", os.path.join(fetch.jars("3.9.1"), "*"),
                                        "-Dzookeeper.admin.enableServer=false",
                                        "org.apache.zookeeper.server.ZooKeeperServerMain", str(self.keeper),
                                        os.path.join(self.folder, "zookeeper")], stdout=out, stderr=out)
        until(60, lambda: keeper_serves(self.keeper), "ZooKeeper to serve")

    def last_words(self):
        words = "Burrow to answer; it ended with %s" % self.child.poll()
        for name in ("out", "burrow.log"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    words += "\n%s: %s" % (name, "".join(file.readlines()[-15:]))
        return words

    def ask(self, path):
        """The answer, or None."""
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.port, path), timeout=5) as answer:
                return json.load(answer)
        except (urllib.error.URLError, OSError, ValueError):
            return None

    def keep_asking(self):
        while not self.ending.wait(1):
            for name in (self.ask("/v3/kafka/here/consumer") or {}).get("consumers") or ():
                answer = self.ask("/v3/kafka/here/consumer/%s/lag" % name)
                if answer and not answer.get("error"):
                    self.take(name, worst(answer["status"]))

    def take(self, name, word):
        told = self.said.setdefault(name, [])
        if not told or told[-1][1] != word:
            told.append((time.monotonic(), word))

    def close(self):
        self.ending.set()
        self.asking.join(20)
        self.guard.end(self.child)


def keeper_serves(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as one:
            one.sendall(b"srvr")
            return b"Mode:" in one.recv(4096)
    except OSError:
        return False


def worst(status):
    """The word of the worst partition, as kafkatop names it."""
    order = ("OK", "WARN", "STOP", "STALL", "REWIND")
    words = [row["status"] for row in status["partitions"] or ()]
    return max((word for word in words if word in order), key=order.index, default="unknown")
